package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// records writes every resource in the order of its declaration.
func (x *expansion) records() {
	n := x.network
	for _, v := range n.vpcs {
		x.add(v.part, "describe-vpcs", "", row{v.id, v.record()})
		x.answers[v.part] = append(x.answers[v.part], &answer{call: attributeCall, object: v.id, whole: v.attribute()})
	}
	for _, s := range n.subnets {
		x.add(s.part, "describe-subnets", "", row{s.id, s.record()})
	}
	for _, t := range n.tables {
		x.add(t.part, "describe-route-tables", "", row{t.id, t.record(n)})
	}
	for _, g := range n.groups {
		x.add(g.part, "describe-security-groups", "", row{g.id, g.record(n)})
	}
	for _, a := range n.acls {
		x.add(a.part, "describe-network-acls", "", row{a.id, a.record()})
	}
	for _, e := range n.interfaces {
		x.add(e.part, "describe-network-interfaces", "", row{e.id, e.record()})
	}
	for _, i := range n.instances {
		x.add(i.part, "describe-instances", "", row{i.id, i.record(n)})
	}
	for _, a := range n.addresses {
		x.add(a.part, "describe-addresses", "", row{a.id, a.record()})
	}
	x.gatewayRecords()
	for _, p := range n.parts {
		for zone := range 6 {
			z := record{"ZoneName": zoneName(p.region, zone+1), "ZoneId": zoneID(p.region, zone+1), "RegionName": p.region, "State": "available", "Messages": list{}}
			x.add(p, "describe-availability-zones", "", row{zoneName(p.region, zone+1), z})
		}
	}
}

// gatewayRecords writes what joins networks, and prefix lists.
func (x *expansion) gatewayRecords() {
	n := x.network
	for _, g := range n.gateways {
		x.add(g.part, "describe-internet-gateways", "", row{g.id, g.record()})
	}
	for _, g := range n.nats {
		x.add(g.part, "describe-nat-gateways", "", row{g.id, g.record()})
		for _, a := range g.elasticIPs() {
			x.add(a.part, "describe-addresses", "", row{a.id, a.record()})
		}
	}
	for _, p := range n.peerings {
		x.add(p.requester.part, "describe-vpc-peering-connections", "", row{p.id, p.record()})
		if p.accepter.part != p.requester.part {
			x.add(p.accepter.part, "describe-vpc-peering-connections", "", row{p.id, p.record()})
		}
	}
	x.edgeRecords()
	x.transitRecords()
	x.hybridRecords()
	x.coreRecords()
	for _, l := range n.lists {
		x.prefixListRecords(l)
	}
	for _, e := range n.endpoints {
		x.add(e.part, "describe-vpc-endpoints", "", row{e.id, e.record(n)})
	}
	for _, e := range n.connects {
		x.add(e.part, "describe-instance-connect-endpoints", "", row{e.id, e.record()})
	}
	for _, o := range n.others {
		c := otherCalls[prefixOf(o.id)]
		x.add(o.part, c.call, "", row{o.id, o.record(c.id)})
	}
	for _, a := range n.raw {
		x.add(a.part, a.call, a.object, row{body: a.body})
	}
}

func (v *vpc) record() record {
	sets, sets6 := list{}, list{}
	for i, b := range v.blocks {
		state := record{"State": "associated"}
		association := fmt.Sprintf("vpc-cidr-assoc-%s-%d", v.suffix(), i)
		if b.Addr().Is4() {
			sets = append(sets, record{"AssociationId": association, "CidrBlock": b.String(), "CidrBlockState": state})
			continue
		}
		sets6 = append(sets6, record{
			"AssociationId": association, "Ipv6CidrBlock": b.String(), "Ipv6CidrBlockState": state,
			"Ipv6AddressAttribute": ipv6Attribute(b), "IpSource": "amazon", "NetworkBorderGroup": v.part.region, "Ipv6Pool": "Amazon",
		})
	}
	return record{
		"VpcId": v.id, "OwnerId": v.part.account, "State": "available", "IsDefault": false, "InstanceTenancy": "default", "DhcpOptionsId": "dopt-a",
		"CidrBlock": v.blocks[0].String(), "CidrBlockAssociationSet": sets, "Ipv6CidrBlockAssociationSet": sets6,
		"BlockPublicAccessStates": record{"InternetGatewayBlockMode": "off"}, "Tags": list{},
	}
}

// ipv6Attribute tells unique local blocks from public ones (VPC-4); a private block of public space needs a set line.
func ipv6Attribute(b netip.Prefix) string {
	if b.Addr().IsPrivate() {
		return "private"
	}
	return "public"
}

// attribute is the answer about the VPC's DNS support.
func (v *vpc) attribute() record {
	return record{"VpcId": v.id, "EnableDnsSupport": record{"Value": !v.noDNS}}
}

func (s *subnet) record() record {
	sets6 := list{}
	r := record{
		"SubnetId": s.id, "SubnetArn": fmt.Sprintf("arn:aws:ec2:%s:%s:subnet/%s", s.part.region, s.part.account, s.id),
		"VpcId": s.vpc.id, "OwnerId": s.part.account, "State": "available", "AvailabilityZone": zoneName(s.part.region, s.zone),
		"AvailabilityZoneId": zoneID(s.part.region, s.zone), "AvailableIpAddressCount": 250, "DefaultForAz": false, "MapPublicIpOnLaunch": false,
		"AssignIpv6AddressOnCreation": false, "EnableDns64": false, "Ipv6Native": true,
		"BlockPublicAccessStates": record{"InternetGatewayBlockMode": "off"}, "Tags": list{},
	}
	for i, b := range s.blocks {
		if b.Addr().Is4() {
			r["CidrBlock"], r["Ipv6Native"] = b.String(), false
			continue
		}
		sets6 = append(sets6, record{
			"AssociationId": fmt.Sprintf("subnet-cidr-assoc-%s-%d", s.suffix(), i), "Ipv6CidrBlock": b.String(),
			"Ipv6CidrBlockState": record{"State": "associated"}, "Ipv6AddressAttribute": ipv6Attribute(b), "IpSource": "amazon",
		})
	}
	r["Ipv6CidrBlockAssociationSet"] = sets6
	return r
}

func (t *routeTable) record(n *Network) record {
	associations, routes := list{}, list{}
	associate := func(name string, fields record) {
		fields["RouteTableAssociationId"] = fmt.Sprintf("rtbassoc-%s-%s", t.suffix(), name)
		fields["RouteTableId"] = t.id
		fields["AssociationState"] = record{"State": "associated"}
		associations = append(associations, fields)
	}
	if t.main {
		associate("main", record{"Main": true})
	}
	for _, id := range t.serves {
		field := "SubnetId"
		if prefixOf(id) != "subnet" {
			field = "GatewayId"
		}
		associate(id, record{"Main": false, field: id})
	}
	for _, b := range t.vpc.blocks {
		written := slices.ContainsFunc(t.routes, func(r route) bool { return r.destination == b.String() && r.origin != "EnableVgwRoutePropagation" })
		if !t.noLocal && !written {
			local := route{destination: b.String(), target: "local", state: "active", origin: "CreateRouteTable"}
			routes = append(routes, local.record(n))
		}
	}
	for _, r := range t.routes {
		routes = append(routes, r.record(n))
	}
	return record{
		"RouteTableId": t.id, "VpcId": t.vpc.id, "OwnerId": t.part.account, "Associations": associations, "Routes": routes,
		"PropagatingVgws": t.propagating(), "Tags": list{},
	}
}

// propagating are the virtual private gateways whose routes the table takes: those that have written one, and those that the table's line names.
func (t *routeTable) propagating() list {
	out := list{}
	add := func(id string) {
		r := record{"GatewayId": id}
		if !slices.ContainsFunc(out, func(x any) bool { return x.(record)["GatewayId"] == id }) {
			out = append(out, r)
		}
	}
	for _, r := range t.routes {
		if r.origin == "EnableVgwRoutePropagation" {
			add(r.target)
		}
	}
	for _, id := range t.propagates {
		add(id)
	}
	return out
}

func (r route) record(n *Network) record {
	fields := record{targetField(r.target): r.target, "State": r.state, "Origin": r.origin}
	for _, c := range n.coreNetworks {
		if c.id == r.target {
			fields["CoreNetworkArn"] = c.arn()
		}
	}
	switch {
	case prefixOf(r.destination) == "pl":
		fields["DestinationPrefixListId"] = r.destination
	case strings.Contains(r.destination, ":"):
		fields["DestinationIpv6CidrBlock"] = r.destination
	default:
		fields["DestinationCidrBlock"] = r.destination
	}
	for _, e := range n.interfaces {
		if e.id == r.target && e.instance != "" { // AWS adds the instance to a route to one of its interfaces
			fields["InstanceId"], fields["InstanceOwnerId"] = e.instance, e.part.account
		}
	}
	return fields
}

// targetField returns the field in which DescribeRouteTables names a target, or "" for what is no target. A VPC endpoint
// created with VpcEndpointId comes back as GatewayId.
func targetField(target string) string {
	if strings.HasPrefix(target, "arn:") {
		if strings.Contains(target, ":odb-network/") {
			return "OdbNetworkArn"
		}
		return "CoreNetworkArn"
	}
	if target == "local" {
		return "GatewayId"
	}
	return map[string]string{
		"igw": "GatewayId", "vgw": "GatewayId", "vpce": "GatewayId", "nat": "NatGatewayId", "eni": "NetworkInterfaceId", "i": "InstanceId",
		"eigw": "EgressOnlyInternetGatewayId", "pcx": "VpcPeeringConnectionId", "tgw": "TransitGatewayId", "cagw": "CarrierGatewayId", "lgw": "LocalGatewayId", "core": "CoreNetworkArn",
	}[prefixOf(target)]
}

func (g *securityGroup) record(n *Network) record {
	in, out := list{}, list{}
	for _, r := range g.rules {
		if r.egress {
			out = append(out, r.record(n, g))
		} else {
			in = append(in, r.record(n, g))
		}
	}
	return record{
		"GroupId": g.id, "GroupName": g.id, "Description": "group " + g.id, "VpcId": g.vpc.id, "OwnerId": g.part.account, "Tags": list{},
		"SecurityGroupArn": fmt.Sprintf("arn:aws:ec2:%s:%s:security-group/%s", g.part.region, g.part.account, g.id),
		"IpPermissions":    in, "IpPermissionsEgress": out,
	}
}

func (r groupRule) record(n *Network, g *securityGroup) record {
	ranges, ranges6, lists, pairs := list{}, list{}, list{}, list{}
	for _, peer := range r.peers {
		switch {
		case prefixOf(peer) == "sg":
			pairs = append(pairs, n.groupPair(g, peer))
		case prefixOf(peer) == "pl":
			lists = append(lists, record{"PrefixListId": peer})
		case strings.Contains(peer, ":"):
			ranges6 = append(ranges6, record{"CidrIpv6": peer})
		default:
			ranges = append(ranges, record{"CidrIp": peer})
		}
	}
	protocol := r.protocol
	if protocol == "all" {
		protocol = "-1"
	}
	fields := record{"IpProtocol": protocol, "IpRanges": ranges, "Ipv6Ranges": ranges6, "PrefixListIds": lists, "UserIdGroupPairs": pairs}
	switch number := protocolNumbers[r.protocol]; {
	case !r.ports.all:
		fields["FromPort"], fields["ToPort"] = r.ports.from, r.ports.to
	case number == "6" || number == "17" || protocol == "6" || protocol == "17":
		fields["FromPort"], fields["ToPort"] = 0, 65535
	case number == "1" || number == "58" || protocol == "1" || protocol == "58":
		fields["FromPort"], fields["ToPort"] = -1, -1
	}
	return fields
}

// groupPair names another group as AWS does: across a peering with the peering, its status and the VPC.
func (n *Network) groupPair(g *securityGroup, id string) record {
	pair := record{"GroupId": id, "UserId": g.part.account}
	for _, peer := range n.groups {
		if peer.id != id {
			continue
		}
		pair["UserId"] = peer.part.account
		for _, p := range n.peerings {
			if p.requester == g.vpc && p.accepter == peer.vpc || p.accepter == g.vpc && p.requester == peer.vpc {
				pair["VpcId"], pair["VpcPeeringConnectionId"], pair["PeeringStatus"] = peer.vpc.id, p.id, p.status
			}
		}
	}
	return pair
}

func (a *networkACL) record() record {
	associations, entries := list{}, list{}
	for _, id := range a.subnets {
		associations = append(associations, record{
			"NetworkAclAssociationId": "aclassoc-" + strings.TrimPrefix(id, "subnet-"), "NetworkAclId": a.id, "SubnetId": id,
		})
	}
	for _, egress := range []bool{true, false} {
		for _, e := range a.entries {
			if e.egress == egress {
				entries = append(entries, e.record())
			}
		}
		entries = append(entries, a.finalDenies(egress)...)
	}
	return record{
		"NetworkAclId": a.id, "VpcId": a.vpc.id, "OwnerId": a.part.account, "IsDefault": a.isDefault,
		"Associations": associations, "Entries": entries, "Tags": list{},
	}
}

// finalDenies are the rules that AWS adds itself, for IPv6 once the VPC has some (ACL-3).
func (a *networkACL) finalDenies(egress bool) list {
	denies := list{record{"RuleNumber": 32767, "Egress": egress, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}}
	if a.vpc.hasIPv6() {
		denies = append(denies, record{"RuleNumber": 32768, "Egress": egress, "RuleAction": "deny", "Protocol": "-1", "Ipv6CidrBlock": "::/0"})
	}
	return denies
}

func (e aclEntry) record() record {
	protocol := e.protocol
	if number, ok := protocolNumbers[protocol]; ok {
		protocol = number
	}
	r := record{"RuleNumber": e.number, "Egress": e.egress, "RuleAction": e.action, "Protocol": protocol}
	if e.block.Addr().Is4() {
		r["CidrBlock"] = e.block.String()
	} else {
		r["Ipv6CidrBlock"] = e.block.String()
	}
	icmp, carriesPorts := protocol == "1" || protocol == "58", protocol == "6" || protocol == "17"
	switch {
	case e.ports.icmp:
		r["IcmpTypeCode"] = record{"Type": e.ports.from, "Code": e.ports.to}
	case e.ports.all && icmp:
		r["IcmpTypeCode"] = record{"Type": -1, "Code": -1}
	case e.ports.all && carriesPorts:
		r["PortRange"] = record{"From": 0, "To": 65535}
	case !e.ports.all:
		r["PortRange"] = record{"From": e.ports.from, "To": e.ports.to}
	}
	return r
}
