package netgen

import (
	"fmt"
	"net/netip"
)

// makeSubnets draws two to four subnets per VPC: the first leads to the internet gateway, the others to NAT, to the
// internet or nowhere; some have IPv6 too, a few nothing else, a few lie in the VPC's second block.
func (w *world) makeSubnets() {
	for _, v := range w.vpcs {
		v.free = v.blocks[0].Addr()
		for i := range 2 + w.rng.IntN(3) {
			s := &subnet{vpc: v, id: fmt.Sprintf("subnet-%s%d", v.name, i+1), zone: 1 + w.rng.IntN(3), role: w.drawRole(i)}
			if w.has(TransitGateways) && w.chance(0.05) {
				s.zone = localZone
			}
			w.drawBlocks(s, i)
			v.subnets = append(v.subnets, s)
			v.part.add(describeSubnets, w.subnetRecord(s))
			if s.v4.IsValid() {
				w.mention(s.v4)
			}
			if s.v6.IsValid() {
				w.mention(s.v6)
			}
		}
		w.makeMiddle(v)
	}
}

// makeMiddle adds, where the network has middleboxes, a small subnet for them, unless the VPC is full.
func (w *world) makeMiddle(v *vpc) {
	if w.features&(Appliances|GWLBEndpoints) == 0 || w.chance(0.15) {
		return
	}
	s := &subnet{vpc: v, id: "subnet-" + v.name + "9", zone: 1 + w.rng.IntN(3), role: middle, v4: netip.PrefixFrom(v.free, 28)}
	if !v.blocks[0].Contains(v.free) {
		return
	}
	v.free = plus(v.free, 16)
	if len(v.v6) > 0 && w.chance(0.8) {
		a := v.v6[0].Addr().As16()
		a[7] = 9
		s.v6 = netip.PrefixFrom(netip.AddrFrom16(a), 64)
		w.mention(s.v6)
	}
	w.mention(s.v4)
	v.subnets = append(v.subnets, s)
	v.part.add(describeSubnets, w.subnetRecord(s))
}

// place picks a subnet with room for a few more interfaces, one of the given role if there is one and that is wanted; nil if all are full.
func (w *world) place(v *vpc, wanted role, chance float64) *subnet {
	var all, those []*subnet
	for _, s := range v.subnets {
		if !s.v4.IsValid() || s.taken > 7 {
			continue
		}
		all = append(all, s)
		if s.role == wanted {
			those = append(those, s)
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case len(those) > 0 && w.chance(chance):
		return pick(w.rng, those)
	}
	return pick(w.rng, all)
}

func (w *world) drawRole(i int) role {
	switch {
	case i == 0:
		return public
	case w.chance(w.odds.private):
		return private
	case w.chance(0.25):
		return isolated
	}
	return public
}

// drawBlocks gives a subnet its blocks: IPv4 from the VPC's free space in pieces of 16 or 32 addresses.
func (w *world) drawBlocks(s *subnet, i int) {
	v := s.vpc
	if len(v.v6) > 0 && w.chance(0.7) {
		a := v.v6[0].Addr().As16()
		a[7] = byte(i)
		s.v6 = netip.PrefixFrom(netip.AddrFrom16(a), 64)
		if i > 0 && (w.chance(0.1) || w.has(NAT64) && w.chance(0.25)) {
			return // an IPv6-only subnet
		}
	}
	if i == 3 && len(v.blocks) > 1 {
		s.v4 = netip.PrefixFrom(v.blocks[1].Addr(), 28)
		return
	}
	bits := 27 + w.rng.IntN(2)
	s.v4 = netip.PrefixFrom(v.free, bits).Masked()
	if s.v4.Addr() != v.free { // the free space began in the middle of a block of this size
		s.v4 = netip.PrefixFrom(plus(v.free, 16), bits)
	}
	v.free = plus(s.v4.Addr(), 1<<(32-bits))
}

func (w *world) subnetRecord(s *subnet) record {
	p := s.vpc.part
	r := record{
		"SubnetId": s.id, "VpcId": s.vpc.id(), "OwnerId": p.account, "State": w.state("available", "pending", "unavailable"),
		"SubnetArn":        "arn:aws:ec2:" + p.region + ":" + p.account + ":subnet/" + s.id,
		"AvailabilityZone": zoneName(p, s.zone), "AvailabilityZoneId": zoneID(p, s.zone), "AvailableIpAddressCount": 8,
		"DefaultForAz": false, "MapPublicIpOnLaunch": s.role == public, "AssignIpv6AddressOnCreation": s.v6.IsValid(), "EnableDns64": false,
		"Ipv6Native": !s.v4.IsValid(), "Ipv6CidrBlockAssociationSet": []record{}, "MapCustomerOwnedIpOnLaunch": false,
		"PrivateDnsNameOptionsOnLaunch": record{"HostnameType": "ip-name", "EnableResourceNameDnsARecord": false, "EnableResourceNameDnsAAAARecord": false},
		"BlockPublicAccessStates":       record{"InternetGatewayBlockMode": "off"}, "Tags": []record{{"Key": "Name", "Value": s.id}},
	}
	w.blockPublicAccess(p, r)
	if w.has(NAT64) {
		r["EnableDns64"] = w.chance(0.5)
	}
	if s.v4.IsValid() {
		r["CidrBlock"] = s.v4
	}
	if s.v6.IsValid() {
		attribute, source := "public", "amazon"
		if s.vpc.private {
			attribute, source = "private", "none"
		}
		r["Ipv6CidrBlockAssociationSet"] = []record{{"AssociationId": "subnet-cidr-assoc-" + s.id[7:], "Ipv6CidrBlock": s.v6,
			"Ipv6CidrBlockState": record{"State": "associated"}, "Ipv6AddressAttribute": attribute, "IpSource": source}}
	}
	return r
}

// makeZones writes each part's zones.
func (w *world) makeZones() {
	for _, p := range w.parts {
		for i := 1; i <= 3; i++ {
			p.add(describeAvailabilityZones, record{"ZoneName": zoneName(p, i), "ZoneId": zoneID(p, i), "RegionName": p.region, "State": "available",
				"OptInStatus": "opt-in-not-required", "GroupName": p.region, "NetworkBorderGroup": p.region, "ZoneType": "availability-zone", "Messages": []record{}})
		}
		if w.has(TransitGateways) && !w.chance(w.odds.gap/4) {
			p.add(describeAvailabilityZones, record{"ZoneName": zoneName(p, localZone), "ZoneId": zoneID(p, localZone), "RegionName": p.region, "State": "available",
				"OptInStatus": "opted-in", "GroupName": p.region + "-bos-1", "NetworkBorderGroup": p.region + "-bos-1", "ZoneType": "local-zone", "Messages": []record{},
				"ParentZoneId": zoneID(p, 1), "ParentZoneName": zoneName(p, 1)})
		}
	}
}

// localZone is a Local Zone, whose parent is zone 1.
const localZone = 4

func zoneName(p *part, zone int) string {
	if zone == localZone {
		return p.region + "-bos-1a"
	}
	return p.region + string(rune('a'+zone-1))
}

func zoneID(p *part, zone int) string {
	if zone == localZone {
		return p.zone + "-bos1-az1"
	}
	return fmt.Sprintf("%s-az%d", p.zone, zone)
}

// host returns the next free IPv4 address of the subnet: AWS keeps the first four.
func (s *subnet) host() netip.Addr {
	s.taken++
	return plus(s.v4.Addr(), 3+s.taken)
}

// host6 returns the IPv6 address that goes with the host given out last.
func (s *subnet) host6(n int) netip.Addr { return plus(s.v6.Addr(), 16*n+3+s.taken) }

// plus returns the address n after a, for small n.
func plus(a netip.Addr, n int) netip.Addr {
	if a.Is4() {
		b := a.As4()
		carryInto(b[:], n)
		return netip.AddrFrom4(b)
	}
	b := a.As16()
	carryInto(b[:], n)
	return netip.AddrFrom16(b)
}

// carryInto adds n to the big-endian number b, silently wrapping at its end.
func carryInto(b []byte, n int) {
	for i := len(b) - 1; i >= 0 && n > 0; i-- {
		n += int(b[i])
		b[i] = byte(n)
		n >>= 8
	}
}
