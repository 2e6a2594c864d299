package collect

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "rewrite the table of docs/collecting.md")

// TestDocumentedCalls holds the table of docs/collecting.md to the collector's.
func TestDocumentedCalls(t *testing.T) {
	const file, begin, end = "../../docs/collecting.md", "<!-- calls -->\n", "<!-- end of calls -->"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no %q", file, begin)
	}
	want := documented()
	if *update {
		if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, old); diff != "" {
		t.Errorf("%s differs from the collector's table; write it with -update (-table +page):\n%s", file, diff)
	}
}

// documented is the table in Markdown.
func documented() string {
	var b strings.Builder
	b.WriteString("| call | IAM action | page | per | without it is unknown |\n| --- | --- | --- | --- | --- |\n")
	for _, c := range Table() {
		page, per, needs := "all", "", c.Needs
		if c.Page > 0 {
			page = fmt.Sprint(c.Page)
		}
		if c.over != nil {
			per = "`" + string(c.over.of) + "`"
		}
		if c.Names {
			needs += " (*names*)"
		}
		actions := append([]string{c.Action}, c.Also...)
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", c.op(), strings.Join(actions, "`, `"), page, per, needs)
	}
	return b.String()
}

// TestPolicyIsTheTable: the policy, the templates and the table name the same actions, and only reads.
func TestPolicyIsTheTable(t *testing.T) {
	var want []string
	for _, c := range Table() {
		want = append(append(want, c.Action), c.Also...)
	}
	want = append(want, "ec2:DescribeRegions", "organizations:ListAccounts")
	slices.Sort(want)
	want = slices.Compact(want)
	for _, a := range want {
		_, name, _ := strings.Cut(a, ":")
		if !slices.ContainsFunc([]string{"Describe", "Get", "List", "Search"}, func(verb string) bool { return strings.HasPrefix(name, verb) }) {
			t.Errorf("%s is no read", a)
		}
	}
	o := PolicyOptions{Names: true, Organization: true}
	var policy struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal([]byte(o.Policy()), &policy); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, policy.Statement[0].Action); diff != "" {
		t.Errorf("policy (-table +policy):\n%s", diff)
	}
	trust := Trust{Principal: "111122223333", Role: "r", ExternalID: "x:1", Tags: map[string]string{"team": "net"}, Policy: o}
	if err := trust.Check(); err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Properties struct {
				AssumeRolePolicyDocument struct {
					Statement []struct {
						Principal struct {
							AWS string `yaml:"AWS"`
						} `yaml:"Principal"`
						Action    []string                     `yaml:"Action"`
						Condition map[string]map[string]string `yaml:"Condition"`
					} `yaml:"Statement"`
				} `yaml:"AssumeRolePolicyDocument"`
				Policies []struct {
					PolicyDocument struct {
						Statement []struct {
							Action []string `yaml:"Action"`
						} `yaml:"Statement"`
					} `yaml:"PolicyDocument"`
				} `yaml:"Policies"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal([]byte(trust.CloudFormation()), &template); err != nil {
		t.Fatal(err)
	}
	role := template.Resources["SnapshotRole"].Properties
	if diff := cmp.Diff(want, role.Policies[0].PolicyDocument.Statement[0].Action); diff != "" {
		t.Errorf("CloudFormation (-table +template):\n%s", diff)
	}
	enter := role.AssumeRolePolicyDocument.Statement[0]
	if enter.Principal.AWS != "arn:aws:iam::111122223333:root" || !slices.Equal(enter.Action, []string{"sts:AssumeRole", "sts:TagSession"}) ||
		!reflect.DeepEqual(enter.Condition["StringEquals"], map[string]string{"sts:ExternalId": "x:1", "aws:RequestTag/team": "net"}) {
		t.Errorf("who may enter: %+v", enter)
	}
	for _, a := range want {
		if !strings.Contains(trust.Terraform(), `"`+a+`"`) {
			t.Errorf("Terraform lacks %s", a)
		}
	}
	for _, bad := range []Trust{{Principal: "x", Role: "r"}, {Principal: "111122223333", Role: "a\"b"}, {Principal: "111122223333", Role: "r", ExternalID: "a\"\n"},
		{Principal: "111122223333", Role: "r", Tags: map[string]string{"k": "${x}"}}} {
		if bad.Check() == nil {
			t.Errorf("%+v is not refused", bad)
		}
	}
}

// TestTableIsWhole: rows that go from call to call name calls that are made, and each says what it is for.
func TestTableIsWhole(t *testing.T) {
	for _, c := range Table() {
		if c.over != nil && !slices.ContainsFunc(Table(), func(of *Call) bool { return of.op() == c.over.of }) {
			t.Errorf("%s is made per object of %s, which is not asked", c.op(), c.over.of)
		}
		if c.Needs == "" {
			t.Errorf("%s: the table does not say what it is for", c.op())
		}
	}
}
