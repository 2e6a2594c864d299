package oracle

import "testing"

// Questions that most tests ask.
var (
	appToWeb   = question("eni-app", "eni-web", packet("10.0.2.5", "10.0.1.5", 443))
	webToTwo   = question("eni-web", "eni-two", packet("10.0.1.5", "10.0.1.6", 443))
	webOut     = question("eni-web", "internet", packet("10.0.1.5", "198.51.100.7", 443))
	appOut     = question("eni-app", "internet", packet("10.0.2.5", "198.51.100.7", 443))
	intoWeb    = question("internet", "eni-web", packet("198.51.100.7", "203.0.113.5", 443))
	webToDB    = question("eni-web", "eni-db", packet("10.0.1.5", "10.1.1.5", 443))
	appToDB    = question("eni-app", "eni-db", packet("10.0.2.5", "10.1.1.5", 443))
	web6Out    = question("eni-web", "internet", packet("2600:1f00::5", "2001:db8::7", 443))
	intoWeb6   = question("internet", "eni-web", packet("2001:db8::7", "2600:1f00::5", 443))
	appToEIP   = question("eni-app", "eni-web", packet("10.0.2.5", "203.0.113.5", 443))
	twoToEIP   = question("eni-two", "eni-web", packet("10.0.1.6", "203.0.113.5", 443))
	nobodyHome = question("eni-app", "address", packet("10.0.2.5", "10.0.1.77", 443))
)

func TestRoutes(t *testing.T) {
	local := `rtb-pub|"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"`
	toPL := func(id, target string) string {
		return `{"DestinationPrefixListId":"` + id + `",` + target + `,"Origin":"CreateRoute","State":"active"}`
	}
	list := func(id, cidr string) edit {
		return file("get-managed-prefix-list-entries."+id, `{"Entries":[{"Cidr":"`+cidr+`"}]}`)
	}
	igw, pcx, natn := `"GatewayId":"igw-a"`, `"VpcPeeringConnectionId":"pcx-ab"`, `"NatGatewayId":"nat-n"`
	run(t, []step{
		{"VPC-6 local delivery between subnets", nil, appToWeb, Admitted, "route"},
		{"VPC-6 nobody owns the address", nil, nobodyHome, Blocked, "local-none"},
		{"D-14 nobody known to own the address", []edit{cut("describe-network-interfaces")}, nobodyHome, Unknown, "local-unknown"},
		{"D-14 two owners", []edit{set(`eni-two|"10.0.1.6"`, `"10.0.1.5"`)}, appToWeb, Unknown, "local-two"},
		{"RT-1 association that does not count", []edit{set(`rtb-pub|"State":"associated"`, `"State":"disassociating"`)}, webOut, Blocked, ""},
		{"RT-1 the main table may not be the subnet's in a cut answer", []edit{cut("describe-route-tables")}, appOut, Unknown, "route-table-missing"},
		{"RT-2 edge association serves no subnet", []edit{set(`rtb-pub|"SubnetId":"subnet-pub"`, `"GatewayId":"igw-a"`)}, webOut, Blocked, ""},
		{"RT-3 no route diverts within a subnet", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"10.0.1.0/24","GatewayId":"vgw-x","State":"active"}`)}, webToTwo, Admitted, "same-subnet"},
		{"RT-4 the IPv4 default does not match IPv6", []edit{set(`rtb-pub|"DestinationIpv6CidrBlock":"::/0"`, `"DestinationIpv6CidrBlock":"64:ff9b::/96"`)}, web6Out, Blocked, "route-none"},
		{"RT-5 the longer prefix wins", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24",`+pcx+`,"State":"active"}`)}, webOut, Blocked, "pcx-cidr"},
		{"RT-6 static before prefix list", []edit{list("pl-1", "198.51.100.0/24"), addRoute("rtb-pub", toPL("pl-1", pcx)),
			addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24",`+igw+`,"State":"active"}`)}, webOut, Admitted, ""},
		{"RT-6 static before propagated", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"vgw-x","Origin":"EnableVgwRoutePropagation","State":"active"}`)}, webOut, Admitted, ""},
		{"RT-7 propagated inside the VPC loses", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"10.0.2.0/24","GatewayId":"vgw-x","Origin":"EnableVgwRoutePropagation","State":"active"}`)},
			question("eni-web", "eni-app", packet("10.0.1.5", "10.0.2.5", 443)), Admitted, "route-propagated-inside"},
		{"RT-9 longer propagated beats prefix list", []edit{list("pl-1", "198.51.0.0/16"), addRoute("rtb-pub", toPL("pl-1", igw)),
			addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24","GatewayId":"vgw-x","Origin":"EnableVgwRoutePropagation","State":"active"}`)}, webOut, Unknown, "vgw-missing"},
		{"RT-10 two prefix lists with one entry", []edit{list("pl-1", "198.51.100.0/24"), list("pl-2", "198.51.100.0/24"), addRoute("rtb-pub", toPL("pl-1", igw)),
			addRoute("rtb-pub", toPL("pl-2", pcx))}, webOut, Ambiguous, "route-tie"},
		{"RT-10 one branch that works is enough for aws", []edit{list("pl-1", "198.51.100.0/24"), list("pl-2", "198.51.100.0/24"), addRoute("rtb-pub", toPL("pl-1", igw)),
			addRoute("rtb-pub", toPL("pl-2", pcx))}, webOut.aws(), Admitted, "route-tie"},
		{"RT-12 a subnet's CIDR to a NAT gateway GRT-11", []edit{addRoute("rtb-prv", `{"DestinationCidrBlock":"10.0.1.0/24",`+natn+`,"State":"active"}`)}, appToWeb, Admitted, "nat"},
		{"RT-14 local only carries the VPC's blocks", []edit{set(local, `"DestinationCidrBlock":"198.51.100.0/24","GatewayId":"local"`)}, webOut, Blocked, "local-cidr"},
		{"VPC-1 a block that is going is not local", []edit{set(`"CidrBlock":"10.0.0.0/16","CidrBlockState":{"State":"associated"}`, `"CidrBlock":"10.0.0.0/16","CidrBlockState":{"State":"disassociating"}`)}, appToWeb, Blocked, "local-cidr"},
		{"SP-2 which may be anywhere in a VPC that no answer describes", []edit{without("describe-vpcs"), egress("sg-web", "")}, question("eni-web", "address", packet("10.0.1.5", "10.0.0.2", 53)), Unknown, "special"},
		{"SP-3 the resolver of a peer", nil, question("eni-web", "address", packet("10.0.1.5", "10.1.0.2", 53)), Blocked, "local-none"},
		{"RT-16 a blackhole does not fall through", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.0/24","VpcPeeringConnectionId":"pcx-gone","State":"blackhole"}`)}, webOut, Blocked, "route-blackhole"},
		{"RT-17 D-46 the target is not in the answers", []edit{file("describe-internet-gateways", `{"InternetGateways":[]}`)}, webOut, Unknown, "igw-missing"},
		{"D-83 gateways assumed", []edit{without("describe-internet-gateways")}, webOut.assuming(AssumeGateways), Admitted, "igw-assumed"},
		{"D-83 gateways not assumed where the answer is complete", []edit{file("describe-internet-gateways", `{"InternetGateways":[]}`)}, webOut.assuming(AssumeGateways), Unknown, "igw-missing"},
		{"D-83 gateways assumed on the way in", []edit{without("describe-internet-gateways")}, intoWeb.assuming(AssumeGateways), Admitted, "igw-assumed"},
		{"RT-18 no route", []edit{set(`rtb-pub|"DestinationCidrBlock":"0.0.0.0/0"`, `"DestinationCidrBlock":"9.0.0.0/8"`)}, webOut, Blocked, "route-none"},
		{"RT-19 host bits are ignored", []edit{set(`rtb-pub|"DestinationCidrBlock":"0.0.0.0/0"`, `"DestinationCidrBlock":"198.51.100.99/24"`)}, webOut, Admitted, ""},
		{"D-45 a list that is not known may match anything", []edit{addRoute("rtb-pub", toPL("pl-x", pcx))}, webOut, Unknown, "route-unknown"},
		{"D-45 but nothing is longer than a host route", []edit{addRoute("rtb-pub", toPL("pl-x", pcx)), addRoute("rtb-pub", `{"DestinationCidrBlock":"198.51.100.7/32",`+igw+`}`)}, webOut, Admitted, ""},
		{"D-45 and a list's host route could only tie", []edit{list("pl-1", "198.51.100.7/32"), addRoute("rtb-pub", toPL("pl-x", pcx)), addRoute("rtb-pub", toPL("pl-1", igw))}, webOut, Unknown, "route-unknown"},
		{"D-45 and the local route stands", []edit{addRoute("rtb-prv", toPL("pl-x", pcx)), addRoute("rtb-pub", toPL("pl-x", pcx))}, appToWeb, Admitted, ""},
		{"D-46 a transit gateway that is not in the answers", []edit{set(`rtb-pub|"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-a"`, `"DestinationCidrBlock":"0.0.0.0/0","TransitGatewayId":"tgw-t"`)}, webOut, Unknown, "tgw-missing"},
		{"D-80 a refusal beats what is not known", []edit{without("describe-route-tables"), first("acl-prv", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`)}, appToWeb, Blocked, "acl-deny"},
		{"U-5 D-63 unless the packet may stay in its subnet", []edit{without("describe-route-tables"), first("acl-pub", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`)}, webOut, Unknown, "route-table-missing"},
		{"D-81 describe-vpcs decides local delivery", []edit{without("describe-vpcs")}, appToWeb, Unknown, "vpc-missing"},
		{"D-81 describe-subnets decides at the interface", []edit{without("describe-subnets")}, appToWeb, Unknown, "subnet-missing"},
		{"VPC-7 a subnet that is not available", []edit{set(`subnet-prv|"State":"available"`, `"State":"pending"`)}, appToWeb, Blocked, "subnet-state"},
		{"VPC-8 the owner's tables are not in the snapshot", []edit{func(_ *testing.T, files Files) {
			for name, content := range base() {
				delete(files, name)
				files["2/us-east-1/"+name] = content
			}
		}}, appToWeb, Unknown, "route-table-missing"},
	})
}
