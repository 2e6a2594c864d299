package explain

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

func TestPrintable(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"orders db", "orders db"},
		{"Büro-Zürich 東京", "Büro-Zürich 東京"},
		{"e\u0301te\u0301", "e\u0301te\u0301"}, // two accents that combine
		{"", ""},
		{"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"\x1b]0;title\x07", `\x1b]0;title\x07`},
		{"\u009b31m", `\u009b31m`}, // CSI in one character
		{"a\nb\r\tc", `a\x0ab\x0d\x09c`},
		{"safe\u202etxt.exe", `safe\u202etxt.exe`},
		{"a\u2066b\u2069", `a\u2066b\u2069`},
		{"zero\u200bwidth\ufeff", `zero\u200bwidth\ufeff`},
		{"nb\u00a0sp\u2003", `nb\u00a0sp\u2003`},
		{"line\u2028sep", `line\u2028sep`},
		{"tag\U000e0041", `tag\U000e0041`},
		{"\u3164", `\u3164`},               // a filler that shows nothing
		{"\u0301x", `\u0301x`},             // nothing to combine with
		{"\\x1b", `\\x1b`},                 // no forged escape
		{"bad\xffutf8", `bad\xffutf8`},     // not UTF-8
		{"\ufffd", `\ufffd`},               // could hide what it stands for
		{"private\ue000", `private\ue000`}, // private use
		{"emoji\ufe0f", `emoji\ufe0f`},     // variation selector
		{strings.Repeat("x", 64), strings.Repeat("x", 64)},
		{strings.Repeat("x", 65), strings.Repeat("x", 64) + "…"},
		{"o" + strings.Repeat("\u0336", 5), "o\u0336\u0336" + strings.Repeat(`\u0336`, 3)}, // no tower of marks
	} {
		if got := Printable(test.in); got != test.want {
			t.Errorf("Printable(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	for _, s := range []string{"", "web", "\x1b[2J", "\u202e", "\xff\xfe", "\\", "e\u0301", strings.Repeat("\u0301", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Printable(s)
		if !utf8.ValidString(got) {
			t.Errorf("Printable(%q) is not UTF-8", s)
		}
		harmless(t, got)
		if len(got) > 12*maxPrintable {
			t.Errorf("Printable(%q) has %d bytes", s, len(got))
		}
		if plain(s) && len(s) <= maxPrintable && got != s {
			t.Errorf("Printable(%q) = %q", s, got)
		}
	})
}

// harmless fails for text in which a terminal would do something else than show characters and end lines.
func harmless(t testing.TB, s string) {
	t.Helper()
	for i, r := range s {
		if r != '\n' && !shown(r) {
			t.Errorf("%U at %d of %q", r, i, s)
			return
		}
	}
}

// hostile are values that owners of resources could choose.
var hostile = []string{
	"\x1b[2J\x1b[31mREACHABLE\x1b[0m", "\nREACHABLE  all is well", "\u202egniht emos", "\u009b2J", "\x00\x07\x08", "\xff\xfe\xfd",
	"$(reboot) `reboot` ; reboot", strings.Repeat("A", 5_000), "</script><script>", "\u2028\u2029", "e" + strings.Repeat("\u0301", 500),
}

// Whatever the owners of resources wrote, in names, ids, states, groups, rules and errors, no output carries it to a terminal
// unescaped, and nobody can write a line of their own into an answer.
func TestHostileText(t *testing.T) {
	all, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		n := networkOf(t, files)
		var results []*solver.Result
		for _, q := range s.Questions {
			results = append(results, solve(t, n, q))
		}
		evil := hostile[i%len(hostile)]
		for _, r := range results {
			poison(r, evil)
			text := textOf(t, r, TextOptions{Width: 80})
			harmless(t, text)
			if strings.Contains(text, "\nREACHABLE  all is well") {
				t.Errorf("%s:%d: a name wrote a line:\n%s", s.File, s.Line, text)
			}
			harmless(t, string(jsonOf(t, r, JSONOptions{})))
			if r.Query.Reading == solver.AWS {
				harmless(t, string(awsOf(t, r)))
			}
		}
	}
}

func TestHostileErrors(t *testing.T) {
	for _, evil := range hostile {
		var b bytes.Buffer
		if err := ErrorJSON(&b, &model.ErrNotFound{Text: evil, Near: []string{evil}}, JSONOptions{Question: evil, Compact: true}); err != nil {
			t.Fatal(err)
		}
		harmless(t, b.String())
		if bytes.Count(b.Bytes(), []byte("\n")) != 1 {
			t.Errorf("an error of several lines: %q", b.String())
		}
		valueOf(t, b.Bytes())
	}
}

// poison puts a text wherever foreign text can stand in a network and a result.
func poison(r *solver.Result, evil string) {
	for _, part := range r.Network.Snapshot.Parts {
		part.Region, part.Account = evil, evil
	}
	n := r.Network
	for i := range n.Interfaces {
		n.Interfaces[i].ID = evil
		if e := n.Interfaces[i].Record; e != nil {
			e.Status, e.InterfaceType, e.Description = evil, evil, "ELB "+evil
		}
	}
	for i := range n.Instances {
		if s := n.Instances[i].Record; s != nil {
			s.State.Name = evil
		}
	}
	for i := range n.SecurityGroups {
		if g := n.SecurityGroups[i].Record; g != nil {
			g.GroupName = evil
			for k := range g.IpPermissions {
				g.IpPermissions[k].IpProtocol = evil
			}
		}
	}
	for i := range n.NetworkACLs {
		n.NetworkACLs[i].ID = evil
		for k := range n.NetworkACLs[i].Record.Entries {
			n.NetworkACLs[i].Record.Entries[k].Protocol, n.NetworkACLs[i].Record.Entries[k].RuleAction = evil, evil
		}
	}
	for i := range n.RouteTables {
		n.RouteTables[i].ID = evil
		for k := range n.RouteTables[i].Record.Routes {
			n.RouteTables[i].Record.Routes[k].State = evil
		}
	}
	poisonResult(r, evil)
}

func poisonResult(r *solver.Result, evil string) {
	for i := range r.Blockers {
		r.Blockers[i].State = evil
	}
	for i := range r.Missing {
		m := *r.Missing[i]
		m.What, m.Detail, m.Region, m.Account, m.Call = evil, evil, evil, evil, model.Operation(evil)
		r.Missing[i] = &m
	}
	r.Query.From.Text, r.Query.To.Text = evil, evil
}

// A command that an answer proposes is made to be pasted into a shell: nothing foreign gets into it.
func TestCommandsTakePlainWordsOnly(t *testing.T) {
	for _, evil := range hostile {
		for _, m := range []*model.Missing{
			{What: evil, Call: "get-managed-prefix-list-entries", Region: "eu-west-1", Why: model.NotAsked},
			{What: "pl-1", Call: "get-managed-prefix-list-entries", Region: evil, Account: evil, Why: model.NotAsked},
			{What: "pl-1", Call: model.Operation(evil), Why: model.NotAsked},
			{What: "pl-1", Call: "describe-vpcs", Region: "--profile", Why: model.NotAsked},
		} {
			_, command := missingRemedy(m)
			if strings.ContainsAny(command, "$`;|&\n\x1b()<") || strings.Contains(command, "--profile") || len(command) > 300 {
				t.Errorf("command %q", command)
			}
		}
	}
	m := &model.Missing{What: "pl-1", Call: "get-managed-prefix-list-entries", Region: "eu-west-1", Account: "111111111111", Why: model.NotAsked}
	want := "aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-1 --region eu-west-1 > get-managed-prefix-list-entries.pl-1.json   # account 111111111111"
	if _, got := missingRemedy(m); got != want {
		t.Errorf("command %q, want %q", got, want)
	}
}

// failing is a writer whose disk is full.
type failing struct{}

var errFull = errors.New("disk full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsComeBack(t *testing.T) {
	r := one(t, "vpc-a 10.0.0.0/16\nsubnet-x vpc-a 10.0.1.0/24\neni-x subnet-x 10.0.1.5\neni-y subnet-x 10.0.1.6\n? eni-x -> eni-y tcp/443 => reachable")
	for name, err := range map[string]error{
		"Text": Text(failing{}, r, TextOptions{}), "JSON": JSON(failing{}, r, JSONOptions{}), "ErrorJSON": ErrorJSON(failing{}, errFull, JSONOptions{}),
		"Mermaid": Mermaid(failing{}, r), "DOT": DOT(failing{}, r),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
