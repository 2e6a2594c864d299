package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model"
)

// ShowOptions say how [Show] and [ShowResource] write.
type ShowOptions struct {
	JSON    bool   // one object instead of text: vpcreach/snapshot/1 or vpcreach/resource/1
	Version string // the tool's version, for the key version of JSON
}

// Show writes what the snapshot of a network holds per account and Region, what is missing or was not understood,
// and what that means for answers. It fails only where w does.
func Show(w io.Writer, n *model.Network, o ShowOptions) error {
	s := snapshotSheet(n)
	if o.JSON {
		return s.writeJSON(w, "vpcreach/snapshot/1", o.Version)
	}
	return s.writeText(w)
}

// ShowResource writes everything that is known of one component, as [Find] finds it. For a network interface that includes
// its rules, merged from all its groups. It fails only where w does, or for a Ref that names nothing.
func ShowResource(w io.Writer, n *model.Network, r model.Ref, o ShowOptions) error {
	describe := resourceSheets[r.Kind]
	if describe == nil || r.Index < 0 {
		return fmt.Errorf("there is nothing to show of a %s", r.Kind)
	}
	s := &sheet{head: linkTo(n, r)}
	describe(n, r.Index, s)
	if tags := tagTable(n, r); len(tags.rows) > 0 {
		s.tables = append(s.tables, tags)
	}
	if o.JSON {
		return s.writeJSON(w, "vpcreach/resource/1", o.Version)
	}
	return s.writeText(w)
}

// resourceSheets is filled by the file of each kind: it writes down what is known of one component of that kind.
var resourceSheets = map[model.Kind]func(*model.Network, int32, *sheet){}

// counts are how many components of each kind a network has, in the order in which they are searched and printed.
func kindCounts(n *model.Network) []struct {
	kind  model.Kind
	count int
} {
	return []struct {
		kind  model.Kind
		count int
	}{
		{model.KindInstance, len(n.Instances)}, {model.KindInterface, len(n.Interfaces)}, {model.KindVPC, len(n.VPCs)},
		{model.KindSubnet, len(n.Subnets)}, {model.KindRouteTable, len(n.RouteTables)},
		{model.KindSecurityGroup, len(n.SecurityGroups)}, {model.KindNetworkACL, len(n.NetworkACLs)},
		{model.KindInternetGateway, len(n.NamedGateways())}, {model.KindNATGateway, len(n.NATGateways)},
		{model.KindPeering, len(n.Peerings)}, {model.KindPrefixList, len(n.PrefixLists)},
		{model.KindVPCEndpoint, len(n.VPCEndpoints)}, {model.KindEgressOnlyGateway, len(n.EgressOnlyGateways)},
		{model.KindCarrierGateway, len(n.CarrierGateways)}, {model.KindTransitGateway, len(n.TransitGateways)},
		{model.KindTransitAttachment, len(n.TransitAttachments)}, {model.KindTransitRouteTable, len(n.TransitTables)},
		{model.KindTransitPolicyTable, len(n.PolicyTables)}, {model.KindVPNGateway, len(n.VPNGateways)},
		{model.KindVPNConnection, len(n.VPNConnections)}, {model.KindDirectConnectGateway, len(n.DirectConnectGateways)},
		{model.KindVirtualInterface, len(n.VirtualInterfaces)}, {model.KindCoreNetwork, len(n.CoreNetworks)},
		{model.KindCoreAttachment, len(n.CoreAttachments)}, {model.KindCoreTable, len(n.CoreTables)}, {model.KindDeclaredNetwork, len(n.Declared)}, {model.KindOther, len(n.Others)},
	}
}

// Find finds the one component that a text means: an id or ARN of any kind, a Name tag or a group's name, and all that
// model.Network.Resolve takes and that means a single component. Its errors are those of Resolve.
func Find(n *model.Network, text string, scope model.Scope) (model.Ref, error) {
	id := text
	if strings.HasPrefix(text, "arn:") {
		id = text[strings.LastIndexByte(text, '/')+1:]
	}
	for _, x := range []string{text, id} {
		if r, ok := n.ByID(x); ok {
			return r, nil
		}
	}
	if found := byName(n, text, scope); len(found) > 0 {
		return theOne(n, text, found)
	}
	end, err := n.Resolve(text, scope)
	switch {
	case err != nil:
		return model.Ref{}, err
	case end.Kind == model.EndMissing && end.Missing != nil:
		return model.Ref{}, fmt.Errorf("%q is not in the snapshot, and %s is not complete there (%s)", text, end.Missing.Call, end.Missing.Why)
	case end.Ref != model.Ref{}:
		return end.Ref, nil
	case len(end.Interfaces) == 0:
		return model.Ref{}, fmt.Errorf("%q is no component of the snapshot: name a resource by id, Name tag or address", text)
	}
	var refs []model.Ref
	for _, i := range end.Interfaces {
		refs = append(refs, model.Ref{Kind: model.KindInterface, Index: i})
	}
	return theOne(n, text, refs)
}

// byName lists the components of every kind with that name. An interface of an instance of the same name is left out: to a
// person the two are one thing.
func byName(n *model.Network, name string, scope model.Scope) []model.Ref {
	var found []model.Ref
	for _, k := range kindCounts(n) {
		for i := range k.count {
			r := model.Ref{Kind: k.kind, Index: int32(i)}
			res := n.Resource(r)
			named := res.Name == name || (k.kind == model.KindSecurityGroup && groupName(n, r) == name)
			if !named || (scope.Account != "" && res.Account != scope.Account) || (scope.Region != "" && res.Region != scope.Region) {
				continue
			}
			if k.kind == model.KindInterface {
				owner := model.Ref{Kind: model.KindInstance, Index: n.Interfaces[i].Instance}
				if slices.Contains(found, owner) {
					continue
				}
			}
			found = append(found, r)
		}
	}
	return found
}

func groupName(n *model.Network, r model.Ref) string {
	if g := n.SecurityGroups[r.Index].Record; g != nil {
		return g.GroupName
	}
	return ""
}

// theOne is the only component found; several are an error that lists them.
func theOne(n *model.Network, text string, found []model.Ref) (model.Ref, error) {
	if len(found) == 1 {
		return found[0], nil
	}
	e := &model.ErrAmbiguous{Text: text}
	for _, r := range found {
		e.Matches = append(e.Matches, n.Resource(r))
	}
	slices.SortFunc(e.Matches, func(a, b model.Resource) int {
		return strings.Compare(a.Type+" "+a.ID, b.Type+" "+b.ID)
	})
	return model.Ref{}, e
}

// tagTable lists a component's tags in order of key.
func tagTable(n *model.Network, r model.Ref) sheetTable {
	t := sheetTable{key: "tags", title: "Tags", columns: []string{"key", "value"}}
	for _, tag := range n.Tags(r) {
		t.add(tag.Key, tag.Value)
	}
	slices.SortStableFunc(t.rows, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	return t
}
