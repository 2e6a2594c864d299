package explain

import (
	"slices"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

func init() {
	register(solver.AddressRestriction, solver.ReasonNone, ownTrafficText,
		unfixable("an interface that a service manages forwards nothing, whatever its source/destination check says: route to an interface of an appliance of your own"))
	register(solver.NoRouteToDestination, solver.ReasonAsymmetric, asymmetricText, asymmetricFix)
	register(solver.ReferencesNotPreserved, solver.ReasonNone, forgottenText, forgottenFix)
	register(solver.IngressNoPublicIP, solver.ReasonNone, ingressPublicText, ingressPublicFix)
	register(solver.IngressRedirection, solver.ReasonNone, redirectionText, redirectionFix)
	explainCode((*analyst).checkFields, solver.AddressRestriction)
	explainCode((*analyst).routeFields, solver.IngressRedirection)
}

func ownTrafficText(s *scene) string {
	return s.called(s.b.At) + " belongs to a service and takes only what is addressed to itself, not " + s.refused()
}

// asymmetricText says which of the two a middlebox saw: the request, or the reply.
func asymmetricText(s *scene) string {
	if s.passes(s.r.Forward) {
		return "the request passed " + s.called(s.b.At) + ", but the reply does not come back through it in turn: a middlebox that keeps state must see both directions"
	}
	return "the reply would pass " + s.called(s.b.At) + ", which has not seen the request: a middlebox that keeps state drops it"
}

// passes says whether the blocker's component, or another interface of its instance, stands on some hops.
func (s *scene) passes(hops []solver.Hop) bool {
	device := s.deviceOf(s.b.At)
	return slices.ContainsFunc(hops, func(h solver.Hop) bool { return s.deviceOf(h.At) == device })
}

func (s *scene) deviceOf(r model.Ref) model.Ref {
	if s.iface(r) == nil {
		return r
	}
	return s.n.DeviceOf(r.Index)
}

// asymmetricFix is none: which tables the other direction should ask, the owner must say.
func asymmetricFix(s *scene) Fix {
	text := "let the route tables on the way back lead the reply through " + s.called(s.b.At) + " too, or none lead the request there"
	if !s.passes(s.r.Forward) {
		text = "let the route tables lead request and reply through the same middleboxes: both through " + s.called(s.b.At) + ", or neither"
	}
	return Fix{Unfixable: text}
}

// forgottenText implements SG_REFERENCES_NOT_PRESERVED, of the sender's outbound rules (at the hop that forgets) or beside the
// refusal of an interface's inbound rules.
func forgottenText(s *scene) string {
	if s.b.Egress {
		return "the outbound rules of " + s.called(s.b.Interface) + " allow " + s.refused() + " only by naming a security group, and " + s.called(s.b.At) +
			" does not hand on which groups the two ends have"
	}
	return s.called(s.b.At) + " does not hand on the sender's security groups, so that no inbound rule of " + s.called(s.b.Interface) + " that names one of them matches"
}

// forgottenFix names addresses in the rules of the interface whose rules name groups.
func forgottenFix(s *scene) Fix {
	b := *s.b
	b.At = s.b.Interface
	at := &scene{s.view, &b}
	list, partial := at.ruleNeeds()
	return at.groupFixFor(list, partial, model.Ref{})
}

func ingressPublicText(s *scene) string {
	by := "a gateway's route table"
	if s.b.Rule != nil {
		by = s.called(s.b.Rule.Of)
	}
	return by + " hands " + s.refused() + " to " + s.called(s.b.At) + ", which has no public IPv4 address: an internet gateway gives it nothing"
}

func ingressPublicFix(s *scene) Fix {
	e := s.iface(s.b.At)
	if e == nil || len(e.Addresses) == 0 || !e.Addresses[0].Is4() {
		return Fix{Unfixable: s.called(s.b.At) + " has no private IPv4 address that a public one could be mapped to"}
	}
	return s.publicFix(s.b.At, e.Addresses[0], "")
}

func redirectionText(s *scene) string {
	text := s.called(s.b.At) + " leads "
	if s.b.Leg == solver.Return {
		text += "the reply "
	}
	text += "from " + s.addresses(s.p.SourceAddresses(s.b.Packets)) + " straight to the internet gateway"
	if r := s.b.Rule; r != nil {
		text += ", whose own " + s.called(r.Of) + " leads what comes in to there through " + s.called(s.b.Target)
	}
	return text + ": what goes out must pass it too"
}

// redirectionFix is none, because the way through the middlebox, which may have refusals of its own, has not been walked (D-195).
func redirectionFix(s *scene) Fix {
	text := "let " + s.called(s.b.At) + " lead what goes to the internet through " + s.called(s.b.Target)
	if r := s.b.Losing; r != nil && r.Record != nil {
		text = "replace in " + s.called(s.b.At) + " the route " + s.route(r) + " by " + s.routeDestination(r) + " → " + s.id(s.b.Target)
	}
	return Fix{Unfixable: text + ", in a table that the subnet of " + s.called(s.b.Target) + " does not use, and ask again: what stands in that way is not judged here"}
}
