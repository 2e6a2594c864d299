package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A component of a filter is found as an end of a question is, among every kind that a path can pass (D-190).
func TestResolveComponent(t *testing.T) {
	n := networkOf(t, twoAccounts+`
set nat-a Tags [{"Key":"Name","Value":"way-out"}]
set rtb-a Tags [{"Key":"Name","Value":"front table"},{"Key":"tier","Value":"edge"}]
set subnet-a Tags [{"Key":"Name","Value":"rows"},{"Key":"tier","Value":"edge"}]
`)
	for _, test := range []struct {
		shows string
		text  string
		scope Scope
		want  string
	}{
		{shows: "a NAT gateway by id", text: "nat-a", want: "nat-a"},
		{shows: "a NAT gateway by ARN", text: "arn:aws:ec2:us-east-1:111111111111:natgateway/nat-a", want: "nat-a"},
		{shows: "a NAT gateway by its interface", text: "eni-nat-a", want: "nat-a"},
		{shows: "a NAT gateway by name", text: "way-out", want: "nat-a"},
		{shows: "a peering", text: "pcx-ab", want: "pcx-ab"},
		{shows: "a route table by name", text: "front table", want: "rtb-a"},
		{shows: "by tag, of what is a hop", text: "tag:tier=edge", want: "rtb-a"},
		{shows: "a group", text: "sg-web", want: "sg-web"},
		{shows: "what is not modelled", text: "tgw-t", want: "tgw-t"},
		{shows: "an instance before its interface", text: "web", want: "i-web"},
		{shows: "a host name", text: "ip-10-0-1-5.ec2.internal", want: "i-web"},
		{shows: "a name in one account", text: "app", scope: Scope{Account: "222222222222"}, want: "i-c"},
		{shows: "a name of two things", text: "app", want: `error: "app" is not one thing but 2: i-c (222222222222 eu-west-1), eni-db (111111111111 us-east-1); ask for one of them by id`},
		{shows: "no hop", text: "subnet-a", want: "error: subnet-a is a subnet, which is no hop of a path: name a gateway, a peering connection, an interface or another component that packets pass"},
		{shows: "no hop has the name", text: "rows", want: `error: "rows" is not in the snapshot; near: rows`},
		{shows: "near ids", text: "nat-b", want: `error: "nat-b" is not in the snapshot; near: nat-a`},
		{shows: "near names", text: "way-ou", want: `error: "way-ou" is not in the snapshot; near: way-out`},
		{shows: "nothing near", text: "zzzzzz", want: `error: "zzzzzz" is not in the snapshot; name a component by its id, ARN or Name tag`},
		{shows: "nothing", text: "", want: "error: a component has no name: give a resource id, an ARN or a name"},
	} {
		t.Run(test.shows, func(t *testing.T) {
			r, err := n.ResolveComponent(test.text, test.scope)
			got := n.ID(r)
			if err != nil {
				got = "error: " + err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.text, diff)
			}
		})
	}
}
