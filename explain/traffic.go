package explain

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// maxListed bounds how many addresses or ports a sentence lists. JSON lists all.
const maxListed = 4

// addressFields are the two addresses of a header.
const addressFields = packet.FieldSource | packet.FieldDestination

// traffic says which packets a set holds, each field for itself: "tcp 5432 from 10.0.2.15 to 10.0.3.20". Client ports are
// left out, because no rule of a group or a route reads them.
func (v *view) traffic(set packet.Set) string {
	if set.IsEmpty() {
		return "no packet"
	}
	return v.protocols(set) + " from " + v.addresses(v.p.SourceAddresses(set)) + " to " + v.addresses(v.p.DestinationAddresses(set))
}

// protocols says protocols with their destination ports or ICMP types: "tcp 443,8443 and udp 53".
func (v *view) protocols(set packet.Set) string {
	set = v.p.Forget(set, addressFields|packet.FieldSourcePort)
	var words []string
	for _, b := range merged(v.p.Boxes(set)) {
		words = append(words, boxProtocols(b))
	}
	return joined(words, "and")
}

// merged drops the family of boxes and what is then said twice.
func merged(boxes []packet.Box) []packet.Box {
	same := func(a, b packet.Box) bool {
		return slices.Equal(a.Protocols, b.Protocols) && slices.Equal(a.DestinationPorts, b.DestinationPorts) &&
			slices.Equal(a.ICMPTypes, b.ICMPTypes) && slices.Equal(a.ICMPCodes, b.ICMPCodes) && slices.Equal(a.SourcePorts, b.SourcePorts)
	}
	var out []packet.Box
	for _, b := range boxes {
		if !slices.ContainsFunc(out, func(x packet.Box) bool { return same(x, b) }) {
			out = append(out, b)
		}
	}
	return out
}

func boxProtocols(b packet.Box) string {
	s := protocolWords(b.Protocols)
	if b.DestinationPorts != nil {
		s += " " + portWords(b.DestinationPorts)
	}
	if b.ICMPTypes != nil {
		s += " type " + byteWords(b.ICMPTypes)
	}
	if b.ICMPCodes != nil {
		s += " code " + byteWords(b.ICMPCodes)
	}
	return s
}

// protocolWords names protocols: "tcp", "all protocols", "all protocols but tcp,udp".
func protocolWords(ranges []packet.ByteRange) string {
	in := protocolsIn(ranges)
	switch n := count(in); {
	case n == len(in):
		return "all protocols"
	case n > len(in)/2:
		for i := range in {
			in[i] = !in[i]
		}
		return "all protocols but " + names(in)
	}
	return names(in)
}

func protocolsIn(ranges []packet.ByteRange) (in [256]bool) {
	for _, r := range ranges {
		for n := int(r.From); n <= int(r.To); n++ {
			in[n] = true
		}
	}
	return in
}

func count(in [256]bool) (n int) {
	for _, b := range in {
		if b {
			n++
		}
	}
	return n
}

// names lists protocols; a run of more than two unnamed or named ones is a range of numbers.
func names(in [256]bool) string {
	var out []string
	for n := 0; n < len(in); n++ {
		if !in[n] {
			continue
		}
		end := n
		for end+1 < len(in) && in[end+1] {
			end++
		}
		if end-n >= 2 {
			out = append(out, strconv.Itoa(n)+"-"+strconv.Itoa(end))
			n = end
			continue
		}
		out = append(out, packet.ProtocolName(uint8(n)))
	}
	return strings.Join(out, ",")
}

// portWords lists ports, the first few of many.
func portWords(ranges []packet.PortRange) string {
	var out []string
	for _, r := range ranges {
		out = append(out, r.String())
	}
	return few(out, "ranges of ports")
}

func byteWords(ranges []packet.ByteRange) string {
	var out []string
	for _, r := range ranges {
		out = append(out, r.String())
	}
	return few(out, "ranges")
}

// few joins a list with commas; of a long one it gives the first and says how many there are.
func few(list []string, what string) string {
	if len(list) <= maxListed {
		return strings.Join(list, ",")
	}
	return strings.Join(list[:maxListed-1], ",") + ",… (" + strconv.Itoa(len(list)) + " " + what + ")"
}

// joined makes a phrase of several: "a", "a and b", "a, b and c".
func joined(words []string, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// addresses says addresses: prefixes where they are few, "the internet" where they are just that.
func (v *view) addresses(a packet.Addresses) string {
	prefixes := a.Prefixes()
	if len(prefixes) <= maxListed {
		return prefixWords(prefixes)
	}
	if name := internetWords(v.p, a); name != "" {
		return name
	}
	return few(prefixList(prefixes), "CIDRs")
}

func prefixWords(prefixes []netip.Prefix) string {
	switch all := prefixList(prefixes); {
	case len(all) == 0:
		return "nowhere"
	case slices.Equal(all, []string{"0.0.0.0/0", "::/0"}):
		return "any address"
	default:
		return strings.Join(all, ", ")
	}
}

// prefixList writes single addresses without their length, as people do.
func prefixList(prefixes []netip.Prefix) []string {
	out := make([]string, len(prefixes))
	for i, p := range prefixes {
		out[i] = shortPrefix(p)
	}
	return out
}

func shortPrefix(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// linkLocal is left out of the internet in some questions (D-4).
var linkLocal = netip.MustParsePrefix("169.254.0.0/16")

// internetWords names addresses that are the internet (D-4, with or without link-local ones) or one family of it, but for
// some CIDRs: "the internet (IPv6) but 2600:1f00:a::/56". It is empty for anything else, and where the CIDRs themselves are fewer.
func internetWords(p *packet.Pool, a packet.Addresses) string {
	v4 := p.Subtract(p.OfFamily(packet.IPv4), p.Sources(append(model.PrivateSpace[:4:4], linkLocal)...))
	v6 := p.Sources(model.GlobalIPv6)
	set := p.Subtract(p.Sources(a.Prefixes()...), p.Sources(linkLocal))
	name, whole := "the internet", p.Union(v4, v6)
	if !p.Overlaps(set, v6) {
		name, whole = "the internet (IPv4)", v4
	} else if !p.Overlaps(set, v4) {
		name, whole = "the internet (IPv6)", v6
	}
	lack := p.SourceAddresses(p.Subtract(whole, set)).Prefixes()
	switch {
	case !p.Subset(set, whole) || len(lack) >= len(a.Prefixes()):
		return ""
	case len(lack) > 8:
		return name + " but " + few(prefixList(lack), "CIDRs")
	case len(lack) > 2:
		return name + " but " + strings.Join(prefixList(lack), ", ")
	case len(lack) > 0:
		return name + " but " + strings.Join(prefixList(lack), " and ")
	}
	return name
}

// witness writes one packet: "tcp 10.0.2.15:49152 → 10.0.3.20:5432".
func witness(k packet.Packet) string {
	return strings.Replace(k.String(), " -> ", " → ", 1)
}

// counted is "1 blocker", "2 blockers".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func mergePorts(ranges []packet.PortRange) []packet.PortRange {
	ranges = slices.Clone(ranges)
	slices.SortFunc(ranges, func(a, b packet.PortRange) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	var out []packet.PortRange
	for _, r := range ranges {
		if last := len(out) - 1; last >= 0 && int(r.From) <= int(out[last].To)+1 {
			out[last].To = max(out[last].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}
