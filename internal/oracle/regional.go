package oracle

// regional reports whether a NAT gateway belongs to its VPC and to no subnet (NAT-10).
func (n *nat) regional() bool { return n.mode == "regional" }

// inZone returns the addresses that a regional NAT gateway translates to for packets of a subnet's zone (NAT-10, D-140). It returns
// false when the branch has ended.
func (w *walker) inZone(f flight, at place, n *nat) (flight, []natAddress, bool) {
	var here []natAddress
	doubt := false
	for _, a := range n.addresses {
		switch a.serves(at.subnet) {
		case allow:
			here = append(here, a)
		case unsure:
			doubt = true
		}
	}
	switch {
	case len(n.addresses) == 0:
		w.end(f, "nat-missing", "describe-nat-gateways: addresses of "+n.id)
		return f, nil, false
	case doubt:
		f = w.lack(f, "nat-zone-unknown", "zone of the packets or of the addresses of "+n.id)
		if len(here) > 0 {
			return f, here, true
		}
		return f, n.addresses, true
	case len(here) > 0:
		w.decide("nat-zone", n.id)
		return f, here, true
	case n.autoZones == "" && w.q.Reading == Strict: // D-140
		return w.lack(f, "nat-zone-unknown", "AutoProvisionZones of "+n.id), n.addresses, true
	case n.autoZones == "enabled" && w.q.Reading == Strict:
		w.decide("nat-zone-automatic", n.id)
		return f, n.addresses, true
	}
	return f, nil, w.refuse(f, "nat-zone-none", n.id)
}

// serves reports whether an address is in a subnet's zone.
func (a natAddress) serves(s *subnet) verdict {
	same := func(x, y string) verdict {
		if x == y {
			return allow
		}
		return deny
	}
	switch {
	case s == nil:
		return unsure
	case s.zoneID != "" && a.zoneID != "":
		return same(s.zoneID, a.zoneID)
	case s.zone != "" && a.zone != "":
		return same(s.zone, a.zone)
	}
	return unsure
}

// departNAT follows a packet that a NAT gateway has translated: by the table of its subnet, or of a regional one by its own (NAT-6).
func (w *walker) departNAT(f flight, n *nat) {
	if !n.regional() {
		w.depart(f, n.vpc, n.subnet, place{via: n})
		return
	}
	t := w.o.tables[n.table]
	if t == nil || t.conflict {
		w.end(f, "route-table-missing", "describe-route-tables: table of "+n.id)
		return
	}
	w.decide("nat-regional", n.id)
	w.route(f, t, place{vpc: n.vpc, via: n})
}
