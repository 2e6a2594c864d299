package oracle

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
)

// part is one account and Region's share of the snapshot; both are empty for files that stand at the top.
type part struct {
	account, region string
	complete        map[string]bool // by call

	publicOptions []publicOptions // describe-vpc-block-public-access-options
	exclusions    []exclusion
}

// entity is what every record has: where it came from, and whether another part says something else about it.
type entity struct {
	id, owner string
	part      *part
	raw       []byte
	// conflict: two copies differ and neither is the owner's (design.md, section 5)
	conflict bool
}

func (e *entity) base() *entity { return e }

// answer is the top level of a file.
type answer map[string]json.RawMessage

// reader reads one call's records into the oracle. It returns false when a record could not be read: the others are
// used, but the call does not count as complete.
type reader func(o *Oracle, p *part, a answer, argument string) bool

// readers are the calls that the oracle knows.
var readers = map[string]reader{
	"describe-vpcs":                    readVPCs,
	"describe-subnets":                 readSubnets,
	"describe-network-interfaces":      readInterfaces,
	"describe-instances":               readInstances,
	"describe-addresses":               readAddresses,
	"describe-security-groups":         readGroups,
	"describe-network-acls":            readACLs,
	"describe-route-tables":            readTables,
	"describe-internet-gateways":       readInternetGateways,
	"describe-nat-gateways":            readNATGateways,
	"describe-vpc-peering-connections": readPeerings,
	"get-managed-prefix-list-entries":  readEntries,
	"describe-prefix-lists":            readPrefixLists,

	"describe-egress-only-internet-gateways":      readEgressOnlyGateways,
	"describe-carrier-gateways":                   readCarrierGateways,
	"describe-vpc-endpoints":                      readEndpoints,
	"describe-instance-connect-endpoints":         readConnectEndpoints,
	"describe-trunk-interface-associations":       readTrunks,
	"describe-vpc-attribute":                      readVPCAttribute,
	"describe-vpc-block-public-access-options":    readPublicAccessOptions,
	"describe-vpc-block-public-access-exclusions": readPublicAccessExclusions,

	"describe-availability-zones":                      readZones,
	"describe-transit-gateways":                        readTransitGateways,
	"describe-transit-gateway-route-tables":            readTransitTables,
	"describe-transit-gateway-attachments":             readTransitAttachments,
	"describe-transit-gateway-vpc-attachments":         readTransitVPCAttachments,
	"describe-transit-gateway-peering-attachments":     readTransitPeerings,
	"get-transit-gateway-route-table-associations":     readTransitAssociations,
	"get-transit-gateway-route-table-propagations":     readTransitPropagations,
	"search-transit-gateway-routes":                    readTransitRoutes,
	"describe-transit-gateway-policy-tables":           readPolicyTables,
	"get-transit-gateway-policy-table-associations":    readPolicyAssociations,
	"get-transit-gateway-policy-table-entries":         readPolicyEntries,
	"get-transit-gateway-attachment-nat-configuration": readTransitNAT,
	"describe-vpn-gateways":                            readVPNGateways,
	"describe-vpn-connections":                         readVPNConnections,
	"directconnect":                                    readDirectConnect,
}

// New reads the answers. It fails only when there is nothing at all that it can use; a file that cannot be read is a
// call that failed.
func New(files Files) (*Oracle, error) {
	o := &Oracle{parts: map[string]*part{}, vpcs: map[string]*vpc{}, subnets: map[string]*subnet{},
		interfaces: map[string]*iface{}, instances: map[string]*instance{}, groups: map[string]*group{},
		acls: map[string]*acl{}, tables: map[string]*table{}, igws: map[string]*igw{}, nats: map[string]*nat{},
		peerings: map[string]*peering{}, lists: map[string]*prefixList{}, egressOnly: map[string]*egressGateway{},
		carriers: map[string]*carrierGateway{}, endpoints: map[string]*endpoint{}, connects: map[string]*connectEndpoint{},
		trunks: map[string][]string{}, dns: map[string]bool{}, dnsDisputed: map[string]bool{}, transits: map[string]*transitGateway{},
		transitTables: map[string]*transitTable{}, tableMembers: map[string][]tableMember{}, propagations: map[string]*propagations{},
		searches: map[string]*transitSearch{}, policies: map[string][]string{}, policyTables: map[string]string{}, policyEntries: map[string]*policyEntries{},
		parentZone: map[string]string{}, staticNAT: map[string][]staticNAT{}, natAsked: map[string]bool{}, vpnGateways: map[string]*vpnGateway{}, vpnConnections: map[string]*vpnConnection{}}
	usable := false
	for _, name := range slices.Sorted(maps.Keys(files)) {
		usable = o.read(name, files[name]) || usable
	}
	if !usable {
		return nil, errors.New("oracle: none of the files is an answer")
	}
	o.link()
	return o, nil
}

// read reads one file and reports whether it was one of AWS's answers.
func (o *Oracle) read(name string, content []byte) bool {
	folder, file := path.Split(name)
	call, argument, _ := strings.Cut(strings.TrimSuffix(file, ".json"), ".")
	p := o.partAt(strings.Trim(folder, "/"))
	var a answer
	if json.Unmarshal(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), &a) != nil || a == nil {
		return false
	}
	read, known := readers[call]
	if !known {
		return true
	}
	whole := a.whole()
	if argument != "" {
		call += "." + argument
	}
	p.complete[call] = read(o, p, a, argument) && whole
	return true
}

// whole reports whether the answer says nothing of more to come (D-82).
func (a answer) whole() bool {
	token := string(bytes.TrimSpace(a["NextToken"]))
	return token == "" || token == "null" || token == `""`
}

// partAt returns the part of a folder "ACCOUNT/REGION", made when first asked for.
func (o *Oracle) partAt(folder string) *part {
	p, ok := o.parts[folder]
	if !ok {
		p = &part{complete: map[string]bool{}}
		if above, region := path.Split(folder); above != "" {
			p.account, p.region = path.Base(above), region
		}
		o.parts[folder] = p
	}
	return p
}

// each decodes the records under a key, one by one, and reports whether the list was there and every record was used.
func each[T any](a answer, key string, use func(record T, raw []byte) bool) bool {
	var items []json.RawMessage
	if json.Unmarshal(a[key], &items) != nil || items == nil {
		return false
	}
	all := true
	for _, raw := range items {
		var record T
		if json.Unmarshal(raw, &record) != nil || !use(record, raw) {
			all = false
		}
	}
	return all
}

// keep stores a record under its id. Of two copies the owner's counts; copies that differ otherwise are a conflict.
func keep[T interface{ base() *entity }](into map[string]T, record T) bool {
	now := record.base()
	if now.id == "" {
		return false
	}
	kept, ok := into[now.id]
	if !ok {
		into[now.id] = record
		return true
	}
	before := kept.base()
	switch {
	case before.owned() && !now.owned(), same(before.raw, now.raw):
	case now.owned() && !before.owned():
		into[now.id] = record
	default:
		before.conflict = true
	}
	return true
}

// owned reports whether the record comes from its owner's own answers.
func (e *entity) owned() bool { return e.owner != "" && e.part.account == e.owner }

// same reports whether two records say the same, whatever the order of their fields.
func same(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	first, err1 := json.Marshal(x) // sorts the fields
	second, err2 := json.Marshal(y)
	return err1 == nil && err2 == nil && bytes.Equal(first, second)
}

// partOf returns the part that answers for what an account owns beside a record of part p: p itself unless the parts
// are told apart by account. Nil: the owner's part is not in the snapshot (VPC-8).
func (o *Oracle) partOf(owner string, p *part) *part {
	if p == nil || p.account == "" || owner == "" || owner == p.account {
		return p
	}
	return o.parts[owner+"/"+p.region]
}

// complete reports whether a call of a part is complete (D-82).
func complete(p *part, call string) bool { return p != nil && p.complete[call] }

// everywhere reports whether a call is complete in every part.
func (o *Oracle) everywhere(call string) bool {
	for _, p := range o.parts {
		if !p.complete[call] {
			return false
		}
	}
	return true
}
