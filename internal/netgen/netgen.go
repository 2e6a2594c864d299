// Package netgen makes networks for tests: small random ones in which addresses, ports and rules collide all the time
// (Random), with packets to ask about (Network.Packets), and large ordinary ones for measurements (Large).
//
// What it makes are raw AWS answers, file by file, so that a test goes through the real reader. It shares no code
// with the reader, the model or the solver, and knows no rule of how AWS decides; it only knows which records, states
// and encodings exist. The same seed gives the same bytes.
package netgen

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
)

// Theme steers what kind of trouble a random network has, and so which outcome its packets mostly get.
type Theme uint8

// The themes.
const (
	ThemeOpen    Theme = iota // permissive rules, everything in its working state: mostly admitted
	ThemeNAT                  // NAT gateways whose replies come back in part, ties between prefix lists: often ambiguous
	ThemeMissing              // calls that were not answered, targets that are not modelled: often unknown
	ThemeStrict               // narrow rules, denies, odd states: mostly blocked
	ThemeMixed                // a little of everything
)

// Themes lists every theme.
var Themes = []Theme{ThemeOpen, ThemeNAT, ThemeMissing, ThemeStrict, ThemeMixed}

// String returns the theme's name.
func (t Theme) String() string {
	if names := [...]string{"open", "nat", "missing", "strict", "mixed"}; int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("theme-%d", uint8(t))
}

// RandomTheme draws a theme with the weights at which, over many networks, each outcome comes about as often as the
// others: blocked needs no help, for every theme has some.
func RandomTheme(rng *rand.Rand) Theme {
	return weighted(rng, []weight[Theme]{
		{4, ThemeOpen}, {15, ThemeNAT}, {14, ThemeMissing}, {2, ThemeStrict}, {3, ThemeMixed},
	})
}

// Internet is the From or To of a Draw whose end is the internet.
const Internet = "internet"

// Network is a generated network: the files a reader sees, and the facts that help to ask questions about them. The
// facts describe the whole network, also where a file that would hold them is missing.
type Network struct {
	Theme Theme
	// Features are those that this network has, of those that were asked for.
	Features Features
	// Files are AWS answers by path: "describe-vpcs.json", or "111111111111/us-east-1/describe-vpcs.json" where the
	// network has several accounts or Regions.
	Files map[string][]byte
	// Missing are the paths of files that were left out or cut short (NextToken), sorted.
	Missing []string
	// Dangling are ids that records may name although none describes them, on purpose, sorted: stale groups, components that
	// are not modelled, records that were dropped. The records of missing files are not among them.
	Dangling []string

	Interfaces []Interface // those that can be an end, in the order they were made
	Gateways   []string    // ids of the internet gateways that are attached to some VPC
	Endpoints  []string    // ids of VPC endpoints
	Edges      []string    // ids of transit gateways, their attachments and virtual private gateways
	// Prefixes and Ports are the borders that rules, routes and prefix lists mention, sorted, each once. ICMP are
	// the types and codes.
	Prefixes []netip.Prefix
	Ports    []uint16
	ICMP     []ICMP
	aliases  []alias
	told     []netip.Prefix // networks that connections or tables know
	resolver []netip.Addr   // the third address of each VPC's primary block
}

// Interface is an interface of a generated network.
type Interface struct {
	ID, VPC, Subnet string
	Addresses       []netip.Addr   // private IPv4 and IPv6 addresses; the primary comes first
	Delegated       []netip.Prefix // delegated prefixes
	Public          []netip.Addr   // public IPv4 addresses mapped to it
	carrier         []netip.Addr   // carrier addresses mapped to it
	quiet           bool           // starts nothing: an endpoint's
	translated      bool           // its subnet's table leads to a NAT gateway: worth asking about
	near            []string       // its VPC, and those that a peering joins to it
}

// ICMP is a type and code that some rule mentions; -1 is any.
type ICMP struct{ Type, Code int16 }

// Random makes a small network: one to three VPCs of a few subnets and interfaces each, with the components that every network
// may have and some of the features.
func Random(rng *rand.Rand, theme Theme, features Features) Network {
	w := newWorld(rng, theme, features)
	w.makeParts()
	w.makeVPCs()
	w.makePrefixLists()
	w.makeSubnets()
	w.makeInternetGateways()
	w.makeEdgeGateways()
	w.makeGroups()
	w.makeNATGateways()
	w.makePeerings()
	w.makeTransit()
	w.makeVPNs()
	w.makeInterfaces()
	w.makeAppliances()
	w.makeBranches()
	w.makeEndpoints()
	w.makePlans()
	w.makeRouteTables()
	w.makeACLs()
	w.makeRules()
	w.makeZones()
	w.makeExclusions()
	w.makeAttributes()
	return w.network()
}

// Without returns the network without one file. The receiver keeps it.
func (n Network) Without(file string) Network {
	n.Files = maps.Clone(n.Files)
	delete(n.Files, file)
	if !slices.Contains(n.Missing, file) {
		n.Missing = append(slices.Clip(n.Missing), file)
		slices.Sort(n.Missing)
	}
	return n
}

// FileNames returns the paths of the network's files, sorted.
func (n Network) FileNames() []string { return slices.Sorted(maps.Keys(n.Files)) }
