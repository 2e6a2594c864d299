package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// An egress-only internet gateway on the way out of a VPC, and for the reply, which follows its state (EIGW-1, EIGW-2, RET-6, VPC-4, D-130).
// Nothing starts there.
var (
	egressOnlyOut    = &stage{name: "egress-only-gateway", row: gatewayRow}
	egressOnlyReturn = &stage{name: "egress-only-gateway-return", row: gatewayRow}
)

func init() {
	routeTargets[model.KindEgressOnlyGateway] = byRoute(egressOnlyOut)
	edgeReturns[model.KindEgressOnlyGateway] = egressOnlyReturn
	edgeExits[egressOnlyOut] = true
	egressOnlyOut.step = stepEgressOnly
	egressOnlyReturn.step = stepEdgeReturn
}

func stepEgressOnly(w *walk, s *state) {
	set := w.ofFamily(s, packet.IPv6)
	g, v := &w.n.EgressOnlyGateways[s.ref.Index], &w.n.VPCs[s.vpc]
	vpc := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	if m := g.Missing(); m != nil { // D-46
		s.doubting(m)
	} else if ok, state := g.AttachedTo(v.ID); !ok {
		set = w.demand(s, set, false, Blocker{Code: BadStateAttachment, At: s.ref, State: state, VPC: vpc})
	}
	set = w.demand(s, set, !s.fromEndpoint(), Blocker{Code: NoPossibleDestination, Reason: ReasonEndpointEgressOnly, At: s.ref, Egress: true}) // EIGW-2
	set = w.publicAccess(s, set, s.vpc, s.subnet, edgeOutSix)
	set = w.notPrivate(s, set, true)
	var p public
	set = w.publicOfInterfaces(s, set, &p)
	set = w.require(s, set, w.p.Complement(p.dead), Blocker{Code: InternetNoPublicForEgress, Reason: ReasonNotLive, At: s.ref, Egress: true, VPC: vpc})
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		set = w.stopped(s, set, w.p.Complement(p.known), m)
	}
	set = w.require(s, set, p.known, Blocker{Code: RejectsSpoofed, At: s.ref, VPC: vpc})
	spoofed := w.p.Subtract(set, p.known) // bought in a relaxed walk
	set = w.require(s, set, w.p.UnionAll(p.good, p.dead, spoofed), Blocker{Code: InternetNoPublicForEgress, At: s.ref, Egress: true, VPC: vpc})
	w.forget(s, set, func(s *state, set packet.Set) {
		if !w.otherExit(s, set) {
			w.pass(w.toOutside(s), set)
		}
	})
}

// fromEndpoint says whether the last thing the packets met, but for the ways out of its subnet, is a VPC endpoint (EIGW-2).
func (s *state) fromEndpoint() bool {
	p := s.prev
	for p != nil && p.ref.Kind == model.KindSubnet {
		p = p.prev
	}
	return p != nil && p.ref.Kind == model.KindVPCEndpoint
}
