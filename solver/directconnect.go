package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A Direct Connect gateway, or a private virtual interface straight to a virtual private gateway, on the way to on-premises and back (DX-1 to DX-11,
// D-236).
var (
	directConnectOut = &stage{name: "direct-connect-gateway-out", row: componentRow}
	directConnectIn  = &stage{name: "direct-connect-gateway-in", row: componentRow}
	virtualOut       = &stage{name: "virtual-interface-out", row: componentRow}
)

func init() {
	edgeCarriers[model.KindDirectConnectGateway] = directConnectOut
	edgeCarriers[model.KindVirtualInterface] = virtualOut
	directConnectOut.step = func(w *walk, s *state) {
		w.atEdge(s, w.directConnectWorks(s, s.set, s.prev.ref))
	}
	directConnectIn.step = func(w *walk, s *state) {
		set := s.set
		if s.leg == Forward {
			set = w.directConnectWorks(s, set, s.thenTo)
			set = w.advertised(s, set)
		}
		w.goIn(s, set)
	}
	virtualOut.step = func(w *walk, s *state) {
		v := &w.n.VirtualInterfaces[s.ref.Index]
		w.atEdge(s, w.eachFamily(s, s.set, func(six bool, part packet.Set) packet.Set {
			ok, state := v.Works(six)
			return w.demand(s, part, ok, Blocker{Code: BadState, At: s.ref, State: state})
		}))
	}
}

// eachFamily asks a question of the packets of each family.
func (w *walk) eachFamily(s *state, set packet.Set, ask func(six bool, part packet.Set) packet.Set) packet.Set {
	out := packet.Empty
	for _, f := range []packet.Family{packet.IPv4, packet.IPv6} {
		if part := w.p.Intersect(set, w.p.OfFamily(f)); !part.IsEmpty() {
			out = w.p.Union(out, ask(f == packet.IPv6, part))
		}
	}
	return out
}

// associationOf is the association of a Direct Connect gateway with another gateway; nil where no answer holds one.
func (w *walk) associationOf(gateway int32, to model.Ref) *model.DirectConnectAssociation {
	for _, a := range w.n.DirectConnectGateways[gateway].Associations {
		if x := &w.n.DirectConnectAssociations[a]; x.To == w.gatewayID(to) {
			return x
		}
	}
	return nil
}

// gatewayID is the id of a gateway, by itself or by one of its attachments.
func (w *walk) gatewayID(r model.Ref) string {
	if r.Kind != model.KindTransitAttachment {
		return w.n.ID(r)
	}
	if g := w.n.TransitAttachments[r.Index].Gateway; g >= 0 {
		return w.n.TransitGateways[g].ID
	}
	return ""
}

// directConnectWorks implements DX-1 and DX-9 (D-236): state of the gateway and of its association, and a virtual interface that works.
func (w *walk) directConnectWorks(s *state, set packet.Set, to model.Ref) packet.Set {
	g := &w.n.DirectConnectGateways[s.ref.Index]
	kind := "transit"
	if to.Kind == model.KindVPNGateway {
		kind = "private"
	}
	if m := g.Missing(); m != nil {
		w.unknownLine(s, m)
	} else if !g.Works() {
		set = w.demand(s, set, false, Blocker{Code: BadState, At: s.ref, State: g.Record.DirectConnectGatewayState})
	}
	if a := w.associationOf(s.ref.Index, to); a == nil {
		w.unknownLine(s, g.AssociationMissing(w.n.ID(to)))
	} else if m := a.Missing(); m != nil { // D-250
		s.doubting(m)
	} else {
		ok, state := a.Works()
		set = w.demand(s, set, ok, Blocker{Code: BadStateAttachment, At: s.ref, State: state, Target: to})
	}
	return w.eachFamily(s, set, func(six bool, part packet.Set) packet.Set {
		ok, state, m := w.n.Line(s.ref.Index, kind, six)
		if ok {
			return part
		}
		if m != nil {
			w.unknownLine(s, m)
			return part
		}
		return w.demand(s, part, false, Blocker{Code: BadState, At: s.ref, State: state})
	})
}

const associationsCall = "directconnect describe-direct-connect-gateway-associations"

// unknownLine bridges what the answers do not tell of a line on the way from AWS, whose route shows that it was there (D-236).
func (w *walk) unknownLine(s *state, m *model.Missing) {
	if !w.assume(s, AssumeDirectConnect, s.ref) {
		s.doubting(m)
	}
}

// advertised implements DX-4 to DX-6 on the way in: the destination must be in a prefix that AWS advertises to on-premises.
func (w *walk) advertised(s *state, set packet.Set) packet.Set {
	a := w.associationOf(s.ref.Index, s.thenTo)
	if a == nil || a.Record.AllowedPrefixes == nil {
		s.doubting(&model.Missing{What: "allowed prefixes of " + w.n.ID(s.ref) + " for " + w.n.ID(s.thenTo), Call: associationsCall, Why: model.NotHeld})
		return set
	}
	if m := a.Missing(); m != nil { // D-250
		s.doubting(m)
		return set
	}
	var told []prefix
	for _, p := range a.Record.AllowedPrefixes {
		if !p.Cidr.IsValid() {
			continue
		}
		if s.thenTo.Kind != model.KindVPNGateway { // DX-5
			told = append(told, p.Cidr.Masked())
			continue
		}
		for _, b := range w.n.VPCs[s.vpc].Blocks { // DX-4
			if p.Cidr.Contains(b.Addr()) && p.Cidr.Bits() <= b.Bits() {
				told = append(told, b)
			}
		}
	}
	if s.thenTo.Kind == model.KindVPNGateway {
		if m := w.n.VPCs[s.vpc].Missing(); m != nil {
			s.doubting(m)
			return set
		}
	}
	return w.require(s, set, w.p.Destinations(told...), Blocker{Code: NoPossibleDestination, Reason: ReasonNotAdvertised, At: s.ref, Target: s.thenTo})
}
