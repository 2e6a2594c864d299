package moto

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Faults is a proxy before an AWS that makes trouble: it throttles random calls, cuts connections in the middle of a body, answers
// 500 and 503, is slow, denies one call for good and repeats the page token of another.
type Faults struct {
	URL string

	mu     sync.Mutex
	random *rand.Rand
	counts map[string]int
	deny   string
	repeat string
	share  float64
}

// NewFaults starts a proxy: a share of the calls meets trouble, the action deny is never allowed and repeat announces the same page again
// and again; both may be empty.
func NewFaults(t testing.TB, target string, seed uint64, share float64, deny, repeat string) *Faults {
	t.Helper()
	f := &Faults{random: rand.New(rand.NewPCG(seed, seed)), counts: make(map[string]int), deny: deny, repeat: repeat, share: share}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.serve(w, r, target) }))
	t.Cleanup(s.Close)
	f.URL = s.URL
	return f
}

// Counts says how often each kind of trouble was made.
func (f *Faults) Counts() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[string]int)
	for k, n := range f.counts {
		out[k] = n
	}
	return out
}

// trouble draws what happens to a call.
func (f *Faults) trouble(action string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := ""
	switch {
	case action != "" && action == f.deny:
		kind = "denied"
	case f.random.Float64() < f.share:
		kind = []string{"throttled", "cut", "500", "503", "slow"}[f.random.IntN(5)]
	}
	if kind != "" {
		f.counts[kind]++
	}
	return kind
}

// repeats tells whether an answer that arrives is to announce the same page again.
func (f *Faults) repeats(kind, action string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if action == "" || action != f.repeat || kind != "" && kind != "slow" {
		return false
	}
	f.counts["repeated"]++
	return true
}

func (f *Faults) serve(w http.ResponseWriter, r *http.Request, target string) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	kind := f.trouble(form.Get("Action"))
	if refused(w, kind) {
		return
	}
	if kind == "slow" {
		time.Sleep(50 * time.Millisecond)
	}
	answer, status, header, err := pass(r, body, target)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if f.repeats(kind, form.Get("Action")) {
		answer = repeatToken(answer, form.Get("Action"))
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
	w.WriteHeader(status)
	if kind == "cut" {
		_, _ = w.Write(answer[:len(answer)/2])
		panic(http.ErrAbortHandler) // ends the connection
	}
	_, _ = w.Write(answer)
}

// refused answers a call that is not to be handed on; false where it is.
func refused(w http.ResponseWriter, kind string) bool {
	answer, ok := map[string]struct {
		status int
		code   string
	}{
		"denied":    {http.StatusForbidden, "UnauthorizedOperation"},
		"throttled": {http.StatusServiceUnavailable, "RequestLimitExceeded"},
		"500":       {http.StatusInternalServerError, "InternalError"},
		"503":       {http.StatusServiceUnavailable, ""},
	}[kind]
	if !ok {
		return false
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(answer.status)
	if answer.code != "" {
		fmt.Fprintf(w, "<Response><Errors><Error><Code>%s</Code><Message>made by the proxy</Message></Error></Errors><RequestID>1</RequestID></Response>", answer.code)
	}
	return true
}

// pass hands a call on.
func pass(r *http.Request, body []byte, target string) ([]byte, int, http.Header, error) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, target+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, 0, nil, err
	}
	out.Header = r.Header.Clone()
	out.Host = r.Host
	resp, err := http.DefaultClient.Do(out)
	if err != nil {
		return nil, 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	resp.Header.Del("Content-Length")
	resp.Header.Del("Transfer-Encoding")
	return answer, resp.StatusCode, resp.Header, err
}

// repeatToken makes an answer of EC2's form announce a page that never comes.
func repeatToken(answer []byte, action string) []byte {
	end := "</" + action + "Response>"
	return []byte(strings.Replace(string(answer), end, "<nextToken>again</nextToken>"+end, 1))
}
