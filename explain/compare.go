package explain

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// Outcome is how an answer of AWS's and ours about the same question stand to each other.
type Outcome string

// The outcomes.
const (
	Agrees      Outcome = "agrees"       // both say that there is a path, or both that there is none
	Differs     Outcome = "differs"      // one says that there is a path, the other that there is none
	NotKnown    Outcome = "unknown"      // ours is unknown
	NotCompared Outcome = "not-compared" // AWS's answer has no verdict, or its question cannot be asked
)

// Comparison is one answer of AWS's beside ours.
type Comparison struct {
	ID       string // of AWS's analysis; foreign text
	Outcome  Outcome
	Err      error                    // NotCompared: why
	Theirs   *NetworkInsightsAnalysis // AWS's answer
	Ours     *NetworkInsightsAnalysis // nil where NotCompared
	Result   *solver.Result           // ours; nil where NotCompared
	FromRows bool                     // the question was read from the rows: no answer held its path

	Forward, Return []RowPair
	BothCodes       []string // explanation codes of both, of AWS's alone, of ours alone; sorted
	TheirCodes      []string
	OurCodes        []string
	// First is the first difference in words, printable: of verdicts, else of rows, else of codes. Empty where there is none.
	First string
}

// RowPair is a row of AWS's beside one of ours about the same component; one of them is nil where only one has it.
type RowPair struct {
	Theirs, Ours *PathComponent
	Differences  []string // in which fields they differ, printable
}

// Compare asks the question of each analysis again in reading aws, and holds the two answers against each other. The analyses
// are foreign: what they name wrong becomes the comparison's Err.
func Compare(n *model.Network, x *AWSAnswers) []Comparison {
	out := make([]Comparison, len(x.Analyses))
	for i := range x.Analyses {
		out[i] = x.compare(n, &x.Analyses[i])
	}
	return out
}

func (x *AWSAnswers) compare(n *model.Network, theirs *NetworkInsightsAnalysis) Comparison {
	c := Comparison{ID: theirs.ID, Outcome: NotCompared, Theirs: theirs}
	if theirs.NetworkPathFound == nil {
		c.Err = fmt.Errorf("AWS's answer has no verdict: its status is %q", cmp.Or(theirs.Status, "not given"))
		return c
	}
	q, fromRows, err := x.questionOf(n, theirs)
	if c.FromRows = fromRows; err != nil {
		c.Err = err
		return c
	}
	if c.Result, c.Err = solver.Solve(n, q); c.Err != nil {
		return c
	}
	if c.Ours, c.Err = AnalysisOf(c.Result); c.Err != nil {
		return c
	}
	found := *theirs.NetworkPathFound
	switch {
	case c.Result.Verdict == solver.Unknown:
		c.Outcome = NotKnown
	case found == (c.Result.Verdict == solver.Reachable):
		c.Outcome = Agrees
	default:
		c.Outcome = Differs
	}
	c.Forward = pairRows(theirs.Forward, c.Ours.Forward)
	c.Return = pairRows(theirs.Return, c.Ours.Return)
	c.codes()
	c.first()
	return c
}

// codes sorts the explanation codes by who has them.
func (c *Comparison) codes() {
	of := func(a *NetworkInsightsAnalysis) []string {
		var out []string
		for _, e := range a.Explanations {
			out = append(out, e.ExplanationCode)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	theirs, ours := of(c.Theirs), of(c.Ours)
	for _, code := range theirs {
		if slices.Contains(ours, code) {
			c.BothCodes = append(c.BothCodes, code)
		} else {
			c.TheirCodes = append(c.TheirCodes, code)
		}
	}
	for _, code := range ours {
		if !slices.Contains(theirs, code) {
			c.OurCodes = append(c.OurCodes, code)
		}
	}
}

// first names the first difference.
func (c *Comparison) first() {
	if c.Outcome != Agrees {
		c.First = "verdict: AWS says " + theirVerdict(c.Theirs) + ", vpcreach says " + c.Result.Verdict.String()
		if len(c.Ours.Explanations) > 0 {
			c.First += ": " + explanationWords(&c.Ours.Explanations[0])
		} else if len(c.Theirs.Explanations) > 0 {
			c.First += "; AWS: " + explanationWords(&c.Theirs.Explanations[0])
		}
		return
	}
	for _, leg := range []struct {
		name string
		rows []RowPair
	}{{"request", c.Forward}, {"reply", c.Return}} {
		for i := range leg.rows {
			if words := leg.rows[i].difference(); words != "" {
				c.First = leg.name + ", " + words
				return
			}
		}
	}
	if len(c.TheirCodes)+len(c.OurCodes) > 0 {
		c.First = "codes: " + codeWords(c)
	}
}

// theirVerdict is AWS's verdict in our words.
func theirVerdict(a *NetworkInsightsAnalysis) string {
	if *a.NetworkPathFound {
		return "reachable"
	}
	return "unreachable"
}

// difference says in what the two rows differ; empty for not at all.
func (p *RowPair) difference() string {
	switch {
	case p.Ours == nil:
		return fmt.Sprintf("row %d: only AWS has %s", p.Theirs.SequenceNumber, rowID(p.Theirs))
	case p.Theirs == nil:
		return fmt.Sprintf("row %d: only vpcreach has %s", p.Ours.SequenceNumber, rowID(p.Ours))
	case len(p.Differences) > 0:
		return fmt.Sprintf("row %d, %s: %s", p.Theirs.SequenceNumber, rowID(p.Theirs), p.Differences[0])
	}
	return ""
}

// explanationWords is an explanation's code with the first component that it names.
func explanationWords(e *Explanation) string {
	for _, c := range []*AnalysisComponent{e.NetworkInterface, e.Acl, e.RouteTable, e.InternetGateway, e.NatGateway, e.VpcPeeringConnection, e.VpcEndpoint, e.Component} {
		if c != nil && c.ID != "" {
			return Printable(e.ExplanationCode) + " at " + Printable(c.ID)
		}
	}
	return Printable(e.ExplanationCode)
}

// rowID is the id of a row's component, printable.
func rowID(c *PathComponent) string {
	if id := componentID(c.Component); id != "" {
		return Printable(id)
	}
	return "(no component)"
}

// componentID is the id of a component, else its ARN.
func componentID(c *AnalysisComponent) string {
	if c == nil {
		return ""
	}
	return cmp.Or(c.ID, c.ARN)
}
