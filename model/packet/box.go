package packet

import "strings"

// Box is a product of one set a field: a packet is in it if each of its fields
// is in the field's set.
type Box struct {
	// Family is 0 where the box holds packets of both, without telling them
	// apart; then both address sets are all addresses.
	Family Family
	// Protocols are ascending and do not touch. Nil, as for the four lists
	// below, is no constraint; Boxes always fills it.
	Protocols []ByteRange
	// Source and Destination are never nil constraints: the empty set of
	// addresses makes the box empty.
	Source, Destination Addresses
	// SourcePorts and DestinationPorts are nil where all ports are in the box
	// and where its protocols have none.
	SourcePorts, DestinationPorts []PortRange
	// ICMPTypes and ICMPCodes are nil where all are in the box and where its
	// protocols have none.
	ICMPTypes, ICMPCodes []ByteRange
}

// Boxes divides the set into disjoint boxes whose union it is, with as few
// pieces as its diagram has distinct branches: "the internet to port 443" is one
// box. The division and its order depend on the packets in the set alone: boxes
// come in the order of the levels (see the package documentation), smallest
// values first. The empty set has none.
func (p *Pool) Boxes(s Set) []Box {
	w := boxWriter{pool: p}
	if p.level(s.id) != levelFamily {
		w.protocols(s.id)
		return w.boxes
	}
	for i, family := range families {
		w.box = Box{Family: family}
		w.protocols(p.step(s.id, levelFamily, uint64(i)))
	}
	return w.boxes
}

// boxWriter walks a diagram, a field a method; box holds the fields passed.
type boxWriter struct {
	pool  *Pool
	box   Box
	boxes []Box
}

func (w *boxWriter) protocols(id int32) {
	for _, x := range w.pool.split(id, bandProtocol) {
		w.box.Protocols = byteRanges(x.spans)
		w.destinationPorts(x.to)
	}
}

func (w *boxWriter) destinationPorts(id int32) {
	if w.pool.level(id) != levelDestinationPort {
		w.icmpTypes(id)
		return
	}
	for _, x := range w.pool.split(id, bandDestinationPort) {
		w.box.DestinationPorts = portRanges(x.spans)
		w.sourcePorts(x.to)
	}
	w.box.DestinationPorts = nil
}

func (w *boxWriter) icmpTypes(id int32) {
	if w.pool.level(id) != levelICMPType {
		w.sourcePorts(id)
		return
	}
	for _, x := range w.pool.split(id, bandICMPType) {
		w.box.ICMPTypes = byteRanges(x.spans)
		w.icmpCodes(x.to)
	}
	w.box.ICMPTypes = nil
}

func (w *boxWriter) sourcePorts(id int32) {
	if w.pool.level(id) != levelSourcePort {
		w.icmpCodes(id)
		return
	}
	for _, x := range w.pool.split(id, bandSourcePort) {
		w.box.SourcePorts = portRanges(x.spans)
		w.addresses(x.to)
	}
	w.box.SourcePorts = nil
}

func (w *boxWriter) icmpCodes(id int32) {
	if w.pool.level(id) != levelICMPCode {
		w.addresses(id)
		return
	}
	for _, x := range w.pool.split(id, bandICMPCode) {
		w.box.ICMPCodes = byteRanges(x.spans)
		w.addresses(x.to)
	}
	w.box.ICMPCodes = nil
}

func (w *boxWriter) addresses(id int32) {
	if id == trueID {
		w.box.Source = allAddresses(w.box.Family)
		w.box.Destination = w.box.Source
		w.boxes = append(w.boxes, w.box)
		return
	}
	for _, x := range w.pool.split(id, sourceBand(w.box.Family)) {
		w.box.Source = addressesOf(w.box.Family, x.spans)
		for _, y := range w.pool.split(x.to, destinationBand(w.box.Family)) {
			w.box.Destination = addressesOf(w.box.Family, y.spans)
			w.boxes = append(w.boxes, w.box)
		}
	}
}

// addressesOf takes over a normal list of spans of one family.
func addressesOf(f Family, spans []span) Addresses {
	if f == IPv4 {
		return Addresses{v4: spans}
	}
	return Addresses{v6: spans}
}

func byteRanges(spans []span) []ByteRange {
	ranges := make([]ByteRange, len(spans))
	for i, s := range spans {
		ranges[i] = ByteRange{uint8(s.lo.low), uint8(s.hi.low)}
	}
	return ranges
}

func portRanges(spans []span) []PortRange {
	ranges := make([]PortRange, len(spans))
	for i, s := range spans {
		ranges[i] = PortRange{uint16(s.lo.low), uint16(s.hi.low)}
	}
	return ranges
}

// String returns the box on one line, leaving out what it does not constrain:
//
//	tcp 10.0.1.5 -> 10.0.2.9 ports 443, client ports 1024-65535
//	icmp 10.0.0.0/16 -> all IPv4 type 8, code 0
//	all protocols any -> any
func (b Box) String() string {
	var text strings.Builder
	text.WriteString(protocolList(b.Protocols))
	text.WriteString(" " + b.Source.String() + " -> " + b.Destination.String())
	separator := " "
	list := func(name, ranges string) {
		text.WriteString(separator + name + " " + ranges)
		separator = ", "
	}
	if b.DestinationPorts != nil {
		list("ports", rangeList(b.DestinationPorts))
	}
	if b.SourcePorts != nil {
		list("client ports", rangeList(b.SourcePorts))
	}
	if b.ICMPTypes != nil {
		list(plural("type", b.ICMPTypes), rangeList(b.ICMPTypes))
	}
	if b.ICMPCodes != nil {
		list(plural("code", b.ICMPCodes), rangeList(b.ICMPCodes))
	}
	return text.String()
}

func plural(noun string, ranges []ByteRange) string {
	if len(ranges) == 1 && ranges[0].From == ranges[0].To {
		return noun
	}
	return noun + "s"
}

func rangeList[R interface{ String() string }](ranges []R) string {
	if len(ranges) == 0 {
		return "none"
	}
	texts := make([]string, len(ranges))
	for i, r := range ranges {
		texts[i] = r.String()
	}
	return strings.Join(texts, ",")
}

// protocolList names protocols, or those that are missing where most are there.
func protocolList(ranges []ByteRange) string {
	var in [256]bool
	count := 0
	for _, r := range ranges {
		for n := int(r.From); n <= int(r.To); n++ {
			if !in[n] {
				in[n] = true
				count++
			}
		}
	}
	switch {
	case ranges == nil || count == len(in):
		return "all protocols"
	case count == 0:
		return "no protocol"
	case count > len(in)/2:
		for n := range in {
			in[n] = !in[n]
		}
		return "all protocols but " + protocolRuns(&in)
	}
	return protocolRuns(&in)
}

// protocolRuns names the members: one or two in a row by name, more as a range
// of numbers.
func protocolRuns(in *[256]bool) string {
	var texts []string
	for n := 0; n < len(in); n++ {
		if !in[n] {
			continue
		}
		end := n
		for end+1 < len(in) && in[end+1] {
			end++
		}
		if end-n >= 2 {
			texts = append(texts, rangeString(uint64(n), uint64(end)))
			n = end
			continue
		}
		texts = append(texts, ProtocolName(uint8(n)))
	}
	return strings.Join(texts, ",")
}
