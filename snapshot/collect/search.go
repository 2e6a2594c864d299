package collect

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// allRoutes is what a search for every route asks for (TGW-70), as the CLI spells it.
const allRoutes = "Name=state,Values=active,blackhole"

// searching makes a call of SearchTransitGatewayRoutes ask for every route, however many there are. The most that AWS gives at a
// time is also what it gives where nobody says how many (TGW-70), and moto cannot count routes: so the call does not say.
func searching(c *Call) {
	c.fixed = map[string]string{"*Filters": allRoutes}
	c.start = func(s *session, with params) pager {
		r := &routeSearch{seen: make(map[string]bool), left: []routeFilter{{}}}
		r.ask = func(ctx context.Context, f routeFilter, token string) (*ec2.SearchTransitGatewayRoutesOutput, error) {
			in := &ec2.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: aws.String(with["TransitGatewayRouteTableId"]),
				Filters: append([]types.Filter{{Name: aws.String("state"), Values: []string{"active", "blackhole"}}}, f.filters()...)}
			if token != "" {
				in.NextToken = aws.String(token)
			}
			return clientOf(s, ec2API).SearchTransitGatewayRoutes(ctx, in)
		}
		return r.page
	}
}

// routeFilter narrows a search; the zero one does not.
type routeFilter struct {
	name   string // exact-match or subnet-of-match
	prefix netip.Prefix
}

func (f routeFilter) filters() []types.Filter {
	if f.name == "" {
		return nil
	}
	return []types.Filter{{Name: aws.String("route-search." + f.name), Values: []string{f.prefix.String()}}}
}

// routeSearch reads the routes of a table. An answer that says that there are more routes and has no token for them is asked
// again in halves of the address space, and in halves of these (TGW-71). Each half is asked for by what lies below it and, by
// itself, for its own prefix: AWS does not say whether the one includes the other, so routes that come twice are dropped.
type routeSearch struct {
	ask   func(context.Context, routeFilter, string) (*ec2.SearchTransitGatewayRoutesOutput, error)
	left  []routeFilter // what is still to be asked, the first now
	token string        // of the next page of the first
	seen  map[string]bool
	count int
}

// page gives the next page, without what came before. It changes nothing where it fails.
func (r *routeSearch) page(ctx context.Context) (any, string, error) {
	out, err := r.ask(ctx, r.left[0], r.token)
	if err != nil {
		return nil, "", err
	}
	if out.Routes == nil {
		return nil, "", errNoAnswer
	}
	more := aws.ToBool(out.AdditionalRoutesAvailable)
	r.token = aws.ToString(out.NextToken)
	out.NextToken = nil
	routes := out.Routes[:0]
	for _, route := range out.Routes {
		key := fmt.Sprintf("%s %s %s", aws.ToString(route.DestinationCidrBlock), aws.ToString(route.PrefixListId), route.Type)
		if !r.seen[key] {
			r.seen[key] = true
			routes = append(routes, route)
		}
	}
	out.Routes = routes
	r.count++
	if r.token != "" {
		out.AdditionalRoutesAvailable = nil
		return out, r.token, nil
	}
	done := r.left[0]
	if more {
		narrower, ok := done.halves()
		if !ok {
			return out, "", nil // said of a single address: the answer stays one of some routes only
		}
		r.left = append(r.left, narrower...)
	}
	out.AdditionalRoutesAvailable = aws.Bool(false)
	r.left = r.left[1:]
	if len(r.left) == 0 {
		return out, "", nil
	}
	return out, fmt.Sprintf("search %d", r.count), nil
}

// halves split what a filter covers; false where it is one address.
func (f routeFilter) halves() ([]routeFilter, bool) {
	if f.name == "" {
		var out []routeFilter
		for _, whole := range []string{"0.0.0.0/0", "::/0"} {
			p := netip.MustParsePrefix(whole)
			two, _ := routeFilter{"subnet-of-match", p}.halves()
			out = append(append(out, routeFilter{"exact-match", p}), two...)
		}
		return out, true
	}
	if f.name == "exact-match" || f.prefix.IsSingleIP() {
		return nil, false
	}
	low := netip.PrefixFrom(f.prefix.Addr(), f.prefix.Bits()+1)
	bytes := low.Addr().AsSlice()
	bytes[f.prefix.Bits()/8] |= 0x80 >> (f.prefix.Bits() % 8)
	addr, _ := netip.AddrFromSlice(bytes)
	high := netip.PrefixFrom(addr, low.Bits())
	return []routeFilter{{"exact-match", low}, {"subnet-of-match", low}, {"exact-match", high}, {"subnet-of-match", high}}, true
}
