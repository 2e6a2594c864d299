// Package oracle answers for one packet what the solver answers for sets of them. It walks the packet over AWS's raw
// answers in the plainest way, rule by rule, with neither sets nor a graph, and shares no code with the solver, the model
// or the snapshot reader: where the two disagree, one of them is wrong. Only tests and tools use it.
//
// It is written from the rules (docs/rules.md: W, VPC, RT, GRT, SG, ACL, ENI, IGW, EIGW, CAGW, NAT, BPA, PCX, EP, SP, RET) and from
// docs/decisions.md. It knows instances, network interfaces, security groups, network ACLs, route tables of subnets and gateways,
// local delivery, appliances and NAT instances, internet, egress-only and carrier gateways, NAT gateways, VPC peering, VPC endpoints, transit and virtual
// private gateways,
// the special addresses and the internet. Every other route target answers unknown, "not modelled" (D-47).
package oracle

import "net/netip"

// Files are AWS's answers by name: "describe-vpcs.json" where the snapshot has one part, else
// "ACCOUNT/REGION/describe-vpcs.json"; what follows a dot in the call's name is its argument
// ("get-managed-prefix-list-entries.pl-1.json"). A file that is missing is a call that was not made; a NextToken at the
// top says that the answer is not complete (D-82).
type Files map[string][]byte

// The readings of a question (design.md, P4). An empty reading is strict.
const (
	Strict = "strict"
	AWS    = "aws"
)

// What Question.Assume knows (D-30, D-83).
const (
	AssumeACLs     = "network-acls"
	AssumeGateways = "gateways"
)

// Question asks whether a packet gets from one end to the other and, where it needs one, its reply back.
type Question struct {
	From, To End
	Packet   Packet
	Reading  string
	// NoAssume turns every listed assumption off, those of Assume too: what would be assumed is unknown.
	NoAssume bool
	Assume   []string
}

// End is one end of a question. Exactly one field is set.
type End struct {
	Interface string // id of a network interface
	Internet  bool   // through whichever internet gateway (D-4)
	Gateway   string // the internet through the internet gateway with this id
	Endpoint  string // a VPC endpoint or an EC2 Instance Connect Endpoint
	Edge      string // beyond a virtual private gateway, a transit gateway or one of its attachments
	Address   bool   // To only: whatever has the packet's destination address
}

// Packet is a packet's header as it leaves From. Ports count for TCP and UDP, type and code for ICMP and ICMPv6.
type Packet struct {
	Source, Destination         netip.Addr
	Protocol                    uint8
	SourcePort, DestinationPort uint16
	ICMPType, ICMPCode          uint8
}

// Outcome is what becomes of a packet over all of AWS's choices (D-1).
type Outcome string

// The outcomes, best first.
const (
	Admitted  Outcome = "admitted"
	Ambiguous Outcome = "ambiguous"
	Unknown   Outcome = "unknown"
	Blocked   Outcome = "blocked"
)

// Answer is the outcome of a question and how it came about.
type Answer struct {
	Outcome Outcome
	// Trace has a line for each step, branch after branch; long traces are cut.
	Trace []string
	// Decided counts by rule kind ("acl-deny", "route-none", ...) what decided something on the way.
	Decided map[string]int
	// Missing names the facts on which branches depend that ended unknown, each once, in the order in which they
	// were met.
	Missing []string
}

// Oracle holds one snapshot. It is read-only once made, so several goroutines may ask it.
type Oracle struct {
	parts      map[string]*part
	vpcs       map[string]*vpc
	subnets    map[string]*subnet
	interfaces map[string]*iface
	instances  map[string]*instance
	groups     map[string]*group
	acls       map[string]*acl
	tables     map[string]*table
	igws       map[string]*igw
	nats       map[string]*nat
	peerings   map[string]*peering
	lists      map[string]*prefixList
	elastic    []elasticAddress
	// carrierAddresses are those that describe-addresses shows
	carrierAddresses []elasticAddress

	egressOnly map[string]*egressGateway
	carriers   map[string]*carrierGateway
	endpoints  map[string]*endpoint
	connects   map[string]*connectEndpoint
	trunks     map[string][]string // by branch interface
	dns        map[string]bool     // EnableDnsSupport by VPC
	// dnsDisputed are the VPCs of which two answers say different things
	dnsDisputed map[string]bool

	transits        map[string]*transitGateway
	transitTables   map[string]*transitTable
	attachments     []*transitAttachment
	transitPeerings []*transitPeering
	peeringStates   []peeringState
	tableMembers    map[string][]tableMember // associated attachments by table
	propagations    map[string]*propagations
	searches        map[string]*transitSearch
	policies        map[string][]string // policy tables by attachment, of which both ends of a peering may have the id
	policyTables    map[string]string   // gateway by policy table
	policyAnswers   []string            // policy tables of which every association is known
	policyEntries   map[string]*policyEntries
	parentZone      map[string]string // by Local Zone
	vpnGateways     map[string]*vpnGateway
	vpnConnections  map[string]*vpnConnection
	natAsked        map[string]bool        // attachments whose static NAT is told
	staticNAT       map[string][]staticNAT // by attachment
	directGateways  []string               // gateways that are associated with Direct Connect gateways
	privateVIFs     []string               // the gateways of private virtual interfaces

	index
}

// Protocol numbers with rules of their own.
const (
	icmp   = 1
	tcp    = 6
	udp    = 17
	icmpv6 = 58
)

// Ask answers a question.
func (o *Oracle) Ask(q Question) Answer {
	if q.Reading == "" {
		q.Reading = Strict
	}
	q.Packet.Source, q.Packet.Destination = q.Packet.Source.Unmap(), q.Packet.Destination.Unmap()
	best := Answer{Outcome: Unknown, Missing: []string{"not a question: ends, families or protocol"}}
	if !q.valid() {
		return best
	}
	for i, start := range o.starts(q) {
		w := &walker{o: o, q: q, decided: map[string]int{}}
		start(w)
		a := w.answer()
		if i == 0 || rank(a.Outcome) < rank(best.Outcome) {
			best = a
		}
	}
	return best
}

// valid reports whether the question can be asked: a packet of one family and, in reading aws, one of those that AWS's
// analyzer takes (design.md, section 6).
func (q Question) valid() bool {
	p := q.Packet
	if !p.Source.IsValid() || !p.Destination.IsValid() || p.Source.Is4() != p.Destination.Is4() {
		return false
	}
	if q.Reading == AWS {
		return p.Source.Is4() && (p.Protocol == tcp || p.Protocol == udp)
	}
	return q.Reading == Strict
}

// rank orders outcomes, best first (D-1).
func rank(o Outcome) int {
	switch o {
	case Admitted:
		return 0
	case Ambiguous:
		return 1
	case Unknown:
		return 2
	}
	return 3
}
