package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
)

// shownAs is what ShowResource or, for the zero Ref, Show writes.
func shownAs(t *testing.T, n *model.Network, r model.Ref, asJSON bool) string {
	t.Helper()
	var b bytes.Buffer
	o := ShowOptions{JSON: asJSON, Version: "test"}
	err := Show(&b, n, o)
	if !r.IsZero() {
		b.Reset()
		err = ShowResource(&b, n, r, o)
	}
	if err != nil {
		t.Fatalf("show %v: %v", r, err)
	}
	return b.String()
}

// everything are the Refs of a network's components, and the zero Ref for the snapshot as a whole.
func everything(n *model.Network) []model.Ref {
	refs := []model.Ref{{}}
	for _, k := range kindCounts(n) {
		for i := range k.count {
			refs = append(refs, model.Ref{Kind: k.kind, Index: int32(i)})
		}
	}
	return refs
}

// TestShowKnowsEveryComponent shows all components of all scenarios: every kind has a sheet, JSON is JSON and says of which
// resource, and the same network gives the same bytes.
func TestShowKnowsEveryComponent(t *testing.T) {
	scenarios, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[model.Kind]bool)
	for _, s := range scenarios {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		n, again := networkOf(t, files), networkOf(t, files)
		for _, r := range everything(n) {
			kinds[r.Kind] = true
			text, object := shownAs(t, n, r, false), shownAs(t, n, r, true)
			if text != shownAs(t, again, r, false) || object != shownAs(t, again, r, true) {
				t.Fatalf("%s: %v: two runs differ", s.Title, r)
			}
			var got struct{ Schema, Type, ID string }
			if err := json.Unmarshal([]byte(object), &got); err != nil {
				t.Fatalf("%s: %v: %v\n%s", s.Title, r, err, object)
			}
			if res := n.Resource(r); !r.IsZero() && (got.ID != res.ID || got.Type != res.Type || !strings.Contains(text, res.ID)) {
				t.Errorf("%s: JSON names %s %s, want %s %s", s.Title, got.Type, got.ID, res.Type, res.ID)
			}
		}
	}
	for k := range resourceSheets {
		if !kinds[k] {
			t.Errorf("no scenario has a %s", k)
		}
	}
}

// hostileFiles are answers in which every text that somebody can choose holds what a terminal would act on.
func hostileFiles() map[string][]byte {
	const bad = `\u001b[31m\u0007\n\u202e\u009b`
	return map[string][]byte{
		"describe-vpcs.json":      []byte(`{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","Tags":[{"Key":"Name","Value":"` + bad + `"},{"Key":"` + bad + `","Value":"x"}]}]}`),
		"describe-subnets.json":   []byte(`{"Subnets":[{"SubnetId":"subnet-1` + bad + `","VpcId":"vpc-1","CidrBlock":"10.0.1.0/24","State":"` + bad + `"}]}`),
		"describe-instances.json": []byte(`{"Reservations":[{"Instances":[{"InstanceId":"i-1","State":{"Name":"` + bad + `"},"PrivateDnsName":"` + bad + `","SubnetId":"` + bad + `"}]}]}`),
		"describe-network-interfaces.json": []byte(`{"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","VpcId":"vpc-1","SubnetId":"subnet-1` + bad + `","PrivateIpAddress":"10.0.1.5",
			"Description":"` + bad + `","InterfaceType":"` + bad + `","Groups":[{"GroupId":"sg-1"}],"Attachment":{"InstanceId":"i-1","Status":"` + bad + `"}}]}`),
		"describe-security-groups.json": []byte(`{"SecurityGroups":[{"GroupId":"sg-1","GroupName":"` + bad + `","VpcId":"vpc-1","IpPermissionsEgress":[],"IpPermissions":[
			{"IpProtocol":"` + bad + `","IpRanges":[{"CidrIp":"10.0.0.0/8"}]},{"IpProtocol":"tcp","FromPort":1,"ToPort":2,"IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"` + bad + `"}]}]}]}`),
		"describe-route-tables.json":  []byte(`{"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1","Associations":[{"Main":true},{"GatewayId":"` + bad + `"}],"Routes":[{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"` + bad + `","State":"` + bad + `","Origin":"` + bad + `"}]}]}`),
		"describe-network-acls.json":  []byte(`{"NetworkAcls":[{"NetworkAclId":"acl-1","VpcId":"vpc-1","IsDefault":true,"Entries":[{"RuleNumber":1,"RuleAction":"` + bad + `","Protocol":"` + bad + `","CidrBlock":"0.0.0.0/0"}]}]}`),
		"odd\x1b[31m\xff.json":        []byte(`{"` + bad + `":1}`),
		"describe-nat-gateways.json":  []byte(`{"NatGateways":[{"NatGatewayId":"nat-1","State":"` + bad + `"`),
		"describe-vpc-endpoints.json": []byte(`{"VpcEndpoints":[{"VpcEndpointId":"vpce-1","State":"` + bad + `"}]}`),
	}
}

func TestShowEscapesHostileText(t *testing.T) {
	n := networkOf(t, hostileFiles())
	escaped := 0
	for _, r := range everything(n) {
		for _, asJSON := range []bool{false, true} {
			got := shownAs(t, n, r, asJSON)
			for _, line := range strings.Split(got, "\n") {
				if at := strings.IndexFunc(line, func(c rune) bool { return !shown(c) }); at >= 0 {
					t.Errorf("%v: %q reaches the terminal in %q", n.Resource(r).Type, line[at:min(len(line), at+4)], line)
				}
			}
			if strings.Contains(got, `x1b[31m`) || strings.Contains(got, `u001b[31m`) {
				escaped++
			}
		}
	}
	if escaped < 10 {
		t.Errorf("only %d outputs hold the hostile text in its escaped form: the test sees too little", escaped)
	}
}

func TestFindByWhateverPeopleCallIt(t *testing.T) {
	n := networkOf(t, map[string][]byte{
		"describe-vpcs.json":            []byte(`{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","OwnerId":"111122223333","Tags":[{"Key":"Name","Value":"shop"}]}]}`),
		"describe-subnets.json":         []byte(`{"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1","CidrBlock":"10.0.1.0/24","Tags":[{"Key":"Name","Value":"twin"}]}]}`),
		"describe-instances.json":       []byte(`{"Reservations":[{"Instances":[{"InstanceId":"i-1","Tags":[{"Key":"Name","Value":"web"}]}]}]}`),
		"describe-security-groups.json": []byte(`{"SecurityGroups":[{"GroupId":"sg-1","GroupName":"group","VpcId":"vpc-1","Tags":[{"Key":"Name","Value":"twin"}]}]}`),
		"describe-network-interfaces.json": []byte(`{"NetworkInterfaces":[
			{"NetworkInterfaceId":"eni-1","VpcId":"vpc-1","SubnetId":"subnet-1","PrivateIpAddress":"10.0.1.5","Attachment":{"InstanceId":"i-1"},"TagSet":[{"Key":"Name","Value":"web"}]},
			{"NetworkInterfaceId":"eni-2","VpcId":"vpc-1","SubnetId":"subnet-1","PrivateIpAddress":"10.0.1.6"}]}`),
	})
	for text, want := range map[string]string{
		"vpc-1": "vpc-1", "shop": "vpc-1", "web": "i-1", "group": "sg-1", "10.0.1.6": "eni-2", "tag:Name=web": "i-1",
		"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1": "subnet-1", "vpc-1/10.0.1.5": "eni-1",
	} {
		r, err := Find(n, text, model.Scope{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := n.ID(r); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}

	var ambiguous *model.ErrAmbiguous
	if _, err := Find(n, "twin", model.Scope{}); !errors.As(err, &ambiguous) {
		t.Errorf("twin: %v, want the list of both", err)
	} else {
		var ids []string
		for _, m := range ambiguous.Matches {
			ids = append(ids, m.ID)
		}
		if diff := cmp.Diff([]string{"sg-1", "subnet-1"}, ids); diff != "" {
			t.Errorf("twin (-want +got):\n%s", diff)
		}
	}
	if _, err := Find(n, "10.0.1.0/24", model.Scope{}); !errors.As(err, &ambiguous) {
		t.Errorf("a CIDR of two interfaces: %v, want the list of both", err)
	}
	for text, want := range map[string]string{
		"sg-2": "near: sg-1", "internet": "no component", "10.0.1.9": "no component", "igw-1": "describe-internet-gateways is not complete",
	} {
		if _, err := Find(n, text, model.Scope{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
}

func TestRulesThatAllowTheSameAreOne(t *testing.T) {
	group := func(id string) []*link { return []*link{{res: model.Resource{ID: id}}} }
	rows := []ruleRow{
		{protocol: "tcp", number: 6, ports: "443", from: 443, peer: "sg-9", groups: group("sg-1")},
		{protocol: "tcp", number: 6, ports: "443", from: 443, peer: "10.0.0.0/16", groups: group("sg-1"), description: "office"},
		{protocol: "tcp", number: 6, ports: "22", from: 22, peer: "10.0.0.0/8", groups: group("sg-1")},
		{protocol: "tcp", number: 6, ports: "443", from: 443, peer: "10.0.0.0/16", groups: group("sg-2"), description: "office"},
		{protocol: "tcp", number: 6, ports: "443", from: 443, peer: "10.0.0.0/16", groups: group("sg-2"), description: "again"},
		{protocol: "all", number: -1, from: -1, peer: "::/0", groups: group("sg-2")},
		{protocol: "tcp", number: 6, ports: "443", from: 443, peer: "10.0.0.0/8", groups: group("sg-2")},
	}
	var got []string
	for _, r := range mergeRules(slices.Clone(rows)) {
		got = append(got, strings.Join([]string{r.protocol, r.ports, r.peer, cellText(r.groups, 99), r.description}, "|"))
	}
	want := []string{
		"all||::/0|sg-2|",
		"tcp|22|10.0.0.0/8|sg-1|",
		"tcp|443|10.0.0.0/8|sg-2|",
		"tcp|443|10.0.0.0/16|sg-1, sg-2|office; again",
		"tcp|443|sg-9|sg-1|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}
