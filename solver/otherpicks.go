package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
)

// maxPicks bounds how many of AWS's picks are looked into.
const maxPicks = 8

// otherPicks adds the blockers of the ways that AWS may pick instead of the one shown: in strict all of them have to work (D-1, RT-10).
func (r *Result) otherPicks(best *walk) {
	if r.Query.Reading == AWS {
		return
	}
	type pick struct {
		at    *state // the route table
		route *model.Route
		fork  *state // another way out of a transit gateway, in place of a route
		plan  []decision
	}
	var todo []pick
	tried := map[*model.Route]bool{}
	forked := map[[2]model.Ref]bool{}
	more := func(w *walk, e *event, plan []decision) {
		plan = append(slices.Clip(plan), w.decisionsOf(e.at)...)
		for _, s := range chain(e.at) {
			if s.fork && s.prev != nil {
				forked[[2]model.Ref{s.prev.ref, s.ref}] = true
				for _, other := range r.forks(w, s) {
					if k := [2]model.Ref{s.prev.ref, other.ref}; !forked[k] && len(forked) < maxPicks {
						forked[k] = true
						todo = append(todo, pick{fork: other, plan: plan})
					}
				}
			}
			if !s.pick || s.prev == nil || s.prev.stage != routing {
				continue
			}
			tried[s.taken] = true
			for _, other := range w.alternatives(s.prev) {
				if !tried[other] && len(tried) < maxPicks {
					tried[other] = true
					todo = append(todo, pick{at: s.prev, route: other, plan: plan})
				}
			}
		}
	}
	more(best, &best.through[0], nil)
	for ; len(todo) > 0; todo = todo[1:] {
		p := todo[0]
		w := r.relaxed(best.start)
		w.plan = p.plan
		if p.fork != nil {
			w.push(p.fork)
		} else {
			at := *p.at
			w.tie = true
			w.by(&at, &w.n.RouteTables[w.tableIndex(&at)], p.route, at.set)
			w.tie = false
		}
		w.drain()
		e := (*event)(nil)
		if len(w.through) > 0 {
			e = &w.through[0]
		} else if _, e = cheapestEnd([]*walk{w}); e == nil {
			continue
		}
		more(w, e, p.plan)
		r.addBlockers(w, e)
	}
}

// alternatives are the routes that AWS may pick for the packets of s.
func (w *walk) alternatives(s *state) []*model.Route {
	var out []*model.Route
	t := &w.n.RouteTables[w.tableIndex(s)]
	for _, i := range t.WaysTo(w.p.DestinationAddresses(s.set)) {
		for _, k := range t.Ways[i].Routes {
			out = append(out, &t.Routes[k])
		}
	}
	return out
}

// addBlockers lists what was bought on a way that is not shown, but for what is listed already.
func (r *Result) addBlockers(w *walk, e *event) {
	add := func(s *state, b Blocker) {
		same := func(x Blocker) bool {
			return x.Code == b.Code && x.At == b.At && x.Reason == b.Reason && x.Leg == b.Leg && x.Egress == b.Egress && x.Target == b.Target &&
				r.Pool.Subset(b.Packets, x.Packets)
		}
		if !slices.ContainsFunc(r.Blockers, same) {
			b.Least = b.Packets
			b = w.explained(s, b)
			r.openable = r.openable && !b.Closed()
			r.Blockers = append(r.Blockers, b)
		}
	}
	e.paid(add)
	r.collect(e)
}

// forks are the ways that AWS may choose instead of the one to s: other zones of an attachment, other attachments of a route (CONV-3).
func (r *Result) forks(w *walk, s *state) []*state {
	probe := r.relaxed(w.start)
	probe.plan, probe.pins, probe.picks = w.plan, w.pins, w.picks
	at := *s.prev
	at.bought, at.missing, at.assumed, at.notes = nil, nil, nil, nil
	at.stage.step(probe, &at)
	var out []*state
	for child := probe.queue.next(); child != nil; child = probe.queue.next() {
		out = append(out, child)
	}
	return out
}
