package netgen

import "net/netip"

// plan is what the routes of a VPC do with its middlebox, an appliance or a Gateway Load Balancer endpoint.
type plan uint8

const (
	noPlan     plan = iota
	egress          // clients, middlebox, internet gateway
	clients         // clients, middlebox, NAT gateway, and back
	eastWest        // between subnets, and mostly clients too
	ingress         // internet gateway, middlebox, public subnets, and back
	translated      // clients, NAT gateway, middlebox, internet gateway
	replaced        // the local routes lead to it
)

// makePlans draws each VPC's plan.
func (w *world) makePlans() {
	for _, v := range w.vpcs {
		if len(v.appliances)+len(v.balancers) == 0 {
			continue
		}
		plans := []weight[plan]{{1, noPlan}, {3, egress}, {3, clients}, {4, eastWest}, {1, translated}, {1, replaced}}
		if w.has(EdgeTables) {
			plans = append(plans, weight[plan]{8, ingress})
		}
		v.plan = weighted(w.rng, plans)
		v.inspected = v.plan == clients || v.plan == eastWest && w.chance(0.7)
	}
}

// middlebox picks the VPC's middlebox, the same one mostly.
func (w *world) middlebox(v *vpc) target {
	box, balancer := w.applianceTarget(v), w.balancerTarget(v)
	switch {
	case box.id == "":
		return balancer
	case balancer.id == "" || w.chance(0.95) == (v.name != "b"): // VPC b prefers its endpoint
		return box
	}
	return balancer
}

// through says whether a plan leads what a role's table does not know to the middlebox.
func (w *world) through(v *vpc, r role) bool {
	if len(v.appliances)+len(v.balancers) == 0 || r == middle {
		return false
	}
	if w.chance(w.odds.wrong) {
		return w.chance(0.5)
	}
	switch v.plan {
	case egress, clients, eastWest:
		return r == private && (v.plan == egress || v.inspected) || r == isolated && v.plan == egress
	case ingress, translated:
		return r == public
	}
	return false
}

// away is where a role's table leads by default, for either family; nothing if nowhere.
func (w *world) away(t *table, r role, v6 bool) target {
	v := t.vpc
	igw := target{"GatewayId", v.igw}
	if w.through(v, r) {
		return w.middlebox(v)
	}
	if v.carrier != "" && r == v.carried && !v6 {
		return target{"CarrierGatewayId", v.carrier}
	}
	switch {
	case r == isolated:
		return target{}
	case v6 && v.egressOnly != "" && w.chance(map[role]float64{private: 0.7, public: 0.1, middle: 0.4}[r]):
		return target{"EgressOnlyInternetGatewayId", v.egressOnly}
	case r == public || v6 && r == private:
		return igw
	case r == middle && !v.inspected && !w.chance(w.odds.wrong):
		return igw
	case r == middle && w.chance(w.odds.wrong): // on to another middlebox, or back to itself
		return w.middlebox(v)
	case v6:
		return igw
	}
	return w.natTarget(v)
}

// drawPlannedRoutes adds what a VPC's plan puts into a role's table beside the default route: subnets of the VPC that are reached through the
// middlebox.
func (w *world) drawPlannedRoutes(t *table, r role) {
	if r == middle {
		return
	}
	if t.vpc.plan == clients && r == public {
		w.drawWayBack(t)
	}
	if t.vpc.plan != eastWest {
		return
	}
	for _, s := range t.vpc.subnets {
		if s.role == r || s.role == middle || w.chance(w.odds.wrong) {
			continue
		}
		w.drawDiversion(t, s)
	}
}

// drawWayBack leads replies of a NAT gateway to its clients through the middlebox (D-106).
func (w *world) drawWayBack(t *table) {
	if t.vpc.plan != clients {
		return
	}
	for _, s := range t.vpc.subnets {
		if s.role == private && !w.chance(2*w.odds.wrong) {
			w.drawDiversion(t, s)
		}
	}
}

// drawNAT64 leads IPv6 packets to IPv4 hosts to a NAT gateway, all of them or some (NAT-11).
func (w *world) drawNAT64(t *table, r role) {
	if !w.has(NAT64) || !w.chance(map[role]float64{private: 0.85, public: 0.4, isolated: 0.4, middle: 0.5}[r]) {
		return
	}
	to := w.natTarget(t.vpc)
	if w.through(t.vpc, r) && w.chance(0.5) {
		to = w.middlebox(t.vpc)
	}
	all := netip.MustParsePrefix("64:ff9b::/96")
	w.mention(all)
	if w.chance(0.85) {
		w.static(t, all.String(), to)
	}
	if w.chance(0.2) {
		some := pick(w.rng, prefixes("64:ff9b::c633:6400/120", "64:ff9b::a00:0/118", "64:ff9b::800:0/102"))
		w.mention(some)
		w.static(t, some.String(), pick(w.rng, []target{w.natTarget(t.vpc), to, {"GatewayId", t.vpc.igw}}))
	}
	if w.chance(0.1) {
		w.static(t, "::/0", to)
	}
}

// drawDiversion leads to a subnet, just that, through the middlebox.
func (w *world) drawDiversion(t *table, s *subnet) {
	if s.v4.IsValid() {
		w.static(t, s.v4.String(), w.middlebox(t.vpc))
	}
	if s.v6.IsValid() && w.chance(0.7) {
		w.static(t, s.v6.String(), w.middlebox(t.vpc))
	}
}

// edgeTables are the tables of the internet gateway: with the local routes, and where the network has such, subnets that are reached
// through a middlebox.
func (w *world) edgeTables(v *vpc) []*table {
	likely := 0.08
	if w.has(EdgeTables) {
		likely = 0.5
		if v.plan == ingress {
			likely = 0.95
		}
	}
	if v.igw == "" || !w.chance(likely) {
		return nil
	}
	t := &table{vpc: v, id: "rtb-edge-" + v.name}
	a := t.associate(record{"Main": false, "GatewayId": v.igw})
	if !w.has(EdgeTables) {
		w.drawLocalRoutes(t)
		return []*table{t}
	}
	a["AssociationState"] = record{"State": w.state("associated", "associating", "disassociating", "disassociated", "failed")}
	if !w.chance(w.odds.wrong / 2) { // otherwise what no route matches is dropped
		w.drawLocalRoutes(t)
	}
	for _, s := range v.subnets {
		w.drawEdgeRoute(t, s)
	}
	if w.chance(w.odds.wrong / 6) { // two tables that claim one gateway
		other := &table{vpc: v, id: "rtb-edge2-" + v.name}
		other.associate(record{"Main": false, "GatewayId": v.igw})
		w.drawLocalRoutes(other)
		return []*table{t, other}
	}
	return []*table{t}
}

// drawEdgeRoute draws what an edge table does with one subnet.
func (w *world) drawEdgeRoute(t *table, s *subnet) {
	diverted := 0.2
	if t.vpc.plan == ingress {
		diverted = map[role]float64{public: 0.9, private: 0.3, isolated: 0.3}[s.role]
	}
	var to target
	switch {
	case w.chance(w.odds.wrong / 3): // no target that a gateway's table may have
		to = w.natTarget(t.vpc)
	case w.chance(w.odds.wrong/3) && w.has(Appliances):
		to = w.interfaceTarget(t.vpc)
	case w.chance(diverted):
		to = w.middlebox(t.vpc)
	}
	if to.id == "" {
		return
	}
	if s.v4.IsValid() {
		w.divertStatic(t, s.v4.String(), to)
	}
	if s.v6.IsValid() && w.chance(0.8) {
		w.divertStatic(t, s.v6.String(), to)
	}
}

// divertStatic is static, with more blackholes.
func (w *world) divertStatic(t *table, destination string, to target) {
	if r := w.static(t, destination, to); r != nil && w.chance(w.odds.wrong/3) {
		r["State"] = "blackhole"
	}
}
