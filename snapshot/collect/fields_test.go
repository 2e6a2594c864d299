package collect

import (
	"reflect"
	"strings"
	"testing"

	dx "github.com/aws/aws-sdk-go-v2/service/directconnect/types"
	ec2 "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	nm "github.com/aws/aws-sdk-go-v2/service/networkmanager/types"

	"github.com/vpcreach/vpcreach/snapshot"
)

// shared are fields of records that serve several of AWS's types, and what the SDK does not have but answers or rules do.
var shared = map[string]string{
	"RouteTable.Routes.VpcEndpointId":                                 "the console's and the tools' name for a GatewayId that is an endpoint's",
	"SecurityGroupRule.ReferencedGroupInfo.Description":               "the record is a group pair's, which has one",
	"TransitGateway.Options.Ipv6Support":                              "the record is also an attachment's options",
	"TransitGateway.Options.ApplianceModeSupport":                     "the same",
	"TransitGatewayAttachment.Association.TransitGatewayAttachmentId": "the record is also that of the associations of a table",
	"TransitGatewayAttachment.Association.ResourceId":                 "the same",
}

// TestRecordsAreAWSs: every field of a record that snapshots are read into is a field of the SDK's type, under the same name.
func TestRecordsAreAWSs(t *testing.T) {
	for _, pair := range [][2]any{
		{snapshot.Vpc{}, ec2.Vpc{}}, {snapshot.Subnet{}, ec2.Subnet{}}, {snapshot.RouteTable{}, ec2.RouteTable{}},
		{snapshot.SecurityGroup{}, ec2.SecurityGroup{}}, {snapshot.SecurityGroupRule{}, ec2.SecurityGroupRule{}},
		{snapshot.SecurityGroupVpcAssociation{}, ec2.SecurityGroupVpcAssociation{}}, {snapshot.NetworkAcl{}, ec2.NetworkAcl{}},
		{snapshot.NetworkInterface{}, ec2.NetworkInterface{}}, {snapshot.Reservation{}, ec2.Reservation{}}, {snapshot.Address{}, ec2.Address{}},
		{snapshot.InternetGateway{}, ec2.InternetGateway{}}, {snapshot.NatGateway{}, ec2.NatGateway{}},
		{snapshot.VpcPeeringConnection{}, ec2.VpcPeeringConnection{}}, {snapshot.PrefixList{}, ec2.PrefixList{}},
		{snapshot.ManagedPrefixList{}, ec2.ManagedPrefixList{}}, {snapshot.PrefixListEntry{}, ec2.PrefixListEntry{}},
		{snapshot.AvailabilityZone{}, ec2.AvailabilityZone{}}, {snapshot.VpcEndpoint{}, ec2.VpcEndpoint{}},
		{snapshot.InstanceConnectEndpoint{}, ec2.Ec2InstanceConnectEndpoint{}}, {snapshot.VpcEncryptionControl{}, ec2.VpcEncryptionControl{}},
		{snapshot.EgressOnlyInternetGateway{}, ec2.EgressOnlyInternetGateway{}}, {snapshot.CarrierGateway{}, ec2.CarrierGateway{}},
		{snapshot.VpcBlockPublicAccessOptions{}, ec2.VpcBlockPublicAccessOptions{}}, {snapshot.VpcBlockPublicAccessExclusion{}, ec2.VpcBlockPublicAccessExclusion{}},
		{snapshot.TrunkInterfaceAssociation{}, ec2.TrunkInterfaceAssociation{}}, {snapshot.VpcAttribute{}, ec2.AttributeBooleanValue{}},
		{snapshot.TransitGateway{}, ec2.TransitGateway{}}, {snapshot.TransitGatewayAttachment{}, ec2.TransitGatewayAttachment{}},
		{snapshot.TransitGatewayVpcAttachment{}, ec2.TransitGatewayVpcAttachment{}},
		{snapshot.TransitGatewayPeeringAttachment{}, ec2.TransitGatewayPeeringAttachment{}}, {snapshot.TransitGatewayConnect{}, ec2.TransitGatewayConnect{}},
		{snapshot.TransitGatewayRouteTable{}, ec2.TransitGatewayRouteTable{}}, {snapshot.TransitGatewayRoute{}, ec2.TransitGatewayRoute{}},
		{snapshot.TransitGatewayPropagation{}, ec2.TransitGatewayRouteTablePropagation{}},
		{snapshot.TransitGatewayPrefixListReference{}, ec2.TransitGatewayPrefixListReference{}},
		{snapshot.TransitGatewayPolicyTable{}, ec2.TransitGatewayPolicyTable{}}, {snapshot.TransitGatewayPolicyTableEntry{}, ec2.TransitGatewayPolicyTableEntry{}},
		{snapshot.TransitGatewayNatRule{}, ec2.TransitGatewayNatRule{}}, {snapshot.VpnGateway{}, ec2.VpnGateway{}}, {snapshot.VpnConnection{}, ec2.VpnConnection{}},
		{snapshot.VirtualInterface{}, dx.VirtualInterface{}}, {snapshot.DirectConnectGateway{}, dx.DirectConnectGateway{}},
		{snapshot.DirectConnectAssociation{}, dx.DirectConnectGatewayAssociation{}}, {snapshot.DirectConnectAttachment{}, dx.DirectConnectGatewayAttachment{}},
		{snapshot.CoreNetwork{}, nm.CoreNetworkSummary{}}, {snapshot.CoreNetworkAttachment{}, nm.Attachment{}},
		{snapshot.CoreNetworkVpcAttachment{}, nm.VpcAttachment{}}, {snapshot.NetworkRoute{}, nm.NetworkRoute{}},
	} {
		ours, theirs := reflect.TypeOf(pair[0]), reflect.TypeOf(pair[1])
		for _, missing := range foreign(ours, theirs, ours.Name()) {
			if shared[missing] == "" {
				t.Errorf("%s is no field of %s", missing, theirs)
			}
		}
	}
}

// TestForeignFieldsShow: the comparison sees a field that AWS does not have, at any depth.
func TestForeignFieldsShow(t *testing.T) {
	type inner struct {
		Value  string `json:"Value"`
		Colour string `json:"Colour"`
	}
	type ours struct {
		VpcId string  `json:"VpcId"`
		Tags  []inner `json:"Tags"`
		Shape string  `json:"Shape"`
		Own   string  `json:"-"`
	}
	got := foreign(reflect.TypeFor[ours](), reflect.TypeFor[ec2.Vpc](), "Vpc")
	if strings.Join(got, " ") != "Vpc.Tags.Colour Vpc.Shape" {
		t.Errorf("foreign fields %v, want Vpc.Tags.Colour and Vpc.Shape", got)
	}
}

// foreign lists the fields of ours that theirs does not have.
func foreign(ours, theirs reflect.Type, at string) []string {
	ours, theirs = element(ours), element(theirs)
	if ours.Kind() != reflect.Struct || theirs.Kind() != reflect.Struct {
		return nil // addresses and times are texts there
	}
	var out []string
	for i := range ours.NumField() {
		f := ours.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if f.Anonymous && name == "" {
			out = append(out, foreign(f.Type, theirs, at)...)
			continue
		}
		their, ok := theirs.FieldByName(strings.ToUpper(name[:1]) + name[1:])
		if !ok {
			out = append(out, at+"."+name)
			continue
		}
		out = append(out, foreign(f.Type, their.Type, at+"."+name)...)
	}
	return out
}

// element is what pointers and lists hold.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}
