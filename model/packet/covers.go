package packet

import (
	"net/netip"
	"slices"
)

// Covers says whether one packet meets the constraints: it reads them field by field, without a pool, and
// serves to name the rule that decided about a packet.
func (m Match) Covers(k Packet) bool {
	ports := k.Protocol == TCP || k.Protocol == UDP
	icmp := k.Protocol == ICMP || k.Protocol == ICMPv6
	switch {
	case k.family() == 0, m.Family != 0 && m.Family != k.family():
		return false
	case m.Protocols != nil && !inBytes(m.Protocols, k.Protocol):
		return false
	case m.Source != nil && !inPrefixes(m.Source, k.Source), m.Destination != nil && !inPrefixes(m.Destination, k.Destination):
		return false
	case m.SourcePorts != nil && (!ports || !inPorts(m.SourcePorts, k.SourcePort)):
		return false
	case m.DestinationPorts != nil && (!ports || !inPorts(m.DestinationPorts, k.DestinationPort)):
		return false
	case m.ICMPTypes != nil && (!icmp || !inBytes(m.ICMPTypes, k.ICMPType)):
		return false
	case m.ICMPCodes != nil && (!icmp || !inBytes(m.ICMPCodes, k.ICMPCode)):
		return false
	}
	return true
}

func inBytes(ranges []ByteRange, v uint8) bool {
	return slices.ContainsFunc(ranges, func(r ByteRange) bool { return r.From <= v && v <= r.To })
}

func inPorts(ranges []PortRange, v uint16) bool {
	return slices.ContainsFunc(ranges, func(r PortRange) bool { return r.From <= v && v <= r.To })
}

func inPrefixes(prefixes []netip.Prefix, a netip.Addr) bool {
	x := boundOf(a)
	family := familyOf(a)
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool {
		s, f := prefixSpan(p)
		return f == family && s.lo.compare(x) <= 0 && x.compare(s.hi) <= 0
	})
}
