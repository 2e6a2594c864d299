package explain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a fix says, and what has none, where the law of fixes (D-195) found the words promising too much.
func TestFixWords(t *testing.T) {
	for _, tt := range []struct {
		name, network string
		want          []string
	}{
		{"D-197 nothing replies to a foreign source address", `
vpc-a 10.0.0.0/16
subnet-x vpc-a 10.0.1.0/24
eni-x subnet-x 10.0.1.5
eni-y subnet-x 10.0.1.6
? eni-x -> eni-y tcp/443 source-address=10.0.1.99 => unreachable`,
			[]string{"no fix: a reply to 10.0.1.99 would not come back to eni-x: send from one of its own addresses"}},
		{"D-197 nor does anything need to, to a message without a reply", `
vpc-a 10.0.0.0/16
subnet-x vpc-a 10.0.1.0/24
eni-x subnet-x 10.0.1.5
eni-y subnet-x 10.0.1.6
? eni-x -> eni-y icmp/3/4 source-address=10.0.1.99 => unreachable`,
			[]string{"turn off the source/destination check of eni-x if it forwards for others; otherwise send from one of its own addresses"}},
		{"ENI-9 a service that wants no internet gateway", `
vpc-a 10.0.0.0/16 2600:1f00:a::/56
subnet-x vpc-a 2600:1f00:a:1::/64
igw-a vpc-a
rtb-m vpc-a main
  ::/0 igw-a
eni-x subnet-x 2600:1f00:a:1::5
set eni-x DenyAllIgwTraffic true
? eni-x -> 2606:4700::1111 tcp/443 => unreachable`,
			[]string{"no fix: the service that owns the interface has set DenyAllIgwTraffic: internet gateways serve it in no direction"}},
		{"VPC-4 a private IPv6 address beside a public block", `
vpc-a 10.0.0.0/16 2600:1f00:a::/56 fd00:a::/56
subnet-x vpc-a 2600:1f00:a:1::/64 fd00:a:0:1::/64
igw-a vpc-a
rtb-m vpc-a main
  ::/0 igw-a
eni-x subnet-x fd00:a:0:1::5
? eni-x -> 2606:4700::1111 tcp/443 => unreachable`,
			[]string{"assign eni-x an IPv6 address from a public block of its subnet, and use it in the place of fd00:a:0:1::5"}},
		{"VPC-4 a subnet without a public block", `
vpc-a 10.0.0.0/16 fd00:a::/56
subnet-x vpc-a fd00:a:0:1::/64
igw-a vpc-a
rtb-m vpc-a main
  ::/0 igw-a
eni-x subnet-x fd00:a:0:1::5
? eni-x -> 2606:4700::1111 tcp/443 => unreachable`,
			[]string{"no fix: the subnet of eni-x has no public IPv6 block: associate one, and assign the interface an address of it"}},
		{"ENI-6 a public address for an interface with nothing behind it", `
vpc-a 10.0.0.0/16
subnet-x vpc-a 10.0.1.0/24
igw-a vpc-a
rtb-a vpc-a main
  0.0.0.0/0 igw-a
eni-x subnet-x 10.0.1.5 detached
? internet -> eni-x tcp/443 reading=aws => unreachable`,
			[]string{"no fix: nothing is behind eni-x: attach it to an instance first"}},
		{"D-197 a default route that a longer one beats", `
vpc-a 10.0.0.0/16
vpc-b 10.9.0.0/16
subnet-x vpc-a 10.0.1.0/24
igw-a vpc-a
pcx-ab vpc-a vpc-b
rtb-a vpc-a main
  198.51.100.0/24 pcx-ab
eni-x subnet-x 10.0.1.5 public=203.0.113.5
? internet -> eni-x tcp/443 => unreachable`,
			[]string{"replace in rtb-a the route 198.51.100.0/24 → pcx-ab by 198.51.100.0/24 → igw-a"}},
		{"D-101 no group can be named past an appliance", `
vpc-a 10.0.0.0/16
subnet-x vpc-a 10.0.1.0/24
subnet-y vpc-a 10.0.2.0/24
subnet-f vpc-a 10.0.3.0/24
rtb-x vpc-a subnet-x
  10.0.2.0/24 eni-fw
rtb-y vpc-a subnet-y
  10.0.1.0/24 eni-fw
sg-x vpc-a
sg-y vpc-a
  in all all 10.0.0.0/16
eni-x subnet-x 10.0.1.5 sg-x
eni-y subnet-y 10.0.2.5 sg-y
eni-fw subnet-f 10.0.3.5 nocheck
? eni-x -> eni-y tcp/443 => unreachable`,
			[]string{"add to sg-x an outbound rule tcp 443 to 10.0.2.5/32"}},
		{"ENI-7 a stopped instance, and the rest of the way", `
vpc-a 10.0.0.0/16
subnet-x vpc-a 10.0.1.0/24
sg-y vpc-a
i-y stopped
eni-x subnet-x 10.0.1.5
eni-y subnet-x 10.0.1.6 sg-y i-y
? eni-x -> eni-y tcp/443 => unreachable`,
			[]string{"add to sg-y an inbound rule tcp 443 from sg-open-a (or 10.0.1.5/32)", "no fix: nothing runs there: start i-y first"}},
		{"D-197 no route of a reply that an entry of a list would beat", `
vpc-a 10.0.0.0/16
vpc-b 10.9.0.0/16
subnet-x vpc-a 10.0.1.0/24
igw-a vpc-a
pcx-ab vpc-a vpc-b
pl-1 198.51.100.0/26 198.51.100.64/26
rtb-a vpc-a main
  pl-1 pcx-ab
eni-x subnet-x 10.0.1.5 public=203.0.113.5
? internet -> eni-x tcp/443 => unreachable`,
			[]string{"add to rtb-a the route 198.51.100.7/32 → igw-a, which serves a part of the question only: the whole would take many rules"}},
		{"D-45 no default route where a list that is not known may win", `
vpc-a 10.0.0.0/16
vpc-b 10.9.0.0/16
subnet-x vpc-a 10.0.1.0/24
igw-a vpc-a
pcx-ab vpc-a vpc-b
pl-1 192.0.2.0/24
rtb-a vpc-a main
  pl-1 pcx-ab
  0.0.0.0/0 pcx-ab
omit get-managed-prefix-list-entries pl-1
eni-x subnet-x 10.0.1.5 public=203.0.113.5
sg-x vpc-a
set eni-x Groups [{"GroupId":"sg-x"}]
? internet -> eni-x tcp/443 => unreachable`,
			[]string{"add to sg-x an inbound rule tcp 443 from the internet (IPv4) (47 CIDRs; 0.0.0.0/0 would hold private addresses too)",
				"add to rtb-a the route 198.51.100.7/32 → igw-a, which serves a part of the question only: the whole would take many rules"}},
		{"RT-6 an endpoint's route that a static one would beat", `
vpc-a 10.0.0.0/16
subnet-x vpc-a 10.0.1.0/24
igw-a vpc-a
pl-1 198.51.100.0/24
vpce-g vpc-a gateway
rtb-other vpc-a
  pl-1 vpce-g
rtb-x vpc-a subnet-x
  198.51.100.0/24 igw-a
eni-x subnet-x 10.0.1.5
? eni-x -> vpce-g tcp/443 => unreachable`,
			[]string{"no fix: add rtb-x to the route tables of gateway endpoint vpce-g, and take out the route 198.51.100.0/24 → igw-a, which would win over the endpoint's"}},
		{"D-190 filters are the question's", `
vpc-a 10.0.0.0/16
subnet-x vpc-a 10.0.1.0/24
eni-x subnet-x 10.0.1.5
eni-y subnet-x 10.0.1.6
vpc-b 10.9.0.0/16
pcx-ab vpc-a vpc-b
? eni-x -> eni-y tcp/443 through=pcx-ab exclude=i-y filter-at-destination=SourceAddress=10.0.1.7 => unreachable`,
			[]string{"no fix: the question excludes i-y: ask without --exclude, or make another way",
				"no fix: the question asks for a way through pcx-ab: route the packets there, or ask without --through",
				"no fix: ask without source address in the filter at the destination, or with one that arrives"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := one(t, strings.TrimPrefix(tt.network, "\n"))
			var got []string
			for i := range r.Blockers {
				f := FixOf(r, &r.Blockers[i])
				if f.Unfixable != "" {
					got = append(got, "no fix: "+f.Unfixable)
				} else {
					got = append(got, f.Text)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("fixes (-want +got):\n%s", diff)
			}
		})
	}
}
