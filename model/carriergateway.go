package model

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// CarrierGateway is a carrier gateway of a Wavelength Zone, or the mere name of one that a route points to.
type CarrierGateway struct {
	record
	ID     string
	Record *snapshot.CarrierGateway // nil where not known
	VPC    int32                    // -1 where not known
}

func init() {
	identifiers[KindCarrierGateway] = func(n *Network, i int32) string { return n.CarrierGateways[i].ID }
	describers[KindCarrierGateway] = func(n *Network, i int32) Resource {
		g := &n.CarrierGateways[i]
		if g.Record == nil {
			return resourceOf(KindCarrierGateway, g.ID, "", g.part, nil)
		}
		return resourceOf(KindCarrierGateway, g.ID, g.Record.OwnerId, g.part, g.Record.Tags)
	}
	taggers[KindCarrierGateway] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.CarrierGateways[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) carrierGateways() {
	for _, m := range b.n.Snapshot.CarrierGateways() {
		i := b.carrierGateway(m.Record.CarrierGatewayId, m.Part)
		v := b.vpc(m.Record.VpcId, m.Part)
		g := &b.n.CarrierGateways[i]
		g.Record, g.record, g.VPC = m.Record, record{m.Part, true, m.Conflict}, v
		if v >= 0 {
			b.n.VPCs[v].CarrierGateways = append(b.n.VPCs[v].CarrierGateways, i)
		}
	}
}

// carrierGateway returns the gateway of that id, naming it if no record did.
func (b *builder) carrierGateway(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindCarrierGateway, id); ok {
		return i
	}
	i := b.add(KindCarrierGateway, id, len(b.n.CarrierGateways))
	b.n.CarrierGateways = append(b.n.CarrierGateways, CarrierGateway{record: record{part: part}, ID: id, VPC: -1})
	return i
}

// Missing says what is missing where the gateway's record cannot be used.
func (g *CarrierGateway) Missing() *Missing { return g.missing(snapshot.DescribeCarrierGateways, g.ID) }

// Works says whether the gateway is in a usable state (D-135).
func (g *CarrierGateway) Works() bool {
	return g.Record != nil && (g.Record.State == "" || g.Record.State == "available")
}

// carrierMappings fills Interface.Carrier from the interfaces' records and from describe-addresses (D-54, D-135).
func (b *builder) carrierMappings() {
	n := b.n
	add := func(i int32, private, carrier netip.Addr) {
		m := PublicMapping{carrier, private, i, -1}
		if e := &n.Interfaces[i]; private.IsValid() && carrier.IsValid() && !slices.Contains(e.Carrier, m) {
			e.Carrier = append(e.Carrier, m)
		}
	}
	for i := range n.Interfaces {
		r := n.Interfaces[i].Record
		if r == nil {
			continue
		}
		listed := false
		for _, p := range r.PrivateIpAddresses {
			if p.Association != nil {
				add(int32(i), p.PrivateIpAddress, p.Association.CarrierIp)
				listed = listed || p.PrivateIpAddress == r.PrivateIpAddress
			}
		}
		if !listed && r.Association != nil {
			add(int32(i), r.PrivateIpAddress, r.Association.CarrierIp)
		}
	}
	for _, part := range n.Snapshot.Parts {
		for _, a := range part.Addresses {
			if k, ok := b.find(KindInterface, a.NetworkInterfaceId); ok {
				add(k, a.PrivateIpAddress, a.CarrierIp)
			}
		}
	}
	n.carriers = make(map[netip.Addr][]PublicMapping)
	for i := range n.Interfaces {
		slices.SortFunc(n.Interfaces[i].Carrier, func(x, y PublicMapping) int {
			return cmp.Or(x.Public.Compare(y.Public), x.Private.Compare(y.Private))
		})
		for _, m := range n.Interfaces[i].Carrier {
			n.carriers[m.Public] = append(n.carriers[m.Public], m)
		}
	}
}

// CarrierTwice says whether the answers disagree about a mapping of a carrier address (D-54).
func (n *Network) CarrierTwice(m PublicMapping) bool {
	return len(n.carriers[m.Public]) > 1 ||
		slices.ContainsFunc(n.Interfaces[m.Interface].Carrier, func(x PublicMapping) bool { return x.Private == m.Private && x.Public != m.Public })
}
