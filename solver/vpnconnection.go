package solver

import (
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// A Site-to-Site VPN connection on the way to on-premises and back (VPN-1 to VPN-9, VGW-14, D-234). What it hangs on sends packets to it, and takes
// what comes in by it.
var (
	vpnOut = &stage{name: "vpn-connection-out", row: componentRow}
	vpnIn  = &stage{name: "vpn-connection-in", row: componentRow}
)

func init() {
	edgeCarriers[model.KindVPNConnection] = vpnOut
	vpnOut.step = func(w *walk, s *state) { w.throughVPN(s, true, w.atEdge) }
	vpnIn.step = func(w *walk, s *state) {
		w.throughVPN(s, false, w.goIn)
	}
}

// componentRow is a row that shows the component alone.
func componentRow(_ *walk, s *state) Hop { return Hop{At: s.ref} }

// throughVPN holds packets to what a connection carries: out to on-premises, or in.
func (w *walk) throughVPN(s *state, out bool, on func(s *state, set packet.Set)) {
	c := &w.n.VPNConnections[s.ref.Index]
	if m := c.Missing(); m != nil {
		w.stop(s, s.set, m)
		return
	}
	set := w.vpnWorks(s, s.set, c)
	b := Blocker{Code: NoPossibleDestination, Reason: ReasonOtherFamily, At: s.ref, Egress: out}
	if c.CarriesIPv6() {
		set = w.require(s, set, w.p.OfFamily(packet.IPv6), b)
	} else {
		set = w.require(s, set, w.p.OfFamily(packet.IPv4), b) // VGW-14, VPN-7
	}
	b.Reason = ReasonSelectors
	on(s, w.require(s, set, w.selected(c, out), b))
}

// vpnWorks implements VPN-4 (D-234).
func (w *walk) vpnWorks(s *state, set packet.Set, c *model.VPNConnection) packet.Set {
	b := Blocker{Code: BadStateVPN, At: s.ref}
	if c.Gateway < 0 {
		b.Code = TransitBadStateVPN
	}
	ok, state := c.Works()
	b.State = state
	set = w.demand(s, set, ok, b)
	up, stated := c.Up()
	switch {
	case !stated:
		if !w.assume(s, AssumeTunnels, s.ref) {
			s.doubting(c.NotHeld("describe-vpn-connections", "tunnels of "+c.ID))
		}
	case !up && w.q.Reading == AWS:
		s.notes = append(s.notes, Note{Kind: NoteTunnelsDown, At: s.ref})
	case !up && ok: // a connection that does not work is refused once
		b.Reason, b.State = ReasonTunnelsDown, "DOWN"
		set = w.demand(s, set, false, b)
	}
	return set
}

// selected are the packets that the selectors of a connection let pass (VPN-3), of either family.
func (w *walk) selected(c *model.VPNConnection, out bool) packet.Set {
	all := packet.Everything
	for _, six := range []bool{false, true} {
		family := w.p.OfFamily(packet.IPv4)
		if six {
			family = w.p.OfFamily(packet.IPv6)
		}
		customer, aws := c.Selectors(six)
		to, from := customer, aws
		if !out {
			to, from = aws, customer
		}
		for _, x := range []struct {
			p  netip.Prefix
			of func(...prefix) packet.Set
		}{{to, w.p.Destinations}, {from, w.p.Sources}} {
			if x.p.IsValid() {
				all = w.p.Subtract(all, w.p.Subtract(family, x.of(x.p)))
			}
		}
	}
	return all
}

// goIn hands what has come in by a connection to its gateway.
func (w *walk) goIn(s *state, set packet.Set) {
	next := s.after()
	if next.stage == transitIn {
		next.entered = next.ref
	}
	w.pass(next, set)
}
