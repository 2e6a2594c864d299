package scenario

import (
	"fmt"
	"net/netip"
	"strings"
)

func (g *internetGateway) record() record {
	attachments := list{}
	if g.vpc != nil {
		attachments = append(attachments, record{"VpcId": g.vpc.id, "State": "available"})
	}
	return record{"InternetGatewayId": g.id, "OwnerId": g.part.account, "Attachments": attachments, "Tags": list{}}
}

func (g *natGateway) record() record {
	addresses := list{}
	connectivity := "private"
	for i, a := range g.addresses {
		one := record{"PrivateIp": a.private.String(), "NetworkInterfaceId": "eni-" + g.id, "IsPrimary": i == 0, "Status": "succeeded"}
		if a.public.IsValid() {
			connectivity = "public"
			id := elasticIPID(g.id, a)
			one["PublicIp"], one["AllocationId"], one["AssociationId"] = a.public.String(), id, strings.Replace(id, "eipalloc", "eipassoc", 1)
		}
		addresses = append(addresses, one)
	}
	return record{
		"NatGatewayId": g.id, "VpcId": g.subnet.vpc.id, "SubnetId": g.subnet.id, "State": "available", "ConnectivityType": connectivity,
		"AvailabilityMode": "zonal", "NatGatewayAddresses": addresses, "Tags": list{},
	}
}

// elasticIPs are the rows that a public NAT gateway's addresses have in DescribeAddresses.
func (g *natGateway) elasticIPs() []*elasticIP {
	var all []*elasticIP
	for _, a := range g.addresses {
		if a.public.IsValid() {
			h := head{id: elasticIPID(g.id, a), part: g.part, at: g.at}
			all = append(all, &elasticIP{head: h, public: a.public, eni: "eni-" + g.id, private: a.private})
		}
	}
	return all
}

// record is the peering as both sides see it. AWS gives the CIDRs only while it is active.
func (p *peering) record() record {
	side := func(v *vpc) record {
		r := record{"VpcId": v.id, "OwnerId": v.part.account, "Region": v.part.region}
		if p.status != "active" {
			return r
		}
		blocks, blocks6 := list{}, list{}
		for _, b := range v.blocks {
			if b.Addr().Is4() {
				blocks = append(blocks, record{"CidrBlock": b.String()})
			} else {
				blocks6 = append(blocks6, record{"Ipv6CidrBlock": b.String()})
			}
		}
		r["CidrBlock"], r["CidrBlockSet"], r["Ipv6CidrBlockSet"] = v.blocks[0].String(), blocks, blocks6
		return r
	}
	return record{
		"VpcPeeringConnectionId": p.id, "Status": record{"Code": p.status, "Message": p.status},
		"RequesterVpcInfo": side(p.requester), "AccepterVpcInfo": side(p.accepter), "Tags": list{},
	}
}

// prefixListRecords writes a list where AWS has it: its own lists with their blocks in DescribePrefixLists,
// customers' lists in DescribeManagedPrefixLists with their entries in an answer per list.
func (x *expansion) prefixListRecords(l *prefixList) {
	if l.aws {
		blocks := list{}
		for _, b := range l.entries {
			blocks = append(blocks, b.String())
		}
		name := fmt.Sprintf("com.amazonaws.%s.%s", l.part.region, l.suffix())
		x.add(l.part, "describe-prefix-lists", "", row{l.id, record{"PrefixListId": l.id, "PrefixListName": name, "Cidrs": blocks}})
		return
	}
	family := "IPv4"
	if len(l.entries) > 0 && l.entries[0].Addr().Is6() {
		family = "IPv6"
	}
	x.add(l.part, "describe-managed-prefix-lists", "", row{l.id, record{
		"PrefixListId": l.id, "PrefixListName": l.id, "OwnerId": l.part.account, "State": "create-complete", "AddressFamily": family, "Version": 1,
		"MaxEntries": max(len(l.entries), 1), "PrefixListArn": fmt.Sprintf("arn:aws:ec2:%s:%s:prefix-list/%s", l.part.region, l.part.account, l.id), "Tags": list{},
	}})
	x.answers[l.part] = append(x.answers[l.part], &answer{call: entriesCall, object: l.id, rows: entryRows(l.entries)})
}

func entryRows(entries []netip.Prefix) []row {
	var rows []row
	for _, b := range entries {
		rows = append(rows, row{body: record{"Cidr": b.String()}})
	}
	return rows
}

// record of a resource that is known by name only: its id, its state and where it is attached.
func (o *other) record(idField string) record {
	r := record{idField: o.id, "State": "available", "OwnerId": o.part.account, "Tags": list{}}
	if o.vpc != "" {
		r["VpcId"] = o.vpc
	}
	return r
}

// zonePrefix shortens a Region as zone IDs do: us-east-1 is use1, ap-southeast-2 apse2, us-gov-west-1 usgw1.
func zonePrefix(region string) string {
	words := strings.Split(region, "-")
	short := words[0]
	for _, word := range words[1 : len(words)-1] {
		short += word[:1]
		for _, direction := range []string{"east", "west"} {
			if rest, ok := strings.CutSuffix(word, direction); ok && rest != "" {
				short += direction[:1]
			}
		}
	}
	return short + words[len(words)-1]
}

func zoneID(region string, zone int) string { return fmt.Sprintf("%s-az%d", zonePrefix(region), zone) }

func zoneName(region string, zone int) string { return region + string(rune('a'+zone-1)) }
