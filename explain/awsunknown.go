package explain

import (
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// The codes of AWS's format for what is not known. No packet is refused by them, so the solver does not raise them.
const (
	unknownResource      solver.Code = "UNKNOWN_RESOURCE"           // a resource on the path cannot be described
	unknownDestination   solver.Code = "UNKNOWN_DESTINATION"        // the path cannot be followed on
	unknownRoutes        solver.Code = "TGW_RTB_ROUTES_ARE_UNKNOWN" // the routes of a transit gateway's table
	unknownPeeredGroups  solver.Code = "UNKNOWN_PEERED_SGS"         // groups of the far side of a peering
	unsupportedComponent solver.Code = "UNSUPPORTED_COMPONENT"      // not modelled
)

// unknownBy says which code a call's missing answer has; UNKNOWN_RESOURCE where it is not here. The calls that name the
// next stop leave the destination unknown.
var unknownBy = map[model.Operation]solver.Code{
	"describe-network-interfaces":     unknownDestination,
	"describe-route-tables":           unknownDestination,
	"get-managed-prefix-list-entries": unknownDestination,
	"search-transit-gateway-routes":   unknownRoutes,
}

// unknownCode is the code of a missing fact.
func (a *analyst) unknownCode(m *model.Missing) solver.Code {
	far := strings.HasPrefix(m.What, "far side of ")
	switch {
	case m.Why == model.NotModelled:
		return unsupportedComponent
	case m.Why == model.Budget:
		return unknownDestination
	case far:
		return unknownDestination
	case strings.HasPrefix(m.What, "route table association of "): // TGW-67: which table routes is as unknown as its routes
		return unknownRoutes
	}
	if code, ok := unknownBy[m.Call]; ok {
		return code
	}
	return unknownResource
}

// unknown says which missing facts an unknown answer depends on: at the row that the fact is about, else at the last, as far as which the
// path could be followed.
func (a *analyst) unknown(out *NetworkInsightsAnalysis) {
	for _, m := range a.r.Missing {
		e := Explanation{ExplanationCode: string(a.unknownCode(m)), MissingComponent: m.What, ComponentAccount: m.Account, ComponentRegion: m.Region}
		ref, ok := a.about(m)
		if ok {
			e.Component = a.component(ref)
		}
		out.gather(e)
		if c := a.rowOf(out, ref); c != nil {
			c.Explanations = append(c.Explanations, e)
		}
	}
}

// about is the component that a missing fact names: its last word that is an id ("network ACL of subnet-a").
func (a *analyst) about(m *model.Missing) (found model.Ref, ok bool) {
	for _, word := range strings.Fields(m.What) {
		if r, is := a.n.ByID(strings.TrimSuffix(word, ":")); is {
			found, ok = r, true
		}
	}
	return found, ok
}

// rowOf is the row that a component belongs to: its own, or that of an interface in it or of it; the last row of the path where there
// is none.
func (a *analyst) rowOf(out *NetworkInsightsAnalysis, r model.Ref) *PathComponent {
	list := out.Forward
	if len(list) == 0 {
		return nil
	}
	if known(r) {
		id := a.n.ID(r)
		for i := range list {
			for _, c := range []*AnalysisComponent{list[i].Component, list[i].Subnet, list[i].AttachedTo} {
				if c != nil && c.ID == id {
					return &list[i]
				}
			}
		}
	}
	return &list[len(list)-1]
}

// unknownPeer says that groups refuse although a rule names a group of the far side of a peering of which the snapshot holds nothing:
// reading aws takes such a rule to match nothing (SG-23, D-24).
func (a *analyst) unknownPeer(b *solver.Blocker) (e Explanation, ok bool) {
	peering, far := a.unknownSide(b.Leg)
	if b.Code != solver.SecurityGroupMismatch || far < 0 || b.At.Kind != model.KindInterface || !known(b.At) {
		return e, false
	}
	e = Explanation{ExplanationCode: string(unknownPeeredGroups), Direction: direction(b.Egress), VpcPeeringConnection: a.component(peering),
		Vpc: a.component(model.Ref{Kind: model.KindVPC, Index: far}), NetworkInterface: a.component(b.At)}
	for _, g := range a.n.Interfaces[b.At.Index].Groups {
		rules := &a.n.SecurityGroups[g].Ingress
		if b.Egress {
			rules = &a.n.SecurityGroups[g].Egress
		}
		for _, r := range rules.References {
			if !r.Stale && !a.n.SecurityGroups[r.Group].Known() && a.p.Overlaps(r.Packets, b.Packets) {
				e.SecurityGroups = append(e.SecurityGroups, *a.component(model.Ref{Kind: model.KindSecurityGroup, Index: r.Group}))
			}
		}
	}
	return e, e.SecurityGroups != nil
}

// unknownSide finds the peering of a leg that joins a VPC of which the snapshot holds nothing; -1 for none.
func (a *analyst) unknownSide(leg solver.Leg) (peering model.Ref, vpc int32) {
	hops := a.r.Forward
	if leg == solver.Return {
		hops = a.r.Return
	}
	for i := range hops {
		if hops[i].At.Kind != model.KindPeering || !known(hops[i].At) {
			continue
		}
		for _, side := range a.n.Peerings[hops[i].At.Index].Sides {
			if side.VPC >= 0 && !a.n.Present(side.VPC) {
				return hops[i].At, side.VPC
			}
		}
	}
	return model.Ref{}, -1
}
