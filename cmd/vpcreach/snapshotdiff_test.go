package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

// diffed writes two snapshots of one file each and compares them.
func diffed(t *testing.T, a, b string, flags ...string) (int, string, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"a": a, "b": b} {
		if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return commandLine(t, "", append([]string{"snapshot", "diff", filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json")}, flags...)...)
}

func TestSnapshotDiffJSONMeetsItsSchema(t *testing.T) {
	text, err := os.ReadFile("../../docs/snapshot-diff.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	schema, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		a, b   string
		status int
	}{
		"same":    {`{"Vpcs":[]}`, `{"Vpcs":[]}`, 0},
		"changed": {`{"Vpcs":[{"VpcId":"vpc-1","State":"pending"},{"VpcId":"vpc-2"}]}`, `{"Vpcs":[{"VpcId":"vpc-1","State":"available"},{"VpcId":"vpc-3"}],"Subnets":[]}`, 1},
		"gap":     {`{"Vpcs":[]}`, `{"Vpcs":[],"Subnets":[]}`, 3},
		"times":   {`{"Vpcs":[{"VpcId":"vpc-1","At":"2026-01-02T03:04:05Z"}]}`, `{"Vpcs":[{"VpcId":"vpc-1","At":"2027-01-02T03:04:05Z"}]}`, 1},
	} {
		status, out, errs := diffed(t, tt.a, tt.b, "--format", "json", "--all")
		var v map[string]any
		if err := json.Unmarshal([]byte(out), &v); err != nil {
			t.Fatalf("%s: %v\n%s%s", name, err, out, errs)
		}
		if err := schema.Validate(v); err != nil || status != tt.status {
			t.Errorf("%s: status %d, want %d; %v\n%s", name, status, tt.status, err, out)
		}
		v["more"] = 1
		if schema.Validate(v) == nil {
			t.Errorf("%s: the schema takes anything", name)
		}
	}
}

func TestSnapshotDiffIsFitForATerminal(t *testing.T) {
	const evil = `\u001b[2Jx\u202e\u0007\u009b`
	status, out, _ := diffed(t, `{"Vpcs":[{"VpcId":"vpc-1","`+evil+`":"`+evil+`"},{"VpcId":"vpc-`+evil+`"}]}`,
		`{"Vpcs":[{"VpcId":"vpc-1","Tags":[{"Key":"Name","Value":"`+evil+`"}],"`+evil+`":["`+evil+`"]}]}`)
	if status != 1 || !strings.Contains(out, "vpc-1") {
		t.Fatalf("status %d\n%s", status, out)
	}
	for _, r := range out {
		if r < ' ' && r != '\n' || r == 0x7f || r == 0x9b || r == 0x202e {
			t.Errorf("the output holds %U:\n%q", r, out)
		}
	}
}
