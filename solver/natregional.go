package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A regional NAT gateway: it stands in no subnet, so no network ACL guards it; it serves zones, and routes by a table of its own (NAT-6,
// NAT-10, D-140).

// regionalAddresses are the addresses that packets may be translated to, by the zone of the subnet they are routed from; it returns the packets that
// are served.
func (w *walk) regionalAddresses(s *state, set packet.Set) ([]netip.Addr, packet.Set) {
	addresses, how, m := w.n.NATZone(s.ref.Index, s.subnet)
	refused := how == model.ZoneRefused
	switch elsewhere := how == model.ZoneElsewhere || how == model.ZoneUnstated; {
	case elsewhere && w.q.Reading == AWS:
		refused = true
	case m != nil:
		s.doubting(m)
	case elsewhere:
		s.notes = append(s.notes, Note{Kind: NoteOtherZone, At: s.ref})
	}
	b := Blocker{Code: RegionalNATZone, At: s.ref, Subnet: model.Ref{Kind: model.KindSubnet, Index: s.subnet}}
	return addresses, w.demand(s, set, !refused, b)
}

// leaveNAT is where translated packets go on: in the gateway's subnet, or at a regional one's own table.
func (w *walk) leaveNAT(s *state, g *model.NATGateway) state {
	if g.Subnet < 0 {
		next := s.to(routing, s.ref)
		next.vpc, next.subnet = g.VPC, -1
		return next
	}
	next := s.to(leaving, model.Ref{Kind: model.KindSubnet, Index: g.Subnet})
	next.vpc, next.subnet = g.VPC, g.Subnet
	next.then, next.thenTo = routing, next.ref
	return next
}

// regionalNAT is the regional NAT gateway whose translation is the latest of s, to which a reply that comes back to the VPC goes straight; nil
// for none.
func (w *walk) regionalNAT(f *frame) *model.NATGateway {
	if f == nil || f.device.Kind != model.KindNATGateway || w.n.NATGateways[f.device.Index].Subnet >= 0 {
		return nil
	}
	return &w.n.NATGateways[f.device.Index]
}

// tableOf is the route table that packets at stage routing meet.
func (w *walk) tableOf(s *state) (int32, *model.Missing) {
	if s.ref.Kind == model.KindNATGateway {
		return w.n.NATTable(s.ref.Index)
	}
	return w.n.TableOf(s.ref.Index)
}
