package collect

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/vpcreach/vpcreach/snapshot"
)

// record is an element of a list of an answer.
type record map[string]jsontext.Value

// text is a member that is a text; empty where it is none.
func (r record) text(member string) string {
	var s string
	if json.Unmarshal(r[member], &s) != nil {
		return ""
	}
	return s
}

// each makes a call once per element of a list that another call gives: with the element's member as parameter.
func each(of snapshot.Operation, list, member, parameter string, only ...func(place, record) bool) option {
	return func(c *Call) {
		c.over = &over{of: of, objects: func(at place, page []byte) ([]params, error) {
			elements, err := elementsOf(page, list)
			if err != nil {
				return nil, err
			}
			var found []params
			for _, r := range elements {
				id := r.text(member)
				for _, want := range only {
					if !want(at, r) {
						id = ""
					}
				}
				if id != "" {
					found = append(found, params{parameter: id})
				}
			}
			return found, nil
		}}
	}
}

// eachText is each for lists of texts.
func eachText(of snapshot.Operation, list, parameter string) option {
	return func(c *Call) {
		c.over = &over{of: of, objects: func(_ place, page []byte) ([]params, error) {
			var answer map[string]jsontext.Value
			var ids []string
			if err := json.Unmarshal(page, &answer); err != nil {
				return nil, err
			}
			if err := json.Unmarshal(orNull(answer[list]), &ids); err != nil {
				return nil, err
			}
			var found []params
			for _, id := range ids {
				found = append(found, params{parameter: id})
			}
			return found, nil
		}}
	}
}

// elementsOf reads a list of a page.
func elementsOf(page []byte, list string) ([]record, error) {
	var answer map[string]jsontext.Value
	if err := json.Unmarshal(page, &answer); err != nil {
		return nil, err
	}
	var elements []record
	err := json.Unmarshal(orNull(answer[list]), &elements)
	return elements, err
}

func orNull(v jsontext.Value) jsontext.Value {
	if len(bytes.TrimSpace(v)) == 0 {
		return jsontext.Value("null")
	}
	return v
}

// owned keeps what the asked account owns by this member: others may not ask about it.
func owned(member string) func(place, record) bool {
	return func(at place, r record) bool { return r.text(member) == at.account }
}

// is keeps elements with this value, in any case.
func is(member, value string) func(place, record) bool {
	return func(_ place, r record) bool { return strings.EqualFold(r.text(member), value) }
}

// segmentEdges are the segments of a core network at their edges: each has routes of its own (CWAN-3).
func segmentEdges(_ place, page []byte) ([]params, error) {
	var answer struct {
		CoreNetwork struct {
			CoreNetworkId   string
			GlobalNetworkId string
			Segments        []struct {
				Name          string
				EdgeLocations []string
			}
			Edges []struct{ EdgeLocation string }
		}
	}
	if err := json.Unmarshal(page, &answer); err != nil {
		return nil, err
	}
	core := answer.CoreNetwork
	var found []params
	for _, s := range core.Segments {
		edges := s.EdgeLocations
		if len(edges) == 0 { // a segment without a list of its own is at every edge
			for _, e := range core.Edges {
				edges = append(edges, e.EdgeLocation)
			}
		}
		for _, edge := range edges {
			found = append(found, params{"GlobalNetworkId": core.GlobalNetworkId, "CoreNetworkId": core.CoreNetworkId, "SegmentName": s.Name, "EdgeLocation": edge})
		}
	}
	return found, nil
}

// page asks for pages of so many records.
func page(n int32) option { return func(c *Call) { c.Page = n } }

// with gives every call these parameters, names and values in turn.
func with(namesAndValues ...string) option {
	return func(c *Call) {
		c.fixed = make(map[string]string)
		for i := 0; i+1 < len(namesAndValues); i += 2 {
			c.fixed[namesAndValues[i]] = namesAndValues[i+1]
		}
	}
}

// names marks a call that only gives names.
func names(c *Call) { c.Names = true }

// home marks a call of a global service.
func home(c *Call) { c.Home = true }

// also names actions that a call needs besides its own.
func also(actions ...string) option { return func(c *Call) { c.Also = actions } }
