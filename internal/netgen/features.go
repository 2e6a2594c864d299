package netgen

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
)

// Features are the components that a random network may have beside the ones that every network has. Those who decide about
// networks gain them one by one; a network holds nothing of a feature that was not asked for.
type Features uint32

// The features.
const (
	Appliances         Features = 1 << iota // routes to interfaces and instances
	EdgeTables                              // gateway route tables with more than local routes
	BlockPublicAccess                       // VPC Block Public Access: modes, absent fields, options, exclusions
	EgressOnly                              // egress-only internet gateways
	Carrier                                 // carrier gateways
	RegionalNAT                             // NAT gateways in mode regional
	NAT64                                   // IPv6 packets at NAT gateways
	Branch                                  // trunk and branch interfaces
	GatewayEndpoints                        // gateway endpoints
	InterfaceEndpoints                      // interface, resource and service-network endpoints
	GWLBEndpoints                           // Gateway Load Balancer endpoints
	SpecialAddresses                        // packets to the resolver, metadata and time
	TransitGateways                         // transit gateways, their attachments and tables, and what lies behind them
	VPNGateways                             // virtual private gateways and their connections
)

// AllFeatures are all of them.
const AllFeatures = VPNGateways<<1 - 1

// featureNames are the words for the features, from the lowest bit on.
var featureNames = []string{"appliances", "edge-tables", "block-public-access", "egress-only", "carrier", "regional-nat", "nat64", "branch",
	"gateway-endpoints", "interface-endpoints", "gwlb-endpoints", "special-addresses", "transit-gateways", "vpn-gateways"}

// drawFeatures picks those that one network has: the fewer are asked for, the more often each comes, and some networks have none,
// most where replies that come back in part are wanted, which features stop. A gateway's table needs something to lead to, so the middleboxes
// come with it.
func drawFeatures(rng *rand.Rand, theme Theme, asked Features) Features {
	plain := 0.15
	if theme == ThemeNAT {
		plain = 0.4
	}
	if asked == 0 || rng.Float64() < plain {
		return 0
	}
	share := max(0.35, 0.95-0.15*float64(bits.OnesCount32(uint32(asked))-1))
	var f Features
	for i := range featureNames {
		if asked.Has(1<<i) && rng.Float64() < share {
			f |= 1 << i
		}
	}
	if f.Has(EdgeTables) && rng.Float64() < 0.9 {
		f |= asked & Appliances
	}
	if f.Has(EdgeTables) && rng.Float64() < 0.5 {
		f |= asked & GWLBEndpoints
	}
	return f
}

// Has reports whether every feature of others is among f.
func (f Features) Has(others Features) bool { return f&others == others }

// list returns the features one by one.
func (f Features) list() []Features {
	var out []Features
	for i := range featureNames {
		if f.Has(1 << i) {
			out = append(out, 1<<i)
		}
	}
	return out
}

// String lists the features by name.
func (f Features) String() string {
	var names []string
	for i, name := range featureNames {
		if f.Has(1 << i) {
			names = append(names, name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ",")
}

// ParseFeatures reads what String prints, and "all".
func ParseFeatures(text string) (Features, error) {
	switch text {
	case "", "none":
		return 0, nil
	case "all":
		return AllFeatures, nil
	}
	var f Features
	for name := range strings.SplitSeq(text, ",") {
		i := slices.Index(featureNames, name)
		if i < 0 {
			return 0, fmt.Errorf("netgen: no feature %q, only %s", name, strings.Join(featureNames, ", "))
		}
		f |= 1 << i
	}
	return f, nil
}
