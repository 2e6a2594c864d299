package route

import (
	"fmt"
	"net/netip"
	"testing"
)

// ordinaryTable is a subnet's table as most are: local routes, a default, some peerings, here with as many routes as
// asked for.
func ordinaryTable(routes int) []Candidate {
	candidates := []Candidate{
		{pfx("10.0.0.0/16"), Static, 0},
		{pfx("2600:1f00::/56"), Static, 1},
		{pfx("0.0.0.0/0"), Static, 2},
	}
	for i := len(candidates); i < routes; i++ {
		a := netip.AddrFrom4([4]byte{10, byte(1 + i/256), byte(i), 0})
		candidates = append(candidates, Candidate{netip.PrefixFrom(a, 24), Class(i % 2), i})
	}
	return candidates
}

var sizes = []int{10, 100, 1000}

func BenchmarkNew(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			candidates := ordinaryTable(n)
			blocks := []netip.Prefix{pfx("10.0.0.0/16")}
			b.ReportAllocs()
			for b.Loop() {
				New(candidates, blocks, nil)
			}
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, n := range sizes {
		candidates := ordinaryTable(n)
		to := addr("10.1.5.9")
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			table := New(candidates, nil, nil)
			for b.Loop() {
				table.Lookup(to)
			}
		})
		b.Run(fmt.Sprintf("routes=%d/twin", n), func(b *testing.B) {
			tw := twin{candidates: candidates, target: func(int) string { return "" }}
			for b.Loop() {
				tw.lookup(to)
			}
		})
	}
}

func BenchmarkRanges(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			table := New(ordinaryTable(n), nil, nil)
			all := pfx("0.0.0.0/0")
			hi := last(all)
			for b.Loop() {
				for range table.Between(all.Addr(), hi) {
				}
			}
		})
	}
}
