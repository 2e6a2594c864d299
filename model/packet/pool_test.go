package packet

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestZeroValues(t *testing.T) {
	var p Pool
	var s Set
	var k Packet
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"the zero Set is empty", s == Empty && s.IsEmpty() && !Everything.IsEmpty()},
		{"the zero Match is everything", p.Of(Match{}) == Everything},
		{"the zero Packet is no packet", p.OfPacket(k) == Empty && !p.Contains(Everything, k)},
		{"the zero Family is both", p.OfFamily(0) == Everything},
		{"the zero Box is empty", p.OfBox(Box{}) == Empty},
		{"the zero Addresses is empty", Addresses{}.IsEmpty() && Addresses{}.Prefixes() == nil},
		{"the zero Field forgets nothing", p.Forget(Everything, 0) == Everything && p.Forget(s, 63) == Empty},
		{"Union", p.Union(s, s) == Empty && p.Union(s, Everything) == Everything},
		{"UnionAll", p.UnionAll() == Empty && p.UnionAll(s) == Empty && p.UnionAll(s, Everything) == Everything},
		{"Intersect", p.Intersect(s, Everything) == Empty && p.Intersect(Everything, Everything) == Everything},
		{"Subtract", p.Subtract(Everything, s) == Everything && p.Subtract(s, Everything) == Empty},
		{"Complement", p.Complement(s) == Everything && p.Complement(Everything) == Empty},
		{"Subset", p.Subset(s, s) && p.Subset(s, Everything) && !p.Subset(Everything, s)},
		{"Overlaps", !p.Overlaps(s, s) && !p.Overlaps(s, Everything) && p.Overlaps(Everything, Everything)},
		{"Rewrite", p.Rewrite(s, 63, Everything) == Empty && p.Rewrite(Everything, 0, s) == Empty},
		{"Reply and Request of nothing", p.Reply(s) == Empty && p.Request(s) == Empty},
		{"Boxes", len(p.Boxes(s)) == 0 && len(p.Boxes(Everything)) == 1},
		{"projections", p.SourceAddresses(s).IsEmpty() && p.DestinationAddresses(Everything).String() == "any"},
	} {
		if !c.ok {
			t.Errorf("zero pool: %s does not hold", c.what)
		}
	}
	p.Reset()
	new(Pool).Freeze()
	new(Pool).Reset()
	if got := new(Pool).Scratch().Of(Match{Family: IPv4}); got.IsEmpty() {
		t.Error("a scratch pool of the zero pool does not work")
	}
}

func TestFrozenPoolAnswersAndRefusesToGrow(t *testing.T) {
	p := NewPool()
	a, b := p.OfFamily(IPv4), p.Of(Match{Protocols: one(TCP)})
	p.Freeze()
	p.Freeze()
	nodes := len(p.nodes)
	if !p.Overlaps(a, b) || p.Subset(a, b) || len(p.Boxes(a)) != 1 || p.SourceAddresses(a).String() != "all IPv4" {
		t.Error("a frozen pool answers wrongly")
	}
	if k, ok := p.Witness(b); !ok || !p.Contains(b, k) {
		t.Error("a frozen pool has no witness")
	}
	p.Reset()
	if len(p.nodes) != nodes {
		t.Error("a frozen pool was reset")
	}
	for name, operation := range map[string]func(){
		"Of":         func() { p.Of(Match{}) },
		"OfPacket":   func() { p.OfPacket(Packet{}) },
		"OfBox":      func() { p.OfBox(Box{}) },
		"Union":      func() { p.Union(Empty, Empty) },
		"UnionAll":   func() { p.UnionAll() },
		"Intersect":  func() { p.Intersect(a, b) },
		"Subtract":   func() { p.Subtract(a, b) },
		"Complement": func() { p.Complement(a) },
		"Forget":     func() { p.Forget(a, FieldSource) },
		"Rewrite":    func() { p.Rewrite(a, FieldSource, b) },
		"Reply":      func() { p.Reply(a) },
		"Request":    func() { p.Request(a) },
	} {
		want := "packet: " + name + " on a frozen pool; make sets in a Scratch of it"
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("%s: got %v, want %q", name, got, want)
				}
			}()
			operation()
		}()
	}
}

// Scratch pools of one frozen pool run side by side (meant for go test -race).
func TestScratchPoolsRunSideBySide(t *testing.T) {
	p, groups, acls := buildNetwork(20, 10)
	p.Freeze()
	results := make([][]string, 4)
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() {
			q := p.Scratch()
			for j, group := range groups {
				acl := acls[j%len(acls)]
				both := q.Intersect(group, acl)
				results[i] = append(results[i], fmt.Sprint(q.Boxes(q.Reply(both)), p.Subset(group, acl), p.Overlaps(group, acl)))
				q.Reset()
			}
		})
	}
	wait.Wait()
	for i := range results {
		if diff := cmp.Diff(results[0], results[i]); diff != "" {
			t.Errorf("goroutine %d got other answers:\n%s", i, diff)
		}
	}
}

func TestWarmScratchDoesNotAllocate(t *testing.T) {
	p, groups, acls := buildNetwork(20, 10)
	p.Freeze()
	q := p.Scratch()
	question := randomQuestion(3)
	run := func() {
		q.Reset()
		s := q.Of(question)
		for _, acl := range acls {
			s = q.Intersect(s, acl)
		}
		q.Subset(q.Intersect(s, groups[0]), groups[1])
	}
	run()
	if got := testing.AllocsPerRun(20, run); got != 0 {
		t.Errorf("a warm question allocates %v times", got)
	}
}

// The generation of a table is finite; a slot from long ago must not come back
// to life when it wraps.
func TestResetManyTimes(t *testing.T) {
	q := NewPool().Scratch()
	q.Complement(q.OfFamily(IPv4)) // kept in slots of generation 0
	q.memo.generation, q.unique.generation = 1<<24-1, 1<<32-1
	q.Of(Match{Protocols: one(TCP)})
	q.Reset()
	if q.memo.generation != 0 || q.unique.generation != 0 {
		t.Fatalf("generations are %d and %d", q.memo.generation, q.unique.generation)
	}
	// The first was made second long ago, so its old slot names a node that is
	// not there; then the old memo of the first id would name the second.
	six, udp := q.OfFamily(IPv6), q.Of(Match{Protocols: one(UDP)})
	if got := q.Complement(six); got != q.OfFamily(IPv4) || got == udp {
		t.Errorf("the complement of IPv6 is %v", q.Boxes(got))
	}
}

// TestMemoMayForget runs with a memo so small that it forgets nearly all.
func TestMemoMayForget(t *testing.T) {
	p, q := NewPool(), NewPool()
	r, same := rand.New(rand.NewPCG(3, 4)), rand.New(rand.NewPCG(3, 4))
	for range 20 {
		p.memo = memoTable{entries: make([]memoEntry, 1), stored: -1 << 40}
		a, b := p.Reply(randomACL(p, r, 8)), q.Reply(randomACL(q, same, 8))
		if diff := cmp.Diff(p.Boxes(a), q.Boxes(b)); diff != "" {
			t.Fatalf("results depend on the memo:\n%s", diff)
		}
	}
}

// TestInvariants checks what the field comments promise of every node.
func TestInvariants(t *testing.T) {
	p, groups, _ := buildNetwork(50, 20)
	hosts := prefixes("2001:db8::1/128", "2001:db8::3/128", "2001:db8:0:1::/64")
	ping := p.Of(Match{Destination: hosts[:2], ICMPTypes: one(128), ICMPCodes: one(0)})
	p.Request(p.Reply(p.Complement(p.Union(p.Sources(hosts...), ping))))
	for _, group := range groups {
		p.Reply(group)
	}
	type content struct {
		level uint8
		edges string
	}
	seen := map[content]bool{}
	levels := map[uint8]int{}
	for i := range p.nodes {
		id := int32(i) + terminals
		level, edges := p.level(id), p.edgesOf(id)
		levels[level]++
		if len(edges) < 2 || edges[len(edges)-1].hi != levelMax[level] {
			t.Fatalf("node %d at level %d: edges %v do not cover the level", id, level, edges)
		}
		for j, e := range edges {
			if j > 0 && (e.to == edges[j-1].to || e.hi <= edges[j-1].hi) {
				t.Fatalf("node %d: edges %v are not normal", id, edges)
			}
			if p.level(e.to) <= level || e.to >= id {
				t.Fatalf("node %d at level %d leads up, to %d at level %d", id, level, e.to, p.level(e.to))
			}
		}
		c := content{level, fmt.Sprint(edges)}
		if seen[c] {
			t.Fatalf("node %d is there twice", id)
		}
		seen[c] = true
	}
	for level := range levelTerminal {
		if levels[level] == 0 {
			t.Errorf("no node at level %d was checked", level)
		}
	}
}
