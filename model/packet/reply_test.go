package packet

import (
	"fmt"
	"net/netip"
	"testing"
)

func TestReplyOfPacket(t *testing.T) {
	none := Packet{}
	for _, c := range []struct{ packet, reply Packet }{
		{tcp("10.0.1.5:40000", "10.0.2.9:443"), tcp("10.0.2.9:443", "10.0.1.5:40000")},
		{udp("[::5]:40000", "[::9]:53"), udp("[::9]:53", "[::5]:40000")},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 8, 0), icmp(ICMP, "10.0.2.9", "10.0.1.5", 0, 0)},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 8, 1), none},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 0, 0), none},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 3, 4), none},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 128, 0), none},
		{icmp(ICMP, "::5", "::9", 8, 0), icmp(ICMP, "::9", "::5", 0, 0)},
		{icmp(ICMPv6, "::5", "::9", 128, 0), icmp(ICMPv6, "::9", "::5", 129, 0)},
		{icmp(ICMPv6, "::5", "::9", 8, 0), none},
		{icmp(ICMPv6, "10.0.1.5", "10.0.2.9", 128, 0), icmp(ICMPv6, "10.0.2.9", "10.0.1.5", 129, 0)},
		{proto(50, "2001:db8::5", "::9"), proto(50, "::9", "2001:db8::5")},
		{proto(0, "10.0.1.5", "10.0.2.9"), proto(0, "10.0.2.9", "10.0.1.5")},
	} {
		t.Run(c.packet.String(), func(t *testing.T) {
			p := NewPool()
			request, want := p.OfPacket(c.packet), p.OfPacket(c.reply)
			if got := p.Reply(request); got != want {
				t.Errorf("reply is %v, want %v", p.Boxes(got), p.Boxes(want))
			}
			if want.IsEmpty() {
				request = Empty
			}
			if got := p.Request(want); got != request {
				t.Errorf("request is %v, want %v", p.Boxes(got), p.Boxes(request))
			}
		})
	}
}

func TestReplyOfEverythingLeavesOutICMPErrors(t *testing.T) {
	p := NewPool()
	replies := p.Reply(Everything)
	for _, c := range []struct {
		packet Packet
		want   bool
	}{
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 0, 0), true},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 8, 0), false},
		{icmp(ICMP, "10.0.1.5", "10.0.2.9", 3, 3), false},
		{icmp(ICMPv6, "::1", "::2", 129, 0), true},
		{icmp(ICMPv6, "::1", "::2", 129, 1), false},
		{tcp("10.0.1.5:0", "10.0.2.9:65535"), true},
		{proto(255, "::1", "::2"), true},
	} {
		if got := p.Contains(replies, c.packet); got != c.want {
			t.Errorf("%v: got %v", c.packet, got)
		}
	}
}

func TestForgetKeepsFamilyAndProtocol(t *testing.T) {
	p := NewPool()
	all := FieldSource | FieldDestination | FieldSourcePort | FieldDestinationPort | FieldICMPType | FieldICMPCode
	for _, k := range []Packet{
		tcp("10.0.1.5:40000", "10.0.2.9:443"),
		icmp(ICMPv6, "::5", "::9", 128, 0),
		proto(47, "2001:db8::5", "::9"),
	} {
		want := p.Of(Match{Family: k.family(), Protocols: one(k.Protocol)})
		if got := p.Forget(p.OfPacket(k), all); got != want {
			t.Errorf("%v: got %v", k, p.Boxes(got))
		}
	}
}

func TestRewriteIsWhatLeavesATranslator(t *testing.T) {
	p := NewPool()
	host := p.Sources(prefixes("10.0.1.5/32")...)
	https := p.Of(Match{Protocols: one(TCP), DestinationPorts: []PortRange{{443, 443}}})
	nat := p.Of(Match{Source: prefixes("10.0.0.4/32"), SourcePorts: []PortRange{{1024, 65535}}})
	got := p.Rewrite(p.Intersect(host, https), FieldSource|FieldSourcePort, nat)
	if want := p.Intersect(https, nat); got != want {
		t.Errorf("got %v, want %v", p.Boxes(got), p.Boxes(want))
	}
	if got := p.Rewrite(Empty, FieldSource, nat); got != Empty {
		t.Errorf("nothing came in, %v left", p.Boxes(got))
	}
}

// TestReplyOfManyPairs keeps the exchange of addresses honest where each source
// goes to other destinations: the number of nodes must not explode.
func TestReplyOfManyPairs(t *testing.T) {
	p := NewPool()
	var pairs []Set
	for i := range 200 {
		host := func(net byte) []netip.Prefix {
			return []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, net, byte(i), 1}), 32)}
		}
		pairs = append(pairs, p.Of(Match{Protocols: one(50), Source: host(1), Destination: host(2)}))
	}
	s := p.UnionAll(pairs...)
	before := len(p.nodes)
	back := p.Reply(s)
	if n := len(p.nodes) - before; n > 20_000 {
		t.Errorf("the reply took %d nodes", n)
	}
	if p.Reply(back) != s {
		t.Error("the reply to the reply is another set")
	}
	if got, want := fmt.Sprint(p.SourceAddresses(back)), fmt.Sprint(p.DestinationAddresses(s)); got != want {
		t.Errorf("sources of the reply are %v, want %v", got, want)
	}
}
