package scenario

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const testdata = "../../testdata/scenarios"

// The rules whose components are built: a rule of these prefixes needs a scenario that names it, or a reason.
var (
	ruleID = regexp.MustCompile(`\b(W|VPC|RT|GRT|SG|ACL|ENI|IGW|EIGW|CAGW|NAT|BPA|PCX|RET|EP|SP|VEC)-\d+\b`)

	// notYet are rules of components that are not built.
	notYet = map[string]string{
		"SG-29": "load balancer", "ACL-20": "load balancer", "ACL-22": "load balancer", "BPA-6": "load balancer",
	}

	// others are rules with gaps in their numbers.
	others = strings.Fields("EP-1 EP-2 EP-3 EP-4 EP-5 EP-6 EP-10 EP-11 EP-13 EP-20 EP-21 EP-22 EP-23 EP-30 EP-31 EP-32 EP-33 SP-1 SP-2 SP-3 SP-4 SP-5 VEC-1 VEC-2")

	// last is the highest number of each prefix in the rule text.
	last = map[string]int{"W": 6, "VPC": 8, "RT": 22, "GRT": 12, "SG": 35, "ACL": 23, "ENI": 11, "IGW": 7, "EIGW": 2, "CAGW": 1, "NAT": 12, "BPA": 9, "PCX": 10, "RET": 11}
)

func TestEveryBuiltRuleHasAScenario(t *testing.T) {
	scenarios, err := Load(testdata)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	titles := map[string]string{}
	for _, s := range scenarios {
		for _, id := range ruleID.FindAllString(s.Title, -1) {
			named[id] = true
		}
		if len(s.Questions)+len(s.Errors) == 0 {
			t.Errorf("%s:%d: %q asks nothing", s.File, s.Line, s.Title)
		}
		if file, twice := titles[s.Title]; twice {
			t.Errorf("%s:%d: the title %q stands in %s too", s.File, s.Line, s.Title, file)
		}
		titles[s.Title] = s.File
	}
	for prefix, count := range last {
		for number := 1; number <= count; number++ {
			id := prefix + "-" + strconv.Itoa(number)
			if !named[id] && notYet[id] == "" {
				t.Errorf("no scenario names %s", id)
			}
		}
	}
	for _, id := range others {
		if !named[id] {
			t.Errorf("no scenario names %s", id)
		}
	}
}

// A suite that knows one verdict only would pass a solver that knows one answer.
func TestScenariosExpectEveryVerdict(t *testing.T) {
	scenarios, err := Load(testdata)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, s := range scenarios {
		for _, q := range s.Questions {
			seen[q.Verdict]++
		}
	}
	for verdict, least := range map[string]int{"reachable": 100, "unreachable": 100, "unknown": 20, "ambiguous": 4} {
		if seen[verdict] < least {
			t.Errorf("%d questions expect %s; fewer than %d", seen[verdict], verdict, least)
		}
	}
}
