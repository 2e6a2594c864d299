package model

import "github.com/vpcreach/vpcreach/snapshot"

// unreadByOwner says what is missing where a call is not complete in the answers of a VPC's owner: a participant's, complete, hold its own alone
// (SVPC-1, SVPC-2, D-14).
func (n *Network) unreadByOwner(vpc int32, op snapshot.Operation, what string) *Missing {
	account, region, part := n.ownerOf(vpc)
	if n.byParticipant(vpc) {
		part = nil
	}
	if complete(part, op) {
		return nil
	}
	m := missingCall(part, op, what)
	m.Account, m.Region = account, region
	return m
}

// unreadAtGateway says what is missing where a call about what hangs on a virtual private gateway is not complete: in the answers of its VPC's
// owner, whose connections and lines they are (SVPC-2).
func (n *Network) unreadAtGateway(gateway int32, op snapshot.Operation, what string) *Missing {
	g := &n.VPNGateways[gateway]
	switch {
	case g.VPC >= 0 && (n.VPCs[g.VPC].Record != nil || g.Record == nil):
		return n.unreadByOwner(g.VPC, op, what+g.ID)
	case complete(g.part, op):
		return nil
	}
	return missingCall(g.part, op, what+g.ID)
}

// byParticipant says whether answers of an account that nobody names are those of a participant of the VPC: it sees interfaces there, and
// none of the owner's.
func (n *Network) byParticipant(vpc int32) bool {
	v := &n.VPCs[vpc]
	if v.Record == nil || v.Record.OwnerId == "" || v.part.Account != "" {
		return false
	}
	others := false
	for _, s := range v.Subnets {
		for _, i := range n.Subnets[s].Interfaces {
			r := n.Interfaces[i].Record
			switch {
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
