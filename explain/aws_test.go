package explain

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

func awsScenarios(t testing.TB) []scenario.Scenario {
	t.Helper()
	text, err := os.ReadFile("testdata/aws.scn")
	if err != nil {
		t.Fatal(err)
	}
	all, err := scenario.Parse("aws.scn", text)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// AWS's samples and more, as --format aws prints them: the outline of each answer is what it was, and one is compared to the
// letter.
func TestAWSFormat(t *testing.T) {
	var b strings.Builder
	for _, s := range awsScenarios(t) {
		t.Run(s.Title, func(t *testing.T) { outlineScenario(t, &b, s) })
	}
	compareGolden(t, "aws.txt", []byte(b.String()))
}

// outlineScenario asks the questions of a scenario and writes their answers.
func outlineScenario(t *testing.T, b *strings.Builder, s scenario.Scenario) {
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	n := networkOf(t, files)
	fmt.Fprintf(b, "== %s\n", s.Title)
	for _, q := range s.Questions {
		r := solve(t, n, q)
		if r.Verdict.String() != q.Verdict {
			t.Errorf("line %d: %s, want %s", q.Line, r.Verdict, q.Verdict)
		}
		a, err := AnalysisOf(r)
		if err != nil {
			t.Fatal(err)
		}
		text := outline(n, a)
		fmt.Fprintf(b, "? %s -> %s %s\n%s\n", q.From, q.To, q.Spec, text)
		if strings.HasPrefix(s.Title, "E1 ") {
			compareGolden(t, "aws-e1.json", awsOf(t, r))
		}
	}
}

func awsOf(t testing.TB, r *solver.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := AWS(&b, r, JSONOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// outline writes an analysis, one line a row, every field that is there.
func outline(n *model.Network, a *NetworkInsightsAnalysis) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s, path found: %v\n", a.Status, *a.NetworkPathFound)
	if a.WarningMessage != "" {
		fmt.Fprintf(&b, "  warning: %s\n", a.WarningMessage)
	}
	for _, leg := range []struct {
		title string
		rows  []PathComponent
	}{{"forward", a.Forward}, {"return", a.Return}} {
		if leg.rows == nil {
			continue
		}
		fmt.Fprintf(&b, "  %s\n", leg.title)
		for i := range leg.rows {
			outlineRow(&b, &leg.rows[i])
		}
	}
	for i := range a.Explanations {
		fmt.Fprintf(&b, "  explanation %s\n", outlineExplanation(&a.Explanations[i]))
	}
	return b.String()
}

func outlineRow(b *strings.Builder, c *PathComponent) {
	fmt.Fprintf(b, "  %3d %s", c.SequenceNumber, outlineComponent(c.Component))
	for _, f := range []struct {
		name string
		is   *AnalysisComponent
	}{{"AttachedTo", c.AttachedTo}, {"Subnet", c.Subnet}, {"Vpc", c.Vpc}, {"SourceVpc", c.SourceVpc}, {"DestinationVpc", c.DestinationVpc},
		{"TransitGateway", c.TransitGateway}} {
		if f.is != nil {
			fmt.Fprintf(b, " %s=%s", f.name, outlineComponent(f.is))
		}
	}
	if r := c.AclRule; r != nil {
		fmt.Fprintf(b, " [egress=%v %d %s %s%s %s]", r.Egress, r.RuleNumber, r.RuleAction, r.Protocol, outlinePorts(r.PortRange), r.Cidr)
	}
	if r := c.SecurityGroupRule; r != nil {
		fmt.Fprintf(b, " [%s %s%s %s]", r.Direction, r.Protocol, outlinePorts(r.PortRange), r.Cidr+r.PrefixListID+r.SecurityGroupID)
	}
	if c.RouteTableRoute != nil {
		fmt.Fprintf(b, " [%s]", outlineRoute(c.RouteTableRoute))
	}
	if c.TransitGatewayRouteTableRoute != nil {
		fmt.Fprintf(b, " [%s]", outlineTransitRoute(c.TransitGatewayRouteTableRoute))
	}
	if e := c.TransitGatewayPolicyTableEntry; e != nil {
		fmt.Fprintf(b, " [%d %s %s%s %s%s %s]", e.RuleNumber, e.Protocol, e.SourceCidr, outlinePorts(e.SourcePortRange), e.DestinationCidr, outlinePorts(e.DestinationPortRange), e.TargetRouteTableID)
	}
	b.WriteByte('\n')
	for _, f := range []struct {
		name string
		is   *AnalysisPacketHeader
	}{{"in", c.InboundHeader}, {"out", c.OutboundHeader}} {
		if f.is != nil {
			fmt.Fprintf(b, "      %-3s %s\n", f.name, outlineHeader(f.is))
		}
	}
	for _, d := range c.AdditionalDetails {
		fmt.Fprintf(b, "      detail %s%s\n", d.AdditionalDetailType, map[bool]string{true: " Component=" + outlineComponent(d.Component)}[d.Component != nil])
	}
	for i := range c.Explanations {
		fmt.Fprintf(b, "      ✗ %s\n", outlineExplanation(&c.Explanations[i]))
	}
}

func outlineComponent(c *AnalysisComponent) string {
	if c == nil {
		return "-"
	}
	if c.Name != "" {
		return fmt.Sprintf("%s(%s)", c.ID, c.Name)
	}
	return c.ID
}

func outlinePorts(p *PortRange) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf(" %d-%d", p.From, p.To)
}

func outlineRoute(r *AnalysisRouteTableRoute) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", r.DestinationCidr+r.DestinationPrefixListID)
	for _, f := range []struct{ name, id string }{{"GatewayId", r.GatewayID}, {"NatGatewayId", r.NatGatewayID}, {"NetworkInterfaceId", r.NetworkInterfaceID},
		{"InstanceId", r.InstanceID}, {"VpcPeeringConnectionId", r.VpcPeeringConnectionID}, {"TransitGatewayId", r.TransitGatewayID},
		{"EgressOnlyInternetGatewayId", r.EgressOnlyInternetGatewayID}, {"CarrierGatewayId", r.CarrierGatewayID},
		{"LocalGatewayId", r.LocalGatewayID}, {"CoreNetworkArn", r.CoreNetworkARN}} {
		if f.id != "" {
			fmt.Fprintf(&b, " %s=%s", f.name, f.id)
		}
	}
	return b.String() + " " + r.Origin + " " + r.State
}

func outlineTransitRoute(r *TransitGatewayRouteTableRoute) string {
	return strings.Join([]string{r.DestinationCidr, r.PrefixListID, r.RouteOrigin, r.State, r.AttachmentID, r.ResourceType, r.ResourceID}, " ")
}

// outlineHeader writes a header; a list of more than three is its first, its last and how many there are.
func outlineHeader(h *AnalysisPacketHeader) string {
	list := func(all []string) string {
		switch {
		case all == nil:
			return "="
		case len(all) > 3:
			return fmt.Sprintf("%s…%s (%d)", all[0], all[len(all)-1], len(all))
		}
		return strings.Join(all, ",")
	}
	ports := func(all []PortRange) string {
		var words []string
		for _, p := range all {
			words = append(words, fmt.Sprintf("%d-%d", p.From, p.To))
		}
		return list(words)
	}
	protocol := h.Protocol
	if protocol == "" {
		protocol = "="
	}
	return fmt.Sprintf("protocol %s  source %s ports %s  destination %s ports %s", protocol, list(h.SourceAddresses), ports(h.SourcePortRanges), list(h.DestinationAddresses), ports(h.DestinationPortRanges))
}

func outlineExplanation(e *Explanation) string {
	var b strings.Builder
	b.WriteString(e.ExplanationCode)
	for _, f := range []struct {
		name string
		is   *AnalysisComponent
	}{{"Acl", e.Acl}, {"AttachedTo", e.AttachedTo}, {"Component", e.Component}, {"Destination", e.Destination}, {"DestinationVpc", e.DestinationVpc},
		{"InternetGateway", e.InternetGateway}, {"NatGateway", e.NatGateway}, {"NetworkInterface", e.NetworkInterface}, {"PrefixList", e.PrefixList},
		{"RouteTable", e.RouteTable}, {"SourceVpc", e.SourceVpc}, {"Subnet", e.Subnet}, {"Vpc", e.Vpc}, {"VpcPeeringConnection", e.VpcPeeringConnection},
		{"TransitGateway", e.TransitGateway}, {"TransitGatewayAttachment", e.TransitGatewayAttachment}, {"TransitGatewayRouteTable", e.TransitGatewayRouteTable},
		{"TransitGatewayPolicyTable", e.TransitGatewayPolicyTable}} {
		if f.is != nil {
			fmt.Fprintf(&b, " %s=%s", f.name, outlineComponent(f.is))
		}
	}
	for i := range e.SecurityGroups {
		fmt.Fprintf(&b, " SecurityGroups=%s", outlineComponent(&e.SecurityGroups[i]))
	}
	for _, f := range []struct{ name, is string }{{"Address", e.Address}, {"Addresses", strings.Join(e.Addresses, ",")}, {"Cidrs", strings.Join(e.Cidrs, ",")},
		{"AvailabilityZoneIds", strings.Join(e.AvailabilityZoneIds, ",")},
		{"ComponentAccount", e.ComponentAccount}, {"ComponentRegion", e.ComponentRegion}, {"Direction", e.Direction}, {"MissingComponent", e.MissingComponent}, {"State", e.State}} {
		if f.is != "" {
			fmt.Fprintf(&b, " %s=%s", f.name, f.is)
		}
	}
	if e.TransitGatewayRouteTableRoute != nil {
		fmt.Fprintf(&b, " TransitGatewayRouteTableRoute=[%s]", outlineTransitRoute(e.TransitGatewayRouteTableRoute))
	}
	if e.RouteTableRoute != nil {
		fmt.Fprintf(&b, " RouteTableRoute=[%s]", outlineRoute(e.RouteTableRoute))
	}
	return b.String()
}
