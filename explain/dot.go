package explain

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/vpcreach/vpcreach/solver"
)

// DOT writes a result as a graph in the DOT language of Graphviz: the picture that [Mermaid] writes, for `dot -Tsvg`.
//
// Whatever a text holds, it is text in the picture. DOT fails only where w does. It makes packet sets in r.Pool, so like
// every use of a Result it is for one goroutine.
func DOT(w io.Writer, r *solver.Result) error {
	_, err := io.WriteString(w, digraph(drawingOf(r)))
	return err
}

// dotShapes are the attributes of a node beside its label.
var dotShapes = [numShapes]string{
	place:    "shape=box",
	signpost: "shape=box peripheries=2",
	passage:  "shape=hexagon",
	outside:  "shape=ellipse",
	refusal:  `shape=box style=filled fillcolor="#ffdddd" color="#cc0000" penwidth=2`,
	unknown:  `shape=box style="filled,dashed" fillcolor="#fff8dd" color="#aa7700"`,
}

func digraph(d *drawing) string {
	var b strings.Builder
	b.WriteString("digraph vpcreach {\n  graph [label=" + dotLabel(d.caption, 100) + " labelloc=t fontname=\"Helvetica\"];\n")
	b.WriteString("  node [fontname=\"Helvetica\" fontsize=11];\n  edge [fontname=\"Helvetica\" fontsize=9];\n")
	for i, n := range d.nodes {
		fmt.Fprintf(&b, "  n%d [label=%s %s];\n", i+1, dotLabel(n.lines, 44), dotShapes[n.shape])
	}
	for _, e := range d.edges {
		var attributes []string
		if len(e.lines) > 0 {
			attributes = append(attributes, "label="+dotLabel(e.lines, 44))
		}
		if e.leg == solver.Return || e.aside {
			attributes = append(attributes, "style=dotted")
		}
		if e.leg == solver.Return {
			attributes = append(attributes, "constraint=false")
		}
		if e.aside {
			attributes = append(attributes, "arrowhead=none")
		} else if d.nodes[e.to].shape == refusal {
			attributes = append(attributes, "arrowhead=tee")
		}
		if e.beyond {
			attributes = append(attributes, `color="#999999" fontcolor="#777777"`)
		}
		fmt.Fprintf(&b, "  n%d -> n%d", e.from+1, e.to+1)
		if len(attributes) > 0 {
			b.WriteString(" [" + strings.Join(attributes, " ") + "]")
		}
		b.WriteString(";\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// dotLabel is a label in double quotes, wrapped between words, which Graphviz does not do.
func dotLabel(lines []string, width int) string {
	var out []string
	for _, line := range lines {
		for _, part := range wrapped(line, width) {
			out = append(out, dotText(part))
		}
	}
	return `"` + strings.Join(out, `\n`) + `"`
}

// dotText writes text so that Graphviz shows just that: a quote would end the label, a backslash begins an escape (\N is
// the node's name), an ampersand begins an HTML entity.
var dotText = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`).Replace

// wrapped cuts a text between words into lines of at most width characters; a longer word has a line of its own.
func wrapped(s string, width int) []string {
	var out []string
	line := ""
	for i, word := range strings.Split(s, " ") {
		if i > 0 && line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			out = append(out, line)
			line = word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	return append(out, line)
}
