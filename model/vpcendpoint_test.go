package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An endpoint is found by id, knows its interfaces and they know it; routes of either kind lead to it.
func TestVPCEndpoints(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
subnet-b vpc-a 10.0.2.0/24
vpce-s3 vpc-a gateway com.amazonaws.us-east-1.s3
vpce-gw vpc-a gwlb subnet-b
vpce-if vpc-a interface subnet-b 10.0.2.9 subnet-a 10.0.1.9
vpce-sn vpc-a service-network subnet-a prefix=subnet-a/10.0.1.32/28
vpce-gone vpc-a interface subnet-a 10.0.1.7
set vpce-if State "Available"
set vpce-sn State "pendingAcceptance"
set vpce-gw State null
drop vpce-gone
pl-s3 aws 52.216.0.0/15
rtb-m vpc-a main
  pl-s3 vpce-s3
  0.0.0.0/0 vpce-gw
`)
	type endpoint struct {
		Type       EndpointType
		State      string
		Available  bool
		VPC        string
		Subnets    []string
		Interfaces []string
		Missing    bool
		Blocks     int
	}
	got := map[string]endpoint{}
	for i := range n.VPCEndpoints {
		e := &n.VPCEndpoints[i]
		x := endpoint{Type: e.Type(), State: e.State(), Available: e.Available(), VPC: n.VPCs[e.VPC].ID, Missing: e.Missing() != nil, Blocks: len(n.EndpointBlocks(int32(i)))}
		for _, k := range e.Subnets {
			x.Subnets = append(x.Subnets, n.Subnets[k].ID)
		}
		for _, k := range e.Interfaces {
			x.Interfaces = append(x.Interfaces, n.Interfaces[k].ID)
			if diff := cmp.Diff(int32(i), n.Interfaces[k].Endpoint); diff != "" {
				t.Errorf("endpoint of %s (-want +got):\n%s", n.Interfaces[k].ID, diff)
			}
		}
		got[e.ID] = x
	}
	want := map[string]endpoint{
		"vpce-s3":   {Type: GatewayEndpoint, State: "available", Available: true, VPC: "vpc-a"},
		"vpce-gw":   {Type: GatewayLoadBalancerEndpoint, Available: true, VPC: "vpc-a", Subnets: []string{"subnet-b"}, Interfaces: []string{"eni-vpce-gw"}},
		"vpce-if":   {Type: InterfaceEndpoint, State: "Available", Available: true, VPC: "vpc-a", Subnets: []string{"subnet-a", "subnet-b"}, Interfaces: []string{"eni-vpce-if", "eni-vpce-if-2"}},
		"vpce-sn":   {Type: ServiceNetworkEndpoint, State: "pendingAcceptance", VPC: "vpc-a", Subnets: []string{"subnet-a"}, Interfaces: []string{"eni-vpce-sn"}, Blocks: 1},
		"vpce-gone": {Available: true, VPC: "vpc-a", Interfaces: []string{"eni-vpce-gone"}, Missing: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
	for _, r := range n.RouteTables[0].Routes {
		if id := n.ID(r.Target); !r.Local && (r.Target.Kind != KindVPCEndpoint || id != "vpce-s3" && id != "vpce-gw") {
			t.Errorf("a route leads to %v %s, not to an endpoint", r.Target.Kind, id)
		}
	}
}
