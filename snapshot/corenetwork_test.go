package snapshot

import (
	"net/netip"
	"testing"
)

const networkRoutes = `"NetworkRoutes":[{"DestinationCidrBlock":"10.1.0.0/16","Destinations":[{"CoreNetworkAttachmentId":"attachment-2","SegmentName":"prod",
	"EdgeLocation":"eu-west-1","ResourceType":"vpc","ResourceId":"vpc-2"}],"State":"ACTIVE","Type":"PROPAGATED"}]`

const besideRoutes = `"RouteTableArn":"arn:aws:ec2:eu-west-1:111122223333:transit-gateway-route-table/tgw-rtb-1","RouteTableType":"CORE_NETWORK_SEGMENT","RouteTableTimestamp":1700000000,
	"CoreNetworkSegmentEdge":{"CoreNetworkId":"core-network-1","SegmentName":"prod","EdgeLocation":"eu-west-1"},`

// CWAN-2: core networks, attachments and what those of VPCs have besides.
func TestAnswersAboutCoreNetworks(t *testing.T) {
	f := files{
		"n.json": `{"CoreNetworks":[{"CoreNetworkId":"core-network-1","CoreNetworkArn":"arn:aws:networkmanager::111122223333:core-network/core-network-1",
			"GlobalNetworkId":"global-network-1","OwnerAccountId":"111122223333","State":"AVAILABLE","Tags":[]}]}`,
		"a.json": `{"Attachments":[{"AttachmentId":"attachment-1","CoreNetworkId":"core-network-1","OwnerAccountId":"111122223333","AttachmentType":"VPC","State":"AVAILABLE",
			"EdgeLocation":"eu-west-1","ResourceArn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1","SegmentName":"prod","Tags":[]}]}`,
		"v.json": `{"VpcAttachment":{"Attachment":{"AttachmentId":"attachment-1","CoreNetworkId":"core-network-1"},
			"SubnetArns":["arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1"],"Options":{"Ipv6Support":false,"ApplianceModeSupport":true,"SecurityGroupReferencingSupport":false}}}`,
		"r.json": `{` + besideRoutes + networkRoutes + `}`,
	}
	s := open(t, f)
	p := onlyPart(t, s)
	off := false
	diff(t, "core networks", p.CoreNetworks, []CoreNetwork{{CoreNetworkId: "core-network-1", CoreNetworkArn: "arn:aws:networkmanager::111122223333:core-network/core-network-1",
		GlobalNetworkId: "global-network-1", OwnerAccountId: "111122223333", State: "AVAILABLE", Tags: []Tag{}}})
	diff(t, "segment", p.CoreNetworkAttachments[0].SegmentName, "prod")
	diff(t, "VPC attachments", p.CoreNetworkVpcAttachments, []CoreNetworkVpcAttachment{{Attachment: CoreNetworkAttachment{AttachmentId: "attachment-1", CoreNetworkId: "core-network-1"},
		SubnetArns: []string{"arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1"},
		Options:    &CoreNetworkAttachmentOptions{ApplianceModeSupport: true, SecurityGroupReferencingSupport: &off}}})
	diff(t, "routes", p.NetworkRoutes, []NetworkRoute{{Table: "core-network-1.prod.eu-west-1", DestinationCidrBlock: netip.MustParsePrefix("10.1.0.0/16"), State: "ACTIVE", Type: "PROPAGATED",
		Destinations: []NetworkRouteDestination{{CoreNetworkAttachmentId: "attachment-2", EdgeLocation: "eu-west-1", ResourceType: "vpc", ResourceId: "vpc-2"}}}})
	diff(t, "state of the attachment", p.Object(GetCoreNetworkVpcAttachment, "attachment-1").State, Complete)
	for _, file := range s.Files {
		if file.Use != Used || file.Problem != nil || len(file.Ignored) > 0 {
			t.Errorf("%+v", file)
		}
	}
	_, packed := pack(t, f)
	sameFacts(t, packed, s)
}

// CWAN-3: one answer for each segment and edge of a core network, which says itself whose routes it holds, or its file's name or its manifest does.
func TestRoutesOfSegments(t *testing.T) {
	const id, name = "core-network-0123456789abcdef0.prod.eu-west-1", "networkmanager.get-network-routes.core-network-0123456789abcdef0.prod.eu-west-1.json"
	manifest := func(parameters string) string {
		return `{"format":"vpcreach/snapshot/1","tool":"t","calls":[{"account":"111122223333","region":"us-west-2","service":"networkmanager","operation":"get-network-routes",` +
			`"state":"complete","file":"r.json","parameters":{` + parameters + `}}]}`
	}
	const asked = `"CoreNetworkId":"core-network-0123456789abcdef0","SegmentName":"prod","EdgeLocation":"eu-west-1","GlobalNetworkId":"global-network-1"`
	for title, test := range map[string]struct {
		files files
		id    string
		whole bool
	}{
		"the answer itself":          {files{"r.json": `{` + besideRoutes + networkRoutes + `}`}, "core-network-1.prod.eu-west-1", true},
		"a file's name":              {files{name: `{` + networkRoutes + `}`}, id, true},
		"a name of another form":     {files{"routes-" + id + ".json": `{` + networkRoutes + `}`}, id, true},
		"a manifest":                 {files{"manifest.json": manifest(asked), "r.json": `{` + networkRoutes + `}`}, id, true},
		"a manifest, with a filter":  {files{"manifest.json": manifest(asked + `,"States":"ACTIVE"`), "r.json": `{` + networkRoutes + `}`}, id, false},
		"a manifest, one identifier": {files{"manifest.json": manifest(`"RouteTableIdentifier":"{}"`), "r.json": `{` + besideRoutes + networkRoutes + `}`}, "core-network-1.prod.eu-west-1", true},
	} {
		t.Run(title, func(t *testing.T) {
			s := open(t, test.files)
			_, packed := pack(t, test.files)
			for _, s := range []*Snapshot{s, packed} {
				p := onlyPart(t, s)
				c := p.Object(GetNetworkRoutes, test.id)
				diff(t, "state", c.State, Complete)
				diff(t, "asked for all", AskedForAllRoutes(c), test.whole)
				diff(t, "table", p.NetworkRoutes[0].Table, test.id)
			}
		})
	}
}
