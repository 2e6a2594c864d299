package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// peering carries packets from an interface or NAT gateway of one VPC to the interfaces of the other (PCX-1 to PCX-9, D-70 to
// D-73).
var peering = &stage{name: "peering"}

func init() {
	routeTargets[model.KindPeering] = func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
		next := s.to(peering, r.Target)
		next.toll, next.taken = toll, r
		w.pass(next, set)
	}
	peering.row = func(w *walk, s *state) Hop {
		return Hop{At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	}
	peering.step = stepPeering
}

func stepPeering(w *walk, s *state) {
	p := &w.n.Peerings[s.ref.Index]
	transits := Blocker{Code: PeeringRequiresAddress, At: s.ref, Egress: true, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}} // PCX-3, D-216
	if m := p.Missing(); m != nil {
		w.stop(s, w.demand(s, s.set, !s.straightFromTransit(), transits), m)
		return
	}
	set := w.demand(s, s.set, p.Active(), Blocker{Code: BadState, At: s.ref, State: p.Record.Status.Code})
	near := p.Near(s.vpc)
	if near < 0 {
		w.deadEnd(s, set, Blocker{Code: BadStateAttachment, Reason: ReasonOtherVPC, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
		return
	}
	from, to := p.Sides[near], p.Sides[1-near]
	set = w.demand(s, set, !s.straightFromTransit(), transits)
	set = w.withinSides(s, set, from, to)
	if w.atPeeringEnd(s, set) {
		return
	}
	if !to.Known || !from.Known || to.VPC < 0 || !w.n.Present(to.VPC) { // D-71, D-72
		w.stop(s, set, w.farMissing(p, to))
		return
	}
	next := s.to(local, model.Ref{Kind: model.KindVPC, Index: to.VPC})
	next.vpc, next.subnet, next.crossed = to.VPC, -1, s.ref.Index
	if s.leg == Forward && s.frame != nil && s.frame.device.Kind == model.KindNATGateway { // NAT-9
		next.back = s.ref.Index
	}
	w.pass(next, set)
}

// straightFromTransit says whether a transit gateway has put the packets of s into the VPC and nothing of the VPC has sent them since: an
// appliance or an endpoint there makes them its own.
func (s *state) straightFromTransit() bool {
	return !s.entered.IsZero() && s.sender == s.entered
}

// withinSides implements PCX-3 and PCX-4: destinations of the far side only, sources of the near side only.
func (w *walk) withinSides(s *state, set packet.Set, from, to model.PeeringSide) packet.Set {
	b := Blocker{Code: PeeringRequiresAddress, At: s.ref}
	if to.Known {
		b.VPC = model.Ref{Kind: model.KindVPC, Index: to.VPC}
		set = w.require(s, set, w.p.Destinations(to.Blocks...), b)
	}
	if from.Known {
		b.VPC, b.Egress = model.Ref{Kind: model.KindVPC, Index: from.VPC}, true
		set = w.require(s, set, w.p.Sources(from.Blocks...), b)
	}
	return set
}

// farMissing describes the far side of a peering that the snapshot does not hold.
func (w *walk) farMissing(p *model.Peering, far model.PeeringSide) *model.Missing {
	if far.VPC >= 0 {
		m := w.n.MissingVPC(far.VPC)
		m.What = "far side of " + p.ID + ": " + m.What
		return m
	}
	return p.NotHeld("describe-vpc-peering-connections", "far side of "+p.ID)
}
