package oracle

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
)

// acl is a network ACL.
type acl struct {
	entity
	vpc       string
	isDefault bool
	subnets   []string
	entries   []entry // by rule number
}

// entry is one rule of an ACL.
type entry struct {
	// unreadable: what reaches it is unknown (D-31)
	unreadable      bool
	ingress, egress bool
	number          int
	allow           bool
	prefix          netip.Prefix
	service
}

type entryRecord struct {
	Egress                   json.RawMessage
	RuleNumber               *int
	RuleAction, Protocol     string
	CidrBlock, Ipv6CidrBlock string
	PortRange, IcmpTypeCode  json.RawMessage
}

func readACLs(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		NetworkAclId, VpcId, OwnerId string
		IsDefault                    bool
		Associations                 []struct{ SubnetId string }
		Entries                      []json.RawMessage
	}
	return each(a, "NetworkAcls", func(r record, raw []byte) bool {
		n := &acl{entity: entity{id: r.NetworkAclId, owner: r.OwnerId, part: p, raw: raw}, vpc: r.VpcId, isDefault: r.IsDefault}
		for _, s := range r.Associations {
			n.subnets = append(n.subnets, s.SubnetId)
		}
		if r.Entries == nil { // absent is not empty
			n.entries = []entry{{unreadable: true, ingress: true, egress: true}}
		}
		for _, raw := range r.Entries {
			n.entries = append(n.entries, readEntry(raw))
		}
		slices.SortStableFunc(n.entries, byNumber)
		return keep(o.acls, n)
	})
}

// byNumber orders entries as they are evaluated (ACL-2). AWS gives each number once in a direction; if it did not, what is
// unreadable and then what denies would come first.
func byNumber(a, b entry) int {
	switch {
	case a.number != b.number:
		return a.number - b.number
	case a.unreadable != b.unreadable:
		return order(a.unreadable)
	case a.allow != b.allow:
		return order(b.allow)
	}
	return 0
}

func order(first bool) int {
	if first {
		return -1
	}
	return 1
}

// readEntry reads an entry. One whose place cannot be read stands before all others, of both directions if need be.
func readEntry(raw []byte) entry {
	var r entryRecord
	err := json.Unmarshal(raw, &r)
	direction := string(r.Egress)
	e := entry{ingress: direction != "true", egress: direction != "false"}
	e.unreadable = err != nil || e.ingress == e.egress
	if r.RuleNumber == nil {
		e.unreadable = true
	} else {
		e.number = *r.RuleNumber
	}
	e.allow = r.RuleAction == "allow"
	protocol, ok := parseProtocol(r.Protocol)
	e.unreadable = e.unreadable || !ok || !e.allow && r.RuleAction != "deny"
	block, four := r.CidrBlock, true
	if block == "" {
		block, four = r.Ipv6CidrBlock, false
	}
	if e.prefix, ok = parsePrefix(block); !ok || e.prefix.Addr().Is4() != four {
		e.unreadable = true
		return e
	}
	if e.service, ok = aclService(protocol, four, r); !ok {
		e.unreadable = true
	}
	return e
}

// aclService reads an entry's ports, or its ICMP type and code, where they count (ACL-10 to ACL-12).
func aclService(protocol int, four bool, r entryRecord) (service, bool) {
	s := service{protocol: protocol}
	switch {
	case protocol == tcp || protocol == udp:
		var ports struct{ From, To *int }
		if json.Unmarshal(r.PortRange, &ports) != nil || ports.From == nil || ports.To == nil || *ports.From > *ports.To {
			return s, false
		}
		s.ports, s.from, s.to = true, *ports.From, *ports.To
	case protocol == icmpv6 && four: // ACL-11: every type, whatever is written
	case protocol == icmp || protocol == icmpv6:
		var of struct{ Type, Code *int }
		if r.IcmpTypeCode != nil && json.Unmarshal(r.IcmpTypeCode, &of) != nil {
			return s, false
		}
		s.icmp, s.from, s.to = true, -1, -1
		if of.Type != nil {
			s.from = *of.Type
		}
		if of.Code != nil {
			s.to = *of.Code
		}
	}
	return s, true
}

// judge asks the entries of a direction in their order; what none matches is denied (ACL-2, ACL-3, ACL-7, ACL-13).
func (a *acl) judge(p Packet, egress bool) (verdict, int) {
	peer := p.Source
	if egress {
		peer = p.Destination
	}
	for _, e := range a.entries {
		switch {
		case egress && !e.egress || !egress && !e.ingress:
		case e.unreadable:
			return unsure, e.number
		case e.prefix.Contains(peer) && e.matches(p):
			if e.allow {
				return allow, e.number
			}
			return deny, e.number
		}
	}
	return deny, 32767
}

// acl follows the ACL of a subnet whose boundary the packet crosses (ACL-6). It returns false when the packet was
// refused.
func (w *walker) acl(f flight, subnet, vpc string, egress bool) (flight, bool) {
	a, f := w.aclOf(f, subnet, vpc)
	if a == nil {
		return f, true
	}
	v, number := a.judge(f.p, egress)
	direction := "ingress"
	if egress {
		direction = "egress"
	}
	switch v {
	case allow:
		w.decide("acl-allow", a.id, direction, strconv.Itoa(number))
		return f, true
	case unsure:
		w.decide("acl-unreadable", a.id, direction, strconv.Itoa(number))
		return f.miss("describe-network-acls: rule " + strconv.Itoa(number) + " of " + a.id), true
	}
	kind := "acl-deny"
	if f.reply {
		kind = "reply-acl"
	}
	return f, w.refuse(f, kind, a.id, direction, strconv.Itoa(number))
}

// aclOf returns the ACL of a subnet (ACL-1, D-30); nil where it is unknown, or assumed to allow.
func (w *walker) aclOf(f flight, subnet, vpc string) (*acl, flight) {
	candidates := w.o.aclsOf[subnet]
	if len(candidates) == 0 {
		candidates = w.o.defaultOf[vpc]
		switch {
		case len(candidates) == 0 || !w.o.completeFor(vpc, "describe-network-acls"):
			if w.assumes(AssumeACLs) {
				w.decide("acl-assumed", subnet)
				return nil, f
			}
			return nil, w.lack(f, "acl-missing", "describe-network-acls: ACL of "+subnet)
		case w.q.NoAssume:
			return nil, w.lack(f, "acl-missing", "assumption: "+subnet+" has the default ACL")
		}
		w.decide("acl-default", subnet)
	}
	if len(candidates) > 1 || candidates[0].conflict { // bad data: a subnet has one ACL
		return nil, w.lack(f, "acl-missing", "describe-network-acls: answers disagree about "+subnet)
	}
	return candidates[0], f
}
