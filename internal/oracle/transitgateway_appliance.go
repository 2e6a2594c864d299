package oracle

import "slices"

// exitAppliance follows a packet out of a transit gateway by an attachment in appliance mode (TGW-42 to TGW-45, D-210).
func (w *walker) exitAppliance(f flight, in, out *transitAttachment, z *zone, seats []seat) {
	if f.reply {
		for _, pin := range f.pins {
			if pin.attachment == out.id {
				w.decide("tgw-appliance-pinned", out.id)
				at := slices.IndexFunc(seats, func(s seat) bool { return s.zone != nil && s.zone.same(&pin.zone) == allow })
				w.takeSeat(f, in, out, z, seats[at])
				return
			}
		}
	}
	sets := w.applianceSets(in, out, z, f, seats)
	take := func(f flight, s seat) {
		next := f
		if !f.reply && s.subnet != nil {
			next.pins = append(slices.Clip(f.pins), transitExit{out.id, *s.zone})
		}
		w.takeSeat(next, in, out, z, s)
	}
	if len(sets) == 1 {
		w.decide(map[bool]string{true: "tgw-appliance-zone", false: "tgw-appliance-hash"}[len(sets[0]) == 1], out.id)
		for _, s := range sets[0] {
			take(f, s)
		}
		return
	}
	w.decide("tgw-appliance-unsure", out.id)
	f = w.lack(f, "tgw-appliance-unsure", "get-transit-gateway-route-table-propagations: table of "+out.id)
	var all []*subnet
	for _, s := range slices.Concat(sets...) {
		if !slices.Contains(all, s.subnet) {
			all = append(all, s.subnet)
			take(f, s)
		}
	}
}

// applianceSets returns the sets of zones from which AWS may choose: one where the answers tell enough.
func (w *walker) applianceSets(in, out *transitAttachment, z *zone, f flight, seats []seat) [][]seat {
	table, knows, to := w.beyondAppliance(out, f)
	sources, targets := []bool{false}, []*zone{nil}
	if in != nil && z != nil && knows != deny {
		switch v := w.o.propagates(table, in.id); {
		case v == deny:
		case v == allow && knows == allow:
			sources = []bool{true}
		default:
			sources = []bool{true, false}
		}
	}
	hash := &zone{id: "hash"} // a destination whose zone AWS does not know
	switch {
	case knows == deny:
		targets = []*zone{hash}
	case knows == unsure || to.unsure:
		targets = []*zone{nil, hash, z}
	case to.zone == nil:
	default:
		switch v := w.o.propagates(table, to.attachment); v {
		case allow:
			targets = []*zone{to.zone}
		case deny:
			targets = []*zone{hash}
		default:
			targets = []*zone{to.zone, hash}
		}
	}
	var sets [][]seat
	add := func(set []seat) {
		if !slices.ContainsFunc(sets, func(other []seat) bool {
			return slices.EqualFunc(other, set, func(a, b seat) bool { return a.subnet == b.subnet })
		}) {
			sets = append(sets, set)
		}
	}
	for _, source := range sources {
		for _, target := range targets {
			if !source {
				add(seats)
				continue
			}
			same := allow
			switch target {
			case nil:
			case hash:
				same = deny
			default:
				same = target.same(z)
			}
			s, has := w.o.seatIn(out, z)
			if same != deny && has == allow {
				add([]seat{s})
			}
			if same != deny && has == unsure {
				add([]seat{s})
			}
			if same != allow || has == deny {
				add(seats)
			}
		}
	}
	return sets
}

// beyond is where a packet goes on from an appliance: the zone of its destination and the attachment that leads there; no zone where there
// is none, or where it is not known.
type beyond struct {
	attachment string
	zone       *zone
	unsure     bool
}

// beyondAppliance looks up where the table associated with an attachment leads a packet. knows says whether there is such a table: without
// one AWS knows no zone (TGW-43).
func (w *walker) beyondAppliance(out *transitAttachment, f flight) (table string, knows verdict, to beyond) {
	tables := w.o.associations(out)
	switch {
	case len(tables) == 0 && w.o.policyOf(out) == "" && w.o.associationTold(out) && w.o.policiesTold(out.gateway):
		return "", deny, to
	case len(tables) != 1:
		return "", unsure, to
	}
	table = tables[0]
	if w.o.searches[table] == nil {
		return table, allow, beyond{unsure: true}
	}
	winners, known, completed := w.o.transitRoutes(table, f.p.Destination)
	switch {
	case completed && w.q.NoAssume, !known || len(winners) > 1:
		return table, allow, beyond{unsure: true}
	case len(winners) == 0 || winners[0].state == "blackhole":
		return table, allow, to
	case !slices.ContainsFunc(winners[0].targets, func(t transitTarget) bool { return t.ResourceType == "vpc" }): // wherever it goes, to no VPC
		return table, allow, to
	case len(winners[0].targets) != 1:
		return table, allow, beyond{unsure: true}
	}
	target := winners[0].targets[0]
	kind, vpc := target.ResourceType, target.ResourceId
	for _, a := range w.o.attachments {
		if a.id == target.TransitGatewayAttachmentId && a.gateway == out.gateway && a.kind != "" {
			kind, vpc = a.kind, a.resource
		}
	}
	if kind != "vpc" {
		return table, allow, to
	}
	for s := range sorted(w.o.subnets) {
		if s.vpc == vpc && inBlocks(s.blocks, f.p.Destination) {
			return table, allow, beyond{target.TransitGatewayAttachmentId, zoneOf(s), zoneOf(s) == nil}
		}
	}
	return table, allow, beyond{unsure: !w.o.completeFor(vpc, "describe-subnets")}
}
