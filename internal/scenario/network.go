package scenario

import (
	"net/netip"
	"regexp"
	"slices"
)

// The account and Region of what stands before the first "account" line.
const (
	defaultAccount = "111111111111"
	defaultRegion  = "us-east-1"
)

// part is one account's Region: the answers of a snapshot come per part.
type part struct {
	account string
	region  string
}

// Network is the raw description of a network, as the lines of a scenario give it. It is opaque: tests see it
// through Scenario.Files only, so that they test the reader of real answers too.
type Network struct {
	parts   []part // in order of appearance; the first is where peerings and edits look first
	current part
	known   map[string]bool // every id, generated ones too

	vpcs       []*vpc
	subnets    []*subnet
	tables     []*routeTable
	groups     []*securityGroup
	acls       []*networkACL
	instances  []*instance
	interfaces []*networkInterface
	addresses  []*elasticIP
	gateways   []*internetGateway
	nats       []*natGateway
	peerings   []*peering
	lists      []*prefixList
	endpoints  []*endpoint
	connects   []*connectEndpoint
	others     []*other
	raw        []rawAnswer
	edges
	transit
	hybrid
	cloudWAN

	omitted []absence
	cut     []absence
	dropped []drop
	edits   []edit
}

// head is what every resource has.
type head struct {
	id   string
	part part
	at   position
}

type vpc struct {
	head
	blocks []netip.Prefix
	noDNS  bool
}

type subnet struct {
	head
	vpc    *vpc
	blocks []netip.Prefix
	zone   int // 1-based; the zone ID's number
}

type routeTable struct {
	head
	vpc        *vpc
	main       bool
	noLocal    bool
	serves     []string // subnets and gateways
	propagates []string // virtual private gateways
	routes     []route
}

type route struct {
	at          position
	destination string // CIDR or prefix list
	target      string
	state       string
	origin      string
}

type securityGroup struct {
	head
	vpc   *vpc
	rules []groupRule
}

type groupRule struct {
	at       position
	egress   bool
	protocol string // as written
	ports    ports
	peers    []string
}

type networkACL struct {
	head
	vpc       *vpc
	isDefault bool
	subnets   []string
	entries   []aclEntry
}

type aclEntry struct {
	egress   bool
	number   int
	action   string
	protocol string // as written
	ports    ports
	block    netip.Prefix
}

type instance struct {
	head
	state string
}

type networkInterface struct {
	head
	subnet      *subnet
	addresses   []address
	prefixes    []netip.Prefix
	groups      []string
	noGroups    bool
	instance    string
	kind        string // InterfaceType
	description string
	detached    bool
	noCheck     bool
	trunk       string // a branch interface's
	managed     bool   // a service's, whatever its type
	requester   string // RequesterId
}

type address struct {
	private netip.Addr
	public  netip.Addr // zero: none
	carrier netip.Addr // zero: none
}

type elasticIP struct {
	head
	public  netip.Addr
	eni     string
	private netip.Addr
}

type internetGateway struct {
	head
	vpc *vpc // nil: detached
}

type natGateway struct {
	head
	subnet    *subnet
	addresses []address
}

type peering struct {
	head
	requester, accepter *vpc
	status              string
}

type prefixList struct {
	head
	aws     bool
	entries []netip.Prefix
}

// other is a resource of a kind that is known by name only.
type other struct {
	head
	vpc string
}

// absence is an answer that is left out or marked incomplete.
type absence struct {
	at     position
	call   string // or "all"
	object string // the prefix list of a get-managed-prefix-list-entries; empty: every one
	part   *part  // nil: every part
}

type drop struct {
	at   position
	id   string
	part *part
}

type edit struct {
	at    position
	id    string
	call  string // of its records only; empty: of all
	part  *part  // in that part only; nil: in all
	path  string
	value any // nil removes the field
}

func newNetwork() *Network {
	return &Network{known: map[string]bool{}, current: part{defaultAccount, defaultRegion}}
}

var (
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	regionPattern  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	idPattern      = regexp.MustCompile(`^[a-z]+-[a-zA-Z0-9-]+$`)
)

// read takes one line that is no question, with its continuation.
func (n *Network) read(st statement) error {
	if directive, ok := directives[st.words[0]]; ok {
		if len(st.continued) > 0 && st.words[0] != "segment" {
			return st.continued[0].at.errorf("nothing continues a line %q; do not indent what follows it", st.words[0])
		}
		return directive(n, st)
	}
	id := st.words[0]
	kind, ok := kinds[prefixOf(id)]
	if !ok || !idPattern.MatchString(id) {
		return st.at.errorf("%q is no resource id, directive or question; the form is described in package scenario", id)
	}
	if n.known[id] {
		return st.at.errorf("%s is declared twice; give one of them another id", id)
	}
	if len(st.continued) > 0 && !kind.continues {
		return st.continued[0].at.errorf("nothing continues %s; do not indent what follows it", id)
	}
	n.enter(n.current)
	n.known[id] = true
	return kind.read(n, head{id: id, part: n.current, at: st.at}, st)
}

// enter adds a part when its first resource or its account line appears.
func (n *Network) enter(p part) {
	if !slices.Contains(n.parts, p) {
		n.parts = append(n.parts, p)
	}
	n.current = p
}

func (n *Network) vpc(at position, id string) (*vpc, error) {
	for _, v := range n.vpcs {
		if v.id == id {
			return v, nil
		}
	}
	return nil, at.errorf("no VPC %q above this line; declare it first, such as \"%s 10.0.0.0/16\"", id, "vpc-a")
}

func (n *Network) subnet(at position, id string) (*subnet, error) {
	for _, s := range n.subnets {
		if s.id == id {
			return s, nil
		}
	}
	return nil, at.errorf("no subnet %q above this line; declare it first, such as \"%s vpc-a 10.0.1.0/24\"", id, "subnet-s")
}
