// Package packet holds exact sets of packet headers and their algebra: union,
// intersection, difference, projection, and the headers of replies.
//
// It exists because every answer of vpcreach is a set of packets, and because
// a search asks "is there a packet left" and "is this the same set as before"
// far more often than anything else. Both are a comparison of two integers here.
//
// It is not a packet filter and knows nothing of AWS: groups, ACLs and routes
// become sets in the packages above.
//
// # Representation
//
// A set is a node of an interval decision diagram, kept in a [Pool]. A node
// decides one level: it divides the whole domain of the level into consecutive
// ranges, each leading to a node of a later level or to one of the terminals 0
// (no packet) and 1 (every packet). A path passes, in this order,
//
//	family, protocol,
//	destination port, source port    below TCP and UDP
//	ICMP type, ICMP code             below ICMP and ICMPv6
//	source address                   one level in IPv4, two of 64 bits in IPv6
//	destination address              likewise
//
// and skips the levels that do not matter. Two rules make the form canonical:
// neighbouring ranges never lead to the same node, and a node with a single
// range is never made, its child takes its place. Nodes are interned, so within
// a pool equal sets are equal values of [Set], however they were put together.
//
// Address levels come after the family and port levels after the protocol, so a
// node that reads an IPv4 address is only ever reached with IPv4 packets, and
// one that reads a port only with TCP or UDP.
//
// # Cost
//
// A node takes 16 bytes, each of its ranges 16 bytes, and its place in the
// unique table 11 to 22 bytes; the memo of operations takes 16 bytes an entry
// and at most 2 MiB a pool. A product of n ranges in one field takes about
// 2n+1 ranges in that field's node. Nodes are never freed one by one:
// intermediate results belong in a scratch pool, which is forgotten whole.
package packet
