package netgen

import "net/netip"

// largeNAT is a NAT gateway of a large network: one per VPC and zone, in the zone's public subnet.
type largeNAT struct {
	id, eni, subnet, allocation, association string
	private, public                          netip.Addr
}

func (s LargeSpec) nat(vpc, zone int) largeNAT {
	n := vpc*natPerVPC + zone
	return largeNAT{
		id: largeID("nat", n), eni: largeID("eni", s.Interfaces+n), subnet: subnetID("subnet", vpc, web, zone),
		allocation: largeID("eipalloc", s.Interfaces+n), association: largeID("eipassoc", s.Interfaces+n),
		private: plus(subnetBlock(vpc, web, zone).Addr(), 250), public: netip.AddrFrom4([4]byte{3, byte(n >> 16), byte(n >> 8), byte(n)}),
	}
}

func (s LargeSpec) natInterfaceRecord(vpc, zone int) object {
	n := s.nat(vpc, zone)
	name, zoneID := largeZone(zone)
	dns := "ip-" + dashed(n.private) + ".ec2.internal"
	shown := object{"AllocationId", n.allocation, "AssociationId", n.association, "IpOwnerId", largeAccount,
		"PublicDnsName", "ec2-" + dashed(n.public) + ".compute-1.amazonaws.com", "PublicIp", n.public}
	return object{"Association", shown, "Attachment", object{"AttachmentId", "ela-attach-" + n.eni[4:], "DeleteOnTermination", false, "DeviceIndex", 1,
		"NetworkCardIndex", 0, "InstanceOwnerId", "amazon-aws", "Status", "attached"},
		"AvailabilityZone", name, "AvailabilityZoneId", zoneID, "Description", "Interface for NAT Gateway " + n.id, "Groups", array{},
		"InterfaceType", "nat_gateway", "Ipv6Addresses", array{}, "MacAddress", mac(s.Interfaces + vpc*natPerVPC + zone),
		"NetworkInterfaceArn", arn("network-interface", n.eni), "NetworkInterfaceId", n.eni, "OwnerId", largeAccount, "Operator", object{"Managed", false},
		"PrivateDnsName", dns, "PrivateIpAddress", n.private, "PrivateIpAddresses",
		array{object{"Association", shown, "Primary", true, "PrivateDnsName", dns, "PrivateIpAddress", n.private}},
		"RequesterId", "463396270735", "RequesterManaged", true, "SourceDestCheck", false, "Status", "in-use", "SubnetId", n.subnet,
		"TagSet", array{}, "VpcId", s.VPCID(vpc)}
}

func (s LargeSpec) natGatewayRecords(write emit) {
	for v := range s.VPCs() {
		for zone := range natPerVPC {
			n := s.nat(v, zone)
			write(object{"CreateTime", "2024-03-03T01:21:01+00:00", "NatGatewayAddresses", array{object{"AllocationId", n.allocation,
				"NetworkInterfaceId", n.eni, "PrivateIp", n.private, "PublicIp", n.public, "AssociationId", n.association, "IsPrimary", true, "Status", "succeeded"}},
				"NatGatewayId", n.id, "State", "available", "SubnetId", n.subnet, "VpcId", s.VPCID(v), "Tags", tags("nat", "network"),
				"ConnectivityType", "public", "AvailabilityMode", "zonal"})
		}
	}
}

func (s LargeSpec) internetGatewayRecords(write emit) {
	for v := range s.VPCs() {
		write(object{"Attachments", array{object{"State", "available", "VpcId", s.VPCID(v)}}, "InternetGatewayId", largeID("igw", v),
			"OwnerId", largeAccount, "Tags", tags("igw", "network")})
	}
}

// peer returns the VPC that a VPC is peered with: neighbours, two by two; the last may have none.
func (s LargeSpec) peer(vpc int) (int, bool) { return vpc ^ 1, vpc^1 < s.VPCs() }

func (s LargeSpec) peeringRecords(write emit) {
	side := func(v int) object {
		r := object{"CidrBlock", vpcBlock(v), "CidrBlockSet", array{object{"CidrBlock", vpcBlock(v)}}}
		if p, ok := vpcBlock6(v); ok {
			r = append(r, "Ipv6CidrBlockSet", array{object{"Ipv6CidrBlock", p}})
		}
		return append(r, "OwnerId", largeAccount, "PeeringOptions", object{"AllowDnsResolutionFromRemoteVpc", true,
			"AllowEgressFromLocalClassicLinkToRemoteVpc", false, "AllowEgressFromLocalVpcToRemoteClassicLink", false}, "VpcId", s.VPCID(v), "Region", largeRegion)
	}
	for v := 0; v+1 < s.VPCs(); v += 2 {
		write(object{"AccepterVpcInfo", side(v + 1), "RequesterVpcInfo", side(v), "Status", object{"Code", "active", "Message", "Active"},
			"Tags", tags("peering", "network"), "VpcPeeringConnectionId", largeID("pcx", v/2)})
	}
}

// routeTableRecords writes a VPC's main table, which serves no subnet, and one per tier and zone.
func (s LargeSpec) routeTableRecords(write emit) {
	for v := range s.VPCs() {
		main := largeID("rtb", s.VPCs()*int(tiers)*zones+v)
		write(object{"Associations", array{object{"Main", true, "RouteTableAssociationId", largeID("rtbassoc", s.VPCs()*int(tiers)*zones+v), "RouteTableId", main,
			"AssociationState", object{"State", "associated"}}}, "PropagatingVgws", array{}, "RouteTableId", main, "Routes", s.localRoutes(v),
			"Tags", array{}, "VpcId", s.VPCID(v), "OwnerId", largeAccount})
	}
	s.everySubnet(func(v int, t tier, zone int) {
		id := subnetID("rtb", v, t, zone)
		write(object{"Associations", array{object{"Main", false, "RouteTableAssociationId", subnetID("rtbassoc", v, t, zone), "RouteTableId", id,
			"SubnetId", subnetID("subnet", v, t, zone), "AssociationState", object{"State", "associated"}}}, "PropagatingVgws", array{},
			"RouteTableId", id, "Routes", s.routes(v, t, zone), "Tags", tags(tierName[t], "network"), "VpcId", s.VPCID(v), "OwnerId", largeAccount})
	})
}

func (s LargeSpec) localRoutes(vpc int) array {
	list := array{object{"DestinationCidrBlock", vpcBlock(vpc), "GatewayId", "local", "Origin", "CreateRouteTable", "State", "active"}}
	if p, ok := vpcBlock6(vpc); ok {
		list = append(list, object{"DestinationIpv6CidrBlock", p, "GatewayId", "local", "Origin", "CreateRouteTable", "State", "active"})
	}
	return list
}

// routes returns the routes of a subnet's table: local, the peer, and the tier's way out.
func (s LargeSpec) routes(vpc int, t tier, zone int) array {
	list := s.localRoutes(vpc)
	if far, ok := s.peer(vpc); ok {
		list = append(list, object{"DestinationCidrBlock", vpcBlock(far), "VpcPeeringConnectionId", largeID("pcx", vpc/2), "Origin", "CreateRoute", "State", "active"})
	}
	switch t {
	case web:
		list = append(list, object{"DestinationCidrBlock", "0.0.0.0/0", "GatewayId", largeID("igw", vpc), "Origin", "CreateRoute", "State", "active"})
		if _, ok := vpcBlock6(vpc); ok {
			list = append(list, object{"DestinationIpv6CidrBlock", "::/0", "GatewayId", largeID("igw", vpc), "Origin", "CreateRoute", "State", "active"})
		}
	case app:
		list = append(list, object{"DestinationCidrBlock", "0.0.0.0/0", "NatGatewayId", s.nat(vpc, zone).id, "Origin", "CreateRoute", "State", "active"})
	}
	return list
}
