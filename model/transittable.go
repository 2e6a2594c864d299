package model

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model/route"
	"github.com/vpcreach/vpcreach/snapshot"
)

// TransitTable is a route table of a transit gateway: the forwarding table as a search gave it (TGW-30, D-206), compiled.
type TransitTable struct {
	record
	ID      string
	state   string
	Record  *snapshot.TransitGatewayRouteTable // nil where not known
	Gateway int32                              // -1 where no answer tells
	Routes  []TransitRoute
	ways

	// Unknown says why no route is known: nobody searched the table (TGW-67). Else nil.
	Unknown *Missing
	// Completed says that the propagated routes are worked out from what propagates into the table.
	Completed bool

	// Propagating are the attachments that are known to propagate into the table, in order of id.
	Propagating []int32
	propagates  bool // the answer that lists them is complete
}

// TransitRoute is one route of such a table.
type TransitRoute struct {
	Record *snapshot.TransitGatewayRoute
	Prefix netip.Prefix
	Class  route.Class
	// Targets are the attachments that the route leads to; several are branches of AWS's (TGW-58).
	Targets []int32
	Doubt   *Missing // it is not known whether the route is there
}

// Bad says whether the route matches but drops (TGW-31, TGW-32).
func (r *TransitRoute) Bad() bool { return r.Record.State == "blackhole" }

// The classes of TGW-28, best first. Of VPNs a private one, over Direct Connect, comes first (VPN-8): their own records tell.
const (
	transitStatic route.Class = iota
	transitPrefixList
	transitVPC
	transitDirectConnect
	transitConnect
	transitPrivateVPN
	transitVPN
	transitConcentrator
	transitClientVPN
	transitPeering
)

var transitClasses = map[string]route.Class{
	"vpc": transitVPC, "direct-connect-gateway": transitDirectConnect, "connect": transitConnect, "vpn": transitVPN,
	"vpn-concentrator": transitConcentrator, "client-vpn": transitClientVPN, "peering": transitPeering, "tgw-peering": transitPeering,
}

func init() {
	identifiers[KindTransitRouteTable] = func(n *Network, i int32) string { return n.TransitTables[i].ID }
	describers[KindTransitRouteTable] = func(n *Network, i int32) Resource {
		t := &n.TransitTables[i]
		return resourceOf(KindTransitRouteTable, t.ID, n.TransitOwner(t.Gateway), t.part, n.Tags(Ref{KindTransitRouteTable, i}))
	}
	taggers[KindTransitRouteTable] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.TransitTables[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) transitTables() {
	for _, m := range b.n.Snapshot.TransitGatewayRouteTables() {
		t := &b.n.TransitTables[b.transitTable(m.Record.TransitGatewayRouteTableId, b.transitGateway(m.Record.TransitGatewayId, m.Part), m.Part)]
		t.Record, t.record, t.state = m.Record, record{m.Part, true, m.Conflict}, m.Record.State
	}
	for _, part := range b.n.Snapshot.Parts { // what searches and answers about tables name
		for _, id := range askedAbout(part, snapshot.SearchTransitGatewayRoutes, snapshot.GetTransitGatewayRouteTablePropagations) {
			b.transitTable(id, -1, part)
		}
	}
}

// askedAbout are the ids of what some calls about one object each were made for.
func askedAbout(part *snapshot.Part, calls ...snapshot.Operation) []string {
	var ids []string
	for _, op := range calls {
		ids = slices.AppendSeq(ids, maps.Keys(part.Objects[op]))
	}
	return sortedUnique(ids)
}

// transitTable returns the table of that id, naming it if no record did.
func (b *builder) transitTable(id string, gateway int32, part *snapshot.Part) int32 {
	i, ok := b.find(KindTransitRouteTable, id)
	if !ok {
		i = b.add(KindTransitRouteTable, id, len(b.n.TransitTables))
		b.n.TransitTables = append(b.n.TransitTables, TransitTable{record: record{part: part}, ID: id, Gateway: gateway})
	}
	t := &b.n.TransitTables[i]
	t.Gateway = max(t.Gateway, gateway) // -1: not told here
	return i
}

// transitRoutes takes in the routes of every table.
func (b *builder) transitRoutes() {
	for i := range b.n.TransitTables {
		t := &b.n.TransitTables[i]
		part := b.answeredIn(snapshot.SearchTransitGatewayRoutes, t.ID, t.Gateway)
		b.transitPropagations(t)
		if part == nil {
			t.Unknown = b.n.transitMissing(t.Gateway, t.part, snapshot.SearchTransitGatewayRoutes, t.ID, "routes of "+t.ID)
			continue
		}
		dropped := b.droppedLists(t)
		for k := range part.TransitGatewayRoutes {
			if r := &part.TransitGatewayRoutes[k]; r.Table == t.ID && r.State != "deleting" && r.State != "deleted" {
				b.transitRoute(t, r, part, dropped)
			}
		}
		b.privateVPNs(t)
		b.dedupeRoutes(t)
		_, static := snapshot.SearchedFor(part.Object(snapshot.SearchTransitGatewayRoutes, t.ID))
		if static && t.propagates && part.Object(snapshot.SearchTransitGatewayRoutes, t.ID).State == snapshot.Complete {
			b.completeRoutes(t)
		}
	}
}

// answeredIn is the part whose answer to a call about a table counts: the gateway owner's, else the first that has one; nil for none.
func (b *builder) answeredIn(op snapshot.Operation, table string, gateway int32) *snapshot.Part {
	var found *snapshot.Part
	for _, part := range b.n.Snapshot.Parts {
		state := part.Object(op, table).State
		if (state == snapshot.Complete || state == snapshot.Cut) && (found == nil || b.n.ownersView(gateway, part)) {
			found = part
		}
	}
	return found
}

// droppedLists are the prefix lists that the table refers to as blackholes (TGW-33, D-207).
func (b *builder) droppedLists(t *TransitTable) map[string]bool {
	out := map[string]bool{}
	for _, part := range b.n.Snapshot.Parts {
		for _, r := range part.TransitGatewayPrefixListReferences {
			if r.TransitGatewayRouteTableId == t.ID && r.Blackhole {
				out[r.PrefixListId] = true
			}
		}
	}
	return out
}

func (b *builder) transitRoute(t *TransitTable, r *snapshot.TransitGatewayRoute, part *snapshot.Part, dropped map[string]bool) {
	if dropped[r.PrefixListId] && r.State != "blackhole" {
		copied := *r
		copied.State = "blackhole"
		r = &copied
	}
	out := TransitRoute{Record: r, Prefix: r.DestinationCidrBlock.Masked()}
	kind := ""
	for _, x := range slices.SortedFunc(slices.Values(r.TransitGatewayAttachments), byAttachment) {
		kind = x.ResourceType
		if x.TransitGatewayAttachmentId == "" {
			continue
		}
		i := b.transitAttachment(x.TransitGatewayAttachmentId, t.Gateway, part)
		out.Targets = append(out.Targets, i)
		if a := &b.n.TransitAttachments[i]; !a.known {
			a.says(x.ResourceType, x.ResourceId, "")
			if a.Type == "vpc" {
				a.VPC = b.vpc(a.Resource, part)
			}
		}
	}
	out.Class = transitClass(r, kind)
	if r.State != "" && r.State != "active" && r.State != "blackhole" { // pending, and what no page names
		out.Doubt = &Missing{What: "route of " + t.ID, Call: snapshot.SearchTransitGatewayRoutes, Account: part.Account, Region: part.Region, Why: Unreadable, Detail: "state " + r.State}
	}
	if out.Prefix.IsValid() {
		t.Routes = append(t.Routes, out)
		return
	}
	l := &b.n.PrefixLists[b.prefixList(r.PrefixListId, part)]
	for _, e := range l.Entries {
		out.Prefix = e
		t.Routes = append(t.Routes, out)
	}
	if m := l.Missing(); m != nil {
		t.doubt = m
	}
}

func byAttachment(x, y snapshot.TransitGatewayRouteAttachment) int {
	return strings.Compare(x.TransitGatewayAttachmentId, y.TransitGatewayAttachmentId)
}

// transitClass implements TGW-28 and TGW-33.
func transitClass(r *snapshot.TransitGatewayRoute, kind string) route.Class {
	switch {
	case r.PrefixListId != "":
		return transitPrefixList
	case r.Type == "propagated":
		if c, ok := transitClasses[kind]; ok {
			return c
		}
		return transitPeering
	}
	return transitStatic
}

// privateVPNs implements VPN-8 among propagated routes of one prefix to VPNs. Where the record of one is not known, neither is their order: they stay
// equal, branches of AWS's.
func (b *builder) privateVPNs(t *TransitTable) {
	rivals := map[netip.Prefix][]int{}
	for k := range t.Routes {
		if t.Routes[k].Class == transitVPN {
			rivals[t.Routes[k].Prefix] = append(rivals[t.Routes[k].Prefix], k)
		}
	}
	for _, list := range rivals {
		if slices.ContainsFunc(list, func(k int) bool { _, known := b.privateVPN(&t.Routes[k]); return !known }) {
			continue
		}
		for _, k := range list {
			if private, _ := b.privateVPN(&t.Routes[k]); private {
				t.Routes[k].Class = transitPrivateVPN
			}
		}
	}
}

// privateVPN says whether a route leads to VPN connections with private outside addresses, and whether their records tell.
func (b *builder) privateVPN(r *TransitRoute) (private, known bool) {
	for _, x := range r.Record.TransitGatewayAttachments {
		i, ok := b.find(KindVPNConnection, x.ResourceId)
		if !ok || !b.n.VPNConnections[i].Known() {
			return private, known
		}
		o := b.n.VPNConnections[i].Record.Options
		if o == nil || o.OutsideIpAddressType != "PrivateIpv4" {
			return private, o != nil && o.OutsideIpAddressType != ""
		}
	}
	return true, true
}

// transitPropagations finds what propagates into a table (TGW-20).
func (b *builder) transitPropagations(t *TransitTable) {
	var ids []string
	for _, part := range b.n.Snapshot.Parts {
		if part.Object(snapshot.GetTransitGatewayRouteTablePropagations, t.ID).State == snapshot.Complete {
			t.propagates = true
		}
		for _, r := range part.TransitGatewayPropagations {
			if r.Table == t.ID && (r.State == "" || r.State == "enabled") && r.TransitGatewayAttachmentId != "" {
				ids = append(ids, r.TransitGatewayAttachmentId)
			}
		}
	}
	for _, id := range sortedUnique(ids) {
		t.Propagating = append(t.Propagating, b.transitAttachment(id, t.Gateway, t.part))
	}
}

// completeRoutes adds to the static routes of a table what propagates into it (D-206): the CIDRs of each VPC. Of VPCs that overlap, AWS
// leaves out those of the one attached later (TGW-36), and no answer tells which that is. Other attachments learn by BGP.
func (b *builder) completeRoutes(t *TransitTable) {
	t.Completed = true
	first := len(t.Routes)
	for _, i := range t.Propagating {
		a := &b.n.TransitAttachments[i]
		if a.Gone() {
			continue
		}
		if a.VPC < 0 || !b.n.VPCs[a.VPC].Known() {
			t.doubt = b.n.transitMissing(t.Gateway, t.part, snapshot.SearchTransitGatewayRoutes, t.ID, "propagated routes of "+t.ID)
			continue
		}
		for _, block := range b.n.VPCs[a.VPC].Blocks {
			var doubt *Missing
			if block.Addr().Is6() {
				switch a.ipv6Support() {
				case "enable":
				case "":
					doubt = b.n.transitMissing(t.Gateway, t.part, snapshot.SearchTransitGatewayRoutes, t.ID, "whether IPv6 propagates into "+t.ID)
				default:
					continue
				}
			}
			r := &snapshot.TransitGatewayRoute{Table: t.ID, DestinationCidrBlock: block, Type: "propagated", State: "active",
				TransitGatewayAttachments: []snapshot.TransitGatewayRouteAttachment{{TransitGatewayAttachmentId: a.ID, ResourceId: a.Resource, ResourceType: a.Type}}}
			t.Routes = append(t.Routes, TransitRoute{Record: r, Prefix: block, Class: transitVPC, Targets: []int32{i}, Doubt: doubt})
		}
	}
	for k := first; k < len(t.Routes); k++ {
		r := &t.Routes[k]
		for _, x := range t.Routes[first:] {
			if x.Targets[0] != r.Targets[0] && x.Prefix.Overlaps(r.Prefix) && r.Doubt == nil {
				r.Doubt = b.n.transitMissing(t.Gateway, t.part, snapshot.SearchTransitGatewayRoutes, t.ID, "which of the overlapping VPCs are in "+t.ID)
			}
		}
	}
}

// ipv6Support says whether a VPC's IPv6 blocks propagate: only where the attachment supports it (TGW-61); empty where no answer tells.
func (a *TransitAttachment) ipv6Support() string {
	if a.VPCRecord == nil || a.VPCRecord.Options == nil {
		return ""
	}
	return a.VPCRecord.Options.Ipv6Support
}

// compileTransit makes the look-up tables.
func (b *builder) compileTransit() {
	for i := range b.n.TransitTables {
		t := &b.n.TransitTables[i]
		var candidates []route.Candidate
		for k, r := range t.Routes {
			candidates = append(candidates, route.Candidate{Prefix: r.Prefix, Class: r.Class, Route: k})
		}
		t.Table = route.New(candidates, nil, nil)
		t.compile(b.n.pool, func(winners []int) ([]int, *Missing) {
			out := slices.SortedStableFunc(slices.Values(winners), func(x, y int) int { return strings.Compare(b.targetNames(t, x), b.targetNames(t, y)) })
			doubt := b.incomplete(t)
			for _, k := range winners {
				if t.Routes[k].Prefix.IsSingleIP() {
					doubt = nil
				}
			}
			for _, k := range winners {
				doubt = cmp.Or(t.Routes[k].Doubt, doubt)
			}
			return out, doubt
		})
	}
}

func (b *builder) targetNames(t *TransitTable, k int) string {
	var names []string
	for _, i := range t.Routes[k].Targets {
		names = append(names, b.n.TransitAttachments[i].ID)
	}
	return strings.Join(names, " ")
}

// incomplete says why a route that is not known may be in the table; nil where all are known (D-206).
func (b *builder) incomplete(t *TransitTable) *Missing {
	switch {
	case t.Unknown != nil:
		return t.Unknown
	case t.doubt != nil:
		return t.doubt
	case t.Completed:
		return nil
	}
	part := b.answeredIn(snapshot.SearchTransitGatewayRoutes, t.ID, t.Gateway)
	c := part.Object(snapshot.SearchTransitGatewayRoutes, t.ID)
	if all, _ := snapshot.SearchedFor(c); all && c.State == snapshot.Complete {
		return nil
	}
	m := b.n.transitMissing(t.Gateway, part, snapshot.SearchTransitGatewayRoutes, t.ID, "further routes of "+t.ID)
	if m.Why == NotHeld {
		m.Why = Incomplete
	}
	return m
}

// Missing says what is missing where the table's record cannot be used.
func (t *TransitTable) Missing() *Missing {
	return t.missing(snapshot.DescribeTransitGatewayRouteTables, t.ID)
}

// State is the table's state; empty where no answer tells.
func (t *TransitTable) State() string { return t.state }

// Works says whether the table is in a usable state (TGW-4, D-201).
func (t *TransitTable) Works() bool { return transitWorks(t.State()) }

// Propagates says whether an attachment propagates into the table: the answer about propagations, or a propagated route of it, tells
// (TGW-43, D-210).
func (t *TransitTable) Propagates(attachment int32) (propagates, known bool) {
	propagates = slices.Contains(t.Propagating, attachment) || slices.ContainsFunc(t.Routes, func(r TransitRoute) bool {
		return r.Record.Type == "propagated" && r.Record.PrefixListId == "" && slices.Contains(r.Targets, attachment)
	})
	return propagates, propagates || t.propagates
}

// PropagationsMissing describes the propagations of a table that no answer tells.
func (n *Network) PropagationsMissing(table int32) *Missing {
	t := &n.TransitTables[table]
	return n.transitMissing(t.Gateway, t.part, snapshot.GetTransitGatewayRouteTablePropagations, t.ID, "propagations of "+t.ID)
}

// PropagatedMissing describes the propagated routes of a table whose search asked for the static ones.
func (n *Network) PropagatedMissing(table int32) *Missing {
	t := &n.TransitTables[table]
	m := n.transitMissing(t.Gateway, t.part, snapshot.SearchTransitGatewayRoutes, t.ID, "propagated routes of "+t.ID)
	m.Why = Incomplete
	return m
}
