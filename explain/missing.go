package explain

import (
	"strings"
	"time"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// missingWhy says why a fact is missing, with what the call said.
func missingWhy(m *model.Missing) string {
	why := string(m.Why)
	if m.Detail == "" {
		return why
	}
	return why + ": " + PrintableMax(m.Detail, 200)
}

// missingCommand is the AWS CLI call that would tell, ready to copy; empty where no call does. Every part that a
// file could have chosen is left out unless it is a plain word: the line is made to be run by a shell.
func missingCommand(m *model.Missing) string {
	op := string(m.Call)
	if service, call, ok := strings.Cut(op, " "); ok && m.Why != model.NotModelled {
		return serviceCommand(m, service, call)
	}
	if op == "" || !plainWord(op) || m.Why == model.NotModelled {
		return ""
	}
	command, file := "aws ec2 "+op, op
	if id := m.What; op == "get-managed-prefix-list-entries" && plainWord(id) {
		command += " --prefix-list-id " + id
		file += "." + id
	}
	if id, ok := strings.CutPrefix(m.What, "EnableDnsSupport of "); ok && op == "describe-vpc-attribute" && plainWord(id) {
		command += " --vpc-id " + id + " --attribute enableDnsSupport"
		file += "." + id
	}
	if about, ok := perTable[op]; ok {
		id := m.What[strings.LastIndexByte(m.What, ' ')+1:]
		if !plainWord(id) {
			return ""
		}
		command += " " + about.flag + " " + id + about.more
		file += "-" + id
	}
	if plainWord(m.Region) {
		command += " --region " + m.Region
	}
	return command + " > " + file + ".json"
}

// perTable are calls that are made for each table of a transit gateway, and what they need beside the Region.
var perTable = map[string]struct{ flag, more string }{
	"search-transit-gateway-routes":                 {"--transit-gateway-route-table-id", " --filters Name=state,Values=active,blackhole"},
	"get-transit-gateway-route-table-associations":  {"--transit-gateway-route-table-id", ""},
	"get-transit-gateway-route-table-propagations":  {"--transit-gateway-route-table-id", ""},
	"get-transit-gateway-prefix-list-references":    {"--transit-gateway-route-table-id", ""},
	"get-transit-gateway-policy-table-entries":      {"--transit-gateway-policy-table-id", ""},
	"get-transit-gateway-policy-table-associations": {"--transit-gateway-policy-table-id", ""},
}

// objectFlags say how a call of another service is asked about one object, by the prefix of its id; the object's id is the last word of what is
// missing, or the first.
var objectFlags = map[string]map[string]string{
	"describe-direct-connect-gateway-associations": {"vgw-": "--associated-gateway-id", "tgw-": "--associated-gateway-id", "": "--direct-connect-gateway-id"},
	"describe-direct-connect-gateway-attachments":  {"": "--direct-connect-gateway-id"},
}

// serviceCommand is missingCommand for a call of another service than ec2.
func serviceCommand(m *model.Missing, service, call string) string {
	if !plainWord(service) || !plainWord(call) {
		return ""
	}
	command, file := "aws "+service+" "+call, service+"."+call
	switch call {
	case "get-network-routes":
		return networkRoutesCommand(m)
	case "get-vpc-attachment":
		id := m.What[strings.LastIndexByte(m.What, ' ')+1:]
		if !plainWord(id) {
			return ""
		}
		command, file = command+" --attachment-id "+id, file+"."+id
	}
	if flags := objectFlags[call]; flags != nil {
		words := strings.Fields(m.What)
		id := words[len(words)-1]
		if strings.HasPrefix(m.What, "gateways that ") {
			id = words[2]
		}
		flag := flags[""]
		for prefix, f := range flags {
			if prefix != "" && strings.HasPrefix(id, prefix) {
				flag = f
			}
		}
		if !plainWord(id) {
			return ""
		}
		command, file = command+" "+flag+" "+id, file+"."+id
	}
	if plainWord(m.Region) {
		command += " --region " + m.Region
	}
	return command + " > " + file + ".json"
}

// networkRoutesCommand asks for the routes of a segment at an edge: "routes of segment S at edge E of CORE-NETWORK in GLOBAL-NETWORK". Without the
// global network the call cannot be made.
func networkRoutesCommand(m *model.Missing) string {
	w := strings.Fields(m.What)
	if len(w) != 11 || !plainWord(w[3]) || !plainWord(w[6]) || !plainWord(w[8]) || !plainWord(w[10]) || !plainWord(m.Region) {
		return ""
	}
	return "aws networkmanager get-network-routes --global-network-id " + w[10] + " --route-table-identifier 'CoreNetworkSegmentEdge={CoreNetworkId=" + w[8] +
		",SegmentName=" + w[3] + ",EdgeLocation=" + w[6] + "}' --region " + m.Region + " > networkmanager.get-network-routes." + w[8] + "." + w[3] + "." + w[6] + ".json"
}

// plainWord says whether s is letters, digits and hyphens only and does not begin like a flag.
func plainWord(s string) bool {
	if s == "" || len(s) > 80 || s[0] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// remedies say what to do about a missing fact that asking again does not tell.
var remedies = map[model.Why]string{
	model.NotHeld:     "the answer is there without it: take the whole snapshot again, at one time",
	model.Conflicting: "take the whole snapshot again, at one time, and each account once",
	model.Unreadable:  "save the answer again; if AWS really answers that, report it",
	model.NotModelled: "vpcreach cannot follow this yet",
	model.Budget:      "ask a narrower question: one interface, one protocol, one port",
	model.NotOffered:  "the Region does not offer the call",
	model.Denied:      "allow the call, then run it again",
}

// missingRemedy says what to do: words, and the command to run where one helps.
func missingRemedy(m *model.Missing) (words, command string) {
	command = missingCommand(m)
	words = remedies[m.Why]
	if m.Account != "" && plainWord(m.Account) && command != "" {
		command += "   # account " + m.Account
	}
	bridged := m.Why != model.NotModelled && m.Why != model.Unreadable
	if m.Call == "describe-network-acls" && bridged {
		words = strings.TrimPrefix(words+"; --assume network-acls takes it to allow", "; ")
	}
	if m.Call == "describe-internet-gateways" && bridged {
		words = strings.TrimPrefix(words+"; --assume gateways takes it to be attached", "; ")
	}
	return words, command
}

// assumptions say what was assumed about a component.
var assumptions = map[solver.AssumptionKind]string{
	solver.AssumeRunning:         "is running: the answers about instances are not there, and its interface is attached",
	solver.AssumeDefaultACL:      "has the default network ACL of its VPC: no ACL of the snapshot names it",
	solver.AssumeACLAllows:       "has a network ACL that allows everything (--assume network-acls)",
	solver.AssumeGatewayWorks:    "exists and is attached (--assume gateways)",
	solver.AssumeNoBPA:           "has VPC Block Public Access off: the snapshot is older than that field",
	solver.AssumeBPAEffective:    "has no exclusion from VPC Block Public Access: its record states the mode, and the answers about exclusions are not there",
	solver.AssumeTrunkLive:       "hangs on a trunk that works: its own record shows an attachment, and the answers about trunks are not there",
	solver.AssumePublicNAT:       "is a public NAT gateway: the answer does not say",
	solver.AssumeZonalNAT:        "is a zonal NAT gateway: the answer does not say",
	solver.AssumeSameRegion:      "joins VPCs of one Region: the answer does not say",
	solver.AssumeForwards:        "forwards what is routed to it: what runs on an appliance is not in the answers",
	solver.AssumeGWLBPasses:      "lets the packet pass: what stands behind a Gateway Load Balancer endpoint is not in the answers (AWS's PATH_THROUGH_GWLB_NOT_CHECKED)",
	solver.AssumeNATInstance:     "is a NAT instance, which sends to the internet from its own address: what runs on an appliance is not in the answers",
	solver.AssumeInternetAddress: "has the address that was asked for: not all network interfaces are known (describe-network-interfaces), and one of those might have it",
}

func (v *view) assumption(a *solver.Assumption) string {
	text, ok := assumptions[a.Kind]
	if !ok {
		text = "was assumed: " + Printable(string(a.Kind))
	}
	return v.called(a.At) + " " + text
}

// notes say what a note means; %s is the component.
var notes = map[solver.NoteKind]string{
	solver.NoteForwardOnly: "only the request was judged: no reply is expected, or AWS's analyzer does not look at one",
	solver.NoteIPv6:        "the way is IPv6 only, which AWS's Reachability Analyzer does not consider",
	solver.NoteInitiates:   "%s belongs to an AWS service, which may never start a connection from it",
	solver.NoteBranch:      "%s is a branch interface: where the CNI runs in its standard mode, what leaves the VPC is sent by the node's primary interface and judged by the groups of that one",
	solver.NoteOtherZone:   "%s is not yet in the zone of the sender: until it is, another zone serves (AWS's analyzer calls that unreachable)",
	solver.NoteJoinedLegs:  "the packet leaves to the internet by %s and comes in again: both legs are judged",

	solver.NoteSkew: "the parts of the snapshot that this answer rests on were taken up to %t apart: between them the network may have changed",

	solver.NoteAsymmetric:       "%s sees one direction only; if it keeps state, it drops the reply (AWS's analyzer does not look)",
	solver.NoteEndpointBypassed: "the reply does not pass %s, which the request passed: its appliances see one direction only",
}

func (v *view) note(n *solver.Note) string {
	text, ok := notes[n.Kind]
	if !ok {
		return Printable(string(n.Kind))
	}
	return strings.NewReplacer("%s", v.called(n.At), "%t", n.Span.Round(time.Minute).String()).Replace(text)
}
