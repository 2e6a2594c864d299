package packet

import (
	"net/netip"
	"testing"
)

// Covers and Of read the same constraints: one packet at a time, and as a set.
func TestCoversAgreesWithOf(t *testing.T) {
	match := func(m Match) Match { return m }
	prefixes := func(texts ...string) []netip.Prefix {
		out := []netip.Prefix{}
		for _, s := range texts {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	matches := []Match{
		{},
		match(Match{Family: IPv6}),
		{Protocols: []ByteRange{{TCP, TCP}}, DestinationPorts: []PortRange{{80, 443}}},
		{SourcePorts: []PortRange{{1024, 65535}}},
		{ICMPTypes: []ByteRange{{8, 8}}, ICMPCodes: []ByteRange{{0, 0}}},
		{Source: prefixes("10.0.0.0/8")},
		{Source: prefixes("::ffff:10.0.0.0/104")},
		{Destination: prefixes("2001:db8::/32", "10.1.2.3/24")},
		{Destination: prefixes()},
	}
	addr := netip.MustParseAddr
	packets := []Packet{
		{Source: addr("10.0.0.1"), Destination: addr("10.1.2.9"), Protocol: TCP, SourcePort: 1024, DestinationPort: 443},
		{Source: addr("11.0.0.1"), Destination: addr("10.1.3.9"), Protocol: UDP, SourcePort: 1023, DestinationPort: 79},
		{Source: addr("10.0.0.1"), Destination: addr("10.1.2.9"), Protocol: ICMP, ICMPType: 8},
		{Source: addr("10.0.0.1"), Destination: addr("10.1.2.9"), Protocol: 50},
		{Source: addr("::ffff:10.0.0.1"), Destination: addr("2001:db8::1"), Protocol: TCP, SourcePort: 65535, DestinationPort: 80},
		{Source: addr("10.0.0.1"), Destination: addr("2001:db8::1"), Protocol: TCP},
		{},
	}
	yes, no := 0, 0
	p := NewPool()
	for _, m := range matches {
		set := p.Of(m)
		for _, k := range packets {
			got, want := m.Covers(k), p.Contains(set, k)
			if got != want {
				t.Errorf("%+v covers %v: %v, Of says %v", m, k, got, want)
			}
			if want {
				yes++
			} else {
				no++
			}
		}
	}
	if yes < 5 || no < 5 {
		t.Fatalf("%d covered, %d not: the test does not see both answers", yes, no)
	}
}
