// Package declare reads files in which a person declares networks outside AWS, which no snapshot can hold (docs/decisions.md, D-238).
package declare

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Network is a declared network as it is written.
type Network struct {
	Name   string
	CIDRs  []netip.Prefix
	Behind []string // ids or ARNs of edges
	At     string   // file and line, for messages
}

// maxFile bounds a file, in bytes: declarations are written by hand.
const maxFile = 1 << 20

// file and entry are the form of a file.
type file struct {
	Networks []entry `yaml:"networks"`
}

type entry struct {
	Name   string `yaml:"name"`
	CIDRs  texts  `yaml:"cidrs"`
	Behind texts  `yaml:"behind"`
	line   int
}

// texts is a list of texts with their lines; one text alone counts as a list of one.
type texts struct {
	values []string
	lines  []int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (t *texts) UnmarshalYAML(n *yaml.Node) error {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, x := range nodes {
		if x.Kind != yaml.ScalarNode || x.Tag == "!!null" {
			return fmt.Errorf("line %d: a list of texts is expected", x.Line)
		}
		t.values, t.lines = append(t.values, x.Value), append(t.lines, x.Line)
	}
	return nil
}

// UnmarshalYAML implements yaml.Unmarshaler. It checks the keys itself, because a decoder's strictness does not reach in here.
func (e *entry) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a network is written as name, cidrs and behind", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		switch k := n.Content[i]; k.Value {
		case "name", "cidrs", "behind":
		default:
			return fmt.Errorf("line %d: %q is not known: a network has name, cidrs and behind", k.Line, k.Value)
		}
	}
	type plain entry
	if err := n.Decode((*plain)(e)); err != nil {
		return err
	}
	e.line = n.Line
	return nil
}

// Read reads a file of declared networks, in YAML or in JSON; name stands in messages. Every error is one line that begins with the file and,
// where there is one, the line.
func Read(name string, r io.Reader) ([]Network, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(text) > maxFile:
		return nil, fmt.Errorf("%s: longer than %d bytes", name, maxFile)
	}
	var f file
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, at(name, err)
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one document: write all networks under one \"networks\"", name)
	}
	if len(f.Networks) == 0 {
		return nil, fmt.Errorf("%s: no networks: write them as a list under the key \"networks\"", name)
	}
	var out []Network
	for _, e := range f.Networks {
		n, err := e.network(name)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (e *entry) network(name string) (Network, error) {
	n := Network{Name: strings.TrimSpace(e.Name), Behind: e.Behind.values, At: fmt.Sprintf("%s:%d", name, e.line)}
	for i, text := range e.CIDRs.values {
		p, err := netip.ParsePrefix(text)
		if a, single := netip.ParseAddr(text); single == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		switch {
		case err != nil:
			return n, fmt.Errorf("%s:%d: %q is neither a CIDR nor an address", name, e.CIDRs.lines[i], text)
		case p != p.Masked():
			return n, fmt.Errorf("%s:%d: %s has host bits set: write %s", name, e.CIDRs.lines[i], text, p.Masked())
		}
		n.CIDRs = append(n.CIDRs, p)
	}
	switch {
	case n.Name == "" || isKeyword(n.Name):
		return n, fmt.Errorf("%s: a network cannot be called %q: choose a name that is no id, address or keyword", n.At, n.Name)
	case len(n.CIDRs) == 0:
		return n, fmt.Errorf("%s: network %q has no cidrs: list the blocks that it holds", n.At, n.Name)
	case len(n.Behind) == 0:
		return n, fmt.Errorf("%s: network %q is behind nothing: name the gateway, connection or attachment that leads to it", n.At, n.Name)
	}
	return n, nil
}

// isKeyword says whether a name would mean something else in a question.
func isKeyword(name string) bool {
	_, noAddress := netip.ParseAddr(name)
	_, noCIDR := netip.ParsePrefix(name)
	return noAddress == nil || noCIDR == nil || name == "internet" || strings.HasPrefix(name, "tag:")
}

var lineNumber = regexp.MustCompile(`line ([0-9]+): `)

// at puts the file and the line that the decoder names in front of its error.
func at(name string, err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: the file is empty", name)
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	text, _, _ = strings.Cut(text, "\n") // the first of several is enough
	if m := lineNumber.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:%s: %s", name, m[1], strings.Replace(text, m[0], "", 1))
	}
	return fmt.Errorf("%s: %s", name, text)
}
