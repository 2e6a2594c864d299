package model

import "github.com/vpcreach/vpcreach/snapshot"

// Operation is the name of an API operation as the AWS CLI spells it, named here so that packages above need not know
// the snapshot.
type Operation = snapshot.Operation

// Missing is one fact that the snapshot does not hold and that an answer depends on (P1, D-80 ff.).
type Missing struct {
	What    string             // the resource, by id, or a short phrase
	Call    snapshot.Operation // the call whose answer would hold it; empty for what no call tells (not modelled)
	Account string
	Region  string
	Why     Why
	Detail  string // error of the call, or the name of what is not modelled; hostile text
}

// Why says why a fact is missing.
type Why string

// The reasons why a fact is missing.
const (
	NotAsked    Why = "not in the snapshot"
	Incomplete  Why = "answer is cut"
	Denied      Why = "call was denied"
	CallFailed  Why = "call or file failed"
	NotOffered  Why = "call is not supported there"
	NotHeld     Why = "answer is complete but does not hold it" // parts of the snapshot disagree (UNKNOWN_RESOURCE)
	Conflicting Why = "copies disagree"
	Unreadable  Why = "rule cannot be read"
	NotModelled Why = "not modelled"
	Budget      Why = "search budget is used up"
	NotDeclared Why = "not declared"
)

// whyOf turns the state of a call into the reason why a record of it is not there.
func whyOf(s snapshot.State) Why {
	switch s {
	case snapshot.Complete:
		return NotHeld
	case snapshot.Cut:
		return Incomplete
	case snapshot.Denied:
		return Denied
	case snapshot.Failed:
		return CallFailed
	case snapshot.Unsupported, snapshot.Disabled:
		return NotOffered
	}
	return NotAsked
}

// missingCall describes a record that op should have held in part.
func missingCall(part *snapshot.Part, op snapshot.Operation, what string) *Missing {
	return missingOf(part, part.Call(op), what)
}

// missingObject describes what a call about one object should have held in part.
func missingObject(part *snapshot.Part, op snapshot.Operation, object, what string) *Missing {
	return missingOf(part, part.Object(op, object), what)
}

func missingOf(part *snapshot.Part, call snapshot.Call, what string) *Missing {
	return &Missing{What: what, Call: call.Operation, Account: part.Account, Region: part.Region, Why: whyOf(call.State), Detail: call.Error}
}

// MissingIn describes a record that op should have held in the answers of an account in a Region.
func (n *Network) MissingIn(account, region string, op Operation, what string) *Missing {
	return missingCall(n.partOf(account, region), op, what)
}

// partOf is the part of an account's Region, an empty one where the snapshot has nothing of it.
func (n *Network) partOf(account, region string) *snapshot.Part {
	if p := n.Snapshot.PartOf(account, region); p != nil {
		return p
	}
	return &snapshot.Part{Account: account, Region: region}
}

// complete says whether op was answered in full in part (D-82).
func complete(part *snapshot.Part, op snapshot.Operation) bool {
	return part.Call(op).State == snapshot.Complete
}

// partKey is an account in a Region of which the snapshot has nothing.
type partKey struct{ account, region string }

// ownersPart is the part of the snapshot that would describe what an account owns, where another account's answers name it: the account's own
// part of that Region, or if the snapshot has none an empty one, so that what is missing names the account (D-250).
func (b *builder) ownersPart(account string, part *snapshot.Part) *snapshot.Part {
	return b.partOf(account, part.Region, part)
}

// partOf is the part of an account in a Region, or an empty one where the snapshot has none, so that what is missing names both (D-250); another
// part where account or Region are not known.
func (b *builder) partOf(account, region string, otherwise *snapshot.Part) *snapshot.Part {
	if account == "" || region == "" || otherwise.Account == "" {
		return otherwise
	}
	key := partKey{account, region}
	if b.parts[key] == nil {
		b.parts[key] = b.n.partOf(account, region)
	}
	return b.parts[key]
}

// record is what every resource keeps of where it was read.
type record struct {
	part     *snapshot.Part // the part it was read from, or, for a resource only named, where it was named
	known    bool           // a record of it is in the answers
	conflict bool           // copies of equal standing disagree
}

// Part is the part of the snapshot that the resource was read from or named in.
func (r *record) Part() *snapshot.Part { return r.part }

// NotHeld describes a fact that the record, which op gave, does not tell (D-250).
func (r *record) NotHeld(op Operation, what string) *Missing {
	return &Missing{What: what, Call: op, Account: r.part.Account, Region: r.part.Region, Why: NotHeld}
}

// Known says whether the answers hold a record of the resource on which its copies agree.
func (r *record) Known() bool { return r.known && !r.conflict }

// missing says why the resource's record cannot be used; nil where it can.
func (r *record) missing(op snapshot.Operation, id string) *Missing {
	switch {
	case r.conflict:
		m := missingCall(r.part, op, id)
		m.Why = Conflicting
		return m
	case !r.known:
		return missingCall(r.part, op, id)
	}
	return nil
}
