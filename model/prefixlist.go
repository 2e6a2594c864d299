package model

import (
	"net/netip"

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
		l.record = record{m.Part, true, m.Conflict}
		l.Name, l.owner, l.tags = m.Record.PrefixListName, m.Record.OwnerId, m.Record.Tags
	}
	for _, part := range s.Parts {
		for id, call := range part.Objects[snapshot.GetManagedPrefixListEntries] {
			l := &b.n.PrefixLists[b.prefixList(id, part)]
			l.entries = l.entries || call.State == snapshot.Complete
		}
		for _, e := range part.PrefixListEntries {
			if e.PrefixListId != "" && e.Cidr.IsValid() {
				l := &b.n.PrefixLists[b.prefixList(e.PrefixListId, part)]
				l.Entries = append(l.Entries, e.Cidr.Masked())
			}
		}
	}
	for _, m := range s.PrefixLists() {
		l := &b.n.PrefixLists[b.prefixList(m.Record.PrefixListId, m.Part)]
		l.record = record{m.Part, true, m.Conflict}
		l.Name = m.Record.PrefixListName
		if !l.entries {
			l.entries = true
			l.Entries = l.Entries[:0]
			for _, c := range m.Record.Cidrs {
				l.Entries = append(l.Entries, c.Masked())
			}
		}
	}
}

// prefixList returns the list of that id, naming it if no record did. An empty id gives -1.
func (b *builder) prefixList(id string, part *snapshot.Part) int32 {
	if id == "" {
		return -1
	}
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
	m := missingCall(l.part, snapshot.GetManagedPrefixListEntries, l.ID)
	if l.conflict {
		m.Why = Conflicting
		return m
	}
	if l.part != nil {
		call := l.part.Objects[snapshot.GetManagedPrefixListEntries][l.ID]
		m.Why, m.Detail = whyOf(call.State), call.Error
	}
	return m
}
