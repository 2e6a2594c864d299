package explain

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
)

func init() {
	resourceSheets[model.KindTransitGateway] = transitGatewaySheet
	resourceSheets[model.KindTransitAttachment] = transitAttachmentSheet
	resourceSheets[model.KindTransitRouteTable] = transitTableSheet
	resourceSheets[model.KindTransitPolicyTable] = policyTableSheet
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func transitGatewaySheet(n *model.Network, i int32, s *sheet) {
	g := &n.TransitGateways[i]
	s.missing(g.Missing())
	if g.Record != nil {
		s.field("state", g.State())
		s.field("owner", n.TransitOwner(i))
		s.field("group_references", onOff(g.ReferencesGroups()))
	}
	t := sheetTable{key: "attachments", title: "Attachments", columns: []string{"attachment", "type", "resource", "state", "route_table"}, empty: "none in the answers"}
	for _, k := range g.Attachments {
		a := &n.TransitAttachments[k]
		t.add(linkTo(n, model.Ref{Kind: model.KindTransitAttachment, Index: k}), a.Type, idLink(n, a.Resource), a.State(), associatedTable(n, a))
	}
	s.tables = append(s.tables, t, routesTo(n, model.Ref{Kind: model.KindTransitGateway, Index: i}))
}

func associatedTable(n *model.Network, a *model.TransitAttachment) *link {
	if a.Policy >= 0 {
		return linkTo(n, model.Ref{Kind: model.KindTransitPolicyTable, Index: a.Policy})
	}
	return linkTo(n, model.Ref{Kind: model.KindTransitRouteTable, Index: a.Table})
}

func transitAttachmentSheet(n *model.Network, i int32, s *sheet) {
	a := &n.TransitAttachments[i]
	s.missing(a.Missing())
	s.field("transit_gateway", linkTo(n, model.Ref{Kind: model.KindTransitGateway, Index: a.Gateway}))
	s.field("attached", a.Type)
	s.field("resource", idLink(n, a.Resource))
	s.field("state", a.State())
	s.field("route_table", associatedTable(n, a))
	if a.VPCRecord != nil {
		s.field("appliance_mode", onOff(a.ApplianceMode()))
	}
	if on, known := a.ReferencesGroups(); known {
		s.field("group_references", onOff(on))
	}
	if a.Type == "vpc" {
		t := sheetTable{key: "subnets", title: "Subnets", columns: []string{"subnet", "zone"}, empty: "none in the answers"}
		for _, k := range a.Subnets {
			zone := "not known"
			if z := n.Subnets[k].Zone; z >= 0 {
				if zone = n.Zones[z].ID; zone == "" {
					zone = n.Zones[z].Name
				}
			}
			t.add(linkTo(n, model.Ref{Kind: model.KindSubnet, Index: k}), zone)
		}
		s.tables = append(s.tables, t)
	}
	if len(a.NAT) > 0 {
		t := sheetTable{key: "nat", title: "Static NAT", columns: []string{"source", "becomes", "note"}}
		for _, r := range a.NAT {
			note := ""
			if r.Doubt != nil {
				note = notKnown(r.Doubt)
			}
			t.add(r.From.String(), r.To.String(), note)
		}
		s.tables = append(s.tables, t)
	}
	t := sheetTable{key: "routes", title: "Routes that lead to it", columns: []string{"route_table", "destination", "state"}, empty: "none in the answers"}
	for k := range n.TransitTables {
		for _, r := range n.TransitTables[k].Routes {
			if slices.Contains(r.Targets, i) {
				t.add(linkTo(n, model.Ref{Kind: model.KindTransitRouteTable, Index: int32(k)}), r.Prefix.String(), r.Record.State)
			}
		}
	}
	s.tables = append(s.tables, t)
}

func transitTableSheet(n *model.Network, i int32, s *sheet) {
	x := &n.TransitTables[i]
	s.missing(x.Missing())
	s.field("transit_gateway", linkTo(n, model.Ref{Kind: model.KindTransitGateway, Index: x.Gateway}))
	s.field("state", x.State())
	var serves []*link
	for k := range n.TransitAttachments {
		if n.TransitAttachments[k].Table == i {
			serves = append(serves, linkTo(n, model.Ref{Kind: model.KindTransitAttachment, Index: int32(k)}))
		}
	}
	s.field("associated_with", serves)
	var propagating []*link
	for _, k := range x.Propagating {
		propagating = append(propagating, linkTo(n, model.Ref{Kind: model.KindTransitAttachment, Index: k}))
	}
	s.field("propagating", propagating)
	if x.Unknown != nil {
		s.field("routes_are", notKnown(x.Unknown))
		return
	}
	if x.Completed {
		s.field("propagated_routes", "worked out from the VPCs that propagate (D-206)")
	}
	t := sheetTable{key: "routes", title: "Routes", columns: []string{"destination", "attachments", "type", "state", "prefix_list"}, empty: "none"}
	order := make([]int, len(x.Routes))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(p, q int) int { return compareTransitRoutes(&x.Routes[p], &x.Routes[q]) })
	for _, k := range order {
		r := &x.Routes[k]
		var to []*link
		for _, a := range r.Targets {
			to = append(to, linkTo(n, model.Ref{Kind: model.KindTransitAttachment, Index: a}))
		}
		t.add(r.Prefix.String(), to, r.Record.Type, r.Record.State, r.Record.PrefixListId)
	}
	s.tables = append(s.tables, t)
}

func compareTransitRoutes(a, b *model.TransitRoute) int {
	if c := a.Prefix.Addr().Compare(b.Prefix.Addr()); c != 0 {
		return c
	}
	if a.Prefix.Bits() != b.Prefix.Bits() {
		return a.Prefix.Bits() - b.Prefix.Bits()
	}
	return int(a.Class) - int(b.Class)
}

func policyTableSheet(n *model.Network, i int32, s *sheet) {
	x := &n.PolicyTables[i]
	s.missing(x.Missing())
	s.field("transit_gateway", linkTo(n, model.Ref{Kind: model.KindTransitGateway, Index: x.Gateway}))
	s.field("state", x.State())
	if x.Unknown != nil {
		s.field("entries_are", notKnown(x.Unknown))
	}
	if x.System {
		s.field("system_entries", "there are some: what they match no answer tells")
	}
	t := sheetTable{key: "entries", title: "Entries", columns: []string{"number", "protocol", "source", "source_ports", "destination", "destination_ports", "route_table"}, empty: "none"}
	for _, e := range x.Entries {
		r := &e.Record.PolicyRule
		t.add(e.Number, r.Protocol, r.SourceCidrBlock, r.SourcePortRange, r.DestinationCidrBlock, r.DestinationPortRange,
			linkTo(n, model.Ref{Kind: model.KindTransitRouteTable, Index: e.Table}))
	}
	s.tables = append(s.tables, t)
}
