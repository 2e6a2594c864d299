package oracle

import "iter"

// peering is a VPC peering connection.
type peering struct {
	entity
	status string
	sides  [2]peeringSide
}

type peeringSide struct {
	VpcId, OwnerId, Region, CidrBlock string
	CidrBlockSet                      []struct{ CidrBlock string }
	Ipv6CidrBlockSet                  []struct{ Ipv6CidrBlock string }

	blocks []block
}

func readPeerings(o *Oracle, p *part, a answer, _ string) bool {
	type record struct {
		VpcPeeringConnectionId            string
		Status                            struct{ Code string }
		RequesterVpcInfo, AccepterVpcInfo peeringSide
	}
	return each(a, "VpcPeeringConnections", func(r record, raw []byte) bool {
		x := &peering{entity: entity{id: r.VpcPeeringConnectionId, part: p, raw: raw}, status: r.Status.Code,
			sides: [2]peeringSide{r.RequesterVpcInfo, r.AccepterVpcInfo}}
		return x.sides[0].readBlocks() && x.sides[1].readBlocks() && keep(o.peerings, x)
	})
}

// readBlocks gathers the side's CIDRs, which AWS tells only while the peering is active.
func (s *peeringSide) readBlocks() bool {
	var cidrs []string
	if s.CidrBlock != "" {
		cidrs = append(cidrs, s.CidrBlock)
	}
	for _, b := range s.CidrBlockSet {
		cidrs = append(cidrs, b.CidrBlock)
	}
	for _, b := range s.Ipv6CidrBlockSet {
		cidrs = append(cidrs, b.Ipv6CidrBlock)
	}
	for _, c := range cidrs {
		prefix, ok := parsePrefix(c)
		if !ok {
			return false
		}
		s.blocks = append(s.blocks, block{Prefix: prefix})
	}
	return true
}

// working reports whether the peering carries traffic (PCX-1, D-70).
func (x *peering) working() bool { return x.status == "" || x.status == "active" }

// far returns the side other than a VPC's; nil if the VPC is neither.
func (x *peering) far(vpc string) *peeringSide {
	switch vpc {
	case x.sides[0].VpcId:
		return &x.sides[1]
	case x.sides[1].VpcId:
		return &x.sides[0]
	}
	return nil
}

// near returns a VPC's own side.
func (x *peering) near(vpc string) *peeringSide {
	if x.sides[0].VpcId == vpc {
		return &x.sides[0]
	}
	return &x.sides[1]
}

// peeringsOf yields the peerings of a VPC by id.
func (o *Oracle) peeringsOf(vpc string) iter.Seq[*peering] {
	return func(yield func(*peering) bool) {
		for _, x := range o.allPeerings {
			if x.far(vpc) != nil && !yield(x) {
				return
			}
		}
	}
}

// joined reports whether a working peering joins two VPCs.
func (o *Oracle) joined(a, b string) bool {
	for x := range o.peeringsOf(a) {
		if x.working() && x.far(a).VpcId == b {
			return true
		}
	}
	return false
}

// sideBlocks returns the CIDRs of a side: those of the VPC's record, else of the peering's (D-71).
func (o *Oracle) sideBlocks(s *peeringSide) (blocks []block, known bool) {
	if v := o.vpcs[s.VpcId]; v != nil {
		return v.blocks, true
	}
	return s.blocks, len(s.blocks) > 0
}

// cross follows a packet over a peering (PCX-1 to PCX-6). It came from an interface of the VPC, or from its NAT gateway
// (via), because nothing else in this walk can send one (PCX-3).
func (w *walker) cross(f flight, vpc, id string, via *nat) {
	x := w.o.peerings[id]
	if x == nil { // D-46
		w.end(f, "pcx-missing", "describe-vpc-peering-connections: "+id)
		return
	}
	f = w.use(f, &x.entity)
	if !x.working() {
		w.refuse(f, "pcx-state", id, x.status)
		return
	}
	far := x.far(vpc)
	if far == nil {
		w.refuse(f, "pcx-side", id, vpc)
		return
	}
	fromBlocks, fromKnown := w.o.sideBlocks(x.near(vpc))
	toBlocks, toKnown := w.o.sideBlocks(far)
	if fromKnown && !inBlocks(fromBlocks, f.p.Source) || toKnown && !inBlocks(toBlocks, f.p.Destination) { // PCX-4
		w.refuse(f, "pcx-cidr", id)
		return
	}
	if !fromKnown || !toKnown {
		f = w.lack(f, "pcx-cidr-unknown", "CIDRs of "+id)
	}
	if !w.o.seen(far.VpcId) { // D-72
		w.end(f, "pcx-far-missing", "describe-vpcs: "+far.VpcId+" beyond "+id)
		return
	}
	w.decide("pcx", id)
	f.crossed = x
	if via != nil && !f.reply {
		f = f.push(event{kind: pinned, id: id, vpc: vpc})
	}
	w.deliver(f, far.VpcId, true)
}

// seen reports whether the snapshot holds a VPC: its record, or an interface in it.
func (o *Oracle) seen(vpc string) bool {
	if o.vpcs[vpc] != nil {
		return true
	}
	for _, i := range o.interfaces {
		if i.vpc == vpc {
			return true
		}
	}
	return false
}

// returnToSender sends a reply to a NAT gateway back over the peering that its request came by, whatever the responder's
// route table says (NAT-9, D-67).
func (w *walker) returnToSender(f flight, vpc, subnet string) {
	f, ok := w.acl(f, subnet, vpc, true)
	if !ok {
		return
	}
	id := f.top().id
	w.decide("nat-return-to-sender", id)
	w.cross(f.pop(), vpc, id, nil)
}
