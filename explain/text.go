package explain

import (
	"errors"
	"io"

	"github.com/vpcreach/vpcreach/solver"
)

// TextOptions say how [Text] looks.
type TextOptions struct {
	// Color marks verdicts and blockers with ANSI colours. Nothing else in the output depends on it, and no other escape
	// sequence is ever written.
	Color bool
	// Width is the number of columns that sentences are wrapped to; 0 does not wrap. Hops stay on one line whatever their length, so
	// that they can be searched by line.
	Width int
}

// Text writes a result as a person wants to read it at a glance.
func Text(w io.Writer, r *solver.Result, o TextOptions) error {
	return errors.New("not written yet")
}
