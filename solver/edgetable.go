package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// edgeTable is the route table associated with an internet or virtual private gateway: it routes what the gateway lets in, request or reply, by its
// private destination (GRT-1 to GRT-4, D-110, D-111).
var edgeTable = &stage{name: "edge-route-table"}

func init() {
	edgeTable.step = stepEdgeTable
	edgeTable.row = func(w *walk, s *state) Hop {
		return Hop{At: w.edgeTableOf(s.ref), VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	}
}

func (w *walk) edgeTableOf(gateway model.Ref) model.Ref {
	return model.Ref{Kind: model.KindRouteTable, Index: w.n.EdgeTableOf(gateway)}
}

// edgeRoute sends packets that the gateway has let in to its own route table, if it has one; else they are delivered locally.
func (w *walk) edgeRoute(s *state, next state, set packet.Set) {
	next.stage, next.ref = edgeTable, s.ref
	if w.edgeTableOf(s.ref).Index < 0 {
		next.stage = edgeAdmit
		if m := w.n.UnreadEdge(s.ref, s.vpc); m != nil || s.leg == Return || s.ref.Kind != model.KindInternetGateway {
			next.stage, next.ref = local, model.Ref{Kind: model.KindVPC, Index: s.vpc}
			if m != nil { // a middlebox's subnet may be the one that Block Public Access looks at (BPA-5)
				next.doubting(m)
			}
		}
	}
	w.pass(next, set)
}

func stepEdgeTable(w *walk, s *state) {
	if m := w.n.UnreadEdge(s.ref, s.vpc); m != nil { // answers that disagree
		w.stop(s, s.set, m)
		return
	}
	ref := w.edgeTableOf(s.ref)
	table := &w.n.RouteTables[ref.Index]
	vpc := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	for _, i := range table.WaysTo(w.p.DestinationAddresses(s.set)) {
		way := &table.Ways[i]
		part := w.p.Intersect(s.set, way.Destinations)
		switch {
		case way.Doubt != nil:
			w.stop(s, part, way.Doubt)
		case len(way.Routes) == 0:
			b := Blocker{Code: NoRouteToDestination, Leg: s.leg, At: ref, Packets: part, VPC: vpc}
			w.deadEnd(s, part, b)
			b.Target = vpc
			w.edgeDetour(s, &model.Route{Target: vpc, List: -1, Local: true}, part, b)
		default:
			for _, k := range way.Routes {
				w.byEdgeRoute(s, ref, &table.Routes[k], part)
			}
		}
	}
}

// byEdgeRoute sends packets by a route of a gateway's table.
func (w *walk) byEdgeRoute(s *state, table model.Ref, r *model.Route, set packet.Set) {
	if !r.Bad() {
		w.edgeTarget(s, r, set, nil)
		return
	}
	b := Blocker{Code: BadStateRoute, Leg: s.leg, At: table, State: r.Record.State, Rule: &Rule{Of: table, Route: r}, Target: r.Target, Packets: set, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	if w.relaxed {
		w.tolled(&b, func() { w.edgeTarget(s, r, set, []Blocker{b}) })
		return
	}
	w.deadEnd(s, set, b)
}

// edgeDetour sends packets, in a relaxed walk, where the table does not.
func (w *walk) edgeDetour(s *state, r *model.Route, set packet.Set, b Blocker) {
	if w.relaxed {
		w.edgeTarget(s, r, set, []Blocker{b})
	}
}

// edgeTarget hands packets to what a gateway's table may name (GRT-3, D-110).
func (w *walk) edgeTarget(s *state, r *model.Route, set packet.Set, toll []Blocker) {
	switch r.Target.Kind {
	case model.KindVPC:
		if s.ref.Kind != model.KindInternetGateway { // Block Public Access is about the internet (BPA-7)
			w.target(s, r, set, toll)
			return
		}
		w.edgeLocal(s, set, func(s *state, set packet.Set) { w.target(s, r, set, toll) })
	case model.KindInterface, model.KindInstance, model.KindVPCEndpoint:
		at := *s
		if s.ref.Kind != model.KindInternetGateway {
			w.target(&at, r, set, toll)
			return
		}
		if r.Target.Kind != model.KindVPCEndpoint {
			set = w.publicHop(&at, r, set)
		}
		if subnet := w.hopSubnet(r); subnet >= 0 && s.leg == Forward {
			set = w.publicAccess(&at, set, s.vpc, subnet, edgeIn)
		}
		w.target(&at, r, set, toll)
	default:
		w.stopAt(s, set, r.Target, &model.Missing{What: w.n.ID(w.edgeTableOf(s.ref)), Why: model.NotModelled, Detail: w.n.Resource(r.Target).Type + " in a gateway route table"})
	}
}

// edgeLocal asks Block Public Access for the subnets of the interfaces that requests are to be delivered to (D-122).
func (w *walk) edgeLocal(s *state, set packet.Set, on func(s *state, set packet.Set)) {
	rest := set
	var subnets []int32
	parts := make(map[int32]packet.Set)
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.DestinationAddresses(set)) {
		e := &w.n.Interfaces[i]
		if e.NAT >= 0 || s.leg == Return { // a NAT gateway lets nothing in anyway
			continue
		}
		hit := w.p.Intersect(rest, w.p.Destinations(e.OwnPrefixes()...))
		rest = w.p.Subtract(rest, hit)
		if _, ok := parts[e.Subnet]; !ok {
			subnets = append(subnets, e.Subnet)
		}
		parts[e.Subnet] = w.p.Union(parts[e.Subnet], hit)
	}
	for _, subnet := range subnets {
		at := *s
		on(&at, w.publicAccess(&at, parts[subnet], s.vpc, subnet, edgeIn))
	}
	on(s, rest)
}

// hopSubnet is the subnet of a middlebox that a route names; -1 where no answer tells.
func (w *walk) hopSubnet(r *model.Route) int32 {
	if r.Target.Kind == model.KindVPCEndpoint {
		if !w.n.VPCEndpoints[r.Target.Index].Known() { // D-46
			return -1
		}
		subnet, _ := w.n.EndpointSubnet(r.Target.Index)
		return subnet
	}
	i, m := w.n.NextHop(r.Target)
	if m != nil {
		return -1
	}
	return w.n.Interfaces[i].Subnet
}

// publicHop implements GRT-4 (D-111): a gateway's table hands IPv4 packets only to an interface with a public IPv4 address.
func (w *walk) publicHop(s *state, r *model.Route, set packet.Set) packet.Set {
	i, m := w.n.NextHop(r.Target)
	if m != nil {
		return set // entering it will say so
	}
	if len(w.n.Interfaces[i].Public) > 0 {
		return set
	}
	if m := w.n.HidesMappings(i); m != nil && w.p.Overlaps(set, w.p.OfFamily(packet.IPv4)) {
		s.doubting(m)
		return set
	}
	return w.require(s, set, w.p.OfFamily(packet.IPv6), Blocker{Code: IngressNoPublicIP, At: model.Ref{Kind: model.KindInterface, Index: i},
		Rule: &Rule{Of: w.edgeTableOf(s.ref), Route: r}, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
}

// pastMiddleboxes implements GRT-5 (D-112): where the gateway's own table sends what is addressed to a sender through a middlebox, what
// the sender sends must come from that very middlebox. on gets the packets that may go out, with their state.
func (w *walk) pastMiddleboxes(s *state, set packet.Set, on func(s *state, set packet.Set)) {
	ref := w.edgeTableOf(s.ref)
	switch m := w.n.UnreadEdge(s.ref, s.vpc); {
	case m != nil:
		w.doubtfully(s, set, m, on)
		return
	case ref.Index < 0:
		on(s, set)
		return
	}
	table := &w.n.RouteTables[ref.Index]
	for _, i := range table.WaysTo(w.p.SourceAddresses(set)) {
		way := &table.Ways[i]
		part := w.p.Intersect(set, w.p.Sources(table.Prefixes(way)...))
		if m := w.pastMiddlebox(s, table, way); m != nil {
			w.doubtfully(s, part, m, on)
			part = packet.Empty
		}
		for _, k := range way.Routes { // one that leads through a middlebox is alone
			if through, _ := w.middlebox(&table.Routes[k]); w.redirects(&table.Routes[k]) && through != s.sender {
				part = w.demand(s, part, false, w.redirection(s, &table.Routes[k]))
			}
		}
		on(s, part)
	}
}

// redirects says whether a route of a gateway's table leads elsewhere than to local delivery.
func (w *walk) redirects(r *model.Route) bool { return !r.Bad() && r.Target.Kind != model.KindVPC }

// pastMiddlebox says what is missing to tell whether a way of a gateway's table leads past the sender.
func (w *walk) pastMiddlebox(s *state, t *model.RouteTable, way *model.Way) *model.Missing {
	if way.Doubt != nil {
		return way.Doubt
	}
	for _, k := range way.Routes {
		if r := &t.Routes[k]; w.redirects(r) {
			through, m := w.middlebox(r)
			switch {
			case m != nil:
				return m
			case through != s.sender && len(way.Routes) > 1: // bad data
				return &model.Missing{What: "routes of " + t.ID, Call: "describe-route-tables", Why: model.Conflicting}
			}
		}
	}
	return nil
}

// redirection is the refusal of GRT-5, at the table that leads past the middlebox.
func (w *walk) redirection(s *state, r *model.Route) Blocker {
	b := Blocker{Code: IngressRedirection, Losing: s.taken, At: s.ref, Target: r.Target, Rule: &Rule{Of: w.edgeTableOf(s.ref), Route: r}, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	for p := s.prev; p != nil; p = p.prev {
		if b.Losing == nil {
			b.Losing = p.taken
		}
		if p.stage == routing {
			b.At = model.Ref{Kind: model.KindRouteTable, Index: w.tableIndex(p)}
			if p.ref.Kind == model.KindSubnet {
				b.Subnet = p.ref
			}
			break
		}
	}
	return b
}

// middlebox is what a route of a gateway's table leads through, as one thing that packets pass; zero for local delivery.
func (w *walk) middlebox(r *model.Route) (model.Ref, *model.Missing) {
	switch r.Target.Kind {
	case model.KindInterface, model.KindInstance:
		i, m := w.n.NextHop(r.Target)
		if m != nil {
			return model.Ref{}, m
		}
		return w.n.DeviceOf(i), nil
	case model.KindVPCEndpoint:
		return r.Target, nil
	case model.KindVPC:
		return model.Ref{}, nil
	}
	return model.Ref{}, &model.Missing{What: w.n.ID(r.Target), Why: model.NotModelled, Detail: w.n.Resource(r.Target).Type + " in a gateway route table"}
}

// doubtfully passes packets on in doubt.
func (w *walk) doubtfully(s *state, set packet.Set, m *model.Missing, on func(s *state, set packet.Set)) {
	doubted := *s
	doubted.doubting(m)
	on(&doubted, set)
}
