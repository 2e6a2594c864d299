package netgen

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// operation is an API operation as the AWS CLI spells it; that of a prefix list's entries carries the list's id.
type operation string

const (
	describeVPCs                  operation = "describe-vpcs"
	describeSubnets               operation = "describe-subnets"
	describeRouteTables           operation = "describe-route-tables"
	describeSecurityGroups        operation = "describe-security-groups"
	describeNetworkACLs           operation = "describe-network-acls"
	describeNetworkInterfaces     operation = "describe-network-interfaces"
	describeInstances             operation = "describe-instances"
	describeAddresses             operation = "describe-addresses"
	describeInternetGateways      operation = "describe-internet-gateways"
	describeNATGateways           operation = "describe-nat-gateways"
	describeVPCPeeringConnections operation = "describe-vpc-peering-connections"
	describePrefixLists           operation = "describe-prefix-lists"
	describeManagedPrefixLists    operation = "describe-managed-prefix-lists"
	describeAvailabilityZones     operation = "describe-availability-zones"

	describeVPCEndpoints                   operation = "describe-vpc-endpoints"
	describeEgressOnlyInternetGateways     operation = "describe-egress-only-internet-gateways"
	describeCarrierGateways                operation = "describe-carrier-gateways"
	describeTrunkInterfaceAssociations     operation = "describe-trunk-interface-associations"
	describeVPCBlockPublicAccessOptions    operation = "describe-vpc-block-public-access-options"
	describeVPCBlockPublicAccessExclusions operation = "describe-vpc-block-public-access-exclusions"

	describeTransitGateways       operation = "describe-transit-gateways"
	describeTransitAttachments    operation = "describe-transit-gateway-attachments"
	describeTransitVPCAttachments operation = "describe-transit-gateway-vpc-attachments"
	describeTransitPeerings       operation = "describe-transit-gateway-peering-attachments"
	describeTransitTables         operation = "describe-transit-gateway-route-tables"
	describeTransitPolicyTables   operation = "describe-transit-gateway-policy-tables"
	describeVPNGateways           operation = "describe-vpn-gateways"
	describeVPNConnections        operation = "describe-vpn-connections"
	describeVirtualInterfaces     operation = "directconnect.describe-virtual-interfaces"

	prefixListEntries = "get-managed-prefix-list-entries."
	vpcAttributes     = "describe-vpc-attribute."
)

// entriesOf returns the operation that reads a prefix list's entries.
func entriesOf(list string) operation { return operation(prefixListEntries + list) }

// attributesOf returns the operation that reads a VPC's attributes.
func attributesOf(vpc string) operation { return operation(vpcAttributes + vpc) }

// answerKeys lists the operations that every part answers, if the network has one of the features that they are for, and the key under which each
// answer has its records.
var answerKeys = []answerKey{
	{op: describeVPCs, key: "Vpcs", id: "VpcId"},
	{op: describeSubnets, key: "Subnets", id: "SubnetId"},
	{op: describeRouteTables, key: "RouteTables", id: "RouteTableId"},
	{op: describeSecurityGroups, key: "SecurityGroups", id: "GroupId"},
	{op: describeNetworkACLs, key: "NetworkAcls", id: "NetworkAclId"},
	{op: describeNetworkInterfaces, key: "NetworkInterfaces", id: "NetworkInterfaceId"},
	{op: describeInstances, key: "Reservations", id: "ReservationId"},
	{op: describeAddresses, key: "Addresses", id: "AllocationId"},
	{op: describeInternetGateways, key: "InternetGateways", id: "InternetGatewayId"},
	{op: describeNATGateways, key: "NatGateways", id: "NatGatewayId"},
	{op: describeVPCPeeringConnections, key: "VpcPeeringConnections", id: "VpcPeeringConnectionId"},
	{op: describePrefixLists, key: "PrefixLists", id: "PrefixListId"},
	{op: describeManagedPrefixLists, key: "PrefixLists", id: "PrefixListId"},
	{op: describeAvailabilityZones, key: "AvailabilityZones", id: "ZoneId"},
	{op: describeVPCEndpoints, key: "VpcEndpoints", id: "VpcEndpointId", features: GatewayEndpoints | InterfaceEndpoints | GWLBEndpoints},
	{op: describeEgressOnlyInternetGateways, key: "EgressOnlyInternetGateways", id: "EgressOnlyInternetGatewayId", features: EgressOnly},
	{op: describeCarrierGateways, key: "CarrierGateways", id: "CarrierGatewayId", features: Carrier},
	{op: describeTrunkInterfaceAssociations, key: "InterfaceAssociations", id: "AssociationId", features: Branch},
	{op: describeVPCBlockPublicAccessOptions, key: "VpcBlockPublicAccessOptions", features: BlockPublicAccess, single: true},
	{op: describeVPCBlockPublicAccessExclusions, key: "VpcBlockPublicAccessExclusions", id: "ExclusionId", features: BlockPublicAccess},
	{op: describeTransitGateways, key: "TransitGateways", id: "TransitGatewayId", features: TransitGateways},
	{op: describeTransitAttachments, key: "TransitGatewayAttachments", id: "TransitGatewayAttachmentId", features: TransitGateways},
	{op: describeTransitVPCAttachments, key: "TransitGatewayVpcAttachments", id: "TransitGatewayAttachmentId", features: TransitGateways},
	{op: describeTransitPeerings, key: "TransitGatewayPeeringAttachments", id: "TransitGatewayAttachmentId", features: TransitGateways},
	{op: describeTransitTables, key: "TransitGatewayRouteTables", id: "TransitGatewayRouteTableId", features: TransitGateways},
	{op: describeTransitPolicyTables, key: "TransitGatewayPolicyTables", id: "TransitGatewayPolicyTableId", features: TransitGateways},
	{op: describeVPNGateways, key: "VpnGateways", id: "VpnGatewayId", features: VPNGateways},
	{op: describeVPNConnections, key: "VpnConnections", id: "VpnConnectionId", features: VPNGateways | TransitGateways},
	{op: describeVirtualInterfaces, key: "virtualInterfaces", id: "virtualInterfaceId", features: VPNGateways},
}

type answerKey struct {
	op       operation
	key      string
	id       string   // the field of a record that holds its id
	features Features // none: every network
	single   bool     // the answer is one record, without pages
}

// answers returns those that a network with some features has.
func answers(f Features) []answerKey {
	return slices.DeleteFunc(slices.Clone(answerKeys), func(a answerKey) bool { return a.features != 0 && a.features&f == 0 })
}

// weightOfGap says how often a call is the one that is missing; calls that are not here are never missing.
var weightOfGap = []weight[operation]{
	{6, describeSecurityGroups}, {6, describeNetworkACLs}, {5, describeRouteTables}, {3, describeNetworkInterfaces},
	{2, describeInstances}, {3, describeInternetGateways}, {3, describeNATGateways}, {3, describeVPCPeeringConnections},
	{3, describeVPCs}, {2, describeSubnets}, {2, prefixListEntries}, {1, describeAddresses}, {1, describeManagedPrefixLists},
	{1, describePrefixLists},
	{5, describeVPCEndpoints}, {3, describeEgressOnlyInternetGateways}, {3, describeCarrierGateways}, {3, describeTrunkInterfaceAssociations},
	{3, describeVPCBlockPublicAccessOptions}, {8, describeVPCBlockPublicAccessExclusions},
	{2, describeTransitGateways}, {4, describeTransitAttachments}, {4, describeTransitVPCAttachments}, {2, describeTransitPeerings}, {2, describeTransitTables},
	{2, describeVPNGateways}, {5, describeVPNConnections}, {2, describeVirtualInterfaces},
}

// network writes the records to files, leaves some out, and gathers the facts.
func (w *world) network() Network {
	n := Network{Theme: w.theme, Features: w.features, Files: map[string][]byte{}, Interfaces: w.interfaces, Gateways: w.gateways, resolver: w.resolver}
	w.dropRecord()
	cut := map[string]bool{}
	for _, path := range w.drawGaps() {
		n.Missing = append(n.Missing, path)
		cut[path] = w.chance(0.3) && operationOf(path) != describeVPCBlockPublicAccessOptions
	}
	slices.Sort(n.Missing)
	n.Missing = slices.Compact(n.Missing)
	for _, p := range w.parts {
		for _, a := range answers(w.features) {
			w.write(&n, p.folder+string(a.op)+".json", a, p.records[a.op], cut)
		}
		for _, l := range w.lists {
			op := entriesOf(l.id)
			w.write(&n, p.folder+string(op)+".json", answerKey{op: op, key: "Entries"}, p.records[op], cut)
		}
	}
	w.writeAttributes(&n)
	w.writeTransit(&n)
	w.writeDirectConnect(&n)
	n.Edges, n.told, n.aliases = w.edges(), w.told, w.aliases
	n.Endpoints = w.endpoints
	n.Dangling = slices.Sorted(maps.Keys(w.dangling))
	n.Prefixes = sortedOnce(w.prefixes, netip.Prefix.Compare)
	n.Ports = sortedOnce(w.ports, func(a, b uint16) int { return int(a) - int(b) })
	n.ICMP = sortedOnce(w.icmp, func(a, b ICMP) int { return (int(a.Type)-int(b.Type))*1000 + int(a.Code) - int(b.Code) })
	return n
}

// write puts one answer into the network, unless it is missing: cut short, it keeps some records and a NextToken.
func (w *world) write(n *Network, path string, a answerKey, records []record, cut map[string]bool) {
	short, missing := cut[path]
	if missing && !short {
		return
	}
	answer := record{}
	if short {
		answer["NextToken"] = "eyJOZXh0VG9rZW4iOiBudWxsfQ=="
		records = slices.DeleteFunc(slices.Clone(records), func(record) bool { return w.chance(0.6) })
	}
	if records == nil {
		records = []record{}
	}
	answer[a.key] = records
	if a.single && len(records) == 1 {
		answer[a.key] = records[0]
	}
	n.put(path, answer)
}

// writeAttributes writes the attributes of each VPC; those of some were not asked for.
func (w *world) writeAttributes(n *Network) {
	for _, v := range w.vpcs {
		op := attributesOf(v.id())
		path := v.part.folder + string(op) + ".json"
		switch {
		case !w.has(SpecialAddresses):
		case w.chance(0.25):
			n.Missing = append(n.Missing, path)
			slices.Sort(n.Missing)
		default:
			n.put(path, v.part.records[op][0])
		}
	}
}

// put writes one answer.
func (n *Network) put(path string, answer record) {
	text, err := json.Marshal(answer, json.Deterministic(true), jsontext.WithIndent("    "))
	if err != nil { // only our own types are marshalled; a file that is no JSON fails the first test that reads it
		text = []byte(err.Error())
	}
	n.Files[path] = append(text, '\n')
}

// drawGaps returns the paths of the answers that are missing.
func (w *world) drawGaps() []string {
	var paths []string
	unknown := func(op operation) bool {
		i := slices.IndexFunc(answerKeys, func(a answerKey) bool { return a.op == op })
		return i >= 0 && answerKeys[i].features != 0 && answerKeys[i].features&w.features == 0
	}
	gaps := slices.DeleteFunc(slices.Clone(weightOfGap), func(x weight[operation]) bool { return unknown(x.value) })
	for k := 0; k < 3 && w.chance(w.odds.gap/float64(1+k)); k++ {
		p := pick(w.rng, w.parts)
		op := weighted(w.rng, gaps)
		if op == prefixListEntries {
			op = entriesOf(pick(w.rng, w.lists).id)
		}
		path := p.folder + string(op) + ".json"
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for _, p := range w.parts { // snapshots from before these calls were made
		if path := p.folder + string(describeVPCBlockPublicAccessOptions) + ".json"; w.has(BlockPublicAccess) && w.chance(0.2) && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// dropRecord now and then takes one record out of an answer that says it is complete, so that parts of the snapshot
// disagree.
func (w *world) dropRecord() {
	if !w.chance(w.odds.gap/6) && !w.chance(w.odds.odd) {
		return
	}
	p, a := pick(w.rng, w.parts), pick(w.rng, slices.DeleteFunc(answers(w.features), func(a answerKey) bool { return a.single || a.op == describeAvailabilityZones }))
	records := p.records[a.op]
	if len(records) == 0 {
		return
	}
	i := w.rng.IntN(len(records))
	if id, ok := records[i][a.id].(string); ok {
		w.gone(id)
	}
	for _, id := range instanceIDs(records[i]) {
		w.gone(id)
	}
	p.records[a.op] = slices.Delete(slices.Clone(records), i, i+1)
}

// instanceIDs returns the instances of a reservation.
func instanceIDs(reservation record) []string {
	var ids []string
	instances, _ := reservation["Instances"].([]record)
	for _, i := range instances {
		if id, ok := i["InstanceId"].(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// operationOf returns the operation that a path answers.
func operationOf(path string) operation {
	return operation(strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], ".json"))
}

func sortedOnce[T comparable](all []T, compare func(a, b T) int) []T {
	slices.SortFunc(all, compare)
	return slices.Compact(all)
}
