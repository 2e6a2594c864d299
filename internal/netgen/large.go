package netgen

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// LargeSpec says how large a network Large makes. Everything about it follows from the spec, so that the ids and
// addresses can be named without reading the files.
type LargeSpec struct {
	// Interfaces is the number of interfaces that instances have, one each: 1 to MaxInterfaces. NAT gateways add
	// three interfaces a VPC.
	Interfaces int
	// PerVPC is the number of interfaces of a VPC, 1 to 1000; zero means 500. The last VPC has what is left.
	PerVPC int
	// Seed varies what the spec leaves open: which instances are stopped, CIDRs and ports of rules.
	Seed uint64
	// Compact leaves out white space, as tools do that store answers: about 3 kB an interface with its instance. The AWS
	// CLI's indentation makes that about 8 kB.
	Compact bool
}

const (
	maxVPCs          = 4096 // as many /20 as 10.0.0.0/8 has
	maxPerVPC        = 1000
	defaultPerVPC    = 500
	largeAccount     = "111111111111"
	largeRegion      = "us-east-1"
	zones            = 3
	natPerVPC        = zones
	servicesPerVPC   = 5
	rulesPerService  = 20
	stoppedOneIn     = 200
	elasticOneIn     = 10
	dualStackOneIn   = 4
	corporateListID  = "pl-0c0ffee0000000001"
	interfacesPerRow = 30 // interfaces are dealt to zones and tiers in rows of this many
)

// MaxInterfaces is the largest network that Large makes with the default number of interfaces a VPC.
const MaxInterfaces = maxVPCs * defaultPerVPC

// tier is the part that an interface plays, and the subnets it stands in.
type tier int

const (
	web tier = iota // public subnets, a public address each
	app             // private subnets, behind NAT
	db              // private subnets without a way out
	tiers
)

// The share of each tier in a row of a zone, by slot: two web, five app, three db.
var (
	firstSlot = [tiers]int{web: 0, app: 2, db: 7}
	slots     = [tiers]int{web: 2, app: 5, db: 3}
	tierName  = [tiers]string{"web", "app", "db"}
)

// place is where an interface of a large network stands.
type place struct {
	vpc  int
	tier tier
	zone int // from 0
	rank int // within its subnet, from 0
}

// perVPC returns the number of interfaces a VPC.
func (s LargeSpec) perVPC() int {
	if s.PerVPC == 0 {
		return defaultPerVPC
	}
	return s.PerVPC
}

// VPCs returns the number of VPCs.
func (s LargeSpec) VPCs() int { return (s.Interfaces + s.perVPC() - 1) / s.perVPC() }

// InterfaceID returns the id of interface i, 0 to Interfaces-1.
func (s LargeSpec) InterfaceID(i int) string { return largeID("eni", i) }

// VPCID returns the id of VPC v, 0 to VPCs-1.
func (s LargeSpec) VPCID(v int) string { return largeID("vpc", v) }

// VPCOf returns the number of the VPC that interface i is in: interfaces of one VPC have neighbouring numbers.
func (s LargeSpec) VPCOf(i int) int { return i / s.perVPC() }

// Address returns the primary private IPv4 address of interface i.
func (s LargeSpec) Address(i int) netip.Addr {
	p := s.place(i)
	return plus(subnetBlock(p.vpc, p.tier, p.zone).Addr(), 4+p.rank)
}

// Pair draws the ids of two interfaces of one VPC, mostly different ones.
func (s LargeSpec) Pair(rng *rand.Rand) (from, to string) {
	i := rng.IntN(s.Interfaces)
	first := s.VPCOf(i) * s.perVPC()
	size := min(s.perVPC(), s.Interfaces-first)
	return s.InterfaceID(i), s.InterfaceID(first + rng.IntN(size))
}

// place returns where interface i stands: the interfaces of a VPC are dealt to zones in turn, and within a zone to the
// tiers by slot.
func (s LargeSpec) place(i int) place {
	n := i % s.perVPC()
	row, at := n/interfacesPerRow, n%interfacesPerRow
	slot := at / zones
	p := place{vpc: s.VPCOf(i), zone: at % zones, tier: db}
	switch {
	case slot < firstSlot[app]:
		p.tier = web
	case slot < firstSlot[db]:
		p.tier = app
	}
	p.rank = row*slots[p.tier] + slot - firstSlot[p.tier]
	return p
}

// rng returns a source of its own for one thing, so that no record depends on the order of writing.
func (s LargeSpec) rng(kind string, i int) *rand.Rand {
	mixed := s.Seed
	for _, b := range []byte(kind) {
		mixed = mixed*1099511628211 + uint64(b)
	}
	return rand.New(rand.NewPCG(mixed, uint64(i)))
}

func (s LargeSpec) check() error {
	if s.PerVPC < 0 || s.PerVPC > maxPerVPC {
		return fmt.Errorf("netgen: %d interfaces per VPC; want 1 to %d", s.PerVPC, maxPerVPC)
	}
	if s.Interfaces < 1 || s.VPCs() > maxVPCs {
		return fmt.Errorf("netgen: %d interfaces; want 1 to %d", s.Interfaces, maxVPCs*s.perVPC())
	}
	return nil
}

// Large writes a large ordinary network as the files of one account's Region, each through a writer that w opens and
// Large closes: about one VPC per 500 interfaces, three zones, public, private and database subnets, an instance per
// interface, groups that name each other (web to app to db), ACLs with denies, NAT and internet gateways, peerings
// between neighbours. Records have every field that AWS prints. Memory does not grow with the network.
// An error is that of the spec, of w or of a writer.
func Large(w func(name string) (io.WriteCloser, error), spec LargeSpec) error {
	if err := spec.check(); err != nil {
		return err
	}
	for _, a := range answers(0) {
		if err := writeAnswer(w, string(a.op)+".json", a.key, spec.format(), func(e emit) { largeRecords[a.op](spec, e) }); err != nil {
			return err
		}
	}
	return writeAnswer(w, prefixListEntries+corporateListID+".json", "Entries", spec.format(), spec.corporateEntries)
}

// writeAnswer writes one file: an object whose only key holds the records that write emits.
func writeAnswer(open func(string) (io.WriteCloser, error), name, key string, format jsontext.Options, write func(emit)) (err error) {
	file, err := open(name)
	if err != nil {
		return fmt.Errorf("netgen: open %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := bufio.NewWriterSize(file, 1<<16)
	e := encoder{enc: jsontext.NewEncoder(buffer, format)}
	e.token(jsontext.BeginObject)
	e.token(jsontext.String(key))
	e.token(jsontext.BeginArray)
	write(e.value)
	e.token(jsontext.EndArray)
	e.token(jsontext.EndObject)
	if e.err != nil {
		return fmt.Errorf("netgen: write %s: %w", name, e.err)
	}
	if err := buffer.Flush(); err != nil {
		return fmt.Errorf("netgen: write %s: %w", name, err)
	}
	return nil
}

// compact is a layout without white space.
var compact = jsontext.AllowDuplicateNames(true)

// format returns how the files are laid out. The writer's own records have no name twice, which need not be checked.
func (s LargeSpec) format() jsontext.Options {
	if s.Compact {
		return compact
	}
	return json.JoinOptions(jsontext.WithIndent("    "), jsontext.AllowDuplicateNames(true))
}

// emit takes one record of an answer.
type emit func(record any)

// object is a JSON object as keys and values in turn, in the order in which they are written.
type object []any

// array is a JSON array.
type array []any

// encoder writes objects and arrays as tokens and keeps the first error.
type encoder struct {
	enc *jsontext.Encoder
	err error
}

func (e *encoder) token(t jsontext.Token) {
	if e.err == nil {
		e.err = e.enc.WriteToken(t)
	}
}

// value writes a value of one of the kinds that the records are made of.
func (e *encoder) value(v any) {
	switch v := v.(type) {
	case object:
		e.token(jsontext.BeginObject)
		for _, field := range v {
			e.value(field)
		}
		e.token(jsontext.EndObject)
	case array:
		e.token(jsontext.BeginArray)
		for _, element := range v {
			e.value(element)
		}
		e.token(jsontext.EndArray)
	case string:
		e.token(jsontext.String(v))
	case int:
		e.token(jsontext.Int(int64(v)))
	case bool:
		e.token(jsontext.Bool(v))
	case netip.Addr:
		e.token(jsontext.String(v.String()))
	case netip.Prefix:
		e.token(jsontext.String(v.String()))
	default:
		e.err = errors.Join(e.err, fmt.Errorf("a %T in a record", v))
	}
}
