package explain

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// sgRule is a rule of a group as AWS's format has it.
func (a *analyst) sgRule(r *model.GroupRule) *AnalysisSecurityGroupRule {
	p := r.Permission
	out := &AnalysisSecurityGroupRule{Direction: direction(r.Egress), Protocol: awsProtocol(p.IpProtocol)}
	switch {
	case r.Peer.IsValid():
		out.Cidr = r.Peer.String()
	case r.List >= 0:
		out.PrefixListID = a.n.PrefixLists[r.List].ID
	case r.Group >= 0:
		out.SecurityGroupID = a.n.SecurityGroups[r.Group].ID
	}
	if hasPorts(p.IpProtocol) && p.FromPort != nil && p.ToPort != nil {
		out.PortRange = awsPorts(*p.FromPort, *p.ToPort)
	}
	return out
}

func aclRuleOf(e *model.ACLEntry) *AnalysisAclRule {
	out := &AnalysisAclRule{Egress: e.Egress, Protocol: awsProtocol(e.Protocol), RuleAction: e.RuleAction, RuleNumber: e.RuleNumber}
	if cidr := cmp.Or(e.CidrBlock, e.Ipv6CidrBlock); cidr != (netip.Prefix{}) {
		out.Cidr = cidr.String()
	}
	if e.PortRange != nil && hasPorts(e.Protocol) {
		out.PortRange = awsPorts(e.PortRange.From, e.PortRange.To)
	}
	return out
}

// awsProtocol is the protocol of a rule: all, the name of one that is common, else its number.
func awsProtocol(text string) string {
	if text == "-1" || text == "" {
		return "all"
	}
	if n, ok := packet.ParseProtocol(text); ok {
		return packet.ProtocolName(n)
	}
	return text
}

func hasPorts(protocol string) bool {
	n, ok := packet.ParseProtocol(protocol)
	return ok && (n == packet.TCP || n == packet.UDP)
}

// awsPorts is a range of ports of a rule; nil for all of them.
func awsPorts(from, to int32) *PortRange {
	if from == -1 || from == 0 && to == 65535 {
		return nil
	}
	return &PortRange{int(from), int(to)}
}

// tableRoute is a route with the one target that it has; nil for one that no table holds.
func (a *analyst) tableRoute(r *model.Route) *AnalysisRouteTableRoute {
	if r == nil || r.Record == nil {
		return nil
	}
	x := r.Record
	out := &AnalysisRouteTableRoute{DestinationPrefixListID: x.DestinationPrefixListId, Origin: strings.ToLower(x.Origin), State: x.State}
	if r.Prefix.IsValid() {
		out.DestinationCidr = r.Prefix.String()
	}
	for _, target := range []struct {
		id    string
		field *string
	}{
		{cmp.Or(x.GatewayId, x.VpcEndpointId), &out.GatewayID}, {x.NatGatewayId, &out.NatGatewayID},
		{x.NetworkInterfaceId, &out.NetworkInterfaceID}, {x.InstanceId, &out.InstanceID}, // a route to an instance names both
		{x.VpcPeeringConnectionId, &out.VpcPeeringConnectionID}, {x.TransitGatewayId, &out.TransitGatewayID},
		{x.EgressOnlyInternetGatewayId, &out.EgressOnlyInternetGatewayID}, {x.CarrierGatewayId, &out.CarrierGatewayID},
		{x.LocalGatewayId, &out.LocalGatewayID}, {x.CoreNetworkArn, &out.CoreNetworkARN},
	} {
		if target.id != "" {
			*target.field = target.id
			break
		}
	}
	return out
}
