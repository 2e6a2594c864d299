package explain

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

const (
	toPrivate = "an internet gateway never carries private addresses: these packets need a route over a peering or another private connection"
	spoofing  = "a gateway serves addresses of the VPC's interfaces only: send from one of them"
	oneHop    = "a peering connection carries only what goes from one of its VPCs to the other: this needs a peering, or another connection, between the two ends themselves"
)

func init() {
	register(solver.InternetNoPublicForEgress, solver.ReasonNone, noPublicText, noPublicFix)
	register(solver.InternetNoPublicForEgress, solver.ReasonNotLive, notLiveText, attachOwnerFix)
	register(solver.InternetNoPublicForEgress, solver.ReasonDenyAllIGW, denyAllText, unfixable(denyAllWhy))
	register(solver.InternetNoPublicForEgress, solver.ReasonPrivateIPv6, privateIPv6Text, privateIPv6Fix)
	register(solver.InternetNoPrivateForIngress, solver.ReasonNone, noPrivateText, noPrivateFix)
	register(solver.InternetNoPrivateForIngress, solver.ReasonNotLive, notLiveText, attachOwnerFix)
	register(solver.InternetNoPrivateForIngress, solver.ReasonOtherVPC, otherGatewayVPCText, otherGatewayVPCFix)
	register(solver.InternetNoPrivateForIngress, solver.ReasonDenyAllIGW, denyAllText, unfixable(denyAllWhy))
	register(solver.InternetNoPrivateForIngress, solver.ReasonPrivateIPv6, privateIPv6Text, privateIPv6Fix)
	register(solver.InternetDestinationRFC1918, solver.ReasonNone, privateText("a private address (RFC 1918)"), unfixable(toPrivate))
	register(solver.InternetDestinationRFC6598, solver.ReasonNone, privateText("an address of the shared space 100.64.0.0/10 (RFC 6598)"), unfixable(toPrivate))
	register(solver.InternetSourceRFC1918, solver.ReasonNone, privateText("a private address (RFC 1918)"), unfixable(toPrivate))
	register(solver.InternetSourceRFC6598, solver.ReasonNone, privateText("an address of the shared space 100.64.0.0/10 (RFC 6598)"), unfixable(toPrivate))
	register(solver.InternetReflection, solver.ReasonNone, reflectionText,
		unfixable("AWS's analyzer does not join the two legs: ask FROM to internet and internet to TO, or use --reading strict, which follows the packet out and in again"))
	register(solver.NATRequiresSourceInVPC, solver.ReasonNone, foreignNATText,
		unfixable("a NAT gateway serves its own VPC only: the sender's VPC needs one of its own, with a route to it"))
	register(solver.RegionalNATZone, solver.ReasonNone, regionalZoneText, regionalZoneFix)
	register(solver.RejectsSpoofed, solver.ReasonNone, spoofedText, unfixable(spoofing))
	register(solver.ProtocolRestriction, solver.ReasonNone, carriesText, carriesFix)
	register(solver.PeeringRequiresAddress, solver.ReasonNone, peeringText, unfixable(oneHop))
}

// owner is the interface of the blocker's VPC that has an address.
func (s *scene) owner(egress bool) model.Ref {
	a := s.b.Witness.Destination
	if egress {
		a = s.b.Witness.Source
	}
	if s.b.VPC.Kind == model.KindVPC && s.b.VPC.Index >= 0 {
		if list := s.n.OwnersOf(s.b.VPC.Index, a); len(list) > 0 {
			return model.Ref{Kind: model.KindInterface, Index: list[0]}
		}
	}
	if list := s.n.PublicOwners(a); len(list) > 0 && list[0].Interface >= 0 {
		return model.Ref{Kind: model.KindInterface, Index: list[0].Interface}
	}
	return model.Ref{}
}

// owned is an address with the interface that has it: "10.0.1.5 of eni-web (web)".
func (s *scene) owned(egress bool) string {
	addresses := s.p.DestinationAddresses(s.b.Packets)
	if egress {
		addresses = s.p.SourceAddresses(s.b.Packets)
	}
	text := s.addresses(addresses)
	if o := s.owner(egress); !o.IsZero() {
		text += " of " + s.called(o)
	}
	return text
}

// deniesAll says whether the service that owns the interface wants no internet gateway to serve it (ENI-9).
func (s *scene) deniesAll(o model.Ref) bool {
	e := s.iface(o)
	return e != nil && e.Record != nil && e.Record.DenyAllIgwTraffic
}

func noPublicText(s *scene) string {
	if s.deniesAll(s.owner(true)) {
		return denyAllText(s)
	}
	text := s.owned(true) + " has no public address that " + s.called(s.b.At) + " could send it from"
	if s.b.At.Kind == model.KindCarrierGateway {
		text = s.owned(true) + " has no carrier address that " + s.called(s.b.At) + " could send it from"
	}
	if s.b.Witness.Source.Is6() {
		text = s.owned(true) + " is not a public IPv6 address, so " + s.called(s.b.At) + " does not send it"
	}
	if s.owner(true).IsZero() {
		text += ": no interface of " + s.vpcOf(s.b.VPC) + " has it"
	}
	return text
}

func noPublicFix(s *scene) Fix {
	o := s.owner(true)
	switch {
	case o.IsZero():
		return Fix{Unfixable: spoofing}
	case s.deniesAll(o):
		return Fix{Unfixable: denyAllWhy}
	}
	if s.b.At.Kind == model.KindCarrierGateway {
		if s.n.Interfaces[o.Index].NAT >= 0 {
			return Fix{Unfixable: "NAT gateways have no carrier address: send from an interface that has one"}
		}
		if !s.n.Interfaces[o.Index].LiveForGateways() { // ENI-6
			return s.attachFirst(o)
		}
		f := change(AssociateCarrier, o, "associate an Elastic IP address of the Wavelength Zone's carrier group with "+s.b.Witness.Source.String()+" of "+s.called(o))
		f.Address = s.b.Witness.Source
		return f
	}
	if nat := s.n.Interfaces[o.Index].NAT; nat >= 0 {
		ref := model.Ref{Kind: model.KindNATGateway, Index: nat}
		return Fix{Unfixable: "a private NAT gateway has no way to the internet: put a public NAT gateway in the place of " + s.called(ref)}
	}
	return s.publicFix(o, s.b.Witness.Source, ", or route it to a public NAT gateway")
}

// publicFix gives an address of an interface what the internet knows it by.
func (s *scene) publicFix(o model.Ref, private netip.Addr, or string) Fix {
	if !s.n.Interfaces[o.Index].LiveForGateways() { // ENI-6: it would count for nothing
		return s.attachFirst(o)
	}
	if private.Is6() {
		return s.sixFix(o, private)
	}
	f := change(AssociateAddress, o, "associate an Elastic IP address with "+private.String()+" of "+s.called(o)+or)
	f.Address = private
	return f
}

// sixFix gives the interface another IPv6 address, which the packets then use: one of a public block of its subnet.
func (s *scene) sixFix(o model.Ref, old netip.Addr) Fix {
	e := &s.n.Interfaces[o.Index]
	if e.Subnet < 0 || !slices.ContainsFunc(s.n.Subnets[e.Subnet].Blocks, func(b netip.Prefix) bool {
		return b.Addr().Is6() && s.n.PublicIPv6(e.VPC, e.Subnet, b.Addr())
	}) {
		return Fix{Unfixable: "the subnet of " + s.called(o) + " has no public IPv6 block: associate one, and assign the interface an address of it"}
	}
	f := change(AssignIPv6, o, "assign "+s.called(o)+" an IPv6 address from a public block of its subnet, and use it in the place of "+old.String())
	f.Address = old
	return f
}

func notLiveText(s *scene) string {
	egress := s.b.Code == solver.InternetNoPublicForEgress
	return s.owned(egress) + " counts for nothing at " + s.called(s.b.At) + " while the interface is not attached"
}

func attachOwnerFix(s *scene) Fix {
	o := s.owner(s.b.Code == solver.InternetNoPublicForEgress)
	return s.attachFirst(o)
}

const denyAllWhy = "the service that owns the interface has set DenyAllIgwTraffic: internet gateways serve it in no direction"

func denyAllText(s *scene) string {
	return s.owned(s.b.Code == solver.InternetNoPublicForEgress) + " is refused by " + s.called(s.b.At) + ": its interface denies all internet gateway traffic"
}

func privateIPv6Text(s *scene) string {
	return s.owned(s.b.Code == solver.InternetNoPublicForEgress) + " is a private IPv6 address, which " + s.called(s.b.At) + " does not carry"
}

func privateIPv6Fix(s *scene) Fix {
	egress := s.b.Code == solver.InternetNoPublicForEgress
	if egress {
		return s.sixFix(s.owner(egress), s.b.Witness.Source)
	}
	return s.sixFix(s.owner(egress), s.b.Witness.Destination)
}

func noPrivateText(s *scene) string {
	o := s.owner(false)
	if o.IsZero() {
		return s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " is no public address of an interface of " + s.vpcOf(s.b.VPC)
	}
	if s.deniesAll(o) {
		return denyAllText(s)
	}
	text := s.called(o) + " has no public address by which " + s.called(s.b.At) + " could reach " + s.b.Witness.Destination.String()
	if public := s.publicOf(o, s.b.Witness.Destination); public.IsValid() {
		text = s.called(s.b.At) + " knows " + s.b.Witness.Destination.String() + " of " + s.called(o) + " by its public address only, " + public.String()
	}
	return text
}

// publicOf is the public address that is mapped to a private one; invalid for none.
func (s *scene) publicOf(o model.Ref, private netip.Addr) netip.Addr {
	for _, m := range s.n.Interfaces[o.Index].Public {
		if m.Private == private {
			return m.Public
		}
	}
	return netip.Addr{}
}

func noPrivateFix(s *scene) Fix {
	o := s.owner(false)
	if o.IsZero() {
		return Fix{Unfixable: "no interface of " + s.vpcOf(s.b.VPC) + " has that address: ask for one that is there"}
	}
	if s.deniesAll(o) {
		return Fix{Unfixable: denyAllWhy}
	}
	if public := s.publicOf(o, s.b.Witness.Destination); public.IsValid() {
		return Fix{Unfixable: "ask for " + public.String() + ", or for " + s.called(o) + " by its id"}
	}
	return s.publicFix(o, s.b.Witness.Destination, " and ask for it by that address or by its id")
}

func otherGatewayVPCText(s *scene) string {
	return s.called(s.b.At) + " is not attached to " + s.vpcOf(s.b.VPC) + ", where TO is, so it knows none of its public addresses"
}

func otherGatewayVPCFix(s *scene) Fix {
	return Fix{Unfixable: "ask from the internet gateway that is attached to " + s.vpcOf(s.b.VPC) + ", or from internet"}
}

// privateText is for the four codes about address space that no internet gateway carries (IGW-3).
func privateText(what string) func(*scene) string {
	return func(s *scene) string {
		if s.b.Egress {
			return s.called(s.b.At) + " sends nothing to " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) + ": it is " + what
		}
		return s.called(s.b.At) + " takes nothing from " + s.addresses(s.p.SourceAddresses(s.b.Packets)) + ": it is " + what
	}
}

func reflectionText(s *scene) string {
	return "the only way leaves by " + s.called(s.b.At) + " and comes in again from the internet"
}

func foreignNATText(s *scene) string {
	return s.called(s.b.At) + " of " + s.vpcOf(s.b.VPC) + " serves only packets that start in its own VPC"
}

func spoofedText(s *scene) string {
	return s.called(s.b.At) + " drops what does not come from an address of an interface of " + s.vpcOf(s.b.VPC) + ", and " +
		s.addresses(s.p.SourceAddresses(s.b.Packets)) + " is none"
}

func carriesText(s *scene) string {
	switch s.b.At.Kind {
	case model.KindVPCEndpoint, model.KindInterface:
		return s.called(s.b.At) + " carries " + endpointCarries(s) + " only, not " + s.protocols(s.b.Packets)
	case model.KindInstanceConnectEndpoint:
		return s.called(s.b.At) + " is a proxy for tcp, and carries no " + s.protocols(s.b.Packets)
	}
	return s.called(s.b.At) + " carries tcp, udp and icmp only, not " + s.protocols(s.b.Packets)
}

func carriesFix(s *scene) Fix {
	switch s.b.At.Kind {
	case model.KindVPCEndpoint, model.KindInterface:
		return Fix{Unfixable: "an endpoint of that kind carries " + endpointCarries(s) + " only: ask with that (it answers no ping)"}
	case model.KindInstanceConnectEndpoint:
		return Fix{Unfixable: "an EC2 Instance Connect Endpoint carries tcp only: ask with tcp"}
	}
	return Fix{Unfixable: "NAT gateways carry tcp, udp and icmp only: use one of these, or a path without the NAT gateway"}
}

// peeringText implements PCX_REQUIRES_ADDRESS_IN_VPC_CIDR (PCX-4).
func peeringText(s *scene) string {
	if s.b.Egress {
		return s.called(s.b.At) + " carries only what comes from a CIDR of " + s.vpcOf(s.b.VPC) + ", and " +
			s.addresses(s.p.SourceAddresses(s.b.Packets)) + " is in none"
	}
	return s.called(s.b.At) + " carries only what goes to a CIDR of " + s.vpcOf(s.b.VPC) + ", and " +
		s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " is in none"
}

// regionalZoneText implements REGIONAL_NGW_ROUTE_AZ_RESTRICTION (NAT-10).
func regionalZoneText(s *scene) string {
	return "regional NAT gateway " + s.called(s.b.At) + " has no address in " + s.zoneOf(s.b.Subnet) + ", the zone of " + s.called(s.b.Subnet)
}

// zoneOf is the zone of a subnet as the answers name it.
func (s *scene) zoneOf(r model.Ref) string {
	if known(r) {
		if x := s.n.Subnets[r.Index].Record; x != nil && x.AvailabilityZoneId+x.AvailabilityZone != "" {
			return Printable(cmp.Or(x.AvailabilityZoneId, x.AvailabilityZone))
		}
	}
	return "the zone"
}

func regionalZoneFix(s *scene) Fix {
	zone := s.zoneOf(s.b.Subnet)
	if s.n.NATGateways[s.b.At.Index].Record.AutoProvisionZones == "enabled" { // reading aws only
		return Fix{Unfixable: "wait until " + s.called(s.b.At) + " has expanded to " + zone + ", and take the snapshot again"}
	}
	return Fix{Unfixable: "give " + s.called(s.b.At) + " an Elastic IP address of zone " + zone + ", or let it provision zones by itself, and take the snapshot again"}
}
