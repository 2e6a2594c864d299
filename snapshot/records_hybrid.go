package snapshot

import "net/netip"

// Records of what joins VPCs to networks outside AWS: virtual private gateways, Site-to-Site VPN and Direct Connect. The secrets in AWS's
// answers (VPN-2, DX-1, SNAP-6) have no fields here, and redact.go keeps them out of every file of our own form.

// VpnGateway is an element of DescribeVpnGateways. AWS does not say who owns it.
type VpnGateway struct {
	VpnGatewayId   string              `json:"VpnGatewayId"`
	State          string              `json:"State,omitempty"` // pending, available, deleting, deleted
	VpcAttachments []GatewayAttachment `json:"VpcAttachments,omitempty"`
	Tags           []Tag               `json:"Tags,omitempty"`
}

// VpnConnection is an element of DescribeVpnConnections.
type VpnConnection struct {
	VpnConnectionId         string                `json:"VpnConnectionId"`
	State                   string                `json:"State,omitempty"` // pending, available, deleting, deleted, modifying
	CustomerGatewayId       string                `json:"CustomerGatewayId,omitempty"`
	VpnGatewayId            string                `json:"VpnGatewayId,omitempty"`
	TransitGatewayId        string                `json:"TransitGatewayId,omitempty"`
	VpnConcentratorId       string                `json:"VpnConcentratorId,omitempty"`
	CoreNetworkArn          string                `json:"CoreNetworkArn,omitempty"`
	GatewayAssociationState string                `json:"GatewayAssociationState,omitempty"`
	Options                 *VpnConnectionOptions `json:"Options,omitempty"`
	Routes                  []VpnStaticRoute      `json:"Routes,omitempty"`
	VgwTelemetry            []VgwTelemetry        `json:"VgwTelemetry,omitempty"`
	Tags                    []Tag                 `json:"Tags,omitempty"`
}

// VpnConnectionOptions are those options of a connection that decide which packets it carries. Local is the customer's side, Remote AWS's (VPN-3).
type VpnConnectionOptions struct {
	StaticRoutesOnly      *bool        `json:"StaticRoutesOnly,omitempty"`
	LocalIpv4NetworkCidr  netip.Prefix `json:"LocalIpv4NetworkCidr,omitzero"`
	RemoteIpv4NetworkCidr netip.Prefix `json:"RemoteIpv4NetworkCidr,omitzero"`
	LocalIpv6NetworkCidr  netip.Prefix `json:"LocalIpv6NetworkCidr,omitzero"`
	RemoteIpv6NetworkCidr netip.Prefix `json:"RemoteIpv6NetworkCidr,omitzero"`
	TunnelInsideIpVersion string       `json:"TunnelInsideIpVersion,omitempty"` // ipv4, ipv6
	OutsideIpAddressType  string       `json:"OutsideIpAddressType,omitempty"`  // PublicIpv4, PrivateIpv4: over Direct Connect (VPN-8)
}

// VpnStaticRoute is a static route of a connection.
type VpnStaticRoute struct {
	DestinationCidrBlock netip.Prefix `json:"DestinationCidrBlock,omitzero"`
	State                string       `json:"State,omitempty"` // pending, available, deleting, deleted
}

// VgwTelemetry is the state of one tunnel.
type VgwTelemetry struct {
	Status string `json:"Status,omitempty"` // UP, DOWN
}

// VirtualInterface is an element of DescribeVirtualInterfaces of Direct Connect, whose answers begin their fields in lower case.
type VirtualInterface struct {
	VirtualInterfaceId     string    `json:"virtualInterfaceId"`
	OwnerAccount           string    `json:"ownerAccount,omitempty"`
	VirtualInterfaceType   string    `json:"virtualInterfaceType,omitempty"` // private, public, transit
	VirtualInterfaceState  string    `json:"virtualInterfaceState,omitempty"`
	VirtualInterfaceName   string    `json:"virtualInterfaceName,omitempty"`
	VirtualGatewayId       string    `json:"virtualGatewayId,omitempty"`
	DirectConnectGatewayId string    `json:"directConnectGatewayId,omitempty"`
	BgpPeers               []BgpPeer `json:"bgpPeers,omitempty"`
}

// BgpPeer is a BGP session of a virtual interface.
type BgpPeer struct {
	AddressFamily string `json:"addressFamily,omitempty"` // ipv4, ipv6
	BgpPeerState  string `json:"bgpPeerState,omitempty"`  // verifying, pending, available, deleting, deleted
	BgpStatus     string `json:"bgpStatus,omitempty"`     // up, down, unknown
}

// DirectConnectGateway is an element of DescribeDirectConnectGateways.
type DirectConnectGateway struct {
	DirectConnectGatewayId    string `json:"directConnectGatewayId"`
	DirectConnectGatewayName  string `json:"directConnectGatewayName,omitempty"`
	OwnerAccount              string `json:"ownerAccount,omitempty"`
	DirectConnectGatewayState string `json:"directConnectGatewayState,omitempty"` // pending, available, deleting, deleted
}

// DirectConnectAssociation is an element of DescribeDirectConnectGatewayAssociations: a gateway that a Direct Connect gateway leads to.
type DirectConnectAssociation struct {
	DirectConnectGatewayId           string              `json:"directConnectGatewayId"`
	DirectConnectGatewayOwnerAccount string              `json:"directConnectGatewayOwnerAccount,omitempty"`
	AssociationState                 string              `json:"associationState,omitempty"` // associating, associated, disassociating, disassociated, updating
	AssociatedGateway                AssociatedGateway   `json:"associatedGateway,omitzero"`
	VirtualGatewayId                 string              `json:"virtualGatewayId,omitempty"`
	AllowedPrefixes                  []RouteFilterPrefix `json:"allowedPrefixesToDirectConnectGateway,omitempty"`
}

// AssociatedGateway is the far side of an association.
type AssociatedGateway struct {
	ID           string `json:"id,omitempty"`
	Type         string `json:"type,omitempty"` // virtualPrivateGateway, transitGateway
	OwnerAccount string `json:"ownerAccount,omitempty"`
	Region       string `json:"region,omitempty"`
}

// RouteFilterPrefix is a prefix that is advertised, or let pass, towards on-premises.
type RouteFilterPrefix struct {
	Cidr netip.Prefix `json:"cidr,omitzero"`
}

// GatewayID is the id of the gateway that the association leads to; older answers name only virtual private gateways.
func (a *DirectConnectAssociation) GatewayID() string {
	if a.AssociatedGateway.ID != "" {
		return a.AssociatedGateway.ID
	}
	return a.VirtualGatewayId
}

// DirectConnectAttachment is an element of DescribeDirectConnectGatewayAttachments: a virtual interface of a Direct Connect gateway.
type DirectConnectAttachment struct {
	DirectConnectGatewayId string `json:"directConnectGatewayId"`
	VirtualInterfaceId     string `json:"virtualInterfaceId,omitempty"`
	AttachmentState        string `json:"attachmentState,omitempty"` // attaching, attached, detaching, detached
	AttachmentType         string `json:"attachmentType,omitempty"`  // TransitVirtualInterface, PrivateVirtualInterface
}

// Operations of the records above.
const (
	DescribeVpnGateways               Operation = "describe-vpn-gateways"
	DescribeVpnConnections            Operation = "describe-vpn-connections"
	DescribeVirtualInterfaces         Operation = "directconnect describe-virtual-interfaces"
	DescribeDirectConnectGateways     Operation = "directconnect describe-direct-connect-gateways"
	DescribeDirectConnectAssociations Operation = "directconnect describe-direct-connect-gateway-associations"
	DescribeDirectConnectAttachments  Operation = "directconnect describe-direct-connect-gateway-attachments"
)

// modelledHybrid are the answers of the records above.
var modelledHybrid = []answerSpec{
	{op: DescribeVpnGateways, key: "VpnGateways", read: func(r *recordReader) error {
		return into(r, &r.part.VPNGateways, "VpnGatewayId", func(v *VpnGateway) string { return v.VpnGatewayId })
	}},
	{op: DescribeVpnConnections, key: "VpnConnections", read: func(r *recordReader) error {
		return into(r, &r.part.VPNConnections, "VpnConnectionId", func(v *VpnConnection) string { return v.VpnConnectionId })
	}},
	{op: DescribeVirtualInterfaces, key: "virtualInterfaces", read: func(r *recordReader) error {
		return into(r, &r.part.VirtualInterfaces, "virtualInterfaceId", func(v *VirtualInterface) string { return v.VirtualInterfaceId })
	}},
	{op: DescribeDirectConnectGateways, key: "directConnectGateways", read: func(r *recordReader) error {
		return into(r, &r.part.DirectConnectGateways, "directConnectGatewayId",
			func(v *DirectConnectGateway) string { return v.DirectConnectGatewayId })
	}},
	{op: DescribeDirectConnectAssociations, key: "directConnectGatewayAssociations", perObject: true, read: func(r *recordReader) error {
		return into(r, &r.part.DirectConnectAssociations, "directConnectGatewayId",
			func(v *DirectConnectAssociation) string { return v.DirectConnectGatewayId })
	}},
	{op: DescribeDirectConnectAttachments, key: "directConnectGatewayAttachments", perObject: true, read: func(r *recordReader) error {
		return into(r, &r.part.DirectConnectAttachments, "directConnectGatewayId",
			func(v *DirectConnectAttachment) string { return v.DirectConnectGatewayId })
	}},
}

// takeHybrid moves the records above of q into p.
func (p *Part) takeHybrid(q *Part) {
	move(&p.VPNGateways, q.VPNGateways)
	move(&p.VPNConnections, q.VPNConnections)
	move(&p.VirtualInterfaces, q.VirtualInterfaces)
	move(&p.DirectConnectGateways, q.DirectConnectGateways)
	move(&p.DirectConnectAssociations, q.DirectConnectAssociations)
	move(&p.DirectConnectAttachments, q.DirectConnectAttachments)
}

// VPNGateways returns every virtual private gateway, by id.
func (s *Snapshot) VPNGateways() []Merged[VpnGateway] {
	return Merge(s, DescribeVpnGateways, func(p *Part) []VpnGateway { return p.VPNGateways }, func(v *VpnGateway) string { return v.VpnGatewayId }, nil)
}

// VPNConnections returns every VPN connection, by id.
func (s *Snapshot) VPNConnections() []Merged[VpnConnection] {
	return Merge(s, DescribeVpnConnections, func(p *Part) []VpnConnection { return p.VPNConnections },
		func(v *VpnConnection) string { return v.VpnConnectionId }, nil)
}

// VirtualInterfaces returns every virtual interface of Direct Connect, by id.
func (s *Snapshot) VirtualInterfaces() []Merged[VirtualInterface] {
	return Merge(s, DescribeVirtualInterfaces, func(p *Part) []VirtualInterface { return p.VirtualInterfaces },
		func(v *VirtualInterface) string { return v.VirtualInterfaceId }, func(v *VirtualInterface) string { return v.OwnerAccount })
}

// DirectConnectGateways returns every Direct Connect gateway, by id. It is of no Region: each part of its account may have a copy.
func (s *Snapshot) DirectConnectGateways() []Merged[DirectConnectGateway] {
	return Merge(s, DescribeDirectConnectGateways, func(p *Part) []DirectConnectGateway { return p.DirectConnectGateways },
		func(v *DirectConnectGateway) string { return v.DirectConnectGatewayId }, func(v *DirectConnectGateway) string { return v.OwnerAccount })
}

// DirectConnectAssociations returns every association of a Direct Connect gateway, by it and the gateway that it leads to.
func (s *Snapshot) DirectConnectAssociations() []Merged[DirectConnectAssociation] {
	return Merge(s, DescribeDirectConnectAssociations, func(p *Part) []DirectConnectAssociation { return p.DirectConnectAssociations },
		func(v *DirectConnectAssociation) string { return v.DirectConnectGatewayId + " " + v.GatewayID() },
		func(v *DirectConnectAssociation) string { return v.DirectConnectGatewayOwnerAccount })
}

// DirectConnectAttachments returns every virtual interface that a Direct Connect gateway has, by it and the interface.
func (s *Snapshot) DirectConnectAttachments() []Merged[DirectConnectAttachment] {
	return Merge(s, DescribeDirectConnectAttachments, func(p *Part) []DirectConnectAttachment { return p.DirectConnectAttachments },
		func(v *DirectConnectAttachment) string { return v.DirectConnectGatewayId + " " + v.VirtualInterfaceId }, nil)
}
