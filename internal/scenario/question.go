package scenario

import (
	"regexp"
	"slices"
	"strings"
)

var (
	verdicts = []string{"reachable", "ambiguous", "unknown", "unreachable"}

	// The options of a question are the flags of the command line that change the answer.
	valueOptions = []string{"reading", "source-address", "source-port", "destination-address", "through", "exclude",
		"filter-at-source", "filter-at-destination", "account", "region", "assume"}
	bareOptions = []string{"no-assume"}

	codePattern = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)
)

// parseQuestion reads "? FROM -> TO [SPEC] [OPTION...] => VERDICT [EXPECTATION...]".
func parseQuestion(st statement) (Question, error) {
	q := Question{Line: st.at.line, Options: map[string]string{}}
	if len(st.continued) > 0 {
		return q, st.continued[0].at.errorf("a question stands on one line; do not indent what follows it")
	}
	arrow := slices.Index(st.words, "=>")
	if arrow < 4 || st.words[2] != "->" || arrow+1 == len(st.words) {
		return q, st.at.errorf("a question has the form \"? FROM -> TO [PROTOCOL[/PORTS]] [OPTION...] => VERDICT [EXPECTATION...]\"")
	}
	q.From, q.To = st.words[1], st.words[3]
	for _, word := range st.words[4:arrow] {
		if err := q.ask(st.at, word); err != nil {
			return q, err
		}
	}
	if q.Verdict = st.words[arrow+1]; q.Verdict == "error" {
		if q.Error = strings.Join(st.words[arrow+2:], " "); q.Error == "" {
			return q, st.at.errorf("\"error\" without words; write words of the error that the question gives")
		}
		return q, nil
	}
	if !slices.Contains(verdicts, q.Verdict) {
		return q, st.at.errorf("no verdict %q; write one of %s, or error and words of it", q.Verdict, strings.Join(verdicts, ", "))
	}
	for _, word := range st.words[arrow+2:] {
		if err := q.expect(st.at, word); err != nil {
			return q, err
		}
	}
	if q.Only && len(q.Blockers) == 0 {
		return q, st.at.errorf("\"only\" without a blocker; name the blockers that there are")
	}
	return q, nil
}

// ask reads one word between TO and "=>".
func (q *Question) ask(at position, word string) error {
	name, value, valued := strings.Cut(word, "=")
	switch {
	case valued && slices.Contains(valueOptions, name), !valued && slices.Contains(bareOptions, name):
		if _, twice := q.Options[name]; twice {
			return at.errorf("option %s is given twice; join the values with commas", name)
		}
		if valued && value == "" {
			return at.errorf("option %s has no value; write %s=VALUE", name, name)
		}
		if name == "reading" && value != "strict" && value != "aws" {
			return at.errorf("no reading %q; write reading=strict or reading=aws", value)
		}
		q.Options[name] = value
	case valued:
		return at.errorf("no option %q; write one of %s, or the bare word no-assume", name, strings.Join(valueOptions, ", "))
	case q.Spec == "":
		q.Spec = word
	default:
		return at.errorf("%q follows the protocol %q; write protocol and ports as one word, such as tcp/443", word, q.Spec)
	}
	return nil
}

// expect reads one word after the verdict.
func (q *Question) expect(at position, word string) error {
	name, value, valued := strings.Cut(word, "=")
	if !valued || strings.Contains(name, ",") { // a blocker's details may have one
		return q.expectBlocker(at, word)
	}
	lists := map[string]struct {
		field     *[]string
		separator string
	}{
		"via": {&q.Via, ","}, "back": {&q.Back, ","}, "admits": {&q.Admits, ";"},
		"missing": {&q.Missing, ","}, "assumes": {&q.Assumes, ","}, "note": {&q.Notes, ","},
	}
	rules := map[string]*[]RuleAt{"rule": &q.Rules, "backrule": &q.BackRules}
	if value == "" {
		return at.errorf("expectation %s has no value; write %s=VALUE or leave it out", name, name)
	}
	if list, ok := lists[name]; ok {
		*list.field = append(*list.field, strings.Split(value, list.separator)...)
		return nil
	}
	if field, ok := rules[name]; ok {
		rule, component, found := strings.Cut(value, "@")
		if !found || rule == "" || component == "" {
			return at.errorf("%s=%s has no component; write %s=RULE@COMPONENT", name, value, name)
		}
		*field = append(*field, RuleAt{rule, component})
		return nil
	}
	return at.errorf("no expectation %q; write CODE[@COMPONENT], only, or one of via, back, rule, backrule, admits, missing, assumes, note with =", name)
}

func (q *Question) expectBlocker(at position, word string) error {
	if word == "only" {
		q.Only = true
		return nil
	}
	word, details, _ := strings.Cut(word, ",")
	code, component, found := strings.Cut(word, "@")
	if !codePattern.MatchString(code) || found && component == "" {
		return at.errorf("%q is no expectation; a blocker is written CODE or CODE@COMPONENT with AWS's code", word)
	}
	b := Blocker{Code: code, Component: component}
	if details != "" {
		b.Details = strings.Split(details, ",")
	}
	q.Blockers = append(q.Blockers, b)
	return nil
}
