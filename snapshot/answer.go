package snapshot

import (
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// answerSpec describes one kind of AWS answer: which call gives it, by which top-level key it is
// recognised, and how its records are read.
type answerSpec struct {
	op  Operation // with the service in front where it is not ec2, as typed after "aws"
	key string

	// perObject marks calls that are made once per object. Their state stands in Part.Objects, never in
	// Part.Calls: one answer says nothing of the other objects.
	perObject bool

	// single marks calls whose answer is one record instead of a list.
	single bool

	// wraps marks lists of answers about one object each, which no call returns: read notes each of them (recordReader.wrap).
	wraps bool

	// about says how the records of a per-object answer learn which object they are about; nil where they need not.
	about *aboutObject

	// read decodes one element of the list into the part; nil where no rule built so far needs the records.
	read func(*recordReader) error
}

// aboutObject says how records learn which object the answer that gave them is about.
type aboutObject struct {
	noun string         // for messages
	key  string         // the top-level key beside the answer that may name it
	also string         // another one that may; empty for none
	ids  *regexp.Regexp // ids of such objects in file names; nil where none are looked for
	// named is the object that some records name themselves; nil where they never do.
	named func(p *Part, from, to int) string
	name  string                                     // a file name that does
	size  func(p *Part) int                          // how many records of that kind a part has
	set   func(p *Part, from, to int, object string) // names the object to some of them
	drop  func(p *Part)                              // removes those of no object
}

// splitOperation separates "elbv2 describe-load-balancers" into service and call. Operations of ec2 stand
// without their service.
func splitOperation(op Operation) (service, call string) {
	if s, c, ok := strings.Cut(string(op), " "); ok {
		return s, c
	}
	return "ec2", string(op)
}

// joinOperation is the inverse of splitOperation.
func joinOperation(service, call string) Operation {
	if service == "ec2" || service == "" {
		return Operation(call)
	}
	return Operation(service + " " + call)
}

// Operations that feed the model, under the names that Part.Calls uses.
const (
	DescribeVpcs                         Operation = "describe-vpcs"
	DescribeSubnets                      Operation = "describe-subnets"
	DescribeRouteTables                  Operation = "describe-route-tables"
	DescribeSecurityGroups               Operation = "describe-security-groups"
	DescribeSecurityGroupRules           Operation = "describe-security-group-rules"
	DescribeSecurityGroupVpcAssociations Operation = "describe-security-group-vpc-associations"
	DescribeNetworkAcls                  Operation = "describe-network-acls"
	DescribeNetworkInterfaces            Operation = "describe-network-interfaces"
	DescribeInstances                    Operation = "describe-instances"
	DescribeAddresses                    Operation = "describe-addresses"
	DescribeInternetGateways             Operation = "describe-internet-gateways"
	DescribeNatGateways                  Operation = "describe-nat-gateways"
	DescribeVpcPeeringConnections        Operation = "describe-vpc-peering-connections"
	DescribePrefixLists                  Operation = "describe-prefix-lists"
	DescribeManagedPrefixLists           Operation = "describe-managed-prefix-lists"
	GetManagedPrefixListEntries          Operation = "get-managed-prefix-list-entries"
	DescribeAvailabilityZones            Operation = "describe-availability-zones"
)

// keyPrefixLists is the one key that two calls share.
const keyPrefixLists = "PrefixLists"

// modelled are the answers that the model reads. A new component adds a line here, or in an own file.
var modelled = []answerSpec{
	{op: DescribeVpcs, key: "Vpcs", read: func(r *recordReader) error {
		return into(r, &r.part.VPCs, "VpcId", func(v *Vpc) string { return v.VpcId })
	}},
	{op: DescribeSubnets, key: "Subnets", read: func(r *recordReader) error {
		return into(r, &r.part.Subnets, "SubnetId", func(v *Subnet) string { return v.SubnetId })
	}},
	{op: DescribeRouteTables, key: "RouteTables", read: func(r *recordReader) error {
		return into(r, &r.part.RouteTables, "RouteTableId", func(v *RouteTable) string { return v.RouteTableId })
	}},
	{op: DescribeSecurityGroups, key: "SecurityGroups", read: func(r *recordReader) error {
		return into(r, &r.part.SecurityGroups, "GroupId", func(v *SecurityGroup) string { return v.GroupId })
	}},
	{op: DescribeSecurityGroupRules, key: "SecurityGroupRules", read: func(r *recordReader) error {
		return into(r, &r.rules, "GroupId", func(v *SecurityGroupRule) string { return v.GroupId })
	}},
	{op: DescribeSecurityGroupVpcAssociations, key: "SecurityGroupVpcAssociations",
		read: func(r *recordReader) error {
			return into(r, &r.part.SecurityGroupVpcAssociations, "GroupId",
				func(v *SecurityGroupVpcAssociation) string { return v.GroupId })
		}},
	{op: DescribeNetworkAcls, key: "NetworkAcls", read: func(r *recordReader) error {
		return into(r, &r.part.NetworkACLs, "NetworkAclId", func(v *NetworkAcl) string { return v.NetworkAclId })
	}},
	{op: DescribeNetworkInterfaces, key: "NetworkInterfaces", read: func(r *recordReader) error {
		return into(r, &r.part.NetworkInterfaces, "NetworkInterfaceId",
			func(v *NetworkInterface) string { return v.NetworkInterfaceId })
	}},
	{op: DescribeInstances, key: "Reservations", read: readReservation},
	{op: DescribeAddresses, key: "Addresses", read: func(r *recordReader) error {
		return into(r, &r.part.Addresses, "PublicIp or CarrierIp", addressID)
	}},
	{op: DescribeInternetGateways, key: "InternetGateways", read: func(r *recordReader) error {
		return into(r, &r.part.InternetGateways, "InternetGatewayId",
			func(v *InternetGateway) string { return v.InternetGatewayId })
	}},
	{op: DescribeNatGateways, key: "NatGateways", read: func(r *recordReader) error {
		return into(r, &r.part.NATGateways, "NatGatewayId", func(v *NatGateway) string { return v.NatGatewayId })
	}},
	{op: DescribeVpcPeeringConnections, key: "VpcPeeringConnections",
		read: func(r *recordReader) error {
			return into(r, &r.part.PeeringConnections, "VpcPeeringConnectionId",
				func(v *VpcPeeringConnection) string { return v.VpcPeeringConnectionId })
		}},
	{op: DescribePrefixLists, key: keyPrefixLists, read: readPrefixList},
	{op: GetManagedPrefixListEntries, key: "Entries", perObject: true, about: &aboutObject{
		noun: "prefix list", key: "PrefixListId", ids: prefixListID, name: "entries-pl-0123456789abcdef0.json",
		size: func(p *Part) int { return len(p.PrefixListEntries) },
		set: func(p *Part, from, to int, id string) {
			for i := from; i < to; i++ {
				p.PrefixListEntries[i].PrefixListId = id
			}
		},
		drop: func(p *Part) {
			p.PrefixListEntries = slices.DeleteFunc(p.PrefixListEntries, func(e PrefixListEntry) bool { return e.PrefixListId == "" })
		}},
		read: func(r *recordReader) error {
			return into(r, &r.part.PrefixListEntries, "Cidr", func(v *PrefixListEntry) string {
				return prefixText(v.Cidr)
			})
		}},
	{op: DescribeAvailabilityZones, key: "AvailabilityZones", read: func(r *recordReader) error {
		return into(r, &r.part.AvailabilityZones, "ZoneName", func(v *AvailabilityZone) string { return v.ZoneName })
	}},
	{op: DescribeVpcEndpoints, key: "VpcEndpoints", read: func(r *recordReader) error {
		return into(r, &r.part.VPCEndpoints, "VpcEndpointId", func(v *VpcEndpoint) string { return v.VpcEndpointId })
	}},
	{op: DescribeInstanceConnectEndpoints, key: "InstanceConnectEndpoints", read: func(r *recordReader) error {
		return into(r, &r.part.InstanceConnectEndpoints, "InstanceConnectEndpointId",
			func(v *InstanceConnectEndpoint) string { return v.InstanceConnectEndpointId })
	}},
	{op: DescribeVpcEncryptionControls, key: "VpcEncryptionControls", read: func(r *recordReader) error {
		return into(r, &r.part.VPCEncryptionControls, "VpcEncryptionControlId",
			func(v *VpcEncryptionControl) string { return v.VpcEncryptionControlId })
	}},
	{op: DescribeVpcAttribute, key: "EnableDnsSupport", perObject: true, single: true, about: &aboutObject{
		noun: "VPC", key: "VpcId", name: "describe-vpc-attribute.vpc-0123456789abcdef0.json",
		size: func(p *Part) int { return len(p.VPCAttributes) },
		set: func(p *Part, from, to int, id string) {
			for i := from; i < to; i++ {
				p.VPCAttributes[i].VpcId = id
			}
		},
		drop: func(p *Part) {
			p.VPCAttributes = slices.DeleteFunc(p.VPCAttributes, func(a VpcAttribute) bool { return a.VpcId == "" })
		}},
		read: func(r *recordReader) error {
			r.part.VPCAttributes = append(r.part.VPCAttributes, VpcAttribute{})
			return json.UnmarshalDecode(r.dec, &r.part.VPCAttributes[len(r.part.VPCAttributes)-1])
		}},
}

// managedPrefixLists is the answer that shares its key with DescribePrefixLists; it is chosen by the fields of
// its records.
var managedPrefixLists = answerSpec{
	op: DescribeManagedPrefixLists, key: keyPrefixLists, read: readPrefixList,
}

// answersByKey and answersByOperation index every known answer. They are built once and only read.
var answersByKey, answersByOperation = indexAnswers()

func indexAnswers() (map[string]*answerSpec, map[Operation]*answerSpec) {
	byKey := make(map[string]*answerSpec)
	byOp := make(map[Operation]*answerSpec)
	for _, specs := range [][]answerSpec{modelled, modelledEdges, modelledTransit(), modelledHybrid, modelledCoreNetworks(), named(), services(), notNeeded()} {
		for i := range specs {
			if byKey[specs[i].key] == nil { // of calls that share one, what the model reads comes first
				byKey[specs[i].key] = &specs[i]
			}
			if byOp[specs[i].op] == nil {
				byOp[specs[i].op] = &specs[i]
			}
		}
	}
	byOp[managedPrefixLists.op] = &managedPrefixLists
	byOp[policyAssociations.op] = &policyAssociations
	return byKey, byOp
}

// operationByName guesses from a file's name which answer it was to hold, for files that cannot be read:
// describe-subnets.json, Subnets.json, prod-subnets-2.json. It returns nil where the name does not say.
// The longest match wins, so that TransitGatewayRouteTables is not taken for RouteTables.
func operationByName(base string) *answerSpec {
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	name := squash(base)
	var best *answerSpec
	length := 0
	try := func(a *answerSpec, pattern string) {
		better := len(pattern) > length || len(pattern) == length && best != nil && a.op < best.op
		if better && strings.Contains(name, pattern) {
			best, length = a, len(pattern)
		}
	}
	for op, a := range answersByOperation {
		_, call := splitOperation(op)
		try(a, squash(call))
		if answersByKey[a.key] == a && !a.perObject {
			try(a, squash(a.key))
		}
	}
	return best
}

// squash keeps the lower-case letters and digits of s, so that spellings compare.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}

// isPagingKey reports the keys that accompany an answer without being one. token is true for those
// whose non-empty value says that there is another page.
func isPagingKey(key string) (paging, token bool) {
	switch key {
	case "NextToken", "nextToken", "NextMarker", "Marker":
		return true, true
	case "ResponseMetadata", "ResultMetadata", "RequestId", "requestId", "MaxResults":
		return true, false
	}
	return false, false
}
