package snapshot

// Records of what stands at the edges of a VPC besides internet and NAT gateways, with their answers.

// EgressOnlyInternetGateway is an element of DescribeEgressOnlyInternetGateways. AWS does not say who owns it.
type EgressOnlyInternetGateway struct {
	EgressOnlyInternetGatewayId string              `json:"EgressOnlyInternetGatewayId"`
	Attachments                 []GatewayAttachment `json:"Attachments,omitempty"`
	Tags                        []Tag               `json:"Tags,omitempty"`
}

// CarrierGateway is an element of DescribeCarrierGateways.
type CarrierGateway struct {
	CarrierGatewayId string `json:"CarrierGatewayId"`
	VpcId            string `json:"VpcId,omitempty"`
	State            string `json:"State,omitempty"` // pending, available, deleting, deleted
	OwnerId          string `json:"OwnerId,omitempty"`
	Tags             []Tag  `json:"Tags,omitempty"`
}

// VpcBlockPublicAccessOptions is the one record of DescribeVpcBlockPublicAccessOptions: the mode of a whole account and Region.
type VpcBlockPublicAccessOptions struct {
	AwsAccountId             string `json:"AwsAccountId,omitempty"`
	AwsRegion                string `json:"AwsRegion,omitempty"`
	State                    string `json:"State,omitempty"` // default-state, update-in-progress, update-complete
	InternetGatewayBlockMode string `json:"InternetGatewayBlockMode,omitempty"`
}

// VpcBlockPublicAccessExclusion is an element of DescribeVpcBlockPublicAccessExclusions: a VPC or subnet that the options do not, or not
// wholly, hold for.
type VpcBlockPublicAccessExclusion struct {
	ExclusionId                  string `json:"ExclusionId"`
	InternetGatewayExclusionMode string `json:"InternetGatewayExclusionMode,omitempty"` // allow-bidirectional, allow-egress
	ResourceArn                  string `json:"ResourceArn,omitempty"`
	State                        string `json:"State,omitempty"`
}

// TrunkInterfaceAssociation is an element of DescribeTrunkInterfaceAssociations: a branch interface and the trunk it hangs on.
type TrunkInterfaceAssociation struct {
	BranchInterfaceId string `json:"BranchInterfaceId"`
	TrunkInterfaceId  string `json:"TrunkInterfaceId,omitempty"`
}

// Operations of the records above.
const (
	DescribeEgressOnlyInternetGateways     Operation = "describe-egress-only-internet-gateways"
	DescribeCarrierGateways                Operation = "describe-carrier-gateways"
	DescribeVpcBlockPublicAccessOptions    Operation = "describe-vpc-block-public-access-options"
	DescribeVpcBlockPublicAccessExclusions Operation = "describe-vpc-block-public-access-exclusions"
	DescribeTrunkInterfaceAssociations     Operation = "describe-trunk-interface-associations"
)

// modelledEdges are the answers of the records above.
var modelledEdges = []answerSpec{
	{op: DescribeEgressOnlyInternetGateways, key: "EgressOnlyInternetGateways", read: func(r *recordReader) error {
		return into(r, &r.part.EgressOnlyGateways, "EgressOnlyInternetGatewayId",
			func(v *EgressOnlyInternetGateway) string { return v.EgressOnlyInternetGatewayId })
	}},
	{op: DescribeCarrierGateways, key: "CarrierGateways", read: func(r *recordReader) error {
		return into(r, &r.part.CarrierGateways, "CarrierGatewayId", func(v *CarrierGateway) string { return v.CarrierGatewayId })
	}},
	{op: DescribeVpcBlockPublicAccessOptions, key: "VpcBlockPublicAccessOptions", single: true, read: func(r *recordReader) error {
		return into(r, &r.part.BlockPublicAccessOptions, "", func(*VpcBlockPublicAccessOptions) string { return "options" })
	}},
	{op: DescribeVpcBlockPublicAccessExclusions, key: "VpcBlockPublicAccessExclusions", read: func(r *recordReader) error {
		return into(r, &r.part.BlockPublicAccessExclusions, "ExclusionId",
			func(v *VpcBlockPublicAccessExclusion) string { return v.ExclusionId })
	}},
	{op: DescribeTrunkInterfaceAssociations, key: "InterfaceAssociations", read: func(r *recordReader) error {
		return into(r, &r.part.TrunkAssociations, "BranchInterfaceId",
			func(v *TrunkInterfaceAssociation) string { return v.BranchInterfaceId })
	}},
}

// takeEdges moves the records of the edges of q into p.
func (p *Part) takeEdges(q *Part) {
	move(&p.EgressOnlyGateways, q.EgressOnlyGateways)
	move(&p.CarrierGateways, q.CarrierGateways)
	move(&p.BlockPublicAccessOptions, q.BlockPublicAccessOptions)
	move(&p.BlockPublicAccessExclusions, q.BlockPublicAccessExclusions)
	move(&p.TrunkAssociations, q.TrunkAssociations)
}

// EgressOnlyGateways returns every egress-only internet gateway, by id.
func (s *Snapshot) EgressOnlyGateways() []Merged[EgressOnlyInternetGateway] {
	return Merge(s, DescribeEgressOnlyInternetGateways, func(p *Part) []EgressOnlyInternetGateway { return p.EgressOnlyGateways },
		func(v *EgressOnlyInternetGateway) string { return v.EgressOnlyInternetGatewayId }, nil)
}

// CarrierGateways returns every carrier gateway, by id.
func (s *Snapshot) CarrierGateways() []Merged[CarrierGateway] {
	return Merge(s, DescribeCarrierGateways, func(p *Part) []CarrierGateway { return p.CarrierGateways },
		func(v *CarrierGateway) string { return v.CarrierGatewayId }, func(v *CarrierGateway) string { return v.OwnerId })
}

// TrunkAssociations returns every branch interface with its trunk, by branch.
func (s *Snapshot) TrunkAssociations() []Merged[TrunkInterfaceAssociation] {
	return Merge(s, DescribeTrunkInterfaceAssociations, func(p *Part) []TrunkInterfaceAssociation { return p.TrunkAssociations },
		func(v *TrunkInterfaceAssociation) string { return v.BranchInterfaceId }, nil)
}

// BlockPublicAccessExclusions returns every exclusion of VPC Block Public Access, by id.
func (s *Snapshot) BlockPublicAccessExclusions() []Merged[VpcBlockPublicAccessExclusion] {
	return Merge(s, DescribeVpcBlockPublicAccessExclusions,
		func(p *Part) []VpcBlockPublicAccessExclusion { return p.BlockPublicAccessExclusions },
		func(v *VpcBlockPublicAccessExclusion) string { return v.ExclusionId }, nil)
}
