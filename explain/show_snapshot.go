package explain

import (
	"slices"
	"strings"
	"time"

	"github.com/vpcreach/vpcreach/model"
)

// neededCall is one call that the rules need, and what its absence means for answers (D-81).
type neededCall struct {
	call  model.Operation
	means string
}

// neededCalls are the calls that the rules built so far read.
var neededCalls = []neededCall{
	{"describe-vpcs", "delivery inside a VPC is unknown"},
	{"describe-subnets", "everything from and to a subnet's interfaces is unknown"},
	{"describe-route-tables", "answers that leave a subnet are unknown"},
	{"describe-network-interfaces", "what answers to an address is unknown"},
	{"describe-security-groups", "what groups allow is unknown: nearly every answer"},
	{"describe-network-acls", "answers that leave or enter a subnet are unknown (--assume network-acls takes ACLs as allowing)"},
	{"describe-instances", "instances count as running while their interface is attached (with --no-assume: unknown)"},
	{"describe-addresses", "public addresses are those that the interfaces' own records name"},
	{"describe-internet-gateways", "answers through an internet gateway are unknown (--assume gateways takes them as working)"},
	{"describe-nat-gateways", "answers through a NAT gateway are unknown"},
	{"describe-vpc-peering-connections", "answers through a peering, and rules that name groups of another VPC, are unknown"},
	{"describe-managed-prefix-lists", "prefix lists have no names; see also the lists without entries"},
}

// rareCalls are calls about what few networks have: they are named only where they were made and gave no whole answer.
var rareCalls = []neededCall{
	{"describe-vpc-endpoints", "answers through a VPC endpoint are unknown"},
	{"describe-instance-connect-endpoints", "an EC2 Instance Connect Endpoint can be asked for by its interface only"},
	{"describe-egress-only-internet-gateways", "answers through an egress-only internet gateway are unknown"},
	{"describe-carrier-gateways", "answers through a carrier gateway are unknown"},
	{"describe-vpc-block-public-access-options", "VPCs and subnets that state no mode of Block Public Access count as off (with --no-assume: unknown)"},
	{"describe-vpc-block-public-access-exclusions", "where a mode of Block Public Access blocks, it counts as without exclusions (with --no-assume: unknown)"},
	{"describe-transit-gateways", "answers through a transit gateway are unknown"},
	{"describe-transit-gateway-attachments", "which route table serves an attachment is unknown: answers through a transit gateway are unknown"},
	{"describe-transit-gateway-vpc-attachments", "the zones of attachments are unknown: answers through a transit gateway are unknown"},
	{"describe-transit-gateway-peering-attachments", "answers through a peering of transit gateways are unknown"},
	{"describe-transit-gateway-route-tables", "the states of route tables of transit gateways are taken to be well"},
	{"describe-transit-gateway-policy-tables", "attachments without a route table may have a policy table: answers through them are unknown"},
	{"describe-vpn-gateways", "answers through a virtual private gateway are unknown"},
	{"describe-vpn-connections", "answers through a virtual private gateway or over a VPN are unknown"},
	{"directconnect describe-virtual-interfaces", "what a virtual private gateway may know by Direct Connect is unknown"},
	{"directconnect describe-direct-connect-gateways", "Direct Connect gateways count as available"},
	{"describe-trunk-interface-associations", "what branch interfaces send and receive is unknown, unless their own records show an attachment"},
}

// snapshotSheet says what a snapshot holds and lacks.
func snapshotSheet(n *model.Network) *sheet {
	s := &sheet{}
	if n.Snapshot.From.IsZero() {
		s.field("taken", "not known: no manifest says when")
	} else {
		s.field("taken_from", n.Snapshot.From.UTC().Format(time.RFC3339))
		s.field("taken_to", n.Snapshot.To.UTC().Format(time.RFC3339))
	}
	s.field("tool", n.Snapshot.Tool)
	s.field("digest", n.Snapshot.Digest)
	s.field("files", len(n.Snapshot.Files))
	s.tables = append(s.tables, holdings(n), missingCalls(n), missingLists(n), namedOnly(n), unreadable(n), notModelled(n), oddFiles(n))
	return s
}

// held is how many records of one kind a part of the snapshot holds.
type held struct {
	part  int // of Snapshot.Parts
	what  string
	count int
}

// records counts the records of each part, kinds without any left out.
func records(n *model.Network) []held {
	var out []held
	for i, p := range n.Snapshot.Parts {
		for _, h := range []held{
			{i, "VPCs", len(p.VPCs)}, {i, "subnets", len(p.Subnets)}, {i, "route tables", len(p.RouteTables)},
			{i, "network interfaces", len(p.NetworkInterfaces)}, {i, "instances", len(p.Instances)},
			{i, "Elastic IP addresses", len(p.Addresses)}, {i, "security groups", len(p.SecurityGroups)},
			{i, "network ACLs", len(p.NetworkACLs)}, {i, "internet gateways", len(p.InternetGateways)},
			{i, "NAT gateways", len(p.NATGateways)}, {i, "VPC peering connections", len(p.PeeringConnections)},
			{i, "VPC endpoints", len(p.VPCEndpoints)}, {i, "egress-only internet gateways", len(p.EgressOnlyGateways)},
			{i, "carrier gateways", len(p.CarrierGateways)}, {i, "exclusions from Block Public Access", len(p.BlockPublicAccessExclusions)},
			{i, "branch interfaces of trunks", len(p.TrunkAssociations)},
			{i, "transit gateways", len(p.TransitGateways)}, {i, "attachments of transit gateways", len(p.TransitGatewayAttachments)},
			{i, "route tables of transit gateways", len(p.TransitGatewayRouteTables)}, {i, "routes of transit gateways", len(p.TransitGatewayRoutes)},
			{i, "branch interfaces of trunks", len(p.TrunkAssociations)}, {i, "virtual private gateways", len(p.VPNGateways)},
			{i, "VPN connections", len(p.VPNConnections)}, {i, "virtual interfaces of Direct Connect", len(p.VirtualInterfaces)},
			{i, "Direct Connect gateways", len(p.DirectConnectGateways)},
			{i, "prefix lists", len(p.ManagedPrefixLists) + len(p.PrefixLists)}, {i, "resources not modelled yet", len(p.Named)},
			{i, "resources of services, by name", len(p.Services)},
		} {
			if h.count > 0 {
				out = append(out, h)
			}
		}
	}
	return out
}

// heldCounts is the number of records of each part.
func heldCounts(n *model.Network) []int {
	counts := make([]int, len(n.Snapshot.Parts))
	for _, h := range records(n) {
		counts[h.part] += h.count
	}
	return counts
}

// holdings lists what each part holds.
func holdings(n *model.Network) sheetTable {
	t := sheetTable{key: "holds", title: "What it holds", by: 3, columns: []string{"account", "region", "folder", "records", "count"},
		empty: "nothing"}
	for _, h := range records(n) {
		p := n.Snapshot.Parts[h.part]
		t.add(p.Account, p.Region, p.Folder, h.what, h.count)
	}
	return t
}

// missingCalls lists the calls that the rules need and that are not complete, with what that means for answers.
func missingCalls(n *model.Network) sheetTable {
	t := sheetTable{key: "missing", title: "What is missing, and what that means for answers", by: 3, long: true,
		columns: []string{"account", "region", "folder", "call", "state", "meaning", "error"},
		empty:   "nothing that the rules need"}
	held := heldCounts(n)
	for i, p := range n.Snapshot.Parts {
		empty := held[i] == 0 // nothing there for which the call could matter
		for k, x := range slices.Concat(neededCalls, rareCalls) {
			c := p.Call(x.call)
			rare := k >= len(neededCalls)
			if c.State == "complete" || (empty || rare) && c.State == "not-asked" {
				continue
			}
			means := x.means
			if x.call == "describe-security-groups" && p.Call("describe-security-group-rules").State == "complete" {
				means = "groups come from describe-security-group-rules: what a group without rules allows is unknown"
			}
			t.add(p.Account, p.Region, p.Folder, string(x.call), string(c.State), means, c.Error)
		}
	}
	return t
}

// missingLists lists the prefix lists that rules or routes name and whose entries are not all known (D-26, D-45).
func missingLists(n *model.Network) sheetTable {
	t := sheetTable{key: "prefix_lists_missing", title: "Prefix lists without their entries: what their rules and routes match is unknown", long: true,
		columns: []string{"prefix_list", "used_by", "call", "why"}}
	uses := listUses(n)
	for i := range n.PrefixLists {
		m := n.PrefixLists[i].Missing()
		if m == nil || len(uses[int32(i)]) == 0 {
			continue
		}
		var by []*link
		for _, u := range uses[int32(i)] {
			by = append(by, u.by)
		}
		t.add(linkTo(n, model.Ref{Kind: model.KindPrefixList, Index: int32(i)}), by, string(m.Call), string(m.Why))
	}
	return t
}

// described is what the lists of components have in common here.
type described interface {
	Known() bool
	Missing() *model.Missing
}

// isMissing is described for what needs the network to say what is missing.
type isMissing struct{ m *model.Missing }

func (x isMissing) Known() bool             { return x.m == nil }
func (x isMissing) Missing() *model.Missing { return x.m }

// namedOnly lists components that others name and that no answer describes, or whose copies disagree.
func namedOnly(n *model.Network) sheetTable {
	t := sheetTable{key: "not_described", title: "Named by others, but not known: answers that need them are unknown", long: true,
		columns: []string{"kind", "count", "ids", "call", "why"}}
	add := func(kind model.Kind, count int, at func(int) described) {
		ids := make(map[string][]*link) // by call and reason
		var order []string
		facts := make(map[string]*model.Missing)
		for i := range count {
			d := at(i)
			m := d.Missing()
			if d.Known() || m == nil {
				continue
			}
			key := string(m.Call) + "\x00" + string(m.Why)
			if facts[key] == nil {
				facts[key] = m
				order = append(order, key)
			}
			ids[key] = append(ids[key], linkTo(n, model.Ref{Kind: kind, Index: int32(i)}))
		}
		slices.Sort(order)
		for _, key := range order {
			slices.SortFunc(ids[key], func(a, b *link) int { return strings.Compare(a.res.ID, b.res.ID) })
			t.add(kind.String(), len(ids[key]), ids[key], string(facts[key].Call), string(facts[key].Why))
		}
	}
	add(model.KindVPC, len(n.VPCs), func(i int) described { return &n.VPCs[i] })
	add(model.KindSubnet, len(n.Subnets), func(i int) described { return &n.Subnets[i] })
	add(model.KindRouteTable, len(n.RouteTables), func(i int) described { return &n.RouteTables[i] })
	add(model.KindSecurityGroup, len(n.SecurityGroups), func(i int) described { return &n.SecurityGroups[i] })
	add(model.KindNetworkACL, len(n.NetworkACLs), func(i int) described { return &n.NetworkACLs[i] })
	add(model.KindInterface, len(n.Interfaces), func(i int) described { return &n.Interfaces[i] })
	add(model.KindInstance, len(n.Instances), func(i int) described { return &n.Instances[i] })
	add(model.KindInternetGateway, len(n.NamedGateways()), func(i int) described { return &n.InternetGateways[i] })
	add(model.KindNATGateway, len(n.NATGateways), func(i int) described { return &n.NATGateways[i] })
	add(model.KindPeering, len(n.Peerings), func(i int) described { return &n.Peerings[i] })
	add(model.KindEgressOnlyGateway, len(n.EgressOnlyGateways), func(i int) described { return &n.EgressOnlyGateways[i] })
	add(model.KindCarrierGateway, len(n.CarrierGateways), func(i int) described { return &n.CarrierGateways[i] })
	add(model.KindTransitGateway, len(n.TransitGateways), func(i int) described { return &n.TransitGateways[i] })
	add(model.KindTransitAttachment, len(n.TransitAttachments), func(i int) described { return &n.TransitAttachments[i] })
	add(model.KindVPNGateway, len(n.VPNGateways), func(i int) described { return &n.VPNGateways[i] })
	add(model.KindVPNConnection, len(n.VPNConnections), func(i int) described { return &n.VPNConnections[i] })
	add(model.KindDirectConnectGateway, len(n.DirectConnectGateways), func(i int) described { return &n.DirectConnectGateways[i] })
	add(model.KindVirtualInterface, len(n.VirtualInterfaces), func(i int) described { return &n.VirtualInterfaces[i] })
	add(model.KindCoreNetwork, len(n.CoreNetworks), func(i int) described { return isMissing{n.CoreMissing(int32(i))} })
	add(model.KindCoreAttachment, len(n.CoreAttachments), func(i int) described { return isMissing{n.CoreAttachmentMissing(int32(i))} })
	add(model.KindVPCEndpoint, len(n.VPCEndpoints), func(i int) described { return &n.VPCEndpoints[i] })
	return t
}

// unreadable lists rules and entries that make sense to nobody (D-31).
func unreadable(n *model.Network) sheetTable {
	t := sheetTable{key: "unreadable_rules", title: "Rules that cannot be read: what they decide is unknown", long: true,
		columns: []string{"resource", "detail"}}
	add := func(r model.Ref, m *model.Missing) {
		if m != nil && m.Why == model.Unreadable {
			t.add(linkTo(n, r), m.Detail)
		}
	}
	for i := range n.SecurityGroups {
		for _, rules := range []*model.GroupRules{&n.SecurityGroups[i].Ingress, &n.SecurityGroups[i].Egress} {
			for _, u := range rules.Unknown {
				add(model.Ref{Kind: model.KindSecurityGroup, Index: int32(i)}, u.Missing)
			}
		}
	}
	for i := range n.NetworkACLs {
		add(model.Ref{Kind: model.KindNetworkACL, Index: int32(i)}, n.NetworkACLs[i].Ingress.Missing)
		add(model.Ref{Kind: model.KindNetworkACL, Index: int32(i)}, n.NetworkACLs[i].Egress.Missing)
	}
	return t
}

// notModelled counts by kind what no rule built so far knows, and the routes that lead there.
func notModelled(n *model.Network) sheetTable {
	t := sheetTable{key: "not_modelled", title: "Not modelled yet: answers that need them are unknown", columns: []string{"kind", "count", "routes_to_it"}}
	count, routes := make(map[string]int), make(map[string]int)
	for i := range n.Others {
		count[n.Others[i].Type]++
	}
	for i := range n.RouteTables {
		for k := range n.RouteTables[i].Routes {
			if target := n.RouteTables[i].Routes[k].Target; target.Kind == model.KindOther {
				routes[n.Others[target.Index].Type]++
			}
		}
	}
	kinds := make([]string, 0, len(count))
	for kind := range count {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		t.add(kind, count[kind], routes[kind])
	}
	return t
}

// oddFiles lists the files that were not used in full, with place and reason.
func oddFiles(n *model.Network) sheetTable {
	t := sheetTable{key: "files_not_used", title: "Files that were not used, or not in full", long: true,
		columns: []string{"file", "use", "keys", "items", "line", "at", "problem", "what_to_do"}}
	for i := range n.Snapshot.Files {
		f := &n.Snapshot.Files[i]
		if f.Use == "used" && f.Problem == nil && len(f.Ignored) == 0 {
			continue
		}
		keys := f.Keys
		if f.Use == "used" {
			keys = f.Ignored
		}
		var line any
		var at, problem, do string
		if p := f.Problem; p != nil {
			at, problem, do = p.Pointer, p.What, p.Do
			if p.Line > 0 {
				line = p.Line
			}
		} else if f.Use == "used" {
			problem = "keys that are not understood beside others that are"
		}
		t.add(f.Path, string(f.Use), keys, f.Items, line, at, problem, do)
	}
	return t
}
