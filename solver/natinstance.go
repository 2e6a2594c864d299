package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// natInstance is an appliance with a public address that sends to the internet what others sent it: it is taken to put its own
// address in the place of theirs (NAT-12, D-104).
var natInstance = &stage{name: "nat-instance"}

func init() {
	natInstance.step = func(w *walk, s *state) {
		private := single(w.n.Interfaces[s.ref.Index].Addresses[0])
		if !w.assume(s, AssumeNATInstance, s.ref) {
			s.doubting(&model.Missing{What: w.n.ID(s.ref), Why: model.NotModelled, Detail: "whether an appliance translates addresses"})
		}
		next := s.after()
		next.frame = &frame{device: s.frame.device, at: s.frame.at, out: s.ref.Index, outer: s.frame, in: s.set,
			rewrites: []rewrite{{match: packet.Everything, fields: packet.FieldSource | packet.FieldSourcePort, to: w.anyPort(private)}}}
		w.pass(next, next.frame.apply(w.p, s.set))
	}
}

// anyPort is what an address sends: TCP and UDP from any of 1024-65535, the rest as it is.
func (w *walk) anyPort(source netip.Prefix) packet.Set {
	from := packet.Match{Source: []netip.Prefix{source}, SourcePorts: []packet.PortRange{{From: 1024, To: 65535}}}
	portless := w.p.Subtract(w.p.Sources(source), w.p.Of(packet.Match{SourcePorts: []packet.PortRange{{From: 0, To: 65535}}}))
	return w.p.Union(w.p.Of(from), portless)
}

// masquerade takes out what a NAT instance translates on its way to an internet gateway, and sends it there; it returns the rest.
func (w *walk) masquerade(s *state, r *model.Route, set packet.Set, toll []Blocker) packet.Set {
	f := s.frame
	if s.leg == Return || f == nil || !f.passed || f.device != s.sender {
		return set
	}
	e := &w.n.Interfaces[f.out]
	if !e.PublicPrimary() {
		return set
	}
	mine := w.p.Intersect(w.p.Subtract(set, w.p.Sources(e.OwnPrefixes()...)), w.p.OfFamily(packet.IPv4))
	next := s.to(natInstance, model.Ref{Kind: model.KindInterface, Index: f.out})
	next.then, next.thenTo, next.taken, next.toll = gatewayOut, r.Target, r, toll
	w.pass(next, mine)
	return w.p.Subtract(set, mine)
}

// unmask takes a reply that has reached the address which a NAT instance gave the request, and sends it on as the reply
// to what the instance had got. It reports whether the packets at s are such.
func (w *walk) unmask(s *state) bool {
	f := s.translation()
	if f == nil || f.at.IsZero() || f.out != s.ref.Index {
		return false
	}
	f, set := w.backTo(s, s.set)
	if w.looped(s, applianceOut, f.device) {
		w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonLoop, At: s.ref})
		return true
	}
	w.exits(s, f.outer, w.unframe(f, set))
	return true
}
