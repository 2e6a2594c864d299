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
	if slices.Contains(o.directGateways, gateway) || !o.directConnectTold(gateway, vpc) {
		return unsure
	}
	return deny
}

// directConnectTold reports whether the answers hold all that Direct Connect leads to a gateway.
func (o *Oracle) directConnectTold(gateway, vpc string) bool {
	return o.completeFor(vpc, "directconnect.describe-direct-connect-gateway-associations."+gateway) && o.completeFor(vpc, "directconnect.describe-virtual-interfaces")
}

// vpnGatewayInService follows the state of a virtual private gateway and of its attachment (VGW-1, D-230).
func (w *walker) vpnGatewayInService(f flight, id, vpc string) (flight, bool) {
	g := w.o.vpnGateways[id]
	if g == nil { // D-230
		w.end(f, "vgw-missing", "describe-vpn-gateways: "+id)
		return f, false
	}
	f = w.use(f, &g.entity)
	switch {
	case f.reply:
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
		return a.VpcId == vpc && (a.State == "attached" || a.State == "available" || a.State == "")
	})
}

// goVPNGateway follows a packet to the virtual private gateway that a route names (VGW-4 to VGW-8, D-231).
func (w *walker) goVPNGateway(f flight, at place, id string) {
	f, ok := w.vpnGatewayInService(f, id, at.vpc)
	if !ok {
		return
	}
	if f.reply && f.byEdge != id { // RET-5
		w.refuse(f, "reply-gateway", id)
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

// known is a prefix that a virtual private gateway knows: as a static route of connections, or from a table that it propagates into.
type known struct {
	prefix     netip.Prefix
	statics    []*vpnConnection
	propagated bool
}

// carriersTo returns the connections that may carry a packet beyond a virtual private gateway, each a branch of AWS's; nil is Direct Connect. It
// returns false when the branch has ended (VGW-5 to VGW-7, D-231).
func (w *walker) carriersTo(f flight, id, vpc string) (flight, []*vpnConnection, bool) {
	a := f.p.Destination
	if v := w.o.vpcs[vpc]; v != nil && v.contains(a) {
		w.end(f, "not-modelled", "not modelled: "+a.String()+" of "+vpc+" by "+id)
		return f, nil, false
	}
	prefixes, propagates := w.o.knownBy(id, vpc, a)
	told := w.o.completeFor(vpc, "describe-vpn-connections")
	if len(prefixes) == 0 {
		tables := w.o.completeFor(vpc, "describe-route-tables")
		if !told || !tables || !propagates && w.o.mayLearn(id, vpc) {
			w.end(f, "vgw-routes-unknown", "what "+id+" knows of "+a.String())
			return f, nil, false
		}
		return f, nil, w.refuse(f, "vgw-not-known", id, a.String())
	}
	var first []*vpnConnection
	hidden := !told // somebody else may hold it, who works
	for _, k := range prefixes {
		all, doubt := w.o.holders(k, id, vpc)
		var working []*vpnConnection
		for _, c := range all {
			if c == nil || c.up() {
				working = append(working, c)
			}
		}
		if len(working) == 0 && len(k.statics) > 0 && k.propagated { // VGW-7: BGP may have told it, too
			working = w.o.speakers(id)
		}
		if len(all) == 0 && len(working) == 0 { // nobody that the answers hold has told it, and who has may carry it
			first = nil
			break
		}
		if len(working) > 0 {
			if len(k.statics) > 0 && !slices.ContainsFunc(k.statics, func(c *vpnConnection) bool { return c.up() }) {
				f = w.lack(f, "vgw-told-unknown", "what has told "+id+" of a longer prefix")
			}
			if doubt {
				f = w.lack(f, "vgw-direct-connect", "directconnect: of "+id)
			}
			return f, working, true
		}
		if first == nil {
			first = all
		}
	}
	if first == nil || hidden || !w.o.directConnectTold(id, vpc) { // Direct Connect may carry it, too
		w.end(f, "vgw-routes-unexplained", "who carries "+a.String()+" beyond "+id)
		return f, nil, false
	}
	return f, first, true
}

// knownBy returns the prefixes that a gateway knows of an address, the longest first, and whether it propagates into any table of the VPC.
func (o *Oracle) knownBy(id, vpc string, a netip.Addr) (prefixes []known, propagates bool) {
	at := func(p netip.Prefix) *known {
		for i := range prefixes {
			if prefixes[i].prefix == p {
				return &prefixes[i]
			}
		}
		prefixes = append(prefixes, known{prefix: p})
		return &prefixes[len(prefixes)-1]
	}
	for c := range sorted(o.vpnConnections) {
		for _, p := range c.routes {
			if c.vpnGateway == id && c.state != "deleted" && p.Contains(a) {
				k := at(p)
				if !slices.Contains(k.statics, c) {
					k.statics = append(k.statics, c)
				}
			}
		}
	}
	learned, propagates := o.propagatedBy(id, vpc, a)
	for _, p := range learned {
		at(p).propagated = true
	}
	slices.SortFunc(prefixes, func(a, b known) int { return b.prefix.Bits() - a.prefix.Bits() })
	return prefixes, propagates
}

// holders returns who may carry what a gateway knows by a prefix. doubt: Direct Connect may too, and the answers do not tell.
func (o *Oracle) holders(k known, id, vpc string) (all []*vpnConnection, doubt bool) {
	all = slices.Clone(k.statics)
	direct := o.directConnect(id, vpc)
	if k.propagated && direct == allow {
		all = append(all, nil)
	}
	if len(k.statics) > 0 {
		return all, false
	}
	for c := range sorted(o.vpnConnections) {
		if c.vpnGateway == id && c.state != "deleted" && !c.static {
			all = append(all, c)
		}
	}
	return all, len(all) == 0 && direct == unsure
}

// speakers returns the working connections of a gateway that speak BGP.
func (o *Oracle) speakers(id string) (all []*vpnConnection) {
	for c := range sorted(o.vpnConnections) {
		if c.vpnGateway == id && !c.static && c.up() {
			all = append(all, c)
		}
	}
	return all
}

// mayLearn reports whether a gateway may know what no table tells (VGW-6).
func (o *Oracle) mayLearn(id, vpc string) bool {
	for _, c := range o.vpnConnections {
		if c.vpnGateway == id && c.state != "deleted" && !c.static {
			return true
		}
	}
	return o.directConnect(id, vpc) != deny
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
	v := w.o.vpcs[vpc]
	switch {
	case len(owners) > 1:
		w.end(f, "vgw-destination-unknown", "answers disagree: owner of "+f.p.Destination.String())
		return
	case len(owners) == 1 && !owners[0].liveAtGateway():
		w.refuse(f, "vgw-destination", owners[0].id)
		return
	case len(owners) == 1 || len(w.o.natsIn(vpc, f.p.Destination, nil)) > 0:
	case w.o.completeFor(vpc, "describe-network-interfaces"), v != nil && !v.conflict && !v.contains(f.p.Destination):
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
	w.byEdgeTable(f, id, vpc, "vgw-edge-table", func(f flight, _ bool) { w.deliver(f, vpc, true) }, w.vpnEdgeRoute)
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
	f.byEdge, f.edgeOf, f.entered = a.id, a.gateway, 1
	w.decide("edge-start", a.kind)
	if g := w.o.transits[a.gateway]; a.kind == "vpc" && (g == nil || g.references == "enable") { // of one that no answer describes it is not known (D-211)
		f.strange = a.resource
	}
	if w.q.To.Edge == a.gateway {
		w.decide("tgw-end", a.gateway)
		w.respond(f, func(f flight) { w.backAtEdge(f) })
		return
	}
	w.inTransit(f, a, nil)
}

// allAttachments reports whether the answers hold every attachment of a gateway.
func (o *Oracle) allAttachments(gateway string) bool {
	const call = "describe-transit-gateway-attachments"
	if g := o.transits[gateway]; g != nil {
		return complete(o.partOf(g.owner, g.part), call)
	}
	for _, a := range o.attachments { // whose record names the owner too
		if a.gateway == gateway && slices.ContainsFunc(a.parts, func(p *part) bool { return (p.account == "" || p.account == a.gatewayOwner) && complete(p, call) }) {
			return true
		}
	}
	return false
}
