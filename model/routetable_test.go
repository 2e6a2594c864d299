package model

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// wayHolding scans the ways for those that hold an address.
func wayHolding(n *Network, table *RouteTable, a netip.Addr) []int {
	k := packet.Packet{Source: a, Destination: a, Protocol: packet.TCP}
	var ways []int
	for i := range table.Ways {
		if n.Pool().Contains(table.Ways[i].Destinations, k) {
			ways = append(ways, i)
		}
	}
	return ways
}

// targetsOf are the targets of routes by index.
func targetsOf(n *Network, table *RouteTable, routes []int) []string {
	var ids []string
	for _, r := range routes {
		ids = append(ids, n.ID(table.Routes[r].Target))
	}
	return ids
}

// targetNames are the targets of routes with their kinds, which is what ways are ordered by.
func targetNames(n *Network, table *RouteTable, routes []int) []string {
	var names []string
	for _, r := range routes {
		target := table.Routes[r].Target
		names = append(names, target.Kind.String()+" "+n.ID(target))
	}
	return names
}

// RT-4 RT-5 RT-18 the ways of a table are a division: every address is on exactly one, that of the routes that win for it
func TestWaysDivideTheAddresses(t *testing.T) {
	var matched, unmatched, tied int
	randomNetworks(t, 50, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		for i := range n.RouteTables {
			table := &n.RouteTables[i]
			sets := make([]packet.Set, len(table.Ways))
			for k := range table.Ways {
				sets[k] = table.Ways[k].Destinations
			}
			if all := n.Pool().Scratch().UnionAll(sets...); all != packet.Everything {
				t.Errorf("%s: its ways leave out some address", table.ID)
			}
			for range 20 {
				a := borderAddress(g, rng)
				winners, ok := table.Table.Lookup(a)
				ways := wayHolding(n, table, a)
				if len(ways) != 1 {
					t.Fatalf("%s: %s is on %d ways", table.ID, a, len(ways))
				}
				routes := table.Ways[ways[0]].Routes
				if diff := cmp.Diff(winners, slices.Sorted(slices.Values(routes)), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: routes for %s (-look-up +way):\n%s", table.ID, a, diff)
				}
				if !slices.IsSorted(targetNames(n, table, routes)) {
					t.Errorf("%s: routes for %s not by target's kind, then id: %v", table.ID, a, targetNames(n, table, routes))
				}
				matched, unmatched, tied = matched+count(ok), unmatched+count(!ok), tied+count(len(winners) > 1)
			}
		}
	})
	if matched < 200 || unmatched < 200 || tied < 20 {
		t.Errorf("one-sided: %d matched (%d by several routes), %d not", matched, tied, unmatched)
	}
}

// The ways to a set of addresses are those that hold some address of it, in order.
func TestWaysToAgreeWithScan(t *testing.T) {
	var hit, missed int
	randomNetworks(t, 50, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		pool := n.Pool().Scratch()
		for i := range n.RouteTables {
			table := &n.RouteTables[i]
			for range 8 {
				prefixes := make([]netip.Prefix, rng.IntN(4))
				for j := range prefixes {
					a := borderAddress(g, rng)
					prefixes[j] = netip.PrefixFrom(a, max(0, a.BitLen()-pick(rng, []int{0, 0, 1, 8, 16, 31}))).Masked()
				}
				wanted := pool.Destinations(prefixes...)
				want := []int{}
				for k := range table.Ways {
					if pool.Overlaps(table.Ways[k].Destinations, wanted) {
						want = append(want, k)
						hit++
					} else {
						missed++
					}
				}
				if diff := cmp.Diff(want, table.WaysTo(packet.AddressesOf(prefixes...))); diff != "" {
					t.Errorf("%s: ways to %v (-scan +WaysTo):\n%s", table.ID, prefixes, diff)
				}
			}
		}
	})
	if hit < 200 || missed < 200 {
		t.Errorf("one-sided: %d ways hit, %d missed", hit, missed)
	}
}

// D-45 a way is in doubt where a prefix list that is not known might win
func TestDoubtAgreesWithScan(t *testing.T) {
	var doubted, certain int
	randomNetworks(t, 50, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		if rng.IntN(2) == 0 {
			n = read(t, withoutSomeEntries(g, rng).Files)
		}
		for i := range n.RouteTables {
			table := &n.RouteTables[i]
			hidden := slices.ContainsFunc(table.Record.Routes, func(r snapshot.Route) bool {
				_, whole := slowList(n, r.DestinationPrefixListId)
				return r.DestinationPrefixListId != "" && !whole
			})
			for k := range table.Ways {
				way := &table.Ways[k]
				safe := len(way.Routes) > 0 && !slices.ContainsFunc(way.Routes, func(r int) bool {
					return table.Routes[r].Record.TargetID() != "local" && !hostRoute(table.Routes[r].Record)
				})
				inside := table.VPC < 0 || n.VPCs[table.VPC].Record != nil && !n.VPCs[table.VPC].conflict // whether a propagated route is inside a block is known
				learned := slices.ContainsFunc(way.Routes, func(r int) bool { return table.Routes[r].Record.Origin == "EnableVgwRoutePropagation" })
				want := hidden && !safe || learned && !inside
				if got := way.Doubt != nil; got != want {
					t.Errorf("%s: way by %v: doubt %v, want %v", table.ID, targetsOf(n, table, way.Routes), got, want)
				}
				doubted, certain = doubted+count(want), certain+count(!want)
			}
		}
	})
	if doubted < 10 || certain < 100 {
		t.Errorf("one-sided: %d ways in doubt, %d not", doubted, certain)
	}
}

// D-45 what a prefix list that is not known cannot win over: local routes and static ones to a single address
func TestDoubtForms(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16 2001:db8:a::/56
igw-a vpc-a
vgw-a vpc-a
pl-1 198.51.100.0/24
pl-2 198.51.100.7/32
rtb-a vpc-a main
  0.0.0.0/0 igw-a
  192.0.2.0/31 igw-a
  192.0.2.8/32 igw-a
  192.0.2.9/32 vgw-a propagated
  2001:db8:1::8/128 igw-a
  pl-1 igw-a
  pl-2 vgw-a
omit get-managed-prefix-list-entries pl-1
`)
	table := &n.RouteTables[n.at(t, "rtb-a")]
	for to, want := range map[string]bool{
		"10.0.1.5": false, "2001:db8:a::5": false, "192.0.2.8": false, "2001:db8:1::8": false,
		"8.8.8.8": true, "192.0.2.0": true, "192.0.2.9": true, "198.51.100.7": true, "2001:db8:2::1": true,
	} {
		way := table.Ways[wayHolding(n, table, mustAddr(t, to))[0]]
		if (way.Doubt != nil) != want || way.Doubt != nil && way.Doubt.What != "pl-1" {
			t.Errorf("to %s: doubt %s, want %v", to, describeMissing(way.Doubt), want)
		}
	}
}

// withoutSomeEntries takes the entries of one prefix list out of the answers.
func withoutSomeEntries(g netgen.Network, rng *rand.Rand) netgen.Network {
	files := slices.DeleteFunc(g.FileNames(), func(name string) bool { return !strings.Contains(name, "get-managed-prefix-list-entries") })
	if len(files) == 0 {
		return g
	}
	return g.Without(pick(rng, files))
}

// hostRoute says whether a route is a static one to a single address, which no prefix list can be longer than.
func hostRoute(r *snapshot.Route) bool {
	static := r.Origin == "" || r.Origin == "CreateRoute" || r.Origin == "CreateRouteTable"
	return static && (r.DestinationCidrBlock.IsSingleIP() || r.DestinationIpv6CidrBlock.IsSingleIP())
}

// Where a route table leads, one question of precedence at a time. The target is that of the packet to the address given.
func TestTableForms(t *testing.T) {
	const network = `
vpc-a 10.0.0.0/16 2001:db8:a::/56
vpc-b 10.1.0.0/16
subnet-a vpc-a 10.0.1.0/24
igw-a vpc-a
pcx-ab vpc-a vpc-b
nat-a subnet-a 10.0.1.200 198.51.100.200
vgw-a vpc-a
pl-1 198.51.100.0/24
pl-2 198.51.100.0/24 192.0.2.0/25
`
	for _, test := range []struct {
		shows, routes, to string
		want              []string
	}{
		{"RT-4 the longer prefix", "  0.0.0.0/0 igw-a\n  10.1.0.0/16 pcx-ab\n", "10.1.2.3", []string{"pcx-ab"}},
		{"RT-18 none matches", "  10.1.0.0/16 pcx-ab\n", "8.8.8.8", nil},
		{"the local route leads into the VPC", "", "10.0.9.9", []string{"vpc-a"}},
		{"the local route of IPv6", "", "2001:db8:a::1", []string{"vpc-a"}},
		{"RT-5 every entry of a list", "  pl-2 nat-a\n", "192.0.2.1", []string{"nat-a"}},
		{"RT-5 one after an entry of a list", "  pl-2 nat-a\n", "192.0.2.128", nil},
		{"RT-6 static before list", "  198.51.100.0/24 igw-a\n  pl-1 nat-a\n", "198.51.100.7", []string{"igw-a"}},
		{"RT-6 list before propagated", "  198.51.100.0/24 vgw-a propagated\n  pl-1 nat-a\n", "198.51.100.7", []string{"nat-a"}},
		{"RT-10 two lists with different targets are AWS's choice", "  pl-1 igw-a\n  pl-2 nat-a\n", "198.51.100.7", []string{"igw-a", "nat-a"}},
		{"D-42 two lists with one target are one", "  pl-1 igw-a\n  pl-2 igw-a\n", "198.51.100.7", []string{"igw-a"}},
		{"RT-7 propagated inside the VPC's block loses", "  10.0.1.0/24 vgw-a propagated\n", "10.0.1.5", []string{"vpc-a"}},
		{"RT-16 a blackhole matches", "  0.0.0.0/0 igw-a\n  10.1.0.0/16 pcx-ab blackhole\n", "10.1.2.3", []string{"pcx-ab"}},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+"rtb-a vpc-a main\n"+test.routes)
			table := &n.RouteTables[n.at(t, "rtb-a")]
			ways := wayHolding(n, table, mustAddr(t, test.to))
			if len(ways) != 1 {
				t.Fatalf("%s is on %d ways", test.to, len(ways))
			}
			if diff := cmp.Diff(test.want, targetsOf(n, table, table.Ways[ways[0]].Routes)); diff != "" {
				t.Errorf("to %s (-want +got):\n%s", test.to, diff)
			}
		})
	}
}

// D-41 what a route's state says
func TestBadRoutes(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
igw-a vpc-a
rtb-a vpc-a main
  198.51.100.0/24 igw-a
  198.51.101.0/24 igw-a blackhole
  198.51.102.0/24 igw-a filtered
set rtb-a Routes.1.State null
`)
	got := map[string]bool{}
	for _, r := range n.RouteTables[n.at(t, "rtb-a")].Routes {
		got[r.Prefix.String()] = r.Bad()
	}
	want := map[string]bool{"10.0.0.0/16": false, "198.51.100.0/24": false, "198.51.101.0/24": true, "198.51.102.0/24": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bad (-want +got):\n%s", diff)
	}
}

// Every target of AWS's is a component, modelled or known by name only.
func TestRouteTargets(t *testing.T) {
	fields := map[string]string{
		"GatewayId igw-x": "internet-gateway igw-x", "GatewayId local": "vpc vpc-a", "GatewayId vgw-x": "vpn-gateway vgw-x", "GatewayId vpce-x": "vpc-endpoint vpce-x",
		"NatGatewayId nat-x": "nat-gateway nat-x", "VpcPeeringConnectionId pcx-x": "vpc-peering-connection pcx-x", "NetworkInterfaceId eni-x": "network-interface eni-x",
		"TransitGatewayId tgw-x": "transit-gateway tgw-x", "EgressOnlyInternetGatewayId eigw-x": "egress-only-internet-gateway eigw-x",
		"CarrierGatewayId cagw-x": "carrier-gateway cagw-x", "LocalGatewayId lgw-x": "local-gateway lgw-x", "": "other (no target)",
		"CoreNetworkArn arn:aws:networkmanager::111111111111:core-network/core-network-1": "core-network core-network-1",
	}
	for text, want := range fields {
		field, id, _ := strings.Cut(text, " ")
		target := ""
		if field != "" {
			target = `"` + field + `":"` + id + `",`
		}
		n := read(t, map[string][]byte{"tables.json": []byte(`{"RouteTables":[{"RouteTableId":"rtb-a","VpcId":"vpc-a","Routes":[{` + target + `"DestinationCidrBlock":"0.0.0.0/0"}]}]}`)})
		r := n.Resource(n.RouteTables[0].Routes[0].Target)
		if diff := cmp.Diff(want, r.Type+" "+r.ID); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// RT-1 D-40 which table a subnet has
func TestTableOf(t *testing.T) {
	const network = `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
subnet-b vpc-a 10.0.2.0/24
rtb-main vpc-a main
rtb-a vpc-a subnet-a
`
	const hidden = "answer is complete but does not hold it, describe-route-tables"
	for _, test := range []struct {
		shows, lines, subnet, want string
	}{
		{"its own", "", "subnet-a", "rtb-a"},
		{"the main one", "", "subnet-b", "rtb-main"},
		{"the main one, where its own is not in complete answers", "drop rtb-a", "subnet-a", "rtb-main"},
		{"no main one", "drop rtb-main", "subnet-b", "missing route table of subnet-b: " + hidden},
		{"cut answers hold its own", "cut describe-route-tables", "subnet-a", "rtb-a"},
		{"cut answers may hold its own on a page that is not there", "cut describe-route-tables", "subnet-b",
			"missing route table of subnet-b: answer is cut (its last page announces another one), describe-route-tables"},
		{"an association without a state counts", "set rtb-a Associations.0.AssociationState null", "subnet-a", "rtb-a"},
		{"one that is coming does not", `set rtb-a Associations.0.AssociationState {"State":"associating"}`, "subnet-a", "rtb-main"},
		{"one that is going does not", `set rtb-a Associations.0.AssociationState {"State":"disassociating"}`, "subnet-a", "rtb-main"},
		{"one that failed does not", `set rtb-a Associations.0.AssociationState {"State":"failed"}`, "subnet-a", "rtb-main"},
		{"two of its own are bad data", `set rtb-main Associations [{"SubnetId":"subnet-a"},{"Main":true}]`, "subnet-a",
			"missing route table of subnet-a: copies disagree, describe-route-tables"},
		{"two main ones are bad data", `set rtb-a Associations [{"Main":true}]`, "subnet-b",
			"missing route table of subnet-b: copies disagree, describe-route-tables"},
		{"two main ones do not matter to a subnet with its own", `set rtb-a Associations [{"Main":true},{"SubnetId":"subnet-a"}]`, "subnet-a", "rtb-a"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+test.lines+"\n")
			table, missing := n.TableOf(n.at(t, test.subnet))
			got := "missing " + describeMissing(missing)
			if table >= 0 && missing == nil {
				got = n.RouteTables[table].ID
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
