package model

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// VPNConnection is a Site-to-Site VPN connection, or the mere name of one.
type VPNConnection struct {
	record
	ID      string
	Record  *snapshot.VpnConnection // nil where not known
	Gateway int32                   // the virtual private gateway that it ends at; -1 for none
}

func init() {
	identifiers[KindVPNConnection] = func(n *Network, i int32) string { return n.VPNConnections[i].ID }
	describers[KindVPNConnection] = func(n *Network, i int32) Resource {
		return resourceOf(KindVPNConnection, n.VPNConnections[i].ID, "", n.VPNConnections[i].part, taggers[KindVPNConnection](n, i))
	}
	taggers[KindVPNConnection] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.VPNConnections[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) vpnConnections() {
	for _, m := range b.n.Snapshot.VPNConnections() {
		i := b.vpnConnection(m.Record.VpnConnectionId, m.Part)
		gateway := int32(-1)
		if id := m.Record.VpnGatewayId; id != "" {
			gateway = b.vpnGateway(id, m.Part)
		}
		c := &b.n.VPNConnections[i]
		c.Record, c.record, c.Gateway = m.Record, record{m.Part, true, m.Conflict}, gateway
		if gateway >= 0 && !c.Gone() {
			g := &b.n.VPNGateways[gateway]
			g.Connections = append(g.Connections, i)
		}
	}
}

// vpnConnection returns the connection of that id, naming it if no record did.
func (b *builder) vpnConnection(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindVPNConnection, id); ok {
		return i
	}
	i := b.add(KindVPNConnection, id, len(b.n.VPNConnections))
	b.n.VPNConnections = append(b.n.VPNConnections, VPNConnection{record: record{part: part}, ID: id, Gateway: -1})
	return i
}

// Missing says what is missing where the connection's record cannot be used.
func (c *VPNConnection) Missing() *Missing { return c.missing(snapshot.DescribeVpnConnections, c.ID) }

// Gone says whether the connection is deleted: AWS lists it for some hours more.
func (c *VPNConnection) Gone() bool { return c.Record != nil && c.Record.State == "deleted" }

// Works says whether the connection is in a usable state (VPN-4, D-234), and otherwise which one counts.
func (c *VPNConnection) Works() (ok bool, state string) {
	switch r := c.Record; {
	case r.State != "" && r.State != "available":
		return false, r.State
	case slices.Contains([]string{"not-associated", "disassociating"}, r.GatewayAssociationState):
		return false, r.GatewayAssociationState
	}
	return true, ""
}

// Up says whether some tunnel is up, and whether the answer tells (VPN-4).
func (c *VPNConnection) Up() (up, stated bool) {
	if len(c.Record.VgwTelemetry) == 0 {
		return true, false
	}
	return slices.ContainsFunc(c.Record.VgwTelemetry, func(t snapshot.VgwTelemetry) bool { return !strings.EqualFold(t.Status, "DOWN") }), true
}

// Static says whether the connection has static routes only, and whether its record says so; otherwise it may learn routes by BGP (VGW-6).
func (c *VPNConnection) Static() (static, stated bool) {
	if c.Record == nil || c.Record.Options == nil || c.Record.Options.StaticRoutesOnly == nil {
		return false, false
	}
	return *c.Record.Options.StaticRoutesOnly, true
}

// StaticRoutes are the static routes of the connection that work.
func (c *VPNConnection) StaticRoutes() []netip.Prefix {
	var out []netip.Prefix
	for _, r := range c.Record.Routes {
		if r.DestinationCidrBlock.IsValid() && (r.State == "" || r.State == "available") {
			out = append(out, r.DestinationCidrBlock.Masked())
		}
	}
	return out
}

// Selectors are the addresses that the connection's tunnels carry, of the customer's side and of AWS's (VPN-3: AWS calls the customer's side
// "local"); an invalid prefix is every address of the family.
func (c *VPNConnection) Selectors(ipv6 bool) (customer, aws netip.Prefix) {
	switch {
	case c.Record.Options == nil:
		return netip.Prefix{}, netip.Prefix{}
	case ipv6:
		return c.Record.Options.LocalIpv6NetworkCidr, c.Record.Options.RemoteIpv6NetworkCidr
	}
	return c.Record.Options.LocalIpv4NetworkCidr, c.Record.Options.RemoteIpv4NetworkCidr
}

// CarriesIPv6 says which family the tunnels carry (VGW-14, VPN-7): at a virtual private gateway IPv4 only.
func (c *VPNConnection) CarriesIPv6() bool {
	return c.Gateway < 0 && c.Record.Options != nil && c.Record.Options.TunnelInsideIpVersion == "ipv6"
}
