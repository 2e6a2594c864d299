package model

import (
	"cmp"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Other is a resource of a kind that is not modelled: known by its name, so that it can be found and reported.
type Other struct {
	record
	ID     string
	Type   string // transit-gateway, vpn-gateway, vpc-endpoint-service, ...
	Record *snapshot.NamedResource
}

func init() {
	identifiers[KindOther] = func(n *Network, i int32) string { return n.Others[i].ID }
	describers[KindOther] = func(n *Network, i int32) Resource {
		o := &n.Others[i]
		var r Resource
		if o.Record != nil {
			r = resourceOf(KindOther, o.ID, o.Record.OwnerId, o.part, o.Record.Tags)
		} else {
			r = resourceOf(KindOther, o.ID, "", o.part, nil)
		}
		r.Type = o.Type
		r.ARN = ""
		if strings.HasPrefix(o.ID, "arn:") {
			r.ARN = o.ID
		}
		return r
	}
	taggers[KindOther] = func(n *Network, i int32) []snapshot.Tag {
		if r := n.Others[i].Record; r != nil {
			return r.Tags
		}
		return nil
	}
}

// otherTypes tells the kind of an id by its prefix.
var otherTypes = []struct{ prefix, kind string }{
	{"tgw-attach-", "transit-gateway-attachment"},
	{"tgw-rtb-", "transit-gateway-route-table"},
	{"tgw-", "transit-gateway"},
	{"vgw-", "vpn-gateway"},
	{"vpce-svc-", "vpc-endpoint-service"},
	{"lgw-", "local-gateway"},
	{"cgw-", "customer-gateway"},
	{"vpn-", "vpn-connection"},
}

// otherType is the kind of a resource that is not modelled, by its id.
func otherType(id string) string {
	for _, t := range otherTypes {
		if strings.HasPrefix(id, t.prefix) {
			return t.kind
		}
	}
	if strings.HasPrefix(id, "arn:") && strings.Contains(id, ":odb") {
		return "odb-network"
	}
	return "other"
}

func (b *builder) others() {
	for _, part := range b.n.Snapshot.Parts {
		for i := range part.Named {
			r := &part.Named[i]
			o := &b.n.Others[b.other(r.ID, part)]
			if o.Record == nil {
				o.Record, o.record = r, record{part: part, known: true}
				o.Type = cmp.Or(r.Kind, o.Type)
			}
		}
	}
}

// other returns the resource of that id, naming it if no record did.
func (b *builder) other(id string, part *snapshot.Part) int32 {
	if i, ok := b.find(KindOther, id); ok {
		return i
	}
	if _, taken := b.n.byID[id]; taken {
		id = "other:" + id // an id that is a modelled resource already; never happens with AWS's ids
	}
	i := b.add(KindOther, id, len(b.n.Others))
	b.n.Others = append(b.n.Others, Other{record: record{part: part}, ID: id, Type: otherType(id)})
	return i
}
