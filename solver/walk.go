package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// maxStates bounds one walk. Real questions need some dozens of states for each pair of interfaces.
const maxStates = 200_000

// walk is one search from one start.
type walk struct {
	n     *model.Network
	p     *packet.Pool
	q     *Query
	start *state

	relaxed bool
	plan    []decision         // relaxed walk: where route tables send what, as decided on another of AWS's ways
	extra   int                // relaxed walk: what a detour costs beyond its toll, for nobody can buy it
	fork    bool               // AWS chooses among the ways being followed
	pins    map[pinned]*pinned // every history of pinned zones met so far
	tie     bool               // the routes being followed are several, of which AWS picks one
	picks   map[picked]*picked // every history of picks met so far
	queue   queue
	seen    seen
	states  int
	budget  int // how many states may be followed

	// Where branches ended; in the order of the search, so the shortest first.
	through []event
	refused []event
	unknown []event
	ends    []event // relaxed walk: where there was no way on that could be bought, or none that is known
}

// event is the end of a branch.
type event struct {
	at      *state
	set     packet.Set // headers at the end
	source  packet.Set // the same, as they left FROM
	blocker *Blocker   // refused events
	missing *model.Missing
	arrived model.Ref // unknown events: where the path could not be followed further
	bought  int       // ends of a relaxed walk: how much of what was bought at this state had been bought then
}

// run walks until nothing is left to follow, or in a relaxed walk until the first arrival.
func (w *walk) run() {
	w.push(w.start)
	w.drain()
}

// circles says whether the packets of s have been in the same state before: they go round for ever (D-103).
func (s *state) circles() bool {
	k := s.key()
	for p := s.prev; p != nil; p = p.prev {
		if p.key() == k {
			return true
		}
	}
	return false
}

// drain follows what is queued.
func (w *walk) drain() {
	for {
		s := w.queue.next()
		if s == nil || (w.relaxed && len(w.through) > 0) {
			return
		}
		if w.relaxed && !w.fresh(s) {
			if s.circles() {
				b := Blocker{Code: NoRouteToDestination, Reason: ReasonLoop, Leg: s.leg, At: s.prev.ref, Packets: s.set}
				w.ended(s.prev, event{set: s.set, blocker: &b})
			}
			continue
		}
		if w.states++; w.states > w.budget {
			w.stop(s, s.set, &model.Missing{What: "the search", Why: model.Budget})
			continue // whatever else waits is as unknown
		}
		if w.meet(s) {
			w.step(s)
		}
	}
}

// step asks a stage. A relaxed walk that buys a refusal off and gets nowhere all the same has come to an end there.
func (w *walk) step(s *state) {
	on := w.queue.count + len(w.ends) + len(w.through)
	s.stage.step(w, s)
	if w.relaxed && len(s.bought) > 0 && on == w.queue.count+len(w.ends)+len(w.through) {
		last := s.bought[len(s.bought)-1]
		s.bought = s.bought[:len(s.bought)-1]
		w.ended(s, event{set: last.Packets, blocker: &last})
	}
}

// push queues a state. A plain walk takes states in the order they come, so it need not queue what it has met; a
// relaxed walk may still meet the same state at a lower cost, so it looks when the state's turn comes.
func (w *walk) push(s *state) {
	if w.relaxed || w.fresh(s) {
		w.queue.add(s)
	}
}

// fresh says whether some packets of s have not been met in the same state, and notes them as met.
func (w *walk) fresh(s *state) bool {
	met := w.seen.of(s.key())
	if w.p.Subset(s.set, *met) {
		return false
	}
	*met = w.p.Union(*met, s.set)
	return true
}

// pass sends the packets of set on to the next state. Nothing happens with an empty set.
func (w *walk) pass(next state, set packet.Set) {
	if !set.IsEmpty() { // most sets are empty: only what goes on is worth memory of its own
		w.passOn(next, set)
	}
}

// passOn is pass for a set that is not empty.
func (w *walk) passOn(next state, set packet.Set) {
	next.set = set
	if next.pick = next.taken != nil && w.tie; next.pick {
		w.remember(&next)
	}
	next.fork = w.fork
	if next.prev != nil {
		next.cost = next.prev.cost + len(next.prev.bought) + len(next.toll) + w.extra
	}
	w.push(&next)
}

// passDoubted is pass for packets that go on only in doubt, while others of s go on without.
func (w *walk) passDoubted(s *state, next state, set packet.Set, missing ...*model.Missing) {
	if set.IsEmpty() {
		return
	}
	doubted := *s
	for _, m := range missing {
		doubted.doubting(m)
	}
	next.prev, next.doubt = &doubted, true
	w.pass(next, set)
}

// require lets pass what is allowed and refuses the rest. In a relaxed walk nothing is refused: the blocker is bought
// and the whole set goes on.
func (w *walk) require(s *state, set, allowed packet.Set, b Blocker) packet.Set {
	w.refuse(s, w.p.Subtract(set, allowed), b)
	if w.relaxed {
		return set
	}
	return w.p.Intersect(set, allowed)
}

// demand is require for a fact that is the same for all packets.
func (w *walk) demand(s *state, set packet.Set, ok bool, b Blocker) packet.Set {
	if ok {
		return set
	}
	return w.require(s, set, packet.Empty, b)
}

// refuse records that packets are refused at s. In a relaxed walk it buys the refusal off; the caller decides whether
// there is a way on.
func (w *walk) refuse(s *state, set packet.Set, b Blocker) {
	if !set.IsEmpty() {
		w.refuseSome(s, set, b)
	}
}

// refuseSome is refuse for a set that is not empty.
func (w *walk) refuseSome(s *state, set packet.Set, b Blocker) {
	b.Leg, b.Packets = s.leg, set
	if w.relaxed {
		if b.Closed() || b.Reason == ReasonAsymmetric { // which no change that is known opens
			w.ended(s, event{set: set, blocker: &b})
		}
		s.bought = append(s.bought, b)
		return
	}
	if s.moot {
		return
	}
	w.refused = append(w.refused, event{at: s, set: set, source: w.source(s, set), blocker: &b})
}

// deadEnd refuses packets for which there is no way on, not even in a relaxed walk.
func (w *walk) deadEnd(s *state, set packet.Set, b Blocker) {
	switch {
	case set.IsEmpty():
	case w.relaxed:
		w.endOn(s, set, b)
	default:
		w.refuseSome(s, set, b)
	}
}

// endOn notes that a relaxed walk cannot buy b off.
func (w *walk) endOn(s *state, set packet.Set, b Blocker) {
	b.Leg, b.Packets = s.leg, set
	w.ended(s, event{set: set, blocker: &b})
}

// ended notes where a relaxed walk could stop for good.
func (w *walk) ended(s *state, e event) {
	e.at, e.bought = s, len(s.bought)
	w.ends = append(w.ends, e)
}

// stop ends packets whose way cannot be followed because a fact is missing.
func (w *walk) stop(s *state, set packet.Set, m *model.Missing) { w.stopAt(s, set, s.ref, m) }

// stopAt is stop where the packets have come as far as another component.
func (w *walk) stopAt(s *state, set packet.Set, at model.Ref, m *model.Missing) {
	if set.IsEmpty() {
		return
	}
	switch {
	case w.excluded(s, at):
		w.deadEnd(s, set, Blocker{Code: ComponentRemoved, At: at})
	case w.relaxed:
		w.ended(s, event{set: set, missing: m, arrived: at})
	default:
		w.unknown = append(w.unknown, event{at: s, set: set, source: w.source(s, set), missing: m, arrived: at})
	}
}

// stopped is stop for a part of set; it returns the others.
func (w *walk) stopped(s *state, set, part packet.Set, m *model.Missing) packet.Set {
	w.stop(s, w.p.Intersect(set, part), m)
	return w.p.Subtract(set, part)
}

// finish ends packets that got through: a reply that is back, or a request that has none.
func (w *walk) finish(s *state, set packet.Set) {
	if s.leg == Forward {
		set = w.arrived(s, set)
	}
	w.end(s, set)
}

// end is finish for packets that have been asked about the filters.
func (w *walk) end(s *state, set packet.Set) {
	if set.IsEmpty() {
		return
	}
	e := event{at: s, set: set, source: w.source(s, set)}
	if w.relaxed {
		s.cost += len(s.bought)
	}
	if s.doubt {
		w.unknown = append(w.unknown, e)
		if w.relaxed {
			w.through = append(w.through, e)
		}
		return
	}
	w.through = append(w.through, e)
}

// assume notes that a gap was bridged at s. It reports false where the query forbids it.
func (w *walk) assume(s *state, kind AssumptionKind, at model.Ref) bool {
	return w.assumeFor(s, kind, at, model.Ref{})
}

// assumeFor is assume where a second component is concerned.
func (w *walk) assumeFor(s *state, kind AssumptionKind, at, of model.Ref) bool {
	if w.q.Assume.None {
		return false
	}
	s.assumed = append(s.assumed, Assumption{kind, at, of})
	return true
}

// internet says whether an end is the internet.
func internet(e *model.End) bool { return e.Kind == model.EndInternet || e.Kind == model.EndGateway }

// turn starts the reply of packets that arrived at s: next is where it starts. Packets without a reply are through.
func (w *walk) turn(s *state, set packet.Set, next state) {
	set = w.arrived(s, set)
	if w.relaxed && s.boughtOff(SourceDestCheck, w.start.ref) { // a reply to an address that is not the sender's own would never reach it
		w.end(s, set)
		return
	}
	reply := w.p.Reply(set)
	silent := w.p.Subtract(set, w.p.Request(reply))
	note := NoteForwardOnly
	if w.q.Reading == AWS && (s.oneway || w.q.Protocol.Number == packet.UDP) {
		silent, reply = set, packet.Empty
		if s.oneway && w.q.Protocol.Number == packet.TCP { // RA-3, D-215
			note = NoteUnidirectional
		}
	}
	if !silent.IsEmpty() {
		s.notes = append(s.notes, Note{Kind: note})
		w.end(s, silent)
	}
	next.leg, next.visited = Return, 0
	next.token, next.crossed, next.transit, next.zone = -1, -1, -1, model.NoZone
	if s.ref.Kind == model.KindInterface { // its groups count where the reply is taken for a new connection (SG-8, SG-20)
		next.token = s.ref.Index
	}
	w.pass(next, reply)
}
