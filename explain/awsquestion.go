package explain

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// questionOf is the question that an analysis answers, in reading aws: that of its path, else, as far as the rows and their headers tell,
// the one that they show.
func (x *AWSAnswers) questionOf(n *model.Network, a *NetworkInsightsAnalysis) (q solver.Query, fromRows bool, err error) {
	q = solver.Query{Reading: solver.AWS}
	path := x.path(a)
	if fromRows = path == nil; fromRows {
		err = rowsQuestion(n, a, &q)
	} else {
		err = pathQuestion(n, path, &q)
	}
	if err != nil {
		return q, fromRows, err
	}
	if q.Through, err = namedComponents(n, a.FilterInArns); err != nil {
		return q, fromRows, fmt.Errorf("FilterInArns: %w", err)
	}
	if q.Exclude, err = namedComponents(n, a.FilterOutArns); err != nil {
		return q, fromRows, fmt.Errorf("FilterOutArns: %w", err)
	}
	return q, fromRows, nil
}

func namedComponents(n *model.Network, names []string) (out []model.Ref, err error) {
	for _, name := range names {
		r, err := n.ResolveComponent(name, model.Scope{})
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// pathQuestion reads a path: its ends, and the headers that its filters ask for.
func pathQuestion(n *model.Network, p *NetworkInsightsPath, q *solver.Query) (err error) {
	from, at := cmp.Or(p.FilterAtSource, &PathFilter{}), cmp.Or(p.FilterAtDestination, &PathFilter{})
	to := cmp.Or(p.Destination, p.DestinationArn, p.DestinationIP, from.DestinationAddress)
	if q.From, err = n.Resolve(cmp.Or(p.Source, p.SourceArn), model.Scope{}); err != nil {
		return fmt.Errorf("the path's Source: %w", err)
	}
	if q.To, err = n.Resolve(to, model.Scope{}); err != nil {
		return fmt.Errorf("the path's Destination: %w", err)
	}
	if q.Protocol, err = protocolNamed(p.Protocol); err != nil {
		return err
	}
	if q.SourceAddresses, err = addressFilter(cmp.Or(p.SourceIP, from.SourceAddress)); err != nil {
		return err
	}
	if p.Destination != "" || p.DestinationArn != "" {
		if q.DestinationAddresses, err = addressFilter(cmp.Or(p.DestinationIP, from.DestinationAddress)); err != nil {
			return err
		}
	}
	if q.SourcePorts, err = portFilter(from.SourcePortRange); err != nil {
		return err
	}
	ports := from.DestinationPortRange
	if ports == nil && p.DestinationPort != nil {
		ports = &FilterPortRange{p.DestinationPort, p.DestinationPort}
	}
	if q.Protocol.Ports, err = portFilter(ports); err != nil {
		return err
	}
	return arrivalFilter(at, &q.AtDestination)
}

func arrivalFilter(f *PathFilter, m *packet.Match) (err error) {
	if m.Source, err = addressFilter(f.SourceAddress); err != nil {
		return err
	}
	if m.Destination, err = addressFilter(f.DestinationAddress); err != nil {
		return err
	}
	if m.SourcePorts, err = portFilter(f.SourcePortRange); err != nil {
		return err
	}
	m.DestinationPorts, err = portFilter(f.DestinationPortRange)
	return err
}

// protocolNamed reads the protocol of a path (tcp) or of a header (6).
func protocolNamed(text string) (solver.Protocol, error) {
	p, err := solver.ParseProtocol(strings.ToLower(text))
	if err == nil && (p.Any || p.Number != packet.TCP && p.Number != packet.UDP || p.Ports != nil) {
		err = fmt.Errorf("protocol %q: AWS's analyzer knows tcp and udp", text)
	}
	return p, err
}

func addressFilter(text string) ([]netip.Prefix, error) {
	if text == "" {
		return nil, nil
	}
	return prefixesNamed([]string{text})
}

// prefixesNamed reads addresses and CIDRs.
func prefixesNamed(list []string) (out []netip.Prefix, err error) {
	for _, text := range list {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a CIDR", text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// portFilter reads a range of ports; all of them are no filter.
func portFilter(r *FilterPortRange) ([]packet.PortRange, error) {
	if r == nil || r.FromPort == nil && r.ToPort == nil {
		return nil, nil
	}
	lo, hi := cmp.Or(r.FromPort, r.ToPort), cmp.Or(r.ToPort, r.FromPort)
	return portsNamed([]PortRange{{*lo, *hi}})
}

func portsNamed(list []PortRange) (out []packet.PortRange, err error) {
	for _, r := range list {
		switch {
		case r.From < 0 || r.To > 65535 || r.From > r.To:
			return nil, fmt.Errorf("ports %d to %d are no range of ports", r.From, r.To)
		case r.From == 0 && r.To == 65535:
			return nil, nil
		}
		out = append(out, packet.PortRange{From: uint16(r.From), To: uint16(r.To)})
	}
	return out, nil
}

// rowsQuestion reconstructs a question from the first and the last row, and from the header with which packets leave: those that
// AWS's rules let through, so the question may have been a wider one.
func rowsQuestion(n *model.Network, a *NetworkInsightsAnalysis, q *solver.Query) error {
	lacking := errors.New("its rows do not tell what was asked: give a file with the answer of aws ec2 describe-network-insights-paths too")
	if a.PathID != "" {
		lacking = fmt.Errorf("its rows do not tell what was asked: give a file with the answer of aws ec2 describe-network-insights-paths --network-insights-path-ids %s too", Printable(a.PathID))
	}
	if len(a.Forward) < 2 {
		return lacking
	}
	first, last := &a.Forward[0], &a.Forward[len(a.Forward)-1]
	h := fullHeader(first.InboundHeader, first.OutboundHeader)
	arrived := fullHeader(last.InboundHeader, last.OutboundHeader) != nil || a.NetworkPathFound != nil && *a.NetworkPathFound
	if h == nil || !arrived || first.Component == nil || last.Component == nil || slices.ContainsFunc(a.Explanations, aboutArrival) {
		return lacking
	}
	var err error
	if q.From, err = n.Resolve(cmp.Or(first.Component.ID, first.Component.ARN), model.Scope{}); err != nil {
		return fmt.Errorf("first row: %w", err)
	}
	if q.To, err = n.Resolve(cmp.Or(last.Component.ID, last.Component.ARN), model.Scope{}); err != nil {
		return fmt.Errorf("last row: %w", err)
	}
	return headerQuestion(n, h, q)
}

// aboutArrival says whether an explanation is about a filter at the destination, which no row shows (D-191).
func aboutArrival(e Explanation) bool {
	switch solver.Code(e.ExplanationCode) {
	case solver.NATSourceReassign, solver.NATRemapsPort, solver.NATKeepsDestination:
		return true
	}
	return strings.HasPrefix(e.ExplanationCode, "FILTER_AT_DESTINATION_")
}

func headerQuestion(n *model.Network, h *AnalysisPacketHeader, q *solver.Query) (err error) {
	if q.Protocol, err = protocolNamed(h.Protocol); err != nil {
		return err
	}
	if q.Protocol.Ports, err = portsNamed(h.DestinationPortRanges); err != nil {
		return err
	}
	if q.SourcePorts, err = portsNamed(h.SourcePortRanges); err != nil {
		return err
	}
	if q.SourceAddresses, err = prefixesNamed(h.SourceAddresses); err != nil {
		return err
	}
	if q.DestinationAddresses, err = prefixesNamed(h.DestinationAddresses); err != nil {
		return err
	}
	if beyondGateway(&q.From) && wholeInternet(n, q.SourceAddresses) {
		q.SourceAddresses = nil
	}
	if beyondGateway(&q.To) && wholeInternet(n, q.DestinationAddresses) {
		q.DestinationAddresses = nil
	}
	return nil
}

// fullHeader is the one of two headers that says everything.
func fullHeader(in, out *AnalysisPacketHeader) *AnalysisPacketHeader {
	for _, h := range []*AnalysisPacketHeader{in, out} {
		if h != nil && h.Protocol != "" && h.SourceAddresses != nil && h.DestinationAddresses != nil {
			return h
		}
	}
	return nil
}

// wholeInternet says whether addresses are the internet, as AWS printed it at any time.
func wholeInternet(n *model.Network, list []netip.Prefix) bool {
	p := n.Pool().Scratch()
	set := p.Sources(list...)
	without := p.Subtract(p.OfFamily(packet.IPv4), p.Sources(model.PrivateSpace[:3]...))
	return p.Subset(set, without) && p.Subset(p.Subtract(without, p.Sources(model.PrivateSpace[3], linkLocal)), set)
}
