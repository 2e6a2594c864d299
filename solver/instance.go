package solver

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Leaving and entering an instance: its state decides (ENI-7), on the request only, because the reply passes the same two
// instances.
var (
	instanceOut = &stage{name: "instance-out", row: instanceRow}
	instanceIn  = &stage{name: "instance-in", row: instanceRow}
)

func init() {
	instanceOut.step = func(w *walk, s *state) {
		set := s.set
		if s.leg == Forward {
			set = w.running(s, s.set)
		}
		w.pass(s.to(interfaceOut, s.ref), set)
	}
	instanceIn.step = func(w *walk, s *state) {
		set := s.set
		if s.leg == Forward {
			set = w.running(s, s.set)
		}
		w.arrive(s, set)
	}
}

// instanceRow shows the instance only where the question named it, or reached it by address, as AWS's analyzer does.
func instanceRow(w *walk, s *state) Hop {
	e := &w.n.Interfaces[s.ref.Index]
	ref := model.Ref{Kind: model.KindInstance, Index: e.Instance}
	if e.Instance < 0 || (w.q.From.Ref != ref && w.q.To.Ref != ref) {
		return Hop{}
	}
	return Hop{At: ref, VPC: model.Ref{Kind: model.KindVPC, Index: e.VPC}}
}

// running implements ENI-7 and D-12.
func (w *walk) running(s *state, set packet.Set) packet.Set {
	return w.runs(s, set, w.n.Interfaces[s.ref.Index].Instance)
}

// runs is running for the instance that the interface at s depends on; -1 for none.
func (w *walk) runs(s *state, set packet.Set, instance int32) packet.Set {
	if instance < 0 {
		return set
	}
	ref := model.Ref{Kind: model.KindInstance, Index: instance}
	i := &w.n.Instances[instance]
	if m := i.Missing(); m != nil {
		if !i.Unread() || !w.assume(s, AssumeRunning, ref) {
			s.doubting(m)
		}
		return set
	}
	if i.Running() {
		return set
	}
	return w.demand(s, set, false, Blocker{Code: BadState, At: ref, State: i.Record.State.Name, Interface: s.ref})
}

// arrive is the end of the request or of the reply at an interface.
func (w *walk) arrive(s *state, set packet.Set) {
	if s.leg == Return {
		switch {
		case !s.edge.IsZero(): // D-57: what an internet gateway let in must leave by it
			w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonOtherGateway, At: s.edge})
			return
		case s.notTakenBack():
			w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonStaticNAT, At: s.translation().device})
			return
		case s.ref == w.start.ref:
			w.finish(s, w.seenByAll(s, set))
			return
		}
		w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonElsewhere, At: s.ref})
		return
	}
	if slices.Contains(w.q.To.Interfaces, s.ref.Index) {
		w.turn(s, set, s.to(instanceOut, s.ref))
		return
	}
	w.deadEnd(s, set, Blocker{Code: NoPossibleDestination, Reason: ReasonElsewhere, At: s.ref})
}
