// Command testreport turns the events of "go test -json" on standard input into what go test prints without it: a line
// for each package, the output of what failed; then the tests that were skipped and how many there were.
//
// It stands here rather than in internal because only .ci/test runs it. Its exit status tells of its input only: whether
// the tests passed is go test's own exit status.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of go test -json, as "go doc test2json" describes it.
type event struct {
	Action     string
	Package    string
	ImportPath string // build events name what was built instead of a package
	Test       string // empty: the event is the package's own
	Output     string
}

// report gathers what the events say. Output is kept for each test until it is known whether the test failed.
type report struct {
	to                      io.Writer
	output                  map[[2]string]*strings.Builder // by package and test
	passed, failed, skipped int
	packages                int
}

func main() {
	r := report{to: os.Stdout, output: map[[2]string]*strings.Builder{}}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	fmt.Printf("tests: %d passed, %d failed, %d skipped, in %d packages (subtests counted)\n",
		r.passed, r.failed, r.skipped, r.packages)
}

// read takes events until the end of in. A line that is no event is printed as it stands: go test writes some faults,
// such as a bad flag, as plain text.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(r.to, line)
			} else {
				r.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading events: %w", err)
		}
	}
}

// take notes one event.
func (r *report) take(e event) {
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.to, e.Output)
	case "output":
		r.keep(e)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e)
		}
	}
}

// keep holds an output line back until its test ends.
func (r *report) keep(e event) {
	key := [2]string{e.Package, e.Test}
	if r.output[key] == nil {
		r.output[key] = &strings.Builder{}
	}
	r.output[key].WriteString(e.Output)
}

// taken returns what a test or a package printed, and forgets it.
func (r *report) taken(e event) string {
	key := [2]string{e.Package, e.Test}
	kept := r.output[key]
	delete(r.output, key)
	if kept == nil {
		return ""
	}
	return kept.String()
}

// endTest counts a test and prints what it said, unless it passed. A skipped test gives its reason: what did not run
// must not read as if it had.
func (r *report) endTest(e event) {
	said := r.taken(e)
	switch e.Action {
	case "pass":
		r.passed++
		return
	case "fail":
		r.failed++
	case "skip":
		r.skipped++
	}
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(r.to, line)
		}
	}
}

// endPackage prints the line that go test ends a package with: "ok", "FAIL" or "no test files"; all it said if it failed.
func (r *report) endPackage(e event) {
	said := r.taken(e)
	if e.Action != "skip" {
		r.packages++
	}
	if e.Action == "pass" {
		said = said[strings.LastIndex(strings.TrimRight(said, "\n"), "\n")+1:]
	}
	fmt.Fprint(r.to, said)
}
