package oracle

import (
	"net/netip"
	"slices"
)

// nat is a NAT gateway.
type nat struct {
	entity
	vpc, subnet, state, connectivity, mode string
	table, autoZones                       string // of a regional one: RouteTableId, AutoProvisionZones
	addresses                              []natAddress
}

type natAddress struct {
	private, public netip.Addr
	iface, status   string
	zone, zoneID    string
}

// works reports whether the address takes part in translation (D-63).
func (a natAddress) works() bool { return a.status == "" || a.status == "succeeded" }

func readNATGateways(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		NatGatewayId, VpcId, SubnetId, State, ConnectivityType, AvailabilityMode, RouteTableId, AutoProvisionZones string

		NatGatewayAddresses []struct{ PrivateIp, PublicIp, NetworkInterfaceId, Status, AvailabilityZone, AvailabilityZoneId string }
	}
	return each(a, "NatGateways", func(r record, raw []byte) bool {
		n := &nat{entity: entity{id: r.NatGatewayId, part: p, raw: raw}, vpc: r.VpcId, subnet: r.SubnetId, state: r.State,
			connectivity: r.ConnectivityType, mode: r.AvailabilityMode, table: r.RouteTableId, autoZones: r.AutoProvisionZones}
		ok := true
		for _, one := range r.NatGatewayAddresses {
			address := natAddress{iface: one.NetworkInterfaceId, status: one.Status, zone: one.AvailabilityZone, zoneID: one.AvailabilityZoneId}
			if one.PrivateIp != "" {
				address.private, ok = parseAddress(one.PrivateIp)
			}
			if ok && one.PublicIp != "" {
				address.public, ok = parseAddress(one.PublicIp)
			}
			if !ok {
				return false
			}
			n.addresses = append(n.addresses, address)
		}
		return keep(o.nats, n)
	})
}

// gone reports whether the gateway has given its addresses back.
func (n *nat) gone() bool { return n.state == "deleted" || n.state == "failed" }

// has reports whether an interface is the gateway's.
func (n *nat) has(i *iface) bool {
	return i.isNAT() || slices.ContainsFunc(n.addresses, func(a natAddress) bool { return a.iface == i.id })
}

func (i *iface) isNAT() bool { return i.kind == "nat_gateway" || i.kind == "natGateway" }

// natsIn returns the NAT gateways of a VPC that have an address. What a gateway that is gone had may be another's by now.
func (o *Oracle) natsIn(vpc string, a netip.Addr, owners []*iface) []*nat {
	var found []*nat
	for _, n := range o.natOwned[a] {
		if n.vpc == vpc && (!n.gone() || len(owners) == 1 && owners[0].isNAT()) && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	return found
}

// translate follows a packet to the NAT gateway that a route names (D-60 to D-63, D-68).
func (w *walker) translate(f flight, at place, id string) {
	n := w.o.nats[id]
	if n == nil { // D-46
		w.end(f, "nat-missing", "describe-nat-gateways: "+id)
		return
	}
	f = w.use(f, &n.entity)
	if f.reply && f.top().kind == translated && f.top().id == id && f.top().after.Source == f.p.Destination {
		w.reachNAT(f, n, n.subnet != at.in()) // its own address, by a route rather than by local delivery
		return
	}
	f, ok := w.admit(f, at.vpc, n)
	if !ok {
		return
	}
	if n.subnet != at.in() && !n.regional() {
		if f, ok = w.acl(f, n.subnet, n.vpc, false); !ok {
			return
		}
	}
	if f, ok = w.erase(f, id); !ok { // SG-22
		return
	}
	addresses := n.addresses
	if n.regional() {
		if f, addresses, ok = w.inZone(f, at, n); !ok {
			return
		}
	}
	working := 0
	for _, a := range addresses {
		own, known := n.own(a)
		if !a.works() || !known {
			continue
		}
		working++
		out := f
		if f.p.Destination.Is6() {
			out.p = toIPv4(f.p)
			w.decide("nat64", id, out.p.Destination.String())
		}
		out.p.Source, out.crossed, out.last = own, nil, ""
		out = out.push(event{kind: translated, id: id, vpc: n.vpc, before: f.p, after: out.p})
		w.decide("nat", id, own.String())
		w.departNAT(out, n)
	}
	switch {
	case len(n.addresses) == 0:
		w.end(f, "nat-missing", "describe-nat-gateways: addresses of "+id)
	case working == 0:
		w.refuse(f, "nat-address", id)
	}
}

// admit checks what a NAT gateway takes. It returns false when the branch has ended.
func (w *walker) admit(f flight, vpc string, n *nat) (flight, bool) {
	if n.state != "" && n.state != "available" { // NAT-1
		return f, w.refuse(f, "nat-state", n.id, n.state)
	}
	if n.vpc != vpc { // NAT-3
		return f, w.refuse(f, "nat-vpc", n.id)
	}
	if n.mode != "" && n.mode != "zonal" && !n.regional() {
		w.end(f, "not-modelled", "not modelled: "+n.mode+" NAT gateway "+n.id)
		return f, false
	}
	if n.mode == "" {
		f = w.assume(f, "nat-assumed", n.id+" is zonal")
	}
	if !f.p.Destination.Is4() && !nat64Prefix.Contains(f.p.Destination) && !f.reply { // NAT-11
		return f, w.refuse(f, "nat-not-nat64", n.id)
	}
	if !natCarries(f.p) { // NAT-2
		return f, w.refuse(f, "nat-protocol", n.id)
	}
	if f.reply { // RET-5: it has no state for this reply, and would change its source
		return f, w.refuse(f, "reply-nat", n.id)
	}
	for _, e := range f.events {
		if e.kind == translated && e.id == n.id { // NAT-6
			return f, w.refuse(f, "nat-loop", n.id)
		}
	}
	if f.came != vpc && len(w.o.ownersIn(vpc, f.p.Source)) == 0 && len(w.o.natsIn(vpc, f.p.Source, nil)) == 0 { // ENI-4
		if w.o.completeFor(vpc, "describe-network-interfaces") {
			return f, w.refuse(f, "nat-spoofed", n.id)
		}
		f = w.lack(f, "nat-source-unknown", "describe-network-interfaces: owner of "+f.p.Source.String())
	}
	return f, true
}

// reachNAT follows a packet to an address of a NAT gateway: a reply is translated back and delivered locally (RET-6, D-65);
// anything else finds nobody (NAT-4).
func (w *walker) reachNAT(f flight, n *nat, crossing bool) {
	e := f.top()
	if !f.reply {
		w.refuse(f, "nat-initiate", n.id)
		return
	}
	if e.kind != translated || e.id != n.id || e.after.Source != f.p.Destination {
		w.refuse(f, "reply-elsewhere", n.id)
		return
	}
	ok := true
	if crossing && !n.regional() {
		if f, ok = w.acl(f, n.subnet, n.vpc, false); !ok {
			return
		}
	}
	f = f.pop()
	if e.before.Source.Is6() {
		f.p = toIPv6(f.p)
		w.decide("nat64-back", n.id)
	}
	f.p.Destination = e.before.Source
	w.decide("nat-back", n.id)
	w.eachClientPort(f, e.before.SourcePort, func(f flight) { w.bringBack(f, n) })
}

// bringBack delivers a reply from a NAT gateway in its VPC. No route table is asked, unless it leads to a middlebox; ACLs are where
// the subnets differ.
func (w *walker) bringBack(f flight, n *nat) {
	f, boxes := w.middleboxes(f, n)
	if len(boxes) > 0 {
		for _, c := range boxes {
			w.backBy(f, c, n)
		}
		return
	}
	owners := w.o.ownersIn(n.vpc, f.p.Destination)
	nobodys := len(owners) == 0 && len(w.o.natsIn(n.vpc, f.p.Destination, owners)) == 0
	if v := w.o.vpcs[n.vpc]; v != nil && nobodys && !v.contains(f.p.Destination) { // D-216
		w.routeBack(f, n)
		return
	}
	w.bringHome(f, n)
}

// routeBack routes a reply from a NAT gateway to a client outside the VPC, who came by a transit gateway (TGW-49, D-216).
func (w *walker) routeBack(f flight, n *nat) {
	w.decide("nat-back-routed", n.id)
	if !n.regional() {
		w.depart(f, n.vpc, n.subnet, place{})
		return
	}
	t := w.o.tables[n.table]
	if t == nil || t.conflict {
		w.end(f, "route-table-missing", "describe-route-tables: table of "+n.id)
		return
	}
	w.route(f, t, place{vpc: n.vpc})
}

// middleboxes returns the routes that the gateway's table has for a reply, if one of them leads to a middlebox (D-106).
func (w *walker) middleboxes(f flight, n *nat) (flight, []candidate) {
	t := w.o.tables[n.table]
	if !n.regional() {
		s := w.o.subnets[n.subnet]
		if s == nil {
			return w.lack(f, "subnet-missing", "describe-subnets: "+n.subnet), nil
		}
		if inBlocks(s.blocks, f.p.Destination) { // RT-3
			return f, nil
		}
		t = w.o.tableOf(s)
	}
	if t == nil || t.conflict {
		return w.lack(f, "route-table-missing", "describe-route-tables: table of "+n.id), nil
	}
	winners, known := w.choose(t, f.p.Destination)
	if !known {
		return w.lack(f, "route-unknown", "prefix list in "+t.id), nil
	}
	if !slices.ContainsFunc(winners, w.toMiddlebox) {
		return f, nil
	}
	return f, f.kept(t.id, winners)
}

// toMiddlebox reports whether a route leads to an appliance or a Gateway Load Balancer endpoint.
func (w *walker) toMiddlebox(c candidate) bool {
	switch {
	case c.target.kind == "interface", c.target.kind == "instance":
		return true
	case c.target.kind == "endpoint":
		e := w.o.endpoints[c.target.id]
		return e == nil && c.list == "" || e != nil && e.guards(c)
	}
	return false
}

// backBy takes one of the routes of a reply behind a NAT gateway.
func (w *walker) backBy(f flight, c candidate, n *nat) {
	if !w.toMiddlebox(c) {
		w.bringHome(f, n)
		return
	}
	w.decide("nat-back-middlebox", c.target.id)
	at := place{vpc: n.vpc}
	if !n.regional() {
		at.subnet = w.o.subnets[n.subnet]
	}
	w.follow(f, c, at)
}

// bringHome delivers a reply from a NAT gateway locally (RET-6, D-65).
func (w *walker) bringHome(f flight, n *nat) {
	f, i, inner := w.locate(f, n.vpc, false)
	subnet := ""
	switch {
	case i != nil:
		subnet = i.subnet
	case inner != nil:
		subnet = inner.subnet
	default:
		return
	}
	differ, ok := subnet != n.subnet || n.regional(), true
	if differ && !n.regional() {
		if f, ok = w.acl(f, n.subnet, n.vpc, true); !ok {
			return
		}
	}
	if inner != nil {
		w.reachNAT(f, inner, differ)
		return
	}
	w.arrive(f, i, differ)
}
