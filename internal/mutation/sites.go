package mutation

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// Mutant is one place where the code can be broken, and how.
type Mutant struct {
	ID   int    // numbers from 1; 0 until it is chosen
	File string // path within the module, with slashes
	Line int
	What string // "a < b: moved by one"
	Func string // the function it stands in

	edits func(id int) []edit
}

func (m Mutant) String() string {
	return fmt.Sprintf("%s:%d %s: %s", m.File, m.Line, m.Func, m.What)
}

// edit replaces the source between two offsets. Edits of different mutants nest: those that begin at one place are ordered by
// size, the larger node outside.
type edit struct {
	from, to int
	text     string
	size     int  // of the node that the edit belongs to
	closing  bool // stands at the node's end
}

// sites finds every mutant of a file.
func sites(root, path string, source []byte, names []string) ([]Mutant, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{set: set, source: source, names: names}
	if f.path, err = filepath.Rel(root, path); err != nil {
		return nil, err
	}
	f.path = filepath.ToSlash(f.path)
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		f.function = fn.Name.Name
		f.block(fn.Body)
	}
	sort.SliceStable(f.found, func(i, j int) bool { return f.found[i].Line < f.found[j].Line })
	return f.found, nil
}

// finder gathers the mutants of one file.
type finder struct {
	set      *token.FileSet
	source   []byte
	path     string
	function string
	names    []string // tables whose entries hold no rules
	found    []Mutant
}

func (f *finder) block(body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			f.loop(n)
			return false
		case *ast.AssignStmt:
			return !f.entry(n)
		case *ast.GenDecl: // constants and types
			return n.Tok == token.VAR
		case *ast.IfStmt:
			f.condition(n.Cond)
		case *ast.SwitchStmt:
			f.cases(n)
		case *ast.BinaryExpr:
			f.binary(n)
		case *ast.UnaryExpr:
			f.negation(n)
		case *ast.Ident:
			f.literal(n)
		case *ast.BlockStmt:
			f.statements(n.List)
		case *ast.CaseClause:
			f.statements(n.Body)
		}
		return true
	})
}

// entry says whether a statement fills in an entry of a table that holds no rules.
func (f *finder) entry(n *ast.AssignStmt) bool {
	x, ok := n.Lhs[0].(*ast.IndexExpr)
	if !ok {
		return false
	}
	table, ok := x.X.(*ast.Ident)
	return ok && slices.Contains(f.names, table.Name)
}

// loop looks into a loop, but not at what ends it.
func (f *finder) loop(n *ast.ForStmt) {
	f.block(n.Body)
}

// cases are conditions where the switch has no tag.
func (f *finder) cases(n *ast.SwitchStmt) {
	if n.Tag != nil {
		return
	}
	for _, c := range n.Body.List {
		for _, x := range c.(*ast.CaseClause).List {
			f.condition(x)
		}
	}
}

func (f *finder) condition(x ast.Expr) {
	f.wrap(x, "never holds", "(!mutant.On(%d) && (", "))")
	f.wrap(x, "always holds", "(mutant.On(%d) || (", "))")
}

// opposite tells what a comparison becomes when it is turned round.
var comparisons = map[token.Token]string{token.LSS: "Less", token.LEQ: "LessEqual", token.GTR: "Greater", token.GEQ: "GreaterEqual"}

func (f *finder) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.EQL, token.NEQ:
		f.wrap(n, "turned round", "(mutant.On(%d) != (", "))")
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		f.wrap(n, "turned round", "(mutant.On(%d) != (", "))")
		f.moved(n)
	case token.LAND, token.LOR:
		f.swapped(n)
	}
}

// moved lets a comparison take the border that it leaves out, or leave out the one that it takes.
func (f *finder) moved(n *ast.BinaryExpr) {
	from, to := f.span(n)
	op := f.offset(n.OpPos)
	size := to - from
	f.add(n, "moved by one", func(id int) []edit {
		return []edit{
			{from: from, to: from, text: fmt.Sprintf("mutant.%s(%d, ", comparisons[n.Op], id), size: size},
			{from: op, to: op + len(n.Op.String()), text: ", ", size: size},
			{from: to, to: to, text: ")", size: size, closing: true},
		}
	})
}

// swapped makes && of || and back, by De Morgan: a || b is !(!a && !b).
func (f *finder) swapped(n *ast.BinaryExpr) {
	from, to := f.span(n)
	_, left := f.span(n.X)
	right, _ := f.span(n.Y)
	size := to - from
	f.add(n, map[token.Token]string{token.LAND: "|| for &&", token.LOR: "&& for ||"}[n.Op], func(id int) []edit {
		on := fmt.Sprintf("mutant.On(%d) != ", id)
		return []edit{
			{from: from, to: from, text: "(" + on + "((" + on + "(", size: size},
			{from: left, to: left, text: "))", size: size, closing: true},
			{from: right, to: right, text: "(" + on + "(", size: size},
			{from: to, to: to, text: "))))", size: size, closing: true},
		}
	})
}

func (f *finder) negation(n *ast.UnaryExpr) {
	if n.Op != token.NOT {
		return
	}
	f.wrap(n, "negation dropped", "(mutant.On(%d) != (", "))")
}

func (f *finder) literal(n *ast.Ident) {
	from, to := f.span(n)
	replace := func(format string) func(id int) []edit {
		return func(id int) []edit {
			return []edit{{from: from, to: to, text: fmt.Sprintf(format, id), size: to - from}}
		}
	}
	switch n.Name {
	case "true":
		f.add(n, "false for true", replace("!mutant.On(%d)"))
	case "false":
		f.add(n, "true for false", replace("mutant.On(%d)"))
	}
}

// statements finds what can be left out: assignments to what exists already, calls, and leaving a round of a loop.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || f.entry(s) {
				continue
			}
		case *ast.IncDecStmt, *ast.ExprStmt:
		case *ast.BranchStmt:
			if s.Tok != token.CONTINUE {
				continue
			}
		default:
			continue
		}
		f.wrap(s, "left out", "if !mutant.On(%d) { ", " }")
	}
}

func (f *finder) wrap(n ast.Node, what, before, after string) {
	from, to := f.span(n)
	size := to - from
	f.add(n, what, func(id int) []edit {
		return []edit{
			{from: from, to: from, text: fmt.Sprintf(before, id), size: size},
			{from: to, to: to, text: after, size: size, closing: true},
		}
	})
}

func (f *finder) add(n ast.Node, what string, edits func(id int) []edit) {
	from, to := f.span(n)
	text := strings.Join(strings.Fields(string(f.source[from:to])), " ")
	if len(text) > 70 {
		text = text[:67] + "..."
	}
	f.found = append(f.found, Mutant{File: f.path, Line: f.set.Position(n.Pos()).Line, Func: f.function,
		What: text + ": " + what, edits: edits})
}

func (f *finder) span(n ast.Node) (from, to int) { return f.offset(n.Pos()), f.offset(n.End()) }

func (f *finder) offset(p token.Pos) int { return f.set.Position(p).Offset }
