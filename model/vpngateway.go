package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// VPNGateway is a virtual private gateway, or the mere name of one that a route or a connection points to.
type VPNGateway struct {
	record
	ID        string
	Record    *snapshot.VpnGateway // nil where not known
	VPC       int32                // that it is attached to, or else was last; -1 for none
	EdgeTable int32                // table associated with the gateway (GRT-1); -1 for none

	Connections       []int32 // VPN connections, but for deleted ones
	Associations      []int32 // with Direct Connect gateways, into Network.DirectConnectAssociations
	VirtualInterfaces []int32 // private virtual interfaces that lead straight to it

	Told       []netip.Prefix // what it propagates into the tables of its VPC (VGW-2)
	Propagates bool           // some table of its VPC takes its routes

	twoEdgeTables bool // bad data: more than one table claims the gateway
}

func init() {
	identifiers[KindVPNGateway] = func(n *Network, i int32) string { return n.VPNGateways[i].ID }
	describers[KindVPNGateway] = func(n *Network, i int32) Resource {
		return resourceOf(KindVPNGateway, n.VPNGateways[i].ID, "", n.VPNGateways[i].part, taggers[KindVPNGateway](n, i))
	}
	taggers[KindVPNGateway] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.VPNGateways[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) vpnGateways() {
	for _, m := range b.n.Snapshot.VPNGateways() {
		i := b.vpnGateway(m.Record.VpnGatewayId, m.Part)
		vpc := int32(-1)
		for _, a := range m.Record.VpcAttachments {
			v := b.vpc(a.VpcId, m.Part)
			if v >= 0 {
				b.n.VPCs[v].VPNGateways = append(b.n.VPCs[v].VPNGateways, i)
			}
			if ok, _ := attachedTo([]snapshot.GatewayAttachment{a}, a.VpcId); ok || vpc < 0 {
				vpc = v
			}
		}
		g := &b.n.VPNGateways[i]
		g.Record, g.record, g.VPC = m.Record, record{m.Part, true, m.Conflict}, vpc
	}
}

// vpnGateway returns the gateway of that id, naming it if no record did.
func (b *builder) vpnGateway(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindVPNGateway, id); ok {
		return i
	}
	i := b.add(KindVPNGateway, id, len(b.n.VPNGateways))
	b.n.VPNGateways = append(b.n.VPNGateways, VPNGateway{record: record{part: part}, ID: id, VPC: -1, EdgeTable: -1})
	return i
}

// vpnKnowledge gathers what the tables of VPCs tell of the prefixes that virtual private gateways know (VGW-2, VGW-6).
func (b *builder) vpnKnowledge() {
	for t := range b.n.RouteTables {
		table := &b.n.RouteTables[t]
		for k := range table.Routes {
			r := &table.Routes[k]
			if r.Target.Kind != KindVPNGateway {
				continue
			}
			g := &b.n.VPNGateways[r.Target.Index]
			if r.Record.Origin == "EnableVgwRoutePropagation" && r.Prefix.IsValid() && !r.Bad() && g.VPC == table.VPC {
				g.Told = append(g.Told, r.Prefix)
			}
		}
		for _, p := range table.Record.PropagatingVgws {
			if i, ok := b.find(KindVPNGateway, p.GatewayId); ok && b.n.VPNGateways[i].VPC == table.VPC {
				b.n.VPNGateways[i].Propagates = true
			}
		}
	}
}

// Missing says what is missing where the gateway's record cannot be used.
func (g *VPNGateway) Missing() *Missing { return g.missing(snapshot.DescribeVpnGateways, g.ID) }

// Works says whether the gateway is in a usable state (VGW-1, D-230).
func (g *VPNGateway) Works() bool {
	return g.Record != nil && (g.Record.State == "" || g.Record.State == "available")
}

// AttachedTo says whether the gateway is usably attached to the VPC (VGW-1, D-230), and otherwise the attachment's state.
func (g *VPNGateway) AttachedTo(vpcID string) (ok bool, state string) {
	return attachedTo(g.Record.VpcAttachments, vpcID)
}

// KnownPrefix is a prefix that a virtual private gateway knows, with who may have told it (VGW-6, D-231).
type KnownPrefix struct {
	Prefix netip.Prefix
	Static []int32 // VPN connections with a static route for just that prefix
	Told   bool    // the tables of the VPC have it as a propagated route
}

// KnownTo are the prefixes that a virtual private gateway is known to know, the longest first.
func (n *Network) KnownTo(gateway int32) []KnownPrefix {
	g := &n.VPNGateways[gateway]
	var out []KnownPrefix
	at := make(map[netip.Prefix]int)
	entry := func(p netip.Prefix) *KnownPrefix {
		i, ok := at[p]
		if !ok {
			i = len(out)
			at[p] = i
			out = append(out, KnownPrefix{Prefix: p})
		}
		return &out[i]
	}
	for _, c := range g.Connections {
		for _, p := range n.VPNConnections[c].StaticRoutes() {
			k := entry(p)
			k.Static = append(k.Static, c)
		}
	}
	for _, p := range g.Told {
		entry(p).Told = true
	}
	slices.SortFunc(out, func(a, b KnownPrefix) int {
		return cmp.Or(cmp.Compare(b.Prefix.Bits(), a.Prefix.Bits()), a.Prefix.Compare(b.Prefix))
	})
	return out
}

// MayKnowMore says what is missing where a virtual private gateway may know prefixes that the answers do not tell (VGW-6, D-231); nil where it
// knows no others.
func (n *Network) MayKnowMore(gateway int32) *Missing {
	g := &n.VPNGateways[gateway]
	if m := n.unreadAtGateway(gateway, snapshot.DescribeVpnConnections, "VPN connections of "); m != nil {
		return m
	}
	if g.VPC < 0 {
		return missingCall(g.part, snapshot.DescribeRouteTables, "routes that "+g.ID+" propagates")
	}
	if m := n.unreadByOwner(g.VPC, snapshot.DescribeRouteTables, "routes that ", g.ID, " propagates"); m != nil {
		return m
	}
	if g.Propagates {
		return nil
	}
	learned := missingCall(g.part, snapshot.DescribeRouteTables, "prefixes that "+g.ID+" has learned by BGP")
	learned.Why, learned.Detail = NotHeld, "no route table takes its routes"
	for _, c := range g.Connections {
		if !n.VPNConnections[c].Static() {
			return learned
		}
	}
	if len(g.Associations)+len(g.VirtualInterfaces) > 0 {
		return learned
	}
	return n.UnreadDirectConnect(gateway)
}

// UnreadEdge says what is missing where a gateway may have a route table of its own that is not in the answers, or where these disagree about
// it.
func (n *Network) UnreadEdge(gateway Ref, vpc int32) *Missing {
	if gateway.Kind == KindInternetGateway {
		return n.UnreadEdgeTable(gateway.Index, vpc)
	}
	g := &n.VPNGateways[gateway.Index]
	return n.unreadEdge(g.ID, g.EdgeTable, g.twoEdgeTables, vpc)
}

// EdgeTableOf is the route table associated with an internet or virtual private gateway; -1 for none.
func (n *Network) EdgeTableOf(gateway Ref) int32 {
	if gateway.Kind == KindVPNGateway {
		return n.VPNGateways[gateway.Index].EdgeTable
	}
	return n.InternetGateways[gateway.Index].EdgeTable
}

// edgeTables ties tables to the gateways that they are associated with (GRT-1).
func (b *builder) edgeTables() {
	n := b.n
	for i := range n.RouteTables {
		for _, id := range n.RouteTables[i].Gateways {
			if k, ok := b.find(KindInternetGateway, id); ok {
				g := &n.InternetGateways[k]
				g.EdgeTable, g.twoEdgeTables = int32(i), g.twoEdgeTables || g.EdgeTable >= 0
			}
			if strings.HasPrefix(id, "vgw-") {
				g := &n.VPNGateways[b.vpnGateway(id, n.RouteTables[i].part)]
				g.EdgeTable, g.twoEdgeTables = int32(i), g.twoEdgeTables || g.EdgeTable >= 0
			}
		}
	}
}

// UnreadCarriers says what is missing where a prefix may have come by a connection that the answers do not hold, or, where nothing explains it,
// must have; nil where the connections that they hold are all.
func (n *Network) UnreadCarriers(gateway int32, p netip.Prefix, unexplained bool) *Missing {
	if m := n.unreadAtGateway(gateway, snapshot.DescribeVpnConnections, "VPN connections of "); m != nil {
		return m
	}
	if m := n.UnreadDirectConnect(gateway); m != nil || !unexplained {
		return m
	}
	return n.UntoldBy(gateway, p)
}

// UntoldBy is what is missing where it is not known by which connection a virtual private gateway has learned a prefix.
func (n *Network) UntoldBy(gateway int32, p netip.Prefix) *Missing {
	g := &n.VPNGateways[gateway]
	return g.NotHeld(snapshot.DescribeVpnConnections, "what has told "+g.ID+" of "+p.String())
}
