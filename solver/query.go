package solver

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Reading is how a question is judged (design P4).
type Reading uint8

// The readings.
const (
	Strict Reading = iota // a session works: the reply is judged too, every branch AWS may take is followed
	AWS                   // what AWS's Reachability Analyzer would say, its limits included
)

func (r Reading) String() string {
	if r == AWS {
		return "aws"
	}
	return "strict"
}

// ParseReading reads "strict" or "aws".
func ParseReading(text string) (Reading, error) {
	switch text {
	case "strict", "":
		return Strict, nil
	case "aws":
		return AWS, nil
	}
	return Strict, fmt.Errorf("reading %q is not known: use strict or aws", text)
}

// Assume says which gaps of the snapshot are bridged by a stated assumption (design section 5).
type Assume struct {
	// None turns off the assumptions that are made by default: documented defaults of fields that AWS added
	// later, running instances, default network ACLs, Regions of peerings.
	None        bool
	NetworkACLs bool // a network ACL that no answer describes allows
	Gateways    bool // an internet gateway that no answer describes exists and is attached
}

// Query is one question. What is left zero is left open, as D-3 says, but for Protocol: see AnyProtocol.
type Query struct {
	From, To             model.End
	Protocol             Protocol
	SourceAddresses      []netip.Prefix
	DestinationAddresses []netip.Prefix
	SourcePorts          []packet.PortRange
	Reading              Reading
	Assume               Assume

	// Filters (D-190, D-191). Through are components that a request has to pass, in any order; Exclude those that it must not meet.
	// AtDestination is the header that it has to arrive with: addresses, ports and protocols; the zero Match takes any.
	Through, Exclude []model.Ref
	AtDestination    packet.Match
}

// Protocol is the protocol and ports of a question as the command line spells them; ParseProtocol and AnyProtocol make one.
type Protocol struct {
	Any    bool  // every protocol
	Number uint8 // unless Any
	ICMP   bool  // asked as "icmp": ICMP in IPv4 packets, ICMPv6 in IPv6 packets
	Ports  []packet.PortRange
	Type   int // ICMP type, -1 for any
	Code   int // ICMP code, -1 for any
}

// AnyProtocol is a question about every protocol.
var AnyProtocol = Protocol{Any: true, Type: -1, Code: -1}

// ParseProtocol reads PROTOCOL[/PORTS]: tcp/443, udp/53,5000-5010, tcp, icmp, icmp/8, icmp/8/0, esp, 50, any.
func ParseProtocol(text string) (Protocol, error) {
	if text == "" || text == "any" || text == "all" || text == "-1" {
		return AnyProtocol, nil
	}
	name, rest, hasRest := strings.Cut(text, "/")
	p := Protocol{Type: -1, Code: -1}
	if n, err := strconv.ParseUint(name, 10, 8); err == nil {
		p.Number = uint8(n)
	} else if n, ok := packet.ParseProtocol(strings.ToLower(name)); ok {
		p.Number, p.ICMP = n, strings.EqualFold(name, "icmp")
	} else {
		return p, fmt.Errorf("protocol %q is not known: use tcp, udp, icmp, another IANA name, a number from 0 to 255, or any", name)
	}
	if !hasRest {
		return p, nil
	}
	switch p.Number {
	case packet.TCP, packet.UDP:
		ports, err := ParsePorts(rest)
		p.Ports = ports
		return p, err
	case packet.ICMP, packet.ICMPv6:
		return p, p.parseTypeCode(rest)
	}
	return p, fmt.Errorf("%q: protocol %s has no ports; leave out %q", text, packet.ProtocolName(p.Number), "/"+rest)
}

func (p *Protocol) parseTypeCode(text string) error {
	typ, code, hasCode := strings.Cut(text, "/")
	for _, f := range []struct {
		text string
		to   *int
		has  bool
	}{{typ, &p.Type, true}, {code, &p.Code, hasCode}} {
		if !f.has || f.text == "-1" {
			continue
		}
		n, err := strconv.ParseUint(f.text, 10, 8)
		if err != nil {
			return fmt.Errorf("ICMP type and code %q: use TYPE or TYPE/CODE with numbers from 0 to 255, such as 8/0 for an echo request", text)
		}
		*f.to = int(n)
	}
	return nil
}

// ParsePorts reads ports and port ranges separated by commas: 443, 80,443, 5000-5010.
func ParsePorts(text string) ([]packet.PortRange, error) {
	if text == "" || text == "all" || text == "any" {
		return nil, nil
	}
	var out []packet.PortRange
	for _, item := range strings.Split(text, ",") {
		lo, hi, isRange := strings.Cut(item, "-")
		if !isRange {
			hi = lo
		}
		from, err1 := strconv.ParseUint(strings.TrimSpace(lo), 10, 16)
		to, err2 := strconv.ParseUint(strings.TrimSpace(hi), 10, 16)
		if err1 != nil || err2 != nil || from > to {
			return nil, fmt.Errorf("ports %q: use numbers from 0 to 65535, ranges such as 5000-5010, and commas between them", text)
		}
		out = append(out, packet.PortRange{From: uint16(from), To: uint16(to)})
	}
	return out, nil
}

func (p Protocol) String() string {
	if p.Any {
		return "any"
	}
	s := packet.ProtocolName(p.Number)
	if p.Number == packet.ICMP && !p.ICMP { // "icmp" would ask about ICMPv6 too
		s = "1"
	}
	for i, r := range p.Ports {
		s += map[bool]string{true: "/", false: ","}[i == 0] + portText(r)
	}
	if p.Type >= 0 || p.Code >= 0 {
		s += "/" + strconv.Itoa(p.Type)
	}
	if p.Code >= 0 {
		s += "/" + strconv.Itoa(p.Code)
	}
	return s
}

func portText(r packet.PortRange) string {
	if r.From == r.To {
		return strconv.Itoa(int(r.From))
	}
	return strconv.Itoa(int(r.From)) + "-" + strconv.Itoa(int(r.To))
}

// matches are the packets of the protocol with the client ports given; nil ports mean those of the reading.
func (q *Query) matches() []packet.Match {
	client := q.SourcePorts
	if client == nil && q.Reading == Strict {
		client = []packet.PortRange{{From: 1024, To: 65535}}
	}
	p := q.Protocol
	if q.Reading == AWS {
		return []packet.Match{{Family: packet.IPv4, Protocols: one(p.Number), DestinationPorts: p.Ports, SourcePorts: client}}
	}
	ports := func(n uint8) packet.Match {
		return packet.Match{Protocols: one(n), DestinationPorts: p.Ports, SourcePorts: client}
	}
	if p.Any {
		out := []packet.Match{ports(packet.TCP), ports(packet.UDP)}
		if q.SourcePorts == nil || allPorts(q.SourcePorts) {
			out = append(out, packet.Match{Protocols: []packet.ByteRange{{From: 0, To: 5}, {From: 7, To: 16}, {From: 18, To: 255}}})
		}
		return out
	}
	if p.Number == packet.TCP || p.Number == packet.UDP {
		return []packet.Match{ports(p.Number)}
	}
	m := packet.Match{Protocols: one(p.Number)}
	if p.Type >= 0 {
		m.ICMPTypes = one(uint8(p.Type))
	}
	if p.Code >= 0 {
		m.ICMPCodes = one(uint8(p.Code))
	}
	if !p.ICMP {
		return []packet.Match{m}
	}
	v4, v6 := m, m
	v4.Family, v6.Family, v6.Protocols = packet.IPv4, packet.IPv6, one(packet.ICMPv6)
	if p.Type == 8 && p.Code <= 0 { // an echo request is type 128 in ICMPv6: "icmp/8" means a ping in both families
		v6.ICMPTypes = one(128)
	}
	return []packet.Match{v4, v6}
}

func one(n uint8) []packet.ByteRange { return []packet.ByteRange{{From: n, To: n}} }

// maxPairs bounds how many pairs of interfaces one question can be about: some ten seconds' work.
const maxPairs = 1_000_000

// check refuses what cannot be asked.
func (q *Query) check() error {
	if p := q.Protocol; !p.Any && (p.Type >= 0 || p.Code >= 0) && p.Number != packet.ICMP && p.Number != packet.ICMPv6 {
		return fmt.Errorf("protocol %s has no ICMP type: make it with ParseProtocol, or use AnyProtocol", packet.ProtocolName(p.Number))
	}
	if q.Reading == AWS && (q.Protocol.Any || (q.Protocol.Number != packet.TCP && q.Protocol.Number != packet.UDP)) {
		return fmt.Errorf("--reading aws knows tcp and udp only, not %s: name one of them, or leave out --reading aws", q.Protocol)
	}
	if internet(&q.From) && internet(&q.To) {
		return errors.New("FROM and TO are both the internet: one end must be inside the snapshot")
	}
	if q.From.Kind == model.EndSpecial {
		return fmt.Errorf("%s is an address of AWS's own services, which answer and start nothing: it can be TO only", q.From.Text)
	}
	if q.From.Kind == model.EndTransit && q.To.Kind == model.EndTransit && (q.To.Ref.Kind == model.KindTransitGateway || q.From.Ref == q.To.Ref) {
		return fmt.Errorf("%s to %s: what comes out of a transit gateway's attachment is in the gateway already; ask for another attachment, an interface or an address", q.From.Text, q.To.Text)
	}
	if pairs := len(q.From.Interfaces) * len(q.To.Interfaces); pairs > maxPairs {
		return fmt.Errorf("%s and %s hold %d interfaces and %d: more than %d pairs; ask for narrower CIDRs", q.From.Text, q.To.Text,
			len(q.From.Interfaces), len(q.To.Interfaces), maxPairs)
	}
	if len(q.From.Interfaces) == 1 && len(q.To.Interfaces) == 1 && q.From.Interfaces[0] == q.To.Interfaces[0] {
		return fmt.Errorf("FROM and TO are the same interface (%s and %s)", q.From.Text, q.To.Text)
	}
	return nil
}

// allPorts says whether the list names every port, and so does not mean to leave out protocols without ports.
func allPorts(ports []packet.PortRange) bool {
	return len(ports) == 1 && ports[0] == packet.PortRange{From: 0, To: 65535}
}
