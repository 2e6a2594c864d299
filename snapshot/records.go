package snapshot

import "net/netip"

// The record types hold only the fields that decide something. Their JSON names are AWS's own (PascalCase,
// as the AWS CLI prints them), so that a record decodes straight from a describe answer. A pointer or an
// empty string is a field the answer does not have, which is not the same as a field that says "no".

// Tag is a key and value that the owner of a resource chose: hostile text, never to be printed unescaped.
type Tag struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// Vpc is an element of DescribeVpcs.
type Vpc struct {
	VpcId                       string                 `json:"VpcId"`
	OwnerId                     string                 `json:"OwnerId,omitempty"`
	State                       string                 `json:"State,omitempty"`
	CidrBlock                   netip.Prefix           `json:"CidrBlock,omitzero"`
	CidrBlockAssociationSet     []VpcCidrAssociation   `json:"CidrBlockAssociationSet,omitempty"`
	Ipv6CidrBlockAssociationSet []VpcIpv6Association   `json:"Ipv6CidrBlockAssociationSet,omitempty"`
	BlockPublicAccessStates     *BlockPublicAccessMode `json:"BlockPublicAccessStates,omitempty"`
	EncryptionControl           *VpcEncryptionControl  `json:"EncryptionControl,omitempty"`
	IsDefault                   bool                   `json:"IsDefault,omitempty"`
	Tags                        []Tag                  `json:"Tags,omitempty"`
}

// VpcCidrAssociation is one IPv4 block of a VPC.
type VpcCidrAssociation struct {
	CidrBlock      netip.Prefix   `json:"CidrBlock,omitzero"`
	CidrBlockState CidrBlockState `json:"CidrBlockState,omitzero"`
}

// VpcIpv6Association is one IPv6 block of a VPC or of a subnet.
type VpcIpv6Association struct {
	Ipv6CidrBlock        netip.Prefix   `json:"Ipv6CidrBlock,omitzero"`
	Ipv6CidrBlockState   CidrBlockState `json:"Ipv6CidrBlockState,omitzero"`
	Ipv6AddressAttribute string         `json:"Ipv6AddressAttribute,omitempty"` // public or private
	IpSource             string         `json:"IpSource,omitempty"`             // amazon, byoip or none
}

// CidrBlockState is the state of a block: associated, or on its way there or away.
type CidrBlockState struct {
	State string `json:"State,omitempty"`
}

// BlockPublicAccessMode is the effective VPC Block Public Access mode of a VPC or a subnet.
type BlockPublicAccessMode struct {
	InternetGatewayBlockMode string `json:"InternetGatewayBlockMode,omitempty"` // off, block-bidirectional, block-ingress
}

// Subnet is an element of DescribeSubnets.
type Subnet struct {
	SubnetId                    string                 `json:"SubnetId"`
	SubnetArn                   string                 `json:"SubnetArn,omitempty"`
	VpcId                       string                 `json:"VpcId,omitempty"`
	OwnerId                     string                 `json:"OwnerId,omitempty"`
	State                       string                 `json:"State,omitempty"`
	AvailabilityZone            string                 `json:"AvailabilityZone,omitempty"`
	AvailabilityZoneId          string                 `json:"AvailabilityZoneId,omitempty"`
	CidrBlock                   netip.Prefix           `json:"CidrBlock,omitzero"`
	Ipv6CidrBlockAssociationSet []VpcIpv6Association   `json:"Ipv6CidrBlockAssociationSet,omitempty"`
	Ipv6Native                  bool                   `json:"Ipv6Native,omitempty"`
	BlockPublicAccessStates     *BlockPublicAccessMode `json:"BlockPublicAccessStates,omitempty"`
	Tags                        []Tag                  `json:"Tags,omitempty"`
}

// RouteTable is an element of DescribeRouteTables.
type RouteTable struct {
	RouteTableId    string                  `json:"RouteTableId"`
	VpcId           string                  `json:"VpcId,omitempty"`
	OwnerId         string                  `json:"OwnerId,omitempty"`
	Associations    []RouteTableAssociation `json:"Associations,omitempty"`
	Routes          []Route                 `json:"Routes,omitempty"`
	PropagatingVgws []PropagatingVgw        `json:"PropagatingVgws,omitempty"`
	Tags            []Tag                   `json:"Tags,omitempty"`
}

// PropagatingVgw names a virtual private gateway that writes routes into a table.
type PropagatingVgw struct {
	GatewayId string `json:"GatewayId,omitempty"`
}

// RouteTableAssociation binds a table to a subnet, to a gateway (an edge association) or makes it the main table.
type RouteTableAssociation struct {
	Main             bool             `json:"Main,omitempty"`
	SubnetId         string           `json:"SubnetId,omitempty"`
	GatewayId        string           `json:"GatewayId,omitempty"`
	AssociationState AssociationState `json:"AssociationState,omitzero"`
}

// AssociationState is the state of an association; empty means working.
type AssociationState struct {
	State string `json:"State,omitempty"`
}

// Route is one route of a table; exactly one destination and one target field are set.
type Route struct {
	DestinationCidrBlock     netip.Prefix `json:"DestinationCidrBlock,omitzero"`
	DestinationIpv6CidrBlock netip.Prefix `json:"DestinationIpv6CidrBlock,omitzero"`
	DestinationPrefixListId  string       `json:"DestinationPrefixListId,omitempty"`

	GatewayId                   string `json:"GatewayId,omitempty"`
	NatGatewayId                string `json:"NatGatewayId,omitempty"`
	NetworkInterfaceId          string `json:"NetworkInterfaceId,omitempty"`
	InstanceId                  string `json:"InstanceId,omitempty"`
	EgressOnlyInternetGatewayId string `json:"EgressOnlyInternetGatewayId,omitempty"`
	VpcPeeringConnectionId      string `json:"VpcPeeringConnectionId,omitempty"`
	TransitGatewayId            string `json:"TransitGatewayId,omitempty"`
	CarrierGatewayId            string `json:"CarrierGatewayId,omitempty"`
	LocalGatewayId              string `json:"LocalGatewayId,omitempty"`
	CoreNetworkArn              string `json:"CoreNetworkArn,omitempty"`
	OdbNetworkArn               string `json:"OdbNetworkArn,omitempty"`
	VpcEndpointId               string `json:"VpcEndpointId,omitempty"`

	Origin string `json:"Origin,omitempty"` // CreateRouteTable, CreateRoute, EnableVgwRoutePropagation, Advertisement
	State  string `json:"State,omitempty"`  // active, blackhole, filtered
}

// SecurityGroup is an element of DescribeSecurityGroups.
type SecurityGroup struct {
	GroupId             string         `json:"GroupId"`
	GroupName           string         `json:"GroupName,omitempty"`
	SecurityGroupArn    string         `json:"SecurityGroupArn,omitempty"`
	VpcId               string         `json:"VpcId,omitempty"`
	OwnerId             string         `json:"OwnerId,omitempty"`
	IpPermissions       []IpPermission `json:"IpPermissions,omitempty"`
	IpPermissionsEgress []IpPermission `json:"IpPermissionsEgress,omitempty"`
	Tags                []Tag          `json:"Tags,omitempty"`
}

// IpPermission is one rule of a group: protocol and ports, and the peers it is open to.
type IpPermission struct {
	IpProtocol       string            `json:"IpProtocol,omitempty"`
	FromPort         *int32            `json:"FromPort,omitempty"`
	ToPort           *int32            `json:"ToPort,omitempty"`
	IpRanges         []IpRange         `json:"IpRanges,omitempty"`
	Ipv6Ranges       []Ipv6Range       `json:"Ipv6Ranges,omitempty"`
	PrefixListIds    []PrefixListId    `json:"PrefixListIds,omitempty"`
	UserIdGroupPairs []UserIdGroupPair `json:"UserIdGroupPairs,omitempty"`
}

// IpRange is an IPv4 peer of a group rule.
type IpRange struct {
	CidrIp      netip.Prefix `json:"CidrIp,omitzero"`
	Description string       `json:"Description,omitempty"`
}

// Ipv6Range is an IPv6 peer of a group rule.
type Ipv6Range struct {
	CidrIpv6    netip.Prefix `json:"CidrIpv6,omitzero"`
	Description string       `json:"Description,omitempty"`
}

// PrefixListId is a prefix list as the peer of a group rule.
type PrefixListId struct {
	PrefixListId string `json:"PrefixListId,omitempty"`
	Description  string `json:"Description,omitempty"`
}

// UserIdGroupPair is another group as the peer of a group rule.
type UserIdGroupPair struct {
	GroupId                string `json:"GroupId,omitempty"`
	UserId                 string `json:"UserId,omitempty"`
	VpcId                  string `json:"VpcId,omitempty"`
	VpcPeeringConnectionId string `json:"VpcPeeringConnectionId,omitempty"`
	PeeringStatus          string `json:"PeeringStatus,omitempty"`
	Description            string `json:"Description,omitempty"`
}

// SecurityGroupRule is an element of DescribeSecurityGroupRules: one row per rule, which the reader folds
// into the IpPermissions of its group.
type SecurityGroupRule struct {
	SecurityGroupRuleId string           `json:"SecurityGroupRuleId,omitempty"`
	GroupId             string           `json:"GroupId"`
	GroupOwnerId        string           `json:"GroupOwnerId,omitempty"`
	IsEgress            bool             `json:"IsEgress,omitempty"`
	IpProtocol          string           `json:"IpProtocol,omitempty"`
	FromPort            *int32           `json:"FromPort,omitempty"`
	ToPort              *int32           `json:"ToPort,omitempty"`
	CidrIpv4            netip.Prefix     `json:"CidrIpv4,omitzero"`
	CidrIpv6            netip.Prefix     `json:"CidrIpv6,omitzero"`
	PrefixListId        string           `json:"PrefixListId,omitempty"`
	ReferencedGroupInfo *UserIdGroupPair `json:"ReferencedGroupInfo,omitempty"`
	Description         string           `json:"Description,omitempty"`
}

// SecurityGroupVpcAssociation is an element of DescribeSecurityGroupVpcAssociations.
type SecurityGroupVpcAssociation struct {
	GroupId      string `json:"GroupId"`
	VpcId        string `json:"VpcId,omitempty"`
	GroupOwnerId string `json:"GroupOwnerId,omitempty"`
	State        string `json:"State,omitempty"`
}

// NetworkAcl is an element of DescribeNetworkAcls.
type NetworkAcl struct {
	NetworkAclId string                  `json:"NetworkAclId"`
	VpcId        string                  `json:"VpcId,omitempty"`
	OwnerId      string                  `json:"OwnerId,omitempty"`
	IsDefault    bool                    `json:"IsDefault,omitempty"`
	Associations []NetworkAclAssociation `json:"Associations,omitempty"`
	Entries      []NetworkAclEntry       `json:"Entries,omitempty"`
	Tags         []Tag                   `json:"Tags,omitempty"`
}

// NetworkAclAssociation binds an ACL to a subnet.
type NetworkAclAssociation struct {
	SubnetId string `json:"SubnetId,omitempty"`
}

// NetworkAclEntry is one numbered rule of an ACL.
type NetworkAclEntry struct {
	RuleNumber    int32         `json:"RuleNumber"`
	Egress        bool          `json:"Egress,omitempty"`
	RuleAction    string        `json:"RuleAction,omitempty"` // allow, deny
	Protocol      string        `json:"Protocol,omitempty"`   // a number as text, -1 for all
	CidrBlock     netip.Prefix  `json:"CidrBlock,omitzero"`
	Ipv6CidrBlock netip.Prefix  `json:"Ipv6CidrBlock,omitzero"`
	PortRange     *PortRange    `json:"PortRange,omitempty"`
	IcmpTypeCode  *IcmpTypeCode `json:"IcmpTypeCode,omitempty"`
}

// PortRange is an inclusive range of ports.
type PortRange struct {
	From int32 `json:"From"`
	To   int32 `json:"To"`
}

// IcmpTypeCode is an ICMP type and code; -1 is any.
type IcmpTypeCode struct {
	Type int32 `json:"Type"`
	Code int32 `json:"Code"`
}

// NetworkInterface is an element of DescribeNetworkInterfaces.
type NetworkInterface struct {
	NetworkInterfaceId string                      `json:"NetworkInterfaceId"`
	VpcId              string                      `json:"VpcId,omitempty"`
	SubnetId           string                      `json:"SubnetId,omitempty"`
	OwnerId            string                      `json:"OwnerId,omitempty"`
	AvailabilityZone   string                      `json:"AvailabilityZone,omitempty"`
	AvailabilityZoneId string                      `json:"AvailabilityZoneId,omitempty"`
	Description        string                      `json:"Description,omitempty"`
	InterfaceType      string                      `json:"InterfaceType,omitempty"`
	RequesterId        string                      `json:"RequesterId,omitempty"`
	RequesterManaged   bool                        `json:"RequesterManaged,omitempty"`
	Status             string                      `json:"Status,omitempty"`
	SourceDestCheck    *bool                       `json:"SourceDestCheck,omitempty"`
	DenyAllIgwTraffic  bool                        `json:"DenyAllIgwTraffic,omitempty"`
	Groups             []GroupIdentifier           `json:"Groups,omitempty"`
	PrivateIpAddress   netip.Addr                  `json:"PrivateIpAddress,omitzero"`
	PrivateDnsName     string                      `json:"PrivateDnsName,omitempty"`
	PrivateIpAddresses []PrivateIpAddress          `json:"PrivateIpAddresses,omitempty"`
	Ipv6Addresses      []Ipv6Address               `json:"Ipv6Addresses,omitempty"`
	Ipv4Prefixes       []Ipv4Prefix                `json:"Ipv4Prefixes,omitempty"`
	Ipv6Prefixes       []Ipv6Prefix                `json:"Ipv6Prefixes,omitempty"`
	Association        *AddressAssociation         `json:"Association,omitempty"`
	Attachment         *NetworkInterfaceAttachment `json:"Attachment,omitempty"`
	TagSet             []Tag                       `json:"TagSet,omitempty"`
}

// GroupIdentifier names a group that is attached to an interface.
type GroupIdentifier struct {
	GroupId   string `json:"GroupId,omitempty"`
	GroupName string `json:"GroupName,omitempty"`
}

// PrivateIpAddress is one IPv4 address of an interface, with its public mapping if it has one.
type PrivateIpAddress struct {
	PrivateIpAddress netip.Addr          `json:"PrivateIpAddress,omitzero"`
	PrivateDnsName   string              `json:"PrivateDnsName,omitempty"`
	Primary          bool                `json:"Primary,omitempty"`
	Association      *AddressAssociation `json:"Association,omitempty"`
}

// AddressAssociation is a public IPv4 address mapped to a private one.
type AddressAssociation struct {
	PublicIp      netip.Addr `json:"PublicIp,omitzero"`
	CarrierIp     netip.Addr `json:"CarrierIp,omitzero"`
	PublicDnsName string     `json:"PublicDnsName,omitempty"`
	IpOwnerId     string     `json:"IpOwnerId,omitempty"`
	AllocationId  string     `json:"AllocationId,omitempty"`
}

// Ipv6Address is one IPv6 address of an interface.
type Ipv6Address struct {
	Ipv6Address netip.Addr `json:"Ipv6Address,omitzero"`
}

// Ipv4Prefix is a delegated IPv4 prefix of an interface.
type Ipv4Prefix struct {
	Ipv4Prefix netip.Prefix `json:"Ipv4Prefix,omitzero"`
}

// Ipv6Prefix is a delegated IPv6 prefix of an interface.
type Ipv6Prefix struct {
	Ipv6Prefix netip.Prefix `json:"Ipv6Prefix,omitzero"`
}

// NetworkInterfaceAttachment says what an interface is attached to.
type NetworkInterfaceAttachment struct {
	AttachmentId    string `json:"AttachmentId,omitempty"`
	InstanceId      string `json:"InstanceId,omitempty"`
	InstanceOwnerId string `json:"InstanceOwnerId,omitempty"`
	Status          string `json:"Status,omitempty"` // attaching, attached, detaching, detached
	DeviceIndex     int32  `json:"DeviceIndex,omitempty"`
}

// Reservation is an element of DescribeInstances.
type Reservation struct {
	OwnerId   string     `json:"OwnerId,omitempty"`
	Instances []Instance `json:"Instances,omitempty"`
}

// Instance is one instance of a reservation. OwnerId is the reservation's, filled in by the reader.
type Instance struct {
	InstanceId      string           `json:"InstanceId"`
	OwnerId         string           `json:"-"`
	VpcId           string           `json:"VpcId,omitempty"`
	SubnetId        string           `json:"SubnetId,omitempty"`
	PrivateDnsName  string           `json:"PrivateDnsName,omitempty"`
	PublicDnsName   string           `json:"PublicDnsName,omitempty"`
	State           InstanceState    `json:"State,omitzero"`
	MetadataOptions *MetadataOptions `json:"MetadataOptions,omitempty"`
	Tags            []Tag            `json:"Tags,omitempty"`
}

// MetadataOptions say whether the instance has its metadata service, by IPv4 (HttpEndpoint) and by IPv6 as well.
type MetadataOptions struct {
	HttpEndpoint     string `json:"HttpEndpoint,omitempty"`     // enabled, disabled
	HttpProtocolIpv6 string `json:"HttpProtocolIpv6,omitempty"` // enabled, disabled
}

// InstanceState is pending, running, shutting-down, terminated, stopping or stopped.
type InstanceState struct {
	Name string `json:"Name,omitempty"`
}

// Address is an element of DescribeAddresses: an Elastic IP address.
type Address struct {
	PublicIp           netip.Addr `json:"PublicIp,omitzero"`
	PrivateIpAddress   netip.Addr `json:"PrivateIpAddress,omitzero"`
	NetworkInterfaceId string     `json:"NetworkInterfaceId,omitempty"`
	InstanceId         string     `json:"InstanceId,omitempty"`
	AllocationId       string     `json:"AllocationId,omitempty"`
	AssociationId      string     `json:"AssociationId,omitempty"`
	CarrierIp          netip.Addr `json:"CarrierIp,omitzero"`
	Tags               []Tag      `json:"Tags,omitempty"`
}

// InternetGateway is an element of DescribeInternetGateways.
type InternetGateway struct {
	InternetGatewayId string              `json:"InternetGatewayId"`
	OwnerId           string              `json:"OwnerId,omitempty"`
	Attachments       []GatewayAttachment `json:"Attachments,omitempty"`
	Tags              []Tag               `json:"Tags,omitempty"`
}

// GatewayAttachment binds a gateway to a VPC.
type GatewayAttachment struct {
	VpcId string `json:"VpcId,omitempty"`
	State string `json:"State,omitempty"`
}

// NatGateway is an element of DescribeNatGateways.
type NatGateway struct {
	NatGatewayId        string              `json:"NatGatewayId"`
	VpcId               string              `json:"VpcId,omitempty"`
	SubnetId            string              `json:"SubnetId,omitempty"`
	RouteTableId        string              `json:"RouteTableId,omitempty"`
	State               string              `json:"State,omitempty"`
	ConnectivityType    string              `json:"ConnectivityType,omitempty"`   // public, private
	AvailabilityMode    string              `json:"AvailabilityMode,omitempty"`   // zonal, regional
	AutoProvisionZones  string              `json:"AutoProvisionZones,omitempty"` // enabled, disabled; regional ones only
	NatGatewayAddresses []NatGatewayAddress `json:"NatGatewayAddresses,omitempty"`
	Tags                []Tag               `json:"Tags,omitempty"`
}

// NatGatewayAddress is one address of a NAT gateway.
type NatGatewayAddress struct {
	PrivateIp          netip.Addr `json:"PrivateIp,omitzero"`
	PublicIp           netip.Addr `json:"PublicIp,omitzero"`
	NetworkInterfaceId string     `json:"NetworkInterfaceId,omitempty"`
	AvailabilityZone   string     `json:"AvailabilityZone,omitempty"`
	AvailabilityZoneId string     `json:"AvailabilityZoneId,omitempty"`
	Status             string     `json:"Status,omitempty"` // assigning, succeeded, failed, ...
	IsPrimary          bool       `json:"IsPrimary,omitempty"`
}

// VpcPeeringConnection is an element of DescribeVpcPeeringConnections.
type VpcPeeringConnection struct {
	VpcPeeringConnectionId string         `json:"VpcPeeringConnectionId"`
	Status                 PeeringStatus  `json:"Status,omitzero"`
	RequesterVpcInfo       PeeringVpcInfo `json:"RequesterVpcInfo,omitzero"`
	AccepterVpcInfo        PeeringVpcInfo `json:"AccepterVpcInfo,omitzero"`
	Tags                   []Tag          `json:"Tags,omitempty"`
}

// PeeringStatus is the status of a peering; only active carries traffic.
type PeeringStatus struct {
	Code string `json:"Code,omitempty"`
}

// PeeringVpcInfo is one side of a peering; AWS gives its CIDRs only while the peering is active.
type PeeringVpcInfo struct {
	VpcId            string             `json:"VpcId,omitempty"`
	OwnerId          string             `json:"OwnerId,omitempty"`
	Region           string             `json:"Region,omitempty"`
	CidrBlock        netip.Prefix       `json:"CidrBlock,omitzero"`
	CidrBlockSet     []PeeringCidrBlock `json:"CidrBlockSet,omitempty"`
	Ipv6CidrBlockSet []PeeringIpv6Block `json:"Ipv6CidrBlockSet,omitempty"`
}

// PeeringCidrBlock is one IPv4 block of a side of a peering.
type PeeringCidrBlock struct {
	CidrBlock netip.Prefix `json:"CidrBlock,omitzero"`
}

// PeeringIpv6Block is one IPv6 block of a side of a peering.
type PeeringIpv6Block struct {
	Ipv6CidrBlock netip.Prefix `json:"Ipv6CidrBlock,omitzero"`
}

// PrefixList is an element of DescribePrefixLists: a list that AWS keeps, with its blocks.
type PrefixList struct {
	PrefixListId   string         `json:"PrefixListId"`
	PrefixListName string         `json:"PrefixListName,omitempty"`
	Cidrs          []netip.Prefix `json:"Cidrs,omitempty"`
}

// ManagedPrefixList is an element of DescribeManagedPrefixLists: a list without its entries.
type ManagedPrefixList struct {
	PrefixListId   string `json:"PrefixListId"`
	PrefixListName string `json:"PrefixListName,omitempty"`
	AddressFamily  string `json:"AddressFamily,omitempty"`
	OwnerId        string `json:"OwnerId,omitempty"`
	State          string `json:"State,omitempty"`
	Version        int64  `json:"Version,omitempty"`
	Tags           []Tag  `json:"Tags,omitempty"`
}

// PrefixListEntry is an element of GetManagedPrefixListEntries. PrefixListId is not in AWS's answer: the
// reader fills it in from the manifest, a wrapper or the file's name.
type PrefixListEntry struct {
	PrefixListId string       `json:"-"`
	Cidr         netip.Prefix `json:"Cidr,omitzero"`
	Description  string       `json:"Description,omitempty"`
}

// AvailabilityZone is an element of DescribeAvailabilityZones: it maps zone names of one account to zone IDs.
type AvailabilityZone struct {
	ZoneName   string `json:"ZoneName"`
	ZoneId     string `json:"ZoneId,omitempty"`
	RegionName string `json:"RegionName,omitempty"`
	State      string `json:"State,omitempty"`

	ParentZoneId string `json:"ParentZoneId,omitempty"` // of a Local or Wavelength Zone
}

// NamedResource is a resource of a kind that is not modelled yet, known by its id, so that a route to it
// can be named and a look-up of it answers "not modelled" rather than "no such thing".
type NamedResource struct {
	ID      string
	Kind    string // as design.md names types: transit-gateway, vpn-gateway, vpc-endpoint, ...
	OwnerId string
	State   string
	VpcId   string
	Tags    []Tag
}

// TargetID is the id or ARN of the one target field that is set: "local", a resource id, or an ARN; empty if none is.
// A route by interface also names the instance; the interface counts.
func (r *Route) TargetID() string {
	for _, id := range []string{r.NetworkInterfaceId, r.NatGatewayId, r.VpcPeeringConnectionId, r.TransitGatewayId,
		r.EgressOnlyInternetGatewayId, r.CarrierGatewayId, r.LocalGatewayId, r.CoreNetworkArn, r.OdbNetworkArn,
		r.VpcEndpointId, r.GatewayId, r.InstanceId} {
		if id != "" {
			return id
		}
	}
	return ""
}
