package snapshot

import (
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Operations of transit gateways.
const (
	DescribeTransitGateways                     Operation = "describe-transit-gateways"
	DescribeTransitGatewayAttachments           Operation = "describe-transit-gateway-attachments"
	DescribeTransitGatewayVpcAttachments        Operation = "describe-transit-gateway-vpc-attachments"
	DescribeTransitGatewayPeeringAttachments    Operation = "describe-transit-gateway-peering-attachments"
	DescribeTransitGatewayConnects              Operation = "describe-transit-gateway-connects"
	DescribeTransitGatewayRouteTables           Operation = "describe-transit-gateway-route-tables"
	DescribeTransitGatewayPolicyTables          Operation = "describe-transit-gateway-policy-tables"
	SearchTransitGatewayRoutes                  Operation = "search-transit-gateway-routes"
	GetTransitGatewayRouteTableAssociations     Operation = "get-transit-gateway-route-table-associations"
	GetTransitGatewayRouteTablePropagations     Operation = "get-transit-gateway-route-table-propagations"
	GetTransitGatewayPrefixListReferences       Operation = "get-transit-gateway-prefix-list-references"
	GetTransitGatewayPolicyTableEntries         Operation = "get-transit-gateway-policy-table-entries"
	GetTransitGatewayPolicyTableAssociations    Operation = "get-transit-gateway-policy-table-associations"
	GetTransitGatewayAttachmentNatConfiguration Operation = "get-transit-gateway-attachment-nat-configuration"
)

// Keys that stand beside an answer and say something about it.
const (
	keyMoreRoutes = "AdditionalRoutesAvailable" // SearchTransitGatewayRoutes gave only some of the routes
	keyFilters    = "Filters"                   // what it was asked for: no answer of AWS's says so, but collectors may
	keyNatSupport = "NatGatewaySupport"
)

// parameterFilters is the parameter of a call under which its filters stand.
const parameterFilters = "Filters"

var (
	transitTableID      = regexp.MustCompile(`tgw-(?:rtb|ptb)-[0-9a-f]{8,17}`)
	transitAttachmentID = regexp.MustCompile(`tgw-attach-[0-9a-f]{8,17}`)
)

// modelledTransit are the answers about transit gateways.
func modelledTransit() []answerSpec {
	return slices.Concat(transitLists(), transitTables(), transitWrappers())
}

func transitLists() []answerSpec {
	return []answerSpec{
		{op: DescribeTransitGateways, key: "TransitGateways", read: func(r *recordReader) error {
			return into(r, &r.part.TransitGateways, "TransitGatewayId", func(v *TransitGateway) string { return v.TransitGatewayId })
		}},
		{op: DescribeTransitGatewayAttachments, key: "TransitGatewayAttachments", read: func(r *recordReader) error {
			return into(r, &r.part.TransitGatewayAttachments, "TransitGatewayAttachmentId",
				func(v *TransitGatewayAttachment) string { return v.TransitGatewayAttachmentId })
		}},
		{op: DescribeTransitGatewayVpcAttachments, key: "TransitGatewayVpcAttachments", read: func(r *recordReader) error {
			return into(r, &r.part.TransitGatewayVpcAttachments, "TransitGatewayAttachmentId",
				func(v *TransitGatewayVpcAttachment) string { return v.TransitGatewayAttachmentId })
		}},
		{op: DescribeTransitGatewayPeeringAttachments, key: "TransitGatewayPeeringAttachments", read: func(r *recordReader) error {
			return into(r, &r.part.TransitGatewayPeeringAttachments, "TransitGatewayAttachmentId",
				func(v *TransitGatewayPeeringAttachment) string { return v.TransitGatewayAttachmentId })
		}},
		{op: DescribeTransitGatewayConnects, key: "TransitGatewayConnects", read: func(r *recordReader) error {
			return into(r, &r.part.TransitGatewayConnects, "TransitGatewayAttachmentId",
				func(v *TransitGatewayConnect) string { return v.TransitGatewayAttachmentId })
		}},
		{op: DescribeTransitGatewayRouteTables, key: "TransitGatewayRouteTables", read: func(r *recordReader) error {
			return into(r, &r.part.TransitGatewayRouteTables, "TransitGatewayRouteTableId",
				func(v *TransitGatewayRouteTable) string { return v.TransitGatewayRouteTableId })
		}},
		{op: DescribeTransitGatewayPolicyTables, key: "TransitGatewayPolicyTables", read: func(r *recordReader) error {
			return into(r, &r.part.TransitGatewayPolicyTables, "TransitGatewayPolicyTableId",
				func(v *TransitGatewayPolicyTable) string { return v.TransitGatewayPolicyTableId })
		}},
	}
}

// anyRecord is for records that are known by what they are about.
func anyRecord[T any](*T) string { return "here" }

func transitTables() []answerSpec {
	table := func(op Operation, example string) *aboutObject {
		return &aboutObject{noun: "route table", key: "TransitGatewayRouteTableId", ids: transitTableID, name: string(op) + "." + example + ".json"}
	}
	const rtb, ptb = "tgw-rtb-0123456789abcdef0", "tgw-ptb-0123456789abcdef0"
	routes := ofObjects(table(SearchTransitGatewayRoutes, rtb), func(p *Part) *[]TransitGatewayRoute { return &p.TransitGatewayRoutes },
		func(v *TransitGatewayRoute) *string { return &v.Table })
	associations := ofObjects(table(GetTransitGatewayRouteTableAssociations, rtb),
		func(p *Part) *[]TransitGatewayAssociation { return &p.TransitGatewayAssociations },
		func(v *TransitGatewayAssociation) *string { return &v.Table })
	associations.also = "TransitGatewayPolicyTableId"
	propagations := ofObjects(table(GetTransitGatewayRouteTablePropagations, rtb),
		func(p *Part) *[]TransitGatewayPropagation { return &p.TransitGatewayPropagations },
		func(v *TransitGatewayPropagation) *string { return &v.Table })
	references := ofObjects(table(GetTransitGatewayPrefixListReferences, rtb),
		func(p *Part) *[]TransitGatewayPrefixListReference { return &p.TransitGatewayPrefixListReferences },
		func(v *TransitGatewayPrefixListReference) *string { return &v.TransitGatewayRouteTableId })
	entries := ofObjects(table(GetTransitGatewayPolicyTableEntries, ptb),
		func(p *Part) *[]TransitGatewayPolicyTableEntry { return &p.TransitGatewayPolicyTableEntries },
		func(v *TransitGatewayPolicyTableEntry) *string { return &v.Table })
	entries.noun, entries.key = "policy table", "TransitGatewayPolicyTableId"
	nat := ofObjects(&aboutObject{noun: "attachment", key: "TransitGatewayAttachmentId", ids: transitAttachmentID,
		name: string(GetTransitGatewayAttachmentNatConfiguration) + ".tgw-attach-0123456789abcdef0.json"},
		func(p *Part) *[]TransitGatewayNatRule { return &p.TransitGatewayNatRules }, func(v *TransitGatewayNatRule) *string { return &v.Attachment })
	return []answerSpec{
		{op: SearchTransitGatewayRoutes, key: "Routes", perObject: true, about: routes, read: func(r *recordReader) error {
			return into(r, &r.part.TransitGatewayRoutes, "", anyRecord)
		}},
		exportedRoutes(routes),
		{op: GetTransitGatewayRouteTableAssociations, key: "Associations", perObject: true, about: associations, read: readAssociation},
		{op: GetTransitGatewayRouteTablePropagations, key: "TransitGatewayRouteTablePropagations", perObject: true, about: propagations,
			read: func(r *recordReader) error { return into(r, &r.part.TransitGatewayPropagations, "", anyRecord) }},
		{op: GetTransitGatewayPrefixListReferences, key: "TransitGatewayPrefixListReferences", perObject: true, about: references,
			read: func(r *recordReader) error {
				return into(r, &r.part.TransitGatewayPrefixListReferences, "PrefixListId",
					func(v *TransitGatewayPrefixListReference) string { return v.PrefixListId })
			}},
		{op: GetTransitGatewayPolicyTableEntries, key: "TransitGatewayPolicyTableEntries", perObject: true, about: entries,
			read: func(r *recordReader) error { return into(r, &r.part.TransitGatewayPolicyTableEntries, "", anyRecord) }},
		{op: GetTransitGatewayAttachmentNatConfiguration, key: "NatGatewayRules", perObject: true, about: nat,
			read: func(r *recordReader) error { return into(r, &r.part.TransitGatewayNatRules, "", anyRecord) }},
	}
}

// readAssociation reads an association; one with a policy table names the table itself.
func readAssociation(r *recordReader) error {
	if err := into(r, &r.part.TransitGatewayAssociations, "", anyRecord); err != nil {
		return err
	}
	list := r.part.TransitGatewayAssociations
	list[len(list)-1].Table = list[len(list)-1].TransitGatewayPolicyTableId
	return nil
}

// policyAssociations is the answer that shares its key with GetTransitGatewayRouteTableAssociations: the table's id tells them apart.
var policyAssociations = func() answerSpec {
	all := transitTables()
	a := all[slices.IndexFunc(all, func(a answerSpec) bool { return a.op == GetTransitGatewayRouteTableAssociations })]
	a.op = GetTransitGatewayPolicyTableAssociations
	return a
}()

// operationOn is the operation that gave an answer about an object.
func (a *answerSpec) operationOn(object string) Operation {
	if a.op == GetTransitGatewayRouteTableAssociations && strings.HasPrefix(object, "tgw-ptb-") {
		return GetTransitGatewayPolicyTableAssociations
	}
	return a.op
}

// ofObjects completes what is known of answers about one object: list is where their records stand, object the field that names it.
func ofObjects[T any](about *aboutObject, list func(*Part) *[]T, object func(*T) *string) *aboutObject {
	about.size = func(p *Part) int { return len(*list(p)) }
	about.set = func(p *Part, from, to int, id string) {
		for i := from; i < to; i++ {
			*object(&(*list(p))[i]) = id
		}
	}
	about.drop = func(p *Part) {
		*list(p) = slices.DeleteFunc(*list(p), func(v T) bool { return *object(&v) == "" })
	}
	about.named = func(p *Part, from, to int) string {
		var o only
		for i := from; i < to; i++ {
			o.add(*object(&(*list(p))[i]))
		}
		return o.value
	}
	return about
}

// transitWrappers are lists of answers about one route table each, which collectors write and no call of AWS's returns.
func transitWrappers() []answerSpec {
	return []answerSpec{
		{op: SearchTransitGatewayRoutes, key: "TransitGatewayStaticRoutes", wraps: true, read: func(r *recordReader) error {
			var v struct {
				TransitGatewayRouteTableId string                `json:"TransitGatewayRouteTableId"`
				Routes                     []TransitGatewayRoute `json:"Routes"`
				AdditionalRoutesAvailable  bool                  `json:"AdditionalRoutesAvailable"`
				NextToken                  string                `json:"NextToken"`
			}
			if err := json.UnmarshalDecode(r.dec, &v); err != nil {
				return err
			}
			for i := range v.Routes {
				v.Routes[i].Table = v.TransitGatewayRouteTableId
				if err := v.Routes[i].check(); err != nil {
					return err
				}
			}
			r.part.TransitGatewayRoutes = append(r.part.TransitGatewayRoutes, v.Routes...)
			return r.wrap(v.TransitGatewayRouteTableId, len(v.Routes), v.AdditionalRoutesAvailable || v.NextToken != "", "Name=type,Values=static")
		}},
		{op: GetTransitGatewayRouteTablePropagations, key: "TransitGatewayPropagations", wraps: true, read: func(r *recordReader) error {
			var v struct {
				TransitGatewayRouteTableId           string                      `json:"TransitGatewayRouteTableId"`
				TransitGatewayRouteTablePropagations []TransitGatewayPropagation `json:"TransitGatewayRouteTablePropagations"`
				NextToken                            string                      `json:"NextToken"`
			}
			if err := json.UnmarshalDecode(r.dec, &v); err != nil {
				return err
			}
			for i := range v.TransitGatewayRouteTablePropagations {
				v.TransitGatewayRouteTablePropagations[i].Table = v.TransitGatewayRouteTableId
			}
			r.part.TransitGatewayPropagations = append(r.part.TransitGatewayPropagations, v.TransitGatewayRouteTablePropagations...)
			return r.wrap(v.TransitGatewayRouteTableId, len(v.TransitGatewayRouteTablePropagations), v.NextToken != "", "")
		}},
	}
}

// wrappedAnswer is one of the answers that a wrapper lists.
type wrappedAnswer struct {
	object  string
	items   int
	cut     bool
	filters string
}

// wrap notes an answer of a wrapper.
func (r *recordReader) wrap(object string, items int, cut bool, filters string) error {
	if object == "" {
		return &missingIDError{"TransitGatewayRouteTableId"}
	}
	r.wrapped = append(r.wrapped, wrappedAnswer{object, items, cut, filters})
	return nil
}

// wrapper notes the answers that a wrapper holds.
func (a *assembly) wrapper(r *fileResult, f *foundAnswer) FileUse {
	for i, v := range f.wrapped {
		t := target{op: f.spec.op, object: v.object}
		inner := *f
		inner.items, inner.open, inner.truncated, inner.filters = v.items, false, v.cut, v.filters
		a.note(r, &inner, t, nil)
		o := &a.origins[len(a.origins)-1]
		o.wrapped, o.element = true, i
	}
	return Used
}

// besideText is what a key beside an answer says of it, as text; false for keys that say nothing.
func (d *fileDecoder) besideText(key string) (bool, error) {
	switch {
	case key == keyFilters, key == keyExportFilter:
		raw, err := d.dec.ReadValue()
		if err != nil {
			return true, orUnexpected(err)
		}
		d.filters = filterText(raw)
		return true, nil
	case key == keyMoreRoutes && d.dec.PeekKind() == 't':
		d.moreRoutes = true
		return true, d.skip()
	case key == keyNatSupport && d.dec.PeekKind() == '"':
		text, err := d.readText()
		d.natSupport = text
		return true, err
	case key == keySegmentEdge && d.dec.PeekKind() == '{':
		return true, d.readSegmentEdge()
	}
	return false, nil
}

// filterText writes filters as one types them after "--filters". What is not of that form is kept as it is, which no rule can read.
func filterText(raw jsontext.Value) string {
	var list []struct {
		Name   string   `json:"Name,case:ignore"`
		Values []string `json:"Values,case:ignore"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return oneLine(string(raw))
	}
	var words []string
	for _, f := range list {
		words = append(words, "Name="+f.Name+",Values="+strings.Join(f.Values, ","))
	}
	return strings.Join(words, " ")
}

// ofSearch completes the answers of a JSON value with what stood beside them.
func (d *fileDecoder) ofSearch(a *foundAnswer) {
	switch {
	case a.spec == nil:
	case a.spec.op == SearchTransitGatewayRoutes:
		a.truncated = a.truncated || d.moreRoutes && !d.pageToken
		a.filters = d.filters
	case a.spec.op == GetTransitGatewayAttachmentNatConfiguration:
		for i := a.from; i < a.to; i++ {
			d.part.TransitGatewayNatRules[i].NatGatewaySupport = d.natSupport
		}
	}
}

// SearchedFor says which routes of a table its search asked for (TGW-70): all of them, or the static ones alone; else some others.
func SearchedFor(c Call) (all, static bool) {
	filters := c.Parameters[parameterFilters]
	all = true
	for _, f := range strings.FieldsFunc(filters, func(r rune) bool { return r == ' ' || r == ';' }) {
		name, values := splitFilter(f)
		has := func(v string) bool { return slices.Contains(values, v) }
		switch {
		case name == "state" && has("active") && has("blackhole"):
		case name == "type" && has("static") && has("propagated"):
		case name == "route-search.subnet-of-match" && wholeSpace(values):
		case name == "type" && len(values) == 1 && has("static") && (all || static):
			all, static = false, true
		default:
			return false, false
		}
	}
	return all, static
}

// splitFilter reads "Name=state,Values=active,blackhole" and "state=active,blackhole".
func splitFilter(text string) (name string, values []string) {
	if rest, ok := strings.CutPrefix(text, "Name="); ok {
		name, list, _ := strings.Cut(rest, ",Values=")
		return name, strings.Split(list, ",")
	}
	name, list, _ := strings.Cut(text, "=")
	return name, strings.Split(list, ",")
}

// searched keeps of several searches of one table those that asked for all routes, where there are such: the others add routes, but say
// nothing of what is not there.
func searched(t target, pages []page) []page {
	if t.op != SearchTransitGatewayRoutes {
		return pages
	}
	var whole []page
	for _, pg := range pages {
		if all, _ := SearchedFor(Call{Parameters: map[string]string{parameterFilters: pg.filterText()}}); all {
			whole = append(whole, pg)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return pages
}

// filterText is what a page's call filtered by: as the manifest says, else as the file does.
func (p *page) filterText() string {
	if p.asked != nil {
		for name, v := range p.asked.Parameters {
			if squash(name) == "filters" {
				return v
			}
		}
	}
	return p.filters
}

// joinFilters is what the pages of a search were filtered by; of pages that differ it is not known. stated says that a manifest must tell,
// because a file would say something else.
func joinFilters(t target, pages []page) (text string, stated bool) {
	if t.op != SearchTransitGatewayRoutes {
		return "", false
	}
	text = pages[0].filterText()
	for _, pg := range pages {
		stated = stated || pg.filters != ""
		if pg.filterText() != text {
			text = "several"
		}
	}
	return text, stated || text != ""
}
