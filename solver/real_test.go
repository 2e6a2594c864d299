package solver

import (
	"os"
	"testing"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
)

// realAnswers are answers of AWS from real accounts, which lie beside the project on some machines.
const realAnswers = "../../shared/real/"

// TestRealAnswers asks about saved answers that nobody here wrote. The expectations were worked out by hand from the JSON, rule by
// rule; the comments say what decides.
func TestRealAnswers(t *testing.T) {
	for folder, questions := range realQuestions() {
		t.Run(folder, func(t *testing.T) {
			if _, err := os.Stat(realAnswers + folder); err != nil {
				t.Skip("the saved answers of real accounts are not on this machine: ", err)
			}
			s, err := snapshot.Open(realAnswers+folder, snapshot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			n := model.Build(s)
			for _, q := range questions {
				ask(t, n, scenario.Scenario{File: folder}, q)
			}
		})
	}
}

// realQuestions are questions about them, with right answers.
func realQuestions() map[string][]scenario.Question {
	question := func(from, to, spec, verdict string, more scenario.Question) scenario.Question {
		more.From, more.To, more.Spec, more.Verdict = from, to, spec, verdict
		return more
	}
	code := func(code, at string) []scenario.Blocker { return []scenario.Blocker{{Code: code, Component: at}} }
	rule := func(rule, at string) []scenario.RuleAt { return []scenario.RuleAt{{Rule: rule, Component: at}} }
	return map[string][]scenario.Question{
		"nat-gateway": {
			// Group: out all, in tcp 22; both ACLs allow all; local routes.
			question("Jump Host", "test1", "tcp/22", "reachable", scenario.Question{Via: []string{"rtb-0ddf14681733ed0b7", "acl-0380e24eb934b075e"}}),
			// The same group lets nothing in but tcp 22 and ICMP 8/0.
			question("Jump Host", "test1", "tcp/80", "unreachable", scenario.Question{Blockers: code("ENI_SG_RULES_MISMATCH", "eni-0e4ce6a7777b9bff8"), Only: true}),
			// Type 8 code 0 only; entry 100 of the public subnet's ACL is for ICMP from 10.1.1.0/24.
			question("test1", "Jump Host", "icmp", "reachable", scenario.Question{Admits: []string{"icmp/8"}, Rules: rule("100", "acl-0792adae678b88f85")}),
			// 18.216.129.140, attached gateway, 0.0.0.0/0 → igw for the reply.
			question("internet", "Jump Host", "tcp/22", "reachable", scenario.Question{Back: []string{"rtb-0ddf14681733ed0b7", "igw-071753b9c23d8a9b2"}}),
			// No public address, and the reply would go to the NAT gateway.
			question("internet", "test1", "tcp/22", "unreachable", scenario.Question{Blockers: code("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "igw-071753b9c23d8a9b2")}),
			// 0.0.0.0/0 → nat, then 0.0.0.0/0 → igw; for TCP entry 200 decides at the NAT gateway's subnet.
			question("test1", "internet", "tcp/443", "reachable", scenario.Question{Via: []string{"nat-07ab4846da51f4612", "igw-071753b9c23d8a9b2"}, Rules: rule("200", "acl-0792adae678b88f85")}),
			// Subnet 20 has no association: the main table, which has nothing but the local route.
			question("test20", "internet", "tcp/443", "unreachable", scenario.Question{Blockers: code("NO_ROUTE_TO_DESTINATION", "rtb-0e169c4a1e0b27b55"), Only: true}),
		},
		"transit-gateway": {
			question("10.10.10.157", "10.10.20.154", "tcp/22", "reachable", scenario.Question{Via: []string{"rtb-0891861fffaea6d52"}}),
			question("10.10.10.157", "10.10.20.154", "tcp/3389", "unreachable", scenario.Question{Blockers: code("ENI_SG_RULES_MISMATCH", "eni-030eeb1fb8c2d6654"), Only: true}),
			// 192.168.0.0/16 → tgw; the attachment of that VPC has its one subnet where the instance is (use2-az3) and is associated with the one
			// table, which has no static routes; the other VPC (192.168.0.0/16) propagates into it. Its attachment has one subnet, in use2-az2,
			// where its instance is: no ACL there (TGW-14). The reply's own way: 10.10.0.0/16 → tgw, that zone is attached, and back.
			question("10.10.10.157", "192.168.1.106", "tcp/22", "reachable", scenario.Question{Assumes: []string{"transit-gateway-propagations"},
				Via:  []string{"tgw-attach-07f5ec59e9f540021", "tgw-rtb-0fa40c8df355dce6e", "tgw-attach-0ae2696617bb06fb4"},
				Back: []string{"rtb-017c36290c9baf017", "tgw-attach-0ae2696617bb06fb4", "tgw-attach-07f5ec59e9f540021"}}),
			question("192.168.1.106", "10.10.10.157", "tcp/22", "reachable", scenario.Question{}),
			question("10.10.10.157", "192.168.1.106", "tcp/80", "unreachable", scenario.Question{Blockers: code("ENI_SG_RULES_MISMATCH", "eni-0024c0af5aa1387e5"), Only: true}),
			// That instance is in use2-az1, where the attachment has no subnet: it cannot send, so it cannot answer either.
			question("10.10.20.154", "192.168.1.106", "tcp/22", "unreachable", scenario.Question{Blockers: code("TGW_ROUTE_AZ_RESTRICTION", "tgw-attach-07f5ec59e9f540021"), Only: true}),
			question("192.168.1.106", "10.10.20.154", "tcp/22", "unreachable", scenario.Question{Blockers: code("TGW_ROUTE_AZ_RESTRICTION", "tgw-attach-07f5ec59e9f540021"), Only: true}),
			question("192.168.1.106", "10.10.20.154", "tcp/22", "reachable", scenario.Question{Options: map[string]string{"reading": "aws"}, Notes: []string{"unidirectional"}}),
			// Without the assumption nobody knows the propagated routes.
			question("10.10.10.157", "192.168.1.106", "tcp/22", "unknown", scenario.Question{Options: map[string]string{"no-assume": ""}, Missing: []string{"search-transit-gateway-routes"}}),
			question("internet", "3.136.41.161", "tcp/22", "reachable", scenario.Question{Via: []string{"igw-0a4895a3c58cac8cb"}}),
			// Neither a default route nor an internet gateway in that VPC.
			question("10.10.10.157", "internet", "tcp/443", "unreachable", scenario.Question{Blockers: code("NO_ROUTE_TO_DESTINATION", "rtb-0891861fffaea6d52")}),
		},
		"vpc-endpoint-gateway": {
			question("private-web01", "public-web01", "tcp/443", "reachable", scenario.Question{Rules: rule("1000", "acl-086ba598bbf8e5d89")}),
			question("private-web01", "public-web01", "tcp/80", "unreachable", scenario.Question{Blockers: code("ENI_SG_RULES_MISMATCH", "eni-05a3a36428edb2766"), Only: true}),
			question("internet", "public-web01", "udp/33434", "reachable", scenario.Question{Via: []string{"igw-0c8afe4471084ccba"}}),
			// 52.216.0.0/15 is in the S3 prefix list, whose route leads to the gateway endpoint of that VPC (available). Groups let all
			// out, ACL entry 1000 all through; the reply needs no route.
			question("private-web01", "52.216.1.1", "tcp/443", "reachable", scenario.Question{Rules: rule("1000", "acl-086ba598bbf8e5d89"),
				Via: []string{"rtb-04f71fc2caa8d94cf", "vpce-0b7357542bb7b83ec"}, Back: []string{"vpce-0b7357542bb7b83ec", "acl-086ba598bbf8e5d89"}}),
			// Of the internet the private subnet reaches the list and nothing else: 54.231.0.0/17, 52.216.0.0/15, 3.5.0.0/20, 3.5.16.0/21.
			question("private-web01", "internet", "tcp/443", "reachable", scenario.Question{Via: []string{"vpce-0b7357542bb7b83ec"}}),
			question("private-web01", "54.231.128.1", "tcp/443", "unreachable", scenario.Question{Blockers: code("NO_ROUTE_TO_DESTINATION", "rtb-04f71fc2caa8d94cf")}),
			question("private-web01", "vpce-0b7357542bb7b83ec", "tcp/443", "reachable", scenario.Question{}),
			// A gateway endpoint takes TCP and pings.
			question("private-web01", "52.216.1.1", "udp/443", "unreachable", scenario.Question{Blockers: code("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "vpce-0b7357542bb7b83ec")}),
			// With a public address and 0.0.0.0/0 → igw the longer prefix still wins.
			question("public-web01", "52.216.1.1", "tcp/443", "reachable", scenario.Question{Via: []string{"rtb-0efde4139784b75b0", "vpce-0b7357542bb7b83ec"}}),
			// So what comes in from there by the internet gateway is answered by another way than it came.
			question("52.216.1.1", "public-web01", "tcp/443", "unreachable", scenario.Question{Blockers: code("MORE_SPECIFIC_ROUTE", "rtb-0efde4139784b75b0")}),
			// It starts nothing.
			question("vpce-0b7357542bb7b83ec", "private-web01", "tcp/443", "unreachable", scenario.Question{Blockers: code("VPCE_INTRA_VPC_TRAFFIC", "vpce-0b7357542bb7b83ec"), Only: true}),
			question("private-web01", "8.8.8.8", "tcp/443", "unreachable", scenario.Question{Blockers: code("NO_ROUTE_TO_DESTINATION", "rtb-04f71fc2caa8d94cf")}),
		},
	}
}
