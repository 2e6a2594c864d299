package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A carrier gateway of a Wavelength Zone on the way out of a VPC, and for the reply (CAGW-1, D-135). Requests come in from the carrier's network
// only, which is no part of the internet.
var (
	carrierOut    = &stage{name: "carrier-gateway", row: gatewayRow}
	carrierReturn = &stage{name: "carrier-gateway-return", row: gatewayRow}
)

func init() {
	routeTargets[model.KindCarrierGateway] = byRoute(carrierOut)
	edgeReturns[model.KindCarrierGateway] = carrierReturn
	edgeExits[carrierOut] = true
	carrierOut.step = stepCarrier
	carrierReturn.step = stepEdgeReturn
}

func stepCarrier(w *walk, s *state) {
	set := w.ofFamily(s, packet.IPv4)
	g := &w.n.CarrierGateways[s.ref.Index]
	vpc := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	if m := g.Missing(); m != nil { // D-46
		s.doubting(m)
	} else {
		set = w.demand(s, set, g.Works(), Blocker{Code: BadState, At: s.ref, State: g.Record.State})
		set = w.demand(s, set, g.VPC == s.vpc, Blocker{Code: BadStateAttachment, At: s.ref, State: "detached", VPC: vpc})
	}
	set = w.publicAccess(s, set, s.vpc, s.subnet, s.leaving())
	set = w.notPrivate(s, set, true)
	set = w.demand(s, set, internet(&w.q.To) || w.q.Reading != AWS, Blocker{Code: InternetReflection, At: s.ref}) // IGW-6
	w.forget(s, set, func(s *state, set packet.Set) {
		t := w.carrierSources(s, set)
		carrier := w.p.Destinations(w.carrierPrefixes()...)
		t.set = w.stopped(s, t.set, carrier, &model.Missing{What: "the carrier's network", Why: model.NotModelled, Detail: "what carrier gateways send to carrier addresses"})
		if !w.otherExit(s, t.set) {
			w.send(s, w.toOutside(s), t, t.set)
		}
	})
}

// carrierSources is publicSources for carrier addresses: the source must be the private address of a live interface of the VPC that a carrier
// address is mapped to, which it becomes. A NAT gateway has none.
func (w *walk) carrierSources(s *state, set packet.Set) translation {
	var p public
	set = w.mappedOut(s, set, &p, mappings{what: "carrier address of ", of: func(e *model.Interface) []model.PublicMapping { return e.Carrier },
		twice: func(_ *model.Interface, m model.PublicMapping) bool { return w.n.CarrierTwice(m) }})
	return w.refuseBare(s, set, &p)
}

// carrierPrefixes are the carrier addresses of TO's interfaces.
func (w *walk) carrierPrefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, i := range w.q.To.Interfaces {
		for _, m := range w.n.Interfaces[i].Carrier {
			out = append(out, single(m.Public))
		}
	}
	return out
}
