package explain

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph/formats/dot"
	"gonum.org/v1/gonum/graph/formats/dot/ast"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/solver"
)

// The pictures of testdata/shop.scn are what they were.
func TestExpectedPictures(t *testing.T) {
	for _, s := range shops(t) {
		t.Run(s.Title, func(t *testing.T) {
			n := shopNetwork(t, s)
			var flowcharts, graphs bytes.Buffer
			for _, q := range s.Questions {
				r := solve(t, n, q)
				fmt.Fprintf(&flowcharts, "%%%% %s %s %s\n%s\n", q.From, q.To, q.Spec, mermaidOf(t, r))
				fmt.Fprintf(&graphs, "// %s %s %s\n%s\n", q.From, q.To, q.Spec, dotOf(t, r))
			}
			compareGolden(t, s.Title+".mmd", flowcharts.Bytes())
			compareGolden(t, s.Title+".dot", graphs.Bytes())
		})
	}
}

func mermaidOf(t testing.TB, r *solver.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := Mermaid(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func dotOf(t testing.TB, r *solver.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := DOT(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Both pictures of every question of testdata/scenarios are well formed and show the drawing, node for node and edge for
// edge, whoever names the resources.
func TestPicturesShowTheDrawing(t *testing.T) {
	everyQuestion(t, func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result) {
		where := s.File + " line " + strconv.Itoa(q.Line)
		checkPictures(t, where, r)
		if strings.Contains(s.Title, "SG-") || r.Verdict != solver.Reachable { // enough to meet every shape
			poison(r, `"]; end --> x["`+"`%%{init: {}}%%` <b>&lt;</b> \\N \\ \n\u202e style a:#1; www.x.y")
			checkPictures(t, where+", hostile", r)
		}
	})
}

func checkPictures(t *testing.T, where string, r *solver.Result) {
	t.Helper()
	drawer := drawn(r)
	checkDrawing(t, where, r, drawer)
	d := &drawer.drawing
	if diff := cmp.Diff(linesOf(d), dotLines(t, dotOf(t, r))); diff != "" {
		t.Errorf("%s: DOT shows something else (-drawing +DOT):\n%s", where, diff)
	}
	if diff := cmp.Diff(linesOf(d), mermaidLines(t, mermaidOf(t, r))); diff != "" {
		t.Errorf("%s: Mermaid shows something else (-drawing +Mermaid):\n%s", where, diff)
	}
}

// checkDrawing holds a drawing against its result: everything that refuses is drawn, what is unknown shows what is missing, and FROM
// leads to TO.
func checkDrawing(t *testing.T, where string, r *solver.Result, d *drawer) {
	t.Helper()
	shapes := map[shape]int{}
	for _, n := range d.nodes {
		shapes[n.shape]++
	}
	if len(r.Blockers) > 0 && shapes[refusal] == 0 || len(r.Blockers) == 0 && shapes[refusal] > 0 {
		t.Errorf("%s: %d blockers, %d drawn", where, len(r.Blockers), shapes[refusal])
	}
	blockers := r.Blockers
	if len(r.Branches) > 0 {
		blockers = nil
		for _, b := range r.Branches {
			blockers = append(blockers, b.Blockers...)
		}
	}
	for i := range blockers {
		b := &blockers[i]
		drawn := false
		for _, n := range d.nodes {
			drawn = drawn || n.shape == refusal && n.lines[0] == string(b.Code) && n.lines[1] == Sentence(r, b)
		}
		if !drawn {
			t.Errorf("%s: %s is not drawn", where, b.Code)
		}
	}
	if (r.Verdict == solver.Unknown) && shapes[unknown] == 0 {
		t.Errorf("%s: the answer is unknown, but nothing is drawn as missing", where)
	}
	next, ends := map[int][]int{}, map[int]bool{}
	for _, e := range d.edges {
		if e.leg == solver.Forward && !e.aside {
			next[e.from] = append(next[e.from], e.to)
		}
		if e.beyond && r.Verdict == solver.Reachable {
			t.Errorf("%s: reachable, but %v is behind a blocker", where, e)
		}
	}
	for todo := []int{d.from}; len(todo) > 0; todo = todo[1:] {
		if !ends[todo[0]] {
			ends[todo[0]] = true
			todo = append(todo, next[todo[0]]...)
		}
	}
	if d.from < 0 || !ends[d.to] {
		t.Errorf("%s: the request does not lead from FROM (%d) to TO (%d)", where, d.from, d.to)
	}
}

// linesOf is a drawing as text: captions, nodes with their number, edges.
func linesOf(d *drawing) []string {
	out := []string{strings.Join(d.caption, "\n")}
	for i, n := range d.nodes {
		out = append(out, fmt.Sprintf("n%d: %s", i+1, strings.Join(n.lines, "\n")))
	}
	for _, e := range d.edges {
		out = append(out, fmt.Sprintf("n%d n%d: %s", e.from+1, e.to+1, strings.Join(e.lines, "\n")))
	}
	for i := range out {
		out[i] = strings.Join(strings.Fields(out[i]), " ")
	}
	return out
}

// dotLines reads a graph back with a parser of the DOT language.
func dotLines(t testing.TB, text string) []string {
	t.Helper()
	file, err := dot.ParseString(text)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	label := func(attributes []*ast.Attr) string {
		for _, a := range attributes {
			if a.Key == "label" {
				return strings.Join(strings.Fields(dotShown(t, a.Val)), " ")
			}
		}
		return ""
	}
	var out []string
	for _, s := range file.Graphs[0].Stmts {
		switch s := s.(type) {
		case *ast.AttrStmt:
			if s.Kind == ast.GraphKind {
				out = append(out, label(s.Attrs))
			}
		case *ast.NodeStmt:
			out = append(out, strings.TrimSpace(s.Node.ID+": "+label(s.Attrs)))
		case *ast.EdgeStmt:
			out = append(out, strings.TrimSpace(s.From.String()+" "+s.To.Vertex.String()+": "+label(s.Attrs)))
		default:
			t.Fatalf("%T in:\n%s", s, text)
		}
	}
	return out
}

// dotShown is what Graphviz shows for a quoted label: escapes are resolved, entities are characters.
func dotShown(t testing.TB, quoted string) string {
	t.Helper()
	inner, ok := strings.CutPrefix(quoted, `"`)
	inner, ok2 := strings.CutSuffix(inner, `"`)
	if !ok || !ok2 {
		t.Fatalf("a label without quotes: %s", quoted)
	}
	var b strings.Builder
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '\\':
			i++
			switch inner[i] {
			case '\\', '"':
				b.WriteByte(inner[i])
			case 'n':
				b.WriteByte('\n')
			default:
				t.Fatalf("escape \\%c in %s", inner[i], quoted)
			}
		case c == '&':
			if !strings.HasPrefix(inner[i:], "&amp;") {
				t.Fatalf("an entity in %s", quoted)
			}
			b.WriteByte('&')
			i += len("amp;")
		case c == '"' || c < ' ':
			t.Fatalf("%q stands free in %s", c, quoted)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

const mermaidQuoted = `"((?:[^"#;%<>&\x60\\$*@:]|#[0-9]+;|<br/>)*)"`

var (
	mermaidHead  = regexp.MustCompile(`^---\ntitle: "((?:[A-Za-z0-9 ,.()/:-]|[^\x00-\x7f]|\\x[0-9a-f]{2})*)"\n---\nflowchart TD\n`)
	mermaidNode  = regexp.MustCompile(`^  (n[0-9]+|caption)(?:\[|\[\[|\{\{|\(\[)` + mermaidQuoted + `(?:\]|\]\]|\}\}|\]\))$`)
	mermaidEdge  = regexp.MustCompile(`^  (n[0-9]+) (?:--[>x]|-\.-[>x]?)(?:\|` + mermaidQuoted + `\|)? (n[0-9]+)$`)
	mermaidStyle = regexp.MustCompile(`^  (?:style caption fill:none,stroke:none|classDef (?:blocker|unknown) [a-z0-9:#, -]+|class n[0-9,n]+ (?:blocker|unknown)|linkStyle [0-9,]+ stroke:#999999,color:#777777)$`)
	mermaidCode  = regexp.MustCompile(`#([0-9]+);`)
	titleCode    = regexp.MustCompile(`\\x([0-9a-f]{2})`)
)

// mermaidLines reads a flowchart back: the few forms of lines that are ever written, and in labels nothing but codes and harmless
// characters.
func mermaidLines(t testing.TB, text string) []string {
	t.Helper()
	head := mermaidHead.FindStringSubmatch(text)
	if head == nil {
		t.Fatalf("the head of:\n%s", text)
	}
	caption := titleCode.ReplaceAllStringFunc(head[1], func(s string) string {
		n, _ := strconv.ParseUint(s[2:], 16, 8)
		return string(rune(n))
	})
	out := []string{""}
	for _, line := range strings.Split(strings.TrimSuffix(text[len(head[0]):], "\n"), "\n") {
		if m := mermaidNode.FindStringSubmatch(line); m != nil && m[1] == "caption" {
			out[0] = strings.Join(strings.Fields(caption+" "+mermaidShown(m[2])), " ")
		} else if m != nil {
			out = append(out, strings.TrimSpace(m[1]+": "+mermaidShown(m[2])))
		} else if m := mermaidEdge.FindStringSubmatch(line); m != nil {
			out = append(out, strings.TrimSpace(m[1]+" "+m[3]+": "+mermaidShown(m[2])))
		} else if !mermaidStyle.MatchString(line) {
			t.Fatalf("line %q of:\n%s", line, text)
		}
	}
	return out
}

// mermaidShown is what Mermaid shows for a label.
func mermaidShown(label string) string {
	label = strings.ReplaceAll(label, "<br/>", "\n")
	label = mermaidCode.ReplaceAllStringFunc(label, func(s string) string {
		n, _ := strconv.Atoi(s[1 : len(s)-1])
		return string(rune(n))
	})
	return strings.Join(strings.Fields(label), " ")
}

// Texts that could mean something to Mermaid or Graphviz are shown as they are.
func TestHostileLabels(t *testing.T) {
	for _, s := range append([]string{
		`web"]; n1 --> n2["x`, `"`, `\`, `\"`, `\N \G \l`, "a-->b", "---", "%%{init: {'theme':'dark'}}%%", "%% comment", "<script>alert(1)</script>",
		"<br/>", "<b>x</b>", "&lt;b&gt; &amp; &#60;", "#35; #quot; #60", "`code`", "`**bold**`", "**x** _y_ ~z~", "1. one", "12) two", "- item", "+ item", "= heading",
		"# heading", "    code", "www.example.com", "WWW.example.com", "https://example.com", "a@example.com", "$$x^2$$", "fa:fa-ban", "style a fill:#fff;", "classDef a:#1;",
		"ﬂ°°60¶ß", "straße", "end", "click n1 callback", "subgraph x", "|a|", "{{a}}", "((a))", "[(a)]", "name: title", "\u05d0\u05d1 \u202ex", "x\ny", "x\r\n---\n", "tab\tx", "'", ";", "…",
	}, hostile...) {
		checkLabel(t, s)
	}
}

func checkLabel(t testing.TB, s string) {
	t.Helper()
	want := strings.Join(strings.Fields(Printable(s)), " ")
	d := &drawing{caption: []string{Printable(s), Printable(s)}, nodes: []drawnNode{{place, []string{Printable(s), "x"}}, {unknown, []string{Printable(s)}}},
		edges: []drawnEdge{{from: 0, to: 1, lines: []string{Printable(s)}}}}
	all := []string{strings.TrimSpace(want + " " + want), strings.Join(strings.Fields("n1: "+want+" x"), " "), strings.TrimSpace("n2: " + want), strings.TrimSpace("n1 n2: " + want)}
	if diff := cmp.Diff(all, mermaidLines(t, flowchart(d))); diff != "" {
		t.Errorf("%q in Mermaid (-want +shown):\n%s", s, diff)
	}
	if diff := cmp.Diff(all, dotLines(t, digraph(d))); diff != "" {
		t.Errorf("%q in DOT (-want +shown):\n%s", s, diff)
	}
	harmless(t, flowchart(d))
	harmless(t, digraph(d))
}

func FuzzLabels(f *testing.F) {
	for _, s := range append([]string{`"]`, "%%{", "a\\", "#1;", "1. x", "<br/>", "ﬂ°"}, hostile...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkLabel(t, s) })
}
