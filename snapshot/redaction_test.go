package snapshot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// redactFiles redacts files and returns the copy's text, file by file.
func redactFiles(t *testing.T, f files, o RedactOptions) (string, *Redaction) {
	t.Helper()
	if o.Key == nil {
		o.Key = []byte("k")
	}
	fsys := fstest.MapFS{}
	for name, text := range f {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	var to bytes.Buffer
	d, err := RedactFS(fsys, &to, o, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return unpacked(t, to.Bytes()), d
}

func TestEveryMemberOfARecordHasARule(t *testing.T) {
	used := map[string]bool{}
	var walk func(parent string, typ reflect.Type)
	walk = func(parent string, typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			inner := f.Type
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice && inner.Elem().Kind() != reflect.Uint8 {
				inner = inner.Elem()
			}
			u, ok := ruleOf(parent, name)
			used[name], used[parent+"."+name] = true, true
			what := fmt.Sprintf("%s.%s (%s)", parent, name, f.Type)
			switch {
			case !ok:
				t.Errorf("%s is read but dropped by redaction: give it a rule", what)
			case inner == reflect.TypeFor[Tag]():
				if !u.tags {
					t.Errorf("%s holds tags", what)
				}
			case inner == reflect.TypeFor[netip.Prefix](), inner == reflect.TypeFor[netip.Addr]():
				if !u.texts || u.of(&redactor{addrs: newAddressMap([]byte("k"))}, "11.22.33.44") == "11.22.33.44" {
					t.Errorf("%s holds addresses that are not replaced", what)
				}
			case inner.Kind() == reflect.Struct:
				walk(name, inner)
			case inner.Kind() == reflect.String:
				if !u.texts {
					t.Errorf("%s is a text, which its rule drops", what)
				}
			case inner.Kind() == reflect.Bool, inner.Kind() == reflect.Int32, inner.Kind() == reflect.Int64:
				if !u.scalars {
					t.Errorf("%s is a number or truth value, which its rule drops", what)
				}
			}
		}
	}
	for name, typ := range recordTypes() {
		walk(name, typ)
	}
	beside := strings.Fields("AdditionalRoutesAvailable NatGatewaySupport NatSystemRouteSupport CoreNetworkSegmentEdge RouteTableType EnableDnsSupport EnableDnsHostnames routes")
	for name := range memberRules {
		if !used[name] && !slices.Contains(beside, name) {
			t.Errorf("%s has a rule, but no record holds it", name)
		}
	}
}

// recordTypes are the types that answers decode to.
func recordTypes() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, typ := range []reflect.Type{reflect.TypeFor[Reservation](), reflect.TypeFor[SecurityGroupRule](), reflect.TypeFor[anyPrefixList](), reflect.TypeFor[namedRecord](),
		reflect.TypeFor[classicRecord](), reflect.TypeFor[dbInstanceRecord](), reflect.TypeFor[dbClusterRecord](), reflect.TypeFor[dbProxyRecord](), reflect.TypeFor[cacheRecord](),
		reflect.TypeFor[taskRecord](), reflect.TypeFor[mountTargetRecord](), reflect.TypeFor[fileSystemRecord](), reflect.TypeFor[functionRecord](), reflect.TypeFor[exportedRoute]()} {
		out[typ.Name()] = typ
	}
	part := reflect.TypeFor[Part]()
	for i := range part.NumField() {
		if f := part.Field(i); f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct && f.Name != "Named" && f.Name != "Services" {
			out[f.Name] = f.Type.Elem()
		}
	}
	return out
}

func TestWhatNoRuleReadsIsLeftOut(t *testing.T) {
	text, _ := redactFiles(t, files{
		"111122223333/eu-west-1/v.json": `{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","Motto":"per aspera ad astra","State":"per aspera!",
			"Tags":[{"Key":"Project","Value":"per aspera"},{"Key":"Name","Value":"per aspera"}],"BlockPublicAccessStates":{"InternetGatewayBlockMode":"off","Why":["per aspera"]}}],
			"Motto":"per aspera","ResponseMetadata":{"RequestId":"per aspera"},"NextToken":"per aspera"}`,
		"111122223333/eu-west-1/c.json": `{"VpnConnections":[{"VpnConnectionId":"vpn-1","CustomerGatewayConfiguration":"per aspera","Options":{"TunnelOptions":[{"PreSharedKey":"per aspera"}]}}]}`,
		"111122223333/eu-west-1/f.json": `{"FlowLogs":[{"LogGroupName":"per aspera"}]}`,
		"111122223333/eu-west-1/o.json": `{"Mottos":["per aspera"]}`,
		"manifest.json": `{"format":"vpcreach/snapshot/1","calls":[{"account":"111122223333","region":"eu-west-1","service":"ec2","operation":"describe-subnets","state":"denied",
			"error":"UnauthorizedOperation: per aspera is not allowed"}]}`,
		"README.md": "per aspera",
	}, RedactOptions{})
	if strings.Contains(text, "aspera") || strings.Contains(text, "1111") {
		t.Errorf("something is left:\n%s", text)
	}
	for _, want := range []string{`"Key": "Name"`, `"InternetGatewayBlockMode": "off"`, `"state": "denied"`, `"error": "UnauthorizedOperation"`, `"state": "cut"`, "VpnConnectionId"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is gone:\n%s", want, text)
		}
	}
}

func TestStandInsSortAsTheOriginals(t *testing.T) {
	var groups []string
	for _, id := range []string{"sg-0f", "sg-0a", "sg-00000000000000001", "sg-b"} { // one looks like a stand-in
		groups = append(groups, `{"GroupId":"`+id+`","GroupName":"g `+id+`","OwnerId":"999988887777"}`)
	}
	_, d := redactFiles(t, files{"999988887777/eu-west-1/g.json": `{"SecurityGroups":[` + strings.Join(groups, ",") + `]}`}, RedactOptions{})
	var got []string
	for _, id := range []string{"sg-00000000000000001", "sg-0a", "sg-0f", "sg-b"} {
		got = append(got, d.Text(id))
	}
	want := []string{"sg-00000000000000002", "sg-00000000000000003", "sg-00000000000000004", "sg-00000000000000005"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stand-ins (-want +got):\n%s", diff)
	}
	if d.Text("999988887777") != "000000000001" || d.Text("sg-unheard-of") != "sg-unheard-of" {
		t.Errorf("%s, %s", d.Text("999988887777"), d.Text("sg-unheard-of"))
	}
}

func TestTextsThatHoldSeveralThings(t *testing.T) {
	_, d := redactFiles(t, files{"111122223333/eu-west-1/n.json": `{"NetworkInterfaces":[
		{"NetworkInterfaceId":"eni-1","VpcId":"vpc-1","SubnetId":"subnet-1","Description":"ELB app/shopfront/0123456789abcdef","PrivateDnsName":"ip-10-1-2-3.eu-west-1.compute.internal","PrivateIpAddress":"10.1.2.3",
		 "RequesterId":"AROAXYZ:shopfunction","TagSet":[{"Key":"Team","Value":"shopteam"}]}]}`,
		"111122223333/eu-west-1/l.json": `{"LoadBalancers":[{"LoadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shopfront/0123456789abcdef",
		 "LoadBalancerName":"shopfront","DNSName":"shopfront-77.eu-west-1.elb.amazonaws.com"}]}`}, RedactOptions{})
	front := d.Text("shopfront")
	if front == "shopfront" {
		t.Fatal("a name is left")
	}
	if arn := d.Text("arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shopfront/0123456789abcdef"); !strings.HasPrefix(arn,
		"arn:aws:elasticloadbalancing:eu-west-1:000000000001:loadbalancer/app/"+front+"/name") {
		t.Error(arn)
	}
	if got, want := d.Text("ip-10-1-2-3.eu-west-1.compute.internal"), "ip-"+strings.ReplaceAll(d.Text("10.1.2.3"), ".", "-")+".eu-west-1.compute.internal"; got != want {
		t.Errorf("host name %s, want %s", got, want)
	}
	if got := d.Text("shopfront-77.eu-west-1.elb.amazonaws.com"); !strings.HasSuffix(got, ".eu-west-1.elb.amazonaws.com") || strings.Contains(got, "shop") {
		t.Error(got)
	}
	if got := d.Text("tag:Team=shopteam"); !strings.HasPrefix(got, "tag:name") || strings.Contains(got, "shop") {
		t.Error(got)
	}
	r := d.r
	r.collecting, r.names, r.ids = true, newStandIns("%d"), map[string]*standIns{} // every text is its own stand-in
	for _, tt := range []struct{ in, want string }{
		{"Interface for NAT Gateway nat-0123456789abcdef0", "Interface for NAT Gateway nat-0123456789abcdef0"},
		{"AWS Lambda VPC ENI-shop-01234567-89ab-cdef-0123-456789abcdef", "AWS Lambda VPC ENI-shop-00000000-0000-0000-0000-000000000000"},
		{"DAX cluster of somebody", "DAX"},
		{"EFS mount target for fs-1 (fsmt-2)", "EFS mount target for fs-1"},
		{"Attached to Glue using role: somebody", "Attached to Glue using role: "},
		{"RDSNetworkInterface", "RDSNetworkInterface"},
	} {
		if got := r.description(tt.in); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestTagsThatAreKept(t *testing.T) {
	f := files{"111122223333/eu-west-1/v.json": `{"Vpcs":[{"VpcId":"vpc-1","Tags":[{"Key":"stage","Value":"production"},{"Key":"owner","Value":"somebody"},
		{"Key":"aws:cloudformation:stack-name","Value":"shopstack"}]}]}`}
	text, d := redactFiles(t, f, RedactOptions{KeepTags: []string{"stage"}})
	if !strings.Contains(text, "production") || strings.Contains(text, "somebody") || strings.Contains(text, "shopstack") || !strings.Contains(text, "aws:cloudformation:stack-name") {
		t.Error(text)
	}
	if d.Text("tag:stage=production") != "tag:stage=production" {
		t.Error(d.Text("tag:stage=production"))
	}
}

func TestTheSameKeyGivesTheSameBytes(t *testing.T) {
	f := files{"111122223333/eu-west-1/v.json": `{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"10.3.0.0/16"}]}`}
	a, d := redactFiles(t, f, RedactOptions{Key: []byte("one")})
	b, _ := redactFiles(t, f, RedactOptions{Key: []byte("one")})
	c, _ := redactFiles(t, f, RedactOptions{Key: []byte("another")})
	if a != b || a == c {
		t.Errorf("same key: same bytes %t; other key: same bytes %t", a == b, a == c)
	}
	var m bytes.Buffer
	if err := d.WriteMap(&m); err != nil {
		t.Fatal(err)
	}
	var got redactionMap
	if err := json.Unmarshal(m.Bytes(), &got); err != nil || got.Format != MapFormat || got.Key != "6f6e65" || got.IDs["vpc-1"] != "vpc-00000000000000001" ||
		got.Accounts["111122223333"] != "000000000001" || got.Prefixes["10.3.0.0/16"] != d.Text("10.3.0.0/16") {
		t.Errorf("%v: %s", err, m.String())
	}
}

func TestRedactWritesForTheOwnerAlone(t *testing.T) {
	src := tree(t, t.TempDir(), files{"111122223333/eu-west-1/v.json": `{"Vpcs":[{"VpcId":"vpc-1"}]}`})
	dir := t.TempDir()
	for _, dst := range []string{filepath.Join(dir, "copy.zip"), filepath.Join(dir, "copy")} {
		if _, err := Redact(src, dst, RedactOptions{Tool: "test"}, Options{}); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dst, Options{})
		if err != nil || len(s.Parts) != 1 || s.Parts[0].Account != "000000000001" || s.Parts[0].VPCs[0].VpcId != "vpc-00000000000000001" {
			t.Errorf("%s: %+v, %v", dst, s, err)
		}
	}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if info, statErr := d.Info(); statErr != nil || !d.IsDir() && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o (%v)", p, info.Mode().Perm(), statErr)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := Redact(src, filepath.Join(dir, "copy"), RedactOptions{}, Options{}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a folder is replaced unasked: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("leaves %v", left)
	}
	if _, err := os.Stat(filepath.Join(dir, "copy", "000000000001", "eu-west-1", "describe-vpcs.json")); err != nil {
		t.Error(err)
	}
}

func TestExportedRoutesAreRedacted(t *testing.T) {
	const name = "111111111111_us-east-1_tgw-rtb-0a1b2c3d_2026-01-02T03-04-05.json"
	text, d := redactFiles(t, files{"v.json": oneVPC, name: `{"filter":[{"name":"route-search.subnet-of-match","values":["0.0.0.0/0","::/0"]}],"routes":[
		{"destinationCidrBlock":"10.1.0.0/16","transitGatewayAttachments":[{"resourceId":"vpc-0a1b2c3d","transitGatewayAttachmentId":"tgw-attach-0a1b2c3d","resourceType":"vpc"}],
		 "type":"propagated","state":"active"}]}`}, RedactOptions{})
	for _, want := range []string{d.Text("10.1.0.0/16"), d.Text("tgw-rtb-0a1b2c3d"), d.Text("tgw-attach-0a1b2c3d"), "route-search.subnet-of-match,Values=0.0.0.0/0,::/0", "propagated"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is gone:\n%s", want, text)
		}
	}
	if strings.Contains(text, "0a1b2c3d") {
		t.Errorf("an id is left:\n%s", text)
	}
}
