package model

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// slowOwned is everything that an interface's record says the interface owns (ENI-1).
func slowOwned(r *snapshot.NetworkInterface) []netip.Prefix {
	var all []netip.Prefix
	add := func(a netip.Addr) {
		if a.IsValid() {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	add(r.PrivateIpAddress)
	for _, p := range r.PrivateIpAddresses {
		add(p.PrivateIpAddress)
	}
	for _, p := range r.Ipv6Addresses {
		add(p.Ipv6Address)
	}
	for _, p := range r.Ipv4Prefixes {
		all = append(all, p.Ipv4Prefix)
	}
	for _, p := range r.Ipv6Prefixes {
		all = append(all, p.Ipv6Prefix)
	}
	return all
}

// slowOwners scans every record of the snapshot for interfaces of a VPC that own an address of some prefix; it returns
// their ids, sorted.
func slowOwners(n *Network, vpc string, prefixes ...netip.Prefix) []string {
	var ids []string
	for _, m := range n.Snapshot.NetworkInterfaces() {
		if m.Record.VpcId != vpc {
			continue
		}
		owned := append(slowOwned(m.Record), slowBlocks(n, m.Record.NetworkInterfaceId)...)
		if slices.ContainsFunc(owned, func(p netip.Prefix) bool { return slices.ContainsFunc(prefixes, p.Overlaps) }) {
			ids = append(ids, m.Record.NetworkInterfaceId)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// slowBlocks are the blocks of endpoints whose sole interface it is (D-165).
func slowBlocks(n *Network, iface string) []netip.Prefix {
	var out []netip.Prefix
	for _, m := range n.Snapshot.VPCEndpoints() {
		if list := m.Record.NetworkInterfaceIds; len(list) != 1 || list[0] != iface {
			continue
		}
		for _, s := range slices.Concat(m.Record.Ipv4Prefixes, m.Record.Ipv6Prefixes) {
			out = append(out, s.IpPrefixes...)
		}
	}
	return out
}

func sorted(ids []string) []string {
	slices.Sort(ids)
	return ids
}

// ownedOrBorder draws an address that some interface owns, or one at a border.
func ownedOrBorder(g netgen.Network, rng *rand.Rand) netip.Addr {
	if rng.IntN(2) == 0 {
		return borderAddress(g, rng)
	}
	i := pick(rng, g.Interfaces)
	if len(i.Delegated) > 0 && rng.IntN(2) == 0 {
		lo, hi := firstLast(pick(rng, i.Delegated))
		return pick(rng, []netip.Addr{lo, lo.Prev(), hi, hi.Next(), lo.Next()})
	}
	return pick(rng, i.Addresses)
}

// ENI-1 the look-up of an address finds the interfaces that a scan of all records finds
func TestOwnersAgreeWithScan(t *testing.T) {
	var owned, unowned, delegated int
	randomNetworks(t, 40, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		for range 60 {
			a, v := ownedOrBorder(g, rng), int32(rng.IntN(len(n.VPCs)))
			got := n.OwnersOf(v, a)
			want := slowOwners(n, n.VPCs[v].ID, netip.PrefixFrom(a, a.BitLen()))
			if diff := cmp.Diff(want, sorted(n.interfaceIDs(got))); diff != "" {
				t.Errorf("owners of %s in %s (-scan +look-up):\n%s", a, n.VPCs[v].ID, diff)
			}
			for _, i := range got {
				if e := &n.Interfaces[i]; !e.Owns(a) {
					t.Errorf("%s does not own %s", e.ID, a)
				} else if !slices.Contains(e.Addresses, a) {
					delegated++
				}
			}
			if len(want) > 0 {
				owned++
			} else {
				unowned++
			}
		}
	})
	if owned < 200 || unowned < 200 || delegated < 10 {
		t.Errorf("one-sided: %d owned (%d by a delegated prefix), %d not owned", owned, delegated, unowned)
	}
}

// ENI-1 the same for sets of addresses
func TestOwnersWithinAgreeWithScan(t *testing.T) {
	var some, none int
	randomNetworks(t, 40, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		for range 40 {
			prefixes := make([]netip.Prefix, rng.IntN(4))
			for i := range prefixes {
				a := ownedOrBorder(g, rng)
				prefixes[i] = netip.PrefixFrom(a, a.BitLen()-pick(rng, []int{0, 0, 1, 2, 4})).Masked()
			}
			v := int32(rng.IntN(len(n.VPCs)))
			got := n.interfaceIDs(n.OwnersWithin(v, packet.AddressesOf(prefixes...)))
			if len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
				t.Errorf("an interface twice: %v", got)
			}
			want := slowOwners(n, n.VPCs[v].ID, prefixes...)
			if diff := cmp.Diff(want, sorted(got)); diff != "" {
				t.Errorf("owners within %v in %s (-scan +look-up):\n%s", prefixes, n.VPCs[v].ID, diff)
			}
			if len(want) > 0 {
				some++
			} else {
				none++
			}
		}
	})
	if some < 200 || none < 200 {
		t.Errorf("one-sided: %d with owners, %d without", some, none)
	}
}

// What an interface is said to own, in its three forms, is what its record says.
func TestOwnPrefixesAgreeWithRecords(t *testing.T) {
	randomNetworks(t, 20, func(t *testing.T, _ netgen.Network, n *Network, _ *rand.Rand) {
		for i := range n.Interfaces {
			e := &n.Interfaces[i]
			if e.Record == nil {
				continue
			}
			want := packet.AddressesOf(slowOwned(e.Record)...)
			if got := packet.AddressesOf(e.OwnPrefixes()...); !got.Equal(want) {
				t.Errorf("%s owns %s, its record says %s", e.ID, got, want)
			}
		}
	})
}

// The primary address comes first, then other IPv4 addresses, then IPv6; an address that the record lists twice is one.
func TestAddressesOfAnInterface(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16 2001:db8:a::/56
subnet-a vpc-a 10.0.1.0/24 2001:db8:a:1::/64
eni-web subnet-a 10.0.1.7 10.0.1.5 2001:db8:a:1::5 10.0.1.48/28 2001:db8:a:1:5::/80
`)
	e := &n.Interfaces[n.at(t, "eni-web")]
	if diff := cmp.Diff("[10.0.1.7 10.0.1.5 2001:db8:a:1::5]", fmt.Sprint(e.Addresses)); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("[10.0.1.48/28 2001:db8:a:1:5::/80]", fmt.Sprint(e.Prefixes)); diff != "" {
		t.Errorf("delegated prefixes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int32{n.at(t, "eni-web")}, n.Delegates(n.at(t, "vpc-a"))); diff != "" {
		t.Errorf("interfaces with delegated prefixes (-want +got):\n%s", diff)
	}
}

// Two owners of one address are bad data; both are told, the lower id first (D-14).
func TestTwoOwnersOfOneAddress(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
eni-b subnet-a 10.0.1.5
eni-a subnet-a 10.0.1.6
set eni-a PrivateIpAddress "10.0.1.5"
set eni-a PrivateIpAddresses [{"PrivateIpAddress":"10.0.1.5","Primary":true}]
vpc-b 10.0.0.0/16
subnet-b vpc-b 10.0.1.0/24
eni-c subnet-b 10.0.1.5
`)
	a := mustAddr(t, "10.0.1.5")
	if diff := cmp.Diff([]string{"eni-a", "eni-b"}, n.interfaceIDs(n.OwnersOf(n.at(t, "vpc-a"), a))); diff != "" {
		t.Errorf("of vpc-a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"eni-c"}, n.interfaceIDs(n.OwnersOf(n.at(t, "vpc-b"), a))); diff != "" {
		t.Errorf("of vpc-b (-want +got):\n%s", diff)
	}
}

// The lower id comes first also where it owns the address by a delegated prefix.
func TestTwoOwnersOneByDelegatedPrefix(t *testing.T) {
	n := networkOf(t, "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\neni-a subnet-a 10.0.1.5 10.0.1.48/28\neni-b subnet-a 10.0.1.50\n")
	got := n.interfaceIDs(n.OwnersOf(n.at(t, "vpc-a"), mustAddr(t, "10.0.1.50")))
	if diff := cmp.Diff([]string{"eni-a", "eni-b"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An interface that owns an address twice over, as its own and in a delegated prefix, is one owner.
func TestOneOwnerTwice(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
eni-a subnet-a 10.0.1.50 10.0.1.48/28
`)
	v := n.at(t, "vpc-a")
	if got := n.OwnersOf(v, mustAddr(t, "10.0.1.50")); len(got) != 1 {
		t.Errorf("%d owners", len(got))
	}
	if got := n.OwnersWithin(v, packet.AddressesOf(netip.MustParsePrefix("10.0.1.0/24"))); len(got) != 1 {
		t.Errorf("%d owners within", len(got))
	}
}

// slowMappings is D-54 as its sentence reads: the list of private addresses, the interface's top level for its primary address
// where the list has none, describe-addresses, and the working addresses of NAT gateways.
func slowMappings(n *Network) map[string]bool {
	all := map[string]bool{}
	add := func(public, private netip.Addr, owner string) {
		if public.IsValid() && private.IsValid() {
			all[fmt.Sprint(public, " ", private, " ", owner)] = true
		}
	}
	described := map[string]bool{}
	for _, m := range n.Snapshot.NetworkInterfaces() {
		r := m.Record
		described[r.NetworkInterfaceId] = true
		primaryListed := false
		for _, p := range r.PrivateIpAddresses {
			if p.Association != nil {
				add(p.Association.PublicIp, p.PrivateIpAddress, r.NetworkInterfaceId)
				primaryListed = primaryListed || p.PrivateIpAddress == r.PrivateIpAddress
			}
		}
		if r.Association != nil && !primaryListed {
			add(r.Association.PublicIp, r.PrivateIpAddress, r.NetworkInterfaceId)
		}
	}
	for _, part := range n.Snapshot.Parts {
		for _, a := range part.Addresses {
			if a.NetworkInterfaceId != "" {
				add(a.PublicIp, a.PrivateIpAddress, a.NetworkInterfaceId)
			}
		}
	}
	untold := func(public, private netip.Addr) { // a row of an interface that no answer describes, told better by a NAT gateway's record
		for _, part := range n.Snapshot.Parts {
			for _, a := range part.Addresses {
				if a.PublicIp == public && a.PrivateIpAddress == private && !described[a.NetworkInterfaceId] {
					delete(all, fmt.Sprint(public, " ", private, " ", a.NetworkInterfaceId))
				}
			}
		}
	}
	for _, m := range n.Snapshot.NATGateways() {
		for _, a := range m.Record.NatGatewayAddresses {
			owner := a.NetworkInterfaceId
			if !described[owner] {
				owner = "of " + m.Record.NatGatewayId
			}
			if a.Status == "" || a.Status == "succeeded" {
				untold(a.PublicIp, a.PrivateIp)
				add(a.PublicIp, a.PrivateIp, owner)
			}
		}
	}
	return all
}

// describeMapping spells a mapping as slowMappings does; an interface that no answer describes has no name in it.
func describeMapping(n *Network, m PublicMapping) string {
	owner := "?"
	switch {
	case m.Interface >= 0:
		owner = n.Interfaces[m.Interface].ID
	case m.NAT >= 0:
		owner = "of " + n.NATGateways[m.NAT].ID
	}
	return fmt.Sprint(m.Public, " ", m.Private, " ", owner)
}

// ENI-2 the public addresses that gateways translate are those of D-54, and no others
func TestPublicMappingsAgreeWithScan(t *testing.T) {
	var mapped, unmapped, undescribed int
	randomNetworks(t, 40, func(t *testing.T, g netgen.Network, n *Network, rng *rand.Rand) {
		want := map[string]bool{}
		var addresses []netip.Addr
		for m := range slowMappings(n) {
			words := strings.Fields(m)
			if r, ok := n.ByID(words[2]); words[2] != "of" && (!ok || r.Kind != KindInterface || n.Interfaces[r.Index].Record == nil) {
				m, undescribed = words[0]+" "+words[1]+" ?", undescribed+1
			}
			want[m] = true
			addresses = append(addresses, netip.MustParseAddr(words[0]))
		}
		var everything []netip.Prefix
		got := map[string]bool{}
		for _, a := range addresses {
			everything = append(everything, netip.PrefixFrom(a, 32))
			for _, m := range n.PublicOwners(a) {
				got[describeMapping(n, m)] = true
			}
			mapped++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-scan +look-up):\n%s", diff)
		}
		within := map[string]bool{}
		for _, m := range n.PublicWithin(packet.AddressesOf(everything...)) {
			within[describeMapping(n, m)] = true
		}
		if diff := cmp.Diff(want, within); diff != "" {
			t.Errorf("within the set of all (-scan +look-up):\n%s", diff)
		}
		for range 20 {
			if a := borderAddress(g, rng); !slices.Contains(addresses, a) {
				unmapped++
				if got := n.PublicOwners(a); len(got) > 0 {
					t.Errorf("%s is mapped by nothing, look-up says %+v", a, got)
				}
			}
		}
		checkOwnMappings(t, n, want)
	})
	if mapped < 200 || unmapped < 200 || undescribed == 0 {
		t.Errorf("one-sided: %d mapped (%d to interfaces that no answer describes), %d not mapped", mapped, undescribed, unmapped)
	}
}

// checkOwnMappings compares what interfaces list as theirs with what the mappings say.
func checkOwnMappings(t *testing.T, n *Network, want map[string]bool) {
	t.Helper()
	for i := range n.Interfaces {
		own := n.Interfaces[i].Public
		if !slices.IsSortedFunc(own, func(a, b PublicMapping) int { return a.Public.Compare(b.Public) }) {
			t.Errorf("%s: not in order of public address: %v", n.Interfaces[i].ID, own)
		}
		for _, m := range own {
			if !want[describeMapping(n, m)] || m.Interface != int32(i) {
				t.Errorf("%s lists %+v", n.Interfaces[i].ID, m)
			}
		}
	}
}

// The forms in which answers tell of a public address (D-54), one at a time.
func TestPublicMappingForms(t *testing.T) {
	const network = `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
eni-web subnet-a 10.0.1.5 10.0.1.6 10.0.1.48/28
`
	for _, test := range []struct {
		shows, lines string
		want         []string
	}{
		{"in the list of private addresses", `set eni-web PrivateIpAddresses.1.Association {"PublicIp":"198.51.100.6"}`, []string{"198.51.100.6 10.0.1.6 eni-web"}},
		{"at the interface's top level", `set eni-web Association {"PublicIp":"198.51.100.5"}`, []string{"198.51.100.5 10.0.1.5 eni-web"}},
		{"the list has the primary's: the top level counts for nothing",
			"set eni-web PrivateIpAddresses.0.Association {\"PublicIp\":\"198.51.100.5\"}\nset eni-web Association {\"PublicIp\":\"198.51.100.99\"}",
			[]string{"198.51.100.5 10.0.1.5 eni-web"}},
		{"the list has another's: the top level counts for the primary",
			"set eni-web PrivateIpAddresses.1.Association {\"PublicIp\":\"198.51.100.6\"}\nset eni-web Association {\"PublicIp\":\"198.51.100.5\"}",
			[]string{"198.51.100.5 10.0.1.5 eni-web", "198.51.100.6 10.0.1.6 eni-web"}},
		{"in describe-addresses", "eipalloc-w 198.51.100.6 eni-web 10.0.1.6", []string{"198.51.100.6 10.0.1.6 eni-web"}},
		{"in describe-addresses, inside a delegated prefix", "eipalloc-w 198.51.100.50 eni-web 10.0.1.50", []string{"198.51.100.50 10.0.1.50 eni-web"}},
		{"a free Elastic IP", "eipalloc-w 198.51.100.6", nil},
		{"in describe-addresses, of an interface that no answer describes", "eni-x subnet-a 10.0.1.9\neipalloc-w 198.51.100.9 eni-x 10.0.1.9\ndrop eni-x",
			[]string{"198.51.100.9 10.0.1.9 ?"}},
		{"a NAT gateway's, told by three answers", "nat-n subnet-a 10.0.1.200 198.51.100.200", []string{"198.51.100.200 10.0.1.200 eni-nat-n"}},
		{"a NAT gateway's whose interface nothing describes", "nat-n subnet-a 10.0.1.200 198.51.100.200\ndrop eni-nat-n\nomit describe-addresses",
			[]string{"198.51.100.200 10.0.1.200 of nat-n"}},
		{"a NAT gateway's address that failed", "nat-n subnet-a 10.0.1.200 198.51.100.200\ndrop eni-nat-n\nomit describe-addresses\n" +
			`set nat-n NatGatewayAddresses.0.Status "failed"`, nil},
		{"one public address mapped twice is bad data, and both are told",
			"eipalloc-w 198.51.100.5 eni-web 10.0.1.6\n" + `set eni-web Association {"PublicIp":"198.51.100.5"}`,
			[]string{"198.51.100.5 10.0.1.5 eni-web", "198.51.100.5 10.0.1.6 eni-web"}},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+test.lines+"\n")
			var got []string
			for _, m := range n.PublicWithin(packet.AddressesOf(netip.MustParsePrefix("0.0.0.0/0"))) {
				got = append(got, describeMapping(n, m))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is told of a NAT gateway's private address: its own record's public address and its interface's (D-64).
func TestPublicOfNAT(t *testing.T) {
	const network = `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
nat-n subnet-a 10.0.1.200 198.51.100.200
  10.0.1.201 198.51.100.201
`
	for _, test := range []struct {
		shows, lines string
		want         []string
	}{
		{"both agree", "", []string{"198.51.100.200"}},
		{"only the interface tells", "set nat-n NatGatewayAddresses.0.PublicIp null", []string{"198.51.100.200"}},
		{"only the gateway tells", "omit describe-network-interfaces\nomit describe-addresses", []string{"198.51.100.200"}},
		{"they disagree", `set nat-n NatGatewayAddresses.0.PublicIp "198.51.100.77"`, []string{"198.51.100.77", "198.51.100.200"}},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+test.lines+"\n")
			var got []string
			for _, a := range n.PublicOfNAT(n.at(t, "nat-n"), mustAddr(t, "10.0.1.200")) {
				got = append(got, a.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// D-4 what is internet space, at its borders
func TestInternetHolds(t *testing.T) {
	for text, want := range map[string]bool{
		"9.255.255.255/32": true, "10.0.0.0/32": false, "10.255.255.255/32": false, "11.0.0.0/32": true,
		"100.63.255.255/32": true, "100.64.0.0/32": false, "100.127.255.255/32": false, "100.128.0.0/32": true,
		"172.15.255.255/32": true, "172.16.0.0/32": false, "172.31.255.255/32": false, "172.32.0.0/32": true,
		"192.167.255.255/32": true, "192.168.0.0/32": false, "192.168.255.255/32": false, "192.169.0.0/32": true,
		"8.0.0.0/6": false, "12.0.0.0/6": true, "0.0.0.0/0": false,
		"1fff:ffff::/32": false, "2000::/128": true, "2000::/3": true, "3fff:ffff::/32": true, "4000::/128": false,
		"2000::/2": false, "::/0": false, "fd00::/8": false, "fe80::/10": false,
	} {
		if got := InternetHolds(netip.MustParsePrefix(text)); got != want {
			t.Errorf("InternetHolds(%s) = %v", text, got)
		}
	}
}
