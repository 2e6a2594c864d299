package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// assembly joins what the files hold to parts. It runs in one goroutine, over the files in their natural order, so
// that the outcome does not depend on which file was read first.
type assembly struct {
	snapshot *Snapshot
	known    *manifests
	parts    map[partKey]*Part
	rules    map[*Part][]SecurityGroupRule
	pages    map[*Part]map[target][]page

	// For Pack: where every answer came from, and which files hold one that belongs to no call.
	origins  []origin
	unplaced map[string]bool
}

// target names the answer of one call within a part.
type target struct {
	op     Operation
	object string
}

// page is one file's share of an answer.
type page struct {
	file  string
	state State
	open  bool // more pages are announced
	items int
	err   string
	asked *manifestCall

	filters string // of a search
}

// origin says where the answer of a call came from.
type origin struct {
	part *Part
	target
	file  string
	key   string // its top-level key; "" for the whole file
	value int    // the JSON value of the file; -1 for all

	wrapped bool // the answer is an element of the list under key
	element int
}

// assemble builds the snapshot from the results, which are sorted by path.
func assemble(results []fileResult, known *manifests) *assembly {
	a := &assembly{
		snapshot: &Snapshot{},
		known:    known,
		parts:    make(map[partKey]*Part),
		rules:    make(map[*Part][]SecurityGroupRule),
		pages:    make(map[*Part]map[target][]page),
		unplaced: make(map[string]bool),
	}
	for _, i := range naturalOrder(results) {
		a.file(&results[i])
	}
	a.manifestCalls(results)
	for i := range results {
		a.snapshot.Files = append(a.snapshot.Files, results[i].file)
	}
	keys := make([]partKey, 0, len(a.parts))
	for k := range a.parts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, comparePartKeys)
	for _, k := range keys {
		a.parts[k].infer()
	}
	a.joinInferred(keys)
	a.finish()
	a.snapshot.Tool = known.tool()
	return a
}

// naturalOrder sorts results so that page 2 comes before page 10: which page is the last decides whether
// the answer is cut.
func naturalOrder(results []fileResult) []int {
	order := make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return compareNatural(results[x].file.Path, results[y].file.Path)
	})
	return order
}

// compareNatural compares texts with runs of digits as numbers.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			na, nb := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), cmp.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits counts the digits that s begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

// part finds or makes the part of a key.
func (a *assembly) part(k partKey) *Part {
	p := a.parts[k]
	if p == nil {
		p = &Part{
			Partition: k.partition, Account: k.account, Region: k.region, Folder: k.folder,
			Calls: make(map[Operation]Call), Objects: make(map[Operation]map[string]Call),
		}
		a.parts[k] = p
		a.pages[p] = make(map[target][]page)
	}
	return p
}

// file takes in one file and settles its use.
func (a *assembly) file(r *fileResult) {
	asked := a.known.forFile(r.file.Path)
	if r.broken {
		a.brokenFile(r, asked)
	}
	if r.file.Use != "" {
		return // settled before: a manifest, a damaged file, not JSON
	}
	use := NotUnderstood
	if asked != nil && answersByOperation[asked.operation()] == nil {
		use = NotNeeded
	}
	for i := range r.found {
		f := &r.found[i]
		r.file.Items += f.items
		use = betterUse(use, a.answer(r, f, asked))
	}
	r.file.Use = use
	k := keyFor(r.file.Path, asked)
	p := a.parts[k]
	if p == nil || use != Used && use != NotNeeded {
		return // no answer of it belongs to a call, so that there is nothing to take
	}
	a.dropUnattributed(r)
	p.take(r.part)
	a.rules[p] = append(a.rules[p], r.rules...)
}

// betterUse is the use of a file of which one answer has use x and another y.
func betterUse(x, y FileUse) FileUse {
	rank := []FileUse{NotUnderstood, Unattributed, NotNeeded, Used}
	return rank[max(slices.Index(rank, x), slices.Index(rank, y))]
}

// answer notes one kind of answer of a file and returns what it is good for.
func (a *assembly) answer(r *fileResult, f *foundAnswer, asked *manifestCall) FileUse {
	if f.spec == nil {
		r.file.Problem = remark(r.file.Path, "an empty PrefixLists answer does not say which call gave it")
		r.file.Problem.Do = "name the file describe-managed-prefix-lists.json or describe-prefix-lists.json"
		a.unplaced[r.file.Path] = true
		return Unattributed
	}
	if f.spec.wraps {
		return a.wrapper(r, f)
	}
	t := target{op: f.spec.op}
	if asked != nil && asked.operation() != t.op {
		asked = nil // the entry is about another key of the file
	}
	if f.spec.perObject {
		t.object = a.objectOf(r, f, asked)
		f.object, t.op = t.object, f.spec.operationOn(t.object)
		if t.object == "" {
			a.unplaced[r.file.Path] = true
			if f.spec.read == nil {
				return NotNeeded
			}
			r.file.Problem = remark(r.file.Path, "%s does not say which %s it belongs to", f.spec.key, f.spec.about.noun)
			r.file.Problem.Do = "put the id into the file's name, as in " + f.spec.about.name
			return Unattributed
		}
		if f.spec.about != nil {
			f.spec.about.set(r.part, f.from, f.to, t.object)
		}
	}
	a.note(r, f, t, asked)
	if f.spec.read == nil {
		return NotNeeded
	}
	return Used
}

// objectOf finds the object that a per-object answer is about.
func (a *assembly) objectOf(r *fileResult, f *foundAnswer, asked *manifestCall) string {
	fromManifest := ""
	if asked != nil {
		fromManifest = asked.object()
	}
	if f.spec.op == GetNetworkRoutes { // whose answer tells by itself
		return cmp.Or(f.object, fromManifest, objectInName(path.Base(r.file.Path), f.spec))
	}
	return cmp.Or(fromManifest, f.object, objectInName(path.Base(r.file.Path), f.spec))
}

// note records a page of a target with the state it has by itself.
func (a *assembly) note(r *fileResult, f *foundAnswer, t target, asked *manifestCall) {
	p := a.part(keyFor(r.file.Path, a.known.forFile(r.file.Path)))
	pg := page{file: r.file.Path, state: Complete, open: f.open, items: f.items, asked: asked, filters: f.filters}
	switch {
	case asked != nil:
		pg.state, pg.err = asked.State, asked.Error
		main := answersByOperation[t.op].key == f.spec.key // its list is what the manifest counts
		if main && asked.Items > f.items && pg.state == Complete {
			pg.state = Cut
			pg.err = fmt.Sprintf("the manifest counts %d items, the file has %d", asked.Items, f.items)
		}
	case a.known.doubtful(r.file.Path):
		pg.state, pg.err = Cut, "the manifest that would say whether it is complete cannot be read"
	}
	if f.truncated && pg.state == Complete {
		pg.state, pg.err = Cut, "it says that there are more routes"
	}
	a.pages[p][t] = append(a.pages[p][t], pg)
	a.origins = append(a.origins, origin{part: p, target: t, file: r.file.Path, key: f.spec.key, value: f.value})
}

// brokenFile marks as failed what a file that cannot be read would have answered: what the manifest says, the keys
// that were seen before the damage, else what its name says.
func (a *assembly) brokenFile(r *fileResult, asked *manifestCall) {
	targets := map[target]bool{}
	if asked != nil {
		t := target{op: asked.operation()}
		if s := answersByOperation[t.op]; s != nil && s.perObject {
			t.object = asked.object()
		}
		targets[t] = true
	}
	for i := range r.found {
		if f := &r.found[i]; f.spec != nil {
			targets[brokenTarget(r, f.spec, f.object)] = true
		}
	}
	if len(targets) == 0 {
		if spec := operationByName(path.Base(r.file.Path)); spec != nil {
			targets[brokenTarget(r, spec, "")] = true
		}
	}
	if len(targets) == 0 {
		return
	}
	p := a.part(keyFor(r.file.Path, asked))
	for t := range targets {
		a.pages[p][t] = append(a.pages[p][t],
			page{file: r.file.Path, state: Failed, err: r.file.Problem.What, asked: asked})
	}
}

// brokenTarget is the target of a broken file's answer; a per-object answer without its object has the name of the
// file as far as it says one.
func brokenTarget(r *fileResult, spec *answerSpec, object string) target {
	t := target{op: spec.op}
	if spec.perObject {
		t.object = cmp.Or(object, objectInName(path.Base(r.file.Path), spec))
	}
	return t
}

// dropUnattributed removes records of objects nobody knows.
func (a *assembly) dropUnattributed(r *fileResult) {
	for i := range r.found {
		if s := r.found[i].spec; s != nil && s.about != nil {
			s.about.drop(r.part)
		}
	}
}

// manifestCalls takes in the manifests' entries that no file answered: calls that were denied, and files that are
// not there or hold something else.
func (a *assembly) manifestCalls(results []fileResult) {
	answered := make(map[*manifestCall]bool)
	for _, byTarget := range a.pages {
		for _, pages := range byTarget {
			for i := range pages {
				answered[pages[i].asked] = true
			}
		}
	}
	present := make(map[string]bool, len(results))
	for i := range results {
		present[results[i].file.Path] = true
	}
	for _, folder := range a.known.folders() {
		m := a.known.byFolder[folder]
		for i := range m.Calls {
			if c := &m.Calls[i]; !answered[c] {
				a.unanswered(folder, c, present)
			}
		}
	}
}

// unanswered records a call without a file that answers it.
func (a *assembly) unanswered(folder string, c *manifestCall, present map[string]bool) {
	spec := answersByOperation[c.operation()]
	at := folder
	if c.File != "" {
		at = path.Dir(c.File)
	}
	p := a.part(partKey{partition: c.Partition, account: c.Account, region: c.Region}.in(at))
	t := target{op: c.operation()}
	if spec != nil && spec.perObject || spec == nil && len(c.Parameters) > 0 {
		t.object = c.object()
	}
	pg := page{file: c.File, state: c.State, err: c.Error, items: c.Items, asked: c}
	switch {
	case c.State != Complete && c.State != Cut:
	case c.File == "":
		pg.state, pg.err = Failed, "the manifest names no file for it"
	case !present[c.File]:
		pg.state, pg.err = Failed, "its file is missing"
	case spec != nil:
		pg.state, pg.err = Failed, "its file does not hold the answer"
	default: // a call that this version does not know, with its file
		a.origins = append(a.origins, origin{part: p, target: t, file: c.File, value: -1})
	}
	a.pages[p][t] = append(a.pages[p][t], pg)
}

// joinInferred makes one part of those that turn out to be of one account's Region, and sorts the parts.
func (a *assembly) joinInferred(keys []partKey) {
	joined := make(map[partKey]*Part)
	replaced := make(map[*Part]*Part)
	for _, k := range keys {
		p := a.parts[k]
		full := partKey{partition: p.Partition, account: p.Account, region: p.Region}.in(p.Folder)
		if p.Account != "" && p.Region != "" {
			p.Folder = ""
		}
		first := joined[full]
		if first == nil {
			joined[full] = p
			a.snapshot.Parts = append(a.snapshot.Parts, p)
			continue
		}
		first.take(p)
		a.rules[first] = append(a.rules[first], a.rules[p]...)
		for t, pages := range a.pages[p] {
			a.pages[first][t] = append(a.pages[first][t], pages...)
		}
		replaced[p] = first
	}
	for i := range a.origins {
		a.origins[i].part = cmp.Or(replaced[a.origins[i].part], a.origins[i].part)
	}
	for k, p := range a.parts {
		a.parts[k] = cmp.Or(replaced[p], p)
	}
	slices.SortStableFunc(a.snapshot.Parts, func(x, y *Part) int {
		return comparePartKeys(partKey{x.Partition, x.Account, x.Region, x.Folder},
			partKey{y.Partition, y.Account, y.Region, y.Folder})
	})
}

func comparePartKeys(x, y partKey) int {
	return cmp.Or(cmp.Compare(x.partition, y.partition), cmp.Compare(x.account, y.account),
		cmp.Compare(x.region, y.region), cmp.Compare(x.folder, y.folder))
}

// finish settles the calls of every part, then what depends on them.
func (a *assembly) finish() {
	for _, p := range a.snapshot.Parts {
		for t, pages := range a.pages[p] {
			c := joinPages(t, pages)
			a.snapshot.span(c)
			if t.object == "" {
				p.Calls[t.op] = c
				continue
			}
			if p.Objects[t.op] == nil {
				p.Objects[t.op] = make(map[string]Call)
			}
			p.Objects[t.op][t.object] = c
		}
		p.Named = foldNamed(p.Named)
		if err := p.foldRules(a.rules[p]); err != nil {
			a.remarkOn(p.Call(DescribeSecurityGroupRules).File, err)
		}
	}
}

// remarkOn attaches a remark to a file that has none yet.
func (a *assembly) remarkOn(file string, err error) {
	for i := range a.snapshot.Files {
		if f := &a.snapshot.Files[i]; f.Path == file && f.Problem == nil {
			f.Problem = remark(file, "%v", err)
		}
	}
}

// joinPages makes one call of the pages of an answer: complete only if all are, and if the last page does not
// announce another.
func joinPages(t target, pages []page) Call {
	slices.SortStableFunc(pages, func(x, y page) int { return compareNatural(x.file, y.file) })
	_, stated := joinFilters(t, pages)
	pages = searched(t, pages)
	service, _ := splitOperation(t.op)
	c := Call{Service: service, Operation: t.op, State: Complete, File: pages[0].file}
	if t.object != "" {
		c.Parameters = map[string]string{"id": t.object}
	}
	for _, pg := range pages {
		c.Items += pg.items
		if worse(pg.state, c.State) {
			c.State, c.Error = pg.state, oneLine(pg.err)
		}
		if m := pg.asked; m != nil {
			c.Start, c.End = earlier(c.Start, m.Start), later(c.End, m.End)
			c.Parameters = m.Parameters
		}
	}
	if stated {
		filters, _ := joinFilters(t, pages)
		c.Parameters = map[string]string{"id": t.object, parameterFilters: filters}
	}
	if last := pages[len(pages)-1]; last.open && c.State == Complete {
		c.State, c.Error = Cut, "its last page announces another one"
	}
	return c
}

// worse reports whether state x is less to be relied on than y.
func worse(x, y State) bool {
	rank := []State{Complete, Cut, NotAsked, Disabled, Unsupported, Denied, Failed}
	return slices.Index(rank, x) > slices.Index(rank, y)
}

var errCutRules = errors.New("the rows of group rules are not complete, so that no group is made of them: take them again")
