package snapshot

import (
	"net/netip"
	"os"
	"strings"
	"testing"
)

const hybridAnswers = `{
	"VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "available", "Type": "ipsec.1", "AmazonSideAsn": 64512,
		"VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}], "Tags": [{"Key": "Name", "Value": "edge"}]}],
	"VpnConnections": [{"VpnConnectionId": "vpn-1", "State": "available", "Category": "VPN", "Type": "ipsec.1", "CustomerGatewayId": "cgw-1",
		"VpnGatewayId": "vgw-1", "GatewayAssociationState": "associated", "CustomerGatewayConfiguration": "<xml>s3cret-1</xml>",
		"Options": {"StaticRoutesOnly": true, "LocalIpv4NetworkCidr": "10.50.0.0/16", "RemoteIpv4NetworkCidr": "0.0.0.0/0", "TunnelInsideIpVersion": "ipv4",
			"TunnelOptions": [{"OutsideIpAddress": "203.0.113.1", "PreSharedKey": "s3cret-2"}]},
		"Routes": [{"DestinationCidrBlock": "10.50.0.0/16", "Source": "Static", "State": "available"}],
		"VgwTelemetry": [{"OutsideIpAddress": "203.0.113.1", "Status": "UP", "AcceptedRouteCount": 1}]}],
	"CustomerGateways": [{"CustomerGatewayId": "cgw-1", "State": "available", "Type": "ipsec.1", "IpAddress": "203.0.113.9", "BgpAsn": "65000"}],
	"virtualInterfaces": [{"virtualInterfaceId": "dxvif-1", "ownerAccount": "111122223333", "virtualInterfaceType": "private", "virtualInterfaceState": "available",
		"virtualInterfaceName": "hall", "virtualGatewayId": "", "directConnectGatewayId": "dxgw-1", "authKey": "s3cret-3", "customerRouterConfig": "<xml>s3cret-4</xml>",
		"bgpPeers": [{"bgpPeerId": "p1", "addressFamily": "ipv4", "authKey": "s3cret-5", "bgpPeerState": "available", "bgpStatus": "up"}]}],
	"directConnectGateways": [{"directConnectGatewayId": "dxgw-1", "directConnectGatewayName": "hub", "ownerAccount": "111122223333", "directConnectGatewayState": "available"}]
}`

const hybridAssociations = `{"directConnectGatewayAssociations": [{"directConnectGatewayId": "dxgw-1", "directConnectGatewayOwnerAccount": "111122223333",
	"associationState": "associated", "associatedGateway": {"id": "vgw-1", "type": "virtualPrivateGateway", "ownerAccount": "111122223333", "region": "eu-west-1"},
	"associationId": "a1", "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.0.0.0/15"}]}]}`

const hybridAttachments = `{"directConnectGatewayAttachments": [{"directConnectGatewayId": "dxgw-1", "virtualInterfaceId": "dxvif-1",
	"attachmentState": "attached", "attachmentType": "PrivateVirtualInterface"}]}`

func hybridFiles() files {
	const folder = "111122223333/eu-west-1/"
	return files{folder + "all.json": hybridAnswers,
		folder + "directconnect.describe-direct-connect-gateway-associations.vgw-1.json": hybridAssociations,
		folder + "directconnect.describe-direct-connect-gateway-attachments.dxgw-1.json": hybridAttachments}
}

func TestAnswersAboutNetworksOutsideAWS(t *testing.T) {
	p := onlyPart(t, open(t, hybridFiles()))
	static := true
	cidr := netip.MustParsePrefix
	diff(t, "VGW-1", p.VPNGateways, []VpnGateway{{"vgw-1", "available", []GatewayAttachment{{"vpc-1", "attached"}}, []Tag{{"Name", "edge"}}}})
	diff(t, "VPN-1", p.VPNConnections, []VpnConnection{{VpnConnectionId: "vpn-1", State: "available", CustomerGatewayId: "cgw-1", VpnGatewayId: "vgw-1",
		GatewayAssociationState: "associated",
		Options:                 &VpnConnectionOptions{StaticRoutesOnly: &static, LocalIpv4NetworkCidr: cidr("10.50.0.0/16"), RemoteIpv4NetworkCidr: cidr("0.0.0.0/0"), TunnelInsideIpVersion: "ipv4"},
		Routes:                  []VpnStaticRoute{{cidr("10.50.0.0/16"), "available"}}, VgwTelemetry: []VgwTelemetry{{"UP"}}}})
	diff(t, "VPN-11", p.Named, []NamedResource{{ID: "cgw-1", Kind: "customer-gateway", State: "available"}})
	diff(t, "DX-1", p.VirtualInterfaces, []VirtualInterface{{"dxvif-1", "111122223333", "private", "available", "hall", "", "dxgw-1", []BgpPeer{{"ipv4", "available", "up"}}}})
	diff(t, "DX-3", p.DirectConnectGateways, []DirectConnectGateway{{"dxgw-1", "hub", "111122223333", "available"}})
	diff(t, "DX-9", p.DirectConnectAssociations, []DirectConnectAssociation{{"dxgw-1", "111122223333", "associated",
		AssociatedGateway{"vgw-1", "virtualPrivateGateway", "111122223333", "eu-west-1"}, "", []RouteFilterPrefix{{cidr("10.0.0.0/15")}}}})
	diff(t, "DX-9 attachments", p.DirectConnectAttachments, []DirectConnectAttachment{{"dxgw-1", "dxvif-1", "attached", "PrivateVirtualInterface"}})
	diff(t, "states", states(p), map[Operation]State{DescribeVpnGateways: Complete, DescribeVpnConnections: Complete, "describe-customer-gateways": Complete,
		DescribeVirtualInterfaces: Complete, DescribeDirectConnectGateways: Complete})
	diff(t, "asked for the gateway", p.Object(DescribeDirectConnectAssociations, "vgw-1").State, Complete)
	diff(t, "not asked for another", p.Object(DescribeDirectConnectAssociations, "vgw-2").State, NotAsked)
	diff(t, "asked for the virtual interfaces", p.Object(DescribeDirectConnectAttachments, "dxgw-1").State, Complete)
}

// Keys of tunnels and BGP sessions reach no file that this tool writes, and nothing that it holds (SNAP-6, VPN-2, DX-1).
func TestSecretsOfTunnelsAreRemoved(t *testing.T) {
	archive, packed := pack(t, hybridFiles())
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	text := unpacked(t, data)
	if !strings.Contains(text, "10.50.0.0/16") || !strings.Contains(text, "dxvif-1") {
		t.Fatal("the connections themselves are lost")
	}
	for _, secret := range []string{"s3cret", "CustomerGatewayConfiguration", "PreSharedKey", "authKey", "customerRouterConfig"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s survives", secret)
		}
	}
	sameFacts(t, packed, open(t, hybridFiles()))
}
