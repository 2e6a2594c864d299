package snapshot

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// write fills a writer with one of each kind of call and closes it.
func write(t *testing.T, w *Writer) {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("east", 3600))
	add := func(region string, c Call, answer string) {
		t.Helper()
		c.Start, c.End = at, at.Add(time.Second)
		var err error
		if answer == "" {
			err = w.Add("aws", "111122223333", region, c, nil)
		} else {
			err = w.Add("aws", "111122223333", region, c, strings.NewReader(answer))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("us-east-1", Call{Operation: DescribeVpcs, State: Complete},
		`{"ResponseMetadata":{"RequestId":"1"},"Vpcs":[{"VpcId":"vpc-1","Future":{"A":1.50}}],"NextToken":"x"}`+
			`{"Vpcs":[{"VpcId":"vpc-2"}],"NextToken":""}`)
	add("us-east-1", Call{Operation: DescribeSubnets, State: Complete}, `{"Subnets":[],"NextToken":"more"}`)
	add("us-east-1", Call{Operation: DescribeNetworkAcls, State: Denied, Error: "UnauthorizedOperation"}, "")
	add("us-east-1", Call{Operation: "elbv2 describe-load-balancers", State: Complete}, `{"LoadBalancers":[]}`)
	for _, id := range []string{"pl-00000001", "pl-00000002"} {
		add("us-east-1", Call{Operation: GetManagedPrefixListEntries, State: Complete,
			Parameters: map[string]string{"PrefixListId": id}}, `{"Entries":[{"Cidr":"10.0.0.0/8"}]}`)
	}
	add("eu-west-1", Call{Operation: "describe-vpn-connections", State: Complete}, `{"VpnConnections":[{
		"VpnConnectionId":"vpn-1","CustomerGatewayConfiguration":"<xml>s3cret</xml>",
		"Options":{"TunnelOptions":[{"PreSharedKey":"s3cret","Phase1":1}]},
		"Tags":[{"Key":"Environment","Value":"prod"}]}]}`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWriterFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	w, err := NewFolderWriter(dir, "test 1")
	if err != nil {
		t.Fatal(err)
	}
	write(t, w)
	var paths []string
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", p, info.Mode().Perm(), want)
		}
		if rel, _ := filepath.Rel(dir, p); !d.IsDir() {
			paths = append(paths, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "paths", paths, []string{
		"111122223333/eu-west-1/describe-vpn-connections.json",
		"111122223333/us-east-1/describe-subnets.json",
		"111122223333/us-east-1/describe-vpcs.json",
		"111122223333/us-east-1/elbv2.describe-load-balancers.json",
		"111122223333/us-east-1/get-managed-prefix-list-entries.pl-00000001.json",
		"111122223333/us-east-1/get-managed-prefix-list-entries.pl-00000002.json",
		"manifest.json",
	})
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "parts", names(s), []string{"111122223333 eu-west-1", "111122223333 us-east-1"})
	p := s.PartOf("111122223333", "us-east-1")
	diff(t, "states", states(p), map[Operation]State{
		DescribeVpcs: Complete, DescribeSubnets: Cut, DescribeNetworkAcls: Denied,
		"elbv2 describe-load-balancers": Complete,
	})
	diff(t, "VPCs", p.VPCs, []Vpc{{VpcId: "vpc-1"}, {VpcId: "vpc-2"}})
	diff(t, "items", p.Call(DescribeVpcs).Items, 2)
	diff(t, "entries", p.Object(GetManagedPrefixListEntries, "pl-00000002").State, Complete)
	diff(t, "tool", s.Tool, "test 1")
	if _, err := NewFolderWriter(dir, ""); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second snapshot in the same folder: %v, want a refusal", err)
	}
}

func TestRawAnswersStayRaw(t *testing.T) {
	dir := t.TempDir()
	w, err := NewFolderWriter(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, w)
	read := func(p string) string {
		b, err := os.ReadFile(filepath.Join(dir, "111122223333", p))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(string(b)), "")
	}
	diff(t, "pages joined", read("us-east-1/describe-vpcs.json"),
		`{"Vpcs":[{"VpcId":"vpc-1","Future":{"A":1.50}},{"VpcId":"vpc-2"}],"ResponseMetadata":{"RequestId":"1"}}`)
	diff(t, "token of a cut answer", read("us-east-1/describe-subnets.json"), `{"Subnets":[],"NextToken":"more"}`)
	diff(t, "SNAP-6 secrets removed", read("eu-west-1/describe-vpn-connections.json"),
		`{"VpnConnections":[{"VpnConnectionId":"vpn-1","Options":{"TunnelOptions":[{"Phase1":1}]},`+
			`"Tags":[{"Key":"Environment","Value":"prod"}]}]}`)
}

func TestSecrets(t *testing.T) {
	for _, name := range []string{"CustomerGatewayConfiguration", "PreSharedKey", "authKey", "AuthKey",
		"customerRouterConfig", "Environment", "environment", "overrides", "ClientSecret"} {
		for _, value := range []string{`"s3cret"`, `{"a":["s3cret",{"b":"s3cret"}]}`} {
			for _, form := range []string{`{"Vpcs":[{"VpcId":"v","x":{%q:%s,"y":1}}]}`, `{"Vpcs":[],"x":[{%q:%s}]}`,
				`{"Vpcs":[],%q:%s}`} {
				var b bytes.Buffer
				w := NewArchiveWriter(&b, "")
				err := w.Add("", "", "", Call{Operation: DescribeVpcs, State: Complete},
					strings.NewReader(fmt.Sprintf(form, name, value)))
				if err != nil || w.Close() != nil {
					t.Fatal(err)
				}
				if text := unpacked(t, b.Bytes()); strings.Contains(text, "s3cret") {
					t.Errorf("%s survives: %s", name, text)
				}
			}
		}
	}
}

// unpacked is the text of all files of an archive.
func unpacked(t *testing.T, archive []byte) string {
	t.Helper()
	src, err := archiveSource(bytes.NewReader(archive), int64(len(archive)), Options{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range src.entries {
		in, err := e.open()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "-- %s --\n", e.path)
		var data bytes.Buffer
		if _, err := data.ReadFrom(in); err != nil {
			t.Fatal(err)
		}
		b.Write(data.Bytes())
	}
	return b.String()
}

func TestArchiveIsReproducible(t *testing.T) {
	var a, b bytes.Buffer
	write(t, NewArchiveWriter(&a, "test"))
	write(t, NewArchiveWriter(&b, "test"))
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same calls give different archives")
	}
}

func TestWriterRefuses(t *testing.T) {
	for name, add := range map[string]func(*Writer) error{
		"bad account": func(w *Writer) error { return w.Add("aws", "1", "", Call{Operation: "x", State: Denied}, nil) },
		"bad Region": func(w *Writer) error {
			return w.Add("aws", "", "../x", Call{Operation: "x", State: Denied}, nil)
		},
		"bad operation": func(w *Writer) error { return w.Add("", "", "", Call{Operation: "../x", State: Denied}, nil) },
		"bad state":     func(w *Writer) error { return w.Add("", "", "", Call{Operation: "x"}, nil) },
		"not JSON": func(w *Writer) error {
			return w.Add("", "", "", Call{Operation: "x", State: Complete}, strings.NewReader("<html>"))
		},
		"cut short": func(w *Writer) error {
			return w.Add("", "", "", Call{Operation: "x", State: Complete}, strings.NewReader(`{"X":[1,`))
		},
	} {
		dir := t.TempDir()
		w, err := NewFolderWriter(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := add(w); err == nil {
			t.Errorf("%s: accepted", name)
		}
		left, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
		if len(left) > 0 {
			t.Errorf("%s: leaves %v", name, left)
		}
	}
}

// pack writes files to a folder, packs it and opens the archive.
func pack(t *testing.T, f files) (string, *Snapshot) {
	t.Helper()
	dir := t.TempDir()
	src := filepath.Join(dir, "src")
	for p, text := range f {
		p = filepath.Join(src, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dst := filepath.Join(dir, "dst.zip")
	if _, err := Pack(src, dst, "test", Options{}); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if len(left) > 0 {
		t.Errorf("Pack leaves %v", left)
	}
	s, err := Open(dst, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return dst, s
}

// sameFacts compares what two snapshots say, whatever files say it.
func sameFacts(t *testing.T, got, want *Snapshot) {
	t.Helper()
	d := cmp.Diff(want.Parts, got.Parts, cmp.Comparer(func(a, b Vpc) bool { return fmt.Sprint(a) == fmt.Sprint(b) }),
		cmpopts.EquateComparable(), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Part{}, "Folder"),
		cmpopts.IgnoreFields(Call{}, "File", "Parameters", "Error"), cmp.Transformer("text", fmt.Stringer.String))
	if d != "" {
		t.Errorf("packed snapshot (-want +got):\n%s", d)
	}
}

func TestPackKeepsTheFacts(t *testing.T) {
	f := files{
		"111122223333/eu-west-1/all.json": `{"Vpcs":[{"VpcId":"vpc-1"}],"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1"}],"Notes":["n"]}`,
		"111122223333/eu-west-1/p1.json":  `{"InternetGateways":[{"InternetGatewayId":"igw-1"}],"NextToken":"x"}`,
		"111122223333/eu-west-1/p2.json":  "\xFF\xFE" + wide(`{"InternetGateways":[{"InternetGatewayId":"igw-2"}]}`),
		"111122223333/eu-west-1/e.jsonl": `{"PrefixListId":"pl-00000001","Entries":[{"Cidr":"10.0.0.0/8"}]}` +
			`{"PrefixListId":"pl-00000002","Entries":[]}{"Entries":[{"Cidr":"9.9.9.0/24"}]}`,
		"111122223333/eu-west-1/describe-route-tables.json": `{"RouteTables":[`,
		"111122223333/eu-west-1/svc.json":                   `{"ServiceNames":["a","b"],"ServiceDetails":[{"x":1}]}`,
		"111122223333/eu-west-1/attr.json":                  `{"VpcId":"vpc-1","EnableDnsSupport":{"Value":true}}`,
		"222222222222/eu-west-1/n.json":                     `{"NatGateways":[],"NextToken":"x"}`,
		"loose/v.json":                                      `{"Vpcs":[{"VpcId":"vpc-9"}]}`,
		"loose2/v.json":                                     `{"Vpcs":[{"VpcId":"vpc-8"}]}`,
		"README.md":                                         "# Notes",
	}
	want := open(t, f)
	dst, got := pack(t, f)
	sameFacts(t, got, want)
	for _, file := range got.Files {
		if file.Use == Broken || len(file.Ignored) > 0 && !strings.HasPrefix(file.Path, otherFolder+"/") {
			t.Errorf("packed file %+v", file)
		}
	}
	data, err := os.ReadFile(dst)
	if err != nil {
		t.Fatal(err)
	}
	text := unpacked(t, data)
	for _, kept := range []string{`"Notes"`, `9.9.9.0/24`, `"EnableDnsSupport"`, `"ServiceNames"`} {
		if strings.Count(text, kept) != 1 {
			t.Errorf("%s is %d times in the packed form, want once:\n%s", kept, strings.Count(text, kept), text)
		}
	}

	// Packing what is packed changes nothing.
	again := filepath.Join(t.TempDir(), "again.zip")
	if _, err := Pack(dst, again, "other tool", Options{}); err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(data, second) {
		diff(t, "packed twice", unpacked(t, second), text)
	}
}

// wide is ASCII text as UTF-16, low byte first.
func wide(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		b.WriteByte(0)
	}
	return b.String()
}
