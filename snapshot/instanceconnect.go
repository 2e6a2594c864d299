package snapshot

// DescribeInstanceConnectEndpoints feeds EC2 Instance Connect Endpoints.
const DescribeInstanceConnectEndpoints Operation = "describe-instance-connect-endpoints"

// InstanceConnectEndpoint is an element of DescribeInstanceConnectEndpoints.
type InstanceConnectEndpoint struct {
	InstanceConnectEndpointId string   `json:"InstanceConnectEndpointId"`
	OwnerId                   string   `json:"OwnerId,omitempty"`
	VpcId                     string   `json:"VpcId,omitempty"`
	SubnetId                  string   `json:"SubnetId,omitempty"`
	State                     string   `json:"State,omitempty"` // create-complete, create-in-progress, delete-failed, ...
	NetworkInterfaceIds       []string `json:"NetworkInterfaceIds,omitempty"`
	PreserveClientIp          bool     `json:"PreserveClientIp,omitempty"`
	Tags                      []Tag    `json:"Tags,omitempty"`
}

// InstanceConnectEndpoints returns every EC2 Instance Connect Endpoint, by id.
func (s *Snapshot) InstanceConnectEndpoints() []Merged[InstanceConnectEndpoint] {
	return Merge(s, DescribeInstanceConnectEndpoints, func(p *Part) []InstanceConnectEndpoint { return p.InstanceConnectEndpoints },
		func(v *InstanceConnectEndpoint) string { return v.InstanceConnectEndpointId },
		func(v *InstanceConnectEndpoint) string { return v.OwnerId })
}
