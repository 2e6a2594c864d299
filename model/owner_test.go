package model

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const uuid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

// ENI-11 U-15 whose interface is it: InterfaceType first, then Description, then RequesterId. Each row of the rules' table has one here.
func TestOwners(t *testing.T) {
	own := func(kind, words, name, id string) Owner { return Owner{kind, words, name, id} }
	for _, test := range []struct {
		shows, kind, description, requester string
		want                                Owner
		initiates                           bool
	}{
		{"NAT gateway", "nat_gateway", "Interface for NAT Gateway nat-0a1", "", own("nat-gateway", "NAT gateway", "", "nat-0a1"), false},
		{"NAT gateway, as some answers spell it", "natGateway", "", "", own("nat-gateway", "NAT gateway", "", ""), false},
		{"ALB", "load_balancer", "ELB app/web/50dc", "", own("application-load-balancer", "application load balancer", "web", "app/web/50dc"), true},
		{"ALB, older", "interface", "ELB app/web/50dc", "amazon-elb", own("application-load-balancer", "application load balancer", "web", "app/web/50dc"), true},
		{"NLB", "network_load_balancer", "ELB net/web/50dc", "", own("network-load-balancer", "network load balancer", "web", "net/web/50dc"), true},
		{"GWLB", "gateway_load_balancer", "ELB gwy/fw/50dc", "", own("gateway-load-balancer", "gateway load balancer", "fw", "gwy/fw/50dc"), true},
		{"classic load balancer", "interface", "ELB web", "amazon-elb", own("classic-load-balancer", "classic load balancer", "web", "web"), true},
		{"a load balancer of a kind that is not known", "interface", "ELB new/web/50dc", "amazon-elb", own("load-balancer", "load balancer", "", ""), true},
		{"interface endpoint", "vpc_endpoint", "VPC Endpoint Interface vpce-0a1", "727180483921", own("vpc-endpoint", "VPC endpoint", "", "vpce-0a1"), false},
		{"GWLB or firewall endpoint", "gateway_load_balancer_endpoint", "VPC Endpoint Interface vpce-0a1", "", own("gateway-load-balancer-endpoint", "gateway load balancer endpoint", "", "vpce-0a1"), false},
		{"transit gateway attachment", "transit_gateway", "Network Interface for Transit Gateway Attachment tgw-attach-0a1", "", own("transit-gateway-attachment", "transit gateway attachment", "", "tgw-attach-0a1"), false},
		{"RDS", "interface", "RDSNetworkInterface", "amazon-rds", own("rds", "RDS", "", ""), false},
		{"RDS by who requested it", "interface", "", "amazon-rds", own("rds", "RDS", "", ""), false},
		{"RDS Proxy", "interface", "Network interface for DBProxy prx-0a1", "", own("rds-proxy", "RDS Proxy", "prx-0a1", ""), false},
		{"ElastiCache", "interface", "ElastiCache sessions-001", "amazon-elasticache", own("elasticache", "ElastiCache", "sessions-001", ""), false},
		{"ElastiCache, the other form", "interface", "ElastiCache+sessions-001", "", own("elasticache", "ElastiCache", "sessions-001", ""), false},
		{"ElastiCache by who requested it", "interface", "", "amazon-elasticache", own("elasticache", "ElastiCache", "", ""), false},
		{"Redshift", "interface", "RedshiftNetworkInterface", "amazon-redshift", own("redshift", "Redshift", "", ""), false},
		{"DMS", "interface", "DMSNetworkInterface", "", own("dms", "DMS", "", ""), false},
		{"EFS", "efs", "EFS mount target for fs-0a1 (fsmt-0b2)", "", own("efs", "EFS", "", "fs-0a1"), false},
		{"EFS, older", "interface", "EFS mount target for fs-0a1 (fsmt-0b2)", "", own("efs", "EFS", "", "fs-0a1"), false},
		{"Lambda", "lambda", "AWS Lambda VPC ENI-place-order-" + uuid, "", own("lambda", "Lambda function", "place-order", ""), true},
		{"Lambda, older", "interface", "AWS Lambda VPC ENI: " + uuid, "AROAEXAMPLE:place-order", own("lambda", "Lambda function", "place-order", ""), true},
		{"Lambda without a name", "interface", "AWS Lambda VPC ENI: " + uuid, "", own("lambda", "Lambda function", "", ""), true},
		{"ECS task", "interface", "arn:aws:ecs:eu-west-1:111111111111:attachment/" + uuid, "", own("ecs-task", "ECS task", "", ""), true},
		{"ECS task on a trunk", "branch", "arn:aws:ecs:eu-west-1:111111111111:attachment/" + uuid, "", own("ecs-task", "ECS task", "", ""), true},
		{"EKS control plane", "interface", "Amazon EKS prod", "", own("eks", "EKS control plane", "prod", ""), true},
		{"EKS node", "interface", "aws-K8S-i-0a1", "", own("eks-node", "EKS node", "", "i-0a1"), true},
		{"EKS pod with own groups", "branch", "aws-k8s-branch-eni", "", own("eks-pod", "EKS pod", "", ""), true},
		{"EMR", "interface", "AWS ElasticMapReduce j-1", "", own("emr", "EMR", "", ""), false},
		{"Directory Service", "interface", "AWS created network interface for directory d-0a1", "", own("directory-service", "directory", "", "d-0a1"), false},
		{"WorkSpaces", "interface", "Created By Amazon Workspaces for AWS Account ID 111111111111", "", own("workspaces", "WorkSpaces", "", ""), false},
		{"Glue", "interface", "Attached to Glue using role: arn:aws:iam::111111111111:role/x", "", own("glue", "Glue", "", ""), false},
		{"SageMaker", "interface", "[Do not delete] Network Interface created to access resources in your VPC for SageMaker Training Job", "", own("sagemaker", "SageMaker", "", ""), false},
		{"SageMaker, the other form", "interface", "[DO NOT DELETE] ENI managed by SageMaker for Studio", "", own("sagemaker", "SageMaker", "", ""), false},
		{"CloudHSM", "interface", "CloudHsm ENI x", "", own("cloudhsm", "CloudHSM", "", ""), false},
		{"CloudHSM, the other form", "interface", "CloudHSM Managed Interface", "", own("cloudhsm", "CloudHSM", "", ""), false},
		{"CodeBuild", "interface", "AWS CodeBuild x", "", own("codebuild", "CodeBuild", "", ""), false},
		{"DAX", "interface", "DAX x", "", own("dax", "DAX", "", ""), false},
		{"DataSync", "interface", "datasync task", "", own("datasync", "DataSync", "", ""), false},
		{"Global Accelerator", "global_accelerator_managed", "", "", own("global-accelerator", "Global Accelerator", "", ""), false},
		{"EC2 Instance Connect Endpoint", "ec2_instance_connect_endpoint", "", "", own("instance-connect-endpoint", "EC2 Instance Connect Endpoint", "", ""), false},

		{"the type goes before the description", "lambda", "RDSNetworkInterface", "amazon-elb", own("lambda", "Lambda function", "", ""), true},
		{"the description goes before the requester", "interface", "RDSNetworkInterface", "amazon-elb", own("rds", "RDS", "", ""), false},
		{"a description that only begins like one that is exact", "interface", "RDSNetworkInterfaces of mine", "", Owner{}, false},
		{"a resource of ECS that is no attachment", "interface", "arn:aws:ecs:eu-west-1:111111111111:cluster/x", "", Owner{}, false},
		{"nothing known", "interface", "mine", "", Owner{}, false},
		{"a branch of nobody's starts connections", "branch", "mine", "", Owner{}, true},
	} {
		t.Run(test.shows, func(t *testing.T) {
			lines := "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\neni-x subnet-a 10.0.1.5 type=" + test.kind + "\nservice eni-x " + orNothing(test.requester) + test.description +
				"\nset eni-x Attachment.InstanceOwnerId \"amazon-aws\"\nset eni-x RequesterManaged true"
			n := networkOf(t, lines)
			i := n.at(t, "eni-x")
			if diff := cmp.Diff(test.want, n.OwnerOf(i)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := n.Interfaces[i].Initiates(); got != test.initiates {
				t.Errorf("starts connections (U-19): %v", got)
			}
		})
	}
}

func orNothing(requester string) string {
	if requester == "" {
		return ""
	}
	return "requester=" + requester + " "
}

// ENI-11 the alias that an attachment shows tells as well as RequesterId
func TestOwnerByAttachment(t *testing.T) {
	n := networkOf(t, "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\neni-x subnet-a 10.0.1.5\nservice eni-x mine\nset eni-x Attachment.InstanceOwnerId \"amazon-rds\"")
	if got := n.OwnerOf(n.at(t, "eni-x")); got.Type != "rds" {
		t.Errorf("owner %+v", got)
	}
}

// ENI-11 section 7.2: what shows an instance is the instance's, whatever its user wrote into the description
func TestOwnerOfInstances(t *testing.T) {
	n := networkOf(t, "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\neni-x subnet-a 10.0.1.5\nset eni-x Description \"RDSNetworkInterface\"\nset i-x Tags [{\"Key\":\"Name\",\"Value\":\"web-1\"}]")
	if diff := cmp.Diff(Owner{"instance", "instance", "web-1", "i-x"}, n.OwnerOf(n.at(t, "eni-x"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ENI-11 a component that names an interface as its own goes before what the interface's record says
func TestOwnersThatNameTheirInterfaces(t *testing.T) {
	n := networkOf(t, `vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
nat-n subnet-a 10.0.1.9 203.0.113.9
vpce-k vpc-a interface eni-k
eni-k subnet-a 10.0.1.7
set nat-n Tags [{"Key":"Name","Value":"way-out"}]
set eni-nat-n Description "mine"`)
	for id, want := range map[string]Owner{
		"eni-nat-n": {"nat-gateway", "NAT gateway", "way-out", "nat-n"},
		"eni-k":     {"vpc-endpoint", "VPC endpoint", "", "vpce-k"},
	} {
		if diff := cmp.Diff(want, n.OwnerOf(n.at(t, id))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// U-15 every kind of the table has a name of its own, words, and evidence to be told by.
func TestOwnerTable(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range owners {
		if w.words == "" || seen[w.kind] || len(w.types)+len(w.text) == 0 && w.requester == "" {
			t.Errorf("row %+v", w)
		}
		seen[w.kind] = true
	}
	for kind, row := range serviceRows {
		if !slices.ContainsFunc(owners, func(w ownerRow) bool { return w.kind == row }) {
			t.Errorf("%s has no row %q", kind, row)
		}
	}
	if (Owner{}).Called() != "" || (Owner{Words: "RDS", ID: "arn:aws:rds:x"}).Called() != "RDS" {
		t.Error("an owner without a name is called by its kind alone")
	}
}
