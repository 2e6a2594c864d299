package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Interface, resource and service-network endpoints are their interfaces (EP-10, EP-11, EP-30, EP-31, D-165): what gets in at one
// meets the endpoint behind it, and nothing comes out.
var endpointIn = &stage{name: "interface-endpoint", row: func(w *walk, s *state) Hop {
	e := &w.n.Interfaces[s.ref.Index]
	if e.Endpoint < 0 {
		return Hop{}
	}
	return Hop{At: endpointOf(e), VPC: model.Ref{Kind: model.KindVPC, Index: e.VPC}}
}}

func init() { endpointIn.step = stepEndpointIn }

func endpointOf(e *model.Interface) model.Ref {
	return model.Ref{Kind: model.KindVPCEndpoint, Index: e.Endpoint}
}

// behindInterface is what stands behind an interface that lets packets in.
func (w *walk) behindInterface(iface int32) *stage {
	if w.n.PrivateLink(iface) {
		return endpointIn
	}
	return instanceIn
}

func stepEndpointIn(w *walk, s *state) {
	next := s.to(instanceIn, s.ref)
	if s.leg == Return {
		w.pass(next, s.set)
		return
	}
	e := &w.n.Interfaces[s.ref.Index]
	at, v := s.ref, &w.n.VPCs[e.VPC]
	carries := protocols(packet.TCP, packet.UDP)
	unsure := packet.Empty // carried by some types only, where the type is not known
	var missing *model.Missing
	set := s.set
	if e.Endpoint < 0 {
		missing = e.NotHeld("describe-vpc-endpoints", "VPC endpoint of "+e.ID)
	} else {
		at = endpointOf(e)
		x := &w.n.VPCEndpoints[e.Endpoint]
		missing = x.Missing()
		switch {
		case missing != nil:
		case !privateLink(x.Type()): // EP-33
			w.stop(s, set, w.endpointNotModelled(e.Endpoint, "as a destination"))
			return
		default:
			set = w.demand(s, set, x.Available(), Blocker{Code: BadState, At: at, State: x.State()})
			if x.Type() == model.ResourceEndpoint { // EP-30
				carries = protocols(packet.TCP)
			}
		}
	}
	set = w.require(s, set, w.p.Of(packet.Match{Protocols: carries}), Blocker{Code: ProtocolRestriction, At: at})
	if missing != nil {
		live, _ := e.Attachment()
		if e.Endpoint >= 0 && w.n.VPCEndpoints[e.Endpoint].Known() || live != model.AttachedLive || !w.assume(s, AssumeEndpointWorks, at) {
			s.doubting(missing)
			next.doubt = true
		} else {
			unsure = w.p.Intersect(set, w.p.Of(packet.Match{Protocols: protocols(packet.UDP)}))
		}
	}
	if v.Encrypted && w.p.Overlaps(set, w.plaintext()) { // VEC-2
		s.notes = append(s.notes, Note{Kind: NotePlaintext, At: at})
	}
	w.pass(next, w.p.Subtract(set, unsure))
	w.passDoubted(s, next, unsure, missing)
}

// privateLink says whether endpoints of a type are their interfaces, and known.
func privateLink(t model.EndpointType) bool {
	return t == model.InterfaceEndpoint || t == model.ResourceEndpoint || t == model.ServiceNetworkEndpoint
}

func protocols(numbers ...uint8) []packet.ByteRange {
	var out []packet.ByteRange
	for _, n := range numbers {
		out = append(out, packet.ByteRange{From: n, To: n})
	}
	return out
}

// plaintext is what carries no encryption, by its port (VEC-2, D-185).
func (w *walk) plaintext() packet.Set {
	var ports []packet.PortRange
	for _, n := range []uint16{20, 21, 23, 25, 80, 110, 143, 389} {
		ports = append(ports, packet.PortRange{From: n, To: n})
	}
	return w.p.Of(packet.Match{Protocols: protocols(packet.TCP, packet.UDP), DestinationPorts: ports})
}

// startsNothing implements the other direction of EP-10: such an endpoint never starts a connection.
func (w *walk) startsNothing(s *state, set packet.Set, e *model.Interface) packet.Set {
	if !w.n.PrivateLink(s.ref.Index) {
		return set
	}
	b := Blocker{Code: EndpointStarts, At: s.ref, Egress: true, VPC: model.Ref{Kind: model.KindVPC, Index: e.VPC}}
	if e.Endpoint >= 0 {
		b.Target = endpointOf(e)
		if x := &w.n.VPCEndpoints[e.Endpoint]; x.Missing() == nil && !privateLink(x.Type()) { // EP-33
			w.stop(s, set, w.endpointNotModelled(e.Endpoint, "as FROM"))
			return packet.Empty
		}
	}
	return w.demand(s, set, false, b)
}
