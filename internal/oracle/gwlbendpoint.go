package oracle

import "slices"

// guard follows a packet through a Gateway Load Balancer endpoint (EP-20 to EP-23, GRT-12, D-170). The ACL of the sender's subnet,
// if it has one, was asked already, also where both are one subnet (ACL-17).
func (w *walker) guard(f flight, at place, e *endpoint) {
	subnet := w.o.subnetOf(e.id)
	ok := true
	switch s := w.o.subnets[subnet]; {
	case subnet == "":
		w.end(f, "subnet-missing", "describe-vpc-endpoints: subnet of "+e.id)
		return
	case s == nil:
		f = w.lack(f, "subnet-missing", "describe-subnets: "+subnet)
	default:
		if f, ok = w.inService(f, at.vpc, s); !ok {
			return
		}
	}
	if f, ok = w.acl(f, subnet, at.vpc, false); !ok {
		return
	}
	switch {
	case !e.available():
		w.refuse(f, "vpce-state", e.id, e.state)
		return
	case e.vpc != at.vpc:
		w.refuse(f, "vpce-vpc", e.id)
		return
	case e.firewall:
		w.end(f, "gwlbe-firewall", "not modelled: "+e.id+" of Network Firewall")
		return
	}
	f, loop := f.meet(e.id)
	if loop {
		w.refuse(f, "gwlbe-loop", e.id)
		return
	}
	switch this := f.passing(e.id); {
	case !f.reply:
		f.guards = append(slices.Clip(f.guards), this)
	case slices.Contains(f.guards, this):
		w.decide("gwlbe-back", e.id)
	case w.q.Reading == Strict: // EP-23
		w.oneSided(f, "gwlbe-asymmetric", e.id)
		return
	}
	f = w.assume(f, "gwlbe", "what stands behind "+e.id+" lets the packet pass")
	if f, ok = w.erase(f, e.id); !ok {
		return
	}
	f.last = e.id
	w.depart(f, at.vpc, subnet, place{endpoint: e})
}
