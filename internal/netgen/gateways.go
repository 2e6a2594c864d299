package netgen

import (
	"fmt"
	"net/netip"
)

// makeInternetGateways gives most VPCs an internet gateway; a few are detached, or attached to another VPC.
func (w *world) makeInternetGateways() {
	for i, v := range w.vpcs {
		if i > 0 && w.chance(0.03+4*w.odds.odd) {
			continue
		}
		v.igw = "igw-" + v.name
		attachments := []record{{"VpcId": v.id(), "State": w.state("available", "attached", "detaching", "detached", "attaching")}}
		switch {
		case w.chance(w.odds.odd):
			attachments = []record{}
		case w.chance(w.odds.odd):
			attachments[0]["VpcId"] = pick(w.rng, w.vpcs).id()
		case w.chance(0.05):
			delete(attachments[0], "State")
		}
		if len(attachments) > 0 {
			w.gateways = append(w.gateways, v.igw)
		}
		v.part.add(describeInternetGateways, record{"InternetGatewayId": v.igw, "OwnerId": v.part.account, "Attachments": attachments,
			"Tags": []record{{"Key": "Name", "Value": v.igw}}})
	}
}

// makeNATGateways puts zonal NAT gateways into subnets: nearly always a public one beside the internet gateway, and
// sometimes another elsewhere, private or in a subnet that leads back to itself.
func (w *world) makeNATGateways() {
	for _, v := range w.vpcs {
		w.makeRegionalNAT(v)
		if v.subnets[0].v4.IsValid() && !w.chance(0.01+2*w.odds.odd) {
			w.makeNATGateway(v, v.subnets[0], !w.chance(0.01+2*w.odds.odd))
		}
		if s := pick(w.rng, v.subnets); len(v.nats) > 0 && s.v4.IsValid() && w.chance(0.25) {
			w.makeNATGateway(v, s, w.chance(0.4))
		}
	}
}

func (w *world) makeNATGateway(v *vpc, s *subnet, isPublic bool) {
	n := &natGateway{id: fmt.Sprintf("nat-%s%d", v.name, len(v.nats)+1), subnet: s, isPublic: isPublic}
	v.nats = append(v.nats, n)
	s.nat = true
	var addresses []record
	for i := range 1 + w.rng.IntN(2)*w.rng.IntN(2) {
		addresses = append(addresses, w.natAddress(n, i))
	}
	r := record{
		"NatGatewayId": n.id, "VpcId": v.id(), "SubnetId": s.id, "State": w.state("available", "pending", "failed", "deleting", "deleted"),
		"ConnectivityType": "private", "AvailabilityMode": "zonal", "NatGatewayAddresses": addresses,
		"CreateTime": "2024-03-03T01:21:01+00:00", "Tags": []record{},
	}
	if isPublic {
		r["ConnectivityType"] = "public"
	}
	if w.chance(0.1) { // as answers were before these fields came
		delete(r, "AvailabilityMode")
		if isPublic {
			delete(r, "ConnectivityType")
		}
	}
	v.part.add(describeNATGateways, r)
}

// natAddress draws an address of a NAT gateway and writes the interface that holds it.
func (w *world) natAddress(n *natGateway, i int) record {
	eni := fmt.Sprintf("eni-%s-%d", n.id, i+1)
	private := n.subnet.host()
	a := record{"NetworkInterfaceId": eni, "PrivateIp": private, "IsPrimary": i == 0, "Status": w.state("succeeded", "assigning", "failed", "unassigning")}
	if w.chance(0.1) {
		delete(a, "Status")
	}
	r := w.interfaceRecord(n.subnet, eni, "nat_gateway")
	r["Description"], r["RequesterId"], r["RequesterManaged"], r["SourceDestCheck"] = "Interface for NAT Gateway "+n.id, "463396270735", true, false
	r["Attachment"] = record{"AttachmentId": "ela-attach-" + eni[4:], "DeleteOnTermination": false, "DeviceIndex": 1,
		"InstanceOwnerId": "amazon-aws", "Status": "attached"}
	primary := record{"PrivateIpAddress": private, "Primary": true, "PrivateDnsName": dnsName(private, n.subnet.vpc.part.region)}
	if n.isPublic && !(i > 0 && w.chance(0.3)) {
		to := w.publicAddress()
		a["PublicIp"], a["AllocationId"], a["AssociationId"] = to, "eipalloc-"+eni[4:], "eipassoc-"+eni[4:]
		primary["Association"] = w.association(n.subnet.vpc.part, eni[4:], to, true)
		r["Association"] = primary["Association"]
		w.elasticAddress(n.subnet.vpc.part, eni[4:], eni, private, to, "")
	}
	r["PrivateIpAddress"], r["PrivateDnsName"], r["PrivateIpAddresses"] = private, primary["PrivateDnsName"], []record{primary}
	n.subnet.vpc.part.add(describeNetworkInterfaces, r)
	return a
}

// makePeerings joins VPCs, mostly the first two; overlapping blocks, which AWS would refuse, come too.
func (w *world) makePeerings() {
	for i, left := range w.vpcs {
		for _, right := range w.vpcs[i+1:] {
			if w.chance(w.odds.peered) {
				w.makePeering(left, right)
			}
		}
	}
	if w.chance(0.1) {
		w.makePeering(w.vpcs[0], nil) // with a VPC of a stranger
	}
}

func (w *world) makePeering(left, right *vpc) {
	x := &peering{left: left, right: right, id: "pcx-" + left.name + "x"}
	accepter := record{"VpcId": "vpc-x", "OwnerId": "999999999999", "Region": "us-east-1", "CidrBlock": "10.0.7.0/24",
		"CidrBlockSet": []record{{"CidrBlock": "10.0.7.0/24"}}}
	if right != nil {
		x.id = "pcx-" + left.name + right.name
		accepter = peeringSide(right)
	} else {
		w.gone("vpc-x")
		w.mention(prefixes("10.0.7.0/24")...)
	}
	requester := peeringSide(left)
	status := w.state("active", "pending-acceptance", "provisioning", "expired", "deleting", "deleted")
	if w.chance(w.odds.odd) {
		accepter["Region"] = "ap-south-1" // inter-Region, whatever the parts say
	}
	if w.chance(0.05) {
		delete(requester, "Region")
	}
	if status != "active" { // AWS gives the blocks of active peerings only
		for _, side := range []record{requester, accepter} {
			delete(side, "CidrBlock")
			delete(side, "CidrBlockSet")
			delete(side, "Ipv6CidrBlockSet")
		}
	}
	r := record{"VpcPeeringConnectionId": x.id, "Status": record{"Code": status, "Message": status},
		"RequesterVpcInfo": requester, "AccepterVpcInfo": accepter, "Tags": []record{}}
	w.peerings = append(w.peerings, x)
	left.part.add(describeVPCPeeringConnections, r)
	if right != nil && right.part != left.part {
		right.part.add(describeVPCPeeringConnections, r)
	}
}

func peeringSide(v *vpc) record {
	var v4, v6 []record
	for _, b := range v.blocks {
		v4 = append(v4, record{"CidrBlock": b})
	}
	for _, b := range v.v6 {
		v6 = append(v6, record{"Ipv6CidrBlock": b})
	}
	r := record{"VpcId": v.id(), "OwnerId": v.part.account, "Region": v.part.region, "CidrBlock": v.blocks[0], "CidrBlockSet": v4,
		"PeeringOptions": record{"AllowDnsResolutionFromRemoteVpc": false, "AllowEgressFromLocalClassicLinkToRemoteVpc": false, "AllowEgressFromLocalVpcToRemoteClassicLink": false}}
	if v6 != nil {
		r["Ipv6CidrBlockSet"] = v6
	}
	return r
}

// far returns the VPC on the other side of a peering, and whether v is a side of it.
func (x *peering) far(v *vpc) (*vpc, bool) {
	switch v {
	case x.left:
		return x.right, true
	case x.right:
		return x.left, true
	}
	return nil, false
}

// association returns how a public address is shown where it is mapped. name tells allocations apart.
func (w *world) association(p *part, name string, to netip.Addr, elastic bool) record {
	r := record{"PublicIp": to, "IpOwnerId": "amazon", "PublicDnsName": "ec2-" + dashed(to) + "." + p.region + ".compute.amazonaws.com"}
	if elastic {
		r["IpOwnerId"], r["AllocationId"], r["AssociationId"] = p.account, "eipalloc-"+name, "eipassoc-"+name
	}
	return r
}

// elasticAddress writes the row of describe-addresses that maps an Elastic IP address.
func (w *world) elasticAddress(p *part, name, eni string, private, to netip.Addr, instance string) {
	r := record{"AllocationId": "eipalloc-" + name, "AssociationId": "eipassoc-" + name, "Domain": "vpc", "PublicIp": to,
		"PrivateIpAddress": private, "NetworkInterfaceId": eni, "NetworkInterfaceOwnerId": p.account, "PublicIpv4Pool": "amazon",
		"NetworkBorderGroup": p.region}
	r.set("InstanceId", instance)
	p.add(describeAddresses, r)
}
