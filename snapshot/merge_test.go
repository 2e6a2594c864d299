package snapshot

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// copyOf is a part of an account that holds one copy of a subnet, taken at a minute; minute 0 is unknown.
func copyOf(account string, minute int, az string) *Part {
	p := &Part{Account: account, Calls: map[Operation]Call{},
		Subnets: []Subnet{{SubnetId: "subnet-1", OwnerId: "owner", AvailabilityZone: az}}}
	if minute > 0 {
		p.Calls[DescribeSubnets] = Call{State: Complete, End: time.Unix(int64(minute)*60, 0)}
	}
	return p
}

func TestCopies(t *testing.T) {
	for _, test := range []struct {
		name     string
		parts    []*Part
		want     string
		conflict bool
	}{
		{"ACC-3 the owner's before a later one", []*Part{copyOf("a", 9, "x"), copyOf("owner", 1, "y")}, "y", false},
		{"the later of two consumers'", []*Part{copyOf("a", 1, "x"), copyOf("b", 2, "y")}, "y", false},
		{"ACC-2 equal standing, different", []*Part{copyOf("a", 1, "x"), copyOf("b", 1, "y")}, "x", true},
		{"equal standing, same", []*Part{copyOf("a", 1, "x"), copyOf("b", 1, "x")}, "x", false},
		{"no times", []*Part{copyOf("a", 0, "x"), copyOf("b", 0, "y")}, "x", true},
		{"one without time between two with",
			[]*Part{copyOf("a", 1, "x"), copyOf("b", 0, "y"), copyOf("c", 2, "z")}, "z", true},
		{"the owner's, whatever the others say",
			[]*Part{copyOf("a", 0, "x"), copyOf("b", 0, "y"), copyOf("owner", 0, "z")}, "z", false},
		{"twice in one part", []*Part{{Subnets: append(slices.Clone(copyOf("", 0, "x").Subnets),
			copyOf("", 0, "y").Subnets...)}}, "x", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Snapshot{Parts: test.parts}
			got := s.Subnets()
			if len(got) != 1 || got[0].Record.AvailabilityZone != test.want || got[0].Conflict != test.conflict {
				t.Errorf("%d copies, %q, conflict %v; want one, %q, conflict %v", len(got),
					got[0].Record.AvailabilityZone, got[0].Conflict, test.want, test.conflict)
			}
			if !slices.ContainsFunc(test.parts, func(p *Part) bool { return p == got[0].Part }) {
				t.Error("the record does not say which part it came from")
			}
		})
	}
}

// mergeSlow is Merge as a reader would do it with pencil and paper: one map, every copy against every other.
func mergeSlow(parts []*Part) map[string]Merged[Subnet] {
	copies := make(map[string][]Merged[Subnet])
	for _, p := range parts {
		for i := range p.Subnets {
			id := p.Subnets[i].SubnetId
			copies[id] = append(copies[id], Merged[Subnet]{Record: &p.Subnets[i], Part: p})
		}
	}
	before := func(a, b Merged[Subnet]) bool {
		ownerA, ownerB := a.Record.OwnerId == a.Part.Account, b.Record.OwnerId == b.Part.Account
		if ownerA != ownerB {
			return ownerA
		}
		x, y := a.Part.Calls[DescribeSubnets].End, b.Part.Calls[DescribeSubnets].End
		return !x.IsZero() && !y.IsZero() && x.After(y)
	}
	out := make(map[string]Merged[Subnet])
	for id, list := range copies {
		var top []Merged[Subnet] // copies that no other goes before
		for _, a := range list {
			if !slices.ContainsFunc(list, func(b Merged[Subnet]) bool { return before(b, a) }) {
				top = append(top, a)
			}
		}
		m := top[0]
		for _, c := range top {
			m.Conflict = m.Conflict || !reflect.DeepEqual(c.Record, m.Record)
		}
		out[id] = m
	}
	return out
}

func TestMergeAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	conflicts, plain := 0, 0
	for range 500 {
		var parts []*Part
		for n := range 1 + r.IntN(4) {
			p := copyOf(fmt.Sprint(n), r.IntN(3), "")
			p.Subnets = nil
			for range r.IntN(5) {
				p.Subnets = append(p.Subnets, Subnet{SubnetId: fmt.Sprint("subnet-", r.IntN(4)),
					OwnerId: fmt.Sprint(r.IntN(5)), AvailabilityZone: fmt.Sprint(r.IntN(2))})
			}
			parts = append(parts, p)
		}
		got, want := (&Snapshot{Parts: parts}).Subnets(), mergeSlow(parts)
		if len(got) != len(want) {
			t.Fatalf("%d subnets, want %d", len(got), len(want))
		}
		for i, m := range got {
			if i > 0 && got[i-1].Record.SubnetId >= m.Record.SubnetId {
				t.Fatal("not sorted by id")
			}
			w := want[m.Record.SubnetId]
			if m.Conflict != w.Conflict {
				t.Fatalf("conflict %v, want %v", m.Conflict, w.Conflict)
			}
			if m.Conflict {
				conflicts++
				continue
			}
			plain++
			if !reflect.DeepEqual(m.Record, w.Record) {
				t.Fatalf("record %v, want %v", m.Record, w.Record)
			}
		}
	}
	if conflicts < 50 || plain < 50 {
		t.Fatalf("%d conflicts and %d others: the test does not test", conflicts, plain)
	}
}

func TestPrefixListContents(t *testing.T) {
	entries := `"Entries":[{"Cidr":"10.0.0.0/8"}]`
	s := open(t, files{
		"111111111111/us-east-1/e.json": `{"PrefixListId":"pl-00000001","NextToken":"x",` + entries + `}`,
		"111111111111/us-east-1/l.json": `{"PrefixLists":[{"PrefixListId":"pl-00000001","OwnerId":"111111111111"}]}`,
		"222222222222/us-east-1/e.json": `{"PrefixListId":"pl-00000001","Entries":[{"Cidr":"10.0.0.0/8"},{"Cidr":"9.0.0.0/8"}]}`,
		"222222222222/us-east-1/f.json": `{"PrefixListId":"pl-00000002","Entries":[]}`,
	})
	got := s.PrefixListContents()
	if len(got) != 2 || got[0].Part.Account != "222222222222" || got[0].Record.State != Complete || got[0].Conflict {
		t.Fatalf("the complete copy does not go before the owner's cut one: %+v", got)
	}
	diff(t, "first entry", prefixText(got[0].Record.Entries[0].Cidr), "9.0.0.0/8")
	diff(t, "empty list", *got[1].Record, PrefixListContent{PrefixListId: "pl-00000002", State: Complete})
}
