package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/solver"
)

// The exit statuses of every command (docs: README.md, "Exit status").
const (
	statusReachable   = 0 // also: the command did what it was asked to
	statusUnreachable = 1
	statusWrong       = 2 // the question or the input is wrong
	statusUnknown     = 3 // unknown or ambiguous
	statusPartial     = 4 // a snapshot lacks something
)

// statusOf is the exit status of a verdict.
func statusOf(v solver.Verdict) int {
	switch v {
	case solver.Reachable:
		return statusReachable
	case solver.Unreachable:
		return statusUnreachable
	}
	return statusUnknown
}

// app is one run of the command: where it reads and writes, and the exit status it has come to.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	status         int
	json           bool // errors go to standard output as JSON objects
}

// run executes one command line and returns the exit status. It touches nothing but what it is handed and the files
// that the arguments name. A panic is not recovered here.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, env: env, json: wantsJSON(args)}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.Execute(); err != nil {
		a.fail(err)
		return statusWrong
	}
	return a.status
}

// fail reports an error: one line on standard error, or, where JSON was asked for, one object on standard output.
func (a *app) fail(err error) {
	if a.json && explain.ErrorJSON(a.stdout, err, explain.JSONOptions{Version: version()}) == nil {
		return
	}
	fmt.Fprintln(a.stderr, "vpcreach: "+oneLine(err))
}

// oneLine is an error's message on one line, fit for a terminal whatever names and paths it quotes.
func oneLine(err error) string {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(err.Error(), "\uFFFD")), " ")
	parts := strings.Split(text[:min(len(text), maxMessage)], `\`)
	for i := range parts { // messages quote names as Go does, and Printable would double those backslashes
		parts[i] = explain.PrintableMax(parts[i], maxMessage)
	}
	return strings.Join(parts, `\`)
}

// maxMessage bounds an error's message, in bytes.
const maxMessage = 2000

// wantsJSON looks for --format json before the flags are parsed, because parsing them can be what fails. A batch always
// answers in JSON.
func wantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	for i, arg := range args {
		switch {
		case arg == "--format=json", arg == "--batch", strings.HasPrefix(arg, "--batch="):
			return true
		case arg == "--format" && i+1 < len(args) && args[i+1] == "json":
			return true
		}
	}
	return false
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "vpcreach",
		Short: "Does traffic get from A to B in an AWS network? Answered from a saved snapshot, offline",
		Long: `vpcreach answers whether traffic gets from A to B in an AWS network, by which hops, and if not, which rule is to
blame. It works on saved answers of AWS's describe calls: no credentials, no traffic, no connection.

Exit status: 0 reachable (or done), 1 unreachable, 2 the question or the input is wrong, 3 unknown or ambiguous.`,
		Example: `  vpcreach demo
  vpcreach show ./snapshot
  vpcreach path ./snapshot app-1 db-1 tcp/5432`,
		Args: unknownCommand,
		RunE: func(c *cobra.Command, _ []string) error {
			if asked, err := c.Flags().GetBool("version"); err == nil && asked {
				return a.printVersion()
			}
			return c.Help()
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
	})
	// Not cobra's Version field with a template of its own: setting any template keeps text/template in the binary.
	root.Flags().Bool("version", false, "print the version, as vpcreach version does")
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(a.pathCommand(), a.compareCommand(), a.risksCommand(), a.showCommand(), a.snapshotCommand(), a.demoCommand(), a.versionCommand())
	root.InitDefaultCompletionCmd()
	explainCompletion(root)
	return root
}

// explainCompletion adds to cobra's completion command an example and an error for a shell that it does not know.
func explainCompletion(root *cobra.Command) {
	c, _, err := root.Find([]string{"completion"})
	if err != nil || c == root {
		return
	}
	c.Example = `  source <(vpcreach completion bash)
  vpcreach completion zsh > "${fpath[1]}/_vpcreach"`
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return fmt.Errorf("%q is not a shell that is known: use bash, zsh, fish or powershell", args[0])
	}
}

// unknownCommand is what a first argument that is no command leads to.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	msg := fmt.Sprintf("%q is not a command", args[0])
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		msg += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return errors.New(msg + "; see vpcreach --help")
}

// oneOf checks a flag that has a few values.
func oneOf(flag, value string, values ...string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return fmt.Errorf("--%s %q is not known: use %s", flag, value, strings.Join(values, " or "))
}
