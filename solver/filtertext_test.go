package solver

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vpcreach/vpcreach/model/packet"
)

func TestParseFilter(t *testing.T) {
	prefixes := func(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }
	ports := func(from, to uint16) []packet.PortRange { return []packet.PortRange{{From: from, To: to}} }
	for _, tt := range []struct {
		text string
		want packet.Match
		err  string
	}{
		{text: "SourceAddress=10.0.0.1", want: packet.Match{Source: prefixes("10.0.0.1/32")}},
		{text: "SourceAddress=10.0.0.9/8,DestinationAddress=2001:db8::1", want: packet.Match{Source: prefixes("10.0.0.0/8"), Destination: prefixes("2001:db8::1/128")}},
		{text: "SourcePortRange={FromPort=1,ToPort=2},DestinationPortRange={FromPort=80,ToPort=80}", want: packet.Match{SourcePorts: ports(1, 2), DestinationPorts: ports(80, 80)}},
		{text: "DestinationPortRange=443", want: packet.Match{DestinationPorts: ports(443, 443)}},
		{text: "DestinationPortRange=all", want: packet.Match{DestinationPorts: ports(0, 65535)}},
		{text: "Protocol=tcp", want: packet.Match{Protocols: one(packet.TCP)}},
		{text: "Protocol=50", want: packet.Match{Protocols: one(50)}},
		{text: "Protocol=icmp", want: packet.Match{Protocols: []packet.ByteRange{{From: 1, To: 1}, {From: 58, To: 58}}}},
		{text: "", err: `no field ""`},
		{text: "sourceaddress=10.0.0.1", err: `no field "sourceaddress"; write SourceAddress=`},
		{text: "SourceAddress=here", err: `"here" is neither an address nor a CIDR`},
		{text: "SourceAddress=10.0.0.1,SourceAddress=10.0.0.2", err: "SourceAddress comes twice"},
		{text: "SourcePortRange={FromPort=1}", err: "both ends are needed"},
		{text: "SourcePortRange={FromPort=2,ToPort=1}", err: `ports "2-1"`},
		{text: "SourcePortRange={FromPort=1,ToPort=70000}", err: `ports "1-70000"`},
		{text: "SourcePortRange={From=1,To=2}", err: `no field "From"`},
		{text: "SourcePortRange=", want: packet.Match{SourcePorts: ports(0, 65535)}},
		{text: "Protocol=tcp/80", err: "without ports"},
		{text: "Protocol=any", err: "name one protocol"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseFilter(tt.text)
			if tt.err != "" || err != nil {
				if err == nil || tt.err == "" || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a filter at the source names must not be named already, and has to make sense for the protocol.
func TestFilterAtSourceErrors(t *testing.T) {
	for _, tt := range []struct{ protocol, filter, want string }{
		{"tcp", "SourceAddress=10.0.0.1", "both name the source address"},
		{"tcp", "SourcePortRange=53", "both name the source port"},
		{"tcp", "DestinationAddress=10.0.0.1", "both name the destination address"},
		{"tcp/80", "DestinationPortRange=80", "both name the destination port"},
		{"any", "DestinationPortRange=80", "needs a protocol that has ports"},
		{"esp", "DestinationPortRange=80", "needs a protocol that has ports"},
		{"tcp", "Protocol=tcp", "the question itself names it"},
	} {
		t.Run(tt.protocol+" "+tt.filter, func(t *testing.T) {
			protocol, err := ParseProtocol(tt.protocol)
			if err != nil {
				t.Fatal(err)
			}
			m, err := ParseFilter(tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			q := Query{Protocol: protocol, SourceAddresses: everyAddress, SourcePorts: everyPort, DestinationAddresses: everyAddress}
			if err := q.FilterAtSource(m); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}
