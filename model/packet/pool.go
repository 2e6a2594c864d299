package packet

import "slices"

// Set is a set of packets: an exact one, not an approximation. It is a small
// comparable value; what it stands for is kept in a [Pool]. The zero value is
// [Empty].
//
// A Set means something with the pool that made it and with scratch pools over
// that pool, however deep; Empty and Everything mean the same in every pool.
// Within one pool, and between a pool and its scratch pools, two Sets are equal
// (==) exactly if they hold the same packets. The number inside is an accident
// of history: never order by it, store it or print it.
type Set struct{ id int32 }

// The set without packets and the set of all packets of both families.
var (
	Empty      = Set{falseID}
	Everything = Set{trueID}
)

// IsEmpty reports whether the set holds no packet.
func (s Set) IsEmpty() bool { return s.id == falseID }

// The terminals of the diagram. Every pool has them, without storage.
const (
	falseID   int32 = 0
	trueID    int32 = 1
	terminals int32 = 2 // ids below are terminals
)

// edge is one range of a node: from the previous edge's hi+1 (0 for the first)
// to hi, leading to node to.
type edge struct {
	hi uint64
	to int32
}

// node is one decision. Its edges are edges[from:from+count] of its pool: at
// least two, ascending, the last ending at the greatest value of the level,
// neighbours leading to different nodes.
type node struct {
	from  uint32
	count uint32
	hash  uint32
	level uint8
}

// firstNodes is the room of a pool when it makes its first node.
const firstNodes = 16

// Pool holds packet sets and makes new ones. The zero value is an empty pool
// ready to use, a nil *Pool is not usable. A Pool must not be copied.
//
// Life has two phases. While it is built, a pool belongs to one goroutine.
// After [Pool.Freeze] it is read-only and any number of goroutines may use it:
// for questions (Contains, Subset, Overlaps, Witness, Boxes, the address
// projections) directly, for making further sets through a [Pool.Scratch] each.
//
// Making a set on a frozen pool (Of, Union, Forget, Reply, ...) is a mistake in
// the calling program, like a write to a nil map, and panics, whether or not
// the pool happens to hold the result: any set that could be returned instead
// would be a wrong answer about reachability. No input data can cause it.
type Pool struct {
	parent *Pool
	// base is the id of the first own node, less terminals; lower ids are the
	// parent's. Constant, because the parent is frozen.
	base   int32
	frozen bool

	nodes  []node
	edges  []edge
	unique uniqueTable
	memo   memoTable

	// stack holds the edges of the nodes that operations under way are still
	// collecting; each operation uses the part above what it found and leaves
	// the stack as it found it.
	stack []edge
	// ids is a second stack of that kind, of nodes whose union is wanted.
	ids []int32
	// spans and pieces are working space for one call.
	spans, pieces []span
}

// NewPool returns an empty pool.
func NewPool() *Pool { return new(Pool) }

// Freeze makes the pool read-only for good and gives back working space. Call
// it before handing the pool to other goroutines. Freezing again does nothing.
func (p *Pool) Freeze() {
	if p.frozen {
		return
	}
	p.frozen = true
	p.stack, p.spans, p.pieces, p.ids = nil, nil, nil, nil
}

// Scratch returns a pool for short-lived sets on top of p: it understands the
// sets of p, and forgets its own when it is dropped or [Pool.Reset]. It starts
// without storage and costs one small allocation. It is for one goroutine at a
// time; several goroutines each take their own over the same p.
//
// The parent must not change any more, so Scratch freezes p if that has not
// been done; only then is Scratch itself safe to call from several goroutines.
func (p *Pool) Scratch() *Pool {
	p.Freeze()
	return &Pool{parent: p, base: p.base + int32(len(p.nodes))}
}

// Reset forgets every set that the pool made, those of its parents excepted,
// and keeps the memory for reuse. Sets that it made before mean nothing any
// more. Reset does nothing on a frozen pool, whose sets others may rely on.
func (p *Pool) Reset() {
	if p.frozen {
		return
	}
	p.nodes, p.edges, p.stack = p.nodes[:0], p.edges[:0], p.stack[:0]
	p.unique.reset()
	p.memo.reset()
}

// mustGrow guards the entry of every operation that may add a node.
func (p *Pool) mustGrow(operation string) {
	if p.frozen {
		panic("packet: " + operation + " on a frozen pool; make sets in a Scratch of it")
	}
}

// level returns the level of a node, levelTerminal for terminals.
func (p *Pool) level(id int32) uint8 {
	if id < terminals {
		return levelTerminal
	}
	id -= terminals
	for id < p.base {
		p = p.parent
	}
	return p.nodes[id-p.base].level
}

// edgesOf returns the edges of a node that is not terminal. They never change,
// and the slice stays valid while the pool grows.
func (p *Pool) edgesOf(id int32) []edge {
	id -= terminals
	for id < p.base {
		p = p.parent
	}
	n := &p.nodes[id-p.base]
	return p.edges[n.from : n.from+n.count : n.from+n.count]
}

// step returns where value v leads from node id at a level; a node of a later
// level does not care.
func (p *Pool) step(id int32, level uint8, v uint64) int32 {
	if p.level(id) != level {
		return id
	}
	edges := p.edgesOf(id)
	i, _ := slices.BinarySearchFunc(edges, v, func(e edge, v uint64) int {
		if e.hi < v {
			return -1
		}
		return 1
	})
	return edges[i].to
}

// push adds an edge to the node being collected on the stack from start on.
func (p *Pool) push(start int, hi uint64, to int32) {
	if top := len(p.stack) - 1; top >= start && p.stack[top].to == to {
		p.stack[top].hi = hi
		return
	}
	p.stack = append(p.stack, edge{hi, to})
}

// pop ends the node collected on the stack from start on and returns its id:
// its only child, the node that says the same already, or a new one.
func (p *Pool) pop(level uint8, start int) int32 {
	edges := p.stack[start:]
	p.stack = p.stack[:start]
	if len(edges) == 1 {
		return edges[0].to
	}
	hash, newest := digest(level, edges)
	for q := p; q != nil; q = q.parent {
		if id := q.find(level, edges, hash); id != falseID {
			return id
		}
		// A node is never older than its children.
		if newest-terminals >= q.base {
			break
		}
	}
	return p.add(level, edges, hash)
}

// find looks for a node among the pool's own; falseID if there is none.
func (p *Pool) find(level uint8, edges []edge, hash uint32) int32 {
	t := &p.unique
	if len(t.slots) == 0 {
		return falseID
	}
	mask := uint32(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		slot := t.slots[i]
		if slot.id == falseID || slot.generation != t.generation {
			return falseID
		}
		n := &p.nodes[slot.id-terminals-p.base]
		if n.hash == hash && n.level == level && slices.Equal(p.edges[n.from:n.from+n.count], edges) {
			return slot.id
		}
	}
}

// add makes a node. The edges are those popped from the stack, and are copied.
func (p *Pool) add(level uint8, edges []edge, hash uint32) int32 {
	if p.nodes == nil {
		// Enough for a small question, so that it does not grow step by step.
		p.nodes, p.edges = make([]node, 0, firstNodes), make([]edge, 0, 4*firstNodes)
	}
	id := p.base + int32(len(p.nodes)) + terminals
	p.nodes = append(p.nodes, node{uint32(len(p.edges)), uint32(len(edges)), hash, level})
	p.edges = append(p.edges, edges...)
	if 4*len(p.nodes) > 3*len(p.unique.slots) {
		p.unique.grow(p.nodes, p.base+terminals)
	} else {
		p.unique.insert(hash, id)
	}
	return id
}
