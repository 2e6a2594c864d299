package oracle

import (
	"strings"
	"testing"
)

// firewall adds to the network a subnet with an appliance, eni-fw (10.0.3.5, check off, public address 203.0.113.30), whose table
// leads to the internet gateway. words replace parts of its record, before and after by turns.
func firewall(words ...string) edit {
	eni := `{"NetworkInterfaceId":"eni-fw","VpcId":"vpc-a","SubnetId":"subnet-fw","InterfaceType":"interface","SourceDestCheck":false,"Status":"in-use",` +
		`"Groups":[{"GroupId":"sg-two"}],"Attachment":{"Status":"attached","InstanceId":"i-fw","DeviceIndex":0},` +
		`"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.3.5","Primary":true,"Association":{"PublicIp":"203.0.113.30"}}]}`
	eni = strings.NewReplacer(words...).Replace(eni)
	return func(_ *testing.T, files Files) {
		add := func(call, list, record string) {
			name := "describe-" + call + ".json"
			files[name] = []byte(strings.Replace(string(files[name]), `"`+list+`":[`, `"`+list+`":[`+record+`,`, 1))
		}
		add("subnets", "Subnets", `{"SubnetId":"subnet-fw","VpcId":"vpc-a","State":"available","CidrBlock":"10.0.3.0/24","BlockPublicAccessStates":{"InternetGatewayBlockMode":"off"},
			"Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2600:1f00:0:3::/64"}]}`)
		add("network-interfaces", "NetworkInterfaces", eni)
		add("instances", "Reservations", `{"Instances":[{"InstanceId":"i-fw","State":{"Name":"running"}}]}`)
		add("network-acls", "NetworkAcls", `{"NetworkAclId":"acl-fw","VpcId":"vpc-a","IsDefault":false,"Associations":[{"SubnetId":"subnet-fw"}],"Entries":[`+open+`]}`)
		add("route-tables", "RouteTables", `{"RouteTableId":"rtb-fw","VpcId":"vpc-a","Associations":[{"SubnetId":"subnet-fw"}],"Routes":[
			{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"},{"DestinationIpv6CidrBlock":"2600:1f00::/56","GatewayId":"local"},
			{"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-a"},{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-a"}]}`)
	}
}

// another adds an interface.
func another(record string) edit {
	return func(_ *testing.T, files Files) {
		const name = "describe-network-interfaces.json"
		files[name] = []byte(strings.Replace(string(files[name]), `[`, `[`+record+`,`, 1))
	}
}

// to makes a route for the internet address of the questions, or for another destination.
func to(target string) string { return `{"DestinationCidrBlock":"198.51.100.0/24",` + target + `}` }

func toCIDR(cidr, target string) string {
	return `{"DestinationCidrBlock":"` + cidr + `",` + target + `}`
}

const byFW = `"NetworkInterfaceId":"eni-fw"`

func TestAppliances(t *testing.T) {
	// app to web passes the firewall, there and back
	both := []edit{firewall(), addRoute("rtb-prv", toCIDR("10.0.1.0/24", byFW)), addRoute("rtb-pub", toCIDR("10.0.2.0/24", byFW))}
	with := func(words ...string) []edit { return append([]edit{firewall(words...)}, both[1:]...) }
	there, back := both[:2], []edit{both[0], both[2]}
	plus := func(list []edit, more ...edit) []edit { return append(append([]edit{}, list...), more...) }
	second := another(`{"NetworkInterfaceId":"eni-fw2","VpcId":"vpc-a","SubnetId":"subnet-prv","InterfaceType":"interface","SourceDestCheck":false,"Status":"in-use",
		"Groups":[{"GroupId":"sg-two"}],"Attachment":{"Status":"attached","InstanceId":"i-fw","DeviceIndex":1},"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.2.9","Primary":true}]}`)
	onlySelf := `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-app"}]}`
	onlyWeb := `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-web"}]}`
	run(t, []step{
		{"RT-12 W-3 through the appliance and back", both, appToWeb, Admitted, "appliance"},
		{"D-100 that it forwards is assumed", both, appToWeb.noAssume(), Unknown, "appliance"},
		{"D-100 by its instance", []edit{firewall(), addRoute("rtb-prv", toCIDR("10.0.1.0/24", `"InstanceId":"i-fw"`)), addRoute("rtb-pub", toCIDR("10.0.2.0/24", `"InstanceId":"i-fw"`))}, appToWeb, Admitted, "appliance"},
		{"D-100 D-46 an interface that is not in the answers", []edit{addRoute("rtb-prv", toCIDR("10.0.1.0/24", byFW))}, appToWeb, Unknown, "appliance-missing"},
		{"D-100 an instance without the interface", []edit{firewall(`"DeviceIndex":0`, `"DeviceIndex":1`), addRoute("rtb-prv", toCIDR("10.0.1.0/24", `"InstanceId":"i-fw"`))}, appToWeb, Unknown, "appliance-missing"},
		{"D-100 of another VPC", []edit{addRoute("rtb-prv", toCIDR("10.0.1.0/24", `"NetworkInterfaceId":"eni-db"`))}, appToWeb, Unknown, "appliance-vpc"},
		{"ENI-3 D-100 what is the interface's own is delivered", []edit{addRoute("rtb-prv", toCIDR("10.0.1.0/24", `"NetworkInterfaceId":"eni-web"`))}, appToWeb, Admitted, "appliance-own"},
		{"ENI-3 the check is on", with(`"SourceDestCheck":false`, `"SourceDestCheck":true`), appToWeb, Blocked, "appliance-check"},
		{"ENI-5 a service manages the interface", with(`"SourceDestCheck":false`, `"SourceDestCheck":false,"RequesterManaged":true`), appToWeb, Blocked, "appliance-managed"},
		{"D-100 a NAT gateway's interface as next hop", []edit{addRoute("rtb-prv", toCIDR("10.0.1.0/24", `"NetworkInterfaceId":"eni-nat"`))}, appToWeb, Unknown, "not-modelled"},
		{"D-100 unattached, in aws too", with(`"Status":"in-use"`, `"Status":"available"`, `"Attachment":{"Status":"attached","InstanceId":"i-fw","DeviceIndex":0},`, ``), appToWeb.aws(), Blocked, "appliance-unattached"},
		{"ENI-7 its instance is stopped", plus(both, stop("i-fw", "stopped")), appToWeb, Blocked, "instance-state"},
		{"GRT-10 its groups judge what enters", with(`"Groups":[{"GroupId":"sg-two"}]`, `"Groups":[]`), appToWeb, Blocked, "sg-ingress-no-match"},
		{"GRT-10 SG-20 with the sender's tokens", plus(both, ingress("sg-two", onlySelf)), appToWeb, Admitted, "sg-reference"},
		{"GRT-10 and what leaves", plus(both, egress("sg-two", "")), appToWeb, Blocked, "sg-egress-no-match"},
		{"GRT-10 SG-5 but not the reply", plus(both, ingress("sg-two", `{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.2.0/24"}]}`), egress("sg-two", `{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.1.0/24"}]}`)), appToWeb, Admitted, ""},
		{"W-3 the ACL of its subnet sees what enters", plus(both, first("acl-fw", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.2.0/24"}`)), appToWeb, Blocked, "acl-deny"},
		{"W-3 and what leaves", plus(both, first("acl-fw", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.1.0/24"}`)), appToWeb, Blocked, "acl-deny"},
		{"W-3 D-63 U-5 no ACL within one subnet", []edit{firewall(`subnet-fw`, `subnet-prv`, `10.0.3.5`, `10.0.2.8`), addRoute("rtb-prv", to(byFW)), entries("acl-prv", "")}, appOut, Blocked, "appliance-loop"},
		{"SG-22 GRT-9 D-101 tokens end at the appliance", plus(both, ingress("sg-web", onlySelf)), appToWeb, Blocked, "sg-ingress-no-match"},
		{"GRT-9 D-101 what an egress reference alone admits too", plus(both, egress("sg-app", onlyWeb)), appToWeb, Blocked, "sg-reference-lost"},
		{"GRT-9 D-101 unless an address admits it", plus(both, egress("sg-app", onlyWeb+`,{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.1.0/24"}]}`)), appToWeb, Admitted, ""},
		{"GRT-9 D-101 or may", plus(both, egress("sg-app", onlyWeb+`,{"IpProtocol":"-1","PrefixListIds":[{"PrefixListId":"pl-gone"}]}`)), appToWeb, Unknown, "sg-reference-unsure"},
		{"D-101 a NAT gateway loses them too", []edit{egress("sg-app", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-db"}]}`)}, appToDB, Blocked, "sg-reference-lost"},
		{"D-101 a peering does not", []edit{egress("sg-web", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-db"}]}`)}, webToDB, Admitted, "sg-reference"},
		{"D-102 it leaves by the interface in the destination's subnet", plus(back, second, addRoute("rtb-pub", toCIDR("10.0.2.5/32", byFW))), question("eni-web", "eni-app", ping(packet("10.0.1.5", "10.0.2.5", 0), 3, 4)), Admitted, "appliance-other"},
		{"D-102 whose check must be off", plus(back, second, set(`eni-fw2|"SourceDestCheck":false`, `"SourceDestCheck":true`)), question("eni-web", "eni-app", ping(packet("10.0.1.5", "10.0.2.5", 0), 3, 4)), Blocked, "appliance-check"},
		{"D-102 an interface may be missing", plus(both, cut("describe-network-interfaces")), appToWeb, Unknown, "appliance-interfaces"},
		{"D-103 a loop", []edit{firewall(), addRoute("rtb-prv", to(byFW)), addRoute("rtb-fw", to(byFW))}, appOut, Blocked, "appliance-loop"},
		{"GRT-8 D-105 the reply goes past it", there, appToWeb, Blocked, "appliance-bypassed"},
		{"GRT-8 D-105 which aws only notes", there, appToWeb.aws(), Admitted, "appliance-asymmetric-note"},
		{"GRT-8 D-105 only the reply meets it", back, appToWeb, Blocked, "appliance-asymmetric"},
		{"GRT-8 D-105 which aws lets pass", back, appToWeb.aws(), Admitted, "sg-new-traffic"},
		{"SG-8 D-105 if its groups do", plus(back, ingress("sg-two", "")), appToWeb.aws(), Blocked, "sg-new-traffic"},
		{"D-5 what has no reply is not judged both ways", there, question("eni-app", "eni-web", ping(packet("10.0.2.5", "10.0.1.5", 0), 3, 4)), Admitted, "no-reply"},
		{"D-46 the sender's ACL still refuses", plus(both, first("acl-prv", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.1.0/24"}`)), appToWeb, Blocked, "acl-deny"},
	})
}

func TestNATInstances(t *testing.T) {
	through := []edit{firewall(), addRoute("rtb-prv", to(byFW))}
	plus := func(more ...edit) []edit { return append(append([]edit{}, through...), more...) }
	deny := func(low, high string) edit {
		return first("acl-fw", `{"RuleNumber":1,"Egress":false,"RuleAction":"deny","Protocol":"6","PortRange":{"From":`+low+`,"To":`+high+`},"CidrBlock":"198.51.100.0/24"}`)
	}
	none := file("describe-vpc-block-public-access-exclusions", `{"VpcBlockPublicAccessExclusions":[]}`)
	run(t, []step{
		{"NAT-12 D-104 out and back", through, appOut, Admitted, "nat-instance-back"},
		{"NAT-12 is assumed", through, appOut.noAssume(), Unknown, "nat-instance"},
		{"NAT-12 D-104 it may choose any port", plus(deny("2000", "2000")), appOut, Ambiguous, "reply-acl"},
		{"NAT-12 D-104 without a public address it forwards unchanged", []edit{firewall(`,"Association":{"PublicIp":"203.0.113.30"}`, ``), through[1]}, appOut, Blocked, "igw-no-public-ip"},
		{"NAT-12 D-104 what it sends itself needs no translation", through, question("eni-fw", "internet", packet("10.0.3.5", "198.51.100.7", 443)), Admitted, "igw-out"},
		{"NAT-12 D-104 towards anything but the internet it forwards unchanged", []edit{firewall(), addRoute("rtb-prv", toCIDR("10.1.1.0/24", byFW)), addRoute("rtb-fw", toCIDR("10.1.0.0/16", `"VpcPeeringConnectionId":"pcx-ab"`))}, appToDB, Blocked, "reply-route-none"},
		{"ENI-4 a source that nobody owns is translated too", plus(set(`eni-app|"SourceDestCheck":true`, `"SourceDestCheck":false`)), question("eni-app", "internet", ping(packet("192.168.7.7", "198.51.100.7", 0), 3, 4)), Admitted, "nat-instance"},
		{"BPA-5 D-122 the appliance's subnet counts", plus(none, blockMode("subnet-prv", "block-bidirectional")), appOut, Admitted, ""},
		{"BPA-5 D-122 wherever the workload is", plus(none, blockMode("subnet-fw", "block-bidirectional")), appOut, Blocked, "bpa-block"},
		{"BPA-3 D-123 a NAT instance is no NAT gateway", plus(none, blockMode("subnet-fw", "block-ingress")), appOut, Blocked, "bpa-block"},
		{"IGW-6 D-55 out by the NAT instance and in again", plus(addRoute("rtb-prv", toCIDR("203.0.113.5/32", byFW))), appToEIP, Admitted, "hairpin"},
	})
}

func TestBehindNATGateways(t *testing.T) {
	// clients reach the NAT gateway through the firewall
	there := []edit{firewall(`,"Association":{"PublicIp":"203.0.113.30"}`, ``), addRoute("rtb-prv", to(byFW)), addRoute("rtb-fw", to(`"NatGatewayId":"nat-n"`))}
	plus := func(more ...edit) []edit { return append(append([]edit{}, there...), more...) }
	back := addRoute("rtb-pub", toCIDR("10.0.2.0/24", byFW))
	run(t, []step{
		{"RET-6 D-106 the reply takes the route to the firewall", plus(back), appOut, Admitted, "nat-back-middlebox"},
		{"D-105 without it the reply goes past it", there, appOut, Blocked, "appliance-bypassed"},
		{"D-106 D-63 the ACL of the NAT gateway's subnet is asked", plus(back, first("acl-pub", `{"RuleNumber":1,"Egress":true,"RuleAction":"deny","Protocol":"-1","CidrBlock":"10.0.2.0/24"}`)), appOut, Blocked, "reply-acl"},
		{"D-106 a middlebox that the request did not meet", []edit{firewall(), back}, appOut, Blocked, "appliance-asymmetric"},
		{"D-106 RT-16 a blackhole to a firewall drops", []edit{firewall(), addRoute("rtb-pub", `{"DestinationCidrBlock":"10.0.2.0/24",`+byFW+`,"State":"blackhole"}`)}, appOut, Blocked, "route-blackhole"},
		{"D-106 and to anything else means nothing", []edit{addRoute("rtb-pub", `{"DestinationCidrBlock":"10.0.2.0/24","GatewayId":"vgw-x","State":"blackhole"}`)}, appOut, Admitted, "nat-back"},
		{"D-106 a list that is not known", []edit{addRoute("rtb-pub", `{"DestinationPrefixListId":"pl-gone",`+byFW+`}`), set(`rtb-pub|"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"`, `"DestinationCidrBlock":"10.0.0.0/16","NatGatewayId":"nat-x"`)}, appOut, Unknown, "route-unknown"},
	})
}
