package netgen

import (
	"fmt"
	"net/netip"
	"strconv"
)

// makeACLs gives each VPC its default ACL and a few others, and each subnet one of them; the subnets of NAT gateways
// get one that lets only some reply ports in, where the theme wants that.
func (w *world) makeACLs() {
	for _, v := range w.vpcs {
		byDefault := &acl{vpc: v, id: "acl-default-" + v.name, isDefault: true}
		w.drawEntries(byDefault, max(w.odds.open, 0.7))
		acls := []*acl{byDefault}
		for i := range w.rng.IntN(3) {
			a := &acl{vpc: v, id: fmt.Sprintf("acl-%s%d", v.name, i+1)}
			w.drawEntries(a, w.odds.open)
			acls = append(acls, a)
		}
		partial := &acl{vpc: v, id: "acl-nat-" + v.name}
		for _, s := range v.subnets {
			a := pick(w.rng, acls)
			if s.nat && w.chance(w.odds.partial) {
				a = partial
			}
			if s.sealed {
				a = w.sealing(s)
				acls = append(acls, a)
			}
			if w.chance(w.odds.odd) { // a subnet that no ACL names gets the default one
				continue
			}
			a.associations = append(a.associations, record{"NetworkAclAssociationId": "aclassoc-" + s.id[7:], "NetworkAclId": a.id, "SubnetId": s.id})
		}
		if len(partial.associations) > 0 {
			w.drawPartialReplies(partial)
			acls = append(acls, partial)
		}
		for _, a := range acls {
			a.vpc.part.add(describeNetworkACLs, a.record(w))
		}
	}
}

// acl is a network ACL in the making.
type acl struct {
	vpc          *vpc
	id           string
	isDefault    bool
	associations []record
	entries      []record
}

// record returns the ACL as AWS prints it. The final denies come last, and a few ACLs lack them, as hand-written
// ones do (ACL-3).
func (a *acl) record(w *world) record {
	if !w.chance(0.08) {
		for _, egress := range []bool{true, false} {
			a.add(32767, egress, "deny", "-1", "0.0.0.0/0")
			if len(a.vpc.v6) > 0 {
				a.add(32768, egress, "deny", "-1", "::/0")
			}
		}
	}
	if a.associations == nil {
		a.associations = []record{}
	}
	w.rng.Shuffle(len(a.entries), func(i, j int) { a.entries[i], a.entries[j] = a.entries[j], a.entries[i] })
	return record{"NetworkAclId": a.id, "VpcId": a.vpc.id(), "OwnerId": a.vpc.part.account, "IsDefault": a.isDefault,
		"Associations": a.associations, "Entries": a.entries, "Tags": []record{}}
}

// add appends an entry and returns it for its ports or its ICMP type.
func (a *acl) add(number int, egress bool, action, protocol, block string) record {
	r := record{"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol}
	if p := netip.MustParsePrefix(block); p.Addr().Is4() {
		r["CidrBlock"] = p
	} else {
		r["Ipv6CidrBlock"] = p
	}
	a.entries = append(a.entries, r)
	return r
}

// allowAll appends what lets everything of both families pass.
func (a *acl) allowAll(number int, egress bool) {
	a.add(number, egress, "allow", "-1", "0.0.0.0/0")
	a.add(number+1, egress, "allow", "-1", "::/0")
}

// drawEntries draws both directions of an ACL, open ones with the given chance.
func (w *world) drawEntries(a *acl, open float64) {
	openIn := w.chance(open)
	for _, egress := range []bool{true, false} {
		if openIn || w.chance(open) {
			a.allowAll(100, egress)
			continue
		}
		for i := range w.rng.IntN(4) { // denies first, then what is allowed, sometimes the wrong way round
			action := "deny"
			if w.chance(0.25) {
				action = "allow"
			}
			w.drawEntry(a, 10+10*i, egress, action)
		}
		if w.chance(0.6) {
			a.allowAll(200, egress)
			continue
		}
		for i := range 1 + w.rng.IntN(3) {
			w.drawEntry(a, 100+10*i, egress, "allow")
		}
	}
}

// drawEntry draws one entry: protocols as numbers, ports or an ICMP type where they count and, sometimes, where they
// mean nothing (ACL-10, ACL-11).
func (w *world) drawEntry(a *acl, number int, egress bool, action string) {
	protocol := weighted(w.rng, []weight[int]{{5, 6}, {3, 17}, {2, 1}, {1, 58}, {2, -1}, {1, 50}})
	block := pick(w.rng, []string{"0.0.0.0/0", "0.0.0.0/0", "::/0"})
	if w.chance(0.5) {
		block = w.drawPrefix().String()
	}
	r := a.add(number, egress, action, strconv.Itoa(protocol), block)
	switch {
	case protocol == 1 || protocol == 58:
		m := pick(w.rng, []ICMP{{-1, -1}, {8, -1}, {8, 0}, {0, 0}, {0, -1}, {3, 4}})
		if protocol == 58 {
			m = pick(w.rng, []ICMP{{-1, -1}, {128, -1}, {128, 0}, {129, 0}, {2, 0}})
		}
		w.icmp = append(w.icmp, m)
		r["IcmpTypeCode"] = record{"Type": m.Type, "Code": m.Code}
	case protocol == 6 || protocol == 17 || w.chance(0.3):
		ports := w.drawPorts()
		r["PortRange"] = record{"From": ports[0], "To": ports[1]}
	}
}

// drawPartialReplies lets everything out and everything of the VPC in, but of the replies that NAT gateways wait for
// on 1024-65535 only a part: the rest is either denied or not allowed.
func (w *world) drawPartialReplies(a *acl) {
	a.allowAll(100, true)
	for i, block := range a.vpc.all {
		a.add(50+i, false, "allow", "-1", block.String())
	}
	a.add(200, false, "allow", "58", "::/0")["IcmpTypeCode"] = record{"Type": -1, "Code": -1}
	lo, hi := uint16(1024), uint16(1024+w.rng.IntN(60000))
	if w.chance(0.4) {
		lo, hi = hi, 65535
	}
	w.ports = append(w.ports, lo, hi)
	part := record{"From": lo, "To": hi}
	if w.chance(0.5) && !(lo == 1024 && hi == 65535) {
		a.add(60, false, "deny", "6", "0.0.0.0/0")["PortRange"] = part
		a.add(61, false, "deny", "17", "0.0.0.0/0")["PortRange"] = part
		a.allowAll(210, false)
		return
	}
	a.add(110, false, "allow", "6", "0.0.0.0/0")["PortRange"] = part
	a.add(120, false, "allow", "17", "0.0.0.0/0")["PortRange"] = part
	a.add(130, false, "allow", "1", "0.0.0.0/0")["IcmpTypeCode"] = record{"Type": -1, "Code": -1}
}
