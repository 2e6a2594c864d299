// Package risk finds what can be seen to go wrong between VPCs without asking a question: middleboxes that will see one direction of a
// flow only, traffic that circles, ways that bypass an inspection (ASY-5, D-260).
//
// A risk is no verdict: whether it hurts depends on what is sent. Where a fact is missing that would tell, the risk is listed as not judged,
// with what is missing.
package risk

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
)

// Kind says what may go wrong.
type Kind string

// The kinds of ASY-5, in its order.
const (
	ApplianceModeOff Kind = "appliance-mode-off"          // (a) an attachment that leads to a middlebox in several zones, without appliance mode
	NoPropagation    Kind = "appliance-mode-hashes"       // (b) with it, but its table has no propagations, so flows within one zone are hashed too
	CrossZone        Kind = "next-hop-in-other-zone"      // (c) an attachment subnet's table leads to a middlebox of another zone
	NoWayBack        Kind = "no-route-back"               // (d) a spoke is led to inspection, whose table has no route to that spoke
	Loop             Kind = "inspection-loop"             // (e) the inspection attachment's own table leads to it
	EdgeBypass       Kind = "edge-table-bypassed"         // (f) what comes in is led through a middlebox that what goes out bypasses
	TwoWays          Kind = "two-ways-to-on-premises"     // (g) a virtual private gateway and a transit gateway for one destination
	NoRouteToGateway Kind = "no-route-to-transit-gateway" // (h) a middlebox's subnet has no route back to the transit gateway
)

// Kinds are all kinds, in order.
var Kinds = []Kind{ApplianceModeOff, NoPropagation, CrossZone, NoWayBack, Loop, EdgeBypass, TwoWays, NoRouteToGateway}

// Risk is one thing that may go wrong.
type Risk struct {
	Kind  Kind
	At    model.Ref      // the resource to look at: what a fix would change
	Table model.Ref      // the route table, of a VPC or a transit gateway, that shows it; zero where none does
	To    model.Ref      // the middlebox, attachment, gateway or VPC that it is about; zero for none
	CIDR  netip.Prefix   // the destination that it is about; zero for none
	Lack  *model.Missing // why it cannot be judged; nil for a risk that is known
}

// Find lists the risks of a network, by kind and then by the ids of what they are about. It only reads n, which other goroutines may
// read too.
func Find(n *model.Network) []Risk {
	f := &finder{n: n}
	for i := range n.TransitAttachments {
		f.inspections(int32(i))
	}
	f.edges()
	f.premises()
	slices.SortStableFunc(f.found, func(a, b Risk) int {
		return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(n.ID(a.At), n.ID(b.At)),
			cmp.Compare(n.ID(a.Table), n.ID(b.Table)), cmp.Compare(n.ID(a.To), n.ID(b.To)), a.CIDR.Addr().Compare(b.CIDR.Addr()))
	})
	return slices.CompactFunc(f.found, func(a, b Risk) bool {
		return a.Kind == b.Kind && a.At == b.At && a.Table == b.Table && a.To == b.To && a.CIDR == b.CIDR && (a.Lack == nil) == (b.Lack == nil)
	})
}

type finder struct {
	n     *model.Network
	found []Risk
}

func (f *finder) add(r Risk) { f.found = append(f.found, r) }

// middlebox is what a route of a VPC's table leads through: an interface, an instance or a Gateway Load Balancer endpoint.
type middlebox struct {
	ref    model.Ref
	subnet int32
}

// through says whether a route leads through a middlebox. A route that drops leads nowhere.
func (f *finder) through(r *model.Route) (m middlebox, ok bool, lack *model.Missing) {
	if r.Bad() || r.Local {
		return middlebox{}, false, nil
	}
	switch r.Target.Kind {
	case model.KindInterface, model.KindInstance:
		i, lack := f.n.NextHop(r.Target)
		if lack != nil {
			return middlebox{ref: r.Target, subnet: -1}, true, lack
		}
		return middlebox{model.Ref{Kind: model.KindInterface, Index: i}, f.n.Interfaces[i].Subnet}, true, nil
	case model.KindVPCEndpoint:
		e := &f.n.VPCEndpoints[r.Target.Index]
		if e.Type() == model.GatewayEndpoint || !e.Known() && r.List >= 0 { // only routes to those name a prefix list of AWS's
			return middlebox{}, false, nil
		}
		subnet, lack := f.n.EndpointSubnet(r.Target.Index)
		return middlebox{r.Target, subnet}, true, lack
	}
	return middlebox{}, false, nil
}
