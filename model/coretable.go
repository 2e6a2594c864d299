package model

import (
	"cmp"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model/route"
	"github.com/vpcreach/vpcreach/snapshot"
)

// CoreTable is what a segment of a core network forwards at one of its edges: the answer of get-network-routes, compiled. Sharing, isolation,
// filters and inserted functions of the core network's policy show in it, and are not worked out again (CWAN-4, CWAN-5, CWAN-8).
type CoreTable struct {
	ID      string // core network, segment and edge, as snapshot.SegmentEdge
	Core    int32
	Segment string
	Edge    string
	Routes  []CoreRoute
	ways

	// Unknown says why no route is known. Else nil.
	Unknown *Missing

	part *snapshot.Part // that gave the routes
}

// CoreRoute is one route of such a table.
type CoreRoute struct {
	Record  *snapshot.NetworkRoute
	Prefix  netip.Prefix
	Class   route.Class
	Targets []CoreTarget // several are branches of AWS's
	Doubt   *Missing     // it is not known what the route does
}

// CoreTarget is one destination of a route: an attachment at the table's own edge, or another edge, whose table of the same segment decides further
// (CWAN-6: each edge evaluates its routes by itself).
type CoreTarget struct {
	Attachment int32  // -1 for none
	Table      int32  // -1 for none
	Other      string // what it is that is not modelled; else empty
}

// Bad says whether the route matches but drops.
func (r *CoreRoute) Bad() bool { return r.Record.State == "BLACKHOLE" }

// The classes of CWAN-6, best first. What is learned over BGP, and by which path, no answer tells.
const (
	coreStatic route.Class = iota
	coreVPC
	coreLearned
)

func init() {
	identifiers[KindCoreTable] = func(n *Network, i int32) string { return n.CoreTables[i].ID }
	describers[KindCoreTable] = func(n *Network, i int32) Resource {
		t := &n.CoreTables[i]
		return Resource{Type: KindCoreTable.String(), ID: t.ID, Account: n.CoreOwner(t.Core), Region: t.Edge}
	}
}

// coreTables takes in the routes of every segment at every edge that an answer or an attachment names.
func (b *builder) coreTables() {
	for _, part := range b.n.Snapshot.Parts {
		ids := make([]string, 0, len(part.Objects[snapshot.GetNetworkRoutes]))
		for id := range part.Objects[snapshot.GetNetworkRoutes] {
			ids = append(ids, id)
		}
		for _, id := range sortedUnique(ids) {
			core, segment, edge := snapshot.SplitSegmentEdge(id)
			b.coreTable(b.coreNetwork(core, part), segment, edge)
		}
	}
	for i := range b.n.CoreAttachments {
		a := &b.n.CoreAttachments[i]
		a.Table = b.coreTable(a.Core, a.Segment, a.Edge)
	}
	for i := 0; i < len(b.n.CoreTables); i++ { // routes name tables of other edges
		b.coreRoutes(int32(i))
	}
}

// coreTable returns the table of a segment at an edge, naming it if no answer did; -1 where one of the three is not known.
func (b *builder) coreTable(core int32, segment, edge string) int32 {
	if core < 0 || segment == "" || edge == "" {
		return -1
	}
	id := snapshot.SegmentEdge(b.n.CoreNetworks[core].ID, segment, edge)
	if i, ok := b.find(KindCoreTable, id); ok {
		return i
	}
	i := b.add(KindCoreTable, id, len(b.n.CoreTables))
	b.n.CoreTables = append(b.n.CoreTables, CoreTable{ID: id, Core: core, Segment: segment, Edge: edge})
	return i
}

// coreRoutes takes in the routes of one table: of several parts' answers the core network owner's, else the first. Copies that differ leave them unknown.
func (b *builder) coreRoutes(i int32) {
	t := &b.n.CoreTables[i]
	var best []*snapshot.Part
	highest := -1
	standing := func(p *snapshot.Part) int {
		rank := 0
		if p.Object(snapshot.GetNetworkRoutes, t.ID).State == snapshot.Complete {
			rank = 1
		}
		if owner := b.n.CoreOwner(t.Core); owner != "" && p.Account == owner {
			rank += 2
		}
		return rank
	}
	for _, part := range b.n.Snapshot.Parts {
		c := part.Object(snapshot.GetNetworkRoutes, t.ID)
		if c.State != snapshot.Complete && c.State != snapshot.Cut {
			continue
		}
		rank := standing(part)
		if rank > highest {
			best, highest = nil, rank
		}
		if rank == highest {
			best = append(best, part)
		}
	}
	if len(best) == 0 {
		t.Unknown = b.n.RoutesMissing(i)
		return
	}
	routes := routesOf(best[0], t.ID)
	for _, part := range best[1:] {
		if !reflect.DeepEqual(routes, routesOf(part, t.ID)) {
			t.Unknown = disagree(snapshot.GetNetworkRoutes, b.n.RoutesMissing(i).What, best[0])
			return
		}
	}
	t.part = best[0]
	for k := range best[0].NetworkRoutes {
		if r := &best[0].NetworkRoutes[k]; r.Table == t.ID {
			b.coreRoute(i, r)
		}
	}
}

func routesOf(part *snapshot.Part, table string) []snapshot.NetworkRoute {
	var out []snapshot.NetworkRoute
	for _, r := range part.NetworkRoutes {
		if r.Table == table {
			out = append(out, r)
		}
	}
	return out
}

// RoutesMissing describes the routes of a table that no answer tells.
func (n *Network) RoutesMissing(table int32) *Missing {
	t := &n.CoreTables[table]
	what := "routes of segment " + t.Segment + " at edge " + t.Edge + " of " + n.CoreNetworks[t.Core].ID
	if r := n.CoreNetworks[t.Core].Record; r != nil && r.GlobalNetworkId != "" {
		what += " in " + r.GlobalNetworkId
	}
	return n.networkManager(n.CoreOwner(t.Core), snapshot.GetNetworkRoutes, t.ID, what)
}

func (b *builder) coreRoute(table int32, r *snapshot.NetworkRoute) {
	out := CoreRoute{Record: r, Prefix: r.DestinationCidrBlock, Class: coreLearned}
	for k := range r.Destinations {
		out.Targets = append(out.Targets, b.coreTarget(table, &r.Destinations[k]))
	}
	t := &b.n.CoreTables[table]
	slices.SortFunc(out.Targets, func(x, y CoreTarget) int { return strings.Compare(b.targetName(x), b.targetName(y)) })
	switch {
	case r.Type == "STATIC":
		out.Class = coreStatic
	case !slices.ContainsFunc(out.Targets, func(x CoreTarget) bool { return x.Attachment < 0 || b.n.CoreAttachments[x.Attachment].Type != "vpc" }):
		out.Class = coreVPC
	}
	if r.State != "" && r.State != "ACTIVE" && r.State != "BLACKHOLE" { // which no page names
		out.Doubt = b.n.RoutesMissing(table)
		out.Doubt.Why, out.Doubt.Detail = Unreadable, "state "+r.State
	}
	if out.Prefix.IsValid() {
		t.Routes = append(t.Routes, out)
		return
	}
	l := &b.n.PrefixLists[b.prefixList(r.PrefixListId, t.part)]
	for _, e := range l.Entries {
		out.Prefix = e
		t.Routes = append(t.Routes, out)
	}
	if m := l.Missing(); m != nil {
		t.doubt = m
	}
}

// targetName orders targets: a target is one of the three.
func (b *builder) targetName(x CoreTarget) string {
	return b.n.ID(Ref{KindCoreAttachment, x.Attachment}) + b.n.ID(Ref{KindCoreTable, x.Table}) + x.Other
}

// coreTarget is one destination of a route of a table. What an answer says of an attachment that no other describes is taken in.
func (b *builder) coreTarget(table int32, d *snapshot.NetworkRouteDestination) CoreTarget {
	core, segment, edge := b.n.CoreTables[table].Core, b.n.CoreTables[table].Segment, b.n.CoreTables[table].Edge
	out := CoreTarget{Attachment: -1, Table: -1}
	at := d.EdgeLocation
	if id := d.CoreNetworkAttachmentId; id != "" {
		out.Attachment = b.coreAttachment(id, b.n.CoreTables[table].part)
		a := &b.n.CoreAttachments[out.Attachment]
		at = cmp.Or(at, a.Edge)
		if !a.known {
			b.coreSays(a, &snapshot.CoreNetworkAttachment{CoreNetworkId: b.n.CoreNetworks[core].ID, AttachmentType: d.ResourceType, ResourceArn: d.ResourceId,
				EdgeLocation: at}, b.n.CoreTables[table].part)
		}
		a.two = a.two || a.Edge != "" && at != a.Edge
	}
	switch {
	case d.NetworkFunctionGroupName != "":
		return CoreTarget{-1, -1, "network function group " + d.NetworkFunctionGroupName}
	case at != "" && at != edge:
		return CoreTarget{-1, b.coreTable(core, segment, at), ""}
	case d.TransitGatewayAttachmentId != "":
		return CoreTarget{-1, -1, "transit gateway attachment " + d.TransitGatewayAttachmentId}
	}
	return out
}

// compileCore makes the look-up tables.
func (b *builder) compileCore() {
	for i := range b.n.CoreTables {
		t := &b.n.CoreTables[i]
		var candidates []route.Candidate
		for k, r := range t.Routes {
			candidates = append(candidates, route.Candidate{Prefix: r.Prefix, Class: r.Class, Route: k})
		}
		t.Table = route.New(candidates, nil, nil)
		t.compile(b.n.pool, func(winners []int) ([]int, *Missing) { return winners, b.coreDoubt(int32(i), winners) })
	}
}

// coreDoubt says why it is not known which route wins; nil where it is. Which of several routes of one prefix comes first may lie in what BGP told (CWAN-6).
func (b *builder) coreDoubt(table int32, winners []int) *Missing {
	t := &b.n.CoreTables[table]
	for _, k := range winners {
		if t.Routes[k].Doubt != nil {
			return t.Routes[k].Doubt
		}
	}
	if len(winners) > 1 {
		m := b.n.RoutesMissing(table)
		m.Why, m.Detail = Unreadable, "several routes to "+t.Routes[winners[0]].Prefix.String()
		return m
	}
	switch c := t.call(); {
	case t.Unknown != nil:
		return t.Unknown
	case len(winners) == 1 && t.Routes[winners[0]].Prefix.IsSingleIP():
		return nil
	case t.doubt != nil:
		return t.doubt
	case c.State != snapshot.Complete || !snapshot.AskedForAllRoutes(c):
		m := b.n.RoutesMissing(table)
		m.Why = Incomplete
		return m
	}
	return nil
}

func (t *CoreTable) call() snapshot.Call {
	if t.part == nil {
		return snapshot.Call{}
	}
	return t.part.Object(snapshot.GetNetworkRoutes, t.ID)
}

// Propagates says whether an attachment propagates into the table: only then does AWS know the zone of what comes by it (CWAN-7, TGW-43).
func (t *CoreTable) Propagates(attachment int32) bool {
	return slices.ContainsFunc(t.Routes, func(r CoreRoute) bool {
		return r.Record.Type == "PROPAGATED" && slices.ContainsFunc(r.Targets, func(x CoreTarget) bool { return x.Attachment == attachment })
	})
}
