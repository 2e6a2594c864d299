package solver

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Filters of a question: components that its requests have to pass or must not meet (D-190), and the headers that it takes as
// arrived (D-191). The reply is not filtered. Nothing here knows a component: what packets meet at a state is what its stage shows.

// maxThrough bounds how many components a question can require: each is a bit of state.visited.
const maxThrough = 64

// checkFilters refuses filters that cannot be asked.
func (q *Query) checkFilters(n *model.Network) error {
	if len(q.Through) > maxThrough {
		return fmt.Errorf("%d components to pass are too many: at most %d", len(q.Through), maxThrough)
	}
	for _, r := range q.Through {
		if slices.Contains(q.Exclude, r) {
			return fmt.Errorf("%s cannot be both required and excluded (--through, --exclude)", n.ID(r))
		}
	}
	m := &q.AtDestination
	if m.Family != 0 || m.ICMPTypes != nil || m.ICMPCodes != nil {
		return errors.New("a filter at the destination knows addresses, ports and protocols only")
	}
	return nil
}

// meet notes what the packets of s have come to, and refuses them where that is excluded. It reports whether they go on.
func (w *walk) meet(s *state) bool {
	if s.leg == Return || len(w.q.Through)+len(w.q.Exclude) == 0 {
		return true
	}
	for _, at := range w.met(s) {
		if i := slices.Index(w.q.Through, at); i >= 0 {
			s.visited |= 1 << i
		}
		if slices.Contains(w.q.Exclude, at) {
			w.refuse(s, s.set, Blocker{Code: ComponentRemoved, At: at})
			if !w.relaxed {
				return false
			}
		}
	}
	return true
}

// met is the components that packets meet at s: those of its row, the instance of an interface, every group of an interface whose
// groups are asked.
func (w *walk) met(s *state) []model.Ref {
	if s.stage.row == nil {
		return nil
	}
	h := s.stage.row(w, s)
	if h.At.Kind != model.KindSecurityGroup {
		return []model.Ref{h.At, h.Gateway, h.Attached}
	}
	var out []model.Ref
	for _, g := range w.n.Interfaces[h.Attached.Index].Groups {
		out = append(out, model.Ref{Kind: model.KindSecurityGroup, Index: g})
	}
	return out
}

// excluded says whether a component that no stage stands for is excluded: packets that are stopped before it go no further anyway.
func (w *walk) excluded(s *state, at model.Ref) bool {
	return s.leg == Forward && at != s.ref && slices.Contains(w.q.Exclude, at)
}

// headerFilter is one field of a filter at the destination.
type headerFilter struct {
	code Code
	set  packet.Set
}

// destinationFilters are the fields that the filter at the destination names (D-191).
func (w *walk) destinationFilters() []headerFilter {
	var out []headerFilter
	add := func(named bool, code Code, m packet.Match) {
		if named {
			out = append(out, headerFilter{code, w.p.Of(m)})
		}
	}
	m := &w.q.AtDestination
	add(m.Source != nil, FilterDestinationSourceAddress, packet.Match{Source: m.Source})
	add(m.SourcePorts != nil, FilterDestinationSourcePort, packet.Match{SourcePorts: m.SourcePorts})
	add(m.Destination != nil, FilterDestinationAddress, packet.Match{Destination: m.Destination})
	add(m.DestinationPorts != nil, FilterDestinationPort, packet.Match{DestinationPorts: m.DestinationPorts})
	add(m.Protocols != nil, FilterDestinationProtocol, packet.Match{Protocols: m.Protocols})
	return out
}

// arrived asks the filters of requests that have arrived at s: every end of a request comes here. It returns those that pass.
func (w *walk) arrived(s *state, set packet.Set) packet.Set {
	for i, r := range w.q.Through {
		set = w.demand(s, set, s.visited&(1<<i) != 0, Blocker{Code: ComponentFilter, At: r})
	}
	for _, f := range w.destinationFilters() {
		set = w.require(s, set, f.set, Blocker{Code: f.code, At: s.ref})
	}
	return set
}

// translators are the codes that say how a NAT gateway on the way is why a filter at the destination refuses (D-191).
var translators = map[Code]Code{
	FilterDestinationSourceAddress: NATSourceReassign,
	FilterDestinationSourcePort:    NATRemapsPort,
	FilterDestinationAddress:       NATKeepsDestination,
}

// translated is the blocker at the NAT gateway that made the header what a filter at the destination refuses.
func (s *state) translated(b Blocker) (Blocker, bool) {
	code, ok := translators[b.Code]
	if !ok {
		return b, false
	}
	for f := s.frame; f != nil; f = f.outer {
		switch {
		case f.device.Kind == model.KindNATGateway:
			b.Code, b.At = code, f.device
			return b, true
		case f.inbound && code == NATKeepsDestination: // changed since
			return b, false
		}
	}
	return b, false
}
