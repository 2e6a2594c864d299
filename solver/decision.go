package solver

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
)

// decision is where a route table sends a destination on a path of a relaxed walk. A table sends it there whenever it is asked, so a
// detour that was bought holds for the whole path, and what the table did without one cannot be bought otherwise later.
type decision struct {
	table  int32
	to     netip.Addr
	target model.Ref
}

// decisionsOf are the decisions on the way to s.
func (w *walk) decisionsOf(s *state) []decision {
	var out []decision
	for ; s != nil && s.prev != nil; s = s.prev {
		if s.prev.stage == routing && s.taken != nil && !s.pick {
			if k, ok := w.p.Witness(s.prev.set); ok {
				out = append(out, decision{w.tableIndex(s.prev), k.Destination, s.taken.Target})
			}
		}
	}
	return out
}

// decided is where the table has sent, or is to send, the destination of s.
func (w *walk) decided(s *state, to netip.Addr) (model.Ref, bool) {
	table := w.tableIndex(s)
	for _, d := range slices.Concat(w.decisionsOf(s), w.plan) {
		if d.table == table && d.to == to {
			return d.target, true
		}
	}
	return model.Ref{}, false
}
