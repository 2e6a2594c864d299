package oracle

import "testing"

// regionalNAT makes the NAT gateway a regional one with the addresses given, and a table of its own.
func regionalNAT(addresses, zones string) edit {
	return func(t *testing.T, files Files) {
		files["describe-nat-gateways.json"] = []byte(`{"NatGateways":[{"NatGatewayId":"nat-n","VpcId":"vpc-a","State":"available","ConnectivityType":"public",
			"AvailabilityMode":"regional","AutoProvisionZones":"` + zones + `","RouteTableId":"rtb-nat","NatGatewayAddresses":[` + addresses + `]}]}`)
		set(`"RouteTables":[`, `"RouteTables":[{"RouteTableId":"rtb-nat","VpcId":"vpc-a","Associations":[],"Routes":[
			{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"},{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-a"}]},`)(t, files)
		set(`eni-nat|"VpcId":"vpc-a"`, `"VpcId":"vpc-b"`)(t, files)
		set(`subnet-prv|"State":"available"`, `"State":"available","AvailabilityZoneId":"use1-az1","AvailabilityZone":"us-east-1a"`)(t, files)
	}
}

func TestRegionalNATGateways(t *testing.T) {
	one, two := `{"PublicIp":"203.0.113.50","AvailabilityZoneId":"use1-az1","Status":"succeeded"}`, `{"PublicIp":"203.0.113.51","AvailabilityZoneId":"use1-az2","Status":"succeeded"}`
	private := `{"PrivateIp":"10.0.200.9","PublicIp":"203.0.113.50","AvailabilityZoneId":"use1-az1"}`
	toWeb := addRoute("rtb-prv", toCIDR("10.0.1.0/24", `"NatGatewayId":"nat-n"`))
	none := file("describe-vpc-block-public-access-exclusions", `{"VpcBlockPublicAccessExclusions":[]}`)
	run(t, []step{
		{"NAT-10 D-140 an address of the zone", []edit{regionalNAT(one+","+two, "disabled")}, appOut, Admitted, "nat-zone"},
		{"NAT-10 D-140 by the zone's name", []edit{regionalNAT(`{"PublicIp":"203.0.113.50","AvailabilityZone":"us-east-1a"}`, "disabled")}, appOut, Admitted, "nat-zone"},
		{"NAT-10 none of the zone", []edit{regionalNAT(two, "disabled")}, appOut, Blocked, "nat-zone-none"},
		{"NAT-10 unless zones come by themselves", []edit{regionalNAT(two, "enabled")}, appOut, Admitted, "nat-zone-automatic"},
		{"NAT-10 D-140 which aws does not believe", []edit{regionalNAT(two, "enabled")}, appOut.aws(), Blocked, "nat-zone-none"},
		{"D-140 a zone that nothing tells", []edit{regionalNAT(`{"PublicIp":"203.0.113.50"}`, "disabled")}, appOut, Unknown, "nat-zone-unknown"},
		{"D-140 D-63 none of the zone works", []edit{regionalNAT(`{"PublicIp":"203.0.113.50","AvailabilityZoneId":"use1-az1","Status":"failed"}`, "enabled")}, appOut, Blocked, "nat-address"},
		{"D-140 a private address goes before the public one", []edit{regionalNAT(private, "disabled")}, appOut, Admitted, "nat-regional"},
		{"D-140 U-6 no ACL on the way out or back but the client's", []edit{regionalNAT(one, "disabled"), entries("acl-pub", "")}, appOut, Admitted, "nat-back"},
		{"D-140 the client's ACL is asked", []edit{regionalNAT(one, "disabled"), first("acl-prv", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"198.51.100.0/24"}`)}, appOut, Blocked, "reply-acl"},
		{"D-140 the table is its own", []edit{regionalNAT(one, "disabled"), set(`rtb-nat|"DestinationCidrBlock":"0.0.0.0/0"`, `"DestinationCidrBlock":"9.0.0.0/8"`)}, appOut, Blocked, "route-none"},
		{"D-140 the table is not known", []edit{regionalNAT(one, "disabled"), set(`"RouteTableId":"rtb-nat","NatGatewayAddresses"`, `"NatGatewayAddresses"`)}, appOut, Unknown, "route-table-missing"},
		{"D-140 D-68 a loop", []edit{regionalNAT(one, "disabled"), set(`rtb-nat|"GatewayId":"igw-a"`, `"NatGatewayId":"nat-n"`)}, appOut, Blocked, "nat-loop"},
		{"D-140 within the VPC the reply comes to its private address", []edit{regionalNAT(private, "disabled"), toWeb}, appToWeb, Admitted, "nat-back"},
		{"NAT-4 nothing starts towards it", []edit{regionalNAT(one, "disabled")}, question("internet", "address", packet("198.51.100.7", "203.0.113.50", 443)), Blocked, "nat-initiate"},
		{"BPA-5 D-122 the VPC's mode counts", []edit{regionalNAT(one, "disabled"), none, blockMode("vpc-a", "block-bidirectional")}, appOut, Blocked, "bpa-block"},
		{"BPA-3 D-123 block-ingress lets it pass", []edit{regionalNAT(one, "disabled"), none, blockMode("vpc-a", "block-ingress")}, appOut, Admitted, "bpa-outbound"},
		{"NAT-10 D-106 its own table leads the reply to a firewall", []edit{firewall(`,"Association":{"PublicIp":"203.0.113.30"}`, ``), regionalNAT(one, "disabled"), set(`subnet-fw|"State":"available"`, `"State":"available","AvailabilityZoneId":"use1-az1"`),
			addRoute("rtb-prv", to(byFW)), addRoute("rtb-fw", to(`"NatGatewayId":"nat-n"`)), addRoute("rtb-nat", toCIDR("10.0.2.0/24", byFW))}, appOut, Admitted, "nat-back-middlebox"},
	})
}

func TestNAT64(t *testing.T) {
	byNAT := addRoute("rtb-pub", `{"DestinationIpv6CidrBlock":"64:ff9b::/96","NatGatewayId":"nat-n"}`)
	ask := func(to string) Question {
		return question("eni-web", "address", packet("2600:1f00::5", to, 443))
	}
	far, near := "64:ff9b::c633:6407", "64:ff9b::a00:205" // 198.51.100.7, 10.0.2.5
	echo := func(kind uint8) Question {
		q := ask(far)
		q.Packet.Protocol, q.Packet.ICMPType, q.Packet.SourcePort, q.Packet.DestinationPort = icmpv6, kind, 0, 0
		return q
	}
	other := set(`rtb-pub|"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-a"`, `"DestinationIpv6CidrBlock":"::/0","NatGatewayId":"nat-n"`)
	run(t, []step{
		{"NAT-11 D-145 there as IPv4 and back as IPv6", []edit{byNAT}, ask(far), Admitted, "nat64-back"},
		{"NAT-11 D-145 to the VPC's own IPv4 addresses", []edit{byNAT}, ask(near), Admitted, "nat64-back"},
		{"NAT-11 to an interface asked for", []edit{byNAT}, question("eni-web", "eni-app", ask(near).Packet), Admitted, "nat64-back"},
		{"NAT-11 to nobody", []edit{byNAT}, ask("64:ff9b::a00:277"), Blocked, "local-none"},
		{"NAT-11 SG-15 groups see the IPv6 address", []edit{byNAT, egress("sg-web", `{"IpProtocol":"-1","IpRanges":[{"CidrIp":"198.51.100.0/24"}]}`)}, ask(far), Blocked, "sg-egress-no-match"},
		{"NAT-11 SG-15 and nothing else", []edit{byNAT, egress("sg-web", `{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"64:ff9b::/96"}]}`)}, ask(far), Admitted, "nat64"},
		{"NAT-11 D-145 echo requests", []edit{byNAT}, echo(128), Admitted, "nat64-back"},
		{"NAT-11 D-145 and no other ICMPv6", []edit{byNAT}, echo(1), Blocked, "nat-protocol"},
		{"NAT-11 D-145 other IPv6 destinations", []edit{other}, web6Out, Blocked, "nat-not-nat64"},
		{"NAT-11 D-145 ENI-4 the source must be the VPC's", []edit{byNAT, set(`eni-web|"SourceDestCheck":true`, `"SourceDestCheck":false`)}, question("eni-web", "address", packet("2600:1f00::77", far, 443)), Blocked, "nat-spoofed"},
		{"RT-15 D-145 the special addresses behind it are nobody's", []edit{byNAT}, ask("64:ff9b::a9fe:a9fe"), Blocked, "elsewhere"},
	})
}

func TestBranchInterfaces(t *testing.T) {
	branch := []edit{set(`eni-web|"InterfaceType":"interface"`, `"InterfaceType":"branch"`), set(`eni-web|"Attachment":{"Status":"attached","InstanceId":"i-web"},`, ``)}
	trunk := file("describe-trunk-interface-associations", `{"InterfaceAssociations":[{"AssociationId":"t","BranchInterfaceId":"eni-web","TrunkInterfaceId":"eni-two","VlanId":7}]}`)
	none := file("describe-trunk-interface-associations", `{"InterfaceAssociations":[]}`)
	plus := func(more ...edit) []edit { return append(append([]edit{}, branch...), more...) }
	loose := []edit{set(`eni-two|"Attachment":{"Status":"attached","InstanceId":"i-two"},`, ``), set(`eni-two|"Status":"in-use"`, `"Status":"available"`)}
	run(t, []step{
		{"ENI-10 D-150 live as its trunk is", plus(trunk), appToWeb, Admitted, "trunk"},
		{"ENI-10 whose instance is stopped", plus(trunk, stop("i-two", "stopped")), appToWeb, Blocked, "instance-state"},
		{"ENI-10 which is not attached", plus(append(loose, trunk)...), appToWeb, Blocked, "unattached"},
		{"ENI-10 D-11 which aws lets pass", plus(append(loose, trunk)...), appToWeb.aws(), Admitted, "trunk"},
		{"D-150 no trunk", plus(none), appToWeb, Blocked, "trunk-none"},
		{"D-150 D-11 no trunk in aws", plus(none), appToWeb.aws(), Admitted, ""},
		{"D-150 nothing tells", branch, appToWeb, Unknown, "trunk-unknown"},
		{"D-150 the trunk is not in the answers", plus(file("describe-trunk-interface-associations", `{"InterfaceAssociations":[{"BranchInterfaceId":"eni-web","TrunkInterfaceId":"eni-gone"}]}`)), appToWeb, Unknown, "trunk-unknown"},
		{"D-150 its own record counts where that answer is missing", []edit{branch[0]}, appToWeb, Admitted, "trunk-own"},
	})
}

func TestCarrierGateways(t *testing.T) {
	byIt := set(`rtb-pub|"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-a"`, `"DestinationCidrBlock":"0.0.0.0/0","CarrierGatewayId":"cagw-a"`)
	of := func(vpc, state string) edit {
		return file("describe-carrier-gateways", `{"CarrierGateways":[{"CarrierGatewayId":"cagw-a","VpcId":"`+vpc+`","State":"`+state+`"}]}`)
	}
	address := set(`eni-web|"Association":{"PublicIp":"203.0.113.5"}`, `"Association":{"CarrierIp":"155.146.10.5"}`)
	up := []edit{byIt, address, of("vpc-a", "available")}
	plus := func(more ...edit) []edit { return append(append([]edit{}, up...), more...) }
	none := file("describe-vpc-block-public-access-exclusions", `{"VpcBlockPublicAccessExclusions":[]}`)
	run(t, []step{
		{"CAGW-1 D-135 out and back", up, webOut, Admitted, "gateway-back"},
		{"CAGW-1 D-135 the address stands in describe-addresses", []edit{byIt, up[2], set(`eni-web|,"Association":{"PublicIp":"203.0.113.5"}`, ``),
			file("describe-addresses", `{"Addresses":[{"CarrierIp":"155.146.10.5","PrivateIpAddress":"10.0.1.5","NetworkInterfaceId":"eni-web"}]}`)}, webOut, Admitted, "cagw-out"},
		{"CAGW-1 no carrier address", []edit{byIt, up[2]}, webOut, Blocked, "cagw-no-address"},
		{"CAGW-1 nothing comes in from the internet", up, question("internet", "eni-web", packet("198.51.100.7", "155.146.10.5", 443)), Blocked, "igw-not-mapped"},
		{"CAGW-1 D-135 nor does a reply leave by it", []edit{byIt, up[2]}, intoWeb, Blocked, "reply-gateway"},
		{"D-135 IGW-3 private destinations", up, question("eni-web", "address", packet("10.0.1.5", "192.168.1.1", 443)), Blocked, "igw-private-destination"},
		{"D-135 its state", []edit{byIt, address, of("vpc-a", "deleting")}, webOut, Blocked, "cagw-state"},
		{"D-135 another VPC's", []edit{byIt, address, of("vpc-b", "available")}, webOut, Blocked, "cagw-attachment"},
		{"D-46 not in the answers", []edit{byIt, address}, webOut, Unknown, "cagw-missing"},
		{"BPA-2 D-123 block-bidirectional", plus(none, blockMode("subnet-pub", "block-bidirectional")), webOut, Blocked, "bpa-block"},
		{"BPA-3 D-123 block-ingress too", plus(none, blockMode("subnet-pub", "block-ingress")), webOut, Blocked, "bpa-block"},
	})
}
