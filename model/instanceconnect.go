package model

import (
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// InstanceConnectEndpoint is an EC2 Instance Connect Endpoint (D-175).
type InstanceConnectEndpoint struct {
	record
	ID         string
	Record     *snapshot.InstanceConnectEndpoint
	VPC        int32
	Interfaces []int32
}

func init() {
	identifiers[KindInstanceConnectEndpoint] = func(n *Network, i int32) string { return n.InstanceConnectEndpoints[i].ID }
	describers[KindInstanceConnectEndpoint] = func(n *Network, i int32) Resource {
		e := &n.InstanceConnectEndpoints[i]
		return resourceOf(KindInstanceConnectEndpoint, e.ID, e.Record.OwnerId, e.part, e.Record.Tags)
	}
	taggers[KindInstanceConnectEndpoint] = func(n *Network, i int32) []snapshot.Tag { return n.InstanceConnectEndpoints[i].Record.Tags }
}

func (b *builder) instanceConnectEndpoints() {
	for _, m := range b.n.Snapshot.InstanceConnectEndpoints() {
		id := m.Record.InstanceConnectEndpointId
		i := b.add(KindInstanceConnectEndpoint, id, len(b.n.InstanceConnectEndpoints))
		e := InstanceConnectEndpoint{record: record{m.Part, true, m.Conflict}, ID: id, Record: m.Record, VPC: b.vpc(m.Record.VpcId, m.Part)}
		for _, id := range m.Record.NetworkInterfaceIds {
			if k := b.netInterface(id, m.Part); k >= 0 && !slices.Contains(e.Interfaces, k) {
				e.Interfaces = append(e.Interfaces, k)
				b.n.Interfaces[k].Connect = i
			}
		}
		b.n.InstanceConnectEndpoints = append(b.n.InstanceConnectEndpoints, e)
	}
}

// Missing says what is missing where the endpoint's record cannot be used.
func (e *InstanceConnectEndpoint) Missing() *Missing {
	return e.missing(snapshot.DescribeInstanceConnectEndpoints, e.ID)
}

// MissingConnect says what is missing where an interface is an Instance Connect Endpoint's by its type, and no answer describes that one.
func (n *Network) MissingConnect(iface int32) *Missing {
	e := &n.Interfaces[iface]
	if e.Connect >= 0 || e.Record == nil || e.Record.InterfaceType != "ec2_instance_connect_endpoint" {
		return nil
	}
	return missingCall(e.part, snapshot.DescribeInstanceConnectEndpoints, "Instance Connect Endpoint of "+e.ID)
}

// Works says whether the endpoint can be used: it is made, and not being deleted. No state means it can.
func (e *InstanceConnectEndpoint) Works() bool {
	switch e.Record.State {
	case "create-in-progress", "create-failed", "delete-in-progress", "delete-complete":
		return false
	}
	return true
}
