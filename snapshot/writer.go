package snapshot

import (
	"archive/zip"
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/zstd"
)

// Writer writes a snapshot of our own form: one raw answer after the other, secrets removed (SNAP-6), and at the
// end the manifest. The same calls in the same order give the same bytes. Its methods may be called from several
// goroutines; answers for an archive are then written one at a time, in the order of the calls.
//
// A Writer that is not closed leaves no manifest, and an archive that cannot be opened.
type Writer struct {
	tool string
	out  fileSink

	mu      sync.Mutex
	calls   []manifestCall
	names   map[string]bool
	journal *journal        // of a folder that may be continued; nil otherwise
	earlier map[string]bool // files of the run that this one continues
	lock    *folderLock     // of the same folder
}

// fileSink is where files go: a folder or an archive.
type fileSink interface {
	// file writes one file; the content is complete only if write returns nil.
	file(name string, write func(io.Writer) error) error
	close() error
}

// NewFolderWriter writes into a folder, which is made (mode 0700) or must be empty: answers of an earlier
// snapshot must not mix with the new ones. Files have mode 0600 and appear only when they are whole. tool is
// the name and version of the caller, for the manifest.
func NewFolderWriter(dir, tool string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%s: cannot be made: %s", quotePath(dir), reason(err))
	}
	switch there, err := os.ReadDir(dir); {
	case err != nil:
		return nil, fmt.Errorf("%s: cannot be read: %s", quotePath(dir), reason(err))
	case len(there) > 0:
		return nil, fmt.Errorf("%s: folder is not empty: name a new one", quotePath(dir))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", quotePath(dir), reason(err))
	}
	return newWriter(&folderFiles{root}, tool), nil
}

// NewArchiveWriter writes an archive to w, which Close does not close.
func NewArchiveWriter(w io.Writer, tool string) *Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(methodZstd, zstd.ZipCompressor(
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)))
	return newWriter(&archiveFiles{zip: z}, tool)
}

func newWriter(out fileSink, tool string) *Writer {
	return &Writer{tool: tool, out: out, names: make(map[string]bool)}
}

// Add records one call and its answer: JSON as AWS or its CLI gives it, all pages one after the other, which are
// joined to one object. answer is nil for a call that gave none. Of call, File is ignored and Items counted
// afresh where there is an answer. A last page that announces another one makes a complete call Cut.
func (w *Writer) Add(partition, account, region string, call Call, answer io.Reader) error {
	at := partKey{partition: partition, account: account, region: region}
	if answer == nil {
		return w.add(at, call, nil)
	}
	return w.add(at, call, func(c *answerCopier) error {
		return pages(answer, func(_ int, dec *jsontext.Decoder) error { return c.page(dec) })
	})
}

// add records a call whose answer, if it has one, feed copies. Answers of a part without account or Region lie in
// the folder of its key.
func (w *Writer) add(at partKey, call Call, feed func(*answerCopier) error) error {
	_, err := w.record(at, call, feed, nil)
	return err
}

// record is add for a call of which settled says, when it has been read, how it ended; nil where call says so.
func (w *Writer) record(at partKey, call Call, feed func(*answerCopier) error, settled func(*manifestCall)) (manifestCall, error) {
	service, operation := splitOperation(call.Operation)
	m := manifestCall{
		Partition: at.partition, Account: at.account, Region: at.region,
		Service: service, Operation: operation, Parameters: call.Parameters,
		State: call.State, Start: call.Start.UTC(), End: call.End.UTC(), Items: call.Items, Error: call.Error,
	}
	if err := m.check(); err != nil {
		return m, fmt.Errorf("snapshot: call %s: %w", printable(string(call.Operation)), err)
	}
	if feed != nil {
		if err := w.answer(&m, at.folder, feed, settled); err != nil {
			return m, fmt.Errorf("snapshot: %s: %w", m.File, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, m)
	if w.journal != nil {
		return m, w.journal.note(&m)
	}
	return m, nil
}

// answer writes the file of a call and fills in what is only known then.
func (w *Writer) answer(m *manifestCall, folder string, feed func(*answerCopier) error, settled func(*manifestCall)) error {
	m.File = w.name(m, folder)
	return w.out.file(m.File, func(out io.Writer) error {
		c := answerCopier{enc: jsontext.NewEncoder(out, jsontext.WithIndent(" "))}
		if s := answersByOperation[m.operation()]; s != nil {
			c.key = s.key
		}
		if err := feed(&c); err != nil {
			return err
		}
		if settled != nil {
			settled(m)
		}
		m.Items = c.items
		if c.token != nil && m.State == Complete {
			m.State, m.Error = Cut, "the last page announces another one"
		}
		return c.close()
	})
}

// name makes up the path of an answer: ACCOUNT/REGION/[SERVICE.]OPERATION[.OBJECT].json.
func (w *Writer) name(m *manifestCall, folder string) string {
	base := m.Operation
	if m.Service != "ec2" {
		base = m.Service + "." + base
	}
	if o := m.object(); o != "" {
		base += "." + plainName(o)
	}
	if folder == "" {
		folder = cmp.Or(m.Account, "unknown-account") + "/" + cmp.Or(m.Region, "unknown-region")
	}
	return w.unused(folder+"/"+base, ".json")
}

// unused adds a number where two answers would have the same path.
func (w *Writer) unused(stem, ext string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := stem + ext
	for n := 2; w.names[name]; n++ {
		name = fmt.Sprintf("%s.%d%s", stem, n, ext)
	}
	w.names[name] = true
	return name
}

// plainName keeps of an id or ARN what every file system takes.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '.':
			return r
		}
		return '_'
	}, s)
	return s[max(0, len(s)-100):] // the end of an ARN is what differs
}

// Close writes the manifest and finishes the folder or archive. The Writer cannot be used afterwards.
func (w *Writer) Close() error {
	slices.SortStableFunc(w.calls, func(a, b manifestCall) int {
		return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.Region, b.Region), cmp.Compare(a.Service, b.Service),
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.object(), b.object()), cmp.Compare(a.File, b.File))
	})
	m := manifest{Format: ManifestFormat, Tool: w.tool, Calls: w.calls}
	if m.Calls == nil {
		m.Calls = []manifestCall{}
	}
	err := w.out.file(manifestName, func(out io.Writer) error {
		enc := jsontext.NewEncoder(out, jsontext.WithIndent(" "))
		return json.MarshalEncode(enc, &m, json.Deterministic(true))
	})
	if err == nil && w.journal != nil {
		w.removeForgotten()
		err = w.journal.remove()
	}
	err = errors.Join(err, w.out.close())
	if w.lock != nil {
		w.lock.release()
	}
	return err
}

// folderFiles writes files into a folder.
type folderFiles struct{ root *os.Root }

// file writes under another name first, so that no reader ever sees half an answer.
func (f *folderFiles) file(name string, write func(io.Writer) error) (err error) {
	name = filepath.FromSlash(name)
	if err := f.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return errors.New(reason(err))
	}
	temp := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+partSuffix)
	out, err := f.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.New(reason(err))
	}
	defer func() {
		if err != nil {
			_ = f.root.Remove(temp)
		}
	}()
	b := bufio.NewWriterSize(out, 64<<10)
	if err = write(b); err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return f.root.Rename(temp, name)
}

func (f *folderFiles) close() error { return f.root.Close() }

// archiveFiles writes files into an archive.
type archiveFiles struct {
	mu  sync.Mutex
	zip *zip.Writer
}

// file adds an entry without time, so that equal content gives equal bytes.
func (f *archiveFiles) file(name string, write func(io.Writer) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := &zip.FileHeader{Name: name, Method: methodZstd}
	h.SetMode(fs.FileMode(0o600))
	out, err := f.zip.CreateHeader(h)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(out, 64<<10)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

func (f *archiveFiles) close() error { return f.zip.Close() }
