package solver

import (
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
)

// fact checks that a missing fact sends a person to where it is missing (P1, D-82, D-250): the call that it names in the account and Region that
// it names has the state that it tells, and it names an account and a Region wherever every part of the snapshot has them.
func (f *fitter) fact(m *model.Missing) {
	if m.Call == "" || m.Account+m.Region == "" && (m.Why == model.NotHeld || m.Why == model.Conflicting || m.Why == model.Unreadable) {
		return // what the record of a component itself should say
	}
	part := f.n.Snapshot.PartOf(m.Account, m.Region)
	if part == nil {
		f.expect(m.Why == model.NotAsked, "%+v, and the snapshot has nothing of that account and Region", *m)
		for _, p := range f.n.Snapshot.Parts {
			f.expect(m.Account != "" || p.Account == "" || strings.HasPrefix(string(m.Call), "networkmanager"), "a missing fact without an account: %+v", *m)
			f.expect(m.Region != "" || p.Region == "", "a missing fact without a Region: %+v", *m)
		}
		return
	}
	state := part.Call(m.Call).State
	if objects := part.Objects[m.Call]; len(objects) > 0 {
		state = ""
		for id, call := range objects {
			if strings.Contains(m.What, id) {
				state = call.State
			}
		}
	}
	want := map[snapshot.State]model.Why{snapshot.Complete: model.NotHeld, snapshot.Cut: model.Incomplete, snapshot.Denied: model.Denied, snapshot.Failed: model.CallFailed,
		snapshot.Unsupported: model.NotOffered, snapshot.Disabled: model.NotOffered, snapshot.NotAsked: model.NotAsked}[state]
	switch m.Why {
	case model.NotHeld, model.Incomplete, model.Denied, model.CallFailed, model.NotOffered, model.NotAsked:
		asked := want == model.NotHeld && m.Why == model.Incomplete // answered in full, but asked for a part
		f.expect(want == "" || m.Why == want || asked, "%+v, where the call is: %s", *m, want)
	}
}
