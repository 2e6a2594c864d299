package explain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// track is one leg while it is drawn: the nodes in the order in which packets come to them.
type track struct {
	leg    solver.Leg
	steps  []step
	lines  []string          // what stands beside the arrow to the next node
	visits map[model.Ref]int // how often the leg came by a component: each time is a node of its own
}

// step is a node of a leg, and what stands beside the arrow that leads to it.
type step struct {
	node    int
	lines   []string
	refusal bool
}

func (t *track) to(node int, refusal bool) {
	t.steps = append(t.steps, step{node, t.lines, refusal})
	t.lines = nil
}

// path draws one way: the request and, where it says anything, the reply. stopped are the facts for lack of which the way could not
// be followed to its end.
func (d *drawer) path(forward, back []solver.Hop, blockers []solver.Blocker, stopped []*model.Missing) {
	request := d.leg(forward, solver.Forward, blockers)
	if len(back) == 0 {
		d.stop(request, stopped)
	}
	d.close(request, forward)
	refused := slices.ContainsFunc(request.steps, func(s step) bool { return s.refusal })
	d.draw(request, false)
	reply := d.leg(back, solver.Return, blockers)
	if len(reply.steps) == 0 || (refused && !slices.ContainsFunc(reply.steps, func(s step) bool { return s.refusal })) {
		return // what does not arrive is not answered, and nothing else would be in the way
	}
	d.stop(reply, stopped)
	if reply.steps[0].node != d.to {
		reply.steps = append([]step{{node: d.to}}, reply.steps...)
	}
	d.arrive(reply, d.from)
	reply.steps[1].lines = append([]string{"reply"}, reply.steps[1].lines...)
	d.draw(reply, refused)
}

// close joins the request to the ends that no hop stands for: the internet behind a gateway, an address that nobody has, an end that
// the path does not come to.
func (d *drawer) close(t *track, hops []solver.Hop) {
	q := &d.r.Query
	if len(hops) == 0 || !d.isEnd(&q.From, hops[0].At) {
		first := d.end("from", &q.From)
		t.steps = append([]step{{node: first}}, t.steps...)
	}
	d.from = t.steps[0].node
	if d.r.HasWitness {
		k := witness(d.r.Witness)
		if len(t.steps) > 1 {
			t.steps[1].lines = append([]string{k}, t.steps[1].lines...)
		} else {
			t.lines = append([]string{k}, t.lines...)
		}
	}
	if last := len(hops) - 1; last >= 0 && d.isEnd(&q.To, hops[last].At) {
		d.to = t.last()
		d.arrive(t, d.to)
		return
	}
	d.to = d.end("to", &q.To)
	d.arrive(t, d.to)
}

// last is the last node that is a component; a leg that has none is not asked.
func (t *track) last() int {
	for i := range slices.Backward(t.steps) {
		if !t.steps[i].refusal {
			return t.steps[i].node
		}
	}
	return -1
}

// arrive lets a leg end at a node. What refuses there stands before it.
func (d *drawer) arrive(t *track, node int) {
	at := slices.IndexFunc(t.steps, func(s step) bool { return s.node == node && !s.refusal })
	if at <= 0 {
		t.to(node, false)
		return
	}
	end := t.steps[at]
	rest := slices.Clone(t.steps[at+1:])
	t.steps = t.steps[:at]
	if len(rest) > 0 {
		rest[0].lines = slices.Concat(end.lines, rest[0].lines)
		end.lines = nil
	}
	t.steps = append(append(t.steps, rest...), end)
}

// isEnd says whether a component is FROM or TO.
func (d *drawer) isEnd(e *model.End, at model.Ref) bool {
	switch {
	case at.Kind == model.KindInternet:
		return e.Kind == model.EndInternet || e.Kind == model.EndGateway || e.Kind == model.EndAddress
	case known(at) && at == e.Ref:
		return true
	}
	return slices.ContainsFunc(e.Interfaces, func(i int32) bool {
		return at == model.Ref{Kind: model.KindInterface, Index: i} || (at.Kind == model.KindInstance && known(at) && d.n.Interfaces[i].Instance == at.Index)
	})
}

// draw turns a leg into edges.
func (d *drawer) draw(t *track, beyond bool) {
	for i := 1; i < len(t.steps); i++ {
		d.edge(drawnEdge{from: t.steps[i-1].node, to: t.steps[i].node, leg: t.leg, beyond: beyond || t.steps[i-1].refusal, lines: t.steps[i].lines})
		beyond = beyond || t.steps[i].refusal
	}
}

// stop draws the missing facts for lack of which a leg could not be followed further.
func (d *drawer) stop(t *track, missing []*model.Missing) {
	if len(missing) == 0 {
		return
	}
	lines := d.missingLines(missing)
	if at := d.r.ArrivedAt; known(at) && len(d.r.Branches) == 0 && at.Kind != model.KindInternet {
		lines = append([]string{d.called(at)}, lines...)
	}
	t.to(d.node("stop "+t.leg.String()+strings.Join(lines, "\n"), unknown, append([]string{"not known"}, lines...)...), false)
}

// leg makes the steps of one leg.
func (d *drawer) leg(hops []solver.Hop, leg solver.Leg, blockers []solver.Blocker) *track {
	t := &track{leg: leg, visits: map[model.Ref]int{}}
	shown := map[solver.Blocker]bool{}
	for i := 0; i < len(hops); {
		run := d.machine(hops[i:])
		d.hop(t, run)
		for k := range run {
			for _, b := range run[k].Blockers {
				shown[b] = true
			}
		}
		i += len(run)
	}
	for i := range blockers { // of the question as a whole
		if b := &blockers[i]; b.Leg == leg && !shown[*b] {
			d.refuse(t, b)
		}
	}
	return t
}

// machine is the run of hops that is one node: an instance and its interfaces, or else one hop.
func (d *drawer) machine(hops []solver.Hop) []solver.Hop {
	of := d.instanceOf(hops[0].At)
	n := 1
	for of >= 0 && n < len(hops) && d.instanceOf(hops[n].At) == of {
		n++
	}
	return hops[:n]
}

// instanceOf is the instance that a component is or belongs to; -1 for none.
func (d *drawer) instanceOf(at model.Ref) int32 {
	switch {
	case !known(at):
		return -1
	case at.Kind == model.KindInstance:
		return at.Index
	case at.Kind == model.KindInterface:
		return d.n.Interfaces[at.Index].Instance
	}
	return -1
}

// hop draws one component, or an instance with its interfaces.
func (d *drawer) hop(t *track, run []solver.Hop) {
	h := &run[0]
	switch {
	case h.At.Kind == model.KindSecurityGroup || h.At.Kind == model.KindNetworkACL || !known(h.At):
		d.filter(t, run)
		return
	case h.At.Kind == model.KindInstance || h.At.Kind == model.KindInterface:
		d.machineHop(t, run)
		return
	}
	t.to(d.component(t, h), false)
	if words := d.decision(h, h.At.Kind, t.leg); words != "" && words != unchanged && len(h.Blockers) == 0 {
		t.lines = append(t.lines, words)
	}
	d.refusals(t, run, every)
}

// component draws what is not an instance or interface: a route table, or what packets pass.
func (d *drawer) component(t *track, h *solver.Hop) int {
	if h.At.Kind == model.KindInternet {
		if t.leg == solver.Forward {
			return d.end("from", &d.r.Query.From)
		}
		return d.end("to", &d.r.Query.To)
	}
	s, kind := passage, strings.ReplaceAll(d.kindOf(h.At), "-", " ")
	switch h.At.Kind {
	case model.KindRouteTable, model.KindTransitRouteTable, model.KindTransitPolicyTable:
		s = signpost
	case model.KindOther:
		kind = strings.ReplaceAll(d.typeOf(h.At), "-", " ")
	}
	lines := []string{d.id(h.At), kind}
	if name := d.name(h.At); name != "" && name != d.id(h.At) {
		lines = []string{name, kind + " " + d.id(h.At)}
	}
	return d.node(t.visit(h.At), s, lines...)
}

// visit is the key of a component's node.
func (t *track) visit(r model.Ref) string {
	t.visits[r]++
	return r.Kind.String() + " " + strconv.Itoa(int(r.Index)) + " " + strconv.Itoa(t.visits[r])
}

// machineHop draws an instance with the interfaces that the packet uses. What refuses a packet on its way in stands
// before it.
func (d *drawer) machineHop(t *track, run []solver.Hop) {
	node, first := d.machineNode(t, run), len(t.steps) == 0
	if !first {
		d.refusals(t, run, func(b *solver.Blocker) bool { return !b.Egress })
	}
	t.to(node, false)
	d.refusals(t, run, func(b *solver.Blocker) bool { return first || b.Egress })
}

func (d *drawer) machineNode(t *track, run []solver.Hop) int {
	var key model.Ref
	var name, interfaceName, instance string
	var interfaces, addresses []string
	for i := range run {
		h := &run[i]
		if h.At.Kind == model.KindInstance {
			instance, name = d.id(h.At), d.name(h.At)
			continue
		}
		if id := d.id(h.At); !slices.Contains(interfaces, id) {
			interfaces = append(interfaces, id)
			addresses = append(addresses, d.standing(h))
		}
		if key.IsZero() {
			key, interfaceName = h.At, cmp.Or(d.owner(h.At), d.name(h.At))
		}
	}
	if key.IsZero() {
		key = run[0].At
	}
	lines := slices.Concat([]string{cmp.Or(name, interfaceName), instance}, interfaces, addresses)
	return d.node(t.visit(key), place, dropEmpty(lines)...)
}

// standing is where an interface stands: its address that takes part, and its subnet by name.
func (d *drawer) standing(h *solver.Hop) string {
	e := &d.n.Interfaces[h.At.Index]
	var words []string
	if own := d.ownAddress(h); own != "" {
		words = append(words, own)
	}
	if e.Subnet >= 0 {
		subnet := model.Ref{Kind: model.KindSubnet, Index: e.Subnet}
		words = append(words, "in "+cmp.Or(d.name(subnet), d.id(subnet)))
	}
	return strings.Join(words, " ")
}

// refusals draws those of the blockers at some hops that are meant.
func (d *drawer) refusals(t *track, hops []solver.Hop, meant func(*solver.Blocker) bool) {
	for i := range hops {
		for k := range hops[i].Blockers {
			if b := &hops[i].Blockers[k]; meant(b) {
				d.refuse(t, b)
			}
		}
	}
}

func every(*solver.Blocker) bool { return true }

func (d *drawer) refuse(t *track, b *solver.Blocker) {
	lines := []string{string(b.Code), Sentence(d.r, b)}
	t.to(d.node("refusal "+t.leg.String()+strings.Join(lines, "\n"), refusal, lines...), true)
}

// filter draws a group, a network ACL, or a component that no answer names: as a node where it refuses or is not known, as a line
// beside the arrow where it admits.
func (d *drawer) filter(t *track, run []solver.Hop) {
	h := &run[0]
	if len(h.Blockers) > 0 {
		d.refusals(t, run, every)
		return
	}
	if d.assumedToAllow(h) {
		t.lines = append(t.lines, "network ACL of "+d.id(h.Subnet)+": assumed to allow")
		return
	}
	if !known(h.At) {
		kind := strings.ReplaceAll(h.At.Kind.String(), "-", " ")
		if h.At.Kind == model.KindNetworkACL {
			kind = "network ACL"
		}
		line := kind + " of " + d.id(h.Subnet)
		t.to(d.node("lack "+t.leg.String()+direction(h.Egress)+line, unknown, line, "not known"), false)
		return
	}
	if h.At.Kind == model.KindSecurityGroup && h.Rule == nil {
		if t.leg == solver.Forward { // on the way back they remember (SG-6)
			t.to(d.node("lack "+direction(h.Egress)+d.called(h.At), unknown, d.called(h.At), d.decision(h, h.At.Kind, t.leg)), false)
		}
		return
	}
	if h.Rule != nil && !undecided(h) && dull(h.Rule) {
		return
	}
	words := d.decision(h, h.At.Kind, t.leg)
	if h.Rule != nil && !undecided(h) {
		words = d.rule(h.Rule)
	}
	t.lines = append(t.lines, d.called(h.At)+": "+words)
}

// assumedToAllow says whether an ACL that no answer names was taken to allow (--assume network-acls).
func (d *drawer) assumedToAllow(h *solver.Hop) bool {
	return h.At.Kind == model.KindNetworkACL && !known(h.At) && slices.ContainsFunc(d.r.Assumptions, func(a solver.Assumption) bool {
		return a.Kind == solver.AssumeACLAllows && a.At == h.Subnet
	})
}

// dull says whether a rule lets everything pass, which is not worth a line.
func dull(x *solver.Rule) bool {
	switch {
	case x.Group != nil:
		return protocolText(x.Group.Permission.IpProtocol) == "all" && x.Group.Peer.IsValid() && x.Group.Peer.Bits() == 0
	case x.Entry != nil:
		block := x.Entry.CidrBlock
		if !block.IsValid() {
			block = x.Entry.Ipv6CidrBlock
		}
		return protocolText(x.Entry.Protocol) == "all" && block.IsValid() && block.Bits() == 0 && strings.EqualFold(x.Entry.RuleAction, "allow")
	}
	return false
}
