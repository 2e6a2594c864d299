package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/solver/risk"
)

const risksLong = `List what can be seen to go wrong between VPCs without asking a question: appliances that see one direction of a flow only, inspected
traffic that circles or is not sent on, ways that bypass an inspection, two ways to one destination on premises. Each with
the resource and the change that would mend it.

SNAPSHOT  a folder, an archive or a JSON file with answers of AWS's describe calls

A risk is no verdict: ask vpcreach path what it does to a connection. What could not be judged is listed too, with the call that
would tell.

Exit status: 0 no risks, 1 some, 2 the input is wrong, 3 none that is known, but some could not be judged.`

func (a *app) risksCommand() *cobra.Command {
	var format, color string
	c := &cobra.Command{
		Use:   "risks SNAPSHOT",
		Short: "List what can be seen to go wrong between VPCs: asymmetric ways, loops, bypasses",
		Long:  risksLong,
		Example: `  vpcreach risks ./snapshot
  vpcreach risks ./snapshot --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("one SNAPSHOT is needed: write vpcreach risks SNAPSHOT")
			}
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return oneOf("color", color, "auto", "always", "never")
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.risks(args[0], format, color) },
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().StringVar(&color, "color", "auto", "auto, always or never; auto honours NO_COLOR")
	return c
}

func (a *app) risks(path, format, color string) error {
	n, err := a.load(path, "")
	if err != nil {
		return err
	}
	list := risk.Find(n)
	if format == "json" {
		err = explain.RisksJSON(a.stdout, n, list, explain.JSONOptions{Version: version()})
	} else {
		err = explain.RisksText(a.stdout, n, list, explain.TextOptions{Color: a.colored(color), Width: columns(a.stdout)})
	}
	if err != nil {
		return fmt.Errorf("the risks cannot be written: %w", err)
	}
	a.status = risksStatus(list)
	return nil
}

// risksStatus is the exit status of a list of risks: a known one comes before one that could not be judged.
func risksStatus(list []risk.Risk) int {
	status := statusReachable
	for i := range list {
		if list[i].Lack == nil {
			return statusUnreachable
		}
		status = statusUnknown
	}
	return status
}
