package solver

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// What holds of the rows and blockers of every answer, whatever was asked: they fit each other and the network. Every question of a
// scenario is held to it, and the questions of random networks.

// TestLawAnswerFitsItsPath: rows name what the network says of them, in the order of W-1 and W-2; blockers name the direction, subnet and VPC
// of what refuses.
func TestLawAnswerFitsItsPath(t *testing.T) {
	seen := overWorlds(t, 12, func(t *testing.T, w *lawWorld, seen tally) {
		for i, q := range w.questions {
			r := w.answer(i)
			if r == nil {
				continue
			}
			seen.verdict(r)
			for _, problem := range misfits(r) {
				t.Errorf("%s\nin %s\n%s\n%s", problem, w.name, q, dump(w.net, r))
			}
		}
	})
	seen.atLeast(t, 5, "reachable", "ambiguous", "unknown", "unreachable")
}

// misfits lists what is wrong with the rows and blockers of an answer.
func misfits(r *Result) []string {
	f := &fitter{r: r, n: r.Network}
	f.answer()
	f.sure = r.Verdict == Reachable || r.Verdict == Ambiguous
	f.rows(Forward, r.Forward)
	f.rows(Return, r.Return)
	f.ends()
	for i := range r.Blockers {
		f.blocker(&r.Blockers[i])
	}
	for i := range r.Branches {
		f.branch(&r.Branches[i])
	}
	return f.found
}

type fitter struct {
	r        *Result
	n        *model.Network
	sure     bool      // the rows are those of a way that gets through
	inBranch bool      // they are those of one of AWS's ways
	sender   model.Ref // whose packets the rows are
	found    []string
}

func (f *fitter) expect(ok bool, format string, args ...any) {
	if !ok {
		f.found = append(f.found, fmt.Sprintf(format, args...))
	}
}

// answer checks what the verdict asks for.
func (f *fitter) answer() {
	r := f.r
	f.parts()
	f.expect(r.Verdict != Unreachable || len(r.Blockers) > 0, "unreachable, and nothing says why")
	if r.Verdict == Unreachable && len(r.Forward) > 0 {
		shown := slices.ContainsFunc(slices.Concat(r.Forward, r.Return), func(h Hop) bool { return len(h.Blockers) > 0 })
		f.expect(shown, "unreachable, and no row of the way shows why")
	}
	f.expect(r.Verdict != Unknown || len(r.Missing) > 0, "unknown, and nothing is missing")
	f.expect(r.Verdict != Reachable || len(r.Blockers) == 0, "reachable, with blockers")
	f.expect(r.Verdict != Reachable || !r.Unknown.IsEmpty() || len(r.Missing) == 0, "reachable, with missing facts")
	f.expect((r.Verdict == Ambiguous) == (len(r.Branches) > 0), "%s, with %d branches", r.Verdict, len(r.Branches))
	f.expect(!r.Query.Assume.None || len(r.Assumptions) == 0, "nothing may be assumed, but something was")
	if r.Verdict == Ambiguous {
		for _, outcome := range []Verdict{Reachable, Unreachable} {
			f.expect(slices.ContainsFunc(r.Branches, func(b Branch) bool { return b.Outcome == outcome }), "ambiguous without a branch that is %s", outcome)
		}
	}
	for _, note := range r.Notes {
		f.note(note)
	}
	for _, a := range r.Assumptions {
		if a.Kind == AssumePropagations && a.At.Kind == model.KindTransitRouteTable { // D-206
			f.expect(f.n.TransitTables[a.At.Index].Completed, "all routes of %s were asked for, and its propagations are assumed", f.n.ID(a.At))
		}
	}
	for _, m := range r.Missing {
		f.expect(m.What != "" && m.Why != "", "a missing fact without words: %+v", *m)
		f.expect(m.Call == "" || m.Why != model.NotModelled, "what is not modelled asks for a call: %+v", *m)
		f.fact(m)
	}
}

// parts checks that the four parts of the answer divide the question, that the first of them gives the verdict, and that the witness is of
// that one (D-1, D-2).
func (f *fitter) parts() {
	r, p := f.r, f.r.Pool
	all, given := packet.Empty, r.Verdict == Unreachable
	for i, part := range []packet.Set{r.Admitted, r.Ambiguous, r.Unknown, r.Blocked} {
		f.expect(!p.Overlaps(all, part), "part %d holds packets of one before it", i)
		all = p.Union(all, part)
		if v := Verdict(i); v == r.Verdict && !part.IsEmpty() {
			given = true
			f.expect(!r.HasWitness || p.Subset(p.OfPacket(r.Witness), part), "the witness is none of the packets that are %s", v)
		} else if v < r.Verdict {
			f.expect(part.IsEmpty(), "%s, and some packets are %s", r.Verdict, v)
		}
	}
	f.expect(given, "%s, and no packet is", r.Verdict)
	f.expect(p.Subset(all, r.Asked) && p.Subset(r.Asked, all), "the parts do not make up the question")
	f.expect(r.HasWitness || len(r.Forward) == 0 && r.Blocked.IsEmpty(), "%s without a witness", r.Verdict)
}

// note checks what a remark is about.
func (f *fitter) note(note Note) {
	stands := func(rows []Hop) bool {
		return slices.ContainsFunc(rows, func(h Hop) bool { return h.At == note.At })
	}
	id := f.n.ID(note.At)
	switch note.Kind {
	case NoteEndpointBypassed:
		f.expect(stands(f.r.Forward) && !stands(f.r.Return), "the reply is said to pass by %s", id)
	case NoteInitiates, NoteBranch:
		f.expect(slices.Contains(f.r.Query.From.Interfaces, note.At.Index), "%s about %s, which is not FROM", note.Kind, id)
		record := f.n.Interfaces[note.At.Index].Record
		f.expect(note.Kind != NoteInitiates || record.RequesterManaged && f.n.Interfaces[note.At.Index].Instance < 0, "%s, of no service, may not answer only", id) // U-19
		f.expect(note.Kind != NoteBranch || record.InterfaceType == "branch", "%s is no branch interface", id)
	case NoteAttachmentChanging: // TGW-3, CWAN-4
		if note.At.Kind == model.KindTransitAttachment {
			state := f.n.TransitAttachments[note.At.Index].State()
			f.expect(state == "modifying" || state == "rollingBack", "%s, which is %s, is not being changed", id, state)
		}
	case NoteJoinedLegs, NoteEndpointThrough:
		f.expect(stands(f.r.Forward), "%s about %s, which is not passed", note.Kind, id)
		tables := 0
		for _, h := range f.r.Forward {
			if h.At.Kind == model.KindRouteTable {
				tables++
			}
		}
		straight := len(f.r.Query.From.Interfaces) > 0 && tables == 1
		f.expect(note.Kind != NoteEndpointThrough || !straight, "%s is said to be passed through, and it is FROM's own route that leads there", id)
	}
}

// ends checks that a way begins where the question does, and where all of it is shown ends there.
func (f *fitter) ends() {
	r := f.r
	if len(r.Forward) == 0 {
		return
	}
	from, to := &r.Query.From, &r.Query.To
	first, last := r.Forward[0], r.Forward[len(r.Forward)-1]
	if from.Ref.Kind == model.KindInstance {
		f.expect(first.At == from.Ref, "the way does not begin with the instance that was asked about, but with %s", f.n.ID(first.At))
	} else if len(from.Interfaces) > 0 {
		at := model.Ref{Kind: model.KindInterface, Index: r.start().Index}
		instance := model.Ref{Kind: model.KindInstance, Index: f.n.Interfaces[at.Index].Instance}
		f.expect(first.At == at || first.At == instance && to.Ref == instance, "the way begins with %s, not with %s", f.n.ID(first.At), f.n.ID(at))
	}
	if r.Verdict != Reachable {
		return
	}
	if to.Ref.Kind == model.KindInstance {
		f.expect(last.At == to.Ref, "the way does not end with the instance that was asked about, but with %s", f.n.ID(last.At))
	} else if len(to.Interfaces) > 0 && last.At.Kind == model.KindInterface {
		f.expect(slices.Contains(to.Interfaces, last.At.Index), "the way ends with %s", f.n.ID(last.At))
	}
	if back := r.Return; len(back) > 0 {
		f.expect(back[len(back)-1].At == first.At || internet(from) || from.IsOutside(), "the reply ends with %s, not with %s", f.n.ID(back[len(back)-1].At), f.n.ID(first.At))
	}
}

// start is the interface that owns the witness's source, or the first of FROM.
func (r *Result) start() model.Ref {
	for _, h := range r.Forward {
		if h.At.Kind == model.KindInterface {
			return h.At
		}
	}
	return model.Ref{Kind: model.KindInterface, Index: r.Query.From.Interfaces[0]}
}

// rows checks each row, and with those beside it.
func (f *fitter) rows(leg Leg, rows []Hop) {
	f.sender = model.Ref{}
	if leg == Forward && len(f.r.Query.From.Interfaces) > 0 {
		f.sender = f.r.start()
	} else if leg == Return && len(rows) > 0 {
		f.sender = rows[0].At
	}
	for i, h := range rows {
		f.place(h)
		f.rule(leg, h)
		f.expect(!h.In.IsEmpty() && !h.Out.IsEmpty(), "row %s without packets", f.n.ID(h.At))
		f.expect(i == 0 || h.At != rows[i-1].At || h.At.Kind != model.KindInterface, "%s stands twice in a row", f.n.ID(h.At))
		f.expect(h.At.Kind != model.KindInternet || leg == Forward && i == 0, "the way passes the internet")
		for _, b := range h.Blockers {
			f.expect(b.Leg == leg, "%s of the %s leg at a row of the %s leg", b.Code, b.Leg, leg)
		}
		if h.At.Kind == model.KindSecurityGroup {
			beside := i - 1
			if !h.Egress {
				beside = i + 1
			}
			f.expect(beside < 0 || beside >= len(rows) || rows[beside].At == h.Attached || rows[beside].Attached == h.Attached && !h.Egress,
				"group %s (outbound %v) does not stand beside %s", f.n.ID(h.At), h.Egress, f.n.ID(h.Attached))
		}
	}
	f.subnets(rows)
}

// subnets follows a way through the subnets: network ACLs let out of the one that it is in, and into the one that it comes to.
func (f *fitter) subnets(rows []Hop) {
	at, known := model.Ref{}, false
	for _, h := range rows {
		switch h.At.Kind {
		case model.KindNetworkACL:
			f.expect(!known || !h.Egress || h.Subnet == at, "%s lets out of %s, but the packets are in %s", f.n.ID(h.At), f.n.ID(h.Subnet), f.n.ID(at))
			f.expect(!known || h.Egress || h.Subnet != at, "%s lets into %s, where the packets are already", f.n.ID(h.At), f.n.ID(h.Subnet))
			at, known = h.Subnet, true
			if h.Egress {
				known = false
			}
		case model.KindInterface:
			if h.Subnet.IsZero() {
				continue
			}
			at, known = h.Subnet, true
		case model.KindSecurityGroup, model.KindInstance:
		default:
			known = false
		}
	}
}

// place checks where a row says that its component is.
func (f *fitter) place(h Hop) {
	id := f.n.ID(h.At)
	in := func(vpc int32) {
		f.expect(h.VPC == model.Ref{Kind: model.KindVPC, Index: vpc}, "%s is shown in %s", id, f.n.ID(h.VPC))
	}
	switch h.At.Kind {
	case model.KindInstance:
		asked := h.At == f.r.Query.From.Ref || h.At == f.r.Query.To.Ref
		f.expect(asked, "%s has a row, but the question does not name it", id)
	case model.KindInterface:
		e := &f.n.Interfaces[h.At.Index]
		f.expect(h.Subnet == model.Ref{Kind: model.KindSubnet, Index: e.Subnet}, "%s is shown in %s", id, f.n.ID(h.Subnet))
		in(e.VPC)
		switch {
		case e.Instance >= 0:
			f.expect(h.Attached == model.Ref{Kind: model.KindInstance, Index: e.Instance}, "%s is shown attached to %s", id, f.n.ID(h.Attached))
		case e.NAT < 0:
			f.expect(h.Attached.IsZero(), "%s is shown attached to %s", id, f.n.ID(h.Attached))
		}
	case model.KindSecurityGroup:
		e := &f.n.Interfaces[h.Attached.Index]
		f.expect(slices.Contains(e.Groups, h.At.Index), "%s is not a group of %s", id, e.ID)
		in(e.VPC)
	case model.KindNetworkACL:
		acl, _, _ := f.n.ACLOf(h.Subnet.Index)
		f.expect(acl == h.At.Index, "%s is not the network ACL of %s", id, f.n.ID(h.Subnet))
		in(f.n.Subnets[h.Subnet.Index].VPC)
	case model.KindNATGateway:
		g := &f.n.NATGateways[h.At.Index]
		f.expect(g.Subnet < 0 == h.Subnet.IsZero() && (g.Subnet < 0 || h.Subnet.Index == g.Subnet), "%s is shown in %s", id, f.n.ID(h.Subnet))
		in(g.VPC)
	case model.KindRouteTable:
		if h.At.Index >= 0 {
			in(f.n.RouteTables[h.At.Index].VPC)
		}
		if !h.Subnet.IsZero() {
			t, _ := f.n.TableOf(h.Subnet.Index)
			f.expect(t == h.At.Index, "%s is not the table of %s", id, f.n.ID(h.Subnet))
		}
	}
}

// rule checks the rule of a row.
func (f *fitter) rule(leg Leg, h Hop) {
	id, sure := f.n.ID(h.At), f.sure
	if h.Rule == nil {
		group := h.At.Kind == model.KindSecurityGroup && leg == Forward
		tells := h.At.Kind == model.KindNetworkACL && h.At.Index >= 0 || group
		f.expect(!group || f.r.Verdict != Unreachable || f.inBranch || len(f.r.Missing) > 0, "%s (outbound %v) has a row where no group admits", id, h.Egress)
		assumed := slices.ContainsFunc(f.r.Assumptions, func(a Assumption) bool { return a.Kind == AssumeACLAllows })
		f.expect(!tells || !sure || assumed, "%s (outbound %v) lets packets pass by no rule", id, h.Egress)
		return
	}
	f.expect(h.Rule.Of == h.At, "the rule of %s stands in %s", id, f.n.ID(h.Rule.Of))
	switch x := h.Rule; {
	case x.Group != nil:
		f.expect(x.Group.Egress == h.Egress, "%s (outbound %v) has a rule of the other direction", id, h.Egress)
		f.peer(h, x.Group)
	case x.Entry != nil:
		f.expect(x.Entry.Egress == h.Egress, "%s (outbound %v) has entry %d of the other direction", id, h.Egress, x.Entry.RuleNumber)
		f.expect(!sure || strings.EqualFold(x.Entry.RuleAction, "allow"), "%s lets packets pass by an entry that denies", id)
	case x.Route != nil && x.Route.List < 0:
		p := f.r.Pool
		f.expect(p.Overlaps(h.In, p.Destinations(x.Route.Prefix)), "%s sends packets by %s that are not for it", id, x.Route.Prefix)
	}
}

// peer checks that the rule of a group is one for the packets.
func (f *fitter) peer(h Hop, rule *model.GroupRule) {
	id, p := f.n.ID(h.At), f.r.Pool
	for _, r := range slices.Concat(f.n.SecurityGroups[h.At.Index].Ingress.References, f.n.SecurityGroups[h.At.Index].Egress.References) {
		named := rule.Group >= 0 && r.Group == rule.Group && r.Stale
		f.expect(!named || f.fresh(h.At.Index, rule), "%s lets packets pass by a stale reference", id)
	}
	switch {
	case rule.Peer.IsValid() && rule.Egress:
		f.expect(p.Overlaps(h.In, p.Destinations(rule.Peer)), "%s lets out to %s what goes elsewhere", id, rule.Peer)
	case rule.Peer.IsValid():
		f.expect(p.Overlaps(h.In, p.Sources(rule.Peer)), "%s lets in from %s what comes from elsewhere", id, rule.Peer)
	case rule.Group >= 0 && !rule.Egress && f.sender.Kind == model.KindInterface:
		f.expect(slices.Contains(f.n.Interfaces[f.sender.Index].Groups, rule.Group), "%s lets in members of a group that the sender is not in", id)
	case rule.Group >= 0 && rule.Egress:
		member := slices.ContainsFunc(f.n.SecurityGroups[rule.Group].Members, func(i int32) bool {
			return p.Overlaps(h.In, p.Destinations(f.n.Interfaces[i].OwnPrefixes()...))
		})
		f.expect(member, "%s lets out to members of a group what goes elsewhere", id)
	}
}

// fresh says whether a group has a reference that is not stale to the same group in the same direction.
func (f *fitter) fresh(group int32, rule *model.GroupRule) bool {
	rules := &f.n.SecurityGroups[group].Ingress
	if rule.Egress {
		rules = &f.n.SecurityGroups[group].Egress
	}
	return slices.ContainsFunc(rules.References, func(r model.GroupReference) bool { return r.Group == rule.Group && !r.Stale })
}

// branch checks one of AWS's ways.
func (f *fitter) branch(b *Branch) {
	f.expect((b.Outcome == Unreachable) == (len(b.Blockers) > 0), "a branch that is %s has %d blockers", b.Outcome, len(b.Blockers))
	f.sure, f.inBranch = b.Outcome == Reachable, true
	f.rows(Forward, b.Forward)
	f.rows(Return, b.Return)
}

// blocker checks what refuses.
func (f *fitter) blocker(b *Blocker) {
	id, p := f.n.ID(b.At), f.r.Pool
	f.expect(!b.At.IsZero() || b.Reason == ReasonNoFamily, "%s at nothing", b.Code)
	if !b.Packets.IsEmpty() {
		f.expect(p.Contains(b.Packets, b.Witness), "%s at %s refuses other packets than its witness", b.Code, id)
		f.expect(p.Subset(b.Least, b.Packets), "%s at %s refuses less than what the answer's witness becomes there", b.Code, id)
	}
	if text := string(b.Code); strings.HasPrefix(text, "IGW_") {
		f.expect(!strings.HasSuffix(text, "_EGRESS") || b.Egress, "%s at %s on the way in", b.Code, id)
		f.expect(!strings.HasSuffix(text, "_INGRESS") || !b.Egress, "%s at %s on the way out", b.Code, id)
	}
	switch b.At.Kind {
	case model.KindInterface:
		f.refusesAtInterface(b)
	case model.KindInstance:
		branch := f.n.Interfaces[b.Interface.Index].Branch() // refused for its trunk's instance
		f.expect(b.Code != BadState || branch || f.n.Interfaces[b.Interface.Index].Instance == b.At.Index, "%s is not the instance of %s", id, f.n.ID(b.Interface))
	case model.KindNetworkACL:
		f.refusesAtACL(b)
	case model.KindRouteTable:
		f.refusesAtTable(b)
	}
}

func (f *fitter) refusesAtInterface(b *Blocker) {
	e := &f.n.Interfaces[b.At.Index]
	switch b.Code {
	case SecurityGroupMismatch:
		f.expect(b.Subnet == model.Ref{Kind: model.KindSubnet, Index: e.Subnet}, "the groups of %s refuse in %s", e.ID, f.n.ID(b.Subnet))
		f.expect(b.VPC == model.Ref{Kind: model.KindVPC, Index: e.VPC}, "the groups of %s refuse in %s", e.ID, f.n.ID(b.VPC))
	case SourceDestCheck, AddressRestriction:
		own := f.r.Pool.Sources(e.OwnPrefixes()...)
		if !b.Egress {
			own = f.r.Pool.Destinations(e.OwnPrefixes()...)
		}
		f.expect(!f.r.Pool.Subset(b.Packets, own), "%s refuses packets of its own (outbound %v)", e.ID, b.Egress)
	}
}

func (f *fitter) refusesAtACL(b *Blocker) {
	if b.Code != SubnetACLRestriction {
		return
	}
	id := f.n.ID(b.At)
	acl, _, _ := f.n.ACLOf(b.Subnet.Index)
	f.expect(acl == b.At.Index, "%s refuses, but is not the network ACL of %s", id, f.n.ID(b.Subnet))
	f.expect(b.VPC == model.Ref{Kind: model.KindVPC, Index: f.n.Subnets[b.Subnet.Index].VPC}, "%s refuses in %s", id, f.n.ID(b.VPC))
	if b.Rule != nil {
		f.expect(b.Rule.Entry.Egress == b.Egress, "%s refuses (outbound %v) by entry %d of the other direction", id, b.Egress, b.Rule.Entry.RuleNumber)
		f.expect(b.Rule.Entry.RuleAction != "allow", "%s refuses by entry %d, which allows", id, b.Rule.Entry.RuleNumber)
	}
	f.expect(!f.r.Pool.Overlaps(b.Packets, aclRules(&f.n.NetworkACLs[b.At.Index], b.Egress).Allowed), "%s refuses what it allows", id)
}

func (f *fitter) refusesAtTable(b *Blocker) {
	table, id := &f.n.RouteTables[b.At.Index], f.n.ID(b.At)
	f.expect(b.VPC.IsZero() || b.VPC == model.Ref{Kind: model.KindVPC, Index: table.VPC}, "%s refuses in %s", id, f.n.ID(b.VPC))
	if b.Losing != nil && b.Code != IngressRedirection {
		f.expect(b.Losing.Target == b.Target, "%s: a route to %s loses where one to %s is wanted", id, f.n.ID(b.Losing.Target), f.n.ID(b.Target))
	}
	switch b.Code {
	case CannotRoute, MoreSpecificRoute, HigherPriorityRoute:
		if f.expect(b.Losing != nil, "%s at %s without the route that loses", b.Code, id); b.Losing == nil {
			return
		}
	case BadStateRoute:
		f.expect(b.Rule != nil && b.Rule.Of == b.At && b.Rule.Route.Target == b.Target && b.State == b.Rule.Route.Record.State, "%s at %s without its route", b.Code, id)
	}
	to := packet.Empty
	if b.Losing != nil && b.Losing.List < 0 {
		to = f.r.Pool.Intersect(b.Packets, f.r.Pool.Destinations(b.Losing.Prefix))
	}
	switch b.Code {
	case MoreSpecificRoute:
		f.expect(b.Rule != nil && (b.Rule.Route.List >= 0 || b.Losing.List >= 0 || b.Rule.Route.Prefix.Bits() > b.Losing.Prefix.Bits()), "%s: %v does not win over %v", id, b.Rule, b.Losing)
	case HigherPriorityRoute:
		f.expect(b.Rule != nil && (b.Losing.List >= 0 || !to.IsEmpty()), "%s: no route has priority over %v", id, b.Losing)
	case CannotRoute:
		f.expect(to.IsEmpty(), "%s: %v could carry the packets", id, b.Losing)
	}
}
