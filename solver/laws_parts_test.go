package solver

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// TestLawWholeIsUnionOfParts: a question cut in pieces is answered by the union of the answers to the pieces; a packet that
// is in several (one for each interface that could send it) has the best of its outcomes (D-1).
func TestLawWholeIsUnionOfParts(t *testing.T) {
	seen := overWorlds(t, 6, func(t *testing.T, w *lawWorld, seen tally) {
		for _, q := range w.questions {
			whole := q.ask(w.net)
			if whole == nil {
				continue
			}
			query, _ := q.query(w.net)
			seen.verdict(whole)
			for _, s := range w.splits(query, whole) {
				w.expectUnion(t, seen, q, s, whole)
			}
		}
	})
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
	seen.atLeast(t, 10, "protocols", "server ports", "client ports", "source addresses", "destination addresses", "FROM's interfaces", "TO's interfaces")
	seen.atLeast(t, 10, "parts differ")
}

// split is one way to cut a question in pieces.
type split struct {
	how    string
	pieces []Query
	whole  bool // the pieces leave nothing of the question out
	wider  bool // the pieces may ask about more: what is inside the VPCs of all ends is not the internet (D-4)
}

// unaddressed says whether an end of a question stands for addresses that the answers do not tell (D-217).
func (w *lawWorld) unaddressed(q Query) bool {
	if q.From.Unaddressed != nil || q.To.Unaddressed != nil {
		return true
	}
	return q.From.Ref.Kind == model.KindTransitGateway && slices.ContainsFunc(w.net.TransitGateways[q.From.Ref.Index].Attachments, func(i int32) bool {
		v := w.net.TransitAttachments[i].VPC
		return v >= 0 && len(w.net.VPCs[v].Blocks) == 0
	})
}

// splits cuts a question in every way that suits it, at random places.
func (w *lawWorld) splits(q Query, whole *Result) []split {
	var out []split
	add := func(how string, complete bool, change ...func(*Query)) {
		s := split{how: how, whole: complete, wider: strings.HasSuffix(how, "interfaces")}
		for _, c := range change {
			piece := q
			c(&piece)
			s.pieces = append(s.pieces, piece)
		}
		if len(change) > 1 {
			out = append(out, s)
		}
	}
	if q.Protocol.Any {
		add("protocols", false, w.protocols()...)
	} else if n := q.Protocol.Number; n == packet.TCP || n == packet.UDP {
		cut := uint16(w.rng.IntN(65535))
		lo, hi := cutPorts(q.Protocol.Ports, cut)
		add("server ports", true, func(q *Query) { q.Protocol.Ports = lo }, func(q *Query) { q.Protocol.Ports = hi })
		client := q.SourcePorts
		if client == nil && q.Reading == Strict {
			client = []packet.PortRange{{From: 1024, To: 65535}} // D-3
		}
		lo2, hi2 := cutPorts(client, cut)
		add("client ports", true, func(q *Query) { q.SourcePorts = lo2 }, func(q *Query) { q.SourcePorts = hi2 })
	}
	if w.unaddressed(q) { // addresses tell more than the question does
		return out
	}
	if len(q.From.Interfaces) < 2 || q.SourceAddresses != nil { // several interfaces: each sends from its own addresses
		add("source addresses", true, w.addresses(whole.Pool.SourceAddresses(whole.Asked), func(q *Query, p []netip.Prefix) { q.SourceAddresses = p })...)
	}
	add("destination addresses", true, w.addresses(whole.Pool.DestinationAddresses(whole.Asked), func(q *Query, p []netip.Prefix) { q.DestinationAddresses = p })...)
	add("FROM's interfaces", true, eachInterface(q.From, func(q *Query, e model.End) { q.From = e })...)
	add("TO's interfaces", true, eachInterface(q.To, func(q *Query, e model.End) { q.To = e })...)
	return out
}

// protocols asks for those that rules tell apart, and for one that none does.
func (w *lawWorld) protocols() []func(*Query) {
	var out []func(*Query)
	for _, n := range []int{6, 17, 1, 58, 50, 47, w.rng.IntN(256)} {
		p, err := ParseProtocol(strconv.Itoa(n))
		if err == nil {
			out = append(out, func(q *Query) { q.Protocol = p })
		}
	}
	return out
}

// cutPorts divides port ranges, nil for all, into those up to cut and those above it. Neither list is nil.
func cutPorts(ports []packet.PortRange, cut uint16) (lo, hi []packet.PortRange) {
	if ports == nil {
		ports = everyPort
	}
	lo, hi = []packet.PortRange{}, []packet.PortRange{}
	for _, r := range ports {
		if r.From <= cut {
			lo = append(lo, packet.PortRange{From: r.From, To: min(r.To, cut)})
		}
		if r.To > cut {
			hi = append(hi, packet.PortRange{From: max(r.From, cut+1), To: r.To})
		}
	}
	return lo, hi
}

// addresses divides a set of addresses: by family, and each family's prefixes at random.
func (w *lawWorld) addresses(all packet.Addresses, set func(q *Query, p []netip.Prefix)) []func(*Query) {
	var parts [3][]netip.Prefix
	for _, p := range all.Prefixes() {
		pieces := []netip.Prefix{p}
		if !p.IsSingleIP() {
			lo, hi := halves(p)
			pieces = []netip.Prefix{lo, hi}
		}
		for _, piece := range pieces {
			k := 2
			if piece.Addr().Is4() {
				k = w.rng.IntN(2)
			}
			parts[k] = append(parts[k], piece)
		}
	}
	var out []func(*Query)
	for _, p := range parts {
		if p != nil {
			out = append(out, func(q *Query) { set(q, p) })
		}
	}
	return out
}

// eachInterface makes one end of each interface of an end.
func eachInterface(e model.End, set func(q *Query, e model.End)) []func(*Query) {
	var out []func(*Query)
	for _, i := range e.Interfaces {
		one := e
		one.Interfaces = []int32{i}
		out = append(out, func(q *Query) { set(q, one) })
	}
	return out
}

// expectUnion fails unless the answers to the pieces make up the answer to the whole.
func (w *lawWorld) expectUnion(t *testing.T, seen tally, q lawQuestion, s split, whole *Result) {
	t.Helper()
	p := whole.Pool
	var sets [4]packet.Set
	var verdicts []string
	for _, piece := range s.pieces {
		r, err := Solve(w.net, piece)
		if err != nil { // an interface to itself
			return
		}
		verdicts = append(verdicts, r.Verdict.String())
		for i, x := range r.parts() {
			sets[i] = p.Union(sets[i], carry(r, x.set, p))
		}
	}
	seen[s.how]++
	if strings.Join(verdicts, "") != strings.Repeat(verdicts[0], len(verdicts)) {
		seen["parts differ"]++
	}
	covered := p.UnionAll(sets[:]...)
	if s.whole && !p.Subset(whole.Asked, covered) || !s.wider && !p.Subset(covered, whole.Asked) {
		t.Errorf("%s: the pieces ask %s, the whole %s\nin %s\n%s", s.how, some(p, covered), some(p, whole.Asked), w.name, q)
		return
	}
	better, same := packet.Empty, p.Intersect(whole.Asked, covered)
	if s.wider { // where TO is another interface, an endpoint's interface is asked about itself, and it is not known to start anything
		for _, i := range whole.Query.From.Interfaces {
			if w.net.Interfaces[i].OfEndpoint() {
				same = p.Subtract(same, whole.toItself(i))
			}
		}
	}
	for i, x := range whole.parts() {
		got, want := p.Intersect(p.Subtract(sets[i], better), same), p.Intersect(x.set, same)
		better = p.Union(better, sets[i])
		if got != want {
			t.Errorf("%s: %s: only in the pieces %s; only in the whole %s\nin %s\n%s\n%s", s.how, x.name,
				some(p, p.Subtract(got, want)), some(p, p.Subtract(want, got)), w.name, q, dump(w.net, whole))
			return
		}
	}
}

// TestLawAnswerIsWhole: the four parts divide the question, the verdict is the first that is not empty, and witness and
// hops belong to it.
func TestLawAnswerIsWhole(t *testing.T) {
	seen := overWorlds(t, 7, func(t *testing.T, w *lawWorld, seen tally) {
		for _, q := range w.questions {
			r := q.ask(w.net)
			if r == nil {
				continue
			}
			seen.verdict(r)
			for _, problem := range append(partition(r), headers(r, seen)...) {
				t.Errorf("%s\nin %s\n%s\n%s", problem, w.name, q, dump(w.net, r))
			}
		}
	})
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
	seen.atLeast(t, 200, "hop before a translation", "hop after a translation", "hop on the way back")
}

// partition lists what is wrong with the four parts, the verdict and the witness.
func partition(r *Result) []string {
	var out []string
	p := r.Pool
	all := packet.Empty
	first := packet.Empty
	for _, x := range r.parts() {
		if p.Overlaps(all, x.set) {
			out = append(out, "the "+x.name+" set overlaps one before it")
		}
		all = p.Union(all, x.set)
		if first.IsEmpty() {
			first = x.set
		}
	}
	if all != r.Asked {
		out = append(out, "the parts are not the question: "+some(p, p.Union(p.Subtract(all, r.Asked), p.Subtract(r.Asked, all))))
	}
	if !r.Asked.IsEmpty() && r.deciding() != first {
		out = append(out, fmt.Sprintf("verdict %s is not the first part that is not empty", r.Verdict))
	}
	if r.Asked.IsEmpty() && r.Verdict != Unreachable {
		out = append(out, fmt.Sprintf("nothing was asked, but the verdict is %s", r.Verdict))
	}
	if r.HasWitness && !p.Contains(r.deciding(), r.Witness) {
		out = append(out, "the witness is not in the part that decides")
	}
	if !r.HasWitness && (r.Verdict == Reachable || r.Verdict == Ambiguous || len(r.Forward) > 0) {
		out = append(out, "there is a path but no witness")
	}
	return out
}

// headers names the first hop whose headers do not hold the witness. Up to the first translation its header is the one asked
// about; after that, and on the way back, a translator may have put in any address and client port, but never touches
// protocol and server port.
func headers(r *Result, seen tally) []string {
	if !r.HasWitness {
		return nil
	}
	var out []string
	p, k := r.Pool, r.Witness
	kept := packet.Match{Protocols: one(k.Protocol)}
	if k.Protocol == packet.ICMPv6 && packet.NAT64Prefix.Contains(k.Destination) { // a NAT gateway makes ICMP of it (NAT-11)
		kept.Protocols = append(kept.Protocols, one(packet.ICMP)...)
	}
	back := kept
	if k.Protocol == packet.TCP || k.Protocol == packet.UDP {
		server := []packet.PortRange{{From: k.DestinationPort, To: k.DestinationPort}}
		kept.DestinationPorts, back.SourcePorts = server, server
	}
	image, where := p.OfPacket(k), "hop before a translation"
	check := func(h Hop, image packet.Set) {
		seen[where]++
		if out == nil && !p.Overlaps(h.In, image) { // the first says enough
			out = append(out, fmt.Sprintf("%s %s has headers without the witness: %s", where, r.Network.ID(h.At), some(p, h.In)))
		}
	}
	for _, h := range r.Forward {
		check(h, image)
		if h.Out != h.In {
			image, where = p.Of(kept), "hop after a translation"
		}
	}
	where = "hop on the way back"
	for _, h := range r.Return {
		check(h, p.Of(back))
	}
	return out
}

// TestLawSameQuestionSameAnswer: asked again, and by several goroutines at once, a question gets the same answer to the
// last word (P6).
func TestLawSameQuestionSameAnswer(t *testing.T) {
	seen := overWorlds(t, 8, func(t *testing.T, w *lawWorld, seen tally) {
		again := networkOf(t, w.files) // nothing may hang on how a map of this network was made
		const askers = 2
		var heard [askers][]string
		var all sync.WaitGroup
		for a := range askers {
			all.Go(func() { heard[a] = w.answersIn(w.net) })
		}
		all.Wait()
		first := w.answersIn(again)
		for a := range askers {
			if diff := cmp.Diff(first, heard[a]); diff != "" {
				t.Errorf("asker %d heard otherwise:\n%s\nin %s", a, diff, w.name)
			}
		}
		for _, q := range w.questions {
			if r := q.ask(w.net); r != nil {
				seen.verdict(r)
			}
		}
	})
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
}

// answersIn asks all questions of a network and prints the answers whole.
func (w *lawWorld) answersIn(n *model.Network) []string {
	var out []string
	for _, q := range w.questions {
		r := q.ask(n)
		if r == nil {
			out = append(out, "no answer")
			continue
		}
		var b strings.Builder
		b.WriteString(dump(n, r))
		for _, x := range r.parts() {
			fmt.Fprintln(&b, x.name, r.Pool.Boxes(x.set))
		}
		for _, h := range append(r.Forward, r.Return...) {
			fmt.Fprintln(&b, n.ID(h.At), h.Egress, r.Pool.Boxes(h.In), r.Pool.Boxes(h.Out))
		}
		for _, x := range r.Branches {
			fmt.Fprintln(&b, x.Outcome, len(x.Forward), len(x.Return), len(x.Blockers), len(x.Missing))
		}
		fmt.Fprintln(&b, r.Notes, r.Assumptions, n.ID(r.ArrivedAt))
		out = append(out, b.String())
	}
	return out
}
