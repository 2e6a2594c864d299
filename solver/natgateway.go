package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A zonal NAT gateway on the request's way and on the reply's (NAT-1 to NAT-9, D-60 to D-68).
var (
	natForward = &stage{name: "nat-gateway", row: natRow}
	natReturn  = &stage{name: "nat-gateway-return", row: natRow}
)

func init() {
	routeTargets[model.KindNATGateway] = enterNAT
	natForward.step = stepNATForward
	natReturn.step = stepNATReturn
}

func natRow(w *walk, s *state) Hop {
	g := &w.n.NATGateways[s.ref.Index]
	h := Hop{At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: g.VPC}}
	if g.Subnet >= 0 {
		h.Subnet = model.Ref{Kind: model.KindSubnet, Index: g.Subnet}
	}
	return h
}

// enterNAT takes packets from a route to the NAT gateway, through its subnet's network ACL unless they are in that subnet
// already (ACL-16, D-63).
func enterNAT(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
	g := &w.n.NATGateways[r.Target.Index]
	next := s.to(natForward, r.Target)
	if regional, _ := g.Regional(); g.Known() && !regional && g.Works() && g.VPC == s.vpc && g.Subnet != s.subnet {
		next = s.to(aclIn, model.Ref{Kind: model.KindSubnet, Index: g.Subnet})
		next.then, next.thenTo = natForward, r.Target
	}
	next.toll, next.taken = toll, r
	w.pass(next, set)
}

func stepNATForward(w *walk, s *state) {
	g := &w.n.NATGateways[s.ref.Index]
	if m := g.Missing(); m != nil { // D-46
		w.stop(s, s.set, m)
		return
	}
	set := w.demand(s, s.set, g.Works(), Blocker{Code: BadState, At: s.ref, State: g.Record.State})
	set = w.demand(s, set, g.VPC == s.vpc, Blocker{Code: NATRequiresSourceInVPC, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: g.VPC}})
	regional, stated := g.Regional()
	if mode, ok := g.Mode(); !ok {
		w.stop(s, set, &model.Missing{What: g.ID, Why: model.NotModelled, Detail: "NAT gateway in availability mode " + mode})
		return
	} else if mode == "zonal" && regional {
		w.stop(s, set, g.NotHeld("describe-nat-gateways", "subnet of "+g.ID))
		return
	}
	if s.leg == Return {
		w.replyRouted(s, set)
		return
	}
	if s.passed(s.ref) { // NAT-6, D-68
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonLoop, At: s.ref})
		return
	}
	set = w.carried(s, set)
	strange, m := packet.Empty, (*model.Missing)(nil)
	if s.entered.IsZero() { // what came by a transit gateway is served, whatever its source (TGW-49, D-216)
		set, strange, m = w.insideSource(s, set)
	}
	if !regional && !stated && !w.assume(s, AssumeZonalNAT, s.ref) {
		s.doubting(g.NotHeld("describe-nat-gateways", "availability mode of "+g.ID))
	}
	if len(g.Record.NatGatewayAddresses) == 0 {
		w.stop(s, w.p.Union(set, strange), g.NotHeld("describe-nat-gateways", "addresses of "+g.ID))
		return
	}
	w.forget(s, set, w.takeNAT)
	w.doubtfully(s, strange, m, func(s *state, set packet.Set) { w.forget(s, set, w.takeNAT) })
}

// takeNAT translates what the gateway takes.
func (w *walk) takeNAT(s *state, set packet.Set) {
	g := &w.n.NATGateways[s.ref.Index]
	addresses := g.WorkingAddresses()
	if regional, _ := g.Regional(); regional {
		addresses, set = w.regionalAddresses(s, set)
	}
	set = w.demand(s, set, len(addresses) > 0, Blocker{Code: BadState, Reason: ReasonNoAddress, At: s.ref})
	if w.relaxed && len(addresses) == 0 {
		addresses = g.WorkingAddresses() // a regional one's of other zones
	}
	w.translate(s, g, addresses, set)
}

// insideSource implements ENI-4 (D-62): only addresses of interfaces of the gateway's own VPC are served. Where not every interface
// is known, what others send is in doubt.
func (w *walk) insideSource(s *state, set packet.Set) (sure, strange packet.Set, m *model.Missing) {
	owned := packet.Empty
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.SourceAddresses(set)) {
		owned = w.p.Union(owned, w.p.Sources(w.n.Interfaces[i].OwnPrefixes()...))
	}
	for _, i := range w.n.VPCs[s.vpc].NATGateways {
		owned = w.p.Union(owned, w.p.Sources(w.natPrefixes(s, i)...))
	}
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		return w.p.Intersect(set, owned), w.p.Subtract(set, owned), m
	}
	return w.require(s, set, owned, Blocker{Code: RejectsSpoofed, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}), packet.Empty, nil
}

// translate implements NAT-5 (D-63): the source becomes any of the gateway's working addresses, its port any of 1024-65535;
// which, is AWS's choice. Then the packet is routed again from the NAT gateway's subnet (NAT-6).
func (w *walk) translate(s *state, g *model.NATGateway, addresses []netip.Addr, set packet.Set) {
	to := packet.Empty
	for _, a := range addresses {
		to = w.p.Union(to, w.anyPort(single(a)))
	}
	next := w.leaveNAT(s, g)
	next.nobodys()
	next.sender = s.ref
	next.entered = model.Ref{}
	for _, f := range w.translations(s, s.ref, set, to) {
		next.frame = f
		w.pass(next, f.apply(w.p, set))
	}
}

// replyRouted is a reply that a route table sends to a NAT gateway: its own, if the destination is its address, which then is a
// delivery by another way; any other has no state for it and would change its source (RET-5).
func (w *walk) replyRouted(s *state, set packet.Set) {
	if s.framed(s.ref) {
		own := w.p.Intersect(set, w.p.Destinations(w.natPrefixes(s, s.ref.Index)...))
		w.pass(s.to(natReturn, s.ref), own)
		set = w.p.Subtract(set, own)
	}
	w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonNATReply, At: s.ref})
}

// stepNATReturn is what is delivered to a NAT gateway: replies to what it translated (D-65); nothing else may come (NAT-4,
// D-66).
func stepNATReturn(w *walk, s *state) {
	g := &w.n.NATGateways[s.ref.Index]
	if s.leg == Forward || !s.framed(s.ref) {
		w.deadEnd(s, s.set, Blocker{Code: NoPossibleDestination, Reason: ReasonNATInitiation, At: s.ref})
		return
	}
	f, set := w.backTo(s, s.set)
	next := s.to(localReply, model.Ref{Kind: model.KindVPC, Index: g.VPC})
	next.nobodys()
	next.frame, next.sender = f.outer, s.ref
	next.vpc, next.subnet, next.back = g.VPC, g.Subnet, -1
	w.pass(next, w.toClientsElsewhere(s, f, g, w.unframe(f, set)))
}

// natPrefixes are the private addresses of a NAT gateway, working or not. One that has given them back has them only for what it has
// translated, in a relaxed walk.
func (w *walk) natPrefixes(s *state, nat int32) []netip.Prefix {
	g := &w.n.NATGateways[nat]
	if g.Gone() && !s.passed(model.Ref{Kind: model.KindNATGateway, Index: nat}) {
		return nil
	}
	return g.OwnPrefixes()
}

// toClientsElsewhere routes translated-back replies to clients in other VPCs, which had come by a transit gateway, by the NAT gateway's table: its
// VPC's local route does not cover them (RET-8, D-216). It returns the others.
func (w *walk) toClientsElsewhere(s *state, f *frame, g *model.NATGateway, set packet.Set) packet.Set {
	if !f.foreign || g.VPC < 0 || w.n.VPCs[g.VPC].Missing() != nil {
		return set
	}
	inside := w.p.Intersect(set, w.n.VPCs[g.VPC].Inside)
	away := w.leaveNAT(s, g)
	away.frame, away.sender, away.back = f.outer, s.ref, -1
	w.pass(away, w.p.Subtract(set, inside))
	return inside
}
