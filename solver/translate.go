package solver

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// frame is one translation of headers on a path, or a middlebox that was passed and must see the reply too (D-105).
// Its rewrites say which headers became which: a header of match becomes every header that agrees with it outside fields and is
// in to. The relation is a product, which keeps taking sets forward and back exact.
type frame struct {
	device   model.Ref
	at       model.Ref  // middleboxes: the interface or endpoint by which packets came in
	out      int32      // appliances: the interface by which they left
	passed   bool       // the headers stay as they are
	foreign  bool       // NAT gateways: what was translated had come by a transit gateway (D-216)
	inbound  bool       // the destination was rewritten, by an internet gateway on the way in
	outer    *frame     // the translation before it; nil for none
	in       packet.Set // headers that were translated
	rewrites []rewrite
}

type rewrite struct {
	match  packet.Set
	fields packet.Field
	to     packet.Set
	// nat64 says that headers of match, which are IPv6, become IPv4 first, by the address in their destination (NAT-11); then fields
	// are rewritten, the source among them.
	nat64 bool
}

// forth is the headers that one of set may become.
func (r *rewrite) forth(p *packet.Pool, set packet.Set) packet.Set {
	hit := p.Intersect(set, r.match)
	if r.nat64 {
		hit = p.ToIPv4(hit)
	}
	return p.Rewrite(hit, r.fields, r.to)
}

// back is the headers that may have become one of set.
func (r *rewrite) back(p *packet.Pool, set packet.Set) packet.Set {
	hit := p.Forget(p.Intersect(set, r.to), r.fields)
	if r.nat64 {
		hit = p.ToIPv6(hit)
	}
	return p.Intersect(hit, r.match)
}

// apply is the headers after the translation, of headers before it.
func (f *frame) apply(p *packet.Pool, before packet.Set) packet.Set {
	out := packet.Empty
	for i := range f.rewrites {
		out = p.Union(out, f.rewrites[i].forth(p, before))
	}
	return out
}

// undo is the headers before the translation that can have become one of the headers after it.
func (f *frame) undo(p *packet.Pool, after packet.Set) packet.Set {
	return p.Intersect(f.undoAny(p, after), f.in)
}

// undoAny is undo for any headers, whether they were translated on this path or not.
func (f *frame) undoAny(p *packet.Pool, after packet.Set) packet.Set {
	out := packet.Empty
	for i := range f.rewrites {
		out = p.Union(out, f.rewrites[i].back(p, after))
	}
	return out
}

// source takes a set at s back to the headers that left FROM.
func (w *walk) source(s *state, set packet.Set) packet.Set {
	if s.leg == Return {
		set = w.p.Request(set)
	}
	for f := s.frame; f != nil; f = f.outer {
		set = f.undo(w.p, set)
	}
	return w.p.Intersect(set, w.start.set)
}

// image takes a set of headers that left FROM to what they have become at s.
func (w *walk) image(s *state, source packet.Set) packet.Set {
	set := w.forward(s.frame, source)
	if s.leg == Return {
		set = w.p.Reply(set)
	}
	return set
}

func (w *walk) forward(f *frame, source packet.Set) packet.Set {
	if f == nil {
		return source
	}
	return f.apply(w.p, w.forward(f.outer, source))
}

// unframe undoes a translation of a reply: the set becomes the replies to the headers before it.
func (w *walk) unframe(f *frame, set packet.Set) packet.Set {
	return w.p.Reply(f.undo(w.p, w.p.Request(set)))
}

// reframe is unframe backwards: from the replies before the frames from f up to outer to those after them.
func (w *walk) reframe(f, outer *frame, set packet.Set) packet.Set {
	if f == outer {
		return set
	}
	return w.p.Reply(f.apply(w.p, w.p.Request(w.reframe(f.outer, outer, set))))
}

// translation is the latest frame that changed headers; nil for none.
func (s *state) translation() *frame {
	f := s.frame
	for f != nil && f.passed {
		f = f.outer
	}
	return f
}

// framed says whether the latest translation of s was made by the device.
func (s *state) framed(device model.Ref) bool {
	f := s.translation()
	return f != nil && f.device == device
}

// passed says whether the device translated the packets anywhere on their way.
func (s *state) passed(device model.Ref) bool {
	for f := s.frame; f != nil; f = f.outer {
		if f.device == device {
			return true
		}
	}
	return false
}
