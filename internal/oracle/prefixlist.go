package oracle

import (
	"net/netip"
	"slices"
)

// prefixList is what the answers say of a prefix list's entries.
type prefixList struct {
	entries []netip.Prefix
	whole   bool
}

// readEntries reads the entries of the list that the file's name gives; without a name they are nobody's.
func readEntries(o *Oracle, _ *part, a answer, id string) bool {
	type record struct{ Cidr string }
	l := &prefixList{}
	l.whole = each(a, "Entries", func(r record, _ []byte) bool { return l.add(r.Cidr) })
	token := string(a["NextToken"])
	l.whole = l.whole && (token == "" || token == "null" || token == `""`)
	if before := o.lists[id]; id != "" && (before == nil || !before.whole && l.whole) {
		o.lists[id] = l
	}
	return l.whole
}

// readPrefixLists reads AWS's own lists, which come with their entries.
func readPrefixLists(o *Oracle, _ *part, a answer, _ string) bool {
	type record struct {
		PrefixListId string
		Cidrs        []string
	}
	return each(a, "PrefixLists", func(r record, _ []byte) bool {
		if r.PrefixListId == "" || r.Cidrs == nil {
			return false
		}
		l := &prefixList{whole: true}
		for _, c := range r.Cidrs {
			l.whole = l.add(c) && l.whole
		}
		if before := o.lists[r.PrefixListId]; before == nil || !before.whole {
			o.lists[r.PrefixListId] = l
		}
		return l.whole
	})
}

func (l *prefixList) add(cidr string) bool {
	p, ok := parsePrefix(cidr)
	if ok {
		l.entries = append(l.entries, p)
	}
	return ok
}

// known reports whether the list is in the answers with all its entries (D-26, D-45).
func (l *prefixList) known() bool { return l != nil && l.whole }

func (l *prefixList) contains(a netip.Addr) bool {
	return slices.ContainsFunc(l.entries, func(p netip.Prefix) bool { return p.Contains(a) })
}
