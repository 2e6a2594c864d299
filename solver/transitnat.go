package solver

import (
	"cmp"
	"net/netip"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// Static 1:1 NAT on an attachment (TGW-57, D-204): sources are translated where packets enter by it, before any table is asked, and destinations
// translated back where they leave by it. A reply meets the same
// rules the other way round.

// What an attachment has translated goes on where it would have gone on.
var (
	translatedIn  = &stage{name: "transit-gateway-translated-in"}
	translatedOut = &stage{name: "transit-gateway-translated-out"}
)

func init() {
	translatedIn.step = func(w *walk, s *state) { w.toTables(s, s.set, &w.n.TransitAttachments[s.ref.Index]) }
	translatedOut.step = func(w *walk, s *state) { attachmentTypes[w.n.TransitAttachments[s.ref.Index].Type](w, s, s.set) }
}

// natIn translates the sources of what enters by an attachment.
func (w *walk) natIn(s *state, set packet.Set, a *model.TransitAttachment, on func(s *state, set packet.Set)) {
	w.staticNAT(s, set, a, translatedIn, on)
}

// natOut translates the destinations of what leaves by an attachment.
func (w *walk) natOut(s *state, set packet.Set, a *model.TransitAttachment, on func(s *state, set packet.Set)) {
	w.staticNAT(s, set, a, translatedOut, on)
}

func (w *walk) staticNAT(s *state, set packet.Set, a *model.TransitAttachment, after *stage, on func(s *state, set packet.Set)) {
	out := after == translatedOut
	asked, m := a.NATMissing()
	if !asked && !set.IsEmpty() && w.assume(s, AssumeNoStaticNAT, cmp.Or(w.gatewayOf(a.Gateway), s.ref)) {
		m = nil
	}
	if f := s.translation(); s.leg == Return && f != nil && f.device == s.ref && f.inbound != out { // the reply to what was translated here
		_, seen := w.backTo(s, set)
		next := s.to(after, s.ref)
		next.frame = f.outer
		w.pass(next, w.unframe(f, seen))
		return
	}
	if m != nil && !set.IsEmpty() { // what refuses them later may not meet these addresses
		w.stop(s, set, m)
		doubted := *s
		doubted.doubting(m)
		doubted.moot = true
		s = &doubted
	}
	for _, r := range a.NAT {
		from, match := r.From, w.p.Sources
		if out {
			from, match = r.To, w.p.Destinations
		}
		hit := w.p.Intersect(set, match(from))
		set = w.p.Subtract(set, hit)
		switch {
		case r.Doubt != nil:
			w.stop(s, hit, r.Doubt)
		case s.leg == Return: // it would come back with another address than its request was sent to, or to nobody
			w.deadEnd(s, hit, Blocker{Code: NoRouteToDestination, Reason: ReasonStaticNAT, At: s.ref})
		default:
			w.hostForHost(s, hit, r, after)
		}
	}
	on(s, set)
}

// maxHosts bounds how many addresses a rule of static NAT may translate in one question, each of which needs a translation of its own.
const maxHosts = 256

// hostForHost translates packets address by address: the relation is no product of two sets.
func (w *walk) hostForHost(s *state, set packet.Set, r model.TransitNAT, after *stage) {
	out := after == translatedOut
	from, to, addresses := r.From, r.To, w.p.SourceAddresses(set)
	if out {
		from, to, addresses = r.To, r.From, w.p.DestinationAddresses(set)
	}
	count := 0
	for lo, hi := range addresses.Ranges() {
		for x := lo; x.Compare(hi) <= 0; x = x.Next() {
			if count++; count > maxHosts {
				w.stop(s, set, &model.Missing{What: w.n.ID(s.ref), Why: model.NotModelled, Detail: "static NAT of more than 256 addresses in one question"})
				return
			}
			hit := w.p.Intersect(set, w.one(x, out))
			next := s.to(after, s.ref)
			become := shifted(x, from, to)
			f := &frame{device: s.ref, outer: s.frame, in: hit, inbound: out,
				rewrites: []rewrite{{match: hit, fields: fieldOf(out), to: w.one(become, out)}}}
			next.frame = f
			if !out {
				next.nobodys() // D-204
			}
			w.pass(next, f.apply(w.p, hit))
		}
	}
}

// one is the packets from, or to, one address.
func (w *walk) one(a netip.Addr, destination bool) packet.Set {
	if destination {
		return w.p.Destinations(single(a))
	}
	return w.p.Sources(single(a))
}

func fieldOf(destination bool) packet.Field {
	if destination {
		return packet.FieldDestination
	}
	return packet.FieldSource
}

// shifted is the address of to at the place that a has in from.
func shifted(a netip.Addr, from, to netip.Prefix) netip.Addr {
	x, base, out := a.As4(), from.Masked().Addr().As4(), to.Masked().Addr().As4()
	n := func(b [4]byte) uint32 {
		return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
	v := n(out) + (n(x) - n(base))
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// notTakenBack says whether a reply still bears an address that static NAT made of its request's, because it came back another way.
func (s *state) notTakenBack() bool {
	f := s.translation()
	return f != nil && f.device.Kind == model.KindTransitAttachment
}
