package netgen

import "fmt"

// appliance is an instance that other hosts' packets are sent through.
type appliance struct {
	instance   string
	interfaces []string // in order of their device indexes
}

// makeAppliances gives VPCs one or two appliances: with one interface or two, mostly in the subnet that is there for them, and
// mostly set up as one that forwards.
func (w *world) makeAppliances() {
	if !w.has(Appliances) {
		return
	}
	for _, v := range w.vpcs {
		for k := range 1 + w.rng.IntN(2) {
			w.makeAppliance(v, fmt.Sprintf("box-%s%d", v.name, k+1))
		}
	}
}

func (w *world) makeAppliance(v *vpc, name string) {
	a := &appliance{instance: "i-" + name}
	state := "running"
	if w.chance(w.odds.wrong / 2) {
		state = pick(w.rng, []string{"stopped", "stopping", "pending", "terminated"})
	}
	for k := range 1 + w.rng.IntN(5)/3 {
		s := w.place(v, middle, 0.9-0.7*float64(k))
		if s == nil {
			break
		}
		id := "eni-" + name
		if k > 0 {
			id = fmt.Sprintf("%s-%d", id, k+1)
		}
		if k == 0 { // its instance lies where its first interface does
			defer w.makeInstance(s, record{}, a.instance, state)
		}
		w.makeApplianceInterface(s, a, id, k)
	}
	if len(a.interfaces) > 0 {
		v.appliances = append(v.appliances, a)
	}
}

// makeApplianceInterface draws an interface of an appliance: without source/destination check, unless something is wrong with it: the check
// is on, nothing is attached, or a service manages it (ENI-5).
func (w *world) makeApplianceInterface(s *subnet, a *appliance, id string, index int) {
	i, r := w.begin(s, id, "interface")
	r["SourceDestCheck"] = false
	r["Attachment"] = record{"AttachmentId": "eni-attach-" + id[4:], "AttachTime": "2024-03-03T01:21:03+00:00", "DeleteOnTermination": true, "DeviceIndex": index,
		"NetworkCardIndex": 0, "InstanceId": a.instance, "InstanceOwnerId": s.vpc.part.account,
		"Status": w.state("attached", "attaching", "detaching", "detached")}
	instance := a.instance
	switch {
	case w.chance(w.odds.wrong):
		r["SourceDestCheck"] = true
	case w.chance(0.02):
		delete(r, "SourceDestCheck")
	case w.chance(w.odds.wrong / 3):
		delete(r, "Attachment")
		r["Status"] = "available"
		instance = ""
	case w.chance(w.odds.wrong / 3):
		w.manage(r)
		instance = ""
	}
	a.interfaces = append(a.interfaces, id)
	w.finish(s, r, i, instance)
	w.mentionOwn()
}

// manage turns an interface into one that a service runs.
func (w *world) manage(r record) {
	r["RequesterManaged"], r["RequesterId"] = true, "amazon-elb"
	r["Description"] = "ELB app/web/50dc6c495c0c9188"
	switch w.rng.IntN(3) {
	case 0:
		r["InterfaceType"], r["Description"], r["RequesterId"] = "lambda", "AWS Lambda VPC ENI-f-1", "AROA:f"
	case 1:
		r["InterfaceType"], r["Description"] = "network_load_balancer", "ELB net/web/50dc6c495c0c9188"
	}
	if a, ok := r["Attachment"].(record); ok {
		delete(a, "InstanceId")
		a["InstanceOwnerId"] = "amazon-elb"
	}
}

// mentionOwn notes the addresses of the interface that was made last as borders.
func (w *world) mentionOwn() {
	for _, a := range w.interfaces[len(w.interfaces)-1].Addresses {
		w.mention(single(a))
	}
}

// applianceTarget picks an appliance of the VPC, mostly the first, by one of its interfaces or by its instance; nothing if it has none.
func (w *world) applianceTarget(v *vpc) target {
	if len(v.appliances) == 0 {
		return target{}
	}
	a := v.appliances[0]
	if w.chance(0.06) {
		a = pick(w.rng, v.appliances)
	}
	if w.chance(0.12) {
		return target{"InstanceId", a.instance}
	}
	id := a.interfaces[0]
	if w.chance(0.25) {
		id = pick(w.rng, a.interfaces)
	}
	return target{"NetworkInterfaceId", id}
}

// interfaceTarget picks an interface as next hop: an appliance's, now and then another of the VPC, and rarely one that
// no route of AWS's leads to: of another VPC, of a NAT gateway, or one that no answer describes.
func (w *world) interfaceTarget(v *vpc) target {
	if to := w.applianceTarget(v); to.id != "" && w.chance(0.85) {
		return to
	}
	if w.chance(w.odds.wrong) {
		switch {
		case w.chance(0.3):
			v = pick(w.rng, w.vpcs)
		case w.chance(0.4) && len(v.nats) > 0:
			return target{"NetworkInterfaceId", "eni-" + v.nats[0].id + "-1"}
		default:
			return target{"NetworkInterfaceId", w.gone("eni-gone")}
		}
	}
	var ids []string
	for _, i := range w.interfaces {
		if i.VPC == v.id() {
			ids = append(ids, i.ID)
		}
	}
	if id := pick(w.rng, ids); w.instanceOf[id] == "" || w.chance(0.9) {
		return target{"NetworkInterfaceId", id}
	} else {
		return target{"InstanceId", w.instanceOf[id]}
	}
}

// aim adds to a route to an interface the instance, as AWS prints it.
func (w *world) aim(r record) {
	id, _ := r["NetworkInterfaceId"].(string)
	if instance := w.instanceOf[id]; instance != "" && w.chance(0.7) {
		r["InstanceId"], r["InstanceOwnerId"] = instance, "111111111111"
	}
}
