package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// update rewrites the expected outputs of the scripts and of README.md.
var update = flag.Bool("update", false, "rewrite expected outputs; read the difference afterwards")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		// Not guarded, so that a panic shows as one.
		"vpcreach": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)) },
	})
}

// TestScripts runs every command as a user does. A script may use, besides testscript's own commands:
//
//	status N vpcreach ARGS...   run it and expect exit status N
//	stdin FILE, stdout/stderr   as ever; status keeps both outputs for them
//	zip FILE NAME=SOURCE...     write an archive with these entries, whatever their names
//	bomb FILE                   write a small archive that unpacks to a lot
//	nest FILE DEPTH             write a JSON file with lists nested so deep, on one line
//	cut FILE BYTES              keep the first bytes of a file
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": expectStatus, "zip": writeZip, "bomb": writeBomb, "nest": writeNest, "cut": cutFile,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "")
			e.Setenv("TERM", "xterm-256color")
			return nil
		},
	})
}

// expectStatus tells exit statuses apart, which "exec" and "! exec" do not.
func expectStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N vpcreach ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		status, ok := strings.CutPrefix(err.Error(), "exit status ")
		if got, err = strconv.Atoi(status); !ok || err != nil {
			ts.Fatalf("%s did not run to its end: %v", args[1], err)
		}
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func writeZip(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, entry := range args[1:] {
		name, source, _ := strings.Cut(entry, "=")
		w, err := z.Create(name)
		ts.Check(err)
		_, err = io.WriteString(w, ts.ReadFile(source))
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// writeBomb packs a list that holds 100 MiB of spaces into about 100 kB.
func writeBomb(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	w, err := z.Create("describe-vpcs.json")
	ts.Check(err)
	spaces := bytes.Repeat([]byte{' '}, 1<<20)
	_, err = io.WriteString(w, `{"Vpcs":[`)
	for range 100 {
		if err == nil {
			_, err = w.Write(spaces)
		}
	}
	ts.Check(err)
	_, err = io.WriteString(w, "]}")
	ts.Check(err)
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

func writeNest(ts *testscript.TestScript, _ bool, args []string) {
	depth, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := `{"Subnets":[{"SubnetId":"subnet-1","Tags":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `}]}`
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func cutFile(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// commandLine runs the program in this process.
func commandLine(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(args, strings.NewReader(stdin), &out, &errs, func(string) string { return "" })
	return status, out.String(), errs.String()
}

// failing is an output that takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left on device") }

func TestOutputThatCannotBeWrittenIsNoAnswer(t *testing.T) {
	for _, args := range [][]string{
		{"demo"}, {"version"}, {"show", "demo/shop"}, {"path", "demo/shop", "internet", "web-1", "tcp/443"},
		{"path", "demo/shop", "internet", "web-1", "tcp/443", "--format", "json"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			var errs bytes.Buffer
			status := run(args, strings.NewReader(""), failing{}, &errs, func(string) string { return "" })
			if status != statusWrong || !strings.Contains(errs.String(), "no space left on device") {
				t.Errorf("status %d, standard error %q; want status %d and the reason", status, errs.String(), statusWrong)
			}
		})
	}
}
