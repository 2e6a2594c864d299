package explain

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/internal/repair"
	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// The law of fixes (D-195): where every blocker of an unreachable answer has a fix, applying all of them to the answers of AWS
// and asking again admits the witness. It is tried on every question of testdata/scenarios and on random networks;
// VPCREACH_FIX_NETWORKS sets another number of these, VPCREACH_FIX_SEED another seed.
const fixNetworks = 250

// fixTally counts what the law has seen: actions that were made, reasons why a question was left out.
type fixTally map[string]int

func TestFixesAdmitTheWitness(t *testing.T) {
	seen := fixTally{}
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
			proveFixes(t, fmt.Sprintf("%s:%d", s.File, q.Line), files, n, q, seen)
		}
	}
	scenarios := maps.Clone(seen)
	seed := uint64(fixEnv(t, "VPCREACH_FIX_SEED", 1))
	for i := range fixEnv(t, "VPCREACH_FIX_NETWORKS", fixNetworks) {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		g := netgen.Random(rng, []netgen.Theme{netgen.ThemeStrict, netgen.ThemeMixed, netgen.ThemeOpen, netgen.ThemeNAT}[i%4], fixFeatures)
		n := networkOf(t, g.Files)
		for k, d := range g.Packets(rng, 8) {
			proveFixes(t, fmt.Sprintf("seed %d network %d question %d", seed, i, k), g.Files, n, questionOf(rng, d), seen)
		}
	}
	t.Logf("scenarios: %v", scenarios)
	t.Logf("all: %v", seen)
	for _, action := range repair.Actions() {
		if scenarios[action] == 0 {
			t.Errorf("no scenario tries %s", action)
		}
	}
	for what, least := range map[string]int{"add-security-group-rule": 100, "add-network-acl-entry": 100, "add-route": 20, "replace-route": 10,
		"associate-elastic-ip": 10, "opened": 300, "strict": 150, "aws": 50, "not wider": 100} {
		if seen[what] < least && !testing.Short() {
			t.Errorf("the law was tried too little: %s came %d times, want at least %d", what, seen[what], least)
		}
	}
}

// fixFeatures are the components of random networks that the solver knows.
const fixFeatures = netgen.AllFeatures &^ (netgen.TransitGateways | netgen.VPNGateways)

func fixEnv(t *testing.T, name string, value int) int {
	t.Helper()
	if text := os.Getenv(name); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if testing.Short() {
		return value / 4
	}
	return value
}

// questionOf asks about the ends of a packet: now for its header, now for more.
func questionOf(rng *rand.Rand, d netgen.Draw) scenario.Question {
	q := scenario.Question{From: d.From, To: d.To, Options: map[string]string{}}
	ports := d.Protocol == packet.TCP || d.Protocol == packet.UDP
	switch rng.IntN(4) {
	case 0:
	case 1:
		q.Spec = []string{"tcp", "udp/53", "tcp/22,443", "icmp/8/0"}[rng.IntN(4)]
	default:
		q.Spec = strconv.Itoa(int(d.Protocol))
		if ports {
			q.Spec += "/" + strconv.Itoa(int(d.DestinationPort))
		}
		if rng.IntN(2) == 0 {
			q.Options["source-address"], q.Options["destination-address"] = d.Source.String(), d.Destination.String()
		}
	}
	if protocol, _, _ := strings.Cut(q.Spec, "/"); rng.IntN(3) == 0 && (protocol == "tcp" || protocol == "udp" || protocol == "6" || protocol == "17") {
		q.Options["reading"] = "aws"
	}
	return q
}

// proveFixes makes the fixes of one answer, with rules by address and by group.
func proveFixes(t *testing.T, name string, files map[string][]byte, n *model.Network, q scenario.Question, seen fixTally) {
	t.Helper()
	query, err := queryOf(n, q)
	if err != nil {
		return
	}
	r, err := solver.Solve(n, query)
	if err != nil || r.Verdict != solver.Unreachable {
		return
	}
	name += fmt.Sprintf(" %s -> %s %s %v", q.From, q.To, q.Spec, q.Options)
	if len(r.Blockers) == 0 {
		t.Errorf("%s: unreachable, and nothing says why", name)
	}
	fixes := fixesOf(t, r)
	for i, f := range fixes {
		if b := &r.Blockers[i]; f.Unfixable != "" {
			seen["unfixable"]++
			seen["unfixable "+string(b.Code)+" "+string(b.Reason)]++
			return
		} else if b.Closed() {
			t.Errorf("%s: %s lies in the packets or the question, but has the fix %q", name, b.Code, f.Text)
		}
	}
	for _, byGroup := range []bool{false, true} {
		done, err := repair.Apply(files, fixes, repair.Options{ByGroup: byGroup})
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, textOf(t, r, TextOptions{}))
			return
		}
		k := renewed(r.Witness, done)
		after := networkOf(t, done.Files)
		again, err := solver.Solve(after, about(t, after, q, k))
		if err != nil {
			t.Errorf("%s: asked again: %v", name, err)
			return
		}
		if !again.Pool.Contains(again.Admitted, k) && (len(r.Missing) == 0 || !again.Pool.Contains(again.Unknown, k)) {
			t.Errorf("%s: by group %v: the fixes do not admit %v\n%safter all fixes:\n%s", name, byGroup, k, textOf(t, r, TextOptions{}), textOf(t, again, TextOptions{}))
			return
		}
		if !byGroup {
			for _, f := range fixes {
				seen[f.Action]++
			}
			seen["opened"]++
			seen[r.Query.Reading.String()]++
			notWider(t, name, r, n, after, q, fixes, seen)
		}
	}
}

// fixesOf reads the fixes out of the JSON of an answer, as a program would.
func fixesOf(t *testing.T, r *solver.Result) []repair.Fix {
	t.Helper()
	var doc struct {
		Blockers []struct{ Fix repair.Fix } `json:"blockers"`
	}
	if err := json.Unmarshal(jsonOf(t, r, JSONOptions{}), &doc); err != nil {
		t.Fatal(err)
	}
	var out []repair.Fix
	for _, b := range doc.Blockers {
		out = append(out, b.Fix)
	}
	return out
}

// renewed is the witness with the addresses that fixes put in the place of its own: its source where the interface got another
// IPv6 address, its destination where the internet reaches it by a new address (D-196).
func renewed(k packet.Packet, done repair.Done) packet.Packet {
	if a, ok := done.Address[k.Source]; ok && a.Is4() == k.Source.Is4() && k.Source.Is6() {
		k.Source = a
	}
	if a, ok := done.Address[k.Destination]; ok {
		k.Destination = a
	}
	return k
}

// about narrows a question to one packet.
func about(t *testing.T, n *model.Network, q scenario.Question, k packet.Packet) solver.Query {
	t.Helper()
	query, err := queryOf(n, q)
	if err != nil {
		t.Fatal(err)
	}
	query.SourceAddresses = []netip.Prefix{netip.PrefixFrom(k.Source, k.Source.BitLen())}
	query.DestinationAddresses = []netip.Prefix{netip.PrefixFrom(k.Destination, k.Destination.BitLen())}
	query.Protocol = solver.Protocol{Number: k.Protocol, Type: -1, Code: -1}
	switch k.Protocol {
	case packet.TCP, packet.UDP:
		query.Protocol.Ports = []packet.PortRange{{From: k.DestinationPort, To: k.DestinationPort}}
		query.SourcePorts = []packet.PortRange{{From: k.SourcePort, To: k.SourcePort}}
	case packet.ICMP, packet.ICMPv6:
		query.Protocol.Type, query.Protocol.Code = int(k.ICMPType), int(k.ICMPCode)
	}
	return query
}

// notWider asks the wide question, every packet between the two ends, before and after fixes that are rules and entries: what they
// admit besides is what was asked for, as far as rules can tell packets apart.
func notWider(t *testing.T, name string, r *solver.Result, before, after *model.Network, q scenario.Question, fixes []repair.Fix, seen fixTally) {
	t.Helper()
	untold := packet.FieldSourcePort
	for _, h := range r.Forward {
		if h.At.Kind == model.KindNATGateway || h.At.Kind == model.KindInterface && !r.Pool.SourceAddresses(h.In).Equal(r.Pool.SourceAddresses(h.Out)) {
			untold |= packet.FieldSource // behind it, no rule tells the clients apart
		}
	}
	for i, f := range fixes {
		if f.Action != "add-security-group-rule" && f.Action != "add-network-acl-entry" {
			return
		}
		egress, back := f.Rules[0].Direction == "egress", r.Blockers[i].Leg == solver.Return
		if back { // an entry for replies reads neither the server's port nor the sender of the reply
			untold |= packet.FieldDestinationPort | packet.FieldICMPType | packet.FieldICMPCode
		}
		if egress != back {
			untold |= packet.FieldSource
		} else {
			untold |= packet.FieldDestination
		}
	}
	wide := q
	wide.Spec, wide.Options = "", map[string]string{}
	ask := func(n *model.Network) *solver.Result {
		query, err := queryOf(n, wide)
		if err != nil {
			t.Fatal(err)
		}
		x, err := solver.Solve(n, query)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	first, second := ask(before), ask(after)
	p := second.Pool
	had := carry(first, p, first.Admitted, first.Ambiguous, first.Unknown)
	asked := p.Forget(carry(r, p, r.Blocked), untold)
	if more := p.Subtract(p.Subtract(second.Admitted, had), asked); !more.IsEmpty() {
		t.Errorf("%s: the fixes admit more than was asked for: %v\n%s", name, p.Boxes(more)[0], textOf(t, r, TextOptions{}))
	}
	seen["not wider"]++
}

// carry takes sets of one answer to the pool of another.
func carry(from *solver.Result, to *packet.Pool, sets ...packet.Set) packet.Set {
	out := packet.Empty
	for _, set := range sets {
		for _, b := range from.Pool.Boxes(set) {
			out = to.Union(out, to.OfBox(b))
		}
	}
	return out
}
