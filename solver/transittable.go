package solver

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Route tables and policy tables of transit gateways (TGW-19 to TGW-36, D-205 to D-208).
var (
	transitRouting = &stage{name: "transit-gateway-route-table"}
	transitPolicy  = &stage{name: "transit-gateway-policy-table"}
)

func init() {
	transitRouting.step = stepTransitRouting
	transitRouting.row = func(w *walk, s *state) Hop {
		return Hop{At: s.ref, Gateway: w.gatewayOf(w.n.TransitTables[s.ref.Index].Gateway)}
	}
	transitPolicy.step = stepTransitPolicy
	transitPolicy.row = func(w *walk, s *state) Hop {
		return Hop{At: s.ref, Gateway: w.gatewayOf(w.n.PolicyTables[s.ref.Index].Gateway)}
	}
	transitPolicy.rule = func(w *walk, s *state, k packet.Packet) *Rule {
		one := w.p.OfPacket(k)
		t := &w.n.PolicyTables[s.ref.Index]
		for i := range t.Entries {
			if e := &t.Entries[i]; e.Doubt != nil || w.p.Subset(one, e.Packets) {
				return &Rule{Of: s.ref, Policy: e}
			}
		}
		return nil
	}
}

func (w *walk) gatewayOf(i int32) model.Ref {
	if i < 0 {
		return model.Ref{}
	}
	return model.Ref{Kind: model.KindTransitGateway, Index: i}
}

// multicast is what transit gateways handle in other ways (TGW-59).
var multicast = []netip.Prefix{netip.MustParsePrefix("224.0.0.0/4"), netip.MustParsePrefix("ff00::/8")}

// stepTransitPolicy implements TGW-23 to TGW-26 (D-208): the first entry that matches picks the route table.
func stepTransitPolicy(w *walk, s *state) {
	t := &w.n.PolicyTables[s.ref.Index]
	at := s.ref
	res := w.n.Resource(at)
	unknown := func(detail string) *model.Missing {
		return &model.Missing{What: t.ID, Account: res.Account, Region: res.Region, Why: model.NotModelled, Detail: detail}
	}
	switch {
	case w.q.Reading == AWS:
		w.stop(s, s.set, unknown("policy table, which AWS's analyzer does not follow"))
		return
	case t.System:
		w.stop(s, s.set, unknown("entries of a policy table that AWS manages"))
		return
	}
	set := w.demand(s, s.set, t.State() == "" || t.State() == "available" || t.State() == "modifying", Blocker{Code: BadState, At: at, State: t.State()})
	for i := range t.Entries {
		e := &t.Entries[i]
		if e.Doubt != nil {
			w.stop(s, set, e.Doubt)
			return
		}
		hit := w.p.Intersect(set, e.Packets)
		set = w.p.Subtract(set, hit)
		switch {
		case e.Table < 0:
			w.stop(s, hit, t.NotHeld("get-transit-gateway-policy-table-entries", "route table of an entry of "+t.ID))
		default:
			w.toTransitTable(s, hit, e.Table)
		}
	}
	if t.Unknown != nil {
		w.stop(s, set, t.Unknown)
		return
	}
	w.deadEnd(s, set, Blocker{Code: TransitCannotRoute, Reason: ReasonPolicyTable, At: s.entered, Target: s.ref})
}

// unannounced implements TGW-25: under a policy table a transit gateway announces nothing to a VPN by BGP, so whether on-premises has a way to AWS
// by that connection, its own routes decide, which no answer holds. It says so of packets that have come by one.
func (w *walk) unannounced(s *state) *model.Missing {
	for s.stage != transitIn && s.prev != nil {
		s = s.prev
	}
	if s.prev == nil || s.prev.ref.Kind != model.KindVPNConnection {
		return nil
	}
	c := &w.n.VPNConnections[s.prev.ref.Index]
	if c.Static() {
		return nil
	}
	res := w.n.Resource(s.prev.ref)
	return &model.Missing{What: "routes of on-premises to AWS by " + c.ID, Account: res.Account, Region: res.Region, Why: model.NotModelled,
		Detail: "BGP under a policy table, by which the transit gateway announces nothing"}
}

// toTransitTable sends packets to a route table of a transit gateway, unless they have been there with the same headers: it would send them round
// for ever (TGW-48, D-214).
func (w *walk) toTransitTable(s *state, set packet.Set, table int32) {
	ref := model.Ref{Kind: model.KindTransitRouteTable, Index: table}
	for p := s; p != nil && p.leg == s.leg; p = p.prev {
		if p.stage == transitRouting && p.ref == ref && p.translation() == s.translation() {
			w.deadEnd(s, set, Blocker{Code: TransitCannotRoute, Reason: ReasonLoop, At: ref})
			return
		}
	}
	next := s.to(transitRouting, ref)
	next.vpc, next.subnet, next.iface = -1, -1, -1
	next.oneway = s.oneway || s.leg == Forward
	w.pass(next, set)
}

func stepTransitRouting(w *walk, s *state) {
	t := &w.n.TransitTables[s.ref.Index]
	set := s.set
	if t.Known() {
		set = w.demand(s, set, t.Works(), Blocker{Code: BadState, At: s.ref, State: t.State()})
	} else if m := t.Missing(); t.Unknown == nil && (m.Why == model.Conflicting || !w.assume(s, AssumeTransitTable, s.ref)) { // D-201
		s.doubting(m)
	}
	for _, i := range t.WaysTo(w.p.DestinationAddresses(set)) {
		way := &t.Ways[i]
		w.followTransit(s, t, way, w.p.Intersect(set, way.Destinations))
	}
	if w.relaxed {
		w.transitDetours(s, t, set)
	}
}

// followTransit sends packets along the routes that win for them. Several, and several attachments of one, are branches of AWS's (TGW-58).
func (w *walk) followTransit(s *state, t *model.TransitTable, way *model.Way, set packet.Set) {
	if t.Completed && (len(way.Routes) == 0 || !t.Routes[way.Routes[0]].Prefix.IsSingleIP()) { // D-206
		if !w.assume(s, AssumePropagations, s.ref) && way.Doubt == nil {
			way = &model.Way{Routes: way.Routes, Destinations: way.Destinations, Doubt: w.n.PropagatedMissing(s.ref.Index)}
		}
	}
	switch {
	case way.Doubt != nil:
		w.stop(s, set, way.Doubt)
		return
	case len(way.Routes) == 0:
		w.deadEnd(s, set, Blocker{Code: TransitNoRoute, At: s.ref})
		return
	}
	several := len(way.Routes) > 1 || len(t.Routes[way.Routes[0]].Targets) > 1
	w.branched(s, several, func() {
		for _, k := range way.Routes {
			w.byTransit(s, &t.Routes[k], set)
		}
	})
}

// byTransit sends packets along one route that wins for them. In a relaxed walk a route that does not work can be bought.
func (w *walk) byTransit(s *state, r *model.TransitRoute, set packet.Set) {
	b := Blocker{Code: TransitBadRoute, Leg: s.leg, At: s.ref, State: r.Record.State, Rule: &Rule{Of: s.ref, Transit: r}, Packets: set}
	switch {
	case r.Bad() && w.relaxed:
		for _, a := range r.Targets {
			b.Target = attachmentRef(a)
			w.tolled(&b, func() { w.toAttachment(s, r, a, set, []Blocker{b}) })
		}
		if len(r.Targets) == 0 {
			w.deadEnd(s, set, b)
		}
	case r.Bad():
		w.deadEnd(s, set, b)
	case len(r.Targets) == 0:
		w.stop(s, set, &model.Missing{What: "attachment of a route of " + w.n.ID(s.ref), Call: "search-transit-gateway-routes", Why: model.NotHeld})
	default:
		for _, a := range r.Targets {
			w.toAttachment(s, r, a, set, nil)
		}
	}
}

func (w *walk) toAttachment(s *state, r *model.TransitRoute, a int32, set packet.Set, toll []Blocker) {
	next := s.to(transitOut, attachmentRef(a))
	next.via, next.toll = r, toll
	w.pass(next, set)
}

// transitDetours are the ways that a relaxed walk may buy at a table of a transit gateway: attachments that another of its routes names, and those of
// VPCs that hold the destination (D-91, D-207).
func (w *walk) transitDetours(s *state, t *model.TransitTable, set packet.Set) {
	k, ok := w.p.Witness(set)
	if !ok {
		return
	}
	winners, matched := t.Table.Lookup(k.Destination)
	for _, i := range winners {
		r := &t.Routes[i]
		if !r.Bad() && slices.ContainsFunc(r.Targets, func(a int32) bool { return w.holds(a, k.Destination) }) {
			return // it leads to where the destination is already
		}
		if !r.Bad() && slices.ContainsFunc(r.Targets, func(a int32) bool { return w.inspects(a, k.Destination) }) {
			return // who put a middlebox there does not want to be told to go round it (D-91)
		}
	}
	for _, a := range w.transitCandidates(s, t, k.Destination) {
		if slices.ContainsFunc(winners, func(i int) bool {
			return slices.Contains(t.Routes[i].Targets, a) || t.Routes[i].Bad() && len(t.Routes[i].Targets) > 0
		}) {
			continue
		}
		b := Blocker{Code: TransitNoRoute, Leg: s.leg, At: s.ref, Target: attachmentRef(a), Packets: set}
		if r, code := w.whyNotTransit(t, a, k); r != nil {
			b.LosingTransit, b.Code = r, code
		}
		if matched {
			win := &t.Routes[winners[0]]
			b.Rule = &Rule{Of: s.ref, Transit: win}
			if win.Bad() { // a blackhole need not say where it led
				b.Code, b.State = TransitBadRoute, win.Record.State
			}
		}
		before := len(w.ends)
		w.toAttachment(s, nil, a, set, []Blocker{b})
		w.ends = w.ends[:before] // a detour to where nothing is known is none
	}
}

// inspects says whether the subnets of an attachment lead packets through a middlebox.
func (w *walk) inspects(attachment int32, to netip.Addr) bool {
	return slices.ContainsFunc(w.n.TransitAttachments[attachment].Subnets, func(k int32) bool {
		i, m := w.n.TableOf(k)
		if m != nil {
			return false
		}
		t := &w.n.RouteTables[i]
		winners, _ := t.Table.Lookup(to)
		return slices.ContainsFunc(winners, func(r int) bool { return !t.Routes[r].Bad() && w.throughMiddlebox(&t.Routes[r]) })
	})
}

// holds says whether the VPC of an attachment has the address in its blocks.
func (w *walk) holds(attachment int32, a netip.Addr) bool {
	v := w.n.TransitAttachments[attachment].VPC
	return v >= 0 && w.n.VPCs[v].Holds(a)
}

// transitCandidates are the attachments that a table could have named, in order of id.
func (w *walk) transitCandidates(s *state, t *model.TransitTable, to netip.Addr) []int32 {
	var out []int32
	for i := range t.Routes {
		for _, a := range t.Routes[i].Targets {
			if a != s.entered.Index || w.holds(a, to) {
				out = append(out, a)
			}
		}
	}
	if t.Gateway >= 0 {
		for _, a := range w.n.TransitGateways[t.Gateway].Attachments {
			if w.holds(a, to) {
				out = append(out, a)
			}
		}
	}
	out = slices.DeleteFunc(out, func(a int32) bool {
		x := &w.n.TransitAttachments[a]
		return attachmentTypes[x.Type] == nil || x.Gone() || x.VPC >= 0 && w.n.VPCs[x.VPC].Known() && !w.holds(a, to) && w.wanted(to)
	})
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(strings.Compare(w.n.TransitAttachments[a].ID, w.n.TransitAttachments[b].ID), cmp.Compare(a, b))
	})
	return slices.Compact(out)
}

// wanted says whether some VPC of the snapshot holds the address: then a way to any other VPC is none.
func (w *walk) wanted(a netip.Addr) bool {
	return slices.ContainsFunc(w.n.VPCs, func(v model.VPC) bool { return v.Holds(a) })
}

// whyNotTransit says why the routes to an attachment do not carry a packet, and names the one that comes nearest (TGW-27, TGW-28); nil where none leads
// there.
func (w *walk) whyNotTransit(t *model.TransitTable, a int32, k packet.Packet) (*model.TransitRoute, Code) {
	best, _, matched := t.Table.LookupPrefix(k.Destination)
	for c := range t.Table.Matching(k.Destination) {
		if r := &t.Routes[c.Route]; slices.Contains(r.Targets, a) {
			if matched && best.Bits() > c.Prefix.Bits() {
				return r, TransitMoreSpecific
			}
			return r, TransitHigherPriority
		}
	}
	var nearest *model.TransitRoute
	for i := range t.Routes {
		r := &t.Routes[i]
		if slices.Contains(r.Targets, a) && (nearest == nil || cmp.Or(cmp.Compare(nearest.Prefix.Bits(), r.Prefix.Bits()), r.Prefix.Compare(nearest.Prefix)) < 0) {
			nearest = r
		}
	}
	return nearest, TransitCannotRoute
}
