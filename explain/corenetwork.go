package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// Core networks of Cloud WAN: what refuses packets there, and what they are.

// byPolicy is why no route of a segment is a fix: the core network's policy makes them.
const byPolicy = "change the core network's policy (segments, sharing, static routes), and take the snapshot again: what its segments forward is not for the answers to say beforehand"

func init() {
	register(solver.NoRouteToDestination, solver.ReasonCoreNetwork, noCoreRouteText, unfixable(byPolicy))
	register(solver.BadStateRoute, solver.ReasonCoreNetwork, badCoreRouteText, unfixable(byPolicy))
	notes[solver.NoteBeyondRA] = "the way passes %s: AWS's Reachability Analyzer does not follow core networks"
	decisions[model.KindCoreAttachment] = (*view).coreAttachmentDecision
	decisions[model.KindCoreTable] = (*view).coreDecision
	for _, k := range []model.Kind{model.KindCoreNetwork, model.KindCoreAttachment, model.KindCoreTable} {
		registerRow(k, awsRow{}) // AWS's format has no field for any
	}
	resourceSheets[model.KindCoreNetwork] = coreNetworkSheet
	resourceSheets[model.KindCoreAttachment] = coreAttachmentSheet
	resourceSheets[model.KindCoreTable] = coreTableSheet
}

func noCoreRouteText(s *scene) string {
	return s.segment(s.b.At.Index) + " has no route for " + s.destinations()
}

func badCoreRouteText(s *scene) string {
	return s.segment(s.b.At.Index) + " matches " + s.destinations() + " by a route in state " + Printable(s.b.State) + ", which drops it"
}

// targetOf is a target as a call that makes a route takes it: its id, and of a core network the ARN.
func (s *scene) targetOf(r model.Ref) string {
	if r.Kind == model.KindCoreNetwork {
		return s.n.CoreNetworks[r.Index].ARN
	}
	return s.n.ID(r)
}

// segment is a segment of a core network at an edge, in words.
func (v *view) segment(i int32) string {
	t := &v.n.CoreTables[i]
	return "segment " + Printable(t.Segment) + " of " + v.called(model.Ref{Kind: model.KindCoreNetwork, Index: t.Core}) + " at edge " + Printable(t.Edge)
}

func (v *view) coreAttachmentDecision(h *solver.Hop, _ solver.Leg) string {
	a := &v.n.CoreAttachments[h.At.Index]
	text := "of " + v.called(h.Gateway)
	if a.VPC >= 0 {
		text += ", " + v.called(model.Ref{Kind: model.KindVPC, Index: a.VPC})
	} else if a.Type != "" {
		text += ", " + Printable(a.Type)
	}
	return text
}

func (v *view) coreDecision(h *solver.Hop, _ solver.Leg) string {
	t := &v.n.CoreTables[h.At.Index]
	if t.Unknown != nil {
		return "routes not known"
	}
	if k, ok := v.p.Witness(h.In); ok {
		if winners, ok := t.Table.Lookup(k.Destination); ok {
			return v.coreRoute(&t.Routes[winners[0]])
		}
	}
	return "no route for " + v.addresses(v.p.DestinationAddresses(h.In))
}

// coreRoute is a route of a segment: "10.1.0.0/16 → attachment-b (propagated)".
func (v *view) coreRoute(r *model.CoreRoute) string {
	var to []string
	for _, x := range r.Targets {
		switch {
		case x.Attachment >= 0:
			to = append(to, v.called(model.Ref{Kind: model.KindCoreAttachment, Index: x.Attachment}))
		case x.Table >= 0:
			to = append(to, "edge "+Printable(v.n.CoreTables[x.Table].Edge))
		default:
			to = append(to, Printable(cmp.Or(x.Other, "nothing that is known")))
		}
	}
	if len(to) == 0 {
		to = []string{"no attachment"}
	}
	text := r.Prefix.String() + " → " + strings.Join(to, ", ")
	switch {
	case r.Bad():
		text += " (blackhole)"
	case r.Record.Type == "PROPAGATED":
		text += " (propagated)"
	}
	return text
}

func coreNetworkSheet(n *model.Network, i int32, s *sheet) {
	c := &n.CoreNetworks[i]
	s.missing(n.CoreMissing(i))
	if c.Record != nil {
		s.field("state", c.State())
		s.field("owner", n.CoreOwner(i))
	}
	t := sheetTable{key: "attachments", title: "Attachments", columns: []string{"attachment", "type", "resource", "state", "segment", "edge"}, empty: "none in the answers"}
	for _, k := range c.Attachments {
		a := &n.CoreAttachments[k]
		t.add(linkTo(n, model.Ref{Kind: model.KindCoreAttachment, Index: k}), a.Type, idLink(n, a.Resource), a.State(), cmp.Or(a.Segment, a.Group), a.Edge)
	}
	segments := sheetTable{key: "segments", title: "Segments at edges", columns: []string{"segment", "routes"}, empty: "none in the answers"}
	for k := range n.CoreTables {
		if x := &n.CoreTables[k]; x.Core == i && x.Unknown == nil {
			segments.add(linkTo(n, model.Ref{Kind: model.KindCoreTable, Index: int32(k)}), len(x.Routes))
		} else if x.Core == i {
			segments.add(linkTo(n, model.Ref{Kind: model.KindCoreTable, Index: int32(k)}), notKnown(x.Unknown))
		}
	}
	s.tables = append(s.tables, t, segments, routesTo(n, model.Ref{Kind: model.KindCoreNetwork, Index: i}))
}

func coreAttachmentSheet(n *model.Network, i int32, s *sheet) {
	a := &n.CoreAttachments[i]
	s.missing(n.CoreAttachmentMissing(i))
	s.field("core_network", linkTo(n, model.Ref{Kind: model.KindCoreNetwork, Index: a.Core}))
	s.field("attached", a.Type)
	s.field("resource", idLink(n, a.Resource))
	s.field("state", a.State())
	s.field("segment", linkTo(n, model.Ref{Kind: model.KindCoreTable, Index: a.Table}))
	s.field("network_function_group", a.Group)
	if a.Type != "vpc" {
		return
	}
	at := n.VPCAttachment(model.Ref{Kind: model.KindCoreAttachment, Index: i})
	if !at.Told {
		s.field("subnets_are", notKnown(n.SubnetsMissing(model.Ref{Kind: model.KindCoreAttachment, Index: i})))
		return
	}
	s.field("appliance_mode", onOff(at.Appliance))
	s.field("subnets", links(n, model.KindSubnet, a.Subnets))
}

func coreTableSheet(n *model.Network, i int32, s *sheet) {
	x := &n.CoreTables[i]
	s.field("core_network", linkTo(n, model.Ref{Kind: model.KindCoreNetwork, Index: x.Core}))
	s.field("segment", x.Segment)
	s.field("edge", x.Edge)
	if x.Unknown != nil {
		s.field("routes_are", notKnown(x.Unknown))
		return
	}
	t := sheetTable{key: "routes", title: "Routes", columns: []string{"destination", "leads_to", "type", "state"}, empty: "none"}
	order := make([]int, len(x.Routes))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(p, q int) int {
		a, b := &x.Routes[p], &x.Routes[q]
		return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()), cmp.Compare(a.Class, b.Class))
	})
	for _, k := range order {
		r := &x.Routes[k]
		var to []*link
		for _, d := range r.Targets {
			if d.Attachment >= 0 {
				to = append(to, linkTo(n, model.Ref{Kind: model.KindCoreAttachment, Index: d.Attachment}))
			} else if d.Table >= 0 {
				to = append(to, linkTo(n, model.Ref{Kind: model.KindCoreTable, Index: d.Table}))
			}
		}
		t.add(r.Prefix.String(), to, r.Record.Type, r.Record.State)
	}
	s.tables = append(s.tables, t)
}
