package scenario

import (
	"net/netip"
	"slices"
	"strings"
)

// endpoint is a VPC endpoint of any type.
type endpoint struct {
	head
	vpc        *vpc
	kind       string // VpcEndpointType
	service    string
	family     string // IpAddressType
	interfaces []string
	places     []place // subnets in which it makes interfaces
	groups     []string
	prefixes   []endpointPrefix
}

// place is a subnet with the addresses of the interface made there.
type place struct {
	subnet    *subnet
	addresses []address
}

type endpointPrefix struct {
	subnet string
	block  netip.Prefix
}

// endpointTypes are the words for the types.
var endpointTypes = map[string]string{
	"gateway": "Gateway", "interface": "Interface", "gwlb": "GatewayLoadBalancer", "resource": "Resource",
	"service-network": "ServiceNetwork", "tunnel": "Tunnel",
}

func readEndpoint(n *Network, h head, st statement) error {
	if len(st.words) < 3 || endpointTypes[st.words[2]] == "" {
		return st.at.errorf("VPC endpoint %s has no VPC or no type; write \"%s VPC gateway|interface|gwlb|resource|service-network|tunnel ...\"", h.id, h.id)
	}
	e := &endpoint{head: h, kind: endpointTypes[st.words[2]], family: "ipv4"}
	var err error
	if e.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[3:] {
		if err := e.take(n, st.at, word); err != nil {
			return err
		}
	}
	if e.kind == "Gateway" && len(e.interfaces)+len(e.places)+len(e.groups) > 0 {
		return st.at.errorf("gateway endpoint %s has no interface and no groups; leave them out", h.id)
	}
	n.endpoints = append(n.endpoints, e)
	return nil
}

// take reads one word of an endpoint's line.
func (e *endpoint) take(n *Network, at position, word string) error {
	switch prefix := prefixOf(word); {
	case prefix == "eni":
		e.interfaces = append(e.interfaces, word)
	case prefix == "sg":
		e.groups = append(e.groups, word)
	case prefix == "subnet":
		s, err := n.subnet(at, word)
		if err != nil {
			return err
		}
		e.places = append(e.places, place{subnet: s})
	case word == "ipv4" || word == "dualstack" || word == "ipv6":
		e.family = word
	case strings.HasPrefix(word, "prefix=subnet-"):
		id, block, _ := strings.Cut(strings.TrimPrefix(word, "prefix="), "/")
		p, err := parsePrefix(at, block)
		if err != nil {
			return err
		}
		e.prefixes = append(e.prefixes, endpointPrefix{id, p})
	default:
		if a, err := netip.ParseAddr(word); err == nil && len(e.places) > 0 {
			last := &e.places[len(e.places)-1]
			last.addresses = append(last.addresses, address{private: a})
			return nil
		}
		if !strings.Contains(word, ".") || e.service != "" {
			return at.errorf("%q says nothing about a VPC endpoint; write its service, subnet- ids with addresses, eni- or sg- ids, ipv4, dualstack, ipv6 or prefix=", word)
		}
		e.service = word
	}
	return nil
}

// interfaceTypes are the InterfaceType of an endpoint's interfaces.
var interfaceTypes = map[string]string{"GatewayLoadBalancer": "gateway_load_balancer_endpoint"}

// completeEndpoint makes the endpoint's interfaces, or marks as its own those that it names.
func (n *Network) completeEndpoint(e *endpoint) error {
	kind := "vpc_endpoint"
	if k := interfaceTypes[e.kind]; k != "" {
		kind = k
	}
	description := "VPC Endpoint Interface " + e.id
	for _, id := range e.interfaces {
		i := slices.IndexFunc(n.interfaces, func(x *networkInterface) bool { return x.id == id })
		if i < 0 {
			return e.at.errorf("no interface %q for %s; declare it (and drop it if its record should be missing)", id, e.id)
		}
		x := n.interfaces[i]
		if x.kind == "interface" {
			x.kind = kind
		}
		x.description = description
	}
	for k, p := range e.places {
		id := "eni-" + e.id
		if k > 0 {
			id += "-" + string(rune('1'+k))
		}
		if len(p.addresses) == 0 {
			p.addresses = lastButOne(p.subnet)
		}
		noGroups := kind == "gateway_load_balancer_endpoint"
		n.interfaces = append(n.interfaces, &networkInterface{head: n.generated(e.head, id), subnet: p.subnet, addresses: p.addresses,
			groups: e.groups, noGroups: noGroups, noCheck: noGroups, kind: kind, description: description})
		e.interfaces = append(e.interfaces, id)
	}
	return n.checkDeclared(e.at, e.groups...)
}

// lastButOne is the last address of a subnet that an interface can have.
func lastButOne(s *subnet) []address {
	for _, b := range s.blocks {
		if b.Addr().Is4() {
			a := b.Addr().As4()
			for bit := b.Bits(); bit < 32; bit++ {
				a[bit/8] |= 0x80 >> (bit % 8)
			}
			return []address{{private: netip.AddrFrom4(a).Prev()}}
		}
	}
	return nil
}

func (e *endpoint) record(n *Network) record {
	tables, subnets, interfaces, groups, blocks4, blocks6 := list{}, list{}, list{}, list{}, list{}, list{}
	for _, t := range n.tables {
		if e.kind == "Gateway" && slices.ContainsFunc(t.routes, func(r route) bool { return r.target == e.id }) {
			tables = append(tables, t.id)
		}
	}
	for _, id := range e.interfaces {
		i := slices.IndexFunc(n.interfaces, func(x *networkInterface) bool { return x.id == id })
		x := n.interfaces[i]
		interfaces = append(interfaces, id)
		if !slices.Contains(subnets, any(x.subnet.id)) {
			subnets = append(subnets, x.subnet.id)
		}
		for _, g := range x.groups {
			if !slices.ContainsFunc(groups, func(r any) bool { return r.(record)["GroupId"] == g }) {
				groups = append(groups, record{"GroupId": g, "GroupName": g})
			}
		}
	}
	for _, p := range e.prefixes {
		one := record{"SubnetId": p.subnet, "IpPrefixes": list{p.block.String()}}
		if p.block.Addr().Is4() {
			blocks4 = append(blocks4, one)
		} else {
			blocks6 = append(blocks6, one)
		}
	}
	r := record{
		"VpcEndpointId": e.id, "VpcEndpointType": e.kind, "VpcId": e.vpc.id, "OwnerId": e.part.account, "State": "available",
		"IpAddressType": e.family, "RouteTableIds": tables, "SubnetIds": subnets, "NetworkInterfaceIds": interfaces, "Groups": groups,
		"PrivateDnsEnabled": false, "RequesterManaged": false, "DnsEntries": list{}, "Tags": list{},
	}
	if e.service != "" {
		r["ServiceName"] = e.service
	}
	if len(blocks4) > 0 {
		r["Ipv4Prefixes"] = blocks4
	}
	if len(blocks6) > 0 {
		r["Ipv6Prefixes"] = blocks6
	}
	return r
}

// connectEndpoint is an EC2 Instance Connect Endpoint.
type connectEndpoint struct {
	head
	subnet    *subnet
	addresses []address
	groups    []string
}

func readConnectEndpoint(n *Network, h head, st statement) error {
	e := &connectEndpoint{head: h}
	if len(st.words) < 3 {
		return st.at.errorf("Instance Connect Endpoint %s has no subnet or no address; write \"%s SUBNET ADDRESS... [GROUP...]\"", h.id, h.id)
	}
	var err error
	if e.subnet, err = n.subnet(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[2:] {
		a, err := netip.ParseAddr(word)
		switch {
		case err == nil:
			e.addresses = append(e.addresses, address{private: a})
		case prefixOf(word) == "sg":
			e.groups = append(e.groups, word)
		default:
			return st.at.errorf("%q says nothing about an Instance Connect Endpoint; write addresses and sg- ids", word)
		}
	}
	n.connects = append(n.connects, e)
	return nil
}

func (n *Network) completeConnectEndpoint(e *connectEndpoint) {
	n.interfaces = append(n.interfaces, &networkInterface{head: n.generated(e.head, "eni-"+e.id), subnet: e.subnet, addresses: e.addresses, groups: e.groups,
		kind: "ec2_instance_connect_endpoint", description: "EC2 Instance Connect Endpoint " + e.id})
}

func (e *connectEndpoint) record() record {
	groups := list{}
	for _, g := range e.groups {
		groups = append(groups, g)
	}
	return record{
		"InstanceConnectEndpointId": e.id, "OwnerId": e.part.account, "VpcId": e.subnet.vpc.id, "SubnetId": e.subnet.id, "State": "create-complete",
		"NetworkInterfaceIds": list{"eni-" + e.id}, "SecurityGroupIds": groups, "PreserveClientIp": false, "IpAddressType": "ipv4", "Tags": list{},
		"AvailabilityZone": zoneName(e.part.region, e.subnet.zone),
	}
}
