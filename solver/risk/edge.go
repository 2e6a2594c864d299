package risk

import (
	"net/netip"
	"strings"

	"github.com/vpcreach/vpcreach/model"
)

// edges looks at route tables of internet gateways: what they lead through a middlebox on the way in has to go out by it too (f).
func (f *finder) edges() {
	for g := range f.n.InternetGateways {
		edge := f.n.InternetGateways[g].EdgeTable
		if edge < 0 {
			continue
		}
		table := &f.n.RouteTables[edge]
		for k := range table.Routes {
			r := &table.Routes[k]
			if b, ok, _ := f.through(r); ok && r.Prefix.IsValid() {
				f.bypasses(table, edge, int32(g), r.Prefix, b)
			}
		}
	}
}

// bypasses looks at the subnets that a gateway's table redirects: a default route straight to that gateway bypasses the middlebox.
func (f *finder) bypasses(edge *model.RouteTable, index, gateway int32, block netip.Prefix, b middlebox) {
	for s := range f.n.Subnets {
		subnet := &f.n.Subnets[s]
		if subnet.VPC != edge.VPC || int32(s) == b.subnet || !overlaps(subnet.Blocks, block) {
			continue
		}
		t, _ := f.n.TableOf(int32(s))
		if t < 0 {
			continue
		}
		table := &f.n.RouteTables[t]
		for k := range table.Routes {
			r := &table.Routes[k]
			if r.Prefix.IsValid() && r.Prefix.Bits() == 0 && r.Prefix.Addr().Is4() == block.Addr().Is4() && !r.Bad() &&
				r.Target == (model.Ref{Kind: model.KindInternetGateway, Index: gateway}) {
				f.add(Risk{Kind: EdgeBypass, At: model.Ref{Kind: model.KindSubnet, Index: int32(s)}, Table: model.Ref{Kind: model.KindRouteTable, Index: t}, To: b.ref, CIDR: block})
			}
		}
	}
}

func overlaps(blocks []netip.Prefix, p netip.Prefix) bool {
	for _, b := range blocks {
		if b.Overlaps(p) {
			return true
		}
	}
	return false
}

// premises looks at VPCs whose tables have one destination by a virtual private gateway and by a transit gateway (g): request and reply may
// take different ways, and only one of them counts where both stand in one table.
func (f *finder) premises() {
	type way struct {
		vpc int32
		to  netip.Prefix
	}
	private := map[way]model.Ref{}
	each := func(visit func(t int32, r *model.Route)) {
		for t := range f.n.RouteTables {
			for k := range f.n.RouteTables[t].Routes {
				if r := &f.n.RouteTables[t].Routes[k]; r.Prefix.IsValid() && !r.Bad() {
					visit(int32(t), r)
				}
			}
		}
	}
	each(func(t int32, r *model.Route) {
		if r.Record != nil && strings.HasPrefix(r.Record.GatewayId, "vgw-") {
			private[way{f.n.RouteTables[t].VPC, r.Prefix}] = r.Target
		}
	})
	each(func(t int32, r *model.Route) {
		vpc := f.n.RouteTables[t].VPC
		if to, ok := private[way{vpc, r.Prefix}]; ok && vpc >= 0 && r.Target.Kind == model.KindTransitGateway {
			f.add(Risk{Kind: TwoWays, At: model.Ref{Kind: model.KindVPC, Index: vpc}, Table: model.Ref{Kind: model.KindRouteTable, Index: t}, To: to, CIDR: r.Prefix})
		}
	})
}
