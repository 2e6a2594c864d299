package snapshot

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// How a snapshot is redacted: its answers are packed twice, with the same code. The first time nothing is written; every id, account, name
// and address that would be replaced is noted, so that stand-ins can be made that sort as the originals do. The second time they are written.

// RedactOptions say how a snapshot is redacted.
type RedactOptions struct {
	Key      []byte   // decides how addresses are replaced; nil: a random one. The same key and snapshot give the same bytes
	KeepTags []string // keys of tags that stay as they are
	Tool     string   // of the manifest, where the snapshot names none
	Replace  bool     // a folder that holds a snapshot of our own form may be replaced
}

// redactor holds the stand-ins of one redaction.
type redactor struct {
	collecting bool
	keepTags   map[string]bool

	ids             map[string]*standIns // by kind
	accounts, names *standIns
	hosts           map[string]string // host names of AWS's form

	addrs     *addressMap
	key       []byte
	addresses map[netip.Addr]bool
	prefixes  map[netip.Prefix]bool
	implied   map[netip.Prefix]bool // blocks that VPCs may have which no answer describes
	aws       []netip.Prefix

	disordered bool // addresses do not sort as before
}

func newRedactor(s *Snapshot, o RedactOptions) (*redactor, error) {
	key := o.Key
	if key == nil {
		key = make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("no random key: %w", err)
		}
	}
	r := &redactor{collecting: true, keepTags: map[string]bool{}, ids: map[string]*standIns{}, accounts: newStandIns("%012d"), names: newStandIns("name%05d"),
		hosts: map[string]string{}, addrs: newAddressMap(key), key: key, addresses: map[netip.Addr]bool{}, prefixes: map[netip.Prefix]bool{},
		implied: map[netip.Prefix]bool{}}
	for _, k := range o.KeepTags {
		r.keepTags[k] = true
	}
	for _, p := range s.Parts {
		r.keepPlaces(p)
	}
	return r, nil
}

// keepPlaces keeps what rules compute with: hosts in their subnet, the resolver in its VPC, hosts of blocks that static NAT exchanges, AWS's
// own ranges (D-290).
func (r *redactor) keepPlaces(p *Part) {
	described := map[string]bool{}
	for i := range p.VPCs {
		described[p.VPCs[i].VpcId] = p.VPCs[i].CidrBlock.IsValid()
		r.addrs.keepResolver(p.VPCs[i].CidrBlock)
	}
	for i := range p.Subnets {
		s := &p.Subnets[i]
		if s.CidrBlock.IsValid() {
			r.addrs.keepHosts(s.CidrBlock)
			for bits := 16; !described[s.VpcId] && bits <= min(28, s.CidrBlock.Bits()); bits++ { // any of these may be the VPC's block
				block := netip.PrefixFrom(s.CidrBlock.Addr(), bits).Masked()
				r.addrs.keepResolver(block)
				r.implied[block] = true
			}
		}
		for _, b := range s.Ipv6CidrBlockAssociationSet {
			r.addrs.keepHosts(b.Ipv6CidrBlock)
		}
	}
	for _, n := range p.TransitGatewayNatRules {
		r.addrs.keepHosts(n.MatchSourceCidr)
		r.addrs.keepHosts(n.NatCidr)
	}
	r.hiddenSubnets(p)
	owners := map[string]string{}
	for _, l := range p.ManagedPrefixLists {
		owners[l.PrefixListId] = l.OwnerId
	}
	for _, l := range p.PrefixLists {
		for _, c := range l.Cidrs {
			r.keepOfAWS(c)
		}
	}
	for _, e := range p.PrefixListEntries {
		if notAnAccount.MatchString(owners[e.PrefixListId]) {
			r.keepOfAWS(e.Cidr)
		}
	}
}

// hiddenSubnets notes the blocks that subnets may have which no answer of the part describes.
func (r *redactor) hiddenSubnets(p *Part) {
	described := map[string]bool{}
	for i := range p.Subnets {
		described[p.Subnets[i].SubnetId] = true
	}
	for i := range p.NetworkInterfaces {
		e := &p.NetworkInterfaces[i]
		if described[e.SubnetId] {
			continue
		}
		around := func(a netip.Addr, from, to int) {
			for bits := from; a.IsValid() && bits <= to; bits++ {
				r.implied[netip.PrefixFrom(a, bits).Masked()] = true
			}
		}
		around(e.PrivateIpAddress, 16, 28)
		for _, x := range e.PrivateIpAddresses {
			around(x.PrivateIpAddress, 16, 28)
		}
		for _, x := range e.Ipv6Addresses {
			around(x.Ipv6Address, 44, 64)
		}
	}
}

// keepOfAWS keeps a range of an AWS service. It is a public one, unless somebody has written something else in an answer.
func (r *redactor) keepOfAWS(p netip.Prefix) {
	if p.Bits() >= 8 && isPublic(p.Addr()) {
		r.addrs.keep(p)
		r.aws = append(r.aws, p)
	}
}

// settle ends collecting: what was noted gets stand-ins.
func (r *redactor) settle() error {
	r.collecting = false
	r.accounts.settle()
	r.names.settle()
	for _, s := range r.ids {
		s.settle()
	}
	r.addrs.keepExamples(r.addresses, r.prefixes)
	still := maps.Clone(r.addrs.still)
	r.addrs.keepOrder(r.addresses, r.prefixes, r.implied)
	for try := range 2 * keyTries {
		if try == keyTries { // public addresses so dense that they cannot keep their order
			r.addrs.still, r.disordered = still, true
		}
		key := r.key
		if try > 0 {
			sum := sha256.Sum256(append(append([]byte{}, r.key...), byte(try)))
			key = sum[:]
		}
		r.addrs.rekey(key)
		if !r.showsPublic() {
			return nil
		}
	}
	return errors.New("its public addresses cannot all be replaced by others: name another key")
}

// keyTries bounds how many keys are tried, with the order of addresses kept and then without.
const keyTries = 64

// showsPublic says whether the stand-in of a public address is such an address itself, as if it were left. What AWS's ranges hold is.
func (r *redactor) showsPublic() bool {
	for p := range r.prefixes {
		if p.IsSingleIP() {
			r.addresses[p.Addr()] = true
		}
	}
	for a := range r.addresses {
		if b := r.addrs.addr(a); isPublic(a) && r.addresses[b] && !r.isAWS(a) {
			return true
		}
	}
	return false
}

// isAWS says whether an address is in a range of an AWS service.
func (r *redactor) isAWS(a netip.Addr) bool {
	return slices.ContainsFunc(r.aws, func(p netip.Prefix) bool { return p.Contains(a) })
}

// part replaces what a part is known by.
func (r *redactor) part(at partKey) partKey {
	if at.account != "" {
		at.account = r.account(at.account)
	}
	return at
}

var errorCode = regexp.MustCompile(`^[A-Z][A-Za-z.]{3,60}$`)

// call replaces what a call asked for. Of an error its code stays: messages name users, roles and resources.
func (r *redactor) call(c Call) Call {
	code, _, _ := strings.Cut(c.Error, ":")
	c.Error = errorCode.FindString(code)
	asked := make(map[string]string, len(c.Parameters))
	for name, v := range c.Parameters {
		switch squash(name) {
		case "edgelocation":
			v = r.word(v)
		case "segmentname":
			v = r.name(v)
		case "filters":
			v = knownFilters(v)
		case "routetableidentifier":
			continue // the other parameters say the same
		default:
			v = r.id(v)
		}
		if len(name) > 40 || !isName(strings.ToLower(name)) {
			name = r.name(name)
		}
		asked[name] = v
	}
	if c.Parameters != nil {
		c.Parameters = asked
	}
	return c
}

var filterForm = regexp.MustCompile(`^(?:(?:Name=)?(?:(?:state|type)(?:,Values)?=[a-z,]*|route-search\.subnet-of-match,Values=0\.0\.0\.0/0,::/0)[ ;]?)+$`)

// knownFilters keeps filters by state and type and those that leave nothing out, which say how much of a table an answer has (TGW-70).
func knownFilters(s string) string {
	if s == "" || filterForm.MatchString(s) {
		return s
	}
	return "redacted"
}

// value copies one value of a member, replaced.
func (r *redactor) value(enc *jsontext.Encoder, dec *jsontext.Decoder, member string, u rule) error {
	switch kind := dec.PeekKind(); {
	case u.tags && kind == '[':
		return r.tags(enc, dec)
	case kind == '{':
		return r.object(enc, dec, member)
	case kind == '[':
		return r.list(enc, dec, member, u)
	}
	token, err := dec.ReadToken()
	if err != nil {
		return orUnexpected(err)
	}
	if token.Kind() == '"' && u.of == nil {
		return enc.WriteToken(jsontext.String(r.name(token.String())))
	} else if token.Kind() == '"' {
		return enc.WriteToken(jsontext.String(u.of(r, token.String())))
	}
	return enc.WriteToken(token)
}

// object copies an object's members that have a rule.
func (r *redactor) object(enc *jsontext.Encoder, dec *jsontext.Decoder, parent string) error {
	if err := copyToken(enc, dec); err != nil {
		return err
	}
	for dec.PeekKind() == '"' {
		token, err := dec.ReadToken()
		if err != nil {
			return orUnexpected(err)
		}
		name := token.String()
		u, ok := ruleOf(parent, name)
		if !ok || isSecret(name) || !u.takes(dec.PeekKind()) {
			if err := dec.SkipValue(); err != nil {
				return orUnexpected(err)
			}
			continue
		}
		if err := enc.WriteToken(jsontext.String(name)); err != nil {
			return err
		}
		if err := r.value(enc, dec, name, u); err != nil {
			return err
		}
	}
	return copyToken(enc, dec)
}

// list copies a list's elements that the member's rule takes.
func (r *redactor) list(enc *jsontext.Encoder, dec *jsontext.Decoder, member string, u rule) error {
	if err := copyToken(enc, dec); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		if !u.takes(dec.PeekKind()) {
			if err := dec.SkipValue(); err != nil {
				return orUnexpected(err)
			}
			continue
		}
		if err := r.value(enc, dec, member, u); err != nil {
			return err
		}
	}
	return copyToken(enc, dec)
}

func copyToken(enc *jsontext.Encoder, dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return orUnexpected(err)
	}
	return enc.WriteToken(token)
}

// decidingTags are the keys of tags of AWS's own that a rule reads (D-170).
var decidingTags = map[string]bool{"AWSNetworkFirewallManaged": true}

var awsTag = regexp.MustCompile(`^aws:[a-z0-9:-]{1,60}$`)

// tags copies tags. The key Name stays, by which resources are known, and keys of AWS's own.
func (r *redactor) tags(enc *jsontext.Encoder, dec *jsontext.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return orUnexpected(err)
	}
	var tags []Tag
	if json.Unmarshal(raw, &tags) != nil {
		tags = nil // no tags that anything reads
	}
	for i := range tags {
		t := &tags[i]
		if r.keepTags[t.Key] || decidingTags[t.Key] && (t.Value == "true" || t.Value == "false") {
			continue
		}
		if t.Key != "Name" && !awsTag.MatchString(t.Key) && !decidingTags[t.Key] {
			t.Key = r.name(t.Key)
		}
		t.Value = r.tagValue(t.Value)
	}
	if tags == nil {
		tags = []Tag{}
	}
	return json.MarshalEncode(enc, tags)
}

// tagValue replaces the value of a tag, whatever it looks like.
func (r *redactor) tagValue(s string) string {
	if s == "" {
		return s
	}
	return r.names.replace(s)
}

// Redact writes to dst a copy of a snapshot that tells nobody whose it is: accounts, ids, names, tags, descriptions and addresses are replaced
// consistently, what no rule reads is left out, and every question has the same answer as before, in the other names (docs/snapshots-sharing.md). dst
// is an archive where its name ends in .zip, else a folder.
func Redact(src, dst string, o RedactOptions, opts Options) (*Redaction, error) {
	from, s, a, err := readForPacking(src, opts.withDefaults())
	if err != nil {
		return nil, err
	}
	defer from.Close()
	var out *Redaction
	tool := cmp.Or(s.Tool, o.Tool)
	if strings.HasSuffix(strings.ToLower(dst), ".zip") {
		err = newFile(dst, func(to io.Writer) (err error) {
			out, err = redact(from, s, a, NewArchiveWriter(to, tool), o)
			return err
		})
		if err != nil {
			err = fmt.Errorf("%s: cannot be written: %s", quotePath(dst), reason(err))
		}
		return out, err
	}
	err = newFolder(dst, tool, o.Replace, func(w *Writer) (err error) {
		out, err = redact(from, s, a, w, o)
		return err
	})
	return out, err
}

// RedactFS redacts the folder at the root of fsys into an archive, as Redact does.
func RedactFS(fsys fs.FS, to io.Writer, o RedactOptions, opts Options) (*Redaction, error) {
	opts = opts.withDefaults()
	src, err := folderSource(fsys, opts)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	s, a, err := read(src, opts)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return redact(src, s, a, NewArchiveWriter(to, cmp.Or(s.Tool, o.Tool)), o)
}

// redact writes a redacted copy.
func redact(from *source, s *Snapshot, a *assembly, to *Writer, o RedactOptions) (*Redaction, error) {
	r, err := newRedactor(s, o)
	if err != nil {
		return nil, err
	}
	if err := (&packer{from: from, a: a, w: newWriter(noFiles{}, ""), redact: r}).pack(); err != nil {
		return nil, err
	}
	if err := r.settle(); err != nil {
		return nil, err
	}
	if err := (&packer{from: from, a: a, w: to, redact: r}).pack(); err != nil {
		return nil, err
	}
	return &Redaction{r}, nil
}

// noFiles is a place for files that nobody will read.
type noFiles struct{}

func (noFiles) file(_ string, write func(io.Writer) error) error { return write(io.Discard) }
func (noFiles) close() error                                     { return nil }
