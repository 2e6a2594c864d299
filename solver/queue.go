package solver

import "container/heap"

// queue holds the states to follow: cheapest first, then fewest hops, then in the order they came, which the stages
// make deterministic. In a plain walk every cost is zero and states come in the order of their hops: first in, first out.
type queue struct {
	relaxed bool
	plain   []*state // a plain walk's, from head on
	head    int
	items   order // a relaxed walk's
	count   int
}

type queued struct {
	s  *state
	at int
}

type order []queued

func (o order) Len() int { return len(o) }
func (o order) Less(i, j int) bool {
	a, b := o[i], o[j]
	if a.s.cost != b.s.cost {
		return a.s.cost < b.s.cost
	}
	if a.s.hops != b.s.hops {
		return a.s.hops < b.s.hops
	}
	return a.at < b.at
}
func (o order) Swap(i, j int) { o[i], o[j] = o[j], o[i] }
func (o *order) Push(x any)   { *o = append(*o, x.(queued)) }
func (o *order) Pop() any {
	last := len(*o) - 1
	x := (*o)[last]
	*o = (*o)[:last]
	return x
}

func (q *queue) add(s *state) {
	if !q.relaxed {
		q.plain = append(q.plain, s)
		return
	}
	heap.Push(&q.items, queued{s, q.count})
	q.count++
}

func (q *queue) next() *state {
	if !q.relaxed {
		if q.head == len(q.plain) {
			return nil
		}
		q.head++
		return q.plain[q.head-1]
	}
	if len(q.items) == 0 {
		return nil
	}
	return heap.Pop(&q.items).(queued).s
}
