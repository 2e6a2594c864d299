package scenario

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// record is one raw record of an answer. A map prints its keys in alphabetical order, so the bytes do not depend on how it was made.
type record = map[string]any

// list is a raw list; an empty one prints as [], which AWS's answers have where there is nothing.
type list = []any

// answer is one file's worth of one call.
type answer struct {
	call   string
	object string // prefix list of get-managed-prefix-list-entries, VPC of describe-vpc-attribute, gateway of Direct Connect
	rows   []row
	whole  record // the answer itself, where it is no list
	more   record // what stands beside the list
}

// row is a record under the id by which set and drop know it.
type row struct {
	id   string
	body record
}

const (
	entriesCall   = "get-managed-prefix-list-entries"
	attributeCall = "describe-vpc-attribute"
)

// calls are the answers that every part has, empty where it has nothing, with their top-level keys.
var calls = []struct{ call, key string }{
	{"describe-vpcs", "Vpcs"}, {"describe-subnets", "Subnets"}, {"describe-route-tables", "RouteTables"},
	{"describe-security-groups", "SecurityGroups"}, {"describe-network-acls", "NetworkAcls"},
	{"describe-network-interfaces", "NetworkInterfaces"}, {"describe-instances", "Reservations"}, {"describe-addresses", "Addresses"},
	{"describe-internet-gateways", "InternetGateways"}, {"describe-nat-gateways", "NatGateways"},
	{"describe-vpc-peering-connections", "VpcPeeringConnections"}, {"describe-prefix-lists", "PrefixLists"},
	{"describe-managed-prefix-lists", "PrefixLists"}, {"describe-availability-zones", "AvailabilityZones"},
	{"describe-vpc-endpoints", "VpcEndpoints"}, {"describe-instance-connect-endpoints", "InstanceConnectEndpoints"},
}

// otherCalls are the kinds that are known by name only; their answers are there only if a scenario has one.
var otherCalls = map[string]struct{ call, key, id string }{
	"lgw": {"describe-local-gateways", "LocalGateways", "LocalGatewayId"},
}

// answerKey returns the top-level key of a call's answer, or "" for a call that no answer is written for.
func answerKey(call string) string {
	for _, c := range calls {
		if c.call == call {
			return c.key
		}
	}
	for _, c := range otherCalls {
		if c.call == call {
			return c.key
		}
	}
	for _, c := range coreCalls {
		if c.call == call {
			return c.key
		}
	}
	switch call {
	case optionsCall:
		return optionsKey
	case entriesCall:
		return "Entries"
	case attributeCall:
		return "EnableDnsSupport"
	}
	if key := transitKey(call); key != "" {
		return key
	}
	return cmp.Or(objectCalls[call], serviceCalls[call])
}

// expansion collects the answers of all parts.
type expansion struct {
	network *Network
	answers map[part][]*answer
}

// add appends a record to an answer of a part.
func (x *expansion) add(p part, call, object string, r row) {
	for _, a := range x.answers[p] {
		if a.call == call && a.object == object {
			a.rows = append(a.rows, r)
			return
		}
	}
	x.answers[p] = append(x.answers[p], &answer{call: call, object: object, rows: []row{r}})
}

// files expands the network. Everything that can be wrong with edits comes out here.
func (n *Network) files() (map[string][]byte, error) {
	x := &expansion{network: n, answers: map[part][]*answer{}}
	for _, p := range n.parts {
		for _, c := range calls {
			x.answers[p] = append(x.answers[p], &answer{call: c.call})
		}
	}
	x.records()
	for _, e := range n.edits {
		if err := x.set(e); err != nil {
			return nil, err
		}
	}
	for _, d := range n.dropped {
		if err := x.drop(d); err != nil {
			return nil, err
		}
	}
	files := map[string][]byte{}
	for _, p := range n.parts {
		if err := x.write(p, files); err != nil {
			return nil, err
		}
	}
	if err := n.declaredFile(files); err != nil {
		return nil, err
	}
	return files, n.checkAbsences(x)
}

// write prints the answers of a part that are not omitted.
func (x *expansion) write(p part, files map[string][]byte) error {
	for _, a := range x.answers[p] {
		if matches(x.network.omitted, p, a) {
			continue
		}
		key := answerKey(a.call)
		rows := list{}
		for _, r := range a.rows {
			rows = append(rows, outer(a.call, p, r))
		}
		body := record{key: rows}
		switch {
		case a.whole != nil:
			body = a.whole
		case a.call == optionsCall && len(rows) == 1: // AWS gives the one record without a list
			body[key] = rows[0]
		}
		for name, value := range a.more {
			body[name] = value
		}
		if matches(x.network.cut, p, a) && a.call == searchCall {
			body["AdditionalRoutesAvailable"] = true
		} else if matches(x.network.cut, p, a) {
			body["NextToken"] = "more-than-this"
		}
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(body); err != nil {
			return fmt.Errorf("%s: %w", a.call, err)
		}
		files[x.fileName(p, a)] = text.Bytes()
	}
	return nil
}

// fileName puts the parts into folders as soon as there are several: with one, a plain folder is what people have.
func (x *expansion) fileName(p part, a *answer) string {
	name := a.call + ".json"
	if a.object != "" {
		name = a.call + "." + a.object + ".json"
	}
	if len(x.network.parts) > 1 {
		name = p.account + "/" + p.region + "/" + name
	}
	return name
}

// outer wraps an instance in a reservation of its own; everything else stands in the answer as it is.
func outer(call string, p part, r row) record {
	if call != "describe-instances" {
		return r.body
	}
	return record{"ReservationId": "r-" + strings.TrimPrefix(r.id, "i-"), "OwnerId": p.account, "Groups": list{}, "Instances": list{r.body}}
}

func matches(absences []absence, p part, a *answer) bool {
	return slices.ContainsFunc(absences, func(o absence) bool {
		return (o.part == nil || *o.part == p) && (o.call == "all" || o.call == a.call) && (o.object == "" || o.object == a.object)
	})
}

// checkAbsences reports a line that leaves out what is not there: it would pass for a test of P1 and test nothing.
func (n *Network) checkAbsences(x *expansion) error {
	for _, o := range slices.Concat(n.omitted, n.cut) {
		used := false
		for _, p := range n.parts {
			for _, a := range x.answers[p] {
				used = used || matches([]absence{o}, p, a)
			}
		}
		if !used {
			return o.at.errorf("the scenario has no answer %s to leave out there; correct the line or remove it", o.call)
		}
	}
	return nil
}

// drop removes a record, and with a prefix list its entries.
func (x *expansion) drop(d drop) error {
	found := false
	for _, p := range x.network.parts {
		if d.part != nil && *d.part != p {
			continue
		}
		x.answers[p] = slices.DeleteFunc(x.answers[p], func(a *answer) bool { return a.object == d.id })
		for _, a := range x.answers[p] {
			before := len(a.rows)
			a.rows = slices.DeleteFunc(a.rows, func(r row) bool { return r.id == d.id })
			found = found || len(a.rows) < before
		}
	}
	if !found {
		return d.at.errorf("no record of %q to drop; correct the id", d.id)
	}
	return nil
}
