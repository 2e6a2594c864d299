package scenario

import (
	"net/netip"
	"slices"
	"strings"
)

// transit is what belongs to transit gateways.
type transit struct {
	transitGateways    []*transitGateway
	transitAttachments []*transitAttachment
	transitTables      []*transitTable
	policyTables       []*policyTable
}

type transitGateway struct {
	head
	state      string
	references bool // SecurityGroupReferencingSupport
}

type transitAttachment struct {
	head
	gateway  *transitGateway
	kind     string // ResourceType
	vpc      *vpc
	subnets  []string
	far      *transitGateway // of a peering
	accepter string          // id of the other end, where it differs
	resource string
	state    string

	appliance, ipv6, noReferences bool

	nat []natRule
}

// natRule is a rule of static NAT.
type natRule struct {
	from, to netip.Prefix
	state    string
}

type transitTable struct {
	head
	gateway    *transitGateway
	serves     []string
	propagates []string
	routes     []transitRoute
	state      string
	static     bool // the search asked for static routes only
}

type transitRoute struct {
	at          position
	destination string
	targets     []string
	list        string
	state       string
	propagated  bool
}

type policyTable struct {
	head
	gateway *transitGateway
	serves  []string
	entries []policyEntry
}

type policyEntry struct {
	at     position
	words  []string // number, protocol, source, source ports, destination, destination ports
	target string
}

func init() {
	kinds["tgw"] = kind{readTransitGateway, false}
	kinds["tgw-attach"] = kind{readTransitAttachment, true}
	kinds["tgw-rtb"] = kind{readTransitTable, true}
	kinds["tgw-ptb"] = kind{readPolicyTable, true}
}

// transitStates are the states that lines about transit gateways take as a word.
var transitStates = []string{"initiatingRequest", "pendingAcceptance", "rollingBack", "pending", "available", "modifying", "deleting", "deleted", "failed", "rejected", "rejecting", "failing"}

func readTransitGateway(n *Network, h head, st statement) error {
	g := &transitGateway{head: h, state: "available"}
	for _, word := range st.words[1:] {
		switch {
		case word == "sgref":
			g.references = true
		case slices.Contains(transitStates, word):
			g.state = word
		default:
			return st.at.errorf("%q says nothing about a transit gateway; write sgref or a state", word)
		}
	}
	n.transitGateways = append(n.transitGateways, g)
	return nil
}

func (n *Network) transitGateway(at position, id string) (*transitGateway, error) {
	for _, g := range n.transitGateways {
		if g.id == id {
			return g, nil
		}
	}
	return nil, at.errorf("no transit gateway %q above this line; declare it first, such as \"tgw-t\"", id)
}

// attachmentTypes are the words for what is attached, besides a VPC and another transit gateway.
var attachmentTypes = []string{"vpn", "direct-connect-gateway", "connect", "network-function", "client-vpn", "vpn-concentrator"}

func readTransitAttachment(n *Network, h head, st statement) error {
	a := &transitAttachment{head: h, state: "available"}
	form := "an attachment has the form \"" + h.id + " TRANSIT-GATEWAY VPC SUBNET...\", or another transit gateway or a type (" + strings.Join(attachmentTypes, ", ") + ") in the place of the VPC"
	if len(st.words) < 3 {
		return st.at.errorf("%s", form)
	}
	var err error
	if a.gateway, err = n.transitGateway(st.at, st.words[1]); err != nil {
		return err
	}
	switch what := st.words[2]; {
	case prefixOf(what) == "vpc":
		a.kind = "vpc"
		if a.vpc, err = n.vpc(st.at, what); err != nil {
			return err
		}
		a.resource = what
	case prefixOf(what) == "tgw":
		a.kind = "peering"
		if a.far, err = n.transitGateway(st.at, what); err != nil {
			return err
		}
		a.resource = what
	case slices.Contains(attachmentTypes, what):
		a.kind = what
	default:
		return st.at.errorf("%s", form)
	}
	for _, word := range st.words[3:] {
		if err := a.take(n, st.at, word); err != nil {
			return err
		}
	}
	for _, line := range st.continued {
		if err := a.takeNAT(line); err != nil {
			return err
		}
	}
	n.transitAttachments = append(n.transitAttachments, a)
	return nil
}

// take reads one word of an attachment's line.
func (a *transitAttachment) take(n *Network, at position, word string) error {
	accepter, isAccepter := strings.CutPrefix(word, "accepter=")
	switch {
	case prefixOf(word) == "subnet" && a.kind == "vpc":
		a.subnets = append(a.subnets, word)
	case word == "appliance":
		a.appliance = true
	case word == "ipv6":
		a.ipv6 = true
	case word == "nosgref":
		a.noReferences = true
	case isAccepter && a.kind == "peering":
		a.accepter = accepter
		n.known[accepter] = true
	case slices.Contains(transitStates, word):
		a.state = word
	case a.resource == "":
		a.resource = word
	default:
		return at.errorf("%q says nothing about an attachment; write subnet- ids, appliance, ipv6, nosgref, accepter=ID or a state", word)
	}
	return nil
}

// takeNAT reads "nat FROM TO [STATE]".
func (a *transitAttachment) takeNAT(line statement) error {
	if len(line.words) < 3 || len(line.words) > 4 || line.words[0] != "nat" {
		return line.at.errorf("write \"nat CIDR CIDR [STATE]\", such as \"nat 10.0.0.0/24 100.64.0.0/24\"")
	}
	r := natRule{state: "activated"}
	var err error
	if r.from, err = parsePrefix(line.at, line.words[1]); err != nil {
		return err
	}
	if r.to, err = parsePrefix(line.at, line.words[2]); err != nil {
		return err
	}
	if len(line.words) == 4 {
		r.state = line.words[3]
	}
	a.nat = append(a.nat, r)
	return nil
}

func readTransitTable(n *Network, h head, st statement) error {
	t := &transitTable{head: h, state: "available"}
	if len(st.words) < 2 {
		return st.at.errorf("%s has no transit gateway; write \"%s TRANSIT-GATEWAY [ATTACHMENT...]\"", h.id, h.id)
	}
	var err error
	if t.gateway, err = n.transitGateway(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[2:] {
		switch {
		case prefixOf(word) == "tgw-attach":
			t.serves = append(t.serves, word)
		case word == "static":
			t.static = true
		case slices.Contains(transitStates, word):
			t.state = word
		default:
			return st.at.errorf("%q says nothing about a route table of a transit gateway; write tgw-attach- ids, static or a state", word)
		}
	}
	for _, line := range st.continued {
		if line.words[0] == "propagates" {
			t.propagates = append(t.propagates, line.words[1:]...)
			continue
		}
		r, err := parseTransitRoute(line)
		if err != nil {
			return err
		}
		t.routes = append(t.routes, r)
		if r.propagated {
			t.propagates = append(t.propagates, r.targets...)
		}
	}
	n.transitTables = append(n.transitTables, t)
	return nil
}

func parseTransitRoute(line statement) (transitRoute, error) {
	r := transitRoute{at: line.at, destination: line.words[0], state: "active"}
	if prefixOf(r.destination) == "pl" { // a record that has the list alone
		r.destination, r.list = "", r.destination
	} else if _, err := netip.ParsePrefix(r.destination); err != nil {
		return r, line.at.errorf("no route destination %q; write a CIDR, or \"propagates ATTACHMENT...\"", r.destination)
	}
	for _, word := range line.words[1:] {
		switch {
		case prefixOf(word) == "tgw-attach":
			r.targets = append(r.targets, word)
		case prefixOf(word) == "pl":
			r.list = word
		case word == "propagated":
			r.propagated = true
		case slices.Contains([]string{"pending", "active", "blackhole", "deleting", "deleted"}, word):
			r.state = word
		default:
			return r, line.at.errorf("%q says nothing about a route; write tgw-attach- ids, a pl- id, propagated or a state", word)
		}
	}
	if len(r.targets) == 0 && r.state != "blackhole" {
		return r, line.at.errorf("the route to %s has no attachment; write one, or blackhole", r.destination)
	}
	return r, nil
}

func readPolicyTable(n *Network, h head, st statement) error {
	t := &policyTable{head: h}
	if len(st.words) < 2 {
		return st.at.errorf("%s has no transit gateway; write \"%s TRANSIT-GATEWAY [ATTACHMENT...]\"", h.id, h.id)
	}
	var err error
	if t.gateway, err = n.transitGateway(st.at, st.words[1]); err != nil {
		return err
	}
	t.serves = st.words[2:]
	for _, line := range st.continued {
		if len(line.words) != 7 || line.words[6] != "-" && prefixOf(line.words[6]) != "tgw-rtb" {
			return line.at.errorf("an entry has the form \"NUMBER PROTOCOL SOURCE PORTS DESTINATION PORTS TABLE\", * for any, such as \"10 6 * * 10.1.0.0/16 80 tgw-rtb-r\"")
		}
		t.entries = append(t.entries, policyEntry{at: line.at, words: line.words[:6], target: line.words[6]})
	}
	n.policyTables = append(n.policyTables, t)
	return nil
}

func (n *Network) checkTransit() error {
	for _, a := range n.transitAttachments {
		if err := n.checkDeclared(a.at, a.subnets...); err != nil {
			return err
		}
	}
	for _, t := range n.transitTables {
		if err := n.checkDeclared(t.at, append(slices.Clone(t.serves), t.propagates...)...); err != nil {
			return err
		}
		for _, r := range t.routes {
			if err := n.checkDeclared(r.at, r.targets...); err != nil {
				return err
			}
			if r.list != "" && !n.known[r.list] {
				return n.checkDeclared(r.at, r.list)
			}
		}
	}
	for _, t := range n.policyTables {
		if err := n.checkDeclared(t.at, t.serves...); err != nil {
			return err
		}
		for _, e := range t.entries {
			if e.target == "-" {
				continue
			}
			if err := n.checkDeclared(e.at, e.target); err != nil {
				return err
			}
		}
	}
	return nil
}
