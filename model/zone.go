package model

import (
	"cmp"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Availability Zones as transit gateways compare them (CONV-5, D-202): by id; where an answer has none, by name within one account,
// because every account has names of its own.

// Zone is one Availability Zone.
type Zone struct {
	ID      string // empty where only the name is known
	Name    string // only where ID is empty
	Account string // whose name it is
	Parent  int32  // the zone that a Local Zone hangs on; -1 where there is none or it is not known
}

// Local says whether the zone is a Local or Wavelength Zone, as far as its id tells.
func (z *Zone) Local() bool { return strings.Count(z.ID, "-") > 1 }

// Values of a zone that is no index into Network.Zones.
const (
	NoZone      int32 = -1 // packets that come from outside the VPCs have none
	UnknownZone int32 = -2 // no answer tells
)

type zoneName struct{ account, name string }

// zones numbers the zones of all subnets, and of the answers about zones.
func (b *builder) zones() {
	n := b.n
	ids := map[zoneName]string{}
	for _, part := range n.Snapshot.Parts {
		for i := range part.Subnets {
			if s := &part.Subnets[i]; s.AvailabilityZone != "" && s.AvailabilityZoneId != "" {
				ids[zoneName{part.Account, s.AvailabilityZone}] = s.AvailabilityZoneId
			}
		}
		for _, z := range part.AvailabilityZones {
			if z.ZoneName != "" && z.ZoneId != "" {
				ids[zoneName{part.Account, z.ZoneName}] = z.ZoneId
			}
		}
	}
	n.zoneNames = ids
	seen := map[Zone]int32{}
	zone := func(z Zone) int32 {
		z.Parent = NoZone
		i, ok := seen[z]
		if !ok {
			i = int32(len(n.Zones))
			seen[z] = i
			n.Zones = append(n.Zones, z)
		}
		return i
	}
	for i := range n.Subnets {
		s := &n.Subnets[i]
		s.Zone = UnknownZone
		switch r := s.Record; {
		case !s.Known():
		case r.AvailabilityZoneId != "":
			s.Zone = zone(Zone{ID: r.AvailabilityZoneId})
		case r.AvailabilityZone != "":
			if id := ids[zoneName{s.part.Account, r.AvailabilityZone}]; id != "" {
				s.Zone = zone(Zone{ID: id})
			} else {
				s.Zone = zone(Zone{Name: r.AvailabilityZone, Account: s.part.Account})
			}
		}
	}
	for _, part := range n.Snapshot.Parts {
		for _, z := range part.AvailabilityZones {
			if z.ParentZoneId != "" && z.ZoneId != "" {
				parent := zone(Zone{ID: z.ParentZoneId})
				n.Zones[zone(Zone{ID: z.ZoneId})].Parent = parent
			}
		}
	}
}

// SameZone compares two zones; known says whether the answers tell.
func (n *Network) SameZone(a, b int32) (same, known bool) {
	switch {
	case a == UnknownZone || b == UnknownZone:
		return false, false
	case a == b:
		return true, true
	case a < 0 || b < 0:
		return false, true
	}
	x, y := &n.Zones[a], &n.Zones[b]
	switch {
	case x.ID != "" && y.ID != "":
		return false, true
	case x.ID == "" && y.ID == "":
		return false, x.Account == y.Account
	case x.ID != "":
		x, y = y, x
	}
	for k, id := range n.zoneNames { // x is a name without id: not y, where its account calls y by another name
		if k.account == x.Account && id == y.ID {
			return false, true
		}
	}
	return false, false
}

// ZoneMissing describes a subnet whose zone no answer tells.
func (n *Network) ZoneMissing(subnet int32) *Missing {
	s := &n.Subnets[subnet]
	return cmp.Or(s.Missing(), missingCall(s.part, snapshot.DescribeSubnets, "zone of "+s.ID))
}

// UnreadSubnets says what is missing where not every subnet of the VPC is known; nil where all are.
func (n *Network) UnreadSubnets(vpc int32) *Missing {
	return n.unreadByOwner(vpc, snapshot.DescribeSubnets, "subnets of ", n.VPCs[vpc].ID)
}
