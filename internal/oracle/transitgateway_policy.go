package oracle

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// policyEntry is an entry of a transit gateway's policy table (TGW-23, TGW-24).
type policyEntry struct {
	number              int
	system              bool // AWS's own, which match by what no answer tells
	source, destination netip.Prefix
	protocol            int // -1: any
	from, to            [2]int
	table               string
}

// policyEntries are those of one policy table.
type policyEntries struct {
	entries []policyEntry
	whole   bool
}

func readPolicyAssociations(o *Oracle, _ *part, a answer, argument string) bool {
	type record struct{ TransitGatewayPolicyTableId, TransitGatewayAttachmentId, State string }
	all := each(a, "Associations", func(r record, _ []byte) bool {
		if r.TransitGatewayPolicyTableId == "" {
			r.TransitGatewayPolicyTableId = argument
		}
		if r.State == "associated" || r.State == "" {
			o.policies[r.TransitGatewayAttachmentId] = append(o.policies[r.TransitGatewayAttachmentId], r.TransitGatewayPolicyTableId)
		}
		return r.TransitGatewayAttachmentId != ""
	})
	if all && a.whole() {
		o.policyAnswers = append(o.policyAnswers, argument)
	}
	return all
}

// policyOf returns the policy table of an attachment at its gateway; empty for none.
func (o *Oracle) policyOf(a *transitAttachment) string {
	for _, table := range o.policies[a.id] {
		if of := o.policyTables[table]; of == "" || of == a.gateway {
			return table
		}
	}
	return ""
}

func readPolicyTables(o *Oracle, _ *part, a answer, _ string) bool {
	type record struct{ TransitGatewayPolicyTableId, TransitGatewayId string }
	return each(a, "TransitGatewayPolicyTables", func(r record, _ []byte) bool {
		o.policyTables[r.TransitGatewayPolicyTableId] = r.TransitGatewayId
		return r.TransitGatewayPolicyTableId != ""
	})
}

func readPolicyEntries(o *Oracle, _ *part, a answer, table string) bool {
	type record struct {
		PolicyRuleNumber, TargetRouteTableId string

		PolicyRule struct {
			SourceCidrBlock, DestinationCidrBlock, SourcePortRange, DestinationPortRange, Protocol string
		}
	}
	es := &policyEntries{}
	all := each(a, "TransitGatewayPolicyTableEntries", func(r record, _ []byte) bool {
		e := policyEntry{table: r.TargetRouteTableId}
		number, err := strconv.Atoi(r.PolicyRuleNumber)
		e.number, e.system = number, err != nil
		var ok [5]bool
		e.source, ok[0] = anyPrefix(r.PolicyRule.SourceCidrBlock)
		e.destination, ok[1] = anyPrefix(r.PolicyRule.DestinationCidrBlock)
		e.from, ok[2] = anyPorts(r.PolicyRule.SourcePortRange)
		e.to, ok[3] = anyPorts(r.PolicyRule.DestinationPortRange)
		e.protocol, ok[4] = -1, true
		if p := r.PolicyRule.Protocol; p != "" && p != "*" {
			e.protocol, ok[4] = parseProtocol(p)
		}
		es.entries = append(es.entries, e)
		return !slices.Contains(ok[:], false)
	})
	es.whole = all && a.whole()
	slices.SortStableFunc(es.entries, func(a, b policyEntry) int { return a.number - b.number })
	if before := o.policyEntries[table]; table != "" && (before == nil || !before.whole) {
		o.policyEntries[table] = es
	}
	return all
}

// anyPrefix reads a CIDR; nothing, or a star, is every address, an invalid prefix.
func anyPrefix(s string) (netip.Prefix, bool) {
	if s == "" || s == "*" {
		return netip.Prefix{}, true
	}
	return parsePrefix(s)
}

// anyPorts reads a range of ports: "80", "80-90", "*".
func anyPorts(s string) ([2]int, bool) {
	if s == "" || s == "*" {
		return [2]int{0, 65535}, true
	}
	low, high, two := strings.Cut(s, "-")
	if !two {
		high = low
	}
	a, err1 := strconv.Atoi(low)
	b, err2 := strconv.Atoi(high)
	return [2]int{a, b}, err1 == nil && err2 == nil
}

// matches reports whether an entry takes a packet; ports count for TCP and UDP only.
func (e policyEntry) matches(p Packet) bool {
	in := func(r [2]int, port uint16) bool { return r[0] <= int(port) && int(port) <= r[1] }
	switch {
	case e.source.IsValid() && !e.source.Contains(p.Source), e.destination.IsValid() && !e.destination.Contains(p.Destination):
		return false
	case e.protocol >= 0 && e.protocol != int(p.Protocol):
		return false
	}
	return p.Protocol != tcp && p.Protocol != udp || in(e.from, p.SourcePort) && in(e.to, p.DestinationPort)
}

// byPolicy returns the table that an attachment's policy table picks for a packet (TGW-23 to TGW-26, D-208).
func (w *walker) byPolicy(f flight, policy string) (flight, string, bool) {
	es := w.o.policyEntries[policy]
	switch {
	case w.q.Reading == AWS:
		w.end(f, "tgw-policy-aws", "not modelled: policy table "+policy)
		return f, "", false
	case es == nil || !es.whole || slices.ContainsFunc(es.entries, func(e policyEntry) bool { return e.system }):
		w.end(f, "tgw-policy-unknown", "get-transit-gateway-policy-table-entries: "+policy)
		return f, "", false
	}
	for _, e := range es.entries {
		if e.matches(f.p) {
			w.decide("tgw-policy", policy, e.table)
			return w.tableInService(f, e.table)
		}
	}
	return f, "", w.refuse(f, "tgw-policy-none", policy)
}
