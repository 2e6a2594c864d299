package explain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/solver"
)

// raised is what the solver's source says it raises.
type raised struct {
	codes, reasons map[string]string // value by constant
	pairs          map[key]bool      // of literals whose code and reason are constants
}

// solverSource reads codes, reasons and blockers out of the solver's source, so that no code can be added there without
// its words here.
func solverSource(t *testing.T) raised {
	t.Helper()
	out := raised{map[string]string{}, map[string]string{}, map[key]bool{}}
	names, err := filepath.Glob("../solver/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var packages []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, f)
	}
	for _, p := range packages {
		ast.Inspect(p, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				out.constant(v)
			}
			return true
		})
	}
	for _, p := range packages {
		ast.Inspect(p, func(n ast.Node) bool {
			if c, ok := n.(*ast.CompositeLit); ok {
				out.literal(c)
			}
			return true
		})
	}
	return out
}

func (r *raised) constant(v *ast.ValueSpec) {
	kind, ok := v.Type.(*ast.Ident)
	if !ok || len(v.Values) != 1 {
		return
	}
	value, ok := v.Values[0].(*ast.BasicLit)
	if !ok {
		return
	}
	text, _ := strconv.Unquote(value.Value)
	switch kind.Name {
	case "Code":
		r.codes[v.Names[0].Name] = text
	case "Reason":
		r.reasons[v.Names[0].Name] = text
	}
}

func (r *raised) literal(c *ast.CompositeLit) {
	if kind, ok := c.Type.(*ast.Ident); !ok || kind.Name != "Blocker" {
		return
	}
	fields := map[string]string{}
	for _, e := range c.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if value, ok := kv.Value.(*ast.Ident); ok {
			fields[kv.Key.(*ast.Ident).Name] = value.Name
		}
	}
	code, ok := r.codes[fields["Code"]]
	if !ok {
		return
	}
	r.pairs[key{solver.Code(code), solver.Reason(r.reasons[fields["Reason"]])}] = true
}

func TestEveryCodeHasWords(t *testing.T) {
	r := solverSource(t)
	if len(r.codes) < 20 || len(r.reasons) < 10 || len(r.pairs) < 20 {
		t.Fatalf("read only %d codes, %d reasons and %d blockers from the solver", len(r.codes), len(r.reasons), len(r.pairs))
	}
	codes, reasons := map[string]bool{}, map[string]bool{}
	for k := range explanations {
		codes[string(k.code)], reasons[string(k.reason)] = true, true
	}
	for name, value := range r.codes {
		if !codes[value] {
			t.Errorf("code %s (%s) has no explanation", name, value)
		}
	}
	for name, value := range r.reasons {
		if !reasons[value] {
			t.Errorf("reason %s (%s) has no explanation", name, value)
		}
	}
	for k := range r.pairs {
		if _, ok := explanations[k]; !ok {
			t.Errorf("%s with reason %q has no explanation of its own", k.code, k.reason)
		}
	}
}

// Sentences and fixes of every blocker of the scenarios: whole, one line, printable, and one of text and unfixable.
func TestEveryBlockerIsExplained(t *testing.T) {
	met := map[key]int{}
	everyQuestion(t, func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result) {
		for i := range r.Blockers {
			b := &r.Blockers[i]
			met[key{b.Code, b.Reason}]++
			if _, ok := explanations[key{b.Code, b.Reason}]; !ok {
				t.Errorf("%s:%d: %s with reason %q has no explanation of its own", s.File, q.Line, b.Code, b.Reason)
			}
			f := FixOf(r, b)
			if (f.Text == "") == (f.Unfixable == "") || (f.Text == "") != (f.Action == "") {
				t.Errorf("%s:%d: fix of %s: %+v", s.File, q.Line, b.Code, f)
			}
			for _, text := range []string{Sentence(r, b), f.Text, f.Unfixable} {
				if strings.Contains(text, "  ") || strings.Contains(text, "(not known)") || strings.Contains(text, "nowhere") || text != strings.TrimSpace(text) {
					t.Errorf("%s:%d: %s: %q", s.File, q.Line, b.Code, text)
				}
			}
		}
	})
	if len(met) < 25 {
		t.Errorf("the scenarios meet only %d kinds of blockers", len(met))
	}
}

// Every code that the solver has is expected by name in some scenario.
func TestEveryCodeHasAScenario(t *testing.T) {
	scenarios, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string]bool{}
	for _, s := range scenarios {
		for _, q := range s.Questions {
			for _, b := range q.Blockers {
				expected[b.Code] = true
			}
		}
	}
	for _, code := range slices.Sorted(maps.Values(solverSource(t).codes)) {
		if !expected[code] {
			t.Errorf("no scenario expects %s", code)
		}
	}
}

var codeRow = regexp.MustCompile("(?m)^\\| `([A-Z0-9_]+)` \\| (.+) \\| (.+) \\|$")

// docs/codes.md marks as produced exactly the codes that the solver has, and lists as many as AWS's guide does.
func TestCodesPageIsTrue(t *testing.T) {
	page, err := os.ReadFile("../docs/codes.md")
	if err != nil {
		t.Fatal(err)
	}
	path, details, ok := strings.Cut(string(page), "## Additional details")
	if !ok {
		t.Fatal("the page has no part about additional details")
	}
	rows := codeRow.FindAllStringSubmatch(path, -1)
	if n := len(codeRow.FindAllString(details, -1)); len(rows) != 89 || n != 11 {
		t.Errorf("%d codes and %d details, want 89 and 11", len(rows), n)
	}
	var now []string
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row[1]] {
			t.Errorf("%s comes twice", row[1])
		}
		seen[row[1]] = true
		if strings.HasPrefix(row[3], "now: ") {
			now = append(now, row[1])
		}
	}
	slices.Sort(now)
	r := solverSource(t)
	if diff := cmp.Diff(slices.Sorted(maps.Values(r.codes)), now); diff != "" {
		t.Errorf("codes of the solver and codes marked now (-solver +page):\n%s", diff)
	}
	for _, reason := range r.reasons {
		if reason != "" && !strings.Contains(details, "| `"+reason+"` |") {
			t.Errorf("reason %s is not on the page", reason)
		}
	}
}

// Every assumption and note that the solver can make has words.
func TestEveryRemarkHasWords(t *testing.T) {
	source, err := os.ReadFile("../solver/result.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range regexp.MustCompile(`(AssumptionKind|NoteKind)\s+= "([a-z0-9-]+)"`).FindAllStringSubmatch(string(source), -1) {
		found++
		_, assumed := assumptions[solver.AssumptionKind(m[2])]
		_, noted := notes[solver.NoteKind(m[2])]
		if !assumed && !noted {
			t.Errorf("%s %s has no words", m[1], m[2])
		}
	}
	if found < 10 {
		t.Errorf("found only %d kinds", found)
	}
}
