package explain

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// Transit gateways: what refuses packets there, and what opens it.

func init() {
	register(solver.TransitZone, solver.ReasonNone, transitZoneText, transitZoneFix)
	register(solver.TransitNoAssociation, solver.ReasonNone, noAssociationText, noAssociationFix)
	register(solver.TransitExitZone, solver.ReasonNone, exitZoneText,
		unfixable("AWS keeps a flow in its zone: make the way out of the attachment's subnet in that zone work, or remove the attachment's subnet there"))
	register(solver.TransitNoRoute, solver.ReasonNone, noTransitRouteText, transitRouteFix)
	register(solver.TransitCannotRoute, solver.ReasonNone, cannotTransitText, transitRouteFix)
	register(solver.TransitCannotRoute, solver.ReasonLoop, transitLoopText,
		unfixable("let the tables lead the packets onward: an attachment through which traffic only passes needs a route table of its own, which leads to where it is meant to go"))
	register(solver.TransitCannotRoute, solver.ReasonPolicyTable, noEntryText, noEntryFix)
	register(solver.TransitMoreSpecific, solver.ReasonNone, moreSpecificTransitText, transitRouteFix)
	register(solver.TransitHigherPriority, solver.ReasonNone, higherPriorityTransitText, transitRouteFix)
	register(solver.TransitBadRoute, solver.ReasonNone, badTransitText, transitRouteFix)
	register(solver.NoRouteToDestination, solver.ReasonStaticNAT, staticNATText,
		unfixable("let the reply take the attachments that the request took, or give both ends the same rules of static NAT"))
	register(solver.SecurityGroupReferencing, solver.ReasonNone, noReferencingText, forgottenFix)

	decisions[model.KindTransitAttachment] = (*view).attachmentDecision
	decisions[model.KindTransitRouteTable] = (*view).transitDecision
	decisions[model.KindTransitPolicyTable] = (*view).transitDecision

	assumptions[solver.AssumePropagations] = "has the routes that its propagations make: the search of it asked for static routes only"
	assumptions[solver.AssumeTransitTable] = "is in a state in which it works: no answer describes it, but its routes are there"
	assumptions[solver.AssumeNoStaticNAT] = "translates no addresses: nobody asked for the static NAT of its attachments"
	notes[solver.NoteUnidirectional] = "only the request was judged: AWS's analyzer does not look at replies through a transit gateway"
	notes[solver.NoteAttachmentChanging] = "%s is being changed: AWS says that it may not carry all traffic meanwhile"
}

func transitZoneText(s *scene) string {
	return s.called(s.b.At) + " has no subnet in the zone of " + s.called(s.b.Subnet) + ", so that it takes nothing from there"
}

func transitZoneFix(s *scene) Fix {
	return Fix{Unfixable: "add a subnet of that zone to " + s.called(s.b.At) + ", and ask again: its network ACL is not judged here"}
}

func noAssociationText(s *scene) string {
	return s.called(s.b.At) + " is associated with no route table: the transit gateway drops what comes by it"
}

func noAssociationFix(s *scene) Fix {
	var tables []string
	a := &s.n.TransitAttachments[s.b.At.Index]
	for i := range s.n.TransitTables {
		if s.n.TransitTables[i].Gateway == a.Gateway {
			tables = append(tables, s.called(model.Ref{Kind: model.KindTransitRouteTable, Index: int32(i)}))
		}
	}
	text := "associate " + s.called(s.b.At) + " with a route table that leads to where it is meant to send"
	if len(tables) > 0 && len(tables) <= maxListed {
		text += " (" + joined(tables, "or") + ")"
	}
	return Fix{Unfixable: text + ", and ask again"}
}

func exitZoneText(s *scene) string {
	return s.called(s.b.At) + " does not hand over in " + s.called(s.b.Subnet) + ": the flow belongs to another zone of it"
}

func noTransitRouteText(s *scene) string {
	if s.b.Target.IsZero() {
		return s.called(s.b.At) + " has no route for " + s.destinations()
	}
	return s.called(s.b.At) + " has no route to " + s.called(s.b.Target) + " for " + s.destinations() + s.winningTransit("; it sends that by ")
}

func cannotTransitText(s *scene) string {
	text := s.called(s.b.At) + " has a route to " + s.called(s.b.Target)
	if s.b.LosingTransit != nil {
		text += " (" + s.transitRoute(s.b.LosingTransit) + ")"
	}
	return text + ", but not for " + s.destinations()
}

func moreSpecificTransitText(s *scene) string {
	return s.losingTransit() + " loses for " + s.destinations() + " to a longer prefix" + s.winningTransit(", ")
}

func higherPriorityTransitText(s *scene) string {
	return s.losingTransit() + " loses for " + s.destinations() + " to a route of the same prefix and higher priority" + s.winningTransit(", ")
}

func (s *scene) losingTransit() string {
	if s.b.LosingTransit == nil {
		return "a route of " + s.called(s.b.At) + " to " + s.called(s.b.Target)
	}
	return "the route " + s.transitRoute(s.b.LosingTransit) + " of " + s.called(s.b.At)
}

func (s *scene) winningTransit(before string) string {
	if s.b.Rule == nil || s.b.Rule.Transit == nil {
		return ""
	}
	return before + s.transitRoute(s.b.Rule.Transit)
}

func badTransitText(s *scene) string {
	route := "the route"
	if s.b.Rule != nil && s.b.Rule.Transit != nil {
		route = "the route " + s.transitRoute(s.b.Rule.Transit)
	}
	return route + " of " + s.called(s.b.At) + " is in state " + Printable(s.b.State) + ": it matches " + s.destinations() + " and drops it"
}

func transitLoopText(s *scene) string {
	return s.destinations() + " comes to " + s.called(s.b.At) + " again: it goes round for ever"
}

func noEntryText(s *scene) string {
	return "no entry of " + s.called(s.b.Target) + ", the policy table of " + s.called(s.b.At) + ", matches " + s.refused()
}

func noEntryFix(s *scene) Fix {
	return Fix{Unfixable: "add an entry to " + s.called(s.b.Target) + " that picks a route table for these packets, and ask again: which table is not for the answers to say"}
}

func staticNATText(s *scene) string {
	return "the static NAT of " + s.called(s.b.At) + " and the way of the reply do not fit together: the sender would not know the address it comes from, or never get it"
}

func noReferencingText(s *scene) string {
	return s.called(s.b.At) + " has references to security groups switched off, so that no inbound rule of " + s.called(s.b.Interface) + " that names a group of the sender matches"
}

// transitRouteFix leads the refused packets to an attachment: a static route comes before every other of its prefix (TGW-28).
func transitRouteFix(s *scene) Fix {
	if s.b.Target.Kind != model.KindTransitAttachment || !known(s.b.Target) {
		return Fix{Unfixable: "nothing that the snapshot shows at the transit gateway leads to " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) +
			": attach what does, and route to it"}
	}
	if s.n.TransitAttachments[s.b.Target.Index].Type == "connect" {
		return Fix{Unfixable: "a Connect attachment takes no static routes (TGW-35): let its peers announce " + s.addresses(s.p.DestinationAddresses(s.b.Packets))}
	}
	t := &s.n.TransitTables[s.b.At.Index]
	list, partial := s.transitCIDRs(t)
	f := Fix{Action: AddTransitRoute, Resource: s.b.At, Partial: partial}
	words := make([]string, len(list))
	for i, c := range list {
		f.Routes = append(f.Routes, RouteChange{c.String(), s.n.ID(s.b.Target)})
		words[i] = c.String() + " → " + s.id(s.b.Target)
	}
	verb := "add to "
	if slices.ContainsFunc(t.Routes, func(r model.TransitRoute) bool { return slices.Contains(list, r.Prefix) && static(&r) }) {
		f.Action, verb = ReplaceTransitRoute, "put into "
	}
	f.Text = verb + s.called(s.b.At) + " the static route " + joined(words, "and") + partialWords(partial)
	return f
}

func static(r *model.TransitRoute) bool {
	return r.Record.PrefixListId == "" && r.Record.Type != "propagated"
}

// transitCIDRs are the destinations of the routes to make: those that are refused, as far as no longer route of the table beats them.
func (s *scene) transitCIDRs(t *model.TransitTable) (list []netip.Prefix, partial bool) {
	list = s.p.DestinationAddresses(s.b.Packets).Prefixes()
	beaten := func(c netip.Prefix) bool {
		return slices.ContainsFunc(t.Routes, func(r model.TransitRoute) bool { return c.Overlaps(r.Prefix) && r.Prefix.Bits() > c.Bits() }) ||
			!c.IsSingleIP() && slices.ContainsFunc(t.Ways, func(w model.Way) bool { return w.Doubt != nil })
	}
	some := slices.ContainsFunc(list, func(c netip.Prefix) bool {
		return slices.ContainsFunc(t.Routes, func(r model.TransitRoute) bool { return r.Prefix == c && static(&r) })
	})
	if len(list) == 0 || len(list) > maxListed || slices.ContainsFunc(list, beaten) || some && len(list) > 1 {
		k := s.b.Witness
		return []netip.Prefix{netip.PrefixFrom(k.Destination, k.Destination.BitLen())}, true
	}
	return list, false
}

// transitRoute is a route of a transit gateway's table: "10.1.0.0/16 → tgw-attach-b (propagated)".
func (v *view) transitRoute(r *model.TransitRoute) string {
	var to []string
	for _, i := range r.Targets {
		to = append(to, v.called(model.Ref{Kind: model.KindTransitAttachment, Index: i}))
	}
	if len(to) == 0 {
		to = []string{"no attachment"}
	}
	text := r.Prefix.String() + " → " + strings.Join(to, ", ")
	switch {
	case r.Record.PrefixListId != "":
		text += " (of " + Printable(r.Record.PrefixListId) + ")"
	case r.Record.Type == "propagated":
		text += " (propagated)"
	}
	return text
}

// policyEntry is an entry of a policy table: "entry 10 → tgw-rtb-x".
func (v *view) policyEntry(e *model.PolicyEntry) string {
	return "entry " + Printable(e.Record.PolicyRuleNumber) + " → " + v.called(model.Ref{Kind: model.KindTransitRouteTable, Index: e.Table})
}

func (v *view) attachmentDecision(h *solver.Hop, _ solver.Leg) string {
	a := &v.n.TransitAttachments[h.At.Index]
	text := "of " + v.called(h.Gateway)
	if a.VPC >= 0 {
		text += ", " + v.called(model.Ref{Kind: model.KindVPC, Index: a.VPC})
	} else if a.Type != "" {
		text += ", " + Printable(a.Type)
	}
	if changed := v.rewritten(h); changed != unchanged {
		text += ": " + changed
	}
	return text
}

func (v *view) transitDecision(h *solver.Hop, _ solver.Leg) string {
	if h.Rule != nil {
		return v.rule(h.Rule)
	}
	if h.At.Kind == model.KindTransitPolicyTable {
		return "no entry that is known matches"
	}
	if k, ok := v.p.Witness(h.In); ok {
		t := &v.n.TransitTables[h.At.Index]
		if t.Unknown != nil {
			return "routes not known"
		}
		if winners, ok := t.Table.Lookup(k.Destination); ok {
			return v.transitRoute(&t.Routes[winners[0]])
		}
	}
	return "no route for " + v.addresses(v.p.DestinationAddresses(h.In))
}
