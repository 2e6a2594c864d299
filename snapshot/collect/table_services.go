package collect

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/efs"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/globalaccelerator"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/networkfirewall"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

var (
	elbv2API = &service[elasticloadbalancingv2.Client, elasticloadbalancingv2.Options]{
		name: "elbv2", action: "elasticloadbalancing", create: elasticloadbalancingv2.NewFromConfig, rate: slowRate}
	elbAPI = &service[elasticloadbalancing.Client, elasticloadbalancing.Options]{
		name: "elb", action: "elasticloadbalancing", create: elasticloadbalancing.NewFromConfig, rate: slowRate}
	firewallAPI = &service[networkfirewall.Client, networkfirewall.Options]{
		name: "network-firewall", action: "network-firewall", create: networkfirewall.NewFromConfig, rate: slowRate}
	acceleratorAPI = &service[globalaccelerator.Client, globalaccelerator.Options]{
		name: "globalaccelerator", action: "globalaccelerator", create: globalaccelerator.NewFromConfig, rate: slowRate}
	rdsAPI   = &service[rds.Client, rds.Options]{name: "rds", action: "rds", create: rds.NewFromConfig, rate: slowRate}
	cacheAPI = &service[elasticache.Client, elasticache.Options]{
		name: "elasticache", action: "elasticache", create: elasticache.NewFromConfig, rate: slowRate}
	ecsAPI    = &service[ecs.Client, ecs.Options]{name: "ecs", action: "ecs", create: ecs.NewFromConfig, lower: true, rate: slowRate}
	efsAPI    = &service[efs.Client, efs.Options]{name: "efs", action: "elasticfilesystem", create: efs.NewFromConfig, rate: slowRate}
	lambdaAPI = &service[lambda.Client, lambda.Options]{name: "lambda", action: "lambda", create: lambda.NewFromConfig, rate: slowRate}
)

// balancingCalls are load balancers, what they listen to and where they send it.
func balancingCalls() []*Call {
	v2, classic := elbv2API, elbAPI
	ofBalancer := each("elbv2 describe-load-balancers", "LoadBalancers", "LoadBalancerArn", "LoadBalancerArn")
	ofGroup := each("elbv2 describe-target-groups", "TargetGroups", "TargetGroupArn", "TargetGroupArn")
	ofListener := each("elbv2 describe-listeners", "Listeners", "ListenerArn", "ListenerArn")
	ofClassic := each("elb describe-load-balancers", "LoadBalancerDescriptions", "LoadBalancerName", "LoadBalancerName")
	return []*Call{
		row(v2, (*elasticloadbalancingv2.Client).DescribeLoadBalancers, "load balancers by name, and whose their interfaces are", page(400)),
		row(v2, (*elasticloadbalancingv2.Client).DescribeTargetGroups, "target groups by name", page(400)),
		row(v2, (*elasticloadbalancingv2.Client).DescribeListeners, "nothing yet: what a load balancer listens to", page(400), ofBalancer),
		row(v2, (*elasticloadbalancingv2.Client).DescribeLoadBalancerAttributes, "nothing yet: whether a load balancer crosses zones, and what else it is set to", ofBalancer),
		row(v2, (*elasticloadbalancingv2.Client).DescribeRules, "nothing yet: what a listener does with a request", page(400), ofListener),
		row(v2, (*elasticloadbalancingv2.Client).DescribeListenerAttributes, "nothing yet: what a listener is set to", ofListener),
		row(v2, (*elasticloadbalancingv2.Client).DescribeTargetGroupAttributes, "nothing yet: whether a group keeps the client's address, and what else it is set to", ofGroup),
		row(v2, (*elasticloadbalancingv2.Client).DescribeTargetHealth, "nothing yet: the targets of a group", ofGroup),
		row(classic, (*elasticloadbalancing.Client).DescribeLoadBalancers, "whose the interfaces of classic load balancers are", page(400)),
		row(classic, (*elasticloadbalancing.Client).DescribeLoadBalancerAttributes, "nothing yet: whether a classic load balancer crosses zones, and what else it is set to", ofClassic),
		row(classic, (*elasticloadbalancing.Client).DescribeInstanceHealth, "nothing yet: the targets of a classic load balancer", ofClassic),
	}
}

// firewallCalls are Network Firewall.
func firewallCalls() []*Call {
	s := firewallAPI
	return []*Call{
		row(s, (*networkfirewall.Client).ListFirewalls, "firewalls by name", page(100)),
		row(s, (*networkfirewall.Client).DescribeFirewall, "nothing yet: the endpoints and the policy of a firewall",
			each("network-firewall list-firewalls", "Firewalls", "FirewallArn", "FirewallArn")),
		row(s, (*networkfirewall.Client).ListFirewallPolicies, "nothing yet: which policies there are", page(100)),
		row(s, (*networkfirewall.Client).DescribeFirewallPolicy, "nothing yet: what a policy does",
			each("network-firewall list-firewall-policies", "FirewallPolicies", "Arn", "FirewallPolicyArn")),
		row(s, (*networkfirewall.Client).ListRuleGroups, "nothing yet: which rule groups there are", page(100)),
		row(s, (*networkfirewall.Client).DescribeRuleGroup, "nothing yet: the rules of a group",
			each("network-firewall list-rule-groups", "RuleGroups", "Arn", "RuleGroupArn")),
		row(s, (*networkfirewall.Client).ListVpcEndpointAssociations, "nothing yet: which further endpoints firewalls have", page(100)),
		row(s, (*networkfirewall.Client).DescribeVpcEndpointAssociation, "nothing yet: a further endpoint of a firewall",
			each("network-firewall list-vpc-endpoint-associations", "VpcEndpointAssociations", "VpcEndpointAssociationArn", "VpcEndpointAssociationArn")),
	}
}

// acceleratorCalls are Global Accelerator, which is asked in one Region (SNAP-8).
func acceleratorCalls() []*Call {
	s := acceleratorAPI
	return []*Call{
		row(s, (*globalaccelerator.Client).ListAccelerators, "nothing yet: which accelerators there are", page(100), home),
		row(s, (*globalaccelerator.Client).ListListeners, "nothing yet: what an accelerator listens to", page(100), home,
			each("globalaccelerator list-accelerators", "Accelerators", "AcceleratorArn", "AcceleratorArn")),
		row(s, (*globalaccelerator.Client).ListEndpointGroups, "nothing yet: where an accelerator sends traffic", page(100), home,
			each("globalaccelerator list-listeners", "Listeners", "ListenerArn", "ListenerArn")),
	}
}

// nameCalls tell whose an interface is; no verdict depends on them.
func nameCalls() []*Call {
	return []*Call{
		row(rdsAPI, (*rds.Client).DescribeDBInstances, "the names of databases", page(100), names),
		row(rdsAPI, (*rds.Client).DescribeDBClusters, "the names of database clusters", page(100), names),
		row(rdsAPI, (*rds.Client).DescribeDBProxies, "the names of database proxies", page(100), names),
		row(cacheAPI, (*elasticache.Client).DescribeCacheClusters, "the names of caches", page(100), with("-ShowCacheNodeInfo", "true"), names),
		row(ecsAPI, (*ecs.Client).ListClusters, "which clusters have tasks to name", page(100), names),
		row(ecsAPI, (*ecs.Client).DescribeTasks, "the names of tasks", eachText("ecs list-clusters", "clusterArns", "Cluster"), tasks, also("ecs:ListTasks"), names),
		row(efsAPI, (*efs.Client).DescribeFileSystems, "the names of file systems", page(100), names),
		row(efsAPI, (*efs.Client).DescribeMountTargets, "whose the interfaces of mount targets are", page(100),
			each("efs describe-file-systems", "FileSystems", "FileSystemId", "FileSystemId"), names),
		row(lambdaAPI, (*lambda.Client).ListFunctions, "the names of functions", page(50), names),
	}
}

// tasks reads the tasks of a cluster: pages of a list, each then described, which takes at most 100 at a time.
func tasks(c *Call) {
	c.start = func(s *session, with params) pager {
		token := ""
		return func(ctx context.Context) (any, string, error) {
			in := &ecs.ListTasksInput{Cluster: aws.String(with["Cluster"]), MaxResults: aws.Int32(100)}
			if token != "" {
				in.NextToken = aws.String(token)
			}
			list, err := clientOf(s, ecsAPI).ListTasks(ctx, in)
			switch {
			case err != nil:
				return nil, "", err
			case list.TaskArns == nil:
				return nil, "", errNoAnswer
			}
			out := &ecs.DescribeTasksOutput{}
			if len(list.TaskArns) > 0 {
				out, err = clientOf(s, ecsAPI).DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: in.Cluster, Tasks: list.TaskArns})
				if err != nil {
					return nil, "", err
				}
			} else {
				out.Tasks = []types.Task{} // seen empty
			}
			token = aws.ToString(list.NextToken)
			return out, token, nil
		}
	}
}
