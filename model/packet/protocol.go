package packet

import (
	"strconv"
	"strings"
)

// The protocol numbers that give a header more than its addresses.
const (
	ICMP   uint8 = 1
	TCP    uint8 = 6
	UDP    uint8 = 17
	ICMPv6 uint8 = 58
)

// kind says which levels lie below a protocol.
type kind uint8

const (
	plain  kind = iota // addresses only
	ported             // ports: TCP, UDP
	typed              // type and code: ICMP, ICMPv6, in either family
)

func kindOf(protocol uint8) kind {
	switch protocol {
	case TCP, UDP:
		return ported
	case ICMP, ICMPv6:
		return typed
	}
	return plain
}

// segments are the ends of the runs of protocol numbers of one kind. A run of
// a kind other than plain is always a single number.
var segments = [...]uint8{ICMP - 1, ICMP, TCP - 1, TCP, UDP - 1, UDP, ICMPv6 - 1, ICMPv6, 255}

// protocolNames lists IANA's keywords in lower case, with two exceptions where
// everybody says something else: icmpv6 for ipv6-icmp and ospf for ospfigp.
// https://www.iana.org/assignments/protocol-numbers
var protocolNames = [256]string{
	0: "hopopt", 1: "icmp", 2: "igmp", 3: "ggp", 4: "ipv4", 5: "st", 6: "tcp", 8: "egp", 9: "igp",
	17: "udp", 27: "rdp", 33: "dccp", 41: "ipv6", 43: "ipv6-route", 44: "ipv6-frag", 46: "rsvp",
	47: "gre", 50: "esp", 51: "ah", 58: "icmpv6", 59: "ipv6-nonxt", 60: "ipv6-opts", 88: "eigrp",
	89: "ospf", 94: "ipip", 97: "etherip", 98: "encap", 103: "pim", 108: "ipcomp", 112: "vrrp",
	115: "l2tp", 132: "sctp", 133: "fc", 136: "udplite", 137: "mpls-in-ip", 139: "hip", 143: "ethernet",
}

// protocolAliases are further spellings that ParseProtocol takes.
var protocolAliases = map[string]uint8{
	"ipv6-icmp": ICMPv6, "icmp6": ICMPv6, "ospfigp": 89, "ip-in-ip": 4, "ipencap": 4,
}

var protocolNumbers = func() map[string]uint8 {
	numbers := make(map[string]uint8, len(protocolNames))
	for number, name := range protocolNames {
		if name != "" {
			numbers[name] = uint8(number)
		}
	}
	for name, number := range protocolAliases {
		numbers[name] = number
	}
	return numbers
}()

// ProtocolName returns the usual lower-case name of a protocol number, or the
// number in decimal where it has no common name. [ParseProtocol] reads it back.
func ProtocolName(p uint8) string {
	if name := protocolNames[p]; name != "" {
		return name
	}
	return strconv.Itoa(int(p))
}

// ParseProtocol returns the number of a protocol written as an IANA keyword, a
// common alias (icmp6, ipv6-icmp, ospfigp, ipencap, ...), in any case, or as a
// decimal number 0 to 255 without sign or leading zeros. Words for several
// protocols ("-1", "all") are not names of one and give false.
func ParseProtocol(name string) (uint8, bool) {
	if number, ok := protocolNumbers[strings.ToLower(name)]; ok {
		return number, true
	}
	number, err := strconv.ParseUint(name, 10, 8)
	if err != nil || strconv.FormatUint(number, 10) != name {
		return 0, false
	}
	return uint8(number), true
}
