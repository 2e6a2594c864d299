package oracle

import (
	"slices"
	"strings"
)

// starts returns the ways in which a question can begin; the best counts (D-1).
func (o *Oracle) starts(q Question) []func(*walker) {
	f := flight{p: q.Packet}
	if _, known := o.interfacesOf(q.To); !known {
		return []func(*walker){func(w *walker) { w.end(f, "interface-missing", "no answer describes "+q.To.Interface+q.To.Endpoint) }}
	}
	if _, known := o.vpnGateways[q.To.Edge]; !known && strings.HasPrefix(q.To.Edge, "vgw-") {
		return []func(*walker){func(w *walker) { w.end(f, "vgw-missing", "describe-vpn-gateways: "+q.To.Edge) }}
	}
	if why := foreign(q); why != "" && (q.From.Internet || q.From.Gateway != "") {
		return []func(*walker){func(w *walker) { w.refuse(f, why+"-source", f.p.Source.String()) }}
	}
	switch {
	case q.From.Internet:
		return o.internetStarts(q, f)
	case q.From.Gateway != "":
		return o.gatewayStarts(f, q.From.Gateway)
	case q.From.Endpoint != "":
		return o.endpointStarts(f, q.From.Endpoint)
	case q.From.Edge != "":
		return o.edgeStarts(q, f)
	}
	return []func(*walker){func(w *walker) { w.start(f, q.From.Interface) }}
}

// start begins a question at an interface.
func (w *walker) start(f flight, id string) {
	i := w.o.interfaces[id]
	switch {
	case i == nil:
		w.end(f, "interface-missing", "describe-network-interfaces: "+id)
		return
	case w.o.isEndpoint(i): // EP-10
		if e := w.o.endpointOf[id]; e != nil && !e.typed() { // EP-33
			if f, ok := w.live(f, i); ok { // D-10
				w.end(f, "not-modelled", "not modelled: endpoint "+e.id+" of type "+e.kind)
			}
			return
		}
		w.refuse(f, "vpce-initiate", id)
		return
	}
	f, ok := w.connects(f, i)
	if !ok {
		return
	}
	f.origin, f.started, f.token = i, i, true
	w.leave(f, i)
}

// leave follows a packet out of an interface (W-1).
func (w *walker) leave(f flight, i *iface) {
	f, ok := w.live(f, i)
	if !ok {
		return
	}
	if !i.owns(f.p.Source) && !i.mayForward() { // ENI-3
		w.refuse(f, "source-check", i.id)
		return
	}
	if w.o.special(i.vpc, f.p.Destination) {
		w.askService(f, i)
		return
	}
	if !f.reply { // SG-5, RET-2
		if f, ok = w.group(f, i, true); !ok {
			return
		}
	}
	w.depart(f.sawInterface(i), i.vpc, i.subnet, place{})
}

// depart follows a packet from a subnet, where it left what at says, to wherever it goes next.
func (w *walker) depart(f flight, vpc, subnet string, at place) {
	s := w.o.subnets[subnet]
	if s == nil {
		w.end(f, "subnet-missing", "describe-subnets: "+subnet)
		return
	}
	at.vpc, at.subnet = vpc, s
	f, ok := w.inService(f, vpc, s)
	if !ok {
		return
	}
	if f.reply && f.top().kind == pinned {
		w.returnToSender(f, vpc, subnet)
		return
	}
	if inBlocks(s.blocks, f.p.Destination) { // RT-3, ACL-6
		w.decide("same-subnet", subnet)
		w.deliver(f, vpc, false)
		return
	}
	t := w.o.tableOf(s)
	if t == nil {
		w.unrouted(f, at, "route-table-missing", "describe-route-tables: table of "+subnet)
		return
	}
	w.route(f, t, at)
}

// route follows a table's routes.
func (w *walker) route(f flight, t *table, at place) {
	winners, known := w.choose(t, f.p.Destination)
	switch {
	case !known:
		w.unrouted(f, at, "route-unknown", "prefix list in "+t.id)
		return
	case len(winners) == 0:
		w.refuse(f, w.routeNone(f), t.id)
	}
	tie := len(winners) > 1
	if tie {
		w.decide("route-tie", t.id)
		winners = f.kept(t.id, winners)
	}
	for _, c := range winners {
		next := f
		if tie && c.list != "" {
			next.picks = append(slices.Clone(f.picks), pick{t.id, c.list})
		}
		w.follow(next, c, at)
	}
}

// kept is what AWS can still pick of routes that tie: what it has picked in the table before.
func (f flight) kept(table string, winners []candidate) []candidate {
	for _, c := range winners {
		if c.list != "" && slices.Contains(f.picks, pick{table, c.list}) {
			return []candidate{c}
		}
	}
	return winners
}

// inService checks that a subnet and its VPC carry traffic (VPC-7).
func (w *walker) inService(f flight, vpc string, s *subnet) (flight, bool) {
	f = w.use(f, &s.entity)
	if !works(s.state) {
		return f, w.refuse(f, "subnet-state", s.id, s.state)
	}
	if v := w.o.vpcs[vpc]; v != nil {
		f = w.use(f, &v.entity)
		if !works(v.state) {
			return f, w.refuse(f, "vpc-state", v.id, v.state)
		}
	}
	return f, true
}

// unrouted ends a packet whose route is unknown. The ACL refuses it all the same, unless the route may lead to a NAT gateway or
// an appliance in the same subnet, which no ACL guards (U-5, D-63).
func (w *walker) unrouted(f flight, at place, kind, what string) {
	if at.subnet != nil && !w.mayStay(at) {
		var ok bool
		if f, ok = w.acl(f, at.subnet.id, at.vpc, true); !ok {
			return
		}
	}
	w.end(f, kind, what)
}

// mayStay reports whether a route that is not known may lead to something in the subnet itself.
func (w *walker) mayStay(at place) bool {
	if !w.o.completeFor(at.vpc, "describe-nat-gateways") {
		return true
	}
	for _, n := range w.o.nats {
		if n.subnet == at.subnet.id && !n.gone() {
			return true
		}
	}
	if !complete(w.o.partOf(at.subnet.owner, at.subnet.part), "describe-network-interfaces") {
		return true
	}
	if at.transit && w.mayStayAtEndpoint(at) {
		return true
	}
	for _, i := range w.o.interfaces {
		if i.subnet == at.subnet.id && i.mayForward() && w.o.mayBeBox(i) {
			return true
		}
	}
	return false
}

// mayStayAtEndpoint reports whether a route that is not known may lead what a transit gateway delivers to an endpoint in the attachment's own
// subnet (D-203).
func (w *walker) mayStayAtEndpoint(at place) bool {
	if !w.o.completeFor(at.vpc, "describe-vpc-endpoints") {
		return true
	}
	for id := range w.o.endpoints {
		if w.o.subnetOf(id) == at.subnet.id {
			return true
		}
	}
	return false
}

// follow takes one route.
func (w *walker) follow(f flight, c candidate, at place) {
	w.decide("route", c.target.kind, c.target.id)
	if c.dropped() { // RT-16: also where the target is not in the answers
		w.refuse(f, "route-blackhole", c.target.id)
		return
	}
	if at.subnet != nil && w.leavesSubnet(c.target, at) {
		var ok bool
		if f, ok = w.acl(f, at.subnet.id, at.vpc, true); !ok {
			return
		}
	}
	switch c.target.kind {
	case "local":
		w.local(f, at.vpc)
	case "igw":
		w.goOut(w.masquerade(f, at), at, c.target.id)
	case "nat":
		w.translate(f, at, c.target.id)
	case "pcx":
		if f.came == at.vpc && at.via == nil && at.box == nil { // PCX-3, D-216
			w.refuse(f, "pcx-transit", c.target.id)
			return
		}
		w.cross(f, at.vpc, c.target.id, at.via)
	case "tgw":
		w.enterTransit(f, at, c.target.id)
	case "vgw":
		w.goVPNGateway(f, at, c.target.id)
	case "interface", "instance":
		w.divert(f, at, c.target)
	case "eigw":
		w.goEgressOnly(f, at, c.target.id)
	case "cagw":
		w.goCarrier(f, at, c.target.id)
	case "endpoint":
		w.enterEndpoint(f, at, c)
	default: // D-47
		w.end(f, "not-modelled", "not modelled: "+c.target.kind+" "+c.target.id)
	}
}

// leavesSubnet reports whether the next stop is certainly outside the subnet, so that its ACL judges the packet (ACL-6). To a
// Gateway Load Balancer endpoint it does in the same subnet too (ACL-17).
func (w *walker) leavesSubnet(t target, at place) bool {
	s := at.subnet
	switch t.kind {
	case "nat":
		n := w.o.nats[t.id]
		return n != nil && n.subnet != s.id
	case "interface", "instance":
		i, _ := w.o.nextHop(t)
		return i != nil && i.subnet != s.id
	case "endpoint": // D-203
		return !at.transit || w.o.endpoints[t.id] == nil || w.o.subnetOf(t.id) != s.id
	}
	return true
}

// local follows a local route, which serves only the VPC's own blocks (RT-14, D-44).
func (w *walker) local(f flight, vpc string) {
	if v := w.o.vpcs[vpc]; v != nil && !v.contains(f.p.Destination) {
		w.refuse(f, "local-cidr", vpc)
		return
	}
	w.deliver(f, vpc, true)
}

// deliver hands a packet to whatever owns its destination in a VPC (D-14). crossing says that it comes from outside that
// owner's subnet.
func (w *walker) deliver(f flight, vpc string, crossing bool) {
	f, i, n := w.locate(f, vpc, crossing)
	switch {
	case n != nil:
		w.reachNAT(f, n, crossing)
	case i != nil:
		w.arrive(f, i, crossing)
	}
}

// locate finds the one owner of the destination in a VPC: an interface or a NAT gateway. Neither: the branch has ended.
func (w *walker) locate(f flight, vpc string, crossing bool) (flight, *iface, *nat) {
	v := w.o.vpcs[vpc]
	if v == nil && crossing { // D-81
		f = w.lack(f, "vpc-missing", "describe-vpcs: "+vpc)
	}
	if v != nil {
		f = w.use(f, &v.entity)
		if !works(v.state) {
			w.refuse(f, "vpc-state", vpc, v.state)
			return f, nil, nil
		}
	}
	owners := w.o.ownersIn(vpc, f.p.Destination)
	gateways := w.o.natsIn(vpc, f.p.Destination, owners)
	switch {
	case len(owners) == 1 && owners[0].isNAT() && w.isStart(f, owners[0]):
		return f, owners[0], nil
	case len(owners) > 1 || len(gateways) > 1 || len(owners)+len(gateways) > 1 && !gateways[0].has(owners[0]):
		w.end(f, "local-two", "answers disagree: owner of "+f.p.Destination.String())
	case len(gateways) == 1:
		return f, nil, gateways[0]
	case len(owners) == 1 && owners[0].isNAT():
		w.refuse(f, "nat-initiate", owners[0].id)
	case len(owners) == 1:
		return f, owners[0], nil
	case w.o.hiddenIn(vpc, f.p.Destination) != nil:
		w.end(f, "vpce-prefix", "owner of "+f.p.Destination.String()+" among the interfaces of an endpoint")
	case v == nil || !w.o.completeFor(vpc, "describe-network-interfaces"):
		w.end(f, "local-unknown", "describe-network-interfaces: owner of "+f.p.Destination.String())
	default: // VPC-6
		w.refuse(f, "local-none", f.p.Destination.String())
	}
	return f, nil, nil
}

// arrive follows a packet into an interface (W-2).
func (w *walker) arrive(f flight, i *iface, crossing bool) {
	ok := true
	if s := w.o.subnets[i.subnet]; s == nil {
		f = w.lack(f, "subnet-missing", "describe-subnets: "+i.subnet)
	} else if f, ok = w.inService(f, i.vpc, s); !ok {
		return
	}
	if crossing {
		if f, ok = w.acl(f, i.subnet, i.vpc, false); !ok {
			return
		}
	}
	if !f.reply { // SG-5
		if f, ok = w.group(f, i, false); !ok {
			return
		}
	}
	if f, ok = w.live(f, i); !ok {
		return
	}
	if f.reply {
		if !w.unmasquerade(f, i) {
			w.returned(f, i)
		}
		return
	}
	if w.o.isEndpoint(i) {
		if f, ok = w.atEndpoint(f, i); !ok {
			return
		}
	}
	if !w.q.To.Address && !w.o.is(w.q.To, i) {
		w.refuse(f, "elsewhere", i.id)
		return
	}
	w.respond(f, func(f flight) {
		f.origin, f.token = i, true
		w.leave(f, i)
	})
}
