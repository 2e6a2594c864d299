package explain

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// awsRow says how AWS's format shows components of one kind. The zero value is a row with the component alone.
type awsRow struct {
	fill   func(a *analyst, h *solver.Hop, leg solver.Leg, c *PathComponent) // what the row holds besides; nil for nothing
	hidden bool                                                              // AWS has no row for it
	edge   bool                                                              // packets leave the network here: the end of a path from or to the internet
	placed bool                                                              // it stands in a subnet, so in a zone
	name   func(e *Explanation, c *AnalysisComponent)                        // puts the component where an explanation names its kind; nil: Component
}

// awsRows is filled by the file of each component, with registerRow in its init. A kind that is not here is shown by
// the component alone; a test fails for a kind that paths of the scenarios hold and that is not here.
var awsRows = map[model.Kind]awsRow{}

func registerRow(k model.Kind, r awsRow) { awsRows[k] = r }

func init() {
	registerRow(model.KindInternet, awsRow{hidden: true})
	registerRow(model.KindInstance, awsRow{})
	registerRow(model.KindInterface, awsRow{placed: true, fill: (*analyst).interfaceRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.NetworkInterface = c }})
	registerRow(model.KindSecurityGroup, awsRow{fill: (*analyst).groupRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.SecurityGroup = c }})
	registerRow(model.KindNetworkACL, awsRow{fill: (*analyst).aclRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.Acl = c }})
	registerRow(model.KindRouteTable, awsRow{fill: (*analyst).routeRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.RouteTable = c }})
	registerRow(model.KindInternetGateway, awsRow{edge: true, fill: (*analyst).vpcRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.InternetGateway = c }})
	registerRow(model.KindNATGateway, awsRow{placed: true, fill: (*analyst).placedRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.NatGateway = c }})
	registerRow(model.KindPeering, awsRow{fill: (*analyst).peeringRow,
		name: func(e *Explanation, c *AnalysisComponent) { e.VpcPeeringConnection = c }})
	// Only blockers stand at these; nothing passes them as a row.
	registerRow(model.KindVPC, awsRow{name: func(e *Explanation, c *AnalysisComponent) { e.Vpc = c }})
	registerRow(model.KindSubnet, awsRow{name: func(e *Explanation, c *AnalysisComponent) { e.Subnet = c }})
}

// rows lists the components of one leg.
func (a *analyst) rows(hops []solver.Hop, leg solver.Leg) []PathComponent {
	var out []PathComponent
	hops = a.upToEdge(hops, leg)
	zone := ""
	for i := range hops {
		h := &hops[i]
		kind := awsRows[h.At.Kind]
		if kind.hidden || !known(h.At) {
			continue
		}
		c := PathComponent{SequenceNumber: len(out) + 1, Component: a.component(h.At)}
		if kind.fill != nil {
			kind.fill(a, h, leg, &c)
		}
		a.rowHeaders(&c, hops, i, leg, len(out) == 0)
		for k := range h.Blockers {
			c.Explanations = append(c.Explanations, a.explanations(&h.Blockers[k])...)
		}
		if next := a.zone(h); kind.placed && next != "" {
			if zone != "" && next != zone {
				c.AdditionalDetails = append(c.AdditionalDetails, AdditionalDetail{AdditionalDetailType: "AVAILABILITY_ZONE_CROSSED"})
			}
			zone = next
		}
		out = append(out, c)
	}
	return out
}

// zone is the Availability Zone that a hop is in; empty where it is not known.
func (a *analyst) zone(h *solver.Hop) string {
	if !known(h.Subnet) {
		return ""
	}
	if s := a.n.Subnets[h.Subnet.Index].Record; s != nil {
		return s.AvailabilityZoneId
	}
	return ""
}

func (a *analyst) vpcRow(h *solver.Hop, _ solver.Leg, c *PathComponent) { c.Vpc = a.component(h.VPC) }

func (a *analyst) placedRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	c.Subnet, c.Vpc = a.component(h.Subnet), a.component(h.VPC)
}

func (a *analyst) interfaceRow(h *solver.Hop, leg solver.Leg, c *PathComponent) {
	a.placedRow(h, leg, c)
	c.AttachedTo = a.component(h.Attached)
}

// groupRow names the rule that admits; a reply of a tracked connection has none.
func (a *analyst) groupRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	if h.Rule != nil && h.Rule.Group != nil {
		c.SecurityGroupRule = a.sgRule(h.Rule.Group)
	}
}

func (a *analyst) aclRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	if h.Rule != nil && h.Rule.Entry != nil {
		c.AclRule = aclRuleOf(h.Rule.Entry)
	}
}

// routeRow names the route by which the path goes on, though it may be one that does not serve.
func (a *analyst) routeRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	if h.Rule != nil {
		c.RouteTableRoute = a.tableRoute(h.Rule.Route)
		return
	}
	for i := range h.Blockers {
		c.RouteTableRoute = a.tableRoute(h.Blockers[i].Losing)
		return
	}
	if r := a.routeAt(h); r != nil {
		c.RouteTableRoute = a.tableRoute(r.Route)
	}
}

func (a *analyst) peeringRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	p := &a.n.Peerings[h.At.Index]
	near := p.Near(h.VPC.Index)
	if near < 0 {
		return
	}
	c.SourceVpc = a.component(h.VPC)
	c.DestinationVpc = a.component(model.Ref{Kind: model.KindVPC, Index: p.Sides[1-near].VPC})
}

// remark puts AWS's additional details on rows.
func (a *analyst) remark(out *NetworkInsightsAnalysis) {
	forwardOnly := slices.ContainsFunc(a.r.Notes, func(n solver.Note) bool {
		return n.Kind == solver.NoteForwardOnly || n.Kind == solver.NoteUnidirectional
	})
	if last := len(out.Forward) - 1; forwardOnly && last >= 0 {
		c := &out.Forward[last]
		c.AdditionalDetails = append(c.AdditionalDetails, AdditionalDetail{AdditionalDetailType: "UNIDIRECTIONAL_PATH_ANALYSIS_ONLY"})
	}
	a.transitDetails(out)
	for i := range a.r.Assumptions {
		if f := awsAssumptions[a.r.Assumptions[i].Kind]; f != nil {
			f(a, &a.r.Assumptions[i], out)
		}
	}
}

// awsAssumptions says which assumptions AWS's format shows as additional details; a component adds its own.
var awsAssumptions = map[solver.AssumptionKind]func(a *analyst, of *solver.Assumption, out *NetworkInsightsAnalysis){}

// detail adds an additional detail to the rows of a component.
func (a *analyst) detail(out *NetworkInsightsAnalysis, at model.Ref, d AdditionalDetail) {
	for _, list := range [][]PathComponent{out.Forward, out.Return} {
		for i := range list {
			if c := list[i].Component; c != nil && known(at) && c.ID == a.n.ID(at) {
				list[i].AdditionalDetails = append(list[i].AdditionalDetails, d)
			}
		}
	}
}
