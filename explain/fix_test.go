package explain

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
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

// Who makes the change gets what it promises: with the fix in the snapshot, that blocker is gone for the witness, and where
// every blocker has such a fix, the witness gets through.
func TestFixOpens(t *testing.T) {
	opened := map[Action]int{}
	all, err := scenario.Load("../testdata/scenarios")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		files, err := s.Files()
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range s.Questions {
			if q.Verdict != "unreachable" {
				continue
			}
			for _, byGroup := range []bool{false, true} {
				openUp(t, networkOf(t, files), s, q, byGroup, opened)
			}
		}
	}
	for _, a := range []Action{AddRule, AddEntry, AddRoute, ReplaceRoute, DeleteRoute, StartInstance, AssociateAddress, AssociateCarrier, ExcludeFromBPA, DisableSourceDest} {
		if opened[a] == 0 {
			t.Errorf("no fix %s was tried", a)
		}
	}
	t.Logf("fixes tried: %v", opened)
}

// maxRounds bounds the repairs of one question: a fix can bring to light what stood behind it.
const maxRounds = 8

// openUp makes every change that the answer proposes, until the witness gets through or a blocker has no fix that can be made.
func openUp(t *testing.T, n *model.Network, s scenario.Scenario, q scenario.Question, byGroup bool, opened map[Action]int) {
	t.Helper()
	query, err := queryOf(n, q)
	if err != nil {
		t.Fatal(err)
	}
	r, err := solver.Solve(n, query)
	if err != nil || !r.HasWitness {
		return
	}
	for range maxRounds {
		before := r
		for i := range r.Blockers {
			f := FixOf(r, &r.Blockers[i])
			if r.Blockers[i].Code == solver.InternetNoPrivateForIngress { // what is asked for changes with the fix
				return
			}
			if !repair(t, n, r, f, byGroup) {
				return
			}
			opened[f.Action]++
		}
		n = model.Build(n.Snapshot)
		if r, err = solver.Solve(n, about(t, n, q, before.Witness)); err != nil {
			t.Fatal(err)
		}
		for i := range before.Blockers {
			if b := &before.Blockers[i]; stillThere(before, r, b) {
				t.Errorf("%s:%d (by group: %v): %q does not open %s at %s", s.File, q.Line, byGroup, FixOf(before, b).Text, b.Code, before.Network.ID(b.At))
				return
			}
		}
		if r.Verdict != solver.Unreachable {
			return
		}
	}
	t.Errorf("%s:%d: still unreachable after %d rounds of fixes", s.File, q.Line, maxRounds)
}

// about narrows a question to one packet.
func about(t *testing.T, n *model.Network, q scenario.Question, k packet.Packet) solver.Query {
	t.Helper()
	query, err := queryOf(n, q)
	if err != nil {
		t.Fatal(err)
	}
	query.SourceAddresses = []netip.Prefix{netip.PrefixFrom(k.Source, k.Source.BitLen())}
	query.DestinationAddresses = []netip.Prefix{netip.PrefixFrom(k.Destination, k.Destination.BitLen())}
	query.Protocol = solver.Protocol{Number: k.Protocol, Type: -1, Code: -1}
	switch k.Protocol {
	case packet.TCP, packet.UDP:
		query.Protocol.Ports = []packet.PortRange{{From: k.DestinationPort, To: k.DestinationPort}}
		query.SourcePorts = []packet.PortRange{{From: k.SourcePort, To: k.SourcePort}}
	case packet.ICMP, packet.ICMPv6:
		query.Protocol.Type, query.Protocol.Code = int(k.ICMPType), int(k.ICMPCode)
	}
	return query
}

func stillThere(before, after *solver.Result, b *solver.Blocker) bool {
	return slices.ContainsFunc(after.Blockers, func(x solver.Blocker) bool {
		return x.Code == b.Code && x.Leg == b.Leg && x.Egress == b.Egress && x.Reason == b.Reason && after.Network.ID(x.At) == before.Network.ID(b.At) &&
			after.Network.ID(x.Target) == before.Network.ID(b.Target)
	})
}

// repair makes a change in the snapshot; false where the change is not one of data alone.
func repair(t *testing.T, n *model.Network, r *solver.Result, f Fix, byGroup bool) bool {
	t.Helper()
	id := ""
	if !f.Resource.IsZero() {
		id = r.Network.ID(f.Resource)
	}
	for _, part := range n.Snapshot.Parts {
		switch f.Action {
		case AddRule:
			if i := slices.IndexFunc(part.SecurityGroups, func(g snapshot.SecurityGroup) bool { return g.GroupId == id }); i >= 0 {
				for _, c := range f.Rules {
					addRule(t, &part.SecurityGroups[i], c, byGroup)
				}
				return true
			}
		case AddEntry:
			if i := slices.IndexFunc(part.NetworkACLs, func(a snapshot.NetworkAcl) bool { return a.NetworkAclId == id }); i >= 0 {
				for _, c := range f.Rules {
					addEntry(t, &part.NetworkACLs[i], c)
				}
				return true
			}
		case AddRoute, ReplaceRoute, DeleteRoute:
			if i := slices.IndexFunc(part.RouteTables, func(x snapshot.RouteTable) bool { return x.RouteTableId == id }); i >= 0 {
				return changeRoutes(t, &part.RouteTables[i], f)
			}
		default:
			if repairOther(part, f, id) {
				return true
			}
		}
	}
	return false
}

func repairOther(part *snapshot.Part, f Fix, id string) bool {
	a := f.Action
	for i := range part.Instances {
		if a == StartInstance && part.Instances[i].InstanceId == id {
			part.Instances[i].State.Name = "running"
			return true
		}
	}
	if a == ExcludeFromBPA {
		mode := f.Text[strings.LastIndexByte(f.Text, '(')+1 : len(f.Text)-1]
		part.BlockPublicAccessExclusions = slices.DeleteFunc(part.BlockPublicAccessExclusions, func(x snapshot.VpcBlockPublicAccessExclusion) bool {
			return strings.HasSuffix(x.ResourceArn, "/"+id)
		})
		part.BlockPublicAccessExclusions = append(part.BlockPublicAccessExclusions, snapshot.VpcBlockPublicAccessExclusion{ExclusionId: "vpcbpa-exclude-new",
			InternetGatewayExclusionMode: mode, ResourceArn: "arn:aws:ec2:eu-west-1:111122223333:x/" + id, State: "create-complete"})
		return true
	}
	for i := range part.NetworkInterfaces {
		e := &part.NetworkInterfaces[i]
		if e.NetworkInterfaceId != id {
			continue
		}
		switch a {
		case DisableSourceDest:
			off := false
			e.SourceDestCheck = &off
			return true
		case AssociateAddress:
			part.Addresses = append(part.Addresses, snapshot.Address{PublicIp: netip.MustParseAddr("192.0.2.201"),
				PrivateIpAddress: f.Address, NetworkInterfaceId: id})
			return true
		case AssociateCarrier:
			part.Addresses = append(part.Addresses, snapshot.Address{CarrierIp: netip.MustParseAddr("192.0.2.202"),
				PrivateIpAddress: f.Address, NetworkInterfaceId: id})
			return true
		}
	}
	return false
}

func addRule(t *testing.T, g *snapshot.SecurityGroup, c RuleChange, byGroup bool) {
	t.Helper()
	p := snapshot.IpPermission{IpProtocol: c.Protocol, FromPort: number(c.FromPort), ToPort: number(c.ToPort)}
	if byGroup && c.Group != "" {
		p.UserIdGroupPairs = []snapshot.UserIdGroupPair{{GroupId: c.Group}}
	} else {
		for _, x := range cidrs(t, c.CIDRs) {
			if x.Addr().Is4() {
				p.IpRanges = append(p.IpRanges, snapshot.IpRange{CidrIp: x})
			} else {
				p.Ipv6Ranges = append(p.Ipv6Ranges, snapshot.Ipv6Range{CidrIpv6: x})
			}
		}
	}
	if c.Direction == "egress" {
		g.IpPermissionsEgress = append(g.IpPermissionsEgress, p)
	} else {
		g.IpPermissions = append(g.IpPermissions, p)
	}
}

func number(n *int) *int32 {
	if n == nil {
		return nil
	}
	x := int32(*n)
	return &x
}

func addEntry(t *testing.T, a *snapshot.NetworkAcl, c RuleChange) {
	t.Helper()
	if len(c.CIDRs) != 1 {
		t.Fatalf("an entry has one CIDR, not %d", len(c.CIDRs))
	}
	for _, e := range a.Entries {
		if e.RuleNumber == c.Number && e.Egress == (c.Direction == "egress") {
			t.Fatalf("entry %d of %s is taken", c.Number, a.NetworkAclId)
		}
	}
	e := snapshot.NetworkAclEntry{RuleNumber: c.Number, Egress: c.Direction == "egress", RuleAction: "allow", Protocol: c.Protocol}
	if n, ok := packet.ParseProtocol(c.Protocol); ok {
		e.Protocol = strconv.Itoa(int(n))
	}
	switch c.Protocol {
	case "tcp", "udp":
		e.PortRange = &snapshot.PortRange{From: int32(*c.FromPort), To: int32(*c.ToPort)}
	case "icmp", "icmpv6":
		e.IcmpTypeCode = &snapshot.IcmpTypeCode{Type: int32(*c.FromPort), Code: int32(*c.ToPort)}
	}
	if x := cidrs(t, c.CIDRs)[0]; x.Addr().Is4() {
		e.CidrBlock = x
	} else {
		e.Ipv6CidrBlock = x
	}
	a.Entries = append(a.Entries, e)
}

func changeRoutes(t *testing.T, table *snapshot.RouteTable, f Fix) bool {
	t.Helper()
	for _, c := range f.Routes {
		had := len(table.Routes)
		table.Routes = slices.DeleteFunc(table.Routes, func(r snapshot.Route) bool {
			return c.Destination == r.DestinationPrefixListId || c.Destination == r.DestinationCidrBlock.String() || c.Destination == r.DestinationIpv6CidrBlock.String()
		})
		switch removed := had != len(table.Routes); {
		case f.Action == AddRoute && removed:
			t.Errorf("add-route of %s, which %s has already", c.Destination, table.RouteTableId)
		case f.Action == DeleteRoute && !removed:
			t.Errorf("delete-route of %s, which %s has not", c.Destination, table.RouteTableId)
		}
		if f.Action != DeleteRoute {
			table.Routes = append(table.Routes, routeOf(t, c))
		}
	}
	return len(f.Routes) > 0
}

func routeOf(t *testing.T, c RouteChange) snapshot.Route {
	t.Helper()
	r := snapshot.Route{State: "active", Origin: "CreateRoute"}
	if x := cidrs(t, []string{c.Destination})[0]; x.Addr().Is4() {
		r.DestinationCidrBlock = x
	} else {
		r.DestinationIpv6CidrBlock = x
	}
	switch {
	case strings.HasPrefix(c.Target, "nat-"):
		r.NatGatewayId = c.Target
	case strings.HasPrefix(c.Target, "eigw-"):
		r.EgressOnlyInternetGatewayId = c.Target
	case strings.HasPrefix(c.Target, "cagw-"):
		r.CarrierGatewayId = c.Target
	case strings.HasPrefix(c.Target, "pcx-"):
		r.VpcPeeringConnectionId = c.Target
	default:
		r.GatewayId = c.Target
	}
	return r
}
