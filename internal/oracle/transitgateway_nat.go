package oracle

import (
	"encoding/json"
	"net/netip"
	"slices"
)

// staticNAT is a rule of an attachment that translates addresses host for host (TGW-57).
type staticNAT struct{ match, to netip.Prefix }

func readTransitNAT(o *Oracle, _ *part, a answer, attachment string) bool {
	var support, named string
	if json.Unmarshal(a["TransitGatewayAttachmentId"], &named) == nil && named != "" {
		attachment = named
	}
	_ = json.Unmarshal(a["NatGatewaySupport"], &support)
	o.natAsked[attachment] = true
	type record struct{ MatchSourceCidr, NatCidr, State string }
	return each(a, "NatGatewayRules", func(r record, _ []byte) bool {
		match, ok1 := parsePrefix(r.MatchSourceCidr)
		to, ok2 := parsePrefix(r.NatCidr)
		if ok1 && ok2 && support == "enabled" && (r.State == "activated" || r.State == "") {
			o.staticNAT[attachment] = append(o.staticNAT[attachment], staticNAT{match, to})
		}
		return ok1 && ok2
	})
}

// hostForHost moves an address from one prefix to the same place of another one of the same length.
func hostForHost(a netip.Addr, from, to netip.Prefix) netip.Addr {
	host, base := a.AsSlice(), to.Addr().AsSlice()
	for bit := from.Bits(); bit < 8*len(host); bit++ {
		mask := byte(1) << (7 - bit%8)
		base[bit/8] = base[bit/8]&^mask | host[bit/8]&mask
	}
	out, _ := netip.AddrFromSlice(base)
	return out
}

// natTold takes it that an attachment translates nothing where nobody asked. Where nothing may be assumed, the packet's addresses are not known
// from there on: it returns false.
func (w *walker) natTold(f flight, a *transitAttachment) (flight, bool) {
	switch {
	case w.o.natAsked[a.id]:
		return f, true
	case w.q.NoAssume:
		w.end(f, "tgw-nat-assumed", "assumption: no static NAT of "+a.id)
		return f, false
	}
	return w.assume(f, "tgw-nat-assumed", "no static NAT of "+a.id), true
}

// natIn translates the source of a packet that enters by an attachment (D-204). A reply that gets another source by it than the request was sent
// to is none: false.
func (w *walker) natIn(f flight, in *transitAttachment) (flight, bool) {
	f, ok := w.natTold(f, in)
	if !ok {
		return f, false
	}
	for _, r := range w.o.staticNAT[in.id] {
		if r.match.Contains(f.p.Source) {
			before := f.p.Source
			f.p.Source = hostForHost(before, r.match, r.to)
			f.token, f.strange = false, ""
			w.decide("tgw-nat", in.id)
			if f.reply && !slices.Contains(f.natted, natted{f.p.Source, before}) {
				return f, w.refuse(f, "reply-other-source", f.p.Source.String())
			}
			break
		}
	}
	return f, true
}

// natted is a destination that static NAT has made of another one.
type natted struct{ from, to netip.Addr }

// natOut translates the destination of a packet that leaves by an attachment (D-204).
func (w *walker) natOut(f flight, out *transitAttachment) (flight, bool) {
	f, ok := w.natTold(f, out)
	if !ok {
		return f, false
	}
	for _, r := range w.o.staticNAT[out.id] {
		if r.to.Contains(f.p.Destination) {
			before := f.p.Destination
			f.p.Destination = hostForHost(before, r.to, r.match)
			f.natted = append(slices.Clip(f.natted), natted{before, f.p.Destination})
			w.decide("tgw-nat-back", out.id)
			break
		}
	}
	return f, true
}
