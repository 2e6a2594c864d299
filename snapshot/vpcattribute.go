package snapshot

// DescribeVpcAttribute tells one attribute of one VPC a call; the VPC's id stands in the answer.
const DescribeVpcAttribute Operation = "describe-vpc-attribute"

// VpcAttribute is an answer of DescribeVpcAttribute for EnableDnsSupport. VpcId stands beside the attribute: the reader fills
// it in from there, from the manifest or from the file's name.
type VpcAttribute struct {
	VpcId            string `json:"-"`
	EnableDnsSupport *bool  `json:"Value,omitempty"`
}

// VPCAttributes returns what is known of every VPC's DNS support, by VPC. Any account's copy counts as the owner's.
func (s *Snapshot) VPCAttributes() []Merged[VpcAttribute] {
	return Merge(s, DescribeVpcAttribute, func(p *Part) []VpcAttribute { return p.VPCAttributes },
		func(v *VpcAttribute) string { return v.VpcId }, nil)
}
