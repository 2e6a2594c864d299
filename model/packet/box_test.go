package packet

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// internet is what D-4 calls the internet: 38 prefixes of IPv4, written as what
// is missing.
func (p *Pool) internet() Set {
	v4 := p.Subtract(p.OfFamily(IPv4), p.Sources(prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")...))
	return p.Union(v4, p.Sources(prefixes("2000::/3")...))
}

func TestBoxesArePrinted(t *testing.T) {
	p := NewPool()
	of := func(m Match) Set { return p.Of(m) }
	https := of(Match{Protocols: one(TCP), DestinationPorts: []PortRange{{443, 443}}})
	session := of(Match{Protocols: one(TCP), DestinationPorts: []PortRange{{443, 443}}, SourcePorts: []PortRange{{1024, 65535}},
		Source: prefixes("10.0.1.5/32"), Destination: prefixes("10.0.2.9/32")})
	v4 := p.OfFamily(IPv4)
	for _, c := range []struct {
		name string
		set  Set
		want []string
	}{
		{"nothing", Empty, nil},
		{"everything", Everything, []string{"all protocols any -> any"}},
		{"a session", session, []string{"tcp 10.0.1.5 -> 10.0.2.9 ports 443, client ports 1024-65535"}},
		{"https from the internet", p.Intersect(p.Intersect(p.internet(), v4), https), []string{
			"tcp all IPv4 but 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16 -> all IPv4 ports 443",
		}},
		{"https in both families", https, []string{"tcp any -> any ports 443"}},
		{"one family at a time where they differ", p.Intersect(https, p.Sources(prefixes("10.0.0.0/8", "2001:db8::/32")...)), []string{
			"tcp 10.0.0.0/8 -> all IPv4 ports 443",
			"tcp 2001:db8::/32 -> all IPv6 ports 443",
		}},
		{"client ports alone", of(Match{Protocols: one(UDP), SourcePorts: []PortRange{{53, 53}, {123, 123}}}), []string{
			"udp any -> any client ports 53,123",
		}},
		{"all but a protocol", p.Complement(of(Match{Protocols: one(TCP)})), []string{"all protocols but tcp any -> any"}},
		{"some protocols", of(Match{Protocols: []ByteRange{{50, 51}, {100, 110}, {TCP, TCP}}}), []string{"tcp,esp,ah,100-110 any -> any"}},
		{"ping", of(Match{Protocols: one(ICMP), ICMPTypes: one(8), ICMPCodes: one(0), Family: IPv4}), []string{
			"icmp all IPv4 -> all IPv4 type 8, code 0",
		}},
		{"ICMP without errors", of(Match{Protocols: one(ICMP), ICMPTypes: []ByteRange{{0, 2}, {4, 255}}}), []string{"icmp any -> any types 0-2,4-255"}},
		{"smallest values first", p.Union(https, of(Match{Protocols: one(TCP), DestinationPorts: []PortRange{{80, 80}, {8080, 8090}}, Source: prefixes("10.0.0.0/8")})), []string{
			"tcp 10.0.0.0/8 -> all IPv4 ports 80,8080-8090",
			"tcp all IPv4 -> all IPv4 ports 443",
			"tcp all IPv6 -> all IPv6 ports 443",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, b := range p.Boxes(c.set) {
				got = append(got, b.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("boxes differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBoxesAreDisjointAndComplete(t *testing.T) {
	var several answers
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		s := drawBoth(t, p)
		boxes := p.Boxes(s.set)
		several.see(len(boxes) > 1)
		sum := Empty
		for _, b := range boxes {
			part := p.OfBox(b)
			if part.IsEmpty() || p.Overlaps(part, sum) {
				t.Fatalf("%v is empty or overlaps a box before it", b)
			}
			if again := p.Boxes(part); len(again) != 1 || again[0].String() != b.String() {
				t.Fatalf("%v by itself is %v", b, again)
			}
			sum = p.Union(sum, part)
		}
		if sum != s.set {
			t.Fatalf("the boxes of %v add up to %v", boxes, p.Boxes(sum))
		}
	})
	several.wantBoth(t, "several boxes", 10)
}

// TestManyBoxes divides a set into more parts than are looked through one by one.
func TestManyBoxes(t *testing.T) {
	p := NewPool()
	host := func(net, n int) netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(net), byte(n), 1}), 32)
	}
	var pairs []Set
	var want []string
	for n := range 40 {
		// Each part has two sources that do not touch.
		pairs = append(pairs, p.Of(Match{
			Source: []netip.Prefix{host(1, n), host(2, n)}, Destination: []netip.Prefix{host(3, n)}, Protocols: one(50),
		}))
		want = append(want, fmt.Sprintf("esp 10.1.%d.1, 10.2.%d.1 -> 10.3.%d.1", n, n, n))
	}
	var got []string
	for _, b := range p.Boxes(p.UnionAll(pairs...)) {
		got = append(got, b.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("boxes differ (-want +got):\n%s", diff)
	}
}

func TestZeroBoxIsEmpty(t *testing.T) {
	p := NewPool()
	if got := p.OfBox(Box{}); got != Empty {
		t.Errorf("got %v", p.Boxes(got))
	}
	if got, want := (Box{}).String(), "all protocols none -> none"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
