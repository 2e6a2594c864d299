package model

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Service is what AWS answers itself at a special address, to whoever stands in the VPC (SP-1 to SP-4).
type Service struct {
	Name      string
	Addresses []netip.Addr
	TCP, UDP  []uint16
}

// The services' names.
const (
	ResolverService = "the VPC's resolver"
	MetadataService = "the instance metadata service"
	TimeService     = "the time service"
)

// linkLocalServices never take part in routing (RT-15).
var linkLocalServices = []netip.Prefix{netip.MustParsePrefix("169.254.168.0/22"), netip.MustParsePrefix("fd00:ec2::/32")}

// Lattice is where clients of VPC Lattice send to (EP-32, D-178).
var Lattice = []netip.Prefix{netip.MustParsePrefix("169.254.171.0/24"), netip.MustParsePrefix("fd00:ec2:80::/64")}

// ServicesOf are the services of a VPC. Of a VPC that is not known the resolver has its link-local addresses only.
func (n *Network) ServicesOf(vpc int32) []Service {
	resolver := addrs("169.254.169.253", "fd00:ec2::253")
	if n.VPCs[vpc].Known() {
		resolver = append(resolver, n.Resolvers(vpc)...)
	}
	return []Service{
		{Name: ResolverService, Addresses: resolver, TCP: []uint16{53}, UDP: []uint16{53}},
		{Name: MetadataService, Addresses: addrs("169.254.169.254", "fd00:ec2::254"), TCP: []uint16{80}},
		{Name: TimeService, Addresses: addrs("169.254.169.123", "fd00:ec2::123"), UDP: []uint16{123}},
	}
}

func addrs(list ...string) []netip.Addr {
	out := make([]netip.Addr, len(list))
	for i, text := range list {
		out[i] = netip.MustParseAddr(text)
	}
	return out
}

// services are the special addresses of a VPC.
func (n *Network) services(vpc int32) []netip.Prefix {
	out := slices.Clone(linkLocalServices)
	for _, a := range n.Resolvers(vpc) {
		out = append(out, netip.PrefixFrom(a, a.BitLen()))
	}
	return out
}

// isSpecial says whether all of p lies where only AWS's own services are.
func isSpecial(p netip.Prefix) bool {
	return slices.ContainsFunc(linkLocalServices, func(s netip.Prefix) bool { return s.Contains(p.Addr()) && p.Bits() >= s.Bits() })
}

// Resolvers are the addresses of the VPC's resolver (SP-2): the third of its primary CIDR. Of a VPC that is not known they are
// those of every block that a VPC around its subnets could have.
func (n *Network) Resolvers(vpc int32) []netip.Addr {
	third := func(p netip.Prefix) netip.Addr { return p.Masked().Addr().Next().Next() }
	v := &n.VPCs[vpc]
	if v.Known() {
		if v.Record.CidrBlock.IsValid() {
			return []netip.Addr{third(v.Record.CidrBlock)}
		}
		return nil
	}
	var out []netip.Addr
	for _, s := range v.Subnets {
		for _, b := range n.Subnets[s].Blocks {
			for bits := 16; b.Addr().Is4() && bits <= min(28, b.Bits()); bits++ {
				if a := third(netip.PrefixFrom(b.Addr(), bits)); !slices.Contains(out, a) {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// dnsSupport is what describe-vpc-attribute says of a VPC.
type dnsSupport struct {
	value *bool
	record
}

func (b *builder) vpcAttributes() {
	for _, m := range b.n.Snapshot.VPCAttributes() {
		v := &b.n.VPCs[b.vpc(m.Record.VpcId, m.Part)]
		v.dns = dnsSupport{m.Record.EnableDnsSupport, record{m.Part, m.Record.EnableDnsSupport != nil, m.Conflict}}
	}
}

// DNSSupport says whether the VPC's resolver answers (SP-2); missing says why no answer tells.
func (n *Network) DNSSupport(vpc int32) (on bool, missing *Missing) {
	v := &n.VPCs[vpc]
	if v.dns.Known() {
		return *v.dns.value, nil
	}
	missing = missingObject(v.part, snapshot.DescribeVpcAttribute, v.ID, "EnableDnsSupport of "+v.ID)
	if v.dns.conflict {
		missing.Why = Conflicting
	}
	return on, missing
}

// Metadata says whether an instance has its metadata service, by the address family; what no answer tells it has (D-180).
func (s *Instance) Metadata(ipv6 bool) bool {
	if s.Record == nil || s.Record.MetadataOptions == nil {
		return true
	}
	o := s.Record.MetadataOptions
	return o.HttpEndpoint != "disabled" && !(ipv6 && o.HttpProtocolIpv6 == "disabled")
}
