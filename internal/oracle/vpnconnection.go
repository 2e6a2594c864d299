package oracle

import (
	"net/netip"
	"slices"
)

// vpnConnection is a Site-to-Site VPN connection.
type vpnConnection struct {
	entity
	vpnGateway, transit, state, association string

	static bool           // StaticRoutesOnly; else it speaks BGP
	routes []netip.Prefix // static ones that are available
	health []string       // of the tunnels
	inside string         // TunnelInsideIpVersion
	// selectors: customer's side and AWS's side, of both families; those that are not there are invalid
	customer, aws []netip.Prefix
}

func readVPNConnections(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		VpnConnectionId, State, VpnGatewayId, TransitGatewayId, GatewayAssociationState string

		Options struct {
			StaticRoutesOnly                                                                         bool
			LocalIpv4NetworkCidr, RemoteIpv4NetworkCidr, LocalIpv6NetworkCidr, RemoteIpv6NetworkCidr string

			TunnelInsideIpVersion string
		}
		Routes       []struct{ DestinationCidrBlock, State string }
		VgwTelemetry []struct{ Status string }
	}
	return each(a, "VpnConnections", func(r record, raw []byte) bool {
		c := &vpnConnection{entity: entity{id: r.VpnConnectionId, part: p, raw: raw}, vpnGateway: r.VpnGatewayId, transit: r.TransitGatewayId, state: r.State,
			association: r.GatewayAssociationState, static: r.Options.StaticRoutesOnly, inside: r.Options.TunnelInsideIpVersion}
		ok := true
		read := func(into *[]netip.Prefix, text string) {
			if text != "" {
				prefix, readable := parsePrefix(text)
				ok = ok && readable
				*into = append(*into, prefix)
			}
		}
		for _, one := range r.Routes {
			if one.State == "available" || one.State == "" {
				read(&c.routes, one.DestinationCidrBlock)
			}
		}
		for _, t := range r.VgwTelemetry {
			c.health = append(c.health, t.Status)
		}
		read(&c.customer, r.Options.LocalIpv4NetworkCidr)
		read(&c.customer, r.Options.LocalIpv6NetworkCidr)
		read(&c.aws, r.Options.RemoteIpv4NetworkCidr)
		read(&c.aws, r.Options.RemoteIpv6NetworkCidr)
		return ok && keep(o.vpnConnections, c)
	})
}

// wrong reports whether a state of the connection keeps it from carrying anything (VPN-4, D-234).
func (c *vpnConnection) wrong() bool {
	return !works(c.state) || c.association == "not-associated" || c.association == "disassociating"
}

// down reports whether every tunnel is down.
func (c *vpnConnection) down() bool {
	return len(c.health) > 0 && !slices.ContainsFunc(c.health, func(s string) bool { return s != "DOWN" })
}

// up reports whether the connection works: one that does is picked before one that does not, in both readings (VGW-7).
func (c *vpnConnection) up() bool { return !c.wrong() && !c.down() }

// vpnWorks follows a packet through a connection; far is the address on premises (VPN-1 to VPN-7, D-234). It returns false when the packet was
// refused.
func (w *walker) vpnWorks(f flight, id string, far, near netip.Addr) (flight, bool) {
	c := w.o.vpnConnections[id]
	if c == nil {
		return w.lack(f, "vpn-missing", "describe-vpn-connections: "+id), true
	}
	f = w.use(f, &c.entity)
	switch {
	case c.wrong():
		return f, w.refuse(f, "vpn-state", id, c.state, c.association)
	case c.down() && w.q.Reading == Strict:
		return f, w.refuse(f, "vpn-tunnels-down", id)
	case far.Is6() && (c.vpnGateway != "" || c.inside != "ipv6"), far.Is4() && c.vpnGateway == "" && c.inside == "ipv6": // VGW-14, VPN-7
		return f, w.refuse(f, "vpn-family", id)
	case !selects(c.customer, far) || !selects(c.aws, near): // VPN-3
		return f, w.refuse(f, "vpn-selectors", id)
	case c.down():
		w.decide("vpn-tunnels-note", id)
	case len(c.health) == 0:
		f = w.assume(f, "vpn-tunnels", "a tunnel of "+id+" is up")
	}
	w.decide("vpn", id)
	return f, true
}

// selects reports whether a side's selector of the address's family, if there is one, holds it.
func selects(sides []netip.Prefix, a netip.Addr) bool {
	for _, p := range sides {
		if p.Addr().Is4() == a.Is4() && !p.Contains(a) {
			return false
		}
	}
	return true
}
