package model

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describeEnd says on one line what Resolve answered; what a message hints at besides is left out.
func describeEnd(n *Network, end End, err error) string {
	var notFound *ErrNotFound
	if errors.As(err, &notFound) {
		return "error: " + (&ErrNotFound{Text: notFound.Text, Near: notFound.Near}).Error()
	}
	if err != nil {
		return "error: " + err.Error()
	}
	var s string
	switch end.Kind {
	case EndInterfaces:
		s = strings.Join(n.interfaceIDs(end.Interfaces), ",")
	case EndInternet:
		s = "internet"
	case EndGateway:
		s = "internet through"
	case EndPeering:
		s = "across"
	case EndAddress:
		s = "address"
	case EndEndpoint:
		s = "through"
	case EndSpecial:
		s = "special"
	case EndMissing:
		s = "missing " + describeMissing(end.Missing)
	}
	if id := n.ID(end.Ref); id != "" && id != s {
		s += " of " + id
	}
	s = strings.NewReplacer("through of", "through", "across of", "across").Replace(s)
	for i, p := range end.Prefixes {
		switch {
		case end.Public:
			s += " at public " + p.String()
		case i > 0 || end.Kind == EndAddress:
			s += " " + p.String()
		default:
			s += " at " + p.String()
		}
	}
	if end.Hidden != nil {
		s += ", perhaps " + end.Hidden.What
	}
	return s
}

// describeMissing says on one line what is missing, why, and which call would hold it.
func describeMissing(m *Missing) string {
	if m == nil {
		return "nothing"
	}
	s := m.What + ": " + string(m.Why)
	if m.Detail != "" {
		s += " (" + m.Detail + ")"
	}
	if m.Call != "" {
		s += ", " + string(m.Call)
	}
	return s
}

// twoAccounts has two VPCs of one account and Region whose blocks overlap, and a third in another account and Region with the same
// block and the same names again.
const twoAccounts = `
vpc-a 10.0.0.0/16 2001:db8:a::/56
subnet-a vpc-a 10.0.1.0/24 2001:db8:a:1::/64
igw-a vpc-a
rtb-a vpc-a main
  0.0.0.0/0 igw-a
  10.8.0.0/16 tgw-t
  10.7.0.0/16 eni-gone
  10.6.0.0/16 pcx-gone
nat-a subnet-a 10.0.1.200 198.51.100.200
sg-web vpc-a
acl-a vpc-a
i-web
i-idle stopped
eni-web subnet-a 10.0.1.5 public=198.51.100.5 2001:db8:a:1::5 i-web
eni-web-2 subnet-a 10.0.1.6 i-web
eni-db subnet-a 10.0.1.9 10.0.1.48/28
eni-shared subnet-a 10.0.1.77
eipalloc-db 198.51.100.49 eni-db 10.0.1.50
eipalloc-free 198.51.100.99
tgw-t
lgw-l
vpce-e vpc-a gateway
eni-gone subnet-a 10.0.1.99 detached
drop eni-gone
pl-1 192.0.2.0/24
set i-web Tags [{"Key":"Name","Value":"web"},{"Key":"tier","Value":"front"}]
set i-web PrivateDnsName "ip-10-0-1-5.ec2.internal"
set i-web PublicDnsName "ec2-198-51-100-5.compute-1.amazonaws.com"
set eni-web TagSet [{"Key":"Name","Value":"web"}]
set eni-db TagSet [{"Key":"Name","Value":"app"},{"Key":"tier","Value":"back"},{"Key":"empty","Value":""}]
set eni-shared PrivateDnsName "db.corp.example"
set eni-shared Attachment.InstanceId null
set igw-a Tags [{"Key":"Name","Value":"front door"}]

vpc-b 10.0.0.0/16 203.0.113.0/24
subnet-b vpc-b 10.0.1.0/24
subnet-b2 vpc-b 203.0.113.0/24
eni-b subnet-b 10.0.1.77
eni-b2 subnet-b2 203.0.113.7
pcx-ab vpc-a vpc-b
pcx-gone vpc-a vpc-b
drop pcx-gone

account 222222222222 eu-west-1
vpc-c 10.0.0.0/16
subnet-c vpc-c 10.0.1.0/24
eni-c subnet-c 10.0.1.77 i-c
i-c
set i-c Tags [{"Key":"Name","Value":"app"},{"Key":"tier","Value":"back"}]
`

// TestResolve holds every form of FROM and TO (design section 6) that the components built so far allow.
func TestResolve(t *testing.T) {
	n := networkOf(t, twoAccounts)
	for _, test := range []struct {
		shows string
		text  string
		scope Scope
		want  string
	}{
		{shows: "the internet", text: "internet", want: "internet"},
		{shows: "an interface by id", text: "eni-db", want: "eni-db"},
		{shows: "an interface by ARN", text: "arn:aws:ec2:us-east-1:111111111111:network-interface/eni-db", want: "eni-db"},
		{shows: "an instance means all its interfaces", text: "i-web", want: "eni-web,eni-web-2 of i-web"},
		{shows: "an instance by ARN", text: "arn:aws:ec2:us-east-1:111111111111:instance/i-web", want: "eni-web,eni-web-2 of i-web"},
		{shows: "an internet gateway is the internet through it", text: "igw-a", want: "internet through igw-a"},
		{shows: "an internet gateway by ARN", text: "arn:aws:ec2:us-east-1:111111111111:internet-gateway/igw-a", want: "internet through igw-a"},

		{shows: "an address means its owner", text: "10.0.1.9", want: "eni-db at 10.0.1.9/32"},
		{shows: "an IPv6 address", text: "2001:db8:a:1::5", want: "eni-web at 2001:db8:a:1::5/128"},
		{shows: "an IPv6 address in capitals and full", text: "2001:0DB8:000A:0001::0005", want: "eni-web at 2001:db8:a:1::5/128"},
		{shows: "an IPv4 address written as IPv6", text: "::ffff:10.0.1.9", want: "eni-db at 10.0.1.9/32"},
		{shows: "a zone means nothing here", text: "2001:db8:a:1::5%eth0", want: "eni-web at 2001:db8:a:1::5/128"},
		{shows: "an address inside a delegated prefix (ENI-1)", text: "10.0.1.63", want: "eni-db at 10.0.1.63/32"},
		{shows: "the address after a delegated prefix", text: "10.0.1.64", want: "address 10.0.1.64/32"},
		{shows: "a public address means the interface it is mapped to (ENI-2)", text: "198.51.100.5", want: "eni-web at public 198.51.100.5/32"},
		{shows: "an Elastic IP that only describe-addresses knows (D-54)", text: "198.51.100.49", want: "eni-db at public 198.51.100.49/32"},
		{shows: "an Elastic IP that is mapped to nothing", text: "198.51.100.99", want: "internet at 198.51.100.99/32"},
		{shows: "an address of public space that is private here (D-4)", text: "203.0.113.7", want: "eni-b2 at 203.0.113.7/32"},
		{shows: "an unowned address of a VPC with a public block", text: "203.0.113.8", want: "address 203.0.113.8/32"},
		{shows: "an unowned address inside a VPC", text: "10.0.9.9", want: "address 10.0.9.9/32"},
		{shows: "an unowned IPv6 address inside a VPC", text: "2001:db8:a:1::99", want: "address 2001:db8:a:1::99/128"},
		{shows: "an unowned private address outside every VPC", text: "192.168.1.1", want: "address 192.168.1.1/32"},
		{shows: "shared space is not the internet (D-4)", text: "100.64.0.1", want: "address 100.64.0.1/32"},
		{shows: "unique local addresses are not the internet (D-4)", text: "fd00::1", want: "address fd00::1/128"},
		{shows: "any other address is the internet", text: "8.8.8.8", want: "internet at 8.8.8.8/32"},
		{shows: "any other IPv6 address is the internet", text: "2606:4700::1111", want: "internet at 2606:4700::1111/128"},
		{shows: "a NAT gateway's private address means its interface", text: "10.0.1.200", want: "eni-nat-a at 10.0.1.200/32"},
		{shows: "an address that several VPCs have", text: "10.0.1.77",
			want: `error: "10.0.1.77" is not one thing but 3: eni-b (111111111111 us-east-1), eni-c (222222222222 eu-west-1), eni-shared (111111111111 us-east-1); ask for one of them by id`},
		{shows: "the same, of one account", text: "10.0.1.77", scope: Scope{Account: "222222222222"}, want: "eni-c at 10.0.1.77/32"},
		{shows: "the same, of one Region", text: "10.0.1.77", scope: Scope{Region: "eu-west-1"}, want: "eni-c at 10.0.1.77/32"},
		{shows: "the same, of an account that has none", text: "10.0.1.77", scope: Scope{Account: "333333333333"}, want: "address 10.0.1.77/32"},
		{shows: "the same, of one VPC", text: "vpc-b/10.0.1.77", want: "eni-b at 10.0.1.77/32"},
		{shows: "of a VPC that does not own it", text: "vpc-b/10.0.1.9", want: "address 10.0.1.9/32"},
		{shows: "a public address is none of the VPC's own", text: "vpc-a/198.51.100.5", want: "address 198.51.100.5/32"},

		{shows: "a CIDR means every owner inside it", text: "10.0.1.0/29", want: "eni-web,eni-web-2 at 10.0.1.0/29"},
		{shows: "host bits of a CIDR are dropped (RT-19)", text: "10.0.1.7/29", want: "eni-web,eni-web-2 at 10.0.1.0/29"},
		{shows: "a CIDR that overlaps a delegated prefix", text: "10.0.1.56/29", want: "eni-db at 10.0.1.56/29"},
		{shows: "a CIDR of one VPC", text: "vpc-b/10.0.0.0/16", want: "eni-b at 10.0.0.0/16"},
		{shows: "an IPv6 CIDR", text: "2001:db8:a::/56", want: "eni-web at 2001:db8:a::/56"},
		{shows: "a CIDR of several VPCs, of one account", text: "10.0.0.0/8", scope: Scope{Account: "222222222222"}, want: "eni-c at 10.0.0.0/8"},
		{shows: "a CIDR without owners inside a VPC", text: "10.0.2.0/24", want: "address 10.0.2.0/24"},
		{shows: "a CIDR of the internet", text: "8.8.8.0/24", want: "internet at 8.8.8.0/24"},
		{shows: "a CIDR with private space in it is not the internet", text: "8.0.0.0/5", want: "eni-b,eni-c,eni-db,eni-nat-a,eni-shared,eni-web,eni-web-2 at 8.0.0.0/5"},
		{shows: "everything means every interface", text: "0.0.0.0/0",
			want: "eni-b,eni-b2,eni-c,eni-db,eni-nat-a,eni-shared,eni-web,eni-web-2 at 0.0.0.0/0"},
		{shows: "everything of IPv6", text: "::/0", want: "eni-web at ::/0"},

		{shows: "a Name tag; the instance and its interface are one thing", text: "web", want: "eni-web,eni-web-2 of i-web"},
		{shows: "a Name tag with a space", text: "front door", want: "internet through igw-a"},
		{shows: "a Name tag of several things", text: "app",
			want: `error: "app" is not one thing but 2: i-c (222222222222 eu-west-1), eni-db (111111111111 us-east-1); ask for one of them by id`},
		{shows: "the same, of one account", text: "app", scope: Scope{Account: "111111111111"}, want: "eni-db"},
		{shows: "the same, of one Region", text: "app", scope: Scope{Region: "eu-west-1"}, want: "eni-c of i-c"},
		{shows: "a tag", text: "tag:tier=front", want: "eni-web,eni-web-2 of i-web"},
		{shows: "the Name tag as a tag", text: "tag:Name=web", want: "eni-web,eni-web-2 of i-web"},
		{shows: "a tag of several things", text: "tag:tier=back",
			want: `error: "tag:tier=back" is not one thing but 2: i-c (222222222222 eu-west-1), eni-db (111111111111 us-east-1); ask for one of them by id`},
		{shows: "a tag without a value", text: "tag:empty=", want: "eni-db"},
		{shows: "a tag that nothing has", text: "tag:tier=middle", want: `error: "tag:tier=middle" is not in the snapshot`},
		{shows: "an instance's private host name", text: "ip-10-0-1-5.ec2.internal", want: "eni-web,eni-web-2 of i-web"},
		{shows: "an instance's public host name", text: "ec2-198-51-100-5.compute-1.amazonaws.com", want: "eni-web,eni-web-2 of i-web"},
		{shows: "the host name of an interface without instance", text: "db.corp.example", want: "eni-shared"},

		{shows: "an instance without interfaces", text: "i-idle", want: "error: i-idle is stopped and has no interface: it takes part in no network (UNASSOCIATED_COMPONENT)"},
		{shows: "an interface that no answer describes", text: "eni-gone", want: "missing eni-gone: answer is complete but does not hold it, describe-network-interfaces of eni-gone"},
		{shows: "a kind that is not modelled", text: "lgw-l", want: "missing lgw-l: not modelled (local-gateway as FROM or TO) of lgw-l"},
		{shows: "a gateway endpoint without a list", text: "vpce-e", want: "missing prefix list of vpce-e: answer is complete but does not hold it, describe-prefix-lists of vpce-e"},
		{shows: "an endpoint service", text: "vpce-svc-0a1b", want: "missing vpce-svc-0a1b: not modelled (vpc-endpoint-service as FROM or TO)"},
		{shows: "a service's address", text: "169.254.169.254", want: "special at 169.254.169.254/32"},
		{shows: "a service's IPv6 address", text: "fd00:ec2::253", want: "special at fd00:ec2::253/128"},
		{shows: "a peering is what crosses it", text: "pcx-ab", want: "across pcx-ab"},
		{shows: "a peering that no answer describes", text: "pcx-gone",
			want: "missing pcx-gone: answer is complete but does not hold it, describe-vpc-peering-connections of pcx-gone"},
		{shows: "a NAT gateway (NAT-4)", text: "nat-a",
			want: "error: nat-a is a NAT gateway: it can be neither FROM nor TO (nothing can start a connection to it); ask for an interface, an address or internet"},
		{shows: "a VPC", text: "vpc-a", want: "error: vpc-a is a vpc: it can be neither FROM nor TO; ask for an instance, an interface, an address or a CIDR"},
		{shows: "a subnet", text: "subnet-a", want: "error: subnet-a is a subnet: it can be neither FROM nor TO; ask for an instance, an interface, an address or a CIDR"},
		{shows: "a group", text: "sg-web", want: "error: sg-web is a security-group: it can be neither FROM nor TO; ask for an instance, an interface, an address or a CIDR"},
		{shows: "an ACL", text: "acl-a", want: "error: acl-a is a network-acl: it can be neither FROM nor TO; ask for an instance, an interface, an address or a CIDR"},
		{shows: "a route table", text: "rtb-a", want: "error: rtb-a is a route-table: it can be neither FROM nor TO; ask for an instance, an interface, an address or a CIDR"},
		{shows: "a prefix list", text: "pl-1", want: "error: pl-1 is a prefix-list: it can be neither FROM nor TO; ask for an instance, an interface, an address or a CIDR"},

		{shows: "nothing", text: "", want: "error: an end of the question is empty: give a resource id, an address, a CIDR, a name or internet"},
		{shows: "a slip in an id", text: "eni-wbe", want: `error: "eni-wbe" is not in the snapshot; near: eni-b, eni-b2, eni-db, eni-web`},
		{shows: "a slip in a name", text: "frnt door", want: `error: "frnt door" is not in the snapshot; near: front door`},
		{shows: "a name that is near to nothing", text: "mainframe", want: `error: "mainframe" is not in the snapshot`},
		{shows: "an unknown VPC", text: "vpc-x/10.0.1.5", want: `error: "vpc-x" is not in the snapshot; near: vpc-a, vpc-b, vpc-c`},
		{shows: "no address after the VPC", text: "vpc-a/web", want: `error: "vpc-a/web": "web" is neither an address nor a CIDR; write vpc-a/10.0.1.5`},
		{shows: "nothing after the VPC", text: "vpc-a/", want: `error: "vpc-a/": "" is neither an address nor a CIDR; write vpc-a/10.0.1.5`},
		{shows: "a malformed address is no name either", text: "10.0.1.256", want: `error: "10.0.1.256" is not in the snapshot`},
		{shows: "a malformed CIDR", text: "10.0.1.0/33", want: `error: "10.0.1.0/33" is not in the snapshot`},
		{shows: "an ARN of what is not there", text: "arn:aws:ec2:us-east-1:111111111111:instance/i-none", want: `error: "arn:aws:ec2:us-east-1:111111111111:instance/i-none" is not in the snapshot`},
		{shows: "other people's text stays on one line", text: "web\nserver", want: `error: "web\nserver" is not in the snapshot`},
	} {
		t.Run(test.shows, func(t *testing.T) {
			end, err := n.Resolve(test.text, test.scope)
			if diff := cmp.Diff(test.want, describeEnd(n, end, err)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.text, diff)
			}
			if err == nil && end.Text != test.text {
				t.Errorf("%q: the end says that %q was asked", test.text, end.Text)
			}
		})
	}
}

// Programs tell the two kinds of failure apart by their types.
func TestResolveErrors(t *testing.T) {
	n := networkOf(t, twoAccounts)
	_, err := n.Resolve("app", Scope{})
	var ambiguous *ErrAmbiguous
	if !errors.As(err, &ambiguous) {
		t.Fatalf("app: %v is no *ErrAmbiguous", err)
	}
	var got []string
	for _, m := range ambiguous.Matches {
		got = append(got, m.Type+" "+m.ID+" "+m.Name)
	}
	if diff := cmp.Diff([]string{"instance i-c app", "network-interface eni-db app"}, got); diff != "" {
		t.Errorf("matches by type, then id (-want +got):\n%s", diff)
	}
	_, err = n.Resolve("i-wbe", Scope{})
	var notFound *ErrNotFound
	if !errors.As(err, &notFound) {
		t.Fatalf("i-wbe: %v is no *ErrNotFound", err)
	}
	if diff := cmp.Diff(&ErrNotFound{Text: "i-wbe", Near: []string{"i-b", "i-b2", "i-db", "i-web"}}, notFound); diff != "" {
		t.Errorf("near (-want +got):\n%s", diff)
	}
}

// Of what is near the nearest comes first, at most five, and at equal distance in order of name, whatever the map says.
func TestNearestNamesFirst(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
eni-front1 subnet-a 10.0.1.5
eni-front2 subnet-a 10.0.1.6
eni-front3 subnet-a 10.0.1.7
eni-front4 subnet-a 10.0.1.8
eni-front5 subnet-a 10.0.1.9
eni-frost subnet-a 10.0.1.10
eni-back subnet-a 10.0.1.11
set i-back Tags [{"Key":"Name","Value":"eni-front"}]
`)
	for range 5 {
		_, err := n.Resolve("eni-frontx", Scope{})
		var notFound *ErrNotFound
		if !errors.As(err, &notFound) {
			t.Fatalf("%v is no *ErrNotFound", err)
		}
		want := []string{"eni-front", "eni-front1", "eni-front2", "eni-front3", "eni-front4"}
		if diff := cmp.Diff(want, notFound.Near); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

// Where nothing is near, the message says what could have been asked.
func TestNotFoundWithoutNearNames(t *testing.T) {
	n := networkOf(t, twoAccounts)
	_, err := n.Resolve("mainframe", Scope{})
	if err == nil || !strings.Contains(err.Error(), "7 instances and 9 interfaces") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
}

// The distance is Levenshtein's up to the limit; the twin computes it by definition.
func TestEditDistance(t *testing.T) {
	words := []string{"", "a", "b", "ab", "ba", "abc", "web", "wbe", "eni-web", "eni-wbe", "eni-db", "kitten", "sitting"}
	for _, a := range words {
		for _, b := range words {
			want := slowEditDistance(a, b)
			for limit := range 8 {
				if got := editDistance(a, b, limit); got != want && (got <= limit || want <= limit) {
					t.Errorf("%q to %q within %d: %d, want %d", a, b, limit, got, want)
				}
			}
		}
	}
}

func slowEditDistance(a, b string) int {
	switch {
	case a == "" || b == "":
		return len(a) + len(b)
	case a[0] == b[0]:
		return slowEditDistance(a[1:], b[1:])
	}
	return 1 + min(slowEditDistance(a[1:], b), slowEditDistance(a, b[1:]), slowEditDistance(a[1:], b[1:]))
}

// A list that is long is cut: the message is read by a person, on one line.
func TestAmbiguousErrorIsCut(t *testing.T) {
	e := &ErrAmbiguous{Text: "web"}
	for i := range 10 {
		e.Matches = append(e.Matches, Resource{ID: "i-" + strconv.Itoa(i)})
	}
	want := `"web" is not one thing but 10: i-0, i-1, i-2, i-3, i-4, i-5, i-6, i-7, and 2 more; ask for one of them by id`
	if diff := cmp.Diff(want, e.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is not found where the answers that would hold it are not complete may be there all the same (P1).
func TestResolveWhereAnswersAreMissing(t *testing.T) {
	const network = `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
igw-a vpc-a
rtb-a vpc-a main
  0.0.0.0/0 igw-a
i-web
eni-web subnet-a 10.0.1.5 i-web
`
	for _, test := range []struct {
		shows, edit, text, want string
	}{
		{"no instance answers", "omit describe-instances", "i-other", "missing i-other: not in the snapshot, describe-instances"},
		{"cut instance answers", "cut describe-instances", "i-other", "missing i-other: answer is cut (its last page announces another one), describe-instances"},
		{"an instance that its interface names", "omit describe-instances", "i-web", "eni-web of i-web"},
		{"no interface answers", "omit describe-network-interfaces", "eni-web", "missing eni-web: not in the snapshot, describe-network-interfaces"},
		{"an instance without interface answers", "omit describe-network-interfaces", "i-web",
			"missing interfaces of i-web: not in the snapshot, describe-network-interfaces of i-web"},
		{"an address without interface answers", "omit describe-network-interfaces", "10.0.1.5", "address 10.0.1.5/32"},
		{"no gateway answers", "omit describe-internet-gateways", "igw-b", "missing igw-b: not in the snapshot, describe-internet-gateways"},
		{"a gateway that a route names", "omit describe-internet-gateways", "igw-a", "internet through igw-a"},
		{"an instance of which interfaces may be on a page that is not there", "cut describe-network-interfaces", "i-web", "eni-web of i-web, perhaps further interfaces of i-web"},
		{"a CIDR in which owners may be on a page that is not there", "cut describe-network-interfaces", "10.0.1.0/24", "eni-web at 10.0.1.0/24, perhaps interfaces of vpc-a"},
		{"an address has one owner", "cut describe-network-interfaces", "10.0.1.5", "eni-web at 10.0.1.5/32"},
		{"an interface is itself", "cut describe-network-interfaces", "eni-web", "eni-web"},
		{"a name is not known by its prefix", "omit describe-instances", "web", `error: "web" is not in the snapshot`},
		{"complete answers", "", "i-other", `error: "i-other" is not in the snapshot`},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := networkOf(t, network+test.edit+"\n")
			end, err := n.Resolve(test.text, Scope{})
			if diff := cmp.Diff(test.want, describeEnd(n, end, err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

// A wide CIDR is refused before it becomes a question of millions of pairs; at the bound it is not.
func TestResolveBoundsWideCIDRs(t *testing.T) {
	var rows []string
	for i := range maxEndInterfaces + 1 {
		rows = append(rows, fmt.Sprintf(`{"NetworkInterfaceId":"eni-%04d","VpcId":"vpc-a","SubnetId":"subnet-a","PrivateIpAddress":"10.0.%d.%d"}`, i, i/256, i%256))
	}
	n := read(t, map[string][]byte{"interfaces.json": []byte(`{"NetworkInterfaces":[` + strings.Join(rows, ",") + `]}`)})
	_, err := n.Resolve("10.0.0.0/8", Scope{})
	want := `"10.0.0.0/8" holds 4097 interfaces; ask for a narrower CIDR (at most 4096 interfaces)`
	if err == nil || err.Error() != want {
		t.Errorf("4097 interfaces: %v, want %s", err, want)
	}
	end, err := n.Resolve("10.0.0.0/20", Scope{})
	if err != nil || len(end.Interfaces) != maxEndInterfaces {
		t.Errorf("4096 interfaces: %d, %v", len(end.Interfaces), err)
	}
}
