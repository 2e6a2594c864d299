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
		byRoute(gatewayOut)(w, s, r, w.masquerade(s, r, set, toll), toll) // NAT-12
	}
	edgeReturns[model.KindInternetGateway] = gatewayIn
	edgeExits[gatewayOut] = true
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
	set = w.publicAccess(s, set, s.vpc, s.subnet, s.leaving())
	set = w.notPrivate(s, set, true)
	set = w.demand(s, set, internet(&w.q.To) || w.q.To.Kind == model.EndEndpoint || w.q.Reading != AWS, Blocker{Code: InternetReflection, At: s.ref}) // IGW-6
	if w.otherExit(s, set) {
		return
	}
	w.pastMiddleboxes(s, set, func(s *state, set packet.Set) {
		w.forget(s, set, func(s *state, set packet.Set) {
			good := w.publicSources(s, set)
			w.send(s, w.toOutside(s), good, set)
		})
	})
}

// send translates packets and passes them on.
func (w *walk) send(s *state, next state, t translation, set packet.Set) {
	out := t.apply(w, s, &next, w.p.Intersect(set, t.set))
	w.pass(next, out)
}

// replyOut is a reply that leaves a VPC: it must do so by the gateway that the request came in by (RET-4, RET-5, D-57).
func (w *walk) replyOut(s *state) {
	same := s.edge == s.ref || s.edge.Kind == model.KindInternetGateway && w.n.InternetGateways[s.edge.Index].Unnamed
	if !same {
		w.deadEnd(s, s.set, Blocker{Code: NoRouteToDestination, Reason: ReasonOtherGateway, At: s.ref})
		return
	}
	w.pastMiddleboxes(s, w.gatewayWorks(s, s.set), w.leaveVPC) // the reply may leave another VPC than the request came into
}

// leaveVPC sends replies out by the gateway that they are at.
func (w *walk) leaveVPC(s *state, set packet.Set) {
	next := s.to(toInternet, model.Ref{Kind: model.KindInternet})
	if s.framed(s.edge) && s.translation().inbound {
		f, seen := w.backTo(s, set)
		set, next.frame = w.unframe(f, seen), f.outer
	}
	if !internet(&w.q.From) { // the request went out by one gateway and came in by this one (D-55): back to the first
		next.ref = s.outward()
		next.stage = edgeReturns[next.ref.Kind]
	}
	w.pass(next, set)
}

// outward is the gateway by which a request that came in again had left: the one its source was translated by, or, with
// IPv6, which is not translated, the one of the VPC it started in.
func (s *state) outward() model.Ref {
	for p := s.prev; p != nil; p = p.prev {
		if p.leg == Forward && edgeExits[p.stage] {
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
	t := w.publicDestinations(s, set)
	next := s.to(local, model.Ref{})
	next.edge = s.ref
	w.edgeRoute(s, next, t.apply(w, s, &next, t.set))
}

// replyIn is a reply that enters the VPC its request left.
func (w *walk) replyIn(s *state) {
	next, set := w.comeBack(s)
	if next.stage == natReturn {
		w.pass(next, set)
		return
	}
	w.edgeRoute(s, next, set)
}

// gatewayWorks implements IGW-1 (D-50) and D-46.
func (w *walk) gatewayWorks(s *state, set packet.Set) packet.Set {
	g := &w.n.InternetGateways[s.ref.Index]
	v := &w.n.VPCs[s.vpc]
	if m := g.Missing(); m != nil {
		unread := w.n.UnreadGateways(s.vpc) != nil // complete answers that do not hold it are no gap to bridge (D-83)
		if !w.q.Assume.Gateways || !unread || !w.assume(s, AssumeGatewayWorks, s.ref) {
			s.doubting(m)
		}
	} else if ok, state := g.AttachedTo(v.ID); !ok && !s.boughtOff(BadStateAttachment, s.ref) { // once for request and reply
		set = w.demand(s, set, false, Blocker{Code: BadStateAttachment, At: s.ref, State: state, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
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
	if out { // D-4
		global = w.p.Subtract(global, space(linkLocal))
	}
	return w.require(s, set, global, Blocker{Code: NoPossibleDestination, Reason: ReasonNotInternet, At: s.ref, Egress: out})
}
