package snapshot

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// otherFolder holds what Pack keeps without understanding it.
const otherFolder = "other"

// Pack turns a snapshot of any readable form into an archive of our own form, at dst: raw answers, their
// secrets removed (SNAP-6), and a manifest. JSON that no key identifies is kept under other/ for a later version;
// files that cannot be read are recorded as failed calls; anything else is left out. The archive appears under
// its name only when it is whole, with mode 0600. The snapshot that was read is returned, so that the caller can
// report what its files were.
func Pack(src, dst, tool string, opts Options) (*Snapshot, error) {
	opts = opts.withDefaults()
	from, s, a, err := readForPacking(src, opts)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	err = newFile(dst, func(out io.Writer) error {
		p := &packer{from: from, a: a, w: NewArchiveWriter(out, cmp.Or(s.Tool, tool))}
		return p.pack()
	})
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be written: %s", quotePath(dst), reason(err))
	}
	return s, nil
}

// readForPacking opens and reads what is to be packed. The source stays open: answers are copied from it.
func readForPacking(src string, opts Options) (*source, *Snapshot, *assembly, error) {
	from, err := openSource(src, opts)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%s: %w", quotePath(src), err)
	}
	s, a, err := read(from, opts)
	if err != nil {
		from.Close()
		return nil, nil, nil, fmt.Errorf("%s: %w", quotePath(src), err)
	}
	return from, s, a, nil
}

// packer writes the answers of a snapshot that was read, by reading their files again.
type packer struct {
	from   *source
	a      *assembly
	w      *Writer
	redact *redactor // nil: answers are copied as they are
}

func (p *packer) pack() error {
	byTarget := p.a.byTarget()
	for n, part := range p.a.snapshot.Parts {
		for _, c := range part.allCalls() {
			t := target{op: c.Operation, object: c.object}
			if err := p.call(n, part, c.Call, byTarget[part][t]); err != nil {
				return err
			}
		}
	}
	for i := range p.a.snapshot.Files {
		if p.redact != nil {
			break // nobody knows what it tells
		}
		if err := p.leftover(&p.a.snapshot.Files[i]); err != nil {
			return err
		}
	}
	return p.w.Close()
}

// byTarget sorts what answers were read from by what they answer.
func (a *assembly) byTarget() map[*Part]map[target][]origin {
	out := make(map[*Part]map[target][]origin)
	for _, o := range a.origins {
		if out[o.part] == nil {
			out[o.part] = make(map[target][]origin)
		}
		out[o.part][o.target] = append(out[o.part][o.target], o)
	}
	return out
}

// objectCall is a call with the object it was about.
type objectCall struct {
	Call
	object string
}

// allCalls lists the calls of a part by operation and object.
func (p *Part) allCalls() []objectCall {
	var out []objectCall
	for _, c := range p.Calls {
		out = append(out, objectCall{Call: c})
	}
	for _, byObject := range p.Objects {
		for id, c := range byObject {
			out = append(out, objectCall{Call: c, object: id})
		}
	}
	slices.SortFunc(out, func(a, b objectCall) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.object, b.object))
	})
	return out
}

// call writes one call with all files that answer it. Answers of part n lie in a folder of its own where the
// account or the Region is not known, so that parts stay apart.
func (p *packer) call(n int, part *Part, c Call, origins []origin) error {
	at := partKey{partition: part.Partition, account: part.Account, region: part.Region}
	if at.account == "" || at.region == "" {
		at.folder = fmt.Sprintf("part-%d", n+1)
	}
	if p.redact != nil {
		if spec := answersByOperation[c.Operation]; len(origins) > 0 && (spec == nil || spec.read == nil) {
			return nil // an answer that no rule reads is not needed
		}
		at, c = p.redact.part(at), p.redact.call(c)
	}
	if len(origins) == 0 {
		return p.w.add(at, c, nil)
	}
	return p.w.add(at, c, p.pagesOf(origins))
}

// pagesOf feeds all files that answer a call, page by page.
func (p *packer) pagesOf(origins []origin) func(*answerCopier) error {
	slices.SortStableFunc(origins, func(a, b origin) int {
		return cmp.Or(compareNatural(a.file, b.file), cmp.Compare(a.value, b.value))
	})
	// Two keys of one answer are one page.
	origins = slices.CompactFunc(origins, func(a, b origin) bool { return a.file == b.file && a.value == b.value && !a.wrapped })
	return func(out *answerCopier) error {
		for _, o := range origins {
			out.keep, out.redact = o.belongs, p.redact
			if o.wrapped {
				if err := p.wrapped(&o, out); err != nil {
					return err
				}
				continue
			}
			err := p.pages(o.file, func(n int, dec *jsontext.Decoder) error {
				if o.value >= 0 && n != o.value {
					return dec.SkipValue()
				}
				return out.page(dec)
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// wrapped copies one answer out of a list of answers.
func (p *packer) wrapped(o *origin, out *answerCopier) error {
	element := 0
	return p.pages(o.file, func(_ int, dec *jsontext.Decoder) error {
		if _, err := dec.ReadToken(); err != nil {
			return orUnexpected(err)
		}
		for dec.PeekKind() == '"' {
			name, err := dec.ReadToken()
			if err != nil {
				return err
			}
			if name.String() != o.key {
				if err := dec.SkipValue(); err != nil {
					return orUnexpected(err)
				}
				continue
			}
			if _, err := dec.ReadToken(); err != nil {
				return orUnexpected(err)
			}
			for ; dec.PeekKind() == '{'; element++ {
				use := dec.SkipValue
				if element == o.element {
					use = func() error { return out.page(dec) }
				}
				if err := use(); err != nil {
					return err
				}
			}
			if _, err := dec.ReadToken(); err != nil {
				return orUnexpected(err)
			}
		}
		_, err := dec.ReadToken()
		return orNil(err)
	})
}

// belongs reports whether a top-level member of the origin's file is part of its answer.
func (o *origin) belongs(name string) bool {
	if o.key == "" || name == o.key || isBeside(name) {
		return true
	}
	s := answersByKey[name]
	return s != nil && s.op == o.op
}

// isBeside reports whether a top-level key belongs to whatever answer it stands beside.
func isBeside(name string) bool {
	paging, _ := isPagingKey(name)
	return paging || accompanies(name)
}

// pages reads a file again.
func (p *packer) pages(file string, use func(int, *jsontext.Decoder) error) error {
	i, ok := slices.BinarySearchFunc(p.from.entries, file, func(e entry, name string) int {
		return strings.Compare(e.path, name)
	})
	if !ok {
		return fs.ErrNotExist
	}
	in, err := p.from.entries[i].open()
	if err != nil {
		return err
	}
	defer in.Close()
	return pages(in, use)
}

// leftover keeps the keys of a file that went into no answer.
func (p *packer) leftover(f *File) error {
	unknown := func(name string) bool { return answersByKey[name] == nil && !isBeside(name) }
	taken := make(map[string][]int) // values of the file whose key went into an answer; -1 for all
	whole := false
	for _, o := range p.a.origins {
		if o.file == f.Path {
			taken[o.key] = append(taken[o.key], o.value)
			whole = whole || o.key == ""
		}
	}
	left := p.a.unplaced[f.Path] || slices.ContainsFunc(f.Keys, unknown)
	if !left || whole || f.Use == Broken || p.a.known.isManifest(f.Path) {
		return nil
	}
	stem := strings.TrimSuffix(p.otherPath(f.Path), ".json")
	return p.w.out.file(p.w.unused(stem, ".json"), func(out io.Writer) error {
		enc := jsontext.NewEncoder(out, jsontext.WithIndent(" "))
		return p.pages(f.Path, func(n int, dec *jsontext.Decoder) error {
			c := answerCopier{enc: enc, keep: func(name string) bool {
				return !slices.Contains(taken[name], n) && !slices.Contains(taken[name], -1)
			}}
			if err := c.page(dec); err != nil {
				return err
			}
			return c.close()
		})
	})
}

// otherPath is where Pack keeps what is left of a file. The account and Region that the files beside it were
// found to be of stand in the path, so that it stays attributed to them.
func (p *packer) otherPath(file string) string {
	if strings.HasPrefix(file, otherFolder+"/") {
		return file
	}
	part := p.a.parts[keyFor(file, p.a.known.forFile(file))]
	if part == nil || part.Account == "" || part.Region == "" {
		return otherFolder + "/" + file
	}
	return strings.Join([]string{otherFolder, part.Account, part.Region, path.Base(file)}, "/")
}
