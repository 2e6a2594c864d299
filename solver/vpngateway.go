package solver

import (
	"cmp"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A virtual private gateway on the way out of its VPC and into it (VGW-1 to VGW-14, RT-11, D-230 to D-232, D-239). Its own facts are judged on the
// request; a reply passes the same gateway, or another one behind which its destination is declared (D-238).
var (
	vpnGatewayOut = &stage{name: "vpn-gateway-out", row: gatewayRow}
	vpnGatewayIn  = &stage{name: "vpn-gateway-in", row: gatewayRow}
)

func init() {
	routeTargets[model.KindVPNGateway] = byRoute(vpnGatewayOut)
	edgeEntries[model.KindVPNGateway] = vpnGatewayIn
	vpnGatewayOut.step = stepVPNGatewayOut
	vpnGatewayIn.step = stepVPNGatewayIn
}

func stepVPNGatewayOut(w *walk, s *state) {
	if m := w.n.VPNGateways[s.ref.Index].Missing(); m != nil { // D-230
		w.stop(s, s.set, m)
		return
	}
	if s.leg == Return {
		if w.leavesByOther(s) {
			return
		}
		w.toSites(s, w.liveSources(s, s.set))
		return
	}
	set := w.vpnGatewayWorks(s, s.set)
	set = w.liveSources(s, set)
	if w.otherExit(s, set) {
		return
	}
	w.forget(s, set, func(s *state, set packet.Set) { w.toSites(s, set) })
}

// vpnGatewayWorks implements VGW-1 (D-230).
func (w *walk) vpnGatewayWorks(s *state, set packet.Set) packet.Set {
	g := &w.n.VPNGateways[s.ref.Index]
	set = w.demand(s, set, g.Works(), Blocker{Code: BadState, At: s.ref, State: g.Record.State})
	id := ""
	if s.vpc >= 0 {
		id = w.n.VPCs[s.vpc].ID
	}
	ok, state := g.AttachedTo(id)
	return w.demand(s, set, ok && s.vpc >= 0, Blocker{Code: BadStateAttachment, At: s.ref, State: state, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}})
}

// attachedToVPC says whether a virtual private gateway is attached to the VPC that packets are at.
func (w *walk) attachedToVPC(s *state, g *model.VPNGateway) bool {
	if s.vpc < 0 {
		return false
	}
	ok, _ := g.AttachedTo(w.n.VPCs[s.vpc].ID)
	return ok
}

// liveSources implements VGW-8 and ENI-4 on the way out (D-231): the source must be an address of a live interface of the VPC.
func (w *walk) liveSources(s *state, set packet.Set) packet.Set {
	live, dead := w.owned(s, w.p.SourceAddresses(set), w.p.Sources)
	b := Blocker{Code: VPNGatewayEgress, At: s.ref, Egress: true, VPC: model.Ref{Kind: model.KindVPC, Index: s.vpc}}
	set = w.requireLive(s, set, dead, b)
	if m := w.n.UnreadInterfaces(s.vpc); m != nil {
		return w.stopped(s, set, w.p.Complement(w.p.Union(live, dead)), m)
	}
	if k := s.sender.Kind; k == model.KindInstance || k == model.KindInterface { // which has its source check off, or it would not have got here
		b.Code = RejectsSpoofed
	}
	return w.require(s, set, w.p.Union(live, dead), b)
}

// requireLive refuses packets whose address is of an interface that is not live.
func (w *walk) requireLive(s *state, set, dead packet.Set, b Blocker) packet.Set {
	b.Reason = ReasonNotLive
	return w.require(s, set, w.p.Complement(dead), b)
}

// owned are the packets whose address, as of reads it, is of a live interface of the VPC or of a NAT gateway (RET-7), and those whose is of an interface
// that is not live (D-11).
func (w *walk) owned(s *state, addresses packet.Addresses, of func(...prefix) packet.Set) (live, dead packet.Set) {
	for _, i := range w.n.OwnersWithin(s.vpc, addresses) {
		e := &w.n.Interfaces[i]
		if e.LiveForGateways() {
			live = w.p.Union(live, of(e.OwnPrefixes()...))
		} else {
			dead = w.p.Union(dead, of(e.OwnPrefixes()...))
		}
	}
	for _, i := range w.n.VPCs[s.vpc].NATGateways {
		live = w.p.Union(live, of(w.natPrefixes(s, i)...))
	}
	return live, w.p.Subtract(dead, live)
}

// toSites sends packets to what the gateway knows (VGW-5, VGW-6, D-231).
func (w *walk) toSites(s *state, set packet.Set) {
	set = w.stopped(s, set, w.n.VPCs[s.vpc].Inside, &model.Missing{What: w.n.ID(s.ref), Why: model.NotModelled, Detail: "a route to a virtual private gateway for addresses of its own VPC"})
	more := w.n.MayKnowMore(s.ref.Index)
	known := w.n.KnownTo(s.ref.Index)
	for i := range known {
		part := w.p.Intersect(set, w.p.Destinations(known[i].Prefix))
		set = w.p.Subtract(set, part)
		w.carry(s, part, known[i:], more)
	}
	if more != nil {
		w.stop(s, set, more)
		return
	}
	w.deadEnd(s, set, Blocker{Code: NoRouteToDestination, Reason: ReasonNotKnown, At: s.ref, Egress: true})
}

// carry sends packets to every connection that may carry them (VGW-7, D-231); known is the longest prefix that holds them, and what follows it. Where a longer prefix may be known that the answers do not tell, by
// which connection they leave is in doubt.
func (w *walk) carry(s *state, set packet.Set, known []model.KnownPrefix, more *model.Missing) {
	if set.IsEmpty() {
		return
	}
	carriers, unsure, m := w.carriers(s.ref.Index, known)
	if m != nil {
		w.stop(s, set, m)
		return
	}
	for _, c := range carriers {
		next := s.to(edgeCarriers[c.Kind], c)
		switch {
		case unsure != nil:
			w.passDoubted(s, next, set, unsure)
		case s.leg == Forward && more != nil && !w.behind(&w.q.To, s.ref):
			w.passDoubted(s, next, set, more)
		default:
			w.pass(next, set)
		}
	}
}

// carriers are the connections that may carry packets for the first of some known prefixes, of which the others are as long or shorter: its own,
// or, because what works goes before what is longer (VGW-7), those of the longest that holds it and has one that works. Where nothing that the
// answers hold explains a prefix, or a connection that they do not may carry it, that is missing.
func (w *walk) carriers(gateway int32, known []model.KnownPrefix) (list []model.Ref, unsure, missing *model.Missing) {
	first := known[0].Prefix
	for i := range known {
		k := &known[i]
		if k.Prefix.Bits() > first.Bits() || !k.Prefix.Contains(first.Addr()) {
			continue
		}
		tellers, works, unsure := w.tellers(gateway, k)
		if works {
			return tellers, unsure, nil
		}
		if len(tellers) == 0 { // who has told it is not known, nor whether that one carries it
			return nil, nil, w.n.UnreadCarriers(gateway, k.Prefix, true)
		}
		if i == 0 {
			list = tellers
		}
	}
	return list, nil, w.n.UnreadCarriers(gateway, first, false)
}

// tellers are the connections by which a virtual private gateway may have learned a prefix: those with a static route for it and Direct Connect,
// else every one that speaks BGP, and Direct Connect; of these the ones that work, or all where none does. Where only a static connection that does not
// work is known to have told it, the others are unsure.
func (w *walk) tellers(gateway int32, k *model.KnownPrefix) (list []model.Ref, works bool, unsure *model.Missing) {
	g := &w.n.VPNGateways[gateway]
	bgp := slices.DeleteFunc(slices.Clone(g.Connections), func(c int32) bool {
		static := w.n.VPNConnections[c].Static()
		return static || slices.Contains(k.Static, c)
	})
	lines, deadLines := w.linesTo(g, k)
	statics, brokenStatics := w.workingVPNs(k.Static)
	others, brokenOthers := w.workingVPNs(bgp)
	switch {
	case len(statics) > 0:
		return append(lines, statics...), true, nil
	case len(k.Static) == 0 && len(lines)+len(others) > 0:
		return append(lines, others...), true, nil
	case len(k.Static) == 0:
		return append(deadLines, brokenOthers...), false, nil
	case k.Told && len(lines)+len(others) > 0:
		return append(lines, others...), true, w.n.UntoldBy(gateway, k.Prefix)
	}
	return append(deadLines, brokenStatics...), false, nil
}

// workingVPNs divides connections into those that work and the others.
func (w *walk) workingVPNs(list []int32) (working, broken []model.Ref) {
	for _, c := range list {
		ok, _ := w.n.VPNConnections[c].Works()
		up, _ := w.n.VPNConnections[c].Up()
		r := model.Ref{Kind: model.KindVPNConnection, Index: c}
		if ok && up {
			working = append(working, r)
		} else {
			broken = append(broken, r)
		}
	}
	return working, broken
}

// linesTo are the ways of Direct Connect to a virtual private gateway that may have told it a prefix, those that work and the others.
func (w *walk) linesTo(g *model.VPNGateway, k *model.KnownPrefix) (working, broken []model.Ref) {
	if !k.Told {
		return nil, nil
	}
	add := func(ok bool, r model.Ref) {
		if ok {
			working = append(working, r)
		} else {
			broken = append(broken, r)
		}
	}
	for _, a := range g.Associations {
		x := &w.n.DirectConnectAssociations[a]
		ok, _ := x.Works()
		ok = ok || x.Missing() != nil
		add(ok && w.lineMay(x.Gateway, k), model.Ref{Kind: model.KindDirectConnectGateway, Index: x.Gateway})
	}
	for _, v := range g.VirtualInterfaces {
		ok, _ := w.n.VirtualInterfaces[v].Works(k.Prefix.Addr().Is6())
		add(ok, model.Ref{Kind: model.KindVirtualInterface, Index: v})
	}
	return working, broken
}

// lineMay says whether a Direct Connect gateway has a virtual interface that works, or may have for all the answers tell.
func (w *walk) lineMay(gateway int32, k *model.KnownPrefix) bool {
	ok, _, m := w.n.Line(gateway, "private", k.Prefix.Addr().Is6())
	return ok || m != nil
}

func stepVPNGatewayIn(w *walk, s *state) {
	if m := w.n.VPNGateways[s.ref.Index].Missing(); m != nil { // D-230
		w.stop(s, s.set, m)
		return
	}
	switch {
	case s.leg == Return && s.edge.IsZero():
		w.replyIn(s)
		return
	case s.leg == Return: // of one site to another (D-239)
		w.toSites(s, s.set)
		return
	}
	set := s.set
	if g := &w.n.VPNGateways[s.ref.Index]; w.q.To.IsOutside() && g.Works() && !w.attachedToVPC(s, g) { // one without a VPC joins sites all the same (VGW-13)
		set = w.towardsSites(s, set)
	}
	set = w.vpnGatewayWorks(s, set)
	if s.vpc < 0 { // attached to nothing
		return
	}
	six, m := w.unsureSix(s, set)
	if m != nil {
		doubted := *s
		doubted.doubting(m)
		w.intoVPC(&doubted, six)
	}
	w.intoVPC(s, w.sixIntoGateway(s, w.p.Subtract(set, six)))
}

// intoVPC delivers what comes in by a virtual private gateway (VGW-8 to VGW-13).
func (w *walk) intoVPC(s *state, set packet.Set) {
	set = w.towardsSites(s, set)
	live, dead := w.owned(s, w.p.DestinationAddresses(set), w.p.Destinations)
	vpc := model.Ref{Kind: model.KindVPC, Index: s.vpc}
	b := Blocker{Code: VPNGatewayIngress, At: s.ref, VPC: vpc}
	set = w.requireLive(s, set, dead, b)
	if m := w.n.UnreadInterfaces(s.vpc); m != nil { // an interface that no answer describes may have the address
		strange := w.p.Subtract(set, w.p.Union(live, dead))
		if v := &w.n.VPCs[s.vpc]; v.Missing() == nil {
			strange = w.p.Intersect(strange, v.Inside)
		}
		set = w.stopped(s, set, strange, m)
	}
	set = w.require(s, set, w.p.Union(live, dead), b)
	next := s.to(local, vpc)
	next.edge = s.ref
	w.edgeRoute(s, next, set)
}

// unsureSix are the IPv6 packets of which it is not known that Direct Connect brings them (VGW-14), and what would tell.
func (w *walk) unsureSix(s *state, set packet.Set) (packet.Set, *model.Missing) {
	g := &w.n.VPNGateways[s.ref.Index]
	m := w.n.UnreadDirectConnect(s.ref.Index)
	six := w.p.Intersect(set, w.p.OfFamily(packet.IPv6))
	if m == nil || six.IsEmpty() || s.prev != nil || len(g.Associations)+len(g.VirtualInterfaces) > 0 {
		return packet.Empty, nil
	}
	return six, m
}

// sixIntoGateway implements VGW-14 for packets of which only the gateway is known that they come in by: no VPN carries IPv6 to it, so Direct
// Connect must.
func (w *walk) sixIntoGateway(s *state, set packet.Set) packet.Set {
	g := &w.n.VPNGateways[s.ref.Index]
	if s.prev != nil || len(g.Associations)+len(g.VirtualInterfaces) > 0 {
		return set
	}
	return w.require(s, set, w.p.OfFamily(packet.IPv4), Blocker{Code: NoPossibleDestination, Reason: ReasonOtherFamily, At: s.ref})
}

// towardsSites takes out what goes from one site to another (VGW-13, D-239) and returns the rest.
func (w *walk) towardsSites(s *state, set packet.Set) packet.Set {
	sites := set
	if s.vpc >= 0 {
		sites = w.p.Subtract(set, w.n.VPCs[s.vpc].Inside)
	}
	known := w.n.KnownTo(s.ref.Index)
	for i := range known {
		part := w.p.Intersect(sites, w.p.Destinations(known[i].Prefix))
		sites, set = w.p.Subtract(sites, part), w.p.Subtract(set, part)
		w.fromSites(s, part, known, i)
	}
	if w.q.To.IsOutside() {
		set = w.stopped(s, set, sites, w.betweenSites(s))
	}
	return set
}

// unknownVPC is what is missing of the VPC that packets are at; nothing where there is none.
func (w *walk) unknownVPC(s *state) *model.Missing {
	if s.vpc < 0 {
		return nil
	}
	return w.n.VPCs[s.vpc].Missing()
}

// betweenSites is what is missing where it is not known by which connections a gateway knows both sites, or what is a site.
func (w *walk) betweenSites(s *state) *model.Missing {
	return cmp.Or(w.unknownVPC(s), w.n.MayKnowMore(s.ref.Index), w.n.VPNGateways[s.ref.Index].NotHeld("describe-vpn-connections", "which connections of "+w.n.ID(s.ref)+" lead to both sites"))
}

// fromSites sends packets for one prefix on where it and their sources are known by one connection each, and not by the same.
func (w *walk) fromSites(s *state, set packet.Set, known []model.KnownPrefix, to int) {
	if set.IsEmpty() {
		return
	}
	next, unsure, m := w.carriers(s.ref.Index, known[to:])
	for i := range known {
		part := w.p.Intersect(set, w.p.Sources(known[i].Prefix))
		set = w.p.Subtract(set, part)
		back, unsure2, m2 := w.carriers(s.ref.Index, known[i:])
		switch doubt := cmp.Or(w.unknownVPC(s), m, m2, unsure, unsure2, w.n.MayKnowMore(s.ref.Index)); {
		case doubt != nil:
			w.stop(s, part, doubt)
		case len(next) != 1 || len(back) != 1 || next[0] == back[0]:
			w.stop(s, part, w.betweenSites(s))
		case next[0].Kind == model.KindDirectConnectGateway || back[0].Kind == model.KindDirectConnectGateway: // DX-7
			w.deadEnd(s, part, Blocker{Code: NoPossibleDestination, Reason: ReasonNoTransit, At: s.ref})
		default:
			on := s.to(edgeCarriers[next[0].Kind], next[0])
			on.edge, on.notes = s.ref, []Note{{Kind: NoteCloudHub, At: s.ref}}
			w.pass(on, part)
		}
	}
	w.stop(s, set, w.betweenSites(s))
}
