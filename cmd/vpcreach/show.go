package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/model"
)

func (a *app) showCommand() *cobra.Command {
	var format, declared string
	var scope model.Scope
	c := &cobra.Command{
		Use:   "show SNAPSHOT [RESOURCE]",
		Short: "Show what a snapshot holds, what it lacks and what that means; or all that is known of one resource",
		Long: `Show what a snapshot holds per account and Region, what is missing or was not understood, and what that means for
answers. With RESOURCE, everything that is known of that resource; of a network interface also who may connect in and
out, merged from all its security groups.

RESOURCE  an id or ARN of any kind, a Name tag, a group's name, tag:KEY=VALUE, a service's name, a host name, or an address

Exit status: 0, or 2 if the input is wrong.`,
		Example: `  vpcreach show ./snapshot
  vpcreach show ./snapshot eni-0123456789abcdef0
  vpcreach show ./snapshot web-1 --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return errors.New("write vpcreach show SNAPSHOT [RESOURCE], names with spaces in quotes")
			}
			return oneOf("format", format, "text", "json")
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return a.show(args, declared, scope, explain.ShowOptions{JSON: format == "json", Version: version()})
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	declareFlag(c.Flags(), &declared)
	c.Flags().StringVar(&scope.Account, "account", "", "look RESOURCE up in this account only")
	c.Flags().StringVar(&scope.Region, "region", "", "look RESOURCE up in this Region only")
	return c
}

func (a *app) show(args []string, declared string, scope model.Scope, o explain.ShowOptions) error {
	n, err := a.load(args[0], declared)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		err = explain.Show(a.stdout, n, o)
	} else {
		var r model.Ref
		if r, err = explain.Find(n, args[1], scope); err != nil {
			return err
		}
		err = explain.ShowResource(a.stdout, n, r, o)
	}
	if err != nil {
		return fmt.Errorf("the answer cannot be written: %w", err)
	}
	return nil
}
