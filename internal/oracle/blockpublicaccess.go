package oracle

import (
	"encoding/json"
	"strings"
)

// Where VPC Block Public Access blocks: the words of InternetGatewayBlockMode and InternetGatewayExclusionMode.
const (
	bpaOff           = "off"
	bpaBidirectional = "block-bidirectional"
	bpaIngress       = "block-ingress"
	bpaAllow         = "allow-bidirectional"
	bpaAllowEgress   = "allow-egress"
)

// exclusion exempts a VPC or a subnet (BPA-4).
type exclusion struct {
	resource string // id at the end of the ARN
	mode     string
}

// publicOptions is an account's mode in a Region.
type publicOptions struct{ AwsAccountId, AwsRegion, InternetGatewayBlockMode, State string }

func readPublicAccessOptions(_ *Oracle, p *part, a answer, _ string) bool {
	var r publicOptions
	if a["VpcBlockPublicAccessOptions"] == nil || json.Unmarshal(a["VpcBlockPublicAccessOptions"], &r) != nil {
		return false
	}
	if r.AwsAccountId == "" {
		r.AwsAccountId = p.account
	}
	if r.AwsRegion == "" {
		r.AwsRegion = p.region
	}
	p.publicOptions = append(p.publicOptions, r)
	return true
}

func readPublicAccessExclusions(_ *Oracle, p *part, a answer, _ string) bool {
	type record struct{ ResourceArn, InternetGatewayExclusionMode, State string }
	return each(a, "VpcBlockPublicAccessExclusions", func(r record, _ []byte) bool {
		if r.State != "create-complete" && r.State != "update-complete" {
			return true
		}
		id := r.ResourceArn[strings.LastIndexByte(r.ResourceArn, '/')+1:]
		p.exclusions = append(p.exclusions, exclusion{id, r.InternetGatewayExclusionMode})
		return id != ""
	})
}

// publicMode returns the mode at a subnet, or of the VPC itself where there is no subnet, and whether a record states it (D-120).
// An empty mode is one that nothing tells.
func (w *walker) publicMode(f flight, vpcID, subnetID string) (flight, string, bool) {
	stated := func(b *blockPublicAccess) string {
		if b == nil {
			return ""
		}
		return b.InternetGatewayBlockMode
	}
	if w.o.vpcs[vpcID] == nil {
		f = w.lack(f, "vpc-missing", "describe-vpcs: "+vpcID)
	}
	v, s := w.o.vpcs[vpcID], w.o.subnets[subnetID]
	if v == nil {
		return w.lack(f, "vpc-missing", "describe-vpcs: "+vpcID), bpaOff, true
	}
	if subnetID != "" && s == nil {
		return w.lack(f, "subnet-missing", "describe-subnets: "+subnetID), bpaOff, true
	}
	if s != nil && stated(s.bpa) != "" {
		return f, stated(s.bpa), true
	}
	if mode := stated(v.bpa); mode != "" {
		return f, mode, true
	}
	mode := w.o.optionsOf(v)
	if mode != "" {
		w.decide("bpa-options", mode)
	}
	return f, mode, false
}

// optionsOf returns the mode of a VPC's owner in its Region; empty where nothing tells it. One that is just changing, or told in two
// ways, is a word that nobody knows.
func (o *Oracle) optionsOf(v *vpc) string {
	p := o.vpcPart(v.id)
	if p == nil {
		return ""
	}
	mode := ""
	for _, r := range p.publicOptions {
		switch {
		case r.AwsAccountId != "" && v.owner != "" && r.AwsAccountId != v.owner, r.AwsRegion != "" && p.region != "" && r.AwsRegion != p.region:
		case r.State == "update-in-progress", mode != "" && r.InternetGatewayBlockMode != mode:
			return "changing"
		default:
			mode = r.InternetGatewayBlockMode
		}
	}
	return mode
}

// excluded returns the mode of the exclusion that holds for a subnet, else for its VPC (BPA-4, D-121); empty where there is none. sure
// is false where another exclusion may hold instead, because the answer is cut.
func (w *walker) excluded(vpcID, subnetID string) (mode string, sure bool) {
	sure = w.o.completeFor(vpcID, "describe-vpc-block-public-access-exclusions")
	p := w.o.vpcPart(vpcID)
	if p == nil {
		return "", sure
	}
	for _, id := range []string{subnetID, vpcID} {
		for _, e := range p.exclusions {
			switch {
			case e.resource != id || id == "":
			case mode != "" && e.mode != mode:
				return "disputed", true
			default:
				mode = e.mode
			}
		}
		if mode != "" {
			return mode, sure || id == subnetID
		}
	}
	return "", sure
}

// publicDirection is how a request meets the gateway.
type publicDirection uint8

const (
	publicIn publicDirection = iota
	publicOut
	publicOutEgressOnly
)

// publicAccess follows VPC Block Public Access for a request at the subnet that touches the gateway (BPA-1 to BPA-5, D-120 to
// D-123). It returns false when the packet was refused.
func (w *walker) publicAccess(f flight, vpcID, subnetID string, direction publicDirection) (flight, bool) {
	if f.reply {
		return f, true
	}
	f, mode, stated := w.publicMode(f, vpcID, subnetID)
	switch mode {
	case bpaOff:
		return f, true
	case "":
		return w.assume(f, "bpa-assumed", "block public access of "+vpcID+" is off"), true
	case bpaBidirectional, bpaIngress:
	default:
		return w.lack(f, "bpa", "not modelled: block public access "+mode), true
	}
	if mode == bpaIngress && direction != publicIn && (f.lastTranslation() == translated || direction == publicOutEgressOnly) { // BPA-3
		w.decide("bpa-outbound", subnetID)
		return f, true
	}
	switch e, sure := w.excluded(vpcID, subnetID); {
	case e != "" && e != bpaAllow && e != bpaAllowEgress:
		return w.lack(f, "bpa", "not modelled: block public access "+e), true
	case e != "" && !sure:
		return w.lack(f, "bpa-exclusions", "describe-vpc-block-public-access-exclusions: "+subnetID), true
	case e == bpaAllow, e == bpaAllowEgress && mode == bpaBidirectional && direction != publicIn:
		w.decide("bpa-excluded", e)
		return f, true
	case e != "", sure:
	case !stated:
		return w.lack(f, "bpa-exclusions", "describe-vpc-block-public-access-exclusions: "+vpcID), true
	case w.q.NoAssume:
		return w.assume(f, "bpa-effective", "block public access of "+vpcID+" is what the record states"), true
	default:
		w.decide("bpa-effective", vpcID)
	}
	return f, w.refuse(f, "bpa-block", mode, vpcID, subnetID)
}
