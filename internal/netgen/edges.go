package netgen

import (
	"fmt"
	"net/netip"
)

// makeEdgeGateways gives VPCs egress-only internet gateways and carrier gateways.
func (w *world) makeEdgeGateways() {
	for _, v := range w.vpcs {
		if w.has(EgressOnly) && !w.chance(0.1) {
			w.makeEgressOnly(v)
		}
		if w.has(Carrier) && !w.chance(0.2) {
			w.makeCarrier(v)
		}
	}
}

// makeEgressOnly writes an egress-only gateway, which AWS shows without its owner: attached, or to another VPC, or to none.
func (w *world) makeEgressOnly(v *vpc) {
	v.egressOnly = "eigw-" + v.name
	attachment := record{"VpcId": v.id()}
	w.featureState(attachment, "State", pick(w.rng, []string{"attached", "attached", "available"}), "attaching", "detaching", "detached")
	attachments := []record{attachment}
	switch {
	case w.chance(w.odds.wrong / 2):
		attachment["VpcId"] = pick(w.rng, w.vpcs).id()
	case w.chance(w.odds.wrong / 2):
		attachments = []record{}
	}
	v.part.add(describeEgressOnlyInternetGateways, record{"EgressOnlyInternetGatewayId": v.egressOnly, "Attachments": attachments, "Tags": []record{}})
}

// makeCarrier writes a carrier gateway and says which subnets lead to it.
func (w *world) makeCarrier(v *vpc) {
	v.carrier = "cagw-" + v.name
	v.carried = weighted(w.rng, []weight[role]{{5, isolated}, {3, private}, {1, public}, {1, middle}})
	r := record{"CarrierGatewayId": v.carrier, "VpcId": v.id(), "OwnerId": v.part.account, "Tags": []record{}}
	w.featureState(r, "State", "available", "pending", "failed", "deleting", "deleted")
	if w.chance(w.odds.wrong) {
		r["VpcId"] = pick(w.rng, w.vpcs).id()
	}
	v.part.add(describeCarrierGateways, r)
}

// mapCarrier maps a carrier address to the private one of entry.
func (w *world) mapCarrier(p *part, r, entry record, i *Interface) {
	w.nextPublic++
	to := netip.AddrFrom4([4]byte{155, 146, 0, w.nextPublic})
	name := fmt.Sprintf("%s-c%d", i.ID[4:], len(i.carrier)+1)
	entry["Association"] = record{"CarrierIp": to, "IpOwnerId": p.account, "AllocationId": "eipalloc-" + name, "AssociationId": "eipassoc-" + name}
	if entry["Primary"] == true {
		r["Association"] = entry["Association"]
	}
	p.add(describeAddresses, record{"AllocationId": "eipalloc-" + name, "AssociationId": "eipassoc-" + name, "Domain": "vpc", "CarrierIp": to,
		"PrivateIpAddress": entry["PrivateIpAddress"], "NetworkInterfaceId": i.ID, "NetworkInterfaceOwnerId": p.account, "PublicIpv4Pool": "amazon",
		"NetworkBorderGroup": p.region + "-wl1-bos-wlz-1"})
	i.carrier = append(i.carrier, to)
	w.mention(single(to))
}

// single is the prefix of one address.
func single(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }
