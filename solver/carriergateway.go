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
	set, ok := w.ofFamily(s, packet.IPv4)
	if !ok {
		return
	}
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
		carrier := w.p.Intersect(t.set, w.p.Destinations(w.carrierPrefixes()...))
		w.stop(s, carrier, &model.Missing{What: "the carrier's network", Why: model.NotModelled, Detail: "what carrier gateways send to carrier addresses"})
		t.set = w.p.Subtract(t.set, carrier)
		if !w.otherExit(s, t.set) {
			w.send(s, w.toOutside(s), t, t.set)
		}
	})
}

// carrierSources is publicSources for carrier addresses: the source must be the private address of a live interface of the VPC that a carrier
// address is mapped to, which it becomes. A NAT gateway has none.
func (w *walk) carrierSources(s *state, set packet.Set) translation {
	var p public
	vpc := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	for _, i := range w.n.OwnersWithin(s.vpc, w.p.SourceAddresses(set)) {
		e := &w.n.Interfaces[i]
		mine := w.p.Intersect(set, w.p.Sources(e.OwnPrefixes()...))
		if twice := w.p.Intersect(mine, p.known); !twice.IsEmpty() {
			w.stop(s, twice, &model.Missing{What: "owner of an address that two interfaces have", Why: model.Conflicting})
			set, mine = w.p.Subtract(set, twice), w.p.Subtract(mine, twice)
		}
		p.known = w.p.Union(p.known, mine)
		if !e.LiveForGateways() {
			p.dead = w.p.Union(p.dead, mine)
			continue
		}
		for _, m := range e.Carrier {
			from := w.p.Intersect(mine, w.p.Sources(single(m.Private)))
			if w.n.CarrierTwice(m) { // D-54
				w.stop(s, from, &model.Missing{What: "carrier address of " + e.ID, Why: model.Conflicting})
				set = w.p.Subtract(set, from)
				continue
			}
			p.rewrites = append(p.rewrites, rewrite{match: w.p.Sources(single(m.Private)), fields: packet.FieldSource, to: w.p.Sources(single(m.Public))})
			p.good = w.p.Union(p.good, from)
		}
		if m := w.n.HidesMappings(i); m != nil {
			hidden := w.p.Intersect(w.p.Subtract(mine, p.good), w.p.Sources(e.Prefixes...))
			w.stop(s, hidden, m)
			set = w.p.Subtract(set, hidden)
		}
	}
	set = w.require(s, set, w.p.Complement(p.dead), Blocker{Code: InternetNoPublicForEgress, Reason: ReasonNotLive, At: s.ref, Egress: true, VPC: vpc})
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		strange := w.p.Subtract(set, p.known)
		w.stop(s, strange, m)
		set = w.p.Subtract(set, strange)
	}
	set = w.require(s, set, w.p.Union(p.good, p.dead), Blocker{Code: InternetNoPublicForEgress, At: s.ref, Egress: true, VPC: vpc})
	return translation{set: set, rewrites: p.rewrites}
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
