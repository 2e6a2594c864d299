package model

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// slowPermission says whether a permission's protocol and ports match a packet, by SG-9 to SG-13 as they stand. readable
// is false where the permission cannot be read at all (D-31).
func slowPermission(p *snapshot.IpPermission, k packet.Packet) (matches, readable bool) {
	number, ok := map[string]int{"-1": -1, "tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "6": 6, "17": 17, "1": 1, "58": 58, "50": 50, "47": 47, "132": 132}[p.IpProtocol]
	if !ok {
		return false, false
	}
	if number == -1 {
		return true, true
	}
	if number == 6 || number == 17 {
		if p.FromPort == nil || p.ToPort == nil || *p.FromPort < 0 || *p.ToPort > 65535 || *p.FromPort > *p.ToPort {
			return false, false
		}
		return int(k.Protocol) == number && int32(k.DestinationPort) >= *p.FromPort && int32(k.DestinationPort) <= *p.ToPort, true
	}
	if number != 1 && number != 58 || p.FromPort == nil || *p.FromPort == -1 {
		return int(k.Protocol) == number, true
	}
	anyCode := p.ToPort == nil || *p.ToPort == -1
	return int(k.Protocol) == number && int32(k.ICMPType) == *p.FromPort && (anyCode || int32(k.ICMPCode) == *p.ToPort), true
}

// slowList is what the answers say of a prefix list: its entries, and whether they are all there.
func slowList(n *Network, id string) (entries []netip.Prefix, whole bool) {
	for _, m := range n.Snapshot.PrefixListContents() {
		if m.Record.PrefixListId != id {
			continue
		}
		for _, e := range m.Record.Entries {
			entries = append(entries, e.Cidr)
		}
		whole = whole || m.Record.State == snapshot.Complete
	}
	for _, part := range n.Snapshot.Parts {
		for _, l := range part.PrefixLists {
			if l.PrefixListId == id {
				entries, whole = l.Cidrs, l.Cidrs != nil
			}
		}
	}
	return entries, whole
}

// slowVerdict judges a packet rule by rule: whether a CIDR or a known entry of a prefix list lets it in, what a rule
// with a missing fact might, and which groups would if the peer had them (SG-14, SG-15, D-26, D-31).
func slowVerdict(n *Network, permissions []snapshot.IpPermission, egress bool, k packet.Packet) (allowed, unknown bool, groups []string) {
	peer := k.Source
	if egress {
		peer = k.Destination
	}
	for i := range permissions {
		p := &permissions[i]
		matches, readable := slowPermission(p, k)
		unknown = unknown || !readable
		if !matches {
			continue
		}
		for _, r := range p.IpRanges {
			allowed = allowed || r.CidrIp.Contains(peer)
		}
		for _, r := range p.Ipv6Ranges {
			allowed = allowed || r.CidrIpv6.Contains(peer)
		}
		for _, r := range p.PrefixListIds {
			entries, whole := slowList(n, r.PrefixListId)
			allowed = allowed || slices.ContainsFunc(entries, func(e netip.Prefix) bool { return e.Contains(peer) })
			unknown = unknown || !whole
		}
		for _, r := range p.UserIdGroupPairs {
			if r.PeeringStatus == "" || r.PeeringStatus == "active" {
				groups = append(groups, r.GroupId)
			}
		}
	}
	slices.Sort(groups)
	return allowed, unknown, slices.Compact(groups)
}

// verdictTally counts which answers the comparison has seen.
type verdictTally struct{ allowed, refused, unknown, referenced int }

// compareGroups compares every group of a network with the twin, each by some packets at the borders.
func (v *verdictTally) compareGroups(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand, packets int) {
	t.Helper()
	for i := range n.SecurityGroups {
		s := &n.SecurityGroups[i]
		if s.Record == nil {
			continue
		}
		for range packets {
			k := borderPacket(g, rng)
			for _, egress := range []bool{false, true} {
				rules, permissions := &s.Ingress, s.Record.IpPermissions
				if egress {
					rules, permissions = &s.Egress, s.Record.IpPermissionsEgress
				}
				allow, maybe, groups := slowVerdict(n, permissions, egress, k)
				compareVerdict(t, n, s.ID, rules, k, allow, maybe, groups)
				v.allowed, v.refused = v.allowed+count(allow), v.refused+count(!allow)
				v.unknown, v.referenced = v.unknown+count(maybe), v.referenced+count(len(groups) > 0)
			}
		}
	}
}

// SG-9 SG-10 SG-11 SG-12 SG-13 SG-14 SG-15 the compiled sets hold the packets that the rules let in one by one
func TestGroupRulesAgreeWithRuleByRule(t *testing.T) {
	var seen verdictTally
	randomNetworks(t, 40, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		seen.compareGroups(t, g, n, rng, 25)
	})
	if seen.allowed < 500 || seen.refused < 500 || seen.referenced < 200 {
		t.Errorf("one-sided: %+v", seen)
	}
}

// D-26 D-31 the same for groups with more rules than people write, among them some that cannot be read and some whose prefix
// list is cut or not in the answers
func TestCrowdedGroupsAgreeWithRuleByRule(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	borders := netgen.Network{Prefixes: crowdedBlocks, Ports: []uint16{0, 22, 80, 90, 443, 1024, 65535}}
	var seen verdictTally
	for range 12 {
		part := crowdedPart()
		for i := range 20 {
			group := snapshot.SecurityGroup{GroupId: "sg-" + strconv.Itoa(i), IpPermissions: []snapshot.IpPermission{}, IpPermissionsEgress: []snapshot.IpPermission{}}
			for range rng.IntN(6) {
				group.IpPermissions = append(group.IpPermissions, randomPermission(rng))
				group.IpPermissionsEgress = append(group.IpPermissionsEgress, randomPermission(rng))
			}
			part.SecurityGroups = append(part.SecurityGroups, group)
		}
		seen.compareGroups(t, borders, Build(&snapshot.Snapshot{Parts: []*snapshot.Part{part}}), rng, 20)
	}
	if seen.allowed < 500 || seen.refused < 500 || seen.unknown < 500 || seen.referenced < 200 {
		t.Errorf("one-sided: %+v", seen)
	}
}

// crowdedBlocks are blocks that nest and touch, of both families.
var crowdedBlocks = func() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{"0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "10.0.1.0/25", "10.0.1.128/25", "10.0.1.5/32", "192.0.2.0/24",
		"::/0", "2001:db8::/32", "2001:db8:0:1::/64", "2001:db8:0:1::5/128"} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}()

// crowdedPart has a prefix list whose entries are all there (pl-whole) and one of which some are (pl-cut); pl-gone is in no
// answer.
func crowdedPart() *snapshot.Part {
	entry := func(list, block string) snapshot.PrefixListEntry {
		return snapshot.PrefixListEntry{PrefixListId: list, Cidr: netip.MustParsePrefix(block)}
	}
	return &snapshot.Part{
		PrefixListEntries: []snapshot.PrefixListEntry{entry("pl-whole", "10.0.1.0/25"), entry("pl-whole", "2001:db8::/32"), entry("pl-cut", "192.0.2.0/24")},
		Objects: map[snapshot.Operation]map[string]snapshot.Call{snapshot.GetManagedPrefixListEntries: {
			"pl-whole": {State: snapshot.Complete}, "pl-cut": {State: snapshot.Cut}}},
	}
}

// randomPermission draws a rule in one of AWS's encodings, or one that cannot be read.
func randomPermission(rng *rand.Rand) snapshot.IpPermission {
	ports := [][2]int32{{22, 22}, {80, 90}, {443, 443}, {0, 65535}, {1024, 65535}, {0, 0}, {91, 442}, {90, 80}}
	types := [][2]int32{{-1, -1}, {8, 0}, {8, -1}, {3, 4}, {-1, 3}, {128, 0}}
	p := snapshot.IpPermission{IpProtocol: pick(rng, []string{"tcp", "tcp", "6", "udp", "17", "icmp", "1", "icmpv6", "58", "-1", "50", "47"})}
	if rng.IntN(25) == 0 {
		p.IpProtocol = "x"
	}
	limits := pick(rng, ports)
	if slices.Contains([]string{"icmp", "1", "icmpv6", "58"}, p.IpProtocol) {
		limits = pick(rng, types)
	}
	if rng.IntN(20) > 0 {
		p.FromPort, p.ToPort = &limits[0], &limits[1]
	}
	for range rng.IntN(3) {
		switch block := pick(rng, crowdedBlocks); {
		case rng.IntN(4) == 0:
			p.PrefixListIds = append(p.PrefixListIds, snapshot.PrefixListId{PrefixListId: pick(rng, []string{"pl-whole", "pl-cut", "pl-gone"})})
		case rng.IntN(4) == 0:
			status := pick(rng, []string{"", "", "active", "deleted"})
			p.UserIdGroupPairs = append(p.UserIdGroupPairs, snapshot.UserIdGroupPair{GroupId: "sg-" + strconv.Itoa(rng.IntN(22)), PeeringStatus: status})
		case block.Addr().Is4():
			p.IpRanges = append(p.IpRanges, snapshot.IpRange{CidrIp: block})
		default:
			p.Ipv6Ranges = append(p.Ipv6Ranges, snapshot.Ipv6Range{CidrIpv6: block})
		}
	}
	return p
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// compareVerdict compares the compiled sets of one direction with what the twin said of a packet.
func compareVerdict(t *testing.T, n *Network, id string, rules *GroupRules, k packet.Packet, allow, maybe bool, groups []string) {
	t.Helper()
	if got := n.Pool().Contains(rules.Addresses, k); got != allow {
		t.Errorf("%s: %v: compiled says %v, rule by rule %v", id, k, got, allow)
	}
	unknown := slices.ContainsFunc(rules.Unknown, func(u UnknownRule) bool { return n.Pool().Contains(u.Packets, k) })
	if unknown != maybe {
		t.Errorf("%s: %v: compiled leaves it open: %v, rule by rule %v", id, k, unknown, maybe)
	}
	var named []string
	for _, r := range rules.References {
		if !r.Stale && n.Pool().Contains(r.Packets, k) {
			named = append(named, n.SecurityGroups[r.Group].ID)
		}
	}
	slices.Sort(named)
	if diff := cmp.Diff(groups, slices.Compact(named)); diff != "" {
		t.Errorf("%s: %v: references that match (-rule by rule +compiled):\n%s", id, k, diff)
	}
	if got := bySingleRules(n, rules, k); got != allow {
		t.Errorf("%s: %v: the single rules say %v, rule by rule %v", id, k, got, allow)
	}
}

// bySingleRules says whether one of GroupRules.Rules names the packet's peer by address; explanations read them so.
func bySingleRules(n *Network, rules *GroupRules, k packet.Packet) bool {
	return slices.ContainsFunc(rules.Rules, func(r GroupRule) bool {
		if !r.Protocol(k) || r.Group >= 0 {
			return false
		}
		if r.List >= 0 {
			return slices.ContainsFunc(n.PrefixLists[r.List].Entries, func(p netip.Prefix) bool { return p.Contains(r.PeerAddress(k)) })
		}
		return r.Peer.Contains(r.PeerAddress(k))
	})
}

// Members are the interfaces whose records carry the group.
func TestMembersAgreeWithScan(t *testing.T) {
	members := 0
	randomNetworks(t, 20, func(t *testing.T, _ netgen.Network, n *Network, _ *rand.Rand) {
		want, got := map[string][]string{}, map[string][]string{}
		for _, m := range n.Snapshot.NetworkInterfaces() {
			for _, g := range m.Record.Groups {
				want[g.GroupId] = append(want[g.GroupId], m.Record.NetworkInterfaceId)
			}
		}
		for i := range n.SecurityGroups {
			if s := &n.SecurityGroups[i]; len(s.Members) > 0 {
				got[s.ID] = n.interfaceIDs(s.Members)
				members += len(s.Members)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-scan +model):\n%s", diff)
		}
	})
	if members == 0 {
		t.Error("no group has members")
	}
}

// How rules are written (SG-9 to SG-12, D-31), one at a time. The packets are from 192.0.2.7, or 2001:db8::7 for ICMPv6.
func TestPermissionForms(t *testing.T) {
	const tcp, udp, esp, icmp, icmp6 = "tcp :443", "udp :443", "esp", "icmp 8/0", "icmpv6 128/0"
	for _, test := range []struct {
		shows, permission string
		admits            []string
		unreadable        string
	}{
		{"SG-9 all protocols", `{"IpProtocol":"-1"}`, []string{tcp, udp, esp, icmp, icmp6}, ""},
		{"SG-9 a name", `{"IpProtocol":"tcp","FromPort":443,"ToPort":443}`, []string{tcp}, ""},
		{"SG-9 a number", `{"IpProtocol":"17","FromPort":0,"ToPort":65535}`, []string{udp}, ""},
		{"SG-9 a number without a name of AWS's", `{"IpProtocol":"50"}`, []string{esp}, ""},
		{"SG-10 ports mean nothing with all protocols", `{"IpProtocol":"-1","FromPort":80,"ToPort":80}`, []string{tcp, udp, esp, icmp, icmp6}, ""},
		{"SG-10 ports mean nothing with other protocols", `{"IpProtocol":"50","FromPort":80,"ToPort":80}`, []string{esp}, ""},
		{"SG-11 the first port of a range", `{"IpProtocol":"tcp","FromPort":443,"ToPort":500}`, []string{tcp}, ""},
		{"SG-11 the last port of a range", `{"IpProtocol":"tcp","FromPort":0,"ToPort":443}`, []string{tcp}, ""},
		{"SG-11 one before a range", `{"IpProtocol":"tcp","FromPort":444,"ToPort":500}`, nil, ""},
		{"SG-12 type and code", `{"IpProtocol":"icmp","FromPort":8,"ToPort":0}`, []string{icmp}, ""},
		{"SG-12 another code", `{"IpProtocol":"icmp","FromPort":8,"ToPort":1}`, nil, ""},
		{"SG-12 any code", `{"IpProtocol":"icmp","FromPort":8,"ToPort":-1}`, []string{icmp}, ""},
		{"SG-12 any type means any code", `{"IpProtocol":"icmp","FromPort":-1,"ToPort":3}`, []string{icmp}, ""},
		{"SG-12 ICMPv6 without both", `{"IpProtocol":"icmpv6"}`, []string{icmp6}, ""},
		{"SG-13 icmp admits no ICMPv6", `{"IpProtocol":"1","FromPort":-1,"ToPort":-1}`, []string{icmp}, ""},
		{"D-31 an unknown protocol", `{"IpProtocol":"carrier-pigeon"}`, nil, `protocol "carrier-pigeon" is not known`},
		{"D-31 no protocol", `{}`, nil, `protocol "" is not known`},
		{"D-31 a number that is none", `{"IpProtocol":"256"}`, nil, `protocol "256" is not known`},
		{"D-31 TCP without ports", `{"IpProtocol":"tcp"}`, nil, "a TCP or UDP rule without ports"},
		{"D-31 ports the wrong way round", `{"IpProtocol":"tcp","FromPort":500,"ToPort":443}`, nil, "port range 500-443 is not a range within 0-65535"},
		{"D-31 ports out of range", `{"IpProtocol":"tcp","FromPort":0,"ToPort":65536}`, nil, "port range 0-65536 is not a range within 0-65535"},
		{"D-31 an ICMP type out of range", `{"IpProtocol":"icmp","FromPort":256,"ToPort":0}`, nil, "ICMP type or code is not within -1 to 255"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			peers := `,"IpRanges":[{"CidrIp":"192.0.2.0/24"}],"Ipv6Ranges":[{"CidrIpv6":"2001:db8::/32"}]}`
			permission := strings.Replace(strings.TrimSuffix(test.permission, "}")+peers, "{,", "{", 1)
			n := read(t, map[string][]byte{"groups.json": []byte(`{"SecurityGroups":[{"GroupId":"sg-web","IpPermissions":[` + permission + `],"IpPermissionsEgress":[]}]}`)})
			rules := &n.SecurityGroups[0].Ingress
			if diff := cmp.Diff(test.admits, admitted(n.Pool(), rules.Addresses)); diff != "" {
				t.Errorf("admitted (-want +got):\n%s", diff)
			}
			why := ""
			if len(rules.Unknown) > 0 {
				why = rules.Unknown[0].Missing.Detail
				if m := rules.Unknown[0].Missing; m.Why != Unreadable || m.Call != snapshot.DescribeSecurityGroups || m.What != "sg-web" || rules.Unknown[0].Packets != packet.Everything {
					t.Errorf("missing fact: %+v", m)
				}
			}
			if diff := cmp.Diff(test.unreadable, why); diff != "" {
				t.Errorf("why it cannot be read (-want +got):\n%s", diff)
			}
		})
	}
}

// admitted names which of five usual packets are in a set.
func admitted(p *packet.Pool, set packet.Set) []string {
	v4 := packet.Packet{Source: netip.MustParseAddr("192.0.2.7"), Destination: netip.MustParseAddr("192.0.2.9")}
	v6 := packet.Packet{Source: netip.MustParseAddr("2001:db8::7"), Destination: netip.MustParseAddr("2001:db8::9"), Protocol: packet.ICMPv6, ICMPType: 128}
	with := func(k packet.Packet, protocol uint8) packet.Packet { k.Protocol = protocol; return k }
	ping := with(v4, packet.ICMP)
	ping.ICMPType = 8
	v4.SourcePort, v4.DestinationPort = 40000, 443
	var names []string
	for _, k := range []struct {
		name string
		packet.Packet
	}{{"tcp :443", with(v4, packet.TCP)}, {"udp :443", with(v4, packet.UDP)}, {"esp", with(v4, 50)}, {"icmp 8/0", ping}, {"icmpv6 128/0", v6}} {
		if p.Contains(set, k.Packet) {
			names = append(names, k.name)
		}
	}
	return names
}

// A record without a list of rules in one direction may have any there; one with an empty list has none.
func TestAbsentRulesAreNotNone(t *testing.T) {
	n := read(t, map[string][]byte{"groups.json": []byte(`{"SecurityGroups":[{"GroupId":"sg-web","IpPermissions":[]}]}`)})
	g := &n.SecurityGroups[0]
	if len(g.Ingress.Unknown) != 0 {
		t.Errorf("an empty list leaves open: %+v", g.Ingress.Unknown)
	}
	if len(g.Egress.Unknown) != 1 || g.Egress.Unknown[0].Packets != packet.Everything {
		t.Errorf("an absent list leaves open: %+v", g.Egress.Unknown)
	}
}

// SG-24 D-23 a reference whose peering is not active matches nothing
func TestStaleReferences(t *testing.T) {
	n := read(t, map[string][]byte{"groups.json": []byte(`{"SecurityGroups":[{"GroupId":"sg-web","IpPermissionsEgress":[],"IpPermissions":[
		{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-a"},{"GroupId":"sg-b","PeeringStatus":"active"},{"GroupId":"sg-c","PeeringStatus":"deleted"}]}]}]}`)})
	got := map[string]bool{}
	for _, r := range n.SecurityGroups[n.at(t, "sg-web")].Ingress.References {
		got[n.SecurityGroups[r.Group].ID] = r.Stale
		if rule := n.SecurityGroups[n.at(t, "sg-web")].Ingress.Rules[r.Rule]; rule.Group != r.Group {
			t.Errorf("the reference to %s names the rule of group %d", n.SecurityGroups[r.Group].ID, rule.Group)
		}
	}
	if diff := cmp.Diff(map[string]bool{"sg-a": false, "sg-b": false, "sg-c": true}, got); diff != "" {
		t.Errorf("stale (-want +got):\n%s", diff)
	}
}
