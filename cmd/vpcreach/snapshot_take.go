package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/snapshot/collect"
)

func (a *app) takeCommand() *cobra.Command {
	var o collect.Options
	c := &cobra.Command{
		Use:   "take",
		Short: "Take a snapshot from AWS",
		Long: `Take a snapshot from AWS: ask the calls that docs/collecting.md lists, of one account or of many, and write the answers as they come. It
only reads. Credentials, profiles, single sign-on and AWS_ENDPOINT_URL work as in every AWS tool; vpcreach snapshot policy
prints what they must allow.

Whatever AWS refuses is noted in the snapshot, and answers that need it are unknown. Ctrl-C ends cleanly; --resume
goes on and asks only for what is missing.

Exit status: 0 complete, 4 partial (something was refused, or the run was interrupted), 2 nothing was taken.`,
		Example: `  vpcreach snapshot take --region eu-west-1,us-east-1
  vpcreach snapshot take --region all --names --out ./mine
  vpcreach snapshot take --organization --role vpcreach-snapshot --external-id our-secret --region all
  vpcreach snapshot take --resume --region eu-west-1,us-east-1`,
		Args: exactly(0, "vpcreach snapshot take, with flags only"),
		RunE: func(*cobra.Command, []string) error {
			if o.Organization && len(o.Accounts) > 0 {
				return errors.New("--organization means every account: leave out --accounts")
			}
			return a.take(o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Out, "out", "snapshot", "the folder to write: a new one, or with --resume one that was begun")
	f.BoolVar(&o.Resume, "resume", false, "go on with the snapshot that is in the folder, and ask only for what is missing")
	f.StringVar(&o.Profile, "profile", "", "the AWS profile to use")
	f.StringSliceVar(&o.Regions, "region", nil, "Regions, with commas between or one flag each; all for every Region that is enabled (the profile's Region)")
	f.StringSliceVar(&o.Accounts, "accounts", nil, "accounts to ask, entered by --role (the credentials' own account)")
	f.BoolVar(&o.Organization, "organization", false, "ask every active account of the organisation")
	f.StringVar(&o.Role.Name, "role", "", "name of the role by which other accounts are entered")
	f.StringVar(&o.Role.ExternalID, "external-id", "", "external id that the role's trust policy asks for")
	f.StringVar(&o.Role.Session, "session-name", "vpcreach", "name of the role's session, which logs show")
	f.StringToStringVar(&o.Role.Tags, "session-tag", nil, "a session tag, KEY=VALUE, for trust policies that ask for it")
	f.BoolVar(&o.Names, "names", false, "also ask RDS, ElastiCache, ECS, EFS and Lambda, which only give names to interfaces")
	f.IntVar(&o.Parallel, "parallel", 16, "calls under way at a time")
	return c
}

// take runs until everything was asked, or somebody interrupts it.
func (a *app) take(o collect.Options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	o.Tool = toolName()
	var p *progress
	if isTerminal(a.stderr) {
		p = startProgress(a.stderr, time.Second, "asking who the credentials belong to")
		defer p.stop()
		o.Progress = func(got collect.Progress) {
			line := progressLine(got)
			if width := columns(a.stderr) - len(" ...") - 1; width > 0 && len(line) > width {
				line = line[:width]
			}
			p.phase(line)
		}
	}
	r, err := collect.Take(ctx, o)
	p.stop()
	if r != nil {
		a.takeReport(o, r)
	}
	if err != nil {
		if ctx.Err() != nil && r == nil {
			return errors.New("interrupted before anything was asked")
		}
		return err
	}
	if r.Partial() {
		a.status = statusPartial
	}
	return nil
}

// progressLine says how far a run has come.
func progressLine(p collect.Progress) string {
	line := fmt.Sprintf("%d of %d calls", p.Done, p.Known)
	if s := p.Elapsed.Seconds(); s >= 1 {
		line += fmt.Sprintf(", %.0f requests a second", float64(p.Calls)/s)
	}
	if left, ok := p.Left(); ok {
		line += ", " + left.Round(time.Second).String() + " left"
	}
	return line + ": " + explain.PrintableMax(fmt.Sprintf("%s %s %s", p.Account, p.Region, p.Operation), 80)
}
