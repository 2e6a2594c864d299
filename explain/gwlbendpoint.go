package explain

import (
	"github.com/vpcreach/vpcreach/solver"
)

func init() {
	register(solver.NoPossibleDestination, solver.ReasonRouteOnly, routeOnlyText,
		unfixable("name the Gateway Load Balancer endpoint in a route, and ask for what lies behind it"))
}

func routeOnlyText(s *scene) string {
	return s.called(s.b.At) + " is the interface of a Gateway Load Balancer endpoint, which takes packets from routes only and starts nothing"
}
