package packet

// Contains reports whether the packet is in the set. A packet without valid
// addresses of one family is in no set.
func (p *Pool) Contains(s Set, k Packet) bool {
	if k.family() == 0 {
		return false
	}
	id := s.id
	for id >= terminals {
		level := p.level(id)
		id = p.step(id, level, k.value(level))
	}
	return id == trueID
}

// Witness returns a packet of the set, or false if it is empty.
//
// Without preferences it is the smallest packet, its fields compared in the
// order family (IPv4 first), protocol, destination port or ICMP type, source
// port or ICMP code, source address, destination address. With preferences each
// field, in that order, takes the value of the first preferred packet with
// which the fields before still allow a packet of the set. A preferred packet
// need not be whole: an invalid address, and a field that its protocol does not
// have, is no preference. Its protocol always is one.
func (p *Pool) Witness(s Set, prefer ...Packet) (Packet, bool) {
	if s.IsEmpty() {
		return Packet{}, false
	}
	w := witness{p, s.id, prefer}
	var k Packet
	family := families[w.choose(band{levelFamily, levelFamily}, func(k Packet) (bound, bool) {
		family := preferredFamily(k)
		return bound{low: familyIndex(family)}, family != 0
	}).low]
	k.Protocol = uint8(w.choose(bandProtocol, func(k Packet) (bound, bool) {
		return bound{low: uint64(k.Protocol)}, true
	}).low)
	number := func(b band, of kind, field func(Packet) uint16) uint16 {
		return uint16(w.choose(b, func(k Packet) (bound, bool) {
			return bound{low: uint64(field(k))}, kindOf(k.Protocol) == of
		}).low)
	}
	switch kindOf(k.Protocol) {
	case ported:
		k.DestinationPort = number(bandDestinationPort, ported, func(k Packet) uint16 { return k.DestinationPort })
		k.SourcePort = number(bandSourcePort, ported, func(k Packet) uint16 { return k.SourcePort })
	case typed:
		k.ICMPType = uint8(number(bandICMPType, typed, func(k Packet) uint16 { return uint16(k.ICMPType) }))
		k.ICMPCode = uint8(number(bandICMPCode, typed, func(k Packet) uint16 { return uint16(k.ICMPCode) }))
	}
	k.Source = w.choose(sourceBand(family), func(k Packet) (bound, bool) {
		return boundOf(k.Source), familyOf(k.Source) == family
	}).addr(family)
	k.Destination = w.choose(destinationBand(family), func(k Packet) (bound, bool) {
		return boundOf(k.Destination), familyOf(k.Destination) == family
	}).addr(family)
	return k, true
}

// preferredFamily is the family of the addresses that a preferred packet has.
func preferredFamily(k Packet) Family {
	source, destination := familyOf(k.Source), familyOf(k.Destination)
	switch {
	case source == 0:
		return destination
	case destination == 0:
		return source
	}
	return k.family()
}

// witness walks down one path that leads to trueID.
type witness struct {
	pool   *Pool
	id     int32
	prefer []Packet
}

// choose picks the value of the field of a band and goes on to where it leads.
// Every node but falseID holds a packet, so no choice is ever taken back.
func (w *witness) choose(b band, preferred func(Packet) (bound, bool)) bound {
	for _, k := range w.prefer {
		value, ok := preferred(k)
		if !ok {
			continue
		}
		id := w.id
		if b.first != b.last {
			id = w.pool.step(id, b.first, value.high)
		}
		if id = w.pool.step(id, b.last, value.low); id != falseID {
			w.id = id
			return value
		}
	}
	var smallest bound
	if b.first != b.last {
		smallest.high = w.smallest(b.first)
	}
	smallest.low = w.smallest(b.last)
	return smallest
}

// smallest takes the smallest value of a level that leads to a packet.
func (w *witness) smallest(level uint8) uint64 {
	if w.pool.level(w.id) != level {
		return 0
	}
	edges := w.pool.edgesOf(w.id)
	if edges[0].to != falseID {
		w.id = edges[0].to
		return 0
	}
	// Neighbours lead to different nodes, so the second leads to a packet.
	w.id = edges[1].to
	return edges[0].hi + 1
}

// part is one part of a division: the values of a field, as a normal list, that
// lead to one node.
type part struct {
	to    int32
	spans []span
}

// split divides a node of a level not before the band by where the values of
// the band's field lead: parts in the order of their smallest values, without
// those that lead to no packet.
func (p *Pool) split(id int32, b band) []part {
	if id == falseID {
		return nil
	}
	var d division
	switch level := p.level(id); {
	case level > b.last:
		return []part{{id, []span{{hi: b.max()}}}}
	case b.first == b.last:
		var from uint64
		for _, e := range p.edgesOf(id) {
			d.add(e.to, span{bound{low: from}, bound{low: e.hi}})
			from = e.hi + 1
		}
	case level == b.first:
		var from uint64
		for _, e := range p.edgesOf(id) {
			p.splitLow(&d, e.to, b, from, e.hi)
			from = e.hi + 1
		}
	default: // every high half leads here
		p.splitLow(&d, id, b, 0, levelMax[b.first])
	}
	return d.parts
}

// splitLow adds what the high halves from to to, which all lead to node id,
// divide into. Only where the node reads the low half do the high halves have
// to be taken one by one; that happens for as many as there are prefixes longer
// than 64 bits that the set was made of.
func (p *Pool) splitLow(d *division, id int32, b band, from, to uint64) {
	if p.level(id) != b.last {
		d.add(id, span{bound{from, 0}, bound{to, levelMax[b.last]}})
		return
	}
	edges := p.edgesOf(id)
	for high := from; ; high++ {
		var low uint64
		for _, e := range edges {
			d.add(e.to, span{bound{high, low}, bound{high, e.hi}})
			low = e.hi + 1
		}
		if high == to {
			return
		}
	}
}

// division collects parts.
type division struct {
	parts []part
	// places holds the index of each node's part, once there are so many parts
	// that looking through them takes longer than a map; nil before.
	places map[int32]int
}

const fewParts = 16

// place returns the index of the part that leads to a node, a new part if need be.
func (d *division) place(to int32) int {
	if d.places == nil {
		for i := range d.parts {
			if d.parts[i].to == to {
				return i
			}
		}
	} else if i, ok := d.places[to]; ok {
		return i
	}
	d.parts = append(d.parts, part{to: to})
	switch n := len(d.parts); {
	case d.places != nil:
		d.places[to] = n - 1
	case n > fewParts:
		d.places = make(map[int32]int, 2*n)
		for i := range d.parts {
			d.places[d.parts[i].to] = i
		}
	}
	return len(d.parts) - 1
}

// add adds a span that lies above all added before.
func (d *division) add(to int32, s span) {
	if to == falseID {
		return
	}
	x := &d.parts[d.place(to)]
	// Spans of one part touch where an IPv6 range goes on in the next high half.
	if last := len(x.spans) - 1; last >= 0 && x.spans[last].hi.next() == s.lo {
		x.spans[last].hi = s.hi
		return
	}
	x.spans = append(x.spans, s)
}
