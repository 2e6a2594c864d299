package oracle

import (
	"encoding/json"
	"slices"
)

// transitGateway is a transit gateway.
type transitGateway struct {
	entity
	state      string
	references string // SecurityGroupReferencingSupport
}

// transitTable is the record of a route table of a transit gateway.
type transitTable struct {
	entity
	gateway, state string
}

// transitAttachment is all that the answers say of one attachment at one transit gateway. Both ends of a peering may have one id, so
// the gateway belongs to the name.
type transitAttachment struct {
	gateway, id         string
	kind, resource      string // ResourceType, ResourceId
	gatewayOwner, owner string
	states              []string
	parts               []*part // whose answers of describe-transit-gateway-attachments hold it
	associated          []claim // route tables
	shapes              []shape
}

// claim is what one answer says, and whether it is that of the account whose word counts (ACC-3).
type claim struct {
	value string
	owner bool
}

// shape is what describe-transit-gateway-vpc-attachments says of an attachment.
type shape struct {
	subnets               []string
	told                  bool // the list of subnets was there
	appliance, references string
	ipv6                  string
	owner                 bool
}

// transitPeering is the record of a peering attachment.
type transitPeering struct {
	id, accepterID string
	sides          [2]transitSide // the requester's first
	part           *part
}

type transitSide struct{ TransitGatewayId, OwnerId, Region string }

// tableMember is an association or a propagation as the answers for one table tell it.
type tableMember struct{ TransitGatewayAttachmentId, ResourceId, ResourceType, State string }

func readTransitGateways(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		TransitGatewayId, OwnerId, State string
		Options                          struct{ SecurityGroupReferencingSupport string }
	}
	return each(a, "TransitGateways", func(r record, raw []byte) bool {
		return keep(o.transits, &transitGateway{entity{id: r.TransitGatewayId, owner: r.OwnerId, part: p, raw: raw}, r.State, r.Options.SecurityGroupReferencingSupport})
	})
}

func readTransitTables(o *Oracle, p *part, a answer, _ string) bool {
	type record struct{ TransitGatewayRouteTableId, TransitGatewayId, State string }
	return each(a, "TransitGatewayRouteTables", func(r record, raw []byte) bool {
		return keep(o.transitTables, &transitTable{entity{id: r.TransitGatewayRouteTableId, part: p, raw: raw}, r.TransitGatewayId, r.State})
	})
}

// attachment returns the attachment of an id at a gateway, made when first met.
func (o *Oracle) attachment(gateway, id string) *transitAttachment {
	for _, a := range o.attachments {
		if a.gateway == gateway && a.id == id {
			return a
		}
	}
	a := &transitAttachment{gateway: gateway, id: id}
	o.attachments = append(o.attachments, a)
	return a
}

func readTransitAttachments(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		TransitGatewayAttachmentId, TransitGatewayId, TransitGatewayOwnerId, ResourceOwnerId, ResourceType, ResourceId, State string

		Association *struct{ TransitGatewayRouteTableId, State string }
	}
	return each(a, "TransitGatewayAttachments", func(r record, _ []byte) bool {
		if r.TransitGatewayAttachmentId == "" || r.TransitGatewayId == "" {
			return false
		}
		t := o.attachment(r.TransitGatewayId, r.TransitGatewayAttachmentId)
		t.kind, t.resource = r.ResourceType, r.ResourceId
		t.gatewayOwner, t.owner = r.TransitGatewayOwnerId, r.ResourceOwnerId
		t.states, t.parts = append(t.states, r.State), append(t.parts, p)
		if n := r.Association; n != nil && n.TransitGatewayRouteTableId != "" && (n.State == "associated" || n.State == "") {
			t.associated = append(t.associated, claim{n.TransitGatewayRouteTableId, p.account == r.TransitGatewayOwnerId})
		}
		return true
	})
}

func readTransitVPCAttachments(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		TransitGatewayAttachmentId, TransitGatewayId, VpcId, VpcOwnerId, State string

		SubnetIds []string
		Options   struct{ ApplianceModeSupport, SecurityGroupReferencingSupport, Ipv6Support string }
	}
	return each(a, "TransitGatewayVpcAttachments", func(r record, _ []byte) bool {
		if r.TransitGatewayAttachmentId == "" || r.TransitGatewayId == "" {
			return false
		}
		t := o.attachment(r.TransitGatewayId, r.TransitGatewayAttachmentId)
		t.kind, t.resource, t.owner = "vpc", r.VpcId, r.VpcOwnerId
		t.states = append(t.states, r.State)
		t.shapes = append(t.shapes, shape{r.SubnetIds, r.SubnetIds != nil, r.Options.ApplianceModeSupport, r.Options.SecurityGroupReferencingSupport,
			r.Options.Ipv6Support, p.account == r.VpcOwnerId})
		return true
	})
}

func readTransitPeerings(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		TransitGatewayAttachmentId, AccepterTransitGatewayAttachmentId, State string

		RequesterTgwInfo, AccepterTgwInfo transitSide
	}
	return each(a, "TransitGatewayPeeringAttachments", func(r record, _ []byte) bool {
		if r.TransitGatewayAttachmentId == "" {
			return false
		}
		x := &transitPeering{r.TransitGatewayAttachmentId, r.AccepterTransitGatewayAttachmentId, [2]transitSide{r.RequesterTgwInfo, r.AccepterTgwInfo}, p}
		o.transitPeerings = append(o.transitPeerings, x)
		o.peeringStates = append(o.peeringStates, peeringState{x, r.State})
		return true
	})
}

// peeringState is the state that a peering's record tells.
type peeringState struct {
	peering *transitPeering
	state   string
}

// aboutTable returns the table that an answer is about: as the file's name or the answer itself says.
func aboutTable(a answer, argument string) string {
	var named string
	if json.Unmarshal(a["TransitGatewayRouteTableId"], &named) == nil && named != "" {
		return named
	}
	return argument
}

func readTransitAssociations(o *Oracle, _ *part, a answer, argument string) bool {
	table := aboutTable(a, argument)
	return each(a, "Associations", func(m tableMember, _ []byte) bool {
		if table == "" || m.TransitGatewayAttachmentId == "" {
			return false
		}
		if m.State == "associated" || m.State == "" {
			o.tableMembers[table] = append(o.tableMembers[table], m)
		}
		return true
	})
}

// propagations are the enabled propagations into a table, as far as the answers tell them.
type propagations struct {
	members []tableMember
	whole   bool
}

func (o *Oracle) propagationsOf(table string) *propagations {
	if o.propagations[table] == nil {
		o.propagations[table] = &propagations{}
	}
	return o.propagations[table]
}

func readTransitPropagations(o *Oracle, _ *part, a answer, argument string) bool {
	if a["TransitGatewayPropagations"] != nil { // a list of answers, as collectors write it
		return each(a, "TransitGatewayPropagations", func(one answer, _ []byte) bool { return readTransitPropagations(o, nil, one, "") })
	}
	table := aboutTable(a, argument)
	if table == "" {
		return false
	}
	ps := o.propagationsOf(table)
	all := each(a, "TransitGatewayRouteTablePropagations", func(m tableMember, _ []byte) bool {
		if m.State == "enabled" || m.State == "" {
			ps.members = append(ps.members, m)
		}
		return m.TransitGatewayAttachmentId != ""
	})
	ps.whole = ps.whole || all && a.whole()
	return all
}

// pickClaims returns the values that are claimed, the owner's before the others'. Several are answers that disagree.
func pickClaims(claims []claim) []string {
	var owners, values []string
	for _, c := range claims {
		if c.owner && !slices.Contains(owners, c.value) {
			owners = append(owners, c.value)
		}
		if !slices.Contains(values, c.value) {
			values = append(values, c.value)
		}
	}
	if owners != nil {
		return owners
	}
	return values
}

// shape returns what counts of the attachment's subnets and options; told is false where no answer tells them, or several disagree.
func (a *transitAttachment) shape() (shape, bool) {
	var best []shape
	for _, owner := range []bool{true, false} {
		for _, s := range a.shapes {
			if s.owner == owner {
				best = append(best, s)
			}
		}
		if best != nil {
			break
		}
	}
	for _, s := range best[min(1, len(best)):] {
		if !slices.Equal(s.subnets, best[0].subnets) || s.appliance != best[0].appliance || s.references != best[0].references || s.ipv6 != best[0].ipv6 {
			return shape{}, false
		}
	}
	if best == nil {
		return shape{}, false
	}
	return best[0], true
}

// gone reports whether the attachment is as if it were not there (TGW-2).
func (a *transitAttachment) gone() bool {
	return slices.ContainsFunc(a.states, func(s string) bool { return s == "deleted" || s == "failed" || s == "rejected" })
}

// carries follows the attachment's state (TGW-2, TGW-3, D-200). It returns false when the packet was refused.
func (w *walker) carries(f flight, a *transitAttachment) (flight, bool) {
	states := slices.Compact(slices.Sorted(slices.Values(a.states)))
	if len(states) > 1 {
		f = w.lack(f, "tgw-attachment-disputed", "answers disagree: state of "+a.id)
	}
	for _, s := range states {
		switch s {
		case "", "available": // one that is gone comes here as an end only
		case "modifying", "rollingBack":
			w.decide("tgw-attachment-changing", a.id)
		default:
			if len(states) == 1 {
				return f, w.refuse(f, "tgw-attachment-state", a.id, s)
			}
		}
	}
	return f, true
}

// linkTransitPeerings gives the attachments of peerings the states that the peerings' records tell (D-200).
func (o *Oracle) linkTransitPeerings() {
	for _, s := range o.peeringStates {
		for k, side := range s.peering.sides {
			if side.TransitGatewayId == "" {
				continue
			}
			p := s.peering.part
			own := (p.account == "" || side.OwnerId == p.account) && (p.region == "" || side.Region == "" || side.Region == p.region)
			if !own && !o.describes(s.peering, side.TransitGatewayId) { // D-200: it says no more than that there is one
				continue
			}
			a := o.peeringEnd(s.peering, k)
			if a.kind == "" {
				a.kind, a.resource, a.gatewayOwner = "peering", s.peering.sides[1-k].TransitGatewayId, side.OwnerId
			}
			if own && !slices.Contains(a.states, s.state) {
				a.states = append(a.states, s.state)
			}
		}
	}
}

// describes reports whether another answer holds an end of a peering at a gateway.
func (o *Oracle) describes(x *transitPeering, gateway string) bool {
	return slices.ContainsFunc(o.attachments, func(a *transitAttachment) bool {
		other := a.kind == "peering" && (a.resource == x.sides[0].TransitGatewayId || a.resource == x.sides[1].TransitGatewayId)
		return a.gateway == gateway && (a.id == x.id || a.id == x.accepterID || other)
	})
}

// peeringEnd returns the attachment at one end of a peering. The accepter's may have an id of its own that the record does not tell.
func (o *Oracle) peeringEnd(x *transitPeering, k int) *transitAttachment {
	gateway, id := x.sides[k].TransitGatewayId, x.id
	if k == 1 && x.accepterID != "" {
		id = x.accepterID
	}
	if k == 1 && x.accepterID == "" {
		for _, a := range o.attachments {
			if a.gateway == gateway && a.id != id && a.kind == "peering" && a.resource == x.sides[0].TransitGatewayId {
				return a
			}
		}
	}
	return o.attachment(gateway, id)
}
