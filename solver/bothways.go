package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Middleboxes that keep state must see both directions (GRT-8, ASY-3, ASY-4, EP-23, D-105): each appliance that the request passes puts a
// frame on the path, and the reply takes them off, latest first. A reply that still bears what a later hop made of the request's header is
// not the reply to what the middlebox saw.

// pass is one passage of a middlebox. What a middlebox makes of later packets depends on what it has seen, so no two passages are one
// state: ways that AWS may choose stay apart behind them.
type pass struct{ outer *pass }

// passing notes that the packets of s pass a middlebox.
func (s *state) passing() { s.passes = &pass{s.passes} }

// without is the frames of s but for one.
func (s *state) without(f *frame) *frame {
	if s.frame == f {
		return f.outer
	}
	above := *s
	above.frame = s.frame.outer
	kept := *s.frame
	kept.outer = above.without(f)
	return &kept
}

// passedBy is the frame of an appliance that the reply may meet next: its own, before any translation to undo; nil for none.
func (s *state) passedBy(device model.Ref) *frame {
	for f := s.frame; f != nil && f.passed; f = f.outer {
		if f.device == device {
			return f
		}
	}
	return nil
}

// seenBy judges a reply at an appliance: it must have seen the request, and be the next that the reply owes a pass.
func (w *walk) seenBy(s *state, set packet.Set, device model.Ref) packet.Set {
	mine := s.passedBy(device)
	if mine == nil {
		return w.asymmetric(s, set, s.ref)
	}
	return w.missed(s, set, mine)
}

// missed judges a reply for the appliances that it has not passed and can pass no more: those latest ones down to f.
func (w *walk) missed(s *state, set packet.Set, f *frame) packet.Set {
	for g := s.frame; g != f; g = g.outer {
		if g.passed {
			set = w.asymmetric(s, set, g.at)
		}
	}
	return set
}

// asymmetric refuses a reply for a middlebox that sees one direction only; reading aws lets it go with a note.
func (w *walk) asymmetric(s *state, set packet.Set, at model.Ref) packet.Set {
	if w.q.Reading == AWS {
		s.notes = append(s.notes, Note{Kind: NoteAsymmetric, At: at})
		return set
	}
	if m := w.unreadWayIn(s); m != nil {
		w.stop(s, set, m)
		return packet.Empty
	}
	return w.demand(s, set, false, Blocker{Code: NoRouteToDestination, Reason: ReasonAsymmetric, At: at})
}

// unreadWayIn says what is missing where packets came in by a gateway whose own table may have led them through a middlebox that
// the way here leaves out (GRT-1, D-112): whether that one has seen them is not known.
func (w *walk) unreadWayIn(s *state) *model.Missing {
	next := s
	for p := s.prev; p != nil; next, p = p, p.prev {
		if next.stage == local && (p.stage == gatewayIn || p.stage == vpnGatewayIn) { // delivered by no table
			if m := w.n.UnreadEdge(p.ref, p.vpc); m != nil {
				return m
			}
		}
	}
	return nil
}

// maySeen says what is missing where an appliance's groups judge a reply as new traffic, while a table that no answer shows may have led
// the request by this interface (SG-8, D-112).
func (w *walk) maySeen(s *state) *model.Missing {
	if s.leg == Forward || s.stage != applianceGroupsIn && s.stage != applianceGroupsOut {
		return nil
	}
	return w.unreadWayIn(s)
}

// backTo takes a reply to the device that made the latest translation, which the caller knows to be the one it is at.
func (w *walk) backTo(s *state, set packet.Set) (*frame, packet.Set) {
	f := s.translation()
	return f, w.missed(s, set, f)
}

// seenByAll judges a reply at its end.
func (w *walk) seenByAll(s *state, set packet.Set) packet.Set {
	s.noteBypassed()
	return w.missed(s, set, nil)
}

// tracked says whether groups let a packet pass as the reply of a connection that they track (SG-5): at an appliance only those of an
// interface that saw the request (SG-8).
func (w *walk) tracked(s *state) bool {
	if s.leg == Forward {
		return false
	}
	switch s.stage {
	case applianceGroupsIn:
		return w.saw(s)
	case applianceGroupsOut:
		return s.tracked
	}
	return true
}

// saw says whether the interface that a reply is at saw the request.
func (w *walk) saw(s *state) bool {
	device, met := w.n.DeviceOf(s.ref.Index), false
	for p := s.prev; p != nil; p = p.prev {
		if p.leg == Return || p.stage != applianceIn && p.stage != applianceOut && p.stage != interfaceOut {
			continue
		}
		if p.ref == s.ref {
			return true
		}
		met = met || w.n.DeviceOf(p.ref.Index) == device
	}
	return !met && w.q.Reading != AWS // strict has refused the reply, or will, because the appliance did not see the request
}
