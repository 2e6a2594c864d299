package model

import "github.com/vpcreach/vpcreach/snapshot"

// Instance is an instance, or the mere name of one that an interface is attached to.
type Instance struct {
	record
	ID         string
	Record     *snapshot.Instance // nil where not known
	Interfaces []int32            // by device index, then id
}

func init() {
	identifiers[KindInstance] = func(n *Network, i int32) string { return n.Instances[i].ID }
	describers[KindInstance] = func(n *Network, i int32) Resource {
		s := &n.Instances[i]
		if s.Record == nil {
			return resourceOf(KindInstance, s.ID, "", s.part, nil)
		}
		return resourceOf(KindInstance, s.ID, s.Record.OwnerId, s.part, s.Record.Tags)
	}
	taggers[KindInstance] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.Instances[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

func (b *builder) instances() {
	for _, m := range b.n.Snapshot.Instances() {
		i := b.instance(m.Record.InstanceId, m.Part)
		s := &b.n.Instances[i]
		s.Record, s.record = m.Record, record{m.Part, true, m.Conflict}
	}
}

// instance returns the instance of that id, naming it if no record did. An empty id gives -1.
func (b *builder) instance(id string, part *snapshot.Part) int32 {
	if id == "" {
		return -1
	}
	if i, ok := b.find(KindInstance, id); ok {
		return i
	}
	i := b.add(KindInstance, id, len(b.n.Instances))
	b.n.Instances = append(b.n.Instances, Instance{record: record{part: part}, ID: id})
	return i
}

// Missing says what is missing where the instance's record cannot be used.
func (s *Instance) Missing() *Missing { return s.missing(snapshot.DescribeInstances, s.ID) }

// Running says whether the instance runs (ENI-7); a record without a state counts as running.
func (s *Instance) Running() bool {
	return s.Record != nil && (s.Record.State.Name == "" || s.Record.State.Name == "running")
}

// Unread says that the answers which would hold the instance are not complete (D-12).
func (s *Instance) Unread() bool {
	return s.Record == nil && !complete(s.part, snapshot.DescribeInstances)
}
