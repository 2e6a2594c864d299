package oracle

import "slices"

// flight is the packet under way and what travels with it. It is copied at every fork, so a branch never sees another's
// steps; its slices are only ever appended to after a clip.
type flight struct {
	p     Packet
	reply bool
	// origin is the interface that the packet left; token says that no hop has erased its groups (SG-20, SG-22)
	origin *iface
	token  bool
	// started is the interface where the request started
	started *iface
	// byReference says how far the sender's egress rules admitted the packet by a reference to a group alone (D-101)
	byReference verdict
	// crossed is the peering that it came over
	crossed *peering
	// events are the translations and pins that the reply has to undo, the last first
	events []event
	// missing are the facts that mark the packet (D-80)
	missing []string
	// picks are the prefix lists that AWS has picked on the way, where several tie in a table; it keeps its pick (RT-10)
	picks []pick

	trail
	transit
}

// pick is a route that AWS picked in a table.
type pick struct{ table, list string }

// eventKind tells events apart.
type eventKind uint8

const (
	translated  eventKind = iota + 1 // by a NAT gateway
	masqueraded                      // by a NAT instance (NAT-12)
	wentOut                          // of an internet gateway
	wentEgress                       // of an egress-only internet gateway
	wentCarrier                      // of a carrier gateway
	cameIn                           // by an internet gateway
	pinned                           // to a peering, coming from a NAT gateway (NAT-9)
)

// event is something on the way there that matters on the way back.
type event struct {
	kind   eventKind
	id     string // of the gateway, peering or interface; empty: an internet gateway that is assumed to exist
	vpc    string
	before Packet // as it came to the device
	after  Packet // as it left the device
}

func (f flight) push(e event) flight {
	f.events = append(slices.Clip(f.events), e)
	return f
}

// top returns the last event that is not undone yet.
func (f flight) top() event {
	if len(f.events) == 0 {
		return event{}
	}
	return f.events[len(f.events)-1]
}

func (f flight) pop() flight {
	f.events = f.events[:len(f.events)-1]
	return f
}

// lastTranslation returns what gave the packet its source.
func (f flight) lastTranslation() eventKind {
	for _, e := range slices.Backward(f.events) {
		if e.kind == translated || e.kind == masqueraded {
			return e.kind
		}
	}
	return 0
}

// miss marks the packet with a missing fact: it goes on, but what gets through is unknown (D-80).
func (f flight) miss(what string) flight {
	f.missing = append(slices.Clip(f.missing), what)
	return f
}

// place is where a packet is routed from: a subnet, what it leaves there, and nothing else. A packet that comes from an
// internet gateway, or from a regional NAT gateway, is in no subnet.
type place struct {
	vpc      string
	subnet   *subnet   // nil: none
	via      *nat      // the NAT gateway that it comes from
	box      *iface    // the appliance's interface that it leaves by
	endpoint *endpoint // the Gateway Load Balancer endpoint that it leaves
	transit  bool      // it leaves an attachment of a transit gateway
}

// in returns the id of the subnet; empty for none.
func (at place) in() string {
	if at.subnet == nil {
		return ""
	}
	return at.subnet.id
}
