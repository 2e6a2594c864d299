package explain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPrintable bounds foreign text in an output, in characters. AWS allows 256 in a tag's value.
const maxPrintable = 64

// Printable makes foreign text (a Name tag, a description, a path, an error of AWS) fit for one line of a terminal. What
// is not a visible character becomes an escape such as \x1b or \u202e: control characters, ANSI escape sequences,
// line ends, bidirectional overrides, invisible characters, spaces other than the plain one, bytes that are not
// UTF-8. So does the backslash, so that an escape cannot be forged. Text of more than 64 characters is cut, with "…"
// at its end. Combining marks are escaped where they have nothing to combine with, and more than two in a row.
//
// Ordinary text comes back unchanged. Printable is safe for concurrent use.
func Printable(s string) string { return PrintableMax(s, maxPrintable) }

// PrintableMax is [Printable] with a bound of its own, in characters; use it for paths and messages, which lose their
// meaning when cut short.
func PrintableMax(s string, limit int) string {
	if plain(s) && len(s) <= limit {
		return s
	}
	var b strings.Builder
	marks, count := 2, 0 // a mark at the start has nothing to combine with
	for i := 0; i < len(s); count++ {
		if count == limit {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
			marks = 2
		case unicode.Is(unicode.M, r):
			if marks < 2 && shown(r) {
				b.WriteRune(r)
				marks++
			} else {
				writeRune(&b, r)
				marks = 2
			}
		default:
			writeRune(&b, r)
			marks = 0
			if r == ' ' || r == '\\' || !shown(r) {
				marks = 2
			}
		}
		i += size
	}
	return b.String()
}

// plain says whether s is ASCII that needs no escape, which is nearly always.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f || s[i] == '\\' {
			return false
		}
	}
	return true
}

// writeRune writes one character, escaped unless a terminal just shows it.
func writeRune(b *strings.Builder, r rune) {
	switch {
	case r == '\\':
		b.WriteString(`\\`)
	case shown(r) && !unicode.Is(unicode.M, r):
		b.WriteRune(r)
	case r < 0x80:
		fmt.Fprintf(b, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// shown says whether a terminal shows r as a character of its own and does nothing else with it. IsPrint leaves out
// controls, format characters (bidirectional overrides, joiners, tags), private use and every space but U+0020. What it lets
// through and is nevertheless blank or invisible is listed here.
func shown(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r != 0x7f
	}
	switch r {
	case 0x115f, 0x1160, 0x3164, 0xffa0, // Hangul fillers
		0x2800, // Braille blank
		0x034f, // combining grapheme joiner
		utf8.RuneError:
		return false
	}
	return unicode.IsPrint(r) && !unicode.Is(unicode.Variation_Selector, r)
}
