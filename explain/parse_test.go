package explain

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/model/packet"
)

// matchOf reads headers back, as a program that reads the contract would.
func matchOf(t testing.TB, h headers) packet.Match {
	t.Helper()
	m := packet.Match{Family: map[string]packet.Family{"ipv4": packet.IPv4, "ipv6": packet.IPv6}[h.Family],
		Source: cidrs(t, h.Source), Destination: cidrs(t, h.Destination)}
	if h.Protocol != "all" {
		for _, word := range strings.Split(h.Protocol, ",") {
			m.Protocols = append(m.Protocols, protocolRange(t, word))
		}
	}
	for _, r := range h.SourcePorts {
		m.SourcePorts = append(m.SourcePorts, packet.PortRange{From: uint16(r.From), To: uint16(r.To)})
	}
	for _, r := range h.DestinationPorts {
		m.DestinationPorts = append(m.DestinationPorts, packet.PortRange{From: uint16(r.From), To: uint16(r.To)})
	}
	if h.ICMP != nil {
		m.ICMPTypes, m.ICMPCodes = byteRanges(h.ICMP.Types), byteRanges(h.ICMP.Codes)
	}
	return m
}

func protocolRange(t testing.TB, word string) packet.ByteRange {
	t.Helper()
	if n, ok := packet.ParseProtocol(word); ok {
		return packet.ByteRange{From: n, To: n}
	}
	lo, hi, ok := strings.Cut(word, "-")
	from, err1 := strconv.Atoi(lo)
	to, err2 := strconv.Atoi(hi)
	if !ok || err1 != nil || err2 != nil {
		t.Fatalf("protocol %q", word)
	}
	return packet.ByteRange{From: uint8(from), To: uint8(to)}
}

func byteRanges(list []portRange) []packet.ByteRange {
	var out []packet.ByteRange
	for _, r := range list {
		out = append(out, packet.ByteRange{From: uint8(r.From), To: uint8(r.To)})
	}
	return out
}

func cidrs(t testing.TB, list []string) []netip.Prefix {
	t.Helper()
	out := []netip.Prefix{}
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}
