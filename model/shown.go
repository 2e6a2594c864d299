package model

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model/route"
	"github.com/vpcreach/vpcreach/snapshot"
)

// What is shown and remarked, and no verdict rests on.

// GatewayVPCs are the ids of the VPCs that a gateway's record binds it to, whatever the state of the bond.
func (n *Network) GatewayVPCs(r Ref) []string {
	var attachments []snapshot.GatewayAttachment
	switch r.Kind {
	case KindInternetGateway:
		if g := n.InternetGateways[r.Index].Record; g != nil {
			attachments = g.Attachments
		}
	case KindEgressOnlyGateway:
		attachments = n.EgressOnlyGateways[r.Index].Attachments()
	case KindVPNGateway:
		attachments = n.VPNGateways[r.Index].Attachments()
	case KindCarrierGateway:
		if g := n.CarrierGateways[r.Index].Record; g != nil {
			return []string{g.VpcId}
		}
	}
	var out []string
	for _, a := range attachments {
		out = append(out, a.VpcId)
	}
	return out
}

// Attachments are the gateway's attachments.
func (g *EgressOnlyGateway) Attachments() []snapshot.GatewayAttachment {
	if g.Record == nil {
		return nil
	}
	return g.Record.Attachments
}

// Attachments are the gateway's attachments to VPCs.
func (g *VPNGateway) Attachments() []snapshot.GatewayAttachment {
	if g.Record == nil {
		return nil
	}
	return g.Record.VpcAttachments
}

// NamedGateways are the internet gateways that some record names, without the stand-ins.
func (n *Network) NamedGateways() []InternetGateway {
	named := n.InternetGateways
	for len(named) > 0 && named[len(named)-1].Unnamed { // they come last
		named = named[:len(named)-1]
	}
	return named
}

// FarAccount is the account that owns a side's VPC, as the peering's record says.
func (n *Network) FarAccount(p *Peering, vpc int32) string {
	if p.Record == nil || vpc < 0 {
		return ""
	}
	for _, side := range []*snapshot.PeeringVpcInfo{&p.Record.RequesterVpcInfo, &p.Record.AccepterVpcInfo} {
		if side.VpcId == n.VPCs[vpc].ID {
			return side.OwnerId
		}
	}
	return ""
}

// Owns says whether a is one of the interface's own addresses (ENI-1).
func (e *Interface) Owns(a netip.Addr) bool {
	return slices.Contains(e.Addresses, a) ||
		slices.ContainsFunc(e.Prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}

// ServiceAt is the service of a VPC at an address.
func (n *Network) ServiceAt(vpc int32, a netip.Addr) (Service, bool) {
	for _, s := range n.ServicesOf(vpc) {
		if slices.Contains(s.Addresses, a) {
			return s, true
		}
	}
	return Service{}, false
}

// dedupeRoutes drops routes that several searches gave: they are shown once. To a packet two are one way of AWS's all the same.
func (b *builder) dedupeRoutes(t *TransitTable) {
	type key struct {
		prefix         netip.Prefix
		class          route.Class
		state, targets string
	}
	seen := make(map[key]bool, len(t.Routes))
	out := t.Routes[:0]
	for k, r := range t.Routes {
		if is := (key{r.Prefix, r.Class, r.Record.State, b.targetNames(t, k)}); !seen[is] {
			seen[is] = true
			out = append(out, r)
		}
	}
	t.Routes = out
}

// SubnetOf is the subnet that an endpoint holds a block in; -1 where no answer describes it.
func (n *Network) SubnetOf(b EndpointBlock) int32 {
	if r, ok := n.byID[b.SubnetID]; ok && r.Kind == KindSubnet {
		return r.Index
	}
	return -1
}

// Main says whether the table's record shows it as a main table.
func (t *RouteTable) Main() bool {
	return slices.ContainsFunc(t.Record.Associations, func(a snapshot.RouteTableAssociation) bool { return a.Main && associated(a.AssociationState.State) })
}
