package packet

import "slices"

// Union returns the packets that are in a or in b.
func (p *Pool) Union(a, b Set) Set {
	p.mustGrow("Union")
	return Set{p.apply(union, a.id, b.id)}
}

// UnionAll returns the packets that are in any of the sets; Empty for none.
// It is faster than adding them one by one.
func (p *Pool) UnionAll(sets ...Set) Set {
	p.mustGrow("UnionAll")
	for _, s := range sets {
		p.ids = append(p.ids, s.id)
	}
	result := p.unionAll(p.ids)
	p.ids = p.ids[:0]
	return Set{result}
}

// Intersect returns the packets that are in both a and b.
func (p *Pool) Intersect(a, b Set) Set {
	p.mustGrow("Intersect")
	return Set{p.apply(intersect, a.id, b.id)}
}

// Subtract returns the packets of a that are not in b.
func (p *Pool) Subtract(a, b Set) Set {
	p.mustGrow("Subtract")
	return Set{p.apply(subtract, a.id, b.id)}
}

// Complement returns the packets, of both families, that are not in a.
func (p *Pool) Complement(a Set) Set {
	p.mustGrow("Complement")
	return Set{p.apply(subtract, trueID, a.id)}
}

// Subset reports whether every packet of a is in b. It adds no sets.
func (p *Pool) Subset(a, b Set) bool {
	return !p.reader().occupied(exceeds, a.id, b.id)
}

// Overlaps reports whether some packet is in both a and b. It adds no sets.
func (p *Pool) Overlaps(a, b Set) bool {
	return p.reader().occupied(overlaps, a.id, b.id)
}

// reader returns a pool with a memo that may be written: p itself, or a scratch
// pool where others may be reading p.
func (p *Pool) reader() *Pool {
	if p.frozen {
		return p.Scratch()
	}
	return p
}

// settled returns the result of an operation where no node has to be read for
// it.
func settled(op operation, a, b int32) (int32, bool) {
	switch op {
	case intersect:
		switch {
		case a == falseID || b == trueID || a == b:
			return a, true
		case b == falseID || a == trueID:
			return b, true
		}
	case union:
		switch {
		case a == trueID || b == falseID || a == b:
			return a, true
		case b == trueID || a == falseID:
			return b, true
		}
	case subtract:
		switch {
		case a == falseID || b == falseID:
			return a, true
		case b == trueID || a == b:
			return falseID, true
		}
	}
	return 0, false
}

// apply combines two nodes: it walks both diagrams at once, level by level and
// range by range, and interns the result from the bottom up. It visits each
// pair of nodes once, as far as the memo reaches.
func (p *Pool) apply(op operation, a, b int32) int32 {
	if result, ok := settled(op, a, b); ok {
		return result
	}
	if op != subtract && a > b {
		a, b = b, a // both orders share a memo entry
	}
	if result, ok := p.recall(op, a, b); ok {
		return result
	}
	start := len(p.stack)
	levelA, levelB := p.level(a), p.level(b)
	switch {
	case levelA < levelB:
		for _, e := range p.edgesOf(a) {
			p.push(start, e.hi, p.apply(op, e.to, b))
		}
	case levelB < levelA:
		for _, e := range p.edgesOf(b) {
			p.push(start, e.hi, p.apply(op, a, e.to))
		}
	default:
		edgesA, edgesB := p.edgesOf(a), p.edgesOf(b)
		// Both lists end at the greatest value of the level, so they run out
		// together.
		for i, j := 0, 0; i < len(edgesA); {
			x, y := edgesA[i], edgesB[j]
			p.push(start, min(x.hi, y.hi), p.apply(op, x.to, y.to))
			if x.hi <= y.hi {
				i++
			}
			if y.hi <= x.hi {
				j++
			}
		}
	}
	result := p.pop(min(levelA, levelB), start)
	p.memo.put(op, a, b, result)
	return result
}

// unionAll returns the union of nodes, using the slice as working space. It
// works in rounds over neighbours, which keeps the operands small. Sorting by id
// only finds equal nodes: the union does not depend on the order.
func (p *Pool) unionAll(ids []int32) int32 {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for len(ids) > 1 {
		half := ids[:0]
		for i := 0; i < len(ids); i += 2 {
			id := ids[i]
			if i+1 < len(ids) {
				id = p.apply(union, id, ids[i+1])
			}
			half = append(half, id)
		}
		ids = half
	}
	if len(ids) == 0 {
		return falseID
	}
	return ids[0]
}

// occupied reports whether the result of an operation, overlaps (as intersect)
// or exceeds (as subtract), holds a packet, without building it.
func (p *Pool) occupied(op operation, a, b int32) bool {
	building := intersect
	if op == exceeds {
		building = subtract
	}
	if result, ok := settled(building, a, b); ok {
		return result != falseID
	}
	if op == overlaps && a > b {
		a, b = b, a
	}
	if result, ok := p.recall(op, a, b); ok {
		return result != falseID
	}
	found := p.occupiedBelow(op, a, b)
	result := falseID
	if found {
		result = trueID
	}
	p.memo.put(op, a, b, result)
	return found
}

// occupiedBelow walks two nodes like apply, and stops at the first packet.
func (p *Pool) occupiedBelow(op operation, a, b int32) bool {
	levelA, levelB := p.level(a), p.level(b)
	switch {
	case levelA < levelB:
		return slices.ContainsFunc(p.edgesOf(a), func(e edge) bool { return p.occupied(op, e.to, b) })
	case levelB < levelA:
		return slices.ContainsFunc(p.edgesOf(b), func(e edge) bool { return p.occupied(op, a, e.to) })
	}
	edgesA, edgesB := p.edgesOf(a), p.edgesOf(b)
	for i, j := 0, 0; i < len(edgesA); {
		x, y := edgesA[i], edgesB[j]
		if p.occupied(op, x.to, y.to) {
			return true
		}
		if x.hi <= y.hi {
			i++
		}
		if y.hi <= x.hi {
			j++
		}
	}
	return false
}
