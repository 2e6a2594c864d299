package snapshot

import (
	"encoding/hex"
	"io"
	"net/netip"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Redaction is what was replaced by what. It is its owner's secret: with it everything can be told.
type Redaction struct{ r *redactor }

// InOrder says whether addresses sort as before. Where they do not, because public ones were too dense, verdicts are the same, but of packets that
// are alike an answer may show another one, and with it other hops.
func (d *Redaction) InOrder() bool { return !d.r.disordered }

// redactionMap is the file that WriteMap writes.
type redactionMap struct {
	Format    string            `json:"format"`
	Key       string            `json:"key"`
	Accounts  map[string]string `json:"accounts"`
	IDs       map[string]string `json:"ids"`
	Names     map[string]string `json:"names"`
	Hosts     map[string]string `json:"hosts"`
	Addresses map[string]string `json:"addresses"`
	Prefixes  map[string]string `json:"prefixes"`
}

// MapFormat is the version of the file that WriteMap writes.
const MapFormat = "vpcreach/redaction/1"

// WriteMap writes what was replaced by what, originals first, as JSON.
func (d *Redaction) WriteMap(w io.Writer) error {
	m := redactionMap{Format: MapFormat, Key: hex.EncodeToString(d.r.key), Accounts: d.r.accounts.of, Names: d.r.names.of, Hosts: d.r.hosts,
		IDs: map[string]string{}, Addresses: map[string]string{}, Prefixes: map[string]string{}}
	for _, s := range d.r.ids {
		for from, to := range s.of {
			m.IDs[from] = to
		}
	}
	for a := range d.r.addresses {
		m.Addresses[a.String()] = d.r.addrs.addr(a).String()
	}
	for p := range d.r.prefixes {
		m.Prefixes[p.String()] = d.r.addrs.prefix(p).String()
	}
	enc := jsontext.NewEncoder(w, jsontext.WithIndent(" "))
	return json.MarshalEncode(enc, &m, json.Deterministic(true))
}

// Prefix is what a prefix has become, whether an answer holds it or not.
func (d *Redaction) Prefix(p netip.Prefix) netip.Prefix { return d.r.addrs.prefix(p) }

// Address is what an address has become, whether an answer holds it or not.
func (d *Redaction) Address(a netip.Addr) netip.Addr { return d.r.addrs.addr(a) }

// Text is what an end of a question has become: an id or ARN, an address or CIDR, VPC/ADDRESS, an account, a name, tag:KEY=VALUE or a host
// name. What the snapshot does not hold stays as it is.
func (d *Redaction) Text(s string) string {
	if out, ok := d.r.address(s); ok {
		return out
	}
	if vpc, addr, ok := strings.Cut(s, "/"); ok && strings.HasPrefix(vpc, "vpc-") {
		return d.Text(vpc) + "/" + d.Text(addr)
	}
	if spec, ok := strings.CutPrefix(s, "tag:"); ok {
		key, value, _ := strings.Cut(spec, "=")
		if d.r.keepTags[key] {
			return s
		}
		if key != "Name" && !awsTag.MatchString(key) {
			key = d.known(key)
		}
		return "tag:" + key + "=" + d.known(value)
	}
	return d.known(s)
}

// known replaces a text that was met; other text stays.
func (d *Redaction) known(s string) string {
	if ids := d.r.ids[idKind(s, true)]; ids != nil && ids.of[s] != "" {
		return ids.of[s]
	}
	for _, of := range []map[string]string{d.r.accounts.of, d.r.names.of, d.r.hosts} {
		if of[s] != "" {
			return of[s]
		}
	}
	if core, segment, edge := SplitSegmentEdge(s); core != "" && idKind(core, true) == "core-network-" {
		return SegmentEdge(d.known(core), d.known(segment), edge)
	}
	if f := strings.SplitN(s, ":", 6); len(f) == 6 && f[0] == "arn" {
		f[4] = d.known(f[4])
		f[5] = d.words(f[5])
		return strings.Join(f, ":")
	}
	if kind, name, ok := strings.Cut(s, "/"); ok { // "rds/orders"
		return kind + "/" + d.known(name)
	}
	return s
}

// words replaces the words of an ARN's end that were met.
func (d *Redaction) words(s string) string {
	i := strings.IndexAny(s, "/:")
	if i < 0 {
		return d.known(s)
	}
	return d.known(s[:i]) + s[i:i+1] + d.words(s[i+1:])
}

// KeyOfMap finds the key in a file that WriteMap wrote, in hexadecimal; false for other files.
func KeyOfMap(data []byte) (string, bool) {
	var m redactionMap
	if json.Unmarshal(data, &m) != nil || m.Format != MapFormat {
		return "", false
	}
	return m.Key, true
}
