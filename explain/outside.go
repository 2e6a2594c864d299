package explain

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

const tunnelsFirst = "no change of the network's configuration brings up a tunnel: see to the customer's device and to the connection first, and take the snapshot again"

func init() {
	for _, c := range []solver.Code{solver.BadStateVPN, solver.TransitBadStateVPN} {
		register(c, solver.ReasonNone, badVPNText, badVPNFix)
		register(c, solver.ReasonTunnelsDown, tunnelsDownText, unfixable(tunnelsFirst))
	}
	register(solver.VPNGatewayEgress, solver.ReasonNone, spoofedText, unfixable(spoofing))
	register(solver.VPNGatewayEgress, solver.ReasonNotLive, notLiveHereText, attachHereFix)
	register(solver.VPNGatewayIngress, solver.ReasonNone, notHereText, notHereFix)
	register(solver.VPNGatewayIngress, solver.ReasonNotLive, notLiveHereText, attachHereFix)
	register(solver.NoRouteToDestination, solver.ReasonNotKnown, notKnownText, notKnownFix)
	register(solver.NoPossibleDestination, solver.ReasonSelectors, selectorsText,
		unfixable("the tunnels carry only what the selectors of the connection hold: ask with such addresses, or change the connection's options and the customer's device together"))
	register(solver.NoPossibleDestination, solver.ReasonNotAdvertised, notAdvertisedText, notAdvertisedFix)
	register(solver.NoPossibleDestination, solver.ReasonNoTransit, noTransitText,
		unfixable("a Direct Connect gateway passes nothing on from one of its gateways to another, nor to a VPN: join the two by a transit gateway, or route between them on premises"))
	assumptions[solver.AssumeTunnels] = "has a tunnel that is up: the answer does not tell of its tunnels"
	assumptions[solver.AssumeDirectConnect] = "works: the answers that would tell of its virtual interfaces or associations are not there"
	notes[solver.NoteTunnelsDown] = "no tunnel of %s is up, which AWS's analyzer may not look at: nothing gets through before one is"
	notes[solver.NoteCloudHub] = "%s passes packets on from one site to another"
	notes[solver.NoteOtherEdge] = "the reply leaves AWS by %s, and the request did not come in by it: what stands on premises has to take that"
	remedies[model.NotDeclared] = "declare the network that is there (--declare FILE), or ask for the edge itself"
	for _, k := range []model.Kind{model.KindVPNGateway, model.KindVPNConnection, model.KindDirectConnectGateway, model.KindVirtualInterface} {
		decisions[k] = (*view).edgeDecision
		registerRow(k, awsRow{edge: true})
	}
	registerRow(model.KindVPNGateway, awsRow{edge: true, fill: (*analyst).vpcRow, name: func(e *Explanation, c *AnalysisComponent) { e.VpnGateway = c }})
	registerRow(model.KindVPNConnection, awsRow{edge: true, name: func(e *Explanation, c *AnalysisComponent) { e.VpnConnection = c }})
	explainCode((*analyst).vpnFields, solver.BadStateVPN, solver.TransitBadStateVPN)
	explainCode((*analyst).spoofedFields, solver.VPNGatewayEgress, solver.VPNGatewayIngress)
}

// edgeDecision says what leads where at the edge of AWS.
func (v *view) edgeDecision(h *solver.Hop, _ solver.Leg) string { return unchanged }

// vpnFields name the state of a connection, and the customer gateway at its far end.
func (a *analyst) vpnFields(b *solver.Blocker, e *Explanation) {
	e.State = b.State
	if b.At.Kind != model.KindVPNConnection || !known(b.At) {
		return
	}
	r := a.n.VPNConnections[b.At.Index].Record
	if r == nil {
		return
	}
	if g, ok := a.n.ByID(r.CustomerGatewayId); ok {
		e.CustomerGateway = a.component(g)
	}
	if g, ok := a.n.ByID(r.VpnGatewayId); ok {
		e.VpnGateway = a.component(g)
	}
}

// spoofedFields name the address that is of no live interface.
func (a *analyst) spoofedFields(b *solver.Blocker, e *Explanation) { e.Address = cidr(a.peer(b)) }

func badVPNText(s *scene) string {
	return "VPN connection " + s.called(s.b.At) + " is in state " + Printable(s.b.State)
}

func badVPNFix(s *scene) Fix {
	switch s.b.State {
	case "pending", "modifying":
		return Fix{Unfixable: "wait until " + s.called(s.b.At) + " is available, and take the snapshot again"}
	}
	return Fix{Unfixable: s.called(s.b.At) + " does not come back from that state: create a new VPN connection"}
}

func tunnelsDownText(s *scene) string {
	return "no tunnel of VPN connection " + s.called(s.b.At) + " is up"
}

func notLiveHereText(s *scene) string {
	return s.owned(s.b.Egress) + " counts for nothing at " + s.called(s.b.At) + " while the interface is not attached"
}

func attachHereFix(s *scene) Fix { return s.attachFirst(s.owner(s.b.Egress)) }

func notHereText(s *scene) string {
	return s.called(s.b.At) + " lets in only what goes to an interface of " + s.vpcOf(s.b.VPC) + ", and " +
		s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " is none's"
}

func notHereFix(s *scene) Fix {
	return Fix{Unfixable: "from on premises nothing goes through " + s.vpcOf(s.b.VPC) + " to somewhere else: ask for an interface of it, or join the networks by a transit gateway"}
}

func notKnownText(s *scene) string {
	return s.called(s.b.At) + " knows no way to " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) + ", whatever the route tables send it"
}

func notKnownFix(s *scene) Fix {
	return Fix{Unfixable: "a virtual private gateway forwards only to prefixes that it knows: let the customer's device advertise one by BGP, or add a static route to the VPN connection"}
}

func selectorsText(s *scene) string {
	if s.b.Egress {
		return "the tunnels of " + s.called(s.b.At) + " do not carry what goes from " + s.addresses(s.p.SourceAddresses(s.b.Packets)) + " to " +
			s.addresses(s.p.DestinationAddresses(s.b.Packets))
	}
	return "the tunnels of " + s.called(s.b.At) + " do not carry what comes from " + s.addresses(s.p.SourceAddresses(s.b.Packets)) + " for " +
		s.addresses(s.p.DestinationAddresses(s.b.Packets))
}

func notAdvertisedText(s *scene) string {
	return "over " + s.called(s.b.At) + " no prefix is advertised that holds " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) + ", so nothing comes for it"
}

func notAdvertisedFix(s *scene) Fix {
	return Fix{Unfixable: "let the allowed prefixes of the association of " + s.called(s.b.At) + " with " + s.called(s.b.Target) + " hold the VPC's whole block, and take the snapshot again"}
}

func noTransitText(s *scene) string {
	return s.called(s.b.At) + " does not pass on between Direct Connect and " + s.addresses(s.p.DestinationAddresses(s.b.Packets))
}

// upToEdge leaves out what comes after an edge that is an end of the question itself: AWS's format ends there.
func (a *analyst) upToEdge(hops []solver.Hop, leg solver.Leg) []solver.Hop {
	end := &a.r.Query.To
	if leg == solver.Return {
		end = &a.r.Query.From
	}
	if end.Kind != model.EndEdge {
		return hops
	}
	for i := range hops {
		if hops[i].At == end.Ref && !slices.ContainsFunc(hops[i+1:], func(h solver.Hop) bool { return len(h.Blockers) > 0 }) {
			return hops[:i+1]
		}
	}
	return hops
}
