package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// translation is what an internet gateway makes of some packets: which pass, and the addresses it rewrites.
type translation struct {
	set      packet.Set // what passes, before the translation
	inbound  bool
	rewrites []rewrite
}

// apply rewrites a part of the packets and records the translation on next. What no rewrite matches stays as it is: IPv6 and,
// in a relaxed walk, what has no public address.
func (t *translation) apply(w *walk, s *state, next *state, set packet.Set) packet.Set {
	match := packet.Empty
	for _, r := range t.rewrites {
		match = w.p.Union(match, r.match)
	}
	rest := w.p.Subtract(set, match)
	if w.p.Subset(set, rest) {
		return set
	}
	f := &frame{device: s.ref, inbound: t.inbound, outer: s.frame, in: set, rewrites: t.rewrites}
	if !rest.IsEmpty() { // what is not translated must come back through the same frame unchanged
		f.rewrites = append(slices.Clone(f.rewrites), rewrite{match: w.p.Complement(match), to: packet.Everything})
	}
	next.frame = f
	return f.apply(w.p, set)
}

// public sorts packets by what is known of the interfaces whose public addresses they use.
type public struct {
	good, dead packet.Set // of live interfaces, of others
	known      packet.Set // addresses of known interfaces, good or not
	rewrites   []rewrite
}

// publicSources implements IGW-2, IGW-5, NAT-5 and NAT-7 on the way out: the source must be an address of a live interface of
// the VPC that has a public address to become (IPv4), or a public IPv6 address.
func (w *walk) publicSources(s *state, set packet.Set) translation {
	var p public
	if f := s.translation(); f != nil && f.device.Kind == model.KindNATGateway {
		set = w.publicOfNAT(s, f.device, set, &p)
	} else {
		set = w.publicOfInterfaces(s, set, &p)
	}
	vpc := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	set = w.require(s, set, w.p.Complement(p.dead), Blocker{Code: InternetNoPublicForEgress, Reason: ReasonNotLive, At: s.ref, Egress: true, VPC: vpc})
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		strange := w.p.Subtract(set, p.known)
		w.stop(s, strange, m)
		set = w.p.Subtract(set, strange)
	}
	set = w.require(s, set, w.p.Union(p.good, p.dead), Blocker{Code: InternetNoPublicForEgress, At: s.ref, Egress: true, VPC: vpc})
	return translation{set: set, rewrites: p.rewrites}
}

// publicOfInterfaces finds the public addresses of sources; it returns set without what bad data leave open.
func (w *walk) publicOfInterfaces(s *state, set packet.Set, p *public) packet.Set {
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.SourceAddresses(set)) {
		e := &w.n.Interfaces[i]
		mine := w.p.Intersect(set, w.p.Sources(e.OwnPrefixes()...))
		if twice := w.p.Intersect(mine, p.known); !twice.IsEmpty() {
			w.stop(s, twice, &model.Missing{What: "owner of an address that two interfaces have", Why: model.Conflicting})
			set, mine = w.p.Subtract(set, twice), w.p.Subtract(mine, twice)
		}
		p.known = w.p.Union(p.known, mine)
		usable := w.p.Intersect(mine, w.p.Sources(w.publicIPv6(e)...))
		if !e.LiveForGateways() {
			p.dead = w.p.Union(p.dead, mine)
			continue
		}
		for _, m := range e.Public {
			from := w.p.Intersect(mine, w.p.Sources(single(m.Private)))
			if w.mappedTwice(e, m) {
				w.stop(s, from, &model.Missing{What: "public address of " + e.ID, Why: model.Conflicting})
				set = w.p.Subtract(set, from)
				continue
			}
			p.rewrites = append(p.rewrites, rewrite{match: w.p.Sources(single(m.Private)), fields: packet.FieldSource, to: w.p.Sources(single(m.Public))})
			usable = w.p.Union(usable, from)
		}
		if m := w.n.HidesMappings(i); m != nil {
			hidden := w.p.Intersect(w.p.Subtract(mine, usable), w.p.Sources(e.Prefixes...))
			hidden = w.p.Intersect(hidden, w.p.OfFamily(packet.IPv4))
			w.stop(s, hidden, m)
			set = w.p.Subtract(set, hidden)
		}
		p.good = w.p.Union(p.good, usable)
	}
	return set
}

// mappedTwice says whether the answers disagree about a mapping (D-54).
func (w *walk) mappedTwice(e *model.Interface, m model.PublicMapping) bool {
	if len(w.n.PublicOwners(m.Public)) > 1 {
		return true
	}
	return slices.ContainsFunc(e.Public, func(x model.PublicMapping) bool { return x.Private == m.Private && x.Public != m.Public })
}

// publicOfNAT finds the public address of the NAT gateway whose address the packets come from (NAT-5, NAT-7, D-64), whose interface is live
// while the gateway works; it returns set without what bad data leave open.
func (w *walk) publicOfNAT(s *state, nat model.Ref, set packet.Set, p *public) packet.Set {
	g := &w.n.NATGateways[nat.Index]
	p.known = set
	private, stated := g.Private()
	if private {
		return set
	}
	if !stated && !w.assume(s, AssumePublicNAT, nat) {
		s.doubting(&model.Missing{What: "connectivity type of " + g.ID, Call: "describe-nat-gateways", Why: model.NotHeld})
	}
	for _, a := range g.Working() {
		publics := w.n.PublicOfNAT(nat.Index, g.Address(a))
		from := w.p.Sources(single(g.Address(a)))
		if m := w.n.UnreadInterfaces(s.vpc); m != nil && len(publics) == 0 && len(w.n.OwnersOf(g.VPC, g.Address(a))) == 0 { // its interface may tell
			w.stop(s, w.p.Intersect(set, from), m)
			set = w.p.Subtract(set, from)
			continue
		}
		if len(publics) > 1 || len(publics) == 1 && len(w.n.PublicOwners(publics[0])) > 1 {
			w.stop(s, w.p.Intersect(set, from), &model.Missing{What: "public address of " + g.ID, Why: model.Conflicting})
			set = w.p.Subtract(set, from)
			continue
		}
		for _, public := range publics {
			p.rewrites = append(p.rewrites, rewrite{match: from, fields: packet.FieldSource, to: w.p.Sources(single(public))})
			p.good = w.p.Union(p.good, w.p.Intersect(set, from))
		}
	}
	return set
}

// publicDestinations implements IGW-4 and IGW-5 on the way in: the destination must be the public address of a live interface
// of the VPC, which becomes its private one (IPv4), or a public IPv6 address of one.
func (w *walk) publicDestinations(s *state, set packet.Set) translation {
	var p public
	t := translation{inbound: true}
	add := func(e *model.Interface, hit packet.Set, r ...rewrite) {
		p.known = w.p.Union(p.known, hit)
		if e != nil && !e.LiveForGateways() {
			p.dead = w.p.Union(p.dead, hit)
		}
		t.rewrites = append(t.rewrites, r...)
	}
	set = w.mappedIn(s, set, add)
	w.sixIn(s, set, add)
	t.set = w.refuseUnmapped(s, set, &p)
	return t
}

// mappedIn finds the interfaces (nil for a NAT gateway's that no answer describes) of public IPv4 destinations; it returns set without what bad data leave open.
func (w *walk) mappedIn(s *state, set packet.Set, add func(*model.Interface, packet.Set, ...rewrite)) packet.Set {
	for _, m := range w.n.PublicWithin(w.p.DestinationAddresses(set)) {
		to := w.p.Destinations(single(m.Public))
		if len(w.n.PublicOwners(m.Public)) > 1 { // D-54
			twice := w.p.Intersect(set, to)
			w.stop(s, twice, &model.Missing{What: "owner of " + m.Public.String(), Why: model.Conflicting})
			set = w.p.Subtract(set, twice)
			continue
		}
		vpc, e := int32(-1), (*model.Interface)(nil)
		switch {
		case m.Interface >= 0:
			e = &w.n.Interfaces[m.Interface]
			vpc = e.VPC
		case m.NAT >= 0:
			vpc = w.n.NATGateways[m.NAT].VPC
		default:
			w.stop(s, w.p.Intersect(set, to), &model.Missing{What: "interface of " + m.Public.String(), Call: "describe-network-interfaces", Why: model.NotHeld})
			set = w.p.Subtract(set, to)
			continue
		}
		if vpc == s.vpc && model.InternetHolds(single(m.Public)) {
			add(e, w.p.Intersect(set, to), rewrite{match: to, fields: packet.FieldDestination, to: w.p.Destinations(single(m.Private))})
		}
	}
	return set
}

// sixIn finds the interfaces of IPv6 destinations. Two owners of one are bad data, which local delivery tells (D-14).
func (w *walk) sixIn(s *state, set packet.Set, add func(*model.Interface, packet.Set, ...rewrite)) {
	six := w.p.Intersect(set, w.p.OfFamily(packet.IPv6))
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.DestinationAddresses(six)) {
		e := &w.n.Interfaces[i]
		add(e, w.p.Intersect(six, w.p.Destinations(w.publicIPv6(e)...)))
	}
}

// refuseUnmapped refuses destinations that no live interface of the VPC has as its public address. Where an interface that no answer
// describes may have it, that is unknown.
func (w *walk) refuseUnmapped(s *state, set packet.Set, p *public) packet.Set {
	b := Blocker{Code: InternetNoPrivateForIngress, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	strange := w.p.Intersect(w.p.Subtract(set, p.known), w.publicSpace())
	strange = w.p.Subtract(strange, w.ownedSix(s.vpc, strange))
	for _, m := range w.hiddenMappings(s.vpc) {
		if w.relaxed {
			break
		}
		w.stop(s, strange, m)
		set = w.p.Subtract(set, strange)
	}
	set = w.require(s, set, p.known, b)
	b.Reason = ReasonNotLive
	return w.require(s, set, w.p.Complement(p.dead), b)
}

// ownedSix is the part of set that goes to IPv6 addresses of known interfaces: they are refused, not unknown.
func (w *walk) ownedSix(vpc int32, set packet.Set) packet.Set {
	out := packet.Empty
	six := w.p.Intersect(set, w.p.OfFamily(packet.IPv6))
	for _, i := range w.n.OwnersWithin(vpc, w.p.DestinationAddresses(six)) {
		out = w.p.Union(out, w.p.Intersect(six, w.p.Destinations(w.n.Interfaces[i].OwnPrefixes()...)))
	}
	return out
}

// hiddenMappings are the facts that would tell of more public addresses of the VPC.
func (w *walk) hiddenMappings(vpc int32) []*model.Missing {
	var out []*model.Missing
	if m := w.n.UnreadInterfaces(vpc); m != nil {
		out = append(out, m)
	}
	for _, i := range w.n.Delegates(vpc) {
		if m := w.n.HidesMappings(i); m != nil {
			out = append(out, m)
		}
	}
	return out
}

// publicIPv6 are the IPv6 addresses of an interface that the internet can reach (VPC-4, ENI-9, D-52).
func (w *walk) publicIPv6(e *model.Interface) []netip.Prefix {
	out := []netip.Prefix{}
	if e.Record.DenyAllIgwTraffic {
		return out
	}
	for _, p := range e.OwnPrefixes() {
		if p.Addr().Is6() && w.n.PublicIPv6(e.VPC, e.Subnet, p.Addr()) {
			out = append(out, p)
		}
	}
	return out
}

func single(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }
