// Package scenario reads the compact form in which tests write networks and questions, and expands it to raw
// AWS answers, so that every test goes through the real reader and a person sees network, question and expected
// verdict on one screen. Only tests and tools use it.
//
// # Form
//
// A file holds scenarios. A line "== TITLE" starts one; the title names the rules it holds ("ACL-2 the lower
// number decides"). Blank lines are free; # starts a comment (at the start of a line or after white space). A line that
// is indented continues the resource above it. Every resource line begins with an id whose prefix tells its kind;
// ids need not be hexadecimal. A VPC stands above what names it as its VPC, and a subnet above its interfaces; other order is
// free. Every id that a line or a question names must be declared: what should be missing from the snapshot is declared and
// dropped, so that a slip of the pen is never taken for a gap. The default account is 111111111111, the default Region us-east-1, zones are
// use1-az1 (us-east-1a), use1-az2 (us-east-1b) and so on; in eu-west-1 euw1-az1 (eu-west-1a) ...
//
//	vpc-a 10.0.0.0/16                         VPC; more words: further IPv4 CIDRs, IPv6 CIDRs, nodns (EnableDnsSupport false)
//	subnet-s vpc-a 10.0.1.0/24 use1-az1       subnet; CIDRs of either family (none IPv4: Ipv6Native); zone optional (use1-az1)
//	rtb-m vpc-a main                          route table; after the VPC: "main", or subnet ids, or gateway ids (edge association), or nothing; besides
//	                                          propagates=vgw-v (PropagatingVgws; a propagated route makes its gateway one by itself)
//	  0.0.0.0/0 igw-a                         route: destination (CIDR or pl- id), target id or ARN, then any of:
//	  10.9.0.0/16 pcx-x blackhole             blackhole | filtered (State), propagated | advertised (Origin)
//	igw-a vpc-a                               internet gateway; no VPC: detached
//	nat-n subnet-p 10.0.2.9 198.51.100.9      NAT gateway: subnet, private address, public address (none: private NAT gateway);
//	  10.0.2.10 198.51.100.10                 further addresses, one a line
//	nat-r vpc-a rtb-r auto                    regional NAT gateway: a VPC in the place of the subnet, its own route table, auto if it provisions zones itself;
//	  10.0.2.9 198.51.100.9 use1-az1          its addresses: private or "-", public or "-", zone
//	eigw-e vpc-a                              egress-only internet gateway; the attachment's state as a third word (attached); no VPC: detached
//	cagw-c vpc-a                              carrier gateway; its state as a third word (available)
//	bpa block-ingress                         mode of VPC Block Public Access of this account and Region, as its options say (for set and drop: "bpa")
//	vpcbpa-x subnet-s allow-egress            exclusion of a subnet or VPC from it; its state as a third word (create-complete)
//	pcx-ab vpc-a vpc-b                        peering, active; another status as a third word. It stands in the answers of both sides' parts
//	sg-web vpc-a                              group; no lines below: no rules at all
//	  in tcp 443 0.0.0.0/0                    in|out, protocol (tcp udp icmp icmpv6 all or a number), ports (443, 80-90, all;
//	  in icmp 8/0 10.0.0.0/8                  ICMP: type/code, -1 for any), peers: CIDRs of both families, sg- ids, pl- ids
//	  out all all 0.0.0.0/0 ::/0
//	acl-x vpc-a subnet-s subnet-t             network ACL and the subnets it serves; "default" as a word: IsDefault. The final denies are added,
//	                                          the one of IPv6 where the VPC has IPv6 (ACL-3)
//	  in 100 allow tcp 443 0.0.0.0/0          in|out, number, allow|deny, protocol (word or number), ports or type/code or all, one CIDR
//	i-web running                             instance; state optional (running)
//	eni-web subnet-s 10.0.1.5 sg-web          interface: subnet, then in any order: private addresses of either family (first IPv4 is primary),
//	                                          delegated prefixes (CIDRs), sg- ids, i- id, public=203.0.113.5 (maps the address before it), carrier=155.146.0.5
//	                                          (likewise, a carrier address), type=nat_gateway, trunk=eni-t (a branch interface of that trunk: its association is "trunk-assoc-web"),
//	                                          detached (no attachment, Status available), nocheck (SourceDestCheck false), sg-none (no group at all)
//	eipalloc-e 203.0.113.9 eni-web 10.0.1.17  Elastic IP as describe-addresses shows it, and nothing at the interface; without the last two words: free
//	pl-1 192.0.2.0/24 198.51.100.0/24         customer's prefix list with its entries; "aws" as first word: one of AWS's (describe-prefix-lists)
//	vpce-s3 vpc-a gateway com.amazonaws.us-east-1.s3
//	                                          VPC endpoint: VPC, type (gateway, interface, gwlb, resource, service-network, tunnel), then in any order: the service's
//	                                          name, what the type needs, ipv4 | dualstack | ipv6 (IpAddressType). Of a gateway endpoint the tables are those with a
//	vpce-kms vpc-a interface eni-k eni-l      route to it. Interfaces that it names stand on lines of their own and get its type unless they write one;
//	vpce-kms vpc-a interface subnet-k 10.0.5.9 sg-k
//	                                          for subnet ids instead, each with the addresses after it (none: the last but one of its IPv4 block), it makes
//	vpce-gw vpc-a gwlb subnet-f               "eni-vpce-kms", in a second subnet "eni-vpce-kms-2", with those groups. A gwlb endpoint's interface has no groups
//	                                          and no source/destination check. prefix=subnet-k/10.0.5.16/28: a block of Ipv4Prefixes or Ipv6Prefixes
//	eice-a subnet-s 10.0.1.9 sg-c             EC2 Instance Connect Endpoint: its interface is "eni-eice-a"
//	tgw-t sgref                               transit gateway; sgref: SecurityGroupReferencingSupport; a state as a further word (available)
//	tgw-attach-a tgw-t vpc-a subnet-x subnet-y
//	                                          its attachment of a VPC, with the subnets; then in any order: appliance (ApplianceModeSupport), nosgref, ipv6, a state;
//	  nat 10.0.1.0/24 100.64.1.0/24           static 1:1 NAT of the attachment; a state as a further word (activated)
//	tgw-attach-p tgw-t tgw-u accepter=tgw-attach-q
//	                                          peering of two transit gateways, seen from both; without accepter= both ends have one id
//	tgw-attach-v tgw-t connect                another attachment: connect, vpn, direct-connect-gateway, network-function, client-vpn, vpn-concentrator; then its resource's id
//	tgw-rtb-r tgw-t tgw-attach-a              route table of a transit gateway, and the attachments associated with it; a state as a further word; "static":
//	  10.1.0.0/16 tgw-attach-b propagated     the search asked for static routes only. Routes: attachments (several: ECMP), then propagated, pl-x (of a prefix list's
//	  10.2.0.0/16 blackhole                   reference; in the place of the CIDR: of a record without one), a state (active). A propagated route makes its attachment propagate into the table;
//	  propagates tgw-attach-a                 so does this line, which makes no route
//	tgw-ptb-p tgw-t tgw-attach-c              policy table, and the attachments associated with it
//	  10 6 * * 10.1.0.0/16 80 tgw-rtb-r       entry: number (* for one that AWS manages), protocol's number, source, ports, destination, ports, route table (- for none)
//	vgw-v vpc-a                               virtual private gateway; the attachment's state as a third word (attached); no VPC: detached
//	vpn-o vgw-v static 10.50.0.0/16           VPN connection: its gateway (vgw- or tgw-), then in any order: static or bgp, static routes, down (every tunnel;
//	                                          else one is up), no-telemetry, ipv6 (inside the tunnels), customer=10.50.0.0/16 and aws=10.0.0.0/8 (selectors: AWS calls
//	                                          the customer's side local), state=deleting. It gets a customer gateway "cgw-o"
//	dxgw-d                                    Direct Connect gateway, its associations below: gateway, allowed prefixes, a state (associated)
//	  vgw-v 10.0.0.0/15
//	dxvif-p dxgw-d                            virtual interface of a Direct Connect gateway or straight of a vgw-; private (or transit, public), down (BGP)
//	core-network-c                            core network of Cloud WAN (global: its answers stand in this part); a state as a second word (AVAILABLE)
//	attachment-a core-network-c vpc-a prod subnet-x
//	                                          its attachment of a VPC, at the edge of the VPC's Region: its segment (or nfg=GROUP, a network function group), the subnets;
//	                                          then in any order: appliance, nosgref, a state (AVAILABLE). In the place of the VPC a type: CONNECT, SITE_TO_SITE_VPN,
//	                                          TRANSIT_GATEWAY_ROUTE_TABLE, DIRECT_CONNECT_GATEWAY
//	segment core-network-c.prod.us-east-1     what get-network-routes answers of a segment at an edge: CIDR or pl- id, attachments (several: of one route), edge=eu-west-1 (no attachment
//	  10.1.0.0/16 attachment-b                is named), nfg=GROUP, a tgw-attach- id; then static (else propagated), blackhole, state=STATE (ACTIVE).
//	                                          It stands in the core network's part; a second line of one segment is what the account of that line was answered
//	network office 10.50.0.0/16 behind vpn-o  declared network, in a file for --declare and in no answer: its name, its CIDRs, "behind", its edges
//	lgw-l, ...                                other resources, by name only
//
//	service eni-db RDSNetworkInterface        the interface above is a service's (RequesterManaged, no instance) with that Description; "requester=TEXT"
//	                                          before it: RequesterId
//	answer rds.describe-db-instances {"DBInstanceIdentifier":"orders"}
//	                                          one raw record of an answer, in this part: of another service than ec2, which names interfaces, or what another
//	                                          account's copy of a resource says ("answer describe-vpc-peering-connections {...}")
//	answer get-transit-gateway-route-table-associations tgw-rtb-r {"TransitGatewayAttachmentId":"tgw-attach-a","State":"disassociating"}
//	                                          one more raw record of a call that is made once per table or attachment of a transit gateway, in this part
//	account 222222222222 eu-west-1            resources below belong to this account and Region (its own part of the snapshot)
//	omit describe-network-acls                leave that answer out of the snapshot (all parts; with "222222222222 eu-west-1" after it: of that part)
//	omit all 222222222222 eu-west-1           leave out everything of that part
//	cut describe-network-acls                 keep the records but mark the answer incomplete (NextToken); part as for omit
//	omit get-managed-prefix-list-entries pl-1 one list's entries; without the id every list's
//	omit directconnect.describe-direct-connect-gateway-associations vgw-v
//	omit networkmanager.get-network-routes core-network-c.prod.us-east-1
//	omit describe-vpc-attribute vpc-a         one VPC's EnableDnsSupport; without the id every VPC's
//	omit search-transit-gateway-routes tgw-rtb-r
//	                                          likewise of every call that is made once per table or attachment; "cut" of a search: AdditionalRoutesAvailable
//	drop eni-web                              leave that record out of its answer, of a list the entries too (with an account and Region: in that part)
//	set eni-web Attachment.Status "detaching" replace a field of the raw record by a JSON value (path with dots, numbers index lists; null removes
//	                                          it); eni-web@describe-network-interfaces: in that answer's record only, eni-web@222222222222/eu-west-1: in that
//	                                          part's; static NAT: tgw-attach-a@get-transit-gateway-attachment-nat-configuration. set comes before drop, wherever it stands; edits count from the record as expanded,
//	                                          each on what the one above it left; a route table's local routes and an ACL's outbound rules come first
//
// Defaults, so that a scenario says only what matters: a VPC gets a main route table "rtb-main-a" unless some table of it is
// main, and every table gets the local routes of its VPC's CIDRs unless it writes "nolocal" among its words or a route for just that CIDR
// (a replaced local route); a VPC gets a default ACL "acl-default-a" (allow all both ways, IPv6 too where the VPC has it) that serves
// the subnets no other ACL of the scenario names, unless the scenario writes a default ACL, which serves just the subnets it names; an interface
// without sg- ids gets "sg-open-a" (allow all both ways, both families; written only if used; "sg-open-a-222222222222" for a
// participant of a shared VPC); an interface without i- id
// gets a running instance named after it (eni-web: i-web), attached; interfaces of types other than interface, and detached ones, get none. A NAT gateway gets its interface
// "eni-nat-n" (type nat_gateway, no groups, SourceDestCheck false) and rows in describe-addresses. Here "a" is the VPC's id without "vpc-". Every part answers these calls, empty where it has
// nothing: describe-vpcs, -subnets, -route-tables, -security-groups, -network-acls, -network-interfaces, -instances, -addresses,
// -internet-gateways, -nat-gateways, -vpc-peering-connections, -vpc-endpoints, -instance-connect-endpoints, describe-vpc-attribute (one file per VPC: EnableDnsSupport), -prefix-lists, -managed-prefix-lists, get-managed-prefix-list-entries (one file per list, the id
// in the file's name), -availability-zones, -egress-only-internet-gateways, -carrier-gateways, -vpc-block-public-access-exclusions,
// -trunk-interface-associations, -vpn-gateways, -vpn-connections, -customer-gateways, and of Direct Connect (directconnect.describe-...)
// -virtual-interfaces, -direct-connect-gateways, -direct-connect-gateway-associations (one file per virtual private, transit and Direct Connect gateway) and
// -attachments (one per Direct Connect gateway); omit and cut take the gateway after the call. Once something is attached
// to a transit gateway, every part answers describe-transit-gateways, -attachments,
// -vpc-attachments, -peering-attachments, -connects, -route-tables and -policy-tables, and the gateway's part the calls that are made once per route table
// (search-transit-gateway-routes, associations, propagations, prefix list references) and policy table (entries, associations) and attachment (NAT configuration); the part of an attached VPC
// shows gateway and attachment, without the association. Once there is a core network, every part answers networkmanager.list-core-networks and -list-attachments, and
// the core network's part and that of an attached VPC networkmanager.get-vpc-attachment (one file per attachment). Records carry what AWS prints today (OwnerId, State, AssociationState, BlockPublicAccessStates off, ...).
//
// # Questions
//
//	? eni-web -> eni-db tcp/5432 => reachable
//	? internet -> 198.51.100.7 tcp/22 reading=aws => unreachable SUBNET_ACL_RESTRICTION@acl-x via=igw-a,acl-x
//
// FROM -> TO, then protocol and ports as the command line takes them (optional), then options (name=value or a
// bare word, as the command line's flags without dashes: reading, source-address, source-port, destination-address,
// through, exclude (several with commas), filter-at-source, filter-at-destination, account, region, assume, and the bare no-assume). After =>: the verdict, then in any order
//
//	CODE or CODE@component   a blocker with that code (at that component) is in the answer; "only" as a word: there are no others
//	CODE@component,in,...    and what it says: in or out (of the component), request or reply, a reason or state (its blanks as _), the id of a resource that it
//	                         names (subnet, VPC, interface, target), the destination of the route that loses; of the packets that it refuses a
//	                         protocol and its ports (tcp/80-90), all sources and all destinations (from=10.0.1.5/32, to=10.0.2.5/32+10.0.2.7/32)
//	via=a,b,c                these component ids stand on the forward path in this order (others may stand between); a/x/y: and the hop at a
//	                         shows x and y: its instance, subnet, VPC or transit gateway
//	back=a,b,c               the same for the return path
//	rule=100@acl-x           the forward hop at that component was decided by that rule (ACL number; for groups sg- id)
//	backrule=100@acl-x       the same for the return hop
//	admits=tcp/443           the admitted set, as printed, is this (see the test's printer); several, separated by ;
//	missing=describe-x       a missing fact names that call, or has that word; missing=describe-x@222222222222/eu-west-1: of that account and Region
//	assumes=word             some listed assumption contains that word
//	note=word                some note contains that word; note=word@component: at that component; note=!word: none does
//
// A question that cannot be asked has "error" and words of the error after =>, and nothing else. In
// testdata/scenarios/refused it is the network that is refused.
package scenario
