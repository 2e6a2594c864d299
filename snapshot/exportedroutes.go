package snapshot

import (
	"net/netip"
	"slices"

	"github.com/go-json-experiment/json"
)

// Files that ExportTransitGatewayRoutes writes to S3 (TGW-72): every route of a table, however many there are, under names of their own. The route
// table stands in the file's name. vpcreach reads them in the place of a search; it never asks for one, because the call writes.

// keyExportFilter is what such a file says of the routes that it holds.
const keyExportFilter = "filter"

// exportedRoute is an element of such a file.
type exportedRoute struct {
	DestinationCidrBlock      netip.Prefix              `json:"destinationCidrBlock,omitzero"`
	PrefixListId              string                    `json:"prefixListId,omitempty"`
	TransitGatewayAttachments []exportedRouteAttachment `json:"transitGatewayAttachments,omitempty"`
	Type                      string                    `json:"type,omitempty"`
	State                     string                    `json:"state,omitempty"`
}

type exportedRouteAttachment struct {
	TransitGatewayAttachmentId string `json:"transitGatewayAttachmentId,omitempty"`
	ResourceId                 string `json:"resourceId,omitempty"`
	ResourceType               string `json:"resourceType,omitempty"`
}

// exportedRoutes is the answer that such a file stands for; about says how it learns its table.
func exportedRoutes(about *aboutObject) answerSpec {
	return answerSpec{op: SearchTransitGatewayRoutes, key: "routes", perObject: true, about: about, read: func(r *recordReader) error {
		var v exportedRoute
		if err := json.UnmarshalDecode(r.dec, &v); err != nil {
			return err
		}
		out := TransitGatewayRoute{DestinationCidrBlock: v.DestinationCidrBlock, PrefixListId: v.PrefixListId, Type: v.Type, State: v.State}
		for _, a := range v.TransitGatewayAttachments {
			out.TransitGatewayAttachments = append(out.TransitGatewayAttachments, TransitGatewayRouteAttachment(a))
		}
		r.part.TransitGatewayRoutes = append(r.part.TransitGatewayRoutes, out)
		return out.check()
	}}
}

// wholeSpace reports whether a filter on prefixes leaves out none: what an export is asked for by default.
func wholeSpace(values []string) bool {
	return slices.Contains(values, "0.0.0.0/0") && slices.Contains(values, "::/0")
}
