package netgen

import (
	"fmt"
	"net/netip"
)

// orgAnswers are the answers of every part.
var orgAnswers = []struct {
	name, key string
	write     func(orgPart, emit)
}{
	{"describe-vpcs", "Vpcs", orgPart.vpcRecords},
	{"describe-subnets", "Subnets", orgPart.subnetRecords},
	{"describe-route-tables", "RouteTables", orgPart.routeTableRecords},
	{"describe-security-groups", "SecurityGroups", orgPart.groupRecords},
	{"describe-network-acls", "NetworkAcls", orgPart.aclRecords},
	{"describe-network-interfaces", "NetworkInterfaces", orgPart.interfaceRecords},
	{"describe-instances", "Reservations", orgPart.instanceRecords},
	{"describe-addresses", "Addresses", nothing},
	{"describe-internet-gateways", "InternetGateways", nothing},
	{"describe-nat-gateways", "NatGateways", nothing},
	{"describe-vpc-peering-connections", "VpcPeeringConnections", nothing},
	{"describe-prefix-lists", "PrefixLists", nothing},
	{"describe-managed-prefix-lists", "PrefixLists", nothing},
	{"describe-vpc-endpoints", "VpcEndpoints", nothing},
	{"describe-availability-zones", "AvailabilityZones", orgPart.zoneRecords},
	{"describe-transit-gateways", "TransitGateways", orgPart.transitGatewayRecords},
	{"describe-transit-gateway-attachments", "TransitGatewayAttachments", orgPart.attachmentRecords},
	{"describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments", orgPart.vpcAttachmentRecords},
	{"describe-transit-gateway-peering-attachments", "TransitGatewayPeeringAttachments", orgPart.peeringAttachmentRecords},
	{"describe-transit-gateway-connects", "TransitGatewayConnects", nothing},
	{"describe-transit-gateway-route-tables", "TransitGatewayRouteTables", orgPart.transitTableRecords},
}

func nothing(orgPart, emit) {}

// site is a VPC of a part: a spoke, or the inspection VPC.
type site struct {
	vpc    int // of a spoke; -1: the inspection VPC
	id     string
	number int // for the ids of what it has one of
}

// sites are the VPCs of the part.
func (p orgPart) sites() []site {
	if p.account == 0 {
		return []site{p.inspection()}
	}
	var out []site
	for _, v := range p.vpcs() {
		out = append(out, site{v, largeID("vpc", v), v})
	}
	return out
}

func (p orgPart) inspection() site {
	n := MaxOrganisationVPCs + p.region
	return site{-1, largeID("vpc", n), n}
}

func (p orgPart) siteBlock(s site) netip.Prefix {
	if s.vpc < 0 {
		return inspectionBlock(p.region)
	}
	return p.block(s.vpc)
}

// siteSubnet is a site's subnet in a zone: of its interfaces, or of the transit gateway's attachment.
func (p orgPart) siteSubnet(s site, attached bool, zone int) (id string, block netip.Prefix) {
	n := (s.number*2+boolean(attached))*organisationZones + zone
	switch {
	case s.vpc < 0:
		offset := zone << 4
		if !attached {
			offset |= 1 << 7
		}
		block = netip.PrefixFrom(plus(inspectionBlock(p.region).Addr(), offset), 28)
	case attached:
		block = p.attached(s.vpc, zone)
	default:
		block = p.subnet(s.vpc, zone)
	}
	return largeID("subnet", n), block
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p orgPart) zone(zone int) (name, id string) {
	return p.Region(p.region) + string(rune('a'+zone)), fmt.Sprintf("%s-az%d", organisationZone[p.region], zone+1)
}

func (p orgPart) vpcRecords(write emit) {
	for _, s := range p.sites() {
		b := p.siteBlock(s)
		write(object{"OwnerId", p.Account(p.account), "VpcId", s.id, "State", "available", "CidrBlock", b, "IsDefault", false, "Ipv6CidrBlockAssociationSet", array{},
			"CidrBlockAssociationSet", array{object{"AssociationId", largeID("vpc-cidr-assoc", s.number), "CidrBlock", b, "CidrBlockState", object{"State", "associated"}}},
			"BlockPublicAccessStates", object{"InternetGatewayBlockMode", "off"}})
	}
}

func (p orgPart) subnetRecords(write emit) {
	for _, s := range p.sites() {
		for _, attached := range []bool{false, true} {
			for z := range organisationZones {
				id, block := p.siteSubnet(s, attached, z)
				name, zone := p.zone(z)
				write(object{"SubnetId", id, "VpcId", s.id, "OwnerId", p.Account(p.account), "State", "available", "CidrBlock", block, "Ipv6CidrBlockAssociationSet", array{},
					"AvailabilityZone", name, "AvailabilityZoneId", zone, "Ipv6Native", false, "BlockPublicAccessStates", object{"InternetGatewayBlockMode", "off"}})
			}
		}
	}
}

func (p orgPart) zoneRecords(write emit) {
	for z := range organisationZones {
		name, id := p.zone(z)
		write(object{"RegionName", p.Region(p.region), "ZoneName", name, "ZoneId", id, "ZoneType", "availability-zone", "State", "available"})
	}
}

// routeTableRecords: a site's main table leads to the transit gateway. In the inspection VPC a table per zone leads what comes from there
// to the appliance of that zone.
func (p orgPart) routeTableRecords(write emit) {
	for _, s := range p.sites() {
		b := p.siteBlock(s)
		local := object{"DestinationCidrBlock", b, "GatewayId", "local", "Origin", "CreateRouteTable", "State", "active"}
		table := func(n int, association, route object) {
			id := largeID("rtb", s.number*8+n)
			write(object{"RouteTableId", id, "VpcId", s.id, "OwnerId", p.Account(p.account), "PropagatingVgws", array{}, "Routes", array{local, route},
				"Associations", array{append(object{"RouteTableId", id, "RouteTableAssociationId", largeID("rtbassoc", s.number*8+n), "AssociationState", object{"State", "associated"}}, association...)}})
		}
		out := func(cidr string) object {
			return object{"DestinationCidrBlock", cidr, "TransitGatewayId", p.gateway(p.region), "Origin", "CreateRoute", "State", "active"}
		}
		if s.vpc >= 0 {
			table(0, object{"Main", true}, out("10.0.0.0/8"))
			continue
		}
		table(0, object{"Main", true}, out("0.0.0.0/0"))
		for z := range organisationZones {
			subnet, _ := p.siteSubnet(s, true, z)
			table(1+z, object{"Main", false, "SubnetId", subnet},
				object{"DestinationCidrBlock", "0.0.0.0/0", "NetworkInterfaceId", p.appliance(z), "InstanceId", largeID("i", p.Interfaces+p.region*organisationZones+z), "Origin", "CreateRoute", "State", "active"})
		}
	}
}

func (p orgPart) groupRecords(write emit) {
	everything := array{object{"IpProtocol", "-1", "IpRanges", everyone4, "Ipv6Ranges", array{}, "PrefixListIds", array{}, "UserIdGroupPairs", array{}}}
	for _, s := range p.sites() {
		in := array{object{"IpProtocol", "tcp", "FromPort", 443, "ToPort", 443, "IpRanges", array{object{"CidrIp", "10.0.0.0/8"}}, "Ipv6Ranges", array{}, "PrefixListIds", array{}, "UserIdGroupPairs", array{}}}
		if s.vpc < 0 {
			in = everything
		}
		write(object{"GroupId", largeID("sg", s.number), "GroupName", "all", "Description", "of every interface", "VpcId", s.id, "OwnerId", p.Account(p.account),
			"IpPermissions", in, "IpPermissionsEgress", everything})
	}
}

func (p orgPart) aclRecords(write emit) {
	for _, s := range p.sites() {
		serves := array{}
		for _, attached := range []bool{false, true} {
			for z := range organisationZones {
				id, _ := p.siteSubnet(s, attached, z)
				serves = append(serves, object{"NetworkAclAssociationId", largeID("aclassoc", len(serves)+4*s.number), "NetworkAclId", largeID("acl", s.number), "SubnetId", id})
			}
		}
		entries := array{}
		for _, egress := range []bool{false, true} {
			entries = append(entries, object{"RuleNumber", 100, "RuleAction", "allow", "Egress", egress, "Protocol", "-1", "CidrBlock", "0.0.0.0/0"},
				object{"RuleNumber", 32767, "RuleAction", "deny", "Egress", egress, "Protocol", "-1", "CidrBlock", "0.0.0.0/0"})
		}
		write(object{"NetworkAclId", largeID("acl", s.number), "VpcId", s.id, "OwnerId", p.Account(p.account), "IsDefault", true, "Associations", serves, "Entries", entries})
	}
}

// everyInterface visits the interfaces of the part that instances have.
func (p orgPart) everyInterface(visit func(n int, id string, s site, zone int, a netip.Addr)) {
	for _, s := range p.sites() {
		if s.vpc < 0 {
			for z := range organisationZones {
				_, block := p.siteSubnet(s, false, z)
				visit(p.Interfaces+p.region*organisationZones+z, p.appliance(z), s, z, plus(block.Addr(), 4))
			}
			continue
		}
		for i := s.vpc; i < p.Interfaces; i += p.VPCs {
			visit(i, p.InterfaceID(i), s, i/p.VPCs%organisationZones, p.Address(i))
		}
	}
}

// appliance is the id of the inspection VPC's appliance in a zone.
func (p orgPart) appliance(zone int) string {
	return largeID("eni", p.Interfaces+p.region*organisationZones+zone)
}

func (p orgPart) interfaceRecords(write emit) {
	p.everyInterface(func(n int, id string, s site, z int, a netip.Addr) {
		subnet, _ := p.siteSubnet(s, false, z)
		name, _ := p.zone(z)
		write(object{"NetworkInterfaceId", id, "VpcId", s.id, "SubnetId", subnet, "OwnerId", p.Account(p.account), "AvailabilityZone", name, "InterfaceType", "interface",
			"Attachment", object{"AttachmentId", largeID("eni-attach", n), "DeviceIndex", 0, "InstanceId", largeID("i", n), "InstanceOwnerId", p.Account(p.account), "Status", "attached"},
			"Groups", array{object{"GroupId", largeID("sg", s.number), "GroupName", "all"}}, "Ipv6Addresses", array{}, "PrivateIpAddress", a,
			"PrivateIpAddresses", array{object{"Primary", true, "PrivateIpAddress", a}}, "RequesterManaged", false, "SourceDestCheck", s.vpc >= 0, "Status", "in-use"})
	})
}

func (p orgPart) instanceRecords(write emit) {
	p.everyInterface(func(n int, _ string, s site, z int, a netip.Addr) {
		subnet, _ := p.siteSubnet(s, false, z)
		write(object{"ReservationId", largeID("r", n), "OwnerId", p.Account(p.account), "Instances", array{object{"InstanceId", largeID("i", n), "State", object{"Code", 16, "Name", "running"},
			"VpcId", s.id, "SubnetId", subnet, "PrivateIpAddress", a}}})
	})
}
