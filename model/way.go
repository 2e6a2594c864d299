package model

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/model/route"
)

// ways is a route table compiled: of a VPC or of a transit gateway.
type ways struct {
	Table *route.Table
	// Ways divide the destinations by the routes that win for them, in order of the lowest destination.
	Ways []Way

	doubt *Missing // a route that is not known may be in the table
}

// Way is the destinations for which the same routes win.
type Way struct {
	Routes       []int      // into the table's Routes; several are AWS's choice (RT-10), by target's kind, then id; none: no route matches
	winners      []int      // the same, as Table has them
	Destinations packet.Set // addresses, any protocol
	Doubt        *Missing   // a prefix list that is not known might win here instead (D-45)
}

// compile divides the destinations. say gives the winners in an order that does not depend on how the answer lists them, and what may win in
// their place.
func (t *ways) compile(p *packet.Pool, say func(winners []int) ([]int, *Missing)) {
	add := func(winners []int) {
		if dst := p.Destinations(t.Table.Prefixes(winners)...); !dst.IsEmpty() {
			w := Way{winners: winners, Destinations: dst}
			w.Routes, w.Doubt = say(winners)
			t.Ways = append(t.Ways, w)
		}
	}
	for winners := range t.Table.Winners() {
		add(winners)
	}
	add(nil)
	slices.SortFunc(t.Ways, func(x, y Way) int {
		return t.Table.Prefixes(x.winners)[0].Compare(t.Table.Prefixes(y.winners)[0])
	})
}

// Prefixes are the destinations of a way.
func (t *ways) Prefixes(w *Way) []netip.Prefix { return t.Table.Prefixes(w.winners) }

// WaysTo yields the indexes of the ways that carry some address of dst, in order of Ways. It is exact: a way is
// yielded if and only if it carries an address of dst.
func (t *ways) WaysTo(dst packet.Addresses) []int {
	ways := make([]int, 0, 1)
	for lo, hi := range dst.Ranges() {
		if lo == hi { // most questions are about one address
			winners, _ := t.Table.Lookup(lo)
			ways = append(ways, t.wayOf(winners))
			continue
		}
		for winners := range t.Table.Between(lo, hi) {
			ways = append(ways, t.wayOf(winners))
		}
	}
	slices.Sort(ways)
	return slices.Compact(ways)
}

// wayOf is the way for whose destinations these routes win: there is one for every list that the table has an address for.
func (t *ways) wayOf(winners []int) int {
	return slices.IndexFunc(t.Ways, func(w Way) bool { return slices.Equal(w.winners, winners) })
}
