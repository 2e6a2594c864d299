package repair

import (
	"fmt"
	"strings"
)

// AttachInternetGateway, AcceptVpcPeeringConnection, CreateVpcBlockPublicAccessExclusion.
func init() {
	actions["attach-internet-gateway"] = attachGateway
	actions["accept-vpc-peering-connection"] = acceptPeering
	actions["exclude-from-block-public-access"] = exclude
}

func attachGateway(a *answers, f Fix, _ Options) error {
	gateways, err := a.find("describe-internet-gateways", "InternetGateways", "InternetGatewayId", f.ID)
	if err != nil {
		return err
	}
	if f.VPC == "" {
		return fmt.Errorf("no VPC is named")
	}
	for _, g := range gateways {
		for _, x := range objects(g.record["Attachments"]) {
			if x["VpcId"] != f.VPC {
				return fmt.Errorf("attached to %v", x["VpcId"])
			}
		}
		g.record["Attachments"] = []any{record{"VpcId": f.VPC, "State": "available"}}
	}
	return nil
}

// acceptPeering makes the peering active. AWS then tells the CIDRs of both sides.
func acceptPeering(a *answers, f Fix, _ Options) error {
	peerings, err := a.find("describe-vpc-peering-connections", "VpcPeeringConnections", "VpcPeeringConnectionId", f.ID)
	if err != nil {
		return err
	}
	for _, p := range peerings {
		if code := object(p.record["Status"])["Code"]; code != "pending-acceptance" {
			return fmt.Errorf("it is %v", code)
		}
		p.record["Status"] = record{"Code": "active", "Message": "Active"}
		for _, side := range []string{"RequesterVpcInfo", "AccepterVpcInfo"} {
			a.tellBlocks(object(p.record[side]))
		}
	}
	return nil
}

// tellBlocks fills in the CIDRs of a side, as far as an answer has its VPC.
func (a *answers) tellBlocks(side record) {
	vpcs, err := a.find("describe-vpcs", "Vpcs", "VpcId", text(side["VpcId"]))
	if side == nil || err != nil {
		return
	}
	v4, v6 := []any{}, []any{}
	for _, b := range objects(vpcs[0].record["CidrBlockAssociationSet"]) {
		v4 = append(v4, record{"CidrBlock": b["CidrBlock"]})
	}
	for _, b := range objects(vpcs[0].record["Ipv6CidrBlockAssociationSet"]) {
		v6 = append(v6, record{"Ipv6CidrBlock": b["Ipv6CidrBlock"]})
	}
	side["CidrBlock"], side["CidrBlockSet"], side["Ipv6CidrBlockSet"] = vpcs[0].record["CidrBlock"], v4, v6
}

// exclusion is the exclusion in force of a resource, by the end of its ARN; nil for none.
func (a *answers) exclusion(resource string) (record, error) {
	for _, path := range a.paths("describe-vpc-block-public-access-exclusions") {
		r, err := a.file(path)
		if err != nil {
			return nil, err
		}
		for _, x := range objects(r["VpcBlockPublicAccessExclusions"]) {
			if strings.HasSuffix(text(x["ResourceArn"]), "/"+resource[strings.LastIndexByte(resource, '/')+1:]) &&
				(x["State"] == "create-complete" || x["State"] == "update-complete") {
				return x, nil
			}
		}
	}
	return nil, nil
}

// exclude adds an exclusion for a subnet or VPC.
func exclude(a *answers, f Fix, _ Options) error {
	operation, key, idField := "describe-subnets", "Subnets", "SubnetId"
	if f.Type == "vpc" {
		operation, key, idField = "describe-vpcs", "Vpcs", "VpcId"
	}
	all, err := a.find(operation, key, idField, f.ID)
	if err != nil {
		return err
	}
	if f.Mode == "" {
		return fmt.Errorf("no mode is named")
	}
	if of, err := a.exclusion(f.Type + "/" + f.ID); err != nil || of != nil { // it has one: ModifyVpcBlockPublicAccessExclusion
		if of["InternetGatewayExclusionMode"] != "allow-bidirectional" {
			of["InternetGatewayExclusionMode"] = f.Mode
		}
		return err
	}
	return a.add(beside(all[0].path, "describe-vpc-block-public-access-exclusions"), "VpcBlockPublicAccessExclusions", record{
		"ExclusionId": "vpcbpa-exclude-fix" + f.ID, "InternetGatewayExclusionMode": f.Mode, "State": "create-complete",
		"ResourceArn": fmt.Sprintf("arn:aws:ec2:us-east-1:%v:%s/%s", all[0].record["OwnerId"], f.Type, f.ID)})
}
