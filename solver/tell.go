package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// likely are headers that a person would pick; a witness takes what it can from them, the first that fits first.
var likely = []packet.Packet{
	{Source: netip.MustParseAddr("198.51.100.7"), Destination: netip.MustParseAddr("198.51.100.7"), Protocol: packet.TCP, SourcePort: 49152, DestinationPort: 443},
	{Source: netip.MustParseAddr("2001:db8::7"), Destination: netip.MustParseAddr("2001:db8::7"), Protocol: packet.ICMP, ICMPType: 8, SourcePort: 32768},
	{Source: netip.MustParseAddr("2001:db8::7"), Destination: netip.MustParseAddr("2001:db8::7"), Protocol: packet.ICMPv6, ICMPType: 128, SourcePort: 1024},
}

// tell chooses the witness and describes its way: the path that gives the verdict, or the one nearest to working.
func (r *Result) tell(walks []*walk) {
	part := r.deciding()
	switch r.Verdict {
	case Reachable, Ambiguous:
		w, e := r.shortest(walks, func(w *walk) []event { return w.through }, part)
		r.describe(w, e, r.Pool.Intersect(e.source, part))
		if r.Verdict == Ambiguous {
			r.branch(w)
		}
	case Unknown:
		r.tellUnknown(walks, part)
	case Unreachable:
		r.blockedPath(walks)
		r.blameFilters()
	}
	if r.Verdict == Reachable || r.Verdict == Ambiguous { // why the rest is not known
		for _, m := range r.allMissing(walks, r.Unknown) {
			r.Missing = addMissing(r.Missing, m)
		}
	}
	r.note()
}

// tellUnknown describes the shortest way to a missing fact; where all that is missing are interfaces of the ends, there is none.
func (r *Result) tellUnknown(walks []*walk, part packet.Set) {
	w, e := r.shortest(walks, func(w *walk) []event { return w.unknown }, part)
	if e == nil {
		r.Witness, r.HasWitness = r.Pool.Witness(part, likely...)
	} else {
		r.describe(w, e, r.Pool.Intersect(e.source, part))
		r.ArrivedAt = e.arrived
	}
	r.Missing = r.allMissing(walks, part)
}

// describe fills the hops from one branch, for the packets of source.
func (r *Result) describe(w *walk, e *event, source packet.Set) {
	r.Witness, r.HasWitness = r.Pool.Witness(source, likely...)
	r.Forward, r.Return = w.hops(e, source, r.Pool.OfPacket(r.Witness))
	r.collect(e)
	r.remark(e)
}

// remark gathers the remarks about a way that is shown.
func (r *Result) remark(e *event) {
	for _, s := range chain(e.at) {
		for _, n := range s.notes {
			if !slices.Contains(r.Notes, n) {
				r.Notes = append(r.Notes, n)
			}
		}
	}
}

// collect gathers what was assumed and what is missing on the way to an event, shown or not.
func (r *Result) collect(e *event) {
	for _, s := range chain(e.at) {
		for _, a := range s.assumed {
			if !slices.Contains(r.Assumptions, a) {
				r.Assumptions = append(r.Assumptions, a)
			}
		}
	}
	r.Missing = e.addMissing(r.Missing)
}

// addMissing adds the facts that are missing on the way to the event, in the order in which packets meet them.
func (e *event) addMissing(list []*model.Missing) []*model.Missing {
	for _, s := range chain(e.at) {
		for _, m := range s.missing {
			list = addMissing(list, m)
		}
	}
	if e.missing != nil {
		list = addMissing(list, e.missing)
	}
	return list
}

func addMissing(list []*model.Missing, m *model.Missing) []*model.Missing {
	if slices.ContainsFunc(list, func(x *model.Missing) bool { return *x == *m }) {
		return list
	}
	return append(list, m)
}

// allMissing are the facts on which the unknown part depends, in the order in which packets meet them.
func (r *Result) allMissing(walks []*walk, part packet.Set) []*model.Missing {
	var out []*model.Missing
	for _, w := range walks {
		for i := range w.unknown {
			e := &w.unknown[i]
			if r.Pool.Overlaps(e.source, part) {
				out = e.addMissing(out)
			}
		}
	}
	if !part.IsEmpty() {
		for _, m := range r.hidden() {
			out = addMissing(out, m)
		}
	}
	return out
}

// branch lists every way that AWS may choose for the witness.
func (r *Result) branch(w *walk) {
	one := r.Pool.OfPacket(r.Witness)
	add := func(events []event, outcome Verdict) {
		for i := range events {
			e := &events[i]
			if !r.Pool.Overlaps(e.source, one) {
				continue
			}
			b := Branch{Outcome: outcome}
			b.Forward, b.Return = w.hops(e, one, one)
			if e.blocker != nil {
				blocker := w.explained(e.at, *e.blocker)
				b.Blockers = []Blocker{blocker}
				attach(b.Forward, b.Return, blocker)
				if x, ok := e.at.translated(blocker); ok {
					b.Blockers = append(b.Blockers, x)
					attach(b.Forward, b.Return, x)
				}
			}
			if e.missing != nil {
				b.Missing = []*model.Missing{e.missing}
			}
			r.Branches = append(r.Branches, b)
		}
	}
	add(w.through, Reachable)
	add(w.unknown, Unknown)
	add(w.refused, Unreachable)
	for _, b := range r.Branches {
		r.Blockers = append(r.Blockers, b.Blockers...)
	}
}

// note adds remarks on the answer as a whole.
func (r *Result) note() {
	if r.Verdict == Reachable && r.Pool.Subset(r.Admitted, r.Pool.OfFamily(packet.IPv6)) {
		r.Notes = append(r.Notes, Note{Kind: NoteIPv6})
	}
	var met []model.Ref
	for _, hops := range [][]Hop{r.Forward, r.Return} {
		for i := range hops {
			met = append(met, hops[i].At)
		}
	}
	if span := r.Network.Skew(met); span > 0 {
		r.Notes = append(r.Notes, Note{Kind: NoteSkew, Span: span})
	}
}
