// Package route answers which route of one route table carries an address: longest prefix match with AWS's order of
// precedence, and the flat division of the address space that follows from it.
//
// The package knows prefixes and the caller's route numbers, nothing of AWS's records: expanding a prefix list into
// candidates, resolving targets and reading blackhole states stay with the caller (RT-16: a blackhole route is an
// ordinary candidate, it takes part in matching and drops what it wins).
//
// Rules: docs/rules.md RT-4 to RT-11, RT-18 and RT-19, and D-42 and D-43 of docs/decisions.md.
package route

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// Class is where a candidate comes from. At equal prefix length the lower class wins (RT-6, D-42).
type Class uint8

// The classes, in falling priority.
const (
	// Static is a route by CIDR that somebody made (CreateRoute) or that AWS made with the table (CreateRouteTable);
	// the local routes are static. A route whose record carries no origin is static too.
	Static Class = iota
	// PrefixList is one entry of a route by prefix list.
	PrefixList
	// Advertised is a route that VPC Route Server installed (origin Advertisement; U-2).
	Advertised
	// Propagated is a route from a virtual private gateway (origin EnableVgwRoutePropagation).
	Propagated
)

// String returns the class's name in lower case with hyphens.
func (c Class) String() string {
	switch c {
	case Static:
		return "static"
	case PrefixList:
		return "prefix-list"
	case Advertised:
		return "advertised"
	case Propagated:
		return "propagated"
	}
	return "unknown-class"
}

// Candidate is one prefix that one route of the table matches. A route by CIDR is one candidate; a route by prefix
// list is one per entry of the list, all with the same Route (RT-5).
type Candidate struct {
	// Prefix is the destination, valid. Host bits are dropped (RT-19) and an IPv4-mapped prefix of /96 or longer counts as IPv4.
	Prefix netip.Prefix
	Class  Class
	// Route is the caller's index of the route.
	Route int
}

// Table is one route table, compiled by New. It is immutable and safe for concurrent use.
type Table struct {
	trie bart.Table[int32] // prefix to index in sites
	// sites holds each distinct prefix once, sorted by family, address, length.
	sites []site
	// winners holds the distinct winner lists in lexical order.
	winners [][]int
	// edges4 and edges6 divide each family's whole space; see edge.
	edges4, edges6 []edge
}

// site is a prefix of the table and the candidates that have exactly this prefix, by class, then by route.
type site struct {
	prefix     netip.Prefix
	candidates []Candidate
	winners    int32 // index in Table.winners
}

// New compiles the candidates of one table. Their order does not matter.
//
// localBlocks are the blocks of the table's VPC, of both families, for which it has a local route: a Propagated candidate inside one of them is
// out of the race, however long its prefix (RT-7, D-43).
//
// target names where a route leads. Candidates of equal prefix and class whose routes have the same target are one
// winner, the route of lowest index (D-42). A nil target tells every two candidates apart.
func New(candidates []Candidate, localBlocks []netip.Prefix, target func(route int) string) *Table {
	t := new(Table)
	lists := t.group(race(candidates, localBlocks), target)
	t.intern(lists)
	for i := range t.sites {
		t.trie.Insert(t.sites[i].prefix, int32(i))
	}
	v6 := slices.IndexFunc(t.sites, func(s site) bool { return s.prefix.Addr().Is6() })
	if v6 < 0 {
		v6 = len(t.sites)
	}
	t.edges4 = sweep(netip.IPv4Unspecified(), t.sites[:v6])
	t.edges6 = sweep(netip.IPv6Unspecified(), t.sites[v6:])
	return t
}

// race returns the candidates that compete by length and class, sorted.
func race(candidates []Candidate, localBlocks []netip.Prefix) []Candidate {
	racing := slices.Clone(candidates)
	for i := range racing {
		racing[i].Prefix = canonical(racing[i].Prefix)
	}
	slices.SortFunc(racing, compareCandidates)
	return slices.DeleteFunc(racing, func(c Candidate) bool {
		inside := func(block netip.Prefix) bool { return covers(block, c.Prefix) }
		return c.Class == Propagated && slices.ContainsFunc(localBlocks, inside)
	})
}

// group fills sites from sorted candidates and returns each site's winner list.
func (t *Table) group(sorted []Candidate, target func(route int) string) [][]int {
	sites := make([]site, 0, len(sorted))
	lists := make([][]int, 0, len(sorted))
	winners := make([]int, 0, len(sorted)) // backs all lists: a site has no more winners than candidates
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].Prefix == sorted[0].Prefix {
			n++
		}
		start := len(winners)
		winners = appendWinners(winners, sorted[:n], target)
		sites = append(sites, site{prefix: sorted[0].Prefix, candidates: sorted[:n:n]})
		lists = append(lists, winners[start:len(winners):len(winners)])
		sorted = sorted[n:]
	}
	t.sites = sites
	return lists
}

// appendWinners appends the routes that win among candidates of one prefix, sorted by class and route: those of the
// best class, one for each target, in rising order.
func appendWinners(winners []int, candidates []Candidate, target func(route int) string) []int {
	start := len(winners)
	for _, c := range candidates {
		if c.Class != candidates[0].Class {
			break
		}
		same := func(route int) bool { return target != nil && target(route) == target(c.Route) }
		if !slices.ContainsFunc(winners[start:], same) {
			winners = append(winners, c.Route)
		}
	}
	return winners
}

// intern numbers the distinct winner lists in lexical order, so that sites with the same winners share one list and
// the numbering does not depend on anything but the lists.
func (t *Table) intern(lists [][]int) {
	order := make([]int32, len(lists))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return slices.Compare(lists[a], lists[b]) })
	for _, i := range order {
		if n := len(t.winners); n == 0 || !slices.Equal(t.winners[n-1], lists[i]) {
			t.winners = append(t.winners, lists[i])
		}
		t.sites[i].winners = int32(len(t.winners) - 1)
	}
}

// Lookup returns the routes that win for a, in rising order: usually one, several where AWS chooses and the records
// do not say which (RT-10, D-42). ok is false when no route matches (RT-18). An IPv4-mapped address counts as IPv4
// and a zone is ignored. The slice belongs to the table and must not be changed. Lookup does not allocate.
func (t *Table) Lookup(a netip.Addr) (winners []int, ok bool) {
	_, winners, ok = t.LookupPrefix(a)
	return winners, ok
}

// LookupPrefix is Lookup that also returns the prefix by which the winners match.
func (t *Table) LookupPrefix(a netip.Addr) (prefix netip.Prefix, winners []int, ok bool) {
	i, ok := t.trie.Lookup(a.Unmap())
	if !ok {
		return netip.Prefix{}, nil, false
	}
	s := &t.sites[i]
	return s.prefix, t.winners[s.winners], true
}

// Matching returns every candidate in the race that matches a, in falling preference: longest prefix first, at equal length by
// class, then by route. The first Lookup winner is the first candidate's route; the others say why a route did not win.
func (t *Table) Matching(a netip.Addr) iter.Seq[Candidate] {
	return func(yield func(Candidate) bool) {
		for _, i := range t.trie.Supernets(netip.PrefixFrom(a, a.BitLen())) {
			for _, c := range t.sites[i].candidates {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// compareCandidates orders by prefix (family, address, length), then class, then route.
func compareCandidates(a, b Candidate) int {
	return cmp.Or(
		a.Prefix.Addr().Compare(b.Prefix.Addr()), // IPv4 sorts before IPv6
		cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()),
		cmp.Compare(a.Class, b.Class),
		cmp.Compare(a.Route, b.Route),
	)
}

// covers reports whether every address of inner is in outer.
func covers(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// canonical returns the prefix with its host bits dropped (RT-19), as IPv4 where all of it is IPv4-mapped.
func canonical(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}
