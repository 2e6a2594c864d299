package snapshot

import (
	"net/netip"
	"regexp"
	"strings"
)

// Texts that have more than one thing in them: descriptions, host names, requesters.

// descriptionForm is how a service of AWS describes the network interfaces that it makes. From these the model tells whose an interface is
// (model/owner.go), so that their words stay, and what they name is replaced.
type descriptionForm struct {
	start string
	rest  func(r *redactor, rest string) string // nil: nothing is left of it
}

func firstID(r *redactor, rest string) string {
	id, _, _ := strings.Cut(rest, " ")
	return r.id(id)
}

func firstName(r *redactor, rest string) string {
	name, _, _ := strings.Cut(rest, " ")
	return r.name(name)
}

// balancerEnd replaces "NAME/ID", the end of a load balancer's ARN.
func balancerEnd(r *redactor, rest string) string { return r.resource("x/" + rest)[2:] }

// lambdaName replaces "NAME-UUID".
func lambdaName(r *redactor, rest string) string {
	n := len(rest) - len("-00000000-0000-0000-0000-000000000000")
	if n <= 0 || rest[n] != '-' {
		return r.name(rest)
	}
	return r.name(rest[:n]) + "-00000000-0000-0000-0000-000000000000"
}

// descriptionForms are tried in order.
var descriptionForms = []descriptionForm{
	{"Interface for NAT Gateway ", firstID},
	{"ELB app/", balancerEnd}, {"ELB net/", balancerEnd}, {"ELB gwy/", balancerEnd},
	{"ELB ", func(r *redactor, rest string) string { return r.name(rest) }},
	{"VPC Endpoint Interface ", firstID},
	{"Network Interface for Transit Gateway Attachment ", firstID},
	{"RDSNetworkInterface", nil}, {"RedshiftNetworkInterface", nil}, {"DMSNetworkInterface", nil},
	{"Network interface for DBProxy ", firstName},
	{"ElastiCache ", firstName}, {"ElastiCache+", firstName},
	{"EFS mount target for ", firstID},
	{"AWS Lambda VPC ENI-", lambdaName}, {"AWS Lambda VPC ENI: ", nil},
	{"Amazon EKS ", firstName}, {"aws-K8S-", firstID}, {"aws-k8s-branch-eni", nil},
	{"AWS ElasticMapReduce ", nil},
	{"AWS created network interface for directory ", firstID},
	{"Created By Amazon Workspaces for AWS Account ID ", nil},
	{"Attached to Glue using role: ", nil},
	{"[Do not delete] Network Interface created to access resources in your VPC for SageMaker", nil}, {"[DO NOT DELETE] ENI managed by SageMaker", nil},
	{"CloudHsm ENI", nil}, {"CloudHSM Managed Interface", nil}, {"AWS CodeBuild", nil}, {"DAX", nil}, {"datasync ", nil},
	{"Primary network interface", nil},
}

// wholeForms are those that are a service's only where nothing follows.
var wholeForms = map[string]bool{"RDSNetworkInterface": true, "RedshiftNetworkInterface": true, "DMSNetworkInterface": true, "Primary network interface": true}

// description replaces a description.
func (r *redactor) description(s string) string {
	for _, f := range descriptionForms {
		rest, ok := strings.CutPrefix(s, f.start)
		switch {
		case !ok, wholeForms[f.start] && rest != "":
		case f.rest == nil:
			return f.start
		default:
			return f.start + f.rest(r, rest)
		}
	}
	if strings.HasPrefix(s, "arn:") { // an ECS task's attachment
		return r.arn(s)
	}
	return r.name(s)
}

// requester replaces who asked for an interface: a service of AWS, an account, or a role and the name of its session.
func (r *redactor) requester(s string) string {
	if role, session, ok := strings.Cut(s, ":"); ok && strings.HasPrefix(role, "AROA") {
		return "AROA00000000000000000:" + r.name(session)
	}
	return r.account(s)
}

// group replaces the group of an ECS task, "service:NAME" or "family:NAME".
func (r *redactor) group(s string) string {
	if kind, name, ok := strings.Cut(s, ":"); ok && (kind == "service" || kind == "family") {
		return kind + ":" + r.name(name)
	}
	return r.name(s)
}

var (
	awsHost = regexp.MustCompile(`(?i)\.(amazonaws\.com(\.cn)?|ec2\.internal|compute\.internal|api\.aws|aws\.dev|on\.aws)\.?$`)

	// awsLabel are the labels of such names that say a service or place.
	awsLabel = regexp.MustCompile(`(?i)^(amazonaws|com|cn|aws|api|dev|on|internal|compute|compute-1|ec2|elb|rds|cache|efs|vpce|docdb|neptune|redshift|es|` + regionPattern + `[a-z]?)$`)

	addressLabel = regexp.MustCompile(`^(ip|ec2)-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$`)
)

// host replaces a host name. Of AWS's names what says the service and the place is kept, and addresses in them are those of the
// interfaces.
func (r *redactor) host(s string) string {
	if s == "" {
		return s
	}
	if out, ok := r.address(s); ok {
		return out
	}
	if !awsHost.MatchString(s) {
		return r.name(s)
	}
	labels := strings.Split(s, ".")
	for i, l := range labels {
		m := addressLabel.FindStringSubmatch(l)
		switch {
		case m != nil:
			if a, err := netip.ParseAddr(strings.Join(m[2:], ".")); err == nil {
				labels[i] = m[1] + "-" + strings.ReplaceAll(r.addr(a).String(), ".", "-")
				continue
			}
			labels[i] = r.name(l)
		case i > 0 && awsLabel.MatchString(l), l == "":
		default:
			labels[i] = r.token(l)
		}
	}
	out := strings.Join(labels, ".")
	if !r.collecting {
		r.hosts[s] = out
	}
	return out
}

var twelveDigits = regexp.MustCompile(`[0-9]{12}`)

var wordForm = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9._-]{0,50}|-?[0-9]{1,5}(?:-[0-9]{1,5})?|\*|)$`)

// word keeps a word of AWS's: a state, a type, a protocol, a place. What does not look like one is replaced as a name.
func (r *redactor) word(s string) string {
	if !wordForm.MatchString(s) || idKind(s, false) != "" || twelveDigits.MatchString(s) {
		return r.name(s)
	}
	return s
}

// address replaces an address or a CIDR; false for other text.
func (r *redactor) address(s string) (string, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return r.addr(a).String(), true
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return r.prefix(p).String(), true
	}
	return "", false
}

func (r *redactor) addr(a netip.Addr) netip.Addr {
	if r.collecting {
		r.addresses[a] = true
		return a
	}
	return r.addrs.addr(a)
}

func (r *redactor) prefix(p netip.Prefix) netip.Prefix {
	if r.collecting {
		r.prefixes[p] = true
		return p
	}
	return r.addrs.prefix(p)
}

// cidr replaces a CIDR, or keeps the word that stands for all of them.
func (r *redactor) cidr(s string) string {
	if out, ok := r.address(s); ok {
		return out
	}
	return r.word(s)
}
