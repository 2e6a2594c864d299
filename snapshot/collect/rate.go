package collect

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The rates of calls to one API of one account's Region (SNAP-2 to SNAP-5). EC2 refills 20 a second after a burst of 100, for
// everybody who asks: half of it is ours.
const (
	defaultRate  = 10
	defaultBurst = 20
	slowRate     = 5 // services that publish no rate
	leastRate    = 0.5
)

// api names one API of one account's Region.
type api struct {
	place
	service, operation string
}

// limiters hold a limiter per API.
type limiters struct {
	scale float64 // multiplies every rate
	mu    sync.Mutex
	byAPI map[api]*limiter
}

// limiter is the rate of one API: what it has as long as AWS does not throttle, less afterwards.
type limiter struct {
	*rate.Limiter
	full float64
	mu   sync.Mutex
	good int // answers since the rate changed
}

func (l *limiters) of(a api, perSecond float64) *limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if got := l.byAPI[a]; got != nil {
		return got
	}
	if perSecond == 0 {
		perSecond = defaultRate
	}
	perSecond *= l.scale
	got := &limiter{Limiter: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond*defaultBurst/defaultRate))), full: perSecond}
	l.byAPI[a] = got
	return got
}

// throttled halves the rate.
func (l *limiter) throttled() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.good = 0
	l.SetLimit(rate.Limit(max(leastRate, float64(l.Limit())/2)))
}

// answered raises the rate again, a tenth of the full one after ten answers.
func (l *limiter) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.good++; l.good%10 == 0 && float64(l.Limit()) < l.full {
		l.SetLimit(rate.Limit(min(l.full, float64(l.Limit())+l.full/10)))
	}
}

// pause waits before attempt n (1 for the first that is repeated): up to twice as long each time, with full jitter so that those
// who were refused together do not come back together.
func pause(ctx context.Context, n int, base, most time.Duration) error {
	d := base << min(n-1, 16)
	if d > most || d <= 0 {
		d = most
	}
	d = d/4 + rand.N(d*3/4+1)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
