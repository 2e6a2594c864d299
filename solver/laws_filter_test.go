package solver

import (
	"slices"
	"testing"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Law: whatever gets through passes a component or does not (D-190). So requiring it and excluding it divide what is admitted, but for
// packets of which AWS chooses the way: they are ambiguous both times. The path that is shown passes what is required.
func TestLawThroughAndExcludeDivide(t *testing.T) {
	seen := overWorlds(t, 31, func(t *testing.T, w *lawWorld, seen tally) {
		for i, q := range w.questions {
			base := w.answer(i)
			if base == nil || base.Query.Through != nil || base.Query.Exclude != nil || len(base.Forward) == 0 {
				continue
			}
			at := w.anyHop(i)
			if at.IsZero() || at.Index < 0 || at.Kind == model.KindInternet {
				continue
			}
			through, exclude := base.Query, base.Query
			through.Through, exclude.Exclude = []model.Ref{at}, []model.Ref{at}
			w.divided(t, q, "at "+w.net.ID(at), base, through, exclude, seen)
		}
	})
	seen.atLeast(t, 15, "admitted through", "admitted excluding", "route-table", "network-acl", "nat-gateway", "internet-gateway")
}

// anyHop is a component of the way of one question, or of the next one.
func (w *lawWorld) anyHop(question int) model.Ref {
	if next := (question + 1) % len(w.questions); w.rng.IntN(2) == 0 && w.answer(next) != nil && len(w.answer(next).Forward) > 0 {
		question = next
	}
	hops := w.answer(question).Forward
	if k := slices.IndexFunc(hops, func(h Hop) bool { return h.At.Kind == model.KindNATGateway }); k >= 0 {
		return hops[k].At
	}
	return hops[w.rng.IntN(len(hops))].At
}

// Law: so do two filters at the destination of which one takes what the other does not (D-191).
func TestLawFiltersAtTheDestinationDivide(t *testing.T) {
	seen := overWorlds(t, 32, func(t *testing.T, w *lawWorld, seen tally) {
		for i, q := range w.questions {
			base := w.answer(i)
			if base == nil || base.Query.AtDestination.SourcePorts != nil || base.Query.AtDestination.Protocols != nil {
				continue
			}
			port := uint16(1 + w.rng.IntN(0xfffe))
			low, high := base.Query, base.Query
			if w.rng.IntN(2) == 0 {
				protocol := uint8(w.rng.IntN(255))
				low.AtDestination.Protocols = []packet.ByteRange{{From: 0, To: protocol}}
				high.AtDestination.Protocols = []packet.ByteRange{{From: protocol + 1, To: 255}}
			} else { // of the packets that have ports
				low.Protocol, high.Protocol = protocolOf(packet.TCP), protocolOf(packet.TCP)
				low.AtDestination.SourcePorts = []packet.PortRange{{From: 0, To: port}}
				high.AtDestination.SourcePorts = []packet.PortRange{{From: port + 1, To: 65535}}
				base = answerTo(w.net, low, func(q *Query) { q.AtDestination.SourcePorts = nil })
			}
			if base != nil {
				w.divided(t, q, "at the destination", base, low, high, seen)
			}
		}
	})
	seen.atLeast(t, 20, "admitted through", "admitted excluding")
}

// answerTo answers a question after a change.
func answerTo(n *model.Network, q Query, change func(q *Query)) *Result {
	change(&q)
	r, err := Solve(n, q)
	if err != nil {
		return nil
	}
	return r
}

// divided fails unless two filters that exclude each other divide what a question admits.
func (w *lawWorld) divided(t *testing.T, q lawQuestion, what string, base *Result, one, other Query, seen tally) {
	a, b := answerTo(w.net, one, func(*Query) {}), answerTo(w.net, other, func(*Query) {})
	if a == nil || b == nil {
		t.Errorf("%s %s: cannot be asked with a filter", w.name, q)
		return
	}
	p := base.Pool
	ours := func(r *Result) (admitted, ambiguous packet.Set) {
		return carry(r, r.Admitted, p), carry(r, r.Ambiguous, p)
	}
	aAdmitted, aAmbiguous := ours(a)
	bAdmitted, bAmbiguous := ours(b)
	story := func() string { return w.story(q, what, base, a) + "and\n" + dump(b.Network, b) }
	expectSubset(t, p, p.Union(aAdmitted, bAdmitted), p.Union(base.Admitted, base.Ambiguous), "a filter admits more", story)
	if base.Query.Reading == Strict {
		expectSubset(t, p, p.Union(aAdmitted, bAdmitted), base.Admitted, "a filter admits more", story)
	}
	expectSubset(t, p, base.Admitted, p.UnionAll(aAdmitted, bAdmitted, p.Intersect(aAmbiguous, bAmbiguous)), "neither way is admitted", story)
	for _, at := range one.Through {
		seen[at.Kind.String()]++
		if a.Verdict == Reachable && at.Kind != model.KindSecurityGroup && !slices.ContainsFunc(a.Forward, func(h Hop) bool { return h.At == at || h.Attached == at || h.Gateway == at }) {
			t.Errorf("the path shown does not pass %s\n%s", w.net.ID(at), story())
		}
	}
	if !aAdmitted.IsEmpty() {
		seen["admitted through"]++
	}
	if !bAdmitted.IsEmpty() {
		seen["admitted excluding"]++
	}
	if !p.Intersect(aAmbiguous, bAmbiguous).IsEmpty() {
		seen["AWS chooses"]++
	}
}
