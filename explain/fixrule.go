package explain

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model/packet"
)

// maxRules bounds how many rules or entries a fix lists; what takes more is narrowed to the blocker's witness.
const maxRules = 16

// need is what a rule has to allow: one protocol, one run of ports or one ICMP type and code, and the peers.
type need struct {
	protocol string
	from, to int // ports; ICMP: type and code, -1 for any
	ranged   bool
	cidrs    []netip.Prefix
}

// needs divides packets into what single rules of one direction can say. A rule reads protocol, destination port (ICMP: type
// and code) and one address; the rest of the header is left to it. ok is false where it would take more than maxRules.
func (v *view) needs(set packet.Set, egress bool) (out []need, ok bool) {
	other := packet.FieldDestination
	if egress {
		other = packet.FieldSource
	}
	for _, b := range v.p.Boxes(v.p.Forget(set, other|packet.FieldSourcePort)) {
		peers := b.Source
		if egress {
			peers = b.Destination
		}
		for _, n := range boxNeeds(b) {
			n.cidrs = peers.Prefixes()
			out = addNeed(out, n)
			if len(out) > maxRules {
				return out, false
			}
		}
	}
	return out, true
}

// addNeed joins the two families of one need, as a rule of AWS does.
func addNeed(list []need, n need) []need {
	for i := range list {
		if x := &list[i]; x.protocol == n.protocol && x.from == n.from && x.to == n.to && x.ranged == n.ranged {
			x.cidrs = append(x.cidrs, n.cidrs...)
			return list
		}
	}
	return append(list, n)
}

// boxNeeds are the protocols and ports of a box, one rule's worth each; at most one more than maxRules.
func boxNeeds(b packet.Box) []need {
	in := protocolsIn(b.Protocols)
	if count(in) == len(in) {
		return []need{{protocol: "-1"}}
	}
	var out []need
	for n, has := range in {
		if !has {
			continue
		}
		out = append(out, protocolNeeds(uint8(n), b)...)
		if len(out) > maxRules {
			break
		}
	}
	return out
}

func protocolNeeds(n uint8, b packet.Box) []need {
	switch n {
	case packet.TCP, packet.UDP:
		if b.DestinationPorts == nil {
			return []need{{protocol: packet.ProtocolName(n), from: 0, to: 65535, ranged: true}}
		}
		var out []need
		for _, r := range mergePorts(b.DestinationPorts) {
			out = append(out, need{protocol: packet.ProtocolName(n), from: int(r.From), to: int(r.To), ranged: true})
		}
		return out
	case packet.ICMP, packet.ICMPv6:
		return icmpNeeds(packet.ProtocolName(n), b)
	}
	return []need{{protocol: strconv.Itoa(int(n))}}
}

func icmpNeeds(protocol string, b packet.Box) []need {
	if b.ICMPTypes == nil {
		return []need{{protocol: protocol, from: -1, to: -1, ranged: true}}
	}
	var out []need
	for t := range values(b.ICMPTypes) {
		if b.ICMPCodes == nil {
			out = append(out, need{protocol: protocol, from: t, to: -1, ranged: true})
			continue
		}
		for c := range values(b.ICMPCodes) {
			out = append(out, need{protocol: protocol, from: t, to: c, ranged: true})
			if len(out) > maxRules {
				return out
			}
		}
	}
	return out
}

// values yields the numbers of ranges.
func values(ranges []packet.ByteRange) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for _, r := range ranges {
			for n := int(r.From); n <= int(r.To); n++ {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// rule makes the data of a need.
func (n need) rule(egress bool) RuleChange {
	c := RuleChange{Direction: direction(egress), Protocol: n.protocol}
	if n.ranged {
		from, to := n.from, n.to
		c.FromPort, c.ToPort = &from, &to
	}
	for _, p := range n.cidrs {
		c.CIDRs = append(c.CIDRs, p.String())
	}
	return c
}

// words are the protocol and ports of a need: "tcp 443", "icmp type 8", "all traffic".
func (n need) words() string {
	switch n.protocol {
	case "-1":
		return "all traffic"
	case "tcp", "udp":
		from, to := int32(n.from), int32(n.to)
		return n.protocol + " " + portText(&from, &to)
	case "icmp", "icmpv6":
		from, to := int32(n.from), int32(n.to)
		return n.protocol + icmpText(&from, &to)
	}
	number, _ := strconv.Atoi(n.protocol)
	return protocolPhrase(uint8(number))
}

// protocolPhrase names a protocol by number so that a bare number does not read as a port.
func protocolPhrase(n uint8) string {
	name := packet.ProtocolName(n)
	if name == strconv.Itoa(int(n)) {
		return "protocol " + name
	}
	return name
}

// peerCIDRs says the peers of a rule as rules spell them.
func (v *view) peerCIDRs(cidrs []netip.Prefix) string {
	a := packet.AddressesOf(cidrs...)
	if len(cidrs) <= maxListed {
		list := make([]string, len(cidrs))
		for i, p := range cidrs {
			list[i] = p.String()
		}
		return strings.Join(list, ", ")
	}
	if name := internetWords(v.p, a); name != "" {
		return name + " (" + counted(len(cidrs), "CIDR") + "; 0.0.0.0/0 would hold private addresses too)"
	}
	return few(prefixStrings(cidrs), "CIDRs")
}

func prefixStrings(cidrs []netip.Prefix) []string {
	out := make([]string, len(cidrs))
	for i, p := range cidrs {
		out[i] = p.String()
	}
	return out
}

// samePeers says whether all needs have the same peers, so that a sentence can name them once.
func samePeers(list []need) bool {
	for _, n := range list[1:] {
		if !slices.Equal(n.cidrs, list[0].cidrs) {
			return false
		}
	}
	return true
}
