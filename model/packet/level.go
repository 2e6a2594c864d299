package packet

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
)

// The levels, in the order in which a path passes them. Those that exclude each
// other (a packet has ports or a type and code, IPv4 or IPv6 addresses) stand
// side by side.
const (
	levelFamily uint8 = iota
	levelProtocol
	levelDestinationPort
	levelICMPType
	levelSourcePort
	levelICMPCode
	levelSource4
	levelSource6High
	levelSource6Low
	levelDestination4
	levelDestination6High
	levelDestination6Low
	levelTerminal // greater than every level that a node can have
)

// levelMax is the greatest value of each level; the smallest is 0.
var levelMax = [levelTerminal]uint64{
	levelFamily:           1,
	levelProtocol:         math.MaxUint8,
	levelDestinationPort:  math.MaxUint16,
	levelICMPType:         math.MaxUint8,
	levelSourcePort:       math.MaxUint16,
	levelICMPCode:         math.MaxUint8,
	levelSource4:          math.MaxUint32,
	levelSource6High:      math.MaxUint64,
	levelSource6Low:       math.MaxUint64,
	levelDestination4:     math.MaxUint32,
	levelDestination6High: math.MaxUint64,
	levelDestination6Low:  math.MaxUint64,
}

// band is the run of levels that one header field takes: one level, or the two
// halves of an IPv6 address.
type band struct{ first, last uint8 }

var (
	bandProtocol        = band{levelProtocol, levelProtocol}
	bandDestinationPort = band{levelDestinationPort, levelDestinationPort}
	bandICMPType        = band{levelICMPType, levelICMPType}
	bandSourcePort      = band{levelSourcePort, levelSourcePort}
	bandICMPCode        = band{levelICMPCode, levelICMPCode}
	bandSource4         = band{levelSource4, levelSource4}
	bandSource6         = band{levelSource6High, levelSource6Low}
	bandDestination4    = band{levelDestination4, levelDestination4}
	bandDestination6    = band{levelDestination6High, levelDestination6Low}
)

func sourceBand(f Family) band {
	if f == IPv4 {
		return bandSource4
	}
	return bandSource6
}

func destinationBand(f Family) band {
	if f == IPv4 {
		return bandDestination4
	}
	return bandDestination6
}

// families in the order of their level.
var families = [2]Family{IPv4, IPv6}

// familyIndex returns the value of a family at levelFamily.
func familyIndex(f Family) uint64 {
	if f == IPv6 {
		return 1
	}
	return 0
}

// max returns the greatest value of the field.
func (b band) max() bound {
	if b.first == b.last {
		return bound{low: levelMax[b.last]}
	}
	return bound{levelMax[b.first], levelMax[b.last]}
}

// bound is a value of any field: an unsigned 128-bit number. Everything but
// IPv6 addresses has high zero.
type bound struct{ high, low uint64 }

func (x bound) compare(y bound) int {
	switch {
	case x.high < y.high || x.high == y.high && x.low < y.low:
		return -1
	case x == y:
		return 0
	}
	return 1
}

// next returns x+1; the greatest value has none and gives 0.
func (x bound) next() bound {
	x.low++
	if x.low == 0 {
		x.high++
	}
	return x
}

// previous returns x-1, for x greater than 0.
func (x bound) previous() bound {
	if x.low == 0 {
		x.high--
	}
	x.low--
	return x
}

// boundOf returns a valid address as a number.
func boundOf(a netip.Addr) bound {
	if a.Is4() {
		b := a.As4()
		return bound{low: uint64(binary.BigEndian.Uint32(b[:]))}
	}
	b := a.As16()
	return bound{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// addr is the inverse of boundOf for the addresses of one family.
func (x bound) addr(f Family) netip.Addr {
	if f == IPv4 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(x.low))
		return netip.AddrFrom4(b)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], x.high)
	binary.BigEndian.PutUint64(b[8:], x.low)
	return netip.AddrFrom16(b)
}

// span is the inclusive range lo to hi, lo not greater than hi. A list of spans
// is normal when it is ascending and neighbours neither overlap nor touch.
type span struct{ lo, hi bound }

// normalize sorts and merges spans in place and returns the normal list.
func normalize(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b span) int { return a.lo.compare(b.lo) })
	merged := spans[:1]
	for _, s := range spans[1:] {
		last := &merged[len(merged)-1]
		// The test for touching is on lo-1, which cannot wrap: were lo 0, the
		// spans would overlap.
		if s.lo.compare(last.hi) <= 0 || s.lo.previous() == last.hi {
			if last.hi.compare(s.hi) < 0 {
				last.hi = s.hi
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// complement returns the normal list of what a normal list leaves of 0 to greatest.
func complement(spans []span, greatest bound) []span {
	var rest []span
	var from bound
	for _, s := range spans {
		if from.compare(s.lo) < 0 {
			rest = append(rest, span{from, s.lo.previous()})
		}
		if s.hi == greatest {
			return rest
		}
		from = s.hi.next()
	}
	return append(rest, span{from, greatest})
}

// prefixSpan returns the addresses of a prefix and their family; 0 for an
// invalid prefix. IPv4-mapped IPv6 prefixes (of 96 bits and more) are IPv4.
func prefixSpan(prefix netip.Prefix) (span, Family) {
	if !prefix.IsValid() {
		return span{}, 0
	}
	addr, bits := prefix.Addr(), prefix.Bits()
	if addr.Is4In6() && bits >= 96 {
		addr, bits = addr.Unmap(), bits-96
	}
	host := hostMask(addr.BitLen() - bits)
	at := boundOf(addr)
	lo := bound{at.high &^ host.high, at.low &^ host.low}
	return span{lo, bound{lo.high | host.high, lo.low | host.low}}, familyOf(addr)
}

// hostMask returns the number whose lowest n bits are set, n from 0 to 128.
func hostMask(n int) bound {
	if n >= 64 {
		return bound{1<<(n-64) - 1, math.MaxUint64}
	}
	return bound{low: 1<<n - 1}
}
