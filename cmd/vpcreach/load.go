package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/declare"
	"github.com/vpcreach/vpcreach/snapshot"
)

// load reads a snapshot and builds its network, with the networks that a file declares unless it is empty. Progress shows on a terminal when that
// takes more than a second.
func (a *app) load(path, declared string) (*model.Network, error) {
	networks, err := declaredIn(declared) // a slip in it need not wait for the snapshot
	if err != nil {
		return nil, err
	}
	var p *progress
	if isTerminal(a.stderr) {
		p = startProgress(a.stderr, time.Second, "reading "+explain.PrintableMax(path, 40))
		defer p.stop()
	}
	s, err := snapshot.Open(path, snapshot.Options{Progress: p.read})
	if err != nil {
		return nil, err
	}
	p.phase("building the network")
	n, err := model.BuildDeclared(s, networks)
	if err != nil {
		return nil, err
	}
	p.stop()
	if !a.json {
		warnBroken(a.stderr, s)
	}
	return n, nil
}

// declaredIn reads the networks that a file declares; none without a file.
func declaredIn(path string) ([]declare.Network, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--declare: %w", err)
	}
	defer f.Close()
	return declare.Read(path, f)
}

// declareFlag adds the flag that several commands have.
func declareFlag(fs *pflag.FlagSet, to *string) {
	fs.StringVar(to, "declare", "", "a YAML or JSON file with networks outside AWS: their names, CIDRs, and what they are behind")
}

// warnBroken tells of files that could not be read: their facts are missing, and an answer may be unknown because of it.
func warnBroken(w io.Writer, s *snapshot.Snapshot) {
	var first *snapshot.Problem
	count := 0
	for i := range s.Files {
		if f := &s.Files[i]; f.Use == snapshot.Broken && f.Problem != nil {
			if count++; first == nil {
				first = f.Problem
			}
		}
	}
	if count == 0 {
		return
	}
	more := ""
	if count > 1 {
		more = fmt.Sprintf(" (and %d more)", count-1)
	}
	fmt.Fprintf(w, "vpcreach: warning: what this file holds counts as missing%s: %s\n", more, oneLine(first))
}

// isTerminal says whether what is written to w shows on a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// columns is the width of the terminal behind w, 0 where there is none.
func columns(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// progress shows on one line of a terminal what takes so long. A nil *progress shows nothing.
type progress struct {
	w    io.Writer
	quit chan struct{}
	done chan struct{}
	once sync.Once

	mu          sync.Mutex
	what        string
	bytes, size int64
}

// startProgress begins to show progress once delay has passed, until stop is called.
func startProgress(w io.Writer, delay time.Duration, what string) *progress {
	p := &progress{w: w, what: what, quit: make(chan struct{}), done: make(chan struct{})}
	go p.show(delay)
	return p
}

func (p *progress) show(delay time.Duration) {
	defer close(p.done)
	for shown := false; ; shown = true {
		select {
		case <-time.After(delay):
			fmt.Fprint(p.w, "\r\x1b[K"+p.line())
			delay = 200 * time.Millisecond
		case <-p.quit:
			if shown {
				fmt.Fprint(p.w, "\r\x1b[K")
			}
			return
		}
	}
}

func (p *progress) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bytes == 0 {
		return p.what + " ..."
	}
	if p.size == 0 {
		return fmt.Sprintf("%s: %d MB", p.what, p.bytes/1_000_000)
	}
	return fmt.Sprintf("%s: %d of %d MB", p.what, p.bytes/1_000_000, p.size/1_000_000)
}

// read notes the bytes read so far; it serves as snapshot.Options.Progress.
func (p *progress) read(done, total int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes, p.size = done, total
}

// phase says what is being done now.
func (p *progress) phase(what string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.bytes, p.size = what, 0, 0
}

// stop clears the line and returns when nothing more will be written. Stopping again does nothing.
func (p *progress) stop() {
	if p == nil {
		return
	}
	p.once.Do(func() { close(p.quit) })
	<-p.done
}
