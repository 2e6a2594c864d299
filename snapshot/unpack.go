package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Unpack turns a snapshot of any readable form into a folder of our own form, at dst: what Pack writes, as files (0600) in
// folders (0700). The folder appears under its name only when it is whole. It must not be there or be empty; with replace it
// may also hold a snapshot of our own form, and nothing else, which is then removed.
func Unpack(src, dst, tool string, replace bool, opts Options) (*Snapshot, error) {
	opts = opts.withDefaults()
	from, s, a, err := readForPacking(src, opts)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	err = newFolder(dst, cmp.Or(s.Tool, tool), replace, func(w *Writer) error { return (&packer{from: from, a: a, w: w}).pack() })
	if err != nil {
		return nil, err
	}
	return s, nil
}

// newFile writes a file with mode 0600 that appears under its name only when it is whole.
func newFile(dst string, write func(io.Writer) error) error {
	out, err := os.CreateTemp(filepath.Dir(dst), ".vpcreach-*.part") // mode 0600
	if err != nil {
		return err
	}
	err = write(out)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(out.Name(), dst)
	}
	if err != nil {
		_ = os.Remove(out.Name())
	}
	return err
}

// newFolder writes a folder of our own form that appears under its name only when it is whole.
func newFolder(dst, tool string, replace bool, write func(*Writer) error) error {
	dst = filepath.Clean(dst)
	if err := mayReplace(dst, replace); err != nil {
		return fmt.Errorf("%s: %w", quotePath(dst), err)
	}
	fail := func(err error) error { return fmt.Errorf("%s: cannot be written: %s", quotePath(dst), reason(err)) }
	if err := os.MkdirAll(filepath.Dir(dst), 0o700); err != nil {
		return fail(err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(dst), ".vpcreach-*.part") // mode 0700
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(temp)
	made, old := filepath.Join(temp, "new"), filepath.Join(temp, "old")
	w, err := NewFolderWriter(made, tool)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		return fail(err)
	}
	if err := os.Rename(dst, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(err)
	}
	if err := os.Rename(made, dst); err != nil {
		_ = os.Rename(old, dst)
		return fail(err)
	}
	return nil
}

// mayReplace says why a folder must not be replaced: it holds something, and not just a snapshot of our own form.
func mayReplace(dir string, replace bool) error {
	there, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(there) == 0:
		return nil
	case err != nil:
		return fmt.Errorf("cannot be read: %s", reason(err))
	case !replace:
		return errors.New("folder is not empty: name a new one")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return errors.New(reason(err))
	}
	defer root.Close()
	f, err := root.Open(manifestName)
	if err != nil {
		return errors.New("folder holds no snapshot that could be replaced: name a new one")
	}
	defer f.Close()
	m, err := readManifest(f)
	if err != nil {
		return errors.New("folder holds a manifest that cannot be read: name a new one")
	}
	files := map[string]bool{manifestName: true}
	for _, c := range m.Calls {
		files[c.File] = true
	}
	return fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		ours := err == nil && (d.IsDir() || files[p] || strings.HasPrefix(p, otherFolder+"/") || strings.HasSuffix(path.Base(p), ".part"))
		if !ours {
			return fmt.Errorf("folder holds %s, which is no part of its snapshot: move it away, or name a new folder", quotePath(p))
		}
		return nil
	})
}
