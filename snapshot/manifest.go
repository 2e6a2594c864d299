package snapshot

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ManifestFormat is the version of the form that Writer writes and Open reads, in the manifest's "format".
const ManifestFormat = "vpcreach/snapshot/1"

// manifestName is the file that makes a folder a snapshot of our own form.
const manifestName = "manifest.json"

// manifest is manifest.json. docs/manifest.schema.json says the same in JSON Schema, docs/snapshot-format.md in
// words; a test holds the three together.
type manifest struct {
	Format string         `json:"format"`
	Tool   string         `json:"tool,omitzero"`
	Calls  []manifestCall `json:"calls"`
}

// manifestCall is one call. Files are named relative to the manifest's folder.
type manifestCall struct {
	Partition  string            `json:"partition,omitzero"`
	Account    string            `json:"account,omitzero"`
	Region     string            `json:"region,omitzero"`
	Service    string            `json:"service"`
	Operation  string            `json:"operation"`
	Parameters map[string]string `json:"parameters,omitempty"`
	State      State             `json:"state"`
	Start      time.Time         `json:"start,omitzero"`
	End        time.Time         `json:"end,omitzero"`
	Items      int               `json:"items,omitzero"`
	Error      string            `json:"error,omitzero"`
	File       string            `json:"file,omitzero"`
}

func (c *manifestCall) operation() Operation { return joinOperation(c.Service, c.Operation) }

// object is the id that a call made once per object asked for: the value of its only parameter, or of
// the parameter that is an id.
func (c *manifestCall) object() string {
	if c.operation() == GetNetworkRoutes {
		if id := segmentEdge(c.Parameters); id != "" {
			return id
		}
	}
	if len(c.Parameters) == 1 {
		for _, v := range c.Parameters {
			return v
		}
	}
	best := ""
	for name, v := range c.Parameters {
		if n := squash(name); strings.HasSuffix(n, "id") || strings.HasSuffix(n, "arn") {
			if best == "" || v < best {
				best = v
			}
		}
	}
	return best
}

// errNotManifest is the answer for a manifest.json that is something else, which other tools write too.
var errNotManifest = errors.New("no manifest of a snapshot")

// errNewerFormat is the answer for a manifest of a form that this version does not know. Its files could
// mean anything, so that nothing is read.
var errNewerFormat = errors.New("snapshot form not known to this version: update vpcreach")

// readManifest parses a manifest strictly: an unknown member, a duplicate or a state that does not exist may have
// been meant to say that an answer is not complete.
func readManifest(r io.Reader) (*manifest, error) {
	data, err := io.ReadAll(io.LimitReader(newTextReader(r), maxManifestBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxManifestBytes {
		return nil, fmt.Errorf("manifest of more than %d MiB", maxManifestBytes>>20)
	}
	format, err := formatOf(data)
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(format, "vpcreach/"):
		return nil, errNotManifest
	case format != ManifestFormat:
		return nil, fmt.Errorf("format %s: %w", printable(format), errNewerFormat)
	}
	m := &manifest{}
	if err := json.Unmarshal(data, m, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	if m.Calls == nil {
		return nil, &elementError{pointer: "/calls", err: errors.New("no list of calls")}
	}
	for i := range m.Calls {
		if err := m.Calls[i].check(); err != nil {
			return nil, &elementError{pointer: fmt.Sprintf("/calls/%d", i), err: err}
		}
	}
	return m, nil
}

// formatOf finds the "format" member, "" where there is none. An error is one of the JSON: a damaged file of
// the manifest's name must be taken for a damaged manifest.
func formatOf(data []byte) (string, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	if k := dec.PeekKind(); k != '{' {
		return "", dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return "", err
	}
	format := ""
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return "", err
		}
		if name.String() == "format" && dec.PeekKind() == '"' {
			v, err := dec.ReadToken()
			if err != nil {
				return "", err
			}
			format = v.String()
		} else if err := dec.SkipValue(); err != nil {
			return "", err
		}
	}
	_, err := dec.ReadToken()
	return format, err
}

// check validates what the types do not.
func (c *manifestCall) check() error {
	switch {
	case !isState(c.State):
		return fmt.Errorf("state %s is not one of the states of a call", printable(string(c.State)))
	case c.Account != "" && !isAccount(c.Account):
		return fmt.Errorf("account %s does not have 12 digits", printable(c.Account))
	case !isName(c.Region) || !isName(c.Partition):
		return fmt.Errorf("partition %s or Region %s is not a name", printable(c.Partition), printable(c.Region))
	case c.Service == "" || !isName(c.Service):
		return fmt.Errorf("service %s is not a name", printable(c.Service))
	case c.Operation == "" || !isName(c.Operation):
		return fmt.Errorf("operation %s is not a name", printable(c.Operation))
	case c.Items < 0:
		return fmt.Errorf("%d items", c.Items)
	case c.File != "" && (!fs.ValidPath(c.File) || strings.Contains(c.File, `\`)):
		return fmt.Errorf("file %s does not lie inside the snapshot", printable(c.File))
	}
	return nil
}

func isState(s State) bool {
	return slices.Contains([]State{Complete, Cut, Denied, Failed, Unsupported, Disabled, NotAsked}, s)
}

// isName reports whether s has only lower-case letters, digits and hyphens, as all of AWS's names of
// partitions, Regions, services and operations have.
func isName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// manifests are the manifests of a snapshot by their folder. Several snapshots of our own form may lie side by
// side in one folder.
type manifests struct {
	byFolder map[string]*manifest
	byFile   map[string]*manifestCall
	broken   []string // folders whose manifest cannot be read
}

// forFile returns the manifest's entry for a file, or nil.
func (m *manifests) forFile(p string) *manifestCall { return m.byFile[p] }

// doubtful reports whether the file lies below a manifest that cannot be read: nobody knows then which of the
// answers are complete.
func (m *manifests) doubtful(p string) bool {
	return slices.ContainsFunc(m.broken, func(folder string) bool {
		return folder == "." || strings.HasPrefix(p, folder+"/")
	})
}

// add takes in the manifest of a folder. Two entries that name one file would make its state ambiguous.
func (m *manifests) add(folder string, got *manifest) error {
	for i := range got.Calls {
		c := &got.Calls[i]
		if c.File == "" {
			continue
		}
		c.File = path.Join(folder, c.File)
		if m.byFile[c.File] != nil {
			for j := range i {
				delete(m.byFile, got.Calls[j].File)
			}
			return &elementError{pointer: fmt.Sprintf("/calls/%d/file", i),
				err: fmt.Errorf("file %s is named twice", printable(c.File))}
		}
		m.byFile[c.File] = c
	}
	m.byFolder[folder] = got
	return nil
}

// tool is what took the snapshot, where all manifests agree on it.
func (m *manifests) tool() string {
	var o only
	for _, got := range m.byFolder {
		o.add(got.Tool)
	}
	return printable(o.value)
}

// isManifest reports whether a file is a manifest that was read.
func (m *manifests) isManifest(p string) bool {
	return path.Base(p) == manifestName && m.byFolder[path.Dir(p)] != nil
}

// folders lists the folders that have a manifest, sorted.
func (m *manifests) folders() []string {
	out := make([]string, 0, len(m.byFolder))
	for f := range m.byFolder {
		out = append(out, f)
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}
