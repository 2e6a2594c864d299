package snapshot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// FieldChange is one difference between two copies of a resource.
type FieldChange struct {
	Path   string          `json:"path"`             // JSON pointer; elements of lists stand under what names them
	Change Change          `json:"change"`           // added, removed or changed
	Old    json.RawMessage `json:"old,omitempty"`    // nil where added
	New    json.RawMessage `json:"new,omitempty"`    // nil where removed
	Itself bool            `json:"itself,omitempty"` // of a field that changes without anybody changing it
}

// Change says what became of something.
type Change string

// The changes.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Changed Change = "changed"
)

// parseValue decodes JSON so that equal values compare equal, numbers as they are written, without secrets.
func parseValue(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return plainForm("", v), nil
}

// plainForm turns lists into what people compare: tags into a map by key, rules of groups into one element per peer. What names an element of a
// list stands in for its place. Secrets are dropped (SNAP-6).
func plainForm(member string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			if isSecret(name) {
				delete(v, name)
				continue
			}
			v[name] = plainForm(name, v[name])
		}
		return v
	case []any:
		if strings.HasPrefix(member, "IpPermissions") {
			v = singleRules(v)
		}
		for i := range v {
			v[i] = plainForm("", v[i])
		}
		if member == "Tags" || member == "TagSet" || member == "tags" {
			if m := tagMap(v); m != nil {
				return m
			}
		}
		return keyed(member, v)
	}
	return v
}

// tagMap is a list of tags by their keys; nil where it is none.
func tagMap(list []any) map[string]any {
	out := map[string]any{}
	for _, e := range list {
		m, _ := e.(map[string]any)
		key, ok := cmp.Or(m["Key"], m["key"]).(string)
		if _, twice := out[key]; !ok || twice {
			return nil
		}
		out[key] = cmp.Or(m["Value"], m["value"])
	}
	return out
}

// singleRules takes the rules of a group apart, which AWS gives by protocol and ports, so that each has one peer.
func singleRules(list []any) []any {
	var out []any
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return list
		}
		found := 0
		for _, peers := range []string{"IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"} {
			l, _ := m[peers].([]any)
			for _, p := range l {
				one := map[string]any{}
				for name, v := range m {
					if _, isList := v.([]any); !isList {
						one[name] = v
					}
				}
				if peer, ok := p.(map[string]any); ok {
					maps.Copy(one, peer)
				} else {
					one[peers] = p
				}
				out = append(out, one)
				found++
			}
		}
		if found == 0 {
			out = append(out, e)
		}
	}
	return out
}

// elementKeys are the members that name the elements of a list for as long as they are there.
var elementKeys = map[string][]string{
	"Associations": {"RouteTableAssociationId", "NetworkAclAssociationId"}, "Attachments": {"VpcId"}, "CidrBlockAssociationSet": {"AssociationId"},
	"Ipv6CidrBlockAssociationSet": {"AssociationId"}, "PrivateIpAddresses": {"PrivateIpAddress"}, "NetworkInterfaces": {"NetworkInterfaceId"},
	"BlockDeviceMappings": {"DeviceName"}, "NatGatewayAddresses": {"AllocationId", "PrivateIp"}, "Groups": {"GroupId"}, "VpcAttachments": {"VpcId"},
	"VgwTelemetry": {"OutsideIpAddress"}, "CacheNodes": {"CacheNodeId"}, "AvailabilityZones": {"ZoneName"},
}

// keyed is a list as a map, where each of its elements has a name of its own; else the list.
func keyed(member string, list []any) any {
	for _, key := range elementKeys[member] {
		out := map[string]any{}
		for _, e := range list {
			m, _ := e.(map[string]any)
			if name, ok := m[key].(string); ok && name != "" {
				out[name] = e
			}
		}
		if len(out) == len(list) && len(list) > 0 {
			return out
		}
	}
	return list
}

// compareValues lists what differs between two values, in the order of the paths.
func compareValues(path string, a, b any) []FieldChange {
	x, isMap := a.(map[string]any)
	y, isMapToo := b.(map[string]any)
	if isMap && isMapToo {
		return compareMaps(path, x, y)
	}
	l, isList := a.([]any)
	m, isListToo := b.([]any)
	switch {
	case isList && isListToo:
		return compareLists(path, l, m)
	case isList && isMapToo && len(l) == 0: // a list that was empty has no names yet
		return compareMaps(path, nil, y)
	case isMap && isListToo && len(m) == 0:
		return compareMaps(path, x, nil)
	}
	old, now := valueText(a), valueText(b)
	if bytes.Equal(old, now) {
		return nil
	}
	return []FieldChange{{Path: path, Change: Changed, Old: old, New: now, Itself: ofItself(path, a, b)}}
}

func compareMaps(path string, a, b map[string]any) []FieldChange {
	names := slices.Collect(maps.Keys(a))
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []FieldChange
	for _, name := range names {
		at := path + "/" + pointerEscape.Replace(name)
		old, had := a[name]
		now, has := b[name]
		switch {
		case had && has:
			out = append(out, compareValues(at, old, now)...)
		case had:
			out = append(out, FieldChange{Path: at, Change: Removed, Old: valueText(old), Itself: ofItself(at, old, old)})
		default:
			out = append(out, FieldChange{Path: at, Change: Added, New: valueText(now), Itself: ofItself(at, now, now)})
		}
	}
	return out
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// compareLists tells the elements that one list has more often than the other. Their order says nothing.
func compareLists(path string, a, b []any) []FieldChange {
	more := map[string]int{}
	for _, e := range a {
		more[string(valueText(e))]++
	}
	for _, e := range b {
		more[string(valueText(e))]--
	}
	var out []FieldChange
	for _, text := range slices.Sorted(maps.Keys(more)) {
		for range more[text] {
			out = append(out, FieldChange{Path: path, Change: Removed, Old: json.RawMessage(text)})
		}
		for range -more[text] {
			out = append(out, FieldChange{Path: path, Change: Added, New: json.RawMessage(text)})
		}
	}
	return out
}

// valueText is a value in JSON, members in order.
func valueText(v any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return json.RawMessage("null") // what was decoded can be encoded
	}
	return bytes.TrimSpace(b.Bytes())
}

// unsteady are fields that count or estimate something from moment to moment.
var unsteady = map[string]bool{"AvailableIpAddressCount": true, "AcceptedRouteCount": true, "UsageOperation": true, "StatusMessage": true, "Messages": true}

// ofItself says whether a field changes without anybody changing it: counters, and times.
func ofItself(path string, a, b any) bool {
	return unsteady[path[strings.LastIndexByte(path, '/')+1:]] || isTime(a) && isTime(b)
}

func isTime(v any) bool {
	text, ok := v.(string)
	if !ok || len(text) < len("2006-01-02T15:04") {
		return false
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05.999999-07:00", "2006-01-02T15:04:05.999999-0700"} {
		if _, err := time.Parse(form, text); err == nil {
			return true
		}
	}
	return false
}
