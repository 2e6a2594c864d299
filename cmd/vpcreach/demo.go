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

// demoFiles are the answers of each story's network, in the layout that the loop in README.md saves.
//
//go:embed demo
var demoFiles embed.FS

func (a *app) demoCommand() *cobra.Command {
	var write, color string
	c := &cobra.Command{
		Use:   "demo [STORY]",
		Short: "Show reachable and blocked paths in small networks that come with the program",
		Long:  demoLong(),
		Example: `  vpcreach demo
  vpcreach demo appliance
  vpcreach demo --write shop
  vpcreach path shop app-1 db-1 tcp/5432`,
		ValidArgs: storyNames(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && storyOf(args[0]) == nil {
				return fmt.Errorf("%q is no story: write vpcreach demo, or one of these after it: %s", explain.Printable(strings.Join(args, " ")), strings.Join(storyNames(), ", "))
			}
			return oneOf("color", color, "auto", "always", "never")
		},
		RunE: func(_ *cobra.Command, args []string) error {
			tale := &stories[0]
			if len(args) == 1 {
				tale = storyOf(args[0])
			}
			if write != "" {
				return a.writeDemo(tale, write)
			}
			return a.demo(tale, a.colored(color))
		},
	}
	c.Flags().StringVar(&write, "write", "", "write the network's files to this folder, which must be new or empty")
	c.Flags().StringVar(&color, "color", "auto", "auto, always or never; auto honours NO_COLOR")
	return c
}

// demoLong describes the command with its stories.
func demoLong() string {
	var b strings.Builder
	b.WriteString("Show reachable and blocked paths in small networks that come with the program. Needs nothing but the program. The stories:\n\n")
	for _, s := range stories {
		fmt.Fprintf(&b, "%-10s  %s\n", s.name, s.about)
	}
	b.WriteString("\nWith --write the network's files are written to a folder instead, to ask and to change.")
	return b.String()
}

func storyNames() []string {
	var out []string
	for _, s := range stories {
		out = append(out, s.name)
	}
	return out
}

func storyOf(name string) *story {
	for i := range stories {
		if stories[i].name == name {
			return &stories[i]
		}
	}
	return nil
}

// files are the answers of the story's network.
func (s *story) files() (fs.FS, error) { return fs.Sub(demoFiles, "demo/"+s.name) }

// network reads the network through the same reader as any snapshot.
func (s *story) network() (*model.Network, error) {
	root, err := s.files()
	if err != nil {
		return nil, err
	}
	held, err := snapshot.OpenFS(root, snapshot.Options{})
	if err != nil {
		return nil, err
	}
	return model.Build(held), nil
}

func (a *app) demo(tale *story, color bool) error {
	n, err := tale.network()
	if err != nil {
		return err
	}
	var b bytes.Buffer // so that an error leaves no half story
	b.WriteString(tale.picture)
	for _, step := range tale.steps {
		r, err := step.ask(n)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n%s\n\n  $ vpcreach path %s %s %s %s", step.words, tale.name, step.from, step.to, step.protocol)
		if step.destinationAddress != "" {
			b.WriteString(" --destination-address " + step.destinationAddress)
		}
		if step.reading != "" {
			b.WriteString(" --reading " + step.reading)
		}
		b.WriteString("\n\n")
		if err := explainIndented(&b, r, color); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\n"+tale.more, tale.count(), tale.name)
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

// count is the number of the network's files.
func (s *story) count() int {
	count := 0
	// A walk of the embedded files cannot fail.
	_ = fs.WalkDir(demoFiles, "demo/"+s.name, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			count++
		}
		return err
	})
	return count
}

// writeDemo writes the network to a folder that is new or empty: files of somebody's that lie there are never
// replaced, nor mixed with these.
func (a *app) writeDemo(tale *story, dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("--write %q: the folder is not empty: name a new one", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--write %q: %w: name a new folder", dir, err)
	}
	root, err := tale.files()
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
	_, err = fmt.Fprintf(a.stdout, "%d files written to %[2]s. Ask:\n\n  vpcreach show %[2]s\n  vpcreach path %[2]s %[3]s\n", tale.count(), shown, tale.ask)
	return err
}
