package model

import (
	"slices"
	"sync"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/iterator"
)

// Graph is the component graph: an edge says that one component can hand a packet to another, whatever the
// rules say. It implements gonum's graph.Directed over compact arrays (compressed sparse rows, both ways): four bytes an edge and direction.
// It is read-only and safe for many goroutines.
type Graph struct {
	first [numKinds]int32 // id of the first node of a kind
	size  [numKinds]int32 // nodes of a kind; 0 for kinds that hand on no packets by themselves
	count int32
	out   adjacency
	in    adjacency
}

// adjacency lists the neighbours of node i as to[at[i]:at[i+1]].
type adjacency struct {
	at []int32
	to []int32
}

func (a *adjacency) of(id int64) []int32 {
	if id < 0 || id >= int64(len(a.at))-1 {
		return nil
	}
	return a.to[a.at[id]:a.at[id+1]]
}

// node is a node of the graph; its value is its id.
type node int64

// ID implements graph.Node.
func (n node) ID() int64 { return int64(n) }

type arc struct{ from, to int32 }

// graphOnce holds the graph. It is built when first asked for, because no question needs it.
type graphOnce struct {
	once  sync.Once
	graph *Graph
}

// Graph is the component graph.
func (n *Network) Graph() *Graph {
	n.graph.once.Do(func() { n.graph.graph = newGraph(n) })
	return n.graph.graph
}

// newGraph links the components of a network.
func newGraph(n *Network) *Graph {
	g := &Graph{}
	sizes := [numKinds]int{
		KindInstance: len(n.Instances), KindInterface: len(n.Interfaces), KindSubnet: len(n.Subnets),
		KindRouteTable: len(n.RouteTables), KindVPC: len(n.VPCs), KindInternetGateway: len(n.InternetGateways),
		KindNATGateway: len(n.NATGateways), KindPeering: len(n.Peerings), KindOther: len(n.Others), KindInternet: 1,
		KindVPCEndpoint: len(n.VPCEndpoints), KindEgressOnlyGateway: len(n.EgressOnlyGateways), KindCarrierGateway: len(n.CarrierGateways),
		KindInstanceConnectEndpoint: len(n.InstanceConnectEndpoints),
		KindTransitGateway:          len(n.TransitGateways), KindTransitAttachment: len(n.TransitAttachments), KindTransitRouteTable: len(n.TransitTables),
		KindTransitPolicyTable: len(n.PolicyTables),
		KindVPNGateway:         len(n.VPNGateways), KindVPNConnection: len(n.VPNConnections),
		KindDirectConnectGateway: len(n.DirectConnectGateways), KindVirtualInterface: len(n.VirtualInterfaces),
		KindCoreNetwork: len(n.CoreNetworks), KindCoreAttachment: len(n.CoreAttachments), KindCoreTable: len(n.CoreTables),
	}
	for k, s := range sizes {
		g.first[k], g.size[k] = g.count, int32(s)
		g.count += int32(s)
	}
	arcs := g.arcs(n)
	g.out = rows(arcs, g.count, func(a arc) (int32, int32) { return a.from, a.to })
	g.in = rows(arcs, g.count, func(a arc) (int32, int32) { return a.to, a.from })
	return g
}

func rows(arcs []arc, count int32, key func(arc) (int32, int32)) adjacency {
	a := adjacency{at: make([]int32, count+1), to: make([]int32, len(arcs))}
	for _, x := range arcs {
		k, _ := key(x)
		a.at[k+1]++
	}
	for i := range count {
		a.at[i+1] += a.at[i]
	}
	next := append([]int32(nil), a.at...)
	for _, x := range arcs {
		k, v := key(x)
		a.to[next[k]] = v
		next[k]++
	}
	return a
}

func (g *Graph) arcs(n *Network) []arc {
	var arcs []arc
	link := func(a, b Ref) {
		if a.Index >= 0 && b.Index >= 0 {
			arcs = append(arcs, arc{g.id(a), g.id(b)})
		}
	}
	both := func(a, b Ref) { link(a, b); link(b, a) }
	for i := range n.Interfaces {
		e := &n.Interfaces[i]
		both(Ref{KindInterface, int32(i)}, Ref{KindSubnet, e.Subnet})
		both(Ref{KindInterface, int32(i)}, Ref{KindInstance, e.Instance})
	}
	for i := range n.Subnets {
		s := Ref{KindSubnet, int32(i)}
		link(Ref{KindVPC, n.Subnets[i].VPC}, s) // local delivery
		if t, _ := n.TableOf(int32(i)); t >= 0 {
			link(s, Ref{KindRouteTable, t})
		}
	}
	for i := range n.RouteTables {
		t := Ref{KindRouteTable, int32(i)}
		for _, target := range n.RouteTables[i].targets() {
			link(t, target)
		}
	}
	for i := range n.VPCs {
		v := Ref{KindVPC, int32(i)}
		for _, k := range sortedUnique(slices.Clone(n.VPCs[i].InternetGateways)) {
			both(Ref{KindInternetGateway, k}, Ref{KindInternet, 0})
			link(Ref{KindInternetGateway, k}, v)
		}
		for _, k := range sortedUnique(slices.Clone(n.VPCs[i].EgressOnlyGateways)) {
			both(Ref{KindEgressOnlyGateway, k}, Ref{KindInternet, 0})
			link(Ref{KindEgressOnlyGateway, k}, v)
		}
		for _, k := range n.VPCs[i].CarrierGateways {
			both(Ref{KindCarrierGateway, k}, Ref{KindInternet, 0})
			link(Ref{KindCarrierGateway, k}, v)
		}
		for _, k := range sortedUnique(slices.Clone(n.VPCs[i].VPNGateways)) {
			link(Ref{KindVPNGateway, k}, v)
		}
		for _, k := range sortedUnique(slices.Clone(n.VPCs[i].Peerings)) {
			link(Ref{KindPeering, k}, v)
		}
	}
	for i := range n.NATGateways {
		link(Ref{KindNATGateway, int32(i)}, Ref{KindSubnet, n.NATGateways[i].Subnet})
		link(Ref{KindNATGateway, int32(i)}, Ref{KindRouteTable, n.NATGateways[i].table})
	}
	for i := range n.VPNGateways {
		g := Ref{KindVPNGateway, int32(i)}
		for _, k := range n.VPNGateways[i].Connections {
			both(g, Ref{KindVPNConnection, k})
		}
		for _, k := range n.VPNGateways[i].Associations {
			both(g, Ref{KindDirectConnectGateway, n.DirectConnectAssociations[k].Gateway})
		}
		for _, k := range n.VPNGateways[i].VirtualInterfaces {
			both(g, Ref{KindVirtualInterface, k})
		}
	}
	for i := range n.VPCEndpoints {
		for _, s := range n.VPCEndpoints[i].Subnets {
			link(Ref{KindVPCEndpoint, int32(i)}, Ref{KindSubnet, s})
		}
	}
	n.transitArcs(link)
	n.coreArcs(link)
	return arcs
}

// transitArcs links what transit gateways join: a gateway hands packets to the attachment they enter by, that to its table, the table to
// attachments, and these to their subnets or to the other end of a peering.
func (n *Network) transitArcs(link func(a, b Ref)) {
	for i := range n.TransitAttachments {
		a, at := &n.TransitAttachments[i], Ref{KindTransitAttachment, int32(i)}
		link(Ref{KindTransitGateway, a.Gateway}, at)
		link(at, Ref{KindTransitRouteTable, a.Table})
		link(at, Ref{KindTransitPolicyTable, a.Policy})
		link(at, Ref{KindTransitAttachment, a.Peer})
		for _, s := range a.Subnets {
			link(at, Ref{KindSubnet, s})
		}
	}
	for i := range n.PolicyTables {
		for _, e := range n.PolicyTables[i].Entries {
			link(Ref{KindTransitPolicyTable, int32(i)}, Ref{KindTransitRouteTable, e.Table})
		}
	}
	for i := range n.TransitTables {
		var seen []int32
		for _, r := range n.TransitTables[i].Routes {
			for _, a := range r.Targets {
				if !slices.Contains(seen, a) {
					seen = append(seen, a)
					link(Ref{KindTransitRouteTable, int32(i)}, Ref{KindTransitAttachment, a})
				}
			}
		}
	}
}

// id numbers a component; components that are no nodes (groups, ACLs, prefix lists) must not be asked for.
func (g *Graph) id(r Ref) int32 { return g.first[r.Kind] + r.Index }

// NodeOf is the node of a component. ok is false for components that hand on no packets by themselves
// (groups, ACLs, prefix lists).
func (g *Graph) NodeOf(r Ref) (n graph.Node, ok bool) {
	switch r.Kind {
	case KindNone, KindSecurityGroup, KindNetworkACL, KindPrefixList, KindDeclaredNetwork:
		return nil, false
	}
	return node(g.id(r)), true
}

// RefOf is the component of a node; the zero Ref for an id that is none.
func (g *Graph) RefOf(id int64) Ref {
	for k := KindNone; k < numKinds; k++ {
		if i := id - int64(g.first[k]); i >= 0 && i < int64(g.size[k]) {
			return Ref{k, int32(i)}
		}
	}
	return Ref{}
}

// Node implements graph.Graph.
func (g *Graph) Node(id int64) graph.Node {
	if id < 0 || id >= int64(g.count) {
		return nil
	}
	return node(id)
}

// Nodes implements graph.Graph.
func (g *Graph) Nodes() graph.Nodes {
	if g.count == 0 {
		return graph.Empty
	}
	return iterator.NewImplicitNodes(0, int(g.count), func(id int) graph.Node { return node(id) })
}

func nodesOf(ids []int32) graph.Nodes {
	if len(ids) == 0 {
		return graph.Empty
	}
	nodes := make([]graph.Node, len(ids))
	for i, id := range ids {
		nodes[i] = node(id)
	}
	return iterator.NewOrderedNodes(nodes)
}

// From implements graph.Graph.
func (g *Graph) From(id int64) graph.Nodes { return nodesOf(g.out.of(id)) }

// To implements graph.Directed.
func (g *Graph) To(id int64) graph.Nodes { return nodesOf(g.in.of(id)) }

// HasEdgeFromTo implements graph.Directed.
func (g *Graph) HasEdgeFromTo(u, v int64) bool {
	for _, x := range g.out.of(u) {
		if int64(x) == v {
			return true
		}
	}
	return false
}

// HasEdgeBetween implements graph.Graph.
func (g *Graph) HasEdgeBetween(x, y int64) bool {
	return g.HasEdgeFromTo(x, y) || g.HasEdgeFromTo(y, x)
}

// Edge implements graph.Graph.
func (g *Graph) Edge(u, v int64) graph.Edge {
	if !g.HasEdgeFromTo(u, v) {
		return nil
	}
	return edge{node(u), node(v)}
}

type edge struct{ from, to node }

func (e edge) From() graph.Node         { return e.from }
func (e edge) To() graph.Node           { return e.to }
func (e edge) ReversedEdge() graph.Edge { return edge{e.to, e.from} }

// Distances returns for every node the number of edges on the shortest way to the target, and -1 where there is none.
// It walks the graph backwards from the target once.
func (g *Graph) Distances(targets ...Ref) []int32 {
	dist := make([]int32, g.count)
	for i := range dist {
		dist[i] = -1
	}
	var queue []int32
	for _, t := range targets {
		if n, ok := g.NodeOf(t); ok && dist[n.ID()] < 0 {
			dist[n.ID()] = 0
			queue = append(queue, int32(n.ID()))
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, from := range g.in.of(int64(id)) {
			if dist[from] < 0 {
				dist[from] = dist[id] + 1
				queue = append(queue, from)
			}
		}
	}
	return dist
}

// targets are the targets of the table's routes, each once.
func (t *RouteTable) targets() []Ref {
	var out []Ref
	for i := range t.Routes {
		if !slices.Contains(out, t.Routes[i].Target) {
			out = append(out, t.Routes[i].Target)
		}
	}
	return out
}

// coreArcs links what core networks join: as transitArcs.
func (n *Network) coreArcs(link func(a, b Ref)) {
	for i := range n.CoreAttachments {
		a, at := &n.CoreAttachments[i], Ref{KindCoreAttachment, int32(i)}
		link(Ref{KindCoreNetwork, a.Core}, at)
		link(at, Ref{KindCoreTable, a.Table})
		for _, s := range a.Subnets {
			link(at, Ref{KindSubnet, s})
		}
	}
	for i := range n.CoreTables {
		from := Ref{KindCoreTable, int32(i)}
		var seen []Ref
		for _, r := range n.CoreTables[i].Routes {
			for _, t := range r.Targets {
				for _, to := range []Ref{{KindCoreAttachment, t.Attachment}, {KindCoreTable, t.Table}} {
					if to.Index >= 0 && !slices.Contains(seen, to) {
						seen = append(seen, to)
						link(from, to)
					}
				}
			}
		}
	}
}
