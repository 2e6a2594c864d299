package netgen

import (
	"fmt"
	"io"
	"net/netip"
)

// OrganisationSpec says how large an organisation Organisation makes: spoke accounts with VPCs in three Regions, and a network account
// with a transit gateway and an inspection VPC in each. Everything about it follows from the spec.
type OrganisationSpec struct {
	Accounts   int // the network account and at least one more
	VPCs       int // of the other accounts, dealt to accounts and Regions in turn; at most MaxOrganisationVPCs
	Interfaces int // of instances, dealt to the VPCs in turn
}

// MaxOrganisationVPCs is how many spoke VPCs three Regions have blocks for.
const MaxOrganisationVPCs = 3 * 1024

const (
	organisationRegions = 3
	organisationZones   = 2
	maxPerSpoke         = 500 * organisationZones
)

// The Regions of an organisation, and how their zones' ids begin.
var (
	organisationRegion = [organisationRegions]string{"us-east-1", "eu-west-1", "ap-southeast-2"}
	organisationZone   = [organisationRegions]string{"use1", "euw1", "apse2"}
)

// Account returns an account's number; 0 is the network account.
func (s OrganisationSpec) Account(a int) string { return fmt.Sprintf("%012d", 100_000_000_000+a) }

// Region returns the name of one of the three Regions.
func (s OrganisationSpec) Region(r int) string { return organisationRegion[r] }

// InterfaceID returns the id of interface i, 0 to Interfaces-1.
func (s OrganisationSpec) InterfaceID(i int) string { return largeID("eni", i) }

// VPCOf returns the number of the VPC that interface i is in.
func (s OrganisationSpec) VPCOf(i int) int { return i % s.VPCs }

// RegionOf returns the Region of a VPC, and AccountOf its account.
func (s OrganisationSpec) RegionOf(vpc int) int { return vpc % organisationRegions }

// AccountOf returns the account of a VPC.
func (s OrganisationSpec) AccountOf(vpc int) int { return 1 + vpc%(s.Accounts-1) }

// Address returns the private address of interface i.
func (s OrganisationSpec) Address(i int) netip.Addr {
	rank := i / s.VPCs
	return plus(s.subnet(s.VPCOf(i), rank%organisationZones).Addr(), 4+rank/organisationZones)
}

// block is a spoke VPC's: a /20 of its Region's /10 in 10.0.0.0/8.
func (s OrganisationSpec) block(vpc int) netip.Prefix {
	return netip.PrefixFrom(plus(regionBlock(s.RegionOf(vpc)).Addr(), vpc/organisationRegions<<12), 20)
}

// subnet is a spoke VPC's subnet in a zone, and attached the one of its attachment there.
func (s OrganisationSpec) subnet(vpc, zone int) netip.Prefix {
	return netip.PrefixFrom(plus(s.block(vpc).Addr(), zone<<9), 23)
}

func (s OrganisationSpec) attached(vpc, zone int) netip.Prefix {
	return netip.PrefixFrom(plus(s.block(vpc).Addr(), 15<<8|zone<<4), 28)
}

func regionBlock(region int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(region << 6)}), 10)
}

// inspectionBlock is the inspection VPC's of a Region: /28 subnets for the attachment in the first half, for firewalls in the second.
func inspectionBlock(region int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, byte(region)}), 24)
}

func (s OrganisationSpec) check() error {
	switch {
	case s.Accounts < 2:
		return fmt.Errorf("netgen: %d accounts; want at least 2", s.Accounts)
	case s.VPCs < 1 || s.VPCs > MaxOrganisationVPCs:
		return fmt.Errorf("netgen: %d VPCs; want 1 to %d", s.VPCs, MaxOrganisationVPCs)
	case s.Interfaces < 0 || s.Interfaces > s.VPCs*maxPerSpoke:
		return fmt.Errorf("netgen: %d interfaces; want at most %d", s.Interfaces, s.VPCs*maxPerSpoke)
	}
	return nil
}

// Organisation writes an organisation as files ACCOUNT/REGION/CALL.json, each through a writer that w opens and Organisation closes. In
// each Region every spoke VPC is attached to the network account's transit gateway in both zones. Their table leads everything to an
// inspection VPC in appliance mode, whose appliances send it back; from there propagated routes lead to the Region's spokes and static ones
// over peerings to the other Regions, where it is inspected again. Memory does not grow with the number of interfaces.
// An error is that of the spec, of w or of a writer.
func Organisation(w func(name string) (io.WriteCloser, error), spec OrganisationSpec) error {
	if err := spec.check(); err != nil {
		return err
	}
	for account := range spec.Accounts {
		for region := range organisationRegions {
			p := orgPart{OrganisationSpec: spec, account: account, region: region}
			if account > 0 && len(p.vpcs()) == 0 {
				continue
			}
			if err := p.write(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// orgPart is what an organisation has of one account in one Region.
type orgPart struct {
	OrganisationSpec
	account, region int
}

// vpcs are the spoke VPCs of the part.
func (p orgPart) vpcs() []int {
	var out []int
	for v := range p.VPCs {
		if p.AccountOf(v) == p.account && p.RegionOf(v) == p.region {
			out = append(out, v)
		}
	}
	return out
}

// spokes are all spoke VPCs of the part's Region, whoever's.
func (p orgPart) spokes() []int {
	var out []int
	for v := p.region; v < p.VPCs; v += organisationRegions {
		out = append(out, v)
	}
	return out
}

func (p orgPart) write(w func(name string) (io.WriteCloser, error)) error {
	dir := p.Account(p.account) + "/" + p.Region(p.region) + "/"
	for _, a := range orgAnswers {
		if err := writeAnswer(w, dir+a.name+".json", a.key, compact, func(e emit) { a.write(p, e) }); err != nil {
			return err
		}
	}
	if p.account > 0 {
		return nil
	}
	for t, table := range p.tables() {
		for _, a := range orgTableAnswers {
			name := fmt.Sprintf("%s%s-%s.json", dir, a.name, p.table(t))
			if err := writeAnswer(w, name, a.key, compact, func(e emit) { a.write(p, table, e) }); err != nil {
				return err
			}
		}
	}
	return nil
}
