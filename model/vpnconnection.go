package model

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// VPNConnection is a Site-to-Site VPN connection.
type VPNConnection struct {
	record
	ID      string
	Record  *snapshot.VpnConnection
	Gateway int32 // the virtual private gateway that it ends at; -1 for none
}

func init() {
	identifiers[KindVPNConnection] = func(n *Network, i int32) string { return n.VPNConnections[i].ID }
	describers[KindVPNConnection] = func(n *Network, i int32) Resource {
		return resourceOf(KindVPNConnection, n.VPNConnections[i].ID, "", n.VPNConnections[i].part, taggers[KindVPNConnection](n, i))
	}
	taggers[KindVPNConnection] = func(n *Network, i int32) []snapshot.Tag {
		return n.VPNConnections[i].Record.Tags
	}
}

func (b *builder) vpnConnections() {
	for _, m := range b.n.Snapshot.VPNConnections() {
		i := b.add(KindVPNConnection, m.Record.VpnConnectionId, len(b.n.VPNConnections))
		c := VPNConnection{record: record{m.Part, true, m.Conflict}, ID: m.Record.VpnConnectionId, Record: m.Record, Gateway: -1}
		if id := m.Record.VpnGatewayId; id != "" {
			c.Gateway = b.vpnGateway(id, m.Part)
			if g := &b.n.VPNGateways[c.Gateway]; !c.Gone() {
				g.Connections = append(g.Connections, i)
			}
		}
		b.n.VPNConnections = append(b.n.VPNConnections, c)
	}
}

// Missing says what is missing where the connection's record cannot be used.
func (c *VPNConnection) Missing() *Missing { return c.missing(snapshot.DescribeVpnConnections, c.ID) }

// Gone says whether the connection is deleted: AWS lists it for some hours more.
func (c *VPNConnection) Gone() bool { return c.Record.State == "deleted" }

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
	stated = len(c.Record.VgwTelemetry) > 0
	return !stated || slices.ContainsFunc(c.Record.VgwTelemetry, func(t snapshot.VgwTelemetry) bool { return !strings.EqualFold(t.Status, "DOWN") }), stated
}

// Static says whether the connection has static routes only, as far as its record says; otherwise it may learn routes by BGP (VGW-6).
func (c *VPNConnection) Static() bool {
	return c.Record.Options != nil && c.Record.Options.StaticRoutesOnly != nil && *c.Record.Options.StaticRoutesOnly
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
