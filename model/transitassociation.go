package model

import (
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// transitAssociations finds the route table or policy table of every attachment: as its own record says, and the answers about tables
// (TGW-19, TGW-21, TGW-23, D-205). The defaults of a gateway associate nothing by themselves (TGW-22).
func (b *builder) transitAssociations() {
	n := b.n
	for i := range n.TransitAttachments {
		a := &n.TransitAttachments[i]
		if a.Record != nil && a.Record.Association != nil && associated(a.Record.Association.State) {
			a.associate(a.Record.Association.TransitGatewayRouteTableId)
		}
	}
	for _, part := range n.Snapshot.Parts {
		for k := range part.TransitGatewayAssociations {
			r := &part.TransitGatewayAssociations[k]
			if !associated(r.State) || r.TransitGatewayAttachmentId == "" {
				continue
			}
			n.TransitAttachments[b.associatedWith(r, part)].associate(r.Table)
		}
	}
	for i := range n.TransitAttachments {
		a := &n.TransitAttachments[i]
		a.twoTables = len(a.associations) > 1
		for _, id := range a.associations {
			if b.isPolicyTable(id) {
				a.Policy = b.policyTable(id, a.Gateway, a.part)
			} else {
				a.Table = b.transitTable(id, a.Gateway, a.part)
			}
		}
	}
}

// tableGateways finds out whose a table is that no record describes: its gateway is that of every attachment associated with it (D-205). What
// an attachment's own record says is taken in with its table.
func (b *builder) tableGateways() {
	n := b.n
	for _, part := range n.Snapshot.Parts {
		for _, r := range part.TransitGatewayAssociations {
			i, ok := b.find(KindTransitAttachment, r.TransitGatewayAttachmentId)
			if ok && n.TransitAttachments[i].Type != "" && n.TransitAttachments[i].Type != "peering" && !b.isPolicyTable(r.Table) { // of a peering both ends may have one id
				b.transitTable(r.Table, n.TransitAttachments[i].Gateway, part)
			}
		}
	}
}

func (a *TransitAttachment) associate(table string) {
	if table != "" && !slices.Contains(a.associations, table) {
		a.associations = append(a.associations, table)
	}
}

// associatedWith is the attachment that an association is of, at the gateway of its table.
func (b *builder) associatedWith(r *snapshot.TransitGatewayAssociation, part *snapshot.Part) int32 {
	gateway := int32(-1)
	if t, ok := b.find(KindTransitRouteTable, r.Table); ok {
		gateway = b.n.TransitTables[t].Gateway
	} else if t, ok := b.find(KindTransitPolicyTable, r.Table); ok {
		gateway = b.n.PolicyTables[t].Gateway
	}
	return b.transitAttachment(r.TransitGatewayAttachmentId, gateway, part)
}

// AssociationMissing says why the table of an attachment that has none cannot be told (D-205, TGW-67); nil where it has none for sure.
func (n *Network) AssociationMissing(attachment int32) *Missing {
	a := &n.TransitAttachments[attachment]
	m := n.transitMissing(a.Gateway, a.part, snapshot.DescribeTransitGatewayAttachments, "", "route table association of "+a.ID)
	switch {
	case a.twoTables:
		m.Why = Conflicting
		return m
	case a.Table >= 0 || a.Policy >= 0:
		return nil
	case a.Record == nil || !n.ownersView(a.Gateway, a.part) || !complete(a.part, snapshot.DescribeTransitGatewayAttachments):
		return m
	case !complete(a.part, snapshot.DescribeTransitGatewayPolicyTables): // an attachment with a policy table shows no association (TGW-23)
		return missingCall(a.part, snapshot.DescribeTransitGatewayPolicyTables, "policy tables of "+n.TransitGateways[a.Gateway].ID)
	}
	for i := range n.PolicyTables {
		p := &n.PolicyTables[i]
		if p.Gateway == a.Gateway && p.part.Object(snapshot.GetTransitGatewayPolicyTableAssociations, p.ID).State != snapshot.Complete {
			return n.transitMissing(p.Gateway, p.part, snapshot.GetTransitGatewayPolicyTableAssociations, p.ID, "associations of "+p.ID)
		}
	}
	return nil
}

// transitNAT takes in the rules of static NAT (TGW-57, D-204).
func (b *builder) transitNAT() {
	n := b.n
	for _, part := range n.Snapshot.Parts {
		for k := range part.TransitGatewayNatRules {
			r := &part.TransitGatewayNatRules[k]
			i, ok := b.find(KindTransitAttachment, r.Attachment)
			if !ok || !r.MatchSourceCidr.IsValid() || !r.NatCidr.IsValid() {
				continue
			}
			a := &n.TransitAttachments[i]
			rule := TransitNAT{From: r.MatchSourceCidr.Masked(), To: r.NatCidr.Masked()}
			what := "static NAT of " + a.ID
			switch {
			case r.State == "deactivated" || r.State == "deleting" || r.NatGatewaySupport == "disabled":
				continue
			case r.State != "" && r.State != "activated", r.NatGatewaySupport != "" && r.NatGatewaySupport != "enabled", rule.From.Bits() != rule.To.Bits():
				rule.Doubt = &Missing{What: what, Call: snapshot.GetTransitGatewayAttachmentNatConfiguration, Account: part.Account, Region: part.Region, Why: Conflicting,
					Detail: "a rule that is being changed"}
			}
			a.NAT = append(a.NAT, rule)
		}
	}
	for i := range n.TransitAttachments {
		a := &n.TransitAttachments[i]
		a.natMissing = n.transitMissing(a.Gateway, a.part, snapshot.GetTransitGatewayAttachmentNatConfiguration, a.ID, "static NAT of "+a.ID)
		for _, part := range n.Snapshot.Parts {
			c, asked := part.Objects[snapshot.GetTransitGatewayAttachmentNatConfiguration][a.ID]
			if !asked {
				continue
			}
			a.natAsked = true
			a.natMissing.Why, a.natMissing.Account, a.natMissing.Region = whyOf(c.State), part.Account, part.Region
			if c.State == snapshot.Complete {
				a.natMissing = nil
				break
			}
		}
	}
}

// NATMissing is what is missing to tell the static NAT of an attachment; nil where it is known. asked says whether somebody asked: where nobody did,
// there is taken to be none (D-204).
func (a *TransitAttachment) NATMissing() (asked bool, missing *Missing) {
	return a.natAsked, a.natMissing
}
