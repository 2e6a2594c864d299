package snapshot

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// P1: what a damaged file would have answered is failed, never empty, and the rest is used.
func TestDamagedFiles(t *testing.T) {
	for _, test := range []struct {
		name, content string
		failed        Operation
		problem       string // how the one line begins
	}{
		{"Subnets.json", `{"Subnets":[{"SubnetId":"subnet-1","VpcId":"v"},{"Subn`, DescribeSubnets,
			"Subnets.json:1 at /Subnets/1: ends in the middle of a value: the file is cut short"},
		{"describe-subnets.json", ``, DescribeSubnets, "describe-subnets.json:1: empty file"},
		{"prod-describe-subnets-2.txt", "An error occurred (UnauthorizedOperation)", DescribeSubnets,
			"prod-describe-subnets-2.txt:1: not JSON: "},
		{"x.json", "{\n \"Subnets\": [\n  {\"SubnetId\": \"subnet-1\", \"CidrBlock\": \"10.0.0.0/33\"}\n ]\n}", DescribeSubnets,
			"x.json:3 at /Subnets/0/CidrBlock: a text that cannot be read: netip.ParsePrefix(\"10.0.0.0/33\")"},
		{"x.json", `{"Subnets":{"SubnetId":"subnet-1"}}`, "", "x.json:1 at /Subnets: an object where a list was expected"},
		{"Subnets.json", `{"Subnets":null}`, DescribeSubnets,
			"Subnets.json:1 at /Subnets: null where a list was expected"},
		{"x.json", `{"Subnets":[{"SubnetId":"s","SubnetId":"s"}]}`, DescribeSubnets,
			"x.json:1 at /Subnets/0/SubnetId: not JSON: duplicate object member name"},
		{"x.json", `{"Subnets":[{"SubnetId":"s","VpcId":"v"},{}]}`, DescribeSubnets, "x.json:1 at /Subnets/1: a record without SubnetId"},
		{"x.json", `{"Subnets":[{"SubnetId":"s","VpcId":"v"},7]}`, DescribeSubnets,
			"x.json:1 at /Subnets/1: a number where an object was expected"},
		{"x.json", `{"Subnets":["s"]}`, DescribeSubnets, "x.json:1 at /Subnets/0: a text where an object was expected"},
		{"x.json", `{"Subnets":[{"SubnetId":"s"}]}`, DescribeSubnets, "x.json:1 at /Subnets/0: a record without VpcId: save the whole answer, without --query"},
		{"x.json", `{"NetworkInterfaces":[{"NetworkInterfaceId":"eni-1","VpcId":"v"}]}`, DescribeNetworkInterfaces, "x.json:1 at /NetworkInterfaces/0: a record without SubnetId"},
		{"x.json", `{"NatGateways":[{"NatGatewayId":"nat-1"}]}`, DescribeNatGateways, "x.json:1 at /NatGateways/0: a record without VpcId"},
		{"x.json", `{"RouteTables":[{"RouteTableId":"rtb-1"}]}`, DescribeRouteTables, "x.json:1 at /RouteTables/0: a record without VpcId"},
		{"x.json", `{"NetworkAcls":[{"NetworkAclId":"acl-1"}]}`, DescribeNetworkAcls, "x.json:1 at /NetworkAcls/0: a record without VpcId"},
		{"x.json", `{"Subnets":[{"SubnetId":7}]}`, DescribeSubnets,
			"x.json:1 at /Subnets/0/SubnetId: a number where a text was expected"},
		{"x.json", `{"Subnets":[]}{"Subnets":[]`, DescribeSubnets, "x.json:1: ends in the middle of a value"},
		{"x.json", `{"Subnets":[{"SubnetId":"\ud800"}]}`, DescribeSubnets, "x.json:1 at /Subnets/0"},
		{"x.json", "{\"Subnets\":[{\"SubnetId\":\"\xff\"}]}", DescribeSubnets, "x.json:1 at /Subnets/0"},
		{"Subnets.json", "\xFF\xFE{\x00\"", DescribeSubnets, "Subnets.json:1: damaged UTF-16 text"},
		{"x.json", `{"Reservations":[{"Instances":[{"State":{}}]}]}`, DescribeInstances,
			"x.json:1 at /Reservations/0: a record without InstanceId"},
		{"x.json", `{"NetworkAcls":[{"NetworkAclId":"acl-1","Entries":[{"RuleNumber":99999999999}]}]}`, DescribeNetworkAcls,
			"x.json:1 at /NetworkAcls/0/Entries/0/RuleNumber: a number 99999999999 that cannot be read"},
		{"x.json", `{"Subnets":[],"X":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, DescribeSubnets,
			"x.json:1 at /X/0/0"},
	} {
		s := open(t, files{test.name: test.content, "Vpcs.json": oneVPC})
		got := problem(s, test.name)
		if uses(s)[test.name] != Broken || !strings.HasPrefix(got, test.problem) || strings.ContainsAny(got, "\n\r") {
			t.Errorf("%.60q: %s, %q\nwant %s...", test.content, uses(s)[test.name], got, test.problem)
		}
		p := onlyPart(t, s)
		if len(p.Subnets)+len(p.Instances)+len(p.NetworkACLs) > 0 {
			t.Errorf("%.60q: records of a damaged file are used", test.content)
		}
		if test.failed != "" && p.Call(test.failed).State != Failed {
			t.Errorf("%.60q: %s is %s, want failed", test.content, test.failed, p.Call(test.failed).State)
		}
		if p.Call(DescribeVpcs).State != Complete || len(p.VPCs) != 1 {
			t.Errorf("%.60q: the good file beside it is not used", test.content)
		}
	}
}

// A rule without a readable peer or destination would be passed over by the model and turn a verdict into its opposite, so it spoils
// its file. Protocols, ports and actions are the model's to read (D-31).
func TestRulesThatCannotBeRead(t *testing.T) {
	acl := func(entry string) string {
		return `{"NetworkAcls":[{"NetworkAclId":"acl-1","VpcId":"v","Entries":[` + entry + `]}]}`
	}
	group := func(rule string) string {
		return `{"SecurityGroups":[{"GroupId":"sg-1","IpPermissions":[` + rule + `]}]}`
	}
	routes := func(route string) string {
		return `{"RouteTables":[{"RouteTableId":"rtb-1","VpcId":"v","Routes":[` + route + `]}]}`
	}
	for content, want := range map[string]string{
		acl(`{"RuleAction":"deny","Protocol":"6"}`):                           "/NetworkAcls/0/Entries/0:",
		acl(`{"RuleAction":"deny","Protocol":"6","CidrBlock":"::/0"}`):        "/NetworkAcls/0/Entries/0/CidrBlock",
		group(`{"IpProtocol":"-1","IpRanges":[{}]}`):                          "/IpRanges/0/CidrIp",
		group(`{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"1.2.3.4/32"}]}`): "/Ipv6Ranges/0/CidrIpv6",
		group(`{"IpProtocol":"-1","UserIdGroupPairs":[{}]}`):                  "/UserIdGroupPairs/0",
		group(`{"IpProtocol":"-1","PrefixListIds":[{}]}`):                     "/PrefixListIds/0",
		routes(`{"GatewayId":"local"}`):                                       "/RouteTables/0/Routes/0",
		routes(`{"DestinationCidrBlock":"::/0"}`):                             "/Routes/0/DestinationCidrBlock",
		`{"SecurityGroupRules":[{"GroupId":"sg-1","IpProtocol":"-1"}]}`:       "/SecurityGroupRules/0",
	} {
		s := open(t, files{"x.json": content, "Vpcs.json": oneVPC})
		if got := problem(s, "x.json"); uses(s)["x.json"] != Broken || !strings.Contains(got, want) {
			t.Errorf("%s: %s %q, want failed at %s", content, uses(s)["x.json"], got, want)
		}
	}
}

func TestFilesThatAreNotAnswers(t *testing.T) {
	s := open(t, files{
		"Vpcs.json": oneVPC, "README.md": "# Notes", "vpcs.md": "# VPCs", "subnets.err": "", "picture.png": "\x89PNG", ".git/config": "{", "._x.json": "{",
		"alien.json": `{"planned_values":{}}`, "manifest.json": `{"name":"app","version":3}`,
	})
	diff(t, "uses", uses(s), map[string]FileUse{
		"Vpcs.json": Used, "README.md": NotUnderstood, "vpcs.md": NotUnderstood, "subnets.err": NotUnderstood, "picture.png": NotUnderstood, "alien.json": NotUnderstood,
		"manifest.json": NotUnderstood,
	})
}

func TestLimits(t *testing.T) {
	f := files{"v.json": oneVPC, "s.json": oneSubnet}
	for limit, opts := range map[string]Options{
		"MaxBytes":     {MaxBytes: int64(len(oneVPC) + len(oneSubnet) - 1)},
		"MaxFileBytes": {MaxFileBytes: int64(len(oneVPC) - 1)},
		"MaxFiles":     {MaxFiles: 2}, // the folder counts
		"MaxMemory":    {MaxMemory: 1000},
	} {
		var got *LimitError
		if _, err := OpenFS(f.fs(), opts); !errors.As(err, &got) || got.Limit != limit {
			t.Errorf("%s: %v", limit, err)
		}
	}
	if _, err := OpenFS(f.fs(), Options{MaxBytes: int64(len(oneVPC) + len(oneSubnet)), MaxFiles: 3}); err != nil {
		t.Errorf("at the limits: %v", err)
	}
}

// endless gives the same bytes for ever, and counts them.
type endless struct {
	pattern string
	n       int64
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.pattern[(e.n+int64(i))%int64(len(e.pattern))]
	}
	e.n += int64(len(p))
	return len(p), nil
}

// Hostile files of a gigabyte must neither fill the memory nor take minutes.
func TestHostileStreams(t *testing.T) {
	for name, test := range map[string]struct{ head, pattern, want string }{
		"one endless text":      {`{"Vpcs":[{"VpcId":"`, "a", "a single text or number"},
		"one endless number":    {`{"X":`, "1", "a single text or number"},
		"endless spaces":        {`{"X":`, " ", "a single text or number"},
		"endless nesting":       {`{"X":`, "[", "nested deeper than 100 levels"},
		"endless nested record": {`{"Vpcs":[{"X":`, `{"a":`, "depth"},
		"endless key":           {`{"`, "k", "a single text or number"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			e := &endless{pattern: test.pattern}
			in := io.LimitReader(io.MultiReader(strings.NewReader(test.head), e), 1<<30)
			d := newFileDecoder("x.json", in, nil, defaultMaxDepth)
			err := d.run()
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(describe("x.json", err).Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
			if e.n > 100<<20 || after.TotalAlloc-before.TotalAlloc > 200<<20 {
				t.Errorf("read %d MiB, took %d MiB of memory", e.n>>20, (after.TotalAlloc-before.TotalAlloc)>>20)
			}
		})
	}
}

// A gigabyte that is passed over must not be held.
func TestPassingOverTakesNoMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in := io.MultiReader(strings.NewReader(`{"X":[`),
		io.LimitReader(&endless{pattern: `{"a":[1,2,{"b":"c"}]},`}, 22<<20), strings.NewReader(`0],"Vpcs":[]}`))
	d := newFileDecoder("x.json", in, nil, defaultMaxDepth)
	if err := d.run(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 2<<20 {
		t.Errorf("%d bytes allocated for 22 MiB that nobody needs", got)
	}
}

// zipped makes an archive of names and contents.
func zipped(t testing.TB, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		f, err := w.Create(entries[i])
		if err == nil {
			_, err = io.WriteString(f, entries[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchives(t *testing.T) {
	dir := t.TempDir()
	openBytes := func(data []byte) (*Snapshot, error) {
		p := filepath.Join(dir, "snapshot.zip")
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return Open(p, Options{})
	}
	good := zipped(t, "111122223333/eu-west-1/vpcs.json", oneVPC, "__MACOSX/._x", "junk")
	s, err := openBytes(good)
	if err != nil {
		t.Fatal(err)
	}
	folder := open(t, files{"111122223333/eu-west-1/vpcs.json": oneVPC})
	diff(t, "archive and folder", s, folder)

	link := func() []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "x.json"}
		h.SetMode(os.ModeSymlink | 0o777)
		f, _ := w.CreateHeader(h)
		_, _ = io.WriteString(f, "/etc/passwd")
		_ = w.Close()
		return b.Bytes()
	}()
	spoiled := bytes.Clone(good)
	spoiled[70] ^= 0xFF
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"cut short":      {good[:len(good)-30], "damaged or cut short"},
		"outside":        {zipped(t, "../v.json", oneVPC), "unsafe name"},
		"absolute":       {zipped(t, "/etc/v.json", oneVPC), "unsafe name"},
		"backslash":      {zipped(t, `..\v.json`, oneVPC), "unsafe name"},
		"twice":          {zipped(t, "v.json", oneVPC, "v.json", oneSubnet), "two entries"},
		"symbolic link":  {link, "not a plain file"},
		"bomb":           {zipped(t, "v.json", `{"X":[`+strings.Repeat("0,", 60<<20)+`0]}`), "unpacks to more than"},
		"damaged inside": {spoiled, "no file holds an answer that can be used"},
		"nothing inside": {zipped(t), "holds no files"},
	} {
		_, err := openBytes(test.data)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line with %q", name, err, test.want)
		}
	}
}

func TestFoldersDoNotLeadOutside(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.json")
	for p, text := range map[string]string{secret: oneSubnet, filepath.Join(dir, "Vpcs.json"): oneVPC} {
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"Subnets.json": secret, "more": outside} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "uses", uses(s), map[string]FileUse{"Vpcs.json": Used, "Subnets.json": Broken, "more": Broken})
	diff(t, "subnets", onlyPart(t, s).Call(DescribeSubnets).State, Failed)
}

func TestUnreadableFiles(t *testing.T) {
	s, err := OpenFS(deniedFS{files{"Subnets.json": oneSubnet, "Vpcs.json": oneVPC}.fs(), "Subnets.json"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "problem", problem(s, "Subnets.json"),
		"Subnets.json: cannot be read: permission denied: check the file and its permissions")
	diff(t, "subnets", onlyPart(t, s).Call(DescribeSubnets).State, Failed)
}

// deniedFS refuses to open one of its files.
type deniedFS struct {
	fstest.MapFS
	name string
}

func TestErrorsAreOneLine(t *testing.T) {
	hostile := "a\n\x1b[31mb\u202e" + strings.Repeat("x", 1000)
	s := open(t, files{"Vpcs.json": oneVPC, "x.json": fmt.Sprintf(`{"Subnets":[{"SubnetId":"s","VpcId":"v","CidrBlock":%q}]}`,
		strings.ReplaceAll(hostile, "\x1b", "?"))})
	if got := problem(s, "x.json"); len(got) > 1000 || strings.ContainsAny(got, "\n\x1b\u202e") {
		t.Errorf("hostile text reaches the terminal: %q", got)
	}
}

func (f deniedFS) Open(name string) (fs.File, error) {
	if name == f.name {
		return nil, &fs.PathError{Op: "open", Path: "/absolute/" + name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}
