package solver

import (
	"cmp"
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
	return w.refuseBare(s, set, &p)
}

// refuseBare refuses sources that no live interface of the VPC has an address for. Where an interface that no answer describes may have it, that is
// unknown.
func (w *walk) refuseBare(s *state, set packet.Set, p *public) translation {
	b := Blocker{Code: InternetNoPublicForEgress, At: s.ref, Egress: true, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	dead := b
	dead.Reason = ReasonNotLive
	set = w.require(s, set, w.p.Complement(p.dead), dead)
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		set = w.stopped(s, set, w.p.Complement(p.known), m)
	}
	set = w.require(s, set, w.p.Union(p.good, p.dead), b)
	return translation{set: set, rewrites: p.rewrites}
}

// publicOfInterfaces finds the public addresses of sources; it returns set without what bad data leave open.
func (w *walk) publicOfInterfaces(s *state, set packet.Set, p *public) packet.Set {
	return w.mappedOut(s, set, p, mappings{what: "public address of ", of: func(e *model.Interface) []model.PublicMapping { return e.Public },
		six: w.publicIPv6, twice: w.mappedTwice})
}

// mappings are the addresses that a kind of gateway gives to sources.
type mappings struct {
	what  string
	of    func(*model.Interface) []model.PublicMapping
	six   func(*model.Interface) []netip.Prefix // those that leave as they are; nil for none
	twice func(*model.Interface, model.PublicMapping) bool
}

// mappedOut finds such addresses of the VPC's interfaces; it returns set without what bad data leave open.
func (w *walk) mappedOut(s *state, set packet.Set, p *public, by mappings) packet.Set {
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.SourceAddresses(set)) {
		e := &w.n.Interfaces[i]
		own := w.p.Sources(e.OwnPrefixes()...)
		set = w.stopped(s, set, w.p.Intersect(own, p.known), &model.Missing{What: "owner of an address that two interfaces have", Why: model.Conflicting})
		mine := w.p.Intersect(set, own)
		p.known = w.p.Union(p.known, mine)
		if !e.LiveForGateways() {
			p.dead = w.p.Union(p.dead, mine)
			continue
		}
		for _, m := range by.of(e) {
			from := w.p.Sources(single(m.Private))
			if by.twice(e, m) { // D-54
				set = w.stopped(s, set, from, &model.Missing{What: by.what + e.ID, Why: model.Conflicting})
			}
			p.rewrites = append(p.rewrites, rewrite{match: from, fields: packet.FieldSource, to: w.p.Sources(single(m.Public))})
			p.good = w.p.Union(p.good, w.p.Intersect(mine, from))
		}
		if by.six != nil {
			p.good = w.p.Union(p.good, w.p.Intersect(mine, w.p.Sources(by.six(e)...)))
		}
		if m := w.n.HidesMappings(i); m != nil {
			hidden := w.p.Intersect(w.p.Sources(e.Prefixes...), w.p.OfFamily(packet.IPv4))
			set = w.stopped(s, set, w.p.Subtract(hidden, p.good), m)
		}
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
		s.doubting(g.NotHeld("describe-nat-gateways", "connectivity type of "+g.ID))
	}
	for _, a := range g.Working() {
		publics := w.n.PublicOfNAT(nat.Index, g.Address(a))
		from := w.p.Sources(single(g.Address(a)))
		if m := w.n.UnreadInterfaces(s.vpc); m != nil && len(publics) == 0 && len(w.n.OwnersOf(g.VPC, g.Address(a))) == 0 { // its interface may tell
			set = w.stopped(s, set, from, m)
		}
		if len(publics) > 1 || len(publics) == 1 && len(w.n.PublicOwners(publics[0])) > 1 {
			set = w.stopped(s, set, from, &model.Missing{What: "public address of " + g.ID, Why: model.Conflicting})
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
			set = w.stopped(s, set, to, &model.Missing{What: "owner of " + m.Public.String(), Why: model.Conflicting})
		}
		vpc, e := int32(-1), (*model.Interface)(nil)
		switch {
		case m.Interface >= 0:
			e = &w.n.Interfaces[m.Interface]
			vpc = e.VPC
		case m.NAT >= 0:
			vpc = w.n.NATGateways[m.NAT].VPC
		default:
			unread := w.n.UnreadNATs(s.vpc) // or a NAT gateway's, whose record would tell
			set = w.stopped(s, set, to, cmp.Or(unread, &model.Missing{What: "interface of " + m.Public.String(), Call: "describe-network-interfaces", Why: model.NotHeld}))
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
		set = w.stopped(s, set, strange, m)
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
