package model

import (
	"bytes"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/snapshot"
)

// sharing is an account that owns a VPC, and another that owns another VPC, peered with the first. Copies of the first
// account's answers in the second account's part stand for what is shared.
const sharing = `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
igw-a vpc-a
rtb-a vpc-a main
  0.0.0.0/0 igw-a
sg-web vpc-a
  in tcp 443 0.0.0.0/0
nat-a subnet-a 10.0.1.200 198.51.100.200
eni-web subnet-a 10.0.1.5 sg-web i-web
i-web
pl-1 192.0.2.0/24

account 222222222222 us-east-1
vpc-b 10.1.0.0/16
subnet-b vpc-b 10.1.1.0/24
pcx-ab vpc-a vpc-b
`

const ours, theirs = "111111111111/us-east-1/", "222222222222/us-east-1/"

// withCopy gives the second account a copy of one of the first account's answers, with words in it replaced: old, new, ...
func withCopy(files map[string][]byte, file string, words ...string) map[string][]byte {
	files = maps.Clone(files)
	data := files[ours+file]
	for i := 0; i < len(words); i += 2 {
		data = bytes.ReplaceAll(data, []byte(words[i]), []byte(words[i+1]))
	}
	files[theirs+"copy-of-"+file] = data
	return files
}

// stranger makes a third account, of which there are no answers, the owner of everything the first account has.
func stranger(files map[string][]byte) map[string][]byte {
	files = maps.Clone(files)
	for name, data := range files {
		files[name] = bytes.ReplaceAll(data, []byte(`"OwnerId": "111111111111"`), []byte(`"OwnerId": "333333333333"`))
	}
	return files
}

// ACC-2 ACC-3 of several copies the owner's counts; copies of equal standing that differ are a conflict
func TestMerging(t *testing.T) {
	files := filesOf(t, sharing)
	for _, test := range []struct {
		shows string
		files map[string][]byte
		id    string
		known bool
		tells func(n *Network) string // the fact in which the copies differ
		want  string
	}{
		{"one copy", files, "subnet-a", true, blockOfSubnet, "10.0.1.0/24"},
		{"two copies that agree", withCopy(files, "describe-subnets.json"), "subnet-a", true, blockOfSubnet, "10.0.1.0/24"},
		{"the owner's copy", withCopy(files, "describe-subnets.json", "10.0.1.0/24", "10.0.9.0/24"), "subnet-a", true, blockOfSubnet, "10.0.1.0/24"},
		{"copies of a stranger's subnet that agree", withCopy(stranger(files), "describe-subnets.json"), "subnet-a", true, blockOfSubnet, "10.0.1.0/24"},
		{"copies of a stranger's subnet that differ", withCopy(stranger(files), "describe-subnets.json", "10.0.1.0/24", "10.0.9.0/24"), "subnet-a", false, nil, ""},
		{"of a stranger's VPC", withCopy(stranger(files), "describe-vpcs.json", `"available"`, `"pending"`), "vpc-a", false, nil, ""},
		{"of a stranger's route table", withCopy(stranger(files), "describe-route-tables.json", "0.0.0.0/0", "0.0.0.0/1"), "rtb-a", false, nil, ""},
		{"of a stranger's group", withCopy(stranger(files), "describe-security-groups.json", "443", "80"), "sg-web", false, nil, ""},
		{"of a stranger's interface", withCopy(stranger(files), "describe-network-interfaces.json", "in-use", "available"), "eni-web", false, nil, ""},
		{"of a stranger's internet gateway", withCopy(stranger(files), "describe-internet-gateways.json", `"available"`, `"detached"`), "igw-a", false, nil, ""},
		{"of a NAT gateway, whose record names no owner", withCopy(files, "describe-nat-gateways.json", `"available"`, `"deleted"`), "nat-a", false, nil, ""},
		{"of a peering, which both sides own", withStatus(files, "deleted"), "pcx-ab", false, nil, ""},
		{"of a peering, that agree", withStatus(files, "active"), "pcx-ab", true, nil, ""},
	} {
		t.Run(test.shows, func(t *testing.T) {
			n := read(t, test.files)
			ref, ok := n.ByID(test.id)
			if !ok {
				t.Fatalf("no %s", test.id)
			}
			known, missing := standing(n, ref)
			if known != test.known {
				t.Errorf("%s is known: %v, want %v", test.id, known, test.known)
			}
			if conflict := missing != nil && missing.Why == Conflicting && missing.What == test.id && missing.Call != ""; conflict == test.known {
				t.Errorf("%s: %s", test.id, describeMissing(missing))
			}
			if test.tells != nil {
				if diff := cmp.Diff(test.want, test.tells(n)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func blockOfSubnet(n *Network) string { return n.Subnets[n.byID["subnet-a"].Index].Blocks[0].String() }

// withStatus rewrites the peering's status as the second account sees it.
func withStatus(files map[string][]byte, status string) map[string][]byte {
	files = maps.Clone(files)
	name := theirs + "describe-vpc-peering-connections.json"
	files[name] = bytes.ReplaceAll(files[name], []byte(`"active"`), []byte(`"`+status+`"`))
	return files
}

// standing is what the model says of a resource's record.
func standing(n *Network, r Ref) (known bool, missing *Missing) {
	of := func(x interface {
		Known() bool
		Missing() *Missing
	}) (bool, *Missing) {
		return x.Known(), x.Missing()
	}
	switch r.Kind {
	case KindVPC:
		return of(&n.VPCs[r.Index])
	case KindSubnet:
		return of(&n.Subnets[r.Index])
	case KindRouteTable:
		return of(&n.RouteTables[r.Index])
	case KindSecurityGroup:
		return of(&n.SecurityGroups[r.Index])
	case KindInterface:
		return of(&n.Interfaces[r.Index])
	case KindInternetGateway:
		return of(&n.InternetGateways[r.Index])
	case KindNATGateway:
		return of(&n.NATGateways[r.Index])
	}
	return of(&n.Peerings[r.Index])
}

// What depends on a table or ACL in conflict is not known either.
func TestConflictsReachTheSubnet(t *testing.T) {
	files := stranger(filesOf(t, sharing))
	n := read(t, withCopy(files, "describe-route-tables.json", "0.0.0.0/0", "0.0.0.0/1"))
	if _, m := n.TableOf(n.at(t, "subnet-a")); m == nil || m.Why != Conflicting || m.What != "rtb-a" {
		t.Errorf("table of subnet-a: %s", describeMissing(m))
	}
	n = read(t, withCopy(files, "describe-network-acls.json", "allow", "deny"))
	if _, _, m := n.ACLOf(n.at(t, "subnet-a")); m == nil || m.Why != Conflicting || m.What != "acl-default-a" {
		t.Errorf("ACL of subnet-a: %s", describeMissing(m))
	}
	n = read(t, withCopy(files, "describe-network-interfaces.json", "in-use", "available"))
	if end, err := n.Resolve("eni-web", Scope{}); err != nil || end.Kind != EndMissing || end.Missing.Why != Conflicting {
		t.Errorf("eni-web: %s", describeEnd(n, end, err))
	}
}

// A resource belongs to the part whose copy counts, and one that is only named to the part that names it.
func TestPartOfAResource(t *testing.T) {
	n := read(t, withCopy(filesOf(t, sharing), "describe-subnets.json"))
	for id, want := range map[string]string{"subnet-a": "111111111111", "vpc-b": "222222222222", "vpc-a": "111111111111"} {
		if got := n.Resource(n.byID[id]).Account; got != want {
			t.Errorf("%s is of account %s, want %s", id, got, want)
		}
	}
	if part := n.Subnets[n.at(t, "subnet-a")].Part(); part == nil || part.Account != "111111111111" || part.Region != "us-east-1" {
		t.Errorf("subnet-a was read from %v", part)
	}
}

// An incomplete copy of a prefix list's entries counts for nothing beside a complete one, whichever account has it.
func TestCompleteEntriesBeforeCutOnes(t *testing.T) {
	files := filesOf(t, sharing)
	const entries = "get-managed-prefix-list-entries.pl-1.json"
	for _, cut := range []string{ours, theirs} {
		files := maps.Clone(files)
		files[theirs+entries] = files[ours+entries]
		files[cut+entries] = []byte(`{"Entries":[],"NextToken":"x"}`)
		n := read(t, files)
		l := &n.PrefixLists[n.at(t, "pl-1")]
		if m := l.Missing(); m != nil || len(l.Entries) != 1 {
			t.Errorf("cut in %s: %v, missing %s", cut, l.Entries, describeMissing(m))
		}
	}
}

// Two complete copies of a stranger's list that differ are a conflict.
func TestEntriesInConflict(t *testing.T) {
	const entries = "get-managed-prefix-list-entries.pl-1.json"
	for copied, want := range map[string]Why{
		`{"Entries":[{"Cidr":"203.0.113.0/24"}]}`: Conflicting,
		`{"Entries":[]}`:                        Conflicting,
		`{"Entries":[{"Cidr":"192.0.2.0/24"}]}`: "",
	} {
		files := stranger(filesOf(t, sharing))
		files[theirs+entries] = []byte(copied)
		n := read(t, files)
		var why Why
		if m := n.PrefixLists[n.at(t, "pl-1")].Missing(); m != nil {
			why = m.Why
		}
		if why != want {
			t.Errorf("beside %s: %q, want %q", copied, why, want)
		}
	}
}

// AWS's own lists come in two answers; where they agree on the entries nothing is missing, where they differ they conflict.
func TestListsOfTwoAnswers(t *testing.T) {
	const list = `{"PrefixLists":[{"PrefixListId":"pl-s3","PrefixListName":"com.amazonaws.us-east-1.s3","Cidrs":["52.216.0.0/15"]}]}`
	for entries, want := range map[string]Why{
		`{"Entries":[{"Cidr":"52.216.0.0/15"}]}`: "",
		`{"Entries":[{"Cidr":"52.218.0.0/17"}]}`: Conflicting,
	} {
		n := read(t, map[string][]byte{"lists.json": []byte(list), "get-managed-prefix-list-entries.pl-s3.json": []byte(entries)})
		var why Why
		m := n.PrefixLists[n.at(t, "pl-s3")].Missing()
		if m != nil {
			why = m.Why
		}
		if why != want || m != nil && m.Call != snapshot.GetManagedPrefixListEntries {
			t.Errorf("%s: %s", entries, describeMissing(m))
		}
	}
}
