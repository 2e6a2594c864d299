package oracle

import (
	"net/netip"
	"slices"
)

// outside follows a packet that an internet gateway has let out: that is arriving, where the question is about the internet;
// else it may come in again by another gateway (IGW-6, D-55).
func (w *walker) outside(f flight) {
	to := w.q.To
	switch {
	case linkLocal.Contains(f.p.Destination): // D-4
		w.refuse(f, "elsewhere", "link-local", f.p.Destination.String())
		return
	case to.Internet, to.Gateway != "" && to.Gateway == f.top().id:
		w.atInternet(f)
		return
	case to.Gateway != "", to.Edge != "": // whoever has the address, it is none of a VPC's edges
		w.refuse(f, "elsewhere", f.top().id)
		return
	}
	if w.q.Reading == AWS && !to.Address { // IGW-6, D-55: whoever has it, AWS's analyzer does not come back in
		w.refuse(f, "igw-nat-reflection", f.p.Destination.String())
		return
	}
	vpcs, hidden := w.o.publicOwners(f.p.Destination)
	switch {
	case w.o.isCarrierAddress(f.p.Destination, to): // D-135
		if f.top().kind == wentCarrier && w.q.Reading == Strict {
			w.end(f, "not-modelled", "not modelled: the carrier's network")
			return
		}
		if w.q.Reading == AWS { // IGW-6, whoever else may have it
			w.refuse(f, "igw-nat-reflection", f.p.Destination.String())
			return
		}
		w.notFound(f, hidden)
	case len(vpcs) == 0 && (!to.Address || w.o.inVPC6(f.p.Destination)): // D-4
		w.notFound(f, hidden)
	case len(vpcs) > 0 && !to.Address && !w.o.someoneIs(to, f.p.Destination): // whoever has it, it is not To
		w.refuse(f, "elsewhere", to.Interface+to.Endpoint)
	case len(vpcs) == 0:
		if hidden { // D-9
			f = w.assume(f, "internet-address", "describe-network-interfaces: owner of "+f.p.Destination.String())
		}
		w.atInternet(f)
	case len(vpcs) > 1 || vpcs[0] == "":
		w.end(f, "igw-mapped-twice", "answers disagree: owner of "+f.p.Destination.String())
	case w.q.Reading == AWS:
		w.refuse(f, "igw-nat-reflection", f.p.Destination.String())
	default:
		w.decide("hairpin", vpcs[0])
		f.leg++
		w.comeInto(f, vpcs[0])
	}
}

// notFound ends a packet for a public address that no interface is known to have, where one was asked for.
func (w *walker) notFound(f flight, hidden bool) {
	if hidden {
		w.end(f, "public-owner-unknown", "describe-network-interfaces: owner of "+f.p.Destination.String())
		return
	}
	w.refuse(f, "elsewhere", "the internet")
}

// publicOwners returns the VPCs in which a public address leads to something; "" is one that no answer describes. hidden
// says that an interface which no answer describes may have it.
func (o *Oracle) publicOwners(a netip.Addr) (vpcs []string, hidden bool) {
	add := func(vpc string) { vpcs = append(vpcs, vpc) }
	if a.Is6() {
		owners := o.ownersAnywhere(a)
		usable := slices.DeleteFunc(slices.Clone(owners), func(i *iface) bool { return i.denyIGW || !o.inPublicBlock(i, a) })
		if len(usable) > 0 {
			owners = usable
		}
		for _, i := range owners {
			add(i.vpc)
		}
		return vpcs, o.interfacesHidden()
	}
	for _, m := range o.publics[a] {
		add(m.vpc)
	}
	hidden = o.interfacesHidden()
	for _, i := range o.delegates {
		hidden = hidden || i.hidesMappings()
	}
	return vpcs, hidden
}

// interfacesHidden reports whether some interface may be in no answer: of a part, or of a VPC whose owner has none (D-9).
func (o *Oracle) interfacesHidden() bool {
	for v := range o.vpcs {
		if !o.completeFor(v, "describe-network-interfaces") {
			return true
		}
	}
	return !o.everywhere("describe-network-interfaces")
}

// hidesMappings reports whether public addresses may be mapped into the interface's delegated prefixes that only
// describe-addresses would tell of (ENI-2).
func (i *iface) hidesMappings() bool {
	return !complete(i.part, "describe-addresses") && slices.ContainsFunc(i.delegated, func(p netip.Prefix) bool { return p.Addr().Is4() })
}

// inPublicBlock reports whether an IPv6 address of an interface is in a block that is not known to be private (VPC-4).
func (o *Oracle) inPublicBlock(i *iface, a netip.Addr) bool {
	quiet := &walker{o: o, decided: map[string]int{}}
	_, ok := quiet.publicIPv6(flight{}, i, a)
	return ok
}

// inVPC6 reports whether an address is in an IPv6 block of a VPC, and so nobody else's (D-4).
func (o *Oracle) inVPC6(a netip.Addr) bool {
	for _, v := range o.vpcs {
		if a.Is6() && inBlocks(v.blocks, a) {
			return true
		}
	}
	return false
}

// atInternet turns a packet round that has reached the internet.
func (w *walker) atInternet(f flight) {
	w.respond(f, w.comeBack)
}

// comeBack follows a reply into the gateway that the request left by, whose mapping it is addressed to.
func (w *walker) comeBack(f flight) {
	out := f.top()
	if out.kind != wentOut && out.kind != wentEgress && out.kind != wentCarrier || out.after.Source != f.p.Destination {
		w.refuse(f, "reply-elsewhere", f.p.Destination.String())
		return
	}
	f = f.pop()
	f.p.Destination = out.before.Source
	if out.kind != wentOut { // RET-6, D-130, D-135
		w.decide("gateway-back", out.id)
		w.deliverByState(f, out.vpc)
		return
	}
	w.decide("igw-back", out.id)
	if n := w.o.nats[f.top().id]; n != nil && n.regional() && f.top().kind == translated && f.top().after.Source == f.p.Destination { // D-140
		w.reachNAT(f, n, false)
		return
	}
	w.edge(f, out.id, out.vpc)
}

// replyOut ends a reply that leaves by an internet gateway: it has to be the gateway and the public address that the request
// came in by (D-5, D-57). Of two joined legs it then has the other before it.
func (w *walker) replyOut(f flight, id, vpc string, public netip.Addr) {
	in := f.top()
	if in.kind != cameIn || in.vpc != vpc || in.before.Destination != public {
		w.refuse(f, "reply-elsewhere", id)
		return
	}
	f = f.pop()
	if last := len(f.boxes) - 1; w.q.Reading == Strict && last >= 0 && f.boxes[last].after > f.passing("").after { // it saw the header that the gateway takes away
		w.oneSided(f, "appliance-bypassed", f.boxes[last].box)
		return
	}
	w.decide("igw-reply-out", id)
	if len(f.events) == 0 {
		w.home(f)
		return
	}
	f.leg++
	w.comeBack(f)
}

// foreign says why a source is none of the internet's; empty if it is one. Reading aws lets link-local in (D-4, D-53).
func foreign(q Question) string {
	if q.Reading == Strict && linkLocal.Contains(q.Packet.Source) {
		return "igw-link-local"
	}
	return beyondGateways(q.Packet.Source)
}

// internetStarts returns the ways in for a packet from the internet: the gateways of the VPC that has its destination (D-4).
func (o *Oracle) internetStarts(q Question, f flight) []func(*walker) {
	one := func(start func(*walker)) []func(*walker) { return []func(*walker){start} }
	if why := beyondGateways(f.p.Destination); why != "" {
		return one(func(w *walker) { w.refuse(f, "igw-not-mapped", f.p.Destination.String()) })
	}
	vpcs, hidden := o.publicOwners(f.p.Destination)
	switch {
	case len(vpcs) == 0 && hidden:
		return one(func(w *walker) {
			w.end(f, "public-owner-unknown", "describe-network-interfaces: owner of "+f.p.Destination.String())
		})
	case len(vpcs) == 0:
		return one(func(w *walker) { w.refuse(f, "igw-not-mapped", f.p.Destination.String()) })
	case !o.someoneIs(q.To, f.p.Destination): // whoever has it, it is not To
		return one(func(w *walker) { w.refuse(f, "elsewhere", q.To.Interface+q.To.Endpoint) })
	case len(vpcs) > 1 || vpcs[0] == "":
		return one(func(w *walker) {
			w.end(f, "igw-mapped-twice", "answers disagree: owner of "+f.p.Destination.String())
		})
	}
	gateways := o.gatewaysOf(vpcs[0])
	if len(gateways) == 0 {
		return one(func(w *walker) { w.comeInto(f, vpcs[0]) })
	}
	var starts []func(*walker)
	for _, g := range gateways {
		starts = append(starts, func(w *walker) { w.comeIn(f, g, vpcs[0]) })
	}
	return starts
}

// someoneIs reports whether an end may be the one that has a public address, as far as the answers tell: it is one of those that
// are known to have it, or no interface is asked for.
func (o *Oracle) someoneIs(end End, a netip.Addr) bool {
	ids, _ := o.interfacesOf(end)
	return len(ids) == 0 && end.Endpoint == "" || slices.ContainsFunc(ids, func(id string) bool { return o.mayHave(id, a) })
}

// mayHave reports whether an interface may have a public address.
func (o *Oracle) mayHave(id string, a netip.Addr) bool {
	i := o.interfaces[id]
	if i == nil {
		return true
	}
	if a.Is6() {
		return i.owns(a)
	}
	if slices.ContainsFunc(i.mapped, func(m elasticAddress) bool { return m.public == a }) {
		return true
	}
	return slices.ContainsFunc(o.elastic, func(m elasticAddress) bool { return m.public == a && m.iface == id })
}

// gatewayStarts returns the ways in through one internet gateway.
func (o *Oracle) gatewayStarts(f flight, id string) []func(*walker) {
	if isEgressOnly(id) { // EIGW-1, D-130
		return []func(*walker){func(w *walker) { w.refuse(f, "eigw-in", id) }}
	}
	g := o.igws[id]
	if g == nil {
		return []func(*walker){func(w *walker) { w.end(f, "igw-missing", "describe-internet-gateways: "+id) }}
	}
	var starts []func(*walker)
	for _, a := range g.attachments {
		if g.attached(a.VpcId) {
			starts = append(starts, func(w *walker) { w.comeIn(f, id, a.VpcId) })
		}
	}
	if starts == nil {
		starts = append(starts, func(w *walker) { w.refuse(f, "igw-attachment", id) })
	}
	return starts
}

// gatewaysOf returns the usable internet gateways of a VPC, by id; AWS allows one.
func (o *Oracle) gatewaysOf(vpc string) []string {
	var ids []string
	for g := range sorted(o.igws) {
		if g.attached(vpc) {
			ids = append(ids, g.id)
		}
	}
	return ids
}

// comeInto follows a packet from the internet into a VPC by its gateway.
func (w *walker) comeInto(f flight, vpc string) {
	gateways := w.o.gatewaysOf(vpc)
	for _, id := range gateways {
		w.comeIn(f, id, vpc)
	}
	switch {
	case len(gateways) > 0:
	case w.o.completeFor(vpc, "describe-internet-gateways"):
		w.refuse(f, "igw-attachment", vpc)
	case w.assumes(AssumeGateways): // D-83
		w.decide("igw-assumed", vpc)
		w.comeIn(f, "", vpc)
	default:
		w.end(f, "igw-missing", "describe-internet-gateways: gateway of "+vpc)
	}
}

// comeIn follows a packet from the internet through a gateway (IGW-3 to IGW-5, D-53).
func (w *walker) comeIn(f flight, id, vpc string) {
	if g := w.o.igws[id]; g != nil {
		f = w.use(f, &g.entity)
	}
	f, to, ok := w.mappedTo(f, vpc)
	if !ok {
		return
	}
	before := f.p
	f.p.Destination = to
	owners := w.o.ownersIn(vpc, to)
	if len(owners) == 1 && len(w.o.natsIn(vpc, to, owners)) == 0 {
		i := owners[0]
		if !i.liveAtGateway() { // ENI-6
			w.refuse(f, "igw-not-live", i.id)
			return
		}
		if to.Is6() {
			if f, ok = w.publicIPv6(f, i, to); !ok {
				return
			}
		}
	}
	w.decide("igw-in", id, to.String())
	w.edge(f.push(event{kind: cameIn, id: id, vpc: vpc, before: before, after: f.p}), id, vpc)
}

// mappedTo returns the address in a VPC that a packet's public destination leads to. It returns false when the branch has
// ended.
func (w *walker) mappedTo(f flight, vpc string) (flight, netip.Addr, bool) {
	a := f.p.Destination
	if a.Is6() {
		hidden := !w.o.completeFor(vpc, "describe-network-interfaces")
		return f, a, w.found(f, len(w.o.ownersIn(vpc, a)), hidden && global6.Contains(a))
	}
	if beyondGateways(a) != "" {
		return f, a, w.refuse(f, "igw-not-mapped", a.String())
	}
	to := w.o.publics[a]
	switch {
	case len(to) == 1 && to[0].vpc != "" && to[0].vpc != vpc:
		return f, a, w.refuse(f, "igw-not-mapped", a.String())
	case len(to) == 1 && to[0].vpc != "":
		return f, to[0].private, true
	case len(to) > 0:
		return f, a, w.found(f, 2, false)
	}
	hidden := !w.o.completeFor(vpc, "describe-network-interfaces")
	for _, i := range w.o.delegates {
		hidden = hidden || i.vpc == vpc && i.hidesMappings()
	}
	return f, a, w.found(f, 0, hidden)
}

// found reports whether a public destination leads to exactly one thing. Otherwise the branch has ended.
func (w *walker) found(f flight, count int, hidden bool) bool {
	switch {
	case count == 1:
		return true
	case count > 1:
		w.end(f, "igw-mapped-twice", "answers disagree: owner of "+f.p.Destination.String())
	case hidden:
		w.end(f, "public-owner-unknown", "describe-network-interfaces: owner of "+f.p.Destination.String())
	default:
		w.refuse(f, "igw-not-mapped", f.p.Destination.String())
	}
	return false
}
