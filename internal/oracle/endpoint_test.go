package oracle

import "testing"

// vpce adds an endpoint, of which more says what its type needs.
func vpce(id, kind, state, more string) edit {
	return file("describe-vpc-endpoints", `{"VpcEndpoints":[{"VpcEndpointId":"`+id+`","VpcId":"vpc-a","VpcEndpointType":"`+kind+`","State":"`+state+`"`+more+`}]}`)
}

// end names an endpoint as an end.
func end(id string) End { return End{Endpoint: id} }

func TestGatewayEndpoints(t *testing.T) {
	s3 := file("describe-prefix-lists", `{"PrefixLists":[{"PrefixListId":"pl-s3","Cidrs":["198.51.100.0/24"]}]}`)
	route := func(table string) edit {
		return addRoute(table, `{"DestinationPrefixListId":"pl-s3","GatewayId":"vpce-s3"}`)
	}
	up := vpce("vpce-s3", "Gateway", "available", "")
	app := []edit{s3, route("rtb-prv"), up}
	plus := func(more ...edit) []edit { return append(append([]edit{}, app...), more...) }
	with := func(e edit) []edit { return []edit{s3, route("rtb-prv"), e} }
	toIt := Question{From: End{Interface: "eni-app"}, To: end("vpce-s3"), Packet: appOut.Packet}
	run(t, []step{
		{"EP-1 D-160 as the internet", app, appOut, Admitted, "vpce-gateway"},
		{"EP-1 D-160 as an address", app, question("eni-app", "address", appOut.Packet), Admitted, "vpce-gateway"},
		{"EP-1 D-160 as itself", app, toIt, Admitted, "vpce-gateway"},
		{"EP-1 who asks for an interface does not mean it", app, question("eni-app", "eni-web", appOut.Packet), Blocked, "elsewhere"},
		{"EP-1 nor who asks for a gateway", app, Question{From: toIt.From, To: End{Gateway: "igw-a"}, Packet: appOut.Packet}, Blocked, "elsewhere"},
		{"EP-1 what the internet gateway takes does not reach it", app, Question{From: End{Interface: "eni-web"}, To: end("vpce-s3"), Packet: webOut.Packet}, Blocked, "elsewhere"},
		{"EP-2 a static route of the same range beats it", plus(addRoute("rtb-prv", to(`"NatGatewayId":"nat-n"`))), appOut, Admitted, "nat"},
		{"EP-3 UDP", app, question("eni-app", "internet", as(udp, appOut.Packet)), Blocked, "vpce-gateway-protocol"},
		{"EP-3 echo requests", app, question("eni-app", "internet", ping(appOut.Packet, 8, 0)), Admitted, "vpce-gateway"},
		{"EP-3 and no other ICMP", app, question("eni-app", "internet", ping(appOut.Packet, 3, 4)), Blocked, "vpce-gateway-protocol"},
		{"EP-4 a source that nobody in the VPC owns", plus(set(`eni-app|"SourceDestCheck":true`, `"SourceDestCheck":false`)), question("eni-app", "internet", packet("192.168.7.7", "198.51.100.7", 443)), Blocked, "vpce-spoofed"},
		{"EP-5 its reply passes the ACL", plus(first("acl-prv", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"6","PortRange":{"From":40000,"To":40000},"CidrBlock":"0.0.0.0/0"}`)), appOut, Blocked, "reply-acl"},
		{"EP-5 and needs no route", plus(set(`rtb-prv|"DestinationCidrBlock":"0.0.0.0/0"`, `"DestinationCidrBlock":"9.0.0.0/8"`)), appOut, Admitted, "vpce-gateway"},
		{"EP-5 it starts nothing", app, Question{From: end("vpce-s3"), To: End{Interface: "eni-app"}, Packet: packet("198.51.100.7", "10.0.2.5", 443)}, Blocked, "vpce-initiate"},
		{"EP-6 IPv6", []edit{file("describe-prefix-lists", `{"PrefixLists":[{"PrefixListId":"pl-s3","Cidrs":["2001:db8::/32"]}]}`), route("rtb-pub"), up}, web6Out, Admitted, "vpce-gateway"},
		{"SG-32 the sender's egress must admit the range", plus(egress("sg-app", `{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.0.0/8"}]}`)), appOut, Blocked, "sg-egress-no-match"},
		{"BPA-7 block public access does not matter", plus(blockMode("subnet-prv", "block-bidirectional")), appOut, Admitted, "vpce-gateway"},
		{"U-8 D-160 from a NAT gateway's subnet", []edit{s3, route("rtb-pub"), up}, appOut, Admitted, "nat-back"},
		{"RET-5 a reply does not go to it", []edit{s3, route("rtb-pub"), up}, intoWeb, Blocked, "reply-gateway"},
		{"D-160 its state, in any case", with(vpce("vpce-s3", "Gateway", "Available", "")), appOut, Admitted, "vpce-gateway"},
		{"D-160 deleting", with(vpce("vpce-s3", "Gateway", "deleting", "")), appOut, Blocked, "vpce-state"},
		{"D-160 another VPC's", with(file("describe-vpc-endpoints", `{"VpcEndpoints":[{"VpcEndpointId":"vpce-s3","VpcId":"vpc-b","VpcEndpointType":"Gateway","State":"available"}]}`)), appOut, Blocked, "vpce-vpc"},
		{"D-46 not in the answers", app[:2], appOut, Unknown, "vpce-missing"},
		{"D-160 an interface endpoint as next hop", with(vpce("vpce-s3", "Interface", "available", "")), appOut, Unknown, "not-modelled"},
		{"D-160 a gateway endpoint by a CIDR", []edit{addRoute("rtb-prv", to(`"GatewayId":"vpce-s3"`)), up}, appOut, Unknown, "not-modelled"},
		{"D-47 TO one that no answer describes", nil, toIt, Unknown, "interface-missing"},
	})
}

func TestInterfaceEndpoints(t *testing.T) {
	kind := set(`eni-web|"InterfaceType":"interface"`, `"InterfaceType":"vpc_endpoint"`)
	of := func(kind, state string) edit {
		return vpce("vpce-i", kind, state, `,"NetworkInterfaceIds":["eni-web"]`)
	}
	with := func(e ...edit) []edit { return append([]edit{kind}, e...) }
	up := with(of("Interface", "available"))
	prefixes := func(interfaces string) []edit {
		return with(vpce("vpce-i", "ServiceNetwork", "available", `,"NetworkInterfaceIds":[`+interfaces+`],"Ipv4Prefixes":[{"SubnetId":"subnet-pub","IpPrefixes":["10.0.1.64/28"]}]`))
	}
	toPrefix := question("eni-app", "address", packet("10.0.2.5", "10.0.1.70", 443))
	run(t, []step{
		{"EP-11 D-165 TCP", up, appToWeb, Admitted, "vpce-interface"},
		{"EP-11 UDP too", up, question("eni-app", "eni-web", as(udp, appToWeb.Packet)), Admitted, "vpce-interface"},
		{"EP-11 no ping", up, question("eni-app", "eni-web", ping(appToWeb.Packet, 8, 0)), Blocked, "vpce-protocol"},
		{"EP-11 its groups", append(up, ingress("sg-web", "")), appToWeb, Blocked, "sg-ingress-no-match"},
		{"EP-11 ACL-21 both ACLs", append(up, entries("acl-pub", "")), appToWeb, Blocked, "acl-deny"},
		{"EP-10 by its own id", up, Question{From: End{Interface: "eni-app"}, To: end("vpce-i"), Packet: appToWeb.Packet}, Admitted, "vpce-interface"},
		{"EP-10 it starts nothing", up, question("eni-web", "eni-app", packet("10.0.1.5", "10.0.2.5", 443)), Blocked, "vpce-initiate"},
		{"EP-10 by its own id neither", up, Question{From: end("vpce-i"), To: End{Interface: "eni-app"}, Packet: packet("10.0.1.5", "10.0.2.5", 443)}, Blocked, "vpce-initiate"},
		{"EP-10 whatever the interface's type says", []edit{of("Interface", "available")}, webOut, Blocked, "vpce-initiate"},
		{"EP-30 resource endpoints take TCP", with(of("Resource", "available")), appToWeb, Admitted, "vpce-interface"},
		{"EP-30 only", with(of("Resource", "available")), question("eni-app", "eni-web", as(udp, appToWeb.Packet)), Blocked, "vpce-protocol"},
		{"EP-31 service networks", with(of("ServiceNetwork", "available")), appToWeb, Admitted, "vpce-interface"},
		{"EP-31 D-165 a prefix is the sole interface's", prefixes(`"eni-web"`), toPrefix, Admitted, "vpce-interface"},
		{"EP-31 D-165 or that of one of several", prefixes(`"eni-web","eni-more"`), toPrefix, Unknown, "vpce-prefix"},
		{"EP-33 tunnels", with(of("Tunnel", "available")), appToWeb, Unknown, "not-modelled"},
		{"EP-33 FROM a tunnel", []edit{of("Tunnel", "available")}, Question{From: end("vpce-i"), To: End{Interface: "eni-app"}, Packet: appToWeb.Packet}, Unknown, "not-modelled"},
		{"D-165 its state", with(of("Interface", "rejected")), appToWeb, Blocked, "vpce-state"},
		{"D-165 no record of it", with(), appToWeb, Admitted, "vpce-assumed"},
		{"D-165 or not", with(), appToWeb.noAssume(), Unknown, "vpce-assumed"},
		{"PCX-5 from a peer", append(up, addRoute("rtb-db", toCIDR("10.0.1.0/24", `"VpcPeeringConnectionId":"pcx-ab"`))), question("eni-db", "eni-web", packet("10.1.1.5", "10.0.1.5", 443)), Admitted, "vpce-interface"},
	})
}

func TestInstanceConnectEndpoints(t *testing.T) {
	eice := []edit{set(`eni-web|"InterfaceType":"interface"`, `"InterfaceType":"ec2_instance_connect_endpoint"`),
		file("describe-instance-connect-endpoints", `{"InstanceConnectEndpoints":[{"InstanceConnectEndpointId":"eice-1","NetworkInterfaceIds":["eni-web"]}]}`)}
	from := Question{From: end("eice-1"), To: End{Interface: "eni-app"}, Packet: packet("10.0.1.5", "10.0.2.5", 22)}
	run(t, []step{
		{"SG-30 D-175 starts connections", eice, from, Admitted, "through"},
		{"SG-30 D-175 as its egress rules allow", append(eice, egress("sg-web", "")), from, Blocked, "sg-egress-no-match"},
		{"SG-20 its group is what the target may name", append(eice, ingress("sg-app", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-web"}]}`)), from, Admitted, "sg-reference"},
		{"D-175 TO it", eice, Question{From: End{Interface: "eni-app"}, To: end("eice-1"), Packet: appToWeb.Packet}, Admitted, "through"},
		{"D-175 one that no answer describes", nil, from, Unknown, "vpce-missing"},
	})
}

func TestGatewayLoadBalancerEndpoints(t *testing.T) {
	guard := func(more string) edit {
		return vpce("vpce-g", "GatewayLoadBalancer", "available", `,"SubnetIds":["subnet-fw"],"NetworkInterfaceIds":["eni-fw"]`+more)
	}
	eni := firewall(`"InterfaceType":"interface"`, `"InterfaceType":"gateway_load_balancer_endpoint"`, `"Groups":[{"GroupId":"sg-two"}]`, `"Groups":[]`, `"InstanceId":"i-fw",`, ``)
	byIt := `"VpcEndpointId":"vpce-g"`
	there, back := addRoute("rtb-prv", toCIDR("10.0.1.0/24", byIt)), addRoute("rtb-pub", toCIDR("10.0.2.0/24", `"GatewayId":"vpce-g"`))
	both := []edit{eni, guard(""), there, back}
	plus := func(more ...edit) []edit { return append(append([]edit{}, both...), more...) }
	outByIt := []edit{eni, guard(""), addRoute("rtb-pub", toCIDR("203.0.113.5/32", byIt))}
	v6 := []edit{eni, guard(""), set(`rtb-pub|"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-a"`, `"DestinationIpv6CidrBlock":"::/0","VpcEndpointId":"vpce-g"`)}
	run(t, []step{
		{"EP-20 GRT-12 there and back", both, appToWeb, Admitted, "gwlbe-back"},
		{"GRT-12 D-170 what stands behind it is assumed", both, appToWeb.noAssume(), Unknown, "gwlbe"},
		{"EP-23 D-170 a reply may go past it", []edit{eni, guard(""), there}, appToWeb, Admitted, "gwlbe"},
		{"EP-23 D-170 but not meet it alone", []edit{eni, guard(""), back}, appToWeb, Blocked, "gwlbe-asymmetric"},
		{"EP-23 D-170 but for aws", []edit{eni, guard(""), back}, appToWeb.aws(), Admitted, ""},
		{"SG-22 it erases tokens", plus(ingress("sg-web", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-app"}]}`)), appToWeb, Blocked, "sg-ingress-no-match"},
		{"GRT-9 D-101 and what a reference admitted", plus(egress("sg-app", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-web"}]}`)), appToWeb, Blocked, "sg-reference-lost"},
		{"W-3 the ACL of its subnet, in", plus(first("acl-fw", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.2.0/24"}`)), appToWeb, Blocked, "acl-deny"},
		{"W-3 and out", plus(first("acl-fw", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.1.0/24"}`)), appToWeb, Blocked, "acl-deny"},
		{"ACL-17 within one subnet, out", []edit{vpce("vpce-g", "GatewayLoadBalancer", "available", `,"SubnetIds":["subnet-prv"]`), addRoute("rtb-prv", to(byIt)),
			first("acl-prv", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"198.51.100.0/24"}`)}, appOut, Blocked, "acl-deny"},
		{"ACL-17 D-170 and in", []edit{vpce("vpce-g", "GatewayLoadBalancer", "available", `,"SubnetIds":["subnet-prv"]`), addRoute("rtb-prv", to(byIt)),
			first("acl-prv", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.2.0/24"}`)}, appOut, Blocked, "acl-deny"},
		{"D-170 D-103 a loop", []edit{vpce("vpce-g", "GatewayLoadBalancer", "available", `,"SubnetIds":["subnet-prv"]`), addRoute("rtb-prv", to(byIt))}, appOut, Blocked, "gwlbe-loop"},
		{"D-170 its state", []edit{eni, vpce("vpce-g", "GatewayLoadBalancer", "pending", `,"SubnetIds":["subnet-fw"]`), there, back}, appToWeb, Blocked, "vpce-state"},
		{"D-170 Network Firewall's", []edit{eni, guard(`,"RequesterManaged":true`), there, back}, appToWeb, Unknown, "gwlbe-firewall"},
		{"D-170 Network Firewall's, by its tag", []edit{eni, guard(`,"Tags":[{"Key":"AWSNetworkFirewallManaged","Value":"true"}]`), there, back}, appToWeb, Unknown, "gwlbe-firewall"},
		{"D-46 not in the answers", []edit{there}, appToWeb, Unknown, "vpce-missing"},
		{"D-170 delivered to its address", []edit{eni, guard("")}, question("eni-app", "eni-fw", packet("10.0.2.5", "10.0.3.5", 443)), Blocked, "gwlbe-delivered"},
		{"EP-22 D-170 FROM it", []edit{eni, guard("")}, Question{From: end("vpce-g"), To: End{Interface: "eni-app"}, Packet: packet("10.0.3.5", "10.0.2.5", 443)}, Blocked, "vpce-initiate"},
		{"GRT-3 D-110 from a gateway's table, without a public address", []edit{eni, guard(""), edgeTable(`,` + toCIDR("10.0.1.0/24", byIt)), addRoute("rtb-pub", to(byIt))}, intoWeb, Admitted, "edge-endpoint"},
		{"GRT-5 D-112 nothing leaves past it", []edit{eni, guard(""), edgeTable(`,` + toCIDR("10.0.1.0/24", byIt))}, question("eni-web", "internet", ping(webOut.Packet, 3, 4)), Blocked, "edge-bypass"},
		{"GRT-3 a gateway endpoint in a gateway's table", []edit{vpce("vpce-s3", "Gateway", "available", ""), edgeTable(`,` + toCIDR("10.0.1.0/24", `"GatewayId":"vpce-s3"`))}, intoWeb, Unknown, "not-modelled"},
		{"BPA-8 D-122 its subnet touches the gateway", []edit{eni, guard(""), edgeTable(`,` + toCIDR("10.0.1.0/24", byIt)), addRoute("rtb-pub", to(byIt)), blockMode("subnet-fw", "block-ingress"), exclude("subnet/subnet-fw", "allow-bidirectional", "create-complete")}, intoWeb, Admitted, "bpa-excluded"},
		{"EIGW-2 D-130 to an egress-only gateway", append(v6, egressOnly("vpc-a", "attached"), set(`rtb-fw|"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-a"`, `"DestinationIpv6CidrBlock":"::/0","EgressOnlyInternetGatewayId":"eigw-a"`)), web6Out, Blocked, "eigw-from-endpoint"},
		{"EIGW-2 but to an internet gateway", v6, web6Out, Admitted, "igw-out"},
		{"EP-23 D-55 a reply to what went out and came in again may go past it", outByIt, appToEIP, Admitted, "hairpin"},
		{"EP-23 D-105 but not meet it with a header that it has not seen", append(outByIt, addRoute("rtb-pub", toCIDR("203.0.113.9/32", byIt))), appToEIP, Blocked, "gwlbe-asymmetric"},
		{"RET-6 D-106 behind a NAT gateway", []edit{eni, guard(""), addRoute("rtb-prv", to(byIt)), addRoute("rtb-fw", to(`"NatGatewayId":"nat-n"`)), back}, appOut, Admitted, "nat-back-middlebox"},
	})
}
