package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A gateway endpoint as a route's target and as an end of a question (EP-1 to EP-6, D-160). gatewayEndpointBack is where its replies
// start: they need no route (EP-5, RET-6).
var (
	gatewayEndpoint     = &stage{name: "gateway-endpoint", row: endpointRow}
	gatewayEndpointBack = &stage{name: "gateway-endpoint-back", row: endpointRow}
	gatewayEndpointFrom = &stage{name: "gateway-endpoint-from", row: endpointRow}
)

func init() {
	endpointTargets[model.GatewayEndpoint] = func(w *walk, s *state, r *model.Route, set packet.Set, toll []Blocker) {
		if r.Record != nil && r.List < 0 { // EP-1: AWS writes no such route
			w.stopAt(s, set, r.Target, w.endpointNotModelled(r.Target.Index, "as the target of a route by CIDR"))
			return
		}
		next := s.to(gatewayEndpoint, r.Target)
		next.toll, next.taken = toll, r
		w.pass(next, set)
	}
	gatewayEndpoint.step = stepGatewayEndpoint
	gatewayEndpointBack.step = func(w *walk, s *state) { w.deliver(s, s.set) }
	gatewayEndpointFrom.step = stepGatewayEndpointFrom
}

func endpointRow(w *walk, s *state) Hop {
	return Hop{At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
}

func stepGatewayEndpoint(w *walk, s *state) {
	e := &w.n.VPCEndpoints[s.ref.Index]
	if s.leg == Return { // it did not take the request, so it knows nothing of it (RET-5)
		if w.q.From.Ref == s.ref {
			w.finish(s, s.set)
			return
		}
		w.deadEnd(s, s.set, Blocker{Code: NoRouteToDestination, Reason: ReasonOtherGateway, At: s.ref})
		return
	}
	served, _ := w.n.Served(s.ref.Index)
	set := w.p.Intersect(s.set, w.p.Destinations(served...)) // a detour may lead elsewhere
	set = w.demand(s, set, e.Available(), Blocker{Code: BadState, At: s.ref, State: e.State()})
	set = w.demand(s, set, e.VPC == s.vpc, Blocker{Code: BadStateAttachment, Reason: ReasonOtherVPC, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
	set, strange, m := w.insideSource(s, set) // EP-4
	w.byFamily(s, set)
	w.doubtfully(s, strange, m, w.byFamily)
}

func (w *walk) byFamily(s *state, set packet.Set) {
	sure, doubtful, m := w.endpointFamilies(s, set)
	w.useGatewayEndpoint(s, sure)
	w.doubtfully(s, doubtful, m, w.useGatewayEndpoint)
}

// endpointFamilies implements EP-6: AWS writes a route for each family that the endpoint's IP address type names, so that packets of
// another one are here only where the answers do not fit together. It returns the packets that are sure, those in doubt and why.
func (w *walk) endpointFamilies(s *state, set packet.Set) (sure, doubtful packet.Set, m *model.Missing) {
	e := &w.n.VPCEndpoints[s.ref.Index]
	for _, f := range []packet.Family{packet.IPv4, packet.IPv6} {
		if !e.Serves(f == packet.IPv6) {
			doubtful = w.p.Union(doubtful, w.p.Intersect(set, w.p.OfFamily(f)))
		}
	}
	return w.p.Subtract(set, doubtful), doubtful, &model.Missing{What: "address families of " + e.ID, Call: "describe-vpc-endpoints", Why: model.Conflicting}
}

// useGatewayEndpoint implements EP-3 and ends the request: TO is the endpoint, or an address that it serves (D-160).
func (w *walk) useGatewayEndpoint(s *state, set packet.Set) {
	set = w.require(s, set, w.gatewayEndpointTraffic(), Blocker{Code: GatewayEndpointProtocol, At: s.ref})
	switch to := &w.q.To; {
	case to.Kind == model.EndEndpoint && to.Ref == s.ref:
	case to.Kind == model.EndInternet || to.Kind == model.EndAddress: // D-4
		space := w.p.Subtract(w.publicSpace(), w.p.Destinations(linkLocal))
		w.deadEnd(s, w.p.Subtract(set, space), Blocker{Code: NoPossibleDestination, Reason: ReasonElsewhere, At: s.ref})
		set = w.p.Intersect(set, space)
		w.nobodys(s, to)
	case to.Kind == model.EndEndpoint || to.Kind == model.EndGateway:
		w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonOtherGateway, At: s.ref})
		return
	default:
		w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonElsewhere, At: s.ref})
		return
	}
	if w.start.stage != instanceOut || w.n.Interfaces[w.start.ref.Index].Subnet != s.subnet { // U-8
		s.notes = append(s.notes, Note{Kind: NoteEndpointThrough, At: s.ref})
	}
	next := s.to(gatewayEndpointBack, s.ref)
	next.subnet = -1
	w.turn(s, set, next)
}

// gatewayEndpointTraffic is what a gateway endpoint takes: TCP and echo requests.
func (w *walk) gatewayEndpointTraffic() packet.Set {
	return w.p.UnionAll(w.p.Of(packet.Match{Protocols: one(packet.TCP)}),
		w.p.Of(packet.Match{Protocols: one(packet.ICMP), ICMPTypes: one(8), ICMPCodes: one(0)}),
		w.p.Of(packet.Match{Protocols: one(packet.ICMPv6), ICMPTypes: one(128), ICMPCodes: one(0)}))
}

// stepGatewayEndpointFrom is the start of a question FROM a gateway endpoint, which starts nothing (EP-5).
func stepGatewayEndpointFrom(w *walk, s *state) {
	served, _ := w.n.Served(s.ref.Index)
	set := w.require(s, s.set, w.p.Sources(served...), Blocker{Code: GatewayEndpointSource, At: s.ref, Egress: true})
	set = w.demand(s, set, false, Blocker{Code: EndpointStarts, At: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
	next := s.to(gatewayEndpointBack, s.ref)
	w.pass(next, set)
}

// servedBy are the gateway endpoints of a VPC that serve an address.
func (w *walk) servedBy(vpc int32, a netip.Addr) []model.Ref {
	var out []model.Ref
	for i := range w.n.VPCEndpoints {
		if e := &w.n.VPCEndpoints[i]; e.VPC == vpc && e.Type() == model.GatewayEndpoint {
			served, _ := w.n.Served(int32(i))
			if slices.ContainsFunc(served, func(p netip.Prefix) bool { return p.Contains(a) }) {
				out = append(out, model.Ref{Kind: model.KindVPCEndpoint, Index: int32(i)})
			}
		}
	}
	return out
}

// fromEndpoint makes the walk of a question FROM a gateway endpoint.
func (r *Result) fromEndpoint(base packet.Set) (state, packet.Set) {
	from := &r.Query.From
	e := &r.Network.VPCEndpoints[from.Ref.Index]
	sources := r.Query.SourceAddresses
	if sources == nil {
		sources, _ = r.Network.Served(from.Ref.Index)
	}
	s := state{stage: gatewayEndpointFrom, ref: from.Ref, vpc: e.VPC, subnet: -1, token: -1, iface: -1}
	return s, r.Pool.Intersect(base, r.Pool.Sources(sources...))
}
