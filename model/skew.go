package model

import "time"

// skewLimit is how far apart the parts of a snapshot may be taken before an answer that uses several says so (ACC-8, D-251).
const skewLimit = time.Hour

// Skew is the time between the first and the last call of the parts that describe some resources, where they are more than one and it is more
// than an hour; else zero. Parts that do not say when they were taken do not count.
func (n *Network) Skew(refs []Ref) time.Duration {
	if n.Snapshot == nil || n.Snapshot.To.Sub(n.Snapshot.From) <= skewLimit {
		return 0
	}
	var first, last time.Time
	parts, timed := map[partKey]bool{}, 0
	for _, r := range refs {
		if r.IsZero() || r.Index < 0 {
			continue
		}
		res := n.Resource(r)
		key := partKey{res.Account, res.Region}
		if r.Kind == KindCoreTable && n.CoreTables[r.Index].part != nil { // its edge's Region need not be where Network Manager was asked
			key = partKey{n.CoreTables[r.Index].part.Account, n.CoreTables[r.Index].part.Region}
		}
		if parts[key] {
			continue
		}
		parts[key] = true
		p := n.Snapshot.PartOf(key.account, key.region)
		if p == nil {
			continue
		}
		from, to := p.Span()
		if from.IsZero() {
			from = to
		}
		if from.IsZero() {
			continue
		}
		timed++
		if first.IsZero() || from.Before(first) {
			first = from
		}
		if to.After(last) {
			last = to
		}
	}
	if timed < 2 || last.Sub(first) <= skewLimit {
		return 0
	}
	return last.Sub(first)
}
