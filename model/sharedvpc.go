package model

import (
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// unreadByOwner says what is missing, named by the parts of what, where a call is not complete in the answers of a VPC's owner: a participant's,
// complete, hold its own alone (SVPC-1, SVPC-2, D-14).
func (n *Network) unreadByOwner(vpc int32, op snapshot.Operation, what ...string) *Missing {
	account, region, part := n.ownerOf(vpc)
	if n.VPCs[vpc].byParticipant {
		part = &snapshot.Part{}
	}
	if complete(part, op) {
		return nil
	}
	m := missingCall(part, op, strings.Join(what, ""))
	m.Account, m.Region = account, region
	return m
}

// unreadAtGateway says what is missing where a call about what hangs on a virtual private gateway is not complete: in the answers of its VPC's
// owner, whose connections and lines they are (SVPC-2).
func (n *Network) unreadAtGateway(gateway int32, op snapshot.Operation, what string) *Missing {
	g := &n.VPNGateways[gateway]
	switch {
	case g.VPC >= 0 && n.VPCs[g.VPC].Record != nil:
		return n.unreadByOwner(g.VPC, op, what, g.ID)
	case complete(g.part, op):
		return nil
	}
	return missingCall(g.part, op, what+g.ID)
}

// participants finds the VPCs that only answers of an account that nobody names tell of, and those of a participant: it sees interfaces there, and
// none of the owner's.
func (b *builder) participants() {
	for i := range b.n.VPCs {
		v := &b.n.VPCs[i]
		v.byParticipant = v.Record != nil && v.Record.OwnerId != "" && v.part.Account == "" && b.onlyOthers(v)
	}
}

// onlyOthers says whether interfaces are known in a VPC, and none of its owner's.
func (b *builder) onlyOthers(v *VPC) bool {
	others := false
	for _, s := range v.Subnets {
		for _, i := range b.n.Subnets[s].Interfaces {
			switch r := b.n.Interfaces[i].Record; {
			case r == nil || r.OwnerId == "":
			case r.OwnerId == v.Record.OwnerId:
				return false
			default:
				others = true
			}
		}
	}
	return others
}
