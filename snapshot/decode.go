package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// fileResult is what one file holds. Its records are used only when problem is nil or only a remark.
type fileResult struct {
	file   File
	part   *Part // the records, in a part that has nothing else
	rules  []SecurityGroupRule
	found  []foundAnswer // in the order of their first appearance
	values int           // JSON values in the file: pages
	broken bool
	sum    [32]byte
}

// foundAnswer is one kind of answer in one file, all its pages of that file together.
type foundAnswer struct {
	spec   *answerSpec
	object string // id of the object that was asked for; "" where there is none or it is not known
	items  int
	open   bool // the last page says that there is another

	value int // which JSON value of the file an answer about one object is in; -1 for other answers

	truncated bool   // it says that there is more, and no page holds it
	filters   string // what a search was narrowed to, as far as the file says
	wrapped   []wrappedAnswer

	// from and to bound the records that a per-object answer gave, as its spec's about counts them.
	from, to int
}

// fileDecoder reads one file: JSON values one after the other (AWS CLI pages, JSON Lines), each an object whose
// keys are answers. Elements of answers that are read go straight from the stream into records; the
// rest is passed over token by token. Nothing is held but the records and one token.
type fileDecoder struct {
	fileResult
	dec      *jsontext.Decoder
	maxDepth int
	asked    *manifestCall // what the manifest says of the file; nil without a manifest entry
	reader   recordReader

	// Of the JSON value that is being read:
	value     []int // indexes into found
	pageToken bool
	beside    map[string]string // ids beside the answer that may say what it is about, by key

	// Beside answers about transit gateways:
	moreRoutes          bool
	filters, natSupport string
}

// newFileDecoder prepares to read the file from r, which gives UTF-8 without byte order mark.
func newFileDecoder(p string, r io.Reader, asked *manifestCall, maxDepth int) *fileDecoder {
	d := &fileDecoder{asked: asked, maxDepth: maxDepth}
	d.file = File{Path: p}
	d.part = &Part{}
	guard := &tokenGuard{r: r}
	d.dec = jsontext.NewDecoder(guard)
	guard.dec = d.dec
	d.reader = recordReader{dec: d.dec, part: d.part}
	return d
}

// tokenGuard stops a decoder that has taken in far more than it has given out: it is gathering one huge token,
// which it would hold in memory whole.
type tokenGuard struct {
	r    io.Reader
	dec  *jsontext.Decoder
	read int64
}

// errHugeToken is the reader's error for a string or number of absurd length.
var errHugeToken = fmt.Errorf("a single text or number of more than %d MiB", maxTokenBytes>>20)

func (g *tokenGuard) Read(p []byte) (int, error) {
	if g.read-g.dec.InputOffset() > maxTokenBytes {
		return 0, errHugeToken
	}
	n, err := g.r.Read(p)
	g.read += int64(n)
	return n, err
}

// errNotObject is the problem of a file whose value is a list, a text or a number.
var errNotObject = errors.New("not an object with the keys of an AWS answer")

// run reads the file to its end.
func (d *fileDecoder) run() error {
	for {
		kind := d.dec.PeekKind()
		if kind == jsontext.KindInvalid {
			// The reason why there is nothing to peek at comes with the token.
			if _, err := d.dec.ReadToken(); err != io.EOF {
				return orUnexpected(err)
			}
			if d.values == 0 {
				return errEmptyFile
			}
			return nil
		}
		if kind != '{' {
			return errNotObject
		}
		d.values++
		if err := d.readValue(); err != nil {
			return err
		}
	}
}

var errEmptyFile = errors.New("empty file")

// orUnexpected turns a nil or EOF error, which here means that something is missing, into a real one.
func orUnexpected(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readValue reads one top-level object.
func (d *fileDecoder) readValue() error {
	d.value, d.pageToken, d.beside = d.value[:0], false, nil
	d.moreRoutes, d.filters, d.natSupport = false, "", ""
	if _, err := d.dec.ReadToken(); err != nil {
		return err
	}
	for d.dec.PeekKind() == '"' {
		token, err := d.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := d.readMember(token.String()); err != nil {
			return err
		}
	}
	if _, err := d.dec.ReadToken(); err != nil { // the closing brace, or what stands in its place
		return orUnexpected(err)
	}
	for _, i := range d.value {
		a := &d.found[i]
		a.open = d.pageToken
		if a.spec != nil && a.spec.about != nil && a.object == "" {
			a.object = cmp.Or(d.beside[a.spec.about.key], d.beside[a.spec.about.also])
			if named := a.spec.about.named; named != nil && a.object == "" {
				a.object = named(d.part, a.from, a.to)
			}
		}
		d.ofSearch(a)
	}
	return nil
}

// readMember reads one top-level key and its value.
func (d *fileDecoder) readMember(key string) error {
	listKey(&d.file.Keys, key)
	if paging, token := isPagingKey(key); paging {
		if !token || d.dec.PeekKind() != '"' {
			return d.skip()
		}
		text, err := d.readText()
		d.pageToken = d.pageToken || text != ""
		return err
	}
	if taken, err := d.besideText(key); taken {
		return err
	}
	spec := d.specFor(key)
	switch {
	case spec != nil && spec.single:
		return d.readSingle(spec)
	case spec != nil && spec.read != nil:
		return d.readList(spec)
	case spec != nil:
		return d.passOver(spec)
	case strings.HasSuffix(key, "Id") && d.dec.PeekKind() == '"':
		text, err := d.readText()
		if d.beside == nil {
			d.beside = make(map[string]string, 1)
		}
		d.beside[key] = text
		return err
	case !accompanies(key):
		listKey(&d.file.Ignored, key)
	}
	return d.skip()
}

// accompanies reports keys that stand beside an answer and say what was asked, such as VpcId in
// describe-vpc-attribute.
func accompanies(key string) bool {
	return strings.HasSuffix(key, "Id") || strings.HasSuffix(key, "Arn") || key == keyMoreRoutes || key == keyFilters || key == keyExportFilter || key == keyNatSupport || key == "NatSystemRouteSupport" ||
		key == keySegmentEdge || key == "RouteTableType" || key == "RouteTableTimestamp"
}

// specFor finds the answer that a key belongs to. What the manifest says the file answers comes first: some keys
// are shared by several calls.
func (d *fileDecoder) specFor(key string) *answerSpec {
	if d.asked != nil {
		switch a := answersByOperation[d.asked.operation()]; {
		case a == nil:
			return nil // a call that this version does not know: its keys may mean anything
		case a.key == key:
			return a
		}
	}
	return answersByKey[key]
}

// answer finds or adds the answer of the current value.
func (d *fileDecoder) answer(spec *answerSpec) *foundAnswer {
	i := slices.IndexFunc(d.found, func(a foundAnswer) bool { return a.spec == spec && !spec.perObject })
	if i < 0 {
		// Answers of one object each stay apart: every value may be about another object.
		i = slices.IndexFunc(d.value, func(j int) bool { return d.found[j].spec == spec })
		if i >= 0 {
			i = d.value[i]
		}
	}
	if i < 0 {
		i = len(d.found)
		n := spec.records(d.part)
		d.found = append(d.found, foundAnswer{spec: spec, value: -1, from: n, to: n})
		if spec.perObject {
			d.found[i].value = d.values - 1
		}
	}
	if !slices.Contains(d.value, i) {
		d.value = append(d.value, i)
	}
	return &d.found[i]
}

// readList reads the elements of an answer.
func (d *fileDecoder) readList(spec *answerSpec) error {
	if kind := d.dec.PeekKind(); kind != '[' && kind != jsontext.KindInvalid {
		return &wrongKindError{pointer: string(d.dec.StackPointer()), want: "a list", got: kind}
	}
	if spec.key == keyPrefixLists {
		d.reader.managed = 0
	}
	answer := d.answer(spec)
	d.reader.wrapped = nil
	if _, err := d.dec.ReadToken(); err != nil {
		return orUnexpected(err)
	}
	for n := 0; ; n++ {
		switch kind := d.dec.PeekKind(); kind {
		case '{':
		case ']', jsontext.KindInvalid:
			_, err := d.dec.ReadToken()
			answer.items += n
			answer.to = spec.records(d.part)
			answer.wrapped = append(answer.wrapped, d.reader.wrapped...)
			if err == nil && spec.key == keyPrefixLists {
				d.choosePrefixLists(answer, n)
			}
			return orNil(err)
		default:
			return &wrongKindError{pointer: d.elementPointer(n), want: "an object", got: kind}
		}
		if err := spec.read(&d.reader); err != nil {
			return d.place(err)
		}
	}
}

// readSingle reads an answer that is one record. Lists of one are taken too, as collectors that treat all answers alike write them.
func (d *fileDecoder) readSingle(spec *answerSpec) error {
	kind := d.dec.PeekKind()
	if kind == '[' {
		return d.readList(spec)
	}
	if kind != '{' && kind != jsontext.KindInvalid {
		return &wrongKindError{pointer: string(d.dec.StackPointer()), want: "an object", got: kind}
	}
	answer := d.answer(spec)
	if err := spec.read(&d.reader); err != nil {
		return d.place(orUnexpected(err))
	}
	answer.items++
	answer.to = spec.records(d.part)
	return nil
}

// records counts the records of a part that answers of the spec gave, where they must learn their object.
func (a *answerSpec) records(p *Part) int {
	if a.about == nil {
		return 0
	}
	return a.about.size(p)
}

// place adds the place of the element that was just read to an error that was found in it afterwards.
func (d *fileDecoder) place(err error) error {
	var missing *missingIDError
	var inside *elementError
	switch {
	case errors.As(err, &missing):
		return &elementError{pointer: string(d.dec.StackPointer()), err: err}
	case errors.As(err, &inside):
		inside.pointer = string(d.dec.StackPointer()) + inside.pointer
	}
	return err
}

// orNil passes a nil error on and turns io.EOF into the error of a file that ends too early.
func orNil(err error) error {
	if err == nil {
		return nil
	}
	return orUnexpected(err)
}

// elementPointer names the element that comes next, number n of the list that is open.
func (d *fileDecoder) elementPointer(n int) string {
	p := string(d.dec.StackPointer()) // of what was read last: the list itself, or its element before
	if n > 0 {
		p = path.Dir(p)
	}
	return fmt.Sprintf("%s/%d", p, n)
}

// choosePrefixLists settles which call a PrefixLists answer is of: by its records, else by the manifest, else by the
// file's name. An empty list that nothing attributes has no spec.
func (d *fileDecoder) choosePrefixLists(a *foundAnswer, n int) {
	switch {
	case n > 0 && d.reader.managed > 0:
		a.spec = &managedPrefixLists
	case n > 0:
		a.spec = answersByKey[keyPrefixLists]
	case d.asked != nil && answersByOperation[d.asked.operation()] != nil:
		a.spec = answersByOperation[d.asked.operation()]
	default:
		a.spec = operationByName(path.Base(d.file.Path))
	}
	if a.spec == nil || a.spec.key != keyPrefixLists {
		a.spec = nil
	}
}

// passOver counts the elements of an answer that no rule reads, or the answer as one where it is not a list.
func (d *fileDecoder) passOver(spec *answerSpec) error {
	answer := d.answer(spec)
	if d.dec.PeekKind() != '[' {
		answer.items++
		return d.skip()
	}
	if _, err := d.dec.ReadToken(); err != nil {
		return orUnexpected(err)
	}
	for d.dec.PeekKind() != ']' {
		if err := d.skip(); err != nil {
			return err
		}
		answer.items++
	}
	_, err := d.dec.ReadToken()
	return orNil(err)
}

// skip passes over one value without holding more than a token of it.
func (d *fileDecoder) skip() error {
	base := d.dec.StackDepth()
	for {
		if _, err := d.dec.ReadToken(); err != nil {
			return orUnexpected(err)
		}
		depth := d.dec.StackDepth()
		if depth > d.maxDepth {
			return &elementError{pointer: string(d.dec.StackPointer()),
				err: fmt.Errorf("nested deeper than %d levels", d.maxDepth)}
		}
		if depth <= base {
			return nil
		}
	}
}

// readText reads a string token.
func (d *fileDecoder) readText() (string, error) {
	token, err := d.dec.ReadToken()
	if err != nil {
		return "", orUnexpected(err)
	}
	return token.String(), nil
}

// listKey notes a top-level key once, up to a bound.
func listKey(keys *[]string, key string) {
	key = shortKey(key)
	if len(*keys) < maxKeysListed && !slices.Contains(*keys, key) {
		*keys = append(*keys, key)
	}
}
