package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/snapshot"
)

// snapshotCommand is the group of what is done with snapshots themselves. Each sub-command stands in a file of its own.
func (a *app) snapshotCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "snapshot",
		Short: "Take snapshots from AWS; pack, compare and redact them",
		Long: `What is done with snapshots themselves. Each command explains itself: vpcreach snapshot pack --help

Exit status: 0 done, 2 the input is wrong; snapshot take and snapshot diff have their own.`,
		Example: `  vpcreach snapshot take --region eu-west-1
  vpcreach snapshot pack ./snapshot snapshot.zip`,
		Args: unknownCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.SuggestionsMinimumDistance = 2
	c.AddCommand(a.takeCommand(), a.policyCommand(), a.packCommand(), a.unpackCommand(), a.diffCommand(), a.redactCommand())
	return c
}

func (a *app) packCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "pack SNAPSHOT FILE.zip",
		Short: "Make one file of a snapshot",
		Long: `Make one archive of a snapshot in any form that vpcreach reads: the answers as they came, secrets removed, and a manifest. The same
answers give the same bytes. The file can be read by its owner alone; it describes your network in detail.

Exit status: 0, or 2 if the input is wrong.`,
		Example: `  vpcreach snapshot pack ./snapshot snapshot.zip`,
		Args:    exactly(2, "vpcreach snapshot pack SNAPSHOT FILE.zip"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := newName(args[1], force); err != nil {
				return err
			}
			p := a.reading(args[0])
			defer p.stop()
			s, err := snapshot.Pack(args[0], args[1], toolName(), snapshot.Options{Progress: p.read})
			return a.packed(p, s, err)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace FILE.zip if it is there")
	return c
}

func (a *app) unpackCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "unpack SNAPSHOT DIR",
		Short: "Make a folder of a snapshot",
		Long: `Make a folder of an archive, or of a snapshot in any other form that vpcreach reads: the answers as they came, one file a call, secrets
removed, and a manifest. Files can be read by their owner alone. With --force a folder that holds a snapshot, and nothing else, is replaced.

Exit status: 0, or 2 if the input is wrong.`,
		Example: `  vpcreach snapshot unpack snapshot.zip ./snapshot`,
		Args:    exactly(2, "vpcreach snapshot unpack SNAPSHOT DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			p := a.reading(args[0])
			defer p.stop()
			s, err := snapshot.Unpack(args[0], args[1], toolName(), force, snapshot.Options{Progress: p.read})
			return a.packed(p, s, err)
		},
	}
	c.Flags().BoolVar(&force, "force", false, "replace the snapshot that is in DIR")
	return c
}

// packed warns of what could not be read of a snapshot that was packed.
func (a *app) packed(p *progress, s *snapshot.Snapshot, err error) error {
	p.stop()
	if err == nil {
		warnBroken(a.stderr, s)
	}
	return err
}

// reading shows on a terminal that a snapshot is being read.
func (a *app) reading(path string) *progress {
	if !isTerminal(a.stderr) {
		return nil
	}
	return startProgress(a.stderr, time.Second, "reading "+explain.PrintableMax(path, 40))
}

// toolName is what manifests name as the tool that wrote them.
func toolName() string { return "vpcreach " + version() }

// newName refuses a file that is there already.
func newName(path string, force bool) error {
	switch info, err := os.Lstat(path); {
	case err == nil && info.IsDir():
		return fmt.Errorf("%q is a folder: name a file in it", path)
	case err == nil && !force:
		return fmt.Errorf("%q is there already: name a new file, or say --force to replace it", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%q cannot be written: %w", path, err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("%q is no folder: make it first", filepath.Dir(path))
	}
	return nil
}

// exactly wants so many arguments.
func exactly(n int, usage string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%d arguments where %d are needed: write %s", len(args), n, usage)
		}
		return nil
	}
}
