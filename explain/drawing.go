package explain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// drawing is an answer as a picture. [Mermaid] and [DOT] write the same one; what is drawn is decided here and in
// drawingpath.go, how it looks there. Every text in it is printable.
//
// A picture is for a glance, so it holds what a person thinks in: the ends, the route tables, the gateways between
// them, and everything that refuses or is not known. A group or network ACL that admits is a line beside the arrow, and none
// at all where its rule admits everything.
type drawing struct {
	caption []string // the verdict with the question; then what else must be said about it, one thing a line
	nodes   []drawnNode
	edges   []drawnEdge
}

// shape says what a node stands for.
type shape uint8

const (
	place    shape = iota // an instance or a network interface
	signpost              // a route table
	passage               // a gateway, a peering connection: what packets pass on their way
	outside               // the internet, an address that nobody has
	refusal               // a blocker
	unknown               // a fact that is missing
	numShapes
)

type drawnNode struct {
	shape shape
	lines []string // never empty; the first is what a person calls it
}

type drawnEdge struct {
	from, to int // indices of nodes
	leg      solver.Leg
	// beyond says that no packet gets here: the path goes on behind something that refuses.
	beyond bool
	// aside says that no packet goes here: the edge ties what is missing to the picture.
	aside bool
	lines []string
}

// drawingOf draws a result: its path, or each of the ways that AWS may choose.
func drawingOf(r *solver.Result) *drawing {
	d := drawn(r)
	return &d.drawing
}

func drawn(r *solver.Result) *drawer {
	d := &drawer{view: viewOf(r), index: map[string]int{}, from: -1, to: -1}
	d.caption = d.captions()
	if len(r.Branches) == 0 {
		d.path(r.Forward, r.Return, r.Blockers, d.stops())
	}
	for i := range r.Branches {
		if i == maxSections {
			d.caption = append(d.caption, counted(len(r.Branches)-i, "more way")+" not drawn (--format json lists all)")
			break
		}
		b := &r.Branches[i]
		d.path(b.Forward, b.Return, b.Blockers, b.Missing)
	}
	if r.Verdict == solver.Unknown && d.stops() == nil {
		d.doubts()
	}
	return d
}

// drawer makes a drawing.
type drawer struct {
	*view
	drawing
	index    map[string]int // nodes by what they are
	from, to int            // the nodes of FROM and TO; -1 until they are drawn
}

// captions say what the picture is about, and what the headline of the text says besides.
func (d *drawer) captions() []string {
	q := &d.r.Query
	head := strings.ToUpper(d.r.Verdict.String())
	whole := d.whole()
	if !whole {
		head += " in part"
	}
	words := []string{head + ": " + d.short(&q.From) + " → " + d.short(&q.To), q.Protocol.String()}
	if q.SourceAddresses != nil {
		words = append(words, "source "+prefixWords(q.SourceAddresses))
	}
	if q.DestinationAddresses != nil {
		words = append(words, "destination "+prefixWords(q.DestinationAddresses))
	}
	if q.SourcePorts != nil {
		words = append(words, "source port "+portWords(q.SourcePorts))
	}
	if q.Reading != solver.Strict {
		words = append(words, "reading "+q.Reading.String())
	}
	out := []string{strings.Join(words, ", ")}
	if !whole {
		text, exact := d.only()
		if !exact {
			text = "a part that takes many words (--format json lists it)"
		}
		out = append(out, "only: "+text, d.rest())
	}
	for i := range d.r.Assumptions {
		if i == maxListed {
			out = append(out, "assumed: "+strconv.Itoa(len(d.r.Assumptions)-i)+" more things")
			break
		}
		out = append(out, "assumed: "+d.assumption(&d.r.Assumptions[i]))
	}
	return append(out, d.taken())
}

// short is an end by its name alone, where it has one.
func (d *drawer) short(e *model.End) string {
	if d.owner(e.Ref) != "" {
		return d.called(e.Ref)
	}
	if name := d.name(e.Ref); name != "" {
		return name
	}
	return Printable(e.Text)
}

// node draws a node once, by its key.
func (d *drawer) node(key string, s shape, lines ...string) int {
	if i, ok := d.index[key]; ok {
		return i
	}
	d.index[key] = len(d.nodes)
	d.nodes = append(d.nodes, drawnNode{s, lines})
	return len(d.nodes) - 1
}

// edge draws an edge once. Where one branch goes on and another is refused before, the edge is one that packets take.
func (d *drawer) edge(e drawnEdge) {
	for i := range d.edges {
		x := &d.edges[i]
		if x.from == e.from && x.to == e.to && x.leg == e.leg && x.aside == e.aside && slices.Equal(x.lines, e.lines) {
			x.beyond = x.beyond && e.beyond
			return
		}
	}
	d.edges = append(d.edges, e)
}

// end draws FROM or TO where no hop stands for it.
func (d *drawer) end(key string, e *model.End) int {
	s, lines := outside, []string{d.view.end(e)}
	switch e.Kind {
	case model.EndMissing:
		s = unknown
	case model.EndInterfaces, model.EndPeering, model.EndGateway, model.EndTransit, model.EndEdge:
		s = place
	}
	if d.r.HasWitness && (e.Kind == model.EndInternet || e.Kind == model.EndAddress || e.Kind == model.EndDeclared) {
		a := d.r.Witness.Destination
		if e == &d.r.Query.From {
			a = d.r.Witness.Source
		}
		if a.String() != e.Text {
			lines = append(lines, a.String())
		}
	}
	return d.node(key, s, lines...)
}

// stops lists the missing facts that keep the path from being followed further; nil where it was followed to its end.
func (d *drawer) stops() []*model.Missing {
	if d.r.Verdict != solver.Unknown || (d.r.ArrivedAt.IsZero() && len(d.r.Forward) > 0) {
		return nil
	}
	return d.r.Missing
}

// doubts draws the missing facts of a path that goes all the way, beside TO.
func (d *drawer) doubts() {
	lines := d.missingLines(d.r.Missing)
	if len(lines) == 0 || d.to < 0 {
		return
	}
	d.edge(drawnEdge{from: d.to, to: d.node("doubts", unknown, append([]string{"not known"}, lines...)...), aside: true})
}

// missingLines say what is missing, the first few of many.
func (d *drawer) missingLines(list []*model.Missing) []string {
	var out []string
	for i, m := range list {
		if i == maxListed {
			return append(out, "and "+strconv.Itoa(len(list)-i)+" more")
		}
		out = append(out, PrintableMax(m.What, 120)+": "+missingWhy(m))
	}
	return out
}
