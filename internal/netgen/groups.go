package netgen

import (
	"fmt"
	"net/netip"
)

// group is a security group whose rules are drawn once everything they may name exists.
type group struct {
	id, name string
	vpc      *vpc
}

// makeGroups names each VPC's groups, so that interfaces can carry them.
func (w *world) makeGroups() {
	for _, v := range w.vpcs {
		for i := range 2 + w.rng.IntN(2) {
			g := &group{id: fmt.Sprintf("sg-%s%d", v.name, i+1), name: fmt.Sprintf("group-%d", i+1), vpc: v}
			if i == 0 {
				g.name = "default"
			}
			v.groups = append(v.groups, g)
		}
	}
}

// makeRules writes every group with its rules.
func (w *world) makeRules() {
	for _, i := range w.interfaces {
		for _, a := range i.Addresses {
			if w.chance(0.3) {
				w.mention(netip.PrefixFrom(a, a.BitLen()))
			}
		}
	}
	for _, v := range w.vpcs {
		for _, g := range v.groups {
			v.part.add(describeSecurityGroups, record{"GroupId": g.id, "GroupName": g.name, "Description": g.name + " of " + v.id(),
				"VpcId": v.id(), "OwnerId": v.part.account, "Tags": []record{},
				"SecurityGroupArn": "arn:aws:ec2:" + v.part.region + ":" + v.part.account + ":security-group/" + g.id,
				"IpPermissions":    w.drawPermissions(g, w.odds.open), "IpPermissionsEgress": w.drawPermissions(g, max(w.odds.open, 0.6))})
		}
	}
}

// drawPermissions draws the rules of one direction: with the given chance ones that let everything pass, in one of the
// ways to write that, otherwise a few narrow ones, or none at all.
func (w *world) drawPermissions(g *group, open float64) []record {
	if !w.chance(open) {
		permissions := []record{}
		for range w.rng.IntN(4) {
			permissions = append(permissions, w.drawPermission(g))
		}
		if w.chance(0.35) { // as default groups have it
			all := permission("-1")
			appendPeer(all, "UserIdGroupPairs", w.drawReference(g))
			permissions = append(permissions, all)
		}
		return permissions
	}
	if w.chance(0.75) {
		return []record{anywhere(permission("-1"))}
	}
	all := permission("-1") // with ports, which mean nothing here (SG-10)
	all["FromPort"], all["ToPort"] = -1, -1
	if w.chance(0.5) {
		return []record{anywhere(all)}
	}
	permissions := []record{}
	for _, protocol := range []string{"tcp", "udp"} {
		r := anywhere(permission(protocol))
		r["FromPort"], r["ToPort"] = 0, 65535
		permissions = append(permissions, r)
	}
	icmp := anywhere(permission("icmp"))
	icmp["FromPort"], icmp["ToPort"] = -1, -1
	return append(permissions, icmp, anywhere(permission("icmpv6")), anywhere(permission("50")))
}

// permission returns a rule of a protocol without peers, with all the lists that AWS prints.
func permission(protocol string) record {
	return record{"IpProtocol": protocol, "IpRanges": []record{}, "Ipv6Ranges": []record{}, "PrefixListIds": []record{}, "UserIdGroupPairs": []record{}}
}

// anywhere adds both families' whole space to a rule's peers.
func anywhere(r record) record {
	r["IpRanges"], r["Ipv6Ranges"] = []record{{"CidrIp": "0.0.0.0/0"}}, []record{{"CidrIpv6": "::/0"}}
	return r
}

// drawPermission draws one narrow rule in one of AWS's encodings.
func (w *world) drawPermission(g *group) record {
	var r record
	switch w.rng.IntN(10) {
	case 0, 1, 2, 3:
		r = w.withPorts(permission(pick(w.rng, []string{"tcp", "tcp", "6"})))
	case 4, 5:
		r = w.withPorts(permission(pick(w.rng, []string{"udp", "17"})))
	case 6:
		r = w.withICMP(permission(pick(w.rng, []string{"icmp", "icmp", "1"})), ICMP{8, -1}, ICMP{8, 0}, ICMP{-1, -1}, ICMP{3, 4}, ICMP{0, 0})
	case 7:
		r = permission(pick(w.rng, []string{"icmpv6", "58"}))
		if w.chance(0.6) { // without ports: every type and code (SG-12)
			r = w.withICMP(r, ICMP{128, -1}, ICMP{128, 0}, ICMP{-1, -1}, ICMP{2, 0}, ICMP{129, 0})
		}
	case 8:
		r = permission(pick(w.rng, []string{"50", "47", "132"}))
		if w.chance(0.3) { // ports that mean nothing (SG-10)
			r["FromPort"], r["ToPort"] = 100, 200
		}
	default:
		r = permission("-1")
	}
	for range 1 + w.rng.IntN(2) {
		w.addPeer(g, r)
	}
	return r
}

// portRanges are the port ranges that rules mention; single ports, ranges that touch and the ends of the space.
var portRanges = [][2]uint16{{22, 22}, {80, 80}, {80, 90}, {443, 443}, {91, 442}, {1024, 65535}, {0, 65535}, {0, 1023},
	{32768, 60999}, {49152, 65535}, {8080, 8080}, {0, 0}, {65535, 65535}}

// drawPorts draws a range and notes its ends as borders.
func (w *world) drawPorts() [2]uint16 {
	r := pick(w.rng, portRanges)
	w.ports = append(w.ports, r[0], r[1])
	return r
}

func (w *world) withPorts(r record) record {
	ports := w.drawPorts()
	r["FromPort"], r["ToPort"] = ports[0], ports[1]
	return r
}

func (w *world) withICMP(r record, of ...ICMP) record {
	m := pick(w.rng, of)
	w.icmp = append(w.icmp, m)
	r["FromPort"], r["ToPort"] = m.Type, m.Code
	return r
}

// addPeer adds one peer to a rule: a CIDR of either family, a prefix list, or a group.
func (w *world) addPeer(g *group, r record) {
	switch w.rng.IntN(10) {
	case 0:
		appendPeer(r, "IpRanges", record{"CidrIp": "0.0.0.0/0", "Description": "anyone"})
		appendPeer(r, "Ipv6Ranges", record{"CidrIpv6": "::/0"})
	case 1, 2, 3, 4:
		if p := w.drawPrefix(); p.Addr().Is4() {
			appendPeer(r, "IpRanges", record{"CidrIp": p})
		} else {
			appendPeer(r, "Ipv6Ranges", record{"CidrIpv6": p})
		}
	case 5:
		id := "pl-s3"
		if w.chance(0.8) {
			id = pick(w.rng, w.lists).id
		}
		if w.chance(w.odds.odd) {
			id = w.gone("pl-unknown")
		}
		appendPeer(r, "PrefixListIds", record{"PrefixListId": id})
	default:
		appendPeer(r, "UserIdGroupPairs", w.drawReference(g))
	}
}

func appendPeer(r record, kind string, peer record) {
	peers, _ := r[kind].([]record)
	r[kind] = append(peers, peer)
}

// drawReference draws a group as a peer: itself, another of its VPC, one across a peering, or one that is gone.
func (w *world) drawReference(g *group) record {
	if w.chance(0.08) {
		return record{"GroupId": w.gone("sg-gone"), "UserId": g.vpc.part.account}
	}
	if len(w.peerings) > 0 && w.chance(0.3) {
		x := pick(w.rng, w.peerings)
		if far, ok := x.far(g.vpc); ok && far != nil {
			status := w.state("active", "deleted", "deleting")
			if w.chance(0.2) { // stale, in every theme (SG-24)
				status = "deleted"
			}
			return record{"GroupId": pick(w.rng, far.groups).id, "UserId": far.part.account, "VpcId": far.id(),
				"VpcPeeringConnectionId": x.id, "PeeringStatus": status}
		}
	}
	from := g.vpc
	if w.chance(0.05) { // a group of a VPC that nothing joins to this one
		from = pick(w.rng, w.vpcs)
	}
	return record{"GroupId": pick(w.rng, from.groups).id, "UserId": from.part.account}
}

// drawPrefix draws a prefix that the network mentions, or a neighbour of one, and notes it.
func (w *world) drawPrefix() netip.Prefix {
	p := pick(w.rng, w.prefixes)
	switch w.rng.IntN(6) {
	case 0: // one half of it
		if p.Bits() < p.Addr().BitLen() {
			p = netip.PrefixFrom(p.Addr(), p.Bits()+1)
		}
	case 1: // what it is a half of
		if p.Bits() > 8 {
			p = netip.PrefixFrom(p.Addr(), p.Bits()-1).Masked()
		}
	}
	w.mention(p)
	return p
}
