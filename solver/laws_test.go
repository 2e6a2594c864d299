package solver

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// The metamorphic laws of design section 7.4. A law does not know what the right answer is; it knows how the answers to two
// questions, or about two networks, relate. Each is tried on every scenario of testdata/scenarios with the scenario's
// own questions, and on random networks. VPCREACH_LAWS_NETWORKS sets another number of networks, VPCREACH_LAWS_SEED
// another seed.
const (
	lawNetworks         = 120
	questionsPerNetwork = 5
	lawShards           = 4
)

// lawWorld is one network on which a law is tried, and what is asked about it.
type lawWorld struct {
	name      string
	files     map[string][]byte
	net       *model.Network
	questions []lawQuestion
	answers   []*Result // in net, as far as they have been asked for
	rng       *rand.Rand
}

// answer is the answer to one of the world's questions; nil where there is none.
func (w *lawWorld) answer(question int) *Result {
	if w.answers == nil {
		w.answers = make([]*Result, len(w.questions))
	}
	if w.answers[question] == nil {
		w.answers[question] = w.questions[question].ask(w.net)
	}
	return w.answers[question]
}

// lawQuestion is a question as a person types it, so that it can be asked of another network too.
type lawQuestion struct {
	scenario.Question
	wide bool // every address and every client port, also what the ends would not send
}

func (q lawQuestion) String() string {
	var options []string
	for _, name := range slices.Sorted(maps.Keys(q.Options)) {
		options = append(options, name+"="+q.Options[name])
	}
	return fmt.Sprintf("? %s -> %s %s %s (wide %v)", q.From, q.To, q.Spec, strings.Join(options, " "), q.wide)
}

// query resolves the question in a network.
func (q lawQuestion) query(n *model.Network) (Query, error) {
	out, err := queryOf(n, q.Question)
	if q.wide {
		out.SourcePorts = everyPort
		out.SourceAddresses, out.DestinationAddresses = everyAddress, everyAddress
	}
	return out, err
}

// ask answers the question in a network; nil where the network leaves nothing to ask about (an end that it does not have).
func (q lawQuestion) ask(n *model.Network) *Result {
	query, err := q.query(n)
	if err != nil {
		return nil
	}
	r, err := Solve(n, query)
	if err != nil {
		return nil
	}
	return r
}

var (
	everyPort    = []packet.PortRange{{From: 0, To: 65535}}
	everyAddress = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
)

// tally counts what a law has seen, so that it cannot hold for want of cases.
type tally map[string]int

func (c tally) add(other tally) {
	for what, n := range other {
		c[what] += n
	}
}

// verdict counts a verdict.
func (c tally) verdict(r *Result) { c[r.Verdict.String()]++ }

// atLeast fails the test if one of these was seen less often, or half as often where a short run draws half the networks.
func (c tally) atLeast(t *testing.T, times int, what ...string) {
	t.Helper()
	if testing.Short() {
		times = (times + 1) / 2
	}
	for _, w := range what {
		if c[w] < times {
			t.Errorf("the law was tried too little: %q came %d times, want at least %d; saw %v", w, c[w], times, c)
		}
	}
}

var loadScenarios = sync.OnceValues(func() ([]scenario.Scenario, error) { return scenario.Load("../testdata/scenarios") })

// overWorlds tries a law on every world; each law has a number, and with it random choices of its own.
func overWorlds(t *testing.T, law uint64, try func(t *testing.T, w *lawWorld, seen tally)) tally {
	t.Helper()
	scenarios, err := loadScenarios()
	if err != nil {
		t.Fatal(err)
	}
	networks := fromEnv(t, "VPCREACH_LAWS_NETWORKS", lawNetworks)
	if testing.Short() {
		networks = min(networks, lawNetworks/2)
	}
	seed := uint64(fromEnv(t, "VPCREACH_LAWS_SEED", 1))
	tallies := make([]tally, lawShards)
	t.Run("worlds", func(t *testing.T) {
		for shard := range tallies {
			tallies[shard] = tally{}
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				for i := shard; i < len(scenarios)+networks && !t.Failed(); i += lawShards {
					k := i - len(scenarios) // random networks stay what they are when a scenario is added
					rng := rand.New(rand.NewPCG(seed*100+law, uint64(k)))
					if k < 0 {
						try(t, scenarioWorld(t, rng, scenarios[i]), tallies[shard])
					} else {
						try(t, randomWorld(t, rng, fmt.Sprintf("seed %d law %d network %d", seed, law, k)), tallies[shard])
					}
				}
			})
		}
	})
	all := tally{}
	for _, c := range tallies {
		all.add(c)
	}
	t.Logf("saw %v", all)
	return all
}

func scenarioWorld(t *testing.T, rng *rand.Rand, s scenario.Scenario) *lawWorld {
	t.Helper()
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	w := &lawWorld{name: fmt.Sprintf("%s:%d %s", s.File, s.Line, s.Title), files: files, net: networkOf(t, files), rng: rng}
	for _, q := range s.Questions {
		w.questions = append(w.questions, lawQuestion{Question: q})
	}
	return w
}

func randomWorld(t *testing.T, rng *rand.Rand, name string) *lawWorld {
	t.Helper()
	features, _ := featuresFromEnv(t, lawFeatures)
	theme := netgen.RandomTheme(rng)
	if rng.IntN(3) == 0 { // its weights are for single packets; sets need more that is narrow
		theme = []netgen.Theme{netgen.ThemeStrict, netgen.ThemeMixed}[rng.IntN(2)]
	}
	g := netgen.Random(rng, theme, features)
	w := &lawWorld{name: fmt.Sprintf("%s (%s)", name, g.Theme), files: g.Files, net: networkOf(t, g.Files), rng: rng}
	for _, d := range g.Packets(rng, questionsPerNetwork) {
		w.questions = append(w.questions, drawQuestion(rng, g, d))
	}
	return w
}

// drawQuestion asks about the ends of a packet, now for just its header, now for more.
func drawQuestion(rng *rand.Rand, g netgen.Network, d netgen.Draw) lawQuestion {
	q := lawQuestion{Question: scenario.Question{Options: map[string]string{}}}
	q.From, q.To = drawEnd(rng, g, d.From, d.Source), drawEnd(rng, g, d.To, d.Destination)
	ports := d.Protocol == packet.TCP || d.Protocol == packet.UDP
	switch rng.IntN(4) {
	case 0:
		q.wide = true
	case 1:
		q.Spec = strconv.Itoa(int(d.Protocol))
		if ports {
			q.Spec += "/" + strconv.Itoa(int(d.DestinationPort))
		}
	case 2:
		q.Spec = []string{"tcp", "udp", "icmp", "tcp/22,80-443", "icmp/8/0"}[rng.IntN(5)]
	}
	if protocol, _, _ := strings.Cut(q.Spec, "/"); protocol == "tcp" || protocol == "udp" {
		if rng.IntN(2) == 0 {
			q.Options["reading"] = "aws"
		}
	}
	if rng.IntN(4) == 0 {
		q.Options["no-assume"] = ""
	}
	return q
}

// drawEnd names one end of a packet in one of the ways that a person can: by interface, instance, address, CIDR or gateway.
func drawEnd(rng *rand.Rand, g netgen.Network, id string, a netip.Addr) string {
	if id == netgen.Internet {
		if len(g.Gateways) > 0 && rng.IntN(5) == 0 {
			return g.Gateways[rng.IntN(len(g.Gateways))]
		}
		return id
	}
	if _, err := netip.ParseAddr(id); err == nil {
		return id
	}
	if len(g.Endpoints) > 0 && rng.IntN(12) == 0 {
		return g.Endpoints[rng.IntN(len(g.Endpoints))]
	}
	switch rng.IntN(6) {
	case 0:
		return "i-" + strings.TrimPrefix(id, "eni-")
	case 1:
		return a.String()
	case 2:
		around := slices.DeleteFunc(slices.Clone(g.Prefixes), func(p netip.Prefix) bool { return !p.Contains(a) || p.Bits() < 16 })
		if len(around) > 0 {
			return around[rng.IntN(len(around))].String()
		}
	}
	return id
}

// part is one of the four parts of an answer.
type part struct {
	name string
	set  packet.Set
}

// parts are the four parts of an answer in the order of D-2.
func (r *Result) parts() []part {
	return []part{{"admitted", r.Admitted}, {"ambiguous", r.Ambiguous}, {"unknown", r.Unknown}, {"blocked", r.Blocked}}
}

// carry takes a set of one answer to the pool of another, so that the two can be compared.
func carry(from *Result, set packet.Set, to *packet.Pool) packet.Set {
	out := packet.Empty
	for _, b := range from.Pool.Boxes(set) {
		out = to.Union(out, to.OfBox(b))
	}
	return out
}

// some shows a set by its first boxes.
func some(p *packet.Pool, set packet.Set) string {
	var out []string
	for i, b := range p.Boxes(set) {
		if i == 3 {
			out = append(out, "...")
			break
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "; ")
}

// expectSubset fails unless small is within large, both sets of pool p.
func expectSubset(t *testing.T, p *packet.Pool, small, large packet.Set, what string, story func() string) {
	t.Helper()
	if p.Subset(small, large) {
		return
	}
	t.Errorf("%s: %s\n%s", what, some(p, p.Subtract(small, large)), story())
}

// story tells a failing case: the world, the question, what was changed, and both answers.
func (w *lawWorld) story(q lawQuestion, change string, before, after *Result) string {
	return fmt.Sprintf("in %s\n%s\nchange: %s\nbefore\n%safter\n%s", w.name, q, change, dump(before.Network, before), dump(after.Network, after))
}
