package oracle

import (
	"strings"
	"testing"
)

// The network with a transit gateway: VPC a attached in az1 where subnet-pub is, VPC b in az1 and az2 by subnets of their own, both
// associated with one table that knows both. eni-app (az1) and eni-db (az1) talk through it.
var transitNetwork = []edit{
	set(`"CidrBlock":"10.0.1.0/24"`, `"CidrBlock":"10.0.1.0/24","AvailabilityZoneId":"use1-az1"`),
	set(`"CidrBlock":"10.0.2.0/24"`, `"CidrBlock":"10.0.2.0/24","AvailabilityZoneId":"use1-az1"`),
	set(`{"SubnetId":"subnet-db","VpcId":"vpc-b","State":"available","CidrBlock":"10.1.1.0/24"`,
		`{"SubnetId":"subnet-t1","VpcId":"vpc-b","State":"available","CidrBlock":"10.1.2.0/28","AvailabilityZoneId":"use1-az1"},
		 {"SubnetId":"subnet-t2","VpcId":"vpc-b","State":"available","CidrBlock":"10.1.2.16/28","AvailabilityZoneId":"use1-az2"},
		 {"SubnetId":"subnet-db","VpcId":"vpc-b","State":"available","CidrBlock":"10.1.1.0/24","AvailabilityZoneId":"use1-az1"`),
	set(`rtb-db|"Associations":[{"SubnetId":"subnet-db"}],"Routes":[`, `"Associations":[{"SubnetId":"subnet-db"},{"SubnetId":"subnet-t1"},{"SubnetId":"subnet-t2"}],"Routes":[
		{"DestinationCidrBlock":"10.0.2.0/24","TransitGatewayId":"tgw-1","Origin":"CreateRoute","State":"active"},`),
	set(`"Associations":[{"SubnetId":"subnet-db"}],"Entries":[`, `"Associations":[{"SubnetId":"subnet-db"}],"Entries":[`),
	set(`{"NetworkAclId":"acl-db"`, `{"NetworkAclId":"acl-t1","VpcId":"vpc-b","Associations":[{"SubnetId":"subnet-t1"}],"Entries":[`+open+`]},
		{"NetworkAclId":"acl-t2","VpcId":"vpc-b","Associations":[{"SubnetId":"subnet-t2"}],"Entries":[`+open+`]},{"NetworkAclId":"acl-db"`),
	addRoute("rtb-prv", `{"DestinationCidrBlock":"10.1.1.0/24","TransitGatewayId":"tgw-1","Origin":"CreateRoute","State":"active"}`),
	file("describe-transit-gateways", `{"TransitGateways":[{"TransitGatewayId":"tgw-1","OwnerId":"1","State":"available","Options":{"SecurityGroupReferencingSupport":"enable"}}]}`),
	file("describe-transit-gateway-attachments", `{"TransitGatewayAttachments":[
		{"TransitGatewayAttachmentId":"tgw-attach-a","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"1","ResourceType":"vpc","ResourceId":"vpc-a","State":"available",
		 "Association":{"TransitGatewayRouteTableId":"tgw-rtb-1","State":"associated"}},
		{"TransitGatewayAttachmentId":"tgw-attach-b","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"1","ResourceType":"vpc","ResourceId":"vpc-b","State":"available",
		 "Association":{"TransitGatewayRouteTableId":"tgw-rtb-1","State":"associated"}},
		{"TransitGatewayAttachmentId":"tgw-attach-v","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"1","ResourceType":"vpn","ResourceId":"vpn-1","State":"available",
		 "Association":{"TransitGatewayRouteTableId":"tgw-rtb-1","State":"associated"}}]}`),
	file("describe-transit-gateway-vpc-attachments", `{"TransitGatewayVpcAttachments":[
		{"TransitGatewayAttachmentId":"tgw-attach-a","TransitGatewayId":"tgw-1","VpcId":"vpc-a","State":"available","SubnetIds":["subnet-pub"],"Options":{"ApplianceModeSupport":"disable"}},
		{"TransitGatewayAttachmentId":"tgw-attach-b","TransitGatewayId":"tgw-1","VpcId":"vpc-b","State":"available","SubnetIds":["subnet-t1","subnet-t2"],"Options":{"ApplianceModeSupport":"disable"}}]}`),
	file("describe-transit-gateway-policy-tables", `{"TransitGatewayPolicyTables":[]}`),
	file("describe-transit-gateway-route-tables", `{"TransitGatewayRouteTables":[{"TransitGatewayRouteTableId":"tgw-rtb-1","TransitGatewayId":"tgw-1","State":"available"}]}`),
	transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+","+transitRouteTo("10.1.0.0/16", "b")+","+
		`{"DestinationCidrBlock":"192.168.0.0/16","Type":"static","State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-v","ResourceId":"vpn-1","ResourceType":"vpn"}]}`),
	propagatesInto("tgw-rtb-1", "a", "b"),
	file("describe-vpn-connections", `{"VpnConnections":[{"VpnConnectionId":"vpn-1","State":"available","TransitGatewayId":"tgw-1","Options":{"StaticRoutesOnly":true},
		"VgwTelemetry":[{"Status":"DOWN"},{"Status":"UP"}]}]}`),
}

// transitTableOf is what a search of a transit gateway's table finds.
func transitTableOf(table, routes string) edit {
	return file("search-transit-gateway-routes."+table, `{"Routes":[`+routes+`],"AdditionalRoutesAvailable":false}`)
}

// transitRouteTo is a propagated route to a VPC's attachment.
func transitRouteTo(cidr, vpc string) string {
	return `{"DestinationCidrBlock":"` + cidr + `","Type":"propagated","State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-` + vpc +
		`","ResourceId":"vpc-` + vpc + `","ResourceType":"vpc"}]}`
}

func propagatesInto(table string, vpcs ...string) edit {
	list := ""
	for _, v := range vpcs {
		list += `,{"TransitGatewayAttachmentId":"tgw-attach-` + v + `","ResourceId":"vpc-` + v + `","ResourceType":"vpc","State":"enabled"}`
	}
	return file("get-transit-gateway-route-table-propagations."+table, `{"TransitGatewayRouteTablePropagations":[`+list[min(1, len(list)):]+`]}`)
}

// overTransit adds edits to the network.
func overTransit(edits ...edit) []edit { return append(append([]edit{}, transitNetwork...), edits...) }

// hostIn puts VPC b's host into a zone.
func hostIn(zone string) edit {
	return set(`"CidrBlock":"10.1.1.0/24","AvailabilityZoneId":"use1-az1"`, `"CidrBlock":"10.1.1.0/24","AvailabilityZoneId":"`+zone+`"`)
}

func denied(acl, direction, cidr string) edit {
	return first(acl, `{"RuleNumber":1,"Egress":`+direction+`,"RuleAction":"deny","Protocol":"-1","CidrBlock":"`+cidr+`"}`)
}

var (
	overTGW  = question("eni-app", "eni-db", packet("10.0.2.5", "10.1.1.5", 443))
	backTGW  = question("eni-db", "eni-app", packet("10.1.1.5", "10.0.2.5", 443))
	noReply  = question("eni-app", "eni-db", ping(packet("10.0.2.5", "10.1.1.5", 0), 8, 1))
	fromSite = Question{From: End{Edge: "tgw-attach-v"}, To: End{Interface: "eni-db"}, Packet: packet("192.168.1.9", "10.1.1.5", 443)}
	toSite   = Question{From: End{Interface: "eni-db"}, To: End{Edge: "tgw-attach-v"}, Packet: packet("10.1.1.5", "192.168.1.9", 443)}
)

func TestTransitGatewayEntry(t *testing.T) {
	state := func(s string) edit {
		return set(`"tgw-attach-a","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"1","ResourceType":"vpc","ResourceId":"vpc-a","State":"available"`,
			`"tgw-attach-a","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"1","ResourceType":"vpc","ResourceId":"vpc-a","State":"`+s+`"`)
	}
	vpcState := func(s string) edit {
		return set(`"VpcId":"vpc-a","State":"available","SubnetIds"`, `"VpcId":"vpc-a","State":"`+s+`","SubnetIds"`)
	}
	onlyB := file("describe-transit-gateway-vpc-attachments", `{"TransitGatewayVpcAttachments":[]}`)
	noneOfA := file("describe-transit-gateway-attachments", `{"TransitGatewayAttachments":[]}`)
	elsewhere := set(`"CidrBlock":"10.0.2.0/24","AvailabilityZoneId":"use1-az1"`, `"CidrBlock":"10.0.2.0/24","AvailabilityZoneId":"use1-az3"`)
	local := set(`"CidrBlock":"10.0.2.0/24","AvailabilityZoneId":"use1-az1"`, `"CidrBlock":"10.0.2.0/24","AvailabilityZoneId":"use1-bos1-az1"`)
	parents := file("describe-availability-zones", `{"AvailabilityZones":[{"ZoneId":"use1-bos1-az1","ParentZoneId":"use1-az1"}]}`)
	run(t, []step{
		{"TGW-7 there and back", overTransit(), overTGW, Admitted, "tgw-out"},
		{"TGW-2 pendingAcceptance", overTransit(state("pendingAcceptance"), vpcState("pendingAcceptance")), overTGW, Blocked, "tgw-attachment-state"},
		{"TGW-3 modifying carries", overTransit(state("modifying"), vpcState("modifying")), overTGW, Admitted, "tgw-attachment-changing"},
		{"TGW-2 deleted is as if it were not there", overTransit(state("deleted"), vpcState("deleted")), overTGW, Blocked, "tgw-detached"},
		{"TGW-4 the gateway is deleting", overTransit(set(`"OwnerId":"1","State":"available","Options"`, `"OwnerId":"1","State":"deleting","Options"`)), overTGW, Blocked, "tgw-state"},
		{"TGW-68 D-201 no such gateway in the answers", overTransit(file("describe-transit-gateways", `{"TransitGateways":[]}`)), overTGW, Unknown, "tgw-missing"},
		{"D-202 no attachment", overTransit(onlyB, noneOfA), overTGW, Unknown, "tgw-attachment-named"},
		{"D-202 no answers about attachments", overTransit(without("describe-transit-gateway-attachments"), without("describe-transit-gateway-vpc-attachments")), overTGW, Unknown, "tgw-attachment-named"},
		{"TGW-7 another zone", overTransit(elsewhere), overTGW, Blocked, "tgw-zone"},
		{"TGW-9 a Local Zone by its parent", overTransit(local, parents), overTGW, Admitted, "tgw-in"},
		{"TGW-9 D-202 whose parent no answer tells", overTransit(local), overTGW, Unknown, "tgw-zone-unknown"},
		{"D-202 subnets that no answer tells", overTransit(without("describe-transit-gateway-vpc-attachments")), overTGW, Unknown, "tgw-zone-unknown"},
		{"TGW-47 the reply from a zone without attachment", overTransit(hostIn("use1-az3")), overTGW, Blocked, "tgw-zone"},
		{"RA-3 D-215 which aws does not ask for", overTransit(hostIn("use1-az3")), overTGW.aws(), Admitted, "tgw-forward-only"},
		{"TGW-11 the attachment's subnet denies what goes in", overTransit(denied("acl-pub", "false", "10.0.2.0/24")), noReply, Blocked, "acl-deny"},
		{"TGW-11 its egress is not asked", overTransit(denied("acl-pub", "true", "10.1.0.0/16")), noReply, Admitted, "no-reply"},
		{"TGW-12 the far one's egress is", overTransit(denied("acl-t1", "true", "10.1.1.0/24")), noReply, Blocked, "acl-deny"},
		{"TGW-12 its ingress is not", overTransit(denied("acl-t1", "false", "10.0.0.0/8")), noReply, Admitted, "no-reply"},
		{"TGW-15 but by the reply", overTransit(denied("acl-t1", "false", "10.1.1.0/24")), overTGW, Blocked, "reply-acl"},
		{"TGW-13 I = T, both ways out", overTransit(set(`"SubnetIds":["subnet-pub"]`, `"SubnetIds":["subnet-prv"]`), denied("acl-prv", "false", "10.0.2.5/32")), noReply, Blocked, "acl-deny"},
		{"TGW-14 I = T, none in", overTransit(set(`"SubnetIds":["subnet-t1","subnet-t2"]`, `"SubnetIds":["subnet-db"]`), denied("acl-db", "false", "10.0.0.0/8"), denied("acl-db", "true", "10.1.1.0/24")), noReply, Admitted, "same-subnet"},
	})
}

func TestTransitGatewayTables(t *testing.T) {
	routes := func(more string) edit {
		return transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+","+transitRouteTo("10.1.0.0/16", "b")+","+more)
	}
	static := func(cidr, more string) string {
		return `{"DestinationCidrBlock":"` + cidr + `","Type":"static",` + more + `}`
	}
	toA := `"State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-a","ResourceId":"vpc-a","ResourceType":"vpc"}]`
	toB := `"State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-b","ResourceId":"vpc-b","ResourceType":"vpc"}]`
	unassociated := set(`"ResourceId":"vpc-a","State":"available",
		 "Association":{"TransitGatewayRouteTableId":"tgw-rtb-1","State":"associated"}`, `"ResourceId":"vpc-a","State":"available"`)
	cutRoutes := func(list string) edit {
		return file("search-transit-gateway-routes.tgw-rtb-1", `{"Routes":[`+list+`],"AdditionalRoutesAvailable":true}`)
	}
	collected := func(list string) edit {
		return func(t *testing.T, files Files) {
			delete(files, "search-transit-gateway-routes.tgw-rtb-1.json")
			file("search-transit-gateway-routes", `{"TransitGatewayStaticRoutes":[{"TransitGatewayRouteTableId":"tgw-rtb-1","Routes":[`+list+`],"AdditionalRoutesAvailable":false}]}`)(t, files)
		}
	}
	policy := func(entries string) []edit {
		return overTransit(unassociated, file("get-transit-gateway-policy-table-associations.tgw-ptb-1", `{"Associations":[{"TransitGatewayPolicyTableId":"tgw-ptb-1","TransitGatewayAttachmentId":"tgw-attach-a","State":"associated"}]}`),
			file("get-transit-gateway-policy-table-entries.tgw-ptb-1", `{"TransitGatewayPolicyTableEntries":[`+entries+`]}`))
	}
	entry := func(number, rule string) string {
		return `{"PolicyRuleNumber":"` + number + `","PolicyRule":{` + rule + `},"TargetRouteTableId":"tgw-rtb-1"}`
	}
	run(t, []step{
		{"TGW-21 no association", overTransit(unassociated), overTGW, Blocked, "tgw-association-missing"},
		{"TGW-67 that the owner's answers do not hold", overTransit(unassociated, cut("describe-transit-gateway-attachments")), overTGW, Unknown, "tgw-association-unknown"},
		{"TGW-23 D-205 or it may have a policy table", overTransit(unassociated, without("describe-transit-gateway-policy-tables")), overTGW, Unknown, "tgw-association-unknown"},
		{"D-205 told by the table's own answer", overTransit(unassociated, file("get-transit-gateway-route-table-associations.tgw-rtb-1", `{"Associations":[{"TransitGatewayAttachmentId":"tgw-attach-a","State":"associated"}]}`)), overTGW, Admitted, ""},
		{"D-205 two that disagree", overTransit(file("get-transit-gateway-route-table-associations.tgw-rtb-9", `{"Associations":[{"TransitGatewayAttachmentId":"tgw-attach-a","State":"associated"}]}`)), overTGW, Unknown, "tgw-association-unknown"},
		{"TGW-4 D-201 the table is deleting", overTransit(set(`"TransitGatewayId":"tgw-1","State":"available"}]}`, `"TransitGatewayId":"tgw-1","State":"deleting"}]}`)), overTGW, Blocked, "tgw-table-state"},
		{"TGW-27 the longer route", overTransit(routes(static("10.1.1.0/24", toA))), overTGW, Blocked, "pcx-transit"},
		{"TGW-31 a blackhole", overTransit(routes(static("10.1.1.0/24", `"State":"blackhole"`))), overTGW, Blocked, "tgw-route-blackhole"},
		{"TGW-32 deleted is none", overTransit(routes(static("10.1.1.0/24", `"State":"deleted"`))), overTGW, Admitted, ""},
		{"TGW-32 pending is unknown", overTransit(routes(static("10.1.1.0/24", `"State":"pending"`))), overTGW, Unknown, "tgw-route-unknown"},
		{"TGW-28 static before propagated", overTransit(transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+","+transitRouteTo("10.1.0.0/16", "a")+","+static("10.1.0.0/16", toB))), overTGW, Admitted, ""},
		{"TGW-33 a prefix list's before a VPC's", overTransit(transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+","+transitRouteTo("10.1.0.0/16", "a")+
			`,{"DestinationCidrBlock":"10.1.0.0/16","PrefixListId":"pl-1","Type":"propagated",`+toB+`}`)), overTGW, Admitted, ""},
		{"D-207 no route", overTransit(transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a"))), overTGW, Blocked, "tgw-route-none"},
		{"TGW-19 the reply's own table", overTransit(transitTableOf("tgw-rtb-1", transitRouteTo("10.1.0.0/16", "b"))), overTGW, Blocked, "tgw-route-none"},
		{"TGW-71 more routes than the answer holds", overTransit(cutRoutes(transitRouteTo("10.0.0.0/16", "a") + "," + transitRouteTo("10.1.0.0/16", "b"))), overTGW, Unknown, "tgw-routes-cut"},
		{"D-206 a host's route decides all the same", overTransit(cutRoutes(static("10.0.2.5/32", toA) + "," + static("10.1.1.5/32", toB))), overTGW, Admitted, ""},
		{"D-206 no search of the table", overTransit(func(_ *testing.T, files Files) { delete(files, "search-transit-gateway-routes.tgw-rtb-1.json") }), overTGW, Unknown, "tgw-routes-missing"},
		{"D-206 static routes completed by propagations", overTransit(collected("")), overTGW, Admitted, "tgw-propagations"},
		{"D-206 or not", overTransit(noNAT("tgw-attach-a"), noNAT("tgw-attach-b"), collected("")), overTGW.noAssume(), Unknown, "tgw-propagations"},
		{"D-206 without propagations nothing is complete", overTransit(collected(""), func(_ *testing.T, files Files) {
			delete(files, "get-transit-gateway-route-table-propagations.tgw-rtb-1.json")
		}), overTGW, Unknown, "tgw-routes-cut"},
		{"TGW-58 ECMP", overTransit(transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+`,{"DestinationCidrBlock":"10.1.0.0/16","Type":"propagated","State":"active","TransitGatewayAttachments":[
			{"TransitGatewayAttachmentId":"tgw-attach-b","ResourceType":"vpc"},{"TransitGatewayAttachmentId":"tgw-attach-a","ResourceType":"vpc"}]}`)), overTGW, Ambiguous, "tgw-ecmp"},
		{"TGW-59 multicast", overTransit(addRoute("rtb-prv", `{"DestinationCidrBlock":"224.0.0.0/4","TransitGatewayId":"tgw-1"}`)), question("eni-app", "address", packet("10.0.2.5", "224.0.0.5", 443)), Unknown, "not-modelled"},
		{"TGW-23 a policy table", policy(entry("10", `"Protocol":"6","DestinationPortRange":"443"`)), overTGW, Admitted, "tgw-policy"},
		{"TGW-23 none matches", policy(entry("10", `"Protocol":"6","DestinationPortRange":"80"`)), overTGW, Blocked, "tgw-policy-none"},
		{"D-208 system entries", policy(entry("*", ``)), overTGW, Unknown, "tgw-policy-unknown"},
		{"TGW-26 aws", policy(entry("10", ``)), overTGW.aws(), Unknown, "tgw-policy-aws"},
	})
}

func TestTransitGatewayZones(t *testing.T) {
	only2 := set(`"SubnetIds":["subnet-t1","subnet-t2"]`, `"SubnetIds":["subnet-t2"]`)
	appliance := set(`"SubnetIds":["subnet-t1","subnet-t2"],"Options":{"ApplianceModeSupport":"disable"}`, `"SubnetIds":["subnet-t1","subnet-t2"],"Options":{"ApplianceModeSupport":"enable"}`)
	no := func(acl string) edit { return denied(acl, "true", "10.1.1.0/24") }
	noPropagations := func(_ *testing.T, files Files) {
		delete(files, "get-transit-gateway-route-table-propagations.tgw-rtb-1.json")
		transitTableOf("tgw-rtb-1", `{"DestinationCidrBlock":"10.0.0.0/16","Type":"static","State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-a","ResourceId":"vpc-a","ResourceType":"vpc"}]},
			{"DestinationCidrBlock":"10.1.0.0/16","Type":"static","State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-b","ResourceId":"vpc-b","ResourceType":"vpc"}]}`)(nil, files)
	}
	run(t, []step{
		{"TGW-39 the packet's own zone", overTransit(no("acl-t2")), noReply, Admitted, "tgw-same-zone"},
		{"TGW-40 any where it has not that one", overTransit(only2, no("acl-t2")), noReply, Blocked, "tgw-other-zone"},
		{"TGW-46 any for what has none", overTransit(no("acl-t2"), addRoute("rtb-db", `{"DestinationCidrBlock":"192.168.0.0/16","TransitGatewayId":"tgw-1"}`)), fromSite, Ambiguous, "tgw-no-zone"},
		{"D-209 subnets that no answer tells", overTransit(set(`"SubnetIds":["subnet-t1","subnet-t2"],`, ``)), noReply, Unknown, "tgw-seats-unknown"},
		{"D-200 two subnets of one zone", overTransit(set(`"CidrBlock":"10.1.2.16/28","AvailabilityZoneId":"use1-az2"`, `"CidrBlock":"10.1.2.16/28","AvailabilityZoneId":"use1-az1"`)), noReply, Unknown, "tgw-seats-double"},
		{"TGW-42 appliance mode, one zone", overTransit(appliance, no("acl-t2")), noReply, Admitted, "tgw-appliance-zone"},
		{"TGW-42 appliance mode, two zones", overTransit(appliance, hostIn("use1-az2"), no("acl-t2")), noReply, Ambiguous, "tgw-appliance-hash"},
		{"TGW-43 no propagation, no zones", overTransit(appliance, noPropagations, propagatesInto("tgw-rtb-1"), no("acl-t2")), noReply, Ambiguous, "tgw-appliance-hash"},
		{"D-210 that no answer tells", overTransit(appliance, noPropagations, no("acl-t2")), noReply, Unknown, "tgw-appliance-unsure"},
		{"D-210 whatever zone it is", overTransit(appliance, noPropagations, no("acl-t1"), no("acl-t2")), noReply, Blocked, "tgw-appliance-unsure"},
		{"TGW-42 the reply takes the same zone", overTransit(appliance, hostIn("use1-az2"),
			set(`"SubnetIds":["subnet-pub"],"Options":{"ApplianceModeSupport":"disable"}`, `"SubnetIds":["subnet-pub"],"Options":{"ApplianceModeSupport":"enable"}`)), overTGW, Admitted, ""},
		{"TGW-48 a loop", overTransit(set(`"SubnetIds":["subnet-pub"]`, `"SubnetIds":["subnet-prv"]`), transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+","+transitRouteTo("10.1.0.0/16", "a"))), noReply, Blocked, "tgw-loop"},
	})
}

func TestTransitGatewayReferences(t *testing.T) {
	byGroup := ingress("sg-db", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-app"}]}`)
	toGroup := egress("sg-app", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-db"}]}`)
	gateway := func(s string) edit { return set(`"SecurityGroupReferencingSupport":"enable"`, s) }
	attached := func(s string) edit {
		return set(`"SubnetIds":["subnet-pub"],"Options":{"ApplianceModeSupport":"disable"}`, `"SubnetIds":["subnet-pub"],"Options":{"SecurityGroupReferencingSupport":"`+s+`"}`)
	}
	zone3 := func(_ *testing.T, files Files) {
		for name, text := range files {
			files[name] = []byte(strings.ReplaceAll(string(text), "use1-az1", "use1-az3"))
		}
	}
	run(t, []step{
		{"TGW-62 all switches on", overTransit(byGroup), overTGW, Admitted, "sg-reference"},
		{"TGW-62 the gateway's is off unless it is on", overTransit(byGroup, gateway(`"DnsSupport":"enable"`)), overTGW, Blocked, "tgw-reference-lost"},
		{"TGW-62 an attachment's is off", overTransit(byGroup, attached("disable")), overTGW, Blocked, "tgw-reference-lost"},
		{"TGW-62 D-211 a gateway that no answer tells", overTransit(byGroup, file("describe-transit-gateways", `{"TransitGateways":[]}`)), overTGW, Unknown, "sg-unknown"},
		{"TGW-63 never in use1-az3", overTransit(byGroup, zone3), overTGW, Blocked, "tgw-reference-lost"},
		{"TGW-63 no outbound rule matches", overTransit(toGroup), overTGW, Blocked, "sg-reference-lost"},
	})
}

// noNAT is the answer that an attachment has no static NAT.
func noNAT(attachment string) edit {
	return file("get-transit-gateway-attachment-nat-configuration."+attachment, `{"TransitGatewayAttachmentId":"`+attachment+`","NatGatewaySupport":"disabled","NatGatewayRules":[]}`)
}

func TestTransitGatewayEdges(t *testing.T) {
	tunnels := func(s string) edit { return set(`{"Status":"UP"}`, `{"Status":"`+s+`"}`) }
	site := addRoute("rtb-db", `{"DestinationCidrBlock":"192.168.0.0/16","TransitGatewayId":"tgw-1"}`)
	run(t, []step{
		{"D-217 to an attachment", overTransit(site), toSite, Admitted, "tgw-attachment-end"},
		{"D-217 to the gateway", overTransit(site), Question{From: toSite.From, To: End{Edge: "tgw-1"}, Packet: toSite.Packet}, Admitted, ""},
		{"D-238 beyond it", overTransit(site), question("eni-db", "address", toSite.Packet), Unknown, "edge"},
		{"D-217 from an attachment", overTransit(site), fromSite, Admitted, "edge-back"},
		{"TGW-47 D-217 without a way back", overTransit(), fromSite, Blocked, "reply-route-none"},
		{"VPN-4 all tunnels are down", overTransit(site, tunnels("DOWN")), toSite, Blocked, "vpn-tunnels-down"},
		{"D-234 which aws notes", overTransit(site, tunnels("DOWN")), toSite.aws(), Admitted, "vpn-tunnels-note"},
		{"VPN-3 outside the selectors", overTransit(site, set(`"StaticRoutesOnly":true`, `"StaticRoutesOnly":true,"LocalIpv4NetworkCidr":"10.50.0.0/16"`)), toSite, Blocked, "vpn-selectors"},
		{"VPN-7 IPv6 tunnels carry no IPv4", overTransit(site, set(`"StaticRoutesOnly":true`, `"StaticRoutesOnly":true,"TunnelInsideIpVersion":"ipv6"`)), toSite, Blocked, "vpn-family"},
		{"D-234 the connection is not in the answers", overTransit(site, without("describe-vpn-connections")), toSite, Unknown, "vpn-missing"},
		{"D-234 no telemetry", overTransit(site, set(`[{"Status":"DOWN"},{"Status":"UP"}]`, `[]`)), toSite, Admitted, "vpn-tunnels"},
		{"D-234 no telemetry, no assumption", overTransit(site, noNAT("tgw-attach-b"), noNAT("tgw-attach-v"), set(`[{"Status":"DOWN"},{"Status":"UP"}]`, `[]`)), toSite.noAssume(), Unknown, "vpn-tunnels"},
	})
}

func TestTransitGatewayNAT(t *testing.T) {
	nat := func(support string) edit {
		return file("get-transit-gateway-attachment-nat-configuration.tgw-attach-b", `{"TransitGatewayAttachmentId":"tgw-attach-b","NatGatewaySupport":"`+support+`",
			"NatGatewayRules":[{"MatchSourceCidr":"10.1.0.0/16","NatCidr":"100.65.0.0/16","State":"activated"}]}`)
	}
	known := []edit{
		transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+","+transitRouteTo("100.65.0.0/16", "b")),
		addRoute("rtb-prv", `{"DestinationCidrBlock":"100.65.0.0/16","TransitGatewayId":"tgw-1"}`),
	}
	alias := question("eni-app", "eni-db", packet("10.0.2.5", "100.65.1.5", 443))
	byGroup := ingress("sg-app", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-db"}]}`)
	run(t, []step{
		{"TGW-57 D-204 to the translated address and back", overTransit(append(known, nat("enabled"))...), alias, Admitted, "tgw-nat-back"},
		{"TGW-57 D-204 support is off", overTransit(append(known, nat("disabled"))...), alias, Blocked, "route-none"},
		{"TGW-57 D-204 a reply from another address", overTransit(nat("enabled")), overTGW, Blocked, "reply-other-source"},
		{"TGW-57 D-211 a translated source erases tokens", overTransit(nat("enabled"), byGroup), backTGW, Blocked, "sg-ingress-no-match"},
	})
}

func TestTransitGatewayPeerings(t *testing.T) {
	far := []edit{ // VPC b moves to a gateway of its own
		file("describe-transit-gateways", `{"TransitGateways":[{"TransitGatewayId":"tgw-1","OwnerId":"1","State":"available"},{"TransitGatewayId":"tgw-2","OwnerId":"1","State":"available"}]}`),
		file("describe-transit-gateway-attachments", `{"TransitGatewayAttachments":[
			{"TransitGatewayAttachmentId":"tgw-attach-a","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"1","ResourceType":"vpc","ResourceId":"vpc-a","State":"available","Association":{"TransitGatewayRouteTableId":"tgw-rtb-1"}},
			{"TransitGatewayAttachmentId":"tgw-attach-p","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"1","ResourceType":"peering","ResourceId":"tgw-2","State":"available","Association":{"TransitGatewayRouteTableId":"tgw-rtb-1"}},
			{"TransitGatewayAttachmentId":"tgw-attach-q","TransitGatewayId":"tgw-2","TransitGatewayOwnerId":"1","ResourceType":"peering","ResourceId":"tgw-1","State":"available","Association":{"TransitGatewayRouteTableId":"tgw-rtb-2"}},
			{"TransitGatewayAttachmentId":"tgw-attach-b","TransitGatewayId":"tgw-2","TransitGatewayOwnerId":"1","ResourceType":"vpc","ResourceId":"vpc-b","State":"available","Association":{"TransitGatewayRouteTableId":"tgw-rtb-2"}}]}`),
		set(`"tgw-attach-b","TransitGatewayId":"tgw-1","VpcId"`, `"tgw-attach-b","TransitGatewayId":"tgw-2","VpcId"`),
		set(`rtb-db|"DestinationCidrBlock":"10.0.2.0/24","TransitGatewayId":"tgw-1"`, `"DestinationCidrBlock":"10.0.2.0/24","TransitGatewayId":"tgw-2"`),
		file("describe-transit-gateway-peering-attachments", `{"TransitGatewayPeeringAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-p","State":"available","AccepterTransitGatewayAttachmentId":"tgw-attach-q",
			"RequesterTgwInfo":{"TransitGatewayId":"tgw-1","OwnerId":"1","Region":"us-east-1"},"AccepterTgwInfo":{"TransitGatewayId":"tgw-2","OwnerId":"1","Region":"us-east-1"}}]}`),
		transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+`,{"DestinationCidrBlock":"10.1.0.0/16","Type":"static","State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-p","ResourceId":"tgw-2","ResourceType":"peering"}]}`),
		transitTableOf("tgw-rtb-2", transitRouteTo("10.1.0.0/16", "b")+`,{"DestinationCidrBlock":"10.0.0.0/16","Type":"static","State":"active","TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-q","ResourceId":"tgw-1","ResourceType":"peering"}]}`),
	}
	over := func(edits ...edit) []edit { return append(overTransit(far...), edits...) }
	inter := set(`"AccepterTgwInfo":{"TransitGatewayId":"tgw-2","OwnerId":"1","Region":"us-east-1"}`, `"AccepterTgwInfo":{"TransitGatewayId":"tgw-2","OwnerId":"1","Region":"eu-west-1"}`)
	run(t, []step{
		{"TGW-50 there and back", over(), overTGW, Admitted, "tgw-peering"},
		{"TGW-50 the far attachment has no association", over(set(`"ResourceId":"tgw-1","State":"available","Association":{"TransitGatewayRouteTableId":"tgw-rtb-2"}`, `"ResourceId":"tgw-1","State":"available"`)), overTGW, Blocked, "tgw-association-missing"},
		{"TGW-51 the accepter's id is not told", over(set(`"AccepterTransitGatewayAttachmentId":"tgw-attach-q",`, ``)), overTGW, Admitted, "tgw-peering"},
		{"TGW-52 between Regions", over(inter), overTGW, Admitted, "tgw-peering"},
		{"TGW-52 which aws does not know", over(inter), overTGW.aws(), Unknown, "tgw-peering-beyond"},
		{"TGW-46 it comes without a zone", over(denied("acl-t2", "true", "10.1.1.0/24")), noReply, Ambiguous, "tgw-no-zone"},
		{"TGW-63 no references", over(ingress("sg-db", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-app"}]}`)), overTGW, Blocked, "sg-ingress-no-match"},
		{"D-212 no record of the peering", over(without("describe-transit-gateway-peering-attachments")), overTGW, Admitted, "tgw-peering"},
	})
}

func TestTransitGatewayEgress(t *testing.T) {
	// VPC b's host goes to the internet by VPC a's NAT gateway, whose subnet is where VPC a is attached.
	out := question("eni-db", "internet", packet("10.1.1.5", "198.51.100.7", 443))
	byTransit := []edit{
		addRoute("rtb-db", `{"DestinationCidrBlock":"0.0.0.0/0","TransitGatewayId":"tgw-1"}`),
		set(`"SubnetIds":["subnet-pub"]`, `"SubnetIds":["subnet-prv"]`),
		transitTableOf("tgw-rtb-1", transitRouteTo("10.0.0.0/16", "a")+","+transitRouteTo("10.1.0.0/16", "b")+","+transitRouteTo("0.0.0.0/0", "a")),
		set(`rtb-pub|"DestinationCidrBlock":"10.1.0.0/16","VpcPeeringConnectionId":"pcx-ab"`, `"DestinationCidrBlock":"10.1.0.0/16","TransitGatewayId":"tgw-1"`),
	}
	run(t, []step{
		{"TGW-49 D-216 out by the NAT gateway and back", overTransit(byTransit...), out, Admitted, "nat-back-routed"},
		{"D-216 the way back is the NAT subnet's table's", overTransit(append(byTransit, addRoute("rtb-pub", `{"DestinationCidrBlock":"10.1.1.0/24","GatewayId":"igw-a"}`))...), out, Blocked, ""},
		{"D-216 straight to the internet gateway", overTransit(append(byTransit, set(`rtb-prv|"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-n"`, `"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-a"`))...), out, Blocked, "igw-spoofed"},
		{"PCX-3 D-216 not to a peering", overTransit(append(byTransit, set(`rtb-prv|"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-n"`, `"DestinationCidrBlock":"0.0.0.0/0","VpcPeeringConnectionId":"pcx-ab"`))...), out, Blocked, "pcx-transit"},
	})
}
