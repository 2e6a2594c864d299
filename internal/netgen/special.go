package netgen

// makeAttributes writes, for most VPCs, whether the resolver answers there. It is an answer of its own for each VPC.
func (w *world) makeAttributes() {
	if !w.has(SpecialAddresses) {
		return
	}
	for _, v := range w.vpcs {
		w.mention(single(plus(v.blocks[0].Addr(), 1)), single(plus(v.blocks[0].Addr(), 3)))
		v.part.add(attributesOf(v.id()), record{"VpcId": v.id(), "EnableDnsSupport": record{"Value": !w.chance(0.25)}})
	}
}
