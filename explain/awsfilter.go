package explain

import (
	"cmp"
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// Explanations of a question's filters name what the filter takes (D-191, D-192).
func init() {
	destination := func(a *analyst) *packet.Match { return &a.r.Query.AtDestination }
	source := func(a *analyst) *packet.Match {
		q := &a.r.Query
		return &packet.Match{Source: q.SourceAddresses, SourcePorts: q.SourcePorts, Destination: q.DestinationAddresses, DestinationPorts: q.Protocol.Ports}
	}
	for _, at := range []struct {
		filter                                                func(a *analyst) *packet.Match
		sources, sourcePorts, destinations, destinationsPorts solver.Code
	}{
		{destination, solver.FilterDestinationSourceAddress, solver.FilterDestinationSourcePort, solver.FilterDestinationAddress, solver.FilterDestinationPort},
		{source, solver.FilterSourceAddress, solver.FilterSourcePort, solver.FilterSourceDestinationAddress, solver.FilterSourceDestinationPort},
	} {
		explainCode(filterAddresses(func(a *analyst) []netip.Prefix { return at.filter(a).Source }), at.sources)
		explainCode(filterAddresses(func(a *analyst) []netip.Prefix { return at.filter(a).Destination }), at.destinations)
		explainCode(filterPorts(func(a *analyst) []packet.PortRange { return at.filter(a).SourcePorts }), at.sourcePorts)
		explainCode(filterPorts(func(a *analyst) []packet.PortRange { return at.filter(a).DestinationPorts }), at.destinationsPorts)
	}
}

func filterAddresses(of func(a *analyst) []netip.Prefix) func(*analyst, *solver.Blocker, *Explanation) {
	return func(a *analyst, _ *solver.Blocker, e *Explanation) { e.Addresses = fours(of(a)) }
}

func filterPorts(of func(a *analyst) []packet.PortRange) func(*analyst, *solver.Blocker, *Explanation) {
	return func(a *analyst, _ *solver.Blocker, e *Explanation) {
		if ranges := of(a); ranges != nil {
			e.PortRanges = headerPorts(ranges)
		}
	}
}

// filterArns are the ARNs of the components that the question requires and excludes; the id of one that has none.
func (a *analyst) filterArns() (in, out []string) {
	arn := func(r model.Ref) string {
		res := a.n.Resource(r)
		return cmp.Or(res.ARN, res.ID)
	}
	for _, r := range a.r.Query.Through {
		in = append(in, arn(r))
	}
	for _, r := range a.r.Query.Exclude {
		out = append(out, arn(r))
	}
	return in, out
}
