package explain

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/declare"
	"github.com/vpcreach/vpcreach/snapshot"
	"github.com/vpcreach/vpcreach/solver"
)

// networkOf reads files through the real reader.
func networkOf(t testing.TB, files map[string][]byte) *model.Network {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, data := range files {
		if name == scenario.DeclaredFile {
			continue
		}
		fsys[name] = &fstest.MapFile{Data: data, Mode: 0o600}
	}
	s, err := snapshot.OpenFS(fsys, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, ok := files[scenario.DeclaredFile]
	if !ok {
		return model.Build(s)
	}
	declared, err := declare.Read(scenario.DeclaredFile, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	n, err := model.BuildDeclared(s, declared)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// solve asks one question of a scenario.
func solve(t testing.TB, n *model.Network, q scenario.Question) *solver.Result {
	t.Helper()
	query, err := queryOf(n, q)
	if err != nil {
		t.Fatalf("line %d: %v", q.Line, err)
	}
	r, err := solver.Solve(n, query)
	if err != nil {
		t.Fatalf("line %d: %v", q.Line, err)
	}
	return r
}

func queryOf(n *model.Network, q scenario.Question) (out solver.Query, err error) {
	scope := model.Scope{Account: q.Options["account"], Region: q.Options["region"]}
	if out.From, err = n.Resolve(q.From, scope); err != nil {
		return out, err
	}
	if out.To, err = n.Resolve(q.To, scope); err != nil {
		return out, err
	}
	if out.Protocol, err = solver.ParseProtocol(q.Spec); err != nil {
		return out, err
	}
	if out.Reading, err = solver.ParseReading(q.Options["reading"]); err != nil {
		return out, err
	}
	if out.SourcePorts, err = solver.ParsePorts(q.Options["source-port"]); err != nil {
		return out, err
	}
	out.SourceAddresses = prefixesOf(q.Options["source-address"])
	out.DestinationAddresses = prefixesOf(q.Options["destination-address"])
	_, out.Assume.None = q.Options["no-assume"]
	out.Assume.NetworkACLs = strings.Contains(q.Options["assume"], "network-acls")
	out.Assume.Gateways = strings.Contains(q.Options["assume"], "gateways")
	return out, filterOf(n, q, &out)
}

// filterOf adds the filters of a scenario's question.
func filterOf(n *model.Network, q scenario.Question, out *solver.Query) (err error) {
	for option, list := range map[string]*[]model.Ref{"through": &out.Through, "exclude": &out.Exclude} {
		for _, name := range strings.FieldsFunc(q.Options[option], func(r rune) bool { return r == ',' }) {
			ref, err := n.ResolveComponent(name, model.Scope{})
			if err != nil {
				return err
			}
			*list = append(*list, ref)
		}
	}
	if text, ok := q.Options["filter-at-destination"]; ok {
		if out.AtDestination, err = solver.ParseFilter(text); err != nil {
			return err
		}
	}
	if text, ok := q.Options["filter-at-source"]; ok {
		m, err := solver.ParseFilter(text)
		if err != nil {
			return err
		}
		return out.FilterAtSource(m)
	}
	return nil
}

func prefixesOf(text string) []netip.Prefix {
	if text == "" {
		return nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	}
	return []netip.Prefix{netip.MustParsePrefix(text).Masked()}
}

// everyQuestion asks every question of testdata/scenarios.
func everyQuestion(t *testing.T, visit func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result)) {
	t.Helper()
	all, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		n := networkOf(t, files)
		for _, q := range s.Questions {
			visit(t, s, q, solve(t, n, q))
		}
	}
}

// one makes a network of a scenario's text and asks its only question.
func one(t testing.TB, text string) *solver.Result {
	t.Helper()
	all, err := scenario.Parse("test", []byte("== test\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	files, err := all[0].Files()
	if err != nil {
		t.Fatal(err)
	}
	if len(all[0].Questions) != 1 {
		t.Fatalf("%d questions, want one", len(all[0].Questions))
	}
	return solve(t, networkOf(t, files), all[0].Questions[0])
}

func textOf(t testing.TB, r *solver.Result, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func jsonOf(t testing.TB, r *solver.Result, o JSONOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
