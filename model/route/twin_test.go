package route

import (
	"net/netip"
	"slices"
)

// twin is the slow, obvious route table: every question is one scan over all candidates, read off the rules.
type twin struct {
	candidates []Candidate
	vpcBlocks  []netip.Prefix
	target     func(int) string
}

// lookup returns what Table.Lookup should.
func (t twin) lookup(a netip.Addr) []int {
	var best []Candidate
	for _, c := range t.candidates {
		if !c.Prefix.IsValid() || !matches(c.Prefix, a) || t.overruled(c) {
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
	for _, block := range t.vpcBlocks {
		if !within(c.Prefix, block) {
			continue
		}
		for _, other := range t.candidates {
			if other.Class != Propagated && other.Prefix.IsValid() && within(block, other.Prefix) {
				return true
			}
		}
	}
	return false
}

// better is RT-9 and RT-6: the longer prefix, at equal length the lower class.
func better(a, b Candidate) bool {
	if la, lb := length(a.Prefix), length(b.Prefix); la != lb {
		return la > lb
	}
	return a.Class < b.Class
}

// length is the prefix length as the family's own. The tests hold no mapped prefix shorter than /96.
func length(p netip.Prefix) int {
	if p.Addr().Is4In6() {
		return p.Bits() - 96
	}
	return p.Bits()
}

func matches(p netip.Prefix, a netip.Addr) bool {
	if p.Addr().Is4In6() {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Contains(a)
}

func within(inner, outer netip.Prefix) bool {
	return length(outer) <= length(inner) && matches(outer, inner.Addr().Unmap())
}
