package repair

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// CreateRoute, ReplaceRoute, DeleteRoute.
func init() {
	for _, action := range []string{"add-route", "replace-route", "delete-route"} {
		actions[action] = changeRoutes
	}
}

func changeRoutes(a *answers, f Fix, _ Options) error {
	tables, err := a.find("describe-route-tables", "RouteTables", "RouteTableId", f.ID)
	if err != nil {
		return err
	}
	if len(f.Routes) == 0 {
		return errors.New("no route is named")
	}
	for _, t := range tables {
		for _, r := range f.Routes {
			if err := changeRoute(t.record, f.Action, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// changeRoute keeps a table's rule: a destination comes once, but for propagated routes, which nobody creates or deletes.
func changeRoute(table record, action string, r Route) error {
	var kept []any
	removed := false
	for _, x := range list(table["Routes"]) {
		route := object(x)
		if destinationOf(route) == r.Destination && route["Origin"] != "EnableVgwRoutePropagation" {
			if action == "delete-route" && targetOf(route) != r.Target {
				return fmt.Errorf("the route to %s leads to %s, not to %s", r.Destination, targetOf(route), r.Target)
			}
			removed = true
			continue
		}
		kept = append(kept, x)
	}
	switch {
	case action == "add-route" && removed:
		return fmt.Errorf("there is a route to %s already", r.Destination)
	case action != "add-route" && !removed:
		return fmt.Errorf("there is no route to %s", r.Destination)
	}
	if action != "delete-route" {
		route, err := routeOf(r)
		if err != nil {
			return err
		}
		kept = append(kept, route)
	}
	table["Routes"] = kept
	return nil
}

func destinationOf(route record) string {
	for _, key := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"} {
		if s := text(route[key]); s != "" {
			if p, err := netip.ParsePrefix(s); err == nil {
				return p.Masked().String()
			}
			return s
		}
	}
	return ""
}

// targetFields are the fields of a route's target by the prefix of its id.
var targetFields = []struct{ prefix, field string }{
	{"nat-", "NatGatewayId"}, {"pcx-", "VpcPeeringConnectionId"}, {"eni-", "NetworkInterfaceId"}, {"i-", "InstanceId"},
	{"eigw-", "EgressOnlyInternetGatewayId"}, {"cagw-", "CarrierGatewayId"}, {"tgw-", "TransitGatewayId"}, {"lgw-", "LocalGatewayId"},
	{"arn:", "CoreNetworkArn"},
	{"", "GatewayId"}, // internet gateways, virtual private gateways, endpoints, local
}

func targetOf(route record) string {
	for _, t := range targetFields {
		if s := text(route[t.field]); s != "" {
			return s
		}
	}
	return ""
}

func routeOf(r Route) (record, error) {
	out := record{"State": "active", "Origin": "CreateRoute"}
	switch p, err := netip.ParsePrefix(r.Destination); {
	case strings.HasPrefix(r.Destination, "pl-"):
		out["DestinationPrefixListId"] = r.Destination
	case err != nil:
		return nil, err
	case p.Addr().Is4():
		out["DestinationCidrBlock"] = r.Destination
	default:
		out["DestinationIpv6CidrBlock"] = r.Destination
	}
	if r.Target == "" {
		return nil, errors.New("a route without a target")
	}
	for _, t := range targetFields {
		if strings.HasPrefix(r.Target, t.prefix) {
			out[t.field] = r.Target
			return out, nil
		}
	}
	return out, nil
}
