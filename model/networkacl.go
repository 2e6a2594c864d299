package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// NetworkACL is a network ACL with its compiled entries, or the mere name of one.
type NetworkACL struct {
	record
	ID     string
	Record *snapshot.NetworkAcl // nil where not known
	VPC    int32

	Ingress, Egress ACLRules
}

// ACLEntry is one entry of an ACL as the answers have it, named here so that packages above need not know the
// snapshot.
type ACLEntry = snapshot.NetworkAclEntry

// ACLRules are the entries of one direction, compiled.
type ACLRules struct {
	Entries []*snapshot.NetworkAclEntry // in rising number (ACL-2)
	matches []packet.Match              // what each of them matches; of no use for one that cannot be read
	bad     []bool                      // which of them cannot be read
	Allowed packet.Set
	// Unknown is what an entry that cannot be read leaves open (D-31): what the entries before it do not decide.
	Unknown packet.Set
	Missing *Missing
}

func init() {
	identifiers[KindNetworkACL] = func(n *Network, i int32) string { return n.NetworkACLs[i].ID }
	describers[KindNetworkACL] = func(n *Network, i int32) Resource {
		a := &n.NetworkACLs[i]
		if a.Record == nil {
			return resourceOf(KindNetworkACL, a.ID, "", a.part, nil)
		}
		return resourceOf(KindNetworkACL, a.ID, a.Record.OwnerId, a.part, a.Record.Tags)
	}
	taggers[KindNetworkACL] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.NetworkACLs[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) networkACLs() {
	for _, m := range b.n.Snapshot.NetworkACLs() {
		i := b.add(KindNetworkACL, m.Record.NetworkAclId, len(b.n.NetworkACLs))
		a := NetworkACL{record: record{m.Part, true, m.Conflict}, ID: m.Record.NetworkAclId, Record: m.Record}
		a.VPC = b.vpc(m.Record.VpcId, m.Part)
		if m.Record.IsDefault {
			v := &b.n.VPCs[a.VPC]
			v.twoDefaultACLs = v.twoDefaultACLs || v.DefaultACL >= 0
			v.DefaultACL = i
		}
		for _, s := range m.Record.Associations {
			if k := b.subnet(s.SubnetId, m.Part); k >= 0 {
				n := &b.n.Subnets[k]
				n.twoACLs = n.twoACLs || n.ACL >= 0
				n.ACL = i
			}
		}
		b.n.NetworkACLs = append(b.n.NetworkACLs, a)
	}
}

// Missing says what is missing where the ACL's record cannot be used.
func (a *NetworkACL) Missing() *Missing { return a.missing(snapshot.DescribeNetworkAcls, a.ID) }

func (b *builder) compileACLs() {
	for i := range b.n.NetworkACLs {
		a := &b.n.NetworkACLs[i]
		a.Ingress = b.compileEntries(a, false)
		a.Egress = b.compileEntries(a, true)
	}
}

// compileEntries implements ACL-2, ACL-3 and ACL-9: from the last entry to the first, each overrides what the
// later ones say of its packets; what none matches is denied.
func (b *builder) compileEntries(a *NetworkACL, egress bool) ACLRules {
	var c ACLRules
	for i := range a.Record.Entries {
		if e := &a.Record.Entries[i]; e.Egress == egress {
			c.Entries = append(c.Entries, e)
		}
	}
	slices.SortStableFunc(c.Entries, func(x, y *snapshot.NetworkAclEntry) int { return cmp.Compare(x.RuleNumber, y.RuleNumber) })
	p := b.n.pool
	if a.Record.Entries == nil { // absent is not empty
		c.Unknown = packet.Everything
		c.Missing = &Missing{What: a.ID, Call: snapshot.DescribeNetworkAcls, Account: a.part.Account, Region: a.part.Region,
			Why: Unreadable, Detail: "the record has no entries"}
	}
	c.matches, c.bad = make([]packet.Match, len(c.Entries)), make([]bool, len(c.Entries))
	for i, e := range slices.Backward(c.Entries) {
		m, err := EntryMatch(e)
		c.matches[i], c.bad[i] = m, err != nil
		if err != nil {
			c.Allowed, c.Unknown = packet.Empty, packet.Everything
			c.Missing = &Missing{What: a.ID, Call: snapshot.DescribeNetworkAcls, Account: a.part.Account, Region: a.part.Region,
				Why: Unreadable, Detail: "entry " + strconv.Itoa(int(e.RuleNumber)) + ": " + err.Error()}
			continue
		}
		set := p.Of(m)
		c.Unknown = p.Subtract(c.Unknown, set)
		if strings.EqualFold(e.RuleAction, "allow") {
			c.Allowed = p.Union(c.Allowed, set)
		} else {
			c.Allowed = p.Subtract(c.Allowed, set)
		}
	}
	return c
}

// EntryMatch implements ACL-7 and ACL-10 to ACL-13: the packets an entry matches. It fails for an entry that cannot be read.
func EntryMatch(e *snapshot.NetworkAclEntry) (packet.Match, error) {
	var m packet.Match
	if !strings.EqualFold(e.RuleAction, "allow") && !strings.EqualFold(e.RuleAction, "deny") {
		return m, errRule("action " + strconv.Quote(e.RuleAction) + " is neither allow nor deny")
	}
	block := e.CidrBlock
	if !block.IsValid() {
		block = e.Ipv6CidrBlock
	}
	if e.Egress {
		m.Destination = []netip.Prefix{block}
	} else {
		m.Source = []netip.Prefix{block}
	}
	number, all, err := protocolNumber(e.Protocol)
	if err != nil || all {
		return m, err
	}
	m.Protocols = []packet.ByteRange{{From: number, To: number}}
	switch {
	case number == packet.TCP || number == packet.UDP:
		if e.PortRange == nil {
			return m, errRule("a TCP or UDP entry without a port range")
		}
		m.DestinationPorts, err = portRanges(&e.PortRange.From, &e.PortRange.To)
	case number == packet.ICMPv6 && e.CidrBlock.IsValid():
		// ACL-11: with an IPv4 CIDR every type and code matches.
	case (number == packet.ICMP || number == packet.ICMPv6) && e.IcmpTypeCode != nil:
		m.ICMPTypes, m.ICMPCodes, err = icmpRanges(&e.IcmpTypeCode.Type, &e.IcmpTypeCode.Code)
	}
	return m, err
}

// Deciding returns the entry that decides k: the first that matches (ACL-2); nil for the final deny.
func (c *ACLRules) Deciding(k packet.Packet) *snapshot.NetworkAclEntry {
	for i, e := range c.Entries {
		if !c.bad[i] && c.matches[i].Covers(k) {
			return e
		}
	}
	return nil
}

// ACLOf returns the ACL of a subnet: the associated one, or by default the VPC's (ACL-1, D-30), in which case
// assumed is true. Where no answer tells, the ACL is -1 and missing says why.
func (n *Network) ACLOf(subnet int32) (acl int32, assumed bool, missing *Missing) {
	s := &n.Subnets[subnet]
	if s.twoACLs || s.ACL < 0 && s.VPC >= 0 && n.VPCs[s.VPC].twoDefaultACLs {
		missing = n.missingACL(s)
		missing.Why = Conflicting
		return -1, assumed, missing
	}
	acl = s.ACL
	if acl < 0 && s.VPC >= 0 && complete(s.part, snapshot.DescribeNetworkAcls) {
		acl = n.VPCs[s.VPC].DefaultACL
		assumed = acl >= 0
	}
	if acl < 0 {
		return acl, assumed, n.missingACL(s)
	}
	return acl, assumed, n.NetworkACLs[acl].Missing()
}

func (n *Network) missingACL(s *Subnet) *Missing {
	return missingCall(s.part, snapshot.DescribeNetworkAcls, "network ACL of "+s.ID)
}
