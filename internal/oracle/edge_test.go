package oracle

import "testing"

// edgeTable gives the internet gateway a table of its own.
func edgeTable(routes string) edit {
	return set(`"RouteTables":[`, `"RouteTables":[{"RouteTableId":"rtb-edge","VpcId":"vpc-a","Associations":[{"GatewayId":"igw-a"}],"Routes":[
		{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"}`+routes+`]},`)
}

func TestGatewayRouteTables(t *testing.T) {
	toFW := edgeTable(`,` + toCIDR("10.0.1.0/24", byFW))
	// what comes in for the public subnet passes the firewall, and so does what it answers
	both := []edit{firewall(), toFW, addRoute("rtb-pub", to(byFW))}
	plus := func(more ...edit) []edit { return append(append([]edit{}, both...), more...) }
	fwUnlisted := firewall(`,"Association":{"PublicIp":"203.0.113.30"}}]`, `}],"Ipv4Prefixes":[{"Ipv4Prefix":"10.0.3.64/28"}]`)
	none := file("describe-vpc-block-public-access-exclusions", `{"VpcBlockPublicAccessExclusions":[]}`)
	noReply := question("eni-web", "internet", ping(webOut.Packet, 3, 4))
	run(t, []step{
		{"GRT-1 local", []edit{edgeTable("")}, intoWeb, Admitted, "edge-table"},
		{"GRT-1 no table", nil, intoWeb, Admitted, "igw-in"},
		{"GRT-1 a table that a cut answer may hold", []edit{cut("describe-route-tables")}, intoWeb, Unknown, "edge-table-missing"},
		{"GRT-3 D-110 to the firewall and back through it", both, intoWeb, Admitted, "edge-redirect"},
		{"GRT-3 D-110 replies too", plus(egress("sg-two", "")), intoWeb, Blocked, "sg-egress-no-match"},
		{"GRT-3 D-110 anything else is not modelled", []edit{edgeTable(`,` + toCIDR("10.0.1.0/24", `"NatGatewayId":"nat-n"`))}, intoWeb, Unknown, "not-modelled"},
		{"GRT-3 D-46 an interface that is not in the answers", []edit{toFW}, intoWeb, Unknown, "appliance-missing"},
		{"GRT-1 RT-18 no route", []edit{set(`"RouteTables":[`, `"RouteTables":[{"RouteTableId":"rtb-edge","VpcId":"vpc-a","Associations":[{"GatewayId":"igw-a"}],"Routes":[]},`)}, intoWeb, Blocked, "route-none"},
		{"GRT-1 RT-16 a blackhole", []edit{edgeTable(`,{"DestinationCidrBlock":"10.0.1.0/24",` + byFW + `,"State":"blackhole"}`)}, intoWeb, Blocked, "route-blackhole"},
		{"GRT-4 D-111 the firewall needs a public address", []edit{firewall(`,"Association":{"PublicIp":"203.0.113.30"}`, ``), toFW, both[2]}, intoWeb, Blocked, "edge-no-public-ip"},
		{"GRT-4 D-111 for replies too", []edit{firewall(`,"Association":{"PublicIp":"203.0.113.30"}`, ``), toFW}, webOut, Blocked, ""},
		{"GRT-4 D-111 D-54 which may be in a delegated prefix", []edit{fwUnlisted, toFW, both[2], without("describe-addresses")}, intoWeb, Unknown, "edge-public-ip-unknown"},
		{"GRT-5 D-112 nothing leaves past the firewall", []edit{firewall(), toFW}, noReply, Blocked, "edge-bypass"},
		{"GRT-5 D-112 nor a reply", []edit{firewall(), toFW}, intoWeb, Blocked, "edge-bypass"},
		{"GRT-5 D-112 but through it", plus(set(`eni-fw|,"Association":{"PublicIp":"203.0.113.30"}`, ``)), noReply, Admitted, "edge-same-box"},
		{"GRT-5 D-112 the firewall's own packets", []edit{firewall(), edgeTable(`,` + toCIDR("10.0.3.0/24", byFW))}, question("eni-fw", "internet", ping(packet("10.0.3.5", "198.51.100.7", 0), 3, 4)), Admitted, "edge-same-box"},
		{"GRT-5 D-112 D-80 refused although the sender's public address is not known", []edit{firewall(), toFW, set(`eni-web|"SubnetId":"subnet-pub"`, `"SubnetId":"subnet-pub","Ipv4Prefixes":[{"Ipv4Prefix":"10.0.1.64/28"}]`), without("describe-addresses")},
			question("eni-web", "internet", ping(packet("10.0.1.70", "198.51.100.7", 0), 3, 4)), Blocked, "edge-bypass"},
		{"GRT-5 D-112 a redirection in doubt", []edit{cut("describe-route-tables")}, noReply, Unknown, "edge-table-missing"},
		{"GRT-5 D-112 to an interface that is not in the answers", []edit{toFW}, noReply, Unknown, "edge-redirect-unknown"},
		{"GRT-5 another subnet is not concerned", []edit{firewall(), edgeTable(`,` + toCIDR("10.0.2.0/24", byFW))}, webOut, Admitted, "igw-out"},
		{"GRT-6 a gateway's table never sees peering", []edit{firewall(), toFW}, webToDB, Admitted, "pcx"},
		{"BPA-5 D-122 in: the middlebox's subnet counts", plus(none, blockMode("subnet-fw", "block-ingress")), intoWeb, Blocked, "bpa-block"},
		{"BPA-5 D-122 and not the workload's", plus(none, blockMode("subnet-pub", "block-ingress")), intoWeb, Admitted, "edge-redirect"},
		{"BPA-5 D-122 D-46 not an endpoint's of which only the interface is in the answers", []edit{
			firewall(`"InterfaceType":"interface"`, `"InterfaceType":"gateway_load_balancer_endpoint","Description":"VPC Endpoint Interface vpce-g"`), edgeTable(`,` + toCIDR("10.0.1.0/24", `"VpcEndpointId":"vpce-g"`)),
			none, blockMode("subnet-fw", "block-ingress")}, intoWeb, Unknown, "vpce-missing"},
		{"BPA-5 D-122 in: the owner's subnet where nothing redirects", []edit{none, blockMode("subnet-pub", "block-ingress"), edgeTable("")}, intoWeb, Blocked, "bpa-block"},
		{"BPA-5 D-80 what a table that is not known may redirect is not refused", []edit{none, blockMode("subnet-pub", "block-ingress"), cut("describe-route-tables")}, intoWeb, Unknown, "edge-table-missing"},
		{"D-103 D-55 out through the firewall and in again through it", []edit{firewall(), edgeTable(`,` + toCIDR("10.0.1.0/24", byFW)), addRoute("rtb-prv", toCIDR("203.0.113.5/32", byFW)), addRoute("rtb-pub", toCIDR("203.0.113.30/32", byFW))}, appToEIP, Admitted, "hairpin"},
	})
}
