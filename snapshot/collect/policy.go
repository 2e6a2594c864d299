package collect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Needs says what is not known without a call's answers; empty for a call that the table does not have.
func Needs(op snapshot.Operation) string {
	switch op {
	case opIdentity:
		return "everything of the account"
	case opRegions:
		return "which Regions are enabled: none of the account's was asked"
	}
	for _, c := range Table() {
		if c.op() == op {
			return c.Needs
		}
	}
	return ""
}

// PolicyOptions say what a policy is to allow.
type PolicyOptions struct {
	Names        bool   // the services that only give names
	Organization bool   // listing the accounts of the organisation
	Role         string // entering other accounts by this role
	Tags         bool   // with session tags
	Partition    string // empty for aws
}

// actions are what the calls of the table need, sorted.
func (o PolicyOptions) actions() []string {
	list := []string{"ec2:DescribeRegions"}
	for _, c := range Table() {
		if !c.Names || o.Names {
			list = append(append(list, c.Action), c.Also...)
		}
	}
	if o.Organization {
		list = append(list, "organizations:ListAccounts")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Policy is the least IAM policy, in JSON: what the calls need and nothing else. None of these actions can be narrowed to resources.
func (o PolicyOptions) Policy() string {
	var b strings.Builder
	b.WriteString("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Sid\": \"VpcreachSnapshot\",\n      \"Effect\": \"Allow\",\n      \"Action\": [\n")
	writeLines(&b, "        \"%s\"", o.actions())
	b.WriteString("      ],\n      \"Resource\": \"*\"\n    }")
	if o.Role != "" {
		assume := []string{"sts:AssumeRole"}
		if o.Tags {
			assume = append(assume, "sts:TagSession")
		}
		b.WriteString(",\n    {\n      \"Sid\": \"VpcreachEnterAccounts\",\n      \"Effect\": \"Allow\",\n      \"Action\": [\n")
		writeLines(&b, "        \"%s\"", assume)
		fmt.Fprintf(&b, "      ],\n      \"Resource\": \"arn:%s:iam::*:role/%s\"\n    }", o.partition(), strings.TrimPrefix(o.Role, "/"))
	}
	b.WriteString("\n  ]\n}\n")
	return b.String()
}

func (o PolicyOptions) partition() string {
	if o.Partition == "" {
		return "aws"
	}
	return o.Partition
}

// writeLines writes a list with a comma after each element but the last.
func writeLines(b *strings.Builder, format string, list []string) {
	for i, s := range list {
		fmt.Fprintf(b, format, s)
		if i < len(list)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
}

// Trust is who may enter a role, and how.
type Trust struct {
	Principal  string            // an account, or the ARN of a role or user
	Role       string            // the role's name
	ExternalID string            // empty for none
	Tags       map[string]string // session tags that must be sent
	Policy     PolicyOptions
}

var (
	principalForm  = regexp.MustCompile(`^(?:[0-9]{12}|arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[A-Za-z0-9+=,.@_/-]+)$`)
	roleForm       = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`)
	externalIDForm = regexp.MustCompile(`^[A-Za-z0-9+=,.@:/_-]+$`)
	tagForm        = regexp.MustCompile(`^[A-Za-z0-9 +=.:/@_-]{1,256}$`)
)

// Check refuses what AWS would, and with it whatever could break out of the templates.
func (t *Trust) Check() error {
	switch {
	case !principalForm.MatchString(t.Principal):
		return fmt.Errorf("--trust %q is neither an account id of 12 digits nor the ARN of a role or user", t.Principal)
	case !roleForm.MatchString(t.Role):
		return fmt.Errorf("--role %q is not the name of a role", t.Role)
	case t.ExternalID != "" && (len(t.ExternalID) < 2 || len(t.ExternalID) > 1224 || !externalIDForm.MatchString(t.ExternalID)):
		return fmt.Errorf("--external-id %q has characters that AWS does not allow", t.ExternalID)
	}
	for k, v := range t.Tags {
		if !tagForm.MatchString(k) || !tagForm.MatchString(v) {
			return fmt.Errorf("--session-tag %q: use letters, digits, spaces and _.:/=+-@", k+"="+v)
		}
	}
	return nil
}

// principal is the trusted account or role as an ARN.
func (t *Trust) principal() string {
	if strings.HasPrefix(t.Principal, "arn:") {
		return t.Principal
	}
	return fmt.Sprintf("arn:%s:iam::%s:root", t.Policy.partition(), t.Principal)
}

// actions are what the trusted one may do to enter.
func (t *Trust) actions() []string {
	if len(t.Tags) > 0 {
		return []string{"sts:AssumeRole", "sts:TagSession"}
	}
	return []string{"sts:AssumeRole"}
}

// conditions are what must be sent: key and value.
func (t *Trust) conditions() [][2]string {
	var list [][2]string
	if t.ExternalID != "" {
		list = append(list, [2]string{"sts:ExternalId", t.ExternalID})
	}
	for _, k := range sortedKeys(t.Tags) {
		list = append(list, [2]string{"aws:RequestTag/" + k, t.Tags[k]})
	}
	return list
}

// CloudFormation is the role as a template, for a StackSet over the accounts.
func (t *Trust) CloudFormation() string {
	var b strings.Builder
	fmt.Fprintf(&b, `AWSTemplateFormatVersion: "2010-09-09"
Description: Lets vpcreach take snapshots of this account's network. It reads configuration and changes nothing.
Resources:
  SnapshotRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: %q
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: %q
            Action:
`, t.Role, t.principal())
	for _, a := range t.actions() {
		fmt.Fprintf(&b, "              - %s\n", a)
	}
	if c := t.conditions(); len(c) > 0 {
		b.WriteString("            Condition:\n              StringEquals:\n")
		for _, kv := range c {
			fmt.Fprintf(&b, "                %q: %q\n", kv[0], kv[1])
		}
	}
	b.WriteString("      Policies:\n        - PolicyName: vpcreach-snapshot\n          PolicyDocument:\n            Version: \"2012-10-17\"\n" +
		"            Statement:\n              - Effect: Allow\n                Resource: \"*\"\n                Action:\n")
	for _, a := range t.Policy.actions() {
		fmt.Fprintf(&b, "                  - %s\n", a)
	}
	b.WriteString("Outputs:\n  RoleArn:\n    Value: !GetAtt SnapshotRole.Arn\n")
	return b.String()
}

// Terraform is the role as a configuration.
func (t *Trust) Terraform() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Lets vpcreach take snapshots of this account's network. It reads configuration and changes nothing.
resource "aws_iam_role" "vpcreach_snapshot" {
  name                 = %q
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = %q }
      Action    = [%s]
`, t.Role, t.principal(), `"`+strings.Join(t.actions(), `", "`)+`"`)
	if c := t.conditions(); len(c) > 0 {
		b.WriteString("      Condition = {\n        StringEquals = {\n")
		for _, kv := range c {
			fmt.Fprintf(&b, "          %q = %q\n", kv[0], kv[1])
		}
		b.WriteString("        }\n      }\n")
	}
	b.WriteString("    }]\n  })\n}\n\nresource \"aws_iam_role_policy\" \"vpcreach_snapshot\" {\n  name = \"vpcreach-snapshot\"\n" +
		"  role = aws_iam_role.vpcreach_snapshot.id\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{\n" +
		"      Effect   = \"Allow\"\n      Resource = \"*\"\n      Action = [\n")
	for _, a := range t.Policy.actions() {
		fmt.Fprintf(&b, "        %q,\n", a)
	}
	b.WriteString("      ]\n    }]\n  })\n}\n")
	return b.String()
}
