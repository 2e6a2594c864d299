package oracle

import (
	"slices"
	"strings"
)

// walker walks one question's packet and gathers how its branches end.
type walker struct {
	o       *Oracle
	q       Question
	decided map[string]int
	trace   []string
	missing []string

	through, refused, unknown bool
}

// maxTrace bounds the trace; the branches of NAT gateways are many and alike.
const maxTrace = 300

// decide notes that a rule decided something.
func (w *walker) decide(kind string, words ...string) {
	w.decided[kind]++
	if len(w.trace) < maxTrace {
		w.trace = append(w.trace, kind+": "+strings.Join(words, " "))
	}
}

// refuse ends a branch: something known stopped the packet. It returns false for its callers to return.
func (w *walker) refuse(_ flight, kind string, words ...string) bool {
	w.decide(kind, words...)
	w.refused = true
	return false
}

// lack marks the packet with a missing fact and notes that it mattered.
func (w *walker) lack(f flight, kind, what string) flight {
	w.decide(kind, what)
	return f.miss(what)
}

// end ends a branch: the packet cannot go on for want of a fact.
func (w *walker) end(f flight, kind, what string) {
	w.finish(w.lack(f, kind, what))
}

// finish ends a branch that nothing refused.
func (w *walker) finish(f flight) {
	if len(f.missing) == 0 {
		w.decide("through")
		w.through = true
		return
	}
	w.unknown = true
	for _, m := range f.missing {
		if !slices.Contains(w.missing, m) {
			w.missing = append(w.missing, m)
		}
	}
}

// assume takes a listed assumption, which NoAssume turns into a missing fact.
func (w *walker) assume(f flight, kind, what string) flight {
	if w.q.NoAssume {
		return w.lack(f, kind, "assumption: "+what)
	}
	w.decide(kind, what)
	return f
}

// assumes reports whether the question allows a kind of assumption.
func (w *walker) assumes(what string) bool {
	return !w.q.NoAssume && slices.Contains(w.q.Assume, what)
}

// use marks the packet where the copies of a record that it meets differ.
func (w *walker) use(f flight, e *entity) flight {
	if e.conflict {
		return w.lack(f, "conflict", "copies of "+e.id+" differ")
	}
	return f
}

// answer combines the branches (D-1). In reading aws one that works is enough (design.md, section 6).
func (w *walker) answer() Answer {
	a := Answer{Trace: w.trace, Decided: w.decided, Missing: w.missing}
	switch {
	case w.through && w.q.Reading == AWS:
		a.Outcome = Admitted
	case w.through && w.refused:
		a.Outcome = Ambiguous
	case w.through && !w.unknown:
		a.Outcome = Admitted
	case w.unknown:
		a.Outcome = Unknown
	default:
		a.Outcome = Blocked
	}
	return a
}

// settled reports whether no further branch can change the outcome.
func (w *walker) settled() bool { return w.through && (w.refused || w.q.Reading == AWS) }
