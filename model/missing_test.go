package model

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/snapshot"
)

// gapStates are the states of a call that does not hold what was looked for, and the reason that each is told as. In the
// last state the call is not in the manifest at all.
var gapStates = []struct {
	state snapshot.State
	why   Why
}{
	{snapshot.Complete, NotHeld}, {snapshot.Cut, Incomplete}, {snapshot.Denied, Denied}, {snapshot.Failed, CallFailed},
	{snapshot.Unsupported, NotOffered}, {snapshot.Disabled, NotOffered}, {snapshot.NotAsked, NotAsked}, {"", NotAsked},
}

// gapNetwork has one resource of each kind.
const gapNetwork = `
vpc-a 10.0.0.0/16
vpc-b 10.1.0.0/16
subnet-a vpc-a 10.0.1.0/24
subnet-b vpc-b 10.1.1.0/24
igw-a vpc-a
nat-a subnet-a 10.0.1.200 198.51.100.200
pcx-ab vpc-a vpc-b
pl-1 192.0.2.0/24
sg-web vpc-a
  in tcp 443 pl-1
rtb-a vpc-a main
  0.0.0.0/0 igw-a
  10.1.0.0/16 pcx-ab
  pl-1 nat-a
eni-web subnet-a 10.0.1.5 10.0.1.48/28 sg-web
`

// withCallIn returns the answers with one call in another state, as our own form of snapshot tells it: nothing is left of the
// call's answer, or of a cut or complete one an empty list.
func withCallIn(t *testing.T, files map[string][]byte, call snapshot.Operation, state snapshot.State) map[string][]byte {
	t.Helper()
	type entry map[string]any
	out := map[string][]byte{}
	var calls []entry
	for name, data := range files {
		operation, object, _ := strings.Cut(strings.TrimSuffix(name, ".json"), ".")
		e := entry{"account": "111111111111", "region": "us-east-1", "service": "ec2", "operation": operation, "state": snapshot.Complete, "file": name}
		if object != "" {
			e["parameters"] = map[string]string{"PrefixListId": object}
		}
		if operation == string(call) {
			if state == "" {
				continue
			}
			e["state"] = state
			if data = emptied(t, data); state != snapshot.Complete && state != snapshot.Cut {
				delete(e, "file")
				e["error"] = "as it happens"
				calls = append(calls, e)
				continue
			}
		}
		calls, out[name] = append(calls, e), data
	}
	slices.SortFunc(calls, func(a, b entry) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	manifest, err := json.Marshal(entry{"format": snapshot.ManifestFormat, "calls": calls})
	if err != nil {
		t.Fatal(err)
	}
	out["manifest.json"] = manifest
	return out
}

// emptied is an answer with its lists emptied.
func emptied(t *testing.T, data []byte) []byte {
	t.Helper()
	var answer map[string]any
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	for key := range answer {
		answer[key] = []any{}
	}
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// P1 D-81 D-82 every look-up that fails for want of an answer names the call that would hold it, and why it does not
func TestMissingFactsNameTheCall(t *testing.T) {
	files := filesOf(t, gapNetwork)
	for _, test := range []struct {
		shows string
		call  snapshot.Operation
		what  string
		held  bool // a complete answer without records leaves nothing open
		look  func(n *Network) *Missing
	}{
		{"route table of a subnet", snapshot.DescribeRouteTables, "route table of subnet-a", false, func(n *Network) *Missing { _, m := n.TableOf(n.at(t, "subnet-a")); return m }},
		{"route table of a gateway", snapshot.DescribeRouteTables, "route table of igw-a", true, func(n *Network) *Missing { return n.UnreadEdgeTable(n.at(t, "igw-a"), n.at(t, "vpc-a")) }},
		{"ACL of a subnet", snapshot.DescribeNetworkAcls, "network ACL of subnet-a", false, func(n *Network) *Missing { _, _, m := n.ACLOf(n.at(t, "subnet-a")); return m }},
		{"interfaces of a VPC", snapshot.DescribeNetworkInterfaces, "interfaces of vpc-a", true, func(n *Network) *Missing { return n.UnreadInterfaces(n.at(t, "vpc-a")) }},
		{"interfaces with public addresses", snapshot.DescribeNetworkInterfaces, "interfaces with public addresses", true, func(n *Network) *Missing { return n.UnreadAnywhere(false) }},
		{"peerings of a VPC", snapshot.DescribeVpcPeeringConnections, "peerings of vpc-a", true, func(n *Network) *Missing { return n.UnreadPeerings(n.at(t, "vpc-a")) }},
		{"gateways of a VPC", snapshot.DescribeInternetGateways, "internet gateway of vpc-a", true, func(n *Network) *Missing { return n.UnreadGateways(n.at(t, "vpc-a")) }},
		{"mappings into a delegated prefix", snapshot.DescribeAddresses, "public addresses of eni-web", true, func(n *Network) *Missing { return n.HidesMappings(n.at(t, "eni-web")) }},
		{"mappings into any delegated prefix", snapshot.DescribeAddresses, "public addresses of eni-web", true, func(n *Network) *Missing { return n.UnreadAnywhere(true) }},
		{"a VPC", snapshot.DescribeVpcs, "vpc-a", false, func(n *Network) *Missing { return n.VPCs[n.at(t, "vpc-a")].Missing() }},
		{"a VPC that others name", snapshot.DescribeVpcs, "vpc-a", false, func(n *Network) *Missing { return n.MissingVPC(n.at(t, "vpc-a")) }},
		{"a subnet", snapshot.DescribeSubnets, "subnet-a", false, func(n *Network) *Missing { return n.Subnets[n.at(t, "subnet-a")].Missing() }},
		{"a group", snapshot.DescribeSecurityGroups, "sg-web", false, func(n *Network) *Missing { return n.SecurityGroups[n.at(t, "sg-web")].Missing() }},
		{"an instance", snapshot.DescribeInstances, "i-web", false, func(n *Network) *Missing { return n.Instances[n.at(t, "i-web")].Missing() }},
		{"an internet gateway", snapshot.DescribeInternetGateways, "igw-a", false, func(n *Network) *Missing { return n.InternetGateways[n.at(t, "igw-a")].Missing() }},
		{"a NAT gateway", snapshot.DescribeNatGateways, "nat-a", false, func(n *Network) *Missing { return n.NATGateways[n.at(t, "nat-a")].Missing() }},
		{"a peering", snapshot.DescribeVpcPeeringConnections, "pcx-ab", false, func(n *Network) *Missing { return n.Peerings[n.at(t, "pcx-ab")].Missing() }},
		{"an interface that is asked for", snapshot.DescribeNetworkInterfaces, "eni-web", true, func(n *Network) *Missing { end, _ := n.Resolve("eni-web", Scope{}); return end.Missing }},
		{"an instance that is asked for", snapshot.DescribeNetworkInterfaces, "interfaces of i-web", true, func(n *Network) *Missing { end, _ := n.Resolve("i-web", Scope{}); return end.Missing }},
	} {
		for _, gap := range gapStates {
			t.Run(test.shows+"/"+string(gap.state), func(t *testing.T) {
				n := read(t, withCallIn(t, files, test.call, gap.state))
				got := test.look(n)
				if test.held && gap.state == snapshot.Complete {
					if got != nil {
						t.Errorf("complete answers leave open %s", describeMissing(got))
					}
					return
				}
				want := &Missing{What: test.what, Call: test.call, Account: "111111111111", Region: "us-east-1", Why: gap.why}
				if got != nil {
					want.Detail = got.Detail // free text, checked below
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("(-want +got):\n%s", diff)
				}
				answered := slices.Contains([]snapshot.State{snapshot.Complete, snapshot.Cut, ""}, gap.state)
				if told := strings.Contains(got.Detail, "as it happens"); told == answered {
					t.Errorf("detail %q", got.Detail)
				}
			})
		}
	}
}

// Nothing is missing where every call was answered.
func TestNothingMissingOfCompleteAnswers(t *testing.T) {
	n := networkOf(t, gapNetwork)
	for v := range n.VPCs {
		for _, m := range []*Missing{n.VPCs[v].Missing(), n.UnreadInterfaces(int32(v)), n.UnreadPeerings(int32(v)), n.UnreadGateways(int32(v))} {
			if m != nil {
				t.Errorf("%s: %s", n.VPCs[v].ID, describeMissing(m))
			}
		}
	}
	for i := range n.Subnets {
		_, noTable := n.TableOf(int32(i))
		_, assumed, noACL := n.ACLOf(int32(i))
		if noTable != nil || noACL != nil || assumed {
			t.Errorf("%s: %s; %s; ACL assumed: %v", n.Subnets[i].ID, describeMissing(noTable), describeMissing(noACL), assumed)
		}
	}
	for i := range n.PrefixLists {
		if m := n.PrefixLists[i].Missing(); m != nil {
			t.Errorf("%s: %s", n.PrefixLists[i].ID, describeMissing(m))
		}
	}
	if m := n.UnreadAnywhere(true); m != nil {
		t.Errorf("somewhere: %s", describeMissing(m))
	}
}

// D-26 D-45 a prefix list's entries are a call of their own, in a state of their own
func TestMissingPrefixListEntries(t *testing.T) {
	files := filesOf(t, gapNetwork)
	for _, gap := range gapStates {
		if gap.state == snapshot.Complete {
			continue // an empty list is a list
		}
		t.Run(string(gap.state), func(t *testing.T) {
			n := read(t, withCallIn(t, files, snapshot.GetManagedPrefixListEntries, gap.state))
			m := n.PrefixLists[n.at(t, "pl-1")].Missing()
			if m == nil || m.What != "pl-1" || m.Call != snapshot.GetManagedPrefixListEntries || m.Why != gap.why {
				t.Errorf("the list: %s, want %s", describeMissing(m), gap.why)
			}
			rules := n.SecurityGroups[n.at(t, "sg-web")].Ingress
			if len(rules.Unknown) != 1 || rules.Unknown[0].Missing.What != "pl-1" {
				t.Errorf("the group's rule: %+v", rules.Unknown)
			}
			table := &n.RouteTables[n.at(t, "rtb-a")]
			for _, w := range table.Ways {
				if to := targetsOf(n, table, w.Routes); (w.Doubt != nil) == slices.Equal(to, []string{"vpc-a"}) {
					t.Errorf("the way to %v is in doubt: %s", to, describeMissing(w.Doubt))
				}
			}
		})
	}
}

// D-12 an instance may be assumed to run only where the answers that would hold it are not complete
func TestUnreadInstances(t *testing.T) {
	files := filesOf(t, gapNetwork)
	for _, gap := range gapStates {
		n := read(t, withCallIn(t, files, snapshot.DescribeInstances, gap.state))
		s := &n.Instances[n.at(t, "i-web")]
		if want := gap.state != snapshot.Complete; s.Unread() != want || s.Running() {
			t.Errorf("%s: unread %v, want %v; running %v", gap.state, s.Unread(), want, s.Running())
		}
	}
}

// D-72 a VPC of which only the name is known is not there
func TestPresent(t *testing.T) {
	for lines, want := range map[string]bool{
		"": true,
		"drop vpc-b\ndrop subnet-b\ndrop eni-b\ndrop i-b\ndrop rtb-main-b\ndrop acl-default-b\n": false,
		"drop vpc-b\ndrop rtb-main-b\n": true, // its subnet is known
	} {
		n := networkOf(t, "vpc-a 10.0.0.0/16\nvpc-b 10.1.0.0/16\nsubnet-b vpc-b 10.1.1.0/24\neni-b subnet-b 10.1.1.5\npcx-ab vpc-a vpc-b\n"+lines)
		if got := n.Present(n.at(t, "vpc-b")); got != want {
			t.Errorf("%q: present %v, want %v", lines, got, want)
		}
	}
}
