package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// EndpointType is the type of a VPC endpoint, as AWS spells it.
type EndpointType string

// The types of VPC endpoints. Tunnel is one that AWS's API names and nothing documents (EP-33).
const (
	GatewayEndpoint             EndpointType = "Gateway"
	InterfaceEndpoint           EndpointType = "Interface"
	GatewayLoadBalancerEndpoint EndpointType = "GatewayLoadBalancer"
	ResourceEndpoint            EndpointType = "Resource"
	ServiceNetworkEndpoint      EndpointType = "ServiceNetwork"
	TunnelEndpoint              EndpointType = "Tunnel"
)

// VPCEndpoint is a VPC endpoint of any type, or the mere name of one that a route or an interface points to.
type VPCEndpoint struct {
	record
	ID         string
	state      string
	Record     *snapshot.VpcEndpoint // nil where not known
	VPC        int32                 // -1 where not known
	Subnets    []int32               // in order of id
	Interfaces []int32               // in order of id; those of the endpoint's record, or that name the endpoint where it has none

	// Lists are the prefix lists that a gateway endpoint serves, in order of id: those of the routes that lead to it; where none
	// does, the list that has its service's name (EP-1, D-160).
	Lists []int32
}

func init() {
	identifiers[KindVPCEndpoint] = func(n *Network, i int32) string { return n.VPCEndpoints[i].ID }
	describers[KindVPCEndpoint] = func(n *Network, i int32) Resource {
		e := &n.VPCEndpoints[i]
		if e.Record == nil {
			return resourceOf(KindVPCEndpoint, e.ID, "", e.part, nil)
		}
		return resourceOf(KindVPCEndpoint, e.ID, e.Record.OwnerId, e.part, e.Record.Tags)
	}
	taggers[KindVPCEndpoint] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.VPCEndpoints[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

// isEndpointID says whether an id is that of a VPC endpoint, and not of an endpoint service.
func isEndpointID(id string) bool {
	return strings.HasPrefix(id, "vpce-") && !strings.HasPrefix(id, "vpce-svc-")
}

func (b *builder) vpcEndpoints() {
	for _, m := range b.n.Snapshot.VPCEndpoints() {
		i := b.vpcEndpoint(m.Record.VpcEndpointId, m.Part)
		e := &b.n.VPCEndpoints[i]
		e.Record, e.record, e.state = m.Record, record{m.Part, true, m.Conflict}, m.Record.State
		e.VPC = b.vpc(m.Record.VpcId, m.Part)
		e.Subnets = b.subnetsNamed(m.Record.SubnetIds, m.Part)
		for _, id := range sortedUnique(slices.Clone(m.Record.NetworkInterfaceIds)) {
			if k := b.netInterface(id, m.Part); k >= 0 {
				e.Interfaces = append(e.Interfaces, k)
				b.n.Interfaces[k].Endpoint = i
			}
		}
	}
	b.namedEndpoints()
	for i := range b.n.VPCEndpoints {
		b.endpointBlocks(int32(i))
	}
	b.hiddenBlocks()
}

// endpointDescription is how AWS describes the interface of an endpoint (ENI-11, the owner table): the words, then the id.
const endpointDescription = "VPC Endpoint Interface "

// namedEndpoints links interfaces to the endpoint that their description names, where no answer describes that endpoint.
func (b *builder) namedEndpoints() {
	for i := range b.n.Interfaces {
		e := &b.n.Interfaces[i]
		if !e.OfEndpoint() {
			continue
		}
		id := strings.TrimPrefix(e.Record.Description, endpointDescription)
		if !isEndpointID(id) {
			continue
		}
		k := b.vpcEndpoint(id, e.part)
		if p := &b.n.VPCEndpoints[k]; p.Record == nil {
			e.Endpoint, p.VPC, p.Interfaces = k, e.VPC, append(p.Interfaces, int32(i))
		}
	}
}

// endpointBlocks gives an endpoint's blocks to its interface (EP-31, D-165). Of several it is not known which one has a block, unless its
// own record has it too.
func (b *builder) endpointBlocks(endpoint int32) {
	n := b.n
	e := &n.VPCEndpoints[endpoint]
	for _, block := range n.EndpointBlocks(endpoint) {
		switch {
		case slices.ContainsFunc(e.Interfaces, func(i int32) bool { return slices.Contains(n.Interfaces[i].Prefixes, block.Prefix) }):
		case len(e.Interfaces) == 1 && n.Interfaces[e.Interfaces[0]].Record != nil:
			x := &n.Interfaces[e.Interfaces[0]]
			x.Prefixes = append(x.Prefixes, block.Prefix)
		case e.VPC >= 0:
			v := &n.VPCs[e.VPC]
			v.Unsure = append(v.Unsure, OwnerUnsure{block.Prefix, &Missing{What: "interface of " + e.ID + " that has " + block.Prefix.String(),
				Call: snapshot.DescribeNetworkInterfaces, Why: NotHeld}})
		}
	}
}

// hiddenBlocks implements D-165 where no answer describes an endpoint: it may be one that holds blocks in the subnets of its interfaces (EP-31).
func (b *builder) hiddenBlocks() {
	n := b.n
	for i := range n.Interfaces {
		x := &n.Interfaces[i]
		if x.Record == nil || x.Record.InterfaceType != "vpc_endpoint" || x.VPC < 0 || x.Subnet < 0 || x.Endpoint >= 0 && n.VPCEndpoints[x.Endpoint].Record != nil {
			continue
		}
		for _, block := range n.Subnets[x.Subnet].Blocks {
			n.VPCs[x.VPC].Unsure = append(n.VPCs[x.VPC].Unsure, OwnerUnsure{block, missingCall(x.part, snapshot.DescribeVpcEndpoints, "blocks of the endpoint of "+x.ID)})
		}
	}
}

// OwnerUnsure is a block of a VPC in which somebody may have addresses that no interface is known to have.
type OwnerUnsure struct {
	Prefix  netip.Prefix
	Missing *Missing
}

// vpcEndpoint returns the endpoint of that id, naming it if no record did.
func (b *builder) vpcEndpoint(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindVPCEndpoint, id); ok {
		return i
	}
	i := b.add(KindVPCEndpoint, id, len(b.n.VPCEndpoints))
	b.n.VPCEndpoints = append(b.n.VPCEndpoints, VPCEndpoint{record: record{part: part}, ID: id, VPC: -1})
	return i
}

// Missing says what is missing where the endpoint's record cannot be used.
func (e *VPCEndpoint) Missing() *Missing { return e.missing(snapshot.DescribeVpcEndpoints, e.ID) }

// Type is the endpoint's type; empty where no answer tells.
func (e *VPCEndpoint) Type() EndpointType {
	if e.Record == nil {
		return ""
	}
	return EndpointType(e.Record.VpcEndpointType)
}

// State is the endpoint's state as AWS writes it; empty where no answer tells.
func (e *VPCEndpoint) State() string { return e.state }

// Available says whether the endpoint carries traffic: AWS writes its state in either case, and no state means it does.
func (e *VPCEndpoint) Available() bool {
	return e.State() == "" || strings.EqualFold(e.State(), "available")
}

// endpointLists fills what gateway endpoints serve.
func (b *builder) endpointLists() {
	n := b.n
	for i := range n.RouteTables {
		for _, r := range n.RouteTables[i].Routes {
			if r.Target.Kind == KindVPCEndpoint && r.List >= 0 {
				n.VPCEndpoints[r.Target.Index].Lists = append(n.VPCEndpoints[r.Target.Index].Lists, r.List)
			}
		}
	}
	for i := range n.VPCEndpoints {
		e := &n.VPCEndpoints[i]
		if len(e.Lists) == 0 && e.Type() == GatewayEndpoint {
			e.Lists = n.listOf(e.Record.ServiceName, e.part.Region)
		}
		slices.SortFunc(e.Lists, func(x, y int32) int { return strings.Compare(n.PrefixLists[x].ID, n.PrefixLists[y].ID) })
		e.Lists = slices.Compact(e.Lists)
	}
}

// listOf is the prefix list of a service in a Region.
func (n *Network) listOf(service, region string) []int32 {
	k := slices.IndexFunc(n.PrefixLists, func(l PrefixList) bool { return service != "" && l.Name == service && l.part.Region == region })
	if k < 0 {
		return nil
	}
	return []int32{int32(k)}
}

// Served is what a gateway endpoint serves, and what is missing of it.
func (n *Network) Served(endpoint int32) (prefixes []netip.Prefix, missing *Missing) {
	e := &n.VPCEndpoints[endpoint]
	for _, k := range e.Lists {
		l := &n.PrefixLists[k]
		prefixes = append(prefixes, l.Entries...)
		missing = cmp.Or(missing, l.Missing())
	}
	if len(e.Lists) == 0 {
		call := snapshot.DescribePrefixLists
		if complete(e.part, call) && !complete(e.part, snapshot.DescribeRouteTables) { // whose routes to the endpoint name it
			call = snapshot.DescribeRouteTables
		}
		missing = missingCall(e.part, call, "prefix list of "+e.ID)
	}
	return prefixes, missing
}

// Serves says whether a gateway endpoint works for an address family (EP-6), as far as its IP address type says.
func (e *VPCEndpoint) Serves(ipv6 bool) bool {
	switch e.Record.IpAddressType {
	case "ipv4":
		return !ipv6
	case "ipv6":
		return ipv6
	}
	return true
}

// PrivateLink says whether the interface belongs to an interface, resource or service-network endpoint (EP-10, EP-30, EP-31): its
// endpoint says so, or its own type where no answer describes the endpoint.
func (n *Network) PrivateLink(iface int32) bool {
	e := &n.Interfaces[iface]
	if e.Endpoint >= 0 && n.VPCEndpoints[e.Endpoint].Record != nil {
		return n.VPCEndpoints[e.Endpoint].Type() != GatewayLoadBalancerEndpoint
	}
	return e.Record != nil && e.Record.InterfaceType == "vpc_endpoint"
}

// EndpointSubnet is the subnet of a Gateway Load Balancer endpoint, which has one (EP-20): as its record says, else as its interface
// does. Where neither tells, missing says why.
func (n *Network) EndpointSubnet(endpoint int32) (subnet int32, missing *Missing) {
	e := &n.VPCEndpoints[endpoint]
	found := e.Subnets
	if len(found) == 0 {
		for _, i := range e.Interfaces {
			found = append(found, n.Interfaces[i].Subnet)
		}
	}
	list := sortedUnique(slices.Clone(found))
	m := missingCall(e.part, snapshot.DescribeVpcEndpoints, "subnet of "+e.ID)
	switch {
	case len(list) == 0 || list[0] < 0:
		return -1, m
	case len(list) == 1:
		return list[0], nil
	}
	m.Why = Conflicting
	return -1, m
}

// OfFirewall says whether AWS Network Firewall manages the endpoint (D-170).
func (e *VPCEndpoint) OfFirewall() bool {
	return e.Record != nil && (e.Record.RequesterManaged ||
		slices.ContainsFunc(e.Record.Tags, func(t snapshot.Tag) bool { return t.Key == "AWSNetworkFirewallManaged" }))
}

// OfGWLBEndpoint says whether an interface is a Gateway Load Balancer endpoint's.
func (n *Network) OfGWLBEndpoint(e *Interface) bool {
	if e.Record != nil && e.Record.InterfaceType == "gateway_load_balancer_endpoint" {
		return true
	}
	return e.Endpoint >= 0 && n.VPCEndpoints[e.Endpoint].Type() == GatewayLoadBalancerEndpoint
}

// EndpointBlock is a block that an endpoint holds in one of its subnets (EP-31).
type EndpointBlock struct {
	SubnetID string
	Prefix   netip.Prefix
}

// EndpointBlocks are the blocks that an endpoint's record gives, IPv4 first.
func (n *Network) EndpointBlocks(endpoint int32) []EndpointBlock {
	r := n.VPCEndpoints[endpoint].Record
	if r == nil {
		return nil
	}
	var out []EndpointBlock
	for _, list := range [][]snapshot.SubnetIpPrefixes{r.Ipv4Prefixes, r.Ipv6Prefixes} {
		for _, s := range list {
			for _, p := range s.IpPrefixes {
				if p.IsValid() {
					out = append(out, EndpointBlock{s.SubnetId, p.Masked()})
				}
			}
		}
	}
	return out
}

// OfEndpoint says whether the interface is one of a VPC endpoint's, as its own record tells.
func (e *Interface) OfEndpoint() bool {
	return e.Record != nil && (e.Record.InterfaceType == "vpc_endpoint" || e.Record.InterfaceType == "gateway_load_balancer_endpoint")
}
