package packet

import (
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Random sets are drawn from few values that overlap, nest and touch, so that
// random operations meet every relation between ranges.

var drawnPrefixes = prefixes(
	"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.0.1.0/24", "10.0.1.7/32", "10.0.1.8/32", "255.255.255.255/32",
	"::/0", "2000::/3", "2001:db8::/32", "2001:db8:0:1::/64", "2001:db8:0:2::/64", "2001:db8:0:1::7/128",
	"2001:db8:0:2::7/128", "2001:db8:0:1:8000::/65", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
)

var (
	drawnPorts     = []uint16{0, 1, 22, 80, 443, 1023, 1024, 65534, 65535}
	drawnBytes     = []uint8{0, 1, 3, 8, 127, 128, 129, 254, 255}
	drawnProtocols = []ByteRange{{0, 255}, {6, 6}, {6, 6}, {17, 17}, {1, 1}, {58, 58}, {6, 17}, {2, 5}, {47, 58}, {0, 16}, {59, 255}}
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// pick draws one of at most 64 values, each about as often. (rapid's own
// SampledFrom prefers the first, which leaves most intersections empty.)
func pick[T any](t *rapid.T, values []T) T {
	n := 0
	for range 6 {
		n = 2*n + btoi(rapid.Bool().Draw(t, "bit"))
	}
	return values[n*len(values)/64]
}

// oneIn reports true about once in n draws.
func oneIn(t *rapid.T, n int) bool {
	rest := make([]bool, n)
	rest[n-1] = true
	return pick(t, rest)
}

// some draws one to n values, and once in a while none.
func some[T any](t *rapid.T, n int, value func() T) []T {
	list := []T{}
	if oneIn(t, 20) {
		return list
	}
	for len(list) == 0 || len(list) < n && oneIn(t, 2) {
		list = append(list, value())
	}
	return list
}

// drawRange draws the ends of a range, rarely the wrong way round.
func drawRange[T uint8 | uint16](t *rapid.T, values []T) (from, to T) {
	from, to = pick(t, values), pick(t, values)
	if from > to && !oneIn(t, 10) {
		return to, from
	}
	return from, to
}

func drawPorts(t *rapid.T) []PortRange {
	return some(t, 2, func() PortRange {
		from, to := drawRange(t, drawnPorts)
		return PortRange{from, to}
	})
}

func drawBytes(t *rapid.T) []ByteRange {
	return some(t, 2, func() ByteRange {
		from, to := drawRange(t, drawnBytes)
		return ByteRange{from, to}
	})
}

// drawMatch constrains each field now and then, ports and types never both.
func drawMatch(t *rapid.T) Match {
	var m Match
	if oneIn(t, 4) {
		m.Family = pick(t, families[:])
	}
	if !oneIn(t, 4) {
		m.Protocols = some(t, 2, func() ByteRange { return pick(t, drawnProtocols) })
	}
	prefix := func() netip.Prefix { return pick(t, drawnPrefixes) }
	if oneIn(t, 2) {
		m.Source = some(t, 4, prefix)
	}
	if oneIn(t, 2) {
		m.Destination = some(t, 4, prefix)
	}
	switch pick(t, []int{0, 1, 2, 3, 4, 5, 6, 7}) {
	case 0:
		m.DestinationPorts = drawPorts(t)
	case 1:
		m.SourcePorts = drawPorts(t)
	case 2:
		m.DestinationPorts, m.SourcePorts = drawPorts(t), drawPorts(t)
	case 3:
		m.ICMPTypes = drawBytes(t)
	case 4:
		m.ICMPTypes, m.ICMPCodes = drawBytes(t), drawBytes(t)
	}
	return m
}

// both is one set, held in both ways.
type both struct {
	set  Set
	slow slowSet
}

func (p *Pool) bothOf(m Match) both { return both{p.Of(m), slowOf(m)} }

// drawBoth combines up to three matches with random operations.
func drawBoth(t *rapid.T, p *Pool) both {
	s := p.bothOf(drawMatch(t))
	for range pick(t, []int{0, 1, 2}) {
		u := p.bothOf(drawMatch(t))
		switch pick(t, []int{0, 1, 2, 3}) {
		case 0, 1:
			s = both{p.Union(s.set, u.set), s.slow.union(u.slow)}
		case 2:
			s = both{p.Subtract(s.set, u.set), s.slow.subtract(u.slow)}
		case 3:
			s = both{p.Intersect(s.set, u.set), s.slow.intersect(u.slow)}
		}
	}
	return s
}

// drawPacket draws packets at the borders of the drawn ranges and one beyond.
func drawPacket(t *rapid.T) Packet {
	v6 := rapid.Bool().Draw(t, "IPv6")
	return Packet{
		Source:          drawAddr(t, v6),
		Destination:     drawAddr(t, v6),
		Protocol:        pick(t, []uint8{0, 1, 1, 2, 5, 6, 6, 6, 7, 17, 17, 47, 58, 58, 59, 255}),
		SourcePort:      near(t, drawnPorts),
		DestinationPort: near(t, drawnPorts),
		ICMPType:        near(t, drawnBytes),
		ICMPCode:        near(t, drawnBytes),
	}
}

func near[T uint8 | uint16](t *rapid.T, values []T) T {
	return pick(t, values) + pick(t, []T{0, 1, ^T(0)})
}

func drawAddr(t *rapid.T, v6 bool) netip.Addr {
	var borders []netip.Addr
	for _, prefix := range drawnPrefixes {
		if prefix.Addr().Is6() == v6 {
			first, last := prefix.Addr(), lastAddr(prefix)
			borders = append(borders, first, first.Prev(), last, last.Next())
		}
	}
	borders = slices.DeleteFunc(borders, func(a netip.Addr) bool { return !a.IsValid() })
	return pick(t, borders)
}

// answers counts what a random test saw, so that it cannot pass by always
// seeing the same.
type answers struct{ yes, no int }

func (a *answers) see(answer bool) bool {
	if answer {
		a.yes++
	} else {
		a.no++
	}
	return answer
}

func (a *answers) wantBoth(t *testing.T, what string, atLeast int) {
	t.Helper()
	if a.yes < atLeast || a.no < atLeast {
		t.Errorf("%s: saw %d yes and %d no, want at least %d of each: the test has no power", what, a.yes, a.no, atLeast)
	}
}
