package oracle

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
)

// group is a security group.
type group struct {
	entity
	ingress, egress []permission
}

// permission is one rule: what it lets pass, and whom.
type permission struct {
	// unreadable: some part of it could not be read (D-31); what could be read counts
	unreadable bool
	service    service
	prefixes   []netip.Prefix
	lists      []string
	references []reference
}

// service is a protocol with its ports, or its ICMP type and code.
type service struct {
	protocol int  // -1: every protocol
	ports    bool // from and to are ports
	icmp     bool // from and to are type and code; -1: any
	from, to int
}

type reference struct{ GroupId, PeeringStatus string }

type permissionRecord struct {
	IpProtocol                                            string
	FromPort, ToPort                                      *int
	IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs []json.RawMessage
}

func readGroups(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		GroupId, OwnerId                   string
		IpPermissions, IpPermissionsEgress []json.RawMessage
	}
	return each(a, "SecurityGroups", func(r record, raw []byte) bool {
		g := &group{entity: entity{id: r.GroupId, owner: r.OwnerId, part: p, raw: raw},
			ingress: readPermissions(r.IpPermissions), egress: readPermissions(r.IpPermissionsEgress)}
		return keep(o.groups, g)
	})
}

// readPermissions reads a direction's rules. A list that is absent is not an empty one: it could hold anything.
func readPermissions(list []json.RawMessage) []permission {
	if list == nil {
		return []permission{{unreadable: true}}
	}
	rules := make([]permission, len(list))
	for i, raw := range list {
		rules[i] = readPermission(raw)
	}
	return rules
}

func readPermission(raw []byte) permission {
	var r permissionRecord
	if json.Unmarshal(raw, &r) != nil {
		return permission{unreadable: true}
	}
	protocol, ok := parseProtocol(r.IpProtocol)
	s, readable := groupService(protocol, r.FromPort, r.ToPort)
	if !ok || !readable {
		return permission{unreadable: true}
	}
	rule := permission{service: s}
	eachPeer(&rule, r.IpRanges, func(p struct{ CidrIp string }) bool { return rule.addPrefix(p.CidrIp, true) })
	eachPeer(&rule, r.Ipv6Ranges, func(p struct{ CidrIpv6 string }) bool { return rule.addPrefix(p.CidrIpv6, false) })
	eachPeer(&rule, r.PrefixListIds, func(p struct{ PrefixListId string }) bool {
		rule.lists = append(rule.lists, p.PrefixListId)
		return p.PrefixListId != ""
	})
	eachPeer(&rule, r.UserIdGroupPairs, func(p reference) bool {
		rule.references = append(rule.references, p)
		return p.GroupId != ""
	})
	return rule
}

// eachPeer decodes peers one by one; one that cannot be read does not hide the others.
func eachPeer[T any](rule *permission, list []json.RawMessage, use func(T) bool) {
	for _, raw := range list {
		var peer T
		if json.Unmarshal(raw, &peer) != nil || !use(peer) {
			rule.unreadable = true
		}
	}
}

// addPrefix adds a CIDR of the list's family (SG-14).
func (p *permission) addPrefix(cidr string, four bool) bool {
	prefix, ok := parsePrefix(cidr)
	if !ok || prefix.Addr().Is4() != four {
		return false
	}
	p.prefixes = append(p.prefixes, prefix)
	return true
}

// parseProtocol reads a protocol's name or number; -1 is every protocol (SG-9).
func parseProtocol(s string) (int, bool) {
	switch s {
	case "tcp":
		return tcp, true
	case "udp":
		return udp, true
	case "icmp":
		return icmp, true
	case "icmpv6":
		return icmpv6, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= -1 && n <= 255
}

// groupService reads a group rule's ports (SG-10 to SG-12).
func groupService(protocol int, from, to *int) (service, bool) {
	s := service{protocol: protocol}
	switch protocol {
	case tcp, udp:
		if from == nil || to == nil || *from < 0 || *to > 65535 || *from > *to {
			return s, false
		}
		s.ports, s.from, s.to = true, *from, *to
	case icmp, icmpv6:
		s.icmp, s.from, s.to = true, -1, -1
		if from != nil {
			s.from = *from
		}
		if to != nil {
			s.to = *to
		}
	}
	return s, true
}

// matches reports whether a packet's protocol and ports are the service's (SG-10 to SG-13, ACL-10, ACL-12).
func (s service) matches(p Packet) bool {
	switch {
	case s.protocol == -1:
		return true
	case s.protocol != int(p.Protocol):
		return false
	case s.ports:
		return s.from <= int(p.DestinationPort) && int(p.DestinationPort) <= s.to
	case s.icmp:
		return (s.from == -1 || s.from == int(p.ICMPType)) && (s.to == -1 || s.to == int(p.ICMPCode))
	}
	return true
}

// verdict is what a filter says.
type verdict uint8

const (
	deny verdict = iota
	unsure
	allow
)

// unfiltered are the interface types on which no group means no filter (SG-27, SG-28).
var unfiltered = []string{"nat_gateway", "natGateway", "transit_gateway", "gateway_load_balancer", "gateway_load_balancer_endpoint",
	"network_load_balancer"}

// group follows the groups of an interface. It returns false when the packet was refused.
func (w *walker) group(f flight, i *iface, egress bool) (flight, bool) {
	if len(i.groups) == 0 && slices.Contains(unfiltered, i.kind) {
		return f, true
	}
	verdict, why := w.groupVerdict(&f, i, egress, true)
	if egress && f.token && !f.reply && i == f.started { // D-101: the sender's, and no appliance's
		f.byReference = w.onlyByReference(f, i, verdict)
	}
	direction := "ingress"
	if egress {
		direction = "egress"
	}
	switch verdict {
	case allow:
		w.decide("sg-allow", i.id, direction)
		return f, true
	case unsure:
		w.decide("sg-unknown", i.id, direction, why)
		return f.miss(why), true
	}
	w.decide("sg-"+direction+"-no-match", i.id)
	return f, w.refuse(f, "sg-no-match", i.id, direction)
}

// onlyByReference says how far what the egress rules said of a packet rests on references to groups alone (GRT-9, D-101): allow, where no
// address of a rule admits it.
func (w *walker) onlyByReference(f flight, i *iface, all verdict) verdict {
	if all == deny {
		return deny
	}
	quiet := &walker{o: w.o, q: w.q, decided: map[string]int{}}
	switch addresses, _ := quiet.groupVerdict(&f, i, true, false); addresses {
	case allow:
		return deny
	case unsure:
		return unsure
	}
	return allow
}

// groupVerdict asks all rules of all groups of an interface (SG-1, SG-3, D-21).
func (w *walker) groupVerdict(f *flight, i *iface, egress, references bool) (verdict, string) {
	best, why := deny, ""
	consider := func(v verdict, reason string) {
		if v > best {
			best, why = v, reason
		}
	}
	if !i.groupsKnown {
		consider(unsure, "describe-network-interfaces: groups of "+i.id)
	}
	for _, id := range i.groups {
		g := w.o.groups[id]
		if g == nil {
			consider(unsure, "describe-security-groups: "+id)
			continue
		}
		if g.conflict {
			consider(unsure, "copies of "+id+" differ")
			continue
		}
		rules := g.ingress
		if egress {
			rules = g.egress
		}
		for _, r := range rules {
			if !references {
				r.references = nil
			}
			v, reason := w.permits(f, i, r, egress)
			if v == allow {
				return allow, ""
			}
			consider(v, reason)
		}
	}
	return best, why
}

// permits asks one rule. Ingress peers are compared with the source, egress peers with the destination (SG-15).
func (w *walker) permits(f *flight, i *iface, r permission, egress bool) (verdict, string) {
	best, why := deny, ""
	if r.unreadable { // D-31
		best, why = unsure, "unreadable rule"
	}
	if !r.service.matches(f.p) {
		return best, why
	}
	peer := f.p.Source
	if egress {
		peer = f.p.Destination
	}
	for _, p := range r.prefixes {
		if p.Contains(peer) {
			return allow, ""
		}
	}
	for _, id := range r.lists { // D-26
		switch l := w.o.lists[id]; {
		case l != nil && l.contains(peer): // also by an entry of a cut answer
			w.decide("sg-prefix-list", id)
			return allow, ""
		case !l.known():
			best, why = unsure, "entries of "+id
		}
	}
	for _, ref := range r.references {
		switch v, reason := w.refers(f, i, ref, egress); v {
		case allow:
			w.decide("sg-reference", ref.GroupId)
			return allow, ""
		case unsure:
			best, why = unsure, reason
		}
	}
	return best, why
}
