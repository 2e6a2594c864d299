package route

import (
	"iter"
	"net/netip"
	"slices"
	"sort"
)

// unrouted marks an edge after which no route matches.
const unrouted int32 = -1

// edge begins a run of addresses with the same winners; the run ends before the next edge, or with the family. The
// first edge of a list stands at the family's first address and neighbours differ, so the division has no gap and
// no needless cut.
type edge struct {
	start   netip.Addr
	winners int32 // index in Table.winners, or unrouted
}

// Between yields what Lookup returns for the addresses from lo to hi, which are of one family: the winners of each run of equal ones, in rising
// order of address; nil where no route matches. They belong to the table and must not be changed.
func (t *Table) Between(lo, hi netip.Addr) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		edges := t.edges(lo)
		first := sort.Search(len(edges), func(i int) bool { return lo.Less(edges[i].start) }) - 1
		for i := first; i < len(edges) && !hi.Less(edges[i].start); i++ {
			if !yield(t.list(edges[i].winners)) {
				return
			}
		}
	}
}

// Winners yields each distinct list of winners that some address has, in lexical order. Lists that no address has,
// because longer prefixes take all of theirs, are left out. The slices belong to the table and must not be changed.
func (t *Table) Winners() iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		live := make([]bool, len(t.winners))
		for _, edges := range [...][]edge{t.edges4, t.edges6} {
			for _, e := range edges {
				if e.winners != unrouted {
					live[e.winners] = true
				}
			}
		}
		for i, list := range t.winners {
			if live[i] && !yield(list) {
				return
			}
		}
	}
}

// Prefixes returns the fewest prefixes that together hold exactly the addresses for which Lookup returns winners,
// IPv4 before IPv6 and in rising order; for nil or an empty list, those that no route matches. It is empty for a list
// that no address has. The list is one of the table's.
func (t *Table) Prefixes(winners []int) []netip.Prefix {
	want := unrouted
	if len(winners) > 0 {
		i, _ := slices.BinarySearchFunc(t.winners, winners, slices.Compare[[]int])
		want = int32(i)
	}
	var prefixes []netip.Prefix
	for _, lo := range [...]netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		edges := t.edges(lo)
		for i, e := range edges {
			if e.winners != want {
				continue
			}
			hi := last(netip.PrefixFrom(lo, 0))
			if i+1 < len(edges) {
				hi = edges[i+1].start.Prev()
			}
			prefixes = appendCover(prefixes, e.start, hi)
		}
	}
	return prefixes
}

// edges returns the division of a's family.
func (t *Table) edges(a netip.Addr) []edge {
	if a.Is4() {
		return t.edges4
	}
	return t.edges6
}

// list returns the winners an edge names.
func (t *Table) list(i int32) []int {
	if i == unrouted {
		return nil
	}
	return t.winners[i]
}

// sweep divides a family, whose first address is given, by its sites sorted by address and length. Prefixes nest or
// are disjoint, so a stack of the prefixes that are open at the current address tells who wins there: its top.
func sweep(first netip.Addr, sites []site) []edge {
	edges := make([]edge, 1, 2*len(sites)+1)
	edges[0] = edge{first, unrouted}
	type open struct {
		last    netip.Addr
		winners int32
	}
	var room [8]open // nesting is rarely deeper
	stack := room[:0]
	// closeBefore ends the prefixes that end before a: after the end of one, the one around it wins again.
	closeBefore := func(a netip.Addr) {
		for len(stack) > 0 && (!a.IsValid() || stack[len(stack)-1].last.Less(a)) {
			next := stack[len(stack)-1].last.Next()
			stack = stack[:len(stack)-1]
			outer := unrouted
			if len(stack) > 0 {
				outer = stack[len(stack)-1].winners
			}
			if next.IsValid() { // else the family ends here
				edges = appendEdge(edges, edge{next, outer})
			}
		}
	}
	for i := range sites {
		s := &sites[i]
		closeBefore(s.prefix.Addr())
		stack = append(stack, open{last(s.prefix), s.winners})
		edges = appendEdge(edges, edge{s.prefix.Addr(), s.winners})
	}
	closeBefore(netip.Addr{})
	return edges
}

// appendEdge adds e, which starts at or after the last edge. At the same start it takes that edge's place; where it
// changes nothing it is left out.
func appendEdge(edges []edge, e edge) []edge {
	if n := len(edges); edges[n-1].start == e.start {
		edges = edges[:n-1]
	}
	if n := len(edges); n > 0 && edges[n-1].winners == e.winners {
		return edges
	}
	return append(edges, e)
}

// last returns the highest address of a prefix without host bits.
func last(p netip.Prefix) netip.Addr {
	if p.Addr().Is4() {
		b := p.Addr().As4()
		fillOnes(b[:], p.Bits())
		return netip.AddrFrom4(b)
	}
	b := p.Addr().As16()
	fillOnes(b[:], p.Bits())
	return netip.AddrFrom16(b)
}

// fillOnes sets every bit of b from the given one on, counted from the left.
func fillOnes(b []byte, from int) {
	for i := from / 8; i < len(b); i++ {
		b[i] |= 0xff >> max(from-8*i, 0)
	}
}

// appendCover appends the fewest prefixes that make up the addresses from lo to hi inclusive: at each step the widest
// that begins at lo and does not pass hi.
func appendCover(prefixes []netip.Prefix, lo, hi netip.Addr) []netip.Prefix {
	for lo.IsValid() && !hi.Less(lo) {
		widest := netip.PrefixFrom(lo, lo.BitLen())
		for widest.Bits() > 0 {
			wider := netip.PrefixFrom(lo, widest.Bits()-1)
			if wider.Masked().Addr() != lo || hi.Less(last(wider)) {
				break
			}
			widest = wider
		}
		prefixes = append(prefixes, widest)
		lo = last(widest).Next()
	}
	return prefixes
}
