package snapshot

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// rule says what becomes of a member of an answer. Members without a rule are dropped with all they hold: what no rule of AWS networking reads is
// not needed, and nobody has looked at what it tells (D-291). Objects and lists are gone into, whatever the member.
type rule struct {
	of      func(r *redactor, text string) string // replaces texts
	scalars bool                                  // numbers, true and false are kept
	texts   bool                                  // texts are replaced; else dropped
	tags    bool
}

// memberRules say what becomes of a member, by its name and, where the same name means different things, by "PARENT.NAME". Tests hold them to
// the record types.
var memberRules = indexRules()

func indexRules() map[string]rule {
	out := map[string]rule{}
	add := func(r rule, names string) {
		for _, n := range strings.Fields(names) {
			out[n] = r
		}
	}
	add(rule{tags: true}, "Tags TagSet")
	add(rule{}, insideMembers)
	add(rule{scalars: true}, plainMembers)
	add(rule{of: (*redactor).word, scalars: true, texts: true}, wordMembers)
	add(rule{of: (*redactor).id, texts: true}, idMembers)
	add(rule{of: (*redactor).account, texts: true}, ownerMembers)
	add(rule{of: (*redactor).name, texts: true}, nameMembers)
	add(rule{of: (*redactor).arn, texts: true}, arnMembers)
	add(rule{of: (*redactor).host, texts: true}, hostMembers)
	add(rule{of: (*redactor).cidr, texts: true}, cidrMembers)
	add(rule{of: (*redactor).description, texts: true}, "Description")
	add(rule{of: (*redactor).requester, texts: true}, "RequesterId")
	add(rule{of: (*redactor).service, texts: true}, "ServiceName PrefixListName")
	add(rule{of: (*redactor).group, texts: true}, "group")
	return out
}

const insideMembers = `AccepterTgwInfo AccepterVpcInfo Association Attachment AssociationState Associations Attachments BlockPublicAccessStates CacheNodes
	CidrBlockAssociationSet CidrBlockSet CidrBlockState ConfigurationEndpoint CoreNetworkSegmentEdge DBSubnetGroup Destinations EnableDnsHostnames EnableDnsSupport
	EncryptionControl Entries Groups IcmpTypeCode Instances IpPermissions IpPermissionsEgress IpRanges Ipv4Prefixes Ipv6Addresses Ipv6CidrBlockAssociationSet
	Ipv6CidrBlockSet Ipv6CidrBlockState Ipv6Prefixes Ipv6Ranges MetaData MetadataOptions NatGatewayAddresses Options PolicyRule PortRange PrefixListIds
	PrivateIpAddresses PropagatingVgws ReferencedGroupInfo RequesterTgwInfo RequesterVpcInfo Routes Subnets TransitGatewayAttachments UserIdGroupPairs VgwTelemetry
	VpcAttachments VpcConfig VpcSecurityGroups allowedPrefixesToDirectConnectGateway associatedGateway attachments bgpPeers details routes
	transitGatewayAttachments`

const plainMembers = `AdditionalRoutesAvailable Blackhole DenyAllIgwTraffic DeviceIndex Egress From FromPort Ipv6Native IsDefault IsEgress IsPrimary Main
	PreserveClientIp Primary RequesterManaged RuleNumber SourceDestCheck StaticRoutesOnly To ToPort Value Version`

const wordMembers = `AddressFamily ApplianceModeSupport AttachmentType AutoProvisionZones AvailabilityMode AvailabilityZone AvailabilityZoneId AwsRegion Code
	ConnectivityType DestinationPortRange EdgeLocation FileSystemType GatewayAssociationState HttpEndpoint HttpProtocolIpv6 InterfaceType
	InternetGatewayBlockMode InternetGatewayExclusionMode IpAddressType IpProtocol IpSource Ipv6AddressAttribute Ipv6Support Mode NatGatewaySupport
	NatSystemRouteSupport Origin OutsideIpAddressType ParentZoneId PeeringStatus PolicyRuleNumber Protocol Region RegionName ResourceType RouteTableType RuleAction
	SecurityGroupReferencingSupport SourcePortRange State State.Name Status TunnelInsideIpVersion Type VpcEndpointType ZoneId ZoneName addressFamily associationState
	attachmentState attachmentType bgpPeerState bgpStatus details.name directConnectGatewayState region resourceType state type virtualInterfaceState virtualInterfaceType`

const idMembers = `AccepterTransitGatewayAttachmentId AllocationId AssociationId AttachmentId BranchInterfaceId CarrierGatewayId ClientVpnEndpointId
	CoreNetworkAttachmentId CoreNetworkId CustomerGatewayId DestinationPrefixListId EgressOnlyInternetGatewayId ExclusionId FileSystemId GatewayId
	GlobalNetworkId GroupId InstanceConnectEndpointId InstanceId InternetGatewayId LocalGatewayId MountTargetId NatGatewayId NetworkAclId NetworkInterfaceId
	NetworkInterfaceIds PrefixListId ResourceId RouteServerId RouteTableId RouteTableIds SecurityGroupIds SecurityGroupRuleId SubnetId SubnetIdentifier
	SubnetIds TargetRouteTableId TransitGatewayAttachmentId TransitGatewayConnectPeerId TransitGatewayId TransitGatewayPolicyTableId
	TransitGatewayRouteTableId TrunkInterfaceId VerifiedAccessEndpointId VpcEncryptionControlId VpcEndpointId VpcId VpcPeeringConnectionId
	VpcSecurityGroupId VpnConcentratorId VpnConnectionId VpnGatewayId directConnectGatewayId id prefixListId resourceId
	transitGatewayAttachmentId value virtualGatewayId virtualInterfaceId`

const ownerMembers = `AwsAccountId GroupOwnerId InstanceOwnerId IpOwnerId OwnerAccountId OwnerId ResourceOwnerId TransitGatewayOwnerId UserId VpcOwnerId
	directConnectGatewayOwnerAccount ownerAccount`

const nameMembers = `CacheClusterId DBClusterIdentifier DBInstanceIdentifier DBProxyName FunctionName GroupName LoadBalancerName MetaDataKey MetaDataValue Name
	NetworkFunctionGroupName SegmentName directConnectGatewayName virtualInterfaceName`

const arnMembers = `ARN CoreNetworkArn DBClusterArn DBInstanceArn DBProxyArn FirewallArn FunctionArn LoadBalancerArn OdbNetworkArn PrefixListArn ResourceArn
	SecurityGroupArn SubnetArn SubnetArns TargetGroupArn taskArn taskDefinitionArn`

const hostMembers = `Address DNSName Endpoint PrivateDnsName PublicDnsName ReaderEndpoint`

const cidrMembers = `CarrierIp Cidr CidrBlock CidrIp CidrIpv4 CidrIpv6 Cidrs DestinationCidrBlock DestinationIpv6CidrBlock IpPrefixes Ipv4Prefix Ipv6Address
	Ipv6CidrBlock Ipv6Prefix LocalIpv4NetworkCidr LocalIpv6NetworkCidr MatchSourceCidr NatCidr PrivateIp PrivateIpAddress PublicIp RemoteIpv4NetworkCidr
	RemoteIpv6NetworkCidr SourceCidrBlock cidr destinationCidrBlock`

// ruleOf finds the rule of a member; false for what is dropped.
func ruleOf(parent, name string) (rule, bool) {
	if r, ok := memberRules[parent+"."+name]; ok {
		return r, true
	}
	r, ok := memberRules[name]
	return r, ok
}

// takes says whether a member of the rule may hold a value of this kind.
func (u rule) takes(k jsontext.Kind) bool {
	switch k {
	case '{', '[', 'n':
		return true
	case '"':
		return u.texts
	}
	return u.scalars
}
