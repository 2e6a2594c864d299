package packet

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// wantSame checks a set against its twin, packet for packet.
func wantSame(t *rapid.T, p *Pool, what string, got Set, want slowSet) {
	t.Helper()
	if boxes := p.Boxes(got); !slowOfBoxes(boxes).equal(want) {
		t.Fatalf("%s: got %v, want the packets of %v", what, boxes, want)
	}
	if got.IsEmpty() != (len(want) == 0) {
		t.Fatalf("%s: IsEmpty is %v, twin has %d boxes", what, got.IsEmpty(), len(want))
	}
}

func TestOperationsAgreeWithTwin(t *testing.T) {
	var empty, subset, overlap, equal answers
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		a, b := drawBoth(t, p), drawBoth(t, p)
		wantSame(t, p, "a", a.set, a.slow)
		wantSame(t, p, "union", p.Union(a.set, b.set), a.slow.union(b.slow))
		wantSame(t, p, "intersect", p.Intersect(a.set, b.set), a.slow.intersect(b.slow))
		wantSame(t, p, "subtract", p.Subtract(a.set, b.set), a.slow.subtract(b.slow))
		wantSame(t, p, "complement", p.Complement(a.set), a.slow.complement())
		wantSame(t, p, "reply", p.Reply(a.set), a.slow.reply())
		wantSame(t, p, "request", p.Request(a.set), a.slow.request())
		fields := Field(rapid.IntRange(0, 63).Draw(t, "fields"))
		wantSame(t, p, "forget", p.Forget(a.set, fields), a.slow.forget(fields))
		wantSame(t, p, "rewrite", p.Rewrite(a.set, fields, b.set), a.slow.forget(fields).intersect(b.slow))

		empty.see(a.set.IsEmpty())
		nodes := len(p.nodes)
		if got, want := p.Subset(a.set, b.set), len(a.slow.subtract(b.slow)) == 0; subset.see(got) != want {
			t.Fatalf("Subset is %v, want %v", got, want)
		}
		if got, want := p.Overlaps(a.set, b.set), len(a.slow.intersect(b.slow)) != 0; overlap.see(got) != want {
			t.Fatalf("Overlaps is %v, want %v", got, want)
		}
		if len(p.nodes) != nodes {
			t.Fatalf("Subset and Overlaps made %d nodes", len(p.nodes)-nodes)
		}
		if got, want := a.set == b.set, a.slow.equal(b.slow); equal.see(got) != want {
			t.Fatalf("a == b is %v, but same packets is %v", got, want)
		}
	})
	empty.wantBoth(t, "empty", 3)
	subset.wantBoth(t, "subset", 3)
	overlap.wantBoth(t, "overlap", 10)
	equal.wantBoth(t, "equal", 1)
}

func TestContainsAgreesWithTwinAtBorders(t *testing.T) {
	var contained answers
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		s := drawBoth(t, p)
		for range 20 {
			k := drawPacket(t)
			if got, want := p.Contains(s.set, k), s.slow.contains(k); contained.see(got) != want {
				t.Fatalf("Contains(%v) is %v, want %v; set %v", k, got, want, p.Boxes(s.set))
			}
			one := p.OfPacket(k)
			if p.Subset(one, s.set) != p.Contains(s.set, k) || p.Overlaps(one, s.set) != p.Contains(s.set, k) {
				t.Fatalf("the set of %v alone disagrees with Contains", k)
			}
			if !p.Contains(one, k) || p.Contains(p.Complement(one), k) {
				t.Fatalf("%v is not in its own set, or in the complement too", k)
			}
		}
	})
	contained.wantBoth(t, "contains", 100)
}

// Please do not weaken these to comparing packets: that equal sets are equal
// values is what the search relies on to stop.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		a, b, c := drawBoth(t, p).set, drawBoth(t, p).set, drawBoth(t, p).set
		f := Field(rapid.IntRange(0, 63).Draw(t, "f"))
		g := Field(rapid.IntRange(0, 63).Draw(t, "g"))
		not := p.Complement
		for _, law := range []struct {
			name string
			x, y Set
		}{
			{name: "de Morgan", x: not(p.Union(a, b)), y: p.Intersect(not(a), not(b))},
			{name: "de Morgan, the other", x: not(p.Intersect(a, b)), y: p.Union(not(a), not(b))},
			{name: "a - b = a and not b", x: p.Subtract(a, b), y: p.Intersect(a, not(b))},
			{name: "not not a = a", x: not(not(a)), y: a},
			{name: "a or not a = everything", x: p.Union(a, not(a)), y: Everything},
			{name: "a and not a = nothing", x: p.Intersect(a, not(a)), y: Empty},
			{name: "union commutes", x: p.Union(a, b), y: p.Union(b, a)},
			{name: "intersection commutes", x: p.Intersect(a, b), y: p.Intersect(b, a)},
			{name: "union associates", x: p.Union(p.Union(a, b), c), y: p.Union(a, p.Union(b, c))},
			{name: "union distributes", x: p.Union(a, p.Intersect(b, c)), y: p.Intersect(p.Union(a, b), p.Union(a, c))},
			{name: "union all", x: p.UnionAll(c, a, b, a), y: p.Union(p.Union(a, b), c)},
			{name: "subset", x: p.Union(a, p.Union(a, b)), y: p.Union(a, b)},
			{name: "forget is idempotent", x: p.Forget(p.Forget(a, f), f), y: p.Forget(a, f)},
			{name: "forget combines", x: p.Forget(p.Forget(a, f), g), y: p.Forget(a, f|g)},
			{name: "forget distributes over union", x: p.Forget(p.Union(a, b), f), y: p.Union(p.Forget(a, f), p.Forget(b, f))},
			{name: "forget nothing", x: p.Forget(a, 0), y: a},
			{name: "a reply's request has that reply", x: p.Reply(p.Request(p.Reply(a))), y: p.Reply(a)},
			{name: "reply distributes over union", x: p.Reply(p.Union(a, b)), y: p.Union(p.Reply(a), p.Reply(b))},
			{name: "request of reply", x: p.Request(p.Reply(a)), y: p.Intersect(a, p.Request(Everything))},
			{name: "what has a reply", x: p.Intersect(p.Request(Everything), p.Request(p.Reply(a))), y: p.Request(p.Reply(a))},
			{name: "boxes round trip", x: p.ofBoxes(p.Boxes(a)), y: a},
		} {
			if law.x != law.y {
				t.Fatalf("%s: %v differs from %v", law.name, p.Boxes(law.x), p.Boxes(law.y))
			}
		}
		if !p.Subset(a, p.Forget(a, f)) {
			t.Fatal("forgetting lost packets")
		}
	})
}

func (p *Pool) ofBoxes(boxes []Box) Set {
	var sets []Set
	for _, b := range boxes {
		sets = append(sets, p.OfBox(b))
	}
	return p.UnionAll(sets...)
}

func TestSetDoesNotDependOnOrderOfConstruction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		matches := rapid.SliceOfN(rapid.Custom(drawMatch), 1, 6).Draw(t, "matches")
		shuffled := rapid.Permutation(matches).Draw(t, "shuffled")
		p := NewPool()
		one, other := Empty, Empty
		for i := range matches {
			one = p.Union(one, p.Of(matches[i]))
			other = p.Union(p.Of(shuffled[i]), other)
		}
		if one != other {
			t.Fatalf("%v differs from %v", p.Boxes(one), p.Boxes(other))
		}
		// In another pool, with another history, it prints the same.
		q := NewPool()
		for _, m := range shuffled {
			q.Complement(q.Of(m))
		}
		again := Empty
		for _, m := range shuffled {
			again = q.Union(again, q.Of(m))
		}
		if diff := cmp.Diff(p.Boxes(one), q.Boxes(again)); diff != "" {
			t.Fatalf("boxes depend on the history of the pool:\n%s", diff)
		}
	})
}

func TestScratchAgreesWithParent(t *testing.T) {
	var inParent answers
	rapid.Check(t, func(t *rapid.T) {
		p, plainPool := NewPool(), NewPool()
		matches := rapid.SliceOfN(rapid.Custom(drawMatch), 4, 4).Draw(t, "matches")
		build := func(q *Pool, from, to int) (sets []Set) {
			for _, m := range matches[from:to] {
				sets = append(sets, q.Of(m))
			}
			return sets
		}
		combine := func(q *Pool, s []Set) Set {
			return q.Reply(q.Subtract(q.Union(s[0], s[1]), q.Intersect(s[2], s[3])))
		}
		old := build(p, 0, 2)
		p.Freeze()
		nodes := len(p.nodes)
		want := plainPool.Boxes(combine(plainPool, build(plainPool, 0, 4)))
		scratch := p.Scratch()
		for _, open := range []func() *Pool{func() *Pool { return scratch }, p.Scratch, scratch.Scratch} {
			q := open()
			if again := build(q, 0, 2); !slices.Equal(again, old) {
				t.Fatalf("a set of the parent is another in the scratch pool: %v, %v", again, old)
			}
			for range 2 { // the second time after a reset
				got := combine(q, append(slices.Clone(old), build(q, 2, 4)...))
				if diff := cmp.Diff(want, q.Boxes(got)); diff != "" {
					t.Fatalf("scratch and plain pool disagree:\n%s", diff)
				}
				inParent.see(int(got.id) < nodes+2)
				q.Reset()
			}
		}
		if len(p.nodes) != nodes {
			t.Fatal("a scratch pool changed its parent")
		}
	})
	inParent.wantBoth(t, "result already in the parent", 3)
}

func TestManyPrefixesLongerThan64(t *testing.T) {
	// Neighbouring /64s with the same lower half share a node, and ranges that
	// begin or end inside a /64 are cut in three.
	p := NewPool()
	var hosts []netip.Prefix
	for i := range 300 {
		addr := netip.MustParseAddr("2001:db8::7").As16()
		addr[6], addr[7] = byte(i>>8), byte(i)
		hosts = append(hosts, netip.PrefixFrom(netip.AddrFrom16(addr), 128))
	}
	s := p.Sources(hosts...)
	if diff := cmp.Diff(hosts, p.SourceAddresses(s).Prefixes(), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("sources differ:\n%s", diff)
	}
	if p.Reply(p.Reply(s)) != p.Intersect(s, p.Request(p.Request(Everything))) {
		t.Error("the reply to the reply is another set")
	}
	rest := p.Subtract(p.Sources(netip.MustParsePrefix("2001:db8::/32")), s)
	if got := p.ofBoxes(p.Boxes(rest)); got != rest {
		t.Error("boxes do not add up")
	}
	boxes := p.Boxes(rest)
	if len(boxes) != 1 || !boxes[0].Source.Equal(p.SourceAddresses(rest)) {
		t.Errorf("want one box whose ranges do not touch, got %v", boxes)
	}
	if p.Union(rest, s) != p.Sources(netip.MustParsePrefix("2001:db8::/32")) {
		t.Error("difference and part do not add up")
	}
}
