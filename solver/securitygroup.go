package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// The groups of an interface on the way out and on the way in (SG-1 to SG-27, D-20 to D-27). They are stateful: a reply
// passes whatever they say (SG-5, RET-2).
var (
	groupsOut = &stage{name: "groups-out"}
	groupsIn  = &stage{name: "groups-in"}
)

func init() {
	groupsOut.step = func(w *walk, s *state) {
		next := s.to(leaving, model.Ref{Kind: model.KindSubnet, Index: s.subnet})
		next.then, next.thenTo = routing, next.ref
		if s.back >= 0 && s.leg == Return { // NAT-9: the reply goes back over the peering whatever the routes say
			next.then, next.thenTo = peering, model.Ref{Kind: model.KindPeering, Index: s.back}
		}
		w.groups(s, next, true)
	}
	groupsIn.step = func(w *walk, s *state) { w.groups(s, s.to(interfaceIn, s.ref), false) }
	groupsOut.row = func(w *walk, s *state) Hop { return groupRow(w, s, true) }
	groupsIn.row = func(w *walk, s *state) Hop { return groupRow(w, s, false) }
	groupsOut.rule = func(w *walk, s *state, k packet.Packet) *Rule { return groupRule(w, s, k, true) }
	groupsIn.rule = func(w *walk, s *state, k packet.Packet) *Rule { return groupRule(w, s, k, false) }
}

// groupRow names the interface's first group; naming the one that admits needs a packet (groupRule).
func groupRow(w *walk, s *state, egress bool) Hop {
	e := &w.n.Interfaces[s.ref.Index]
	if len(e.Groups) == 0 {
		return Hop{}
	}
	return Hop{At: model.Ref{Kind: model.KindSecurityGroup, Index: e.Groups[0]}, Attached: s.ref, Egress: egress,
		VPC: model.Ref{Kind: model.KindVPC, Index: e.VPC}}
}

// groups lets pass what some group allows. What is only allowed if a missing fact says so goes on with a doubt.
func (w *walk) groups(s *state, next state, egress bool) {
	e := &w.n.Interfaces[s.ref.Index]
	if w.tracked(s) || e.Unfiltered() {
		w.pass(next, s.set)
		return
	}
	g := w.judge(s, e, egress)
	rest := w.p.Subtract(s.set, g.allowed)
	maybe := w.p.Intersect(rest, g.maybe)
	if m := w.maySeen(s); m != nil {
		maybe, g.missing = rest, append(g.missing, m)
	}
	b := Blocker{Code: SecurityGroupMismatch, At: s.ref, Egress: egress,
		Subnet: model.Ref{Kind: model.KindSubnet, Index: e.Subnet}, VPC: model.Ref{Kind: model.KindVPC, Index: e.VPC}}
	if w.relaxed {
		if maybe.IsEmpty() {
			w.refuse(s, rest, b)
			w.pass(next, s.set)
			return
		}
		w.passDoubted(s, next, s.set, g.missing...)
		return
	}
	w.refuse(s, w.p.Subtract(rest, maybe), b)
	w.pass(next, w.p.Intersect(s.set, g.allowed))
	w.passDoubted(s, next, maybe, g.missing...)
}

// judgement is what the groups of an interface say of a set of packets.
type judgement struct {
	allowed packet.Set // some rule matches
	maybe   packet.Set // a rule might match: a fact about it is missing
	missing []*model.Missing

	// The same without references to groups, which no hop can make useless (D-101).
	plain        packet.Set
	maybePlain   packet.Set
	missingPlain []*model.Missing
}

// judge unites the groups of the interface (SG-1, SG-3).
func (w *walk) judge(s *state, e *model.Interface, egress bool) judgement {
	var j judgement
	if !e.GroupsListed() {
		j.doubtPlain(w, s.set, e.NotHeld("describe-network-interfaces", "groups of "+e.ID))
	}
	for _, i := range e.Groups {
		g := &w.n.SecurityGroups[i]
		if m := g.Missing(); m != nil { // D-21
			j.doubtPlain(w, s.set, m)
		}
		rules := &g.Ingress
		if egress {
			rules = &g.Egress
		}
		hit := w.p.Intersect(s.set, rules.Addresses)
		j.allowed, j.plain = w.p.Union(j.allowed, hit), w.p.Union(j.plain, hit)
		for _, u := range rules.Unknown { // D-26, D-31
			j.doubtPlain(w, w.p.Intersect(s.set, u.Packets), u.Missing)
		}
		for k := range rules.References {
			r := &rules.References[k]
			hit := w.p.Intersect(s.set, r.Packets)
			switch {
			case r.Stale || hit.IsEmpty(): // SG-24
			case egress:
				w.referenceOut(s, e, r, hit, &j)
			default:
				w.referenceIn(s, e, r, hit, &j)
			}
		}
	}
	return j
}

func (j *judgement) doubt(w *walk, set packet.Set, m *model.Missing) {
	if set.IsEmpty() {
		return
	}
	j.maybe = w.p.Union(j.maybe, set)
	j.missing = append(j.missing, m)
}

// doubtPlain is doubt about something else than a reference.
func (j *judgement) doubtPlain(w *walk, set packet.Set, m *model.Missing) {
	if set.IsEmpty() {
		return
	}
	j.doubt(w, set, m)
	j.maybePlain = w.p.Union(j.maybePlain, set)
	j.missingPlain = append(j.missingPlain, m)
}

// referenceIn implements an ingress reference (SG-16 to SG-20, D-22, D-23): the sender carries the group, the packet
// comes from one of its addresses, and the two interfaces are in one VPC or in VPCs whose peering the packet crossed.
func (w *walk) referenceIn(s *state, e *model.Interface, r *model.GroupReference, hit packet.Set, j *judgement) {
	if s.strange && w.q.Reading == Strict { // SG-23, D-24
		g := &w.n.SecurityGroups[r.Group]
		theirs, m := w.fromStrangers(hit)
		j.doubt(w, theirs, w.n.MissingIn(g.Part().Account, g.Part().Region, "describe-network-interfaces", "interfaces that carry "+g.ID))
		if m != nil { // it may tell that the packets are not from there
			j.doubt(w, theirs, m)
		}
	}
	if s.token < 0 {
		return
	}
	sender := &w.n.Interfaces[s.token]
	if !slices.Contains(sender.Groups, r.Group) {
		return
	}
	hit = w.p.Intersect(hit, w.p.Sources(sender.OwnPrefixes()...))
	if s.crossed >= 0 {
		same, m := w.referable(s, s.crossed)
		if m != nil {
			j.doubt(w, hit, m)
		}
		if !same || m != nil {
			return
		}
	} else if s.transit >= 0 { // else they have not left the VPC
		barred, m := w.acrossTransit(s, e)
		if m != nil {
			j.doubt(w, hit, m)
		}
		if barred || m != nil {
			return
		}
	}
	j.allowed = w.p.Union(j.allowed, hit)
}

// fromStrangers are the packets that an interface which the question does not name may have sent: of a VPC's attachment as FROM, one of the VPC's
// addresses (SG-16), all of them where the fact that comes back, which tells the addresses, is missing.
func (w *walk) fromStrangers(set packet.Set) (packet.Set, *model.Missing) {
	from := &w.q.From
	if from.Kind != model.EndTransit {
		return set, nil
	}
	a := &w.n.TransitAttachments[w.start.entry().Index]
	if a.VPC < 0 {
		return set, nil
	}
	if m := w.n.VPCs[a.VPC].Missing(); m != nil {
		return set, m
	}
	return w.p.Intersect(set, w.p.Sources(w.n.VPCs[a.VPC].Blocks...)), nil
}

// referable says whether references work across a peering (SG-19, D-23), and what is missing to tell.
func (w *walk) referable(s *state, peering int32) (bool, *model.Missing) {
	same, stated := w.n.Peerings[peering].SameRegion()
	ref := model.Ref{Kind: model.KindPeering, Index: peering}
	if !stated && !w.assume(s, AssumeSameRegion, ref) {
		return same, w.n.Peerings[peering].NotHeld("describe-vpc-peering-connections", "Region of "+w.n.ID(ref))
	}
	return same, nil
}

// referenceOut implements an egress reference (SG-18, D-22, D-27): the destination belongs to an interface that carries the
// group, in the same VPC or in one joined by an active peering of one Region.
func (w *walk) referenceOut(s *state, e *model.Interface, r *model.GroupReference, hit packet.Set, j *judgement) {
	dst := w.p.DestinationAddresses(hit)
	hidden := hit // may belong to an interface that no answer describes
	hidden = w.members(e.VPC, r, hit, hidden, dst, nil, j)
	unread := w.n.UnreadInterfaces(e.VPC)
	for _, k := range w.n.VPCs[e.VPC].Peerings {
		p := &w.n.Peerings[k]
		if !p.Known() || !p.Active() || p.Sides[1-p.Near(e.VPC)].VPC < 0 {
			continue
		}
		far := p.Sides[1-p.Near(e.VPC)]
		same, m := w.referable(s, k)
		if !same {
			hidden = w.members(far.VPC, nil, hit, hidden, dst, nil, j)
			continue
		}
		if w.n.Present(far.VPC) {
			hidden = w.members(far.VPC, r, hit, hidden, dst, m, j)
			if m := w.n.UnreadInterfaces(far.VPC); m != nil && unread == nil {
				unread = m
			}
		} else if w.q.Reading == Strict { // SG-23
			j.doubt(w, w.p.Intersect(hit, w.p.Destinations(far.Blocks...)), w.n.MissingVPC(far.VPC))
		}
	}
	if unread != nil {
		j.doubt(w, hidden, unread)
	}
	if m := w.n.UnreadPeerings(e.VPC); m != nil {
		j.doubt(w, w.elsewhere(e.VPC, hit, dst), m)
	}
}

// members allows packets to the addresses of the VPC's interfaces that carry the group (none if r is nil; in doubt if something
// is missing), and takes what the VPC's interfaces own out of hidden.
func (w *walk) members(vpc int32, r *model.GroupReference, hit, hidden packet.Set, dst packet.Addresses, missing *model.Missing, j *judgement) packet.Set {
	for _, i := range w.n.OwnersWithin(vpc, dst) {
		o := &w.n.Interfaces[i]
		own := w.p.Destinations(o.OwnPrefixes()...)
		hidden = w.p.Subtract(hidden, own)
		if r == nil {
			continue
		}
		switch {
		case slices.Contains(o.Groups, r.Group) && missing != nil:
			j.doubt(w, w.p.Intersect(hit, own), missing)
		case slices.Contains(o.Groups, r.Group):
			j.allowed = w.p.Union(j.allowed, w.p.Intersect(hit, own))
		case !o.GroupsListed():
			j.doubt(w, w.p.Intersect(hit, own), o.NotHeld("describe-network-interfaces", "groups of "+o.ID))
		}
	}
	return hidden
}

// elsewhere is the part of set that goes to interfaces of other VPCs.
func (w *walk) elsewhere(vpc int32, set packet.Set, dst packet.Addresses) packet.Set {
	out := packet.Empty
	for v := range w.n.VPCs {
		if int32(v) == vpc {
			continue
		}
		for _, i := range w.n.OwnersWithin(int32(v), dst) {
			out = w.p.Union(out, w.p.Intersect(set, w.p.Destinations(w.n.Interfaces[i].OwnPrefixes()...)))
		}
	}
	return out
}

// groupRule names the rule that admits one packet: the first that matches, in the order of the interface's groups.
func groupRule(w *walk, s *state, k packet.Packet, egress bool) *Rule {
	if w.tracked(s) {
		return nil
	}
	e := &w.n.Interfaces[s.ref.Index]
	for _, i := range e.Groups {
		g := &w.n.SecurityGroups[i]
		rules := &g.Ingress
		if egress {
			rules = &g.Egress
		}
		for n := range rules.Rules {
			r := &rules.Rules[n]
			if r.Protocol(k) && w.peerMatches(s, e, rules, n, k) {
				return &Rule{Of: model.Ref{Kind: model.KindSecurityGroup, Index: i}, Group: r}
			}
		}
	}
	return nil
}

// peerMatches says whether the peer of one rule matches one packet.
func (w *walk) peerMatches(s *state, e *model.Interface, rules *model.GroupRules, n int, k packet.Packet) bool {
	r := &rules.Rules[n]
	a := r.PeerAddress(k)
	switch {
	case r.Peer.IsValid():
		return r.Peer.Contains(a)
	case r.List >= 0:
		return slices.ContainsFunc(w.n.PrefixLists[r.List].Entries, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	for i := range rules.References {
		ref := &rules.References[i]
		if ref.Rule != n || ref.Stale {
			continue
		}
		var j judgement
		scratch := *s // judging again must not repeat the assumptions
		set := w.p.OfPacket(k)
		if r.Egress {
			w.referenceOut(&scratch, e, ref, set, &j)
		} else {
			w.referenceIn(&scratch, e, ref, set, &j)
		}
		return !j.allowed.IsEmpty()
	}
	return false
}
