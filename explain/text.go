package explain

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// TextOptions say how [Text] looks.
type TextOptions struct {
	// Color marks verdicts and blockers with ANSI colours. Nothing else in the output depends on it, and no other escape
	// sequence is ever written.
	Color bool
	// Width is the number of columns that sentences are wrapped to; 0 does not wrap. Hops, commands and the headline stay on one
	// line whatever their length, so that they can be searched by line and copied.
	Width int
}

// Text writes a result as a person wants to read it at a glance: the verdict with the question and the age of the
// snapshot on the first line; the packets it holds for, where they are fewer than those asked for; the hops of the
// request and of the reply; what blocks, with the change that would open it; what is not known, with the call that would
// tell; what was assumed. The path is that of one packet, the witness, which is named above it.
//
// It fails only where w does. It makes packet sets in r.Pool, so like every use of a Result it is for one goroutine.
func Text(w io.Writer, r *solver.Result, o TextOptions) error {
	t := &text{view: viewOf(r), color: o.Color, width: o.Width}
	t.headline()
	t.path("request", r.Forward, solver.Forward)
	t.path("reply", r.Return, solver.Return)
	t.branches()
	t.blockers()
	t.missing()
	t.remarks()
	_, err := io.WriteString(w, t.out.String())
	return err
}

// text writes lines. Everything goes through line, which lets no control character pass (the names in it are printable
// already; this is the second lock on the door).
type text struct {
	*view
	out   strings.Builder
	color bool
	width int
}

// style is an ANSI colour.
type style string

const (
	unstyled style = ""
	good     style = "\x1b[1;32m"
	bad      style = "\x1b[1;31m"
	doubtful style = "\x1b[1;33m"
	faint    style = "\x1b[2m"
)

var verdictStyles = map[solver.Verdict]style{
	solver.Reachable: good, solver.Ambiguous: doubtful, solver.Unknown: doubtful, solver.Unreachable: bad,
}

// span is a piece of a line in one style.
type span struct {
	style style
	text  string
}

func (t *text) line(spans ...span) {
	for _, s := range spans {
		clean := s.text
		if strings.ContainsFunc(clean, func(r rune) bool { return !shown(r) }) {
			clean = escaped(clean)
		}
		if t.color && s.style != unstyled && clean != "" {
			clean = string(s.style) + clean + "\x1b[0m"
		}
		t.out.WriteString(clean)
	}
	t.out.WriteByte('\n')
}

// escaped escapes what a terminal could act on and leaves the rest, escapes already made among it.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\\' {
			b.WriteByte('\\')
			continue
		}
		writeRune(&b, r)
	}
	return b.String()
}

// sentence writes text wrapped to the width, under an indent.
func (t *text) sentence(indent string, s string) {
	line := indent
	for i, word := range strings.Split(s, " ") {
		if i > 0 && t.width > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > t.width && line != indent {
			t.line(span{text: line})
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	t.line(span{text: line})
}

func (t *text) headline() {
	verdict := strings.ToUpper(t.r.Verdict.String())
	whole := t.whole()
	if !whole {
		verdict += " in part"
	}
	t.line(span{verdictStyles[t.r.Verdict], verdict}, span{text: "  " + t.question() + "  "}, span{faint, t.taken()})
	if !whole {
		t.onlyLines()
		t.line(span{faint, t.rest()})
	}
}

// rest says what becomes of the packets that the verdict is not about.
func (v *view) rest() string {
	var words []string
	for _, x := range []struct {
		verdict solver.Verdict
		set     packet.Set
	}{{solver.Ambiguous, v.r.Ambiguous}, {solver.Unknown, v.r.Unknown}, {solver.Unreachable, v.r.Blocked}} {
		if !x.set.IsEmpty() && x.verdict != v.r.Verdict {
			words = append(words, x.verdict.String())
		}
	}
	text := "rest: " + joined(words, "and")
	if len(words) > 1 {
		text += ", in part each"
	}
	return text
}

// onlyLines say for which packets the verdict holds. Where the fields do not say it exactly, the boxes do.
func (t *text) onlyLines() {
	words, exact := t.only()
	if exact {
		t.line(span{verdictStyles[t.r.Verdict], "only: "}, span{text: words})
		return
	}
	boxes := t.p.Boxes(t.part())
	for i, b := range boxes {
		if i == maxListed {
			t.line(span{text: "      and " + strconv.Itoa(len(boxes)-i) + " more kinds of packets (--format json lists all)"})
			break
		}
		lead := "      "
		if i == 0 {
			lead = "only: "
		}
		t.line(span{verdictStyles[t.r.Verdict], lead}, span{text: t.box(b)})
	}
}

// box says one product of packets.
func (t *text) box(b packet.Box) string {
	s := boxProtocols(b) + " from " + t.addresses(b.Source) + " to " + t.addresses(b.Destination)
	if b.SourcePorts != nil {
		s += ", client ports " + portWords(b.SourcePorts)
	}
	return s
}

// path writes the hops of one leg, one line each.
func (t *text) path(title string, hops []solver.Hop, leg solver.Leg) {
	if len(hops) == 0 {
		return
	}
	t.line()
	lead := title
	if leg == solver.Forward && t.r.HasWitness {
		lead += "   " + witness(t.r.Witness)
	}
	t.line(span{faint, lead})
	rows := make([]hopRow, len(hops))
	var widths [2]int
	for i := range hops {
		rows[i] = t.hopRow(&hops[i], leg)
		widths[0] = max(widths[0], utf8.RuneCountInString(rows[i].kind))
		widths[1] = min(44, max(widths[1], utf8.RuneCountInString(rows[i].called)))
	}
	for i := range rows {
		t.hop(i+1, rows[i], widths)
	}
}

// hopRow is a line of a path.
type hopRow struct {
	kind, called, decision string
	blocked                bool
}

func (t *text) hopRow(h *solver.Hop, leg solver.Leg) hopRow {
	row := hopRow{kind: h.At.Kind.String(), called: "(not known)", decision: t.decision(h, h.At.Kind, leg), blocked: len(h.Blockers) > 0}
	if known(h.At) {
		row.kind, row.called = t.typeOf(h.At), t.called(h.At)
		if leg == solver.Return {
			row.called = t.id(h.At)
		}
	}
	if row.blocked {
		codes := make([]string, len(h.Blockers))
		for i := range h.Blockers {
			codes[i] = string(h.Blockers[i].Code)
		}
		row.decision = strings.TrimPrefix(row.decision+"  "+strings.Join(codes, ", "), "  ")
	}
	return row
}

func (t *text) hop(seq int, row hopRow, widths [2]int) {
	mark := span{text: "  "}
	if row.blocked {
		mark = span{bad, "✗ "}
	}
	number := strconv.Itoa(seq)
	line := strings.Repeat(" ", max(0, 3-len(number))) + number + "  " + pad(row.kind, widths[0]) + "  " + pad(row.called, widths[1]) + "  " + row.decision
	t.line(mark, span{text: strings.TrimRight(line, " ")})
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
