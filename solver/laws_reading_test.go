package solver

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// TestLawAWSAdmitsWhatStrictAdmits: of TCP and UDP over IPv4, reading aws admits all that strict admits: it asks for less
// (one branch of AWS's instead of all, no reply of UDP, no attachment), never for more. There are five exceptions,
// a packet that leaves by one internet gateway and comes in by another (IGW-6, D-55), the services at special addresses, of which
// aws knows nothing (SP-5), what a regional NAT gateway takes from a zone that it has not reached (NAT-10, D-140),
// policy tables (TGW-26) and other Regions (TGW-52) of transit gateways. SG-23 is none: what it makes a deny in aws is unknown in strict, so neither admits it.
func TestLawAWSAdmitsWhatStrictAdmits(t *testing.T) {
	seen := overWorlds(t, 10, func(t *testing.T, w *lawWorld, seen tally) {
		for _, q := range w.questions {
			for _, number := range []uint8{packet.TCP, packet.UDP} {
				query, err := q.query(w.net)
				if err != nil || !query.Protocol.Any && query.Protocol.Number != number {
					continue
				}
				query.Protocol.Any, query.Protocol.Number = false, number
				if query.SourcePorts == nil { // left out, the two readings mean other ports (D-3)
					query.SourcePorts = everyPort
				}
				w.compareReadings(t, seen, q, query)
			}
		}
	})
	seen.atLeast(t, 10, "strict admits", "aws admits more", "the same", "IGW-6")
	seen.atLeast(t, 2, "SP-5", "TGW-26")
}

func (w *lawWorld) compareReadings(t *testing.T, seen tally, q lawQuestion, query Query) {
	t.Helper()
	query.Reading = Strict
	strict, err := Solve(w.net, query)
	if err != nil {
		return
	}
	query.Reading = AWS
	aws, err := Solve(w.net, query)
	if err != nil {
		return
	}
	p := aws.Pool
	admitted := p.Intersect(carry(strict, strict.Admitted, p), p.OfFamily(packet.IPv4))
	back := p.Intersect(p.Subtract(admitted, aws.Admitted), p.Destinations(publicAddresses(w)...))
	switch {
	case !back.IsEmpty():
		seen["IGW-6"]++
	case admitted == aws.Admitted:
		seen["the same"]++
	case p.Subset(admitted, aws.Admitted):
		seen["aws admits more"]++
	}
	if !admitted.IsEmpty() {
		seen["strict admits"]++
	}
	beside := p.Intersect(aws.Unknown, p.Destinations(specialAddresses(w)...))
	if p.Overlaps(admitted, beside) {
		seen["SP-5"]++
	}
	if !p.Subset(admitted, p.UnionAll(aws.Admitted, back, beside)) && expandsByItself(w) {
		seen["NAT-10"]++
		return
	}
	if slices.ContainsFunc(aws.Missing, func(m *model.Missing) bool {
		return m.Why == model.NotModelled && strings.Contains(m.Detail, "AWS's analyzer")
	}) {
		seen["TGW-26"]++
		return
	}
	expectSubset(t, p, admitted, p.UnionAll(aws.Admitted, back, beside), "strict admits and aws does not",
		func() string { return w.story(q, "reading aws", strict, aws) })
}

// expandsByItself says whether the network has a regional NAT gateway that reaches new zones by itself.
func expandsByItself(w *lawWorld) bool {
	return slices.ContainsFunc(w.net.NATGateways, func(g model.NATGateway) bool { return g.Record != nil && g.Record.AutoProvisionZones == "enabled" })
}

// publicAddresses are those that gateways translate to interfaces of the network.
func publicAddresses(w *lawWorld) []netip.Prefix {
	var out []netip.Prefix
	for i := range w.net.Interfaces {
		for _, m := range w.net.Interfaces[i].Public {
			out = append(out, single(m.Public))
		}
	}
	return out
}

// specialAddresses are those of the services of the network's VPCs.
func specialAddresses(w *lawWorld) []netip.Prefix {
	var out []netip.Prefix
	for i := range w.net.VPCs {
		for _, s := range w.net.ServicesOf(int32(i)) {
			out = append(out, singles(s.Addresses)...)
		}
	}
	return out
}
