package solver

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/model"
)

// TestLawWhatIsMissingLeadsOn: an answer that is unknown because files were taken away names one of them, by its call and by its account and
// Region where it names any; given what it names, and again what it names then, the question is answered as it was with all of them (P1, ACC-8).
func TestLawWhatIsMissingLeadsOn(t *testing.T) {
	seen := overWorlds(t, 17, func(t *testing.T, w *lawWorld, seen tally) {
		if len(w.questions) == 0 {
			return
		}
		for range leadRounds {
			gone := w.someFiles(1 + w.rng.IntN(3))
			w.leadsOn(t, seen, w.questions[w.rng.IntN(len(w.questions))], gone)
		}
	})
	seen.atLeast(t, 40, "led on", "answered without")
}

// leadRounds is how often files of a world are taken away.
const leadRounds = 4

// leadsOn asks without the files that are gone, and gives back what the answers name until there is an answer.
func (w *lawWorld) leadsOn(t *testing.T, seen tally, q lawQuestion, gone []string) {
	t.Helper()
	whole := askPlainly(q, w.net)
	if whole == nil || whole.Verdict == Unknown {
		return // with everything there it is not answered either
	}
	first := slices.Clone(gone)
	for {
		files := maps.Clone(w.files)
		maps.DeleteFunc(files, func(file string, _ []byte) bool { return slices.Contains(gone, file) })
		gap, err := networkIn(files)
		if err != nil {
			return
		}
		r := askPlainly(q, gap)
		switch {
		case r == nil: // an end is in what is gone, and the answer says so
			return
		case r.Verdict != Unknown:
			seen["answered without"]++
			return
		}
		before := len(gone)
		gone = slices.DeleteFunc(gone, func(file string) bool {
			return slices.ContainsFunc(r.Missing, func(m *model.Missing) bool { return w.names(m, file) })
		})
		if len(gone) == before && slices.ContainsFunc(r.Missing, w.lacks) {
			seen["asks for what never was there"]++
			return
		}
		if len(gone) == before {
			t.Errorf("%s\n%s\nwithout %s it is unknown, but nothing of that is named: still without %s\n%s", w.name, q, strings.Join(first, ", "), strings.Join(gone, ", "), dump(gap, r))
			return
		}
		seen["led on"]++
	}
}

// askPlainly asks with nothing assumed; nil where the network leaves nothing to ask about.
func askPlainly(q lawQuestion, n *model.Network) *Result {
	query, err := q.query(n)
	if err != nil {
		return nil
	}
	query.Assume = Assume{None: true}
	r, err := Solve(n, query)
	if err != nil {
		return nil
	}
	return r
}

// names says whether a fact is in a file of the world, by the call, account and Region that it names.
func (w *lawWorld) names(m *model.Missing, file string) bool {
	base := strings.TrimSuffix(path.Base(file), ".json")
	for _, also := range alsoTold[m.Call] {
		if strings.HasPrefix(base, also) {
			base = callOf(m)
		}
	}
	return w.holds(m, base, file)
}

// callOf is the call of a fact as files are named after it.
func callOf(m *model.Missing) string { return strings.ReplaceAll(string(m.Call), " ", ".") }

// holds is names for the one call that the fact names; base is the file's name.
func (w *lawWorld) holds(m *model.Missing, base, file string) bool {
	call := callOf(m)
	object, ok := strings.CutPrefix(base, call)
	if !ok || m.Call == "" || object != "" && object[0] != '.' {
		return false
	}
	account, region := placeOf(file)
	if strings.HasPrefix(call, "networkmanager.") { // a global service, whose answers lie in any Region's folder
		region = ""
	}
	if call == "networkmanager.get-vpc-attachment" { // the attachment's owner and the core network's are told the same
		account = ""
	}
	return (m.Account == "" || account == "" || m.Account == account) && (m.Region == "" || region == "" || m.Region == region)
}

// lacks says whether a fact is in none of the world's files, whatever is taken away.
func (w *lawWorld) lacks(m *model.Missing) bool {
	for file := range w.files {
		if w.holds(m, strings.TrimSuffix(path.Base(file), ".json"), file) {
			return false
		}
	}
	return m.Call != ""
}

// alsoTold are calls that tell the same as another one: either will do.
var alsoTold = map[model.Operation][]string{
	"get-managed-prefix-list-entries":      {"describe-prefix-lists"}, // lists of AWS's
	"describe-transit-gateway-attachments": {"get-transit-gateway-route-table-associations"},
	"describe-security-groups":             {"describe-security-group-rules"},
}

// placeOf is the account and Region of a file, as its folders tell them.
func placeOf(file string) (account, region string) {
	parts := strings.Split(file, "/")
	if len(parts) < 3 {
		return "", ""
	}
	return parts[len(parts)-3], parts[len(parts)-2]
}
