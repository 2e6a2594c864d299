package explain

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

func init() {
	resourceSheets[model.KindInterface] = interfaceSheet
	resourceSheets[model.KindInstance] = instanceSheet
}

func interfaceSheet(n *model.Network, i int32, s *sheet) {
	e := &n.Interfaces[i]
	s.missing(e.Missing())
	if e.Record == nil {
		return
	}
	r := e.Record
	_, state := e.Attachment()
	s.field("status", state)
	s.field("interface_type", r.InterfaceType)
	s.field("description", r.Description)
	s.field("owner", ownerWords(n, i))
	s.field("instance", linkTo(n, model.Ref{Kind: model.KindInstance, Index: e.Instance}))
	s.field("nat_gateway", linkTo(n, model.Ref{Kind: model.KindNATGateway, Index: e.NAT}))
	s.field("vpc_endpoint", linkTo(n, model.Ref{Kind: model.KindVPCEndpoint, Index: e.Endpoint}))
	s.field("vpc", linkTo(n, model.Ref{Kind: model.KindVPC, Index: e.VPC}))
	s.field("subnet", linkTo(n, model.Ref{Kind: model.KindSubnet, Index: e.Subnet}))
	s.field("availability_zone", cmp.Or(r.AvailabilityZoneId, r.AvailabilityZone))
	s.field("addresses", addressTexts(e.Addresses))
	s.field("delegated_prefixes", prefixTexts(e.Prefixes))
	s.field("public_addresses", mappingTexts(e.Public))
	s.field("source_destination_check", e.SourceDestCheck())
	if r.DenyAllIgwTraffic {
		s.field("deny_all_igw_traffic", true)
	}
	s.field("security_groups", links(n, model.KindSecurityGroup, e.Groups))
	if e.Subnet >= 0 {
		subnetFilters(n, e.Subnet, s)
	}
	s.tables = append(s.tables, effectiveRules(n, e, false), effectiveRules(n, e, true), ruleGaps(n, e))
}

// subnetFilters names the route table and the network ACL of a subnet, or why no answer tells (RT-1, ACL-1).
func subnetFilters(n *model.Network, subnet int32, s *sheet) {
	if table, missing := n.TableOf(subnet); missing != nil {
		s.field("route_table", notKnown(missing))
	} else {
		s.field("route_table", linkTo(n, model.Ref{Kind: model.KindRouteTable, Index: table}))
	}
	acl, assumed, missing := n.ACLOf(subnet)
	if missing != nil {
		s.field("network_acl", notKnown(missing))
		return
	}
	s.field("network_acl", linkTo(n, model.Ref{Kind: model.KindNetworkACL, Index: acl}))
	if assumed {
		s.field("network_acl_assumed", "no ACL names the subnet: the VPC's default ACL is taken (ACL-1)")
	}
}

// notKnown says which call would hold a fact and why it does not.
func notKnown(m *model.Missing) string {
	s := "not known"
	if m.Call != "" {
		s += ": " + string(m.Call)
	}
	if m.Why != "" {
		s += " (" + string(m.Why) + ")"
	}
	return s
}

// missing adds why a component's record cannot be used; nothing where it can.
func (s *sheet) missing(m *model.Missing) {
	if m == nil {
		return
	}
	s.field("record", notKnown(m))
	s.field("detail", m.Detail)
}

// effectiveRules merges the rules of all groups of an interface in one direction: who may connect in, or where it may
// connect to (SG-2: groups add up). A rule that several groups have is one row that names them all.
func effectiveRules(n *model.Network, e *model.Interface, egress bool) sheetTable {
	t := sheetTable{key: "inbound", title: "Inbound: who may connect to it", columns: ruleColumns,
		empty: "nobody may connect to it, no group has an inbound rule"}
	if egress {
		t.key, t.title = "outbound", "Outbound: where it may connect to"
		t.empty = "it may not connect to anything, no group has an outbound rule"
	}
	switch {
	case e.Unfiltered():
		t.empty = "no group filters interfaces of this type (SG-27)"
	case len(e.Groups) == 0:
		t.empty = "it has no group, so that nothing is allowed (SG-1)"
	case slices.ContainsFunc(e.Groups, func(g int32) bool { return !n.SecurityGroups[g].Known() }):
		t.empty = "not known, see the groups that are missing"
	}
	var rows []ruleRow
	for _, g := range e.Groups {
		from := linkTo(n, model.Ref{Kind: model.KindSecurityGroup, Index: g})
		for _, r := range rulesOf(n, &n.SecurityGroups[g], egress) {
			r.groups = []*link{from}
			rows = append(rows, r)
		}
	}
	for _, r := range mergeRules(rows) {
		t.add(r.cells()...)
	}
	return t
}

// ruleColumns are the columns of a list of group rules.
var ruleColumns = []string{"protocol", "ports", "peer", "members", "groups", "description"}

// ruleRow is one rule of a group as a person reads it.
type ruleRow struct {
	protocol, ports string
	number          int // for the order: all protocols first, then by number
	from            int // first port or ICMP type
	peer            string
	peerLink        *link    // where the peer is a group or a prefix list
	members         []string // what a group or a prefix list stands for
	groups          []*link
	description     string
}

func (r *ruleRow) cells() []any {
	var peer any = r.peer
	if r.peerLink != nil {
		peer = r.peerLink
	}
	return []any{r.protocol, r.ports, peer, r.members, r.groups, r.description}
}

// rulesOf lists the rules of one direction of a group that can be read.
func rulesOf(n *model.Network, g *model.SecurityGroup, egress bool) []ruleRow {
	compiled := &g.Ingress
	if egress {
		compiled = &g.Egress
	}
	var rows []ruleRow
	for i := range compiled.Rules {
		r := &compiled.Rules[i]
		row := ruleRow{description: r.Description}
		row.protocol, row.ports, row.number, row.from = protocolCells(r)
		switch {
		case r.List >= 0:
			row.peerLink = linkTo(n, model.Ref{Kind: model.KindPrefixList, Index: r.List})
			row.members = listEntries(&n.PrefixLists[r.List])
		case r.Group >= 0:
			row.peerLink = linkTo(n, model.Ref{Kind: model.KindSecurityGroup, Index: r.Group})
			row.members = memberAddresses(n, r.Group)
		default:
			row.peer = r.Peer.String()
		}
		if row.peerLink != nil {
			row.peer = row.peerLink.res.ID
		}
		rows = append(rows, row)
	}
	return rows
}

// protocolCells are protocol and ports of a rule; number and from put rules in order.
func protocolCells(r *model.GroupRule) (protocol, ports string, number, from int) {
	p := r.Permission
	protocol = protocolText(p.IpProtocol)
	n, ok := packet.ParseProtocol(protocol)
	if !ok {
		return protocol, "", -1, -1
	}
	from = -1
	if p.FromPort != nil {
		from = int(*p.FromPort)
	}
	switch n {
	case packet.TCP, packet.UDP:
		ports = strings.TrimSuffix(portText(p.FromPort, p.ToPort), " ports")
	case packet.ICMP, packet.ICMPv6:
		ports = cmp.Or(strings.TrimSpace(icmpText(p.FromPort, p.ToPort)), "all")
	}
	return protocol, ports, int(n), from
}

// mergeRules puts rules in order and makes one row of those that allow the same.
func mergeRules(rows []ruleRow) []ruleRow {
	slices.SortStableFunc(rows, func(a, b ruleRow) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.from, b.from), cmp.Compare(a.ports, b.ports),
			comparePeers(&a, &b))
	})
	var out []ruleRow
	for _, r := range rows {
		if last := len(out) - 1; last >= 0 && out[last].protocol == r.protocol && out[last].ports == r.ports && out[last].peer == r.peer {
			out[last].take(&r)
			continue
		}
		out = append(out, r)
	}
	return out
}

// take adds the groups and the words of a rule that allows the same.
func (r *ruleRow) take(other *ruleRow) {
	for _, g := range other.groups {
		if !slices.ContainsFunc(r.groups, func(x *link) bool { return x.res.ID == g.res.ID }) {
			r.groups = append(r.groups, g)
		}
	}
	if other.description != "" && !strings.Contains(r.description, other.description) {
		r.description = strings.TrimPrefix(r.description+"; "+other.description, "; ")
	}
}

// comparePeers puts CIDRs first, the widest and lowest before others, then lists and groups by id.
func comparePeers(a, b *ruleRow) int {
	p, errA := netip.ParsePrefix(a.peer)
	q, errB := netip.ParsePrefix(b.peer)
	switch {
	case errA == nil && errB == nil:
		return cmp.Or(cmp.Compare(p.Addr().BitLen(), q.Addr().BitLen()), cmp.Compare(p.Bits(), q.Bits()), p.Addr().Compare(q.Addr()))
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return strings.Compare(a.peer, b.peer)
}

// ruleGaps lists what the groups of an interface might allow and no answer tells (D-21, D-26, D-31).
func ruleGaps(n *model.Network, e *model.Interface) sheetTable {
	t := gapTable("rules_missing", "What its groups allow besides is not known")
	for _, g := range e.Groups {
		group := &n.SecurityGroups[g]
		if m := group.Missing(); m != nil {
			t.gap(m)
			continue
		}
		groupGaps(group, &t)
	}
	return t
}

func groupGaps(g *model.SecurityGroup, t *sheetTable) {
	for _, rules := range []*model.GroupRules{&g.Ingress, &g.Egress} {
		for _, u := range rules.Unknown {
			t.gap(u.Missing)
		}
	}
}

func gapTable(key, title string) sheetTable {
	return sheetTable{key: key, title: title, columns: []string{"what", "call", "why", "detail"}, long: true}
}

// gap adds a missing fact once.
func (t *sheetTable) gap(m *model.Missing) {
	row := []any{m.What, string(m.Call), string(m.Why), m.Detail}
	if !slices.ContainsFunc(t.rows, func(r []any) bool { return slices.Equal(r, row) }) {
		t.rows = append(t.rows, row)
	}
}

func instanceSheet(n *model.Network, i int32, s *sheet) {
	x := &n.Instances[i]
	s.missing(x.Missing())
	if x.Record != nil {
		s.field("state", x.Record.State.Name)
		s.field("vpc", idLink(n, x.Record.VpcId))
		s.field("subnet", idLink(n, x.Record.SubnetId))
		s.field("private_dns_name", x.Record.PrivateDnsName)
		s.field("public_dns_name", x.Record.PublicDnsName)
	}
	s.field("network_interfaces", links(n, model.KindInterface, x.Interfaces))
	if len(x.Interfaces) != 1 {
		t := sheetTable{key: "interfaces", title: "Network interfaces; show one of them for its rules", columns: interfaceColumns,
			empty: "none in the answers"}
		addInterfaces(n, x.Interfaces, &t)
		s.tables = append(s.tables, t)
		return
	}
	// With a single interface, as nearly always, a person who asks for the instance means that.
	inner := &sheet{}
	interfaceSheet(n, x.Interfaces[0], inner)
	for _, f := range inner.fields {
		if !slices.ContainsFunc(s.fields, func(g sheetField) bool { return g.key == f.key }) && f.key != "instance" && f.key != "status" {
			s.fields = append(s.fields, f)
		}
	}
	s.tables = append(s.tables, inner.tables...)
}

// idLink is a component by its id; the bare id where the network does not have it.
func idLink(n *model.Network, id string) *link {
	if id == "" {
		return nil
	}
	if r, ok := n.ByID(id); ok {
		return linkTo(n, r)
	}
	return &link{res: model.Resource{ID: id}}
}

// interfaceColumns are the columns of a list of interfaces.
var interfaceColumns = []string{"id", "name", "instance", "addresses", "public_addresses", "subnet"}

func addInterfaces(n *model.Network, indexes []int32, t *sheetTable) {
	for _, i := range indexes {
		e := &n.Interfaces[i]
		t.add(e.ID, n.Resource(model.Ref{Kind: model.KindInterface, Index: i}).Name, linkTo(n, model.Ref{Kind: model.KindInstance, Index: e.Instance}),
			addressTexts(e.Addresses), mappingTexts(e.Public), linkTo(n, model.Ref{Kind: model.KindSubnet, Index: e.Subnet}))
	}
	slices.SortStableFunc(t.rows, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
}

func addressTexts(addrs []netip.Addr) []string {
	var out []string
	for _, a := range addrs {
		out = append(out, a.String())
	}
	return out
}

func prefixTexts(prefixes []netip.Prefix) []string {
	var out []string
	for _, p := range prefixes {
		out = append(out, p.String())
	}
	return out
}

// mappingTexts are public addresses with the private ones that internet gateways translate them to.
func mappingTexts(mappings []model.PublicMapping) []string {
	var out []string
	for _, m := range mappings {
		out = append(out, m.Public.String()+" → "+m.Private.String())
	}
	return out
}

// memberAddresses are the addresses of the interfaces that carry a group, in rising order.
func memberAddresses(n *model.Network, group int32) []string {
	var all []netip.Addr
	for _, i := range n.SecurityGroups[group].Members {
		all = append(all, n.Interfaces[i].Addresses...)
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return addressTexts(slices.Compact(all))
}

// listEntries are the entries of a prefix list in rising order.
func listEntries(l *model.PrefixList) []string {
	entries := slices.Clone(l.Entries)
	slices.SortFunc(entries, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return prefixTexts(slices.Compact(entries))
}
