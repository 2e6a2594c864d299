package model

import (
	"testing"
	"time"

	"github.com/vpcreach/vpcreach/snapshot"
)

// ACC-8 D-251: parts that were taken more than an hour apart, where a question uses both.
func TestSkewBetweenParts(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC) }
	part := func(account string, start, end time.Time) *snapshot.Part {
		return &snapshot.Part{Account: account, Region: "us-east-1", Calls: map[snapshot.Operation]snapshot.Call{
			snapshot.DescribeVpcs: {State: snapshot.Complete, Start: start, End: end}}}
	}
	s := &snapshot.Snapshot{From: at(8, 0), To: at(11, 0), Parts: []*snapshot.Part{
		part("111111111111", at(8, 0), at(8, 5)), part("222222222222", at(9, 0), at(9, 3)), part("333333333333", at(10, 50), at(11, 0)), part("444444444444", time.Time{}, time.Time{}),
		part("555555555555", at(8, 0), at(10, 0))}}
	n := &Network{Snapshot: s}
	for _, p := range s.Parts {
		n.VPCs = append(n.VPCs, VPC{ID: p.Account, record: record{part: p, known: true}, Record: &snapshot.Vpc{VpcId: p.Account, OwnerId: p.Account}})
	}
	asked := &snapshot.Part{Account: "222222222222", Region: "us-west-2", Objects: map[snapshot.Operation]map[string]snapshot.Call{
		snapshot.GetNetworkRoutes: {"core-network-c.prod.us-east-1": {State: snapshot.Complete, Start: at(10, 30), End: at(10, 31)}}}}
	s.Parts = append(s.Parts, asked)
	n.CoreNetworks = []CoreNetwork{{ID: "core-network-c", Record: &snapshot.CoreNetwork{OwnerAccountId: "222222222222"}}}
	n.CoreTables = []CoreTable{{ID: "core-network-c.prod.us-east-1", Edge: "us-east-1", part: asked}}
	vpc := func(list ...int32) (out []Ref) {
		for _, i := range list {
			out = append(out, Ref{KindVPC, i})
		}
		return out
	}
	for _, c := range []struct {
		name string
		met  []Ref
		want time.Duration
	}{
		{"one part, however long it took", vpc(0, 0), 0},
		{"within an hour and some minutes", vpc(0, 1), 63 * time.Minute},
		{"hours apart", vpc(0, 1, 2), 3 * time.Hour},
		{"a part that does not say when", vpc(0, 3), 0},
		{"hours for one part, beside one that does not say when", vpc(3, 4), 0},
		{"a core network's routes, asked of another Region", append(vpc(0), Ref{KindCoreTable, 0}), 151 * time.Minute},
		{"nothing", append(vpc(), Ref{}, Ref{KindVPC, -1}), 0},
	} {
		if got := n.Skew(c.met); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	s.To = at(9, 0)
	if got := n.Skew(vpc(0, 1)); got != 0 {
		t.Errorf("a snapshot of an hour: %v", got)
	}
}
