package explain

import "github.com/vpcreach/vpcreach/model"

func init() {
	resourceSheets[model.KindEgressOnlyGateway] = egressOnlySheet
	resourceSheets[model.KindCarrierGateway] = carrierSheet
	registerRow(model.KindEgressOnlyGateway, awsRow{edge: true, fill: (*analyst).vpcRow}) // AWS's format has no field for either
	registerRow(model.KindCarrierGateway, awsRow{edge: true, fill: (*analyst).vpcRow})
}

func egressOnlySheet(n *model.Network, i int32, s *sheet) {
	g := &n.EgressOnlyGateways[i]
	s.missing(g.Missing())
	if g.Record != nil {
		t := sheetTable{key: "attachments", title: "Attachments", columns: []string{"vpc", "state"}, empty: "none: it carries nothing (EIGW-1)"}
		for _, a := range g.Attachments() {
			t.add(idLink(n, a.VpcId), a.State)
		}
		s.tables = append(s.tables, t)
	}
	s.tables = append(s.tables, routesTo(n, model.Ref{Kind: model.KindEgressOnlyGateway, Index: i}))
}

func carrierSheet(n *model.Network, i int32, s *sheet) {
	g := &n.CarrierGateways[i]
	s.missing(g.Missing())
	if g.Record != nil {
		s.field("state", g.Record.State)
		s.field("vpc", linkTo(n, model.Ref{Kind: model.KindVPC, Index: g.VPC}))
	}
	s.tables = append(s.tables, routesTo(n, model.Ref{Kind: model.KindCarrierGateway, Index: i}))
}
