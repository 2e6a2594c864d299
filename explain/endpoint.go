package explain

import (
	"cmp"
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

// VPC endpoints, Instance Connect Endpoints, and the addresses at which AWS answers itself.
func init() {
	register(solver.GatewayEndpointProtocol, solver.ReasonNone, gatewayEndpointText,
		unfixable("gateway endpoints carry tcp and pings only: use one of these, or a path to the service that does not pass the endpoint"))
	register(solver.GatewayEndpointSource, solver.ReasonNone, gatewayEndpointSourceText,
		unfixable("what comes from a gateway endpoint has an address of its prefix lists"))
	register(solver.EndpointStarts, solver.ReasonNone, endpointStartsText,
		unfixable("an endpoint answers and starts nothing: ask the other way round, to the endpoint"))
	register(solver.NoPossibleDestination, solver.ReasonNoService, noServiceText, noServiceFix)
	register(solver.NoPossibleDestination, solver.ReasonDNSOff, dnsOffText, dnsOffFix)
	register(solver.NoPossibleDestination, solver.ReasonMetadataOff, metadataOffText, metadataOffFix)
	register(solver.NoPossibleDestination, solver.ReasonAWSService, awsServiceText, unfixable("ask for that address itself as TO"))
}

func init() {
	assumptions[solver.AssumeEndpointWorks] = "is available: no answer describes the endpoint, and its interface is attached"
	assumptions[solver.AssumeDNSSupport] = "has DNS support on: the answer that would tell is not there"
	notes[solver.NoteEndpointThrough] = "gateway endpoint %s is used through a NAT gateway or an appliance: common, but AWS does not document that it works"
	notes[solver.NotePlaintext] = "the VPC of %s enforces encryption: traffic on ports without it, such as tcp 80, is dropped there"
	notes[solver.NoteBeside] = "AWS answers that address beside the network: security groups, network ACLs and routes do not count"
}

// endpointDecision says what stands behind an endpoint.
func (v *view) endpointDecision(h *solver.Hop, _ solver.Leg) string {
	e := &v.n.VPCEndpoints[h.At.Index]
	if e.Record == nil {
		return "type not known"
	}
	text := endpointTypes[e.Type()]
	if text == "" {
		text = "endpoint of type " + cmp.Or(Printable(string(e.Type())), "unknown")
	}
	if e.Record.ServiceName != "" {
		text += " for " + Printable(e.Record.ServiceName)
	}
	return text
}

var endpointTypes = map[model.EndpointType]string{
	model.GatewayEndpoint: "gateway endpoint", model.InterfaceEndpoint: "interface endpoint", model.ResourceEndpoint: "resource endpoint",
	model.ServiceNetworkEndpoint: "service network endpoint", model.GatewayLoadBalancerEndpoint: "Gateway Load Balancer endpoint",
}

// endpointCarries is what an endpoint with interfaces carries.
func endpointCarries(s *scene) string {
	if s.b.At.Kind == model.KindVPCEndpoint && s.n.VPCEndpoints[s.b.At.Index].Type() == model.ResourceEndpoint {
		return "tcp"
	}
	return "tcp and udp"
}

func gatewayEndpointText(s *scene) string {
	return "gateway endpoint " + s.called(s.b.At) + " carries tcp and pings only, not " + s.protocols(s.b.Packets)
}

func gatewayEndpointSourceText(s *scene) string {
	return "nothing comes from gateway endpoint " + s.called(s.b.At) + " but what its prefix lists hold, and " +
		s.addresses(s.p.SourceAddresses(s.b.Packets)) + " is not in them"
}

func endpointStartsText(s *scene) string {
	return s.called(s.b.At) + " answers what comes to it, and starts no connection into its VPC"
}

// service is what AWS offers at the destination.
func (s *scene) service() string {
	if e := s.iface(s.b.At); e != nil && e.VPC >= 0 {
		if v, ok := s.n.ServiceAt(e.VPC, s.b.Witness.Destination); ok {
			return v.Name
		}
	}
	return "AWS"
}

func noServiceText(s *scene) string {
	if s.onlyInstances() {
		return s.service() + " at " + s.b.Witness.Destination.String() + " serves instances only, and " + s.called(s.b.At) + " belongs to none"
	}
	return s.service() + " at " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) + " does not answer " + s.protocols(s.b.Packets)
}

// onlyInstances says whether the destination is the metadata service, on its port, and the sender no instance.
func (s *scene) onlyInstances() bool {
	e := s.iface(s.b.At)
	return e != nil && e.Instance < 0 && s.service() == model.MetadataService && s.b.Witness.Protocol == 6 && s.b.Witness.DestinationPort == 80
}

func noServiceFix(s *scene) Fix {
	if s.onlyInstances() {
		return Fix{Unfixable: "only instances have a metadata service"}
	}
	return Fix{Unfixable: "ask for the port that it answers: 53 of the resolver, tcp 80 of the metadata service, udp 123 of the time service"}
}

func dnsOffText(s *scene) string {
	return s.vpcOf(s.b.VPC) + " has DNS support off, so that its resolver does not answer"
}

func dnsOffFix(s *scene) Fix {
	return change(EnableDNSSupport, s.b.VPC, "turn on enableDnsSupport of "+s.vpcOf(s.b.VPC))
}

func (s *scene) instance() model.Ref {
	if e := s.iface(s.b.At); e != nil && e.Instance >= 0 {
		return model.Ref{Kind: model.KindInstance, Index: e.Instance}
	}
	return s.b.At
}

func metadataOffText(s *scene) string {
	return s.called(s.instance()) + " has its metadata service off for " + s.addresses(s.p.DestinationAddresses(s.b.Packets))
}

func metadataOffFix(s *scene) Fix {
	return change(EnableMetadata, s.instance(), "turn on the metadata service of "+s.called(s.instance())+" (for IPv6 its own switch as well)")
}

func awsServiceText(s *scene) string {
	return s.service() + " answers at " + s.addresses(s.p.DestinationAddresses(s.b.Packets)) + ", not TO"
}

// gatewayEndpoint says whether a route is to lead to a gateway endpoint.
func (s *scene) gatewayEndpoint() bool {
	return s.b.Target.Kind == model.KindVPCEndpoint && known(s.b.Target) && s.n.VPCEndpoints[s.b.Target.Index].Type() == model.GatewayEndpoint
}

// endpointLoses says why the routes that AWS would put into the table would not serve: empty where they would.
func (s *scene) endpointLoses() string {
	if _, m := s.n.Served(s.b.Target.Index); m != nil {
		return "whose prefix lists are not all in the snapshot"
	}
	to, longest := s.b.Witness.Destination, -1
	for _, list := range s.n.VPCEndpoints[s.b.Target.Index].Lists {
		for _, p := range s.n.PrefixLists[list].Entries {
			if p.Contains(to) {
				longest = max(longest, p.Bits())
			}
		}
	}
	best, routes, matched := s.n.RouteTables[s.b.At.Index].Table.LookupPrefix(to)
	if matched && best.Bits() >= longest { // static before prefix list, RT-6
		return "and take out the route " + s.route(&s.n.RouteTables[s.b.At.Index].Routes[routes[0]]) + ", which would win over the endpoint's"
	}
	return ""
}

// gatewayEndpointFix makes a table lead to a gateway endpoint. Its routes are AWS's: the table is named to the endpoint, or the route that
// wins over the endpoint's goes.
func (s *scene) gatewayEndpointFix() Fix {
	if s.b.Losing != nil && s.b.Rule != nil && s.b.Rule.Route != nil && s.b.Code != solver.CannotRoute {
		r := s.b.Rule.Route
		return Fix{Action: DeleteRoute, Resource: s.b.At, Routes: []RouteChange{{s.plainDestination(r), s.n.ID(r.Target)}},
			Text: "delete from " + s.called(s.b.At) + " the route " + s.route(r) + ", so that the one to the endpoint wins"}
	}
	if why := s.endpointLoses(); why != "" {
		return Fix{Unfixable: "add " + s.called(s.b.At) + " to the route tables of gateway endpoint " + s.called(s.b.Target) + ", " + why}
	}
	f := change(ModifyEndpoint, s.b.Target, "add "+s.called(s.b.At)+" to the route tables of gateway endpoint "+s.called(s.b.Target))
	f.Table = s.b.At
	for _, list := range s.n.VPCEndpoints[s.b.Target.Index].Lists {
		has := slices.ContainsFunc(s.n.RouteTables[s.b.At.Index].Routes, func(r model.Route) bool { return r.List == list })
		if id := s.n.PrefixLists[list].ID; !has {
			f.Routes = append(f.Routes, RouteChange{id, s.n.ID(s.b.Target)})
		}
	}
	if f.Routes == nil {
		return Fix{Unfixable: s.called(s.b.At) + " leads to " + s.called(s.b.Target) + " already, but not for this destination, which the endpoint does not serve"}
	}
	return f
}
