package explain

import (
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// direction is how AWS calls the side of a group or an ACL.
func direction(egress bool) string {
	if egress {
		return "egress"
	}
	return "ingress"
}

// bound is the same in the words of the console.
func bound(egress bool) string {
	if egress {
		return "outbound"
	}
	return "inbound"
}

// rule says in AWS's words which rule decided: "inbound rule tcp 443 from sg-app", "outbound rule 100 allow all to
// 0.0.0.0/0", "10.0.0.0/16 → local".
func (v *view) rule(x *solver.Rule) string {
	switch {
	case x.Group != nil:
		return bound(x.Group.Egress) + " rule " + v.groupRule(x.Group)
	case x.Entry != nil:
		return bound(x.Entry.Egress) + " rule " + entryWords(x.Entry)
	case x.Route != nil:
		return v.route(x.Route)
	case x.Transit != nil:
		return v.transitRoute(x.Transit)
	case x.Policy != nil:
		return v.policyEntry(x.Policy)
	}
	return ""
}

// groupRule is one rule of a group: protocol, ports, peer.
func (v *view) groupRule(g *model.GroupRule) string {
	p := g.Permission
	s := protocolText(p.IpProtocol)
	switch s {
	case "tcp", "udp":
		s += " " + portText(p.FromPort, p.ToPort)
	case "icmp", "icmpv6":
		s += icmpText(p.FromPort, p.ToPort)
	}
	return s + toFrom(g.Egress) + v.peer(g)
}

func (v *view) peer(g *model.GroupRule) string {
	switch {
	case g.Peer.IsValid():
		return g.Peer.String()
	case g.List >= 0:
		return v.called(model.Ref{Kind: model.KindPrefixList, Index: g.List})
	}
	return v.called(model.Ref{Kind: model.KindSecurityGroup, Index: g.Group})
}

func toFrom(egress bool) string {
	if egress {
		return " to "
	}
	return " from "
}

// entryWords is one entry of an ACL: number, action, protocol, ports, CIDR.
func entryWords(e *model.ACLEntry) string {
	return entryNumber(e.RuleNumber) + " " + entryRest(e)
}

// entryRest is an entry without its number.
func entryRest(e *model.ACLEntry) string {
	s := Printable(strings.ToLower(e.RuleAction)) + " " + protocolText(e.Protocol)
	switch protocolText(e.Protocol) {
	case "tcp", "udp":
		if e.PortRange == nil {
			s += " all ports"
		} else {
			s += " " + portText(&e.PortRange.From, &e.PortRange.To)
		}
	case "icmp", "icmpv6":
		if e.IcmpTypeCode != nil {
			s += icmpText(&e.IcmpTypeCode.Type, &e.IcmpTypeCode.Code)
		}
	}
	block := e.CidrBlock
	if !block.IsValid() {
		block = e.Ipv6CidrBlock
	}
	return s + toFrom(e.Egress) + block.String()
}

// finalDeny is the lowest number under which the answers list the last entries of every ACL, 32767 for IPv4 and 32768 for
// IPv6, which the console shows as "*" (ACL-3). Entries of the owner's have lower ones.
const finalDeny = 32767

func entryNumber(n int32) string {
	if n >= finalDeny {
		return "*"
	}
	return strconv.Itoa(int(n))
}

// protocolText is a protocol as records spell it, by its usual name.
func protocolText(text string) string {
	if text == "-1" || text == "all" {
		return "all"
	}
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		return packet.ProtocolName(uint8(n))
	}
	if n, ok := packet.ParseProtocol(strings.ToLower(text)); ok {
		return packet.ProtocolName(n)
	}
	return Printable(text)
}

func portText(from, to *int32) string {
	switch {
	case from == nil || to == nil || *from == -1 || (*from == 0 && *to == 65535):
		return "all ports"
	case *from == *to:
		return strconv.Itoa(int(*from))
	}
	return strconv.Itoa(int(*from)) + "-" + strconv.Itoa(int(*to))
}

func icmpText(typ, code *int32) string {
	if typ == nil || *typ == -1 {
		return ""
	}
	s := " type " + strconv.Itoa(int(*typ))
	if code != nil && *code != -1 {
		s += " code " + strconv.Itoa(int(*code))
	}
	return s
}

// route is one route: "0.0.0.0/0 → igw-a".
func (v *view) route(x *model.Route) string {
	s := v.routeDestination(x) + " → " + v.routeTarget(x)
	if x.Record != nil && x.Record.State != "" && x.Record.State != "active" {
		s += " (" + Printable(x.Record.State) + ")"
	}
	return s
}

func (v *view) routeDestination(x *model.Route) string {
	switch {
	case x.List >= 0:
		return v.called(model.Ref{Kind: model.KindPrefixList, Index: x.List})
	case x.Prefix.IsValid():
		return x.Prefix.String()
	}
	return "(no destination)"
}

func (v *view) routeTarget(x *model.Route) string {
	if x.Local {
		return "local"
	}
	return v.id(x.Target)
}
