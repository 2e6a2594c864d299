package snapshot

import (
	"fmt"
	"net/netip"
)

// checker is a record with fields that must be readable, because a rule that was passed over would turn a verdict
// into its opposite. check returns an elementError with a pointer relative to the record.
type checker interface{ check() error }

// at makes the error of check.
func at(what string, pointer string, args ...any) error {
	return &elementError{pointer: fmt.Sprintf(pointer, args...), err: fmt.Errorf("%s", what)}
}

// needs says which of some fields is empty that AWS never leaves out, and that a record makes no sense without.
func needs(fields ...string) error {
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] == "" {
			return &missingIDError{fields[i]}
		}
	}
	return nil
}

func (v *Subnet) check() error { return needs("VpcId", v.VpcId) }

func (v *NatGateway) check() error { return needs("VpcId", v.VpcId) }

func (v *NetworkInterface) check() error {
	for i := range v.Groups {
		if v.Groups[i].GroupId == "" { // passed over, it would be a group that allows nothing
			return at("no group id", "/Groups/%d", i)
		}
	}
	return needs("VpcId", v.VpcId, "SubnetId", v.SubnetId)
}

// check holds an ACL to one readable block per entry. Actions, protocols and ports are the model's to read, because an entry in
// which they make no sense concerns only the packets that reach it (D-31).
func (v *NetworkAcl) check() error {
	if err := needs("VpcId", v.VpcId); err != nil {
		return err
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		switch {
		case e.CidrBlock.IsValid() == e.Ipv6CidrBlock.IsValid():
			return at("an ACL entry without one CidrBlock or Ipv6CidrBlock", "/Entries/%d", i)
		case !inFamily(e.CidrBlock, false):
			return at("an IPv6 block where IPv4 was expected", "/Entries/%d/CidrBlock", i)
		case !inFamily(e.Ipv6CidrBlock, true):
			return at("an IPv4 block where IPv6 was expected", "/Entries/%d/Ipv6CidrBlock", i)
		}
	}
	return nil
}

// check holds a route table to one readable destination per route.
func (v *RouteTable) check() error {
	if err := needs("VpcId", v.VpcId); err != nil {
		return err
	}
	for i := range v.Routes {
		r := &v.Routes[i]
		n := 0
		for _, set := range []bool{
			r.DestinationCidrBlock.IsValid(), r.DestinationIpv6CidrBlock.IsValid(), r.DestinationPrefixListId != "",
		} {
			if set {
				n++
			}
		}
		switch {
		case n != 1:
			return at("a route without one destination", "/Routes/%d", i)
		case !inFamily(r.DestinationCidrBlock, false):
			return at("an IPv6 block where IPv4 was expected", "/Routes/%d/DestinationCidrBlock", i)
		case !inFamily(r.DestinationIpv6CidrBlock, true):
			return at("an IPv4 block where IPv6 was expected", "/Routes/%d/DestinationIpv6CidrBlock", i)
		}
	}
	return nil
}

// check holds a group to readable peers; protocols and ports are the model's to read (D-31).
func (v *SecurityGroup) check() error {
	if err := checkPermissions("/IpPermissions", v.IpPermissions); err != nil {
		return err
	}
	return checkPermissions("/IpPermissionsEgress", v.IpPermissionsEgress)
}

// check holds a row of group rules to the same, and to one peer.
func (r *SecurityGroupRule) check() error {
	n := 0
	for _, set := range []bool{
		r.CidrIpv4.IsValid(), r.CidrIpv6.IsValid(), r.PrefixListId != "",
		r.ReferencedGroupInfo != nil && r.ReferencedGroupInfo.GroupId != "",
	} {
		if set {
			n++
		}
	}
	if n != 1 {
		return at("a rule without one CIDR, prefix list or group", "")
	}
	if err := checkPermissions("", []IpPermission{r.permission()}); err != nil {
		return at(err.Error(), "")
	}
	return nil
}

func checkPermissions(pointer string, list []IpPermission) error {
	for i := range list {
		if what, where := list[i].problem(); what != "" {
			return at(what, "%s/%d%s", pointer, i, where)
		}
	}
	return nil
}

// problem says what cannot be read in a rule, and where; "" where there is nothing.
func (p *IpPermission) problem() (what, where string) {
	for i := range p.IpRanges {
		if c := p.IpRanges[i].CidrIp; !c.IsValid() || !inFamily(c, false) {
			return "no IPv4 block", fmt.Sprintf("/IpRanges/%d/CidrIp", i)
		}
	}
	for i := range p.Ipv6Ranges {
		if c := p.Ipv6Ranges[i].CidrIpv6; !c.IsValid() || !inFamily(c, true) {
			return "no IPv6 block", fmt.Sprintf("/Ipv6Ranges/%d/CidrIpv6", i)
		}
	}
	for i := range p.PrefixListIds {
		if p.PrefixListIds[i].PrefixListId == "" {
			return "no prefix list id", fmt.Sprintf("/PrefixListIds/%d", i)
		}
	}
	for i := range p.UserIdGroupPairs {
		if p.UserIdGroupPairs[i].GroupId == "" {
			return "no group id", fmt.Sprintf("/UserIdGroupPairs/%d", i)
		}
	}
	return "", ""
}

// inFamily reports whether a prefix that is set is of the family its field is for. AWS writes no IPv4 addresses as IPv6.
func inFamily(p netip.Prefix, v6 bool) bool {
	return !p.IsValid() || p.Addr().Is6() == v6 && !p.Addr().Is4In6()
}
