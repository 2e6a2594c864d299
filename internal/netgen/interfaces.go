package netgen

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// oddTypes are interface types other than the ordinary one and NAT gateways'.
func (w *world) oddTypes() []string {
	types := []string{"efa", "lambda", "network_load_balancer", "transit_gateway", "trunk"}
	for _, of := range []struct {
		feature Features
		kind    string
	}{{Branch, "branch"}, {InterfaceEndpoints, "vpc_endpoint"}, {GWLBEndpoints, "gateway_load_balancer_endpoint"}} {
		if w.has(of.feature) {
			types = append(types, of.kind)
		}
	}
	return types
}

// makeInterfaces puts one to three interfaces into every subnet, each on a running instance of its own unless
// something odd is drawn.
func (w *world) makeInterfaces() {
	for _, v := range w.vpcs {
		for _, s := range v.subnets {
			for i := range 1 + w.rng.IntN(3) {
				w.makeInterface(s, fmt.Sprintf("eni-%s-%d", s.id[7:], i+1))
			}
		}
	}
}

// makeInterface draws one interface, its addresses, mappings, groups and instance.
func (w *world) makeInterface(s *subnet, id string) {
	kind := "interface"
	if w.chance(w.odds.odd * 2) {
		kind = pick(w.rng, w.oddTypes())
	}
	i, r := w.begin(s, id, kind)
	if kind == "interface" {
		r["Description"] = "Primary network interface"
	}
	w.drawFlags(r)
	w.finish(s, r, i, w.attach(s, r, id, kind))
}

// begin drafts an interface, with groups, that can be an end.
func (w *world) begin(s *subnet, id, kind string) (Interface, record) {
	i := Interface{ID: id, VPC: s.vpc.id(), Subnet: s.id, translated: s.role == private, near: []string{s.vpc.id()}}
	for _, x := range w.peerings {
		if far, ok := x.far(s.vpc); ok && far != nil {
			i.near = append(i.near, far.id())
		}
	}
	for _, v := range w.vpcs {
		if w.joinedBy(s.vpc, v) {
			i.near = append(i.near, v.id())
		}
	}
	r := w.interfaceRecord(s, id, kind)
	r["Groups"] = w.drawGroups(s.vpc)
	return i, r
}

// finish gives a drafted interface its addresses and writes it.
func (w *world) finish(s *subnet, r record, i Interface, instance string) {
	w.drawAddresses(s, r, &i, instance)
	w.drawDelegated(s, r, &i)
	w.interfaces = append(w.interfaces, i)
	if instance != "" {
		w.instanceOf[i.ID] = instance
	}
	s.vpc.part.add(describeNetworkInterfaces, r)
}

// interfaceRecord returns the fields that every interface has.
func (w *world) interfaceRecord(s *subnet, id, kind string) record {
	p := s.vpc.part
	w.nextMAC++
	return record{
		"NetworkInterfaceId": id, "VpcId": s.vpc.id(), "SubnetId": s.id, "OwnerId": p.account, "AvailabilityZone": zoneName(p, s.zone),
		"AvailabilityZoneId": zoneID(p, s.zone), "Description": "", "InterfaceType": kind, "MacAddress": fmt.Sprintf("06:00:00:00:00:%02x", w.nextMAC%256),
		"RequesterManaged": false, "SourceDestCheck": true, "Status": "in-use", "Groups": []record{}, "Ipv6Addresses": []record{},
		"PrivateIpAddresses": []record{}, "TagSet": []record{}, "Operator": record{"Managed": false},
		"NetworkInterfaceArn": "arn:aws:ec2:" + p.region + ":" + p.account + ":network-interface/" + id,
	}
}

// drawFlags draws the flags that change what an interface takes and gives.
func (w *world) drawFlags(r record) {
	switch {
	case w.chance(0.08):
		r["SourceDestCheck"] = false
	case w.chance(0.02):
		delete(r, "SourceDestCheck")
	}
	if w.chance(w.odds.odd * 2) {
		r["DenyAllIgwTraffic"] = true
	}
}

// attach writes the instance that the interface hangs on, and the attachment; sometimes there is none, or the state
// is an odd one. It returns the instance's id.
func (w *world) attach(s *subnet, r record, id, kind string) string {
	if w.chance(w.odds.odd) {
		r["Status"] = pick(w.rng, []string{"available", "pending", "detaching"})
		return ""
	}
	attachment := record{"AttachmentId": "eni-attach-" + id[4:], "AttachTime": "2024-03-03T01:21:03+00:00", "DeleteOnTermination": true,
		"DeviceIndex": 0, "NetworkCardIndex": 0, "InstanceOwnerId": s.vpc.part.account, "Status": w.state("attached", "attaching", "detaching", "detached")}
	r["Attachment"] = attachment
	if kind != "interface" && kind != "efa" && kind != "trunk" {
		attachment["InstanceOwnerId"] = "amazon-aws"
		r["RequesterManaged"], r["RequesterId"] = true, "727180483921"
		return ""
	}
	instance := "i-" + id[4:]
	attachment["InstanceId"] = instance
	w.makeInstance(s, r, instance, w.state("running", "stopped", "stopping", "pending", "terminated"))
	return instance
}

// makeInstance writes the instance of an interface.
func (w *world) makeInstance(s *subnet, r record, instance, state string) {
	codes := map[string]int{"pending": 0, "running": 16, "terminated": 48, "stopping": 64, "stopped": 80}
	s.vpc.part.add(describeInstances, record{"ReservationId": "r-" + instance[2:], "OwnerId": s.vpc.part.account, "Groups": []record{},
		"Instances": []record{{"InstanceId": instance, "ImageId": "ami-02ccb28830b645a41", "InstanceType": "t3.micro", "Architecture": "x86_64",
			"State": record{"Code": codes[state], "Name": state}, "VpcId": s.vpc.id(), "SubnetId": s.id, "SourceDestCheck": r["SourceDestCheck"] != false,
			"Placement":  record{"AvailabilityZone": r["AvailabilityZone"], "Tenancy": "default"},
			"LaunchTime": "2024-03-03T01:21:03+00:00", "Tags": []record{{"Key": "Name", "Value": instance}}}}})
}

// drawAddresses gives the interface its addresses and public mappings.
func (w *world) drawAddresses(s *subnet, r record, i *Interface, instance string) {
	p := s.vpc.part
	var list []record
	for n := 0; s.v4.IsValid() && n < 1+w.rng.IntN(4)/3; n++ {
		a := s.host()
		entry := record{"PrivateIpAddress": a, "Primary": n == 0, "PrivateDnsName": dnsName(a, p.region)}
		mapped := map[role]float64{public: 0.9, middle: 0.75}[s.role] + 0.08
		switch {
		case s.vpc.carrier != "" && s.role == s.vpc.carried && w.chance(0.9):
			w.mapCarrier(p, r, entry, i)
		case w.chance(mapped):
			w.mapPublic(p, r, entry, i, instance)
		}
		list = append(list, entry)
		i.Addresses = append(i.Addresses, a)
	}
	if len(list) > 0 {
		r["PrivateIpAddress"], r["PrivateDnsName"], r["PrivateIpAddresses"] = i.Addresses[0], list[0]["PrivateDnsName"], list
	}
	if !s.v6.IsValid() {
		return
	}
	if !s.v4.IsValid() {
		s.taken++
	}
	var v6 []record
	for n := range 1 + w.rng.IntN(4)/3 {
		a := s.host6(n)
		v6 = append(v6, record{"Ipv6Address": a, "IsPrimaryIpv6": n == 0, "PublicIpv6DnsName": ""})
		i.Addresses = append(i.Addresses, a)
	}
	r["Ipv6Addresses"] = v6
}

// mapPublic maps a public address to the private one of entry: an Elastic IP address, in describe-addresses too, or one
// that AWS assigned, which only the primary can have. Sometimes only describe-addresses, or only the interface's top
// level, tells of it.
func (w *world) mapPublic(p *part, r, entry record, i *Interface, instance string) {
	to := w.publicAddress()
	private, _ := entry["PrivateIpAddress"].(netip.Addr)
	primary := entry["Primary"] == true
	elastic := !primary || w.chance(0.5)
	name := fmt.Sprintf("%s-%d", i.ID[4:], len(i.Public)+1)
	association := w.association(p, name, to, elastic)
	if elastic {
		w.elasticAddress(p, name, i.ID, private, to, instance)
	}
	shown := !elastic || !w.chance(0.1)
	if shown && !(primary && w.chance(0.1)) {
		entry["Association"] = association
	}
	if shown && primary {
		r["Association"] = association
	}
	i.Public = append(i.Public, to)
}

// drawDelegated delegates a /28 of the subnet's upper half, or an IPv6 /80, to the interface.
func (w *world) drawDelegated(s *subnet, r record, i *Interface) {
	if s.v4.IsValid() && s.v4.Bits() == 27 && !s.delegated && w.chance(0.2) {
		s.delegated = true
		d := netip.PrefixFrom(plus(s.v4.Addr(), 16), 28)
		r["Ipv4Prefixes"] = []record{{"Ipv4Prefix": d}}
		i.Delegated = append(i.Delegated, d)
		w.mention(d)
		if s.role == public && w.chance(0.3) { // an Elastic IP address inside the delegated prefix
			to := w.publicAddress()
			w.elasticAddress(s.vpc.part, i.ID[4:]+"-d", i.ID, plus(d.Addr(), 5), to, "")
			i.Public = append(i.Public, to)
		}
	}
	if s.v6.IsValid() && w.chance(0.1) {
		a := s.v6.Addr().As16()
		a[9] = byte(1 + s.taken) // a prefix of 80 bits ends here
		d := netip.PrefixFrom(netip.AddrFrom16(a), 80)
		r["Ipv6Prefixes"] = []record{{"Ipv6Prefix": d}}
		i.Delegated = append(i.Delegated, d)
		w.mention(d)
	}
}

// drawGroups picks the groups of an interface: mostly one or two of its VPC, now and then none, one of another VPC
// or one that no answer describes.
func (w *world) drawGroups(v *vpc) []record {
	chosen := []record{}
	add := func(id, name string) {
		if !slices.ContainsFunc(chosen, func(r record) bool { return r["GroupId"] == id }) {
			chosen = append(chosen, record{"GroupId": id, "GroupName": name})
		}
	}
	switch {
	case w.chance(w.odds.odd):
		return chosen
	case w.chance(w.odds.odd), w.chance(w.odds.gap / 15):
		add(w.gone("sg-unknown"), "unknown")
	case w.chance(w.odds.odd):
		other := pick(w.rng, w.vpcs)
		g := pick(w.rng, other.groups)
		add(g.id, g.name)
	}
	for range 1 + w.rng.IntN(2) {
		g := pick(w.rng, v.groups)
		add(g.id, g.name)
	}
	return chosen
}

func dnsName(a netip.Addr, region string) string {
	return "ip-" + dashed(a) + "." + region + ".compute.internal"
}

func dashed(a netip.Addr) string { return strings.ReplaceAll(a.String(), ".", "-") }
