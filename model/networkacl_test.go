package model

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// slowEntry says whether an entry matches a packet, by ACL-7 and ACL-10 to ACL-13 as they stand. It reads what AWS
// prints; unreadable entries have a test of their own.
func slowEntry(e *snapshot.NetworkAclEntry, k packet.Packet) bool {
	peer := k.Source
	if e.Egress {
		peer = k.Destination
	}
	if !e.CidrBlock.Contains(peer) && !e.Ipv6CidrBlock.Contains(peer) { // the block that an entry does not have holds nothing
		return false
	}
	switch number := map[string]int{"-1": -1, "1": 1, "6": 6, "17": 17, "50": 50, "58": 58}[e.Protocol]; {
	case number == -1:
		return true
	case int(k.Protocol) != number:
		return false
	case number == 6 || number == 17:
		return int32(k.DestinationPort) >= e.PortRange.From && int32(k.DestinationPort) <= e.PortRange.To
	case number == 58 && e.CidrBlock.IsValid(): // ACL-11
		return true
	case (number == 1 || number == 58) && e.IcmpTypeCode != nil && e.IcmpTypeCode.Type != -1:
		return int32(k.ICMPType) == e.IcmpTypeCode.Type && (e.IcmpTypeCode.Code == -1 || int32(k.ICMPCode) == e.IcmpTypeCode.Code)
	}
	return true
}

// slowDeciding is ACL-2 as its sentence reads.
func slowDeciding(entries []snapshot.NetworkAclEntry, egress bool, k packet.Packet) *snapshot.NetworkAclEntry {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b snapshot.NetworkAclEntry) int { return cmp.Compare(a.RuleNumber, b.RuleNumber) })
	for i := range entries {
		if entries[i].Egress == egress && slowEntry(&entries[i], k) {
			return &entries[i]
		}
	}
	return nil
}

// ACL-2 ACL-3 ACL-7 ACL-9 ACL-10 ACL-11 ACL-12 ACL-13 the compiled sets hold what the first matching entry lets through
func TestACLRulesAgreeWithFirstMatch(t *testing.T) {
	var allowed, denied, unmatched int
	numbers := map[int32]bool{}
	randomNetworks(t, 50, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		for i := range n.NetworkACLs {
			a := &n.NetworkACLs[i]
			for range 30 {
				k := borderPacket(g, rng)
				for _, egress := range []bool{false, true} {
					rules := &a.Ingress
					if egress {
						rules = &a.Egress
					}
					want := slowDeciding(a.Record.Entries, egress, k)
					compareDeciding(t, n, a.ID, rules, k, want)
					switch {
					case want == nil:
						unmatched++
					case want.RuleAction == "allow":
						allowed++
					default:
						denied++
					}
					if want != nil {
						numbers[want.RuleNumber] = true
					}
				}
			}
		}
	})
	if allowed < 500 || denied < 500 || unmatched < 20 || len(numbers) < 10 {
		t.Errorf("one-sided: %d allowed, %d denied by an entry, %d by none; %d numbers decided", allowed, denied, unmatched, len(numbers))
	}
}

// D-31 the same for ACLs with more entries than people write, a few of which cannot be read: what those leave open is known to be
// open, and nothing else
func TestCrowdedACLsAgreeWithFirstMatch(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 2))
	borders := netgen.Network{Prefixes: crowdedBlocks, Ports: []uint16{0, 22, 80, 90, 443, 1024, 65535}}
	seen := map[string]int{}
	for range 200 {
		entries := make([]snapshot.NetworkAclEntry, rng.IntN(9))
		for i := range entries {
			entries[i] = randomEntry(rng)
			entries[i].RuleNumber = int32(10 * (i + 1))
		}
		rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		part := &snapshot.Part{NetworkACLs: []snapshot.NetworkAcl{{NetworkAclId: "acl-x", VpcId: "vpc-a", Entries: entries}}}
		n := Build(&snapshot.Snapshot{Parts: []*snapshot.Part{part}})
		for range 20 {
			k := borderPacket(borders, rng)
			want := slowACL(entries, k)
			seen[want]++
			got, rules := "denied", &n.NetworkACLs[0].Ingress
			switch allowed, open := n.Pool().Contains(rules.Allowed, k), n.Pool().Contains(rules.Unknown, k); {
			case allowed && open:
				got = "both allowed and open"
			case allowed:
				got = "allowed"
			case open:
				got = "open"
			}
			if got != want {
				t.Fatalf("%+v: %v: compiled says %s, entry by entry %s", entries, k, got, want)
			}
			if got == "open" && rules.Missing == nil {
				t.Fatalf("%+v: %v is open, but nothing is missing", entries, k)
			}
		}
	}
	if seen["allowed"] < 300 || seen["denied"] < 300 || seen["open"] < 300 {
		t.Errorf("one-sided: %v", seen)
	}
}

// slowACL judges an incoming packet entry by entry, in rising number, up to the first that matches or cannot be read.
func slowACL(entries []snapshot.NetworkAclEntry, k packet.Packet) string {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b snapshot.NetworkAclEntry) int { return cmp.Compare(a.RuleNumber, b.RuleNumber) })
	for i := range entries {
		switch e := &entries[i]; {
		case e.Egress:
		case e.Protocol == "x" || e.RuleAction == "perhaps" || (e.Protocol == "6" || e.Protocol == "17") && e.PortRange == nil:
			return "open"
		case slowEntry(e, k):
			return map[string]string{"allow": "allowed", "deny": "denied"}[e.RuleAction]
		}
	}
	return "denied"
}

// randomEntry draws an entry, at times of the other direction, at times one that cannot be read.
func randomEntry(rng *rand.Rand) snapshot.NetworkAclEntry {
	e := snapshot.NetworkAclEntry{Egress: rng.IntN(6) == 0, RuleAction: pick(rng, []string{"allow", "allow", "allow", "deny"}),
		Protocol: pick(rng, []string{"-1", "6", "6", "17", "1", "58", "50"})}
	if block := pick(rng, crowdedBlocks); block.Addr().Is4() {
		e.CidrBlock = block
	} else {
		e.Ipv6CidrBlock = block
	}
	if rng.IntN(12) > 0 {
		e.PortRange = pick(rng, []*snapshot.PortRange{{From: 22, To: 22}, {From: 80, To: 90}, {From: 0, To: 65535}, {From: 1024, To: 65535}, {From: 0, To: 443}})
	}
	if rng.IntN(3) > 0 {
		e.IcmpTypeCode = pick(rng, []*snapshot.IcmpTypeCode{{Type: -1, Code: -1}, {Type: 8, Code: 0}, {Type: 8, Code: -1}, {Type: 128, Code: 0}, {Type: -1, Code: 3}})
	}
	switch rng.IntN(24) {
	case 0:
		e.Protocol = "x"
	case 1:
		e.RuleAction = "perhaps"
	}
	return e
}

func compareDeciding(t *testing.T, n *Network, id string, rules *ACLRules, k packet.Packet, want *snapshot.NetworkAclEntry) {
	t.Helper()
	got := rules.Deciding(k)
	if diff := gocmp.Diff(numberOf(want), numberOf(got)); diff != "" {
		t.Errorf("%s: %v: deciding entry (-first match +compiled):\n%s", id, k, diff)
	}
	if allow := want != nil && want.RuleAction == "allow"; n.Pool().Contains(rules.Allowed, k) != allow {
		t.Errorf("%s: %v: compiled allows it: %v, first match %v", id, k, !allow, allow)
	}
	if n.Pool().Contains(rules.Unknown, k) || rules.Missing != nil {
		t.Errorf("%s: %v: left open although every entry can be read: %+v", id, k, rules.Missing)
	}
}

// numberOf is the number of an entry, -1 for the final deny that AWS does not always list (ACL-3).
func numberOf(e *snapshot.NetworkAclEntry) int32 {
	if e == nil {
		return -1
	}
	return e.RuleNumber
}

// aclOf reads an ACL with the entries given, one JSON object each; CIDR, direction and action are filled in where left out.
func aclOf(t *testing.T, entries ...string) (*Network, *NetworkACL) {
	t.Helper()
	for i, e := range entries {
		for name, value := range map[string]string{"CidrBlock": `"0.0.0.0/0"`, "Egress": "false", "RuleAction": `"allow"`} {
			if !strings.Contains(e, name) && !(name == "CidrBlock" && strings.Contains(e, "Ipv6CidrBlock")) {
				e = strings.TrimSuffix(e, "}") + `,"` + name + `":` + value + "}"
			}
		}
		entries[i] = e
	}
	n := read(t, map[string][]byte{"acls.json": []byte(`{"NetworkAcls":[{"NetworkAclId":"acl-x","VpcId":"vpc-a","Associations":[],"Entries":[` + strings.Join(entries, ",") + `]}]}`)})
	return n, &n.NetworkACLs[0]
}

// How entries are written (ACL-10 to ACL-13, D-31), one at a time, and what they let in.
func TestEntryForms(t *testing.T) {
	const tcp, udp, esp, icmp, icmp6 = "tcp :443", "udp :443", "esp", "icmp 8/0", "icmpv6 128/0"
	for _, test := range []struct {
		shows, entry string
		admits       []string
		unreadable   string
	}{
		{"ACL-10 all protocols", `{"RuleNumber":1,"Protocol":"-1"}`, []string{tcp, udp, esp, icmp}, ""},
		{"ACL-10 ports with all protocols mean nothing", `{"RuleNumber":1,"Protocol":"-1","PortRange":{"From":80,"To":80}}`, []string{tcp, udp, esp, icmp}, ""},
		{"ACL-10 ports with another protocol mean nothing", `{"RuleNumber":1,"Protocol":"50","PortRange":{"From":80,"To":80}}`, []string{esp}, ""},
		{"ACL-10 type and code with TCP mean nothing", `{"RuleNumber":1,"Protocol":"6","PortRange":{"From":0,"To":443},"IcmpTypeCode":{"Type":3,"Code":3}}`, []string{tcp}, ""},
		{"ACL-10 ICMP without type and code", `{"RuleNumber":1,"Protocol":"1"}`, []string{icmp}, ""},
		{"ACL-12 any type", `{"RuleNumber":1,"Protocol":"1","IcmpTypeCode":{"Type":-1,"Code":-1}}`, []string{icmp}, ""},
		{"ACL-12 any code", `{"RuleNumber":1,"Protocol":"1","IcmpTypeCode":{"Type":8,"Code":-1}}`, []string{icmp}, ""},
		{"ACL-12 another code", `{"RuleNumber":1,"Protocol":"1","IcmpTypeCode":{"Type":8,"Code":1}}`, nil, ""},
		{"ACL-13 an IPv6 block sees IPv6 only", `{"RuleNumber":1,"Protocol":"-1","Ipv6CidrBlock":"::/0"}`, []string{icmp6}, ""},
		{"ACL-11 type and code count with an IPv6 block", `{"RuleNumber":1,"Protocol":"58","Ipv6CidrBlock":"::/0","IcmpTypeCode":{"Type":2,"Code":0}}`, nil, ""},
		{"ACL-11 protocol 58 with an IPv4 block sees IPv4 only", `{"RuleNumber":1,"Protocol":"58","IcmpTypeCode":{"Type":128,"Code":0}}`, nil, ""},
		{"a CIDR beside the packet", `{"RuleNumber":1,"Protocol":"-1","CidrBlock":"192.0.2.8/29"}`, nil, ""},
		{"actions in any case", `{"RuleNumber":1,"Protocol":"-1","RuleAction":"ALLOW"}`, []string{tcp, udp, esp, icmp}, ""},
		{"the other direction", `{"RuleNumber":1,"Protocol":"-1","Egress":true}`, nil, ""},
		{"D-31 an unknown action", `{"RuleNumber":1,"Protocol":"-1","RuleAction":"perhaps"}`, nil, `entry 1: action "perhaps" is neither allow nor deny`},
		{"D-31 an unknown protocol", `{"RuleNumber":1,"Protocol":"x"}`, nil, `entry 1: protocol "x" is not known`},
		{"D-31 TCP without ports", `{"RuleNumber":1,"Protocol":"6"}`, nil, "entry 1: a TCP or UDP entry without a port range"},
		{"D-31 ports the wrong way round", `{"RuleNumber":1,"Protocol":"6","PortRange":{"From":9,"To":8}}`, nil, "entry 1: port range 9-8 is not a range within 0-65535"},
		{"D-31 an ICMP code out of range", `{"RuleNumber":1,"Protocol":"1","IcmpTypeCode":{"Type":8,"Code":300}}`, nil, "entry 1: ICMP type or code is not within -1 to 255"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n, a := aclOf(t, test.entry)
			if diff := gocmp.Diff(test.admits, admitted(n.Pool(), a.Ingress.Allowed)); diff != "" {
				t.Errorf("admitted (-want +got):\n%s", diff)
			}
			why := ""
			if m := a.Ingress.Missing; m != nil {
				why = m.Detail
				if m.Why != Unreadable || m.Call != snapshot.DescribeNetworkAcls || m.What != "acl-x" {
					t.Errorf("missing fact: %+v", m)
				}
			}
			if diff := gocmp.Diff(test.unreadable, why); diff != "" {
				t.Errorf("why it cannot be read (-want +got):\n%s", diff)
			}
		})
	}
}

// D-31 what the entries before an unreadable one decide stays decided; everything else is open, also what later entries
// would say
func TestUnreadableEntryLeavesTheRestOpen(t *testing.T) {
	n, a := aclOf(t,
		`{"RuleNumber":300,"Protocol":"-1"}`,
		`{"RuleNumber":200,"Protocol":"x"}`,
		`{"RuleNumber":100,"Protocol":"6","PortRange":{"From":443,"To":443}}`,
		`{"RuleNumber":110,"Protocol":"17","PortRange":{"From":0,"To":65535},"RuleAction":"deny"}`)
	if diff := gocmp.Diff([]string{"tcp :443"}, admitted(n.Pool(), a.Ingress.Allowed)); diff != "" {
		t.Errorf("allowed (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]string{"esp", "icmp 8/0", "icmpv6 128/0"}, admitted(n.Pool(), a.Ingress.Unknown)); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	if a.Egress.Missing != nil || a.Egress.Unknown != packet.Empty {
		t.Errorf("the other direction is open too: %+v", a.Egress.Missing)
	}
}

// A record without entries may have any; one with an empty list refuses everything (ACL-3).
func TestAbsentEntriesAreNotNone(t *testing.T) {
	n := read(t, map[string][]byte{"acls.json": []byte(`{"NetworkAcls":[
		{"NetworkAclId":"acl-absent","VpcId":"vpc-a","Associations":[]},
		{"NetworkAclId":"acl-empty","VpcId":"vpc-a","Associations":[],"Entries":[]}]}`)})
	if a := &n.NetworkACLs[n.at(t, "acl-absent")]; a.Ingress.Unknown != packet.Everything || a.Egress.Missing == nil {
		t.Errorf("absent: %+v", a.Ingress)
	}
	if a := &n.NetworkACLs[n.at(t, "acl-empty")]; a.Ingress.Unknown != packet.Empty || a.Ingress.Allowed != packet.Empty || a.Ingress.Missing != nil {
		t.Errorf("empty: %+v", a.Ingress)
	}
}

// ACL-1 D-30 which ACL a subnet has
func TestACLOf(t *testing.T) {
	const network = `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
subnet-b vpc-a 10.0.2.0/24
acl-default vpc-a default subnet-b
acl-a vpc-a subnet-a
`
	for _, test := range []struct {
		shows, lines, subnet, want string
	}{
		{"the one that names it", "", "subnet-a", "acl-a"},
		{"the default one, by name", "", "subnet-b", "acl-default"},
		{"the default one, by assumption", "drop acl-a", "subnet-a", "acl-default assumed"},
		{"neither", "drop acl-a\ndrop acl-default", "subnet-a", "missing network ACL of subnet-a: answer is complete but does not hold it, describe-network-acls"},
		{"cut answers hold it", "cut describe-network-acls", "subnet-a", "acl-a"},
		{"cut answers may hold another", "drop acl-a\ncut describe-network-acls", "subnet-a",
			"missing network ACL of subnet-a: answer is cut (its last page announces another one), describe-network-acls"},
		{"two that name it are bad data", `set acl-default Associations [{"SubnetId":"subnet-a"}]`, "subnet-a",
			"missing network ACL of subnet-a: copies disagree, describe-network-acls"},
		{"two default ones are bad data", "set acl-a IsDefault true\nset acl-default Associations []", "subnet-b",
			"missing network ACL of subnet-b: copies disagree, describe-network-acls"},
		{"two default ones do not matter to a subnet with its own", "set acl-a IsDefault true", "subnet-a", "acl-a"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+test.lines+"\n")
			acl, assumed, missing := n.ACLOf(n.at(t, test.subnet))
			got := "missing " + describeMissing(missing)
			if acl >= 0 && missing == nil {
				got = n.NetworkACLs[acl].ID
			}
			if assumed {
				got += " assumed"
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
