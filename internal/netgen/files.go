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

	prefixListEntries = "get-managed-prefix-list-entries."
)

// entriesOf returns the operation that reads a prefix list's entries.
func entriesOf(list string) operation { return operation(prefixListEntries + list) }

// answerKeys lists the operations that every part answers, and the key under which each answer has its records.
var answerKeys = []struct {
	op  operation
	key string
	id  string // the field of a record that holds its id
}{
	{describeVPCs, "Vpcs", "VpcId"},
	{describeSubnets, "Subnets", "SubnetId"},
	{describeRouteTables, "RouteTables", "RouteTableId"},
	{describeSecurityGroups, "SecurityGroups", "GroupId"},
	{describeNetworkACLs, "NetworkAcls", "NetworkAclId"},
	{describeNetworkInterfaces, "NetworkInterfaces", "NetworkInterfaceId"},
	{describeInstances, "Reservations", "ReservationId"},
	{describeAddresses, "Addresses", "AllocationId"},
	{describeInternetGateways, "InternetGateways", "InternetGatewayId"},
	{describeNATGateways, "NatGateways", "NatGatewayId"},
	{describeVPCPeeringConnections, "VpcPeeringConnections", "VpcPeeringConnectionId"},
	{describePrefixLists, "PrefixLists", "PrefixListId"},
	{describeManagedPrefixLists, "PrefixLists", "PrefixListId"},
	{describeAvailabilityZones, "AvailabilityZones", "ZoneId"},
}

// weightOfGap says how often a call is the one that is missing; calls that are not here are never missing.
var weightOfGap = []weight[operation]{
	{6, describeSecurityGroups}, {6, describeNetworkACLs}, {5, describeRouteTables}, {3, describeNetworkInterfaces},
	{2, describeInstances}, {3, describeInternetGateways}, {3, describeNATGateways}, {3, describeVPCPeeringConnections},
	{3, describeVPCs}, {2, describeSubnets}, {2, prefixListEntries}, {1, describeAddresses}, {1, describeManagedPrefixLists},
	{1, describePrefixLists},
}

// network writes the records to files, leaves some out, and gathers the facts.
func (w *world) network() Network {
	n := Network{Theme: w.theme, Features: w.features, Files: map[string][]byte{}, Interfaces: w.interfaces, Gateways: w.gateways, resolver: w.resolver}
	w.dropRecord()
	cut := map[string]bool{}
	for _, path := range w.drawGaps() {
		n.Missing = append(n.Missing, path)
		cut[path] = w.chance(0.3)
	}
	slices.Sort(n.Missing)
	n.Missing = slices.Compact(n.Missing)
	for _, p := range w.parts {
		for _, a := range answerKeys {
			w.write(&n, p.folder+string(a.op)+".json", a.key, p.records[a.op], cut)
		}
		for _, l := range w.lists {
			op := entriesOf(l.id)
			w.write(&n, p.folder+string(op)+".json", "Entries", p.records[op], cut)
		}
	}
	n.Dangling = slices.Sorted(maps.Keys(w.dangling))
	n.Prefixes = sortedOnce(w.prefixes, netip.Prefix.Compare)
	n.Ports = sortedOnce(w.ports, func(a, b uint16) int { return int(a) - int(b) })
	n.ICMP = sortedOnce(w.icmp, func(a, b ICMP) int { return (int(a.Type)-int(b.Type))*1000 + int(a.Code) - int(b.Code) })
	return n
}

// write puts one answer into the network, unless it is missing: cut short, it keeps some records and a NextToken.
func (w *world) write(n *Network, path, key string, records []record, cut map[string]bool) {
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
	answer[key] = records
	text, err := json.Marshal(answer, json.Deterministic(true), jsontext.WithIndent("    "))
	if err != nil { // only our own types are marshalled; a file that is no JSON fails the first test that reads it
		text = []byte(err.Error())
	}
	n.Files[path] = append(text, '\n')
}

// drawGaps returns the paths of the answers that are missing.
func (w *world) drawGaps() []string {
	var paths []string
	for gaps := 0; gaps < 3 && w.chance(w.odds.gap/float64(1+gaps)); gaps++ {
		p := pick(w.rng, w.parts)
		op := weighted(w.rng, weightOfGap)
		if op == prefixListEntries {
			op = entriesOf(pick(w.rng, w.lists).id)
		}
		path := p.folder + string(op) + ".json"
		if !slices.Contains(paths, path) {
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
	p, a := pick(w.rng, w.parts), pick(w.rng, answerKeys[:len(answerKeys)-1])
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
