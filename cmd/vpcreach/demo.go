package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
	"github.com/vpcreach/vpcreach/solver"
)

// demoFiles are the answers of a small shop's network, in the layout that the loop in README.md saves.
//
//go:embed demo
var demoFiles embed.FS

// demoPicture and the words between the answers are all that a newcomer needs to know of the network.
const demoPicture = `A small shop in one VPC (10.0.0.0/16), as AWS's describe calls tell it:

  internet ── igw ── web-1 10.0.1.10      public subnet       group shop-web  in: tcp 80, 443 from anywhere
                       │  nat             public subnet       lets the private subnets out
                     app-1 10.0.2.10      private-app subnet  group shop-app  in: tcp 8080 from shop-web
                       │
                     db-1  10.0.3.10      private-db subnet   group shop-db   in: tcp 5432 from shop-web (!)

The database was once asked by the web tier itself. Then came an app tier, and nobody told the database's group.
`

// demoStep is one question of the story.
type demoStep struct {
	words string
	question
}

var demoStory = []demoStep{
	{"Do customers reach the web tier?", question{from: "internet", to: "web-1", protocol: "tcp/443"}},
	{"Does the app tier reach the database?", question{from: "app-1", to: "db-1", protocol: "tcp/5432"}},
}

// demoMore is what to ask next, with the folder in place of %s.
const demoMore = `Ask more. This writes the network's %d files, to read and to change:

  vpcreach demo --write %[2]s
  vpcreach show %[2]s                                what the snapshot holds
  vpcreach show %[2]s db-1                           who may connect to the database
  vpcreach path %[2]s web-1 app-1 tcp/8080           the hop between the tiers
  vpcreach path %[2]s app-1 198.51.100.7 tcp/443     out through the NAT gateway
  vpcreach path %[2]s internet web-1                 no port named: which ones get through?

Then let shop-app into shop-db in describe-security-groups.json, and ask again:

  vpcreach path %[2]s app-1 db-1 tcp/5432
`

// demoFolder is the folder's name in the story when none is given.
const demoFolder = "shop"

func (a *app) demoCommand() *cobra.Command {
	var write, color string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show a reachable and a blocked path in a small network that comes with the program",
		Long: `Show a reachable and a blocked path in a small network that comes with the program: a web tier, an app tier and a
database whose security group forgets the app tier. Needs nothing but the program.

With --write the network's files are written to a folder instead, to ask and to change.`,
		Example: `  vpcreach demo
  vpcreach demo --write shop
  vpcreach path shop app-1 db-1 tcp/5432`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("color", color, "auto", "always", "never"); err != nil {
				return err
			}
			if write != "" {
				return a.writeDemo(write)
			}
			return a.demo(a.colored(color))
		},
	}
	c.Flags().StringVar(&write, "write", "", "write the network's files to this folder, which must be new or empty")
	c.Flags().StringVar(&color, "color", "auto", "auto, always or never; auto honours NO_COLOR")
	return c
}

// demoNetwork reads the network through the same reader as any snapshot.
func demoNetwork() (*model.Network, error) {
	root, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return nil, err
	}
	s, err := snapshot.OpenFS(root, snapshot.Options{})
	if err != nil {
		return nil, err
	}
	return model.Build(s), nil
}

func (a *app) demo(color bool) error {
	n, err := demoNetwork()
	if err != nil {
		return err
	}
	var b bytes.Buffer // so that an error leaves no half story
	b.WriteString(demoPicture)
	for _, step := range demoStory {
		r, err := step.ask(n)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n%s\n\n  $ vpcreach path %s %s %s %s\n\n", step.words, demoFolder, step.from, step.to, step.protocol)
		if err := explainIndented(&b, r, color); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\n"+demoMore, demoCount(), demoFolder)
	_, err = a.stdout.Write(b.Bytes())
	return err
}

// explainIndented writes an answer as the path command does, two columns to the right.
func explainIndented(w io.Writer, r *solver.Result, color bool) error {
	var b bytes.Buffer
	if err := explain.Text(&b, r, explain.TextOptions{Color: color}); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if line != "\n" {
			line = "  " + line
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

// demoCount is the number of the network's files.
func demoCount() int {
	count := 0
	// A walk of the embedded files cannot fail.
	_ = fs.WalkDir(demoFiles, "demo", func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			count++
		}
		return err
	})
	return count
}

// writeDemo writes the network to a folder that is new or empty: files of somebody's that lie there are never
// replaced, nor mixed with these.
func (a *app) writeDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("--write %q: the folder is not empty: name a new one", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--write %q: %w: name a new folder", dir, err)
	}
	root, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--write %q: %w", dir, err)
	}
	if err := os.CopyFS(dir, root); err != nil {
		return fmt.Errorf("--write %q: %w", dir, err)
	}
	shown := explain.PrintableMax(filepath.ToSlash(dir), maxMessage)
	if strings.ContainsAny(shown, " '\"$&;()<>|*?") {
		shown = "'" + strings.ReplaceAll(shown, "'", `'\''`) + "'"
	}
	_, err = fmt.Fprintf(a.stdout, "%d files written to %[2]s. Ask:\n\n  vpcreach show %[2]s\n  vpcreach path %[2]s app-1 db-1 tcp/5432\n", demoCount(), shown)
	return err
}
