package oracle

import (
	"net/netip"
	"slices"
)

// refers asks whether a reference to a group matches (SG-16 to SG-25, D-22 to D-27).
func (w *walker) refers(f *flight, i *iface, r reference, egress bool) (verdict, string) {
	if r.PeeringStatus != "" && r.PeeringStatus != "active" { // SG-24
		w.decide("sg-stale", r.GroupId)
		return deny, ""
	}
	if egress {
		return w.refersToDestination(f, i, r)
	}
	return w.refersToSource(f, i, r)
}

// refersToSource asks an ingress reference: the token of the interface that the packet left from decides (SG-20).
func (w *walker) refersToSource(f *flight, i *iface, r reference) (verdict, string) {
	switch {
	case f.strange != "" && w.q.Reading == Strict && w.o.maybeOf(f.strange, f.p.Source): // D-24
		return unsure, "describe-network-interfaces: who sends by " + f.byEdge
	case f.origin == nil || !f.token: // SG-22
		return deny, ""
	case !f.origin.owns(f.p.Source): // SG-16
		return deny, ""
	case !f.origin.groupsKnown:
		return unsure, "describe-network-interfaces: groups of " + f.origin.id
	case !slices.Contains(f.origin.groups, r.GroupId):
		return deny, ""
	case f.entered > 0 && (w.o.isEndpoint(i) || w.o.inZone(i, noReferences)): // SG-21
		return deny, ""
	case f.unsure != "":
		return unsure, f.unsure
	case f.crossed == nil:
		return allow, ""
	}
	return w.oneRegion(f.crossed)
}

// maybeOf reports whether an address may be of a VPC.
func (o *Oracle) maybeOf(vpc string, a netip.Addr) bool {
	v := o.vpcs[vpc]
	return v == nil || v.conflict || v.contains(a)
}

// oneRegion asks whether group references work across a peering: only within one Region (SG-19, D-23).
func (w *walker) oneRegion(x *peering) (verdict, string) {
	a, b := x.sides[0].Region, x.sides[1].Region
	if a == "" || b == "" {
		if w.q.NoAssume {
			return unsure, "assumption: " + x.id + " is within one Region"
		}
		return allow, ""
	}
	if a != b {
		w.decide("sg-inter-region", x.id)
		return deny, ""
	}
	return allow, ""
}

// refersToDestination asks an egress reference: who has the destination address decides (D-22, D-27).
func (w *walker) refersToDestination(f *flight, i *iface, r reference) (verdict, string) {
	best, why := deny, ""
	owners := w.o.ownersAnywhere(f.p.Destination)
	for _, owner := range owners {
		switch v, reason := w.refersToOwner(i.vpc, owner, r); v {
		case allow:
			return allow, ""
		case unsure:
			best, why = unsure, reason
		}
	}
	near := func(owner *iface) bool { return owner.vpc == i.vpc || w.o.joined(i.vpc, owner.vpc) }
	if best == deny && !slices.ContainsFunc(owners, near) && w.ownerMayBeHidden(i.vpc, f) {
		return unsure, "describe-network-interfaces: owner of " + f.p.Destination.String()
	}
	return best, why
}

// refersToOwner asks whether one interface with the destination address satisfies an egress reference of a VPC.
func (w *walker) refersToOwner(vpc string, owner *iface, r reference) (verdict, string) {
	has := slices.Contains(owner.groups, r.GroupId)
	if owner.groupsKnown && !has && (owner.vpc == vpc || w.o.completeFor(vpc, "describe-vpc-peering-connections")) {
		return deny, ""
	}
	if !owner.groupsKnown {
		return unsure, "describe-network-interfaces: groups of " + owner.id
	}
	if owner.vpc == vpc {
		return allow, ""
	}
	best, why := deny, ""
	if !w.o.completeFor(vpc, "describe-vpc-peering-connections") {
		best, why = unsure, "describe-vpc-peering-connections: "+vpc+" and "+owner.vpc
	}
	for x := range w.o.peeringsOf(vpc) {
		if !has || !x.working() || x.far(vpc).VpcId != owner.vpc {
			continue
		}
		if x.conflict {
			return unsure, "copies of " + x.id + " differ"
		}
		if v, reason := w.oneRegion(x); v >= best {
			best, why = v, reason
		}
	}
	return best, why
}

// ownerMayBeHidden reports whether an interface that no answer describes may have the packet's destination: in the VPC,
// or in one that a peering joins to it. A far VPC of which the snapshot has no part counts in strict only (SG-23), and only
// for addresses that can be its own.
func (w *walker) ownerMayBeHidden(vpc string, f *flight) bool {
	if !w.o.completeFor(vpc, "describe-network-interfaces") {
		return true
	}
	for x := range w.o.peeringsOf(vpc) {
		if !x.working() {
			continue
		}
		if v, _ := w.oneRegion(x); v == deny { // SG-19: whoever is there, no reference matches
			continue
		}
		far := x.far(vpc).VpcId
		if w.o.vpcPart(far) != nil {
			if !w.o.completeFor(far, "describe-network-interfaces") {
				return true
			}
			continue
		}
		blocks, known := w.o.sideBlocks(x.far(vpc))
		if w.q.Reading == Strict && (!known || inBlocks(blocks, f.p.Destination)) {
			return true
		}
	}
	return false
}
