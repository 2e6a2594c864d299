package solver

import "github.com/vpcreach/vpcreach/model/packet"

// seen remembers which packets have been met in which states. Most walks have some dozens of states, for which looking
// through a list beats hashing their long keys.
type seen struct {
	few  []met
	many map[key]*packet.Set
}

type met struct {
	key key
	set packet.Set
}

// fewStates is how long the list may get.
const fewStates = 48

// of is the packets that have been met in a state, to be read and added to until the next call.
func (x *seen) of(k key) *packet.Set {
	if x.many != nil {
		set, ok := x.many[k]
		if !ok {
			set = new(packet.Set)
			x.many[k] = set
		}
		return set
	}
	for i := range x.few {
		if x.few[i].key == k {
			return &x.few[i].set
		}
	}
	if len(x.few) == fewStates {
		x.many = make(map[key]*packet.Set, 2*fewStates)
		for i := range x.few {
			x.many[x.few[i].key] = &x.few[i].set
		}
		return x.of(k)
	}
	if x.few == nil {
		x.few = make([]met, 0, 16)
	}
	x.few = append(x.few, met{key: k})
	return &x.few[len(x.few)-1].set
}
