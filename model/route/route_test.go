package route

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func pfx(s string) netip.Prefix { return netip.MustParsePrefix(s) }
func addr(s string) netip.Addr  { return netip.MustParseAddr(s) }

// rule is one line of a table written out for a test; its index is the route's.
type rule struct {
	prefix string
	class  Class
	target string
}

func build(rules []rule, localBlocks ...string) *Table {
	var candidates []Candidate
	for i, r := range rules {
		candidates = append(candidates, Candidate{pfx(r.prefix), r.class, i})
	}
	var blocks []netip.Prefix
	for _, b := range localBlocks {
		blocks = append(blocks, pfx(b))
	}
	return New(candidates, blocks, func(i int) string { return rules[i].target })
}

func TestLookup(t *testing.T) {
	tests := []struct {
		name  string
		rules []rule
		to    string
		want  []int
	}{
		{"RT-4 the IPv4 default never matches IPv6", []rule{{"0.0.0.0/0", Static, "igw-a"}}, "2001:db8::1", nil},
		{"RT-5 the most specific prefix wins", []rule{{"0.0.0.0/0", Static, "igw-a"}, {"172.31.0.0/16", Static, "pcx-a"}},
			"172.31.4.4", []int{1}},
		{"RT-6 static before propagated at equal length",
			[]rule{{"172.31.0.0/24", Propagated, "vgw-a"}, {"172.31.0.0/24", Static, "igw-a"}}, "172.31.0.9", []int{1}},
		{"RT-6 static before prefix list", []rule{{"52.216.0.0/15", PrefixList, "vpce-s3"}, {"52.216.0.0/15", Static, "nat-a"}},
			"52.216.1.1", []int{1}},
		{"RT-6 prefix list before propagated",
			[]rule{{"192.0.2.0/24", Propagated, "vgw-a"}, {"192.0.2.0/24", PrefixList, "tgw-a"}}, "192.0.2.9", []int{1}},
		{"D-42 Route Server's routes stand between prefix list and propagated",
			[]rule{{"192.0.2.0/24", Propagated, "vgw-a"}, {"192.0.2.0/24", Advertised, "eni-a"}}, "192.0.2.9", []int{1}},
		{"D-42 prefix list before Route Server",
			[]rule{{"192.0.2.0/24", Advertised, "eni-a"}, {"192.0.2.0/24", PrefixList, "tgw-a"}}, "192.0.2.9", []int{1}},
		{"RT-7 propagated inside the VPC loses to local",
			[]rule{{"10.0.0.0/16", Static, "local"}, {"10.0.5.0/24", Propagated, "vgw-a"}}, "10.0.5.7", []int{0}},
		{"RT-7 propagated outside the VPC keeps its place",
			[]rule{{"10.0.0.0/16", Static, "local"}, {"10.9.0.0/16", Propagated, "vgw-a"}}, "10.9.5.7", []int{1}},
		{"RT-7 propagated wider than the VPC only loses by length",
			[]rule{{"10.0.0.0/16", Static, "local"}, {"10.0.0.0/8", Propagated, "vgw-a"}}, "10.1.0.1", []int{1}},
		{"RT-7 does not concern a static route", []rule{{"10.0.0.0/16", Static, "local"}, {"10.0.5.0/24", Static, "eni-fw"}},
			"10.0.5.7", []int{1}},
		{"D-43 nor an advertised one", []rule{{"10.0.0.0/16", Static, "local"}, {"10.0.5.0/24", Advertised, "eni-fw"}},
			"10.0.5.7", []int{1}},
		{"RT-9 a longer propagated route beats a prefix list entry",
			[]rule{{"10.9.0.0/16", PrefixList, "tgw-a"}, {"10.9.1.0/24", Propagated, "vgw-a"}}, "10.9.1.1", []int{1}},
		{"RT-10 equal entries of two lists: AWS chooses",
			[]rule{{"192.0.2.0/24", PrefixList, "tgw-a"}, {"192.0.2.0/24", PrefixList, "pcx-a"}}, "192.0.2.9", []int{0, 1}},
		{"RT-10 unequal entries: the longer wins",
			[]rule{{"192.0.2.0/24", PrefixList, "tgw-a"}, {"192.0.2.0/28", PrefixList, "pcx-a"}}, "192.0.2.9", []int{1}},
		{"D-42 the same target twice is one winner",
			[]rule{{"192.0.2.0/24", PrefixList, "tgw-a"}, {"192.0.2.0/24", PrefixList, "tgw-a"}}, "192.0.2.9", []int{0}},
		{"RT-18 no match", []rule{{"10.0.0.0/16", Static, "local"}}, "10.1.0.0", nil},
		{"RT-19 host bits are dropped", []rule{{"100.68.0.18/18", Static, "tgw-a"}}, "100.68.63.255", []int{0}},
		{"a mapped prefix is IPv4", []rule{{"::ffff:10.0.0.0/104", Static, "tgw-a"}}, "10.255.0.1", []int{0}},
		{"a mapped address is IPv4", []rule{{"10.0.0.0/8", Static, "tgw-a"}}, "::ffff:10.255.0.1", []int{0}},
		{"the last address of all", []rule{{"255.255.255.255/32", Static, "tgw-a"}}, "255.255.255.255", []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := build(tt.rules, "10.0.0.0/16").Lookup(addr(tt.to))
			if diff := cmp.Diff(tt.want, got); diff != "" || ok != (tt.want != nil) {
				t.Errorf("winners for %s (-want +got), ok=%v:\n%s", tt.to, ok, diff)
			}
		})
	}
}

func TestLookupPrefixNamesTheMatch(t *testing.T) {
	table := build([]rule{{"0.0.0.0/0", Static, "igw-a"}, {"198.51.100.7/32", PrefixList, "nat-a"}})
	prefix, winners, ok := table.LookupPrefix(addr("198.51.100.7"))
	if prefix != pfx("198.51.100.7/32") || !slices.Equal(winners, []int{1}) || !ok {
		t.Errorf("got %v %v %v", prefix, winners, ok)
	}
}

func TestMatchingOrder(t *testing.T) {
	table := build([]rule{
		{"0.0.0.0/0", Static, "igw-a"},
		{"10.0.5.0/24", Propagated, "vgw-a"}, // overruled: inside the VPC
		{"10.0.0.0/16", PrefixList, "tgw-a"},
		{"10.0.0.0/16", Static, "local"},
		{"10.0.5.0/28", Propagated, "vgw-a"}, // overruled
		{"10.1.0.0/16", Static, "pcx-a"},     // does not match
		{"10.0.5.0/26", Static, "eni-fw"},
	}, "10.0.0.0/16")
	var got []int
	for c := range table.Matching(addr("10.0.5.7")) {
		got = append(got, c.Route)
	}
	if diff := cmp.Diff([]int{6, 3, 2, 0}, got); diff != "" {
		t.Errorf("candidates that match, by preference (-want +got):\n%s", diff)
	}
	for range table.Matching(addr("10.0.5.7")) {
		break // stopping early must be safe
	}
}

func TestBetween(t *testing.T) {
	table := build([]rule{
		{"10.0.0.0/16", Static, "local"},
		{"0.0.0.0/1", Static, "nat-a"},
		{"10.0.0.0/24", Static, "local"}, // same target, but another route: a run of its own
		{"fd00::/8", Static, "tgw-a"},
		{"255.0.0.0/8", Static, "tgw-a"},
	})
	for _, tt := range []struct{ lo, hi, want string }{
		{"0.0.0.0", "255.255.255.255", "[[1] [2] [0] [1] [] [4]]"},
		{"10.0.0.255", "10.0.1.0", "[[2] [0]]"},
		{"10.0.0.7", "10.0.0.7", "[[2]]"},
		{"10.0.0.0", "10.0.0.255", "[[2]]"},
		{"10.1.0.0", "127.255.255.255", "[[1]]"},
		{"::", "fd00::1", "[[] [3]]"},
	} {
		if diff := cmp.Diff(tt.want, fmt.Sprint(slices.Collect(table.Between(addr(tt.lo), addr(tt.hi))))); diff != "" {
			t.Errorf("from %s to %s (-want +got):\n%s", tt.lo, tt.hi, diff)
		}
	}
	for range table.Between(addr("0.0.0.0"), addr("255.255.255.255")) {
		break // stopping early must be safe
	}
}

func TestPrefixes(t *testing.T) {
	table := build([]rule{
		{"0.0.0.0/0", Static, "igw-a"},
		{"10.0.0.0/9", Static, "tgw-a"},
		{"10.128.0.0/9", Static, "pcx-a"},
		{"10.128.0.0/10", Static, "local"}, // with the next one it hides route 2 completely
		{"10.192.0.0/10", Static, "local"},
		{"::/1", Static, "tgw-a"},
	})
	var lists [][]int
	for w := range table.Winners() {
		lists = append(lists, w)
	}
	if diff := cmp.Diff([][]int{{0}, {1}, {3}, {4}, {5}}, lists); diff != "" {
		t.Errorf("winner lists (-want +got):\n%s", diff)
	}
	want := []netip.Prefix{pfx("0.0.0.0/5"), pfx("8.0.0.0/7"), pfx("11.0.0.0/8"), pfx("12.0.0.0/6"),
		pfx("16.0.0.0/4"), pfx("32.0.0.0/3"), pfx("64.0.0.0/2"), pfx("128.0.0.0/1")}
	byText := cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })
	if diff := cmp.Diff(want, table.Prefixes([]int{0}), byText); diff != "" {
		t.Errorf("where route 0 wins (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]netip.Prefix{pfx("8000::/1")}, table.Prefixes(nil), byText); diff != "" {
		t.Errorf("where nothing matches (-want +got):\n%s", diff)
	}
	if got := table.Prefixes([]int{2}); got != nil {
		t.Errorf("a hidden route wins at %v", got)
	}
}

func TestEmptyTable(t *testing.T) {
	table := New(nil, nil, nil)
	if _, ok := table.Lookup(addr("10.0.0.1")); ok {
		t.Error("a route matched")
	}
	if diff := cmp.Diff("[[]]", fmt.Sprint(slices.Collect(table.Between(addr("10.0.0.0"), addr("10.0.0.9"))))); diff != "" {
		t.Errorf("who wins (-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(table.Prefixes(nil)); got != "[0.0.0.0/0 ::/0]" {
		t.Errorf("no route in %s", got)
	}
}

// drawPrefix draws from few, nested prefixes, so that candidates collide, nest and touch all the time.
func drawPrefix(rt *rapid.T, label string) netip.Prefix {
	last := byte(rapid.IntRange(0, 255).Draw(rt, label+" byte"))
	prefix := func(a netip.Addr, from, to int) netip.Prefix {
		return netip.PrefixFrom(a, rapid.IntRange(from, to).Draw(rt, label)).Masked()
	}
	switch rapid.IntRange(0, 9).Draw(rt, label+" family") {
	case 0:
		return prefix(netip.AddrFrom4([4]byte{255, 255, 255, last}), 24, 32)
	case 1, 2, 3:
		return prefix(netip.AddrFrom16([16]byte{0: 0x26, 15: last}), 0, 128)
	case 4:
		return prefix(netip.AddrFrom4([4]byte{10, 0, 0, last}), 0, 23)
	}
	return prefix(netip.AddrFrom4([4]byte{10, 0, 0, last}), 24, 32)
}

func drawTwin(rt *rapid.T) twin {
	targets := make([]string, rapid.IntRange(1, 8).Draw(rt, "routes"))
	for i := range targets {
		targets[i] = rapid.SampledFrom([]string{"local", "tgw-a", "pcx-a"}).Draw(rt, "target")
	}
	tw := twin{target: func(i int) string { return targets[i] }}
	route := func() int { return rapid.IntRange(0, len(targets)-1).Draw(rt, "route") }
	for range rapid.IntRange(0, 12).Draw(rt, "candidates") {
		if len(tw.candidates) > 0 && rapid.IntRange(0, 3).Draw(rt, "rival") == 0 { // equal to an earlier one but for its route
			c := rapid.SampledFrom(tw.candidates).Draw(rt, "earlier")
			c.Route = route()
			tw.candidates = append(tw.candidates, c)
			continue
		}
		tw.candidates = append(tw.candidates, Candidate{
			Prefix: drawPrefix(rt, "prefix"),
			Class:  Class(rapid.IntRange(0, int(Propagated)).Draw(rt, "class")),
			Route:  route(),
		})
	}
	for range rapid.IntRange(0, 2).Draw(rt, "blocks") {
		block := drawPrefix(rt, "block")
		tw.localBlocks = append(tw.localBlocks, block)
		tw.candidates = append(tw.candidates, Candidate{Prefix: block, Class: Static, Route: route()})
	}
	return tw
}

// borders returns the addresses at which an answer may change: first and last of each prefix and their neighbours.
func (t twin) borders() []netip.Addr {
	as := []netip.Addr{addr("10.0.0.77"), addr("0.0.0.0"), addr("255.255.255.255"), addr("::")}
	for _, c := range t.candidates {
		p := c.Prefix
		for _, a := range []netip.Addr{p.Addr(), p.Addr().Prev(), last(p), last(p).Next()} {
			if a.IsValid() {
				as = append(as, a)
			}
		}
	}
	return as
}

func TestTableAgreesWithTwin(t *testing.T) {
	var routed, unrouted, tied, overruled int
	rapid.Check(t, func(rt *rapid.T) {
		tw := drawTwin(rt)
		table := New(tw.candidates, tw.localBlocks, tw.target)
		for _, c := range tw.candidates {
			if tw.overruled(c) {
				overruled++
			}
		}
		for _, a := range tw.borders() {
			want := tw.lookup(a)
			got, ok := table.Lookup(a)
			if !slices.Equal(want, got) || ok != (len(want) > 0) {
				rt.Fatalf("Lookup(%v) = %v, %v; twin says %v", a, got, ok, want)
			}
			if at := slices.Collect(table.Between(a, a)); len(at) != 1 || !slices.Equal(at[0], want) {
				rt.Fatalf("Between(%v) = %v; twin says %v", a, at, want)
			}
			for c := range table.Matching(a) {
				if ok && c.Route != got[0] && !slices.Contains(got, c.Route) {
					rt.Fatalf("Matching(%v) begins with route %d; Lookup says %v", a, c.Route, got)
				}
				break
			}
			switch len(want) {
			case 0:
				unrouted++
			case 1:
				routed++
			default:
				tied++
			}
		}
	})
	if routed == 0 || unrouted == 0 || tied == 0 || overruled == 0 {
		t.Errorf("one-sided test: %d routed, %d unrouted, %d tied, %d overruled", routed, unrouted, tied, overruled)
	}
}

func TestMatchingHoldsEveryCandidateOnce(t *testing.T) {
	var some, none int
	rapid.Check(t, func(rt *rapid.T) {
		tw := drawTwin(rt)
		table := New(tw.candidates, tw.localBlocks, tw.target)
		for _, a := range tw.borders() {
			var want int
			for _, c := range tw.candidates {
				if c.Prefix.Contains(a) && !tw.overruled(c) {
					want++
				}
			}
			got := slices.Collect(table.Matching(a))
			if len(got) != want {
				rt.Fatalf("Matching(%v) yields %v; %d candidates match", a, got, want)
			}
			if want > 0 {
				some++
			} else {
				none++
			}
		}
	})
	if some == 0 || none == 0 {
		t.Errorf("one-sided test: %d with candidates, %d without", some, none)
	}
}

// The winners between two addresses are those of every border between them, each run of equal ones once.
func TestBetweenIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tw := drawTwin(rt)
		table := New(tw.candidates, tw.localBlocks, tw.target)
		borders := tw.borders()
		slices.SortFunc(borders, netip.Addr.Compare)
		a := rapid.IntRange(0, len(borders)-1).Draw(rt, "from")
		b := rapid.IntRange(a, len(borders)-1).Draw(rt, "to")
		if borders[a].Is4() != borders[b].Is4() {
			return
		}
		var want [][]int
		for _, x := range borders[a : b+1] {
			if w := tw.lookup(x); len(want) == 0 || !slices.Equal(want[len(want)-1], w) {
				want = append(want, w)
			}
		}
		if got := slices.Collect(table.Between(borders[a], borders[b])); !slices.EqualFunc(want, got, slices.Equal[[]int]) {
			rt.Fatalf("Between(%v, %v) = %v; twin says %v", borders[a], borders[b], got, want)
		}
	})
}

func TestPrefixesAreWhereTheListWins(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tw := drawTwin(rt)
		table := New(tw.candidates, tw.localBlocks, tw.target)
		lists := append(slices.Collect(table.Winners()), nil)
		for _, a := range tw.borders() {
			var owners [][]int
			for _, list := range lists {
				for _, p := range table.Prefixes(list) {
					if p.Contains(a) {
						owners = append(owners, list)
					}
				}
			}
			if got, _ := table.Lookup(a); len(owners) != 1 || !slices.Equal(owners[0], got) {
				rt.Fatalf("%v lies in the prefixes of %v; Lookup says %v", a, owners, got)
			}
		}
		for _, list := range lists {
			requireFewest(rt, table.Prefixes(list))
		}
	})
}

// requireFewest fails when two neighbours are the halves of one prefix or out of order.
func requireFewest(rt *rapid.T, prefixes []netip.Prefix) {
	for i := 1; i < len(prefixes); i++ {
		a, b := prefixes[i-1], prefixes[i]
		if !last(a).Less(b.Addr()) {
			rt.Fatalf("%v does not lie before %v", a, b)
		}
		half := a.Bits() == b.Bits() && a.Bits() > 0
		if half && netip.PrefixFrom(a.Addr(), a.Bits()-1).Masked() == netip.PrefixFrom(b.Addr(), b.Bits()-1).Masked() {
			rt.Fatalf("%v and %v are one prefix", a, b)
		}
	}
}

func TestOrderOfCandidatesIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tw := drawTwin(rt)
		shuffled := rapid.Permutation(tw.candidates).Draw(rt, "shuffled")
		a, b := New(tw.candidates, tw.localBlocks, tw.target), New(shuffled, tw.localBlocks, tw.target)
		for _, space := range []netip.Prefix{pfx("0.0.0.0/0"), pfx("::/0")} {
			ra := slices.Collect(a.Between(space.Addr(), last(space)))
			rb := slices.Collect(b.Between(space.Addr(), last(space)))
			if diff := cmp.Diff(ra, rb); diff != "" {
				rt.Fatalf("another order, another division:\n%s", diff)
			}
		}
	})
}

func TestLookupDoesNotAllocate(t *testing.T) {
	table, to := build([]rule{{"0.0.0.0/0", Static, "igw-a"}, {"10.0.0.0/16", Static, "local"}}), addr("10.0.0.1")
	if n := testing.AllocsPerRun(100, func() { table.Lookup(to) }); n != 0 {
		t.Errorf("Lookup allocates %v times", n)
	}
}
