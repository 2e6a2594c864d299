package netgen

import "fmt"

// makeBranches gives most VPCs a trunk interface, on an instance of its own, and branch interfaces that hang on it.
func (w *world) makeBranches() {
	if !w.has(Branch) {
		return
	}
	for _, v := range w.vpcs {
		s := w.place(v, public, 0.3)
		if s == nil || w.chance(0.15) {
			continue
		}
		trunk := "eni-trunk-" + v.name
		i, r := w.begin(s, trunk, "trunk")
		instance := w.attach(s, r, trunk, "trunk")
		if w.chance(w.odds.wrong) { // another instance that does not run
			if a, ok := r["Attachment"].(record); ok {
				instance = "i-halted-" + v.name
				a["InstanceId"] = instance
				w.makeInstance(s, r, instance, pick(w.rng, []string{"stopped", "pending"}))
			}
		}
		w.finish(s, r, i, instance)
		for k := range 1 + w.rng.IntN(2) {
			w.makeBranch(v, trunk, fmt.Sprintf("eni-branch-%s%d", v.name, k+1), k)
		}
	}
}

// makeBranch draws a branch interface. AWS shows no instance at it; most show no attachment at all.
func (w *world) makeBranch(v *vpc, trunk, id string, k int) {
	s := w.place(v, public, 0.3)
	if s == nil {
		return
	}
	i, r := w.begin(s, id, "branch")
	r["Description"] = "aws-k8s-branch-eni"
	switch {
	case w.chance(0.3):
		r["Attachment"] = record{"AttachmentId": "eni-attach-" + id[4:], "DeleteOnTermination": false, "DeviceIndex": k + 1, "InstanceOwnerId": v.part.account,
			"Status": w.state("attached", "attaching", "detaching", "detached")}
	case w.chance(0.15):
		r["Status"] = "available"
	}
	switch {
	case w.chance(w.odds.wrong / 2):
		trunk = ""
	case w.chance(w.odds.wrong / 3):
		trunk = w.gone("eni-gone")
	case w.chance(w.odds.wrong / 3):
		trunk = pick(w.rng, w.interfaces).ID
	}
	if trunk != "" {
		a := record{"AssociationId": "trunk-assoc-" + id[4:], "BranchInterfaceId": id, "TrunkInterfaceId": trunk, "Tags": []record{}}
		if w.chance(0.7) {
			a["InterfaceProtocol"], a["VlanId"] = "VLAN", k+1
		} else {
			a["InterfaceProtocol"], a["GreKey"] = "GRE", k+1
		}
		v.part.add(describeTrunkInterfaceAssociations, a)
	}
	w.finish(s, r, i, "")
}
