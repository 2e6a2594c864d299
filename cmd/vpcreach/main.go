// Command vpcreach answers whether traffic gets from A to B in an AWS network, from saved answers of AWS's describe
// calls. Only taking a snapshot opens a connection. See README.md, or run: vpcreach demo
package main

import (
	"fmt"
	"os"
)

func main() {
	os.Exit(guarded(func() int { return run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv) }))
}

// guarded turns a panic, which is always a mistake of ours, into one line: whoever asked cannot use a stack trace, and no
// exit status may look like an answer. Tests call run, where a panic stays one.
func guarded(command func() int) (status int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "vpcreach: internal error, please report it with the command line: %.200s\n", fmt.Sprintf("%q", fmt.Sprint(p)))
			status = statusWrong
		}
	}()
	return command()
}
