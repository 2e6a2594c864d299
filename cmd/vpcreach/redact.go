package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcreach/vpcreach/snapshot"
)

// redactFlags are the flags of snapshot redact.
type redactFlags struct {
	key, mapFile string
	keepTags     []string
	force        bool
}

const redactLong = `Write a copy of a snapshot that can be attached to a support ticket. Accounts, resource ids, names, tags, descriptions, addresses and prefixes are
replaced by others, consistently and in the same order; what no rule reads is left out. Every question has the same verdict, codes and
hops as before, in the other names. Regions, zones, states, ports, protocols and AWS's own services, ranges and special addresses stay.

SNAPSHOT  a folder, an archive or a JSON file with answers of AWS's describe calls
OUT       a file that ends in .zip, or else a folder

With --map the mapping is written to a file, which tells everything: keep it, and use it to ask about the copy and to read the answers. With
--key the same snapshot gives the same copy again; without, addresses are replaced in another way each time. Look into the copy before you
give it away: the shape of your network, its rules and its ports are still in it.

Exit status: 0, or 2 if the input is wrong.`

func (a *app) redactCommand() *cobra.Command {
	var f redactFlags
	c := &cobra.Command{
		Use:   "redact SNAPSHOT OUT",
		Short: "Write a copy without accounts, ids, names and addresses, that answers every question as before",
		Long:  redactLong,
		Example: `  vpcreach snapshot redact ./snapshot for-support.zip --map mapping.json
  vpcreach snapshot redact ./snapshot for-support.zip --keep-tags stage,team
  vpcreach snapshot redact ./snapshot for-support.zip --key ~/.vpcreach-key`,
		Args: exactly(2, "vpcreach snapshot redact SNAPSHOT OUT"),
		RunE: func(_ *cobra.Command, args []string) error { return a.redact(&f, args[0], args[1]) },
	}
	fs := c.Flags()
	fs.StringVar(&f.key, "key", "", "a file whose content decides how addresses are replaced (at least 16 bytes), or the --map of an earlier copy")
	fs.StringVar(&f.mapFile, "map", "", "write what was replaced by what to this file")
	fs.StringSliceVar(&f.keepTags, "keep-tags", nil, "keys of tags that stay as they are; with commas between")
	fs.BoolVar(&f.force, "force", false, "replace the files, and the snapshot that is in OUT")
	return c
}

func (a *app) redact(f *redactFlags, src, dst string) error {
	o := snapshot.RedactOptions{KeepTags: f.keepTags, Tool: toolName(), Replace: f.force}
	var err error
	if o.Key, err = f.readKey(); err != nil {
		return err
	}
	if strings.HasSuffix(strings.ToLower(dst), ".zip") {
		if err := newName(dst, f.force); err != nil {
			return err
		}
	}
	if f.mapFile != "" {
		if err := newName(f.mapFile, f.force); err != nil {
			return err
		}
		if inside(f.mapFile, dst) {
			return errors.New("--map inside OUT would be given away with it: name a file elsewhere")
		}
	}
	p := a.reading(src)
	defer p.stop()
	d, err := snapshot.Redact(src, dst, o, snapshot.Options{Progress: p.read})
	if err != nil {
		return err
	}
	if !d.InOrder() {
		fmt.Fprintln(a.stderr, "vpcreach: note: public addresses are too dense to keep their order: verdicts are the same, but of packets that are alike an answer may show another one")
	}
	if f.mapFile != "" {
		return writeMap(f.mapFile, d)
	}
	return nil
}

// maxKey and minKey bound what --key names, in bytes.
const (
	maxKey = 256 << 20
	minKey = 16
)

// readKey reads the key, from a file of its own or from a mapping; nil without one.
func (f *redactFlags) readKey() ([]byte, error) {
	if f.key == "" {
		return nil, nil
	}
	in, err := os.Open(f.key)
	if err != nil {
		return nil, fmt.Errorf("--key: %w", err)
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxKey+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("--key: %w", err)
	case len(data) > maxKey:
		return nil, fmt.Errorf("--key: %q is larger than %d MiB", f.key, maxKey>>20)
	}
	if text, ok := snapshot.KeyOfMap(data); ok {
		if key, err := hex.DecodeString(text); err == nil {
			return key, nil
		}
		return nil, fmt.Errorf("--key: the mapping %q holds no key", f.key)
	}
	if len(data) < minKey {
		return nil, fmt.Errorf("--key: %q has %d bytes, which can be guessed: give at least %d, such as openssl rand -hex 32 writes", f.key, len(data), minKey)
	}
	return data, nil
}

// inside says whether a file would lie in a folder.
func inside(file, folder string) bool {
	rel, err := filepath.Rel(folder, file)
	return err == nil && filepath.IsLocal(rel)
}

// writeMap writes a mapping for its owner alone.
func writeMap(path string, d *snapshot.Redaction) error {
	out, err := os.CreateTemp(filepath.Dir(path), ".vpcreach-*.part") // mode 0600
	if err != nil {
		return fmt.Errorf("--map: %w", err)
	}
	err = d.WriteMap(out)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(out.Name(), path)
	}
	if err != nil {
		_ = os.Remove(out.Name())
		return fmt.Errorf("the copy is written, but not --map: %w", err)
	}
	return nil
}
