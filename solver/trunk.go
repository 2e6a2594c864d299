package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// onTrunk implements ENI-10 (D-150): a branch interface is live where its trunk is attached and the trunk's instance runs.
func (w *walk) onTrunk(s *state, set packet.Set, e *model.Interface) packet.Set {
	if live, state := e.Attachment(); live == model.AttachedBad {
		return w.demand(s, set, false, Blocker{Code: BadStateAttachment, At: s.ref, State: state})
	}
	i, m := w.n.Trunk(s.ref.Index)
	switch {
	case m != nil && i < 0 && m.Why != model.Conflicting && e.ShowsAttachment() && w.assume(s, AssumeTrunkLive, s.ref):
		return set
	case m != nil:
		s.doubting(m)
		return set
	case i < 0: // D-11
		return w.demand(s, set, w.q.Reading == AWS, Blocker{Code: BadStateAttachment, Reason: ReasonUnattached, At: s.ref, State: "available"})
	}
	live, state := w.n.Interfaces[i].Attachment()
	b := Blocker{Code: BadStateAttachment, Reason: ReasonTrunk, At: s.ref, Target: model.Ref{Kind: model.KindInterface, Index: i}, State: state}
	set = w.demand(s, set, live == model.AttachedLive || live == model.Unattached && w.q.Reading == AWS, b)
	return w.runs(s, set, w.n.Interfaces[i].Instance)
}
