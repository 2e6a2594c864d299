package solver

import (
	"cmp"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// leaving divides packets that an interface or a NAT gateway sends into those for its own subnet, which are delivered
// directly (RT-3, ACL-6, D-13), and those that leave it, which meet the network ACL first. Its then says where they go
// after that: the route table, or a peering (NAT-9).
var leaving = &stage{name: "leaving"}

func init() {
	leaving.step = func(w *walk, s *state) {
		n := &w.n.Subnets[s.ref.Index]
		if m := n.Missing(); m != nil {
			w.stop(s, s.set, m)
			return
		}
		here := w.p.Intersect(s.set, w.p.Destinations(n.Blocks...))
		out := w.p.Subtract(s.set, here)
		w.deliver(s, here)
		next := s.to(aclOut, s.ref)
		next.then, next.thenTo = s.then, s.thenTo
		if s.then == routing {
			next.thenTo = s.ref
		}
		w.pass(next, out)
	}
}

// deliver hands packets to the interfaces of the VPC that own their destinations (VPC-6, D-14).
func (w *walk) deliver(s *state, set packet.Set) {
	if set.IsEmpty() {
		return
	}
	rest := set
	taken := packet.Empty
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.DestinationAddresses(set)) {
		e := &w.n.Interfaces[i]
		mine := w.p.Intersect(set, w.p.Destinations(e.OwnPrefixes()...))
		if twice := w.p.Intersect(mine, taken); !twice.IsEmpty() {
			w.stop(s, twice, &model.Missing{What: "owner of an address that two interfaces of " + w.n.VPCs[s.vpc].ID + " have", Why: model.Conflicting})
			mine = w.p.Subtract(mine, twice)
		}
		taken = w.p.Union(taken, mine)
		rest = w.p.Subtract(rest, mine)
		w.hand(s, i, mine)
	}
	if rest.IsEmpty() {
		return
	}
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		w.stop(s, rest, m)
		return
	}
	w.deadEnd(s, rest, Blocker{Code: NoPossibleDestination, Reason: ReasonNoOwner, At: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
}

// hand sends packets to one interface: through its subnet's network ACL unless they come from that subnet.
func (w *walk) hand(s *state, iface int32, set packet.Set) {
	if set.IsEmpty() {
		return
	}
	e := &w.n.Interfaces[iface]
	if m := e.Missing(); m != nil || e.Subnet < 0 {
		w.stop(s, set, cmp.Or(m, &model.Missing{What: "subnet of " + e.ID, Why: model.NotHeld}))
		return
	}
	last, ref := groupsIn, model.Ref{Kind: model.KindInterface, Index: iface}
	if e.NAT >= 0 || isNATType(e) {
		last = natReturn
	}
	if m := w.n.Subnets[e.Subnet].Missing(); m != nil || e.Subnet == s.subnet {
		next := s.to(last, ref)
		next.iface = iface
		if m != nil { // whether the packets cross its boundary is not known; what its groups refuse is (D-81)
			next.doubting(m)
		}
		w.pass(next, set)
		return
	}
	next := s.to(aclIn, model.Ref{Kind: model.KindSubnet, Index: e.Subnet})
	next.iface, next.then, next.thenTo = iface, last, ref
	w.pass(next, set)
}

func isNATType(e *model.Interface) bool {
	return e.Record != nil && slices.Contains([]string{"nat_gateway", "natGateway"}, e.Record.InterfaceType)
}
