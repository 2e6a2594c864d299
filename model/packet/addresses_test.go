package packet

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAddressesString(t *testing.T) {
	for _, c := range []struct {
		prefixes []netip.Prefix
		want     string
	}{
		{nil, "none"},
		{prefixes("0.0.0.0/0", "::/0"), "any"},
		{prefixes("0.0.0.0/0"), "all IPv4"},
		{prefixes("::/0"), "all IPv6"},
		{prefixes("10.0.1.5/32"), "10.0.1.5"},
		{prefixes("10.0.1.0/25", "10.0.1.128/25", "10.0.3.0/24"), "10.0.1.0/24, 10.0.3.0/24"},
		{prefixes("0.0.0.0/1"), "0.0.0.0/1"},
		{prefixes("0.0.0.0/1", "128.0.0.0/2"), "all IPv4 but 192.0.0.0/2"},
		{prefixes("2001:db8::1/128", "10.0.0.0/8"), "10.0.0.0/8; 2001:db8::1"},
		{prefixes("::ffff:10.0.0.0/104"), "10.0.0.0/8"},
	} {
		if got := AddressesOf(c.prefixes...).String(); got != c.want {
			t.Errorf("%v: got %q, want %q", c.prefixes, got, c.want)
		}
	}
}

func TestTheInternetIs38Prefixes(t *testing.T) {
	p := NewPool()
	internet := p.SourceAddresses(p.internet())
	want := "all IPv4 but 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16; 2000::/3"
	if got := internet.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	cover := internet.Prefixes()
	if len(cover) != 38+1 || cover[38] != netip.MustParsePrefix("2000::/3") {
		t.Errorf("got %d prefixes: %v", len(cover), cover)
	}
	if !AddressesOf(cover...).Equal(internet) {
		t.Error("the cover is not the set")
	}
	if p.Intersect(p.Sources(cover...), p.internet()) != p.Sources(cover...) {
		t.Error("the cover as a set of packets is not the set")
	}
}

func TestAddressesRanges(t *testing.T) {
	a := AddressesOf(prefixes("2001:db8::/127", "2001:db8::2/128", "255.255.255.255/32", "0.0.0.0/31", "0.0.0.2/32")...)
	var got []string
	for lo, hi := range a.Ranges() {
		got = append(got, fmt.Sprint(lo, "-", hi))
	}
	want := []string{"0.0.0.0-0.0.0.2", "255.255.255.255-255.255.255.255", "2001:db8::-2001:db8::2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ranges differ (-want +got):\n%s", diff)
	}
	for lo := range a.Ranges() { // stopping early is allowed
		if lo != netip.MustParseAddr("0.0.0.0") {
			t.Errorf("first is %v", lo)
		}
		break
	}
}

// slowCover is the shortest cover within 10.0.0.0/24 by definition: a prefix that is wholly inside
// and whose parent is not.
func slowCover(inside func(netip.Prefix) bool) (cover []netip.Prefix) {
	var visit func(netip.Prefix)
	visit = func(prefix netip.Prefix) {
		if inside(prefix) {
			cover = append(cover, prefix)
			return
		}
		if prefix.IsSingleIP() {
			return
		}
		low := netip.PrefixFrom(prefix.Addr(), prefix.Bits()+1)
		high := netip.PrefixFrom(lastAddr(low).Next(), prefix.Bits()+1)
		visit(low)
		visit(high)
	}
	visit(netip.MustParsePrefix("10.0.0.0/24"))
	return cover
}

func TestPrefixesAreTheShortestCover(t *testing.T) {
	var contained answers
	rapid.Check(t, func(t *rapid.T) {
		var in [256]bool
		var hosts []netip.Prefix
		for range pick(t, []int{1, 2, 3, 4}) {
			from := rapid.IntRange(0, 255).Draw(t, "from")
			to := rapid.IntRange(from, 255).Draw(t, "to")
			for n := from; n <= to; n++ {
				in[n] = true
				hosts = append(hosts, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), 32))
			}
		}
		a := AddressesOf(rapid.Permutation(hosts).Draw(t, "order")...)
		for n, want := range in {
			if got := a.Contains(netip.AddrFrom4([4]byte{10, 0, 0, byte(n)})); contained.see(got) != want {
				t.Fatalf("Contains(10.0.0.%d) is %v", n, got)
			}
		}
		want := slowCover(func(prefix netip.Prefix) bool {
			first, last := prefix.Addr().As4()[3], lastAddr(prefix).As4()[3]
			return !slices.Contains(in[first:int(last)+1], false)
		})
		if got := a.Prefixes(); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
	contained.wantBoth(t, "contains", 100)
}

func TestProjectionsAgreeWithTwin(t *testing.T) {
	var contained answers
	rapid.Check(t, func(t *rapid.T) {
		p := NewPool()
		s := drawBoth(t, p)
		sources, destinations := p.SourceAddresses(s.set), p.DestinationAddresses(s.set)
		if sources.IsEmpty() != s.set.IsEmpty() || destinations.IsEmpty() != s.set.IsEmpty() {
			t.Fatal("a projection is empty and the set is not, or the other way round")
		}
		for range 10 {
			addr := drawAddr(t, rapid.Bool().Draw(t, "IPv6"))
			has := func(field func(slowBox) addrInterval) bool {
				return slices.ContainsFunc(s.slow, func(x slowBox) bool {
					return addr.Is4() == (x.family == IPv4) && field(x).has(addr)
				})
			}
			if got := sources.Contains(addr); contained.see(got) != has(func(x slowBox) addrInterval { return x.source }) {
				t.Fatalf("sources %v contain %v: %v", sources, addr, got)
			}
			if got := destinations.Contains(addr); got != has(func(x slowBox) addrInterval { return x.destination }) {
				t.Fatalf("destinations %v contain %v: %v", destinations, addr, got)
			}
		}
		if other := AddressesOf(sources.Prefixes()...); !other.Equal(sources) {
			t.Fatalf("the cover of %v is %v", sources, other)
		}
	})
	contained.wantBoth(t, "contains", 100)
}

func TestInvalidAddressIsNowhere(t *testing.T) {
	if allAddresses(0).Contains(netip.Addr{}) {
		t.Error("all addresses contain the invalid one")
	}
}
