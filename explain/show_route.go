package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
)

func init() {
	resourceSheets[model.KindRouteTable] = routeTableSheet
	resourceSheets[model.KindInternetGateway] = internetGatewaySheet
	resourceSheets[model.KindNATGateway] = natGatewaySheet
	resourceSheets[model.KindPeering] = peeringSheet
	resourceSheets[model.KindOther] = otherSheet
}

func routeTableSheet(n *model.Network, i int32, s *sheet) {
	t := &n.RouteTables[i]
	s.missing(t.Missing())
	s.field("vpc", linkTo(n, model.Ref{Kind: model.KindVPC, Index: t.VPC}))
	s.field("main", t.Main())
	s.field("subnets", links(n, model.KindSubnet, servedSubnets(n, i)))
	s.field("gateways", t.Gateways)
	s.tables = append(s.tables, routesTable(n, i))
}

// servedSubnets are the subnets that a table routes: those associated with it, and as main table those with no
// association (RT-1), in order of id.
func servedSubnets(n *model.Network, table int32) []int32 {
	var out []int32
	for k := range n.Subnets {
		if serves, missing := n.TableOf(int32(k)); serves == table && missing == nil {
			out = append(out, int32(k))
		}
	}
	slices.SortFunc(out, func(a, b int32) int { return strings.Compare(n.Subnets[a].ID, n.Subnets[b].ID) })
	return out
}

// routesTable lists the routes of a table, most specific first, and says which of them carry anything: a route may be hidden
// by others of higher priority (RT-6 to RT-10).
func routesTable(n *model.Network, table int32) sheetTable {
	t := &n.RouteTables[table]
	out := sheetTable{key: "routes", title: "Routes of " + t.ID, empty: "none", long: true,
		columns: []string{"destination", "entries", "target", "state", "origin", "note"}}
	order := make([]int, len(t.Routes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareRoutes(n, &t.Routes[a], &t.Routes[b]) })
	for _, i := range order {
		r := &t.Routes[i]
		var entries []string
		var destination any = "(no destination)"
		switch {
		case r.List >= 0:
			destination = linkTo(n, model.Ref{Kind: model.KindPrefixList, Index: r.List})
			entries = listEntries(&n.PrefixLists[r.List])
		case r.Prefix.IsValid():
			destination = r.Prefix.String()
		}
		var target any = linkTo(n, r.Target)
		if r.Local {
			target = "local"
		}
		out.add(destination, entries, target, r.Record.State, r.Record.Origin, routeNote(n, t, i))
	}
	return out
}

func compareRoutes(n *model.Network, a, b *model.Route) int {
	if (a.List >= 0) != (b.List >= 0) { // lists after CIDRs: they have no one length
		return cmp.Compare(a.List, b.List)
	}
	if a.List >= 0 {
		return strings.Compare(n.PrefixLists[a.List].ID, n.PrefixLists[b.List].ID)
	}
	return cmp.Or(cmp.Compare(a.Prefix.Addr().BitLen(), b.Prefix.Addr().BitLen()), cmp.Compare(b.Prefix.Bits(), a.Prefix.Bits()),
		a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Record.TargetID(), b.Record.TargetID()))
}

// routeNote says what is odd about a route.
func routeNote(n *model.Network, t *model.RouteTable, route int) string {
	r := &t.Routes[route]
	var notes []string
	if r.Record.State == "blackhole" || r.Record.State == "filtered" {
		notes = append(notes, "drops what it carries (RT-16)")
	}
	if r.List >= 0 {
		if m := n.PrefixLists[r.List].Missing(); m != nil {
			notes = append(notes, "entries "+notKnown(m))
		}
	}
	wins, shares := false, false
	for _, w := range t.Ways {
		if slices.Contains(w.Routes, route) {
			wins, shares = true, shares || len(w.Routes) > 1
		}
	}
	switch {
	case !wins && (r.List < 0 || n.PrefixLists[r.List].Missing() == nil):
		notes = append(notes, "carries nothing, other routes win")
	case shares:
		notes = append(notes, "shares its destinations with another route, AWS chooses")
	}
	switch r.Target.Kind {
	case model.KindOther, model.KindInterface, model.KindInstance:
		notes = append(notes, "answers through it are unknown: not modelled")
	}
	return strings.Join(notes, "; ")
}

// routesTo lists the routes that lead to a component.
func routesTo(n *model.Network, r model.Ref) sheetTable {
	t := sheetTable{key: "routes", title: "Routes that lead to it", columns: []string{"route_table", "destination", "state"}, empty: "none in the answers"}
	for i := range n.RouteTables {
		for k := range n.RouteTables[i].Routes {
			x := &n.RouteTables[i].Routes[k]
			if x.Target != r || x.Local {
				continue
			}
			var destination any = x.Prefix.String()
			if x.List >= 0 {
				destination = linkTo(n, model.Ref{Kind: model.KindPrefixList, Index: x.List})
			}
			t.add(linkTo(n, model.Ref{Kind: model.KindRouteTable, Index: int32(i)}), destination, x.Record.State)
		}
	}
	return t
}

func internetGatewaySheet(n *model.Network, i int32, s *sheet) {
	g := &n.InternetGateways[i]
	s.missing(g.Missing())
	if g.Record != nil {
		t := sheetTable{key: "attachments", title: "Attachments", columns: []string{"vpc", "state"}, empty: "none: it carries nothing (IGW-1)"}
		for _, a := range g.Record.Attachments {
			t.add(idLink(n, a.VpcId), a.State)
		}
		s.tables = append(s.tables, t)
	}
	s.field("edge_route_table", linkTo(n, model.Ref{Kind: model.KindRouteTable, Index: g.EdgeTable}))
	s.tables = append(s.tables, routesTo(n, model.Ref{Kind: model.KindInternetGateway, Index: i}))
}

func natGatewaySheet(n *model.Network, i int32, s *sheet) {
	g := &n.NATGateways[i]
	s.missing(g.Missing())
	if g.Record != nil {
		s.field("state", g.Record.State)
		s.field("connectivity_type", cmp.Or(g.Record.ConnectivityType, "not stated: taken as public (D-60)"))
		s.field("availability_mode", cmp.Or(g.Record.AvailabilityMode, "not stated: taken as zonal (D-60)"))
		s.field("vpc", linkTo(n, model.Ref{Kind: model.KindVPC, Index: g.VPC}))
		s.field("subnet", linkTo(n, model.Ref{Kind: model.KindSubnet, Index: g.Subnet}))
		t := sheetTable{key: "addresses", title: "Addresses", columns: []string{"private", "public", "interface", "status"}, empty: "none"}
		for _, a := range g.Record.NatGatewayAddresses {
			t.add(validAddress(a.PrivateIp.IsValid(), a.PrivateIp.String()), validAddress(a.PublicIp.IsValid(), a.PublicIp.String()),
				idLink(n, a.NetworkInterfaceId), a.Status)
		}
		s.tables = append(s.tables, t)
	}
	s.tables = append(s.tables, routesTo(n, model.Ref{Kind: model.KindNATGateway, Index: i}))
}

func validAddress(valid bool, text string) string {
	if !valid {
		return ""
	}
	return text
}

func peeringSheet(n *model.Network, i int32, s *sheet) {
	p := &n.Peerings[i]
	s.missing(p.Missing())
	if p.Record != nil {
		s.field("status", p.Record.Status.Code)
		t := sheetTable{key: "sides", title: "Sides", columns: []string{"side", "vpc", "account", "region", "cidrs", "note"}}
		for k, side := range p.Sides {
			note := ""
			if !side.Known {
				note = "CIDRs not known"
			}
			t.add([]string{"requester", "accepter"}[k], linkTo(n, model.Ref{Kind: model.KindVPC, Index: side.VPC}),
				n.FarAccount(p, side.VPC), side.Region, prefixTexts(side.Blocks), note)
		}
		s.tables = append(s.tables, t)
	}
	s.tables = append(s.tables, routesTo(n, model.Ref{Kind: model.KindPeering, Index: i}))
}

func otherSheet(n *model.Network, i int32, s *sheet) {
	o := &n.Others[i]
	s.field("modelled", "no: answers that need it are unknown")
	if o.Record != nil {
		s.field("state", o.Record.State)
		s.field("vpc", idLink(n, o.Record.VpcId))
	}
	s.tables = append(s.tables, routesTo(n, model.Ref{Kind: model.KindOther, Index: i}))
}
