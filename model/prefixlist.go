package model

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// PrefixList is a customer's or AWS's prefix list, or the mere name of one.
type PrefixList struct {
	record
	ID      string
	Name    string
	Entries []netip.Prefix
	entries bool // the entries are all there
	owner   string
	tags    []snapshot.Tag
}

func init() {
	identifiers[KindPrefixList] = func(n *Network, i int32) string { return n.PrefixLists[i].ID }
	describers[KindPrefixList] = func(n *Network, i int32) Resource {
		l := &n.PrefixLists[i]
		r := resourceOf(KindPrefixList, l.ID, l.owner, l.part, l.tags)
		if l.Name != "" {
			r.Name = l.Name
		}
		return r
	}
	taggers[KindPrefixList] = func(n *Network, i int32) []snapshot.Tag { return n.PrefixLists[i].tags }
}

func (b *builder) prefixLists() {
	s := b.n.Snapshot
	for _, m := range s.ManagedPrefixLists() {
		l := &b.n.PrefixLists[b.prefixList(m.Record.PrefixListId, m.Part)]
		l.Name, l.owner, l.tags = m.Record.PrefixListName, m.Record.OwnerId, m.Record.Tags
	}
	for _, m := range s.PrefixListContents() {
		var blocks []netip.Prefix
		for _, e := range m.Record.Entries {
			blocks = append(blocks, e.Cidr)
		}
		b.entries(m.Record.PrefixListId, m.Part, blocks, m.Record.State == snapshot.Complete)
		if m.Conflict {
			b.n.PrefixLists[b.prefixList(m.Record.PrefixListId, m.Part)].conflict = true
		}
	}
	for _, part := range s.Parts {
		for i := range part.PrefixLists {
			r := &part.PrefixLists[i]
			l := &b.n.PrefixLists[b.prefixList(r.PrefixListId, part)]
			l.Name = cmp.Or(l.Name, r.PrefixListName)
			b.entries(r.PrefixListId, part, r.Cidrs, r.Cidrs != nil)
		}
	}
}

// entries adds what one answer says of a list. Complete answers that differ are a conflict; an incomplete one counts for nothing
// beside a complete one.
func (b *builder) entries(id string, part *snapshot.Part, blocks []netip.Prefix, whole bool) {
	l := &b.n.PrefixLists[b.prefixList(id, part)]
	masked := make([]netip.Prefix, 0, len(blocks))
	for _, p := range blocks {
		if p.IsValid() {
			masked = append(masked, p.Masked())
		}
	}
	slices.SortFunc(masked, netip.Prefix.Compare)
	masked = slices.Compact(masked)
	switch {
	case whole && l.entries:
		l.conflict = l.conflict || !slices.Equal(masked, l.Entries)
	case whole || l.Entries == nil:
		l.Entries, l.entries = masked, whole
	}
}

// prefixList returns the list of that id, naming it if no record did.
func (b *builder) prefixList(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindPrefixList, id); ok {
		return i
	}
	i := b.add(KindPrefixList, id, len(b.n.PrefixLists))
	b.n.PrefixLists = append(b.n.PrefixLists, PrefixList{record: record{part: part}, ID: id})
	return i
}

// Missing says what is missing where the list's entries are not all known (D-26, D-45).
func (l *PrefixList) Missing() *Missing {
	if l.entries && !l.conflict {
		return nil
	}
	m := missingObject(l.part, snapshot.GetManagedPrefixListEntries, l.ID, l.ID)
	if l.conflict {
		m.Why = Conflicting
	}
	return m
}
