package explain

import (
	"cmp"
	"io"
	"strings"

	"github.com/vpcreach/vpcreach/model"
)

// CompareSchema is the contract of [CompareJSON], as the key schema names it.
const CompareSchema = "vpcreach/compare/1"

// The types below are the contract vpcreach/compare/1, key for key; docs/compare.schema.json says what each key means.

type compareDocument struct {
	Schema   string             `json:"schema"`
	Version  string             `json:"version"`
	Snapshot snapshotSpan       `json:"snapshot"`
	Counts   map[Outcome]int    `json:"counts"`
	Answers  []comparedDocument `json:"answers"`
}

type comparedDocument struct {
	ID         string         `json:"id"`
	Outcome    Outcome        `json:"outcome"`
	Error      string         `json:"error,omitempty"`
	Question   string         `json:"question,omitempty"`
	FromRows   bool           `json:"question_from_rows,omitzero"`
	AWS        string         `json:"aws,omitempty"`
	Vpcreach   string         `json:"vpcreach,omitempty"`
	Forward    []pairDocument `json:"forward"`
	Return     []pairDocument `json:"return"`
	Codes      codesDocument  `json:"codes"`
	Difference string         `json:"first_difference,omitempty"`
}

type pairDocument struct {
	AWS         *rowDocument `json:"aws,omitzero"`
	Vpcreach    *rowDocument `json:"vpcreach,omitzero"`
	Differences []string     `json:"differences"`
}

type rowDocument struct {
	Seq   int      `json:"seq"`
	ID    string   `json:"id"`
	Codes []string `json:"codes"`
}

type codesDocument struct {
	Both     []string `json:"both"`
	AWS      []string `json:"aws"`
	Vpcreach []string `json:"vpcreach"`
}

// CompareJSON writes comparisons as one object of the contract vpcreach/compare/1 (docs/compare.schema.json), followed by a line end.
// It fails only where w does.
func CompareJSON(w io.Writer, n *model.Network, list []Comparison, o JSONOptions) error {
	doc := compareDocument{Schema: CompareSchema, Version: cmp.Or(o.Version, "unknown"), Counts: map[Outcome]int{Agrees: 0, Differs: 0, NotKnown: 0, NotCompared: 0},
		Answers: []comparedDocument{}}
	from, to := (&view{n: n}).span()
	doc.Snapshot = snapshotSpan{From: orNull(from), To: orNull(to)}
	if n.Snapshot != nil {
		doc.Snapshot.Digest = n.Snapshot.Digest
	}
	for i := range list {
		c := &list[i]
		doc.Counts[c.Outcome]++
		doc.Answers = append(doc.Answers, compared(c))
	}
	return writeJSON(w, doc, o)
}

func compared(c *Comparison) comparedDocument {
	d := comparedDocument{ID: c.ID, Outcome: c.Outcome, FromRows: c.FromRows && c.Err == nil, Forward: pairsOf(c.Forward), Return: pairsOf(c.Return),
		Codes: codesDocument{listed(c.BothCodes), listed(c.TheirCodes), listed(c.OurCodes)}, Difference: c.First}
	if c.Err != nil {
		d.Error = strings.Join(strings.Fields(c.Err.Error()), " ")
		return d
	}
	d.Question = viewOf(c.Result).question()
	d.AWS, d.Vpcreach = theirVerdict(c.Theirs), c.Result.Verdict.String()
	return d
}

func pairsOf(list []RowPair) []pairDocument {
	out := []pairDocument{}
	for i := range list {
		out = append(out, pairDocument{AWS: rowOf(list[i].Theirs), Vpcreach: rowOf(list[i].Ours), Differences: listed(list[i].Differences)})
	}
	return out
}

func rowOf(c *PathComponent) *rowDocument {
	if c == nil {
		return nil
	}
	d := &rowDocument{Seq: c.SequenceNumber, ID: componentID(c.Component), Codes: []string{}}
	for i := range c.Explanations {
		d.Codes = append(d.Codes, c.Explanations[i].ExplanationCode)
	}
	return d
}

// listed is a list that is never null.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
