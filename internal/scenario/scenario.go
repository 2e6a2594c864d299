package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Scenario is one network with the questions that are asked about it. It is read-only after Parse and safe for
// concurrent use.
type Scenario struct {
	Title     string // what follows "==": rule IDs, then what the scenario shows
	File      string // the name given to Parse
	Line      int    // of the title, 1-based
	Network   *Network
	Questions []Question
	Errors    []Question // those that cannot be asked
}

// Question is one line "? FROM -> TO ... => VERDICT ...": what is asked, and what a right answer must say.
// Empty fields expect nothing.
type Question struct {
	Line     int
	From, To string
	Spec     string            // protocol and ports, empty where left out
	Options  map[string]string // as the command line's flags without dashes; a bare word has the value ""

	Verdict   string    // reachable, ambiguous, unknown or unreachable
	Error     string    // in Scenario.Errors: words of the error that asking gives
	Blockers  []Blocker // each is in the answer
	Only      bool      // and there are no others
	Via, Back []string  // component ids on the forward and return path, in this order, others may stand between
	Rules     []RuleAt  // what decided the forward hop at a component
	BackRules []RuleAt  // the same for the return hop
	Admits    []string  // the admitted set as printed, one element per line of the printer
	Missing   []string  // calls that some missing fact names
	Assumes   []string  // words of the listed assumptions
	Notes     []string  // words of the notes
}

// Blocker is an expected blocker: AWS's code and, unless empty, the component that raises it and what else it says.
type Blocker struct {
	Code      string
	Component string
	Details   []string // "in", "out", "request", "reply", a reason, or the id of a resource that it names
}

// RuleAt expects that Rule (an ACL's rule number, or a group id) decided the hop at Component.
type RuleAt struct {
	Rule      string
	Component string
}

// Files expands the network of the scenario to the answers that AWS would give: file name to content, JSON as the
// AWS CLI prints it. Names are "describe-vpcs.json", "get-managed-prefix-list-entries.pl-1.json" and so on; with more than
// one account or Region they stand in folders "ACCOUNT/REGION/". Same scenario, same bytes. DeclaredFile is among them where the
// scenario declares networks. The error names file and line.
func (s Scenario) Files() (map[string][]byte, error) {
	return s.Network.files()
}

// Parse reads the scenarios of one file; name stands in errors and in Scenario.File. It checks everything that can
// be checked without a solver: every id that a line or a question names must be declared (a record that should be missing
// is declared and then dropped), and the network must expand. The error names file and line and says what to do.
func Parse(name string, text []byte) ([]Scenario, error) {
	var scenarios []Scenario
	for _, block := range splitScenarios(name, string(text)) {
		if block.title == "" {
			return nil, block.at.errorf("text before the first scenario; start one with a line \"== TITLE\"")
		}
		s, err := parseScenario(block)
		if err != nil {
			return nil, err
		}
		scenarios = append(scenarios, s)
	}
	if len(scenarios) == 0 {
		return nil, fmt.Errorf("%s: no scenario; start one with a line \"== TITLE\"", name)
	}
	return scenarios, nil
}

// Load reads every *.scn file of a folder in the order of their names. Scenario.File is the file's name without the folder.
func Load(dir string) ([]Scenario, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.scn"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: no *.scn file in this folder", dir)
	}
	sort.Strings(paths)
	var all []Scenario
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		scenarios, err := Parse(filepath.Base(path), text)
		if err != nil {
			return nil, err
		}
		all = append(all, scenarios...)
	}
	return all, nil
}

// parseScenario reads the lines of one block, fills in the defaults and checks what the questions name.
func parseScenario(block block) (Scenario, error) {
	s := Scenario{Title: block.title, File: block.at.file, Line: block.at.line, Network: newNetwork()}
	for _, st := range block.statements {
		if st.words[0] == "?" {
			q, err := parseQuestion(st)
			if err != nil {
				return s, err
			}
			if q.Error != "" {
				s.Errors = append(s.Errors, q)
			} else {
				s.Questions = append(s.Questions, q)
			}
			continue
		}
		if err := s.Network.read(st); err != nil {
			return s, err
		}
	}
	if err := s.Network.complete(); err != nil {
		return s, err
	}
	if _, err := s.Network.files(); err != nil {
		return s, err
	}
	for _, q := range append(s.Errors, s.Questions...) {
		if err := s.Network.checkIDs(position{s.File, q.Line}, q); err != nil {
			return s, err
		}
	}
	return s, nil
}

// checkIDs reports the first resource id of a question that the network does not have: a misspelt id would otherwise
// look like a wrong answer.
func (n *Network) checkIDs(at position, q Question) error {
	ids := append([]string{q.From, q.To}, q.Via...)
	ids = append(ids, q.Back...)
	for _, b := range q.Blockers {
		ids = append(ids, b.Component)
	}
	for _, r := range append(append([]RuleAt{}, q.Rules...), q.BackRules...) {
		ids = append(ids, r.Component, r.Rule)
	}
	for _, id := range ids {
		for _, name := range strings.Split(id, "/") { // vpc-a/10.0.0.5 names two things
			if _, ok := kinds[prefixOf(name)]; ok && !n.known[name] {
				return at.errorf("the question names %s, which the scenario does not have; declare it or correct the id", name)
			}
		}
	}
	return nil
}
