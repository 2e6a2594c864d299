package oracle

import (
	"encoding/json"
	"net/netip"
	"slices"
)

// The services that every VPC has at fixed addresses (SP-1); the resolver answers at the primary CIDR's third address too.
var (
	resolvers = []netip.Addr{netip.MustParseAddr("169.254.169.253"), netip.MustParseAddr("fd00:ec2::253")}
	clocks    = []netip.Addr{netip.MustParseAddr("169.254.169.123"), netip.MustParseAddr("fd00:ec2::123")}
	metadata  = []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254")}
	lattice   = []netip.Prefix{netip.MustParsePrefix("169.254.171.0/24"), netip.MustParsePrefix("fd00:ec2:80::/64")}
)

// readVPCAttribute reads one VPC's attributes; only EnableDnsSupport counts (SP-2).
func readVPCAttribute(o *Oracle, _ *part, a answer, vpc string) bool {
	var support struct{ Value *bool }
	if a["EnableDnsSupport"] == nil {
		return true // an answer to another attribute
	}
	if json.Unmarshal(a["EnableDnsSupport"], &support) != nil || support.Value == nil {
		return false
	}
	var named string
	if json.Unmarshal(a["VpcId"], &named) == nil && named != "" {
		vpc = named
	}
	if before, ok := o.dns[vpc]; ok && before != *support.Value {
		o.dnsDisputed[vpc] = true
	}
	o.dns[vpc] = *support.Value
	return true
}

// askService ends a packet to a special address: it never meets a group, an ACL or a table (RT-15, SP-1, D-180). The interface
// that it leaves is checked already.
func (w *walker) askService(f flight, i *iface) {
	a := f.p.Destination
	v := w.o.vpcs[i.vpc]
	resolver := has(resolvers, a) || v != nil && v.isResolver(a)
	switch {
	case lattice[0].Contains(a), lattice[1].Contains(a): // D-178
		w.end(f, "lattice", "not modelled: "+a.String())
		return
	case !resolver && !has(clocks, a) && !has(metadata, a): // D-180, or an address that may be the resolver's (D-85)
		w.end(f, "special", "not modelled: "+a.String())
		return
	case a.Is4() && !slices.ContainsFunc(i.addresses, netip.Addr.Is4) && len(i.delegated) == 0: // SP-4
		w.end(f, "special", "not modelled: "+a.String()+" without IPv4")
		return
	case f.reply: // nobody asked
		w.refuse(f, "reply-elsewhere", a.String())
		return
	case w.q.Reading == AWS: // SP-5
		w.end(f, "special-aws", "not modelled: "+a.String())
		return
	case !w.q.To.Address:
		w.refuse(f, "elsewhere", a.String())
		return
	}
	ok := true
	switch {
	case resolver && f.p.DestinationPort == 53 && (f.p.Protocol == tcp || f.p.Protocol == udp):
		if f, ok = w.dnsSupport(f, i.vpc); !ok {
			return
		}
		w.decide("special-dns", a.String())
	case has(clocks, a) && f.p.DestinationPort == 123 && f.p.Protocol == udp:
		w.decide("special-time", a.String())
	case has(metadata, a) && f.p.DestinationPort == 80 && f.p.Protocol == tcp && i.attachment != nil && i.attachment.InstanceId != "":
		w.decide("special-metadata", a.String())
	default:
		w.refuse(f, "special-no-service", a.String())
		return
	}
	if host := w.o.hostOf(i); host != nil && has(metadata, a) && (host.metadata.HttpEndpoint == "disabled" || a.Is6() && host.metadata.HttpProtocolIpv6 == "disabled") {
		w.refuse(f, "special-metadata-off", host.id)
		return
	}
	w.finish(f)
}

// hostOf returns the instance of an interface, if the answers describe it.
func (o *Oracle) hostOf(i *iface) *instance {
	if i.attachment == nil {
		return nil
	}
	return o.instances[i.attachment.InstanceId]
}

// dnsSupport checks that a VPC's resolver answers (SP-2). It returns false when the packet was refused.
func (w *walker) dnsSupport(f flight, vpc string) (flight, bool) {
	on, told := w.o.dns[vpc]
	switch {
	case w.o.dnsDisputed[vpc]:
		return w.lack(f, "dns-disputed", "answers disagree: EnableDnsSupport of "+vpc), true
	case !told:
		return w.assume(f, "dns-assumed", "EnableDnsSupport of "+vpc), true
	case !on:
		return f, w.refuse(f, "dns-off", vpc)
	}
	return f, true
}

// isResolver reports whether an address is the VPC's resolver in its primary CIDR (SP-2).
func (v *vpc) isResolver(a netip.Addr) bool {
	return v.primary.IsValid() && v.primary.Addr().Next().Next() == a
}

func has(list []netip.Addr, a netip.Addr) bool {
	for _, one := range list {
		if one == a {
			return true
		}
	}
	return false
}

// special reports whether an address is, or may be, one of a VPC's special addresses (D-15, RT-15, SP-1).
func (o *Oracle) special(vpcID string, a netip.Addr) bool {
	if linkLocalServices.Contains(a) || serviceULA.Contains(a) {
		return true
	}
	if !a.Is4() {
		return false
	}
	if v := o.vpcs[vpcID]; v != nil {
		return v.isResolver(a)
	}
	// the third address of any block that a VPC around its subnets could have may be the resolver (D-85)
	for _, s := range o.subnets {
		for _, b := range s.blocks {
			for bits := 16; s.vpc == vpcID && b.Addr().Is4() && bits <= min(28, b.Bits()); bits++ {
				if netip.PrefixFrom(b.Addr(), bits).Masked().Addr().Next().Next() == a {
					return true
				}
			}
		}
	}
	return false
}

var (
	linkLocalServices = netip.MustParsePrefix("169.254.168.0/22")
	serviceULA        = netip.MustParsePrefix("fd00:ec2::/32")
)
