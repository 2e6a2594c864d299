package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// VPC Block Public Access at the gateways of a VPC (BPA-1 to BPA-5, BPA-9, D-56, D-120 to D-123). It is judged on the request; a reply passes
// the same gateway or none.

// edgeWay is how a request meets the edge of a VPC, as far as Block Public Access tells ways apart (BPA-2, BPA-3).
type edgeWay uint8

const (
	edgeIn     edgeWay = iota // in by an internet gateway
	edgeOut                   // out by an internet or carrier gateway
	edgeOutNAT                // the same, from an address of a NAT gateway
	edgeOutSix                // out by an egress-only internet gateway
)

// leaving says how packets leave by an internet gateway: what bears a NAT gateway's address came by that gateway, whatever it passed before.
func (s *state) leaving() edgeWay {
	if f := s.translation(); f != nil && f.device.Kind == model.KindNATGateway {
		return edgeOutNAT
	}
	return edgeOut
}

// blocks implements BPA-2 and BPA-3 (D-123).
func blocks(mode string, way edgeWay) bool {
	switch mode {
	case model.BlockBidirectional:
		return true
	case model.BlockIngress:
		return way == edgeIn || way == edgeOut
	}
	return false
}

// publicAccess refuses what VPC Block Public Access blocks of packets that meet a gateway of a VPC: the mode and the exclusions of the subnet
// that touches the gateway count (BPA-5, D-122); -1 where none does.
func (w *walk) publicAccess(s *state, set packet.Set, vpc, subnet int32, way edgeWay) packet.Set {
	ref := model.Ref{Kind: model.KindVPC, Index: vpc}
	mode := w.n.PublicAccess(vpc, subnet)
	switch {
	case mode.Assumed && w.assume(s, AssumeNoBPA, ref): // D-56
		return set
	case mode.Missing != nil:
		s.doubting(mode.Missing)
		return set
	case !blocks(mode.Mode, way):
		return set
	}
	allows, found, m := w.n.PublicAccessExclusion(vpc, subnet)
	allowed := allows == model.ExcludeBidirectional || allows == model.ExcludeEgress && way != edgeIn && mode.Mode == model.BlockBidirectional
	at := model.Ref{Kind: model.KindSubnet, Index: subnet}
	if subnet < 0 {
		at = ref
	}
	switch {
	case m == nil && allowed: // BPA-4
		return set
	case m == nil:
	case found || mode.Account || !w.assume(s, AssumeBPAEffective, at): // D-121
		s.doubting(m)
		return set
	}
	return w.demand(s, set, false, Blocker{Code: BlockPublicAccess, At: s.ref, Egress: way != edgeIn, State: mode.Mode, Subnet: at, VPC: ref})
}

// edgeAdmit is where requests that an internet gateway without a route table of its own has let in are held to the mode of their owners'
// subnets (BPA-5, D-122).
var edgeAdmit = &stage{name: "block-public-access"}

func init() {
	edgeAdmit.step = func(w *walk, s *state) {
		w.edgeLocal(s, s.set, func(s *state, set packet.Set) {
			w.pass(s.to(local, model.Ref{Kind: model.KindVPC, Index: s.vpc}), set)
		})
	}
}
