package packet

import (
	"net/netip"
	"testing"
)

func tcp(source, destination string) Packet {
	s, d := netip.MustParseAddrPort(source), netip.MustParseAddrPort(destination)
	return Packet{Source: s.Addr(), Destination: d.Addr(), Protocol: TCP, SourcePort: s.Port(), DestinationPort: d.Port()}
}

func udp(source, destination string) Packet {
	k := tcp(source, destination)
	k.Protocol = UDP
	return k
}

func icmp(protocol uint8, source, destination string, icmpType, code uint8) Packet {
	return Packet{Source: netip.MustParseAddr(source), Destination: netip.MustParseAddr(destination),
		Protocol: protocol, ICMPType: icmpType, ICMPCode: code}
}

func proto(protocol uint8, source, destination string) Packet {
	return icmp(protocol, source, destination, 0, 0)
}

func one(n uint8) []ByteRange { return []ByteRange{{n, n}} }

var allPorts = []PortRange{{0, 65535}}

func TestMatch(t *testing.T) {
	web := tcp("10.0.1.5:40000", "10.0.2.9:443")
	web6 := tcp("[2001:db8::5]:40000", "[2001:db8::9]:443")
	ping := icmp(ICMP, "10.0.1.5", "10.0.2.9", 8, 0)
	gre := proto(47, "10.0.1.5", "10.0.2.9")
	for _, c := range []struct {
		name    string
		match   Match
		in, out []Packet
	}{
		{"the zero match is everything", Match{}, []Packet{web, web6, ping, gre}, nil},
		{"a family", Match{Family: IPv6}, []Packet{web6}, []Packet{web, ping, gre}},
		{"no family", Match{Family: 5}, nil, []Packet{web, web6, ping, gre}},
		{"a protocol, in both families", Match{Protocols: one(TCP)}, []Packet{web, web6}, []Packet{ping, gre}},
		{"no protocols", Match{Protocols: []ByteRange{}}, nil, []Packet{web, web6, ping, gre}},
		{"ports exclude what has none", Match{DestinationPorts: allPorts}, []Packet{web, web6}, []Packet{ping, gre}},
		{"client ports exclude what has none", Match{SourcePorts: allPorts}, []Packet{web, web6}, []Packet{ping, gre}},
		{"no ports", Match{DestinationPorts: []PortRange{}}, nil, []Packet{web, ping, gre}},
		{"ports the wrong way round", Match{DestinationPorts: []PortRange{{443, 80}}}, nil, []Packet{web}},
		{"ports that touch", Match{DestinationPorts: []PortRange{{443, 443}, {0, 442}}}, []Packet{web}, []Packet{tcp("10.0.1.5:1", "10.0.2.9:444")}},
		{"types exclude what has none", Match{ICMPTypes: []ByteRange{{0, 255}}}, []Packet{ping}, []Packet{web, gre}},
		{"codes", Match{ICMPCodes: one(1)}, []Packet{icmp(ICMPv6, "::1", "::2", 1, 1)}, []Packet{ping, web, gre}},
		{"ports and types", Match{ICMPTypes: one(8), DestinationPorts: allPorts}, nil, []Packet{web, ping, gre}},
		{"ICMPv6 in IPv4 is by number", Match{Protocols: one(ICMPv6), ICMPTypes: one(128)}, []Packet{icmp(ICMPv6, "10.0.0.1", "10.0.0.2", 128, 3)}, []Packet{ping}},
		{"a prefix constrains the family", Match{Source: prefixes("0.0.0.0/0")}, []Packet{web, ping}, []Packet{web6}},
		{"prefixes of both", Match{Source: prefixes("::/0", "0.0.0.0/0")}, []Packet{web, web6, ping}, nil},
		{"prefixes that do not meet", Match{Source: prefixes("::/0"), Destination: prefixes("0.0.0.0/0")}, nil, []Packet{web, web6}},
		{"host bits are ignored", Match{Source: prefixes("10.0.9.9/16")}, []Packet{web}, []Packet{tcp("10.1.0.0:1", "10.0.2.9:1")}},
		{"an IPv4-mapped prefix is IPv4", Match{Source: prefixes("::ffff:10.0.0.0/104")}, []Packet{web}, []Packet{web6, tcp("11.0.0.0:1", "10.0.2.9:1")}},
		{"all of IPv4, mapped", Match{Source: prefixes("::ffff:0:0/96")}, []Packet{web, ping}, []Packet{web6}},
		{"a prefix around all mapped ones is IPv6", Match{Source: prefixes("::/80")}, []Packet{proto(47, "::1", "::2")}, []Packet{web}},
		{"invalid prefixes match nothing", Match{Source: make([]netip.Prefix, 2)}, nil, []Packet{web, web6}},
		{"no prefixes", Match{Destination: []netip.Prefix{}}, nil, []Packet{web, web6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPool()
			s := p.Of(c.match)
			for _, k := range c.in {
				if !p.Contains(s, k) {
					t.Errorf("%v is missing", k)
				}
			}
			for _, k := range c.out {
				if p.Contains(s, k) {
					t.Errorf("%v is there", k)
				}
			}
			if c.in == nil && !s.IsEmpty() {
				t.Errorf("not empty: %v", p.Boxes(s))
			}
			if c.out == nil && s != Everything && c.match.Source == nil {
				t.Errorf("not everything: %v", p.Boxes(s))
			}
		})
	}
}

func TestShorthands(t *testing.T) {
	p := NewPool()
	net := prefixes("10.0.0.0/8", "2001:db8::/32")
	for _, c := range []struct {
		name      string
		got, want Set
	}{
		{"Sources", p.Sources(net...), p.Of(Match{Source: net})},
		{"Destinations", p.Destinations(net...), p.Of(Match{Destination: net})},
		{"no Sources", p.Sources(), Empty},
		{"no Destinations", p.Destinations(), Empty},
		{"every source is everything", p.Sources(prefixes("0.0.0.0/0", "::/0")...), Everything},
		{"halves are a whole", p.Sources(prefixes("0.0.0.0/1", "128.0.0.0/1")...), p.OfFamily(IPv4)},
		{"halves of IPv6", p.Sources(prefixes("::/1", "8000::/1")...), p.OfFamily(IPv6)},
		{"both families", p.Union(p.OfFamily(IPv4), p.OfFamily(IPv6)), Everything},
		{"family 0", p.OfFamily(0), Everything},
		{"family 5", p.OfFamily(5), Empty},
		{"UnionAll of none", p.UnionAll(), Empty},
		{"a packet without addresses", p.OfPacket(Packet{Protocol: TCP}), Empty},
		{"a packet of two families", p.OfPacket(Packet{Source: netip.IPv4Unspecified(), Destination: netip.IPv6Unspecified()}), Empty},
		{"fields that a protocol lacks do not count", p.OfPacket(icmp(47, "::1", "::2", 7, 7)), p.OfPacket(proto(47, "::1", "::2"))},
		{"zones do not count", p.OfPacket(proto(47, "fe80::1%eth0", "::2")), p.OfPacket(proto(47, "fe80::1", "::2"))},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, p.Boxes(c.got), p.Boxes(c.want))
		}
	}
}

func TestIPv4MappedPacketIsIPv6(t *testing.T) {
	p := NewPool()
	k := proto(47, "::ffff:10.0.0.1", "::ffff:10.0.0.2")
	if !p.Contains(p.OfFamily(IPv6), k) || p.Contains(p.OfFamily(IPv4), k) || !p.Contains(p.OfPacket(k), k) {
		t.Error("addresses of packets do not count as they are")
	}
}
