package solver

import (
	"cmp"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// divide makes the four parts of the answer (D-1). For one start, a packet of which some branch gets through and none is
// refused or in doubt is admitted, and so on; of several starts, which are the asker's choice, the best counts.
func (r *Result) divide(walks []*walk) {
	p := r.Pool
	var admitted, ambiguous, unknown packet.Set
	for _, w := range walks {
		through, refused, doubt := union(p, w.through), union(p, w.refused), union(p, w.unknown)
		if r.Query.Reading == AWS { // one working branch suffices
			admitted = p.Union(admitted, through)
			unknown = p.Union(unknown, doubt)
			continue
		}
		both := p.Intersect(through, refused)
		ambiguous = p.Union(ambiguous, both)
		admitted = p.Union(admitted, p.Subtract(p.Subtract(through, refused), doubt))
		unknown = p.Union(unknown, p.Subtract(doubt, both))
	}
	r.Admitted = p.Intersect(admitted, r.Asked)
	r.Ambiguous = p.Subtract(p.Intersect(ambiguous, r.Asked), r.Admitted)
	r.Unknown = p.Subtract(p.Subtract(p.Intersect(unknown, r.Asked), r.Admitted), r.Ambiguous)
	if len(r.hidden()) > 0 { // an interface that no answer describes may do what the others cannot
		r.Unknown = p.Subtract(p.Subtract(r.Asked, r.Admitted), r.Ambiguous)
	}
	r.Blocked = p.Subtract(p.Subtract(p.Subtract(r.Asked, r.Admitted), r.Ambiguous), r.Unknown)
	switch {
	case !r.Admitted.IsEmpty():
		r.Verdict = Reachable
	case !r.Ambiguous.IsEmpty():
		r.Verdict = Ambiguous
	case !r.Unknown.IsEmpty():
		r.Verdict = Unknown
	default:
		r.Verdict = Unreachable
	}
}

// hidden are the facts that would tell what else an end is. Of a transit gateway as TO there is nothing else: what stands on the way to it asks for
// the attachments that it needs.
func (r *Result) hidden() []*model.Missing {
	var out []*model.Missing
	for _, end := range []*model.End{&r.Query.From, &r.Query.To} {
		if end.Hidden != nil && (end == &r.Query.From || end.Kind != model.EndTransit) {
			out = addMissing(out, end.Hidden)
		}
	}
	return out
}

func union(p *packet.Pool, events []event) packet.Set {
	set := packet.Empty
	for i := range events {
		set = p.Union(set, events[i].source)
	}
	return set
}

// deciding is the part of the question that gives the verdict.
func (r *Result) deciding() packet.Set {
	return [...]packet.Set{r.Admitted, r.Ambiguous, r.Unknown, r.Blocked}[r.Verdict]
}

// shortest is the event of the fewest hops whose source meets set, one with a reply before one without; ties go to the walk and
// event that came first.
func (r *Result) shortest(walks []*walk, of func(*walk) []event, set packet.Set) (*walk, *event) {
	type found struct {
		w *walk
		e *event
	}
	var all []found
	for _, w := range walks {
		events := of(w)
		for i := range events {
			if r.Pool.Overlaps(events[i].source, set) {
				all = append(all, found{w, &events[i]})
			}
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	best := slices.MinFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.e.at.leg, a.e.at.leg), cmp.Compare(a.e.at.hops, b.e.at.hops))
	})
	return best.w, best.e
}
