package repair

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
)

// AuthorizeSecurityGroupIngress and …Egress, CreateSecurityGroup with ModifyNetworkInterfaceAttribute, CreateNetworkAclEntry.
func init() {
	actions["add-security-group-rule"] = addGroupRules
	actions["attach-security-group"] = attachGroup
	actions["add-network-acl-entry"] = addEntries
}

func addGroupRules(a *answers, f Fix, o Options) error {
	groups, err := a.find("describe-security-groups", "SecurityGroups", "GroupId", f.ID)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := addPermissions(g.record, f.Rules, o); err != nil {
			return err
		}
	}
	return nil
}

func addPermissions(group record, rules []Rule, o Options) error {
	if len(rules) == 0 {
		return errors.New("no rule is named")
	}
	for _, r := range rules {
		p, err := permission(r, o)
		if err != nil {
			return err
		}
		key := "IpPermissions"
		if r.Direction == "egress" {
			key = "IpPermissionsEgress"
		}
		group[key] = append(list(group[key]), p)
	}
	return nil
}

func permission(r Rule, o Options) (record, error) {
	p := record{"IpProtocol": r.Protocol, "PrefixListIds": []any{}}
	if r.FromPort != nil && r.ToPort != nil {
		p["FromPort"], p["ToPort"] = *r.FromPort, *r.ToPort
	}
	v4, v6, pairs := []any{}, []any{}, []any{}
	if o.ByGroup && r.Group != "" {
		pairs = append(pairs, record{"GroupId": r.Group})
	} else {
		if len(r.CIDRs) == 0 {
			return nil, errors.New("a rule without peers")
		}
		for _, c := range r.CIDRs {
			b, err := netip.ParsePrefix(c)
			if err != nil {
				return nil, err
			}
			if b.Addr().Is4() {
				v4 = append(v4, record{"CidrIp": c})
			} else {
				v6 = append(v6, record{"CidrIpv6": c})
			}
		}
	}
	p["IpRanges"], p["Ipv6Ranges"], p["UserIdGroupPairs"] = v4, v6, pairs
	return p, nil
}

// attachGroup makes a group of the rules and gives it to the interface.
func attachGroup(a *answers, f Fix, o Options) error {
	interfaces, err := a.find("describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId", f.ID)
	if err != nil {
		return err
	}
	id := "sg-fix" + f.ID[len("eni-"):]
	path := beside(interfaces[0].path, "describe-security-groups")
	group := record{"GroupId": id, "GroupName": id, "VpcId": interfaces[0].record["VpcId"], "OwnerId": interfaces[0].record["OwnerId"],
		"IpPermissions": []any{}, "IpPermissionsEgress": []any{}}
	if made, err := a.find("describe-security-groups", "SecurityGroups", "GroupId", id); err == nil { // by an earlier fix
		return addPermissions(made[0].record, f.Rules, o)
	}
	if err := addPermissions(group, f.Rules, o); err != nil {
		return err
	}
	for _, e := range interfaces {
		e.record["Groups"] = append(list(e.record["Groups"]), record{"GroupId": id, "GroupName": id})
	}
	return a.add(path, "SecurityGroups", group)
}

func addEntries(a *answers, f Fix, _ Options) error {
	acls, err := a.find("describe-network-acls", "NetworkAcls", "NetworkAclId", f.ID)
	if err != nil {
		return err
	}
	if len(f.Rules) == 0 {
		return errors.New("no entry is named")
	}
	for _, acl := range acls {
		for _, r := range f.Rules {
			e, err := entry(r)
			if err != nil {
				return err
			}
			for _, x := range objects(acl.record["Entries"]) {
				if fmt.Sprint(x["RuleNumber"]) == strconv.Itoa(r.Number) && x["Egress"] == e["Egress"] {
					return fmt.Errorf("%s number %d is taken", r.Direction, r.Number)
				}
			}
			acl.record["Entries"] = append(list(acl.record["Entries"]), e)
		}
	}
	return nil
}

// numbers are the protocols that entries name by number.
var numbers = map[string]string{"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}

func entry(r Rule) (record, error) {
	if len(r.CIDRs) != 1 || r.Number < 1 || r.Number > 32766 {
		return nil, fmt.Errorf("an entry has one CIDR and a number from 1 to 32766, not %v and %d", r.CIDRs, r.Number)
	}
	e := record{"RuleNumber": r.Number, "Egress": r.Direction == "egress", "RuleAction": "allow", "Protocol": r.Protocol}
	if n, ok := numbers[r.Protocol]; ok {
		e["Protocol"] = n
	}
	b, err := netip.ParsePrefix(r.CIDRs[0])
	if err != nil {
		return nil, err
	}
	if b.Addr().Is4() {
		e["CidrBlock"] = b.String()
	} else {
		e["Ipv6CidrBlock"] = b.String()
	}
	if r.FromPort == nil || r.ToPort == nil {
		return e, nil
	}
	switch e["Protocol"] {
	case "6", "17":
		e["PortRange"] = record{"From": *r.FromPort, "To": *r.ToPort}
	case "1", "58":
		e["IcmpTypeCode"] = record{"Type": *r.FromPort, "Code": *r.ToPort}
	}
	return e, nil
}
