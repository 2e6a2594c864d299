package explain

import (
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// Filters of the question (D-190 to D-192). None of their blockers can be opened in the network: the question is what excludes.
func init() {
	register(solver.ComponentFilter, solver.ReasonNone, throughText, throughFix)
	register(solver.ComponentRemoved, solver.ReasonNone, excludedText, excludedFix)
	for code, field := range map[solver.Code]headerField{
		solver.FilterDestinationSourceAddress: sourceField, solver.FilterDestinationSourcePort: sourcePortField,
		solver.FilterDestinationAddress: destinationField, solver.FilterDestinationPort: destinationPortField,
		solver.FilterDestinationProtocol: protocolField,
	} {
		register(code, solver.ReasonNone, field.arrivesText, unfixable("ask without "+field.name+" in the filter at the destination, or with one that arrives"))
	}
	for code, field := range map[solver.Code]headerField{
		solver.FilterSourceAddress: sourceField, solver.FilterSourcePort: sourcePortField,
		solver.FilterSourceDestinationAddress: destinationField, solver.FilterSourceDestinationPort: destinationPortField,
		solver.FilterSourceProtocol: protocolField,
	} {
		register(code, solver.ReasonNone, field.leavesText, unfixable("ask with another "+field.name+", or leave it open"))
	}
	const behindNAT = "a NAT gateway cannot be told otherwise: leave the field out of the filter at the destination, or ask for a path without the NAT gateway"
	register(solver.NATSourceReassign, solver.ReasonNone, func(s *scene) string {
		return s.called(s.b.At) + " makes one of its own addresses the source of what it sends, so nothing arrives from another"
	}, unfixable(behindNAT))
	register(solver.NATRemapsPort, solver.ReasonNone, func(s *scene) string {
		return s.called(s.b.At) + " chooses the source port of what it sends, from 1024-65535"
	}, unfixable(behindNAT))
	register(solver.NATKeepsDestination, solver.ReasonNone, func(s *scene) string {
		return s.called(s.b.At) + " keeps the destination address, so what leaves FROM for another one does not arrive there"
	}, unfixable(behindNAT))
	register(solver.ExpectsPublicAddress, solver.ReasonNone, func(s *scene) string {
		return "a filter names a private address at the internet gateway, where packets have public ones"
	}, unfixable("ask with a public address"))
}

func throughText(s *scene) string {
	return "no packet that arrives has passed " + s.component(s.b.At) + ", as --through requires"
}

func throughFix(s *scene) Fix {
	return Fix{Unfixable: "the question asks for a way through " + s.called(s.b.At) + ": route the packets there, or ask without --through"}
}

func excludedText(s *scene) string {
	return "the way leads to " + s.component(s.b.At) + ", which --exclude takes out"
}

func excludedFix(s *scene) Fix {
	return Fix{Unfixable: "the question excludes " + s.called(s.b.At) + ": ask without --exclude, or make another way"}
}

// component is a component with its kind: "NAT gateway nat-1 (way out)".
func (s *scene) component(r model.Ref) string {
	kind := s.kindOf(r)
	if r.Kind == model.KindOther {
		kind = s.typeOf(r)
	}
	return strings.ReplaceAll(kind, "-", " ") + " " + s.called(r)
}

// headerField is a field of the header as filters name it.
type headerField struct {
	name string
	of   func(s *scene) string // what the refused packets have there
}

var (
	sourceField          = headerField{"source address", func(s *scene) string { return s.addresses(s.p.SourceAddresses(s.b.Packets)) }}
	destinationField     = headerField{"destination address", func(s *scene) string { return s.addresses(s.p.DestinationAddresses(s.b.Packets)) }}
	sourcePortField      = headerField{"source port", func(s *scene) string { return s.clientPorts(s.b.Packets) }}
	destinationPortField = headerField{"destination port", func(s *scene) string { return s.protocols(s.b.Packets) }}
	protocolField        = headerField{"protocol", func(s *scene) string { return s.protocols(s.b.Packets) }}
)

func (f headerField) arrivesText(s *scene) string {
	arrived := f.of(s)
	if arrived == "" {
		return "the filter at the destination asks for a " + f.name + ", and what arrives has none"
	}
	return "the filter at the destination takes another " + f.name + " than that of what arrives, " + arrived
}

func (f headerField) leavesText(s *scene) string {
	if s.b.Packets.IsEmpty() {
		return "the question's " + f.name + " leaves nothing to ask; another would"
	}
	return "the question's " + f.name + ", " + f.of(s) + ", leaves no path; with another there would be one, or one that can be opened"
}

// filters are the question's filters as the headline says them.
func (v *view) filters() []string {
	var words []string
	list := func(option string, refs []model.Ref) {
		for _, r := range refs {
			words = append(words, option+" "+v.called(r))
		}
	}
	list("through", v.r.Query.Through)
	list("excluding", v.r.Query.Exclude)
	if arriving := v.arriving(&v.r.Query.AtDestination); arriving != "" {
		words = append(words, "arriving with "+arriving)
	}
	return words
}

// arriving is a filter at the destination in words; empty for none.
func (v *view) arriving(m *packet.Match) string {
	var words []string
	add := func(given bool, word string) {
		if given {
			words = append(words, word)
		}
	}
	add(m.Source != nil, "source "+prefixWords(m.Source))
	add(m.SourcePorts != nil, "source port "+portWords(m.SourcePorts))
	add(m.Destination != nil, "destination "+prefixWords(m.Destination))
	add(m.DestinationPorts != nil, "destination port "+portWords(m.DestinationPorts))
	add(m.Protocols != nil, "protocol "+protocolWord(m.Protocols))
	return strings.Join(words, ", ")
}
