package explain

import (
	"strings"
	"time"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// question is the question in the headline's words: FROM → TO, protocol, reading.
func (v *view) question() string {
	q := &v.r.Query
	words := []string{v.end(&q.From) + " → " + v.end(&q.To), q.Protocol.String()}
	if q.SourceAddresses != nil {
		words = append(words, "source "+prefixWords(q.SourceAddresses))
	}
	if q.DestinationAddresses != nil {
		words = append(words, "destination "+prefixWords(q.DestinationAddresses))
	}
	if q.SourcePorts != nil {
		words = append(words, "source port "+portWords(q.SourcePorts))
	}
	words = append(words, v.filters()...)
	return strings.Join(append(words, "["+q.Reading.String()+"]"), "  ")
}

// taken says when the snapshot was taken.
func (v *view) taken() string {
	from, to := v.span()
	switch {
	case from == "" && to == "":
		return "snapshot time unknown"
	case from == to:
		return "snapshot of " + from
	}
	return "snapshot of " + from + " to " + to
}

// span is the time of the first and the last call of the snapshot; empty where nothing says.
func (v *view) span() (from, to string) {
	if v.n == nil || v.n.Snapshot == nil {
		return "", ""
	}
	text := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return text(v.n.Snapshot.From), text(v.n.Snapshot.To)
}

// part is the set of packets that gives the verdict.
func (v *view) part() packet.Set {
	switch v.r.Verdict {
	case solver.Reachable:
		return v.r.Admitted
	case solver.Ambiguous:
		return v.r.Ambiguous
	case solver.Unknown:
		return v.r.Unknown
	}
	return v.r.Blocked
}

// whole says whether the verdict is that of the whole question.
func (v *view) whole() bool { return v.part() == v.r.Asked }

// only says in what the verdict's packets are fewer than those of the question, field by field: "tcp 443,8443; IPv6; client
// ports 32768-65535". exact is false where the fields together say more than the set holds.
func (v *view) only() (text string, exact bool) {
	part := v.part()
	var words []string
	product := v.r.Asked // what the words so far leave of the question
	narrow := func(keep packet.Field, word string) {
		if p := v.p.Forget(part, ^keep); p != v.p.Forget(product, ^keep) {
			words = append(words, word)
			product = v.p.Intersect(product, p)
		}
	}
	narrow(packet.FieldDestinationPort|packet.FieldICMPType|packet.FieldICMPCode, v.protocolsAndFamily(part, v.r.Asked))
	narrow(packet.FieldSourcePort, "client ports "+v.clientPorts(part))
	narrow(packet.FieldSource, "from "+v.addresses(v.p.SourceAddresses(part)))
	narrow(packet.FieldDestination, "to "+v.addresses(v.p.DestinationAddresses(part)))
	return strings.Join(dropEmpty(words), "; "), product == part
}

// protocolsAndFamily says the protocols and ports of part, and its family where the question has both and it matters.
func (v *view) protocolsAndFamily(part, asked packet.Set) string {
	six := v.p.OfFamily(packet.IPv6)
	v4, v6 := v.p.Subtract(part, six), v.p.Intersect(part, six)
	both := v.p.Overlaps(asked, six) && !v.p.Subset(asked, six)
	same := v.protocols(part) == v.protocols(asked)
	switch {
	case both && !v4.IsEmpty() && !v6.IsEmpty() && v.protocols(v4) != v.protocols(v6):
		return "IPv4 " + v.protocols(v4) + " and IPv6 " + v.protocols(v6)
	case both && v4.IsEmpty() && same:
		return "IPv6"
	case both && v4.IsEmpty():
		return "IPv6 " + v.protocols(part)
	case both && v6.IsEmpty() && same:
		return "IPv4"
	case both && v6.IsEmpty():
		return "IPv4 " + v.protocols(part)
	}
	return v.protocols(part)
}

// clientPorts says the source ports of the packets that have any.
func (v *view) clientPorts(set packet.Set) string {
	var all []packet.PortRange
	for _, b := range v.p.Boxes(v.p.Forget(set, ^packet.FieldSourcePort)) {
		if b.SourcePorts != nil {
			all = append(all, b.SourcePorts...)
		} else if in := protocolsIn(b.Protocols); in[packet.TCP] || in[packet.UDP] {
			return "all"
		}
	}
	return portWords(mergePorts(all))
}

func dropEmpty(words []string) []string {
	var out []string
	for _, w := range words {
		if w != "" && w != "client ports " {
			out = append(out, w)
		}
	}
	return out
}
