package model

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/topo"
	"gonum.org/v1/gonum/graph/traverse"

	"github.com/vpcreach/vpcreach/internal/netgen"
)

// Graph is what gonum's algorithms take.
var _ graph.Directed = (*Graph)(nil)

func idsOf(nodes graph.Nodes) []int64 {
	var ids []int64
	for nodes.Next() {
		ids = append(ids, nodes.Node().ID())
	}
	return ids
}

// Distances are those that gonum's Dijkstra finds, and its breadth-first walk against the edges.
func TestDistancesAgreeWithGonum(t *testing.T) {
	var near, far, none int
	randomNetworks(t, 15, func(t *testing.T, _ netgen.Network, n *Network, rng *rand.Rand) {
		g := n.Graph()
		all := path.DijkstraAllPaths(g)
		for range 4 {
			target := g.Node(int64(rng.IntN(int(g.count))))
			dist := g.Distances(g.RefOf(target.ID()))
			walked := depths(g, target)
			for id := range int64(g.count) {
				want := int32(-1)
				if w := all.Weight(id, target.ID()); !math.IsInf(w, 1) {
					want = int32(w)
				}
				if dist[id] != want {
					t.Errorf("from %s to %s: %d edges, Dijkstra says %d", n.ID(g.RefOf(id)), n.ID(g.RefOf(target.ID())), dist[id], want)
				}
				if d, ok := walked[id]; ok && d != want || !ok && want >= 0 {
					t.Errorf("from %s to %s: breadth-first walk says %d, Dijkstra %d", n.ID(g.RefOf(id)), n.ID(g.RefOf(target.ID())), d, want)
				}
				near, far, none = near+count(want >= 0 && want < 3), far+count(want >= 3), none+count(want < 0)
			}
		}
	})
	if near < 100 || far < 100 || none < 100 {
		t.Errorf("one-sided: %d near, %d far, %d without a way", near, far, none)
	}
}

// depths walks breadth first from a node against the edges.
func depths(g *Graph, from graph.Node) map[int64]int32 {
	depth := map[int64]int32{}
	var walk traverse.BreadthFirst
	walk.Walk(against{g}, from, func(n graph.Node, d int) bool {
		depth[n.ID()] = int32(d)
		return false
	})
	return depth
}

// against is a graph with its edges turned round, as To has them.
type against struct{ *Graph }

func (a against) From(id int64) graph.Nodes { return a.To(id) }

func (a against) Edge(u, v int64) graph.Edge {
	if e := a.Graph.Edge(v, u); e != nil {
		return e.ReversedEdge()
	}
	return nil
}

// Of several targets the nearest counts; a target that is no node counts for nothing, alone or beside another.
func TestDistancesToSeveralTargets(t *testing.T) {
	randomNetworks(t, 10, func(t *testing.T, _ netgen.Network, n *Network, rng *rand.Rand) {
		g := n.Graph()
		a, b := g.RefOf(int64(rng.IntN(int(g.count)))), g.RefOf(int64(rng.IntN(int(g.count))))
		toA, toB := g.Distances(a), g.Distances(b)
		both := g.Distances(a, b, Ref{Kind: KindSecurityGroup}, a)
		for id := range both {
			want := min(toA[id], toB[id])
			if want < 0 {
				want = max(toA[id], toB[id])
			}
			if both[id] != want {
				t.Errorf("%s: %d edges to the nearer of %s and %s, want %d", n.ID(g.RefOf(int64(id))), both[id], n.ID(a), n.ID(b), want)
			}
		}
		for id, d := range g.Distances() {
			if d != -1 {
				t.Errorf("%s: %d edges to nothing", n.ID(g.RefOf(int64(id))), d)
			}
		}
	})
}

// gonum's contract: From, To, HasEdgeFromTo, HasEdgeBetween and Edge tell of the same edges.
func TestGraphTellsOfTheSameEdgesEverywhere(t *testing.T) {
	edges, absent := 0, 0
	randomNetworks(t, 10, func(t *testing.T, _ netgen.Network, n *Network, _ *rand.Rand) {
		g := n.Graph()
		forward, backward := map[[2]int64]bool{}, map[[2]int64]bool{}
		for id := range int64(g.count) {
			for _, v := range idsOf(g.From(id)) {
				forward[[2]int64{id, v}] = true
			}
			for _, u := range idsOf(g.To(id)) {
				backward[[2]int64{u, id}] = true
			}
		}
		if !maps.Equal(forward, backward) {
			t.Error("From and To tell of different edges")
		}
		for u := range int64(g.count) {
			for v := range int64(g.count) {
				want := forward[[2]int64{u, v}]
				between := want || forward[[2]int64{v, u}]
				if g.HasEdgeFromTo(u, v) != want || g.HasEdgeBetween(u, v) != between {
					t.Fatalf("%d to %d: HasEdgeFromTo %v, HasEdgeBetween %v, want %v and %v", u, v, g.HasEdgeFromTo(u, v), g.HasEdgeBetween(u, v), want, between)
				}
				e := g.Edge(u, v)
				if (e != nil) != want || want && (e.From().ID() != u || e.To().ID() != v || e.ReversedEdge().From().ID() != v || e.ReversedEdge().To().ID() != u) {
					t.Fatalf("%d to %d: edge %v", u, v, e)
				}
				edges, absent = edges+count(want), absent+count(!want)
			}
		}
	})
	if edges < 100 || absent < 100 {
		t.Errorf("one-sided: %d edges, %d pairs without", edges, absent)
	}
}

// gonum's iterators: the length is what is left, Reset begins anew, and Nodes yields every node once.
func TestGraphIterators(t *testing.T) {
	randomNetworks(t, 5, func(t *testing.T, _ netgen.Network, n *Network, _ *rand.Rand) {
		g := n.Graph()
		all := idsOf(g.Nodes())
		if len(all) != int(g.count) || !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
			t.Errorf("%d nodes of %d", len(all), g.count)
		}
		for id := range int64(g.count) {
			if twice := slices.Sorted(slices.Values(idsOf(g.From(id)))); len(slices.Compact(slices.Clone(twice))) != len(twice) {
				t.Errorf("%s has a neighbour twice: %v", n.ID(g.RefOf(id)), twice)
			}
			nodes := g.From(id)
			length := nodes.Len()
			first := idsOf(nodes)
			nodes.Reset()
			if again := idsOf(nodes); length != len(first) || !slices.Equal(first, again) {
				t.Errorf("%s: Len %d, %v, after Reset %v", n.ID(g.RefOf(id)), length, first, again)
			}
		}
		reached := map[int64]bool{}
		for _, component := range topo.TarjanSCC(g) {
			for _, x := range component {
				reached[x.ID()] = true
			}
		}
		if len(reached) != int(g.count) {
			t.Errorf("gonum's topo sees %d nodes of %d", len(reached), g.count)
		}
	})
}

// An id that is no node has no node, no edges and no component.
func TestUnknownNodes(t *testing.T) {
	g := networkOf(t, "vpc-a 10.0.0.0/16\nigw-a vpc-a\n").Graph()
	for _, id := range []int64{-1, math.MinInt64, int64(g.count), math.MaxInt64 - 1, math.MaxInt64} {
		if n := g.Node(id); n != nil {
			t.Errorf("node %d: %v", id, n)
		}
		if g.From(id).Len() != 0 || g.To(id).Len() != 0 {
			t.Errorf("node %d has edges", id)
		}
		if e := g.Edge(id, 0); e != nil {
			t.Errorf("edge from %d: %v", id, e)
		}
		if e := g.Edge(0, id); e != nil {
			t.Errorf("edge to %d: %v", id, e)
		}
		if g.HasEdgeFromTo(id, 0) || g.HasEdgeBetween(0, id) {
			t.Errorf("%d and 0 are joined", id)
		}
		if r := g.RefOf(id); !r.IsZero() {
			t.Errorf("node %d is %v", id, r)
		}
	}
}

// Every node is a component, every component that hands on packets a node, and the two ways agree.
func TestNodesAreComponents(t *testing.T) {
	withoutNode := map[Kind]bool{KindNone: true, KindSecurityGroup: true, KindNetworkACL: true, KindPrefixList: true, KindDeclaredNetwork: true}
	seen := map[Kind]int{}
	randomNetworks(t, 20, func(t *testing.T, _ netgen.Network, n *Network, _ *rand.Rand) {
		g := n.Graph()
		for id := range int64(g.count) {
			r := g.RefOf(id)
			if back, ok := g.NodeOf(r); !ok || back.ID() != id || g.Node(id) != back {
				t.Errorf("node %d is %v, whose node is %v", id, r, back)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(n.byID)) {
			r := n.byID[id]
			node, ok := g.NodeOf(r)
			if ok == withoutNode[r.Kind] {
				t.Errorf("%s: is a node: %v", id, ok)
			}
			if ok && g.RefOf(node.ID()) != r {
				t.Errorf("%s: its node is %v", id, g.RefOf(node.ID()))
			}
			seen[r.Kind]++
		}
	})
	if node, ok := (&Graph{}).NodeOf(Ref{}); ok {
		t.Errorf("the zero Ref is node %v", node)
	}
	// None, the internet, declared networks; Instance Connect Endpoints, VPN connections, Direct Connect gateways, virtual interfaces and what
	// belongs to transit gateways, which nobody draws.
	if len(seen) < int(numKinds)-10 {
		t.Errorf("only these kinds were seen: %v", seen)
	}
}

// Which component can hand a packet to which; two routes to one target are one edge.
func TestGraphEdges(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
vpc-b 10.1.0.0/16
subnet-a vpc-a 10.0.1.0/24
subnet-b vpc-b 10.1.1.0/24
igw-a vpc-a
nat-a subnet-a 10.0.1.200 198.51.100.200
pcx-ab vpc-a vpc-b
tgw-t
sg-a vpc-a
rtb-a vpc-a main
  0.0.0.0/1 igw-a
  128.0.0.0/1 igw-a
  10.1.0.0/16 pcx-ab
  10.8.0.0/16 tgw-t
  192.0.2.0/24 nat-a
eni-a subnet-a 10.0.1.5 sg-a
eni-b subnet-b 10.1.1.5
`)
	want := map[string][]string{
		"i-a":        {"eni-a"},
		"i-b":        {"eni-b"},
		"eni-a":      {"i-a", "subnet-a"},
		"eni-b":      {"i-b", "subnet-b"},
		"eni-nat-a":  {"subnet-a"},
		"subnet-a":   {"eni-a", "eni-nat-a", "rtb-a"},
		"subnet-b":   {"eni-b", "rtb-main-b"},
		"rtb-a":      {"igw-a", "nat-a", "pcx-ab", "tgw-t", "vpc-a"},
		"rtb-main-b": {"vpc-b"},
		"vpc-a":      {"subnet-a"},
		"vpc-b":      {"subnet-b"},
		"igw-a":      {"internet", "vpc-a"},
		"nat-a":      {"subnet-a"},
		"pcx-ab":     {"vpc-a", "vpc-b"},
		"internet":   {"igw-a"},
	}
	got := map[string][]string{}
	g := n.Graph()
	for id := range int64(g.count) {
		var to []string
		for _, v := range idsOf(g.From(id)) {
			to = append(to, n.ID(g.RefOf(v)))
		}
		if slices.Sort(to); len(to) > 0 {
			got[n.ID(g.RefOf(id))] = to
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	dist := g.Distances(Ref{Kind: KindInternet})
	far := func(id string) int32 {
		r, _ := n.ByID(id)
		node, _ := g.NodeOf(r)
		return dist[node.ID()]
	}
	if diff := cmp.Diff([]int32{4, -1, 1}, []int32{far("eni-a"), far("eni-b"), far("igw-a")}); diff != "" {
		t.Errorf("edges from eni-a, eni-b and igw-a to the internet (-want +got):\n%s", diff)
	}
}
