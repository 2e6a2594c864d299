package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// maxRelaxedStarts bounds how many starts are tried for the path nearest to working.
const maxRelaxedStarts = 16

// blockedPath finds the path nearest to working for one witness (design 4.4): fewest blockers, then fewest hops, then
// the order in which the stages name their alternatives, which is by kind and id. AWS does not publish its own choice.
func (r *Result) blockedPath(walks []*walk) {
	k, ok := r.blockedWitness()
	if !ok {
		return
	}
	r.Witness, r.HasWitness = k, true
	one := r.Pool.OfPacket(k)
	var best *walk
	for i, w := range walks {
		if i == maxRelaxedStarts || !r.Pool.Overlaps(w.start.set, one) {
			continue
		}
		relaxed := r.relax(w, one)
		if len(relaxed.through) > 0 && (best == nil || cheaper(relaxed, best)) {
			best = relaxed
		}
	}
	if best == nil {
		r.brokenPath(walks, one)
		return
	}
	e := &best.through[0]
	source := r.widen(walks, best, e, one)
	r.openable = true
	r.Forward, r.Return = best.hops(e, source, one)
	r.collect(e)
	for _, s := range chain(e.at) {
		for _, b := range s.toll {
			r.block(best, s.prev, b, source)
		}
		for _, b := range s.bought {
			r.block(best, s, b, source)
		}
	}
	r.dropRefusingGroups()
}

// blockedWitness is a blocked packet that the groups of both ends let pass, or at least of one, if there is such a packet: what they
// refuse has one blocker more than it needs to have (D-92).
func (r *Result) blockedWitness() (packet.Packet, bool) {
	from, to := r.Query.From.Interfaces, r.Query.To.Interfaces
	in := r.Pool.Intersect(r.Blocked, r.admitting(to, from, false))
	out := r.Pool.Intersect(r.Blocked, r.admitting(from, to, true))
	for _, set := range []packet.Set{r.Pool.Intersect(in, out), in, out} {
		if k, ok := r.Pool.Witness(set, likely...); ok {
			return k, true
		}
	}
	return r.Pool.Witness(r.Blocked, likely...)
}

// admitting is what the groups of the first of some interfaces let pass, as far as it depends on nothing but headers and on the groups
// of the interfaces at the other end; nothing for an end that has no interfaces.
func (r *Result) admitting(ifaces, others []int32, egress bool) packet.Set {
	set := packet.Empty
	for _, i := range ifaces[:min(len(ifaces), maxRelaxedStarts)] {
		for _, g := range r.Network.Interfaces[i].Groups {
			rules := &r.Network.SecurityGroups[g].Ingress
			if egress {
				rules = &r.Network.SecurityGroups[g].Egress
			}
			set = r.Pool.Union(set, rules.Addresses)
			for k := range rules.References {
				ref := &rules.References[k]
				if !ref.Stale && slices.ContainsFunc(others, func(o int32) bool { return slices.Contains(r.Network.Interfaces[o].Groups, ref.Group) }) {
					set = r.Pool.Union(set, ref.Packets)
				}
			}
		}
	}
	return set
}

func cheaper(a, b *walk) bool {
	x, y := a.through[0].at, b.through[0].at
	if x.cost != y.cost {
		return x.cost < y.cost
	}
	return x.hops < y.hops
}

// relax walks one packet in the network in which every refusal can be bought off.
func (r *Result) relax(w *walk, one packet.Set) *walk {
	start := *w.start
	start.set, start.bought, start.missing, start.assumed = one, nil, nil, nil
	relaxed := &walk{n: w.n, p: w.p, q: w.q, start: &start, budget: r.budget, relaxed: true, queue: queue{relaxed: true}}
	relaxed.push(relaxed.start)
	relaxed.run()
	return relaxed
}

// block records one blocker of the path, with the packets that share all of the path's blockers.
func (r *Result) block(w *walk, s *state, b Blocker, source packet.Set) {
	if wide := r.Pool.Intersect(w.image(s, source), refusedBy(w, s, b)); !wide.IsEmpty() {
		b.Packets = wide
	}
	r.add(w, s, w.explained(s, b))
}

// add lists a blocker, with the one of a NAT gateway that is why, if there is one.
func (r *Result) add(w *walk, s *state, b Blocker) {
	r.openable = r.openable && !closed[b.Code] && b.Reason != ReasonNotInternet
	r.Blockers = append(r.Blockers, b)
	attach(r.Forward, r.Return, b)
	if x, ok := s.translated(b); ok {
		r.Blockers = append(r.Blockers, x)
		attach(r.Forward, r.Return, x)
	}
	r.notPreserved(w, s, b)
}

// notPreserved adds, beside a refusal of inbound rules, the hop that made a reference in them useless (D-101).
func (r *Result) notPreserved(w *walk, s *state, b Blocker) {
	if b.Code != SecurityGroupMismatch || b.Egress {
		return
	}
	hop := w.forgotten(s, b.Packets)
	if hop.IsZero() {
		return
	}
	lost := Blocker{Code: ReferencesNotPreserved, Leg: b.Leg, At: hop, Packets: b.Packets, Witness: b.Witness, Interface: s.ref, VPC: b.VPC}
	r.Blockers = append(r.Blockers, lost)
	attach(r.Forward, r.Return, lost)
}

// refusedBy is the packets at s that the blocker's component refuses for the same reason. Only filters refuse some
// packets and not others; of anything else it is every packet.
func refusedBy(w *walk, s *state, b Blocker) packet.Set {
	if b.At.Kind == model.KindNetworkACL {
		return w.p.Complement(aclRules(&w.n.NetworkACLs[b.At.Index], b.Egress).Allowed)
	}
	return packet.Everything
}

// widen is the part of the blocked packets that takes the path of the witness and meets the same refusals there.
func (r *Result) widen(walks []*walk, best *walk, e *event, one packet.Set) packet.Set {
	set := r.Blocked
	states := chain(e.at)
	for i, s := range states {
		next := (*state)(nil)
		if i+1 < len(states) {
			next = states[i+1]
			if len(next.toll) > 0 { // a detour was judged for the witness's destination only
				if k, ok := r.Pool.Witness(one); ok {
					set = r.Pool.Intersect(set, r.Pool.Destinations(single(k.Destination)))
				}
			}
		}
		set = r.share(best, s, next, set)
		if set.IsEmpty() {
			return one
		}
	}
	if !r.Pool.Subset(one, set) {
		return one
	}
	return set
}

// share narrows a set of source headers to those that s treats as it treated the witness: the same refusals, the same way on.
func (r *Result) share(best *walk, s, next *state, set packet.Set) packet.Set {
	trial := *s
	trial.set = best.image(s, set)
	if s == best.start {
		trial.set = set
	}
	trial.bought, trial.missing, trial.assumed, trial.cost = nil, nil, nil, 0
	probe := &walk{n: best.n, p: best.p, q: best.q, start: best.start, relaxed: true, queue: queue{relaxed: true}}
	trial.stage.step(probe, &trial)
	same := trial.set
	for _, b := range trial.bought {
		if buys(s, b) {
			same = r.Pool.Intersect(same, b.Packets)
		} else {
			same = r.Pool.Subtract(same, b.Packets)
		}
	}
	if next == nil || next.leg != s.leg || next.frame != s.frame {
		return r.Pool.Intersect(set, r.undone(best, s, same))
	}
	on := packet.Empty
	for child := probe.queue.next(); child != nil; child = probe.queue.next() {
		if child.stage == next.stage && child.ref == next.ref && child.iface == next.iface {
			on = r.Pool.Union(on, child.set)
		}
	}
	return r.Pool.Intersect(set, r.undone(best, s, r.Pool.Intersect(same, on)))
}

// boughtOff says whether a component's refusal with that code was bought off on the way to s.
func (s *state) boughtOff(code Code, at model.Ref) bool {
	for p := s; p != nil; p = p.prev {
		if slices.ContainsFunc(p.bought, func(b Blocker) bool { return b.Code == code && b.At == at }) {
			return true
		}
	}
	return false
}

// undone takes a set at s back to source headers without narrowing to the walk's single start packet.
func (r *Result) undone(w *walk, s *state, set packet.Set) packet.Set {
	if s.leg == Return {
		set = r.Pool.Request(set)
	}
	for f := s.frame; f != nil; f = f.outer {
		set = f.undoAny(r.Pool, set)
	}
	return set
}

func buys(s *state, b Blocker) bool {
	for _, x := range s.bought {
		if x.Code == b.Code && x.At == b.At && x.Egress == b.Egress && x.Reason == b.Reason {
			return true
		}
	}
	return false
}

// dropRefusingGroups removes the row of a group at an interface whose groups refuse: no group admitted (real outputs of
// AWS's analyzer have no such row either).
func (r *Result) dropRefusingGroups() {
	drop := func(hops []Hop) []Hop {
		var out []Hop
		for _, h := range hops {
			if h.At.Kind == model.KindSecurityGroup && h.Rule == nil && r.refusesAt(h) {
				continue
			}
			out = append(out, h)
		}
		return out
	}
	r.Forward = drop(r.Forward)
}

func (r *Result) refusesAt(h Hop) bool {
	for _, b := range r.Blockers {
		if b.Code == SecurityGroupMismatch && b.At == h.Attached && b.Egress == h.Egress {
			return true
		}
	}
	return false
}

// brokenPath describes a question to which not even buying off every refusal opens a way: the longest way that packets
// get, and what stops them there.
func (r *Result) brokenPath(walks []*walk, one packet.Set) {
	var from *walk
	var last *event
	for _, w := range walks {
		for i := range w.refused {
			e := &w.refused[i]
			if r.Pool.Overlaps(e.source, one) && (last == nil || e.at.hops > last.at.hops) {
				from, last = w, e
			}
		}
	}
	if last == nil {
		return
	}
	r.Forward, r.Return = from.hops(last, r.Pool.Intersect(last.source, r.Blocked), one)
	r.collect(last)
	r.add(from, last.at, from.explained(last.at, *last.blocker))
	r.dropRefusingGroups()
	r.disconnected()
}

// disconnected adds the code for VPCs that nothing joins.
func (r *Result) disconnected() {
	q := &r.Query
	if len(q.From.Interfaces) == 0 || len(q.To.Interfaces) == 0 || q.To.Public {
		return
	}
	a, b := r.Network.Interfaces[q.From.Interfaces[0]].VPC, r.Network.Interfaces[q.To.Interfaces[0]].VPC
	if a < 0 || b < 0 || a == b {
		return
	}
	if _, ok := r.Network.Joined(a, b); !ok {
		r.Blockers = append(r.Blockers, Blocker{Code: DisconnectedVPCs, At: model.Ref{Kind: model.KindVPC, Index: a}, Target: model.Ref{Kind: model.KindVPC, Index: b}})
	}
}
