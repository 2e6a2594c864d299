package scenario

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expand parses a scenario without its title and returns its files.
func expand(t *testing.T, lines string) map[string][]byte {
	t.Helper()
	scenarios, err := Parse("x.scn", []byte("== T\n"+lines))
	if err != nil {
		t.Fatal(err)
	}
	files, err := scenarios[0].Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// decode reads JSON for a comparison that does not see white space and the order of fields.
func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

const ground = "vpc-a 10.0.0.0/16\nsubnet-s vpc-a 10.0.1.0/24\n"

// Each kind of resource, as the AWS CLI would print it. Only the answer in question is compared, as a whole.
func TestExpansionOfEachKind(t *testing.T) {
	for _, c := range []struct{ name, lines, file, want string }{
		{
			"VPC with a secondary and an IPv6 block", "vpc-a 10.0.0.0/16 100.64.0.0/20 2600:1f00:a::/56 fd42:a::/56", "describe-vpcs.json",
			`{"Vpcs": [{"VpcId": "vpc-a", "OwnerId": "111111111111", "State": "available", "CidrBlock": "10.0.0.0/16", "IsDefault": false,
			"InstanceTenancy": "default", "DhcpOptionsId": "dopt-a", "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}, "Tags": [],
			"CidrBlockAssociationSet": [
				{"AssociationId": "vpc-cidr-assoc-a-0", "CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
				{"AssociationId": "vpc-cidr-assoc-a-1", "CidrBlock": "100.64.0.0/20", "CidrBlockState": {"State": "associated"}}],
			"Ipv6CidrBlockAssociationSet": [
				{"AssociationId": "vpc-cidr-assoc-a-2", "Ipv6CidrBlock": "2600:1f00:a::/56", "Ipv6CidrBlockState": {"State": "associated"},
				"Ipv6AddressAttribute": "public", "IpSource": "amazon", "NetworkBorderGroup": "us-east-1", "Ipv6Pool": "Amazon"},
				{"AssociationId": "vpc-cidr-assoc-a-3", "Ipv6CidrBlock": "fd42:a::/56", "Ipv6CidrBlockState": {"State": "associated"},
				"Ipv6AddressAttribute": "private", "IpSource": "amazon", "NetworkBorderGroup": "us-east-1", "Ipv6Pool": "Amazon"}]}]}`,
		},
		{
			"IPv6-only subnet in another zone", "vpc-a 10.0.0.0/16 2600:1f00:a::/56\nsubnet-s vpc-a 2600:1f00:a:1::/64 use1-az3", "describe-subnets.json",
			`{"Subnets": [{"SubnetId": "subnet-s", "SubnetArn": "arn:aws:ec2:us-east-1:111111111111:subnet/subnet-s", "VpcId": "vpc-a",
			"OwnerId": "111111111111", "State": "available", "AvailabilityZone": "us-east-1c", "AvailabilityZoneId": "use1-az3",
			"AvailableIpAddressCount": 250, "DefaultForAz": false, "MapPublicIpOnLaunch": false, "AssignIpv6AddressOnCreation": false,
			"EnableDns64": false, "Ipv6Native": true, "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}, "Tags": [],
			"Ipv6CidrBlockAssociationSet": [{"AssociationId": "subnet-cidr-assoc-s-0", "Ipv6CidrBlock": "2600:1f00:a:1::/64",
			"Ipv6CidrBlockState": {"State": "associated"}, "Ipv6AddressAttribute": "public", "IpSource": "amazon"}]}]}`,
		},
		{
			"route table of a subnet, with the local route and every kind of word", ground + `igw-a vpc-a
pl-1 10.7.0.0/16
vgw-v vpc-a
tgw-t
eni-fw subnet-s 10.0.1.4
rtb-m vpc-a main subnet-s
  0.0.0.0/0 igw-a
  ::/0 igw-a blackhole
  pl-1 tgw-t filtered
  10.8.0.0/16 vgw-v propagated
  10.9.0.0/16 eni-fw advertised
  10.6.1.7/16 arn:aws:networkmanager::111111111111:core-network/core-network-1`, "describe-route-tables.json",
			`{"RouteTables": [{"RouteTableId": "rtb-m", "VpcId": "vpc-a", "OwnerId": "111111111111", "PropagatingVgws": [{"GatewayId": "vgw-v"}], "Tags": [],
			"Associations": [
				{"Main": true, "RouteTableAssociationId": "rtbassoc-m-main", "RouteTableId": "rtb-m", "AssociationState": {"State": "associated"}},
				{"Main": false, "SubnetId": "subnet-s", "RouteTableAssociationId": "rtbassoc-m-subnet-s", "RouteTableId": "rtb-m", "AssociationState": {"State": "associated"}}],
			"Routes": [
				{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"},
				{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-a", "State": "active", "Origin": "CreateRoute"},
				{"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-a", "State": "blackhole", "Origin": "CreateRoute"},
				{"DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-t", "State": "filtered", "Origin": "CreateRoute"},
				{"DestinationCidrBlock": "10.8.0.0/16", "GatewayId": "vgw-v", "State": "active", "Origin": "EnableVgwRoutePropagation"},
				{"DestinationCidrBlock": "10.9.0.0/16", "NetworkInterfaceId": "eni-fw", "InstanceId": "i-fw", "InstanceOwnerId": "111111111111", "State": "active", "Origin": "Advertisement"},
				{"DestinationCidrBlock": "10.6.1.7/16", "CoreNetworkArn": "arn:aws:networkmanager::111111111111:core-network/core-network-1", "State": "active", "Origin": "CreateRoute"}]}]}`,
		},
		{
			"route tables by default, for a gateway, and with the local route replaced", ground + `igw-a vpc-a
nat-n subnet-s 10.0.1.9
rtb-e vpc-a igw-a nolocal
rtb-r vpc-a subnet-s
  10.0.0.0/16 nat-n`, "describe-route-tables.json",
			`{"RouteTables": [
			{"RouteTableId": "rtb-e", "VpcId": "vpc-a", "OwnerId": "111111111111", "PropagatingVgws": [], "Tags": [], "Routes": [],
			"Associations": [{"Main": false, "GatewayId": "igw-a", "RouteTableAssociationId": "rtbassoc-e-igw-a", "RouteTableId": "rtb-e", "AssociationState": {"State": "associated"}}]},
			{"RouteTableId": "rtb-r", "VpcId": "vpc-a", "OwnerId": "111111111111", "PropagatingVgws": [], "Tags": [],
			"Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "NatGatewayId": "nat-n", "State": "active", "Origin": "CreateRoute"}],
			"Associations": [{"Main": false, "SubnetId": "subnet-s", "RouteTableAssociationId": "rtbassoc-r-subnet-s", "RouteTableId": "rtb-r", "AssociationState": {"State": "associated"}}]},
			{"RouteTableId": "rtb-main-a", "VpcId": "vpc-a", "OwnerId": "111111111111", "PropagatingVgws": [], "Tags": [],
			"Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable"}],
			"Associations": [{"Main": true, "RouteTableAssociationId": "rtbassoc-main-a-main", "RouteTableId": "rtb-main-a", "AssociationState": {"State": "associated"}}]}]}`,
		},
		{
			"group with every kind of protocol and peer", ground + `sg-other vpc-a
pl-1 10.7.0.0/16
sg-g vpc-a
  in tcp 443 0.0.0.0/0 ::/0 sg-other pl-1
  in udp all 10.0.0.0/8
  in icmp 8/-1 10.0.0.0/8
  in 50 1-10 10.0.0.0/8
  out all all 0.0.0.0/0
drop sg-other`, "describe-security-groups.json",
			`{"SecurityGroups": [{"GroupId": "sg-g", "GroupName": "sg-g", "Description": "group sg-g", "VpcId": "vpc-a", "OwnerId": "111111111111",
			"SecurityGroupArn": "arn:aws:ec2:us-east-1:111111111111:security-group/sg-g", "Tags": [],
			"IpPermissions": [
				{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
				"PrefixListIds": [{"PrefixListId": "pl-1"}], "UserIdGroupPairs": [{"GroupId": "sg-other", "UserId": "111111111111"}]},
				{"IpProtocol": "udp", "FromPort": 0, "ToPort": 65535, "IpRanges": [{"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []},
				{"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []},
				{"IpProtocol": "50", "FromPort": 1, "ToPort": 10, "IpRanges": [{"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}],
			"IpPermissionsEgress": [
				{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}]}]}`,
		},
		{
			"ACL with every kind of rule, and none beside it", "vpc-a 10.0.0.0/16 2600:1f00:a::/56\nsubnet-s vpc-a 10.0.1.0/24\n" + `acl-x vpc-a default subnet-s
  in 90 deny tcp 22 0.0.0.0/0
  in 95 allow udp all 0.0.0.0/0
  in 100 allow icmp all 0.0.0.0/0
  in 110 allow 58 128/0 ::/0
  out 100 allow 50 1-10 0.0.0.0/0
  out 110 allow all all ::/0`, "describe-network-acls.json",
			`{"NetworkAcls": [{"NetworkAclId": "acl-x", "VpcId": "vpc-a", "OwnerId": "111111111111", "IsDefault": true, "Tags": [],
			"Associations": [{"NetworkAclAssociationId": "aclassoc-s", "NetworkAclId": "acl-x", "SubnetId": "subnet-s"}],
			"Entries": [
				{"RuleNumber": 100, "Egress": true, "RuleAction": "allow", "Protocol": "50", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 1, "To": 10}},
				{"RuleNumber": 110, "Egress": true, "RuleAction": "allow", "Protocol": "-1", "Ipv6CidrBlock": "::/0"},
				{"RuleNumber": 32767, "Egress": true, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
				{"RuleNumber": 32768, "Egress": true, "RuleAction": "deny", "Protocol": "-1", "Ipv6CidrBlock": "::/0"},
				{"RuleNumber": 90, "Egress": false, "RuleAction": "deny", "Protocol": "6", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 22, "To": 22}},
				{"RuleNumber": 95, "Egress": false, "RuleAction": "allow", "Protocol": "17", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 0, "To": 65535}},
				{"RuleNumber": 100, "Egress": false, "RuleAction": "allow", "Protocol": "1", "CidrBlock": "0.0.0.0/0", "IcmpTypeCode": {"Type": -1, "Code": -1}},
				{"RuleNumber": 110, "Egress": false, "RuleAction": "allow", "Protocol": "58", "Ipv6CidrBlock": "::/0", "IcmpTypeCode": {"Type": 128, "Code": 0}},
				{"RuleNumber": 32767, "Egress": false, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
				{"RuleNumber": 32768, "Egress": false, "RuleAction": "deny", "Protocol": "-1", "Ipv6CidrBlock": "::/0"}]}]}`,
		},
		{
			"interface with every word", ground + "sg-g vpc-a\neni-w subnet-s 10.0.1.5 public=203.0.113.5 10.0.1.6 10.0.1.16/28 2600:1f00:a::5 2600:1f00:a:0:8000::/80 sg-g i-web nocheck", "describe-network-interfaces.json",
			`{"NetworkInterfaces": [{"NetworkInterfaceId": "eni-w", "SubnetId": "subnet-s", "VpcId": "vpc-a", "OwnerId": "111111111111",
			"AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1", "Description": "", "InterfaceType": "interface", "RequesterManaged": false,
			"SourceDestCheck": false, "DenyAllIgwTraffic": false, "TagSet": [], "Status": "in-use",
			"Attachment": {"AttachmentId": "eni-attach-w", "DeleteOnTermination": true, "DeviceIndex": 0, "InstanceId": "i-web", "InstanceOwnerId": "111111111111", "Status": "attached"},
			"Association": {"PublicIp": "203.0.113.5", "IpOwnerId": "amazon"}, "PrivateIpAddress": "10.0.1.5",
			"PrivateIpAddresses": [
				{"PrivateIpAddress": "10.0.1.5", "Primary": true, "Association": {"PublicIp": "203.0.113.5", "IpOwnerId": "amazon"}},
				{"PrivateIpAddress": "10.0.1.6", "Primary": false}],
			"Ipv6Addresses": [{"Ipv6Address": "2600:1f00:a::5", "IsPrimaryIpv6": false}],
			"Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.16/28"}], "Ipv6Prefixes": [{"Ipv6Prefix": "2600:1f00:a:0:8000::/80"}],
			"Groups": [{"GroupId": "sg-g", "GroupName": "sg-g"}]}]}`,
		},
		{
			"interfaces that are detached, of a service, and without groups", ground + "eni-d subnet-s 10.0.1.5 detached sg-none\neni-l subnet-s 10.0.1.6 type=lambda sg-none", "describe-network-interfaces.json",
			`{"NetworkInterfaces": [
			{"NetworkInterfaceId": "eni-d", "SubnetId": "subnet-s", "VpcId": "vpc-a", "OwnerId": "111111111111",
			"AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1", "Description": "", "InterfaceType": "interface", "RequesterManaged": false,
			"SourceDestCheck": true, "DenyAllIgwTraffic": false, "TagSet": [], "Status": "available", "PrivateIpAddress": "10.0.1.5",
			"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5", "Primary": true}], "Ipv6Addresses": [], "Ipv4Prefixes": [], "Ipv6Prefixes": [], "Groups": []},
			{"NetworkInterfaceId": "eni-l", "SubnetId": "subnet-s", "VpcId": "vpc-a", "OwnerId": "111111111111",
			"AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1", "Description": "", "InterfaceType": "lambda", "RequesterManaged": true,
			"SourceDestCheck": true, "DenyAllIgwTraffic": false, "TagSet": [], "Status": "in-use", "PrivateIpAddress": "10.0.1.6",
			"Attachment": {"AttachmentId": "eni-attach-l", "DeleteOnTermination": true, "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws", "Status": "attached"},
			"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.6", "Primary": true}], "Ipv6Addresses": [], "Ipv4Prefixes": [], "Ipv6Prefixes": [], "Groups": []}]}`,
		},
		{
			"instance with its interface, each in a reservation of its own", ground + "i-w stopped\ni-bare\neni-w subnet-s 10.0.1.5 sg-none", "describe-instances.json",
			`{"Reservations": [
			{"ReservationId": "r-w", "OwnerId": "111111111111", "Groups": [], "Instances": [{"InstanceId": "i-w", "InstanceType": "t3.micro",
			"State": {"Code": 80, "Name": "stopped"}, "VpcId": "vpc-a", "SubnetId": "subnet-s", "SourceDestCheck": true, "PrivateIpAddress": "10.0.1.5",
			"Placement": {"AvailabilityZone": "us-east-1a", "Tenancy": "default"}, "SecurityGroups": [], "Tags": [],
			"NetworkInterfaces": [{"NetworkInterfaceId": "eni-w", "SubnetId": "subnet-s", "VpcId": "vpc-a", "OwnerId": "111111111111", "Status": "in-use",
			"SourceDestCheck": true, "PrivateIpAddress": "10.0.1.5", "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.5", "Primary": true}],
			"Ipv6Addresses": [], "Groups": [], "InterfaceType": "interface"}]}]},
			{"ReservationId": "r-bare", "OwnerId": "111111111111", "Groups": [], "Instances": [{"InstanceId": "i-bare", "InstanceType": "t3.micro",
			"State": {"Code": 16, "Name": "running"}, "SecurityGroups": [], "Tags": [], "NetworkInterfaces": []}]}]}`,
		},
		{
			"Elastic IPs, mapped and free", ground + "eni-w subnet-s 10.0.1.5 10.0.1.16/28\neipalloc-m 203.0.113.9 eni-w 10.0.1.17\neipalloc-f 203.0.113.10", "describe-addresses.json",
			`{"Addresses": [
			{"AllocationId": "eipalloc-m", "AssociationId": "eipassoc-m", "Domain": "vpc", "PublicIp": "203.0.113.9", "PublicIpv4Pool": "amazon", "NetworkBorderGroup": "us-east-1",
			"NetworkInterfaceId": "eni-w", "NetworkInterfaceOwnerId": "111111111111", "PrivateIpAddress": "10.0.1.17"},
			{"AllocationId": "eipalloc-f", "Domain": "vpc", "PublicIp": "203.0.113.10", "PublicIpv4Pool": "amazon", "NetworkBorderGroup": "us-east-1"}]}`,
		},
		{
			"internet gateways, attached and not", "vpc-a 10.0.0.0/16\nigw-a vpc-a\nigw-d", "describe-internet-gateways.json",
			`{"InternetGateways": [
			{"InternetGatewayId": "igw-a", "OwnerId": "111111111111", "Attachments": [{"VpcId": "vpc-a", "State": "available"}], "Tags": []},
			{"InternetGatewayId": "igw-d", "OwnerId": "111111111111", "Attachments": [], "Tags": []}]}`,
		},
		{
			"NAT gateways, public with two addresses and private", ground + "nat-n subnet-s 10.0.1.9 203.0.113.9\n  10.0.1.10 203.0.113.10\nnat-p subnet-s 10.0.1.11", "describe-nat-gateways.json",
			`{"NatGateways": [
			{"NatGatewayId": "nat-n", "VpcId": "vpc-a", "SubnetId": "subnet-s", "State": "available", "ConnectivityType": "public", "AvailabilityMode": "zonal", "Tags": [],
			"NatGatewayAddresses": [
				{"PrivateIp": "10.0.1.9", "PublicIp": "203.0.113.9", "NetworkInterfaceId": "eni-nat-n", "IsPrimary": true, "Status": "succeeded",
				"AllocationId": "eipalloc-nat-n-203-0-113-9", "AssociationId": "eipassoc-nat-n-203-0-113-9"},
				{"PrivateIp": "10.0.1.10", "PublicIp": "203.0.113.10", "NetworkInterfaceId": "eni-nat-n", "IsPrimary": false, "Status": "succeeded",
				"AllocationId": "eipalloc-nat-n-203-0-113-10", "AssociationId": "eipassoc-nat-n-203-0-113-10"}]},
			{"NatGatewayId": "nat-p", "VpcId": "vpc-a", "SubnetId": "subnet-s", "State": "available", "ConnectivityType": "private", "AvailabilityMode": "zonal", "Tags": [],
			"NatGatewayAddresses": [{"PrivateIp": "10.0.1.11", "NetworkInterfaceId": "eni-nat-p", "IsPrimary": true, "Status": "succeeded"}]}]}`,
		},
		{
			"a NAT gateway's interface", ground + "nat-n subnet-s 10.0.1.9 203.0.113.9", "describe-network-interfaces.json",
			`{"NetworkInterfaces": [{"NetworkInterfaceId": "eni-nat-n", "SubnetId": "subnet-s", "VpcId": "vpc-a", "OwnerId": "111111111111",
			"AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az1", "Description": "Interface for NAT Gateway nat-n", "InterfaceType": "nat_gateway",
			"RequesterManaged": true, "SourceDestCheck": false, "DenyAllIgwTraffic": false, "TagSet": [], "Status": "in-use", "PrivateIpAddress": "10.0.1.9",
			"Attachment": {"AttachmentId": "eni-attach-nat-n", "DeleteOnTermination": true, "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws", "Status": "attached"},
			"Association": {"PublicIp": "203.0.113.9", "IpOwnerId": "111111111111", "AllocationId": "eipalloc-nat-n-203-0-113-9", "AssociationId": "eipassoc-nat-n-203-0-113-9"},
			"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.1.9", "Primary": true, "Association": {"PublicIp": "203.0.113.9", "IpOwnerId": "111111111111",
			"AllocationId": "eipalloc-nat-n-203-0-113-9", "AssociationId": "eipassoc-nat-n-203-0-113-9"}}],
			"Ipv6Addresses": [], "Ipv4Prefixes": [], "Ipv6Prefixes": [], "Groups": []}]}`,
		},
		{
			"peerings: AWS gives the blocks only while active", "vpc-a 10.0.0.0/16\nvpc-b 10.9.0.0/16 2600:1f00:b::/56\npcx-ab vpc-a vpc-b\npcx-old vpc-b vpc-a deleted", "describe-vpc-peering-connections.json",
			`{"VpcPeeringConnections": [
			{"VpcPeeringConnectionId": "pcx-ab", "Status": {"Code": "active", "Message": "active"}, "Tags": [],
			"RequesterVpcInfo": {"VpcId": "vpc-a", "OwnerId": "111111111111", "Region": "us-east-1", "CidrBlock": "10.0.0.0/16", "CidrBlockSet": [{"CidrBlock": "10.0.0.0/16"}], "Ipv6CidrBlockSet": []},
			"AccepterVpcInfo": {"VpcId": "vpc-b", "OwnerId": "111111111111", "Region": "us-east-1", "CidrBlock": "10.9.0.0/16", "CidrBlockSet": [{"CidrBlock": "10.9.0.0/16"}],
			"Ipv6CidrBlockSet": [{"Ipv6CidrBlock": "2600:1f00:b::/56"}]}},
			{"VpcPeeringConnectionId": "pcx-old", "Status": {"Code": "deleted", "Message": "deleted"}, "Tags": [],
			"RequesterVpcInfo": {"VpcId": "vpc-b", "OwnerId": "111111111111", "Region": "us-east-1"},
			"AccepterVpcInfo": {"VpcId": "vpc-a", "OwnerId": "111111111111", "Region": "us-east-1"}}]}`,
		},
		{
			"a customer's prefix list", "pl-1 10.7.0.0/16 10.8.0.0/16\npl-2 2600:1f00:a::/56", "describe-managed-prefix-lists.json",
			`{"PrefixLists": [
			{"PrefixListId": "pl-1", "PrefixListName": "pl-1", "PrefixListArn": "arn:aws:ec2:us-east-1:111111111111:prefix-list/pl-1", "OwnerId": "111111111111",
			"State": "create-complete", "AddressFamily": "IPv4", "Version": 1, "MaxEntries": 2, "Tags": []},
			{"PrefixListId": "pl-2", "PrefixListName": "pl-2", "PrefixListArn": "arn:aws:ec2:us-east-1:111111111111:prefix-list/pl-2", "OwnerId": "111111111111",
			"State": "create-complete", "AddressFamily": "IPv6", "Version": 1, "MaxEntries": 1, "Tags": []}]}`,
		},
		{
			"its entries, in a file of their own", "pl-1 10.7.0.0/16 10.8.0.0/16", "get-managed-prefix-list-entries.pl-1.json",
			`{"Entries": [{"Cidr": "10.7.0.0/16"}, {"Cidr": "10.8.0.0/16"}]}`,
		},
		{
			"a list of AWS's", "pl-s3 aws 52.216.0.0/15 3.5.0.0/20", "describe-prefix-lists.json",
			`{"PrefixLists": [{"PrefixListId": "pl-s3", "PrefixListName": "com.amazonaws.us-east-1.s3", "Cidrs": ["52.216.0.0/15", "3.5.0.0/20"]}]}`,
		},
		{
			"an Instance Connect Endpoint", ground + "sg-c vpc-a\neice-a subnet-s 10.0.1.9 sg-c", "describe-instance-connect-endpoints.json",
			`{"InstanceConnectEndpoints": [{"InstanceConnectEndpointId": "eice-a", "OwnerId": "111111111111", "VpcId": "vpc-a", "SubnetId": "subnet-s",
			"State": "create-complete", "NetworkInterfaceIds": ["eni-eice-a"], "SecurityGroupIds": ["sg-c"], "PreserveClientIp": false, "IpAddressType": "ipv4",
			"Tags": [], "AvailabilityZone": "us-east-1a"}]}`,
		},
		{
			"a VPC without DNS support", "vpc-a 10.0.0.0/16 nodns", "describe-vpc-attribute.vpc-a.json", `{"VpcId": "vpc-a", "EnableDnsSupport": {"Value": false}}`,
		},
		{
			"another resource, by name only", "vpc-a 10.0.0.0/16\nvgw-v vpc-a\nvgw-d", "describe-vpn-gateways.json",
			`{"VpnGateways": [
			{"VpnGatewayId": "vgw-v", "State": "available", "Type": "ipsec.1", "AmazonSideAsn": 64512, "Tags": [], "VpcAttachments": [{"VpcId": "vpc-a", "State": "attached"}]},
			{"VpnGatewayId": "vgw-d", "State": "available", "Type": "ipsec.1", "AmazonSideAsn": 64512, "Tags": [], "VpcAttachments": []}]}`,
		},
		{
			"a gateway endpoint: the tables are those with a route to it", ground + "vpce-e vpc-a gateway com.amazonaws.us-east-1.s3 dualstack\npl-s3 aws 52.216.0.0/15\nrtb-m vpc-a main\n  pl-s3 vpce-e\nrtb-o vpc-a",
			"describe-vpc-endpoints.json",
			`{"VpcEndpoints": [{"VpcEndpointId": "vpce-e", "VpcEndpointType": "Gateway", "ServiceName": "com.amazonaws.us-east-1.s3", "State": "available", "OwnerId": "111111111111",
			"IpAddressType": "dualstack", "RouteTableIds": ["rtb-m"], "SubnetIds": [], "NetworkInterfaceIds": [], "Groups": [], "PrivateDnsEnabled": false, "RequesterManaged": false,
			"DnsEntries": [], "Tags": [], "VpcId": "vpc-a"}]}`,
		},
		{
			"an endpoint with an interface of its own line and blocks", ground + "sg-k vpc-a\neni-k subnet-s 10.0.1.9 sg-k\nvpce-e vpc-a service-network eni-k prefix=subnet-s/10.0.1.32/28 prefix=subnet-s/2600:1f00:a:1::/80",
			"describe-vpc-endpoints.json",
			`{"VpcEndpoints": [{"VpcEndpointId": "vpce-e", "VpcEndpointType": "ServiceNetwork", "State": "available", "OwnerId": "111111111111",
			"IpAddressType": "ipv4", "RouteTableIds": [], "SubnetIds": ["subnet-s"], "NetworkInterfaceIds": ["eni-k"], "Groups": [{"GroupId": "sg-k", "GroupName": "sg-k"}],
			"Ipv4Prefixes": [{"SubnetId": "subnet-s", "IpPrefixes": ["10.0.1.32/28"]}], "Ipv6Prefixes": [{"SubnetId": "subnet-s", "IpPrefixes": ["2600:1f00:a:1::/80"]}],
			"PrivateDnsEnabled": false, "RequesterManaged": false, "DnsEntries": [], "Tags": [], "VpcId": "vpc-a"}]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := expand(t, c.lines)
			if diff := cmp.Diff(decode(t, c.want), decode(t, string(files[c.file]))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.file, diff)
			}
		})
	}
}

func TestDefaultsOfAnInterface(t *testing.T) {
	files := expand(t, ground+"eni-w subnet-s 10.0.1.5")
	for file, want := range map[string]string{
		"describe-security-groups.json": `{"SecurityGroups": [{"GroupId": "sg-open-a", "GroupName": "sg-open-a", "Description": "group sg-open-a", "VpcId": "vpc-a",
			"OwnerId": "111111111111", "SecurityGroupArn": "arn:aws:ec2:us-east-1:111111111111:security-group/sg-open-a", "Tags": [],
			"IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [], "UserIdGroupPairs": []}],
			"IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [], "UserIdGroupPairs": []}]}]}`,
		"describe-network-acls.json": `{"NetworkAcls": [{"NetworkAclId": "acl-default-a", "VpcId": "vpc-a", "OwnerId": "111111111111", "IsDefault": true, "Tags": [],
			"Associations": [{"NetworkAclAssociationId": "aclassoc-s", "NetworkAclId": "acl-default-a", "SubnetId": "subnet-s"}],
			"Entries": [
				{"RuleNumber": 100, "Egress": true, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
				{"RuleNumber": 32767, "Egress": true, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
				{"RuleNumber": 100, "Egress": false, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
				{"RuleNumber": 32767, "Egress": false, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}]}]}`,
	} {
		if diff := cmp.Diff(decode(t, want), decode(t, string(files[file]))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
	if text := string(files["describe-instances.json"]); !strings.Contains(text, `"InstanceId": "i-w"`) || !strings.Contains(text, `"Name": "running"`) {
		t.Errorf("no running instance i-w in %s", text)
	}
}

// A group of the far side of a peering is named with the peering, as AWS does; one without a peering is not.
func TestReferenceAcrossAPeering(t *testing.T) {
	files := expand(t, `vpc-a 10.0.0.0/16
sg-a vpc-a
  in tcp 443 sg-b sg-c
account 222222222222 us-east-1
vpc-b 10.9.0.0/16
sg-b vpc-b
vpc-c 10.8.0.0/16
sg-c vpc-c
pcx-ab vpc-a vpc-b`)
	want := decode(t, `[{"GroupId": "sg-b", "UserId": "222222222222", "VpcId": "vpc-b", "VpcPeeringConnectionId": "pcx-ab", "PeeringStatus": "active"},
		{"GroupId": "sg-c", "UserId": "222222222222"}]`)
	answer := decode(t, string(files["111111111111/us-east-1/describe-security-groups.json"])).(map[string]any)
	group := answer["SecurityGroups"].([]any)[0].(map[string]any)
	got := group["IpPermissions"].([]any)[0].(map[string]any)["UserIdGroupPairs"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pairs (-want +got):\n%s", diff)
	}
	for _, part := range []string{"111111111111", "222222222222"} {
		if name := part + "/us-east-1/describe-vpc-peering-connections.json"; !strings.Contains(string(files[name]), "pcx-ab") {
			t.Errorf("%s does not have the peering: both sides see it", name)
		}
	}
}

func TestFilesOfOnePartAndOfSeveral(t *testing.T) {
	one := []string{
		"describe-addresses.json", "describe-availability-zones.json", "describe-carrier-gateways.json", "describe-customer-gateways.json",
		"describe-egress-only-internet-gateways.json", "describe-instance-connect-endpoints.json", "describe-instances.json", "describe-internet-gateways.json",
		"describe-managed-prefix-lists.json", "describe-nat-gateways.json", "describe-network-acls.json", "describe-network-interfaces.json",
		"describe-prefix-lists.json", "describe-route-tables.json", "describe-security-groups.json", "describe-subnets.json",
		"describe-trunk-interface-associations.json", "describe-vpc-attribute.vpc-a.json", "describe-vpc-block-public-access-exclusions.json",
		"describe-vpc-endpoints.json", "describe-vpc-peering-connections.json", "describe-vpcs.json",
		"describe-vpn-connections.json", "describe-vpn-gateways.json", "directconnect.describe-direct-connect-gateways.json",
		"directconnect.describe-virtual-interfaces.json",
	}
	names := func(lines string) []string { return slices.Sorted(maps.Keys(expand(t, lines))) }
	if diff := cmp.Diff(one, names("vpc-a 10.0.0.0/16")); diff != "" {
		t.Errorf("one part (-want +got):\n%s", diff)
	}
	empty := slices.DeleteFunc(slices.Clone(one), func(name string) bool { return strings.Contains(name, "vpc-a") })
	if diff := cmp.Diff(empty, names("# nothing at all")); diff != "" {
		t.Errorf("an empty network answers every call too (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(one, names("account 222222222222 eu-west-1\nvpc-a 10.0.0.0/16")); diff != "" {
		t.Errorf("one part that is not the default one (-want +got):\n%s", diff)
	}
	var two []string
	for _, name := range one {
		two = append(two, "111111111111/us-east-1/"+name)
	}
	for _, name := range empty {
		two = append(two, "222222222222/eu-west-1/"+name)
	}
	if diff := cmp.Diff(two, names("vpc-a 10.0.0.0/16\naccount 222222222222 eu-west-1")); diff != "" {
		t.Errorf("two parts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(two[:len(one)], names("vpc-a 10.0.0.0/16\naccount 222222222222 eu-west-1\nomit all 222222222222 eu-west-1")); diff != "" {
		t.Errorf("a part left out keeps the folders of the others (-want +got):\n%s", diff)
	}
}

func TestZonesAreNamedAfterTheRegion(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "use1-az2", "eu-central-1": "euc1-az2", "ap-southeast-2": "apse2-az2", "us-gov-west-1": "usgw1-az2", "ap-northeast-3": "apne3-az2",
	} {
		if got := zoneID(region, 2); got != want {
			t.Errorf("zone 2 of %s: got %s, want %s", region, got, want)
		}
	}
}

func TestOmitCutDropSet(t *testing.T) {
	base := ground + "pl-1 10.7.0.0/16\npl-2 10.8.0.0/16\nigw-a vpc-a\neni-w subnet-s 10.0.1.5 sg-none\n"
	for _, c := range []struct{ name, line, file, want string }{
		{"omit leaves the answer out", "omit describe-internet-gateways", "describe-internet-gateways.json", ""},
		{"omit of that part", "omit describe-internet-gateways 111111111111 us-east-1", "describe-internet-gateways.json", ""},
		{"cut keeps the records", "cut describe-internet-gateways", "describe-internet-gateways.json",
			`{"InternetGateways": [{"InternetGatewayId": "igw-a", "OwnerId": "111111111111", "Attachments": [{"VpcId": "vpc-a", "State": "available"}], "Tags": []}], "NextToken": "more-than-this"}`},
		{"drop leaves the record out", "drop igw-a", "describe-internet-gateways.json", `{"InternetGateways": []}`},
		{"drop of that part", "drop igw-a 111111111111 us-east-1", "describe-internet-gateways.json", `{"InternetGateways": []}`},
		{"drop of an instance takes its reservation", "drop i-w", "describe-instances.json", `{"Reservations": []}`},
		{"drop of a prefix list takes its entries", "drop pl-1", "get-managed-prefix-list-entries.pl-1.json", ""},
		{"omit of one list's entries leaves the other's", "omit get-managed-prefix-list-entries pl-1", "get-managed-prefix-list-entries.pl-2.json", `{"Entries": [{"Cidr": "10.8.0.0/16"}]}`},
		{"omit of one list's entries", "omit get-managed-prefix-list-entries pl-1", "get-managed-prefix-list-entries.pl-1.json", ""},
		{"omit of all lists' entries", "omit get-managed-prefix-list-entries", "get-managed-prefix-list-entries.pl-2.json", ""},
		{"set replaces", `set igw-a Attachments.0.State "detaching"`, "describe-internet-gateways.json",
			`{"InternetGateways": [{"InternetGatewayId": "igw-a", "OwnerId": "111111111111", "Attachments": [{"VpcId": "vpc-a", "State": "detaching"}], "Tags": []}]}`},
		{"set adds a field and an element", "set igw-a Attachments.1 {\"VpcId\": \"vpc-z\"}\nset igw-a New  true", "describe-internet-gateways.json",
			`{"InternetGateways": [{"InternetGatewayId": "igw-a", "OwnerId": "111111111111", "Attachments": [{"VpcId": "vpc-a", "State": "available"}, {"VpcId": "vpc-z"}], "Tags": [], "New": true}]}`},
		{"set removes a field and an element", "set igw-a Attachments.0 null\nset igw-a Tags null", "describe-internet-gateways.json",
			`{"InternetGateways": [{"InternetGatewayId": "igw-a", "OwnerId": "111111111111", "Attachments": []}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, there := expand(t, base+c.line)[c.file]
			if c.want == "" {
				if there {
					t.Errorf("%s is there: %s", c.file, got)
				}
				return
			}
			if diff := cmp.Diff(decode(t, c.want), decode(t, string(got))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.file, diff)
			}
		})
	}
}

// Same scenario, same bytes, also when it is expanded again after Parse already did.
func TestExpansionIsDeterministic(t *testing.T) {
	text := []byte("== T\n" + ground + "igw-a vpc-a\nnat-n subnet-s 10.0.1.9 203.0.113.9\neni-w subnet-s 10.0.1.5 public=203.0.113.5\npl-1 10.7.0.0/16\nset igw-a Attachments.0.State \"x\"")
	var first map[string][]byte
	for range 3 {
		scenarios, err := Parse("x.scn", text)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			files, err := scenarios[0].Files()
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = files
			}
			if diff := cmp.Diff(first, files); diff != "" {
				t.Fatalf("(-first +later):\n%s", diff)
			}
		}
	}
}
