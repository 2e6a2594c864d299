package collect

import (
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/snapshot"
)

// rowOf is the row of the table for an operation.
func rowOf(t *testing.T, op snapshot.Operation) *Call { return rowsOf(t, op)[0] }

// TestRules: what ../shared/spec says about calls, by rule.
func TestRules(t *testing.T) {
	for name, rule := range map[string]func(*testing.T){
		"SNAP-1 a call that takes a page size gets one":                          pagesHaveSizes,
		"SNAP-3 interfaces, groups and instances are never asked without a size": expensiveCallsHaveSizes,
		"SNAP-4 calls with small buckets of their own are not made":              noSmallBuckets,
		"SNAP-7 a denied call is noted with its account and Region":              deniedIsNoted,
		"SNAP-8 global services have one Region":                                 globalServices,
		"VPN-10 VPN concentrators take 200 to 1,000 a page":                      concentrators,
		"ACC-9 accounts are listed by AWS Organizations page by page":            accountsByPage,
	} {
		t.Run(name, rule)
	}
}

// pagesHaveSizes: without a size AWS chooses one, mostly a small one.
func pagesHaveSizes(t *testing.T) {
	// Where AWS gives everything at once if no size is asked for, and where the size is the most unless one is asked for.
	unsized := map[snapshot.Operation]bool{
		"describe-vpn-gateways": true,
	}
	sized := 0
	for _, c := range Table() {
		switch {
		case c.sized && c.Page == 0 && !unsized[c.op()]:
			t.Errorf("%s takes a page size and is asked without one", c.op())
		case !c.sized && c.Page > 0:
			t.Errorf("%s has a page size, %d, that its input does not take", c.op(), c.Page)
		case c.sized:
			sized++
		}
	}
	if sized < 40 {
		t.Errorf("only %d calls take a page size", sized)
	}
	if got := rowOf(t, "describe-route-tables").Page; got != 100 {
		t.Errorf("describe-route-tables is asked for %d a page, which takes at most 100", got)
	}
}

func expensiveCallsHaveSizes(t *testing.T) {
	sizes := make(map[string]string)
	note := func(action string) func(func(string) string, int) (int, string) {
		return func(form func(string) string, _ int) (int, string) {
			sizes[action] = form("MaxResults")
			return 200, ec2Answer(action, "<networkInterfaceSet/><securityGroupInfo/><reservationSet/>")
		}
	}
	f := answering(t, answers{"DescribeVpcs": vpcs(1), "DescribeNetworkInterfaces": note("DescribeNetworkInterfaces"),
		"DescribeSecurityGroups": note("DescribeSecurityGroups"), "DescribeInstances": note("DescribeInstances")})
	taken(t, quick(t, rowsOf(t, "describe-network-interfaces", "describe-security-groups", "describe-instances")...))
	for action, size := range sizes {
		if size != "1000" || f.asked[action] == 0 {
			t.Errorf("%s asked for %q a page, want 1000", action, size)
		}
	}
	if len(sizes) != 3 {
		t.Errorf("%d calls were made, want 3: %v", len(sizes), sizes)
	}
}

func noSmallBuckets(t *testing.T) {
	small := []string{"describe-security-group-references", "describe-stale-security-groups", "describe-byoip-cidrs", "describe-moving-addresses",
		"describe-instance-topology", "describe-verified-access-instance-logging-configurations"}
	for _, c := range Table() {
		for _, op := range small {
			if c.Service == "ec2" && c.Operation == op {
				t.Errorf("%s has a small bucket of its own: it needs a rate of its own", op)
			}
		}
	}
}

func deniedIsNoted(t *testing.T) {
	answering(t, answers{"DescribeVpcs": vpcs(1), "DescribeSubnets": func(func(string) string, int) (int, string) {
		return 403, ec2Error("UnauthorizedOperation", "no")
	}})
	r, s := taken(t, quick(t, rowsOf(t, "describe-vpcs", "describe-subnets")...))
	call := s.PartOf("111122223333", "eu-west-1").Call("describe-subnets")
	if call.State != snapshot.Denied || call.Error != "UnauthorizedOperation: no" || !r.Partial() {
		t.Errorf("describe-subnets of the account's Region is %s %q, want it denied", call.State, call.Error)
	}
}

func globalServices(t *testing.T) {
	for partition, want := range map[string]string{"aws": "us-west-2", "aws-us-gov": "us-gov-west-1", "aws-cn": ""} {
		if got := homeRegion(partition); got != want {
			t.Errorf("global services of %s are asked in %q, want %q", partition, got, want)
		}
	}
	for _, c := range Table() {
		if global := c.Service == "networkmanager" || c.Service == "globalaccelerator"; c.Home != global && c.over == nil {
			t.Errorf("%s: asked in one Region only: %v, want %v", c.op(), c.Home, global)
		}
	}
	var assumed []string
	all := organisation(&assumed)
	all["GetCallerIdentity"] = nil
	all["ListAccelerators"] = func(func(string) string, int) (int, string) { return 200, `{"Accelerators":[]}` }
	f := answering(t, all)
	o := quick(t, rowsOf(t, "describe-vpcs", "globalaccelerator list-accelerators")...)
	o.Organization, o.Role = true, Role{Name: "reader"}
	taken(t, o)
	// AWS Organizations' Region is the SDK's business: it comes with AWS's own endpoint.
	for action, want := range map[string]string{"ListAccelerators": "us-west-2", "DescribeVpcs": "eu-west-1"} {
		if f.place[action] != want {
			t.Errorf("%s was asked in %q, want %q", action, f.place[action], want)
		}
	}
}

func concentrators(t *testing.T) {
	if got := rowOf(t, "describe-vpn-concentrators").Page; got < 200 || got > 1000 {
		t.Errorf("describe-vpn-concentrators is asked for %d a page, want 200 to 1,000", got)
	}
}

// accountsByPage: the organisation of these answers has its accounts on two pages, one of them suspended.
func accountsByPage(t *testing.T) {
	var assumed []string
	all := organisation(&assumed)
	f := answering(t, all)
	o := quick(t, rowsOf(t, "describe-vpcs")...)
	o.Organization, o.Role = true, Role{Name: "reader"}
	taken(t, o)
	if f.asked["ListAccounts"] != 2 || len(assumed) == 0 || !strings.Contains(assumed[0], "777788889999") {
		t.Errorf("%d calls for accounts, roles %v, want two and the account of the second page", f.asked["ListAccounts"], assumed)
	}
}
