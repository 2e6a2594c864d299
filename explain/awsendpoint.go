package explain

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// A VPC endpoint has a row of its own, beside that of its interface; what stands behind a Gateway Load Balancer endpoint is not looked at
// (D-170).
func init() {
	registerRow(model.KindVPCEndpoint, awsRow{edge: true, fill: (*analyst).endpointRow, name: func(e *Explanation, c *AnalysisComponent) { e.VpcEndpoint = c }})
	awsAssumptions["gwlb-not-checked"] = func(a *analyst, of *solver.Assumption, out *NetworkInsightsAnalysis) {
		a.detail(out, of.At, AdditionalDetail{AdditionalDetailType: "PATH_THROUGH_GWLB_NOT_CHECKED", ServiceName: a.serviceName(of.At)})
	}
}

func (a *analyst) endpointRow(h *solver.Hop, _ solver.Leg, c *PathComponent) {
	c.Vpc, c.ServiceName = a.component(h.VPC), a.serviceName(h.At)
	if e := &a.n.VPCEndpoints[h.At.Index]; c.Vpc == nil {
		c.Vpc = a.component(model.Ref{Kind: model.KindVPC, Index: e.VPC})
	}
}

// serviceName is the service that an endpoint leads to; empty where it is not known.
func (a *analyst) serviceName(r model.Ref) string {
	if r.Kind != model.KindVPCEndpoint || !known(r) || a.n.VPCEndpoints[r.Index].Record == nil {
		return ""
	}
	return a.n.VPCEndpoints[r.Index].Record.ServiceName
}
