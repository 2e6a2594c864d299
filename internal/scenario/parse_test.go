package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQuestionInFull(t *testing.T) {
	text := `# two scenarios
== ACL-2 the lower number decides   # a comment
vpc-a 10.0.0.0/16
subnet-s vpc-a 10.0.1.0/24
igw-a vpc-a
acl-x vpc-a subnet-s
eni-a subnet-s 10.0.1.4
eni-b subnet-s 10.0.1.5
? eni-a -> eni-b => reachable
? internet -> 198.51.100.7 tcp/22 reading=aws assume=network-acls,gateways no-assume => unreachable SUBNET_ACL_RESTRICTION@acl-x only NO_PATH via=igw-a,acl-x back=acl-x rule=100@acl-x backrule=32767@acl-x admits=tcp/80;udp missing=describe-vpcs assumes=running note=ipv6
== SG-1 second
? 10.0.0.1 -> vpc/x 50 source-port=80 => unknown
? 10.0.0.1 -> vpc/x => unreachable NO_PATH@vpc/x,in,reply,loop
? 10.0.0.1 -> vpc/x => error cannot be both required
`
	scenarios, err := Parse("acl.scn", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Scenario{
		{Title: "ACL-2 the lower number decides", File: "acl.scn", Line: 2, Questions: []Question{
			{Line: 9, From: "eni-a", To: "eni-b", Options: map[string]string{}, Verdict: "reachable"},
			{
				Line: 10, From: "internet", To: "198.51.100.7", Spec: "tcp/22", Verdict: "unreachable", Only: true,
				Options:  map[string]string{"reading": "aws", "assume": "network-acls,gateways", "no-assume": ""},
				Blockers: []Blocker{{Code: "SUBNET_ACL_RESTRICTION", Component: "acl-x"}, {Code: "NO_PATH"}},
				Via:      []string{"igw-a", "acl-x"}, Back: []string{"acl-x"},
				Rules: []RuleAt{{"100", "acl-x"}}, BackRules: []RuleAt{{"32767", "acl-x"}},
				Admits: []string{"tcp/80", "udp"}, Missing: []string{"describe-vpcs"}, Assumes: []string{"running"}, Notes: []string{"ipv6"},
			},
		}},
		{Title: "SG-1 second", File: "acl.scn", Line: 11, Questions: []Question{
			{Line: 12, From: "10.0.0.1", To: "vpc/x", Spec: "50", Options: map[string]string{"source-port": "80"}, Verdict: "unknown"},
			{
				Line: 13, From: "10.0.0.1", To: "vpc/x", Options: map[string]string{}, Verdict: "unreachable",
				Blockers: []Blocker{{Code: "NO_PATH", Component: "vpc/x", Details: []string{"in", "reply", "loop"}}},
			},
		}, Errors: []Question{
			{Line: 14, From: "10.0.0.1", To: "vpc/x", Options: map[string]string{}, Verdict: "error", Error: "cannot be both required"},
		}},
	}
	for i := range scenarios {
		scenarios[i].Network = nil
	}
	if diff := cmp.Diff(want, scenarios); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every error names file and line and says what to do.
func TestErrors(t *testing.T) {
	const base = "== T\nvpc-a 10.0.0.0/16\nsubnet-s vpc-a 10.0.1.0/24\neni-w subnet-s 10.0.1.5\n" // lines 1 to 4
	for _, c := range []struct{ name, text, want string }{
		{"empty file", "", `x.scn: no scenario; start one with a line "== TITLE"`},
		{"text before a title", "vpc-a 10.0.0.0/16", `x.scn:1: text before the first scenario; start one`},
		{"title without text", "\n==\n", `x.scn:2: text before the first scenario; start one`},
		{"no kind", base + "lb-x vpc-a", `x.scn:5: "lb-x" is no resource id, directive or question`},
		{"no id", base + "hello", `x.scn:5: "hello" is no resource id`},
		{"id with a slash", base + "vpc-a/b 10.0.0.0/16", `x.scn:5: "vpc-a/b" is no resource id`},
		{"declared twice", base + "vpc-a 10.0.0.0/16", `x.scn:5: vpc-a is declared twice`},
		{"continued", base + "vpc-b 10.9.0.0/16\n  10.8.0.0/16", `x.scn:6: nothing continues vpc-b`},
		{"directive continued", base + "drop eni-w\n  eni-x", `x.scn:6: nothing continues a line "drop"`},
		{"indented first line", "== T\n  vpc-a 10.0.0.0/16\n  x", `x.scn:3: nothing continues vpc-a`},

		{"VPC without IPv4", "== T\nvpc-a 2600:1f00:a::/56", `x.scn:2: VPC vpc-a has no primary IPv4 CIDR; write it first`},
		{"VPC with host bits", "== T\nvpc-a 10.0.0.1/16", `x.scn:2: 10.0.0.1/16 has host bits set; write 10.0.0.0/16`},
		{"no CIDR", "== T\nvpc-a 10.0.0.0", `x.scn:2: no CIDR "10.0.0.0"; write one such as`},
		{"VPC below", "== T\nsubnet-s vpc-a 10.0.1.0/24", `x.scn:2: no VPC "vpc-a" above this line; declare it first`},
		{"subnet alone", base + "subnet-t vpc-a", `x.scn:5: subnet subnet-t has no VPC or no CIDR`},
		{"subnet with a zone alone", base + "subnet-t vpc-a use1-az1", `x.scn:5: subnet subnet-t has no CIDR`},
		{"zone elsewhere", base + "subnet-t vpc-a 10.0.2.0/24 euw1-az1", `x.scn:5: zone euw1-az1 is not in us-east-1; write use1-az1`},
		{"subnet below", "== T\nvpc-a 10.0.0.0/16\neni-w subnet-s 10.0.1.5", `x.scn:3: no subnet "subnet-s" above this line`},

		{"table alone", base + "rtb-t", `x.scn:5: route table rtb-t has no VPC`},
		{"table serves", base + "rtb-t vpc-a eni-w", `x.scn:5: route table rtb-t cannot serve "eni-w"`},
		{"route alone", base + "rtb-t vpc-a\n  0.0.0.0/0", `x.scn:6: the route to 0.0.0.0/0 has no target`},
		{"route destination", base + "rtb-t vpc-a\n  10.0.0.0 local", `x.scn:6: no route destination "10.0.0.0"`},
		{"route target", base + "rtb-t vpc-a\n  10.7.0.0/16 somewhere", `x.scn:6: no route target "somewhere"`},
		{"route word", base + "rtb-t vpc-a\n  10.7.0.0/16 eni-w black", `x.scn:6: "black" says nothing about a route`},
		{"route target undeclared", base + "rtb-t vpc-a\n  0.0.0.0/0 igw-a", `x.scn:6: no resource "igw-a"; declare it`},
		{"route list undeclared", base + "rtb-t vpc-a\n  pl-1 eni-w", `x.scn:6: no resource "pl-1"; declare it`},
		{"two main tables", base + "rtb-t vpc-a main\nrtb-u vpc-a main", `x.scn:6: vpc-a already has route table rtb-t`},
		{"two tables", base + "rtb-t vpc-a subnet-s\nrtb-u vpc-a subnet-s", `x.scn:6: subnet-s already has route table rtb-t`},
		{"table of an undeclared subnet", base + "rtb-t vpc-a subnet-x", `x.scn:5: no resource "subnet-x"; declare it`},

		{"group alone", base + "sg-g", `x.scn:5: group sg-g needs its VPC and nothing else`},
		{"group of ours", base + "sg-open-a vpc-a", `x.scn:5: sg-open-a is a name that the scenario form uses itself`},
		{"group rule", base + "sg-g vpc-a\n  in tcp 443", `x.scn:6: a group rule has the form "in|out PROTOCOL PORTS PEER..."`},
		{"group protocol", base + "sg-g vpc-a\n  in tpc 443 0.0.0.0/0", `x.scn:6: no protocol "tpc"; write tcp`},
		{"protocol number", base + "sg-g vpc-a\n  in 256 443 0.0.0.0/0", `x.scn:6: no protocol "256"`},
		{"group ports", base + "sg-g vpc-a\n  in tcp 90-80 0.0.0.0/0", `x.scn:6: no ports "90-80"; write a port, a rising range`},
		{"port too high", base + "sg-g vpc-a\n  in tcp 65536 0.0.0.0/0", `x.scn:6: no ports "65536"`},
		{"ICMP", base + "sg-g vpc-a\n  in icmp 8/x 0.0.0.0/0", `x.scn:6: no ICMP type and code "8/x"; write TYPE/CODE`},
		{"group peer", base + "sg-g vpc-a\n  in tcp 80 10.0.0.5", `x.scn:6: no peer "10.0.0.5"; write a CIDR, an sg- id or a pl- id`},
		{"group peer undeclared", base + "sg-g vpc-a\n  in tcp 80 sg-x", `x.scn:6: no resource "sg-x"; declare it`},

		{"ACL alone", base + "acl-x", `x.scn:5: network ACL acl-x has no VPC`},
		{"ACL serves", base + "acl-x vpc-a eni-w", `x.scn:5: network ACL acl-x cannot serve "eni-w"`},
		{"ACL rule", base + "acl-x vpc-a\n  in 100 permit all all 0.0.0.0/0", `x.scn:6: an ACL rule has the form "in|out NUMBER allow|deny PROTOCOL PORTS CIDR"`},
		{"ACL number", base + "acl-x vpc-a\n  in 32767 allow all all 0.0.0.0/0", `x.scn:6: no rule number "32767"; write a number from 1 to 32766`},
		{"two ACLs", base + "acl-x vpc-a subnet-s\nacl-y vpc-a subnet-s", `x.scn:6: subnet-s already has network ACL acl-x`},

		{"instance state", base + "i-x dead", `x.scn:5: instance i-x takes one state`},
		{"interface alone", base + "eni-x", `x.scn:5: interface eni-x has no subnet`},
		{"interface word", base + "eni-x subnet-s 10.0.1.x", `x.scn:5: "10.0.1.x" says nothing about an interface`},
		{"public first", base + "eni-x subnet-s public=203.0.113.5 10.0.1.6", `x.scn:5: public=203.0.113.5 follows no IPv4 address`},
		{"public after IPv6", base + "eni-x subnet-s 2600::1 public=203.0.113.5", `x.scn:5: public=203.0.113.5 follows no IPv4 address`},
		{"public", base + "eni-x subnet-s 10.0.1.6 public=yes", `x.scn:5: no public IPv4 address "yes"`},
		{"detached instance", base + "eni-x subnet-s 10.0.1.6 detached i-x", `x.scn:5: interface eni-x is detached and has an instance`},
		{"no group and a group", base + "sg-g vpc-a\neni-x subnet-s 10.0.1.6 sg-g sg-none", `x.scn:6: interface eni-x has sg-none and a group`},
		{"group of interface undeclared", base + "eni-x subnet-s 10.0.1.6 sg-g", `x.scn:5: no resource "sg-g"; declare it`},
		{"Elastic IP", base + "eipalloc-x 203.0.113.5 eni-w", `x.scn:5: Elastic IP eipalloc-x has the form`},
		{"Elastic IP address", base + "eipalloc-x 2600::1", `x.scn:5: no IPv4 address "2600::1"`},
		{"Elastic IP of nobody", base + "eipalloc-x 203.0.113.5 eni-x 10.0.1.6", `x.scn:5: no resource "eni-x"; declare it`},
		{"gateway of two VPCs", base + "igw-a vpc-a vpc-a", `x.scn:5: internet gateway igw-a takes one VPC`},
		{"NAT gateway alone", base + "nat-n subnet-s", `x.scn:5: NAT gateway nat-n has no subnet or no address`},
		{"NAT gateway address", base + "nat-n subnet-s 10.0.1.9\n  10.0.1.10 203.0.113.5 x", `x.scn:6: an address of NAT gateway nat-n has the form "PRIVATE [PUBLIC]"`},
		{"peering of one", base + "pcx-a vpc-a", `x.scn:5: peering pcx-a has the form`},
		{"peering status", base + "vpc-b 10.9.0.0/16\npcx-ab vpc-a vpc-b up", `x.scn:6: no peering status "up"; write one of`},
		{"other of two VPCs", base + "lgw-t vpc-a vpc-a", `x.scn:5: lgw-t is known by name only`},
		{"no transit gateway", base + "tgw-attach-a tgw-t vpc-a", `x.scn:5: no transit gateway "tgw-t"`},
		{"attachment of nothing", base + "tgw-t\ntgw-attach-a tgw-t eni-x", `x.scn:6: an attachment has the form`},
		{"transit route without attachment", base + "tgw-t\ntgw-rtb-r tgw-t\n  10.0.0.0/8 propagated", `x.scn:7: the route to 10.0.0.0/8 has no attachment`},

		{"account", base + "account 12 us-east-1", `x.scn:5: "12 us-east-1" names no account and Region`},
		{"account alone", base + "account 222222222222", `x.scn:5: write "account ACCOUNT REGION"`},
		{"omit nothing", base + "omit", `x.scn:5: write "omit CALL [ACCOUNT REGION]"`},
		{"omit a slip", base + "omit describe-vpc", `x.scn:5: no answer "describe-vpc"`},
		{"omit all of all", base + "omit all", `x.scn:5: "omit all" needs the part`},
		{"omit of no part", base + "omit describe-vpcs 222222222222 us-east-1", `x.scn:5: the scenario has no answer describe-vpcs to leave out there`},
		{"omit of no list", base + "omit get-managed-prefix-list-entries", `x.scn:5: the scenario has no answer get-managed-prefix-list-entries`},
		{"cut all", base + "cut all 111111111111 us-east-1", `x.scn:5: name the call that is cut`},
		{"drop", base + "drop", `x.scn:5: write "drop ID [ACCOUNT REGION]"`},
		{"drop nobody", base + "drop eni-x", `x.scn:5: no record of "eni-x" to drop`},
		{"set", base + "set eni-w Status", `x.scn:5: write "set ID FIELD.FIELD JSON"`},
		{"set text", base + "set eni-w Status available", `x.scn:5: available is no JSON value`},
		{"set nobody", base + "set eni-x Status \"x\"", `x.scn:5: no record of "eni-x" to change`},
		{"set a slip", base + "set eni-w Atachment.Status \"x\"", `x.scn:5: eni-w has no field "Atachment" on the way to Atachment.Status`},
		{"set beyond a list", base + "set eni-w Groups.7 \"x\"", `x.scn:5: eni-w has no element "7" on the way to Groups.7; the list has 1`},
		{"set within text", base + "set eni-w Status.x \"x\"", `x.scn:5: eni-w: "x" is neither an object nor a list on the way to Status.x`},

		{"question", base + "? eni-w eni-w => reachable", `x.scn:5: a question has the form`},
		{"question without verdict", base + "? eni-w -> eni-w =>", `x.scn:5: a question has the form`},
		{"question continued", base + "? eni-w -> eni-w => reachable\n  via=eni-w", `x.scn:6: a question stands on one line`},
		{"verdict", base + "? eni-w -> eni-w => yes", `x.scn:5: no verdict "yes"; write one of reachable, ambiguous, unknown, unreachable`},
		{"option", base + "? eni-w -> eni-w tcp color=red => reachable", `x.scn:5: no option "color"`},
		{"option twice", base + "? eni-w -> eni-w no-assume no-assume => reachable", `x.scn:5: option no-assume is given twice`},
		{"option without value", base + "? eni-w -> eni-w assume= => reachable", `x.scn:5: option assume has no value`},
		{"reading", base + "? eni-w -> eni-w reading=lax => reachable", `x.scn:5: no reading "lax"`},
		{"two protocols", base + "? eni-w -> eni-w tcp 443 => reachable", `x.scn:5: "443" follows the protocol "tcp"`},
		{"expectation", base + "? eni-w -> eni-w => reachable through=eni-w", `x.scn:5: no expectation "through"`},
		{"error without words", base + "? eni-w -> eni-w => error", `x.scn:5: "error" without words`},
		{"expectation without value", base + "? eni-w -> eni-w => reachable via=", `x.scn:5: expectation via has no value`},
		{"rule without component", base + "? eni-w -> eni-w => reachable rule=100", `x.scn:5: rule=100 has no component`},
		{"blocker", base + "? eni-w -> eni-w => unreachable eni_sg", `x.scn:5: "eni_sg" is no expectation`},
		{"blocker without component", base + "? eni-w -> eni-w => unreachable NO_PATH@", `x.scn:5: "NO_PATH@" is no expectation`},
		{"only", base + "? eni-w -> eni-w => unreachable only", `x.scn:5: "only" without a blocker`},
		{"id in FROM", base + "? eni-x -> eni-w => reachable", `x.scn:5: the question names eni-x, which the scenario does not have`},
		{"VPC in TO", base + "? eni-w -> vpc-b/10.0.1.5 => reachable", `x.scn:5: the question names vpc-b, which the scenario does not have`},
		{"id in a path", base + "? eni-w -> eni-w => reachable via=acl-x", `x.scn:5: the question names acl-x`},
		{"id of a blocker", base + "? eni-w -> eni-w => unreachable BAD_STATE@i-x", `x.scn:5: the question names i-x`},
		{"id at a rule", base + "? eni-w -> eni-w => reachable rule=100@acl-x", `x.scn:5: the question names acl-x`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("x.scn", []byte(c.text))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %q\nwant it to begin %q", err, c.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "no *.scn file") {
		t.Errorf("an empty folder: got %v", err)
	}
	for name, text := range map[string]string{"b.scn": "== B", "a.scn": "== A\n== A2", "c.txt": "not one"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	scenarios, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range scenarios {
		got = append(got, s.File+" "+s.Title)
	}
	if diff := cmp.Diff([]string{"a.scn A", "a.scn A2", "b.scn B"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Other people's text never makes Parse panic, whatever it says.
func FuzzParse(f *testing.F) {
	f.Add("== T\nvpc-a 10.0.0.0/16\nsubnet-s vpc-a 10.0.1.0/24\neni-w subnet-s 10.0.1.5\nset eni-w Groups.0 null\n? eni-w -> eni-w tcp => reachable")
	f.Add("== T\n\v") // white space that is neither a blank nor a tab
	f.Add("== T\npl-1 10.0.0.0/8\ncut get-managed-prefix-list-entries pl-1\naccount 222222222222 eu-west-1\ndrop pl-1")
	f.Fuzz(func(t *testing.T, text string) {
		scenarios, err := Parse("x.scn", []byte(text))
		if err == nil && len(scenarios) == 0 {
			t.Error("neither a scenario nor an error")
		}
	})
}
