package model

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// VPC-1 the blocks of a VPC are the associated ones of both families
func TestBlocksOfAVPC(t *testing.T) {
	for _, test := range []struct{ shows, lines, want string }{
		{"all associated", "", "[10.0.0.0/16 100.64.0.0/16 2001:db8:a::/56]"},
		{"one that is coming does not count", `set vpc-a CidrBlockAssociationSet.1.CidrBlockState.State "associating"`, "[10.0.0.0/16 2001:db8:a::/56]"},
		{"no state counts", "set vpc-a CidrBlockAssociationSet.1.CidrBlockState null", "[10.0.0.0/16 100.64.0.0/16 2001:db8:a::/56]"},
		{"IPv6 that is going does not count", `set vpc-a Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlockState.State "disassociated"`, "[10.0.0.0/16 100.64.0.0/16]"},
		{"an old answer has no list", "set vpc-a CidrBlockAssociationSet null", "[10.0.0.0/16 2001:db8:a::/56]"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, "vpc-a 10.0.0.0/16 100.64.0.0/16 2001:db8:a::/56\n"+test.lines+"\n")
			v := &n.VPCs[n.at(t, "vpc-a")]
			if diff := cmp.Diff(test.want, fmt.Sprint(v.Blocks)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !v.Holds(mustAddr(t, "10.0.255.255")) || v.Holds(mustAddr(t, "10.1.0.0")) {
				t.Error("Holds does not agree with 10.0.0.0/16")
			}
		})
	}
}

// SP-2 the resolver has the third address of the primary block; of a VPC that is not known it may have that of any block around its
// subnets
func TestResolvers(t *testing.T) {
	const network = "vpc-a 10.0.0.0/16 10.1.0.0/16\nsubnet-a vpc-a 10.0.16.0/26\n"
	n := networkOf(t, network)
	if diff := cmp.Diff("[10.0.0.2]", fmt.Sprint(n.Resolvers(n.at(t, "vpc-a")))); diff != "" {
		t.Errorf("known (-want +got):\n%s", diff)
	}
	n = networkOf(t, network+"drop vpc-a\n")
	if diff := cmp.Diff("[10.0.0.2 10.0.16.2]", fmt.Sprint(n.Resolvers(n.at(t, "vpc-a")))); diff != "" {
		t.Errorf("not known (-want +got):\n%s", diff)
	}
}

// VPC-4 D-52 which IPv6 addresses can be used on the internet
func TestPublicIPv6(t *testing.T) {
	const network = "vpc-a 10.0.0.0/16 2001:db8:a::/56\nsubnet-a vpc-a 10.0.1.0/24 2001:db8:a:1::/64\n"
	const private = `Ipv6AddressAttribute "private"` + "\n"
	for _, test := range []struct {
		shows, lines, address string
		want                  bool
	}{
		{"in a public block", "", "2001:db8:a:1::5", true},
		{"outside every block", "", "2001:db8:b::5", false},
		{"unique local", "", "fd00::5", false},
		{"in a private block of the VPC", "set vpc-a Ipv6CidrBlockAssociationSet.0." + private, "2001:db8:a:1::5", false},
		{"in a private block of the subnet", "set subnet-a Ipv6CidrBlockAssociationSet.0." + private, "2001:db8:a:1::5", false},
		{"of a VPC that is not known", "drop vpc-a\n", "2001:db8:b::5", true},
		{"unique local, of a VPC that is not known", "drop vpc-a\n", "fd00::5", false},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+test.lines)
			if got := n.PublicIPv6(n.at(t, "vpc-a"), n.at(t, "subnet-a"), mustAddr(t, test.address)); got != test.want {
				t.Errorf("%s: %v, want %v", test.address, got, test.want)
			}
		})
	}
}

// D-56 VPC Block Public Access: absent means off, but is told as not stated
func TestBlockPublicAccess(t *testing.T) {
	for lines, want := range map[string]string{
		"": "off true off true",
		"set vpc-a BlockPublicAccessStates null\nset subnet-a BlockPublicAccessStates null\n":     "off false off false",
		"set vpc-a BlockPublicAccessStates.InternetGatewayBlockMode \"block-ingress\"\n":          "block-ingress true off true",
		"set subnet-a BlockPublicAccessStates.InternetGatewayBlockMode \"block-bidirectional\"\n": "off true block-bidirectional true",
		"drop vpc-a\ndrop subnet-a\neni-a subnet-a 10.0.1.5\n":                                    "off false off false",
	} {
		n := networkOf(t, "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\n"+lines)
		vpc, vpcStated := n.VPCs[n.at(t, "vpc-a")].BlockPublicAccess()
		subnet, subnetStated := n.Subnets[n.at(t, "subnet-a")].BlockPublicAccess()
		if diff := cmp.Diff(want, fmt.Sprint(vpc, " ", vpcStated, " ", subnet, " ", subnetStated)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", lines, diff)
		}
	}
}

// IGW-1 D-50 which gateways a VPC can use
func TestUsableGateways(t *testing.T) {
	for lines, want := range map[string]string{
		"igw-a vpc-a\n": "[igw-a]",
		"igw-a vpc-a\nset igw-a Attachments.0.State null\n":          "[igw-a]",
		"igw-a vpc-a\nset igw-a Attachments.0.State \"attached\"\n":  "[igw-a]",
		"igw-a vpc-a\nset igw-a Attachments.0.State \"detaching\"\n": "[]",
		"igw-a\n":                    "[]",
		"igw-b vpc-a\nigw-a vpc-a\n": "[igw-a igw-b]",
	} {
		n := networkOf(t, "vpc-a 10.0.0.0/16\n"+lines)
		ids := []string{}
		for _, i := range n.UsableGateways(n.at(t, "vpc-a")) {
			ids = append(ids, n.InternetGateways[i].ID)
			if !n.InternetGateways[i].Serves() {
				t.Errorf("%q: a usable gateway serves no VPC", lines)
			}
		}
		if diff := cmp.Diff(want, fmt.Sprint(ids)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", lines, diff)
		}
	}
}

// NAT-1 D-60 what a NAT gateway's record says of its state and kind
func TestNATGatewayStates(t *testing.T) {
	for _, test := range []struct{ shows, lines, want string }{
		{"as AWS prints it", "", "works true gone false private false true regional false true"},
		{"an old answer", "set nat-a State null\nset nat-a ConnectivityType null\nset nat-a AvailabilityMode null\n", "works true gone false private false false regional false false"},
		{"a private one", "set nat-a ConnectivityType \"private\"\n", "works true gone false private true true regional false true"},
		{"a regional one", "set nat-a AvailabilityMode \"regional\"\n", "works true gone false private false true regional true true"},
		{"one that is coming", "set nat-a State \"pending\"\n", "works false gone false private false true regional false true"},
		{"one that is going", "set nat-a State \"deleting\"\n", "works false gone false private false true regional false true"},
		{"one that is gone", "set nat-a State \"deleted\"\n", "works false gone true private false true regional false true"},
		{"one that nothing describes", "rtb-a vpc-a\n  0.0.0.0/0 nat-a\ndrop nat-a\n", "works false gone false private false false regional false false"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\nnat-a subnet-a 10.0.1.200 198.51.100.200\n"+test.lines)
			g := &n.NATGateways[n.at(t, "nat-a")]
			private, privateStated := g.Private()
			regional, regionalStated := g.Regional()
			got := fmt.Sprint("works ", g.Works(), " gone ", g.Gone(), " private ", private, " ", privateStated, " regional ", regional, " ", regionalStated)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// PCX-1 D-23 D-70 D-71 what a peering's record says of its sides
func TestPeeringSides(t *testing.T) {
	const network = "vpc-a 10.0.0.0/16\nvpc-b 10.1.0.0/16\nvpc-c 10.2.0.0/16\npcx-ab vpc-a vpc-b\n"
	for _, test := range []struct{ shows, lines, want string }{
		{"active", "", "active true, [10.0.0.0/16] to [10.1.0.0/16], one Region true true, joined true"},
		{"no status", "set pcx-ab Status null\n", "active true, [10.0.0.0/16] to [10.1.0.0/16], one Region true true, joined true"},
		{"expired", "set pcx-ab Status.Code \"expired\"\n", "active false, [10.0.0.0/16] to [10.1.0.0/16], one Region true true, joined false"},
		{"two Regions", "set pcx-ab AccepterVpcInfo.Region \"eu-west-1\"\n", "active true, [10.0.0.0/16] to [10.1.0.0/16], one Region false true, joined true"},
		{"a Region not told", "set pcx-ab AccepterVpcInfo.Region null\n", "active true, [10.0.0.0/16] to [10.1.0.0/16], one Region true false, joined true"},
		{"the VPC's own record counts", "set pcx-ab AccepterVpcInfo.CidrBlockSet [{\"CidrBlock\":\"10.9.0.0/16\"}]\n",
			"active true, [10.0.0.0/16] to [10.1.0.0/16], one Region true true, joined true"},
		{"else the peering's", "drop vpc-b\nset pcx-ab AccepterVpcInfo.CidrBlockSet [{\"CidrBlock\":\"10.9.0.0/16\"}]\n",
			"active true, [10.0.0.0/16] to [10.9.0.0/16], one Region true true, joined true"},
		{"neither", "drop vpc-b\nset pcx-ab AccepterVpcInfo.CidrBlockSet null\nset pcx-ab AccepterVpcInfo.CidrBlock null\n",
			"active true, [10.0.0.0/16] to not known, one Region true true, joined true"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+test.lines)
			p := &n.Peerings[n.at(t, "pcx-ab")]
			a, b := n.at(t, "vpc-a"), n.at(t, "vpc-b")
			same, stated := p.SameRegion()
			_, joined := n.Joined(a, b)
			_, back := n.Joined(b, a)
			_, strange := n.Joined(a, n.at(t, "vpc-c"))
			got := fmt.Sprintf("active %v, %s to %s, one Region %v %v, joined %v", p.Active(), blocksOf(p.Sides[0]), blocksOf(p.Sides[1]), same, stated, joined)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if p.Near(a) != 0 || p.Near(b) != 1 || p.Near(n.at(t, "vpc-c")) != -1 || p.Near(-1) != -1 || back != joined || strange {
				t.Errorf("sides %d, %d; joined back %v, to a third VPC %v", p.Near(a), p.Near(b), back, strange)
			}
		})
	}
}

func blocksOf(s PeeringSide) string {
	if !s.Known {
		return "not known"
	}
	return fmt.Sprint(s.Blocks)
}
