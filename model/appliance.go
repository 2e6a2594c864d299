package model

import (
	"slices"

	"github.com/vpcreach/vpcreach/snapshot"
)

// NextHop is the interface that a route to an interface or an instance means (D-100): of an instance the one with device
// index 0. Where no answer tells which, missing says why.
func (n *Network) NextHop(target Ref) (iface int32, missing *Missing) {
	if target.Kind == KindInterface {
		return target.Index, n.Interfaces[target.Index].Missing()
	}
	i := &n.Instances[target.Index]
	m := missingCall(i.part, snapshot.DescribeNetworkInterfaces, "primary interface of "+i.ID)
	iface = -1
	for _, k := range i.Interfaces {
		switch {
		case n.Interfaces[k].Record.Attachment.DeviceIndex != 0:
		case iface >= 0: // bad data
			m.Why = Conflicting
			return -1, m
		default:
			iface = k
		}
	}
	if iface < 0 {
		return -1, m
	}
	return iface, n.Interfaces[iface].Missing()
}

// HopWithin says whether a NAT gateway or an interface that forwards stands in the subnet, or may do so for all the snapshot tells:
// a route could lead to it without leaving the subnet (D-63, D-100).
func (n *Network) HopWithin(subnet int32) bool {
	return n.UnreadHops(subnet) != nil || slices.ContainsFunc(n.NATGateways, func(g NATGateway) bool { return g.Subnet == subnet }) ||
		slices.ContainsFunc(n.Subnets[subnet].Interfaces, func(i int32) bool { return n.Interfaces[i].Appliance() && n.Interfaces[i].Forwards() })
}

// UnreadHops is what is missing where not every NAT gateway and interface of the subnet is known; nil where all are.
func (n *Network) UnreadHops(subnet int32) *Missing {
	s := &n.Subnets[subnet]
	switch {
	case !complete(s.part, snapshot.DescribeNatGateways):
		return missingCall(s.part, snapshot.DescribeNatGateways, "NAT gateways of "+s.ID)
	case !complete(s.part, snapshot.DescribeNetworkInterfaces):
		return missingCall(s.part, snapshot.DescribeNetworkInterfaces, "interfaces of "+s.ID)
	case s.VPC >= 0:
		return n.UnreadInterfaces(s.VPC)
	}
	return nil
}

// DeviceOf is what stands behind an interface as one thing that packets pass: its instance, or the interface itself
// where none is attached.
func (n *Network) DeviceOf(iface int32) Ref {
	if k := n.Interfaces[iface].Instance; k >= 0 {
		return Ref{KindInstance, k}
	}
	return Ref{KindInterface, iface}
}

// nextHopTypes are types of interfaces that are next hops by the component that they belong to, never by themselves.
var nextHopTypes = map[string]bool{
	"natGateway": true, "nat_gateway": true, "transit_gateway": true, "vpc_endpoint": true, "gateway_load_balancer_endpoint": true,
}

// Appliance says whether the interface can be an appliance's (D-100): interfaces of NAT gateways, transit gateways and
// endpoints cannot.
func (e *Interface) Appliance() bool {
	return e.NAT < 0 && e.Endpoint < 0 && (e.Record == nil || !nextHopTypes[e.Record.InterfaceType])
}
