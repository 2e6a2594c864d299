package netgen

import "net/netip"

// The tables of each transit gateway, by number.
const (
	spokeTable      = iota // of the spokes' attachments: everything to the inspection VPC
	inspectionTable        // of its attachment: on to the spokes, and to the other Regions
	arrivalTable           // of the peerings: what comes from other Regions is inspected again
)

// orgTable is a route table of a transit gateway.
type orgTable struct {
	routes      []orgRoute
	propagating []string // attachments
}

type orgRoute struct {
	to         netip.Prefix
	attachment string
	resource   string
	kind       string // type of the resource
	propagated bool
}

var orgTableAnswers = []struct {
	name, key string
	write     func(orgPart, orgTable, emit)
}{
	{"search-transit-gateway-routes", "Routes", orgPart.transitRoutes},
	{"get-transit-gateway-route-table-propagations", "TransitGatewayRouteTablePropagations", orgPart.propagations},
}

func (p orgPart) gateway(region int) string { return largeID("tgw", region) }

func (p orgPart) table(t int) string { return largeID("tgw-rtb", p.region*4+t) }

func (p orgPart) attachment(s site) string { return largeID("tgw-attach", s.number) }

// peering is the attachment that joins the gateways of two Regions; both sides know it by one id.
func (p orgPart) peering(a, b int) string {
	return largeID("tgw-attach", MaxOrganisationVPCs+organisationRegions+min(a, b)*organisationRegions+max(a, b))
}

// tables are the gateway's route tables with what is in them.
func (p orgPart) tables() []orgTable {
	inspection := p.inspection()
	inspect := func(to netip.Prefix) orgRoute {
		return orgRoute{to, p.attachment(inspection), inspection.id, "vpc", false}
	}
	on := orgTable{}
	for _, v := range p.spokes() {
		s := site{v, largeID("vpc", v), v}
		on.routes = append(on.routes, orgRoute{p.block(v), p.attachment(s), s.id, "vpc", true})
		on.propagating = append(on.propagating, p.attachment(s))
	}
	for r := range organisationRegions {
		if r != p.region {
			on.routes = append(on.routes, orgRoute{regionBlock(r), p.peering(p.region, r), p.gateway(r), "peering", false})
		}
	}
	return []orgTable{
		spokeTable:      {routes: []orgRoute{inspect(netip.MustParsePrefix("0.0.0.0/0"))}},
		inspectionTable: on,
		arrivalTable:    {routes: []orgRoute{inspect(regionBlock(p.region))}},
	}
}

func (p orgPart) transitRoutes(t orgTable, write emit) {
	for _, r := range t.routes {
		how := "static"
		if r.propagated {
			how = "propagated"
		}
		write(object{"DestinationCidrBlock", r.to, "Type", how, "State", "active",
			"TransitGatewayAttachments", array{object{"ResourceId", r.resource, "TransitGatewayAttachmentId", r.attachment, "ResourceType", r.kind}}})
	}
}

func (p orgPart) propagations(t orgTable, write emit) {
	for i, id := range t.propagating {
		write(object{"TransitGatewayAttachmentId", id, "ResourceId", t.routes[i].resource, "ResourceType", "vpc", "State", "enabled"})
	}
}

// transitGatewayRecords: the gateway is shared with the whole organisation.
func (p orgPart) transitGatewayRecords(write emit) {
	id := p.gateway(p.region)
	write(object{"TransitGatewayId", id, "TransitGatewayArn", "arn:aws:ec2:" + p.Region(p.region) + ":" + p.Account(0) + ":transit-gateway/" + id, "State", "available",
		"OwnerId", p.Account(0), "Options", object{"AmazonSideAsn", 64512 + p.region, "AutoAcceptSharedAttachments", "enable", "DefaultRouteTableAssociation", "disable",
			"DefaultRouteTablePropagation", "disable", "VpnEcmpSupport", "enable", "DnsSupport", "enable", "SecurityGroupReferencingSupport", "disable", "MulticastSupport", "disable"}})
}

func (p orgPart) transitTableRecords(write emit) {
	if p.account > 0 { // its owner's alone (TGW-67)
		return
	}
	for t := range p.tables() {
		write(object{"TransitGatewayRouteTableId", p.table(t), "TransitGatewayId", p.gateway(p.region), "State", "available",
			"DefaultAssociationRouteTable", false, "DefaultPropagationRouteTable", false})
	}
}

// everyAttachment visits the VPC attachments that the part's account sees: its own, the network account all.
func (p orgPart) everyAttachment(visit func(s site, owner string, table int)) {
	if p.account > 0 {
		for _, s := range p.sites() {
			visit(s, p.Account(p.account), spokeTable)
		}
		return
	}
	visit(p.inspection(), p.Account(0), inspectionTable)
	for _, v := range p.spokes() {
		visit(site{v, largeID("vpc", v), v}, p.Account(p.AccountOf(v)), spokeTable)
	}
}

func (p orgPart) attachmentRecords(write emit) {
	association := func(t int) object {
		if p.account > 0 {
			return nil
		}
		return object{"Association", object{"TransitGatewayRouteTableId", p.table(t), "State", "associated"}}
	}
	p.everyAttachment(func(s site, owner string, table int) {
		write(append(object{"TransitGatewayAttachmentId", p.attachment(s), "TransitGatewayId", p.gateway(p.region), "TransitGatewayOwnerId", p.Account(0),
			"ResourceOwnerId", owner, "ResourceType", "vpc", "ResourceId", s.id, "State", "available"}, association(table)...))
	})
	p.everyPeering(func(other int) {
		write(append(object{"TransitGatewayAttachmentId", p.peering(p.region, other), "TransitGatewayId", p.gateway(p.region), "TransitGatewayOwnerId", p.Account(0),
			"ResourceOwnerId", p.Account(0), "ResourceType", "peering", "ResourceId", p.gateway(other), "State", "available"}, association(arrivalTable)...))
	})
}

func (p orgPart) vpcAttachmentRecords(write emit) {
	p.everyAttachment(func(s site, owner string, _ int) {
		subnets := array{}
		for z := range organisationZones {
			id, _ := p.siteSubnet(s, true, z)
			subnets = append(subnets, id)
		}
		mode := "disable"
		if s.vpc < 0 {
			mode = "enable"
		}
		write(object{"TransitGatewayAttachmentId", p.attachment(s), "TransitGatewayId", p.gateway(p.region), "VpcId", s.id, "VpcOwnerId", owner, "State", "available",
			"SubnetIds", subnets, "Options", object{"DnsSupport", "enable", "SecurityGroupReferencingSupport", "enable", "Ipv6Support", "disable", "ApplianceModeSupport", mode}})
	})
}

// everyPeering visits the Regions that the part's gateway is joined with.
func (p orgPart) everyPeering(visit func(other int)) {
	for r := range organisationRegions {
		if p.account == 0 && r != p.region {
			visit(r)
		}
	}
}

func (p orgPart) peeringAttachmentRecords(write emit) {
	side := func(r int) object {
		return object{"TransitGatewayId", p.gateway(r), "OwnerId", p.Account(0), "Region", p.Region(r)}
	}
	p.everyPeering(func(other int) {
		id := p.peering(p.region, other)
		write(object{"TransitGatewayAttachmentId", id, "AccepterTransitGatewayAttachmentId", id, "RequesterTgwInfo", side(min(p.region, other)),
			"AccepterTgwInfo", side(max(p.region, other)), "State", "available", "Status", object{"Code", "available"}})
	})
}
