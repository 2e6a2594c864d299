package risk_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/vpcreach/vpcreach/internal/scenario"
	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
	"github.com/vpcreach/vpcreach/solver/risk"
)

// inspected is two spokes whose traffic is led through an inspection VPC with an appliance per zone, as it should be.
const inspected = `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
rtb-a vpc-a main
  10.0.0.0/8 tgw-t
vpc-b 10.1.0.0/16
subnet-b vpc-b 10.1.1.0/24
rtb-b vpc-b main
  10.0.0.0/8 tgw-t
vpc-i 100.64.0.0/24
subnet-i1 vpc-i 100.64.0.0/28 use1-az1
subnet-i2 vpc-i 100.64.0.16/28 use1-az2
subnet-f1 vpc-i 100.64.0.32/28 use1-az1
subnet-f2 vpc-i 100.64.0.48/28 use1-az2
eni-f1 subnet-f1 100.64.0.36 nocheck
eni-f2 subnet-f2 100.64.0.52 nocheck
rtb-i1 vpc-i subnet-i1
  0.0.0.0/0 eni-f1
rtb-i2 vpc-i subnet-i2
  0.0.0.0/0 eni-f2
rtb-f vpc-i main
  0.0.0.0/0 tgw-t
tgw-t
tgw-attach-a tgw-t vpc-a subnet-a
tgw-attach-b tgw-t vpc-b subnet-b
tgw-attach-i tgw-t vpc-i subnet-i1 subnet-i2 appliance
tgw-rtb-s tgw-t tgw-attach-a tgw-attach-b
  0.0.0.0/0 tgw-attach-i
tgw-rtb-i tgw-t tgw-attach-i
  10.0.0.0/16 tgw-attach-a propagated
  10.1.0.0/16 tgw-attach-b propagated
`

func TestRisks(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits [][2]string // old, new
		more  string
		want  []string
	}{
		{name: "ASY-5 as it should be: none"},
		{name: "ASY-5 (a) appliance mode off", edits: [][2]string{{" appliance", ""}}, want: []string{"appliance-mode-off tgw-attach-i eni-f1"}},
		{name: "ASY-5 (a) one zone has nothing to choose from", edits: [][2]string{{"subnet-i1 subnet-i2 appliance", "subnet-i1"}}},
		{name: "ASY-5 (a) an attachment whose options no answer tells", more: "omit describe-transit-gateway-vpc-attachments\n", want: []string{"appliance-mode-off tgw-attach-a describe-transit-gateway-vpc-attachments",
			"appliance-mode-off tgw-attach-b describe-transit-gateway-vpc-attachments", "appliance-mode-off tgw-attach-i describe-transit-gateway-vpc-attachments"}},
		{name: "ASY-5 the tables of subnets are not known", more: "omit describe-route-tables\n", want: []string{"next-hop-in-other-zone subnet-a describe-route-tables",
			"next-hop-in-other-zone subnet-b describe-route-tables", "next-hop-in-other-zone subnet-i1 describe-route-tables", "next-hop-in-other-zone subnet-i2 describe-route-tables"}},
		{name: "ASY-5 (b) nothing propagates into the inspection's table", edits: [][2]string{{" propagated", ""}}, want: []string{"appliance-mode-hashes tgw-attach-i tgw-rtb-i"}},
		{name: "ASY-5 (b) nobody knows what does", edits: [][2]string{{" propagated", ""}}, more: "omit get-transit-gateway-route-table-propagations\n",
			want: []string{"appliance-mode-hashes tgw-attach-i tgw-rtb-i get-transit-gateway-route-table-propagations"}},
		{name: "ASY-5 (c) the next hop stands in the other zone", edits: [][2]string{{"0.0.0.0/0 eni-f2", "0.0.0.0/0 eni-f1"}},
			want: []string{"next-hop-in-other-zone subnet-i2 rtb-i2 eni-f1 0.0.0.0/0"}},
		{name: "ASY-5 (d) no route back to a spoke", edits: [][2]string{{"  10.0.0.0/16 tgw-attach-a propagated\n", ""}},
			want: []string{"no-route-back tgw-rtb-i tgw-rtb-i vpc-a 10.0.0.0/16"}},
		{name: "ASY-5 (d) the routes are not known", more: "omit search-transit-gateway-routes tgw-rtb-i\n", want: []string{
			"no-route-back tgw-rtb-i tgw-rtb-i vpc-a 10.0.0.0/16 search-transit-gateway-routes", "no-route-back tgw-rtb-i tgw-rtb-i vpc-b 10.1.0.0/16 search-transit-gateway-routes", "inspection-loop tgw-attach-i tgw-rtb-i search-transit-gateway-routes"}},
		{name: "ASY-5 (d) which table a spoke has is not known", edits: [][2]string{{"  10.0.0.0/16 tgw-attach-a propagated\n", ""}, {"tgw-rtb-s tgw-t tgw-attach-a tgw-attach-b", "tgw-rtb-s tgw-t tgw-attach-b"}},
			more: "cut describe-transit-gateway-attachments\n", want: []string{"no-route-back tgw-rtb-i tgw-rtb-i vpc-a 10.0.0.0/16 describe-transit-gateway-attachments"}},
		{name: "ASY-5 (d) the spokes' routes are not known", edits: [][2]string{{"  10.0.0.0/16 tgw-attach-a propagated\n", ""}}, more: "omit search-transit-gateway-routes tgw-rtb-s\n",
			want: []string{"no-route-back tgw-rtb-i tgw-rtb-i vpc-a 10.0.0.0/16 search-transit-gateway-routes"}},
		{name: "ASY-5 (d) the blocks of a spoke are not known", more: "omit describe-vpcs\n", want: []string{
			"no-route-back tgw-rtb-i tgw-rtb-i vpc-a describe-vpcs", "no-route-back tgw-rtb-i tgw-rtb-i vpc-b describe-vpcs"}},
		{name: "ASY-5 (e) the inspection's attachment has the spokes' table", edits: [][2]string{{"tgw-rtb-i tgw-t tgw-attach-i\n", "tgw-rtb-i tgw-t\n"}, {"tgw-attach-a tgw-attach-b\n", "tgw-attach-a tgw-attach-b tgw-attach-i\n"}},
			want: []string{"appliance-mode-hashes tgw-attach-i tgw-rtb-s", "inspection-loop tgw-attach-i tgw-rtb-s"}},
		{name: "ASY-5 (h) the appliances' subnets have no route back", edits: [][2]string{{"rtb-f vpc-i main\n  0.0.0.0/0 tgw-t\n", "rtb-f vpc-i main\n"}},
			want: []string{"no-route-to-transit-gateway rtb-f rtb-f tgw-t"}},
		{name: "ASY-5 (f) what goes out bypasses what the gateway's table leads through", more: `igw-a vpc-a
rtb-edge vpc-a igw-a
  10.0.1.0/24 eni-w
subnet-w vpc-a 10.0.9.0/24
eni-w subnet-w 10.0.9.4 nocheck
rtb-x vpc-a subnet-a
  0.0.0.0/0 igw-a
`, want: []string{"edge-table-bypassed subnet-a rtb-x eni-w 10.0.1.0/24"}},
		{name: "ASY-5 (f) whether a gateway has a table is not known", more: "igw-a vpc-a\ncut describe-route-tables\n", want: []string{
			"next-hop-in-other-zone subnet-a describe-route-tables", "next-hop-in-other-zone subnet-b describe-route-tables", "edge-table-bypassed igw-a describe-route-tables",
			"no-route-to-transit-gateway subnet-f1 tgw-t describe-route-tables", "no-route-to-transit-gateway subnet-f2 tgw-t describe-route-tables"}},
		{name: "ASY-5 (f) a gateway endpoint is no middlebox, even where only its route is known", edits: [][2]string{{"rtb-i1 vpc-i subnet-i1\n", "pl-s3 aws 203.0.113.0/24\nvpce-s3 vpc-i gateway com.amazonaws.us-east-1.s3\nrtb-i1 vpc-i subnet-i1\n  pl-s3 vpce-s3\n"}},
			more: "omit describe-vpc-endpoints\n"},
		{name: "ASY-5 (g) two ways to one destination", more: `vgw-v vpc-a
rtb-x vpc-a subnet-a
  192.168.0.0/16 vgw-v
rtb-y vpc-a
  192.168.0.0/16 tgw-t
`, want: []string{"two-ways-to-on-premises vpc-a rtb-y vgw-v 192.168.0.0/16"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := inspected
			for _, e := range c.edits {
				if !strings.Contains(text, e[0]) {
					t.Fatalf("%q is not in the network", e[0])
				}
				text = strings.ReplaceAll(text, e[0], e[1])
			}
			var got []string
			n := networkOf(t, text+c.more)
			for _, r := range risk.Find(n) {
				got = append(got, line(n, &r))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// line is a risk in words: kind, place, table, what it is about, CIDR, the call that would tell.
func line(n *model.Network, r *risk.Risk) string {
	words := []string{string(r.Kind), n.ID(r.At)}
	for _, x := range []model.Ref{r.Table, r.To} {
		if !x.IsZero() {
			words = append(words, n.ID(x))
		}
	}
	if r.CIDR.IsValid() {
		words = append(words, r.CIDR.String())
	}
	if r.Lack != nil {
		words = append(words, string(r.Lack.Call))
	}
	return strings.Join(words, " ")
}

func networkOf(t *testing.T, text string) *model.Network {
	t.Helper()
	list, err := scenario.Parse("risk", []byte("== risks\n"+text+"? eni-f1 -> eni-f2 tcp/1 => reachable\n"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := list[0].Files()
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data, Mode: 0o600}
	}
	s, err := snapshot.OpenFS(fsys, snapshot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return model.Build(s)
}
