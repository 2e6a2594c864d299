package snapshot

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// manifestOf wraps calls in a manifest.
func manifestOf(calls ...string) string {
	return `{"format":"vpcreach/snapshot/1","tool":"vpcreach 1.2","calls":[` + strings.Join(calls, ",") + `]}`
}

// callOf is a call of account 111122223333 in eu-west-1.
func callOf(operation, state, more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"account":"111122223333","region":"eu-west-1","service":"ec2","operation":"` + operation +
		`","state":"` + state + `"` + more + `}`
}

func TestManifestSaysWhatIsComplete(t *testing.T) {
	s := open(t, files{
		"v.json": oneVPC, "s.json": oneSubnet, "e.json": `{"Entries":[{"Cidr":"10.0.0.0/8"}]}`,
		"extra/eu-west-1/111122223333/igw.json": `{"InternetGateways":[]}`,
		"new.json":                              `{"Inventions":[]}`,
		"manifest.json": manifestOf(
			callOf("describe-vpcs", "complete", `"file":"v.json","items":1,"start":"2026-01-02T03:04:05Z",`+
				`"end":"2026-01-02T03:04:09Z"`),
			callOf("describe-subnets", "cut", `"file":"s.json","error":"page 2 failed"`),
			callOf("describe-route-tables", "denied", `"error":"UnauthorizedOperation\nline 2"`),
			callOf("describe-network-acls", "complete", `"file":"gone.json"`),
			callOf("describe-addresses", "complete", ``),
			callOf("describe-nat-gateways", "complete", `"file":"v2.json"`),
			callOf("describe-instances", "unsupported", ``),
			callOf("describe-inventions", "complete", `"file":"new.json"`),
			callOf("get-managed-prefix-list-entries", "complete",
				`"file":"e.json","parameters":{"PrefixListId":"pl-1"}`),
			callOf("get-managed-prefix-list-entries", "denied", `"parameters":{"PrefixListId":"pl-2"}`),
		),
		"v2.json": `{"SecurityGroups":[]}`,
	})
	p := s.PartOf("111122223333", "eu-west-1")
	diff(t, "states", states(p), map[Operation]State{
		DescribeVpcs: Complete, DescribeSubnets: Cut, DescribeRouteTables: Denied, DescribeNetworkAcls: Failed,
		DescribeAddresses: Failed, DescribeNatGateways: Failed, DescribeInstances: Unsupported,
		"describe-inventions": Complete, DescribeSecurityGroups: Complete, DescribeInternetGateways: Complete,
	})
	diff(t, "error", p.Call(DescribeRouteTables).Error, "UnauthorizedOperation line 2")
	diff(t, "entries", p.PrefixListEntries[0].PrefixListId, "pl-1")
	diff(t, "denied entries", p.Object(GetManagedPrefixListEntries, "pl-2").State, Denied)
	diff(t, "span", []time.Time{s.From, s.To},
		[]time.Time{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2026, 1, 2, 3, 4, 9, 0, time.UTC)})
	diff(t, "tool", s.Tool, "vpcreach 1.2")
}

// A file that lost elements after it was counted is not complete.
func TestManifestCountsItems(t *testing.T) {
	s := open(t, files{"v.json": oneVPC, "manifest.json": manifestOf(callOf("describe-vpcs", "complete",
		`"file":"v.json","items":2`))})
	diff(t, "state", s.Parts[0].Call(DescribeVpcs).State, Cut)
}

// P1: what a damaged manifest would have said is not known, so nothing counts as complete.
func TestDamagedManifest(t *testing.T) {
	good := manifestOf(callOf("describe-vpcs", "complete", `"file":"v.json"`))
	for name, text := range map[string]string{
		"cut short":        good[:len(good)-5],
		"empty":            "",
		"unknown member":   strings.Replace(good, `"tool"`, `"tools"`, 1),
		"unknown state":    strings.Replace(good, `"complete"`, `"done"`, 1),
		"duplicate member": strings.Replace(good, `"tool"`, `"format"`, 1),
		"bad account":      strings.Replace(good, `"111122223333"`, `"1"`, 1),
		"outside":          strings.Replace(good, `"v.json"`, `"../v.json"`, 1),
		"bad service":      strings.Replace(good, `"ec2"`, `"EC2 "`, 1),
		"named twice": manifestOf(callOf("describe-vpcs", "complete", `"file":"v.json"`),
			callOf("describe-subnets", "complete", `"file":"v.json"`)),
		"negative": manifestOf(callOf("describe-vpcs", "complete", `"items":-1`)),
		"bad time": manifestOf(callOf("describe-vpcs", "complete", `"start":"yesterday"`)),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, files{"v.json": oneVPC, "manifest.json": text})
			diff(t, "use", uses(s)["manifest.json"], Broken)
			diff(t, "state", s.Parts[0].Call(DescribeVpcs).State, Cut)
			if p := problem(s, "manifest.json"); !strings.Contains(p, "no answer below it counts as complete") {
				t.Errorf("problem: %s", p)
			}
		})
	}
}

func TestNewerManifestIsRefused(t *testing.T) {
	_, err := OpenFS(files{"v.json": oneVPC, "manifest.json": `{"format":"vpcreach/snapshot/2","new":1}`}.fs(), Options{})
	if err == nil || !strings.Contains(err.Error(), "update vpcreach") {
		t.Errorf("%v, want a refusal", err)
	}
}

func TestManifestsSideBySide(t *testing.T) {
	one := func(account string) string {
		return strings.ReplaceAll(manifestOf(callOf("describe-vpcs", "denied", "")), "111122223333", account)
	}
	s := open(t, files{"monday/manifest.json": one("111111111111"), "tuesday/manifest.json": one("222222222222")})
	diff(t, "parts", names(s), []string{"111111111111 eu-west-1", "222222222222 eu-west-1"})
}

// The schema in docs/ and the strict reader agree on what a manifest is.
func TestManifestSchema(t *testing.T) {
	text, err := os.ReadFile("../docs/manifest.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	full := callOf("describe-vpcs", "complete", `"partition":"aws","file":"a/v.json","items":2,"error":"",`+
		`"start":"2026-01-02T03:04:05Z","end":"2026-01-02T03:04:05Z","parameters":{"a":"b"}`)
	valid, invalid := 0, 0
	for _, manifest := range []string{
		manifestOf(), manifestOf(full), `{"format":"vpcreach/snapshot/1","calls":[]}`,
		`{"format":"vpcreach/snapshot/1"}`,
		manifestOf(callOf("describe-vpcs", "not-asked", "")), manifestOf(callOf("describe-vpcs", "disabled", "")),
		manifestOf(callOf("describe-vpcs", "finished", "")),
		manifestOf(callOf("Describe Vpcs", "complete", "")),
		manifestOf(callOf("describe-vpcs", "complete", `"items":-1`)),
		manifestOf(callOf("describe-vpcs", "complete", `"colour":"red"`)),
		manifestOf(callOf("describe-vpcs", "complete", `"parameters":{"a":1}`)),
		strings.Replace(manifestOf(full), "111122223333", "1111", 1),
		strings.Replace(manifestOf(full), `"service":"ec2",`, ``, 1),
		strings.Replace(manifestOf(full), `"tool"`, `"tools"`, 1),
	} {
		var instance any
		if err := json.Unmarshal([]byte(manifest), &instance); err != nil {
			t.Fatal(err)
		}
		bySchema := resolved.Validate(instance)
		_, byReader := readManifest(strings.NewReader(manifest))
		if (bySchema == nil) != (byReader == nil) {
			t.Errorf("%s:\nschema: %v\nreader: %v", manifest, bySchema, byReader)
		}
		if byReader == nil {
			valid++
		} else {
			invalid++
		}
	}
	if valid < 3 || invalid < 3 {
		t.Errorf("%d valid and %d invalid manifests: the test does not test", valid, invalid)
	}
}

// Calls share keys: what the manifest says a file answers counts, so that a Client VPN endpoint's routes are no transit gateway's.
func TestManifestTellsCallsThatShareAKey(t *testing.T) {
	routes := `{"Routes":[{"ClientVpnEndpointId":"cvpn-endpoint-1","DestinationCidr":"10.0.0.0/8","Status":{"Code":"active"}}]}`
	s := open(t, files{"r.json": routes, "a.json": `{"VpcEndpointAssociations":[]}`, "manifest.json": manifestOf(
		callOf("describe-client-vpn-routes", "complete", `"file":"r.json","parameters":{"ClientVpnEndpointId":"cvpn-endpoint-1"}`),
		strings.Replace(callOf("list-vpc-endpoint-associations", "complete", `"file":"a.json"`), `"ec2"`, `"network-firewall"`, 1))})
	p := s.PartOf("111122223333", "eu-west-1")
	diff(t, "routes of transit gateways", len(p.TransitGatewayRoutes), 0)
	diff(t, "searches", len(p.Objects[SearchTransitGatewayRoutes]), 0)
	diff(t, "states", states(p), map[Operation]State{"network-firewall list-vpc-endpoint-associations": Complete})
	diff(t, "endpoint's routes", p.Object("describe-client-vpn-routes", "cvpn-endpoint-1").State, Complete)
	s = open(t, files{"search.json": `{"TransitGatewayRouteTableId":"tgw-rtb-1","Routes":[{"DestinationCidrBlock":"10.0.0.0/8","State":"active","Type":"static"}]}`})
	diff(t, "without a manifest a search", len(s.Parts[0].TransitGatewayRoutes), 1)
}
