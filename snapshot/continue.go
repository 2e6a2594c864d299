package snapshot

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// journalName is the file in which a folder that is being written notes each call as it ends, one JSON object a line: its name
// begins with a dot, so that readers pass it over. Close writes the manifest and removes it.
const journalName = ".journal"

// Taken is a call of a snapshot with the account's Region that was asked.
type Taken struct {
	Partition, Account, Region string
	Call
}

// ContinueFolderWriter writes into a folder that may hold part of a snapshot already, as a run that was killed or that met
// errors leaves it. It returns the calls that the folder holds or mentions; each of them is to be recorded afresh, with Keep or
// by asking again, or it is forgotten: its file stays and is overwritten, or removed by Close where nothing took its place.
// What a killed run left half written is removed. The folder is a new one, an empty one, or a snapshot of our own form:
// anything else is refused, and so is a folder that another Writer of this kind, here or in another process, has open.
func ContinueFolderWriter(dir, tool string) (*Writer, []Taken, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("%s: cannot be made: %s", quotePath(dir), reason(err))
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", quotePath(dir), err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		lock.release()
		return nil, nil, fmt.Errorf("%s: %s", quotePath(dir), reason(err))
	}
	w, taken, err := continueIn(root, tool)
	if err != nil {
		_ = root.Close()
		lock.release()
		return nil, nil, fmt.Errorf("%s: cannot be continued: %w", quotePath(dir), err)
	}
	w.lock = lock
	return w, taken, nil
}

func continueIn(root *os.Root, tool string) (*Writer, []Taken, error) {
	calls, err := earlierCalls(root)
	if err != nil {
		return nil, nil, err
	}
	j := &journal{root: root}
	w := newWriter(&folderFiles{root}, tool)
	w.journal, w.earlier = j, make(map[string]bool)
	var taken []Taken
	for _, c := range calls {
		if c.File != "" {
			w.earlier[c.File] = true
		}
		taken = append(taken, Taken{c.Partition, c.Account, c.Region, Call{
			Service: c.Service, Operation: c.operation(), Parameters: c.Parameters, State: c.State,
			Start: c.Start, End: c.End, Items: c.Items, Error: c.Error, File: c.File}})
	}
	return w, taken, j.open()
}

// earlierCalls reads what the manifest and the journal of a folder say; the later entry about a call counts. Answers whose
// file is not there count as never made.
func earlierCalls(root *os.Root) ([]manifestCall, error) {
	var all []manifestCall
	manifested, journaled := false, false
	if f, err := root.Open(manifestName); err == nil {
		m, err := readManifest(f)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", manifestName, err)
		}
		all, manifested = m.Calls, true
	}
	if data, err := root.ReadFile(journalName); err == nil {
		all, journaled = append(all, journalCalls(data)...), true
	}
	if err := tidy(root, manifested || journaled); err != nil {
		return nil, err
	}
	last := make(map[string]int)
	var calls []manifestCall
	for _, c := range all {
		if c.File != "" {
			if _, err := root.Stat(c.File); err != nil {
				continue
			}
		}
		key := callKey(&c)
		if i, ok := last[key]; ok {
			calls[i] = c
			continue
		}
		last[key] = len(calls)
		calls = append(calls, c)
	}
	return calls, nil
}

// callKey tells calls apart.
func callKey(c *manifestCall) string {
	return strings.Join([]string{c.Account, c.Region, c.Service, c.Operation, parametersText(c.Parameters)}, "\x00")
}

// parametersText is what a call was asked with, in one text that is equal for equal parameters.
func parametersText(parameters map[string]string) string {
	var b strings.Builder
	for _, name := range sortedKeys(parameters) {
		fmt.Fprintf(&b, "%s=%s\x00", name, parameters[name])
	}
	return b.String()
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// journalCalls reads the lines of a journal. The last may have been cut off; whatever cannot be read was not noted.
func journalCalls(data []byte) []manifestCall {
	var calls []manifestCall
	for line := range bytes.Lines(data) {
		var c manifestCall
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &c, json.RejectUnknownMembers(true)) != nil || c.check() != nil {
			continue
		}
		calls = append(calls, c)
	}
	return calls
}

// tidy removes what a killed run left half written, and refuses folders that hold something else than a snapshot of ours.
func tidy(root *os.Root, ours bool) error {
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasPrefix(d.Name(), ".") && strings.HasSuffix(d.Name(), partSuffix):
			return root.Remove(filepath.FromSlash(name))
		case name == lockName:
		case !ours:
			return errors.New("it has neither manifest nor journal of an earlier run: name a new folder")
		}
		return nil
	})
}

// partSuffix ends the names of files that are not whole yet.
const partSuffix = ".part"

// Keep records a call of the earlier run as it is, with its file.
func (w *Writer) Keep(t Taken) error {
	service, operation := splitOperation(t.Operation)
	m := manifestCall{Partition: t.Partition, Account: t.Account, Region: t.Region, Service: service, Operation: operation,
		Parameters: t.Parameters, State: t.State, Start: t.Start, End: t.End, Items: t.Items, Error: t.Error, File: t.File}
	if err := m.check(); err != nil {
		return fmt.Errorf("snapshot: call %s: %w", printable(string(t.Operation)), err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if m.File != "" {
		w.names[m.File] = true
		delete(w.earlier, m.File)
	}
	w.calls = append(w.calls, m)
	return nil
}

// AddPages records a call whose answer comes page by page: next gives one page after the other, JSON as AWS gives it, and io.EOF
// after the last. State, Error and End of call are read when next has ended, so that next may settle them. Any other error of next
// means that the call is not recorded, and nothing of it stays.
func (w *Writer) AddPages(partition, account, region string, call *Call, next func() ([]byte, error)) error {
	at := partKey{partition: partition, account: account, region: region}
	settled := func(m *manifestCall) { m.State, m.Error, m.End = call.State, call.Error, call.End.UTC() }
	m, err := w.record(at, *call, func(c *answerCopier) error {
		for {
			page, err := next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := pages(bytes.NewReader(page), func(_ int, dec *jsontext.Decoder) error { return c.page(dec) }); err != nil {
				return err
			}
		}
	}, settled)
	call.State, call.Error, call.Items, call.File = m.State, m.Error, m.Items, m.File
	return err
}

// Open reads a file of the folder that is being written. Archives cannot.
func (w *Writer) Open(file string) (io.ReadCloser, error) {
	f, ok := w.out.(*folderFiles)
	if !ok {
		return nil, errors.New("snapshot: an archive cannot be read while it is written")
	}
	return f.root.Open(filepath.FromSlash(file))
}

// removeForgotten removes files of the earlier run that no call of this one has.
func (w *Writer) removeForgotten() {
	f, ok := w.out.(*folderFiles)
	if !ok {
		return
	}
	for name := range w.earlier {
		if !w.names[name] {
			_ = f.root.Remove(filepath.FromSlash(name))
		}
	}
}

// journal notes calls as they end.
type journal struct {
	root   *os.Root
	file   *os.File
	synced time.Time
}

func (j *journal) open() (err error) {
	j.file, err = j.root.OpenFile(journalName, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return errors.New(reason(err))
	}
	// A line that was cut off must not swallow the next one.
	size, err := j.file.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := j.file.ReadAt(last, size-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = j.file.WriteString("\n")
	return err
}

// note appends a line. It is forced to the disk about once a second: what a power cut takes is asked again.
func (j *journal) note(m *manifestCall) error {
	line, err := json.Marshal(m, json.Deterministic(true))
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(j.file, len(line)+1)
	_, _ = b.Write(line)
	_ = b.WriteByte('\n')
	if err := b.Flush(); err != nil {
		return err
	}
	if time.Since(j.synced) > time.Second {
		j.synced = time.Now()
		return j.file.Sync()
	}
	return nil
}

func (j *journal) remove() error {
	_ = j.file.Close()
	return j.root.Remove(journalName)
}
