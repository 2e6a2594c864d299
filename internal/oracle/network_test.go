package oracle

import (
	"net/netip"
	"strings"
	"testing"
)

// The network of most tests: VPC a has a public subnet (internet gateway, NAT gateway, eni-web with a public address) and a
// private one behind the NAT gateway (eni-app); VPC b, with eni-db, is peered with it. Everything is open.
const (
	vpcs = `{"Vpcs":[
		{"VpcId":"vpc-a","OwnerId":"1","State":"available","CidrBlock":"10.0.0.0/16",
		 "CidrBlockAssociationSet":[{"CidrBlock":"10.0.0.0/16","CidrBlockState":{"State":"associated"}}],
		 "Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2600:1f00::/56","Ipv6CidrBlockState":{"State":"associated"},"Ipv6AddressAttribute":"public"}],
		 "BlockPublicAccessStates":{"InternetGatewayBlockMode":"off"}},
		{"VpcId":"vpc-b","OwnerId":"1","State":"available","CidrBlock":"10.1.0.0/16",
		 "CidrBlockAssociationSet":[{"CidrBlock":"10.1.0.0/16","CidrBlockState":{"State":"associated"}}],
		 "BlockPublicAccessStates":{"InternetGatewayBlockMode":"off"}}]}`
	subnets = `{"Subnets":[
		{"SubnetId":"subnet-pub","VpcId":"vpc-a","State":"available","CidrBlock":"10.0.1.0/24","BlockPublicAccessStates":{"InternetGatewayBlockMode":"off"},
		 "Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2600:1f00::/64","Ipv6CidrBlockState":{"State":"associated"}}]},
		{"SubnetId":"subnet-prv","VpcId":"vpc-a","State":"available","CidrBlock":"10.0.2.0/24","BlockPublicAccessStates":{"InternetGatewayBlockMode":"off"}},
		{"SubnetId":"subnet-db","VpcId":"vpc-b","State":"available","CidrBlock":"10.1.1.0/24","BlockPublicAccessStates":{"InternetGatewayBlockMode":"off"}}]}`
	interfaces = `{"NetworkInterfaces":[
		{"NetworkInterfaceId":"eni-web","VpcId":"vpc-a","SubnetId":"subnet-pub","InterfaceType":"interface","SourceDestCheck":true,"Status":"in-use",
		 "Groups":[{"GroupId":"sg-web"}],"Attachment":{"Status":"attached","InstanceId":"i-web"},"Ipv6Addresses":[{"Ipv6Address":"2600:1f00::5"}],
		 "PrivateIpAddresses":[{"PrivateIpAddress":"10.0.1.5","Primary":true,"Association":{"PublicIp":"203.0.113.5"}}]},
		{"NetworkInterfaceId":"eni-two","VpcId":"vpc-a","SubnetId":"subnet-pub","InterfaceType":"interface","SourceDestCheck":true,"Status":"in-use",
		 "Groups":[{"GroupId":"sg-two"}],"Attachment":{"Status":"attached","InstanceId":"i-two"},
		 "PrivateIpAddresses":[{"PrivateIpAddress":"10.0.1.6","Primary":true,"Association":{"PublicIp":"203.0.113.6"}}],"Ipv4Prefixes":[{"Ipv4Prefix":"10.0.1.32/28"}]},
		{"NetworkInterfaceId":"eni-app","VpcId":"vpc-a","SubnetId":"subnet-prv","InterfaceType":"interface","SourceDestCheck":true,"Status":"in-use",
		 "Groups":[{"GroupId":"sg-app"}],"Attachment":{"Status":"attached","InstanceId":"i-app"},
		 "PrivateIpAddresses":[{"PrivateIpAddress":"10.0.2.5","Primary":true}]},
		{"NetworkInterfaceId":"eni-nat","VpcId":"vpc-a","SubnetId":"subnet-pub","InterfaceType":"nat_gateway","SourceDestCheck":false,"Status":"in-use",
		 "Groups":[],"Attachment":{"Status":"attached"},"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.1.9","Primary":true,"Association":{"PublicIp":"203.0.113.9"}}]},
		{"NetworkInterfaceId":"eni-db","VpcId":"vpc-b","SubnetId":"subnet-db","InterfaceType":"interface","SourceDestCheck":true,"Status":"in-use",
		 "Groups":[{"GroupId":"sg-db"}],"Attachment":{"Status":"attached","InstanceId":"i-db"},
		 "PrivateIpAddresses":[{"PrivateIpAddress":"10.1.1.5","Primary":true}]}]}`
	instances = `{"Reservations":[{"Instances":[
		{"InstanceId":"i-web","State":{"Name":"running"}},{"InstanceId":"i-two","State":{"Name":"running"}},
		{"InstanceId":"i-app","State":{"Name":"running"}},{"InstanceId":"i-db","State":{"Name":"running"}}]}]}`
	everyone = `{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}]}`
	groups   = `{"SecurityGroups":[
		{"GroupId":"sg-web","IpPermissions":[` + everyone + `],"IpPermissionsEgress":[` + everyone + `]},
		{"GroupId":"sg-two","IpPermissions":[` + everyone + `],"IpPermissionsEgress":[` + everyone + `]},
		{"GroupId":"sg-app","IpPermissions":[` + everyone + `],"IpPermissionsEgress":[` + everyone + `]},
		{"GroupId":"sg-db","IpPermissions":[` + everyone + `],"IpPermissionsEgress":[` + everyone + `]}]}`
	open = `{"RuleNumber":100,"Egress":false,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"},
		{"RuleNumber":101,"Egress":false,"RuleAction":"allow","Protocol":"-1","Ipv6CidrBlock":"::/0"},
		{"RuleNumber":100,"Egress":true,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"},
		{"RuleNumber":101,"Egress":true,"RuleAction":"allow","Protocol":"-1","Ipv6CidrBlock":"::/0"}`
	acls = `{"NetworkAcls":[
		{"NetworkAclId":"acl-pub","VpcId":"vpc-a","IsDefault":false,"Associations":[{"SubnetId":"subnet-pub"}],"Entries":[` + open + `]},
		{"NetworkAclId":"acl-prv","VpcId":"vpc-a","IsDefault":true,"Associations":[{"SubnetId":"subnet-prv"}],"Entries":[` + open + `]},
		{"NetworkAclId":"acl-db","VpcId":"vpc-b","IsDefault":true,"Associations":[{"SubnetId":"subnet-db"}],"Entries":[` + open + `]}]}`
	tables = `{"RouteTables":[
		{"RouteTableId":"rtb-pub","VpcId":"vpc-a","Associations":[{"SubnetId":"subnet-pub","AssociationState":{"State":"associated"}}],"Routes":[
			{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","Origin":"CreateRouteTable","State":"active"},
			{"DestinationIpv6CidrBlock":"2600:1f00::/56","GatewayId":"local","Origin":"CreateRouteTable","State":"active"},
			{"DestinationCidrBlock":"10.1.0.0/16","VpcPeeringConnectionId":"pcx-ab","Origin":"CreateRoute","State":"active"},
			{"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-a","Origin":"CreateRoute","State":"active"},
			{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-a","Origin":"CreateRoute","State":"active"}]},
		{"RouteTableId":"rtb-prv","VpcId":"vpc-a","Associations":[{"Main":true,"AssociationState":{"State":"associated"}}],"Routes":[
			{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","Origin":"CreateRouteTable","State":"active"},
			{"DestinationCidrBlock":"10.1.0.0/16","NatGatewayId":"nat-n","Origin":"CreateRoute","State":"active"},
			{"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-n","Origin":"CreateRoute","State":"active"}]},
		{"RouteTableId":"rtb-db","VpcId":"vpc-b","Associations":[{"SubnetId":"subnet-db"}],"Routes":[
			{"DestinationCidrBlock":"10.1.0.0/16","GatewayId":"local","Origin":"CreateRouteTable","State":"active"},
			{"DestinationCidrBlock":"10.0.1.0/28","VpcPeeringConnectionId":"pcx-ab","Origin":"CreateRoute","State":"active"}]}]}`
	gateways = `{"InternetGateways":[{"InternetGatewayId":"igw-a","Attachments":[{"VpcId":"vpc-a","State":"available"}]}]}`
	nats     = `{"NatGateways":[{"NatGatewayId":"nat-n","VpcId":"vpc-a","SubnetId":"subnet-pub","State":"available","ConnectivityType":"public",
		"AvailabilityMode":"zonal","NatGatewayAddresses":[{"PrivateIp":"10.0.1.9","PublicIp":"203.0.113.9","NetworkInterfaceId":"eni-nat","Status":"succeeded"}]}]}`
	peerings = `{"VpcPeeringConnections":[{"VpcPeeringConnectionId":"pcx-ab","Status":{"Code":"active"},
		"RequesterVpcInfo":{"VpcId":"vpc-a","OwnerId":"1","Region":"us-east-1","CidrBlockSet":[{"CidrBlock":"10.0.0.0/16"}]},
		"AccepterVpcInfo":{"VpcId":"vpc-b","OwnerId":"1","Region":"us-east-1","CidrBlockSet":[{"CidrBlock":"10.1.0.0/16"}]}}]}`
)

// base returns the files of the network.
func base() Files {
	return Files{
		"describe-vpcs.json": []byte(vpcs), "describe-subnets.json": []byte(subnets), "describe-network-interfaces.json": []byte(interfaces),
		"describe-instances.json": []byte(instances), "describe-security-groups.json": []byte(groups), "describe-network-acls.json": []byte(acls),
		"describe-route-tables.json": []byte(tables), "describe-internet-gateways.json": []byte(gateways), "describe-nat-gateways.json": []byte(nats),
		"describe-vpc-peering-connections.json": []byte(peerings), "describe-addresses.json": []byte(`{"Addresses":[]}`),
		"describe-prefix-lists.json": []byte(`{"PrefixLists":[]}`),
	}
}

// edit changes a network's files.
type edit func(*testing.T, Files)

// set replaces text that stands exactly once in the files, in the record that begins with an id if one is given before a bar:
// `eni-web|"Status":"in-use"`.
func set(before, after string) edit {
	return func(t *testing.T, files Files) {
		t.Helper()
		id, text, scoped := strings.Cut(before, "|")
		if !scoped {
			id, text = "", before
		}
		count := 0
		for name, content := range files {
			start := strings.Index(string(content), `Id":"`+id+`"`)
			if id == "" {
				start = 0
			}
			if start < 0 {
				continue
			}
			if rest := string(content[start:]); strings.Contains(rest, text) && !strings.HasPrefix(name, "describe-instances") {
				files[name] = []byte(string(content[:start]) + strings.Replace(rest, text, after, 1))
				count++
			}
		}
		if count != 1 {
			t.Fatalf("%q stands in %d files", before, count)
		}
	}
}

// without leaves a call's answer out.
func without(call string) edit {
	return func(t *testing.T, files Files) {
		t.Helper()
		if _, ok := files[call+".json"]; !ok {
			t.Fatalf("no answer to %s", call)
		}
		delete(files, call+".json")
	}
}

// cut marks a call's answer as not complete.
func cut(call string) edit {
	return func(_ *testing.T, files Files) {
		files[call+".json"] = []byte(`{"NextToken":"more",` + string(files[call+".json"][1:]))
	}
}

// file adds an answer, or replaces it.
func file(name, content string) edit {
	return func(_ *testing.T, files Files) { files[name+".json"] = []byte(content) }
}

// stop puts an instance into another state than running.
func stop(id, state string) edit {
	return func(_ *testing.T, files Files) {
		const name = "describe-instances.json"
		files[name] = []byte(strings.Replace(string(files[name]), `"`+id+`","State":{"Name":"running"`, `"`+id+`","State":{"Name":"`+state+`"`, 1))
	}
}

// ingress and egress replace a group's rules of one direction; rules and routes below have the form of AWS's records.
func ingress(group, rules string) edit {
	return set(group+`|"IpPermissions":[`+everyone+`]`, `"IpPermissions":[`+rules+`]`)
}

func egress(group, rules string) edit {
	return set(group+`|"IpPermissionsEgress":[`+everyone+`]`, `"IpPermissionsEgress":[`+rules+`]`)
}

// entries replaces an ACL's entries; first puts one before the open ones.
func entries(acl, list string) edit {
	return set(acl+`|"Entries":[`+open+`]`, `"Entries":[`+list+`]`)
}

func first(acl, entry string) edit {
	return set(acl+`|"Entries":[`, `"Entries":[`+entry+`,`)
}

// route adds a route to a table.
func addRoute(table, route string) edit {
	return set(table+`|"Routes":[`, `"Routes":[`+route+`,`)
}

// packet builds a TCP packet with client port 40000; protocol and ICMP type by the functions below.
func packet(from, to string, port uint16) Packet {
	return Packet{Source: netip.MustParseAddr(from), Destination: netip.MustParseAddr(to), Protocol: tcp, SourcePort: 40000, DestinationPort: port}
}

func as(protocol uint8, p Packet) Packet {
	p.Protocol = protocol
	return p
}

func ping(p Packet, kind, code uint8) Packet {
	p.Protocol, p.ICMPType, p.ICMPCode, p.SourcePort, p.DestinationPort = icmp, kind, code, 0, 0
	return p
}

// question builds a question in strict reading; an end is an interface, "internet", a gateway or "address".
func question(from, to string, p Packet) Question {
	end := func(s string) End {
		switch {
		case s == "internet":
			return End{Internet: true}
		case s == "address":
			return End{Address: true}
		case strings.HasPrefix(s, "igw-"):
			return End{Gateway: s}
		}
		return End{Interface: s}
	}
	return Question{From: end(from), To: end(to), Packet: p}
}

func (q Question) aws() Question {
	q.Reading = AWS
	return q
}

func (q Question) noAssume() Question {
	q.NoAssume = true
	return q
}

func (q Question) assuming(what ...string) Question {
	q.Assume = what
	return q
}

// step is a test: a network, a question, the outcome, and a rule kind that must have decided something.
type step struct {
	name    string
	edits   []edit
	q       Question
	want    Outcome
	decided string
}

func run(t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			files := base()
			for _, e := range s.edits {
				e(t, files)
			}
			o, err := New(files)
			if err != nil {
				t.Fatal(err)
			}
			a := o.Ask(s.q)
			if a.Outcome != s.want || s.decided != "" && a.Decided[s.decided] == 0 {
				t.Errorf("%s, want %s decided by %s\n%s\nmissing %q", a.Outcome, s.want, s.decided, strings.Join(a.Trace, "\n"), a.Missing)
			}
		})
	}
}
