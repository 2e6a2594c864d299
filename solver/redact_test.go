package solver

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
)

// story is what must be the same of an answer before and after redaction, in the names of after.
type story struct {
	Verdict            string
	Forward, Return    []string
	Blockers, Missing  []string
	Notes, Assumptions []string
	Admitted           []string
}

// tell takes the story of an answer; name renames ids, prefix addresses.
func tell(r *Result, name func(string) string, prefix func(netip.Prefix) netip.Prefix) story {
	n := r.Network
	id := func(ref model.Ref) string {
		if ref.IsZero() {
			return ""
		}
		if what, of, ok := strings.Cut(n.ID(ref), " of "); ok { // an assumed gateway, which has no id of its own (D-83)
			return fmt.Sprint(ref.Kind, " ", what, " of ", name(of))
		}
		return fmt.Sprint(ref.Kind, " ", name(n.ID(ref)))
	}
	hops := func(list []Hop) (out []string) {
		for _, h := range list {
			out = append(out, fmt.Sprint(id(h.At), " ", id(h.Attached), " ", h.Egress, " ", len(h.Blockers)))
		}
		return out
	}
	s := story{Verdict: r.Verdict.String(), Forward: hops(r.Forward), Return: hops(r.Return)}
	for _, b := range r.Blockers {
		s.Blockers = append(s.Blockers, fmt.Sprint(b.Code, " ", b.Reason, " ", b.Leg, " ", id(b.At), " ", b.Egress, " ", b.State, " ", id(b.Target)))
	}
	for _, m := range r.Missing {
		s.Missing = append(s.Missing, fmt.Sprint(m.Call, " ", m.Why, " ", name(m.Account), " ", m.Region))
	}
	for _, x := range r.Notes {
		s.Notes = append(s.Notes, fmt.Sprint(x.Kind, " ", id(x.At)))
	}
	for _, x := range r.Assumptions {
		s.Assumptions = append(s.Assumptions, fmt.Sprint(x.Kind, " ", id(x.At), " ", id(x.For)))
	}
	for _, b := range r.Pool.Boxes(r.Admitted) {
		s.Admitted = append(s.Admitted, portsOf(b)...)
	}
	for _, p := range r.Pool.SourceAddresses(r.Admitted).Prefixes() {
		s.Admitted = append(s.Admitted, "from "+prefix(p).String())
	}
	for _, p := range r.Pool.DestinationAddresses(r.Admitted).Prefixes() {
		s.Admitted = append(s.Admitted, "to "+prefix(p).String())
	}
	slices.Sort(s.Admitted)
	slices.Sort(s.Missing)
	return s
}

// redacted redacts files; the archive's bytes come back unpacked too.
func redacted(t *testing.T, fsys fs.FS, key string) (map[string][]byte, *snapshot.Redaction) {
	t.Helper()
	var to bytes.Buffer
	d, err := snapshot.RedactFS(fsys, &to, snapshot.RedactOptions{Key: []byte(key)}, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(to.Bytes()), int64(to.Len()))
	if err != nil {
		t.Fatal(err)
	}
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor())
	files := map[string][]byte{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = data
	}
	return files, d
}

var addressText = regexp.MustCompile(`[0-9a-f]*[.:][0-9a-f.:]*[0-9a-f:](/[0-9]+)?`)

// renamed is a question in the names of after.
func renamed(q scenario.Question, d *snapshot.Redaction) scenario.Question {
	q.From, q.To = d.Text(q.From), d.Text(q.To)
	options := map[string]string{}
	for name, v := range q.Options {
		switch name {
		case "source-address", "destination-address", "account":
			v = d.Text(v)
		case "through", "exclude":
			list := strings.Split(v, ",")
			for i := range list {
				list[i] = d.Text(list[i])
			}
			v = strings.Join(list, ",")
		case "filter-at-source", "filter-at-destination":
			v = addressText.ReplaceAllStringFunc(v, d.Text)
		}
		options[name] = v
	}
	q.Options = options
	return q
}

// declaredAfter is a file of declared networks in the names of after.
func declaredAfter(t *testing.T, text []byte, d *snapshot.Redaction) []byte {
	t.Helper()
	var file struct {
		Networks []struct {
			Name   string   `json:"name"`
			CIDRs  []string `json:"cidrs"`
			Behind []string `json:"behind"`
		} `json:"networks"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for i := range file.Networks {
		n := &file.Networks[i]
		for j := range n.CIDRs {
			n.CIDRs[j] = d.Text(n.CIDRs[j])
		}
		for j := range n.Behind {
			n.Behind[j] = d.Text(n.Behind[j])
		}
	}
	out, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameAnswers asks every question before and after.
func sameAnswers(t *testing.T, before, after *model.Network, questions []scenario.Question, d *snapshot.Redaction, place func(scenario.Question) string) (asked int) {
	t.Helper()
	answer := func(n *model.Network, q scenario.Question) (*Result, error) {
		query, err := queryOf(n, q)
		if err != nil {
			return nil, err
		}
		return Solve(n, query)
	}
	for _, q := range questions {
		was, err := answer(before, q)
		is, errAfter := answer(after, renamed(q, d))
		if (err != nil) != (errAfter != nil) {
			t.Errorf("%s: error %v before, %v after", place(q), err, errAfter)
		}
		if err != nil || errAfter != nil {
			continue
		}
		asked++
		want := tell(was, d.Text, d.Prefix)
		got := tell(is, func(s string) string { return s }, func(p netip.Prefix) netip.Prefix { return p })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: the answer differs (-before +after):\n%s", place(q), diff)
		}
	}
	return asked
}

// TestEveryScenarioRedacted redacts the network of every scenario and asks its questions of the copy: the same verdicts, codes and hops, and
// nothing left that tells whose it is.
func TestEveryScenarioRedacted(t *testing.T) {
	scenarios, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		t.Run(s.Title, func(t *testing.T) {
			t.Parallel()
			files, err := s.Files()
			if err != nil {
				t.Fatal(err)
			}
			fsys := fstest.MapFS{}
			for name, data := range files {
				if name != scenario.DeclaredFile {
					fsys[name] = &fstest.MapFile{Data: data, Mode: 0o600}
				}
			}
			copied, d := redacted(t, fsys, "a key of this test")
			nothingLeft(t, files, copied)
			if text, ok := files[scenario.DeclaredFile]; ok {
				copied[scenario.DeclaredFile] = declaredAfter(t, text, d)
			}
			place := func(q scenario.Question) string {
				return fmt.Sprintf("%s:%d: %s -> %s %s", s.File, q.Line, q.From, q.To, q.Spec)
			}
			if sameAnswers(t, networkOf(t, files), networkOf(t, copied), slices.Concat(s.Questions, s.Errors), d, place) == 0 && len(s.Questions) > 0 {
				t.Error("no question was answered")
			}
		})
	}
}

// TestRealAnswersRedacted does the same with answers of real accounts.
func TestRealAnswersRedacted(t *testing.T) {
	for folder, questions := range realQuestions() {
		t.Run(folder, func(t *testing.T) {
			if _, err := os.Stat(realAnswers + folder); err != nil {
				t.Skip("the saved answers of real accounts are not on this machine: ", err)
			}
			s, err := snapshot.Open(realAnswers+folder, snapshot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			copied, d := redacted(t, os.DirFS(realAnswers+folder), "a key of this test")
			original := map[string][]byte{}
			err = fs.WalkDir(os.DirFS(realAnswers+folder), ".", func(p string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					original[p], err = os.ReadFile(realAnswers + folder + "/" + p)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			nothingLeft(t, original, copied)
			place := func(q scenario.Question) string { return fmt.Sprintf("%s -> %s %s", q.From, q.To, q.Spec) }
			if got := sameAnswers(t, model.Build(s), networkOf(t, copied), questions, d, place); got != len(questions) {
				t.Errorf("%d of %d questions were answered", got, len(questions))
			}
		})
	}
}

// TestLawRedactionChangesNothing does the same with random networks, questions and keys.
func TestLawRedactionChangesNothing(t *testing.T) {
	seen := overWorlds(t, 29, func(t *testing.T, w *lawWorld, seen tally) {
		fsys := fstest.MapFS{}
		for name, data := range w.files {
			if name != scenario.DeclaredFile {
				fsys[name] = &fstest.MapFile{Data: data, Mode: 0o600}
			}
		}
		copied, d := redacted(t, fsys, fmt.Sprint(w.rng.Uint64()))
		if text, ok := w.files[scenario.DeclaredFile]; ok {
			copied[scenario.DeclaredFile] = declaredAfter(t, text, d)
		}
		after := networkOf(t, copied)
		for i, q := range w.questions {
			other := q
			other.Question = renamed(q.Question, d)
			was, is := w.answer(i), other.ask(after)
			if was == nil || is == nil {
				if was != is {
					t.Errorf("%s: %s: only one of the two can be asked", w.name, q)
				}
				continue
			}
			seen.verdict(was)
			want := tell(was, d.Text, d.Prefix)
			got := tell(is, func(s string) string { return s }, func(p netip.Prefix) netip.Prefix { return p })
			example := func(a netip.Addr) bool { // what an answer shows for any address, in a network that has it
				return (a == netip.MustParseAddr("198.51.100.7") || a == netip.MustParseAddr("2001:db8::7")) && d.Address(a) != a
			}
			shown := example(was.Witness.Source) || example(was.Witness.Destination) || example(is.Witness.Source) || example(is.Witness.Destination)
			if !d.InOrder() || shown { // another packet may stand for those that are alike (D-296)
				seen["another packet"]++
				want, got = story{Verdict: want.Verdict, Admitted: want.Admitted}, story{Verdict: got.Verdict, Admitted: got.Admitted}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s: the answer differs (-before +after):\n%s\nwitness %v, now %v", w.name, q, diff, was.Witness, is.Witness)
			}
			seen["asked"]++
		}
	})
	if seen["another packet"]*3 > seen["asked"] {
		t.Errorf("hops and codes were compared too seldom: %v", seen)
	}
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
}
