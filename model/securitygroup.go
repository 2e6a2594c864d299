package model

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// SecurityGroup is a security group with its compiled rules, or the mere name of one.
type SecurityGroup struct {
	record
	ID      string
	Record  *snapshot.SecurityGroup // nil where not known
	Members []int32                 // interfaces that carry it

	Ingress, Egress GroupRules
}

// GroupRules are the rules of one direction, compiled.
type GroupRules struct {
	// Rules are the single rules, one per permission and peer, in the answer's order.
	Rules []GroupRule
	// Addresses is what the CIDR peers and the known prefix lists allow.
	Addresses packet.Set
	// References are the rules whose peer is a group.
	References []GroupReference
	// Unknown is what rules with missing facts might allow (D-26, D-31), each with the fact.
	Unknown []UnknownRule
}

// GroupReference is a rule whose peer is another group (SG-16 ff.).
type GroupReference struct {
	Rule    int        // into GroupRules.Rules
	Packets packet.Set // protocol and ports, any address
	Group   int32
	Stale   bool // matches nothing (SG-24)
}

// UnknownRule is a rule of which a fact is missing.
type UnknownRule struct {
	Packets packet.Set
	Missing *Missing
}

// GroupRule is one rule: a permission and one of its peers.
type GroupRule struct {
	Permission  *snapshot.IpPermission
	Egress      bool
	Peer        netip.Prefix // CIDR peer; zero if the peer is a list or a group
	List        int32        // prefix list peer; -1 otherwise
	Group       int32        // group peer; -1 otherwise
	Description string
	protocol    packet.Match // protocol and ports, any address
}

func init() {
	identifiers[KindSecurityGroup] = func(n *Network, i int32) string { return n.SecurityGroups[i].ID }
	describers[KindSecurityGroup] = func(n *Network, i int32) Resource {
		g := &n.SecurityGroups[i]
		if g.Record == nil {
			return resourceOf(KindSecurityGroup, g.ID, "", g.part, nil)
		}
		r := resourceOf(KindSecurityGroup, g.ID, g.Record.OwnerId, g.part, g.Record.Tags)
		if r.Name == "" {
			r.Name = g.Record.GroupName
		}
		return r
	}
	taggers[KindSecurityGroup] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.SecurityGroups[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) securityGroups() {
	for _, m := range b.n.Snapshot.SecurityGroups() {
		i := b.securityGroup(m.Record.GroupId, m.Part)
		g := &b.n.SecurityGroups[i]
		g.Record, g.record = m.Record, record{m.Part, true, m.Conflict}
	}
}

// securityGroup returns the group of that id, naming it if no record did.
func (b *builder) securityGroup(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindSecurityGroup, id); ok {
		return i
	}
	i := b.add(KindSecurityGroup, id, len(b.n.SecurityGroups))
	b.n.SecurityGroups = append(b.n.SecurityGroups, SecurityGroup{record: record{part: part}, ID: id})
	return i
}

// Missing says what is missing where the group's record cannot be used (D-21).
func (g *SecurityGroup) Missing() *Missing {
	return g.missing(snapshot.DescribeSecurityGroups, g.ID)
}

// compileGroups fills Ingress and Egress. References may name groups that nothing else names, so the slice can
// grow while it runs.
func (b *builder) compileGroups() {
	for i := 0; i < len(b.n.SecurityGroups); i++ {
		r := b.n.SecurityGroups[i].Record
		if r == nil {
			continue
		}
		part := b.n.SecurityGroups[i].part
		in := b.compileRules(r.IpPermissions, false, part, r.GroupId)
		out := b.compileRules(r.IpPermissionsEgress, true, part, r.GroupId)
		b.n.SecurityGroups[i].Ingress, b.n.SecurityGroups[i].Egress = in, out
	}
}

func (b *builder) compileRules(perms []snapshot.IpPermission, egress bool, part *snapshot.Part, group string) GroupRules {
	var c GroupRules
	unreadable := func(why string) {
		c.Unknown = append(c.Unknown, UnknownRule{packet.Everything, &Missing{What: group, Call: snapshot.DescribeSecurityGroups,
			Account: part.Account, Region: part.Region, Why: Unreadable, Detail: why}})
	}
	if perms == nil { // absent is not empty
		unreadable("the record has no list of rules in this direction")
	}
	for i := range perms {
		p := &perms[i]
		proto, err := permissionMatch(p)
		if err != nil {
			unreadable(err.Error())
			continue
		}
		b.compilePeers(&c, p, proto, egress, part)
	}
	return c
}

// compilePeers implements SG-14 and SG-15: a permission matches if any of its peers does; ingress peers are
// sources, egress peers destinations. The reader has seen to it that each can be read.
func (b *builder) compilePeers(c *GroupRules, p *snapshot.IpPermission, proto packet.Match, egress bool, part *snapshot.Part) {
	var peers []netip.Prefix
	rule := func(r GroupRule) int {
		r.Permission, r.Egress, r.protocol = p, egress, proto
		c.Rules = append(c.Rules, r)
		return len(c.Rules) - 1
	}
	for _, r := range p.IpRanges {
		peers = append(peers, r.CidrIp.Masked())
		rule(GroupRule{Peer: r.CidrIp.Masked(), List: -1, Group: -1, Description: r.Description})
	}
	for _, r := range p.Ipv6Ranges {
		peers = append(peers, r.CidrIpv6.Masked())
		rule(GroupRule{Peer: r.CidrIpv6.Masked(), List: -1, Group: -1, Description: r.Description})
	}
	for _, r := range p.PrefixListIds {
		k := b.prefixList(r.PrefixListId, part)
		rule(GroupRule{List: k, Group: -1, Description: r.Description})
		l := &b.n.PrefixLists[k]
		if !l.conflict { // entries of a cut answer allow what they allow; of two answers that disagree neither counts
			peers = append(peers, l.Entries...)
		}
		if m := l.Missing(); m != nil {
			c.Unknown = append(c.Unknown, UnknownRule{b.n.pool.Of(proto), m})
		}
	}
	for _, r := range p.UserIdGroupPairs {
		k := b.securityGroup(r.GroupId, part)
		at := rule(GroupRule{List: -1, Group: k, Description: r.Description})
		stale := r.PeeringStatus != "" && r.PeeringStatus != "active" // SG-24, D-23
		c.References = append(c.References, GroupReference{at, b.n.pool.Of(proto), k, stale})
	}
	if len(peers) == 0 {
		return
	}
	if egress {
		proto.Destination = peers
	} else {
		proto.Source = peers
	}
	c.Addresses = b.n.pool.Union(c.Addresses, b.n.pool.Of(proto))
}

// errRule is a rule that cannot be read.
type errRule string

func (e errRule) Error() string { return string(e) }

// permissionMatch implements SG-9 to SG-13: the protocol and ports of a permission, with any address.
func permissionMatch(p *snapshot.IpPermission) (packet.Match, error) {
	number, all, err := protocolNumber(p.IpProtocol)
	if err != nil || all {
		return packet.Match{}, err
	}
	m := packet.Match{Protocols: []packet.ByteRange{{From: number, To: number}}}
	switch number {
	case packet.TCP, packet.UDP:
		m.DestinationPorts, err = portRanges(p.FromPort, p.ToPort)
	case packet.ICMP, packet.ICMPv6:
		m.ICMPTypes, m.ICMPCodes, err = icmpRanges(p.FromPort, p.ToPort)
	}
	return m, err
}

// protocolNumber reads a protocol as group rules and ACL entries write it (SG-9, ACL-10).
func protocolNumber(text string) (number uint8, all bool, err error) {
	if text == "-1" || text == "all" {
		return 0, true, nil
	}
	number, ok := packet.ParseProtocol(strings.ToLower(text))
	if !ok {
		err = errRule("protocol " + strconv.Quote(text) + " is not known")
	}
	return number, false, err
}

// portRanges reads the ports of a TCP or UDP rule (SG-11, ACL-7).
func portRanges(from, to *int32) ([]packet.PortRange, error) {
	switch {
	case from == nil || to == nil:
		return nil, errRule("a TCP or UDP rule without ports")
	case *from < 0 || *to > 65535 || *from > *to:
		return nil, errRule("port range " + strconv.Itoa(int(*from)) + "-" + strconv.Itoa(int(*to)) + " is not a range within 0-65535")
	}
	return []packet.PortRange{{From: uint16(*from), To: uint16(*to)}}, nil
}

// icmpRanges reads the type and code of an ICMP rule (SG-12, ACL-12): -1 or absent means all; all types means all codes.
func icmpRanges(typ, code *int32) (types, codes []packet.ByteRange, err error) {
	if typ == nil || *typ == -1 {
		return nil, nil, nil
	}
	if *typ < 0 || *typ > 255 || (code != nil && (*code < -1 || *code > 255)) {
		return nil, nil, errRule("ICMP type or code is not within -1 to 255")
	}
	types = []packet.ByteRange{{From: uint8(*typ), To: uint8(*typ)}}
	if code != nil && *code >= 0 {
		codes = []packet.ByteRange{{From: uint8(*code), To: uint8(*code)}}
	}
	return types, codes, nil
}

// Protocol says whether the rule's protocol and ports match k, whatever the peer.
func (r *GroupRule) Protocol(k packet.Packet) bool {
	return r.protocol.Covers(k)
}

// Headers is what the rule's protocol and ports match, whatever the peer.
func (r *GroupRule) Headers() packet.Match { return r.protocol }

// PeerAddress is the address of k that the rule's peer is compared with (SG-15).
func (r *GroupRule) PeerAddress(k packet.Packet) netip.Addr {
	if r.Egress {
		return k.Destination
	}
	return k.Source
}
