package model

import (
	"cmp"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// The modes of VPC Block Public Access (BPA-1), and what an exclusion allows (BPA-4).
const (
	PublicAccessOff        = "off"
	BlockBidirectional     = "block-bidirectional"
	BlockIngress           = "block-ingress"
	ExcludeBidirectional   = "allow-bidirectional"
	ExcludeEgress          = "allow-egress"
	exclusionCreated       = "create-complete"
	exclusionUpdated       = "update-complete"
	optionsAreBeingChanged = "update-in-progress"
)

// PublicAccess is the mode of VPC Block Public Access that holds for a subnet, or for what stands in a VPC without one (D-120).
type PublicAccess struct {
	Mode    string   // off, block-bidirectional or block-ingress; off where Missing is not nil
	Account bool     // the mode is the account's: no record of the VPC or subnet states its own; false where Missing is not nil
	Assumed bool     // off only because no answer says anything (D-56)
	Missing *Missing // why the mode is not known; nil where it is
}

// PublicAccess implements BPA-1 and BPA-9 (D-120): the subnet's own mode, else the VPC's, else that of the account and Region that own the
// subnet. A subnet of -1 asks for what has none.
func (n *Network) PublicAccess(vpc, subnet int32) PublicAccess {
	v := &n.VPCs[vpc]
	if m := v.Missing(); m != nil { // what it says of IPv6 blocks (VPC-4) the gateways would need too
		return PublicAccess{Mode: PublicAccessOff, Missing: m}
	}
	if subnet >= 0 {
		s := &n.Subnets[subnet]
		if m := s.Missing(); m != nil {
			return PublicAccess{Mode: PublicAccessOff, Missing: m}
		}
		if mode, stated := s.BlockPublicAccess(); stated && mode != "" {
			return publicAccessMode(s.ID, mode)
		}
	}
	if mode, stated := v.BlockPublicAccess(); stated && mode != "" {
		return publicAccessMode(v.ID, mode)
	}
	return n.accountPublicAccess(vpc)
}

// publicAccessMode reads a mode; a word that is not known may mean anything.
func publicAccessMode(of, mode string) PublicAccess {
	switch mode {
	case PublicAccessOff, BlockBidirectional, BlockIngress:
		return PublicAccess{Mode: mode}
	}
	return PublicAccess{Mode: PublicAccessOff,
		Missing: &Missing{What: of, Why: NotModelled, Detail: "VPC Block Public Access (" + mode + ")"}}
}

// accountPublicAccess is the mode of the account and Region that own a VPC; a shared subnet is the owner's too (BPA-9).
func (n *Network) accountPublicAccess(vpc int32) PublicAccess {
	v := &n.VPCs[vpc]
	account, region, own := n.ownerOf(vpc)
	var found *snapshot.VpcBlockPublicAccessOptions
	for _, p := range n.Snapshot.Parts {
		for i := range p.BlockPublicAccessOptions {
			r := &p.BlockPublicAccessOptions[i]
			of, in := cmp.Or(r.AwsAccountId, p.Account), cmp.Or(r.AwsRegion, p.Region)
			// An answer of a folder of unknown account serves what the same folder describes.
			serves := func(its, owners string) bool {
				return its == owners && its != "" || p == v.part && (its == "" || owners == "")
			}
			if !serves(of, account) || !serves(in, region) {
				continue
			}
			if found != nil && found.InternetGatewayBlockMode != r.InternetGatewayBlockMode {
				m := missingCall(p, snapshot.DescribeVpcBlockPublicAccessOptions, "VPC Block Public Access of "+v.ID)
				m.Why = Conflicting
				return PublicAccess{Mode: PublicAccessOff, Missing: m}
			}
			found = r
		}
	}
	switch {
	case found == nil || found.InternetGatewayBlockMode == "":
		m := missingCall(own, snapshot.DescribeVpcBlockPublicAccessOptions, "VPC Block Public Access of "+v.ID)
		return PublicAccess{Mode: PublicAccessOff, Assumed: true, Missing: m}
	case found.State == optionsAreBeingChanged:
		m := missingCall(own, snapshot.DescribeVpcBlockPublicAccessOptions, "VPC Block Public Access of "+v.ID+", which is being changed")
		return PublicAccess{Mode: PublicAccessOff, Missing: m}
	}
	out := publicAccessMode("account "+account, found.InternetGatewayBlockMode)
	out.Account = true
	return out
}

// ownerOf is the account and Region that own a VPC, and the part with that account's answers.
func (n *Network) ownerOf(vpc int32) (account, region string, part *snapshot.Part) {
	v := &n.VPCs[vpc]
	account, region = v.part.Account, v.part.Region
	if v.Record != nil {
		account = cmp.Or(v.Record.OwnerId, account)
	}
	if v.part.Account == "" || v.part.Account == account {
		return account, region, v.part
	}
	return account, region, n.partOf(account, region)
}

// PublicAccessExclusion says what an exclusion allows of what a mode blocks (BPA-4): allow-bidirectional, allow-egress, or nothing. missing
// says why it may be otherwise; found whether the answers hold an exclusion at all.
func (n *Network) PublicAccessExclusion(vpc, subnet int32) (mode string, found bool, missing *Missing) {
	if subnet >= 0 {
		if mode, m := n.exclusionOf(n.Subnets[subnet].ID); mode != "" || m != nil {
			return mode, true, m
		}
	}
	_, _, owner := n.ownerOf(vpc)
	if !complete(owner, snapshot.DescribeVpcBlockPublicAccessExclusions) {
		missing = missingCall(owner, snapshot.DescribeVpcBlockPublicAccessExclusions, "exclusions from VPC Block Public Access in "+n.VPCs[vpc].ID)
	}
	mode, m := n.exclusionOf(n.VPCs[vpc].ID)
	if m != nil {
		missing = m
	}
	return mode, mode != "" || m != nil, missing
}

// exclusionOf is what the exclusions in force for a VPC or subnet allow; several that disagree are bad data.
func (n *Network) exclusionOf(id string) (mode string, missing *Missing) {
	for _, x := range n.exclusions[id] {
		r := x.Record
		if !x.Conflict && r.State != exclusionCreated && r.State != exclusionUpdated {
			continue
		}
		allows := r.InternetGatewayExclusionMode
		switch {
		case x.Conflict || mode != "" && mode != allows:
			m := missingCall(x.Part, snapshot.DescribeVpcBlockPublicAccessExclusions, "exclusion of "+id+" from VPC Block Public Access")
			m.Why = Conflicting
			return "", m
		case allows != ExcludeBidirectional && allows != ExcludeEgress:
			return "", &Missing{What: id, Why: NotModelled, Detail: "exclusion from VPC Block Public Access (" + allows + ")"}
		}
		mode = allows
	}
	return mode, nil
}

// publicAccessExclusions indexes exclusions by the id of the VPC or subnet that they are for.
func (b *builder) publicAccessExclusions() {
	b.n.exclusions = make(map[string][]snapshot.Merged[snapshot.VpcBlockPublicAccessExclusion])
	for _, m := range b.n.Snapshot.BlockPublicAccessExclusions() {
		id := m.Record.ResourceArn[strings.LastIndexByte(m.Record.ResourceArn, '/')+1:]
		b.n.exclusions[id] = append(b.n.exclusions[id], m)
	}
}
