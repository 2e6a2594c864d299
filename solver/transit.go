package solver

import (
	"cmp"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A transit gateway on a path: packets enter it by the attachment of their VPC, meet the route table or policy table associated with that,
// and leave by another attachment (TGW-1 to TGW-59, D-200 to D-216). It is not one thing to pass but up to four: the gate of the zone,
// the attachment in, the tables, the attachment out.
var (
	transitGate = &stage{name: "transit-gateway-gate"}
	transitIn   = &stage{name: "transit-gateway-in", row: transitRow}
	transitOut  = &stage{name: "transit-gateway-out", row: transitRow}
)

// attachmentTypes says how packets leave a transit gateway by an attachment, by its type as AWS spells it. Each type of attachment that is
// modelled adds itself; packets to one that is not here are unknown, by name (D-213).
var attachmentTypes = map[string]func(w *walk, s *state, set packet.Set){}

func init() {
	routeTargets[model.KindTransitGateway] = enterTransit
	transitGate.step = func(w *walk, s *state) { w.gate(s, transitIn) }
	transitIn.step = stepTransitIn
	transitOut.step = stepTransitOut
	keepGroups[model.KindTransitAttachment] = (*walk).keepTransitGroups
	attachmentTypes["vpc"] = leaveToVPC
	attachmentTypes["peering"] = crossTransitPeering
}

// transitRow shows an attachment.
func transitRow(w *walk, s *state) Hop {
	a := &w.n.TransitAttachments[s.ref.Index]
	h := Hop{At: s.ref, Gateway: w.gatewayOf(a.Gateway)}
	if a.VPC >= 0 {
		h.VPC = model.Ref{Kind: model.KindVPC, Index: a.VPC}
	}
	return h
}

func attachmentRef(i int32) model.Ref {
	return model.Ref{Kind: model.KindTransitAttachment, Index: i}
}

// enterTransit takes packets from a route of a VPC to the attachment of that VPC (D-202).
func enterTransit(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
	a, m := w.n.TransitAttachment(r.Target.Index, s.vpc)
	switch {
	case m != nil:
		w.stopAt(s, set, r.Target, m)
		return
	case a < 0:
		w.deadEnd(s, set, Blocker{Code: BadStateAttachment, At: r.Target, State: "detached", VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
		return
	}
	next := s.to(transitGate, attachmentRef(a))
	next.toll, next.taken = toll, r
	w.pass(next, set)
}

// gate implements TGW-7 to TGW-9: an attachment takes packets of the zones in which it has a subnet. The network ACL of that subnet
// judges them on the way in, also where they come from it (TGW-11, TGW-13). in is where they come in.
func (w *walk) gate(s *state, in *stage) {
	a := w.n.VPCAttachment(s.ref)
	subnet, zone := int32(-1), model.UnknownZone
	m := &model.Missing{What: "zone of what comes to " + a.ID, Call: "describe-subnets", Why: model.NotHeld}
	if s.subnet >= 0 { // a regional NAT gateway stands in none
		subnet, zone, m = w.n.EntrySubnet(s.ref, s.subnet)
	}
	set := s.set
	switch {
	case m != nil:
		s.doubting(m)
	case subnet < 0:
		set = w.demand(s, set, false, Blocker{Code: TransitZone, At: s.ref, Subnet: model.Ref{Kind: model.KindSubnet, Index: s.subnet}, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
		if len(a.Subnets) > 0 { // bought in a relaxed walk
			subnet = a.Subnets[0]
		}
	}
	next := s.to(in, s.ref)
	if subnet >= 0 {
		set = w.attachmentInService(s, set, subnet)
		next = s.to(aclIn, model.Ref{Kind: model.KindSubnet, Index: subnet})
		next.then, next.thenTo = in, s.ref
	}
	next.zone, next.entered = zone, s.ref
	w.pass(next, set)
}

// attachmentInService is inService for a subnet of an attachment. A reply has its own zone (TGW-39), so it may pass other subnets than the request:
// they are judged in both directions, each once.
func (w *walk) attachmentInService(s *state, set packet.Set, subnet int32) packet.Set {
	for p := s.prev; p != nil; p = p.prev {
		if p.subnet == subnet || p.ref == (model.Ref{Kind: model.KindSubnet, Index: subnet}) {
			return set
		}
	}
	return w.inService(s, set, subnet)
}

// stepTransitIn is packets that enter a transit gateway by an attachment: from its VPC, from another gateway, from outside.
func stepTransitIn(w *walk, s *state) {
	a := &w.n.TransitAttachments[s.ref.Index]
	set := w.attachmentWorks(s, s.set, a)
	set = w.transitWorks(s, set, a)
	w.forget(s, set, func(s *state, set packet.Set) { // what leaves by a rule that names a group goes no further (TGW-63)
		if !w.atTransitEnd(s, set, a, true) {
			w.natIn(s, set, a, func(s *state, set packet.Set) { w.toTables(s, set, a) })
		}
	})
}

// attachmentWorks implements TGW-2 and TGW-3 (D-200).
func (w *walk) attachmentWorks(s *state, set packet.Set, a *model.TransitAttachment) packet.Set {
	if m := a.Missing(); m != nil {
		s.doubting(m)
		return set
	}
	works, changing := a.Works()
	if changing {
		s.notes = append(s.notes, Note{Kind: NoteAttachmentChanging, At: s.ref})
	}
	return w.demand(s, set, works, Blocker{Code: BadStateAttachment, At: s.ref, State: a.State()})
}

// transitWorks implements TGW-4 for the gateway (D-201). Not in the answers, it may be one that is no longer shared (TGW-68).
func (w *walk) transitWorks(s *state, set packet.Set, a *model.TransitAttachment) packet.Set {
	if a.Gateway < 0 {
		return set
	}
	g := &w.n.TransitGateways[a.Gateway]
	if m := g.Missing(); m != nil {
		s.doubting(m)
		return set
	}
	return w.demand(s, set, g.Works(), Blocker{Code: BadState, At: model.Ref{Kind: model.KindTransitGateway, Index: a.Gateway}, State: g.State()})
}

// toTables sends packets to the table that is associated with the attachment they entered by (TGW-19, TGW-21, D-205).
func (w *walk) toTables(s *state, set packet.Set, a *model.TransitAttachment) {
	set = w.stopped(s, set, w.p.Destinations(multicast...), &model.Missing{What: a.ID, Why: model.NotModelled, Detail: "multicast through a transit gateway"}) // TGW-59
	m := w.n.AssociationMissing(s.ref.Index)
	switch {
	case m != nil:
		w.stop(s, set, m)
	case a.Policy >= 0:
		if m := w.unannounced(s); m != nil {
			s.doubting(m)
		}
		w.pass(s.to(transitPolicy, model.Ref{Kind: model.KindTransitPolicyTable, Index: a.Policy}), set)
	case a.Table >= 0:
		w.toTransitTable(s, set, a.Table)
	default:
		w.deadEnd(s, set, Blocker{Code: TransitNoAssociation, At: s.ref})
	}
}

// stepTransitOut is packets that a table sends to an attachment.
func stepTransitOut(w *walk, s *state) {
	a := &w.n.TransitAttachments[s.ref.Index]
	set := w.attachmentWorks(s, s.set, a)
	if w.atTransitEnd(s, set, a, false) {
		return
	}
	leave, ok := attachmentTypes[a.Type]
	switch {
	case ok && s.leg != s.prev.leg: // the reply to what has arrived at a gateway, which was not translated
		leave(w, s, set)
	case ok:
		w.natOut(s, set, a, func(s *state, set packet.Set) { leave(w, s, set) })
	case a.Type == "":
		w.stop(s, set, cmp.Or(a.Missing(), a.NotHeld("describe-transit-gateway-attachments", "type of "+a.ID)))
	default:
		res := w.n.Resource(s.ref)
		w.stop(s, set, &model.Missing{What: a.ID, Account: res.Account, Region: res.Region, Why: model.NotModelled, Detail: "transit gateway attachment of type " + a.Type})
	}
}

// leaveToVPC hands packets to the attachment's interfaces in its VPC: of which zone, is exit's to say (D-209, D-210). From there they go by the
// table of that subnet (TGW-37), never by a gateway's (TGW-38).
func leaveToVPC(w *walk, s *state, set packet.Set) {
	a := &w.n.TransitAttachments[s.ref.Index]
	if a.VPC < 0 {
		w.stop(s, set, a.NotHeld("describe-transit-gateway-attachments", "VPC of "+a.ID))
		return
	}
	w.handOver(s, set, func() flowTable { return w.transitFlows(s.ref.Index, s.entered.Index) })
}

// handOver hands packets to the interfaces of an attachment in its VPC. flows is what rules of appliance mode ask of the table of the attachment.
func (w *walk) handOver(s *state, set packet.Set, flows func() flowTable) {
	a := w.n.VPCAttachment(s.ref)
	for _, part := range w.exitZones(s, set, &a, flows) {
		at := s
		if part.doubt != nil {
			doubted := *s
			doubted.doubting(part.doubt)
			at = &doubted
		}
		if len(part.subnets) == 0 {
			w.stop(at, part.set, w.n.SubnetsMissing(s.ref))
		}
		w.branched(at, len(part.subnets) > 1, func() {
			for _, subnet := range part.subnets {
				w.exitBy(w.inSharedZone(at, subnet), &a, subnet, part.set, nil)
			}
		})
		w.otherZones(at, &a, part)
	}
}

// inSharedZone is the state of packets that leave by a subnet of the attachment; in doubt where the answers give its zone another one, too (TGW-6).
func (w *walk) inSharedZone(s *state, subnet int32) *state {
	m := w.n.SharesZone(s.ref, subnet)
	if m == nil {
		return s
	}
	doubted := *s
	doubted.doubting(m)
	return &doubted
}

// branched sends packets on ways among which AWS chooses.
func (w *walk) branched(s *state, several bool, send func()) {
	w.fork = several
	send()
	w.fork = false
}

// exitBy hands packets to the attachment's interface in one subnet.
func (w *walk) exitBy(s *state, a *model.VPCAttachment, subnet int32, set packet.Set, toll []Blocker) {
	ref := model.Ref{Kind: model.KindSubnet, Index: subnet}
	if s.cameOut(s.ref, subnet) { // TGW-48
		w.deadEnd(s, set, Blocker{Code: TransitCannotRoute, Reason: ReasonLoop, At: s.ref})
		return
	}
	next := s.to(leaving, ref)
	next.then, next.thenTo = routing, ref
	next.vpc, next.subnet, next.sender = a.VPC, subnet, s.ref
	next.zone, next.entered, next.toll = model.NoZone, s.ref, toll
	keepGroups[s.ref.Kind](w, s, &next, subnet)
	w.pin(s, &next, a, subnet)
	w.pass(next, set)
}

// keepGroups says by the kind of an attachment what becomes of the sender's groups where packets leave by it.
var keepGroups = map[model.Kind]func(w *walk, s, next *state, subnet int32){}

// leavesTransit says whether the packets of s are about to leave a transit gateway or a core network.
func (s *state) leavesTransit() bool {
	return s.stage == transitOut || s.stage == translatedOut || s.stage == coreOut
}

// cameOut says whether the packets have left by the attachment into that subnet before, on this leg and with these headers (D-214).
func (s *state) cameOut(attachment model.Ref, subnet int32) bool {
	for p := s; p != nil && p.prev != nil && p.leg == s.leg; p = p.prev {
		if p.prev.leavesTransit() && p.prev.ref == attachment && p.ref.Kind == model.KindSubnet && p.ref.Index == subnet && p.translation() == s.translation() {
			return true
		}
	}
	return false
}

// crossTransitPeering takes packets to the other gateway of a peering, where they come in by its own attachment, without a zone (TGW-50 to
// TGW-52, D-212).
func crossTransitPeering(w *walk, s *state, set packet.Set) {
	a := &w.n.TransitAttachments[s.ref.Index]
	region := w.n.Resource(s.ref).Region
	if w.q.Reading == AWS && a.Far.Region != "" && region != "" && a.Far.Region != region {
		w.stop(s, set, &model.Missing{What: "far side of " + a.ID, Account: a.Far.OwnerId, Region: a.Far.Region, Why: model.NotModelled, Detail: "another Region, which is beyond AWS's analyzer"})
		return
	}
	if a.Peer < 0 {
		set = w.beyondPeering(s, set)
		w.stop(s, set, w.n.MissingIn(a.Far.OwnerId, a.Far.Region, "describe-transit-gateway-attachments", "far side of "+a.ID))
		return
	}
	next := s.to(transitIn, attachmentRef(a.Peer))
	next.zone, next.entered = model.NoZone, attachmentRef(a.Peer)
	next.nobodys() // TGW-63
	w.pass(next, set)
}

// pinned is the zone to which an attachment in appliance mode has pinned a flow (TGW-42), and what was pinned before.
type pinned struct {
	attachment model.Ref
	subnet     int32
	before     *pinned
}

// pin notes the zone by which a request leaves an attachment in appliance mode. Equal histories are one pointer, so that states that share
// them merge.
func (w *walk) pin(s, next *state, a *model.VPCAttachment, subnet int32) {
	if !a.Appliance || s.leg == Return {
		return
	}
	next.pins = once(&w.pins, pinned{s.ref, subnet, s.pins})
}

// pinnedTo is the subnet to which the request pinned the flow at an attachment; -1 for none.
func (s *state) pinnedTo(attachment model.Ref) int32 {
	if s.leg == Forward {
		return -1
	}
	for p := s.pins; p != nil; p = p.before {
		if p.attachment == attachment {
			return p.subnet
		}
	}
	return -1
}

// keepTransitGroups lets the sender's groups through where the transit gateway keeps them (TGW-62 to TGW-64, SG-21, D-211), and makes it forget them
// elsewhere.
func (w *walk) keepTransitGroups(s, next *state, subnet int32) {
	out := &w.n.TransitAttachments[s.ref.Index]
	code, _, m := w.loses(s, out, subnet)
	switch {
	case code != "":
		next.nobodys()
	case m != nil:
		next.transit = out.Gateway*2 + 1
	default:
		next.transit = out.Gateway * 2
	}
}

// noReferences is the zone in which references across transit gateways do not work (TGW-63).
const noReferences = "use1-az3"

// loses says by which refusal a transit gateway forgets who sent packets that leave it by an attachment, and at which component; an empty code
// where it keeps it, with what is missing to be sure.
func (w *walk) loses(s *state, out *model.TransitAttachment, subnet int32) (Code, model.Ref, *model.Missing) {
	g := &w.n.TransitGateways[out.Gateway]
	in := &w.n.TransitAttachments[s.entered.Index]
	var missing *model.Missing
	for _, side := range []struct {
		on, known bool
		at        model.Ref
		missing   *model.Missing
	}{
		switchOf(g.ReferencesGroups(), g.Known(), model.Ref{Kind: model.KindTransitGateway, Index: out.Gateway}, g.Missing()),
		w.attachmentSwitch(s.entered.Index), w.attachmentSwitch(s.ref.Index),
	} {
		switch {
		case !side.known && missing == nil:
			missing = side.missing
		case side.known && !side.on:
			return SecurityGroupReferencing, side.at, nil
		}
	}
	barred := slices.ContainsFunc([]int32{s.zone, w.n.Subnets[subnet].Zone}, func(z int32) bool { return z >= 0 && w.n.Zones[z].ID == noReferences })
	if barred || s.transit >= 0 || in.Type != "vpc" || in.Gateway != out.Gateway { // a sender that is known is in the attachment's VPC
		return ReferencesNotPreserved, s.ref, nil
	}
	return "", model.Ref{}, missing
}

type referenceSwitch = struct {
	on, known bool
	at        model.Ref
	missing   *model.Missing
}

func switchOf(on, known bool, at model.Ref, m *model.Missing) referenceSwitch {
	return referenceSwitch{on, known, at, m}
}

func (w *walk) attachmentSwitch(i int32) referenceSwitch {
	on, known := w.n.TransitAttachments[i].ReferencesGroups()
	return switchOf(on, known, attachmentRef(i), w.n.SubnetsMissing(attachmentRef(i)))
}

// lostAt says by which refusal the sender's groups were lost at the hop where packets of a path lost them (D-101, D-211).
func (w *walk) lostAt(hop *state, next *state) (Code, model.Ref) {
	if hop.leavesTransit() && hop.ref.Kind == model.KindTransitAttachment && next.ref.Kind == model.KindSubnet {
		code, at, _ := w.loses(hop, &w.n.TransitAttachments[hop.ref.Index], next.ref.Index)
		return code, at
	}
	return ReferencesNotPreserved, hop.ref
}

// acrossTransit says whether inbound rules of an interface may not name groups of what came through a transit gateway (TGW-63), or what is missing to tell.
func (w *walk) acrossTransit(s *state, e *model.Interface) (barred bool, m *model.Missing) {
	zone := w.n.Subnets[e.Subnet].Zone
	switch {
	case s.transit == crossedCore:
		m = w.coreReferences(s)
	case zone >= 0 && w.n.Zones[zone].ID == noReferences:
		barred = true
	case s.transit%2 == 1:
		m = w.n.ReferencingMissing(s.transit / 2)
	}
	return barred, m
}

// throughTransit says whether the packets of a path have crossed a transit gateway or a core network.
func (s *state) throughTransit() bool {
	for p := s.prev; p != nil; p = p.prev {
		if p.stage == transitOut || p.stage == coreOut {
			return true
		}
	}
	return false
}
