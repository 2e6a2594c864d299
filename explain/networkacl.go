package explain

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

func init() {
	register(solver.SubnetACLRestriction, solver.ReasonNone, aclText, aclFix)
}

func aclText(s *scene) string {
	where := " of " + s.called(s.b.At) + ", the network ACL of " + s.called(s.b.Subnet) + ", "
	text := "no " + bound(s.b.Egress) + " entry" + where + "allows " + s.refused()
	if r := s.b.Rule; r != nil && r.Entry != nil && r.Entry.RuleNumber < finalDeny {
		text = bound(s.b.Egress) + " rule " + entryNumber(r.Entry.RuleNumber) + where + "refuses " + s.refused() + ": " + entryRest(r.Entry)
	}
	if s.b.Leg == solver.Return {
		text += " (network ACLs are stateless: a reply needs an entry of its own)"
	}
	return text
}

// aclFix adds entries that allow what is refused, before the first entry that refuses any of it. What a new entry matches, the
// entries after it did not allow, so it takes nothing from them; entries before it keep their packets.
func aclFix(s *scene) Fix {
	if s.b.At.Kind != model.KindNetworkACL || s.b.At.Index < 0 {
		return Fix{Unfixable: "the network ACL is not known"}
	}
	list, partial := s.entryNeeds()
	before, found := s.firstDenial(s.aclRules())
	numbers := freeNumbers(s.takenNumbers(), before, found, len(list))
	if numbers == nil {
		return Fix{Unfixable: "no number is free before " + bound(s.b.Egress) + " rule " + entryNumber(before) + " of " + s.called(s.b.At) +
			": give that rule a higher number, then allow " + s.entryWordsOf(list)}
	}
	f := Fix{Action: AddEntry, Resource: s.b.At, Partial: partial}
	for i, n := range list {
		c := n.rule(s.b.Egress)
		c.Number = numbers[i]
		f.Rules = append(f.Rules, c)
	}
	what := "add to " + s.called(s.b.At) + " the " + bound(s.b.Egress) + " entry "
	if len(list) > 1 {
		what = "add to " + s.called(s.b.At) + " the " + bound(s.b.Egress) + " entries "
	}
	f.Text = what + s.numbered(list, numbers) + partialWords(partial) + s.wholeInternet(partial)
	return f
}

// aclRules are the entries that refused.
func (s *scene) aclRules() *model.ACLRules {
	a := &s.n.NetworkACLs[s.b.At.Index]
	if s.b.Egress {
		return &a.Egress
	}
	return &a.Ingress
}

// takenNumbers are the numbers of the entries that are there and of those that the fixes of earlier blockers of the answer add:
// one ACL can stand in the way more than once, and all fixes together must make sense.
func (s *scene) takenNumbers() map[int32]bool {
	rules := s.aclRules()
	taken := make(map[int32]bool, len(rules.Entries))
	for _, e := range rules.Entries {
		taken[e.RuleNumber] = true
	}
	for i := range s.r.Blockers {
		b := &s.r.Blockers[i]
		if *b == *s.b {
			break
		}
		if b.Code != s.b.Code || b.At != s.b.At || b.Egress != s.b.Egress {
			continue
		}
		earlier := &scene{s.view, b}
		list, _ := earlier.entryNeeds()
		before, found := earlier.firstDenial(rules)
		for _, n := range freeNumbers(taken, before, found, len(list)) {
			taken[n] = true
		}
	}
	return taken
}

// entryNeeds is ruleNeeds with one CIDR an entry.
func (s *scene) entryNeeds() (list []need, partial bool) {
	list, ok := s.needs(s.b.Packets, s.b.Egress)
	if single := perCIDR(list); ok && len(single) <= maxRules {
		return single, false
	}
	list, _ = s.narrowed()
	return perCIDR(list), true
}

// wholeInternet adds what people write for the internet, which is wider than the question.
func (s *scene) wholeInternet(partial bool) string {
	peers := s.p.SourceAddresses(s.b.Packets)
	if s.b.Egress {
		peers = s.p.DestinationAddresses(s.b.Packets)
	}
	if !partial || internetWords(s.p, peers) == "" {
		return ""
	}
	return " (0.0.0.0/0 would serve the whole internet, and private addresses too)"
}

func perCIDR(list []need) []need {
	var out []need
	for _, n := range list {
		for _, c := range n.cidrs {
			one := n
			one.cidrs = []netip.Prefix{c}
			out = append(out, one)
		}
	}
	return out
}

// firstDenial is the number of the first entry that refuses some of the packets; found is false where none does, so that only the
// final deny is left.
func (s *scene) firstDenial(rules *model.ACLRules) (number int32, found bool) {
	rest := s.b.Packets
	for _, e := range rules.Entries {
		m, err := model.EntryMatch(e)
		if err != nil {
			return e.RuleNumber, true
		}
		hit := s.p.Intersect(rest, s.p.Of(m))
		switch {
		case hit.IsEmpty():
		case strings.EqualFold(e.RuleAction, "allow"):
			rest = s.p.Subtract(rest, hit)
		default:
			return e.RuleNumber, e.RuleNumber < finalDeny
		}
	}
	return 0, false
}

// freeNumbers finds numbers for new entries: the last free ones before a denial; where only the final deny refuses, the
// next round ones after the last entry. Nil where there are not enough.
func freeNumbers(taken map[int32]bool, before int32, found bool, want int) []int32 {
	out := make([]int32, 0, want)
	if !found {
		before = finalDeny
		next := nextRound(taken)
		if next+int32(want-1)*10 < finalDeny {
			for i := range want {
				out = append(out, next+int32(i)*10)
			}
			return out
		}
	}
	for n := before - 1; n >= 1 && len(out) < want; n-- {
		if !taken[n] {
			out = append(out, n)
		}
	}
	if len(out) < want {
		return nil
	}
	return out
}

// nextRound is the first multiple of ten after every number of the owner's; 100 in an ACL that has none.
func nextRound(taken map[int32]bool) int32 {
	last := int32(0)
	for n := range taken {
		if n < finalDeny {
			last = max(last, n)
		}
	}
	if last == 0 {
		return 100
	}
	return (last/10 + 1) * 10
}

// numbered says entries with their numbers: "90: allow tcp 443 from 10.0.2.15/32".
func (s *scene) numbered(list []need, numbers []int32) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(int(numbers[i])) + ": allow " + s.needWords([]need{n}, model.Ref{})
	}
	return few(words, "entries")
}

func (s *scene) entryWordsOf(list []need) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = s.needWords([]need{n}, model.Ref{})
	}
	return few(words, "entries")
}
