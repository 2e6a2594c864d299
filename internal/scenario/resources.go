package scenario

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// kind is how the lines of one kind of resource are read. continues: indented lines belong to it.
type kind struct {
	read      func(n *Network, h head, st statement) error
	continues bool
}

// kinds is keyed by id prefix. It is filled in here because the readers refer to it through Network.read.
var kinds map[string]kind

func init() {
	kinds = map[string]kind{
		"vpc": {readVPC, false}, "subnet": {readSubnet, false}, "rtb": {readRouteTable, true}, "sg": {readSecurityGroup, true},
		"acl": {readNetworkACL, true}, "i": {readInstance, false}, "eni": {readInterface, false}, "eipalloc": {readElasticIP, false},
		"igw": {readInternetGateway, false}, "nat": {readNATGateway, true}, "pcx": {readPeering, false}, "pl": {readPrefixList, false},
		"vpce": {readEndpoint, false}, "eice": {readConnectEndpoint, false},
		"vgw": {readVPNGateway, false}, "vpn": {readVPNConnection, false}, "dxgw": {readDirectConnectGateway, true},
		"dxvif": {readVirtualInterface, false}, "core": {readCoreNetwork, false}, "attachment": {readCoreAttachment, false},
		"eigw": {readEgressOnly, false}, "cagw": {readCarrier, false}, "vpcbpa": {readExclusion, false},
	}
	for prefix := range otherCalls {
		kinds[prefix] = kind{readOther, false}
	}
}

func readVPC(n *Network, h head, st statement) error {
	v := &vpc{head: h}
	for _, word := range st.words[1:] {
		if word == "nodns" {
			v.noDNS = true
			continue
		}
		block, err := parsePrefix(st.at, word)
		if err != nil {
			return err
		}
		v.blocks = append(v.blocks, block)
	}
	if len(v.blocks) == 0 || !v.blocks[0].Addr().Is4() {
		return st.at.errorf("VPC %s has no primary IPv4 CIDR; write it first, such as \"%s 10.0.0.0/16\"", h.id, h.id)
	}
	n.vpcs = append(n.vpcs, v)
	return nil
}

var zonePattern = regexp.MustCompile(`^([a-z]+[0-9])-az([1-6])$`)

func readSubnet(n *Network, h head, st statement) error {
	s := &subnet{head: h, zone: 1}
	if len(st.words) < 3 {
		return st.at.errorf("subnet %s has no VPC or no CIDR; write \"%s VPC CIDR [ZONE]\"", h.id, h.id)
	}
	var err error
	if s.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[2:] {
		if zone := zonePattern.FindStringSubmatch(word); zone != nil {
			if want := zonePrefix(h.part.region); zone[1] != want {
				return st.at.errorf("zone %s is not in %s; write %s-az%s", word, h.part.region, want, zone[2])
			}
			s.zone, _ = strconv.Atoi(zone[2])
			continue
		}
		block, err := parsePrefix(st.at, word)
		if err != nil {
			return err
		}
		s.blocks = append(s.blocks, block)
	}
	if len(s.blocks) == 0 {
		return st.at.errorf("subnet %s has no CIDR; write one after the VPC", h.id)
	}
	n.subnets = append(n.subnets, s)
	return nil
}

func readRouteTable(n *Network, h head, st statement) error {
	t := &routeTable{head: h}
	if len(st.words) < 2 {
		return st.at.errorf("route table %s has no VPC; write \"%s VPC [main] [nolocal] [SUBNET or GATEWAY...]\"", h.id, h.id)
	}
	var err error
	if t.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[2:] {
		switch prefix := prefixOf(word); {
		case word == "main":
			t.main = true
		case word == "nolocal":
			t.noLocal = true
		case strings.HasPrefix(word, "propagates="):
			t.propagates = append(t.propagates, strings.TrimPrefix(word, "propagates="))
		case prefix == "subnet" || prefix == "igw" || prefix == "vgw":
			t.serves = append(t.serves, word)
		default:
			return st.at.errorf("route table %s cannot serve %q; write main, nolocal, subnet- ids or gateway ids", h.id, word)
		}
	}
	for _, line := range st.continued {
		r, err := parseRoute(line)
		if err != nil {
			return err
		}
		t.routes = append(t.routes, r)
	}
	n.tables = append(n.tables, t)
	return nil
}

func parseRoute(line statement) (route, error) {
	r := route{at: line.at, destination: line.words[0], state: "active", origin: "CreateRoute"}
	if len(line.words) < 2 {
		return r, line.at.errorf("the route to %s has no target; write \"DESTINATION TARGET [STATE or ORIGIN...]\"", r.destination)
	}
	r.target = line.words[1]
	if prefixOf(r.destination) != "pl" {
		// The text is kept: AWS would have made it canonical, but hand-written input need not be (RT-19).
		if _, err := netip.ParsePrefix(r.destination); err != nil {
			return r, line.at.errorf("no route destination %q; write a CIDR or a pl- id", r.destination)
		}
	}
	if targetField(r.target) == "" {
		return r, line.at.errorf("no route target %q; write local, a resource id or an ARN of a core or ODB network", r.target)
	}
	if r.target == "local" {
		r.origin = "CreateRouteTable"
	}
	for _, word := range line.words[2:] {
		switch word {
		case "blackhole", "filtered":
			r.state = word
		case "propagated":
			r.origin = "EnableVgwRoutePropagation"
		case "advertised":
			r.origin = "Advertisement"
		default:
			return r, line.at.errorf("%q says nothing about a route; write blackhole, filtered, propagated or advertised", word)
		}
	}
	return r, nil
}

func readSecurityGroup(n *Network, h head, st statement) error {
	g := &securityGroup{head: h}
	if len(st.words) != 2 {
		return st.at.errorf("group %s needs its VPC and nothing else; write \"%s VPC\" and its rules indented below", h.id, h.id)
	}
	if strings.HasPrefix(h.id, "sg-open-") || h.id == "sg-none" {
		return st.at.errorf("%s is a name that the scenario form uses itself; give the group another id", h.id)
	}
	var err error
	if g.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	for _, line := range st.continued {
		r, err := parseGroupRule(line)
		if err != nil {
			return err
		}
		g.rules = append(g.rules, r)
	}
	n.groups = append(n.groups, g)
	return nil
}

func parseGroupRule(line statement) (groupRule, error) {
	r := groupRule{at: line.at}
	if len(line.words) < 4 || line.words[0] != "in" && line.words[0] != "out" {
		return r, line.at.errorf("a group rule has the form \"in|out PROTOCOL PORTS PEER...\", such as \"in tcp 443 0.0.0.0/0\"")
	}
	r.egress, r.protocol = line.words[0] == "out", line.words[1]
	number, err := protocolNumber(line.at, r.protocol)
	if err != nil {
		return r, err
	}
	if r.ports, err = parsePorts(line.at, number, line.words[2]); err != nil {
		return r, err
	}
	for _, peer := range line.words[3:] {
		if prefix := prefixOf(peer); prefix != "sg" && prefix != "pl" {
			if _, err := parsePrefix(line.at, peer); err != nil {
				return r, line.at.errorf("no peer %q; write a CIDR, an sg- id or a pl- id", peer)
			}
		}
		r.peers = append(r.peers, peer)
	}
	return r, nil
}

func readNetworkACL(n *Network, h head, st statement) error {
	a := &networkACL{head: h}
	if len(st.words) < 2 {
		return st.at.errorf("network ACL %s has no VPC; write \"%s VPC [default] [SUBNET...]\"", h.id, h.id)
	}
	var err error
	if a.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[2:] {
		switch {
		case word == "default":
			a.isDefault = true
		case prefixOf(word) == "subnet":
			a.subnets = append(a.subnets, word)
		default:
			return st.at.errorf("network ACL %s cannot serve %q; write default or subnet- ids", h.id, word)
		}
	}
	for _, line := range st.continued {
		e, err := parseACLEntry(line)
		if err != nil {
			return err
		}
		a.entries = append(a.entries, e)
	}
	n.acls = append(n.acls, a)
	return nil
}

func parseACLEntry(line statement) (aclEntry, error) {
	form := "an ACL rule has the form \"in|out NUMBER allow|deny PROTOCOL PORTS CIDR\", such as \"in 100 allow tcp 443 0.0.0.0/0\""
	w := line.words
	if len(w) != 6 || w[0] != "in" && w[0] != "out" || w[2] != "allow" && w[2] != "deny" {
		return aclEntry{}, line.at.errorf("%s", form)
	}
	e := aclEntry{egress: w[0] == "out", action: w[2], protocol: w[3]}
	var err error
	if e.number, err = strconv.Atoi(w[1]); err != nil || e.number < 1 || e.number > 32766 {
		return e, line.at.errorf("no rule number %q; write a number from 1 to 32766 (ACL-3)", w[1])
	}
	number, err := protocolNumber(line.at, e.protocol)
	if err != nil {
		return e, err
	}
	if e.ports, err = parsePorts(line.at, number, w[4]); err != nil {
		return e, err
	}
	e.block, err = parsePrefix(line.at, w[5])
	return e, err
}

var instanceStates = map[string]int{"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

func readInstance(n *Network, h head, st statement) error {
	i := &instance{head: h, state: "running"}
	if len(st.words) > 1 {
		i.state = st.words[1]
	}
	if _, ok := instanceStates[i.state]; !ok || len(st.words) > 2 {
		return st.at.errorf("instance %s takes one state; write pending, running, shutting-down, terminated, stopping or stopped", h.id)
	}
	n.instances = append(n.instances, i)
	return nil
}

func readInterface(n *Network, h head, st statement) error {
	e := &networkInterface{head: h, kind: "interface"}
	if len(st.words) < 2 {
		return st.at.errorf("interface %s has no subnet; write \"%s SUBNET ADDRESS...\"", h.id, h.id)
	}
	var err error
	if e.subnet, err = n.subnet(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[2:] {
		if err := e.take(st.at, word); err != nil {
			return err
		}
	}
	if e.noGroups && len(e.groups) > 0 {
		return st.at.errorf("interface %s has sg-none and a group; leave one of them out", h.id)
	}
	if e.detached && e.instance != "" {
		return st.at.errorf("interface %s is detached and has an instance; leave one of them out", h.id)
	}
	n.interfaces = append(n.interfaces, e)
	return nil
}

// take reads one word of an interface's line; the words come in any order, but public= follows its address.
func (e *networkInterface) take(at position, word string) error {
	name, value, valued := strings.Cut(word, "=")
	prefix := prefixOf(word)
	switch {
	case word == "sg-none":
		e.noGroups = true
	case word == "detached":
		e.detached = true
	case word == "nocheck":
		e.noCheck = true
	case prefix == "sg":
		e.groups = append(e.groups, word)
	case prefix == "i":
		e.instance = word
	case name == "type" && valued:
		e.kind = value
	case name == "public" && valued:
		return e.mapPublic(at, value)
	case valued && isEdgeWord(name):
		return e.takeEdge(at, name, value)
	case strings.Contains(word, "/"):
		block, err := parsePrefix(at, word)
		if err != nil {
			return err
		}
		e.prefixes = append(e.prefixes, block)
	default:
		a, err := netip.ParseAddr(word)
		if err != nil {
			return at.errorf("%q says nothing about an interface; write addresses, delegated prefixes, sg- ids, an i- id, public=, carrier=, trunk=, type=, detached, nocheck or sg-none", word)
		}
		e.addresses = append(e.addresses, address{private: a})
	}
	return nil
}

func (e *networkInterface) mapPublic(at position, value string) error {
	public, err := netip.ParseAddr(value)
	if err != nil || !public.Is4() {
		return at.errorf("no public IPv4 address %q; write public=203.0.113.5", value)
	}
	last := len(e.addresses) - 1
	if last < 0 || !e.addresses[last].private.Is4() {
		return at.errorf("public=%s follows no IPv4 address; write it after the private address that it maps", value)
	}
	e.addresses[last].public = public
	return nil
}

func readElasticIP(n *Network, h head, st statement) error {
	if len(st.words) != 2 && len(st.words) != 4 {
		return st.at.errorf("Elastic IP %s has the form \"%s PUBLIC [INTERFACE PRIVATE]\"", h.id, h.id)
	}
	a := &elasticIP{head: h}
	var err error
	if a.public, err = parseAddr4(st.at, st.words[1]); err != nil {
		return err
	}
	if len(st.words) == 4 {
		a.eni = st.words[2]
		if a.private, err = parseAddr4(st.at, st.words[3]); err != nil {
			return err
		}
	}
	n.addresses = append(n.addresses, a)
	return nil
}

func readInternetGateway(n *Network, h head, st statement) error {
	g := &internetGateway{head: h}
	if len(st.words) > 2 {
		return st.at.errorf("internet gateway %s takes one VPC, or none if it is detached", h.id)
	}
	if len(st.words) == 2 {
		var err error
		if g.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
			return err
		}
	}
	n.gateways = append(n.gateways, g)
	return nil
}

func readNATGateway(n *Network, h head, st statement) error {
	if len(st.words) > 1 && prefixOf(st.words[1]) == "vpc" {
		return readRegionalNAT(n, h, st)
	}
	g := &natGateway{head: h}
	if len(st.words) < 3 {
		return st.at.errorf("NAT gateway %s has no subnet or no address; write \"%s SUBNET PRIVATE [PUBLIC]\"", h.id, h.id)
	}
	var err error
	if g.subnet, err = n.subnet(st.at, st.words[1]); err != nil {
		return err
	}
	first := statement{at: st.at, words: st.words[2:]}
	for _, line := range append([]statement{first}, st.continued...) {
		if len(line.words) > 2 {
			return line.at.errorf("an address of NAT gateway %s has the form \"PRIVATE [PUBLIC]\"", h.id)
		}
		var a address
		if a.private, err = parseAddr4(line.at, line.words[0]); err != nil {
			return err
		}
		if len(line.words) == 2 {
			if a.public, err = parseAddr4(line.at, line.words[1]); err != nil {
				return err
			}
		}
		g.addresses = append(g.addresses, a)
	}
	n.nats = append(n.nats, g)
	return nil
}

var peeringStates = []string{"initiating-request", "pending-acceptance", "active", "deleted", "rejected", "failed", "expired", "provisioning", "deleting"}

func readPeering(n *Network, h head, st statement) error {
	p := &peering{head: h, status: "active"}
	if len(st.words) != 3 && len(st.words) != 4 {
		return st.at.errorf("peering %s has the form \"%s VPC VPC [STATUS]\"", h.id, h.id)
	}
	var err error
	if p.requester, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	if p.accepter, err = n.vpc(st.at, st.words[2]); err != nil {
		return err
	}
	if len(st.words) == 4 {
		p.status = st.words[3]
	}
	if !slices.Contains(peeringStates, p.status) {
		return st.at.errorf("no peering status %q; write one of %s", p.status, strings.Join(peeringStates, ", "))
	}
	n.peerings = append(n.peerings, p)
	return nil
}

func readPrefixList(n *Network, h head, st statement) error {
	l := &prefixList{head: h}
	words := st.words[1:]
	if len(words) > 0 && words[0] == "aws" {
		l.aws, words = true, words[1:]
	}
	for _, word := range words {
		block, err := parsePrefix(st.at, word)
		if err != nil {
			return err
		}
		l.entries = append(l.entries, block)
	}
	n.lists = append(n.lists, l)
	return nil
}

func readOther(n *Network, h head, st statement) error {
	o := &other{head: h}
	if len(st.words) > 2 {
		return st.at.errorf("%s is known by name only; write its id and at most its VPC", h.id)
	}
	if len(st.words) == 2 {
		if _, err := n.vpc(st.at, st.words[1]); err != nil {
			return err
		}
		o.vpc = st.words[1]
	}
	n.others = append(n.others, o)
	return nil
}

// parsePrefix accepts canonical CIDRs only: an address with host bits set is a slip everywhere but in a route (RT-19).
func parsePrefix(at position, word string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(word)
	if err != nil {
		return p, at.errorf("no CIDR %q; write one such as 10.0.1.0/24 or 2600:1f00::/56", word)
	}
	if p != p.Masked() {
		return p, at.errorf("%s has host bits set; write %s", word, p.Masked())
	}
	return p, nil
}

func parseAddr4(at position, word string) (netip.Addr, error) {
	a, err := netip.ParseAddr(word)
	if err != nil || !a.Is4() {
		return a, at.errorf("no IPv4 address %q; write one such as 10.0.2.9", word)
	}
	return a, nil
}
