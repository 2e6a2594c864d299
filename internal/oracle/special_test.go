package oracle

import "testing"

func TestSpecialAddresses(t *testing.T) {
	ask := func(protocol uint8, address string, port uint16) Question {
		return question("eni-web", "address", as(protocol, packet("10.0.1.5", address, port)))
	}
	ask6 := func(protocol uint8, address string, port uint16) Question {
		return question("eni-web", "address", as(protocol, packet("2600:1f00::5", address, port)))
	}
	closed := []edit{egress("sg-web", ""), entries("acl-pub", "")}
	support := func(value string) edit {
		return file("describe-vpc-attribute.vpc-a", `{"VpcId":"vpc-a","EnableDnsSupport":{"Value":`+value+`}}`)
	}
	run(t, []step{
		{"SP-1 D-180 the resolver answers whatever groups and ACLs say", append(closed, support("true")), ask(udp, "10.0.0.2", 53), Admitted, "special-dns"},
		{"SP-1 by its link-local address", append(closed, support("true")), ask(tcp, "169.254.169.253", 53), Admitted, "special-dns"},
		{"SP-1 and by IPv6", append(closed, support("true")), ask6(udp, "fd00:ec2::253", 53), Admitted, "special-dns"},
		{"SP-1 time", closed, ask(udp, "169.254.169.123", 123), Admitted, "special-time"},
		{"SP-1 time by IPv6", closed, ask6(udp, "fd00:ec2::123", 123), Admitted, "special-time"},
		{"SP-1 metadata RT-15 whatever a route says", append(closed, addRoute("rtb-pub", `{"DestinationCidrBlock":"169.254.0.0/16","NetworkInterfaceId":"eni-two"}`)), ask(tcp, "169.254.169.254", 80), Admitted, "special-metadata"},
		{"SP-1 metadata by IPv6", nil, ask6(tcp, "fd00:ec2::254", 80), Admitted, "special-metadata"},
		{"D-180 metadata is for instances", []edit{set(`eni-web|"Attachment":{"Status":"attached","InstanceId":"i-web"}`, `"Attachment":{"Status":"attached"}`)}, ask(tcp, "169.254.169.254", 80), Blocked, "special-no-service"},
		{"D-180 no other port", nil, ask(tcp, "169.254.169.254", 443), Blocked, "special-no-service"},
		{"D-180 no other protocol", nil, ask(tcp, "169.254.169.123", 123), Blocked, "special-no-service"},
		{"D-180 nor at the resolver", nil, ask(tcp, "10.0.0.2", 22), Blocked, "special-no-service"},
		{"SP-2 a resolver that is switched off", []edit{support("false")}, ask(udp, "10.0.0.2", 53), Blocked, "dns-off"},
		{"SP-2 D-180 is assumed on", nil, ask(udp, "10.0.0.2", 53), Admitted, "dns-assumed"},
		{"SP-2 D-180 or not", nil, ask(udp, "10.0.0.2", 53).noAssume(), Unknown, "dns-assumed"},
		{"SP-2 an answer to another attribute tells nothing", []edit{file("describe-vpc-attribute.vpc-a", `{"VpcId":"vpc-a","EnableDnsHostnames":{"Value":true}}`)}, ask(udp, "10.0.0.2", 53).noAssume(), Unknown, "dns-assumed"},
		{"ENI-7 a stopped instance asks nothing", []edit{stop("i-web", "stopped")}, ask(udp, "10.0.0.2", 53), Blocked, "instance-state"},
		{"SP-5 aws does not know them", nil, ask(udp, "10.0.0.2", 53).aws(), Unknown, "special-aws"},
		{"D-180 who asks for somebody else does not mean them", nil, question("eni-web", "eni-two", packet("10.0.1.5", "10.0.0.2", 53)), Blocked, "elsewhere"},
		{"RT-15 D-180 the rest of the range is not modelled", nil, ask(tcp, "169.254.170.2", 80), Unknown, "special"},
		{"EP-32 D-178 nor is Lattice", nil, ask(tcp, "169.254.171.9", 443), Unknown, "lattice"},
		{"EP-32 D-178 by IPv6", nil, ask6(tcp, "fd00:ec2:80::9", 443), Unknown, "lattice"},
	})
}
