package netgen

import (
	"net/netip"
	"slices"
)

// planTransit associates a gateway's attachments with its tables and fills these: every attachment with the first, which knows them all, or
// where one VPC inspects what goes between the others, that one with the second.
func (w *world) planTransit(g *transitGateway) {
	if len(g.attachments) == 0 {
		return
	}
	var vpcs []*transitAttachment
	for _, a := range g.attachments {
		if a.vpc != nil {
			vpcs = append(vpcs, a)
		}
	}
	if len(vpcs) > 1 && w.features&(Appliances|GWLBEndpoints) != 0 && w.chance(0.55) {
		g.inspector = vpcs[len(vpcs)-1]
		g.inspector.vpc.inspector = true
		if w.chance(0.7) {
			g.inspector.options["ApplianceModeSupport"] = "enable"
		}
	}
	for _, a := range g.attachments {
		a.table = g.tables[0]
		switch {
		case w.chance(w.odds.wrong / 3):
			a.table = nil
		case a == g.inspector && !w.chance(w.odds.wrong), w.chance(w.odds.wrong / 2), a.kind != "vpc" && w.chance(0.3):
			a.table = g.tables[1]
		}
	}
	w.fillTransit(g, g.tables[0], g.inspector != nil)
	w.fillTransit(g, g.tables[1], false)
	w.makePolicyTable(g)
}

// fillTransit draws a table's routes: to the inspector where there is one, else to everybody.
func (w *world) fillTransit(g *transitGateway, t *transitTable, inspected bool) {
	if inspected && !w.chance(w.odds.wrong) {
		t.add(netip.MustParsePrefix("0.0.0.0/0"), "static", g.inspector)
		t.add(netip.MustParsePrefix("::/0"), "static", g.inspector)
	}
	for _, a := range g.attachments {
		if inspected && a != g.inspector && w.chance(0.9) {
			continue
		}
		switch a.kind {
		case "vpc":
			w.routesToVPC(t, a)
		case "peering":
			w.routesToPeer(t, a)
		case "vpn":
			w.routesToVPN(g, t, a)
		}
	}
	if exit := pick(w.rng, g.attachments); w.chance(0.45) {
		t.add(netip.MustParsePrefix("0.0.0.0/0"), "static", exit)
	}
	w.drawOddTransitRoutes(g, t)
}

// routesToVPC leads to a VPC's blocks: propagated, static, or not at all.
func (w *world) routesToVPC(t *transitTable, a *transitAttachment) {
	how := weighted(w.rng, []weight[string]{{6, "propagated"}, {3, "static"}})
	if w.chance(w.odds.wrong / 2) {
		return
	}
	if how == "propagated" || w.chance(0.4) { // one may propagate behind a static route
		t.propagates = append(t.propagates, a)
	}
	if a.alias.IsValid() {
		t.add(a.alias, pick(w.rng, []string{"static", "propagated"}), a)
	}
	for _, b := range a.vpc.cidrs() {
		if b.Addr().Is6() && how == "propagated" && !a.v6 {
			continue
		}
		t.add(b, how, a)
	}
}

func (w *world) routesToPeer(t *transitTable, a *transitAttachment) {
	for _, v := range w.vpcs {
		if !slices.ContainsFunc(a.far.attachments, func(x *transitAttachment) bool { return x.vpc == v }) {
			continue
		}
		for _, b := range v.cidrs() {
			if !w.chance(w.odds.wrong / 2) {
				t.add(b, "static", a)
			}
		}
	}
}

func (w *world) routesToVPN(g *transitGateway, t *transitTable, a *transitAttachment) {
	how := pick(w.rng, []string{"propagated", "static"})
	if how == "propagated" {
		t.propagates = append(t.propagates, a)
	}
	for range 1 + w.rng.IntN(2) {
		p := pick(w.rng, onPremises)
		w.mention(p)
		w.told = append(w.told, p)
		if r := t.add(p, how, a); r != nil && w.chance(0.25) { // ECMP
			for _, other := range g.attachments {
				if other.kind == "vpn" && other != a {
					r["TransitGatewayAttachments"] = append(r["TransitGatewayAttachments"].([]record), other.target())
				}
			}
		}
	}
}

// drawOddTransitRoutes adds what tables hold beside: blackholes, longer routes, prefix lists, other states.
func (w *world) drawOddTransitRoutes(g *transitGateway, t *transitTable) {
	if w.chance(0.12 + w.odds.wrong) {
		p := pick(w.rng, w.prefixes)
		if r := t.add(p, "static", nil); r != nil {
			r["State"] = "blackhole"
		}
	}
	if w.chance(0.2) {
		p := pick(w.rng, w.prefixes)
		t.add(p, "static", pick(w.rng, g.attachments))
	}
	if w.chance(0.12) {
		l := pick(w.rng, w.lists)
		to := pick(w.rng, g.attachments)
		for _, e := range l.entries {
			if r := t.add(e, pick(w.rng, []string{"static", "propagated"}), to); r != nil {
				r["PrefixListId"] = l.id
			}
		}
	}
	for _, r := range t.routes {
		if w.chance(w.odds.odd) {
			r["State"] = pick(w.rng, []string{"blackhole", "pending", "deleting", "deleted"})
		}
	}
	if len(t.routes) > 0 && w.chance(w.odds.wrong/6) { // one CIDR twice, which AWS does not show
		r := pick(w.rng, t.routes)
		other := pick(w.rng, g.attachments)
		t.routes = append(t.routes, record{"DestinationCidrBlock": r["DestinationCidrBlock"], "Type": pick(w.rng, []string{"static", "propagated"}), "State": "active",
			"TransitGatewayAttachments": []record{other.target()}})
	}
}

// add adds a route unless the table has that CIDR; no attachment is a blackhole's. It returns the route, nil for none.
func (t *transitTable) add(p netip.Prefix, how string, a *transitAttachment) record {
	if slices.Contains(t.taken, p) {
		return nil
	}
	t.taken = append(t.taken, p)
	r := record{"DestinationCidrBlock": p, "Type": how, "State": "active", "TransitGatewayAttachments": []record{}}
	if a != nil {
		r["TransitGatewayAttachments"] = []record{a.target()}
	}
	t.routes = append(t.routes, r)
	return r
}

func (a *transitAttachment) target() record {
	return record{"TransitGatewayAttachmentId": a.id, "ResourceId": a.resource, "ResourceType": a.kind}
}

// makePolicyTable gives an attachment now and then a policy table in place of a route table (TGW-23).
func (w *world) makePolicyTable(g *transitGateway) {
	if !w.chance(0.1) {
		return
	}
	a := pick(w.rng, g.attachments)
	a.table = nil
	id := "tgw-ptb-" + g.id[4:]
	g.part.add(describeTransitPolicyTables, record{"TransitGatewayPolicyTableId": id, "TransitGatewayId": g.id, "State": "available", "Tags": []record{}})
	g.policy = id
	g.part.add(policyAssociationsOf(id), record{"TransitGatewayPolicyTableId": id, "TransitGatewayAttachmentId": a.id, "ResourceId": a.resource,
		"ResourceType": a.kind, "State": "associated"})
	for k := range 1 + w.rng.IntN(3) {
		rule := record{}
		switch w.rng.IntN(3) {
		case 0:
			rule["Protocol"], rule["DestinationPortRange"], rule["SourcePortRange"] = "6", pick(w.rng, []string{"80", "22-443", "*"}), "*"
		case 1:
			rule["DestinationCidrBlock"] = pick(w.rng, w.vpcs).blocks[0]
		}
		g.part.add(policyEntriesOf(id), record{"PolicyRuleNumber": []string{"10", "9", "100"}[k], "PolicyRule": rule, "TargetRouteTableId": pick(w.rng, g.tables).id})
	}
}

// drawTransitRoutes leads from a VPC's table to the transit gateways that the VPC is attached to: to the blocks of the others, and where a role
// has nowhere else to go, by default.
func (w *world) drawTransitRoutes(t *table, r role) {
	for _, g := range w.transits {
		if !slices.ContainsFunc(g.attachments, func(a *transitAttachment) bool { return a.vpc == t.vpc }) && !w.chance(w.odds.wrong/6) {
			continue
		}
		to := target{"TransitGatewayId", g.id}
		if r == transit && t.vpc.inspector && !w.chance(w.odds.wrong) {
			w.drawInspection(t)
			continue
		}
		if w.chance(w.odds.wrong / 2) {
			continue
		}
		for _, v := range w.vpcs {
			if v == t.vpc {
				continue
			}
			for _, b := range v.cidrs() {
				w.static(t, b.String(), to)
			}
		}
		for _, x := range w.aliases {
			if x.vpc != t.vpc.id() {
				w.static(t, x.to.String(), to)
			}
		}
		for _, p := range onPremises {
			if w.chance(0.4) {
				w.static(t, p.String(), to)
			}
		}
		if r != public && r != middle && w.chance(0.3) {
			w.static(t, "0.0.0.0/0", to)
		}
	}
}

// drawInspection leads what a transit gateway delivers to the VPC's middlebox.
func (w *world) drawInspection(t *table) {
	box := w.middlebox(t.vpc)
	for _, v := range w.vpcs {
		for _, b := range v.cidrs() {
			if v != t.vpc {
				w.static(t, b.String(), box)
			}
		}
	}
	w.static(t, "0.0.0.0/0", box)
}

// sealing is the ACL of an attachment's subnet that keeps some of what comes out there from going on.
func (w *world) sealing(s *subnet) *acl {
	a := &acl{vpc: s.vpc, id: "acl-seal-" + s.id[7:]}
	a.allowAll(100, false)
	ports := record{"From": 0, "To": 65535}
	if w.chance(0.4) {
		p := w.drawPorts()
		ports = record{"From": p[0], "To": p[1]}
	}
	a.add(10, true, "deny", pick(w.rng, []string{"6", "6", "17"}), "0.0.0.0/0")["PortRange"] = ports
	a.allowAll(100, true)
	return a
}
