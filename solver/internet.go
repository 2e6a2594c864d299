package solver

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// fromInternet is where packets from the internet start, and where packets that left by one internet gateway turn
// to come in by another (D-4, D-55): each goes to the gateway of the VPC that owns its destination.
var fromInternet = &stage{name: "from-internet"}

// toInternet is where packets to the internet end: a request turns into its reply, which comes back to the same
// gateway; a reply is done.
var toInternet = &stage{name: "to-internet"}

func init() {
	toInternet.step = func(w *walk, s *state) {
		if s.leg == Return {
			w.finish(s, s.set)
			return
		}
		w.turn(s, s.set, s.to(gatewayIn, s.edge))
	}
	fromInternet.step = stepFromInternet
	fromInternet.row = func(w *walk, s *state) Hop {
		if s.prev != nil || w.q.From.Kind == model.EndGateway {
			return Hop{}
		}
		return Hop{At: s.ref}
	}
}

func stepFromInternet(w *walk, s *state) {
	rest := s.set
	for _, vpc := range w.targetVPCs(s) {
		mine := w.p.Intersect(rest, w.p.Destinations(w.publicPrefixes(s, vpc)...))
		if mine.IsEmpty() {
			continue
		}
		rest = w.p.Subtract(rest, mine)
		w.enterVPC(s, vpc, mine)
	}
	w.deadEnd(s, rest, Blocker{Code: NoPossibleDestination, Reason: ReasonNoOwner, At: s.ref})
}

// targetVPCs are the VPCs of TO's interfaces, in order of id. A gateway as FROM serves its own VPCs only.
func (w *walk) targetVPCs(s *state) []int32 {
	var out []int32
	for _, i := range w.q.To.Interfaces {
		if v := w.n.Interfaces[i].VPC; v >= 0 && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b int32) int { return strings.Compare(w.n.VPCs[a].ID, w.n.VPCs[b].ID) })
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

// enterVPC sends packets to the VPC's internet gateways.
func (w *walk) enterVPC(s *state, vpc int32, set packet.Set) {
	v := &w.n.VPCs[vpc]
	gateways := slices.Clone(v.InternetGateways)
	if w.q.From.Kind == model.EndGateway && s.prev == nil {
		gateways = []int32{w.q.From.Ref.Index}
		if g := &w.n.InternetGateways[gateways[0]]; g.Serves() && !slices.Contains(v.InternetGateways, gateways[0]) {
			w.deadEnd(s, set, Blocker{Code: InternetNoPrivateForIngress, Reason: ReasonOtherVPC, At: w.q.From.Ref, VPC: model.Ref{Kind: model.KindVPC, Index: vpc}})
			return
		}
	}
	if len(gateways) == 0 {
		if m := w.n.UnreadGateways(vpc); m != nil {
			w.stop(s, set, m)
			return
		}
		w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonNoGateway, At: model.Ref{Kind: model.KindVPC, Index: vpc}})
		return
	}
	slices.SortFunc(gateways, func(a, b int32) int {
		x, _ := w.n.InternetGateways[a].AttachedTo(v.ID)
		y, _ := w.n.InternetGateways[b].AttachedTo(v.ID)
		return cmp.Or(compareBool(y, x), strings.Compare(w.n.InternetGateways[a].ID, w.n.InternetGateways[b].ID))
	})
	next := s.to(gatewayIn, model.Ref{Kind: model.KindInternetGateway, Index: gateways[0]})
	next.vpc, next.subnet = vpc, -1
	w.pass(next, set)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
