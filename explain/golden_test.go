package explain

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
)

var update = flag.Bool("update", false, "write the expected outputs of testdata")

// The answers of testdata/shop.scn as text, and some of them as JSON, are what they were. Read a difference before you
// update it.
func TestExpectedOutputs(t *testing.T) {
	for _, s := range shops(t) {
		t.Run(s.Title, func(t *testing.T) {
			compareGolden(t, s.Title+".txt", transcript(t, s, TextOptions{Width: 120}))
		})
	}
	shop := shops(t)[0]
	n := shopNetwork(t, shop)
	for _, q := range shop.Questions {
		if q.From == "i-app" && q.To == "i-db" && q.Options["reading"] == "" {
			compareGolden(t, "shop.json", jsonOf(t, solve(t, n, q), JSONOptions{Version: "v0.1.0"}))
		}
	}
}

func shops(t testing.TB) []scenario.Scenario {
	t.Helper()
	text, err := os.ReadFile("testdata/shop.scn")
	if err != nil {
		t.Fatal(err)
	}
	all, err := scenario.Parse("shop.scn", text)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// transcript is every question of a scenario with its answer.
func transcript(t testing.TB, s scenario.Scenario, o TextOptions) []byte {
	t.Helper()
	n := shopNetwork(t, s)
	var b bytes.Buffer
	for i, q := range s.Questions {
		if i > 0 {
			b.WriteString("\n\n")
		}
		command := []string{"$ vpcreach path", s.Title, q.From, q.To}
		if q.Spec != "" {
			command = append(command, q.Spec)
		}
		for _, name := range []string{"reading", "assume"} {
			if v, ok := q.Options[name]; ok {
				command = append(command, "--"+name, v)
			}
		}
		fmt.Fprintln(&b, strings.Join(command, " "))
		r := solve(t, n, q)
		if r.Verdict.String() != q.Verdict {
			t.Errorf("line %d: %s, want %s", q.Line, r.Verdict, q.Verdict)
		}
		if err := Text(&b, r, o); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// Two readings of the same files give the same bytes, in both forms, however often.
func TestSameInputSameBytes(t *testing.T) {
	for _, s := range shops(t) {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range s.Questions {
			first := solve(t, networkOf(t, files), q)
			again := solve(t, networkOf(t, files), q)
			if diff := cmp.Diff(textOf(t, first, TextOptions{}), textOf(t, again, TextOptions{})); diff != "" {
				t.Errorf("%s line %d: text differs:\n%s", s.Title, q.Line, diff)
			}
			if !bytes.Equal(jsonOf(t, first, JSONOptions{}), jsonOf(t, again, JSONOptions{})) || !bytes.Equal(jsonOf(t, first, JSONOptions{}), jsonOf(t, first, JSONOptions{})) {
				t.Errorf("%s line %d: JSON differs", s.Title, q.Line)
			}
		}
	}
}

// Colour adds escape sequences and nothing else; without it there are none.
func TestColorAddsOnlyColor(t *testing.T) {
	strip := strings.NewReplacer(string(good), "", string(bad), "", string(doubtful), "", string(faint), "", "\x1b[0m", "")
	for _, s := range shops(t) {
		if s.Title == "hostile" {
			continue
		}
		plain := string(transcript(t, s, TextOptions{}))
		colored := string(transcript(t, s, TextOptions{Color: true}))
		if strings.Contains(plain, "\x1b") || !strings.Contains(colored, "\x1b") {
			t.Errorf("%s: escape sequences without colour, or none with it", s.Title)
		}
		if diff := cmp.Diff(plain, strip.Replace(colored)); diff != "" {
			t.Errorf("%s: colour changes more than colour (-plain +coloured):\n%s", s.Title, diff)
		}
	}
}

// A width wraps sentences between words and changes nothing else.
func TestWidthWrapsSentences(t *testing.T) {
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, s := range shops(t) {
		wide, narrow := string(transcript(t, s, TextOptions{})), string(transcript(t, s, TextOptions{Width: 60}))
		if wide == narrow {
			t.Errorf("%s: nothing was wrapped", s.Title)
		}
		if diff := cmp.Diff(words(wide), words(narrow)); diff != "" {
			t.Errorf("%s: wrapping changes words (-wide +narrow):\n%s", s.Title, diff)
		}
	}
}

// shopNetwork reads a scenario and dates its snapshot, which files of the AWS CLI are not.
func shopNetwork(t testing.TB, s scenario.Scenario) *model.Network {
	t.Helper()
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	n := networkOf(t, files)
	if s.Title == "shop" {
		n.Snapshot.From = time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC)
		n.Snapshot.To = time.Date(2026, 11, 2, 9, 31, 12, 0, time.UTC)
	}
	return n
}

// Every example of docs/reading-an-answer.md is part of an expected output, word for word.
func TestReadingAnAnswerIsTrue(t *testing.T) {
	page, err := os.ReadFile("../docs/reading-an-answer.md")
	if err != nil {
		t.Fatal(err)
	}
	var outputs strings.Builder
	for _, s := range shops(t) {
		outputs.Write(transcript(t, s, TextOptions{Width: 120}))
	}
	examples := 0
	for i, block := range strings.Split(string(page), "```\n") {
		if i%2 == 0 {
			continue
		}
		examples++
		if !strings.Contains(outputs.String(), block) {
			t.Errorf("no answer prints this:\n%s", block)
		}
	}
	if examples < 4 {
		t.Errorf("found %d examples", examples)
	}
}
