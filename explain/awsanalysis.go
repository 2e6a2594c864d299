package explain

import "github.com/go-json-experiment/json/jsontext"

// The types below are the parts of AWS's NetworkInsightsAnalysis that vpcreach writes or compares, named and spelled as
// AWS does; docs/aws-format.md says which of the rest is left out and why. The order of the fields is the one that the AWS CLI
// prints. Others holds what AWS's answer has beyond them, so that a comparison can tell that there is more.

// NetworkInsightsAnalysis is one answer of AWS's Reachability Analyzer.
type NetworkInsightsAnalysis struct {
	ID               string          `json:"NetworkInsightsAnalysisId,omitempty"`
	PathID           string          `json:"NetworkInsightsPathId,omitempty"`
	FilterInArns     []string        `json:"FilterInArns,omitempty"`
	FilterOutArns    []string        `json:"FilterOutArns,omitempty"`
	Status           string          `json:"Status,omitempty"`
	StatusMessage    string          `json:"StatusMessage,omitempty"`
	WarningMessage   string          `json:"WarningMessage,omitempty"`
	NetworkPathFound *bool           `json:"NetworkPathFound,omitzero"`
	Forward          []PathComponent `json:"ForwardPathComponents,omitempty"`
	Return           []PathComponent `json:"ReturnPathComponents,omitempty"`
	Explanations     []Explanation   `json:"Explanations,omitempty"`
}

// PathComponent is a row of a path: one thing that decides.
type PathComponent struct {
	SequenceNumber                 int                                     `json:"SequenceNumber,omitzero"`
	AclRule                        *AnalysisAclRule                        `json:"AclRule,omitzero"`
	AttachedTo                     *AnalysisComponent                      `json:"AttachedTo,omitzero"`
	Component                      *AnalysisComponent                      `json:"Component,omitzero"`
	DestinationVpc                 *AnalysisComponent                      `json:"DestinationVpc,omitzero"`
	OutboundHeader                 *AnalysisPacketHeader                   `json:"OutboundHeader,omitzero"`
	InboundHeader                  *AnalysisPacketHeader                   `json:"InboundHeader,omitzero"`
	RouteTableRoute                *AnalysisRouteTableRoute                `json:"RouteTableRoute,omitzero"`
	SecurityGroupRule              *AnalysisSecurityGroupRule              `json:"SecurityGroupRule,omitzero"`
	SourceVpc                      *AnalysisComponent                      `json:"SourceVpc,omitzero"`
	Subnet                         *AnalysisComponent                      `json:"Subnet,omitzero"`
	Vpc                            *AnalysisComponent                      `json:"Vpc,omitzero"`
	AdditionalDetails              []AdditionalDetail                      `json:"AdditionalDetails,omitempty"`
	Explanations                   []Explanation                           `json:"Explanations,omitempty"`
	TransitGateway                 *AnalysisComponent                      `json:"TransitGateway,omitzero"`
	TransitGatewayRouteTableRoute  *TransitGatewayRouteTableRoute          `json:"TransitGatewayRouteTableRoute,omitzero"`
	TransitGatewayPolicyTableEntry *AnalysisTransitGatewayPolicyTableEntry `json:"TransitGatewayPolicyTableEntry,omitzero"`
	ServiceName                    string                                  `json:"ServiceName,omitempty"`
	Others                         jsontext.Value                          `json:",embed"`
}

// Explanation says why packets do not get through. Only the fields that belong to its code are there.
type Explanation struct {
	Acl                           *AnalysisComponent             `json:"Acl,omitzero"`
	AclRule                       *AnalysisAclRule               `json:"AclRule,omitzero"`
	Address                       string                         `json:"Address,omitempty"`
	Addresses                     []string                       `json:"Addresses,omitempty"`
	AttachedTo                    *AnalysisComponent             `json:"AttachedTo,omitzero"`
	AvailabilityZones             []string                       `json:"AvailabilityZones,omitempty"`
	AvailabilityZoneIds           []string                       `json:"AvailabilityZoneIds,omitempty"`
	Cidrs                         []string                       `json:"Cidrs,omitempty"`
	Component                     *AnalysisComponent             `json:"Component,omitzero"`
	ComponentAccount              string                         `json:"ComponentAccount,omitempty"`
	ComponentRegion               string                         `json:"ComponentRegion,omitempty"`
	CustomerGateway               *AnalysisComponent             `json:"CustomerGateway,omitzero"`
	Destination                   *AnalysisComponent             `json:"Destination,omitzero"`
	DestinationVpc                *AnalysisComponent             `json:"DestinationVpc,omitzero"`
	Direction                     string                         `json:"Direction,omitempty"`
	ExplanationCode               string                         `json:"ExplanationCode,omitempty"`
	IngressRouteTable             *AnalysisComponent             `json:"IngressRouteTable,omitzero"`
	InternetGateway               *AnalysisComponent             `json:"InternetGateway,omitzero"`
	MissingComponent              string                         `json:"MissingComponent,omitempty"`
	NatGateway                    *AnalysisComponent             `json:"NatGateway,omitzero"`
	NetworkInterface              *AnalysisComponent             `json:"NetworkInterface,omitzero"`
	PacketField                   string                         `json:"PacketField,omitempty"`
	PortRanges                    []PortRange                    `json:"PortRanges,omitempty"`
	PrefixList                    *AnalysisComponent             `json:"PrefixList,omitzero"`
	Protocols                     []string                       `json:"Protocols,omitempty"`
	RouteTable                    *AnalysisComponent             `json:"RouteTable,omitzero"`
	RouteTableRoute               *AnalysisRouteTableRoute       `json:"RouteTableRoute,omitzero"`
	SecurityGroup                 *AnalysisComponent             `json:"SecurityGroup,omitzero"`
	SecurityGroupRule             *AnalysisSecurityGroupRule     `json:"SecurityGroupRule,omitzero"`
	SecurityGroups                []AnalysisComponent            `json:"SecurityGroups,omitempty"`
	SourceVpc                     *AnalysisComponent             `json:"SourceVpc,omitzero"`
	State                         string                         `json:"State,omitempty"`
	Subnet                        *AnalysisComponent             `json:"Subnet,omitzero"`
	SubnetRouteTable              *AnalysisComponent             `json:"SubnetRouteTable,omitzero"`
	TransitGateway                *AnalysisComponent             `json:"TransitGateway,omitzero"`
	TransitGatewayAttachment      *AnalysisComponent             `json:"TransitGatewayAttachment,omitzero"`
	TransitGatewayPolicyTable     *AnalysisComponent             `json:"TransitGatewayPolicyTable,omitzero"`
	TransitGatewayRouteTable      *AnalysisComponent             `json:"TransitGatewayRouteTable,omitzero"`
	TransitGatewayRouteTableRoute *TransitGatewayRouteTableRoute `json:"TransitGatewayRouteTableRoute,omitzero"`
	Vpc                           *AnalysisComponent             `json:"Vpc,omitzero"`
	VpcEndpoint                   *AnalysisComponent             `json:"VpcEndpoint,omitzero"`
	VpcPeeringConnection          *AnalysisComponent             `json:"VpcPeeringConnection,omitzero"`
	VpnConnection                 *AnalysisComponent             `json:"VpnConnection,omitzero"`
	VpnGateway                    *AnalysisComponent             `json:"VpnGateway,omitzero"`
	Others                        jsontext.Value                 `json:",embed"`
}

// AnalysisComponent names a resource. Name is its Name tag.
type AnalysisComponent struct {
	ID   string `json:"Id,omitempty"`
	ARN  string `json:"Arn,omitempty"`
	Name string `json:"Name,omitempty"`
}

// AnalysisPacketHeader is a product of packet headers; a field that did not change is absent from a header that shows changes.
type AnalysisPacketHeader struct {
	DestinationAddresses  []string    `json:"DestinationAddresses,omitempty"`
	DestinationPortRanges []PortRange `json:"DestinationPortRanges,omitempty"`
	Protocol              string      `json:"Protocol,omitempty"`
	SourceAddresses       []string    `json:"SourceAddresses,omitempty"`
	SourcePortRanges      []PortRange `json:"SourcePortRanges,omitempty"`
}

// PortRange is an inclusive range of ports.
type PortRange struct {
	From int `json:"From"`
	To   int `json:"To"`
}

// AnalysisAclRule is an entry of a network ACL.
type AnalysisAclRule struct {
	Cidr       string     `json:"Cidr,omitempty"`
	Egress     bool       `json:"Egress"`
	PortRange  *PortRange `json:"PortRange,omitzero"`
	Protocol   string     `json:"Protocol,omitempty"`
	RuleAction string     `json:"RuleAction,omitempty"`
	RuleNumber int32      `json:"RuleNumber"`
}

// AnalysisSecurityGroupRule is a rule of a security group with one peer.
type AnalysisSecurityGroupRule struct {
	Cidr            string     `json:"Cidr,omitempty"`
	Direction       string     `json:"Direction,omitempty"`
	SecurityGroupID string     `json:"SecurityGroupId,omitempty"`
	PortRange       *PortRange `json:"PortRange,omitzero"`
	PrefixListID    string     `json:"PrefixListId,omitempty"`
	Protocol        string     `json:"Protocol,omitempty"`
}

// AnalysisRouteTableRoute is a route, with the one target that it has.
type AnalysisRouteTableRoute struct {
	DestinationCidr             string `json:"DestinationCidr,omitempty"`
	DestinationPrefixListID     string `json:"DestinationPrefixListId,omitempty"`
	EgressOnlyInternetGatewayID string `json:"EgressOnlyInternetGatewayId,omitempty"`
	GatewayID                   string `json:"GatewayId,omitempty"`
	InstanceID                  string `json:"InstanceId,omitempty"`
	NatGatewayID                string `json:"NatGatewayId,omitempty"`
	NetworkInterfaceID          string `json:"NetworkInterfaceId,omitempty"`
	Origin                      string `json:"Origin,omitempty"`
	TransitGatewayID            string `json:"TransitGatewayId,omitempty"`
	VpcPeeringConnectionID      string `json:"VpcPeeringConnectionId,omitempty"`
	State                       string `json:"State,omitempty"`
	CarrierGatewayID            string `json:"CarrierGatewayId,omitempty"`
	CoreNetworkARN              string `json:"CoreNetworkArn,omitempty"`
	LocalGatewayID              string `json:"LocalGatewayId,omitempty"`
}

// AdditionalDetail is a remark on a row that blocks nothing.
type AdditionalDetail struct {
	AdditionalDetailType string              `json:"AdditionalDetailType,omitempty"`
	Component            *AnalysisComponent  `json:"Component,omitzero"`
	VpcEndpointService   *AnalysisComponent  `json:"VpcEndpointService,omitzero"`
	LoadBalancers        []AnalysisComponent `json:"LoadBalancers,omitempty"`
	ServiceName          string              `json:"ServiceName,omitempty"`
}
