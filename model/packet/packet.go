package packet

import (
	"fmt"
	"net/netip"
)

// Family is an IP version. The zero value is no family; in a [Match] or a
// [Box] it stands for both.
type Family uint8

// The two families.
const (
	IPv4 Family = 4
	IPv6 Family = 6
)

// String returns "IPv4", "IPv6", "any" for zero, and "Family(n)" for anything else.
func (f Family) String() string {
	switch f {
	case 0:
		return "any"
	case IPv4:
		return "IPv4"
	case IPv6:
		return "IPv6"
	}
	return fmt.Sprintf("Family(%d)", uint8(f))
}

// Packet is the header of one packet. It is comparable.
//
// Source and Destination are of one family; a packet with an invalid address
// or with addresses of two families is in no set. Addresses count as they are:
// an IPv4-mapped IPv6 address is an IPv6 address, so whoever reads addresses
// from text unmaps them first. Zones are ignored.
//
// Ports count for TCP and UDP only, ICMPType and ICMPCode for the protocols
// ICMP and ICMPv6 only (each in either family); elsewhere they are ignored, and
// packets that this package returns have zero there.
type Packet struct {
	Source, Destination         netip.Addr
	Protocol                    uint8
	SourcePort, DestinationPort uint16
	ICMPType, ICMPCode          uint8
}

// String returns the packet on one line:
//
//	tcp 10.0.1.5:40000 -> 10.0.2.9:443
//	icmp 10.0.1.5 -> 10.0.2.9 type 8 code 0
//	gre 10.0.1.5 -> 10.0.2.9
func (k Packet) String() string {
	name := ProtocolName(k.Protocol)
	switch kindOf(k.Protocol) {
	case ported:
		source := netip.AddrPortFrom(k.Source, k.SourcePort)
		destination := netip.AddrPortFrom(k.Destination, k.DestinationPort)
		return fmt.Sprintf("%s %v -> %v", name, source, destination)
	case typed:
		return fmt.Sprintf("%s %v -> %v type %d code %d", name, k.Source, k.Destination, k.ICMPType, k.ICMPCode)
	}
	return fmt.Sprintf("%s %v -> %v", name, k.Source, k.Destination)
}

// family returns the family of both addresses, or 0 where they have none in common.
func (k Packet) family() Family {
	source, destination := familyOf(k.Source), familyOf(k.Destination)
	if source != destination {
		return 0
	}
	return source
}

// value returns what the packet, of a valid family, has at a level.
func (k Packet) value(level uint8) uint64 {
	switch level {
	case levelFamily:
		return familyIndex(k.family())
	case levelProtocol:
		return uint64(k.Protocol)
	case levelDestinationPort:
		return uint64(k.DestinationPort)
	case levelICMPType:
		return uint64(k.ICMPType)
	case levelSourcePort:
		return uint64(k.SourcePort)
	case levelICMPCode:
		return uint64(k.ICMPCode)
	case levelSource6High:
		return boundOf(k.Source).high
	case levelSource4, levelSource6Low:
		return boundOf(k.Source).low
	case levelDestination6High:
		return boundOf(k.Destination).high
	default: // levelDestination4, levelDestination6Low
		return boundOf(k.Destination).low
	}
}

func familyOf(a netip.Addr) Family {
	switch {
	case a.Is4():
		return IPv4
	case a.Is6():
		return IPv6
	}
	return 0
}

// PortRange is the inclusive range of ports From to To. It holds no port where
// From is greater than To.
type PortRange struct{ From, To uint16 }

// String returns "443" or "1024-65535".
func (r PortRange) String() string { return rangeString(uint64(r.From), uint64(r.To)) }

// ByteRange is an inclusive range of protocol numbers, ICMP types or ICMP
// codes. It holds none where From is greater than To.
type ByteRange struct{ From, To uint8 }

// String returns "8" or "0-255".
func (r ByteRange) String() string { return rangeString(uint64(r.From), uint64(r.To)) }

func rangeString(from, to uint64) string {
	if from == to {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}
