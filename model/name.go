package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vpcreach/vpcreach/snapshot"
)

// nameIndex finds resources by what people call them. It is built at the first look-up by name, because questions
// by id need none of it.
type nameIndex struct {
	once   sync.Once
	byName map[string][]Ref
}

// named returns the instances, interfaces and gateways that answer to a Name tag or host name.
func (n *Network) named(name string) []Ref {
	n.names.once.Do(func() {
		n.names.byName = make(map[string][]Ref)
		add := func(name string, r Ref) {
			if name != "" && !slices.Contains(n.names.byName[name], r) {
				n.names.byName[name] = append(n.names.byName[name], r)
			}
		}
		for i := range n.Instances {
			r := Ref{KindInstance, int32(i)}
			add(n.Resource(r).Name, r)
			if s := n.Instances[i].Record; s != nil {
				add(s.PrivateDnsName, r)
				add(s.PublicDnsName, r)
			}
		}
		for i := range n.Interfaces {
			r := Ref{KindInterface, int32(i)}
			add(n.Resource(r).Name, r)
			if e := n.Interfaces[i].Record; e != nil && n.Interfaces[i].Instance < 0 {
				add(e.PrivateDnsName, r)
			}
		}
		for _, g := range n.gateways() {
			for i := range g.count {
				r := Ref{g.kind, int32(i)}
				add(n.Resource(r).Name, r)
			}
		}
	})
	return n.names.byName[name]
}

// gatewayKind is a kind of gateways that can be an end, and how many there are.
type gatewayKind struct {
	kind  Kind
	count int
}

// gateways are the kinds of gateways that people name and ask about.
func (n *Network) gateways() []gatewayKind {
	return []gatewayKind{{KindInternetGateway, len(n.InternetGateways)}, {KindTransitGateway, len(n.TransitGateways)}, {KindVPNGateway, len(n.VPNGateways)},
		{KindVPNConnection, len(n.VPNConnections)}, {KindDirectConnectGateway, len(n.DirectConnectGateways)}}
}

// resolveName finds an end by "tag:Key=Value", Name tag or host name.
func (n *Network) resolveName(text string, scope Scope) (End, error) {
	var found []Ref
	if spec, ok := strings.CutPrefix(text, "tag:"); ok {
		key, value, _ := strings.Cut(spec, "=")
		found = n.tagged(key, value)
	} else {
		found = n.named(text)
	}
	found = n.within(found, scope)
	found = n.preferInstances(found)
	services := n.servicesNamed(text, scope)
	switch len(found) + len(services) {
	case 1:
		if len(services) == 1 {
			return n.resolveService(text, services[0])
		}
		return n.resolveRef(text, found[0])
	case 0:
		if m := n.mayBeUnread(text); m != nil {
			return End{Text: text, Kind: EndMissing, Missing: m}, nil
		}
		return End{}, n.notFound(text, "")
	}
	e := &ErrAmbiguous{Text: text}
	found = withInterfaces(found, services)
	if len(found) == 0 {
		return End{}, noInterface(text)
	}
	for _, r := range found {
		e.Matches = append(e.Matches, n.Resource(r))
	}
	slices.SortFunc(e.Matches, func(a, b Resource) int { return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.ID, b.ID)) })
	return End{}, e
}

// tagged returns the instances, interfaces and gateways that carry the tag.
func (n *Network) tagged(key, value string) []Ref {
	var found []Ref
	scan := func(kind Kind, count int) {
		for i := range count {
			for _, t := range n.Tags(Ref{kind, int32(i)}) {
				if t.Key == key && t.Value == value {
					found = append(found, Ref{kind, int32(i)})
				}
			}
		}
	}
	scan(KindInstance, len(n.Instances))
	scan(KindInterface, len(n.Interfaces))
	for _, g := range n.gateways() {
		scan(g.kind, g.count)
	}
	return found
}

func (n *Network) within(refs []Ref, scope Scope) []Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(r Ref) bool {
		res := n.Resource(r)
		return (scope.Account != "" && res.Account != scope.Account) || (scope.Region != "" && res.Region != scope.Region)
	})
}

// preferInstances drops interfaces whose own instance answers to the same name: the two are one thing to the person
// who asks.
func (n *Network) preferInstances(refs []Ref) []Ref {
	return slices.DeleteFunc(refs, func(r Ref) bool {
		if r.Kind != KindInterface {
			return false
		}
		owner := n.Interfaces[r.Index].Instance
		return owner >= 0 && slices.Contains(refs, Ref{KindInstance, owner})
	})
}

// unread tells by the prefix of an id which call would have named the resource.
var unread = []struct {
	prefix string
	call   snapshot.Operation
}{
	{"eni-", snapshot.DescribeNetworkInterfaces},
	{"i-", snapshot.DescribeInstances},
	{"igw-", snapshot.DescribeInternetGateways},
	{"vpce-", snapshot.DescribeVpcEndpoints},
	{"eice-", snapshot.DescribeInstanceConnectEndpoints},
}

// mayBeUnread says which answer is missing that might hold a resource of this id; nil where every answer that could is
// complete.
func (n *Network) mayBeUnread(id string) *Missing {
	for _, u := range unread {
		if !strings.HasPrefix(id, u.prefix) {
			continue
		}
		for _, part := range n.Snapshot.Parts {
			if !complete(part, u.call) {
				return missingCall(part, u.call, id)
			}
		}
	}
	return nil
}

func (n *Network) notFound(text, hint string) error {
	e := &ErrNotFound{Text: text, Near: n.near(text), Hint: hint}
	if hint == "" && len(e.Near) == 0 {
		e.Hint = n.holds()
	}
	return e
}

// holds says in a few words what can be asked about.
func (n *Network) holds() string {
	var named []string
	for i := range n.Instances {
		if r := n.Resource(Ref{KindInstance, int32(i)}); n.Instances[i].Record != nil && len(named) < 5 {
			named = append(named, cmp.Or(r.Name, r.ID))
		}
	}
	hint := "it holds " + counted(len(n.Instances), "instance") + " and " + counted(len(n.Interfaces), "interface")
	if len(named) > 0 {
		hint += ", such as " + strings.Join(named, ", ")
	}
	return hint
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(n, " ", noun, "s")
}

// near returns up to five ids and names that are close to text; more are names to consider besides.
func (n *Network) near(text string, more ...string) []string {
	type candidate struct {
		name string
		far  int
	}
	var best []candidate
	limit := 1 + len(text)/4
	prefix, _, _ := strings.Cut(text, "-")
	consider := func(name string) {
		if name == "" || len(name) > 256 || abs(len(name)-len(text)) > limit {
			return
		}
		if d := editDistance(text, name, limit); d <= limit {
			best = append(best, candidate{name, d})
		}
	}
	for id := range n.byID {
		if strings.HasPrefix(id, prefix+"-") {
			consider(id)
		}
	}
	n.named(text)
	for name := range n.names.byName {
		consider(name)
	}
	for _, s := range n.thingsOfServices().list {
		consider(s.owner.Name)
	}
	for _, name := range more {
		consider(name)
	}
	slices.SortFunc(best, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.far, b.far), strings.Compare(a.name, b.name)) })
	var out []string
	for _, c := range slices.Compact(best) {
		if len(out) == 5 {
			break
		}
		out = append(out, c.name)
	}
	return out
}

func abs(x int) int { return max(x, -x) }

// editDistance is Levenshtein's, given up once it is sure to pass limit.
func editDistance(a, b string, limit int) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal, least := row[0], i+1
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j+1]+1, row[j]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
			least = min(least, next)
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
