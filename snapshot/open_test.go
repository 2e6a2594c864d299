package snapshot

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// files is a snapshot folder: path to content.
type files map[string]string

func (f files) fs() fstest.MapFS {
	m := make(fstest.MapFS, len(f))
	for p, text := range f {
		m[p] = &fstest.MapFile{Data: []byte(text), Mode: 0o600}
	}
	return m
}

// open reads the files as one snapshot.
func open(t *testing.T, f files) *Snapshot {
	t.Helper()
	s, err := OpenFS(f.fs(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// onlyPart is the one part of a snapshot.
func onlyPart(t *testing.T, s *Snapshot) *Part {
	t.Helper()
	if len(s.Parts) != 1 {
		t.Fatalf("%d parts, want 1: %v", len(s.Parts), names(s))
	}
	return s.Parts[0]
}

func names(s *Snapshot) []string {
	var out []string
	for _, p := range s.Parts {
		out = append(out, p.Name())
	}
	return out
}

// uses is what became of each file.
func uses(s *Snapshot) map[string]FileUse {
	out := make(map[string]FileUse)
	for _, f := range s.Files {
		out[f.Path] = f.Use
	}
	return out
}

// states are the calls of a part.
func states(p *Part) map[Operation]State {
	out := make(map[Operation]State)
	for op, c := range p.Calls {
		out[op] = c.State
	}
	return out
}

// problem is the problem of a file on one line.
func problem(s *Snapshot, path string) string {
	for _, f := range s.Files {
		if f.Path == path && f.Problem != nil {
			return f.Problem.Error()
		}
	}
	return ""
}

func diff(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{}, netip.Addr{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

const (
	oneVPC    = `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"111122223333","CidrBlock":"10.0.0.0/16"}]}`
	oneSubnet = `{"Subnets":[{"SubnetId":"subnet-1","VpcId":"vpc-1","OwnerId":"111122223333",` +
		`"AvailabilityZone":"eu-west-1a","CidrBlock":"10.0.1.0/24"}]}`
)

func TestFilesAreKnownByTheirKeys(t *testing.T) {
	s := open(t, files{"a.txt": oneVPC, "whatever": oneSubnet})
	p := onlyPart(t, s)
	diff(t, "name", p.Name(), "111122223333 eu-west-1")
	diff(t, "uses", uses(s), map[string]FileUse{"a.txt": Used, "whatever": Used})
	diff(t, "states", states(p), map[Operation]State{DescribeVpcs: Complete, DescribeSubnets: Complete})
	diff(t, "VPCs", p.VPCs, []Vpc{{
		VpcId: "vpc-1", OwnerId: "111122223333", CidrBlock: netip.MustParsePrefix("10.0.0.0/16"),
	}})
	if got := p.Call(DescribeRouteTables).State; got != NotAsked {
		t.Errorf("a call nobody made is %s, want not-asked", got)
	}
}

func TestOneFileWithSeveralKeys(t *testing.T) {
	s := open(t, files{"all.json": `{"Vpcs":[],"Subnets":[],"InternetGateways":[{"InternetGatewayId":"igw-1"}],` +
		`"Regions":[{}],"MyNotes":{"a":[1,2,{"b":null}]}}`})
	diff(t, "file", s.Files, []File{{
		Path: "all.json", Use: Used, Items: 2,
		Keys:    []string{"Vpcs", "Subnets", "InternetGateways", "Regions", "MyNotes"},
		Ignored: []string{"MyNotes"},
	}})
	diff(t, "states", states(onlyPart(t, s)), map[Operation]State{
		DescribeVpcs: Complete, DescribeSubnets: Complete, DescribeInternetGateways: Complete,
		"describe-regions": Complete,
	})
}

func TestPathsSayAccountAndRegion(t *testing.T) {
	for _, test := range []struct {
		path, want string
	}{
		{"111122223333/us-east-1/v.json", "111122223333 us-east-1"},
		{"us-gov-west-1/111122223333/deep/er/v.json", "111122223333 us-gov-west-1"},
		{"configs/ap-southeast-2/v.json", "999999999999 ap-southeast-2"}, // account of the owner
		{"my-network-1/v.json", "999999999999"},                          // no Region's name
		{"12345/v.json", "999999999999"},                                 // no account's id
	} {
		s := open(t, files{test.path: `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"999999999999"}]}`})
		diff(t, test.path, names(s), []string{test.want})
	}
}

func TestPartition(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn", "us-isob-east-1": "aws-iso-b",
		"eusc-de-east-1": "aws-eusc", "il-central-1": "aws",
	} {
		s := open(t, files{region + "/v.json": `{"Vpcs":[]}`})
		if p := onlyPart(t, s); p.Partition != want || p.Region != region {
			t.Errorf("%s: partition %s, Region %q, want %s", region, p.Partition, p.Region, want)
		}
	}
}

func TestOwnersThatDisagreeNameNoAccount(t *testing.T) {
	s := open(t, files{
		"a/v.json": `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"111111111111"},{"VpcId":"vpc-2","OwnerId":"222222222222"}]}`,
		"b/v.json": oneVPC,
	})
	diff(t, "names", names(s), []string{"folder a", "111122223333"})
}

func TestFoldersOfOneRegionAreJoined(t *testing.T) {
	s := open(t, files{
		"net/s.json": oneSubnet,
		"net/v.json": oneVPC,
		"sec/g.json": `{"SecurityGroups":[{"GroupId":"sg-1","OwnerId":"111122223333",
			"SecurityGroupArn":"arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"}]}`,
	})
	p := onlyPart(t, s)
	diff(t, "states", states(p), map[Operation]State{
		DescribeVpcs: Complete, DescribeSubnets: Complete, DescribeSecurityGroups: Complete,
	})
	if s.PartOf("111122223333", "eu-west-1") != p || s.PartOf("111122223333", "eu-west-2") != nil {
		t.Error("PartOf does not find the part by account and Region")
	}
}

func TestZonesNameTheirRegion(t *testing.T) {
	for zone, want := range map[string]string{
		"us-east-1a": "us-east-1", "us-west-2-lax-1a": "us-west-2", "us-east-1-wl1-bos-wlz-1": "us-east-1",
		"us-gov-east-1b": "us-gov-east-1", "use1-az1": "", "": "", "us-east-1": "",
	} {
		if got := regionOfZone(zone); got != want {
			t.Errorf("Region of zone %q is %q, want %q", zone, got, want)
		}
	}
}

func TestEncodings(t *testing.T) {
	text := `{"Vpcs":[{"VpcId":"vpc-1","Tags":[{"Key":"Name","Value":"Küche 🍳"}]}]}`
	utf16bytes := func(low, high int, mark []byte) string {
		out := mark
		for _, u := range utf16.Encode([]rune(text)) {
			var b [2]byte
			b[low], b[high] = byte(u), byte(u>>8)
			out = append(out, b[:]...)
		}
		return string(out)
	}
	for name, content := range map[string]string{
		"UTF-8":               text,
		"UTF-8 with mark":     "\xEF\xBB\xBF" + text,
		"UTF-16 low first":    utf16bytes(0, 1, []byte{0xFF, 0xFE}),
		"UTF-16 high first":   utf16bytes(1, 0, []byte{0xFE, 0xFF}),
		"UTF-8 with line end": text + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := onlyPart(t, open(t, files{"vpcs.json": content}))
			diff(t, "tags", p.VPCs[0].Tags, []Tag{{"Name", "Küche 🍳"}})
		})
	}
}

func TestPages(t *testing.T) {
	vpc := func(id, token string) string {
		return fmt.Sprintf(`{"Vpcs":[{"VpcId":%q}],"NextToken":%s}`, id, token)
	}
	for _, test := range []struct {
		name  string
		files files
		want  State
		items int
	}{
		{"one page", files{"v.json": vpc("a", `""`)}, Complete, 1},
		{"one page, null token", files{"v.json": vpc("a", `null`)}, Complete, 1},
		{"announced page missing", files{"v.json": vpc("a", `"x"`)}, Cut, 1},
		{"JSON Lines", files{"v.json": vpc("a", `"x"`) + "\n" + vpc("b", `"y"`) + vpc("c", `""`)}, Complete, 3},
		{"JSON Lines, last missing", files{"v.json": vpc("a", `"x"`) + "\n" + vpc("b", `"y"`)}, Cut, 2},
		{"ten files", files{"v9.json": vpc("a", `"x"`), "v10.json": vpc("b", `""`)}, Complete, 2},
		{"last of two files missing", files{"v1.json": vpc("a", `"x"`), "v2.json": vpc("b", `"y"`)}, Cut, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := onlyPart(t, open(t, test.files)).Call(DescribeVpcs)
			if c.State != test.want || c.Items != test.items {
				t.Errorf("%s with %d items, want %s with %d", c.State, c.Items, test.want, test.items)
			}
		})
	}
}

func TestGroupRules(t *testing.T) {
	const rules = `{"SecurityGroupRules":[
		{"SecurityGroupRuleId":"sgr-1","GroupId":"sg-1","GroupOwnerId":"111122223333","IsEgress":false,
		 "IpProtocol":"tcp","FromPort":443,"ToPort":443,"CidrIpv4":"10.0.0.0/8","Description":"web"},
		{"SecurityGroupRuleId":"sgr-2","GroupId":"sg-1","IsEgress":true,
		 "IpProtocol":"-1","FromPort":-1,"ToPort":-1,"CidrIpv6":"::/0"},
		{"SecurityGroupRuleId":"sgr-3","GroupId":"sg-2","IsEgress":false,"IpProtocol":"icmp","FromPort":-1,"ToPort":-1,
		 "ReferencedGroupInfo":{"GroupId":"sg-1","UserId":"111122223333"}}]%s}`
	port, any := int32(443), int32(-1)
	folded := []SecurityGroup{
		{GroupId: "sg-1", OwnerId: "111122223333",
			IpPermissions: []IpPermission{{IpProtocol: "tcp", FromPort: &port, ToPort: &port,
				IpRanges: []IpRange{{netip.MustParsePrefix("10.0.0.0/8"), "web"}}}},
			IpPermissionsEgress: []IpPermission{{IpProtocol: "-1",
				Ipv6Ranges: []Ipv6Range{{CidrIpv6: netip.MustParsePrefix("::/0")}}}}},
		{GroupId: "sg-2", IpPermissions: []IpPermission{{IpProtocol: "icmp", FromPort: &any, ToPort: &any,
			UserIdGroupPairs: []UserIdGroupPair{{GroupId: "sg-1", UserId: "111122223333"}}}}},
	}
	whole := fmt.Sprintf(rules, "")
	t.Run("alone", func(t *testing.T) {
		diff(t, "groups", onlyPart(t, open(t, files{"r.json": whole})).SecurityGroups, folded)
	})
	t.Run("beside the groups, which win", func(t *testing.T) {
		p := onlyPart(t, open(t, files{"r.json": whole, "g.json": `{"SecurityGroups":[{"GroupId":"sg-1"}]}`}))
		diff(t, "groups", p.SecurityGroups, []SecurityGroup{{GroupId: "sg-1"}})
	})
	t.Run("beside a damaged answer", func(t *testing.T) {
		p := onlyPart(t, open(t, files{"r.json": whole, "security-groups.json": `{"SecurityGroups":[{`}))
		diff(t, "groups", p.SecurityGroups, folded)
		diff(t, "state", p.Call(DescribeSecurityGroups).State, Failed)
	})
	t.Run("cut", func(t *testing.T) {
		s := open(t, files{"r.json": fmt.Sprintf(rules, `,"NextToken":"x"`)})
		if n := len(onlyPart(t, s).SecurityGroups); n != 0 {
			t.Errorf("%d groups made of rows that are not complete: a missing rule would deny", n)
		}
		if !strings.Contains(problem(s, "r.json"), "not complete") {
			t.Errorf("problem %q does not say why the rows are unused", problem(s, "r.json"))
		}
	})
}

func TestPrefixListsOfTwoCalls(t *testing.T) {
	for _, test := range []struct {
		name, content string
		want          map[Operation]State
		use           FileUse
	}{
		{"p.json", `{"PrefixLists":[{"PrefixListId":"pl-1","Cidrs":["10.0.0.0/8"]}]}`,
			map[Operation]State{DescribePrefixLists: Complete}, Used},
		{"p.json", `{"PrefixLists":[{"PrefixListId":"pl-1","AddressFamily":"IPv4","Version":1}]}`,
			map[Operation]State{DescribeManagedPrefixLists: Complete}, Used},
		{"PrefixLists.json", `{"PrefixLists":[]}`, map[Operation]State{DescribePrefixLists: Complete}, Used},
		{"describe-managed-prefix-lists.json", `{"PrefixLists":[]}`,
			map[Operation]State{DescribeManagedPrefixLists: Complete}, Used},
		{"p.json", `{"PrefixLists":[]}`, map[Operation]State{}, Unattributed},
	} {
		s := open(t, files{test.name: test.content, "x/us-east-1/v.json": `{"Vpcs":[]}`})
		diff(t, test.name+" use", uses(s)[test.name], test.use)
		got := map[Operation]State{}
		for _, p := range s.Parts {
			if p.Region == "" {
				got = states(p)
			}
		}
		diff(t, test.name+" "+test.content, got, test.want)
	}
}

func TestPrefixListEntriesAreAttributed(t *testing.T) {
	const entries = `"Entries":[{"Cidr":"10.0.0.0/8","Description":"d"}]`
	want := []PrefixListEntry{{PrefixListId: "pl-0a1b2c3d", Cidr: netip.MustParsePrefix("10.0.0.0/8"), Description: "d"}}
	for name, content := range map[string]string{
		"x.json":                    `{"PrefixListId":"pl-0a1b2c3d",` + entries + `}`,
		"y.json":                    `{` + entries + `,"PrefixListId":"pl-0a1b2c3d"}`,
		"entries-pl-0a1b2c3d.json":  `{` + entries + `}`,
		"entries-pl-0a1b2c3d-.json": `{` + entries + `}`,
	} {
		p := onlyPart(t, open(t, files{name: content}))
		diff(t, name, p.PrefixListEntries, want)
		diff(t, name+" state", p.Object(GetManagedPrefixListEntries, "pl-0a1b2c3d").State, Complete)
	}
	p := onlyPart(t, open(t, files{"get-managed-prefix-list-entries.pl-x.json": `{` + entries + `}`}))
	diff(t, "own form's name", p.PrefixListEntries[0].PrefixListId, "pl-x")
	s := open(t, files{"v.json": oneVPC, "entries.json": `{` + entries + `}`})
	diff(t, "use", uses(s)["entries.json"], Unattributed)
	if n := len(onlyPart(t, s).PrefixListEntries); n != 0 {
		t.Errorf("%d entries of nobody knows which list", n)
	}
}

func TestAnswersAreKnownByName(t *testing.T) {
	p := onlyPart(t, open(t, files{"t.json": `{
		"LoadBalancers":[{"LoadBalancerArn":"arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/x","VpcId":"vpc-1",
			"State":{"Code":"active"}}]}`}))
	diff(t, "named", p.Named, []NamedResource{
		{ID: "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/x", Kind: "load-balancer", State: "active",
			VpcId: "vpc-1"},
	})
	diff(t, "Region of the load balancer", p.Region, "us-east-1")
	diff(t, "state", p.Call("elbv2 describe-load-balancers").State, Complete)
}

func TestInstancesInheritTheirOwner(t *testing.T) {
	p := onlyPart(t, open(t, files{"i.json": `{"Reservations":[{"OwnerId":"111122223333","Instances":[
		{"InstanceId":"i-1","State":{"Code":16,"Name":"running"}},{"InstanceId":"i-2"}]}]}`}))
	diff(t, "instances", p.Instances, []Instance{
		{InstanceId: "i-1", OwnerId: "111122223333", State: InstanceState{"running"}},
		{InstanceId: "i-2", OwnerId: "111122223333"},
	})
}

func TestOpenPaths(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	single := write("one/vpcs.json", oneVPC)
	folder := filepath.Join(write("x.json/vpcs.json", oneVPC), "..") // a folder that is named like a file
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{single, folder} {
		s, err := Open(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		diff(t, p, uses(s), map[string]FileUse{"vpcs.json": Used})
	}
	for p, want := range map[string]string{
		filepath.Join(dir, "nowhere"):    "no such file or folder",
		empty:                            "holds no files",
		write("none/notes.md", "# hi"):   "not JSON",
		write("zero/v.json", ""):         "empty file",
		write("list/v.json", "[1]"):      "without --query",
		write("alien/v.json", `{"a":1}`): "none of the keys",
	} {
		_, err := Open(p, Options{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%s) = %v, want one line with %q", filepath.Base(p), err, want)
		}
	}
}

func TestProgress(t *testing.T) {
	f := files{"v.json": oneVPC, "s.json": oneSubnet}
	var last, total int64
	_, err := OpenFS(f.fs(), Options{Progress: func(done, of int64) {
		if done <= last {
			t.Errorf("progress went from %d to %d", last, done)
		}
		last, total = done, of
	}})
	if want := int64(len(oneVPC) + len(oneSubnet)); err != nil || last != want || total != want {
		t.Errorf("progress ended at %d of %d (%v), want %d", last, total, err, want)
	}
}

func TestDigest(t *testing.T) {
	base := open(t, files{"a.json": oneVPC, "b.json": oneSubnet})
	if len(base.Digest) != len("sha256:")+64 || base.Digest != open(t, files{"a.json": oneVPC, "b.json": oneSubnet}).Digest {
		t.Errorf("digest %q is not the same twice", base.Digest)
	}
	for what, f := range map[string]files{
		"other bytes": {"a.json": oneVPC, "b.json": oneSubnet + "\n"},
		"other name":  {"a.json": oneVPC, "c.json": oneSubnet},
		"swapped":     {"a.json": oneSubnet, "b.json": oneVPC},
	} {
		if open(t, f).Digest == base.Digest {
			t.Errorf("%s: same digest", what)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	got := []string{"v10", "v2", "v", "v02b", "a/9", "a/10", "w"}
	slices.SortFunc(got, compareNatural)
	diff(t, "order", got, []string{"a/9", "a/10", "v", "v2", "v02b", "v10", "w"})
}
