package snapshot

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable returns s fit for one line of a terminal: hostile names must not move the cursor, break the line or
// flood the screen.
func printable(s string) string {
	s = shortKey(s)
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) < 0 {
		return s
	}
	return strconv.QuoteToGraphic(s)
}

// quotePath is printable for a path, quoted where a space would make it ambiguous.
func quotePath(s string) string {
	p := printable(s)
	if strings.Contains(p, " ") && !strings.HasPrefix(p, `"`) {
		return strconv.Quote(p)
	}
	return p
}

// shortKey cuts a text that is longer than any key or path worth showing.
func shortKey(s string) string {
	if len(s) <= maxKeyBytes*2 {
		return s
	}
	cut := maxKeyBytes
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
