package explain

import (
	"cmp"

	"github.com/vpcreach/vpcreach/model"
)

func init() {
	resourceSheets[model.KindVPCEndpoint] = vpcEndpointSheet
}

func vpcEndpointSheet(n *model.Network, i int32, s *sheet) {
	e := &n.VPCEndpoints[i]
	s.missing(e.Missing())
	if r := e.Record; r != nil {
		s.field("endpoint_type", cmp.Or(r.VpcEndpointType, "not stated"))
		s.field("service", r.ServiceName)
		s.field("state", r.State)
		s.field("ip_address_type", r.IpAddressType)
	}
	s.field("vpc", linkTo(n, model.Ref{Kind: model.KindVPC, Index: e.VPC}))
	s.field("subnets", links(n, model.KindSubnet, e.Subnets))
	if blocks := n.EndpointBlocks(i); len(blocks) > 0 {
		t := sheetTable{key: "blocks", title: "Blocks in its subnets", columns: []string{"subnet", "block"}}
		for _, b := range blocks {
			t.add(linkTo(n, model.Ref{Kind: model.KindSubnet, Index: n.SubnetOf(b)}), b.Prefix.String())
		}
		s.tables = append(s.tables, t)
	}
	if len(e.Interfaces) > 0 {
		t := sheetTable{key: "interfaces", title: "Interfaces", columns: interfaceColumns}
		addInterfaces(n, e.Interfaces, &t)
		s.tables = append(s.tables, t)
	}
	s.tables = append(s.tables, routesTo(n, model.Ref{Kind: model.KindVPCEndpoint, Index: i}))
}
