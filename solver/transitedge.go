package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// VPN and Direct Connect attachments of transit gateways, and peerings whose far side no snapshot holds, as edges of AWS (TGW-34, VPN-6, DX-5, D-233,
// D-236, D-238). Which packets go to them the gateway's tables say; what the connection knows means nothing there.

// carrierCalls are the calls that describe what attachments of a type attach, and carrierIn the stages by which packets come in through it.
var (
	carrierCalls = map[string]model.Operation{"vpn": "describe-vpn-connections", "direct-connect-gateway": "directconnect describe-direct-connect-gateways"}
	carrierIn    = map[model.Kind]*stage{model.KindVPNConnection: vpnIn, model.KindDirectConnectGateway: directConnectIn}
)

func init() {
	attachmentTypes["vpn"] = leaveByResource(model.KindVPNConnection)
	attachmentTypes["direct-connect-gateway"] = leaveByResource(model.KindDirectConnectGateway)
	edgeEntries[model.KindTransitAttachment] = transitIn
	entries[model.KindTransitAttachment] = attachmentEntries
}

// carrierOf is the VPN connection or Direct Connect gateway that an attachment attaches, and the stage by which packets come in through it; nil where
// the snapshot names none.
func carrierOf(n *model.Network, a *model.TransitAttachment) (model.Ref, *stage) {
	at, _ := n.ByID(a.Resource)
	return at, carrierIn[at.Kind]
}

// leaveByResource sends packets on by what is attached.
func leaveByResource(kind model.Kind) func(w *walk, s *state, set packet.Set) {
	return func(w *walk, s *state, set packet.Set) {
		a := &w.n.TransitAttachments[s.ref.Index]
		r, _ := w.n.ByID(a.Resource)
		if r.Kind != kind {
			if s.leg == Return && w.leavesByOther(s) {
				return
			}
			w.stop(s, set, attachedMissing(w.n, s.ref))
			return
		}
		w.pass(s.to(edgeCarriers[kind], r), set)
	}
}

// attachedMissing describes what an attachment attaches, where no answer does.
func attachedMissing(n *model.Network, attachment model.Ref) *model.Missing {
	a := &n.TransitAttachments[attachment.Index]
	res, what := n.Resource(attachment), a.Resource
	if what == "" {
		what = "what is attached by " + n.ID(attachment)
	}
	return n.MissingIn(res.Account, res.Region, carrierCalls[a.Type], what)
}

// attachmentEntries are the states in which packets come in by an attachment: through what is attached, if that is known.
func attachmentEntries(n *model.Network, edge model.Ref) []state {
	a := &n.TransitAttachments[edge.Index]
	if at, through := carrierOf(n, a); through != nil {
		return []state{{stage: through, ref: at, vpc: -1, then: transitIn, thenTo: edge}}
	}
	in := state{stage: transitIn, ref: edge, vpc: -1, entered: edge}
	if a.Type != "peering" {
		in.stage = notKnownIn
	}
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
		if w.behind(&w.q.From, s.ref) {
			w.finish(s, w.seenByAll(s, set))
			return packet.Empty
		}
		return set
	}
	arrived := w.arrivedBehind(set, s.ref)
	w.turn(s, arrived, w.comesIn(s, s.ref))
	return w.p.Subtract(set, arrived)
}
