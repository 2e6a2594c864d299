// Package snapshot reads and writes saved answers of AWS describe calls, and says for every call whether its
// answer is complete.
//
// It exists because everything above it decides on these answers: a fact that was not read must be told
// apart from a thing that is not there (docs/decisions.md, "absent is not empty"). It knows the form of the
// answers, not what they mean: no rule of AWS networking stands here. It never opens a connection.
package snapshot

import (
	"time"
)

// State says how far the answer of one call can be relied on.
type State string

// The states of a call, as the manifest spells them.
const (
	Complete    State = "complete"    // every page was read
	Cut         State = "cut"         // pages are missing: what is there is true, what is not there is unknown
	Denied      State = "denied"      // the caller had no permission
	Failed      State = "failed"      // the call failed, or its file cannot be read
	Unsupported State = "unsupported" // the endpoint does not know the call
	Disabled    State = "disabled"    // the Region is not enabled for the account
	NotAsked    State = "not-asked"   // nobody asked, or no file of this snapshot answers it
)

// Operation is the name of an API operation as the AWS CLI spells it, such as describe-route-tables. Operations of
// other services than ec2 have the service in front, as one types them after "aws": elbv2 describe-listeners.
type Operation string

// Call is what is known about one call to one account's Region.
type Call struct {
	Service    string // ec2, elbv2, ...
	Operation  Operation
	Parameters map[string]string // what was asked, for calls that are made once per object; nil otherwise
	State      State
	Start, End time.Time // zero where the snapshot does not say
	Items      int
	Error      string // one line, for Denied and Failed
	File       string // path inside the snapshot, slash-separated; empty where there is none
}

// Part holds the answers of one account's Region. Account and Region are empty where the files do not say.
type Part struct {
	Partition string // aws, aws-us-gov, aws-cn; aws where unknown
	Account   string
	Region    string

	// Folder is where the files of a part without account or Region lie, inside the snapshot; "" for the
	// others. It keeps parts apart that nothing else tells apart.
	Folder string

	// Calls has the state of every operation that was answered or recorded. An operation that is not here
	// was not asked. For operations that are made once per object see Objects.
	Calls map[Operation]Call

	// Objects has the state of calls that are made once per object, by operation and object id
	// (get-managed-prefix-list-entries by prefix list id).
	Objects map[Operation]map[string]Call

	VPCs                         []Vpc
	Subnets                      []Subnet
	RouteTables                  []RouteTable
	SecurityGroups               []SecurityGroup
	SecurityGroupVpcAssociations []SecurityGroupVpcAssociation
	NetworkACLs                  []NetworkAcl
	NetworkInterfaces            []NetworkInterface
	Instances                    []Instance
	Addresses                    []Address
	InternetGateways             []InternetGateway
	NATGateways                  []NatGateway
	PeeringConnections           []VpcPeeringConnection
	PrefixLists                  []PrefixList
	ManagedPrefixLists           []ManagedPrefixList
	PrefixListEntries            []PrefixListEntry
	AvailabilityZones            []AvailabilityZone
	VPCEndpoints                 []VpcEndpoint
	InstanceConnectEndpoints     []InstanceConnectEndpoint
	VPCAttributes                []VpcAttribute
	VPCEncryptionControls        []VpcEncryptionControl
	Named                        []NamedResource
	Services                     []ServiceResource
	EgressOnlyGateways           []EgressOnlyInternetGateway
	CarrierGateways              []CarrierGateway
	BlockPublicAccessOptions     []VpcBlockPublicAccessOptions // one, unless files of one part disagree
	BlockPublicAccessExclusions  []VpcBlockPublicAccessExclusion
	TrunkAssociations            []TrunkInterfaceAssociation

	TransitGateways                    []TransitGateway
	TransitGatewayAttachments          []TransitGatewayAttachment
	TransitGatewayVpcAttachments       []TransitGatewayVpcAttachment
	TransitGatewayPeeringAttachments   []TransitGatewayPeeringAttachment
	TransitGatewayConnects             []TransitGatewayConnect
	TransitGatewayRouteTables          []TransitGatewayRouteTable
	TransitGatewayRoutes               []TransitGatewayRoute
	TransitGatewayAssociations         []TransitGatewayAssociation
	TransitGatewayPropagations         []TransitGatewayPropagation
	TransitGatewayPrefixListReferences []TransitGatewayPrefixListReference
	TransitGatewayPolicyTables         []TransitGatewayPolicyTable
	TransitGatewayPolicyTableEntries   []TransitGatewayPolicyTableEntry
	TransitGatewayNatRules             []TransitGatewayNatRule
	VPNGateways                        []VpnGateway
	VPNConnections                     []VpnConnection
	VirtualInterfaces                  []VirtualInterface
	DirectConnectGateways              []DirectConnectGateway
	DirectConnectAssociations          []DirectConnectAssociation
	DirectConnectAttachments           []DirectConnectAttachment
	CoreNetworks                       []CoreNetwork
	CoreNetworkAttachments             []CoreNetworkAttachment
	CoreNetworkVpcAttachments          []CoreNetworkVpcAttachment
	NetworkRoutes                      []NetworkRoute
}

// Call returns the state of an operation in this part; NotAsked where nothing is recorded.
func (p *Part) Call(op Operation) Call {
	if c, ok := p.Calls[op]; ok {
		return c
	}
	service, _ := splitOperation(op)
	return Call{Service: service, Operation: op, State: NotAsked}
}

// FileUse says what became of one file of the snapshot.
type FileUse string

// What can become of a file.
const (
	Used          FileUse = "used"             // at least one of its keys feeds the model
	NotNeeded     FileUse = "not-needed"       // an AWS answer that no rule built so far reads
	NotUnderstood FileUse = "not-understood"   // JSON, but no key of it is known
	Unattributed  FileUse = "not-attributable" // an answer that does not say which object was asked for
	Broken        FileUse = "failed"           // cannot be read; Problem says where and why
)

// File is the reader's account of one file: nothing is passed over in silence.
type File struct {
	Path    string // inside the snapshot, slash-separated
	Use     FileUse
	Keys    []string // top-level keys, in the file's order
	Ignored []string // top-level keys that were not understood, in a file whose other keys were
	Items   int
	Problem *Problem // for Broken, and for what was left out of a Used file
}

// Problem is one thing that is wrong with foreign input: what, where, and what to do about it.
type Problem struct {
	File    string // path inside the snapshot
	Pointer string // JSON pointer, or empty
	Line    int    // 1-based; 0 where unknown
	What    string // one line
	Do      string // one line; may be empty
}

// Snapshot is a set of saved answers. It is read-only after Open and safe for concurrent use.
type Snapshot struct {
	Parts  []*Part   // sorted by partition, account, Region
	Files  []File    // sorted by path
	From   time.Time // earliest and latest time that any call was made; zero where nothing says
	To     time.Time
	Digest string // "sha256:" and 64 hex digits over the paths and bytes of all files; "" for a snapshot made in memory
	Tool   string // version of the tool that took it, from the manifest
}
