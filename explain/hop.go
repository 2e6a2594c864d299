package explain

import (
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// typeOf is the type of a component as outputs print it.
func (v *view) typeOf(r model.Ref) string {
	if !known(r) {
		return r.Kind.String()
	}
	return v.n.Resource(r).Type
}

// decisions says, by kind, what a component decided about the packets of a hop.
var decisions = map[model.Kind]func(v *view, h *solver.Hop, leg solver.Leg) string{
	model.KindInstance:          (*view).instanceDecision,
	model.KindInterface:         (*view).interfaceDecision,
	model.KindSecurityGroup:     (*view).groupDecision,
	model.KindNetworkACL:        (*view).aclDecision,
	model.KindRouteTable:        (*view).routeDecision,
	model.KindInternetGateway:   (*view).gatewayDecision,
	model.KindNATGateway:        (*view).gatewayDecision,
	model.KindEgressOnlyGateway: (*view).gatewayDecision,
	model.KindCarrierGateway:    (*view).gatewayDecision,
	model.KindPeering:           (*view).peeringDecision,
	model.KindVPCEndpoint:       (*view).endpointDecision,
}

func (v *view) decision(h *solver.Hop, kind model.Kind, leg solver.Leg) string {
	if d := decisions[kind]; d != nil {
		return d(v, h, leg)
	}
	return ""
}

func (v *view) instanceDecision(h *solver.Hop, _ solver.Leg) string {
	if i := &v.n.Instances[h.At.Index]; i.Record != nil && i.Record.State.Name != "" {
		return Printable(i.Record.State.Name)
	}
	return "state not known"
}

// interfaceDecision shows which of the addresses of the interface takes part, and where the interface is.
func (v *view) interfaceDecision(h *solver.Hop, leg solver.Leg) string {
	e := &v.n.Interfaces[h.At.Index]
	var words []string
	if own := v.ownAddress(h); own != "" {
		words = append(words, own)
	}
	if e.Subnet >= 0 {
		words = append(words, "in "+v.called(model.Ref{Kind: model.KindSubnet, Index: e.Subnet}))
	}
	if !e.SourceDestCheck() && e.NAT < 0 {
		words = append(words, "source/destination check off")
	}
	return strings.Join(words, " ")
}

// ownAddress is which of the addresses of the hop's interface takes part; empty where many do.
func (v *view) ownAddress(h *solver.Hop) string {
	e := &v.n.Interfaces[h.At.Index]
	for _, a := range []packet.Addresses{v.p.SourceAddresses(h.In), v.p.DestinationAddresses(h.In)} {
		if own := a.Prefixes(); len(own) > 0 && len(own) <= maxListed && e.Owns(own[0].Addr()) {
			return strings.Join(prefixList(own), ", ")
		}
	}
	return ""
}

func (v *view) groupDecision(h *solver.Hop, leg solver.Leg) string {
	switch {
	case h.Rule != nil:
		return v.rule(h.Rule)
	case leg == solver.Return:
		return "reply of a tracked connection"
	}
	return bound(h.Egress) + ": no rule that is known matches"
}

// aclDecision names the entry. A path that gets through although the entry refuses the witness does so on some of the ways
// that AWS may choose (a NAT gateway's ports): then no single entry decides.
func (v *view) aclDecision(h *solver.Hop, _ solver.Leg) string {
	of := ""
	if known(h.Subnet) {
		of = v.id(h.Subnet)
	}
	switch {
	case !known(h.At):
		return "of " + of
	case undecided(h):
		return bound(h.Egress) + ": the entry depends on what AWS chooses (" + of + ")"
	case h.Rule != nil:
		return v.rule(h.Rule) + " (" + of + ")"
	}
	return bound(h.Egress) + ": no entry matches, so the final deny (*) decides (" + of + ")"
}

// undecided says whether a hop of an ACL lets pass what the entry named refuses.
func undecided(h *solver.Hop) bool {
	return h.Rule != nil && h.Rule.Entry != nil && len(h.Blockers) == 0 && !strings.EqualFold(h.Rule.Entry.RuleAction, "allow")
}

func (v *view) routeDecision(h *solver.Hop, _ solver.Leg) string {
	if !known(h.At) {
		return "of " + v.id(h.Subnet)
	}
	if r := v.routeAt(h); r != nil {
		return v.rule(r)
	}
	return "no route for " + v.addresses(v.p.DestinationAddresses(h.In))
}

// routeAt is the route that wins at a hop. The solver names it where the packet went on by it; where the path ended there, or
// takes another way than the table has, it is looked up. Nil where no route matches.
func (v *view) routeAt(h *solver.Hop) *solver.Rule {
	if h.Rule != nil || h.At.Kind != model.KindRouteTable || !known(h.At) {
		return h.Rule
	}
	k, ok := v.p.Witness(h.In)
	if !ok {
		return nil
	}
	t := &v.n.RouteTables[h.At.Index]
	winners, ok := t.Table.Lookup(k.Destination)
	if !ok {
		return nil
	}
	return &solver.Rule{Of: h.At, Route: &t.Routes[winners[0]]}
}

func (v *view) gatewayDecision(h *solver.Hop, leg solver.Leg) string {
	return v.rewritten(h)
}

// unchanged is what a component decides that hands packets on as they are.
const unchanged = "header unchanged"

// rewritten says which fields of the header a hop changes: "source 10.0.1.5 → 203.0.113.9".
func (v *view) rewritten(h *solver.Hop) string {
	if h.In == h.Out {
		return unchanged
	}
	var words []string
	change := func(field string, in, out packet.Addresses) {
		if !in.Equal(out) {
			words = append(words, field+" "+v.addresses(in)+" → "+v.addresses(out))
		}
	}
	change("source", v.p.SourceAddresses(h.In), v.p.SourceAddresses(h.Out))
	change("destination", v.p.DestinationAddresses(h.In), v.p.DestinationAddresses(h.Out))
	if len(words) == 0 {
		return "ports changed"
	}
	return strings.Join(words, ", ")
}

func (v *view) peeringDecision(h *solver.Hop, leg solver.Leg) string {
	p := &v.n.Peerings[h.At.Index]
	near := p.Near(h.VPC.Index)
	if near < 0 {
		return ""
	}
	return v.id(h.VPC) + " → " + v.id(model.Ref{Kind: model.KindVPC, Index: p.Sides[1-near].VPC})
}
