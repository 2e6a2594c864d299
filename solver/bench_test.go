package solver

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
)

// sizes are the numbers of interfaces that are measured. VPCREACH_BENCH_LARGE=1 adds 100,000, which needs some gigabytes of disk.
func sizes() []int {
	if os.Getenv("VPCREACH_BENCH_LARGE") != "" {
		return []int{1_000, 10_000, 100_000}
	}
	return []int{1_000, 10_000}
}

var large struct {
	sync.Mutex
	dirs map[int]string
}

// largeDir writes a large network once a process, and says where.
func largeDir(b *testing.B, n int) string {
	large.Lock()
	defer large.Unlock()
	if dir, ok := large.dirs[n]; ok {
		return dir
	}
	dir, err := os.MkdirTemp("", "vpcreach-bench")
	if err != nil {
		b.Fatal(err)
	}
	create := func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }
	if err := netgen.Large(create, netgen.LargeSpec{Interfaces: n, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	if large.dirs == nil {
		large.dirs = map[int]string{}
	}
	large.dirs[n] = dir
	return dir
}

func loadLarge(b *testing.B, n int) *model.Network {
	b.Helper()
	s, err := snapshot.Open(largeDir(b, n), snapshot.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return model.Build(s)
}

// BenchmarkLoad reads a snapshot and builds its network.
func BenchmarkLoad(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("interfaces=%d", n), func(b *testing.B) {
			largeDir(b, n)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				loadLarge(b, n)
			}
		})
	}
}

// BenchmarkBuild builds the network of a snapshot that is in memory.
func BenchmarkBuild(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("interfaces=%d", n), func(b *testing.B) {
			s, err := snapshot.Open(largeDir(b, n), snapshot.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				model.Build(s)
			}
		})
	}
}

// BenchmarkPathFirst asks about 1,000 distinct pairs of interfaces of one VPC, once each, in a network that nobody has asked yet: its
// time must not grow with the size of the network.
func BenchmarkPathFirst(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("interfaces=%d", n), func(b *testing.B) {
			s, err := snapshot.Open(largeDir(b, n), snapshot.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			asked := 0
			for b.Loop() {
				b.StopTimer()
				network := model.Build(s)
				queries := pairs(b, network, n, 1000)
				b.StartTimer()
				for _, q := range queries {
					if _, err := Solve(network, q); err != nil {
						b.Fatal(err)
					}
					asked++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(asked), "ns/question")
		})
	}
}

// BenchmarkPathAgain asks the same 1,000 questions again and again, the reachable ones and the unreachable ones apart: the latter
// also look for the path nearest to working.
func BenchmarkPathAgain(b *testing.B) {
	for _, n := range sizes() {
		network := loadLarge(b, n)
		by := map[Verdict][]Query{}
		for _, q := range pairs(b, network, n, 1000) {
			r, err := Solve(network, q)
			if err != nil {
				b.Fatal(err)
			}
			by[r.Verdict] = append(by[r.Verdict], q)
		}
		for _, v := range []Verdict{Reachable, Unreachable} {
			b.Run(fmt.Sprintf("interfaces=%d/%s", n, v), func(b *testing.B) {
				queries := by[v]
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if _, err := Solve(network, queries[i%len(queries)]); err != nil {
						b.Fatal(err)
					}
					i++
				}
			})
		}
	}
}

// pairs are questions between interfaces of one VPC, on the ports that the tiers of the large network use.
func pairs(b *testing.B, n *model.Network, interfaces, count int) []Query {
	spec := netgen.LargeSpec{Interfaces: interfaces, Seed: 1}
	rng := rand.New(rand.NewPCG(7, 7))
	protocols := []string{"tcp/443", "tcp/8080", "tcp/5432", "icmp/8", "tcp"}
	var out []Query
	for len(out) < count {
		from, to := spec.Pair(rng)
		if from == to {
			continue
		}
		q := Query{}
		var err1, err2, err3 error
		q.From, err1 = n.Resolve(from, model.Scope{})
		q.To, err2 = n.Resolve(to, model.Scope{})
		q.Protocol, err3 = ParseProtocol(protocols[len(out)%len(protocols)])
		for _, err := range []error{err1, err2, err3} {
			if err != nil {
				b.Fatal(err)
			}
		}
		out = append(out, q)
	}
	return out
}
