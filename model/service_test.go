package model

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shopServices is a network whose interfaces belong to services, with what the services' answers say of them.
const shopServices = `vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
subnet-b vpc-a 10.0.2.0/24
sg-db vpc-a
  in tcp 5432 10.0.0.0/16
sg-other vpc-a
  in tcp 5432 10.0.0.0/16
eni-db subnet-a 10.0.1.20 sg-db
service eni-db requester=amazon-rds RDSNetworkInterface
eni-lb1 subnet-a 10.0.1.30
service eni-lb1 requester=amazon-elb ELB app/web/50dc
eni-lb2 subnet-b 10.0.2.30
service eni-lb2 requester=amazon-elb ELB app/web/50dc
eni-old subnet-a 10.0.1.31
service eni-old requester=amazon-elb ELB legacy
eni-cache subnet-a 10.0.1.40
service eni-cache ElastiCache sessions-001
eni-task subnet-a 10.0.1.50
service eni-task arn:aws:ecs:us-east-1:111111111111:attachment/1
eni-files subnet-a 10.0.1.60
service eni-files EFS mount target for fs-1 (fsmt-1)
eni-fn subnet-b 10.0.2.70 sg-other
service eni-fn AWS Lambda VPC ENI-place-order-` + uuid + `
answer rds.describe-db-instances {"DBInstanceIdentifier":"orders-db","DBInstanceArn":"arn:aws:rds:us-east-1:111111111111:db:orders-db","Endpoint":{"Address":"orders-db.abc.us-east-1.rds.amazonaws.com","Port":5432},"DBSubnetGroup":{"Subnets":[{"SubnetIdentifier":"subnet-a"},{"SubnetIdentifier":"subnet-b"}]},"VpcSecurityGroups":[{"VpcSecurityGroupId":"sg-db","Status":"active"}]}
answer elbv2.describe-load-balancers {"LoadBalancerArn":"arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/web/50dc","LoadBalancerName":"web","DNSName":"web-1.us-east-1.elb.amazonaws.com"}
answer elb.describe-load-balancers {"LoadBalancerName":"legacy","DNSName":"legacy-1.us-east-1.elb.amazonaws.com"}
answer elasticache.describe-cache-clusters {"CacheClusterId":"sessions-001","ARN":"arn:aws:elasticache:us-east-1:111111111111:cluster:sessions-001","CacheNodes":[{"Endpoint":{"Address":"sessions-001.abc.cache.amazonaws.com"}}]}
answer ecs.describe-tasks {"taskArn":"arn:aws:ecs:us-east-1:111111111111:task/shop/1","group":"service:checkout","attachments":[{"type":"ElasticNetworkInterface","details":[{"name":"subnetId","value":"subnet-a"},{"name":"networkInterfaceId","value":"eni-task"}]}]}
answer efs.describe-mount-targets {"MountTargetId":"fsmt-1","FileSystemId":"fs-1","NetworkInterfaceId":"eni-files"}
answer efs.describe-file-systems {"FileSystemId":"fs-1","Name":"uploads"}
answer lambda.list-functions {"FunctionName":"place-order","FunctionArn":"arn:aws:lambda:us-east-1:111111111111:function:place-order","VpcConfig":{"SubnetIds":["subnet-b"],"SecurityGroupIds":["sg-other"]}}
answer lambda.list-functions {"FunctionName":"refund","FunctionArn":"arn:aws:lambda:us-east-1:111111111111:function:refund","VpcConfig":{"SubnetIds":["subnet-b"],"SecurityGroupIds":["sg-other"]}}
`

// ENI-11 section 7.2: where other answers tell more, owners have names
func TestOwnersWithTheirServicesAnswers(t *testing.T) {
	n := networkOf(t, shopServices)
	for id, want := range map[string]Owner{
		"eni-db":    {"rds", "RDS", "orders-db", "arn:aws:rds:us-east-1:111111111111:db:orders-db"},
		"eni-lb1":   {"application-load-balancer", "application load balancer", "web", "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/web/50dc"},
		"eni-old":   {"classic-load-balancer", "classic load balancer", "legacy", "legacy"},
		"eni-cache": {"elasticache", "ElastiCache", "sessions-001", "arn:aws:elasticache:us-east-1:111111111111:cluster:sessions-001"},
		"eni-task":  {"ecs-task", "ECS task", "checkout", "arn:aws:ecs:us-east-1:111111111111:task/shop/1"},
		"eni-files": {"efs", "EFS", "uploads", "fs-1"},
		"eni-fn":    {"lambda", "Lambda functions", "place-order, refund", ""},
	} {
		if diff := cmp.Diff(want, n.OwnerOf(n.at(t, id))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// D-8 a service's name, with or without its kind, its ARN and its host names mean its interfaces
func TestServicesAsEnds(t *testing.T) {
	n := networkOf(t, shopServices)
	for text, want := range map[string]string{
		"orders-db": "eni-db", "rds/orders-db": "eni-db", "db/orders-db": "eni-db", "arn:aws:rds:us-east-1:111111111111:db:orders-db": "eni-db",
		"orders-db.abc.us-east-1.rds.amazonaws.com": "eni-db", "ORDERS-DB.abc.us-east-1.rds.amazonaws.com.": "eni-db",
		"web": "eni-lb1 eni-lb2", "alb/web": "eni-lb1 eni-lb2", "web-1.us-east-1.elb.amazonaws.com": "eni-lb1 eni-lb2",
		"arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/web/50dc": "eni-lb1 eni-lb2",
		"legacy": "eni-old", "elb/legacy": "eni-old", "sessions-001.abc.cache.amazonaws.com": "eni-cache", "ecs/checkout": "eni-task", "uploads": "eni-files", "efs/fs-1": "eni-files", "fs-1": "eni-files",
		"place-order": "eni-fn", "lambda/refund": "eni-fn",
	} {
		end, err := n.Resolve(text, Scope{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var ids []string
		for _, i := range end.Interfaces {
			ids = append(ids, n.Interfaces[i].ID)
		}
		if got := strings.Join(ids, " "); got != want || end.Kind != EndInterfaces || end.Hidden != nil || (len(ids) == 1) == end.Ref.IsZero() {
			t.Errorf("%s means %s (%+v), want %s", text, got, end, want)
		}
	}
	for _, text := range []string{"alb/orders-db", "/orders-db", "orders", "rds/", "us-east-1.rds.amazonaws.com"} {
		if end, err := n.Resolve(text, Scope{}); err == nil {
			t.Errorf("%s means %+v", text, end)
		}
	}
	if _, err := n.Resolve("orders-db", Scope{Region: "eu-west-1"}); err == nil {
		t.Error("found in a Region where it is not")
	}
}

const (
	twoDatabases = `vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
sg-db vpc-a
  in tcp 5432 10.0.0.0/16
sg-other vpc-a
  in tcp 5432 10.0.0.0/16
eni-1 subnet-a 10.0.1.20 sg-db
service eni-1 requester=amazon-rds RDSNetworkInterface
eni-2 subnet-a 10.0.1.21 sg-db
service eni-2 requester=amazon-rds RDSNetworkInterface
`
	ordersInGroup  = `answer rds.describe-db-instances {"DBInstanceIdentifier":"orders","DBSubnetGroup":{"Subnets":[{"SubnetIdentifier":"subnet-a"}]},"VpcSecurityGroups":[{"VpcSecurityGroupId":"sg-db"}]}` + "\n"
	refundsInGroup = `answer rds.describe-db-instances {"DBInstanceIdentifier":"refunds","DBSubnetGroup":{"Subnets":[{"SubnetIdentifier":"subnet-a"}]},"VpcSecurityGroups":[{"VpcSecurityGroupId":"sg-db"}]}` + "\n"
)

// ENI-11 section 7.2: a database's name follows only when one DB instance fits, by subnets and groups, and all of them are in the answers
func TestDatabaseNames(t *testing.T) {
	member := func(name string) string {
		return `answer rds.describe-db-instances {"DBInstanceIdentifier":"` + name + `","DBClusterIdentifier":"shop","DBSubnetGroup":{"Subnets":[{"SubnetIdentifier":"subnet-a"}]},"VpcSecurityGroups":[{"VpcSecurityGroupId":"sg-db"}]}` + "\n"
	}
	for _, test := range []struct{ shows, lines, want string }{
		{"no answer of RDS", "", "RDS"},
		{"one that fits", ordersInGroup, "RDS orders"},
		{"two that fit", ordersInGroup + refundsInGroup, "RDS"},
		{"another in other subnets", ordersInGroup + strings.Replace(refundsInGroup, "subnet-a", "subnet-z", 1), "RDS orders"},
		{"another with another group", ordersInGroup + strings.Replace(refundsInGroup, "sg-db", "sg-other", 1), "RDS orders"},
		{"one that has one group more", strings.Replace(ordersInGroup, `[{"VpcSec`, `[{"VpcSecurityGroupId":"sg-other"},{"VpcSec`, 1), "RDS"},
		{"an answer that is cut", ordersInGroup + "cut rds.describe-db-instances\n", "RDS"},
		{"two of one cluster", member("shop-1") + member("shop-2"), "RDS shop"},
		{"a cluster's and another", member("shop-1") + ordersInGroup, "RDS"},
	} {
		n := networkOf(t, twoDatabases+test.lines)
		if got := n.OwnerOf(n.at(t, "eni-1")).Called(); got != test.want {
			t.Errorf("%s: %s, want %s", test.shows, got, test.want)
		}
	}
}

// ENI-11 section 7.2: functions with the same subnets and groups share an interface, whatever its description says
func TestFunctionNames(t *testing.T) {
	const base = "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\nsg-f vpc-a\neni-f subnet-a 10.0.1.5 sg-f\nservice eni-f AWS Lambda VPC ENI-first-" + uuid + "\n"
	one := func(name, group string) string {
		return `answer lambda.list-functions {"FunctionName":"` + name + `","VpcConfig":{"SubnetIds":["subnet-a"],"SecurityGroupIds":["` + group + `"]}}` + "\n"
	}
	for _, test := range []struct{ shows, lines, want string }{
		{"no answer of Lambda", "", "Lambda function first"},
		{"the one of the description", one("first", "sg-f"), "Lambda function first"},
		{"the description's is gone", one("second", "sg-f"), "Lambda function second"},
		{"none that fits", one("second", "sg-other"), "Lambda function first"},
		{"two that share it", one("second", "sg-f") + one("first", "sg-f"), "Lambda functions first, second"},
		{"more than are named", one("d", "sg-f") + one("c", "sg-f") + one("b", "sg-f") + one("a", "sg-f"), "Lambda functions a, b, c and 1 more"},
	} {
		n := networkOf(t, base+test.lines)
		if got := n.OwnerOf(n.at(t, "eni-f")).Called(); got != test.want {
			t.Errorf("%s: %s, want %s", test.shows, got, test.want)
		}
	}
}

// D-8 what several things may mean is listed by interface, never guessed
func TestServicesThatAreNotOneThing(t *testing.T) {
	for _, test := range []struct {
		shows, lines, text string
		want               []string
	}{
		{"an instance of the same name", shopServices + "eni-web subnet-a 10.0.1.5\nset i-web Tags [{\"Key\":\"Name\",\"Value\":\"orders-db\"}]", "orders-db", []string{"i-web", "eni-db"}},
		{"two services of the same name", shopServices + "eni-l subnet-a 10.0.1.80\nservice eni-l AWS Lambda VPC ENI-legacy-" + uuid, "legacy", []string{"eni-l", "eni-old"}},
		{"a database whose interfaces may be another's", twoDatabases + ordersInGroup + refundsInGroup, "orders", []string{"eni-1", "eni-2"}},
	} {
		_, err := networkOf(t, test.lines).Resolve(test.text, Scope{})
		var several *ErrAmbiguous
		if !errors.As(err, &several) {
			t.Errorf("%s: %v", test.shows, err)
			continue
		}
		var ids []string
		for _, m := range several.Matches {
			ids = append(ids, m.ID)
		}
		if diff := cmp.Diff(test.want, ids); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.shows, diff)
		}
	}
	n := networkOf(t, "vpc-a 10.0.0.0/16\n"+strings.Replace(ordersInGroup, "subnet-a", "subnet-z", 1))
	if _, err := n.Resolve("orders", Scope{}); err == nil || !strings.Contains(err.Error(), "no interface is known to be its own") {
		t.Errorf("a database without an interface: %v", err)
	}
}

// D-6 D-8 a service may have interfaces that the answers do not describe
func TestServicesWhereInterfacesAreMissing(t *testing.T) {
	n := networkOf(t, shopServices+"cut describe-network-interfaces")
	end, err := n.Resolve("web", Scope{})
	if err != nil || end.Hidden == nil || end.Hidden.Call != "describe-network-interfaces" {
		t.Errorf("%+v, %v", end, err)
	}
	n = networkOf(t, shopServices+"drop eni-db\ncut describe-network-interfaces")
	end, err = n.Resolve("orders-db", Scope{})
	if err != nil || end.Kind != EndMissing || end.Missing.Call != "describe-network-interfaces" {
		t.Errorf("%+v, %v", end, err)
	}
}
