package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Interface is a network interface, or the mere name of one.
type Interface struct {
	record
	ID       string
	Record   *snapshot.NetworkInterface // nil where not known
	VPC      int32                      // -1 where not known
	Subnet   int32                      // -1 where not known
	Instance int32                      // -1 for none
	Groups   []int32                    // in order of id
	NAT      int32                      // the NAT gateway whose interface this is; -1 for none
	Endpoint int32                      // the VPC endpoint whose interface this is; -1 for none
	Connect  int32                      // the EC2 Instance Connect Endpoint whose interface this is; -1 for none

	// Addresses are the private IPv4 addresses, primary first, then the IPv6 addresses (ENI-1).
	Addresses []netip.Addr
	// Prefixes are the delegated prefixes, every address of which the interface owns (ENI-1).
	Prefixes []netip.Prefix
	// Public are the public IPv4 addresses mapped to the interface, in order of public address (ENI-2).
	Public []PublicMapping
	// Carrier are the carrier addresses mapped to the interface, likewise; Public is the carrier address (CAGW-1).
	Carrier []PublicMapping
}

func init() {
	identifiers[KindInterface] = func(n *Network, i int32) string { return n.Interfaces[i].ID }
	describers[KindInterface] = func(n *Network, i int32) Resource {
		e := &n.Interfaces[i]
		if e.Record == nil {
			return resourceOf(KindInterface, e.ID, "", e.part, nil)
		}
		return resourceOf(KindInterface, e.ID, e.Record.OwnerId, e.part, e.Record.TagSet)
	}
	taggers[KindInterface] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.Interfaces[i].Record; r != nil {
			return r.TagSet
		}
		return nil
	}
}

func (b *builder) interfaces() {
	merged := b.n.Snapshot.NetworkInterfaces()
	b.n.Interfaces = slices.Grow(b.n.Interfaces, len(merged))
	for _, m := range merged {
		i := b.netInterface(m.Record.NetworkInterfaceId, m.Part)
		e := &b.n.Interfaces[i]
		e.Record, e.record = m.Record, record{m.Part, true, m.Conflict}
		b.fillInterface(i, m.Record, m.Part)
	}
	for i := range b.n.Instances {
		b.orderInterfaces(&b.n.Instances[i])
	}
}

func (b *builder) fillInterface(i int32, r *snapshot.NetworkInterface, part *snapshot.Part) {
	e := &b.n.Interfaces[i]
	e.VPC = b.vpc(r.VpcId, part)
	e.Subnet = b.subnet(r.SubnetId, part)
	s := &b.n.Subnets[e.Subnet]
	s.Interfaces = append(s.Interfaces, i)
	if s.VPC < 0 {
		s.VPC = e.VPC
	}
	if r.Attachment != nil {
		e.Instance = b.instance(r.Attachment.InstanceId, b.ownersPart(r.Attachment.InstanceOwnerId, part)) // SVPC-1
		if e.Instance >= 0 {
			b.n.Instances[e.Instance].Interfaces = append(b.n.Instances[e.Instance].Interfaces, i)
		}
	}
	for _, g := range r.Groups {
		k := b.securityGroup(g.GroupId, part)
		e.Groups = append(e.Groups, k)
		b.n.SecurityGroups[k].Members = append(b.n.SecurityGroups[k].Members, i)
	}
	slices.SortFunc(e.Groups, func(x, y int32) int {
		return strings.Compare(b.n.SecurityGroups[x].ID, b.n.SecurityGroups[y].ID)
	})
	e.Addresses, e.Prefixes = ownedAddresses(r)
}

// netInterface returns the interface of that id, naming it if no record did. An empty id gives -1.
func (b *builder) netInterface(id string, part *snapshot.Part) int32 {
	if id == "" {
		return -1
	}
	if i, ok := b.find(KindInterface, id); ok {
		return i
	}
	i := b.add(KindInterface, id, len(b.n.Interfaces))
	b.n.Interfaces = append(b.n.Interfaces, Interface{record: record{part: part}, ID: id, VPC: -1, Subnet: -1, Instance: -1, NAT: -1, Endpoint: -1, Connect: -1})
	return i
}

// orderInterfaces sorts an instance's interfaces as a person counts them: by device index, then id.
func (b *builder) orderInterfaces(s *Instance) {
	slices.SortFunc(s.Interfaces, func(x, y int32) int {
		p, q := &b.n.Interfaces[x], &b.n.Interfaces[y]
		return cmp.Or(cmp.Compare(p.Record.Attachment.DeviceIndex, q.Record.Attachment.DeviceIndex), cmp.Compare(p.ID, q.ID))
	})
}

// ownedAddresses implements ENI-1.
func ownedAddresses(r *snapshot.NetworkInterface) (addrs []netip.Addr, prefixes []netip.Prefix) {
	add := func(a netip.Addr) {
		if a.IsValid() && !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
	}
	add(r.PrivateIpAddress)
	for _, p := range r.PrivateIpAddresses {
		add(p.PrivateIpAddress)
	}
	for _, p := range r.Ipv6Addresses {
		add(p.Ipv6Address)
	}
	for _, p := range r.Ipv4Prefixes {
		if p.Ipv4Prefix.IsValid() {
			prefixes = append(prefixes, p.Ipv4Prefix.Masked())
		}
	}
	for _, p := range r.Ipv6Prefixes {
		if p.Ipv6Prefix.IsValid() {
			prefixes = append(prefixes, p.Ipv6Prefix.Masked())
		}
	}
	return addrs, prefixes
}

// Missing says what is missing where the interface's record cannot be used.
func (e *Interface) Missing() *Missing {
	return e.missing(snapshot.DescribeNetworkInterfaces, e.ID)
}

// OwnPrefixes is everything the interface owns, as prefixes.
func (e *Interface) OwnPrefixes() []netip.Prefix {
	all := make([]netip.Prefix, 0, len(e.Addresses)+len(e.Prefixes))
	for _, a := range e.Addresses {
		all = append(all, netip.PrefixFrom(a, a.BitLen()))
	}
	return append(all, e.Prefixes...)
}

// Attached is the state of an interface's attachment.
type Attached uint8

// The states of an attachment (D-11).
const (
	AttachedLive Attached = iota // attached, or the answer does not say otherwise
	Unattached                   // nothing is attached to it
	AttachedBad                  // attaching, detaching or detached
)

// Attachment returns the state of the interface's attachment and the word AWS uses for it.
func (e *Interface) Attachment() (Attached, string) {
	r := e.Record
	if r.Attachment != nil && r.Attachment.Status != "" && r.Attachment.Status != "attached" {
		return AttachedBad, r.Attachment.Status
	}
	if r.Status == "available" {
		return Unattached, r.Status
	}
	return AttachedLive, cmp.Or(r.Status, "in-use")
}

// LiveForGateways says whether internet gateways serve the interface (ENI-6, D-11): what the record tells of it is in use and
// attached.
func (e *Interface) LiveForGateways() bool {
	attached, status := e.Attachment()
	return attached == AttachedLive && status == "in-use"
}

// PublicPrimary says whether the interface's first private address has a public one.
func (e *Interface) PublicPrimary() bool {
	return slices.ContainsFunc(e.Public, func(m PublicMapping) bool { return slices.Index(e.Addresses, m.Private) == 0 })
}

// SourceDestCheck says whether the check is on; a record that does not say has it on, as AWS's default is (ENI-3).
func (e *Interface) SourceDestCheck() bool {
	return e.Record == nil || e.Record.SourceDestCheck == nil || *e.Record.SourceDestCheck
}

// ownTrafficOnly are types of service-managed interfaces that send nothing but their own packets, whatever the check says
// (ENI-5).
var ownTrafficOnly = map[string]bool{
	"load_balancer": true, "network_load_balancer": true, "gateway_load_balancer": true, "vpc_endpoint": true, "lambda": true,
	"quicksight": true, "global_accelerator_managed": true, "api_gateway_managed": true, "iot_rules_managed": true,
	"aws_codestar_connections_managed": true, "ec2_instance_connect_endpoint": true, "efs": true, "evs": true,
}

// forwardingTypes are service-managed types that may forward (ENI-5).
var forwardingTypes = map[string]bool{
	"natGateway": true, "nat_gateway": true, "gateway_load_balancer_endpoint": true, "transit_gateway": true,
}

// Forwards says whether the interface may send packets that are not its own (ENI-3, ENI-5).
func (e *Interface) Forwards() bool {
	if e.SourceDestCheck() || e.Record == nil || ownTrafficOnly[e.Record.InterfaceType] {
		return false
	}
	return forwardingTypes[e.Record.InterfaceType] || !e.Record.RequesterManaged
}

// unfilteredTypes are the interface types that no security group filters (SG-27, D-20).
var unfilteredTypes = map[string]bool{
	"natGateway": true, "nat_gateway": true, "transit_gateway": true,
	"gateway_load_balancer": true, "gateway_load_balancer_endpoint": true,
	"network_load_balancer": true, // SG-28: one without groups admits all
}

// Unfiltered says whether an empty list of groups means "no filter" rather than "deny" (SG-27).
func (e *Interface) Unfiltered() bool {
	return e.Record != nil && len(e.Groups) == 0 && unfilteredTypes[e.Record.InterfaceType]
}

// GroupsListed says whether the record lists groups at all; a record without the list may have any.
func (e *Interface) GroupsListed() bool { return e.Record == nil || e.Record.Groups != nil }

// Branch says whether the interface is a branch of a trunk (ENI-10).
func (e *Interface) Branch() bool { return e.Record != nil && e.Record.InterfaceType == "branch" }
