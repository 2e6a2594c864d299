package snapshot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// standIns replace texts of one kind by made-up ones of the same form, that sort as those did: the output orders by ids (P6), and where two
// things are equal otherwise the first id decides which one is shown.
type standIns struct {
	form  string            // of the n-th
	of    map[string]string // empty until settled
	ready bool
}

func newStandIns(form string) *standIns { return &standIns{form: form, of: map[string]string{}} }

// replace returns the stand-in of a text. Until the stand-ins are settled it takes note of the text, and returns it.
func (s *standIns) replace(text string) string {
	if s.ready {
		return s.of[text]
	}
	s.of[text] = text
	return text
}

// settle makes the stand-ins. None of them is an original: what was replaced must not seem to be left.
func (s *standIns) settle() {
	texts := make([]string, 0, len(s.of))
	for t := range s.of {
		texts = append(texts, t)
	}
	slices.Sort(texts)
	taken := make(map[string]bool, len(texts))
	for _, t := range texts {
		taken[t] = true
	}
	n := 0
	for _, t := range texts {
		for {
			n++
			if made := fmt.Sprintf(s.form, n); !taken[made] {
				s.of[t] = made
				break
			}
		}
	}
	s.ready = true
}

// idPrefixes are how ids begin that tell their kind by it. The longest that fits counts.
var idPrefixes = []string{"acl-", "aclassoc-", "attachment-", "cagw-", "cgw-", "core-network-", "cvpn-endpoint-", "dxgw-", "dxvif-", "eice-", "eigw-",
	"eipalloc-", "eipassoc-", "eni-", "eni-attach-", "fs-", "fsmt-", "global-network-", "i-", "igw-", "lgw-", "nat-", "pcx-", "pl-", "rs-", "rtb-",
	"rtbassoc-", "sg-", "sgr-", "subnet-", "tgw-", "tgw-attach-", "tgw-connect-peer-", "tgw-ptb-", "tgw-rtb-", "trunk-assoc-", "vae-", "vgw-",
	"vpc-", "vpc-cidr-assoc-", "vpcbpa-", "vpcbpa-exclude-", "vpcec-", "vpce-", "vpce-svc-", "vpn-"}

var (
	anyID = regexp.MustCompile(`^[a-z][a-z-]*-[0-9a-f]{8,17}$`)
	uuid  = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// idKind is how an id begins, "" for what is none. A text that must be an id may have anything after a prefix that is known.
func idKind(s string, certainly bool) string {
	hex := anyID.MatchString(s)
	switch {
	case uuid.MatchString(s):
		return "uuid"
	case !hex && !certainly:
		return ""
	}
	best := ""
	for _, p := range idPrefixes {
		if len(p) > len(best) && len(s) > len(p) && strings.HasPrefix(s, p) {
			best = p
		}
	}
	if best == "" && hex {
		return s[:strings.LastIndexByte(s, '-')+1]
	}
	return best
}

// id replaces a resource's id, which may be given as an ARN. Words in the place of ids stay ("local").
func (r *redactor) id(s string) string {
	switch {
	case s == "" || s == "local" || s == "VpcLattice" || s == "*":
		return s
	case strings.HasPrefix(s, "arn:"):
		return r.arn(s)
	case isAccount(s):
		return r.account(s)
	}
	if core, segment, edge := SplitSegmentEdge(s); idKind(core, true) == "core-network-" {
		return SegmentEdge(r.id(core), r.name(segment), edge)
	}
	if kind := idKind(s, true); kind != "" {
		return r.idOf(kind, s)
	}
	if out, ok := r.address(s); ok {
		return out
	}
	return r.name(s)
}

func (r *redactor) idOf(kind, s string) string {
	if r.ids[kind] == nil {
		form := kind + "%017x"
		if kind == "uuid" {
			form = "00000000-0000-0000-0000-%012x"
		}
		r.ids[kind] = newStandIns(form)
		r.ids[kind].ready = !r.collecting
	}
	return r.ids[kind].replace(s)
}

// notAnAccount are owners that are no account: AWS itself.
var notAnAccount = regexp.MustCompile(`^(?i:amazon|aws)[A-Za-z-]*$`)

// account replaces the id of an account.
func (r *redactor) account(s string) string {
	switch {
	case s == "" || notAnAccount.MatchString(s):
		return s
	case isAccount(s):
		return r.accounts.replace(s)
	}
	return r.name(s)
}

// name replaces what a user has named. What AWS named stays: default groups, its own prefix lists and services.
func (r *redactor) name(s string) string {
	if s == "" || s == "default" {
		return s
	}
	return r.names.replace(s)
}

var awsService = regexp.MustCompile(`^(?:com|aws|cn\.com)\.[a-z0-9.-]+$`)

// service replaces the name of a service or prefix list, unless it is AWS's own.
func (r *redactor) service(s string) string {
	labels := strings.Split(s, ".")
	if !awsService.MatchString(s) || len(labels) < 3 || !strings.Contains(s, "amazonaws") && labels[0] != "aws" {
		return r.name(s)
	}
	for i, l := range labels {
		if kind := idKind(l, true); kind != "" { // com.amazonaws.vpce.REGION.vpce-svc-ID is somebody's
			labels[i] = r.idOf(kind, l)
		}
	}
	return strings.Join(labels, ".")
}

// arn replaces the account and the resource of an ARN.
func (r *redactor) arn(s string) string {
	f := strings.SplitN(s, ":", 6)
	if len(f) < 6 || f[0] != "arn" || !isName(f[1]) || !isName(f[2]) || !isName(f[3]) {
		return r.name(s)
	}
	f[4], f[5] = r.account(f[4]), r.resource(f[5])
	return strings.Join(f, ":")
}

// resource replaces what stands in an ARN after the account: the type is kept, and the kind of a load balancer.
func (r *redactor) resource(s string) string {
	var b strings.Builder
	for n := 0; ; n++ {
		i := strings.IndexAny(s, "/:")
		if i < 0 {
			b.WriteString(r.token(s))
			return b.String()
		}
		word := s[:i]
		if n > 0 && !(n == 1 && (word == "app" || word == "net" || word == "gwy")) || !isName(word) {
			word = r.token(word)
		}
		b.WriteString(word + s[i:i+1])
		s = s[i+1:]
	}
}

var version = regexp.MustCompile(`^[0-9]{1,5}$`)

// token replaces one word of a text that has ids, accounts and names in it.
func (r *redactor) token(s string) string {
	kind := idKind(s, false)
	switch {
	case s == "" || s == "*" || version.MatchString(s):
		return s
	case isAccount(s):
		return r.account(s)
	case kind != "":
		return r.idOf(kind, s)
	case idKind(s, true) != "" && r.isID(s):
		return r.id(s)
	}
	return r.name(s)
}

// isID says whether a text was met where only ids stand.
func (r *redactor) isID(s string) bool {
	if x := r.ids[idKind(s, true)]; x != nil {
		return x.of[s] != ""
	}
	return false
}
