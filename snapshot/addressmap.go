package snapshot

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"net/netip"
)

// addressMap replaces addresses so that any two share just as many leading bits afterwards as before (the scheme of Crypto-PAn): whatever
// prefix held an address holds its replacement, so that routes, rules and blocks decide as they did. Whether a bit is turned depends on the key
// and the bits before it, and on nothing else: the map is one-to-one, and the same for all answers.
//
// Some bits are never turned. Then what lies below a prefix keeps its place, which is how AWS's special addresses stay what they are (D-290).
type addressMap struct {
	four, six scrambler
	still     map[netip.Prefix]bool // the bit after this prefix is kept
	whole     map[netip.Prefix]bool // every bit after this prefix is kept
}

// scrambler says which bits are turned, of one family.
type scrambler struct {
	block cipher.Block
	pad   [16]byte
}

// Ranges that stay within themselves: what is inside them differs from what is outside in every rule.
var closedRanges = prefixList("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/8", "fd00::/8", "2000::/3")

// Ranges whose addresses mean something by themselves, and nothing of their user.
var wellKnownRanges = prefixList("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
	"::/16", "64:ff9b::/32", "100::/64", "fd00:ec2::/32", "fe80::/10", "fec0::/10", "ff00::/8")

// Ranges of IPv6 that hold an IPv4 address in their last bits (GEN-18, NAT64).
var embeddingRanges = prefixList("64:ff9b::/96", "::ffff:0:0/96")

func prefixList(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

func newAddressMap(key []byte) *addressMap {
	m := &addressMap{still: map[netip.Prefix]bool{}, whole: map[netip.Prefix]bool{}}
	m.rekey(key)
	for _, p := range closedRanges {
		m.close(p)
	}
	for _, p := range wellKnownRanges {
		m.keep(p)
	}
	return m
}

// rekey takes another key; what is kept stays so.
func (m *addressMap) rekey(key []byte) {
	m.four, m.six = newScrambler(key, "IPv4"), newScrambler(key, "IPv6")
}

func newScrambler(key []byte, purpose string) scrambler {
	sum := sha256.Sum256(append([]byte("vpcreach redaction "+purpose+"\x00"), key...))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	s := scrambler{block: block}
	block.Encrypt(s.pad[:], s.pad[:])
	return s
}

// turns says whether the bit after the first n bits of an address is turned.
func (s *scrambler) turns(bits [16]byte, n int) bool {
	in := s.pad
	copy(in[:n/8], bits[:n/8])
	if n%8 > 0 {
		mask := byte(0xff) << (8 - n%8)
		in[n/8] = bits[n/8]&mask | in[n/8]&^mask
	}
	s.block.Encrypt(in[:], in[:])
	return in[0]&1 == 1
}

// close makes a range stay within itself.
func (m *addressMap) close(p netip.Prefix) { m.stay(p, 0, p.Bits()) }

// keep makes every address of a range its own replacement.
func (m *addressMap) keep(p netip.Prefix) {
	m.close(p)
	m.whole[p.Masked()] = true
}

// keepHosts makes addresses below a prefix keep their place in it.
func (m *addressMap) keepHosts(p netip.Prefix) { m.whole[p.Masked()] = true }

// stay keeps the bits from one length to another on the way to a prefix.
func (m *addressMap) stay(p netip.Prefix, from, to int) {
	for n := from; n < to; n++ {
		if node, err := p.Addr().Prefix(n); err == nil {
			m.still[node] = true
		}
	}
}

// keepResolver makes the resolver of a VPC, the third address of its block, the third of the block's replacement (SP-2).
func (m *addressMap) keepResolver(block netip.Prefix) {
	if block.Addr().Is4() {
		third := block.Masked().Addr().Next().Next()
		m.stay(netip.PrefixFrom(third, 32), block.Bits(), 32)
	}
}

// addr is the replacement of an address.
func (m *addressMap) addr(a netip.Addr) netip.Addr { return m.bits(a.WithZone(""), a.BitLen()) }

// prefix is the replacement of a prefix; bits after its length stay as they are.
func (m *addressMap) prefix(p netip.Prefix) netip.Prefix {
	if !p.IsValid() {
		return p
	}
	return netip.PrefixFrom(m.bits(p.Addr(), p.Bits()), p.Bits())
}

// bits replaces the first n bits of an address.
func (m *addressMap) bits(a netip.Addr, n int) netip.Addr {
	if !a.IsValid() {
		return a
	}
	for _, e := range embeddingRanges {
		if a.Is6() && e.Contains(a) || a.Is4In6() && e.Addr().Is4In6() {
			return m.embedded(a, n)
		}
	}
	var in [16]byte
	s := &m.six
	if a.Is4() {
		four := a.As4()
		copy(in[:], four[:])
		s = &m.four
	} else {
		in = a.As16()
	}
	out := in
	for i := range n {
		node, err := a.Prefix(i)
		if err != nil || m.whole[node] {
			break
		}
		if !m.still[node] && s.turns(in, i) {
			out[i/8] ^= 0x80 >> (i % 8)
		}
	}
	if a.Is4() {
		return netip.AddrFrom4([4]byte(out[:4]))
	}
	return netip.AddrFrom16(out)
}

// embedded replaces the IPv4 address in an IPv6 one as it is replaced elsewhere.
func (m *addressMap) embedded(a netip.Addr, n int) netip.Addr {
	in := a.As16()
	four := m.bits(netip.AddrFrom4([4]byte(in[12:])), max(n-96, 0)).As4()
	copy(in[12:], four[:])
	return netip.AddrFrom16(in)
}

// isPublic says whether an address is one of the internet's.
func isPublic(a netip.Addr) bool {
	if a.Is6() {
		return closedRanges[len(closedRanges)-1].Contains(a)
	}
	for _, list := range [][]netip.Prefix{closedRanges, wellKnownRanges} {
		for _, p := range list {
			if p.Contains(a) {
				return false
			}
		}
	}
	return a.IsValid()
}
