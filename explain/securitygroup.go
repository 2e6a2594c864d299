package explain

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

func init() {
	register(solver.SecurityGroupMismatch, solver.ReasonNone, groupText, groupFix)
}

// groupText implements ENI_SG_RULES_MISMATCH: AWS raises it at the interface, for all of its groups together (SG-1).
func groupText(s *scene) string {
	e := s.iface(s.b.At)
	if e == nil || len(e.Groups) == 0 {
		return s.called(s.b.At) + " carries no security group, so nothing gets " + map[bool]string{true: "out", false: "in"}[s.b.Egress]
	}
	var groups []string
	rules := 0
	for _, i := range e.Groups {
		groups = append(groups, s.called(model.Ref{Kind: model.KindSecurityGroup, Index: i}))
		rules += len(groupRules(&s.n.SecurityGroups[i], s.b.Egress).Rules)
	}
	whose := "none of the security groups of " + s.called(s.b.At) + ", " + few(groups, "groups") + ", has an "
	if len(groups) == 1 {
		whose = "the security group of " + s.called(s.b.At) + ", " + groups[0] + ", has no "
	}
	text := whose + bound(s.b.Egress) + " rule for " + s.refused()
	if rules == 0 {
		text += " (no " + bound(s.b.Egress) + " rule at all)"
	}
	return text
}

func groupRules(g *model.SecurityGroup, egress bool) *model.GroupRules {
	if egress {
		return &g.Egress
	}
	return &g.Ingress
}

// iface is the interface that a Ref names; nil for another kind.
func (v *view) iface(r model.Ref) *model.Interface {
	if r.Kind != model.KindInterface || r.Index < 0 {
		return nil
	}
	return &v.n.Interfaces[r.Index]
}

// groupFix adds a rule to the interface's first group that is known.
func groupFix(s *scene) Fix {
	list, partial := s.ruleNeeds()
	return s.groupFixFor(list, partial, s.peerGroup())
}

// groupFixFor is a fix of the blocker's interface's groups, which may name peer instead of addresses unless it is zero.
func (s *scene) groupFixFor(list []need, partial bool, peer model.Ref) Fix {
	if len(list) == 0 {
		return Fix{Unfixable: "no packet is refused here"}
	}
	e := s.iface(s.b.At)
	group := model.Ref{}
	if e != nil {
		for _, i := range e.Groups {
			if s.n.SecurityGroups[i].Record != nil {
				group = model.Ref{Kind: model.KindSecurityGroup, Index: i}
				break
			}
		}
	}
	f := Fix{Action: AddRule, Resource: group, Partial: partial}
	if group.IsZero() {
		f.Action, f.Resource = AttachGroup, s.b.At
	}
	for _, n := range list {
		c := n.rule(s.b.Egress)
		if !peer.IsZero() {
			c.Group = s.n.ID(peer)
		}
		f.Rules = append(f.Rules, c)
	}
	f.Text = s.groupFixText(&f, list, peer)
	return f
}

// ruleNeeds is what rules would have to allow; partial where they serve the witness only.
func (s *scene) ruleNeeds() (list []need, partial bool) {
	list, ok := s.needs(s.b.Packets, s.b.Egress)
	if ok {
		return list, false
	}
	return s.narrowed()
}

// narrowed is what rules would have to allow for the peer of the witness alone, or, where that still takes too many, for
// the witness.
func (s *scene) narrowed() (list []need, partial bool) {
	k := s.b.Witness
	one := s.p.Sources(netip.PrefixFrom(k.Source, k.Source.BitLen()))
	if s.b.Egress {
		one = s.p.Destinations(netip.PrefixFrom(k.Destination, k.Destination.BitLen()))
	}
	least := s.p.OfPacket(k)
	if !s.b.Least.IsEmpty() {
		least = s.b.Least
	}
	if peer := s.p.Intersect(s.b.Packets, one); s.p.Subset(least, peer) {
		if list, ok := s.needs(peer, s.b.Egress); ok && len(list) > 0 {
			return list, true
		}
	}
	list, _ = s.needs(least, s.b.Egress)
	return list, true
}

func (s *scene) groupFixText(f *Fix, list []need, peer model.Ref) string {
	where := "add to " + s.called(f.Resource) + " "
	if f.Action == AttachGroup {
		where = "attach to " + s.called(f.Resource) + " a security group with "
	}
	rule := bound(s.b.Egress) + " rules "
	if len(list) == 1 {
		rule = "an " + bound(s.b.Egress) + " rule "
	}
	return where + rule + s.needWords(list, peer) + partialWords(f.Partial)
}

// needWords says what rules allow: "tcp 443 and tcp 8443 from sg-app (or 10.0.2.15/32)".
func (s *scene) needWords(list []need, group model.Ref) string {
	peers := func(n need) string {
		cidrs := s.peerCIDRs(n.cidrs)
		if group.IsZero() {
			return toFrom(s.b.Egress) + cidrs
		}
		return toFrom(s.b.Egress) + s.called(group) + " (or " + cidrs + ")"
	}
	var words []string
	if samePeers(list) {
		for _, n := range list {
			words = append(words, n.words())
		}
		return joined(words, "and") + peers(list[0])
	}
	for _, n := range list {
		words = append(words, n.words()+peers(n))
	}
	return strings.Join(words, "; ")
}

func partialWords(partial bool) string {
	if partial {
		return ", which serves a part of the question only: the whole would take many rules"
	}
	return ""
}

// peerGroup is the group by which a rule could name the other side: the first of the one interface that all of the
// refused packets come from or go to, where a reference would match (SG-16 to SG-20, D-22, D-23). The zero Ref where none would.
func (s *scene) peerGroup() model.Ref {
	e := s.iface(s.b.At)
	if e == nil || s.b.Leg == solver.Return || s.erased() {
		return model.Ref{}
	}
	addresses := s.p.SourceAddresses(s.b.Packets)
	if s.b.Egress {
		addresses = s.p.DestinationAddresses(s.b.Packets)
	}
	for _, vpc := range s.referableVPCs(e.VPC) {
		owners := s.n.OwnersWithin(vpc, addresses)
		if len(owners) != 1 || !owns(&s.n.Interfaces[owners[0]], addresses) {
			continue
		}
		if !s.b.Egress && !slices.Contains(s.r.Query.From.Interfaces, owners[0]) {
			return model.Ref{} // the sender's groups count, not those of the address it uses
		}
		for _, g := range s.n.Interfaces[owners[0]].Groups {
			if s.n.SecurityGroups[g].Record != nil {
				return model.Ref{Kind: model.KindSecurityGroup, Index: g}
			}
		}
	}
	return model.Ref{}
}

// erased says whether a hop on the way drops the sender's groups, so that no reference can match at either end (SG-22, D-101).
func (s *scene) erased() bool {
	return slices.ContainsFunc(s.r.Forward, func(h solver.Hop) bool {
		switch h.At.Kind {
		case model.KindInterface: // an appliance
			return !slices.Contains(s.r.Query.From.Interfaces, h.At.Index) && !slices.Contains(s.r.Query.To.Interfaces, h.At.Index)
		case model.KindInstance, model.KindSecurityGroup, model.KindNetworkACL, model.KindRouteTable, model.KindPeering:
			return false
		}
		return true
	})
}

func owns(e *model.Interface, addresses packet.Addresses) bool {
	for _, p := range addresses.Prefixes() {
		if !p.IsSingleIP() || !e.Owns(p.Addr()) {
			return false
		}
	}
	return true
}

// referableVPCs are the VPCs whose groups a rule in vpc can name: itself, and those that the path reaches over a peering within the Region.
func (s *scene) referableVPCs(vpc int32) []int32 {
	out := []int32{vpc}
	for _, h := range s.r.Forward {
		if h.At.Kind != model.KindPeering {
			continue
		}
		p := &s.n.Peerings[h.At.Index]
		if same, stated := p.SameRegion(); !same || !stated || !p.Active() {
			continue
		}
		if near := p.Near(vpc); near >= 0 && p.Sides[1-near].VPC >= 0 {
			out = append(out, p.Sides[1-near].VPC)
		}
	}
	return out
}
