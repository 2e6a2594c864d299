package snapshot

import "net/netip"

// DescribeVpcEndpoints feeds VPC endpoints of every type.
const DescribeVpcEndpoints Operation = "describe-vpc-endpoints"

// VpcEndpoint is an element of DescribeVpcEndpoints.
type VpcEndpoint struct {
	VpcEndpointId       string             `json:"VpcEndpointId"`
	VpcEndpointType     string             `json:"VpcEndpointType,omitempty"` // Gateway, Interface, GatewayLoadBalancer, Resource, ServiceNetwork, Tunnel
	VpcId               string             `json:"VpcId,omitempty"`
	OwnerId             string             `json:"OwnerId,omitempty"`
	ServiceName         string             `json:"ServiceName,omitempty"`
	State               string             `json:"State,omitempty"`         // available, pending, pendingAcceptance, rejected, ...; the case varies
	IpAddressType       string             `json:"IpAddressType,omitempty"` // ipv4, dualstack, ipv6
	RouteTableIds       []string           `json:"RouteTableIds,omitempty"` // gateway endpoints
	SubnetIds           []string           `json:"SubnetIds,omitempty"`
	NetworkInterfaceIds []string           `json:"NetworkInterfaceIds,omitempty"`
	Groups              []GroupIdentifier  `json:"Groups,omitempty"`
	Ipv4Prefixes        []SubnetIpPrefixes `json:"Ipv4Prefixes,omitempty"` // service-network endpoints
	Ipv6Prefixes        []SubnetIpPrefixes `json:"Ipv6Prefixes,omitempty"`
	RequesterManaged    bool               `json:"RequesterManaged,omitempty"`
	Tags                []Tag              `json:"Tags,omitempty"`
}

// SubnetIpPrefixes are the blocks that an endpoint holds in one subnet.
type SubnetIpPrefixes struct {
	SubnetId   string         `json:"SubnetId,omitempty"`
	IpPrefixes []netip.Prefix `json:"IpPrefixes,omitempty"`
}

// VPCEndpoints returns every VPC endpoint, by id.
func (s *Snapshot) VPCEndpoints() []Merged[VpcEndpoint] {
	return Merge(s, DescribeVpcEndpoints, func(p *Part) []VpcEndpoint { return p.VPCEndpoints },
		func(v *VpcEndpoint) string { return v.VpcEndpointId }, func(v *VpcEndpoint) string { return v.OwnerId })
}
