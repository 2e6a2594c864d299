package packet

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var samePacket = cmp.Comparer(func(a, b Packet) bool { return a == b })

func TestWitness(t *testing.T) {
	v4, v6 := netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:0:1::8/125")
	web := Match{Protocols: one(TCP), DestinationPorts: []PortRange{{80, 80}, {443, 443}}, SourcePorts: []PortRange{{1024, 65535}}}
	webIn := web
	webIn.Source = []netip.Prefix{v4, v6}
	for _, c := range []struct {
		name   string
		match  Match
		prefer []Packet
		want   Packet
	}{
		{"smallest of all", Match{}, nil, proto(0, "0.0.0.0", "0.0.0.0")},
		{"smallest fields", webIn, nil, tcp("10.0.0.0:1024", "0.0.0.0:80")},
		{"smallest IPv6", Match{Family: IPv6, Protocols: one(ICMPv6), Source: webIn.Source, ICMPTypes: []ByteRange{{128, 255}}}, nil,
			icmp(ICMPv6, "2001:db8:0:1::8", "::", 128, 0)},
		{"all of a packet that is in it", webIn, []Packet{tcp("10.9.9.9:5000", "1.2.3.4:443")}, tcp("10.9.9.9:5000", "1.2.3.4:443")},
		{"field by field", webIn, []Packet{tcp("11.0.0.1:5000", "1.2.3.4:22")}, tcp("10.0.0.0:5000", "1.2.3.4:80")},
		{"each field from another", webIn, []Packet{udp("11.0.0.1:5000", "1.2.3.4:22"), tcp("10.0.0.7:2000", "5.6.7.8:443")},
			tcp("10.0.0.7:5000", "1.2.3.4:443")},
		{"the family is a preference", webIn, []Packet{tcp("[2001:db8::1]:80", "[::5]:80")}, tcp("[2001:db8:0:1::8]:1024", "[::5]:80")},
		{"a destination alone", webIn, []Packet{{Destination: netip.MustParseAddr("::5")}}, tcp("[2001:db8:0:1::8]:1024", "[::5]:80")},
		{"two families are none", webIn, []Packet{{Source: netip.MustParseAddr("10.0.0.9"), Destination: netip.MustParseAddr("::5")}},
			tcp("10.0.0.9:1024", "0.0.0.0:80")},
		{"no ports, no preference for them", web, []Packet{proto(47, "10.0.0.9", "10.0.0.8")}, tcp("10.0.0.9:1024", "10.0.0.8:80")},
		{"ping", Match{Protocols: one(ICMP)}, []Packet{icmp(ICMP, "10.0.0.9", "10.0.0.8", 8, 0)}, icmp(ICMP, "10.0.0.9", "10.0.0.8", 8, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPool()
			got, ok := p.Witness(p.Of(c.match), c.prefer...)
			if diff := cmp.Diff(c.want, got, samePacket); diff != "" || !ok {
				t.Errorf("got %v, %v, want %v", got, ok, c.want)
			}
		})
	}
	if k, ok := NewPool().Witness(Empty, tcp("10.0.0.1:1", "10.0.0.2:2")); ok || k != (Packet{}) {
		t.Errorf("the empty set has the witness %v", k)
	}
}

func TestWitnessIsInTheSet(t *testing.T) {
	var found, preferred answers
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		s := drawBoth(t, p)
		prefer := []Packet{drawPacket(t), drawPacket(t)}
		k, ok := p.Witness(s.set, prefer...)
		if found.see(ok) != (len(s.slow) > 0) {
			t.Fatalf("found is %v, but the set has %d boxes", ok, len(s.slow))
		}
		if ok && !s.slow.contains(k) {
			t.Fatalf("%v is not in the set", k)
		}
		if preferred.see(s.slow.contains(prefer[0])) && p.OfPacket(k) != p.OfPacket(prefer[0]) {
			t.Fatalf("got %v, though %v is in the set", k, prefer[0])
		}
		// Nothing in the set is smaller than the witness without preferences.
		smallest, ok := p.Witness(s.set)
		other := drawPacket(t)
		if ok && s.slow.contains(other) && smaller(other, smallest) {
			t.Fatalf("%v is in the set and smaller than %v", other, smallest)
		}
	})
	found.wantBoth(t, "found", 10)
	preferred.wantBoth(t, "preferred packet is in the set", 4)
}

// smaller compares in the order of the levels.
func smaller(a, b Packet) bool {
	key := func(k Packet) []int {
		first, second := 0, 0
		switch kindOf(k.Protocol) {
		case ported:
			first, second = int(k.DestinationPort), int(k.SourcePort)
		case typed:
			first, second = int(k.ICMPType), int(k.ICMPCode)
		}
		return []int{int(k.family()), int(k.Protocol), first, second}
	}
	x, y := key(a), key(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	if c := a.Source.Compare(b.Source); c != 0 {
		return c < 0
	}
	return a.Destination.Less(b.Destination)
}

func TestPacketString(t *testing.T) {
	for _, c := range []struct {
		packet Packet
		want   string
	}{
		{tcp("10.0.1.5:40000", "10.0.2.9:443"), "tcp 10.0.1.5:40000 -> 10.0.2.9:443"},
		{udp("[::5]:40000", "[::9]:53"), "udp [::5]:40000 -> [::9]:53"},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 8, 0), "icmp 10.0.1.5 -> 10.0.2.9 type 8 code 0"},
		{proto(47, "10.0.1.5", "10.0.2.9"), "gre 10.0.1.5 -> 10.0.2.9"},
		{proto(200, "::1", "::2"), "200 ::1 -> ::2"},
	} {
		if got := c.packet.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
