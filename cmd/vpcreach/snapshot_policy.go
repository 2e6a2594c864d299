package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/snapshot/collect"
)

func (a *app) policyCommand() *cobra.Command {
	var o collect.PolicyOptions
	var t collect.Trust
	var format string
	c := &cobra.Command{
		Use:   "policy",
		Short: "Print the least IAM policy for taking snapshots, or a role to enter accounts by",
		Long: `Print the least IAM policy that taking a snapshot needs: read-only calls, each of them listed in docs/collecting.md. With --trust, print a
role with that policy which the account, role or user named may enter, as a CloudFormation template (for a StackSet over all
accounts) or as Terraform. Nothing is sent anywhere.

Exit status: 0, or 2 if the input is wrong.`,
		Example: `  vpcreach snapshot policy
  vpcreach snapshot policy --organization --role vpcreach-snapshot
  vpcreach snapshot policy --trust 111122223333 --external-id our-secret --format terraform`,
		Args: exactly(0, "vpcreach snapshot policy, with flags only"),
		RunE: func(c *cobra.Command, _ []string) error {
			if t.Principal == "" && (c.Flags().Changed("format") || t.ExternalID != "") {
				return errors.New("--format and --external-id are about a role: say with --trust who may enter it")
			}
			t.Policy = o
			return a.policy(t, format)
		},
		PreRunE: func(*cobra.Command, []string) error { return oneOf("format", format, "cloudformation", "terraform") },
	}
	f := c.Flags()
	f.BoolVar(&o.Names, "names", false, "also the calls that only give names to interfaces")
	f.BoolVar(&o.Organization, "organization", false, "also listing the accounts of the organisation")
	f.StringVar(&o.Role, "role", "", "also entering other accounts by this role; with --trust, the role's name")
	f.StringVar(&o.Partition, "partition", "aws", "aws, aws-us-gov or aws-cn")
	f.StringVar(&t.Principal, "trust", "", "print a role that this account, role or user may enter")
	f.StringVar(&t.ExternalID, "external-id", "", "the external id that must be sent to enter the role")
	f.StringToStringVar(&t.Tags, "session-tag", nil, "a session tag, KEY=VALUE, that must be sent to enter the role")
	f.StringVar(&format, "format", "cloudformation", "with --trust: cloudformation or terraform")
	return c
}

// policy prints the policy, or the role where somebody is to be trusted.
func (a *app) policy(t collect.Trust, format string) error {
	t.Policy.Tags = len(t.Tags) > 0
	text := t.Policy.Policy()
	if t.Principal != "" {
		if t.Role = t.Policy.Role; t.Role == "" {
			t.Role = "vpcreach-snapshot"
		}
		if err := t.Check(); err != nil {
			return err
		}
		if text = t.CloudFormation(); format == "terraform" {
			text = t.Terraform()
		}
	}
	if _, err := io.WriteString(a.stdout, text); err != nil {
		return fmt.Errorf("the answer cannot be written: %w", err)
	}
	return nil
}
