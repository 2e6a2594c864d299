package mutation

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small is a module with one place of each kind, of which its tests hold some.
var small = map[string]string{
	"go.mod": "module example.com/small\n\ngo 1.26.0\n",
	"rule/rule.go": `package rule

func Allows(port, limit int, open, denied bool) bool {
	if open && !denied {
		return port <= limit
	}
	return false
}

func Count(ports []int, limit int) int {
	n := 0
	for i := 0; i < len(ports); i++ {
		if ports[i] > limit {
			continue
		}
		n++
	}
	return n
}

func Never(x int) bool { return x == 0 }

var names = map[int]func(int) bool{}

func init() {
	names[1] = func(x int) bool { return x == 0 }
}
`,
	"rule/rule_test.go": `package rule

import "testing"

func TestAllows(t *testing.T) {
	if !Allows(80, 80, true, false) || Allows(81, 80, true, false) || Allows(80, 80, false, false) || Allows(80, 80, true, true) {
		t.Fail()
	}
}

func TestCount(t *testing.T) {
	if Count([]int{1, 5, 9}, 6) != 2 {
		t.Fail()
	}
}
`,
}

func module(t *testing.T) string {
	root := t.TempDir()
	for name, text := range small {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Every place that can be broken is found, and nothing else: not the condition of the loop, not n := 0.
func TestSites(t *testing.T) {
	all, err := Plan{Root: module(t), Packages: []string{"rule"}, Tables: []string{"names"}}.Mutants()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all {
		got = append(got, m.String())
	}
	want := []string{
		"rule/rule.go:4 Allows: open && !denied: never holds",
		"rule/rule.go:4 Allows: open && !denied: always holds",
		"rule/rule.go:4 Allows: open && !denied: || for &&",
		"rule/rule.go:4 Allows: !denied: negation dropped",
		"rule/rule.go:5 Allows: port <= limit: turned round",
		"rule/rule.go:5 Allows: port <= limit: moved by one",
		"rule/rule.go:7 Allows: false: true for false",
		"rule/rule.go:13 Count: ports[i] > limit: never holds",
		"rule/rule.go:13 Count: ports[i] > limit: always holds",
		"rule/rule.go:13 Count: ports[i] > limit: turned round",
		"rule/rule.go:13 Count: ports[i] > limit: moved by one",
		"rule/rule.go:14 Count: continue: left out",
		"rule/rule.go:16 Count: n++: left out",
		"rule/rule.go:21 Never: x == 0: turned round",
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// With all of them in one binary, the tests kill what they hold, by the test that holds it, and nothing else.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	plan := Plan{Root: module(t), Packages: []string{"rule"}, Tables: []string{"names"}, Tests: "rule", Sample: 100, Workers: 2,
		Phases: []Phase{{Name: "allows", Pattern: "^TestAllows$"}, {Name: "count", Pattern: "^TestCount$"}}}
	told := 0
	report, err := Run(context.Background(), plan, func(int, int, Outcome) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	killed := map[string]int{}
	var survivors []string
	for _, o := range report.Outcomes {
		killed[o.Killer]++
		if o.Killer == "" {
			survivors = append(survivors, o.What)
		}
	}
	if diff := cmp.Diff(map[string]int{"allows": 7, "count": 5, "": 2}, killed); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ports[i] > limit: moved by one", "x == 0: turned round"}, survivors); diff != "" {
		t.Error(diff)
	}
	if told != report.Total || report.Killed() != 12 {
		t.Errorf("told of %d, %d killed, of %d", told, report.Killed(), report.Total)
	}
}

// A sample is the same for the same seed and another for another.
func TestSample(t *testing.T) {
	plan := Plan{Root: module(t), Packages: []string{"rule"}, Tables: []string{"names"}, Sample: 5, Seed: 1}
	all, err := plan.Mutants()
	if err != nil {
		t.Fatal(err)
	}
	names := func(p Plan) (out []string) {
		for _, m := range p.choose(all) {
			out = append(out, m.String())
		}
		return out
	}
	first := names(plan)
	if diff := cmp.Diff(first, names(plan)); diff != "" || len(first) != 5 {
		t.Error(diff, len(first))
	}
	plan.Seed = 2
	if cmp.Equal(first, names(plan)) {
		t.Error("two seeds, one sample")
	}
}
