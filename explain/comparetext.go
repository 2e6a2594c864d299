package explain

import (
	"cmp"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// outcomeWords begin a comparison, in the colour of the outcome.
var outcomeWords = map[Outcome]struct {
	word  string
	style style
}{Agrees: {"AGREES", good}, Differs: {"DIFFERS", bad}, NotKnown: {"UNKNOWN", doubtful}, NotCompared: {"NOT COMPARED", bad}}

// CompareText writes comparisons for a person: the verdicts, the rows of both side by side, the codes, and the first difference by name.
// It fails only where w does.
func CompareText(w io.Writer, list []Comparison, o TextOptions) error {
	t := &text{color: o.Color, width: o.Width}
	for i := range list {
		if i > 0 {
			t.line()
		}
		t.comparison(&list[i])
	}
	if len(list) > 1 {
		t.line()
		t.line(span{text: outcomeCounts(list)})
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

// outcomeCounts says how many comparisons ended how.
func outcomeCounts(list []Comparison) string {
	count := map[Outcome]int{}
	for i := range list {
		count[list[i].Outcome]++
	}
	words := []string{counted(len(list), "answer")}
	for _, o := range []struct {
		is   Outcome
		word string
	}{{Agrees, " agree"}, {Differs, " differ"}, {NotKnown, " unknown"}, {NotCompared, " not compared"}} {
		if count[o.is] > 0 {
			words = append(words, strconv.Itoa(count[o.is])+o.word)
		}
	}
	return words[0] + ": " + strings.Join(words[1:], ", ")
}

func (t *text) comparison(c *Comparison) {
	head := outcomeWords[c.Outcome]
	name := cmp.Or(Printable(c.ID), "(an analysis without id)")
	if c.Err != nil {
		t.line(span{head.style, head.word}, span{text: "  " + name})
		t.sentence("  ", strings.Join(strings.Fields(PrintableMax(c.Err.Error(), 600)), " "))
		return
	}
	t.line(span{head.style, head.word}, span{text: "  " + name + "  " + viewOf(c.Result).question()})
	t.line(span{text: "  AWS       " + theirVerdict(c.Theirs)})
	t.line(span{text: "  vpcreach  " + c.Result.Verdict.String()})
	if c.FromRows {
		t.sentence("  ", "the question was read from AWS's rows, which show what its rules let through: it may have been a wider one")
	}
	if c.Ours.WarningMessage != "" {
		t.sentence("  ", c.Ours.WarningMessage)
	}
	t.pairs("request", c.Forward)
	t.pairs("reply", c.Return)
	if words := codeWords(c); words != "" {
		t.line()
		t.sentence("  ", "codes: "+words)
	}
	t.line()
	if c.First == "" {
		t.line(span{text: "  no difference"})
		return
	}
	t.line(span{head.style, "  first difference: "}, span{text: c.First})
}

// pairs writes two paths side by side: = the same row, ~ with other content, < only AWS's, > only ours.
func (t *text) pairs(title string, rows []RowPair) {
	if len(rows) == 0 {
		return
	}
	left := []string{"AWS"}
	for i := range rows {
		left = append(left, numbered(rows[i].Theirs))
	}
	width := 0
	for _, s := range left {
		width = max(width, min(64, utf8.RuneCountInString(s)))
	}
	t.line()
	t.line(span{faint, title})
	t.line(span{faint, "    " + pad(left[0], width) + "  vpcreach"})
	for i := range rows {
		t.pair(&rows[i], left[i+1], width)
	}
}

func (t *text) pair(p *RowPair, left string, width int) {
	mark, colour := "=", unstyled
	switch {
	case p.Ours == nil:
		mark, colour = "<", doubtful
	case p.Theirs == nil:
		mark, colour = ">", doubtful
	case len(p.Differences) > 0:
		mark, colour = "~", doubtful
	}
	t.line(span{colour, "  " + mark}, span{text: strings.TrimRight(" "+pad(left, width)+"  "+numbered(p.Ours), " ")})
	for _, d := range p.Differences {
		t.line(span{text: "        " + d})
	}
}

// numbered is a row as one line: its number, its component, its codes.
func numbered(c *PathComponent) string {
	if c == nil {
		return ""
	}
	s := strconv.Itoa(c.SequenceNumber) + " " + rowID(c)
	for i := range c.Explanations {
		s += " ✗ " + Printable(c.Explanations[i].ExplanationCode)
	}
	return s
}

// codeWords says which explanation codes both have, and which only one.
func codeWords(c *Comparison) string {
	var words []string
	for _, f := range []struct {
		who   string
		codes []string
	}{{"both ", c.BothCodes}, {"only AWS ", c.TheirCodes}, {"only vpcreach ", c.OurCodes}} {
		if len(f.codes) > 0 {
			words = append(words, f.who+PrintableMax(strings.Join(f.codes, ", "), 400))
		}
	}
	return strings.Join(words, "; ")
}
