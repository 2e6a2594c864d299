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
		if enter, ok := endpointTargets[e.Type()]; ok {
			enter(w, s, r, set, toll)
			return
		}
		w.stopAt(s, set, r.Target, w.endpointNotModelled(r.Target.Index, "as a route's target"))
	}
}

// endpointNotModelled names an endpoint whose type is not modelled, or not in that place.
func (w *walk) endpointNotModelled(i int32, where string) *model.Missing {
	e := &w.n.VPCEndpoints[i]
	res := w.n.Resource(model.Ref{Kind: model.KindVPCEndpoint, Index: i})
	return &model.Missing{What: e.ID, Account: res.Account, Region: res.Region, Why: model.NotModelled,
		Detail: "vpc-endpoint of type " + cmp.Or(string(e.Type()), "unknown") + " " + where}
}
