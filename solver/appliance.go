package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// An interface or instance as a route's next hop, which packets pass (W-3, GRT-7 to GRT-10, ENI-3, ENI-5, ENI-8, D-100 to D-103):
// in by its groups and checks as at any interface, out by the same interface or another of the instance.
var (
	applianceGroupsIn  = &stage{name: "appliance-groups-in"}
	applianceIn        = &stage{name: "appliance-in", row: interfaceRow}
	applianceOut       = &stage{name: "appliance-out"}
	applianceGroupsOut = &stage{name: "appliance-groups-out"}
)

func init() {
	routeTargets[model.KindInterface] = enterAppliance
	routeTargets[model.KindInstance] = enterAppliance
	applianceGroupsIn.step = func(w *walk, s *state) {
		if e := &w.n.Interfaces[s.ref.Index]; !e.Appliance() {
			w.stop(s, s.set, &model.Missing{What: e.ID, Why: model.NotModelled, Detail: e.Record.InterfaceType + " interface as a route's target"})
			return
		}
		w.groups(s, s.to(applianceIn, s.ref), false)
	}
	applianceGroupsIn.row = func(w *walk, s *state) Hop { return groupRow(w, s, false) }
	applianceGroupsIn.rule = func(w *walk, s *state, k packet.Packet) *Rule { return groupRule(w, s, k, false) }
	applianceIn.step = stepApplianceIn
	applianceOut.step = stepApplianceOut
	applianceOut.row = func(w *walk, s *state) Hop {
		if s.prev.ref == s.ref { // in and out by one interface: one row
			return Hop{}
		}
		return interfaceRow(w, s)
	}
	applianceGroupsOut.step = func(w *walk, s *state) {
		next := s.to(leaving, model.Ref{Kind: model.KindSubnet, Index: s.subnet})
		next.then, next.thenTo = routing, next.ref
		w.groups(s, next, true)
	}
	applianceGroupsOut.row = func(w *walk, s *state) Hop { return groupRow(w, s, true) }
	applianceGroupsOut.rule = func(w *walk, s *state, k packet.Packet) *Rule { return groupRule(w, s, k, true) }
}

// enterAppliance takes packets from a route (D-100): what is addressed to the interface itself is delivered to it (ENI-3), the
// rest is to pass through it.
func enterAppliance(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
	i, m := w.n.NextHop(r.Target)
	if m != nil { // D-46
		w.stopAt(s, set, r.Target, m)
		return
	}
	e := &w.n.Interfaces[i]
	if e.VPC != s.vpc {
		w.stopAt(s, set, r.Target, &model.Missing{What: "VPC of " + e.ID + ", to which a route of another VPC leads", Why: model.Conflicting})
		return
	}
	own := w.p.Intersect(set, w.p.Destinations(e.OwnPrefixes()...))
	w.approach(s, i, w.p.Subtract(set, own), applianceGroupsIn, r, toll)
	if e.NAT >= 0 || isNATType(e) { // its addresses are the gateway's
		w.deliver(s, own)
		return
	}
	w.approach(s, i, own, groupsIn, r, toll)
}

func stepApplianceIn(w *walk, s *state) {
	e := &w.n.Interfaces[s.ref.Index]
	set := s.set
	if !s.checked() {
		set = w.inService(s, set, e.Subnet)
		set = w.attachedHop(s, set, e)
		set = w.running(s, set)
		set = w.forwards(s, set, e, false)
	}
	if w.looped(s, applianceOut, w.n.DeviceOf(s.ref.Index)) {
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonLoop, At: s.ref})
		return
	}
	if !w.assume(s, AssumeForwards, s.ref) {
		s.doubting(&model.Missing{What: e.ID, Why: model.NotModelled, Detail: "what an appliance lets pass"})
	}
	if s.leg == Return {
		set = w.seenBy(s, set, w.n.DeviceOf(s.ref.Index))
	}
	w.exits(s, s.frame, set)
}

// checked says whether the packets have passed the interface before, in the same direction of the interface: its facts are
// judged once.
func (s *state) checked() bool {
	for p := s.prev; p != nil; p = p.prev {
		if p.stage == s.stage && p.ref == s.ref {
			return true
		}
	}
	return false
}

// attachedHop is attached for an appliance: unattached, it forwards nothing in either reading (D-100).
func (w *walk) attachedHop(s *state, set packet.Set, e *model.Interface) packet.Set {
	if live, state := e.Attachment(); live == model.Unattached && !e.Branch() {
		return w.demand(s, set, false, Blocker{Code: BadStateAttachment, Reason: ReasonUnattached, At: s.ref, State: state})
	}
	return w.attached(s, set, e)
}

// forwards implements ENI-3 and ENI-5 for packets that are neither to the interface nor from it.
func (w *walk) forwards(s *state, set packet.Set, e *model.Interface, egress bool) packet.Set {
	set = w.demand(s, set, !e.SourceDestCheck(), Blocker{Code: SourceDestCheck, At: s.ref, Egress: egress})
	return w.demand(s, set, e.SourceDestCheck() || e.Forwards(), Blocker{Code: AddressRestriction, At: s.ref, Egress: egress})
}

// looped says whether the packets pass a device once more than they may on one leg (D-103): a second time since an internet gateway let
// them in, or since the leg began; or a third time.
func (w *walk) looped(s *state, by *stage, device model.Ref) bool {
	passes, sinceIn := 0, true
	for p := s.prev; p != nil && p.leg == s.leg; p = p.prev {
		sinceIn = sinceIn && p.stage != gatewayIn
		at := p.ref
		if by == applianceOut && p.stage == by {
			at = w.n.DeviceOf(p.ref.Index)
		}
		if p.stage != by || at != device {
			continue
		}
		passes++
		if sinceIn || passes > 1 {
			return true
		}
	}
	return false
}

// exits divides packets by the interface they leave by (ENI-8, D-102): another of the instance whose subnet holds their
// destination, else the one they came in by. Where the instance may have interfaces that no answer describes, what stays in the VPC
// is in doubt. f is the frame that they leave with.
func (w *walk) exits(s *state, f *frame, set packet.Set) {
	in := &w.n.Interfaces[s.ref.Index]
	inside := packet.Everything
	if v := &w.n.VPCs[in.VPC]; v.Missing() == nil {
		inside = v.Inside
	}
	var missing []*model.Missing
	if m := w.n.UnreadInterfaces(in.VPC); m != nil && in.Instance >= 0 {
		missing = append(missing, m)
	}
	leave := func(iface int32, part packet.Set) {
		next := s.to(applianceOut, model.Ref{Kind: model.KindInterface, Index: iface})
		next.frame = f
		doubtful := packet.Empty
		if len(missing) > 0 {
			doubtful = w.p.Intersect(part, inside)
		}
		w.passDoubted(s, next, doubtful, missing...)
		w.pass(next, w.p.Subtract(part, doubtful))
	}
	rest := set
	for _, k := range w.others(s.ref.Index) {
		e := &w.n.Interfaces[k]
		if m := w.n.Subnets[e.Subnet].Missing(); m != nil { // nothing is known to be inside
			missing = append(missing, m)
		}
		hit := w.p.Intersect(rest, w.n.Subnets[e.Subnet].Inside)
		rest = w.p.Subtract(rest, hit)
		leave(k, hit)
	}
	leave(s.ref.Index, rest)
}

// others are the other interfaces of an interface's instance that are attached and in its VPC, by device index.
func (w *walk) others(iface int32) []int32 {
	in := &w.n.Interfaces[iface]
	if in.Instance < 0 {
		return nil
	}
	var out []int32
	for _, k := range w.n.Instances[in.Instance].Interfaces {
		e := &w.n.Interfaces[k]
		if live, _ := e.Attachment(); k != iface && e.VPC == in.VPC && e.Subnet >= 0 && live == model.AttachedLive {
			out = append(out, k)
		}
	}
	return out
}

func stepApplianceOut(w *walk, s *state) {
	e := &w.n.Interfaces[s.ref.Index]
	in := s.prev.ref
	s.vpc, s.subnet = e.VPC, e.Subnet
	set := s.set
	if in != s.ref && !s.checked() {
		set = w.forwards(s, set, e, true)
	}
	device := w.n.DeviceOf(s.ref.Index)
	next := s.to(applianceGroupsOut, s.ref)
	next.sender = device
	next.passing()
	if s.leg == Return {
		next.nobodys()
		next.tracked = w.saw(s) // once the frame is taken off, states of different requests may be one
		if f := s.passedBy(device); f != nil {
			next.frame = s.without(f)
		}
		w.pass(next, set)
		return
	}
	w.forget(s, set, func(s *state, set packet.Set) {
		next := next
		next.prev = s
		next.nobodys()
		next.doubt = s.doubt
		next.frame = &frame{device: device, at: in, out: s.ref.Index, passed: true, outer: s.frame, in: set,
			rewrites: []rewrite{{match: packet.Everything, to: packet.Everything}}}
		w.pass(next, set)
	})
}
