package snapshot

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// How two snapshots are compared: answer by answer, as raw JSON, so that fields which no rule reads are told too. First every element is hashed,
// then only those that differ are read again: memory holds what changed, not what is there.

// Difference is what differs between two snapshots.
type Difference struct {
	From, To  *Snapshot
	Resources []ResourceChange // by partition, account, Region, call, object and id
	Gaps      []Gap            // in the same order
}

// Place is where in a snapshot something is.
type Place struct {
	Partition string    `json:"partition,omitempty"`
	Account   string    `json:"account,omitempty"`
	Region    string    `json:"region,omitempty"`
	Folder    string    `json:"folder,omitempty"` // of parts without account or Region
	Call      Operation `json:"call"`
	Object    string    `json:"object,omitempty"` // of calls that are made once per object
}

// ResourceChange is a resource, or another element of an answer, that differs.
type ResourceChange struct {
	Place
	ID     string        `json:"id"`
	Name   string        `json:"name,omitempty"` // its Name tag: hostile text
	Change Change        `json:"change"`
	Fields []FieldChange `json:"fields,omitempty"` // of changed ones
}

// Gap is an answer that could not be compared, or not wholly.
type Gap struct {
	Place
	From  State  `json:"from"` // how far each of the two can be relied on
	To    State  `json:"to"`
	Error string `json:"error,omitempty"`
}

// Diff compares two snapshots in any of the forms that Open reads. What one of them does not hold is a gap, never a removal.
func Diff(from, to string, opts Options) (*Difference, error) {
	var sides [2]*side
	for i, path := range []string{from, to} {
		src, s, a, err := readForPacking(path, opts.withDefaults())
		if err != nil {
			return nil, err
		}
		defer src.Close()
		sides[i] = &side{packer: packer{from: src, a: a}, s: s, origins: a.byTarget()}
	}
	d := &differ{a: sides[0], b: sides[1], out: &Difference{From: sides[0].s, To: sides[1].s}}
	return d.out, d.run()
}

// side is one of the two snapshots.
type side struct {
	packer
	s       *Snapshot
	origins map[*Part]map[target][]origin
}

type differ struct {
	a, b *side
	out  *Difference
}

// run compares every answer that one of the two has.
func (d *differ) run() error {
	type pair struct{ a, b *Part }
	parts := map[partKey]*pair{}
	var keys []partKey
	add := func(p *Part) *pair {
		k := partKey{p.Partition, p.Account, p.Region, p.Folder}
		if parts[k] == nil {
			parts[k], keys = &pair{}, append(keys, k)
		}
		return parts[k]
	}
	for _, p := range d.a.s.Parts {
		add(p).a = p
	}
	for _, p := range d.b.s.Parts {
		add(p).b = p
	}
	slices.SortFunc(keys, comparePartKeys)
	for _, k := range keys {
		if err := d.part(k, parts[k].a, parts[k].b); err != nil {
			return err
		}
	}
	d.forgetObjects()
	return nil
}

// part compares the answers of one part.
func (d *differ) part(k partKey, a, b *Part) error {
	for _, p := range []**Part{&a, &b} {
		if *p == nil {
			*p = &Part{} // which holds nothing
		}
	}
	targets := map[target]bool{}
	var order []target
	for _, p := range []*Part{a, b} {
		for _, c := range p.allCalls() {
			if t := (target{op: c.Operation, object: c.object}); !targets[t] {
				targets[t], order = true, append(order, t)
			}
		}
	}
	slices.SortFunc(order, func(x, y target) int { return cmp.Or(cmp.Compare(x.op, y.op), cmp.Compare(x.object, y.object)) })
	for _, t := range order {
		at := Place{Partition: k.partition, Account: k.account, Region: k.region, Folder: k.folder, Call: t.op, Object: t.object}
		if err := d.answer(at, t, a, b); err != nil {
			return err
		}
	}
	return nil
}

// recordedCall is what a part knows of a call.
func recordedCall(p *Part, t target) Call {
	if t.object != "" {
		return p.Object(t.op, t.object)
	}
	return p.Call(t.op)
}

func held(s State) bool { return s == Complete || s == Cut }

// answer compares one answer.
func (d *differ) answer(at Place, t target, a, b *Part) error {
	x, y := recordedCall(a, t), recordedCall(b, t)
	if (x.State != Complete || y.State != Complete) && (held(x.State) || held(y.State)) {
		d.out.Gaps = append(d.out.Gaps, Gap{Place: at, From: x.State, To: y.State, Error: cmp.Or(y.Error, x.Error)})
	}
	if !held(x.State) || !held(y.State) {
		return nil
	}
	was, err := d.a.hashes(a, t)
	if err != nil {
		return err
	}
	is, err := d.b.hashes(b, t)
	if err != nil {
		return err
	}
	if maps.Equal(was, is) {
		return nil
	}
	differs := func(id string) bool { return was[id] != is[id] }
	old, err := d.a.elements(a, t, differs)
	if err != nil {
		return err
	}
	now, err := d.b.elements(b, t, differs)
	if err != nil {
		return err
	}
	d.compare(at, old, now, x.State == Complete, y.State == Complete)
	return nil
}

// compare compares the elements that differ. What an answer that is not whole lacks is not known to be gone, or to be new.
func (d *differ) compare(at Place, old, now map[string]any, wasWhole, isWhole bool) {
	ids := make([]string, 0, len(old))
	for id := range old {
		ids = append(ids, id)
	}
	for id := range now {
		if _, ok := old[id]; !ok {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, compareNatural)
	for _, id := range ids {
		a, had := old[id]
		b, has := now[id]
		r := ResourceChange{Place: at, ID: id, Name: nameTag(b)}
		switch {
		case had && has:
			r.Change, r.Fields = Changed, compareValues("", a, b)
			if len(r.Fields) == 0 {
				continue
			}
		case had && isWhole:
			r.Change, r.Name = Removed, nameTag(a)
		case has && wasWhole:
			r.Change = Added
		default:
			continue
		}
		d.out.Resources = append(d.out.Resources, r)
	}
}

// nameTag is the Name tag of a record in its plain form.
func nameTag(v any) string {
	m, _ := v.(map[string]any)
	for _, key := range []string{"Tags", "TagSet"} {
		if tags, ok := m[key].(map[string]any); ok {
			if name, ok := tags["Name"].(string); ok {
				return name
			}
		}
	}
	return ""
}

// forgetObjects drops gaps of calls about objects that are new or gone: there was nothing to ask about.
func (d *differ) forgetObjects() {
	known := map[string]bool{}
	for _, r := range d.out.Resources {
		if r.Change != Changed {
			known[r.Account+"/"+r.Region+"/"+r.ID] = true
		}
	}
	d.out.Gaps = slices.DeleteFunc(d.out.Gaps, func(g Gap) bool {
		return g.Object != "" && (g.From == NotAsked || g.To == NotAsked) && known[g.Account+"/"+g.Region+"/"+g.Object]
	})
}

type elementSum [sha256.Size]byte

// hashes hashes every element of an answer, by its id.
func (s *side) hashes(p *Part, t target) (map[string]elementSum, error) {
	out := map[string]elementSum{}
	err := s.walk(p, t, func(id string, v any) { out[id] = sha256.Sum256(valueText(v)) })
	return out, err
}

// elements are the elements of an answer that are wanted, by their ids.
func (s *side) elements(p *Part, t target, wanted func(id string) bool) (map[string]any, error) {
	out := map[string]any{}
	err := s.walk(p, t, func(id string, v any) {
		if wanted(id) {
			out[id] = v
		}
	})
	return out, err
}

// walk hands over every element of an answer with its id, and what stands beside the list as one with the id "".
func (s *side) walk(p *Part, t target, use func(id string, v any)) error {
	w := elementWalk{op: t.op, seen: map[string]int{}, use: use}
	c := answerCopier{each: w.element}
	if spec := answersByOperation[t.op]; spec != nil {
		c.key = spec.key
	}
	if err := s.pagesOf(s.origins[p][t])(&c); err != nil {
		return fmt.Errorf("%s of %s: %w", t.op, cmp.Or(p.Account, "an unknown account"), err)
	}
	beside := map[string]any{}
	for _, m := range c.rest {
		for _, raw := range m.values {
			v, err := parseValue(raw)
			if err != nil {
				return err
			}
			beside[m.name] = plainForm(m.name, v)
		}
	}
	for _, asked := range []string{"ResponseMetadata", "ResultMetadata", "RequestId", "requestId", "MaxResults"} {
		delete(beside, asked)
	}
	if len(beside) > 0 {
		use("", beside)
	}
	return nil
}

// elementWalk names the elements of one answer.
type elementWalk struct {
	op   Operation
	seen map[string]int
	use  func(id string, v any)
}

// element takes one element of the list. Instances are taken out of their reservation.
func (w *elementWalk) element(raw jsontext.Value) error {
	v, err := parseValue(raw)
	if err != nil {
		return err
	}
	m, ok := v.(map[string]any)
	instances, many := m["Instances"].([]any)
	if !ok || !many || w.op != DescribeInstances {
		w.named(v)
		return nil
	}
	delete(m, "Instances")
	for _, i := range instances {
		if i, ok := i.(map[string]any); ok {
			i["Reservation"] = m
		}
		w.named(i)
	}
	return nil
}

// named hands an element over under its id. Of several with one id each gets a number.
func (w *elementWalk) named(v any) {
	id := w.id(v)
	if w.seen[id]++; w.seen[id] > 1 {
		id = fmt.Sprintf("%s #%d", id, w.seen[id])
	}
	w.use(id, v)
}

// elementIDs are the members that name an element, by the operation whose answer it is in; of several all that are there, unless they stand
// behind one another with |.
var elementIDs = map[Operation]string{
	DescribeInstances: "InstanceId", DescribeSecurityGroups: "GroupId", DescribeSecurityGroupRules: "SecurityGroupRuleId", DescribeNetworkAcls: "NetworkAclId",
	DescribeSecurityGroupVpcAssociations: "GroupId VpcId", DescribeAddresses: "AllocationId|PublicIp|CarrierIp", DescribePrefixLists: "PrefixListId",
	DescribeManagedPrefixLists: "PrefixListId", GetManagedPrefixListEntries: "Cidr", DescribeAvailabilityZones: "ZoneName",
	DescribeTransitGatewayAttachments: "TransitGatewayAttachmentId TransitGatewayId", DescribeVpcBlockPublicAccessExclusions: "ExclusionId",
	DescribeTransitGatewayVpcAttachments: "TransitGatewayAttachmentId", DescribeTransitGatewayPeeringAttachments: "TransitGatewayAttachmentId",
	DescribeTransitGatewayConnects:          "TransitGatewayAttachmentId",
	DescribeTrunkInterfaceAssociations:      "BranchInterfaceId",
	SearchTransitGatewayRoutes:              "DestinationCidrBlock|PrefixListId",
	GetTransitGatewayRouteTableAssociations: "TransitGatewayAttachmentId ResourceId", GetTransitGatewayRouteTablePropagations: "TransitGatewayAttachmentId ResourceId",
	GetTransitGatewayPrefixListReferences: "PrefixListId", GetTransitGatewayPolicyTableEntries: "PolicyRuleNumber",
	GetTransitGatewayPolicyTableAssociations: "TransitGatewayAttachmentId ResourceId", GetNetworkRoutes: "DestinationCidrBlock|PrefixListId",
	ListCoreNetworkAttachments: "AttachmentId", DescribeDirectConnectAssociations: "associationId", DescribeDirectConnectAttachments: "virtualInterfaceId",
	"elbv2 describe-load-balancers": "LoadBalancerArn", "elbv2 describe-target-groups": "TargetGroupArn", "network-firewall list-firewalls": "FirewallArn",
	"ecs describe-tasks": "taskArn", "efs describe-file-systems": "FileSystemId", "lambda list-functions": "FunctionArn",
	"elb describe-load-balancers": "LoadBalancerName", "elasticache describe-cache-clusters": "CacheClusterId", "rds describe-db-instances": "DBInstanceIdentifier",
	"rds describe-db-clusters": "DBClusterIdentifier", "rds describe-db-proxies": "DBProxyName",
}

// id is what names an element: the members that are known for it, else the one that is called as the call is (describe-subnets: SubnetId), else
// all that it holds.
func (w *elementWalk) id(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return string(valueText(v))
	}
	fields := elementIDs[w.op]
	if fields == "" {
		_, call := splitOperation(w.op)
		for name, value := range m {
			stem, isID := strings.CutSuffix(squash(name), "id")
			if _, text := value.(string); isID && text && stem != "" && strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(squash(call), "describe"), "list"), "s") == stem {
				fields = name
			}
		}
	}
	var parts []string
	for _, alternatives := range strings.Fields(fields) {
		for _, name := range strings.Split(alternatives, "|") {
			if text, ok := m[name].(string); ok && text != "" {
				parts = append(parts, text)
				break
			}
		}
	}
	if len(parts) == 0 {
		return string(valueText(v))
	}
	return strings.Join(parts, " ")
}
