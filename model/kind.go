package model

// Kind is a kind of component. Its names are AWS's resource types in lower case with hyphens, as every output
// prints them.
type Kind uint8

// The kinds of components. The numbers mean nothing outside the process; nothing is ever ordered by them.
const (
	KindNone Kind = iota
	KindInstance
	KindInterface
	KindSecurityGroup
	KindNetworkACL
	KindSubnet
	KindRouteTable
	KindVPC
	KindInternetGateway
	KindNATGateway
	KindPeering
	KindPrefixList
	KindInternet // everything behind the internet gateways; there is one
	KindVPCEndpoint
	KindEgressOnlyGateway
	KindCarrierGateway
	KindInstanceConnectEndpoint
	KindTransitGateway
	KindTransitAttachment
	KindTransitRouteTable
	KindTransitPolicyTable
	KindVPNGateway
	KindVPNConnection
	KindDirectConnectGateway
	KindVirtualInterface // of Direct Connect
	KindDeclaredNetwork  // a network outside AWS that a person has declared (D-238)
	KindCoreNetwork      // of Cloud WAN
	KindCoreAttachment
	KindCoreTable // routes of a segment of a core network at one of its edges
	KindOther     // a resource that is known by name only: its kind is not modelled
	numKinds
)

var kindNames = [numKinds]string{
	KindNone:                    "none",
	KindInstance:                "instance",
	KindInterface:               "network-interface",
	KindSecurityGroup:           "security-group",
	KindNetworkACL:              "network-acl",
	KindSubnet:                  "subnet",
	KindRouteTable:              "route-table",
	KindVPC:                     "vpc",
	KindInternetGateway:         "internet-gateway",
	KindNATGateway:              "nat-gateway",
	KindPeering:                 "vpc-peering-connection",
	KindPrefixList:              "prefix-list",
	KindInternet:                "internet",
	KindVPCEndpoint:             "vpc-endpoint",
	KindEgressOnlyGateway:       "egress-only-internet-gateway",
	KindCarrierGateway:          "carrier-gateway",
	KindInstanceConnectEndpoint: "instance-connect-endpoint",
	KindTransitGateway:          "transit-gateway",
	KindTransitAttachment:       "transit-gateway-attachment",
	KindTransitRouteTable:       "transit-gateway-route-table",
	KindTransitPolicyTable:      "transit-gateway-policy-table",
	KindVPNGateway:              "vpn-gateway",
	KindVPNConnection:           "vpn-connection",
	KindDirectConnectGateway:    "direct-connect-gateway",
	KindVirtualInterface:        "virtual-interface",
	KindDeclaredNetwork:         "declared-network",
	KindCoreNetwork:             "core-network",
	KindCoreAttachment:          "core-network-attachment",
	KindCoreTable:               "core-network-segment",
	KindOther:                   "other",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "none"
}

// arnType is the kind as an ARN spells it: AWS writes a NAT gateway's without a hyphen.
func (k Kind) arnType() string {
	if k == KindNATGateway {
		return "natgateway"
	}
	return k.String()
}

// Ref names one component of a network. The zero Ref names none. Refs of different networks are unrelated.
type Ref struct {
	Kind  Kind
	Index int32 // into the network's slice of that kind; -1 for a component that must be there but that no answer names
}

// IsZero says whether r names nothing.
func (r Ref) IsZero() bool { return r.Kind == KindNone }

// Resource is what every component has in common, for naming it.
type Resource struct {
	Type    string // kind as printed; for resources that are not modelled, their own kind
	ID      string
	ARN     string // empty where account or Region are not known, and for what has none
	Name    string // Name tag; hostile text
	Account string // owner; empty where not known
	Region  string
}
