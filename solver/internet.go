package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// fromInternet is where packets from the internet start, and where packets that left by one internet gateway turn
// to come in by another (D-4, D-55): each goes to the gateway of the VPC that owns its destination.
var fromInternet = &stage{name: "from-internet"}

// toInternet is where packets to the internet end: a request turns into its reply, which comes back to the same
// gateway; a reply is done.
var toInternet = &stage{name: "to-internet"}

// edgeReturns says at which stage the reply to what left by a gateway comes back to it, and edgeExits by which stages packets leave to the
// internet. Each component that is a way out adds itself.
var (
	edgeReturns = map[model.Kind]*stage{}
	edgeExits   = map[*stage]bool{}
)

func init() {
	toInternet.step = func(w *walk, s *state) {
		if s.leg == Return {
			w.finish(s, w.seenByAll(s, s.set))
			return
		}
		w.nobodys(s, &w.q.To)
		w.turn(s, s.set, s.to(edgeReturns[s.edge.Kind], s.edge))
	}
	fromInternet.step = stepFromInternet
	fromInternet.row = func(w *walk, s *state) Hop {
		if s.prev != nil || w.q.From.Kind == model.EndGateway {
			return Hop{}
		}
		return Hop{At: s.ref}
	}
}

// nobodys marks packets of an end that was asked for by an address of the internet: an interface that no answer describes might
// have it (D-9).
func (w *walk) nobodys(s *state, end *model.End) {
	if end.Kind != model.EndInternet || len(end.Prefixes) == 0 {
		return
	}
	m := w.n.UnreadAnywhere(end.Prefixes[0].Addr().Is4())
	if m != nil && !w.assume(s, AssumeInternetAddress, model.Ref{Kind: model.KindInternet}) {
		s.doubting(m)
	}
}

func stepFromInternet(w *walk, s *state) {
	w.nobodys(s, &w.q.From)
	rest := s.set
	for _, vpc := range w.targetVPCs(s) {
		mine := w.p.Intersect(rest, w.p.Destinations(w.publicPrefixes(s, vpc)...))
		rest = w.p.Subtract(rest, mine)
		w.enterVPC(s, vpc, mine)
	}
	w.strangers(s, rest)
}

// publicSpace is the destinations that internet gateways let in.
func (w *walk) publicSpace() packet.Set {
	four := w.p.Subtract(w.p.OfFamily(packet.IPv4), w.p.Destinations(model.PrivateSpace...))
	return w.p.Union(four, w.p.Destinations(model.GlobalIPv6))
}

// strangers ends packets to addresses that are not TO's: unknown where an interface that no answer describes may have
// them, refused where somebody else or nobody has.
func (w *walk) strangers(s *state, set packet.Set) {
	set = w.notPrivate(s, set, false)
	maybe := w.p.Intersect(set, w.publicSpace())
	var known []netip.Prefix
	dst := w.p.DestinationAddresses(maybe)
	for _, m := range w.n.PublicWithin(dst) {
		known = append(known, single(m.Public))
	}
	for v := range w.n.VPCs {
		for _, i := range w.n.OwnersWithin(int32(v), dst) {
			for _, p := range w.n.Interfaces[i].OwnPrefixes() {
				if p.Addr().Is6() {
					known = append(known, p)
				}
			}
		}
	}
	maybe = w.p.Subtract(maybe, w.p.Destinations(known...))
	for _, family := range []packet.Family{packet.IPv4, packet.IPv6} {
		part := w.p.Intersect(maybe, w.p.OfFamily(family))
		if m := w.n.UnreadAnywhere(family == packet.IPv4); m != nil {
			set = w.stopped(s, set, part, m)
		}
	}
	w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonNoOwner, At: s.ref})
}

// targetVPCs are the VPCs of TO's interfaces, in their order. A gateway as FROM serves its own VPCs only.
func (w *walk) targetVPCs(s *state) []int32 {
	var out []int32
	for _, i := range w.q.To.Interfaces {
		if v := w.n.Interfaces[i].VPC; v >= 0 && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// publicPrefixes are the destinations by which the internet means TO's interfaces in a VPC; their private addresses where
// they have nothing better, so that the gateway's refusal is named (D-3).
func (w *walk) publicPrefixes(s *state, vpc int32) []netip.Prefix {
	var out []netip.Prefix
	for _, i := range w.q.To.Interfaces {
		e := &w.n.Interfaces[i]
		if e.VPC != vpc {
			continue
		}
		for _, m := range e.Public {
			out = append(out, single(m.Public))
		}
		out = append(out, e.OwnPrefixes()...)
	}
	return out
}

// enterVPC sends packets to the VPC's internet gateway. AWS allows one; of several in the answers (bad data), a question from
// the internet may use any, and packets that come in again may meet any.
func (w *walk) enterVPC(s *state, vpc int32, set packet.Set) {
	v := &w.n.VPCs[vpc]
	if w.q.From.Kind == model.EndGateway && s.prev == nil {
		w.enterBy(s, vpc, w.q.From.Ref.Index, set)
		return
	}
	usable := w.n.UsableGateways(vpc)
	switch {
	case len(usable) > 0 && s.prev == nil:
		w.enterBy(s, vpc, usable[min(int(s.iface), len(usable)-1)], set)
	case len(usable) > 0:
		for _, g := range usable {
			w.enterBy(s, vpc, g, set)
		}
	case w.n.UnnamedGateway(vpc) >= 0 && w.q.Assume.Gateways && !w.q.Assume.None:
		w.enterBy(s, vpc, w.n.UnnamedGateway(vpc), set)
	case w.n.UnreadGateways(vpc) != nil:
		set = w.notPrivate(s, set, false)
		set = w.require(s, set, w.publicSpace(), Blocker{Code: InternetNoPrivateForIngress, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: vpc}})
		w.stop(s, set, w.n.UnreadGateways(vpc))
	case len(v.InternetGateways) > 0:
		w.enterBy(s, vpc, v.InternetGateways[0], set)
	default:
		w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonNoGateway, At: model.Ref{Kind: model.KindVPC, Index: vpc}})
	}
}

// enterBy sends packets to one internet gateway.
func (w *walk) enterBy(s *state, vpc, gateway int32, set packet.Set) {
	ref := model.Ref{Kind: model.KindInternetGateway, Index: gateway}
	g := &w.n.InternetGateways[gateway]
	if ok, _ := g.AttachedTo(w.n.VPCs[vpc].ID); !ok && g.Serves() { // a gateway of another VPC as FROM
		w.deadEnd(s, set, Blocker{Code: InternetNoPrivateForIngress, Reason: ReasonOtherVPC, At: ref, VPC: model.Ref{Kind: model.KindVPC, Index: vpc}})
		return
	}
	next := s.to(gatewayIn, ref)
	next.vpc, next.subnet, next.iface = vpc, -1, -1
	w.pass(next, set)
}

// byRoute takes packets from a route to the stage of a gateway.
func byRoute(stage *stage) func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
	return func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
		next := s.to(stage, r.Target)
		next.toll, next.taken = toll, r
		w.pass(next, set)
	}
}

// ofFamily takes what a gateway that only lets out carries of the packets at it: requests of one family. A reply that is routed to it has
// no state there (D-57, D-130).
func (w *walk) ofFamily(s *state, family packet.Family) packet.Set {
	if s.leg == Return {
		w.deadEnd(s, s.set, Blocker{Code: NoRouteToDestination, Reason: ReasonOtherGateway, At: s.ref})
		return packet.Empty
	}
	set := w.p.Intersect(s.set, w.p.OfFamily(family))
	w.deadEnd(s, w.p.Subtract(s.set, set), Blocker{Code: NoPossibleDestination, Reason: ReasonOtherFamily, At: s.ref, Egress: true})
	return set
}

// otherExit ends packets at a gateway where TO is another one; it reports whether it has.
func (w *walk) otherExit(s *state, set packet.Set) bool {
	to := &w.q.To
	if to.Kind == model.EndDeclared && s.ref.Kind != model.KindVPNGateway { // who has declared it may reach it by the internet as well
		w.stop(s, set, &model.Missing{What: "whether " + to.Text + " is behind " + w.n.ID(s.ref) + " too", Why: model.NotDeclared})
		return true
	}
	if (to.IsOutside() || to.Kind == model.EndTransit) && s.ref.Kind == model.KindVPNGateway { // beyond it is for on-premises to say
		return false
	}
	if to.Kind != model.EndEdge && to.Kind != model.EndTransit && to.Kind != model.EndEndpoint && (to.Kind != model.EndGateway || to.Ref == s.ref) { // D-160: what leaves here does not pass an endpoint
		return false
	}
	w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonOtherGateway, At: s.ref})
	return true
}

// toOutside is the state of packets that a gateway has let out: the internet, or the way in again where TO is an interface (D-55). s is done
// with by then: what is in doubt about it goes along.
func (w *walk) toOutside(s *state) state {
	next := s.to(toInternet, model.Ref{Kind: model.KindInternet})
	next.nobodys()
	next.edge, next.sender, next.entered = s.ref, model.Ref{}, model.Ref{}
	if !internet(&w.q.To) {
		next.stage = fromInternet
		next.notes = []Note{{Kind: NoteJoinedLegs, At: s.ref}}
	}
	return next
}

// stepEdgeReturn is a reply that comes back to a gateway without a route table of its own: local delivery follows (RET-6).
func stepEdgeReturn(w *walk, s *state) {
	next, set := w.comeBack(s)
	w.pass(next, set)
}

// comeBack is a reply that enters the VPC its request left: the translation is undone, then local delivery.
func (w *walk) comeBack(s *state) (state, packet.Set) {
	next := s.to(local, model.Ref{})
	set := s.set
	if s.framed(s.ref) {
		f, seen := w.backTo(s, set)
		set, next.frame = w.unframe(f, seen), f.outer
	}
	for p := s.prev; p != nil; p = p.prev {
		if p.leg == Forward && edgeExits[p.stage] && p.ref == s.ref {
			s.vpc, next.vpc = p.vpc, p.vpc
			break
		}
	}
	next.ref, next.subnet, next.edge = model.Ref{Kind: model.KindVPC, Index: next.vpc}, -1, model.Ref{}
	if f := next.translation(); w.regionalNAT(f) != nil { // D-140
		next.stage, next.ref = natReturn, f.device
	}
	return next, set
}
