package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/snapshot"
)

const diffLong = `Compare two snapshots in any form: what was added, removed and changed from A to B, resource by resource and field by field. Rules of groups
and ACLs, routes and other elements of lists are told as added and removed; their order says nothing.

What one of the two does not hold (a call that was denied, pages that are missing) is told as not compared, never as removed. Times and
counters, which change by themselves, are left out without --all.

Exit status: 0 no difference, 1 some, 2 the input is wrong, 3 none that is known, but an answer could not be compared.`

func (a *app) diffCommand() *cobra.Command {
	var format string
	var all bool
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Tell what changed between two snapshots, resource by resource, field by field",
		Long:  diffLong,
		Example: `  vpcreach snapshot diff monday.zip tuesday.zip
  vpcreach snapshot diff ./before ./after --format json`,
		Args: func(c *cobra.Command, args []string) error {
			if err := exactly(2, "vpcreach snapshot diff A B")(c, args); err != nil {
				return err
			}
			return oneOf("format", format, "text", "json")
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.diff(args[0], args[1], format, all) },
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().BoolVar(&all, "all", false, "tell times and counters too, which change by themselves")
	return c
}

func (a *app) diff(from, to, format string, all bool) error {
	p := a.reading(from)
	defer p.stop()
	d, err := snapshot.Diff(from, to, snapshot.Options{Progress: p.read})
	p.stop()
	if err != nil {
		return err
	}
	if !all {
		withoutItself(d)
	}
	if format == "json" {
		err = diffJSON(a.stdout, d)
	} else {
		err = diffText(a.stdout, d)
	}
	if err != nil {
		return fmt.Errorf("the difference cannot be written: %w", err)
	}
	switch {
	case len(d.Resources) > 0:
		a.status = statusUnreachable
	case len(d.Gaps) > 0:
		a.status = statusUnknown
	}
	return nil
}

// withoutItself leaves out what changes by itself, and resources of which nothing else changed.
func withoutItself(d *snapshot.Difference) {
	d.Resources = slices.DeleteFunc(d.Resources, func(r snapshot.ResourceChange) bool {
		return r.Change == snapshot.Changed && !slices.ContainsFunc(r.Fields, func(f snapshot.FieldChange) bool { return !f.Itself })
	})
	for i := range d.Resources {
		r := &d.Resources[i]
		r.Fields = slices.DeleteFunc(r.Fields, func(f snapshot.FieldChange) bool { return f.Itself })
	}
}

// diffSchema is the contract of snapshot diff --format json.
const diffSchema = "vpcreach/snapshot-diff/1"

type diffDocument struct {
	Schema    string                    `json:"schema"`
	Version   string                    `json:"version"`
	Old       diffSide                  `json:"old"`
	New       diffSide                  `json:"new"`
	Added     int                       `json:"added"`
	Removed   int                       `json:"removed"`
	Changed   int                       `json:"changed"`
	Resources []snapshot.ResourceChange `json:"resources"`
	Gaps      []snapshot.Gap            `json:"not_compared"`
}

// diffSide says which snapshot was compared, and when it was taken where it says.
type diffSide struct {
	Digest string     `json:"digest"`
	From   *time.Time `json:"from,omitempty"`
	To     *time.Time `json:"to,omitempty"`
}

func sideOf(s *snapshot.Snapshot) diffSide {
	out := diffSide{Digest: s.Digest}
	if !s.From.IsZero() {
		out.From, out.To = &s.From, &s.To
	}
	return out
}

func diffJSON(w io.Writer, d *snapshot.Difference) error {
	doc := diffDocument{Schema: diffSchema, Version: version(), Old: sideOf(d.From), New: sideOf(d.To),
		Resources: d.Resources, Gaps: d.Gaps, Added: count(d, snapshot.Added), Removed: count(d, snapshot.Removed), Changed: count(d, snapshot.Changed)}
	if doc.Resources == nil {
		doc.Resources = []snapshot.ResourceChange{}
	}
	if doc.Gaps == nil {
		doc.Gaps = []snapshot.Gap{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func count(d *snapshot.Difference, c snapshot.Change) int {
	n := 0
	for i := range d.Resources {
		if d.Resources[i].Change == c {
			n++
		}
	}
	return n
}

// signs are how changes are marked, as diff(1) marks them.
var signs = map[snapshot.Change]string{snapshot.Added: "+", snapshot.Removed: "-", snapshot.Changed: "~"}

// maxValue bounds a value in the text, in characters.
const maxValue = 240

func diffText(w io.Writer, d *snapshot.Difference) error {
	out := bufio.NewWriter(w)
	place, call := "", ""
	for i := range d.Resources {
		r := &d.Resources[i]
		if p := placeOf(&r.Place); p != place {
			if place != "" {
				fmt.Fprintln(out)
			}
			fmt.Fprintln(out, p)
			place, call = p, ""
		}
		if c := callOf(&r.Place); c != call {
			fmt.Fprintln(out, "  "+c)
			call = c
		}
		id := r.ID
		if id == "" {
			id = "the answer itself"
		}
		line := "    " + signs[r.Change] + " " + explain.PrintableMax(id, maxValue)
		if r.Name != "" {
			line += " (" + explain.Printable(r.Name) + ")"
		}
		fmt.Fprintln(out, line)
		for _, f := range r.Fields {
			fmt.Fprintln(out, "        "+fieldText(&f))
		}
	}
	gapsText(out, d)
	fmt.Fprintln(out, summaryText(d))
	return out.Flush()
}

// gapsText lists what could not be compared.
func gapsText(out io.Writer, d *snapshot.Difference) {
	if len(d.Gaps) == 0 {
		return
	}
	if len(d.Resources) > 0 {
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "Not compared, or not wholly")
	for i := range d.Gaps {
		g := &d.Gaps[i]
		line := fmt.Sprintf("  %s  %s: %s in A, %s in B", placeOf(&g.Place), callOf(&g.Place), g.From, g.To)
		if g.Error != "" {
			line += " (" + explain.PrintableMax(g.Error, maxValue) + ")"
		}
		fmt.Fprintln(out, line)
	}
}

func summaryText(d *snapshot.Difference) string {
	if len(d.Resources) == 0 && len(d.Gaps) == 0 {
		return "No difference"
	}
	line := fmt.Sprintf("%d added, %d removed, %d changed", count(d, snapshot.Added), count(d, snapshot.Removed), count(d, snapshot.Changed))
	if len(d.Resources) == 0 {
		line = "No difference that is known"
	}
	if n := len(d.Gaps); n == 1 {
		line += "; 1 answer not compared, or not wholly"
	} else if n > 1 {
		line += fmt.Sprintf("; %d answers not compared, or not wholly", n)
	}
	if len(d.Resources) > 0 {
		line = "\n" + line
	}
	return line
}

func placeOf(p *snapshot.Place) string {
	account, region := p.Account, p.Region
	if account == "" {
		account = "unknown account"
	}
	if region == "" {
		region = "unknown Region"
	}
	line := account + " " + region
	if p.Folder != "" && p.Folder != "." {
		line += " in " + p.Folder
	}
	return explain.PrintableMax(line, maxValue)
}

func callOf(p *snapshot.Place) string {
	line := string(p.Call)
	if p.Object != "" {
		line += " of " + p.Object
	}
	return explain.PrintableMax(line, maxValue)
}

func fieldText(f *snapshot.FieldChange) string {
	line := signs[f.Change] + " " + explain.PrintableMax(f.Path, maxValue)
	switch f.Change {
	case snapshot.Changed:
		return line + "  " + valueOf(f.Old) + " → " + valueOf(f.New)
	case snapshot.Removed:
		return line + "  " + valueOf(f.Old)
	}
	return line + "  " + valueOf(f.New)
}

// valueOf is a value in JSON, fit for a terminal. Its backslashes are JSON's own escapes, which Printable would double.
func valueOf(raw json.RawMessage) string {
	parts := strings.Split(string(raw), `\`)
	for i := range parts {
		parts[i] = explain.PrintableMax(parts[i], maxValue)
	}
	text := strings.Join(parts, `\`)
	if runes := []rune(text); len(runes) > maxValue {
		return string(runes[:maxValue]) + "…"
	}
	return text
}
