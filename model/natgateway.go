package model

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// NATGateway is a NAT gateway, or the mere name of one that a route points to.
type NATGateway struct {
	record
	ID     string
	Record *snapshot.NatGateway // nil where not known
	VPC    int32
	Subnet int32 // -1 for a regional one

	table int32          // a regional one's route table; -1 where it is not known
	own   []netip.Prefix // its private addresses, working or not
}

func init() {
	identifiers[KindNATGateway] = func(n *Network, i int32) string { return n.NATGateways[i].ID }
	describers[KindNATGateway] = func(n *Network, i int32) Resource {
		g := &n.NATGateways[i]
		if g.Record == nil {
			return resourceOf(KindNATGateway, g.ID, "", g.part, nil)
		}
		return resourceOf(KindNATGateway, g.ID, "", g.part, g.Record.Tags)
	}
	taggers[KindNATGateway] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.NATGateways[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) natGateways() {
	for _, m := range b.n.Snapshot.NATGateways() {
		i := b.natGateway(m.Record.NatGatewayId, m.Part)
		g := &b.n.NATGateways[i]
		g.Record, g.record = m.Record, record{m.Part, true, m.Conflict}
		g.VPC, g.Subnet = b.vpc(m.Record.VpcId, m.Part), b.subnet(m.Record.SubnetId, m.Part)
		if m.Record.AvailabilityMode == "regional" {
			g.Subnet = -1
		}
		b.n.VPCs[g.VPC].NATGateways = append(b.n.VPCs[g.VPC].NATGateways, i)
		for _, a := range m.Record.NatGatewayAddresses {
			if own := g.Address(a); own.IsValid() {
				g.own = append(g.own, netip.PrefixFrom(own, own.BitLen()))
			}
			if k, ok := b.find(KindInterface, a.NetworkInterfaceId); ok {
				b.n.Interfaces[k].NAT = i
			}
		}
	}
}

// natGateway returns the gateway of that id, naming it if no record did.
func (b *builder) natGateway(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindNATGateway, id); ok {
		return i
	}
	i := b.add(KindNATGateway, id, len(b.n.NATGateways))
	b.n.NATGateways = append(b.n.NATGateways, NATGateway{record: record{part: part}, ID: id, VPC: -1, Subnet: -1, table: -1})
	return i
}

// Missing says what is missing where the gateway's record cannot be used.
func (g *NATGateway) Missing() *Missing { return g.missing(snapshot.DescribeNatGateways, g.ID) }

// Works says whether the gateway is in a usable state (NAT-1, D-60).
func (g *NATGateway) Works() bool {
	return g.Record != nil && (g.Record.State == "" || g.Record.State == "available")
}

// Regional says whether the gateway has no subnet of its own (NAT-10), and whether the answer says so (D-60).
func (g *NATGateway) Regional() (regional, stated bool) {
	if r := g.Record; r != nil {
		stated = r.AvailabilityMode != ""
		regional = stated && r.AvailabilityMode != "zonal" || r.SubnetId == ""
	}
	return regional, stated
}

// Gone says whether the gateway has given its addresses back.
func (g *NATGateway) Gone() bool {
	return g.Record != nil && (g.Record.State == "deleted" || g.Record.State == "failed")
}

// OwnPrefixes are the private addresses of the gateway, working or not, as prefixes. They belong to the network and must not be changed.
func (g *NATGateway) OwnPrefixes() []netip.Prefix { return g.own }

// Private says whether the gateway is a private one, and whether the answer says so (D-60).
func (g *NATGateway) Private() (private, stated bool) {
	return g.Record != nil && g.Record.ConnectivityType == "private", g.Record != nil && g.Record.ConnectivityType != ""
}

// Working returns the addresses that the gateway translates to (NAT-5, D-63).
func (g *NATGateway) Working() []snapshot.NatGatewayAddress {
	var out []snapshot.NatGatewayAddress
	if g.Record == nil {
		return nil
	}
	for _, a := range g.Record.NatGatewayAddresses {
		if g.works(a) {
			out = append(out, a)
		}
	}
	return out
}

func (g *NATGateway) works(a snapshot.NatGatewayAddress) bool {
	return (a.Status == "" || a.Status == "succeeded") && g.Address(a).IsValid()
}

// PublicOfNAT returns the public addresses that the answers give for a private address of a NAT gateway: its own record's and
// its interface's (D-54, D-64). More than one is bad data.
func (n *Network) PublicOfNAT(nat int32, private netip.Addr) []netip.Addr {
	var out []netip.Addr
	add := func(a netip.Addr) {
		if a.IsValid() && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	g := &n.NATGateways[nat]
	for _, a := range g.Record.NatGatewayAddresses {
		if g.Address(a) == private {
			add(a.PublicIp)
		}
	}
	for _, i := range n.OwnersOf(g.VPC, private) {
		for _, m := range n.Interfaces[i].Public {
			if m.Private == private {
				add(m.Public)
			}
		}
	}
	return out
}
