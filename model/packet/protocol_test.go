package packet

import (
	"strings"
	"testing"
)

func TestParseProtocol(t *testing.T) {
	for _, c := range []struct {
		name string
		want uint8
		ok   bool
	}{
		{"tcp", 6, true}, {"TCP", 6, true}, {"udp", 17, true}, {"icmp", 1, true}, {"icmpv6", 58, true},
		{"icmp6", 58, true}, {"IPv6-ICMP", 58, true}, {"esp", 50, true}, {"ah", 51, true}, {"gre", 47, true},
		{"sctp", 132, true}, {"igmp", 2, true}, {"ospf", 89, true}, {"OSPFIGP", 89, true}, {"ipip", 94, true}, {"vrrp", 112, true},
		{"0", 0, true}, {"6", 6, true}, {"255", 255, true},
		{"256", 0, false}, {"-1", 0, false}, {"+6", 0, false}, {"06", 0, false}, {" 6", 0, false}, {"0x6", 0, false},
		{"", 0, false}, {"all", 0, false}, {"any", 0, false}, {"http", 0, false},
	} {
		if got, ok := ParseProtocol(c.name); got != c.want || ok != c.ok {
			t.Errorf("%q: got %d, %v, want %d, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestProtocolNamesReadBack(t *testing.T) {
	seen := map[string]bool{}
	for n := range 256 {
		name := ProtocolName(uint8(n))
		if got, ok := ParseProtocol(name); !ok || int(got) != n || seen[name] || name != strings.ToLower(name) {
			t.Errorf("%d is %q, which is %d, %v", n, name, got, ok)
		}
		seen[name] = true
	}
}

func FuzzParseProtocol(f *testing.F) {
	for _, name := range []string{"tcp", "ICMP6", "255", "06", "", "\x00"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		number, ok := ParseProtocol(name)
		if again, ok2 := ParseProtocol(ProtocolName(number)); ok && (!ok2 || again != number) {
			t.Errorf("%q is %d, whose name is %q", name, number, ProtocolName(number))
		}
	})
}
