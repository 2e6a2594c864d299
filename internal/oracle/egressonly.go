package oracle

import "strings"

// egressGateway is an egress-only internet gateway, with the attachments of an internet gateway.
type egressGateway struct{ igw }

func readEgressOnlyGateways(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		EgressOnlyInternetGatewayId string
		Attachments                 []gatewayAttachment
	}
	return each(a, "EgressOnlyInternetGateways", func(r record, raw []byte) bool {
		return keep(o.egressOnly, &egressGateway{igw{entity{id: r.EgressOnlyInternetGatewayId, part: p, raw: raw}, r.Attachments}})
	})
}

func isEgressOnly(id string) bool { return strings.HasPrefix(id, "eigw-") }

// goEgressOnly follows a packet to an egress-only internet gateway that a route names (EIGW-1, EIGW-2, D-130).
func (w *walker) goEgressOnly(f flight, at place, id string) {
	if f.reply { // only what it started itself comes back through it
		w.refuse(f, "reply-gateway", id)
		return
	}
	ok := true
	if g := w.o.egressOnly[id]; g == nil { // D-46, D-80
		f = w.lack(f, "eigw-missing", "describe-egress-only-internet-gateways: "+id)
	} else if f = w.use(f, &g.entity); !g.attached(at.vpc) {
		w.refuse(f, "eigw-attachment", id, at.vpc)
		return
	}
	if at.endpoint != nil { // EIGW-2
		w.refuse(f, "eigw-from-endpoint", at.endpoint.id)
		return
	}
	if f, ok = w.publicAccess(f, at.vpc, at.in(), publicOutEgressOnly); !ok {
		return
	}
	if !global6.Contains(f.p.Destination) {
		w.refuse(f, "eigw-not-global", f.p.Destination.String())
		return
	}
	f, i := w.ownerOfSource(f, at.vpc)
	if i == nil {
		return
	}
	if f, ok = w.publicIPv6(f, i, f.p.Source); !ok {
		return
	}
	if f, ok = w.erase(f, id); !ok {
		return
	}
	f.crossed = nil
	w.decide("eigw-out", id)
	w.outside(f.push(event{kind: wentEgress, id: id, vpc: at.vpc, before: f.p, after: f.p}))
}
