package solver

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/internal/netgen"
	"github.com/vpcreach/vpcreach/internal/oracle"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// The ordinary run compares this many packets over this many networks. VPCREACH_ORACLE_NETWORKS sets another number of
// networks, VPCREACH_ORACLE_SEED another seed, VPCREACH_ORACLE_FIRST another network to begin with; with VPCREACH_ORACLE_ALL it goes on after a
// disagreement.
const (
	oracleNetworks = 2000
	oraclePackets  = 110
)

func fromEnv(t *testing.T, name string, value int) int {
	text := os.Getenv(name)
	if text == "" {
		return value
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestOracleAgrees compares the solver with the oracle, which walks one packet at a time over the raw answers and shares
// no code with it. Each question is asked as wide as it can be, so that a packet's outcome is read off an exact set, and
// packets are drawn at the borders of what the rules mention. Please do not narrow it: it is what holds the solver to the rules.
func TestOracleAgrees(t *testing.T) {
	networks := fromEnv(t, "VPCREACH_ORACLE_NETWORKS", oracleNetworks)
	if testing.Short() {
		networks = min(networks, 200)
	}
	seed, first := fromEnv(t, "VPCREACH_ORACLE_SEED", 1), fromEnv(t, "VPCREACH_ORACLE_FIRST", 0)
	features, asUsual := featuresFromEnv(t, oracleFeatures)
	const shards = 4
	tallies := make([]agreement, shards)
	t.Run("shards", func(t *testing.T) {
		for shard := range shards {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				for i := first + shard; i < first+networks; i += shards {
					tallies[shard].network(t, uint64(seed), uint64(i), features)
					if t.Failed() && os.Getenv("VPCREACH_ORACLE_ALL") == "" {
						return
					}
				}
			})
		}
	})
	var all agreement
	for i := range tallies {
		all.add(&tallies[i])
	}
	all.report(t, networks)
	if networks == oracleNetworks && seed == 1 && first == 0 && asUsual {
		all.complete(t)
	}
}

// kinds are what must have decided about some packet in the ordinary run: every component and every kind of rule.
const kinds = `sg-allow sg-no-match sg-ingress-no-match sg-egress-no-match sg-reference sg-prefix-list sg-stale sg-inter-region sg-unknown
acl-allow acl-deny acl-default acl-missing acl-assumed reply-acl route route-none route-blackhole route-tie route-unknown
route-propagated-inside route-table-missing reply-route-none edge-table edge-table-missing same-subnet local-none
local-unknown local-cidr attachment unattached source-check instance-state instance-assumed instance-missing interface-missing
subnet-missing subnet-state vpc-missing igw-out igw-in igw-back igw-reply-out igw-no-public-ip igw-private-nat igw-attachment
igw-missing igw-assumed igw-spoofed igw-source-unknown igw-not-live igw-not-mapped igw-denied igw-private-ipv6
igw-private-source igw-private-destination igw-shared-source igw-shared-destination igw-not-global-source
igw-not-global-destination igw-nat-reflection hairpin public-owner-unknown nat nat-back nat-state nat-vpc
nat-protocol nat-spoofed nat-loop nat-address nat-initiate nat-missing nat-assumed nat-return-to-sender reply-nat pcx pcx-state
pcx-cidr pcx-missing pcx-far-missing reply-gateway reply-elsewhere elsewhere not-modelled no-reply arrived through
appliance appliance-asymmetric appliance-asymmetric-note appliance-bypassed appliance-check appliance-loop
appliance-managed appliance-missing appliance-other appliance-own appliance-unattached nat-instance nat-instance-back
nat-back-middlebox sg-new-traffic sg-reference-lost sg-reference-unsure edge-redirect edge-no-public-ip edge-bypass edge-same-box
edge-redirect-unknown bpa-options bpa-block bpa-excluded bpa-effective bpa-exclusions bpa-outbound eigw-out eigw-attachment
eigw-missing eigw-not-global cagw-out cagw-missing cagw-no-address cagw-state cagw-attachment gateway-back vpce-gateway vpce-gateway-protocol vpce-interface vpce-protocol vpce-initiate vpce-state vpce-missing
vpce-assumed vpce-type-unknown vpce-family vpce-prefix special-dns special-time special-metadata special-no-service special-aws
dns-assumed dns-off lattice nat-regional nat-zone nat-zone-automatic nat-zone-none nat-zone-unknown trunk trunk-none trunk-unknown trunk-own
gwlbe gwlbe-asymmetric gwlbe-back gwlbe-delivered gwlbe-firewall gwlbe-loop edge-endpoint eigw-from-endpoint nat64 nat64-back nat-not-nat64 internet-address
edge edge-back edge-start tgw-appliance-hash tgw-appliance-pinned tgw-appliance-unsure tgw-appliance-zone
tgw-association-missing tgw-association-unknown tgw-attachment-changing tgw-attachment-end tgw-attachment-missing
tgw-attachment-state tgw-detached tgw-ecmp tgw-end tgw-forward-only tgw-in tgw-loop tgw-missing tgw-nat tgw-nat-assumed
tgw-nat-back tgw-no-zone tgw-other-zone tgw-out tgw-peering tgw-policy tgw-policy-bgp tgw-policy-none tgw-propagations
tgw-reference-lost tgw-route tgw-route-blackhole tgw-route-none tgw-routes-cut tgw-routes-missing tgw-same-zone
tgw-seats-double tgw-seats-unknown tgw-state tgw-table-assumed tgw-table-state tgw-zone tgw-zone-unknown vgw-attachment
vgw-branches vgw-destination vgw-edge-box vgw-edge-endpoint vgw-edge-table vgw-in vgw-missing vgw-not-known vgw-out
vgw-routes-unexplained vgw-routes-unknown vgw-source vpn vpn-family vpn-missing vpn-selectors vpn-state vpn-tunnels
vpn-tunnels-down vpn-tunnels-note`

// complete demands that every kind decided something.
func (a *agreement) complete(t *testing.T) {
	for _, kind := range strings.Fields(kinds) {
		if a.decided[kind] == 0 {
			t.Errorf("no packet was decided by %s", kind)
		}
	}
}

// agreement counts what the comparison has seen.
type agreement struct {
	packets  int
	outcomes map[oracle.Outcome]int
	decided  map[string]int
	readings [2]int
}

func (a *agreement) add(b *agreement) {
	a.packets += b.packets
	if a.outcomes == nil {
		a.outcomes, a.decided = map[oracle.Outcome]int{}, map[string]int{}
	}
	for k, v := range b.outcomes {
		a.outcomes[k] += v
	}
	for k, v := range b.decided {
		a.decided[k] += v
	}
	for i, v := range b.readings {
		a.readings[i] += v
	}
}

func (a *agreement) report(t *testing.T, networks int) {
	t.Logf("%d packets over %d networks (strict %d, aws %d)", a.packets, networks, a.readings[0], a.readings[1])
	var kinds []string
	for k, v := range a.decided {
		kinds = append(kinds, fmt.Sprintf("%s %d", k, v))
	}
	slices.Sort(kinds)
	t.Logf("outcomes %v; decided: %s", a.outcomes, strings.Join(kinds, ", "))
	for _, o := range []oracle.Outcome{oracle.Admitted, oracle.Ambiguous, oracle.Unknown, oracle.Blocked} {
		share := 5
		if networks < oracleNetworks { // chance counts for more
			share = 6
		}
		if a.outcomes[o]*share < a.packets {
			t.Errorf("only %d of %d packets came out %s: less than one in %d", a.outcomes[o], a.packets, o, share)
		}
	}
}

// network compares one random network.
func (a *agreement) network(t *testing.T, seed, i uint64, features netgen.Features) {
	rng := rand.New(rand.NewPCG(seed, i))
	theme := netgen.RandomTheme(rng)
	switch i % 16 { // the aws reading has no ambiguous packets, and features make for refusals; this makes up for them
	case 1, 3, 6, 7, 9, 10, 11, 12, 14, 15:
		theme = netgen.ThemeNAT
	case 0, 2, 5, 8, 13:
		theme = netgen.ThemeMissing
	}
	switch i % 128 {
	case 4, 36, 52, 68, 100:
		theme = netgen.ThemeMissing
	case 13, 20, 45, 77, 84, 116:
		theme = netgen.ThemeNAT
	}
	if i%2 == 0 { // networks where everything stays within a VPC and its peers, so that enough gets through
		features &^= netgen.TransitGateways | netgen.VPNGateways
	}
	g := netgen.Random(rng, theme, features)
	n := networkOf(t, g.Files)
	o, err := oracle.New(g.Files)
	if err != nil {
		t.Fatal(err)
	}
	if a.outcomes == nil {
		a.outcomes, a.decided = map[oracle.Outcome]int{}, map[string]int{}
	}
	answers := make(map[string]*Result)
	for _, d := range g.Packets(rng, oraclePackets) {
		if d.To == netgen.Internet && d.From != netgen.Internet && rng.IntN(12) == 0 {
			d.To = d.Destination.String() // the same by its address (D-4, D-9)
		}
		reading := Strict
		if rng.IntN(10) == 0 && (d.Protocol == packet.TCP || d.Protocol == packet.UDP) && d.Source.Is4() {
			reading = AWS
		}
		question := oracle.Question{From: oracleEnd(d.From), To: oracleEnd(d.To), Reading: reading.String(),
			Packet: oracle.Packet{Source: d.Source, Destination: d.Destination, Protocol: d.Protocol, SourcePort: d.SourcePort,
				DestinationPort: d.DestinationPort, ICMPType: d.ICMPType, ICMPCode: d.ICMPCode}}
		assume := Assume{None: i%4 == 3}
		question.NoAssume = assume.None
		if i%5 == 2 {
			assume.NetworkACLs, assume.Gateways = true, true
			question.Assume = []string{oracle.AssumeACLs, oracle.AssumeGateways}
		}
		r := wide(t, n, answers, d, reading, assume)
		if r == nil {
			continue
		}
		want := o.Ask(question)
		k := packet.Packet{Source: d.Source, Destination: d.Destination, Protocol: d.Protocol, SourcePort: d.SourcePort,
			DestinationPort: d.DestinationPort, ICMPType: d.ICMPType, ICMPCode: d.ICMPCode}
		got := outcomeOf(r, k)
		a.packets++
		a.readings[reading]++
		a.outcomes[want.Outcome]++
		for kind, count := range want.Decided {
			a.decided[kind] += count
		}
		if got != want.Outcome {
			t.Errorf("seed %d network %d (%s, %v): %s -> %s, %v, %s, no-assume %v: solver says %s, oracle %s\n%s\nmissing %v\n%s",
				seed, i, g.Theme, g.Features, d.From, d.To, k, reading, question.NoAssume, got, want.Outcome, strings.Join(want.Trace, "\n"), want.Missing, dump(n, alone(t, n, r, k)))
			return
		}
	}
}

// alone asks about one packet of an answer, so that a disagreement is told by the reasons for it and no others.
func alone(t *testing.T, n *model.Network, r *Result, k packet.Packet) *Result {
	t.Helper()
	narrow, err := Solve(n, justAbout(r.Query, k))
	if err != nil {
		t.Fatal(err)
	}
	return narrow
}

// wide asks everything about a pair of ends once: every protocol, port and address.
func wide(t *testing.T, n *model.Network, answers map[string]*Result, d netgen.Draw, reading Reading, assume Assume) *Result {
	key := fmt.Sprint(d.From, " ", d.To, " ", reading)
	if reading == AWS {
		key += fmt.Sprint(d.Protocol)
	}
	if r, ok := answers[key]; ok {
		return r
	}
	q := Query{Protocol: AnyProtocol, Reading: reading, SourcePorts: []packet.PortRange{{From: 0, To: 65535}},
		SourceAddresses:      []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")},
		DestinationAddresses: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
	q.Assume = assume
	if reading == AWS {
		q.Protocol = Protocol{Number: d.Protocol, Type: -1, Code: -1}
	}
	var err error
	if q.From, err = n.Resolve(d.From, model.Scope{}); err == nil {
		q.To, err = n.Resolve(d.To, model.Scope{})
	}
	if err != nil {
		answers[key] = nil
		return nil
	}
	r, err := Solve(n, q)
	if err != nil {
		r = nil
	}
	answers[key] = r
	return r
}

func oracleEnd(name string) oracle.End {
	if name == netgen.Internet {
		return oracle.End{Internet: true}
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return oracle.End{Address: true}
	}
	switch prefix, _, _ := strings.Cut(name, "-"); prefix {
	case "vpce", "eice":
		return oracle.End{Endpoint: name}
	case "igw", "eigw":
		return oracle.End{Gateway: name}
	case "tgw", "vgw":
		return oracle.End{Edge: name}
	}
	return oracle.End{Interface: name}
}

func outcomeOf(r *Result, k packet.Packet) oracle.Outcome {
	for _, part := range []struct {
		set packet.Set
		out oracle.Outcome
	}{{r.Admitted, oracle.Admitted}, {r.Ambiguous, oracle.Ambiguous}, {r.Unknown, oracle.Unknown}, {r.Blocked, oracle.Blocked}} {
		if r.Pool.Contains(part.set, k) {
			return part.out
		}
	}
	return "not asked"
}
