package snapshot

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// entry is one file of a snapshot, wherever it lies.
type entry struct {
	path string // slash-separated, inside the snapshot
	size int64  // uncompressed bytes as announced; a hint only
	open func() (io.ReadCloser, error)

	// problem is set, and open is nil, for what cannot be opened: symbolic links, devices, folders
	// without permission.
	problem *Problem
}

// source is a set of files that can each be opened any number of times, at the same time.
type source struct {
	entries []entry // sorted by path
	packed  int64   // bytes of the archive they come from; 0 where they are not packed
	close   func() error
}

func (s *source) Close() error {
	if s.close == nil {
		return nil
	}
	return s.close()
}

// folderSource lists the regular files below the root of fsys. Names that begin with a dot, and what
// folders of such names hold, are no part of a snapshot (.git, .DS_Store, ._ files of macOS). Symbolic
// links are not followed: a snapshot from elsewhere could point anywhere.
func folderSource(fsys fs.FS, opts Options) (*source, error) {
	s := &source{}
	seen := 0
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if seen++; seen > opts.MaxFiles {
			return &LimitError{Limit: "MaxFiles", Max: int64(opts.MaxFiles)}
		}
		if err != nil {
			if p == "." {
				return err
			}
			s.entries = append(s.entries, unreadable(p, reason(err), "check the permissions of the folder"))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if hidden(p) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.IsDir() {
			s.entries = append(s.entries, fileEntry(fsys, p, d))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.sort()
	return s, nil
}

// fileEntry describes one file of a folder.
func fileEntry(fsys fs.FS, p string, d fs.DirEntry) entry {
	switch t := d.Type(); {
	case t&fs.ModeSymlink != 0:
		return unreadable(p, "a symbolic link, which is not followed", "put the file itself there")
	case !t.IsRegular():
		return unreadable(p, "not a regular file", "remove it from the snapshot")
	}
	e := entry{path: p, open: func() (io.ReadCloser, error) { return fsys.Open(p) }}
	if info, err := d.Info(); err == nil {
		e.size = info.Size()
	}
	return e
}

func unreadable(p, what, do string) entry {
	return entry{path: p, problem: &Problem{File: p, What: what, Do: do}}
}

// hidden reports whether the last component of p begins with a dot.
func hidden(p string) bool {
	base := path.Base(p)
	return len(base) > 1 && strings.HasPrefix(base, ".")
}

func (s *source) sort() {
	slices.SortFunc(s.entries, func(a, b entry) int { return strings.Compare(a.path, b.path) })
}

// total is the sum of the announced sizes.
func (s *source) total() int64 {
	var n int64
	for i := range s.entries {
		n += max(s.entries[i].size, 0)
	}
	return n
}

// reason is the cause of a file error without the path, which may be absolute (P6) and which
// every message of this package names in its own way.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
