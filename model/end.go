package model

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcreach/vpcreach/model/packet"
	"github.com/vpcreach/vpcreach/snapshot"
)

// EndKind says what an end of a question is.
type EndKind uint8

// The kinds of ends.
const (
	EndInterfaces EndKind = iota // interfaces of the snapshot
	EndInternet                  // the internet, through any gateway
	EndGateway                   // the internet, through one gateway
	EndPeering                   // a peering connection: what crosses it
	EndAddress                   // an address that no interface of the snapshot owns
	EndEndpoint                  // a gateway endpoint: what it serves
	EndSpecial                   // addresses at which AWS's own services answer (SP-1)
	EndTransit                   // a transit gateway or one of its attachments: what enters and leaves it
	EndEdge                      // a gateway or connection to networks outside AWS: what lies behind it
	EndDeclared                  // a declared network, or addresses inside one (D-238)
	EndMissing                   // something that the snapshot cannot tell or that is not modelled
)

// End is FROM or TO of a question.
type End struct {
	Text       string // as asked
	Kind       EndKind
	Ref        Ref            // the instance, interface or gateway that was asked for; zero for addresses and tags
	Interfaces []int32        // EndInterfaces: in order of id
	Prefixes   []netip.Prefix // the addresses asked for; nil: all that the end has
	Public     bool           // Prefixes are public IPv4 addresses, or carrier addresses, that gateways translate
	Embedded   bool           // Prefixes are addresses of 64:ff9b::/96; the rest of the end is of the IPv4 addresses in them (NAT-11, D-145)
	Missing    *Missing       // EndMissing: what
	// In is the VPC that "vpc-…/address" names; zero otherwise.
	In Ref
	// Unaddressed says why the addresses that the end stands for are not known: a question has to name some. Else nil.
	Unaddressed *Missing

	// Hidden says that the end may have more interfaces than the answers describe; nil where it has not. Then what none of the known ones
	// can do is unknown, not refused.
	Hidden *Missing
}

// Scope narrows a look-up where several accounts or Regions hold the same name or address. Empty fields do not.
type Scope struct {
	Account string
	Region  string
}

// maxEndInterfaces bounds what one end can stand for, so that a wide CIDR cannot make a question of millions of pairs.
const maxEndInterfaces = 4096

// ErrAmbiguous is a name or address that several things answer to.
type ErrAmbiguous struct {
	Text    string
	Matches []Resource // by type, then id
}

func (e *ErrAmbiguous) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q is not one thing but %d: ", e.Text, len(e.Matches))
	for i, m := range e.Matches {
		if i == 8 {
			fmt.Fprintf(&b, ", and %d more", len(e.Matches)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(m.ID)
		if m.Account != "" {
			b.WriteString(" (" + m.Account + " " + m.Region + ")")
		}
	}
	b.WriteString("; ask for one of them by id")
	return b.String()
}

// ErrNotFound is a name that nothing answers to.
type ErrNotFound struct {
	Text string
	Near []string // ids and names of the snapshot that are near, best first
	Hint string   // what to do; may be empty
}

func (e *ErrNotFound) Error() string {
	msg := fmt.Sprintf("%q is not in the snapshot", e.Text)
	if e.Hint != "" {
		msg += "; " + e.Hint
	}
	if len(e.Near) > 0 {
		msg += "; near: " + strings.Join(e.Near, ", ")
	}
	return msg
}

// Resolve finds the end that a text means: a resource id or ARN, "internet", an address or CIDR, "vpc-…/address",
// "tag:Key=Value", a Name tag or a host name. It fails with *ErrAmbiguous, *ErrNotFound, or another error that says
// what is wrong with the text.
func (n *Network) Resolve(text string, scope Scope) (End, error) {
	if text == "" {
		return End{}, errors.New("an end of the question is empty: give a resource id, an address, a CIDR, a name or internet")
	}
	if text == "internet" {
		return End{Text: text, Kind: EndInternet}, nil
	}
	if vpc, addr, ok := strings.Cut(text, "/"); ok && strings.HasPrefix(vpc, "vpc-") {
		return n.resolveInVPC(text, vpc, addr)
	}
	if p, ok := parseCIDR(text); ok {
		return n.resolveAddress(text, p, -1, scope)
	}
	if end, ok := n.declaredName(text); ok {
		return end, nil
	}
	if id := resourceID(text); id != "" {
		if r, ok := n.byID[id]; ok {
			return n.resolveRef(text, r)
		}
		if strings.HasPrefix(id, "vpce-svc-") {
			return End{Text: text, Kind: EndMissing, Missing: &Missing{What: id, Why: NotModelled, Detail: otherType(id) + " as FROM or TO"}}, nil
		}
	}
	return n.resolveName(text, scope)
}

// parseCIDR reads an address or a CIDR; host bits are dropped (RT-19).
func parseCIDR(text string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	return netip.Prefix{}, false
}

// resourceID takes the id out of an ARN; other text is its own id.
func resourceID(text string) string {
	if !strings.HasPrefix(text, "arn:") {
		return text
	}
	if i := strings.LastIndexByte(text, '/'); i >= 0 {
		return text[i+1:]
	}
	return text
}

func (n *Network) resolveInVPC(text, vpc, addr string) (End, error) {
	r, ok := n.byID[vpc]
	if !ok || r.Kind != KindVPC {
		return End{}, n.notFound(vpc, "")
	}
	p, ok := parseCIDR(addr)
	if !ok {
		return End{}, fmt.Errorf("%q: %q is neither an address nor a CIDR; write %s/10.0.1.5", text, addr, vpc)
	}
	end, err := n.resolveAddress(text, p, r.Index, Scope{})
	end.In = r
	return end, err
}

// resolveRef makes an end of a resource.
func (n *Network) resolveRef(text string, r Ref) (End, error) {
	end := End{Text: text, Ref: r}
	switch r.Kind {
	case KindInterface:
		if m := n.Interfaces[r.Index].Missing(); m != nil {
			return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
		}
		end.Interfaces = []int32{r.Index}
	case KindInstance:
		return n.resolveInstance(text, r)
	case KindInternetGateway:
		end.Kind = EndGateway
	case KindPeering:
		end.Kind = EndPeering
		if m := n.Peerings[r.Index].Missing(); m != nil {
			return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
		}
	case KindTransitGateway, KindTransitAttachment:
		end.Kind = EndTransit
		end.Hidden = n.attachmentsMissing(r)
		end.Unaddressed = n.attachedMissing(r)
	case KindNATGateway:
		return End{}, fmt.Errorf("%s is a NAT gateway: it can be neither FROM nor TO (nothing can start a connection to it); ask for an interface, an address or internet", n.ID(r))
	case KindEgressOnlyGateway, KindCarrierGateway:
		return End{}, fmt.Errorf("%s is a gateway that lets out only: it can be neither FROM nor TO; ask for internet, and for --through %s if the path must pass it", n.ID(r), n.ID(r))
	case KindVPNGateway, KindVPNConnection, KindDirectConnectGateway:
		end.Kind = EndEdge
		if m := n.edgeMissing(r); m != nil {
			return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
		}
	case KindVPCEndpoint:
		return n.resolveEndpoint(text, r)
	case KindInstanceConnectEndpoint:
		return n.resolveConnectEndpoint(text, r)
	case KindOther, KindCoreNetwork, KindCoreAttachment:
		res := n.Resource(r)
		end.Kind = EndMissing
		end.Missing = &Missing{What: res.ID, Account: res.Account, Region: res.Region, Why: NotModelled, Detail: res.Type + " as FROM or TO"}
	default:
		res := n.Resource(r)
		return End{}, fmt.Errorf("%s is a %s: it can be neither FROM nor TO; ask for an instance, an interface, an address or a CIDR", res.ID, res.Type)
	}
	return end, nil
}

func (n *Network) resolveInstance(text string, r Ref) (End, error) {
	s := &n.Instances[r.Index]
	if len(s.Interfaces) > 0 {
		end := End{Text: text, Ref: r, Interfaces: slices.Clone(s.Interfaces)}
		if !complete(s.part, snapshot.DescribeNetworkInterfaces) {
			end.Hidden = missingCall(s.part, snapshot.DescribeNetworkInterfaces, "further interfaces of "+s.ID)
		}
		return end, nil
	}
	if !complete(s.part, snapshot.DescribeNetworkInterfaces) {
		m := missingCall(s.part, snapshot.DescribeNetworkInterfaces, "interfaces of "+s.ID)
		return End{Text: text, Kind: EndMissing, Ref: r, Missing: m}, nil
	}
	state := "no interface"
	if s.Record != nil && s.Record.State.Name != "" {
		state = s.Record.State.Name + " and has no interface"
	}
	return End{}, fmt.Errorf("%s is %s: it takes part in no network (UNASSOCIATED_COMPONENT)", s.ID, state)
}

// resolveAddress makes an end of an address or CIDR; vpc narrows it to one VPC unless it is -1.
func (n *Network) resolveAddress(text string, p netip.Prefix, vpc int32, scope Scope) (End, error) {
	if four, ok := embedded(p); ok {
		end, err := n.resolveAddress(text, four, vpc, scope)
		if end.Kind == EndSpecial { // what a VPC offers beside the network is not reached through a NAT gateway
			end.Kind = EndAddress
		}
		end.Prefixes, end.Embedded = []netip.Prefix{p}, true
		return end, err
	}
	if isSpecial(p) {
		return End{Text: text, Kind: EndSpecial, Prefixes: []netip.Prefix{p}}, nil
	}
	if vpc < 0 {
		if end, err := n.declaredAt(text, p, scope); err != nil {
			return End{}, err
		} else if end != nil {
			return *end, nil
		}
	}
	owners := n.ownersOf(p, vpc, scope)
	switch {
	case len(owners) > maxEndInterfaces:
		return End{}, fmt.Errorf("%q holds %d interfaces; ask for a narrower CIDR (at most %d interfaces)", text, len(owners), maxEndInterfaces)
	case len(owners) > 1 && p.IsSingleIP():
		return End{}, n.ambiguous(text, owners)
	case len(owners) > 0:
		return End{Text: text, Interfaces: owners, Prefixes: []netip.Prefix{p}, Hidden: n.hiddenOwners(p, vpc)}, nil
	}
	if p.IsSingleIP() {
		if m := n.PublicOwners(p.Addr()); len(m) > 0 && vpc < 0 {
			return n.endMapped(text, p, m)
		}
	}
	if m := n.carriers[p.Addr()]; vpc < 0 && p.IsSingleIP() && len(m) > 0 { // a public address of its kind: the internet does not reach it (CAGW-1)
		return End{Text: text, Interfaces: []int32{m[0].Interface}, Prefixes: []netip.Prefix{p}, Public: true}, nil
	}
	if vpc < 0 && !n.inSomeVPC(p) && InternetHolds(p) {
		return End{Text: text, Kind: EndInternet, Prefixes: []netip.Prefix{p}}, nil
	}
	return End{Text: text, Kind: EndAddress, Prefixes: []netip.Prefix{p}}, nil
}

// endMapped makes an end of a public address that is mapped to something of the snapshot's. Mapped to an interface that no answer describes, it is
// not the internet's (D-9): who has it is known, and not what that is.
func (n *Network) endMapped(text string, p netip.Prefix, mappings []PublicMapping) (End, error) {
	for _, m := range mappings {
		if m.Interface >= 0 {
			return End{Text: text, Interfaces: []int32{m.Interface}, Prefixes: []netip.Prefix{p}, Public: true}, nil
		}
	}
	if nat := mappings[0].NAT; nat >= 0 { // NAT-4
		return End{}, fmt.Errorf("%s is an address of %s: a NAT gateway can be neither FROM nor TO (nothing can start a connection to it)", p.Addr(), n.NATGateways[nat].ID)
	}
	return End{Text: text, Kind: EndMissing, Missing: n.unreadMapping(text)}, nil
}

// embedded is the IPv4 addresses that addresses of 64:ff9b::/96 stand for.
func embedded(p netip.Prefix) (four netip.Prefix, ok bool) {
	if p.Bits() < packet.NAT64Prefix.Bits() || !packet.NAT64Prefix.Contains(p.Addr()) {
		return four, false
	}
	b := p.Addr().As16()
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(b[12:])), p.Bits()-packet.NAT64Prefix.Bits()), true
}

// ownersOf returns the interfaces that own private addresses in p, in order of id.
func (n *Network) ownersOf(p netip.Prefix, vpc int32, scope Scope) []int32 {
	var out []int32
	lo, hi := firstLast(p)
	for v := range n.VPCs {
		if vpc >= 0 && int32(v) != vpc || !n.scoped(Ref{KindVPC, int32(v)}, scope) {
			continue
		}
		out = append(out, n.ownersBetween(int32(v), lo, hi)...)
	}
	slices.SortFunc(out, func(a, b int32) int { return strings.Compare(n.Interfaces[a].ID, n.Interfaces[b].ID) })
	return slices.Compact(out)
}

// hiddenOwners says what is missing where a CIDR may hold interfaces that no answer describes. A single address has one owner.
func (n *Network) hiddenOwners(p netip.Prefix, vpc int32) *Missing {
	if p.IsSingleIP() {
		return nil
	}
	for v := range n.VPCs {
		here := vpc < 0 || int32(v) == vpc
		if here && (!n.VPCs[v].Known() || slices.ContainsFunc(n.VPCs[v].Blocks, p.Overlaps)) {
			if m := n.UnreadInterfaces(int32(v)); m != nil {
				return m
			}
		}
	}
	return nil
}

func (n *Network) inSomeVPC(p netip.Prefix) bool {
	for i := range n.VPCs {
		if slices.ContainsFunc(n.VPCs[i].Blocks, func(b netip.Prefix) bool { return b.Overlaps(p) }) {
			return true
		}
	}
	return false
}

// PrivateSpace is what internet gateways refuse (IGW-3): RFC 1918 and the shared space of RFC 6598.
var PrivateSpace = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}

// GlobalIPv6 is the IPv6 space of the internet (D-4).
var GlobalIPv6 = netip.MustParsePrefix("2000::/3")

// InternetHolds says whether the whole of p is internet space (D-4).
func InternetHolds(p netip.Prefix) bool {
	if p.Addr().Is6() {
		return GlobalIPv6.Overlaps(p) && p.Bits() >= GlobalIPv6.Bits()
	}
	return !slices.ContainsFunc(PrivateSpace, p.Overlaps)
}

func firstLast(p netip.Prefix) (lo, hi netip.Addr) {
	lo = p.Masked().Addr()
	b := lo.AsSlice()
	for i := p.Bits(); i < lo.BitLen(); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	hi, _ = netip.AddrFromSlice(b)
	return lo, hi
}

func (n *Network) ambiguous(text string, ifaces []int32) error {
	e := &ErrAmbiguous{Text: text}
	for _, i := range ifaces {
		e.Matches = append(e.Matches, n.Resource(Ref{KindInterface, i}))
	}
	return e
}
