package collect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go/logging"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Role is how other accounts are entered.
type Role struct {
	Name       string // with its path; empty where there are no other accounts
	ExternalID string
	Session    string            // name of the session; empty for "vpcreach"
	Tags       map[string]string // of the session, for trust policies that ask for them
}

// targets are where to ask, and where not, each with the entry that says why.
type targets struct {
	sessions []*session
	refused  []snapshot.Taken
}

// The calls whose entries say why an account was not asked.
const (
	opIdentity snapshot.Operation = "sts get-caller-identity"
	opRegions  snapshot.Operation = "describe-regions"
)

// identity is who asks: what sts:GetCallerIdentity says.
type identity struct{ partition, account string }

var twelveDigits = regexp.MustCompile(`^[0-9]{12}$`)

// findTargets makes a session per account and Region.
func findTargets(ctx context.Context, o *Options) (*targets, error) {
	for _, a := range o.Accounts {
		if !twelveDigits.MatchString(a) {
			return nil, fmt.Errorf("--accounts: %q is not an account id of 12 digits", a)
		}
	}
	base, err := baseConfig(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(o.Regions) == 0 && base.Region == "" {
		return nil, errors.New("no Region: name some with --region, or --region all")
	}
	me, err := whoIs(ctx, base, o)
	if err != nil {
		return nil, fmt.Errorf("no AWS credentials that work: set AWS_PROFILE or --profile, or sign in with aws sso login: %s", errorText(err))
	}
	accounts, err := findAccounts(ctx, o, base, me)
	if err != nil {
		return nil, err
	}
	if o.Role.Name == "" && slices.ContainsFunc(accounts, func(a string) bool { return a != me.account }) {
		return nil, errors.New("other accounts are entered by a role: name it with --role, and see vpcreach snapshot policy --trust")
	}
	return enterAccounts(ctx, o, base, me, accounts)
}

// enterAccounts makes the sessions of the accounts, side by side.
func enterAccounts(ctx context.Context, o *Options, base aws.Config, me identity, accounts []string) (*targets, error) {
	found := make([]targets, len(accounts))
	free := make(chan struct{}, o.Parallel)
	var wait sync.WaitGroup
	for i, account := range accounts {
		wait.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			found[i] = ofAccount(ctx, o, base, me, account)
		})
	}
	wait.Wait()
	all := &targets{}
	for _, t := range found {
		all.sessions = append(all.sessions, t.sessions...)
		all.refused = append(all.refused, t.refused...)
	}
	return all, ctx.Err()
}

// baseConfig is the caller's own configuration: profiles, single sign-on, environment, AWS_ENDPOINT_URL, as every AWS tool reads
// them. Retries are the engine's: the SDK's three attempts are too few, and it does not know how many others ask.
func baseConfig(ctx context.Context, o *Options) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost, t.ResponseHeaderTimeout = 64, o.AttemptTimeout
	})
	cfg, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(o.Profile), config.WithLogger(logging.Nop{}), config.WithHTTPClient(client))
	if err != nil {
		return cfg, fmt.Errorf("the AWS configuration cannot be read: %w", err)
	}
	cfg.HTTPClient = watching{cfg.HTTPClient}
	return cfg, nil
}

// patient is a configuration whose clients repeat calls by themselves: for the few that come before the engine.
func patient(cfg aws.Config, o *Options) aws.Config {
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(s *retry.StandardOptions) {
			s.MaxAttempts, s.RateLimiter = o.Attempts, noLimit{}
			s.Backoff = retry.NewExponentialJitterBackoff(mostPause)
			if o.Backoff < 100*time.Millisecond {
				s.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return o.Backoff, nil })
			}
			s.Retryables = append(s.Retryables, retry.IsErrorRetryableFunc(func(err error) aws.Ternary { return aws.BoolTernary(judge(err).again) }))
		})
	}
	if cfg.Region == "" {
		cfg.Region = firstRegion(o)
	}
	return cfg
}

// noLimit lets every retry through: the number of attempts bounds them.
type noLimit struct{}

func (noLimit) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (noLimit) AddTokens(uint) error { return nil }

// firstRegion is where to ask who the caller is, if nothing says where to.
func firstRegion(o *Options) string {
	for _, r := range o.Regions {
		if r != "all" {
			return r
		}
	}
	return "us-east-1"
}

func whoIs(ctx context.Context, cfg aws.Config, o *Options) (identity, error) {
	out, err := sts.NewFromConfig(patient(cfg, o)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return identity{}, err
	}
	who := identity{"aws", aws.ToString(out.Account)}
	if a, err := arn.Parse(aws.ToString(out.Arn)); err == nil {
		who.partition = a.Partition
	}
	if !twelveDigits.MatchString(who.account) {
		return who, fmt.Errorf("sts:GetCallerIdentity names no account: %q", who.account)
	}
	return who, nil
}

// findAccounts lists the accounts to ask, sorted.
func findAccounts(ctx context.Context, o *Options, base aws.Config, me identity) ([]string, error) {
	accounts := slices.Clone(o.Accounts)
	if o.Organization {
		client := organizations.NewFromConfig(patient(base, o))
		in := &organizations.ListAccountsInput{MaxResults: aws.Int32(20)}
		for seen := map[string]bool{}; ; {
			out, err := client.ListAccounts(ctx, in)
			if err != nil {
				return nil, fmt.Errorf("--organization: the accounts cannot be listed: %s", errorText(err))
			}
			for _, a := range out.Accounts {
				if active(a) {
					accounts = append(accounts, aws.ToString(a.Id))
				}
			}
			in.NextToken = out.NextToken
			token := aws.ToString(out.NextToken)
			if token == "" {
				break
			}
			if seen[token] {
				return nil, errors.New("--organization: the accounts cannot be listed: a page announces one that was read before")
			}
			seen[token] = true
		}
	}
	if len(accounts) == 0 {
		accounts = []string{me.account}
	}
	slices.Sort(accounts)
	return slices.Compact(accounts), nil
}

// active tells accounts that can be entered from closed ones.
func active(a orgtypes.Account) bool {
	if a.State != "" {
		return a.State == orgtypes.AccountStateActive
	}
	return a.Status == "" || a.Status == orgtypes.AccountStatusActive
}

// ofAccount makes the sessions of one account.
func ofAccount(ctx context.Context, o *Options, base aws.Config, me identity, account string) targets {
	cfg := base
	if account != me.account {
		cfg.Credentials = aws.NewCredentialsCache(o.Role.provider(patient(base, o), me, account), func(c *aws.CredentialsCacheOptions) {
			c.ExpiryWindow, c.ExpiryWindowJitterFrac = 5*time.Minute, 0.5 // renewed in long runs, before they expire
		})
		who, err := whoIs(ctx, cfg, o)
		if err == nil && who.account != account {
			err = fmt.Errorf("the role leads to account %s", who.account)
		}
		if err != nil {
			return targets{refused: []snapshot.Taken{refusal(me.partition, account, regionOr(cfg, o), opIdentity, snapshot.Denied, err)}}
		}
	}
	regions, refused, err := findRegions(ctx, o, cfg, me.partition, account)
	if err != nil {
		return targets{refused: []snapshot.Taken{refusal(me.partition, account, regionOr(cfg, o), opRegions, judge(err).state, err)}}
	}
	t := targets{refused: refused}
	home := homeRegion(me.partition)
	for _, r := range regions {
		t.sessions = append(t.sessions, newSession(cfg, place{me.partition, account, r}, true, r == home))
	}
	if home != "" && !slices.Contains(regions, home) {
		t.sessions = append(t.sessions, newSession(cfg, place{me.partition, account, home}, false, true))
	}
	return t
}

func regionOr(cfg aws.Config, o *Options) string {
	if cfg.Region != "" {
		return cfg.Region
	}
	return firstRegion(o)
}

// refusal is the one entry that says why an account or a Region was not asked.
func refusal(partition, account, region string, op snapshot.Operation, state snapshot.State, err error) snapshot.Taken {
	service := "ec2"
	if s, _, ok := strings.Cut(string(op), " "); ok {
		service = s
	}
	now := time.Now()
	return snapshot.Taken{Partition: partition, Account: account, Region: region,
		Call: snapshot.Call{Service: service, Operation: op, State: state, Error: errorText(err), Start: now, End: now}}
}

// provider enters an account by the role. The credentials of a session last an hour and are renewed.
func (r *Role) provider(base aws.Config, me identity, account string) aws.CredentialsProvider {
	role := fmt.Sprintf("arn:%s:iam::%s:role/%s", me.partition, account, strings.TrimPrefix(r.Name, "/"))
	return stscreds.NewAssumeRoleProvider(sts.NewFromConfig(base), role, func(a *stscreds.AssumeRoleOptions) {
		a.RoleSessionName = r.Session
		if a.RoleSessionName == "" {
			a.RoleSessionName = "vpcreach"
		}
		if r.ExternalID != "" {
			a.ExternalID = aws.String(r.ExternalID)
		}
		for _, k := range sortedKeys(r.Tags) {
			a.Tags = append(a.Tags, ststypes.Tag{Key: aws.String(k), Value: aws.String(r.Tags[k])})
		}
	})
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// findRegions lists the Regions to ask: those that were named, the configured one, or all that are enabled. One that is named and
// not enabled is refused by one entry.
func findRegions(ctx context.Context, o *Options, cfg aws.Config, partition, account string) ([]string, []snapshot.Taken, error) {
	if len(o.Regions) == 0 {
		return []string{cfg.Region}, nil, nil
	}
	cfg = patient(cfg, o)
	out, err := ec2.NewFromConfig(cfg).DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)})
	all := slices.Contains(o.Regions, "all")
	if err == nil && len(out.Regions) == 0 {
		err = errNoAnswer
	}
	if err != nil {
		if all {
			return nil, nil, err
		}
		return o.Regions, nil, nil // whether they are enabled shows when they are asked
	}
	var regions []string
	var refused []snapshot.Taken
	known := make(map[string]string)
	for _, r := range out.Regions {
		known[aws.ToString(r.RegionName)] = aws.ToString(r.OptInStatus)
		if all && aws.ToString(r.OptInStatus) != "not-opted-in" {
			regions = append(regions, aws.ToString(r.RegionName))
		}
	}
	for _, r := range o.Regions {
		switch status, ok := known[r]; {
		case r == "all":
		case !ok || status == "not-opted-in":
			refused = append(refused, refusal(partition, account, r, "describe-vpcs", snapshot.Disabled, errors.New("the Region is not enabled for the account")))
		default:
			regions = append(regions, r)
		}
	}
	slices.Sort(regions)
	return slices.Compact(regions), refused, nil
}

// homeRegion is where a partition's global services are asked (SNAP-8); empty where it has none of them.
func homeRegion(partition string) string {
	switch partition {
	case "aws":
		return "us-west-2"
	case "aws-us-gov":
		return "us-gov-west-1"
	}
	return ""
}

func newSession(cfg aws.Config, at place, regional, home bool) *session {
	cfg.Region = at.region
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} } // the engine repeats
	return &session{place: at, config: cfg, regional: regional, home: home, clients: make(map[string]any)}
}
