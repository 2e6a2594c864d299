package explain

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// segment is the part of a leg in which headers stay as they are: from one rewriting component to the next. Its box is what AWS's format
// prints: the packets of the path that the same rules decide about as about the witness, so that the header and the rules that are shown fit
// together, as a product of fields in which no packet stands that does not take the path.
type segment struct {
	set packet.Set
	box packet.Box
	ok  bool // box holds something
}

// rewrites says whether a component changes headers.
func rewrites(h *solver.Hop) bool { return h.In != h.Out && !h.Out.IsEmpty() }

// headers cuts the legs into segments and narrows each to what the rules on the whole path leave of it. The reply passes the
// translations in the opposite order, so its first segment answers the last one of the request.
func (a *analyst) headers() {
	forward, back := a.cut(a.r.Forward), a.cut(a.r.Return)
	for i, s := range back {
		if k := len(forward) - 1 - i; k >= 0 {
			forward[k].narrow(a.p, a.p.Request(s.set))
		}
	}
	jumps := a.jumps(a.r.Forward)
	for i := len(jumps) - 1; i >= 0; i-- {
		forward[i].narrow(a.p, a.p.Forget(forward[i+1].set, jumps[i]))
	}
	for i := range forward {
		if i > 0 {
			forward[i].narrow(a.p, a.p.Forget(forward[i-1].set, jumps[i-1]))
		}
		forward[i].product(a.p, a.r.Witness)
	}
	for i := range back {
		if k := len(forward) - 1 - i; k >= 0 {
			back[i].narrow(a.p, a.p.Reply(forward[k].set))
		}
		back[i].product(a.p, packet.Packet{})
	}
	a.segments = [2][]segment{solver.Forward: forward, solver.Return: back}
}

// cut makes the segments of a leg.
func (a *analyst) cut(hops []solver.Hop) []segment {
	var out []segment
	for i := range hops {
		h := &hops[i]
		if i == 0 {
			out = append(out, segment{set: h.In})
		}
		last := &out[len(out)-1]
		last.narrow(a.p, h.In)
		if len(h.Blockers) == 0 {
			if same, ok := a.decided(h); ok {
				last.narrow(a.p, same)
			}
		}
		if rewrites(h) {
			out = append(out, segment{set: h.Out})
		}
	}
	return out
}

// jumps are the fields that change from one segment to the next.
func (a *analyst) jumps(hops []solver.Hop) []packet.Field {
	var out []packet.Field
	for i := range hops {
		h := &hops[i]
		if !rewrites(h) {
			continue
		}
		var changed packet.Field
		for _, f := range []packet.Field{packet.FieldSource, packet.FieldDestination, packet.FieldSourcePort, packet.FieldDestinationPort} {
			if a.p.Forget(h.In, ^f) != a.p.Forget(h.Out, ^f) {
				changed |= f
			}
		}
		out = append(out, changed)
	}
	return out
}

// narrow keeps what is in both, unless that is nothing.
func (s *segment) narrow(p *packet.Pool, to packet.Set) {
	if both := p.Intersect(s.set, to); !both.IsEmpty() {
		s.set = both
	}
}

// product takes the box of the set that holds the witness, the first where none does.
func (s *segment) product(p *packet.Pool, witness packet.Packet) {
	boxes := p.Boxes(s.set)
	if len(boxes) == 0 {
		return
	}
	s.box, s.ok = boxes[0], true
	if one := p.OfPacket(witness); !one.IsEmpty() {
		if i := slices.IndexFunc(boxes, func(b packet.Box) bool { return p.Overlaps(p.OfBox(b), one) }); i >= 0 {
			s.box = boxes[i]
		}
	}
	s.set = p.OfBox(s.box)
}

// decided is the packets about which the rule of a hop decides.
func (a *analyst) decided(h *solver.Hop) (packet.Set, bool) {
	switch {
	case h.Rule == nil:
	case h.Rule.Group != nil:
		return a.decidedByGroup(h.Rule.Group), true
	case h.Rule.Entry != nil:
		return a.decidedByEntry(h.Rule)
	case h.Rule.Transit != nil:
		return a.decidedByTransit(h.Rule)
	case h.Rule.Route != nil:
		return a.decidedByRoute(h.Rule)
	}
	return packet.Empty, false
}

func (a *analyst) decidedByGroup(r *model.GroupRule) packet.Set {
	set := a.p.Of(r.Headers())
	peer := a.p.Sources
	if r.Egress {
		peer = a.p.Destinations
	}
	switch {
	case r.Peer.IsValid():
		return a.p.Intersect(set, peer(r.Peer))
	case r.List >= 0:
		return a.p.Intersect(set, peer(a.n.PrefixLists[r.List].Entries...))
	}
	return set // whose group it is, the addresses of the path tell
}

// decidedByEntry is what an entry matches and none before it does.
func (a *analyst) decidedByEntry(r *solver.Rule) (packet.Set, bool) {
	rules := &a.n.NetworkACLs[r.Of.Index].Ingress
	if r.Entry.Egress {
		rules = &a.n.NetworkACLs[r.Of.Index].Egress
	}
	before := packet.Empty
	for _, e := range rules.Entries {
		m, err := model.EntryMatch(e)
		if err != nil {
			return packet.Empty, false
		}
		if e == r.Entry {
			return a.p.Subtract(a.p.Of(m), before), true
		}
		before = a.p.Union(before, a.p.Of(m))
	}
	return packet.Empty, false
}

// decidedByRoute is what a route carries and no longer one takes away.
func (a *analyst) decidedByRoute(r *solver.Rule) (packet.Set, bool) {
	t := &a.n.RouteTables[r.Of.Index]
	set := packet.Empty
	for i := range t.Ways {
		if slices.ContainsFunc(t.Ways[i].Routes, func(k int) bool { return &t.Routes[k] == r.Route }) {
			set = a.p.Union(set, t.Ways[i].Destinations)
		}
	}
	return set, !set.IsEmpty()
}

// rowHeaders puts headers on the rows that have them: the ends of the path, and components that rewrite.
func (a *analyst) rowHeaders(c *PathComponent, hops []solver.Hop, i int, leg solver.Leg, first bool) {
	h := &hops[i]
	at := 0 // segment in which the packets reach the hop
	for k := range i {
		if rewrites(&hops[k]) {
			at++
		}
	}
	in := a.segments[leg][at]
	out := in
	if rewrites(h) {
		out = a.segments[leg][at+1]
	}
	edge := awsRows[h.At.Kind].edge
	from, to := &a.r.Query.From, &a.r.Query.To
	if leg == solver.Return {
		from, to = to, from
	}
	switch {
	case first && edge && beyondGateway(from):
		c.InboundHeader, c.OutboundHeader = in.full(), out.changes(in)
	case first:
		c.OutboundHeader = out.full()
	case i == len(hops)-1 && edge && beyondGateway(to):
		c.OutboundHeader = out.full()
	case i == len(hops)-1 && (isEnd(h.At, to) || a.r.Verdict == solver.Reachable):
		c.InboundHeader = in.full()
	default:
		c.OutboundHeader = out.changes(in)
	}
}

// beyondGateway says whether an end of the question is beyond a gateway.
func beyondGateway(e *model.End) bool {
	return e.Kind == model.EndInternet || e.Kind == model.EndGateway
}

// isEnd says whether a component is the end of the question, and not only on the way to it.
func isEnd(r model.Ref, e *model.End) bool {
	if e.Ref.Kind == model.KindInstance {
		return r == e.Ref
	}
	return r == e.Ref || r.Kind == model.KindInterface && slices.Contains(e.Interfaces, r.Index)
}

// full is a header with all its fields; nil where there is nothing to show.
func (s segment) full() *AnalysisPacketHeader {
	if !s.ok || len(s.box.Protocols) == 0 {
		return nil
	}
	return &AnalysisPacketHeader{Protocol: strconv.Itoa(int(s.box.Protocols[0].From)),
		SourceAddresses: textSorted(s.box.Source), DestinationAddresses: textSorted(s.box.Destination),
		SourcePortRanges: headerPorts(s.box.SourcePorts), DestinationPortRanges: headerPorts(s.box.DestinationPorts)}
}

// changes is a header with the fields in which it differs from the one before; nil where it does not.
func (s segment) changes(before segment) *AnalysisPacketHeader {
	now, then := s.full(), before.full()
	if now == nil || then == nil {
		return nil
	}
	var out AnalysisPacketHeader
	if !slices.Equal(now.SourceAddresses, then.SourceAddresses) {
		out.SourceAddresses = now.SourceAddresses
	}
	if !slices.Equal(now.DestinationAddresses, then.DestinationAddresses) {
		out.DestinationAddresses = now.DestinationAddresses
	}
	if !slices.Equal(now.SourcePortRanges, then.SourcePortRanges) {
		out.SourcePortRanges = now.SourcePortRanges
	}
	if !slices.Equal(now.DestinationPortRanges, then.DestinationPortRanges) {
		out.DestinationPortRanges = now.DestinationPortRanges
	}
	if out.SourceAddresses == nil && out.DestinationAddresses == nil && out.SourcePortRanges == nil && out.DestinationPortRanges == nil {
		return nil
	}
	return &out
}

// textSorted is the fewest CIDRs for some addresses, in the order of their text, as AWS prints them.
func textSorted(a packet.Addresses) []string {
	var out []string
	for _, p := range a.Prefixes() {
		out = append(out, p.String())
	}
	slices.Sort(out)
	return out
}

// headerPorts lists ports; all of them are a range too.
func headerPorts(ranges []packet.PortRange) []PortRange {
	if ranges == nil {
		return []PortRange{{0, 65535}}
	}
	var out []PortRange
	for _, r := range ranges {
		out = append(out, PortRange{int(r.From), int(r.To)})
	}
	return out
}

// cidr is one address as AWS's format writes it.
func cidr(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return netip.PrefixFrom(a, a.BitLen()).String()
}
