// Package moto gives tests an AWS to talk to: moto's server, the network that they build there through the SDK, and a proxy that
// makes trouble on the way.
package moto

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Program is the environment variable that names moto's server. Where it is set the tests must run; .ci/run sets it.
const Program = "VPCREACH_MOTO"

// Server starts moto's server for a test and returns its address. Without it the test is skipped, unless it is required.
func Server(t testing.TB) string {
	t.Helper()
	program := os.Getenv(Program)
	if program == "" {
		var err error
		if program, err = exec.LookPath("moto_server"); err != nil {
			t.Skip("moto's server is not installed: pip install -r .ci/moto.txt, then set " + Program + " to moto_server; .ci/run does both")
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, "-H", "127.0.0.1", "-p", port)
	// No image catalogue of EC2 but the small one, which starts faster.
	command.Env = append(os.Environ(), "MOTO_EC2_LOAD_DEFAULT_AMIS=true")
	if err := command.Start(); err != nil {
		t.Fatalf("%s=%s does not start: %v", Program, program, err)
	}
	t.Cleanup(func() {
		stop()
		_ = command.Wait()
	})
	url := "http://127.0.0.1:" + port
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		resp, err := http.Get(url + "/moto-api/")
		if err == nil {
			_ = resp.Body.Close()
			return url
		}
		if time.Now().After(end) {
			t.Fatalf("moto's server does not answer: %v", err)
		}
	}
}
