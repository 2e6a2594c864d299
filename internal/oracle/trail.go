package oracle

import "slices"

// trail is what a packet keeps of the middleboxes on its way: appliances and Gateway Load Balancer endpoints.
type trail struct {
	last   string   // the middlebox that it passed last, or the interface that sent it (GRT-5)
	boxes  []passed // appliances that the request passed and the reply has not passed yet (D-105)
	seen   []string // interfaces that saw the request, whose groups so let the reply pass (SG-5, SG-8)
	guards []passed // Gateway Load Balancer endpoints that the request passed (EP-23)
	// maybeLed is a gateway that let the packets in, whose table no answer shows: it may have led them through a middlebox (D-105)
	maybeLed string
	met      []meeting // what it came to on this way, request or reply (D-103)
	leg      int       // an internet gateway lets the packet in on another (D-55)
}

// meeting is a packet at a middlebox.
type meeting struct {
	box string
	leg int
}

// passed is a middlebox that a request passed, after so many translations.
type passed struct {
	box   string
	after int
}

// passing is a middlebox with the header that it sees: a reply to what was translated behind it is no reply to it (D-105).
func (f flight) passing(box string) passed {
	this := passed{box: box}
	for _, e := range f.events {
		if e.before != e.after {
			this.after++
		}
	}
	return this
}

// boxOf names the appliance that an interface belongs to: an instance is one, whichever interface (D-105).
func boxOf(i *iface) string {
	if i.attachment != nil && i.attachment.InstanceId != "" {
		return i.attachment.InstanceId
	}
	return i.id
}

// sawInterface notes an interface that sends the packet.
func (f flight) sawInterface(i *iface) flight {
	f.last = boxOf(i)
	if !f.reply {
		f.seen = append(slices.Clip(f.seen), i.id)
	}
	return f
}

// meet notes that the packet comes to a middlebox, and reports whether that is a loop: the second time on one leg, or the third time
// at all (D-103).
func (f flight) meet(box string) (flight, bool) {
	times, loop := 0, slices.Contains(f.met, meeting{box, f.leg})
	for _, m := range f.met {
		if m.box == box {
			times++
		}
	}
	f.met = append(slices.Clip(f.met), meeting{box, f.leg})
	return f, loop || times >= 2
}

// symmetric follows what the request and the reply have to have in common: the appliances, in the opposite order (GRT-8, D-105).
// It returns false when the packet was refused.
func (w *walker) symmetric(f flight, box string) (flight, bool) {
	this := f.passing(box)
	if !f.reply {
		f.boxes = append(slices.Clip(f.boxes), this)
		return f, true
	}
	last := len(f.boxes) - 1
	switch {
	case last >= 0 && f.boxes[last] == this:
		f.boxes = f.boxes[:last]
	case w.q.Reading == Strict:
		return f, w.oneSided(f, "appliance-asymmetric", box)
	default:
		w.decide("appliance-asymmetric-note", box)
		if at := slices.Index(f.boxes, this); at >= 0 {
			f.boxes = slices.Delete(slices.Clone(f.boxes), at, at+1)
		}
	}
	return f, true
}

// oneSided refuses a reply for a middlebox that sees one direction only, unless a table that is not known may have led the other through it.
// It returns false, as the packet goes no further.
func (w *walker) oneSided(f flight, kind, box string) bool {
	if f.maybeLed != "" {
		w.end(f, "edge-table-missing", "describe-route-tables: table of "+f.maybeLed)
		return false
	}
	return w.refuse(f, kind, box)
}

// home ends a reply that is back where the request started, unless it missed an appliance (D-105).
func (w *walker) home(f flight) {
	if f.p.Source != w.q.Packet.Destination { // D-204: it comes from another address than was asked
		w.refuse(f, "reply-other-source", f.p.Source.String())
		return
	}
	if len(f.boxes) > 0 {
		if w.q.Reading == Strict {
			w.oneSided(f, "appliance-bypassed", f.boxes[len(f.boxes)-1].box)
			return
		}
		w.decide("appliance-asymmetric-note", f.boxes[len(f.boxes)-1].box)
	}
	w.finish(f)
}

// erase drops the sender's tokens at a hop, and with them what its egress rules admit by a reference alone (SG-22, GRT-9,
// D-101). It returns false when the packet was refused.
func (w *walker) erase(f flight, hop string) (flight, bool) {
	switch f.byReference {
	case allow:
		return f, w.refuse(f, "sg-reference-lost", hop)
	case unsure:
		f = w.lack(f, "sg-reference-unsure", "egress rules before "+hop)
	}
	f.token, f.byReference, f.strange = false, deny, ""
	return f, true
}
