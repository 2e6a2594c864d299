package packet

import (
	"math"
	"net/netip"
)

// NAT64Prefix holds the IPv6 addresses that stand for IPv4 addresses: their last
// 32 bits (RFC 6052, the well-known prefix).
var NAT64Prefix = netip.MustParsePrefix("64:ff9b::/96")

// nat64High is the high half of every address of NAT64Prefix. The low half is
// the IPv4 address.
const nat64High = 0x0064ff9b_00000000

// ToIPv4 returns what the packets of s become where a translator takes them from
// IPv6 to IPv4: those to NAT64Prefix go to the IPv4 address in their
// destination, ICMPv6 echo requests (type 128, any code) become ICMP ones (type
// 8), ports and other protocols stay. The source is the translator's to choose,
// so every IPv4 source is in the result. All other packets drop out: IPv4, other
// destinations, other ICMPv6 messages, and ICMP in IPv6 packets.
func (p *Pool) ToIPv4(s Set) Set {
	p.mustGrow("ToIPv4")
	return Set{p.convert(toIPv4, p.step(s.id, levelFamily, familyIndex(IPv6)))}
}

// ToIPv6 returns the packets, from every IPv6 source, some of whose ToIPv4 is in
// s.
func (p *Pool) ToIPv6(s Set) Set {
	p.mustGrow("ToIPv6")
	return Set{p.convert(toIPv6, p.step(s.id, levelFamily, familyIndex(IPv4)))}
}

// convert takes what lies below one family to the other.
func (p *Pool) convert(op operation, id int32) int32 {
	id = p.convertProtocols(op, p.forget(id, FieldSource.levels()))
	four, six := id, falseID
	if op == toIPv6 {
		four, six = falseID, id
	}
	start := len(p.stack)
	p.push(start, familyIndex(IPv4), four)
	p.push(start, familyIndex(IPv6), six)
	return p.pop(levelFamily, start)
}

// convertProtocols does convert below the family level, segment by segment like
// turnProtocols.
func (p *Pool) convertProtocols(op operation, id int32) int32 {
	edges := []edge{{levelMax[levelProtocol], id}}
	if p.level(id) == levelProtocol {
		edges = p.edgesOf(id)
	}
	start := len(p.stack)
	for i, segment := 0, 0; i < len(edges); {
		end, e := segments[segment], edges[i]
		p.push(start, min(e.hi, uint64(end)), p.convertProtocol(op, end, id, e.to))
		if e.hi <= uint64(end) {
			i++
		}
		if uint64(end) <= e.hi {
			segment++
		}
	}
	return p.pop(levelProtocol, start)
}

// convertProtocol is what the packets of one protocol after the conversion come
// from, converted: its own packets in node to, and for ICMP or ICMPv6 the echo
// requests of the other of the two in node all.
func (p *Pool) convertProtocol(op operation, protocol uint8, all, to int32) int32 {
	from, before, after := ICMPv6, uint64(128), uint64(8)
	if op == toIPv6 {
		from, before, after = ICMP, 8, 128
	}
	switch {
	case kindOf(protocol) != typed:
		return p.convertFields(op, to)
	case protocol == from:
		return falseID
	}
	echo := p.step(p.step(all, levelProtocol, uint64(from)), levelICMPType, before)
	return p.within(bandICMPType, []span{{bound{low: after}, bound{low: after}}}, p.convertFields(op, echo))
}

// convertFields does convert below the protocol level: ports and codes stay, the
// destination changes, sources are forgotten already.
func (p *Pool) convertFields(op operation, id int32) int32 {
	if id == falseID {
		return falseID
	}
	if result, ok := p.recall(op, id, 0); ok {
		return result
	}
	var result int32
	switch {
	case p.level(id) < levelDestination4:
		start := len(p.stack)
		for _, e := range p.edgesOf(id) {
			p.push(start, e.hi, p.convertFields(op, e.to))
		}
		result = p.pop(p.level(id), start)
	case op == toIPv4:
		result = p.embedded(id)
	default:
		result = p.embed(id)
	}
	p.memo.put(op, id, 0, result)
	return result
}

// embedded returns the IPv4 destinations in the IPv6 destinations of a node.
func (p *Pool) embedded(id int32) int32 {
	id = p.step(id, levelDestination6High, nat64High)
	if p.level(id) != levelDestination6Low {
		return id
	}
	start := len(p.stack)
	for _, e := range p.edgesOf(id) {
		p.push(start, min(e.hi, math.MaxUint32), e.to)
		if e.hi >= math.MaxUint32 {
			break
		}
	}
	return p.pop(levelDestination4, start)
}

// embed returns the IPv6 destinations that hold the IPv4 destinations of a node.
func (p *Pool) embed(id int32) int32 {
	start := len(p.stack)
	if p.level(id) == levelDestination4 {
		for _, e := range p.edgesOf(id) {
			p.push(start, e.hi, e.to)
		}
	} else {
		p.push(start, math.MaxUint32, id)
	}
	p.push(start, levelMax[levelDestination6Low], falseID)
	low := p.pop(levelDestination6Low, start)
	start = len(p.stack)
	p.pushRange(start, nat64High, nat64High, low)
	return p.popRanges(levelDestination6High, start)
}
