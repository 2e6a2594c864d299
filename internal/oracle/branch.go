package oracle

import "slices"

// readTrunks reads which trunk a branch interface hangs on (ENI-10).
func readTrunks(o *Oracle, _ *part, a answer, _ string) bool {
	type record struct{ BranchInterfaceId, TrunkInterfaceId string }
	return each(a, "InterfaceAssociations", func(r record, _ []byte) bool {
		if r.BranchInterfaceId == "" || r.TrunkInterfaceId == "" {
			return false
		}
		if !slices.Contains(o.trunks[r.BranchInterfaceId], r.TrunkInterfaceId) {
			o.trunks[r.BranchInterfaceId] = append(o.trunks[r.BranchInterfaceId], r.TrunkInterfaceId)
		}
		return true
	})
}

// liveBranch follows the state of a branch interface, which is its trunk's (ENI-10, D-150). It returns false when the packet was
// refused.
func (w *walker) liveBranch(f flight, i *iface) (flight, bool) {
	trunks := w.o.trunks[i.id]
	switch {
	case len(trunks) > 1:
		return w.lack(f, "trunk-unknown", "answers disagree: trunk of "+i.id), true
	case len(trunks) == 1:
		trunk := w.o.interfaces[trunks[0]]
		if trunk == nil {
			return w.lack(f, "trunk-unknown", "describe-network-interfaces: "+trunks[0]), true
		}
		if trunk.kind == "branch" {
			return w.lack(f, "trunk-unknown", "answers disagree: "+trunk.id+" is a branch itself"), true
		}
		w.decide("trunk", trunk.id)
		return w.live(f, trunk)
	case complete(w.o.partOf(i.owner, i.part), "describe-trunk-interface-associations"):
		if w.q.Reading == Strict {
			return f, w.refuse(f, "trunk-none", i.id)
		}
		return f, true
	case i.attachment != nil && i.attachment.Status == "attached":
		return w.assume(f, "trunk-own", "describe-trunk-interface-associations: "+i.id), true
	}
	return w.lack(f, "trunk-unknown", "describe-trunk-interface-associations: "+i.id), true
}
