package explain

import (
	"cmp"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/solver"
)

// The types below are the contract vpcreach/path/1, key for key; docs/path.schema.json says what each key means and which are
// always there. Change them together, and only by adding.

type document struct {
	Schema      string       `json:"schema"`
	Version     string       `json:"version"`
	Snapshot    snapshotSpan `json:"snapshot"`
	Verdict     string       `json:"verdict"`
	Reading     string       `json:"reading"`
	Query       query        `json:"query"`
	Admitted    []headers    `json:"admitted"`
	Ambiguous   []headers    `json:"ambiguous"`
	Unknown     []headers    `json:"unknown"`
	Blocked     []headers    `json:"blocked"`
	Witness     *onePacket   `json:"witness,omitempty"`
	Forward     []hop        `json:"forward"`
	Return      []hop        `json:"return"`
	Branches    []branch     `json:"branches"`
	Blockers    []blocker    `json:"blockers"`
	Missing     []missing    `json:"missing"`
	ArrivedAt   *component   `json:"arrived_at,omitempty"`
	Assumptions []remark     `json:"assumptions"`
	Notes       []remark     `json:"notes"`
}

type snapshotSpan struct {
	Digest string  `json:"digest"`
	From   *string `json:"from"`
	To     *string `json:"to"`
}

type query struct {
	From                 end         `json:"from"`
	To                   end         `json:"to"`
	Protocol             string      `json:"protocol"`
	SourceAddresses      []string    `json:"source_addresses,omitempty"`
	DestinationAddresses []string    `json:"destination_addresses,omitempty"`
	SourcePorts          []portRange `json:"source_ports,omitempty"`
	Assume               []string    `json:"assume,omitempty"`

	Through       []component   `json:"through,omitempty"`
	Exclude       []component   `json:"exclude,omitempty"`
	AtDestination *headerFilter `json:"at_destination,omitempty"`
}

// headerFilter is a filter on headers: absent fields take everything.
type headerFilter struct {
	SourceAddresses      []string    `json:"source_addresses,omitempty"`
	SourcePorts          []portRange `json:"source_ports,omitempty"`
	DestinationAddresses []string    `json:"destination_addresses,omitempty"`
	DestinationPorts     []portRange `json:"destination_ports,omitempty"`
	Protocol             string      `json:"protocol,omitempty"`
}

type end struct {
	Text       string      `json:"text"`
	Kind       string      `json:"kind"`
	Component  *component  `json:"component,omitempty"`
	Interfaces []component `json:"interfaces,omitempty"`
	Addresses  []string    `json:"addresses,omitempty"`
}

// component names a resource.
type component struct {
	Type    string `json:"type"`
	ID      string `json:"id,omitempty"`
	ARN     string `json:"arn,omitempty"`
	Name    string `json:"name,omitempty"`
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	Owner   *owner `json:"owner,omitempty"` // network interfaces only
}

// owner is the service that an interface belongs to.
type owner struct {
	Type string `json:"type"`
	Name string `json:"name,omitempty"`
	ID   string `json:"id,omitempty"`
}

// headers is a product of fields: a packet is in it if each of its fields is in the field's list.
type headers struct {
	Family           string      `json:"family"`
	Source           []string    `json:"source"`
	Destination      []string    `json:"destination"`
	Protocol         string      `json:"protocol"`
	SourcePorts      []portRange `json:"source_ports,omitempty"`
	DestinationPorts []portRange `json:"destination_ports,omitempty"`
	ICMP             *icmp       `json:"icmp,omitempty"`
}

type portRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

type icmp struct {
	Types []portRange `json:"types,omitempty"`
	Codes []portRange `json:"codes,omitempty"`
}

type onePacket struct {
	Family          string `json:"family"`
	Source          string `json:"source"`
	Destination     string `json:"destination"`
	Protocol        string `json:"protocol"`
	SourcePort      *int   `json:"source_port,omitempty"`
	DestinationPort *int   `json:"destination_port,omitempty"`
	ICMPType        *int   `json:"icmp_type,omitempty"`
	ICMPCode        *int   `json:"icmp_code,omitempty"`
}

type hop struct {
	Seq int `json:"seq"`
	component
	In       []headers `json:"in"`
	Out      []headers `json:"out"`
	Rule     *rule     `json:"rule,omitempty"`
	Blockers []blocker `json:"blockers"`
}

type rule struct {
	Type        string `json:"type"`
	ID          string `json:"id,omitempty"`
	Direction   string `json:"direction,omitempty"`
	Number      *int32 `json:"number,omitempty"`
	Action      string `json:"action,omitempty"`
	Destination string `json:"destination,omitempty"`
	Target      string `json:"target,omitempty"`
	State       string `json:"state,omitempty"`
	Text        string `json:"text"`
}

type blocker struct {
	Code      string `json:"code"`
	Reason    string `json:"reason,omitempty"`
	Direction string `json:"direction"`
	Type      string `json:"type"`
	ID        string `json:"id,omitempty"`
	Rule      *rule  `json:"rule,omitempty"`
	Text      string `json:"text"`
	Fix       fix    `json:"fix"`
}

type fix struct {
	Action    Action        `json:"action,omitempty"`
	Type      string        `json:"type,omitempty"`
	ID        string        `json:"id,omitempty"`
	Rules     []RuleChange  `json:"rules,omitempty"`
	Routes    []RouteChange `json:"routes,omitempty"`
	Address   string        `json:"address,omitempty"`
	VPC       string        `json:"vpc,omitempty"`
	Table     string        `json:"route_table,omitempty"`
	Mode      string        `json:"mode,omitempty"`
	Partial   bool          `json:"partial,omitzero"`
	Text      string        `json:"text,omitempty"`
	Unfixable string        `json:"unfixable,omitempty"`
}

type branch struct {
	Outcome  string    `json:"outcome"`
	Forward  []hop     `json:"forward"`
	Return   []hop     `json:"return"`
	Blockers []blocker `json:"blockers"`
	Missing  []missing `json:"missing"`
}

type missing struct {
	What    string `json:"what"`
	Account string `json:"account"`
	Region  string `json:"region"`
	Call    string `json:"call"`
	Why     string `json:"why"`
}

type remark struct {
	Kind string `json:"kind"`
	Type string `json:"type,omitempty"`
	ID   string `json:"id,omitempty"`
	Text string `json:"text"`
}

// documentOf fills the contract.
func documentOf(r *solver.Result, o JSONOptions) *document {
	d := documenter{view: viewOf(r)}
	from, to := d.span()
	doc := &document{
		Schema: PathSchema, Version: cmp.Or(o.Version, "unknown"),
		Snapshot: snapshotSpan{From: orNull(from), To: orNull(to)},
		Verdict:  r.Verdict.String(), Reading: r.Query.Reading.String(), Query: d.query(),
		Admitted: d.headers(r.Admitted), Ambiguous: d.headers(r.Ambiguous), Unknown: d.headers(r.Unknown), Blocked: d.headers(r.Blocked),
		Forward: d.hops(r.Forward, solver.Forward), Return: d.hops(r.Return, solver.Return),
		Branches: []branch{}, Blockers: d.blockers(r.Blockers), Missing: missingOf(r.Missing),
		Assumptions: []remark{}, Notes: []remark{},
	}
	if r.Network.Snapshot != nil {
		doc.Snapshot.Digest = r.Network.Snapshot.Digest
	}
	if r.HasWitness {
		doc.Witness = packetOf(r.Witness)
	}
	if !r.ArrivedAt.IsZero() {
		at := d.component(r.ArrivedAt)
		doc.ArrivedAt = &at
	}
	d.listed(doc)
	return doc
}

// listed fills the lists that only need naming.
func (d *documenter) listed(doc *document) {
	for i := range d.r.Branches {
		b := &d.r.Branches[i]
		doc.Branches = append(doc.Branches, branch{Outcome: b.Outcome.String(),
			Forward: d.hops(b.Forward, solver.Forward), Return: d.hops(b.Return, solver.Return),
			Blockers: d.blockers(b.Blockers), Missing: missingOf(b.Missing)})
	}
	for i := range d.r.Assumptions {
		a := &d.r.Assumptions[i]
		doc.Assumptions = append(doc.Assumptions, d.remark(string(a.Kind), a.At, d.assumption(a)))
	}
	for i := range d.r.Notes {
		n := &d.r.Notes[i]
		doc.Notes = append(doc.Notes, d.remark(string(n.Kind), n.At, d.note(n)))
	}
}

// documenter makes the parts of a document.
type documenter struct{ *view }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (d *documenter) component(r model.Ref) component {
	if !known(r) {
		return component{Type: r.Kind.String()}
	}
	c := componentOf(d.n.Resource(r))
	if r.Kind == model.KindInterface && d.n.Interfaces[r.Index].Instance < 0 {
		if o := d.n.OwnerOf(r.Index); !o.IsZero() {
			c.Owner = &owner{o.Type, o.Name, o.ID}
		}
	}
	return c
}

func componentOf(r model.Resource) component {
	return component{Type: r.Type, ID: r.ID, ARN: r.ARN, Name: r.Name, Account: r.Account, Region: r.Region}
}

// idOf is the id of a component as data; empty where it is not known.
func (d *documenter) idOf(r model.Ref) string {
	if !known(r) {
		return ""
	}
	return d.n.ID(r)
}

func (d *documenter) remark(kind string, at model.Ref, text string) remark {
	m := remark{Kind: kind, ID: d.idOf(at), Text: text}
	if !at.IsZero() {
		m.Type = d.typeOf(at)
	}
	return m
}

func missingOf(list []*model.Missing) []missing {
	out := make([]missing, 0, len(list))
	for _, m := range list {
		out = append(out, missing{m.What, m.Account, m.Region, string(m.Call), missingWhy(m)})
	}
	return out
}

func packetOf(k packet.Packet) *onePacket {
	p := &onePacket{Family: familyName(familyOfAddr(k.Source)), Source: k.Source.String(), Destination: k.Destination.String(), Protocol: packet.ProtocolName(k.Protocol)}
	number := func(n int) *int { return &n }
	switch k.Protocol {
	case packet.TCP, packet.UDP:
		p.SourcePort, p.DestinationPort = number(int(k.SourcePort)), number(int(k.DestinationPort))
	case packet.ICMP, packet.ICMPv6:
		p.ICMPType, p.ICMPCode = number(int(k.ICMPType)), number(int(k.ICMPCode))
	}
	return p
}
