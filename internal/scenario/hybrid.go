package scenario

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
)

// hybrid is what joins VPCs to networks outside AWS, and those networks as a person declares them.
type hybrid struct {
	vpnGateways    []*vpnGateway
	vpnConnections []*vpnConnection
	directConnects []*directConnectGateway
	virtual        []*virtualInterface
	declared       []declaredNetwork
}

type vpnGateway struct {
	head
	vpc   *vpc // nil: detached
	state string
}

type vpnConnection struct {
	head
	gateway      string // vgw- or tgw- id
	bgp          bool
	routes       []netip.Prefix
	tunnels      string // UP, DOWN or nothing: no telemetry
	ipv6         bool
	local, other netip.Prefix // selectors: the customer's side, AWS's
	state        string
}

type directConnectGateway struct {
	head
	associations []directConnectAssociation
}

type directConnectAssociation struct {
	gateway string
	allowed []netip.Prefix
	state   string
}

type virtualInterface struct {
	head
	gateway string // dxgw- or vgw- id
	kind    string
	down    bool
}

type declaredNetwork struct {
	Name   string   `json:"name"`
	CIDRs  []string `json:"cidrs"`
	Behind []string `json:"behind"`
	at     position
}

const (
	interfacesCall     = "directconnect.describe-virtual-interfaces"
	dxGatewaysCall     = "directconnect.describe-direct-connect-gateways"
	dxAssociationsCall = "directconnect.describe-direct-connect-gateway-associations"
	dxAttachmentsCall  = "directconnect.describe-direct-connect-gateway-attachments"
)

// objectCalls are answers about one object each: associations about a gateway of either side, attachments about a Direct Connect gateway.
var objectCalls = map[string]string{dxAssociationsCall: "directConnectGatewayAssociations", dxAttachmentsCall: "directConnectGatewayAttachments"}

func init() {
	calls = append(calls, []struct{ call, key string }{
		{"describe-vpn-gateways", "VpnGateways"}, {"describe-vpn-connections", "VpnConnections"}, {"describe-customer-gateways", "CustomerGateways"},
		{interfacesCall, "virtualInterfaces"}, {dxGatewaysCall, "directConnectGateways"},
	}...)
	directives["network"] = readDeclared
}

func readVPNGateway(n *Network, h head, st statement) error {
	g := &vpnGateway{head: h, state: "attached"}
	if len(st.words) > 3 {
		return st.at.errorf("virtual private gateway %s takes one VPC and the state of its attachment, or nothing if it is detached", h.id)
	}
	if len(st.words) > 1 {
		var err error
		if g.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
			return err
		}
	}
	if len(st.words) == 3 {
		g.state = st.words[2]
	}
	n.vpnGateways = append(n.vpnGateways, g)
	return nil
}

func readVPNConnection(n *Network, h head, st statement) error {
	c := &vpnConnection{head: h, state: "available", tunnels: "UP"}
	if len(st.words) < 2 || prefixOf(st.words[1]) != "vgw" && prefixOf(st.words[1]) != "tgw" {
		return st.at.errorf("VPN connection %s has no gateway; write \"%s VGW|TGW bgp|static CIDR... [down|no-telemetry] [ipv6] [customer=CIDR] [aws=CIDR] [state=STATE]\"", h.id, h.id)
	}
	c.gateway = st.words[1]
	for _, word := range st.words[2:] {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "bgp":
			c.bgp = true
		case "static":
		case "down":
			c.tunnels = "DOWN"
		case "no-telemetry":
			c.tunnels = ""
		case "ipv6":
			c.ipv6 = true
		case "customer":
			c.local, err = parsePrefix(st.at, value)
		case "aws":
			c.other, err = parsePrefix(st.at, value)
		case "state":
			c.state = value
		default:
			var p netip.Prefix
			p, err = parsePrefix(st.at, word)
			c.routes = append(c.routes, p)
		}
		if err != nil {
			return err
		}
	}
	n.known["cgw-"+c.suffix()] = true
	n.vpnConnections = append(n.vpnConnections, c)
	return nil
}

func readDirectConnectGateway(n *Network, h head, st statement) error {
	g := &directConnectGateway{head: h}
	if len(st.words) != 1 {
		return st.at.errorf("Direct Connect gateway %s stands alone; write its associations below, \"VGW|TGW [ALLOWED-CIDR...] [STATE]\" each", h.id)
	}
	for _, line := range st.continued {
		a := directConnectAssociation{gateway: line.words[0], state: "associated"}
		for _, word := range line.words[1:] {
			if !strings.Contains(word, "/") {
				a.state = word
				continue
			}
			p, err := parsePrefix(line.at, word)
			if err != nil {
				return err
			}
			a.allowed = append(a.allowed, p)
		}
		g.associations = append(g.associations, a)
	}
	n.directConnects = append(n.directConnects, g)
	return nil
}

func readVirtualInterface(n *Network, h head, st statement) error {
	v := &virtualInterface{head: h, kind: "private"}
	if len(st.words) < 2 || prefixOf(st.words[1]) != "dxgw" && prefixOf(st.words[1]) != "vgw" {
		return st.at.errorf("virtual interface %s has the form \"%s DXGW|VGW [private|transit|public] [down]\"", h.id, h.id)
	}
	v.gateway = st.words[1]
	for _, word := range st.words[2:] {
		switch word {
		case "down":
			v.down = true
		case "private", "transit", "public":
			v.kind = word
		default:
			return st.at.errorf("%q says nothing about a virtual interface; write private, transit, public or down", word)
		}
	}
	n.virtual = append(n.virtual, v)
	return nil
}

// readDeclared reads "network NAME CIDR... behind EDGE...".
func readDeclared(n *Network, st statement) error {
	i := slices.Index(st.words, "behind")
	if i < 3 || i == len(st.words)-1 {
		return st.at.errorf("write \"network NAME CIDR... behind EDGE...\", such as: network office 10.50.0.0/16 behind vgw-a")
	}
	d := declaredNetwork{Name: st.words[1], Behind: st.words[i+1:], at: st.at}
	for _, word := range st.words[2:i] {
		if _, err := parsePrefix(st.at, word); err != nil {
			return err
		}
		d.CIDRs = append(d.CIDRs, word)
	}
	n.declared = append(n.declared, d)
	return nil
}

// DeclaredFile is the one of a scenario's files that is no answer: the networks that it declares, for --declare.
const DeclaredFile = "declared-networks.json"

// declaredFile adds that file where the scenario declares networks.
func (n *Network) declaredFile(files map[string][]byte) error {
	if len(n.declared) == 0 {
		return nil
	}
	text, err := json.MarshalIndent(map[string]any{"networks": n.declared}, "", "  ")
	files[DeclaredFile] = text
	return err
}

func (n *Network) checkHybrid() error {
	for _, c := range n.vpnConnections {
		if err := n.checkDeclared(c.at, c.gateway); err != nil {
			return err
		}
	}
	for _, g := range n.directConnects {
		for _, a := range g.associations {
			if err := n.checkDeclared(g.at, a.gateway); err != nil {
				return err
			}
		}
	}
	for _, v := range n.virtual {
		if err := n.checkDeclared(v.at, v.gateway); err != nil {
			return err
		}
	}
	for _, d := range n.declared {
		if err := n.checkDeclared(d.at, d.Behind...); err != nil {
			return err
		}
	}
	return nil
}
