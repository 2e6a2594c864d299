package solver

import (
	"os"
	"testing"

	"github.com/vpcreach/vpcreach/internal/netgen"
)

// The features of the random networks on which the solver is tried. Switch one on in the change after which it holds; what it decides then
// belongs into the kinds of oracle_test.go. VPCREACH_FEATURES sets others for one run: "all", or names with commas.
const (
	// oracleFeatures are those that the solver and the oracle both have.
	oracleFeatures = netgen.Appliances | netgen.EdgeTables | netgen.BlockPublicAccess | netgen.EgressOnly | netgen.Carrier |
		netgen.RegionalNAT | netgen.Branch | netgen.GatewayEndpoints | netgen.InterfaceEndpoints | netgen.SpecialAddresses |
		netgen.GWLBEndpoints | netgen.NAT64 | netgen.VPNGateways | netgen.TransitGateways
	// lawFeatures are those that the solver has.
	lawFeatures = netgen.BlockPublicAccess | netgen.Appliances | netgen.EdgeTables | netgen.GWLBEndpoints | netgen.EgressOnly | netgen.Carrier | netgen.RegionalNAT |
		netgen.GatewayEndpoints | netgen.InterfaceEndpoints | netgen.SpecialAddresses | netgen.Branch | netgen.NAT64 | netgen.VPNGateways | netgen.TransitGateways
)

// featuresFromEnv returns the features of this run and whether they are the usual ones.
func featuresFromEnv(t *testing.T, usual netgen.Features) (features netgen.Features, asUsual bool) {
	t.Helper()
	text, set := os.LookupEnv("VPCREACH_FEATURES")
	if !set {
		return usual, true
	}
	features, err := netgen.ParseFeatures(text)
	if err != nil {
		t.Fatal(err)
	}
	return features, features == usual
}
