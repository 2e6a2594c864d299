package snapshot

import (
	"strings"
	"testing"
)

// An answer about one attribute of one VPC says which VPC: beside the attribute, on either side of it, or in the file's name.
func TestVPCAttributes(t *testing.T) {
	s := open(t, files{
		"111111111111/us-east-1/a.json":                                `{"VpcId":"vpc-a","EnableDnsSupport":{"Value":true}}`,
		"111111111111/us-east-1/b.json":                                `{"EnableDnsSupport":{"Value":false},"VpcId":"vpc-b"}`,
		"111111111111/us-east-1/describe-vpc-attribute.vpc-c.json":     `{"EnableDnsSupport":{"Value":true}}`,
		"111111111111/us-east-1/describe-vpc-attribute.vpc-d.json":     `{"VpcId":"vpc-d","EnableDnsHostnames":{"Value":true}}`,
		"111111111111/us-east-1/pages.jsonl":                           `{"VpcId":"vpc-e","EnableDnsSupport":{"Value":true}}{"VpcId":"vpc-f","EnableDnsSupport":{}}`,
		"222222222222/us-east-1/shared.json":                           `{"VpcId":"vpc-a","EnableDnsSupport":{"Value":false}}`,
		"111111111111/us-east-1/describe-vpc-encryption-controls.json": `{"VpcEncryptionControls":[{"VpcEncryptionControlId":"e-1","VpcId":"vpc-a","Mode":"enforce","State":"available"}]}`,
	})
	got := map[string]string{}
	for _, m := range s.VPCAttributes() {
		switch v := m.Record.EnableDnsSupport; {
		case m.Conflict:
			got[m.Record.VpcId] = "conflict"
		case v == nil:
			got[m.Record.VpcId] = "not stated"
		case *v:
			got[m.Record.VpcId] = "on"
		default:
			got[m.Record.VpcId] = "off"
		}
	}
	diff(t, "DNS support", got, map[string]string{"vpc-a": "conflict", "vpc-b": "off", "vpc-c": "on", "vpc-e": "on", "vpc-f": "not stated"})
	p := s.PartOf("111111111111", "us-east-1")
	for id, want := range map[string]State{"vpc-a": Complete, "vpc-d": Complete, "vpc-x": NotAsked} {
		diff(t, "state of "+id, p.Object(DescribeVpcAttribute, id).State, want)
	}
	if list := s.VPCEncryptionControls(); len(list) != 1 || list[0].Record.Mode != "enforce" {
		t.Errorf("encryption controls: %+v", list)
	}
}

func TestVPCAttributeOfNobody(t *testing.T) {
	s := open(t, files{"v.json": `{"Vpcs":[{"VpcId":"vpc-a"}]}`, "x.json": `{"EnableDnsSupport":{"Value":false}}`, "y.json": `{"VpcId":"vpc-a","EnableDnsSupport":[true]}`})
	if n := len(s.VPCAttributes()); n != 0 {
		t.Errorf("%d attributes, want none", n)
	}
	if text := problem(s, "x.json"); !strings.Contains(text, "which VPC") {
		t.Errorf("problem %q does not ask for the VPC", text)
	}
	if text := problem(s, "y.json"); !strings.Contains(text, "an object") {
		t.Errorf("problem %q does not say what is expected", text)
	}
}
