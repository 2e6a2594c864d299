package oracle

import (
	"net/netip"
	"slices"
)

// nextHop returns the interface that a route names, itself or by its instance (D-100); nil and why where there is not one.
func (o *Oracle) nextHop(t target) (*iface, string) {
	if t.kind == "interface" {
		return o.interfaces[t.id], "describe-network-interfaces: " + t.id
	}
	var found *iface
	for _, i := range o.ofInstance[t.id] {
		if i.attachment.DeviceIndex == 0 {
			if found != nil {
				return nil, "answers disagree: interface 0 of " + t.id
			}
			found = i
		}
	}
	return found, "describe-network-interfaces: interface 0 of " + t.id
}

// divert follows a packet to an interface that a route names as next hop (D-100).
func (w *walker) divert(f flight, at place, t target) {
	i, why := w.o.nextHop(t)
	if i == nil { // D-46
		w.end(f, "appliance-missing", why)
		return
	}
	f = w.use(f, &i.entity)
	if i.vpc != at.vpc {
		w.end(f, "appliance-vpc", "answers disagree: "+i.id+" is not in "+at.vpc)
		return
	}
	crossing := at.in() != i.subnet
	if i.owns(f.p.Destination) { // ENI-3
		w.decide("appliance-own", i.id)
		if i.isNAT() || len(w.o.ownersIn(i.vpc, f.p.Destination)) > 1 {
			w.deliver(f, i.vpc, crossing)
			return
		}
		w.arrive(f, i, crossing)
		return
	}
	w.enter(f, i, crossing)
}

// enter follows a packet into an appliance, which is not its destination (W-3, D-100).
func (w *walker) enter(f flight, i *iface, crossing bool) {
	ok := true
	if crossing {
		if f, ok = w.acl(f, i.subnet, i.vpc, false); !ok {
			return
		}
	}
	if !w.o.mayBeBox(i) {
		w.end(f, "not-modelled", "not modelled: "+i.kind+" "+i.id+" as next hop")
		return
	}
	if s := w.o.subnets[i.subnet]; s == nil {
		f = w.lack(f, "subnet-missing", "describe-subnets: "+i.subnet)
	} else if f, ok = w.inService(f, i.vpc, s); !ok {
		return
	}
	if f, ok = w.boxGroup(f, i, false); !ok {
		return
	}
	if i.status == "available" && i.kind != "branch" { // in both readings
		w.refuse(f, "appliance-unattached", i.id)
		return
	}
	if f, ok = w.live(f, i); !ok {
		return
	}
	if !w.forwards(f, i) {
		return
	}
	f = w.assume(f, "appliance", i.id+" forwards")
	w.pass(f, i)
}

// mayBeBox reports whether an interface is nobody's who is a target of routes by another name (D-100).
func (o *Oracle) mayBeBox(i *iface) bool {
	for _, n := range o.nats {
		if n.has(i) {
			return false
		}
	}
	return !i.isNAT() && i.kind != "transit_gateway" && !o.isEndpoint(i)
}

// boxGroup follows the groups of an appliance's interface: they let the reply to a request that the interface saw pass, and judge
// any other packet (SG-5, SG-8, GRT-10). Where a table that no answer shows may have led the request by it, they may let its reply pass (D-112).
func (w *walker) boxGroup(f flight, i *iface, egress bool) (flight, bool) {
	if f.reply {
		if slices.Contains(f.seen, i.id) || f.maybeLed != "" {
			return f, true
		}
		w.decide("sg-new-traffic", i.id)
	}
	return w.group(f, i, egress)
}

// forwards checks that an interface takes packets that are not its own (ENI-3, ENI-5).
func (w *walker) forwards(f flight, i *iface) bool {
	switch {
	case i.sourceCheck:
		return w.refuse(f, "appliance-check", i.id)
	case !i.mayForward():
		return w.refuse(f, "appliance-managed", i.id)
	}
	return true
}

// pass follows a packet through an appliance and out of it again (D-101 to D-103, D-105).
func (w *walker) pass(f flight, i *iface) {
	f, loop := f.meet(boxOf(i))
	if loop {
		w.refuse(f, "appliance-loop", i.id)
		return
	}
	f, ok := w.symmetric(f, boxOf(i))
	if !ok {
		return
	}
	f, out := w.otherInterface(f, i)
	if !w.forwards(f, out) {
		return
	}
	if f, ok = w.erase(f, i.id); !ok {
		return
	}
	if !f.reply {
		f.seen = append(slices.Clip(f.seen), i.id)
	}
	if f, ok = w.boxGroup(f, out, true); !ok {
		return
	}
	w.depart(f.sawInterface(out), out.vpc, out.subnet, place{box: out})
}

// otherInterface returns the interface by which a packet leaves an appliance: another one of the instance, in the destination's
// subnet, else the one that it came in by (D-102).
func (w *walker) otherInterface(f flight, i *iface) (flight, *iface) {
	if i.attachment == nil || i.attachment.InstanceId == "" {
		return f, i
	}
	best := i
	for _, other := range w.o.ofInstance[i.attachment.InstanceId] {
		if other == i || other.vpc != i.vpc || other.status == "available" || other.attachment.Status != "" && other.attachment.Status != "attached" {
			continue
		}
		s := w.o.subnets[other.subnet]
		if s == nil {
			f = w.lack(f, "subnet-missing", "describe-subnets: "+other.subnet)
		} else if inBlocks(s.blocks, f.p.Destination) && (best == i || other.attachment.DeviceIndex < best.attachment.DeviceIndex) {
			best = other
		}
	}
	if v := w.o.vpcs[i.vpc]; (v == nil || v.contains(f.p.Destination)) && !w.o.completeFor(i.vpc, "describe-network-interfaces") {
		f = w.lack(f, "appliance-interfaces", "describe-network-interfaces: other interfaces of "+i.attachment.InstanceId)
	}
	if best != i {
		w.decide("appliance-other", best.id)
	}
	return f, best
}

// masquerade gives a request that an appliance's table leads to an internet gateway the appliance's own address, if that has a
// public one (NAT-12, D-104).
func (w *walker) masquerade(f flight, at place) flight {
	i := at.box
	if i == nil || f.reply || !f.p.Source.Is4() || i.owns(f.p.Source) || !i.first.IsValid() {
		return f
	}
	if !slices.ContainsFunc(i.mapped, func(m elasticAddress) bool { return m.private == i.first }) {
		return f
	}
	f = w.assume(f, "nat-instance", i.id+" translates")
	before := f.p
	f.p.Source = i.first
	return f.push(event{kind: masqueraded, id: i.id, vpc: i.vpc, before: before, after: f.p})
}

// unmasquerade follows a reply from a NAT instance to whom it answers. It reports whether the reply was to a translated request.
func (w *walker) unmasquerade(f flight, i *iface) bool {
	e := f.top()
	if e.kind != masqueraded || e.id != i.id || e.after.Source != f.p.Destination {
		return false
	}
	f = f.pop()
	f.p.Destination = e.before.Source
	w.decide("nat-instance-back", i.id)
	w.eachClientPort(f, e.before.SourcePort, func(f flight) { w.pass(f, i) })
	return true
}

// hasPublicIPv4 reports whether an interface has a public IPv4 mapping at all (GRT-4).
func (i *iface) hasPublicIPv4() bool {
	return slices.ContainsFunc(i.mapped, func(m elasticAddress) bool { return m.public.Is4() && m.public != netip.Addr{} })
}
