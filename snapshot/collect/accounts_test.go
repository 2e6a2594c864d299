package collect

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/snapshot"
)

// organisation answers for three accounts, of which one is closed and one does not let the role in. who is asked last is who a role was
// assumed in last: the tests below ask one account at a time.
func organisation(assumed *[]string) answers {
	current := "111122223333"
	return answers{
		"GetCallerIdentity": func(func(string) string, int) (int, string) {
			return 200, fmt.Sprintf(`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws-us-gov:iam::%[1]s:user/a</Arn><Account>%[1]s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, current)
		},
		"ListAccounts": func(_ func(string) string, n int) (int, string) {
			if n == 0 {
				return 200, `{"Accounts":[{"Id":"111122223333","Status":"ACTIVE"},{"Id":"444455556666","Status":"SUSPENDED"}],"NextToken":"2"}`
			}
			return 200, `{"Accounts":[{"Id":"777788889999","Status":"ACTIVE"}]}`
		},
		"AssumeRole": func(form func(string) string, _ int) (int, string) {
			*assumed = append(*assumed, strings.Join([]string{form("RoleArn"), form("ExternalId"), form("RoleSessionName"), form("Tags.member.1.Key") + "=" + form("Tags.member.1.Value")}, " "))
			if strings.Contains(form("RoleArn"), "777788889999") {
				return 403, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to assume</Message></Error></ErrorResponse>`
			}
			current = "444455556666"
			return 200, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>` +
				`<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
		},
		"DescribeVpcs": vpcs(3),
	}
}

// TestOrganisation: every active account is asked; one that does not let the role in is one entry.
func TestOrganisation(t *testing.T) {
	var assumed []string
	answering(t, organisation(&assumed))
	o := quick(t, rowsOf(t, "describe-vpcs")...)
	o.Organization, o.Role = true, Role{Name: "/net/reader", ExternalID: "x-1", Session: "me", Tags: map[string]string{"team": "net"}}
	r, s := taken(t, o)
	if len(r.Calls) != 2 || !r.Partial() {
		t.Fatalf("%d entries, want the VPCs of one account and the refusal of another: %+v", len(r.Calls), r.Calls)
	}
	if got := r.Calls[0]; got.Account != "111122223333" || got.State != snapshot.Complete || got.Items != 3 || got.Partition != "aws-us-gov" {
		t.Errorf("first entry %+v", got)
	}
	if got := r.Calls[1]; got.Account != "777788889999" || got.Operation != "sts get-caller-identity" || got.State != snapshot.Denied || got.Error != "AccessDenied: not authorized to assume" {
		t.Errorf("second entry %+v", got)
	}
	want := []string{"arn:aws-us-gov:iam::777788889999:role/net/reader x-1 me team=net"}
	if diff := cmp.Diff(want, assumed); diff != "" {
		t.Errorf("roles (-want +assumed):\n%s", diff)
	}
	if len(s.Parts) != 2 {
		t.Errorf("%d parts", len(s.Parts))
	}
}

// TestExpiredCredentials are renewed, and the call is made again.
func TestExpiredCredentials(t *testing.T) {
	var assumed []string
	all := organisation(&assumed)
	all["DescribeVpcs"] = func(form func(string) string, n int) (int, string) {
		if n < 1 {
			return 400, ec2Error("RequestExpired", "the session has expired")
		}
		return vpcs(3)(form, n)
	}
	answering(t, all)
	o := quick(t, rowsOf(t, "describe-vpcs")...)
	o.Accounts, o.Role = []string{"444455556666"}, Role{Name: "reader"}
	r, _ := taken(t, o)
	if r.Partial() || len(assumed) < 2 {
		t.Errorf("partial %v after assuming the role %d times, want complete after two", r.Partial(), len(assumed))
	}
}

// TestRegions: all that are enabled, or those that are named; one that is not enabled is one entry.
func TestRegions(t *testing.T) {
	all := answers{
		"DescribeVpcs": vpcs(1),
		"DescribeRegions": func(func(string) string, int) (int, string) {
			var b strings.Builder
			for name, status := range map[string]string{"eu-west-1": "opt-in-not-required", "eu-south-2": "opted-in", "af-south-1": "not-opted-in"} {
				fmt.Fprintf(&b, "<item><regionName>%s</regionName><optInStatus>%s</optInStatus></item>", name, status)
			}
			return 200, ec2Answer("DescribeRegions", "<regionInfo>"+b.String()+"</regionInfo>")
		},
	}
	for asked, want := range map[string]string{
		"all":                  "eu-south-2 complete, eu-west-1 complete",
		"eu-west-1":            "eu-west-1 complete",
		"eu-west-1 af-south-1": "af-south-1 disabled, eu-west-1 complete",
		"eu-nowhere-1":         "eu-nowhere-1 disabled",
		"":                     "eu-west-1 complete", // the configured one
	} {
		answering(t, all)
		o := quick(t, rowsOf(t, "describe-vpcs")...)
		o.Out, o.Regions = filepath.Join(t.TempDir(), "out"), strings.Fields(asked)
		r, err := Take(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range r.Calls {
			got = append(got, c.Region+" "+string(c.State))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("--region %q: %v, want %s", asked, got, want)
		}
	}
}

// TestWrongQuestions end before anything is written.
func TestWrongQuestions(t *testing.T) {
	var assumed []string
	for _, tt := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"no account id", func(o *Options) { o.Accounts = []string{"prod"} }, "12 digits"},
		{"other accounts without a role", func(o *Options) { o.Accounts = []string{"444455556666"} }, "--role"},
		{"no Region", func(*Options) { t.Setenv("AWS_REGION", "") }, "--region"},
	} {
		answering(t, organisation(&assumed))
		o := quick(t, rowsOf(t, "describe-vpcs")...)
		tt.change(&o)
		_, err := Take(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want an error with %q", tt.name, err, tt.want)
		}
	}
}

// TestResumeElsewhere: going on with another Region loses nothing of the first.
func TestResumeElsewhere(t *testing.T) {
	pages := vpcs(2500)
	answering(t, answers{"DescribeVpcs": func(form func(string) string, n int) (int, string) {
		if form("NextToken") == "2000" {
			return 403, ec2Error("UnauthorizedOperation", "no longer")
		}
		return pages(form, n)
	}, "DescribeSubnets": func(func(string) string, int) (int, string) { return 403, ec2Error("UnauthorizedOperation", "no") }})
	o := quick(t, rowsOf(t, "describe-vpcs", "describe-subnets")...)
	taken(t, o)
	t.Setenv("AWS_REGION", "eu-central-1")
	o.Resume = true
	r, _ := taken(t, o)
	var got []string
	for _, c := range r.Calls {
		got = append(got, fmt.Sprint(c.Region, " ", c.Operation, " ", c.State, " ", c.Items))
	}
	want := []string{"eu-central-1 describe-subnets denied 0", "eu-central-1 describe-vpcs cut 2000", "eu-west-1 describe-subnets denied 0", "eu-west-1 describe-vpcs cut 2000"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoCredentials: whoever has none is told what to do, at once.
func TestNoCredentials(t *testing.T) {
	answering(t, answers{})
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err := Take(t.Context(), quick(t, rowsOf(t, "describe-vpcs")...))
	if err == nil || !strings.Contains(err.Error(), "aws sso login: no credentials were found") {
		t.Errorf("%v, want to be told how to sign in", err)
	}
}
