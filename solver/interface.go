package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Leaving and entering a network interface (W-1, W-2, ENI-3, ENI-6, D-10, D-11).
var (
	interfaceOut = &stage{name: "interface-out", row: interfaceRow}
	interfaceIn  = &stage{name: "interface-in", row: interfaceRow}
)

func init() {
	interfaceOut.step = stepInterfaceOut
	interfaceIn.step = stepInterfaceIn
}

func interfaceRow(w *walk, s *state) Hop {
	e := &w.n.Interfaces[s.ref.Index]
	h := Hop{At: s.ref, Subnet: model.Ref{Kind: model.KindSubnet, Index: e.Subnet}, VPC: model.Ref{Kind: model.KindVPC, Index: e.VPC}}
	switch {
	case e.Instance >= 0:
		h.Attached = model.Ref{Kind: model.KindInstance, Index: e.Instance}
	case e.NAT >= 0:
		h.Attached = model.Ref{Kind: model.KindNATGateway, Index: e.NAT}
	}
	return h
}

func stepInterfaceOut(w *walk, s *state) {
	e := &w.n.Interfaces[s.ref.Index]
	if m := e.Missing(); m != nil {
		w.stop(s, s.set, m)
		return
	}
	s.vpc, s.subnet = e.VPC, e.Subnet
	set := s.set
	if w.atGWLBEndpoint(s, set, e) {
		return
	}
	if s.leg == Forward {
		set = w.attached(s, set, e)
		set = w.startsNothing(s, set, e)
		set = w.fromLinkLocal(s, set, e)
		set = w.connects(s, set, e)
		set = w.ownSource(s, set, e)
		set = w.special(s, set, e)
	}
	next := s.to(groupsOut, s.ref)
	next.sender = w.n.DeviceOf(s.ref.Index)
	w.pass(next, set)
}

func stepInterfaceIn(w *walk, s *state) {
	e := &w.n.Interfaces[s.ref.Index]
	set := s.set
	if s.leg == Return && w.unmask(s) || w.atGWLBEndpoint(s, set, e) { // NAT-12, D-170
		return
	}
	if s.leg == Forward {
		set = w.attached(s, set, e)
		set = w.inService(s, set, e.Subnet)
	}
	w.pass(s.to(w.behindInterface(s.ref.Index), s.ref), set)
}

// attached implements ENI-6 and ENI-10 as D-11 and D-150 have them.
func (w *walk) attached(s *state, set packet.Set, e *model.Interface) packet.Set {
	if e.Branch() {
		return w.onTrunk(s, set, e)
	}
	live, state := e.Attachment()
	b := Blocker{Code: BadStateAttachment, At: s.ref, State: state}
	switch live {
	case model.AttachedBad:
		set = w.demand(s, set, false, b)
	case model.Unattached:
		b.Reason = ReasonUnattached
		set = w.demand(s, set, w.q.Reading == AWS, b)
	}
	return set
}

// inService implements VPC-7: only available subnets and VPCs carry traffic. It is judged on the request; the reply passes the
// same subnets, but for those of attachments (attachmentInService).
func (w *walk) inService(s *state, set packet.Set, subnet int32) packet.Set {
	n := &w.n.Subnets[subnet]
	if !n.Available() {
		set = w.available(s, set, model.Ref{Kind: model.KindSubnet, Index: subnet}, n.Record.State)
	}
	if n.VPC >= 0 {
		if v := &w.n.VPCs[n.VPC]; !v.Available() {
			set = w.available(s, set, model.Ref{Kind: model.KindVPC, Index: n.VPC}, v.Record.State)
		}
	}
	return set
}

// available refuses what meets a subnet or VPC that is not available; a relaxed walk pays for it once, however often it meets it.
func (w *walk) available(s *state, set packet.Set, at model.Ref, state string) packet.Set {
	if s.boughtOff(BadState, at) {
		return set
	}
	b := Blocker{Code: BadState, At: at, State: state}
	if s.ref.Kind == model.KindInterface {
		b.Interface = s.ref
	}
	return w.demand(s, set, false, b)
}

// ownSource implements ENI-3 on the way out. On the way in, packets are only ever delivered to the owner of their
// destination, so the check cannot refuse there.
func (w *walk) ownSource(s *state, set packet.Set, e *model.Interface) packet.Set {
	if e.Forwards() {
		return set
	}
	own := w.p.Sources(e.OwnPrefixes()...)
	return w.require(s, set, own, Blocker{Code: SourceDestCheck, At: s.ref, Egress: true})
}
