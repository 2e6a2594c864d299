package repair

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// Fix is the change that opens one blocker, as the contract vpcreach/path/1 has it.
type Fix struct {
	Action    string  `json:"action"`
	Type      string  `json:"type"`
	ID        string  `json:"id"`
	Rules     []Rule  `json:"rules"`
	Routes    []Route `json:"routes"`
	Address   string  `json:"address"`
	VPC       string  `json:"vpc"`
	Table     string  `json:"route_table"`
	Mode      string  `json:"mode"`
	Text      string  `json:"text"`
	Unfixable string  `json:"unfixable"`
	Partial   bool    `json:"partial"`
}

// same says whether two fixes are one change.
func (f Fix) same(g Fix) bool {
	f.Text, g.Text = "", ""
	return reflect.DeepEqual(f, g)
}

// Rule is a rule of a group or an entry of a network ACL.
type Rule struct {
	Direction string   `json:"direction"`
	Number    int      `json:"number"`
	Protocol  string   `json:"protocol"`
	FromPort  *int     `json:"from_port"`
	ToPort    *int     `json:"to_port"`
	CIDRs     []string `json:"cidrs"`
	Group     string   `json:"group"`
}

// Route is a route by destination and target.
type Route struct {
	Destination string `json:"destination"`
	Target      string `json:"target"`
}

// Options say how a change is made where the fix leaves a choice.
type Options struct {
	ByGroup bool // rules name groups where the fix does, not addresses
}

// Done is what came of the changes.
type Done struct {
	Files map[string][]byte
	// Address says which new address stands for an old one: the public address that was mapped to a private one, the IPv6 address
	// that was assigned in its place.
	Address map[netip.Addr]netip.Addr
}

// actions make a change; each file adds its own.
var actions = map[string]func(a *answers, f Fix, o Options) error{}

// Actions lists the actions that can be made.
func Actions() []string { return slices.Sorted(maps.Keys(actions)) }

// Apply makes changes one after the other. It fails for an action that it does not know and for one that does not fit the
// answers: a rule number that is taken, a route that is there already.
func Apply(files map[string][]byte, fixes []Fix, o Options) (Done, error) {
	a := &answers{parsed: map[string]record{}, done: Done{Files: maps.Clone(files), Address: map[netip.Addr]netip.Addr{}}, text: files}
	for i, f := range fixes {
		if slices.ContainsFunc(fixes[:i], f.same) { // one change can open two blockers: a peering that both ways need
			continue
		}
		act, ok := actions[f.Action]
		if !ok {
			return a.done, fmt.Errorf("no change is known for action %q: write one in internal/repair", f.Action)
		}
		if err := act(a, f, o); err != nil {
			return a.done, fmt.Errorf("%s of %s: %w", f.Action, f.ID, err)
		}
	}
	return a.done, a.write()
}

// record is a JSON object of an answer.
type record = map[string]any

// answers are the files of a snapshot, taken apart as far as changes need them.
type answers struct {
	parsed   map[string]record // by path
	text     map[string][]byte
	done     Done
	invented []string
}

// paths of the files that answer an operation, sorted.
func (a *answers) paths(operation string) []string {
	var out []string
	for path := range a.text {
		if name := path[strings.LastIndexByte(path, '/')+1:]; name == operation+".json" {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

func (a *answers) file(path string) (record, error) {
	if r, ok := a.parsed[path]; ok {
		return r, nil
	}
	var r record
	if err := json.Unmarshal(a.text[path], &r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	a.parsed[path] = r
	return r, nil
}

func (a *answers) write() error {
	for path, r := range a.parsed {
		text, err := json.Marshal(r, json.Deterministic(true))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		a.done.Files[path] = text
	}
	return nil
}

// found is one record with the file that holds it.
type found struct {
	record record
	path   string
}

// find returns the copies of a record: each account that sees the resource has one.
func (a *answers) find(operation, key, idField, id string) ([]found, error) {
	var out []found
	for _, path := range a.paths(operation) {
		r, err := a.file(path)
		if err != nil {
			return nil, err
		}
		for _, x := range objects(r[key]) {
			if x[idField] == id {
				out = append(out, found{x, path})
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s is in no answer of %s", id, operation)
	}
	return out, nil
}

// beside is the path of another operation's answer in the same part.
func beside(path, operation string) string {
	return path[:strings.LastIndexByte(path, '/')+1] + operation + ".json"
}

// add appends a record to the list of an answer, which it begins where there is none: as if it had been asked for after the change.
func (a *answers) add(path, key string, r record) error {
	if _, ok := a.text[path]; !ok {
		a.parsed[path] = record{key: []any{r}}
		a.text = maps.Clone(a.text)
		a.text[path] = nil
		return nil
	}
	answer, err := a.file(path)
	if err != nil {
		return err
	}
	answer[key] = append(list(answer[key]), r)
	return nil
}

// objects are the objects of a list.
func objects(v any) []record {
	var out []record
	for _, x := range list(v) {
		if r, ok := x.(record); ok {
			out = append(out, r)
		}
	}
	return out
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func object(v any) record {
	r, _ := v.(record)
	return r
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// fresh is an address of a block that no answer mentions.
func (a *answers) fresh(block netip.Prefix, after int) (netip.Addr, error) {
	x := block.Masked().Addr()
	for range after {
		x = x.Next()
	}
	for range 4096 {
		if !block.Contains(x) {
			break
		}
		if !slices.Contains(a.invented, x.String()) && !a.mentions(x.String()) {
			a.invented = append(a.invented, x.String())
			return x, nil
		}
		x = x.Next()
	}
	return x, fmt.Errorf("no address is free in %s", block)
}

// mentions says whether a string stands in some answer as a whole value or the address of a prefix.
func (a *answers) mentions(value string) bool {
	for _, t := range a.text {
		if bytes.Contains(t, []byte(`"`+value+`"`)) || bytes.Contains(t, []byte(`"`+value+`/`)) {
			return true
		}
	}
	return false
}
