package explain

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
)

func init() {
	resourceSheets[model.KindVPNGateway] = vpnGatewaySheet
	resourceSheets[model.KindVPNConnection] = vpnConnectionSheet
	resourceSheets[model.KindDirectConnectGateway] = directConnectSheet
	resourceSheets[model.KindVirtualInterface] = virtualInterfaceSheet
	resourceSheets[model.KindDeclaredNetwork] = declaredSheet
}

func vpnGatewaySheet(n *model.Network, i int32, s *sheet) {
	g := &n.VPNGateways[i]
	s.missing(g.Missing())
	if g.Record != nil {
		s.field("state", g.Record.State)
		t := sheetTable{key: "attachments", title: "Attachments", columns: []string{"vpc", "state"}, empty: "none: it carries nothing (VGW-1)"}
		for _, a := range g.Attachments() {
			t.add(idLink(n, a.VpcId), a.State)
		}
		s.tables = append(s.tables, t)
	}
	s.field("edge_route_table", linkTo(n, model.Ref{Kind: model.KindRouteTable, Index: g.EdgeTable}))
	s.field("propagates", g.Propagates)
	known := sheetTable{key: "known_prefixes", title: "Prefixes that it is known to know (VGW-6)", columns: []string{"prefix", "static_route_of", "propagated"}, empty: "none in the answers"}
	for _, k := range n.KnownTo(i) {
		known.add(k.Prefix.String(), links(n, model.KindVPNConnection, k.Static), k.Told)
	}
	behind := sheetTable{key: "connections", title: "What it leads to", columns: []string{"connection", "state"}, empty: "nothing in the answers"}
	for _, c := range g.Connections {
		_, state := n.VPNConnections[c].Works()
		behind.add(linkTo(n, model.Ref{Kind: model.KindVPNConnection, Index: c}), state)
	}
	for _, a := range g.Associations {
		_, state := n.DirectConnectAssociations[a].Works()
		behind.add(linkTo(n, model.Ref{Kind: model.KindDirectConnectGateway, Index: n.DirectConnectAssociations[a].Gateway}), state)
	}
	for _, v := range g.VirtualInterfaces {
		_, state := n.VirtualInterfaces[v].Works(false)
		behind.add(linkTo(n, model.Ref{Kind: model.KindVirtualInterface, Index: v}), state)
	}
	s.tables = append(s.tables, known, behind, routesTo(n, model.Ref{Kind: model.KindVPNGateway, Index: i}))
}

func vpnConnectionSheet(n *model.Network, i int32, s *sheet) {
	c := &n.VPNConnections[i]
	s.missing(c.Missing())
	if c.Record == nil {
		return
	}
	s.field("state", c.Record.State)
	s.field("gateway", linkTo(n, model.Ref{Kind: model.KindVPNGateway, Index: c.Gateway}))
	s.field("transit_gateway", idLink(n, c.Record.TransitGatewayId))
	s.field("customer_gateway", idLink(n, c.Record.CustomerGatewayId))
	if o := c.Record.Options; o != nil && o.StaticRoutesOnly != nil {
		s.field("static_routes_only", *o.StaticRoutesOnly)
	}
	s.field("static_routes", prefixTexts(c.StaticRoutes()))
	t := sheetTable{key: "tunnels", title: "Tunnels", columns: []string{"status"}, empty: "the answer does not tell"}
	for _, x := range c.Record.VgwTelemetry {
		t.add(x.Status)
	}
	sides := sheetTable{key: "selectors", title: "Addresses that its tunnels carry (VPN-3)", columns: []string{"side", "cidr"}, empty: "every address"}
	for _, six := range []bool{false, true} {
		customer, aws := c.Selectors(six)
		if customer.IsValid() {
			sides.add("customer", customer.String())
		}
		if aws.IsValid() {
			sides.add("AWS", aws.String())
		}
	}
	s.tables = append(s.tables, t, sides)
}

func directConnectSheet(n *model.Network, i int32, s *sheet) {
	g := &n.DirectConnectGateways[i]
	s.missing(g.Missing())
	if g.Record != nil {
		s.field("state", g.Record.DirectConnectGatewayState)
	}
	s.field("virtual_interfaces", links(n, model.KindVirtualInterface, g.VirtualInterfaces))
	t := sheetTable{key: "associations", title: "Gateways that it leads to", columns: []string{"gateway", "state", "allowed_prefixes"}, empty: "none in the answers"}
	for _, a := range g.Associations {
		x := &n.DirectConnectAssociations[a]
		var allowed []netip.Prefix
		for _, p := range x.Record.AllowedPrefixes {
			allowed = append(allowed, p.Cidr)
		}
		t.add(idLink(n, x.To), x.Record.AssociationState, prefixTexts(allowed))
	}
	s.tables = append(s.tables, t)
}

func virtualInterfaceSheet(n *model.Network, i int32, s *sheet) {
	v := &n.VirtualInterfaces[i]
	s.missing(v.Missing())
	if v.Record == nil {
		return
	}
	s.field("interface_type", v.Record.VirtualInterfaceType)
	s.field("state", v.Record.VirtualInterfaceState)
	s.field("gateway", idLink(n, v.Record.VirtualGatewayId))
	s.field("direct_connect_gateway", idLink(n, v.Record.DirectConnectGatewayId))
	t := sheetTable{key: "bgp_peers", title: "BGP peers", columns: []string{"family", "state", "status"}}
	for _, p := range v.Record.BgpPeers {
		t.add(p.AddressFamily, p.BgpPeerState, p.BgpStatus)
	}
	s.tables = append(s.tables, t)
}

func declaredSheet(n *model.Network, i int32, s *sheet) {
	d := &n.Declared[i]
	s.field("cidrs", prefixTexts(d.CIDRs))
	var behind []*link
	for _, r := range d.Behind {
		behind = append(behind, linkTo(n, r))
	}
	s.field("behind", behind)
}
