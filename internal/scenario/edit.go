package scenario

import (
	"slices"
	"strconv"
	"strings"
)

// set replaces a field in every record of an id, or in those of one call or part.
func (x *expansion) set(e edit) error {
	found := false
	for _, p := range x.network.parts {
		for _, a := range x.answers[p] {
			if a.whole != nil && e.call == a.call && e.id == a.object && (e.part == nil || *e.part == p) {
				found = true
				if err := e.apply(a.whole); err != nil {
					return err
				}
			}
			for i, r := range a.rows {
				if r.id != e.id || a.object != "" && objectCalls[a.call] == "" || e.call != "" && a.call != e.call || e.part != nil && *e.part != p {
					continue
				}
				found = true
				if e.part != nil { // parts share the records of what both see
					r.body = cloned(r.body).(record)
					a.rows[i].body = r.body
				}
				if err := e.apply(r.body); err != nil {
					return err
				}
			}
		}
	}
	if !found {
		return e.at.errorf("no record of %q to change; correct the id", e.id)
	}
	return nil
}

// cloned copies a value of a record.
func cloned(value any) any {
	switch v := value.(type) {
	case record:
		out := make(record, len(v))
		for k, x := range v {
			out[k] = cloned(x)
		}
		return out
	case list:
		out := make(list, len(v))
		for i, x := range v {
			out[i] = cloned(x)
		}
		return out
	}
	return value
}

// apply walks the path. All fields on the way must be there, so that a misspelt one is noticed; the last may be new.
func (e edit) apply(body record) error {
	steps := strings.Split(e.path, ".")
	_, err := e.step(body, steps)
	return err
}

// step returns the value with the change made below it.
func (e edit) step(value any, steps []string) (any, error) {
	if len(steps) == 0 {
		return e.value, nil
	}
	name := steps[0]
	last := len(steps) == 1
	switch v := value.(type) {
	case record:
		child, ok := v[name]
		if !ok && !last {
			return nil, e.at.errorf("%s has no field %q on the way to %s; correct the path", e.id, name, e.path)
		}
		changed, err := e.step(child, steps[1:])
		if err != nil {
			return nil, err
		}
		if v[name] = changed; last && e.value == nil {
			delete(v, name)
		}
		return v, nil
	case list:
		index, err := strconv.Atoi(name)
		if err != nil || index < 0 || index > len(v) || index == len(v) && !last {
			return nil, e.at.errorf("%s has no element %q on the way to %s; the list has %d", e.id, name, e.path, len(v))
		}
		if last && e.value == nil {
			return slices.Delete(v, index, min(index+1, len(v))), nil
		}
		if index == len(v) {
			return append(v, e.value), nil
		}
		v[index], err = e.step(v[index], steps[1:])
		return v, err
	}
	return nil, e.at.errorf("%s: %q is neither an object nor a list on the way to %s; correct the path", e.id, name, e.path)
}
