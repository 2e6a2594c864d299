package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// connects is what an EC2 Instance Connect Endpoint sends (SG-30, D-175): TCP, while the endpoint works. Its groups' egress rules are
// those of its interface.
func (w *walk) connects(s *state, set packet.Set, e *model.Interface) packet.Set {
	tcp := w.p.Of(packet.Match{Protocols: protocols(packet.TCP)})
	if m := w.n.MissingConnect(s.ref.Index); m != nil {
		s.doubting(m)
		return w.require(s, set, tcp, Blocker{Code: ProtocolRestriction, At: s.ref})
	}
	if e.Connect < 0 {
		return set
	}
	x := &w.n.InstanceConnectEndpoints[e.Connect]
	at := model.Ref{Kind: model.KindInstanceConnectEndpoint, Index: e.Connect}
	if m := x.Missing(); m != nil {
		s.doubting(m)
		return set
	}
	if x.Record.PreserveClientIp { // who connects decides the source
		w.stop(s, set, &model.Missing{What: x.ID, Why: model.NotModelled, Detail: "an Instance Connect Endpoint that keeps the client's address"})
		return packet.Empty
	}
	set = w.demand(s, set, x.Works(), Blocker{Code: BadState, At: at, State: x.Record.State, Interface: s.ref})
	return w.require(s, set, tcp, Blocker{Code: ProtocolRestriction, At: at})
}
