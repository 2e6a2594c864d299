package collect

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/moto"
)

// fieldByField: what the files of every place hold is what the SDK gives, all fields of all lists, but for secrets.
func fieldByField(t *testing.T, url, dir string) {
	for _, account := range []string{moto.Own, moto.Other} {
		for _, region := range []string{moto.Main, moto.Second} {
			f := fieldTest{t, filepath.Join(dir, account, region), moto.Config(url, account, region)}
			f.network()
			if account == moto.Own && region == moto.Main {
				f.gateways()
				f.prefixLists()
				f.transit()
				f.vpn()
				f.balancers()
			}
		}
	}
}

// fieldTest compares the files of one account's Region.
type fieldTest struct {
	t   *testing.T
	dir string
	cfg aws.Config
}

// same compares a list of a file with the SDK's, which must hold something, and returns how many secrets the SDK's has.
func (f fieldTest) same(file, key string, want any, err error) int {
	f.t.Helper()
	if err != nil {
		f.t.Errorf("%s: %v", file, err)
		return 0
	}
	data, err := os.ReadFile(filepath.Join(f.dir, file+".json"))
	if err != nil {
		f.t.Error(err)
		return 0
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		f.t.Errorf("%s: %v", file, err)
	}
	text, err := jsonv2.Marshal(want, jsonv2.OmitZeroStructFields(true), jsonv2.Deterministic(true))
	if err != nil {
		f.t.Error(err)
	}
	var w any
	if err := json.Unmarshal(text, &w); err != nil {
		f.t.Error(err)
	}
	if list, ok := w.([]any); ok && len(list) == 0 {
		f.t.Errorf("%s: nothing to compare", file)
	}
	secrets := withoutSecrets(w)
	if diff := cmp.Diff(w, got[key]); diff != "" {
		f.t.Errorf("%s (-SDK +snapshot):\n%s", file, diff)
	}
	return secrets
}

// withoutSecrets takes out what must not reach the disk (SNAP-6), and counts it.
func withoutSecrets(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"CustomerGatewayConfiguration", "PreSharedKey"} {
			if _, ok := v[name]; ok {
				delete(v, name)
				n++
			}
		}
		for _, x := range v {
			n += withoutSecrets(x)
		}
	case []any:
		for _, x := range v {
			n += withoutSecrets(x)
		}
	}
	return n
}

// network: what each place has.
func (f fieldTest) network() {
	cl, ctx := ec2.NewFromConfig(f.cfg), f.t.Context()
	vpcs, err := cl.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{})
	f.same("describe-vpcs", "Vpcs", vpcs.Vpcs, err)
	subnets, err := cl.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	f.same("describe-subnets", "Subnets", subnets.Subnets, err)
	tables, err := cl.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{})
	f.same("describe-route-tables", "RouteTables", tables.RouteTables, err)
	groups, err := cl.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{})
	f.same("describe-security-groups", "SecurityGroups", groups.SecurityGroups, err)
	acls, err := cl.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{})
	f.same("describe-network-acls", "NetworkAcls", acls.NetworkAcls, err)
	zones, err := cl.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{})
	f.same("describe-availability-zones", "AvailabilityZones", zones.AvailabilityZones, err)
}

func (f fieldTest) gateways() {
	cl, ctx := ec2.NewFromConfig(f.cfg), f.t.Context()
	interfaces, err := cl.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{})
	f.same("describe-network-interfaces", "NetworkInterfaces", interfaces.NetworkInterfaces, err)
	instances, err := cl.DescribeInstances(ctx, &ec2.DescribeInstancesInput{})
	f.same("describe-instances", "Reservations", instances.Reservations, err)
	addresses, err := cl.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
	f.same("describe-addresses", "Addresses", addresses.Addresses, err)
	nats, err := cl.DescribeNatGateways(ctx, &ec2.DescribeNatGatewaysInput{})
	f.same("describe-nat-gateways", "NatGateways", nats.NatGateways, err)
	igws, err := cl.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{})
	f.same("describe-internet-gateways", "InternetGateways", igws.InternetGateways, err)
	six, err := cl.DescribeEgressOnlyInternetGateways(ctx, &ec2.DescribeEgressOnlyInternetGatewaysInput{})
	f.same("describe-egress-only-internet-gateways", "EgressOnlyInternetGateways", six.EgressOnlyInternetGateways, err)
	endpoints, err := cl.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{})
	f.same("describe-vpc-endpoints", "VpcEndpoints", endpoints.VpcEndpoints, err)
	peerings, err := cl.DescribeVpcPeeringConnections(ctx, &ec2.DescribeVpcPeeringConnectionsInput{})
	f.same("describe-vpc-peering-connections", "VpcPeeringConnections", peerings.VpcPeeringConnections, err)
}

func (f fieldTest) prefixLists() {
	cl, ctx := ec2.NewFromConfig(f.cfg), f.t.Context()
	lists, err := cl.DescribeManagedPrefixLists(ctx, &ec2.DescribeManagedPrefixListsInput{})
	f.same("describe-managed-prefix-lists", "PrefixLists", lists.PrefixLists, err)
	own := 0
	for _, l := range lists.PrefixLists {
		if aws.ToString(l.OwnerId) != moto.Own {
			continue // of AWS's lists moto knows no entries
		}
		own++
		entries, err := cl.GetManagedPrefixListEntries(ctx, &ec2.GetManagedPrefixListEntriesInput{PrefixListId: l.PrefixListId})
		f.same("get-managed-prefix-list-entries."+*l.PrefixListId, "Entries", entries.Entries, err)
	}
	if own != 1 {
		f.t.Errorf("%d prefix lists of our own, want 1", own)
	}
}

func (f fieldTest) transit() {
	cl, ctx := ec2.NewFromConfig(f.cfg), f.t.Context()
	gateways, err := cl.DescribeTransitGateways(ctx, &ec2.DescribeTransitGatewaysInput{})
	f.same("describe-transit-gateways", "TransitGateways", gateways.TransitGateways, err)
	attachments, err := cl.DescribeTransitGatewayAttachments(ctx, &ec2.DescribeTransitGatewayAttachmentsInput{})
	f.same("describe-transit-gateway-attachments", "TransitGatewayAttachments", attachments.TransitGatewayAttachments, err)
	vpcs, err := cl.DescribeTransitGatewayVpcAttachments(ctx, &ec2.DescribeTransitGatewayVpcAttachmentsInput{})
	f.same("describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments", vpcs.TransitGatewayVpcAttachments, err)
	tables, err := cl.DescribeTransitGatewayRouteTables(ctx, &ec2.DescribeTransitGatewayRouteTablesInput{})
	f.same("describe-transit-gateway-route-tables", "TransitGatewayRouteTables", tables.TransitGatewayRouteTables, err)
	searched := 0
	for _, table := range tables.TransitGatewayRouteTables {
		id := table.TransitGatewayRouteTableId
		routes, err := cl.SearchTransitGatewayRoutes(ctx, &ec2.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: id,
			Filters: []ec2types.Filter{{Name: aws.String("state"), Values: []string{"active", "blackhole"}}}})
		if err != nil || len(routes.Routes) == 0 {
			continue // the gateway's own table, which nothing propagates to
		}
		searched++
		f.same("search-transit-gateway-routes."+*id, "Routes", routes.Routes, nil)
		associated, err := cl.GetTransitGatewayRouteTableAssociations(ctx, &ec2.GetTransitGatewayRouteTableAssociationsInput{TransitGatewayRouteTableId: id})
		f.same("get-transit-gateway-route-table-associations."+*id, "Associations", associated.Associations, err)
		learned, err := cl.GetTransitGatewayRouteTablePropagations(ctx, &ec2.GetTransitGatewayRouteTablePropagationsInput{TransitGatewayRouteTableId: id})
		f.same("get-transit-gateway-route-table-propagations."+*id, "TransitGatewayRouteTablePropagations", learned.TransitGatewayRouteTablePropagations, err)
	}
	if searched == 0 {
		f.t.Error("no transit gateway route table with routes")
	}
}

// vpn: moto gives the keys of both tunnels and the customer gateway's configuration, which do not reach the disk.
func (f fieldTest) vpn() {
	cl, ctx := ec2.NewFromConfig(f.cfg), f.t.Context()
	gateways, err := cl.DescribeVpnGateways(ctx, &ec2.DescribeVpnGatewaysInput{})
	f.same("describe-vpn-gateways", "VpnGateways", gateways.VpnGateways, err)
	customers, err := cl.DescribeCustomerGateways(ctx, &ec2.DescribeCustomerGatewaysInput{})
	f.same("describe-customer-gateways", "CustomerGateways", customers.CustomerGateways, err)
	connections, err := cl.DescribeVpnConnections(ctx, &ec2.DescribeVpnConnectionsInput{})
	if secrets := f.same("describe-vpn-connections", "VpnConnections", connections.VpnConnections, err); secrets == 0 {
		f.t.Error("the SDK gives no secret of a VPN: nothing shows that they are removed")
	}
}

func (f fieldTest) balancers() {
	cl, ctx := elasticloadbalancingv2.NewFromConfig(f.cfg), f.t.Context()
	balancers, err := cl.DescribeLoadBalancers(ctx, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	f.same("elbv2.describe-load-balancers", "LoadBalancers", balancers.LoadBalancers, err)
	for _, lb := range balancers.LoadBalancers {
		listeners, err := cl.DescribeListeners(ctx, &elasticloadbalancingv2.DescribeListenersInput{LoadBalancerArn: lb.LoadBalancerArn})
		f.same("elbv2.describe-listeners."+plain(*lb.LoadBalancerArn), "Listeners", listeners.Listeners, err)
	}
	groups, err := cl.DescribeTargetGroups(ctx, &elasticloadbalancingv2.DescribeTargetGroupsInput{})
	f.same("elbv2.describe-target-groups", "TargetGroups", groups.TargetGroups, err)
	for _, g := range groups.TargetGroups {
		health, err := cl.DescribeTargetHealth(ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn})
		f.same("elbv2.describe-target-health."+plain(*g.TargetGroupArn), "TargetHealthDescriptions", health.TargetHealthDescriptions, err)
	}
	classic, err := elasticloadbalancing.NewFromConfig(f.cfg).DescribeLoadBalancers(ctx, &elasticloadbalancing.DescribeLoadBalancersInput{})
	f.same("elb.describe-load-balancers", "LoadBalancerDescriptions", classic.LoadBalancerDescriptions, err)
}

// plain is how an ARN stands in the name of a file.
func plain(arn string) string {
	return strings.Map(func(r rune) rune {
		if r == ':' || r == '/' {
			return '_'
		}
		return r
	}, arn)
}
