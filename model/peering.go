package model

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Peering is a VPC peering connection, or the mere name of one that a route points to.
type Peering struct {
	record
	ID     string
	Record *snapshot.VpcPeeringConnection // nil where not known
	Sides  [2]PeeringSide                 // requester, accepter
}

// PeeringSide is one VPC of a peering.
type PeeringSide struct {
	VPC    int32 // -1 where the record does not say
	Region string
	Blocks []netip.Prefix // CIDRs of the VPC; see D-71
	Known  bool           // Blocks are known
}

func init() {
	identifiers[KindPeering] = func(n *Network, i int32) string { return n.Peerings[i].ID }
	describers[KindPeering] = func(n *Network, i int32) Resource {
		p := &n.Peerings[i]
		if p.Record == nil {
			return resourceOf(KindPeering, p.ID, "", p.part, nil)
		}
		return resourceOf(KindPeering, p.ID, p.Record.RequesterVpcInfo.OwnerId, p.part, p.Record.Tags)
	}
	taggers[KindPeering] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.Peerings[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) peerings() {
	for _, m := range b.n.Snapshot.PeeringConnections() {
		i := b.peering(m.Record.VpcPeeringConnectionId, m.Part)
		requester, accepter := b.side(&m.Record.RequesterVpcInfo, m.Part), b.side(&m.Record.AccepterVpcInfo, m.Part)
		p := &b.n.Peerings[i]
		p.Record, p.record = m.Record, record{m.Part, true, m.Conflict}
		p.Sides = [2]PeeringSide{requester, accepter}
		for _, s := range p.Sides {
			if s.VPC >= 0 {
				b.n.VPCs[s.VPC].Peerings = append(b.n.VPCs[s.VPC].Peerings, i)
			}
		}
	}
}

func (b *builder) side(info *snapshot.PeeringVpcInfo, part *snapshot.Part) PeeringSide {
	s := PeeringSide{VPC: b.vpc(info.VpcId, b.partOf(info.OwnerId, info.Region, part)), Region: info.Region}
	if s.VPC >= 0 && b.n.VPCs[s.VPC].Known() {
		s.Blocks, s.Known = b.n.VPCs[s.VPC].Blocks, true
		return s
	}
	for _, c := range info.CidrBlockSet {
		if c.CidrBlock.IsValid() {
			s.Blocks = append(s.Blocks, c.CidrBlock.Masked())
		}
	}
	if len(info.CidrBlockSet) == 0 && info.CidrBlock.IsValid() {
		s.Blocks = append(s.Blocks, info.CidrBlock.Masked())
	}
	for _, c := range info.Ipv6CidrBlockSet {
		if c.Ipv6CidrBlock.IsValid() {
			s.Blocks = append(s.Blocks, c.Ipv6CidrBlock.Masked())
		}
	}
	s.Known = len(s.Blocks) > 0
	return s
}

// peering returns the peering of that id, naming it if no record did.
func (b *builder) peering(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindPeering, id); ok {
		return i
	}
	i := b.add(KindPeering, id, len(b.n.Peerings))
	b.n.Peerings = append(b.n.Peerings, Peering{record: record{part: part}, ID: id, Sides: [2]PeeringSide{{VPC: -1}, {VPC: -1}}})
	return i
}

// Missing says what is missing where the peering's record cannot be used.
func (p *Peering) Missing() *Missing {
	return p.missing(snapshot.DescribeVpcPeeringConnections, p.ID)
}

// Active says whether the peering carries traffic (PCX-1, D-70).
func (p *Peering) Active() bool {
	return p.Record != nil && (p.Record.Status.Code == "" || p.Record.Status.Code == "active")
}

// SameRegion says whether both sides are in one Region, and whether the record says so (D-23).
func (p *Peering) SameRegion() (same, stated bool) {
	a, b := p.Sides[0].Region, p.Sides[1].Region
	stated = a != "" && b != ""
	return a == b || !stated, stated
}

// Near returns which side a VPC is, or -1.
func (p *Peering) Near(vpc int32) int {
	for i, s := range p.Sides {
		if s.VPC == vpc && vpc >= 0 {
			return i
		}
	}
	return -1
}

// Joined finds an active peering between two VPCs that the answers name.
func (n *Network) Joined(a, b int32) (peering int32, ok bool) {
	for _, i := range n.VPCs[a].Peerings {
		p := &n.Peerings[i]
		if p.Known() && p.Active() && p.Near(b) >= 0 && a != b {
			return i, true
		}
	}
	return -1, false
}
