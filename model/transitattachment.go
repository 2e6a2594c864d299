package model

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// TransitAttachment is an attachment of a transit gateway, or the mere name of one that a route points to. The two ends of a peering are
// two attachments, also where they have one id.
type TransitAttachment struct {
	record
	ID        string
	Gateway   int32                                 // -1 where no answer tells
	Type      string                                // as AWS names it: vpc, vpn, direct-connect-gateway, connect, peering, ...; empty where no answer tells
	Resource  string                                // what is attached, by id
	Record    *snapshot.TransitGatewayAttachment    // nil where describe-transit-gateway-attachments does not hold it
	VPCRecord *snapshot.TransitGatewayVpcAttachment // nil where describe-transit-gateway-vpc-attachments does not
	Peering   *snapshot.TransitGatewayPeeringAttachment

	VPC     int32   // of a VPC attachment; else -1
	Subnets []int32 // in order of id; nil where no answer tells
	Peer    int32   // the other end of a peering; -1 where the snapshot does not hold it
	Far     snapshot.TransitGatewayPeering

	Table  int32 // route table that is associated; -1 for none
	Policy int32 // policy table that is; -1 for none

	NAT        []TransitNAT // static translations (TGW-57)
	natMissing *Missing
	natAsked   bool

	state        string
	states       bool // two answers give different states
	twoTables    bool
	associations []string // ids of tables
}

// TransitNAT is a rule of static 1:1 NAT: sources of From become the addresses of To, host for host.
type TransitNAT struct {
	From, To netip.Prefix
	Doubt    *Missing // whether the rule is in effect is not known
}

func init() {
	identifiers[KindTransitAttachment] = func(n *Network, i int32) string { return n.TransitAttachments[i].ID }
	describers[KindTransitAttachment] = func(n *Network, i int32) Resource {
		a := &n.TransitAttachments[i]
		owner := ""
		if a.Record != nil {
			owner = a.Record.TransitGatewayOwnerId
		}
		return resourceOf(KindTransitAttachment, a.ID, owner, a.part, n.Tags(Ref{KindTransitAttachment, i}))
	}
	taggers[KindTransitAttachment] = func(n *Network, i int32) []snapshot.Tag {
		a := &n.TransitAttachments[i]
		switch {
		case a.Record != nil && a.Record.Tags != nil:
			return a.Record.Tags
		case a.VPCRecord != nil:
			return a.VPCRecord.Tags
		case a.Peering != nil:
			return a.Peering.Tags
		}
		return nil
	}
	attached[KindTransitAttachment] = func(n *Network, i int32) VPCAttachment {
		a := &n.TransitAttachments[i]
		return VPCAttachment{ID: a.ID, VPC: a.VPC, Subnets: a.Subnets, Told: a.VPCRecord != nil && a.VPCRecord.SubnetIds != nil, Appliance: a.ApplianceMode()}
	}
	subnetsMissing[KindTransitAttachment] = func(n *Network, i int32) *Missing {
		a := &n.TransitAttachments[i]
		part := a.part
		if a.VPC >= 0 {
			part = n.VPCs[a.VPC].part
		}
		return missingCall(part, snapshot.DescribeTransitGatewayVpcAttachments, "subnets of "+a.ID)
	}
}

// transitAttachments puts together what the answers say of each attachment (D-200).
func (b *builder) transitAttachments() {
	for _, m := range b.n.Snapshot.TransitGatewayAttachments() {
		r := m.Record
		i := b.transitAttachmentOf(r.TransitGatewayAttachmentId, r.TransitGatewayId, m.Part)
		a := &b.n.TransitAttachments[i]
		a.Record, a.record = r, record{m.Part, true, m.Conflict}
		a.says(r.ResourceType, r.ResourceId, r.State)
	}
	for _, m := range b.n.Snapshot.TransitGatewayVpcAttachments() {
		r := m.Record
		i := b.transitAttachmentOf(r.TransitGatewayAttachmentId, r.TransitGatewayId, m.Part)
		a := &b.n.TransitAttachments[i]
		a.from(m.Part)
		a.VPCRecord, a.conflict = r, a.conflict || m.Conflict
		a.says("vpc", r.VpcId, r.State)
		subnets := b.subnetsNamed(r.SubnetIds, b.ownersPart(r.VpcOwnerId, m.Part))
		b.n.TransitAttachments[i].Subnets = subnets
	}
	b.transitPeerings()
	for _, part := range b.n.Snapshot.Parts {
		for k := range part.TransitGatewayConnects {
			r := &part.TransitGatewayConnects[k]
			a := &b.n.TransitAttachments[b.transitAttachmentOf(r.TransitGatewayAttachmentId, r.TransitGatewayId, part)]
			a.from(part)
			a.says("connect", "", r.State)
		}
	}
	for i := range b.n.TransitAttachments {
		a := &b.n.TransitAttachments[i]
		if a.Type == "vpc" {
			a.VPC = b.vpc(a.Resource, b.ownersPart(a.resourceOwner(), a.part))
		}
	}
	b.transitNAT()
}

// resourceOwner is the account that owns what is attached; empty where no answer tells.
func (a *TransitAttachment) resourceOwner() string {
	switch {
	case a.Record != nil && a.Record.ResourceOwnerId != "":
		return a.Record.ResourceOwnerId
	case a.VPCRecord != nil:
		return a.VPCRecord.VpcOwnerId
	}
	return ""
}

// from notes that an answer of a part describes the attachment; the first one counts.
func (a *TransitAttachment) from(part *snapshot.Part) {
	if !a.known {
		a.record = record{part, true, false}
	}
}

// says takes in what one answer says of the attachment.
func (a *TransitAttachment) says(kind, resource, state string) {
	a.Type, a.Resource = cmp.Or(a.Type, kind), cmp.Or(a.Resource, resource)
	if a.Type == "tgw-peering" { // an older word
		a.Type = "peering"
	}
	a.states = a.states || a.state != "" && state != "" && a.state != state
	a.state = cmp.Or(a.state, state)
}

// transitPeerings links the ends of peerings of transit gateways (TGW-51, D-212). One record describes both.
func (b *builder) transitPeerings() {
	for _, part := range b.n.Snapshot.Parts {
		for k := range part.TransitGatewayPeeringAttachments {
			r := &part.TransitGatewayPeeringAttachments[k]
			ids := [2]string{r.TransitGatewayAttachmentId, cmp.Or(r.AccepterTransitGatewayAttachmentId, b.accepterEnd(r))}
			sides := [2]snapshot.TransitGatewayPeering{r.RequesterTgwInfo, r.AccepterTgwInfo}
			if b.oneOf(ids[0], r.AccepterTgwInfo.TransitGatewayId) { // the accepter's own view
				ids[0], ids[1] = ids[1], ids[0]
			}
			for end := range 2 {
				b.transitPeering(r, part, ids[end], sides[end], sides[1-end])
			}
		}
	}
	for i := range b.n.TransitAttachments {
		a := &b.n.TransitAttachments[i]
		if a.Type == "peering" {
			a.Far.TransitGatewayId = cmp.Or(a.Far.TransitGatewayId, a.Resource)
			a.Peer = b.otherEnd(int32(i))
		}
	}
}

// accepterEnd is the id of the accepter's end of a peering whose record does not tell it: the requester's, where the accepter's gateway has an
// attachment of that id or none at all that leads back, else that of the one that does (D-212).
func (b *builder) accepterEnd(r *snapshot.TransitGatewayPeeringAttachment) string {
	far := r.AccepterTgwInfo.TransitGatewayId
	if b.oneOf(r.TransitGatewayAttachmentId, far) {
		return r.TransitGatewayAttachmentId
	}
	for _, a := range b.n.TransitAttachments {
		if a.Record != nil && a.Record.TransitGatewayId == far && a.Type == "peering" && a.Resource == r.RequesterTgwInfo.TransitGatewayId {
			return a.ID
		}
	}
	return r.TransitGatewayAttachmentId
}

// oneOf says whether an answer gives the id as an attachment of that gateway.
func (b *builder) oneOf(id, gateway string) bool {
	return slices.ContainsFunc(b.n.TransitAttachments, func(a TransitAttachment) bool {
		return a.ID == id && a.Record != nil && a.Record.TransitGatewayId == gateway
	})
}

// transitPeering takes in what a peering's record says of one end. Of an end in another account or Region that nothing else describes, it
// says nothing but that it is there: who reads a peering's record sees their own end's state.
func (b *builder) transitPeering(r *snapshot.TransitGatewayPeeringAttachment, part *snapshot.Part, id string, near, far snapshot.TransitGatewayPeering) {
	if near.TransitGatewayId == "" {
		return
	}
	own := near.OwnerId == part.Account && (near.Region == "" || near.Region == part.Region)
	if _, ok := b.attachments[attachmentKey{id, near.TransitGatewayId}]; !ok && !own {
		return
	}
	a := &b.n.TransitAttachments[b.transitAttachmentOf(id, near.TransitGatewayId, part)]
	a.Far = far
	if own {
		a.from(part)
		a.Peering = r
		a.says("peering", far.TransitGatewayId, r.State)
	}
}

// otherEnd finds the other end of a peering: the attachment of the far gateway that leads back to this one.
func (b *builder) otherEnd(i int32) int32 {
	a := &b.n.TransitAttachments[i]
	if a.Gateway < 0 {
		return -1
	}
	near, found := b.n.TransitGateways[a.Gateway].ID, int32(-1)
	for k := range b.n.TransitAttachments {
		x := &b.n.TransitAttachments[k]
		if x.Type != "peering" || x.Gateway < 0 || x.Gateway == a.Gateway || x.Gone() || b.n.TransitGateways[x.Gateway].ID != a.Far.TransitGatewayId ||
			cmp.Or(x.Far.TransitGatewayId, x.Resource) != near {
			continue
		}
		if x.ID == a.ID {
			return int32(k)
		}
		if found < 0 {
			found = int32(k)
		}
	}
	return found
}

// SameAttachment are the attachments of that one's id: both ends of a peering may have one (D-217).
func (n *Network) SameAttachment(attachment int32) []int32 {
	var out []int32
	for i := range n.TransitAttachments {
		if n.TransitAttachments[i].ID == n.TransitAttachments[attachment].ID {
			out = append(out, int32(i))
		}
	}
	return out
}

// attachmentKey names one end: both ends of a peering may have one id.
type attachmentKey struct{ id, gateway string }

// transitAttachmentOf returns the attachment of that id to a gateway, naming it if no record did.
func (b *builder) transitAttachmentOf(id, gateway string, part *snapshot.Part) int32 {
	if b.attachments == nil {
		b.attachments = make(map[attachmentKey]int32)
	}
	if i, ok := b.attachments[attachmentKey{id, gateway}]; ok {
		return i
	}
	i := int32(len(b.n.TransitAttachments))
	b.attachments[attachmentKey{id, gateway}] = i
	if _, taken := b.n.byID[id]; !taken {
		b.add(KindTransitAttachment, id, len(b.n.TransitAttachments))
	}
	a := TransitAttachment{record: record{part: part}, ID: id, Gateway: b.transitGateway(gateway, part), VPC: -1, Peer: -1, Table: -1, Policy: -1}
	b.n.TransitAttachments = append(b.n.TransitAttachments, a)
	if a.Gateway >= 0 {
		g := &b.n.TransitGateways[a.Gateway]
		g.Attachments = append(g.Attachments, i)
	}
	return i
}

// transitAttachment returns the attachment of that id to a gateway as a route or an association names it. Where the gateway is not known, an id
// that the other end of a peering may have too means none that is (D-212).
func (b *builder) transitAttachment(id string, gateway int32, part *snapshot.Part) int32 {
	if gateway >= 0 {
		return b.transitAttachmentOf(id, b.n.TransitGateways[gateway].ID, part)
	}
	if i, ok := b.find(KindTransitAttachment, id); ok && b.n.TransitAttachments[i].Type != "peering" {
		return i
	}
	return b.transitAttachmentOf(id, "", part)
}

// Missing says what is missing where the attachment's record cannot be used.
func (a *TransitAttachment) Missing() *Missing {
	m := a.missing(snapshot.DescribeTransitGatewayAttachments, a.ID)
	if m == nil && a.states {
		m = missingCall(a.part, snapshot.DescribeTransitGatewayAttachments, "state of "+a.ID)
		m.Why = Conflicting
	}
	return m
}

// State is the attachment's state; empty where no answer tells.
func (a *TransitAttachment) State() string { return a.state }

// Gone says whether the attachment is left over in the answers only (TGW-2).
func (a *TransitAttachment) Gone() bool {
	return a.state == "deleted" || a.state == "failed" || a.state == "rejected"
}

// Works says whether the attachment carries traffic; changing that AWS says it may be affected (TGW-2, TGW-3, D-200).
func (a *TransitAttachment) Works() (works, changing bool) {
	changing = a.state == "modifying" || a.state == "rollingBack"
	return changing || a.state == "" || a.state == "available", changing
}

// ApplianceMode says whether a VPC attachment pins flows to a zone (TGW-42), as far as the answers tell.
func (a *TransitAttachment) ApplianceMode() bool {
	return a.VPCRecord != nil && a.VPCRecord.Options != nil && a.VPCRecord.Options.ApplianceModeSupport == "enable"
}

// ReferencesGroups says whether a VPC attachment keeps who sent a packet (TGW-62, D-211): on unless it says otherwise.
func (a *TransitAttachment) ReferencesGroups() (on, known bool) {
	return a.VPCRecord == nil || a.VPCRecord.Options == nil || a.VPCRecord.Options.SecurityGroupReferencingSupport != "disable", a.VPCRecord != nil
}

// attachedMissing says that the blocks of an attachment's VPC are not known, which is what the attachment means as an end (D-217).
func (n *Network) attachedMissing(r Ref) *Missing {
	if r.Kind != KindTransitAttachment {
		return nil
	}
	if v := n.TransitAttachments[r.Index].VPC; v >= 0 && len(n.VPCs[v].Blocks) == 0 {
		return n.VPCs[v].Missing()
	}
	return nil
}

// attachmentsMissing says that a transit gateway may have attachments that no answer describes (D-6, D-217): only its owner sees all of them
// (TGW-67).
func (n *Network) attachmentsMissing(r Ref) *Missing {
	if r.Kind != KindTransitGateway {
		return nil
	}
	const op = snapshot.DescribeTransitGatewayAttachments
	m := n.transitMissing(r.Index, n.TransitGateways[r.Index].part, op, "", "further attachments of "+n.TransitGateways[r.Index].ID)
	if m.Why == NotHeld { // whole
		return nil
	}
	return m
}
