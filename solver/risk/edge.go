package risk

import (
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
)

// edges looks at route tables of internet gateways: what they lead through a middlebox on the way in has to go out by it too (f).
func (f *finder) edges() {
	for v := range f.n.VPCs {
		for _, g := range f.n.VPCs[v].InternetGateways {
			at := model.Ref{Kind: model.KindInternetGateway, Index: g}
			if m := f.n.UnreadEdge(at, int32(v)); m != nil {
				f.add(Risk{Kind: EdgeBypass, At: at, Lack: m})
				continue
			}
			edge := f.n.EdgeTableOf(at)
			if edge < 0 {
				continue
			}
			table := &f.n.RouteTables[edge]
			for k := range table.Routes {
				r := &table.Routes[k]
				if b, ok, _ := f.through(r); ok && r.Prefix.IsValid() {
					f.bypasses(int32(v), at, r.Prefix, b)
				}
			}
		}
	}
}

// bypasses looks at the subnets that a gateway's table redirects: a default route straight to that gateway bypasses the middlebox.
func (f *finder) bypasses(vpc int32, gateway model.Ref, block netip.Prefix, b middlebox) {
	for s := range f.n.Subnets {
		subnet := &f.n.Subnets[s]
		if subnet.VPC != vpc || int32(s) == b.subnet || !slices.ContainsFunc(subnet.Blocks, block.Overlaps) {
			continue
		}
		risk := Risk{Kind: EdgeBypass, At: model.Ref{Kind: model.KindSubnet, Index: int32(s)}, To: b.ref, CIDR: block}
		t, lack := f.n.TableOf(int32(s))
		if t < 0 {
			risk.Lack = lack
			f.add(risk)
			continue
		}
		risk.Table = model.Ref{Kind: model.KindRouteTable, Index: t}
		table := &f.n.RouteTables[t]
		for k := range table.Routes {
			r := &table.Routes[k]
			if r.Prefix.IsValid() && r.Prefix.Bits() == 0 && r.Prefix.Addr().Is4() == block.Addr().Is4() && !r.Bad() && r.Target == gateway {
				f.add(risk)
			}
		}
	}
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
		if r.Target.Kind == model.KindVPNGateway {
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
