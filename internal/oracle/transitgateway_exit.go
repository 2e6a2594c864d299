package oracle

import (
	"cmp"
	"slices"
)

// exitTransit follows a packet out of a transit gateway by an attachment that a route names.
func (w *walker) exitTransit(f flight, t transitTarget, in *transitAttachment, z *zone) {
	id := t.TransitGatewayAttachmentId
	var out *transitAttachment
	for _, a := range w.o.attachments {
		if a.id == id && a.gateway == in.gateway {
			out = a
		}
	}
	if out == nil { // D-200: followed as far as the answers lead
		out = &transitAttachment{gateway: in.gateway, id: id, kind: t.ResourceType, resource: t.ResourceId}
		f = w.lack(f, "tgw-attachment-missing", "describe-transit-gateway-attachments: "+id)
	}
	f, ok := w.carries(f, out)
	if !ok {
		return
	}
	kind := out.kind
	kind = cmp.Or(kind, t.ResourceType)
	back := f.reply && w.q.From.Edge != "" && f.byEdge == out.id && f.edgeOf == out.gateway // D-217
	if f.reply || w.q.To.Edge != out.id || kind == "vpn" {                                  // what is attached carries what has been translated
		if f, ok = w.natOut(f, out); !ok {
			return
		}
	}
	if kind == "vpn" {
		if f, ok = w.vpnWorks(f, out.resource, f.p.Destination, f.p.Source); !ok {
			return
		}
	}
	switch {
	case back:
		w.backAtEdge(f)
	case !f.reply && w.q.To.Edge == out.id:
		w.decide("tgw-attachment-end", out.id)
		w.respond(f, func(f flight) { w.inTransit(f, out, nil) })
	case kind == "vpc":
		w.exitVPC(f, in, out, z)
	case kind == "peering":
		w.crossTransitPeering(f, out)
	case kind == "vpn", kind == "connect":
		w.beyondEdge(f, out.id)
	default: // D-213
		w.end(f, "not-modelled", "not modelled: attachment "+id+" of type "+kind)
	}
}

// beyondEdge ends a packet that leaves what the snapshot knows (D-238).
func (w *walker) beyondEdge(f flight, id string) {
	if f.reply {
		w.refuse(f, "reply-elsewhere", id)
		return
	}
	w.end(f, "edge", "beyond "+id)
}

// backAtEdge ends a reply that is back at the edge where its request came in.
func (w *walker) backAtEdge(f flight) {
	if len(f.events) > 0 {
		w.refuse(f, "reply-elsewhere", f.byEdge)
		return
	}
	w.decide("edge-back", f.byEdge)
	w.home(f)
}

// exitVPC follows a packet out of a transit gateway into the VPC of an attachment: onto its interface in some zone, then by the table of
// that subnet (TGW-37 to TGW-41, D-209). Gateways' tables are never asked (TGW-38). in is nil where the packet comes from no attachment.
func (w *walker) exitVPC(f flight, in, out *transitAttachment, z *zone) {
	seats, told := w.o.seats(out)
	if !told || len(seats) == 0 {
		w.end(f, "tgw-seats-unknown", "describe-transit-gateway-vpc-attachments: subnets of "+out.id)
		return
	}
	shape, _ := out.shape()
	if shape.appliance == "enable" {
		w.exitAppliance(f, in, out, z, seats)
		return
	}
	for _, s := range w.defaultSeats(out, z, seats) {
		w.takeSeat(f, in, out, z, s)
	}
}

// defaultSeats returns where a packet may leave in default mode: its own zone where the attachment has it, else any (TGW-39, TGW-40,
// TGW-46).
func (w *walker) defaultSeats(out *transitAttachment, z *zone, seats []seat) []seat {
	if z == nil {
		w.decide("tgw-no-zone", out.id)
		return seats
	}
	s, v := w.o.seatIn(out, z)
	switch v {
	case allow:
		w.decide("tgw-same-zone", out.id)
		return []seat{s}
	case unsure:
		return []seat{s}
	}
	w.decide("tgw-other-zone", out.id)
	return seats
}

// takeSeat follows a packet onto the attachment's interface in one zone and on from there.
func (w *walker) takeSeat(f flight, in, out *transitAttachment, z *zone, s seat) {
	if s.subnet == nil {
		w.end(f, "tgw-seats-unknown", "answers do not tell the subnets of "+out.id)
		return
	}
	if len(s.others) > 0 {
		f = w.lack(f, "tgw-seats-double", "answers disagree: subnet of "+out.id+" in a zone")
		for _, other := range append([]*subnet{s.subnet}, s.others...) {
			w.takeSeat(f, in, out, z, seat{subnet: other, zone: s.zone})
		}
		return
	}
	this := transitExit{out.id, *s.zone}
	if slices.Contains(f.exits, this) { // D-214
		w.refuse(f, "tgw-loop", out.id)
		return
	}
	f.exits = append(slices.Clip(f.exits), this)
	f = w.carryToken(f, in, out, z, s.zone)
	f.came, f.last = out.resource, ""
	w.decide("tgw-out", out.id, s.subnet.id)
	w.depart(f, out.resource, s.subnet.id, place{transit: true})
}

// crossTransitPeering follows a packet over a peering of transit gateways (TGW-50 to TGW-52, D-212).
func (w *walker) crossTransitPeering(f flight, out *transitAttachment) {
	found, near, far := w.o.peeringOf(out)
	if found == nil && isTransitGateway(out.resource) { // the attachment's own record names the other gateway
		found, near.TransitGatewayId, far.TransitGatewayId = &transitPeering{id: out.id}, out.gateway, out.resource
	}
	if found == nil {
		w.end(f, "tgw-peering-missing", "describe-transit-gateway-peering-attachments: "+out.id)
		return
	}
	if near.Region != far.Region && w.q.Reading == AWS { // TGW-52
		w.end(f, "tgw-peering-beyond", "not modelled: "+out.id+" leads to another Region")
		return
	}
	in := w.o.farAttachment(found, out, far.TransitGatewayId)
	if in == nil {
		w.end(f, "tgw-peering-missing", "describe-transit-gateway-attachments: "+far.TransitGatewayId+" beyond "+out.id)
		return
	}
	f, ok := w.transitInService(f, far.TransitGatewayId)
	if !ok {
		return
	}
	if f, ok = w.carries(f, in); !ok {
		return
	}
	f.token, f.strange = false, "" // TGW-63
	w.decide("tgw-peering", out.id)
	if !f.reply && w.q.To.Edge != "" && (w.q.To.Edge == far.TransitGatewayId || w.q.To.Edge == in.id) { // D-217
		w.decide("tgw-end", far.TransitGatewayId)
		w.respond(f, func(f flight) { w.crossTransitPeering(f, in) })
		return
	}
	w.inTransit(f, in, nil)
}

// peeringOf returns the record of a peering that an attachment belongs to, and its two sides: by the id, else where the record does not tell the
// accepter's, by the pair of gateways.
func (o *Oracle) peeringOf(a *transitAttachment) (found *transitPeering, near, far transitSide) {
	for _, x := range o.transitPeerings {
		byPair := x.accepterID == "" && x.sides[1].TransitGatewayId == a.gateway && x.sides[0].TransitGatewayId == a.resource
		if x.id != a.id && x.accepterID != a.id && !byPair {
			continue
		}
		switch a.gateway {
		case x.sides[0].TransitGatewayId:
			found, near, far = x, x.sides[0], x.sides[1]
		case x.sides[1].TransitGatewayId:
			found, near, far = x, x.sides[1], x.sides[0]
		}
	}
	return found, near, far
}

// farAttachment returns the far gateway's own attachment of a peering: by its id, else the only one with that pair of gateways.
func (o *Oracle) farAttachment(x *transitPeering, out *transitAttachment, gateway string) *transitAttachment {
	var pair []*transitAttachment
	for _, a := range o.attachments {
		switch {
		case a.gateway != gateway || a.kind != "peering" || a.gone():
		case a.id == x.id || a.id == x.accepterID:
			return a
		case a.resource == out.gateway:
			pair = append(pair, a)
		}
	}
	if len(pair) == 1 {
		return pair[0]
	}
	return nil
}
