package explain

import (
	"cmp"
	"io"
	"strconv"
	"strings"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/solver/risk"
)

// riskWords say why a kind of risk is one, and what to change. %a is where it is, %t the route table, %m what it is about, %c a CIDR.
var riskWords = map[risk.Kind]struct{ title, why, fix string }{
	risk.ApplianceModeOff: {"appliance mode is off",
		"the subnets of %a lead through %m, in several zones: a reply from another zone meets another appliance than the request, which drops it if it keeps state (ASY-1)",
		"set ApplianceModeSupport of %a to enable"},
	risk.NoPropagation: {"appliance mode cannot know the zones",
		"nothing propagates into %t, the table associated with %a: AWS then spreads flows over all zones, those within one zone too (TGW-43)",
		"let the attachments of the VPCs that are inspected propagate into %t"},
	risk.CrossZone: {"a middlebox of another zone",
		"%t leads what arrives in %a for %c through %m, which stands in another zone: a failure of one zone takes both down, and flows of one zone meet the appliances of two (ASY-5)",
		"let %t lead %c to a middlebox in the zone of %a"},
	risk.NoWayBack: {"inspected, but not sent on",
		"the table of %m leads to the inspection, but %t, the table behind it, has no route for %c, a block of %m: what comes back to it is dropped (ASY-5)",
		"add to %t the route %c to the attachment of %m, or let it propagate"},
	risk.Loop: {"inspected traffic comes back",
		"%a is associated with %t, which leads to %a itself: what has been inspected is led to the inspection again (TGW-48)",
		"associate %a with a table of its own, which leads to the VPCs"},
	risk.EdgeBypass: {"the way out bypasses the middlebox of the way in",
		"the internet gateway leads what comes in for %c through %m, but %t sends what leaves %a straight to the internet gateway, which refuses it (GRT-5)",
		"let the default route of %t lead to %m"},
	risk.TwoWays: {"two ways to one destination on premises",
		"%a has routes for %c both by %m and by a transit gateway (%t): request and reply may take different ways (ASY-2)",
		"use one of them for %c in all tables of %a"},
	risk.NoRouteToGateway: {"no way back from the middlebox",
		"%m delivers to the subnet of a middlebox whose table, %t, has no route to %m: inspected traffic and replies are lost (AWS's RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY)",
		"add to %t the routes to %m for what is inspected"},
}

// riskText puts the names of a risk into words.
func (v *view) riskText(words string, r *risk.Risk) string {
	cidr := "what is inspected"
	if r.CIDR.IsValid() {
		cidr = r.CIDR.String()
	}
	return strings.NewReplacer("%a", v.called(r.At), "%t", v.called(r.Table), "%m", v.called(r.To), "%c", cidr).Replace(words)
}

// RisksText writes the risks of a network for a person: what is wrong, where, why, and what would mend it; then those that could not be
// judged, with the call that would tell. It fails only where w does.
func RisksText(w io.Writer, n *model.Network, list []risk.Risk, o TextOptions) error {
	t := &text{view: &view{n: n}, color: o.Color, width: o.Width}
	known := 0
	for i := range list {
		if list[i].Lack == nil {
			known++
			t.risk(&list[i])
		}
	}
	t.lacking(list)
	if len(list) > 0 {
		t.line()
	}
	t.line(span{text: counted(known, "risk") + ", " + strconv.Itoa(len(list)-known) + " not judged"})
	_, err := io.WriteString(w, t.out.String())
	return err
}

func (t *text) risk(r *risk.Risk) {
	words := riskWords[r.Kind]
	if t.out.Len() > 0 {
		t.line()
	}
	t.line(span{bad, "! "}, span{text: words.title + ": " + t.called(r.At)}, span{faint, "  " + string(r.Kind)})
	t.sentence("    ", t.riskText(words.why, r))
	t.sentence("    ", "fix: "+t.riskText(words.fix, r))
}

// lacking tells the risks that could not be judged, by what is missing.
func (t *text) lacking(list []risk.Risk) {
	told := map[string]bool{}
	for i := range list {
		r := &list[i]
		if r.Lack == nil {
			continue
		}
		if t.out.Len() > 0 {
			t.line()
		}
		t.line(span{doubtful, "? "}, span{text: "not judged: " + riskWords[r.Kind].title + ", " + t.called(r.At)}, span{faint, "  " + string(r.Kind)})
		t.fact(r.Lack, told)
	}
}

// RisksSchema is the contract of [RisksJSON], as the key schema names it.
const RisksSchema = "vpcreach/risks/1"

// The types below are the contract vpcreach/risks/1, key for key; docs/risks.schema.json says what each key means.

type risksDocument struct {
	Schema   string         `json:"schema"`
	Version  string         `json:"version"`
	Snapshot snapshotSpan   `json:"snapshot"`
	Risks    []riskDocument `json:"risks"`
}

type riskDocument struct {
	Kind   risk.Kind `json:"kind"`
	Judged bool      `json:"judged"`
	Type   string    `json:"type"`
	ID     string    `json:"id"`
	Table  string    `json:"table,omitempty"`
	About  string    `json:"about,omitempty"`
	CIDR   string    `json:"cidr,omitempty"`
	Text   string    `json:"text"`
	Fix    string    `json:"fix"`
	Lack   *missing  `json:"missing,omitzero"`
}

// RisksJSON writes the risks of a network as one object of the contract vpcreach/risks/1 (docs/risks.schema.json), followed by a line
// end. It fails only where w does.
func RisksJSON(w io.Writer, n *model.Network, list []risk.Risk, o JSONOptions) error {
	v := &view{n: n}
	doc := risksDocument{Schema: RisksSchema, Version: cmp.Or(o.Version, "unknown"), Risks: []riskDocument{}}
	from, to := v.span()
	doc.Snapshot = snapshotSpan{From: orNull(from), To: orNull(to)}
	if n.Snapshot != nil {
		doc.Snapshot.Digest = n.Snapshot.Digest
	}
	id := func(r model.Ref) string {
		if r.IsZero() {
			return ""
		}
		return v.id(r)
	}
	for i := range list {
		r := &list[i]
		d := riskDocument{Kind: r.Kind, Judged: r.Lack == nil, Type: v.typeOf(r.At), ID: id(r.At), Table: id(r.Table), About: id(r.To),
			Text: v.riskText(riskWords[r.Kind].why, r), Fix: v.riskText(riskWords[r.Kind].fix, r)}
		if r.CIDR.IsValid() {
			d.CIDR = r.CIDR.String()
		}
		if r.Lack != nil {
			d.Lack = &missingOf([]*model.Missing{r.Lack})[0]
		}
		doc.Risks = append(doc.Risks, d)
	}
	return writeJSON(w, doc, o)
}
