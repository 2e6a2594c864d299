package explain

import (
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver"
)

func init() {
	register(solver.BlockPublicAccess, solver.ReasonNone, publicAccessText, publicAccessFix)
}

// publicAccessText says what the mode of VPC Block Public Access stops (BPA-2, BPA-3).
func publicAccessText(s *scene) string {
	text := "VPC Block Public Access (" + Printable(s.b.State) + ") lets nothing "
	if s.b.Egress {
		text += "of " + s.called(s.b.Subnet) + " out by " + s.called(s.b.At)
		if s.b.State == model.BlockIngress {
			text += " but what a NAT gateway translates"
		}
		return text
	}
	return text + "in by " + s.called(s.b.At) + " to " + s.called(s.b.Subnet)
}

// publicAccessFix names the narrowest exclusion that serves (BPA-4).
func publicAccessFix(s *scene) Fix {
	mode := model.ExcludeBidirectional
	if s.b.Egress && s.b.State == model.BlockBidirectional {
		mode = model.ExcludeEgress
	}
	f := change(ExcludeFromBPA, s.b.Subnet, "exclude "+s.called(s.b.Subnet)+" from VPC Block Public Access ("+mode+")")
	f.Mode = mode
	return f
}
