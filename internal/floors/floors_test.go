// Package floors holds the house of this project in one test: which package stands on which floor, what it may import, and
// what must stay out of the binary. It is a test and no linter's setting so that "go test ./..." alone shows a breach,
// with the reason.
package floors

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	// module is the import path that every package of the project begins with.
	module = "github.com/vpcreach/vpcreach/"
	// workshop is the floor of what only tests and tools use: it stands beside the house, and nothing in the house
	// may import from it.
	workshop = -1
	// anything as an allowed import allows every one.
	anything = "..."

	jsonModule = "github.com/go-json-experiment/json/..."
	gonum      = "gonum.org/v1/gonum/..."
)

// room says where a package stands and what it may import.
type room struct {
	floor int
	// inside lists packages of this project without the module's path; "model/..." means model and all below it.
	inside []string
	// beyond lists packages outside the project, in the same way. The standard library is allowed everywhere, but for
	// what is banned.
	beyond []string
}

// rooms is the house. A package that is not here fails the test until somebody has decided where it belongs. An import
// goes downward only, never within a floor, whatever inside says: "model/..." for model does not let model import itself.
var rooms = map[string]room{
	"model/packet":     {floor: 0},
	"snapshot":         {floor: 0, beyond: []string{jsonModule, "github.com/gofrs/flock", "github.com/klauspost/compress/..."}},
	"model/route":      {floor: 1, inside: []string{"model/packet"}, beyond: []string{"github.com/gaissmai/bart/..."}},
	"model/declare":    {floor: 0, beyond: []string{"go.yaml.in/yaml/v3/..."}},
	"snapshot/collect": {floor: 1, inside: []string{"snapshot"}, beyond: []string{jsonModule, "github.com/aws/...", "golang.org/x/time/rate"}},
	"snapshot/plan":    {floor: 1, inside: []string{"snapshot"}, beyond: []string{jsonModule}},
	"model":            {floor: 2, inside: []string{"snapshot", "model/..."}, beyond: []string{gonum}},
	"solver":           {floor: 3, inside: []string{"model/..."}, beyond: []string{gonum}},
	"solver/risk":      {floor: 3, inside: []string{"model/..."}},
	"solver/assertion": {floor: 4, inside: []string{"solver", "model/..."}},
	"explain":          {floor: 4, inside: []string{"solver", "solver/risk", "model/..."}, beyond: []string{jsonModule}},
	"explain/report":   {floor: 5, inside: []string{"explain", "solver/assertion"}},
	"explain/picture":  {floor: 5, inside: []string{"explain", "solver/assertion"}},
	"cmd/vpcreach":     {floor: 6, inside: []string{anything}, beyond: []string{anything}},

	"internal/floors":              {floor: workshop},
	"internal/mutation":            {floor: workshop, inside: []string{anything}, beyond: []string{anything}},
	"internal/mutation/cmd/mutate": {floor: workshop, inside: []string{anything}, beyond: []string{anything}},
	"internal/moto":                {floor: workshop, beyond: []string{anything}},
	"internal/netgen":              {floor: workshop, inside: []string{anything}, beyond: []string{anything}},
	"internal/netgen/cmd/netgen":   {floor: workshop, inside: []string{anything}, beyond: []string{anything}},
	"internal/repair":              {floor: workshop, beyond: []string{jsonModule}},
	"internal/scenario/cmd/expand": {floor: workshop, inside: []string{anything}, beyond: []string{anything}},
	"internal/scenario":            {floor: workshop, inside: []string{anything}, beyond: []string{anything}},
	// The oracle is worth something only as long as it shares no code with what it checks.
	"internal/oracle": {floor: workshop},
}

// ban keeps a package out of the house: nothing that a package of the house imports, however far down, may be it.
type ban struct {
	paths   []string // what is banned; "x/..." means x and all below it
	doors   []string // who may have it: the search for an import of it does not go through these; "x/..." as above
	because string
}

const (
	offline    = "only taking a snapshot opens a connection (P7)"
	keepsAll   = "it reaches MethodByName of reflect, which keeps every method of every type in the binary"
	testsOnly  = "it is for tests"
	collecting = module + "snapshot/collect"
)

var bans = []ban{
	{[]string{"github.com/aws/aws-sdk-go-v2/service/..."}, []string{collecting}, "only taking a snapshot calls AWS (P7)"},
	{[]string{"net/http/...", "crypto/tls", "net/rpc/...", "net/smtp"}, []string{collecting}, offline},
	// pflag imports net to parse addresses; dialling would take a call of ours.
	{[]string{"net"}, []string{collecting, "github.com/spf13/pflag"}, offline + "; net/netip has the address types"},
	// cobra imports text/template, but as long as nobody sets a usage or help template the linker drops its use of
	// MethodByName. The import graph cannot show that: .ci/binary asks the binary itself.
	{[]string{"text/template/..."}, []string{collecting, "github.com/spf13/cobra"}, keepsAll},
	{[]string{"html/template", "github.com/alecthomas/kong/...", "github.com/urfave/cli/..."}, nil, keepsAll},
	{[]string{"testing/...", "github.com/google/go-cmp/...", "github.com/google/jsonschema-go/...",
		"github.com/rogpeppe/go-internal/...", "pgregory.net/rapid/..."}, nil, testsOnly},
}

// imports holds for each package the import paths of its files, tests left out; for packages outside the project too.
type imports map[string][]string

// standard tells whether path is of the standard library: its first element is no host name.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// covers tells whether one of the entries is path; "model/..." is model and everything below it, "..." is everything.
func covers(entries []string, path string) bool {
	return slices.ContainsFunc(entries, func(entry string) bool {
		if top, ok := strings.CutSuffix(entry, "/..."); ok {
			return path == top || strings.HasPrefix(path, top+"/")
		}
		return entry == anything || entry == path
	})
}

// faults lists what in the graph breaks the house, in order of the importer and the import.
func faults(graph imports) []string {
	var found []string
	for _, path := range slices.Sorted(maps.Keys(graph)) {
		name, ours := strings.CutPrefix(path, module)
		if !ours {
			continue
		}
		from, known := rooms[name]
		if !known {
			found = append(found, name+": has no room: add it to rooms")
			continue
		}
		for _, to := range slices.Sorted(slices.Values(graph[path])) {
			if why := refusal(from, to); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", name, strings.TrimPrefix(to, module), why))
			}
		}
	}
	return append(found, banned(graph)...)
}

// refusal says why a package in the room from may not import the package to; empty if it may.
func refusal(from room, to string) string {
	name, ours := strings.CutPrefix(to, module)
	if !ours {
		if standard(to) || covers(from.beyond, to) {
			return ""
		}
		return "not among the modules it may import"
	}
	target, known := rooms[name]
	switch {
	case !known:
		return "has no room"
	case from.floor != workshop && target.floor == workshop:
		return "only tests and tools import from internal"
	case from.floor != workshop && target.floor >= from.floor:
		return fmt.Sprintf("floor %d may not import from floor %d", from.floor, target.floor)
	case !covers(from.inside, name):
		return "not among the packages it may import"
	}
	return ""
}

// banned lists every banned package that the house reaches, with one chain of imports that leads to it.
func banned(graph imports) []string {
	var found []string
	for _, b := range bans {
		to := map[string]string{} // the chain of imports that leads to a package
		var visit func(path, chain string)
		visit = func(path, chain string) {
			if _, seen := to[path]; seen || covers(b.doors, path) {
				return
			}
			to[path] = chain
			if covers(b.paths, path) {
				found = append(found, fmt.Sprintf("%s: banned, because %s", chain, b.because))
				return
			}
			for _, next := range slices.Sorted(slices.Values(graph[path])) {
				visit(next, chain+" imports "+next)
			}
		}
		for _, path := range slices.Sorted(maps.Keys(graph)) {
			if name, ours := strings.CutPrefix(path, module); ours && rooms[name].floor != workshop {
				visit(path, name)
			}
		}
	}
	return found
}

func TestHouse(t *testing.T) {
	const root = "../.."
	watch(t, root)
	graph, err := listed(root)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := graph[module+"internal/floors"]; !ok {
		t.Fatalf("go list shows %d packages, but not this one: the graph cannot be trusted", len(graph))
	}
	for _, fault := range faults(graph) {
		t.Error(fault)
	}
}

// watch opens every folder of the module. The go command remembers the result of a test together with the files that
// the test itself has opened, not those that go list reads on its behalf: without this a house that was in order once
// would be reported as in order, from the cache, whatever was built since.
func watch(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// listed asks go list for the import graph of the module in the folder root and of all that it depends on. A package
// that cannot be loaded counts with the imports that could be read: whether it compiles is for other tests to say.
func listed(root string) (imports, error) {
	list := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Imports", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("go list: %w: %s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	graph := imports{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return graph, nil
		case err != nil:
			return nil, fmt.Errorf("reading what go list printed: %w", err)
		}
		graph[p.ImportPath] = p.Imports
	}
}

// TestFaults shows the checker made-up houses, so that TestHouse cannot be silent because it sees nothing.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		graph imports
		want  []string
	}{
		{"nothing", imports{}, nil},
		{"the house as designed", imports{
			module + "model/packet":     {"net/netip"},
			module + "snapshot":         {"github.com/go-json-experiment/json/jsontext", "github.com/klauspost/compress/zstd"},
			module + "snapshot/collect": {module + "snapshot", "github.com/aws/aws-sdk-go-v2/service/ec2"},
			module + "model/route":      {module + "model/packet", "github.com/gaissmai/bart"},
			module + "model":            {module + "snapshot", module + "model/route", module + "model/packet", "gonum.org/v1/gonum/graph"},
			module + "solver":           {module + "model", module + "model/packet"},
			module + "explain":          {module + "solver", module + "model"},
			module + "cmd/vpcreach":     {module + "explain", module + "snapshot/collect", "github.com/spf13/cobra"},

			"github.com/aws/aws-sdk-go-v2/service/ec2": {"net/http", "text/template"},
			"net/http":               {"net", "crypto/tls"},
			"github.com/spf13/cobra": {"text/template", "github.com/spf13/pflag"},
			"github.com/spf13/pflag": {"net"},
		}, nil},
		{"an import that climbs", imports{module + "model": {module + "solver"}},
			[]string{"model imports solver: floor 2 may not import from floor 3"}},
		{"an import within a floor", imports{module + "snapshot": {module + "model/packet"}},
			[]string{"snapshot imports model/packet: floor 0 may not import from floor 0"}},
		{"downward, but not among the packages it may import", imports{module + "solver": {module + "snapshot"}},
			[]string{"solver imports snapshot: not among the packages it may import"}},
		{"a module that belongs elsewhere", imports{module + "solver": {"github.com/gaissmai/bart"}},
			[]string{"solver imports github.com/gaissmai/bart: not among the modules it may import"}},
		{"a module whose path begins alike", imports{module + "model/route": {"github.com/gaissmai/bartender"}},
			[]string{"model/route imports github.com/gaissmai/bartender: not among the modules it may import"}},
		{"a package without a room, and an import of it", imports{module + "common": nil, module + "cmd/vpcreach": {module + "common"}},
			[]string{"cmd/vpcreach imports common: has no room", "common: has no room: add it to rooms"}},
		{"the house uses the workshop", imports{module + "cmd/vpcreach": {module + "internal/netgen"}},
			[]string{"cmd/vpcreach imports internal/netgen: only tests and tools import from internal"}},
		{"the workshop uses the house", imports{module + "internal/netgen": {module + "snapshot"}}, nil},
		{"the oracle uses the house", imports{module + "internal/oracle": {module + "model/packet", "encoding/json"}},
			[]string{"internal/oracle imports model/packet: not among the packages it may import"}},
		{"the oracle uses another module", imports{module + "internal/oracle": {"github.com/gaissmai/bart"}},
			[]string{"internal/oracle imports github.com/gaissmai/bart: not among the modules it may import"}},
		{"a service client outside the collector", imports{module + "cmd/vpcreach": {"github.com/aws/aws-sdk-go-v2/service/ec2"}},
			[]string{"cmd/vpcreach imports github.com/aws/aws-sdk-go-v2/service/ec2: banned, because only taking a snapshot calls AWS (P7)"}},
		{"a connection, through another module", imports{
			module + "model": {"gonum.org/v1/gonum/graph"}, "gonum.org/v1/gonum/graph": {"expvar"}, "expvar": {"net/http"}},
			[]string{"model imports gonum.org/v1/gonum/graph imports expvar imports net/http: banned, because " + offline}},
		{"dialling by hand", imports{module + "snapshot": {"net"}},
			[]string{"snapshot imports net: banned, because " + offline + "; net/netip has the address types"}},
		{"a template of our own beside cobra's", imports{
			module + "cmd/vpcreach": {"github.com/spf13/cobra"}, module + "explain": {"text/template"}, "github.com/spf13/cobra": {"text/template"}},
			[]string{"explain imports text/template: banned, because " + keepsAll}},
		{"an HTML template, by whatever door", imports{module + "cmd/vpcreach": {"github.com/spf13/cobra"}, "github.com/spf13/cobra": {"html/template"}},
			[]string{"cmd/vpcreach imports github.com/spf13/cobra imports html/template: banned, because " + keepsAll}},
		{"another command line library", imports{module + "cmd/vpcreach": {"github.com/alecthomas/kong"}},
			[]string{"cmd/vpcreach imports github.com/alecthomas/kong: banned, because " + keepsAll}},
		{"test code in the binary", imports{module + "cmd/vpcreach": {"github.com/google/go-cmp/cmp"}},
			[]string{"cmd/vpcreach imports github.com/google/go-cmp/cmp: banned, because " + testsOnly}},
		{"a tool may do what the binary may not", imports{module + "internal/netgen/cmd/netgen": {"net/http", "text/template"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, faults(tt.graph)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}
