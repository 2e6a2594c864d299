package model

import (
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
	Record     *snapshot.VpcEndpoint // nil where not known
	VPC        int32                 // -1 where not known
	Subnets    []int32               // in order of id
	Interfaces []int32               // in order of id; those of the endpoint's record, or that name the endpoint where it has none
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
		e.Record, e.record = m.Record, record{m.Part, true, m.Conflict}
		e.VPC = b.vpc(m.Record.VpcId, m.Part)
		for _, id := range m.Record.SubnetIds {
			if k := b.subnet(id, m.Part); k >= 0 {
				e.Subnets = append(e.Subnets, k)
			}
		}
		for _, id := range m.Record.NetworkInterfaceIds {
			if k := b.netInterface(id, m.Part); k >= 0 {
				e.Interfaces = append(e.Interfaces, k)
				b.n.Interfaces[k].Endpoint = i
			}
		}
	}
	b.namedEndpoints()
	for i := range b.n.VPCEndpoints {
		e := &b.n.VPCEndpoints[i]
		slices.SortFunc(e.Subnets, func(x, y int32) int { return strings.Compare(b.n.Subnets[x].ID, b.n.Subnets[y].ID) })
		slices.SortFunc(e.Interfaces, func(x, y int32) int { return strings.Compare(b.n.Interfaces[x].ID, b.n.Interfaces[y].ID) })
		e.Subnets, e.Interfaces = slices.Compact(e.Subnets), slices.Compact(e.Interfaces)
	}
}

// endpointDescription is how AWS describes the interface of an endpoint (ENI-11, the owner table): the words, then the id.
const endpointDescription = "VPC Endpoint Interface "

// namedEndpoints links interfaces to the endpoint that their description names, where no endpoint's record claims them.
func (b *builder) namedEndpoints() {
	for i := range b.n.Interfaces {
		e := &b.n.Interfaces[i]
		if e.Record == nil || e.Endpoint >= 0 || !e.OfEndpoint() {
			continue
		}
		id, ok := strings.CutPrefix(e.Record.Description, endpointDescription)
		if !ok || !isEndpointID(id) {
			continue
		}
		k := b.vpcEndpoint(id, e.part)
		e.Endpoint = k
		if p := &b.n.VPCEndpoints[k]; p.Record == nil {
			p.VPC, p.Interfaces = e.VPC, append(p.Interfaces, int32(i))
		}
	}
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
func (e *VPCEndpoint) State() string {
	if e.Record == nil {
		return ""
	}
	return e.Record.State
}

// Available says whether the endpoint carries traffic: AWS writes its state in either case, and no state means it does.
func (e *VPCEndpoint) Available() bool {
	return e.State() == "" || strings.EqualFold(e.State(), "available")
}

// EndpointBlock is a block that an endpoint holds in one of its subnets (EP-31).
type EndpointBlock struct {
	Subnet int32 // -1 where no answer names it
	Prefix netip.Prefix
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
			subnet := int32(-1)
			if ref, ok := n.byID[s.SubnetId]; ok && ref.Kind == KindSubnet {
				subnet = ref.Index
			}
			for _, p := range s.IpPrefixes {
				if p.IsValid() {
					out = append(out, EndpointBlock{subnet, p.Masked()})
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
