package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// chain is the states from the start to s.
func chain(s *state) []*state {
	var out []*state
	for ; s != nil; s = s.prev {
		out = append(out, s)
	}
	slices.Reverse(out)
	return out
}

// hops describes a branch for the packets of source; one is the witness as a set.
func (w *walk) hops(e *event, source, one packet.Set) (forward, back []Hop) {
	states := chain(e.at)
	narrow := w.narrow(states, e.set)
	as := shownAs(states)
	groups := make(map[model.Ref]model.Ref, 2) // group that admitted, by interface
	forward = make([]Hop, 0, len(states))
	for i, s := range states {
		if s.stage.row == nil {
			continue
		}
		h := s.stage.row(w, s)
		if h.At.IsZero() && h.Subnet.IsZero() {
			continue
		}
		h.In = w.shown(states[as(i)], narrow[as(i)], source)
		h.Out = h.In
		if i+1 < len(states) && states[i+1].leg == s.leg && states[as(i+1)].frame != states[as(i)].frame {
			h.Out = w.shown(states[as(i+1)], narrow[as(i+1)], source)
		}
		w.nameRule(&h, states, i, narrow[i], one, groups)
		if s.leg == Return {
			back = append(back, h)
		} else {
			forward = append(forward, h)
		}
	}
	return forward, back
}

// shownAs says, for every state of a path, the state whose headers are shown there. It is the state itself, but behind a NAT instance:
// that it translates shows at the internet gateway (D-104), though it has done so before the packets left it.
func shownAs(states []*state) func(i int) int {
	var at map[int]int
	for j, s := range states {
		if s.stage != natInstance || j+1 == len(states) {
			continue
		}
		if at == nil {
			at = make(map[int]int)
		}
		for k := j; k > 0 && (states[k].stage != applianceOut || states[k-1].ref == states[k].ref); k-- {
			at[k] = j + 1
			if states[k].stage == applianceOut {
				break
			}
		}
	}
	return func(i int) int {
		if j, ok := at[i]; ok {
			return j
		}
		return i
	}
}

// narrow is, for every state of a path, the headers there that end as one of set: of what AWS may choose on the way, the choices
// that lead there.
func (w *walk) narrow(states []*state, set packet.Set) []packet.Set {
	out := make([]packet.Set, len(states))
	for i := len(states) - 1; i >= 0; i-- {
		out[i] = set
		if i == 0 {
			break
		}
		s, before := states[i], states[i-1]
		switch {
		case s.leg != before.leg: // turned round
			set = w.p.Request(set)
		case s.translation() == before.translation():
		case s.leg == Forward: // translated
			set = s.frame.undo(w.p, set)
		default: // translated back
			set = w.reframe(before.translation(), s.translation(), set)
		}
		set = w.p.Intersect(set, before.set)
	}
	return out
}

// shown is what a hop shows of the packets of source. A relaxed path is shown for more packets than the one it was found for.
func (w *walk) shown(s *state, narrow, source packet.Set) packet.Set {
	if w.relaxed {
		return w.image(s, source)
	}
	return w.p.Intersect(narrow, w.image(s, source))
}

// nameRule finds the rule that decided about the witness.
func (w *walk) nameRule(h *Hop, states []*state, i int, narrow, one packet.Set, groups map[model.Ref]model.Ref) {
	s := states[i]
	if h.At.Kind == model.KindTransitRouteTable {
		if i+1 < len(states) && states[i+1].via != nil {
			h.Rule = &Rule{Of: h.At, Transit: states[i+1].via}
		}
		return
	}
	if h.At.Kind == model.KindRouteTable {
		if i+1 < len(states) && states[i+1].taken != nil && states[i+1].taken.Record != nil {
			h.Rule = &Rule{Of: h.At, Route: states[i+1].taken}
		}
		return
	}
	if s.stage.rule == nil {
		return
	}
	here := w.p.Intersect(narrow, w.image(s, one))
	if k, ok := w.p.Witness(here, likely...); ok {
		h.Rule = s.stage.rule(w, s, k)
	}
	if h.At.Kind == model.KindSecurityGroup {
		if h.Rule != nil {
			h.At = h.Rule.Of
			groups[s.ref] = h.At
		} else if g, ok := groups[s.ref]; ok {
			h.At = g
		}
	}
}

// explained adds to a blocker what a witness tells: the packet, and the rule that refused it.
func (w *walk) explained(s *state, b Blocker) Blocker {
	if b.Witness, _ = w.p.Witness(b.Packets, likely...); !b.Least.IsEmpty() {
		b.Witness, _ = w.p.Witness(b.Least, likely...)
	}
	if b.Rule == nil && b.At.Kind == model.KindNetworkACL && s.stage.rule != nil {
		b.Rule = s.stage.rule(w, s, b.Witness)
	}
	return b
}

// attach puts a blocker on the hop it belongs to: the one of its component, the nearest to the end of its leg. Where a
// group refuses there is no row of the group (AWS's analyzer shows the interface), so that row is dropped by the caller.
func attach(forward, back []Hop, b Blocker) {
	hops := forward
	if b.Leg == Return {
		hops = back
	}
	for i := range slices.Backward(hops) {
		if hops[i].At == b.At && (b.At.Kind != model.KindNetworkACL || hops[i].Egress == b.Egress) {
			hops[i].Blockers = append(hops[i].Blockers, b)
			return
		}
	}
	for i := range hops { // a gateway is no hop itself: its attachments are
		if !b.At.IsZero() && hops[i].Gateway == b.At {
			hops[i].Blockers = append(hops[i].Blockers, b)
			return
		}
	}
	if len(hops) > 0 {
		hops[len(hops)-1].Blockers = append(hops[len(hops)-1].Blockers, b)
	}
}
