package oracle

// respond builds the reply to a packet that arrived and sends it back, once for each source port that a NAT gateway may have
// given the packet. Where there is no reply, or none that is judged, the request alone decides (D-5).
func (w *walker) respond(f flight, send func(flight)) {
	w.decide("arrived")
	p := f.p
	switch {
	case p.Protocol == tcp && w.q.Reading == AWS && f.routed: // RA-3, D-215
		w.decide("tgw-forward-only")
		w.finish(f)
		return
	case p.Protocol == udp && w.q.Reading == AWS:
		w.finish(f)
		return
	case p.Protocol == icmp && p.ICMPType == 8 && p.ICMPCode == 0:
		f.p.ICMPType = 0
	case p.Protocol == icmpv6 && p.ICMPType == 128 && p.ICMPCode == 0:
		f.p.ICMPType = 129
	case p.Protocol == icmp, p.Protocol == icmpv6:
		w.decide("no-reply")
		w.finish(f)
		return
	}
	f.reply, f.token, f.crossed, f.byReference = true, false, nil, deny
	f.met, f.leg, f.last = nil, 0, ""
	f.tables, f.exits, f.came, f.entered, f.unsure = nil, nil, "", 0, ""
	f.p.Source, f.p.Destination = p.Destination, p.Source
	f.p.SourcePort = p.DestinationPort
	w.eachClientPort(f, p.SourcePort, send)
}

// eachClientPort goes on once for each port that the packet may be addressed to. Without a NAT gateway left to pass that is the
// client's own. A gateway chooses any of 1024-65535 (NAT-5), and that port counts only here, as the reply's destination:
// ACLs and groups never look at source ports.
func (w *walker) eachClientPort(f flight, client uint16, send func(flight)) {
	free := false
	for _, e := range f.events {
		free = free || e.kind == translated || e.kind == masqueraded
	}
	if !free || f.p.Protocol != tcp && f.p.Protocol != udp {
		f.p.DestinationPort = client
		send(f)
		return
	}
	for _, port := range w.o.borders {
		if w.settled() {
			return
		}
		f.p.DestinationPort = port
		send(f)
	}
}

// returned ends a reply at an interface: it is good at the one where the request started, with nothing left to undo (D-5).
func (w *walker) returned(f flight, i *iface) {
	if !w.isStart(f, i) {
		w.refuse(f, "reply-elsewhere", i.id)
		return
	}
	w.home(f)
}

// isStart reports whether a reply that reaches an interface is back where its request started.
func (w *walker) isStart(f flight, i *iface) bool {
	return f.reply && len(f.events) == 0 && w.o.is(w.q.From, i) && i == f.started
}
