package oracle

import (
	"slices"
	"testing"
)

func TestInterfaces(t *testing.T) {
	status := func(to string) edit { return set(`eni-web|"Status":"in-use"`, `"Status":"`+to+`"`) }
	attached := func(to string) edit {
		return set(`eni-web|"Attachment":{"Status":"attached"`, `"Attachment":{"Status":"`+to+`"`)
	}
	loose := set(`eni-web|"Attachment":{"Status":"attached","InstanceId":"i-web"},`, ``)
	spoofed := question("eni-web", "eni-app", packet("10.0.1.77", "10.0.2.5", 443))
	noCheck := set(`eni-web|"SourceDestCheck":true`, `"SourceDestCheck":false`)
	run(t, []step{
		{"ENI-1 an address of a delegated prefix", nil, question("eni-app", "eni-two", packet("10.0.2.5", "10.0.1.37", 443)), Admitted, ""},
		{"ENI-2 no mapping for another address of the interface", nil, question("eni-two", "internet", packet("10.0.1.37", "198.51.100.7", 443)), Blocked, "igw-no-public-ip"},
		{"ENI-2 a mapping into a delegated prefix", []edit{file("describe-addresses", `{"Addresses":[{"PublicIp":"203.0.113.37","PrivateIpAddress":"10.0.1.37","NetworkInterfaceId":"eni-two"}]}`)},
			question("eni-two", "internet", packet("10.0.1.37", "198.51.100.7", 443)), Admitted, "igw-out"},
		{"ENI-2 that may be missing", []edit{without("describe-addresses")}, question("eni-two", "internet", packet("10.0.1.37", "198.51.100.7", 443)), Unknown, "igw-source-unknown"},
		{"ENI-2 the interface's record tells the mappings of its listed addresses", []edit{without("describe-addresses"), set(`eni-web|,"Association":{"PublicIp":"203.0.113.5"}`, ``)}, webOut, Blocked, "igw-no-public-ip"},
		{"ENI-3 a source that is not the interface's", nil, spoofed, Blocked, "source-check"},
		{"ENI-3 the check switched off, but the reply finds nobody", []edit{noCheck}, spoofed, Blocked, "local-none"},
		{"ENI-4 a gateway drops a forged source", []edit{noCheck}, question("eni-web", "internet", packet("192.168.7.7", "198.51.100.7", 443)), Blocked, "igw-spoofed"},
		{"ENI-4 D-62 a NAT gateway too", []edit{set(`eni-app|"SourceDestCheck":true`, `"SourceDestCheck":false`)}, question("eni-app", "internet", packet("192.168.7.7", "198.51.100.7", 443)), Blocked, "nat-spoofed"},
		{"ENI-5 a managed interface forwards nothing", []edit{noCheck, set(`eni-web|"InterfaceType":"interface"`, `"InterfaceType":"lambda"`)}, spoofed, Blocked, "source-check"},
		{"ENI-6 not live for the internet gateway, in", []edit{status("pending")}, question("internet", "eni-web", as(udp, intoWeb.Packet)).aws(), Blocked, "igw-not-live"},
		{"ENI-6 not live for the internet gateway, out", []edit{status("pending")}, question("eni-web", "internet", as(udp, webOut.Packet)).aws(), Blocked, "igw-not-live"},
		{"ENI-6 BAD_STATE_ATTACHMENT", []edit{attached("detaching")}, appToWeb, Blocked, "attachment"},
		{"D-11 unattached carries nothing in strict", []edit{loose, status("available")}, appToWeb, Blocked, "unattached"},
		{"D-11 unattached takes part in aws", []edit{loose, status("available")}, appToWeb.aws(), Admitted, ""},
		{"D-11 a record without an attachment counts as attached", []edit{loose}, appToWeb, Admitted, ""},
		{"ENI-7 a stopped instance", []edit{stop("i-web", "stopped")}, appToWeb, Blocked, "instance-state"},
		{"ENI-7 a stopped sender", []edit{stop("i-app", "stopping")}, appToWeb, Blocked, "instance-state"},
		{"ENI-10 a branch without its trunk", []edit{loose, set(`eni-web|"InterfaceType":"interface"`, `"InterfaceType":"branch"`)}, appToWeb, Unknown, ""},
		{"D-12 instances are assumed to run", []edit{without("describe-instances")}, appToWeb, Admitted, "instance-assumed"},
		{"D-12 or not", []edit{without("describe-instances")}, appToWeb.noAssume(), Unknown, "instance-assumed"},
		{"D-12 answers that disagree", []edit{file("describe-instances", `{"Reservations":[]}`)}, appToWeb, Unknown, "instance-missing"},
		{"W-1 the start is not in the answers", nil, question("eni-gone", "eni-web", appToWeb.Packet), Unknown, "interface-missing"},
	})
}

func TestInternetGateways(t *testing.T) {
	publicRange := set(`eni-web|"10.0.1.5","Primary":true,"Association":{"PublicIp":"203.0.113.5"}`, `"52.1.0.5","Primary":true`)
	dual := []edit{ // VPC b has IPv6 and an internet gateway too
		set(`vpc-b|"CidrBlock":"10.1.0.0/16",`, `"CidrBlock":"10.1.0.0/16","Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2600:1f01::/56"}],`),
		set(`eni-db|"SourceDestCheck":true`, `"Ipv6Addresses":[{"Ipv6Address":"2600:1f01::5"}]`),
		set(`"InternetGateways":[`, `"InternetGateways":[{"InternetGatewayId":"igw-b","Attachments":[{"VpcId":"vpc-b","State":"available"}]},`),
		addRoute("rtb-db", `{"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-b"}`),
	}
	web6ToDB := question("eni-web", "eni-db", packet("2600:1f00::5", "2600:1f01::5", 443))
	to := func(a string) Question { return question("eni-web", "internet", packet("10.0.1.5", a, 443)) }
	by := func(a string) Question { return question("internet", "eni-web", packet(a, "203.0.113.5", 443)) }
	run(t, []step{
		{"IGW-1 attached", nil, webOut, Admitted, "igw-out"},
		{"IGW-1 detached", []edit{set(`"Attachments":[{"VpcId":"vpc-a","State":"available"}]`, `"Attachments":[]`)}, webOut, Blocked, "igw-attachment"},
		{"IGW-1 D-50 detaching", []edit{set(`igw-a|"VpcId":"vpc-a","State":"available"`, `"VpcId":"vpc-a","State":"detaching"`)}, intoWeb, Blocked, "igw-attachment"},
		{"IGW-2 no public address", []edit{set(`eni-web|,"Association":{"PublicIp":"203.0.113.5"}`, ``)}, webOut, Blocked, "igw-no-public-ip"},
		{"D-54 the top level's association", []edit{set(`eni-web|,"Association":{"PublicIp":"203.0.113.5"}}]`, `}],"Association":{"PublicIp":"203.0.113.5"}`)}, webOut, Admitted, "igw-out"},
		{"D-54 a public address mapped twice", []edit{set(`"203.0.113.6"`, `"203.0.113.5"`)}, webOut, Unknown, "igw-mapped-twice"},
		{"D-54 a public address mapped twice, on the way in", []edit{set(`"203.0.113.6"`, `"203.0.113.5"`)}, intoWeb, Unknown, "igw-mapped-twice"},
		{"IGW-3 private destination", nil, to("10.9.9.9"), Blocked, "igw-private-destination"},
		{"IGW-3 shared destination", nil, to("100.64.0.9"), Blocked, "igw-shared-destination"},
		{"IGW-3 private source", nil, by("192.168.1.1"), Blocked, "igw-private-source"},
		{"IGW-3 shared source", nil, by("100.64.0.9"), Blocked, "igw-shared-source"},
		{"D-4 link-local is no internet", nil, to("169.254.7.7"), Blocked, "elsewhere"},
		{"D-4 nor a source from it", nil, by("169.254.7.7"), Blocked, "igw-link-local-source"},
		{"D-4 but for aws", nil, by("169.254.7.7").aws(), Admitted, "igw-reply-out"},
		{"IGW-4 in", nil, intoWeb, Admitted, "igw-in"},
		{"IGW-4 D-4 through that gateway", nil, question("igw-a", "eni-web", intoWeb.Packet), Admitted, "igw-in"},
		{"IGW-4 an address that nobody has", nil, question("internet", "eni-web", packet("198.51.100.7", "203.0.113.99", 443)), Blocked, "igw-not-mapped"},
		{"IGW-4 D-81 or nobody known", []edit{cut("describe-network-interfaces")}, question("internet", "eni-web", packet("198.51.100.7", "203.0.113.99", 443)), Unknown, "public-owner-unknown"},
		{"IGW-5 IPv6 out", nil, web6Out, Admitted, "igw-out"},
		{"IGW-5 IPv6 in", nil, intoWeb6, Admitted, "igw-in"},
		{"ENI-9 DenyAllIgwTraffic", []edit{set(`eni-web|"SourceDestCheck":true`, `"DenyAllIgwTraffic":true`)}, intoWeb6, Blocked, "igw-denied"},
		{"VPC-4 a private IPv6 block", []edit{set(`"Ipv6AddressAttribute":"public"`, `"Ipv6AddressAttribute":"private"`)}, web6Out, Blocked, "igw-private-ipv6"},
		{"D-52 a destination that is not global", nil, question("eni-web", "internet", packet("2600:1f00::5", "fd00::1", 443)), Blocked, "igw-not-global-destination"},
		{"IGW-6 D-55 out and in again", nil, twoToEIP, Admitted, "hairpin"},
		{"IGW-6 D-55 through a NAT gateway", nil, appToEIP, Admitted, "hairpin"},
		{"IGW-6 D-55 by two gateways", dual, web6ToDB, Admitted, "hairpin"},
		{"SG-22 gateways erase the token", append(slices.Clip(dual), ingress("sg-db", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-web"}]}`)), web6ToDB, Blocked, "sg-ingress-no-match"},
		{"IGW-6 D-55 refused by aws", nil, appToEIP.aws(), Blocked, "igw-nat-reflection"},
		{"D-4 an address that no interface has is the internet", nil, question("eni-web", "address", webOut.Packet), Admitted, "igw-out"},
		{"D-9 as it is taken to be where an interface may be missing", []edit{cut("describe-network-interfaces")}, question("eni-web", "address", webOut.Packet), Admitted, "internet-address"},
		{"D-9 or not", []edit{cut("describe-network-interfaces")}, question("eni-web", "address", webOut.Packet).noAssume(), Unknown, "internet-address"},
		{"VPC-3 a public range inside a VPC is private", []edit{publicRange}, question("eni-web", "internet", packet("52.1.0.5", "198.51.100.7", 443)), Blocked, "igw-no-public-ip"},
		{"VPC-3 and is not advertised", []edit{publicRange}, question("internet", "eni-web", packet("198.51.100.7", "52.1.0.5", 443)), Blocked, "igw-not-mapped"},
		{"RET-5 D-57 the reply leads to another gateway", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24","GatewayId":"igw-other"}`)}, intoWeb, Blocked, "reply-gateway"},
		{"RET-5 the reply leads to a NAT gateway", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24","NatGatewayId":"nat-n"}`)}, intoWeb, Blocked, "reply-nat"},
		{"RET-3 an ESP reply swaps addresses", nil, question("internet", "eni-web", as(50, intoWeb.Packet)), Admitted, "igw-reply-out"},
	})
}

func TestReplies(t *testing.T) {
	noReturn := set(`rtb-pub|"DestinationCidrBlock":"0.0.0.0/0"`, `"DestinationCidrBlock":"9.0.0.0/8"`)
	run(t, []step{
		{"RET-4 D-57 no route", []edit{noReturn}, intoWeb, Blocked, "reply-route-none"},
		{"RET-11 UDP is judged forward only by aws", []edit{noReturn}, question("internet", "eni-web", as(udp, intoWeb.Packet)).aws(), Admitted, ""},
		{"RET-11 and both ways in strict", []edit{noReturn}, question("internet", "eni-web", as(udp, intoWeb.Packet)), Blocked, "reply-route-none"},
		{"D-5 an echo request wants its reply", []edit{noReturn}, question("internet", "eni-web", ping(intoWeb.Packet, 8, 0)), Blocked, "reply-route-none"},
		{"D-5 other ICMP wants none", []edit{noReturn}, question("internet", "eni-web", ping(intoWeb.Packet, 8, 1)), Admitted, "no-reply"},
		{"D-5 a reply to somebody else's address", []edit{set(`eni-web|"SourceDestCheck":true`, `"SourceDestCheck":false`)},
			question("eni-web", "eni-app", packet("10.0.1.6", "10.0.2.5", 443)), Blocked, "reply-elsewhere"},
		{"RET-2 the reply passes both ACLs", []edit{first("acl-prv", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"6","PortRange":{"From":40000,"To":40000},"CidrBlock":"0.0.0.0/0"}`)}, appToWeb, Blocked, "reply-acl"},
		{"RET-3 D-80 a known refusal of the reply beats what the request lacks", []edit{noReturn, without("describe-security-groups")}, intoWeb, Blocked, "reply-route-none"},
	})
}

func TestNATGateways(t *testing.T) {
	deny := func(low, high string) edit {
		return first("acl-pub", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"6","PortRange":{"From":`+low+`,"To":`+high+`},"CidrBlock":"198.51.100.0/24"}`)
	}
	second := set(`"NatGatewayAddresses":[`, `"NatGatewayAddresses":[{"PrivateIp":"10.0.1.10","Status":"succeeded"},`)
	throughNAT := func(acl string) []edit { // the client stands in the NAT gateway's own subnet
		return []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24","NatGatewayId":"nat-n"}`), entries("acl-pub", acl)}
	}
	run(t, []step{
		{"NAT-1 available", nil, appOut, Admitted, "nat-back"},
		{"NAT-1 D-60 deleting", []edit{set(`nat-n|"State":"available"`, `"State":"deleting"`)}, appOut, Blocked, "nat-state"},
		{"NAT-2 ESP", nil, question("eni-app", "internet", as(50, appOut.Packet)), Blocked, "nat-protocol"},
		{"NAT-2 ICMP", nil, question("eni-app", "internet", ping(appOut.Packet, 8, 0)), Admitted, "nat-back"},
		{"NAT-3 D-62 a NAT gateway of another VPC", []edit{addRoute("rtb-db", `{"DestinationCidrBlock":"198.51.100.0/24","NatGatewayId":"nat-n"}`)}, question("eni-db", "internet", packet("10.1.1.5", "198.51.100.7", 443)), Blocked, "nat-vpc"},
		{"NAT-4 D-66 nothing can start towards it", nil, question("eni-app", "address", packet("10.0.2.5", "10.0.1.9", 443)), Blocked, "nat-initiate"},
		{"NAT-4 nor from the internet", nil, question("internet", "address", packet("198.51.100.7", "203.0.113.9", 443)), Blocked, "nat-initiate"},
		{"NAT-5 the reply may come to any port", []edit{deny("2000", "2000")}, appOut, Ambiguous, "reply-acl"},
		{"NAT-5 the lowest port", []edit{deny("1", "1024")}, appOut, Ambiguous, "reply-acl"},
		{"NAT-5 ports below it are never chosen", []edit{deny("1", "1023")}, appOut, Admitted, ""},
		{"NAT-5 every port is denied", []edit{deny("1024", "65535")}, appOut, Blocked, "reply-acl"},
		{"NAT-5 one port that works is enough for aws", []edit{deny("1024", "65534")}, appOut.aws(), Admitted, ""},
		{"NAT-5 every working address is a branch", []edit{second}, appOut, Ambiguous, "igw-no-public-ip"},
		{"NAT-5 D-63 one that does not work is none", []edit{second, set(`"PrivateIp":"10.0.1.10","Status":"succeeded"`, `"PrivateIp":"10.0.1.10","Status":"failed"`)}, appOut, Admitted, ""},
		{"NAT-5 D-63 no address works", []edit{set(`nat-n|"Status":"succeeded"`, `"Status":"assigning"`)}, appOut, Blocked, "nat-address"},
		{"NAT-6 D-68 loop", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24","NatGatewayId":"nat-n"}`)}, appOut, Blocked, "nat-loop"},
		{"NAT-7 a private NAT gateway at an internet gateway", []edit{set(`"ConnectivityType":"public"`, `"ConnectivityType":"private"`)}, appOut, Blocked, "igw-private-nat"},
		{"D-60 public is assumed", []edit{set(`"ConnectivityType":"public",`, ``)}, appOut, Admitted, "nat-assumed"},
		{"D-60 or not", []edit{set(`"ConnectivityType":"public",`, ``)}, appOut.noAssume(), Unknown, "nat-assumed"},
		{"NAT-8 D-65 its ACL sees the reply from the peer", []edit{first("acl-pub", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.1.0.0/16"}`)}, appToDB, Blocked, "reply-acl"},
		{"NAT-8 U-5 no ACL between it and its own subnet", throughNAT(`{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`), webOut, Blocked, "nat-loop"},
		{"NAT-9 D-67 return to sender", nil, appToDB, Admitted, "nat-return-to-sender"},
		{"NAT-9 D-67 only an ACL can stop it", []edit{first("acl-db", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.1.9/32"}`)}, appToDB, Blocked, "reply-acl"},
		{"NAT-9 D-67 not for interfaces", []edit{set(`rtb-prv|"DestinationCidrBlock":"10.1.0.0/16","NatGatewayId":"nat-n"`, `"DestinationCidrBlock":"10.1.0.0/16","VpcPeeringConnectionId":"pcx-ab"`)}, appToDB, Blocked, "reply-route-none"},
		{"D-60 a mode that nobody knows", []edit{set(`"AvailabilityMode":"zonal"`, `"AvailabilityMode":"planetary"`)}, appOut, Unknown, "not-modelled"},
		{"RET-6 the reply's delivery asks no route table", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"10.0.2.0/24","GatewayId":"vgw-x"}`)}, appOut, Admitted, "nat-back"},
		{"D-46 not in the answers", []edit{without("describe-nat-gateways")}, appOut, Unknown, "nat-missing"},
	})
}

func TestPeerings(t *testing.T) {
	near, far := `"CidrBlockSet":[{"CidrBlock":"10.0.0.0/16"}]`, `"CidrBlockSet":[{"CidrBlock":"10.1.0.0/16"}]`
	stranger := set(`"VpcId":"vpc-b","OwnerId":"1","Region":"us-east-1",`+far, `"VpcId":"vpc-x","OwnerId":"9","Region":"us-east-1",`+far)
	run(t, []step{
		{"PCX-1 active", nil, webToDB, Admitted, "pcx"},
		{"PCX-1 pending", []edit{set(`"Code":"active"`, `"Code":"pending-acceptance"`)}, webToDB, Blocked, "pcx-state"},
		{"PCX-2 no way back", []edit{set(`rtb-db|"DestinationCidrBlock":"10.0.1.0/28"`, `"DestinationCidrBlock":"10.9.0.0/16"`)}, webToDB, Blocked, "reply-route-none"},
		{"D-70 the VPC is no side", []edit{set(`"VpcId":"vpc-a","OwnerId":"1","Region":"us-east-1",`+near, `"VpcId":"vpc-c","OwnerId":"1","Region":"us-east-1",`+near)}, webToDB, Blocked, "pcx-side"},
		{"PCX-3 not to the peer's NAT gateway", nil, question("eni-db", "address", packet("10.1.1.5", "10.0.1.9", 443)), Blocked, "nat-initiate"},
		{"PCX-4 the destination is outside the peer", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24","VpcPeeringConnectionId":"pcx-ab"}`)}, webOut, Blocked, "pcx-cidr"},
		{"PCX-4 the source is outside the sender's VPC", []edit{set(`eni-web|"SourceDestCheck":true`, `"SourceDestCheck":false`)}, question("eni-web", "eni-db", packet("192.168.1.1", "10.1.1.5", 443)), Blocked, "pcx-cidr"},
		{"PCX-6 delivered by the far ACL", []edit{entries("acl-db", "")}, webToDB, Blocked, "acl-deny"},
		{"PCX-7 RET-1 the responder's own table decides", []edit{addRoute("rtb-db", `{"DestinationCidrBlock":"10.0.1.5/32","GatewayId":"local"}`)}, webToDB, Blocked, "local-cidr"},
		{"PCX-5 an endpoint's interface in the peer", []edit{set(`eni-db|"InterfaceType":"interface"`, `"InterfaceType":"vpc_endpoint"`)}, webToDB, Admitted, ""},
		{"D-72 the far VPC is not in the snapshot", []edit{stranger}, question("eni-web", "address", webToDB.Packet), Unknown, "pcx-far-missing"},
		{"D-27 SG-23 nor its groups", []edit{stranger, egress("sg-web", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-x"}]}`)}, question("eni-web", "address", packet("10.0.1.5", "10.1.9.9", 443)), Unknown, "sg-unknown"},
		{"D-27 SG-23 which denies in aws", []edit{stranger, egress("sg-web", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-x"}]}`)}, question("eni-web", "address", packet("10.0.1.5", "10.1.9.9", 443)).aws(), Blocked, "sg-no-match"},
		{"D-46 the peering is not in the answers", []edit{without("describe-vpc-peering-connections")}, webToDB, Unknown, "pcx-missing"},
	})
}
