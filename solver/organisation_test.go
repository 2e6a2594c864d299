package solver

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
)

var tcp443, _ = ParseProtocol("tcp/443")

// inMemory is the files of an organisation.
type inMemory map[string][]byte

type memoryFile struct {
	bytes.Buffer
	name string
	to   inMemory
}

func (f *memoryFile) Close() error { f.to[f.name] = f.Bytes(); return nil }

func organisation(t *testing.T, spec netgen.OrganisationSpec) inMemory {
	t.Helper()
	files := inMemory{}
	if err := netgen.Organisation(func(name string) (io.WriteCloser, error) { return &memoryFile{name: name, to: files}, nil }, spec); err != nil {
		t.Fatal(err)
	}
	return files
}

func askTCP(t *testing.T, n *model.Network, from, to string) *Result {
	t.Helper()
	a, err := n.Resolve(from, model.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.Resolve(to, model.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Solve(n, Query{From: a, To: b, Protocol: tcp443})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Between any two VPCs of the organisation traffic gets through two inspections, or one. Without the answers of one account, questions that need it
// are unknown and name it; the others are as they were (ACC-1, ACC-7, D-250).
func TestAnOrganisationLosesOneAccount(t *testing.T) {
	spec := netgen.OrganisationSpec{Accounts: 8, VPCs: 21, Interfaces: 84}
	whole := organisation(t, spec)
	const lost = 3 // a spoke's account
	part := inMemory{}
	for name, text := range whole {
		if !strings.HasPrefix(name, spec.Account(lost)+"/") {
			part[name] = text
		}
	}
	n, without := networkOf(t, whole), networkOf(t, part)
	rng := rand.New(rand.NewPCG(1, 1))
	needed, notNeeded := 0, 0
	for range 150 {
		i, j := rng.IntN(spec.Interfaces), rng.IntN(spec.Interfaces)
		if i == j || spec.AccountOf(spec.VPCOf(i)) == lost {
			continue
		}
		from, to := spec.InterfaceID(i), spec.Address(j).String()
		if r := askTCP(t, n, from, to); r.Verdict != Reachable || r.Admitted != r.Asked {
			t.Fatalf("%s to %s: %s", from, to, r.Verdict)
		}
		r := askTCP(t, without, from, to)
		if spec.AccountOf(spec.VPCOf(j)) != lost {
			notNeeded++
			if r.Verdict != Reachable {
				t.Errorf("%s to %s, which need nothing of the account: %s, missing %v", from, to, r.Verdict, r.Missing)
			}
			continue
		}
		needed++
		named := false
		for _, m := range r.Missing {
			named = named || m.Account == spec.Account(lost) && m.Region == spec.Region(spec.RegionOf(spec.VPCOf(j)))
		}
		if r.Verdict != Unknown || !named {
			t.Errorf("%s to %s of the account: %s, missing %v", from, to, r.Verdict, r.Missing)
		}
	}
	if needed < 5 || notNeeded < 50 {
		t.Errorf("%d questions need the account, %d do not", needed, notNeeded)
	}
}

// organisationDir writes the organisation that is measured: 50 accounts, 200 VPCs, three Regions, 100,000 interfaces.
func organisationDir(b *testing.B, spec netgen.OrganisationSpec) string {
	b.Helper()
	dir := b.TempDir()
	err := netgen.Organisation(func(name string) (io.WriteCloser, error) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		return os.Create(path)
	}, spec)
	if err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkOrganisation asks strict questions between Regions of an organisation of 50 accounts: over 1,000 pairs of interfaces, and one again
// and again. VPCREACH_BENCH_LARGE=1 makes it 100,000 interfaces.
func BenchmarkOrganisation(b *testing.B) {
	spec := netgen.OrganisationSpec{Accounts: 50, VPCs: 200, Interfaces: 10_000}
	if os.Getenv("VPCREACH_BENCH_LARGE") != "" {
		spec.Interfaces = 100_000
	}
	dir := organisationDir(b, spec)
	load := func(b *testing.B) *model.Network {
		s, err := snapshot.Open(dir, snapshot.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return model.Build(s)
	}
	ask := func(b *testing.B, n *model.Network, i, j int) {
		from, err := n.Resolve(spec.InterfaceID(i), model.Scope{})
		if err != nil {
			b.Fatal(err)
		}
		to, err := n.Resolve(spec.InterfaceID(j), model.Scope{})
		if err != nil {
			b.Fatal(err)
		}
		if r, err := Solve(n, Query{From: from, To: to, Protocol: tcp443}); err != nil || r.Verdict != Reachable {
			b.Fatal(r.Verdict, err)
		}
	}
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			load(b)
		}
	})
	const questions = 1000
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			n := load(b)
			rng := rand.New(rand.NewPCG(1, 1))
			b.StartTimer()
			for range questions {
				i := rng.IntN(spec.Interfaces)
				j := (i/spec.VPCs*spec.VPCs + (i%spec.VPCs+1)%spec.VPCs) // a neighbour VPC, which is in another Region
				ask(b, n, i, min(j, spec.Interfaces-1))
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/questions, "ns/question")
	})
	b.Run("again", func(b *testing.B) {
		n := load(b)
		for b.Loop() {
			ask(b, n, 0, 1)
		}
	})
}
