package oracle

import (
	"net/netip"
	"slices"
	"strings"
)

// table is a route table.
type table struct {
	entity
	vpc          string
	associations []tableAssociation
	routes       []route
	propagating  []string // virtual private gateways
}

type tableAssociation struct {
	Main                bool
	SubnetId, GatewayId string
	AssociationState    state
}

// route is one route as AWS prints it.
type route struct {
	prefix netip.Prefix // invalid: list
	list   string
	target target
	state  string
	class  int
}

// The classes of routes of equal length, in falling priority (RT-6, D-42).
const (
	classStatic = iota
	classList
	classAdvertised
	classPropagated
)

// target is where a route leads: the kind of component and its id.
type target struct{ kind, id string }

type routeRecord struct {
	DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId string

	GatewayId, NatGatewayId, VpcPeeringConnectionId, NetworkInterfaceId, InstanceId, EgressOnlyInternetGatewayId, TransitGatewayId,
	CarrierGatewayId, LocalGatewayId, CoreNetworkArn, OdbNetworkArn, VpcEndpointId string

	Origin, State string
}

func readTables(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		RouteTableId, VpcId, OwnerId string
		Associations                 []tableAssociation
		Routes                       []routeRecord
		PropagatingVgws              []struct{ GatewayId string }
	}
	return each(a, "RouteTables", func(r record, raw []byte) bool {
		t := &table{entity: entity{id: r.RouteTableId, owner: r.OwnerId, part: p, raw: raw}, vpc: r.VpcId, associations: r.Associations}
		if r.Routes == nil { // absent is not empty
			return false
		}
		for _, one := range r.Routes {
			to, ok := readRoute(one)
			if !ok {
				return false
			}
			t.routes = append(t.routes, to)
		}
		for _, g := range r.PropagatingVgws {
			t.propagating = append(t.propagating, g.GatewayId)
		}
		return keep(o.tables, t)
	})
}

func readRoute(r routeRecord) (route, bool) {
	to := route{list: r.DestinationPrefixListId, state: r.State, target: readTarget(r)}
	switch {
	case to.list != "":
		to.class = classList
	case r.Origin == "Advertisement":
		to.class = classAdvertised
	}
	if r.Origin == "EnableVgwRoutePropagation" {
		to.class = classPropagated
	}
	if to.list != "" {
		return to, true
	}
	cidr := r.DestinationCidrBlock
	if cidr == "" {
		cidr = r.DestinationIpv6CidrBlock
	}
	var ok bool
	to.prefix, ok = parsePrefix(cidr)
	return to, ok
}

// readTarget returns the one target that a route has (section 3.3).
func readTarget(r routeRecord) target {
	switch {
	case r.GatewayId == "local":
		return target{"local", "local"}
	case strings.HasPrefix(r.GatewayId, "igw-"):
		return target{"igw", r.GatewayId}
	case strings.HasPrefix(r.GatewayId, "vgw-"):
		return target{"vgw", r.GatewayId}
	case strings.HasPrefix(r.GatewayId, "vpce-"):
		return target{"endpoint", r.GatewayId}
	}
	for _, t := range []target{{"nat", r.NatGatewayId}, {"pcx", r.VpcPeeringConnectionId}, {"interface", r.NetworkInterfaceId},
		{"instance", r.InstanceId}, {"gateway", r.GatewayId}, {"endpoint", r.VpcEndpointId}, {"eigw", r.EgressOnlyInternetGatewayId},
		{"tgw", r.TransitGatewayId}, {"cagw", r.CarrierGatewayId}, {"lgw", r.LocalGatewayId}, {"core", r.CoreNetworkArn}, {"odb", r.OdbNetworkArn}} {
		if t.id != "" {
			return t
		}
	}
	return target{"none", ""}
}

// candidate is a route with the prefix by which it matches a packet.
type candidate struct {
	route
	bits int
}

// choose returns the routes of a table that a destination may take: one, several where AWS chooses (D-42), or none. known is
// false where a prefix list that is not known may match more closely (D-45).
func (w *walker) choose(t *table, a netip.Addr) (winners []candidate, known bool) {
	known = true
	var matching []candidate
	for _, r := range t.routes {
		bits := -1
		if r.list == "" {
			bits = matchBits(r.prefix, a)
		} else if l := w.o.lists[r.list]; !l.known() {
			known = false
		} else {
			for _, p := range l.entries { // RT-5
				bits = max(bits, matchBits(p, a))
			}
		}
		if bits >= 0 {
			matching = append(matching, candidate{r, bits})
		}
	}
	for _, c := range matching {
		if w.losesToLocal(t, c, matching, a) {
			w.decide("route-propagated-inside", t.id)
			continue
		}
		winners = better(winners, c)
	}
	if v := w.o.vpcs[t.vpc]; (v == nil || v.conflict) && slices.ContainsFunc(winners, func(c candidate) bool { return c.class == classPropagated }) {
		return winners, false // it may be inside a block that no answer tells
	}
	return winners, known || beatsAnyList(winners, a)
}

// beatsAnyList reports whether no prefix list, whatever its entries, can take a packet from the winners: they are the local
// route, or a static route to just this address (D-45). Another list's entry of full length would only tie.
func beatsAnyList(winners []candidate, a netip.Addr) bool {
	for _, c := range winners {
		if c.target.kind != "local" && (c.bits != a.BitLen() || c.class != classStatic) {
			return false
		}
	}
	return len(winners) > 0
}

// matchBits returns the length of a prefix that contains an address, or -1 (RT-4).
func matchBits(p netip.Prefix, a netip.Addr) int {
	if !p.Contains(a) {
		return -1
	}
	return p.Bits()
}

// better adds a route to the winners so far: the longer prefix, then the higher class (RT-5, RT-6, RT-9). Routes of equal rank
// to one target are one.
func better(winners []candidate, c candidate) []candidate {
	if len(winners) == 0 {
		return []candidate{c}
	}
	best := winners[0]
	switch {
	case c.bits > best.bits, c.bits == best.bits && c.class < best.class:
		return []candidate{c}
	case c.bits < best.bits, c.class > best.class:
		return winners
	}
	for _, other := range winners {
		if other.target == c.target && other.dropped() == c.dropped() {
			return winners
		}
	}
	return append(winners, c)
}

// losesToLocal reports whether a propagated route lies inside a block of the VPC, where the local route beats it however
// long it is (RT-7, D-43). A local route whose target was replaced (RT-13) is still the local route.
func (w *walker) losesToLocal(t *table, c candidate, matching []candidate, a netip.Addr) bool {
	if c.class != classPropagated {
		return false
	}
	v := w.o.vpcs[t.vpc]
	if v == nil || v.conflict { // its local routes tell its blocks, as far as they go
		return slices.ContainsFunc(matching, func(other candidate) bool {
			return other.target.kind == "local" && other.list == "" && other.bits <= c.bits
		})
	}
	block := netip.Prefix{}
	for _, b := range v.blocks {
		if b.Contains(a) && b.Bits() <= c.bits {
			block = b.Prefix
		}
	}
	if !block.IsValid() {
		return false
	}
	for _, other := range matching {
		if other.target.kind == "local" || other.class == classStatic && other.list == "" && other.prefix == block {
			return true
		}
	}
	return false
}

// dropped reports whether a route matches but drops (RT-16, D-41).
func (r route) dropped() bool { return r.state != "" && r.state != "active" }

// tableOf returns the table of a subnet (RT-1, D-40); nil where the answers do not tell.
func (o *Oracle) tableOf(s *subnet) *table {
	candidates := o.tablesOf[s.id]
	if len(candidates) == 0 && o.completeFor(s.vpc, "describe-route-tables") {
		candidates = o.mainOf[s.vpc]
	}
	if len(candidates) != 1 || candidates[0].conflict {
		return nil
	}
	return candidates[0]
}

// routeNone is the kind of a refusal because no route matches, by leg.
func (w *walker) routeNone(f flight) string {
	if f.reply {
		return "reply-route-none"
	}
	return "route-none"
}
