package explain

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/solver/risk"
)

// riskyNetwork has an inspection VPC whose attachment is not in appliance mode, and a table that nobody searched.
const riskyNetwork = `== risky
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
rtb-a vpc-a main
  10.0.0.0/8 tgw-t
vpc-i 100.64.0.0/24
subnet-i1 vpc-i 100.64.0.0/28 use1-az1
subnet-i2 vpc-i 100.64.0.16/28 use1-az2
subnet-f1 vpc-i 100.64.0.32/28 use1-az1
subnet-f2 vpc-i 100.64.0.48/28 use1-az2
eni-f1 subnet-f1 100.64.0.36 nocheck
eni-f2 subnet-f2 100.64.0.52 nocheck
rtb-i1 vpc-i subnet-i1
  0.0.0.0/0 eni-f1
rtb-i2 vpc-i subnet-i2
  0.0.0.0/0 eni-f2
rtb-f vpc-i main
  0.0.0.0/0 tgw-t
tgw-t
tgw-attach-a tgw-t vpc-a subnet-a
tgw-attach-i tgw-t vpc-i subnet-i1 subnet-i2
tgw-rtb-s tgw-t tgw-attach-a
  0.0.0.0/0 tgw-attach-i
tgw-rtb-i tgw-t tgw-attach-i
  10.0.0.0/16 tgw-attach-a propagated
omit search-transit-gateway-routes tgw-rtb-i
? eni-f1 -> eni-f2 tcp/1 => reachable
`

func TestRisksForPeople(t *testing.T) {
	n := networkOfText(t, riskyNetwork)
	var b bytes.Buffer
	if err := RisksText(&b, n, risk.Find(n), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `! appliance mode is off: tgw-attach-i  appliance-mode-off
    the subnets of tgw-attach-i lead through eni-f1, in several zones: a reply from another zone meets another appliance than the request, which drops it if it keeps state (ASY-1)
    fix: set ApplianceModeSupport of tgw-attach-i to enable

? not judged: inspected, but not sent on, tgw-rtb-i  no-route-back
? routes of tgw-rtb-i: not in the snapshot
    get it: aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id tgw-rtb-i --filters Name=state,Values=active,blackhole --region us-east-1 > search-transit-gateway-routes-tgw-rtb-i.json   # account 111111111111

? not judged: inspected traffic comes back, tgw-attach-i  inspection-loop
? routes of tgw-rtb-i: not in the snapshot

1 risk, 2 not judged
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestRisksJSONMeetsItsSchema(t *testing.T) {
	n := networkOfText(t, riskyNetwork)
	schema := schemaOf(t, "risks.schema.json")
	for _, list := range [][]risk.Risk{risk.Find(n), nil} {
		var b bytes.Buffer
		if err := RisksJSON(&b, n, list, JSONOptions{Compact: true}); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(valueOf(t, b.Bytes())); err != nil {
			t.Errorf("%v\n%s", err, b.String())
		}
		if strings.Count(b.String(), `"kind"`) != len(list) {
			t.Errorf("%d risks in %s", len(list), b.String())
		}
	}
}

func TestEveryRiskHasWords(t *testing.T) {
	for _, k := range risk.Kinds {
		if w := riskWords[k]; w.title == "" || w.why == "" || w.fix == "" {
			t.Errorf("%s has no words", k)
		}
	}
}
