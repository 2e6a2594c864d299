package oracle

import (
	"net/netip"
	"slices"
)

// nat is a NAT gateway.
type nat struct {
	entity
	vpc, subnet, state, connectivity, mode string
	addresses                              []natAddress
}

type natAddress struct {
	private, public netip.Addr
	iface, status   string
}

func readNATGateways(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		NatGatewayId, VpcId, SubnetId, State, ConnectivityType, AvailabilityMode string

		NatGatewayAddresses []struct{ PrivateIp, PublicIp, NetworkInterfaceId, Status string }
	}
	return each(a, "NatGateways", func(r record, raw []byte) bool {
		n := &nat{entity: entity{id: r.NatGatewayId, part: p, raw: raw}, vpc: r.VpcId, subnet: r.SubnetId, state: r.State,
			connectivity: r.ConnectivityType, mode: r.AvailabilityMode}
		ok := true
		for _, one := range r.NatGatewayAddresses {
			address := natAddress{iface: one.NetworkInterfaceId, status: one.Status}
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

// translate follows a packet to the NAT gateway that a route names (D-60 to D-63, D-68). vpc and subnet are where the packet
// comes from.
func (w *walker) translate(f flight, vpc, subnet, id string) {
	n := w.o.nats[id]
	if n == nil { // D-46
		w.end(f, "nat-missing", "describe-nat-gateways: "+id)
		return
	}
	f = w.use(f, &n.entity)
	if f.reply && f.top().kind == translated && f.top().id == id && f.top().after.Source == f.p.Destination {
		w.reachNAT(f, n, n.subnet != subnet) // its own address, by a route rather than by local delivery
		return
	}
	f, ok := w.admit(f, vpc, n)
	if !ok {
		return
	}
	if n.subnet != subnet {
		if f, ok = w.acl(f, n.subnet, n.vpc, false); !ok {
			return
		}
	}
	working := 0
	for _, a := range n.addresses {
		if a.status != "" && a.status != "succeeded" || !a.private.IsValid() {
			continue
		}
		working++
		out := f
		out.p.Source, out.token, out.crossed = a.private, false, nil // SG-22
		out = out.push(event{kind: translated, id: id, vpc: n.vpc, before: f.p, after: out.p})
		w.decide("nat", id, a.private.String())
		w.depart(out, n.vpc, n.subnet, n)
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
	if n.mode != "" && n.mode != "zonal" || !f.p.Destination.Is4() { // D-47
		w.end(f, "not-modelled", "not modelled: regional NAT gateway or NAT64 "+n.id)
		return f, false
	}
	if n.mode == "" {
		f = w.assume(f, "nat-assumed", n.id+" is zonal")
	}
	if p := f.p.Protocol; p != tcp && p != udp && p != icmp { // NAT-2
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
	if len(w.o.ownersIn(vpc, f.p.Source)) == 0 && len(w.o.natsIn(vpc, f.p.Source, nil)) == 0 { // ENI-4
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
	if crossing {
		if f, ok = w.acl(f, n.subnet, n.vpc, false); !ok {
			return
		}
	}
	f = f.pop()
	f.p.Destination = e.before.Source
	w.decide("nat-back", n.id)
	w.eachClientPort(f, e.before.SourcePort, func(f flight) { w.bringBack(f, n) })
}

// bringBack delivers a reply from a NAT gateway in its VPC. No route table is asked; ACLs are where the subnets differ.
func (w *walker) bringBack(f flight, n *nat) {
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
	differ, ok := subnet != n.subnet, true
	if differ {
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
