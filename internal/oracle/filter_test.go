package oracle

import "testing"

func TestSecurityGroups(t *testing.T) {
	from := func(protocol, ports, peer string) string {
		return `{"IpProtocol":"` + protocol + `",` + ports + peer + `}`
	}
	any4, any6 := `"IpRanges":[{"CidrIp":"0.0.0.0/0"}]`, `"Ipv6Ranges":[{"CidrIpv6":"::/0"}]`
	p443, icmp80 := `"FromPort":443,"ToPort":443,`, `"FromPort":8,"ToPort":0,`
	ref := func(id, more string) string { return `"UserIdGroupPairs":[{"GroupId":"` + id + `"` + more + `}]` }
	esp := question("eni-app", "eni-web", as(50, appToWeb.Packet))
	echo := func(kind, code uint8) Question {
		return question("eni-app", "eni-web", ping(appToWeb.Packet, kind, code))
	}
	ports := func(port uint16) Question {
		return question("eni-app", "eni-web", packet("10.0.2.5", "10.0.1.5", port))
	}
	web := func(rule string) []edit { return []edit{ingress("sg-web", rule)} }
	run(t, []step{
		{"SG-1 the groups of an interface are united", []edit{ingress("sg-web", ""), set(`[{"GroupId":"sg-web"}]`, `[{"GroupId":"sg-web"},{"GroupId":"sg-two"}]`)}, appToWeb, Admitted, "sg-allow"},
		{"SG-2 no ingress rules", web(""), appToWeb, Blocked, "sg-no-match"},
		{"SG-2 no egress rules", []edit{egress("sg-app", "")}, appToWeb, Blocked, "sg-egress-no-match"},
		{"SG-4 neighbours of one subnet too", web(""), webToTwo.reversed(), Blocked, "sg-ingress-no-match"},
		{"SG-5 a reply needs no rule", []edit{egress("sg-web", ""), ingress("sg-app", "")}, appToWeb, Admitted, "through"},
		{"SG-9 a number is as good as a name", web(from("6", p443, any4)), appToWeb, Admitted, ""},
		{"SG-10 ports mean nothing for ESP", web(from("50", `"FromPort":1,"ToPort":2,`, any4)), esp, Admitted, ""},
		{"SG-10 every protocol", web(from("-1", `"FromPort":1,"ToPort":2,`, any4)), appToWeb, Admitted, ""},
		{"SG-11 the port's edge", web(from("tcp", `"FromPort":443,"ToPort":445,`, any4)), ports(445), Admitted, ""},
		{"SG-11 one beyond the edge", web(from("tcp", `"FromPort":443,"ToPort":445,`, any4)), ports(446), Blocked, "sg-no-match"},
		{"SG-12 ICMP type and code", web(from("icmp", icmp80, any4)), echo(8, 0), Admitted, ""},
		{"SG-12 another ICMP type", web(from("icmp", icmp80, any4)), echo(3, 4), Blocked, "sg-no-match"},
		{"SG-12 any code", web(from("icmp", `"FromPort":3,"ToPort":-1,`, any4)), echo(3, 4), Admitted, "no-reply"},
		{"SG-13 icmpv6 is not icmp", web(from("icmpv6", "", any4)), echo(8, 0), Blocked, "sg-no-match"},
		{"SG-14 an IPv4 range never admits IPv6", web(from("-1", "", any4)), intoWeb6, Blocked, "sg-no-match"},
		{"SG-14 an IPv6 range does", web(from("-1", "", any6)), intoWeb6, Admitted, ""},
		{"SG-14 prefix list", append(web(from("-1", "", `"PrefixListIds":[{"PrefixListId":"pl-1"}]`)), file("get-managed-prefix-list-entries.pl-1", `{"Entries":[{"Cidr":"10.0.2.0/24"}]}`)), appToWeb, Admitted, "sg-prefix-list"},
		{"SG-14 AWS's prefix list", append(web(from("-1", "", `"PrefixListIds":[{"PrefixListId":"pl-s3"}]`)), file("describe-prefix-lists", `{"PrefixLists":[{"PrefixListId":"pl-s3","Cidrs":["10.0.2.0/24"]}]}`)), appToWeb, Admitted, "sg-prefix-list"},
		{"D-26 entries not known", web(from("-1", "", `"PrefixListIds":[{"PrefixListId":"pl-1"}]`)), appToWeb, Unknown, "sg-unknown"},
		{"D-26 entries not complete", append(web(from("-1", "", `"PrefixListIds":[{"PrefixListId":"pl-1"}]`)), file("get-managed-prefix-list-entries.pl-1", `{"NextToken":"x","Entries":[{"Cidr":"10.9.0.0/24"}]}`)), appToWeb, Unknown, "sg-unknown"},
		{"SG-15 ingress from the internet sees the client", web(from("-1", "", `"IpRanges":[{"CidrIp":"198.51.100.7/32"}]`)), intoWeb, Admitted, ""},
		{"SG-15 egress sees the internet address", []edit{egress("sg-app", from("-1", "", `"IpRanges":[{"CidrIp":"198.51.100.0/24"}]`))}, appOut, Admitted, ""},
		{"SG-16 a reference is to the sender's groups", web(from("-1", "", ref("sg-app", ""))), appToWeb, Admitted, "sg-reference"},
		{"SG-16 not through a public address", web(from("-1", "", ref("sg-two", ""))), twoToEIP, Blocked, "sg-no-match"},
		{"SG-16 not from an address that is not the interface's", []edit{ingress("sg-app", from("-1", "", ref("sg-web", ""))), set(`eni-web|"SourceDestCheck":true`, `"SourceDestCheck":false`)},
			question("eni-web", "eni-app", packet("10.0.1.77", "10.0.2.5", 443)), Blocked, "sg-ingress-no-match"},
		{"SG-17 sharing a group gives nothing", []edit{ingress("sg-web", from("tcp", p443, `"IpRanges":[{"CidrIp":"10.8.0.0/16"}]`)), set(`[{"GroupId":"sg-app"}]`, `[{"GroupId":"sg-web"}]`)}, appToWeb, Blocked, "sg-no-match"},
		{"SG-17 unless a rule names it", []edit{ingress("sg-web", from("tcp", p443, ref("sg-web", ""))), set(`[{"GroupId":"sg-app"}]`, `[{"GroupId":"sg-web"}]`)}, appToWeb, Admitted, "sg-reference"},
		{"SG-18 egress reference within the VPC", []edit{egress("sg-app", from("-1", "", ref("sg-web", "")))}, appToWeb, Admitted, "sg-reference"},
		{"SG-18 egress reference over a peering", []edit{egress("sg-web", from("-1", "", ref("sg-db", "")))}, webToDB, Admitted, "sg-reference"},
		{"SG-18 D-27 whose peering may be missing", []edit{egress("sg-web", from("-1", "", ref("sg-db", ""))), without("describe-vpc-peering-connections")}, webToDB, Unknown, "sg-unknown"},
		{"D-27 an owner that may be missing", []edit{egress("sg-app", from("-1", "", ref("sg-web", ""))), cut("describe-network-interfaces")}, nobodyHome, Unknown, "sg-unknown"},
		{"SG-19 ingress reference over a peering", []edit{ingress("sg-db", from("-1", "", ref("sg-web", "")))}, webToDB, Admitted, "sg-reference"},
		{"SG-19 never between Regions", []edit{ingress("sg-db", from("-1", "", ref("sg-web", ""))), set(`"VpcId":"vpc-b","OwnerId":"1","Region":"us-east-1"`, `"VpcId":"vpc-b","OwnerId":"1","Region":"eu-west-1"`)}, webToDB, Blocked, "sg-inter-region"},
		{"D-23 one Region is assumed", []edit{ingress("sg-db", from("-1", "", ref("sg-web", ""))), set(`"VpcId":"vpc-b","OwnerId":"1","Region":"us-east-1"`, `"VpcId":"vpc-b","OwnerId":"1"`)}, webToDB, Admitted, "sg-reference"},
		{"D-23 or not", []edit{ingress("sg-db", from("-1", "", ref("sg-web", ""))), set(`"VpcId":"vpc-b","OwnerId":"1","Region":"us-east-1"`, `"VpcId":"vpc-b","OwnerId":"1"`)}, webToDB.noAssume(), Unknown, "sg-unknown"},
		{"SG-22 a NAT gateway erases the token", []edit{ingress("sg-db", from("-1", "", ref("sg-app", "")))}, appToDB, Blocked, "sg-no-match"},
		{"SG-24 a stale rule", []edit{ingress("sg-db", from("-1", "", ref("sg-web", `,"PeeringStatus":"deleted"`)))}, webToDB, Blocked, "sg-stale"},
		{"SG-25 a group of another VPC", []edit{set(`[{"GroupId":"sg-app"}]`, `[{"GroupId":"sg-db"}]`), ingress("sg-web", from("-1", "", ref("sg-db", "")))}, appToWeb, Admitted, "sg-reference"},
		{"SG-27 D-20 no group denies", []edit{set(`[{"GroupId":"sg-web"}]`, `[]`)}, appToWeb, Blocked, "sg-no-match"},
		{"SG-27 but not on a transit gateway's interface", []edit{set(`[{"GroupId":"sg-web"}]`, `[]`), set(`eni-web|"InterfaceType":"interface"`, `"InterfaceType":"transit_gateway"`)}, appToWeb, Admitted, ""},
		{"SG-28 nor on a network load balancer's", []edit{set(`[{"GroupId":"sg-web"}]`, `[]`), set(`eni-web|"InterfaceType":"interface"`, `"InterfaceType":"network_load_balancer"`)}, appToWeb, Admitted, ""},
		{"D-21 a group that no answer describes", []edit{set(`[{"GroupId":"sg-web"}]`, `[{"GroupId":"sg-gone"}]`)}, appToWeb, Unknown, "sg-unknown"},
		{"D-21 what the known groups allow passes", []edit{set(`[{"GroupId":"sg-web"}]`, `[{"GroupId":"sg-gone"},{"GroupId":"sg-two"}]`)}, appToWeb, Admitted, ""},
		{"D-31 a rule that cannot be read", web(`{"IpProtocol":"tcp","FromPort":"x"}`), appToWeb, Unknown, "sg-unknown"},
		{"D-31 beside one that allows", web(`{"IpProtocol":"tcp","FromPort":"x"},` + everyone), appToWeb, Admitted, ""},
	})
}

// reversed asks the question the other way round, with the same ports.
func (q Question) reversed() Question {
	q.From, q.To = q.To, q.From
	q.Packet.Source, q.Packet.Destination = q.Packet.Destination, q.Packet.Source
	return q
}

func TestNetworkACLs(t *testing.T) {
	rule := func(number, egress, action, protocol, more string) string {
		return `{"RuleNumber":` + number + `,"Egress":` + egress + `,"RuleAction":"` + action + `","Protocol":"` + protocol + `",` + more + `}`
	}
	any4, p443 := `"CidrBlock":"0.0.0.0/0"`, `"PortRange":{"From":443,"To":443},"CidrBlock":"0.0.0.0/0"`
	in, out := "false", "true"
	deny := func(acl, egress, more string) []edit {
		return []edit{first(acl, rule("1", egress, "deny", "-1", more))}
	}
	allIn := rule("100", in, "allow", "-1", any4)
	espIn := rule("100", in, "allow", "50", `"PortRange":{"From":1,"To":2},`+any4)
	espOut := rule("100", out, "allow", "50", any4)
	esp := question("eni-app", "eni-web", as(50, appToWeb.Packet))
	run(t, []step{
		{"ACL-1 D-30 the default ACL", []edit{set(`acl-prv|"Associations":[{"SubnetId":"subnet-prv"}]`, `"Associations":[]`)}, appToWeb, Admitted, "acl-default"},
		{"ACL-1 D-30 is an assumption", []edit{set(`acl-prv|"Associations":[{"SubnetId":"subnet-prv"}]`, `"Associations":[]`)}, appToWeb.noAssume(), Unknown, "acl-missing"},
		{"D-30 no answer", []edit{without("describe-network-acls")}, appToWeb, Unknown, "acl-missing"},
		{"D-30 assumed to allow", []edit{without("describe-network-acls")}, appToWeb.assuming(AssumeACLs), Admitted, "acl-assumed"},
		{"D-30 no assumption holds without assumptions", []edit{without("describe-network-acls")}, appToWeb.assuming(AssumeACLs).noAssume(), Unknown, "acl-missing"},
		{"ACL-2 the lower number decides", []edit{first("acl-pub", rule("90", in, "deny", "6", p443))}, appToWeb, Blocked, "acl-deny"},
		{"ACL-2 the higher does not", []edit{first("acl-pub", rule("110", in, "deny", "6", p443))}, appToWeb, Admitted, ""},
		{"ACL-3 what nothing matches is denied", []edit{entries("acl-pub", "")}, appToWeb, Blocked, "acl-deny"},
		{"ACL-5 the reply is judged with its ports swapped", []edit{entries("acl-pub", allIn+","+rule("100", out, "allow", "6", p443))}, appToWeb, Blocked, "reply-acl"},
		{"ACL-6 not within a subnet", []edit{entries("acl-pub", "")}, webToTwo, Admitted, "same-subnet"},
		{"ACL-7 ingress compares the source", deny("acl-pub", in, `"CidrBlock":"10.0.2.5/32"`), appToWeb, Blocked, "acl-deny"},
		{"ACL-7 egress compares the destination", deny("acl-prv", out, `"CidrBlock":"10.0.1.5/32"`), appToWeb, Blocked, "acl-deny"},
		{"ACL-7 and not the source", deny("acl-prv", out, `"CidrBlock":"10.0.2.5/32"`), appToWeb, Admitted, ""},
		{"ACL-10 ports mean nothing for ESP", []edit{entries("acl-pub", espIn+","+espOut)}, esp, Admitted, ""},
		{"ACL-10 ESP is not TCP", []edit{entries("acl-pub", espIn+","+espOut)}, appToWeb, Blocked, "acl-deny"},
		{"ACL-11 ICMPv6 with an IPv4 block has no types", []edit{first("acl-pub", rule("1", in, "deny", "58", `"IcmpTypeCode":{"Type":1,"Code":1},`+any4))},
			question("eni-app", "eni-web", as(58, ping(appToWeb.Packet, 2, 0))), Blocked, "acl-deny"},
		{"ACL-12 any ICMP type", []edit{first("acl-pub", rule("1", in, "deny", "1", `"IcmpTypeCode":{"Type":-1,"Code":-1},`+any4))}, question("eni-app", "eni-web", ping(appToWeb.Packet, 8, 0)), Blocked, "acl-deny"},
		{"ACL-12 one ICMP type", []edit{first("acl-pub", rule("1", in, "deny", "1", `"IcmpTypeCode":{"Type":3,"Code":-1},`+any4))}, question("eni-app", "eni-web", ping(appToWeb.Packet, 8, 0)), Admitted, ""},
		{"ACL-12 the echo reply has a type of its own", []edit{first("acl-pub", rule("1", out, "deny", "1", `"IcmpTypeCode":{"Type":0,"Code":-1},`+any4))}, question("eni-app", "eni-web", ping(appToWeb.Packet, 8, 0)), Blocked, "reply-acl"},
		{"ACL-13 an IPv4 entry does not see IPv6", deny("acl-pub", in, any4), intoWeb6, Admitted, ""},
		{"ACL-13 an IPv6 entry does", deny("acl-pub", in, `"Ipv6CidrBlock":"::/0"`), intoWeb6, Blocked, "acl-deny"},
		{"ACL-15 inbound it sees the private destination, outbound the private source", []edit{first("acl-pub", rule("1", in, "allow", "-1", `"CidrBlock":"198.51.100.7/32"`))}, intoWeb, Admitted, ""},
		{"ACL-16 NAT subnet lets the client's packet in", deny("acl-pub", in, `"CidrBlock":"10.0.2.0/24"`), appOut, Blocked, "acl-deny"},
		{"ACL-16 and the reply out to the client", deny("acl-pub", out, `"CidrBlock":"10.0.2.0/24"`), appOut, Blocked, "reply-acl"},
		{"ACL-16 the client's subnet sees the internet address", deny("acl-prv", in, `"CidrBlock":"198.51.100.0/24"`), appOut, Blocked, "reply-acl"},
		{"D-31 an entry that cannot be read", []edit{first("acl-pub", rule("50", in, "perhaps", "-1", any4))}, appToWeb, Unknown, "acl-unreadable"},
		{"D-31 what stands before it decides", []edit{first("acl-pub", rule("150", in, "perhaps", "-1", any4))}, appToWeb, Admitted, ""},
	})
}
