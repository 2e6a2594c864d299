package oracle

import "net/netip"

// nat64Prefix is what NAT gateways turn into IPv4 (NAT-11).
var nat64Prefix = netip.MustParsePrefix("64:ff9b::/96")

// natCarries reports whether NAT gateways take a packet's protocol (NAT-2, D-61): of IPv6 they turn only echo requests (D-145).
func natCarries(p Packet) bool {
	switch {
	case p.Protocol == tcp, p.Protocol == udp:
		return true
	case p.Destination.Is4():
		return p.Protocol == icmp
	}
	return p.Protocol == icmpv6 && p.ICMPType == 128
}

// toIPv4 turns a request to 64:ff9b::/96 into one to its last 32 bits; the source is the gateway's to set.
func toIPv4(p Packet) Packet {
	b := p.Destination.As16()
	p.Destination = netip.AddrFrom4([4]byte(b[12:]))
	if p.Protocol == icmpv6 {
		p.Protocol, p.ICMPType = icmp, 8
	}
	return p
}

// toIPv6 turns a reply back; the destination is the gateway's to set.
func toIPv6(p Packet) Packet {
	b, four := nat64Prefix.Addr().As16(), p.Source.As4()
	copy(b[12:], four[:])
	p.Source = netip.AddrFrom16(b)
	if p.Protocol == icmp {
		p.Protocol, p.ICMPType = icmpv6, 129
	}
	return p
}

// own returns the address that a NAT gateway translates to: the private one, or of a regional gateway without it the public one
// (D-140).
func (n *nat) own(a natAddress) (netip.Addr, bool) {
	if !a.private.IsValid() && n.regional() {
		return a.public, a.public.IsValid()
	}
	return a.private, a.private.IsValid()
}
