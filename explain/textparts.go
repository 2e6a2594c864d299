package explain

import (
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// maxSections bounds how many branches, blockers or missing facts the text lists; JSON lists all.
const maxSections = 12

// blockers gathers what refuses, in the order of the path: code, sentence, fix.
func (t *text) blockers() {
	if len(t.r.Blockers) == 0 {
		return
	}
	t.line()
	t.line(span{faint, counted(len(t.r.Blockers), "blocker")})
	for i := range t.r.Blockers {
		if i == maxSections {
			t.line(span{text: "  and " + strconv.Itoa(len(t.r.Blockers)-i) + " more"})
			return
		}
		t.blocker(&t.r.Blockers[i])
	}
}

func (t *text) blocker(b *solver.Blocker) {
	head := " at " + t.called(b.At)
	if !known(b.At) {
		head = ""
	}
	if b.Leg == solver.Return {
		head += ", on the way back"
	}
	t.line(span{bad, "✗ " + string(b.Code)}, span{text: head})
	t.sentence("    ", Sentence(t.r, b))
	fix := FixOf(t.r, b)
	if fix.Unfixable != "" {
		t.sentence("    ", "no fix: "+fix.Unfixable)
		return
	}
	t.sentence("    ", "fix: "+fix.Text)
}

// missing lists the facts on which an unknown answer depends, and how to get them.
func (t *text) missing() {
	if len(t.r.Missing) == 0 {
		return
	}
	t.line()
	title := "not known"
	switch t.r.Verdict {
	case solver.Unreachable:
		title += ", though it does not change the answer"
	case solver.Reachable, solver.Ambiguous:
		title += ", for the rest of the question"
	}
	t.line(span{faint, title})
	told := map[string]bool{}
	for i, m := range t.r.Missing {
		if i == maxSections {
			t.line(span{text: "  and " + strconv.Itoa(len(t.r.Missing)-i) + " more (--format json lists all)"})
			break
		}
		t.fact(m, told)
	}
	if !t.r.ArrivedAt.IsZero() {
		t.line(span{text: "  the path could be followed as far as " + t.called(t.r.ArrivedAt)})
	}
}

// fact says one missing fact. told holds the calls that were proposed before, so that each comes once.
func (t *text) fact(m *model.Missing, told map[string]bool) {
	t.line(span{doubtful, "? "}, span{text: PrintableMax(m.What, 120) + ": " + missingWhy(m)})
	words, command := missingRemedy(m)
	if told[words+command] {
		return
	}
	told[words+command] = true
	if words != "" {
		t.sentence("    ", words)
	}
	if command != "" {
		t.line(span{text: "    get it: " + command})
	}
}

// branches lists the ways that AWS may choose, where they do not all end alike.
func (t *text) branches() {
	if len(t.r.Branches) == 0 {
		return
	}
	t.line()
	t.line(span{faint, "AWS chooses one of " + counted(len(t.r.Branches), "way")})
	for i := range t.r.Branches {
		if i == maxSections {
			t.line(span{text: "  and " + strconv.Itoa(len(t.r.Branches)-i) + " more (--format json lists all)"})
			return
		}
		b := &t.r.Branches[i]
		t.line(span{verdictStyles[b.Outcome], "  " + pad(b.Outcome.String(), 11)}, span{text: "  " + t.way(b)})
	}
}

// way is a branch as the chain of its components, request then reply.
func (t *text) way(b *solver.Branch) string {
	chain := func(hops []solver.Hop) string {
		var ids []string
		for i := range hops {
			if known(hops[i].At) {
				ids = append(ids, t.id(hops[i].At))
			}
		}
		return strings.Join(ids, " → ")
	}
	s := chain(b.Forward)
	if back := chain(b.Return); back != "" {
		s += "  reply " + back
	}
	return s
}

// remarks lists assumptions and notes.
func (t *text) remarks() {
	t.list("assumed", len(t.r.Assumptions), func(i int) string { return t.assumption(&t.r.Assumptions[i]) })
	t.list("notes", len(t.r.Notes), func(i int) string { return t.note(&t.r.Notes[i]) })
}

func (t *text) list(title string, n int, item func(i int) string) {
	if n == 0 {
		return
	}
	t.line()
	t.line(span{faint, title})
	for i := range n {
		t.sentence("  ", item(i))
	}
}
