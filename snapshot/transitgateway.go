package snapshot

import "net/netip"

// Records of transit gateways: what the describe calls say of gateways and attachments, and what the calls that are made once per
// route table, policy table or attachment say of these.

// TransitGateway is an element of DescribeTransitGateways.
type TransitGateway struct {
	TransitGatewayId string                 `json:"TransitGatewayId"`
	OwnerId          string                 `json:"OwnerId,omitempty"`
	State            string                 `json:"State,omitempty"` // pending, available, modifying, deleting, deleted
	Options          *TransitGatewayOptions `json:"Options,omitempty"`
	Tags             []Tag                  `json:"Tags,omitempty"`
}

// TransitGatewayOptions are the options of a transit gateway or of one of its VPC attachments.
type TransitGatewayOptions struct {
	Ipv6Support                     string `json:"Ipv6Support,omitempty"`                     // VPC attachments: enable, disable
	ApplianceModeSupport            string `json:"ApplianceModeSupport,omitempty"`            // VPC attachments: enable, disable
	SecurityGroupReferencingSupport string `json:"SecurityGroupReferencingSupport,omitempty"` // enable, disable
}

// TransitGatewayAttachment is an element of DescribeTransitGatewayAttachments.
type TransitGatewayAttachment struct {
	TransitGatewayAttachmentId string                     `json:"TransitGatewayAttachmentId"`
	TransitGatewayId           string                     `json:"TransitGatewayId,omitempty"`
	TransitGatewayOwnerId      string                     `json:"TransitGatewayOwnerId,omitempty"`
	ResourceType               string                     `json:"ResourceType,omitempty"` // vpc, vpn, direct-connect-gateway, connect, peering, ...
	ResourceId                 string                     `json:"ResourceId,omitempty"`
	ResourceOwnerId            string                     `json:"ResourceOwnerId,omitempty"`
	State                      string                     `json:"State,omitempty"`
	Association                *TransitGatewayAssociation `json:"Association,omitempty"`
	Tags                       []Tag                      `json:"Tags,omitempty"`
}

// TransitGatewayVpcAttachment is an element of DescribeTransitGatewayVpcAttachments.
type TransitGatewayVpcAttachment struct {
	TransitGatewayAttachmentId string                 `json:"TransitGatewayAttachmentId"`
	TransitGatewayId           string                 `json:"TransitGatewayId,omitempty"`
	VpcId                      string                 `json:"VpcId,omitempty"`
	VpcOwnerId                 string                 `json:"VpcOwnerId,omitempty"`
	State                      string                 `json:"State,omitempty"`
	SubnetIds                  []string               `json:"SubnetIds,omitempty"`
	Options                    *TransitGatewayOptions `json:"Options,omitempty"`
	Tags                       []Tag                  `json:"Tags,omitempty"`
}

// TransitGatewayPeeringAttachment is an element of DescribeTransitGatewayPeeringAttachments: one peering as both gateways see it.
type TransitGatewayPeeringAttachment struct {
	TransitGatewayAttachmentId         string                `json:"TransitGatewayAttachmentId"`
	AccepterTransitGatewayAttachmentId string                `json:"AccepterTransitGatewayAttachmentId,omitempty"`
	RequesterTgwInfo                   TransitGatewayPeering `json:"RequesterTgwInfo,omitzero"`
	AccepterTgwInfo                    TransitGatewayPeering `json:"AccepterTgwInfo,omitzero"`
	State                              string                `json:"State,omitempty"`
	Tags                               []Tag                 `json:"Tags,omitempty"`
}

// TransitGatewayPeering is one side of such a peering.
type TransitGatewayPeering struct {
	TransitGatewayId string `json:"TransitGatewayId,omitempty"`
	CoreNetworkId    string `json:"CoreNetworkId,omitempty"`
	OwnerId          string `json:"OwnerId,omitempty"`
	Region           string `json:"Region,omitempty"`
}

// TransitGatewayConnect is an element of DescribeTransitGatewayConnects.
type TransitGatewayConnect struct {
	TransitGatewayAttachmentId string `json:"TransitGatewayAttachmentId"`
	TransitGatewayId           string `json:"TransitGatewayId,omitempty"`
	State                      string `json:"State,omitempty"`
	Tags                       []Tag  `json:"Tags,omitempty"`
}

// TransitGatewayRouteTable is an element of DescribeTransitGatewayRouteTables.
type TransitGatewayRouteTable struct {
	TransitGatewayRouteTableId string `json:"TransitGatewayRouteTableId"`
	TransitGatewayId           string `json:"TransitGatewayId,omitempty"`
	State                      string `json:"State,omitempty"`
	Tags                       []Tag  `json:"Tags,omitempty"`
}

// TransitGatewayRoute is an element of SearchTransitGatewayRoutes. Table is not in the answer: the reader fills it in.
type TransitGatewayRoute struct {
	Table                     string                          `json:"-"`
	DestinationCidrBlock      netip.Prefix                    `json:"DestinationCidrBlock,omitzero"`
	PrefixListId              string                          `json:"PrefixListId,omitempty"`
	TransitGatewayAttachments []TransitGatewayRouteAttachment `json:"TransitGatewayAttachments,omitempty"`
	Type                      string                          `json:"Type,omitempty"`  // static, propagated
	State                     string                          `json:"State,omitempty"` // pending, active, blackhole, deleting, deleted
}

// TransitGatewayRouteAttachment is where a route leads.
type TransitGatewayRouteAttachment struct {
	TransitGatewayAttachmentId string `json:"TransitGatewayAttachmentId,omitempty"`
	ResourceId                 string `json:"ResourceId,omitempty"`
	ResourceType               string `json:"ResourceType,omitempty"`
}

func (r *TransitGatewayRoute) check() error {
	if !r.DestinationCidrBlock.IsValid() && r.PrefixListId == "" {
		return at("a route without destination", "")
	}
	return nil
}

// TransitGatewayAssociation says that an attachment is associated with a route table or a policy table. It stands in an attachment's
// record, and in the answers of GetTransitGatewayRouteTableAssociations and GetTransitGatewayPolicyTableAssociations, of which the
// first does not name the table: the reader fills Table in.
type TransitGatewayAssociation struct {
	Table                       string `json:"-"`
	TransitGatewayRouteTableId  string `json:"TransitGatewayRouteTableId,omitempty"`
	TransitGatewayPolicyTableId string `json:"TransitGatewayPolicyTableId,omitempty"`
	TransitGatewayAttachmentId  string `json:"TransitGatewayAttachmentId,omitempty"`
	ResourceId                  string `json:"ResourceId,omitempty"` // tells the two ends of a peering apart
	State                       string `json:"State,omitempty"`      // associating, associated, disassociating, disassociated
}

// TransitGatewayPropagation is an element of GetTransitGatewayRouteTablePropagations: an attachment whose prefixes a table learns.
type TransitGatewayPropagation struct {
	Table                      string `json:"-"`
	TransitGatewayAttachmentId string `json:"TransitGatewayAttachmentId,omitempty"`
	ResourceId                 string `json:"ResourceId,omitempty"`
	ResourceType               string `json:"ResourceType,omitempty"`
	State                      string `json:"State,omitempty"` // enabling, enabled, disabling, disabled
}

// TransitGatewayPrefixListReference is an element of GetTransitGatewayPrefixListReferences.
type TransitGatewayPrefixListReference struct {
	TransitGatewayRouteTableId string `json:"TransitGatewayRouteTableId,omitempty"`
	PrefixListId               string `json:"PrefixListId"`
	State                      string `json:"State,omitempty"`
	Blackhole                  bool   `json:"Blackhole,omitempty"`
}

// TransitGatewayPolicyTable is an element of DescribeTransitGatewayPolicyTables.
type TransitGatewayPolicyTable struct {
	TransitGatewayPolicyTableId string `json:"TransitGatewayPolicyTableId"`
	TransitGatewayId            string `json:"TransitGatewayId,omitempty"`
	State                       string `json:"State,omitempty"`
	Tags                        []Tag  `json:"Tags,omitempty"`
}

// TransitGatewayPolicyTableEntry is an element of GetTransitGatewayPolicyTableEntries.
type TransitGatewayPolicyTableEntry struct {
	Table              string                   `json:"-"`
	PolicyRuleNumber   string                   `json:"PolicyRuleNumber,omitempty"` // "*" for those that AWS manages
	PolicyRule         TransitGatewayPolicyRule `json:"PolicyRule,omitzero"`
	TargetRouteTableId string                   `json:"TargetRouteTableId,omitempty"`
}

// TransitGatewayPolicyRule is what an entry matches; what is absent or "*" matches anything.
type TransitGatewayPolicyRule struct {
	SourceCidrBlock      string                        `json:"SourceCidrBlock,omitempty"`
	SourcePortRange      string                        `json:"SourcePortRange,omitempty"`
	DestinationCidrBlock string                        `json:"DestinationCidrBlock,omitempty"`
	DestinationPortRange string                        `json:"DestinationPortRange,omitempty"`
	Protocol             string                        `json:"Protocol,omitempty"`
	MetaData             *TransitGatewayPolicyMetaData `json:"MetaData,omitempty"`
}

// TransitGatewayPolicyMetaData is what system entries match by; no answer tells which packets have it.
type TransitGatewayPolicyMetaData struct {
	MetaDataKey   string `json:"MetaDataKey,omitempty"`
	MetaDataValue string `json:"MetaDataValue,omitempty"`
}

// TransitGatewayNatRule is an element of GetTransitGatewayAttachmentNatConfiguration. Attachment and NatGatewaySupport stand beside
// the list: the reader fills them in.
type TransitGatewayNatRule struct {
	Attachment        string       `json:"-"`
	NatGatewaySupport string       `json:"-"` // enabled, disabled, enabling, disabling
	MatchSourceCidr   netip.Prefix `json:"MatchSourceCidr,omitzero"`
	NatCidr           netip.Prefix `json:"NatCidr,omitzero"`
	State             string       `json:"State,omitempty"` // pending, activated, deactivated, deleting
}

// TransitGateways returns every transit gateway, by id.
func (s *Snapshot) TransitGateways() []Merged[TransitGateway] {
	return Merge(s, DescribeTransitGateways, func(p *Part) []TransitGateway { return p.TransitGateways },
		func(v *TransitGateway) string { return v.TransitGatewayId }, func(v *TransitGateway) string { return v.OwnerId })
}

// TransitGatewayAttachments returns every attachment, by id and transit gateway: both ends of a peering may have one id.
func (s *Snapshot) TransitGatewayAttachments() []Merged[TransitGatewayAttachment] {
	return Merge(s, DescribeTransitGatewayAttachments, func(p *Part) []TransitGatewayAttachment { return p.TransitGatewayAttachments },
		func(v *TransitGatewayAttachment) string {
			return v.TransitGatewayAttachmentId + " " + v.TransitGatewayId
		},
		func(v *TransitGatewayAttachment) string { return v.TransitGatewayOwnerId })
}

// TransitGatewayVpcAttachments returns every VPC attachment, by id. The VPC owner's copy counts: it has the subnets.
func (s *Snapshot) TransitGatewayVpcAttachments() []Merged[TransitGatewayVpcAttachment] {
	return Merge(s, DescribeTransitGatewayVpcAttachments, func(p *Part) []TransitGatewayVpcAttachment { return p.TransitGatewayVpcAttachments },
		func(v *TransitGatewayVpcAttachment) string { return v.TransitGatewayAttachmentId },
		func(v *TransitGatewayVpcAttachment) string { return v.VpcOwnerId })
}

// TransitGatewayRouteTables returns every route table of transit gateways, by id.
func (s *Snapshot) TransitGatewayRouteTables() []Merged[TransitGatewayRouteTable] {
	return Merge(s, DescribeTransitGatewayRouteTables, func(p *Part) []TransitGatewayRouteTable { return p.TransitGatewayRouteTables },
		func(v *TransitGatewayRouteTable) string { return v.TransitGatewayRouteTableId }, nil)
}

// TransitGatewayPolicyTables returns every policy table, by id.
func (s *Snapshot) TransitGatewayPolicyTables() []Merged[TransitGatewayPolicyTable] {
	return Merge(s, DescribeTransitGatewayPolicyTables, func(p *Part) []TransitGatewayPolicyTable { return p.TransitGatewayPolicyTables },
		func(v *TransitGatewayPolicyTable) string { return v.TransitGatewayPolicyTableId }, nil)
}

// takeTransit moves the records of transit gateways of q into p.
func (p *Part) takeTransit(q *Part) {
	move(&p.TransitGateways, q.TransitGateways)
	move(&p.TransitGatewayAttachments, q.TransitGatewayAttachments)
	move(&p.TransitGatewayVpcAttachments, q.TransitGatewayVpcAttachments)
	move(&p.TransitGatewayPeeringAttachments, q.TransitGatewayPeeringAttachments)
	move(&p.TransitGatewayConnects, q.TransitGatewayConnects)
	move(&p.TransitGatewayRouteTables, q.TransitGatewayRouteTables)
	move(&p.TransitGatewayRoutes, q.TransitGatewayRoutes)
	move(&p.TransitGatewayAssociations, q.TransitGatewayAssociations)
	move(&p.TransitGatewayPropagations, q.TransitGatewayPropagations)
	move(&p.TransitGatewayPrefixListReferences, q.TransitGatewayPrefixListReferences)
	move(&p.TransitGatewayPolicyTables, q.TransitGatewayPolicyTables)
	move(&p.TransitGatewayPolicyTableEntries, q.TransitGatewayPolicyTableEntries)
	move(&p.TransitGatewayNatRules, q.TransitGatewayNatRules)
}
