package solver

import (
	ordered "cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLawRenamingChangesNothing: an id names, it does not decide. Where the new ids sort as the old ones did, the answer is
// told alike too; otherwise ties may go to another path (P6: by id last), but the sets stay.
func TestLawRenamingChangesNothing(t *testing.T) {
	seen := overWorlds(t, 3, func(t *testing.T, w *lawWorld, seen tally) {
		inOrder := w.rng.IntN(2) == 0
		rename := w.renaming(t, inOrder)
		renamed := networkOf(t, w.renamedFiles(t, rename))
		for _, q := range w.questions {
			other := q
			other.From, other.To = rename(q.From), rename(q.To)
			other.Options = maps.Clone(q.Options)
			for _, option := range []string{"through", "exclude"} {
				if list, ok := q.Options[option]; ok {
					other.Options[option] = rename(list)
				}
			}
			before, after := q.ask(w.net), other.ask(renamed)
			if w.expectSameSets(t, seen, q, "renamed", before, after) && inOrder {
				w.expectSameGist(t, q, "renamed in order", before, after)
			}
		}
	})
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
}

// TestLawOrderChangesNothing: the order of records in an answer, and of elements in a record's lists, means nothing.
func TestLawOrderChangesNothing(t *testing.T) {
	seen := overWorlds(t, 4, func(t *testing.T, w *lawWorld, seen tally) {
		raw := answersOf(t, w.files)
		salt := w.rng.Uint64()
		for _, answer := range raw {
			reorder(answer, salt)
		}
		reordered := networkOf(t, raw.files(t))
		for _, q := range w.questions {
			before, after := q.ask(w.net), q.ask(reordered)
			if w.expectSameSets(t, seen, q, "reordered", before, after) {
				w.expectSameGist(t, q, "reordered", before, after)
			}
		}
	})
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
}

// TestLawSplittingChangesNothing: two halves of a CIDR say what the CIDR says, in a group's rule, an ACL's entry and a route.
func TestLawSplittingChangesNothing(t *testing.T) {
	seen := overWorlds(t, 5, func(t *testing.T, w *lawWorld, seen tally) {
		raw := answersOf(t, w.files)
		splitRules(w.rng, raw, seen)
		splitEntries(w.rng, raw, seen)
		splitRoutes(w.rng, raw, seen)
		split := networkOf(t, raw.files(t))
		for _, q := range w.questions {
			before, after := q.ask(w.net), q.ask(split)
			if w.expectSameSets(t, seen, q, "CIDRs split", before, after) {
				w.expectSameGist(t, q, "CIDRs split", before, after, HigherPriorityRoute, MoreSpecificRoute) // halves are longer than what the whole tied with
			}
		}
	})
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
	seen.atLeast(t, 40, "rule split", "entry split", "route split")
}

// expectSameSets fails unless two answers to a question agree in their four parts. It reports whether there are two
// answers that do.
func (w *lawWorld) expectSameSets(t *testing.T, seen tally, q lawQuestion, change string, before, after *Result) bool {
	t.Helper()
	if (before == nil) != (after == nil) {
		t.Errorf("%s: only one of the two networks has an answer (before: %v)\nin %s\n%s", change, before != nil, w.name, q)
	}
	if before == nil || after == nil {
		return false
	}
	seen.verdict(before)
	theirs := after.parts()
	for i, mine := range before.parts() {
		if got := carry(before, mine.set, after.Pool); got != theirs[i].set {
			t.Errorf("%s: the %s set is another: only before %s; only after %s\n%s", change, mine.name,
				some(after.Pool, after.Pool.Subtract(got, theirs[i].set)), some(after.Pool, after.Pool.Subtract(theirs[i].set, got)), w.story(q, change, before, after))
			return false
		}
	}
	return true
}

// expectSameGist fails unless two answers say the same but for ids and the texts of rules. Codes that are alike may stand for each other.
func (w *lawWorld) expectSameGist(t *testing.T, q lawQuestion, change string, before, after *Result, alike ...Code) {
	t.Helper()
	told := func(r *Result) []string {
		out := gist(r)
		for i := range out {
			for _, c := range alike {
				out[i] = strings.Replace(out[i], string(c), string(alike[0]), 1)
			}
		}
		return out
	}
	if diff := cmp.Diff(told(before), told(after)); diff != "" {
		t.Errorf("%s: told differently (-before +after)\n%s\n%s", change, diff, w.story(q, change, before, after))
	}
}

// gist is what an answer says, without ids and rules' texts.
func gist(r *Result) []string {
	out := []string{"verdict " + r.Verdict.String()}
	for _, b := range r.Blockers {
		out = append(out, fmt.Sprintf("blocker %s %s at %s egress %v", b.Leg, b.Code, b.At.Kind, b.Egress))
	}
	for _, h := range r.Forward {
		out = append(out, "> "+h.At.Kind.String())
	}
	for _, h := range r.Return {
		out = append(out, "< "+h.At.Kind.String())
	}
	for _, m := range r.Missing {
		out = append(out, fmt.Sprintf("missing %s %s %s %s", m.Call, m.Account, m.Region, m.Why))
	}
	for _, a := range r.Assumptions {
		out = append(out, fmt.Sprintf("assumed %s at %s", a.Kind, a.At.Kind))
	}
	return append(out, "arrived at "+r.ArrivedAt.Kind.String())
}

var resourceIDs = regexp.MustCompile(`\b(vpc|subnet|rtb|rtbassoc|igw|nat|pcx|sg|sgr|acl|aclassoc|eni|i|r|eipalloc|eipassoc|pl|vpce|tgw|vgw|eigw|cagw|vpcbpa|lgw|ipam-pool)-[0-9A-Za-z-]+`)

// renaming gives every id another one of the same kind: in the order that the old ones had, or in any.
func (w *lawWorld) renaming(t *testing.T, inOrder bool) func(text string) string {
	t.Helper()
	var ids []string
	note := func(text string) string {
		ids = append(ids, resourceIDs.FindAllString(text, -1)...)
		return text
	}
	for path, answer := range answersOf(t, w.files) {
		note(path)
		walkStrings(answer, note)
	}
	for _, q := range w.questions {
		note(q.From + " " + q.To + " " + q.Options["through"] + " " + q.Options["exclude"])
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "tgw-peering" }) // a type of attachments
	numbers := w.rng.Perm(len(ids))
	renamed := map[string]string{}
	for i, id := range ids {
		if inOrder {
			numbers[i] = i
		}
		renamed[id] = fmt.Sprintf("%s-0%016x", resourceIDs.FindStringSubmatch(id)[1], 0xabcde+numbers[i]*0x1111)
	}
	return func(text string) string {
		return resourceIDs.ReplaceAllStringFunc(text, func(id string) string { return ordered.Or(renamed[id], id) })
	}
}

// renamedFiles renames in the answers, and in the names of the files that carry an id.
func (w *lawWorld) renamedFiles(t *testing.T, rename func(string) string) map[string][]byte {
	t.Helper()
	raw := answersOf(t, w.files)
	out := rawAnswers{}
	for path, answer := range raw {
		walkStrings(answer, rename)
		folder, name := "", path
		if i := strings.LastIndexByte(path, '/'); i >= 0 {
			folder, name = path[:i+1], path[i+1:]
		}
		if operation, id, ok := strings.Cut(strings.TrimSuffix(name, ".json"), "."); ok {
			name = operation + "." + rename(id) + ".json"
		}
		out[folder+name] = answer
	}
	return out.files(t)
}

// reorder puts every list below a value into an order that salt and the elements give, so that two accounts' copies of a
// record stay alike.
func reorder(value any, salt uint64) {
	switch v := value.(type) {
	case rawRecord:
		for _, inner := range v {
			reorder(inner, salt)
		}
	case []any:
		rank := func(element any) uint64 {
			h := fnv.New64a()
			fmt.Fprint(h, salt, element) // maps print in order of their keys
			return h.Sum64()
		}
		for _, inner := range v {
			reorder(inner, salt)
		}
		slices.SortStableFunc(v, func(a, b any) int { return ordered.Compare(rank(a), rank(b)) })
	}
}

// splitRules puts the halves of a CIDR in its place in some rules of groups.
func splitRules(rng *rand.Rand, raw rawAnswers, seen tally) {
	for _, group := range raw.resources("SecurityGroups", "GroupId") {
		for _, direction := range []string{"IpPermissions", "IpPermissionsEgress"} {
			for i := range list(group[0], direction) {
				if rng.IntN(2) == 0 {
					continue
				}
				for _, g := range group { // copies are alike, or else their rules are not known anyway
					if rules := list(g, direction); i < len(rules) {
						splitPeers(rules[i], "IpRanges", "CidrIp")
						splitPeers(rules[i], "Ipv6Ranges", "CidrIpv6")
						seen["rule split"]++
					}
				}
			}
		}
	}
}

func splitPeers(rule rawRecord, field, key string) {
	var out []any
	for _, peer := range list(rule, field) {
		lo, hi, ok := halvesOf(peer[key])
		if !ok {
			out = append(out, peer)
			continue
		}
		out = append(out, rawRecord{key: lo.String()}, rawRecord{key: hi.String()})
	}
	if out != nil {
		rule[field] = out
	}
}

// splitEntries splits entries of ACLs whose next number is free, so that the halves stand where the whole stood.
func splitEntries(rng *rand.Rand, raw rawAnswers, seen tally) {
	for _, acl := range raw.resources("NetworkAcls", "NetworkAclId") {
		for _, a := range acl {
			for _, entry := range list(a, "Entries") {
				egress := entry["Egress"] == true
				number := numberOf(entry["RuleNumber"])
				next := freeNumber(a, egress, number+1)
				if next != number+1 || next >= 32767 || len(acl) > 1 || rng.IntN(2) == 0 {
					continue
				}
				if other, ok := splitField(entry, "CidrBlock", "Ipv6CidrBlock"); ok {
					other["RuleNumber"] = next
					copies{a}.insert("Entries", other)
					seen["entry split"]++
				}
			}
		}
	}
}

// splitRoutes splits routes where that cannot make a tie: no other route of the table, and no list, has one of the
// halves. Routes inside a block of a VPC stay whole, because only a whole subnet may be more specific than local (RT-12),
// and so do those whose halves are single addresses, which no list that is missing can beat (D-45).
func splitRoutes(rng *rand.Rand, raw rawAnswers, seen tally) {
	taken := raw.mentioned()
	blocks := raw.vpcBlocks()
	for _, table := range raw.resources("RouteTables", "RouteTableId") {
		for _, route := range list(table[0], "Routes") {
			p, lo, hi := routePrefix(route)
			if route["Origin"] == "EnableVgwRoutePropagation" { // it tells what the gateway has learned, in just these prefixes (D-231)
				continue
			}
			inside := func(b netip.Prefix) bool { return b.Bits() <= p.Bits() && b.Overlaps(p) }
			if !lo.IsValid() || len(table) > 1 || route["GatewayId"] == "local" || lo.IsSingleIP() || slices.Contains(taken, lo) ||
				slices.Contains(taken, hi) || slices.ContainsFunc(blocks, inside) || rng.IntN(3) == 0 {
				continue
			}
			other, _ := splitField(route, "DestinationCidrBlock", "DestinationIpv6CidrBlock")
			table.insert("Routes", other)
			seen["route split"]++
		}
	}
}

// splitField replaces the CIDR of a record by its lower half and returns a copy with the upper half.
func splitField(r rawRecord, fields ...string) (rawRecord, bool) {
	for _, field := range fields {
		lo, hi, ok := halvesOf(r[field])
		if !ok {
			continue
		}
		other := rawRecord{}
		for k, v := range r {
			other[k] = v
		}
		r[field], other[field] = lo.String(), hi.String()
		return other, true
	}
	return nil, false
}

// routePrefix is the CIDR of a route and its halves, which are not valid where there are none.
func routePrefix(route rawRecord) (p, lo, hi netip.Prefix) {
	for _, field := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock"} {
		if lo, hi, ok := halvesOf(route[field]); ok {
			text, _ := route[field].(string)
			return netip.MustParsePrefix(text), lo, hi
		}
	}
	return p, lo, hi
}

func halvesOf(value any) (lo, hi netip.Prefix, ok bool) {
	text, _ := value.(string)
	p, err := netip.ParsePrefix(text)
	if err != nil || p.IsSingleIP() {
		return lo, hi, false
	}
	lo, hi = halves(p)
	return lo, hi, true
}

// vpcBlocks are the CIDRs of every VPC, whatever their state.
func (raw rawAnswers) vpcBlocks() []netip.Prefix {
	var out []netip.Prefix
	for _, vpc := range raw.resources("Vpcs", "VpcId") {
		for _, set := range []string{"CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"} {
			for _, a := range list(vpc[0], set) {
				for _, field := range []string{"CidrBlock", "Ipv6CidrBlock"} {
					text, _ := a[field].(string)
					if p, err := netip.ParsePrefix(text); err == nil {
						out = append(out, p)
					}
				}
			}
		}
	}
	return out
}
