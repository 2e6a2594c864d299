package packet

// Field is a set of header fields, for [Pool.Forget] and [Pool.Rewrite].
// Fields combine with |.
type Field uint8

// The fields.
const (
	FieldSource Field = 1 << iota
	FieldDestination
	FieldSourcePort
	FieldDestinationPort
	FieldICMPType
	FieldICMPCode
)

// fieldLevels are the levels of each field, as bits, in the order of the fields.
var fieldLevels = [...]uint32{
	1<<levelSource4 | 1<<levelSource6High | 1<<levelSource6Low,
	1<<levelDestination4 | 1<<levelDestination6High | 1<<levelDestination6Low,
	1 << levelSourcePort,
	1 << levelDestinationPort,
	1 << levelICMPType,
	1 << levelICMPCode,
}

func (f Field) levels() uint32 {
	var levels uint32
	for i, bits := range fieldLevels {
		if f>>i&1 != 0 {
			levels |= bits
		}
	}
	return levels
}

// Forget returns the packets that agree with some packet of s in everything
// but the fields f (existential quantification). Family and protocol are kept,
// so addresses stay within their family. A field that a packet does not have
// does not matter to it.
func (p *Pool) Forget(s Set, f Field) Set {
	p.mustGrow("Forget")
	return Set{p.forget(s.id, f.levels())}
}

// Rewrite returns the packets of to that agree with some packet of s in
// everything but the fields f: what leaves a translator that replaces those
// fields by values that to allows. It is Forget, then Intersect with to.
func (p *Pool) Rewrite(s Set, f Field, to Set) Set {
	p.mustGrow("Rewrite")
	return Set{p.apply(intersect, p.forget(s.id, f.levels()), to.id)}
}

// forget is Forget for a node and a set of levels.
func (p *Pool) forget(id int32, levels uint32) int32 {
	level := p.level(id)
	if levels>>level == 0 { // true of terminals too
		return id
	}
	if result, ok := p.recall(forget, id, int32(levels)); ok {
		return result
	}
	var result int32
	if levels>>level&1 != 0 {
		// Some value of the field will do, so all ranges lead to the union.
		start := len(p.ids)
		for _, e := range p.edgesOf(id) {
			below := p.forget(e.to, levels)
			p.ids = append(p.ids, below)
		}
		result = p.unionAll(p.ids[start:])
		p.ids = p.ids[:start]
	} else {
		start := len(p.stack)
		for _, e := range p.edgesOf(id) {
			p.push(start, e.hi, p.forget(e.to, levels))
		}
		result = p.pop(level, start)
	}
	p.memo.put(forget, id, int32(levels), result)
	return result
}

// Reply returns the headers of the replies to the packets of s: addresses
// swapped, ports of TCP and UDP swapped, ICMP echo request (type 8 code 0)
// turned into echo reply (0/0), ICMPv6 echo request (128/0) into echo reply
// (129/0). Other ICMP and ICMPv6 messages have no reply and drop out. Whether a
// message is ICMP or ICMPv6 is decided by the protocol number alone.
// (Decision D-5.)
func (p *Pool) Reply(s Set) Set {
	p.mustGrow("Reply")
	return Set{p.turn(reply, s.id)}
}

// Request returns the headers whose [Pool.Reply] is in s.
func (p *Pool) Request(s Set) Set {
	p.mustGrow("Request")
	return Set{p.turn(request, s.id)}
}

// turn maps requests to replies or, as operation request, replies to requests.
func (p *Pool) turn(op operation, id int32) int32 {
	if id == falseID {
		return id
	}
	if result, ok := p.recall(op, id, 0); ok {
		return result
	}
	var result int32
	if p.level(id) == levelFamily {
		start := len(p.stack)
		for _, e := range p.edgesOf(id) {
			p.push(start, e.hi, p.turnProtocols(op, e.to))
		}
		result = p.pop(levelFamily, start)
	} else {
		result = p.turnProtocols(op, id)
	}
	p.memo.put(op, id, 0, result)
	return result
}

// turnProtocols does turn below the family level. Each protocol has its own way
// of turning, so even what every protocol shares is taken apart by segments.
func (p *Pool) turnProtocols(op operation, id int32) int32 {
	edges := []edge{{levelMax[levelProtocol], id}}
	if p.level(id) == levelProtocol {
		edges = p.edgesOf(id)
	}
	start := len(p.stack)
	for i, segment := 0, 0; i < len(edges); {
		end, e := segments[segment], edges[i]
		var turned int32
		switch kindOf(end) {
		case ported:
			turned = p.swapPorts(e.to)
		case typed:
			turned = p.turnEcho(op, end, e.to)
		default:
			turned = p.swapAddresses(e.to)
		}
		p.push(start, min(e.hi, uint64(end)), turned)
		if e.hi <= uint64(end) {
			i++
		}
		if uint64(end) <= e.hi {
			segment++
		}
	}
	return p.pop(levelProtocol, start)
}

// turnEcho turns the messages of ICMP or ICMPv6 below the protocol level.
func (p *Pool) turnEcho(op operation, protocol uint8, id int32) int32 {
	from, to := uint64(8), uint64(0)
	if protocol == ICMPv6 {
		from, to = 128, 129
	}
	if op == request {
		from, to = to, from
	}
	// Take the one type and code that counts, and give the rest another.
	id = p.step(id, levelICMPType, from)
	id = p.step(id, levelICMPCode, 0)
	id = p.swapAddresses(id)
	id = p.within(bandICMPCode, []span{{}}, id)
	return p.within(bandICMPType, []span{{bound{low: to}, bound{low: to}}}, id)
}

// swapPorts swaps ports and addresses below the protocol level of TCP or UDP.
func (p *Pool) swapPorts(id int32) int32 {
	if p.level(id) > levelSourcePort {
		return p.swapAddresses(id)
	}
	if result, ok := p.recall(swapPorts, id, 0); ok {
		return result
	}
	result := p.swap(id, bandDestinationPort, bandSourcePort, p.swapAddresses)
	p.memo.put(swapPorts, id, 0, result)
	return result
}

// swapAddresses swaps source and destination below the port levels.
func (p *Pool) swapAddresses(id int32) int32 {
	level := p.level(id)
	if level == levelTerminal {
		return id
	}
	if result, ok := p.recall(swapAddresses, id, 0); ok {
		return result
	}
	// Only packets of one family reach a node that reads an address, so the
	// level tells the family.
	family := IPv6
	if level == levelSource4 || level == levelDestination4 {
		family = IPv4
	}
	keep := func(id int32) int32 { return id }
	result := p.swap(id, sourceBand(family), destinationBand(family), keep)
	p.memo.put(swapAddresses, id, 0, result)
	return result
}

// swap exchanges the fields of two bands, the upper before the lower, and maps
// what lies below both. The node divides into products upper × lower × rest;
// each is built anew with the fields exchanged.
func (p *Pool) swap(id int32, upper, lower band, rest func(int32) int32) int32 {
	start := len(p.ids)
	for _, up := range p.split(id, upper) {
		for _, down := range p.split(up.to, lower) {
			below := p.within(lower, up.spans, rest(down.to))
			p.ids = append(p.ids, p.within(upper, down.spans, below))
		}
	}
	result := p.unionAll(p.ids[start:])
	p.ids = p.ids[:start]
	return result
}
