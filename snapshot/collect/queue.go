package collect

import "sync"

// inFlight bounds the calls to one API of one account's Region that are under way at a time (SNAP-5): without it, a call that is
// made for thousands of objects would hold every worker while its rate lets few through.
const inFlight = 2

// queue hands out calls so that every API has its turn.
type queue struct {
	mu      sync.Mutex
	more    sync.Cond
	turns   []api // APIs that have calls waiting, the next first
	waiting map[api][]job
	flying  map[api]int
	pending int // waiting and under way
	closed  bool
}

func newQueue() *queue {
	q := &queue{waiting: make(map[api][]job), flying: make(map[api]int)}
	q.more.L = &q.mu
	return q
}

func apiOf(j job) api {
	if j.call == nil {
		return api{place: j.at.place}
	}
	return api{j.at.place, j.call.Service, j.call.Operation}
}

// push adds a call.
func (q *queue) push(j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := apiOf(j)
	if len(q.waiting[a]) == 0 {
		q.turns = append(q.turns, a)
	}
	q.waiting[a] = append(q.waiting[a], j)
	q.pending++
	q.more.Signal()
}

// pop waits for a call that may be made; false when none will come.
func (q *queue) pop() (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.closed || q.pending == 0 {
			q.more.Broadcast()
			return job{}, false
		}
		if j, ok := q.take(); ok {
			return j, true
		}
		q.more.Wait()
	}
}

// take hands out the first call of the first API that may have another one.
func (q *queue) take() (job, bool) {
	for i, a := range q.turns {
		if q.flying[a] >= inFlight {
			continue
		}
		list := q.waiting[a]
		j := list[0]
		q.turns = append(q.turns[:i:i], q.turns[i+1:]...)
		if q.waiting[a] = list[1:]; len(list) > 1 {
			q.turns = append(q.turns, a)
		} else {
			delete(q.waiting, a)
		}
		q.flying[a]++
		return j, true
	}
	return job{}, false
}

// done says that a call has been made.
func (q *queue) done(j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := apiOf(j)
	if q.flying[a]--; q.flying[a] == 0 {
		delete(q.flying, a)
	}
	q.pending--
	q.more.Broadcast()
}

// close ends the handing out.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}
