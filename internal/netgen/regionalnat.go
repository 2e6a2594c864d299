package netgen

import "fmt"

// makeRegionalNAT gives a VPC a regional NAT gateway: no subnet, a table of its own, and addresses by zone, which AWS shows by
// id, by name, or both; some with a private address.
func (w *world) makeRegionalNAT(v *vpc) {
	if !w.has(RegionalNAT) || w.chance(0.1) {
		return
	}
	n := &natGateway{id: "nat-r-" + v.name, isPublic: true, table: "rtb-nat-r-" + v.name}
	v.regional = n
	addresses := []record{}
	for zone := 1; zone <= 3; zone++ {
		for k := range w.rng.IntN(6) / 2 { // none in a third of the zones, then one or two
			addresses = append(addresses, w.regionalAddress(v, n, zone, k))
		}
	}
	r := record{"NatGatewayId": n.id, "VpcId": v.id(), "ConnectivityType": "public", "AvailabilityMode": "regional", "NatGatewayAddresses": addresses,
		"RouteTableId": n.table, "CreateTime": "2026-01-03T01:21:01+00:00", "Tags": []record{}}
	w.featureState(r, "State", "available", "pending", "failed", "deleting", "deleted")
	if !w.chance(0.1) {
		provision := pick(w.rng, []string{"enabled", "disabled"})
		r["AutoProvisionZones"], r["AutoScalingIps"] = provision, provision
	}
	switch {
	case w.chance(w.odds.wrong / 2):
		delete(r, "RouteTableId")
	case w.chance(w.odds.wrong / 4):
		r["RouteTableId"] = w.gone("rtb-gone")
	case w.chance(w.odds.wrong / 4):
		r["RouteTableId"] = "rtb-private-" + v.name
	}
	if w.chance(w.odds.wrong / 4) {
		delete(r, "ConnectivityType")
	}
	v.part.add(describeNATGateways, r)
}

func (w *world) regionalAddress(v *vpc, n *natGateway, zone, k int) record {
	name := fmt.Sprintf("%s-%d%d", n.id, zone, k+1)
	to := w.publicAddress()
	a := record{"PublicIp": to, "AllocationId": "eipalloc-" + name, "AssociationId": "eipassoc-" + name}
	w.featureState(a, "Status", "succeeded", "assigning", "associating", "failed", "unassigning", "disassociating")
	row := record{"AllocationId": "eipalloc-" + name, "AssociationId": "eipassoc-" + name, "Domain": "vpc", "PublicIp": to, "PublicIpv4Pool": "amazon",
		"NetworkBorderGroup": v.part.region, "ServiceManaged": "rnat"}
	switch w.rng.IntN(8) {
	case 0:
		a["AvailabilityZone"] = zoneName(v.part, zone)
	case 1, 2:
		a["AvailabilityZone"], a["AvailabilityZoneId"] = zoneName(v.part, zone), zoneID(v.part, zone)
	default:
		a["AvailabilityZoneId"] = zoneID(v.part, zone)
	}
	if s := w.place(v, public, 0.5); s != nil && w.chance(0.5) {
		private := s.host()
		a["PrivateIp"] = private
		w.mention(single(private))
		if w.chance(0.4) {
			eni := "eni-" + name
			a["NetworkInterfaceId"] = eni
			w.regionalInterface(s, n, eni, name, record{"PrivateIpAddress": private, "Primary": true, "PrivateDnsName": dnsName(private, v.part.region),
				"Association": w.association(v.part, name, to, true)})
			row["PrivateIpAddress"], row["NetworkInterfaceId"], row["NetworkInterfaceOwnerId"] = private, eni, v.part.account
		}
	}
	v.part.add(describeAddresses, row)
	return a
}

// regionalInterface writes the interface that holds a private address of a regional NAT gateway.
func (w *world) regionalInterface(s *subnet, n *natGateway, eni, name string, primary record) {
	r := w.interfaceRecord(s, eni, "nat_gateway")
	r["Description"], r["RequesterId"], r["RequesterManaged"], r["SourceDestCheck"] = "Interface for NAT Gateway "+n.id, "463396270735", true, false
	r["Attachment"] = record{"AttachmentId": "ela-attach-" + name, "DeleteOnTermination": false, "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws", "Status": "attached"}
	r["PrivateIpAddress"], r["PrivateDnsName"], r["PrivateIpAddresses"] = primary["PrivateIpAddress"], primary["PrivateDnsName"], []record{primary}
	r["Association"] = primary["Association"]
	s.vpc.part.add(describeNetworkInterfaces, r)
}

// regionalTable is the table that a regional NAT gateway routes by.
func (w *world) regionalTable(v *vpc) *table {
	t := &table{vpc: v, id: v.regional.table}
	w.drawLocalRoutes(t)
	switch {
	case w.chance(w.odds.wrong / 2): // back to itself
		w.static(t, "0.0.0.0/0", target{"NatGatewayId", v.regional.id})
	case w.chance(w.odds.wrong / 2):
		w.static(t, "0.0.0.0/0", w.natTarget(v))
	default:
		w.static(t, "0.0.0.0/0", target{"GatewayId", v.igw})
	}
	w.drawPeeringRoutes(t)
	w.drawWayBack(t)
	return t
}
