package scenario

import (
	"strconv"
	"strings"
)

// protocolNumbers are the words that a rule may write for a protocol.
var protocolNumbers = map[string]string{"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}

// ports is the second word of a rule: ports, an ICMP type and code, or everything.
type ports struct {
	all      bool
	icmp     bool // from is the type, to the code
	from, to int
}

// protocolNumber returns the number of a protocol as AWS's network ACLs write it.
func protocolNumber(at position, word string) (string, error) {
	if number, ok := protocolNumbers[word]; ok {
		return number, nil
	}
	number, err := strconv.Atoi(word)
	if err != nil || number < -1 || number > 255 {
		return "", at.errorf("no protocol %q; write tcp, udp, icmp, icmpv6, all or a number up to 255", word)
	}
	return word, nil
}

// parsePorts reads the ports of a rule for a protocol number. TCP and UDP take ports, ICMP takes type/code (a type alone
// means every code); any other protocol takes ports too, because AWS stores them and ignores them (SG-10, ACL-10).
func parsePorts(at position, number, word string) (ports, error) {
	if word == "all" {
		return ports{all: true}, nil
	}
	if number == "1" || number == "58" {
		kind, code, both := strings.Cut(word, "/")
		if !both {
			code = "-1"
		}
		from, err1 := strconv.Atoi(kind)
		to, err2 := strconv.Atoi(code)
		if err1 != nil || err2 != nil || from < -1 || from > 255 || to < -1 || to > 255 {
			return ports{}, at.errorf("no ICMP type and code %q; write TYPE/CODE such as 8/0, -1 for any, or all", word)
		}
		return ports{icmp: true, from: from, to: to}, nil
	}
	first, last, ranged := strings.Cut(word, "-")
	if !ranged {
		last = first
	}
	from, err1 := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || from > to {
		return ports{}, at.errorf("no ports %q; write a port, a rising range such as 80-90, or all", word)
	}
	return ports{from: int(from), to: int(to)}, nil
}
