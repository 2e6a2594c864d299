package collect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/moto"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
	"github.com/vpcreach/vpcreach/solver"
)

// motoOptions take both accounts and both Regions, without waiting.
func motoOptions(t *testing.T) Options {
	o := quick(t)
	o.rows = Table()
	o.Regions, o.Accounts = []string{moto.Main, moto.Second}, []string{moto.Own, moto.Other}
	o.Role = Role{Name: moto.Role, ExternalID: "an-external-id", Tags: map[string]string{"team": "network"}}
	o.Names = true
	return o
}

// TestMoto takes a network that was built through the SDK, in two accounts and two Regions: all of it is in the snapshot, field by
// field, what moto does not know is unsupported, and trouble on the way changes nothing that is not said.
func TestMoto(t *testing.T) {
	url := moto.Server(t)
	built := moto.Build(t, url)
	useEndpoint(t, url)
	o := motoOptions(t)
	r, s := taken(t, o)
	t.Run("every resource", func(t *testing.T) { everyResource(t, built, o.Out) })
	t.Run("field by field", func(t *testing.T) { fieldByField(t, url, o.Out) })
	t.Run("unsupported", func(t *testing.T) { unsupported(t, r, s) })
	t.Run("a path question", func(t *testing.T) { pathQuestion(t, built, s) })
	t.Run("an unknown verdict", func(t *testing.T) { unknownByName(t, built, s) })
	t.Run("no secret", func(t *testing.T) {
		for name, text := range readAll(t, o.Out) {
			if strings.Contains(text, "pre_shared_key") || strings.Contains(text, "PreSharedKey") {
				t.Errorf("%s holds the key of a tunnel", name)
			}
		}
	})
	t.Run("through faults", func(t *testing.T) { throughFaults(t, url, o.Out) })
}

// everyResource: each id that was created stands in a file of its account and Region.
func everyResource(t *testing.T, built *moto.Built, dir string) {
	texts := make(map[string]string)
	for name, text := range readAll(t, dir) {
		parts := strings.Split(name, "/")
		if len(parts) == 3 {
			texts[parts[0]+" "+parts[1]] += text
		}
	}
	count := 0
	for place, ids := range built.IDs {
		at := strings.Join(strings.Fields(place)[:2], " ")
		for _, id := range ids {
			if count++; !strings.Contains(texts[at], `"`+id+`"`) {
				t.Errorf("%s: %s is not in the snapshot", place, id)
			}
		}
	}
	if count < 40 {
		t.Errorf("only %d resources were looked for", count)
	}
}

// unsupported: what moto does not know is said to be unsupported, and is not taken to be empty.
func unsupported(t *testing.T, r *Result, s *snapshot.Snapshot) {
	if !r.Partial() {
		t.Error("complete, want partial")
	}
	found := 0
	for _, c := range r.Calls {
		switch c.State {
		case snapshot.Complete:
		case snapshot.Unsupported:
			found++
		default:
			t.Errorf("%s %s %s is %s: %s", c.Account, c.Region, c.Operation, c.State, c.Error)
		}
	}
	if found < 10 {
		t.Errorf("%d unsupported calls, want those that moto does not know", found)
	}
	if got := s.PartOf(moto.Own, moto.Main).Call("describe-transit-gateway-policy-tables"); got.State != snapshot.Unsupported {
		t.Errorf("describe-transit-gateway-policy-tables is %s, want unsupported", got.State)
	}
}

// pathQuestion asks the snapshot what was built: the peering carries traffic to the app, the group refuses another port.
func pathQuestion(t *testing.T, built *moto.Built, s *snapshot.Snapshot) {
	n := model.Build(s)
	for _, tt := range []struct {
		ports string
		want  solver.Verdict
	}{{"tcp/8080", solver.Reachable}, {"tcp/22", solver.Unreachable}} {
		r, err := ask(n, built.Web, built.App, tt.ports)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != tt.want {
			t.Errorf("%s from the web server to the app is %s, want %s: missing %v", tt.ports, r.Verdict, tt.want, r.Missing)
		}
	}
}

// unknownByName: an answer that needs a call that moto does not know is unknown, and says which call.
func unknownByName(t *testing.T, built *moto.Built, s *snapshot.Snapshot) {
	r, err := ask(model.Build(s), built.App, built.IDs[moto.Own+" "+moto.Main+" vpn-gateway"][0], "tcp/443")
	if err != nil {
		t.Fatal(err)
	}
	named := slices.ContainsFunc(r.Missing, func(m *model.Missing) bool {
		return m.Call == snapshot.GetTransitGatewayAttachmentNatConfiguration && m.Account == moto.Own && m.Region == moto.Main
	})
	if r.Verdict != solver.Unknown || !named {
		t.Errorf("from the app to the VPN gateway: %s, missing %v, want unknown for want of static NAT's answers", r.Verdict, r.Missing)
	}
}

// ask asks about two components by id.
func ask(n *model.Network, from, to, protocol string) (*solver.Result, error) {
	var q solver.Query
	var err error
	if q.From, err = n.Resolve(from, model.Scope{}); err != nil {
		return nil, err
	}
	if q.To, err = n.Resolve(to, model.Scope{}); err != nil {
		return nil, err
	}
	if q.Protocol, err = solver.ParseProtocol(protocol); err != nil {
		return nil, err
	}
	return solver.Solve(n, q)
}

// throughFaults: throttling, cut connections, 500 and 503, slow answers: the same snapshot. A call that is denied for good and a page
// token that repeats are entries that say so, and nothing else differs.
func throughFaults(t *testing.T, url, clean string) {
	f := moto.NewFaults(t, url, 1, 0.2, "DescribeNatGateways", "DescribeSubnets")
	useEndpoint(t, f.URL)
	o := motoOptions(t)
	o.Attempts = 12
	r, err := Take(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"throttled", "cut", "500", "503", "slow", "denied", "repeated"} {
		if f.Counts()[kind] == 0 {
			t.Errorf("no call was %s: %v", kind, f.Counts())
		}
	}
	for _, c := range r.Calls {
		switch want := map[snapshot.Operation]snapshot.State{"describe-nat-gateways": snapshot.Denied, "describe-subnets": snapshot.Cut}[c.Operation]; {
		case want != "" && c.State != want:
			t.Errorf("%s is %s, want %s", c.Operation, c.State, want)
		case want == "" && c.State != snapshot.Complete && c.State != snapshot.Unsupported:
			t.Errorf("%s is %s: %s", c.Operation, c.State, c.Error)
		}
	}
	same := func(name string) bool {
		return !strings.Contains(name, "describe-nat-gateways") && !strings.Contains(name, "describe-subnets")
	}
	sameSnapshots(t, clean, o.Out, same)
}

// sameSnapshots compares what two folders hold, but for times; of the names that same lets through.
func sameSnapshots(t *testing.T, want, got string, same func(name string) bool) {
	t.Helper()
	if diff := cmp.Diff(comparable(t, want, same), comparable(t, got, same)); diff != "" {
		t.Errorf("snapshots differ (-without +with):\n%.3000s", diff)
	}
}

// comparable is what a folder holds, without times and without the text of errors, which say how often was tried.
func comparable(t *testing.T, dir string, same func(string) bool) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for name, text := range readAll(t, dir) {
		if name != "manifest.json" {
			if same(name) {
				out[name] = text
			}
			continue
		}
		var m struct {
			Calls []map[string]any `json:"calls"`
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		for _, c := range m.Calls {
			delete(c, "start")
			delete(c, "end")
			delete(c, "error")
			line, _ := json.Marshal(c)
			if key := fmt.Sprint(c["account"], c["region"], c["service"], c["operation"], c["parameters"]); same(key) {
				out["manifest: "+key] = string(bytes.TrimSpace(line))
			}
		}
	}
	return out
}

// everything is for snapshots that must not differ at all.
func everything(string) bool { return true }
