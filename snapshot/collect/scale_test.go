package collect

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// TestHundredThousandInterfaces: pages go through, whatever there is of them; memory does not grow with them.
func TestHundredThousandInterfaces(t *testing.T) {
	const total, bound = 100_000, 300 << 20
	answering(t, answers{"DescribeNetworkInterfaces": func(form func(string) string, _ int) (int, string) {
		size, _ := strconv.Atoi(form("MaxResults"))
		from, _ := strconv.Atoi(form("NextToken"))
		var b strings.Builder
		b.WriteString("<networkInterfaceSet>")
		for i := from; i < min(total, from+size); i++ {
			fmt.Fprintf(&b, `<item><networkInterfaceId>eni-%08x</networkInterfaceId><subnetId>subnet-00000001</subnetId><vpcId>vpc-00000001</vpcId><ownerId>111122223333</ownerId>`+
				`<status>in-use</status><privateIpAddress>10.%d.%d.%d</privateIpAddress><sourceDestCheck>true</sourceDestCheck><groupSet><item><groupId>sg-00000001</groupId></item></groupSet></item>`,
				i, i>>16, i>>8&255, i&255)
		}
		b.WriteString("</networkInterfaceSet>")
		if from+size < total {
			fmt.Fprintf(&b, "<nextToken>%d</nextToken>", from+size)
		}
		return 200, ec2Answer("DescribeNetworkInterfaces", b.String())
	}})
	o := quick(t, rowsOf(t, "describe-network-interfaces")...)
	var most atomic.Uint64
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapInuse))
			}
		}
	}()
	r, err := Take(t.Context(), o)
	close(stop)
	if err != nil || r.Partial() || r.Calls[0].Items != total {
		t.Fatalf("%+v %v, want %d interfaces", r, err, total)
	}
	if most.Load() == 0 || most.Load() > bound {
		t.Errorf("%d MB of memory at the most, want under %d", most.Load()>>20, bound>>20)
	}
}

// TestRateSetsTheTime: one API is called as often as its rate says, whatever the program could do (SNAP-2, SNAP-5).
func TestRateSetsTheTime(t *testing.T) {
	all := manyAnswers()
	answering(t, all)
	o := quick(t, rowsOf(t, "describe-vpcs", "describe-vpc-attribute")...)
	start := time.Now()
	o.Rate = 1
	taken(t, o)
	if took := time.Since(start); took < 3500*time.Millisecond { // 60 calls, 20 at once, 10 a second
		t.Errorf("60 calls took %s, want at least 4 s", took)
	}
}

// TestThrottledSlowsDown: throttling halves the rate of that API, answers raise it again.
func TestThrottledSlowsDown(t *testing.T) {
	l := (&limiters{scale: 1, byAPI: make(map[api]*limiter)}).of(api{}, 0)
	l.throttled()
	l.throttled()
	if l.Limit() != 2.5 {
		t.Errorf("%v a second after two refusals, want 2.5", l.Limit())
	}
	for range 100 {
		l.answered()
	}
	if l.Limit() != defaultRate {
		t.Errorf("%v a second after a hundred answers, want %d", l.Limit(), defaultRate)
	}
}

// TestSearchPastAThousandRoutes: an answer that says that there are more, without a token for them, is asked again in halves until
// every route is there, once (TGW-70, TGW-71).
func TestSearchPastAThousandRoutes(t *testing.T) {
	for _, inclusive := range []bool{false, true} { // whether subnet-of-match includes the prefix itself
		var all []netip.Prefix
		for i := range 2500 {
			all = append(all, netip.MustParsePrefix(fmt.Sprintf("10.%d.%d.0/24", i>>8, i&255)))
		}
		for _, s := range []string{"0.0.0.0/0", "10.0.0.0/8", "128.0.0.0/1", "::/0", "2001:db8::/32", "8000::/1"} {
			all = append(all, netip.MustParsePrefix(s))
		}
		asked := 0
		r := &routeSearch{seen: make(map[string]bool), left: []routeFilter{{}}}
		r.ask = func(_ context.Context, f routeFilter, _ string) (*ec2.SearchTransitGatewayRoutesOutput, error) {
			asked++
			out := &ec2.SearchTransitGatewayRoutesOutput{Routes: []types.TransitGatewayRoute{}, AdditionalRoutesAvailable: aws.Bool(false)}
			for _, p := range all {
				inside := f.prefix.IsValid() && f.prefix.Contains(p.Addr()) && p.Bits() >= f.prefix.Bits()
				match := f.name == "" || f.name == "exact-match" && p == f.prefix || f.name == "subnet-of-match" && inside && (inclusive || p != f.prefix)
				switch {
				case !match:
				case len(out.Routes) == 1000:
					out.AdditionalRoutesAvailable = aws.Bool(true)
				default:
					out.Routes = append(out.Routes, types.TransitGatewayRoute{DestinationCidrBlock: aws.String(p.String())})
				}
			}
			return out, nil
		}
		got := make(map[string]int)
		for token := "first"; token != ""; {
			page, next, err := r.page(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			out := page.(*ec2.SearchTransitGatewayRoutesOutput)
			for _, route := range out.Routes {
				got[*route.DestinationCidrBlock]++
			}
			if aws.ToBool(out.AdditionalRoutesAvailable) {
				t.Error("a page says that there are more routes")
			}
			token = next
		}
		for _, p := range all {
			if got[p.String()] != 1 {
				t.Errorf("%s comes %d times", p, got[p.String()])
			}
		}
		if asked < 5 || asked > 200 {
			t.Errorf("%d questions", asked)
		}
	}
}
