package solver

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Solve answers one question. It fails only for a question that cannot be asked; what the network does not tell
// becomes an unknown verdict. It changes nothing, so any number of questions can be asked of a network at once.
func Solve(n *model.Network, q Query) (*Result, error) { return solve(n, q, maxStates) }

// solve is Solve with a budget of states for each walk.
func solve(n *model.Network, q Query, budget int) (*Result, error) {
	if err := cmp.Or(q.check(), q.checkFilters(n)); err != nil {
		return nil, err
	}
	r := &Result{Network: n, Query: q, Pool: n.Pool().Scratch(), budget: budget}
	if err := r.answer(); err != nil {
		return nil, err
	}
	return r, nil
}

// answer fills in a Result that holds only its question.
func (r *Result) answer() error {
	if end, m := r.endMissing(); m != nil {
		r.cannotTell(end, m)
		return nil
	}
	walks, err := r.walks()
	if err != nil || r.Verdict == Unknown {
		return err
	}
	if r.Asked.IsEmpty() {
		r.nothingAsked()
		return nil
	}
	for _, w := range walks {
		w.run()
	}
	r.divide(walks)
	r.tell(walks)
	return nil
}

// endMissing is an end of which the snapshot cannot tell what it stands for, and why.
func (r *Result) endMissing() (*model.End, *model.Missing) {
	q := &r.Query
	if q.From.Kind == model.EndTransit && q.From.Ref.Kind == model.KindTransitAttachment { // what comes in by it can be told of no other attachment
		if m := r.Network.TransitAttachments[q.From.Ref.Index].Missing(); m != nil {
			return &q.From, m
		}
	}
	for _, end := range []*model.End{&q.From, &q.To} {
		asked := q.SourceAddresses
		if end == &q.To {
			asked = q.DestinationAddresses
		}
		switch {
		case end.Kind == model.EndMissing:
			return end, end.Missing
		case end.Unaddressed != nil && asked == nil:
			return end, end.Unaddressed
		}
		if m := r.sideMissing(end); m != nil {
			return end, m
		}
	}
	return nil, nil
}

// cannotTell answers a question whose end the snapshot cannot tell or which is not modelled.
func (r *Result) cannotTell(end *model.End, m *model.Missing) {
	r.Asked = r.protocolSet()
	r.Unknown = r.Asked
	r.Verdict = Unknown
	r.Missing = []*model.Missing{m}
	r.ArrivedAt = end.Ref
}

// nothingAsked answers a question that no packet belongs to: an end without an address, or ends without a common family.
func (r *Result) nothingAsked() {
	r.Verdict = Unreachable
	b := Blocker{Code: r.noPath(), Reason: ReasonNoFamily, At: r.Query.To.Ref}
	if from := r.Query.From.Interfaces; len(from) > 0 && r.sources(from[0]).IsEmpty() {
		b.At = r.Query.From.Ref
	}
	r.Blockers = []Blocker{b}
	r.blameFilters()
}

// noPath is the code of a question whose ends take part in no network that it could be about.
func (r *Result) noPath() Code {
	if r.Query.Reading == AWS {
		return UnassociatedComponent
	}
	return NoPath
}

func (r *Result) protocolSet() packet.Set {
	set := packet.Empty
	for _, m := range r.Query.matches() {
		set = r.Pool.Union(set, r.Pool.Of(m))
	}
	return set
}

// walks makes one walk for each start that the question allows: each of FROM's interfaces, or the internet.
func (r *Result) walks() ([]*walk, error) {
	q := &r.Query
	base := r.Pool.Intersect(r.protocolSet(), r.destinations())
	var walks []*walk
	add := func(s state, set packet.Set) {
		s.set = set
		s.back, s.crossed = -1, -1
		r.Asked = r.Pool.Union(r.Asked, set)
		if !set.IsEmpty() {
			walks = append(walks, r.walk(s))
		}
	}
	if internet(&q.From) {
		set := r.Pool.Intersect(base, r.internetSources())
		for choice := range r.gatewayChoices() {
			s := state{stage: fromInternet, ref: model.Ref{Kind: model.KindInternet}, vpc: -1, subnet: -1, token: -1, iface: int32(choice)}
			add(s, set)
		}
		return walks, nil
	}
	switch q.From.Kind {
	case model.EndAddress:
		return r.strangers(base)
	case model.EndPeering:
		return r.fromPeering(base), nil
	case model.EndTransit:
		return r.fromTransit(base), nil
	case model.EndEdge, model.EndDeclared:
		return r.fromEdges(base), nil
	case model.EndEndpoint:
		add(r.fromEndpoint(base))
		return walks, nil
	}
	for _, i := range q.From.Interfaces {
		e := &r.Network.Interfaces[i]
		s := state{stage: instanceOut, ref: model.Ref{Kind: model.KindInterface, Index: i}, vpc: e.VPC, subnet: e.Subnet, token: i, iface: -1}
		if !e.Initiates() {
			s.notes = []Note{{Kind: NoteInitiates, At: s.ref}}
		}
		if e.Branch() {
			s.notes = append(s.notes, Note{Kind: NoteBranch, At: s.ref})
		}
		add(s, r.Pool.Subtract(r.Pool.Intersect(base, r.sources(i)), r.toItself(i)))
	}
	return walks, nil
}

// toItself is what an interface would send to its own addresses, where FROM and TO overlap: that never meets the network.
func (r *Result) toItself(iface int32) packet.Set {
	if !slices.Contains(r.Query.To.Interfaces, iface) {
		return packet.Empty
	}
	return r.Pool.Destinations(r.Network.Interfaces[iface].OwnPrefixes()...)
}

// strangers makes walks for an address that no interface of the snapshot owns: it can be on the far side of a peering, of
// which only the blocks are known (D-24). Anywhere else nothing can be told.
func (r *Result) strangers(base packet.Set) ([]*walk, error) {
	n, from := r.Network, &r.Query.From
	set := r.Pool.Intersect(base, r.Pool.Sources(from.Prefixes...))
	r.Asked = set
	var walks []*walk
	for i := range n.Peerings {
		for k, side := range n.Peerings[i].Sides {
			far := side.VPC >= 0 && !n.Present(side.VPC) && n.Peerings[i].Sides[1-k].VPC >= 0
			mine := r.Pool.Intersect(set, r.Pool.Sources(side.Blocks...))
			if far && !mine.IsEmpty() {
				s := state{stage: peering, ref: model.Ref{Kind: model.KindPeering, Index: int32(i)}, set: mine, vpc: side.VPC,
					subnet: -1, token: -1, back: -1, crossed: -1, iface: -1, strange: true}
				s.doubting(n.MissingVPC(side.VPC))
				walks = append(walks, r.walk(s))
			}
		}
	}
	if len(walks) > 0 {
		return walks, nil
	}
	missing := n.UnreadOwner(from.Text)
	for v := range n.VPCs {
		if !n.VPCs[v].Holds(from.Prefixes[0].Addr()) {
			continue
		}
		if missing = n.UnreadInterfaces(int32(v)); missing == nil {
			return nil, fmt.Errorf("no interface of %s owns %s: nothing can start from it", n.VPCs[v].ID, from.Text)
		}
	}
	if set.IsEmpty() { // whoever owns the address, no packet of the question is its own
		return nil, nil
	}
	r.Unknown, r.Verdict, r.Missing = set, Unknown, []*model.Missing{missing}
	return nil, nil
}

// gatewayChoices is how many internet gateways a question from the internet may choose from: one, but for bad data.
func (r *Result) gatewayChoices() int {
	most := 1
	for _, i := range r.Query.To.Interfaces {
		if v := r.Network.Interfaces[i].VPC; v >= 0 {
			most = max(most, len(r.Network.UsableGateways(v)))
		}
	}
	return most
}

func (r *Result) walk(start state) *walk {
	start.zone, start.transit = model.NoZone, -1
	return &walk{n: r.Network, p: r.Pool, q: &r.Query, start: &start, budget: r.budget}
}

// linkLocal never leaves a subnet, so it is no part of the internet (D-4).
var linkLocal = netip.MustParsePrefix("169.254.0.0/16")

// internetSpace is the internet as an end (D-4).
func (r *Result) internetSpace(of func(...netip.Prefix) packet.Set, linkLocalToo bool) packet.Set {
	p := r.Pool
	v4 := p.Subtract(p.OfFamily(packet.IPv4), of(model.PrivateSpace...))
	if !linkLocalToo {
		v4 = p.Subtract(v4, of(linkLocal))
	}
	return p.Subtract(p.Union(v4, of(model.GlobalIPv6)), of(r.insideBlocks()...))
}

// insideBlocks are the blocks of the VPCs that the ends of the question are in: the internet is elsewhere.
func (r *Result) insideBlocks() []netip.Prefix {
	var out []netip.Prefix
	ends := map[int32]bool{}
	for _, i := range slices.Concat(r.Query.From.Interfaces, r.Query.To.Interfaces) {
		ends[r.Network.Interfaces[i].VPC] = true
	}
	for v := range r.Network.VPCs {
		if ends[int32(v)] {
			out = append(out, r.Network.VPCs[v].Blocks...)
		}
	}
	return out
}

func (r *Result) internetSources() packet.Set {
	switch {
	case r.Query.SourceAddresses != nil:
		return r.Pool.Sources(r.Query.SourceAddresses...)
	case r.Query.From.Prefixes != nil:
		return r.Pool.Sources(r.Query.From.Prefixes...)
	}
	return r.internetSpace(r.Pool.Sources, r.Query.Reading == AWS)
}

// sources are the addresses that one of FROM's interfaces sends from (D-3).
func (r *Result) sources(iface int32) packet.Set {
	q, e := &r.Query, &r.Network.Interfaces[iface]
	own := r.Pool.Sources(e.OwnPrefixes()...)
	switch {
	case q.SourceAddresses != nil:
		return r.Pool.Sources(q.SourceAddresses...)
	case q.From.Prefixes == nil:
		return r.linkLocalSources(e, own)
	case q.From.Public:
		var private []netip.Prefix
		for _, m := range slices.Concat(e.Public, e.Carrier) {
			if slices.ContainsFunc(q.From.Prefixes, func(p netip.Prefix) bool { return p.Contains(m.Public) }) {
				private = append(private, single(m.Private))
			}
		}
		return r.Pool.Sources(private...)
	}
	return r.Pool.Intersect(own, r.Pool.Sources(q.From.Prefixes...))
}

// destinations are the addresses that the question is about (D-3).
func (r *Result) destinations() packet.Set {
	q := &r.Query
	if q.DestinationAddresses != nil {
		return r.Pool.Destinations(q.DestinationAddresses...)
	}
	if q.To.Embedded {
		return r.Pool.Destinations(q.To.Prefixes...)
	}
	switch q.To.Kind {
	case model.EndInternet, model.EndGateway:
		if q.To.Prefixes != nil {
			return r.Pool.Destinations(q.To.Prefixes...)
		}
		return r.internetSpace(r.Pool.Destinations, false)
	case model.EndAddress, model.EndSpecial:
		return r.Pool.Destinations(q.To.Prefixes...)
	case model.EndEdge, model.EndDeclared:
		return r.outside(&q.To, r.Pool.Destinations)
	case model.EndEndpoint:
		served, _ := r.Network.Served(q.To.Ref.Index)
		return r.Pool.Destinations(served...)
	case model.EndTransit:
		return r.toTransit()
	case model.EndPeering:
		return r.Pool.Destinations(r.beyond(&q.To, q.From.Interfaces)...)
	}
	var all []netip.Prefix
	for _, i := range q.To.Interfaces {
		all = append(all, r.meant(&r.Network.Interfaces[i])...)
	}
	set := r.Pool.Destinations(all...)
	if q.To.Prefixes != nil {
		if q.To.Public {
			return r.Pool.Destinations(q.To.Prefixes...)
		}
		set = r.Pool.Intersect(set, r.Pool.Destinations(q.To.Prefixes...))
	}
	return set
}

// meant are the addresses by which FROM means an interface: public ones from the internet, its own from inside.
func (r *Result) meant(e *model.Interface) []netip.Prefix {
	if !internet(&r.Query.From) || r.Query.To.Prefixes != nil {
		return e.OwnPrefixes()
	}
	var out []netip.Prefix
	for _, m := range e.Public {
		out = append(out, single(m.Public))
	}
	for _, p := range e.OwnPrefixes() {
		if p.Addr().Is6() && r.Query.Reading == Strict {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return e.OwnPrefixes()
	}
	return out
}
