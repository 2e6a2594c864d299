package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Of which zone's interface packets leave a transit gateway, or a core network (CWAN-7), into a VPC (TGW-39 to TGW-46, D-209, D-210).

// zonePart is packets with the subnets of an attachment by which AWS may hand them over; several are its choice.
type zonePart struct {
	set     packet.Set
	subnets []int32
	doubt   *model.Missing // which of them is not known, for want of this
}

// exitZones divides packets by the subnets of the attachment that they may leave by.
func (w *walk) exitZones(s *state, set packet.Set, a *model.VPCAttachment, flows func() flowTable) []zonePart {
	switch pin := s.pinnedTo(s.ref); {
	case set.IsEmpty():
		return nil
	case pin >= 0:
		return []zonePart{{set: set, subnets: []int32{pin}}}
	case len(a.Subnets) < 2:
		return []zonePart{{set: set, subnets: a.Subnets}}
	case a.Appliance:
		return w.applianceZones(s, set, a, flows())
	}
	subnets, m := w.sameZone(s.ref, s.zone)
	return []zonePart{{set, subnets, m}}
}

// sameZone is the attachment's subnet of a zone, where it has one, else all of them (TGW-39, TGW-40, TGW-46).
func (w *walk) sameZone(attachment model.Ref, zone int32) ([]int32, *model.Missing) {
	all := w.n.VPCAttachment(attachment).Subnets
	if zone == model.NoZone || zone == model.UnknownZone { // packets whose zone is not known are in doubt already
		return all, nil
	}
	subnet, m := w.n.SubnetIn(attachment, zone)
	if subnet >= 0 {
		return []int32{subnet}, nil
	}
	return all, m
}

// flowTable is what rules of appliance mode ask of the table of an attachment: who propagates into it, and where it leads.
type flowTable struct {
	none                   bool           // there is none, so that no zone is known
	unknown                *model.Missing // nothing is known of it, for want of this
	strange                *model.Missing // it is not known whether zones count at all
	sourceSeen, sourceTold bool           // the attachment by which the packets entered propagates into it; the answers tell
	waysTo                 func(packet.Addresses) []*model.Way
	vpc                    func(*model.Way) (vpc int32, seen, told bool) // of the attachment that it leads to; -1 for none
	propagations           func() *model.Missing                         // where the answers do not tell who propagates
}

// transitFlows is that of a transit gateway's attachment.
func (w *walk) transitFlows(attachment int32, entered int32) flowTable {
	a := &w.n.TransitAttachments[attachment]
	table := a.Table
	if a.Policy >= 0 {
		return flowTable{unknown: &model.Missing{What: a.ID, Why: model.NotModelled, Detail: "the zones of flows by an attachment with a policy table in appliance mode"}}
	}
	if table < 0 {
		m := w.n.AssociationMissing(attachment)
		return flowTable{none: m == nil, unknown: m}
	}
	t := &w.n.TransitTables[table]
	f := flowTable{unknown: t.Unknown, propagations: func() *model.Missing { return w.n.PropagationsMissing(table) }}
	f.sourceSeen, f.sourceTold = t.Propagates(entered)
	f.waysTo = func(to packet.Addresses) (out []*model.Way) {
		for _, i := range t.WaysTo(to) {
			out = append(out, &t.Ways[i])
		}
		return out
	}
	f.vpc = func(way *model.Way) (vpc int32, seen, told bool) {
		attachment := int32(-1)
		for _, k := range way.Routes {
			for _, i := range t.Routes[k].Targets {
				if w.n.TransitAttachments[i].VPC >= 0 && !t.Routes[k].Bad() {
					attachment = i
				}
			}
		}
		if attachment < 0 {
			return -1, false, false
		}
		seen, told = t.Propagates(attachment)
		return w.n.TransitAttachments[attachment].VPC, seen, told
	}
	return f
}

// applianceZones implements TGW-42 to TGW-44 (D-210). AWS knows the zones of both ends of a flow only as far as their attachments propagate into
// the table of this one; a destination that is in no VPC has none.
func (w *walk) applianceZones(s *state, set packet.Set, a *model.VPCAttachment, t flowTable) []zonePart {
	if t.strange != nil {
		return []zonePart{{set, a.Subnets, t.strange}}
	}
	if s.zone == model.NoZone { // nothing to keep together
		return []zonePart{{set, a.Subnets, nil}}
	}
	if s.zone != model.UnknownZone { // whatever the destination's zone is, only the source's could keep the flow together
		if subnet, m := w.n.SubnetIn(s.ref, s.zone); subnet < 0 && m == nil {
			return []zonePart{{set, a.Subnets, nil}}
		}
	}
	source := zoneFact{zone: s.zone, seen: t.sourceSeen, told: t.sourceTold}
	if source.told && !source.seen { // TGW-43, wherever the packets go
		return []zonePart{{set, a.Subnets, nil}}
	}
	if t.unknown != nil || t.none {
		return []zonePart{{set, a.Subnets, t.unknown}}
	}
	var out []zonePart
	for _, way := range t.waysTo(w.p.DestinationAddresses(set)) {
		hit := w.p.Intersect(set, way.Destinations)
		if way.Doubt != nil {
			out = append(out, zonePart{hit, a.Subnets, way.Doubt})
			continue
		}
		for _, d := range w.destinationZones(&t, way, hit) {
			out = append(out, w.hashed(s, a, &t, source, d))
		}
	}
	return out
}

// zoneFact is the zone of one end of a flow, and whether AWS knows it.
type zoneFact struct {
	set        packet.Set
	zone       int32
	known      bool // the answers tell the zone
	seen, told bool // AWS knows it; the answers tell whether it does
	missing    *model.Missing
}

// destinationZones divides packets by the zone of their destination: of the subnet that holds it, in the VPC that the table routes it to.
func (w *walk) destinationZones(t *flowTable, way *model.Way, set packet.Set) []zoneFact {
	vpc, seen, told := t.vpc(way)
	if vpc < 0 {
		return []zoneFact{{set: set, zone: model.NoZone, known: true}}
	}
	v := &w.n.VPCs[vpc]
	var out []zoneFact
	for _, k := range v.Subnets {
		if hit := w.p.Intersect(set, w.n.Subnets[k].Inside); !hit.IsEmpty() {
			set = w.p.Subtract(set, hit)
			zone := w.n.Subnets[k].Zone
			out = append(out, zoneFact{set: hit, zone: zone, known: zone != model.UnknownZone, seen: seen, told: told, missing: w.n.ZoneMissing(k)})
		}
	}
	rest := zoneFact{set: set, zone: model.NoZone, known: true, seen: seen, told: told}
	if m := w.n.UnreadSubnets(vpc); m != nil {
		rest.known, rest.missing = false, m
	}
	return append(out, rest)
}

// hashed says by which subnets packets of one pair of zones may leave an attachment in appliance mode.
func (w *walk) hashed(s *state, a *model.VPCAttachment, t *flowTable, source, to zoneFact) zonePart {
	all := zonePart{set: to.set, subnets: a.Subnets}
	if !to.known {
		all.doubt = to.missing
		return all
	}
	if to.told && !to.seen && to.zone != model.NoZone { // TGW-43
		return all
	}
	sure := all
	same, known := w.n.SameZone(source.zone, to.zone)
	if source.zone >= 0 && (same || to.zone == model.NoZone) {
		subnet, m := w.n.SubnetIn(s.ref, source.zone)
		if subnet >= 0 {
			sure.subnets = []int32{subnet}
		} else {
			sure.doubt = m
		}
	} else if source.zone >= 0 && !known {
		sure.doubt = &model.Missing{What: "whether two zones are one", Call: "describe-subnets", Why: model.NotHeld}
	}
	if (!source.told || !to.told && to.zone != model.NoZone) && !slices.Equal(sure.subnets, all.subnets) {
		all.doubt = t.propagations()
		return all
	}
	return sure
}

// otherZones lets a relaxed walk buy another zone of the attachment than the one that the flow keeps to (TGW-41).
func (w *walk) otherZones(s *state, a *model.VPCAttachment, part zonePart) {
	if !w.relaxed || len(part.subnets) != 1 {
		return
	}
	for _, k := range a.Subnets {
		if k != part.subnets[0] {
			b := Blocker{Code: TransitExitZone, Leg: s.leg, At: s.ref, Packets: part.set, Subnet: model.Ref{Kind: model.KindSubnet, Index: k},
				VPC: model.Ref{Kind: model.KindVPC, Index: a.VPC}}
			w.extra = 1
			w.exitBy(s, a, k, part.set, []Blocker{b})
			w.extra = 0
		}
	}
}
