package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model/route"
	"github.com/vpcreach/vpcreach/snapshot"
)

// RouteTable is a route table, compiled.
type RouteTable struct {
	record
	ID       string
	Record   *snapshot.RouteTable
	VPC      int32
	Gateways []string
	Routes   []Route
	ways
}

// Route is one route of a table.
type Route struct {
	Record *snapshot.Route
	Prefix netip.Prefix // zero for a route by prefix list
	List   int32        // -1 for a route by CIDR
	Class  route.Class
	Local  bool
	Target Ref
}

// Bad says whether the route matches but drops (RT-16, D-41): blackhole, filtered, or any other state but active.
func (r *Route) Bad() bool { return r.Record.State != "" && r.Record.State != "active" }

func init() {
	identifiers[KindRouteTable] = func(n *Network, i int32) string { return n.RouteTables[i].ID }
	describers[KindRouteTable] = func(n *Network, i int32) Resource {
		t := &n.RouteTables[i]
		return resourceOf(KindRouteTable, t.ID, t.Record.OwnerId, t.part, t.Record.Tags)
	}
	taggers[KindRouteTable] = func(n *Network, i int32) []snapshot.Tag { return n.RouteTables[i].Record.Tags }
}

func (b *builder) routeTables() {
	for _, m := range b.n.Snapshot.RouteTables() {
		i := b.add(KindRouteTable, m.Record.RouteTableId, len(b.n.RouteTables))
		t := RouteTable{record: record{m.Part, true, m.Conflict}, ID: m.Record.RouteTableId, Record: m.Record}
		t.VPC = b.vpc(m.Record.VpcId, m.Part)
		b.associate(&t, i)
		for k := range m.Record.Routes {
			t.Routes = append(t.Routes, b.route(&m.Record.Routes[k], m.Part, t.VPC))
		}
		b.n.RouteTables = append(b.n.RouteTables, t)
	}
}

// associate implements RT-1, RT-2 and D-40.
func (b *builder) associate(t *RouteTable, i int32) {
	for _, a := range t.Record.Associations {
		switch {
		case !associated(a.AssociationState.State):
		case a.GatewayId != "":
			t.Gateways = append(t.Gateways, a.GatewayId)
		case a.SubnetId != "":
			k := b.subnet(a.SubnetId, t.part)
			n := &b.n.Subnets[k]
			n.twoTables = n.twoTables || n.RouteTable >= 0
			n.RouteTable = i
		case a.Main:
			v := &b.n.VPCs[t.VPC]
			v.twoMainTables = v.twoMainTables || v.MainTable >= 0
			v.MainTable = i
		}
	}
}

func (b *builder) route(r *snapshot.Route, part *snapshot.Part, vpc int32) Route {
	out := Route{Record: r, List: -1, Class: classOf(r)}
	switch {
	case r.DestinationCidrBlock.IsValid():
		out.Prefix = r.DestinationCidrBlock.Masked()
	case r.DestinationIpv6CidrBlock.IsValid():
		out.Prefix = r.DestinationIpv6CidrBlock.Masked()
	default: // the reader has seen to it that there is one of the three
		out.List = b.prefixList(r.DestinationPrefixListId, part)
	}
	id := r.TargetID()
	out.Local = id == "local"
	switch {
	case out.Local:
		out.Target = Ref{KindVPC, vpc}
	case strings.HasPrefix(id, "igw-"):
		out.Target = Ref{KindInternetGateway, b.internetGateway(id, part)}
	case strings.HasPrefix(id, "nat-"):
		out.Target = Ref{KindNATGateway, b.natGateway(id, part)}
	case strings.HasPrefix(id, "pcx-"):
		out.Target = Ref{KindPeering, b.peering(id, part)}
	case strings.HasPrefix(id, "eigw-"):
		out.Target = Ref{KindEgressOnlyGateway, b.egressOnlyGateway(id, part)}
	case strings.HasPrefix(id, "cagw-"):
		out.Target = Ref{KindCarrierGateway, b.carrierGateway(id, part)}
	case strings.HasPrefix(id, "vgw-"):
		out.Target = Ref{KindVPNGateway, b.vpnGateway(id, part)}
	case isEndpointID(id):
		out.Target = Ref{KindVPCEndpoint, b.vpcEndpoint(id, part)}
	case strings.HasPrefix(id, "tgw-"):
		out.Target = Ref{KindTransitGateway, b.transitGateway(id, part)}
	case strings.Contains(id, ":core-network/"):
		out.Target = Ref{KindCoreNetwork, b.coreNetwork(id, part)}
	case strings.HasPrefix(id, "eni-"):
		out.Target = Ref{KindInterface, b.netInterface(id, part)}
	case strings.HasPrefix(id, "i-"):
		out.Target = Ref{KindInstance, b.instance(id, part)}
	default:
		out.Target = Ref{KindOther, b.other(cmp.Or(id, "(no target)"), part)}
	}
	return out
}

// classOf implements D-42.
func classOf(r *snapshot.Route) route.Class {
	switch {
	case r.Origin == "EnableVgwRoutePropagation":
		return route.Propagated
	case r.Origin == "Advertisement":
		return route.Advertised
	case r.DestinationPrefixListId != "":
		return route.PrefixList
	}
	return route.Static
}

// compileTables makes the look-up tables; it runs after everything that a route can name is known.
func (b *builder) compileTables() {
	for i := range b.n.RouteTables {
		t := &b.n.RouteTables[i]
		v := &b.n.VPCs[t.VPC]
		var doubt *Missing
		var candidates []route.Candidate
		for k, r := range t.Routes {
			if r.List < 0 {
				candidates = append(candidates, route.Candidate{Prefix: r.Prefix, Class: r.Class, Route: k})
				continue
			}
			l := &b.n.PrefixLists[r.List]
			doubt = cmp.Or(doubt, l.Missing())
			for _, e := range l.Entries {
				candidates = append(candidates, route.Candidate{Prefix: e, Class: r.Class, Route: k})
			}
		}
		t.Table = route.New(candidates, t.localBlocks(v), func(k int) string {
			if t.Routes[k].Bad() { // is not one route with a good one to the same target
				return "bad " + t.Routes[k].Record.TargetID()
			}
			return t.Routes[k].Record.TargetID()
		})
		b.compileWays(t, doubt, v.Missing())
	}
}

// localBlocks are the blocks of the VPC for which the table has a local route, or a static one in its place (RT-13): inside them
// propagated routes lose (RT-7).
func (t *RouteTable) localBlocks(v *VPC) []netip.Prefix {
	var out []netip.Prefix
	for i := range t.Routes {
		r := &t.Routes[i]
		if r.Class == route.Static && slices.Contains(v.Blocks, r.Prefix) || r.Local { // of a VPC that no answer describes, what is local is known
			out = append(out, r.Prefix)
		}
	}
	return out
}

// compileWays resolves the table. doubt is what would tell whether other routes win; hidden likewise, where a propagated route wins: it may lie inside
// a block of the VPC.
func (b *builder) compileWays(t *RouteTable, doubt, hidden *Missing) {
	t.compile(b.n.pool, func(winners []int) ([]int, *Missing) {
		if hidden != nil && slices.ContainsFunc(winners, func(k int) bool { return t.Routes[k].Class == route.Propagated }) {
			return b.ordered(t, winners), hidden
		}
		if doubt != nil && !t.certain(winners) {
			return b.ordered(t, winners), doubt
		}
		return b.ordered(t, winners), nil
	})
}

// ordered puts routes in an order that does not depend on how the answer lists them: by the target's kind, then its id.
func (b *builder) ordered(t *RouteTable, winners []int) []int {
	return slices.SortedStableFunc(slices.Values(winners), func(x, y int) int {
		p, q := &t.Routes[x], &t.Routes[y]
		return cmp.Or(strings.Compare(p.Target.Kind.String(), q.Target.Kind.String()), strings.Compare(b.n.ID(p.Target), b.n.ID(q.Target)),
			strings.Compare(p.Record.DestinationPrefixListId, q.Record.DestinationPrefixListId))
	})
}

// certain says whether no prefix list can win over these routes (D-45).
func (t *RouteTable) certain(winners []int) bool {
	for _, k := range winners {
		r := &t.Routes[k]
		if !r.Local && !(r.Class == route.Static && r.Prefix.IsSingleIP()) {
			return false
		}
	}
	return len(winners) > 0
}

// Missing says what is missing where the table's record cannot be used.
func (t *RouteTable) Missing() *Missing { return t.missing(snapshot.DescribeRouteTables, t.ID) }

// TableOf returns the route table of a subnet (RT-1): its own, else the VPC's main table. Where no answer tells, the
// table is -1 and missing says why.
func (n *Network) TableOf(subnet int32) (table int32, missing *Missing) {
	s := &n.Subnets[subnet]
	if s.twoTables || s.RouteTable < 0 && s.VPC >= 0 && n.VPCs[s.VPC].twoMainTables {
		m := missingCall(s.part, snapshot.DescribeRouteTables, "route table of "+s.ID)
		m.Why = Conflicting
		return -1, m
	}
	if s.RouteTable >= 0 {
		return s.RouteTable, n.RouteTables[s.RouteTable].Missing()
	}
	// A cut answer may hold an association of this subnet on a page that is not there, so that the main table
	// would be the wrong one.
	if s.VPC >= 0 && n.VPCs[s.VPC].MainTable >= 0 && complete(n.VPCs[s.VPC].part, snapshot.DescribeRouteTables) {
		table = n.VPCs[s.VPC].MainTable
		return table, n.RouteTables[table].Missing()
	}
	return -1, missingCall(s.part, snapshot.DescribeRouteTables, "route table of "+s.ID)
}
