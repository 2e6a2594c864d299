package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// gwlbEndpoint is a Gateway Load Balancer endpoint, which a route names (EP-20 to EP-23, GRT-12, ACL-17, SG-27, D-170): its subnet's ACL, its
// state, and out again unchanged. What stands behind it is not looked at.
var gwlbEndpoint = &stage{name: "gateway-load-balancer-endpoint"}

func init() {
	endpointTargets[model.GatewayLoadBalancerEndpoint] = enterGWLBEndpoint
	gwlbEndpoint.step = stepGWLBEndpoint
	gwlbEndpoint.row = func(w *walk, s *state) Hop {
		return Hop{At: s.ref, Subnet: model.Ref{Kind: model.KindSubnet, Index: s.subnet}, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	}
}

// enterGWLBEndpoint takes packets from a route, always through the ACL of the endpoint's subnet (ACL-17).
func enterGWLBEndpoint(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
	subnet, m := w.n.EndpointSubnet(r.Target.Index)
	if m != nil {
		w.stopAt(s, set, r.Target, m)
		return
	}
	next := s.to(aclIn, model.Ref{Kind: model.KindSubnet, Index: subnet})
	next.iface, next.then, next.thenTo, next.taken, next.toll = -1, gwlbEndpoint, r.Target, r, toll
	w.pass(next, set)
}

func stepGWLBEndpoint(w *walk, s *state) {
	e := &w.n.VPCEndpoints[s.ref.Index]
	set := s.set
	switch {
	case e.VPC < 0: // a record that does not say
		w.stop(s, set, e.NotHeld("describe-vpc-endpoints", "VPC of "+e.ID))
		return
	case e.VPC != s.vpc:
		w.deadEnd(s, set, Blocker{Code: BadStateAttachment, Reason: ReasonOtherVPC, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
		return
	}
	if !s.checked() {
		set = w.inService(s, set, s.subnet)
		set = w.demand(s, set, e.Available(), Blocker{Code: BadState, At: s.ref, State: e.State()})
	}
	if e.OfFirewall() {
		w.stop(s, set, &model.Missing{What: e.ID, Why: model.NotModelled, Detail: "endpoint of AWS Network Firewall"})
		return
	}
	if w.looped(s, gwlbEndpoint, s.ref) {
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonLoop, At: s.ref})
		return
	}
	if s.leg == Return && !s.sawHere() { // EP-23
		set = w.asymmetric(s, set, s.ref)
	}
	if !w.assume(s, AssumeGWLBPasses, s.ref) {
		s.doubting(&model.Missing{What: e.ID, Why: model.NotModelled, Detail: "what stands behind a Gateway Load Balancer endpoint"})
	}
	w.forget(s, set, func(s *state, set packet.Set) {
		next := s.to(leaving, model.Ref{Kind: model.KindSubnet, Index: s.subnet})
		next.then, next.thenTo = routing, next.ref
		next.nobodys()
		next.sender = s.ref
		next.passing()
		w.pass(next, set)
	})
}

// sawHere says whether the component that a reply is at saw the request, with the header that the reply answers.
func (s *state) sawHere() bool {
	for p := s.prev; p != nil; p = p.prev {
		if p.leg == Forward && p.ref == s.ref && p.translation() == s.translation() {
			return true
		}
	}
	return false
}

// noteBypassed notes the endpoints that the request passed and the reply does not (EP-23).
func (s *state) noteBypassed() {
	var back []model.Ref
	for p := s; p != nil; p = p.prev {
		switch {
		case p.stage != gwlbEndpoint:
		case p.leg == Return:
			back = append(back, p.ref)
		case !slices.Contains(back, p.ref):
			s.notes = append(s.notes, Note{Kind: NoteEndpointBypassed, At: p.ref})
		}
	}
}

// atGWLBEndpoint refuses what is sent to the address of such an endpoint, or asked from it: it takes packets from routes only (EP-20, EP-22).
func (w *walk) atGWLBEndpoint(s *state, set packet.Set, e *model.Interface) bool {
	if s.leg == Return || !w.n.OfGWLBEndpoint(e) {
		return false
	}
	w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonRouteOnly, At: s.ref})
	return true
}
