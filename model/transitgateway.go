package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// TransitGateway is a transit gateway, or the mere name of one that a route or an attachment points to.
type TransitGateway struct {
	record
	ID          string
	state       string
	Record      *snapshot.TransitGateway // nil where not known
	Attachments []int32                  // in order of id
}

func init() {
	identifiers[KindTransitGateway] = func(n *Network, i int32) string { return n.TransitGateways[i].ID }
	describers[KindTransitGateway] = func(n *Network, i int32) Resource {
		g := &n.TransitGateways[i]
		return resourceOf(KindTransitGateway, g.ID, n.TransitOwner(i), g.part, n.Tags(Ref{KindTransitGateway, i}))
	}
	taggers[KindTransitGateway] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.TransitGateways[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) transitGateways() {
	for _, m := range b.n.Snapshot.TransitGateways() {
		g := &b.n.TransitGateways[b.transitGateway(m.Record.TransitGatewayId, m.Part)]
		g.Record, g.record, g.state = m.Record, record{m.Part, true, m.Conflict}, m.Record.State
	}
	b.transitAttachments()
	b.transitTables()
	b.policyTables()
	b.tableGateways()
	b.transitAssociations()
	b.transitRoutes()
	for i := range b.n.TransitGateways {
		g := &b.n.TransitGateways[i]
		slices.SortFunc(g.Attachments, func(x, y int32) int {
			return strings.Compare(b.n.TransitAttachments[x].ID, b.n.TransitAttachments[y].ID)
		})
	}
}

// transitGateway returns the gateway of that id, naming it if no record did. An empty id gives -1.
func (b *builder) transitGateway(id string, part *snapshot.Part) int32 {
	if id == "" {
		return -1
	}
	if i, ok := b.find(KindTransitGateway, id); ok {
		return i
	}
	i := b.add(KindTransitGateway, id, len(b.n.TransitGateways))
	b.n.TransitGateways = append(b.n.TransitGateways, TransitGateway{record: record{part: part}, ID: id})
	return i
}

// Missing says what is missing where the gateway's record cannot be used.
func (g *TransitGateway) Missing() *Missing { return g.missing(snapshot.DescribeTransitGateways, g.ID) }

// State is the gateway's state; empty where no answer tells.
func (g *TransitGateway) State() string { return g.state }

// Works says whether the gateway carries traffic (TGW-4, D-201).
func (g *TransitGateway) Works() bool { return transitWorks(g.State()) }

func transitWorks(state string) bool {
	return state == "" || state == "available" || state == "modifying"
}

// ReferencesGroups says whether the gateway keeps who sent a packet, for rules that name groups (TGW-62, D-211): off unless it says so.
func (g *TransitGateway) ReferencesGroups() bool {
	return g.Record != nil && g.Record.Options != nil && g.Record.Options.SecurityGroupReferencingSupport == "enable"
}

// TransitOwner is the account that owns a transit gateway, as its own record or that of an attachment says; empty where none does, and for no gateway (-1).
func (n *Network) TransitOwner(gateway int32) string {
	if gateway < 0 {
		return ""
	}
	g := &n.TransitGateways[gateway]
	if g.Record != nil && g.Record.OwnerId != "" {
		return g.Record.OwnerId
	}
	for _, i := range g.Attachments {
		if a := &n.TransitAttachments[i]; a.Record != nil && a.Record.TransitGatewayOwnerId != "" {
			return a.Record.TransitGatewayOwnerId
		}
	}
	return ""
}

// ownersView says whether a part holds what the owner of a transit gateway sees (TGW-67).
func (n *Network) ownersView(gateway int32, part *snapshot.Part) bool {
	return part.Account != "" && part.Account == n.TransitOwner(gateway)
}

// transitMissing describes a fact that only the owner of a transit gateway can read: it names the owner's account (TGW-67).
func (n *Network) transitMissing(gateway int32, part *snapshot.Part, op snapshot.Operation, object, what string) *Missing {
	if owner := n.TransitOwner(gateway); owner != "" && part.Account != owner {
		part = n.partOf(owner, part.Region)
	}
	if object == "" {
		return missingCall(part, op, what)
	}
	return missingObject(part, op, object, what)
}

// TransitAttachment finds the attachment of a VPC to a transit gateway (TGW-5, D-202). Where none is, missing says what an answer would
// have to hold; both -1 and nil: the VPC has none.
func (n *Network) TransitAttachment(gateway, vpc int32) (attachment int32, missing *Missing) {
	attachment = -1
	v := &n.VPCs[vpc]
	for _, i := range n.TransitGateways[gateway].Attachments {
		a := &n.TransitAttachments[i]
		switch {
		case a.VPC != vpc || a.Gone():
		case attachment >= 0: // bad data
			m := missingCall(v.part, snapshot.DescribeTransitGatewayVpcAttachments, "attachment of "+v.ID+" to "+n.TransitGateways[gateway].ID)
			m.Why = Conflicting
			return -1, m
		default:
			attachment = i
		}
	}
	if attachment >= 0 {
		return attachment, nil
	}
	what := "attachment of " + v.ID + " to " + n.TransitGateways[gateway].ID
	m := n.unreadByOwner(vpc, snapshot.DescribeTransitGatewayVpcAttachments, what)
	told := m == nil || n.unreadByOwner(vpc, snapshot.DescribeTransitGatewayAttachments, what) == nil
	if told && v.Record == nil { // whose VPC it is, which would tell whose answers count
		return -1, n.MissingVPC(vpc)
	}
	if _, _, part := n.ownerOf(vpc); told && part.Account != "" && part.Account == v.Record.OwnerId {
		return -1, nil
	}
	return -1, cmp.Or(m, missingCall(v.part, snapshot.DescribeTransitGatewayVpcAttachments, what))
}

// ReferencingMissing describes what tells whether a gateway and its attachments keep groups for references.
func (n *Network) ReferencingMissing(gateway int32) *Missing {
	g := &n.TransitGateways[gateway]
	return cmp.Or(g.Missing(), missingCall(g.part, snapshot.DescribeTransitGatewayVpcAttachments, "group references of attachments of "+g.ID))
}

// JoinedByTransit says whether two VPCs are attached to one transit gateway, or to gateways that peerings join.
func (n *Network) JoinedByTransit(a, b int32) bool {
	var queue []int32
	reach := func(gateway int32) {
		if gateway >= 0 && !slices.Contains(queue, gateway) {
			queue = append(queue, gateway)
		}
	}
	for _, x := range n.TransitAttachments {
		if x.VPC == a && !x.Gone() {
			reach(x.Gateway)
		}
	}
	for k := 0; k < len(queue); k++ {
		for _, i := range n.TransitGateways[queue[k]].Attachments {
			x := &n.TransitAttachments[i]
			switch {
			case x.Gone():
			case x.VPC == b:
				return true
			case x.Peer >= 0:
				reach(n.TransitAttachments[x.Peer].Gateway)
			}
		}
	}
	return false
}

// TransitGatewaysOf are the transit gateways that a VPC is attached to.
func (n *Network) TransitGatewaysOf(vpc int32) []Ref {
	var out []Ref
	for i := range n.TransitAttachments {
		if a := &n.TransitAttachments[i]; a.VPC == vpc && a.Gateway >= 0 && !a.Gone() {
			out = append(out, Ref{KindTransitGateway, a.Gateway})
		}
	}
	return out
}
