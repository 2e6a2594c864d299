package netgen

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// The groups of a VPC by number: one per tier, numbered as the tiers are, then these.
const (
	managementGroup = int(tiers) + iota
	defaultGroup
	firstService
	groupsPerVPC = firstService + servicesPerVPC
)

func groupName(n int) string {
	switch {
	case n < int(tiers):
		return tierName[n]
	case n == managementGroup:
		return "management"
	case n == defaultGroup:
		return "default"
	}
	return fmt.Sprintf("service-%d", n-firstService)
}

// rule returns a group's rule for ports, with the peers given.
func rule(protocol string, from, to int, v4, v6, lists, groups array) object {
	r := object{"IpProtocol", protocol}
	if protocol != "-1" {
		r = append(r, "FromPort", from, "ToPort", to)
	}
	return append(r, "UserIdGroupPairs", orEmpty(groups), "IpRanges", orEmpty(v4), "Ipv6Ranges", orEmpty(v6), "PrefixListIds", orEmpty(lists))
}

func orEmpty(a array) array {
	if a == nil {
		return array{}
	}
	return a
}

func fromCIDR(p netip.Prefix, why string) array {
	return array{object{"Description", why, "CidrIp", p}}
}
func fromGroup(vpc, n int) array {
	return array{object{"UserId", largeAccount, "GroupId", largeID("sg", vpc*groupsPerVPC+n)}}
}

var (
	everyone4 = array{object{"CidrIp", "0.0.0.0/0"}}
	everyone6 = array{object{"CidrIpv6", "::/0"}}
	corporate = array{object{"PrefixListId", corporateListID, "Description", "offices"}}
)

func (s LargeSpec) groupRecords(write emit) {
	for v := range s.VPCs() {
		for n := range groupsPerVPC {
			in, out := s.permissions(v, n)
			id := largeID("sg", v*groupsPerVPC+n)
			write(object{"GroupId", id, "IpPermissionsEgress", out, "Tags", tags(groupName(n), "network"), "VpcId", s.VPCID(v),
				"SecurityGroupArn", arn("security-group", id), "OwnerId", largeAccount, "GroupName", groupName(n),
				"Description", "rules of " + groupName(n) + " in " + vpcName(v), "IpPermissions", in})
		}
	}
}

// permissions returns the rules of group n of a VPC: web to app to db by reference, management by CIDR and prefix list,
// services by many rules.
func (s LargeSpec) permissions(vpc, n int) (in, out array) {
	https := rule("tcp", 443, 443, everyone4, everyone6, nil, nil)
	switch n {
	case int(web):
		return array{https, rule("tcp", 80, 80, everyone4, everyone6, nil, nil)}, array{rule("tcp", 8080, 8080, nil, nil, nil, fromGroup(vpc, int(app))), https}
	case int(app):
		return array{rule("tcp", 8080, 8080, nil, nil, nil, fromGroup(vpc, int(web))), rule("tcp", 8443, 8443, nil, nil, nil, fromGroup(vpc, int(app)))},
			array{rule("tcp", 5432, 5432, nil, nil, nil, fromGroup(vpc, int(db))), https}
	case int(db):
		return array{rule("tcp", 5432, 5432, nil, nil, nil, fromGroup(vpc, int(app))), rule("tcp", 5432, 5439, nil, nil, nil, fromGroup(vpc, int(db)))},
			array{rule("tcp", 5432, 5439, nil, nil, nil, fromGroup(vpc, int(db)))}
	case managementGroup:
		return array{rule("tcp", 22, 22, nil, nil, corporate, nil), rule("icmp", 8, -1, fromCIDR(netip.PrefixFrom(netip.AddrFrom4([4]byte{10}), 8), "ping"), nil, nil, nil)},
			array{rule("udp", 53, 53, everyone4, nil, nil, nil), rule("udp", 123, 123, everyone4, nil, nil, nil)}
	case defaultGroup:
		return array{rule("-1", 0, 0, nil, nil, nil, fromGroup(vpc, defaultGroup))}, array{rule("-1", 0, 0, everyone4, everyone6, nil, nil)}
	}
	return s.servicePermissions(vpc, n)
}

// servicePermissions draws a service's rules: ports open to neighbouring networks, to subnets and to other services.
func (s LargeSpec) servicePermissions(vpc, n int) (in, out array) {
	rng := s.rng("service", vpc*groupsPerVPC+n)
	for i := range rulesPerService {
		port := 9000 + 10*i
		protocol := "tcp"
		if rng.IntN(4) == 0 {
			protocol = "udp"
		}
		if rng.IntN(3) == 0 {
			in = append(in, rule(protocol, port, port+rng.IntN(5), nil, nil, nil, fromGroup(vpc, firstService+rng.IntN(servicesPerVPC))))
			continue
		}
		in = append(in, rule(protocol, port, port+rng.IntN(5), fromCIDR(someBlock(rng, vpc, s.VPCs()), "clients"), nil, nil, nil))
	}
	return in, array{rule("tcp", 9000, 9999, fromCIDR(netip.PrefixFrom(netip.AddrFrom4([4]byte{10}), 8), "services"), nil, nil, nil)}
}

// someBlock draws a block that rules name: a subnet of the VPC, the VPC, or a neighbour of it.
func someBlock(rng *rand.Rand, vpc, vpcs int) netip.Prefix {
	switch rng.IntN(3) {
	case 0:
		return vpcBlock(vpc)
	case 1:
		return vpcBlock(min(vpc^1, vpcs-1))
	}
	return subnetBlock(vpc, tier(rng.IntN(int(tiers))), rng.IntN(zones))
}

// entry returns an ACL's entry; ports from -1 on mean none.
func entry(number int, egress bool, action, protocol, block string, from, to int) object {
	r := object{"CidrBlock", block, "Egress", egress}
	if from >= 0 {
		r = append(r, "PortRange", object{"From", from, "To", to})
	}
	return append(r, "Protocol", protocol, "RuleAction", action, "RuleNumber", number)
}

// aclRecords writes a default ACL that serves no subnet, and one for each tier.
func (s LargeSpec) aclRecords(write emit) {
	for v := range s.VPCs() {
		for n := range int(tiers) + 1 {
			id := largeID("acl", v*(int(tiers)+1)+n)
			associations, name := array{}, "default"
			if n < int(tiers) {
				name = tierName[n]
				for zone := range zones {
					associations = append(associations, object{"NetworkAclAssociationId", subnetID("aclassoc", v, tier(n), zone),
						"NetworkAclId", id, "SubnetId", subnetID("subnet", v, tier(n), zone)})
				}
			}
			write(object{"Associations", associations, "Entries", s.entries(v, n), "IsDefault", n == int(tiers), "NetworkAclId", id,
				"Tags", tags(name, "network"), "VpcId", s.VPCID(v), "OwnerId", largeAccount})
		}
	}
}

// entries returns the entries of ACL n of a VPC: denies of bad neighbours and of ports first, then what the tier needs.
func (s LargeSpec) entries(vpc, n int) array {
	const all = "0.0.0.0/0"
	var list array
	if n < int(tiers) {
		rng := s.rng("acl", vpc*int(tiers)+n)
		for i := range 5 {
			bad := netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, byte(rng.IntN(256))}), 24)
			list = append(list, entry(10+i, false, "deny", "-1", bad.String(), -1, -1), entry(10+i, true, "deny", "-1", bad.String(), -1, -1))
		}
		list = append(list, entry(20, false, "deny", "6", all, 445, 445), entry(21, false, "deny", "6", all, 23, 23))
	}
	if n == int(db) {
		block := vpcBlock(vpc).String()
		list = append(list, entry(100, false, "allow", "-1", block, -1, -1), entry(100, true, "allow", "-1", block, -1, -1))
	} else {
		list = append(list, entry(100, false, "allow", "-1", all, -1, -1), entry(100, true, "allow", "-1", all, -1, -1))
	}
	list = append(list, entry(32767, false, "deny", "-1", all, -1, -1), entry(32767, true, "deny", "-1", all, -1, -1))
	if _, dual := vpcBlock6(vpc); dual {
		for _, egress := range []bool{true, false} {
			list = append(list, object{"Ipv6CidrBlock", "::/0", "Egress", egress, "Protocol", "-1", "RuleAction", "allow", "RuleNumber", 101},
				object{"Ipv6CidrBlock", "::/0", "Egress", egress, "Protocol", "-1", "RuleAction", "deny", "RuleNumber", 32768})
		}
	}
	return list
}

func (s LargeSpec) prefixListRecords(write emit) {
	write(object{"Cidrs", array{"52.216.0.0/15", "3.5.0.0/19", "54.231.0.0/16"}, "PrefixListId", "pl-63a5400a", "PrefixListName", "com.amazonaws." + largeRegion + ".s3"})
}

func (s LargeSpec) managedPrefixListRecords(write emit) {
	write(object{"PrefixListId", corporateListID, "AddressFamily", "IPv4", "State", "create-complete", "PrefixListArn", arn("prefix-list", corporateListID),
		"PrefixListName", "offices", "MaxEntries", 20, "Version", 3, "Tags", array{}, "OwnerId", largeAccount})
}

// corporateEntries writes the entries of the offices' list.
func (s LargeSpec) corporateEntries(write emit) {
	for i := range 16 {
		write(object{"Cidr", netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(16 * i)}), 28), "Description", fmt.Sprintf("office %d", i)})
	}
}
