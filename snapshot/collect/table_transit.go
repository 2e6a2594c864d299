package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/directconnect"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/networkmanager"
	"github.com/aws/aws-sdk-go-v2/service/networkmanager/types"
)

// transitCalls are transit gateways and VPNs.
func transitCalls() []*Call {
	s := ec2API
	ofTable := each("describe-transit-gateway-route-tables", "TransitGatewayRouteTables", "TransitGatewayRouteTableId", "TransitGatewayRouteTableId")
	ofPolicy := each("describe-transit-gateway-policy-tables", "TransitGatewayPolicyTables", "TransitGatewayPolicyTableId", "TransitGatewayPolicyTableId")
	ofAttachment := each("describe-transit-gateway-attachments", "TransitGatewayAttachments", "TransitGatewayAttachmentId", "TransitGatewayAttachmentId",
		owned("TransitGatewayOwnerId"))
	return []*Call{
		row(s, (*ec2.Client).DescribeTransitGateways, "answers through a transit gateway", page(1000)),
		row(s, (*ec2.Client).DescribeTransitGatewayAttachments, "which route table serves an attachment", page(1000)),
		row(s, (*ec2.Client).DescribeTransitGatewayVpcAttachments, "the zones of attachments", page(1000)),
		row(s, (*ec2.Client).DescribeTransitGatewayPeeringAttachments, "answers through a peering of transit gateways", page(1000)),
		row(s, (*ec2.Client).DescribeTransitGatewayConnects, "answers through a Connect attachment", page(1000)),
		row(s, (*ec2.Client).DescribeTransitGatewayConnectPeers, "Connect peers by their own id", page(1000)),
		row(s, (*ec2.Client).DescribeTransitGatewayRouteTables, "which route tables transit gateways have, and their routes", page(1000)),
		row(s, (*ec2.Client).DescribeTransitGatewayPolicyTables, "which attachments have a policy table", page(1000)),
		row(s, (*ec2.Client).SearchTransitGatewayRoutes, "the routes of a transit gateway's table", page(1000), ofTable, searching),
		row(s, (*ec2.Client).GetTransitGatewayRouteTableAssociations, "which attachments a table serves", page(1000), ofTable),
		row(s, (*ec2.Client).GetTransitGatewayRouteTablePropagations, "which attachments a table learns from", page(1000), ofTable),
		row(s, (*ec2.Client).GetTransitGatewayPrefixListReferences, "routes of a table with a prefix list", page(1000), ofTable),
		row(s, (*ec2.Client).GetTransitGatewayPolicyTableEntries, "what a policy table decides", page(1000), ofPolicy),
		row(s, (*ec2.Client).GetTransitGatewayPolicyTableAssociations, "which attachments have a policy table", page(1000), ofPolicy),
		row(s, (*ec2.Client).DescribeTransitGatewayRouteTableAnnouncements, "nothing yet: tables that one gateway announces to another", page(1000)),
		row(s, (*ec2.Client).GetTransitGatewayAttachmentNatConfiguration, "static NAT at an attachment", ofAttachment),
		row(s, (*ec2.Client).DescribeVpnGateways, "answers through a virtual private gateway"),
		row(s, (*ec2.Client).DescribeVpnConnections, "answers over a VPN"),
		row(s, (*ec2.Client).DescribeCustomerGateways, "customer gateways by their own id"),
		row(s, (*ec2.Client).DescribeVpnConcentrators, "nothing yet: VPN concentrators", page(1000)),
	}
}

var networkManagerAPI = &service[networkmanager.Client, networkmanager.Options]{name: "networkmanager", action: "networkmanager", create: networkmanager.NewFromConfig, rate: slowRate}

// coreNetworkCalls are Cloud WAN. Network Manager is asked in one Region (SNAP-8). Only the owner of a core network may ask for
// its routes.
func coreNetworkCalls() []*Call {
	s := networkManagerAPI
	ofOwned := each("networkmanager list-core-networks", "CoreNetworks", "CoreNetworkId", "CoreNetworkId", owned("OwnerAccountId"))
	routes := func(c *Call) {
		c.over = &over{of: "networkmanager get-core-network", objects: segmentEdges}
		c.start = networkRoutes
	}
	return []*Call{
		row(s, (*networkmanager.Client).ListCoreNetworks, "answers through a core network", page(500), home),
		row(s, (*networkmanager.Client).GetCoreNetwork, "which segments and edges a core network has, and their routes", ofOwned, home),
		row(s, (*networkmanager.Client).GetCoreNetworkPolicy, "nothing yet: what a core network's policy says", ofOwned, home),
		row(s, (*networkmanager.Client).ListAttachments, "which VPCs a core network attaches", page(500), home),
		row(s, (*networkmanager.Client).GetVpcAttachment, "the subnets of a VPC's attachment",
			each("networkmanager list-attachments", "Attachments", "AttachmentId", "AttachmentId", is("AttachmentType", "VPC")), home),
		row(s, (*networkmanager.Client).GetNetworkRoutes, "the routes of a core network's segment at an edge", routes, home),
	}
}

// networkRoutes asks for the routes of one segment at one edge. They come on one page.
func networkRoutes(s *session, with params) pager {
	return func(ctx context.Context) (any, string, error) {
		out, err := clientOf(s, networkManagerAPI).GetNetworkRoutes(ctx, &networkmanager.GetNetworkRoutesInput{
			GlobalNetworkId: aws.String(with["GlobalNetworkId"]),
			RouteTableIdentifier: &types.RouteTableIdentifier{CoreNetworkSegmentEdge: &types.CoreNetworkSegmentEdgeIdentifier{
				CoreNetworkId: aws.String(with["CoreNetworkId"]), SegmentName: aws.String(with["SegmentName"]), EdgeLocation: aws.String(with["EdgeLocation"])}},
		})
		if err != nil {
			return nil, "", err
		}
		return out, "", nil
	}
}

var directConnectAPI = &service[directconnect.Client, directconnect.Options]{
	name: "directconnect", action: "directconnect", create: directconnect.NewFromConfig, lower: true, rate: slowRate}

// directConnectCalls are asked in every Region: virtual interfaces have one, their gateways have none and any Region tells them.
func directConnectCalls() []*Call {
	s := directConnectAPI
	ofGateway := each("directconnect describe-direct-connect-gateways", "directConnectGateways", "directConnectGatewayId", "DirectConnectGatewayId")
	return []*Call{
		row(s, (*directconnect.Client).DescribeVirtualInterfaces, "what a virtual private gateway may know by Direct Connect", page(100)),
		row(s, (*directconnect.Client).DescribeDirectConnectGateways, "whether Direct Connect gateways are available", page(100)),
		row(s, (*directconnect.Client).DescribeDirectConnectGatewayAssociations, "the gateways that a Direct Connect gateway leads to", page(100), ofGateway),
		row(s, (*directconnect.Client).DescribeDirectConnectGatewayAssociations, "the Direct Connect gateways of a virtual private gateway", page(100),
			each("describe-vpn-gateways", "VpnGateways", "VpnGatewayId", "AssociatedGatewayId")),
		row(s, (*directconnect.Client).DescribeDirectConnectGatewayAttachments, "the virtual interfaces of a Direct Connect gateway", page(100), ofGateway),
	}
}
