package packet

import (
	"net/netip"
	"slices"
	"testing"
)

// The slow twin: a set is a plain list of boxes, each field one interval. It
// aims for readability above speed and shares no code with the diagram. Every
// operation of the package is stated here a second time, in the plainest way.

type slowSet []slowBox

// slowBox is a product of intervals. Its protocols all have ports, all have a
// type and code, or all have neither; first and second are destination and
// source port, or type and code, or 0 to 0.
type slowBox struct {
	family              Family
	protocol            interval
	first, second       interval
	source, destination addrInterval
}

type interval struct{ from, to int }
type addrInterval struct{ from, to netip.Addr }

func (x interval) empty() bool     { return x.from > x.to }
func (x addrInterval) empty() bool { return x.to.Less(x.from) }

func (x interval) and(y interval) interval {
	return interval{max(x.from, y.from), min(x.to, y.to)}
}

func (x addrInterval) and(y addrInterval) addrInterval {
	if x.from.Less(y.from) {
		x.from = y.from
	}
	if y.to.Less(x.to) {
		x.to = y.to
	}
	return x
}

func (x slowBox) empty() bool {
	return x.protocol.empty() || x.first.empty() || x.second.empty() || x.source.empty() || x.destination.empty()
}

// slowWhole returns the box of all packets of a family whose protocols are
// those of the interval, which must be of one kind.
func slowWhole(f Family, protocol interval) slowBox {
	all := addrInterval{netip.MustParseAddr("0.0.0.0"), netip.MustParseAddr("255.255.255.255")}
	if f == IPv6 {
		all = addrInterval{netip.MustParseAddr("::"), netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}
	}
	x := slowBox{family: f, protocol: protocol, source: all, destination: all}
	switch protocol.from {
	case 6, 17:
		x.first, x.second = interval{0, 65535}, interval{0, 65535}
	case 1, 58:
		x.first, x.second = interval{0, 255}, interval{0, 255}
	}
	return x
}

func slowEverything() slowSet {
	var all slowSet
	for _, f := range []Family{IPv4, IPv6} {
		for _, protocol := range []interval{{0, 0}, {1, 1}, {2, 5}, {6, 6}, {7, 16}, {17, 17}, {18, 57}, {58, 58}, {59, 255}} {
			all = append(all, slowWhole(f, protocol))
		}
	}
	return all
}

func (x slowBox) hasPorts() bool { return x.protocol.from == 6 || x.protocol.from == 17 }
func (x slowBox) hasTypes() bool { return x.protocol.from == 1 || x.protocol.from == 58 }

// each replaces every box by the boxes that f makes of it.
func (s slowSet) each(f func(slowBox) slowSet) slowSet {
	var out slowSet
	for _, x := range s {
		for _, y := range f(x) {
			if !y.empty() {
				out = append(out, y)
			}
		}
	}
	return out
}

func slowOf(m Match) slowSet {
	s := slowEverything()
	if m.Family != 0 {
		s = s.each(func(x slowBox) slowSet { return slowSet{x}[:btoi(x.family == m.Family)] })
	}
	if m.Protocols != nil {
		s = s.each(func(x slowBox) (out slowSet) {
			for _, r := range m.Protocols {
				y := x
				y.protocol = x.protocol.and(interval{int(r.From), int(r.To)})
				out = append(out, y)
			}
			return out
		})
	}
	s = s.within(intervals(m.DestinationPorts), slowBox.hasPorts, func(x *slowBox) *interval { return &x.first })
	s = s.within(intervals(m.SourcePorts), slowBox.hasPorts, func(x *slowBox) *interval { return &x.second })
	s = s.within(intervals(m.ICMPTypes), slowBox.hasTypes, func(x *slowBox) *interval { return &x.first })
	s = s.within(intervals(m.ICMPCodes), slowBox.hasTypes, func(x *slowBox) *interval { return &x.second })
	s = s.withinPrefixes(m.Source, func(x *slowBox) *addrInterval { return &x.source })
	return s.withinPrefixes(m.Destination, func(x *slowBox) *addrInterval { return &x.destination })
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func intervals[R PortRange | ByteRange](ranges []R) []interval {
	if ranges == nil {
		return nil
	}
	out := []interval{}
	for _, r := range ranges {
		switch r := any(r).(type) {
		case PortRange:
			out = append(out, interval{int(r.From), int(r.To)})
		case ByteRange:
			out = append(out, interval{int(r.From), int(r.To)})
		}
	}
	return out
}

func (s slowSet) within(allowed []interval, has func(slowBox) bool, field func(*slowBox) *interval) slowSet {
	if allowed == nil {
		return s
	}
	return s.each(func(x slowBox) (out slowSet) {
		if !has(x) {
			return nil
		}
		for _, a := range allowed {
			y := x
			*field(&y) = field(&x).and(a)
			out = append(out, y)
		}
		return out
	})
}

func (s slowSet) withinPrefixes(prefixes []netip.Prefix, field func(*slowBox) *addrInterval) slowSet {
	if prefixes == nil {
		return s
	}
	return s.each(func(x slowBox) (out slowSet) {
		for _, prefix := range prefixes {
			from := prefix.Masked().Addr()
			if from.Is4() != (x.family == IPv4) {
				continue
			}
			y := x
			*field(&y) = field(&x).and(addrInterval{from, lastAddr(prefix)})
			out = append(out, y)
		}
		return out
	})
}

// lastAddr returns the last address of a prefix, bit by bit.
func lastAddr(prefix netip.Prefix) netip.Addr {
	bytes := prefix.Masked().Addr().AsSlice()
	for bit := prefix.Bits(); bit < 8*len(bytes); bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

func (s slowSet) union(t slowSet) slowSet { return slices.Concat(s, t) }

func (s slowSet) intersect(t slowSet) slowSet {
	return s.each(func(x slowBox) (out slowSet) {
		for _, y := range t {
			if x.family == y.family {
				out = append(out, x.and(y))
			}
		}
		return out
	})
}

func (x slowBox) and(y slowBox) slowBox {
	return slowBox{x.family, x.protocol.and(y.protocol), x.first.and(y.first), x.second.and(y.second),
		x.source.and(y.source), x.destination.and(y.destination)}
}

func (s slowSet) subtract(t slowSet) slowSet {
	for _, y := range t {
		s = s.each(func(x slowBox) slowSet { return x.carve(y) })
	}
	return s
}

// carve returns what of x is not in y: the slabs before and after y, one field
// at a time, the fields before cut down to what both have.
func (x slowBox) carve(y slowBox) (out slowSet) {
	if x.family != y.family || x.and(y).empty() {
		return slowSet{x}
	}
	rest := x
	for _, field := range []func(*slowBox) *interval{
		func(b *slowBox) *interval { return &b.protocol },
		func(b *slowBox) *interval { return &b.first },
		func(b *slowBox) *interval { return &b.second },
	} {
		before, after := rest, rest
		field(&before).to = field(&y).from - 1
		field(&after).from = field(&y).to + 1
		out = append(out, before, after)
		*field(&rest) = field(&rest).and(*field(&y))
	}
	for _, field := range []func(*slowBox) *addrInterval{
		func(b *slowBox) *addrInterval { return &b.source },
		func(b *slowBox) *addrInterval { return &b.destination },
	} {
		if before := rest; field(&rest).from.Less(field(&y).from) {
			field(&before).to = field(&y).from.Prev()
			out = append(out, before)
		}
		if after := rest; field(&y).to.Less(field(&rest).to) {
			field(&after).from = field(&y).to.Next()
			out = append(out, after)
		}
		*field(&rest) = field(&rest).and(*field(&y))
	}
	return out
}

func (s slowSet) complement() slowSet { return slowEverything().subtract(s) }

func (s slowSet) forget(f Field) slowSet {
	return s.each(func(x slowBox) slowSet {
		whole := slowWhole(x.family, x.protocol)
		if f&FieldSource != 0 {
			x.source = whole.source
		}
		if f&FieldDestination != 0 {
			x.destination = whole.destination
		}
		if x.hasPorts() && f&FieldDestinationPort != 0 || x.hasTypes() && f&FieldICMPType != 0 {
			x.first = whole.first
		}
		if x.hasPorts() && f&FieldSourcePort != 0 || x.hasTypes() && f&FieldICMPCode != 0 {
			x.second = whole.second
		}
		return slowSet{x}
	})
}

func (s slowSet) reply() slowSet   { return s.turn(map[int][2]int{1: {8, 0}, 58: {128, 129}}) }
func (s slowSet) request() slowSet { return s.turn(map[int][2]int{1: {0, 8}, 58: {129, 128}}) }

func (s slowSet) turn(echo map[int][2]int) slowSet {
	return s.each(func(x slowBox) slowSet {
		x.source, x.destination = x.destination, x.source
		if x.hasPorts() {
			x.first, x.second = x.second, x.first
		}
		if x.hasTypes() {
			types := echo[x.protocol.from]
			if !x.first.has(types[0]) || !x.second.has(0) {
				return nil
			}
			x.first, x.second = interval{types[1], types[1]}, interval{0, 0}
		}
		return slowSet{x}
	})
}

func (x interval) has(n int) bool            { return x.from <= n && n <= x.to }
func (x addrInterval) has(a netip.Addr) bool { return !a.Less(x.from) && !x.to.Less(a) }

func (s slowSet) contains(k Packet) bool {
	first, second := 0, 0
	switch k.Protocol {
	case 6, 17:
		first, second = int(k.DestinationPort), int(k.SourcePort)
	case 1, 58:
		first, second = int(k.ICMPType), int(k.ICMPCode)
	}
	return slices.ContainsFunc(s, func(x slowBox) bool {
		return k.Source.Is4() == (x.family == IPv4) && k.Destination.Is4() == k.Source.Is4() &&
			x.protocol.has(int(k.Protocol)) && x.first.has(first) && x.second.has(second) &&
			x.source.has(k.Source) && x.destination.has(k.Destination)
	})
}

// equal compares by packets: nothing of either is missing from the other.
func (s slowSet) equal(t slowSet) bool {
	return len(s.subtract(t)) == 0 && len(t.subtract(s)) == 0
}

// slowOfBoxes spells boxes out, interval by interval.
func slowOfBoxes(boxes []Box) slowSet {
	var out slowSet
	for _, b := range boxes {
		m := Match{Family: b.Family, Protocols: b.Protocols, SourcePorts: b.SourcePorts,
			DestinationPorts: b.DestinationPorts, ICMPTypes: b.ICMPTypes, ICMPCodes: b.ICMPCodes}
		out = append(out, slowOf(m).each(func(x slowBox) (cut slowSet) {
			for from, to := range b.Source.Ranges() {
				for from2, to2 := range b.Destination.Ranges() {
					if from.Is4() != (x.family == IPv4) || from2.Is4() != from.Is4() {
						continue
					}
					y := x
					y.source, y.destination = x.source.and(addrInterval{from, to}), x.destination.and(addrInterval{from2, to2})
					cut = append(cut, y)
				}
			}
			return cut
		})...)
	}
	return out
}

// TestSlowTwin checks the twin itself, on what anybody can see to be right.
func TestSlowTwin(t *testing.T) {
	web := slowOf(Match{Protocols: []ByteRange{{6, 6}}, DestinationPorts: []PortRange{{443, 443}}, Family: IPv4})
	if len(web) != 1 {
		t.Fatalf("tcp/443 is %d boxes, want 1", len(web))
	}
	if !web.complement().complement().equal(web) || web.complement().equal(web) {
		t.Error("the complement of the complement is not the set")
	}
	in := Packet{Source: netip.MustParseAddr("10.0.0.1"), Destination: netip.MustParseAddr("10.0.0.2"), Protocol: TCP, DestinationPort: 443}
	out := in
	out.DestinationPort = 444
	if !web.contains(in) || web.contains(out) {
		t.Error("contains is wrong")
	}
}
