package oracle

import (
	"strings"
	"testing"
)

// blockMode states a mode in the record of a VPC or subnet; an empty one takes the statement away.
func blockMode(id, mode string) edit {
	return func(t *testing.T, files Files) {
		t.Helper()
		name := "describe-vpcs.json"
		if strings.HasPrefix(id, "subnet-") {
			name = "describe-subnets.json"
		}
		const off = `"BlockPublicAccessStates":{"InternetGatewayBlockMode":"off"}`
		before, record, found := strings.Cut(string(files[name]), `Id":"`+id+`"`)
		if !found || !strings.Contains(record, off) {
			t.Fatalf("no mode of %s in %s", id, name)
		}
		to := `"BlockPublicAccessStates":{"InternetGatewayBlockMode":"` + mode + `"}`
		if mode == "" {
			to = `"Nothing":0`
		}
		files[name] = []byte(before + `Id":"` + id + `"` + strings.Replace(record, off, to, 1))
	}
}

func exclude(resource, mode, state string) edit {
	return file("describe-vpc-block-public-access-exclusions", `{"VpcBlockPublicAccessExclusions":[{"ExclusionId":"x","ResourceArn":"arn:aws:ec2:us-east-1:1:`+
		resource+`","InternetGatewayExclusionMode":"`+mode+`","State":"`+state+`"}]}`)
}

func TestBlockPublicAccess(t *testing.T) {
	none := file("describe-vpc-block-public-access-exclusions", `{"VpcBlockPublicAccessExclusions":[]}`)
	options := func(mode string) edit {
		return file("describe-vpc-block-public-access-options", `{"VpcBlockPublicAccessOptions":{"AwsAccountId":"1","AwsRegion":"us-east-1","State":"update-complete","InternetGatewayBlockMode":"`+mode+`"}}`)
	}
	both, ingress := blockMode("subnet-pub", "block-bidirectional"), blockMode("subnet-pub", "block-ingress")
	untold := []edit{blockMode("subnet-pub", ""), blockMode("vpc-a", "")}
	run(t, []step{
		{"BPA-1 D-120 nothing tells the mode: off", untold, webOut, Admitted, "bpa-assumed"},
		{"D-56 or not", untold, webOut.noAssume(), Unknown, "bpa-assumed"},
		{"BPA-1 D-120 the options tell it", append(untold, options("block-bidirectional"), none), webOut, Blocked, "bpa-options"},
		{"BPA-1 D-120 the VPC tells it before the options", []edit{blockMode("subnet-pub", ""), options("block-bidirectional"), none}, webOut, Admitted, ""},
		{"BPA-1 D-120 the subnet before the VPC", []edit{blockMode("vpc-a", "block-bidirectional"), none}, webOut, Admitted, ""},
		{"BPA-1 D-120 another account's options tell nothing", append(untold, file("describe-vpc-block-public-access-options", `{"VpcBlockPublicAccessOptions":{"AwsAccountId":"2","InternetGatewayBlockMode":"block-bidirectional"}}`)), webOut, Admitted, "bpa-assumed"},
		{"D-120 an unknown word", []edit{blockMode("subnet-pub", "sideways")}, webOut, Unknown, "bpa"},
		{"BPA-2 block-bidirectional out", []edit{both, none}, webOut, Blocked, "bpa-block"},
		{"BPA-2 in", []edit{both, none}, intoWeb, Blocked, "bpa-block"},
		{"BPA-2 and NAT gateways", []edit{both, none}, appOut, Blocked, "bpa-block"},
		{"BPA-3 block-ingress out", []edit{ingress, none}, webOut, Blocked, "bpa-block"},
		{"BPA-3 in", []edit{ingress, none}, intoWeb, Blocked, "bpa-block"},
		{"BPA-3 but for NAT gateways", []edit{ingress, none}, appOut, Admitted, "bpa-outbound"},
		{"BPA-3 which cannot come in again", []edit{ingress, none}, appToEIP, Blocked, "bpa-block"},
		{"BPA-4 an excluded subnet", []edit{both, exclude("subnet/subnet-pub", "allow-bidirectional", "create-complete")}, intoWeb, Admitted, "bpa-excluded"},
		{"BPA-4 an excluded VPC", []edit{ingress, exclude("vpc/vpc-a", "allow-bidirectional", "update-complete")}, intoWeb, Admitted, "bpa-excluded"},
		{"BPA-4 an exclusion that is not in force", []edit{both, exclude("vpc/vpc-a", "allow-bidirectional", "delete-complete")}, intoWeb, Blocked, "bpa-block"},
		{"BPA-4 D-121 allow-egress lets out", []edit{both, exclude("vpc/vpc-a", "allow-egress", "create-complete")}, webOut, Admitted, "bpa-excluded"},
		{"BPA-4 D-121 and nothing in", []edit{both, exclude("vpc/vpc-a", "allow-egress", "create-complete")}, intoWeb, Blocked, "bpa-block"},
		{"BPA-4 D-121 and changes nothing under block-ingress", []edit{ingress, exclude("vpc/vpc-a", "allow-egress", "create-complete")}, webOut, Blocked, "bpa-block"},
		{"D-121 an exclusion of an unknown kind", []edit{both, exclude("vpc/vpc-a", "allow-some", "create-complete")}, webOut, Unknown, "bpa"},
		{"D-121 the stated mode is effective", []edit{both}, webOut, Blocked, "bpa-effective"},
		{"D-121 or not", []edit{both}, webOut.noAssume(), Unknown, "bpa-effective"},
		{"D-120 options that are changing", append(untold, file("describe-vpc-block-public-access-options", `{"VpcBlockPublicAccessOptions":{"State":"update-in-progress","InternetGatewayBlockMode":"off"}}`)), webOut, Unknown, "bpa"},
		{"D-121 a cut answer: the subnet's exclusion decides", []edit{both, exclude("subnet/subnet-pub", "allow-bidirectional", "create-complete"), cut("describe-vpc-block-public-access-exclusions")}, webOut, Admitted, "bpa-excluded"},
		{"D-121 a cut answer: the VPC's does not", []edit{both, exclude("vpc/vpc-a", "allow-bidirectional", "create-complete"), cut("describe-vpc-block-public-access-exclusions")}, webOut, Unknown, "bpa-exclusions"},
		{"D-120 a VPC that no answer describes", []edit{without("describe-vpcs")}, question("eni-web", "internet", ping(webOut.Packet, 3, 4)), Unknown, "vpc-missing"},
		{"D-121 the options' is not", append(untold, options("block-bidirectional")), webOut, Unknown, "bpa-exclusions"},
		{"BPA-5 D-122 the NAT gateway's subnet counts, not the workload's", []edit{blockMode("subnet-prv", "block-bidirectional"), none}, appOut, Admitted, ""},
	})
}
