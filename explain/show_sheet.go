package explain

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/vpcreach/vpcreach/model"
)

// sheet is what show prints, before it is known whether as text or as JSON: fields, then tables. Cells hold raw text;
// it is made printable when it is written.
type sheet struct {
	head   *link // the component that the sheet is about; nil for a whole snapshot
	fields []sheetField
	tables []sheetTable
}

// sheetField is one named value. Keys are those of JSON; text shows a space for an underscore.
type sheetField struct {
	key   string
	value any // see writeCell
}

// sheetTable is a list of rows. A table without rows shows only where empty says what that means.
type sheetTable struct {
	key, title string
	columns    []string // keys of JSON; text shows them as heads
	rows       [][]any
	empty      string
	by         int  // so many first columns are shown where they change
	long       bool // cells are paths and messages, which are not cut to the length of a name
}

// link names another component.
type link struct {
	kind model.Kind
	res  model.Resource
}

func linkTo(n *model.Network, r model.Ref) *link {
	if r.IsZero() || r.Index < 0 {
		return nil
	}
	return &link{r.Kind, n.Resource(r)}
}

// links are several components of one kind.
func links(n *model.Network, kind model.Kind, indexes []int32) []*link {
	var out []*link
	for _, i := range indexes {
		if l := linkTo(n, model.Ref{Kind: kind, Index: i}); l != nil {
			out = append(out, l)
		}
	}
	return out
}

// text is the id and, where there is one, the name: "sg-0a1 (web)".
func (l *link) text() string {
	if l == nil {
		return ""
	}
	if l.res.Name == "" || l.res.Name == l.res.ID {
		return Printable(l.res.ID)
	}
	return Printable(l.res.ID) + " (" + Printable(l.res.Name) + ")"
}

// field adds a value unless it is empty: nil, "", an empty list or a link to nothing.
func (s *sheet) field(key string, value any) {
	switch v := value.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case *link:
		if v == nil {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
	case []*link:
		if len(v) == 0 {
			return
		}
	}
	s.fields = append(s.fields, sheetField{key, value})
}

func (t *sheetTable) add(cells ...any) { t.rows = append(t.rows, cells) }

// maxShownItems bounds what a cell lists in text. JSON lists everything.
const maxShownItems = 6

// cellText is a cell on one line of text.
func cellText(value any, limit int) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return PrintableMax(v, limit)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case int:
		return strconv.Itoa(v)
	case *link:
		return v.text()
	case []string:
		out := make([]string, len(v))
		for i := range v {
			out[i] = PrintableMax(v[i], limit)
		}
		return shortList(out)
	case []*link:
		out := make([]string, len(v))
		for i := range v {
			out[i] = v[i].text()
		}
		return shortList(out)
	}
	return PrintableMax(fmt.Sprint(value), limit)
}

func shortList(items []string) string {
	if len(items) > maxShownItems {
		items = append(items[:maxShownItems:maxShownItems], fmt.Sprintf("and %d more", len(items)-maxShownItems))
	}
	return strings.Join(items, ", ")
}

// maxSentence bounds a path or a message in text, in characters.
const maxSentence = 400

func (s *sheet) writeText(w io.Writer) error {
	var b bytes.Buffer
	if s.head != nil {
		fmt.Fprintf(&b, "%s %s\n", Printable(s.head.res.Type), s.head.text())
	}
	var fields [][]string
	for _, f := range s.fields {
		fields = append(fields, []string{strings.ReplaceAll(f.key, "_", " "), cellText(f.value, maxSentence)})
	}
	writeAligned(&b, fields, []bool{true, true})
	for i := range s.tables {
		s.tables[i].writeText(&b)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (t *sheetTable) writeText(b *bytes.Buffer) {
	if len(t.rows) == 0 {
		if t.empty != "" {
			fmt.Fprintf(b, "\n%s: %s\n", PrintableMax(t.title, maxSentence), t.empty)
		}
		return
	}
	limit := maxPrintable
	if t.long {
		limit = maxSentence
	}
	fmt.Fprintf(b, "\n%s\n", PrintableMax(t.title, maxSentence))
	cells := [][]string{make([]string, len(t.columns))}
	for i, c := range t.columns {
		cells[0][i] = strings.ReplaceAll(c, "_", " ")
	}
	filled := make([]bool, len(t.columns))
	for _, row := range t.rows {
		line := make([]string, len(row))
		for i := range row {
			line[i] = cellText(row[i], limit)
			filled[i] = filled[i] || line[i] != ""
		}
		cells = append(cells, line)
	}
	blankRepeats(cells[1:], t.by)
	writeAligned(b, cells, filled)
}

// blankRepeats empties the first columns of rows that repeat those of the row above.
func blankRepeats(rows [][]string, columns int) {
	for i := len(rows) - 1; i > 0; i-- {
		if slices.Equal(rows[i][:columns], rows[i-1][:columns]) {
			clear(rows[i][:columns])
		}
	}
}

// writeAligned writes rows in columns, leaving out columns that no row fills.
func writeAligned(b *bytes.Buffer, rows [][]string, filled []bool) {
	widths := make([]int, len(filled))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for _, row := range rows {
		line := " "
		for i, c := range row {
			if filled[i] {
				line += " " + c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+1)
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// writeJSON writes the sheet as one indented object: the head, then the fields and tables under their keys, in the
// order of the text.
func (s *sheet) writeJSON(w io.Writer, schema, version string) error {
	var b bytes.Buffer
	e := &jsonWriter{enc: jsontext.NewEncoder(&b, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true))}
	e.token(jsontext.BeginObject)
	e.text("schema", schema)
	e.text("version", cmp.Or(version, "unknown"))
	if s.head != nil {
		r := s.head.res
		for _, x := range [][2]string{{"type", r.Type}, {"id", r.ID}, {"arn", r.ARN}, {"name", r.Name}, {"account", r.Account}, {"region", r.Region}} {
			if x[1] != "" {
				e.text(x[0], x[1])
			}
		}
	}
	for _, f := range s.fields {
		e.token(jsontext.String(f.key))
		e.cell(f.value)
	}
	for i := range s.tables {
		e.table(&s.tables[i])
	}
	e.token(jsontext.EndObject)
	if e.err != nil {
		return e.err
	}
	_, err := io.WriteString(w, visible(b.String()))
	return err
}

// jsonWriter writes tokens and keeps the first error.
type jsonWriter struct {
	enc *jsontext.Encoder
	err error
}

func (e *jsonWriter) token(t jsontext.Token) {
	if e.err == nil {
		e.err = e.enc.WriteToken(t)
	}
}

func (e *jsonWriter) text(key, value string) {
	e.token(jsontext.String(key))
	e.token(jsontext.String(value))
}

func (e *jsonWriter) table(t *sheetTable) {
	e.token(jsontext.String(t.key))
	e.token(jsontext.BeginArray)
	for _, row := range t.rows {
		e.token(jsontext.BeginObject)
		for i, c := range row {
			if l, ok := c.(*link); c == nil || c == "" || (ok && l == nil) {
				continue
			}
			e.token(jsontext.String(t.columns[i]))
			e.cell(c)
		}
		e.token(jsontext.EndObject)
	}
	e.token(jsontext.EndArray)
}

// cell writes a value: a text, a number, a truth value, an id with its name, or a list of those.
func (e *jsonWriter) cell(value any) {
	switch v := value.(type) {
	case string:
		e.token(jsontext.String(v))
	case bool:
		e.token(jsontext.Bool(v))
	case int:
		e.token(jsontext.Int(int64(v)))
	case *link:
		e.link(v)
	case []string:
		e.token(jsontext.BeginArray)
		for _, x := range v {
			e.token(jsontext.String(x))
		}
		e.token(jsontext.EndArray)
	case []*link:
		e.token(jsontext.BeginArray)
		for _, x := range v {
			e.link(x)
		}
		e.token(jsontext.EndArray)
	default:
		e.token(jsontext.Null)
	}
}

func (e *jsonWriter) link(l *link) {
	if l == nil {
		e.token(jsontext.Null)
		return
	}
	e.token(jsontext.BeginObject)
	e.text("id", l.res.ID)
	if l.res.Name != "" {
		e.text("name", l.res.Name)
	}
	e.token(jsontext.EndObject)
}
