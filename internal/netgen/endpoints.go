package netgen

import (
	"fmt"
	"net/netip"
)

// endpoint is a VPC endpoint in the making; a gateway endpoint's tables are filled into its record as they are drawn.
type endpoint struct {
	id     string
	vpc    *vpc
	subnet *subnet // a Gateway Load Balancer endpoint's
	record record
	tables []string // a gateway endpoint's
}

// makeEndpoints gives VPCs endpoints of every type.
func (w *world) makeEndpoints() {
	for _, v := range w.vpcs {
		if w.has(GatewayEndpoints) {
			for k := range w.rng.IntN(3) {
				w.makeGatewayEndpoint(v, k)
			}
		}
		if w.has(InterfaceEndpoints) {
			for k := range 1 + w.rng.IntN(2) {
				w.makeInterfaceEndpoint(v, fmt.Sprintf("vpce-if-%s%d", v.name, k+1))
			}
		}
		if w.has(GWLBEndpoints) {
			for k := range 1 + w.rng.IntN(2) {
				w.makeBalancerEndpoint(v, fmt.Sprintf("vpce-gwlb-%s%d", v.name, k+1))
			}
		}
	}
}

// newEndpoint drafts an endpoint with the fields that all types have.
func (w *world) newEndpoint(v *vpc, id, kind, service string) *endpoint {
	e := &endpoint{id: id, vpc: v}
	e.record = record{"VpcEndpointId": id, "VpcId": v.id(), "OwnerId": v.part.account, "ServiceName": service, "RouteTableIds": []string{}, "SubnetIds": []string{},
		"NetworkInterfaceIds": []string{}, "Groups": []record{}, "PrivateDnsEnabled": false, "RequesterManaged": false, "DnsEntries": []record{},
		"CreationTimestamp": "2024-03-03T01:21:01+00:00", "Tags": []record{}}
	e.record.set("VpcEndpointType", kind)
	w.featureState(e.record, "State", pick(w.rng, []string{"available", "available", "Available"}),
		"pendingAcceptance", "pending", "rejected", "expired", "failed", "deleting", "deleted", "partial")
	w.endpoints = append(w.endpoints, id)
	return e
}

// makeGatewayEndpoint draws a gateway endpoint: the first one's lists are of Amazon S3, the second one's of DynamoDB.
func (w *world) makeGatewayEndpoint(v *vpc, k int) {
	service := "com.amazonaws." + v.part.region + "." + []string{"s3", "dynamodb"}[k]
	e := w.newEndpoint(v, fmt.Sprintf("vpce-gw-%s%d", v.name, k+1), "Gateway", service)
	e.record.set("IpAddressType", pick(w.rng, []string{"ipv4", "dualstack", "ipv6", ""}))
	v.gateways = append(v.gateways, e)
	w.writeEndpoint(e)
}

// writeEndpoint writes an endpoint's record, but for a few that their answer lacks. It may be filled in further.
func (w *world) writeEndpoint(e *endpoint) {
	if w.chance(w.odds.wrong / 3) {
		w.gone(e.id)
		return
	}
	e.vpc.part.add(describeVPCEndpoints, e.record)
}

// makeInterfaceEndpoint draws an endpoint that is its interfaces: of an AWS service, a resource, or a service network.
func (w *world) makeInterfaceEndpoint(v *vpc, id string) {
	kind := weighted(w.rng, []weight[string]{{14, "Interface"}, {4, "Resource"}, {4, "ServiceNetwork"}, {1, "Tunnel"}, {1, ""}})
	e := w.newEndpoint(v, id, kind, "com.amazonaws."+v.part.region+".kms")
	e.record["IpAddressType"], e.record["PrivateDnsEnabled"] = "ipv4", w.chance(0.5)
	groups := w.drawGroups(v)
	e.record["Groups"] = groups
	var interfaces, subnets []string
	for k := range 1 + w.rng.IntN(3)/2 {
		s := w.place(v, private, 0.5)
		if s == nil {
			break
		}
		eni := fmt.Sprintf("eni-%s-%d", id, k+1)
		i, r := w.begin(s, eni, "vpc_endpoint")
		i.quiet = true
		w.serve(r, id, true)
		r["Groups"], r["DenyAllIgwTraffic"] = groups, w.chance(0.5)
		if kind == "ServiceNetwork" {
			w.drawBlocks4(e, s, r, &i)
		}
		w.finish(s, r, i, "")
		w.mentionOwn()
		if w.chance(0.95) {
			interfaces = append(interfaces, eni)
		}
		subnets = append(subnets, s.id)
	}
	e.record["NetworkInterfaceIds"], e.record["SubnetIds"] = interfaces, subnets
	if subnets == nil {
		e.record["NetworkInterfaceIds"], e.record["SubnetIds"] = []string{}, []string{}
	}
	w.writeEndpoint(e)
}

// serve marks an interface as an endpoint's.
func (w *world) serve(r record, endpoint string, check bool) {
	r["Description"], r["RequesterManaged"], r["RequesterId"], r["SourceDestCheck"] = "VPC Endpoint Interface "+endpoint, true, "727180483921", check
	r["Attachment"] = record{"AttachmentId": "ela-attach-" + endpoint, "DeleteOnTermination": false, "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws",
		"Status": w.state("attached", "attaching", "detaching", "detached")}
}

// drawBlocks4 gives a service-network endpoint the upper half of a subnet, at its interface too or only at the endpoint.
func (w *world) drawBlocks4(e *endpoint, s *subnet, r record, i *Interface) {
	if s.v4.Bits() == 27 && !s.delegated && w.chance(0.8) {
		s.delegated = true
		block := netip.PrefixFrom(plus(s.v4.Addr(), 16), 28)
		blocks, _ := e.record["Ipv4Prefixes"].([]record)
		e.record["Ipv4Prefixes"] = append(blocks, record{"SubnetId": s.id, "IpPrefixes": []netip.Prefix{block}})
		if w.chance(0.5) {
			r["Ipv4Prefixes"] = []record{{"Ipv4Prefix": block}}
		}
		i.Delegated = append(i.Delegated, block)
		w.mention(block)
	}
	if s.v6.IsValid() && w.chance(0.5) {
		a := s.v6.Addr().As16()
		a[9] = byte(0x81 + s.taken)
		block := netip.PrefixFrom(netip.AddrFrom16(a), 80)
		blocks, _ := e.record["Ipv6Prefixes"].([]record)
		e.record["Ipv6Prefixes"] = append(blocks, record{"SubnetId": s.id, "IpPrefixes": []netip.Prefix{block}})
		i.Delegated = append(i.Delegated, block)
		w.mention(block)
	}
}

// makeBalancerEndpoint draws a Gateway Load Balancer endpoint: one subnet, one interface without groups.
func (w *world) makeBalancerEndpoint(v *vpc, id string) {
	s := w.place(v, middle, 0.7)
	if s == nil {
		return
	}
	e := w.newEndpoint(v, id, "GatewayLoadBalancer", "com.amazonaws.vpce."+v.part.region+".vpce-svc-0123456789abcdef0")
	e.subnet = s
	e.record["IpAddressType"] = pick(w.rng, []string{"ipv4", "dualstack"})
	if w.chance(w.odds.wrong / 2) { // Network Firewall's
		if w.chance(0.5) {
			e.record["RequesterManaged"] = true
		} else {
			e.record["Tags"] = []record{{"Key": "AWSNetworkFirewallManaged", "Value": "true"}, {"Key": "Firewall", "Value": "arn:aws:network-firewall:firewall/f"}}
		}
	}
	eni := "eni-" + id
	i, r := w.begin(s, eni, "gateway_load_balancer_endpoint")
	i.quiet = true
	w.serve(r, id, false)
	r["Groups"] = []record{}
	w.finish(s, r, i, "")
	if w.chance(0.6) { // seldom an end
		w.interfaces = w.interfaces[:len(w.interfaces)-1]
	}
	e.record["NetworkInterfaceIds"], e.record["SubnetIds"] = []string{eni}, []string{s.id}
	v.balancers = append(v.balancers, e)
	w.writeEndpoint(e)
}

// balancerTarget picks a Gateway Load Balancer endpoint of the VPC, mostly the first, under either field; nothing if it has none.
func (w *world) balancerTarget(v *vpc) target {
	if w.chance(w.odds.wrong / 3) {
		v = pick(w.rng, w.vpcs)
	}
	if len(v.balancers) == 0 {
		return target{}
	}
	e := v.balancers[0]
	if w.chance(0.1) {
		e = pick(w.rng, v.balancers)
	}
	return target{pick(w.rng, []string{"GatewayId", "VpcEndpointId"}), e.id}
}

// drawGatewayEndpointRoutes leads AWS's lists, and now and then a customer's, to the VPC's gateway endpoints, beside static routes for
// the same or a narrower range.
func (w *world) drawGatewayEndpointRoutes(t *table, usual target) {
	for k, e := range t.vpc.gateways {
		if !w.chance(0.75) {
			continue
		}
		if w.chance(w.odds.wrong / 2) {
			if other := pick(w.rng, w.vpcs); len(other.gateways) > 0 {
				e = pick(w.rng, other.gateways)
			}
		}
		to := target{"GatewayId", e.id}
		lists := [][]string{{"pl-s3", "pl-s3v6"}, {"pl-ddb"}}[k]
		if w.chance(0.1) {
			lists = append(lists, pick(w.rng, w.lists).id)
		}
		for _, list := range lists {
			w.static(t, list, to)
		}
		e.tables = append(e.tables, t.id)
		e.record["RouteTableIds"] = e.tables
		if w.chance(0.3) && usual.id != "" {
			w.static(t, pick(w.rng, []string{"52.216.0.0/15", "52.216.1.0/24", "198.51.100.192/26", "198.51.100.128/25", "198.51.100.200/32"}), usual)
		}
	}
}
