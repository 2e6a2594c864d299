package model

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/snapshot"
)

// NATZone says how a regional NAT gateway serves packets of a zone (NAT-10, D-140).
type NATZone uint8

// The ways.
const (
	ZoneServed    NATZone = iota // by its addresses in that zone
	ZoneElsewhere                // by those of other zones, until it has expanded
	ZoneRefused                  // not at all
	ZoneUnstated                 // the answer does not say whether it expands by itself
	ZoneUnknown                  // the zone of the packets or of the addresses is not known
)

// Address is what the gateway translates to at one of its addresses: the private one; a regional gateway's may have a public one only (D-140).
// It is not valid where there is neither.
func (g *NATGateway) Address(a snapshot.NatGatewayAddress) netip.Addr {
	if regional, _ := g.Regional(); regional && !a.PrivateIp.IsValid() {
		return a.PublicIp
	}
	return a.PrivateIp
}

// WorkingAddresses are what the gateway translates to (NAT-5, D-63).
func (g *NATGateway) WorkingAddresses() []netip.Addr {
	var out []netip.Addr
	for _, a := range g.Working() {
		out = append(out, g.Address(a))
	}
	return out
}

// Mode is the gateway's availability mode; known says whether it is one that rules speak of.
func (g *NATGateway) Mode() (mode string, known bool) {
	switch g.Record.AvailabilityMode {
	case "", "zonal", "regional":
		return g.Record.AvailabilityMode, true
	}
	return g.Record.AvailabilityMode, false
}

// NATZone returns the working addresses by which a regional NAT gateway serves what is routed from a subnet, and how it does. missing says
// what is not known.
func (n *Network) NATZone(nat, subnet int32) (addresses []netip.Addr, how NATZone, missing *Missing) {
	g := &n.NATGateways[nat]
	var id, name string
	if subnet < 0 {
		return g.WorkingAddresses(), ZoneUnknown, &Missing{What: "zone of what comes to " + g.ID, Call: snapshot.DescribeSubnets, Why: NotHeld}
	}
	s := &n.Subnets[subnet]
	if m := s.Missing(); m != nil {
		return g.WorkingAddresses(), ZoneUnknown, m
	}
	if id, name = s.Record.AvailabilityZoneId, s.Record.AvailabilityZone; id == "" && name == "" {
		return g.WorkingAddresses(), ZoneUnknown, missingCall(s.part, snapshot.DescribeSubnets, "zone of "+s.ID)
	}
	listed, told := false, true
	for _, a := range g.Record.NatGatewayAddresses {
		same, known := sameZone(a, id, name)
		told = told && known
		if !same {
			continue
		}
		listed = true
		if g.works(a) {
			addresses = append(addresses, g.Address(a))
		}
	}
	switch {
	case listed:
		return addresses, ZoneServed, nil
	case !told:
		return g.WorkingAddresses(), ZoneUnknown, missingCall(g.part, snapshot.DescribeNatGateways, "zones of "+g.ID)
	case g.Record.AutoProvisionZones == "enabled":
		return g.WorkingAddresses(), ZoneElsewhere, nil
	case g.Record.AutoProvisionZones == "":
		return g.WorkingAddresses(), ZoneUnstated, missingCall(g.part, snapshot.DescribeNatGateways, "whether "+g.ID+" provisions zones by itself")
	}
	return g.WorkingAddresses(), ZoneRefused, nil
}

// sameZone compares the zone of an address with one: by id, and by name where an id is missing, which is the same zone within one account.
func sameZone(a snapshot.NatGatewayAddress, id, name string) (same, known bool) {
	switch {
	case a.AvailabilityZoneId != "" && id != "":
		return a.AvailabilityZoneId == id, true
	case a.AvailabilityZone != "" && name != "":
		return a.AvailabilityZone == name, true
	}
	return false, false
}

// NATTable is the route table that a NAT gateway routes by (NAT-6): its subnet's, or a regional one's own.
func (n *Network) NATTable(nat int32) (table int32, missing *Missing) {
	g := &n.NATGateways[nat]
	if g.Subnet >= 0 {
		return n.TableOf(g.Subnet)
	}
	if g.table < 0 {
		return -1, missingCall(g.part, snapshot.DescribeRouteTables, "route table of "+g.ID)
	}
	return g.table, n.RouteTables[g.table].Missing()
}

// natTables finds the route tables of regional NAT gateways.
func (b *builder) natTables() {
	for i := range b.n.NATGateways {
		if g := &b.n.NATGateways[i]; g.Record != nil {
			g.table, _ = b.find(KindRouteTable, g.Record.RouteTableId)
		}
	}
}
