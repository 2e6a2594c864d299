package solver

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// routing is the route table of the subnet that packets leave (RT-1 to RT-20, D-40 to D-47).
var routing = &stage{name: "routing"}

func init() {
	routing.step = stepRouting
	routing.row = func(w *walk, s *state) Hop {
		t, m := w.tableOf(s)
		if m != nil {
			return Hop{}
		}
		h := Hop{At: model.Ref{Kind: model.KindRouteTable, Index: t}, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
		if s.ref.Kind == model.KindSubnet { // not a regional NAT gateway's own
			h.Subnet = s.ref
		}
		return h
	}
}

func stepRouting(w *walk, s *state) {
	t, m := w.tableOf(s)
	if m != nil {
		w.stop(s, s.set, m)
		return
	}
	table := &w.n.RouteTables[t]
	if w.relaxed && w.again(s, table) {
		return
	}
	for _, i := range table.WaysTo(w.p.DestinationAddresses(s.set)) {
		way := &table.Ways[i]
		w.follow(s, table, way, w.p.Intersect(s.set, way.Destinations))
	}
	if w.relaxed {
		w.detours(s, table)
	}
}

// again sends a packet of a relaxed walk where the table has sent one to that destination before, at no further cost; it reports whether
// it has.
func (w *walk) again(s *state, t *model.RouteTable) bool {
	k, _ := w.p.Witness(s.set)
	target, ok := w.decided(s, k.Destination)
	if !ok {
		return false
	}
	winners, _ := t.Table.Lookup(k.Destination)
	for _, i := range winners {
		if r := &t.Routes[i]; r.Target == target {
			w.within(s, r, s.set, nil)
			return true
		}
	}
	w.within(s, &model.Route{Target: target, List: -1, Local: target.Kind == model.KindVPC}, s.set, nil)
	return true
}

// follow sends packets along the routes that win for them; several are branches of AWS's choice (RT-10).
func (w *walk) follow(s *state, t *model.RouteTable, way *model.Way, set packet.Set) {
	ref := model.Ref{Kind: model.KindRouteTable, Index: w.tableIndex(s)}
	switch {
	case s.inside && (way.Doubt != nil || len(way.Routes) == 0): // told of those that have met the network ACL
		return
	case way.Doubt != nil:
		w.stop(s, set, way.Doubt)
		return
	case len(way.Routes) == 0:
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, At: ref, VPC: model.Ref{Kind: model.KindVPC, Index: t.VPC}})
		return
	}
	w.tie = len(way.Routes) > 1
	defer func() { w.tie = false }()
	for _, k := range s.kept(t, way.Routes) {
		r := &t.Routes[k]
		if w.nearby(s, r) != s.inside {
			continue
		}
		w.by(s, t, r, set)
	}
}

// by sends packets along one route that wins for them. In a relaxed walk a route that does not work can be bought.
func (w *walk) by(s *state, t *model.RouteTable, r *model.Route, set packet.Set) {
	if !r.Bad() {
		w.target(s, r, set, nil)
		return
	}
	ref := model.Ref{Kind: model.KindRouteTable, Index: w.tableIndex(s)}
	b := Blocker{Code: BadStateRoute, Leg: s.leg, At: ref, State: r.Record.State, Rule: &Rule{Of: ref, Route: r}, Target: r.Target,
		Packets: set, VPC: model.Ref{Kind: model.KindVPC, Index: t.VPC}}
	if !w.relaxed {
		w.refuse(s, set, b)
		return
	}
	w.tolled(&b, func() { w.target(s, r, set, []Blocker{b}) })
}

// tolled follows a route that a relaxed walk bought. Where a missing fact ends that at once, the toll is part of the end.
func (w *walk) tolled(b *Blocker, follow func()) {
	before := len(w.ends)
	follow()
	for i := range w.ends[before:] {
		if e := &w.ends[before+i]; e.blocker == nil {
			e.blocker = b
		}
	}
}

// picked is a route that AWS picked among several for packets, and those that it picked before.
type picked struct {
	route  *model.Route
	before *picked
}

// remember notes what AWS picked for the packets of next. Equal histories are one pointer, so that states that share them merge.
func (w *walk) remember(next *state) {
	if next.taken.List < 0 { // a contradiction of the answers is no choice that AWS keeps (D-42)
		return
	}
	next.picks = once(&w.picks, picked{next.taken, next.picks})
}

// once is the one pointer to a history.
func once[H comparable](known *map[H]*H, history H) *H {
	if *known == nil {
		*known = map[H]*H{}
	}
	if (*known)[history] == nil {
		(*known)[history] = &history
	}
	return (*known)[history]
}

// kept is the routes of a tie that AWS may still choose: it keeps what it has chosen once (RT-10), so a packet or its reply that comes
// to the same table again goes the same way.
func (s *state) kept(t *model.RouteTable, routes []int) []int {
	for p := s.picks; p != nil; p = p.before {
		for _, k := range routes {
			if p.route == &t.Routes[k] {
				return []int{k}
			}
		}
	}
	return routes
}

func (w *walk) tableIndex(s *state) int32 {
	t, _ := w.tableOf(s)
	return t
}

// target hands packets to the component that a route names.
func (w *walk) target(s *state, r *model.Route, set packet.Set, toll []Blocker) {
	if enter, ok := routeTargets[r.Target.Kind]; ok {
		enter(w, s, r, set, toll)
		return
	}
	w.stopAt(s, set, r.Target, w.unmodelled(r))
}

// within is target for packets of a relaxed walk: those that have met no network ACL go to what is in their subnet, the others elsewhere (D-63).
func (w *walk) within(s *state, r *model.Route, set packet.Set, toll []Blocker) {
	if w.inSubnet(s, r.Target) == s.inside {
		w.target(s, r, set, toll)
	}
}

// unmodelled is what is missing at a route to a kind of target that is not modelled.
func (w *walk) unmodelled(r *model.Route) *model.Missing {
	res := w.n.Resource(r.Target)
	return &model.Missing{What: res.ID, Account: res.Account, Region: res.Region, Why: model.NotModelled, Detail: res.Type + " as a route's target"}
}

// detours are the ways a relaxed walk may buy: components that the table could have named, because another of
// its routes does or because they belong to the VPC (design 4.4).
func (w *walk) detours(s *state, t *model.RouteTable) {
	k, _ := w.p.Witness(s.set)
	winners, matched := t.Table.Lookup(k.Destination)
	if w.deliversAlready(s, t, winners, k) || slices.ContainsFunc(winners, func(i int) bool { return !t.Routes[i].Bad() && w.throughMiddlebox(&t.Routes[i]) }) {
		return
	}
	at := model.Ref{Kind: model.KindRouteTable, Index: w.tableIndex(s)}
	for _, target := range w.candidates(s, t) {
		if slices.ContainsFunc(winners, func(i int) bool { return t.Routes[i].Target == target }) {
			continue
		}
		b := Blocker{Code: NoRouteToDestination, Leg: s.leg, At: at, Target: target, Packets: s.set, VPC: model.Ref{Kind: model.KindVPC, Index: t.VPC}}
		if route, code := w.whyNot(t, target, k); route != nil {
			b.Losing, b.Code = route, code
		}
		if matched {
			b.Rule = &Rule{Of: at, Route: w.firstOf(t, winners)}
		}
		route := &model.Route{Target: target, List: -1, Local: target.Kind == model.KindVPC}
		before := len(w.ends)
		w.within(s, route, s.set, []Blocker{b})
		w.ends = w.ends[:before] // a detour to where nothing is known is none
	}
}

// deliversAlready says whether the local route takes the packet to an interface that owns its destination: no other route
// would be nearer to working.
func (w *walk) deliversAlready(s *state, t *model.RouteTable, winners []int, k packet.Packet) bool {
	return len(winners) == 1 && t.Routes[winners[0]].Local && t.VPC == s.vpc && len(w.n.OwnersOf(s.vpc, k.Destination)) > 0
}

// whyNot says why the routes to a target do not carry a packet, and names the one that comes nearest: it loses to another route, or
// else its CIDR misses the packet. No route leads to the target: nil.
func (w *walk) whyNot(t *model.RouteTable, target model.Ref, k packet.Packet) (*model.Route, Code) {
	best, _, matched := t.Table.LookupPrefix(k.Destination)
	for c := range t.Table.Matching(k.Destination) {
		if r := &t.Routes[c.Route]; r.Target == target {
			if matched && best.Bits() > c.Prefix.Bits() {
				return r, MoreSpecificRoute
			}
			return r, HigherPriorityRoute
		}
	}
	var nearest *model.Route
	for i := range t.Routes {
		r := &t.Routes[i]
		if r.Target == target && (nearest == nil || compareRoutes(r, nearest) < 0) {
			nearest = r
		}
	}
	return nearest, CannotRoute
}

// compareRoutes orders routes by destination: CIDRs first, the longer before the shorter, then by address; lists by id.
func compareRoutes(a, b *model.Route) int {
	return cmp.Or(strings.Compare(a.Record.DestinationPrefixListId, b.Record.DestinationPrefixListId),
		cmp.Compare(b.Prefix.Bits(), a.Prefix.Bits()), a.Prefix.Compare(b.Prefix))
}

// candidates are the targets a table could have named, in a fixed order: by kind, then id.
func (w *walk) candidates(s *state, t *model.RouteTable) []model.Ref {
	var out []model.Ref
	for i := range t.Routes {
		out = append(out, t.Routes[i].Target)
	}
	if t.VPC >= 0 {
		v := &w.n.VPCs[t.VPC]
		k, _ := w.p.Witness(s.set)
		out = append(out, model.Ref{Kind: model.KindVPC, Index: t.VPC})
		for _, g := range v.InternetGateways {
			out = append(out, model.Ref{Kind: model.KindInternetGateway, Index: g})
		}
		for _, g := range v.NATGateways {
			out = append(out, model.Ref{Kind: model.KindNATGateway, Index: g})
		}
		for _, g := range v.EgressOnlyGateways {
			out = append(out, model.Ref{Kind: model.KindEgressOnlyGateway, Index: g})
		}
		for _, g := range v.CarrierGateways {
			out = append(out, model.Ref{Kind: model.KindCarrierGateway, Index: g})
		}
		for _, g := range v.VPNGateways {
			out = append(out, model.Ref{Kind: model.KindVPNGateway, Index: g})
		}
		for _, g := range v.Peerings {
			out = append(out, model.Ref{Kind: model.KindPeering, Index: g})
		}
		out = append(out, w.servedBy(t.VPC, k.Destination)...)
		if !v.Holds(k.Destination) {
			out = append(out, w.n.TransitGatewaysOf(t.VPC)...)
		}
	}
	slices.SortFunc(out, func(a, b model.Ref) int {
		return cmp.Or(strings.Compare(a.Kind.String(), b.Kind.String()), strings.Compare(w.n.ID(a), w.n.ID(b)))
	})
	return slices.Compact(out)
}

// firstOf is the first of several routes in an order that does not depend on how the answer lists them.
func (w *walk) firstOf(t *model.RouteTable, routes []int) *model.Route {
	first := slices.MinFunc(routes, func(x, y int) int {
		return cmp.Or(strings.Compare(w.n.ID(t.Routes[x].Target), w.n.ID(t.Routes[y].Target)), compareRoutes(&t.Routes[x], &t.Routes[y]))
	})
	return &t.Routes[first]
}
