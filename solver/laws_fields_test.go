package solver

import (
	"maps"
	"runtime/debug"
	"slices"
	"testing"
)

// TestLawFieldsThatAreNotThere: records come from strangers, and any field of them may be absent. Whatever is left out, the snapshot is refused
// or every question about it is answered.
func TestLawFieldsThatAreNotThere(t *testing.T) {
	seen := overWorlds(t, 16, func(t *testing.T, w *lawWorld, seen tally) {
		for _, file := range w.someFiles(fieldFiles) {
			answer := answersOf(t, map[string][]byte{file: w.files[file]})
			field := w.lose(map[string]any(answer[file]))
			if field == "" {
				continue
			}
			files := maps.Clone(w.files)
			maps.Copy(files, answer.files(t))
			w.askWithout(t, seen, file+" without a "+field, files)
		}
	})
	seen.atLeast(t, 20, "read", "cannot be asked any more", "reachable", "ambiguous", "unknown", "unreachable")
}

// askWithout asks the world's questions of files that may not be AWS's any more.
func (w *lawWorld) askWithout(t *testing.T, seen tally, change string, files map[string][]byte) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s, %s: %v\n%s", w.name, change, p, debug.Stack())
		}
	}()
	n, err := networkIn(files)
	if err != nil {
		seen["refused"]++
		return
	}
	seen["read"]++
	for _, q := range w.questions {
		r := q.ask(n)
		if r == nil {
			seen["cannot be asked any more"]++
			continue
		}
		seen.verdict(r)
		if r.Verdict == Unknown && r.Unknown.IsEmpty() {
			t.Errorf("%s, %s: %v is unknown of no packets", w.name, change, q)
		}
	}
}

// fieldFiles is how many files of a world lose a field, one at a time.
const fieldFiles = 6

// lose takes a random field out of a random record of an answer and returns its name; nothing where there is none.
func (w *lawWorld) lose(record map[string]any) string {
	names := slices.Sorted(maps.Keys(record))
	if len(names) == 0 {
		return ""
	}
	name := names[w.rng.IntN(len(names))]
	switch value := record[name].(type) {
	case map[string]any:
		if w.rng.IntN(4) > 0 {
			return w.lose(value)
		}
	case []any:
		if len(value) == 0 {
			return ""
		}
		if inner, ok := value[w.rng.IntN(len(value))].(map[string]any); ok {
			return w.lose(inner)
		}
	}
	delete(record, name)
	return name
}
