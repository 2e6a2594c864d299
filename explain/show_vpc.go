package explain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
)

func init() {
	resourceSheets[model.KindVPC] = vpcSheet
	resourceSheets[model.KindSubnet] = subnetSheet
	resourceSheets[model.KindSecurityGroup] = groupSheet
	resourceSheets[model.KindNetworkACL] = aclSheet
	resourceSheets[model.KindPrefixList] = prefixListSheet
}

func vpcSheet(n *model.Network, i int32, s *sheet) {
	v := &n.VPCs[i]
	s.missing(v.Missing())
	s.field("cidrs", prefixTexts(v.Blocks))
	if mode, stated := v.BlockPublicAccess(); stated {
		s.field("block_public_access", mode)
	}
	s.field("main_route_table", linkTo(n, model.Ref{Kind: model.KindRouteTable, Index: v.MainTable}))
	s.field("default_network_acl", linkTo(n, model.Ref{Kind: model.KindNetworkACL, Index: v.DefaultACL}))
	s.field("internet_gateways", links(n, model.KindInternetGateway, v.InternetGateways))
	s.field("nat_gateways", links(n, model.KindNATGateway, v.NATGateways))
	if len(v.EgressOnlyGateways) > 0 {
		s.field("egress_only_internet_gateways", links(n, model.KindEgressOnlyGateway, v.EgressOnlyGateways))
	}
	if len(v.VPNGateways) > 0 {
		s.field("vpn_gateways", links(n, model.KindVPNGateway, v.VPNGateways))
	}
	if len(v.CarrierGateways) > 0 {
		s.field("carrier_gateways", links(n, model.KindCarrierGateway, v.CarrierGateways))
	}
	s.field("vpc_peering_connections", links(n, model.KindPeering, v.Peerings))
	t := sheetTable{key: "subnets", title: "Subnets", empty: "none in the answers",
		columns: []string{"id", "name", "cidrs", "availability_zone", "route_table", "network_acl", "interfaces"}}
	for _, k := range v.Subnets {
		x := &n.Subnets[k]
		zone := ""
		if x.Record != nil {
			zone = cmp.Or(x.Record.AvailabilityZoneId, x.Record.AvailabilityZone)
		}
		table, _ := n.TableOf(k)
		acl, _, _ := n.ACLOf(k)
		t.add(x.ID, n.Resource(model.Ref{Kind: model.KindSubnet, Index: k}).Name, prefixTexts(x.Blocks), zone,
			linkTo(n, model.Ref{Kind: model.KindRouteTable, Index: table}), linkTo(n, model.Ref{Kind: model.KindNetworkACL, Index: acl}), len(x.Interfaces))
	}
	slices.SortStableFunc(t.rows, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	s.tables = append(s.tables, t)
}

func subnetSheet(n *model.Network, i int32, s *sheet) {
	x := &n.Subnets[i]
	s.missing(x.Missing())
	if x.Record != nil {
		s.field("state", x.Record.State)
		s.field("availability_zone", cmp.Or(x.Record.AvailabilityZoneId, x.Record.AvailabilityZone))
	}
	s.field("cidrs", prefixTexts(x.Blocks))
	s.field("vpc", linkTo(n, model.Ref{Kind: model.KindVPC, Index: x.VPC}))
	if mode, stated := x.BlockPublicAccess(); stated {
		s.field("block_public_access", mode)
	}
	subnetFilters(n, i, s)
	t := sheetTable{key: "interfaces", title: "Network interfaces", columns: interfaceColumns[:5], empty: "none in the answers"}
	addInterfaces(n, x.Interfaces, &t)
	for k := range t.rows {
		t.rows[k] = t.rows[k][:5] // the subnet is this one
	}
	s.tables = append(s.tables, t)
	if table, missing := n.TableOf(i); missing == nil && table >= 0 {
		s.tables = append(s.tables, routesTable(n, table))
	}
}

func groupSheet(n *model.Network, i int32, s *sheet) {
	g := &n.SecurityGroups[i]
	s.missing(g.Missing())
	if g.Record != nil {
		s.field("group_name", g.Record.GroupName)
		vpc := model.Ref{Kind: model.KindVPC, Index: -1}
		if r, ok := n.ByID(g.Record.VpcId); ok {
			vpc = r
		}
		s.field("vpc", linkTo(n, vpc))
	}
	for _, egress := range []bool{false, true} {
		t := sheetTable{key: "inbound", title: "Inbound rules", columns: append(slices.Clone(ruleColumns[:4]), "description")}
		if egress {
			t.key, t.title = "outbound", "Outbound rules"
		}
		if t.empty = "none, so that nothing is allowed"; !g.Known() {
			t.empty = "not known"
		}
		for _, r := range mergeRules(rulesOf(n, g, egress)) {
			c := r.cells()
			t.add(c[0], c[1], c[2], c[3], c[5])
		}
		s.tables = append(s.tables, t)
	}
	gaps := gapTable("rules_missing", "What the group allows besides is not known")
	groupGaps(g, &gaps)
	members := sheetTable{key: "members", title: "Network interfaces that carry it", columns: interfaceColumns, empty: "none in the answers"}
	addInterfaces(n, g.Members, &members)
	s.tables = append(s.tables, gaps, members, namedBy(n, i))
}

// namedBy lists the groups whose rules name a group as their peer.
func namedBy(n *model.Network, group int32) sheetTable {
	t := sheetTable{key: "named_by", title: "Groups whose rules name it", columns: []string{"direction", "group"}}
	for i := range n.SecurityGroups {
		g := &n.SecurityGroups[i]
		for _, c := range []struct {
			name  string
			rules *model.GroupRules
		}{{"inbound", &g.Ingress}, {"outbound", &g.Egress}} {
			if slices.ContainsFunc(c.rules.References, func(r model.GroupReference) bool { return r.Group == group }) {
				t.add(c.name, linkTo(n, model.Ref{Kind: model.KindSecurityGroup, Index: int32(i)}))
			}
		}
	}
	return t
}

func aclSheet(n *model.Network, i int32, s *sheet) {
	a := &n.NetworkACLs[i]
	s.missing(a.Missing())
	s.field("vpc", linkTo(n, model.Ref{Kind: model.KindVPC, Index: a.VPC}))
	s.field("default", a.Record != nil && a.Record.IsDefault)
	s.field("subnets", links(n, model.KindSubnet, aclSubnets(n, i)))
	for _, egress := range []bool{false, true} {
		rules, key, title := &a.Ingress, "inbound", "Inbound entries, the first that matches decides"
		if egress {
			rules, key, title = &a.Egress, "outbound", "Outbound entries, the first that matches decides"
		}
		t := sheetTable{key: key, title: title, columns: []string{"number", "action", "protocol", "ports", "cidr", "problem"},
			empty: "none, so that nothing is allowed (ACL-3)"}
		for _, e := range rules.Entries {
			t.add(entryCells(e)...)
		}
		s.tables = append(s.tables, t)
	}
}

// aclSubnets are the subnets that an ACL serves, as their default too (ACL-1), in order of id.
func aclSubnets(n *model.Network, acl int32) []int32 {
	var out []int32
	for k := range n.Subnets {
		if serves, _, missing := n.ACLOf(int32(k)); serves == acl && missing == nil {
			out = append(out, int32(k))
		}
	}
	slices.SortFunc(out, func(a, b int32) int { return strings.Compare(n.Subnets[a].ID, n.Subnets[b].ID) })
	return out
}

func entryCells(e *model.ACLEntry) []any {
	number := strconv.Itoa(int(e.RuleNumber))
	if e.RuleNumber == 32767 || e.RuleNumber == 32768 {
		number = "*" // as AWS's console writes the final deny of either family
	}
	protocol, ports := protocolText(e.Protocol), ""
	switch protocol {
	case "tcp", "udp":
		ports = "all"
		if e.PortRange != nil {
			ports = strings.TrimSuffix(portText(&e.PortRange.From, &e.PortRange.To), " ports")
		}
	case "icmp", "icmpv6":
		ports = "all"
		if e.IcmpTypeCode != nil {
			ports = cmp.Or(strings.TrimSpace(icmpText(&e.IcmpTypeCode.Type, &e.IcmpTypeCode.Code)), "all")
		}
	}
	cidr := ""
	switch {
	case e.CidrBlock.IsValid():
		cidr = e.CidrBlock.String()
	case e.Ipv6CidrBlock.IsValid():
		cidr = e.Ipv6CidrBlock.String()
	}
	problem := ""
	if _, err := model.EntryMatch(e); err != nil {
		problem = "cannot be read: " + err.Error()
	}
	return []any{number, strings.ToLower(e.RuleAction), protocol, ports, cidr, problem}
}

func prefixListSheet(n *model.Network, i int32, s *sheet) {
	l := &n.PrefixLists[i]
	s.missing(l.Missing())
	t := sheetTable{key: "entries", title: "Entries", columns: []string{"cidr"}, empty: "none"}
	if l.Missing() != nil {
		t.empty = "not known"
	}
	for _, e := range listEntries(l) {
		t.add(e)
	}
	uses := sheetTable{key: "used_by", title: "Used by", columns: []string{"resource", "as"}}
	for _, u := range listUses(n)[i] {
		uses.add(u.by, u.as)
	}
	s.tables = append(s.tables, t, uses)
}

// listUse is one component whose rules or routes name a prefix list.
type listUse struct {
	by *link
	as string
}

// listUses are the uses of every prefix list, each component once for each way.
func listUses(n *model.Network) map[int32][]listUse {
	uses := make(map[int32][]listUse)
	add := func(list int32, r model.Ref, as string) {
		l := linkTo(n, r)
		if !slices.ContainsFunc(uses[list], func(u listUse) bool { return u.by.res.ID == l.res.ID && u.as == as }) {
			uses[list] = append(uses[list], listUse{l, as})
		}
	}
	for i := range n.SecurityGroups {
		for _, rules := range []*model.GroupRules{&n.SecurityGroups[i].Ingress, &n.SecurityGroups[i].Egress} {
			for k := range rules.Rules {
				if r := &rules.Rules[k]; r.List >= 0 {
					add(r.List, model.Ref{Kind: model.KindSecurityGroup, Index: int32(i)}, bound(r.Egress)+" rule")
				}
			}
		}
	}
	for i := range n.RouteTables {
		for k := range n.RouteTables[i].Routes {
			if r := &n.RouteTables[i].Routes[k]; r.List >= 0 {
				add(r.List, model.Ref{Kind: model.KindRouteTable, Index: int32(i)}, "route")
			}
		}
	}
	return uses
}
