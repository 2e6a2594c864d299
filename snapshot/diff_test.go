package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told compares two snapshots and tells the differences one a line, what changes by itself left out.
func told(t *testing.T, a, b files) []string {
	t.Helper()
	d, err := Diff(tree(t, t.TempDir(), a), tree(t, t.TempDir(), b), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range d.Resources {
		id := strings.TrimSpace(r.ID + " " + r.Name)
		if r.Change != Changed {
			out = append(out, fmt.Sprint(r.Change, " ", id))
		}
		for _, f := range r.Fields {
			if !f.Itself {
				out = append(out, fmt.Sprintf("%s %s: %s %s -> %s", id, f.Path, f.Change, f.Old, f.New))
			}
		}
	}
	for _, g := range d.Gaps {
		out = append(out, fmt.Sprintf("gap %s %s: %s, %s", g.Call, g.Object, g.From, g.To))
	}
	return out
}

const home = "111122223333/eu-west-1/"

func TestDiff(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b string
		want []string
	}{
		"nothing": {`{"Vpcs":[{"VpcId":"vpc-1"},{"VpcId":"vpc-2"}]}`, `{"Vpcs":[{"VpcId":"vpc-2"},{"VpcId":"vpc-1"}]}`, nil},
		"a resource more, one less": {`{"Vpcs":[{"VpcId":"vpc-1","Tags":[{"Key":"Name","Value":"old"}]}]}`, `{"Vpcs":[{"VpcId":"vpc-2"}]}`,
			[]string{"removed vpc-1 old", "added vpc-2"}},
		"a field": {`{"Vpcs":[{"VpcId":"vpc-1","State":"pending","X":{"Y":[1]},"Gone":true}]}`, `{"Vpcs":[{"VpcId":"vpc-1","State":"available","X":{"Y":[1]},"New":"n"}]}`,
			[]string{`vpc-1 /Gone: removed true -> `, `vpc-1 /New: added  -> "n"`, `vpc-1 /State: changed "pending" -> "available"`}},
		"tags by their keys": {`{"Vpcs":[{"VpcId":"vpc-1","Tags":[{"Key":"a","Value":"1"},{"Key":"b/c","Value":"2"}]}]}`,
			`{"Vpcs":[{"VpcId":"vpc-1","Tags":[{"Key":"b/c","Value":"3"},{"Key":"a","Value":"1"}]}]}`, []string{`vpc-1 /Tags/b~1c: changed "2" -> "3"`}},
		"a peer of a rule, not the rule": {
			`{"SecurityGroups":[{"GroupId":"sg-1","VpcId":"vpc-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.0.0/8"},{"CidrIp":"11.0.0.0/8"}]}]}]}`,
			`{"SecurityGroups":[{"GroupId":"sg-1","VpcId":"vpc-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"11.0.0.0/8"}],"UserIdGroupPairs":[{"GroupId":"sg-2"}]}]}]}`,
			[]string{`sg-1 /IpPermissions: removed {"CidrIp":"10.0.0.0/8","FromPort":443,"IpProtocol":"tcp","ToPort":443} -> `,
				`sg-1 /IpPermissions: added  -> {"FromPort":443,"GroupId":"sg-2","IpProtocol":"tcp","ToPort":443}`}},
		"routes and entries as elements, not places": {
			`{"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1","Routes":[{"DestinationCidrBlock":"10.0.0.0/8","GatewayId":"local"},{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1"}]}]}`,
			`{"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"vpc-1","Routes":[{"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-1"},{"DestinationCidrBlock":"10.0.0.0/8","GatewayId":"local"}]}]}`,
			[]string{`rtb-1 /Routes: removed {"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1"} -> `, `rtb-1 /Routes: added  -> {"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-1"}`}},
		"an address of an interface": {
			`{"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","VpcId":"vpc-1","SubnetId":"subnet-1","PrivateIpAddresses":[{"PrivateIpAddress":"10.0.0.1"},{"PrivateIpAddress":"10.0.0.2","Primary":true}]}]}`,
			`{"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","VpcId":"vpc-1","SubnetId":"subnet-1","PrivateIpAddresses":[{"PrivateIpAddress":"10.0.0.2","Primary":false},{"PrivateIpAddress":"10.0.0.1"}]}]}`,
			[]string{`eni-1 /PrivateIpAddresses/10.0.0.2/Primary: changed true -> false`}},
		"an instance of a reservation": {`{"Reservations":[{"ReservationId":"r-1","Instances":[{"InstanceId":"i-1","VpcId":"v"},{"InstanceId":"i-2","VpcId":"v"}]}]}`,
			`{"Reservations":[{"ReservationId":"r-1","Instances":[{"InstanceId":"i-2","VpcId":"w"}]}]}`, []string{"removed i-1", `i-2 /VpcId: changed "v" -> "w"`}},
		"times and counters change by themselves": {`{"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1","AvailableIpAddressCount":7,"At":"2026-01-02T03:04:05Z"}]}`,
			`{"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1","AvailableIpAddressCount":8,"At":"2026-02-02T03:04:05Z"}]}`, nil},
		"secrets are not told": {`{"VpnConnections":[{"VpnConnectionId":"vpn-1","Options":{"PreSharedKey":"a"}}]}`, `{"VpnConnections":[{"VpnConnectionId":"vpn-1","Options":{"PreSharedKey":"b"}}]}`, nil},
		"an answer of one record": {`{"VpcId":"vpc-1","EnableDnsSupport":{"Value":true}}`, `{"VpcId":"vpc-1","EnableDnsSupport":{"Value":false}}`,
			[]string{` /EnableDnsSupport/Value: changed true -> false`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, told(t, files{home + "a.json": tt.a}, files{home + "b.json": tt.b})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiffNeverTakesAGapForARemoval(t *testing.T) {
	const vpcs, cut = `{"Vpcs":[{"VpcId":"vpc-1"}]}`, `{"Vpcs":[{"VpcId":"vpc-2"}],"NextToken":"x"}`
	subnets := `{"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1"}]}`
	denied := `{"format":"vpcreach/snapshot/1","calls":[{"account":"111122223333","region":"eu-west-1","service":"ec2","operation":"describe-vpcs","state":"denied"}]}`
	for name, tt := range map[string]struct {
		a, b files
		want []string
	}{
		"not there":          {files{home + "v.json": vpcs, home + "s.json": subnets}, files{home + "s.json": subnets}, []string{"gap describe-vpcs : complete, not-asked"}},
		"denied":             {files{home + "v.json": vpcs, home + "s.json": subnets}, files{"manifest.json": denied, home + "s.json": subnets}, []string{"gap describe-vpcs : complete, denied"}},
		"the first lacks it": {files{home + "s.json": subnets}, files{home + "v.json": vpcs, home + "s.json": subnets}, []string{"gap describe-vpcs : not-asked, complete"}},
		"cut: what it lacks may be there, what it has is new": {files{home + "v.json": vpcs}, files{home + "v.json": cut},
			[]string{"added vpc-2", "gap describe-vpcs : complete, cut"}},
		"cut before: what is new may have been there": {files{home + "v.json": cut}, files{home + "v.json": vpcs}, []string{"removed vpc-2", "gap describe-vpcs : cut, complete"}},
		"another account": {files{home + "v.json": vpcs}, files{"222222222222/eu-west-1/v.json": vpcs},
			[]string{"gap describe-vpcs : complete, not-asked", "gap describe-vpcs : not-asked, complete"}},
		"neither has it": {files{"manifest.json": denied, home + "s.json": subnets}, files{"manifest.json": denied, home + "s.json": subnets}, nil},
		"entries of a list that is gone": {
			files{home + "l.json": `{"PrefixLists":[{"PrefixListId":"pl-00000001","State":"create-complete"}]}`, home + "e.json": `{"PrefixListId":"pl-00000001","Entries":[{"Cidr":"10.0.0.0/8"}]}`},
			files{home + "describe-managed-prefix-lists.json": `{"PrefixLists":[]}`}, []string{"removed pl-00000001"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, told(t, tt.a, tt.b)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestASnapshotEqualsItsArchive(t *testing.T) {
	dir := tree(t, t.TempDir(), files{home + "all.json": `{"Vpcs":[{"VpcId":"vpc-1"}],"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1"}],"FlowLogs":[{"FlowLogId":"fl-1"}]}`})
	archive := t.TempDir() + "/a.zip"
	if _, err := Pack(dir, archive, "test", Options{}); err != nil {
		t.Fatal(err)
	}
	d, err := Diff(dir, archive, Options{})
	if err != nil || len(d.Resources)+len(d.Gaps) > 0 {
		t.Errorf("%+v, %v", d, err)
	}
}
