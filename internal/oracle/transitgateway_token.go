package oracle

// carryToken decides whether the sender's groups still count once a transit gateway has delivered the packet (SG-21, TGW-62 to TGW-64,
// D-211).
func (w *walker) carryToken(f flight, in, out *transitAttachment, from, to *zone) flight {
	if !f.token && f.strange == "" {
		return f
	}
	v, why := w.references(in, out)
	if from != nil && from.id == noReferences || to != nil && to.id == noReferences {
		v = deny
	}
	switch v {
	case deny:
		w.decide("tgw-reference-lost", out.id)
		f.token, f.strange = false, ""
	case unsure:
		f.unsure = why
	}
	return f
}

// noReferences is the zone in which references across transit gateways never work.
const noReferences = "use1-az3"

// references asks the three switches: the gateway's, which is off unless it is on, and those of both attachments, which are on unless they
// are off.
func (w *walker) references(in, out *transitAttachment) (verdict, string) {
	best, why := allow, ""
	g := w.o.transits[out.gateway]
	switch {
	case in == nil || in.kind != "vpc":
		return deny, ""
	case g == nil:
		best, why = unsure, "describe-transit-gateways: "+out.gateway
	case g.references != "enable":
		return deny, ""
	}
	for _, a := range []*transitAttachment{in, out} {
		shape, told := a.shape()
		switch {
		case !told:
			best, why = unsure, "describe-transit-gateway-vpc-attachments: options of "+a.id
		case shape.references != "" && shape.references != "enable":
			return deny, ""
		}
	}
	return best, why
}

// inZone reports whether an interface is in a zone, by its id.
func (o *Oracle) inZone(i *iface, zone string) bool {
	s := o.subnets[i.subnet]
	return s != nil && s.zoneID == zone
}
