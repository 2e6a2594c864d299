package repair

import (
	"errors"
	"fmt"
	"strings"
)

// AcceptVpcEndpointConnections, ModifyVpcEndpoint, ModifyVpcAttribute, ModifyInstanceMetadataOptions.
func init() {
	actions["accept-vpc-endpoint-connection"] = acceptEndpoint
	actions["modify-vpc-endpoint"] = addTable
	actions["enable-dns-support"] = enableDNS
	actions["enable-instance-metadata"] = enableMetadata
}

func (a *answers) endpoints(id string) ([]found, error) {
	return a.find("describe-vpc-endpoints", "VpcEndpoints", "VpcEndpointId", id)
}

func acceptEndpoint(a *answers, f Fix, _ Options) error {
	endpoints, err := a.endpoints(f.ID)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		if state := text(e.record["State"]); !strings.EqualFold(state, "pendingAcceptance") {
			return fmt.Errorf("it is %s", state)
		}
		e.record["State"] = "available"
	}
	return nil
}

// addTable adds a route table to a gateway endpoint: AWS puts the routes to it into the table.
func addTable(a *answers, f Fix, _ Options) error {
	endpoints, err := a.endpoints(f.ID)
	if err != nil {
		return err
	}
	tables, err := a.find("describe-route-tables", "RouteTables", "RouteTableId", f.Table)
	if err != nil {
		return err
	}
	if len(f.Routes) == 0 {
		return errors.New("no route is named")
	}
	for _, e := range endpoints {
		e.record["RouteTableIds"] = append(list(e.record["RouteTableIds"]), f.Table)
	}
	for _, t := range tables {
		for _, r := range f.Routes {
			if err := changeRoute(t.record, "add-route", r); err != nil {
				return err
			}
		}
	}
	return nil
}

func enableDNS(a *answers, f Fix, _ Options) error {
	done := false
	for path := range a.text {
		if name := path[strings.LastIndexByte(path, '/')+1:]; !strings.HasPrefix(name, "describe-vpc-attribute.") {
			continue
		}
		r, err := a.file(path)
		if err != nil {
			return err
		}
		if r["VpcId"] == f.ID {
			object(r["EnableDnsSupport"])["Value"], done = true, true
		}
	}
	if !done {
		return fmt.Errorf("no answer of describe-vpc-attribute is about %s", f.ID)
	}
	return nil
}

func enableMetadata(a *answers, f Fix, _ Options) error {
	done := false
	for _, path := range a.paths("describe-instances") {
		r, err := a.file(path)
		if err != nil {
			return err
		}
		for _, reservation := range objects(r["Reservations"]) {
			for _, i := range objects(reservation["Instances"]) {
				if i["InstanceId"] == f.ID {
					i["MetadataOptions"], done = record{"HttpEndpoint": "enabled", "HttpProtocolIpv6": "enabled"}, true
				}
			}
		}
	}
	if !done {
		return fmt.Errorf("%s is in no answer of describe-instances", f.ID)
	}
	return nil
}
