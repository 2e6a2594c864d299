package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A subnet's network ACL on the way out and on the way in (ACL-1 to ACL-15, D-30, D-31). It is stateless: replies are judged like
// any packet (ACL-5). Stage leaving sends only packets here that cross the subnet's boundary (ACL-6).
var (
	aclOut = &stage{name: "acl-out"}
	aclIn  = &stage{name: "acl-in"}
)

func init() {
	aclOut.step = func(w *walk, s *state) { w.acl(s, true) }
	aclIn.step = func(w *walk, s *state) { w.acl(s, false) }
	aclOut.row = func(w *walk, s *state) Hop { return aclRow(w, s, true) }
	aclIn.row = func(w *walk, s *state) Hop { return aclRow(w, s, false) }
	aclOut.rule = func(w *walk, s *state, k packet.Packet) *Rule { return aclRule(w, s, k, true) }
	aclIn.rule = func(w *walk, s *state, k packet.Packet) *Rule { return aclRule(w, s, k, false) }
}

func aclRow(w *walk, s *state, egress bool) Hop {
	h := Hop{Subnet: s.ref, VPC: model.Ref{Kind: model.KindVPC, Index: w.n.Subnets[s.ref.Index].VPC}, Egress: egress}
	acl, _, _ := w.n.ACLOf(s.ref.Index)
	h.At = model.Ref{Kind: model.KindNetworkACL, Index: acl}
	return h
}

func aclRule(w *walk, s *state, k packet.Packet, egress bool) *Rule {
	acl, _, _ := w.n.ACLOf(s.ref.Index)
	if acl < 0 {
		return nil
	}
	entry := aclRules(&w.n.NetworkACLs[acl], egress).Deciding(k)
	if entry == nil {
		return nil
	}
	return &Rule{Of: model.Ref{Kind: model.KindNetworkACL, Index: acl}, Entry: entry}
}

func aclRules(a *model.NetworkACL, egress bool) *model.ACLRules {
	if egress {
		return &a.Egress
	}
	return &a.Ingress
}

func (w *walk) acl(s *state, egress bool) {
	set := s.set
	s.subnet = s.ref.Index
	next := s.after()
	acl, assumed, m := w.n.ACLOf(s.ref.Index)
	if m != nil {
		bridged := w.q.Assume.NetworkACLs && m.Why != model.Conflicting // copies that disagree are no gap (D-30)
		if !bridged || !w.assume(s, AssumeACLAllows, s.ref) {
			s.doubting(m)
			next.doubt = true
		}
		w.pass(next, set)
		return
	}
	if assumed && !w.assumeFor(s, AssumeDefaultACL, model.Ref{Kind: model.KindNetworkACL, Index: acl}, s.ref) {
		s.doubting(&model.Missing{What: "network ACL of " + w.n.ID(s.ref), Call: "describe-network-acls", Why: model.NotHeld})
		next.doubt = true
		w.pass(next, set)
		return
	}
	rules := aclRules(&w.n.NetworkACLs[acl], egress)
	maybe := w.p.Intersect(set, rules.Unknown)
	sure := w.require(s, w.p.Subtract(set, maybe), rules.Allowed, Blocker{Code: SubnetACLRestriction,
		At: model.Ref{Kind: model.KindNetworkACL, Index: acl}, Egress: egress, Subnet: s.ref,
		VPC: model.Ref{Kind: model.KindVPC, Index: w.n.Subnets[s.ref.Index].VPC}})
	w.pass(next, sure)
	w.passDoubted(s, next, maybe, rules.Missing)
}
