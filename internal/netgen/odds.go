package netgen

import "math/rand/v2"

// odds are what a theme is made of: the chance of each kind of trouble, at each place where it can occur.
type odds struct {
	odd        float64 // a state, flag or record other than the ordinary one
	open       float64 // a group, or an ACL, that lets everything pass
	tie        float64 // two prefix lists with equal entries and different targets
	partial    float64 // a NAT gateway's subnet whose ACL lets only some reply ports in
	gap        float64 // a call that was not answered, or not to its end
	unmodelled float64 // a default route to a component that is not modelled
	private    float64 // a subnet behind a NAT gateway rather than an internet gateway
	peered     float64 // two VPCs that are peered, with routes
	wrong      float64 // a middlebox, endpoint or other feature that is set up wrongly
	stray      float64 // a packet that its ends would not send: spoofed, or to anywhere
	outbound   float64 // a packet from an interface to the internet, rather than within the network
	inbound    float64 // a packet from the internet
}

// oddsOf returns the odds of a theme.
func oddsOf(t Theme) odds {
	switch t {
	case ThemeOpen:
		return odds{odd: 0.003, wrong: 0.04, open: 0.96, unmodelled: 0.02, private: 0.4, peered: 0.7, stray: 0.03, outbound: 0.35, inbound: 0.2}
	case ThemeNAT:
		return odds{odd: 0.002, wrong: 0.03, open: 0.98, tie: 0.75, partial: 0.95, private: 0.95, peered: 0.6, stray: 0.02, outbound: 0.85, inbound: 0.03}
	case ThemeMissing:
		return odds{odd: 0.005, wrong: 0.06, open: 0.92, tie: 0.3, partial: 0.2, gap: 0.97, unmodelled: 0.5, private: 0.5, peered: 0.7, stray: 0.03, outbound: 0.35, inbound: 0.2}
	case ThemeStrict:
		return odds{odd: 0.05, wrong: 0.25, open: 0.3, tie: 0.1, partial: 0.4, gap: 0.05, unmodelled: 0.1, private: 0.5, peered: 0.6, stray: 0.1, outbound: 0.3, inbound: 0.25}
	}
	return odds{odd: 0.02, wrong: 0.15, open: 0.65, tie: 0.5, partial: 0.7, gap: 0.35, unmodelled: 0.2, private: 0.7, peered: 0.7, stray: 0.06, outbound: 0.45, inbound: 0.15}
}

// chance is true with the given probability.
func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

// pick draws one of a list that is not empty.
func pick[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

// weight is a value and how often it comes, in proportion to the others of its list.
type weight[T any] struct {
	share int
	value T
}

// weighted draws one value by weight.
func weighted[T any](rng *rand.Rand, of []weight[T]) T {
	total := 0
	for _, w := range of {
		total += w.share
	}
	at := rng.IntN(total)
	for _, w := range of {
		if at -= w.share; at < 0 {
			return w.value
		}
	}
	return of[len(of)-1].value
}

// state returns the working state, or with a theme's small chance one of the others. An empty string among them means
// that the field is absent.
func (w *world) state(working string, others ...string) string {
	if w.chance(w.odds.odd) {
		return pick(w.rng, others)
	}
	return working
}

// featureState is state with the odds of a feature that is set up wrongly; an empty string means that the field is absent.
func (w *world) featureState(r record, field, working string, others ...string) {
	state := working
	switch {
	case w.chance(w.odds.wrong):
		state = pick(w.rng, others)
	case w.chance(0.06):
		state = ""
	}
	r.set(field, state)
}

// set stores a string field unless it is empty, for fields that AWS leaves out.
func (r record) set(name, value string) {
	if value != "" {
		r[name] = value
	}
}
