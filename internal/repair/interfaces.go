package repair

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// AssociateAddress, AssignIpv6Addresses, ModifyNetworkInterfaceAttribute.
func init() {
	actions["associate-elastic-ip"] = associateAddress
	actions["associate-carrier-ip"] = associateCarrier
	actions["assign-ipv6-address"] = assignIPv6
	actions["disable-source-dest-check"] = func(a *answers, f Fix, _ Options) error {
		return a.eachInterface(f.ID, func(x found) error {
			x.record["SourceDestCheck"] = false
			return nil
		})
	}
}

func (a *answers) eachInterface(id string, do func(x found) error) error {
	all, err := a.find("describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId", id)
	if err != nil {
		return err
	}
	for _, x := range all {
		if err := do(x); err != nil {
			return err
		}
	}
	return nil
}

// elastic is where invented public addresses come from.
var elastic = netip.MustParsePrefix("192.0.2.0/24")

func associateAddress(a *answers, f Fix, _ Options) error {
	private, err := netip.ParseAddr(f.Address)
	if err != nil {
		return err
	}
	public, err := a.fresh(elastic, 201)
	if err != nil {
		return err
	}
	a.done.Address[private] = public
	allocation := "eipalloc-fix" + strings.ReplaceAll(public.String(), ".", "")
	first := true
	return a.eachInterface(f.ID, func(x found) error {
		association := record{"PublicIp": public.String(), "IpOwnerId": x.record["OwnerId"], "AllocationId": allocation,
			"AssociationId": strings.Replace(allocation, "alloc", "assoc", 1)}
		for _, p := range objects(x.record["PrivateIpAddresses"]) {
			if p["PrivateIpAddress"] == f.Address {
				p["Association"] = association
			}
		}
		if x.record["PrivateIpAddress"] == f.Address {
			x.record["Association"] = association
		}
		if !first {
			return nil
		}
		first = false
		if _, asked := a.text[beside(x.path, "describe-addresses")]; !asked {
			return nil
		}
		return a.add(beside(x.path, "describe-addresses"), "Addresses", record{"AllocationId": allocation, "AssociationId": association["AssociationId"],
			"Domain": "vpc", "PublicIp": public.String(), "PrivateIpAddress": f.Address, "NetworkInterfaceId": f.ID, "NetworkInterfaceOwnerId": x.record["OwnerId"]})
	})
}

// associateCarrier is AssociateAddress with an address of a Wavelength Zone's group, which the interface shows as its CarrierIp.
func associateCarrier(a *answers, f Fix, _ Options) error {
	carrier, err := a.fresh(elastic, 231)
	if err != nil {
		return err
	}
	first := true
	return a.eachInterface(f.ID, func(x found) error {
		association := record{"CarrierIp": carrier.String(), "IpOwnerId": x.record["OwnerId"]}
		if path := beside(x.path, "describe-addresses"); first && a.text[path] != nil {
			first = false
			if err := a.add(path, "Addresses", record{"AllocationId": "eipalloc-fixcarrier" + carrier.String(), "Domain": "vpc", "CarrierIp": carrier.String(),
				"PrivateIpAddress": f.Address, "NetworkInterfaceId": f.ID, "NetworkInterfaceOwnerId": x.record["OwnerId"]}); err != nil {
				return err
			}
		}
		for _, p := range objects(x.record["PrivateIpAddresses"]) {
			if p["PrivateIpAddress"] == f.Address {
				p["Association"] = association
			}
		}
		if x.record["PrivateIpAddress"] == f.Address {
			x.record["Association"] = association
		}
		return nil
	})
}

// assignIPv6 gives the interface an address of a public block of its subnet.
func assignIPv6(a *answers, f Fix, _ Options) error {
	return a.eachInterface(f.ID, func(x found) error {
		block, err := a.publicBlock(text(x.record["SubnetId"]))
		if err != nil {
			return err
		}
		six, err := a.fresh(block, 0xf1)
		if err != nil {
			return err
		}
		if old, err := netip.ParseAddr(f.Address); err == nil {
			a.done.Address[old] = six
		}
		x.record["Ipv6Addresses"] = append(list(x.record["Ipv6Addresses"]), record{"Ipv6Address": six.String(), "IsPrimaryIpv6": false})
		return nil
	})
}

func (a *answers) publicBlock(subnet string) (netip.Prefix, error) {
	subnets, err := a.find("describe-subnets", "Subnets", "SubnetId", subnet)
	if err != nil {
		return netip.Prefix{}, err
	}
	for _, s := range subnets {
		for _, b := range objects(s.record["Ipv6CidrBlockAssociationSet"]) {
			p, err := netip.ParsePrefix(text(b["Ipv6CidrBlock"]))
			if err != nil {
				return p, err
			}
			if state := text(object(b["Ipv6CidrBlockState"])["State"]); (state == "" || state == "associated") && b["Ipv6AddressAttribute"] != "private" && !p.Addr().IsPrivate() {
				return p, nil
			}
		}
	}
	return netip.Prefix{}, fmt.Errorf("%s has no public IPv6 block: %w", subnet, errors.ErrUnsupported)
}
