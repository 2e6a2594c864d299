package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// NAT64: an IPv6 packet to 64:ff9b::/96 at a NAT gateway becomes IPv4, to the address in its destination (NAT-11, D-145). From there it is a packet
// of the NAT gateway like any other; its reply is turned back with the rest of the translation.

// carried implements NAT-2 and NAT-11 (D-61, D-145): what a NAT gateway can translate.
func (w *walk) carried(s *state, set packet.Set) packet.Set {
	other := w.p.Subtract(w.p.Intersect(set, w.p.OfFamily(packet.IPv6)), w.p.Destinations(packet.NAT64Prefix))
	w.deadEnd(s, other, Blocker{Code: NoPossibleDestination, Reason: ReasonNotNAT64, At: s.ref})
	set = w.p.Subtract(set, other)
	ports := []packet.ByteRange{{From: packet.TCP, To: packet.TCP}, {From: packet.UDP, To: packet.UDP}}
	protocols := w.p.UnionAll(w.p.Of(packet.Match{Protocols: ports}),
		w.p.Of(packet.Match{Family: packet.IPv4, Protocols: one(packet.ICMP)}),
		w.p.Of(packet.Match{Family: packet.IPv6, Protocols: one(packet.ICMPv6), ICMPTypes: one(128)}))
	return w.require(s, set, protocols, Blocker{Code: ProtocolRestriction, At: s.ref})
}

// translations are the frames of a NAT gateway's translation of a set: one for each family, as they change different things. to is what
// leaves the gateway.
func (w *walk) translations(s *state, device model.Ref, set, to packet.Set) []*frame {
	var out []*frame
	for _, family := range []packet.Family{packet.IPv4, packet.IPv6} {
		all := w.p.OfFamily(family)
		in := w.p.Intersect(set, all)
		if in.IsEmpty() {
			continue
		}
		out = append(out, &frame{device: device, outer: s.frame, in: in, foreign: !s.entered.IsZero(),
			rewrites: []rewrite{{match: all, fields: packet.FieldSource | packet.FieldSourcePort, to: to, nat64: family == packet.IPv6}}})
	}
	return out
}
