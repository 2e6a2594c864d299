package model

import (
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// InternetGateway is an internet gateway, or the mere name of one that a route points to.
type InternetGateway struct {
	record
	ID        string
	Record    *snapshot.InternetGateway // nil where not known
	EdgeTable int32                     // table associated with the gateway (GRT-1); -1 for none

	twoEdgeTables bool // bad data: more than one table claims the gateway

	// Unnamed says that no record names the gateway at all: it stands for the one that a VPC may have for all the answers
	// tell, so that it can be assumed (D-83).
	Unnamed bool
}

func init() {
	identifiers[KindInternetGateway] = func(n *Network, i int32) string { return n.InternetGateways[i].ID }
	describers[KindInternetGateway] = func(n *Network, i int32) Resource {
		g := &n.InternetGateways[i]
		if g.Unnamed {
			return Resource{Type: KindInternetGateway.String(), ID: g.ID}
		}
		if g.Record == nil {
			return resourceOf(KindInternetGateway, g.ID, "", g.part, nil)
		}
		return resourceOf(KindInternetGateway, g.ID, g.Record.OwnerId, g.part, g.Record.Tags)
	}
	taggers[KindInternetGateway] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.InternetGateways[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
	identifiers[KindInternet] = func(*Network, int32) string { return "internet" }
	describers[KindInternet] = func(*Network, int32) Resource {
		return Resource{Type: KindInternet.String(), ID: "internet"}
	}
}

func (b *builder) internetGateways() {
	for _, m := range b.n.Snapshot.InternetGateways() {
		i := b.internetGateway(m.Record.InternetGatewayId, m.Part)
		g := &b.n.InternetGateways[i]
		g.Record, g.record = m.Record, record{m.Part, true, m.Conflict}
		for _, a := range m.Record.Attachments {
			if v := b.vpc(a.VpcId, m.Part); v >= 0 {
				b.n.VPCs[v].InternetGateways = append(b.n.VPCs[v].InternetGateways, i)
			}
		}
	}
}

// unnamedGateways adds a stand-in for the gateway of every VPC of which the answers may hide it.
func (b *builder) unnamedGateways() {
	for i := range b.n.VPCs {
		v := &b.n.VPCs[i]
		v.unnamedGateway = -1
		if complete(v.part, snapshot.DescribeInternetGateways) {
			continue
		}
		v.unnamedGateway = int32(len(b.n.InternetGateways))
		b.n.InternetGateways = append(b.n.InternetGateways, InternetGateway{record: record{part: v.part}, ID: "internet gateway of " + v.ID,
			EdgeTable: -1, Unnamed: true})
	}
}

// UnnamedGateway is the stand-in for the internet gateway of a VPC that the answers may hide; -1 where they hide none.
func (n *Network) UnnamedGateway(vpc int32) int32 { return n.VPCs[vpc].unnamedGateway }

// internetGateway returns the gateway of that id, naming it if no record did.
func (b *builder) internetGateway(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindInternetGateway, id); ok {
		return i
	}
	i := b.add(KindInternetGateway, id, len(b.n.InternetGateways))
	b.n.InternetGateways = append(b.n.InternetGateways, InternetGateway{record: record{part: part}, ID: id, EdgeTable: -1})
	return i
}

// Missing says what is missing where the gateway's record cannot be used.
func (g *InternetGateway) Missing() *Missing {
	return g.missing(snapshot.DescribeInternetGateways, g.ID)
}

// AttachedTo says whether the gateway is usably attached to the VPC (IGW-1, D-50), and otherwise the attachment's state.
func (g *InternetGateway) AttachedTo(vpcID string) (ok bool, state string) {
	var attachments []snapshot.GatewayAttachment
	if g.Record != nil {
		attachments = g.Record.Attachments
	}
	return attachedTo(attachments, vpcID)
}

// attachedTo says whether one of the attachments to the VPC works, and the state of the one that counts.
func attachedTo(attachments []snapshot.GatewayAttachment, vpcID string) (ok bool, state string) {
	state = "detached"
	for _, a := range attachments {
		if a.VpcId != vpcID {
			continue
		}
		if a.State == "" || a.State == "available" || a.State == "attached" {
			return true, a.State
		}
		state = a.State
	}
	return false, state
}

// UsableGateways are the gateways attached to a VPC (IGW-1), in order of id as the snapshot has them.
func (n *Network) UsableGateways(vpc int32) []int32 {
	var out []int32
	for _, i := range n.VPCs[vpc].InternetGateways {
		if ok, _ := n.InternetGateways[i].AttachedTo(n.VPCs[vpc].ID); ok && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// Serves says whether the gateway is attached to some VPC.
func (g *InternetGateway) Serves() bool {
	return g.Record != nil && slices.ContainsFunc(g.Record.Attachments, func(a snapshot.GatewayAttachment) bool {
		ok, _ := g.AttachedTo(a.VpcId)
		return ok
	})
}

// UnreadEdgeTable says what is missing where the gateway may have a route table of its own that is not in the answers, or where
// these disagree about it.
func (n *Network) UnreadEdgeTable(gateway, vpc int32) *Missing {
	g := &n.InternetGateways[gateway]
	return n.unreadEdge(g.ID, g.EdgeTable, g.twoEdgeTables, vpc)
}

func (n *Network) unreadEdge(id string, table int32, two bool, vpc int32) *Missing {
	switch {
	case two:
		m := missingCall(n.VPCs[vpc].part, snapshot.DescribeRouteTables, "route table of "+id)
		m.Why = Conflicting
		return m
	case table >= 0:
		return n.RouteTables[table].Missing()
	}
	return n.unreadByOwner(vpc, snapshot.DescribeRouteTables, "route table of ", id)
}
