package model

import (
	"fmt"

	"github.com/vpcreach/vpcreach/snapshot"
)

// resolveEndpoint makes an end of a VPC endpoint: what a gateway endpoint serves, the interfaces of every other type.
func (n *Network) resolveEndpoint(text string, r Ref) (End, error) {
	e := &n.VPCEndpoints[r.Index]
	if m := e.Missing(); m != nil && (e.conflict || len(e.Interfaces) == 0) {
		return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
	}
	switch e.Type() {
	case GatewayEndpoint:
		prefixes, m := n.Served(r.Index)
		if len(prefixes) == 0 && m != nil {
			return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
		}
		return End{Text: text, Kind: EndEndpoint, Ref: r, Hidden: m}, nil
	case InterfaceEndpoint, ResourceEndpoint, ServiceNetworkEndpoint, GatewayLoadBalancerEndpoint:
		return n.ofInterfaces(text, r, e.part, e.Interfaces, e.State())
	case "":
		if e.Record == nil { // only its interfaces tell of it
			end, err := n.ofInterfaces(text, r, e.part, e.Interfaces, "")
			end.Hidden = e.Missing()
			return end, err
		}
		m := &Missing{What: "type of " + e.ID, Call: snapshot.DescribeVpcEndpoints, Why: NotHeld}
		return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
	}
	res := n.Resource(r)
	m := &Missing{What: e.ID, Account: res.Account, Region: res.Region, Why: NotModelled, Detail: "vpc-endpoint of type " + string(e.Type()) + " as FROM or TO"}
	return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
}

func (n *Network) resolveConnectEndpoint(text string, r Ref) (End, error) {
	e := &n.InstanceConnectEndpoints[r.Index]
	if m := e.Missing(); m != nil {
		return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
	}
	return n.ofInterfaces(text, r, e.part, e.Interfaces, e.Record.State)
}

// ofInterfaces makes an end of the interfaces of an endpoint. Those that no answer describes may do what the others cannot.
func (n *Network) ofInterfaces(text string, r Ref, part *snapshot.Part, ifaces []int32, state string) (End, error) {
	end := End{Text: text, Ref: r}
	for _, i := range ifaces {
		if m := n.Interfaces[i].Missing(); m != nil {
			end.Hidden = m
			continue
		}
		end.Interfaces = append(end.Interfaces, i)
	}
	switch {
	case len(end.Interfaces) > 0:
		return end, nil
	case end.Hidden != nil:
		return End{Text: text, Kind: EndMissing, Ref: r, Missing: end.Hidden}, nil
	case state != "":
		state = "is " + state + " and "
	}
	return End{}, fmt.Errorf("%s %shas no interface: it takes part in no network (UNASSOCIATED_COMPONENT)", n.ID(r), state)
}
