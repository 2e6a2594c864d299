package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// closed are the codes of refusals that lie in the packets or the question: no change of the network opens them (D-192). Package
// explain calls all of them unfixable.
var closed = map[Code]bool{
	ComponentFilter: true, ComponentRemoved: true,
	FilterDestinationSourceAddress: true, FilterDestinationSourcePort: true, FilterDestinationAddress: true,
	FilterDestinationPort: true, FilterDestinationProtocol: true,
	InternetDestinationRFC1918: true, InternetDestinationRFC6598: true,
	InternetSourceRFC1918: true, InternetSourceRFC6598: true,
	PeeringRequiresAddress: true, ProtocolRestriction: true, RejectsSpoofed: true,
	GatewayEndpointProtocol: true, GatewayEndpointSource: true, EndpointStarts: true,
}

// Closed says whether the blocker lies in the packets or the question, so that no change of the network opens it (D-192).
func (b *Blocker) Closed() bool { return closed[b.Code] || b.Reason == ReasonNotInternet }

// sourceFilter is one field that the question narrows at the source.
type sourceFilter struct {
	code  Code
	given bool
	drop  func(q *Query)
}

// sourceFilters are the fields by which the question narrows what leaves FROM.
func (q *Query) sourceFilters() []sourceFilter {
	return []sourceFilter{
		{FilterSourceAddress, q.SourceAddresses != nil, func(q *Query) { q.SourceAddresses = nil }},
		{FilterSourcePort, q.SourcePorts != nil, func(q *Query) { q.SourcePorts = nil }},
		{FilterSourceDestinationAddress, q.DestinationAddresses != nil, func(q *Query) { q.DestinationAddresses = nil }},
		{FilterSourceDestinationPort, q.Protocol.Ports != nil, func(q *Query) { q.Protocol.Ports = nil }},
		{FilterSourceProtocol, !q.Protocol.Any, (*Query).dropProtocol},
	}
}

// dropProtocol leaves the protocol open; in reading aws, which has two, it is the other one.
func (q *Query) dropProtocol() {
	p := AnyProtocol
	p.Ports = q.Protocol.Ports
	if q.Reading == AWS {
		p.Number = packet.TCP + packet.UDP - q.Protocol.Number
	}
	q.Protocol = p
}

// blameFilters lists what D-192 says of the filters of a question that is blocked.
func (r *Result) blameFilters() {
	switch {
	case r.within:
		return
	case !r.openable:
		r.blameSource()
	}
	r.blamePrivate()
}

// blameSource lists the filters at the source that leave nothing to open: without one of them there would be a path that works or
// can be opened.
func (r *Result) blameSource() {
	at := r.startRef()
	for _, f := range r.Query.sourceFilters() {
		if !f.given || f.code == FilterSourceProtocol && r.Query.Reading == AWS && !r.refusesProtocol() {
			continue
		}
		q := r.Query
		f.drop(&q)
		if len(q.From.Interfaces) > 0 { // one start tells as much as all
			q.From = model.End{Text: q.From.Text, Ref: q.From.Ref, Interfaces: []int32{at.Index}, Prefixes: q.From.Prefixes, Public: q.From.Public}
		}
		other := &Result{Network: r.Network, Query: q, Pool: r.Network.Pool().Scratch(), budget: r.budget, within: true}
		if err := other.answer(); err == nil && (other.Verdict <= Ambiguous || other.openable) {
			r.Blockers = append(r.Blockers, Blocker{Code: f.code, At: at, Packets: r.Blocked, Witness: r.Witness})
		}
	}
}

// refusesProtocol says whether a blocker is about the protocol as such. In reading aws only then is the question about the other one
// of interest, because UDP is judged without its reply there.
func (r *Result) refusesProtocol() bool {
	return slices.ContainsFunc(r.Blockers, func(b Blocker) bool { return b.Code == ProtocolRestriction || b.Code == FilterDestinationProtocol })
}

// startRef is where the blocked path starts.
func (r *Result) startRef() model.Ref {
	from := &r.Query.From
	for _, h := range r.Forward {
		if h.At.Kind == model.KindInterface && slices.Contains(from.Interfaces, h.At.Index) {
			return h.At
		}
	}
	switch {
	case len(from.Interfaces) > 0:
		return model.Ref{Kind: model.KindInterface, Index: from.Interfaces[0]}
	case !from.Ref.IsZero():
		return from.Ref
	case from.Kind == model.EndInternet:
		return model.Ref{Kind: model.KindInternet}
	}
	return r.Query.To.Ref
}

// blamePrivate lists filters by a private address where an internet gateway is the end that they stand at (D-192).
func (r *Result) blamePrivate() {
	q := &r.Query
	var filters []netip.Prefix
	if internet(&q.From) {
		filters = append(filters, q.SourceAddresses...)
		filters = append(filters, q.DestinationAddresses...)
	}
	if internet(&q.To) {
		filters = append(filters, q.AtDestination.Source...)
		filters = append(filters, q.AtDestination.Destination...)
	}
	private := func(p netip.Prefix) bool {
		return slices.ContainsFunc(model.PrivateSpace, func(s netip.Prefix) bool { return s.Overlaps(p) && p.Bits() >= s.Bits() })
	}
	if slices.ContainsFunc(filters, private) {
		r.Blockers = append(r.Blockers, Blocker{Code: ExpectsPublicAddress, At: r.gatewayEnd(), Packets: r.Blocked, Witness: r.Witness})
	}
}

// gatewayEnd is the internet gateway at the end of the question: the one named, else the one on the path shown, else the internet.
func (r *Result) gatewayEnd() model.Ref {
	for _, e := range []*model.End{&r.Query.From, &r.Query.To} {
		if e.Kind == model.EndGateway {
			return e.Ref
		}
	}
	for _, h := range r.Forward {
		if h.At.Kind == model.KindInternetGateway {
			return h.At
		}
	}
	return model.Ref{Kind: model.KindInternet}
}
