package model

import "github.com/vpcreach/vpcreach/snapshot"

// VPCAttachment is what attachments of VPCs to transit gateways and to core networks have in common: an interface in the VPC for each zone (TGW-5,
// CWAN-7).
type VPCAttachment struct {
	ID        string
	VPC       int32
	Subnets   []int32 // in order of id
	Told      bool    // the answers tell which they are
	Appliance bool    // ApplianceModeSupport, as far as the answers tell
}

// attached and subnetsMissing are filled by the file of each kind of attachment.
var (
	attached       [numKinds]func(*Network, int32) VPCAttachment
	subnetsMissing [numKinds]func(*Network, int32) *Missing
)

// VPCAttachment is what an attachment is in its VPC.
func (n *Network) VPCAttachment(at Ref) VPCAttachment { return attached[at.Kind](n, at.Index) }

// SubnetsMissing describes an attachment whose subnets no answer tells.
func (n *Network) SubnetsMissing(at Ref) *Missing { return subnetsMissing[at.Kind](n, at.Index) }

// SubnetIn finds the attachment's subnet of a zone; -1 for none, with what is missing to tell.
func (n *Network) SubnetIn(at Ref, zone int32) (subnet int32, missing *Missing) {
	a := n.VPCAttachment(at)
	subnet = -1
	if !a.Told {
		return -1, n.SubnetsMissing(at)
	}
	for _, k := range a.Subnets {
		same, known := n.SameZone(n.Subnets[k].Zone, zone)
		switch {
		case !known && missing == nil:
			missing = n.ZoneMissing(k)
		case same && subnet >= 0: // bad data (TGW-6)
			return -1, n.zoneTwice(at)
		case same:
			subnet = k
		}
	}
	if subnet >= 0 {
		return subnet, nil
	}
	return -1, missing
}

// SharesZone describes bad data: an attachment with two subnets of one zone, of which the given one is one (TGW-6). Nil where it is not so, or
// the zones are not known to be one.
func (n *Network) SharesZone(at Ref, subnet int32) *Missing {
	for _, k := range n.VPCAttachment(at).Subnets {
		if same, known := n.SameZone(n.Subnets[k].Zone, n.Subnets[subnet].Zone); k != subnet && same && known {
			return n.zoneTwice(at)
		}
	}
	return nil
}

func (n *Network) zoneTwice(at Ref) *Missing {
	m := n.SubnetsMissing(at)
	m.Why = Conflicting
	return m
}

// EntrySubnet finds the subnet by which packets that a subnet's table routes to a transit gateway or core network enter it (TGW-7 to TGW-9, D-202), and the
// zone they have from then on. Neither subnet nor missing: no zone serves them.
func (n *Network) EntrySubnet(at Ref, from int32) (subnet, zone int32, missing *Missing) {
	zone = n.Subnets[from].Zone
	if zone == UnknownZone {
		return -1, zone, n.ZoneMissing(from)
	}
	subnet, missing = n.SubnetIn(at, zone)
	z := &n.Zones[zone]
	if subnet >= 0 {
		return subnet, zone, nil
	}
	if z.Parent >= 0 {
		subnet, missing = n.SubnetIn(at, z.Parent)
		return subnet, z.Parent, missing
	}
	if z.Local() && missing == nil {
		missing = missingCall(n.Subnets[from].part, snapshot.DescribeAvailabilityZones, "parent of zone "+z.ID)
	}
	return -1, zone, missing
}
