package explain

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// Fix is the smallest change of the configuration that would open one blocker, or the reason why there is none. It opens this
// blocker only: each blocker of a path has its own. All of them together let the witness through (D-195, D-196).
//
// A fix is never wider than the packets that the blocker refuses (solver.Blocker.Packets), as far as the thing that
// changes can tell packets apart: a group rule reads no client port, a route no protocol. One exception: a
// route of the whole internet to a gateway is written 0.0.0.0/0 or ::/0, which loses to every other route.
type Fix struct {
	Action   Action
	Resource model.Ref     // what to change; zero where that has to be made first or is not known
	Rules    []RuleChange  // AddRule and AddEntry
	Routes   []RouteChange // AddRoute, AddTransitRoute, ReplaceTransitRoute, ReplaceRoute (what it becomes) and DeleteRoute
	// Address is the private address to map (AssociateAddress, AssociateCarrier), or the one that a new one stands for (AssignIPv6); otherwise invalid.
	Address netip.Addr
	VPC     model.Ref // AttachGateway: what to attach it to; otherwise zero
	Table   model.Ref // ModifyEndpoint: the route table to add, which gets Routes; otherwise zero
	Mode    string    // ExcludeFromBPA: the mode of the exclusion; otherwise empty
	// Partial says that the fix serves some of the blocker's packets only, its witness among them, because all of them would
	// take too many rules or routes.
	Partial bool
	// Text is the change in words, one line, printable. Empty where Unfixable is not.
	Text string
	// Unfixable says why no change of the configuration opens the blocker, and what to do instead. One line, printable.
	Unfixable string
}

// Action is the kind of change that a [Fix] makes.
type Action string

// The actions.
const (
	AddRule           Action = "add-security-group-rule"
	AttachGroup       Action = "attach-security-group"
	AddEntry          Action = "add-network-acl-entry"
	AddRoute          Action = "add-route"
	ReplaceRoute      Action = "replace-route"
	DeleteRoute       Action = "delete-route"
	AssociateAddress  Action = "associate-elastic-ip"
	AssociateCarrier  Action = "associate-carrier-ip"
	AssignIPv6        Action = "assign-ipv6-address"
	AttachGateway     Action = "attach-internet-gateway"
	AcceptPeering     Action = "accept-vpc-peering-connection"
	DisableSourceDest Action = "disable-source-dest-check"
	AcceptEndpoint    Action = "accept-vpc-endpoint-connection"
	ModifyEndpoint    Action = "modify-vpc-endpoint"
	EnableDNSSupport  Action = "enable-dns-support"
	EnableMetadata    Action = "enable-instance-metadata"
	ExcludeFromBPA    Action = "exclude-from-block-public-access"

	AddTransitRoute     Action = "create-transit-gateway-route"
	ReplaceTransitRoute Action = "replace-transit-gateway-route"
)

// RuleChange is a rule of a group or an entry of a network ACL to add.
type RuleChange struct {
	Direction string `json:"direction"`           // ingress or egress
	Number    int32  `json:"number,omitzero"`     // network ACL only: a number that is free and comes first
	Protocol  string `json:"protocol"`            // as AWS takes it: tcp, udp, icmp, icmpv6, another number, or -1 for all
	FromPort  *int   `json:"from_port,omitempty"` // ICMP: the type, -1 for any; absent where the protocol has none
	ToPort    *int   `json:"to_port,omitempty"`   // ICMP: the code, -1 for any
	// CIDRs are the peers: sources of ingress, destinations of egress. Never empty.
	CIDRs []string `json:"cidrs"`
	// Group can be named instead of CIDRs: a group that the peer carries and that a reference would match here. It admits every
	// member of the group. Empty where references do not work.
	Group string `json:"group,omitempty"`
}

// RouteChange is a route to add, or to put in the place of another.
type RouteChange struct {
	Destination string `json:"destination"` // CIDR
	Target      string `json:"target"`      // id, or local
}

// key finds the explanation of a blocker.
type key struct {
	code   solver.Code
	reason solver.Reason
}

// explanation is what one code means, with one reason.
type explanation struct {
	text func(s *scene) string
	fix  func(s *scene) Fix
}

// explanations is filled by the file of each component. A test holds it against every code and reason that the solver
// raises.
var explanations = map[key]explanation{}

func register(code solver.Code, reason solver.Reason, text func(s *scene) string, fix func(s *scene) Fix) {
	explanations[key{code, reason}] = explanation{text, fix}
}

// scene is one blocker of one result.
type scene struct {
	*view
	b *solver.Blocker
}

// explained finds the explanation of a blocker: that of its reason, else that of its code.
func (s *scene) explained() (explanation, bool) {
	if e, ok := explanations[key{s.b.Code, s.b.Reason}]; ok {
		return e, true
	}
	e, ok := explanations[key{s.b.Code, solver.ReasonNone}]
	return e, ok
}

// Sentence says why a blocker of r refuses packets: one line, printable, without a full stop.
func Sentence(r *solver.Result, b *solver.Blocker) string {
	s := &scene{viewOf(r), b}
	if e, ok := s.explained(); ok {
		return e.text(s)
	}
	return s.called(b.At) + " refuses " + s.refused()
}

// FixOf returns the smallest change that would open a blocker of r.
func FixOf(r *solver.Result, b *solver.Blocker) Fix {
	s := &scene{viewOf(r), b}
	if e, ok := s.explained(); ok {
		return e.fix(s)
	}
	return Fix{Unfixable: "no change is known that would open " + string(b.Code)}
}

// refused says which packets the blocker refuses.
func (s *scene) refused() string {
	what := s.traffic(s.b.Packets)
	if s.b.Leg == solver.Return {
		return "the reply " + what
	}
	return what
}

// unfixable is a fix function for blockers that no change opens.
func unfixable(why string) func(*scene) Fix {
	return func(*scene) Fix { return Fix{Unfixable: why} }
}

// change is a fix without rules or routes.
func change(a Action, r model.Ref, text string) Fix {
	return Fix{Action: a, Resource: r, Text: text}
}
