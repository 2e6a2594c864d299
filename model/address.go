package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// owner is one address that an interface of a VPC owns.
type owner struct {
	vpc   int32
	iface int32
	addr  netip.Addr
}

// PublicMapping is a public IPv4 address that an internet gateway translates to a private one (ENI-2, D-54).
type PublicMapping struct {
	Public    netip.Addr
	Private   netip.Addr
	Interface int32 // -1 where no answer describes the interface
	NAT       int32 // then: the NAT gateway, if it is one's address; -1 otherwise
}

// relations fills what follows from several kinds of records: owners of addresses, edge tables.
func (b *builder) relations() {
	n := b.n
	for i := range n.Interfaces {
		e := &n.Interfaces[i]
		for _, a := range e.Addresses {
			n.owners = append(n.owners, owner{e.VPC, int32(i), a})
		}
		if len(e.Prefixes) > 0 {
			n.VPCs[e.VPC].delegated = append(n.VPCs[e.VPC].delegated, int32(i))
		}
	}
	slices.SortFunc(n.owners, compareOwners)
	for i := range n.Subnets {
		if v := n.Subnets[i].VPC; v >= 0 {
			n.VPCs[v].Subnets = append(n.VPCs[v].Subnets, int32(i))
		}
	}
	b.edgeTables()
}

// compile makes packet sets and look-up tables of rules.
func (b *builder) compile() {
	for i := range b.n.Subnets {
		b.n.Subnets[i].Inside = b.n.pool.Destinations(b.n.Subnets[i].Blocks...)
	}
	for i := range b.n.VPCs {
		v := &b.n.VPCs[i]
		v.Inside = b.n.pool.Destinations(v.Blocks...)
		v.Services = b.n.pool.Destinations(b.n.services(int32(i))...)
	}
	b.compileGroups()
	b.compileACLs()
	b.compileTables()
	b.compileTransit()
	b.compileCore()
}

// publicMappings implements D-54.
func (b *builder) publicMappings() {
	n := b.n
	add := func(i, nat int32, private, public netip.Addr) {
		if private.IsValid() && public.IsValid() {
			n.public = append(n.public, PublicMapping{public, private, i, nat})
		}
	}
	for i := range n.Interfaces {
		r := n.Interfaces[i].Record
		if r == nil {
			continue
		}
		listed := false
		for _, p := range r.PrivateIpAddresses {
			if p.Association != nil {
				add(int32(i), -1, p.PrivateIpAddress, p.Association.PublicIp)
				listed = listed || p.PrivateIpAddress == r.PrivateIpAddress
			}
		}
		if !listed && r.Association != nil {
			add(int32(i), -1, r.PrivateIpAddress, r.Association.PublicIp)
		}
	}
	for _, part := range n.Snapshot.Parts {
		for _, a := range part.Addresses {
			if k := b.described(a.NetworkInterfaceId); k >= 0 {
				add(k, -1, a.PrivateIpAddress, a.PublicIp)
			} else if !b.natTells(a.PublicIp, a.PrivateIpAddress) {
				add(-1, -1, a.PrivateIpAddress, a.PublicIp)
			}
		}
	}
	for i := range n.NATGateways {
		for _, a := range n.NATGateways[i].Working() {
			if k := b.described(a.NetworkInterfaceId); k >= 0 && a.PrivateIp.IsValid() {
				add(k, -1, a.PrivateIp, a.PublicIp)
			} else {
				add(-1, int32(i), n.NATGateways[i].Address(a), a.PublicIp)
			}
		}
	}
	b.indexPublic()
	b.carrierMappings()
}

// described returns the interface of that id, -1 where no answer describes it.
func (b *builder) described(id string) int32 {
	k, _ := b.find(KindInterface, id)
	if k >= 0 && b.n.Interfaces[k].Record == nil { // named by a route
		return -1
	}
	return k
}

// natTells says whether the record of a NAT gateway has the same mapping.
func (b *builder) natTells(public, private netip.Addr) bool {
	for i := range b.n.NATGateways {
		for _, a := range b.n.NATGateways[i].Working() {
			if a.PublicIp == public && a.PrivateIp == private {
				return true
			}
		}
	}
	return false
}

func (b *builder) indexPublic() {
	n := b.n
	slices.SortFunc(n.public, func(x, y PublicMapping) int {
		return cmp.Or(x.Public.Compare(y.Public), cmp.Compare(x.Interface, y.Interface), x.Private.Compare(y.Private))
	})
	n.public = slices.Compact(n.public)
	for _, m := range n.public {
		if m.Interface >= 0 {
			e := &n.Interfaces[m.Interface]
			e.Public = append(e.Public, m)
		}
	}
}

// OwnersOf returns the interfaces of the VPC that own a, lowest id first; more than one is bad data.
func (n *Network) OwnersOf(vpc int32, a netip.Addr) []int32 {
	out := n.ownersBetween(vpc, a, a)
	slices.SortFunc(out, func(x, y int32) int { return strings.Compare(n.Interfaces[x].ID, n.Interfaces[y].ID) })
	return slices.Compact(out)
}

// OwnersWithin returns the interfaces of the VPC that own some address of the set, in order of address, each once.
func (n *Network) OwnersWithin(vpc int32, addrs packet.Addresses) []int32 {
	var out []int32
	seen := make(map[int32]bool)
	add := func(k int32) {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	for lo, hi := range addrs.Ranges() {
		for _, k := range n.ownersBetween(vpc, lo, hi) {
			add(k)
		}
	}
	return out
}

// ownersBetween returns the interfaces of the VPC that own some address from lo to hi; one can come more than once.
func (n *Network) ownersBetween(vpc int32, lo, hi netip.Addr) []int32 {
	var out []int32
	i, _ := slices.BinarySearchFunc(n.owners, owner{vpc: vpc, addr: lo, iface: -1}, compareOwners)
	for ; i < len(n.owners) && n.owners[i].vpc == vpc && n.owners[i].addr.Compare(hi) <= 0; i++ {
		out = append(out, n.owners[i].iface)
	}
	if vpc < 0 {
		return out
	}
	for _, k := range n.VPCs[vpc].delegated {
		for _, p := range n.Interfaces[k].Prefixes {
			if first, last := firstLast(p); first.BitLen() == lo.BitLen() && first.Compare(hi) <= 0 && lo.Compare(last) <= 0 {
				out = append(out, k)
			}
		}
	}
	return out
}

func compareOwners(x, y owner) int {
	return cmp.Or(cmp.Compare(x.vpc, y.vpc), x.addr.Compare(y.addr), cmp.Compare(x.iface, y.iface))
}

// HidesMappings says whether public addresses may be mapped into the interface's delegated prefixes that only
// describe-addresses would tell of (ENI-2).
func (n *Network) HidesMappings(iface int32) *Missing {
	e := &n.Interfaces[iface]
	if complete(e.part, snapshot.DescribeAddresses) || !slices.ContainsFunc(e.Prefixes, func(p netip.Prefix) bool { return p.Addr().Is4() }) {
		return nil
	}
	return missingCall(e.part, snapshot.DescribeAddresses, "public addresses of "+e.ID)
}

// Delegates are the interfaces of the VPC with delegated prefixes.
func (n *Network) Delegates(vpc int32) []int32 { return n.VPCs[vpc].delegated }

// PublicOwners returns the mappings of a public IPv4 address; more than one is bad data (D-54).
func (n *Network) PublicOwners(a netip.Addr) []PublicMapping {
	i, _ := slices.BinarySearchFunc(n.public, a, func(m PublicMapping, a netip.Addr) int { return m.Public.Compare(a) })
	k := i
	for k < len(n.public) && n.public[k].Public == a {
		k++
	}
	return n.public[i:k]
}

// PublicWithin returns the mappings of the public addresses in the set, in order of public address.
func (n *Network) PublicWithin(addrs packet.Addresses) []PublicMapping {
	var out []PublicMapping
	for lo, hi := range addrs.Ranges() {
		i, _ := slices.BinarySearchFunc(n.public, lo, func(m PublicMapping, a netip.Addr) int { return m.Public.Compare(a) })
		for ; i < len(n.public) && n.public[i].Public.Compare(hi) <= 0; i++ {
			out = append(out, n.public[i])
		}
	}
	return out
}

// UnreadInterfaces says what is missing where not every interface of the VPC is known (D-14); nil where all are.
func (n *Network) UnreadInterfaces(vpc int32) *Missing {
	return n.unreadByOwner(vpc, snapshot.DescribeNetworkInterfaces, "interfaces of ", n.VPCs[vpc].ID)
}

// UnreadNATs says what is missing where not every NAT gateway of the VPC is known; nil where all are.
func (n *Network) UnreadNATs(vpc int32) *Missing {
	return n.unreadByOwner(vpc, snapshot.DescribeNatGateways, "NAT gateways of ", n.VPCs[vpc].ID)
}

// UnreadOwner says what is missing to tell who has an address that nothing in the snapshot has: an interface or a peering that no answer holds.
func (n *Network) UnreadOwner(address string) *Missing {
	for _, call := range []snapshot.Operation{snapshot.DescribeNetworkInterfaces, snapshot.DescribeVpcPeeringConnections} {
		for _, part := range n.Snapshot.Parts {
			if !complete(part, call) {
				return missingCall(part, call, "owner of "+address)
			}
		}
	}
	return &Missing{What: address, Why: NotHeld, Detail: "no interface of the snapshot owns the address"}
}

// unreadMapping describes the interface that a public address is mapped to and that no answer describes.
func (n *Network) unreadMapping(public string) *Missing {
	what := "interface of " + public
	for _, part := range n.Snapshot.Parts {
		if !complete(part, snapshot.DescribeNetworkInterfaces) {
			return missingCall(part, snapshot.DescribeNetworkInterfaces, what)
		}
	}
	return &Missing{What: what, Call: snapshot.DescribeNetworkInterfaces, Why: NotHeld}
}

// UnreadAnywhere says what is missing where some part of the snapshot may hide an interface with a public address; nil where none
// does. IPv4 addresses may also be mapped into delegated prefixes (ENI-2).
func (n *Network) UnreadAnywhere(ipv4 bool) *Missing {
	for _, part := range n.Snapshot.Parts {
		if !complete(part, snapshot.DescribeNetworkInterfaces) {
			return missingCall(part, snapshot.DescribeNetworkInterfaces, "interfaces with public addresses")
		}
	}
	for v := range n.VPCs {
		if m := n.UnreadInterfaces(int32(v)); m != nil && n.VPCs[v].Known() { // a shared VPC, without its owner's answers
			return m
		}
		for _, i := range n.VPCs[v].delegated {
			if m := n.HidesMappings(i); m != nil && ipv4 {
				return m
			}
		}
	}
	return nil
}

// UnreadPeerings says what is missing where not every peering of the VPC is known (D-27); nil where all are.
func (n *Network) UnreadPeerings(vpc int32) *Missing {
	return n.unreadByOwner(vpc, snapshot.DescribeVpcPeeringConnections, "peerings of ", n.VPCs[vpc].ID)
}

// UnreadGateways says what is missing where not every internet gateway of the VPC is known; nil where all are.
func (n *Network) UnreadGateways(vpc int32) *Missing {
	v := &n.VPCs[vpc]
	if complete(v.part, snapshot.DescribeInternetGateways) {
		return nil
	}
	return missingCall(v.part, snapshot.DescribeInternetGateways, "internet gateway of "+v.ID)
}

// Present says whether the snapshot holds anything of the VPC but its name: a record, a subnet or an interface (D-72).
func (n *Network) Present(vpc int32) bool {
	v := &n.VPCs[vpc]
	return v.Record != nil || len(v.Subnets) > 0
}

// MissingVPC describes a VPC that other records name and no answer holds.
func (n *Network) MissingVPC(vpc int32) *Missing {
	v := &n.VPCs[vpc]
	return missingCall(v.part, snapshot.DescribeVpcs, v.ID)
}
