package snapshot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"path"
	"strings"
)

// stream opens an entry and hands it to use, counting, hashing and bounding its bytes. What use leaves is
// read to the end: the digest covers it, and an archive checks its sum there.
func (r *reading) stream(e entry, use func(io.Reader) error) ([32]byte, error) {
	var sum [32]byte
	rc, err := e.open()
	if err != nil {
		return sum, err
	}
	defer rc.Close()
	m := &meter{r: rc, all: r, path: e.path, hash: sha256.New()}
	err = use(m)
	if m.err == nil {
		_, drained := io.Copy(io.Discard, m)
		if err == nil {
			err = drained
		}
	} else if m.err != io.EOF {
		err = m.err // the cause; what the decoder made of it may hide it
	}
	m.report(true)
	m.hash.Sum(sum[:0])
	return sum, err
}

// meter is a reader that enforces Options, and hashes.
type meter struct {
	r    io.Reader
	all  *reading
	path string
	hash hash.Hash

	size  int64 // bytes of this file so far
	since int64 // bytes since progress was last reported
	err   error // the first error, io.EOF included
}

// What one object and one list element or member can take in memory at most, however short its JSON is: `{}` may
// become a Route, `""` a netip.Prefix.
const (
	objectCost = 320
	memberCost = 32
)

func (m *meter) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.r.Read(p)
	b := p[:n]
	m.hash.Write(b)
	m.size += int64(n)
	m.since += int64(n)
	m.err = err
	cost := bytes.Count(b, []byte{'{'})*objectCost + bytes.Count(b, []byte{','})*memberCost
	if limit := m.over(m.all.bytes.Add(int64(n)), m.all.memory.Add(int64(cost+n))); limit != nil {
		m.all.failed.CompareAndSwap(nil, limit)
		m.err = limit
		return 0, limit
	}
	if other := m.all.failed.Load(); other != nil {
		m.err = other // another file passed a bound: the whole snapshot is given up
		return 0, other
	}
	m.report(false)
	return n, err
}

// over returns the bound that was passed, if any.
func (m *meter) over(total, memory int64) *LimitError {
	o := &m.all.opts
	switch packed := m.all.src.packed; {
	case m.size > o.MaxFileBytes:
		return &LimitError{Limit: "MaxFileBytes", Max: o.MaxFileBytes, File: m.path}
	case total > o.MaxBytes:
		return &LimitError{Limit: "MaxBytes", Max: o.MaxBytes, File: m.path}
	case memory > o.MaxMemory:
		return &LimitError{Limit: "MaxMemory", Max: o.MaxMemory, File: m.path}
	case packed > 0 && total > maxRatioAllowance && total/maxRatio > packed:
		return &LimitError{Limit: "ratio", Max: maxRatio, File: m.path}
	}
	return nil
}

// progressStep is how many bytes pass between two reports.
const progressStep = 1 << 20

// report tells Options.Progress how far the reading is.
func (m *meter) report(last bool) {
	if m.all.opts.Progress == nil || m.since < progressStep && !last {
		return
	}
	m.since = 0
	p := &m.all.progress
	p.Lock()
	defer p.Unlock()
	if done := m.all.bytes.Load(); done > p.shown {
		p.shown = done
		m.all.opts.Progress(done, m.all.total)
	}
}

// looksLikeJSON reports whether a file that could not be read was meant to be JSON. Other people's folders hold
// notes, scripts and pictures too: those are listed as not understood, not as damaged answers.
func looksLikeJSON(e entry, err error) bool {
	switch strings.ToLower(path.Ext(e.path)) {
	case ".json", ".jsonl", ".ndjson":
		return true
	case "", ".txt", ".out":
		// Redirected output of a call that failed holds its message, or nothing.
		if operationByName(path.Base(e.path)) != nil {
			return true
		}
	}
	if errors.Is(err, errEmptyFile) {
		return false
	}
	rc, err := e.open()
	if err != nil {
		return true
	}
	defer rc.Close()
	var head [512]byte
	n, _ := io.ReadFull(newTextReader(rc), head[:])
	text := bytes.TrimLeft(head[:n], " \t\r\n")
	return len(text) > 0 && text[0] == '{'
}
