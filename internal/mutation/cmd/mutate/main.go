// Command mutate breaks the rule code of vpcreach in a seeded sample of places, one at a time, and counts how many of the
// breakages the scenarios, the laws and the oracle notice. It takes a while: go run ./internal/mutation/cmd/mutate -h
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"

	"github.com/vpcreach/vpcreach/internal/mutation"
)

// skip are files of the rule packages without rules: how the search is held in memory and its findings are told, what finds things
// by name, the words of a question, whose an interface is, what the answers hold that no verdict rests on.
var skip = []string{
	"solver/queue.go", "solver/seen.go", "solver/doc.go", "solver/tally.go", "solver/result.go", // memory, counting
	"solver/path.go", "solver/tell.go", "solver/decision.go", // telling
	"solver/query.go", "solver/filtertext.go", "model/end.go", "model/name.go", "model/kind.go", // words, names
	"model/owner.go", "model/service.go", // whose an interface is
	"model/graph.go", "model/component.go", "model/other.go", "model/encryption.go", "model/shown.go", "model/skew.go", // shown, remarked
}

func main() {
	plan := mutation.Plan{
		Packages: []string{"solver", "model", "model/route"},
		Skip:     skip,
		Tables:   []string{"identifiers", "describers", "taggers"}, // names of things
		Tests:    "solver",
	}
	flag.StringVar(&plan.Root, "root", ".", "folder of the module")
	flag.Uint64Var(&plan.Seed, "seed", 1, "of the sample")
	flag.IntVar(&plan.Sample, "n", 500, "mutants to try")
	flag.IntVar(&plan.Workers, "workers", runtime.GOMAXPROCS(0), "test runs at a time")
	networks := flag.Int("networks", 400, "random networks for the oracle, 100 at least; 0: without the oracle")
	laws := flag.Int("laws", 60, "random networks for each law; 0: without the laws, which are slow and kill few")
	answers := flag.Bool("answers", true, "scenarios and laws of what answers say, too")
	only := flag.String("only", "", "a file with a mutant of the sample on each line, as this prints them: only these")
	list := flag.Bool("list", false, "only list the mutants there are")
	flag.Parse()
	plan.Phases = []mutation.Phase{
		{Name: "scenarios", Pattern: "^(TestScenarios|TestRealAnswers)$"},
	}
	if *networks > 0 {
		plan.Phases = append(plan.Phases, mutation.Phase{Name: "oracle", Pattern: "^TestOracleAgrees$", Env: []string{fmt.Sprintf("VPCREACH_ORACLE_NETWORKS=%d", *networks)}})
	}
	if *answers {
		plan.Phases = append(plan.Phases, mutation.Phase{Name: "answers", Tests: "explain",
			Pattern: "^(TestAWSFormat|TestFixWords|TestAWSFormatLaws|TestFixIsNeverWider|TestHeadersAreTheSet|TestEveryBlockerIsExplained)$"},
			mutation.Phase{Name: "fixes", Tests: "explain", Pattern: "^TestFixesAdmitTheWitness$", Env: []string{"VPCREACH_FIX_NETWORKS=120"}})
	}
	if *laws > 0 {
		plan.Phases = append(plan.Phases, mutation.Phase{Name: "laws", Pattern: "^TestLaw", Env: []string{fmt.Sprintf("VPCREACH_LAWS_NETWORKS=%d", *laws)}})
	}
	if err := read(*only, &plan); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
	if err := run(plan, *list); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// read takes the mutants to try from a file.
func read(file string, plan *mutation.Plan) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if _, mutant, ok := strings.Cut(line, ": "); ok && strings.Contains(line, "survives: ") {
			plan.Only = append(plan.Only, strings.TrimSpace(mutant))
		}
	}
	return err
}

func run(plan mutation.Plan, list bool) error {
	if list {
		all, err := plan.Mutants()
		for _, m := range all {
			fmt.Println(m)
		}
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	report, err := mutation.Run(ctx, plan, func(done, of int, o mutation.Outcome) {
		if o.Killer == "" {
			fmt.Fprintf(os.Stderr, "%d/%d survives: %s\n", done, of, o.Mutant)
		} else {
			fmt.Fprintf(os.Stderr, "%d/%d killed by %s, %s: %s\n", done, of, o.Killer, o.How, o.Mutant)
		}
	})
	if err != nil {
		return err
	}
	summary(report)
	return nil
}

func summary(r *mutation.Report) {
	by := make(map[string]int)
	for _, o := range r.Outcomes {
		by[o.Killer]++
	}
	fmt.Printf("%d of %d mutants tried: %d killed (%.1f %%): scenarios %d, oracle %d, answers %d, fixes %d, laws %d; %d survive\n", len(r.Outcomes), r.Total,
		r.Killed(), 100*float64(r.Killed())/float64(len(r.Outcomes)), by["scenarios"], by["oracle"], by["answers"], by["fixes"], by["laws"], by[""])
	for _, o := range r.Outcomes {
		switch {
		case o.Killer != "":
		case o.Reached:
			fmt.Println("survives:", o.Mutant)
		default:
			fmt.Println("never reached:", o.Mutant)
		}
	}
}
