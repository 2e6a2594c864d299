package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/vpcreach/vpcreach/snapshot"
)

// mostPause bounds the pause between two attempts.
const mostPause = 20 * time.Second

// reading is one call whose pages are being read.
type reading struct {
	e    *engine
	j    job
	call *snapshot.Call
	next pager
	seen map[string]bool // tokens
	end  bool
}

// page reads the next page, encoded; io.EOF after the last. An error of the first page is the call's; one of a later page leaves
// the call cut, with what was read.
func (r *reading) page(ctx context.Context) ([]byte, error) {
	if r.end {
		r.call.End = r.e.now()
		return nil, io.EOF
	}
	first := len(r.seen) == 0
	page, token, err := r.attempts(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, context.Canceled
	case err != nil && first:
		return nil, err
	case err != nil:
		return r.cut(fmt.Sprintf("after %d pages: %s", len(r.seen), errorText(err)))
	}
	if r.e.named(r.j.call) {
		if err := r.e.follow(r.j, page); err != nil {
			return nil, err
		}
	}
	if token == "" {
		r.end = true
		return page, nil
	}
	if r.seen[token] {
		r.call.State, r.call.Error, r.end = snapshot.Cut, fmt.Sprintf("page %d announces a page that was read before", len(r.seen)+1), true
		return page, nil
	}
	r.seen[token] = true
	return page, nil
}

// cut ends a call of which not every page was read.
func (r *reading) cut(why string) ([]byte, error) {
	r.call.State, r.call.Error, r.end = snapshot.Cut, why, true
	r.call.End = r.e.now()
	return nil, io.EOF
}

// attempts reads a page, with as many attempts as its errors are worth (SNAP-5).
func (r *reading) attempts(ctx context.Context) ([]byte, string, error) {
	for n := 1; ; n++ {
		page, token, err := r.once(ctx)
		if err == nil {
			return page, token, nil
		}
		v := judge(err)
		most := r.e.o.Attempts
		if v.attempts > 0 {
			most = min(most, v.attempts)
		}
		if !v.again || ctx.Err() != nil {
			return nil, "", err
		}
		if n >= most {
			return nil, "", &exhausted{err, n}
		}
		if err := pause(ctx, n, r.e.o.Backoff, mostPause); err != nil {
			return nil, "", err
		}
	}
}

// once reads a page with one attempt.
func (r *reading) once(ctx context.Context) ([]byte, string, error) {
	out, token, err := r.e.attempt(ctx, r.j, r.next)
	if err != nil {
		return nil, "", err
	}
	page, err := r.j.call.encode(out)
	if err != nil && !errors.Is(err, errNoAnswer) {
		return nil, "", fmt.Errorf("%s cannot be written as JSON: %w", r.j.call.op(), err)
	}
	return page, token, err
}

// exhausted is the last error of a call that was tried as often as is worth it.
type exhausted struct {
	error
	attempts int
}

func (e *exhausted) Unwrap() error { return e.error }

// probe asks for the first page of a call, to see whether a Region answers at all.
func (e *engine) probe(ctx context.Context, s *session, c *Call) error {
	r := &reading{e: e, j: job{s, c, c.fixed}, next: c.start(s, c.fixed)}
	_, _, err := r.attempts(ctx)
	return err
}
