package solver

import (
	"time"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Verdict is the first of the four parts of an answer that is not empty (D-2).
type Verdict uint8

// The verdicts.
const (
	Reachable   Verdict = iota // at least one packet of the question is admitted
	Ambiguous                  // some choices of AWS's let a packet through, others do not
	Unknown                    // a fact that the snapshot does not hold decides
	Unreachable                // every packet of the question is refused
)

func (v Verdict) String() string {
	return [...]string{"reachable", "ambiguous", "unknown", "unreachable"}[v]
}

// Leg is the direction of a packet: the request or its reply.
type Leg uint8

// The legs.
const (
	Forward Leg = iota
	Return
)

func (l Leg) String() string {
	if l == Return {
		return "return"
	}
	return "forward"
}

// Result is the answer to one question. Its sets live in Pool, which belongs to this result alone; a Result is
// read-only but, because printing sets makes new ones, not safe for concurrent use.
type Result struct {
	Network *model.Network
	Query   Query
	Pool    *packet.Pool
	Verdict Verdict

	// Asked is the whole question; the four parts divide it. All are headers as they leave FROM.
	Asked, Admitted, Ambiguous, Unknown, Blocked packet.Set

	// Witness is one packet of the part that gives the verdict, as it leaves FROM; the hops tell its story.
	// HasWitness is false where the question holds no packet at all.
	Witness    packet.Packet
	HasWitness bool

	Forward, Return []Hop
	Branches        []Branch  // where AWS chooses: every way the witness can take, if they differ
	Blockers        []Blocker // of both legs, in the order of the hops, then those of the question as a whole
	Missing         []*model.Missing
	ArrivedAt       model.Ref // where a path ended that could not be followed to TO
	Assumptions     []Assumption
	Notes           []Note

	budget   int  // states that one walk may follow
	within   bool // asked on behalf of another question (D-192)
	openable bool // unreachable, and the path nearest to working has no blocker that lies in the packets or the question
}

// Hop is one component that a packet meets, one entry per thing that decides.
type Hop struct {
	At       model.Ref
	Attached model.Ref // instance of an interface; gateway of a gateway's interface
	Subnet   model.Ref // of an interface or a network ACL
	VPC      model.Ref
	Gateway  model.Ref  // of an attachment or a table of a transit gateway or core network
	In, Out  packet.Set // headers, narrowed to the packets that take the whole path
	Egress   bool       // groups and ACLs: outbound rules
	Rule     *Rule      // the rule that decided about the witness; nil where none did
	Blockers []Blocker
}

// Rule is the rule that decided at a hop. Exactly one of the others is set.
type Rule struct {
	Of      model.Ref // group, network ACL or route table
	Group   *model.GroupRule
	Entry   *model.ACLEntry
	Transit *model.TransitRoute // of a transit gateway's route table
	Policy  *model.PolicyEntry  // of its policy table
	Route   *model.Route
}

// Blocker is one reason why packets do not get through.
type Blocker struct {
	Code          Code
	Reason        Reason
	Leg           Leg
	At            model.Ref
	Egress        bool       // refused on the way out of the component
	Rule          *Rule      // the rule that refused; nil where the lack of a rule did
	Packets       packet.Set // what is refused here, in the header at this hop
	Witness       packet.Packet
	Least         packet.Set // of Packets, what the answer's witness becomes here: a fix has to serve all of these; empty where only Witness is known
	State         string     // for BAD_STATE and its kin: the state
	Target        model.Ref  // route codes: the component that a route should lead to
	Interface     model.Ref  // where it is not At: the interface concerned
	Subnet        model.Ref
	VPC           model.Ref
	LosingTransit *model.TransitRoute // the same of a transit gateway's table
	Losing        *model.Route        // MORE_SPECIFIC_ROUTE, HIGHER_PRIORITY_ROUTE, CANNOT_ROUTE: the route that does not serve
}

// Branch is one way that AWS may choose for the witness.
type Branch struct {
	Outcome         Verdict // Reachable, Unknown or Unreachable
	Forward, Return []Hop
	Blockers        []Blocker
	Missing         []*model.Missing
}

// Assumption is a gap of the snapshot that was bridged.
type Assumption struct {
	Kind AssumptionKind
	At   model.Ref
	For  model.Ref // AssumeDefaultACL: the subnet that At, the VPC's default ACL, is taken to serve; zero otherwise
}

// AssumptionKind says what was assumed.
type AssumptionKind string

// The assumptions.
const (
	AssumeRunning      AssumptionKind = "instance-running"
	AssumeDefaultACL   AssumptionKind = "default-network-acl"
	AssumeACLAllows    AssumptionKind = "network-acl-allows"
	AssumeGatewayWorks AssumptionKind = "gateway-works"
	AssumeNoBPA        AssumptionKind = "block-public-access-off"
	AssumeBPAEffective AssumptionKind = "block-public-access-effective"
	AssumeTrunkLive    AssumptionKind = "branch-attached"
	AssumePublicNAT    AssumptionKind = "nat-gateway-public"
	AssumeZonalNAT     AssumptionKind = "nat-gateway-zonal"
	AssumeSameRegion   AssumptionKind = "peering-same-region"
	AssumeForwards     AssumptionKind = "appliance-forwards"
	AssumeNATInstance  AssumptionKind = "nat-instance"
	AssumeGWLBPasses   AssumptionKind = "gwlb-not-checked"

	AssumeInternetAddress AssumptionKind = "internet-address"

	AssumeEndpointWorks AssumptionKind = "endpoint-available"
	AssumeDNSSupport    AssumptionKind = "dns-support-on"

	AssumePropagations AssumptionKind = "transit-gateway-propagations"
	AssumeTransitTable AssumptionKind = "transit-gateway-table"
	AssumeNoStaticNAT  AssumptionKind = "transit-gateway-nat"

	AssumeTunnels       AssumptionKind = "vpn-tunnels"    // a VPN connection of whose tunnels no answer tells
	AssumeDirectConnect AssumptionKind = "direct-connect" // a line of which no answer tells whether it works
)

// Note is a remark on an answer that changes no verdict.
type Note struct {
	Kind NoteKind
	At   model.Ref
	Span time.Duration // of a note on time; else zero
}

// NoteKind says what a note is about.
type NoteKind string

// The notes.
const (
	NoteForwardOnly NoteKind = "forward-only"      // no reply was judged (UDP in reading aws, ICMP messages without a reply)
	NoteIPv6        NoteKind = "beyond-aws-ipv6"   // AWS's analyzer does not consider IPv6 (W-6)
	NoteInitiates   NoteKind = "service-interface" // FROM is a service's interface, which may never start connections (U-19)
	NoteJoinedLegs  NoteKind = "internet-and-back" // out by one internet gateway and in by another (IGW-6)

	NoteAsymmetric       NoteKind = "asymmetric"        // a middlebox that keeps state sees one direction only; reading aws (GRT-8)
	NoteEndpointBypassed NoteKind = "endpoint-bypassed" // the reply does not pass a Gateway Load Balancer endpoint that the request did (EP-23)

	NoteOtherZone NoteKind = "nat-gateway-other-zone" // a regional NAT gateway that is not yet in the sender's zone (NAT-10)

	NoteUnidirectional     NoteKind = "unidirectional"      // AWS's analyzer does not look at replies through a transit gateway (RA-3)
	NoteAttachmentChanging NoteKind = "attachment-changing" // an attachment that is being changed may not carry all (TGW-3)

	NoteBeyondRA NoteKind = "beyond-ra" // a core network, which AWS's analyzer does not follow (RA-8, CWAN-9)

	NoteSkew NoteKind = "skew" // the parts of the snapshot that the answer rests on were taken at different times (ACC-8, D-251)

	NoteBranch NoteKind = "branch-interface" // FROM is a branch interface, of a pod or task (SG-33)

	NoteEndpointThrough NoteKind = "gateway-endpoint-through" // a gateway endpoint used from the subnet of a middlebox (U-8)
	NotePlaintext       NoteKind = "encryption-enforced"      // ports without encryption at an endpoint of a VPC that enforces it (VEC-2)
	NoteTunnelsDown     NoteKind = "tunnels-down"             // every tunnel of a VPN connection is down; reading aws (VPN-4)
	NoteCloudHub        NoteKind = "cloudhub"                 // from one site to another through a virtual private gateway (VGW-13)
	NoteOtherEdge       NoteKind = "other-edge"               // the reply leaves AWS by another connection than the request came in by (D-238)

	NoteBeside NoteKind = "beside-the-network" // a special address: groups, ACLs and routes do not count (SP-1)
)
