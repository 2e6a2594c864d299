package model

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// The tests of this package build their networks through the real reader: small ones from the lines of a scenario
// (package scenario says what they mean), random ones from netgen.

// filesOf expands the lines of a scenario to the answers AWS would give.
func filesOf(t testing.TB, lines string) map[string][]byte {
	t.Helper()
	scenarios, err := scenario.Parse(t.Name(), []byte("== "+t.Name()+"\n"+lines))
	if err != nil {
		t.Fatal(err)
	}
	files, err := scenarios[0].Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// read builds the network of answers.
func read(t testing.TB, files map[string][]byte) *Network {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data, Mode: 0o600}
	}
	s, err := snapshot.OpenFS(fsys, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Files {
		if f.Use == snapshot.Broken {
			t.Fatalf("%s cannot be read: %+v", f.Path, f.Problem)
		}
	}
	return Build(s)
}

// networkOf builds the network of a scenario's lines.
func networkOf(t testing.TB, lines string) *Network {
	t.Helper()
	return read(t, filesOf(t, lines))
}

// randomNetworks calls check for a number of random networks, with a source of random numbers of the network's own.
func randomNetworks(t *testing.T, count int, check func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand)) {
	t.Helper()
	if testing.Short() {
		count = count/4 + 1
	}
	for i := range count {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		g := netgen.Random(rng, netgen.Themes[i%len(netgen.Themes)], netgen.AllFeatures)
		check(t, g, read(t, g.Files), rng)
		if t.Failed() {
			t.Logf("random network %d (%s)", i, g.Theme)
			return
		}
	}
}

// at is the index of a resource that the test's network has.
func (n *Network) at(t testing.TB, id string) int32 {
	t.Helper()
	r, ok := n.ByID(id)
	if !ok {
		t.Fatalf("the network has no %s", id)
	}
	return r.Index
}

func (n *Network) interfaceIDs(indexes []int32) []string {
	var out []string
	for _, i := range indexes {
		out = append(out, n.Interfaces[i].ID)
	}
	return out
}

func mustAddr(t testing.TB, text string) netip.Addr {
	t.Helper()
	a, err := netip.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// borderAddress draws an address at the edge of a prefix that the network mentions, one before it or one after, and now and
// then one inside.
func borderAddress(g netgen.Network, rng *rand.Rand) netip.Addr {
	p := pick(rng, g.Prefixes)
	lo, hi := firstLast(p)
	a := pick(rng, []netip.Addr{lo, hi, lo.Prev(), hi.Next(), lo.Next()})
	if !a.IsValid() { // one before the first address of a family, or one after its last
		return lo
	}
	return a
}

// borderPacket draws a packet whose every field stands at a border that some rule mentions.
func borderPacket(g netgen.Network, rng *rand.Rand) packet.Packet {
	k := packet.Packet{Source: borderAddress(g, rng), Destination: borderAddress(g, rng)}
	for k.Source.Is4() != k.Destination.Is4() {
		k.Source, k.Destination = borderAddress(g, rng), borderAddress(g, rng)
	}
	k.Protocol = pick(rng, []uint8{packet.TCP, packet.TCP, packet.UDP, packet.ICMP, packet.ICMPv6, 50, 47})
	switch k.Protocol {
	case packet.TCP, packet.UDP:
		k.SourcePort, k.DestinationPort = borderPort(g, rng), borderPort(g, rng)
	case packet.ICMP, packet.ICMPv6:
		k.ICMPType, k.ICMPCode = pick(rng, []uint8{0, 2, 3, 8, 9, 128, 129, 255}), pick(rng, []uint8{0, 0, 1, 4})
	}
	return k
}

func borderPort(g netgen.Network, rng *rand.Rand) uint16 {
	if len(g.Ports) == 0 {
		return uint16(rng.IntN(1 << 16))
	}
	return uint16(min(max(int(pick(rng, g.Ports))+rng.IntN(3)-1, 0), 65535))
}

// An empty snapshot, and one whose only part holds nothing, are networks in which nothing is known.
func TestNetworkOfNothing(t *testing.T) {
	for name, s := range map[string]*snapshot.Snapshot{
		"no part":       {},
		"an empty part": {Parts: []*snapshot.Part{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			n := Build(s)
			if r, ok := n.ByID("vpc-a"); ok || !r.IsZero() {
				t.Errorf("ByID found %v", r)
			}
			if got := n.PublicOwners(netip.Addr{}); len(got) > 0 {
				t.Errorf("the invalid address is mapped: %v", got)
			}
			if got := n.OwnersOf(-1, netip.MustParseAddr("10.0.0.1")); len(got) > 0 {
				t.Errorf("no VPC has interfaces %v", got)
			}
			if missing := n.UnreadAnywhere(true); (missing != nil) != (len(s.Parts) > 0) {
				t.Errorf("UnreadAnywhere = %+v", missing)
			}
			if nodes := n.Graph().Nodes(); nodes.Len() != 1 {
				t.Errorf("%d nodes, want the internet alone", nodes.Len())
			}
			resolveNothing(t, n)
		})
	}
}

func resolveNothing(t *testing.T, n *Network) {
	t.Helper()
	for text, want := range map[string]string{
		"internet":       "internet",
		"8.8.8.8":        "internet at 8.8.8.8/32",
		"10.0.1.5":       "address 10.0.1.5/32",
		"subnet-a":       `error: "subnet-a" is not in the snapshot`,
		"vpc-a/10.0.0.1": `error: "vpc-a" is not in the snapshot`,
	} {
		end, err := n.Resolve(text, Scope{})
		if diff := cmp.Diff(want, describeEnd(n, end, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// The zero Ref names nothing, so that code which prints a component need not ask first.
func TestZeroRef(t *testing.T) {
	n := networkOf(t, "vpc-a 10.0.0.0/16\n")
	if !(Ref{}).IsZero() {
		t.Error("the zero Ref is not zero")
	}
	if id := n.ID(Ref{}); id != "" {
		t.Errorf("ID of the zero Ref is %q", id)
	}
	if tags := n.Tags(Ref{}); tags != nil {
		t.Errorf("tags of the zero Ref: %v", tags)
	}
	if r := n.Resource(Ref{}); r.ID != "" || r.ARN != "" || r.Name != "" {
		t.Errorf("resource of the zero Ref: %+v", r)
	}
}

// The stand-in for a gateway that the answers may hide is no resource that anybody can ask for.
func TestUnnamedGateway(t *testing.T) {
	n := networkOf(t, "vpc-a 10.0.0.0/16\nomit describe-internet-gateways\n")
	i := n.UnnamedGateway(n.at(t, "vpc-a"))
	if i < 0 {
		t.Fatal("answers that are missing hide no gateway")
	}
	ref := Ref{KindInternetGateway, i}
	if r, ok := n.ByID(n.ID(ref)); ok {
		t.Errorf("found by id: %+v", n.Resource(r))
	}
	if arn := n.Resource(ref).ARN; arn != "" {
		t.Errorf("has an ARN: %s", arn)
	}
	if end, err := n.Resolve(n.ID(ref), Scope{}); err == nil {
		t.Errorf("can be asked for: %s", describeEnd(n, end, err))
	}
	n = networkOf(t, "vpc-a 10.0.0.0/16\n")
	if i := n.UnnamedGateway(n.at(t, "vpc-a")); i >= 0 {
		t.Errorf("complete answers hide %s", n.InternetGateways[i].ID)
	}
}

func TestKindNames(t *testing.T) {
	seen := map[string]Kind{}
	for k := KindNone; k < numKinds; k++ {
		name := k.String()
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("kind %d is called %q", k, name)
		}
		if other, taken := seen[name]; taken {
			t.Errorf("kinds %d and %d are both called %q", other, k, name)
		}
		seen[name] = k
	}
	if got := Kind(200).String(); got != "none" {
		t.Errorf("a kind that does not exist is called %q", got)
	}
}

// Every resource is found by the id that it prints, and describes itself by that id.
func TestEveryResourceIsFoundByItsID(t *testing.T) {
	randomNetworks(t, 20, func(t *testing.T, _ netgen.Network, n *Network, _ *rand.Rand) {
		for _, id := range slices.Sorted(maps.Keys(n.byID)) {
			r, ok := n.ByID(id)
			if !ok || n.ID(r) != id || n.Resource(r).ID != id {
				t.Errorf("%s: ByID gives %v, which is %q and %+v", id, r, n.ID(r), n.Resource(r))
			}
		}
	})
}

// What every output prints of a component.
func TestResourceDescriptions(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
igw-a vpc-a
nat-a subnet-a 10.0.1.200 198.51.100.200
sg-web vpc-a
  in tcp 443 sg-gone
sg-gone vpc-a
eni-web subnet-a 10.0.1.5 sg-web
tgw-t
lgw-l
pl-1 192.0.2.0/24
drop sg-gone
set eni-web TagSet [{"Key":"tier","Value":"front"},{"Key":"Name","Value":"web"}]
set pl-1 PrefixListName "offices"
account 222222222222 eu-west-1
vpc-z 10.9.0.0/16
`)
	ours := func(r Resource) Resource {
		r.Account, r.Region = "111111111111", "us-east-1"
		return r
	}
	for _, want := range []Resource{
		ours(Resource{Type: "network-interface", ID: "eni-web", ARN: "arn:aws:ec2:us-east-1:111111111111:network-interface/eni-web", Name: "web"}),
		ours(Resource{Type: "vpc", ID: "vpc-a", ARN: "arn:aws:ec2:us-east-1:111111111111:vpc/vpc-a"}),
		ours(Resource{Type: "nat-gateway", ID: "nat-a", ARN: "arn:aws:ec2:us-east-1:111111111111:natgateway/nat-a"}),
		ours(Resource{Type: "prefix-list", ID: "pl-1", ARN: "arn:aws:ec2:us-east-1:111111111111:prefix-list/pl-1", Name: "offices"}),
		ours(Resource{Type: "security-group", ID: "sg-gone", ARN: "arn:aws:ec2:us-east-1:111111111111:security-group/sg-gone"}),
		ours(Resource{Type: "transit-gateway", ID: "tgw-t", ARN: "arn:aws:ec2:us-east-1:111111111111:transit-gateway/tgw-t"}),
		ours(Resource{Type: "local-gateway", ID: "lgw-l"}),
		{Type: "vpc", ID: "vpc-z", ARN: "arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-z", Account: "222222222222", Region: "eu-west-1"},
	} {
		r, ok := n.ByID(want.ID)
		if !ok {
			t.Errorf("no %s", want.ID)
			continue
		}
		if diff := cmp.Diff(want, n.Resource(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.ID, diff)
		}
	}
	if diff := cmp.Diff(Resource{Type: "internet", ID: "internet"}, n.Resource(Ref{Kind: KindInternet})); diff != "" {
		t.Errorf("internet (-want +got):\n%s", diff)
	}
}

// The same answers in the same words give the same network, however often it is built.
func TestBuildIsDeterministic(t *testing.T) {
	g := netgen.Random(rand.New(rand.NewPCG(1, 2)), netgen.ThemeMixed, netgen.AllFeatures)
	first, second := read(t, g.Files), read(t, g.Files)
	if diff := cmp.Diff(first.byID, second.byID); diff != "" {
		t.Errorf("handles differ:\n%s", diff)
	}
	if diff := cmp.Diff(first.public, second.public, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("mappings differ:\n%s", diff)
	}
	if diff := cmp.Diff(first.Graph().out, second.Graph().out, cmp.AllowUnexported(adjacency{})); diff != "" {
		t.Errorf("graphs differ:\n%s", diff)
	}
}
