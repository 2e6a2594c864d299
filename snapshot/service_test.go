package snapshot

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// The answers of other services are read only as far as they name interfaces, and elements of a like kind that do not are passed over.
func TestServiceAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		json string
		want []ServiceResource
	}{
		"load balancers, which are resources by name too": {`{"LoadBalancers":[{"LoadBalancerArn":"arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/web/1","LoadBalancerName":"web","DNSName":"web-1.elb","Type":"network","State":{"Code":"active"},"SecurityGroups":[]}]}`,
			[]ServiceResource{{Kind: LoadBalancer, ID: "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/web/1", Name: "web", Hosts: []string{"web-1.elb"}}}},
		"classic load balancers": {`{"LoadBalancerDescriptions":[{"LoadBalancerName":"web","DNSName":"web-1.elb","VPCId":"vpc-1"}]}`,
			[]ServiceResource{{Kind: ClassicLoadBalancer, ID: "web", Name: "web", Hosts: []string{"web-1.elb"}}}},
		"DB instances": {`{"DBInstances":[{"DBInstanceIdentifier":"orders","DBInstanceArn":"arn:x","DBClusterIdentifier":"shop","Endpoint":{"Address":"o.rds","Port":5432},"DBSubnetGroup":{"VpcId":"vpc-1","Subnets":[{"SubnetIdentifier":"subnet-1","SubnetAvailabilityZone":{"Name":"a"}}]},"VpcSecurityGroups":[{"VpcSecurityGroupId":"sg-1","Status":"active"}]}]}`,
			[]ServiceResource{{Kind: DBInstance, ID: "arn:x", Name: "orders", Of: "shop", Hosts: []string{"o.rds"}, Subnets: []string{"subnet-1"}, Groups: []string{"sg-1"}}}},
		"a DB instance that is being made, which has no endpoint": {`{"DBInstances":[{"DBInstanceIdentifier":"orders"}]}`,
			[]ServiceResource{{Kind: DBInstance, ID: "orders", Name: "orders"}}},
		"DB clusters": {`{"DBClusters":[{"DBClusterIdentifier":"shop","DBClusterArn":"arn:x","Endpoint":"s.rds","ReaderEndpoint":"ro.rds"}]}`,
			[]ServiceResource{{Kind: DBCluster, ID: "arn:x", Name: "shop", Hosts: []string{"s.rds", "ro.rds"}}}},
		"DB proxies": {`{"DBProxies":[{"DBProxyName":"p","DBProxyArn":"arn:aws:rds:eu-west-1:1:db-proxy:prx-1","Endpoint":"p.rds"}]}`,
			[]ServiceResource{{Kind: DBProxy, ID: "arn:aws:rds:eu-west-1:1:db-proxy:prx-1", Name: "p", Hosts: []string{"p.rds"}}}},
		"cache clusters": {`{"CacheClusters":[{"CacheClusterId":"s","ARN":"arn:x","ConfigurationEndpoint":{"Address":"c.cache","Port":11211},"CacheNodes":[{"CacheNodeId":"0001","Endpoint":{"Address":"s.cache","Port":6379}}]}]}`,
			[]ServiceResource{{Kind: CacheCluster, ID: "arn:x", Name: "s", Hosts: []string{"c.cache", "s.cache"}}}},
		"tasks": {`{"tasks":[{"taskArn":"arn:t","group":"service:web","attachments":[{"id":"1","type":"ElasticNetworkInterface","details":[{"name":"networkInterfaceId","value":"eni-1"}]}]},{"taskArn":"arn:u","taskDefinitionArn":"arn:aws:ecs:eu-west-1:1:task-definition/cron:7"}],"failures":[]}`,
			[]ServiceResource{{Kind: ECSTask, ID: "arn:t", Name: "web", Interfaces: []string{"eni-1"}}, {Kind: ECSTask, ID: "arn:u", Name: "cron"}}},
		"mount targets": {`{"MountTargets":[{"MountTargetId":"fsmt-1","FileSystemId":"fs-1","NetworkInterfaceId":"eni-1"}]}`,
			[]ServiceResource{{Kind: MountTarget, ID: "fsmt-1", Of: "fs-1", Interfaces: []string{"eni-1"}}}},
		"file systems of EFS": {`{"FileSystems":[{"FileSystemId":"fs-1","Name":"uploads"}]}`, []ServiceResource{{Kind: FileSystem, ID: "fs-1", Name: "uploads"}}},
		"file systems of FSx": {`{"FileSystems":[{"FileSystemId":"fs-1","FileSystemType":"LUSTRE"}]}`, nil},
		"functions": {`{"Functions":[{"FunctionName":"f","FunctionArn":"arn:f","VpcConfig":{"SubnetIds":["subnet-1"],"SecurityGroupIds":["sg-1"],"VpcId":"vpc-1"}},{"FunctionName":"g","FunctionArn":"arn:g"}]}`,
			[]ServiceResource{{Kind: LambdaFunction, ID: "arn:f", Name: "f", Subnets: []string{"subnet-1"}, Groups: []string{"sg-1"}}, {Kind: LambdaFunction, ID: "arn:g", Name: "g"}}},
		"something else under the same key": {`{"tasks":[{"id":"1"}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := OpenFS(fstest.MapFS{"111111111111/eu-west-1/a.json": {Data: []byte(test.json)}}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Parts) != 1 || s.Files[0].Use != Used {
				t.Fatalf("parts %d, file %+v", len(s.Parts), s.Files[0])
			}
			if diff := cmp.Diff(test.want, s.Parts[0].Services); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
