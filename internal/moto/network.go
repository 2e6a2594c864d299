package moto

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbv2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// The accounts and Regions of the network: the caller's own account, and one that is entered by a role.
const (
	Own, Other   = "123456789012", "210987654321"
	Main, Second = "eu-west-1", "us-east-1"
	Role         = "vpcreach-snapshot"
)

// Built is the network that Build makes: what was created, by kind, and two instances to ask about.
type Built struct {
	IDs      map[string][]string // "ACCOUNT REGION kind": ids
	Web, App string              // instances of the caller's account in the first Region
}

// Config is a configuration of the SDK for an account's Region at an endpoint.
func Config(url, account, region string) aws.Config {
	cfg := aws.Config{Region: region, BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", "")}
	if account != Own {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), "arn:aws:iam::"+account+":role/"+Role))
	}
	return cfg
}

// builder makes resources and notes their ids.
type builder struct {
	t     testing.TB
	ctx   context.Context
	cfg   aws.Config
	ec2   *ec2.Client
	built *Built
	place string
}

// Build makes the network: a rich one in the caller's account and first Region, a VPC with a subnet and a group in the other three places.
func Build(t testing.TB, url string) *Built {
	t.Helper()
	built := &Built{IDs: make(map[string][]string)}
	for _, account := range []string{Own, Other} {
		for _, region := range []string{Main, Second} {
			cfg := Config(url, account, region)
			b := &builder{t: t, ctx: t.Context(), cfg: cfg, ec2: ec2.NewFromConfig(cfg), built: built, place: account + " " + region}
			if account == Own && region == Main {
				b.rich()
				continue
			}
			vpc := b.vpc("10.9.0.0/16")
			b.subnet(vpc, "10.9.1.0/24", region+"a")
			b.group(vpc, "plain", 22)
		}
	}
	return built
}

// must fails the test where an SDK call did.
func must[T any](b *builder, out T, err error) T {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *builder) note(kind string, id *string) string {
	key := b.place + " " + kind
	b.built.IDs[key] = append(b.built.IDs[key], aws.ToString(id))
	return aws.ToString(id)
}

func (b *builder) vpc(cidr string) string {
	out, err := b.ec2.CreateVpc(b.ctx, &ec2.CreateVpcInput{CidrBlock: &cidr})
	return b.note("vpc", must(b, out, err).Vpc.VpcId)
}

func (b *builder) subnet(vpc, cidr, zone string) string {
	out, err := b.ec2.CreateSubnet(b.ctx, &ec2.CreateSubnetInput{VpcId: &vpc, CidrBlock: &cidr, AvailabilityZone: &zone})
	return b.note("subnet", must(b, out, err).Subnet.SubnetId)
}

func (b *builder) group(vpc, name string, port int32) string {
	out, err := b.ec2.CreateSecurityGroup(b.ctx, &ec2.CreateSecurityGroupInput{VpcId: &vpc, GroupName: &name, Description: aws.String(name)})
	id := b.note("group", must(b, out, err).GroupId)
	_, err = b.ec2.AuthorizeSecurityGroupIngress(b.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &id, IpPermissions: []types.IpPermission{{
		IpProtocol: aws.String("tcp"), FromPort: &port, ToPort: &port, IpRanges: []types.IpRange{{CidrIp: aws.String("10.0.0.0/8"), Description: aws.String("inside")}}}}})
	must(b, 0, err)
	return id
}

func (b *builder) table(vpc string, subnets ...string) string {
	out, err := b.ec2.CreateRouteTable(b.ctx, &ec2.CreateRouteTableInput{VpcId: &vpc})
	id := b.note("route-table", must(b, out, err).RouteTable.RouteTableId)
	for _, s := range subnets {
		_, err := b.ec2.AssociateRouteTable(b.ctx, &ec2.AssociateRouteTableInput{RouteTableId: &id, SubnetId: &s})
		must(b, 0, err)
	}
	return id
}

func (b *builder) route(in ec2.CreateRouteInput) {
	_, err := b.ec2.CreateRoute(b.ctx, &in)
	must(b, 0, err)
}

func (b *builder) instance(subnet, group string) string {
	out, err := b.ec2.RunInstances(b.ctx, &ec2.RunInstancesInput{ImageId: aws.String("ami-12c6146b"), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1),
		MaxCount: aws.Int32(1), SubnetId: &subnet, SecurityGroupIds: []string{group}})
	return b.note("instance", must(b, out, err).Instances[0].InstanceId)
}

// rich is one VPC with nearly everything, and a second that it is peered and joined by a transit gateway with.
func (b *builder) rich() {
	vpc, peer := b.vpc("10.0.0.0/16"), b.vpc("10.1.0.0/16")
	front, back := b.subnet(vpc, "10.0.1.0/24", "eu-west-1a"), b.subnet(vpc, "10.0.2.0/24", "eu-west-1b")
	far := b.subnet(peer, "10.1.1.0/24", "eu-west-1a")
	web, app := b.group(vpc, "web", 443), b.group(vpc, "app", 8080)
	b.built.Web, b.built.App = b.instance(front, web), b.instance(back, app)
	out, in := b.table(vpc, front), b.table(vpc, back)
	b.gateways(vpc, front, back, out, in)
	b.acl(vpc, back)
	b.peering(vpc, peer, in)
	b.transit(vpc, back, peer, far, in)
	b.vpn(vpc)
	list, err := b.ec2.CreateManagedPrefixList(b.ctx, &ec2.CreateManagedPrefixListInput{PrefixListName: aws.String("offices"), AddressFamily: aws.String("IPv4"),
		MaxEntries: aws.Int32(5), Entries: []types.AddPrefixListEntry{{Cidr: aws.String("192.0.2.0/24"), Description: aws.String("Oslo")}, {Cidr: aws.String("198.51.100.0/24")}}})
	b.note("prefix-list", must(b, list, err).PrefixList.PrefixListId)
	b.balancers(vpc, front, back)
}

func (b *builder) gateways(vpc, front, back, out, in string) {
	igw, err := b.ec2.CreateInternetGateway(b.ctx, &ec2.CreateInternetGatewayInput{})
	gateway := b.note("internet-gateway", must(b, igw, err).InternetGateway.InternetGatewayId)
	_, err = b.ec2.AttachInternetGateway(b.ctx, &ec2.AttachInternetGatewayInput{InternetGatewayId: &gateway, VpcId: &vpc})
	must(b, 0, err)
	b.route(ec2.CreateRouteInput{RouteTableId: &out, DestinationCidrBlock: aws.String("0.0.0.0/0"), GatewayId: &gateway})
	ip, err := b.ec2.AllocateAddress(b.ctx, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc})
	b.note("address", must(b, ip, err).AllocationId)
	nat, err := b.ec2.CreateNatGateway(b.ctx, &ec2.CreateNatGatewayInput{SubnetId: &front, AllocationId: ip.AllocationId})
	b.note("nat-gateway", must(b, nat, err).NatGateway.NatGatewayId)
	b.route(ec2.CreateRouteInput{RouteTableId: &in, DestinationCidrBlock: aws.String("0.0.0.0/0"), NatGatewayId: nat.NatGateway.NatGatewayId})
	s3, err := b.ec2.CreateVpcEndpoint(b.ctx, &ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: aws.String("com.amazonaws.eu-west-1.s3"), RouteTableIds: []string{in}})
	b.note("endpoint", must(b, s3, err).VpcEndpoint.VpcEndpointId)
	ssm, err := b.ec2.CreateVpcEndpoint(b.ctx, &ec2.CreateVpcEndpointInput{VpcId: &vpc, ServiceName: aws.String("com.amazonaws.eu-west-1.ssm"),
		VpcEndpointType: types.VpcEndpointTypeInterface, SubnetIds: []string{back}})
	b.note("endpoint", must(b, ssm, err).VpcEndpoint.VpcEndpointId)
	six, err := b.ec2.CreateEgressOnlyInternetGateway(b.ctx, &ec2.CreateEgressOnlyInternetGatewayInput{VpcId: &vpc})
	b.note("egress-only", must(b, six, err).EgressOnlyInternetGateway.EgressOnlyInternetGatewayId)
}

// acl makes a network ACL that lets everything through, and gives it to a subnet.
func (b *builder) acl(vpc, subnet string) {
	acl, err := b.ec2.CreateNetworkAcl(b.ctx, &ec2.CreateNetworkAclInput{VpcId: &vpc})
	id := b.note("acl", must(b, acl, err).NetworkAcl.NetworkAclId)
	for _, egress := range []bool{false, true} {
		_, err := b.ec2.CreateNetworkAclEntry(b.ctx, &ec2.CreateNetworkAclEntryInput{NetworkAclId: &id, RuleNumber: aws.Int32(100), Protocol: aws.String("-1"),
			RuleAction: types.RuleActionAllow, Egress: &egress, CidrBlock: aws.String("0.0.0.0/0")})
		must(b, 0, err)
	}
	all, err := b.ec2.DescribeNetworkAcls(b.ctx, &ec2.DescribeNetworkAclsInput{Filters: []types.Filter{{Name: aws.String("association.subnet-id"), Values: []string{subnet}}}})
	for _, a := range must(b, all, err).NetworkAcls[0].Associations {
		if aws.ToString(a.SubnetId) == subnet {
			_, err := b.ec2.ReplaceNetworkAclAssociation(b.ctx, &ec2.ReplaceNetworkAclAssociationInput{AssociationId: a.NetworkAclAssociationId, NetworkAclId: &id})
			must(b, 0, err)
		}
	}
}

func (b *builder) peering(vpc, peer, table string) {
	pcx, err := b.ec2.CreateVpcPeeringConnection(b.ctx, &ec2.CreateVpcPeeringConnectionInput{VpcId: &vpc, PeerVpcId: &peer})
	id := b.note("peering", must(b, pcx, err).VpcPeeringConnection.VpcPeeringConnectionId)
	_, err = b.ec2.AcceptVpcPeeringConnection(b.ctx, &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: &id})
	must(b, 0, err)
	b.route(ec2.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("10.1.0.0/16"), VpcPeeringConnectionId: &id})
}

func (b *builder) transit(vpc, subnet, peer, far, table string) {
	tgw, err := b.ec2.CreateTransitGateway(b.ctx, &ec2.CreateTransitGatewayInput{Description: aws.String("hub")})
	id := b.note("transit-gateway", must(b, tgw, err).TransitGateway.TransitGatewayId)
	tgwTable, err := b.ec2.CreateTransitGatewayRouteTable(b.ctx, &ec2.CreateTransitGatewayRouteTableInput{TransitGatewayId: &id})
	rtb := b.note("transit-table", must(b, tgwTable, err).TransitGatewayRouteTable.TransitGatewayRouteTableId)
	for v, s := range map[string]string{vpc: subnet, peer: far} {
		att, err := b.ec2.CreateTransitGatewayVpcAttachment(b.ctx, &ec2.CreateTransitGatewayVpcAttachmentInput{TransitGatewayId: &id, VpcId: &v, SubnetIds: []string{s}})
		attachment := b.note("attachment", must(b, att, err).TransitGatewayVpcAttachment.TransitGatewayAttachmentId)
		_, err = b.ec2.AssociateTransitGatewayRouteTable(b.ctx, &ec2.AssociateTransitGatewayRouteTableInput{TransitGatewayRouteTableId: &rtb, TransitGatewayAttachmentId: &attachment})
		must(b, 0, err)
		_, err = b.ec2.EnableTransitGatewayRouteTablePropagation(b.ctx, &ec2.EnableTransitGatewayRouteTablePropagationInput{TransitGatewayRouteTableId: &rtb, TransitGatewayAttachmentId: &attachment})
		must(b, 0, err)
		if v == peer {
			_, err = b.ec2.CreateTransitGatewayRoute(b.ctx, &ec2.CreateTransitGatewayRouteInput{TransitGatewayRouteTableId: &rtb, TransitGatewayAttachmentId: &attachment,
				DestinationCidrBlock: aws.String("172.16.0.0/12")})
			must(b, 0, err)
		}
	}
	b.route(ec2.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("172.16.0.0/12"), TransitGatewayId: &id})
}

func (b *builder) vpn(vpc string) {
	customer, err := b.ec2.CreateCustomerGateway(b.ctx, &ec2.CreateCustomerGatewayInput{Type: types.GatewayTypeIpsec1, BgpAsn: aws.Int32(65000), PublicIp: aws.String("203.0.113.9")})
	b.note("customer-gateway", must(b, customer, err).CustomerGateway.CustomerGatewayId)
	vgw, err := b.ec2.CreateVpnGateway(b.ctx, &ec2.CreateVpnGatewayInput{Type: types.GatewayTypeIpsec1})
	b.note("vpn-gateway", must(b, vgw, err).VpnGateway.VpnGatewayId)
	_, err = b.ec2.AttachVpnGateway(b.ctx, &ec2.AttachVpnGatewayInput{VpcId: &vpc, VpnGatewayId: vgw.VpnGateway.VpnGatewayId})
	must(b, 0, err)
	vpn, err := b.ec2.CreateVpnConnection(b.ctx, &ec2.CreateVpnConnectionInput{Type: aws.String("ipsec.1"), CustomerGatewayId: customer.CustomerGateway.CustomerGatewayId,
		VpnGatewayId: vgw.VpnGateway.VpnGatewayId})
	b.note("vpn", must(b, vpn, err).VpnConnection.VpnConnectionId)
}

// balancers makes a load balancer with a listener and targets, and a classic one.
func (b *builder) balancers(vpc, front, back string) {
	v2 := elasticloadbalancingv2.NewFromConfig(b.cfg)
	lb, err := v2.CreateLoadBalancer(b.ctx, &elasticloadbalancingv2.CreateLoadBalancerInput{Name: aws.String("edge"), Subnets: []string{front, back}, Type: elbv2types.LoadBalancerTypeEnumNetwork})
	b.note("load-balancer", must(b, lb, err).LoadBalancers[0].LoadBalancerArn)
	group, err := v2.CreateTargetGroup(b.ctx, &elasticloadbalancingv2.CreateTargetGroupInput{Name: aws.String("apps"), Protocol: elbv2types.ProtocolEnumTcp, Port: aws.Int32(8080), VpcId: &vpc})
	b.note("target-group", must(b, group, err).TargetGroups[0].TargetGroupArn)
	targets, err := v2.RegisterTargets(b.ctx, &elasticloadbalancingv2.RegisterTargetsInput{TargetGroupArn: group.TargetGroups[0].TargetGroupArn,
		Targets: []elbv2types.TargetDescription{{Id: &b.built.App, Port: aws.Int32(8080)}}})
	must(b, targets, err)
	listener, err := v2.CreateListener(b.ctx, &elasticloadbalancingv2.CreateListenerInput{LoadBalancerArn: lb.LoadBalancers[0].LoadBalancerArn, Port: aws.Int32(443), Protocol: elbv2types.ProtocolEnumTcp,
		DefaultActions: []elbv2types.Action{{Type: elbv2types.ActionTypeEnumForward, TargetGroupArn: group.TargetGroups[0].TargetGroupArn}}})
	b.note("listener", must(b, listener, err).Listeners[0].ListenerArn)
	classic := elasticloadbalancing.NewFromConfig(b.cfg)
	old, err := classic.CreateLoadBalancer(b.ctx, &elasticloadbalancing.CreateLoadBalancerInput{LoadBalancerName: aws.String("old"), Subnets: []string{front},
		Listeners: []elbtypes.Listener{{Protocol: aws.String("tcp"), LoadBalancerPort: 80, InstanceProtocol: aws.String("tcp"), InstancePort: aws.Int32(80)}}})
	must(b, old, err)
	b.note("classic", aws.String("old"))
}
