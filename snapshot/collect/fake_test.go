package collect

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vpcreach/vpcreach/snapshot"
)

// fake is an endpoint that speaks EC2's protocol: answers by action. An action that is not there does not exist.
type fake struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int // by action
	times map[string][]time.Time
	place map[string]string // the Region that the last call of an action was signed for
}

// answering starts an endpoint. An answer gets the parameters of the call and how often the action was asked before.
func answering(t *testing.T, answers map[string]func(form func(string) string, n int) (status int, body string)) *fake {
	t.Helper()
	f := &fake{asked: make(map[string]int), times: make(map[string][]time.Time), place: make(map[string]string)}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		action := r.PostForm.Get("Action")
		if _, target, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
			action = target // a service that speaks JSON
		}
		f.mu.Lock()
		n := f.asked[action]
		f.asked[action]++
		f.times[action] = append(f.times[action], time.Now())
		if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 2 { // Credential=KEY/DATE/REGION/SERVICE/...
			f.place[action] = scope[2]
		}
		f.mu.Unlock()
		status, body := 400, ec2Error("InvalidAction", "no such call")
		switch answer := answers[action]; {
		case answer != nil:
			status, body = answer(r.PostForm.Get, n)
		case action == "GetCallerIdentity":
			status, body = 200, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`+
				`<Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
		}
		w.Header().Set("Content-Type", "text/xml")
		if strings.HasPrefix(body, "{") {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(f.Close)
	useEndpoint(t, f.URL)
	return f
}

// useEndpoint makes the SDK talk to an endpoint, with credentials that mean nothing and none of the machine's configuration.
func useEndpoint(t *testing.T, url string) {
	t.Helper()
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_REGION": "eu-west-1", "AWS_CONFIG_FILE": filepath.Join(t.TempDir(), "none"),
		"AWS_SHARED_CREDENTIALS_FILE": filepath.Join(t.TempDir(), "none"), "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
}

func ec2Error(code, message string) string {
	return fmt.Sprintf(`<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>1</RequestID></Response>`, code, message)
}

// ec2Answer is an answer of EC2 around its members.
func ec2Answer(action, members string) string {
	return fmt.Sprintf(`<%[1]sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>%[2]s</%[1]sResponse>`, action, members)
}

// vpcs answers with n VPCs in pages of the size that was asked for.
func vpcs(n int) func(func(string) string, int) (int, string) {
	return func(form func(string) string, _ int) (int, string) {
		size, _ := strconv.Atoi(form("MaxResults"))
		from, _ := strconv.Atoi(form("NextToken"))
		var b strings.Builder
		b.WriteString("<vpcSet>")
		to := min(n, from+size)
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "<item><vpcId>vpc-%08d</vpcId><ownerId>111122223333</ownerId><cidrBlock>10.0.0.0/16</cidrBlock></item>", i)
		}
		b.WriteString("</vpcSet>")
		if to < n {
			fmt.Fprintf(&b, "<nextToken>%d</nextToken>", to)
		}
		return 200, ec2Answer("DescribeVpcs", b.String())
	}
}

// rowsOf are the rows of the table for these operations.
func rowsOf(t *testing.T, operations ...snapshot.Operation) []*Call {
	t.Helper()
	var out []*Call
	for _, op := range operations {
		n := len(out)
		for _, c := range Table() {
			if c.op() == op {
				out = append(out, c)
			}
		}
		if n == len(out) {
			t.Fatalf("no row for %s", op)
		}
	}
	return out
}

// quick are options for tests: everything, without waiting.
func quick(t *testing.T, rows ...*Call) Options {
	t.Helper()
	return Options{Out: filepath.Join(t.TempDir(), "out"), Tool: "vpcreach test", Backoff: time.Millisecond, Rate: 1000, rows: rows}
}

// taken takes a snapshot and reads it again.
func taken(t *testing.T, o Options) (*Result, *snapshot.Snapshot) {
	t.Helper()
	r, err := Take(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Open(o.Out, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

// stateOf is what the snapshot says of one call of the test account.
func stateOf(s *snapshot.Snapshot, op snapshot.Operation) snapshot.Call {
	for _, p := range s.Parts {
		if p.Region == "eu-west-1" {
			return p.Call(op)
		}
	}
	return snapshot.Call{State: "no such part"}
}

// readAll is the bytes of every file of a folder, by name.
func readAll(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
