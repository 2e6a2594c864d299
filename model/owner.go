package model

import (
	"cmp"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Owner is what a network interface belongs to (ENI-11). The zero Owner is not known. Name and ID are what the answers
// say: hostile text.
type Owner struct {
	Type  string // rds, application-load-balancer, instance, ...
	Words string // the same as a person says it: RDS, application load balancer
	Name  string // what the owner is called; empty where no answer tells
	ID    string // its id or ARN; empty where no answer tells
}

// IsZero says whether the owner is not known.
func (o Owner) IsZero() bool { return o.Type == "" }

// Called is the owner as sentences name it: "RDS orders-db", "RDS". It is hostile text.
func (o Owner) Called() string {
	name := o.Name
	if name == "" && !strings.Contains(o.ID, "/") && !strings.HasPrefix(o.ID, "arn:") {
		name = o.ID
	}
	return strings.TrimSpace(o.Words + " " + name)
}

// ownerRow is one kind of owner and how its interfaces are told (U-15).
type ownerRow struct {
	kind, words string
	short       string   // what FROM and TO may write before a name beside kind: "rds/orders-db"
	types       []string // values of InterfaceType that nothing else has
	text        []ownerText
	requester   string // RequesterId, or InstanceOwnerId of the attachment
	initiates   bool   // what is behind it starts connections of its own (U-19)
	own         bool   // the owner is a component of its own, which FROM and TO find by its own id and name
}

// ownerText is a form of Description.
type ownerText struct {
	start string
	whole bool                                // the description is just that
	has   string                              // the rest holds this
	lacks string                              // the rest does not hold this
	parse func(rest string) (name, id string) // nil where the rest names nothing
}

// owners is the table of section 7.2. Evidence: InterfaceType and the endpoints' description are documented; other descriptions and the
// requesters are conventions, seen in samples of public inventory tools (U-15); amazon-elasticache is expected, not seen.
var owners = []ownerRow{
	{kind: "nat-gateway", words: "NAT gateway", types: []string{"nat_gateway", "natGateway"}, own: true,
		text: []ownerText{{start: "Interface for NAT Gateway ", parse: asID}}},
	{kind: "application-load-balancer", words: "application load balancer", short: "alb", types: []string{"load_balancer"}, initiates: true,
		text: []ownerText{{start: "ELB app/", parse: balancer("app/")}}},
	{kind: "network-load-balancer", words: "network load balancer", short: "nlb", types: []string{"network_load_balancer"}, initiates: true,
		text: []ownerText{{start: "ELB net/", parse: balancer("net/")}}},
	{kind: "gateway-load-balancer", words: "gateway load balancer", short: "gwlb", types: []string{"gateway_load_balancer"}, initiates: true,
		text: []ownerText{{start: "ELB gwy/", parse: balancer("gwy/")}}},
	{kind: "classic-load-balancer", words: "classic load balancer", short: "elb", initiates: true,
		text: []ownerText{{start: "ELB ", lacks: "/", parse: classic}}},
	{kind: "vpc-endpoint", words: "VPC endpoint", types: []string{"vpc_endpoint"}, own: true,
		text: []ownerText{{start: "VPC Endpoint Interface ", parse: asID}}},
	{kind: "gateway-load-balancer-endpoint", words: "gateway load balancer endpoint", types: []string{"gateway_load_balancer_endpoint"}, own: true,
		text: []ownerText{{start: "VPC Endpoint Interface ", parse: asID}}},
	{kind: "transit-gateway-attachment", words: "transit gateway attachment", types: []string{"transit_gateway"}, own: true,
		text: []ownerText{{start: "Network Interface for Transit Gateway Attachment ", parse: asID}}},
	{kind: "rds", words: "RDS", short: "db", requester: "amazon-rds", text: []ownerText{{start: "RDSNetworkInterface", whole: true}}},
	{kind: "rds-proxy", words: "RDS Proxy", text: []ownerText{{start: "Network interface for DBProxy ", parse: asName}}},
	{kind: "elasticache", words: "ElastiCache", short: "cache", requester: "amazon-elasticache",
		text: []ownerText{{start: "ElastiCache ", parse: asName}, {start: "ElastiCache+", parse: asName}}},
	{kind: "redshift", words: "Redshift", requester: "amazon-redshift", text: []ownerText{{start: "RedshiftNetworkInterface", whole: true}}},
	{kind: "dms", words: "DMS", text: []ownerText{{start: "DMSNetworkInterface", whole: true}}},
	{kind: "efs", words: "EFS", types: []string{"efs"}, text: []ownerText{{start: "EFS mount target for ", parse: asID}}},
	{kind: "lambda", words: "Lambda function", types: []string{"lambda"}, initiates: true,
		text: []ownerText{{start: "AWS Lambda VPC ENI-", parse: function}, {start: "AWS Lambda VPC ENI: "}}},
	{kind: "ecs-task", words: "ECS task", short: "ecs", initiates: true,
		text: []ownerText{{start: "arn:aws:ecs:", has: ":attachment/"}, {start: "arn:aws-cn:ecs:", has: ":attachment/"}, {start: "arn:aws-us-gov:ecs:", has: ":attachment/"}}},
	{kind: "eks", words: "EKS control plane", initiates: true, text: []ownerText{{start: "Amazon EKS ", parse: asName}}},
	{kind: "eks-node", words: "EKS node", initiates: true, own: true, text: []ownerText{{start: "aws-K8S-", parse: asID}}},
	{kind: "eks-pod", words: "EKS pod", initiates: true, text: []ownerText{{start: "aws-k8s-branch-eni"}}},
	{kind: "emr", words: "EMR", text: []ownerText{{start: "AWS ElasticMapReduce "}}},
	{kind: "directory-service", words: "directory", text: []ownerText{{start: "AWS created network interface for directory ", parse: asID}}},
	{kind: "workspaces", words: "WorkSpaces", text: []ownerText{{start: "Created By Amazon Workspaces for AWS Account ID "}}},
	{kind: "glue", words: "Glue", text: []ownerText{{start: "Attached to Glue using role: "}}},
	{kind: "sagemaker", words: "SageMaker", text: []ownerText{
		{start: "[Do not delete] Network Interface created to access resources in your VPC for SageMaker"}, {start: "[DO NOT DELETE] ENI managed by SageMaker"}}},
	{kind: "cloudhsm", words: "CloudHSM", text: []ownerText{{start: "CloudHsm ENI"}, {start: "CloudHSM Managed Interface"}}},
	{kind: "codebuild", words: "CodeBuild", text: []ownerText{{start: "AWS CodeBuild"}}},
	{kind: "dax", words: "DAX", text: []ownerText{{start: "DAX"}}},
	{kind: "datasync", words: "DataSync", text: []ownerText{{start: "datasync "}}},
	{kind: "global-accelerator", words: "Global Accelerator", types: []string{"global_accelerator_managed"}},
	{kind: "instance-connect-endpoint", words: "EC2 Instance Connect Endpoint", types: []string{"ec2_instance_connect_endpoint"}, own: true},
	// Types that AWS documents and section 7.2 does not have.
	{kind: "api-gateway", words: "API Gateway", types: []string{"api_gateway_managed"}},
	{kind: "iot-rules", words: "IoT rules", types: []string{"iot_rules_managed"}},
	{kind: "codeconnections", words: "CodeConnections", types: []string{"aws_codestar_connections_managed"}},
	{kind: "quicksight", words: "QuickSight", types: []string{"quicksight"}},
	{kind: "evs", words: "Elastic VMware Service", types: []string{"evs"}},
	// What amazon-elb requests without saying which kind of load balancer it is for.
	{kind: "load-balancer", words: "load balancer", requester: "amazon-elb", initiates: true},
}

// asID takes the first word as the owner's id, asName as its name.
func asID(rest string) (name, id string) {
	id, _, _ = strings.Cut(rest, " ")
	return "", id
}

func asName(rest string) (name, id string) {
	name, _, _ = strings.Cut(rest, " ")
	return name, ""
}

// balancer reads "NAME/ID", the end of the load balancer's ARN.
func balancer(kind string) func(string) (name, id string) {
	return func(rest string) (name, id string) {
		name, _, ok := strings.Cut(rest, "/")
		if !ok {
			return "", ""
		}
		return name, kind + rest
	}
}

// classic reads the name of a classic load balancer, which is its id too.
func classic(rest string) (name, id string) { return rest, rest }

// function reads "NAME-UUID".
func function(rest string) (name, id string) {
	const uuid = len("-00000000-0000-0000-0000-000000000000")
	if len(rest) <= uuid || rest[len(rest)-uuid] != '-' {
		return "", ""
	}
	return rest[:len(rest)-uuid], ""
}

// ownerRowOf finds the row of an interface: by InterfaceType first, then by Description, then by who requested it.
func ownerRowOf(r *snapshot.NetworkInterface) *ownerRow {
	for i := range owners {
		for _, t := range owners[i].types {
			if t == r.InterfaceType {
				return &owners[i]
			}
		}
	}
	for i := range owners {
		if _, _, ok := owners[i].read(r.Description); ok {
			return &owners[i]
		}
	}
	for i := range owners {
		if q := owners[i].requester; q != "" && (r.RequesterId == q || (r.Attachment != nil && r.Attachment.InstanceOwnerId == q)) {
			return &owners[i]
		}
	}
	return nil
}

// read takes the owner's name and id out of a description of the row's form.
func (w *ownerRow) read(description string) (name, id string, ok bool) {
	for _, t := range w.text {
		rest, found := strings.CutPrefix(description, t.start)
		if !found || (t.whole && rest != "") || !strings.Contains(rest, t.has) || (t.lacks != "" && strings.Contains(rest, t.lacks)) {
			continue
		}
		if t.parse != nil {
			name, id = t.parse(rest)
		}
		return name, id, true
	}
	return "", "", false
}

// owner is what the record of the interface alone tells of its owner (ENI-11, U-15). The interface of an instance is the instance's, whatever
// its description says: that is the user's text.
func (e *Interface) owner() (*ownerRow, Owner) {
	r := e.Record
	if r == nil || e.Instance >= 0 {
		return nil, Owner{}
	}
	w := ownerRowOf(r)
	if w == nil {
		return nil, Owner{}
	}
	name, id, _ := w.read(r.Description)
	if w.kind == "lambda" && name == "" {
		name = roleSession(r.RequesterId)
	}
	return w, Owner{Type: w.kind, Words: w.words, Name: name, ID: id}
}

// roleSession is the function that old interfaces of Lambda name: "AROA...:FUNCTION".
func roleSession(requester string) string {
	role, session, ok := strings.Cut(requester, ":")
	if !ok || !strings.HasPrefix(role, "AROA") {
		return ""
	}
	return session
}

// Initiates says whether what is behind the interface is known to start connections of its own (U-19): instances,
// functions, tasks, pods and load balancers do; other services' interfaces may only answer.
func (e *Interface) Initiates() bool {
	if e.Instance >= 0 || e.Connect >= 0 || e.Record == nil || !e.Record.RequesterManaged || e.Branch() {
		return true
	}
	w := ownerRowOf(e.Record)
	return w != nil && w.initiates
}

// OwnerOf is what an interface belongs to, as far as the answers tell: its own record, the components that name it as theirs,
// and the answers of other services.
func (n *Network) OwnerOf(i int32) Owner {
	e := &n.Interfaces[i]
	of := func(kind, words string, r Ref) Owner {
		res := n.Resource(r)
		return Owner{Type: kind, Words: words, Name: res.Name, ID: res.ID}
	}
	switch {
	case e.Instance >= 0:
		return of("instance", "instance", Ref{KindInstance, e.Instance})
	case e.NAT >= 0:
		return of("nat-gateway", "NAT gateway", Ref{KindNATGateway, e.NAT})
	case e.Connect >= 0:
		return of("instance-connect-endpoint", "EC2 Instance Connect Endpoint", Ref{KindInstanceConnectEndpoint, e.Connect})
	}
	w, o := e.owner()
	if e.Endpoint >= 0 {
		if w == nil || !w.own {
			return of("vpc-endpoint", "VPC endpoint", Ref{KindVPCEndpoint, e.Endpoint})
		}
		return of(w.kind, w.words, Ref{KindVPCEndpoint, e.Endpoint})
	}
	if w != nil && w.own {
		if r, ok := n.byID[o.ID]; ok {
			o.Name = cmp.Or(n.Resource(r).Name, o.Name)
		}
		return o
	}
	return n.thingsOfServices().owner(n, i, o)
}
