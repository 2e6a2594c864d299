package explain

import (
	"slices"
	"strconv"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// TransitGatewayRouteTableRoute is a route of a transit gateway's table in AWS's format.
type TransitGatewayRouteTableRoute struct {
	DestinationCidr string `json:"DestinationCidr,omitempty"`
	State           string `json:"State,omitempty"`
	RouteOrigin     string `json:"RouteOrigin,omitempty"`
	PrefixListID    string `json:"PrefixListId,omitempty"`
	AttachmentID    string `json:"AttachmentId,omitempty"`
	ResourceID      string `json:"ResourceId,omitempty"`
	ResourceType    string `json:"ResourceType,omitempty"`
}

// AnalysisTransitGatewayPolicyTableEntry is an entry of a policy table in AWS's format.
type AnalysisTransitGatewayPolicyTableEntry struct {
	RuleNumber           int        `json:"RuleNumber"`
	SourceCidr           string     `json:"SourceCidr,omitempty"`
	DestinationCidr      string     `json:"DestinationCidr,omitempty"`
	Protocol             string     `json:"Protocol,omitempty"`
	SourcePortRange      *PortRange `json:"SourcePortRange,omitzero"`
	DestinationPortRange *PortRange `json:"DestinationPortRange,omitzero"`
	TargetRouteTableID   string     `json:"TargetRouteTableId,omitempty"`
}

func init() {
	registerRow(model.KindTransitGateway, awsRow{name: func(e *Explanation, c *AnalysisComponent) { e.TransitGateway = c }})
	registerRow(model.KindTransitAttachment, awsRow{fill: (*analyst).attachmentRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.TransitGatewayAttachment = c }})
	registerRow(model.KindTransitRouteTable, awsRow{fill: (*analyst).transitTableRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.TransitGatewayRouteTable = c }})
	registerRow(model.KindTransitPolicyTable, awsRow{fill: (*analyst).policyTableRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.TransitGatewayPolicyTable = c }})
	explainCode((*analyst).transitFields, solver.TransitNoRoute, solver.TransitCannotRoute, solver.TransitMoreSpecific, solver.TransitHigherPriority,
		solver.TransitBadRoute, solver.TransitNoAssociation)
	explainCode((*analyst).zoneFields, solver.TransitZone, solver.TransitExitZone)
	explainCode((*analyst).referencingFields, solver.SecurityGroupReferencing)
}

func (a *analyst) attachmentRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	c.TransitGateway = a.component(h.Gateway)
}

func (a *analyst) transitTableRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	c.TransitGateway = a.component(h.Gateway)
	switch {
	case h.Rule != nil && h.Rule.Transit != nil:
		c.TransitGatewayRouteTableRoute = a.transitRoute(h.Rule.Transit)
	case len(h.Blockers) > 0:
		c.TransitGatewayRouteTableRoute = a.transitRoute(h.Blockers[0].LosingTransit)
	}
}

func (a *analyst) policyTableRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	c.TransitGateway = a.component(h.Gateway)
	if h.Rule == nil || h.Rule.Policy == nil {
		return
	}
	r := &h.Rule.Policy.Record.PolicyRule
	e := &AnalysisTransitGatewayPolicyTableEntry{RuleNumber: h.Rule.Policy.Number, SourceCidr: given(r.SourceCidrBlock), DestinationCidr: given(r.DestinationCidrBlock),
		Protocol: given(r.Protocol), TargetRouteTableID: h.Rule.Policy.Record.TargetRouteTableId}
	e.SourcePortRange, e.DestinationPortRange = givenPorts(r.SourcePortRange), givenPorts(r.DestinationPortRange)
	c.TransitGatewayPolicyTableEntry = e
}

// given is what an entry says; nothing where it means anything.
func given(text string) string {
	if text == "*" {
		return ""
	}
	return text
}

func givenPorts(text string) *PortRange {
	if given(text) == "" {
		return nil
	}
	lo, hi := text, text
	for i := range text {
		if text[i] == '-' {
			lo, hi = text[:i], text[i+1:]
		}
	}
	from, err1 := strconv.Atoi(lo)
	to, err2 := strconv.Atoi(hi)
	if err1 != nil || err2 != nil {
		return nil
	}
	return &PortRange{from, to}
}

// transitRoute is a route with the attachment it leads to, the first of several; nil for none.
func (a *analyst) transitRoute(r *model.TransitRoute) *TransitGatewayRouteTableRoute {
	if r == nil {
		return nil
	}
	out := &TransitGatewayRouteTableRoute{DestinationCidr: r.Prefix.String(), State: r.Record.State, RouteOrigin: r.Record.Type, PrefixListID: r.Record.PrefixListId}
	if len(r.Record.TransitGatewayAttachments) > 0 {
		x := r.Record.TransitGatewayAttachments[0]
		out.AttachmentID, out.ResourceID, out.ResourceType = x.TransitGatewayAttachmentId, x.ResourceId, x.ResourceType
	}
	return out
}

// transitFields names the gateway, the table and the route that does not serve, as seen of TGW_RTB_CANNOT_ROUTE.
func (a *analyst) transitFields(b *solver.Blocker, e *Explanation) {
	gateway := int32(-1)
	switch b.At.Kind {
	case model.KindTransitRouteTable:
		gateway = a.n.TransitTables[b.At.Index].Gateway
	case model.KindTransitAttachment:
		gateway = a.n.TransitAttachments[b.At.Index].Gateway
	}
	if gateway >= 0 {
		e.TransitGateway = a.component(model.Ref{Kind: model.KindTransitGateway, Index: gateway})
	}
	switch {
	case b.Target.Kind == model.KindTransitAttachment && known(b.Target):
		e.TransitGatewayAttachment = a.component(b.Target)
	case b.Target.Kind == model.KindTransitPolicyTable && known(b.Target):
		e.TransitGatewayPolicyTable = a.component(b.Target)
	}
	route := b.LosingTransit
	if route == nil && b.Rule != nil && b.Code == solver.TransitBadRoute {
		route = b.Rule.Transit
	}
	e.TransitGatewayRouteTableRoute = a.transitRoute(route)
	e.State = b.State
}

// zoneFields names the zone: the sender's, which the attachment is not in, or the one that it does not hand over in.
func (a *analyst) zoneFields(b *solver.Blocker, e *Explanation) {
	a.transitFields(b, e)
	if !known(b.Subnet) {
		return
	}
	if r := a.n.Subnets[b.Subnet.Index].Record; r != nil {
		if r.AvailabilityZone != "" {
			e.AvailabilityZones = []string{r.AvailabilityZone}
		}
		if r.AvailabilityZoneId != "" {
			e.AvailabilityZoneIds = []string{r.AvailabilityZoneId}
		}
	}
}

func (a *analyst) referencingFields(b *solver.Blocker, e *Explanation) {
	a.transitFields(b, e)
	if known(b.Interface) {
		e.NetworkInterface = a.component(b.Interface)
	}
}

// decidedByTransit is the packets that a route of a transit gateway's table carries.
func (a *analyst) decidedByTransit(r *solver.Rule) (packet.Set, bool) {
	t := &a.n.TransitTables[r.Of.Index]
	set := packet.Empty
	for i := range t.Ways {
		if slices.ContainsFunc(t.Ways[i].Routes, func(k int) bool { return &t.Routes[k] == r.Transit }) {
			set = a.p.Union(set, t.Ways[i].Destinations)
		}
	}
	return set, !set.IsEmpty()
}
