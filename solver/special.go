package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// special takes out packets to the resolver, the metadata service and their like: they never take part in routing (RT-15), and groups and
// ACLs do not see them (SP-1, SG-35, ACL-23, D-180).
func (w *walk) special(s *state, set packet.Set, e *model.Interface) packet.Set {
	hit := w.p.Intersect(set, w.n.VPCs[s.vpc].Services)
	if hit.IsEmpty() {
		return set
	}
	rest := w.p.Subtract(set, hit)
	if w.q.Reading == AWS { // SP-5
		w.stop(s, hit, &model.Missing{What: "services at special addresses", Why: model.NotModelled, Detail: "AWS's Reachability Analyzer does not know them"})
		return rest
	}
	for _, v := range w.n.ServicesOf(s.vpc) {
		mine := w.p.Intersect(hit, w.p.Destinations(singles(v.Addresses)...))
		hit = w.p.Subtract(hit, mine)
		w.serve(s, e, v, mine)
	}
	hit = w.stopped(s, hit, w.p.Destinations(model.Lattice...), // EP-32, D-178
		&model.Missing{What: "VPC Lattice", Why: model.NotModelled, Detail: "its link-local addresses"})
	hit = w.stopped(s, hit, w.p.Destinations(singles(w.n.Resolvers(s.vpc))...), w.n.VPCs[s.vpc].Missing()) // D-85: one of these may be the resolver
	w.stop(s, hit, &model.Missing{What: "link-local services", Why: model.NotModelled, Detail: "special addresses"})
	return rest
}

// serve ends packets to one service: on the spot, over no path.
func (w *walk) serve(s *state, e *model.Interface, v model.Service, set packet.Set) {
	asked := w.p.Intersect(set, w.asksAddresses(s))
	w.deadEnd(s, w.p.Subtract(set, asked), Blocker{Code: NoPossibleDestination, Reason: ReasonAWSService, At: s.ref})
	set = asked
	offered := w.p.Union(w.p.Of(packet.Match{Protocols: one(packet.TCP), DestinationPorts: ports(v.TCP)}),
		w.p.Of(packet.Match{Protocols: one(packet.UDP), DestinationPorts: ports(v.UDP)}))
	none := Blocker{Code: NoPossibleDestination, Reason: ReasonNoService, At: s.ref}
	set = w.require(s, set, offered, none)
	switch v.Name {
	case model.MetadataService:
		set = w.metadata(s, e, set)
	case model.ResolverService:
		set = w.resolves(s, set)
	}
	if !set.IsEmpty() {
		s.notes = append(s.notes, Note{Kind: NoteBeside, At: s.ref})
	}
	w.finish(s, set)
}

// asksAddresses is the destinations for which TO means whatever answers there: addresses, not a component.
func (w *walk) asksAddresses(s *state) packet.Set {
	to := &w.q.To
	switch {
	case to.Prefixes == nil || !to.In.IsZero() && to.In.Index != s.vpc:
		return packet.Empty
	case to.Kind == model.EndSpecial || to.Kind == model.EndAddress || to.Kind == model.EndInternet:
		return w.p.Destinations(to.Prefixes...)
	}
	return packet.Empty
}

// metadata implements that only instances have a metadata service, and may have it switched off.
func (w *walk) metadata(s *state, e *model.Interface, set packet.Set) packet.Set {
	set = w.demand(s, set, e.Instance >= 0, Blocker{Code: NoPossibleDestination, Reason: ReasonNoService, At: s.ref})
	if e.Instance < 0 {
		return set
	}
	i := &w.n.Instances[e.Instance]
	for _, f := range []packet.Family{packet.IPv4, packet.IPv6} {
		mine := w.p.Intersect(set, w.p.OfFamily(f))
		if !mine.IsEmpty() && !i.Metadata(f == packet.IPv6) {
			set = w.require(s, set, w.p.Complement(mine), Blocker{Code: NoPossibleDestination, Reason: ReasonMetadataOff, At: s.ref})
		}
	}
	return set
}

// resolves implements SP-2: without DNS support the resolver does not answer.
func (w *walk) resolves(s *state, set packet.Set) packet.Set {
	at := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	on, m := w.n.DNSSupport(s.vpc)
	switch {
	case set.IsEmpty():
	case m == nil:
		return w.demand(s, set, on, Blocker{Code: NoPossibleDestination, Reason: ReasonDNSOff, At: s.ref, VPC: at})
	case m.Why == model.Conflicting || !w.assume(s, AssumeDNSSupport, at):
		s.doubting(m)
	}
	return set
}

func singles(list []netip.Addr) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, a := range list {
		out[i] = single(a)
	}
	return out
}

// ports are single ports; none of them is none, not all.
func ports(list []uint16) []packet.PortRange {
	out := make([]packet.PortRange, 0, len(list))
	for _, n := range list {
		out = append(out, packet.PortRange{From: n, To: n})
	}
	return out
}

// fromLinkLocal implements SP-4: an interface without IPv4 addresses may reach the services' IPv4 addresses from a link-local address
// that no answer shows, if its VPC's DHCP options say so. It takes out what that would be.
func (w *walk) fromLinkLocal(s *state, set packet.Set, e *model.Interface) packet.Set {
	if hasIPv4(e) {
		return set
	}
	return w.stopped(s, set, w.p.Intersect(w.p.Sources(linkLocal), w.n.VPCs[s.vpc].Services), &model.Missing{What: "IPv4 link-local address of " + e.ID, Why: model.NotModelled, Detail: "special addresses from an IPv6-only subnet"})
}

// linkLocalSources adds to what an interface sends from what fromLinkLocal is about.
func (r *Result) linkLocalSources(e *model.Interface, own packet.Set) packet.Set {
	if to := &r.Query.To; to.Kind != model.EndSpecial || !to.Prefixes[0].Addr().Is4() || hasIPv4(e) {
		return own
	}
	return r.Pool.Union(own, r.Pool.Sources(linkLocal))
}

func hasIPv4(e *model.Interface) bool {
	return slices.ContainsFunc(e.Addresses, netip.Addr.Is4)
}
