package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ResolveComponent finds the component on a path that a text names, by id, ARN, "tag:Key=Value" or name, for the filters of
// a question (D-190). It fails like [Network.Resolve]. The interface of a NAT gateway means the gateway, because a path shows only that.
func (n *Network) ResolveComponent(text string, scope Scope) (Ref, error) {
	if text == "" {
		return Ref{}, fmt.Errorf("a component has no name: give a resource id, an ARN or a name")
	}
	if r, ok := n.byID[resourceID(text)]; ok {
		return n.component(r)
	}
	found := n.preferInstances(n.within(n.componentsCalled(text), scope))
	switch len(found) {
	case 1:
		return n.component(found[0])
	case 0:
		return Ref{}, n.noComponent(text)
	}
	e := &ErrAmbiguous{Text: text}
	for _, r := range found {
		e.Matches = append(e.Matches, n.Resource(r))
	}
	return Ref{}, e
}

// component says whether a path can pass a resource.
func (n *Network) component(r Ref) (Ref, error) {
	switch r.Kind {
	case KindVPC, KindSubnet, KindPrefixList:
		return Ref{}, fmt.Errorf("%s is a %s, which is no hop of a path: name a gateway, a peering connection, an interface or another component that packets pass", n.ID(r), r.Kind)
	case KindInterface:
		if nat := n.Interfaces[r.Index].NAT; nat >= 0 {
			return Ref{KindNATGateway, nat}, nil
		}
	}
	return r, nil
}

// componentsCalled are the components of a name or tag, in order of type and id.
func (n *Network) componentsCalled(text string) []Ref {
	var found []Ref
	key, value := "Name", text
	spec, tagged := strings.CutPrefix(text, "tag:")
	if tagged {
		key, value, _ = strings.Cut(spec, "=")
	} else {
		found = slices.Clone(n.named(text)) // host names too
	}
	for _, r := range n.byID {
		if r.Kind == KindVPC || r.Kind == KindSubnet || r.Kind == KindPrefixList {
			continue
		}
		called := !tagged && n.Resource(r).Name == text
		for _, t := range n.Tags(r) {
			called = called || t.Key == key && t.Value == value
		}
		if called && !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b Ref) int {
		return cmp.Or(strings.Compare(a.Kind.String(), b.Kind.String()), strings.Compare(n.ID(a), n.ID(b)))
	})
	return found
}

// noComponent is the error for a name that nothing has, with what is near it.
func (n *Network) noComponent(text string) error {
	var names []string
	for _, r := range n.byID {
		if n.Resource(r).Name != "" {
			names = append(names, n.Resource(r).Name)
		}
	}
	e := &ErrNotFound{Text: text, Near: n.near(text, names...)}
	if m := n.mayBeUnread(text); m != nil {
		e.Hint = "the answers of " + string(m.Call) + " that might hold it are not complete"
	} else if len(e.Near) == 0 {
		e.Hint = "name a component by its id, ARN or Name tag"
	}
	return e
}
