package netgen

import (
	"fmt"
	"net/netip"
	"slices"
)

// vpnGateway is a virtual private gateway in the making.
type vpnGateway struct {
	id    string
	knows []netip.Prefix // what its connections have told it
}

// makeVPNs gives VPCs virtual private gateways with connections, static ones and such as speak BGP.
func (w *world) makeVPNs() {
	if !w.has(VPNGateways) {
		return
	}
	for _, v := range w.vpcs {
		if w.chance(0.12) {
			continue
		}
		g := &vpnGateway{id: "vgw-" + v.name}
		v.vpn = g
		attachment := record{"VpcId": v.id()}
		w.featureState(attachment, "State", "attached", "attaching", "detaching", "detached")
		attachments := []record{attachment}
		switch {
		case w.chance(w.odds.wrong / 6):
			attachment["VpcId"] = pick(w.rng, w.vpcs).id()
		case w.chance(w.odds.wrong / 6):
			attachments = []record{}
		}
		r := record{"VpnGatewayId": g.id, "Type": "ipsec.1", "AmazonSideAsn": 64512, "VpcAttachments": attachments, "Tags": []record{}}
		r.set("State", w.state("available", "pending", "deleting", "deleted"))
		v.part.add(describeVPNGateways, r)
		for k := range weighted(w.rng, []weight[int]{{1, 0}, {5, 1}, {4, 2}}) {
			static := w.chance(0.7)
			var knows []netip.Prefix
			for range 1 + w.rng.IntN(3) {
				p := pick(w.rng, onPremises)
				knows = append(knows, p)
				g.knows, w.told = append(g.knows, p), append(w.told, p)
				w.mention(p)
			}
			c := w.connection(fmt.Sprintf("vpn-%s%d", v.name, k+1), static, knows)
			c["VpnGatewayId"] = g.id
			v.part.add(describeVPNConnections, c)
		}
	}
	w.makeVirtualInterfaces()
}

// connection writes a Site-to-Site VPN connection.
func (w *world) connection(id string, static bool, knows []netip.Prefix) record {
	options := record{"StaticRoutesOnly": static, "EnableAcceleration": false}
	routes := []record{}
	for _, p := range knows {
		if static {
			routes = append(routes, record{"DestinationCidrBlock": p, "State": w.state("available", "pending", "deleting", "deleted"), "Source": "Static"})
		}
	}
	if w.chance(0.3) {
		options["LocalIpv4NetworkCidr"], options["RemoteIpv4NetworkCidr"] = "0.0.0.0/0", "0.0.0.0/0"
	}
	if w.chance(w.odds.wrong) {
		options["LocalIpv4NetworkCidr"], options["RemoteIpv4NetworkCidr"] = pick(w.rng, onPremises), pick(w.rng, w.vpcs).blocks[0]
	}
	options.set("TunnelInsideIpVersion", weighted(w.rng, []weight[string]{{8, "ipv4"}, {1, ""}, {1, "ipv6"}}))
	r := record{"VpnConnectionId": id, "Category": "VPN", "Type": "ipsec.1", "CustomerGatewayId": w.gone("cgw-1"), "Options": options, "Routes": routes, "Tags": []record{},
		"GatewayAssociationState": w.state("associated", "not-associated", "associating", "disassociating")}
	r.set("State", w.state("available", "pending", "deleting", "deleted"))
	switch {
	case w.chance(w.odds.wrong):
		r["VgwTelemetry"] = []record{{"OutsideIpAddress": "203.0.113.250", "Status": "DOWN"}, {"OutsideIpAddress": "203.0.113.251", "Status": "DOWN"}}
	case !w.chance(0.1):
		r["VgwTelemetry"] = []record{{"OutsideIpAddress": "203.0.113.250", "Status": pick(w.rng, []string{"UP", "UP", "DOWN"})},
			{"OutsideIpAddress": "203.0.113.251", "Status": "UP", "AcceptedRouteCount": len(routes)}}
	}
	return r
}

// makeVirtualInterfaces writes, for most parts, what Direct Connect has: mostly nothing.
func (w *world) makeVirtualInterfaces() {
	for _, p := range w.parts {
		for _, v := range w.vpcs {
			if v.part == p && v.vpn != nil && w.chance(0.06) {
				p.add(describeVirtualInterfaces, record{"virtualInterfaceId": "dxvif-" + v.name, "virtualInterfaceType": "private", "virtualInterfaceState": "available",
					"virtualGatewayId": v.vpn.id, "bgpPeers": []record{{"bgpStatus": "up", "bgpPeerState": "available"}}})
				p := pick(w.rng, onPremises)
				v.vpn.knows = append(v.vpn.knows, p)
				w.mention(p)
			}
		}
	}
}

// drawVPNRoutes leads from a VPC's table to its virtual private gateway: static routes, and what it propagates.
func (w *world) drawVPNRoutes(t *table, r role) {
	g := t.vpc.vpn
	if g == nil {
		return
	}
	to := target{"GatewayId", g.id}
	if w.chance(0.55) {
		t.propagating = append(t.propagating, g.id)
		for _, p := range g.knows {
			if !w.chance(0.1) {
				t.add(p.String(), to.field, to.id, "EnableVgwRoutePropagation")
			}
		}
	}
	for _, p := range onPremises {
		if w.chance(0.5) {
			w.static(t, p.String(), to)
		}
	}
	if r == isolated && w.chance(0.4) {
		w.static(t, "0.0.0.0/0", to)
	}
	if r == isolated && w.chance(0.2) {
		w.static(t, "::/0", to)
	}
}

// vpnEdgeTables are the tables of the VPC's virtual private gateway.
func (w *world) vpnEdgeTables(v *vpc) []*table {
	if v.vpn == nil || !w.chance(0.25) {
		return nil
	}
	t := &table{vpc: v, id: "rtb-vpn-" + v.name}
	a := t.associate(record{"Main": false, "GatewayId": v.vpn.id})
	a["AssociationState"] = record{"State": w.state("associated", "associating", "disassociating", "disassociated", "failed")}
	if !w.chance(w.odds.wrong / 2) {
		w.drawLocalRoutes(t)
	}
	if w.features&(Appliances|GWLBEndpoints) != 0 {
		for _, s := range v.subnets {
			w.drawEdgeRoute(t, s)
		}
	}
	return []*table{t}
}

// writeDirectConnect writes, for most virtual private gateways, that no Direct Connect gateway is associated with them.
func (w *world) writeDirectConnect(n *Network) {
	for _, v := range w.vpcs {
		if v.vpn == nil {
			continue
		}
		path := v.part.folder + "directconnect.describe-direct-connect-gateway-associations." + v.vpn.id + ".json"
		if w.chance(w.odds.gap * 0.15) {
			n.Missing = append(n.Missing, path)
			continue
		}
		n.put(path, record{"directConnectGatewayAssociations": []record{}})
	}
	slices.Sort(n.Missing)
}
