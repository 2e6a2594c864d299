package explain

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// comparedNetwork is the network of most tests below: a web server that the internet reaches by tcp/443, and a database that it does not.
const comparedNetwork = `== compared
vpc-a 10.0.0.0/16
subnet-s vpc-a 10.0.1.0/24
subnet-d vpc-a 10.0.2.0/24
igw-a vpc-a
rtb-s vpc-a main
  0.0.0.0/0 igw-a
sg-web vpc-a
  in tcp 443 0.0.0.0/0
  out all all 0.0.0.0/0
sg-db vpc-a
acl-d vpc-a subnet-d
  in 100 allow all all 0.0.0.0/0
  out 100 allow all all 0.0.0.0/0
eni-web subnet-s 10.0.1.5 public=203.0.113.5 sg-web
eni-db subnet-d 10.0.2.5 sg-db
`

func networkOfText(t testing.TB, text string) *model.Network {
	t.Helper()
	all, err := scenario.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	files, err := all[0].Files()
	if err != nil {
		t.Fatal(err)
	}
	return networkOf(t, files)
}

// compareTexts compares the answers of some files with those of a network.
func compareTexts(t testing.TB, n *model.Network, files ...string) []Comparison {
	t.Helper()
	var x AWSAnswers
	for _, f := range files {
		if err := x.Add([]byte(f)); err != nil {
			t.Fatal(err)
		}
	}
	return Compare(n, &x)
}

func compareText(t testing.TB, list []Comparison) string {
	t.Helper()
	var b bytes.Buffer
	if err := CompareText(&b, list, TextOptions{Width: 120}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func compareJSON(t testing.TB, n *model.Network, list []Comparison) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := CompareJSON(&b, n, list, JSONOptions{Version: "v0.1.0"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An answer of AWS's as it is saved: the E1 sample's form, with a path that holds the question.
const (
	webPath = `{"NetworkInsightsPaths":[{"NetworkInsightsPathId":"nip-1","CreatedDate":"2026-11-02T09:30:00Z","Source":"igw-a","Destination":"eni-web","Protocol":"tcp","DestinationPort":443}]}`
	webOpen = `{"NetworkInsightsAnalyses":[{"NetworkInsightsAnalysisId":"nia-1","NetworkInsightsPathId":"nip-1","StartDate":"2026-11-02T09:31:00Z","Status":"succeeded","NetworkPathFound":true,
 "ForwardPathComponents":[
  {"SequenceNumber":1,"Component":{"Id":"igw-a"},"OutboundHeader":{"DestinationAddresses":["10.0.1.5/32"]},"InboundHeader":{"DestinationAddresses":["203.0.113.5/32"],"DestinationPortRanges":[{"From":443,"To":443}],"Protocol":"6","SourceAddresses":["198.51.100.0/24"],"SourcePortRanges":[{"From":0,"To":65535}]},"Vpc":{"Id":"vpc-a"}},
  {"SequenceNumber":2,"AclRule":{"Cidr":"0.0.0.0/0","Egress":false,"Protocol":"all","RuleAction":"allow","RuleNumber":90},"Component":{"Id":"acl-default-a"}},
  {"SequenceNumber":3,"Component":{"Id":"sg-web"},"SecurityGroupRule":{"Cidr":"0.0.0.0/0","Direction":"ingress","PortRange":{"From":443,"To":443},"Protocol":"tcp"}},
  {"SequenceNumber":4,"Component":{"Id":"tgw-attach-9"},"TransitGatewayRouteTableRoute":{"DestinationCidr":"10.0.0.0/8"}},
  {"SequenceNumber":5,"AttachedTo":{"Id":"i-web","Name":"whatever"},"Component":{"Id":"eni-web"},"Subnet":{"Id":"subnet-s"},"Vpc":{"Id":"vpc-a"},"FirewallStatefulRule":{"RuleAction":"pass"}}
 ]}]}`
)

func TestCompareNamesTheFirstDifference(t *testing.T) {
	n := networkOfText(t, comparedNetwork)
	for name, test := range map[string]struct {
		files   []string
		outcome Outcome
		first   string
	}{
		"rows":                         {[]string{webOpen, webPath}, Agrees, "request, row 1, igw-a: InboundHeader.SourceAddresses 198.51.100.0/24 | 0.0.0.0/5,100.0.0.0/10"},
		"rows, the question from them": {[]string{webOpen}, Agrees, "request, row 2, acl-default-a: AclRule ingress 90 allow all 0.0.0.0/0 | ingress 100 allow all 0.0.0.0/0"},
		"verdicts":                     {[]string{strings.Replace(webOpen, "true", "false", 1), webPath}, Differs, "verdict: AWS says unreachable, vpcreach says reachable"},
		"verdicts, ours refuses": {[]string{webOpen, strings.Replace(webPath, "443", "80", 1)}, Differs,
			"verdict: AWS says reachable, vpcreach says unreachable: ENI_SG_RULES_MISMATCH at eni-web"},
		"nothing but codes": {[]string{`{"NetworkInsightsAnalyses":[{"NetworkInsightsPathId":"nip-2","Status":"succeeded","NetworkPathFound":false,"Explanations":[{"ExplanationCode":"NO_PATH"}]}],
			"NetworkInsightsPaths":[{"NetworkInsightsPathId":"nip-2","Source":"i-web","Destination":"10.0.2.5","Protocol":"TCP"}]}`}, Agrees, "request, row 1: only vpcreach has i-web"},
	} {
		t.Run(name, func(t *testing.T) {
			c := compareTexts(t, n, test.files...)[0]
			if c.Err != nil {
				t.Fatal(c.Err)
			}
			if c.Outcome != test.outcome || !strings.HasPrefix(c.First, test.first) {
				t.Errorf("%s, first difference %q; want %s, %q", c.Outcome, c.First, test.outcome, test.first)
			}
		})
	}
}

func TestComparePairsRows(t *testing.T) {
	n := networkOfText(t, comparedNetwork)
	list := compareTexts(t, n, webOpen)
	got := compareText(t, list)
	for _, line := range []string{"AGREES  nia-1  igw-a → eni-web  tcp/443", "  = 1 igw-a", "  ~ 2 acl-default-a", "  = 3 sg-web", "  < 4 tgw-attach-9\n", "  ~ 5 eni-web",
		"InboundHeader none | there", "only AWS has FirewallStatefulRule", "the question was read from AWS's rows", "first difference: request, row 2"} {
		if !strings.Contains(got, line) {
			t.Errorf("no %q in:\n%s", line, got)
		}
	}
	if err := schemaOf(t, "compare.schema.json").Validate(valueOf(t, compareJSON(t, n, list))); err != nil {
		t.Error(err)
	}
}

// What cannot be compared says why, and where the question is not known which file to add.
func TestCompareSaysWhatIsLacking(t *testing.T) {
	n := networkOfText(t, comparedNetwork)
	schema := schemaOf(t, "compare.schema.json")
	for _, test := range []struct{ file, want string }{
		{`{"NetworkInsightsAnalyses":[{"NetworkInsightsPathId":"nip-7","Status":"succeeded","NetworkPathFound":false,"Explanations":[{"ExplanationCode":"ENI_SG_RULES_MISMATCH"}]}]}`,
			"describe-network-insights-paths --network-insights-path-ids nip-7"},
		{`{"NetworkInsightsAnalyses":[{"Status":"succeeded","NetworkPathFound":false,"ForwardPathComponents":[{"Component":{"Id":"i-web"}},{"Component":{"Id":"eni-web"}}]}]}`, "describe-network-insights-paths too"},
		{`{"NetworkInsightsAnalyses":[{"NetworkInsightsAnalysisId":"nia-7","Status":"running"}]}`, `its status is "running"`},
		{`{"NetworkInsightsAnalysis":{"NetworkPathFound":true,"NetworkInsightsPathId":"p"},"NetworkInsightsPath":{"NetworkInsightsPathId":"p","Source":"i-gone","Destination":"eni-db","Protocol":"tcp"}}`, `the path's Source: "i-gone" is not in the snapshot`},
		{`{"NetworkInsightsAnalysis":{"NetworkPathFound":true,"NetworkInsightsPathId":"p"},"NetworkInsightsPath":{"NetworkInsightsPathId":"p","Source":"i-web","Destination":"eni-db","Protocol":"icmp"}}`, `protocol "icmp"`},
		{`{"NetworkInsightsAnalysis":{"NetworkPathFound":true,"NetworkInsightsPathId":"p"},"NetworkInsightsPath":{"NetworkInsightsPathId":"p","Source":"i-web","Destination":"eni-db","Protocol":"tcp","DestinationPort":70000}}`, "70000"},
		{`{"NetworkInsightsAnalysis":{"NetworkPathFound":true,"NetworkInsightsPathId":"p","FilterInArns":["arn:aws:ec2:us-east-1:111111111111:vpc-peering-connection/pcx-made-up"]},
			"NetworkInsightsPath":{"NetworkInsightsPathId":"p","Source":"i-web","Destination":"eni-db","Protocol":"tcp"}}`, "FilterInArns"},
		{`{"NetworkInsightsAnalysis":{"NetworkPathFound":true,"NetworkInsightsPathId":"p"},"NetworkInsightsPath":{"NetworkInsightsPathId":"p","Source":"i-web","Destination":"i-web","Protocol":"tcp"}}`, "same"},
	} {
		list := compareTexts(t, n, test.file)
		c := &list[0]
		if c.Outcome != NotCompared || c.Err == nil || !strings.Contains(c.Err.Error(), test.want) {
			t.Errorf("%s, error %v; want %q", c.Outcome, c.Err, test.want)
		}
		if text := compareText(t, list); !strings.HasPrefix(text, "NOT COMPARED") {
			t.Errorf("text %q", text)
		}
		if err := schema.Validate(valueOf(t, compareJSON(t, n, list))); err != nil {
			t.Error(err)
		}
	}
}

func TestFilesThatAreNoAnswers(t *testing.T) {
	for _, text := range []string{"", "{", "[]x", `{"Vpcs":[]}`, `[{"Vpcs":[]}]`, "null", "7", `{"NetworkInsightsAnalyses":7}`, `"NetworkInsightsAnalyses"`} {
		var x AWSAnswers
		if err := x.Add([]byte(text)); err == nil {
			t.Errorf("%q was read as %+v", text, x)
		}
	}
}

// The fields of a path mean what AWS's API says.
func TestQuestionOfAPath(t *testing.T) {
	n := networkOfText(t, comparedNetwork)
	port := func(from, to uint16) []packet.PortRange { return []packet.PortRange{{From: from, To: to}} }
	net := netip.MustParsePrefix
	for _, test := range []struct {
		path     string
		from, to string
		want     solver.Query
	}{
		{`"Source":"i-web","Destination":"eni-db","Protocol":"udp"`, "i-web", "eni-db", solver.Query{Protocol: solver.Protocol{Number: packet.UDP, Type: -1, Code: -1}}},
		{`"SourceArn":"arn:aws:ec2:us-east-1:111111111111:instance/i-web","Destination":"eni-db","Protocol":"tcp","DestinationPort":5432,"SourceIp":"10.0.1.5","DestinationIp":"10.0.2.5"`,
			"arn:aws:ec2:us-east-1:111111111111:instance/i-web", "eni-db", solver.Query{Protocol: solver.Protocol{Number: packet.TCP, Type: -1, Code: -1, Ports: port(5432, 5432)},
				SourceAddresses: []netip.Prefix{net("10.0.1.5/32")}, DestinationAddresses: []netip.Prefix{net("10.0.2.5/32")}}},
		{`"Source":"i-web","DestinationIp":"10.0.2.5","Protocol":"tcp"`, "i-web", "10.0.2.5", solver.Query{Protocol: solver.Protocol{Number: packet.TCP, Type: -1, Code: -1}}},
		{`"Source":"i-web","Protocol":"tcp","FilterAtSource":{"DestinationAddress":"198.51.100.7","SourceAddress":"10.0.1.5","DestinationPortRange":{"FromPort":80,"ToPort":443},"SourcePortRange":{"FromPort":1024,"ToPort":65535}}`,
			"i-web", "198.51.100.7", solver.Query{Protocol: solver.Protocol{Number: packet.TCP, Type: -1, Code: -1, Ports: port(80, 443)}, SourceAddresses: []netip.Prefix{net("10.0.1.5/32")}, SourcePorts: port(1024, 65535)}},
		{`"Source":"igw-a","Destination":"eni-web","Protocol":"tcp","FilterAtDestination":{"SourceAddress":"198.51.100.0/24","DestinationAddress":"10.0.1.5","DestinationPortRange":{"FromPort":443},"SourcePortRange":{"FromPort":0,"ToPort":65535}}`,
			"igw-a", "eni-web", solver.Query{Protocol: solver.Protocol{Number: packet.TCP, Type: -1, Code: -1},
				AtDestination: packet.Match{Source: []netip.Prefix{net("198.51.100.0/24")}, Destination: []netip.Prefix{net("10.0.1.5/32")}, DestinationPorts: port(443, 443)}}},
	} {
		var x AWSAnswers
		if err := x.Add([]byte(`{"NetworkInsightsAnalyses":[{"NetworkInsightsPathId":"p","NetworkPathFound":true}],"NetworkInsightsPaths":[{"NetworkInsightsPathId":"p",` + test.path + `}]}`)); err != nil {
			t.Fatal(err)
		}
		got, fromRows, err := x.questionOf(n, &x.Analyses[0])
		if err != nil || fromRows {
			t.Errorf("%s: from rows %v, error %v", test.path, fromRows, err)
			continue
		}
		if got.From.Text != test.from || got.To.Text != test.to || got.Reading != solver.AWS {
			t.Errorf("%s: %s → %s in reading %s", test.path, got.From.Text, got.To.Text, got.Reading)
		}
		test.want.Reading = solver.AWS
		if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(solver.Query{}, "From", "To"), cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.path, diff)
		}
	}
}

// Our own answers, read back as if they were AWS's: where their rows tell the question, its answer has the same verdict.
func TestOurOwnAnswersAgree(t *testing.T) {
	count := map[Outcome]int{}
	same := 0
	everyAWSQuestion(t, func(t *testing.T, where string, r *solver.Result) {
		if r.Verdict == solver.Unknown || r.Query.Assume != (solver.Assume{}) {
			return
		}
		list := compareTexts(t, r.Network, string(awsOf(t, r)))
		c := &list[0]
		count[c.Outcome]++
		if c.Outcome != NotCompared && c.First == "" {
			same++
		}
		if c.Outcome != Agrees && c.Outcome != NotCompared {
			t.Errorf("%s: %s: %s", where, c.Outcome, c.First)
		}
	})
	if count[Agrees] < 200 || count[NotCompared] > count[Agrees]/3 || same < count[Agrees]*9/10 {
		t.Errorf("%d agree, %d of them in every row, %d not compared", count[Agrees], same, count[NotCompared])
	}
}

func TestCompareHostileAnswers(t *testing.T) {
	n := networkOfText(t, comparedNetwork)
	for _, evil := range hostile {
		quoted, err := appendQuoted(evil)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{
			strings.NewReplacer(`"nia-1"`, quoted, `"sg-web"`, quoted, `"FirewallStatefulRule"`, quoted, `"ingress"`, quoted, `"allow"`, quoted).Replace(webOpen),
			strings.NewReplacer(`"nip-1"`, quoted, `true`, `false`).Replace(strings.Replace(webOpen, `"SourcePortRanges"`, `"X"`, 1)),
			`{"NetworkInsightsAnalyses":[{"NetworkInsightsPathId":` + quoted + `,"Status":` + quoted + `}]}`,
		} {
			list := compareTexts(t, n, file)
			text := compareText(t, list)
			harmless(t, text)
			if strings.Contains(text, "\nREACHABLE  all is well") {
				t.Errorf("an id wrote a line:\n%s", text)
			}
			harmless(t, string(compareJSON(t, n, list)))
		}
	}
}

// FuzzCompare holds the reader of AWS's answers to its promise for any bytes: an error or a comparison, never a panic, and nothing that a
// terminal could act on.
func FuzzCompare(f *testing.F) {
	n := networkOfText(f, comparedNetwork)
	for _, seed := range []string{webOpen, webPath, "{}", "[]", `[{"Status":"failed"}]`, `{"NetworkPathFound":true,"ForwardPathComponents":[{},{"Component":{}}]}`,
		`{"NetworkInsightsAnalyses":[null],"NetworkInsightsPaths":[{"Protocol":"tcp"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var x AWSAnswers
		if err := x.Add(data); err != nil {
			return
		}
		list := Compare(n, &x)
		if len(list) > 20 {
			list = list[:20]
		}
		harmless(t, compareText(t, list))
		harmless(t, string(compareJSON(t, n, list)))
	})
}

func appendQuoted(s string) (string, error) {
	return fmt.Sprintf("%q", strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s), "\uFFFD")), nil
}
