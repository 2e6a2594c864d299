package explain

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

func init() {
	register(solver.NoRouteToDestination, solver.ReasonNone, noRouteText, routeFix)
	register(solver.CannotRoute, solver.ReasonNone, cannotRouteText, routeFix)
	register(solver.MoreSpecificRoute, solver.ReasonNone, moreSpecificText, routeFix)
	register(solver.HigherPriorityRoute, solver.ReasonNone, higherPriorityText, routeFix)
	register(solver.BadStateRoute, solver.ReasonNone, badRouteText, badRouteFix)
	register(solver.LocalRouteRestriction, solver.ReasonNone, localRouteText, localRouteFix)
	register(solver.DisconnectedVPCs, solver.ReasonNone, disconnectedText, disconnectedFix)
}

// destinations says where the refused packets go, and that it is a reply where it is one.
func (s *scene) destinations() string {
	text := s.addresses(s.p.DestinationAddresses(s.b.Packets))
	if s.b.Leg == solver.Return {
		return "the reply to " + text
	}
	return text
}

func noRouteText(s *scene) string {
	if s.b.Target.IsZero() {
		return s.called(s.b.At) + " has no route for " + s.destinations()
	}
	text := s.called(s.b.At) + " has no route to " + s.called(s.b.Target) + " for " + s.destinations()
	if r := s.b.Rule; r != nil && r.Route != nil {
		text += "; it sends that to " + s.routeTarget(r.Route) + " (" + s.route(r.Route) + ")"
	}
	return text
}

func cannotRouteText(s *scene) string {
	text := s.called(s.b.At) + " has a route to " + s.called(s.b.Target)
	if s.b.Losing != nil {
		text += " (" + s.route(s.b.Losing) + ")"
	}
	return text + ", but not for " + s.destinations()
}

func moreSpecificText(s *scene) string {
	return s.losing() + " loses for " + s.destinations() + " to a longer prefix" + s.winning()
}

func higherPriorityText(s *scene) string {
	return s.losing() + " loses for " + s.destinations() + " to a route of the same prefix and higher priority" + s.winning()
}

func (s *scene) losing() string {
	if s.b.Losing == nil {
		return "a route of " + s.called(s.b.At) + " to " + s.called(s.b.Target)
	}
	return "the route " + s.route(s.b.Losing) + " of " + s.called(s.b.At)
}

func (s *scene) winning() string {
	if s.b.Rule == nil || s.b.Rule.Route == nil {
		return ""
	}
	return ", " + s.route(s.b.Rule.Route)
}

// routeFix makes the table lead to the target: a route for just the refused destinations wins over every shorter one (RT-4);
// where a route of that very CIDR is there, its target is replaced.
func routeFix(s *scene) Fix {
	switch {
	case s.b.Target.IsZero():
		return Fix{Unfixable: "nothing that the snapshot shows in " + s.vpcOf(s.b.VPC) + " leads to " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) +
			": a gateway or a connection that does has to be made first"}
	case s.b.Target.Kind == model.KindVPC:
		return s.localFix()
	case s.gatewayEndpoint():
		return s.gatewayEndpointFix()
	case s.routable().IsEmpty():
		return Fix{Unfixable: s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " lies in a CIDR of " + s.vpcOf(s.b.VPC) +
			" itself, where the local route decides: no route can lead it to " + s.called(s.b.Target)}
	}
	list, partial := s.routeCIDRs()
	f := Fix{Action: AddRoute, Resource: s.b.At, Partial: partial}
	words := make([]string, len(list))
	for i, c := range list {
		f.Routes = append(f.Routes, RouteChange{c.String(), s.targetOf(s.b.Target)})
		words[i] = c.String() + " → " + s.id(s.b.Target)
	}
	f.Text = "add to " + s.called(s.b.At) + " the route " + joined(words, "and")
	if old := s.existing(list); old != nil {
		f.Action = ReplaceRoute
		f.Text = "replace in " + s.called(s.b.At) + " the route " + s.route(old) + " by " + joined(words, "and")
	}
	f.Text += s.wholeSide(list) + partialWords(partial)
	return f
}

// localFix is for packets that the local route would deliver, were it not for another one: a longer one goes; one that took
// the very place of the local route (RT-12) gives it back.
func (s *scene) localFix() Fix {
	if s.b.Rule == nil || s.b.Rule.Route == nil {
		return Fix{Unfixable: "AWS adds the local route to every table; that " + s.called(s.b.At) + " has none for this address means that the snapshot is not whole"}
	}
	r := s.b.Rule.Route
	if r.List < 0 && slices.Contains(s.n.VPCs[s.b.Target.Index].Blocks, r.Prefix) {
		return Fix{Action: ReplaceRoute, Resource: s.b.At, Routes: []RouteChange{{r.Prefix.String(), "local"}},
			Text: "replace in " + s.called(s.b.At) + " the route " + s.route(r) + " by " + r.Prefix.String() + " → local"}
	}
	if s.b.Losing == nil {
		return Fix{Unfixable: "AWS adds the local route to every table; that " + s.called(s.b.At) + " has none means that the snapshot is not whole"}
	}
	return Fix{Action: DeleteRoute, Resource: s.b.At, Routes: []RouteChange{{s.plainDestination(r), s.targetOf(r.Target)}},
		Text: "delete from " + s.called(s.b.At) + " the route " + s.route(r) + ", so that the local route delivers"}
}

// plainDestination is a route's destination as data.
func (s *scene) plainDestination(r *model.Route) string {
	if r.List >= 0 {
		return s.n.PrefixLists[r.List].ID
	}
	return r.Prefix.String()
}

// routable are the refused packets that a route could lead elsewhere: not those to the table's own VPC, where routes other than
// local ones may only name whole subnets and few kinds of targets (RT-8, RT-12).
func (s *scene) routable() packet.Set {
	if s.b.VPC.Kind != model.KindVPC || s.b.VPC.Index < 0 {
		return s.b.Packets
	}
	return s.p.Subtract(s.b.Packets, s.p.Destinations(s.n.VPCs[s.b.VPC.Index].Blocks...))
}

// routeCIDRs are the destinations of the routes to add.
func (s *scene) routeCIDRs() (list []netip.Prefix, partial bool) {
	a := s.p.DestinationAddresses(s.routable())
	list = a.Prefixes()
	if leadsOut(s.b.Target.Kind) && (internetWords(s.p, a) != "" || len(list) > maxListed) && s.defaultServes() {
		return defaultRoutes(list), false
	}
	if len(list) <= maxListed && !s.beaten(list) {
		return list, false
	}
	k := s.b.Witness
	if !s.p.Contains(s.routable(), k) {
		k, _ = s.p.Witness(s.routable())
	}
	return []netip.Prefix{netip.PrefixFrom(k.Destination, k.Destination.BitLen())}, true
}

// leadsOut says whether a target leads to the internet.
func leadsOut(k model.Kind) bool {
	switch k {
	case model.KindInternetGateway, model.KindNATGateway, model.KindEgressOnlyGateway, model.KindCarrierGateway:
		return true
	}
	return false
}

// defaultServes says whether a default route would take the refused packets: nothing longer in the table matches them.
func (s *scene) defaultServes() bool {
	if s.b.At.Kind != model.KindRouteTable || s.b.At.Index < 0 {
		return false
	}
	t := &s.n.RouteTables[s.b.At.Index]
	best, _, matched := t.Table.LookupPrefix(s.b.Witness.Destination)
	return (!matched || best.Bits() == 0) && !inDoubt(t)
}

// inDoubt says whether a prefix list that is not known may beat any route but one for a single address (D-45).
func inDoubt(t *model.RouteTable) bool {
	return slices.ContainsFunc(t.Ways, func(w model.Way) bool { return w.Doubt != nil })
}

// beaten says whether the table has a longer route, to elsewhere, for a part of one of the CIDRs, or may have.
func (s *scene) beaten(list []netip.Prefix) bool {
	if s.b.At.Kind != model.KindRouteTable || s.b.At.Index < 0 {
		return false
	}
	t := &s.n.RouteTables[s.b.At.Index]
	if inDoubt(t) && slices.ContainsFunc(list, func(c netip.Prefix) bool { return !c.IsSingleIP() }) {
		return true
	}
	for i := range t.Routes {
		r := &t.Routes[i]
		prefixes := []netip.Prefix{r.Prefix}
		if r.List >= 0 {
			prefixes = s.n.PrefixLists[r.List].Entries
		}
		for _, p := range prefixes {
			if r.Target != s.b.Target && slices.ContainsFunc(list, func(c netip.Prefix) bool { return p.IsValid() && c.Overlaps(p) && p.Bits() > c.Bits() }) {
				return true
			}
		}
	}
	return false
}

// defaultRoutes are the default routes of the families that a list holds.
func defaultRoutes(list []netip.Prefix) (out []netip.Prefix) {
	for _, d := range []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")} {
		if slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Addr().Is4() == d.Addr().Is4() }) {
			out = append(out, d)
		}
	}
	return out
}

// existing is a route of the table to one of the destinations: a table holds a CIDR once.
func (s *scene) existing(list []netip.Prefix) *model.Route {
	if s.b.At.Kind != model.KindRouteTable || s.b.At.Index < 0 {
		return nil
	}
	t := &s.n.RouteTables[s.b.At.Index]
	for i := range t.Routes {
		if r := &t.Routes[i]; r.List < 0 && slices.Contains(list, r.Prefix) {
			return r
		}
	}
	return nil
}

// wholeSide adds what people write instead of single addresses: the CIDR of the VPC on the far side of a peering.
func (s *scene) wholeSide(list []netip.Prefix) string {
	if s.b.Target.Kind != model.KindPeering || s.b.VPC.Kind != model.KindVPC || len(list) != 1 {
		return ""
	}
	p := &s.n.Peerings[s.b.Target.Index]
	near := p.Near(s.b.VPC.Index)
	if near < 0 {
		return ""
	}
	for _, b := range p.Sides[1-near].Blocks {
		if b.Overlaps(list[0]) && b != list[0] {
			return " (or the far VPC's whole " + b.String() + ")"
		}
	}
	return ""
}

func badRouteText(s *scene) string {
	route := "the route to " + s.called(s.b.Target)
	if s.b.Rule != nil && s.b.Rule.Route != nil {
		route = s.routeDestination(s.b.Rule.Route) + " → " + s.routeTarget(s.b.Rule.Route)
	}
	return "the route " + route + " of " + s.called(s.b.At) + " is in state " + Printable(s.b.State) + ": it matches " + s.destinations() + " and drops it"
}

// badRouteFix replaces the route: AWS marks a route blackhole when its target is gone or does not work.
func badRouteFix(s *scene) Fix {
	if s.b.Rule == nil || s.b.Rule.Route == nil {
		return Fix{Unfixable: "the route is not known"}
	}
	r := s.b.Rule.Route
	return Fix{Action: ReplaceRoute, Resource: s.b.At, Routes: []RouteChange{{s.plainDestination(r), s.targetOf(r.Target)}},
		Text: "point the route " + s.routeDestination(r) + " of " + s.called(s.b.At) + " at " + s.called(s.b.Target) + " again, once that works"}
}

func localRouteText(s *scene) string {
	at := s.called(s.b.At)
	if s.b.At.Kind == model.KindVPC {
		at = "a route table of " + at
	}
	return at + " sends " + s.destinations() + " to local, but it lies in no CIDR of " + s.vpcOf(cmpRef(s.b.VPC, s.b.At))
}

// cmpRef is the first Ref that is not zero.
func cmpRef(a, b model.Ref) model.Ref {
	if !a.IsZero() {
		return a
	}
	return b
}

func localRouteFix(s *scene) Fix {
	return Fix{Unfixable: "the local route serves the VPC's own CIDRs only: give " + s.destinations() + " a route to where it is, or ask for an address of the VPC"}
}

func disconnectedText(s *scene) string {
	return "no peering connection that works and no transit gateway joins " + s.called(s.b.At) + " and " + s.called(s.b.Target)
}

// disconnectedFix creates a peering, which two VPCs with overlapping CIDRs cannot have (PCX-5).
func disconnectedFix(s *scene) Fix {
	if s.b.At.Kind != model.KindVPC || s.b.Target.Kind != model.KindVPC {
		return Fix{Unfixable: "the VPCs are not known"}
	}
	for _, a := range s.n.VPCs[s.b.At.Index].Blocks {
		for _, b := range s.n.VPCs[s.b.Target.Index].Blocks {
			if a.Overlaps(b) {
				return Fix{Unfixable: "the CIDRs " + a.String() + " and " + b.String() + " overlap, so the two VPCs cannot be peered"}
			}
		}
	}
	return Fix{Unfixable: "peer " + s.called(s.b.At) + " with " + s.called(s.b.Target) +
		" and give the route tables on both sides routes to each other's CIDRs"}
}
