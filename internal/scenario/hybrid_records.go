package scenario

import "net/netip"

// hybridRecords writes virtual private gateways, VPN and Direct Connect. What a customer would have to keep secret is written too, so that
// every scenario shows that it does not matter.
func (x *expansion) hybridRecords() {
	n := x.network
	for _, g := range n.vpnGateways {
		x.add(g.part, "describe-vpn-gateways", "", row{g.id, g.record()})
		x.object(g.part, dxAssociationsCall, g.id)
	}
	for _, g := range n.transitGateways {
		x.object(g.part, dxAssociationsCall, g.id)
	}
	for _, c := range n.vpnConnections {
		x.add(c.part, "describe-vpn-connections", "", row{c.id, c.record()})
		id := "cgw-" + c.suffix()
		x.add(c.part, "describe-customer-gateways", "", row{id, record{
			"CustomerGatewayId": id, "State": "available", "Type": "ipsec.1", "IpAddress": "203.0.113.200", "BgpAsn": "65000", "Tags": list{},
		}})
	}
	for _, g := range n.directConnects {
		x.add(g.part, dxGatewaysCall, "", row{g.id, record{
			"directConnectGatewayId": g.id, "directConnectGatewayName": g.id, "ownerAccount": g.part.account, "directConnectGatewayState": "available",
		}})
		x.object(g.part, dxAttachmentsCall, g.id)
		x.object(g.part, dxAssociationsCall, g.id)
		for _, a := range g.associations { // each is asked for from both sides
			id, to := "dxassoc-"+g.suffix()+"-"+a.gateway, x.partOf(a.gateway, g.part)
			x.add(to, dxAssociationsCall, a.gateway, row{id, a.record(g, to)})
			x.add(g.part, dxAssociationsCall, g.id, row{id, a.record(g, to)})
		}
	}
	for _, v := range n.virtual {
		x.add(v.part, interfacesCall, "", row{v.id, v.record()})
		if prefixOf(v.gateway) == "dxgw" {
			x.add(x.partOf(v.gateway, v.part), dxAttachmentsCall, v.gateway, row{"dxattach-" + v.suffix(), record{
				"directConnectGatewayId": v.gateway, "virtualInterfaceId": v.id, "virtualInterfaceRegion": v.part.region, "attachmentState": "attached",
			}})
		}
	}
}

// object adds an answer about one object, empty so far.
func (x *expansion) object(p part, call, object string) {
	x.answers[p] = append(x.answers[p], &answer{call: call, object: object})
}

// partOf is the part that a gateway belongs to.
func (x *expansion) partOf(id string, otherwise part) part {
	for _, g := range x.network.vpnGateways {
		if g.id == id {
			return g.part
		}
	}
	for _, g := range x.network.directConnects {
		if g.id == id {
			return g.part
		}
	}
	for _, g := range x.network.transitGateways {
		if g.id == id {
			return g.part
		}
	}
	return otherwise
}

func (g *vpnGateway) record() record {
	attachments := list{}
	if g.vpc != nil {
		attachments = append(attachments, record{"VpcId": g.vpc.id, "State": g.state})
	}
	return record{"VpnGatewayId": g.id, "State": "available", "Type": "ipsec.1", "AmazonSideAsn": 64512, "VpcAttachments": attachments, "Tags": list{}}
}

func (c *vpnConnection) record() record {
	version := "ipv4"
	if c.ipv6 {
		version = "ipv6"
	}
	options := record{
		"EnableAcceleration": false, "StaticRoutesOnly": !c.bgp, "TunnelInsideIpVersion": version, "OutsideIpAddressType": "PublicIpv4",
		"TunnelOptions": list{record{"OutsideIpAddress": "198.51.100.201", "PreSharedKey": "not-for-you"}},
	}
	suffix := "Ipv4NetworkCidr"
	if c.ipv6 {
		suffix = "Ipv6NetworkCidr"
	}
	for name, p := range map[string]netip.Prefix{"Local": c.local, "Remote": c.other} {
		if p.IsValid() {
			options[name+suffix] = p.String()
		}
	}
	r := record{
		"VpnConnectionId": c.id, "State": c.state, "Category": "VPN", "Type": "ipsec.1", "CustomerGatewayId": "cgw-" + c.suffix(),
		"GatewayAssociationState": "associated", "CustomerGatewayConfiguration": "<pre_shared_key>not-for-you</pre_shared_key>",
		"Options": options, "Tags": list{},
	}
	if prefixOf(c.gateway) == "vgw" {
		r["VpnGatewayId"] = c.gateway
	} else {
		r["TransitGatewayId"] = c.gateway
	}
	routes := list{}
	for _, p := range c.routes {
		routes = append(routes, record{"DestinationCidrBlock": p.String(), "Source": "Static", "State": "available"})
	}
	r["Routes"] = routes
	if c.tunnels != "" {
		r["VgwTelemetry"] = list{
			record{"OutsideIpAddress": "198.51.100.201", "Status": c.tunnels, "AcceptedRouteCount": len(c.routes)},
			record{"OutsideIpAddress": "198.51.100.202", "Status": "DOWN", "AcceptedRouteCount": 0},
		}
	}
	return r
}

func (a *directConnectAssociation) record(g *directConnectGateway, to part) record {
	kind := "virtualPrivateGateway"
	if prefixOf(a.gateway) == "tgw" {
		kind = "transitGateway"
	}
	allowed := list{}
	for _, p := range a.allowed {
		allowed = append(allowed, record{"cidr": p.String()})
	}
	r := record{
		"directConnectGatewayId": g.id, "directConnectGatewayOwnerAccount": g.part.account, "associationState": a.state,
		"associatedGateway":                     record{"id": a.gateway, "type": kind, "ownerAccount": to.account, "region": to.region},
		"allowedPrefixesToDirectConnectGateway": allowed,
	}
	if kind == "virtualPrivateGateway" {
		r["virtualGatewayId"] = a.gateway
	}
	return r
}

func (v *virtualInterface) record() record {
	status := "up"
	if v.down {
		status = "down"
	}
	r := record{
		"virtualInterfaceId": v.id, "ownerAccount": v.part.account, "virtualInterfaceType": v.kind, "virtualInterfaceState": "available",
		"virtualInterfaceName": v.id, "region": v.part.region, "authKey": "not-for-you",
		"bgpPeers": list{
			record{"bgpPeerId": "dxpeer-4", "addressFamily": "ipv4", "bgpPeerState": "available", "bgpStatus": status, "authKey": "not-for-you"},
			record{"bgpPeerId": "dxpeer-6", "addressFamily": "ipv6", "bgpPeerState": "available", "bgpStatus": status},
		},
	}
	if prefixOf(v.gateway) == "vgw" {
		r["virtualGatewayId"] = v.gateway
	} else {
		r["directConnectGatewayId"] = v.gateway
	}
	return r
}
