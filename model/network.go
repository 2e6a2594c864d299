// Package model is the network as configured: typed resources with their compiled groups, ACLs and route
// tables, look-up by id, name and address, and the graph of which component can hand packets to which.
//
// It exists so that the solver never sees a raw answer: every look-up either yields a known fact or says which call
// would hold it (Missing), so that "absent is not empty" follows from the types. It decides nothing: what a component
// does with a packet stands in package solver.
package model

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// Network is one snapshot as a network. It is read-only after Build and safe for many goroutines.
type Network struct {
	Snapshot *snapshot.Snapshot

	VPCs                     []VPC
	Subnets                  []Subnet
	RouteTables              []RouteTable
	SecurityGroups           []SecurityGroup
	NetworkACLs              []NetworkACL
	Interfaces               []Interface
	Instances                []Instance
	InternetGateways         []InternetGateway
	NATGateways              []NATGateway
	Peerings                 []Peering
	PrefixLists              []PrefixList
	VPCEndpoints             []VPCEndpoint
	EgressOnlyGateways       []EgressOnlyGateway
	CarrierGateways          []CarrierGateway
	InstanceConnectEndpoints []InstanceConnectEndpoint
	TransitGateways          []TransitGateway
	TransitAttachments       []TransitAttachment
	TransitTables            []TransitTable
	PolicyTables             []PolicyTable
	Zones                    []Zone
	VPNGateways              []VPNGateway
	VPNConnections           []VPNConnection
	DirectConnectGateways    []DirectConnectGateway
	VirtualInterfaces        []VirtualInterface
	CoreNetworks             []CoreNetwork
	CoreAttachments          []CoreAttachment
	CoreTables               []CoreTable
	Others                   []Other
	Declared                 []DeclaredNetwork // see BuildDeclared

	DirectConnectAssociations []DirectConnectAssociation

	pool   *packet.Pool // frozen
	byID   map[string]Ref
	owners []owner         // by VPC, then address
	public []PublicMapping // by public address
	graph  graphOnce
	names  nameIndex

	trunks       map[string]trunk               // by branch interface
	carriers     map[netip.Addr][]PublicMapping // by carrier address
	serviceIndex serviceIndex

	zoneNames map[zoneName]string // ids of zones, by whose name it is

	exclusions map[string][]snapshot.Merged[snapshot.VpcBlockPublicAccessExclusion] // by the VPC or subnet they are for
}

// Pool is the frozen pool that holds the network's compiled packet sets; take a Scratch of it to work.
func (n *Network) Pool() *packet.Pool { return n.pool }

// ByID finds a resource by its id.
func (n *Network) ByID(id string) (Ref, bool) {
	r, ok := n.byID[id]
	return r, ok
}

// Build makes the network of a snapshot. It never fails: what the snapshot does not hold or what cannot be
// understood becomes a missing fact of the resources that need it. It takes time and memory in proportion to the snapshot.
func Build(s *snapshot.Snapshot) *Network {
	b := &builder{n: &Network{Snapshot: s, pool: packet.NewPool(), byID: make(map[string]Ref)}, parts: make(map[partKey]*snapshot.Part)}
	b.prefixLists()
	b.vpcs()
	b.subnets()
	b.zones()
	b.securityGroups()
	b.networkACLs()
	b.instances()
	b.interfaces()
	b.internetGateways()
	b.natGateways()
	b.peerings()
	b.vpcEndpoints()
	b.egressOnlyGateways()
	b.carrierGateways()
	b.vpnGateways()
	b.vpnConnections()
	b.directConnect()
	b.publicAccessExclusions()
	b.instanceConnectEndpoints()
	b.vpcAttributes()
	b.encryptionControls()
	b.transitGateways()
	b.others()
	b.routeTables()
	b.coreNetworks() // a route's ARN tells the account of a core network that no answer describes
	b.vpnKnowledge()
	b.endpointLists()
	b.natTables()
	b.trunks()
	b.unnamedGateways()
	b.publicMappings()
	b.relations()
	b.participants()
	b.compile()
	b.n.pool.Freeze()
	return b.n
}

// builder holds what is needed only while building.
type builder struct {
	n           *Network
	attachments map[attachmentKey]int32    // of transit gateways
	parts       map[partKey]*snapshot.Part // by partOf
}

// add registers the id of a new resource of a kind and returns its index; the caller appends the resource.
func (b *builder) add(kind Kind, id string, length int) int32 {
	b.n.byID[id] = Ref{kind, int32(length)}
	return int32(length)
}

// find looks up a resource of the given kind.
func (b *builder) find(kind Kind, id string) (int32, bool) {
	r, ok := b.n.byID[id]
	if !ok || r.Kind != kind {
		return -1, false
	}
	return r.Index, true
}

// resourceOf fills in what describing a resource has in common.
func resourceOf(kind Kind, id, owner string, part *snapshot.Part, tags []snapshot.Tag) Resource {
	r := Resource{Type: kind.String(), ID: id, Account: cmp.Or(owner, part.Account), Region: part.Region, Name: nameTag(tags)}
	if r.Region != "" && r.Account != "" {
		r.ARN = "arn:" + cmp.Or(part.Partition, "aws") + ":ec2:" + r.Region + ":" + r.Account + ":" + kind.arnType() + "/" + id
	}
	return r
}

func nameTag(tags []snapshot.Tag) string {
	for _, t := range tags {
		if t.Key == "Name" {
			return t.Value
		}
	}
	return ""
}

// describers is filled by the file of each kind; it names a resource of that kind.
var describers [numKinds]func(*Network, int32) Resource

// Resource names a component. The zero Ref gives no more than a type, and so does one that no answer names (Index -1).
func (n *Network) Resource(r Ref) Resource {
	if d := describers[r.Kind]; d != nil && r.Index >= 0 {
		return d(n, r.Index)
	}
	return Resource{Type: r.Kind.String()}
}

// ID is the id of a component, for ordering and messages; empty for the zero Ref and for a component that no answer names.
func (n *Network) ID(r Ref) string {
	if id := identifiers[r.Kind]; id != nil && r.Index >= 0 {
		return id(n, r.Index)
	}
	return ""
}

// identifiers is filled by the file of each kind. It gives what Resource gives as ID, without the rest.
var identifiers [numKinds]func(*Network, int32) string

// Tags returns the tags of a component, nil where it has none or its kind has no record.
func (n *Network) Tags(r Ref) []snapshot.Tag {
	if t := taggers[r.Kind]; t != nil && r.Index >= 0 {
		return t(n, r.Index)
	}
	return nil
}

// taggers is filled by the file of each kind that has tags.
var taggers [numKinds]func(*Network, int32) []snapshot.Tag

// sortedUnique sorts s and drops repetitions.
func sortedUnique[T cmp.Ordered](s []T) []T {
	slices.Sort(s)
	return slices.Compact(s)
}
