package model

import (
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// DirectConnectGateway is a Direct Connect gateway, or the mere name of one.
type DirectConnectGateway struct {
	record
	ID                string
	Record            *snapshot.DirectConnectGateway // nil where not known
	VirtualInterfaces []int32
	Associations      []int32 // into Network.DirectConnectAssociations
}

// VirtualInterface is a virtual interface of Direct Connect, or the mere name of one.
type VirtualInterface struct {
	record
	ID     string
	Record *snapshot.VirtualInterface // nil where not known
}

// DirectConnectAssociation joins a Direct Connect gateway to a virtual private or transit gateway.
type DirectConnectAssociation struct {
	record
	Record  *snapshot.DirectConnectAssociation
	Gateway int32  // the Direct Connect gateway
	To      string // id of what it leads to
}

func init() {
	identifiers[KindDirectConnectGateway] = func(n *Network, i int32) string { return n.DirectConnectGateways[i].ID }
	describers[KindDirectConnectGateway] = func(n *Network, i int32) Resource {
		g := &n.DirectConnectGateways[i]
		r := Resource{Type: KindDirectConnectGateway.String(), ID: g.ID}
		if g.Record != nil { // global: of no Region
			r.Name, r.Account = g.Record.DirectConnectGatewayName, g.Record.OwnerAccount
		}
		return r
	}
	identifiers[KindVirtualInterface] = func(n *Network, i int32) string { return n.VirtualInterfaces[i].ID }
	describers[KindVirtualInterface] = func(n *Network, i int32) Resource {
		v := &n.VirtualInterfaces[i]
		if v.Record == nil {
			return Resource{Type: KindVirtualInterface.String(), ID: v.ID}
		}
		r := resourceOf(KindVirtualInterface, v.ID, v.Record.OwnerAccount, v.part, nil)
		r.ARN, r.Name = "", v.Record.VirtualInterfaceName
		return r
	}
}

func (b *builder) directConnect() {
	s := b.n.Snapshot
	for _, m := range s.DirectConnectGateways() {
		g := &b.n.DirectConnectGateways[b.directConnectGateway(m.Record.DirectConnectGatewayId, m.Part)]
		g.Record, g.record = m.Record, record{m.Part, true, m.Conflict}
	}
	for _, m := range s.VirtualInterfaces() {
		i := b.virtualInterface(m.Record.VirtualInterfaceId, m.Part)
		v := &b.n.VirtualInterfaces[i]
		v.Record, v.record = m.Record, record{m.Part, true, m.Conflict}
		switch {
		case m.Record.DirectConnectGatewayId != "":
			b.hangOn(b.directConnectGateway(m.Record.DirectConnectGatewayId, m.Part), i)
		case m.Record.VirtualGatewayId != "":
			g := &b.n.VPNGateways[b.vpnGateway(m.Record.VirtualGatewayId, m.Part)]
			g.VirtualInterfaces = append(g.VirtualInterfaces, i)
		}
	}
	for _, m := range s.DirectConnectAttachments() {
		if m.Record.VirtualInterfaceId != "" && m.Record.AttachmentState != "detached" {
			b.hangOn(b.directConnectGateway(m.Record.DirectConnectGatewayId, m.Part), b.virtualInterface(m.Record.VirtualInterfaceId, m.Part))
		}
	}
	for _, m := range s.DirectConnectAssociations() {
		b.association(m)
	}
}

// hangOn notes that a virtual interface leads to a Direct Connect gateway.
func (b *builder) hangOn(gateway, iface int32) {
	g := &b.n.DirectConnectGateways[gateway]
	if !slices.Contains(g.VirtualInterfaces, iface) {
		g.VirtualInterfaces = append(g.VirtualInterfaces, iface)
	}
}

func (b *builder) association(m snapshot.Merged[snapshot.DirectConnectAssociation]) {
	a := DirectConnectAssociation{record: record{m.Part, true, m.Conflict}, Record: m.Record, To: m.Record.GatewayID(),
		Gateway: b.directConnectGateway(m.Record.DirectConnectGatewayId, m.Part)}
	i := int32(len(b.n.DirectConnectAssociations))
	b.n.DirectConnectAssociations = append(b.n.DirectConnectAssociations, a)
	b.n.DirectConnectGateways[a.Gateway].Associations = append(b.n.DirectConnectGateways[a.Gateway].Associations, i)
	if strings.HasPrefix(a.To, "vgw-") {
		g := &b.n.VPNGateways[b.vpnGateway(a.To, m.Part)]
		g.Associations = append(g.Associations, i)
	}
}

// directConnectGateway returns the gateway of that id, naming it if no record did.
func (b *builder) directConnectGateway(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindDirectConnectGateway, id); ok {
		return i
	}
	i := b.add(KindDirectConnectGateway, id, len(b.n.DirectConnectGateways))
	b.n.DirectConnectGateways = append(b.n.DirectConnectGateways, DirectConnectGateway{record: record{part: part}, ID: id})
	return i
}

// virtualInterface returns the virtual interface of that id, naming it if no record did.
func (b *builder) virtualInterface(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindVirtualInterface, id); ok {
		return i
	}
	i := b.add(KindVirtualInterface, id, len(b.n.VirtualInterfaces))
	b.n.VirtualInterfaces = append(b.n.VirtualInterfaces, VirtualInterface{record: record{part: part}, ID: id})
	return i
}

// Missing says what is missing where the gateway's record cannot be used.
func (g *DirectConnectGateway) Missing() *Missing {
	return g.missing(snapshot.DescribeDirectConnectGateways, g.ID)
}

// AssociationMissing describes an association of the gateway that no answer holds.
func (g *DirectConnectGateway) AssociationMissing(with string) *Missing {
	return missingObject(g.part, snapshot.DescribeDirectConnectAssociations, g.ID, "association of "+g.ID+" with "+with)
}

// Works says whether the gateway is in a usable state; without a record it is taken to be, because absent means working.
func (g *DirectConnectGateway) Works() bool {
	return g.Record == nil || g.Record.DirectConnectGatewayState == "" || g.Record.DirectConnectGatewayState == "available"
}

// Missing says what is missing where the virtual interface's record cannot be used.
func (v *VirtualInterface) Missing() *Missing {
	return v.missing(snapshot.DescribeVirtualInterfaces, v.ID)
}

// Works says whether a BGP peer of the family is up on the interface (DX-1, D-236), and otherwise which state counts.
func (v *VirtualInterface) Works(ipv6 bool) (ok bool, state string) {
	if s := v.Record.VirtualInterfaceState; s != "" && s != "available" {
		return false, s
	}
	if v.Record.BgpPeers == nil {
		return true, ""
	}
	family := "ipv4"
	if ipv6 {
		family = "ipv6"
	}
	state = "no BGP peer"
	for _, p := range v.Record.BgpPeers {
		if p.AddressFamily != "" && p.AddressFamily != family {
			continue
		}
		if (p.BgpStatus == "" || p.BgpStatus == "up") && !slices.Contains([]string{"deleting", "deleted"}, p.BgpPeerState) {
			return true, ""
		}
		state = "BGP " + p.BgpStatus
	}
	return false, state
}

// Missing says what is missing where copies of the association disagree.
func (a *DirectConnectAssociation) Missing() *Missing {
	return a.missing(snapshot.DescribeDirectConnectAssociations, "association of "+a.Record.DirectConnectGatewayId+" with "+a.To)
}

// Works says whether the association carries traffic (DX-9, D-236), and otherwise its state.
func (a *DirectConnectAssociation) Works() (ok bool, state string) {
	s := a.Record.AssociationState
	return s == "" || s == "associated" || s == "updating", s
}

// Line says whether a Direct Connect gateway has a virtual interface of a type that works for a family (DX-1). Where it has none that is known
// to, missing says why that is not certain, or is nil and state is that of one that does not work.
func (n *Network) Line(gateway int32, kind string, ipv6 bool) (works bool, state string, missing *Missing) {
	g := &n.DirectConnectGateways[gateway]
	state = "no virtual interface"
	for _, i := range g.VirtualInterfaces {
		v := &n.VirtualInterfaces[i]
		if m := v.Missing(); m != nil {
			missing = m
			continue
		}
		if t := v.Record.VirtualInterfaceType; t != "" && t != kind {
			continue
		}
		if works, state = v.Works(ipv6); works {
			return true, "", nil
		}
	}
	if missing == nil && !n.asked(snapshot.DescribeDirectConnectAttachments, g.ID) {
		missing = missingObject(g.part, snapshot.DescribeDirectConnectAttachments, g.ID, "virtual interfaces of "+g.ID)
	}
	return false, state, missing
}

// UnreadDirectConnect says what is missing where Direct Connect may lead to a virtual private gateway without the answers telling; nil where all
// that does is known.
func (n *Network) UnreadDirectConnect(gateway int32) *Missing {
	g := &n.VPNGateways[gateway]
	if m := n.unreadAtGateway(gateway, snapshot.DescribeVirtualInterfaces, "virtual interfaces to "); m != nil {
		return m
	}
	if !n.asked(snapshot.DescribeDirectConnectAssociations, g.ID) {
		return missingObject(g.part, snapshot.DescribeDirectConnectAssociations, g.ID, "Direct Connect gateways of "+g.ID)
	}
	return nil
}

// asked says whether a call about one object was answered in full in some part.
func (n *Network) asked(op snapshot.Operation, object string) bool {
	return slices.ContainsFunc(n.Snapshot.Parts, func(p *snapshot.Part) bool { return p.Object(op, object).State == snapshot.Complete })
}

// UnreadAssociations says what is missing where a Direct Connect gateway may lead to gateways that no answer tells of; nil where all are known.
func (n *Network) UnreadAssociations(gateway int32) *Missing {
	g := &n.DirectConnectGateways[gateway]
	if n.asked(snapshot.DescribeDirectConnectAssociations, g.ID) {
		return nil
	}
	return missingObject(g.part, snapshot.DescribeDirectConnectAssociations, g.ID, "gateways that "+g.ID+" leads to")
}
