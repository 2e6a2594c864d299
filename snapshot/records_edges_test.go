package snapshot

import (
	"strings"
	"testing"
)

const edgeAnswers = `{
	"EgressOnlyInternetGateways": [{"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-1", "State": "attached"}], "Tags": []}],
	"CarrierGateways": [{"CarrierGatewayId": "cagw-1", "VpcId": "vpc-1", "State": "available", "OwnerId": "111122223333", "Tags": []}],
	"VpcBlockPublicAccessOptions": {"AwsAccountId": "111122223333", "AwsRegion": "eu-west-1", "State": "update-complete",
		"InternetGatewayBlockMode": "block-ingress", "LastUpdateTimestamp": "2026-01-02T03:04:05+00:00", "ManagedBy": "account", "ExclusionsAllowed": "allowed"},
	"VpcBlockPublicAccessExclusions": [{"ExclusionId": "vpcbpa-exclude-1", "InternetGatewayExclusionMode": "allow-egress", "State": "create-complete",
		"ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1"}],
	"InterfaceAssociations": [{"AssociationId": "trunk-assoc-1", "BranchInterfaceId": "eni-b", "TrunkInterfaceId": "eni-t", "InterfaceProtocol": "VLAN", "VlanId": 7}]
}`

func TestAnswersAboutTheEdgesOfVPCs(t *testing.T) {
	p := onlyPart(t, open(t, files{"all.json": edgeAnswers}))
	diff(t, "name", p.Name(), "111122223333 eu-west-1")
	diff(t, "egress-only", p.EgressOnlyGateways, []EgressOnlyInternetGateway{{EgressOnlyInternetGatewayId: "eigw-1", Attachments: []GatewayAttachment{{"vpc-1", "attached"}}}})
	diff(t, "carrier", p.CarrierGateways, []CarrierGateway{{CarrierGatewayId: "cagw-1", VpcId: "vpc-1", State: "available", OwnerId: "111122223333"}})
	diff(t, "options", p.BlockPublicAccessOptions, []VpcBlockPublicAccessOptions{{"111122223333", "eu-west-1", "update-complete", "block-ingress"}})
	diff(t, "exclusions", p.BlockPublicAccessExclusions, []VpcBlockPublicAccessExclusion{
		{"vpcbpa-exclude-1", "allow-egress", "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1", "create-complete"}})
	diff(t, "trunks", p.TrunkAssociations, []TrunkInterfaceAssociation{{"eni-b", "eni-t"}})
	diff(t, "states", states(p), map[Operation]State{
		DescribeEgressOnlyInternetGateways: Complete, DescribeCarrierGateways: Complete, DescribeVpcBlockPublicAccessOptions: Complete,
		DescribeVpcBlockPublicAccessExclusions: Complete, DescribeTrunkInterfaceAssociations: Complete,
	})
}

// The options are one record; collectors that treat all answers alike write a list of one.
func TestBlockPublicAccessOptionsAreOneRecord(t *testing.T) {
	for content, want := range map[string]string{
		`{"VpcBlockPublicAccessOptions":{"InternetGatewayBlockMode":"off"}}`:   "",
		`{"VpcBlockPublicAccessOptions":[{"InternetGatewayBlockMode":"off"}]}`: "",
		`{"VpcBlockPublicAccessOptions":"off"}`:                                "at /VpcBlockPublicAccessOptions: a text where an object was expected",
		`{"VpcBlockPublicAccessOptions":{"InternetGatewayBlockMode":7}}`:       "at /VpcBlockPublicAccessOptions/InternetGatewayBlockMode: a number where a text was expected",
		`{"VpcBlockPublicAccessOptions":{"InternetGatewayBlock`:                "ends in the middle of a value",
	} {
		s := open(t, files{"x.json": content, "v.json": oneVPC})
		p := onlyPart(t, s)
		if got := problem(s, "x.json"); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: problem %q, want %q", content, got, want)
		}
		if n := len(p.BlockPublicAccessOptions); (n == 1) != (want == "") {
			t.Errorf("%s: %d records", content, n)
		}
		if c := p.Call(DescribeVpcBlockPublicAccessOptions); want == "" && (c.State != Complete || c.Items != 1) {
			t.Errorf("%s: %+v", content, c)
		}
	}
}

func TestPackKeepsTheEdges(t *testing.T) {
	for name, f := range map[string]files{
		"one file":  {"111122223333/eu-west-1/all.json": edgeAnswers},
		"two modes": {"111122223333/eu-west-1/a.json": edgeAnswers, "111122223333/eu-west-1/b.json": `{"VpcBlockPublicAccessOptions":{"InternetGatewayBlockMode":"off"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			want := open(t, f)
			_, got := pack(t, f)
			sameFacts(t, got, want)
		})
	}
}
