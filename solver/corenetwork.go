package solver

import (
	"cmp"
	"math"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A core network of Cloud WAN on a path: packets enter it by the attachment of their VPC, meet the routes of that attachment's segment at its edge,
// perhaps those of the same segment at another edge, and leave by an attachment (CWAN-1 to CWAN-9, D-240). What its policy makes of segments, sharing
// and inserted functions shows in these routes. Into and out of VPCs it works as a transit gateway (CWAN-7; transit.go, transitzone.go).
var (
	coreGate    = &stage{name: "core-network-gate"}
	coreIn      = &stage{name: "core-network-in", row: coreRow}
	coreRouting = &stage{name: "core-network-segment"}
	coreOut     = &stage{name: "core-network-out", row: coreRow}
)

func init() {
	routeTargets[model.KindCoreNetwork] = enterCore
	keepGroups[model.KindCoreAttachment] = (*walk).keepCoreGroups
	coreGate.step = func(w *walk, s *state) { w.gate(s, coreIn) }
	coreIn.step = stepCoreIn
	coreRouting.step = stepCoreRouting
	coreRouting.row = func(w *walk, s *state) Hop {
		return Hop{At: s.ref, Gateway: coreRef(w.n.CoreTables[s.ref.Index].Core)}
	}
	coreOut.step = stepCoreOut
}

// coreRow shows an attachment.
func coreRow(w *walk, s *state) Hop {
	a := &w.n.CoreAttachments[s.ref.Index]
	h := Hop{At: s.ref, Gateway: coreRef(a.Core)}
	if a.VPC >= 0 {
		h.VPC = model.Ref{Kind: model.KindVPC, Index: a.VPC}
	}
	return h
}

func coreRef(i int32) model.Ref {
	if i < 0 {
		return model.Ref{}
	}
	return model.Ref{Kind: model.KindCoreNetwork, Index: i}
}

// notFollowed says that something about a core network is not modelled.
func (w *walk) notFollowed(at model.Ref, detail string) *model.Missing {
	res := w.n.Resource(at)
	return &model.Missing{What: res.ID, Account: res.Account, Region: res.Region, Why: model.NotModelled, Detail: detail}
}

// enterCore takes packets from a route of a VPC to the attachment of that VPC (CWAN-1). AWS's analyzer does not follow core networks (RA-8).
func enterCore(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
	if w.q.Reading == AWS {
		w.stopAt(s, set, r.Target, w.notFollowed(r.Target, "core network, which AWS's analyzer does not follow"))
		return
	}
	a, m := w.n.CoreAttachmentOf(r.Target.Index, s.vpc)
	if m != nil {
		w.stopAt(s, set, r.Target, m)
		return
	}
	next := s.to(coreGate, model.Ref{Kind: model.KindCoreAttachment, Index: a})
	next.toll, next.taken = toll, r
	w.pass(next, set)
}

// stepCoreIn is packets that enter a core network by the attachment of their VPC.
func stepCoreIn(w *walk, s *state) {
	a := &w.n.CoreAttachments[s.ref.Index]
	s.notes = append(s.notes, Note{Kind: NoteBeyondRA, At: coreRef(a.Core)})
	set := w.coreAttachmentWorks(s, s.set, a)
	if m := w.n.CoreMissing(a.Core); m != nil {
		s.doubting(m)
	} else {
		c := &w.n.CoreNetworks[a.Core]
		set = w.demand(s, set, c.Works(), Blocker{Code: BadState, At: coreRef(a.Core), State: c.State()})
	}
	switch {
	case a.Group != "":
		w.stop(s, set, w.notFollowed(s.ref, "network function group "+a.Group))
	case a.Table < 0:
		m := w.n.CoreAttachmentMissing(s.ref.Index)
		if m == nil {
			m = a.NotHeld("networkmanager list-attachments", "segment and edge of "+a.ID)
		}
		w.stop(s, set, m)
	default:
		w.toCoreTable(s, set, a.Table)
	}
}

// coreAttachmentWorks implements TGW-2 and TGW-3 for attachments to core networks (CWAN-7).
func (w *walk) coreAttachmentWorks(s *state, set packet.Set, a *model.CoreAttachment) packet.Set {
	if m := w.n.CoreAttachmentMissing(s.ref.Index); m != nil {
		s.doubting(m)
		return set
	}
	if !a.StateKnown() {
		s.doubting(&model.Missing{What: a.ID, Call: "networkmanager list-attachments", Why: model.Unreadable, Detail: "state " + a.State()})
		return set
	}
	if a.Changing() {
		s.notes = append(s.notes, Note{Kind: NoteAttachmentChanging, At: s.ref})
	}
	return w.demand(s, set, a.Works(), Blocker{Code: BadStateAttachment, At: s.ref, State: a.State()})
}

// toCoreTable sends packets to the routes of a segment at an edge, unless they have been there with the same headers (D-214). Two edges whose answers
// send packets to each other were not asked at one time.
func (w *walk) toCoreTable(s *state, set packet.Set, table int32) {
	ref := model.Ref{Kind: model.KindCoreTable, Index: table}
	for p := s; p != nil && p.leg == s.leg; p = p.prev {
		if p.stage != coreRouting || p.ref != ref || p.translation() != s.translation() {
			continue
		}
		if s.stage == coreRouting {
			w.stop(s, set, w.disagree(table))
		} else {
			w.deadEnd(s, set, Blocker{Code: TransitCannotRoute, Reason: ReasonLoop, At: ref})
		}
		return
	}
	next := s.to(coreRouting, ref)
	next.vpc, next.subnet, next.iface = -1, -1, -1
	w.pass(next, set)
}

// disagree says that the routes of two edges do not fit together.
func (w *walk) disagree(table int32) *model.Missing {
	m := w.n.RoutesMissing(table)
	m.Why = model.Conflicting
	return m
}

// stepCoreRouting implements CWAN-4 to CWAN-6, CWAN-8 and CWAN-9: the routes that the segment has at the edge decide, longest prefix first.
func stepCoreRouting(w *walk, s *state) {
	t := &w.n.CoreTables[s.ref.Index]
	set := w.stopped(s, s.set, w.p.Destinations(multicast...), w.notFollowed(s.ref, "multicast through a core network"))
	for _, i := range t.WaysTo(w.p.DestinationAddresses(set)) {
		w.followCore(s, t, &t.Ways[i], w.p.Intersect(set, t.Ways[i].Destinations))
	}
}

func (w *walk) followCore(s *state, t *model.CoreTable, way *model.Way, set packet.Set) {
	switch {
	case way.Doubt != nil: // CWAN-9
		w.stop(s, set, way.Doubt)
		return
	case len(way.Routes) == 0 && s.prev.stage == coreRouting: // another edge says that it is here
		w.stop(s, set, w.disagree(s.ref.Index))
		return
	case len(way.Routes) == 0:
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonCoreNetwork, At: s.ref})
		return
	}
	r := &t.Routes[way.Routes[0]]
	switch {
	case r.Bad():
		w.deadEnd(s, set, Blocker{Code: BadStateRoute, Reason: ReasonCoreNetwork, At: s.ref, State: r.Record.State})
		return
	case len(r.Targets) == 0:
		m := w.n.RoutesMissing(s.ref.Index)
		m.Why, m.Detail = model.Unreadable, "a route to nowhere"
		w.stop(s, set, m)
		return
	}
	w.branched(s, len(r.Targets) > 1, func() {
		for _, to := range r.Targets {
			switch {
			case to.Other != "":
				w.stop(s, set, w.notFollowed(s.ref, to.Other))
			case to.Table >= 0:
				w.toCoreTable(s, set, to.Table)
			case to.Attachment >= 0:
				w.pass(s.to(coreOut, model.Ref{Kind: model.KindCoreAttachment, Index: to.Attachment}), set)
			default:
				w.stop(s, set, w.disagree(s.ref.Index))
			}
		}
	})
}

// stepCoreOut is packets that leave a core network by an attachment: only those of VPCs are modelled.
func stepCoreOut(w *walk, s *state) {
	a := &w.n.CoreAttachments[s.ref.Index]
	set := w.coreAttachmentWorks(s, s.set, a)
	missing := w.n.CoreAttachmentMissing(s.ref.Index)
	switch {
	case a.Group != "":
		w.stop(s, set, w.notFollowed(s.ref, "network function group "+a.Group))
	case a.Type == "" || a.Edge == "" || a.Type == "vpc" && a.VPC < 0:
		w.stop(s, set, cmp.Or(missing, a.NotHeld("networkmanager list-attachments", "type, edge and resource of "+a.ID)))
	case a.Type != "vpc":
		w.stop(s, set, w.notFollowed(s.ref, "core network attachment of type "+a.Type))
	default:
		w.handOver(s, set, func() flowTable { return w.coreFlows(s, a) })
	}
}

// coreFlows is what rules of appliance mode ask of the routes of an attachment's segment at its edge (CWAN-7). What they say of flows between edges no page tells.
func (w *walk) coreFlows(s *state, a *model.CoreAttachment) flowTable {
	if a.Table < 0 {
		return flowTable{unknown: a.NotHeld("networkmanager list-attachments", "segment and edge of "+a.ID)}
	}
	t := &w.n.CoreTables[a.Table]
	between := w.notFollowed(s.ref, "appliance mode between edges of a core network")
	if w.n.CoreAttachments[s.entered.Index].Edge != a.Edge {
		return flowTable{strange: between}
	}
	f := flowTable{unknown: t.Unknown, sourceSeen: t.Propagates(s.entered.Index), sourceTold: t.Unknown == nil}
	f.waysTo = func(to packet.Addresses) (out []*model.Way) {
		for _, i := range t.WaysTo(to) {
			way := t.Ways[i]
			for _, k := range way.Routes {
				for _, x := range t.Routes[k].Targets {
					if x.Attachment < 0 && way.Doubt == nil {
						way.Doubt = between
					}
				}
			}
			out = append(out, &way)
		}
		return out
	}
	f.vpc = func(way *model.Way) (vpc int32, seen, told bool) {
		vpc, seen = -1, true
		for _, k := range way.Routes {
			for _, x := range t.Routes[k].Targets {
				if v := w.n.CoreAttachments[x.Attachment].VPC; v >= 0 && !t.Routes[k].Bad() {
					vpc, seen = v, t.Propagates(x.Attachment)
				}
			}
		}
		return vpc, seen, true
	}
	return f
}

// crossedCore is the value of state.transit of packets that have crossed a core network, which may keep the sender's groups.
const crossedCore = math.MaxInt32

// keepCoreGroups lets the sender's groups through, in doubt, where a core network may keep them: from one VPC to another at one edge, with references
// switched off at neither attachment (CWAN-7). Whether its policy has them on is not modelled.
func (w *walk) keepCoreGroups(s, next *state, _ int32) {
	if s.token < 0 {
		next.nobodys()
		return
	}
	in, out := &w.n.CoreAttachments[s.entered.Index], &w.n.CoreAttachments[s.ref.Index]
	next.transit = crossedCore
	if s.transit >= 0 || in.Edge != out.Edge || in.VPC != w.n.Interfaces[s.token].VPC || !in.ReferencesGroups() || !out.ReferencesGroups() {
		next.nobodys()
	}
}

// coreReferences says that it is not known whether a core network keeps groups.
func (w *walk) coreReferences(s *state) *model.Missing {
	return w.notFollowed(coreRef(w.n.CoreAttachments[s.entered.Index].Core), "references to security groups across a core network")
}
