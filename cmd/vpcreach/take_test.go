package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTake takes a snapshot as a user does, from an endpoint that knows two calls: what was answered can be shown, the summary says what
// is unknown for want of the rest, and the exit status is 4.
func TestTake(t *testing.T) {
	useEndpoint(t, func(string) {})
	out := filepath.Join(t.TempDir(), "mine")
	status, text := command("snapshot", "take", "--out", out)
	if status != statusPartial {
		t.Errorf("exit status %d, want %d", status, statusPartial)
	}
	for _, want := range []string{
		"111122223333  eu-west-1",
		"Unknown because of what was not answered:",
		"  describe-nat-gateways (denied): answers through a NAT gateway\n    111122223333 eu-west-1: UnauthorizedOperation: not you\n",
		"  describe-subnets (unsupported): everything from and to a subnet's interfaces\n",
		"Not answered, and not needed by any rule yet: ",
		"Partial. " + out + " holds what was answered; the same command with --resume asks for the rest.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "hunter2") || strings.Contains(text, "AKIA") {
		t.Error("the report shows credentials")
	}
	if status, text := command("snapshot", "take", "--out", out); status != statusWrong || !strings.Contains(text, "--resume") {
		t.Errorf("a second run: status %d, %s", status, text)
	}
	if status, _ := command("snapshot", "take", "--out", out, "--resume"); status != statusPartial {
		t.Errorf("going on: status %d", status)
	}
	if status, text := command("show", out, "vpc-00000001"); status != 0 {
		t.Errorf("show: status %d: %s", status, text)
	}
}

// TestInterrupt: Ctrl-C ends a run cleanly, with what was answered.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("processes of Windows cannot be sent an interrupt")
	}
	var once sync.Once
	useEndpoint(t, func(action string) {
		if action == "DescribeNatGateways" {
			once.Do(func() {
				self, err := os.FindProcess(os.Getpid())
				if err == nil {
					err = self.Signal(os.Interrupt)
				}
				if err != nil {
					t.Error(err)
				}
			})
			time.Sleep(50 * time.Millisecond)
		}
	})
	out := filepath.Join(t.TempDir(), "mine")
	status, text := command("snapshot", "take", "--out", out)
	if status != statusPartial || !strings.Contains(text, "Interrupted. "+out+" holds what was answered; the same command with --resume goes on.") {
		t.Errorf("exit status %d: %s", status, text)
	}
	if _, err := os.Stat(filepath.Join(out, "manifest.json")); err != nil {
		t.Error(err)
	}
}

// command runs a command line and returns its exit status and what it printed.
func command(args ...string) (int, string) {
	var stdout, stderr bytes.Buffer
	status := run(args, strings.NewReader(""), &stdout, &stderr, os.Getenv)
	return status, stdout.String() + stderr.String()
}

// useEndpoint starts an AWS that knows two calls, and tells seen of each.
func useEndpoint(t *testing.T, seen func(action string)) {
	t.Helper()
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		seen(r.PostForm.Get("Action"))
		if r.PostForm.Get("Action") == "" { // a service that speaks JSON
			w.Header().Set("X-Amzn-Errortype", "UnknownOperationException")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type": "UnknownOperationException", "message": "no such call"}`)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		switch r.PostForm.Get("Action") {
		case "GetCallerIdentity":
			fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		case "DescribeVpcs":
			fmt.Fprint(w, `<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-00000001</vpcId><ownerId>111122223333</ownerId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet></DescribeVpcsResponse>`)
		case "DescribeNatGateways":
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>not you</Message></Error></Errors></Response>`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `<Response><Errors><Error><Code>InvalidAction</Code><Message>no such call</Message></Error></Errors></Response>`)
		}
	}))
	t.Cleanup(endpoint.Close)
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": endpoint.URL, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "hunter2hunter2",
		"AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_REGION": "eu-west-1", "AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
}
