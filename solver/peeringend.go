package solver

import (
	"cmp"
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A peering connection as an end of a question, as AWS's analyzer takes it: what enters it from this side (TO), or what comes
// out of it from the far side (FROM).

// sideMissing is what is missing where an end is a peering of which no answer tells both VPCs.
func (r *Result) sideMissing(end *model.End) *model.Missing {
	if end.Kind != model.EndPeering {
		return nil
	}
	p := &r.Network.Peerings[end.Ref.Index]
	if p.Sides[0].VPC < 0 || p.Sides[1].VPC < 0 {
		return cmp.Or(p.Missing(), p.NotHeld("describe-vpc-peering-connections", "both sides of "+p.ID))
	}
	return nil
}

// beyond are the blocks on the far side of a peering, seen from the VPCs of some interfaces.
func (r *Result) beyond(end *model.End, ifaces []int32) []netip.Prefix {
	p := &r.Network.Peerings[end.Ref.Index]
	out := []netip.Prefix{}
	for k, side := range p.Sides {
		for _, i := range ifaces {
			if r.Network.Interfaces[i].VPC == side.VPC {
				out = append(out, p.Sides[1-k].Blocks...)
				break
			}
		}
	}
	return out
}

// fromPeering makes the walk of packets that come out of a peering. Who sent them is not known, so references to groups are
// in doubt (D-24).
func (r *Result) fromPeering(base packet.Set) []*walk {
	p := &r.Network.Peerings[r.Query.From.Ref.Index]
	set := r.Pool.Intersect(base, r.Pool.Sources(r.beyond(&r.Query.From, r.Query.To.Interfaces)...))
	var walks []*walk
	for _, side := range p.Sides {
		mine := r.Pool.Intersect(set, r.Pool.Sources(side.Blocks...))
		if mine.IsEmpty() {
			continue
		}
		r.Asked = r.Pool.Union(r.Asked, mine)
		walks = append(walks, r.walk(state{stage: peering, ref: r.Query.From.Ref, set: mine, vpc: side.VPC,
			subnet: -1, token: -1, back: -1, crossed: -1, iface: -1, strange: true}))
	}
	return walks
}

// atPeeringEnd ends packets for which the peering is an end of the question; it reports whether it is one here.
func (w *walk) atPeeringEnd(s *state, set packet.Set) bool {
	switch {
	case s.leg == Forward && w.q.To.Kind == model.EndPeering && w.q.To.Ref == s.ref:
		p := &w.n.Peerings[s.ref.Index]
		back := s.to(peering, s.ref)
		back.vpc, back.subnet = p.Sides[1-p.Near(s.vpc)].VPC, -1
		w.turn(s, set, back)
		return true
	case s.leg == Return && w.q.From.Kind == model.EndPeering && w.q.From.Ref == s.ref:
		w.finish(s, w.seenByAll(s, set))
		return true
	}
	return false
}
