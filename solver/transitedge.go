package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// VPN and Direct Connect attachments of transit gateways, and peerings whose far side no snapshot holds, as edges of AWS (TGW-34, VPN-6, DX-5, D-233,
// D-236, D-238). Which packets go to them the gateway's tables say; what the connection knows means nothing there.

func init() {
	attachmentTypes["vpn"] = leaveByResource(model.KindVPNConnection, "describe-vpn-connections")
	attachmentTypes["direct-connect-gateway"] = leaveByResource(model.KindDirectConnectGateway, "directconnect describe-direct-connect-gateways")
	edgeEntries[model.KindTransitAttachment] = transitIn
	entries[model.KindTransitAttachment] = attachmentEntries
}

// leaveByResource sends packets on by what is attached.
func leaveByResource(kind model.Kind, call model.Operation) func(w *walk, s *state, set packet.Set) {
	return func(w *walk, s *state, set packet.Set) {
		a := &w.n.TransitAttachments[s.ref.Index]
		r, ok := w.n.ByID(a.Resource)
		if !ok || r.Kind != kind {
			if s.leg == Return && w.leavesByOther(s) {
				return
			}
			w.stop(s, set, attachedMissing(w.n, s.ref, call))
			return
		}
		next := s.to(edgeCarriers[kind], r)
		next.entered = s.ref
		w.pass(next, set)
	}
}

// attachedMissing describes what an attachment attaches, where no answer does.
func attachedMissing(n *model.Network, attachment model.Ref, call model.Operation) *model.Missing {
	res, what := n.Resource(attachment), n.TransitAttachments[attachment.Index].Resource
	if what == "" {
		what = "what is attached by " + n.ID(attachment)
	}
	return &model.Missing{What: what, Call: call, Account: res.Account, Region: res.Region, Why: model.NotAsked}
}

// attachmentEntries are the states in which packets come in by an attachment: through what is attached, if that is known.
func attachmentEntries(n *model.Network, edge model.Ref) []state {
	a := &n.TransitAttachments[edge.Index]
	in := state{stage: transitIn, ref: edge, vpc: -1, entered: edge}
	r, ok := n.ByID(a.Resource)
	switch {
	case ok && r.Kind == model.KindVPNConnection:
		return []state{{stage: vpnIn, ref: r, vpc: -1, then: transitIn, thenTo: edge}}
	case ok && r.Kind == model.KindDirectConnectGateway:
		return []state{{stage: directConnectIn, ref: r, vpc: -1, then: transitIn, thenTo: edge}}
	case a.Type == "peering":
		return []state{in}
	}
	in.stage = notKnownIn
	return []state{in}
}

// attachmentsOf are the attachments of a VPN connection or of a Direct Connect gateway; of the latter those to one transit gateway, by its id.
func attachmentsOf(n *model.Network, resource model.Ref, gateway string) []model.Ref {
	var out []model.Ref
	for i := range n.TransitAttachments {
		a := &n.TransitAttachments[i]
		if a.Resource == n.ID(resource) && !a.Gone() && (gateway == "" || a.Gateway >= 0 && n.TransitGateways[a.Gateway].ID == gateway) {
			out = append(out, attachmentRef(int32(i)))
		}
	}
	return out
}

// beyondPeering ends packets that leave by a peering of which the snapshot holds no far side, where a network is declared behind it; it returns the
// others.
func (w *walk) beyondPeering(s *state, set packet.Set) packet.Set {
	if s.leg == Return {
		if s.ref == w.entry() || w.behind(&w.q.From, s.ref) {
			w.finish(s, w.seenByAll(s, set))
			return packet.Empty
		}
		return set
	}
	arrived := w.arrivedBehind(set, s.ref)
	if !arrived.IsEmpty() {
		w.turn(s, arrived, w.comesIn(s, s.ref))
	}
	return w.p.Subtract(set, arrived)
}
