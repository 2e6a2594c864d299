package snapshot

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// How a snapshot is read:
//
//  1. A source lists the files, wherever they lie (source.go, archive.go).
//  2. Manifests are read first (manifest.go): what they say of a file decides what its answer is taken for.
//  3. Every file is decoded by itself, several at a time (decode.go): bytes are bounded, counted and hashed
//     (stream.go), turned into UTF-8 (text.go), and the elements of known answers (answer.go) become records
//     (record.go, named.go). A file with an error gives no records (problem.go).
//  4. The results are joined to parts, in the order of their paths (assemble.go): files are attributed to
//     accounts and Regions (attribute.go), and every call gets its state.
//
// The model then asks for resources across all parts (merge.go).

// Open reads the snapshot at path: a folder, an archive, or a single JSON file, in any of the forms that
// docs/snapshot-format.md lists. What cannot be read is reported in Files and as calls that are not complete;
// an error means that there is nothing to use at all, that a bound of opts was passed, or that the
// snapshot was written in a newer form. Every error is one line that says where and what to do.
func Open(path string, opts Options) (*Snapshot, error) {
	opts = opts.withDefaults()
	src, err := openSource(path, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quotePath(path), err)
	}
	defer src.Close()
	s, _, err := read(src, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quotePath(path), err)
	}
	return s, nil
}

// OpenFS reads the folder at the root of fsys, as Open does.
func OpenFS(fsys fs.FS, opts Options) (*Snapshot, error) {
	opts = opts.withDefaults()
	src, err := folderSource(fsys, opts)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	s, _, err := read(src, opts)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return s, nil
}

// openSource finds out which form path has.
func openSource(name string, opts Options) (*source, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("no such file or folder")
	case err != nil:
		return nil, errors.New(reason(err))
	case info.IsDir():
		return openFolder(name, opts)
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file: give a folder, an archive or a JSON file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot be read (%s): check its permissions", reason(err))
	}
	var magic [4]byte
	n, _ := f.ReadAt(magic[:], 0)
	if m := string(magic[:n]); m == "PK\x03\x04" || m == "PK\x05\x06" {
		src, err := archiveSource(f, info.Size(), opts)
		if err != nil {
			f.Close()
			return nil, err
		}
		src.close = f.Close
		return src, nil
	}
	size := info.Size()
	return &source{close: f.Close, entries: []entry{{
		path: filepath.Base(name),
		size: size,
		open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(f, 0, size)), nil
		},
	}}}, nil
}

// openFolder opens a folder so that nothing outside of it can be reached, not even through a link that is put
// there while it is being read.
func openFolder(name string, opts Options) (*source, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("cannot be read (%s): check its permissions", reason(err))
	}
	src, err := folderSource(root.FS(), opts)
	if err != nil {
		root.Close()
		return nil, err
	}
	src.close = root.Close
	return src, nil
}

// reading is the state that the files of one snapshot share while they are read, each by one goroutine.
type reading struct {
	opts  Options
	src   *source
	total int64

	bytes  atomic.Int64 // uncompressed bytes so far
	memory atomic.Int64 // upper estimate of what their records take

	progress struct {
		sync.Mutex
		shown int64
	}

	failed atomic.Pointer[LimitError] // set once; every reader stops when it is
}

// read reads all files of a source. The results come back too, by entry, for Pack.
func read(src *source, opts Options) (*Snapshot, *assembly, error) {
	if len(src.entries) == 0 {
		return nil, nil, errors.New("holds no files: save answers of aws ec2 describe-... there")
	}
	r := &reading{opts: opts, src: src, total: src.total()}
	known, results, err := r.manifests()
	if err != nil {
		return nil, nil, err
	}
	r.files(known, results)
	if limit := r.failed.Load(); limit != nil {
		return nil, nil, limit
	}
	a := assemble(results, known)
	s := a.snapshot
	s.Digest = digest(results)
	if !slices.ContainsFunc(s.Files, func(f File) bool { return f.Use == Used || f.Use == NotNeeded }) {
		return nil, nil, nothingUsable(s.Files)
	}
	return s, a, nil
}

// nothingUsable is the error of a snapshot without a single AWS answer, with the first reason.
func nothingUsable(files []File) error {
	for i := range files {
		if p := files[i].Problem; p != nil {
			return fmt.Errorf("no file holds an answer that can be used: %w", p)
		}
	}
	return fmt.Errorf("no file holds an AWS answer: %s has none of the keys that aws ec2 describe calls print", quotePath(files[0].Path))
}

// manifests reads every manifest first: what they say of a file decides how it is read. The results have
// one element per entry; those of manifests are filled in.
func (r *reading) manifests() (*manifests, []fileResult, error) {
	known := &manifests{byFolder: map[string]*manifest{}, byFile: map[string]*manifestCall{}}
	results := make([]fileResult, len(r.src.entries))
	for i, e := range r.src.entries {
		results[i].file.Path = e.path
		if path.Base(e.path) != manifestName {
			continue
		}
		if e.problem != nil {
			known.broken = append(known.broken, path.Dir(e.path))
			continue
		}
		if err := r.manifest(e, known, &results[i]); err != nil {
			return nil, nil, err
		}
	}
	return known, results, nil
}

// manifest reads one manifest into known. An error is one that ends the whole reading. A manifest of another tool
// leaves the result as it is: its file is then read with the others.
func (r *reading) manifest(e entry, known *manifests, result *fileResult) error {
	before := r.bytes.Load()
	var m *manifest
	sum, err := r.stream(e, func(in io.Reader) (err error) {
		if m, err = readManifest(in); err == nil {
			err = known.add(path.Dir(e.path), m)
		}
		return err
	})
	if limit := r.failed.Load(); limit != nil {
		return limit
	}
	switch {
	case errors.Is(err, errNotManifest):
		r.bytes.Store(before) // it will be counted again
		return nil
	case errors.Is(err, errNewerFormat):
		return fmt.Errorf("%s: %w", quotePath(e.path), err)
	}
	result.sum = sum
	if err == nil {
		result.file = File{Path: e.path, Use: Used, Keys: []string{"format", "tool", "calls"}, Items: len(m.Calls)}
		return nil
	}
	p := describe(e.path, err)
	p.Do = "until it is mended no answer below it counts as complete"
	result.file = File{Path: e.path, Use: Broken, Problem: p}
	known.broken = append(known.broken, path.Dir(e.path))
	return nil
}

// files reads everything but the manifests, the largest files first so that no goroutine is left with one at the
// end. The order has no influence on the results.
func (r *reading) files(known *manifests, results []fileResult) {
	var order []int
	for i := range results {
		if results[i].file.Use == "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.src.entries[b].size, r.src.entries[a].size)
	})
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(order)) {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(order) || r.failed.Load() != nil {
					return
				}
				e := r.src.entries[order[n]]
				results[order[n]] = r.file(e, known.forFile(e.path))
			}
		})
	}
	wg.Wait()
}

// file reads one file.
func (r *reading) file(e entry, asked *manifestCall) fileResult {
	if e.problem != nil {
		return fileResult{broken: true, file: File{Path: e.path, Use: Broken, Problem: e.problem}}
	}
	var d *fileDecoder
	sum, err := r.stream(e, func(in io.Reader) error {
		d = newFileDecoder(e.path, newTextReader(in), asked, r.opts.MaxDepth)
		return d.run()
	})
	if d == nil {
		d = newFileDecoder(e.path, nil, asked, r.opts.MaxDepth)
	}
	d.sum = sum
	d.rules = d.reader.rules
	if err == nil {
		return d.fileResult
	}
	if !looksLikeJSON(e, err) {
		d.file.Use = NotUnderstood
		d.file.Problem = remark(e.path, "not JSON")
		d.found, d.part = nil, &Part{}
		return d.fileResult
	}
	problem := describe(e.path, err)
	if at := offset(err, d.dec); at >= 0 && !errors.Is(err, fs.ErrPermission) {
		problem.Line = lineOf(e, at)
	}
	// What was read of it is dropped: records before the damage may lack what came after it. Which calls
	// it answered is kept, so that they count as failed.
	d.broken, d.part, d.rules = true, &Part{}, nil
	d.file.Use, d.file.Problem = Broken, problem
	return d.fileResult
}

// digest covers the paths and bytes of all files. It is the same for a folder and for an archive of it.
func digest(results []fileResult) string {
	h := sha256.New()
	for i := range results {
		// The zero byte keeps path and sum apart: a path cannot contain one.
		io.WriteString(h, results[i].file.Path+"\x00")
		h.Write(results[i].sum[:])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
