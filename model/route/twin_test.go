package route

import (
	"net/netip"
	"slices"
)

// twin is the slow, obvious route table: every question is one scan over all candidates, read off the rules.
type twin struct {
	candidates  []Candidate
	localBlocks []netip.Prefix
	target      func(int) string
}

// lookup returns what Table.Lookup should.
func (t twin) lookup(a netip.Addr) []int {
	var best []Candidate
	for _, c := range t.candidates {
		if !c.Prefix.Contains(a) || t.overruled(c) {
			continue
		}
		switch {
		case len(best) == 0 || better(c, best[0]):
			best = []Candidate{c}
		case !better(best[0], c):
			best = append(best, c)
		}
	}
	lowest := map[string]int{}
	for _, c := range best {
		name := t.target(c.Route)
		if r, ok := lowest[name]; !ok || c.Route < r {
			lowest[name] = c.Route
		}
	}
	var winners []int
	for _, r := range lowest {
		winners = append(winners, r)
	}
	slices.Sort(winners)
	return winners
}

// overruled is RT-7.
func (t twin) overruled(c Candidate) bool {
	if c.Class != Propagated {
		return false
	}
	return slices.ContainsFunc(t.localBlocks, func(b netip.Prefix) bool { return b.Bits() <= c.Prefix.Bits() && b.Overlaps(c.Prefix) })
}

// better is RT-9 and RT-6: the longer prefix, at equal length the lower class.
func better(a, b Candidate) bool {
	if la, lb := a.Prefix.Bits(), b.Prefix.Bits(); la != lb {
		return la > lb
	}
	return a.Class < b.Class
}
