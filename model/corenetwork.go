package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// CoreNetwork is a core network of Cloud WAN, or the mere name of one that a route or an attachment points to.
type CoreNetwork struct {
	record
	ID          string
	ARN         string                // empty where no answer tells
	Record      *snapshot.CoreNetwork // nil where not known
	Attachments []int32
}

// CoreAttachment is an attachment to a core network, or the mere name of one that a route points to.
type CoreAttachment struct {
	record
	ID        string
	Core      int32                              // -1 where no answer tells
	Type      string                             // as AWS names it, in lower case: vpc, connect, site_to_site_vpn, ...; empty where no answer tells
	Resource  string                             // what is attached, by id
	Segment   string                             // empty where no answer tells
	Edge      string                             // the Region of its core network edge; empty where no answer tells
	Group     string                             // network function group that it is in; empty for none
	Record    *snapshot.CoreNetworkAttachment    // nil where list-attachments does not hold it
	VPCRecord *snapshot.CoreNetworkVpcAttachment // nil where nobody asked for it by get-vpc-attachment

	VPC     int32   // of a VPC attachment; else -1
	Subnets []int32 // in order of id; nil where no answer tells
	Table   int32   // routes of its segment at its edge; -1 where one of the two is not known

	owner string
	state string
	two   bool // answers contradict each other
}

func init() {
	identifiers[KindCoreNetwork] = func(n *Network, i int32) string { return n.CoreNetworks[i].ID }
	describers[KindCoreNetwork] = func(n *Network, i int32) Resource {
		c := &n.CoreNetworks[i]
		return Resource{Type: KindCoreNetwork.String(), ID: c.ID, ARN: c.ARN, Account: n.CoreOwner(i), Name: nameTag(n.Tags(Ref{KindCoreNetwork, i}))}
	}
	taggers[KindCoreNetwork] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.CoreNetworks[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
	identifiers[KindCoreAttachment] = func(n *Network, i int32) string { return n.CoreAttachments[i].ID }
	describers[KindCoreAttachment] = func(n *Network, i int32) Resource {
		a := &n.CoreAttachments[i]
		return Resource{Type: KindCoreAttachment.String(), ID: a.ID, Account: a.owner, Region: a.Edge, Name: nameTag(n.Tags(Ref{KindCoreAttachment, i}))}
	}
	taggers[KindCoreAttachment] = func(n *Network, i int32) []snapshot.Tag {
		switch a := &n.CoreAttachments[i]; {
		case a.Record != nil:
			return a.Record.Tags
		case a.VPCRecord != nil:
			return a.VPCRecord.Attachment.Tags
		}
		return nil
	}
	attached[KindCoreAttachment] = func(n *Network, i int32) VPCAttachment {
		a := &n.CoreAttachments[i]
		return VPCAttachment{ID: a.ID, VPC: a.VPC, Subnets: a.Subnets, Told: a.VPCRecord != nil && a.VPCRecord.SubnetArns != nil,
			Appliance: a.VPCRecord != nil && a.VPCRecord.Options != nil && a.VPCRecord.Options.ApplianceModeSupport}
	}
	subnetsMissing[KindCoreAttachment] = func(n *Network, i int32) *Missing {
		a := &n.CoreAttachments[i]
		return n.networkManager(a.owner, snapshot.GetCoreNetworkVpcAttachment, a.ID, "subnets of "+a.ID)
	}
}

// coreNetworks takes in Cloud WAN (D-240).
func (b *builder) coreNetworks() {
	for _, m := range b.n.Snapshot.CoreNetworks() {
		c := &b.n.CoreNetworks[b.coreNetwork(m.Record.CoreNetworkId, m.Part)]
		c.Record, c.record, c.ARN = m.Record, record{m.Part, true, m.Conflict}, cmp.Or(m.Record.CoreNetworkArn, c.ARN)
	}
	for _, m := range b.n.Snapshot.CoreNetworkAttachments() {
		a := &b.n.CoreAttachments[b.coreAttachment(m.Record.AttachmentId, m.Part)]
		a.Record, a.record = m.Record, record{m.Part, true, m.Conflict}
		b.coreSays(a, m.Record, m.Part)
	}
	for _, m := range b.n.Snapshot.CoreNetworkVpcAttachments() {
		r := m.Record
		i := b.coreAttachment(r.Attachment.AttachmentId, m.Part)
		a := &b.n.CoreAttachments[i]
		a.VPCRecord, a.conflict = r, a.conflict || m.Conflict
		if !a.known {
			a.record = record{m.Part, true, m.Conflict}
		}
		b.coreSays(a, &r.Attachment, m.Part)
		for _, arn := range r.SubnetArns {
			if k := b.subnet(resourceID(arn), b.partOf(a.owner, a.Edge, m.Part)); k >= 0 {
				a.Subnets = append(a.Subnets, k)
			}
		}
		slices.SortFunc(a.Subnets, func(x, y int32) int { return strings.Compare(b.n.Subnets[x].ID, b.n.Subnets[y].ID) })
		a.Subnets = slices.Compact(a.Subnets)
	}
	b.coreTables()
	for i := range b.n.CoreAttachments {
		if c := b.n.CoreAttachments[i].Core; c >= 0 {
			b.n.CoreNetworks[c].Attachments = append(b.n.CoreNetworks[c].Attachments, int32(i))
		}
	}
}

// coreSays takes in what one answer says of an attachment.
func (b *builder) coreSays(a *CoreAttachment, r *snapshot.CoreNetworkAttachment, part *snapshot.Part) {
	take := func(to *string, says string) {
		a.two = a.two || *to != "" && says != "" && *to != says
		*to = cmp.Or(*to, says)
	}
	take(&a.Type, strings.ToLower(r.AttachmentType))
	take(&a.Resource, resourceID(r.ResourceArn))
	take(&a.Segment, r.SegmentName)
	take(&a.Edge, r.EdgeLocation)
	take(&a.Group, r.NetworkFunctionGroupName)
	take(&a.owner, r.OwnerAccountId)
	take(&a.state, r.State)
	if a.Core < 0 {
		a.Core = b.coreNetwork(r.CoreNetworkId, part)
	}
	if a.Type == "vpc" {
		a.VPC = b.vpc(a.Resource, b.partOf(a.owner, a.Edge, part))
	}
}

// coreNetwork returns the core network of that id or ARN, naming it if no record did. An empty id gives -1.
func (b *builder) coreNetwork(id string, part *snapshot.Part) int32 {
	arn := ""
	if strings.HasPrefix(id, "arn:") {
		arn, id = id, resourceID(id)
	}
	if id == "" {
		return -1
	}
	i, ok := b.find(KindCoreNetwork, id)
	if !ok {
		i = b.add(KindCoreNetwork, id, len(b.n.CoreNetworks))
		b.n.CoreNetworks = append(b.n.CoreNetworks, CoreNetwork{record: record{part: part}, ID: id})
	}
	b.n.CoreNetworks[i].ARN = cmp.Or(b.n.CoreNetworks[i].ARN, arn)
	return i
}

// coreAttachment returns the attachment of that id, naming it if no record did.
func (b *builder) coreAttachment(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindCoreAttachment, id); ok {
		return i
	}
	i := b.add(KindCoreAttachment, id, len(b.n.CoreAttachments))
	b.n.CoreAttachments = append(b.n.CoreAttachments, CoreAttachment{record: record{part: part}, ID: id, Core: -1, VPC: -1, Table: -1})
	return i
}

// CoreMissing says what is missing where the core network's record cannot be used.
func (n *Network) CoreMissing(core int32) *Missing {
	c := &n.CoreNetworks[core]
	if c.Known() {
		return nil
	}
	if c.conflict {
		return disagree(snapshot.ListCoreNetworks, c.ID, c.part)
	}
	return n.networkManager(n.CoreOwner(core), snapshot.ListCoreNetworks, "", c.ID)
}

// State is the state of a core network that an answer describes; empty where the answer does not tell.
func (c *CoreNetwork) State() string { return c.Record.State }

// Works says whether a core network that an answer describes carries traffic, as a transit gateway does (D-201).
func (c *CoreNetwork) Works() bool {
	return c.State() == "" || c.State() == "AVAILABLE" || c.State() == "UPDATING"
}

// CoreOwner is the account that owns a core network, as its record or its ARN says; empty where neither does.
func (n *Network) CoreOwner(core int32) string {
	c := &n.CoreNetworks[core]
	if c.Record != nil && c.Record.OwnerAccountId != "" {
		return c.Record.OwnerAccountId
	}
	if f := strings.Split(c.ARN, ":"); len(f) == 6 {
		return f[4]
	}
	return ""
}

// networkManagerRegion is where Network Manager, a global service, is asked (SNAP-8).
const networkManagerRegion = "us-west-2"

// networkManager describes a fact that Network Manager would tell an account: by its best answer in any Region's part, else by none. Without an
// account any part's answer will do.
func (n *Network) networkManager(account string, op snapshot.Operation, object, what string) *Missing {
	m := &Missing{What: what, Call: op, Account: account, Region: networkManagerRegion, Why: NotAsked}
	for _, part := range n.Snapshot.Parts {
		c := part.Call(op)
		if object != "" {
			c = part.Object(op, object)
		}
		if account != "" && part.Account != account || c.State == snapshot.NotAsked || m.Why == NotHeld {
			continue
		}
		m.Account, m.Region = part.Account, cmp.Or(part.Region, networkManagerRegion)
		m.Why, m.Detail = whyOf(c.State), c.Error
	}
	return m
}

// disagree is a fact about which answers of Network Manager contradict each other, of which a part has one.
func disagree(op snapshot.Operation, what string, part *snapshot.Part) *Missing {
	return &Missing{What: what, Call: op, Account: part.Account, Region: cmp.Or(part.Region, networkManagerRegion), Why: Conflicting}
}

// CoreAttachmentMissing says what is missing where the attachment's record cannot be used.
func (n *Network) CoreAttachmentMissing(attachment int32) *Missing {
	a := &n.CoreAttachments[attachment]
	switch {
	case a.conflict || a.two:
		return disagree(snapshot.ListCoreNetworkAttachments, a.ID, a.part)
	case a.known:
		return nil
	}
	return n.networkManager(n.CoreOwner(a.Core), snapshot.ListCoreNetworkAttachments, "", a.ID) // a route of the core network names it
}

// State is the attachment's state; empty where no answer tells.
func (a *CoreAttachment) State() string { return a.state }

// Gone says whether the attachment is left over in the answers only (TGW-2, CWAN-7).
func (a *CoreAttachment) Gone() bool { return a.state == "FAILED" || a.state == "REJECTED" }

// Works says whether the attachment carries traffic, where its state is one of which that is known (TGW-2, D-240).
func (a *CoreAttachment) Works() bool {
	return a.state == "" || a.state == "AVAILABLE" || a.Changing()
}

// Changing says whether the attachment carries traffic, but perhaps not all (TGW-3).
func (a *CoreAttachment) Changing() bool { return a.state == "UPDATING" }

// StateKnown says whether it is known of the attachment's state whether it carries traffic.
func (a *CoreAttachment) StateKnown() bool {
	switch a.state {
	case "CREATING", "PENDING_ATTACHMENT_ACCEPTANCE", "REJECTED", "FAILED", "DELETING":
		return true
	}
	return a.Works()
}

// ReferencesGroups says whether a VPC attachment may keep who sent a packet (CWAN-7): only where it does not say otherwise.
func (a *CoreAttachment) ReferencesGroups() bool {
	if a.VPCRecord == nil || a.VPCRecord.Options == nil || a.VPCRecord.Options.SecurityGroupReferencingSupport == nil {
		return true
	}
	return *a.VPCRecord.Options.SecurityGroupReferencingSupport
}

// CoreAttachmentOf finds the attachment of a VPC to a core network, or says what an answer would have to hold (D-240).
func (n *Network) CoreAttachmentOf(core, vpc int32) (attachment int32, missing *Missing) {
	attachment = -1
	v := &n.VPCs[vpc]
	what := "attachment of " + v.ID + " to " + n.CoreNetworks[core].ID
	owner := ""
	if v.Record != nil {
		owner = v.Record.OwnerId
	}
	for _, i := range n.CoreNetworks[core].Attachments {
		a := &n.CoreAttachments[i]
		switch {
		case a.VPC != vpc || a.Gone():
		case attachment >= 0: // bad data
			return -1, disagree(snapshot.ListCoreNetworkAttachments, what, n.CoreAttachments[attachment].part)
		default:
			attachment = i
		}
	}
	if attachment >= 0 {
		return attachment, nil
	}
	return -1, n.networkManager(owner, snapshot.ListCoreNetworkAttachments, "", what)
}

// JoinedByCoreNetwork says whether two VPCs are attached to one core network.
func (n *Network) JoinedByCoreNetwork(a, b int32) bool {
	attached := func(c *CoreNetwork, vpc int32) bool {
		return slices.ContainsFunc(c.Attachments, func(i int32) bool { return n.CoreAttachments[i].VPC == vpc && !n.CoreAttachments[i].Gone() })
	}
	for i := range n.CoreNetworks {
		if attached(&n.CoreNetworks[i], a) && attached(&n.CoreNetworks[i], b) {
			return true
		}
	}
	return false
}
