package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A zonal NAT gateway on the request's way and on the reply's (NAT-1 to NAT-9, D-60 to D-68).
var (
	natForward = &stage{name: "nat-gateway", row: natRow}
	natReturn  = &stage{name: "nat-gateway-return", row: natReturnRow}
)

func init() {
	routeTargets[model.KindNATGateway] = enterNAT
	natForward.step = stepNATForward
	natReturn.step = stepNATReturn
}

func natRow(w *walk, s *state) Hop {
	g := &w.n.NATGateways[s.ref.Index]
	return Hop{At: s.ref, Subnet: model.Ref{Kind: model.KindSubnet, Index: g.Subnet}, VPC: model.Ref{Kind: model.KindVPC, Index: g.VPC}}
}

func natReturnRow(w *walk, s *state) Hop {
	e := &w.n.Interfaces[s.ref.Index]
	if e.NAT < 0 {
		return interfaceRow(w, s)
	}
	return Hop{At: model.Ref{Kind: model.KindNATGateway, Index: e.NAT}, Subnet: model.Ref{Kind: model.KindSubnet, Index: e.Subnet}, VPC: model.Ref{Kind: model.KindVPC, Index: e.VPC}}
}

// enterNAT takes packets from a route to the NAT gateway, through its subnet's network ACL unless they are in that subnet
// already (ACL-16, D-63).
func enterNAT(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
	g := &w.n.NATGateways[r.Target.Index]
	next := s.to(natForward, r.Target)
	if m := w.natMissing(g); m == nil && g.Subnet != s.subnet {
		next = s.to(aclIn, model.Ref{Kind: model.KindSubnet, Index: g.Subnet})
		next.then, next.thenTo = natForward, r.Target
	}
	next.toll, next.taken = toll, r
	w.pass(next, set)
}

// natMissing says why nothing can be decided at a NAT gateway (D-46, D-47).
func (w *walk) natMissing(g *model.NATGateway) *model.Missing {
	if m := g.Missing(); m != nil {
		return m
	}
	if g.Regional() {
		return &model.Missing{What: g.ID, Why: model.NotModelled, Detail: "regional NAT gateway"}
	}
	return w.n.Subnets[g.Subnet].Missing()
}

func stepNATForward(w *walk, s *state) {
	g := &w.n.NATGateways[s.ref.Index]
	if m := w.natMissing(g); m != nil {
		w.stop(s, s.set, m)
		return
	}
	six := w.p.Intersect(s.set, w.p.OfFamily(packet.IPv6))
	w.stop(s, six, &model.Missing{What: g.ID, Why: model.NotModelled, Detail: "NAT64"})
	set := w.p.Subtract(s.set, six)
	if s.leg == Return || s.passed(s.ref) { // NAT-6, D-68
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonLoop, At: s.ref})
		return
	}
	set = w.demand(s, set, g.Works(), Blocker{Code: BadState, At: s.ref, State: g.Record.State})
	set = w.demand(s, set, len(g.Working()) > 0 || !g.Works(), Blocker{Code: BadState, Reason: ReasonNoAddress, At: s.ref})
	protocols := w.p.Of(packet.Match{Protocols: []packet.ByteRange{{From: packet.ICMP, To: packet.ICMP}, {From: packet.TCP, To: packet.TCP}, {From: packet.UDP, To: packet.UDP}}})
	set = w.require(s, set, protocols, Blocker{Code: ProtocolRestriction, At: s.ref})
	set = w.insideSource(s, set, g)
	if _, stated := g.Private(); !stated && !w.assume(s, AssumePublicNAT, s.ref) {
		s.doubting(&model.Missing{What: "connectivity type of " + g.ID, Call: "describe-nat-gateways", Why: model.NotHeld})
	}
	w.translate(s, g, set)
}

// insideSource implements NAT-3 and ENI-4 (D-62): only addresses of interfaces of its own VPC are served.
func (w *walk) insideSource(s *state, set packet.Set, g *model.NATGateway) packet.Set {
	set = w.demand(s, set, g.VPC == s.vpc, Blocker{Code: NATRequiresSourceInVPC, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: g.VPC}})
	owned := packet.Empty
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.SourceAddresses(set)) {
		owned = w.p.Union(owned, w.p.Sources(w.n.Interfaces[i].OwnPrefixes()...))
	}
	if m := w.n.UnreadInterfaces(s.vpc); m != nil && !w.p.Subset(set, owned) {
		s.doubting(m)
		return set
	}
	return w.require(s, set, owned, Blocker{Code: RejectsSpoofed, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
}

// translate implements NAT-5 (D-63): the source becomes any of the gateway's working addresses, its port any of 1024-65535;
// which, is AWS's choice. Then the packet is routed again from the NAT gateway's subnet (NAT-6).
func (w *walk) translate(s *state, g *model.NATGateway, set packet.Set) {
	if set.IsEmpty() {
		return
	}
	to := packet.Empty
	for _, a := range g.Working() {
		from := packet.Match{Family: packet.IPv4, Source: []netip.Prefix{single(a.PrivateIp)}}
		icmp := from
		icmp.Protocols = one(packet.ICMP)
		from.SourcePorts = []packet.PortRange{{From: 1024, To: 65535}}
		to = w.p.UnionAll(to, w.p.Of(from), w.p.Of(icmp))
	}
	if w.relaxed { // a protocol that was bought through has no ports to choose
		to = w.p.Union(to, w.p.Subtract(w.p.Sources(workingPrefixes(g)...), w.p.Of(packet.Match{SourcePorts: []packet.PortRange{{From: 0, To: 65535}}})))
	}
	next := s.to(leaving, model.Ref{Kind: model.KindSubnet, Index: g.Subnet})
	next.frame = &frame{device: s.ref, outer: s.frame, in: set,
		rewrites: []rewrite{{packet.Everything, packet.FieldSource | packet.FieldSourcePort, to}}}
	next.vpc, next.subnet, next.token, next.crossed = g.VPC, g.Subnet, -1, -1
	next.then = routing
	w.pass(next, next.frame.apply(w.p, set))
}

// stepNATReturn is what is delivered to a NAT gateway's interface: replies to what it translated (D-65); nothing else may
// come (NAT-4, D-66).
func stepNATReturn(w *walk, s *state) {
	e := &w.n.Interfaces[s.ref.Index]
	device := model.Ref{Kind: model.KindNATGateway, Index: e.NAT}
	if s.leg == Forward || !s.framed(device) {
		w.deadEnd(s, s.set, Blocker{Code: NoPossibleDestination, Reason: ReasonNATInitiation, At: s.ref})
		return
	}
	next := s.to(localReply, model.Ref{Kind: model.KindVPC, Index: e.VPC})
	next.frame = s.frame.outer
	next.vpc, next.subnet, next.back = e.VPC, e.Subnet, -1
	w.pass(next, w.unframe(s, s.set))
}

func workingPrefixes(g *model.NATGateway) []netip.Prefix {
	var out []netip.Prefix
	for _, a := range g.Working() {
		out = append(out, single(a.PrivateIp))
	}
	return out
}
