package snapshot

import (
	"path"
	"regexp"
	"strings"
)

// partKey says which part a file belongs to. Where the path or the manifest names both account and Region, the
// folder does not matter; else all loose files of one folder form one part.
type partKey struct {
	partition, account, region, folder string
}

// keyFor attributes a file: by the manifest's entry, else by the components of its path.
func keyFor(p string, asked *manifestCall) partKey {
	var k partKey
	if asked != nil {
		k = partKey{partition: asked.Partition, account: asked.Account, region: asked.Region}
	} else {
		// The component nearest to the file wins.
		for part := range strings.SplitSeq(path.Dir(p), "/") {
			switch {
			case isAccount(part):
				k.account = part
			case isRegion(part):
				k.region = part
			}
		}
	}
	return k.in(path.Dir(p))
}

// in adds the folder where the key needs it, and the partition that the Region is in.
func (k partKey) in(folder string) partKey {
	if k.partition == "" {
		k.partition = partitionOf(k.region)
	}
	if k.account == "" || k.region == "" {
		k.folder = folder
	}
	return k
}

// isAccount reports whether s is an account id: 12 digits.
func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// regionPattern is how AWS names Regions: an area, perhaps a partition's mark, a direction and a number. It is
// narrow on purpose: a folder such as my-network-1 is no Region.
const regionPattern = `(?:[a-z]{2}(?:-gov|-iso[a-z]?)?|eusc-[a-z]{2})-` +
	`(?:central|north|south|east|west|northeast|northwest|southeast|southwest)-[0-9]{1,2}`

var (
	regionName = regexp.MustCompile(`^` + regionPattern + `$`)

	// A zone is its Region and a letter (us-east-1a), or for Local and Wavelength Zones its Region, a place
	// and a letter (us-west-2-lax-1a, us-east-1-wl1-bos-wlz-1).
	zoneName = regexp.MustCompile(`^(` + regionPattern + `)(?:[a-z]|-[a-z][a-z0-9-]*)$`)

	prefixListID = regexp.MustCompile(`pl-[0-9a-f]{8,17}`)
)

func isRegion(s string) bool { return regionName.MatchString(s) }

// regionOfZone is the Region of an Availability Zone's name, "" where the name is not one.
func regionOfZone(zone string) string {
	if m := zoneName.FindStringSubmatch(zone); m != nil {
		return m[1]
	}
	return ""
}

// regionOfARN is the Region field of an ARN, "" where it has none.
func regionOfARN(arn string) string {
	if f := strings.SplitN(arn, ":", 5); len(f) == 5 && f[0] == "arn" && isRegion(f[3]) {
		return f[3]
	}
	return ""
}

// partitionOf is the partition that a Region lies in; aws where the Region is not known.
func partitionOf(region string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"us-gov-", "aws-us-gov"},
		{"cn-", "aws-cn"},
		{"us-iso-", "aws-iso"},
		{"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"},
		{"us-isof-", "aws-iso-f"},
		{"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

// objectInName finds the id of the object that an answer is about in its file's name: what stands after the
// operation in a name of our own form (get-managed-prefix-list-entries.pl-1.json), else the one prefix list
// id that is in it. It returns "" where there is none, or more than one.
func objectInName(base string, spec *answerSpec) string {
	service, call := splitOperation(spec.op)
	if service != "ec2" {
		call = service + "." + call
	}
	stem := strings.TrimSuffix(base, path.Ext(base))
	// An underscore stands for a character of an ARN that plainName replaced: the id cannot be had back.
	if id, ok := strings.CutPrefix(stem, call+"."); ok && !strings.Contains(id, "_") {
		return id
	}
	if spec.about == nil || spec.about.ids == nil {
		return ""
	}
	if ids := spec.about.ids.FindAllString(base, 2); len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// only gathers values that should all be the same.
type only struct {
	value string
	mixed bool
}

func (o *only) add(v string) {
	switch {
	case v == "" || o.mixed || v == o.value:
	case o.value == "":
		o.value = v
	default:
		o.value, o.mixed = "", true
	}
}

// infer fills in account and Region from the records where the files' places do not say, and where
// the records agree. Owners of shared things disagree, and then the part stays without account: saying nothing
// is better than making one account the owner of another's answers.
func (p *Part) infer() {
	if p.Account == "" {
		p.Account = p.soleOwner()
	}
	if p.Region == "" {
		p.Region = p.soleRegion()
		p.Partition = partitionOf(p.Region)
	}
}

// soleOwner is the one account that owns everything in the part, or "".
func (p *Part) soleOwner() string {
	var o only
	add := func(id string) {
		if isAccount(id) {
			o.add(id)
		}
	}
	for i := range p.VPCs {
		add(p.VPCs[i].OwnerId)
	}
	for i := range p.Subnets {
		add(p.Subnets[i].OwnerId)
	}
	for i := range p.RouteTables {
		add(p.RouteTables[i].OwnerId)
	}
	for i := range p.SecurityGroups {
		add(p.SecurityGroups[i].OwnerId)
	}
	for i := range p.NetworkACLs {
		add(p.NetworkACLs[i].OwnerId)
	}
	for i := range p.NetworkInterfaces {
		add(p.NetworkInterfaces[i].OwnerId)
	}
	for i := range p.Instances {
		add(p.Instances[i].OwnerId)
	}
	for i := range p.InternetGateways {
		add(p.InternetGateways[i].OwnerId)
	}
	for i := range p.VPCEndpoints {
		add(p.VPCEndpoints[i].OwnerId)
	}
	for i := range p.CarrierGateways {
		add(p.CarrierGateways[i].OwnerId)
	}
	for i := range p.InstanceConnectEndpoints {
		add(p.InstanceConnectEndpoints[i].OwnerId)
	}
	if !o.mixed {
		return o.value
	}
	// Shared VPCs, subnets and groups are others' too; instances are shown to their own account alone (SVPC-1).
	o = only{}
	for i := range p.Instances {
		add(p.Instances[i].OwnerId)
	}
	return o.value
}

// soleRegion is the one Region that everything in the part lies in, or "".
func (p *Part) soleRegion() string {
	var o only
	lastZone := "" // interfaces come in runs of one zone: one look-up per run
	for i := range p.Subnets {
		o.add(regionOfZone(p.Subnets[i].AvailabilityZone))
		o.add(regionOfARN(p.Subnets[i].SubnetArn))
	}
	for i := range p.NetworkInterfaces {
		if z := p.NetworkInterfaces[i].AvailabilityZone; z != lastZone {
			lastZone = z
			o.add(regionOfZone(z))
		}
	}
	for i := range p.SecurityGroups {
		o.add(regionOfARN(p.SecurityGroups[i].SecurityGroupArn))
	}
	for i := range p.AvailabilityZones {
		if r := p.AvailabilityZones[i].RegionName; isRegion(r) {
			o.add(r)
		}
	}
	for i := range p.BlockPublicAccessOptions {
		if r := p.BlockPublicAccessOptions[i].AwsRegion; isRegion(r) {
			o.add(r)
		}
	}
	for i := range p.Named {
		o.add(regionOfARN(p.Named[i].ID))
	}
	return o.value
}
