package netgen

import (
	"fmt"
	"net/netip"
	"slices"
)

// transitGateway is a transit gateway in the making.
type transitGateway struct {
	id          string
	part        *part
	attachments []*transitAttachment
	tables      []*transitTable
	policy      string             // its policy table; "" for none
	inspector   *transitAttachment // of the VPC that what goes between others passes first; nil: none
}

// transitAttachment is one of its attachments.
type transitAttachment struct {
	id, kind, resource string
	gateway            *transitGateway
	vpc                *vpc            // nil: no VPC's
	far                *transitGateway // of a peering
	table              *transitTable   // nil: associated with none
	v6                 bool
	options            record
	alias              netip.Prefix // what its primary block is translated to; invalid: nothing
}

// transitTable is a route table of a transit gateway.
type transitTable struct {
	id         string
	routes     []record
	taken      []netip.Prefix
	propagates []*transitAttachment
}

// onPremises are networks behind VPN connections; some are the internet's addresses.
var onPremises = prefixes("192.168.10.0/24 192.168.0.0/16 172.16.5.0/24 198.51.100.0/24 192.0.2.0/24")

// makeTransit gives each Region a transit gateway, and one Region sometimes two, and attaches its VPCs.
func (w *world) makeTransit() {
	if !w.has(TransitGateways) {
		return
	}
	add := func(p *part) *transitGateway {
		g := &transitGateway{id: fmt.Sprintf("tgw-%d", len(w.transits)+1), part: p}
		w.transits = append(w.transits, g)
		for k := range 2 {
			g.tables = append(g.tables, &transitTable{id: fmt.Sprintf("tgw-rtb-%s%d", g.id[4:], k+1)})
		}
		return g
	}
	first := add(w.parts[0])
	second := w.parts[len(w.parts)-1]
	if second.region != first.part.region || w.chance(0.35) {
		add(second)
	}
	for k, v := range w.vpcs {
		w.makeTransitSubnets(v)
		for j, g := range w.transits {
			switch {
			case g.part.region != v.part.region:
			case len(w.transits) == 1 || second.region != first.part.region, k%2 == j, w.chance(0.25):
				w.attachVPC(g, v)
			}
		}
	}
	for _, g := range w.transits {
		w.makeTransitVPNs(g)
	}
	if len(w.transits) > 1 && w.chance(0.9) {
		w.peerTransit(w.transits[0], w.transits[1])
	}
	for _, g := range w.transits {
		w.planTransit(g)
		w.makeTransitRecords(g)
	}
}

// makeTransitSubnets adds small subnets for attachments to stand in; some VPCs have none, and attach where their hosts are.
func (w *world) makeTransitSubnets(v *vpc) {
	if w.chance(0.3) {
		return
	}
	for k := range 1 + w.rng.IntN(3) {
		s := &subnet{vpc: v, id: fmt.Sprintf("subnet-%st%d", v.name, k+1), zone: 1 + (k+len(v.name))%3, role: transit, v4: netip.PrefixFrom(v.free, 28)}
		if !v.blocks[0].Contains(v.free) {
			return
		}
		s.sealed = k == 1 && w.chance(w.odds.partial)
		v.free = plus(v.free, 16)
		if len(v.v6) > 0 && w.chance(0.8) {
			a := v.v6[0].Addr().As16()
			a[7] = byte(16 + k)
			s.v6 = netip.PrefixFrom(netip.AddrFrom16(a), 64)
			w.mention(s.v6)
		}
		w.mention(s.v4)
		v.subnets = append(v.subnets, s)
		v.part.add(describeSubnets, w.subnetRecord(s))
	}
}

// attachVPC attaches a VPC to a gateway: in one zone, two, or all that it has.
func (w *world) attachVPC(g *transitGateway, v *vpc) {
	a := &transitAttachment{id: "tgw-attach-" + g.id[4:] + v.name, kind: "vpc", resource: v.id(), gateway: g, vpc: v, v6: len(v.v6) > 0 && w.chance(0.7)}
	subnets := slices.DeleteFunc(slices.Clone(v.subnets), func(s *subnet) bool { return !s.v4.IsValid() || s.zone > 3 })
	w.rng.Shuffle(len(subnets), func(i, j int) { subnets[i], subnets[j] = subnets[j], subnets[i] })
	slices.SortStableFunc(subnets, func(a, b *subnet) int { return order(a.role == transit) - order(b.role == transit) })
	zones := weighted(w.rng, []weight[int]{{1, 1}, {2, 2}, {5, 3}})
	var ids []string
	seen := map[int]bool{}
	for _, s := range subnets {
		if len(ids) < zones && (!seen[s.zone] || w.chance(w.odds.wrong/6)) {
			seen[s.zone] = true
			ids = append(ids, s.id)
			w.transitInterface(s, g, a)
		}
	}
	if w.chance(w.odds.wrong / 8) {
		ids = append(ids, w.gone("subnet-gone"))
	}
	if w.chance(0.1) {
		hosts := v.subnets[0].v4 // few: each is a way of its own
		a.alias = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 65, byte(len(w.aliases)), 0}), hosts.Bits())
		w.aliases = append(w.aliases, alias{v.id(), hosts, a.alias})
		w.mention(a.alias)
	}
	g.attachments = append(g.attachments, a)
	state := w.transitState()
	r := record{"TransitGatewayAttachmentId": a.id, "TransitGatewayId": g.id, "VpcId": v.id(), "VpcOwnerId": v.part.account, "SubnetIds": ids,
		"CreationTime": "2024-03-03T01:21:01+00:00", "Tags": []record{}}
	r.set("State", state)
	options := record{"DnsSupport": "enable", "Ipv6Support": "disable"}
	if a.v6 {
		options["Ipv6Support"] = "enable"
	}
	options.set("ApplianceModeSupport", weighted(w.rng, []weight[string]{{5, "disable"}, {4, "enable"}, {1, ""}}))
	options.set("SecurityGroupReferencingSupport", weighted(w.rng, []weight[string]{{6, "enable"}, {1, "disable"}, {2, ""}}))
	r["Options"], a.options = options, options
	v.part.add(describeTransitVPCAttachments, r)
	if g.part != v.part && w.chance(0.5) {
		g.part.add(describeTransitVPCAttachments, r)
	}
	w.transitAttachmentRecord(a, state)
}

// order is -1 for what comes first.
func order(first bool) int {
	if first {
		return -1
	}
	return 0
}

// transitState draws an attachment's state.
func (w *world) transitState() string {
	switch {
	case w.chance(w.odds.wrong / 4):
		return pick(w.rng, []string{"pendingAcceptance", "pending", "deleting", "failing", "rejecting", "initiatingRequest", "deleted", "failed", "rejected"})
	case w.chance(0.04):
		return pick(w.rng, []string{"modifying", "rollingBack", ""})
	}
	return "available"
}

// transitInterface writes the interface that a gateway has in an attachment's subnet.
func (w *world) transitInterface(s *subnet, g *transitGateway, a *transitAttachment) {
	if s.taken > 8 {
		return
	}
	private := s.host()
	r := w.interfaceRecord(s, "eni-"+g.id+"-"+s.id[7:], "transit_gateway")
	r["Description"], r["RequesterManaged"], r["SourceDestCheck"] = "Network Interface for Transit Gateway Attachment "+a.id, true, false
	r["Attachment"] = record{"AttachmentId": "ela-attach-" + g.id + s.id[7:], "DeleteOnTermination": false, "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws", "Status": "attached"}
	r["PrivateIpAddress"], r["PrivateIpAddresses"] = private, []record{{"PrivateIpAddress": private, "Primary": true}}
	s.vpc.part.add(describeNetworkInterfaces, r)
}

// transitAttachmentRecord writes what describe-transit-gateway-attachments shows: to the gateway's owner with the association, which is filled in
// later, and to the VPC's owner without.
func (w *world) transitAttachmentRecord(a *transitAttachment, state string) {
	owner := a.gateway.part.account
	if a.vpc != nil {
		owner = a.vpc.part.account
	}
	r := record{"TransitGatewayAttachmentId": a.id, "TransitGatewayId": a.gateway.id, "TransitGatewayOwnerId": a.gateway.part.account,
		"ResourceOwnerId": owner, "ResourceType": a.kind, "ResourceId": a.resource, "CreationTime": "2024-03-03T01:21:01+00:00", "Tags": []record{}}
	r.set("State", state)
	a.gateway.part.add(describeTransitAttachments, r)
	if a.vpc != nil && a.vpc.part != a.gateway.part {
		copied := record{}
		for k, v := range r {
			copied[k] = v
		}
		a.vpc.part.add(describeTransitAttachments, copied)
	}
}

// makeTransitVPNs gives a gateway connections of its own.
func (w *world) makeTransitVPNs(g *transitGateway) {
	for k := range w.rng.IntN(3) {
		id := fmt.Sprintf("vpn-%s%d", g.id[4:], k+1)
		a := &transitAttachment{id: "tgw-attach-" + g.id[4:] + "v" + fmt.Sprint(k+1), kind: "vpn", resource: id, gateway: g}
		g.attachments = append(g.attachments, a)
		w.transitAttachmentRecord(a, w.transitState())
		r := w.connection(id, w.chance(0.4), nil)
		r["TransitGatewayId"] = g.id
		g.part.add(describeVPNConnections, r)
	}
}

// peerTransit joins two gateways. The two ends have ids of their own where they are of one Region, and one id else.
func (w *world) peerTransit(left, right *transitGateway) {
	near := &transitAttachment{id: "tgw-attach-p1", kind: "peering", resource: right.id, gateway: left, far: right}
	far := &transitAttachment{id: "tgw-attach-p1", kind: "peering", resource: left.id, gateway: right, far: left}
	state := w.transitState()
	r := record{"TransitGatewayAttachmentId": near.id, "RequesterTgwInfo": transitSide(left), "AccepterTgwInfo": transitSide(right),
		"CreationTime": "2024-03-03T01:21:01+00:00", "Tags": []record{}, "Options": record{"DynamicRouting": "disable"}}
	r.set("State", state)
	if left.part.region == right.part.region {
		far.id = "tgw-attach-p2"
		if !w.chance(0.3) {
			r["AccepterTransitGatewayAttachmentId"] = far.id
		}
	}
	left.part.add(describeTransitPeerings, r)
	if left.part != right.part && w.chance(0.8) {
		right.part.add(describeTransitPeerings, r)
	}
	for _, a := range []*transitAttachment{near, far} {
		a.gateway.attachments = append(a.gateway.attachments, a)
		w.transitAttachmentRecord(a, state)
	}
}

func transitSide(g *transitGateway) record {
	return record{"TransitGatewayId": g.id, "OwnerId": g.part.account, "Region": g.part.region}
}

// makeTransitRecords writes a gateway, its tables, and what the answers for each table hold.
func (w *world) makeTransitRecords(g *transitGateway) {
	options := record{"AmazonSideAsn": 64512, "DnsSupport": "enable", "VpnEcmpSupport": "enable", "DefaultRouteTableAssociation": "disable",
		"DefaultRouteTablePropagation": "disable", "AutoAcceptSharedAttachments": "disable"}
	options.set("SecurityGroupReferencingSupport", weighted(w.rng, []weight[string]{{7, "enable"}, {2, "disable"}, {1, ""}}))
	r := record{"TransitGatewayId": g.id, "OwnerId": g.part.account, "Options": options, "Tags": []record{}, "CreationTime": "2024-03-03T01:21:01+00:00",
		"TransitGatewayArn": "arn:aws:ec2:" + g.part.region + ":" + g.part.account + ":transit-gateway/" + g.id}
	r.set("State", w.state("available", "pending", "modifying", "deleting", "deleted"))
	for _, p := range w.parts {
		if p == g.part || p.region == g.part.region && w.chance(0.8) {
			p.add(describeTransitGateways, r)
		}
	}
	for _, t := range g.tables {
		table := record{"TransitGatewayRouteTableId": t.id, "TransitGatewayId": g.id, "DefaultAssociationRouteTable": false,
			"DefaultPropagationRouteTable": false, "Tags": []record{}, "CreationTime": "2024-03-03T01:21:01+00:00"}
		table.set("State", w.state("available", "pending", "deleting", "deleted"))
		g.part.add(describeTransitTables, table)
		members := []record{}
		for _, a := range g.attachments {
			if a.table == t {
				members = append(members, record{"TransitGatewayAttachmentId": a.id, "ResourceId": a.resource, "ResourceType": a.kind, "State": "associated"})
			}
		}
		g.part.records[associationsOf(t.id)] = members
	}
	w.associate(g)
}

// associate writes into the owner's answers which table each attachment is associated with.
func (w *world) associate(g *transitGateway) {
	for _, r := range g.part.records[describeTransitAttachments] {
		i := slices.IndexFunc(g.attachments, func(a *transitAttachment) bool { return a.id == r["TransitGatewayAttachmentId"] })
		if i < 0 || r["TransitGatewayId"] != g.id || g.attachments[i].table == nil {
			continue
		}
		association := record{"TransitGatewayRouteTableId": g.attachments[i].table.id}
		association.set("State", w.state("associated", "associating", "disassociating", "disassociated"))
		r["Association"] = association
	}
}
