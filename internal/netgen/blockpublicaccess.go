package netgen

var blockModes = []string{"off", "block-bidirectional", "block-ingress"}

// drawBlockModes draws each part's mode of VPC Block Public Access and writes its options.
func (w *world) drawBlockModes() {
	if !w.has(BlockPublicAccess) {
		return
	}
	for _, p := range w.parts {
		p.blockMode = weighted(w.rng, []weight[string]{{5, "off"}, {2, "block-bidirectional"}, {2, "block-ingress"}})
		r := record{"AwsAccountId": p.account, "AwsRegion": p.region, "State": "update-complete", "InternetGatewayBlockMode": p.blockMode,
			"LastUpdateTimestamp": "2025-01-03T01:21:01+00:00", "ManagedBy": "account", "ExclusionsAllowed": "allowed"}
		if w.chance(w.odds.wrong / 2) {
			r["InternetGatewayBlockMode"] = "block-sideways"
		}
		p.add(describeVPCBlockPublicAccessOptions, r)
	}
}

// blockPublicAccess draws the mode that a VPC's or subnet's record states: its part's, another one, or none.
func (w *world) blockPublicAccess(p *part, r record) {
	if !w.has(BlockPublicAccess) {
		return
	}
	mode := p.blockMode
	switch {
	case w.chance(0.3):
		delete(r, "BlockPublicAccessStates")
		return
	case w.chance(0.2):
		mode = pick(w.rng, blockModes)
	case w.chance(w.odds.wrong / 3):
		mode = "block-sideways"
	}
	r["BlockPublicAccessStates"] = record{"InternetGatewayBlockMode": mode}
	if w.chance(w.odds.wrong / 3) {
		r["BlockPublicAccessStates"] = record{}
	}
}

// makeExclusions excludes some VPCs and subnets from VPC Block Public Access.
func (w *world) makeExclusions() {
	if !w.has(BlockPublicAccess) {
		return
	}
	for _, v := range w.vpcs {
		if w.chance(0.3) {
			w.exclude(v, "vpc", v.id())
		}
		for _, s := range v.subnets {
			if w.chance(0.3) {
				w.exclude(v, "subnet", s.id)
			}
		}
	}
}

func (w *world) exclude(v *vpc, kind, id string) {
	state := weighted(w.rng, []weight[string]{{6, "create-complete"}, {2, "update-complete"}, {1, "create-in-progress"}, {1, "update-in-progress"},
		{1, "create-failed"}, {1, "update-failed"}, {1, "delete-in-progress"}, {1, "delete-complete"}, {1, "disable-in-progress"}, {1, "disable-complete"}})
	v.part.add(describeVPCBlockPublicAccessExclusions, record{"ExclusionId": "vpcbpa-exclude-" + id, "State": state,
		"InternetGatewayExclusionMode": pick(w.rng, []string{"allow-bidirectional", "allow-egress"}),
		"ResourceArn":                  "arn:aws:ec2:" + v.part.region + ":" + v.part.account + ":" + kind + "/" + id,
		"CreationTimestamp":            "2025-01-03T01:21:01+00:00", "Tags": []record{}})
}
