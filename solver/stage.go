package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// stage is one question that a component answers about packets: what leaves, where to, and what is refused? A
// component has one stage for each way packets meet it (an interface on the way out and on the way in).
type stage struct {
	name string
	step func(w *walk, s *state)
	// row is the component that the stage is shown as in an answer; nil for stages that decide nothing a person
	// would look for. rule names the rule that decided about one packet; nil where stages have none.
	row  func(w *walk, s *state) Hop
	rule func(w *walk, s *state, k packet.Packet) *Rule
}

// routeTargets says which stage takes packets from a route, by the kind of the route's target. Each component that can be
// a target adds itself; a kind that is not here is not modelled.
var routeTargets = map[model.Kind]func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker){}

// state is a set of packets at one stage of one component.
type state struct {
	stage *stage
	ref   model.Ref  // what the stage works on: interface, subnet, VPC or gateway
	set   packet.Set // headers here
	leg   Leg

	// Where the packets stand.
	vpc    int32
	subnet int32  // -1 between subnets and outside
	iface  int32  // the interface they are being delivered to, once that is known; -1 before
	inside bool   // at a route table: only to NAT gateways of the same subnet, which no network ACL guards (D-63)
	then   *stage // after a network ACL: where to go
	thenTo model.Ref

	// What travels with them.
	token   int32     // interface they left from, whose groups references see (SG-20); -1 once erased
	crossed int32     // peering crossed since then; -1 for none
	sender  model.Ref // what last sent them: an instance (an interface without one), an endpoint; others where a gateway did
	edge    model.Ref // internet gateway by which they came in or left
	back    int32     // peering that the reply takes whatever the routes say (NAT-9); -1 for none
	frame   *frame    // translations to undo on the reply, latest first
	passes  *pass     // middleboxes that they have passed, latest first
	zone    int32     // in a transit gateway or core network: the zone they entered it in; model.NoZone, model.UnknownZone
	entered model.Ref // attachment by which they came into the transit gateway, core network or VPC they are in; zero for none
	transit int32     // transit gateway crossed with the sender's groups kept, twice its index, one more where that is in doubt; crossedCore; -1 for none
	pins    *pinned   // zones to which attachments in appliance mode have pinned the flow, latest first (TGW-42)
	picks   *picked   // routes that AWS picked for them, latest first (RT-10)
	doubt   bool      // a missing fact has been passed (D-80)
	moot    bool      // the packets are unknown whatever refuses them (D-204): they go on for what else is missing
	strange bool      // they come from an interface that no answer describes (D-24)
	oneway  bool      // they have crossed a route table of a transit gateway (RA-3)
	tracked bool      // a reply about to leave an appliance by an interface that saw the request (SG-5, SG-8)
	visited uint64    // of Query.Through, a bit each: components that the request has met (D-190)

	prev  *state
	hops  int
	taken *model.Route // the route that led here; nil where none did
	pick  bool         // AWS picked that route among several (RT-10)

	via  *model.TransitRoute // the route of a transit gateway that led here; nil where none did
	fork bool                // AWS chose this way among several: a zone, a route of a transit gateway (CONV-3)

	// Found at this stage.
	missing []*model.Missing
	assumed []Assumption
	notes   []Note

	// Relaxed walk only.
	bought []Blocker // refusals of this stage that were bought off
	toll   []Blocker // refusals of the stage before that were bought off to come here
	cost   int
}

// to makes the state that follows s at another stage. The caller sets what changes and passes it on with a set.
func (s *state) to(stage *stage, ref model.Ref) state {
	next := *s
	next.stage, next.ref, next.prev = stage, ref, s
	next.hops++
	next.then, next.thenTo, next.taken, next.inside = nil, model.Ref{}, nil, false
	next.tracked, next.via = false, nil
	next.missing, next.assumed, next.notes, next.bought, next.toll = nil, nil, nil, nil, nil
	return next
}

// after makes the state that follows a network ACL: where the state before it wanted to go.
func (s *state) after() state {
	then, ref := s.then, s.thenTo
	return s.to(then, ref)
}

// doubting marks s: a fact is missing, but the packets go on (D-80). Copies of s made before keep their own list.
func (s *state) doubting(m *model.Missing) {
	s.doubt = true
	s.missing = append(slices.Clip(s.missing), m)
}

// key is what makes two states of one walk the same but for their sets.
type key struct {
	stage   *stage
	ref     model.Ref
	leg     Leg
	vpc     int32
	subnet  int32
	iface   int32
	inside  bool
	then    *stage
	thenTo  model.Ref
	token   int32
	crossed int32
	sender  model.Ref
	edge    model.Ref
	back    int32
	frame   *frame
	passes  *pass
	zone    int32
	entered model.Ref
	transit int32
	pins    *pinned
	picks   *picked
	doubt   bool
	moot    bool
	strange bool
	oneway  bool
	tracked bool
	visited uint64
}

func (s *state) key() key {
	return key{s.stage, s.ref, s.leg, s.vpc, s.subnet, s.iface, s.inside, s.then, s.thenTo, s.token, s.crossed, s.sender, s.edge, s.back, s.frame, s.passes, s.zone, s.entered, s.transit, s.pins, s.picks, s.doubt, s.moot, s.strange, s.oneway, s.tracked, s.visited}
}
