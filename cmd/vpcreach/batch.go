package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/vpcreach/vpcreach/explain"
	"github.com/vpcreach/vpcreach/model"
)

// maxQuestion bounds a line of a batch, in bytes.
const maxQuestion = 64 << 10

// batch answers every question of a file, one JSON object a line and in order. The network is loaded once. The
// status is the worst of all lines: wrong before unknown before unreachable before reachable, so that 0 means that every
// question was asked and is reachable.
func (a *app) batch(f *pathFlags, path string) error {
	if err := f.question.check(); err != nil {
		return err // the flags hold for every line
	}
	in := a.stdin
	if f.batch != "-" {
		file, err := os.Open(f.batch)
		if err != nil {
			return fmt.Errorf("the batch cannot be read: %w", err)
		}
		defer file.Close()
		in = file
	}
	n, err := a.load(path, f.declare)
	if err != nil {
		return err
	}
	return a.answerLines(n, f, in)
}

func (a *app) answerLines(n *model.Network, f *pathFlags, in io.Reader) error {
	lines := bufio.NewReaderSize(in, maxQuestion)
	out := bufio.NewWriter(a.stdout)
	asked := 0
	for number := 1; ; number++ {
		line, err := readLine(lines)
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return errors.Join(out.Flush(), fmt.Errorf("the batch cannot be read: line %d: %w", number, err))
		}
		status, answered, writing := answerLine(out, n, f.question, line, number, err)
		if !answered {
			continue
		}
		asked++
		a.status = worse(a.status, status)
		// Whoever asks through a pipe waits for the answer before the next question.
		if writing == nil && lines.Buffered() == 0 {
			writing = out.Flush()
		}
		if writing != nil {
			return fmt.Errorf("the answer cannot be written: %w", writing)
		}
	}
	if asked == 0 {
		return fmt.Errorf("%s holds no question", f.batch)
	}
	return out.Flush()
}

// answerLine answers one line; reading is what went wrong when the line was read. answered is false for a line without
// a question, writing is an error of the output.
func answerLine(w io.Writer, n *model.Network, q question, line string, number int, reading error) (status int, answered bool, writing error) {
	o := explain.JSONOptions{Compact: true, Version: version(), Line: number}
	err := reading
	if err == nil {
		var some bool
		if some, err = q.parseLine(line); !some && err == nil {
			return 0, false, nil
		}
	}
	if err == nil {
		r, asking := q.ask(n)
		if asking == nil {
			return statusOf(r.Verdict), true, explain.JSON(w, r, o)
		}
		err = asking
	}
	o.Question = strings.TrimSpace(line)
	return statusWrong, true, explain.ErrorJSON(w, fmt.Errorf("line %d: %w", number, err), o)
}

// worse is the status of a batch in which both came up.
func worse(a, b int) int {
	for _, s := range []int{statusWrong, statusUnknown, statusUnreachable} {
		if a == s || b == s {
			return s
		}
	}
	return statusReachable
}

var errLongLine = fmt.Errorf("longer than %d bytes", maxQuestion)

// readLine returns the next line without its end. A line that is too long is passed over with errLongLine, so that the next
// one can be read.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch err {
	case nil:
		return strings.TrimRight(string(line), "\r\n"), nil
	case io.EOF:
		if len(line) == 0 {
			return "", io.EOF
		}
		return string(line), nil
	case bufio.ErrBufferFull:
		for err == bufio.ErrBufferFull {
			_, err = r.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return "", err
		}
		return "", errLongLine
	}
	return "", err
}

// parseLine reads FROM TO [PROTOCOL[/PORTS]] [KEY=VALUE ...] over the values that the flags gave. It is false for a
// line without a question.
func (q *question) parseLine(line string) (bool, error) {
	words, err := split(strings.TrimPrefix(line, "\uFEFF"))
	if err != nil || len(words) == 0 {
		return false, err
	}
	if len(words) < 2 {
		return false, errors.New("a question needs FROM and TO: write FROM TO [PROTOCOL[/PORTS]]")
	}
	q.from, q.to = words[0], words[1]
	rest := words[2:]
	if len(rest) > 0 && !strings.Contains(rest[0], "=") && rest[0] != "no-assume" {
		q.protocol, rest = rest[0], rest[1:]
	}
	lists, begun := map[string]*[]string{"through": &q.through, "exclude": &q.exclude}, map[string]bool{}
	for _, w := range rest {
		key, value, has := strings.Cut(w, "=")
		if list := lists[key]; list != nil && has { // may be repeated; the line's own take the place of the flags'
			if !begun[key] {
				*list, begun[key] = nil, true
			}
			*list = append(*list, value)
			continue
		}
		if err := q.option(w); err != nil {
			return false, err
		}
	}
	return true, nil
}

// option reads one KEY=VALUE of a line.
func (q *question) option(word string) error {
	key, value, has := strings.Cut(word, "=")
	if key == "no-assume" && !has {
		q.noAssume, q.assume = true, ""
		return nil
	}
	to := map[string]*string{
		"source-address": &q.sourceAddress, "source-port": &q.sourcePort, "destination-address": &q.destinationAddress,
		"filter-at-source": &q.filterAtSource, "filter-at-destination": &q.filterAtDestination,
		"reading": &q.reading, "account": &q.account, "region": &q.region, "assume": &q.assume,
	}[key]
	if to == nil || !has {
		return fmt.Errorf("%q is not an option: use source-address, source-port, destination-address, filter-at-source, filter-at-destination, through, exclude, reading, account, region or assume with = and a value, or no-assume", word)
	}
	if *to = value; key == "assume" {
		q.noAssume = false
	}
	return nil
}

// split divides a line into words at spaces and tabs. Double quotes keep spaces together, # starts a comment at the
// start of a word.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	inside, quoted := false, false
	for _, r := range line {
		switch {
		case r == '"':
			inside, quoted = true, !quoted
		case (r == ' ' || r == '\t') && !quoted:
			if inside {
				words = append(words, word.String())
				word.Reset()
			}
			inside = false
		case r == '#' && !inside:
			return words, nil
		default:
			inside = true
			word.WriteRune(r)
		}
	}
	if quoted {
		return nil, errors.New("a double quote is not closed")
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}
