package netgen

import (
	"net/netip"
	"slices"
	"strings"
)

// The operations that tell of one table or policy table of a transit gateway carry its id.
func associationsOf(table string) operation {
	return operation("get-transit-gateway-route-table-associations." + table)
}
func propagationsOf(table string) operation {
	return operation("get-transit-gateway-route-table-propagations." + table)
}
func searchOf(table string) operation { return operation("search-transit-gateway-routes." + table) }
func policyAssociationsOf(table string) operation {
	return operation("get-transit-gateway-policy-table-associations." + table)
}
func policyEntriesOf(table string) operation {
	return operation("get-transit-gateway-policy-table-entries." + table)
}

// writeTransit writes the answers about each transit gateway's tables into its owner's part. Some were not asked for, some are cut, and
// some collectors ask for static routes and propagations only, and put the answers of all tables into one file.
func (w *world) writeTransit(n *Network) {
	for _, g := range w.transits {
		collected := w.chance(0.15)
		var searches, propagations []record
		for _, t := range g.tables {
			w.rng.Shuffle(len(t.routes), func(i, j int) { t.routes[i], t.routes[j] = t.routes[j], t.routes[i] })
			if w.tableGap(0.25) {
				n.Missing = append(n.Missing, g.part.folder+string(searchOf(t.id))+".json")
			} else if collected {
				searches = append(searches, record{"TransitGatewayRouteTableId": t.id, "AdditionalRoutesAvailable": w.tableGap(0.1),
					"Routes": slices.DeleteFunc(slices.Clone(t.routes), func(r record) bool { return r["Type"] != "static" })})
			} else {
				w.writeSearch(n, g, t)
			}
			if members := t.propagations(); w.tableGap(0.25) {
				n.Missing = append(n.Missing, g.part.folder+string(propagationsOf(t.id))+".json")
			} else if collected {
				propagations = append(propagations, record{"TransitGatewayRouteTableId": t.id, "TransitGatewayRouteTablePropagations": members})
			} else {
				n.put(g.part.folder+string(propagationsOf(t.id))+".json", record{"TransitGatewayRouteTablePropagations": members})
			}
			if w.chance(0.4) {
				n.put(g.part.folder+string(associationsOf(t.id))+".json", record{"Associations": g.part.records[associationsOf(t.id)]})
			}
		}
		if searches != nil {
			n.put(g.part.folder+"search-transit-gateway-routes."+g.id+".json", record{"TransitGatewayStaticRoutes": searches})
		}
		if propagations != nil {
			n.put(g.part.folder+"get-transit-gateway-route-table-propagations."+g.id+".json", record{"TransitGatewayPropagations": propagations})
		}
		w.writePolicy(n, g)
		w.writeNAT(n, g)
	}
	slices.Sort(n.Missing)
	n.Missing = slices.Compact(n.Missing)
}

// tableGap draws whether an answer about a table is missing.
func (w *world) tableGap(share float64) bool { return w.chance(w.odds.gap * share) }

// writeSearch writes a search of one table, whole or not.
func (w *world) writeSearch(n *Network, g *transitGateway, t *transitTable) {
	routes, more := t.routes, false
	if w.tableGap(0.25) {
		more = true
		routes = slices.DeleteFunc(slices.Clone(routes), func(record) bool { return w.chance(0.4) })
	}
	if routes == nil {
		routes = []record{}
	}
	n.put(g.part.folder+string(searchOf(t.id))+".json", record{"Routes": routes, "AdditionalRoutesAvailable": more})
}

// propagations are the table's, as AWS prints them.
func (t *transitTable) propagations() []record {
	members := []record{}
	for _, a := range t.propagates {
		r := a.target()
		r["State"] = "enabled"
		members = append(members, r)
	}
	return members
}

// writePolicy writes the answers about a gateway's policy table.
func (w *world) writePolicy(n *Network, g *transitGateway) {
	if g.policy == "" {
		return
	}
	for _, x := range []struct {
		op  operation
		key string
	}{{policyAssociationsOf(g.policy), "Associations"}, {policyEntriesOf(g.policy), "TransitGatewayPolicyTableEntries"}} {
		if !w.tableGap(0.3) {
			n.put(g.part.folder+string(x.op)+".json", record{x.key: g.part.records[x.op]})
		} else {
			n.Missing = append(n.Missing, g.part.folder+string(x.op)+".json")
		}
	}
}

// alias is a VPC's block and what an attachment of it translates that to.
type alias struct {
	vpc      string
	from, to netip.Prefix
}

// writeNAT writes the static NAT of a gateway's attachments, to their owner.
func (w *world) writeNAT(n *Network, g *transitGateway) {
	for _, a := range g.attachments {
		if !a.alias.IsValid() {
			continue
		}
		rule := record{"MatchSourceCidr": a.vpc.subnets[0].v4, "NatCidr": a.alias}
		rule.set("State", weighted(w.rng, []weight[string]{{8, "activated"}, {1, "deactivated"}, {1, ""}}))
		n.put(g.part.folder+"get-transit-gateway-attachment-nat-configuration."+a.id+".json", record{"TransitGatewayAttachmentId": a.id,
			"NatGatewaySupport": weighted(w.rng, []weight[string]{{8, "enabled"}, {1, "disabled"}}), "NatGatewayRules": []record{rule}})
	}
}

// edges lists what can be an end beyond which the snapshot knows nothing.
func (w *world) edges() []string {
	var ids []string
	for _, g := range w.transits {
		if len(g.attachments) > 0 {
			ids = append(ids, g.id)
		}
		for _, a := range g.attachments {
			if a.id != "tgw-attach-p1" || a.far.part.region == g.part.region { // between Regions both ends have one id
				ids = append(ids, a.id)
			}
		}
	}
	for _, v := range w.vpcs {
		if v.vpn != nil {
			ids = append(ids, v.vpn.id)
		}
	}
	return ids
}

// joinedBy reports whether a transit gateway, or two that are peered, join two VPCs.
func (w *world) joinedBy(a, b *vpc) bool {
	at := func(v *vpc) []int {
		var found []int
		for k, g := range w.transits {
			if slices.ContainsFunc(g.attachments, func(x *transitAttachment) bool { return x.vpc == v }) {
				found = append(found, k)
			}
		}
		return found
	}
	return a != b && len(at(a)) > 0 && len(at(b)) > 0
}

// onPremise draws an address on premises.
func (d *drawer) onPremise() netip.Addr {
	p := pick(d.rng, onPremises)
	if len(d.network.told) > 0 && d.chance(0.8) {
		p = pick(d.rng, d.network.told)
	}
	return pick(d.rng, []netip.Addr{plus(p.Addr(), 9), plus(p.Addr(), d.rng.IntN(256)), last(p), p.Addr()})
}

// drawEdge turns a packet into one to or from an edge, or to a network behind one.
func (d *drawer) drawEdge(p *Draw, from, to Interface) {
	edge := pick(d.rng, d.network.Edges)
	for range 6 { // mostly hosts that the edge is next to
		if suffix := edge[len(edge)-1:]; suffix > "9" && suffix != from.VPC[len(from.VPC)-1:] {
			from = pick(d.rng, d.network.Interfaces)
		} else if suffix > "9" && strings.HasPrefix(edge, "vgw-") && suffix != to.VPC[len(to.VPC)-1:] {
			to = pick(d.rng, d.network.Interfaces)
		}
	}
	four := slices.DeleteFunc(slices.Clone(to.Addresses), netip.Addr.Is6)
	switch d.rng.IntN(5) {
	case 0, 1: // in
		p.From, p.To = edge, to.ID
		p.Destination = d.own(to, true)
		if len(four) > 0 && d.chance(0.8) {
			p.Destination = pick(d.rng, four)
		}
		p.Source = d.onPremise()
		if d.chance(0.2) || !p.Destination.Is4() {
			p.Source = d.own(from, p.Destination.Is4())
		}
	case 2, 3: // out
		p.From, p.To = from.ID, edge
		p.Source, p.Destination = d.own(from, true), d.onPremise()
		if d.chance(0.35) {
			p.Source, p.Destination = d.within(from, to)
		}
	default:
		p.Source, p.Destination = d.own(from, true), d.onPremise()
		p.To = p.Destination.String()
		if len(d.network.aliases) > 0 && d.chance(0.7) { // by the address that a gateway translates
			d.drawAlias(p)
		}
	}
	if p.Source.Is4() != p.Destination.Is4() {
		p.To = to.ID
		p.Source, p.Destination = d.own(from, true), d.own(to, true)
	}
	if p.Source.Is4() != p.Destination.Is4() {
		p.From, p.To = from.ID, to.ID
		p.Source, p.Destination = from.Addresses[0], from.Addresses[0]
	}
}

// drawAlias addresses a packet to a host by what an attachment translates.
func (d *drawer) drawAlias(p *Draw) {
	x := pick(d.rng, d.network.aliases)
	for _, i := range d.network.Interfaces {
		if a := i.Addresses[0]; i.VPC == x.vpc && x.from.Contains(a) && (p.To == p.Destination.String() || d.chance(0.3)) {
			p.To, p.Destination = i.ID, plus(x.to.Addr(), int(a.As4()[3]-x.from.Addr().As4()[3]))
		}
	}
}
