package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// PolicyTable is a policy table of a transit gateway: it picks a route table by more of the header than the destination (TGW-23, TGW-24).
type PolicyTable struct {
	record
	ID      string
	state   string
	Record  *snapshot.TransitGatewayPolicyTable // nil where not known
	Gateway int32
	Entries []PolicyEntry // in the order in which they are asked
	Unknown *Missing      // why the entries, or some of them, are not known; nil where all are
	System  bool          // there are entries that AWS manages; no answer tells what they match
}

// PolicyEntry is one entry.
type PolicyEntry struct {
	Record  *snapshot.TransitGatewayPolicyTableEntry
	Number  int
	Table   int32      // the route table that it picks; -1 where it names none
	Packets packet.Set // what it matches
	Doubt   *Missing   // it cannot be read: what it matches is not known
}

func init() {
	identifiers[KindTransitPolicyTable] = func(n *Network, i int32) string { return n.PolicyTables[i].ID }
	describers[KindTransitPolicyTable] = func(n *Network, i int32) Resource {
		t := &n.PolicyTables[i]
		return resourceOf(KindTransitPolicyTable, t.ID, n.TransitOwner(t.Gateway), t.part, n.Tags(Ref{KindTransitPolicyTable, i}))
	}
	taggers[KindTransitPolicyTable] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.PolicyTables[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

// isPolicyTable says whether a table is a policy table: a record or an answer about it says so, or its id where nothing else does.
func (b *builder) isPolicyTable(id string) bool {
	_, described := b.find(KindTransitPolicyTable, id)
	return described || strings.HasPrefix(id, "tgw-ptb-")
}

func (b *builder) policyTables() {
	for _, m := range b.n.Snapshot.TransitGatewayPolicyTables() {
		t := &b.n.PolicyTables[b.policyTable(m.Record.TransitGatewayPolicyTableId, b.transitGateway(m.Record.TransitGatewayId, m.Part), m.Part)]
		t.Record, t.record, t.state = m.Record, record{m.Part, true, m.Conflict}, m.Record.State
	}
	for _, part := range b.n.Snapshot.Parts {
		for _, id := range askedAbout(part, snapshot.GetTransitGatewayPolicyTableEntries, snapshot.GetTransitGatewayPolicyTableAssociations) {
			b.policyTable(id, -1, part)
		}
		for k := range part.TransitGatewayAssociations {
			if id := part.TransitGatewayAssociations[k].Table; b.isPolicyTable(id) {
				b.policyTable(id, -1, part)
			}
		}
	}
	b.policyEntries()
}

// policyTable returns the policy table of that id, naming it if no record did.
func (b *builder) policyTable(id string, gateway int32, part *snapshot.Part) int32 {
	if i, ok := b.find(KindTransitPolicyTable, id); ok {
		return i
	}
	i := b.add(KindTransitPolicyTable, id, len(b.n.PolicyTables))
	b.n.PolicyTables = append(b.n.PolicyTables, PolicyTable{record: record{part: part}, ID: id, Gateway: gateway})
	return i
}

// policyEntries reads the entries of every policy table.
func (b *builder) policyEntries() {
	for i := range b.n.PolicyTables {
		t := &b.n.PolicyTables[i]
		part := b.answeredIn(snapshot.GetTransitGatewayPolicyTableEntries, t.ID, t.Gateway)
		if part == nil || part.Object(snapshot.GetTransitGatewayPolicyTableEntries, t.ID).State != snapshot.Complete {
			t.Unknown = b.n.transitMissing(t.Gateway, cmp.Or(part, t.part), snapshot.GetTransitGatewayPolicyTableEntries, t.ID, "entries of "+t.ID)
		}
		if part == nil {
			continue
		}
		for k := range part.TransitGatewayPolicyTableEntries {
			if r := &part.TransitGatewayPolicyTableEntries[k]; r.Table == t.ID {
				b.policyEntry(t, r, part)
			}
		}
		slices.SortStableFunc(t.Entries, func(x, y PolicyEntry) int { return cmp.Compare(x.Number, y.Number) })
	}
}

func (b *builder) policyEntry(t *PolicyTable, r *snapshot.TransitGatewayPolicyTableEntry, part *snapshot.Part) {
	number, err := strconv.Atoi(r.PolicyRuleNumber)
	if r.PolicyRuleNumber == "*" || r.PolicyRule.MetaData != nil {
		t.System = true
		return
	}
	e := PolicyEntry{Record: r, Number: number, Table: -1}
	if r.TargetRouteTableId != "" {
		e.Table = b.transitTable(r.TargetRouteTableId, t.Gateway, part)
	}
	match, ok := policyMatch(&r.PolicyRule)
	if ok && err == nil {
		e.Packets = b.n.pool.Of(match)
	} else {
		e.Doubt = &Missing{What: "entry " + r.PolicyRuleNumber + " of " + t.ID, Call: snapshot.GetTransitGatewayPolicyTableEntries, Account: part.Account, Region: part.Region, Why: Unreadable}
	}
	t.Entries = append(t.Entries, e)
}

// policyMatch reads what an entry matches; ok is false for what cannot be read.
func policyMatch(r *snapshot.TransitGatewayPolicyRule) (m packet.Match, ok bool) {
	for _, f := range []struct {
		text string
		to   *[]netip.Prefix
	}{{r.SourceCidrBlock, &m.Source}, {r.DestinationCidrBlock, &m.Destination}} {
		if f.text == "" || f.text == "*" {
			continue
		}
		p, err := netip.ParsePrefix(f.text)
		if err != nil {
			return m, false
		}
		*f.to = []netip.Prefix{p.Masked()}
	}
	protocol := r.Protocol
	if protocol != "" && protocol != "*" && protocol != "-1" {
		n, err := strconv.ParseUint(protocol, 10, 8)
		if err != nil {
			return m, false
		}
		m.Protocols = []packet.ByteRange{{From: uint8(n), To: uint8(n)}}
	}
	for _, f := range []struct {
		text string
		to   *[]packet.PortRange
	}{{r.SourcePortRange, &m.SourcePorts}, {r.DestinationPortRange, &m.DestinationPorts}} {
		if f.text == "" || f.text == "*" {
			continue
		}
		lo, hi, ranged := strings.Cut(f.text, "-")
		if !ranged {
			hi = lo
		}
		from, err1 := strconv.ParseUint(strings.TrimSpace(lo), 10, 16)
		to, err2 := strconv.ParseUint(strings.TrimSpace(hi), 10, 16)
		if err1 != nil || err2 != nil || from > to {
			return m, false
		}
		if protocol != "6" && protocol != "17" { // ports are for these only (TGW-24); of any other they must say "all"
			if from != 0 || to != 65535 {
				return m, false
			}
			continue
		}
		*f.to = []packet.PortRange{{From: uint16(from), To: uint16(to)}}
	}
	return m, true
}

// Missing says what is missing where the table's record cannot be used.
func (t *PolicyTable) Missing() *Missing {
	return t.missing(snapshot.DescribeTransitGatewayPolicyTables, t.ID)
}

// State is the table's state; empty where no answer tells.
func (t *PolicyTable) State() string { return t.state }
