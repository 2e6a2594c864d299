package oracle

import (
	"slices"
	"strings"
)

// zone is an Availability Zone as the record of a subnet tells it.
type zone struct {
	id, name string
	part     *part // names mean something within one account only (CONV-5)
}

// zoneOf returns a subnet's zone; nil where the record tells none.
func zoneOf(s *subnet) *zone {
	if s == nil || s.zoneID == "" && s.zone == "" {
		return nil
	}
	return &zone{s.zoneID, s.zone, s.part}
}

// same reports whether two zones are one (D-202).
func (z *zone) same(other *zone) verdict {
	equal := func(a, b string) verdict {
		if a == b {
			return allow
		}
		return deny
	}
	switch {
	case z == nil || other == nil:
		return unsure
	case z.id != "" && other.id != "":
		return equal(z.id, other.id)
	case z.name != "" && other.name != "" && z.part.account == other.part.account:
		return equal(z.name, other.name)
	}
	return unsure
}

// local reports whether the zone is a Local or Wavelength Zone, which has a parent (TGW-9).
func (z *zone) local() bool { return z != nil && strings.Count(z.id, "-") > 1 }

// readZones reads the parents of Local Zones.
func readZones(o *Oracle, _ *part, a answer, _ string) bool {
	type record struct{ ZoneId, ParentZoneId string }
	return each(a, "AvailabilityZones", func(r record, _ []byte) bool {
		if r.ParentZoneId != "" {
			o.parentZone[r.ZoneId] = r.ParentZoneId
		}
		return r.ZoneId != ""
	})
}

// seat is where an attachment stands in a zone.
type seat struct {
	subnet *subnet // nil: one that no answer describes
	zone   *zone
	// others are further subnets of the zone, which AWS does not allow (TGW-6, D-200): nobody knows which one counts
	others []*subnet
}

// seats returns the attachment's subnets, one for a zone. told is false where no answer tells them.
func (o *Oracle) seats(a *transitAttachment) (seats []seat, told bool) {
	shape, ok := a.shape()
	if !ok || !shape.told {
		return nil, false
	}
	for _, id := range shape.subnets {
		s := o.subnets[id]
		if zoneOf(s) == nil || s.conflict {
			seats = append(seats, seat{})
			continue
		}
		at := slices.IndexFunc(seats, func(x seat) bool { return x.zone != nil && x.zone.same(zoneOf(s)) == allow })
		if at >= 0 {
			seats[at].others = append(seats[at].others, s)
			continue
		}
		seats = append(seats, seat{subnet: s, zone: zoneOf(s)})
	}
	return seats, true
}

// seatIn returns the attachment's seat in a zone: allow with the seat, deny where it has none, unsure where the answers leave it open.
func (o *Oracle) seatIn(a *transitAttachment, z *zone) (seat, verdict) {
	seats, told := o.seats(a)
	if !told || z == nil {
		return seat{}, unsure
	}
	best := deny
	for _, s := range seats {
		switch z.same(s.zone) {
		case allow:
			if len(s.others) > 0 {
				return s, unsure
			}
			return s, allow
		case unsure:
			best = unsure
		}
	}
	return seat{}, best
}

// entryZone returns the zone by which packets of a subnet's zone enter a transit gateway: a Local Zone stands for its parent
// (TGW-9, D-202). Nil: not known.
func (o *Oracle) entryZone(a *transitAttachment, z *zone) *zone {
	if !z.local() {
		return z
	}
	if _, v := o.seatIn(a, z); v == allow {
		return z
	}
	parent := o.parentZone[z.id]
	if parent == "" {
		return nil
	}
	return &zone{id: parent, part: z.part}
}
