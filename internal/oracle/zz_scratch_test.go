package oracle

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	"sort"

	"github.com/vpcreach/vpcreach/internal/netgen"
)

func TestScratch(t *testing.T) {
	counts := map[string]map[Outcome]int{}
	decided := map[string]int{}
	var build, ask time.Duration
	n := 0
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 1))
		th := netgen.RandomTheme(rng)
		net := netgen.Random(rng, th)
		t0 := time.Now()
		o, err := New(Files(net.Files))
		if err != nil { t.Fatal(err) }
		build += time.Since(t0)
		draws := net.Packets(rng, 100)
		t0 = time.Now()
		for i, d := range draws {
			end := func(s string) End { if s == netgen.Internet { return End{Internet: true} }; return End{Interface: s} }
			q := Question{From: end(d.From), To: end(d.To), Packet: Packet{d.Source, d.Destination, d.Protocol, d.SourcePort, d.DestinationPort, d.ICMPType, d.ICMPCode}}
			if i%4 == 1 { q.NoAssume = true }
			if i%4 == 2 && d.Source.Is4() && (d.Protocol == 6 || d.Protocol == 17) { q.Reading = AWS }
			if i%4 == 3 { q.Assume = []string{AssumeACLs, AssumeGateways} }
			a := o.Ask(q)
			n++
			k := th.String()
			if counts[k] == nil { counts[k] = map[Outcome]int{} }
			counts[k][a.Outcome]++
			for s, c := range a.Decided { if c > 0 { decided[s]++ } }
		}
		ask += time.Since(t0)
	}
	fmt.Println(counts, "build/net", build/400, "ask", ask/time.Duration(n))
	var ks []string
	for k := range decided { ks = append(ks, k) }
	sort.Strings(ks)
	for _, k := range ks { fmt.Print(k, "=", decided[k], " ") }
	fmt.Println()
}
