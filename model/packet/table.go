package packet

import "math/bits"

// Both tables of a pool are emptied by counting up a generation, so that
// resetting a scratch pool after a large question costs no more than after a
// small one. A slot of another generation is an empty slot.

// uniqueTable finds nodes by content: open addressing, linear probing, a power
// of two of slots, at most three quarters full. Slots of 8 bytes hold ids only;
// the content is compared in the pool.
type uniqueTable struct {
	slots      []uniqueSlot
	generation uint32
}

// uniqueSlot is empty if id is 0 or the generation is not the table's.
type uniqueSlot struct {
	generation uint32
	id         int32
}

const smallestUnique = 64

func (t *uniqueTable) insert(hash uint32, id int32) {
	mask := uint32(len(t.slots) - 1)
	i := hash & mask
	for t.slots[i].id != falseID && t.slots[i].generation == t.generation {
		i = (i + 1) & mask
	}
	t.slots[i] = uniqueSlot{t.generation, id}
}

// grow doubles the table and inserts all nodes, the first having id first.
func (t *uniqueTable) grow(nodes []node, first int32) {
	t.slots = make([]uniqueSlot, max(smallestUnique, 2*len(t.slots)))
	for i := range nodes {
		t.insert(nodes[i].hash, first+int32(i))
	}
}

func (t *uniqueTable) reset() {
	t.generation++
	if t.generation == 0 {
		clear(t.slots)
	}
}

// digest returns the hash of a node and the greatest id among its children.
func digest(level uint8, edges []edge) (hash uint32, newest int32) {
	h := uint64(level) + 0x9e3779b97f4a7c15
	for _, e := range edges {
		h = (bits.RotateLeft64(h, 23) ^ e.hi) * 0x9fb21c651e98df25
		h = (h ^ h>>29 ^ uint64(uint32(e.to))) * 0xd6e8feb86659fd93
		newest = max(newest, e.to)
	}
	return uint32(h ^ h>>32), newest
}

// operation names what a memo entry is the result of.
type operation uint8

const (
	intersect operation = 1 + iota
	union
	subtract
	overlaps // the result is trueID where the intersection holds a packet
	exceeds  // the result is trueID where the difference holds a packet
	forget   // the second operand is the set of forgotten levels
	reply
	request
	swapPorts
	swapAddresses
	toIPv4
	toIPv6
)

// memoTable remembers results of operations. It is direct-mapped and forgets
// the older of two entries that fall on one place: that costs time, never a
// wrong result. It starts empty and doubles as it fills, up to memoLimit.
type memoTable struct {
	entries    []memoEntry
	generation uint32 // below 1<<24
	stored     int    // since the table last grew or was reset
}

// memoEntry is vacant unless tag holds the table's generation. An operation is
// never 0, so neither is a tag in use.
type memoEntry struct {
	a, b, result int32
	tag          uint32 // generation<<8 | operation
}

const (
	smallestMemo = 64
	memoLimit    = 1 << 17
)

func memoPlace(op operation, a, b int32) uint64 {
	h := (uint64(uint32(a))<<32 | uint64(uint32(b))) * 0x9e3779b97f4a7c15
	h = (h ^ h>>32 ^ uint64(op)) * 0xd6e8feb86659fd93
	return h >> 32
}

func (t *memoTable) get(op operation, a, b int32) (int32, bool) {
	if len(t.entries) == 0 {
		return 0, false
	}
	e := &t.entries[memoPlace(op, a, b)&uint64(len(t.entries)-1)]
	ok := e.a == a && e.b == b && e.tag == t.generation<<8|uint32(op)
	return e.result, ok
}

func (t *memoTable) put(op operation, a, b, result int32) {
	if t.stored >= len(t.entries) && len(t.entries) < memoLimit {
		t.grow()
	}
	t.stored++
	t.entries[memoPlace(op, a, b)&uint64(len(t.entries)-1)] = memoEntry{a, b, result, t.generation<<8 | uint32(op)}
}

func (t *memoTable) grow() {
	old := t.entries
	t.entries = make([]memoEntry, max(smallestMemo, 2*len(old)))
	t.stored = 0
	for _, e := range old {
		if e.tag != 0 && e.tag>>8 == t.generation {
			t.entries[memoPlace(operation(e.tag), e.a, e.b)&uint64(len(t.entries)-1)] = e
		}
	}
}

func (t *memoTable) reset() {
	t.stored = 0
	t.generation++
	if t.generation == 1<<24 {
		t.generation = 0
		clear(t.entries)
	}
}

// recall looks up a result in the pool's memo and, where the operands are old
// enough, in those of its parents, which do not change any more. The second
// operand of one-operand operations is not a node and always small.
func (p *Pool) recall(op operation, a, b int32) (int32, bool) {
	for q := p; ; q = q.parent {
		if result, ok := q.memo.get(op, a, b); ok {
			return result, true
		}
		if q.parent == nil || max(a, b)-terminals >= q.base {
			return 0, false
		}
	}
}
