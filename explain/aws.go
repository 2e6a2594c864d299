package explain

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// AWS writes a result of reading aws in the shape of one element of NetworkInsightsAnalyses, as AWS's Reachability Analyzer
// answers (docs/aws-format.md), followed by a line end. Foreign text stands in it as in [JSON].
//
// It fails for a result of another reading, and where w does.
func AWS(w io.Writer, r *solver.Result, o JSONOptions) error {
	a, err := AnalysisOf(r)
	if err != nil {
		return err
	}
	return writeJSON(w, a, o)
}

// AnalysisOf is a result of reading aws as AWS's analyzer would give it.
func AnalysisOf(r *solver.Result) (*NetworkInsightsAnalysis, error) {
	if r.Query.Reading != solver.AWS {
		return nil, errors.New("AWS's format is for answers of --reading aws: in reading " + r.Query.Reading.String() + " it would say what AWS does not")
	}
	a := &analyst{view: viewOf(r)}
	a.headers()
	found := r.Verdict == solver.Reachable
	out := &NetworkInsightsAnalysis{Status: "succeeded", NetworkPathFound: &found, WarningMessage: a.warning()}
	out.FilterInArns, out.FilterOutArns = a.filterArns()
	out.Forward = a.rows(r.Forward, solver.Forward)
	if found || a.replyBlocked() {
		out.Return = a.rows(r.Return, solver.Return)
	}
	a.remark(out)
	switch r.Verdict {
	case solver.Unreachable:
		for i := range r.Blockers {
			for _, e := range a.explanations(&r.Blockers[i]) {
				out.gather(e)
			}
		}
	case solver.Unknown:
		a.unknown(out)
	}
	return out, nil
}

// analyst writes one result in AWS's words.
type analyst struct {
	*view
	segments [2][]segment // by leg
}

// replyBlocked says whether something blocks the way back that does not block the way there: then the way back is shown too, although AWS
// is only known to show the request of a blocked path.
func (a *analyst) replyBlocked() bool {
	return slices.ContainsFunc(a.r.Blockers, func(b solver.Blocker) bool {
		return b.Leg == solver.Return && !slices.ContainsFunc(a.r.Blockers, func(f solver.Blocker) bool {
			return f.Leg == solver.Forward && f.Code == b.Code && f.At == b.At && f.Egress == b.Egress
		})
	})
}

// gather lists an explanation at the top, once.
func (n *NetworkInsightsAnalysis) gather(e Explanation) {
	if !slices.ContainsFunc(n.Explanations, func(x Explanation) bool { return reflect.DeepEqual(x, e) }) {
		n.Explanations = append(n.Explanations, e)
	}
}

// component names a component; nil where it is not known.
func (a *analyst) component(r model.Ref) *AnalysisComponent {
	if !known(r) {
		return nil
	}
	res := a.n.Resource(r)
	c := &AnalysisComponent{ID: res.ID, ARN: res.ARN}
	for _, t := range a.n.Tags(r) { // the name of a group without the tag is no Name
		if t.Key == "Name" {
			c.Name = t.Value
		}
	}
	return c
}

// warning says in words what AWS's shape has no field for: that the answer is not known, and what was assumed.
func (a *analyst) warning() string {
	var parts []string
	if a.r.Verdict == solver.Unknown {
		parts = append(parts, "vpcreach does not know the answer: NetworkPathFound is false because AWS's format has no word for that. Not known: "+a.lacking())
	}
	for i := range a.r.Assumptions {
		parts = append(parts, "assumed: "+a.assumption(&a.r.Assumptions[i]))
	}
	return strings.Join(parts, "; ")
}

// lacking lists the missing facts, the first of many.
func (a *analyst) lacking() string {
	var words []string
	for i, m := range a.r.Missing {
		if i == maxSections {
			words = append(words, "and "+strconv.Itoa(len(a.r.Missing)-i)+" more")
			break
		}
		text := PrintableMax(m.What, 120)
		if m.Call != "" {
			text += " (" + PrintableMax(string(m.Call), 80) + ")"
		}
		words = append(words, text+": "+missingWhy(m))
	}
	return strings.Join(words, ", ")
}
