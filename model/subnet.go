package model

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// Subnet is a subnet, or the mere name of one.
type Subnet struct {
	record
	ID     string
	Record *snapshot.Subnet // nil where not known
	VPC    int32            // -1 where not known
	Blocks []netip.Prefix   // IPv4 and IPv6 blocks

	Inside packet.Set // packets to Blocks

	Zone int32 // into Network.Zones; UnknownZone where no answer tells

	RouteTable int32 // explicitly associated table; -1 for none
	ACL        int32 // associated ACL; -1 where no answer names one
	Interfaces []int32

	twoTables, twoACLs bool // bad data: several claim the subnet
}

func init() {
	identifiers[KindSubnet] = func(n *Network, i int32) string { return n.Subnets[i].ID }
	describers[KindSubnet] = func(n *Network, i int32) Resource {
		s := &n.Subnets[i]
		if s.Record == nil {
			return resourceOf(KindSubnet, s.ID, "", s.part, nil)
		}
		return resourceOf(KindSubnet, s.ID, s.Record.OwnerId, s.part, s.Record.Tags)
	}
	taggers[KindSubnet] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.Subnets[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) subnets() {
	for _, m := range b.n.Snapshot.Subnets() {
		i := b.subnet(m.Record.SubnetId, m.Part)
		s := &b.n.Subnets[i]
		s.Record, s.record = m.Record, record{m.Part, true, m.Conflict}
		s.VPC = b.vpc(m.Record.VpcId, b.ownersPart(m.Record.OwnerId, m.Part)) // a VPC's subnets are its owner's (SVPC-1)
		s.Blocks = subnetBlocks(m.Record)
	}
}

// subnet returns the subnet of that id, naming it if no record did. An empty id gives -1.
func (b *builder) subnet(id string, part *snapshot.Part) int32 {
	if id == "" {
		return -1
	}
	if i, ok := b.find(KindSubnet, id); ok {
		return i
	}
	i := b.add(KindSubnet, id, len(b.n.Subnets))
	b.n.Subnets = append(b.n.Subnets, Subnet{record: record{part: part}, ID: id, VPC: -1, Zone: UnknownZone, RouteTable: -1, ACL: -1})
	return i
}

// subnetsNamed are the subnets of some ids, each once, in order of id.
func (b *builder) subnetsNamed(ids []string, part *snapshot.Part) []int32 {
	var out []int32
	for _, id := range sortedUnique(slices.Clone(ids)) {
		if k := b.subnet(id, part); k >= 0 {
			out = append(out, k)
		}
	}
	return out
}

func subnetBlocks(r *snapshot.Subnet) []netip.Prefix {
	var blocks []netip.Prefix
	if r.CidrBlock.IsValid() {
		blocks = append(blocks, r.CidrBlock.Masked())
	}
	return append(blocks, ipv6Blocks(r.Ipv6CidrBlockAssociationSet)...)
}

// Missing says what is missing where the subnet's record cannot be used.
func (s *Subnet) Missing() *Missing { return s.missing(snapshot.DescribeSubnets, s.ID) }

// Holds says whether a is in one of the subnet's blocks.
func (s *Subnet) Holds(a netip.Addr) bool {
	return slices.ContainsFunc(s.Blocks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Available says whether the subnet carries traffic (VPC-7); no state means it does.
func (s *Subnet) Available() bool {
	return s.Record == nil || s.Record.State == "" || s.Record.State == "available"
}

// BlockPublicAccess returns the subnet's VPC Block Public Access mode and whether the answer has the field (D-56).
func (s *Subnet) BlockPublicAccess() (mode string, stated bool) {
	if s.Record == nil || s.Record.BlockPublicAccessStates == nil {
		return "off", false
	}
	return s.Record.BlockPublicAccessStates.InternetGatewayBlockMode, true
}
