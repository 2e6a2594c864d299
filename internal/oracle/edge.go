package oracle

import "cmp"

// edge follows the gateway route table of an internet gateway, if it has one (GRT-1, D-110). The destination is the private one
// already.
func (w *walker) edge(f flight, gateway, vpc string) {
	w.byEdgeTable(f, gateway, vpc, "edge-table", func(f flight, doubt bool) {
		if f, ok := w.enterPublic(f, vpc, doubt); ok {
			w.deliver(f, vpc, true)
		}
	}, w.edgeRoute)
}

// byEdgeTable follows the route table of a gateway of either kind: without one, by direct, which learns whether there may be one after all; else
// by each route that it chooses.
func (w *walker) byEdgeTable(f flight, gateway, vpc, kind string, direct func(flight, bool), route func(flight, *table, candidate, string)) {
	tables := w.o.edgeOf[gateway]
	switch {
	case len(tables) == 0:
		doubt := !w.o.completeFor(vpc, "describe-route-tables")
		if doubt {
			f.maybeLed = cmp.Or(gateway, "the internet gateway of "+vpc)
			f = w.lack(f, "edge-table-missing", "describe-route-tables: table of "+gateway)
		}
		direct(f, doubt)
		return
	case len(tables) > 1 || tables[0].conflict:
		w.end(f, "edge-table-missing", "describe-route-tables: answers disagree about "+gateway)
		return
	}
	w.decide(kind, tables[0].id)
	winners, known := w.choose(tables[0], f.p.Destination)
	if !known {
		w.end(f, "route-unknown", "prefix list in "+tables[0].id)
		return
	}
	if len(winners) == 0 {
		w.refuse(f, w.routeNone(f), tables[0].id)
	}
	for _, c := range winners {
		route(f, tables[0], c, vpc)
	}
}

// edgeRoute follows one route of a gateway's table.
func (w *walker) edgeRoute(f flight, t *table, c candidate, vpc string) {
	if c.dropped() {
		w.refuse(f, "route-blackhole", t.id)
		return
	}
	switch c.target.kind {
	case "local":
		if f, ok := w.enterPublic(f, vpc, false); ok {
			w.local(f, vpc)
		}
	case "interface", "instance":
		w.edgeToBox(f, c, vpc)
	case "endpoint":
		e := w.o.endpoints[c.target.id]
		if e != nil && !e.guards(c) { // GRT-3
			w.end(f, "not-modelled", "not modelled: "+c.target.id+" in "+t.id)
			return
		}
		if e != nil { // D-46: of one that is not in the answers nothing is told
			var ok bool
			if f, ok = w.publicAccess(f, vpc, w.o.subnetOf(e.id), publicIn); !ok {
				return
			}
			w.decide("edge-endpoint", e.id)
		}
		w.enterEndpoint(f, place{vpc: vpc}, c)
	default: // GRT-3
		w.end(f, "not-modelled", "not modelled: "+c.target.id+" in "+t.id)
	}
}

// edgeToBox hands a packet to an appliance, which needs a public IPv4 address of its own (GRT-4, D-111).
func (w *walker) edgeToBox(f flight, c candidate, vpc string) {
	i, why := w.o.nextHop(c.target)
	if i == nil {
		w.end(f, "appliance-missing", why)
		return
	}
	ok := true
	if f, ok = w.publicAccess(f, vpc, i.subnet, publicIn); !ok {
		return
	}
	if f.p.Destination.Is4() && !i.hasPublicIPv4() {
		if !i.hidesMappings() {
			w.refuse(f, "edge-no-public-ip", i.id)
			return
		}
		f = w.lack(f, "edge-public-ip-unknown", "describe-addresses: "+i.id)
	}
	w.decide("edge-redirect", i.id)
	w.divert(f, place{vpc: vpc}, c.target)
}

// enterPublic follows Block Public Access where a packet comes in for whoever owns its destination (D-122). doubt: a table that is
// not known may lead it elsewhere.
func (w *walker) enterPublic(f flight, vpc string, doubt bool) (flight, bool) {
	owners := w.o.ownersIn(vpc, f.p.Destination)
	if len(owners) != 1 || len(w.o.natsIn(vpc, f.p.Destination, owners)) > 0 {
		return f, true
	}
	if !doubt {
		return w.publicAccess(f, vpc, owners[0].subnet, publicIn)
	}
	quiet := &walker{o: w.o, q: w.q, decided: w.decided}
	next, ok := quiet.publicAccess(f, vpc, owners[0].subnet, publicIn)
	if !ok {
		return f, true // marked already
	}
	return next, true
}

// redirected checks that a packet which leaves by an internet gateway does not go past the middlebox that the gateway's own table
// leads to (GRT-5, D-112). It returns false when the packet was refused.
func (w *walker) redirected(f flight, at place, gateway string) (flight, bool) {
	tables := w.o.edgeOf[gateway]
	switch {
	case len(tables) == 0:
		if !w.o.completeFor(at.vpc, "describe-route-tables") {
			f = w.lack(f, "edge-table-missing", "describe-route-tables: table of "+gateway)
		}
		return f, true
	case len(tables) > 1 || tables[0].conflict:
		return w.lack(f, "edge-table-missing", "describe-route-tables: answers disagree about "+gateway), true
	}
	winners, known := w.choose(tables[0], f.p.Source)
	if !known {
		return w.lack(f, "route-unknown", "prefix list in "+tables[0].id), true
	}
	for _, c := range winners {
		if c.target.kind == "local" || c.dropped() {
			continue
		}
		box, why := c.target.id, ""
		switch c.target.kind {
		case "interface", "instance":
			i, missing := w.o.nextHop(c.target)
			if i == nil {
				why = missing
			} else {
				box = boxOf(i)
			}
		case "endpoint":
		default: // GRT-3
			why = "not modelled: " + c.target.id + " in " + tables[0].id
		}
		switch {
		case why != "" && f.last != c.target.id:
			f = w.lack(f, "edge-redirect-unknown", why)
		case f.last == box:
			w.decide("edge-same-box", box)
		case len(winners) > 1:
			f = w.lack(f, "edge-redirect-unknown", "answers disagree: routes of "+tables[0].id)
		default:
			return f, w.refuse(f, "edge-bypass", box)
		}
	}
	return f, true
}
