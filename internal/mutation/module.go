package mutation

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Plan says what to break and who may judge.
type Plan struct {
	Root     string   // of the module
	Packages []string // folders with rule code, within the module
	Skip     []string // files of them that hold no rules, by path within the module
	Tables   []string // variables whose entries, which may be functions, hold no rules
	Tests    string   // folder of the package whose tests judge, for phases that name no other
	Phases   []Phase  // in this order; the first that fails has killed the mutant
	Seed     uint64
	Sample   int      // how many mutants; all where there are fewer
	Only     []string // of the sample only these, as Mutant.String has them; all if there are none
	Workers  int
}

// Phase is a set of tests, by the pattern of their names, and the environment that they run in.
type Phase struct {
	Name, Pattern string
	Tests         string // folder of the package; empty: the plan's
	Env           []string
}

// Mutants finds every mutant of the rule code, in order of file and line.
func (p Plan) Mutants() ([]Mutant, error) {
	var all []Mutant
	for _, dir := range p.Packages {
		paths, err := filepath.Glob(filepath.Join(p.Root, dir, "*.go"))
		if err != nil {
			return nil, err
		}
		slices.Sort(paths)
		for _, path := range paths {
			rel, err := filepath.Rel(p.Root, path)
			if err != nil {
				return nil, err
			}
			if strings.HasSuffix(path, "_test.go") || slices.Contains(p.Skip, filepath.ToSlash(rel)) {
				continue
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			found, err := sites(p.Root, path, source, p.Tables)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no mutants in %s", strings.Join(p.Packages, ", "))
	}
	return all, nil
}

// choose takes the seeded sample and numbers it, in order of file and line.
func (p Plan) choose(all []Mutant) []Mutant {
	order := rand.New(rand.NewPCG(p.Seed, 0)).Perm(len(all))
	order = order[:min(p.Sample, len(order))]
	slices.Sort(order)
	chosen := make([]Mutant, len(order))
	for i, k := range order {
		chosen[i] = all[k]
		chosen[i].ID = i + 1
	}
	if len(p.Only) > 0 {
		chosen = slices.DeleteFunc(chosen, func(m Mutant) bool { return !slices.Contains(p.Only, m.String()) })
	}
	return chosen
}

// tests is the folder of the package whose tests a phase runs.
func (p Plan) tests(phase Phase) string {
	if phase.Tests != "" {
		return phase.Tests
	}
	return p.Tests
}

// build copies the module with the chosen mutants in it and compiles the tests of every package that judges. It returns their binaries by
// the package's folder.
func (p Plan) build(work string, chosen []Mutant) (binaries map[string]string, err error) {
	if err := copyModule(p.Root, work); err != nil {
		return nil, err
	}
	name, err := modulePath(p.Root)
	if err != nil {
		return nil, err
	}
	board := filepath.Join(work, "internal", "mutant")
	if err := os.MkdirAll(board, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(board, "mutant.go"), []byte(switchboard), 0o600); err != nil {
		return nil, err
	}
	byFile := make(map[string][]Mutant)
	for _, m := range chosen {
		byFile[m.File] = append(byFile[m.File], m)
	}
	for file, mutants := range byFile {
		path := filepath.Join(work, filepath.FromSlash(file))
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if source, err = rewrite(source, mutants, name+"/internal/mutant"); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(path, source, 0o600); err != nil {
			return nil, err
		}
	}
	binaries = make(map[string]string)
	for _, phase := range p.Phases {
		folder := p.tests(phase)
		if binaries[folder] != "" {
			continue
		}
		binary := filepath.Join(work, fmt.Sprintf("mutated%d.test", len(binaries)))
		build := exec.Command("go", "test", "-c", "-vet=off", "-o", binary, "./"+folder)
		build.Dir = work
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("the mutated code does not compile: %w\n%s", err, out)
		}
		binaries[folder] = binary
	}
	return binaries, nil
}

func modulePath(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			return strings.TrimSpace(name), nil
		}
	}
	return "", errors.New("go.mod names no module")
}

// copyModule copies all files of a module but those of git.
func copyModule(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o600)
	})
}
