package model

import (
	"strings"
	"testing"
)

const twoSegments = `
account 222222222222 us-east-1
core-network-c
account 111111111111 us-east-1
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
rtb-a vpc-a main
  10.1.0.0/16 core-network-c
vpc-b 10.1.0.0/16
subnet-b vpc-b 10.1.1.0/24
attachment-a core-network-c vpc-a prod subnet-a
attachment-b core-network-c vpc-b prod subnet-b
segment core-network-c.prod.us-east-1
  10.0.0.0/16 attachment-a
  10.1.0.0/16 attachment-b
`

const routesFile = "us-east-1/networkmanager.get-network-routes.core-network-c.prod.us-east-1.json"

// CWAN-3 D-240: of several copies of a segment's routes its core network owner's count; copies of others must agree.
func TestCopiesOfSegmentRoutes(t *testing.T) {
	owners, own := "222222222222/"+routesFile, "111111111111/"+routesFile
	files := func(change func(map[string][]byte)) *CoreTable {
		f := filesOf(t, twoSegments)
		change(f)
		return &read(t, f).CoreTables[0]
	}
	fewer := func(text []byte) []byte {
		return []byte(strings.ReplaceAll(string(text), "10.1.0.0/16", "10.3.0.0/16"))
	}
	for name, test := range map[string]struct {
		change func(map[string][]byte)
		why    Why
		first  string
	}{
		"the owner's alone":   {func(map[string][]byte) {}, "", "10.1.0.0/16"},
		"another's beside it": {func(f map[string][]byte) { f[own] = fewer(f[owners]) }, "", "10.1.0.0/16"},
		"another's alone":     {func(f map[string][]byte) { f[own] = f[owners]; delete(f, owners) }, "", "10.1.0.0/16"},
		"two of others, alike": {func(f map[string][]byte) {
			f[own] = f[owners]
			f["333333333333/"+routesFile] = f[owners]
			delete(f, owners)
		}, "", "10.1.0.0/16"},
		"two of others, unequal": {func(f map[string][]byte) {
			f[own] = f[owners]
			f["333333333333/"+routesFile] = fewer(f[owners])
			delete(f, owners)
		}, Conflicting, ""},
		"a whole one and a cut one": {func(f map[string][]byte) {
			f[own] = f[owners]
			f["333333333333/"+routesFile] = []byte(strings.Replace(string(fewer(f[owners])), "{", `{"NextToken":"more",`, 1))
			delete(f, owners)
		}, "", "10.1.0.0/16"},
		"none": {func(f map[string][]byte) { delete(f, owners) }, NotAsked, ""},
	} {
		t.Run(name, func(t *testing.T) {
			table := files(test.change)
			if test.why != "" {
				account := "222222222222" // the owner's answer would tell
				if test.why == Conflicting {
					account = "111111111111" // one of those that disagree
				}
				if table.Unknown == nil || table.Unknown.Why != test.why || table.Unknown.Account != account {
					t.Fatalf("unknown for %+v, want %q of %s", table.Unknown, test.why, account)
				}
				return
			}
			if table.Unknown != nil || len(table.Routes) != 2 || table.Routes[1].Prefix.String() != test.first {
				t.Errorf("%+v, unknown %+v", table.Routes, table.Unknown)
			}
		})
	}
}

// What no answer of Network Manager describes is known by what routes say of it.
func TestAttachmentsOfRoutesAlone(t *testing.T) {
	n := networkOf(t, twoSegments+"omit networkmanager.list-attachments\nomit networkmanager.get-vpc-attachment\n")
	i, ok := n.ByID("attachment-b")
	if !ok || i.Kind != KindCoreAttachment {
		t.Fatal("the route's attachment is not known")
	}
	a := &n.CoreAttachments[i.Index]
	if a.Type != "vpc" || a.VPC < 0 || n.VPCs[a.VPC].ID != "vpc-b" || a.Edge != "us-east-1" || a.Segment != "" || n.CoreAttachmentMissing(i.Index) == nil {
		t.Errorf("%+v", a)
	}
	if m := n.SubnetsMissing(i); m.Call != "networkmanager get-vpc-attachment" {
		t.Errorf("subnets: %+v", m)
	}
}

// D-250: of a VPC that only the core network's answers name, its own account and Region are missing.
func TestAttachedVPCsOfOtherRegions(t *testing.T) {
	files := filesOf(t, twoSegments+"account 333333333333 eu-west-1\nvpc-e 10.5.0.0/16\nsubnet-e vpc-e 10.5.1.0/24\nattachment-e core-network-c vpc-e prod subnet-e\n")
	for name := range files {
		if strings.HasPrefix(name, "333333333333/") {
			delete(files, name)
		}
	}
	n := read(t, files)
	i, _ := n.ByID("attachment-e")
	a := n.VPCAttachment(i)
	if a.VPC < 0 || len(a.Subnets) != 1 {
		t.Fatalf("%+v", a)
	}
	for _, m := range []*Missing{n.VPCs[a.VPC].Missing(), n.Subnets[a.Subnets[0]].Missing()} {
		if m == nil || m.Account != "333333333333" || m.Region != "eu-west-1" {
			t.Errorf("%+v", m)
		}
	}
}
