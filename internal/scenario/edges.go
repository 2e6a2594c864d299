package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// edges is what stands at the edges of VPCs besides internet gateways and zonal NAT gateways.
type edges struct {
	egressOnly   []*egressOnlyGateway
	carriers     []*carrierGateway
	regionalNATs []*regionalNAT
	options      []*publicAccessOptions
	exclusions   []*publicAccessExclusion
}

type egressOnlyGateway struct {
	head
	vpc   *vpc // nil: detached
	state string
}

type carrierGateway struct {
	head
	vpc   *vpc
	state string
}

type regionalNAT struct {
	head
	vpc       *vpc
	table     string
	auto      bool
	addresses []zonedAddress
}

type zonedAddress struct {
	private, public netip.Addr // private: zero for none
	zone            int
}

// publicAccessOptions is the mode of Block Public Access of an account and Region.
type publicAccessOptions struct {
	head
	mode string
}

type publicAccessExclusion struct {
	head
	resource string
	mode     string
	state    string
}

// edgeCalls are answers that every part has; the options of Block Public Access are there only where a scenario states them.
var edgeCalls = []struct{ call, key string }{
	{"describe-egress-only-internet-gateways", "EgressOnlyInternetGateways"}, {"describe-carrier-gateways", "CarrierGateways"},
	{"describe-vpc-block-public-access-exclusions", "VpcBlockPublicAccessExclusions"},
	{"describe-trunk-interface-associations", "InterfaceAssociations"},
}

const optionsCall, optionsKey = "describe-vpc-block-public-access-options", "VpcBlockPublicAccessOptions"

func init() {
	calls = append(calls, edgeCalls...)
	directives["bpa"] = readOptions
}

func readEgressOnly(n *Network, h head, st statement) error {
	g := &egressOnlyGateway{head: h, state: "attached"}
	if len(st.words) > 3 {
		return st.at.errorf("egress-only internet gateway %s takes one VPC and a state, or nothing if it is detached", h.id)
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
	n.egressOnly = append(n.egressOnly, g)
	return nil
}

func readCarrier(n *Network, h head, st statement) error {
	g := &carrierGateway{head: h, state: "available"}
	if len(st.words) != 2 && len(st.words) != 3 {
		return st.at.errorf("carrier gateway %s has the form \"%s VPC [STATE]\"", h.id, h.id)
	}
	var err error
	if g.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	if len(st.words) == 3 {
		g.state = st.words[2]
	}
	n.carriers = append(n.carriers, g)
	return nil
}

// readRegionalNAT reads a NAT gateway that names a VPC in the place of a subnet.
func readRegionalNAT(n *Network, h head, st statement) error {
	g := &regionalNAT{head: h}
	form := "a regional NAT gateway has the form \"" + h.id + " VPC ROUTE-TABLE [auto]\" and its addresses below, \"PRIVATE|- PUBLIC|- ZONE\" each"
	var err error
	if g.vpc, err = n.vpc(st.at, st.words[1]); err != nil {
		return err
	}
	for _, word := range st.words[2:] {
		switch {
		case word == "auto":
			g.auto = true
		case prefixOf(word) == "rtb" && g.table == "":
			g.table = word
		default:
			return st.at.errorf("%s", form)
		}
	}
	for _, line := range st.continued {
		var a zonedAddress
		if len(line.words) != 3 {
			return line.at.errorf("%s", form)
		}
		for i, to := range []*netip.Addr{&a.private, &a.public} {
			if line.words[i] == "-" {
				continue
			}
			if *to, err = parseAddr4(line.at, line.words[i]); err != nil {
				return err
			}
		}
		if a.zone, err = parseZone(line.at, h.part.region, line.words[2]); err != nil {
			return err
		}
		g.addresses = append(g.addresses, a)
	}
	n.regionalNATs = append(n.regionalNATs, g)
	return nil
}

func parseZone(at position, region, word string) (int, error) {
	for zone := 1; zone <= 6; zone++ {
		if word == zoneID(region, zone) {
			return zone, nil
		}
	}
	return 0, at.errorf("no zone %q in %s; write one such as %s", word, region, zoneID(region, 1))
}

// readOptions reads "bpa MODE".
func readOptions(n *Network, st statement) error {
	if len(st.words) != 2 {
		return st.at.errorf("write \"bpa MODE\", such as \"bpa block-ingress\": the mode of this account and Region")
	}
	n.enter(n.current)
	for _, o := range n.options {
		if o.part == n.current {
			return st.at.errorf("%s %s has options already", n.current.account, n.current.region)
		}
	}
	n.options = append(n.options, &publicAccessOptions{head{id: "bpa", part: n.current, at: st.at}, st.words[1]})
	return nil
}

func readExclusion(n *Network, h head, st statement) error {
	x := &publicAccessExclusion{head: h, state: "create-complete"}
	if len(st.words) != 3 && len(st.words) != 4 || prefixOf(st.words[1]) != "vpc" && prefixOf(st.words[1]) != "subnet" {
		return st.at.errorf("an exclusion has the form \"%s VPC|SUBNET allow-bidirectional|allow-egress [STATE]\"", h.id)
	}
	x.resource, x.mode = st.words[1], st.words[2]
	if len(st.words) == 4 {
		x.state = st.words[3]
	}
	n.exclusions = append(n.exclusions, x)
	return nil
}

// mapCarrier reads carrier=, which follows the private address that it maps.
func (e *networkInterface) mapCarrier(at position, value string) error {
	a, err := parseAddr4(at, value)
	if err != nil {
		return err
	}
	last := len(e.addresses) - 1
	if last < 0 || !e.addresses[last].private.Is4() {
		return at.errorf("carrier=%s follows no IPv4 address; write it after the private address that it maps", value)
	}
	e.addresses[last].carrier = a
	return nil
}

func (n *Network) checkEdges() error {
	for _, x := range n.exclusions {
		if err := n.checkDeclared(x.at, x.resource); err != nil {
			return err
		}
	}
	for _, g := range n.regionalNATs {
		if g.table != "" {
			if err := n.checkDeclared(g.at, g.table); err != nil {
				return err
			}
		}
	}
	for _, e := range n.interfaces {
		if e.trunk != "" {
			if err := n.checkDeclared(e.at, e.trunk); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *expansion) edgeRecords() {
	n := x.network
	for _, g := range n.egressOnly {
		attachments := list{}
		if g.vpc != nil {
			attachments = append(attachments, record{"VpcId": g.vpc.id, "State": g.state})
		}
		x.add(g.part, "describe-egress-only-internet-gateways", "", row{g.id, record{
			"EgressOnlyInternetGatewayId": g.id, "Attachments": attachments, "Tags": list{},
		}})
	}
	for _, g := range n.carriers {
		x.add(g.part, "describe-carrier-gateways", "", row{g.id, record{
			"CarrierGatewayId": g.id, "VpcId": g.vpc.id, "State": g.state, "OwnerId": g.part.account, "Tags": list{},
		}})
	}
	for _, g := range n.regionalNATs {
		x.add(g.part, "describe-nat-gateways", "", row{g.id, g.record()})
	}
	for _, o := range n.options {
		x.add(o.part, optionsCall, "", row{o.id, record{
			"AwsAccountId": o.part.account, "AwsRegion": o.part.region, "State": "update-complete", "InternetGatewayBlockMode": o.mode,
			"ManagedBy": "account", "ExclusionsAllowed": "allowed",
		}})
	}
	for _, e := range n.exclusions {
		x.add(e.part, "describe-vpc-block-public-access-exclusions", "", row{e.id, record{
			"ExclusionId": e.id, "InternetGatewayExclusionMode": e.mode, "State": e.state, "Tags": list{},
			"ResourceArn": fmt.Sprintf("arn:aws:ec2:%s:%s:%s/%s", e.part.region, e.part.account, prefixOf(e.resource), e.resource),
		}})
	}
	for _, e := range n.interfaces {
		if e.trunk != "" {
			id := "trunk-assoc-" + e.suffix()
			x.add(e.part, "describe-trunk-interface-associations", "", row{id, record{
				"AssociationId": id, "BranchInterfaceId": e.id, "TrunkInterfaceId": e.trunk, "InterfaceProtocol": "VLAN", "VlanId": 1, "Tags": list{},
			}})
		}
	}
}

func (g *regionalNAT) record() record {
	provision := "disabled"
	if g.auto {
		provision = "enabled"
	}
	addresses := list{}
	for _, a := range g.addresses {
		one := record{"Status": "succeeded", "AvailabilityZone": zoneName(g.part.region, a.zone), "AvailabilityZoneId": zoneID(g.part.region, a.zone)}
		if a.private.IsValid() {
			one["PrivateIp"] = a.private.String()
		}
		if a.public.IsValid() {
			id := elasticIPID(g.id, address{public: a.public})
			one["PublicIp"], one["AllocationId"], one["AssociationId"] = a.public.String(), id, strings.Replace(id, "eipalloc", "eipassoc", 1)
		}
		addresses = append(addresses, one)
	}
	r := record{
		"NatGatewayId": g.id, "VpcId": g.vpc.id, "State": "available", "ConnectivityType": "public", "AvailabilityMode": "regional",
		"AutoProvisionZones": provision, "AutoScalingIps": provision, "NatGatewayAddresses": addresses, "Tags": list{},
	}
	if g.table != "" {
		r["RouteTableId"] = g.table
	}
	return r
}

// isEdgeWord says whether a word of an interface's line is about an edge.
func isEdgeWord(name string) bool { return slices.Contains([]string{"carrier", "trunk"}, name) }

// takeEdge reads carrier= and trunk=.
func (e *networkInterface) takeEdge(at position, name, value string) error {
	if name == "carrier" {
		return e.mapCarrier(at, value)
	}
	if prefixOf(value) != "eni" {
		return at.errorf("no trunk interface %q; write trunk=eni-t", value)
	}
	e.trunk, e.kind = value, "branch"
	return nil
}
