package netgen

import (
	"net/netip"
	"slices"
)

// table is a route table in the making.
type table struct {
	vpc          *vpc
	id           string
	associations []record
	routes       []record
	taken        []string // destinations; AWS keeps each once, propagated ones apart
	propagating  []string // virtual private gateways
}

// makeRouteTables gives each VPC a table per role. One of them is the main one, which serves the subnets without an
// association.
func (w *world) makeRouteTables() {
	for _, v := range w.vpcs {
		main := pick(w.rng, []role{public, private, isolated, isolated})
		for r, name := range roleNames {
			if role(r) >= middle && !slices.ContainsFunc(v.subnets, func(s *subnet) bool { return s.role == role(r) }) {
				continue
			}
			t := &table{vpc: v, id: "rtb-" + name + "-" + v.name}
			if role(r) == main && !w.chance(w.odds.odd) {
				t.associate(record{"Main": true})
			}
			for _, s := range v.subnets {
				if s.role == role(r) && !(role(r) == main && w.chance(0.5)) {
					a := t.associate(record{"Main": false, "SubnetId": s.id})
					a["AssociationState"] = record{"State": w.state("associated", "associating", "disassociating", "disassociated", "failed")}
					if w.chance(0.1) {
						delete(a, "AssociationState")
					}
				}
			}
			w.drawRoutes(t, role(r))
			v.part.add(describeRouteTables, t.record(w))
		}
		for _, t := range slices.Concat(w.edgeTables(v), w.vpnEdgeTables(v)) {
			v.part.add(describeRouteTables, t.record(w))
		}
		if v.regional != nil && !w.chance(w.odds.wrong/3) {
			v.part.add(describeRouteTables, w.regionalTable(v).record(w))
		} else if v.regional != nil {
			w.gone(v.regional.table)
		}
	}
}

func (t *table) associate(a record) record {
	a["RouteTableId"], a["AssociationState"] = t.id, record{"State": "associated"}
	a["RouteTableAssociationId"] = "rtbassoc-" + t.id[4:] + string(rune('0'+len(t.associations)))
	t.associations = append(t.associations, a)
	return a
}

func (t *table) record(w *world) record {
	if t.associations == nil {
		t.associations = []record{}
	}
	vgws := []record{}
	for _, id := range t.propagating {
		vgws = append(vgws, record{"GatewayId": id})
	}
	if t.propagating == nil && slices.ContainsFunc(t.routes, func(r record) bool { return r["Origin"] == "EnableVgwRoutePropagation" }) {
		vgws = append(vgws, record{"GatewayId": w.gone(w.unlessHas(VPNGateways, "vgw-"+t.vpc.name, "vgw-gone"))})
	}
	w.rng.Shuffle(len(t.routes), func(i, j int) { t.routes[i], t.routes[j] = t.routes[j], t.routes[i] })
	return record{"RouteTableId": t.id, "VpcId": t.vpc.id(), "OwnerId": t.vpc.part.account, "Associations": t.associations,
		"Routes": t.routes, "PropagatingVgws": vgws, "Tags": []record{{"Key": "Name", "Value": t.id}}}
}

// add appends a route unless the table has that destination from that origin.
func (t *table) add(destination, field, target, origin string) record {
	key := destination
	if origin == "EnableVgwRoutePropagation" {
		key += " propagated"
	}
	r := record{field: target, "Origin": origin, "State": "active"}
	if slices.Contains(t.taken, key) {
		return r
	}
	t.taken = append(t.taken, key)
	if p, err := netip.ParsePrefix(destination); err != nil {
		r["DestinationPrefixListId"] = destination
	} else if p.Addr().Is4() {
		r["DestinationCidrBlock"] = p
	} else {
		r["DestinationIpv6CidrBlock"] = p
	}
	t.routes = append(t.routes, r)
	return r
}

// target is a field of a route and the id it holds.
type target struct{ field, id string }

// static appends a static route; now and then it is a blackhole or lacks its origin. It returns the route, nil for none.
func (w *world) static(t *table, destination string, to target) record {
	if to.id == "" {
		return nil
	}
	r := t.add(destination, to.field, to.id, "CreateRoute")
	w.aim(r)
	switch {
	case w.chance(w.odds.odd):
		r["State"] = pick(w.rng, []string{"blackhole", "blackhole", "filtered"})
	case w.chance(0.02):
		delete(r, "Origin")
	}
	return r
}

// drawRoutes fills a table: local routes, what the VPC's plan wants, ties, where its role leads, peerings, and now and then something odd.
func (w *world) drawRoutes(t *table, r role) {
	w.drawLocalRoutes(t)
	w.drawPlannedRoutes(t, r)
	away := w.away(t, r, false)
	if r != isolated && w.chance(w.odds.unmodelled) {
		away = w.unmodelled(t.vpc)
	}
	if away.id != "" && w.chance(w.odds.tie) {
		w.drawTie(t, away)
	}
	w.drawGatewayEndpointRoutes(t, away)
	before := w.featureChance(TransitGateways, 0.75)
	if before {
		w.drawTransitRoutes(t, r)
	}
	w.drawVPNRoutes(t, r)
	w.static(t, "0.0.0.0/0", away)
	w.drawNAT64(t, r)
	if w.chance(0.85) {
		w.static(t, "::/0", w.away(t, r, true))
	}
	w.drawPeeringRoutes(t)
	if !before {
		w.drawTransitRoutes(t, r)
	}
	if w.chance(0.1 + 4*w.odds.odd) {
		w.drawOddRoute(t)
	}
}

// drawLocalRoutes adds the VPC's local routes; one may be replaced (RT-13), or wider than the block (RT-14).
func (w *world) drawLocalRoutes(t *table) {
	local := target{"GatewayId", "local"}
	for _, b := range t.vpc.cidrs() {
		to := local
		if t.vpc.plan == replaced && w.chance(0.5) {
			to = w.middlebox(t.vpc)
		} else if b.Addr().Is4() && w.has(Appliances) && w.chance(w.odds.wrong/8) {
			to = w.interfaceTarget(t.vpc)
		}
		w.aim(t.add(b.String(), to.field, to.id, "CreateRouteTable"))
	}
	for _, b := range t.vpc.all { // of a block that is coming or going
		if w.chance(0.5) {
			t.add(b.String(), local.field, local.id, "CreateRouteTable")
		}
	}
	if w.chance(w.odds.odd) {
		t.add("10.0.0.0/22", local.field, local.id, "CreateRouteTable")
	}
}

// drawTie adds two prefix lists with equal entries: the usual target, and one that leads elsewhere.
func (w *world) drawTie(t *table, usual target) {
	other := target{"GatewayId", t.vpc.igw}
	switch w.rng.IntN(5) {
	case 0:
		other = w.natTarget(t.vpc)
	case 1:
		if x := pickPeering(w, t.vpc); x != nil {
			other = target{"VpcPeeringConnectionId", x.id}
		}
	case 2:
		if w.chance(w.odds.unmodelled) {
			other = w.unmodelled(t.vpc)
		}
	}
	first, second := w.lists[0].id, w.lists[1].id
	if w.chance(0.5) {
		first, second = second, first
	}
	w.static(t, first, usual)
	w.static(t, second, other)
}

// drawPeeringRoutes leads to the far blocks, whole, half, wider or by prefix list.
func (w *world) drawPeeringRoutes(t *table) {
	for _, x := range w.peerings {
		far, ok := x.far(t.vpc)
		if !ok {
			continue
		}
		to := target{"VpcPeeringConnectionId", x.id}
		if far == nil {
			w.static(t, "10.0.7.0/24", to)
			continue
		}
		if !w.chance(0.93) {
			continue
		}
		for _, b := range far.cidrs() {
			w.drawPeeringRoute(t, b, to)
		}
		if last := w.lists[len(w.lists)-1]; !last.v6 && len(w.lists) > 2 && w.chance(0.15) {
			w.static(t, last.id, to)
		}
	}
}

func (w *world) drawPeeringRoute(t *table, far netip.Prefix, to target) {
	switch {
	case w.chance(w.odds.odd):
		return
	case w.chance(0.1):
		far = netip.PrefixFrom(far.Addr(), far.Bits()+1)
	case w.chance(0.1):
		far = netip.PrefixFrom(far.Addr(), far.Bits()-2).Masked()
	}
	w.mention(far)
	w.static(t, far.String(), to)
}

// drawOddRoute adds a route of the rarer kinds.
func (w *world) drawOddRoute(t *table) {
	v := t.vpc
	s := pick(w.rng, v.subnets)
	switch w.rng.IntN(8) {
	case 0: // propagated inside the VPC: loses to local (RT-7)
		if s.v4.IsValid() {
			t.add(s.v4.String(), "GatewayId", w.gone(w.unlessHas(VPNGateways, "vgw-"+v.name, "vgw-gone")), "EnableVgwRoutePropagation")
		}
	case 1: // propagated elsewhere
		t.add(pick(w.rng, []string{"192.0.2.0/24", "0.0.0.0/0", "10.0.0.0/8"}), "GatewayId", w.gone(w.unlessHas(VPNGateways, "vgw-"+v.name, "vgw-gone")), "EnableVgwRoutePropagation")
	case 2: // a subnet of the VPC through something else (RT-12)
		if s.v4.IsValid() && w.chance(0.3) {
			targets := []target{w.natTarget(v)}
			if w.has(Appliances) {
				targets = append(targets, w.interfaceTarget(v))
			}
			w.static(t, s.v4.String(), pick(w.rng, targets))
		}
	case 3: // a gateway endpoint that is gone
		if w.has(GatewayEndpoints) {
			w.static(t, "pl-s3", target{"GatewayId", w.gone("vpce-gone")})
		}
	case 4: // one host elsewhere, or dropped
		t.add("198.51.100.7/32", "VpcPeeringConnectionId", w.gone("pcx-gone"), "CreateRoute")["State"] = "blackhole"
	case 5: // a list that nothing describes
		if w.chance(w.odds.gap + w.odds.odd) {
			w.static(t, w.gone("pl-unknown"), target{"GatewayId", v.igw})
		}
	case 6: // another VPC's gateway (RET-4)
		w.static(t, "198.51.100.0/24", target{"GatewayId", pick(w.rng, w.vpcs).igw})
	default:
		to := target{"GatewayId", v.igw}
		if w.has(Appliances) {
			to = w.interfaceTarget(v)
		}
		if to.id != "" {
			w.aim(t.add("203.0.113.0/24", to.field, to.id, "Advertisement"))
		}
	}
}

// natTarget picks a NAT gateway of the VPC, mostly the regional one or the first; now and then one of another VPC.
func (w *world) natTarget(v *vpc) target {
	if w.chance(w.odds.odd / 2) {
		v = pick(w.rng, w.vpcs)
	}
	if v.regional != nil && (len(v.nats) == 0 || w.chance(0.6)) {
		return target{"NatGatewayId", v.regional.id}
	}
	if len(v.nats) == 0 {
		return target{}
	}
	n := v.nats[0]
	if w.chance(0.1) {
		n = pick(w.rng, v.nats)
	}
	return target{"NatGatewayId", n.id}
}

// unmodelled picks a target of a kind that nothing is decided about (D-47).
func (w *world) unmodelled(v *vpc) target {
	targets := []target{
		{"TransitGatewayId", w.unlessHas(TransitGateways, "tgw-1", "tgw-gone")}, {"GatewayId", w.unlessHas(VPNGateways, "vgw-"+v.name, "vgw-gone")},
		{"CoreNetworkArn", "arn:aws:networkmanager::111111111111:core-network/core-network-1"},
	}
	for _, of := range []struct {
		feature Features
		target
	}{{EgressOnly, target{"EgressOnlyInternetGatewayId", "eigw-gone"}}, {Carrier, target{"CarrierGatewayId", "cagw-gone"}},
		{GWLBEndpoints, target{"VpcEndpointId", "vpce-gone"}}} {
		if w.has(of.feature) {
			targets = append(targets, of.target)
		}
	}
	to := pick(w.rng, targets)
	w.gone(to.id)
	return to
}

// pickPeering picks a peering of the VPC; nil if it has none.
func pickPeering(w *world, v *vpc) *peering {
	for _, x := range w.peerings {
		if _, ok := x.far(v); ok {
			return x
		}
	}
	return nil
}

// featureChance is chance where the network has a feature; else false, without a draw.
func (w *world) featureChance(f Features, p float64) bool { return w.has(f) && w.chance(p) }

// unlessHas returns one id where the network does not have a feature, and another where it does.
func (w *world) unlessHas(f Features, without, with string) string {
	if w.has(f) {
		return with
	}
	return without
}
