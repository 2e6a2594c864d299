package netgen

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

const seeds = 40

// asText compares files as text, which is quick where they are equal and shows lines where they differ.
var asText = cmp.Transformer("text", func(file []byte) string { return string(file) })

// networks makes many networks of every theme.
func networks(t *testing.T, visit func(t *testing.T, n Network, rng *rand.Rand)) {
	t.Helper()
	for _, theme := range Themes {
		t.Run(theme.String(), func(t *testing.T) {
			for seed := range uint64(seeds) {
				rng := rand.New(rand.NewPCG(seed, uint64(theme)))
				visit(t, Random(rng, theme, 0), rng)
				visit(t, Random(rng, theme, AllFeatures), rng)
			}
		})
	}
}

func TestTheSameSeedGivesTheSameNetwork(t *testing.T) {
	byText := cmp.Options{
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
		cmp.AllowUnexported(Interface{}, Network{}, alias{}), asText,
	}
	for _, theme := range Themes {
		for seed := range uint64(20) {
			r1, r2 := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 1))
			a, b := Random(r1, theme, AllFeatures), Random(r2, theme, AllFeatures)
			if diff := cmp.Diff(a, b, byText); diff != "" {
				t.Fatalf("theme %v seed %d: two networks:\n%s", theme, seed, diff)
			}
			if diff := cmp.Diff(a.Packets(r1, 50), b.Packets(r2, 50), byText); diff != "" {
				t.Fatalf("theme %v seed %d: other packets:\n%s", theme, seed, diff)
			}
		}
	}
}

// parse reads every file of a network, which must be JSON objects.
func parse(t *testing.T, n Network) map[string]map[string]any {
	t.Helper()
	files := map[string]map[string]any{}
	for path, text := range n.Files {
		var answer map[string]any
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		files[path] = answer
	}
	return files
}

// kinds are the prefixes of ids that some record describes, and the call whose records do.
var kinds = []struct {
	prefix string
	op     operation
}{
	{"vpc-", describeVPCs}, {"subnet-", describeSubnets}, {"rtb-", describeRouteTables}, {"sg-", describeSecurityGroups},
	{"acl-", describeNetworkACLs}, {"eni-", describeNetworkInterfaces}, {"i-", describeInstances}, {"igw-", describeInternetGateways},
	{"vpce-", describeVPCEndpoints}, {"eigw-", describeEgressOnlyInternetGateways}, {"cagw-", describeCarrierGateways},
	{"tgw-attach-", describeTransitAttachments}, {"tgw-rtb-", describeTransitTables}, {"tgw-ptb-", describeTransitPolicyTables},
	{"tgw-", describeTransitGateways}, {"vgw-", describeVPNGateways}, {"vpn-", describeVPNConnections},
	{"nat-", describeNATGateways}, {"pcx-", describeVPCPeeringConnections}, {"eipalloc-", describeAddresses},
	// nothing describes these
	{"dopt-", ""}, {"ipam-pool-", ""}, {"cgw-", ""},
}

// references walks an answer and reports each string that is the id of something.
func references(value any, report func(id string)) {
	switch v := value.(type) {
	case map[string]any:
		for key, inside := range v {
			if key != "Value" && key != "Description" && key != "Name" { // a person's words
				references(inside, report)
			}
		}
	case []any:
		for _, inside := range v {
			references(inside, report)
		}
	case string:
		report(v)
	}
}

func TestReferencesResolveUnlessMeantNotTo(t *testing.T) {
	networks(t, func(t *testing.T, n Network, _ *rand.Rand) {
		files := parse(t, n)
		incomplete := map[operation]bool{}
		for _, path := range n.Missing {
			incomplete[operationOf(path)] = true
		}
		described := map[string]bool{}
		for path, answer := range files {
			describe(answer, operationOf(path), described)
		}
		for path, answer := range files {
			requireDescribed(t, n, path, answer, described, incomplete)
		}
	})
}

// requireDescribed fails for each id in an answer that nothing describes, although the call that would is complete
// and the network does not say that the id is meant to dangle.
func requireDescribed(t *testing.T, n Network, path string, answer map[string]any, described map[string]bool, incomplete map[operation]bool) {
	t.Helper()
	references(answer, func(id string) {
		if strings.HasPrefix(id, "eni-attach-") || strings.Contains(id, "-cidr-assoc-") {
			return
		}
		for _, k := range kinds {
			if strings.HasPrefix(id, k.prefix) && !described[id] && !incomplete[k.op] && !slices.Contains(n.Dangling, id) {
				t.Errorf("%s names %s, which nothing describes", path, id)
			}
		}
	})
}

// describe collects the ids of an answer's records.
func describe(answer map[string]any, op operation, into map[string]bool) {
	for _, a := range answerKeys {
		if a.op != op {
			continue
		}
		records, _ := answer[a.key].([]any)
		for _, r := range records {
			fields, _ := r.(map[string]any)
			if id, ok := fields[a.id].(string); ok {
				into[id] = true
			}
			instances, _ := fields["Instances"].([]any)
			for _, i := range instances {
				if id, ok := i.(map[string]any)["InstanceId"].(string); ok {
					into[id] = true
				}
			}
		}
	}
}

func TestEveryPartAnswersEveryCallOrListsItAsMissing(t *testing.T) {
	var complete, cut, absent, several int
	networks(t, func(t *testing.T, n Network, _ *rand.Rand) {
		folders := map[string]bool{}
		for path := range n.Files {
			folders[path[:strings.LastIndex(path, "/")+1]] = true
		}
		if len(folders) > 1 {
			several++
		}
		for folder := range folders {
			for _, a := range answers(n.Features) {
				path := folder + string(a.op) + ".json"
				text, there := n.Files[path]
				missing := slices.Contains(n.Missing, path)
				switch short := strings.Contains(string(text), "NextToken"); {
				case there && !missing && !short:
					complete++
				case there && missing && short:
					cut++
				case !there && missing:
					absent++
				default:
					t.Errorf("%s: there %v, listed as missing %v, with NextToken %v", path, there, missing, short)
				}
			}
		}
	})
	if complete == 0 || cut == 0 || absent == 0 || several == 0 {
		t.Errorf("one-sided: %d complete, %d cut, %d absent answers, %d networks of several parts", complete, cut, absent, several)
	}
}

func TestAddressesAreOwnedOnceWithinAVPC(t *testing.T) {
	networks(t, func(t *testing.T, n Network, _ *rand.Rand) {
		owners := map[string]string{}
		for _, i := range n.Interfaces {
			if len(i.Addresses) == 0 {
				t.Errorf("%s has no address", i.ID)
			}
			for _, a := range append(slices.Clone(i.Addresses), i.Public...) {
				key := i.VPC + " " + a.String()
				if before, ok := owners[key]; ok {
					t.Errorf("%s and %s both own %s", before, i.ID, key)
				}
				owners[key] = i.ID
			}
			for _, p := range i.Delegated {
				for _, a := range i.Addresses {
					if p.Contains(a) {
						t.Errorf("%s: %v is listed and lies in the delegated %v", i.ID, a, p)
					}
				}
			}
		}
	})
}

// TestEveryKindOfTroubleComes reads the files as text: over many networks each word must have come.
func TestEveryKindOfTroubleComes(t *testing.T) {
	words := []string{
		`"Ipv6Native": true`, `"disassociating"`, `"blackhole"`, `"EnableVgwRoutePropagation"`, `"Advertisement"`, `"DestinationPrefixListId"`,
		`"TransitGatewayId"`, `"EgressOnlyInternetGatewayId"`, `"icmpv6"`, `"58"`, `"50"`, `"UserIdGroupPairs": [
                        {`, `"PeeringStatus": "deleted"`, `"sg-gone"`, `"sg-unknown"`, `"SourceDestCheck": false`,
		`"DenyAllIgwTraffic": true`, `"Ipv4Prefixes"`, `"Ipv6Prefixes"`, `"detaching"`, `"stopped"`, `"ConnectivityType": "private"`,
		`"regional"`, `"pending-acceptance"`, `"ap-south-1"`, `"rtb-edge-`, `"100.64.0.0/26"`, `"Ipv6AddressAttribute": "private"`, `"NextToken"`,
		`"failed"`, `"Groups": []`, `"InterfaceType": "efa"`, `"StaticRoutesOnly": false`, `"DOWN"`,
	}
	for _, f := range AllFeatures.list() {
		words = append(words, featureWords[f]...)
	}
	for seed := range uint64(800) {
		n := Random(rand.New(rand.NewPCG(seed, 7)), Themes[seed%uint64(len(Themes))], AllFeatures)
		for _, text := range n.Files {
			words = slices.DeleteFunc(words, func(word string) bool { return strings.Contains(string(text), word) })
		}
	}
	for _, word := range words {
		t.Errorf("no network holds %s", word)
	}
}

// featureWords are what only a network with the feature holds.
var featureWords = map[Features][]string{
	Appliances: {`"NetworkInterfaceId": "eni-box-a1"`, `"NetworkInterfaceId": "eni-box-a1-2"`, `"InstanceId": "i-box-a1"`, `"NetworkInterfaceId": "eni-gone"`, `"subnet-a9"`,
		`"rtb-middle-a"`, `"amazon-elb"`},
	EdgeTables:        {`"rtb-edge2-`},
	BlockPublicAccess: {`"block-bidirectional"`, `"block-ingress"`, `"block-sideways"`, `"allow-egress"`, `"VpcBlockPublicAccessOptions": {`, `"vpcbpa-exclude-subnet-`, `"vpcbpa-exclude-vpc-`},
	EgressOnly:        {`"EgressOnlyInternetGatewayId": "eigw-a"`, `"EgressOnlyInternetGateways": [`},
	Carrier:           {`"CarrierGatewayId": "cagw-a"`, `"CarrierIp"`},
	RegionalNAT:       {`"AvailabilityMode": "regional"`, `"rtb-nat-r-a"`, `"AutoProvisionZones": "disabled"`, `"rnat"`},
	NAT64:             {`"DestinationIpv6CidrBlock": "64:ff9b::/96"`, `"EnableDns64": true`},
	Branch:            {`"InterfaceType": "branch"`, `"TrunkInterfaceId"`, `"GreKey"`},
	GatewayEndpoints:  {`"VpcEndpointType": "Gateway"`, `"pl-ddb"`, `"pl-s3v6"`, `"vpce-gone"`},
	InterfaceEndpoints: {`"VpcEndpointType": "Interface"`, `"VpcEndpointType": "Resource"`, `"VpcEndpointType": "ServiceNetwork"`, `"VpcEndpointType": "Tunnel"`,
		`"IpPrefixes"`, `"InterfaceType": "vpc_endpoint"`},
	GWLBEndpoints: {`"VpcEndpointType": "GatewayLoadBalancer"`, `"VpcEndpointId": "vpce-gwlb-a1"`, `"GatewayId": "vpce-gwlb-a1"`, `"AWSNetworkFirewallManaged"`,
		`"InterfaceType": "gateway_load_balancer_endpoint"`},
	SpecialAddresses: {`"EnableDnsSupport"`},
	TransitGateways: {`"TransitGatewayVpcAttachments": [`, `"tgw-attach-1a"`, `"tgw-attach-p2"`, `"tgw-rtb-12"`, `"AdditionalRoutesAvailable": true`, `"TransitGatewayStaticRoutes"`,
		`"TransitGatewayPropagations"`, `"ApplianceModeSupport": "enable"`, `"SecurityGroupReferencingSupport": "disable"`, `"pendingAcceptance"`, `"tgw-ptb-1"`,
		`"subnet-at1"`, `"Type": "propagated"`, `Network Interface for Transit Gateway`, `"ParentZoneId"`, `"rtb-transit-a"`, `"tgw-gone"`, `"NatGatewayRules"`},
	VPNGateways: {`"VpnGatewayId": "vgw-a"`, `"vpn-a1"`, `"rtb-vpn-a"`, `"virtualGatewayId"`, `"vgw-gone"`},
}

func TestANetworkHoldsOnlyTheFeaturesAskedFor(t *testing.T) {
	for _, without := range AllFeatures.list() {
		shared := map[string]bool{`"subnet-a9"`: without == Appliances, `"rtb-middle-a"`: without == Appliances, `"vpce-gone"`: true}
		for seed := range uint64(30) {
			n := Random(rand.New(rand.NewPCG(seed, 8)), Themes[seed%uint64(len(Themes))], AllFeatures&^without)
			for path, text := range n.Files {
				for _, word := range featureWords[without] {
					if strings.Contains(string(text), word) && !shared[word] {
						t.Errorf("without %v: %s holds %s", without, path, word)
					}
				}
			}
			for _, p := range n.Packets(rand.New(rand.NewPCG(seed, 9)), 40) {
				if without == SpecialAddresses && strings.HasPrefix(p.Destination.String(), "169.254.169.") ||
					without == NAT64 && netip.MustParsePrefix("64:ff9b::/96").Contains(p.Destination) {
					t.Errorf("without %v: %v", without, p)
				}
			}
		}
	}
}

func TestFeaturesAreNamed(t *testing.T) {
	for _, f := range append(AllFeatures.list(), 0, AllFeatures) {
		if got, err := ParseFeatures(f.String()); err != nil || got != f {
			t.Errorf("%v: read as %v, %v", f, got, err)
		}
	}
	if got, err := ParseFeatures("all"); err != nil || got != AllFeatures {
		t.Errorf("all: %v, %v", got, err)
	}
	if _, err := ParseFeatures("appliances,moon"); err == nil {
		t.Error("a feature that there is not was read")
	}
}

func TestPacketsAreWellFormed(t *testing.T) {
	var v4, v6, in, out, inside, spoofed, ports, icmp, bare int
	networks(t, func(t *testing.T, n Network, rng *rand.Rand) {
		byID := map[string]Interface{}
		for _, i := range n.Interfaces {
			byID[i.ID] = i
		}
		for _, p := range n.Packets(rng, 40) {
			if !p.Source.IsValid() || p.Source.Is4() != p.Destination.Is4() {
				t.Errorf("%v: addresses are not of one family", p)
			}
			from, fromInside := byID[p.From]
			_, toInside := byID[p.To]
			byAddress := p.To == p.Destination.String()
			edge := slices.Contains(n.Edges, p.From) || slices.Contains(n.Edges, p.To)
			if !edge && (!fromInside && p.From != Internet || !toInside && p.To != Internet && !byAddress || !fromInside && !toInside && !byAddress) {
				t.Errorf("%v: not an end", p)
			}
			count(&v4, p.Source.Is4())
			count(&v6, p.Source.Is6())
			count(&in, !fromInside)
			count(&out, !toInside)
			count(&inside, fromInside && toInside)
			count(&spoofed, fromInside && !owns(from, p.Source))
			count(&ports, p.SourcePort != 0)
			count(&icmp, p.Protocol == protoICMP || p.Protocol == protoICMPv6)
			count(&bare, p.Protocol == protoESP)
		}
	})
	for name, n := range map[string]int{"IPv4": v4, "IPv6": v6, "inbound": in, "outbound": out, "inside": inside, "spoofed": spoofed,
		"with ports": ports, "ICMP": icmp, "without ports": bare} {
		if n == 0 {
			t.Errorf("no packet was %s", name)
		}
	}
	if spoofed > inside {
		t.Errorf("%d packets are spoofed, of %d", spoofed, inside+out)
	}
}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

// owns reports whether an address is one of the interface's own.
func owns(i Interface, a netip.Addr) bool {
	return slices.Contains(i.Addresses, a) || slices.ContainsFunc(i.Delegated, func(p netip.Prefix) bool { return p.Contains(a) })
}

func TestWithoutLeavesTheNetworkAlone(t *testing.T) {
	n := Random(rand.New(rand.NewPCG(1, 1)), ThemeOpen, 0)
	path := n.FileNames()[0]
	less := n.Without(path)
	if _, there := less.Files[path]; there || !slices.Contains(less.Missing, path) {
		t.Errorf("%s is still there", path)
	}
	if _, there := n.Files[path]; !there || slices.Contains(n.Missing, path) {
		t.Errorf("%s is gone from the network that Without was called on", path)
	}
}

func TestRandomThemeDrawsEachTheme(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	got := map[Theme]int{}
	for range 1000 {
		got[RandomTheme(rng)]++
	}
	for _, theme := range Themes {
		if got[theme] < 10 {
			t.Errorf("theme %v came %d times of 1000", theme, got[theme])
		}
	}
}
