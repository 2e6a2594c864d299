package netgen_test

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/internal/oracle"
	"github.com/vpcreach/vpcreach/snapshot"
)

// question returns a drawn packet as the oracle asks it.
func question(d netgen.Draw) oracle.Question {
	end := func(id string) oracle.End {
		if id == netgen.Internet {
			return oracle.End{Internet: true}
		}
		if strings.HasPrefix(id, "tgw-") || strings.HasPrefix(id, "vgw-") {
			return oracle.End{Edge: id}
		}
		if _, err := netip.ParseAddr(id); err == nil {
			return oracle.End{Address: true}
		}
		return oracle.End{Interface: id}
	}
	return oracle.Question{From: end(d.From), To: end(d.To), Packet: oracle.Packet{
		Source: d.Source, Destination: d.Destination, Protocol: d.Protocol,
		SourcePort: d.SourcePort, DestinationPort: d.DestinationPort, ICMPType: d.ICMPType, ICMPCode: d.ICMPCode,
	}}
}

// outcomes counts what becomes of the packets of a network.
func outcomes(t *testing.T, n netgen.Network, rng *rand.Rand, into map[oracle.Outcome]int) {
	t.Helper()
	o, err := oracle.New(oracle.Files(n.Files))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range n.Packets(rng, 40) {
		into[o.Ask(question(d)).Outcome]++
	}
}

// TestEachOutcomeComesAFifthOfTheTime is what makes a comparison of two deciders over random networks worth something.
func TestEachOutcomeComesAFifthOfTheTime(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	got := map[oracle.Outcome]int{}
	const networks = 300
	for range networks {
		outcomes(t, netgen.Random(rng, netgen.RandomTheme(rng), 0), rng, got)
	}
	for _, o := range []oracle.Outcome{oracle.Admitted, oracle.Ambiguous, oracle.Unknown, oracle.Blocked} {
		if got[o]*5 < networks*40 {
			t.Errorf("%s came %d times of %d", o, got[o], networks*40)
		}
	}
}

func TestEachThemeHasItsOutcome(t *testing.T) {
	for theme, want := range map[netgen.Theme]oracle.Outcome{
		netgen.ThemeOpen: oracle.Admitted, netgen.ThemeNAT: oracle.Ambiguous, netgen.ThemeMissing: oracle.Unknown, netgen.ThemeStrict: oracle.Blocked,
	} {
		got := map[oracle.Outcome]int{}
		for seed := range uint64(60) {
			rng := rand.New(rand.NewPCG(seed, 3))
			outcomes(t, netgen.Random(rng, theme, 0), rng, got)
		}
		for o, count := range got {
			if count > got[want] {
				t.Errorf("theme %v: %d %s, but %d %s", theme, got[want], want, count, o)
			}
		}
	}
}

// TestTheReaderUnderstandsEveryFile reads networks as users' folders are read: nothing may be left over.
func TestTheReaderUnderstandsEveryFile(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 4))
		n := netgen.Random(rng, netgen.Themes[seed%uint64(len(netgen.Themes))], netgen.AllFeatures)
		folder := fstest.MapFS{}
		for path, text := range n.Files {
			folder[path] = &fstest.MapFile{Data: text}
		}
		s, err := snapshot.OpenFS(folder, snapshot.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Files {
			if f.Use == snapshot.Broken || f.Use == snapshot.NotUnderstood || f.Use == snapshot.Unattributed || f.Problem != nil {
				t.Errorf("seed %d: %s is %s: %v", seed, f.Path, f.Use, f.Problem)
			}
		}
	}
}
