package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/solver"
)

func TestStatusOfVerdicts(t *testing.T) {
	got := map[string]int{}
	for _, v := range []solver.Verdict{solver.Reachable, solver.Ambiguous, solver.Unknown, solver.Unreachable} {
		got[v.String()] = statusOf(v)
	}
	want := map[string]int{"reachable": 0, "ambiguous": 3, "unknown": 3, "unreachable": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exit statuses (-want +got):\n%s", diff)
	}
}

func TestABatchHasTheWorstStatus(t *testing.T) {
	for _, tt := range []struct{ a, b, want int }{
		{0, 0, 0}, {0, 1, 1}, {1, 3, 3}, {3, 1, 3}, {3, 2, 2}, {2, 0, 2}, {1, 0, 1},
	} {
		if got := worse(tt.a, tt.b); got != tt.want {
			t.Errorf("worse(%d, %d) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestAPanicIsOneLineAndNoAnswer(t *testing.T) {
	if got := guarded(func() int { panic("boom\nsecond line") }); got != statusWrong {
		t.Errorf("status %d after a panic, want %d", got, statusWrong)
	}
	if got := guarded(func() int { return statusUnknown }); got != statusUnknown {
		t.Errorf("status %d, want the command's own %d", got, statusUnknown)
	}
}

func TestAnErrorIsOneHarmlessLine(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"no such file", "no such file"},
		{"two\nlines\r\n", "two lines"},
		{"red \x1b[31m and \u202eback", `red \x1b[31m and \u202eback`},
		{`quoted "\x1b" stays`, `quoted "\x1b" stays`},
		{"not UTF-8: \xff", "not UTF-8: \\ufffd"},
	} {
		if got := oneLine(errors.New(tt.in)); got != tt.want {
			t.Errorf("oneLine(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if long := oneLine(errors.New(strings.Repeat("é", 5000))); len(long) > 2*maxMessage {
		t.Errorf("a message of %d bytes, want about %d", len(long), maxMessage)
	}
}

func TestBatchLines(t *testing.T) {
	given := question{reading: "strict", assume: "gateways"}
	for _, tt := range []struct {
		line string
		want question
		none bool
		err  string
	}{
		{line: "a b", want: question{from: "a", to: "b", reading: "strict", assume: "gateways"}},
		{line: "a\tb  tcp/443", want: question{from: "a", to: "b", protocol: "tcp/443", reading: "strict", assume: "gateways"}},
		{line: `"web 1" tag:Name=db udp reading=aws source-port=53`,
			want: question{from: "web 1", to: "tag:Name=db", protocol: "udp", reading: "aws", sourcePort: "53", assume: "gateways"}},
		{line: "a b no-assume", want: question{from: "a", to: "b", reading: "strict", noAssume: true}},
		{line: "a b account=1 region=x # why", want: question{from: "a", to: "b", reading: "strict", assume: "gateways", account: "1", region: "x"}},
		{line: "\uFEFFa b", want: question{from: "a", to: "b", reading: "strict", assume: "gateways"}},
		{line: "", none: true},
		{line: "  # only words", none: true},
		{line: "a", err: "needs FROM and TO"},
		{line: "a b tcp udp", err: `"udp" is not an option`},
		{line: "a b tcp color=red", err: `"color=red" is not an option`},
		{line: `a "b`, err: "not closed"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			q := given
			some, err := q.parseLine(tt.line)
			switch {
			case tt.err != "":
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want one with %q", err, tt.err)
				}
			case err != nil:
				t.Error(err)
			case some == tt.none:
				t.Errorf("holds a question: %v, want %v", some, !tt.none)
			case some:
				if diff := cmp.Diff(tt.want, q, cmp.AllowUnexported(question{})); diff != "" {
					t.Errorf("question (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestALineThatIsTooLongIsPassedOver(t *testing.T) {
	r := bufio.NewReaderSize(strings.NewReader("a b\n"+strings.Repeat("x", 3*maxQuestion)+"\nc d"), maxQuestion)
	var got []string
	for {
		line, err := readLine(r)
		if err == io.EOF {
			break
		}
		if err != nil {
			line = err.Error()
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"a b", "longer than 65536 bytes", "c d"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestProgressShowsWhatTakesLongAndCleansUp(t *testing.T) {
	var b bytes.Buffer
	p := startProgress(&b, time.Nanosecond, "reading shop")
	p.read(12_000_000, 40_000_000)
	time.Sleep(50 * time.Millisecond)
	p.stop()
	p.stop()
	if got := b.String(); !strings.Contains(got, "reading shop") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("progress wrote %q, want the work's name and at last an empty line", got)
	}
	if got := p.line(); got != "reading shop: 12 of 40 MB" {
		t.Errorf("line %q", got)
	}

	b.Reset()
	quick := startProgress(&b, time.Hour, "reading shop")
	quick.phase("building the network")
	quick.stop()
	if b.Len() > 0 {
		t.Errorf("work of a moment wrote %q, want nothing", b.String())
	}

	var none *progress // not a terminal
	none.read(1, 2)
	none.phase("x")
	none.stop()
}

func TestVersionComesFromTheBuild(t *testing.T) {
	setting := func(k, v string) debug.BuildSetting { return debug.BuildSetting{Key: k, Value: v} }
	for _, tt := range []struct {
		want string
		info debug.BuildInfo
	}{
		{"v1.2.3", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}},
		{"(devel)", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}},
		{"0123456789ab", debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.revision", "0123456789abcdef")}}},
		{"0123456789ab+changes", debug.BuildInfo{Settings: []debug.BuildSetting{setting("vcs.modified", "true"), setting("vcs.revision", "0123456789abcdef")}}},
	} {
		if got := versionOf(&tt.info); got != tt.want {
			t.Errorf("version %q, want %q", got, tt.want)
		}
	}
}
