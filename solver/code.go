package solver

// Code is an explanation code of AWS's Reachability Analyzer (docs/codes.md).
type Code string

// The codes that the components built so far raise.
const (
	AddressRestriction    Code = "ENI_ADDRESS_RESTRICTION"
	BadState              Code = "BAD_STATE"
	BadStateAttachment    Code = "BAD_STATE_ATTACHMENT"
	BadStateRoute         Code = "BAD_STATE_ROUTE"
	BadStateVPN           Code = "BAD_STATE_VPN"
	CannotRoute           Code = "CANNOT_ROUTE"
	ComponentFilter       Code = "COMPONENT_FILTER_RESTRICTION"
	ComponentRemoved      Code = "COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"
	DisconnectedVPCs      Code = "DISCONNECTED_VPCS"
	SecurityGroupMismatch Code = "ENI_SG_RULES_MISMATCH"
	SourceDestCheck       Code = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
	ExpectsPublicAddress  Code = "IGW_EXPECTS_PUBLIC_ADDRESS"

	FilterDestinationAddress       Code = "FILTER_AT_DESTINATION_DESTINATION_ADDRESS"
	FilterDestinationPort          Code = "FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE"
	FilterDestinationProtocol      Code = "FILTER_AT_DESTINATION_PROTOCOL"
	FilterDestinationSourceAddress Code = "FILTER_AT_DESTINATION_SOURCE_ADDRESS"
	FilterDestinationSourcePort    Code = "FILTER_AT_DESTINATION_SOURCE_PORT_RANGE"
	FilterSourceAddress            Code = "FILTER_AT_SOURCE_SOURCE_ADDRESS"
	FilterSourceDestinationAddress Code = "FILTER_AT_SOURCE_DESTINATION_ADDRESS"
	FilterSourceDestinationPort    Code = "FILTER_AT_SOURCE_DESTINATION_PORT_RANGE"
	FilterSourcePort               Code = "FILTER_AT_SOURCE_SOURCE_PORT_RANGE"
	FilterSourceProtocol           Code = "FILTER_AT_SOURCE_PROTOCOL"

	RejectsSpoofed              Code = "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
	HigherPriorityRoute         Code = "HIGHER_PRIORITY_ROUTE"
	IngressNoPublicIP           Code = "INGRESS_RTB_NO_PUBLIC_IP"
	IngressRedirection          Code = "INGRESS_RTB_TRAFFIC_REDIRECTION"
	InternetDestinationRFC1918  Code = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
	InternetDestinationRFC6598  Code = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"
	InternetReflection          Code = "IGW_NAT_REFLECTION"
	InternetNoPrivateForIngress Code = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
	InternetNoPublicForEgress   Code = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
	InternetSourceRFC1918       Code = "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"
	InternetSourceRFC6598       Code = "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"
	MoreSpecificRoute           Code = "MORE_SPECIFIC_ROUTE"
	NATKeepsDestination         Code = "NGW_DEST_ADDRESS_PRESERVATION"
	NATRequiresSourceInVPC      Code = "NGW_REQUIRES_SOURCE_IN_VPC"
	NATSourceReassign           Code = "NGW_SOURCE_ADDRESS_REASSIGN"
	NATRemapsPort               Code = "REMAP_EPHEMERAL_PORT"
	NoPath                      Code = "NO_PATH"
	NoPossibleDestination       Code = "NO_POSSIBLE_DESTINATION"
	NoRouteToDestination        Code = "NO_ROUTE_TO_DESTINATION"
	PeeringRequiresAddress      Code = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
	ReferencesNotPreserved      Code = "SG_REFERENCES_NOT_PRESERVED"
	ProtocolRestriction         Code = "PROTOCOL_RESTRICTION"
	RegionalNATZone             Code = "REGIONAL_NGW_ROUTE_AZ_RESTRICTION"
	SubnetACLRestriction        Code = "SUBNET_ACL_RESTRICTION"
	SecurityGroupReferencing    Code = "SG_REFERENCING_SUPPORT"
	TransitNoAssociation        Code = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
	TransitExitZone             Code = "TGW_ATTACH_VPC_AZ_RESTRICTION"
	TransitZone                 Code = "TGW_ROUTE_AZ_RESTRICTION"
	TransitBadRoute             Code = "TGW_RTB_BAD_STATE_ROUTE"
	TransitCannotRoute          Code = "TGW_RTB_CANNOT_ROUTE"
	TransitHigherPriority       Code = "TGW_RTB_HIGHER_PRIORITY_ROUTE"
	TransitMoreSpecific         Code = "TGW_RTB_MORE_SPECIFIC_ROUTE"
	TransitNoRoute              Code = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
	UnassociatedComponent       Code = "UNASSOCIATED_COMPONENT"
	TransitBadStateVPN          Code = "TGW_BAD_STATE_VPN"
	VPNGatewayEgress            Code = "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"
	VPNGatewayIngress           Code = "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
	BlockPublicAccess           Code = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
	LocalRouteRestriction       Code = "VPC_LOCAL_ROUTE_CIDR_RESTRICTION"
	GatewayEndpointSource       Code = "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION"
	GatewayEndpointProtocol     Code = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
	EndpointStarts              Code = "VPCE_INTRA_VPC_TRAFFIC"
)

// Reason tells apart what one code can mean; it is empty where the code says it all.
type Reason string

// The reasons.
const (
	ReasonNone               Reason = ""
	ReasonElsewhere          Reason = "delivered-elsewhere"     // the address belongs to another interface than the one asked for
	ReasonAsymmetric         Reason = "asymmetric"              // a middlebox that keeps state would see one direction only (GRT-8)
	ReasonRouteOnly          Reason = "route-target-only"       // a Gateway Load Balancer endpoint takes packets from routes only (EP-20)
	ReasonNoOwner            Reason = "no-owner"                // no interface owns the address
	ReasonNoGateway          Reason = "no-internet-gateway"     // the VPC has no internet gateway
	ReasonNATInitiation      Reason = "nat-initiation"          // nothing can start a connection to a NAT gateway (NAT-4)
	ReasonLoop               Reason = "loop"                    // the packet comes to the same NAT gateway or middlebox again (NAT-6, D-103)
	ReasonOtherGateway       Reason = "other-gateway"           // the reply leaves by another gateway than the request came in by (RET-5)
	ReasonNATReply           Reason = "nat-reply"               // a reply is routed to a NAT gateway that has no state for it (RET-5)
	ReasonNoAddress          Reason = "no-address"              // a NAT gateway without a working address
	ReasonNotInternet        Reason = "not-internet"            // an IPv6 address outside 2000::/3 at an internet gateway
	ReasonNotNAT64           Reason = "not-nat64"               // an IPv6 packet at a NAT gateway that is not to 64:ff9b::/96 (NAT-11)
	ReasonTrunk              Reason = "trunk"                   // the trunk that a branch interface hangs on is not attached (ENI-10)
	ReasonOtherFamily        Reason = "other-family"            // a gateway that carries the other address family only
	ReasonEndpointEgressOnly Reason = "endpoint-to-egress-only" // EIGW-2
	ReasonNotLive            Reason = "not-live"                // the interface is not attached, so its public address counts for nothing (ENI-6)
	ReasonDenyAllIGW         Reason = "deny-all-igw-traffic"    // ENI-9
	ReasonPrivateIPv6        Reason = "private-ipv6"            // VPC-4
	ReasonOtherVPC           Reason = "attached-elsewhere"      // a gateway or peering that is not attached to this VPC
	ReasonNoFamily           Reason = "no-common-family"        // FROM and TO have no address family in common
	ReasonNothingAttached    Reason = "nothing-attached"        // a gateway as FROM to which nothing is attached (D-217)
	ReasonUnattached         Reason = "unattached"              // an interface with nothing behind it

	ReasonStaticNAT   Reason = "static-nat"      // a reply that does not pass the static NAT of its request, or passes another (TGW-57)
	ReasonPolicyTable Reason = "policy-table"    // no entry of an attachment's policy table matches (TGW-23)
	ReasonNoService   Reason = "no-service"      // a special address that offers nothing there (SP-1)
	ReasonDNSOff      Reason = "dns-support-off" // the VPC's resolver is switched off (SP-2)
	ReasonMetadataOff Reason = "metadata-off"    // the instance's metadata service is switched off
	ReasonAWSService  Reason = "aws-service"     // AWS itself answers at the address, not what was asked for

	ReasonNotKnown      Reason = "not-known"      // a virtual private gateway does not know the prefix (VGW-5)
	ReasonTunnelsDown   Reason = "tunnels-down"   // every tunnel of a VPN connection is down (VPN-4)
	ReasonSelectors     Reason = "selectors"      // a VPN connection does not carry these addresses (VPN-3)
	ReasonNotAdvertised Reason = "not-advertised" // Direct Connect tells on-premises of no prefix that holds the address (DX-6)
	ReasonCoreNetwork   Reason = "core-network"   // a segment of a core network has no route, or one that drops (CWAN-4, CWAN-6)
	ReasonNoTransit     Reason = "no-transit"     // a Direct Connect gateway joins no two of what is associated with it (DX-7)
)
