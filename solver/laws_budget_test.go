package solver

import (
	"testing"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model/packet"
)

// TestBudgetOnlyMakesUnknown: a search that is cut short may know less, never otherwise. What it still admits or blocks, the whole
// search admits or blocks too.
func TestBudgetOnlyMakesUnknown(t *testing.T) {
	scenarios, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	cut, kept := 0, 0
	for _, s := range scenarios {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		n := networkOf(t, files)
		for _, q := range s.Questions {
			query, err := queryOf(n, q)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := Solve(n, query)
			if err != nil {
				t.Fatal(err)
			}
			for budget := 1; budget < 40; budget += 3 {
				if budgetLaw(t, whole, budget, s.Title) {
					kept++
				} else {
					cut++
				}
			}
		}
	}
	if cut == 0 || kept == 0 {
		t.Errorf("%d searches were cut short, %d were not: the law saw only one kind", cut, kept)
	}
}

// budgetLaw compares one question under a budget with the whole answer; it reports whether the budget sufficed.
func budgetLaw(t *testing.T, whole *Result, budget int, title string) bool {
	t.Helper()
	short, err := solve(whole.Network, whole.Query, budget)
	if err != nil {
		t.Fatal(err)
	}
	boxes := func(r *Result, set packet.Set) packet.Set { // the two results have pools of their own
		out := packet.Empty
		for _, b := range r.Pool.Boxes(set) {
			out = whole.Pool.Union(out, whole.Pool.OfBox(b))
		}
		return out
	}
	if !whole.Pool.Subset(boxes(short, short.Admitted), whole.Admitted) {
		t.Errorf("%s: budget %d admits what the whole search does not", title, budget)
	}
	if !whole.Pool.Subset(boxes(short, short.Blocked), whole.Blocked) {
		t.Errorf("%s: budget %d blocks what the whole search does not", title, budget)
	}
	return boxes(short, short.Unknown) == whole.Unknown
}
