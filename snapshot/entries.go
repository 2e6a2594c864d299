package snapshot

import (
	"cmp"
	"slices"
	"strings"
)

// PrefixListContent is what get-managed-prefix-list-entries gives for one list: all its entries, of one part.
type PrefixListContent struct {
	PrefixListId string
	Entries      []PrefixListEntry // sorted by Cidr
	State        State             // of the call for this list; the entries are all there are only if Complete
}

// PrefixListContents returns the entries of every managed list that was asked for, by id. Lists without entries
// are there too. Of several copies a complete one comes first, then the owner's, then the later.
func (s *Snapshot) PrefixListContents() []Merged[PrefixListContent] {
	owners := make(map[string]string)
	for _, m := range s.ManagedPrefixLists() {
		owners[m.Record.PrefixListId] = m.Record.OwnerId
	}
	byPart := make(map[*Part][]PrefixListContent, len(s.Parts))
	complete := make(map[string]bool)
	for _, p := range s.Parts {
		byPart[p] = p.contents()
		for _, c := range byPart[p] {
			complete[c.PrefixListId] = complete[c.PrefixListId] || c.State == Complete
		}
	}
	for p, list := range byPart {
		// A copy that lacks entries is worth nothing beside one that does not.
		byPart[p] = slices.DeleteFunc(list, func(c PrefixListContent) bool {
			return c.State != Complete && complete[c.PrefixListId]
		})
	}
	id := func(c *PrefixListContent) string { return c.PrefixListId }
	return Merge(s, GetManagedPrefixListEntries, func(p *Part) []PrefixListContent { return byPart[p] }, id,
		func(c *PrefixListContent) string { return owners[c.PrefixListId] })
}

// contents groups the entries of a part by their list. Every list that was asked for is there, with entries
// or without.
func (p *Part) contents() []PrefixListContent {
	index := make(map[string]int)
	var out []PrefixListContent
	add := func(id string) *PrefixListContent {
		i, ok := index[id]
		if !ok {
			i = len(out)
			index[id] = i
			out = append(out, PrefixListContent{
				PrefixListId: id, State: p.Object(GetManagedPrefixListEntries, id).State,
			})
		}
		return &out[i]
	}
	for id := range p.Objects[GetManagedPrefixListEntries] {
		add(id)
	}
	for _, e := range p.PrefixListEntries {
		c := add(e.PrefixListId)
		c.Entries = append(c.Entries, e)
	}
	slices.SortFunc(out, func(a, b PrefixListContent) int { return strings.Compare(a.PrefixListId, b.PrefixListId) })
	for i := range out {
		slices.SortFunc(out[i].Entries, func(a, b PrefixListEntry) int {
			return cmp.Or(a.Cidr.Compare(b.Cidr), strings.Compare(a.Description, b.Description))
		})
	}
	return out
}
