package model

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model/declare"
	"github.com/vpcreach/vpcreach/snapshot"
)

// DeclaredNetwork is a network outside AWS that a person has declared: no snapshot can hold it (D-238).
type DeclaredNetwork struct {
	Name   string
	CIDRs  []netip.Prefix
	Behind []Ref // the edges by which AWS and the network reach each other
}

func init() {
	identifiers[KindDeclaredNetwork] = func(n *Network, i int32) string { return n.Declared[i].Name }
	describers[KindDeclaredNetwork] = func(n *Network, i int32) Resource {
		return Resource{Type: KindDeclaredNetwork.String(), ID: n.Declared[i].Name}
	}
}

// edgeKinds are the kinds of components that a declared network can be behind; the files of others add themselves. reject says what is wrong with
// one of them, if anything is.
var edgeKinds = map[Kind]func(n *Network, i int32) error{}

func init() {
	fine := func(*Network, int32) error { return nil }
	for _, k := range []Kind{KindVPNGateway, KindVPNConnection, KindDirectConnectGateway} {
		edgeKinds[k] = fine
	}
	edgeKinds[KindTransitAttachment] = func(n *Network, i int32) error {
		a := &n.TransitAttachments[i]
		switch {
		case a.Type == "vpn", a.Type == "direct-connect-gateway", a.Type == "peering" && a.Peer < 0:
			return nil
		case a.Type == "peering":
			return fmt.Errorf("the far side of %s is in the snapshot: nothing is declared behind it", a.ID)
		}
		return fmt.Errorf("%s is an attachment of type %s: a network is behind %s", a.ID, cmp.Or(a.Type, "that no answer tells"), edgeWords)
	}
}

const edgeWords = "a virtual private gateway, a VPN connection, a Direct Connect gateway, or a transit gateway attachment of one of these"

// BuildDeclared is [Build] with declared networks besides. It fails where a declaration cannot be meant.
func BuildDeclared(s *snapshot.Snapshot, list []declare.Network) (*Network, error) {
	n := Build(s)
	for _, d := range list {
		net, err := n.declared(d)
		if err == nil && slices.ContainsFunc(n.Declared, func(x DeclaredNetwork) bool { return x.Name == d.Name }) {
			err = fmt.Errorf("network %q is declared twice: give one of them another name", d.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.At, err)
		}
		n.Declared = append(n.Declared, net)
	}
	return n, nil
}

func (n *Network) declared(d declare.Network) (DeclaredNetwork, error) {
	out := DeclaredNetwork{Name: d.Name, CIDRs: d.CIDRs}
	if _, isID := n.byID[d.Name]; isID {
		return out, fmt.Errorf("a network cannot be called %q: that is an id of the snapshot", d.Name)
	}
	for _, id := range d.Behind {
		r, ok := n.byID[resourceID(id)]
		if !ok {
			return out, fmt.Errorf("network %q: %s is not in the snapshot", d.Name, id)
		}
		reject := edgeKinds[r.Kind]
		if reject == nil {
			return out, fmt.Errorf("network %q: %s is a %s: a network is behind %s", d.Name, id, n.Resource(r).Type, edgeWords)
		}
		if err := reject(n, r.Index); err != nil {
			return out, fmt.Errorf("network %q: %w", d.Name, err)
		}
		out.Behind = append(out.Behind, r)
	}
	return out, nil
}

// declaredName finds a declared network by its name.
func (n *Network) declaredName(text string) (End, bool) {
	for i := range n.Declared {
		if n.Declared[i].Name == text {
			return End{Text: text, Kind: EndDeclared, Ref: Ref{KindDeclaredNetwork, int32(i)}}, true
		}
	}
	return End{}, false
}

// declaredAt makes an end of addresses that are inside a declared network; nil where they are in none. Addresses that the snapshot has
// too cannot be told apart.
func (n *Network) declaredAt(text string, p netip.Prefix, scope Scope) (end *End, err error) {
	e := &ErrAmbiguous{Text: text}
	for i := range n.Declared {
		if !slices.ContainsFunc(n.Declared[i].CIDRs, func(c netip.Prefix) bool { return c.Contains(p.Addr()) && c.Bits() <= p.Bits() }) {
			continue
		}
		r := Ref{KindDeclaredNetwork, int32(i)}
		end = &End{Text: text, Kind: EndDeclared, Ref: r, Prefixes: []netip.Prefix{p}}
		e.Matches = append(e.Matches, n.Resource(r))
	}
	if end == nil {
		return nil, nil
	}
	for v := range n.VPCs {
		if slices.ContainsFunc(n.VPCs[v].Blocks, p.Overlaps) && n.scoped(Ref{KindVPC, int32(v)}, scope) {
			e.Matches = append(e.Matches, n.Resource(Ref{KindVPC, int32(v)}))
		}
	}
	for _, m := range n.PublicOwners(p.Addr()) {
		e.Matches = append(e.Matches, n.mapped(m))
	}
	if len(e.Matches) > 1 {
		return nil, e
	}
	return end, nil
}

// mapped is what a public address is mapped to.
func (n *Network) mapped(m PublicMapping) Resource {
	switch {
	case m.Interface >= 0:
		return n.Resource(Ref{KindInterface, m.Interface})
	case m.NAT >= 0:
		return n.Resource(Ref{KindNATGateway, m.NAT})
	}
	return Resource{Type: KindInterface.String(), ID: "the interface of " + m.Public.String()}
}

// scoped says whether a component is within the scope of a look-up.
func (n *Network) scoped(r Ref, scope Scope) bool {
	res := n.Resource(r)
	return (scope.Account == "" || res.Account == scope.Account) && (scope.Region == "" || res.Region == scope.Region)
}

// BehindEdge are the CIDRs that are declared behind one of some edges.
func (n *Network) BehindEdge(edges ...Ref) []netip.Prefix {
	var out []netip.Prefix
	for i := range n.Declared {
		if n.Declared[i].IsBehind(edges...) {
			out = append(out, n.Declared[i].CIDRs...)
		}
	}
	return out
}

// IsBehind says whether the network is behind one of some edges.
func (d *DeclaredNetwork) IsBehind(edges ...Ref) bool {
	return slices.ContainsFunc(edges, func(r Ref) bool { return slices.Contains(d.Behind, r) })
}

// edgeMissing says what is missing where an edge's record cannot be used, so that nothing can be asked of it.
func (n *Network) edgeMissing(r Ref) *Missing {
	switch r.Kind {
	case KindVPNGateway:
		return n.VPNGateways[r.Index].Missing()
	case KindVPNConnection:
		return n.VPNConnections[r.Index].Missing()
	}
	return nil
}

// IsOutside says whether the end is outside AWS: an edge, or what is declared behind one.
func (e *End) IsOutside() bool { return e.Kind == EndEdge || e.Kind == EndDeclared }

// EdgesOf are a gateway to networks outside AWS and what it leads to; of anything else, itself.
func (n *Network) EdgesOf(r Ref) []Ref {
	out := []Ref{r}
	switch r.Kind {
	case KindVPNGateway:
	case KindTransitAttachment:
		return append(out, n.byID[n.TransitAttachments[r.Index].Resource]) // nothing is declared behind a VPC, or behind no component
	case KindVPNConnection:
		for i := range n.TransitAttachments {
			if n.TransitAttachments[i].Resource == n.VPNConnections[r.Index].ID {
				out = append(out, Ref{KindTransitAttachment, int32(i)})
			}
		}
		return out
	default:
		return out
	}
	g := &n.VPNGateways[r.Index]
	for _, c := range g.Connections {
		out = append(out, Ref{KindVPNConnection, c})
	}
	for _, a := range g.Associations {
		out = append(out, Ref{KindDirectConnectGateway, n.DirectConnectAssociations[a].Gateway})
	}
	return out
}
