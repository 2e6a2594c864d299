package scenario

import (
	"fmt"
	"strings"
)

// position is a line of a scenario file.
type position struct {
	file string
	line int
}

// errorf returns an error that begins with the position, in the form that editors jump to.
func (p position) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.file, p.line, fmt.Sprintf(format, args...))
}

// statement is a line that begins something, with the indented lines that continue it.
type statement struct {
	at        position
	text      string // without comment and surrounding white space
	words     []string
	continued []statement // no further level
}

// block is the text of one scenario.
type block struct {
	at         position
	title      string
	statements []statement
}

// splitScenarios cuts a file into scenarios and their lines into words. Text before the first title becomes a
// block without one, for the caller to refuse.
func splitScenarios(file, text string) []block {
	var blocks []block
	for i, raw := range strings.Split(text, "\n") {
		at := position{file, i + 1}
		line := strings.TrimRight(withoutComment(raw), " \t\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if title, ok := strings.CutPrefix(line, "=="); ok {
			blocks = append(blocks, block{at: at, title: strings.TrimSpace(title)})
			continue
		}
		st := statement{at: at, text: strings.TrimSpace(line), words: strings.Fields(line)}
		if len(blocks) == 0 {
			return []block{{at: at}}
		}
		b := &blocks[len(blocks)-1]
		indented := line[0] == ' ' || line[0] == '\t'
		if indented && len(b.statements) > 0 {
			parent := &b.statements[len(b.statements)-1]
			parent.continued = append(parent.continued, st)
			continue
		}
		b.statements = append(b.statements, st)
	}
	return blocks
}

// withoutComment cuts a line at a # that begins it or follows white space; a # inside a word is part of the word.
func withoutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// prefixOf returns what stands before the first hyphen of an id, of what belongs to a transit gateway before the second: the kind of the
// resource.
func prefixOf(id string) string {
	for _, prefix := range []string{"tgw-attach", "tgw-rtb", "tgw-ptb"} {
		if strings.HasPrefix(id, prefix+"-") {
			return prefix
		}
	}
	prefix, _, found := strings.Cut(id, "-")
	if !found {
		return ""
	}
	return prefix
}
