package mutation

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"sort"
)

// rewrite builds the source of a file in which every mutant of the list can be switched on.
func rewrite(source []byte, mutants []Mutant, importPath string) ([]byte, error) {
	var edits []edit
	for _, m := range mutants {
		edits = append(edits, m.edits(m.ID)...)
	}
	at, err := importAt(source)
	if err != nil {
		return nil, err
	}
	edits = append(edits, edit{from: at, to: at, text: "\nimport \"" + importPath + "\"\n", size: len(source)})
	sort.SliceStable(edits, func(i, j int) bool { return before(edits[i], edits[j]) })
	var out bytes.Buffer
	last := 0
	for _, e := range edits {
		if e.from < last {
			return nil, fmt.Errorf("two mutants replace the same text at offset %d", e.from)
		}
		out.Write(source[last:e.from])
		out.WriteString(e.text)
		last = e.to
	}
	out.Write(source[last:])
	return out.Bytes(), nil
}

// before orders edits by place; at one place what closes comes before what opens, the inner closing and the outer opening first.
func before(a, b edit) bool {
	switch {
	case a.from != b.from:
		return a.from < b.from
	case a.closing != b.closing:
		return a.closing
	case a.closing:
		return a.size < b.size
	}
	return a.size > b.size
}

// importAt is where an import can be added: after the package clause.
func importAt(source []byte) (int, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source, parser.PackageClauseOnly)
	if err != nil {
		return 0, err
	}
	return set.Position(ast.Node(file.Name).End()).Offset, nil
}

// switchboard is the package that the rewritten code asks whether a mutant is on. It notes which were asked for where
// MUTANT_REACHED names a file.
const switchboard = `// Package mutant switches one mutant on.
package mutant

import (
	"cmp"
	"os"
	"strconv"
	"sync"
)

var (
	active, _ = strconv.Atoi(os.Getenv("MUTANT"))
	log       = os.Getenv("MUTANT_REACHED")
	reached   sync.Map
)

// On says whether a mutant is switched on.
func On(id int) bool {
	if log != "" {
		note(id)
	}
	return id == active
}

func note(id int) {
	if _, again := reached.LoadOrStore(id, true); again {
		return
	}
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.WriteString(strconv.Itoa(id) + "\n"); err != nil {
		panic(err)
	}
}

func Less[T cmp.Ordered](id int, a, b T) bool         { return a < b || On(id) && a == b }
func LessEqual[T cmp.Ordered](id int, a, b T) bool    { return a < b || a == b && !On(id) }
func Greater[T cmp.Ordered](id int, a, b T) bool      { return a > b || On(id) && a == b }
func GreaterEqual[T cmp.Ordered](id int, a, b T) bool { return a > b || a == b && !On(id) }
`
