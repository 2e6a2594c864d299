package snapshot

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// errEncoding reports UTF-16 that ends in half a character or has half a surrogate pair.
var errEncoding = errors.New("damaged UTF-16 text")

// NewTextReader returns a saved answer as UTF-8 without byte order mark, whatever the shell wrote, for answers that are no part of a
// snapshot.
func NewTextReader(r io.Reader) io.Reader { return newTextReader(r) }

// newTextReader returns r as UTF-8 without byte order mark. PowerShell's redirection writes UTF-16 with a
// mark, some editors put one before UTF-8; without a mark the text is UTF-8, as AWS sends it.
func newTextReader(r io.Reader) io.Reader {
	b := bufio.NewReaderSize(r, 64<<10)
	mark, _ := b.Peek(3)
	switch {
	case len(mark) >= 3 && mark[0] == 0xEF && mark[1] == 0xBB && mark[2] == 0xBF:
		_, _ = b.Discard(3)
	case len(mark) >= 2 && mark[0] == 0xFF && mark[1] == 0xFE:
		_, _ = b.Discard(2)
		return &utf16Reader{r: b, low: 0, high: 1}
	case len(mark) >= 2 && mark[0] == 0xFE && mark[1] == 0xFF:
		_, _ = b.Discard(2)
		return &utf16Reader{r: b, low: 1, high: 0}
	}
	return b
}

// utf16Reader turns UTF-16 into UTF-8 as it is read.
type utf16Reader struct {
	r         *bufio.Reader
	low, high int // index of the low and the high byte of a unit

	pending [utf8.UTFMax]byte // a character that did not fit into the caller's buffer
	n       int
	err     error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	total := 0
	for total < len(p) {
		if u.n == 0 {
			if u.err != nil {
				break
			}
			if u.err = u.next(); u.err != nil {
				break
			}
		}
		k := copy(p[total:], u.pending[:u.n])
		copy(u.pending[:], u.pending[k:u.n])
		u.n -= k
		total += k
	}
	if total > 0 {
		return total, nil
	}
	return 0, u.err
}

// next decodes one character into pending.
func (u *utf16Reader) next() error {
	first, err := u.unit()
	if err != nil {
		return err
	}
	r := rune(first)
	if utf16.IsSurrogate(r) {
		second, err := u.unit()
		if err == io.EOF {
			return errEncoding
		}
		if err != nil {
			return err
		}
		if r = utf16.DecodeRune(r, rune(second)); r == utf8.RuneError {
			return errEncoding
		}
	}
	u.n = utf8.EncodeRune(u.pending[:], r)
	return nil
}

func (u *utf16Reader) unit() (uint16, error) {
	var b [2]byte
	switch _, err := io.ReadFull(u.r, b[:]); {
	case err == io.ErrUnexpectedEOF:
		return 0, errEncoding
	case err != nil:
		return 0, err
	}
	return uint16(b[u.low]) | uint16(b[u.high])<<8, nil
}
