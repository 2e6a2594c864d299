package solver

import (
	"cmp"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// endpointTargets says which stage takes packets from a route to a VPC endpoint, by the endpoint's type. Each type that can be a
// target adds itself; a type that is not here is not modelled.
var endpointTargets = map[model.EndpointType]func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker){}

func init() {
	routeTargets[model.KindVPCEndpoint] = func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
		e := &w.n.VPCEndpoints[r.Target.Index]
		if m := e.Missing(); m != nil { // D-46
			w.stopAt(s, set, r.Target, m)
			return
		}
		kind := e.Type()
		switch { // what the answer does not say follows from the route
		case kind != "" || r.Record == nil:
		case r.List >= 0:
			kind = model.GatewayEndpoint
		default:
			kind = model.GatewayLoadBalancerEndpoint
		}
		if enter, ok := endpointTargets[kind]; ok {
			enter(w, s, r, set, toll)
			return
		}
		w.stopAt(s, set, r.Target, w.endpointNotModelled(r.Target.Index, "as a route's target"))
	}
}

// unsureOwner ends packets to blocks that an endpoint has and none of its interfaces is known to have, or may have (D-165).
func (w *walk) unsureOwner(s *state, set packet.Set) packet.Set {
	for _, u := range w.n.VPCs[s.vpc].Unsure {
		set = w.stopped(s, set, w.p.Destinations(u.Prefix), u.Missing)
	}
	return set
}

// endpointNotModelled names an endpoint whose type is not modelled, or not in that place.
func (w *walk) endpointNotModelled(i int32, where string) *model.Missing {
	e := &w.n.VPCEndpoints[i]
	res := w.n.Resource(model.Ref{Kind: model.KindVPCEndpoint, Index: i})
	return &model.Missing{What: e.ID, Account: res.Account, Region: res.Region, Why: model.NotModelled,
		Detail: "vpc-endpoint of type " + cmp.Or(string(e.Type()), "unknown") + " " + where}
}
