package repair

import (
	"errors"
	"fmt"
)

// CreateTransitGatewayRoute and ReplaceTransitGatewayRoute: static routes of a transit gateway's table.
func init() {
	for _, action := range []string{"create-transit-gateway-route", "replace-transit-gateway-route"} {
		actions[action] = changeTransitRoutes
	}
}

func changeTransitRoutes(a *answers, f Fix, _ Options) error {
	paths := a.paths("search-transit-gateway-routes." + f.ID)
	if len(paths) == 0 || len(f.Routes) == 0 {
		return errors.New("nobody searched the table, or no route is named")
	}
	for _, path := range paths {
		answer, err := a.file(path)
		if err != nil {
			return err
		}
		for _, r := range f.Routes {
			if err := changeTransitRoute(answer, f.Action, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// changeTransitRoute keeps a table's rule: a static route of a destination comes once.
func changeTransitRoute(answer record, action string, r Route) error {
	var kept []any
	removed := false
	for _, x := range list(answer["Routes"]) {
		route := object(x)
		if route["DestinationCidrBlock"] == r.Destination && route["Type"] != "propagated" && text(route["PrefixListId"]) == "" {
			removed = true
			continue
		}
		kept = append(kept, x)
	}
	if removed != (action == "replace-transit-gateway-route") {
		return fmt.Errorf("static route to %s: there already, or not there to be replaced", r.Destination)
	}
	answer["Routes"] = append(kept, record{"DestinationCidrBlock": r.Destination, "Type": "static", "State": "active",
		"TransitGatewayAttachments": []any{record{"TransitGatewayAttachmentId": r.Target}}})
	return nil
}
