package oracle

import (
	"net/netip"
	"slices"
)

// transitRoute is a route of a transit gateway's table.
type transitRoute struct {
	prefix   netip.Prefix
	state    string
	class    int
	static   bool
	targets  []transitTarget
	disputed bool // another VPC that propagates here overlaps its own (TGW-36)
}

// transitTarget is an attachment that a route leads to.
type transitTarget struct{ TransitGatewayAttachmentId, ResourceId, ResourceType string }

// transitSearch is what searches of one table have found.
type transitSearch struct {
	routes []transitRoute
	whole  bool // every route that forwards or drops is there
	static bool // every static one is
}

// readTransitRoutes reads a search of one table, or a list of searches for static routes as collectors write it (TGW-70, D-206).
func readTransitRoutes(o *Oracle, _ *part, a answer, argument string) bool {
	if a["TransitGatewayStaticRoutes"] != nil {
		return each(a, "TransitGatewayStaticRoutes", func(one answer, _ []byte) bool { return o.readSearch(one, aboutTable(one, ""), true) })
	}
	return o.readSearch(a, aboutTable(a, argument), false)
}

func (o *Oracle) readSearch(a answer, table string, static bool) bool {
	type record struct {
		DestinationCidrBlock, PrefixListId, Type, State string
		TransitGatewayAttachments                       []transitTarget
	}
	if table == "" {
		return false
	}
	s := o.searches[table]
	if s == nil {
		s = &transitSearch{}
		o.searches[table] = s
	}
	all := each(a, "Routes", func(r record, _ []byte) bool {
		prefix, ok := parsePrefix(r.DestinationCidrBlock)
		if !ok {
			return false
		}
		route := transitRoute{prefix: prefix, state: r.State, static: r.Type == "static" && r.PrefixListId == "", targets: r.TransitGatewayAttachments}
		route.class = transitClass(r.Type, r.PrefixListId, r.TransitGatewayAttachments)
		s.add(route)
		return true
	})
	all = all && a.whole() && string(a["AdditionalRoutesAvailable"]) != "true"
	s.whole, s.static = s.whole || all && !static, s.static || all && static
	return all
}

// add adds a route once.
func (s *transitSearch) add(r transitRoute) {
	if !slices.ContainsFunc(s.routes, func(x transitRoute) bool {
		return x.prefix == r.prefix && x.state == r.state && x.class == r.class && slices.Equal(x.targets, r.targets)
	}) {
		s.routes = append(s.routes, r)
	}
}

// transitClass ranks routes of one CIDR, the best lowest (TGW-28). A prefix list's route is known by its list (TGW-33).
func transitClass(kind, list string, targets []transitTarget) int {
	order := []string{"vpc", "direct-connect-gateway", "connect", "vpn", "vpn-concentrator", "client-vpn", "peering"}
	switch {
	case list != "":
		return 1
	case kind == "static":
		return 0
	case len(targets) == 0:
		return 2 + len(order)
	}
	if at := slices.Index(order, targets[0].ResourceType); at >= 0 {
		return 2 + at
	}
	return 2 + len(order)
}

// transitRoutes returns the winning routes of a table for a destination; known is false where a route that no answer shows may win
// (D-206, D-207). completed says that propagations stand for what the search left out.
func (o *Oracle) transitRoutes(table string, a netip.Addr) (winners []transitRoute, known, completed bool) {
	s := o.searches[table]
	routes, whole := slices.Clone(s.routes), s.whole
	if !whole && s.static {
		var propagated []transitRoute
		propagated, whole = o.propagated(table, a)
		routes = append(routes, propagated...)
		completed = whole
	}
	for _, r := range routes {
		bits := matchBits(r.prefix, a)
		if bits < 0 || r.state == "deleting" || r.state == "deleted" {
			continue
		}
		best := len(winners) == 0
		if !best {
			first := winners[0]
			best = bits > first.prefix.Bits() || bits == first.prefix.Bits() && r.class < first.class
			if !best && (bits < first.prefix.Bits() || r.class > first.class) {
				continue
			}
		}
		if best {
			winners = nil
		}
		winners = append(winners, r)
	}
	full := len(winners) > 0 && winners[0].prefix.IsSingleIP()
	if slices.ContainsFunc(winners, func(r transitRoute) bool { return r.disputed }) {
		return winners, false, false
	}
	return winners, whole || full, completed && !full
}

// propagatedBlock is a block of a VPC that propagates into a table.
type propagatedBlock struct {
	prefix     netip.Prefix
	attachment string
}

// propagated returns the routes to an address that the propagations into a table make, where a search asked for static ones only
// (D-206). known is false where they do not tell everything.
func (o *Oracle) propagated(table string, a netip.Addr) (routes []transitRoute, known bool) {
	ps := o.propagations[table]
	if ps == nil || !ps.whole {
		return nil, false
	}
	known = true
	var blocks []propagatedBlock
	for _, m := range ps.members {
		if a := o.attachmentNamed(m.TransitGatewayAttachmentId); a != nil && a.gone() {
			continue
		}
		v := o.vpcs[m.ResourceId]
		if m.ResourceType != "vpc" || v == nil || v.conflict {
			known = false
			continue
		}
		for _, b := range v.blocks {
			unsure := false
			if b.Addr().Is6() { // TGW-61
				shape, told := o.attachmentNamed(m.TransitGatewayAttachmentId).shape()
				unsure = !told || shape.ipv6 == "" // a longer route decides all the same
				if !unsure && shape.ipv6 != "enable" {
					continue
				}
			}
			blocks = append(blocks, propagatedBlock{b.Prefix, m.TransitGatewayAttachmentId})
			if b.Contains(a) {
				target := transitTarget{m.TransitGatewayAttachmentId, m.ResourceId, m.ResourceType}
				routes = append(routes, transitRoute{prefix: b.Prefix, class: 2, targets: []transitTarget{target}, disputed: unsure})
			}
		}
	}
	for i := range routes { // TGW-36: only one of two VPCs that overlap has its routes there
		routes[i].disputed = routes[i].disputed || slices.ContainsFunc(blocks, func(b propagatedBlock) bool {
			return b.attachment != routes[i].targets[0].TransitGatewayAttachmentId && b.prefix.Overlaps(routes[i].prefix)
		})
	}
	return routes, known
}

// propagates reports whether an attachment propagates into a table (TGW-43, D-210).
func (o *Oracle) propagates(table, attachment string) verdict {
	if s := o.searches[table]; s != nil {
		for _, r := range s.routes {
			if !r.static && r.class != 1 && slices.ContainsFunc(r.targets, func(t transitTarget) bool { return t.TransitGatewayAttachmentId == attachment }) {
				return allow
			}
		}
	}
	ps := o.propagations[table]
	switch {
	case ps != nil && slices.ContainsFunc(ps.members, func(m tableMember) bool { return m.TransitGatewayAttachmentId == attachment }):
		return allow
	case ps != nil && ps.whole:
		return deny
	}
	return unsure
}

// attachmentNamed returns an attachment by its id alone; one that no answer describes tells nothing.
func (o *Oracle) attachmentNamed(id string) *transitAttachment {
	for _, a := range o.attachments {
		if a.id == id {
			return a
		}
	}
	return &transitAttachment{id: id}
}
