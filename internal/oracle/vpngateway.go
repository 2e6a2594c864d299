package oracle

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
)

// vpnGateway is a virtual private gateway, with the attachments of an internet gateway.
type vpnGateway struct {
	igw
	state string
}

func readVPNGateways(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		VpnGatewayId, State string
		VpcAttachments      []gatewayAttachment
	}
	return each(a, "VpnGateways", func(r record, raw []byte) bool {
		return keep(o.vpnGateways, &vpnGateway{igw{entity{id: r.VpnGatewayId, part: p, raw: raw}, r.VpcAttachments}, r.State})
	})
}

// readDirectConnect reads what may tell a virtual private gateway of networks (VGW-6): private virtual interfaces, and Direct Connect gateways
// that are associated with it. The service's name stands before the call's.
func readDirectConnect(o *Oracle, _ *part, a answer, call string) bool {
	if strings.HasPrefix(call, "describe-direct-connect-gateway-associations") {
		return each(a, "directConnectGatewayAssociations", func(r struct {
			AssociatedGateway struct{ ID string }
			VirtualGatewayID  string
		}, _ []byte) bool {
			o.directGateways = append(o.directGateways, r.AssociatedGateway.ID, r.VirtualGatewayID)
			return true
		})
	}
	if call != "describe-virtual-interfaces" {
		return true
	}
	type record struct{ VirtualInterfaceType, VirtualGatewayId, DirectConnectGatewayId string }
	var items []map[string]json.RawMessage
	if json.Unmarshal(a["virtualInterfaces"], &items) != nil || items == nil {
		return false
	}
	for _, item := range items {
		raw, _ := json.Marshal(item)
		var r record
		if json.Unmarshal(raw, &r) != nil {
			return false
		}
		if r.VirtualInterfaceType == "private" {
			o.privateVIFs = append(o.privateVIFs, r.VirtualGatewayId)
		}
	}
	return true
}

// directConnect reports whether a private virtual interface leads to a gateway (VGW-6, D-231).
func (o *Oracle) directConnect(gateway, vpc string) verdict {
	if slices.Contains(o.privateVIFs, gateway) {
		return allow
	}
	if slices.Contains(o.directGateways, gateway) || !o.completeFor(vpc, "directconnect.describe-direct-connect-gateway-associations."+gateway) || !o.completeFor(vpc, "directconnect.describe-virtual-interfaces") {
		return unsure
	}
	return deny
}

// vpnGatewayInService follows the state of a virtual private gateway and of its attachment (VGW-1, D-230).
func (w *walker) vpnGatewayInService(f flight, id, vpc string) (flight, bool) {
	g := w.o.vpnGateways[id]
	if g == nil { // D-46
		return w.lack(f, "vgw-missing", "describe-vpn-gateways: "+id), true
	}
	f = w.use(f, &g.entity)
	switch {
	case !works(g.state):
		return f, w.refuse(f, "vgw-state", id, g.state)
	case !g.joined(vpc):
		return f, w.refuse(f, "vgw-attachment", id, vpc)
	}
	return f, true
}

// joined reports whether the gateway is attached to a VPC (D-230).
func (g *vpnGateway) joined(vpc string) bool {
	return slices.ContainsFunc(g.attachments, func(a gatewayAttachment) bool {
		return a.VpcId == vpc && (a.State == "attached" || a.State == "")
	})
}

// goVPNGateway follows a packet to the virtual private gateway that a route names (VGW-4 to VGW-8, D-231).
func (w *walker) goVPNGateway(f flight, at place, id string) {
	if f.reply && f.byEdge != id { // RET-5
		w.refuse(f, "reply-gateway", id)
		return
	}
	f, ok := w.vpnGatewayInService(f, id, at.vpc)
	if !ok {
		return
	}
	if f, ok = w.ownSource(f, at.vpc); !ok {
		return
	}
	if f, ok = w.erase(f, id); !ok { // SG-22
		return
	}
	f, carriers, ok := w.carriersTo(f, id, at.vpc)
	if !ok {
		return
	}
	if len(carriers) > 1 {
		w.decide("vgw-branches", id)
	}
	for _, c := range carriers {
		next := f
		if c != nil {
			if next, ok = w.vpnWorks(f, c.id, f.p.Destination, f.p.Source); !ok {
				continue
			}
		}
		w.leaveByVPN(next, id, at.vpc)
	}
}

// leaveByVPN ends a packet that leaves by a virtual private gateway.
func (w *walker) leaveByVPN(f flight, id, vpc string) {
	w.decide("vgw-out", id)
	switch {
	case f.reply:
		w.backAtEdge(f)
	case w.q.To.Edge == id:
		w.respond(f, func(f flight) { w.comeByVPN(f, id, vpc) })
	default:
		w.beyondEdge(f, id)
	}
}

// ownSource checks that a packet's source is an address of a live interface of the VPC, without which a virtual private gateway takes it
// not (VGW-8).
func (w *walker) ownSource(f flight, vpc string) (flight, bool) {
	owners := w.o.ownersIn(vpc, f.p.Source)
	switch {
	case len(owners) > 1:
		return w.lack(f, "vgw-source-unknown", "answers disagree: owner of "+f.p.Source.String()), true
	case len(owners) == 1 && !owners[0].liveAtGateway():
		return f, w.refuse(f, "vgw-source", owners[0].id)
	case len(owners) == 1:
		return w.use(f, &owners[0].entity), true
	case len(w.o.natsIn(vpc, f.p.Source, nil)) > 0:
		return f, true
	case w.o.completeFor(vpc, "describe-network-interfaces"):
		return f, w.refuse(f, "vgw-source", f.p.Source.String())
	}
	return w.lack(f, "vgw-source-unknown", "describe-network-interfaces: owner of "+f.p.Source.String()), true
}

// carriersTo returns the connections that may carry a packet beyond a virtual private gateway, each a branch of AWS's; nil is one that
// nothing is asked of. It returns false when the packet was refused (VGW-5 to VGW-7, D-231).
func (w *walker) carriersTo(f flight, id, vpc string) (flight, []*vpnConnection, bool) {
	a := f.p.Destination
	direct := w.o.directConnect(id, vpc)
	learned, propagates := w.o.propagatedBy(id, vpc, a)
	own := w.o.staticRoutes(id, func(c *vpnConnection) bool { return c.up(w.q.Reading) })
	unexplained := slices.ContainsFunc(learned, func(p netip.Prefix) bool { return !slices.Contains(own, p) })
	best, class, speakers := w.bestCarriers(id, a, learned, direct == allow)
	if broken := w.o.staticRoutes(id, func(c *vpnConnection) bool { return !c.up(w.q.Reading) }); class != 1 && len(best) > 0 && slices.ContainsFunc(longest(learned), func(p netip.Prefix) bool { return slices.Contains(broken, p) }) {
		f = w.lack(f, "vgw-routes-unsure", "whether BGP has told "+id+" of "+a.String())
	}
	hidden := !propagates || !w.o.completeFor(vpc, "describe-route-tables")
	switch {
	case len(best) > 0 && (direct != unsure || class == 1):
		return f, best, true
	case len(best) > 0: // Direct Connect may carry it instead
		quiet := &walker{o: w.o, q: w.q, decided: w.decided}
		for _, c := range best {
			if _, ok := quiet.vpnWorks(f, c.id, a, f.p.Source); !ok { // direct is unsure: no nil
				return w.lack(f, "vgw-direct-connect", "directconnect describe-virtual-interfaces: "+id), []*vpnConnection{nil}, true
			}
		}
		return f, best, true
	case !w.o.completeFor(vpc, "describe-vpn-connections"):
		return w.lack(f, "vgw-routes-unknown", "describe-vpn-connections: of "+id), []*vpnConnection{nil}, true
	case unexplained && !w.o.explained(id, learned):
		w.end(f, "vgw-routes-unexplained", "who told "+id+" of "+a.String())
		return f, nil, false
	case (speakers > 0 || direct != deny) && hidden:
		return w.lack(f, "vgw-routes-unknown", "describe-route-tables: what "+id+" has learned"), []*vpnConnection{nil}, true
	}
	return f, nil, w.refuse(f, "vgw-not-known", id, a.String())
}

// bestCarriers returns those that VGW-7 prefers, the worst class of them (1 static, 2 BGP), and how many connections speak BGP. Direct Connect is
// a nil connection: who has told what is propagated nobody knows, so it is a branch beside the best of the others.
func (w *walker) bestCarriers(id string, a netip.Addr, learned []netip.Prefix, direct bool) (best []*vpnConnection, class, speakers int) {
	bits, told := -1, -1
	for _, p := range learned {
		told = max(told, p.Bits())
	}
	consider := func(c *vpnConnection, b, k int) {
		switch {
		case b < 0 || b < bits || b == bits && k > class:
		case b == bits && k == class:
			if !slices.Contains(best, c) {
				best = append(best, c)
			}
		default:
			bits, class, best = b, k, []*vpnConnection{c}
		}
	}
	for c := range sorted(w.o.vpnConnections) {
		if c.vpnGateway != id || !c.up(w.q.Reading) || a.Is6() {
			continue
		}
		if !c.static {
			speakers++
			consider(c, told, 2)
			continue
		}
		for _, p := range c.routes {
			consider(c, matchBits(p, a), 1)
		}
	}
	switch {
	case !direct || told < bits || told < 0:
	case told > bits:
		return []*vpnConnection{nil}, 0, speakers
	default:
		best = append(best, nil)
	}
	return best, class, speakers
}

// longest returns the longest of prefixes that hold one address.
func longest(prefixes []netip.Prefix) []netip.Prefix {
	bits := -1
	for _, p := range prefixes {
		bits = max(bits, p.Bits())
	}
	return slices.DeleteFunc(slices.Clone(prefixes), func(p netip.Prefix) bool { return p.Bits() < bits })
}

// staticRoutes returns the static routes of those connections of a gateway that are wanted.
func (o *Oracle) staticRoutes(id string, wanted func(*vpnConnection) bool) []netip.Prefix {
	var routes []netip.Prefix
	for _, c := range o.vpnConnections {
		if c.vpnGateway == id && c.static && wanted(c) {
			routes = append(routes, c.routes...)
		}
	}
	return routes
}

// explained reports whether a connection that does not work may have told a gateway what it has propagated.
func (o *Oracle) explained(id string, learned []netip.Prefix) bool {
	for _, c := range o.vpnConnections {
		if c.vpnGateway == id && !c.static {
			return true
		}
	}
	all := o.staticRoutes(id, func(*vpnConnection) bool { return true })
	return !slices.ContainsFunc(learned, func(p netip.Prefix) bool { return !slices.Contains(all, p) })
}

// propagatedBy returns the routes to an address that a virtual private gateway has propagated into tables of the VPC, and whether it propagates
// into any (VGW-2, VGW-6).
func (o *Oracle) propagatedBy(id, vpc string, a netip.Addr) (learned []netip.Prefix, propagates bool) {
	for _, t := range o.tables {
		if t.vpc != vpc {
			continue
		}
		propagates = propagates || slices.Contains(t.propagating, id)
		for _, r := range t.routes {
			if r.class == classPropagated && r.target.id == id && !r.dropped() && matchBits(r.prefix, a) >= 0 && !slices.Contains(learned, r.prefix) {
				learned = append(learned, r.prefix)
			}
		}
	}
	return learned, propagates
}

// comeByVPN follows a packet that comes in by a virtual private gateway (VGW-8 to VGW-12, D-232).
func (w *walker) comeByVPN(f flight, id, vpc string) {
	owners := w.o.ownersIn(vpc, f.p.Destination)
	switch {
	case len(owners) > 1:
		w.end(f, "vgw-destination-unknown", "answers disagree: owner of "+f.p.Destination.String())
		return
	case len(owners) == 1 && !owners[0].liveAtGateway():
		w.refuse(f, "vgw-destination", owners[0].id)
		return
	case len(owners) == 1 || len(w.o.natsIn(vpc, f.p.Destination, nil)) > 0:
	case w.o.completeFor(vpc, "describe-network-interfaces"):
		w.refuse(f, "vgw-destination", f.p.Destination.String())
		return
	default:
		w.end(f, "vgw-destination-unknown", "describe-network-interfaces: owner of "+f.p.Destination.String())
		return
	}
	if f.p.Destination.Is6() && !f.reply { // VGW-14
		switch w.o.directConnect(id, vpc) {
		case deny:
			w.refuse(f, "vgw-ipv6", id)
			return
		case unsure:
			f = w.lack(f, "vgw-direct-connect", "directconnect describe-virtual-interfaces: "+id)
		}
	}
	w.decide("vgw-in", id)
	tables := w.o.edgeOf[id]
	switch {
	case len(tables) == 0:
		if !w.o.completeFor(vpc, "describe-route-tables") {
			f = w.lack(f, "edge-table-missing", "describe-route-tables: table of "+id)
		}
		w.deliver(f, vpc, true)
		return
	case len(tables) > 1 || tables[0].conflict:
		w.end(f, "edge-table-missing", "describe-route-tables: answers disagree about "+id)
		return
	}
	w.decide("vgw-edge-table", tables[0].id)
	winners, known := w.choose(tables[0], f.p.Destination)
	if !known {
		w.end(f, "route-unknown", "prefix list in "+tables[0].id)
		return
	}
	if len(winners) == 0 {
		w.refuse(f, w.routeNone(f), tables[0].id)
	}
	for _, c := range winners {
		w.vpnEdgeRoute(f, tables[0], c, vpc)
	}
}

// vpnEdgeRoute follows one route of a virtual private gateway's table: a middlebox there needs no public address (VGW-11).
func (w *walker) vpnEdgeRoute(f flight, t *table, c candidate, vpc string) {
	e := w.o.endpoints[c.target.id]
	switch {
	case c.dropped():
		w.refuse(f, "route-blackhole", t.id)
	case c.target.kind == "local":
		w.local(f, vpc)
	case c.target.kind == "interface", c.target.kind == "instance":
		w.decide("vgw-edge-box", c.target.id)
		w.divert(f, place{vpc: vpc}, c.target)
	case c.target.kind == "endpoint" && (e == nil || e.guards(c)):
		w.decide("vgw-edge-endpoint", c.target.id)
		w.enterEndpoint(f, place{vpc: vpc}, c)
	default: // GRT-3
		w.end(f, "not-modelled", "not modelled: "+c.target.id+" in "+t.id)
	}
}

// edgeStarts returns the ways in for a packet from beyond an edge: a virtual private gateway, an attachment of a transit gateway, or any of
// its attachments (D-217, D-232).
func (o *Oracle) edgeStarts(q Question, f flight) []func(*walker) {
	id := q.From.Edge
	var starts []func(*walker)
	one := func(start func(*walker)) []func(*walker) { return []func(*walker){start} }
	if strings.HasPrefix(id, "vgw-") {
		g := o.vpnGateways[id]
		if g == nil {
			return one(func(w *walker) { w.end(f, "vgw-missing", "describe-vpn-gateways: "+id) })
		}
		for _, a := range g.attachments {
			starts = append(starts, func(w *walker) {
				f, ok := w.vpnGatewayInService(f, id, a.VpcId)
				if !ok {
					return
				}
				f.byEdge = id
				w.comeByVPN(f, id, a.VpcId)
			})
		}
		if starts == nil {
			starts = one(func(w *walker) { w.refuse(f, "vgw-attachment", id) })
		}
		return starts
	}
	for _, a := range o.attachments {
		if a.id != id && (a.gateway != id || a.gone()) {
			continue
		}
		starts = append(starts, func(w *walker) { w.startAtAttachment(f, a) })
	}
	if isTransitGateway(id) && !o.allAttachments(id) { // D-6
		starts = append(starts, func(w *walker) { w.end(f, "tgw-attachment-missing", "describe-transit-gateway-attachments: of "+id) })
	}
	if starts == nil {
		if isTransitGateway(id) {
			return one(func(w *walker) { w.refuse(f, "tgw-detached", id) })
		}
		return one(func(w *walker) { w.end(f, "tgw-attachment-missing", "describe-transit-gateway-attachments: "+id) })
	}
	return starts
}

// startAtAttachment begins a question beyond an attachment: without a zone, and without groups (D-217).
func (w *walker) startAtAttachment(f flight, a *transitAttachment) {
	f, ok := w.transitInService(f, a.gateway)
	if !ok {
		return
	}
	if f, ok = w.carries(f, a); !ok {
		return
	}
	switch a.kind {
	case "vpc", "peering", "connect":
	case "vpn":
		if f, ok = w.vpnWorks(f, a.resource, f.p.Source, f.p.Destination); !ok {
			return
		}
	default:
		w.end(f, "not-modelled", "not modelled: attachment "+a.id+" of type "+a.kind)
		return
	}
	f.byEdge, f.entered = a.id, 1
	w.decide("edge-start", a.kind)
	if w.q.To.Edge == a.gateway {
		w.respond(f, func(f flight) { w.backAtEdge(f) })
		return
	}
	w.inTransit(f, a, nil)
}

// allAttachments reports whether the answers hold every attachment of a gateway.
func (o *Oracle) allAttachments(gateway string) bool {
	g := o.transits[gateway]
	return g != nil && complete(o.partOf(g.owner, g.part), "describe-transit-gateway-attachments")
}
