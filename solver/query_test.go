package solver

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
)

// protocolOf is a protocol without ports, type and code.
func protocolOf(number uint8) Protocol { return Protocol{Number: number, Type: -1, Code: -1} }

func withPorts(p Protocol, ports ...packet.PortRange) Protocol {
	p.Ports = ports
	return p
}

func icmpOf(p Protocol, word bool, typ, code int) Protocol {
	p.ICMP, p.Type, p.Code = word, typ, code
	return p
}

func TestParseProtocol(t *testing.T) {
	icmp := icmpOf(protocolOf(packet.ICMP), true, -1, -1)
	for _, test := range []struct {
		text   string
		want   Protocol
		prints string
	}{
		{"", AnyProtocol, "any"},
		{"any", AnyProtocol, "any"},
		{"all", AnyProtocol, "any"},
		{"-1", AnyProtocol, "any"},
		{"tcp", protocolOf(packet.TCP), "tcp"},
		{"TCP", protocolOf(packet.TCP), "tcp"},
		{"6", protocolOf(packet.TCP), "tcp"},
		{"tcp/443", withPorts(protocolOf(packet.TCP), packet.PortRange{From: 443, To: 443}), "tcp/443"},
		{"6/443", withPorts(protocolOf(packet.TCP), packet.PortRange{From: 443, To: 443}), "tcp/443"},
		{"tcp/0-65535", withPorts(protocolOf(packet.TCP), packet.PortRange{From: 0, To: 65535}), "tcp/0-65535"},
		{"tcp/all", protocolOf(packet.TCP), "tcp"},
		{"tcp/any", protocolOf(packet.TCP), "tcp"},
		{"udp/53,5000-5010", withPorts(protocolOf(packet.UDP), packet.PortRange{From: 53, To: 53}, packet.PortRange{From: 5000, To: 5010}), "udp/53,5000-5010"},
		{"icmp", icmp, "icmp"},
		{"ICMP", icmp, "icmp"},
		{"icmp/8", icmpOf(icmp, true, 8, -1), "icmp/8"},
		{"icmp/8/0", icmpOf(icmp, true, 8, 0), "icmp/8/0"},
		{"icmp/8/-1", icmpOf(icmp, true, 8, -1), "icmp/8"},
		{"icmp/-1", icmp, "icmp"},
		{"icmp/255/255", icmpOf(icmp, true, 255, 255), "icmp/255/255"},
		{"icmpv6", protocolOf(packet.ICMPv6), "icmpv6"},
		{"ipv6-icmp", protocolOf(packet.ICMPv6), "icmpv6"},
		{"58/128/0", icmpOf(protocolOf(packet.ICMPv6), false, 128, 0), "icmpv6/128/0"},
		{"1/8", icmpOf(protocolOf(packet.ICMP), false, 8, -1), "1/8"},
		{"esp", protocolOf(50), "esp"},
		{"50", protocolOf(50), "esp"},
		{"0", protocolOf(0), "hopopt"},
		{"253", protocolOf(253), "253"},
		{"255", protocolOf(255), "255"},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := ParseProtocol(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.prints, got.String()); diff != "" {
				t.Errorf("as printed (-want +got):\n%s", diff)
			}
		})
	}
}

// What cannot be read is refused on one line that names it and says what to write.
func TestParseProtocolErrors(t *testing.T) {
	const known = ` is not known: use tcp, udp, icmp, another IANA name, a number from 0 to 255, or any`
	const numbers = `: use numbers from 0 to 65535, ranges such as 5000-5010, and commas between them`
	const types = `: use TYPE or TYPE/CODE with numbers from 0 to 255, such as 8/0 for an echo request`
	for text, want := range map[string]string{
		"tpc":           `protocol "tpc"` + known,
		"256":           `protocol "256"` + known,
		"-2":            `protocol "-2"` + known,
		"+6":            `protocol "+6"` + known,
		" tcp":          `protocol " tcp"` + known,
		"/443":          `protocol ""` + known,
		"443":           `protocol "443"` + known,
		"tcp:443":       `protocol "tcp:443"` + known,
		"tcp\n":         `protocol "tcp\n"` + known,
		"any/443":       `protocol "any"` + known,
		"tcp/65536":     `ports "65536"` + numbers,
		"tcp/https":     `ports "https"` + numbers,
		"tcp/443/udp":   `ports "443/udp"` + numbers,
		"udp/90-80":     `ports "90-80"` + numbers,
		"udp/80,":       `ports "80,"` + numbers,
		"icmp/256":      `ICMP type and code "256"` + types,
		"icmp/8/":       `ICMP type and code "8/"` + types,
		"icmp/":         `ICMP type and code ""` + types,
		"icmp/echo":     `ICMP type and code "echo"` + types,
		"icmp/8/0/0":    `ICMP type and code "8/0/0"` + types,
		"icmpv6/128/-2": `ICMP type and code "128/-2"` + types,
		"esp/443":       `"esp/443": protocol esp has no ports; leave out "/443"`,
	} {
		t.Run(text, func(t *testing.T) {
			_, err := ParseProtocol(text)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePorts(t *testing.T) {
	for text, want := range map[string][]packet.PortRange{
		"":                nil,
		"all":             nil,
		"any":             nil,
		"0":               {{From: 0, To: 0}},
		"443":             {{From: 443, To: 443}},
		"65535":           {{From: 65535, To: 65535}},
		"0-65535":         {{From: 0, To: 65535}},
		"80,443":          {{From: 80, To: 80}, {From: 443, To: 443}},
		"443,80":          {{From: 443, To: 443}, {From: 80, To: 80}}, // as asked; the set knows no order
		"80, 443":         {{From: 80, To: 80}, {From: 443, To: 443}},
		"5000 - 5010":     {{From: 5000, To: 5010}},
		"80-90,85-100,80": {{From: 80, To: 90}, {From: 85, To: 100}, {From: 80, To: 80}},
		"080":             {{From: 80, To: 80}},
	} {
		t.Run(text, func(t *testing.T) {
			got, err := ParsePorts(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePortsErrors(t *testing.T) {
	for _, text := range []string{"65536", "-1", "80-", "-80", "90-80", "80,", ",80", "80,,443", "https", "0x50", "8_0", "+80", "80-90-100", "80;443", "80\n443", "１２"} {
		t.Run(text, func(t *testing.T) {
			got, err := ParsePorts(text)
			if err == nil {
				t.Fatalf("read as %v", got)
			}
			want := fmt.Sprintf("ports %q: use numbers from 0 to 65535, ranges such as 5000-5010, and commas between them", text)
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got != nil {
				t.Errorf("an error and ports: %v", got)
			}
		})
	}
}

func TestParseReading(t *testing.T) {
	for text, want := range map[string]Reading{"": Strict, "strict": Strict, "aws": AWS} {
		got, err := ParseReading(text)
		if err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
		if back, err := ParseReading(want.String()); err != nil || back != want {
			t.Errorf("%s as printed: %s, %v", want, back, err)
		}
	}
	for _, text := range []string{"AWS", "Strict", "lenient", " aws", "aws\n"} {
		_, err := ParseReading(text)
		want := fmt.Sprintf("reading %q is not known: use strict or aws", text)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// Every protocol is read back as it is printed, with ports, type and code where it has them.
func TestProtocolStringRoundTrip(t *testing.T) {
	check := func(p Protocol) {
		t.Helper()
		p.ICMP = !p.Any && p.Number == packet.ICMP // the word for protocol 1 asks for both families
		back, err := ParseProtocol(p.String())
		if err != nil {
			t.Errorf("%+v prints as %s: %v", p, p, err)
			return
		}
		if diff := cmp.Diff(p, back); diff != "" {
			t.Errorf("%s (-printed +read back):\n%s", p, diff)
		}
	}
	check(AnyProtocol)
	for number := range 256 {
		p := protocolOf(uint8(number))
		check(p)
		switch p.Number {
		case packet.TCP, packet.UDP:
			check(withPorts(p, packet.PortRange{From: 22, To: 22}, packet.PortRange{From: 0, To: 65535}))
		case packet.ICMP, packet.ICMPv6:
			check(icmpOf(p, false, 0, -1))
			check(icmpOf(p, false, 0, 0))
			check(icmpOf(p, false, 255, 255))
		}
	}
}

// FuzzParseProtocol holds the reader to its promise for any text: it never panics, fails on one line, and what it read is
// read back from how it prints.
func FuzzParseProtocol(f *testing.F) {
	for _, seed := range []string{"", "tcp/443", "udp/53,5000-5010", "icmp/8/0", "icmp/-1/0", "1", "58/128", "esp", "any", "tcp/", "icmp/", "255", "TCP/0-65535", "esp/\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseProtocol(text)
		if err != nil {
			oneLine(t, text, err)
			return
		}
		back, err := ParseProtocol(p.String())
		if err != nil {
			t.Fatalf("%q is read as %+v, which prints as %q: %v", text, p, p, err)
		}
		if diff := cmp.Diff(p, back); diff != "" {
			t.Errorf("%q (-read +read back from %q):\n%s", text, p, diff)
		}
	})
}

// oneLine holds an error to one line without control characters.
func oneLine(t *testing.T, text string, err error) {
	t.Helper()
	if err.Error() == "" {
		t.Errorf("%q: an empty error", text)
	}
	if strings.ContainsAny(err.Error(), "\n\x1b") {
		t.Errorf("%q: an error of several lines: %q", text, err)
	}
}

// FuzzParsePorts: never a panic, errors on one line, and every range is one within what the text can mean.
func FuzzParsePorts(f *testing.F) {
	for _, seed := range []string{"", "443", "80,443", "5000-5010", "0-65535", "90-80", "65536", "80,", "-", "1-2-3", " 1 - 2 ", "all"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ports, err := ParsePorts(text)
		if err != nil {
			oneLine(t, text, err)
			return
		}
		items := make([]string, len(ports))
		for i, r := range ports {
			if items[i] = portText(r); r.From > r.To {
				t.Errorf("%q: range %v holds no port", text, r)
			}
		}
		back, err := ParsePorts(strings.Join(items, ","))
		if diff := cmp.Diff(ports, back); diff != "" || err != nil {
			t.Errorf("%q: %v (-read +read back):\n%s", text, err, diff)
		}
	})
}

// usual are packets at the borders of what D-3 says of a question that leaves things out.
var usual = func() map[string]packet.Packet {
	v4 := packet.Packet{Source: netip.MustParseAddr("10.0.1.5"), Destination: netip.MustParseAddr("10.0.1.9")}
	v6 := packet.Packet{Source: netip.MustParseAddr("2001:db8::5"), Destination: netip.MustParseAddr("2001:db8::9")}
	ported := func(k packet.Packet, protocol uint8, client, server uint16) packet.Packet {
		k.Protocol, k.SourcePort, k.DestinationPort = protocol, client, server
		return k
	}
	typed := func(k packet.Packet, protocol, typ, code uint8) packet.Packet {
		k.Protocol, k.ICMPType, k.ICMPCode = protocol, typ, code
		return k
	}
	return map[string]packet.Packet{
		"tcp 40000 to 443": ported(v4, packet.TCP, 40000, 443), "tcp 1024 to 80": ported(v4, packet.TCP, 1024, 80),
		"tcp 1023 to 443": ported(v4, packet.TCP, 1023, 443), "tcp 65535 to 0": ported(v4, packet.TCP, 65535, 0),
		"udp 40000 to 53": ported(v4, packet.UDP, 40000, 53), "udp 53 to 53": ported(v4, packet.UDP, 53, 53),
		"tcp6 40000 to 443": ported(v6, packet.TCP, 40000, 443), "tcp6 1023 to 443": ported(v6, packet.TCP, 1023, 443),
		"ping": typed(v4, packet.ICMP, 8, 0), "icmp 8/1": typed(v4, packet.ICMP, 8, 1), "icmp 3/4": typed(v4, packet.ICMP, 3, 4),
		"ping6": typed(v6, packet.ICMPv6, 128, 0), "icmpv6 2/0": typed(v6, packet.ICMPv6, 2, 0), "icmpv6 8/0": typed(v6, packet.ICMPv6, 8, 0),
		"icmpv6 in IPv4": typed(v4, packet.ICMPv6, 128, 0), "icmp in IPv6": typed(v6, packet.ICMP, 8, 0),
		"esp": ported(v4, 50, 0, 0), "esp6": ported(v6, 50, 0, 0), "hopopt": ported(v4, 0, 0, 0), "protocol 255": ported(v4, 255, 0, 0),
	}
}()

// D-3 what is asked when something is left out
func TestWhatIsAsked(t *testing.T) {
	all := func(but ...string) []string {
		var names []string
		for name := range usual {
			if !slices.Contains(but, name) {
				names = append(names, name)
			}
		}
		return names
	}
	for _, test := range []struct {
		shows, protocol, client string
		reading                 Reading
		want                    []string
	}{
		{"nothing said: every protocol from the ports of clients", "", "", Strict, all("tcp 1023 to 443", "udp 53 to 53", "tcp6 1023 to 443")},
		{"every client port, said", "", "0-65535", Strict, all()},
		{"a client port leaves only what has ports", "", "53", Strict, []string{"udp 53 to 53"}},
		{"tcp", "tcp", "", Strict, []string{"tcp 40000 to 443", "tcp 1024 to 80", "tcp 65535 to 0", "tcp6 40000 to 443"}},
		{"tcp to one port", "tcp/443", "", Strict, []string{"tcp 40000 to 443", "tcp6 40000 to 443"}},
		{"tcp to one port from one port", "tcp/443", "1023", Strict, []string{"tcp 1023 to 443", "tcp6 1023 to 443"}},
		{"tcp to several ports", "tcp/0,80", "", Strict, []string{"tcp 1024 to 80", "tcp 65535 to 0"}},
		{"udp", "udp", "", Strict, []string{"udp 40000 to 53"}},
		{"icmp means each family's own", "icmp", "", Strict, []string{"ping", "icmp 8/1", "icmp 3/4", "ping6", "icmpv6 2/0", "icmpv6 8/0"}},
		{"icmp/8 is a ping in both families", "icmp/8", "", Strict, []string{"ping", "icmp 8/1", "ping6"}},
		{"icmp/8/0 the same", "icmp/8/0", "", Strict, []string{"ping", "ping6"}},
		{"icmp/3", "icmp/3", "", Strict, []string{"icmp 3/4"}},
		{"a number is that protocol in both families", "1", "", Strict, []string{"ping", "icmp 8/1", "icmp 3/4", "icmp in IPv6"}},
		{"icmpv6", "icmpv6", "", Strict, []string{"ping6", "icmpv6 2/0", "icmpv6 8/0", "icmpv6 in IPv4"}},
		{"icmpv6 by type and code", "icmpv6/128/0", "", Strict, []string{"ping6", "icmpv6 in IPv4"}},
		{"a protocol without ports", "esp", "", Strict, []string{"esp", "esp6"}},
		{"protocol 0", "0", "", Strict, []string{"hopopt"}},
		{"aws: IPv4 and every client port", "tcp", "", AWS, []string{"tcp 40000 to 443", "tcp 1024 to 80", "tcp 1023 to 443", "tcp 65535 to 0"}},
		{"aws: one port", "tcp/443", "", AWS, []string{"tcp 40000 to 443", "tcp 1023 to 443"}},
		{"aws: from one port", "tcp/443", "1023", AWS, []string{"tcp 1023 to 443"}},
		{"aws: udp", "udp", "", AWS, []string{"udp 40000 to 53", "udp 53 to 53"}},
	} {
		t.Run(test.shows, func(t *testing.T) {
			q := Query{Reading: test.reading}
			var err error
			if q.Protocol, err = ParseProtocol(test.protocol); err != nil {
				t.Fatal(err)
			}
			if q.SourcePorts, err = ParsePorts(test.client); err != nil {
				t.Fatal(err)
			}
			pool := packet.NewPool()
			set := packet.Empty
			for _, m := range q.matches() {
				set = pool.Union(set, pool.Of(m))
			}
			var got []string
			for name, k := range usual {
				if pool.Contains(set, k) {
					got = append(got, name)
				}
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A question that cannot be asked is refused before anything is walked.
func TestQueryCheck(t *testing.T) {
	internet, web, db := model.End{Text: "internet", Kind: model.EndInternet}, model.End{Text: "eni-web", Interfaces: []int32{0}}, model.End{Text: "db", Interfaces: []int32{1}}
	gateway := model.End{Text: "igw-a", Kind: model.EndGateway}
	same := model.End{Text: "10.0.1.5", Interfaces: []int32{0}}
	tcp, esp := protocolOf(packet.TCP), protocolOf(50)
	for _, test := range []struct {
		shows string
		query Query
		want  string
	}{
		{"two interfaces", Query{From: web, To: db, Protocol: AnyProtocol}, ""},
		{"to the internet", Query{From: web, To: internet, Protocol: AnyProtocol}, ""},
		{"aws and tcp", Query{From: web, To: db, Protocol: tcp, Reading: AWS}, ""},
		{"aws and any protocol", Query{From: web, To: db, Protocol: AnyProtocol, Reading: AWS},
			"--reading aws knows tcp and udp only, not any: name one of them, or leave out --reading aws"},
		{"aws and esp", Query{From: web, To: db, Protocol: esp, Reading: AWS},
			"--reading aws knows tcp and udp only, not esp: name one of them, or leave out --reading aws"},
		{"the internet twice", Query{From: internet, To: gateway, Protocol: tcp}, "FROM and TO are both the internet: one end must be inside the snapshot"},
		{"one interface under two names", Query{From: web, To: same, Protocol: tcp}, "FROM and TO are the same interface (eni-web and 10.0.1.5)"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			got := ""
			if err := test.query.check(); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a question prints as must be the same question.
func TestProtocolPrintsAsItself(t *testing.T) {
	for _, text := range []string{"1", "1/8/0", "icmp/-1/0"} {
		p, err := ParseProtocol(text)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseProtocol(p.String())
		if diff := cmp.Diff(p, back); diff != "" || err != nil {
			t.Errorf("%s prints as %s: %v (-read +read back):\n%s", text, p, err, diff)
		}
	}
}

// Text of a question is repeated in errors, quoted.
func TestErrorsAreOneLine(t *testing.T) {
	if _, err := ParseProtocol("esp/80\n\x1b[31m"); err == nil || strings.ContainsAny(err.Error(), "\n\x1b") {
		t.Errorf("%q", err)
	}
}
