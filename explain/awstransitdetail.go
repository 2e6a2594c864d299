package explain

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// AWS's additional details about what comes out of a transit gateway into a VPC and goes to an endpoint there (ANF-7).
const (
	detailApplianceMode = "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED"
	detailNoRouteBack   = "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY"
)

// transitDetails remarks on the request's rows: on the attachment that hands packets to a Network Firewall while its appliance mode is off, and on
// the endpoint whose subnet has no route back to the transit gateway. Facts that no answer tells make no remark.
func (a *analyst) transitDetails(out *NetworkInsightsAnalysis) {
	hops := a.upToEdge(a.r.Forward, solver.Forward)
	for i := range hops {
		from := a.handedOverBy(hops, i)
		if from < 0 {
			continue
		}
		x := &a.n.TransitAttachments[hops[from].At.Index]
		if x.VPCRecord != nil && !x.ApplianceMode() && a.n.VPCEndpoints[hops[i].At.Index].OfFirewall() {
			a.detailOn(out, hops, from, AdditionalDetail{AdditionalDetailType: detailApplianceMode})
		}
		if table, ok := a.noRouteBack(hops, i, x.Gateway); ok {
			a.detailOn(out, hops, i, AdditionalDetail{AdditionalDetailType: detailNoRouteBack, Component: a.component(table)})
		}
	}
}

// handedOverBy is the attachment by which packets came out of a transit gateway into the VPC of an endpoint that they now meet, with the source
// that they had there; -1 where they did not.
func (a *analyst) handedOverBy(hops []solver.Hop, i int) int {
	if hops[i].At.Kind != model.KindVPCEndpoint || !known(hops[i].At) {
		return -1
	}
	for k := i - 1; k >= 0; k-- {
		h := &hops[k]
		switch {
		case h.At.Kind == model.KindTransitAttachment && known(h.At):
			if v := a.n.TransitAttachments[h.At.Index].VPC; v >= 0 && v == a.n.VPCEndpoints[hops[i].At.Index].VPC {
				return k
			}
			return -1
		case rewrites(h):
			return -1
		}
	}
	return -1
}

// noRouteBack is the route table of the subnet that an endpoint on a path stands in, if it does not lead the witness's source to a transit gateway.
func (a *analyst) noRouteBack(hops []solver.Hop, i int, gateway int32) (table model.Ref, none bool) {
	subnet := hops[i].Subnet
	if !known(subnet) && i > 0 && hops[i-1].At.Kind == model.KindInterface {
		subnet = hops[i-1].Subnet
	}
	if !known(subnet) {
		return table, false
	}
	k, missing := a.n.TableOf(subnet.Index)
	source, ok := a.p.Witness(hops[i].In, a.r.Witness)
	if missing != nil || !ok {
		return table, false
	}
	t := &a.n.RouteTables[k]
	for _, w := range t.WaysTo(a.p.DestinationAddresses(a.p.Reply(a.p.OfPacket(source)))) {
		way := &t.Ways[w]
		if way.Doubt != nil || slices.ContainsFunc(way.Routes, func(r int) bool {
			return t.Routes[r].Target == (model.Ref{Kind: model.KindTransitGateway, Index: gateway}) && !t.Routes[r].Bad()
		}) {
			return table, false
		}
	}
	return model.Ref{Kind: model.KindRouteTable, Index: k}, true
}

// detailOn puts a remark on the row of one hop of the request.
func (a *analyst) detailOn(out *NetworkInsightsAnalysis, hops []solver.Hop, i int, d AdditionalDetail) {
	before := 0
	for k := range hops[:i] {
		if hops[k].At == hops[i].At {
			before++
		}
	}
	for k := range out.Forward {
		c := &out.Forward[k]
		if c.Component == nil || c.Component.ID != a.n.ID(hops[i].At) {
			continue
		}
		if before == 0 {
			c.AdditionalDetails = append(c.AdditionalDetails, d)
			return
		}
		before--
	}
}
