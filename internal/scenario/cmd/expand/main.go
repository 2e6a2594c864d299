// Command expand writes the network of a scenario as files of AWS answers: for a look at them, and for the networks of vpcreach demo,
// whose ids are then in AWS's form and whose resources have Name tags.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/vpcreach/vpcreach/internal/scenario"
)

func main() {
	account := flag.String("account", "", "in the place of the scenario's first account")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: expand [-account ID] FILE.scn FOLDER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), *account); err != nil {
		fmt.Fprintln(os.Stderr, "expand:", err)
		os.Exit(1)
	}
}

func run(path, folder, account string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	list, err := scenario.Parse(path, text)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errors.New("no scenario in " + path)
	}
	files, err := list[0].Files()
	if err != nil {
		return err
	}
	for name, data := range files {
		data, err := polish(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if account != "" {
			name = strings.ReplaceAll(name, "111111111111", account)
			data = []byte(strings.ReplaceAll(string(data), "111111111111", account))
		}
		name = filepath.Join(folder, filepath.FromSlash(fileName(name)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// perObject are the calls whose files have an object's id in their names.
var perObject = []string{"describe-vpc-attribute", "search-transit-gateway-routes", "get-transit-gateway-route-table-associations",
	"get-transit-gateway-route-table-propagations", "get-transit-gateway-prefix-list-references", "get-managed-prefix-list-entries",
	"get-transit-gateway-attachment-nat-configuration", "describe-direct-connect-gateway-associations"}

// fileName is the name of an answer's file with the object's id in AWS's form.
func fileName(name string) string {
	for _, call := range perObject {
		if before, id, ok := strings.Cut(name, call); ok {
			return before + call + string(inForm([]byte(id)))
		}
	}
	return name
}

// ids are the scenario's ids of resources, by the prefixes that AWS has for them.
var ids = regexp.MustCompile(`\b(tgw-attach|tgw-rtb|tgw-rtb-assoc|eni-attach|vpc-cidr-assoc|subnet-cidr-assoc|rtbassoc|aclassoc|dopt|r|vpc|subnet|rtb|acl|sg|eni|igw|i|nat|tgw|vgw|vpn|cgw|pcx|vpce|eipalloc|eipassoc|eigw)-[a-z0-9-]*[a-z0-9]\b`)

// inForm puts every id into AWS's form. The same id always becomes the same.
func inForm(text []byte) []byte {
	return ids.ReplaceAllFunc(text, func(id []byte) []byte {
		prefix := ids.FindSubmatch(id)[1]
		if strings.HasPrefix(string(id), "acl-default") || string(id) == string(prefix) {
			prefix = []byte("acl")
		}
		sum := sha256.Sum256(id)
		return []byte(string(prefix) + "-0" + hex.EncodeToString(sum[:8]))
	})
}

// named are the fields with the ids of the records that get a Name tag, and the field of the tags.
var named = map[string]string{"VpcId": "Tags", "SubnetId": "Tags", "RouteTableId": "Tags", "NetworkAclId": "Tags", "InternetGatewayId": "Tags", "NatGatewayId": "Tags", "InstanceId": "Tags",
	"TransitGatewayId": "Tags", "TransitGatewayAttachmentId": "Tags", "TransitGatewayRouteTableId": "Tags", "VpnGatewayId": "Tags", "VpnConnectionId": "Tags", "CustomerGatewayId": "Tags",
	"NetworkInterfaceId": "TagSet"}

// records are the keys of answers and the field that identifies their records.
var records = map[string]string{"Vpcs": "VpcId", "Subnets": "SubnetId", "RouteTables": "RouteTableId", "NetworkAcls": "NetworkAclId", "InternetGateways": "InternetGatewayId", "Instances": "InstanceId",
	"NatGateways": "NatGatewayId", "TransitGateways": "TransitGatewayId", "TransitGatewayAttachments": "TransitGatewayAttachmentId", "TransitGatewayRouteTables": "TransitGatewayRouteTableId",
	"TransitGatewayVpcAttachments": "TransitGatewayAttachmentId", "VpnGateways": "VpnGatewayId", "VpnConnections": "VpnConnectionId", "CustomerGateways": "CustomerGatewayId"}

// polish names the records after their ids in the scenario, puts the ids into AWS's form and lays the file out as the AWS CLI does.
func polish(data []byte) ([]byte, error) {
	var answer map[string]any
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, err
	}
	for key, list := range answer {
		name(key, list)
	}
	text, err := json.Marshal(answer, jsontext.WithIndent("    "), json.Deterministic(true))
	return append(inForm(text), '\n'), err
}

func name(key string, value any) {
	list, ok := value.([]any)
	if !ok {
		return
	}
	for _, v := range list {
		r, ok := v.(map[string]any)
		if !ok {
			continue
		}
		for k, inner := range r {
			if k == "Instances" { // of reservations
				name(k, inner)
			}
		}
		field := records[key]
		id, ok := r[field].(string)
		if _, word, _ := strings.Cut(id, "-"); ok && word != "" {
			for _, prefix := range []string{"attach-", "rtb-"} {
				word = strings.TrimPrefix(word, prefix)
			}
			r[named[field]] = []any{map[string]any{"Key": "Name", "Value": word}}
		}
	}
}
