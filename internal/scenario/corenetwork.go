package scenario

import (
	"net/netip"
	"slices"
	"strings"
)

// cloudWAN is core networks, what is attached to them, and the routes of their segments at their edges.
type cloudWAN struct {
	coreNetworks    []*coreNetwork
	coreAttachments []*coreAttachment
	coreSegments    []*coreSegment
}

type coreNetwork struct {
	head
	state string
}

type coreAttachment struct {
	head
	core         *coreNetwork
	vpc          *vpc   // nil for other types
	kind         string // as AWS names it
	segment      string
	group        string // network function group
	subnets      []string
	appliance    bool
	noReferences bool
	state        string
}

type coreSegment struct {
	at     position
	id     string
	core   *coreNetwork
	part   part     // whose answer it is
	words  []string // core network, segment, edge
	routes []coreRoute
}

type coreRoute struct {
	destination string
	to          []string
	static      bool
	state       string
}

const (
	coreNetworksCall     = "networkmanager.list-core-networks"
	coreAttachmentsCall  = "networkmanager.list-attachments"
	coreVPCCall          = "networkmanager.get-vpc-attachment"
	coreNetworkRouteCall = "networkmanager.get-network-routes"
)

// coreCalls are answers that every part has as soon as a scenario has a core network.
var coreCalls = []struct{ call, key string }{{coreNetworksCall, "CoreNetworks"}, {coreAttachmentsCall, "Attachments"}}

func init() {
	directives["segment"] = readCoreSegment
	objectCalls[coreVPCCall], objectCalls[coreNetworkRouteCall] = "VpcAttachment", "NetworkRoutes"
}

var (
	coreStates = []string{"CREATING", "UPDATING", "AVAILABLE", "DELETING", "FAILED", "REJECTED", "PENDING_ATTACHMENT_ACCEPTANCE", "PENDING_NETWORK_UPDATE", "PENDING_TAG_ACCEPTANCE"}
	coreTypes  = []string{"CONNECT", "SITE_TO_SITE_VPN", "TRANSIT_GATEWAY_ROUTE_TABLE", "DIRECT_CONNECT_GATEWAY"}
)

func readCoreNetwork(n *Network, h head, st statement) error {
	c := &coreNetwork{head: h, state: "AVAILABLE"}
	if !strings.HasPrefix(h.id, "core-network-") || len(st.words) > 2 || len(st.words) == 2 && !slices.Contains(coreStates, st.words[1]) {
		return st.at.errorf("a core network has the form \"core-network-c [STATE]\", its state in AWS's capitals")
	}
	if len(st.words) == 2 {
		c.state = st.words[1]
	}
	n.coreNetworks = append(n.coreNetworks, c)
	return nil
}

func (n *Network) coreNetwork(at position, id string) (*coreNetwork, error) {
	for _, c := range n.coreNetworks {
		if c.id == id {
			return c, nil
		}
	}
	return nil, at.errorf("no core network %q above this line; declare it first, such as \"core-network-c\"", id)
}

func readCoreAttachment(n *Network, h head, st statement) error {
	a := &coreAttachment{head: h, kind: "VPC", state: "AVAILABLE"}
	if len(st.words) < 4 {
		return st.at.errorf("an attachment has the form \"%s CORE-NETWORK VPC|TYPE SEGMENT|nfg=GROUP [SUBNET...]\", TYPE one of %s", h.id, strings.Join(coreTypes, ", "))
	}
	var err error
	if a.core, err = n.coreNetwork(st.at, st.words[1]); err != nil {
		return err
	}
	if slices.Contains(coreTypes, st.words[2]) {
		a.kind = st.words[2]
	} else if a.vpc, err = n.vpc(st.at, st.words[2]); err != nil {
		return err
	}
	group, isGroup := strings.CutPrefix(st.words[3], "nfg=")
	if isGroup {
		a.group = group
	} else {
		a.segment = st.words[3]
	}
	for _, word := range st.words[4:] {
		switch {
		case prefixOf(word) == "subnet" && a.vpc != nil:
			a.subnets = append(a.subnets, word)
		case word == "appliance":
			a.appliance = true
		case word == "nosgref":
			a.noReferences = true
		case slices.Contains(coreStates, word):
			a.state = word
		default:
			return st.at.errorf("%q says nothing about an attachment; write subnet- ids, appliance, nosgref or a state in AWS's capitals", word)
		}
	}
	n.coreAttachments = append(n.coreAttachments, a)
	return nil
}

// readCoreSegment reads "segment CORE-NETWORK.SEGMENT.EDGE" and its routes.
func readCoreSegment(n *Network, st statement) error {
	form := "write \"segment CORE-NETWORK.SEGMENT.EDGE\", such as: segment core-network-c.prod.us-east-1"
	if len(st.words) != 2 {
		return st.at.errorf("%s", form)
	}
	s := &coreSegment{at: st.at, id: st.words[1], words: strings.Split(st.words[1], ".")}
	if len(s.words) != 3 {
		return st.at.errorf("%s", form)
	}
	var err error
	if s.core, err = n.coreNetwork(st.at, s.words[0]); err != nil {
		return err
	}
	s.part = s.core.part
	if slices.ContainsFunc(n.coreSegments, func(x *coreSegment) bool { return x.id == s.id }) {
		s.part = n.current // another's answer about the same
	}
	for _, line := range st.continued {
		r := coreRoute{destination: line.words[0], state: "ACTIVE"}
		if _, err := netip.ParsePrefix(r.destination); err != nil && prefixOf(r.destination) != "pl" {
			return line.at.errorf("no route destination %q; write a CIDR or a pl- id", r.destination)
		}
		for _, word := range line.words[1:] {
			name, value, _ := strings.Cut(word, "=")
			switch {
			case word == "static":
				r.static = true
			case word == "blackhole":
				r.state = "BLACKHOLE"
			case name == "state":
				r.state = value
			case prefixOf(word) == "attachment", prefixOf(word) == "tgw-attach", name == "edge", name == "nfg":
				r.to = append(r.to, word)
			default:
				return line.at.errorf("%q says nothing about a route; write attachment- ids, edge=REGION, nfg=GROUP, a tgw-attach- id, static, blackhole or state=STATE", word)
			}
		}
		s.routes = append(s.routes, r)
	}
	n.known[s.id] = true
	n.coreSegments = append(n.coreSegments, s)
	return nil
}

func (n *Network) checkCoreNetworks() error {
	for _, a := range n.coreAttachments {
		if err := n.checkDeclared(a.at, a.subnets...); err != nil {
			return err
		}
	}
	for _, s := range n.coreSegments {
		for _, r := range s.routes {
			for _, to := range append([]string{r.destination}, r.to...) {
				if prefixOf(to) != "attachment" && prefixOf(to) != "pl" {
					continue
				}
				if err := n.checkDeclared(s.at, to); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// coreRecords writes Cloud WAN where its owners see it: core networks and routes in the core network's part, an attachment there and in its VPC's.
func (x *expansion) coreRecords() {
	n := x.network
	if len(n.coreNetworks) == 0 {
		return
	}
	for _, p := range n.parts {
		for _, c := range coreCalls {
			x.answers[p] = append(x.answers[p], &answer{call: c.call})
		}
	}
	for _, c := range n.coreNetworks {
		x.add(c.part, coreNetworksCall, "", row{c.id, record{
			"CoreNetworkId": c.id, "CoreNetworkArn": c.arn(), "GlobalNetworkId": "global-network-" + c.suffix()[len("network-"):], "OwnerAccountId": c.part.account,
			"State": c.state, "Tags": list{},
		}})
	}
	for _, a := range n.coreAttachments {
		for _, p := range a.sees() {
			x.add(p, coreAttachmentsCall, "", row{a.id, a.record()})
			if a.vpc != nil {
				x.answers[p] = append(x.answers[p], &answer{call: coreVPCCall, object: a.id, whole: record{"VpcAttachment": a.ofVPC()}})
			}
		}
	}
	for _, s := range n.coreSegments {
		x.answers[s.part] = append(x.answers[s.part], s.answer(n))
	}
}

func (c *coreNetwork) arn() string {
	return "arn:aws:networkmanager::" + c.part.account + ":core-network/" + c.id
}

// sees are the parts in which an attachment is described.
func (a *coreAttachment) sees() []part {
	if a.vpc == nil || a.vpc.part == a.core.part {
		return []part{a.core.part}
	}
	return []part{a.core.part, a.vpc.part}
}

// edge is the Region whose edge the attachment is at: its VPC's, else that of the line.
func (a *coreAttachment) edge() string {
	if a.vpc != nil {
		return a.vpc.part.region
	}
	return a.part.region
}

func (a *coreAttachment) record() record {
	r := record{
		"AttachmentId": a.id, "CoreNetworkId": a.core.id, "CoreNetworkArn": a.core.arn(), "OwnerAccountId": a.part.account, "AttachmentType": a.kind, "State": a.state,
		"EdgeLocation": a.edge(), "Tags": list{},
	}
	if a.vpc != nil {
		r["OwnerAccountId"] = a.vpc.part.account
		r["ResourceArn"] = "arn:aws:ec2:" + a.vpc.part.region + ":" + a.vpc.part.account + ":vpc/" + a.vpc.id
	}
	if a.group != "" {
		r["NetworkFunctionGroupName"] = a.group
	} else {
		r["SegmentName"] = a.segment
	}
	return r
}

func (a *coreAttachment) ofVPC() record {
	subnets := list{}
	for _, id := range a.subnets {
		subnets = append(subnets, "arn:aws:ec2:"+a.vpc.part.region+":"+a.vpc.part.account+":subnet/"+id)
	}
	return record{"Attachment": a.record(), "SubnetArns": subnets,
		"Options": record{"Ipv6Support": false, "ApplianceModeSupport": a.appliance, "DnsSupport": true, "SecurityGroupReferencingSupport": !a.noReferences}}
}

// answer is what get-network-routes says of a segment at an edge.
func (s *coreSegment) answer(n *Network) *answer {
	out := &answer{call: coreNetworkRouteCall, object: s.id, more: record{
		"CoreNetworkSegmentEdge": record{"CoreNetworkId": s.words[0], "SegmentName": s.words[1], "EdgeLocation": s.words[2]},
		"RouteTableType":         "CORE_NETWORK_SEGMENT", "RouteTableTimestamp": 1700000000,
	}}
	for _, r := range s.routes {
		to := list{}
		for _, word := range r.to {
			to = append(to, n.destination(s, word))
		}
		body := record{"DestinationCidrBlock": r.destination, "Destinations": to, "State": r.state, "Type": "PROPAGATED"}
		if prefixOf(r.destination) == "pl" {
			delete(body, "DestinationCidrBlock")
			body["PrefixListId"] = r.destination
		}
		if r.static {
			body["Type"] = "STATIC"
		}
		out.rows = append(out.rows, row{s.id, body})
	}
	return out
}

// destination is one destination of a route.
func (n *Network) destination(s *coreSegment, word string) record {
	name, value, _ := strings.Cut(word, "=")
	switch {
	case name == "edge":
		return record{"SegmentName": s.words[1], "EdgeLocation": value}
	case name == "nfg":
		return record{"NetworkFunctionGroupName": value, "EdgeLocation": s.words[2]}
	case prefixOf(word) == "tgw-attach":
		return record{"TransitGatewayAttachmentId": word, "SegmentName": s.words[1], "EdgeLocation": s.words[2], "ResourceType": "tgw-route-table"}
	}
	for _, a := range n.coreAttachments {
		if a.id == word {
			r := record{"CoreNetworkAttachmentId": a.id, "SegmentName": a.segment, "EdgeLocation": a.edge(), "ResourceType": strings.ToLower(a.kind)}
			if a.vpc != nil {
				r["ResourceId"] = a.vpc.id
			}
			return r
		}
	}
	return record{"CoreNetworkAttachmentId": word}
}
