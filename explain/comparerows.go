package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxPaired bounds the rows that are paired by what they are about. AWS's paths have some dozens.
const maxPaired = 2000

// pairRows sets two paths side by side: rows about the same component stand beside each other, in the longest order that both have.
func pairRows(theirs, ours []PathComponent) []RowPair {
	same := common(theirs, ours)
	var out []RowPair
	i, k := 0, 0
	for _, at := range same {
		for ; i < at[0]; i++ {
			out = append(out, RowPair{Theirs: &theirs[i]})
		}
		for ; k < at[1]; k++ {
			out = append(out, RowPair{Ours: &ours[k]})
		}
		out = append(out, RowPair{Theirs: &theirs[i], Ours: &ours[k], Differences: differences(&theirs[i], &ours[k])})
		i, k = i+1, k+1
	}
	for ; i < len(theirs); i++ {
		out = append(out, RowPair{Theirs: &theirs[i]})
	}
	for ; k < len(ours); k++ {
		out = append(out, RowPair{Ours: &ours[k]})
	}
	return out
}

// common is the longest list of pairs of rows about the same component that keeps the order of both paths.
func common(theirs, ours []PathComponent) (out [][2]int) {
	theirs, ours = theirs[:min(len(theirs), maxPaired)], ours[:min(len(ours), maxPaired)]
	longest := make([][]int, len(theirs)+1) // of what follows row i of theirs and row k of ours
	for i := range longest {
		longest[i] = make([]int, len(ours)+1)
	}
	equal := func(i, k int) bool {
		id := componentID(theirs[i].Component)
		return id != "" && id == componentID(ours[k].Component)
	}
	for i := len(theirs) - 1; i >= 0; i-- {
		for k := len(ours) - 1; k >= 0; k-- {
			if longest[i][k] = max(longest[i+1][k], longest[i][k+1]); equal(i, k) {
				longest[i][k] = longest[i+1][k+1] + 1
			}
		}
	}
	for i, k := 0, 0; i < len(theirs) && k < len(ours); {
		switch {
		case equal(i, k):
			out = append(out, [2]int{i, k})
			i, k = i+1, k+1
		case longest[i+1][k] >= longest[i][k+1]:
			i++
		default:
			k++
		}
	}
	return out
}

// differences names the fields in which two rows about one component differ, AWS's value first. Names are left out: tags change.
func differences(theirs, ours *PathComponent) []string {
	var out []string
	differ := func(field, a, b string) {
		if a != b {
			out = append(out, field+" "+PrintableMax(a, 160)+" | "+PrintableMax(b, 160))
		}
	}
	for _, f := range []struct {
		field string
		a, b  *AnalysisComponent
	}{{"AttachedTo", theirs.AttachedTo, ours.AttachedTo}, {"Subnet", theirs.Subnet, ours.Subnet}, {"Vpc", theirs.Vpc, ours.Vpc},
		{"SourceVpc", theirs.SourceVpc, ours.SourceVpc}, {"DestinationVpc", theirs.DestinationVpc, ours.DestinationVpc}} {
		differ(f.field, orNone(componentID(f.a)), orNone(componentID(f.b)))
	}
	differ("AclRule", aclRuleWords(theirs.AclRule), aclRuleWords(ours.AclRule))
	differ("SecurityGroupRule", groupRuleWords(theirs.SecurityGroupRule), groupRuleWords(ours.SecurityGroupRule))
	differ("RouteTableRoute", tableRouteWords(theirs.RouteTableRoute), tableRouteWords(ours.RouteTableRoute))
	headerDifferences("InboundHeader", theirs.InboundHeader, ours.InboundHeader, differ)
	headerDifferences("OutboundHeader", theirs.OutboundHeader, ours.OutboundHeader, differ)
	differ("Explanations", rowCodes(theirs), rowCodes(ours))
	differ("AdditionalDetails", rowDetails(theirs), rowDetails(ours))
	if more := memberNames(theirs.Others); more != "" {
		out = append(out, "only AWS has "+more)
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func aclRuleWords(r *AnalysisAclRule) string {
	if r == nil {
		return "none"
	}
	return fmt.Sprintf("%s %d %s %s%s %s", direction(r.Egress), r.RuleNumber, strings.ToLower(r.RuleAction), strings.ToLower(r.Protocol), portSuffix(r.PortRange), r.Cidr)
}

func groupRuleWords(r *AnalysisSecurityGroupRule) string {
	if r == nil {
		return "none"
	}
	return fmt.Sprintf("%s %s%s %s", r.Direction, strings.ToLower(r.Protocol), portSuffix(r.PortRange), r.Cidr+r.PrefixListID+r.SecurityGroupID)
}

func portSuffix(p *PortRange) string {
	if p == nil || p.From == 0 && p.To == 65535 {
		return ""
	}
	return " " + portRangeWords(*p)
}

func portRangeWords(p PortRange) string {
	if p.From == p.To {
		return strconv.Itoa(p.From)
	}
	return strconv.Itoa(p.From) + "-" + strconv.Itoa(p.To)
}

// tableRouteWords is a route: where to, its one target, how it is. Cases of Origin and State do not count.
func tableRouteWords(r *AnalysisRouteTableRoute) string {
	if r == nil {
		return "none"
	}
	words := []string{r.DestinationCidr + r.DestinationPrefixListID}
	for _, target := range []string{r.GatewayID, r.NatGatewayID, r.NetworkInterfaceID, r.InstanceID, r.VpcPeeringConnectionID, r.TransitGatewayID,
		r.EgressOnlyInternetGatewayID, r.CarrierGatewayID, r.LocalGatewayID, r.CoreNetworkARN} {
		if target != "" {
			words = append(words, "→ "+target)
		}
	}
	for _, word := range []string{r.Origin, r.State} {
		if word != "" {
			words = append(words, strings.ToLower(word))
		}
	}
	return strings.Join(words, " ")
}

// headerDifferences compares two headers field by field; the order of lists does not count.
func headerDifferences(name string, theirs, ours *AnalysisPacketHeader, differ func(field, a, b string)) {
	if theirs == nil && ours == nil {
		return
	}
	if theirs == nil || ours == nil {
		present := func(h *AnalysisPacketHeader) string {
			if h == nil {
				return "none"
			}
			return "there"
		}
		differ(name, present(theirs), present(ours))
		return
	}
	differ(name+".Protocol", orNone(theirs.Protocol), orNone(ours.Protocol))
	list := func(field string, theirs, ours []string) {
		differ(name+"."+field, without(theirs, ours), without(ours, theirs))
	}
	list("SourceAddresses", theirs.SourceAddresses, ours.SourceAddresses)
	list("SourcePortRanges", portList(theirs.SourcePortRanges), portList(ours.SourcePortRanges))
	list("DestinationAddresses", theirs.DestinationAddresses, ours.DestinationAddresses)
	list("DestinationPortRanges", portList(theirs.DestinationPortRanges), portList(ours.DestinationPortRanges))
}

func portList(ranges []PortRange) []string {
	var words []string
	for _, r := range ranges {
		words = append(words, portRangeWords(r))
	}
	return words
}

// without is what a list holds and another does not, the first few of many.
func without(list, other []string) string {
	held := make(map[string]bool, len(other))
	for _, s := range other {
		held[s] = true
	}
	list = slices.DeleteFunc(slices.Sorted(slices.Values(list)), func(s string) bool { return held[s] })
	if len(list) == 0 {
		return "none"
	}
	return few(slices.Compact(list), "entries")
}

// listWords is a list in order.
func listWords(list []string) string {
	list = slices.Sorted(slices.Values(list))
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ",")
}

func rowCodes(c *PathComponent) string {
	var codes []string
	for i := range c.Explanations {
		codes = append(codes, c.Explanations[i].ExplanationCode)
	}
	return listWords(codes)
}

func rowDetails(c *PathComponent) string {
	var types []string
	for _, d := range c.AdditionalDetails {
		types = append(types, d.AdditionalDetailType)
	}
	return listWords(types)
}

// memberNames are the names of an object's members.
func memberNames(v jsontext.Value) string {
	if len(v) == 0 {
		return ""
	}
	d := jsontext.NewDecoder(strings.NewReader(string(v)), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var names []string
	if _, err := d.ReadToken(); err != nil {
		return ""
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			break
		}
		names = append(names, Printable(name.String()))
		if d.SkipValue() != nil {
			break
		}
	}
	return few(names, "fields")
}
