package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// allQuestions are the questions of the other tests, in both readings where both take them.
func allQuestions() []Question {
	qs := []Question{appToWeb, webToTwo, webOut, appOut, intoWeb, webToDB, appToDB, web6Out, intoWeb6, appToEIP, twoToEIP, nobodyHome,
		question("eni-app", "internet", ping(appOut.Packet, 8, 0)), question("igw-a", "address", intoWeb.Packet), overTGW, backTGW, toSite, fromSite, toVPN, fromVPN}
	for _, q := range slices.Clone(qs) {
		if q.aws().valid() {
			qs = append(qs, q.aws())
		}
		qs = append(qs, q.noAssume(), q.assuming(AssumeACLs, AssumeGateways))
	}
	return qs
}

// Whatever stands in the answers, New and Ask return; and damage makes facts unknown rather than known.
func TestGarbage(t *testing.T) {
	seen := map[Outcome]int{}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 7))
		files := base()
		for _, e := range slices.Concat(transitNetwork, vpnNetwork[:1], vpnNetwork[2:])[:(seed%2)*uint64(len(transitNetwork)+len(vpnNetwork)-1)] {
			e(t, files)
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			var content any
			if err := json.Unmarshal(files[name], &content); err != nil {
				t.Fatal(err)
			}
			if rng.IntN(3) == 0 {
				content = damage(rng, content, 0.02)
			}
			files[name], _ = json.Marshal(content)
			if rng.IntN(40) == 0 {
				files[name] = files[name][:rng.IntN(len(files[name]))]
			}
		}
		o, err := New(files)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, q := range allQuestions() {
			seen[o.Ask(q).Outcome]++
		}
	}
	for _, outcome := range []Outcome{Admitted, Unknown, Blocked} {
		if seen[outcome] < 100 {
			t.Errorf("only %d questions were %s", seen[outcome], outcome)
		}
	}
}

// damage replaces parts of a JSON value by others.
func damage(rng *rand.Rand, v any, chance float64) any {
	if rng.Float64() < chance {
		garbage := []any{nil, true, -1, 1e300, "", "x", "10.0.0.0/99", "::ffff:1.2.3.4/120", "fe80::1%eth0", []any{}, []any{nil, 7}, map[string]any{}, map[string]any{"Cidr": 4}}
		return garbage[rng.IntN(len(garbage))]
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = damage(rng, v[i], chance)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			v[k] = damage(rng, v[k], chance)
			if rng.Float64() < chance {
				delete(v, k)
			}
		}
	}
	return v
}

// P1: taking an answer away, or cutting it, never turns an outcome into its opposite where nothing is assumed.
func TestMissingAnswers(t *testing.T) {
	whole, err := New(base())
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for _, name := range slices.Sorted(maps.Keys(base())) {
		for _, shorten := range []edit{without(name[:len(name)-5]), cut(name[:len(name)-5])} {
			files := base()
			shorten(t, files)
			o, err := New(files)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range allQuestions() {
				q = q.noAssume()
				before, after := whole.Ask(q), o.Ask(q)
				if after.Outcome != before.Outcome && after.Outcome != Unknown {
					t.Errorf("%s: %+v: %s became %s", name, q, before.Outcome, after.Outcome)
				}
				if after.Outcome == Unknown && before.Outcome != Unknown {
					changed++
					if len(after.Missing) == 0 {
						t.Errorf("%s: %+v is unknown but nothing is missing", name, q)
					}
				}
			}
		}
	}
	if changed < 50 {
		t.Errorf("only %d outcomes became unknown", changed)
	}
}

// D-1, branch by branch.
func TestCombination(t *testing.T) {
	for _, c := range []struct {
		through, refused, unknown bool
		strict, aws               Outcome
	}{
		{true, false, false, Admitted, Admitted},
		{true, true, false, Ambiguous, Admitted},
		{true, true, true, Ambiguous, Admitted},
		{true, false, true, Unknown, Admitted},
		{false, true, true, Unknown, Unknown},
		{false, false, true, Unknown, Unknown},
		{false, true, false, Blocked, Blocked},
	} {
		t.Run(fmt.Sprintf("D-1 through %t refused %t unknown %t", c.through, c.refused, c.unknown), func(t *testing.T) {
			w := walker{through: c.through, refused: c.refused, unknown: c.unknown}
			w.q.Reading = Strict
			strict := w.answer().Outcome
			w.q.Reading = AWS
			if diff := cmp.Diff([]Outcome{c.strict, c.aws}, []Outcome{strict, w.answer().Outcome}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The same files give the same answer, word for word, in whatever order maps are walked.
func TestDeterminism(t *testing.T) {
	var first []Answer
	for i := range 5 {
		o, err := New(base())
		if err != nil {
			t.Fatal(err)
		}
		var answers []Answer
		for _, q := range allQuestions() {
			answers = append(answers, o.Ask(q))
		}
		if i == 0 {
			first = answers
		} else if diff := cmp.Diff(first, answers); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestNew(t *testing.T) {
	if _, err := New(Files{"describe-vpcs.json": []byte("{")}); err == nil {
		t.Error("a snapshot without a readable file is no error")
	}
}

// Copies of one record in several accounts (design.md, section 5).
func TestCopies(t *testing.T) {
	spread := func(change func(string) string) edit { // the same answers from two accounts, the second's ACLs changed
		return func(_ *testing.T, files Files) {
			for name, content := range base() {
				delete(files, name)
				files["1/us-east-1/"+name] = content
				files["2/us-east-1/"+name] = content
			}
			name := "2/us-east-1/describe-network-acls.json"
			files[name] = []byte(change(string(files[name])))
		}
	}
	closed := func(s string) string { // acl-pub denies everything
		return `{"NetworkAcls":[{"NetworkAclId":"acl-pub","VpcId":"vpc-a","OwnerId":"2","Associations":[{"SubnetId":"subnet-pub"}],"Entries":[]}]}`
	}
	theirs := func(s string) string {
		return `{"NetworkAcls":[{"NetworkAclId":"acl-pub","VpcId":"vpc-a","OwnerId":"3","Associations":[{"SubnetId":"subnet-pub"}],"Entries":[]}]}`
	}
	run(t, []step{
		{"VPC-8 equal copies are one", []edit{spread(func(s string) string { return s })}, appToWeb, Admitted, ""},
		{"VPC-8 the owner's copy counts", []edit{spread(closed)}, appToWeb, Blocked, "acl-deny"},
		{"VPC-8 copies that differ otherwise are unknown", []edit{spread(theirs)}, appToWeb, Unknown, "acl-missing"},
	})
}

func TestReadings(t *testing.T) {
	run(t, []step{
		{"W-6 aws takes IPv4 only", nil, web6Out.aws(), Unknown, ""},
		{"W-6 aws takes TCP and UDP only", nil, question("eni-web", "internet", ping(webOut.Packet, 8, 0)).aws(), Unknown, ""},
		{"D-5 addresses of two families are no question", nil, question("eni-web", "internet", Packet{Source: webOut.Packet.Source, Destination: web6Out.Packet.Destination, Protocol: tcp}), Unknown, ""},
	})
}
