package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

func schemaOf(t testing.TB, file string) *jsonschema.Resolved {
	t.Helper()
	text, err := os.ReadFile("../docs/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func valueOf(t testing.TB, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, data)
	}
	return v
}

// Every answer to every question of the scenarios meets the contract, is one line where that was asked for, and comes out
// the same twice.
func TestJSONMeetsItsSchema(t *testing.T) {
	schema := schemaOf(t, "path.schema.json")
	seen := map[solver.Verdict]int{}
	branches := 0
	everyQuestion(t, func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result) {
		seen[r.Verdict]++
		branches += len(r.Branches)
		data := jsonOf(t, r, JSONOptions{Version: "v0.1.0"})
		if err := schema.Validate(valueOf(t, data)); err != nil {
			t.Errorf("%s:%d: %v\n%s", s.File, q.Line, err, data)
		}
		compact := jsonOf(t, r, JSONOptions{Version: "v0.1.0", Compact: true})
		if bytes.Count(compact, []byte("\n")) != 1 || !bytes.HasSuffix(compact, []byte("}\n")) {
			t.Errorf("%s:%d: compact form is not one line", s.File, q.Line)
		}
		if diff := cmp.Diff(valueOf(t, data), valueOf(t, compact)); diff != "" {
			t.Errorf("%s:%d: compact form says something else (-indented +compact):\n%s", s.File, q.Line, diff)
		}
	})
	for _, v := range []solver.Verdict{solver.Reachable, solver.Ambiguous, solver.Unknown, solver.Unreachable} {
		if seen[v] == 0 {
			t.Errorf("no scenario gives %s", v)
		}
	}
	if branches == 0 {
		t.Error("no scenario has branches")
	}
}

// A contract that takes anything would pass the test above.
func TestJSONSchemaRefuses(t *testing.T) {
	schema := schemaOf(t, "path.schema.json")
	r := one(t, "vpc-a 10.0.0.0/16\nsubnet-x vpc-a 10.0.1.0/24\nsg-none-in vpc-a\neni-x subnet-x 10.0.1.5\neni-y subnet-x 10.0.1.6 sg-none-in\n? eni-x -> eni-y tcp/443 => unreachable")
	for name, change := range map[string]func(m map[string]any){
		"unknown key":       func(m map[string]any) { m["extra"] = 1 },
		"missing key":       func(m map[string]any) { delete(m, "notes") },
		"unknown verdict":   func(m map[string]any) { m["verdict"] = "maybe" },
		"null list":         func(m map[string]any) { m["branches"] = nil },
		"fix with two ends": func(m map[string]any) { fixIn(m)["unfixable"] = "no" },
		"fix without end":   func(m map[string]any) { delete(fixIn(m), "text") },
		"unknown action":    func(m map[string]any) { fixIn(m)["action"] = "pray" },
	} {
		m := valueOf(t, jsonOf(t, r, JSONOptions{})).(map[string]any)
		if err := schema.Validate(m); err != nil {
			t.Fatal(err)
		}
		change(m)
		if schema.Validate(m) == nil {
			t.Errorf("%s: the schema takes it", name)
		}
	}
}

func fixIn(m map[string]any) map[string]any {
	return m["blockers"].([]any)[0].(map[string]any)["fix"].(map[string]any)
}

// What is printed as headers is the set, no more and no less: read back, it is the same set.
func TestHeadersAreTheSet(t *testing.T) {
	sets := 0
	everyQuestion(t, func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result) {
		d := documenter{viewOf(r)}
		for _, set := range []packet.Set{r.Asked, r.Admitted, r.Ambiguous, r.Unknown, r.Blocked} {
			back := packet.Empty
			for _, h := range d.headers(set) {
				back = r.Pool.Union(back, r.Pool.Of(matchOf(t, h)))
			}
			if back != set {
				t.Errorf("%s:%d: headers are not the set", s.File, q.Line)
			}
			if !set.IsEmpty() {
				sets++
			}
		}
	})
	if sets < 100 {
		t.Errorf("only %d sets", sets)
	}
}

func TestErrorJSON(t *testing.T) {
	schema := schemaOf(t, "error.schema.json")
	for _, test := range []struct {
		err  error
		o    JSONOptions
		want map[string]any
	}{
		{errors.New("line one\nline two"), JSONOptions{}, map[string]any{
			"schema": "vpcreach/error/1", "version": "unknown", "error": "line one line two"}},
		{&model.ErrNotFound{Text: "i-wbe", Near: []string{"i-web"}}, JSONOptions{Version: "v1", Line: 7, Question: "i-wbe i-db"}, map[string]any{
			"schema": "vpcreach/error/1", "version": "v1", "error": `"i-wbe" is not in the snapshot; near: i-web`,
			"line": 7.0, "question": "i-wbe i-db", "near": []any{"i-web"}}},
		{&model.ErrAmbiguous{Text: "web", Matches: []model.Resource{{Type: "instance", ID: "i-1"}, {Type: "instance", ID: "i-2"}}}, JSONOptions{Compact: true}, map[string]any{
			"schema": "vpcreach/error/1", "version": "unknown", "error": `"web" is not one thing but 2: i-1, i-2; ask for one of them by id`,
			"matches": []any{map[string]any{"type": "instance", "id": "i-1"}, map[string]any{"type": "instance", "id": "i-2"}}}},
	} {
		var b bytes.Buffer
		if err := ErrorJSON(&b, test.err, test.o); err != nil {
			t.Fatal(err)
		}
		got := valueOf(t, b.Bytes())
		if diff := cmp.Diff(any(test.want), got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.err, diff)
		}
		if err := schema.Validate(got); err != nil {
			t.Errorf("%v: %v", test.err, err)
		}
	}
}
