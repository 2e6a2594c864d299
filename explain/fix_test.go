package explain

import (
	"testing"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// A fix of rules is never wider than what the blocker refuses, in the fields that a rule reads, and holds the witness; it is all
// of it unless it says that it is partial.
func TestFixIsNeverWider(t *testing.T) {
	whole, partial := 0, 0
	everyQuestion(t, func(t *testing.T, s scenario.Scenario, q scenario.Question, r *solver.Result) {
		for i := range r.Blockers {
			b := &r.Blockers[i]
			f := FixOf(r, b)
			if len(f.Rules) == 0 {
				continue
			}
			refused, allowed := sayable(r.Pool, b.Packets, b.Egress), packet.Empty
			for _, c := range f.Rules {
				allowed = r.Pool.Union(allowed, r.Pool.Of(ruleMatch(t, c)))
			}
			switch {
			case !r.Pool.Subset(allowed, refused):
				t.Errorf("%s:%d: fix %q is wider than what is refused", s.File, q.Line, f.Text)
			case !r.Pool.Contains(allowed, b.Witness):
				t.Errorf("%s:%d: fix %q leaves out the witness %v", s.File, q.Line, f.Text, b.Witness)
			case f.Partial == (allowed == refused):
				t.Errorf("%s:%d: fix %q: partial is %v", s.File, q.Line, f.Text, f.Partial)
			}
			if f.Partial {
				partial++
			} else {
				whole++
			}
		}
	})
	if whole == 0 || partial == 0 {
		t.Errorf("%d whole and %d partial fixes", whole, partial)
	}
}

// sayable is a set widened to what rules of one direction can tell apart.
func sayable(p *packet.Pool, set packet.Set, egress bool) packet.Set {
	if egress {
		return p.Forget(set, packet.FieldSource|packet.FieldSourcePort)
	}
	return p.Forget(set, packet.FieldDestination|packet.FieldSourcePort)
}

// ruleMatch is the plain meaning of a rule (SG-9 to SG-13, ACL-10 to ACL-13).
func ruleMatch(t testing.TB, c RuleChange) packet.Match {
	t.Helper()
	var m packet.Match
	if c.Direction == "egress" {
		m.Destination = cidrs(t, c.CIDRs)
	} else {
		m.Source = cidrs(t, c.CIDRs)
	}
	if c.Protocol == "-1" {
		return m
	}
	n, ok := packet.ParseProtocol(c.Protocol)
	if !ok {
		t.Fatalf("protocol %q", c.Protocol)
	}
	m.Protocols = []packet.ByteRange{{From: n, To: n}}
	switch n {
	case packet.TCP, packet.UDP:
		m.DestinationPorts = []packet.PortRange{{From: uint16(*c.FromPort), To: uint16(*c.ToPort)}}
	case packet.ICMP, packet.ICMPv6:
		if *c.FromPort >= 0 {
			m.ICMPTypes = []packet.ByteRange{{From: uint8(*c.FromPort), To: uint8(*c.FromPort)}}
		}
		if *c.ToPort >= 0 {
			m.ICMPCodes = []packet.ByteRange{{From: uint8(*c.ToPort), To: uint8(*c.ToPort)}}
		}
	}
	return m
}
