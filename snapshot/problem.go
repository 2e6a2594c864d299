package snapshot

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// wrongKindError reports a JSON value of another kind than AWS gives there.
type wrongKindError struct {
	pointer string
	want    string
	got     jsontext.Kind
}

func (e *wrongKindError) Error() string {
	return kindName(e.got) + " where " + e.want + " was expected"
}

// elementError places an error that the JSON decoder did not find itself.
type elementError struct {
	pointer string
	err     error
}

func (e *elementError) Error() string { return e.err.Error() }
func (e *elementError) Unwrap() error { return e.err }

func kindName(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a text"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "a list"
	}
	return "nothing"
}

// offset is where in the file the decoder stood when err came up; -1 where that says nothing.
func offset(err error, dec *jsontext.Decoder) int64 {
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	switch {
	case errors.As(err, &syntax):
		return syntax.ByteOffset
	case errors.As(err, &meaning):
		return meaning.ByteOffset
	}
	return dec.InputOffset()
}

// describe turns an error of reading a file into a Problem, without its line.
func describe(p string, err error) *Problem {
	var (
		syntax  *jsontext.SyntacticError
		meaning *json.SemanticError
		kind    *wrongKindError
		element *elementError
		missing *missingIDError
	)
	const again = "save the answer again"
	out := &Problem{File: p, Do: again}
	switch {
	case err == errEmptyFile:
		out.What, out.Do = "empty file", "the call that should have filled it failed: save the answer again"
	case err == errNotObject:
		out.What, out.Do = err.Error(), "save the whole answer, without --query"
	case errors.Is(err, errHugeToken):
		out.What = errHugeToken.Error()
	case errors.Is(err, errEncoding):
		out.What = errEncoding.Error()
	case errors.Is(err, zip.ErrChecksum):
		out.What, out.Do = "bytes differ from the archive's checksum", "copy the archive again"
	case errors.As(err, &element):
		out.Pointer, out.What = element.pointer, element.Error()
		if errors.As(err, &missing) {
			out.Do = "save the whole answer, without --query"
		}
	case errors.As(err, &kind):
		out.Pointer, out.What = kind.pointer, kind.Error()
	case errors.As(err, &meaning):
		out.Pointer, out.What = string(meaning.JSONPointer), meaningText(meaning)
	case errors.Is(err, io.ErrUnexpectedEOF):
		out.What, out.Do = "ends in the middle of a value", "the file is cut short: "+again
		if errors.As(err, &syntax) {
			out.Pointer = string(syntax.JSONPointer)
		}
	case errors.As(err, &syntax):
		out.Pointer, out.What = string(syntax.JSONPointer), "not JSON: "+syntaxText(syntax)
	default:
		out.What, out.Do = "cannot be read: "+reason(err), "check the file and its permissions"
	}
	out.What, out.Pointer = oneLine(out.What), shortKey(out.Pointer)
	return out
}

// meaningText says what is wrong with a value that is JSON but not what AWS gives there.
func meaningText(e *json.SemanticError) string {
	value := ""
	if len(e.JSONValue) > 0 {
		value = " " + shortKey(string(e.JSONValue))
	}
	if e.Err != nil {
		return kindName(e.JSONKind) + value + " that cannot be read: " + e.Err.Error()
	}
	want := "something else"
	if e.GoType != nil {
		want = goKindName(e.GoType.Kind().String())
	}
	return kindName(e.JSONKind) + value + " where " + want + " was expected"
}

// goKindName names what a Go type holds in the words of JSON.
func goKindName(kind string) string {
	switch kind {
	case "string":
		return "a text"
	case "bool":
		return "a boolean"
	case "slice":
		return "a list"
	case "struct", "ptr", "map":
		return "an object"
	}
	return "a number"
}

// syntaxText is the decoder's reason without its prefix and place, which Problem has in own fields.
func syntaxText(e *jsontext.SyntacticError) string {
	if e.Err == nil {
		return "syntax error"
	}
	return e.Err.Error()
}

// oneLine makes foreign text safe to print on one line.
func oneLine(s string) string {
	return printable(strings.Join(strings.Fields(s), " "))
}

// lineOf counts the lines of an entry up to a byte offset, 1-based; 0 where the entry cannot be read again.
// It is only called for files with a problem, so that good ones need not be searched for line ends.
func lineOf(e entry, offset int64) int {
	rc, err := e.open()
	if err != nil {
		return 0
	}
	defer rc.Close()
	r := io.LimitReader(newTextReader(rc), offset)
	line := 1
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		line += bytes.Count(buf[:n], []byte{'\n'})
		if err != nil {
			return line
		}
	}
}

// remark is a problem that does not make its file unusable.
func remark(p, format string, args ...any) *Problem {
	return &Problem{File: p, What: oneLine(fmt.Sprintf(format, args...))}
}
