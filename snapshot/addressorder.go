package snapshot

import (
	"net/netip"
	"slices"
)

// keepOrder keeps the order of some prefixes, and where one of them begins or ends where another does: of packets that are alike the lowest
// stands for all, and the order of prefixes breaks ties (P6, D-296). What is turned then moves a prefix within the space that is free around it.
func (m *addressMap) keepOrder(addresses map[netip.Addr]bool, sets ...map[netip.Prefix]bool) {
	var four, six []netip.Prefix
	add := func(p netip.Prefix) {
		switch p = p.Masked(); {
		case p.Addr().Is4():
			four = append(four, p)
		case p.Addr().Is6() && !p.Addr().Is4In6():
			six = append(six, p)
		}
	}
	for _, prefixes := range sets {
		for p := range prefixes {
			add(p)
		}
	}
	for a := range addresses {
		add(netip.PrefixFrom(a.WithZone(""), a.BitLen()))
	}
	for _, p := range slices.Concat(closedRanges, wellKnownRanges) {
		add(p)
	}
	for _, list := range [][]netip.Prefix{four, six} {
		slices.SortFunc(list, netip.Prefix.Compare)
		slices.SortStableFunc(list, func(a, b netip.Prefix) int { return a.Addr().Compare(b.Addr()) }) // one that holds another comes before it
		m.inOrder(slices.Compact(list), 0)
	}
}

// inOrder keeps the order of a sorted list whose prefixes share so many first bits.
func (m *addressMap) inOrder(list []netip.Prefix, depth int) {
	for len(list) > 0 {
		first, last := list[0], list[len(list)-1]
		to := min(commonBits(first.Addr(), last.Addr()), first.Bits())
		if !m.keepEdges(first.Addr(), depth, to) {
			return
		}
		depth = to
		if first.Bits() == to { // it holds all others
			list = list[1:]
			continue
		}
		m.stay(netip.PrefixFrom(first.Addr(), to+1), to, to+1)
		split := slices.IndexFunc(list, func(p netip.Prefix) bool { return commonBits(first.Addr(), p.Addr()) == to })
		m.inOrder(list[:split], to+1)
		list, depth = list[split:], to+1
	}
}

// keepEdges keeps, of the bits from one length to another, the first 1 and the first 0: what begins where the space around it begins, or ends where
// that ends, does so afterwards, and nothing else does. It is false where everything below is kept anyway.
func (m *addressMap) keepEdges(a netip.Addr, from, to int) bool {
	raw := a.AsSlice()
	var seen [2]bool
	for _, all := range []bool{false, true} {
		if all && seen[0] && seen[1] {
			break
		}
		for n := from; n < to; n++ {
			node, err := a.Prefix(n)
			if err != nil || m.whole[node] {
				return false
			}
			bit := raw[n/8] >> (7 - n%8) & 1
			if all || !seen[bit] {
				m.still[node] = true
			}
			seen[bit] = true
		}
	}
	return true
}

// commonBits is how many leading bits two addresses of one family share.
func commonBits(a, b netip.Addr) int {
	x, y := a.AsSlice(), b.AsSlice()
	for n := range a.BitLen() {
		if (x[n/8]^y[n/8])>>(7-n%8)&1 == 1 {
			return n
		}
	}
	return a.BitLen()
}

// examples are the addresses that answers show for any of the internet's (solver/tell.go), with the ranges that are set aside for documentation.
var examples = []struct {
	addr   netip.Addr
	within netip.Prefix
}{
	{netip.MustParseAddr("198.51.100.7"), netip.MustParsePrefix("198.51.100.0/24")},
	{netip.MustParseAddr("2001:db8::7"), netip.MustParsePrefix("2001:db8::/32")},
}

// keepExamples makes the examples stay what they are for a copy's rules, unless the answers themselves have something in their ranges.
func (m *addressMap) keepExamples(addresses map[netip.Addr]bool, prefixes map[netip.Prefix]bool) {
	for _, e := range examples {
		met := false
		for a := range addresses {
			met = met || e.within.Contains(a)
		}
		for p := range prefixes {
			met = met || e.within.Contains(p.Addr())
		}
		if !met {
			m.keep(netip.PrefixFrom(e.addr, e.addr.BitLen()))
		}
	}
}
