package collect

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// ec2API is the client of EC2. It throttles per account, Region and API; a page size takes a describe call out of the smaller
// bucket for unpaged ones (SNAP-3).
var ec2API = &service[ec2.Client, ec2.Options]{name: "ec2", action: "ec2", create: ec2.NewFromConfig}

// Table is every call that is made, in the order in which documents list them. What a row says it needs is what is unknown
// without it.
func Table() []*Call {
	return slices.Concat(coreCalls(), edgeCalls(), transitCalls(), coreNetworkCalls(), directConnectCalls(), balancingCalls(), firewallCalls(), acceleratorCalls(), nameCalls())
}

// coreCalls are what nearly every answer rests on.
func coreCalls() []*Call {
	s := ec2API
	return []*Call{
		row(s, (*ec2.Client).DescribeAvailabilityZones, "which zone of another account is the same one"),
		row(s, (*ec2.Client).DescribeVpcs, "delivery inside a VPC", page(1000)),
		row(s, (*ec2.Client).DescribeVpcAttribute, "whether a VPC's resolver answers", each("describe-vpcs", "Vpcs", "VpcId", "VpcId", owned("OwnerId")), with("Attribute", "enableDnsSupport")),
		row(s, (*ec2.Client).DescribeDhcpOptions, "nothing yet: which resolver DHCP names", page(1000)),
		row(s, (*ec2.Client).DescribeSubnets, "everything from and to a subnet's interfaces", page(1000)),
		row(s, (*ec2.Client).DescribeRouteTables, "answers that leave a subnet", page(100)),
		row(s, (*ec2.Client).DescribeNetworkInterfaces, "what answers to an address", page(1000)),
		row(s, (*ec2.Client).DescribeSecurityGroups, "what groups allow: nearly every answer", page(1000)),
		row(s, (*ec2.Client).DescribeSecurityGroupVpcAssociations, "in which further VPCs a group may be used", page(1000)),
		row(s, (*ec2.Client).DescribeNetworkAcls, "answers that leave or enter a subnet", page(1000)),
		row(s, (*ec2.Client).DescribeInstances, "whether an instance runs", page(1000)),
		row(s, (*ec2.Client).DescribeAddresses, "Elastic IP addresses that no interface's record names"),
		row(s, (*ec2.Client).DescribeManagedPrefixLists, "the names and versions of prefix lists", page(100)),
		row(s, (*ec2.Client).GetManagedPrefixListEntries, "what rules and routes with a prefix list match", page(100),
			each("describe-managed-prefix-lists", "PrefixLists", "PrefixListId", "PrefixListId")),
		row(s, (*ec2.Client).DescribePrefixLists, "what AWS's own prefix lists hold, where their entries are not known", page(100)),
	}
}

// edgeCalls are gateways, endpoints and peerings, and what VPCs are set to.
func edgeCalls() []*Call {
	s := ec2API
	ofService := each("describe-vpc-endpoint-service-configurations", "ServiceConfigurations", "ServiceId", "ServiceId")
	ofClientVPN := each("describe-client-vpn-endpoints", "ClientVpnEndpoints", "ClientVpnEndpointId", "ClientVpnEndpointId")
	return []*Call{
		row(s, (*ec2.Client).DescribeInternetGateways, "answers through an internet gateway", page(1000)),
		row(s, (*ec2.Client).DescribeEgressOnlyInternetGateways, "answers through an egress-only internet gateway", page(255)),
		row(s, (*ec2.Client).DescribeCarrierGateways, "answers through a carrier gateway", page(1000)),
		row(s, (*ec2.Client).DescribeNatGateways, "answers through a NAT gateway", page(1000)),
		row(s, (*ec2.Client).DescribeVpcPeeringConnections, "answers through a peering, and rules that name groups of another VPC", page(1000)),
		row(s, (*ec2.Client).DescribeVpcEndpoints, "answers through a VPC endpoint", page(1000)),
		row(s, (*ec2.Client).DescribeVpcEndpointServiceConfigurations, "nothing yet: what stands behind endpoint services of your own", page(1000)),
		row(s, (*ec2.Client).DescribeVpcEndpointServicePermissions, "nothing yet: who may use endpoint services of your own", page(1000), ofService),
		row(s, (*ec2.Client).DescribeVpcEndpointConnections, "nothing yet: who uses endpoint services of your own", page(1000)),
		row(s, (*ec2.Client).DescribeVpcEndpointAssociations, "nothing yet: which resources stand behind an endpoint", page(100)),
		row(s, (*ec2.Client).DescribeInstanceConnectEndpoints, "EC2 Instance Connect Endpoints by their own id", page(50)),
		row(s, (*ec2.Client).DescribeVpcBlockPublicAccessOptions, "whether Block Public Access stops traffic, where VPCs do not say"),
		row(s, (*ec2.Client).DescribeVpcBlockPublicAccessExclusions, "what Block Public Access leaves out", page(1000)),
		row(s, (*ec2.Client).DescribeVpcEncryptionControls, "whether encryption controls stop traffic", page(1000)),
		row(s, (*ec2.Client).DescribeTrunkInterfaceAssociations, "what branch interfaces send and receive", page(255)),
		row(s, (*ec2.Client).DescribeLocalGateways, "local gateways by their own id", page(1000)),
		row(s, (*ec2.Client).DescribeClientVpnEndpoints, "Client VPN endpoints by their own id", page(1000)),
		row(s, (*ec2.Client).DescribeClientVpnTargetNetworks, "nothing yet: the subnets of a Client VPN endpoint", page(1000), ofClientVPN),
		row(s, (*ec2.Client).DescribeClientVpnRoutes, "nothing yet: the routes of a Client VPN endpoint", page(1000), ofClientVPN),
		row(s, (*ec2.Client).DescribeClientVpnAuthorizationRules, "nothing yet: whom a Client VPN endpoint lets where", page(1000), ofClientVPN),
		row(s, (*ec2.Client).DescribeVerifiedAccessEndpoints, "Verified Access endpoints by their own id", page(1000)),
		row(s, (*ec2.Client).DescribeRouteServers, "route servers by their own id", page(1000)),
	}
}
