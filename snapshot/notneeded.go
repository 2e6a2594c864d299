package snapshot

// notNeeded are answers that are recognised but that no rule built so far reads. They are listed, and kept
// when a snapshot is packed, so that a later version can read them.
func notNeeded() []answerSpec {
	one := func(op Operation, key string) answerSpec { return answerSpec{op: op, key: key} }
	per := func(op Operation, key string) answerSpec { return answerSpec{op: op, key: key, perObject: true} }
	return []answerSpec{
		// ec2
		one("describe-regions", "Regions"),
		one("describe-dhcp-options", "DhcpOptions"),
		per("describe-vpc-attribute", "EnableDnsHostnames"),
		per("describe-security-group-references", "SecurityGroupReferenceSet"),
		per("describe-stale-security-groups", "StaleSecurityGroupSet"),
		one("describe-instance-status", "InstanceStatuses"),
		one("describe-vpc-endpoint-services", "ServiceDetails"),
		one("describe-vpc-endpoint-services", "ServiceNames"),
		one("describe-vpc-endpoint-service-configurations", "ServiceConfigurations"),
		per("describe-vpc-endpoint-service-permissions", "AllowedPrincipals"),
		one("describe-vpc-endpoint-connections", "VpcEndpointConnections"),
		one("describe-vpc-endpoint-associations", "VpcEndpointAssociations"),
		one("describe-vpn-concentrators", "VpnConcentrators"),
		one("describe-transit-gateway-route-table-announcements", "TransitGatewayRouteTableAnnouncements"),
		per("get-transit-gateway-attachment-propagations", "TransitGatewayAttachmentPropagations"),
		per("describe-client-vpn-target-networks", "ClientVpnTargetNetworks"),
		per("describe-client-vpn-routes", "Routes"),
		per("describe-client-vpn-authorization-rules", "AuthorizationRules"),
		one("describe-verified-access-instances", "VerifiedAccessInstances"),
		one("describe-flow-logs", "FlowLogs"),
		one("describe-route-server-endpoints", "RouteServerEndpoints"),
		one("describe-route-server-peers", "RouteServerPeers"),
		one("describe-local-gateway-route-tables", "LocalGatewayRouteTables"),
		one("describe-network-insights-paths", "NetworkInsightsPaths"),
		one("describe-network-insights-analyses", "NetworkInsightsAnalyses"),

		// Lists of per-object answers that collectors write: no AWS call returns them.
		per("elbv2 describe-listeners", "LoadBalancerListeners"),
		per("elbv2 describe-load-balancer-attributes", "LoadBalancerAttributes"),
		per("elbv2 describe-target-health", "LoadBalancerTargetHealth"),

		// Load balancing
		per("elbv2 describe-listeners", "Listeners"),
		per("elbv2 describe-rules", "Rules"),
		per("elbv2 describe-target-health", "TargetHealthDescriptions"),
		per("elbv2 describe-load-balancer-attributes", "Attributes"),
		per("elbv2 describe-listener-attributes", "Attributes"),
		per("elbv2 describe-target-group-attributes", "Attributes"),
		per("elbv2 describe-tags", "TagDescriptions"),
		per("elb describe-load-balancer-attributes", "LoadBalancerAttributes"),
		per("elb describe-instance-health", "InstanceStates"),

		// Network Firewall
		per("network-firewall describe-firewall", "Firewall"),
		per("network-firewall describe-firewall", "FirewallStatus"),
		one("network-firewall list-firewall-policies", "FirewallPolicies"),
		per("network-firewall describe-firewall-policy", "FirewallPolicy"),
		one("network-firewall list-rule-groups", "RuleGroups"),
		per("network-firewall describe-rule-group", "RuleGroup"),
		one("network-firewall list-vpc-endpoint-associations", "VpcEndpointAssociations"),
		per("network-firewall describe-vpc-endpoint-association", "VpcEndpointAssociation"),

		// Cloud WAN, Direct Connect, Global Accelerator
		one("networkmanager describe-global-networks", "GlobalNetworks"),
		one("networkmanager list-peerings", "Peerings"),
		per("networkmanager get-core-network", "CoreNetwork"),
		per("networkmanager get-core-network-policy", "CoreNetworkPolicy"),
		one("directconnect describe-connections", "connections"),
		one("directconnect describe-lags", "lags"),
		one("directconnect describe-virtual-gateways", "virtualGateways"),
		one("globalaccelerator list-accelerators", "Accelerators"),
		per("globalaccelerator list-endpoint-groups", "EndpointGroups"),

		// Who owns what
		one("sts get-caller-identity", "UserId"),
		one("organizations list-accounts", "Accounts"),
		one("organizations describe-organization", "Organization"),
		one("ram get-resource-shares", "resourceShares"),

		// Names of interfaces and addresses
		one("rds describe-db-subnet-groups", "DBSubnetGroups"),
		one("elasticache describe-replication-groups", "ReplicationGroups"),
		one("es describe-elasticsearch-domains", "DomainStatusList"),
	}
}
