package oracle

import "testing"

func egressOnly(vpc, state string) edit {
	return file("describe-egress-only-internet-gateways", `{"EgressOnlyInternetGateways":[{"EgressOnlyInternetGatewayId":"eigw-a","Attachments":[{"VpcId":"`+vpc+`","State":"`+state+`"}]}]}`)
}

func TestEgressOnlyGateways(t *testing.T) {
	byIt := set(`rtb-pub|"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-a"`, `"DestinationIpv6CidrBlock":"::/0","EgressOnlyInternetGatewayId":"eigw-a"`)
	up := egressOnly("vpc-a", "attached")
	none := file("describe-vpc-block-public-access-exclusions", `{"VpcBlockPublicAccessExclusions":[]}`)
	noCheck := set(`eni-web|"SourceDestCheck":true`, `"SourceDestCheck":false`)
	run(t, []step{
		{"EIGW-1 out and back by state", []edit{byIt, up}, web6Out, Admitted, "gateway-back"},
		{"EIGW-1 D-130 no gateway table on the way back", []edit{byIt, up, set(`"RouteTables":[`, `"RouteTables":[{"RouteTableId":"rtb-edge","VpcId":"vpc-a","Associations":[{"GatewayId":"igw-a"}],"Routes":[]},`)}, web6Out, Admitted, "gateway-back"},
		{"EIGW-1 the ACL counts on the way back", []edit{byIt, up, first("acl-pub", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"-1","Ipv6CidrBlock":"::/0"}`)}, web6Out, Blocked, "reply-acl"},
		{"EIGW-1 nothing comes in", []edit{byIt, up}, Question{From: End{Gateway: "eigw-a"}, To: End{Interface: "eni-web"}, Packet: intoWeb6.Packet}, Blocked, "eigw-in"},
		{"EIGW-1 a reply to what came in elsewhere", []edit{byIt, up}, intoWeb6, Blocked, "reply-gateway"},
		{"D-130 detached", []edit{byIt, egressOnly("vpc-b", "attached")}, web6Out, Blocked, "eigw-attachment"},
		{"D-130 detaching", []edit{byIt, egressOnly("vpc-a", "detaching")}, web6Out, Blocked, "eigw-attachment"},
		{"D-46 not in the answers", []edit{byIt}, web6Out, Unknown, "eigw-missing"},
		{"D-130 a destination that is not global", []edit{byIt, up}, question("eni-web", "address", packet("2600:1f00::5", "fd12::1", 443)), Blocked, "eigw-not-global"},
		{"ENI-4 a forged source", []edit{byIt, up, noCheck}, question("eni-web", "internet", packet("2600:1f00::77", "2001:db8::7", 443)), Blocked, "igw-spoofed"},
		{"VPC-4 a private IPv6 block", []edit{byIt, up, set(`"Ipv6AddressAttribute":"public"`, `"Ipv6AddressAttribute":"private"`)}, web6Out, Blocked, "igw-private-ipv6"},
		{"BPA-2 block-bidirectional", []edit{byIt, up, none, blockMode("subnet-pub", "block-bidirectional")}, web6Out, Blocked, "bpa-block"},
		{"BPA-3 D-123 block-ingress lets it pass", []edit{byIt, up, none, blockMode("subnet-pub", "block-ingress")}, web6Out, Admitted, "bpa-outbound"},
	})
}
