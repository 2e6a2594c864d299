package snapshot

import (
	"fmt"
	"strings"
	"time"
)

// take moves the records of q into p. The first to come keeps its memory: most answers are one file.
func (p *Part) take(q *Part) {
	move(&p.VPCs, q.VPCs)
	move(&p.Subnets, q.Subnets)
	move(&p.RouteTables, q.RouteTables)
	move(&p.SecurityGroups, q.SecurityGroups)
	move(&p.SecurityGroupVpcAssociations, q.SecurityGroupVpcAssociations)
	move(&p.NetworkACLs, q.NetworkACLs)
	move(&p.NetworkInterfaces, q.NetworkInterfaces)
	move(&p.Instances, q.Instances)
	move(&p.Addresses, q.Addresses)
	move(&p.InternetGateways, q.InternetGateways)
	move(&p.NATGateways, q.NATGateways)
	move(&p.PeeringConnections, q.PeeringConnections)
	move(&p.PrefixLists, q.PrefixLists)
	move(&p.ManagedPrefixLists, q.ManagedPrefixLists)
	move(&p.PrefixListEntries, q.PrefixListEntries)
	move(&p.AvailabilityZones, q.AvailabilityZones)
	move(&p.VPCEndpoints, q.VPCEndpoints)
	move(&p.InstanceConnectEndpoints, q.InstanceConnectEndpoints)
	move(&p.VPCAttributes, q.VPCAttributes)
	move(&p.VPCEncryptionControls, q.VPCEncryptionControls)
	move(&p.Named, q.Named)
	move(&p.Services, q.Services)
	p.takeEdges(q)
	p.takeTransit(q)
	p.takeHybrid(q)
	p.takeCoreNetworks(q)
}

func move[T any](to *[]T, from []T) {
	if len(*to) == 0 {
		*to = from
		return
	}
	*to = append(*to, from...)
}

// foldRules makes groups of rows of describe-security-group-rules, for groups that describe-security-groups
// does not give. Rows that are not complete are left out as a whole: a group that lacks a rule would deny
// what it allows.
func (p *Part) foldRules(rows []SecurityGroupRule) error {
	if len(rows) == 0 || p.Call(DescribeSecurityGroups).State == Complete {
		return nil
	}
	if p.Call(DescribeSecurityGroupRules).State != Complete {
		return errCutRules
	}
	known := make(map[string]bool, len(p.SecurityGroups))
	for i := range p.SecurityGroups {
		known[p.SecurityGroups[i].GroupId] = true
	}
	at := make(map[string]int) // index of groups made here
	for i := range rows {
		row := &rows[i]
		if known[row.GroupId] {
			continue
		}
		n, ok := at[row.GroupId]
		if !ok {
			n = len(p.SecurityGroups)
			at[row.GroupId] = n
			p.SecurityGroups = append(p.SecurityGroups,
				SecurityGroup{GroupId: row.GroupId, OwnerId: row.GroupOwnerId, IpPermissions: []IpPermission{}, IpPermissionsEgress: []IpPermission{}})
		}
		g := &p.SecurityGroups[n]
		if row.IsEgress {
			g.IpPermissionsEgress = append(g.IpPermissionsEgress, row.permission())
		} else {
			g.IpPermissions = append(g.IpPermissions, row.permission())
		}
	}
	return nil
}

// permission is the row in the shape that describe-security-groups gives. Rows write the absence of ports as -1,
// which there means "any" only for ICMP.
func (r *SecurityGroupRule) permission() IpPermission {
	out := IpPermission{IpProtocol: r.IpProtocol, FromPort: r.FromPort, ToPort: r.ToPort}
	icmp := r.IpProtocol == "icmp" || r.IpProtocol == "icmpv6" || r.IpProtocol == "1" || r.IpProtocol == "58"
	if !icmp && r.FromPort != nil && *r.FromPort == -1 {
		out.FromPort, out.ToPort = nil, nil
	}
	switch {
	case r.CidrIpv4.IsValid():
		out.IpRanges = []IpRange{{CidrIp: r.CidrIpv4, Description: r.Description}}
	case r.CidrIpv6.IsValid():
		out.Ipv6Ranges = []Ipv6Range{{CidrIpv6: r.CidrIpv6, Description: r.Description}}
	case r.PrefixListId != "":
		out.PrefixListIds = []PrefixListId{{PrefixListId: r.PrefixListId, Description: r.Description}}
	case r.ReferencedGroupInfo != nil:
		pair := *r.ReferencedGroupInfo
		pair.Description = r.Description
		out.UserIdGroupPairs = []UserIdGroupPair{pair}
	}
	return out
}

// Object returns the state of a call that is made once per object; NotAsked where nothing is recorded.
func (p *Part) Object(op Operation, id string) Call {
	if c, ok := p.Objects[op][id]; ok {
		return c
	}
	service, _ := splitOperation(op)
	return Call{Service: service, Operation: op, State: NotAsked}
}

// Name says which part it is, for messages: account and Region, or the folder where they are not known.
func (p *Part) Name() string {
	var words []string
	for _, w := range []string{p.Account, p.Region} {
		if w != "" {
			words = append(words, w)
		}
	}
	if p.Account == "" && p.Folder != "" && p.Folder != "." {
		words = append(words, fmt.Sprintf("folder %s", quotePath(p.Folder)))
	}
	return strings.Join(words, " ")
}

// span widens the snapshot's time to that of a call.
func (s *Snapshot) span(c Call) {
	s.From = earlier(s.From, earlier(c.Start, c.End))
	s.To = later(s.To, later(c.Start, c.End))
}

// earlier and later pass over zero times, which mean "not known".
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.After(a) {
		return b
	}
	return a
}
