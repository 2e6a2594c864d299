package solver

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/declare"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// networkOf reads files through the real reader.
func networkOf(t testing.TB, files map[string][]byte) *model.Network {
	t.Helper()
	n, err := networkIn(files)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// networkIn reads and builds the network that files hold.
func networkIn(files map[string][]byte) (*model.Network, error) {
	fsys := fstest.MapFS{}
	for name, data := range files {
		if name != scenario.DeclaredFile {
			fsys[name] = &fstest.MapFile{Data: data, Mode: 0o600}
		}
	}
	s, err := snapshot.OpenFS(fsys, snapshot.Options{})
	if err != nil {
		return nil, err
	}
	text, ok := files[scenario.DeclaredFile]
	if !ok {
		return model.Build(s), nil
	}
	declared, err := declare.Read(scenario.DeclaredFile, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return model.BuildDeclared(s, declared)
}

// queryOf turns a scenario's question into a query, as the command line does.
func queryOf(n *model.Network, q scenario.Question) (Query, error) {
	var out Query
	var err error
	scope := model.Scope{Account: q.Options["account"], Region: q.Options["region"]}
	if out.From, err = n.Resolve(q.From, scope); err != nil {
		return out, err
	}
	if out.To, err = n.Resolve(q.To, scope); err != nil {
		return out, err
	}
	if out.Protocol, err = ParseProtocol(q.Spec); err != nil {
		return out, err
	}
	if out.Reading, err = ParseReading(q.Options["reading"]); err != nil {
		return out, err
	}
	if out.SourcePorts, err = ParsePorts(q.Options["source-port"]); err != nil {
		return out, err
	}
	out.SourceAddresses = prefixesOf(q.Options["source-address"])
	out.DestinationAddresses = prefixesOf(q.Options["destination-address"])
	_, out.Assume.None = q.Options["no-assume"]
	for _, a := range strings.Split(q.Options["assume"], ",") {
		out.Assume.NetworkACLs = out.Assume.NetworkACLs || a == "network-acls"
		out.Assume.Gateways = out.Assume.Gateways || a == "gateways"
	}
	return out, filterOf(n, q, &out)
}

// filterOf adds the filters of a scenario's question.
func filterOf(n *model.Network, q scenario.Question, out *Query) (err error) {
	for option, list := range map[string]*[]model.Ref{"through": &out.Through, "exclude": &out.Exclude} {
		for _, name := range strings.FieldsFunc(q.Options[option], func(r rune) bool { return r == ',' }) {
			ref, err := n.ResolveComponent(name, model.Scope{})
			if err != nil {
				return err
			}
			*list = append(*list, ref)
		}
	}
	if text, ok := q.Options["filter-at-destination"]; ok {
		if out.AtDestination, err = ParseFilter(text); err != nil {
			return err
		}
	}
	if text, ok := q.Options["filter-at-source"]; ok {
		m, err := ParseFilter(text)
		if err != nil {
			return err
		}
		return out.FilterAtSource(m)
	}
	return nil
}

func prefixesOf(text string) []netip.Prefix {
	if text == "" {
		return nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	}
	return []netip.Prefix{netip.MustParsePrefix(text).Masked()}
}

// TestScenarios asks every question of testdata/scenarios. A scenario's title names the rules it holds.
func TestScenarios(t *testing.T) {
	scenarios, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	if len(scenarios) == 0 {
		t.Fatal("no scenarios")
	}
	refused(t)
	for _, s := range scenarios {
		t.Run(s.Title, func(t *testing.T) {
			t.Parallel()
			files, err := s.Files()
			if err != nil {
				t.Fatal(err)
			}
			n := networkOf(t, files)
			for _, q := range s.Questions {
				ask(t, n, s, q)
			}
			for _, q := range s.Errors {
				refuseToAsk(t, n, s, q)
			}
		})
	}
}

// refused are the networks that are refused whatever is asked of them: the words of the question's error say why.
func refused(t *testing.T) {
	scenarios, err := scenario.Load("../testdata/scenarios/refused")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Questions) > 0 || len(s.Errors) != 1 {
			t.Fatalf("%s: %s: write one question, with the error", s.File, s.Title)
		}
		if _, err = networkIn(files); err == nil || !strings.Contains(err.Error(), s.Errors[0].Error) {
			t.Errorf("%s: %s: error %v, want %q", s.File, s.Title, err, s.Errors[0].Error)
		}
	}
}

// refuseToAsk tries a question that cannot be asked.
func refuseToAsk(t *testing.T, n *model.Network, s scenario.Scenario, q scenario.Question) {
	t.Helper()
	query, err := queryOf(n, q)
	if err == nil {
		_, err = Solve(n, query)
	}
	if err == nil || !strings.Contains(err.Error(), q.Error) {
		t.Errorf("%s:%d: %s -> %s %s: error %v, want %q", s.File, q.Line, q.From, q.To, q.Spec, err, q.Error)
	}
}

func ask(t *testing.T, n *model.Network, s scenario.Scenario, q scenario.Question) {
	t.Helper()
	name := fmt.Sprintf("%s:%d: %s -> %s %s", s.File, q.Line, q.From, q.To, q.Spec)
	query, err := queryOf(n, q)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	r, err := Solve(n, query)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	for _, problem := range append(compare(n, r, q), misfits(r)...) {
		t.Errorf("%s: %s\n%s", name, problem, dump(n, r))
	}
}

// compare lists what a result lacks of what a question expects.
func compare(n *model.Network, r *Result, q scenario.Question) []string {
	var out []string
	problem := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if r.Verdict.String() != q.Verdict {
		problem("verdict %s, want %s", r.Verdict, q.Verdict)
		return out
	}
	for _, b := range q.Blockers {
		if !slices.ContainsFunc(r.Blockers, func(x Blocker) bool {
			return string(x.Code) == b.Code && (b.Component == "" || n.ID(x.At) == b.Component) && says(r, &x, b.Details)
		}) {
			problem("no blocker %s@%s %v", b.Code, b.Component, b.Details)
		}
	}
	if q.Only && len(r.Blockers) != len(q.Blockers) {
		problem("%d blockers, want only %d", len(r.Blockers), len(q.Blockers))
	}
	if !inOrder(n, r.Forward, q.Via) {
		problem("forward path does not pass %v in this order", q.Via)
	}
	if !inOrder(n, r.Return, q.Back) {
		problem("return path does not pass %v in this order", q.Back)
	}
	for _, x := range q.Rules {
		if got := ruleAt(n, r.Forward, x.Component); got != x.Rule {
			problem("rule %q decided at %s, want %q", got, x.Component, x.Rule)
		}
	}
	for _, x := range q.BackRules {
		if got := ruleAt(n, r.Return, x.Component); got != x.Rule {
			problem("on the return path rule %q decided at %s, want %q", got, x.Component, x.Rule)
		}
	}
	return append(out, compareRest(r, q)...)
}

// says reports whether a blocker says all of what a question expects of it.
func says(r *Result, b *Blocker, details []string) bool {
	n := r.Network
	said := []string{string(b.Reason), strings.ReplaceAll(b.State, " ", "_"), n.ID(b.Subnet), n.ID(b.VPC), n.ID(b.Interface), n.ID(b.Target)}
	said = append(said, map[bool]string{false: "in", true: "out"}[b.Egress], map[Leg]string{Forward: "request", Return: "reply"}[b.Leg])
	if b.Losing != nil {
		said = append(said, destinationOf(n, b.Losing))
	}
	for _, box := range r.Pool.Boxes(b.Packets) {
		said = append(said, portsOf(box)...)
	}
	prefixes := func(a packet.Addresses) (out []string) {
		for _, p := range a.Prefixes() {
			out = append(out, p.String())
		}
		return out
	}
	said = append(said, "from="+strings.Join(prefixes(r.Pool.SourceAddresses(b.Packets)), "+"), "to="+strings.Join(prefixes(r.Pool.DestinationAddresses(b.Packets)), "+"))
	return !slices.ContainsFunc(details, func(word string) bool { return !slices.Contains(said, word) })
}

func compareRest(r *Result, q scenario.Question) []string {
	var out []string
	if len(q.Admits) > 0 {
		var got []string
		for _, b := range r.Pool.Boxes(r.Admitted) {
			got = append(got, portsOf(b)...)
		}
		if !slices.Equal(got, q.Admits) {
			out = append(out, fmt.Sprintf("admits %q, want %q", got, q.Admits))
		}
	}
	for _, call := range q.Missing {
		word := call
		call, where, located := strings.Cut(call, "@")
		found := false
		for _, m := range r.Missing {
			if located && m.Account+"/"+m.Region != where {
				continue
			}
			found = found || strings.ReplaceAll(string(m.Call), " ", ".") == call || strings.Contains(m.What+" "+string(m.Why)+" "+m.Detail, call)
		}
		if !found {
			out = append(out, "no missing fact names "+word)
		}
	}
	for _, word := range q.Assumes {
		if !slices.ContainsFunc(r.Assumptions, func(a Assumption) bool {
			return strings.Contains(string(a.Kind)+" "+r.Network.ID(a.At)+" "+r.Network.ID(a.For), strings.ToLower(word))
		}) {
			out = append(out, "no assumption "+word)
		}
	}
	for _, word := range q.Notes {
		kind, absent := strings.CutPrefix(word, "!")
		kind, at, found := strings.Cut(kind, "@")
		if slices.ContainsFunc(r.Notes, func(n Note) bool {
			return strings.Contains(string(n.Kind), strings.ToLower(kind)) && (!found || r.Network.ID(n.At) == at)
		}) == absent {
			out = append(out, "not so: note "+word)
		}
	}
	return out
}

// portsOf prints a box as questions write it: tcp/443, tcp/70-79, icmp/8/0.
func portsOf(b packet.Box) []string {
	var out []string
	for _, p := range b.Protocols {
		for n := int(p.From); n <= int(p.To); n++ {
			name := packet.ProtocolName(uint8(n))
			switch {
			case b.ICMPTypes != nil:
				for _, t := range b.ICMPTypes {
					out = append(out, fmt.Sprintf("%s/%d", name, t.From))
				}
			case len(b.DestinationPorts) == 0:
				out = append(out, name)
			}
			for _, r := range b.DestinationPorts {
				out = append(out, name+"/"+portText(r))
			}
		}
	}
	return out
}

func inOrder(n *model.Network, hops []Hop, ids []string) bool {
	for _, h := range hops {
		if len(ids) > 0 && shows(n, h, ids[0]) {
			ids = ids[1:]
		}
	}
	return len(ids) == 0
}

// shows says whether a hop is the component of an expectation and shows what stands after it: "tgw-attach-a/tgw-t/vpc-a".
func shows(n *model.Network, h Hop, expected string) bool {
	words := strings.Split(expected, "/")
	var of []string
	for _, r := range []model.Ref{h.Attached, h.Subnet, h.VPC, h.Gateway} {
		of = append(of, n.ID(r))
	}
	return n.ID(h.At) == words[0] && !slices.ContainsFunc(words[1:], func(id string) bool { return !slices.Contains(of, id) })
}

// ruleAt is the rule that decided at a component: an ACL's number, a group's id, a route's destination.
func ruleAt(n *model.Network, hops []Hop, id string) string {
	for _, h := range hops {
		if n.ID(h.At) != id && (h.At.Kind != model.KindSecurityGroup || n.ID(h.Attached) != id) {
			continue
		}
		rule := h.Rule
		if rule == nil && len(h.Blockers) > 0 {
			rule = h.Blockers[0].Rule
		}
		switch {
		case rule == nil:
		case rule.Entry != nil:
			return fmt.Sprint(rule.Entry.RuleNumber)
		case rule.Group != nil:
			return n.ID(rule.Of)
		case rule.Transit != nil:
			return rule.Transit.Prefix.String()
		case rule.Policy != nil:
			return fmt.Sprint(rule.Policy.Number)
		case rule.Route != nil:
			return destinationOf(n, rule.Route)
		}
	}
	return ""
}

// destinationOf is a route's destination as the answer has it.
func destinationOf(n *model.Network, r *model.Route) string {
	if r.List >= 0 {
		return n.PrefixLists[r.List].ID
	}
	return r.Prefix.String()
}

// dump shows a result for a person who reads a failing test.
func dump(n *model.Network, r *Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s, witness %v\n", r.Verdict, r.Witness)
	line := func(leg string, hops []Hop) {
		for _, h := range hops {
			fmt.Fprintf(&b, "  %s %s %s rule=%q", leg, h.At.Kind, n.ID(h.At), ruleAt(n, []Hop{h}, n.ID(h.At)))
			for _, x := range h.Blockers {
				fmt.Fprintf(&b, " BLOCKED %s", x.Code)
			}
			b.WriteByte('\n')
		}
	}
	line(">", r.Forward)
	line("<", r.Return)
	for _, x := range r.Blockers {
		fmt.Fprintf(&b, "  blocker %s %s at %s %s\n", x.Leg, x.Code, n.ID(x.At), x.Reason)
	}
	for _, m := range r.Missing {
		fmt.Fprintf(&b, "  missing %+v\n", *m)
	}
	fmt.Fprintf(&b, "  assumptions %v\n", r.Assumptions)
	return b.String()
}
