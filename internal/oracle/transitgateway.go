package oracle

import (
	"maps"
	"slices"
	"strings"
)

// transit is what a packet keeps of the transit gateways on its way.
type transit struct {
	tables  []tableVisit // that it has met on this way, request or reply (D-214)
	exits   []transitExit
	pins    []transitExit // exits in appliance mode, which the reply takes again (TGW-42)
	came    string        // the VPC that a transit gateway has delivered it into (D-216)
	natted  []natted      // what static NAT has made of destinations
	entered int           // how many transit gateways it has entered
	routed  bool          // by a table of one, so that reading aws asks for no reply (RA-3)
	unsure  string        // why it is not known whether its groups still count (SG-21)
	strange string        // the VPC of an attachment where the request started, whose senders may carry groups (D-24)
	byEdge  string        // the virtual private gateway or attachment by which the request started
	edgeOf  string        // of an attachment, the transit gateway: both ends of a peering may have one id
}

// tableVisit is a packet at a table.
type tableVisit struct {
	table string
	p     Packet
}

// transitExit is a packet at the attachment's interface in a zone.
type transitExit struct {
	attachment string
	zone       zone
}

// attachmentOf returns the attachment of a VPC to a transit gateway (TGW-5). double reports bad data: several.
func (o *Oracle) attachmentOf(gateway, vpc string) (found *transitAttachment, double bool) {
	for _, a := range o.attachments {
		if a.gateway != gateway || a.kind != "vpc" || a.resource != vpc || a.gone() {
			continue
		}
		if found != nil {
			return nil, true
		}
		found = a
	}
	return found, false
}

// transitInService follows the state of a transit gateway (TGW-4, D-201). It returns false when the packet was refused.
func (w *walker) transitInService(f flight, id string) (flight, bool) {
	g := w.o.transits[id]
	if g == nil { // TGW-68
		return w.lack(f, "tgw-missing", "describe-transit-gateways: "+id), true
	}
	f = w.use(f, &g.entity)
	if g.state != "" && g.state != "available" && g.state != "modifying" {
		return f, w.refuse(f, "tgw-state", id, g.state)
	}
	return f, true
}

// namedAttachments returns the attachments of a VPC that no answer describes, but that associations, propagations or routes of a gateway's
// tables name. A table that no answer describes may be any gateway's, unless sure ones only are asked for.
func (o *Oracle) namedAttachments(gateway, vpc string, sure bool) (ids []string) {
	add := func(table, id, resource string) {
		of := o.gatewayOfTable(table)
		if resource != vpc || slices.Contains(ids, id) || of == "" && sure || of != "" && of != gateway ||
			slices.ContainsFunc(o.attachments, func(a *transitAttachment) bool { return a.id == id }) {
			return
		}
		ids = append(ids, id)
	}
	for table, s := range o.searches {
		for _, r := range s.routes {
			for _, t := range r.targets {
				add(table, t.TransitGatewayAttachmentId, t.ResourceId)
			}
		}
	}
	for table, p := range o.propagations {
		for _, m := range p.members {
			add(table, m.TransitGatewayAttachmentId, m.ResourceId)
		}
	}
	for table, members := range o.tableMembers {
		for _, m := range members {
			add(table, m.TransitGatewayAttachmentId, m.ResourceId)
		}
	}
	return ids
}

// gatewayOfTable returns the gateway of a table, as its record or that of an attachment associated with it tells; empty where none does.
func (o *Oracle) gatewayOfTable(table string) string {
	if t := o.transitTables[table]; t != nil {
		return t.gateway
	}
	for _, a := range o.attachments {
		if slices.ContainsFunc(a.associated, func(c claim) bool { return c.value == table }) {
			return a.gateway
		}
	}
	return ""
}

// enterTransit follows a packet to the transit gateway that a route names (D-202, D-203). The egress rules of its subnet's ACL were asked
// already.
func (w *walker) enterTransit(f flight, at place, id string) {
	f, ok := w.transitInService(f, id)
	if !ok {
		return
	}
	a, double := w.o.attachmentOf(id, at.vpc)
	if named := w.o.namedAttachments(id, at.vpc, true); a == nil && !double && len(named) == 1 { // D-200: followed as far as the answers lead
		a = &transitAttachment{gateway: id, id: named[0], kind: "vpc", resource: at.vpc}
		f = w.lack(f, "tgw-attachment-named", "describe-transit-gateway-attachments: "+a.id)
	}
	switch {
	case double:
		w.end(f, "tgw-attachment-missing", "answers disagree: attachment of "+at.vpc+" to "+id)
		return
	case a == nil && w.o.vpcs[at.vpc] != nil && (w.o.completeFor(at.vpc, "describe-transit-gateway-vpc-attachments") || w.o.completeFor(at.vpc, "describe-transit-gateway-attachments")) && len(w.o.namedAttachments(id, at.vpc, false)) == 0:
		w.refuse(f, "tgw-detached", id, at.vpc)
		return
	case a == nil:
		w.end(f, "tgw-attachment-missing", "describe-transit-gateway-vpc-attachments: "+at.vpc+" to "+id)
		return
	}
	if f, ok = w.carries(f, a); !ok {
		return
	}
	f, z, ok := w.zoneGate(f, at, a)
	if !ok {
		return
	}
	if f, ok = w.spendReference(f, id); !ok {
		return
	}
	f.entered++
	f.token = f.token && f.entered == 1 // SG-21: one gateway only
	w.decide("tgw-in", id, a.id)
	if !f.reply && w.q.To.Edge != "" && (w.q.To.Edge == id || w.q.To.Edge == a.id) { // D-217
		w.decide("tgw-end", id)
		w.respond(f, func(f flight) { w.exitVPC(f, nil, a, nil) })
		return
	}
	w.inTransit(f, a, z)
}

// zoneGate follows a packet past the attachment's interface in its own zone, and past the ACL there (TGW-7 to TGW-9, TGW-11, TGW-13). It
// returns the zone by which the packet enters, nil for one that is not known, and false when the packet was refused.
func (w *walker) zoneGate(f flight, at place, a *transitAttachment) (flight, *zone, bool) {
	z := w.o.entryZone(a, zoneOf(at.subnet))
	s, v := w.o.seatIn(a, z)
	switch v {
	case deny:
		return f, nil, w.refuse(f, "tgw-zone", a.id, z.id)
	case unsure:
		return w.lack(f, "tgw-zone-unknown", "zones of "+a.id+" and of its packets"), z, true
	}
	f, ok := w.inService(f, at.vpc, s.subnet)
	if !ok {
		return f, nil, false
	}
	f, ok = w.acl(f, s.subnet.id, at.vpc, false)
	return f, s.zone, ok
}

// spendReference refuses what a sender's egress rules admit by a reference alone: it never matches what lies behind a transit gateway
// (TGW-63, D-211).
func (w *walker) spendReference(f flight, hop string) (flight, bool) {
	token := f.token
	f, ok := w.erase(f, hop)
	f.token = token
	return f, ok
}

// inTransit follows a packet that has come into a transit gateway by an attachment: to the table of that, and where its routes lead.
func (w *walker) inTransit(f flight, in *transitAttachment, z *zone) {
	if d := f.p.Destination; d.IsMulticast() { // TGW-59
		w.end(f, "not-modelled", "not modelled: multicast to "+d.String())
		return
	}
	f, ok := w.natIn(f, in)
	if !ok {
		return
	}
	f, table, ok := w.transitTable(f, in)
	if !ok {
		return
	}
	f.routed = true
	this := tableVisit{table, f.p}
	if slices.Contains(f.tables, this) { // TGW-48
		w.refuse(f, "tgw-loop", table)
		return
	}
	f.tables = append(slices.Clip(f.tables), this)
	if w.o.searches[table] == nil {
		w.end(f, "tgw-routes-missing", "search-transit-gateway-routes: "+table)
		return
	}
	winners, known, completed := w.o.transitRoutes(table, f.p.Destination)
	if !known {
		w.end(f, "tgw-routes-cut", "search-transit-gateway-routes: "+table)
		return
	}
	if completed {
		if w.q.NoAssume {
			w.end(f, "tgw-propagations", "assumption: routes of "+table+" are what its propagations make")
			return
		}
		w.decide("tgw-propagations", table)
	}
	if len(winners) == 0 {
		w.refuse(f, "tgw-route-none", table)
	}
	for _, r := range winners {
		w.transitRoute(f, table, r, in, z)
	}
}

// transitRoute takes one route of a transit gateway's table.
func (w *walker) transitRoute(f flight, table string, r transitRoute, in *transitAttachment, z *zone) {
	switch {
	case r.state == "blackhole": // TGW-31
		w.refuse(f, "tgw-route-blackhole", table, r.prefix.String())
		return
	case r.state != "" && r.state != "active" || len(r.targets) == 0:
		w.end(f, "tgw-route-unknown", "search-transit-gateway-routes: "+r.prefix.String()+" of "+table+" is "+r.state)
		return
	case len(r.targets) > 1: // TGW-58
		w.decide("tgw-ecmp", table)
	}
	w.decide("tgw-route", table, r.prefix.String())
	for _, t := range r.targets {
		w.exitTransit(f, t, in, z)
	}
}

// transitTable returns the table that is associated with the attachment by which a packet came (D-205). It returns false when the branch
// has ended.
func (w *walker) transitTable(f flight, in *transitAttachment) (flight, string, bool) {
	tables := w.o.associations(in)
	switch {
	case len(tables) > 1:
		w.end(f, "tgw-association-unknown", "answers disagree: table of "+in.id)
		return f, "", false
	case len(tables) == 0 && w.o.policyOf(in) != "":
		if c := w.o.vpnConnections[in.resource]; in.kind == "vpn" && w.q.Reading == Strict && (c == nil || !c.static) { // TGW-25
			f = w.lack(f, "tgw-policy-bgp", "what on-premises routes to "+in.resource)
		}
		return w.byPolicy(f, w.o.policyOf(in))
	case len(tables) == 0 && w.o.associationTold(in) && w.o.policiesTold(in.gateway):
		return f, "", w.refuse(f, "tgw-association-missing", in.id)
	case len(tables) == 0: // TGW-67
		w.end(f, "tgw-association-unknown", "describe-transit-gateway-attachments: table of "+in.id)
		return f, "", false
	}
	return w.tableInService(f, tables[0])
}

// tableInService follows the state of a transit gateway's table (D-201).
func (w *walker) tableInService(f flight, table string) (flight, string, bool) {
	if t := w.o.transitTables[table]; t != nil {
		f = w.use(f, &t.entity)
		if !works(t.state) {
			return f, table, w.refuse(f, "tgw-table-state", table, t.state)
		}
	} else if w.o.searches[table] != nil {
		f = w.assume(f, "tgw-table-assumed", table+" is available")
	}
	return f, table, true
}

// associations returns the tables that the answers associate with an attachment.
func (o *Oracle) associations(a *transitAttachment) []string {
	tables := pickClaims(a.associated)
	for _, table := range slices.Sorted(maps.Keys(o.tableMembers)) {
		if g := o.gatewayOfTable(table); g != "" && g != a.gateway { // both ends of a peering may have one id
			continue
		}
		if slices.ContainsFunc(o.tableMembers[table], func(m tableMember) bool { return m.TransitGatewayAttachmentId == a.id }) && !slices.Contains(tables, table) {
			tables = append(tables, table)
		}
	}
	return tables
}

// associationTold reports whether the answers of the gateway's owner hold the attachment and would show its table (TGW-67).
func (o *Oracle) associationTold(a *transitAttachment) bool {
	owner := a.gatewayOwner
	if g := o.transits[a.gateway]; g != nil && g.owner != "" {
		owner = g.owner
	}
	return slices.ContainsFunc(a.parts, func(p *part) bool {
		return (p.account == "" || p.account == owner) && complete(p, "describe-transit-gateway-attachments")
	})
}

// policiesTold reports whether the answers hold every policy table of a gateway and what is associated with it, so that an attachment without
// a table has none.
func (o *Oracle) policiesTold(gateway string) bool {
	g := o.transits[gateway]
	if g != nil && !complete(o.partOf(g.owner, g.part), "describe-transit-gateway-policy-tables") || g == nil && !o.everywhere("describe-transit-gateway-policy-tables") {
		return false
	}
	for table, of := range o.policyTables {
		if of == gateway && !slices.Contains(o.policyAnswers, table) {
			return false
		}
	}
	return true
}

// isTransitGateway reports whether an id is a transit gateway's, and not one of its attachments'.
func isTransitGateway(id string) bool {
	return strings.HasPrefix(id, "tgw-") && !strings.HasPrefix(id, "tgw-attach-")
}
