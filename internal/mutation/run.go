package mutation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Outcome is what became of one mutant.
type Outcome struct {
	Mutant
	Reached bool   // some test ran through the place
	Killer  string // the phase whose tests failed, "" for a survivor
	How     string // the first test that failed, or that it ran too long
}

// Report is what became of the sample.
type Report struct {
	Total    int // mutants there are
	Outcomes []Outcome
}

// Killed counts the mutants that some phase noticed.
func (r *Report) Killed() int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Killer != "" {
			n++
		}
	}
	return n
}

// Run breaks the code in every place of the sample, one at a time. It fails if the tests do before anything is broken. The function
// told is called after each mutant, from one goroutine at a time.
func Run(ctx context.Context, p Plan, told func(done, of int, o Outcome)) (*Report, error) {
	all, err := p.Mutants()
	if err != nil {
		return nil, err
	}
	chosen := p.choose(all)
	work, err := os.MkdirTemp("", "mutation-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	binaries, err := p.build(work, chosen)
	if err != nil {
		return nil, err
	}
	r := &runner{plan: p, binaries: binaries, work: work, limits: make([]time.Duration, len(p.Phases))}
	reached, err := r.baseline(ctx)
	if err != nil {
		return nil, err
	}
	report := &Report{Total: len(all), Outcomes: make([]Outcome, len(chosen))}
	var wait sync.WaitGroup
	var lock sync.Mutex
	done := 0
	next := make(chan int)
	for range max(1, p.Workers) {
		wait.Go(func() {
			for i := range next {
				o := Outcome{Mutant: chosen[i]}
				o.Killer, o.How, o.Reached = r.judge(ctx, chosen[i].ID, reached)
				lock.Lock()
				report.Outcomes[i] = o
				done++
				told(done, len(chosen), o)
				lock.Unlock()
			}
		})
	}
	for i := range chosen {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wait.Wait()
	return report, ctx.Err()
}

// runner runs the compiled tests.
type runner struct {
	plan     Plan
	binaries map[string]string // by the folder of their package
	work     string            // the module's copy
	limits   []time.Duration   // per phase, from how long it takes when nothing is broken
}

// baseline runs every phase with nothing broken, and tells which mutants the tests of each come past.
func (r *runner) baseline(ctx context.Context) ([]map[int]bool, error) {
	var reached []map[int]bool
	for i, phase := range r.plan.Phases {
		start, log := time.Now(), filepath.Join(r.work, "reached"+strconv.Itoa(i))
		out, err := r.run(ctx, phase, time.Hour, "MUTANT=0", "MUTANT_REACHED="+log)
		if err != nil {
			return nil, fmt.Errorf("phase %s fails with nothing broken: %w\n%s", phase.Name, err, out)
		}
		r.limits[i] = 6*time.Since(start) + time.Minute // the machine may be busy: what runs too long counts as noticed
		ids, err := readReached(log)
		if err != nil {
			return nil, err
		}
		reached = append(reached, ids)
	}
	return reached, nil
}

// readReached reads which mutants the tests of a phase came past; there is no file where they came past none.
func readReached(log string) (map[int]bool, error) {
	text, err := os.ReadFile(log)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ids := make(map[int]bool)
	for line := range strings.Lines(string(text)) {
		id, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			return nil, err
		}
		ids[id] = true
	}
	return ids, nil
}

// judge runs the phases that come past one mutant with it on, until one notices.
func (r *runner) judge(ctx context.Context, id int, came []map[int]bool) (killer, how string, reached bool) {
	for i, phase := range r.plan.Phases {
		if !came[i][id] {
			continue
		}
		reached = true
		out, err := r.run(ctx, phase, r.limits[i], "MUTANT="+strconv.Itoa(id))
		switch {
		case ctx.Err() != nil:
			return "", "interrupted", reached
		case errors.Is(err, context.DeadlineExceeded):
			return phase.Name, "ran too long", reached
		case err != nil:
			return phase.Name, firstFailure(out), reached
		}
	}
	return "", "", reached
}

func (r *runner) run(ctx context.Context, phase Phase, limit time.Duration, env ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	test := exec.CommandContext(ctx, r.binaries[r.plan.tests(phase)], "-test.run", phase.Pattern, "-test.failfast")
	test.Dir = filepath.Join(r.work, filepath.FromSlash(r.plan.tests(phase)))
	test.Env = append(append(os.Environ(), phase.Env...), env...)
	var out bytes.Buffer
	test.Stdout, test.Stderr = &out, &out
	err := test.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return out.Bytes(), err
}

// firstFailure is the deepest test that failed first, or the panic.
func firstFailure(out []byte) string {
	name := ""
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic:") {
			return line
		}
		if rest, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
			if name != "" && !strings.HasPrefix(rest, name+"/") {
				break
			}
			name, _, _ = strings.Cut(rest, " (")
		}
	}
	return name
}
