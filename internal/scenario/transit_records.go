package scenario

import "slices"

// transitCalls are answers that every part has as soon as a scenario attaches something to a transit gateway.
var transitCalls = []struct{ call, key string }{
	{"describe-transit-gateways", "TransitGateways"}, {"describe-transit-gateway-attachments", "TransitGatewayAttachments"},
	{"describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments"},
	{"describe-transit-gateway-peering-attachments", "TransitGatewayPeeringAttachments"},
	{"describe-transit-gateway-connects", "TransitGatewayConnects"},
	{"describe-transit-gateway-route-tables", "TransitGatewayRouteTables"}, {"describe-transit-gateway-policy-tables", "TransitGatewayPolicyTables"},
}

// The answers about one object of transit gateways, with their keys.
const (
	searchCall       = "search-transit-gateway-routes"
	associationsCall = "get-transit-gateway-route-table-associations"
	propagationsCall = "get-transit-gateway-route-table-propagations"
	referencesCall   = "get-transit-gateway-prefix-list-references"
	policiesCall     = "get-transit-gateway-policy-table-entries"
	policedCall      = "get-transit-gateway-policy-table-associations"
	staticNATCall    = "get-transit-gateway-attachment-nat-configuration"
)

var transitObjectKeys = map[string]string{
	searchCall: "Routes", associationsCall: "Associations", propagationsCall: "TransitGatewayRouteTablePropagations",
	referencesCall: "TransitGatewayPrefixListReferences", policiesCall: "TransitGatewayPolicyTableEntries", policedCall: "Associations",
	staticNATCall: "NatGatewayRules",
}

func transitKey(call string) string {
	for _, c := range transitCalls {
		if c.call == call {
			return c.key
		}
	}
	return transitObjectKeys[call]
}

func (x *expansion) transitRecords() {
	n := x.network
	if len(n.transitAttachments)+len(n.transitTables)+len(n.policyTables) > 0 {
		for _, p := range n.parts {
			for _, c := range transitCalls {
				x.answers[p] = append(x.answers[p], &answer{call: c.call})
			}
		}
	}
	for _, g := range n.transitGateways {
		for _, p := range n.sees(g) {
			x.add(p, "describe-transit-gateways", "", row{g.id, g.record()})
		}
	}
	for _, a := range n.transitAttachments {
		x.attachmentRecords(a)
	}
	for _, t := range n.transitTables {
		x.transitTable(t)
	}
	for _, t := range n.policyTables {
		x.policyTable(t)
	}
}

// sees are the parts in which a gateway is described: its owner's, and those of the VPCs attached to it, with which it is shared.
func (n *Network) sees(g *transitGateway) []part {
	out := []part{g.part}
	for _, a := range n.transitAttachments {
		if a.gateway == g && a.vpc != nil && a.vpc.part.region == g.part.region && !slices.Contains(out, a.vpc.part) {
			out = append(out, a.vpc.part)
		}
	}
	return out
}

func enabled(on bool) string {
	if on {
		return "enable"
	}
	return "disable"
}

func (g *transitGateway) record() record {
	return record{
		"TransitGatewayId": g.id, "OwnerId": g.part.account, "State": g.state, "Tags": list{},
		"TransitGatewayArn": "arn:aws:ec2:" + g.part.region + ":" + g.part.account + ":transit-gateway/" + g.id,
		"Options": record{"AmazonSideAsn": 64512, "DefaultRouteTableAssociation": "enable", "DefaultRouteTablePropagation": "enable",
			"SecurityGroupReferencingSupport": enabled(g.references), "VpnEcmpSupport": "enable"},
	}
}

// attachmentRecords writes an attachment where its owners see it: the route table's association only in the gateway's own account.
func (x *expansion) attachmentRecords(a *transitAttachment) {
	x.add(a.gateway.part, "describe-transit-gateway-attachments", "", row{a.id, a.record(x.network, a.id, a.gateway, a.resource, true)})
	switch a.kind {
	case "vpc":
		x.add(a.gateway.part, "describe-transit-gateway-vpc-attachments", "", row{a.id, a.ofVPC()})
		if a.vpc.part != a.gateway.part {
			x.add(a.vpc.part, "describe-transit-gateway-attachments", "", row{a.id, a.record(x.network, a.id, a.gateway, a.resource, false)})
			x.add(a.vpc.part, "describe-transit-gateway-vpc-attachments", "", row{a.id, a.ofVPC()})
		}
	case "peering":
		far := a.id
		if a.accepter != "" {
			far = a.accepter
		}
		x.add(a.far.part, "describe-transit-gateway-attachments", "", row{far, a.record(x.network, far, a.far, a.gateway.id, true)})
		x.add(a.gateway.part, "describe-transit-gateway-peering-attachments", "", row{a.id, a.ofPeering(a.id)})
		if a.far.part != a.gateway.part || far != a.id {
			x.add(a.far.part, "describe-transit-gateway-peering-attachments", "", row{far, a.ofPeering(far)})
		}
	case "connect":
		x.add(a.gateway.part, "describe-transit-gateway-connects", "", row{a.id, record{
			"TransitGatewayAttachmentId": a.id, "TransitGatewayId": a.gateway.id, "State": a.state, "Tags": list{},
		}})
	}
	x.staticNAT(a.gateway.part, a.id, a.nat)
	if a.kind == "peering" && (a.accepter != "" || a.far.part != a.gateway.part) {
		far := a.id
		if a.accepter != "" {
			far = a.accepter
		}
		x.staticNAT(a.far.part, far, nil)
	}
}

func (x *expansion) staticNAT(p part, id string, nat []natRule) {
	rules, support := list{}, "disabled"
	for i, r := range nat {
		support = "enabled"
		rules = append(rules, record{"RuleNumber": i + 1, "MatchSourceCidr": r.from.String(), "NatCidr": r.to.String(), "State": r.state})
	}
	whole := record{"TransitGatewayAttachmentId": id, "NatGatewaySupport": support, "NatSystemRouteSupport": "disable", "NatGatewayRules": rules}
	x.answers[p] = append(x.answers[p], &answer{call: staticNATCall, object: id, whole: whole})
}

// record is one end of the attachment as describe-transit-gateway-attachments shows it.
func (a *transitAttachment) record(n *Network, id string, g *transitGateway, resource string, owner bool) record {
	r := record{
		"TransitGatewayAttachmentId": id, "TransitGatewayId": g.id, "TransitGatewayOwnerId": g.part.account, "ResourceType": a.kind,
		"State": a.state, "Tags": list{}, "ResourceOwnerId": g.part.account,
	}
	if resource != "" {
		r["ResourceId"] = resource
	}
	if a.vpc != nil {
		r["ResourceOwnerId"] = a.vpc.part.account
	}
	for _, t := range n.transitTables {
		if owner && t.gateway == g && slices.Contains(t.serves, id) {
			r["Association"] = record{"TransitGatewayRouteTableId": t.id, "State": "associated"}
		}
	}
	return r
}

func (a *transitAttachment) ofVPC() record {
	subnets := list{}
	for _, id := range a.subnets {
		subnets = append(subnets, id)
	}
	return record{
		"TransitGatewayAttachmentId": a.id, "TransitGatewayId": a.gateway.id, "VpcId": a.vpc.id, "VpcOwnerId": a.vpc.part.account, "State": a.state,
		"SubnetIds": subnets, "Tags": list{},
		"Options": record{"DnsSupport": "enable", "Ipv6Support": enabled(a.ipv6), "ApplianceModeSupport": enabled(a.appliance),
			"SecurityGroupReferencingSupport": enabled(!a.noReferences)},
	}
}

func (a *transitAttachment) ofPeering(id string) record {
	side := func(g *transitGateway) record {
		return record{"TransitGatewayId": g.id, "OwnerId": g.part.account, "Region": g.part.region}
	}
	r := record{"TransitGatewayAttachmentId": id, "RequesterTgwInfo": side(a.gateway), "AccepterTgwInfo": side(a.far), "State": a.state, "Tags": list{}}
	if a.accepter != "" {
		r["TransitGatewayAttachmentId"], r["AccepterTransitGatewayAttachmentId"] = a.id, a.accepter
	}
	return r
}

// resourceOf says what an attachment attaches, for answers that repeat it; of a peering, seen from a gateway.
func (n *Network) resourceOf(id string, g *transitGateway) (kind, resource string) {
	for _, a := range n.transitAttachments {
		switch {
		case a.kind == "peering" && a.far == g && (a.id == id && a.accepter == "" || a.accepter == id):
			return a.kind, a.gateway.id
		case a.id == id:
			return a.kind, a.resource
		}
	}
	return "", ""
}

func (x *expansion) transitTable(t *transitTable) {
	n, p := x.network, t.gateway.part
	x.add(p, "describe-transit-gateway-route-tables", "", row{t.id, record{
		"TransitGatewayRouteTableId": t.id, "TransitGatewayId": t.gateway.id, "State": t.state, "DefaultAssociationRouteTable": false,
		"DefaultPropagationRouteTable": false, "Tags": list{},
	}})
	attached := func(id, state string) record {
		kind, resource := n.resourceOf(id, t.gateway)
		r := record{"TransitGatewayAttachmentId": id, "ResourceType": kind, "ResourceId": resource}
		if state != "" {
			r["State"] = state
		}
		return r
	}
	answers := map[string]*answer{}
	for _, call := range []string{searchCall, associationsCall, propagationsCall, referencesCall} {
		answers[call] = &answer{call: call, object: t.id}
		x.answers[p] = append(x.answers[p], answers[call])
	}
	for _, id := range t.serves {
		answers[associationsCall].rows = append(answers[associationsCall].rows, row{body: attached(id, "associated")})
	}
	for _, id := range t.propagates {
		answers[propagationsCall].rows = append(answers[propagationsCall].rows, row{body: attached(id, "enabled")})
	}
	var lists []string
	for _, r := range t.routes {
		if r.propagated && t.static {
			continue
		}
		body := record{"Type": "static", "State": r.state}
		if r.destination != "" {
			body["DestinationCidrBlock"] = r.destination
		}
		if r.propagated {
			body["Type"] = "propagated"
		}
		targets := list{}
		for _, id := range r.targets {
			targets = append(targets, attached(id, ""))
		}
		if len(targets) > 0 {
			body["TransitGatewayAttachments"] = targets
		}
		if r.list != "" {
			body["PrefixListId"] = r.list
			if !slices.Contains(lists, r.list) {
				lists = append(lists, r.list)
				reference := record{"TransitGatewayRouteTableId": t.id, "PrefixListId": r.list, "PrefixListOwnerId": p.account, "State": "available", "Blackhole": r.state == "blackhole"}
				answers[referencesCall].rows = append(answers[referencesCall].rows, row{body: reference})
			}
		}
		answers[searchCall].rows = append(answers[searchCall].rows, row{body: body})
	}
	if t.static {
		answers[searchCall].more = record{"Filters": list{record{"Name": "type", "Values": list{"static"}}}}
	}
}

func (x *expansion) policyTable(t *policyTable) {
	p := t.gateway.part
	x.add(p, "describe-transit-gateway-policy-tables", "", row{t.id, record{
		"TransitGatewayPolicyTableId": t.id, "TransitGatewayId": t.gateway.id, "State": "available", "Tags": list{},
	}})
	entries, associations := &answer{call: policiesCall, object: t.id}, &answer{call: policedCall, object: t.id}
	x.answers[p] = append(x.answers[p], entries, associations)
	for _, id := range t.serves {
		kind, resource := x.network.resourceOf(id, t.gateway)
		associations.rows = append(associations.rows, row{body: record{"TransitGatewayPolicyTableId": t.id, "TransitGatewayAttachmentId": id,
			"ResourceType": kind, "ResourceId": resource, "State": "associated"}})
	}
	for _, e := range t.entries {
		rule := record{}
		for i, field := range []string{"Protocol", "SourceCidrBlock", "SourcePortRange", "DestinationCidrBlock", "DestinationPortRange"} {
			rule[field] = e.words[i+1]
		}
		if e.words[0] == "*" {
			rule["MetaData"] = record{"MetaDataKey": "segment", "MetaDataValue": "prod"}
		}
		entry := record{"PolicyRuleNumber": e.words[0], "PolicyRule": rule}
		if e.target != "-" {
			entry["TargetRouteTableId"] = e.target
		}
		entries.rows = append(entries.rows, row{body: entry})
	}
}
