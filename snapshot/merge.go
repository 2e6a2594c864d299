package snapshot

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// Merged is one resource as the whole snapshot knows it: several accounts may each have a copy of what
// they share.
type Merged[T any] struct {
	Record *T    // the copy to go by; points into Part
	Part   *Part // where it came from

	// Conflict is true when another copy of equal standing says something else: what the resource is
	// like is then not known, and Record is only one opinion.
	Conflict bool
}

// Merge gathers a kind of record from all parts, one Merged per id, sorted by id (ACC-2). Of several copies the
// owner's counts (ACC-3: a consumer sees only part of a shared thing), then the one whose call op ended
// later; copies that are equal in both and differ are a Conflict. owner may be nil for records that
// do not name their owner. The copies are not changed.
//
// It sorts instead of building a map: with one part of 100,000 records it needs one slice.
func Merge[T any](s *Snapshot, op Operation, list func(*Part) []T, id, owner func(*T) string) []Merged[T] {
	n := 0
	for _, p := range s.Parts {
		n += len(list(p))
	}
	all := make([]Merged[T], 0, n)
	for _, p := range s.Parts {
		records := list(p)
		for i := range records {
			all = append(all, Merged[T]{Record: &records[i], Part: p})
		}
	}
	byID := func(a, b Merged[T]) int { return strings.Compare(id(a.Record), id(b.Record)) }
	if !slices.IsSortedFunc(all, byID) {
		slices.SortStableFunc(all, byID) // stable: copies stay in the order of their parts
	}
	out := all[:0]
	for len(all) > 0 {
		k := 1
		for k < len(all) && id(all[k].Record) == id(all[0].Record) {
			k++
		}
		out = append(out, choose(all[:k], op, owner))
		all = all[k:]
	}
	return out
}

// choose picks one of the copies of a record.
func choose[T any](copies []Merged[T], op Operation, owner func(*T) string) Merged[T] {
	best := copies[0]
	for _, c := range copies[1:] {
		if standing(&c, &best, op, owner) > 0 {
			best = c
		}
	}
	for _, c := range copies {
		// A second pass, because standing is no total order: a copy without time is neither
		// before nor after any other.
		if standing(&c, &best, op, owner) == 0 && c.Record != best.Record {
			best.Conflict = best.Conflict || !reflect.DeepEqual(c.Record, best.Record)
		}
	}
	return best
}

// standing compares two copies: 1 where a goes before b, -1 where b goes before a.
func standing[T any](a, b *Merged[T], op Operation, owner func(*T) string) int {
	if owner != nil {
		x, y := owned(a, owner), owned(b, owner)
		if x != y {
			if x {
				return 1
			}
			return -1
		}
	}
	x, y := a.Part.taken(op), b.Part.taken(op)
	if x.IsZero() || y.IsZero() {
		return 0 // not known which is the later
	}
	return x.Compare(y)
}

// owned reports whether the copy was given to the account that owns the resource.
func owned[T any](m *Merged[T], owner func(*T) string) bool {
	return m.Part.Account != "" && owner(m.Record) == m.Part.Account
}

// taken is when the call op of the part ended, zero where that is not known. Of calls that are made once per
// object the last counts.
func (p *Part) taken(op Operation) time.Time {
	t := later(p.Calls[op].Start, p.Calls[op].End)
	for _, c := range p.Objects[op] {
		t = later(t, later(c.Start, c.End))
	}
	return t
}

// PartOf returns the part of an account's Region, nil where the snapshot has none.
func (s *Snapshot) PartOf(account, region string) *Part {
	for _, p := range s.Parts {
		if p.Account == account && p.Region == region {
			return p
		}
	}
	return nil
}

// VPCs returns every VPC of the snapshot, by id.
func (s *Snapshot) VPCs() []Merged[Vpc] {
	return Merge(s, DescribeVpcs, func(p *Part) []Vpc { return p.VPCs },
		func(v *Vpc) string { return v.VpcId }, func(v *Vpc) string { return v.OwnerId })
}

// Subnets returns every subnet, by id.
func (s *Snapshot) Subnets() []Merged[Subnet] {
	return Merge(s, DescribeSubnets, func(p *Part) []Subnet { return p.Subnets },
		func(v *Subnet) string { return v.SubnetId }, func(v *Subnet) string { return v.OwnerId })
}

// RouteTables returns every VPC route table, by id.
func (s *Snapshot) RouteTables() []Merged[RouteTable] {
	return Merge(s, DescribeRouteTables, func(p *Part) []RouteTable { return p.RouteTables },
		func(v *RouteTable) string { return v.RouteTableId }, func(v *RouteTable) string { return v.OwnerId })
}

// SecurityGroups returns every security group, by id.
func (s *Snapshot) SecurityGroups() []Merged[SecurityGroup] {
	return Merge(s, DescribeSecurityGroups, func(p *Part) []SecurityGroup { return p.SecurityGroups },
		func(v *SecurityGroup) string { return v.GroupId }, func(v *SecurityGroup) string { return v.OwnerId })
}

// SecurityGroupVpcAssociations returns every association of a group with a further VPC, by group and VPC.
func (s *Snapshot) SecurityGroupVpcAssociations() []Merged[SecurityGroupVpcAssociation] {
	return Merge(s, DescribeSecurityGroupVpcAssociations,
		func(p *Part) []SecurityGroupVpcAssociation { return p.SecurityGroupVpcAssociations },
		func(v *SecurityGroupVpcAssociation) string { return v.GroupId + " " + v.VpcId },
		func(v *SecurityGroupVpcAssociation) string { return v.GroupOwnerId })
}

// NetworkACLs returns every network ACL, by id.
func (s *Snapshot) NetworkACLs() []Merged[NetworkAcl] {
	return Merge(s, DescribeNetworkAcls, func(p *Part) []NetworkAcl { return p.NetworkACLs },
		func(v *NetworkAcl) string { return v.NetworkAclId }, func(v *NetworkAcl) string { return v.OwnerId })
}

// NetworkInterfaces returns every network interface, by id.
func (s *Snapshot) NetworkInterfaces() []Merged[NetworkInterface] {
	return Merge(s, DescribeNetworkInterfaces, func(p *Part) []NetworkInterface { return p.NetworkInterfaces },
		func(v *NetworkInterface) string { return v.NetworkInterfaceId },
		func(v *NetworkInterface) string { return v.OwnerId })
}

// Instances returns every instance, by id.
func (s *Snapshot) Instances() []Merged[Instance] {
	return Merge(s, DescribeInstances, func(p *Part) []Instance { return p.Instances },
		func(v *Instance) string { return v.InstanceId }, func(v *Instance) string { return v.OwnerId })
}

// Addresses returns every Elastic IP address, by allocation id, or by address where it has none.
func (s *Snapshot) Addresses() []Merged[Address] {
	return Merge(s, DescribeAddresses, func(p *Part) []Address { return p.Addresses }, addressID, nil)
}

// InternetGateways returns every internet gateway, by id.
func (s *Snapshot) InternetGateways() []Merged[InternetGateway] {
	return Merge(s, DescribeInternetGateways, func(p *Part) []InternetGateway { return p.InternetGateways },
		func(v *InternetGateway) string { return v.InternetGatewayId },
		func(v *InternetGateway) string { return v.OwnerId })
}

// NATGateways returns every NAT gateway, by id.
func (s *Snapshot) NATGateways() []Merged[NatGateway] {
	return Merge(s, DescribeNatGateways, func(p *Part) []NatGateway { return p.NATGateways },
		func(v *NatGateway) string { return v.NatGatewayId }, nil)
}

// PeeringConnections returns every VPC peering connection, by id. Both sides own it, so that their copies are of
// equal standing.
func (s *Snapshot) PeeringConnections() []Merged[VpcPeeringConnection] {
	return Merge(s, DescribeVpcPeeringConnections,
		func(p *Part) []VpcPeeringConnection { return p.PeeringConnections },
		func(v *VpcPeeringConnection) string { return v.VpcPeeringConnectionId }, nil)
}

// PrefixLists returns every list of describe-prefix-lists, by id.
func (s *Snapshot) PrefixLists() []Merged[PrefixList] {
	return Merge(s, DescribePrefixLists, func(p *Part) []PrefixList { return p.PrefixLists },
		func(v *PrefixList) string { return v.PrefixListId }, nil)
}

// ManagedPrefixLists returns every managed prefix list, by id, without its entries.
func (s *Snapshot) ManagedPrefixLists() []Merged[ManagedPrefixList] {
	return Merge(s, DescribeManagedPrefixLists, func(p *Part) []ManagedPrefixList { return p.ManagedPrefixLists },
		func(v *ManagedPrefixList) string { return v.PrefixListId },
		func(v *ManagedPrefixList) string { return v.OwnerId })
}

// Named returns every resource that is known by name only, by id. Its copies never conflict: nothing is decided
// by what they say.
func (s *Snapshot) Named() []Merged[NamedResource] {
	out := Merge(s, "", func(p *Part) []NamedResource { return p.Named },
		func(v *NamedResource) string { return v.ID }, func(v *NamedResource) string { return v.OwnerId })
	for i := range out {
		out[i].Conflict = false
	}
	return out
}
