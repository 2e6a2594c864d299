package explain

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// awsFields says which fields the explanation of a code has, where AWS's samples or the code's meaning tell more than the
// default: the component under its kind's name, its VPC and subnet. A component adds the codes that it raises.
var awsFields = map[solver.Code]func(a *analyst, b *solver.Blocker, e *Explanation){}

func explainCode(fields func(a *analyst, b *solver.Blocker, e *Explanation), codes ...solver.Code) {
	for _, c := range codes {
		awsFields[c] = fields
	}
}

func init() {
	explainCode((*analyst).groupFields, solver.SecurityGroupMismatch)
	explainCode((*analyst).aclFields, solver.SubnetACLRestriction)
	explainCode((*analyst).checkFields, solver.SourceDestCheck)
	explainCode((*analyst).routeFields, solver.NoRouteToDestination, solver.BadStateRoute, solver.CannotRoute, solver.MoreSpecificRoute, solver.HigherPriorityRoute)
	explainCode((*analyst).localFields, solver.LocalRouteRestriction)
	explainCode((*analyst).stateFields, solver.BadState, solver.BadStateAttachment)
	explainCode((*analyst).addressFields, solver.InternetDestinationRFC1918, solver.InternetDestinationRFC6598, solver.InternetSourceRFC1918,
		solver.InternetSourceRFC6598, solver.RejectsSpoofed)
	explainCode((*analyst).peeringFields, solver.PeeringRequiresAddress)
	explainCode((*analyst).nowhereFields, solver.NoPossibleDestination, solver.UnassociatedComponent, solver.NoPath)
	explainCode((*analyst).disconnectedFields, solver.DisconnectedVPCs)
}

// explanations is a blocker as AWS's format has it, and, where rules that name groups of an unknown VPC count as refusing (SG-23, D-24), that
// too.
func (a *analyst) explanations(b *solver.Blocker) []Explanation {
	out := []Explanation{a.explanation(b)}
	if e, ok := a.unknownPeer(b); ok {
		out = append(out, e)
	}
	return out
}

func (a *analyst) explanation(b *solver.Blocker) Explanation {
	e := Explanation{ExplanationCode: string(b.Code)}
	a.place(&e, b.At)
	if known(b.VPC) {
		e.Vpc = a.component(b.VPC)
	}
	if known(b.Subnet) {
		e.Subnet = a.component(b.Subnet)
	}
	if fields := awsFields[b.Code]; fields != nil {
		fields(a, b, &e)
	}
	return e
}

// place names a component under the field of its kind.
func (a *analyst) place(e *Explanation, at model.Ref) {
	c := a.component(at)
	if c == nil {
		return
	}
	if name := awsRows[at.Kind].name; name != nil {
		name(e, c)
		return
	}
	e.Component = c
}

func (a *analyst) groupFields(b *solver.Blocker, e *Explanation) {
	e.Direction = direction(b.Egress)
	if b.At.Kind != model.KindInterface || !known(b.At) {
		return
	}
	for _, g := range a.n.Interfaces[b.At.Index].Groups {
		e.SecurityGroups = append(e.SecurityGroups, *a.component(model.Ref{Kind: model.KindSecurityGroup, Index: g}))
	}
}

func (a *analyst) aclFields(b *solver.Blocker, e *Explanation) { e.Direction = direction(b.Egress) }

// checkFields names the address that does not belong to the interface, and its own.
func (a *analyst) checkFields(b *solver.Blocker, e *Explanation) {
	e.Direction = direction(b.Egress)
	e.Address = cidr(a.peer(b))
	if b.At.Kind == model.KindInterface && known(b.At) {
		for _, p := range a.n.Interfaces[b.At.Index].OwnPrefixes() {
			if p.Addr().Is4() {
				e.Addresses = append(e.Addresses, p.String())
			}
		}
	}
}

// peer is the address that a blocker is about: of a packet on its way out the source, on its way in the destination.
func (a *analyst) peer(b *solver.Blocker) netip.Addr {
	if b.Egress {
		return b.Witness.Source
	}
	return b.Witness.Destination
}

// routeFields names the route that does not serve, and where it or one that lacks should lead.
func (a *analyst) routeFields(b *solver.Blocker, e *Explanation) {
	route := b.Losing
	if route == nil && b.Rule != nil && b.Code == solver.BadStateRoute {
		route = b.Rule.Route
	}
	e.RouteTableRoute = a.tableRoute(route)
	if route != nil && route.List >= 0 {
		e.PrefixList = a.component(model.Ref{Kind: model.KindPrefixList, Index: route.List})
	}
	if known(b.Target) && b.Target.Kind != model.KindVPC {
		e.Destination = a.component(b.Target)
	} else {
		e.Destination = a.component(a.r.Query.To.Ref)
	}
}

func (a *analyst) localFields(b *solver.Blocker, e *Explanation) {
	if b.VPC.Kind == model.KindVPC && known(b.VPC) {
		e.Cidrs = fours(a.n.VPCs[b.VPC.Index].Blocks)
	}
	e.Address = cidr(b.Witness.Destination)
}

func (a *analyst) stateFields(b *solver.Blocker, e *Explanation) {
	e.State = b.State
	if known(b.Interface) {
		e.NetworkInterface = a.component(b.Interface)
	}
	if b.Code == solver.BadStateAttachment && b.At.Kind == model.KindInterface && known(b.At) {
		if i := a.n.Interfaces[b.At.Index].Instance; i >= 0 {
			e.AttachedTo = a.component(model.Ref{Kind: model.KindInstance, Index: i})
		}
	}
}

// addressFields names the address that a gateway does not carry.
func (a *analyst) addressFields(b *solver.Blocker, e *Explanation) {
	switch b.Code {
	case solver.InternetDestinationRFC1918, solver.InternetDestinationRFC6598:
		e.Address = cidr(b.Witness.Destination)
	default:
		e.Address = cidr(b.Witness.Source)
	}
}

// peeringFields names the VPC in whose blocks the address should lie, these, and the address.
func (a *analyst) peeringFields(b *solver.Blocker, e *Explanation) {
	e.Address = cidr(a.peer(b))
	if b.At.Kind != model.KindPeering || !known(b.At) {
		return
	}
	p := &a.n.Peerings[b.At.Index]
	for _, side := range p.Sides {
		if side.VPC == b.VPC.Index && side.VPC >= 0 {
			e.Cidrs = fours(side.Blocks)
		}
	}
}

func (a *analyst) nowhereFields(b *solver.Blocker, e *Explanation) {
	if b.Code == solver.NoPossibleDestination {
		e.Destination = a.component(a.r.Query.To.Ref)
		e.Address = cidr(b.Witness.Destination)
	}
}

func (a *analyst) disconnectedFields(b *solver.Blocker, e *Explanation) {
	e.Vpc, e.SourceVpc, e.DestinationVpc = nil, a.component(b.At), a.component(b.Target)
}

// fours are the IPv4 blocks among some.
func fours(blocks []netip.Prefix) []string {
	var out []string
	for _, p := range blocks {
		if p.Addr().Is4() {
			out = append(out, p.String())
		}
	}
	return out
}
