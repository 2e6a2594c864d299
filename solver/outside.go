package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Networks outside AWS, behind an edge: a gateway (of a VPC, or an attachment of a transit gateway) and what carries packets on from it, a VPN
// connection or Direct Connect (VPN-9, D-217, D-231 to D-239). Nothing behind it is in a snapshot; a person may declare what is there (D-238).

type prefix = netip.Prefix

// edgeCarriers says by which stage packets leave by what an edge gateway leads to, edgeEntries at which stage they come in by a gateway. Each
// component adds itself.
var (
	edgeCarriers = map[model.Kind]*stage{}
	edgeEntries  = map[model.Kind]*stage{}
)

// behind says whether an end is what lies behind one of some edges, or one of the edges itself (D-238).
func (w *walk) behind(e *model.End, edges ...model.Ref) bool {
	switch e.Kind {
	case model.EndEdge, model.EndTransit:
		return slices.Contains(edges, e.Ref)
	case model.EndDeclared:
		return w.n.Declared[e.Ref.Index].IsBehind(edges...)
	}
	return false
}

// atEdge is where packets leave AWS: the request has arrived if TO is behind the edge, the reply is back if FROM is (D-238).
func (w *walk) atEdge(s *state, set packet.Set) {
	gateway := s.prev.ref // that sent them to the carrier that they are at
	if s.leg == Return {
		w.backAtEdge(s, set, gateway)
		return
	}
	arrived := w.arrivedBehind(set, gateway, s.ref)
	w.stop(s, w.p.Subtract(set, arrived), &model.Missing{What: "what lies behind " + w.n.ID(s.ref), Why: model.NotDeclared})
	w.turn(s, arrived, w.comesIn(s, gateway))
}

// arrivedBehind is what of some packets has arrived behind one of some edges.
func (w *walk) arrivedBehind(set packet.Set, edges ...model.Ref) packet.Set {
	switch {
	case !w.behind(&w.q.To, edges...):
		return packet.Empty
	case w.q.To.Kind == model.EndDeclared:
		return w.p.Intersect(set, w.p.Destinations(w.n.Declared[w.q.To.Ref.Index].CIDRs...))
	}
	return set
}

// comesIn is the state of replies that come in by a gateway.
func (w *walk) comesIn(s *state, gateway model.Ref) state {
	back := s.to(edgeEntries[gateway.Kind], gateway)
	back.subnet, back.sender = -1, model.Ref{}
	if gateway.Kind == model.KindTransitAttachment {
		back.entered, back.zone = gateway, model.NoZone
		back.vpc, back.iface = -1, -1
	}
	return back
}

// entry is where the request has come in: from outside AWS, the gateway.
func (w *walk) entry() model.Ref { return w.start.entry() }

// entry is the gateway or attachment by which packets enter that begin at a state outside it.
func (s *state) entry() model.Ref {
	if s.then != nil {
		return s.thenTo
	}
	return s.ref
}

// leavesByOther ends replies that leave by a gateway by which their request did not come in, unless their destination is declared behind it too;
// it reports whether it has (D-57, D-232, D-238).
func (w *walk) leavesByOther(s *state) bool {
	if w.entry() == s.ref {
		return false
	}
	if w.q.From.Kind == model.EndDeclared && w.behind(&w.q.From, w.n.EdgesOf(s.ref)...) {
		return false
	}
	w.deadEnd(s, s.set, Blocker{Code: NoRouteToDestination, Reason: ReasonOtherGateway, At: s.ref})
	return true
}

// backAtEdge is a reply that leaves AWS. The same gateway is the same edge, whichever of its connections carries it: how on-premises comes by it is
// the customer's to see to.
func (w *walk) backAtEdge(s *state, set packet.Set, gateway model.Ref) {
	same := w.entry() == gateway
	if !same && !w.behind(&w.q.From, gateway, s.ref) {
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonOtherGateway, At: s.ref})
		return
	}
	if !w.behind(&w.q.From, gateway, s.ref) || !same {
		s.notes = append(s.notes, Note{Kind: NoteOtherEdge, At: s.ref})
	}
	w.finish(s, w.seenByAll(s, set))
}

// edgesAt are the edges by which an end reaches AWS.
func (r *Result) edgesAt(e *model.End) []model.Ref {
	if e.Kind == model.EndDeclared {
		return r.Network.Declared[e.Ref.Index].Behind
	}
	return []model.Ref{e.Ref}
}

// outside are the addresses of an end outside AWS: those asked for, those declared, else all that no VPC of the snapshot has (D-217).
func (r *Result) outside(e *model.End, of func(...prefix) packet.Set) packet.Set {
	switch {
	case e.Prefixes != nil:
		return of(e.Prefixes...)
	case e.Kind == model.EndDeclared:
		return of(r.Network.Declared[e.Ref.Index].CIDRs...)
	}
	if cidrs := r.Network.BehindEdge(r.Network.EdgesOf(e.Ref)...); len(cidrs) > 0 {
		return of(cidrs...)
	}
	var inside []prefix
	for v := range r.Network.VPCs {
		inside = append(inside, r.Network.VPCs[v].Blocks...)
	}
	return r.Pool.Complement(of(inside...))
}

// fromEdges makes the walks of packets that come in from outside AWS: one for each way in, which is the asker's choice (D-238).
func (r *Result) fromEdges(base packet.Set) []*walk {
	q := &r.Query
	set := r.Pool.Intersect(base, r.outside(&q.From, r.Pool.Sources))
	if q.SourceAddresses != nil {
		set = r.Pool.Intersect(base, r.Pool.Sources(q.SourceAddresses...))
	}
	r.Asked = r.Pool.Union(r.Asked, set)
	var walks []*walk
	if set.IsEmpty() {
		return walks
	}
	for _, edge := range r.edgesAt(&q.From) {
		for _, s := range entries[edge.Kind](r.Network, edge) {
			s.set, s.subnet, s.iface, s.token, s.back, s.crossed = set, -1, -1, -1, -1, -1
			walks = append(walks, r.walk(s))
		}
	}
	return walks
}

// entries says in which states packets come in by an edge of a kind. Each component adds itself.
var entries = map[model.Kind]func(n *model.Network, edge model.Ref) []state{}

func init() {
	entries[model.KindVPNGateway] = func(n *model.Network, edge model.Ref) []state {
		return []state{{stage: vpnGatewayIn, ref: edge, vpc: n.VPNGateways[edge.Index].VPC}}
	}
	entries[model.KindVPNConnection] = func(n *model.Network, edge model.Ref) []state {
		g := n.VPNConnections[edge.Index].Gateway
		if g < 0 {
			return entriesBy(n, edge, "")
		}
		return []state{{stage: vpnIn, ref: edge, vpc: n.VPNGateways[g].VPC, then: vpnGatewayIn, thenTo: model.Ref{Kind: model.KindVPNGateway, Index: g}}}
	}
	entries[model.KindDirectConnectGateway] = func(n *model.Network, edge model.Ref) []state {
		var out []state
		for _, a := range n.DirectConnectGateways[edge.Index].Associations {
			to, ok := n.ByID(n.DirectConnectAssociations[a].To)
			switch {
			case ok && to.Kind == model.KindVPNGateway && n.VPNGateways[to.Index].VPC < 0: // which refuses it
				out = append(out, state{stage: vpnGatewayIn, ref: to, vpc: -1})
			case ok && to.Kind == model.KindVPNGateway:
				out = append(out, state{stage: directConnectIn, ref: edge, vpc: n.VPNGateways[to.Index].VPC, then: vpnGatewayIn, thenTo: to})
			default:
				out = append(out, entriesBy(n, edge, n.DirectConnectAssociations[a].To)...)
			}
		}
		if n.UnreadAssociations(edge.Index) != nil { // it may lead to more gateways
			out = append(out, state{stage: notKnownIn, ref: edge, vpc: -1})
		}
		return out
	}
	notKnownIn.row = componentRow
	notKnownIn.step = func(w *walk, s *state) {
		m := &model.Missing{What: "attachment of " + w.n.ID(s.ref), Call: "describe-transit-gateway-attachments", Why: model.NotHeld}
		switch s.ref.Kind {
		case model.KindDirectConnectGateway:
			if more := w.n.UnreadAssociations(s.ref.Index); more != nil {
				m = more
			}
		case model.KindTransitAttachment:
			m.What = "what is attached by " + w.n.ID(s.ref)
			if carrierCalls[w.n.TransitAttachments[s.ref.Index].Type] != "" {
				m = attachedMissing(w.n, s.ref)
			}
		}
		w.stop(s, s.set, m)
	}
}

// entriesBy are the ways in by the attachments of an edge to a transit gateway.
func entriesBy(n *model.Network, edge model.Ref, gateway string) []state {
	var out []state
	for _, a := range attachmentsOf(n, edge, gateway) {
		out = append(out, attachmentEntries(n, a)...)
	}
	if len(out) == 0 {
		out = append(out, state{stage: notKnownIn, ref: edge, vpc: -1})
	}
	return out
}

// notKnownIn is where packets come in by what is not known.
var notKnownIn = &stage{name: "not-known"}
