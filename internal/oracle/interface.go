package oracle

import (
	"net/netip"
	"slices"
)

// iface is a network interface.
type iface struct {
	entity
	vpc, subnet string
	kind        string // InterfaceType
	addresses   []netip.Addr
	delegated   []netip.Prefix
	groups      []string
	groupsKnown bool
	sourceCheck bool
	managed     bool // RequesterManaged
	description string
	status      string // Status
	attachment  *attachment
	denyIGW     bool // DenyAllIgwTraffic
	mapped      []elasticAddress
	carriers    []elasticAddress // CarrierIp
	first       netip.Addr       // the primary IPv4 address
}

type attachment struct {
	Status, InstanceId, InstanceOwnerId string
	DeviceIndex                         int
}

// elasticAddress says which private address of an interface a public address is mapped to.
type elasticAddress struct {
	public, private netip.Addr
	iface           string
}

type association struct{ PublicIp, CarrierIp string }

type interfaceRecord struct {
	NetworkInterfaceId, VpcId, SubnetId, OwnerId, InterfaceType, Status, PrivateIpAddress, Description string

	PrivateIpAddresses []struct {
		PrivateIpAddress string
		Primary          bool
		Association      association
	}
	Ipv6Addresses []struct{ Ipv6Address string }
	Ipv4Prefixes  []struct{ Ipv4Prefix string }
	Ipv6Prefixes  []struct{ Ipv6Prefix string }
	Groups        *[]struct{ GroupId string }

	SourceDestCheck                     *bool
	RequesterManaged, DenyAllIgwTraffic bool
	Attachment                          *attachment
	Association                         association
}

func readInterfaces(o *Oracle, p *part, a answer, _ string) bool {
	return each(a, "NetworkInterfaces", func(r interfaceRecord, raw []byte) bool {
		i := &iface{entity: entity{id: r.NetworkInterfaceId, owner: r.OwnerId, part: p, raw: raw}, vpc: r.VpcId, subnet: r.SubnetId,
			kind: r.InterfaceType, sourceCheck: r.SourceDestCheck == nil || *r.SourceDestCheck, managed: r.RequesterManaged, description: r.Description, status: r.Status,
			attachment: r.Attachment, denyIGW: r.DenyAllIgwTraffic, groupsKnown: r.Groups != nil}
		if r.Groups != nil {
			for _, g := range *r.Groups {
				i.groups = append(i.groups, g.GroupId)
			}
		}
		return i.readAddresses(r) && i.readMappings(r) && keep(o.interfaces, i)
	})
}

// readAddresses reads what the interface owns (ENI-1).
func (i *iface) readAddresses(r interfaceRecord) bool {
	all := true
	add := func(s string) {
		a, ok := parseAddress(s)
		all = all && ok
		if !slices.Contains(i.addresses, a) {
			i.addresses = append(i.addresses, a)
		}
	}
	delegate := func(s string) {
		prefix, ok := parsePrefix(s)
		all = all && ok
		i.delegated = append(i.delegated, prefix)
	}
	for _, a := range r.PrivateIpAddresses {
		add(a.PrivateIpAddress)
	}
	if r.PrivateIpAddress != "" {
		add(r.PrivateIpAddress)
	}
	for _, a := range r.Ipv6Addresses {
		add(a.Ipv6Address)
	}
	for _, d := range r.Ipv4Prefixes {
		delegate(d.Ipv4Prefix)
	}
	for _, d := range r.Ipv6Prefixes {
		delegate(d.Ipv6Prefix)
	}
	return all
}

// readMappings reads the public addresses that the record shows (ENI-2, D-54): those of the list, and the top level's
// for the primary address where the list has none.
func (i *iface) readMappings(r interfaceRecord) bool {
	primary, found, carried := r.PrivateIpAddress, false, false
	all := true
	add := func(into *[]elasticAddress, private, public string) {
		to, ok1 := parseAddress(private)
		from, ok2 := parseAddress(public)
		all = all && ok1 && ok2
		*into = append(*into, elasticAddress{public: from, private: to, iface: i.id})
	}
	for _, a := range r.PrivateIpAddresses {
		if a.Primary && primary == "" {
			primary = a.PrivateIpAddress
		}
	}
	if primary == "" && len(r.PrivateIpAddresses) > 0 {
		i.first, _ = parseAddress(r.PrivateIpAddresses[0].PrivateIpAddress)
	} else if primary != "" {
		i.first, _ = parseAddress(primary)
	}
	for _, a := range r.PrivateIpAddresses {
		if a.Association.PublicIp != "" {
			add(&i.mapped, a.PrivateIpAddress, a.Association.PublicIp)
			found = found || a.PrivateIpAddress == primary
		}
		if a.Association.CarrierIp != "" {
			add(&i.carriers, a.PrivateIpAddress, a.Association.CarrierIp)
			carried = carried || a.PrivateIpAddress == primary
		}
	}
	if r.Association.PublicIp != "" && primary != "" && !found {
		add(&i.mapped, primary, r.Association.PublicIp)
	}
	if r.Association.CarrierIp != "" && primary != "" && !carried {
		add(&i.carriers, primary, r.Association.CarrierIp)
	}
	return all
}

func readAddresses(o *Oracle, _ *part, a answer, _ string) bool {
	type record struct{ PublicIp, CarrierIp, PrivateIpAddress, NetworkInterfaceId string }
	return each(a, "Addresses", func(r record, _ []byte) bool {
		ok := true
		add := func(into *[]elasticAddress, text string) {
			if r.NetworkInterfaceId == "" || r.PrivateIpAddress == "" || text == "" {
				return // allocated, mapped to nothing
			}
			public, ok1 := parseAddress(text)
			private, ok2 := parseAddress(r.PrivateIpAddress)
			if ok = ok && ok1 && ok2; ok {
				*into = append(*into, elasticAddress{public, private, r.NetworkInterfaceId})
			}
		}
		add(&o.elastic, r.PublicIp)
		add(&o.carrierAddresses, r.CarrierIp)
		return ok
	})
}

// owns reports whether an address is the interface's own (ENI-1).
func (i *iface) owns(a netip.Addr) bool {
	return slices.Contains(i.addresses, a) || slices.ContainsFunc(i.delegated, func(p netip.Prefix) bool { return p.Contains(a) })
}

// instance is an instance.
type instance struct {
	entity
	state    string
	metadata metadataOptions
}

// metadataOptions switch the metadata service (D-180).
type metadataOptions struct{ HttpEndpoint, HttpProtocolIpv6 string }

func readInstances(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		OwnerId   string
		Instances []struct {
			InstanceId string
			State      struct{ Name string }

			MetadataOptions metadataOptions
		}
	}
	return each(a, "Reservations", func(r record, raw []byte) bool {
		all := true
		for _, i := range r.Instances {
			all = keep(o.instances, &instance{entity{id: i.InstanceId, owner: r.OwnerId, part: p, raw: raw}, i.State.Name, i.MetadataOptions}) && all
		}
		return all
	})
}

// live follows an interface's state inside the VPC (D-11, D-12, ENI-7). It returns false when the packet was refused.
func (w *walker) live(f flight, i *iface) (flight, bool) {
	f = w.use(f, &i.entity)
	if a := i.attachment; a != nil && a.Status != "" && a.Status != "attached" {
		return f, w.refuse(f, "attachment", i.id, "attachment is ", a.Status)
	}
	unattached := i.status == "available"
	if i.kind == "branch" { // ENI-10
		return w.liveBranch(f, i)
	}
	if unattached && w.q.Reading == Strict {
		return f, w.refuse(f, "unattached", i.id, "is not attached")
	}
	if i.attachment == nil || i.attachment.InstanceId == "" {
		return f, true
	}
	host := w.o.instances[i.attachment.InstanceId]
	if host == nil {
		p := w.o.partOf(i.attachment.InstanceOwnerId, i.part)
		if complete(p, "describe-instances") {
			return w.lack(f, "instance-missing", "describe-instances: "+i.attachment.InstanceId+" is not in it"), true
		}
		return w.assume(f, "instance-assumed", "describe-instances: "+i.attachment.InstanceId), true
	}
	f = w.use(f, &host.entity)
	if host.state != "" && host.state != "running" {
		return f, w.refuse(f, "instance-state", host.id, "is ", host.state)
	}
	return f, true
}

// liveAtGateway reports whether an internet gateway sees the interface as live (ENI-6, D-11).
func (i *iface) liveAtGateway() bool {
	if i.status != "" && i.status != "in-use" {
		return false
	}
	return i.attachment == nil || i.attachment.Status == "" || i.attachment.Status == "attached"
}

// mayForward reports whether a packet that is not the interface's own may leave it (ENI-3, ENI-5).
func (i *iface) mayForward() bool {
	switch i.kind {
	case "natGateway", "nat_gateway", "gateway_load_balancer_endpoint", "transit_gateway":
		return !i.sourceCheck
	case "load_balancer", "network_load_balancer", "gateway_load_balancer", "vpc_endpoint", "lambda", "quicksight",
		"global_accelerator_managed", "api_gateway_managed", "iot_rules_managed", "aws_codestar_connections_managed",
		"ec2_instance_connect_endpoint", "efs", "evs":
		return false
	}
	return !i.sourceCheck && !i.managed
}
