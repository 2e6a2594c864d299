package solver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"testing"
)

// rawRecord is a record of a raw answer.
type rawRecord = map[string]any

// rawAnswers are the files of a snapshot, taken apart so that a test can change them as AWS could have answered.
type rawAnswers map[string]rawRecord

// answersOf parses the files anew each time, so that changes to one do not show in another.
func answersOf(t *testing.T, files map[string][]byte) rawAnswers {
	t.Helper()
	raw := rawAnswers{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		d := json.NewDecoder(bytes.NewReader(files[path]))
		d.UseNumber() // numbers come out as they went in
		var answer rawRecord
		if err := d.Decode(&answer); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		raw[path] = answer
	}
	return raw
}

// files prints the answers.
func (raw rawAnswers) files(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for path, answer := range raw {
		text, err := json.Marshal(answer)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		files[path] = text
	}
	return files
}

// copies are the records of one resource: each account that sees it has one, and all must change alike.
type copies []rawRecord

// resources gathers the records under a top-level key by the id they carry, in order of id.
func (raw rawAnswers) resources(key, idField string) []copies {
	byID := map[string]copies{}
	for _, path := range slices.Sorted(maps.Keys(raw)) {
		for _, r := range list(raw[path], key) {
			if id, ok := r[idField].(string); ok {
				byID[id] = append(byID[id], r)
			}
		}
	}
	var out []copies
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		out = append(out, byID[id])
	}
	return out
}

// list returns the records of a field that holds a list of them.
func list(r rawRecord, field string) []rawRecord {
	items, _ := r[field].([]any)
	var out []rawRecord
	for _, item := range items {
		if inner, ok := item.(rawRecord); ok {
			out = append(out, inner)
		}
	}
	return out
}

// insert adds an element to a list of every copy.
func (c copies) insert(field string, element any) {
	for _, r := range c {
		items, _ := r[field].([]any)
		r[field] = append(slices.Clip(items), element)
	}
}

// walkStrings replaces every string below a value by what change makes of it. Keys stay.
func walkStrings(value any, change func(string) string) any {
	switch v := value.(type) {
	case rawRecord:
		for key, inner := range v {
			v[key] = walkStrings(inner, change)
		}
	case []any:
		for i := range v {
			v[i] = walkStrings(v[i], change)
		}
	case string:
		return change(v)
	}
	return value
}

// mentioned returns every prefix, and every address as a prefix, that the answers name, and all of both families.
func (raw rawAnswers) mentioned() []netip.Prefix {
	out := slices.Clone(everyAddress)
	for _, answer := range raw {
		walkStrings(answer, func(s string) string {
			if p, err := netip.ParsePrefix(s); err == nil {
				out = append(out, p.Masked())
			} else if a, err := netip.ParseAddr(s); err == nil {
				out = append(out, netip.PrefixFrom(a, a.BitLen()))
			}
			return s
		})
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	return slices.Compact(out)
}

// halves cuts a prefix in two. It must not be a single address.
func halves(p netip.Prefix) (lo, hi netip.Prefix) {
	bits := p.Bits() + 1
	b := p.Masked().Addr().AsSlice()
	lo = netip.PrefixFrom(p.Masked().Addr(), bits)
	b[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	a, _ := netip.AddrFromSlice(b)
	return lo, netip.PrefixFrom(a, bits)
}

// numberOf reads a number as AWS prints it.
func numberOf(value any) int {
	n, _ := strconv.Atoi(fmt.Sprint(value))
	return n
}
