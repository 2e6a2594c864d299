package model

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// VPC is a VPC, or the mere name of one (Known is false) that another record mentions.
type VPC struct {
	record
	ID     string
	Record *snapshot.Vpc // nil where not known

	// Blocks are the IPv4 and IPv6 blocks that the local routes serve (VPC-1): associated ones only.
	Blocks []netip.Prefix
	Inside packet.Set // packets to Blocks
	// Services is packets to what every VPC offers at special addresses: link-local services (RT-15) and the resolver (SP-2). Where
	// the VPC is not known, to what may be the resolver.
	Services packet.Set

	Subnets            []int32
	MainTable          int32   // -1 where no table says it is main
	InternetGateways   []int32 // gateways with an attachment to this VPC, whatever its state
	NATGateways        []int32
	EgressOnlyGateways []int32 // with an attachment to this VPC, whatever its state
	CarrierGateways    []int32
	VPNGateways        []int32 // with an attachment to this VPC, whatever its state
	Peerings           []int32
	DefaultACL         int32 // -1 where no answer names one

	Unsure    []OwnerUnsure
	delegated []int32 // interfaces with delegated prefixes

	twoMainTables, twoDefaultACLs bool // bad data

	byParticipant bool // only answers of a participant tell of it (SVPC-2)

	unnamedGateway int32

	Encrypted bool // its encryption control is in mode enforce (VEC-2)
	dns       dnsSupport
}

func init() {
	identifiers[KindVPC] = func(n *Network, i int32) string { return n.VPCs[i].ID }
	describers[KindVPC] = func(n *Network, i int32) Resource {
		v := &n.VPCs[i]
		if v.Record == nil {
			return resourceOf(KindVPC, v.ID, "", v.part, nil)
		}
		return resourceOf(KindVPC, v.ID, v.Record.OwnerId, v.part, v.Record.Tags)
	}
	taggers[KindVPC] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.VPCs[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) vpcs() {
	for _, m := range b.n.Snapshot.VPCs() {
		i := b.vpc(m.Record.VpcId, m.Part)
		v := &b.n.VPCs[i]
		v.Record, v.record = m.Record, record{m.Part, true, m.Conflict}
		v.Blocks = vpcBlocks(m.Record)
	}
}

// vpc returns the VPC of that id, naming it if no record did. An empty id gives -1.
func (b *builder) vpc(id string, part *snapshot.Part) int32 {
	if id == "" {
		return -1
	}
	if i, ok := b.find(KindVPC, id); ok {
		return i
	}
	i := b.add(KindVPC, id, len(b.n.VPCs))
	b.n.VPCs = append(b.n.VPCs, VPC{record: record{part: part}, ID: id, MainTable: -1, DefaultACL: -1})
	return i
}

// vpcBlocks implements VPC-1: every associated block, and the primary one only as far as the list does not say
// otherwise (old answers have no list).
func vpcBlocks(r *snapshot.Vpc) []netip.Prefix {
	var blocks []netip.Prefix
	for _, a := range r.CidrBlockAssociationSet {
		if associated(a.CidrBlockState.State) && a.CidrBlock.IsValid() {
			blocks = append(blocks, a.CidrBlock.Masked())
		}
	}
	if r.CidrBlockAssociationSet == nil && r.CidrBlock.IsValid() {
		blocks = append(blocks, r.CidrBlock.Masked())
	}
	return append(blocks, ipv6Blocks(r.Ipv6CidrBlockAssociationSet)...)
}

// ipv6Blocks are the associated IPv6 blocks of a VPC or subnet.
func ipv6Blocks(list []snapshot.VpcIpv6Association) []netip.Prefix {
	var blocks []netip.Prefix
	for _, a := range list {
		if associated(a.Ipv6CidrBlockState.State) && a.Ipv6CidrBlock.IsValid() {
			blocks = append(blocks, a.Ipv6CidrBlock.Masked())
		}
	}
	return blocks
}

// associated says whether a block, an association or an address with that state works; no state means it does.
func associated(state string) bool { return state == "" || state == "associated" }

// Missing says what is missing where the VPC's record cannot be used.
func (v *VPC) Missing() *Missing { return v.missing(snapshot.DescribeVpcs, v.ID) }

// Holds says whether a is in one of the VPC's blocks.
func (v *VPC) Holds(a netip.Addr) bool {
	return slices.ContainsFunc(v.Blocks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// PublicIPv6 says whether an IPv6 address can be used on the internet (VPC-4, D-52): it is in an associated block of the VPC
// that is not private, in no private block of the subnet, and not unique local. Of a VPC that is not known only the last can be told.
func (n *Network) PublicIPv6(vpc, subnet int32, a netip.Addr) bool {
	if a.IsPrivate() {
		return false
	}
	if n.Subnets[subnet].Record != nil {
		if in, public := blockOf(n.Subnets[subnet].Record.Ipv6CidrBlockAssociationSet, a); in && !public {
			return false
		}
	}
	v := &n.VPCs[vpc]
	if v.Record == nil {
		return true
	}
	_, public := blockOf(v.Record.Ipv6CidrBlockAssociationSet, a)
	return public
}

// blockOf says whether a is in an associated block, and in one that is not private.
func blockOf(blocks []snapshot.VpcIpv6Association, a netip.Addr) (in, public bool) {
	for _, b := range blocks {
		if associated(b.Ipv6CidrBlockState.State) && b.Ipv6CidrBlock.Contains(a) {
			in = true
			public = public || b.Ipv6AddressAttribute != "private"
		}
	}
	return in, public
}

// BlockPublicAccess returns the VPC Block Public Access mode and whether the answer has the field at all (D-56).
func (v *VPC) BlockPublicAccess() (mode string, stated bool) {
	if v.Record == nil || v.Record.BlockPublicAccessStates == nil {
		return "off", false
	}
	return v.Record.BlockPublicAccessStates.InternetGatewayBlockMode, true
}

// Available says whether the VPC carries traffic (VPC-7); no state means it does.
func (v *VPC) Available() bool {
	return v.Record == nil || v.Record.State == "" || v.Record.State == "available"
}
