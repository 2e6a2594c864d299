package collect

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/vpcreach/vpcreach/snapshot"
)

// engine goes through the calls. It knows places, rows of the table and pages, but no call.
type engine struct {
	o        *Options
	w        *snapshot.Writer
	rows     []*Call
	limits   *limiters
	earlier  map[string]snapshot.Taken
	queue    *queue
	now      func() time.Time
	started  time.Time
	failures chan error

	mu       sync.Mutex
	recorded []snapshot.Taken
	kept     int
	asked    map[string]bool // calls that are queued: two rows may find one object
	progress Progress
	told     time.Time
}

// job is one call to be made.
type job struct {
	at   *session
	call *Call
	with params
}

func newEngine(o *Options, w *snapshot.Writer, earlier []snapshot.Taken) *engine {
	e := &engine{o: o, w: w, limits: &limiters{scale: o.Rate, byAPI: make(map[api]*limiter)}, earlier: make(map[string]snapshot.Taken),
		queue: newQueue(), now: time.Now, asked: make(map[string]bool), failures: make(chan error, 1)}
	for _, c := range o.rows {
		if !c.Names || o.Names {
			e.rows = append(e.rows, c)
		}
	}
	for _, t := range earlier {
		e.earlier[keyOf(t)] = t
	}
	return e
}

// run makes every call. It ends early where the disk fails or the context ends.
func (e *engine) run(ctx context.Context, targets *targets) error {
	e.started = e.now()
	for _, t := range e.earlier { // first, so that no file of a new call takes the place of theirs
		if t.State == snapshot.Complete {
			if err := e.keep(t); err != nil {
				return err
			}
		}
	}
	for _, t := range targets.refused {
		if err := e.add(&t, nil); err != nil {
			return err
		}
	}
	for _, s := range targets.sessions {
		e.queue.push(job{at: s}) // it adds the rest
	}
	if err := e.work(ctx); err != nil {
		return err
	}
	return e.keepRest(ctx.Err() != nil, targets)
}

// work makes the calls that are queued, side by side.
func (e *engine) work(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, e.queue.close)
	defer stop()
	var workers sync.WaitGroup
	for range e.o.Parallel {
		workers.Go(func() {
			for {
				j, ok := e.queue.pop()
				if !ok {
					return
				}
				if err := e.do(ctx, j); err != nil {
					e.fail(err)
					cancel()
				}
				e.queue.done(j)
			}
		})
	}
	workers.Wait()
	select {
	case err := <-e.failures:
		return err
	default:
		return nil
	}
}

// keepRest takes over what the earlier run says of calls that this one did not come to: all of it where this one was interrupted, else
// what is of other accounts and Regions, and whatever has an answer.
func (e *engine) keepRest(interrupted bool, targets *targets) error {
	covered, entered := make(map[place]bool), make(map[string]bool)
	for _, s := range targets.sessions {
		covered[s.place], entered[s.account] = true, true
	}
	recorded := make(map[string]bool)
	for _, t := range e.recorded {
		recorded[keyOf(t)] = true
	}
	for key, t := range e.earlier {
		refusal := t.Operation == opIdentity || t.Operation == opRegions
		switch {
		case recorded[key] || refusal && entered[t.Account]:
		case interrupted || t.File != "" || !covered[place{t.Partition, t.Account, t.Region}]:
			if err := e.keep(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// fail keeps the first error that ends the run.
func (e *engine) fail(err error) {
	select {
	case e.failures <- err:
	default:
	}
}

// do makes one call, or finds out whether a Region answers at all.
func (e *engine) do(ctx context.Context, j job) error {
	if j.call == nil {
		return e.enter(ctx, j.at)
	}
	if t, ok := e.earlier[e.key(j)]; ok && t.State == snapshot.Complete {
		return e.readKept(j, t)
	}
	return e.ask(ctx, j)
}

// probes is how many calls must be denied by a policy before the Region counts as denied.
const probes = 2

// enter queues the calls of an account's Region, unless the Region does not answer the account at all: a service control policy
// denies it, or it is not enabled. Then one entry says so, and nothing else is asked (D-276).
func (e *engine) enter(ctx context.Context, s *session) error {
	if s.regional {
		state, err := e.closed(ctx, s)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			t := refusal(s.partition, s.account, s.region, "describe-vpcs", state, err)
			return e.add(&t, nil)
		}
	}
	for _, c := range e.rows {
		if c.over == nil && (s.regional && !c.Home || s.home && c.Home) {
			e.push(job{s, c, c.fixed})
		}
	}
	return nil
}

// closed says why a Region does not answer the account; nil where it does, or where that cannot be told.
func (e *engine) closed(ctx context.Context, s *session) (snapshot.State, error) {
	denied := 0
	for _, c := range e.rows {
		if c.over != nil || c.Home {
			continue
		}
		if t, ok := e.earlier[e.key(job{s, c, c.fixed})]; ok && t.State == snapshot.Complete {
			return "", nil // it has answered before
		}
		err := e.probe(ctx, s, c)
		switch {
		case err == nil:
			return "", nil
		case notEnabled(err):
			return snapshot.Disabled, err
		case !byPolicy(err) || judge(err).state != snapshot.Denied:
			return "", nil
		}
		if denied++; denied == probes {
			return snapshot.Denied, err
		}
	}
	return "", nil
}

// push queues a call once.
func (e *engine) push(j job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if key := e.key(j); !e.asked[key] {
		e.asked[key] = true
		e.progress.Known++
		e.queue.push(j)
	}
}

// key is keyOf for a call that is to be made.
func (e *engine) key(j job) string {
	return keyOf(snapshot.Taken{Account: j.at.account, Region: j.at.region, Call: snapshot.Call{Operation: j.call.op(), Parameters: j.with.shown()}})
}

// shown are the parameters as a manifest has them.
func (p params) shown() map[string]string {
	if len(p) == 0 {
		return nil
	}
	out := make(map[string]string, len(p))
	for name, value := range p {
		if !strings.HasPrefix(name, "-") {
			out[strings.TrimPrefix(name, "*")] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// ask makes a call, writes its pages as they come, and queues the calls about what they name.
func (e *engine) ask(ctx context.Context, j job) error {
	service, _, _ := strings.Cut(string(j.call.op()), " ")
	if service == string(j.call.op()) {
		service = "ec2"
	}
	call := snapshot.Call{Service: service, Operation: j.call.op(), Parameters: j.with.shown(), State: snapshot.Complete, Start: e.now()}
	t := &snapshot.Taken{Partition: j.at.partition, Account: j.at.account, Region: j.at.region, Call: call}
	r := &reading{e: e, j: j, call: &t.Call, next: j.call.start(j.at, j.with), seen: make(map[string]bool)}
	first, err := r.page(ctx)
	if ctx.Err() != nil {
		return nil // interrupted: nobody has asked
	}
	if err != nil {
		v := judge(err)
		t.State, t.Error, t.End = v.state, errorText(err), e.now()
		return e.add(t, nil)
	}
	return e.add(t, func() ([]byte, error) {
		if first != nil {
			page := first
			first = nil
			return page, nil
		}
		return r.page(ctx)
	})
}

// add records a call; next gives its pages, nil where it has none. An answer of an earlier run is not given up for none.
func (e *engine) add(t *snapshot.Taken, next func() ([]byte, error)) error {
	if was, ok := e.earlier[keyOf(*t)]; ok && next == nil && was.File != "" {
		return e.keep(was)
	}
	var err error
	if next == nil {
		err = e.w.Add(t.Partition, t.Account, t.Region, t.Call, nil)
	} else {
		err = e.w.AddPages(t.Partition, t.Account, t.Region, &t.Call, next)
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	e.note(*t)
	return nil
}

// keep takes over a call of an earlier run.
func (e *engine) keep(t snapshot.Taken) error {
	if err := e.w.Keep(t); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recorded = append(e.recorded, t)
	e.kept++
	return nil
}

// note counts a call that is done.
func (e *engine) note(t snapshot.Taken) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recorded = append(e.recorded, t)
	e.progress.Done++
	e.progress.Account, e.progress.Region, e.progress.Operation = t.Account, t.Region, t.Operation
	e.tell()
}

// tell reports progress, at most ten times a second. The engine is locked.
func (e *engine) tell() {
	if now := e.now(); e.o.Progress != nil && now.Sub(e.told) > 100*time.Millisecond {
		e.told, e.progress.Elapsed = now, now.Sub(e.started)
		e.o.Progress(e.progress)
	}
}

// readKept queues the calls about what the answer of an earlier run names.
func (e *engine) readKept(j job, t snapshot.Taken) error {
	e.mu.Lock()
	e.progress.Done++
	e.mu.Unlock()
	if t.File == "" || !e.named(j.call) {
		return nil
	}
	f, err := e.w.Open(t.File)
	if err != nil {
		return err
	}
	defer f.Close()
	page, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	return e.follow(j, page)
}

// named tells whether calls are made about what this one's answers name.
func (e *engine) named(c *Call) bool {
	return slices.ContainsFunc(e.rows, func(r *Call) bool { return r.over != nil && r.over.of == c.op() })
}

// follow queues the calls about what a page names.
func (e *engine) follow(j job, page []byte) error {
	for _, c := range e.rows {
		if c.over == nil || c.over.of != j.call.op() {
			continue
		}
		objects, err := c.over.objects(j.at.place, page)
		if err != nil {
			return err
		}
		for _, p := range objects {
			with := params{}
			for name, value := range c.fixed {
				with[name] = value
			}
			for name, value := range p {
				with[name] = value
			}
			e.push(job{j.at, c, with})
		}
	}
	return nil
}

// sent counts a request.
func (e *engine) sent() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.progress.Calls++
	e.tell()
}

// attempt calls once, when the rate allows it.
func (e *engine) attempt(ctx context.Context, j job, next pager) (any, string, error) {
	l := e.limits.of(api{j.at.place, j.call.Service, j.call.Operation}, j.call.rate)
	if err := l.Wait(ctx); err != nil {
		return nil, "", err
	}
	e.sent()
	within, cancel := context.WithTimeout(ctx, e.o.AttemptTimeout)
	defer cancel()
	page, token, err := next(within)
	switch {
	case err == nil:
		l.answered()
	case judge(err).throttled:
		l.throttled()
	case judge(err).stale:
		if c, ok := j.at.config.Credentials.(*aws.CredentialsCache); ok {
			c.Invalidate()
		}
	}
	return page, token, err
}
