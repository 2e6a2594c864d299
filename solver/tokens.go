package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Hops that forget which groups a sender has (SG-22, GRT-9, D-101): appliances, Gateway Load Balancer endpoints, NAT gateways and
// internet gateways.

// nobodys erases who sent packets.
func (s *state) nobodys() { s.token, s.crossed, s.transit, s.strange = -1, -1, -1, false }

// forget passes on what such a hop carries: what the sender's groups let out by a reference alone ends there, because behind it
// nobody knows the sender's groups and the sender does not know whom it reaches. on gets the packets, with their state, which
// is in doubt for some where a fact about the sender's groups is missing.
func (w *walk) forget(s *state, set packet.Set, on func(s *state, set packet.Set)) {
	j := w.leftBy(s)
	named := w.p.Subtract(w.p.Subtract(w.p.Union(j.allowed, j.maybe), j.plain), j.maybePlain)
	set = w.require(s, set, w.p.Complement(named), Blocker{Code: ReferencesNotPreserved, At: s.ref, Egress: true,
		Interface: model.Ref{Kind: model.KindInterface, Index: s.token}})
	maybe := packet.Empty
	if !s.doubt { // let out by a reference, and behind this hop only if a missing fact says so
		maybe = w.p.Subtract(w.p.Intersect(set, j.maybePlain), j.plain)
	}
	if !maybe.IsEmpty() {
		doubted := *s
		for _, m := range j.missingPlain {
			doubted.doubting(m)
		}
		on(&doubted, maybe)
	}
	on(s, w.p.Subtract(set, maybe))
}

// leftBy judges packets by the outbound rules of the interface that sent them. Nobody has translated them yet: every hop that does
// forgets the sender. Where the sender is not known, or has no reference in its rules, they have nothing to say.
func (w *walk) leftBy(s *state) judgement {
	if s.token < 0 || s.leg == Return {
		return judgement{}
	}
	e := &w.n.Interfaces[s.token]
	if !slices.ContainsFunc(e.Groups, func(g int32) bool { return len(w.n.SecurityGroups[g].Egress.References) > 0 }) {
		return judgement{}
	}
	scratch := *s // judging again must not repeat the assumptions
	return w.judge(&scratch, e, true)
}

// forgotten is the hop that erased the sender's groups where the inbound rules of an interface refuse packets that a reference to
// one of these would have admitted (D-101); zero where none did.
func (w *walk) forgotten(s *state, refused packet.Set) (Code, model.Ref) {
	hop, next := s.prev, s
	for hop != nil && hop.token < 0 {
		hop, next = hop.prev, hop
	}
	if hop == nil || s.token >= 0 || s.leg == Return {
		return "", model.Ref{}
	}
	sender, e := &w.n.Interfaces[hop.token], &w.n.Interfaces[s.ref.Index]
	if sender.VPC != e.VPC && !s.throughTransit() {
		k, ok := w.n.Joined(sender.VPC, e.VPC)
		if !ok {
			return "", model.Ref{}
		}
		if same, _ := w.n.Peerings[k].SameRegion(); !same {
			return "", model.Ref{}
		}
	}
	for _, g := range e.Groups {
		for _, r := range w.n.SecurityGroups[g].Ingress.References {
			if !r.Stale && slices.Contains(sender.Groups, r.Group) && w.p.Overlaps(r.Packets, refused) {
				return w.lostAt(hop, next)
			}
		}
	}
	return "", model.Ref{}
}
