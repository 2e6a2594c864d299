package oracle

import (
	"iter"
	"maps"
	"net/netip"
	"slices"
)

// index is what New works out from the records, so that a question needs no search through all of them.
type index struct {
	partOfVPC map[string]*part
	owners    map[netip.Addr][]*iface // by listed address; delegated prefixes apart
	delegates []*iface                // interfaces with delegated prefixes
	publics   map[netip.Addr][]mapping
	natOwned  map[netip.Addr][]*nat // by private address, or by the public one where there is no other

	ofInstance map[string][]*iface  // by instance
	endpointOf map[string]*endpoint // by interface

	allPeerings []*peering // by id

	tablesOf  map[string][]*table // by subnet
	mainOf    map[string][]*table // by VPC
	edgeOf    map[string][]*table // by gateway
	aclsOf    map[string][]*acl   // by subnet
	defaultOf map[string][]*acl   // by VPC
	borders   []uint16            // ports at which a NAT gateway's choice can matter (D-1)
}

// mapping is what a public IPv4 address leads to.
type mapping struct {
	vpc     string // empty: an interface that is not in the answers
	private netip.Addr
}

// natTells reports whether a NAT gateway's record has the mapping too, through an address that works.
func (o *Oracle) natTells(e elasticAddress) bool {
	for _, n := range o.nats {
		for _, a := range n.addresses {
			if a.public == e.public && a.private == e.private && (a.status == "" || a.status == "succeeded") {
				return true
			}
		}
	}
	return false
}

// link fills the index. Records are visited in the order of their ids, so that answers do not depend on a map's.
func (o *Oracle) link() {
	o.index = index{partOfVPC: map[string]*part{}, owners: map[netip.Addr][]*iface{}, publics: map[netip.Addr][]mapping{},
		natOwned: map[netip.Addr][]*nat{}, tablesOf: map[string][]*table{}, mainOf: map[string][]*table{}, edgeOf: map[string][]*table{},
		aclsOf: map[string][]*acl{}, defaultOf: map[string][]*acl{}, ofInstance: map[string][]*iface{}, endpointOf: map[string]*endpoint{}}
	o.linkParts()
	o.linkTransitPeerings()
	for e := range sorted(o.endpoints) {
		o.linkEndpoint(e)
	}
	for i := range sorted(o.interfaces) {
		o.linkInterface(i)
	}
	for _, e := range o.carrierAddresses {
		if i := o.interfaces[e.iface]; i != nil && !slices.Contains(i.carriers, e) {
			i.carriers = append(i.carriers, e)
		}
	}
	for _, e := range o.elastic {
		if i := o.interfaces[e.iface]; i == nil && o.natTells(e) {
			continue // the gateway's own record is linked below
		} else if i == nil {
			o.publish(e.public, mapping{})
		} else {
			o.publish(e.public, mapping{i.vpc, e.private})
			if !slices.Contains(i.mapped, e) {
				i.mapped = append(i.mapped, e)
			}
		}
	}
	o.allPeerings = slices.Collect(sorted(o.peerings))
	for n := range sorted(o.nats) {
		o.linkNAT(n)
	}
	for t := range sorted(o.tables) {
		o.linkTable(t)
	}
	for a := range sorted(o.acls) {
		for _, s := range a.subnets {
			o.aclsOf[s] = append(o.aclsOf[s], a)
		}
		if a.isDefault {
			o.defaultOf[a.vpc] = append(o.defaultOf[a.vpc], a)
		}
	}
	o.borders = o.borderPorts()
}

// sorted yields the records of a map by id.
func sorted[T any](records map[string]T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, id := range slices.Sorted(maps.Keys(records)) {
			if !yield(records[id]) {
				return
			}
		}
	}
}

// linkParts finds for each VPC the part of its owner: as its own record says, else a subnet's, else wherever an
// interface of it was seen, else as the peering says that names it.
func (o *Oracle) linkParts() {
	set := func(vpc string, p *part) {
		if _, ok := o.partOfVPC[vpc]; !ok {
			o.partOfVPC[vpc] = p
		}
	}
	for v := range sorted(o.vpcs) {
		set(v.id, o.partOf(v.owner, v.part))
	}
	for s := range sorted(o.subnets) {
		set(s.vpc, o.partOf(s.owner, s.part))
	}
	for i := range sorted(o.interfaces) {
		if i.vpc == "" && o.subnets[i.subnet] != nil {
			i.vpc = o.subnets[i.subnet].vpc
		}
		set(i.vpc, i.part)
	}
	for x := range sorted(o.peerings) {
		for _, s := range x.sides {
			set(s.VpcId, o.parts[s.OwnerId+"/"+s.Region])
		}
	}
}

func (o *Oracle) linkInterface(i *iface) {
	for _, a := range i.addresses {
		o.owners[a] = append(o.owners[a], i)
	}
	if len(i.delegated) > 0 {
		o.delegates = append(o.delegates, i)
	}
	for _, m := range i.mapped {
		o.publish(m.public, mapping{i.vpc, m.private})
	}
	if i.attachment != nil && i.attachment.InstanceId != "" {
		o.ofInstance[i.attachment.InstanceId] = append(o.ofInstance[i.attachment.InstanceId], i)
	}
}

// publish notes what a public address leads to, each thing once.
func (o *Oracle) publish(public netip.Addr, m mapping) {
	if !slices.Contains(o.publics[public], m) {
		o.publics[public] = append(o.publics[public], m)
	}
}

func (o *Oracle) linkNAT(n *nat) {
	for _, a := range n.addresses {
		own, ok := n.own(a)
		if !ok {
			continue
		}
		o.natOwned[own] = append(o.natOwned[own], n)
		if a.public.IsValid() && n.connectivity != "private" && !n.gone() { // D-64
			o.publish(a.public, mapping{n.vpc, own})
		}
	}
}

func (o *Oracle) linkTable(t *table) {
	for _, a := range t.associations {
		if s := a.AssociationState.State; s != "associated" && s != "" { // D-40
			continue
		}
		switch {
		case a.SubnetId != "":
			o.tablesOf[a.SubnetId] = append(o.tablesOf[a.SubnetId], t)
		case a.GatewayId != "": // RT-2
			o.edgeOf[a.GatewayId] = append(o.edgeOf[a.GatewayId], t)
		case a.Main:
			o.mainOf[t.vpc] = append(o.mainOf[t.vpc], t)
		}
	}
}

// borderPorts returns every port of 1024-65535 at which some ACL entry begins or ends, one before and one after, and
// the two ends: verdicts change nowhere else.
func (o *Oracle) borderPorts() []uint16 {
	ports := []int{1024, 65535}
	for _, a := range o.acls {
		for _, e := range a.entries {
			if e.ports {
				for d := -1; d <= 1; d++ {
					ports = append(ports, e.from+d, e.to+d)
				}
			}
		}
	}
	slices.Sort(ports)
	var borders []uint16
	for _, p := range slices.Compact(ports) {
		if p >= 1024 && p <= 65535 {
			borders = append(borders, uint16(p))
		}
	}
	return borders
}

// ownersAnywhere returns the interfaces that own an address, in any VPC (ENI-1).
func (o *Oracle) ownersAnywhere(a netip.Addr) []*iface {
	found := slices.Clone(o.owners[a])
	for _, i := range o.delegates {
		if i.owns(a) && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found
}

// ownersIn returns the interfaces of a VPC that own an address.
func (o *Oracle) ownersIn(vpc string, a netip.Addr) []*iface {
	return slices.DeleteFunc(o.ownersAnywhere(a), func(i *iface) bool { return i.vpc != vpc })
}
