package oracle

import "testing"

// The network with a virtual private gateway at VPC b, with a static connection and one that speaks BGP.
var vpnNetwork = []edit{
	file("describe-vpn-gateways", `{"VpnGateways":[{"VpnGatewayId":"vgw-b","State":"available","VpcAttachments":[{"VpcId":"vpc-b","State":"attached"}]}]}`),
	file("describe-vpn-connections", `{"VpnConnections":[{"VpnConnectionId":"vpn-s","State":"available","VpnGatewayId":"vgw-b","Options":{"StaticRoutesOnly":true},
		"Routes":[{"DestinationCidrBlock":"192.168.0.0/16","State":"available"},{"DestinationCidrBlock":"172.16.0.0/16","State":"deleted"}],"VgwTelemetry":[{"Status":"UP"},{"Status":"DOWN"}]}]}`),
	file("directconnect.describe-virtual-interfaces", `{"virtualInterfaces":[]}`),
	file("directconnect.describe-direct-connect-gateway-associations.vgw-b", `{"directConnectGatewayAssociations":[]}`),
	addRoute("rtb-db", `{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"vgw-b","Origin":"CreateRoute","State":"active"}`),
}

func overVPN(edits ...edit) []edit { return append(append([]edit{}, vpnNetwork...), edits...) }

var (
	toVPN   = Question{From: End{Interface: "eni-db"}, To: End{Edge: "vgw-b"}, Packet: packet("10.1.1.5", "192.168.1.9", 443)}
	fromVPN = Question{From: End{Edge: "vgw-b"}, To: End{Interface: "eni-db"}, Packet: packet("192.168.1.9", "10.1.1.5", 443)}
)

func TestVPNGateways(t *testing.T) {
	to := func(a string) Question {
		q := toVPN
		q.Packet = packet("10.1.1.5", a, 443)
		return q
	}
	bgp := set(`"VpnConnections":[`, `"VpnConnections":[{"VpnConnectionId":"vpn-d","State":"available","VpnGatewayId":"vgw-b","Options":{"StaticRoutesOnly":false},"VgwTelemetry":[{"Status":"UP"}]},`)
	propagating := set(`rtb-db|"Routes":[`, `"PropagatingVgws":[{"GatewayId":"vgw-b"}],"Routes":[{"DestinationCidrBlock":"172.16.0.0/16","GatewayId":"vgw-b","Origin":"EnableVgwRoutePropagation","State":"active"},`)
	down := set(`[{"Status":"UP"},{"Status":"DOWN"}]`, `[{"Status":"DOWN"},{"Status":"DOWN"}]`)
	second := set(`"VpnConnections":[`, `"VpnConnections":[{"VpnConnectionId":"vpn-2","State":"available","VpnGatewayId":"vgw-b","Options":{"StaticRoutesOnly":true,"LocalIpv4NetworkCidr":"10.9.0.0/16"},
		"Routes":[{"DestinationCidrBlock":"192.168.0.0/16","State":"available"}],"VgwTelemetry":[{"Status":"UP"}]},`)
	loose := set(`eni-db|"SourceDestCheck":true`, `"SourceDestCheck":false`)
	six := []edit{
		set(`vpc-b|"CidrBlock":"10.1.0.0/16",`, `"CidrBlock":"10.1.0.0/16","Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2600:1f01::/56"}],`),
		set(`eni-db|"SourceDestCheck":true`, `"Ipv6Addresses":[{"Ipv6Address":"2600:1f01::5"}]`),
		addRoute("rtb-db", `{"DestinationIpv6CidrBlock":"::/0","GatewayId":"vgw-b"}`),
	}
	run(t, []step{
		{"VGW-1 out and back", overVPN(), toVPN, Admitted, "vgw-in"},
		{"VGW-1 deleting", overVPN(set(`"vgw-b","State":"available"`, `"vgw-b","State":"deleting"`)), toVPN, Blocked, "vgw-state"},
		{"VGW-1 detached", overVPN(set(`[{"VpcId":"vpc-b","State":"attached"}]`, `[]`)), toVPN, Blocked, "vgw-attachment"},
		{"D-230 not in the answers", overVPN(file("describe-vpn-gateways", `{"VpnGateways":[]}`)), toVPN, Unknown, "vgw-missing"},
		{"VGW-8 a source that no interface has", overVPN(loose), Question{From: toVPN.From, To: toVPN.To, Packet: packet("10.1.9.9", "192.168.1.9", 443)}, Blocked, "vgw-source"},
		{"VGW-5 what the gateway does not know", overVPN(), to("172.16.1.1"), Blocked, "vgw-not-known"},
		{"VGW-6 it may know more by BGP", overVPN(bgp), to("172.16.1.1"), Unknown, "vgw-routes-unknown"},
		{"VGW-6 which is propagated", overVPN(bgp, propagating), to("172.16.1.1"), Admitted, "vpn"},
		{"VGW-6 or is not", overVPN(bgp, propagating), to("172.17.1.1"), Blocked, "vgw-not-known"},
		{"VGW-6 or the tables are not all there", overVPN(bgp, propagating, cut("describe-route-tables")), to("172.17.1.1"), Unknown, "vgw-routes-unknown"},
		{"D-231 or by Direct Connect", overVPN(without("directconnect.describe-virtual-interfaces")), to("172.16.1.1"), Unknown, "vgw-routes-unknown"},
		{"D-231 or by a Direct Connect gateway", overVPN(without("directconnect.describe-direct-connect-gateway-associations.vgw-b")), to("172.16.1.1"), Unknown, "vgw-routes-unknown"},
		{"D-231 or by a connection that no answer shows", overVPN(cut("describe-vpn-connections")), to("172.16.1.1"), Unknown, "vgw-routes-unknown"},
		{"VPN-4 all tunnels are down", overVPN(down), toVPN, Blocked, "vpn-tunnels-down"},
		{"VGW-7 but another connection may be up", overVPN(down, cut("describe-vpn-connections")), toVPN, Unknown, ""},
		{"D-234 which aws notes", overVPN(down), toVPN.aws(), Admitted, "vpn-tunnels-note"},
		{"VGW-7 tunnels before routes", overVPN(down, second), toVPN, Blocked, "vpn-selectors"},
		{"D-231 two connections are branches", overVPN(second), toVPN, Ambiguous, "vgw-branches"},
		{"VGW-14 no IPv6", overVPN(six...), Question{From: toVPN.From, To: toVPN.To, Packet: packet("2600:1f01::5", "2001:db8::7", 443)}, Blocked, "vgw-not-known"},
		{"D-238 beyond it", overVPN(), question("eni-db", "address", toVPN.Packet), Unknown, "edge"},
		{"D-232 in and back", overVPN(), fromVPN, Admitted, "edge-back"},
		{"VGW-8 to an address of no interface", overVPN(), Question{From: fromVPN.From, To: End{Address: true}, Packet: packet("192.168.1.9", "10.1.9.9", 443)}, Blocked, "vgw-destination"},
		{"VGW-5 back to what the gateway does not know", overVPN(), Question{From: fromVPN.From, To: fromVPN.To, Packet: packet("172.16.1.1", "10.1.1.5", 443)}, Blocked, "vgw-not-known"},
		{"D-232 back by another gateway", overVPN(addRoute("rtb-db", `{"DestinationCidrBlock":"192.168.0.0/16","GatewayId":"igw-a"}`)), fromVPN, Blocked, "reply-gateway"},
		{"RET-5 a reply to what did not come in by it", overVPN(addRoute("rtb-db", `{"DestinationCidrBlock":"10.0.1.5/32","GatewayId":"vgw-b"}`)), webToDB, Blocked, "reply-gateway"},
		{"VGW-4 local beats what is propagated, however long", overVPN(addRoute("rtb-db", `{"DestinationCidrBlock":"10.1.2.0/24","GatewayId":"vgw-b","Origin":"EnableVgwRoutePropagation","State":"active"}`)),
			question("eni-db", "address", packet("10.1.1.5", "10.1.2.5", 443)), Blocked, "local-none"},
	})
}

func TestVPNGatewayTables(t *testing.T) {
	table := func(routes string) edit {
		return set(`"RouteTables":[`, `"RouteTables":[{"RouteTableId":"rtb-vpn","VpcId":"vpc-b","Associations":[{"GatewayId":"vgw-b"}],"Routes":[`+routes+`]},`)
	}
	local := `{"DestinationCidrBlock":"10.1.0.0/16","GatewayId":"local","State":"active"}`
	box := []edit{
		set(`"NetworkInterfaces":[`, `"NetworkInterfaces":[{"NetworkInterfaceId":"eni-box","VpcId":"vpc-b","SubnetId":"subnet-box","InterfaceType":"interface","SourceDestCheck":false,"Status":"in-use",
			"Groups":[{"GroupId":"sg-db"}],"Attachment":{"Status":"attached"},"PrivateIpAddresses":[{"PrivateIpAddress":"10.1.3.5","Primary":true}]},`),
		set(`"Subnets":[`, `"Subnets":[{"SubnetId":"subnet-box","VpcId":"vpc-b","State":"available","CidrBlock":"10.1.3.0/24"},`),
		set(`rtb-db|"Associations":[{"SubnetId":"subnet-db"}]`, `"Associations":[{"SubnetId":"subnet-box"}]`),
		set(`"RouteTables":[`, `"RouteTables":[{"RouteTableId":"rtb-host","VpcId":"vpc-b","Associations":[{"SubnetId":"subnet-db"}],"Routes":[`+local+`,{"DestinationCidrBlock":"0.0.0.0/0","NetworkInterfaceId":"eni-box","State":"active"}]},`),
	}
	through := `{"DestinationCidrBlock":"10.1.1.0/24","NetworkInterfaceId":"eni-box","State":"active"},` + local
	run(t, []step{
		{"VGW-11 local", overVPN(table(local)), fromVPN, Admitted, "vgw-edge-table"},
		{"VGW-11 no route", overVPN(table(``)), fromVPN, Blocked, "route-none"},
		{"VGW-12 a middlebox, there and back, without a public address", overVPN(append(box, table(through))...), fromVPN, Admitted, "vgw-edge-box"},
		{"VGW-12 which the reply misses", overVPN(append(box, table(through), addRoute("rtb-host", `{"DestinationCidrBlock":"192.168.0.0/16","GatewayId":"vgw-b"}`))...), fromVPN, Blocked, "appliance-bypassed"},
		{"GRT-3 another target", overVPN(table(`{"DestinationCidrBlock":"10.1.0.0/16","NatGatewayId":"nat-n","State":"active"}`)), fromVPN, Unknown, "not-modelled"},
		{"D-47 whether it has a table is not known", overVPN(cut("describe-route-tables")), fromVPN, Unknown, "edge-table-missing"},
	})
}
