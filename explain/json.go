package explain

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// The contracts, as the key schema names them.
const (
	PathSchema  = "vpcreach/path/1"
	ErrorSchema = "vpcreach/error/1"
)

// JSONOptions say how [JSON] and [ErrorJSON] write their object.
type JSONOptions struct {
	// Compact writes the object on one line, for one object a line (--batch). Otherwise it is indented.
	Compact bool
	// Version is the tool's version, for the key version; empty is written as "unknown".
	Version string
	// Line is the number of the question in a batch, 1-based, for the key line of an error; 0 leaves the key out. A
	// result has no such key: results and errors come in the order of the questions.
	Line int
	// Question is the question as it was written, for the key question of an error; empty leaves the key out.
	Question string
}

// JSON writes a result as one object of the contract vpcreach/path/1 (docs/path.schema.json), followed by a line end. Lists
// are never null and never cut. Names and other foreign text stand in it as they are, with every character that a
// terminal could act on escaped as JSON does (\u001b).
//
// It fails only where w does. Like every use of a Result it is for one goroutine.
func JSON(w io.Writer, r *solver.Result, o JSONOptions) error {
	return writeJSON(w, documentOf(r, o), o)
}

// errorDocument is an error of the contract vpcreach/error/1. The keys after error are left out where empty.
type errorDocument struct {
	Schema   string      `json:"schema"`
	Version  string      `json:"version"`
	Error    string      `json:"error"`
	Line     int         `json:"line,omitzero"`
	Question string      `json:"question,omitempty"`
	Matches  []component `json:"matches,omitempty"`
	Near     []string    `json:"near,omitempty"`
}

// ErrorJSON writes an error as one object of the contract vpcreach/error/1 (docs/error.schema.json), followed by a line end, for a caller that
// asked for JSON and cannot get a result: {schema, version, error, line, question, matches, near}. The key error is
// one line. matches lists what an ambiguous name could mean (*model.ErrAmbiguous), near what is close to a name that
// nothing has (*model.ErrNotFound). It fails only where w does.
func ErrorJSON(w io.Writer, err error, o JSONOptions) error {
	d := errorDocument{Schema: ErrorSchema, Version: cmp.Or(o.Version, "unknown"), Error: oneLine(err.Error()), Line: o.Line, Question: o.Question}
	var ambiguous *model.ErrAmbiguous
	var notFound *model.ErrNotFound
	switch {
	case errors.As(err, &ambiguous):
		for _, m := range ambiguous.Matches {
			d.Matches = append(d.Matches, componentOf(m))
		}
	case errors.As(err, &notFound):
		d.Near = notFound.Near
	}
	return writeJSON(w, d, o)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// writeJSON writes one object and a line end.
func writeJSON(w io.Writer, v any, o JSONOptions) error {
	options := []json.Options{jsontext.AllowInvalidUTF8(true), json.Deterministic(true)}
	if !o.Compact {
		options = append(options, jsontext.WithIndent("  "))
	}
	data, err := json.Marshal(v, options...)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err = io.WriteString(w, visible(string(data))+"\n")
	return err
}

// visible escapes what a terminal could act on. In what Marshal wrote, such characters stand in strings only, and those
// below space are escaped already.
func visible(data string) string {
	hidden := func(r rune) bool { return r != '\n' && !shown(r) }
	if !strings.ContainsFunc(data, hidden) {
		return data
	}
	var b strings.Builder
	for _, r := range data {
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
