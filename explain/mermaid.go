package explain

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/vpcreach/vpcreach/solver"
)

// Mermaid writes a result as a Mermaid flowchart: a picture of the path that GitHub, GitLab and most wikis draw where a
// block of "mermaid" stands. The request is solid, the reply dotted; what refuses is red, what is not known dashed.
//
// Whatever a text holds, it is text in the picture: nothing in it ends a label, makes a link, an element or a directive.
// Mermaid fails only where w does. It makes packet sets in r.Pool, so like every use of a Result it is for one goroutine.
func Mermaid(w io.Writer, r *solver.Result) error {
	_, err := io.WriteString(w, flowchart(drawingOf(r)))
	return err
}

// mermaidShapes are the brackets of a node, and its style, which can be read on a light page and on a dark one.
var mermaidShapes = [numShapes]struct{ open, close, class, style string }{
	place:    {"[", "]", "", ""},
	signpost: {"[[", "]]", "", ""},
	passage:  {"{{", "}}", "", ""},
	outside:  {"([", "])", "", ""},
	refusal:  {"[", "]", "blocker", "fill:#ffdddd,stroke:#cc0000,stroke-width:2px,color:#000000"},
	unknown:  {"[", "]", "unknown", "fill:#fff8dd,stroke:#aa7700,stroke-dasharray:5 5,color:#000000"},
}

func flowchart(d *drawing) string {
	var b strings.Builder
	b.WriteString("---\ntitle: " + mermaidTitle(d.caption[0]) + "\n---\nflowchart TD\n")
	for i, n := range d.nodes {
		s := mermaidShapes[n.shape]
		fmt.Fprintf(&b, "  n%d%s%s%s\n", i+1, s.open, mermaidLabel(n.lines), s.close)
	}
	for _, e := range d.edges {
		fmt.Fprintf(&b, "  n%d %s", e.from+1, mermaidArrow(d, e))
		if len(e.lines) > 0 {
			b.WriteString("|" + mermaidLabel(e.lines) + "|")
		}
		fmt.Fprintf(&b, " n%d\n", e.to+1)
	}
	fmt.Fprintf(&b, "  caption[%s]\n", mermaidLabel(d.caption[1:]))
	mermaidStyles(&b, d)
	return b.String()
}

// mermaidStyles writes the colours: of nodes by class, of the edges that no packet comes to by number.
func mermaidStyles(b *strings.Builder, d *drawing) {
	b.WriteString("  style caption fill:none,stroke:none\n")
	for s, m := range mermaidShapes {
		if nodes := mermaidNodes(d, shape(s)); m.class != "" && nodes != "" {
			fmt.Fprintf(b, "  classDef %s %s\n  class %s %s\n", m.class, m.style, nodes, m.class)
		}
	}
	var beyond []string
	for i, e := range d.edges {
		if e.beyond {
			beyond = append(beyond, strconv.Itoa(i))
		}
	}
	if len(beyond) > 0 {
		b.WriteString("  linkStyle " + strings.Join(beyond, ",") + " stroke:#999999,color:#777777\n")
	}
}

// mermaidArrow is the line between two nodes: solid for the request, dotted for the reply, with a cross where a packet ends.
func mermaidArrow(d *drawing, e drawnEdge) string {
	end := ">"
	if d.nodes[e.to].shape == refusal {
		end = "x"
	}
	switch {
	case e.aside:
		return "-.-"
	case e.leg == solver.Return:
		return "-.-" + end
	}
	return "--" + end
}

func mermaidNodes(d *drawing, s shape) string {
	var out []string
	for i, n := range d.nodes {
		if n.shape == s {
			out = append(out, "n"+strconv.Itoa(i+1))
		}
	}
	return strings.Join(out, ",")
}

// mermaidLabel is a label in double quotes. The lines are separated by the one element that Mermaid allows.
func mermaidLabel(lines []string) string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = mermaidText(line)
	}
	return `"` + strings.Join(out, "<br/>") + `"`
}

// mermaidText writes text so that Mermaid shows just that. Mermaid reads a label as comments and directives (%%), HTML, Markdown (lists,
// emphasis, links), formulas ($$) and icons (fa:), by regular expressions and before it looks at quotes. So every character
// that could mean something to one of them is written as a character code, #58; and only letters, digits and a few marks
// stand for themselves.
func mermaidText(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		if mermaidPlain(runes, i) {
			b.WriteRune(r)
		} else {
			b.WriteString("#" + strconv.Itoa(int(r)) + ";")
		}
	}
	return b.String()
}

func mermaidPlain(s []rune, i int) bool {
	word := func(i int) bool {
		return i >= 0 && i < len(s) && s[i] < unicode.MaxASCII && (unicode.IsLetter(s[i]) || unicode.IsDigit(s[i]))
	}
	switch r := s[i]; {
	case r >= unicode.MaxASCII:
		return !strings.ContainsRune("ﬂ°¶ß", r) // Mermaid's own marks for codes
	case word(i):
		return true
	case r == ' ': // not to indent, which makes a block of code
		return i > 0 && s[i-1] != ' '
	case r == ',', r == '/':
		return true
	case r == '-': // inside words: no list, no line, no heading
		return word(i-1) && word(i+1)
	case r == '.': // inside words, but not in a link
		return word(i-1) && word(i+1) && !slices.Equal(lower(s[max(0, i-3):i]), []rune("www"))
	case r == '_': // inside words: no emphasis
		return word(i-1) && word(i+1)
	case r == '(', r == ')': // no list
		return slices.ContainsFunc(s[:i], func(r rune) bool { return r < '0' || r > '9' })
	}
	return false
}

func lower(s []rune) []rune { return []rune(strings.ToLower(string(s))) }

// mermaidTitle is a title for the YAML head: a string in double quotes, everything but letters, digits and a few marks as a code.
func mermaidTitle(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r >= unicode.MaxASCII || unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ,.()/-:", r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\x%02x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
