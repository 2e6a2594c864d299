package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// leaving divides packets that an interface or a NAT gateway sends into those for its own subnet, which are delivered
// directly (RT-3, ACL-6, D-13), and those that leave it, which meet the network ACL first. Its then says where they go
// after that: the route table, or a peering (NAT-9).
var leaving = &stage{name: "leaving"}

func init() {
	leaving.step = func(w *walk, s *state) {
		n := &w.n.Subnets[s.ref.Index]
		if m := n.Missing(); m != nil {
			w.stop(s, s.set, m)
			return
		}
		set := s.set
		switch {
		case s.prev.leavesTransit():
			set = w.attachmentInService(s, set, s.ref.Index)
		case s.leg == Forward:
			set = w.inService(s, set, s.ref.Index)
		}
		here := packet.Empty
		if s.then == routing { // back to a NAT gateway over a peering goes whatever has that address in the subnet (D-67)
			here = w.p.Intersect(set, n.Inside)
		}
		w.deliver(s, here)
		out := w.p.Subtract(set, here)
		if s.then == routing {
			out = w.beforeACL(s, out)
		}
		next := s.to(aclOut, s.ref)
		next.then, next.thenTo = s.then, s.thenTo
		w.pass(next, out)
	}
}

// beforeACL takes out packets whose route may lead to a stop in the same subnet: they do not cross its boundary, so no
// network ACL is asked (ACL-6, U-5, D-63). It returns those that meet the ACL, which are also those of which AWS may choose another
// route.
func (w *walk) beforeACL(s *state, set packet.Set) packet.Set {
	t, m := w.n.TableOf(s.ref.Index)
	if m != nil {
		if w.n.HopWithin(s.ref.Index) {
			w.stop(s, set, m)
			if hops := w.n.UnreadHops(s.ref.Index); hops != nil { // with none the route would not matter
				w.stop(s, set, hops)
			}
			return packet.Empty
		}
		return set
	}
	if w.relaxed { // which may send them elsewhere, within the subnet or beyond
		next := s.to(routing, s.ref)
		next.inside = true
		w.pass(next, set)
		return set
	}
	table := &w.n.RouteTables[t]
	if !slices.ContainsFunc(table.Ways, func(way model.Way) bool { return way.Doubt != nil }) &&
		!slices.ContainsFunc(table.Routes, func(r model.Route) bool { return w.nearby(s, &r) }) {
		return set
	}
	for _, i := range table.WaysTo(w.p.DestinationAddresses(set)) {
		set = w.wayBeforeACL(s, table, &table.Ways[i], set)
	}
	return set
}

// wayBeforeACL is beforeACL for the packets of one way.
func (w *walk) wayBeforeACL(s *state, t *model.RouteTable, way *model.Way, set packet.Set) packet.Set {
	hit := w.p.Intersect(set, way.Destinations)
	if way.Doubt != nil {
		if w.n.HopWithin(s.ref.Index) {
			if hops := w.n.UnreadHops(s.ref.Index); hops != nil {
				w.stop(s, hit, hops)
			}
			return w.stopped(s, set, hit, way.Doubt)
		}
		return set
	}
	near := 0
	for _, k := range way.Routes {
		if w.nearby(s, &t.Routes[k]) {
			near++
		}
	}
	if near == 0 {
		return set
	}
	next := s.to(routing, s.ref)
	next.inside = true
	w.pass(next, hit)
	if near < len(way.Routes) {
		return set
	}
	return w.p.Subtract(set, hit)
}

// nearby says whether the next stop of a route is, or for all the answers tell may be, in the subnet that the packets are in.
func (w *walk) nearby(s *state, r *model.Route) bool { return !r.Bad() && w.inSubnet(s, r.Target) }

// inSubnet is nearby for the target of a route.
func (w *walk) inSubnet(s *state, target model.Ref) bool {
	switch {
	case s.subnet < 0:
		return false
	case target.Kind == model.KindNATGateway:
		g := &w.n.NATGateways[target.Index]
		return !g.Known() || g.Subnet == s.subnet
	case target.Kind == model.KindInterface, target.Kind == model.KindInstance:
		i, m := w.n.NextHop(target)
		return m != nil || w.n.Interfaces[i].Subnet == s.subnet
	}
	return false
}

// deliver hands packets to the interfaces of the VPC that own their destinations (VPC-6, D-14).
func (w *walk) deliver(s *state, set packet.Set) {
	if set.IsEmpty() {
		return
	}
	dst := w.p.DestinationAddresses(set)
	rest := w.toNATs(s, set, dst)
	owners := w.n.OwnersWithin(s.vpc, dst)
	taken, twice := packet.Empty, packet.Empty
	for _, i := range owners {
		mine := w.p.Intersect(rest, w.p.Destinations(w.n.Interfaces[i].OwnPrefixes()...))
		twice = w.p.Union(twice, w.p.Intersect(mine, taken))
		taken = w.p.Union(taken, mine)
	}
	if !twice.IsEmpty() {
		w.stop(s, twice, &model.Missing{What: "owner of an address that two interfaces of " + w.n.VPCs[s.vpc].ID + " have", Why: model.Conflicting})
	}
	for _, i := range owners {
		e := &w.n.Interfaces[i]
		mine := w.p.Subtract(w.p.Intersect(rest, w.p.Destinations(e.OwnPrefixes()...)), twice)
		if e.NAT >= 0 || isNATType(e) { // NAT-4, D-66
			w.deadEnd(s, mine, Blocker{Code: NoPossibleDestination, Reason: ReasonNATInitiation, At: model.Ref{Kind: model.KindInterface, Index: i}})
			continue
		}
		w.hand(s, i, mine)
	}
	rest = w.unsureOwner(s, w.p.Subtract(rest, taken))
	m := w.n.UnreadInterfaces(s.vpc)
	if m == nil { // whose account's answers would hold the owner is not known without the VPC's record either
		m = w.n.VPCs[s.vpc].Missing()
	}
	if m != nil {
		w.stop(s, rest, m)
		return
	}
	w.deadEnd(s, rest, Blocker{Code: NoPossibleDestination, Reason: ReasonNoOwner, At: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
}

// toNATs hands packets for a NAT gateway's addresses to it, whether its interface is known or not; it returns the others. dst is where the
// packets of set go.
func (w *walk) toNATs(s *state, set packet.Set, dst packet.Addresses) packet.Set {
	for _, i := range w.n.VPCs[s.vpc].NATGateways {
		own := w.natPrefixes(s, i)
		if !slices.ContainsFunc(own, func(a netip.Prefix) bool { return dst.Contains(a.Addr()) }) {
			continue
		}
		g := &w.n.NATGateways[i]
		mine := w.p.Intersect(set, w.p.Destinations(own...))
		set = w.p.Subtract(set, mine)
		ref := model.Ref{Kind: model.KindNATGateway, Index: i}
		next := s.to(natReturn, ref)
		if g.Subnet != s.subnet && g.Subnet >= 0 {
			next = s.to(aclIn, model.Ref{Kind: model.KindSubnet, Index: g.Subnet})
			next.then, next.thenTo = natReturn, ref
		}
		w.pass(next, mine)
	}
	return set
}

// hand sends packets to one interface as their destination.
func (w *walk) hand(s *state, iface int32, set packet.Set) {
	w.approach(s, iface, set, groupsIn, nil, nil)
}

// approach sends packets to a stage of one interface: through its subnet's network ACL unless they come from that subnet.
func (w *walk) approach(s *state, iface int32, set packet.Set, last *stage, taken *model.Route, toll []Blocker) {
	e := &w.n.Interfaces[iface]
	if m := e.Missing(); m != nil { // copies that disagree (D-250)
		w.stop(s, set, m)
		return
	}
	ref := model.Ref{Kind: model.KindInterface, Index: iface}
	if m := w.n.Subnets[e.Subnet].Missing(); m != nil { // what its ACL and groups refuse is refused all the same (D-81)
		doubted := *s
		doubted.doubting(m)
		s = &doubted
	}
	if e.Subnet == s.subnet {
		next := s.to(last, ref)
		next.iface, next.taken, next.toll = iface, taken, toll
		w.pass(next, set)
		return
	}
	next := s.to(aclIn, model.Ref{Kind: model.KindSubnet, Index: e.Subnet})
	next.iface, next.then, next.thenTo, next.taken, next.toll = iface, last, ref, taken, toll
	w.pass(next, set)
}

func isNATType(e *model.Interface) bool {
	return e.Record != nil && slices.Contains([]string{"nat_gateway", "natGateway"}, e.Record.InterfaceType)
}
