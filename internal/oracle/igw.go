package oracle

import (
	"net/netip"
	"slices"
)

// igw is an internet gateway.
type igw struct {
	entity
	attachments []gatewayAttachment
}

type gatewayAttachment struct{ VpcId, State string }

func readInternetGateways(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		InternetGatewayId, OwnerId string
		Attachments                []gatewayAttachment
	}
	return each(a, "InternetGateways", func(r record, raw []byte) bool {
		return keep(o.igws, &igw{entity{id: r.InternetGatewayId, owner: r.OwnerId, part: p, raw: raw}, r.Attachments})
	})
}

// attached reports whether the gateway is usable from a VPC (IGW-1, D-50).
func (g *igw) attached(vpc string) bool {
	return slices.ContainsFunc(g.attachments, func(a gatewayAttachment) bool {
		return a.VpcId == vpc && (a.State == "available" || a.State == "attached" || a.State == "")
	})
}

var (
	private = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16")}
	shared  = netip.MustParsePrefix("100.64.0.0/10")
	// linkLocal is no part of the internet (D-4), although a gateway does not refuse it
	linkLocal = netip.MustParsePrefix("169.254.0.0/16")
	global6   = netip.MustParsePrefix("2000::/3")
	ula       = netip.MustParsePrefix("fc00::/7")
)

// beyondGateways says why an address is none that an internet gateway exchanges packets with; empty if it is one (IGW-3,
// D-51 to D-53).
func beyondGateways(a netip.Addr) string {
	switch {
	case slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a) }):
		return "igw-private"
	case shared.Contains(a):
		return "igw-shared"
	case a.Is6() && !global6.Contains(a):
		return "igw-not-global"
	}
	return ""
}

// goOut follows a packet to an internet gateway that a route names (IGW-1 to IGW-5, D-50 to D-52, D-57).
func (w *walker) goOut(f flight, at place, id string) {
	vpc := at.vpc
	in := f.top()
	if f.reply && in.kind == cameIn && in.id != id && in.id != "" { // RET-4, RET-5
		w.refuse(f, "reply-gateway", id)
		return
	}
	if f.reply && f.byEdge != "" && len(f.events) == 0 { // D-232
		w.refuse(f, "reply-gateway", id)
		return
	}
	f, ok := w.usable(f, id, vpc)
	if !ok {
		return
	}
	if f, ok = w.publicAccess(f, vpc, at.in(), publicOut); !ok {
		return
	}
	if why := beyondGateways(f.p.Destination); why != "" {
		w.refuse(f, why+"-destination", id)
		return
	}
	if w.q.Reading == AWS && (w.q.To.Interface != "" || w.q.To.Endpoint != "") && !f.reply { // IGW-6: however it would leave, no path leads on
		w.refuse(f, "igw-nat-reflection", f.p.Destination.String())
		return
	}
	if f, ok = w.erase(f, id); !ok { // SG-22
		return
	}
	if f, ok = w.redirected(f, at, id); !ok { // also where the public address is not known (D-80)
		return
	}
	if !f.reply && linkLocal.Contains(f.p.Destination) { // D-4: nowhere outside, whatever the source
		w.refuse(f, "elsewhere", "link-local", f.p.Destination.String())
		return
	}
	f, public, ok := w.publicSource(f, vpc, at.via)
	if !ok {
		return
	}
	before := f.p
	f.p.Source, f.crossed = public, nil
	if f.reply {
		w.replyOut(f, id, vpc, public)
		return
	}
	w.decide("igw-out", id, public.String())
	w.outside(f.push(event{kind: wentOut, id: id, vpc: vpc, before: before, after: f.p}))
}

// usable checks a gateway that a route of a VPC names.
func (w *walker) usable(f flight, id, vpc string) (flight, bool) {
	g := w.o.igws[id]
	if g == nil {
		if w.assumes(AssumeGateways) && !w.o.completeFor(vpc, "describe-internet-gateways") { // D-83
			w.decide("igw-assumed", id)
			return f, true
		}
		return w.lack(f, "igw-missing", "describe-internet-gateways: "+id), true // D-46, D-80
	}
	f = w.use(f, &g.entity)
	if !g.attached(vpc) {
		return f, w.refuse(f, "igw-attachment", id, vpc)
	}
	return f, true
}

// publicSource returns the address as which a packet leaves by an internet gateway: the mapped one for IPv4, its own for
// IPv6. It returns false when the branch has ended.
func (w *walker) publicSource(f flight, vpc string, via *nat) (flight, netip.Addr, bool) {
	source := f.p.Source
	if e := f.top(); via == nil && e.kind == translated && e.after.Source == source && !f.reply { // an appliance came between
		via = w.o.nats[e.id]
	}
	if via != nil {
		return w.publicOfNAT(f, via)
	}
	f, i := w.ownerOfSource(f, vpc)
	if i == nil {
		return f, source, false
	}
	if source.Is6() {
		f, ok := w.publicIPv6(f, i, source)
		return f, source, ok
	}
	var publics []netip.Addr
	for _, m := range i.mapped {
		if m.private == source && !slices.Contains(publics, m.public) {
			publics = append(publics, m.public)
		}
	}
	if len(publics) == 0 && !slices.Contains(i.addresses, source) && !complete(i.part, "describe-addresses") { // ENI-2
		w.end(f, "igw-source-unknown", "describe-addresses: "+source.String())
		return f, source, false
	}
	return w.onlyMapping(f, publics, i.id)
}

// ownerOfSource returns the live interface of a VPC that owns a packet's source, without which no gateway takes it (ENI-4, ENI-6). Nil:
// the branch has ended.
func (w *walker) ownerOfSource(f flight, vpc string) (flight, *iface) {
	source := f.p.Source
	owners := w.o.ownersIn(vpc, source)
	switch {
	case len(owners) > 1:
		w.end(f, "igw-source-unknown", "answers disagree: owner of "+source.String())
		return f, nil
	case len(owners) == 0 && !w.o.completeFor(vpc, "describe-network-interfaces"):
		w.end(f, "igw-source-unknown", "describe-network-interfaces: owner of "+source.String())
		return f, nil
	case len(owners) == 0: // ENI-4
		w.refuse(f, "igw-spoofed", source.String())
		return f, nil
	}
	i := owners[0]
	f = w.use(f, &i.entity)
	if !i.liveAtGateway() {
		w.refuse(f, "igw-not-live", i.id)
		return f, nil
	}
	return f, i
}

// onlyMapping returns the one public address of a source: none is refused, and what is mapped twice is unknown (D-54).
func (w *walker) onlyMapping(f flight, publics []netip.Addr, who string) (flight, netip.Addr, bool) {
	if len(publics) == 0 { // IGW-2
		return f, netip.Addr{}, w.refuse(f, "igw-no-public-ip", who)
	}
	if len(publics) > 1 || len(w.o.publics[publics[0]]) > 1 {
		w.end(f, "igw-mapped-twice", "answers disagree: public address of "+who)
		return f, netip.Addr{}, false
	}
	return f, publics[0], true
}

// publicOfNAT returns the public address of the NAT gateway's address that a packet comes from (NAT-5, NAT-7, D-64).
func (w *walker) publicOfNAT(f flight, n *nat) (flight, netip.Addr, bool) {
	if n.connectivity == "private" {
		return f, netip.Addr{}, w.refuse(f, "igw-private-nat", n.id)
	}
	if n.connectivity == "" {
		f = w.assume(f, "nat-assumed", n.id+" is public")
	}
	var publics []netip.Addr
	add := func(a netip.Addr) {
		if a.IsValid() && !slices.Contains(publics, a) {
			publics = append(publics, a)
		}
	}
	for _, a := range n.addresses {
		if own, ok := n.own(a); ok && own == f.p.Source {
			add(a.public)
		}
	}
	owners := w.o.ownersIn(n.vpc, f.p.Source)
	for _, i := range owners {
		for _, m := range i.mapped {
			if m.private == f.p.Source {
				add(m.public)
			}
		}
	}
	if len(publics) == 0 && len(owners) == 0 && !w.o.completeFor(n.vpc, "describe-network-interfaces") {
		w.end(f, "igw-source-unknown", "describe-network-interfaces: "+f.p.Source.String())
		return f, netip.Addr{}, false
	}
	return w.onlyMapping(f, publics, n.id)
}

// publicIPv6 checks that an interface's IPv6 address may use internet gateways (VPC-4, IGW-5, ENI-9, D-52). It returns
// false when the packet was refused.
func (w *walker) publicIPv6(f flight, i *iface, a netip.Addr) (flight, bool) {
	if i.denyIGW {
		return f, w.refuse(f, "igw-denied", i.id)
	}
	if ula.Contains(a) {
		return f, w.refuse(f, "igw-private-ipv6", a.String())
	}
	if s := w.o.subnets[i.subnet]; s != nil {
		for _, b := range s.blocks {
			if b.private && b.Contains(a) {
				return f, w.refuse(f, "igw-private-ipv6", a.String())
			}
		}
	}
	v := w.o.vpcs[i.vpc]
	if v == nil {
		return w.lack(f, "vpc-missing", "describe-vpcs: "+i.vpc), true
	}
	for _, b := range v.blocks {
		if b.Contains(a) && !b.private {
			return f, true
		}
	}
	return f, w.refuse(f, "igw-private-ipv6", a.String())
}
