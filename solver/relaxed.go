package solver

import (
	"cmp"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// maxRelaxedStarts bounds how many starts are tried for the path nearest to working.
const maxRelaxedStarts = 16

// blockedPath finds the path nearest to working for one witness (design 4.4): fewest blockers, then fewest hops, then
// the order in which the stages name their alternatives, which is by kind and id. AWS does not publish its own choice. Where
// not even buying off every refusal opens a way, it is the cheapest way to an end (D-91).
func (r *Result) blockedPath(walks []*walk) {
	r.Witness, r.HasWitness = r.blockedWitness()
	one := r.Pool.OfPacket(r.Witness)
	var best *walk
	var tried []*walk
	for _, w := range walks {
		if len(tried) == maxRelaxedStarts {
			break
		}
		if !r.Pool.Overlaps(w.start.set, one) {
			continue
		}
		relaxed := r.relax(w, one)
		tried = append(tried, relaxed)
		if len(relaxed.through) > 0 && (best == nil || cheaper(relaxed, best)) {
			best = relaxed
		}
	}
	if best != nil {
		r.openable = true
		r.showBlocked(best, &best.through[0], one)
		r.otherPicks(best)
		return
	}
	if w, e := cheapestEnd(tried); e != nil {
		r.showBlocked(w, e, one)
		r.disconnected()
	}
	if len(walks) == 0 {
		r.Blockers = []Blocker{{Code: r.noPath(), Reason: ReasonNothingAttached, At: r.Query.From.Ref}}
	}
}

// showBlocked describes a path of a relaxed walk with everything that was bought on it, and what ends it.
func (r *Result) showBlocked(w *walk, e *event, one packet.Set) {
	source := r.widen(w, e, one)
	r.Forward, r.Return = w.hops(e, source, one)
	r.collect(e)
	r.remark(e)
	e.paid(func(s *state, b Blocker) { r.block(w, s, b, source) })
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

// cost is what was paid to come to an end.
func (e *event) cost() int { return e.at.cost + e.bought }

// paid tells of everything that was bought on the way to an end, in the order of the way, and what ends it.
func (e *event) paid(tell func(s *state, b Blocker)) {
	for _, s := range chain(e.at) {
		for _, b := range s.toll {
			tell(s.prev, b)
		}
		bought := s.bought
		if s == e.at && !e.arrival() {
			bought = bought[:e.bought]
		}
		for _, b := range bought {
			tell(s, b)
		}
	}
	if e.blocker != nil {
		tell(e.at, *e.blocker)
	}
}

// arrival says whether a relaxed walk came to its goal here.
func (e *event) arrival() bool { return e.blocker == nil && e.missing == nil }

// cheapestEnd is the end of relaxed walks that nothing can be bought at: of those that cost least, the farthest.
func cheapestEnd(walks []*walk) (from *walk, last *event) {
	for _, w := range walks {
		for i := range w.ends {
			e := &w.ends[i]
			if last == nil || e.cost() < last.cost() || e.cost() == last.cost() && e.at.hops > last.at.hops {
				from, last = w, e
			}
		}
	}
	return from, last
}

func cheaper(a, b *walk) bool {
	x, y := a.through[0].at, b.through[0].at
	return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(x.hops, y.hops)) < 0
}

// relax walks one packet in the network in which every refusal can be bought off.
func (r *Result) relax(w *walk, one packet.Set) *walk {
	start := *w.start
	start.set, start.bought, start.missing, start.assumed = one, nil, nil, nil
	relaxed := r.relaxed(&start)
	relaxed.run()
	return relaxed
}

// relaxed is such a walk before its first state.
func (r *Result) relaxed(start *state) *walk {
	return &walk{n: r.Network, p: r.Pool, q: &r.Query, start: start, budget: r.budget, relaxed: true, queue: queue{relaxed: true}}
}

// block records one blocker of the path, with the packets that share all of the path's blockers.
func (r *Result) block(w *walk, s *state, b Blocker, source packet.Set) {
	b.Least = b.Packets
	if wide := r.Pool.Intersect(w.image(s, source), refusedBy(w, s, b)); r.Pool.Subset(b.Least, wide) {
		b.Packets = wide
	}
	r.add(w, s, w.explained(s, b))
}

// add lists a blocker, with the one of a NAT gateway that is why, if there is one.
func (r *Result) add(w *walk, s *state, b Blocker) {
	r.openable = r.openable && !b.Closed()
	r.list(b)
	if x, ok := s.translated(b); ok {
		r.list(x)
	}
	r.notPreserved(w, s, b)
}

// list lists a blocker, and shows it at its hop.
func (r *Result) list(b Blocker) {
	r.Blockers = append(r.Blockers, b)
	attach(r.Forward, r.Return, b)
}

// notPreserved adds, beside a refusal of inbound rules, the hop that made a reference in them useless (D-101).
func (r *Result) notPreserved(w *walk, s *state, b Blocker) {
	if b.Code != SecurityGroupMismatch || b.Egress {
		return
	}
	code, hop := w.forgotten(s, b.Packets)
	if hop.IsZero() {
		return
	}
	r.list(Blocker{Code: code, Leg: b.Leg, At: hop, Packets: b.Packets, Witness: b.Witness, Interface: s.ref, VPC: b.VPC})
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
func (r *Result) widen(best *walk, e *event, one packet.Set) packet.Set {
	set := r.Blocked
	states := chain(e.at)
	for i, s := range states {
		next := (*state)(nil)
		if i+1 < len(states) {
			next = states[i+1]
			if len(next.toll) > 0 {
				set = r.Pool.Intersect(set, r.detoured(best, s, one))
			}
		}
		set = r.share(best, e, s, next, set)
	}
	if !r.Pool.Subset(one, set) {
		return one
	}
	return set
}

// detoured is the packets that take a detour at s as the witness does. It was judged for one destination; of replies, whose
// destinations are the question's sources, also for those that the same route of the table would take.
func (r *Result) detoured(w *walk, s *state, one packet.Set) packet.Set {
	if s.leavesTransit() { // another zone carries what this one does
		return packet.Everything
	}
	if s.leg == Forward {
		k, _ := r.Pool.Witness(one)
		return r.Pool.Destinations(single(k.Destination))
	}
	var ways []model.Way
	var led []int
	switch to := r.Pool.DestinationAddresses(s.set); s.stage {
	case transitRouting:
		t := &w.n.TransitTables[s.ref.Index]
		ways, led = t.Ways, t.WaysTo(to)
	case edgeTable:
		t := &w.n.RouteTables[w.edgeTableOf(s.ref).Index]
		ways, led = t.Ways, t.WaysTo(to)
	default:
		t := &w.n.RouteTables[w.tableIndex(s)]
		ways, led = t.Ways, t.WaysTo(to)
	}
	out := packet.Empty
	for _, i := range led {
		out = r.Pool.Union(out, ways[i].Destinations)
	}
	return r.undone(w, s, out)
}

// share narrows a set of source headers to those that s treats as it treated the witness: the same refusals, the same way on
// or the same end.
func (r *Result) share(best *walk, e *event, s, next *state, set packet.Set) packet.Set {
	trial := *s
	trial.set = best.image(s, set)
	trial.bought, trial.missing, trial.assumed, trial.cost = nil, nil, nil, 0
	probe := r.relaxed(best.start)
	probe.plan = best.plan
	trial.stage.step(probe, &trial)
	same := trial.set
	for _, b := range trial.bought {
		if buys(s, b) {
			same = r.Pool.Intersect(same, b.Packets)
		} else {
			same = r.Pool.Subtract(same, b.Packets)
		}
	}
	if next == nil && !e.arrival() {
		ended := packet.Empty
		for i := range probe.ends {
			if x := &probe.ends[i]; sameEnd(x, e) {
				ended = r.Pool.Union(ended, x.set)
			}
		}
		same = r.Pool.Intersect(same, ended)
	}
	if next == nil || next.leg != s.leg || next.frame != s.frame {
		return r.Pool.Intersect(set, r.undone(best, s, same))
	}
	on := packet.Empty
	for child := probe.queue.next(); child != nil; child = probe.queue.next() {
		if child.stage == next.stage && child.ref == next.ref && child.iface == next.iface {
			on = r.Pool.Union(on, r.boughtAlike(s, child.prev, child.set))
		}
	}
	return r.Pool.Intersect(set, r.undone(best, s, r.Pool.Intersect(same, on)))
}

// boughtAlike is the part of the packets that went on from at for which the same was bought there as at s. A stage that judges parts
// of its packets apart passes them on from copies of itself.
func (r *Result) boughtAlike(s, at *state, set packet.Set) packet.Set {
	for _, b := range s.bought {
		if !buys(at, b) {
			return packet.Empty
		}
	}
	for _, b := range at.bought {
		if !buys(s, b) {
			set = r.Pool.Subtract(set, b.Packets)
		}
	}
	return set
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

// sameEnd says whether two ends have the same reason.
func sameEnd(a, b *event) bool {
	switch {
	case a.blocker != nil && b.blocker != nil:
		return a.blocker.refusal() == b.blocker.refusal()
	case a.missing != nil && b.missing != nil:
		return *a.missing == *b.missing
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

// refusal is what makes two blockers of one state the same.
func (b *Blocker) refusal() [4]any { return [4]any{b.Code, b.Reason, b.At, b.Egress} }

func buys(s *state, b Blocker) bool {
	return slices.ContainsFunc(s.bought, func(x Blocker) bool { return x.refusal() == b.refusal() })
}

// dropRefusingGroups removes the row of a group at an interface whose groups refuse: no group admitted (real outputs of
// AWS's analyzer have no such row either).
func (r *Result) dropRefusingGroups() {
	drop := func(hops []Hop) []Hop {
		var out []Hop
		for _, h := range hops {
			if h.Rule == nil && r.refusesAt(h) {
				continue
			}
			out = append(out, h)
		}
		return out
	}
	r.Forward = drop(r.Forward)
}

// refusesAt says whether a row is that of groups which refuse at their interface.
func (r *Result) refusesAt(h Hop) bool {
	for _, b := range r.Blockers {
		if b.Code == SecurityGroupMismatch && b.At == h.Attached && b.Egress == h.Egress {
			return true
		}
	}
	return false
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
	if _, ok := r.Network.Joined(a, b); !ok && !r.Network.JoinedByTransit(a, b) && !r.Network.JoinedByCoreNetwork(a, b) {
		r.Blockers = append(r.Blockers, Blocker{Code: DisconnectedVPCs, At: model.Ref{Kind: model.KindVPC, Index: a}, Target: model.Ref{Kind: model.KindVPC, Index: b}})
	}
}
