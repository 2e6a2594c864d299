package explain

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// endKinds spell what an end of the question is.
var endKinds = map[model.EndKind]string{
	model.EndInterfaces: "interfaces",
	model.EndInternet:   "internet",
	model.EndGateway:    "internet-gateway",
	model.EndPeering:    "vpc-peering-connection",
	model.EndAddress:    "address",
	model.EndEndpoint:   "vpc-endpoint",
	model.EndSpecial:    "special-address",
	model.EndTransit:    "transit-gateway",
	model.EndEdge:       "edge",
	model.EndDeclared:   "declared-network",
	model.EndMissing:    "not-known",
}

func (d *documenter) query() query {
	q := &d.r.Query
	out := query{From: d.end(&q.From), To: d.end(&q.To), Protocol: q.Protocol.String(),
		SourceAddresses: prefixStrings(q.SourceAddresses), DestinationAddresses: prefixStrings(q.DestinationAddresses), SourcePorts: ports(q.SourcePorts)}
	for _, a := range []struct {
		on   bool
		word string
	}{{q.Assume.None, "none"}, {q.Assume.NetworkACLs, "network-acls"}, {q.Assume.Gateways, "gateways"}} {
		if a.on {
			out.Assume = append(out.Assume, a.word)
		}
	}
	for _, list := range []struct {
		refs []model.Ref
		to   *[]component
	}{{q.Through, &out.Through}, {q.Exclude, &out.Exclude}} {
		for _, r := range list.refs {
			*list.to = append(*list.to, d.component(r))
		}
	}
	out.AtDestination = d.filter(&q.AtDestination)
	return out
}

// filter is a filter at the destination; nil where there is none.
func (d *documenter) filter(m *packet.Match) *headerFilter {
	f := &headerFilter{SourceAddresses: prefixStrings(m.Source), DestinationAddresses: prefixStrings(m.Destination),
		SourcePorts: ports(m.SourcePorts), DestinationPorts: ports(m.DestinationPorts)}
	if m.Protocols != nil {
		f.Protocol = protocolWord(m.Protocols)
	} else if m.Source == nil && m.Destination == nil && m.SourcePorts == nil && m.DestinationPorts == nil {
		return nil
	}
	return f
}

func (d *documenter) end(e *model.End) end {
	out := end{Text: e.Text, Kind: endKinds[e.Kind], Addresses: prefixStrings(e.Prefixes)}
	if known(e.Ref) {
		c := d.component(e.Ref)
		out.Component = &c
	}
	for _, i := range e.Interfaces {
		out.Interfaces = append(out.Interfaces, d.component(model.Ref{Kind: model.KindInterface, Index: i}))
	}
	return out
}

// headers lists a set as disjoint products. A box of both families becomes two, so that a reader never meets a family
// that is neither.
func (d *documenter) headers(set packet.Set) []headers {
	out := []headers{}
	for _, b := range d.p.Boxes(set) {
		for _, f := range []packet.Family{packet.IPv4, packet.IPv6} {
			if b.Family == 0 || b.Family == f {
				out = append(out, headersOf(b, f))
			}
		}
	}
	return out
}

func headersOf(b packet.Box, f packet.Family) headers {
	h := headers{Family: familyName(f), Source: ofFamily(b.Source, f), Destination: ofFamily(b.Destination, f), Protocol: protocolWord(b.Protocols),
		SourcePorts: ports(b.SourcePorts), DestinationPorts: ports(b.DestinationPorts)}
	if b.ICMPTypes != nil || b.ICMPCodes != nil {
		h.ICMP = &icmp{Types: byteList(b.ICMPTypes), Codes: byteList(b.ICMPCodes)}
	}
	return h
}

// protocolWord is one protocol by name, several as a list of names and ranges of numbers, all as "all".
func protocolWord(ranges []packet.ByteRange) string {
	in := protocolsIn(ranges)
	if count(in) == len(in) {
		return "all"
	}
	return names(in)
}

func familyName(f packet.Family) string {
	if f == packet.IPv6 {
		return "ipv6"
	}
	return "ipv4"
}

func familyOfAddr(a netip.Addr) packet.Family {
	if a.Is6() {
		return packet.IPv6
	}
	return packet.IPv4
}

// ofFamily lists the addresses of one family as the fewest CIDRs, ascending.
func ofFamily(a packet.Addresses, f packet.Family) []string {
	out := []string{}
	for _, p := range a.Prefixes() {
		if familyOfAddr(p.Addr()) == f {
			out = append(out, p.String())
		}
	}
	return out
}

func ports(ranges []packet.PortRange) []portRange {
	var out []portRange
	for _, r := range ranges {
		out = append(out, portRange{int(r.From), int(r.To)})
	}
	return out
}

func byteList(ranges []packet.ByteRange) []portRange {
	var out []portRange
	for _, r := range ranges {
		out = append(out, portRange{int(r.From), int(r.To)})
	}
	return out
}

func (d *documenter) hops(list []solver.Hop, leg solver.Leg) []hop {
	out := make([]hop, 0, len(list))
	for i := range list {
		h := &list[i]
		row := hop{Seq: i + 1, component: d.component(h.At), In: d.headers(h.In), Out: d.headers(h.Out), Rule: d.hopRule(h, h.At.Kind, leg), Blockers: d.blockers(h.Blockers)}
		row.Type = d.typeOf(h.At)
		out = append(out, row)
	}
	return out
}

// hopRule is the rule that decided at a hop. Where none did, components that have rules still say in which direction the
// packet met them and what that meant.
func (d *documenter) hopRule(h *solver.Hop, kind model.Kind, leg solver.Leg) *rule {
	if r := d.routeAt(h); r != nil && !undecided(h) {
		return d.rule(r)
	}
	switch kind {
	case model.KindSecurityGroup:
		return &rule{Type: "security-group-rule", Direction: direction(h.Egress), Text: d.decision(h, kind, leg)}
	case model.KindNetworkACL:
		return &rule{Type: "network-acl-entry", Direction: direction(h.Egress), Text: d.decision(h, kind, leg)}
	}
	return nil
}

func (d *documenter) rule(x *solver.Rule) *rule {
	out := &rule{ID: d.idOf(x.Of), Text: d.view.rule(x)}
	switch {
	case x.Group != nil:
		out.Type, out.Direction = "security-group-rule", direction(x.Group.Egress)
	case x.Entry != nil:
		number := x.Entry.RuleNumber
		out.Type, out.Direction, out.Number, out.Action = "network-acl-entry", direction(x.Entry.Egress), &number, x.Entry.RuleAction
	case x.Transit != nil:
		out.Type, out.Destination, out.State = "transit-gateway-route", x.Transit.Prefix.String(), x.Transit.Record.State
		if len(x.Transit.Targets) > 0 {
			out.Target = d.n.TransitAttachments[x.Transit.Targets[0]].ID
		}
	case x.Policy != nil:
		number := int32(x.Policy.Number)
		out.Type, out.Number, out.Target = "transit-gateway-policy-table-entry", &number, d.idOf(model.Ref{Kind: model.KindTransitRouteTable, Index: x.Policy.Table})
	case x.Route != nil:
		out.Type, out.Target = "route", d.idOf(x.Route.Target)
		if x.Route.Local {
			out.Target = "local"
		}
		if x.Route.List >= 0 {
			out.Destination = d.n.PrefixLists[x.Route.List].ID
		} else if x.Route.Prefix.IsValid() {
			out.Destination = x.Route.Prefix.String()
		}
		if x.Route.Record != nil {
			out.State = x.Route.Record.State
		}
	}
	return out
}

func (d *documenter) blockers(list []solver.Blocker) []blocker {
	out := make([]blocker, 0, len(list))
	for i := range list {
		b := &list[i]
		j := blocker{Code: string(b.Code), Reason: string(b.Reason), Direction: b.Leg.String(), Type: d.typeOf(b.At), ID: d.idOf(b.At),
			Text: Sentence(d.r, b), Fix: d.fix(FixOf(d.r, b))}
		if b.Rule != nil {
			j.Rule = d.rule(b.Rule)
		}
		out = append(out, j)
	}
	return out
}

func (d *documenter) fix(f Fix) fix {
	out := fix{Action: f.Action, ID: d.idOf(f.Resource), Rules: f.Rules, Routes: f.Routes, VPC: d.idOf(f.VPC), Table: d.idOf(f.Table), Mode: f.Mode, Partial: f.Partial, Text: f.Text, Unfixable: f.Unfixable}
	if f.Address.IsValid() {
		out.Address = f.Address.String()
	}
	if !f.Resource.IsZero() {
		out.Type = d.typeOf(f.Resource)
	}
	return out
}
