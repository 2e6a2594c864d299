package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A transit gateway or an attachment as an end of a question (D-217).

// atTransitEnd ends packets for which the gateway or the attachment is an end of the question; it reports whether it is one here. in says that the
// packets enter by the attachment.
func (w *walk) atTransitEnd(s *state, set packet.Set, a *model.TransitAttachment, in bool) bool {
	to, from := &w.q.To, &w.q.From
	switch {
	case s.leg == Forward && to.Kind == model.EndTransit && to.Ref.Kind == model.KindTransitGateway && in && a.Gateway == to.Ref.Index && !w.isFirst(s):
		w.turnAround(s, set, transitOut)
		return true
	case s.leg == Forward && to.Kind == model.EndTransit && to.Ref.Kind == model.KindTransitAttachment && w.n.ID(to.Ref) == a.ID:
		switch {
		case in && w.isFirst(s): // it is FROM too, or its gateway is
			return false
		case in:
			w.turnAround(s, set, transitOut)
		case w.attachesEdge(a): // nothing has arrived that what is attached does not carry
			return false
		default:
			if carrierCalls[a.Type] != "" { // what is attached is not described: whether it carries is not known
				s.doubting(attachedMissing(w.n, s.ref))
			}
			w.turnAround(s, set, transitIn)
		}
		return true
	case s.leg == Return && !in && from.Kind == model.EndTransit && s.ref == w.start.entry() && w.start.then == nil:
		w.finish(s, w.seenByAll(s, set))
		return true
	}
	return false
}

// isFirst says whether packets that enter a transit gateway come from the end of the question that is there: by the VPN connection or Direct Connect
// gateway that is attached, if one is.
func (w *walk) isFirst(s *state) bool {
	return s.prev == nil || s.prev.prev == nil && w.start.then == transitIn
}

// attachesEdge says whether what leaves by an attachment goes on through a VPN connection or a Direct Connect gateway that the snapshot names.
func (w *walk) attachesEdge(a *model.TransitAttachment) bool {
	_, through := carrierOf(w.n, a)
	return through != nil
}

// turnAround ends requests that have arrived at an attachment. Their reply leaves by it where they have entered by it, and else enters by it.
func (w *walk) turnAround(s *state, set packet.Set, stage *stage) {
	back := s.to(stage, s.ref)
	back.entered = s.ref
	w.turn(s, set, back)
}

// fromTransit makes the walks of packets that come in by an attachment (by either end of a peering of one id), or by any of a gateway's: without a zone, and without anybody's groups.
func (r *Result) fromTransit(base packet.Set) []*walk {
	n, from := r.Network, &r.Query.From
	var attachments []int32
	if from.Ref.Kind == model.KindTransitGateway {
		attachments = n.TransitGateways[from.Ref.Index].Attachments
	} else {
		attachments = n.SameAttachment(from.Ref.Index)
	}
	var walks []*walk
	for _, i := range attachments {
		a := &n.TransitAttachments[i]
		if a.Gone() && from.Ref.Kind == model.KindTransitGateway {
			continue
		}
		set := r.Pool.Intersect(base, r.transitSources(a))
		r.Asked = r.Pool.Union(r.Asked, set)
		start := state{stage: transitIn, ref: attachmentRef(i), set: set, vpc: -1, subnet: -1, iface: -1, token: -1,
			back: -1, crossed: -1, entered: attachmentRef(i), strange: true} // whoever sends may carry a group, as far as gateways keep groups (D-24, D-211)
		if a.VPC >= 0 && len(n.VPCs[a.VPC].Blocks) == 0 && r.Query.SourceAddresses == nil { // D-217: which addresses come in is not known
			start.doubting(n.MissingVPC(a.VPC))
		}
		r.behindAttachment(&start, a)
		walks = append(walks, r.walk(start))
	}
	if len(walks) == 0 { // nothing is attached: whatever is asked has no way in (D-217)
		r.Asked = r.Pool.Intersect(base, r.transitSources(&model.TransitAttachment{VPC: -1}))
	}
	return walks
}

// behindAttachment begins with what is attached, where that is a VPN connection or a Direct Connect gateway: nothing comes in past it (D-217).
func (r *Result) behindAttachment(start *state, a *model.TransitAttachment) {
	at, through := carrierOf(r.Network, a)
	switch {
	case through != nil:
		start.stage, start.ref, start.then, start.thenTo = through, at, transitIn, start.ref
	case carrierCalls[a.Type] != "":
		start.doubting(attachedMissing(r.Network, start.ref))
	}
}

// transitSources are the addresses that packets come from by an attachment: those asked for; else the CIDRs of its VPC, or of anything but a VPC every
// address outside the VPCs of the snapshot.
func (r *Result) transitSources(a *model.TransitAttachment) packet.Set {
	if r.Query.SourceAddresses != nil {
		return r.Pool.Sources(r.Query.SourceAddresses...)
	}
	if a.VPC >= 0 && len(r.Network.VPCs[a.VPC].Blocks) > 0 {
		return r.Pool.Sources(r.Network.VPCs[a.VPC].Blocks...)
	}
	if cidrs := r.Network.BehindEdge(r.Network.EdgesOf(r.Query.From.Ref)...); len(cidrs) > 0 && r.Query.From.Ref.Kind == model.KindTransitAttachment {
		return r.Pool.Sources(cidrs...)
	}
	return r.outsideVPCs(r.Pool.Sources)
}

// outsideVPCs are the addresses that no VPC of the snapshot holds, but for those that never leave a network.
func (r *Result) outsideVPCs(of func(...netip.Prefix) packet.Set) packet.Set {
	set := r.Pool.Subtract(packet.Everything, of(append([]netip.Prefix{linkLocal, netip.MustParsePrefix("fe80::/10")}, multicast...)...))
	for i := range r.Network.VPCs {
		set = r.Pool.Subtract(set, of(r.Network.VPCs[i].Blocks...))
	}
	return set
}

// toTransit are the destinations that a question TO a gateway or attachment means: of the attachment of a VPC its CIDRs; else everything outside the
// VPC that FROM is in.
func (r *Result) toTransit() packet.Set {
	n, to := r.Network, &r.Query.To
	if to.Ref.Kind == model.KindTransitAttachment {
		if v := n.TransitAttachments[to.Ref.Index].VPC; v >= 0 && !r.fromVPC(v) {
			return r.Pool.Destinations(n.VPCs[v].Blocks...)
		}
		if cidrs := n.BehindEdge(n.EdgesOf(to.Ref)...); len(cidrs) > 0 {
			return r.Pool.Destinations(cidrs...)
		}
		if n.TransitAttachments[to.Ref.Index].Type != "vpc" {
			return r.outsideVPCs(r.Pool.Destinations)
		}
	}
	set := r.Pool.Subtract(packet.Everything, r.Pool.Destinations(append([]netip.Prefix{linkLocal, netip.MustParsePrefix("fe80::/10")}, multicast...)...))
	return r.Pool.Subtract(set, r.Pool.Destinations(r.insideBlocks()...))
}

// fromVPC says whether FROM is in a VPC.
func (r *Result) fromVPC(v int32) bool {
	for _, i := range r.Query.From.Interfaces {
		if r.Network.Interfaces[i].VPC == v {
			return true
		}
	}
	return false
}
