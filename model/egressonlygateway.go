package model

import "github.com/vpcreach/vpcreach/snapshot"

// EgressOnlyGateway is an egress-only internet gateway, or the mere name of one that a route points to.
type EgressOnlyGateway struct {
	record
	ID     string
	Record *snapshot.EgressOnlyInternetGateway // nil where not known
}

func init() {
	identifiers[KindEgressOnlyGateway] = func(n *Network, i int32) string { return n.EgressOnlyGateways[i].ID }
	describers[KindEgressOnlyGateway] = func(n *Network, i int32) Resource {
		g := &n.EgressOnlyGateways[i]
		var tags []snapshot.Tag
		if g.Record != nil {
			tags = g.Record.Tags
		}
		return resourceOf(KindEgressOnlyGateway, g.ID, "", g.part, tags)
	}
	taggers[KindEgressOnlyGateway] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.EgressOnlyGateways[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) egressOnlyGateways() {
	for _, m := range b.n.Snapshot.EgressOnlyGateways() {
		i := b.egressOnlyGateway(m.Record.EgressOnlyInternetGatewayId, m.Part)
		g := &b.n.EgressOnlyGateways[i]
		g.Record, g.record = m.Record, record{m.Part, true, m.Conflict}
		for _, a := range m.Record.Attachments {
			if v := b.vpc(a.VpcId, m.Part); v >= 0 {
				b.n.VPCs[v].EgressOnlyGateways = append(b.n.VPCs[v].EgressOnlyGateways, i)
			}
		}
	}
}

// egressOnlyGateway returns the gateway of that id, naming it if no record did.
func (b *builder) egressOnlyGateway(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindEgressOnlyGateway, id); ok {
		return i
	}
	i := b.add(KindEgressOnlyGateway, id, len(b.n.EgressOnlyGateways))
	b.n.EgressOnlyGateways = append(b.n.EgressOnlyGateways, EgressOnlyGateway{record: record{part: part}, ID: id})
	return i
}

// Missing says what is missing where the gateway's record cannot be used.
func (g *EgressOnlyGateway) Missing() *Missing {
	return g.missing(snapshot.DescribeEgressOnlyInternetGateways, g.ID)
}

// AttachedTo says whether the gateway is usably attached to the VPC (D-130), and otherwise the attachment's state.
func (g *EgressOnlyGateway) AttachedTo(vpcID string) (ok bool, state string) {
	return attachedTo(g.Record.Attachments, vpcID)
}
