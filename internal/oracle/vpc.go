package oracle

import (
	"net/netip"
	"slices"
)

// state is the object that many of AWS's records keep their state in.
type state struct{ State string }

// vpc is a VPC.
type vpc struct {
	entity
	state   string
	primary netip.Prefix // where the resolver is; may be invalid
	blocks  []block      // those in state associated (VPC-1)
	bpa     *blockPublicAccess
}

// block is a CIDR block of a VPC or a subnet.
type block struct {
	netip.Prefix
	private bool // Ipv6AddressAttribute (VPC-4)
}

// blockPublicAccess is the effective mode of a VPC or subnet (BPA-1).
type blockPublicAccess struct{ InternetGatewayBlockMode string }

type ipv6Association struct {
	Ipv6CidrBlock        string
	Ipv6CidrBlockState   state
	Ipv6AddressAttribute string
}

func readVPCs(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		VpcId, OwnerId, State, CidrBlock string
		CidrBlockAssociationSet          []struct {
			CidrBlock      string
			CidrBlockState state
		}
		Ipv6CidrBlockAssociationSet []ipv6Association
		BlockPublicAccessStates     *blockPublicAccess
	}
	return each(a, "Vpcs", func(r record, raw []byte) bool {
		v := &vpc{entity: entity{id: r.VpcId, owner: r.OwnerId, part: p, raw: raw}, state: r.State, bpa: r.BlockPublicAccessStates}
		ok := true
		if r.CidrBlock != "" {
			v.primary, ok = parsePrefix(r.CidrBlock)
		}
		for _, b := range r.CidrBlockAssociationSet { // VPC-1
			v.addBlock(b.CidrBlock, b.CidrBlockState.State, false, &ok)
		}
		if r.CidrBlockAssociationSet == nil && v.primary.IsValid() {
			v.blocks = append(v.blocks, block{Prefix: v.primary})
		}
		for _, b := range r.Ipv6CidrBlockAssociationSet {
			v.addBlock(b.Ipv6CidrBlock, b.Ipv6CidrBlockState.State, b.Ipv6AddressAttribute == "private", &ok)
		}
		return ok && keep(o.vpcs, v)
	})
}

// addBlock adds a block that is associated, or whose state is not told.
func (v *vpc) addBlock(cidr, state string, private bool, ok *bool) {
	prefix, readable := parsePrefix(cidr)
	*ok = *ok && readable
	if state == "associated" || state == "" {
		v.blocks = append(v.blocks, block{prefix, private})
	}
}

// contains reports whether an address is in a block of the VPC.
func (v *vpc) contains(a netip.Addr) bool { return inBlocks(v.blocks, a) }

func inBlocks(blocks []block, a netip.Addr) bool {
	return slices.ContainsFunc(blocks, func(b block) bool { return b.Contains(a) })
}

// works reports whether a VPC or subnet in this state carries traffic (VPC-7).
func works(state string) bool { return state == "" || state == "available" }

// parsePrefix reads a CIDR and makes it canonical (RT-19).
func parsePrefix(s string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}

// parseAddress reads an address.
func parseAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil && a.Zone() == ""
}

// subnet is a subnet.
type subnet struct {
	entity
	vpc    string
	state  string
	blocks []block
	bpa    *blockPublicAccess

	zone, zoneID string // of the Availability Zone
}

func readSubnets(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		SubnetId, VpcId, OwnerId, State, CidrBlock string
		AvailabilityZone, AvailabilityZoneId       string
		Ipv6CidrBlockAssociationSet                []ipv6Association
		BlockPublicAccessStates                    *blockPublicAccess
	}
	return each(a, "Subnets", func(r record, raw []byte) bool {
		s := &subnet{entity: entity{id: r.SubnetId, owner: r.OwnerId, part: p, raw: raw}, vpc: r.VpcId, state: r.State, bpa: r.BlockPublicAccessStates,
			zone: r.AvailabilityZone, zoneID: r.AvailabilityZoneId}
		if r.CidrBlock != "" { // an IPv6-only subnet has none (VPC-7)
			prefix, ok := parsePrefix(r.CidrBlock)
			if !ok {
				return false
			}
			s.blocks = append(s.blocks, block{Prefix: prefix})
		}
		for _, b := range r.Ipv6CidrBlockAssociationSet {
			prefix, ok := parsePrefix(b.Ipv6CidrBlock)
			if !ok {
				return false
			}
			if b.Ipv6CidrBlockState.State == "associated" || b.Ipv6CidrBlockState.State == "" {
				s.blocks = append(s.blocks, block{prefix, b.Ipv6AddressAttribute == "private"})
			}
		}
		return keep(o.subnets, s)
	})
}

// vpcPart returns the part whose answers describe what belongs to a VPC: that of the VPC's owner. Nil: it is not in
// the snapshot.
func (o *Oracle) vpcPart(id string) *part { return o.partOfVPC[id] }

// completeFor reports whether a call is complete for what belongs to a VPC.
func (o *Oracle) completeFor(vpc, call string) bool { return complete(o.vpcPart(vpc), call) }
