package solver

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"

	"github.com/vpcreach/vpcreach/model"
)

// TestLawAllowRuleNeverShrinks: another allow rule in a group only lets more through, whatever else is missing or unknown.
func TestLawAllowRuleNeverShrinks(t *testing.T) {
	seen := overWorlds(t, 1, func(t *testing.T, w *lawWorld, seen tally) {
		for range 2 {
			raw := answersOf(t, w.files)
			change := w.addAllowRule(raw)
			if change == "" {
				continue
			}
			w.afterChange(networkOf(t, raw.files(t)), func(q lawQuestion, before, after *Result) {
				seen.verdict(after)
				p := after.Pool
				admitted, blocked := carry(before, before.Admitted, p), carry(before, before.Blocked, p)
				seen.moved("admitted", admitted != after.Admitted)
				seen.moved("blocked", blocked != after.Blocked)
				story := func() string { return w.story(q, change, before, after) }
				expectSubset(t, p, admitted, after.Admitted, "no longer admitted after an allow rule was added", story)
				expectSubset(t, p, after.Blocked, blocked, "blocked once an allow rule was added", story)
			})
		}
	})
	seen.atLeast(t, 10, "admitted moved", "admitted stayed", "blocked moved", "reachable", "ambiguous", "unknown", "unreachable")
}

// TestLawACLDenyNeverGrows: another deny entry in a network ACL, whatever its number, only lets less through.
func TestLawACLDenyNeverGrows(t *testing.T) {
	seen := overWorlds(t, 2, func(t *testing.T, w *lawWorld, seen tally) {
		for range 2 {
			raw := answersOf(t, w.files)
			change := addDenyEntry(w.rng, raw)
			if change == "" {
				continue
			}
			w.afterChange(networkOf(t, raw.files(t)), func(q lawQuestion, before, after *Result) {
				seen.verdict(after)
				p := after.Pool
				admitted, blocked := carry(before, before.Admitted, p), carry(before, before.Blocked, p)
				seen.moved("admitted", admitted != after.Admitted)
				seen.moved("blocked", blocked != after.Blocked)
				story := func() string { return w.story(q, change, before, after) }
				expectSubset(t, p, after.Admitted, admitted, "admitted once an ACL deny was added", story)
				expectSubset(t, p, blocked, after.Blocked, "no longer blocked after an ACL deny was added", story)
			})
		}
	})
	seen.atLeast(t, 10, "admitted moved", "admitted stayed", "blocked moved", "reachable", "ambiguous", "unknown", "unreachable")
}

// afterChange asks every question of the world's network and of a changed one.
func (w *lawWorld) afterChange(changed *model.Network, compare func(q lawQuestion, before, after *Result)) {
	for i, q := range w.questions {
		if before, after := w.answer(i), q.ask(changed); before != nil && after != nil {
			compare(q, before, after)
		}
	}
}

// moved counts whether a part of the answer changed.
func (c tally) moved(what string, changed bool) {
	if changed {
		c[what+" moved"]++
	} else {
		c[what+" stayed"]++
	}
}

// addAllowRule gives one group a further rule, mostly one that a question meets; empty where no answer has a group.
func (w *lawWorld) addAllowRule(raw rawAnswers) string {
	rng, groups := w.rng, raw.resources("SecurityGroups", "GroupId")
	if len(groups) == 0 {
		return ""
	}
	group := groups[rng.IntN(len(groups))]
	if met := w.groupsMet(); len(met) > 0 && rng.IntN(4) > 0 {
		id := met[rng.IntN(len(met))]
		if i := slices.IndexFunc(groups, func(c copies) bool { return c[0]["GroupId"] == id }); i >= 0 {
			group = groups[i]
		}
	}
	direction := []string{"IpPermissions", "IpPermissionsEgress"}[rng.IntN(2)]
	if group[0][direction] == nil { // a list that is absent is unknown: a rule in it would make the rest known
		return ""
	}
	rule := rawRecord{"IpProtocol": "-1"}
	switch rng.IntN(6) {
	case 0:
		rule["IpProtocol"] = []string{"icmp", "icmpv6"}[rng.IntN(2)]
		rule["FromPort"], rule["ToPort"] = [][2]int{{-1, -1}, {8, -1}, {128, 0}}[rng.IntN(3)][0], -1
	case 1:
		from, to := drawPortRange(rng)
		rule["IpProtocol"] = []string{"tcp", "udp", "6", "17"}[rng.IntN(4)]
		rule["FromPort"], rule["ToPort"] = from, to
	}
	switch peer := drawPeer(rng, raw); {
	case rng.IntN(2) == 0: // anyone
		rule["IpRanges"], rule["Ipv6Ranges"] = []any{rawRecord{"CidrIp": "0.0.0.0/0"}}, []any{rawRecord{"CidrIpv6": "::/0"}}
	case rng.IntN(4) == 0:
		id := groups[rng.IntN(len(groups))][0]["GroupId"]
		rule["UserIdGroupPairs"] = []any{rawRecord{"GroupId": id, "UserId": group[0]["OwnerId"]}}
	case peer.Addr().Is4():
		rule["IpRanges"] = []any{rawRecord{"CidrIp": peer.String()}}
	default:
		rule["Ipv6Ranges"] = []any{rawRecord{"CidrIpv6": peer.String()}}
	}
	group.insert(direction, rule)
	return fmt.Sprintf("%v in %s allows %v", group[0]["GroupId"], direction, rule)
}

// groupsMet are the groups of the ends of the questions that have not got through.
func (w *lawWorld) groupsMet() []string {
	var out []string
	for i, q := range w.questions {
		query, err := q.query(w.net)
		if r := w.answer(i); err != nil || r == nil || r.Verdict == Reachable {
			continue
		}
		for _, e := range slices.Concat(query.From.Interfaces, query.To.Interfaces) {
			for _, g := range w.net.Interfaces[e].Groups {
				out = append(out, w.net.SecurityGroups[g].ID)
			}
		}
	}
	return out
}

// addDenyEntry gives one network ACL a further deny entry under a number that it does not use (AWS keeps each number once a
// direction); empty where no answer has an ACL.
func addDenyEntry(rng *rand.Rand, raw rawAnswers) string {
	acls := raw.resources("NetworkAcls", "NetworkAclId")
	if len(acls) == 0 {
		return ""
	}
	acl := acls[rng.IntN(len(acls))]
	if acl[0]["Entries"] == nil { // as above
		return ""
	}
	egress := rng.IntN(2) == 0
	entry := rawRecord{"RuleNumber": freeNumber(acl[0], egress, 1+rng.IntN(120)), "Egress": egress, "RuleAction": "deny", "Protocol": "-1"}
	if rng.IntN(2) == 0 {
		from, to := drawPortRange(rng)
		entry["Protocol"], entry["PortRange"] = []string{"6", "17"}[rng.IntN(2)], rawRecord{"From": from, "To": to}
	}
	if p := drawPeer(rng, raw); p.Addr().Is4() {
		entry["CidrBlock"] = p.String()
	} else {
		entry["Ipv6CidrBlock"] = p.String()
	}
	acl.insert("Entries", entry)
	return fmt.Sprintf("%v denies %v", acl[0]["NetworkAclId"], entry)
}

// freeNumber returns the first rule number from number on that the ACL does not use in that direction.
func freeNumber(acl rawRecord, egress bool, number int) int {
	used := func(e rawRecord) bool {
		return fmt.Sprint(e["RuleNumber"]) == strconv.Itoa(number) && (e["Egress"] == true) == egress
	}
	for slices.ContainsFunc(list(acl, "Entries"), used) {
		number++
	}
	return number
}

// drawPortRange draws ports at the borders that people use, so that ranges of different rules meet.
func drawPortRange(rng *rand.Rand) (from, to int) {
	borders := []int{0, 22, 80, 443, 444, 1023, 1024, 32768, 49152, 65535}
	from, to = borders[rng.IntN(len(borders))], borders[rng.IntN(len(borders))]
	return min(from, to), max(from, to)
}

// drawPeer draws a prefix that the answers mention.
func drawPeer(rng *rand.Rand, raw rawAnswers) netip.Prefix {
	all := raw.mentioned()
	if rng.IntN(3) == 0 {
		return everyAddress[rng.IntN(2)]
	}
	return all[rng.IntN(len(all))]
}
