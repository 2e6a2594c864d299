package collect

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Options say what to take and where to put it.
type Options struct {
	Out    string // the folder
	Resume bool   // continue what is in Out, and ask only for what is missing
	Tool   string // name and version of the caller, for the manifest

	Profile      string   // of the shared configuration; empty for the usual one
	Regions      []string // none: the profile's; "all": every Region that is enabled
	Accounts     []string // none: the caller's own
	Organization bool     // every active account of the caller's organisation
	Role         Role     // how other accounts are entered
	Names        bool     // also ask the services that only give names

	Parallel       int           // calls under way at a time; 0 for 16
	Attempts       int           // how often a call is tried; 0 for 10
	AttemptTimeout time.Duration // of one attempt; 0 for a minute
	Backoff        time.Duration // first pause between attempts; 0 for half a second
	Rate           float64       // multiplies the rates; 0 for 1

	Progress func(Progress) // told now and then, by one goroutine at a time; may be nil

	rows []*Call // instead of the table, for tests
}

// Progress is how far a run has come.
type Progress struct {
	Done, Known     int // calls; more become known as objects are found
	Calls           int // requests sent, for the rate
	Account, Region string
	Operation       snapshot.Operation
	Elapsed         time.Duration
}

// Left estimates how long the calls that are known will take; false where nothing can be said yet.
func (p Progress) Left() (time.Duration, bool) {
	if p.Done == 0 || p.Elapsed < time.Second {
		return 0, false
	}
	return time.Duration(float64(p.Elapsed) / float64(p.Done) * float64(p.Known-p.Done)), true
}

// Result is what a run has come to.
type Result struct {
	Calls       []snapshot.Taken // every call of the manifest
	Kept        int              // of an earlier run
	Interrupted bool
}

// Partial tells whether anything is missing.
func (r *Result) Partial() bool {
	return r.Interrupted || slices.ContainsFunc(r.Calls, func(t snapshot.Taken) bool { return t.State != snapshot.Complete })
}

// Take takes a snapshot. The error is one of the question or of the disk: whatever AWS refuses stands in the result and in the
// manifest. A context that ends leaves a snapshot of what was answered until then.
func Take(ctx context.Context, o Options) (*Result, error) {
	o = o.withDefaults()
	targets, err := findTargets(ctx, &o)
	if err != nil {
		return nil, err
	}
	w, earlier, err := openOut(&o)
	if err != nil {
		return nil, err
	}
	e := newEngine(&o, w, earlier)
	err = e.run(ctx, targets)
	result := &Result{Calls: e.recorded, Kept: e.kept, Interrupted: ctx.Err() != nil}
	if closed := w.Close(); err == nil {
		err = closed
	}
	sortTaken(result.Calls)
	return result, err
}

func (o Options) withDefaults() Options {
	if o.Parallel <= 0 {
		o.Parallel = 16
	}
	if o.Attempts <= 0 {
		o.Attempts = 10
	}
	if o.AttemptTimeout <= 0 {
		o.AttemptTimeout = time.Minute
	}
	if o.Backoff <= 0 {
		o.Backoff = 500 * time.Millisecond
	}
	if o.Rate <= 0 {
		o.Rate = 1
	}
	if o.rows == nil {
		o.rows = Table()
	}
	o.Tool = strings.TrimSpace(o.Tool + " (" + sdkVersion() + ")")
	return o
}

// openOut opens the folder; without --resume it must be new or empty.
func openOut(o *Options) (*snapshot.Writer, []snapshot.Taken, error) {
	if there, err := os.ReadDir(o.Out); err == nil && len(there) > 0 && !o.Resume {
		return nil, nil, fmt.Errorf("%q is not empty: continue the snapshot in it with --resume, or name a new folder", o.Out)
	}
	return snapshot.ContinueFolderWriter(o.Out, o.Tool)
}

// sdkVersion says which fields the snapshot can have: what AWS added after this version of the SDK is not in it.
func sdkVersion() string {
	const client = "github.com/aws/aws-sdk-go-v2/service/ec2"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == client {
				return fmt.Sprintf("aws-sdk-go-v2 %s, ec2 %s", aws.SDKVersion, strings.TrimPrefix(d.Version, "v"))
			}
		}
	}
	return "aws-sdk-go-v2 " + aws.SDKVersion
}

func sortTaken(list []snapshot.Taken) {
	slices.SortStableFunc(list, func(a, b snapshot.Taken) int { return strings.Compare(keyOf(a), keyOf(b)) })
}

// keyOf tells calls apart.
func keyOf(t snapshot.Taken) string {
	return strings.Join([]string{t.Account, t.Region, string(t.Operation), paramsText(t.Parameters)}, "\x00")
}

func paramsText(p map[string]string) string {
	var words []string
	for name, value := range p {
		words = append(words, name+"="+value)
	}
	slices.Sort(words)
	return strings.Join(words, "\x00")
}
