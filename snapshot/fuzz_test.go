package snapshot

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

// fuzzOptions keep each input cheap; the bounds themselves are part of what is tried.
var fuzzOptions = Options{MaxBytes: 4 << 20, MaxFiles: 100, MaxMemory: 64 << 20}.withDefaults()

// sane checks what holds for every snapshot that Open gives, whatever the input.
func sane(t *testing.T, s *Snapshot, err error) {
	t.Helper()
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\r\x1b") {
			t.Errorf("error of several lines: %q", err)
		}
		return
	}
	for _, f := range s.Files {
		if f.Use == "" || f.Use == Broken && f.Problem == nil {
			t.Errorf("file without account: %+v", f)
		}
		if f.Problem != nil && strings.ContainsAny(f.Problem.Error(), "\n\r\x1b") {
			t.Errorf("problem of several lines: %q", f.Problem)
		}
	}
	s.NetworkInterfaces()
	s.PrefixListContents()
	s.Named()
	for _, p := range s.Parts {
		for op, c := range p.Calls {
			if !isState(c.State) {
				t.Errorf("%s has state %q", op, c.State)
			}
		}
	}
}

func FuzzOpenFile(f *testing.F) {
	for _, seed := range []string{
		oneVPC, oneSubnet, `{"Reservations":[{"Instances":[{"InstanceId":"i"}]}]}`, `{"PrefixLists":[]}`,
		`{"Entries":[{"Cidr":"10.0.0.0/8"}],"PrefixListId":"pl-1"}{"Entries":[]}`, "\xFF\xFE{\x00}\x00", `{"a":[[[`,
		`{"SecurityGroupRules":[{"GroupId":"g","IpProtocol":"-1","CidrIpv4":"0.0.0.0/0"}],"NextToken":"x"}`,
		`{"NetworkAcls":[{"NetworkAclId":"a","Entries":[{"RuleAction":"deny","Protocol":"6","CidrBlock":"::/0"}]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := fstest.MapFS{"Subnets.json": {Data: data}, "us-east-1/pl-00000001.json": {Data: data},
			"Vpcs.json": {Data: []byte(oneVPC)}}
		src, err := folderSource(m, fuzzOptions)
		if err != nil {
			t.Fatal(err)
		}
		s, a, err := read(src, fuzzOptions)
		sane(t, s, err)
		if err == nil {
			var out bytes.Buffer
			p := &packer{from: src, a: a, w: NewArchiveWriter(&out, "")}
			if err := p.pack(); err != nil {
				t.Errorf("a snapshot that can be read cannot be packed: %v", err)
			}
		}
	})
}

func FuzzArchive(f *testing.F) {
	f.Add(zipped(f, "v.json", oneVPC, "us-east-1/s.json", oneSubnet))
	f.Add(zipped(f, "../v.json", oneVPC))
	var b bytes.Buffer
	w := NewArchiveWriter(&b, "")
	if err := w.Add("", "", "", Call{Operation: DescribeVpcs, State: Complete}, strings.NewReader(oneVPC)); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		src, err := archiveSource(bytes.NewReader(data), int64(len(data)), fuzzOptions)
		if err != nil {
			sane(t, nil, err)
			return
		}
		if len(src.entries) == 0 {
			return
		}
		s, _, err := read(src, fuzzOptions)
		sane(t, s, err)
	})
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(manifestOf(callOf("describe-vpcs", "complete", `"file":"v.json","items":1`))))
	f.Add([]byte(manifestOf(callOf("get-managed-prefix-list-entries", "cut", `"parameters":{"a":"b","xId":"c"}`))))
	f.Add([]byte(`{"format":"vpcreach/snapshot/2"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := OpenFS(fstest.MapFS{"manifest.json": {Data: data}, "v.json": {Data: []byte(oneVPC)}}, fuzzOptions)
		sane(t, s, err)
	})
}
