package explain

import (
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// States of components, and packets that arrive where they should not.
func init() {
	register(solver.BadState, solver.ReasonNone, badStateText, badStateFix)
	register(solver.BadState, solver.ReasonNoAddress, noAddressText, noAddressFix)
	register(solver.BadStateAttachment, solver.ReasonNone, badAttachmentText, badAttachmentFix)
	register(solver.BadStateAttachment, solver.ReasonUnattached, unattachedText, unattachedFix)
	register(solver.BadStateAttachment, solver.ReasonTrunk, trunkText, trunkFix)
	register(solver.BadStateAttachment, solver.ReasonOtherVPC, foreignText, foreignFix)
	register(solver.SourceDestCheck, solver.ReasonNone, sourceCheckText, sourceCheckFix)
	register(solver.NoPossibleDestination, solver.ReasonNone, nowhereText, unfixable("ask for a destination that the component can deliver to"))
	register(solver.NoPossibleDestination, solver.ReasonElsewhere, elsewhereText, elsewhereFix)
	register(solver.NoPossibleDestination, solver.ReasonNoOwner, noOwnerText, noOwnerFix)
	register(solver.NoPossibleDestination, solver.ReasonNoGateway, noGatewayText, noGatewayFix)
	register(solver.NoPossibleDestination, solver.ReasonNATInitiation, initiationText,
		unfixable("nothing can start a connection to a NAT gateway: ask for the interface behind it, over a path that does not pass it"))
	register(solver.NoPossibleDestination, solver.ReasonOtherGateway, wrongGatewayText,
		unfixable("ask for the gateway that the path takes, or for internet"))
	register(solver.NoPossibleDestination, solver.ReasonNotInternet, notInternetText, unfixable("the IPv6 internet is 2000::/3: use an address of it"))
	register(solver.NoPossibleDestination, solver.ReasonNotNAT64, notNAT64Text,
		unfixable("a NAT gateway takes IPv6 only to 64:ff9b::/96, where the last 32 bits are the IPv4 address: ask for that, or route IPv6 to an internet or egress-only internet gateway"))
	register(solver.NoPossibleDestination, solver.ReasonOtherFamily, otherFamilyText, otherFamilyFix)
	register(solver.NoPossibleDestination, solver.ReasonEndpointEgressOnly, endpointEgressOnlyText,
		unfixable("AWS drops what a Gateway Load Balancer endpoint sends to an egress-only internet gateway: route it to an internet gateway"))
	register(solver.NoRouteToDestination, solver.ReasonLoop, loopText, loopFix)
	register(solver.NoRouteToDestination, solver.ReasonOtherGateway, replyGatewayText, replyGatewayFix)
	register(solver.NoRouteToDestination, solver.ReasonNATReply, natReplyText, replyGatewayFix)
	register(solver.NoPath, solver.ReasonNone, noPathText, unfixable("no path of any kind leads from FROM to TO"))
	register(solver.NoPath, solver.ReasonNoFamily, noFamilyText, noFamilyFix)
	for _, c := range []solver.Code{solver.NoPath, solver.UnassociatedComponent} {
		register(c, solver.ReasonNothingAttached, nothingAttachedText, unfixable("attach something to the gateway, or ask from what is attached to another"))
	}
	register(solver.UnassociatedComponent, solver.ReasonNone, unassociatedText, unfixable("ask for something that takes part in a network"))
	register(solver.UnassociatedComponent, solver.ReasonNoFamily, unassociatedText, noFamilyFix)
}

func badStateText(s *scene) string {
	return s.kindOf(s.b.At) + " " + s.called(s.b.At) + " is in state " + Printable(s.b.State)
}

// kindOf is the kind of a component as a person says it.
func (v *view) kindOf(r model.Ref) string {
	switch r.Kind {
	case model.KindNATGateway:
		return "NAT gateway"
	case model.KindPeering:
		return "peering connection"
	case model.KindVPC:
		return "VPC"
	case model.KindInternetGateway:
		return "internet gateway"
	case model.KindEgressOnlyGateway:
		return "egress-only internet gateway"
	case model.KindCarrierGateway:
		return "carrier gateway"
	case model.KindVPNGateway:
		return "virtual private gateway"
	case model.KindVPNConnection:
		return "VPN connection"
	case model.KindDirectConnectGateway:
		return "Direct Connect gateway"
	case model.KindVirtualInterface:
		return "virtual interface"
	case model.KindInterface:
		return "network interface"
	case model.KindVPCEndpoint:
		return "VPC endpoint"
	case model.KindInstanceConnectEndpoint:
		return "EC2 Instance Connect Endpoint"
	case model.KindTransitGateway:
		return "transit gateway"
	case model.KindTransitAttachment:
		return "transit gateway attachment"
	case model.KindTransitRouteTable:
		return "transit gateway route table"
	case model.KindTransitPolicyTable:
		return "transit gateway policy table"
	case model.KindCoreNetwork:
		return "core network"
	case model.KindCoreAttachment:
		return "core network attachment"
	case model.KindCoreTable:
		return "segment of a core network"
	}
	return r.Kind.String()
}

// gone are states that nothing comes back from; passing ones end by themselves.
var (
	gone    = []string{"terminated", "shutting-down", "deleted", "deleting", "failed", "rejected", "expired"}
	passing = []string{"pending", "Pending", "provisioning", "initiating-request", "attaching", "modifying", "create-in-progress", "CREATING"}
)

func badStateFix(s *scene) Fix {
	at := s.called(s.b.At)
	switch {
	case slices.Contains(passing, s.b.State):
		return Fix{Unfixable: "wait until " + at + " is ready, and take the snapshot again"}
	case s.b.At.Kind == model.KindInstance && !slices.Contains(gone, s.b.State):
		return Fix{Unfixable: "nothing runs there: start " + at + " first"}
	case s.b.At.Kind == model.KindPeering && s.b.State == "pending-acceptance":
		return change(AcceptPeering, s.b.At, "accept "+at+", in the account that owns the accepter's VPC")
	case s.b.At.Kind == model.KindPeering:
		return Fix{Unfixable: at + " does not come back: create a new peering connection and route to it"}
	case s.b.At.Kind == model.KindVPCEndpoint && strings.EqualFold(s.b.State, "pendingAcceptance"):
		return change(AcceptEndpoint, s.b.At, "accept the connection of "+at+", in the account that owns the endpoint service")
	case s.b.At.Kind == model.KindVPCEndpoint || s.b.At.Kind == model.KindInstanceConnectEndpoint:
		return Fix{Unfixable: at + " does not come back: create a new endpoint"}
	case s.b.At.Kind == model.KindDirectConnectGateway || s.b.At.Kind == model.KindVirtualInterface:
		return Fix{Unfixable: "no change of the network's configuration brings up a line: see to the virtual interfaces of " + at + " and their BGP sessions first, and take the snapshot again"}
	case s.b.At.Kind == model.KindNATGateway:
		return Fix{Unfixable: at + " does not come back: create a new NAT gateway and route to it"}
	}
	return Fix{Unfixable: s.kindOf(s.b.At) + " " + at + " does not come back from that state"}
}

func noAddressText(s *scene) string {
	return "NAT gateway " + s.called(s.b.At) + " has no address that works"
}

func noAddressFix(s *scene) Fix {
	return Fix{Unfixable: "AWS chooses the address from which a NAT gateway sends: give " + s.called(s.b.At) + " one, and take the snapshot again"}
}

func badAttachmentText(s *scene) string {
	if s.b.At.Kind == model.KindTransitGateway {
		return s.vpcOf(s.b.VPC) + " is not attached to transit gateway " + s.called(s.b.At)
	}
	if s.b.At.Kind == model.KindTransitAttachment {
		return "transit gateway attachment " + s.called(s.b.At) + " is in state " + Printable(s.b.State)
	}
	if s.b.At.Kind == model.KindCoreAttachment {
		return "core network attachment " + s.called(s.b.At) + " is in state " + Printable(s.b.State)
	}
	if s.edgeGateway() {
		return s.kindOf(s.b.At) + " " + s.called(s.b.At) + " is not attached to " + s.vpcOf(s.b.VPC) + " (state " + Printable(s.b.State) + ")"
	}
	if s.b.At.Kind == model.KindDirectConnectGateway {
		return "the association of " + s.called(s.b.At) + " with " + s.called(s.b.Target) + " is in state " + Printable(s.b.State)
	}
	return "the attachment of " + s.called(s.b.At) + " is in state " + Printable(s.b.State)
}

func badAttachmentFix(s *scene) Fix {
	at := s.called(s.b.At)
	switch {
	case s.b.At.Kind == model.KindTransitGateway:
		return Fix{Unfixable: "attach " + s.vpcOf(s.b.VPC) + " to " + at + " first, with a subnet in each zone that sends"}
	case s.b.At.Kind == model.KindTransitAttachment && s.b.State == "pendingAcceptance":
		return Fix{Unfixable: "accept " + at + " first, in the account that owns the transit gateway"}
	case s.b.At.Kind == model.KindTransitAttachment && !slices.Contains(passing, s.b.State):
		return Fix{Unfixable: at + " does not come back: attach again, and route to that"}
	case s.b.At.Kind == model.KindCoreAttachment && s.b.State == "PENDING_ATTACHMENT_ACCEPTANCE":
		return Fix{Unfixable: "accept " + at + " first, in the account that owns the core network"}
	case s.b.At.Kind == model.KindCoreAttachment && !slices.Contains(passing, s.b.State):
		return Fix{Unfixable: at + " does not come back: attach again, and route to that"}
	case slices.Contains(passing, s.b.State):
		return Fix{Unfixable: "wait until " + at + " is attached, and take the snapshot again"}
	case s.b.At.Kind == model.KindDirectConnectGateway:
		return Fix{Unfixable: "associate " + at + " with " + s.called(s.b.Target) + " first, and take the snapshot again"}
	case s.edgeGateway():
		if text := s.attachedElsewhere(); text != "" {
			return Fix{Unfixable: text}
		}
		if s.b.At.Kind == model.KindVPNGateway {
			return Fix{Unfixable: "attach " + at + " to " + s.vpcOf(s.b.VPC) + " first, and take the snapshot again: what it knows then is not in this one"}
		}
		if s.b.At.Kind != model.KindInternetGateway { // AWS attaches these when they are made
			return Fix{Unfixable: at + " cannot be attached again: create one in " + s.vpcOf(s.b.VPC) + " and route to it"}
		}
		f := change(AttachGateway, s.b.At, "attach "+at+" to "+s.vpcOf(s.b.VPC))
		f.VPC = s.b.VPC
		return f
	}
	return s.attachFirst(s.b.At)
}

// attachFirst is for interfaces with nothing behind them: what they serve is not the network's to decide.
func (s *scene) attachFirst(iface model.Ref) Fix {
	return Fix{Unfixable: "nothing is behind " + s.called(iface) + ": attach it to an instance first"}
}

// edgeGateway says whether the blocker is at a gateway that belongs to a VPC and leads out of it.
func (s *scene) edgeGateway() bool {
	switch s.b.At.Kind {
	case model.KindInternetGateway, model.KindEgressOnlyGateway, model.KindCarrierGateway, model.KindVPNGateway:
		return true
	}
	return false
}

// attachedElsewhere says where a gateway that is asked to serve one VPC stands: it can be attached to one only.
func (s *scene) attachedElsewhere() string {
	for _, id := range s.n.GatewayVPCs(s.b.At) {
		if id != s.n.ID(s.b.VPC) && id != "" {
			return s.called(s.b.At) + " is attached to " + Printable(id) + ": route to the " + s.kindOf(s.b.At) + " of " + s.vpcOf(s.b.VPC)
		}
	}
	return ""
}

func unattachedText(s *scene) string {
	return "network interface " + s.called(s.b.At) + " is attached to nothing, so nothing sends or answers there"
}

func trunkText(s *scene) string {
	return "branch interface " + s.called(s.b.At) + " hangs on " + s.called(s.b.Target) + ", a trunk that is not attached (state " + Printable(s.b.State) + ")"
}

func trunkFix(s *scene) Fix {
	if slices.Contains(passing, s.b.State) {
		return Fix{Unfixable: "wait until " + s.called(s.b.Target) + " is attached, and take the snapshot again"}
	}
	return s.attachFirst(s.b.Target)
}

func unattachedFix(s *scene) Fix {
	return s.attachFirst(s.b.At)
}

func foreignText(s *scene) string {
	if s.b.At.Kind == model.KindVPCEndpoint {
		return "VPC endpoint " + s.called(s.b.At) + " does not serve " + s.vpcOf(s.b.VPC)
	}
	return "peering connection " + s.called(s.b.At) + " does not join " + s.vpcOf(s.b.VPC)
}

func foreignFix(s *scene) Fix {
	if s.b.At.Kind == model.KindVPCEndpoint {
		return Fix{Unfixable: "a gateway endpoint serves its own VPC only: " + s.vpcOf(s.b.VPC) + " needs one of its own"}
	}
	return Fix{Unfixable: "a peering connection serves its own two VPCs only: route to one that has this VPC on a side"}
}

func sourceCheckText(s *scene) string {
	if !s.b.Egress {
		return s.called(s.b.At) + " takes only what is addressed to itself (source/destination check), not " + s.refused()
	}
	return s.called(s.b.At) + " may send only from its own addresses (source/destination check), and " +
		s.addresses(s.p.SourceAddresses(s.b.Packets)) + " is none of them"
}

func sourceCheckFix(s *scene) Fix {
	if e := s.iface(s.b.At); e != nil && !e.SourceDestCheck() { // ENI-5
		return Fix{Unfixable: "a service's own interface sends only its own packets, whatever the check says: send from one of its addresses"}
	}
	if slices.Contains(s.r.Query.From.Interfaces, s.b.At.Index) && s.answered() {
		return Fix{Unfixable: "a reply to " + s.addresses(s.p.SourceAddresses(s.b.Packets)) + " would not come back to " + s.called(s.b.At) + ": send from one of its own addresses"}
	}
	return change(DisableSourceDest, s.b.At, "turn off the source/destination check of "+s.called(s.b.At)+" if it forwards for others; otherwise send from one of its own addresses")
}

// answered says whether the refused packets have a reply that is judged (D-5).
func (s *scene) answered() bool {
	if s.r.Query.Reading == solver.AWS && s.b.Witness.Protocol == packet.UDP {
		return false
	}
	return !s.p.Reply(s.p.OfPacket(s.b.Witness)).IsEmpty()
}

func nowhereText(s *scene) string {
	return s.called(s.b.At) + " can deliver " + s.refused() + " nowhere"
}

func elsewhereText(s *scene) string {
	if s.b.Leg == solver.Return {
		return "the reply to " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " goes to " + s.called(s.b.At) + ", which did not send the request"
	}
	return s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " belongs to " + s.called(s.b.At) + ", which is not TO"
}

func elsewhereFix(s *scene) Fix {
	if s.b.Leg == solver.Return {
		return Fix{Unfixable: "replies go to the owner of an address: send from an address of FROM itself"}
	}
	return Fix{Unfixable: "ask for " + s.called(s.b.At) + " as TO, or for an address that TO has"}
}

func noOwnerText(s *scene) string {
	where := "of " + s.called(s.b.At)
	if s.b.At.Kind == model.KindInternet {
		where = "that the internet can reach"
	}
	return "no interface " + where + " has " + s.addresses(s.p.DestinationAddresses(s.b.Packets))
}

func noOwnerFix(s *scene) Fix {
	if s.b.Leg == solver.Return {
		return elsewhereFix(s)
	}
	return Fix{Unfixable: "there is nothing at that address: ask for one that an interface has"}
}

func noGatewayText(s *scene) string { return s.called(s.b.At) + " has no internet gateway" }

func noGatewayFix(s *scene) Fix {
	return Fix{Unfixable: "create an internet gateway and attach it to " + s.called(s.b.At) + ", with a route to it in the table of the subnet"}
}

func initiationText(s *scene) string {
	return s.called(s.b.At) + " is the interface of a NAT gateway, which takes replies only"
}

func wrongGatewayText(s *scene) string {
	return "the path leaves by " + s.called(s.b.At) + ", not by the gateway that was asked for"
}

func notInternetText(s *scene) string {
	if s.b.Egress {
		return s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " is no IPv6 address of the internet"
	}
	return s.addresses(s.p.SourceAddresses(s.b.Packets)) + " is no IPv6 address of the internet"
}

func notNAT64Text(s *scene) string {
	return "NAT gateway " + s.called(s.b.At) + " takes IPv6 only to 64:ff9b::/96, and " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " is not in it"
}

func otherFamilyText(s *scene) string {
	return s.called(s.b.At) + " carries " + s.carried() + " only"
}

// carried is the family that a gateway carries.
func (s *scene) carried() string {
	switch s.b.At.Kind {
	case model.KindCarrierGateway, model.KindVPNGateway:
		return "IPv4"
	case model.KindVPNConnection:
		if !s.n.VPNConnections[s.b.At.Index].CarriesIPv6() {
			return "IPv4"
		}
	}
	return "IPv6"
}

func otherFamilyFix(s *scene) Fix {
	return Fix{Unfixable: "ask with " + s.carried() + " addresses, or route the packets to a gateway that carries them"}
}

func endpointEgressOnlyText(s *scene) string {
	return s.called(s.b.At) + " drops what comes straight from a Gateway Load Balancer endpoint"
}

func loopText(s *scene) string {
	if s.b.At.Kind != model.KindNATGateway {
		return "what has passed " + s.called(s.b.At) + " is routed back to it"
	}
	if s.b.At.Kind == model.KindNATGateway && s.n.NATGateways[s.b.At.Index].Subnet < 0 {
		return "the route table of " + s.called(s.b.At) + " sends its packets back to it"
	}
	return "the route table of the subnet of " + s.called(s.b.At) + " sends its packets back to it"
}

// loopFix names the table of the NAT gateway's own subnet, which is the one that is wrong.
func loopFix(s *scene) Fix {
	if e := s.iface(s.b.At); e != nil || s.b.At.Kind == model.KindVPCEndpoint {
		return Fix{Unfixable: "let the route tables behind " + s.called(s.b.At) + " lead on to the destination, and not back to it"}
	}
	if s.b.At.Kind == model.KindNATGateway {
		if t, m := s.n.NATTable(s.b.At.Index); m == nil && t >= 0 {
			table := s.called(model.Ref{Kind: model.KindRouteTable, Index: t})
			if s.n.NATGateways[s.b.At.Index].Subnet < 0 {
				return Fix{Unfixable: "let " + table + ", the table of " + s.called(s.b.At) + ", lead to an internet gateway instead"}
			}
			return Fix{Unfixable: "the subnet of " + s.called(s.b.At) + " must not use " + table + ", which leads back to it: give it a table of its own that leads to an internet gateway"}
		}
	}
	return Fix{Unfixable: "give the subnet of " + s.called(s.b.At) + " a route table that leads elsewhere"}
}

func replyGatewayText(s *scene) string {
	return "the reply would leave by " + s.called(s.b.At) + ", but the request came in by another gateway"
}

func natReplyText(s *scene) string {
	return "the reply is routed to " + s.called(s.b.At) + ", which knows nothing of the request, because it did not come that way"
}

// replyGatewayFix is for replies that no route can lead back, because where one could, that is a blocker of the table (RET-4, RET-5).
func replyGatewayFix(*scene) Fix {
	return Fix{Unfixable: "replies must leave by the gateway that the request came in by, and no route of the subnet leads there"}
}

func noPathText(s *scene) string { return "no path leads from FROM to TO" }

func nothingAttachedText(s *scene) string {
	return "nothing is attached to " + s.called(s.b.At) + " that traffic could come in by"
}

func noFamilyText(s *scene) string {
	return "FROM and TO have no addresses of one family (IPv4 or IPv6) in common that the question allows"
}

func noFamilyFix(s *scene) Fix {
	if s.iface(s.b.At) == nil {
		return Fix{Unfixable: "give both ends an address of the same family, or ask with addresses that they have"}
	}
	return Fix{Unfixable: "give " + s.called(s.b.At) + " an address of the other end's family, or ask with addresses that it has"}
}

func unassociatedText(s *scene) string {
	return s.called(s.b.At) + " has no IPv4 address that takes part in the question, and AWS's analyzer knows IPv4 only"
}
