package snapshot

// DescribeVpcEncryptionControls feeds the encryption controls of VPCs.
const DescribeVpcEncryptionControls Operation = "describe-vpc-encryption-controls"

// VpcEncryptionControl is an element of DescribeVpcEncryptionControls, and the field EncryptionControl of a VPC.
type VpcEncryptionControl struct {
	VpcEncryptionControlId string `json:"VpcEncryptionControlId,omitempty"`
	VpcId                  string `json:"VpcId,omitempty"`
	Mode                   string `json:"Mode,omitempty"`  // monitor, enforce
	State                  string `json:"State,omitempty"` // available, enforce-in-progress, enforce-failed, deleted, ...
}

// VPCEncryptionControls returns every encryption control, by id.
func (s *Snapshot) VPCEncryptionControls() []Merged[VpcEncryptionControl] {
	return Merge(s, DescribeVpcEncryptionControls, func(p *Part) []VpcEncryptionControl { return p.VPCEncryptionControls },
		func(v *VpcEncryptionControl) string { return v.VpcEncryptionControlId }, nil)
}
