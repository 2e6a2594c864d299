package explain

import (
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// hopKind is the kind of component a hop is about. Where no answer names the component of a subnet, the hop has only the
// subnet: then it is the subnet's network ACL, or, where the path ends for lack of a route table, that table.
func (v *view) hopKind(h *solver.Hop, last bool, missing []*model.Missing) model.Kind {
	if !h.At.IsZero() {
		return h.At.Kind
	}
	for _, m := range missing {
		if last && !h.Egress && m.Call == "describe-route-tables" {
			return model.KindRouteTable
		}
	}
	return model.KindNetworkACL
}

// typeOf is the type of a component as outputs print it.
func (v *view) typeOf(r model.Ref) string {
	if !known(r) {
		return r.Kind.String()
	}
	return v.n.Resource(r).Type
}

// decisions says, by kind, what a component decided about the packets of a hop.
var decisions = map[model.Kind]func(v *view, h *solver.Hop, leg solver.Leg) string{
	model.KindInstance:        (*view).instanceDecision,
	model.KindInterface:       (*view).interfaceDecision,
	model.KindSecurityGroup:   (*view).groupDecision,
	model.KindNetworkACL:      (*view).aclDecision,
	model.KindRouteTable:      (*view).routeDecision,
	model.KindInternetGateway: (*view).gatewayDecision,
	model.KindNATGateway:      (*view).gatewayDecision,
	model.KindPeering:         (*view).peeringDecision,
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
	for _, a := range []packet.Addresses{v.p.SourceAddresses(h.In), v.p.DestinationAddresses(h.In)} {
		if own := a.Prefixes(); len(own) > 0 && len(own) <= maxListed && e.Owns(own[0].Addr()) {
			words = append(words, strings.Join(prefixList(own), ", "))
			break
		}
	}
	if e.Subnet >= 0 {
		words = append(words, "in "+v.called(model.Ref{Kind: model.KindSubnet, Index: e.Subnet}))
	}
	if !e.SourceDestCheck() && e.NAT < 0 {
		words = append(words, "source/destination check off")
	}
	return strings.Join(words, " ")
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

func (v *view) aclDecision(h *solver.Hop, leg solver.Leg) string {
	text := "not known"
	switch {
	case h.Rule != nil:
		text = v.rule(h.Rule)
	case known(h.At):
		text = bound(h.Egress) + ": no entry matches, so the final deny (*) decides"
	}
	if h.Subnet.IsZero() {
		return text
	}
	return text + " (" + v.id(h.Subnet) + ")"
}

func (v *view) routeDecision(h *solver.Hop, leg solver.Leg) string {
	switch {
	case h.Rule != nil:
		return v.rule(h.Rule)
	case !known(h.At):
		return "not known (" + v.id(h.Subnet) + ")"
	}
	for i := range h.Blockers { // the route that wins instead of the one that would serve
		if b := &h.Blockers[i]; b.At == h.At && b.Rule != nil && b.Rule.Route != nil {
			return v.rule(b.Rule)
		}
	}
	return "no route for " + v.addresses(v.p.DestinationAddresses(h.In))
}

func (v *view) gatewayDecision(h *solver.Hop, leg solver.Leg) string {
	return v.rewritten(h)
}

// rewritten says which fields of the header a hop changes: "source 10.0.1.5 → 203.0.113.9".
func (v *view) rewritten(h *solver.Hop) string {
	if h.In == h.Out {
		return "header unchanged"
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
