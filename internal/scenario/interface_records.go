package scenario

import (
	"fmt"
	"strings"
)

func (e *networkInterface) record() record {
	addresses, addresses6, prefixes, prefixes6, groups := list{}, list{}, list{}, list{}, list{}
	r := record{
		"NetworkInterfaceId": e.id, "SubnetId": e.subnet.id, "VpcId": e.subnet.vpc.id, "OwnerId": e.part.account,
		"AvailabilityZone": zoneName(e.part.region, e.subnet.zone), "AvailabilityZoneId": zoneID(e.part.region, e.subnet.zone),
		"Description": e.description, "InterfaceType": e.kind, "RequesterManaged": e.kind != "interface" || e.managed,
		"SourceDestCheck": !e.noCheck, "DenyAllIgwTraffic": false, "TagSet": list{},
	}
	if e.requester != "" {
		r["RequesterId"] = e.requester
	}
	for _, a := range e.addresses {
		if a.private.Is6() {
			addresses6 = append(addresses6, record{"Ipv6Address": a.private.String(), "IsPrimaryIpv6": false})
			continue
		}
		one := record{"PrivateIpAddress": a.private.String(), "Primary": len(addresses) == 0}
		if a.public.IsValid() || a.carrier.IsValid() {
			one["Association"] = e.association(a)
		}
		if len(addresses) == 0 {
			r["PrivateIpAddress"] = a.private.String()
			if a.public.IsValid() || a.carrier.IsValid() {
				r["Association"] = e.association(a)
			}
		}
		addresses = append(addresses, one)
	}
	for _, p := range e.prefixes {
		if p.Addr().Is4() {
			prefixes = append(prefixes, record{"Ipv4Prefix": p.String()})
		} else {
			prefixes6 = append(prefixes6, record{"Ipv6Prefix": p.String()})
		}
	}
	for _, id := range e.groups {
		groups = append(groups, record{"GroupId": id, "GroupName": id})
	}
	r["PrivateIpAddresses"], r["Ipv6Addresses"], r["Ipv4Prefixes"], r["Ipv6Prefixes"], r["Groups"] = addresses, addresses6, prefixes, prefixes6, groups
	e.attach(r)
	return r
}

// association is a public address that AWS assigned; an Elastic IP, which has a row of its own, is the owner's.
func (e *networkInterface) association(a address) record {
	if e.kind == "nat_gateway" {
		id := elasticIPID(e.suffix(), a)
		return record{"PublicIp": a.public.String(), "IpOwnerId": e.part.account, "AllocationId": id, "AssociationId": strings.Replace(id, "eipalloc", "eipassoc", 1)}
	}
	r := record{"IpOwnerId": "amazon"}
	if a.public.IsValid() {
		r["PublicIp"] = a.public.String()
	}
	if a.carrier.IsValid() {
		r["CarrierIp"] = a.carrier.String()
	}
	return r
}

// attach says what the interface is attached to: an instance, a service (ENI-11) or nothing (ENI-6).
func (e *networkInterface) attach(r record) {
	if e.detached {
		r["Status"] = "available"
		return
	}
	attachment := record{"AttachmentId": "eni-attach-" + e.suffix(), "DeleteOnTermination": true, "DeviceIndex": 0, "Status": "attached"}
	if e.instance != "" {
		attachment["InstanceId"], attachment["InstanceOwnerId"] = e.instance, e.part.account
	} else {
		attachment["InstanceOwnerId"], attachment["DeviceIndex"] = "amazon-aws", 1
	}
	r["Status"], r["Attachment"] = "in-use", attachment
}

func (i *instance) record(n *Network) record {
	interfaces, groups := list{}, list{}
	r := record{"InstanceId": i.id, "InstanceType": "t3.micro", "State": record{"Code": instanceStates[i.state], "Name": i.state}, "Tags": list{}}
	for _, e := range n.interfaces {
		if e.instance != i.id {
			continue
		}
		full := e.record()
		one := record{}
		for _, field := range []string{"NetworkInterfaceId", "SubnetId", "VpcId", "OwnerId", "Status", "SourceDestCheck", "PrivateIpAddress", "PrivateIpAddresses", "Ipv6Addresses", "Groups", "InterfaceType"} {
			if value, ok := full[field]; ok {
				one[field] = value
			}
		}
		if len(interfaces) == 0 { // the primary interface's place is the instance's
			groups = full["Groups"].(list)
			r["VpcId"], r["SubnetId"], r["SourceDestCheck"] = e.subnet.vpc.id, e.subnet.id, !e.noCheck
			r["Placement"] = record{"AvailabilityZone": full["AvailabilityZone"], "Tenancy": "default"}
			if private, ok := full["PrivateIpAddress"]; ok {
				r["PrivateIpAddress"] = private
			}
		}
		interfaces = append(interfaces, one)
	}
	r["NetworkInterfaces"], r["SecurityGroups"] = interfaces, groups
	return r
}

func (a *elasticIP) record() record {
	r := record{"AllocationId": a.id, "Domain": "vpc", "PublicIp": a.public.String(), "PublicIpv4Pool": "amazon", "NetworkBorderGroup": a.part.region}
	if a.eni != "" {
		r["AssociationId"] = strings.Replace(a.id, "eipalloc", "eipassoc", 1)
		r["NetworkInterfaceId"], r["NetworkInterfaceOwnerId"], r["PrivateIpAddress"] = a.eni, a.part.account, a.private.String()
	}
	return r
}

func elasticIPID(suffix string, a address) string {
	return fmt.Sprintf("eipalloc-%s-%s", suffix, strings.ReplaceAll(a.public.String(), ".", "-"))
}
