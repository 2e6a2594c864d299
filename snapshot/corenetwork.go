package snapshot

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
)

// Records of Cloud WAN: core networks, what is attached to them, and the routes of their segments at their edges (CWAN-2, CWAN-3). Network
// Manager is a global service: the answers lie in whichever Region's part their files say.

// CoreNetwork is an element of ListCoreNetworks.
type CoreNetwork struct {
	CoreNetworkId   string `json:"CoreNetworkId"`
	CoreNetworkArn  string `json:"CoreNetworkArn,omitempty"`
	GlobalNetworkId string `json:"GlobalNetworkId,omitempty"`
	OwnerAccountId  string `json:"OwnerAccountId,omitempty"`
	State           string `json:"State,omitempty"` // CREATING, UPDATING, AVAILABLE, DELETING
	Tags            []Tag  `json:"Tags,omitempty"`
}

// CoreNetworkAttachment is an element of ListAttachments; it stands in the answer of GetVpcAttachment too.
type CoreNetworkAttachment struct {
	AttachmentId             string `json:"AttachmentId"`
	CoreNetworkId            string `json:"CoreNetworkId,omitempty"`
	OwnerAccountId           string `json:"OwnerAccountId,omitempty"`
	AttachmentType           string `json:"AttachmentType,omitempty"` // VPC, CONNECT, SITE_TO_SITE_VPN, TRANSIT_GATEWAY_ROUTE_TABLE, DIRECT_CONNECT_GATEWAY
	State                    string `json:"State,omitempty"`
	EdgeLocation             string `json:"EdgeLocation,omitempty"`
	ResourceArn              string `json:"ResourceArn,omitempty"`
	SegmentName              string `json:"SegmentName,omitempty"`
	NetworkFunctionGroupName string `json:"NetworkFunctionGroupName,omitempty"`
	Tags                     []Tag  `json:"Tags,omitempty"`
}

// CoreNetworkVpcAttachment is the answer of GetVpcAttachment: an attachment with what only those of VPCs have.
type CoreNetworkVpcAttachment struct {
	Attachment CoreNetworkAttachment         `json:"Attachment"`
	SubnetArns []string                      `json:"SubnetArns,omitempty"`
	Options    *CoreNetworkAttachmentOptions `json:"Options,omitempty"`
}

// CoreNetworkAttachmentOptions are those options of a VPC's attachment that decide about packets.
type CoreNetworkAttachmentOptions struct {
	ApplianceModeSupport            bool  `json:"ApplianceModeSupport,omitempty"`
	SecurityGroupReferencingSupport *bool `json:"SecurityGroupReferencingSupport,omitempty"`
}

// NetworkRoute is an element of GetNetworkRoutes. Table is not in the answer: the reader fills it in (SegmentEdge).
type NetworkRoute struct {
	Table                string                    `json:"-"`
	DestinationCidrBlock netip.Prefix              `json:"DestinationCidrBlock,omitzero"`
	Destinations         []NetworkRouteDestination `json:"Destinations,omitempty"`
	PrefixListId         string                    `json:"PrefixListId,omitempty"`
	State                string                    `json:"State,omitempty"` // ACTIVE, BLACKHOLE
	Type                 string                    `json:"Type,omitempty"`  // PROPAGATED, STATIC
}

// NetworkRouteDestination is where a route leads.
type NetworkRouteDestination struct {
	CoreNetworkAttachmentId    string `json:"CoreNetworkAttachmentId,omitempty"`
	TransitGatewayAttachmentId string `json:"TransitGatewayAttachmentId,omitempty"`
	NetworkFunctionGroupName   string `json:"NetworkFunctionGroupName,omitempty"`
	EdgeLocation               string `json:"EdgeLocation,omitempty"`
	ResourceType               string `json:"ResourceType,omitempty"`
	ResourceId                 string `json:"ResourceId,omitempty"`
}

func (r *NetworkRoute) check() error {
	if !r.DestinationCidrBlock.IsValid() && r.PrefixListId == "" {
		return at("a route without destination", "")
	}
	return nil
}

// Operations of the records above.
const (
	ListCoreNetworks            Operation = "networkmanager list-core-networks"
	ListCoreNetworkAttachments  Operation = "networkmanager list-attachments"
	GetCoreNetworkVpcAttachment Operation = "networkmanager get-vpc-attachment"
	GetNetworkRoutes            Operation = "networkmanager get-network-routes"
)

// keySegmentEdge stands beside the routes of GetNetworkRoutes and says whose they are.
const keySegmentEdge = "CoreNetworkSegmentEdge"

var (
	coreAttachment  = regexp.MustCompile(`attachment-[0-9a-f]{8,17}`)
	segmentEdgeName = regexp.MustCompile(`core-network-[0-9a-f]{8,17}\.[A-Za-z0-9]+\.` + regionPattern)
)

// SegmentEdge is the id under which the routes of a segment of a core network at one of its edges are known: GetNetworkRoutes is asked once for each
// (CWAN-3). It is empty where one of the three is not known.
func SegmentEdge(coreNetwork, segment, edge string) string {
	if coreNetwork == "" || segment == "" || edge == "" {
		return ""
	}
	return coreNetwork + "." + segment + "." + edge
}

// SplitSegmentEdge is the inverse of SegmentEdge; all empty for what is none.
func SplitSegmentEdge(id string) (coreNetwork, segment, edge string) {
	parts := strings.Split(id, ".")
	if len(parts) != 3 {
		return "", "", ""
	}
	return parts[0], parts[1], parts[2]
}

// modelledCoreNetworks are the answers of the records above.
func modelledCoreNetworks() []answerSpec {
	attachment := ofObjects(&aboutObject{noun: "attachment", key: "AttachmentId", ids: coreAttachment,
		name: "networkmanager.get-vpc-attachment.attachment-0123456789abcdef0.json"},
		func(p *Part) *[]CoreNetworkVpcAttachment { return &p.CoreNetworkVpcAttachments },
		func(v *CoreNetworkVpcAttachment) *string { return &v.Attachment.AttachmentId })
	routes := ofObjects(&aboutObject{noun: "segment and edge of a core network", key: keySegmentEdge, ids: segmentEdgeName,
		name: "networkmanager.get-network-routes.core-network-0123456789abcdef0.production.eu-west-1.json"},
		func(p *Part) *[]NetworkRoute { return &p.NetworkRoutes }, func(v *NetworkRoute) *string { return &v.Table })
	return []answerSpec{
		{op: ListCoreNetworks, key: "CoreNetworks", read: func(r *recordReader) error {
			return into(r, &r.part.CoreNetworks, "CoreNetworkId", func(v *CoreNetwork) string { return v.CoreNetworkId })
		}},
		{op: ListCoreNetworkAttachments, key: "Attachments", read: func(r *recordReader) error {
			return into(r, &r.part.CoreNetworkAttachments, "AttachmentId", func(v *CoreNetworkAttachment) string { return v.AttachmentId })
		}},
		{op: GetCoreNetworkVpcAttachment, key: "VpcAttachment", perObject: true, single: true, about: attachment, read: func(r *recordReader) error {
			return into(r, &r.part.CoreNetworkVpcAttachments, "Attachment.AttachmentId",
				func(v *CoreNetworkVpcAttachment) string { return v.Attachment.AttachmentId })
		}},
		{op: GetNetworkRoutes, key: "NetworkRoutes", perObject: true, about: routes, read: func(r *recordReader) error {
			return into(r, &r.part.NetworkRoutes, "", anyRecord)
		}},
	}
}

// readSegmentEdge reads what stands beside the routes of GetNetworkRoutes.
func (d *fileDecoder) readSegmentEdge() error {
	raw, err := d.dec.ReadValue()
	if err != nil {
		return orUnexpected(err)
	}
	var v struct {
		CoreNetworkId string `json:"CoreNetworkId"`
		SegmentName   string `json:"SegmentName"`
		EdgeLocation  string `json:"EdgeLocation"`
	}
	if json.Unmarshal(raw, &v) != nil {
		return nil // the answer is then of no segment that is known
	}
	if d.beside == nil {
		d.beside = make(map[string]string, 1)
	}
	d.beside[keySegmentEdge] = SegmentEdge(v.CoreNetworkId, v.SegmentName, v.EdgeLocation)
	return nil
}

// segmentEdge is the segment's edge that a call of GetNetworkRoutes asked for, as a manifest names its parameters.
func segmentEdge(parameters map[string]string) string {
	named := map[string]string{}
	for name, v := range parameters {
		named[squash(name)] = v
	}
	return SegmentEdge(named["corenetworkid"], named["segmentname"], named["edgelocation"])
}

// AskedForAllRoutes says whether a call of GetNetworkRoutes asked for every route of its table: its other parameters are filters.
func AskedForAllRoutes(c Call) bool {
	for name := range c.Parameters {
		switch squash(name) {
		case "id", "globalnetworkid", "corenetworkid", "segmentname", "edgelocation", "routetableidentifier":
		default:
			return false
		}
	}
	return true
}

// CoreNetworks returns every core network, by id. Its owner's copy counts.
func (s *Snapshot) CoreNetworks() []Merged[CoreNetwork] {
	return Merge(s, ListCoreNetworks, func(p *Part) []CoreNetwork { return p.CoreNetworks },
		func(v *CoreNetwork) string { return v.CoreNetworkId }, func(v *CoreNetwork) string { return v.OwnerAccountId })
}

// CoreNetworkAttachments returns every attachment that a list holds, by id.
func (s *Snapshot) CoreNetworkAttachments() []Merged[CoreNetworkAttachment] {
	return Merge(s, ListCoreNetworkAttachments, func(p *Part) []CoreNetworkAttachment { return p.CoreNetworkAttachments },
		func(v *CoreNetworkAttachment) string { return v.AttachmentId }, func(v *CoreNetworkAttachment) string { return v.OwnerAccountId })
}

// CoreNetworkVpcAttachments returns every VPC's attachment that was asked for by itself, by id. The VPC owner's copy counts.
func (s *Snapshot) CoreNetworkVpcAttachments() []Merged[CoreNetworkVpcAttachment] {
	return Merge(s, GetCoreNetworkVpcAttachment, func(p *Part) []CoreNetworkVpcAttachment { return p.CoreNetworkVpcAttachments },
		func(v *CoreNetworkVpcAttachment) string { return v.Attachment.AttachmentId },
		func(v *CoreNetworkVpcAttachment) string { return v.Attachment.OwnerAccountId })
}

// takeCoreNetworks moves the records above of q into p.
func (p *Part) takeCoreNetworks(q *Part) {
	move(&p.CoreNetworks, q.CoreNetworks)
	move(&p.CoreNetworkAttachments, q.CoreNetworkAttachments)
	move(&p.CoreNetworkVpcAttachments, q.CoreNetworkVpcAttachments)
	move(&p.NetworkRoutes, q.NetworkRoutes)
}
