package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// local is a VPC's local delivery: the implicit router (VPC-6, RT-14, D-44). localReply is the same for replies behind a NAT
// gateway, which ask no route table (RET-6, D-65). arrival is where those replies end: the gateway has translated their
// client's address once already, so the VPC's own record has nothing left to decide.
var (
	local      = &stage{name: "local"}
	localReply = &stage{name: "local-reply"}
	arrival    = &stage{name: "arrival"}
)

func init() {
	routeTargets[model.KindVPC] = func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
		next := s.to(local, r.Target)
		next.toll, next.taken = toll, r
		w.pass(next, set)
	}
	local.step = func(w *walk, s *state) {
		v := &w.n.VPCs[s.ref.Index]
		set := s.set
		if m := v.Missing(); m != nil {
			s.doubting(m)
		} else {
			outside := w.p.Subtract(set, v.Inside)
			w.deadEnd(s, outside, Blocker{Code: LocalRouteRestriction, At: w.routedBy(s), VPC: s.ref})
			set = w.p.Intersect(set, v.Inside)
		}
		w.deliver(s, set)
	}
	localReply.step = stepLocalReply
	arrival.step = func(w *walk, s *state) { w.deliver(s, s.set) }
}

// stepLocalReply delivers a translated-back reply from the NAT gateway's subnet to its client: directly in that subnet, else
// through both network ACLs.
func stepLocalReply(w *walk, s *state) {
	rest := s.set // never for a NAT gateway of that subnet: by one table they do not follow one another (NAT-6)
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.DestinationAddresses(rest)) {
		e := &w.n.Interfaces[i]
		if e.Subnet == s.subnet && e.NAT < 0 {
			mine := w.p.Intersect(rest, w.p.Destinations(e.OwnPrefixes()...))
			rest = w.p.Subtract(rest, mine)
			w.hand(s, i, mine)
		}
	}
	w.clientsBehind(s, rest)
}

// clientsBehind sends replies out of the NAT gateway's subnet: through the middlebox that its table puts between them and their
// client, if there is one (D-106), else straight to the client.
func (w *walk) clientsBehind(s *state, set packet.Set) {
	from := *s
	from.ref = model.Ref{Kind: model.KindSubnet, Index: s.subnet}
	straight, around := s.to(aclOut, from.ref), from.to(aclOut, from.ref)
	straight.then, straight.thenTo = arrival, s.ref
	around.then, around.thenTo = routing, from.ref
	if s.subnet < 0 { // a regional one: no network ACL on the way out (D-140)
		straight, around = s.to(arrival, s.ref), s.to(routing, s.sender)
	}
	t, m := w.n.NATTable(s.sender.Index)
	if m != nil {
		w.passDoubted(s, straight, set, m)
		return
	}
	table := &w.n.RouteTables[t]
	for _, i := range table.WaysTo(w.p.DestinationAddresses(set)) {
		way := &table.Ways[i]
		if !slices.ContainsFunc(way.Routes, func(k int) bool { return w.throughMiddlebox(&table.Routes[k]) }) {
			continue
		}
		hit := w.p.Intersect(set, way.Destinations)
		set = w.p.Subtract(set, hit)
		if s.subnet >= 0 {
			hit = w.wayBeforeACL(&from, table, way, hit)
		}
		w.pass(around, hit)
	}
	w.pass(straight, set)
}

// throughMiddlebox says whether a route leads to something that packets only pass.
func (w *walk) throughMiddlebox(r *model.Route) bool {
	switch r.Target.Kind {
	case model.KindInterface, model.KindInstance:
		return true
	case model.KindVPCEndpoint:
		return r.List < 0 || w.n.VPCEndpoints[r.Target.Index].Type() == model.GatewayLoadBalancerEndpoint
	}
	return false
}

// routedBy is the route table that led here; the VPC itself where none did.
func (w *walk) routedBy(s *state) model.Ref {
	switch {
	case s.prev.stage == routing:
		return model.Ref{Kind: model.KindRouteTable, Index: w.tableIndex(s.prev)}
	case s.prev.stage == edgeTable:
		return w.edgeTableOf(s.prev.ref)
	}
	return s.ref
}
