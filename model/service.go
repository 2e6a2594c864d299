package model

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/vpcreach/vpcreach/snapshot"
)

// service is one thing of another service than ec2 that people know by name, with the interfaces that are its own.
type service struct {
	row        *ownerRow
	owner      Owner
	part       *snapshot.Part
	hosts      []string // lower-case
	interfaces []int32  // in order of id
	// candidates are interfaces one or more of which are its own: the answers do not tell which.
	candidates []int32
}

// serviceIndex knows the owners of interfaces that are no component. It is built at the first look-up, because a question by
// id that meets no such interface needs none of it.
type serviceIndex struct {
	once   sync.Once
	owners map[int32]Owner
	list   []*service // in order of kind, name, id, account and Region
	byKey  map[serviceKey]*service
	byName map[string][]*service // by name, id, and both with their kind before
	byHost map[string][]*service
	loose  map[*snapshot.Part]*looseRecords
	direct map[string]*snapshot.ServiceResource // by network interface
}

// serviceKey is what makes two of them the same: ids are unique where they are ARNs, names within a part.
type serviceKey struct {
	kind, id string
	part     *snapshot.Part
}

// looseRecords are the records of one part by what interfaces call them.
type looseRecords struct {
	balancers    map[string]*snapshot.ServiceResource // by the end of the ARN ("app/NAME/ID"), classic ones by name
	caches       map[string]*snapshot.ServiceResource // by name
	proxies      map[string]*snapshot.ServiceResource // by name and by the end of the ARN
	functions    map[string]*snapshot.ServiceResource // by name
	files        map[string]*snapshot.ServiceResource // by id
	clusters     map[string]*snapshot.ServiceResource // by name
	databases    []*snapshot.ServiceResource
	allFunctions []*snapshot.ServiceResource
	complete     bool // every DB instance is there
}

func (n *Network) thingsOfServices() *serviceIndex {
	x := &n.serviceIndex
	x.once.Do(func() { x.build(n) })
	return x
}

func (x *serviceIndex) build(n *Network) {
	x.owners, x.byKey = map[int32]Owner{}, map[serviceKey]*service{}
	x.loose, x.direct = map[*snapshot.Part]*looseRecords{}, map[string]*snapshot.ServiceResource{}
	for _, p := range n.Snapshot.Parts {
		x.gather(p)
	}
	for i := range n.Interfaces {
		e := &n.Interfaces[i]
		w, o := e.owner()
		if e.NAT >= 0 || e.Endpoint >= 0 || (w != nil && w.own) || e.Record == nil || e.Instance >= 0 {
			continue
		}
		w, o = x.named(n, int32(i), w, o)
		if w == nil {
			continue
		}
		x.owners[int32(i)] = o
		if (o.Name != "" || o.ID != "") && o.Words == w.words { // not several of them
			s := x.service(w, o, e.part)
			s.interfaces = append(s.interfaces, int32(i))
		}
	}
	for _, p := range n.Snapshot.Parts {
		for i := range p.Services {
			x.record(n, p, &p.Services[i])
		}
	}
	for _, s := range x.byKey {
		sortByID(n, s.interfaces)
		sortByID(n, s.candidates)
		slices.Sort(s.hosts)
		x.list = append(x.list, s)
	}
	slices.SortFunc(x.list, func(a, b *service) int {
		return cmp.Or(strings.Compare(a.owner.Type, b.owner.Type), strings.Compare(a.owner.Name, b.owner.Name), strings.Compare(a.owner.ID, b.owner.ID),
			strings.Compare(a.part.Account, b.part.Account), strings.Compare(a.part.Region, b.part.Region), strings.Compare(a.part.Folder, b.part.Folder))
	})
	x.byName, x.byHost = map[string][]*service{}, map[string][]*service{}
	for _, s := range x.list {
		x.name(s)
	}
}

func sortByID(n *Network, list []int32) {
	slices.SortFunc(list, func(a, b int32) int { return strings.Compare(n.Interfaces[a].ID, n.Interfaces[b].ID) })
}

// service finds or adds what an owner is.
func (x *serviceIndex) service(w *ownerRow, o Owner, part *snapshot.Part) *service {
	k := serviceKey{w.kind, cmp.Or(o.ID, o.Name), part}
	if strings.HasPrefix(o.ID, "arn:") {
		k.part = nil
	}
	s := x.byKey[k]
	if s == nil {
		s = &service{row: w, owner: o, part: part}
		x.byKey[k] = s
	}
	return s
}

// gather sorts the records of a part by what interfaces call them.
func (x *serviceIndex) gather(p *snapshot.Part) {
	l := &looseRecords{complete: complete(p, snapshot.DescribeDBInstances)}
	x.loose[p] = l
	put := func(m *map[string]*snapshot.ServiceResource, key string, s *snapshot.ServiceResource) {
		if *m == nil {
			*m = map[string]*snapshot.ServiceResource{}
		}
		if (*m)[key] == nil {
			(*m)[key] = s
		}
	}
	for i := range p.Services {
		s := &p.Services[i]
		for _, id := range s.Interfaces {
			put(&x.direct, id, s)
		}
		switch s.Kind {
		case snapshot.LoadBalancer:
			_, end, _ := strings.Cut(s.ID, ":loadbalancer/")
			put(&l.balancers, end, s)
		case snapshot.ClassicLoadBalancer:
			put(&l.balancers, s.Name, s)
		case snapshot.CacheCluster:
			put(&l.caches, s.Name, s)
		case snapshot.DBProxy:
			put(&l.proxies, s.Name, s)
			put(&l.proxies, s.ID[strings.LastIndexByte(s.ID, ':')+1:], s)
		case snapshot.FileSystem:
			put(&l.files, s.ID, s)
		case snapshot.DBCluster:
			put(&l.clusters, s.Name, s)
		case snapshot.DBInstance:
			l.databases = append(l.databases, s)
		case snapshot.LambdaFunction:
			put(&l.functions, s.Name, s)
			l.allFunctions = append(l.allFunctions, s)
		}
	}
}

// owner is the owner of an interface with what the answers of other services add.
func (x *serviceIndex) owner(_ *Network, i int32, o Owner) Owner {
	if found, ok := x.owners[i]; ok {
		return found
	}
	return o
}

// named adds to an owner what the answers of its service tell, or finds the owner by them alone.
func (x *serviceIndex) named(n *Network, i int32, w *ownerRow, o Owner) (*ownerRow, Owner) {
	e := &n.Interfaces[i]
	l := x.loose[e.part]
	if s := x.direct[e.ID]; s != nil {
		w, o = ownerRowNamed(serviceRows[s.Kind]), Owner{ID: cmp.Or(s.Of, s.ID), Name: s.Name}
		o.Type, o.Words = w.kind, w.words
	}
	if w == nil || l == nil {
		return w, o
	}
	var s *snapshot.ServiceResource
	switch w.kind {
	case "rds":
		s = l.database(n, e)
	case "rds-proxy":
		s = l.proxies[o.Name]
	case "elasticache":
		s = l.caches[o.Name]
	case "efs":
		s = l.files[o.ID]
	case "lambda":
		return w, l.lambda(n, e, o)
	default:
		s = l.balancers[o.ID]
	}
	if s != nil {
		o.ID, o.Name = s.ID, cmp.Or(s.Name, o.Name)
	}
	return w, o
}

// serviceRows are the kinds of owners that the records of answers are.
var serviceRows = map[snapshot.ServiceKind]string{
	snapshot.ClassicLoadBalancer: "classic-load-balancer", snapshot.DBInstance: "rds", snapshot.DBCluster: "rds",
	snapshot.DBProxy: "rds-proxy", snapshot.CacheCluster: "elasticache", snapshot.ECSTask: "ecs-task", snapshot.MountTarget: "efs",
	snapshot.FileSystem: "efs", snapshot.LambdaFunction: "lambda",
}

func ownerRowNamed(kind string) *ownerRow {
	return &owners[slices.IndexFunc(owners, func(w ownerRow) bool { return w.kind == kind })]
}

// database is the one DB instance whose subnets and groups an interface fits, or the cluster that all of several are
// members of; nil where others could be meant, or where not every DB instance is in the answers. A record says no more:
// its description is the same for all of them.
func (l *looseRecords) database(n *Network, e *Interface) *snapshot.ServiceResource {
	if !l.complete {
		return nil
	}
	var fits []*snapshot.ServiceResource
	for _, s := range l.databases {
		if fitsService(n, e, s) {
			fits = append(fits, s)
		}
	}
	if len(fits) == 1 {
		return fits[0]
	}
	if len(fits) == 0 || slices.ContainsFunc(fits, func(s *snapshot.ServiceResource) bool { return s.Of == "" || s.Of != fits[0].Of }) {
		return nil
	}
	if c := l.clusters[fits[0].Of]; c != nil {
		return c
	}
	return &snapshot.ServiceResource{Kind: snapshot.DBCluster, ID: fits[0].Of, Name: fits[0].Of}
}

// lambda names the functions whose subnets and groups an interface fits: functions that are alike in them share it, and its description
// names the one that came first. Where no function fits, the description counts.
func (l *looseRecords) lambda(n *Network, e *Interface, o Owner) Owner {
	var names []string
	for _, s := range l.allFunctions {
		if fitsService(n, e, s) {
			names = append(names, s.Name)
		}
	}
	names = sortedUnique(names)
	switch {
	case len(names) == 1:
		o.Name = names[0]
	case len(names) > maxFunctions:
		o.Name, o.Words = strings.Join(names[:maxFunctions], ", ")+" and "+strconv.Itoa(len(names)-maxFunctions)+" more", "Lambda functions"
		return o
	case len(names) > 1:
		o.Name, o.Words = strings.Join(names, ", "), "Lambda functions"
		return o
	}
	if s := l.functions[o.Name]; s != nil {
		o.ID = s.ID
	}
	return o
}

// maxFunctions bounds how many functions of one interface are named.
const maxFunctions = 3

// fitsService says whether an interface is in one of the subnets of a resource and has just its groups.
func fitsService(n *Network, e *Interface, s *snapshot.ServiceResource) bool {
	if e.Subnet < 0 || !slices.Contains(s.Subnets, n.Subnets[e.Subnet].ID) || len(e.Groups) == 0 {
		return false
	}
	groups := sortedUnique(slices.Clone(s.Groups))
	return slices.EqualFunc(e.Groups, groups, func(g int32, id string) bool { return n.SecurityGroups[g].ID == id })
}

// record adds a service's resource as something with a name, with the interfaces that may be its own.
func (x *serviceIndex) record(n *Network, p *snapshot.Part, r *snapshot.ServiceResource) {
	kind := serviceRows[r.Kind]
	if r.Kind == snapshot.LoadBalancer {
		_, end, _ := strings.Cut(r.ID, ":loadbalancer/")
		kind = map[string]string{"app": "application-load-balancer", "net": "network-load-balancer", "gwy": "gateway-load-balancer"}[end[:min(3, len(end))]]
	}
	if kind == "" || r.Name == "" {
		return
	}
	w := ownerRowNamed(kind)
	s := x.service(w, Owner{Type: w.kind, Words: w.words, Name: r.Name, ID: r.ID}, p)
	for _, h := range r.Hosts {
		s.hosts = append(s.hosts, strings.ToLower(h))
	}
	switch r.Kind {
	case snapshot.DBInstance, snapshot.LambdaFunction:
		x.fitting(n, p, r, s)
	case snapshot.DBCluster:
		for _, m := range x.loose[p].databases {
			if m.Of == r.Name {
				x.fitting(n, p, m, s)
			}
		}
	}
}

// fitting adds the interfaces that fit a database or function: those that are surely its own, and those that others fit too. Functions with the
// same subnets and groups share their interfaces, so there all that fit are its own.
func (x *serviceIndex) fitting(n *Network, p *snapshot.Part, r *snapshot.ServiceResource, s *service) {
	for _, id := range sortedUnique(slices.Clone(r.Subnets)) {
		subnet, ok := n.byID[id]
		if !ok || subnet.Kind != KindSubnet {
			continue
		}
		for _, i := range n.Subnets[subnet.Index].Interfaces {
			e := &n.Interfaces[i]
			o, ok := x.owners[i]
			if !ok || o.Type != s.owner.Type || e.part != p || slices.Contains(s.interfaces, i) || !fitsService(n, e, r) {
				continue
			}
			switch {
			case r.Kind == snapshot.LambdaFunction, o.ID == r.ID:
				s.interfaces = append(s.interfaces, i)
			case !slices.Contains(s.candidates, i):
				s.candidates = append(s.candidates, i)
			}
		}
	}
}

// servicesNamed finds what a text means: a name, "kind/name", an ARN, or the host name of an endpoint.
func (n *Network) servicesNamed(text string, scope Scope) []*service {
	x := n.thingsOfServices()
	out := slices.Clone(x.byName[text])
	for _, s := range x.byHost[strings.TrimSuffix(strings.ToLower(text), ".")] {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return slices.DeleteFunc(out, func(s *service) bool {
		return (scope.Account != "" && s.part.Account != scope.Account) || (scope.Region != "" && s.part.Region != scope.Region)
	})
}

// name enters what a service is asked for by.
func (x *serviceIndex) name(s *service) {
	add := func(m map[string][]*service, key string) {
		if !slices.Contains(m[key], s) {
			m[key] = append(m[key], s)
		}
	}
	for _, name := range []string{s.owner.Name, s.owner.ID} {
		if name == "" {
			continue
		}
		add(x.byName, name)
		add(x.byName, s.row.kind+"/"+name)
		if s.row.short != "" {
			add(x.byName, s.row.short+"/"+name)
		}
	}
	for _, h := range s.hosts {
		add(x.byHost, h)
	}
}

// noInterface is why a name that answers hold is no end.
func noInterface(text string) error {
	return fmt.Errorf("%q is in the answers of its service, but no interface is known to be its own; ask for an interface or an address", text)
}

// withInterfaces adds what several things are asked for by, whatever their names.
func withInterfaces(found []Ref, services []*service) []Ref {
	for _, s := range services {
		for _, i := range slices.Concat(s.interfaces, s.candidates) {
			if r := (Ref{KindInterface, i}); !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
	}
	return found
}

// resolveService makes an end of a service's interfaces.
func (n *Network) resolveService(text string, s *service) (End, error) {
	hidden := func() *Missing {
		if complete(s.part, snapshot.DescribeNetworkInterfaces) {
			return nil
		}
		return missingCall(s.part, snapshot.DescribeNetworkInterfaces, "interfaces of "+text)
	}()
	switch {
	case len(s.candidates) > 0:
		return End{}, n.ambiguous(text, slices.Concat(s.interfaces, s.candidates))
	case len(s.interfaces) > 0:
		end := End{Text: text, Interfaces: slices.Clone(s.interfaces), Hidden: hidden}
		if len(end.Interfaces) == 1 {
			end.Ref = Ref{KindInterface, end.Interfaces[0]}
		}
		return end, nil
	case hidden != nil:
		return End{Text: text, Kind: EndMissing, Missing: hidden}, nil
	}
	return End{}, noInterface(text)
}
