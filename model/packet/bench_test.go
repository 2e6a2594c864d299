package packet

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// The sets here are shaped like AWS's: groups are unions of TCP or UDP ports
// from a prefix, ACLs are ordered first-match lists with denies.

func randomPrefix(r *rand.Rand) netip.Prefix {
	addr := netip.AddrFrom4([4]byte{10, byte(r.IntN(32)), byte(r.IntN(256)), 0})
	return netip.PrefixFrom(addr, 16+r.IntN(9)).Masked()
}

func randomRule(r *rand.Rand) Match {
	port := uint16(r.IntN(10000))
	m := Match{
		Protocols:        []ByteRange{{TCP, TCP}},
		Source:           []netip.Prefix{randomPrefix(r)},
		DestinationPorts: []PortRange{{port, port + uint16(r.IntN(100))}},
	}
	if r.IntN(4) == 0 {
		m.Protocols = []ByteRange{{UDP, UDP}}
	}
	return m
}

func randomGroup(p *Pool, r *rand.Rand, rules int) Set {
	sets := make([]Set, rules)
	for i := range sets {
		sets[i] = p.Of(randomRule(r))
	}
	return p.UnionAll(sets...)
}

func randomACL(p *Pool, r *rand.Rand, rules int) Set {
	allowed, rest := Empty, Everything
	for range rules {
		rule := p.Of(randomRule(r))
		if r.IntN(3) > 0 {
			allowed = p.Union(allowed, p.Intersect(rest, rule))
		}
		rest = p.Subtract(rest, rule)
	}
	return p.Union(allowed, rest)
}

func buildNetwork(groups, acls int) (p *Pool, g, a []Set) {
	p = NewPool()
	r := rand.New(rand.NewPCG(1, 2))
	for range groups {
		g = append(g, randomGroup(p, r, 20))
	}
	for range acls {
		a = append(a, randomACL(p, r, 10))
	}
	return p, g, a
}

func BenchmarkBuild2000Groups300ACLs(b *testing.B) {
	for b.Loop() {
		p, _, _ := buildNetwork(2000, 300)
		b.ReportMetric(float64(len(p.nodes)), "nodes")
		b.ReportMetric(float64(len(p.edges)), "ranges")
		b.ReportMetric(float64(16*cap(p.nodes)+16*cap(p.edges)+8*len(p.unique.slots)+16*len(p.memo.entries))/1e6, "MB")
	}
}

// BenchmarkQuery is the set algebra of one question: its own set, then filters.
func BenchmarkQuery(b *testing.B) {
	p, groups, acls := buildNetwork(500, 100)
	p.Freeze()
	for _, filters := range []int{10, 20} {
		b.Run(fmt.Sprintf("filters=%d", filters), func(b *testing.B) {
			q := p.Scratch()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				q.Reset()
				i++
				s := q.Of(randomQuestion(i))
				for j := range filters {
					s = q.Intersect(s, acls[(i*3+j)%len(acls)])
				}
				q.Intersect(s, groups[i%len(groups)])
			}
		})
	}
}

func randomQuestion(i int) Match {
	return Match{
		Protocols:        []ByteRange{{TCP, TCP}},
		Source:           []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i % 32), 4, 5}), 32)},
		Destination:      []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, 8, 7}), 32)},
		DestinationPorts: []PortRange{{0, 9000}},
		SourcePorts:      []PortRange{{1024, 65535}},
	}
}

func BenchmarkIntersectGroupACL(b *testing.B) {
	p, groups, acls := buildNetwork(500, 100)
	p.Freeze()
	q := p.Scratch()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i%1000 == 0 {
			q.Reset()
		}
		q.Intersect(groups[i%len(groups)], acls[(i*7+i/500)%len(acls)])
		i++
	}
}

// BenchmarkScratch is a scratch pool that is used once, from nothing.
func BenchmarkScratch(b *testing.B) {
	p, _, _ := buildNetwork(10, 10)
	p.Freeze()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		p.Scratch().Of(randomQuestion(i))
	}
}

func BenchmarkReply(b *testing.B) {
	p, groups, _ := buildNetwork(500, 1)
	p.Freeze()
	question := NewPool()
	s := question.Of(randomQuestion(7))
	question.Freeze()
	for _, c := range []struct {
		name string
		pool *Pool
		sets []Set
	}{{"product", question, []Set{s}}, {"group of 20 rules", p, groups}} {
		b.Run(c.name, func(b *testing.B) {
			q := c.pool.Scratch()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				q.Reset()
				q.Reply(c.sets[i%len(c.sets)])
				i++
			}
		})
	}
}

func BenchmarkContains(b *testing.B) {
	p, groups, _ := buildNetwork(500, 1)
	k := Packet{Source: netip.MustParseAddr("10.1.2.3"), Destination: netip.MustParseAddr("10.9.8.7"), Protocol: TCP, DestinationPort: 443}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Contains(groups[i%len(groups)], k)
		i++
	}
}

func BenchmarkBoxes(b *testing.B) {
	p, groups, _ := buildNetwork(100, 1)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Boxes(groups[i%len(groups)])
		i++
	}
}
