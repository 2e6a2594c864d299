package model

import (
	"cmp"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Trunks: a branch interface shows no instance of its own, it hangs on the trunk interface of one (ENI-10, D-150).

// trunk is what the answers say of a branch interface's trunk.
type trunk struct {
	iface    int32 // the trunk; -1 for an association that names none
	conflict bool
	part     *snapshot.Part
}

func (b *builder) trunks() {
	b.n.trunks = make(map[string]trunk)
	for _, m := range b.n.Snapshot.TrunkAssociations() {
		b.n.trunks[m.Record.BranchInterfaceId] = trunk{b.netInterface(m.Record.TrunkInterfaceId, m.Part), m.Conflict, m.Part}
	}
}

// Trunk is the trunk that a branch interface, as its record shows it, hangs on; -1 for none that the answers name. missing says why that is not known: an
// association whose copies disagree, a trunk that no answer describes or that is a branch itself, answers that are not complete.
func (n *Network) Trunk(branch int32) (iface int32, missing *Missing) {
	e := &n.Interfaces[branch]
	t, ok := n.trunks[e.ID]
	switch {
	case !ok || t.iface < 0:
		part := n.ownerPart(e)
		if complete(part, snapshot.DescribeTrunkInterfaceAssociations) {
			return -1, nil
		}
		return -1, missingCall(part, snapshot.DescribeTrunkInterfaceAssociations, "trunk of "+e.ID)
	case t.conflict || n.Interfaces[t.iface].Branch():
		m := missingCall(t.part, snapshot.DescribeTrunkInterfaceAssociations, "trunk of "+e.ID)
		m.Why = Conflicting
		return -1, m
	}
	return t.iface, n.Interfaces[t.iface].Missing()
}

// ownerPart is the part of the account that owns an interface with a record, where the snapshot has it.
func (n *Network) ownerPart(e *Interface) *snapshot.Part {
	if p := n.Snapshot.PartOf(cmp.Or(e.Record.OwnerId, e.part.Account), e.part.Region); p != nil {
		return p
	}
	return e.part
}

// ShowsAttachment says whether the record itself shows an attachment that is attached.
func (e *Interface) ShowsAttachment() bool {
	return e.Record != nil && e.Record.Attachment != nil && e.Record.Attachment.Status == "attached"
}
