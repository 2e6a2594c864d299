package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// namedRecord has the fields by which resources of the kinds that are not modelled yet are known. One type
// serves all of them: an answer has only the fields of its own kind.
type namedRecord struct {
	TransitGatewayConnectPeerId string `json:"TransitGatewayConnectPeerId"`
	CustomerGatewayId           string `json:"CustomerGatewayId"`
	LocalGatewayId              string `json:"LocalGatewayId"`
	ClientVpnEndpointId         string `json:"ClientVpnEndpointId"`
	VerifiedAccessEndpointId    string `json:"VerifiedAccessEndpointId"`
	RouteServerId               string `json:"RouteServerId"`
	LoadBalancerArn             string `json:"LoadBalancerArn"`
	LoadBalancerName            string `json:"LoadBalancerName"`
	DNSName                     string `json:"DNSName"`
	TargetGroupArn              string `json:"TargetGroupArn"`
	FirewallArn                 string `json:"FirewallArn"`

	OwnerId         string         `json:"OwnerId"`
	OwnerAccountId  string         `json:"OwnerAccountId"`
	ResourceOwnerId string         `json:"ResourceOwnerId"`
	VpcOwnerId      string         `json:"VpcOwnerId"`
	VpcId           string         `json:"VpcId"`
	State           jsontext.Value `json:"State"`  // a text, or an object with Code
	Status          jsontext.Value `json:"Status"` // the same, under the name that client VPN uses
	Tags            []Tag          `json:"Tags"`
}

// named are the answers whose records are only known by name so far.
func named() []answerSpec {
	kind := func(op Operation, key, kind, field string, id func(*namedRecord) string) answerSpec {
		return answerSpec{op: op, key: key, read: func(r *recordReader) error {
			return readNamed(r, kind, field, id)
		}}
	}
	return []answerSpec{
		kind("describe-transit-gateway-connect-peers", "TransitGatewayConnectPeers",
			"transit-gateway-connect-peer", "TransitGatewayConnectPeerId",
			func(v *namedRecord) string { return v.TransitGatewayConnectPeerId }),
		kind("describe-customer-gateways", "CustomerGateways", "customer-gateway", "CustomerGatewayId",
			func(v *namedRecord) string { return v.CustomerGatewayId }),
		kind("describe-local-gateways", "LocalGateways", "local-gateway", "LocalGatewayId",
			func(v *namedRecord) string { return v.LocalGatewayId }),
		kind("describe-client-vpn-endpoints", "ClientVpnEndpoints", "client-vpn-endpoint", "ClientVpnEndpointId",
			func(v *namedRecord) string { return v.ClientVpnEndpointId }),
		kind("describe-verified-access-endpoints", "VerifiedAccessEndpoints",
			"verified-access-endpoint", "VerifiedAccessEndpointId",
			func(v *namedRecord) string { return v.VerifiedAccessEndpointId }),
		kind("describe-route-servers", "RouteServers", "route-server", "RouteServerId",
			func(v *namedRecord) string { return v.RouteServerId }),
		kind("elbv2 describe-load-balancers", "LoadBalancers", "load-balancer", "LoadBalancerArn",
			func(v *namedRecord) string { return v.LoadBalancerArn }),
		kind("elbv2 describe-target-groups", "TargetGroups", "target-group", "TargetGroupArn",
			func(v *namedRecord) string { return v.TargetGroupArn }),
		kind("network-firewall list-firewalls", "Firewalls", "network-firewall", "FirewallArn",
			func(v *namedRecord) string { return v.FirewallArn }),
	}
}

// readNamed decodes one element into a NamedResource.
func readNamed(r *recordReader, kind, field string, id func(*namedRecord) string) error {
	var v namedRecord
	if err := json.UnmarshalDecode(r.dec, &v); err != nil {
		return err
	}
	if id(&v) == "" {
		return &missingIDError{field}
	}
	r.part.Named = append(r.part.Named, NamedResource{
		ID:      id(&v),
		Kind:    kind,
		OwnerId: cmp.Or(v.OwnerId, v.OwnerAccountId, v.ResourceOwnerId, v.VpcOwnerId),
		State:   cmp.Or(stateText(v.State), stateText(v.Status)),
		VpcId:   v.VpcId,
		Tags:    v.Tags,
	})
	if v.LoadBalancerName != "" {
		readLoadBalancer(r, &v)
	}
	return nil
}

// stateText reads a state that AWS writes as a text or as {"Code": text}; anything else is no state.
func stateText(raw jsontext.Value) string {
	var text string
	var object struct {
		Code string `json:"Code"`
	}
	switch raw.Kind() {
	case '"':
		if json.Unmarshal(raw, &text) != nil {
			return ""
		}
	case '{':
		if json.Unmarshal(raw, &object) != nil {
			return ""
		}
		text = object.Code
	}
	return text
}

// foldNamed makes one of the copies that several answers of one part give of a resource.
func foldNamed(list []NamedResource) []NamedResource {
	slices.SortStableFunc(list, func(a, b NamedResource) int { return strings.Compare(a.ID, b.ID) })
	out := list[:0]
	for _, v := range list {
		if n := len(out); n > 0 && out[n-1].ID == v.ID {
			p := &out[n-1]
			p.OwnerId = cmp.Or(p.OwnerId, v.OwnerId)
			p.State = cmp.Or(p.State, v.State)
			p.VpcId = cmp.Or(p.VpcId, v.VpcId)
			if p.Tags == nil {
				p.Tags = v.Tags
			}
			continue
		}
		out = append(out, v)
	}
	return out
}
