package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// An internet gateway on the way out of a VPC and into it (IGW-1 to IGW-6, ENI-2, ENI-4, ENI-6, ENI-9, VPC-3, VPC-4, D-50 to D-57).
// Its own facts are judged on the request; a reply passes the same gateway or none.
var (
	gatewayOut = &stage{name: "internet-gateway-out", row: gatewayRow}
	gatewayIn  = &stage{name: "internet-gateway-in", row: gatewayRow}
)

func init() {
	routeTargets[model.KindInternetGateway] = func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
		next := s.to(gatewayOut, r.Target)
		next.toll, next.taken = toll, r
		w.pass(next, set)
	}
	gatewayOut.step = stepGatewayOut
	gatewayIn.step = stepGatewayIn
}

func gatewayRow(w *walk, s *state) Hop {
	return Hop{At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
}

func stepGatewayOut(w *walk, s *state) {
	if s.leg == Return {
		w.replyOut(s)
		return
	}
	set := w.gatewayWorks(s, s.set)
	set = w.notPrivate(s, set, true)
	away := internet(&w.q.To)
	set = w.demand(s, set, away || w.q.Reading != AWS, Blocker{Code: InternetReflection, At: s.ref}) // IGW-6
	if w.q.To.Kind == model.EndGateway && w.q.To.Ref != s.ref {
		w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonOtherGateway, At: s.ref})
		return
	}
	set, next := w.publicSource(s, set)
	next.edge, next.token, next.crossed = s.ref, -1, -1
	if away {
		next.stage, next.ref = toInternet, model.Ref{Kind: model.KindInternet}
	} else {
		next.stage, next.ref = fromInternet, model.Ref{Kind: model.KindInternet}
		next.vpc, next.subnet = -1, -1
		next.notes = []Note{{Kind: NoteJoinedLegs, At: s.ref}}
	}
	w.pass(next, set)
}

// replyOut is a reply that leaves a VPC: it must do so by the gateway that the request came in by (RET-4, RET-5, D-57).
func (w *walk) replyOut(s *state) {
	set := w.demand(s, s.set, s.edge == s.ref, Blocker{Code: NoRouteToDestination, Reason: ReasonOtherGateway, At: s.ref})
	if set.IsEmpty() || s.edge != s.ref {
		return
	}
	next := s.to(toInternet, model.Ref{Kind: model.KindInternet})
	if s.framed(s.ref) && s.frame.inbound {
		set = w.unframe(s, set)
		next.frame = s.frame.outer
	}
	if !internet(&w.q.From) { // the request went out by one gateway and came in by this one (D-55): back to the first
		next.stage, next.ref = gatewayIn, s.outward()
		next.vpc, next.subnet = -1, -1
	}
	w.pass(next, set)
}

// outward is the gateway by which a request that came in again had left: the one its source was translated by, or, with
// IPv6, which is not translated, the one of the VPC it started in.
func (s *state) outward() model.Ref {
	for p := s.prev; p != nil; p = p.prev {
		if p.leg == Forward && p.stage == gatewayOut {
			return p.ref
		}
	}
	return model.Ref{}
}

func stepGatewayIn(w *walk, s *state) {
	if s.leg == Return {
		w.replyIn(s)
		return
	}
	set := w.gatewayWorks(s, s.set)
	set = w.notPrivate(s, set, false)
	set, next := w.publicDestination(s, set)
	next.edge = s.ref
	w.edgeRoute(s, next, set)
}

// replyIn is a reply that enters the VPC its request left: the translation is undone, then local delivery.
func (w *walk) replyIn(s *state) {
	next := s.to(local, model.Ref{})
	set := s.set
	if s.framed(s.ref) {
		set = w.unframe(s, set)
		next.frame = s.frame.outer
	}
	for p := s.prev; p != nil; p = p.prev {
		if p.leg == Forward && p.stage == gatewayOut && p.ref == s.ref {
			s.vpc, next.vpc = p.vpc, p.vpc
			break
		}
	}
	next.ref, next.subnet = model.Ref{Kind: model.KindVPC, Index: next.vpc}, -1
	w.edgeRoute(s, next, set)
}

// gatewayWorks implements IGW-1 (D-50), D-46 and Block Public Access as far as it is built (D-47, D-56).
func (w *walk) gatewayWorks(s *state, set packet.Set) packet.Set {
	g := &w.n.InternetGateways[s.ref.Index]
	v := &w.n.VPCs[s.vpc]
	if m := g.Missing(); m != nil {
		if !w.q.Assume.Gateways || !w.assume(s, AssumeGatewayWorks, s.ref) {
			s.doubting(m)
		}
	} else if ok, state := g.AttachedTo(v.ID); !ok {
		set = w.demand(s, set, false, Blocker{Code: BadStateAttachment, At: s.ref, State: state, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
	}
	mode, stated := v.BlockPublicAccess()
	if s.subnet >= 0 {
		if m, ok := w.n.Subnets[s.subnet].BlockPublicAccess(); ok && (!stated || m != "off") {
			mode, stated = m, true
		}
	}
	switch {
	case mode != "off" && mode != "":
		s.doubting(&model.Missing{What: v.ID, Why: model.NotModelled, Detail: "VPC Block Public Access (" + mode + ")"})
	case !stated && !w.assume(s, AssumeNoBPA, model.Ref{Kind: model.KindVPC, Index: s.vpc}):
		s.doubting(&model.Missing{What: "Block Public Access of " + v.ID, Call: "describe-vpcs", Why: model.NotHeld})
	}
	return set
}

// notPrivate implements IGW-3: nothing to private or shared space goes out, nothing from there comes in; and IPv6 outside
// 2000::/3 does not exist on the internet (D-52, D-53).
func (w *walk) notPrivate(s *state, set packet.Set, out bool) packet.Set {
	space := func(prefixes ...netip.Prefix) packet.Set {
		if out {
			return w.p.Destinations(prefixes...)
		}
		return w.p.Sources(prefixes...)
	}
	rfc1918, rfc6598 := InternetSourceRFC1918, InternetSourceRFC6598
	if out {
		rfc1918, rfc6598 = InternetDestinationRFC1918, InternetDestinationRFC6598
	}
	set = w.require(s, set, w.p.Complement(space(model.PrivateSpace[:3]...)), Blocker{Code: rfc1918, At: s.ref, Egress: out})
	set = w.require(s, set, w.p.Complement(space(model.PrivateSpace[3])), Blocker{Code: rfc6598, At: s.ref, Egress: out})
	global := w.p.Union(w.p.OfFamily(packet.IPv4), space(model.GlobalIPv6))
	return w.require(s, set, global, Blocker{Code: NoPossibleDestination, Reason: ReasonNotInternet, At: s.ref, Egress: out})
}

// publicSource implements IGW-2 and IGW-5 on the way out: the source must be an address of a live interface of the VPC
// with a public address to become (IPv4), or a public IPv6 address.
func (w *walk) publicSource(s *state, set packet.Set) (packet.Set, state) {
	next := s.to(nil, model.Ref{})
	src := w.p.SourceAddresses(set)
	six := w.p.Intersect(set, w.p.OfFamily(packet.IPv6))
	f := &frame{device: s.ref, outer: s.frame}
	good, dead := packet.Empty, packet.Empty
	owned := packet.Empty
	for _, i := range w.n.OwnersWithin(s.vpc, src) {
		e := &w.n.Interfaces[i]
		owned = w.p.Union(owned, w.p.Sources(e.OwnPrefixes()...))
		usable := packet.Empty
		for _, m := range e.Public {
			from := w.p.Sources(single(m.Private))
			f.rewrites = append(f.rewrites, rewrite{from, packet.FieldSource, w.p.Sources(single(m.Public))})
			usable = w.p.Union(usable, w.p.Intersect(set, from))
		}
		usable = w.p.Union(usable, w.p.Intersect(six, w.p.Sources(w.publicIPv6(e)...)))
		if w.liveForGateways(e) {
			good = w.p.Union(good, usable)
		} else {
			dead = w.p.Union(dead, usable)
		}
	}
	vpc := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	set = w.require(s, set, w.p.Complement(w.p.Subtract(dead, good)), Blocker{Code: InternetNoPublicForEgress, Reason: ReasonNotLive, At: s.ref, Egress: true, VPC: vpc})
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		strange := w.p.Subtract(w.p.Subtract(set, good), owned)
		w.stop(s, strange, m)
		set = w.p.Subtract(set, strange)
	}
	set = w.require(s, set, w.p.Union(good, dead), Blocker{Code: InternetNoPublicForEgress, At: s.ref, Egress: true, VPC: vpc})
	return w.translated(s, &next, f, set), next
}

// translated rewrites the IPv4 part of set by f and leaves what no rewrite matches as it is, which is IPv6 and, in a relaxed
// walk, what has no public address.
func (w *walk) translated(s *state, next *state, f *frame, set packet.Set) packet.Set {
	match := packet.Empty
	for _, r := range f.rewrites {
		match = w.p.Union(match, r.match)
	}
	f.in = w.p.Intersect(set, match)
	rest := w.p.Subtract(set, f.in)
	if f.in.IsEmpty() {
		return rest
	}
	if !rest.IsEmpty() { // what is not translated must come back through the same frame unchanged
		f.rewrites = append(f.rewrites, rewrite{match: rest, to: packet.Everything})
		f.in = set
	}
	next.frame = f
	return f.apply(w.p, set)
}

// publicDestination implements IGW-4 and IGW-5 on the way in: the destination must be the public address of a live interface
// of the VPC, which becomes its private one (IPv4), or a public IPv6 address of one.
func (w *walk) publicDestination(s *state, set packet.Set) (packet.Set, state) {
	next := s.to(nil, model.Ref{})
	dst := w.p.DestinationAddresses(set)
	six := w.p.Intersect(set, w.p.OfFamily(packet.IPv6))
	f := &frame{device: s.ref, outer: s.frame, inbound: true}
	good, dead := packet.Empty, packet.Empty
	add := func(e *model.Interface, hit packet.Set) {
		if w.liveForGateways(e) {
			good = w.p.Union(good, hit)
		} else {
			dead = w.p.Union(dead, hit)
		}
	}
	for _, m := range w.n.PublicWithin(dst) {
		e := &w.n.Interfaces[m.Interface]
		if e.VPC != s.vpc {
			continue
		}
		to := w.p.Destinations(single(m.Public))
		if others := w.n.PublicOwners(m.Public); len(others) > 1 { // D-54
			twice := w.p.Intersect(set, to)
			w.stop(s, twice, &model.Missing{What: "owner of " + m.Public.String(), Why: model.Conflicting})
			set = w.p.Subtract(set, twice)
			continue
		}
		f.rewrites = append(f.rewrites, rewrite{to, packet.FieldDestination, w.p.Destinations(single(m.Private))})
		add(e, w.p.Intersect(set, to))
	}
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.DestinationAddresses(six)) {
		e := &w.n.Interfaces[i]
		add(e, w.p.Intersect(six, w.p.Destinations(w.publicIPv6(e)...)))
	}
	b := Blocker{Code: InternetNoPrivateForIngress, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	if m := w.n.UnreadInterfaces(s.vpc); m != nil && !w.relaxed {
		strange := w.p.Subtract(w.p.Subtract(set, good), dead)
		w.stop(s, strange, m)
		set = w.p.Subtract(set, strange)
	}
	set = w.require(s, set, w.p.Union(good, dead), b)
	b.Reason = ReasonNotLive
	set = w.require(s, set, w.p.Complement(w.p.Subtract(dead, good)), b)
	return w.translated(s, &next, f, set), next
}

// edgeRoute asks the gateway's own route table, if it has one, and delivers locally (GRT-1 as far as it is built, D-47).
func (w *walk) edgeRoute(s *state, next state, set packet.Set) {
	next.stage, next.ref = local, model.Ref{Kind: model.KindVPC, Index: s.vpc}
	next.subnet = -1
	t := w.n.InternetGateways[s.ref.Index].EdgeTable
	if t < 0 {
		w.pass(next, set)
		return
	}
	table := &w.n.RouteTables[t]
	for _, i := range table.WaysTo(w.p.DestinationAddresses(set)) {
		way := &table.Ways[i]
		part := w.p.Intersect(set, way.Destinations)
		if len(way.Routes) == 1 && table.Routes[way.Routes[0]].Local {
			w.pass(next, part)
			continue
		}
		if !part.IsEmpty() {
			ended := *s
			ended.frame = next.frame
			w.stop(&ended, part, &model.Missing{What: table.ID, Why: model.NotModelled, Detail: "gateway route table"})
		}
	}
}

// publicIPv6 are the IPv6 addresses of an interface that the internet can reach (VPC-4, ENI-9, D-52).
func (w *walk) publicIPv6(e *model.Interface) []netip.Prefix {
	var out []netip.Prefix
	if e.Record.DenyAllIgwTraffic {
		return nil
	}
	for _, p := range e.OwnPrefixes() {
		if p.Addr().Is6() && !w.n.VPCs[e.VPC].PrivateIPv6(p.Addr()) {
			out = append(out, p)
		}
	}
	return out
}

// liveForGateways implements ENI-6 and D-11, and for NAT gateways D-64: gateways serve attached interfaces only.
func (w *walk) liveForGateways(e *model.Interface) bool {
	live, _ := e.Attachment()
	return live == model.AttachedLive
}

func single(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }
