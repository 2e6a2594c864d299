package netgen

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
)

// record is one AWS record, or a structure inside one, as it is written to JSON.
type record map[string]any

// world is a network in the making.
type world struct {
	rng      *rand.Rand
	theme    Theme
	odds     odds
	features Features

	parts    []*part
	vpcs     []*vpc
	peerings []*peering
	lists    []*prefixList
	transits []*transitGateway

	dangling   map[string]bool // see Network.Dangling
	interfaces []Interface
	gateways   []string
	prefixes   []netip.Prefix
	ports      []uint16
	icmp       []ICMP
	resolver   []netip.Addr
	endpoints  []string
	aliases    []alias
	told       []netip.Prefix    // what VPN connections have told gateways
	instanceOf map[string]string // the instance that an interface hangs on
	nextPublic byte
	nextMAC    int
}

// part is one account's Region and the records that its answers hold.
type part struct {
	account, region string
	zone            string // prefix of zone ids: use1, euw1
	folder          string // "" or "ACCOUNT/REGION/"
	blockMode       string // of VPC Block Public Access, as its options say
	records         map[operation][]record
}

type vpc struct {
	part    *part
	name    string         // a, b, c: the end of its ids
	blocks  []netip.Prefix // IPv4, the usable ones; the first is the primary
	all     []netip.Prefix // IPv4, in whatever state
	v6      []netip.Prefix
	private bool // its IPv6 block is a private one
	subnets []*subnet
	groups  []*group
	igw     string // "" if it has none
	nats    []*natGateway
	free    netip.Addr // start of the space that no subnet has taken yet

	regional   *natGateway // nil: none
	egressOnly string      // "" if it has none
	carrier    string
	appliances []*appliance
	gateways   []*endpoint // gateway endpoints
	balancers  []*endpoint // Gateway Load Balancer endpoints
	plan       plan
	vpn        *vpnGateway // nil: none
	inspector  bool        // what a transit gateway delivers passes its middlebox
	inspected  bool        // what its clients send to NAT gateways passes the middlebox
	// carried is the role whose subnets lead to the carrier gateway
	carried role
}

// role is what a subnet's table mainly does with the rest of the world.
type role uint8

const (
	public   role = iota // to an internet gateway
	private              // to a NAT gateway
	isolated             // nowhere
	middle               // between the others and the world: where middleboxes stand
	transit              // where attachments of transit gateways stand
)

var roleNames = [...]string{public: "public", private: "private", isolated: "isolated", middle: "middle", transit: "transit"}

type subnet struct {
	vpc    *vpc
	id     string
	role   role
	zone   int
	v4, v6 netip.Prefix // invalid: none
	taken  int          // hosts given out
	nat    bool         // a NAT gateway stands here
	sealed bool         // its ACL lets only some of what a transit gateway delivers pass
	// delegated is set once its upper half was delegated to an interface
	delegated bool
}

type natGateway struct {
	id       string
	subnet   *subnet // nil: regional
	isPublic bool
	table    string // a regional one's
}

type peering struct {
	id          string
	left, right *vpc // right is nil where the far side is no part of the network
}

// prefixList has an id in AWS's own form: the reader finds it in the name of the file that holds the entries.
type prefixList struct {
	id      string
	entries []netip.Prefix
	v6      bool
}

func newWorld(rng *rand.Rand, theme Theme, features Features) *world {
	return &world{rng: rng, theme: theme, odds: oddsOf(theme), features: drawFeatures(rng, theme, features), dangling: map[string]bool{},
		instanceOf: map[string]string{}, nextPublic: 1}
}

// has reports whether the network has a feature.
func (w *world) has(f Features) bool { return w.features.Has(f) }

// id returns the VPC's id.
func (v *vpc) id() string { return "vpc-" + v.name }

// cidrs returns the usable blocks of both families.
func (v *vpc) cidrs() []netip.Prefix { return slices.Concat(v.blocks, v.v6) }

// add puts a record into an answer of a part.
func (p *part) add(op operation, r record) { p.records[op] = append(p.records[op], r) }

// mention notes a prefix that rules or routes name.
func (w *world) mention(prefixes ...netip.Prefix) { w.prefixes = append(w.prefixes, prefixes...) }

// gone notes an id that nothing describes, and returns it.
func (w *world) gone(id string) string {
	w.dangling[id] = true
	return id
}

// publicAddress returns a public address that nothing else has.
func (w *world) publicAddress() netip.Addr {
	w.nextPublic++
	return netip.AddrFrom4([4]byte{203, 0, 113, w.nextPublic})
}

// makeParts draws the accounts and Regions: mostly one, whose files then stand at the top.
func (w *world) makeParts() {
	add := func(account, region, zone string) {
		w.parts = append(w.parts, &part{account: account, region: region, zone: zone, records: map[operation][]record{}})
	}
	add("111111111111", "us-east-1", "use1")
	switch w.rng.IntN(6) {
	case 0:
		add("222222222222", "us-east-1", "use1")
	case 1:
		add("111111111111", "eu-west-1", "euw1")
	}
	for _, p := range w.parts {
		if len(w.parts) > 1 || w.chance(0.1) {
			p.folder = p.account + "/" + p.region + "/"
		}
	}
}

// makeVPCs draws the VPCs and their blocks. The primaries are few and some overlap.
func (w *world) makeVPCs() {
	w.drawBlockModes()
	primaries := []string{"10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.0.0/25", "10.0.0.128/25", "10.0.0.0/24"}
	count := 1 + w.rng.IntN(3)
	if w.has(TransitGateways) && count == 1 {
		count += w.rng.IntN(3)
	}
	for i := range count {
		primary := primaries[min(i, 2)]
		if i > 0 && w.chance(0.1) {
			primary = pick(w.rng, primaries[3:])
		}
		v := &vpc{part: w.parts[i%len(w.parts)], name: string(rune('a' + i))}
		v.blocks = []netip.Prefix{netip.MustParsePrefix(primary)}
		v.all = slices.Clone(v.blocks)
		w.vpcs = append(w.vpcs, v)
		v.part.add(describeVPCs, w.vpcRecord(i, v))
		w.mention(v.all...)
		w.mention(v.v6...)
		w.resolver = append(w.resolver, plus(v.blocks[0].Addr(), 2))
	}
}

// vpcRecord draws the secondary and IPv6 blocks and writes the record.
func (w *world) vpcRecord(i int, v *vpc) record {
	r := record{
		"VpcId": v.id(), "OwnerId": v.part.account, "State": "available", "CidrBlock": v.blocks[0], "IsDefault": false,
		"DhcpOptionsId": w.gone("dopt-1"), "InstanceTenancy": "default", "Tags": []record{{"Key": "Name", "Value": v.name}},
		"BlockPublicAccessStates": record{"InternetGatewayBlockMode": "off"},
	}
	w.blockPublicAccess(v.part, r)
	blocks := []record{{"AssociationId": "vpc-cidr-assoc-" + v.name, "CidrBlock": v.blocks[0], "CidrBlockState": record{"State": "associated"}}}
	if w.chance(0.3) {
		second := netip.MustParsePrefix([]string{"10.0.3.0/26", "10.0.3.64/26", "100.64.0.0/26"}[i])
		state := "associated"
		if w.chance(0.15) {
			state = pick(w.rng, []string{"associating", "disassociating", "disassociated", "failing", "failed"})
		} else {
			v.blocks = append(v.blocks, second)
		}
		v.all = append(v.all, second)
		blocks = append(blocks, record{"AssociationId": "vpc-cidr-assoc-2" + v.name, "CidrBlock": second, "CidrBlockState": record{"State": state}})
	}
	r["CidrBlockAssociationSet"] = blocks
	if w.chance(0.6) || w.features&(EgressOnly|NAT64) != 0 && w.chance(0.8) {
		r["Ipv6CidrBlockAssociationSet"] = []record{w.ipv6Block(i, v)}
	}
	return r
}

// ipv6Block draws the VPC's IPv6 block: Amazon's, or now and then a private one.
func (w *world) ipv6Block(i int, v *vpc) record {
	a := [16]byte{0x26, 0x00, 0x1f, 0x00, 6: byte(i)}
	r := record{"AssociationId": "vpc-cidr-assoc-6" + v.name, "NetworkBorderGroup": v.part.region, "Ipv6Pool": "Amazon",
		"IpSource": "amazon", "Ipv6AddressAttribute": "public"}
	if v.private = w.chance(0.08); v.private {
		a = [16]byte{0xfd, 0x00, 0x0e, 0xc3, 6: byte(i)}
		r["Ipv6Pool"], r["IpSource"], r["Ipv6AddressAttribute"] = w.gone("ipam-pool-1"), "none", "private"
	}
	block := netip.PrefixFrom(netip.AddrFrom16(a), 56)
	state := w.state("associated", "associating", "disassociating", "disassociated", "failed")
	r["Ipv6CidrBlock"], r["Ipv6CidrBlockState"] = block, record{"State": state}
	if state == "associated" {
		v.v6 = []netip.Prefix{block}
	}
	return r
}

// makePrefixLists draws the customers' lists, whose entries overlap, and one of AWS's own. They are shared with
// every account of the network.
func (w *world) makePrefixLists() {
	internet := []string{"198.51.100.0/24", "198.51.100.0/25", "198.51.100.128/26", "8.8.8.0/24", "0.0.0.0/1", "198.51.100.7/32"}
	for i := range 2 + w.rng.IntN(2) {
		l := &prefixList{id: "pl-0000000" + string(rune('1'+i)), v6: i == 2 && w.chance(0.5)}
		switch {
		case l.v6:
			l.entries = prefixes("2001:db8::/32", "2600:1f00::/40")
		case i < 2: // the pair that routes tie on
			l.entries = prefixes("198.51.100.0/24", "8.8.8.0/24")
		default:
			for _, v := range w.vpcs {
				l.entries = append(l.entries, v.blocks...)
			}
		}
		if !l.v6 && w.chance(0.5) {
			l.entries = append(l.entries, prefixes(pick(w.rng, internet))...)
		}
		slices.SortFunc(l.entries, netip.Prefix.Compare)
		l.entries = slices.Compact(l.entries)
		w.lists = append(w.lists, l)
		w.mention(l.entries...)
	}
	w.listRecords()
}

// listRecords writes the lists' records, in every part, and AWS's own lists.
func (w *world) listRecords() {
	owned := map[string][]netip.Prefix{"pl-s3": prefixes("52.216.0.0/15", "198.51.100.192/26")}
	if w.has(GatewayEndpoints) {
		owned["pl-ddb"] = prefixes("198.51.100.128/26", "3.218.180.0/22")
		owned["pl-s3v6"] = prefixes("2001:db8:5::/48", "2600:1fa0::/40")
	}
	for _, id := range slices.Sorted(maps.Keys(owned)) {
		w.mention(owned[id]...)
	}
	for _, p := range w.parts {
		for _, l := range w.lists {
			p.add(describeManagedPrefixLists, record{"PrefixListId": l.id, "PrefixListName": "list-" + l.id[10:], "AddressFamily": family(l.entries),
				"OwnerId": w.parts[0].account, "State": "create-complete", "MaxEntries": 10, "Version": 1, "Tags": []record{},
				"PrefixListArn": "arn:aws:ec2:" + p.region + ":" + w.parts[0].account + ":prefix-list/" + l.id})
			for _, e := range l.entries {
				p.add(entriesOf(l.id), record{"Cidr": e, "Description": ""})
			}
		}
		for _, id := range slices.Sorted(maps.Keys(owned)) {
			name := "com.amazonaws." + p.region + "." + id[3:]
			p.add(describePrefixLists, record{"PrefixListId": id, "PrefixListName": name, "Cidrs": owned[id]})
			p.add(describeManagedPrefixLists, record{"PrefixListId": id, "PrefixListName": name, "AddressFamily": family(owned[id]),
				"OwnerId": "AWS", "State": "create-complete", "PrefixListArn": "arn:aws:ec2:" + p.region + ":aws:prefix-list/" + id})
		}
	}
}

// family is the address family of a list as AWS writes it.
func family(entries []netip.Prefix) string {
	if len(entries) > 0 && entries[0].Addr().Is6() {
		return "IPv6"
	}
	return "IPv4"
}

// prefixes parses prefixes that are written in this package.
func prefixes(words ...string) []netip.Prefix {
	var ps []netip.Prefix
	for _, word := range words {
		for one := range strings.FieldsSeq(word) {
			ps = append(ps, netip.MustParsePrefix(one))
		}
	}
	return ps
}
