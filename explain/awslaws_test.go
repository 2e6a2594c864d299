package explain

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// everyAWSQuestion asks every question of the scenarios that AWS's analyzer could be asked, in reading aws: those about tcp and
// udp as they are, those about any protocol as tcp.
func everyAWSQuestion(t *testing.T, visit func(t *testing.T, where string, r *solver.Result)) {
	t.Helper()
	all, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, s := range append(all, awsScenarios(t)...) {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		n := networkOf(t, files)
		for _, q := range s.Questions {
			query, err := queryOf(n, q)
			if err != nil {
				t.Fatal(err)
			}
			if query.Reading = solver.AWS; query.Protocol.Any {
				query.Protocol = solver.Protocol{Number: packet.TCP, Type: -1, Code: -1}
			}
			if p := query.Protocol.Number; p != packet.TCP && p != packet.UDP {
				continue
			}
			r, err := solver.Solve(n, query)
			if err != nil {
				t.Fatalf("%s:%d: %v", s.File, q.Line, err)
			}
			asked++
			visit(t, s.File+":"+strconv.Itoa(q.Line), r)
		}
	}
	if asked < 300 {
		t.Errorf("only %d questions", asked)
	}
}

// A kind of component that a path can hold has said how AWS's format shows it.
func TestEveryRowIsRegistered(t *testing.T) {
	for kind := range decisions {
		if _, ok := awsRows[kind]; !ok {
			t.Errorf("%s has words in a path but no row in AWS's format: registerRow(%s, ...)", kind, kind)
		}
	}
	met := map[model.Kind]bool{}
	everyAWSQuestion(t, func(t *testing.T, where string, r *solver.Result) {
		for _, h := range append(slices.Clone(r.Forward), r.Return...) {
			if _, ok := awsRows[h.At.Kind]; !ok && !met[h.At.Kind] {
				t.Errorf("%s: %s has no row in AWS's format", where, h.At.Kind)
			}
			met[h.At.Kind] = true
		}
	})
	if len(met) < 8 {
		t.Errorf("the scenarios meet only %d kinds", len(met))
	}
}

// A kind that nobody registered is shown by its component alone.
func TestARowOfAKindThatIsNotKnown(t *testing.T) {
	r := one(t, "vpc-a 10.0.0.0/16\nsubnet-x vpc-a 10.0.1.0/24\nlgw-t\neni-x subnet-x 10.0.1.5\neni-y subnet-x 10.0.1.6\n? eni-x -> eni-y tcp/443 reading=aws => reachable")
	other, ok := r.Network.ByID("lgw-t")
	if !ok {
		t.Fatal("lgw-t is not in the network")
	}
	r.Forward = slices.Insert(r.Forward, 2, solver.Hop{At: other, In: r.Forward[0].In, Out: r.Forward[0].Out})
	a, err := AnalysisOf(r)
	if err != nil {
		t.Fatal(err)
	}
	res := r.Network.Resource(other)
	want := PathComponent{SequenceNumber: 3, Component: &AnalysisComponent{ID: "lgw-t", ARN: res.ARN}}
	if diff := cmp.Diff(want, a.Forward[2]); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

// The row of a VPC endpoint, and the remark that nobody looked behind it (E18, D-170). The path is one that no solver found.
func TestARowOfAVPCEndpoint(t *testing.T) {
	r := one(t, "vpc-a 10.0.0.0/16\nsubnet-x vpc-a 10.0.1.0/24\nvpce-e vpc-a gwlb subnet-x\nset vpce-e ServiceName \"com.amazonaws.vpce.us-east-1.vpce-svc-1\"\neni-x subnet-x 10.0.1.5\neni-y subnet-x 10.0.1.6\n"+
		"? eni-x -> eni-y tcp/443 reading=aws => reachable")
	endpoint, ok := r.Network.ByID("vpce-e")
	if !ok {
		t.Fatal("vpce-e is not in the network")
	}
	r.Forward = slices.Insert(r.Forward, 2, solver.Hop{At: endpoint, In: r.Forward[0].In, Out: r.Forward[0].Out})
	r.Assumptions = append(r.Assumptions, solver.Assumption{Kind: "gwlb-not-checked", At: endpoint})
	a, err := AnalysisOf(r)
	if err != nil {
		t.Fatal(err)
	}
	const service = "com.amazonaws.vpce.us-east-1.vpce-svc-1"
	c := a.Forward[2]
	if c.Component.ID != "vpce-e" || c.ServiceName != service || c.Vpc == nil || c.Vpc.ID != "vpc-a" {
		t.Errorf("row %+v", c)
	}
	if diff := cmp.Diff([]AdditionalDetail{{AdditionalDetailType: "PATH_THROUGH_GWLB_NOT_CHECKED", ServiceName: service}}, c.AdditionalDetails); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

// What holds of every answer in AWS's format, whatever was asked.
func TestAWSFormatLaws(t *testing.T) {
	codes, details := map[string]int{}, map[string]int{}
	everyAWSQuestion(t, func(t *testing.T, where string, r *solver.Result) {
		a, err := AnalysisOf(r)
		if err != nil {
			t.Fatal(err)
		}
		if found := r.Verdict == solver.Reachable; *a.NetworkPathFound != found || found == (a.Explanations != nil) {
			t.Errorf("%s: %s, but path found %v and %d explanations", where, r.Verdict, *a.NetworkPathFound, len(a.Explanations))
		}
		if (r.Verdict == solver.Unknown) != strings.Contains(a.WarningMessage, "does not know") {
			t.Errorf("%s: %s, but the warning is %q", where, r.Verdict, a.WarningMessage)
		}
		for _, e := range a.Explanations {
			codes[e.ExplanationCode]++
		}
		rowsAreWhole(t, where, a)
		for _, c := range append(slices.Clone(a.Forward), a.Return...) {
			for _, d := range c.AdditionalDetails {
				details[d.AdditionalDetailType]++
			}
		}
		if r.Verdict == solver.Reachable {
			truthful(t, where, r, a)
		}
		var back NetworkInsightsAnalysis
		if err := json.Unmarshal(awsOf(t, r), &back); err != nil || back.Status != "succeeded" {
			t.Errorf("%s: cannot be read back: %v", where, err)
		}
	})
	if len(codes) < 20 || codes["UNKNOWN_RESOURCE"] == 0 || codes["UNKNOWN_DESTINATION"] == 0 || codes["UNSUPPORTED_COMPONENT"] == 0 || len(details) < 2 {
		t.Errorf("met only the codes %v and details %v", codes, details)
	}
}

// rowsAreWhole checks numbers and components of rows, and that what explains them is gathered at the top.
func rowsAreWhole(t *testing.T, where string, a *NetworkInsightsAnalysis) {
	t.Helper()
	for _, list := range [][]PathComponent{a.Forward, a.Return} {
		for i, c := range list {
			if c.SequenceNumber != i+1 || c.Component == nil || c.Component.ID == "" {
				t.Errorf("%s: row %d is %+v", where, i+1, c)
			}
			for _, e := range c.Explanations {
				if !slices.ContainsFunc(a.Explanations, func(x Explanation) bool { return cmp.Equal(x, e) }) {
					t.Errorf("%s: %s of row %d is not gathered", where, e.ExplanationCode, i+1)
				}
			}
		}
	}
}

// truthful checks the header with which packets leave FROM: every packet of it is admitted, and the one that the path is told for is among
// them.
func truthful(t *testing.T, where string, r *solver.Result, a *NetworkInsightsAnalysis) {
	t.Helper()
	h := a.Forward[0].InboundHeader
	if h == nil {
		h = a.Forward[0].OutboundHeader
	}
	if h == nil {
		t.Errorf("%s: the source has no header", where)
		return
	}
	set := headerSet(t, r.Pool, h)
	if !r.Pool.Subset(set, r.Admitted) {
		t.Errorf("%s: the header %+v holds packets that do not get through", where, *h)
	}
	if !r.Pool.Overlaps(set, r.Pool.OfPacket(r.Witness)) {
		t.Errorf("%s: the header %+v does not hold %s", where, *h, r.Witness)
	}
}

func headerSet(t *testing.T, p *packet.Pool, h *AnalysisPacketHeader) packet.Set {
	t.Helper()
	number, err := strconv.ParseUint(h.Protocol, 10, 8)
	if err != nil {
		t.Fatal(err)
	}
	prefixes := func(list []string) (out []netip.Prefix) {
		for _, s := range list {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	ports := func(list []PortRange) (out []packet.PortRange) {
		for _, r := range list {
			out = append(out, packet.PortRange{From: uint16(r.From), To: uint16(r.To)})
		}
		return out
	}
	return p.Of(packet.Match{Protocols: []packet.ByteRange{{From: uint8(number), To: uint8(number)}}, Source: prefixes(h.SourceAddresses), Destination: prefixes(h.DestinationAddresses),
		SourcePorts: ports(h.SourcePortRanges), DestinationPorts: ports(h.DestinationPortRanges)})
}

// E4 prints the internet as 31 CIDRs: everything but RFC 1918. Newer outputs (E5, E18) leave out 100.64.0.0/10 too, which makes 38; so do we
// (D-4).
func TestTheInternetAsAWSPrintsIt(t *testing.T) {
	older := []string{"0.0.0.0/5", "11.0.0.0/8", "12.0.0.0/6", "128.0.0.0/3", "16.0.0.0/4", "160.0.0.0/5", "168.0.0.0/6", "172.0.0.0/12", "172.128.0.0/9",
		"172.32.0.0/11", "172.64.0.0/10", "173.0.0.0/8", "174.0.0.0/7", "176.0.0.0/4", "192.0.0.0/9", "192.128.0.0/11", "192.160.0.0/13", "192.169.0.0/16",
		"192.170.0.0/15", "192.172.0.0/14", "192.176.0.0/12", "192.192.0.0/10", "193.0.0.0/8", "194.0.0.0/7", "196.0.0.0/6", "200.0.0.0/5", "208.0.0.0/4",
		"224.0.0.0/3", "32.0.0.0/3", "64.0.0.0/2", "8.0.0.0/7"}
	shared := []string{"100.0.0.0/10", "100.128.0.0/9", "101.0.0.0/8", "102.0.0.0/7", "104.0.0.0/5", "112.0.0.0/4", "64.0.0.0/3", "96.0.0.0/6"} // 64.0.0.0/2 without it
	newer := slices.DeleteFunc(append(slices.Clone(older), shared...), func(s string) bool { return s == "64.0.0.0/2" })
	slices.Sort(newer)
	for _, s := range awsScenarios(t) {
		if !strings.HasPrefix(s.Title, "E4 ") {
			continue
		}
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		a, err := AnalysisOf(solve(t, networkOf(t, files), s.Questions[0]))
		if err != nil {
			t.Fatal(err)
		}
		for what, got := range map[string][]string{"from the gateway": a.Forward[0].InboundHeader.SourceAddresses, "at the interface": a.Forward[3].InboundHeader.SourceAddresses,
			"of the reply": a.Return[0].OutboundHeader.DestinationAddresses} {
			if diff := cmp.Diff(newer, got); diff != "" {
				t.Errorf("addresses %s (-want +got):\n%s", what, diff)
			}
		}
		if len(older) != 31 || len(newer) != 38 {
			t.Errorf("%d and %d CIDRs, want 31 and 38", len(older), len(newer))
		}
		return
	}
	t.Error("no scenario E4")
}

// AWS's shape has no way to say what reading strict finds.
func TestAWSFormatIsForReadingAWS(t *testing.T) {
	r := one(t, "vpc-a 10.0.0.0/16\nsubnet-x vpc-a 10.0.1.0/24\neni-x subnet-x 10.0.1.5\neni-y subnet-x 10.0.1.6\n? eni-x -> eni-y tcp/443 => reachable")
	if _, err := AnalysisOf(r); err == nil || !strings.Contains(err.Error(), "--reading aws") {
		t.Errorf("error %v", err)
	}
}
