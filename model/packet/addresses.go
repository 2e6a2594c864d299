package packet

import (
	"iter"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// Addresses is an immutable set of addresses of both families. The zero value
// is empty. Equal sets are held equally: compare with Equal.
type Addresses struct {
	v4, v6 []span // normal
}

// AddressesOf returns the addresses of the prefixes, read as in [Match].
func AddressesOf(prefixes ...netip.Prefix) Addresses {
	var a Addresses
	for _, prefix := range prefixes {
		switch s, family := prefixSpan(prefix); family {
		case IPv4:
			a.v4 = append(a.v4, s)
		case IPv6:
			a.v6 = append(a.v6, s)
		}
	}
	a.v4, a.v6 = normalize(a.v4), normalize(a.v6)
	return a
}

// allAddresses returns every address of a family, of both for 0.
func allAddresses(f Family) Addresses {
	var a Addresses
	if f != IPv6 {
		a.v4 = []span{{hi: bandSource4.max()}}
	}
	if f != IPv4 {
		a.v6 = []span{{hi: bandSource6.max()}}
	}
	return a
}

// of returns the spans of one family.
func (a Addresses) of(f Family) []span {
	if f == IPv4 {
		return a.v4
	}
	return a.v6
}

// IsEmpty reports whether there is no address.
func (a Addresses) IsEmpty() bool { return len(a.v4) == 0 && len(a.v6) == 0 }

// Equal reports whether both hold the same addresses.
func (a Addresses) Equal(b Addresses) bool {
	return slices.Equal(a.v4, b.v4) && slices.Equal(a.v6, b.v6)
}

// Contains reports whether the address, taken as it is, is among them. Zones
// are ignored; the invalid address is in no set.
func (a Addresses) Contains(addr netip.Addr) bool {
	family := familyOf(addr)
	if family == 0 {
		return false
	}
	_, found := slices.BinarySearchFunc(a.of(family), boundOf(addr), func(s span, x bound) int {
		if s.hi.compare(x) < 0 {
			return -1
		}
		return max(s.lo.compare(x), 0)
	})
	return found
}

// Ranges yields the inclusive ranges, disjoint and not touching, in ascending
// order, IPv4 before IPv6.
func (a Addresses) Ranges() iter.Seq2[netip.Addr, netip.Addr] {
	return func(yield func(lo, hi netip.Addr) bool) {
		for _, family := range families {
			for _, s := range a.of(family) {
				if !yield(s.lo.addr(family), s.hi.addr(family)) {
					return
				}
			}
		}
	}
}

// Prefixes returns the shortest list of prefixes that cover exactly these
// addresses, in ascending order, IPv4 before IPv6.
func (a Addresses) Prefixes() []netip.Prefix {
	return append(cover(a.v4, IPv4), cover(a.v6, IPv6)...)
}

// cover returns the shortest list of prefixes for the spans of one family. The
// spans do not touch, so each is covered for itself, every time with the
// largest block that is aligned at its first address and ends within it.
func cover(spans []span, f Family) []netip.Prefix {
	var prefixes []netip.Prefix
	width := 128
	if f == IPv4 {
		width = 32
	}
	for _, s := range spans {
		for at := s.lo; ; {
			host := min(trailingZeros(at), width)
			end := at.or(hostMask(host))
			for s.hi.compare(end) < 0 {
				host--
				end = at.or(hostMask(host))
			}
			prefixes = append(prefixes, netip.PrefixFrom(at.addr(f), width-host))
			if end == s.hi {
				break
			}
			at = end.next()
		}
	}
	return prefixes
}

func trailingZeros(x bound) int {
	if x.low == 0 {
		return 64 + bits.TrailingZeros64(x.high)
	}
	return bits.TrailingZeros64(x.low)
}

func (x bound) or(y bound) bound { return bound{x.high | y.high, x.low | y.low} }

// String returns the addresses as prefixes, or as what is missing from a family
// where that takes fewer:
//
//	10.0.1.5, 10.0.2.0/24
//	all IPv4 but 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16; 2000::/3
//
// A family without addresses is left out. "any" is every address of both
// families, "none" is no address.
func (a Addresses) String() string {
	if a.Equal(allAddresses(0)) {
		return "any"
	}
	var texts []string
	for _, family := range families {
		if spans := a.of(family); len(spans) > 0 {
			texts = append(texts, describe(spans, family))
		}
	}
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, "; ")
}

// describe prints the addresses of one family.
func describe(spans []span, f Family) string {
	covered := cover(spans, f)
	missing := cover(complement(spans, sourceBand(f).max()), f)
	switch {
	case len(missing) >= len(covered):
		return prefixList(covered)
	case len(missing) == 0:
		return "all " + f.String()
	}
	return "all " + f.String() + " but " + prefixList(missing)
}

func prefixList(prefixes []netip.Prefix) string {
	texts := make([]string, len(prefixes))
	for i, prefix := range prefixes {
		texts[i] = prefix.String()
		if prefix.IsSingleIP() {
			texts[i] = prefix.Addr().String()
		}
	}
	return strings.Join(texts, ", ")
}

// SourceAddresses returns the source addresses of the packets of s.
func (p *Pool) SourceAddresses(s Set) Addresses {
	return p.project(s, sourceBand)
}

// DestinationAddresses returns the destination addresses of the packets of s.
func (p *Pool) DestinationAddresses(s Set) Addresses {
	return p.project(s, destinationBand)
}

// project collects the values of an address field from every node that reads
// it. Each such node is on the path of some packet, so each counts.
func (p *Pool) project(s Set, bandOf func(Family) band) Addresses {
	var found [2][]span
	for i, family := range families {
		seen := map[int32]bool{}
		found[i] = normalize(p.collect(nil, p.step(s.id, levelFamily, uint64(i)), bandOf(family), seen))
	}
	return Addresses{found[0], found[1]}
}

func (p *Pool) collect(found []span, id int32, b band, seen map[int32]bool) []span {
	if id == falseID || seen[id] {
		return found
	}
	seen[id] = true
	if p.level(id) >= b.first { // terminals too: any value will do
		for _, part := range p.split(id, b) {
			found = append(found, part.spans...)
		}
		return found
	}
	for _, e := range p.edgesOf(id) {
		found = p.collect(found, e.to, b, seen)
	}
	return found
}
