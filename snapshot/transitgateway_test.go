package snapshot

import (
	"net/netip"
	"strings"
	"testing"
)

// tableOfRoutes is an answer of search-transit-gateway-routes.
const tableOfRoutes = `"Routes":[{"DestinationCidrBlock":"10.1.0.0/16","TransitGatewayAttachments":[{"ResourceId":"vpc-b",
	"TransitGatewayAttachmentId":"tgw-attach-b","ResourceType":"vpc"}],"Type":"propagated","State":"active"}]`

// An answer about one route table does not name it: the key beside it, the file's name or the manifest does.
func TestSearchesAreAttributed(t *testing.T) {
	want := []TransitGatewayRoute{{Table: "tgw-rtb-0a1b2c3d", DestinationCidrBlock: netip.MustParsePrefix("10.1.0.0/16"), Type: "propagated", State: "active",
		TransitGatewayAttachments: []TransitGatewayRouteAttachment{{"tgw-attach-b", "vpc-b", "vpc"}}}}
	for name, content := range map[string]string{
		"x.json":                      `{"TransitGatewayRouteTableId":"tgw-rtb-0a1b2c3d",` + tableOfRoutes + `}`,
		"y.json":                      `{` + tableOfRoutes + `,"AdditionalRoutesAvailable":false,"TransitGatewayRouteTableId":"tgw-rtb-0a1b2c3d"}`,
		"routes-tgw-rtb-0a1b2c3d.txt": `{` + tableOfRoutes + `}`,
		"search-transit-gateway-routes.tgw-rtb-0a1b2c3d.json": `{` + tableOfRoutes + `}`,
	} {
		p := onlyPart(t, open(t, files{name: content}))
		diff(t, name, p.TransitGatewayRoutes, want)
		diff(t, name+" state", p.Object(SearchTransitGatewayRoutes, "tgw-rtb-0a1b2c3d").State, Complete)
	}
	s := open(t, files{"v.json": oneVPC, "routes.json": `{` + tableOfRoutes + `}`})
	diff(t, "use", uses(s)["routes.json"], Unattributed)
	if n := len(onlyPart(t, s).TransitGatewayRoutes); n != 0 {
		t.Errorf("%d routes of nobody knows which table", n)
	}
}

// A search is complete only if it asked for all routes and got them.
func TestCompletenessOfSearches(t *testing.T) {
	const id = `"TransitGatewayRouteTableId":"tgw-rtb-1",`
	manifest := func(parameters string) string {
		return `{"format":"vpcreach/snapshot/1","calls":[{"service":"ec2","operation":"search-transit-gateway-routes","state":"complete",
			"parameters":{"TransitGatewayRouteTableId":"tgw-rtb-1"` + parameters + `},"file":"r.json"}]}`
	}
	for name, test := range map[string]struct {
		files       files
		state       State
		all, static bool
	}{
		"nothing said":       {files{"r.json": `{` + id + tableOfRoutes + `}`}, Complete, true, false},
		"more routes":        {files{"r.json": `{` + id + tableOfRoutes + `,"AdditionalRoutesAvailable":true}`}, Cut, true, false},
		"more routes, first": {files{"r.json": `{"AdditionalRoutesAvailable":true,` + id + tableOfRoutes + `}`}, Cut, true, false},
		"first of two pages": {files{"r1.json": `{` + id + tableOfRoutes + `,"AdditionalRoutesAvailable":true,"NextToken":"x"}`,
			"r2.json": `{` + id + `"Routes":[]}`}, Complete, true, false},
		"two searches, the first cut": {files{"r1.json": `{` + id + tableOfRoutes + `,"AdditionalRoutesAvailable":true}`,
			"r2.json": `{` + id + `"Routes":[]}`}, Cut, true, false},
		"active and blackhole": {files{"r.json": `{` + id + tableOfRoutes + `,"Filters":[{"Name":"state","Values":["active","blackhole"]}]}`}, Complete, true, false},
		"active alone":         {files{"r.json": `{` + id + tableOfRoutes + `,"Filters":[{"Name":"state","Values":["active"]}]}`}, Complete, false, false},
		"static":               {files{"r.json": `{` + id + tableOfRoutes + `,"Filters":[{"Name":"type","Values":["static"]}]}`}, Complete, false, true},
		"static, of a state": {files{"r.json": `{` + id + tableOfRoutes + `,"Filters":[{"Name":"type","Values":["static"]},{"Name":"state","Values":["active","blackhole"]}]}`},
			Complete, false, true},
		"static, of one attachment": {files{"r.json": `{` + id + tableOfRoutes + `,"Filters":[{"Name":"type","Values":["static"]},
			{"Name":"attachment.resource-id","Values":["vpc-b"]}]}`}, Complete, false, false},
		"static and all": {files{"r1.json": `{` + id + `"Routes":[],"Filters":[{"Name":"type","Values":["static"]}]}`,
			"r2.json": `{` + id + tableOfRoutes + `}`}, Complete, true, false},
		"wrapper": {files{"w.json": `{"TransitGatewayStaticRoutes":[{` + id + tableOfRoutes + `,"AdditionalRoutesAvailable":false}]}`}, Complete, false, true},
		"cut wrapper": {files{"w.json": `{"TransitGatewayStaticRoutes":[{` + id + tableOfRoutes + `,"AdditionalRoutesAvailable":true}]}`},
			Cut, false, true},
		"manifest":             {files{"manifest.json": manifest(""), "r.json": `{` + tableOfRoutes + `}`}, Complete, true, false},
		"manifest, filters":    {files{"manifest.json": manifest(`,"Filters":"Name=state,Values=active,blackhole"`), "r.json": `{` + tableOfRoutes + `}`}, Complete, true, false},
		"manifest, static":     {files{"manifest.json": manifest(`,"Filters":"type=static"`), "r.json": `{` + tableOfRoutes + `}`}, Complete, false, true},
		"manifest, one prefix": {files{"manifest.json": manifest(`,"Filters":"route-search.exact-match=10.0.0.0/8"`), "r.json": `{` + tableOfRoutes + `}`}, Complete, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, test.files)
			c := onlyPart(t, s).Object(SearchTransitGatewayRoutes, "tgw-rtb-1")
			diff(t, "state", c.State, test.state)
			all, static := SearchedFor(c)
			diff(t, "asked for all, static", []bool{all, static}, []bool{test.all, test.static})
			_, packed := pack(t, test.files)
			sameFacts(t, packed, s)
			again := onlyPart(t, packed).Object(SearchTransitGatewayRoutes, "tgw-rtb-1")
			all, static = SearchedFor(again)
			diff(t, "asked for all, static, when packed", []bool{all, static}, []bool{test.all, test.static})
		})
	}
}

const transitAnswers = `{
	"TransitGateways":[{"TransitGatewayId":"tgw-1","OwnerId":"111122223333","State":"available","Options":{"SecurityGroupReferencingSupport":"enable","AmazonSideAsn":64512}}],
	"TransitGatewayAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-1","TransitGatewayId":"tgw-1","TransitGatewayOwnerId":"111122223333","ResourceType":"vpc",
		"ResourceId":"vpc-1","ResourceOwnerId":"111122223333","State":"available","Association":{"TransitGatewayRouteTableId":"tgw-rtb-1","State":"associated"}}],
	"TransitGatewayVpcAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-1","TransitGatewayId":"tgw-1","VpcId":"vpc-1","VpcOwnerId":"111122223333","State":"available",
		"SubnetIds":["subnet-1"],"Options":{"ApplianceModeSupport":"enable"}}],
	"TransitGatewayPeeringAttachments":[{"TransitGatewayAttachmentId":"tgw-attach-2","AccepterTransitGatewayAttachmentId":"tgw-attach-3",
		"RequesterTgwInfo":{"TransitGatewayId":"tgw-1","OwnerId":"111122223333","Region":"eu-west-1"},"AccepterTgwInfo":{"TransitGatewayId":"tgw-9"},"State":"available"}],
	"TransitGatewayConnects":[{"TransitGatewayAttachmentId":"tgw-attach-4","TransitGatewayId":"tgw-1","State":"available"}],
	"TransitGatewayRouteTables":[{"TransitGatewayRouteTableId":"tgw-rtb-1","TransitGatewayId":"tgw-1","State":"available"}],
	"TransitGatewayPolicyTables":[{"TransitGatewayPolicyTableId":"tgw-ptb-1","TransitGatewayId":"tgw-1","State":"available"}],
	"TransitGatewayPrefixListReferences":[{"TransitGatewayRouteTableId":"tgw-rtb-1","PrefixListId":"pl-1","State":"available","Blackhole":true}]
}`

func TestAnswersAboutTransitGateways(t *testing.T) {
	f := files{"a.json": transitAnswers,
		"p.json": `{"TransitGatewayRouteTableId":"tgw-rtb-1","TransitGatewayRouteTablePropagations":[{"TransitGatewayAttachmentId":"tgw-attach-1","ResourceId":"vpc-1","ResourceType":"vpc","State":"enabled"}]}`,
		"q.json": `{"TransitGatewayRouteTableId":"tgw-rtb-1","Associations":[{"TransitGatewayAttachmentId":"tgw-attach-1","ResourceId":"vpc-1","ResourceType":"vpc","State":"associated"}]}`,
		"b.json": `{"Associations":[{"TransitGatewayPolicyTableId":"tgw-ptb-1","TransitGatewayAttachmentId":"tgw-attach-4","State":"associated"}]}`,
		"s.json": `{"TransitGatewayPolicyTableId":"tgw-ptb-1","TransitGatewayPolicyTableEntries":[{"PolicyRuleNumber":"*","PolicyRule":{"MetaData":{"MetaDataKey":"k"}}},
			{"PolicyRuleNumber":"10","PolicyRule":{"Protocol":"6","DestinationPortRange":"80"},"TargetRouteTableId":"tgw-rtb-1"}]}`,
		"t.json": `{"TransitGatewayAttachmentId":"tgw-attach-1","NatGatewaySupport":"enabled","NatSystemRouteSupport":"enable",
			"NatGatewayRules":[{"MatchSourceCidr":"10.0.0.0/24","NatCidr":"100.64.0.0/24","RuleNumber":1,"State":"activated"}]}`,
	}
	s := open(t, f)
	p := onlyPart(t, s)
	diff(t, "gateways", p.TransitGateways, []TransitGateway{{TransitGatewayId: "tgw-1", OwnerId: "111122223333", State: "available",
		Options: &TransitGatewayOptions{SecurityGroupReferencingSupport: "enable"}}})
	diff(t, "association of an attachment", *p.TransitGatewayAttachments[0].Association, TransitGatewayAssociation{TransitGatewayRouteTableId: "tgw-rtb-1", State: "associated"})
	diff(t, "subnets", p.TransitGatewayVpcAttachments[0].SubnetIds, []string{"subnet-1"})
	diff(t, "far side", p.TransitGatewayPeeringAttachments[0].AccepterTgwInfo.TransitGatewayId, "tgw-9")
	diff(t, "propagations", p.TransitGatewayPropagations, []TransitGatewayPropagation{{"tgw-rtb-1", "tgw-attach-1", "vpc-1", "vpc", "enabled"}})
	diff(t, "associations", p.TransitGatewayAssociations, []TransitGatewayAssociation{
		{Table: "tgw-ptb-1", TransitGatewayPolicyTableId: "tgw-ptb-1", TransitGatewayAttachmentId: "tgw-attach-4", State: "associated"},
		{Table: "tgw-rtb-1", TransitGatewayAttachmentId: "tgw-attach-1", ResourceId: "vpc-1", State: "associated"}})
	diff(t, "entries", p.TransitGatewayPolicyTableEntries, []TransitGatewayPolicyTableEntry{
		{Table: "tgw-ptb-1", PolicyRuleNumber: "*", PolicyRule: TransitGatewayPolicyRule{MetaData: &TransitGatewayPolicyMetaData{MetaDataKey: "k"}}},
		{Table: "tgw-ptb-1", PolicyRuleNumber: "10", PolicyRule: TransitGatewayPolicyRule{Protocol: "6", DestinationPortRange: "80"}, TargetRouteTableId: "tgw-rtb-1"}})
	diff(t, "NAT", p.TransitGatewayNatRules, []TransitGatewayNatRule{{"tgw-attach-1", "enabled", netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("100.64.0.0/24"), "activated"}})
	diff(t, "list of references", p.TransitGatewayPrefixListReferences, []TransitGatewayPrefixListReference{{"tgw-rtb-1", "pl-1", "available", true}})
	for op, id := range map[Operation]string{GetTransitGatewayRouteTableAssociations: "tgw-rtb-1", GetTransitGatewayPolicyTableAssociations: "tgw-ptb-1",
		GetTransitGatewayRouteTablePropagations: "tgw-rtb-1", GetTransitGatewayPolicyTableEntries: "tgw-ptb-1", GetTransitGatewayPrefixListReferences: "tgw-rtb-1",
		GetTransitGatewayAttachmentNatConfiguration: "tgw-attach-1"} {
		diff(t, string(op), p.Object(op, id).State, Complete)
	}
	for _, file := range s.Files {
		if file.Use != Used || file.Problem != nil || len(file.Ignored) > 0 {
			t.Errorf("%+v", file)
		}
	}
	_, packed := pack(t, f)
	sameFacts(t, packed, s)
}

// A list of answers that no call returns gives each table its own.
func TestWrappersOfTransitAnswers(t *testing.T) {
	f := files{"w.json": `{"TransitGatewayStaticRoutes":[{"TransitGatewayRouteTableId":"tgw-rtb-1","Routes":[]},{` + tableOfRoutes + `,"TransitGatewayRouteTableId":"tgw-rtb-2"}],
		"TransitGatewayPropagations":[{"TransitGatewayRouteTableId":"tgw-rtb-2","TransitGatewayRouteTablePropagations":[{"TransitGatewayAttachmentId":"tgw-attach-1","State":"enabled"}]}]}`}
	s := open(t, f)
	p := onlyPart(t, s)
	diff(t, "routes of", p.TransitGatewayRoutes[0].Table, "tgw-rtb-2")
	diff(t, "propagations", p.TransitGatewayPropagations, []TransitGatewayPropagation{{Table: "tgw-rtb-2", TransitGatewayAttachmentId: "tgw-attach-1", State: "enabled"}})
	diff(t, "empty table", p.Object(SearchTransitGatewayRoutes, "tgw-rtb-1"), Call{Service: "ec2", Operation: SearchTransitGatewayRoutes, State: Complete, File: "w.json",
		Parameters: map[string]string{"id": "tgw-rtb-1", "Filters": "Name=type,Values=static"}})
	_, packed := pack(t, f)
	sameFacts(t, packed, s)
	for text, want := range map[string]string{
		`{"TransitGatewayStaticRoutes":[{"Routes":[]}]}`:                                            "without TransitGatewayRouteTableId",
		`{"TransitGatewayStaticRoutes":[{"TransitGatewayRouteTableId":"t","Routes":[{}]}]}`:         "a route without destination",
		`{"TransitGatewayRouteTableId":"t","Routes":[{"DestinationCidrBlock":"10.0.0.0/8"},{}]}`:    "a route without destination",
		`{"TransitGatewayRouteTableId":"t","Routes":[{"DestinationCidrBlock":"ten"}]}`:              "DestinationCidrBlock",
		`{"TransitGatewayPropagations":[{"TransitGatewayRouteTablePropagations":[]}]}`:              "without TransitGatewayRouteTableId",
		`{"TransitGatewayPropagations":[{"TransitGatewayRouteTableId":"t","NextToken":5}]}`:         "NextToken",
		`{"TransitGatewayAttachmentId":"a","NatGatewayRules":[{"MatchSourceCidr":"10.0.0.0/200"}]}`: "MatchSourceCidr",
	} {
		s := open(t, files{"x.json": text, "v.json": oneVPC})
		if got := problem(s, "x.json"); !strings.Contains(got, want) {
			t.Errorf("%s: problem %q, want %q", text, got, want)
		}
	}
}

// What ExportTransitGatewayRoutes writes to S3 is a search for every route (TGW-72), unless it was asked for less.
func TestExportedRoutes(t *testing.T) {
	const name = "111111111111_us-east-1_tgw-rtb-0a1b2c3d_2026-01-02T03-04-05.json"
	export := func(filter string) files {
		return files{name: `{"filter":[` + filter + `],"routes":[{"destinationCidrBlock":"10.1.0.0/16","transitGatewayAttachments":[{"resourceId":"vpc-b",
			"transitGatewayAttachmentId":"tgw-attach-b","resourceType":"vpc"}],"type":"propagated","state":"active"},
			{"destinationCidrBlock":"2001:db8::/56","type":"static","state":"blackhole"}]}`}
	}
	want := []TransitGatewayRoute{{Table: "tgw-rtb-0a1b2c3d", DestinationCidrBlock: netip.MustParsePrefix("10.1.0.0/16"), Type: "propagated", State: "active",
		TransitGatewayAttachments: []TransitGatewayRouteAttachment{{"tgw-attach-b", "vpc-b", "vpc"}}},
		{Table: "tgw-rtb-0a1b2c3d", DestinationCidrBlock: netip.MustParsePrefix("2001:db8::/56"), Type: "static", State: "blackhole"}}
	const everything = `{"name":"route-search.subnet-of-match","values":["0.0.0.0/0","::/0"]}`
	for filter, all := range map[string]bool{
		everything: true,
		"":         true,
		`{"name":"route-search.subnet-of-match","values":["10.0.0.0/8"]}`: false,
		everything + `,{"name":"type","values":["propagated"]}`:           false,
	} {
		t.Run("TGW-72 filter "+filter, func(t *testing.T) {
			_, packed := pack(t, export(filter))
			for _, s := range []*Snapshot{open(t, export(filter)), packed} {
				p := onlyPart(t, s)
				diff(t, "routes", p.TransitGatewayRoutes, want)
				c := p.Object(SearchTransitGatewayRoutes, "tgw-rtb-0a1b2c3d")
				if got, _ := SearchedFor(c); got != all || c.State != Complete {
					t.Errorf("all %v, %s; want all %v, complete", got, c.State, all)
				}
			}
		})
	}
	broken := open(t, files{"v.json": oneVPC, name: `{"filter":[],"routes":[{"type":"static","state":"active"}]}`})
	if uses(broken)[name] != Broken {
		t.Errorf("a route without destination is read: %v", uses(broken))
	}
}
