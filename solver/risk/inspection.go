package risk

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcreach/vpcreach/model"
)

// inspections looks at an attachment of a VPC whose subnets' tables lead through middleboxes (ASY-5 a to e, h).
func (f *finder) inspections(i int32) {
	a := &f.n.TransitAttachments[i]
	if a.VPC < 0 || a.Gone() {
		return
	}
	at := model.Ref{Kind: model.KindTransitAttachment, Index: i}
	if a.VPCRecord == nil || a.VPCRecord.SubnetIds == nil { // which subnets' tables count is not known
		f.add(Risk{Kind: ApplianceModeOff, At: at, Lack: f.n.SubnetsMissing(at)})
		return
	}
	boxes := f.boxesBehind(a)
	if len(boxes) == 0 {
		return
	}
	f.mode(a, at, boxes)
	f.waysBack(a, at)
	for _, b := range boxes {
		f.backToGateway(a, b)
	}
}

// boxesBehind are the middleboxes that the tables of an attachment's subnets lead through; those in another zone than the subnet are a risk
// by themselves (c).
func (f *finder) boxesBehind(a *model.TransitAttachment) []middlebox {
	var out []middlebox
	for _, s := range a.Subnets {
		t, lack := f.n.TableOf(s)
		if t < 0 {
			f.add(Risk{Kind: CrossZone, At: model.Ref{Kind: model.KindSubnet, Index: s}, Lack: lack})
			continue
		}
		table := &f.n.RouteTables[t]
		for k := range table.Routes {
			b, ok, lack := f.through(&table.Routes[k])
			if !ok {
				continue
			}
			out = append(out, b)
			r := Risk{Kind: CrossZone, At: model.Ref{Kind: model.KindSubnet, Index: s}, Table: model.Ref{Kind: model.KindRouteTable, Index: t}, To: b.ref, CIDR: table.Routes[k].Prefix, Lack: lack}
			if b.subnet >= 0 && lack == nil {
				same, m := f.sameZone(s, b.subnet)
				if same {
					continue
				}
				r.Lack = m
			}
			f.add(r)
		}
	}
	return out
}

// sameZone says whether two subnets stand in one zone, and what is missing where that is not known.
func (f *finder) sameZone(a, b int32) (bool, *model.Missing) {
	x, y := f.n.Subnets[a].Zone, f.n.Subnets[b].Zone
	same, known := f.n.SameZone(x, y)
	switch {
	case known:
		return same, nil
	case x == model.UnknownZone:
		return false, f.n.ZoneMissing(a)
	}
	return false, f.n.ZoneMissing(b)
}

// mode judges appliance mode (a, b).
func (f *finder) mode(a *model.TransitAttachment, at model.Ref, boxes []middlebox) {
	if len(a.Subnets) < 2 { // one zone: nothing to choose
		return
	}
	on := a.ApplianceMode()
	table := model.Ref{}
	if a.Table >= 0 {
		table = model.Ref{Kind: model.KindTransitRouteTable, Index: a.Table}
	}
	switch {
	case !on:
		f.add(Risk{Kind: ApplianceModeOff, At: at, To: boxes[0].ref})
	case a.Table < 0:
		if m := f.n.AssociationMissing(at.Index); m != nil {
			f.add(Risk{Kind: NoPropagation, At: at, Lack: m})
		}
	default:
		t := &f.n.TransitTables[a.Table]
		for i := range t.Routes {
			if t.Routes[i].Record.Type == "propagated" {
				return
			}
		}
		if len(t.Propagating) > 0 {
			return
		}
		r := Risk{Kind: NoPropagation, At: at, Table: table}
		if _, known := t.Propagates(at.Index); !known {
			r.Lack = f.n.PropagationsMissing(a.Table)
		}
		f.add(r)
	}
}

// waysBack judges the table of an inspection attachment: it has to lead back to every VPC whose table leads to the inspection (d), and not to
// the inspection itself (e).
func (f *finder) waysBack(a *model.TransitAttachment, at model.Ref) {
	if a.Gateway < 0 {
		return
	}
	if a.Table < 0 {
		if m := f.n.AssociationMissing(at.Index); m != nil {
			f.add(Risk{Kind: NoWayBack, At: at, Lack: m})
		}
		return
	}
	own := model.Ref{Kind: model.KindTransitRouteTable, Index: a.Table}
	if led, lack := f.leadsTo(at.Index, at.Index); led || lack != nil {
		f.add(Risk{Kind: Loop, At: at, Table: own, Lack: lack})
	}
	for _, k := range f.n.TransitGateways[a.Gateway].Attachments {
		spoke := &f.n.TransitAttachments[k]
		if k == at.Index || spoke.VPC < 0 || spoke.Gone() || spoke.Table == a.Table {
			continue
		}
		if led, lack := f.leadsTo(k, at.Index); led || lack != nil {
			f.wayBackTo(a.Table, k, lack)
		}
	}
}

// leadsTo says whether an attachment's table has a route that leads to another, and what is missing where that is not known.
func (f *finder) leadsTo(from, attachment int32) (bool, *model.Missing) {
	table := f.n.TransitAttachments[from].Table
	if table < 0 {
		return false, f.n.AssociationMissing(from)
	}
	t := &f.n.TransitTables[table]
	lack := t.Unknown
	for i := range t.Routes {
		r := &t.Routes[i]
		if r.Bad() || !slices.Contains(r.Targets, attachment) {
			continue
		}
		if r.Doubt == nil {
			return true, nil
		}
		lack = r.Doubt
	}
	return false, lack
}

// wayBackTo judges a table for the blocks of a spoke's VPC. lack: why it is not known that the spoke is led to the inspection.
func (f *finder) wayBackTo(table, spoke int32, lack *model.Missing) {
	own := model.Ref{Kind: model.KindTransitRouteTable, Index: table}
	vpc := f.n.TransitAttachments[spoke].VPC
	r := Risk{Kind: NoWayBack, At: own, Table: own, To: model.Ref{Kind: model.KindVPC, Index: vpc}}
	if v := &f.n.VPCs[vpc]; v.Record == nil {
		r.Lack = f.n.MissingVPC(vpc)
		f.add(r)
		return
	}
	for _, block := range f.n.VPCs[vpc].Blocks {
		if m, ok := f.wayBack(table, spoke, block); !ok {
			r.CIDR, r.Lack = block, cmp.Or(m, lack)
			f.add(r)
		}
	}
}

// wayBack says whether a table leads a VPC's block, or a part of it, to its attachment, and what is missing to tell where it does not.
func (f *finder) wayBack(table, attachment int32, block netip.Prefix) (*model.Missing, bool) {
	t := &f.n.TransitTables[table]
	for i := range t.Routes {
		if r := &t.Routes[i]; !r.Bad() && r.Prefix.Overlaps(block) && slices.Contains(r.Targets, attachment) {
			return nil, true
		}
	}
	if t.Unknown != nil {
		return t.Unknown, false
	}
	for i := range t.Ways {
		if t.Ways[i].Doubt != nil {
			return t.Ways[i].Doubt, false
		}
	}
	return nil, false
}

// backToGateway judges the table of a middlebox's subnet: it has to lead back to the transit gateway (h).
func (f *finder) backToGateway(a *model.TransitAttachment, b middlebox) {
	if b.subnet < 0 || a.Gateway < 0 {
		return
	}
	gateway := model.Ref{Kind: model.KindTransitGateway, Index: a.Gateway}
	t, lack := f.n.TableOf(b.subnet)
	if t < 0 {
		f.add(Risk{Kind: NoRouteToGateway, At: model.Ref{Kind: model.KindSubnet, Index: b.subnet}, To: gateway, Lack: lack})
		return
	}
	table := &f.n.RouteTables[t]
	for k := range table.Routes {
		if r := &table.Routes[k]; r.Target == gateway && !r.Bad() {
			return
		}
	}
	f.add(Risk{Kind: NoRouteToGateway, At: model.Ref{Kind: model.KindRouteTable, Index: t}, Table: model.Ref{Kind: model.KindRouteTable, Index: t}, To: gateway})
}
