package netgen

import (
	"fmt"
	"net/netip"
)

// largeRecords writes the records of each answer.
var largeRecords = map[operation]func(LargeSpec, emit){
	describeVPCs:                  LargeSpec.vpcRecords,
	describeSubnets:               LargeSpec.subnetRecords,
	describeRouteTables:           LargeSpec.routeTableRecords,
	describeSecurityGroups:        LargeSpec.groupRecords,
	describeNetworkACLs:           LargeSpec.aclRecords,
	describeNetworkInterfaces:     LargeSpec.interfaceRecords,
	describeInstances:             LargeSpec.instanceRecords,
	describeAddresses:             LargeSpec.addressRecords,
	describeInternetGateways:      LargeSpec.internetGatewayRecords,
	describeNATGateways:           LargeSpec.natGatewayRecords,
	describeVPCPeeringConnections: LargeSpec.peeringRecords,
	describePrefixLists:           LargeSpec.prefixListRecords,
	describeManagedPrefixLists:    LargeSpec.managedPrefixListRecords,
	describeAvailabilityZones:     LargeSpec.zoneRecords,
}

// largeID returns an id in AWS's form.
func largeID(kind string, n int) string { return fmt.Sprintf("%s-0%016x", kind, n) }

// subnetID returns the id of a subnet, and by it those of what every subnet has one of.
func subnetID(kind string, vpc int, t tier, zone int) string {
	return largeID(kind, (vpc*int(tiers)+int(t))*zones+zone)
}

// vpcBlock returns a VPC's IPv4 block: the /20 of that number in 10.0.0.0/8.
func vpcBlock(vpc int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(vpc >> 4), byte(vpc << 4)}), 20)
}

// vpcBlock6 returns a VPC's IPv6 block; only some VPCs have one.
func vpcBlock6(vpc int) (netip.Prefix, bool) {
	a := netip.AddrFrom16([16]byte{0: 0x26, 1: 0x00, 2: 0x1f, 3: 0x10, 4: byte(vpc >> 8), 5: byte(vpc)})
	return netip.PrefixFrom(a, 56), vpc%dualStackOneIn == 0
}

// subnetBlock returns a subnet's IPv4 block: the tiers stand four /24 apart.
func subnetBlock(vpc int, t tier, zone int) netip.Prefix {
	a := vpcBlock(vpc).Addr().As4()
	a[2] += byte(4*int(t) + zone)
	return netip.PrefixFrom(netip.AddrFrom4(a), 24)
}

func subnetBlock6(vpc int, t tier, zone int) (netip.Prefix, bool) {
	p, ok := vpcBlock6(vpc)
	a := p.Addr().As16()
	a[7] = byte(4*int(t) + zone)
	return netip.PrefixFrom(netip.AddrFrom16(a), 64), ok
}

// everySubnet visits the subnets in order.
func (s LargeSpec) everySubnet(visit func(vpc int, t tier, zone int)) {
	for v := range s.VPCs() {
		for t := range tiers {
			for zone := range zones {
				visit(v, t, zone)
			}
		}
	}
}

func largeZone(zone int) (name, id string) {
	return largeRegion + string(rune('a'+zone)), fmt.Sprintf("use1-az%d", zone+1)
}

func arn(kind, id string) string {
	return "arn:aws:ec2:" + largeRegion + ":" + largeAccount + ":" + kind + "/" + id
}

// tags returns the tags that an organisation puts on everything.
func tags(name, stack string) array {
	return array{object{"Key", "Name", "Value", name}, object{"Key", "stack", "Value", stack}, object{"Key", "managed-by", "Value", "terraform"}}
}

func vpcName(vpc int) string { return fmt.Sprintf("vpc-%04d", vpc) }

func (s LargeSpec) vpcRecords(write emit) {
	for v := range s.VPCs() {
		block6 := array{}
		if p, ok := vpcBlock6(v); ok {
			block6 = array{object{"AssociationId", largeID("vpc-cidr-assoc", v+maxVPCs), "Ipv6CidrBlock", p, "Ipv6CidrBlockState", object{"State", "associated"},
				"NetworkBorderGroup", largeRegion, "Ipv6Pool", "Amazon", "Ipv6AddressAttribute", "public", "IpSource", "amazon"}}
		}
		write(object{"OwnerId", largeAccount, "InstanceTenancy", "default", "Ipv6CidrBlockAssociationSet", block6,
			"CidrBlockAssociationSet", array{object{"AssociationId", largeID("vpc-cidr-assoc", v), "CidrBlock", vpcBlock(v), "CidrBlockState", object{"State", "associated"}}},
			"IsDefault", false, "Tags", tags(vpcName(v), "network"), "BlockPublicAccessStates", object{"InternetGatewayBlockMode", "off"},
			"VpcId", s.VPCID(v), "State", "available", "CidrBlock", vpcBlock(v), "DhcpOptionsId", largeID("dopt", 0)})
	}
}

func (s LargeSpec) subnetRecords(write emit) {
	s.everySubnet(func(v int, t tier, zone int) {
		id := subnetID("subnet", v, t, zone)
		name, zoneID := largeZone(zone)
		block6 := array{}
		if p, ok := subnetBlock6(v, t, zone); ok {
			block6 = array{object{"AssociationId", subnetID("subnet-cidr-assoc", v, t, zone), "Ipv6CidrBlock", p, "Ipv6CidrBlockState", object{"State", "associated"},
				"Ipv6AddressAttribute", "public", "IpSource", "amazon"}}
		}
		write(object{"AvailabilityZoneId", zoneID, "MapCustomerOwnedIpOnLaunch", false, "OwnerId", largeAccount, "AssignIpv6AddressOnCreation", len(block6) > 0,
			"Ipv6CidrBlockAssociationSet", block6, "Tags", tags(vpcName(v)+"-"+tierName[t]+"-"+name, "network"), "SubnetArn", arn("subnet", id),
			"EnableDns64", false, "Ipv6Native", false, "PrivateDnsNameOptionsOnLaunch",
			object{"HostnameType", "ip-name", "EnableResourceNameDnsARecord", false, "EnableResourceNameDnsAAAARecord", false},
			"BlockPublicAccessStates", object{"InternetGatewayBlockMode", "off"}, "SubnetId", id, "State", "available", "VpcId", s.VPCID(v),
			"CidrBlock", subnetBlock(v, t, zone), "AvailableIpAddressCount", 180, "AvailabilityZone", name, "DefaultForAz", false, "MapPublicIpOnLaunch", t == web})
	})
}

func (s LargeSpec) zoneRecords(write emit) {
	for zone := range zones {
		name, id := largeZone(zone)
		write(object{"OptInStatus", "opt-in-not-required", "Messages", array{}, "RegionName", largeRegion, "ZoneName", name, "ZoneId", id,
			"GroupName", largeRegion, "NetworkBorderGroup", largeRegion, "ZoneType", "availability-zone", "State", "available"})
	}
}

// groups returns the groups of an interface: its tier's, the one for management, and for two of three its service's.
func (s LargeSpec) groups(i int) array {
	p := s.place(i)
	list := array{groupOf(p.vpc, int(p.tier)), groupOf(p.vpc, managementGroup)}
	if i%3 != 0 {
		list = append(list, groupOf(p.vpc, firstService+i%servicesPerVPC))
	}
	return list
}

func groupOf(vpc, n int) object {
	return object{"GroupId", largeID("sg", vpc*groupsPerVPC+n), "GroupName", groupName(n)}
}

// instanceState returns an instance's state and its code: nearly all run.
func (s LargeSpec) instanceState(i int) (string, int) {
	if s.rng("state", i).IntN(stoppedOneIn) == 0 {
		return "stopped", 80
	}
	return "running", 16
}

// publicOf returns the public address of a web interface: an Elastic one for some, else one that AWS assigned.
func (s LargeSpec) publicOf(i int) (to netip.Addr, elastic, ok bool) {
	if s.place(i).tier != web {
		return netip.Addr{}, false, false
	}
	return netip.AddrFrom4([4]byte{byte(52 + i>>24), byte(i >> 16), byte(i >> 8), byte(i)}), i%elasticOneIn == 0, true
}

// association returns how the public address of an interface is shown, as a field of its record; nothing if it has
// none.
func (s LargeSpec) association(i int) object {
	to, elastic, ok := s.publicOf(i)
	if !ok {
		return nil
	}
	shown := object{"IpOwnerId", "amazon", "PublicDnsName", "ec2-" + dashed(to) + ".compute-1.amazonaws.com", "PublicIp", to}
	if elastic {
		shown = object{"AllocationId", largeID("eipalloc", i), "AssociationId", largeID("eipassoc", i), "IpOwnerId", largeAccount,
			"PublicDnsName", "ec2-" + dashed(to) + ".compute-1.amazonaws.com", "PublicIp", to}
	}
	return object{"Association", shown}
}

// ipv6Of returns the IPv6 addresses of an interface.
func (s LargeSpec) ipv6Of(i int) array {
	p := s.place(i)
	block, ok := subnetBlock6(p.vpc, p.tier, p.zone)
	if !ok {
		return array{}
	}
	return array{object{"Ipv6Address", plus(block.Addr(), 0x1000+p.rank), "IsPrimaryIpv6", false, "PublicIpv6DnsName", ""}}
}

func mac(i int) string {
	return fmt.Sprintf("06:%02x:%02x:%02x:%02x:%02x", i>>32&255, i>>24&255, i>>16&255, i>>8&255, i&255)
}

func (s LargeSpec) interfaceRecords(write emit) {
	for i := range s.Interfaces {
		write(s.interfaceRecord(i))
	}
	for v := range s.VPCs() {
		for zone := range natPerVPC {
			write(s.natInterfaceRecord(v, zone))
		}
	}
}

func (s LargeSpec) interfaceRecord(i int) object {
	p := s.place(i)
	zone, zoneID := largeZone(p.zone)
	a := s.Address(i)
	dns := "ip-" + dashed(a) + ".ec2.internal"
	private := append(s.association(i), "Primary", true, "PrivateDnsName", dns, "PrivateIpAddress", a)
	r := s.association(i)
	return append(r, "Attachment", object{"AttachTime", "2024-03-03T01:21:03+00:00", "AttachmentId", largeID("eni-attach", i), "DeleteOnTermination", true,
		"DeviceIndex", 0, "NetworkCardIndex", 0, "InstanceId", largeID("i", i), "InstanceOwnerId", largeAccount, "Status", "attached"},
		"AvailabilityZone", zone, "AvailabilityZoneId", zoneID, "ConnectionTrackingConfiguration", object{}, "Description", "Primary network interface",
		"Groups", s.groups(i), "InterfaceType", "interface", "Ipv6Addresses", s.ipv6Of(i), "MacAddress", mac(i),
		"NetworkInterfaceArn", arn("network-interface", s.InterfaceID(i)), "NetworkInterfaceId", s.InterfaceID(i), "OwnerId", largeAccount,
		"Operator", object{"Managed", false}, "PrivateDnsName", dns, "PrivateIpAddress", a, "PrivateIpAddresses", array{private},
		"RequesterManaged", false, "SourceDestCheck", true, "Status", "in-use", "SubnetId", subnetID("subnet", p.vpc, p.tier, p.zone),
		"TagSet", tags(fmt.Sprintf("%s-%d", tierName[p.tier], i), tierName[p.tier]), "VpcId", s.VPCID(p.vpc))
}

func (s LargeSpec) instanceRecords(write emit) {
	for i := range s.Interfaces {
		p := s.place(i)
		zone, _ := largeZone(p.zone)
		a := s.Address(i)
		state, code := s.instanceState(i)
		dns := "ip-" + dashed(a) + ".ec2.internal"
		nic := append(s.association(i), "Attachment", object{"AttachmentId", largeID("eni-attach", i), "DeleteOnTermination", true, "DeviceIndex", 0, "Status", "attached"},
			"Description", "Primary network interface", "Groups", s.groups(i), "InterfaceType", "interface", "Ipv6Addresses", s.ipv6Of(i), "MacAddress", mac(i),
			"NetworkInterfaceId", s.InterfaceID(i), "OwnerId", largeAccount, "PrivateIpAddress", a, "SourceDestCheck", true, "Status", "in-use",
			"PrivateIpAddresses", array{append(s.association(i), "Primary", true, "PrivateDnsName", dns, "PrivateIpAddress", a)},
			"SubnetId", subnetID("subnet", p.vpc, p.tier, p.zone), "VpcId", s.VPCID(p.vpc))
		write(object{"ReservationId", largeID("r", i), "OwnerId", largeAccount, "Groups", array{}, "Instances", array{object{
			"Architecture", "x86_64", "BlockDeviceMappings", array{object{"DeviceName", "/dev/xvda", "Ebs",
				object{"DeleteOnTermination", true, "Status", "attached", "VolumeId", largeID("vol", i)}}},
			"EbsOptimized", true, "EnaSupport", true, "Hypervisor", "xen", "NetworkInterfaces", array{nic}, "RootDeviceName", "/dev/xvda",
			"RootDeviceType", "ebs", "SecurityGroups", s.groups(i), "SourceDestCheck", true, "Tags", tags(fmt.Sprintf("%s-%d", tierName[p.tier], i), tierName[p.tier]),
			"VirtualizationType", "hvm", "MetadataOptions", object{"State", "applied", "HttpTokens", "required", "HttpPutResponseHopLimit", 2, "HttpEndpoint", "enabled"},
			"InstanceId", largeID("i", i), "ImageId", "ami-02ccb28830b645a41", "State", object{"Code", code, "Name", state}, "PrivateDnsName", dns,
			"InstanceType", "m5.large", "LaunchTime", "2024-03-03T01:21:02+00:00", "Placement", object{"GroupName", "", "Tenancy", "default", "AvailabilityZone", zone},
			"Monitoring", object{"State", "disabled"}, "SubnetId", subnetID("subnet", p.vpc, p.tier, p.zone), "VpcId", s.VPCID(p.vpc), "PrivateIpAddress", a}}})
	}
}

func (s LargeSpec) addressRecords(write emit) {
	for i := range s.Interfaces {
		if to, elastic, _ := s.publicOf(i); elastic {
			write(object{"AllocationId", largeID("eipalloc", i), "AssociationId", largeID("eipassoc", i), "Domain", "vpc", "NetworkInterfaceId", s.InterfaceID(i),
				"NetworkInterfaceOwnerId", largeAccount, "PrivateIpAddress", s.Address(i), "InstanceId", largeID("i", i), "PublicIp", to,
				"PublicIpv4Pool", "amazon", "NetworkBorderGroup", largeRegion, "Tags", array{}})
		}
	}
	for v := range s.VPCs() {
		for zone := range natPerVPC {
			n := s.nat(v, zone)
			write(object{"AllocationId", n.allocation, "AssociationId", n.association, "Domain", "vpc", "NetworkInterfaceId", n.eni,
				"NetworkInterfaceOwnerId", largeAccount, "PrivateIpAddress", n.private, "PublicIp", n.public, "PublicIpv4Pool", "amazon",
				"NetworkBorderGroup", largeRegion, "Tags", array{}})
		}
	}
}
