package collect

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/snapshot"
)

type answers = map[string]func(func(string) string, int) (int, string)

func TestPagesAreJoined(t *testing.T) {
	f := answering(t, answers{"DescribeVpcs": vpcs(2500)})
	r, s := taken(t, quick(t, rowsOf(t, "describe-vpcs")...))
	if got := stateOf(s, "describe-vpcs"); got.State != snapshot.Complete || got.Items != 2500 {
		t.Errorf("describe-vpcs is %s with %d items, want complete with 2500: %s", got.State, got.Items, got.Error)
	}
	if r.Partial() {
		t.Error("partial, want complete")
	}
	if f.asked["DescribeVpcs"] != 4 { // one of them to see whether the Region answers
		t.Errorf("%d calls, want 3 pages of 1000 and a probe", f.asked["DescribeVpcs"])
	}
	if !strings.Contains(s.Tool, "aws-sdk-go-v2") {
		t.Errorf("the manifest does not say which SDK it was: %s", s.Tool)
	}
}

// TestErrors: what AWS refuses becomes an entry with its error, and nothing is recorded as empty that was not seen empty.
func TestErrors(t *testing.T) {
	ok := vpcs(3)
	never := func(status int, body string) func(func(string) string, int) (int, string) {
		return func(func(string) string, int) (int, string) { return status, body }
	}
	after := func(n, status int, body string) func(func(string) string, int) (int, string) {
		return func(form func(string) string, asked int) (int, string) {
			if asked < n {
				return status, body
			}
			return ok(form, asked)
		}
	}
	for _, tt := range []struct {
		name   string
		answer func(func(string) string, int) (int, string)
		state  snapshot.State
		text   string
		vpcs   int
	}{
		{"denied", never(403, ec2Error("UnauthorizedOperation", "You are not authorized. Encoded authorization failure message: abc")), snapshot.Denied,
			"UnauthorizedOperation: You are not authorized. (encoded message)", 0},
		{"unknown call", never(400, ec2Error("InvalidAction", "no such call")), snapshot.Unsupported, "InvalidAction: no such call", 0},
		{"throttled four times", after(4, 503, ec2Error("RequestLimitExceeded", "slow")), snapshot.Complete, "", 3},
		{"throttled for good", never(503, ec2Error("RequestLimitExceeded", "slow")), snapshot.Failed, "RequestLimitExceeded: slow", 0},
		{"500 four times", after(4, 500, ec2Error("InternalError", "x")), snapshot.Complete, "", 3},
		{"an empty body twice", after(2, 200, ""), snapshot.Complete, "", 3},
		{"an empty body for good", never(200, ""), snapshot.Failed, "the answer does not hold what was asked for: Vpcs", 0},
		{"an answer without the list", never(200, ec2Answer("DescribeVpcs", "")), snapshot.Failed, "the answer does not hold what was asked for: Vpcs", 0},
		{"an empty list", never(200, ec2Answer("DescribeVpcs", "<vpcSet/>")), snapshot.Complete, "", 0},
		{"a body that ends too early", after(2, 200, ec2Answer("DescribeVpcs", "<vpcSet><item><vpcId>vpc-1</vpcId>")[:150]), snapshot.Complete, "", 3},
		{"another error", never(400, ec2Error("InvalidParameterValue", "key AKIAIOSFODNN7EXAMPLE")), snapshot.Failed, "InvalidParameterValue: key (key)", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answering(t, answers{"DescribeVpcs": tt.answer})
			r, s := taken(t, quick(t, rowsOf(t, "describe-vpcs")...))
			got := stateOf(s, "describe-vpcs")
			if got.State != tt.state || got.Error != tt.text || got.Items != tt.vpcs {
				t.Errorf("%s %q with %d VPCs, want %s %q with %d", got.State, got.Error, got.Items, tt.state, tt.text, tt.vpcs)
			}
			if r.Partial() != (tt.state != snapshot.Complete) {
				t.Errorf("partial: %v with state %s", r.Partial(), tt.state)
			}
		})
	}
}

func TestPageTokenRepeats(t *testing.T) {
	answering(t, answers{"DescribeVpcs": func(func(string) string, int) (int, string) {
		return 200, ec2Answer("DescribeVpcs", "<vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet><nextToken>again</nextToken>")
	}})
	_, s := taken(t, quick(t, rowsOf(t, "describe-vpcs")...))
	got := stateOf(s, "describe-vpcs")
	if got.State != snapshot.Cut || got.Error != "page 2 announces a page that was read before" {
		t.Errorf("%s %q, want cut, because a page token repeats", got.State, got.Error)
	}
}

func TestLaterPageFails(t *testing.T) {
	pages := vpcs(2500)
	answering(t, answers{"DescribeVpcs": func(form func(string) string, n int) (int, string) {
		if form("NextToken") == "2000" {
			return 403, ec2Error("UnauthorizedOperation", "no longer")
		}
		return pages(form, n)
	}})
	_, s := taken(t, quick(t, rowsOf(t, "describe-vpcs")...))
	if got := stateOf(s, "describe-vpcs"); got.State != snapshot.Cut || got.Items != 2000 || got.Error != "after 2 pages: UnauthorizedOperation: no longer" {
		t.Errorf("%s %q with %d VPCs, want cut with the 2000 that were read", got.State, got.Error, got.Items)
	}
}

// TestPerObject: a call is made for each object of another one's answer, of what the account owns.
func TestPerObject(t *testing.T) {
	answering(t, answers{
		"DescribeVpcs": func(func(string) string, int) (int, string) {
			return 200, ec2Answer("DescribeVpcs", `<vpcSet><item><vpcId>vpc-0000000a</vpcId><ownerId>111122223333</ownerId></item>`+
				`<item><vpcId>vpc-0000000b</vpcId><ownerId>444455556666</ownerId></item></vpcSet>`)
		},
		"DescribeVpcAttribute": func(form func(string) string, _ int) (int, string) {
			return 200, ec2Answer("DescribeVpcAttribute", "<vpcId>"+form("VpcId")+"</vpcId><"+form("Attribute")+"><value>false</value></"+form("Attribute")+">")
		},
	})
	o := quick(t, rowsOf(t, "describe-vpcs", "describe-vpc-attribute")...)
	_, s := taken(t, o)
	p := s.Parts[0]
	no := false
	if diff := cmp.Diff([]snapshot.VpcAttribute{{VpcId: "vpc-0000000a", EnableDnsSupport: &no}}, p.VPCAttributes); diff != "" {
		t.Error("DNS support:", diff)
	}
	info, err := os.Stat(o.Out + "/111122223333/eu-west-1/describe-vpc-attribute.vpc-0000000a.json")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file of the attribute: %v %v", info, err)
	}
}

// TestSecretsNeverReachTheDisk (SNAP-6).
func TestSecretsNeverReachTheDisk(t *testing.T) {
	answering(t, answers{"DescribeVpnConnections": func(func(string) string, int) (int, string) {
		return 200, ec2Answer("DescribeVpnConnections", `<vpnConnectionSet><item><vpnConnectionId>vpn-00000001</vpnConnectionId>`+
			`<customerGatewayConfiguration>hunter2 in XML</customerGatewayConfiguration><options><tunnelOptionSet><item>`+
			`<preSharedKey>hunter2</preSharedKey><outsideIpAddress>192.0.2.1</outsideIpAddress></item></tunnelOptionSet></options></item></vpnConnectionSet>`)
	}})
	o := quick(t, rowsOf(t, "describe-vpn-connections")...)
	_, s := taken(t, o)
	if len(s.Parts[0].VPNConnections) != 1 {
		t.Fatal("no VPN connection")
	}
	for name, text := range readAll(t, o.Out) {
		if strings.Contains(text, "hunter2") {
			t.Errorf("%s holds a secret:\n%s", name, text)
		}
	}
}

// TestRegionDenied: one entry for a Region that a service control policy denies.
func TestRegionDenied(t *testing.T) {
	f := answering(t, answers{})
	no := func(func(string) string, int) (int, string) {
		return 403, ec2Error("UnauthorizedOperation", "not authorized with an explicit deny in a service control policy")
	}
	f.Close()
	all := answers{}
	for _, c := range Table() {
		if c.Service == "ec2" {
			all[strings.TrimPrefix(c.Action, "ec2:")] = no
		}
	}
	f = answering(t, all)
	var rows []*Call
	for _, c := range Table() {
		if c.Service == "ec2" {
			rows = append(rows, c)
		}
	}
	r, s := taken(t, quick(t, rows...))
	if len(r.Calls) != 1 || stateOf(s, "describe-vpcs").State != snapshot.Denied {
		t.Errorf("%d entries, describe-vpcs %s, want one entry that is denied", len(r.Calls), stateOf(s, "describe-vpcs").State)
	}
	if len(f.asked) > 3 {
		t.Errorf("%d different calls were made: %v", len(f.asked), f.asked)
	}
}
