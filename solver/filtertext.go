package solver

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcreach/vpcreach/model/packet"
)

const filterForm = "write SourceAddress=…,SourcePortRange={FromPort=…,ToPort=…},DestinationAddress=…,DestinationPortRange={FromPort=…,ToPort=…}, as many of them as needed"

// ParseFilter reads a filter as AWS's command line spells FilterAtSource and FilterAtDestination (D-191): fields with commas between
// them, port ranges in braces. A port or range may stand without braces (443, 80-90), an address may be a CIDR, and a filter
// at the destination may name a Protocol too.
func ParseFilter(text string) (packet.Match, error) {
	var m packet.Match
	seen := map[string]bool{}
	for _, field := range filterFields(text) {
		name, value, _ := strings.Cut(field, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if seen[name] {
			return m, fmt.Errorf("filter %q: %s comes twice", text, name)
		}
		seen[name] = true
		var err error
		switch name {
		case "SourceAddress":
			m.Source, err = filterAddress(value)
		case "DestinationAddress":
			m.Destination, err = filterAddress(value)
		case "SourcePortRange":
			m.SourcePorts, err = filterPorts(value)
		case "DestinationPortRange":
			m.DestinationPorts, err = filterPorts(value)
		case "Protocol":
			m.Protocols, err = filterProtocol(value)
		default:
			return m, fmt.Errorf("filter %q: no field %q; %s", text, name, filterForm)
		}
		if err != nil {
			return m, fmt.Errorf("filter %q: %s: %w", text, name, err)
		}
	}
	return m, nil
}

// filterFields divides at commas outside braces.
func filterFields(text string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range text {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == ',' && depth == 0:
			out = append(out, text[start:i])
			start = i + 1
		}
	}
	return append(out, text[start:])
}

func filterAddress(text string) ([]netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return []netip.Prefix{single(a)}, nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, fmt.Errorf("%q is neither an address nor a CIDR", text)
	}
	return []netip.Prefix{p.Masked()}, nil
}

func filterPorts(text string) ([]packet.PortRange, error) {
	inner, opened := strings.CutPrefix(text, "{")
	inner, closed := strings.CutSuffix(inner, "}")
	if !opened || !closed {
		return filterPortList(text)
	}
	from, to := "", ""
	for _, field := range strings.Split(inner, ",") {
		name, value, _ := strings.Cut(field, "=")
		switch strings.TrimSpace(name) {
		case "FromPort":
			from = strings.TrimSpace(value)
		case "ToPort":
			to = strings.TrimSpace(value)
		default:
			return nil, fmt.Errorf("no field %q: write {FromPort=80,ToPort=90}", name)
		}
	}
	if from == "" || to == "" {
		return nil, errors.New("both ends are needed: write {FromPort=80,ToPort=90}")
	}
	return filterPortList(from + "-" + to)
}

func filterPortList(text string) ([]packet.PortRange, error) {
	ports, err := ParsePorts(text)
	if err == nil && ports == nil { // "all": packets with ports, whichever
		ports = []packet.PortRange{{From: 0, To: 65535}}
	}
	return ports, err
}

func filterProtocol(text string) ([]packet.ByteRange, error) {
	p, err := ParseProtocol(text)
	switch {
	case err != nil:
		return nil, err
	case p.Any || p.Ports != nil || p.Type >= 0 || p.Code >= 0:
		return nil, fmt.Errorf("%q: name one protocol, without ports", text)
	case p.ICMP:
		return []packet.ByteRange{{From: packet.ICMP, To: packet.ICMP}, {From: packet.ICMPv6, To: packet.ICMPv6}}, nil
	}
	return one(p.Number), nil
}

// FilterAtSource narrows the question by a filter at the source (D-192). What the filter names must not be narrowed already.
func (q *Query) FilterAtSource(m packet.Match) error {
	twice := func(given bool, option, field string) error {
		if !given {
			return nil
		}
		return fmt.Errorf("the filter at the source and %s both name the %s: leave one out", option, field)
	}
	if m.Protocols != nil {
		return errors.New("a filter at the source has no Protocol: the question itself names it")
	}
	for _, err := range []error{
		twice(m.Source != nil && q.SourceAddresses != nil, "source-address", "source address"),
		twice(m.SourcePorts != nil && q.SourcePorts != nil, "source-port", "source port"),
		twice(m.Destination != nil && q.DestinationAddresses != nil, "destination-address", "destination address"),
		twice(m.DestinationPorts != nil && q.Protocol.Ports != nil, "the protocol", "destination port"),
	} {
		if err != nil {
			return err
		}
	}
	if ported := !q.Protocol.Any && (q.Protocol.Number == packet.TCP || q.Protocol.Number == packet.UDP); m.DestinationPorts != nil && !ported {
		return errors.New("DestinationPortRange needs a protocol that has ports: ask for tcp or udp")
	}
	if m.Source != nil {
		q.SourceAddresses = m.Source
	}
	if m.SourcePorts != nil {
		q.SourcePorts = m.SourcePorts
	}
	if m.Destination != nil {
		q.DestinationAddresses = m.Destination
	}
	if m.DestinationPorts != nil {
		q.Protocol.Ports = m.DestinationPorts
	}
	return nil
}
