package oracle

import (
	"net/netip"
	"slices"
	"strings"
)

// endpoint is a VPC endpoint.
type endpoint struct {
	entity
	vpc, kind, state    string
	subnets, interfaces []string
	family              string // IpAddressType
	firewall            bool   // Network Firewall's
	prefixes            []netip.Prefix
}

type subnetPrefixes struct{ IpPrefixes []string }

func readEndpoints(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		VpcEndpointId, VpcId, VpcEndpointType, State, OwnerId, IpAddressType string
		SubnetIds, NetworkInterfaceIds                                       []string
		RequesterManaged                                                     bool
		Tags                                                                 []struct{ Key string }
		Ipv4Prefixes, Ipv6Prefixes                                           []subnetPrefixes
	}
	return each(a, "VpcEndpoints", func(r record, raw []byte) bool {
		e := &endpoint{entity: entity{id: r.VpcEndpointId, owner: r.OwnerId, part: p, raw: raw}, vpc: r.VpcId, kind: r.VpcEndpointType,
			state: r.State, subnets: r.SubnetIds, interfaces: r.NetworkInterfaceIds, family: r.IpAddressType, firewall: r.RequesterManaged}
		for _, t := range r.Tags {
			e.firewall = e.firewall || t.Key == "AWSNetworkFirewallManaged"
		}
		for _, s := range slices.Concat(r.Ipv4Prefixes, r.Ipv6Prefixes) {
			for _, text := range s.IpPrefixes {
				prefix, ok := parsePrefix(text)
				if !ok {
					return false
				}
				e.prefixes = append(e.prefixes, prefix)
			}
		}
		return keep(o.endpoints, e)
	})
}

func readConnectEndpoints(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		InstanceConnectEndpointId, OwnerId, State string
		NetworkInterfaceIds                       []string
		PreserveClientIp                          bool
	}
	return each(a, "InstanceConnectEndpoints", func(r record, raw []byte) bool {
		return keep(o.connects, &connectEndpoint{entity{id: r.InstanceConnectEndpointId, owner: r.OwnerId, part: p, raw: raw}, r.NetworkInterfaceIds, r.State, r.PreserveClientIp})
	})
}

// connectEndpoint is an EC2 Instance Connect Endpoint, which is its interfaces (D-175).
type connectEndpoint struct {
	entity
	interfaces []string
	state      string
	preserves  bool // PreserveClientIp
}

// connects follows what only an Instance Connect Endpoint as a start has to it (D-175). It returns false when the branch has ended.
func (w *walker) connects(f flight, i *iface) (flight, bool) {
	c := w.o.connectOf(i)
	switch {
	case c == nil && i.kind != "ec2_instance_connect_endpoint":
		return f, true
	case f.p.Protocol != tcp:
		return f, w.refuse(f, "eice-protocol", i.id)
	case c == nil:
		return f, true
	}
	f = w.use(f, &c.entity)
	if slices.Contains([]string{"create-in-progress", "create-failed", "delete-in-progress", "delete-complete"}, c.state) {
		return f, w.refuse(f, "eice-state", c.id, c.state)
	}
	if c.preserves {
		f = w.lack(f, "not-modelled", "not modelled: "+c.id+" preserves the client's address")
	}
	return f, true
}

// connectOf returns the Instance Connect Endpoint whose interface this is.
func (o *Oracle) connectOf(i *iface) *connectEndpoint {
	for c := range sorted(o.connects) {
		if slices.Contains(c.interfaces, i.id) {
			return c
		}
	}
	return nil
}

// linkEndpoint notes whose interfaces an endpoint's are. Its prefixes are its sole interface's (D-165).
func (o *Oracle) linkEndpoint(e *endpoint) {
	for _, id := range e.interfaces {
		if o.endpointOf[id] == nil {
			o.endpointOf[id] = e
		}
	}
	if len(e.interfaces) != 1 {
		return
	}
	i := o.interfaces[e.interfaces[0]]
	for _, prefix := range e.prefixes {
		if i != nil && !slices.Contains(i.delegated, prefix) {
			i.delegated = append(i.delegated, prefix)
		}
	}
}

// hiddenIn reports whether an address is in a prefix of an endpoint with several interfaces, so that one of them has it, and nobody
// knows which (D-165).
func (o *Oracle) hiddenIn(vpc string, a netip.Addr) *endpoint {
	for e := range sorted(o.endpoints) {
		if e.vpc == vpc && (len(e.interfaces) != 1 || o.interfaces[e.interfaces[0]] == nil) && slices.ContainsFunc(e.prefixes, func(p netip.Prefix) bool { return p.Contains(a) }) {
			return e
		}
	}
	for i := range sorted(o.interfaces) { // of an endpoint that no answer describes nobody knows whether it has prefixes
		if e := o.endpointOf[i.id]; i.vpc == vpc && i.kind == "vpc_endpoint" && (e == nil || o.endpoints[e.id] == nil) && o.subnets[i.subnet] != nil &&
			slices.ContainsFunc(o.subnets[i.subnet].blocks, func(b block) bool { return b.Contains(a) }) {
			return &endpoint{}
		}
	}
	return nil
}

func (e *endpoint) available() bool { return e.state == "" || strings.EqualFold(e.state, "available") }

// guards reports whether a route leads to the endpoint as to a Gateway Load Balancer's (D-170).
func (e *endpoint) guards(c candidate) bool {
	return e.kind == "GatewayLoadBalancer" || e.kind == "" && c.list == ""
}

// subnetOf returns the one subnet of a Gateway Load Balancer endpoint (EP-20): as its record says, else as its interface does, which its
// description ties to an endpoint that no answer describes (D-170). Empty where nothing tells, or answers disagree.
func (o *Oracle) subnetOf(id string) string {
	var found []string
	e := o.endpoints[id]
	if e != nil {
		found = slices.Clone(e.subnets)
	}
	if len(found) == 0 {
		names := o.described(id)
		if e != nil {
			names = e.interfaces
		}
		for _, name := range names {
			if i := o.interfaces[name]; i != nil {
				found = append(found, i.subnet)
			}
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) == 1 {
		return found[0]
	}
	return ""
}

// enterEndpoint follows a packet to an endpoint that a route names.
func (w *walker) enterEndpoint(f flight, at place, c candidate) {
	e := w.o.endpoints[c.target.id]
	if e == nil { // D-46
		w.end(f, "vpce-missing", "describe-vpc-endpoints: "+c.target.id)
		return
	}
	f = w.use(f, &e.entity)
	switch {
	case e.guards(c):
		w.guard(f, at, e)
	case c.list != "" && (e.kind == "Gateway" || e.kind == ""):
		w.gatewayEndpoint(f, at, e)
	default:
		w.end(f, "not-modelled", "not modelled: endpoint "+e.id+" of type "+e.kind+" as next hop")
	}
}

// gatewayEndpoint ends a packet at a gateway endpoint and sends the reply back, for which no table is asked (EP-1 to EP-6, D-160).
func (w *walker) gatewayEndpoint(f flight, at place, e *endpoint) {
	echo := f.p.Protocol == icmp && f.p.ICMPType == 8 && f.p.ICMPCode == 0 || f.p.Protocol == icmpv6 && f.p.ICMPType == 128 && f.p.ICMPCode == 0
	owners := w.o.ownersIn(at.vpc, f.p.Source)
	switch {
	case f.reply: // RET-5
		w.refuse(f, "reply-gateway", e.id)
		return
	case !e.available():
		w.refuse(f, "vpce-state", e.id, e.state)
		return
	case e.vpc != at.vpc:
		w.refuse(f, "vpce-vpc", e.id)
		return
	case f.p.Protocol != tcp && !echo: // EP-3
		w.refuse(f, "vpce-gateway-protocol", e.id)
		return
	case len(owners) > 0 || len(w.o.natsIn(at.vpc, f.p.Source, owners)) > 0:
	case w.o.completeFor(at.vpc, "describe-network-interfaces"): // EP-4, ENI-4
		w.refuse(f, "vpce-spoofed", f.p.Source.String())
		return
	default:
		f = w.lack(f, "vpce-source-unknown", "describe-network-interfaces: owner of "+f.p.Source.String())
	}
	if four := f.p.Source.Is4(); four && e.family == "ipv6" || !four && e.family == "ipv4" { // EP-6
		f = w.lack(f, "vpce-family", "answers disagree: family of "+e.id)
	}
	to := w.q.To
	switch {
	case to.Endpoint == e.id:
	case !to.Internet && !to.Address, linkLocal.Contains(f.p.Destination), beyondGateways(f.p.Destination) != "":
		w.refuse(f, "elsewhere", e.id)
		return
	case to.Address:
		vpcs, hidden := w.o.publicOwners(f.p.Destination)
		if len(vpcs) > 0 { // D-4
			w.refuse(f, "elsewhere", e.id)
			return
		}
		if hidden { // D-9
			f = w.assume(f, "internet-address", "describe-network-interfaces: owner of "+f.p.Destination.String())
		}
	}
	w.decide("vpce-gateway", e.id)
	w.respond(f, func(f flight) { w.deliverByState(f, at.vpc) })
}

// deliverByState brings a reply to whoever started it, because a device remembers: no table is asked, nor what is in the VPC
// (RET-6).
func (w *walker) deliverByState(f flight, vpc string) {
	f, i, n := w.locate(f, vpc, false)
	switch {
	case n != nil:
		w.reachNAT(f, n, true)
	case i != nil:
		w.arrive(f, i, true)
	}
}

// isEndpoint reports whether an interface is a VPC endpoint's.
func (o *Oracle) isEndpoint(i *iface) bool {
	return i.kind == "vpc_endpoint" || i.kind == "gateway_load_balancer_endpoint" || o.endpointOf[i.id] != nil
}

// atEndpoint follows a request that has reached an endpoint's interface into the endpoint (EP-10, EP-11, D-165, D-170). It returns
// false when the branch has ended.
func (w *walker) atEndpoint(f flight, i *iface) (flight, bool) {
	e := w.o.endpointOf[i.id]
	if i.kind == "gateway_load_balancer_endpoint" || e != nil && e.kind == "GatewayLoadBalancer" {
		return f, w.refuse(f, "gwlbe-delivered", i.id)
	}
	if e == nil {
		if p := f.p.Protocol; p != tcp && p != udp {
			return f, w.refuse(f, "vpce-protocol", i.id)
		}
		if f.p.Protocol == udp { // it may be a resource endpoint
			f = w.lack(f, "vpce-type-unknown", "describe-vpc-endpoints: type of the endpoint of "+i.id)
		}
		return w.assume(f, "vpce-assumed", "describe-vpc-endpoints: endpoint of "+i.id), true
	}
	f = w.use(f, &e.entity)
	switch {
	case e.kind != "Interface" && e.kind != "Resource" && e.kind != "ServiceNetwork": // EP-33
		w.end(f, "not-modelled", "not modelled: endpoint "+e.id+" of type "+e.kind)
		return f, false
	case !e.available():
		return f, w.refuse(f, "vpce-state", e.id, e.state)
	case f.p.Protocol != tcp && (f.p.Protocol != udp || e.kind == "Resource"):
		return f, w.refuse(f, "vpce-protocol", e.id)
	}
	w.decide("vpce-interface", e.id, e.kind)
	return f, true
}

// endpointStarts returns how a question from an endpoint can begin: only an Instance Connect Endpoint starts anything (EP-5, EP-10,
// D-175).
func (o *Oracle) endpointStarts(f flight, id string) []func(*walker) {
	one := func(start func(*walker)) []func(*walker) { return []func(*walker){start} }
	if c := o.connects[id]; c != nil {
		var starts []func(*walker)
		for _, name := range c.interfaces {
			starts = append(starts, func(w *walker) { w.start(f, name) })
		}
		if starts == nil {
			return one(func(w *walker) {
				w.end(f, "interface-missing", "describe-instance-connect-endpoints: interfaces of "+id)
			})
		}
		return starts
	}
	e := o.endpoints[id]
	switch {
	case e == nil && len(o.described(id)) > 0:
		return one(func(w *walker) { w.refuse(f, "vpce-initiate", id) })
	case e == nil:
		return one(func(w *walker) { w.end(f, "vpce-missing", "describe-vpc-endpoints: "+id) })
	case !e.typed(): // EP-33
		return one(func(w *walker) { w.end(f, "not-modelled", "not modelled: endpoint "+id+" of type "+e.kind) })
	}
	return one(func(w *walker) { w.refuse(f, "vpce-initiate", id) })
}

// typed reports whether the endpoint is of a type that is modelled (EP-33).
func (e *endpoint) typed() bool {
	return slices.Contains([]string{"Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"}, e.kind)
}

// described returns the interfaces whose descriptions name an endpoint (D-165).
func (o *Oracle) described(id string) []string {
	var ids []string
	for i := range sorted(o.interfaces) {
		if id != "" && i.description == "VPC Endpoint Interface "+id {
			ids = append(ids, i.id)
		}
	}
	return ids
}

// interfacesOf returns the ids of the interfaces that an end may be; known is false where no answer describes the end.
func (o *Oracle) interfacesOf(end End) (ids []string, known bool) {
	switch {
	case end.Interface != "":
		return []string{end.Interface}, o.interfaces[end.Interface] != nil
	case o.connects[end.Endpoint] != nil:
		return o.connects[end.Endpoint].interfaces, true
	case o.endpoints[end.Endpoint] != nil:
		return o.endpoints[end.Endpoint].interfaces, true
	}
	ids = o.described(end.Endpoint)
	return ids, end.Endpoint == "" || len(ids) > 0
}

// is reports whether an interface is what an end names.
func (o *Oracle) is(end End, i *iface) bool {
	ids, _ := o.interfacesOf(end)
	return slices.Contains(ids, i.id)
}
