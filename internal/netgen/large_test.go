package netgen

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// memory is a folder that Large writes to.
type memory map[string][]byte

type memoryFile struct {
	bytes.Buffer
	closed func([]byte)
}

func (f *memoryFile) Close() error { f.closed(f.Bytes()); return nil }

func (m memory) create(name string) (io.WriteCloser, error) {
	return &memoryFile{closed: func(text []byte) { m[name] = text }}, nil
}

func large(t *testing.T, spec LargeSpec) memory {
	t.Helper()
	m := memory{}
	if err := Large(m.create, spec); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLargeIsDeterministic(t *testing.T) {
	spec := LargeSpec{Interfaces: 700, PerVPC: 100, Seed: 5}
	if diff := cmp.Diff(large(t, spec), large(t, spec), asText); diff != "" {
		t.Errorf("the same spec, other files:\n%s", diff)
	}
	other := spec
	other.Seed++
	if bytes.Equal(large(t, spec)["describe-security-groups.json"], large(t, other)["describe-security-groups.json"]) {
		t.Error("another seed, the same rules")
	}
}

func TestLargeReferencesResolve(t *testing.T) {
	for _, compact := range []bool{false, true} {
		n := Network{
			Files:    large(t, LargeSpec{Interfaces: 730, PerVPC: 100, Compact: compact}),
			Dangling: []string{largeID("dopt", 0)},
		}
		files := parse(t, n)
		described := map[string]bool{}
		for path, answer := range files {
			describe(answer, operationOf(path), described)
		}
		for path, answer := range files {
			requireDescribed(t, n, path, answer, described, nil)
		}
	}
}

func TestLargeNamesWhatItWrites(t *testing.T) {
	spec := LargeSpec{Interfaces: 730, PerVPC: 100}
	answer := parse(t, Network{Files: large(t, spec)})["describe-network-interfaces.json"]
	records, _ := answer["NetworkInterfaces"].([]any)
	if want := spec.Interfaces + natPerVPC*spec.VPCs(); len(records) != want {
		t.Fatalf("%d interfaces; want %d", len(records), want)
	}
	taken := map[string]bool{}
	for i, r := range records {
		fields, _ := r.(map[string]any)
		address, _ := fields["PrivateIpAddress"].(string)
		if taken[address] {
			t.Errorf("%s is taken twice", address)
		}
		taken[address] = true
		if i >= spec.Interfaces {
			continue
		}
		p := spec.place(i)
		if !subnetBlock(p.vpc, p.tier, p.zone).Contains(netip.MustParseAddr(address)) {
			t.Errorf("%s lies outside its subnet %v", address, subnetBlock(p.vpc, p.tier, p.zone))
		}
		got := []any{fields["NetworkInterfaceId"], fields["VpcId"], address}
		want := []any{spec.InterfaceID(i), spec.VPCID(spec.VPCOf(i)), spec.Address(i).String()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("interface %d (-named +written):\n%s", i, diff)
		}
	}
}

func TestPairIsOfOneVPC(t *testing.T) {
	spec := LargeSpec{Interfaces: 730, PerVPC: 100}
	vpcOf := map[string]int{}
	for i := range spec.Interfaces {
		vpcOf[spec.InterfaceID(i)] = spec.VPCOf(i)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		a, b := spec.Pair(rng)
		va, oka := vpcOf[a]
		vb, okb := vpcOf[b]
		if !oka || !okb || va != vb {
			t.Fatalf("pair %s, %s: VPCs %d (%v), %d (%v)", a, b, va, oka, vb, okb)
		}
	}
}

func TestLargestVPCFitsItsSubnets(t *testing.T) {
	spec := LargeSpec{Interfaces: maxPerVPC, PerVPC: maxPerVPC}
	for i := range spec.Interfaces {
		if p := spec.place(i); p.rank+4 >= 250 { // where the NAT gateway stands
			t.Fatalf("interface %d is number %d of its subnet", i, p.rank)
		}
	}
}

func TestLargeErrors(t *testing.T) {
	for _, spec := range []LargeSpec{{}, {Interfaces: -1}, {Interfaces: 5, PerVPC: 1001}, {Interfaces: 5, PerVPC: -1}, {Interfaces: MaxInterfaces + 1}} {
		if err := Large(memory{}.create, spec); err == nil {
			t.Errorf("%+v: no error", spec)
		}
	}
	full := errors.New("disk full")
	if err := Large(func(string) (io.WriteCloser, error) { return nil, full }, LargeSpec{Interfaces: 1}); !errors.Is(err, full) {
		t.Errorf("opening fails, error %v", err)
	}
	if err := Large(func(string) (io.WriteCloser, error) { return failing{full}, nil }, LargeSpec{Interfaces: 1}); !errors.Is(err, full) {
		t.Errorf("writing fails, error %v", err)
	}
}

// failing is a file on a full disk.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Close() error              { return nil }

// discard is a file that keeps nothing.
type discard struct{ io.Writer }

func (discard) Close() error { return nil }

func TestLargeNeedsNoMoreMemoryForMoreInterfaces(t *testing.T) {
	var held uint64
	sample := func(string) (io.WriteCloser, error) {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		held = max(held, m.HeapAlloc)
		return discard{io.Discard}, nil
	}
	if err := Large(sample, LargeSpec{Interfaces: 2000}); err != nil {
		t.Fatal(err)
	}
	small := held
	held = 0
	if err := Large(sample, LargeSpec{Interfaces: 20000}); err != nil {
		t.Fatal(err)
	}
	if held > small+4<<20 {
		t.Errorf("2000 interfaces held %d bytes, 20000 held %d", small, held)
	}
}

func BenchmarkLarge(b *testing.B) {
	for b.Loop() {
		if err := Large(func(string) (io.WriteCloser, error) { return discard{io.Discard}, nil }, LargeSpec{Interfaces: 1000}); err != nil {
			b.Fatal(err)
		}
	}
}
