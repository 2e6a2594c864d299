package packet

import (
	"math"
	"net/netip"
)

// Match describes packets by one constraint a field; a packet has to meet all
// of them. A nil slice does not constrain, a slice that is empty but not nil is
// met by nothing. The zero value matches everything.
type Match struct {
	// Family constrains the family; 0 is both, any number but 4 and 6 neither.
	Family Family
	// Protocols are the IP protocol numbers.
	Protocols []ByteRange
	// Source and Destination are the addresses, as prefixes of either family;
	// they constrain the family too. Bits beyond the length of a prefix are
	// ignored, IPv4-mapped IPv6 prefixes mean IPv4 (from /96 on), invalid
	// prefixes match nothing.
	Source, Destination []netip.Prefix
	// SourcePorts and DestinationPorts exclude packets without ports, that is
	// all but TCP and UDP, even when they name every port.
	SourcePorts, DestinationPorts []PortRange
	// ICMPTypes and ICMPCodes exclude packets that are neither ICMP nor ICMPv6,
	// even when they name every type or code.
	ICMPTypes, ICMPCodes []ByteRange
}

// Of returns the packets that match.
func (p *Pool) Of(m Match) Set {
	p.mustGrow("Of")
	p.spans = p.spans[:0]
	return Set{p.product(product{
		family:           m.Family,
		protocols:        p.bytes(m.Protocols),
		destinationPorts: p.ports(m.DestinationPorts),
		sourcePorts:      p.ports(m.SourcePorts),
		icmpTypes:        p.bytes(m.ICMPTypes),
		icmpCodes:        p.bytes(m.ICMPCodes),
		source:           [2]constraint{p.prefixes(IPv4, m.Source), p.prefixes(IPv6, m.Source)},
		destination:      [2]constraint{p.prefixes(IPv4, m.Destination), p.prefixes(IPv6, m.Destination)},
	})}
}

// Sources returns the packets from the addresses of the prefixes, read as in
// [Match]; without prefixes none.
func (p *Pool) Sources(prefixes ...netip.Prefix) Set {
	return p.Of(Match{Source: notNil(prefixes)})
}

// Destinations returns the packets to the addresses of the prefixes, read as in
// [Match]; without prefixes none.
func (p *Pool) Destinations(prefixes ...netip.Prefix) Set {
	return p.Of(Match{Destination: notNil(prefixes)})
}

func notNil(prefixes []netip.Prefix) []netip.Prefix {
	if prefixes == nil {
		return []netip.Prefix{}
	}
	return prefixes
}

// OfFamily returns the packets of a family: Everything for 0, Empty for a
// number that is no family.
func (p *Pool) OfFamily(f Family) Set { return p.Of(Match{Family: f}) }

// OfPacket returns the set of one packet; Empty if its addresses are not valid
// addresses of one family.
func (p *Pool) OfPacket(k Packet) Set {
	p.mustGrow("OfPacket")
	family := k.family()
	if family == 0 {
		return Empty
	}
	p.spans = p.spans[:0]
	single := func(value bound) constraint { return constraint{true, p.keep(span{value, value})} }
	one := product{family: family, protocols: single(bound{low: uint64(k.Protocol)})}
	index := familyIndex(family)
	one.source[index] = single(boundOf(k.Source))
	one.destination[index] = single(boundOf(k.Destination))
	switch kindOf(k.Protocol) {
	case ported:
		one.destinationPorts = single(bound{low: uint64(k.DestinationPort)})
		one.sourcePorts = single(bound{low: uint64(k.SourcePort)})
	case typed:
		one.icmpTypes = single(bound{low: uint64(k.ICMPType)})
		one.icmpCodes = single(bound{low: uint64(k.ICMPCode)})
	}
	return Set{p.product(one)}
}

// OfBox returns the packets of a box, as [Pool.Boxes] makes them.
func (p *Pool) OfBox(b Box) Set {
	p.mustGrow("OfBox")
	p.spans = p.spans[:0]
	return Set{p.product(product{
		family:           b.Family,
		protocols:        p.bytes(b.Protocols),
		destinationPorts: p.ports(b.DestinationPorts),
		sourcePorts:      p.ports(b.SourcePorts),
		icmpTypes:        p.bytes(b.ICMPTypes),
		icmpCodes:        p.bytes(b.ICMPCodes),
		source:           [2]constraint{{true, b.Source.v4}, {true, b.Source.v6}},
		destination:      [2]constraint{{true, b.Destination.v4}, {true, b.Destination.v6}},
	})}
}

// constraint is what one field may be: anything unless given, else one of a
// normal list of spans.
type constraint struct {
	given bool
	spans []span
}

// product is a set of packets as one constraint a field. Addresses are by
// family, in the order of families.
type product struct {
	family                        Family
	protocols                     constraint
	destinationPorts, sourcePorts constraint
	icmpTypes, icmpCodes          constraint
	source, destination           [2]constraint
}

// product returns the node of a product, built from the last level upwards.
func (p *Pool) product(x product) int32 {
	start := len(p.stack)
	for i, family := range families {
		below := falseID
		if x.family == 0 || x.family == family {
			below = p.constrain(destinationBand(family), x.destination[i], trueID)
			below = p.constrain(sourceBand(family), x.source[i], below)
			below = p.protocols(x, below)
		}
		p.push(start, uint64(i), below)
	}
	return p.pop(levelFamily, start)
}

// protocols puts the protocols of a product, and their ports or types, above
// the addresses.
func (p *Pool) protocols(x product, addresses int32) int32 {
	var below [3]int32 // by kind
	ports := x.destinationPorts.given || x.sourcePorts.given
	types := x.icmpTypes.given || x.icmpCodes.given
	if !ports && !types {
		below[plain] = addresses
	}
	if !types {
		below[ported] = p.constrain(bandSourcePort, x.sourcePorts, addresses)
		below[ported] = p.constrain(bandDestinationPort, x.destinationPorts, below[ported])
	}
	if !ports {
		below[typed] = p.constrain(bandICMPCode, x.icmpCodes, addresses)
		below[typed] = p.constrain(bandICMPType, x.icmpTypes, below[typed])
	}
	spans := x.protocols.spans
	if !x.protocols.given {
		spans = anyProtocol[:]
	}
	start := len(p.stack)
	segment := 0
	for _, s := range spans {
		lo, hi := s.lo.low, s.hi.low
		for uint64(segments[segment]) < lo {
			segment++
		}
		for {
			end := min(uint64(segments[segment]), hi)
			p.pushRange(start, lo, end, below[kindOf(segments[segment])])
			if end == hi {
				break // not segment++: the next span may begin in the same segment
			}
			lo = end + 1
			segment++
		}
	}
	return p.popRanges(levelProtocol, start)
}

var anyProtocol = [1]span{{hi: bound{low: math.MaxUint8}}}

// constrain returns the packets of a node, of a level after the band, whose
// field meets a constraint.
func (p *Pool) constrain(b band, c constraint, below int32) int32 {
	if !c.given {
		return below
	}
	return p.within(b, c.spans, below)
}

// within returns the packets of a node, of a level after the band, whose field
// lies in a normal list of spans.
func (p *Pool) within(b band, spans []span, below int32) int32 {
	if len(spans) == 0 || below == falseID {
		return falseID
	}
	start := len(p.stack)
	if b.first == b.last {
		for _, s := range spans {
			p.pushRange(start, s.lo.low, s.hi.low, below)
		}
		return p.popRanges(b.first, start)
	}
	pieces := p.pieces[:0]
	for _, s := range spans {
		pieces = appendPieces(pieces, s)
	}
	p.pieces = pieces
	for i := 0; i < len(pieces); {
		from, to := pieces[i].lo.high, pieces[i].hi.high
		low := len(p.stack)
		for ; i < len(pieces) && pieces[i].lo.high == from; i++ {
			p.pushRange(low, pieces[i].lo.low, pieces[i].hi.low, below)
		}
		p.pushRange(start, from, to, p.popRanges(b.last, low))
	}
	return p.popRanges(b.first, start)
}

// appendPieces cuts a span of 128-bit numbers into at most three pieces that
// are products: every high half from lo.high to hi.high with every low half from
// lo.low to hi.low. Of the pieces of a normal list, those that share a high half
// are neighbours and have no other.
func appendPieces(pieces []span, s span) []span {
	if s.lo.high == s.hi.high {
		return append(pieces, s)
	}
	from, to := s.lo.high, s.hi.high
	if s.lo.low > 0 {
		pieces = append(pieces, span{s.lo, bound{from, math.MaxUint64}})
		from++
	}
	if s.hi.low < math.MaxUint64 {
		to--
	}
	if from <= to { // cannot wrap: s.lo.high < s.hi.high
		pieces = append(pieces, span{bound{from, 0}, bound{to, math.MaxUint64}})
	}
	if s.hi.low < math.MaxUint64 {
		pieces = append(pieces, span{bound{s.hi.high, 0}, s.hi})
	}
	return pieces
}

// pushRange adds the values from to to, which follow those added before, to the
// node being collected on the stack; what it skips leads to no packet.
func (p *Pool) pushRange(start int, from, to uint64, child int32) {
	var expected uint64
	if top := len(p.stack); top > start {
		expected = p.stack[top-1].hi + 1
	}
	if expected < from {
		p.push(start, from-1, falseID)
	}
	p.push(start, to, child)
}

// popRanges ends a node that was collected with pushRange.
func (p *Pool) popRanges(level uint8, start int) int32 {
	greatest := levelMax[level]
	if top := len(p.stack); top == start || p.stack[top-1].hi < greatest {
		p.push(start, greatest, falseID)
	}
	return p.pop(level, start)
}

// keep puts one span into the pool's working space.
func (p *Pool) keep(s span) []span {
	p.spans = append(p.spans, s)
	end := len(p.spans)
	return p.spans[end-1 : end : end]
}

// kept normalizes the working space from start on.
func (p *Pool) kept(start int) constraint {
	spans := normalize(p.spans[start:])
	p.spans = p.spans[:start+len(spans)]
	return constraint{true, spans[:len(spans):len(spans)]}
}

func (p *Pool) ports(ranges []PortRange) constraint {
	if ranges == nil {
		return constraint{}
	}
	start := len(p.spans)
	for _, r := range ranges {
		if r.From <= r.To {
			p.keep(span{bound{low: uint64(r.From)}, bound{low: uint64(r.To)}})
		}
	}
	return p.kept(start)
}

func (p *Pool) bytes(ranges []ByteRange) constraint {
	if ranges == nil {
		return constraint{}
	}
	start := len(p.spans)
	for _, r := range ranges {
		if r.From <= r.To {
			p.keep(span{bound{low: uint64(r.From)}, bound{low: uint64(r.To)}})
		}
	}
	return p.kept(start)
}

// prefixes returns the constraint of those prefixes that are of a family.
func (p *Pool) prefixes(f Family, prefixes []netip.Prefix) constraint {
	if prefixes == nil {
		return constraint{}
	}
	start := len(p.spans)
	for _, prefix := range prefixes {
		if s, family := prefixSpan(prefix); family == f {
			p.keep(s)
		}
	}
	return p.kept(start)
}
