package netgen

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
)

// Draw is one packet to ask about, and between whom. Source and Destination are of one family.
type Draw struct {
	From, To            string // interface id, Internet, or one of the network's Edges; To may also be the destination's address
	Source, Destination netip.Addr
	Protocol            uint8
	// SourcePort and DestinationPort count for TCP and UDP, ICMPType and ICMPCode for ICMP and ICMPv6; otherwise they
	// are zero.
	SourcePort, DestinationPort uint16
	ICMPType, ICMPCode          uint8
}

// IP protocol numbers.
const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoGRE    = 47
	protoESP    = 50
	protoICMPv6 = 58
	protoSCTP   = 132
)

// String shows the packet on one line, for the message of a failing test.
func (d Draw) String() string {
	s := fmt.Sprintf("%s -> %s: %v -> %v protocol %d", d.From, d.To, d.Source, d.Destination, d.Protocol)
	switch d.Protocol {
	case protoTCP, protoUDP:
		s += fmt.Sprintf(" ports %d -> %d", d.SourcePort, d.DestinationPort)
	case protoICMP, protoICMPv6:
		s += fmt.Sprintf(" type %d code %d", d.ICMPType, d.ICMPCode)
	}
	return s
}

// Packets draws packets to ask the network about. Most are what their ends would send; addresses, ports and ICMP
// types often stand at a border that some rule mentions, one before it or one after. A network without interfaces
// gives none.
func (n Network) Packets(rng *rand.Rand, count int) []Draw {
	if len(n.Interfaces) == 0 {
		return nil
	}
	d := drawer{network: n, rng: rng, odds: oddsOf(n.Theme)}
	for _, i := range n.Interfaces {
		if i.translated && !i.quiet {
			d.translated = append(d.translated, i)
		}
		if len(i.Public) > 0 || slices.ContainsFunc(i.Addresses, netip.Addr.Is6) {
			d.facing = append(d.facing, i)
		}
	}
	draws := make([]Draw, count)
	for i := range draws {
		draws[i] = d.draw()
	}
	return draws
}

// drawer draws packets of one network.
type drawer struct {
	network    Network
	rng        *rand.Rand
	odds       odds
	translated []Interface // behind a NAT gateway
	facing     []Interface // with an address that the internet may know
}

func (d *drawer) chance(p float64) bool { return d.rng.Float64() < p }

// draw draws a packet: who talks to whom, then the addresses that go with that, then the rest.
func (d *drawer) draw() Draw {
	from, to := pick(d.rng, d.network.Interfaces), pick(d.rng, d.network.Interfaces)
	for from.quiet && d.chance(0.85) {
		from = pick(d.rng, d.network.Interfaces)
	}
	p := Draw{From: from.ID, To: to.ID}
	switch {
	case d.chance(d.odds.outbound):
		if len(d.translated) > 0 && d.chance(d.odds.private) {
			from = pick(d.rng, d.translated)
		}
		p.From, p.To = from.ID, Internet
		p.Source = d.own(from, d.odds.partial > 0.5)
		p.Destination = d.internet(p.Source.Is4())
	case d.chance(d.odds.inbound / (1 - d.odds.outbound)):
		if len(d.facing) > 0 && !d.chance(d.odds.stray) {
			to = pick(d.rng, d.facing)
		}
		p.From, p.To = Internet, to.ID
		p.Destination = d.public(to)
		p.Source = d.internet(p.Destination.Is4())
	default:
		for range 4 {
			if slices.Contains(from.near, to.VPC) || d.chance(d.odds.stray) {
				break
			}
			to = pick(d.rng, d.network.Interfaces)
		}
		p.To = to.ID
		p.Source, p.Destination = d.within(from, to)
	}
	d.goAstray(&p)
	if d.network.Features != 0 && d.chance(0.25) {
		d.drawFeatured(&p, from, to)
	}
	d.drawHeader(&p)
	d.drawService(&p)
	return p
}

// own draws an address of an interface, IPv4 if it has one and that is wanted.
func (d *drawer) own(i Interface, v4 bool) netip.Addr {
	addresses := slices.Clone(i.Addresses)
	for _, p := range i.Delegated {
		addresses = append(addresses, p.Addr(), last(p), plus(p.Addr(), d.rng.IntN(16)))
	}
	if v4 {
		four := slices.DeleteFunc(slices.Clone(addresses), netip.Addr.Is6)
		if len(four) > 0 {
			return pick(d.rng, four)
		}
	}
	return pick(d.rng, addresses)
}

// public draws an address of an interface as the internet sees it.
func (d *drawer) public(i Interface) netip.Addr {
	if len(i.carrier) > 0 && d.chance(0.4) {
		return pick(d.rng, i.carrier)
	}
	addresses := slices.Clone(i.Public)
	for _, a := range i.Addresses {
		if a.Is6() {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) == 0 || d.chance(d.odds.stray) {
		return d.own(i, true)
	}
	return pick(d.rng, addresses)
}

// internet draws an address outside the network, often at a border that rules mention.
func (d *drawer) internet(v4 bool) netip.Addr {
	for range 4 {
		if !d.chance(0.3) {
			break
		}
		if a := d.border(v4); isInternet(a) {
			return a
		}
	}
	if !v4 {
		return pick(d.rng, []netip.Addr{
			netip.MustParseAddr("2001:db8::7"), netip.MustParseAddr("2001:db8:1::1"), netip.MustParseAddr("2606:4700::1111"),
		})
	}
	return netip.AddrFrom4(pick(d.rng, [][4]byte{
		{198, 51, 100, 7}, {198, 51, 100, byte(d.rng.IntN(256))}, {8, 8, 8, 8}, {8, 8, 8, byte(d.rng.IntN(256))},
		{192, 0, 2, 1}, {52, 216, 1, 1},
	}))
}

// within draws addresses of two interfaces, of one family if they share one.
func (d *drawer) within(from, to Interface) (source, destination netip.Addr) {
	source = d.own(from, d.chance(0.6))
	for range 6 {
		destination = d.own(to, source.Is4())
		if destination.Is4() == source.Is4() {
			break
		}
		source = d.own(from, d.chance(0.5))
	}
	if source.Is4() && len(to.Public) > 0 && d.chance(0.12) {
		destination = pick(d.rng, to.Public)
	}
	return source, destination
}

// goAstray now and then replaces an end by any address, and sees to one family.
func (d *drawer) goAstray(p *Draw) {
	if d.chance(d.odds.stray) {
		if a := d.border(p.Source.Is4()); d.network.Features.Has(SpecialAddresses) || !d.answeredByAWS(a) {
			p.Source = a
		}
	}
	if d.chance(d.odds.stray) {
		p.Destination = d.border(p.Destination.Is4())
		if d.chance(0.25) {
			p.Destination = d.special(p.Source.Is4())
		}
	}
	if p.Source.Is4() != p.Destination.Is4() || !d.network.Features.Has(SpecialAddresses) && d.answeredByAWS(p.Destination) {
		p.Destination = d.internet(p.Source.Is4())
	}
}

// drawFeatured turns a packet between two interfaces, or its ends, into one that a feature of the network decides about.
func (d *drawer) drawFeatured(p *Draw, from, to Interface) {
	switch f := pick(d.rng, d.network.Features.list()); {
	case (f == TransitGateways || f == VPNGateways) && len(d.network.Edges) > 0:
		d.drawEdge(p, from, to)
	case p.From == Internet:
		return
	case f == NAT64:
		six := slices.DeleteFunc(slices.Clone(from.Addresses), netip.Addr.Is4)
		if len(six) > 0 {
			d.toIPv4Host(p, pick(d.rng, six), to)
		}
	case f == SpecialAddresses:
		p.Destination = d.special(p.Source.Is4())
		if d.chance(0.85) {
			p.To = p.Destination.String()
		}
	case f == GatewayEndpoints:
		p.To, p.Destination = Internet, netip.MustParseAddr("2001:db8:5::7")
		if p.Source.Is4() {
			p.Destination = netip.AddrFrom4(pick(d.rng, [][4]byte{{52, 216, 1, 1}, {52, 216, 0, byte(d.rng.IntN(256))}, {52, 217, 255, 255}, {52, 218, 0, 0},
				{198, 51, 100, byte(120 + d.rng.IntN(136))}, {3, 218, 183, 255}}))
		}
	case f == Carrier || f == RegionalNAT || f == EgressOnly:
		p.To, p.Destination = Internet, d.internet(p.Source.Is4())
	}
}

// toIPv4Host makes a packet an IPv6 one to an IPv4 host, as DNS64 gives its address: of the other end, of the internet, or any.
func (d *drawer) toIPv4Host(p *Draw, source netip.Addr, to Interface) {
	host := d.internet(true)
	switch {
	case p.To != Internet:
		host = d.own(to, true)
		if len(to.Public) > 0 && d.chance(0.2) {
			host = pick(d.rng, to.Public)
		}
	case d.chance(0.2):
		host = d.border(true)
	}
	if !host.Is4() {
		return
	}
	a, four := [16]byte{0x00, 0x64, 0xff, 0x9b}, host.As4()
	copy(a[12:], four[:])
	p.Source, p.Destination = source, netip.AddrFrom16(a)
	if d.chance(0.1) {
		p.To = p.Destination.String()
	}
}

// drawService gives most packets to a special address the protocol and port that are served there, or a neighbour's.
func (d *drawer) drawService(p *Draw) {
	if !d.network.Features.Has(SpecialAddresses) || !d.answeredByAWS(p.Destination) || d.chance(0.3) {
		return
	}
	p.ICMPType, p.ICMPCode = 0, 0
	p.SourcePort = d.clientPort()
	p.Protocol, p.DestinationPort = pick(d.rng, []uint8{protoUDP, protoTCP}), 53
	switch text := p.Destination.String(); {
	case d.chance(0.15):
		p.DestinationPort = pick(d.rng, []uint16{53, 80, 123})
	case strings.HasSuffix(text, "169.123"), strings.HasSuffix(text, "::123"):
		p.DestinationPort = 123
	case strings.HasSuffix(text, "169.254"), strings.HasSuffix(text, "::254"):
		p.DestinationPort = 80
	}
}

// answeredByAWS reports whether a destination is one of those at which AWS itself answers.
func (d *drawer) answeredByAWS(a netip.Addr) bool {
	return netip.MustParsePrefix("169.254.168.0/22").Contains(a) || netip.MustParsePrefix("fd00:ec2::/32").Contains(a) ||
		slices.Contains(d.network.resolver, a)
}

// special draws an address that AWS itself answers at, or one that belongs to no host (D-15).
func (d *drawer) special(v4 bool) netip.Addr {
	words := []string{"fd00:ec2::253", "fd00:ec2::253", "fd00:ec2::254", "fd00:ec2::123", "fd00:ec2::1", "ff02::1", "fe80::1", "::1"}
	if v4 {
		words = []string{"169.254.169.253", "169.254.169.254", "169.254.169.123", "169.254.168.1", "10.0.0.2", "224.0.0.1",
			"255.255.255.255", "127.0.0.1", "169.254.1.1"}
	}
	if d.network.Features.Has(SpecialAddresses) {
		words = append(words, "fd00:ec2:80::5", "fd00:ec2:80:1::")
		if v4 {
			words = append(words[:len(words)-2], "169.254.171.5", "169.254.172.0", "169.254.167.255")
			for _, a := range d.network.resolver {
				words = append(words, a.String(), a.String(), a.Next().String(), a.Prev().String())
			}
		}
	}
	return netip.MustParseAddr(pick(d.rng, words))
}

// border draws an address at the edge of a prefix that the network mentions, one before it or one after.
func (d *drawer) border(v4 bool) netip.Addr {
	for range 8 {
		p := pick(d.rng, d.network.Prefixes)
		if p.Addr().Is4() != v4 {
			continue
		}
		a := pick(d.rng, []netip.Addr{p.Addr(), last(p), p.Addr().Prev(), last(p).Next()})
		if a.IsValid() {
			return a
		}
	}
	if v4 {
		return netip.AddrFrom4([4]byte{198, 51, 100, 7})
	}
	return netip.MustParseAddr("2001:db8::7")
}

// drawHeader draws the protocol and what goes with it.
func (d *drawer) drawHeader(p *Draw) {
	icmp := uint8(protoICMP)
	if p.Source.Is6() {
		icmp = protoICMPv6
	}
	p.Protocol = weighted(d.rng, []weight[uint8]{{10, protoTCP}, {6, protoUDP}, {3, icmp}, {1, 0}})
	switch p.Protocol {
	case protoTCP, protoUDP:
		p.SourcePort, p.DestinationPort = d.clientPort(), d.serverPort()
	case icmp:
		p.ICMPType, p.ICMPCode = d.icmp(p.Source.Is4())
	default: // no ports: ESP, GRE, SCTP, and now and then the other family's ICMP
		p.Protocol = pick(d.rng, []uint8{protoESP, protoESP, protoGRE, protoSCTP, protoICMP + protoICMPv6 - icmp})
		if p.Protocol == protoICMP || p.Protocol == protoICMPv6 {
			p.ICMPType, p.ICMPCode = d.icmp(p.Protocol == protoICMP)
		}
	}
}

func (d *drawer) clientPort() uint16 {
	if d.chance(0.15) {
		return d.borderPort()
	}
	return uint16(1024 + d.rng.IntN(65536-1024))
}

func (d *drawer) serverPort() uint16 {
	switch d.rng.IntN(10) {
	case 0:
		return uint16(d.rng.IntN(65536))
	case 1, 2, 3:
		return pick(d.rng, []uint16{22, 80, 443, 8080})
	}
	return d.borderPort()
}

// borderPort draws an end of a range that the network mentions, one below it or one above.
func (d *drawer) borderPort() uint16 {
	if len(d.network.Ports) == 0 {
		return pick(d.rng, []uint16{0, 1, 1023, 1024, 65535})
	}
	port := int(pick(d.rng, d.network.Ports)) + d.rng.IntN(3) - 1
	return uint16(min(max(port, 0), 65535))
}

// icmp draws a type and code: mostly the echo request, else what rules mention or anything.
func (d *drawer) icmp(v4 bool) (kind, code uint8) {
	switch {
	case d.chance(0.5):
		if v4 {
			return 8, 0
		}
		return 128, 0
	case len(d.network.ICMP) > 0 && d.chance(0.7):
		m := pick(d.rng, d.network.ICMP)
		return uint8(max(m.Type, 0)), uint8(max(m.Code, 0) + int16(d.rng.IntN(2)))
	}
	return uint8(d.rng.IntN(256)), uint8(d.rng.IntN(4))
}

// last returns the highest address of a prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(b); bit++ {
		b[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(b) // its length is that of an address
	return a
}

// isInternet reports whether an address is one of the internet's (D-4).
func isInternet(a netip.Addr) bool {
	if a.Is6() {
		return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20}), 3).Contains(a)
	}
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10)
	return !a.IsPrivate() && !shared.Contains(a)
}
