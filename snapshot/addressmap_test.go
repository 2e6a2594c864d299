package snapshot

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestOrderOfPrefixesIsKept(t *testing.T) {
	moved := 0
	rapid.Check(t, func(t *rapid.T) {
		four := rapid.Bool().Draw(t, "IPv4")
		prefixes := map[netip.Prefix]bool{}
		for range rapid.IntRange(2, 8).Draw(t, "how many") {
			a := drawAddr(t, four, "a")
			prefixes[netip.PrefixFrom(a, rapid.IntRange(1, a.BitLen()).Draw(t, "length")).Masked()] = true
		}
		m := newAddressMap([]byte(rapid.StringN(1, 20, -1).Draw(t, "key")))
		m.keepOrder(nil, prefixes)
		for p := range prefixes {
			for q := range prefixes {
				x, y := m.prefix(p), m.prefix(q)
				if x != p {
					moved++
				}
				if got, want := x.Addr().Compare(y.Addr()), p.Addr().Compare(q.Addr()); got != want && !embedsFour(p.Addr()) && !embedsFour(q.Addr()) {
					t.Fatalf("%s, %s begin in the order %d, their replacements %s, %s in %d", p, q, want, x, y, got)
				}
			}
		}
	})
	if moved == 0 {
		t.Error("no prefix was replaced by another one")
	}
}

// sharedBits is how many leading bits two addresses of one family have in common.
func sharedBits(a, b netip.Addr) int {
	x, y := a.AsSlice(), b.AsSlice()
	for i := range a.BitLen() {
		if (x[i/8]^y[i/8])&(0x80>>(i%8)) != 0 {
			return i
		}
	}
	return a.BitLen()
}

// drawAddr draws an address, often near a special range.
func drawAddr(t *rapid.T, four bool, label string) netip.Addr {
	near := rapid.SampledFrom(append(append([]netip.Prefix{}, closedRanges...), wellKnownRanges...)).Draw(t, label+" near")
	var raw [16]byte
	for i := range raw {
		raw[i] = rapid.Byte().Draw(t, label)
	}
	a := netip.AddrFrom16(raw)
	if four {
		a = netip.AddrFrom4([4]byte(raw[:4]))
	}
	if near.Addr().Is4() != four || rapid.Bool().Draw(t, label+" anywhere") {
		return a
	}
	b, n := a.AsSlice(), near.Addr().AsSlice()
	for i := range near.Bits() {
		bit := byte(0x80 >> (i % 8))
		b[i/8] = b[i/8]&^bit | n[i/8]&bit
	}
	out, _ := netip.AddrFromSlice(b)
	return out
}

// drawMap is a map with a VPC and a subnet of it.
func drawMap(t *rapid.T) *addressMap {
	m := newAddressMap([]byte(rapid.StringN(1, 20, -1).Draw(t, "key")))
	vpc := netip.PrefixFrom(drawAddr(t, true, "vpc"), rapid.IntRange(16, 28).Draw(t, "bits")).Masked()
	m.keepResolver(vpc)
	m.keepHosts(netip.PrefixFrom(vpc.Addr(), rapid.IntRange(vpc.Bits(), 28).Draw(t, "subnet")))
	return m
}

func TestReplacedAddressesShareAsManyBits(t *testing.T) {
	turned := 0
	rapid.Check(t, func(t *rapid.T) {
		m, four := drawMap(t), rapid.Bool().Draw(t, "IPv4")
		a := drawAddr(t, four, "a")
		b := drawAddr(t, four, "b")
		if rapid.Bool().Draw(t, "near") { // differ in one late bit
			raw := a.AsSlice()
			i := rapid.IntRange(0, a.BitLen()-1).Draw(t, "bit")
			raw[i/8] ^= 0x80 >> (i % 8)
			b, _ = netip.AddrFromSlice(raw)
		}
		x, y := m.addr(a), m.addr(b)
		if x != a {
			turned++
		}
		if got, want := sharedBits(x, y), sharedBits(a, b); got != want && !embedsFour(a) && !embedsFour(b) {
			t.Fatalf("%s, %s share %d bits; their replacements %s, %s share %d", a, b, want, x, y, got)
		}
		// A prefix is replaced by the one that holds the replacements of its addresses.
		p := netip.PrefixFrom(a, rapid.IntRange(0, a.BitLen()).Draw(t, "length")).Masked()
		if q := m.prefix(p); q != q.Masked() || !q.Contains(x) || p.Contains(b) != q.Contains(y) {
			t.Fatalf("%s holds %s: %t; its replacement %s holds %s: %t", p, b, p.Contains(b), q, y, q.Contains(y))
		}
	})
	if turned == 0 {
		t.Error("no address was replaced by another one")
	}
}

func embedsFour(a netip.Addr) bool {
	return embeddingRanges[0].Contains(a) || a.Is4In6()
}

func TestSpecialRangesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMap(t)
		a := drawAddr(t, rapid.Bool().Draw(t, "IPv4"), "a")
		x := m.addr(a)
		for _, p := range closedRanges {
			if p.Contains(a) != p.Contains(x) {
				t.Fatalf("%s in %s: %t; %s: %t", a, p, p.Contains(a), x, p.Contains(x))
			}
		}
		for _, p := range wellKnownRanges {
			if !embedsFour(a) && p.Contains(a) && x != a {
				t.Fatalf("%s of %s became %s", a, p, x)
			}
		}
		if isPublic(a) != isPublic(x) {
			t.Fatalf("%s public: %t; %s: %t", a, isPublic(a), x, isPublic(x))
		}
		if four := a; four.Is4() { // NAT64 means the same host
			in := netip.MustParseAddr("64:ff9b::").As16()
			v4, w4 := four.As4(), x.As4()
			copy(in[12:], v4[:])
			got := m.addr(netip.AddrFrom16(in)).As16()
			if [4]byte(got[12:]) != w4 {
				t.Fatalf("%s in NAT64 became %v, by itself %s", a, got[12:], x)
			}
		}
	})
}

func TestPlacesInVPCAndSubnetAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newAddressMap([]byte(rapid.StringN(1, 20, -1).Draw(t, "key")))
		vpc := netip.PrefixFrom(drawAddr(t, true, "vpc"), rapid.IntRange(16, 28).Draw(t, "bits")).Masked()
		m.keepResolver(vpc)
		subnet := netip.PrefixFrom(drawAddr(t, true, "subnet"), rapid.IntRange(16, 28).Draw(t, "subnet bits")).Masked()
		m.keepHosts(subnet)
		if got, want := m.addr(vpc.Addr().Next().Next()), m.prefix(vpc).Addr().Next().Next(); got != want {
			t.Fatalf("resolver of %s (now %s) is %s, want %s", vpc, m.prefix(vpc), got, want)
		}
		host, got := subnet.Addr(), m.prefix(subnet).Addr()
		for range rapid.IntRange(0, 15).Draw(t, "host") {
			host, got = host.Next(), got.Next()
		}
		if m.addr(host) != got {
			t.Fatalf("%s of %s is %s, want %s", host, subnet, m.addr(host), got)
		}
	})
}
