package packet

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestNAT64OfPacket(t *testing.T) {
	none := Packet{}
	for _, c := range []struct{ six, four Packet }{
		{tcp("[2001:db8::5]:40000", "[64:ff9b::a00:209]:443"), tcp("1.2.3.4:40000", "10.0.2.9:443")},
		{udp("[2001:db8::5]:0", "[64:ff9b::ffff:ffff]:53"), udp("1.2.3.4:0", "255.255.255.255:53")},
		{udp("[2001:db8::5]:0", "[64:ff9b::]:53"), udp("1.2.3.4:0", "0.0.0.0:53")},
		{icmp(ICMPv6, "2001:db8::5", "64:ff9b::a00:209", 128, 0), icmp(ICMP, "1.2.3.4", "10.0.2.9", 8, 0)},
		{icmp(ICMPv6, "2001:db8::5", "64:ff9b::a00:209", 128, 7), icmp(ICMP, "1.2.3.4", "10.0.2.9", 8, 7)},
		{icmp(ICMPv6, "2001:db8::5", "64:ff9b::a00:209", 129, 0), none},
		{icmp(ICMPv6, "2001:db8::5", "64:ff9b::a00:209", 8, 0), none},
		{icmp(ICMP, "2001:db8::5", "64:ff9b::a00:209", 8, 0), none},
		{proto(50, "2001:db8::5", "64:ff9b::a00:209"), proto(50, "1.2.3.4", "10.0.2.9")},
		{tcp("[2001:db8::5]:40000", "[64:ff9b:0:0:0:1:a00:209]:443"), none}, // beyond the /96
		{tcp("[2001:db8::5]:40000", "[64:ff9b:1::a00:209]:443"), none},
		{tcp("[2001:db8::5]:40000", "[2001:db8::9]:443"), none},
		{tcp("10.0.1.5:40000", "10.0.2.9:443"), none},
	} {
		t.Run(c.six.String(), func(t *testing.T) {
			p := NewPool()
			six, four := p.OfPacket(c.six), p.Forget(p.OfPacket(c.four), FieldSource)
			if got := p.ToIPv4(six); got != four {
				t.Errorf("IPv4 is %v, want %v", p.Boxes(got), p.Boxes(four))
			}
			want := p.Forget(six, FieldSource)
			if four.IsEmpty() {
				want = Empty
			}
			if got := p.ToIPv6(four); got != want {
				t.Errorf("IPv6 is %v, want %v", p.Boxes(got), p.Boxes(want))
			}
		})
	}
}

func TestNAT64OfEverything(t *testing.T) {
	p := NewPool()
	request := func(f Family, protocol uint8, echo uint8) Set {
		all := []ByteRange{{0, 0}, {2, 57}, {59, 255}}
		return p.Union(p.Of(Match{Family: f, Protocols: all}), p.Of(Match{Family: f, Protocols: one(protocol), ICMPTypes: one(echo)}))
	}
	if got, want := p.ToIPv4(Everything), request(IPv4, ICMP, 8); got != want {
		t.Errorf("IPv4 is %v, want %v", p.Boxes(got), p.Boxes(want))
	}
	if got, want := p.ToIPv6(Everything), p.Intersect(request(IPv6, ICMPv6, 128), p.Destinations(NAT64Prefix)); got != want {
		t.Errorf("IPv6 is %v, want %v", p.Boxes(got), p.Boxes(want))
	}
	if p.ToIPv4(Empty) != Empty || p.ToIPv6(Empty) != Empty {
		t.Error("nothing becomes something")
	}
}

// The slow twin: each box by itself, addresses taken apart byte by byte.

func embeddedIn(a netip.Addr) netip.Addr {
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}

func embeddedBy(a netip.Addr) netip.Addr {
	b, four := netip.MustParseAddr("64:ff9b::").As16(), a.As4()
	copy(b[12:], four[:])
	return netip.AddrFrom16(b)
}

func (s slowSet) toIPv4() slowSet {
	return s.each(func(x slowBox) slowSet {
		to := x.destination.and(addrInterval{netip.MustParseAddr("64:ff9b::"), netip.MustParseAddr("64:ff9b::ffff:ffff")})
		if x.family != IPv6 || to.empty() || x.protocol.from == 1 || x.protocol.from == 58 && !x.first.has(128) {
			return nil
		}
		y := slowWhole(IPv4, x.protocol)
		y.first, y.second = x.first, x.second
		if x.protocol.from == 58 {
			y.protocol, y.first = interval{1, 1}, interval{8, 8}
		}
		y.destination = addrInterval{embeddedIn(to.from), embeddedIn(to.to)}
		return slowSet{y}
	})
}

func (s slowSet) toIPv6() slowSet {
	return s.each(func(x slowBox) slowSet {
		if x.family != IPv4 || x.protocol.from == 58 || x.protocol.from == 1 && !x.first.has(8) {
			return nil
		}
		y := slowWhole(IPv6, x.protocol)
		y.first, y.second = x.first, x.second
		if x.protocol.from == 1 {
			y.protocol, y.first = interval{58, 58}, interval{128, 128}
		}
		y.destination = addrInterval{embeddedBy(x.destination.from), embeddedBy(x.destination.to)}
		return slowSet{y}
	})
}

// drawNAT64 draws a set that often has something to convert.
func drawNAT64(t *rapid.T, p *Pool) both {
	s := drawBoth(t, p)
	if oneIn(t, 2) {
		m := drawMatch(t)
		m.Destination = some(t, 3, func() netip.Prefix {
			return pick(t, prefixes("64:ff9b::/96", "64:ff9b::a00:0/104", "64:ff9b::a00:107/128", "64:ff9b::a00:108/128",
				"64:ff9b::/64", "64:ff9b::ffff:ffff/128", "64:ff9b::1:0:0/112", "64::/16", "10.0.0.0/8", "10.0.1.7/32"))
		})
		u := p.bothOf(m)
		s = both{p.Union(s.set, u.set), s.slow.union(u.slow)}
	}
	return s
}

func TestNAT64AgainstTwin(t *testing.T) {
	var four, six answers
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		s := drawNAT64(t, p)
		for _, c := range []struct {
			got  Set
			want slowSet
			seen *answers
		}{{p.ToIPv4(s.set), s.slow.toIPv4(), &four}, {p.ToIPv6(s.set), s.slow.toIPv6(), &six}} {
			if !slowOfBoxes(p.Boxes(c.got)).equal(c.want) {
				t.Fatalf("of %v: got %v, want %v", p.Boxes(s.set), p.Boxes(c.got), c.want)
			}
			c.seen.see(!c.got.IsEmpty())
		}
	})
	four.wantBoth(t, "something in IPv4", 10)
	six.wantBoth(t, "something in IPv6", 10)
}

// The two are inverse of each other but for the source, which both forget.
func TestNAT64IsThereAndBack(t *testing.T) {
	var seen answers
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		s := drawNAT64(t, p)
		four := p.ToIPv4(s.set)
		if back := p.ToIPv4(p.ToIPv6(four)); back != four {
			t.Fatalf("%v came back as %v", p.Boxes(four), p.Boxes(back))
		}
		six := p.ToIPv6(s.set)
		if back := p.ToIPv6(p.ToIPv4(six)); back != six {
			t.Fatalf("%v came back as %v", p.Boxes(six), p.Boxes(back))
		}
		seen.see(!four.IsEmpty() && !six.IsEmpty())
	})
	seen.wantBoth(t, "both ways something", 10)
}
