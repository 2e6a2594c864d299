package scenario

import (
	"net/netip"
	"slices"
	"strings"
)

var (
	anywhere4 = netip.MustParsePrefix("0.0.0.0/0")
	anywhere6 = netip.MustParsePrefix("::/0")
)

// complete adds what the scenario leaves out, as the package comment lists it, and checks that every id is declared.
func (n *Network) complete() error {
	if len(n.parts) == 0 {
		n.enter(n.current)
	}
	for _, v := range n.vpcs {
		n.completeTables(v)
		n.completeACLs(v)
	}
	for _, g := range n.nats {
		n.completeNAT(g)
	}
	for _, e := range n.endpoints {
		if err := n.completeEndpoint(e); err != nil {
			return err
		}
	}
	for _, e := range n.connects {
		n.completeConnectEndpoint(e)
	}
	for _, e := range n.interfaces {
		n.completeInterface(e)
	}
	return n.checkReferences()
}

// suffix returns what follows the kind in an id: vpc-a and nat-a both give a.
func (h head) suffix() string {
	return strings.TrimPrefix(h.id, prefixOf(h.id)+"-")
}

// generated makes the head of a resource that stands for v's or h's defaults.
func (n *Network) generated(h head, id string) head {
	n.known[id] = true
	return head{id: id, part: h.part, at: h.at}
}

func (n *Network) completeTables(v *vpc) {
	for _, t := range n.tables {
		if t.vpc == v && t.main {
			return
		}
	}
	n.tables = append(n.tables, &routeTable{head: n.generated(v.head, "rtb-main-"+v.suffix()), vpc: v, main: true})
}

// completeACLs adds the VPC's default ACL, which allows everything, unless the scenario writes one. A written one
// serves exactly the subnets that it names, so that a subnet without any ACL can be shown (ACL-1).
func (n *Network) completeACLs(v *vpc) {
	served := map[string]bool{}
	for _, a := range n.acls {
		if a.vpc == v && a.isDefault {
			return
		}
		for _, id := range a.subnets {
			served[id] = true
		}
	}
	a := &networkACL{head: n.generated(v.head, "acl-default-"+v.suffix()), vpc: v, isDefault: true}
	for _, s := range n.subnets {
		if s.vpc == v && !served[s.id] {
			a.subnets = append(a.subnets, s.id)
		}
	}
	for _, egress := range []bool{false, true} {
		a.entries = append(a.entries, aclEntry{egress: egress, number: 100, action: "allow", protocol: "all", ports: ports{all: true}, block: anywhere4})
		if v.hasIPv6() {
			a.entries = append(a.entries, aclEntry{egress: egress, number: 101, action: "allow", protocol: "all", ports: ports{all: true}, block: anywhere6})
		}
	}
	n.acls = append(n.acls, a)
}

func (v *vpc) hasIPv6() bool {
	return slices.ContainsFunc(v.blocks, func(b netip.Prefix) bool { return b.Addr().Is6() })
}

// completeNAT adds the gateway's interface; all addresses of a zonal gateway are on one.
func (n *Network) completeNAT(g *natGateway) {
	n.interfaces = append(n.interfaces, &networkInterface{
		head: n.generated(g.head, "eni-"+g.id), subnet: g.subnet, addresses: g.addresses, noGroups: true, kind: "nat_gateway",
		description: "Interface for NAT Gateway " + g.id, noCheck: true,
	})
}

// completeInterface adds the open group and the running instance of an interface that names none.
func (n *Network) completeInterface(e *networkInterface) {
	if len(e.groups) == 0 && !e.noGroups {
		v := e.subnet.vpc
		id := "sg-open-" + v.suffix()
		if e.part != v.part { // a participant of a shared VPC has groups of its own (VPC-8)
			id += "-" + e.part.account
		}
		e.groups = []string{id}
		if !n.known[id] {
			everywhere := []string{anywhere4.String(), anywhere6.String()}
			open := func(egress bool) groupRule {
				return groupRule{at: v.at, egress: egress, protocol: "all", ports: ports{all: true}, peers: everywhere}
			}
			n.groups = append(n.groups, &securityGroup{head: n.generated(e.head, id), vpc: v, rules: []groupRule{open(false), open(true)}})
		}
	}
	if e.instance == "" && e.kind == "interface" && !e.detached && !e.managed {
		e.instance = "i-" + e.suffix()
	}
	if e.instance != "" && !n.known[e.instance] {
		n.instances = append(n.instances, &instance{head: n.generated(e.head, e.instance), state: "running"})
	}
}

// checkReferences reports the first id that is used and not declared: what should be missing is declared and dropped,
// so that a slip is never taken for a gap of the snapshot.
func (n *Network) checkReferences() error {
	for _, t := range n.tables {
		if err := n.checkDeclared(t.at, slices.Concat(t.serves, t.propagates)...); err != nil {
			return err
		}
		for _, r := range t.routes {
			if err := n.checkDeclared(r.at, r.destination, r.target); err != nil {
				return err
			}
		}
	}
	for _, g := range n.groups {
		for _, r := range g.rules {
			if err := n.checkDeclared(r.at, r.peers...); err != nil {
				return err
			}
		}
	}
	for _, a := range n.acls {
		if err := n.checkDeclared(a.at, a.subnets...); err != nil {
			return err
		}
	}
	for _, e := range n.interfaces {
		if err := n.checkDeclared(e.at, e.groups...); err != nil {
			return err
		}
	}
	for _, a := range n.addresses {
		if a.eni != "" {
			if err := n.checkDeclared(a.at, a.eni); err != nil {
				return err
			}
		}
	}
	if err := n.checkEdges(); err != nil {
		return err
	}
	if err := n.checkTransit(); err != nil {
		return err
	}
	if err := n.checkCoreNetworks(); err != nil {
		return err
	}
	if err := n.checkHybrid(); err != nil {
		return err
	}
	return n.checkOnce()
}

// checkDeclared passes over what is no id: "local", CIDRs and ARNs.
func (n *Network) checkDeclared(at position, ids ...string) error {
	for _, id := range ids {
		if id != "local" && !strings.ContainsAny(id, "/:") && !n.known[id] {
			return at.errorf("no resource %q; declare it (and drop it if its record should be missing) or correct the id", id)
		}
	}
	return nil
}

// checkOnce reports a subnet with two tables or two ACLs, and a VPC with two main tables: AWS has exactly one (RT-1, ACL-1).
func (n *Network) checkOnce() error {
	table, acl := map[string]string{}, map[string]string{}
	for _, t := range n.tables {
		serves := t.serves
		if t.main {
			serves = append(slices.Clone(serves), t.vpc.id)
		}
		for _, id := range serves {
			if other := table[id]; other != "" {
				return t.at.errorf("%s already has route table %s; leave it out of one of them", id, other)
			}
			table[id] = t.id
		}
	}
	for _, a := range n.acls {
		for _, id := range a.subnets {
			if other := acl[id]; other != "" {
				return a.at.errorf("%s already has network ACL %s; leave it out of one of them", id, other)
			}
			acl[id] = a.id
		}
	}
	return nil
}
