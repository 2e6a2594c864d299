package oracle

import (
	"net/netip"
	"slices"
)

// carrierGateway is a carrier gateway of a Wavelength Zone.
type carrierGateway struct {
	entity
	vpc, state string
}

func readCarrierGateways(o *Oracle, p *part, a answer, _ string) bool {
	type record struct{ CarrierGatewayId, VpcId, State, OwnerId string }
	return each(a, "CarrierGateways", func(r record, raw []byte) bool {
		return keep(o.carriers, &carrierGateway{entity{id: r.CarrierGatewayId, owner: r.OwnerId, part: p, raw: raw}, r.VpcId, r.State})
	})
}

// goCarrier follows a packet to a carrier gateway that a route names (CAGW-1, D-135).
func (w *walker) goCarrier(f flight, at place, id string) {
	if f.reply {
		w.refuse(f, "reply-gateway", id)
		return
	}
	ok := true
	if g := w.o.carriers[id]; g == nil { // D-46, D-80
		f = w.lack(f, "cagw-missing", "describe-carrier-gateways: "+id)
	} else if f = w.use(f, &g.entity); !works(g.state) {
		w.refuse(f, "cagw-state", id, g.state)
		return
	} else if g.vpc != at.vpc {
		w.refuse(f, "cagw-attachment", id, at.vpc)
		return
	}
	if f, ok = w.publicAccess(f, at.vpc, at.in(), publicOut); !ok {
		return
	}
	if !f.p.Destination.Is4() {
		w.refuse(f, "cagw-ipv6", id)
		return
	}
	if why := beyondGateways(f.p.Destination); why != "" {
		w.refuse(f, why+"-destination", id)
		return
	}
	if w.q.Reading == AWS && (w.q.To.Interface != "" || w.q.To.Endpoint != "") { // IGW-6: whatever address the source has
		w.refuse(f, "igw-nat-reflection", f.p.Destination.String())
		return
	}
	f, i := w.ownerOfSource(f, at.vpc)
	if i == nil {
		return
	}
	f, carrier, ok := w.carrierAddress(f, i)
	if !ok {
		return
	}
	if f, ok = w.erase(f, id); !ok {
		return
	}
	before := f.p
	f.p.Source, f.crossed = carrier, nil
	w.decide("cagw-out", id, carrier.String())
	w.outside(f.push(event{kind: wentCarrier, id: id, vpc: at.vpc, before: before, after: f.p}))
}

// carrierAddress returns the carrier address of a packet's source. It returns false when the branch has ended.
func (w *walker) carrierAddress(f flight, i *iface) (flight, netip.Addr, bool) {
	var found []netip.Addr
	for _, m := range i.carriers {
		if m.private == f.p.Source && !slices.Contains(found, m.public) {
			found = append(found, m.public)
		}
	}
	switch {
	case len(found) == 1:
		return f, found[0], true
	case len(found) > 1:
		w.end(f, "igw-mapped-twice", "answers disagree: carrier address of "+i.id)
		return f, netip.Addr{}, false
	case !slices.Contains(i.addresses, f.p.Source) && !complete(i.part, "describe-addresses"): // ENI-2
		w.end(f, "igw-source-unknown", "describe-addresses: "+f.p.Source.String())
		return f, netip.Addr{}, false
	}
	return f, netip.Addr{}, w.refuse(f, "cagw-no-address", i.id)
}

// isCarrierAddress reports whether TO, or any interface where TO is an address, has an address as its carrier address, which the
// internet does not reach (D-135).
func (o *Oracle) isCarrierAddress(a netip.Addr, to End) bool {
	for _, i := range o.interfaces {
		if (to.Address || to.Interface == i.id) && slices.ContainsFunc(i.carriers, func(m elasticAddress) bool { return m.public == a }) {
			return true
		}
	}
	return false
}
