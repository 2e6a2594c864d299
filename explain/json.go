package explain

import (
	"errors"
	"io"

	"github.com/vpcreach/vpcreach/solver"
)

// JSONOptions say how [JSON] and [ErrorJSON] write their object.
type JSONOptions struct {
	// Compact writes the object on one line, for one object a line (--batch). Otherwise it is indented.
	Compact bool
	// Version is the tool's version, for the key version; empty is written as "unknown".
	Version string
	// Line is the number of the question in a batch, 1-based, for the key line; 0 leaves the key out.
	Line int
	// Question is the question as it was written, for the key question of an error; empty leaves the key out.
	Question string
}

// JSON writes a result as one object of the contract vpcreach/path/1 (docs/path.schema.json), followed by a line end.
func JSON(w io.Writer, r *solver.Result, o JSONOptions) error {
	return errors.New("not written yet")
}

// ErrorJSON writes an error as one object of the contract vpcreach/error/1, followed by a line end, for a caller that
// asked for JSON and cannot get a result.
func ErrorJSON(w io.Writer, err error, o JSONOptions) error {
	return errors.New("not written yet")
}
