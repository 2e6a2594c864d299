package explain

import (
	"cmp"
	"strconv"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// view is one result with what is needed to speak of it. Every text that it returns is printable.
type view struct {
	r *solver.Result
	n *model.Network
	p *packet.Pool
}

func viewOf(r *solver.Result) *view { return &view{r: r, n: r.Network, p: r.Pool} }

// known says whether a Ref names a component; the solver writes an index of -1 for one that no answer names.
func known(r model.Ref) bool { return !r.IsZero() && r.Index >= 0 }

// id is the id of a component, or its kind where no answer names one.
func (v *view) id(r model.Ref) string {
	if !known(r) {
		return "(not known)"
	}
	return Printable(v.n.ID(r))
}

// name is what the owner calls a component: its Name tag, or the name of a group; empty for none.
func (v *view) name(r model.Ref) string {
	if !known(r) {
		return ""
	}
	return Printable(v.n.Resource(r).Name)
}

// owner is the service that an interface belongs to: "RDS orders-db"; empty for everything else. An interface of an instance has
// its instance beside it.
func (v *view) owner(r model.Ref) string {
	if !known(r) || r.Kind != model.KindInterface {
		return ""
	}
	return ownerWords(v.n, r.Index)
}

func ownerWords(n *model.Network, i int32) string {
	if n.Interfaces[i].Instance >= 0 {
		return ""
	}
	return Printable(n.OwnerOf(i).Called())
}

// called is a component as sentences name it: "sg-db (orders)", "RDS orders-db (eni-0a1)".
func (v *view) called(r model.Ref) string {
	if owner := v.owner(r); owner != "" {
		return owner + " (" + v.id(r) + ")"
	}
	if name := v.name(r); name != "" && name != v.id(r) {
		return v.id(r) + " (" + name + ")"
	}
	return v.id(r)
}

// end is FROM or TO as the headline names it: the name a person gave it first, the id in brackets.
func (v *view) end(e *model.End) string {
	asked := Printable(e.Text)
	switch {
	case e.Kind == model.EndInternet && e.Prefixes != nil:
		return asked + " (internet)"
	case e.Kind == model.EndInternet, e.Kind == model.EndMissing:
		return asked
	case e.Kind == model.EndSpecial:
		return asked + " (" + cmp.Or(v.serviceOf(e), "an address of AWS's own services") + ")"
	case e.Kind == model.EndAddress && v.serviceOf(e) != "":
		return asked + " (" + v.serviceOf(e) + ")"
	case e.Kind == model.EndAddress:
		return asked + " (no interface has it)"
	case e.Kind == model.EndDeclared && e.Prefixes != nil:
		return asked + " (" + v.id(e.Ref) + ")"
	case known(e.Ref):
		return v.endResource(asked, e.Ref)
	case len(e.Interfaces) == 1:
		return v.soleOwner(asked, model.Ref{Kind: model.KindInterface, Index: e.Interfaces[0]})
	case len(e.Interfaces) > 1:
		return asked + " (" + strconv.Itoa(len(e.Interfaces)) + " interfaces)"
	}
	return asked
}

// soleOwner is an address by the one interface that has it.
func (v *view) soleOwner(asked string, r model.Ref) string {
	if owner := v.owner(r); owner != "" {
		return asked + " (" + owner + ", " + v.id(r) + ")"
	}
	return asked + " (" + v.id(r) + ")"
}

// serviceOf is what AWS itself answers at an address, where FROM is; empty for nothing.
func (v *view) serviceOf(e *model.End) string {
	from := v.r.Query.From.Interfaces
	if len(from) == 0 || len(e.Prefixes) != 1 || v.n.Interfaces[from[0]].VPC < 0 {
		return ""
	}
	s, _ := v.n.ServiceAt(v.n.Interfaces[from[0]].VPC, e.Prefixes[0].Addr())
	return s.Name
}

func (v *view) endResource(asked string, r model.Ref) string {
	id, name := v.id(r), v.name(r)
	switch {
	case v.owner(r) != "":
		return v.called(r)
	case name != "" && name != id:
		return name + " (" + id + ")"
	case asked == id:
		return id
	}
	return asked + " (" + id + ")"
}

// vpcOf is the id of a VPC by index; "the VPC" where it is not known.
func (v *view) vpcOf(r model.Ref) string {
	if r.Kind != model.KindVPC || r.Index < 0 {
		return "the VPC"
	}
	return v.id(r)
}
