package snapshot

import (
	"cmp"
	"strings"

	"github.com/go-json-experiment/json"
)

// ServiceResource is a resource of another service than ec2, as far as it says which network interfaces are its own. These
// answers are optional: without them an interface has the name that its own record gives.
type ServiceResource struct {
	Kind       ServiceKind
	ID         string // ARN, or the id or name where the answer has none
	Name       string // what its owner calls it; hostile text
	Of         string // the DB cluster of a DB instance, the file system of a mount target
	Hosts      []string
	Subnets    []string // where its interfaces are
	Groups     []string // the security groups that its interfaces have
	Interfaces []string // network interfaces that it names
}

// ServiceKind is the kind of a resource of another service.
type ServiceKind string

// The kinds of service resources.
const (
	LoadBalancer        ServiceKind = "load-balancer"
	ClassicLoadBalancer ServiceKind = "classic-load-balancer"
	DBInstance          ServiceKind = "db-instance"
	DBCluster           ServiceKind = "db-cluster"
	DBProxy             ServiceKind = "db-proxy"
	CacheCluster        ServiceKind = "cache-cluster"
	ECSTask             ServiceKind = "ecs-task"
	MountTarget         ServiceKind = "mount-target"
	FileSystem          ServiceKind = "file-system"
	LambdaFunction      ServiceKind = "lambda-function"
)

// DescribeDBInstances is the call on whose completeness the name of a database's interface rests.
const DescribeDBInstances Operation = "rds describe-db-instances"

// services are the answers of other services that name interfaces. Elements of a kind that only shares its key with one of them
// (file systems of FSx) give no record.
func services() []answerSpec {
	return []answerSpec{
		{op: "elb describe-load-balancers", key: "LoadBalancerDescriptions", read: readService[classicRecord]},
		{op: DescribeDBInstances, key: "DBInstances", read: readService[dbInstanceRecord]},
		{op: "rds describe-db-clusters", key: "DBClusters", read: readService[dbClusterRecord]},
		{op: "rds describe-db-proxies", key: "DBProxies", read: readService[dbProxyRecord]},
		{op: "elasticache describe-cache-clusters", key: "CacheClusters", read: readService[cacheRecord]},
		{op: "ecs describe-tasks", key: "tasks", read: readService[taskRecord]},
		{op: "efs describe-mount-targets", key: "MountTargets", read: readService[mountTargetRecord]},
		{op: "efs describe-file-systems", key: "FileSystems", read: readService[fileSystemRecord]},
		{op: "lambda list-functions", key: "Functions", read: readService[functionRecord]},
	}
}

// serviceRecord is an element of one of these answers.
type serviceRecord interface{ resource() ServiceResource }

func readService[T serviceRecord](r *recordReader) error {
	var v T
	if err := json.UnmarshalDecode(r.dec, &v); err != nil {
		return err
	}
	if s := v.resource(); s.ID != "" {
		r.part.Services = append(r.part.Services, s)
	}
	return nil
}

// readLoadBalancer reads a load balancer twice over: as a resource by name, which routes and look-ups meet, and as
// what names its interfaces.
func readLoadBalancer(r *recordReader, v *namedRecord) {
	r.part.Services = append(r.part.Services, ServiceResource{Kind: LoadBalancer, ID: v.LoadBalancerArn, Name: v.LoadBalancerName, Hosts: hosts(v.DNSName)})
}

func hosts(names ...string) []string {
	var out []string
	for _, n := range names {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

type classicRecord struct {
	LoadBalancerName string `json:"LoadBalancerName"`
	DNSName          string `json:"DNSName"`
}

func (v classicRecord) resource() ServiceResource {
	return ServiceResource{Kind: ClassicLoadBalancer, ID: v.LoadBalancerName, Name: v.LoadBalancerName, Hosts: hosts(v.DNSName)}
}

type endpointRecord struct {
	Address string `json:"Address"`
}

type dbInstanceRecord struct {
	DBInstanceIdentifier string         `json:"DBInstanceIdentifier"`
	DBInstanceArn        string         `json:"DBInstanceArn"`
	DBClusterIdentifier  string         `json:"DBClusterIdentifier"`
	Endpoint             endpointRecord `json:"Endpoint"`
	DBSubnetGroup        struct {
		Subnets []struct {
			SubnetIdentifier string `json:"SubnetIdentifier"`
		} `json:"Subnets"`
	} `json:"DBSubnetGroup"`
	VpcSecurityGroups []struct {
		VpcSecurityGroupId string `json:"VpcSecurityGroupId"`
	} `json:"VpcSecurityGroups"`
}

func (v dbInstanceRecord) resource() ServiceResource {
	s := ServiceResource{Kind: DBInstance, ID: cmp.Or(v.DBInstanceArn, v.DBInstanceIdentifier), Name: v.DBInstanceIdentifier, Of: v.DBClusterIdentifier, Hosts: hosts(v.Endpoint.Address)}
	for _, x := range v.DBSubnetGroup.Subnets {
		s.Subnets = append(s.Subnets, x.SubnetIdentifier)
	}
	for _, x := range v.VpcSecurityGroups {
		s.Groups = append(s.Groups, x.VpcSecurityGroupId)
	}
	return s
}

type dbClusterRecord struct {
	DBClusterIdentifier string `json:"DBClusterIdentifier"`
	DBClusterArn        string `json:"DBClusterArn"`
	Endpoint            string `json:"Endpoint"`
	ReaderEndpoint      string `json:"ReaderEndpoint"`
}

func (v dbClusterRecord) resource() ServiceResource {
	return ServiceResource{Kind: DBCluster, ID: cmp.Or(v.DBClusterArn, v.DBClusterIdentifier), Name: v.DBClusterIdentifier, Hosts: hosts(v.Endpoint, v.ReaderEndpoint)}
}

type dbProxyRecord struct {
	DBProxyName string `json:"DBProxyName"`
	DBProxyArn  string `json:"DBProxyArn"`
	Endpoint    string `json:"Endpoint"`
}

func (v dbProxyRecord) resource() ServiceResource {
	return ServiceResource{Kind: DBProxy, ID: cmp.Or(v.DBProxyArn, v.DBProxyName), Name: v.DBProxyName, Hosts: hosts(v.Endpoint)}
}

type cacheRecord struct {
	CacheClusterId        string         `json:"CacheClusterId"`
	ARN                   string         `json:"ARN"`
	ConfigurationEndpoint endpointRecord `json:"ConfigurationEndpoint"`
	CacheNodes            []struct {
		Endpoint endpointRecord `json:"Endpoint"`
	} `json:"CacheNodes"`
}

func (v cacheRecord) resource() ServiceResource {
	s := ServiceResource{Kind: CacheCluster, ID: cmp.Or(v.ARN, v.CacheClusterId), Name: v.CacheClusterId, Hosts: hosts(v.ConfigurationEndpoint.Address)}
	for _, n := range v.CacheNodes {
		s.Hosts = append(s.Hosts, hosts(n.Endpoint.Address)...)
	}
	return s
}

type taskRecord struct {
	TaskArn           string `json:"taskArn"`
	Group             string `json:"group"` // service:NAME or family:NAME
	TaskDefinitionArn string `json:"taskDefinitionArn"`
	Attachments       []struct {
		Details []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"details"`
	} `json:"attachments"`
}

func (v taskRecord) resource() ServiceResource {
	s := ServiceResource{Kind: ECSTask, ID: v.TaskArn}
	if _, name, ok := strings.Cut(v.Group, ":"); ok {
		s.Name = name
	} else if _, family, ok := strings.Cut(v.TaskDefinitionArn, ":task-definition/"); ok {
		s.Name, _, _ = strings.Cut(family, ":")
	}
	for _, a := range v.Attachments {
		for _, d := range a.Details {
			if d.Name == "networkInterfaceId" && d.Value != "" {
				s.Interfaces = append(s.Interfaces, d.Value)
			}
		}
	}
	return s
}

type mountTargetRecord struct {
	MountTargetId      string `json:"MountTargetId"`
	FileSystemId       string `json:"FileSystemId"`
	NetworkInterfaceId string `json:"NetworkInterfaceId"`
}

func (v mountTargetRecord) resource() ServiceResource {
	return ServiceResource{Kind: MountTarget, ID: v.MountTargetId, Of: v.FileSystemId, Interfaces: hosts(v.NetworkInterfaceId)}
}

type fileSystemRecord struct {
	FileSystemId   string `json:"FileSystemId"`
	Name           string `json:"Name"`
	FileSystemType string `json:"FileSystemType"` // FSx only
}

func (v fileSystemRecord) resource() ServiceResource {
	if v.FileSystemType != "" {
		return ServiceResource{}
	}
	return ServiceResource{Kind: FileSystem, ID: v.FileSystemId, Name: v.Name}
}

type functionRecord struct {
	FunctionName string `json:"FunctionName"`
	FunctionArn  string `json:"FunctionArn"`
	VpcConfig    struct {
		SubnetIds        []string `json:"SubnetIds"`
		SecurityGroupIds []string `json:"SecurityGroupIds"`
	} `json:"VpcConfig"`
}

func (v functionRecord) resource() ServiceResource {
	return ServiceResource{Kind: LambdaFunction, ID: cmp.Or(v.FunctionArn, v.FunctionName), Name: v.FunctionName, Subnets: v.VpcConfig.SubnetIds, Groups: v.VpcConfig.SecurityGroupIds}
}
