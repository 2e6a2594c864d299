// Package solver decides which packets of a question get through a network, and why the others do not.
//
// It exists to answer exactly: a question is a set of packets, and the answer divides it into what is admitted,
// ambiguous, unknown and blocked (docs/decisions.md, D-1). It yields facts only; words are package explain's.
//
// # The search
//
// A state is a set of packets at one stage of one component, with what travels along: the interface whose groups
// count, the VPC and subnet the packets stand in, the peering they crossed, the translations to undo on the reply. A
// stage (stage.go) answers one question: given this state, what leaves, where to, and what is refused by which rule? Each
// component registers its stages in its own file; nothing else names them all.
//
// The walk (walk.go) follows every branch breadth-first: the request to its end, there it turns the headers round, and
// the reply back. Where a branch ends, its set is taken back through the translations (translate.go) to the header that left
// FROM. Three unions are kept: packets with some branch that gets through, with some branch that is refused, with
// some branch that a missing fact decides. The four parts of the answer follow from them (tally.go).
//
// Where nothing gets through, relaxed.go walks one packet again in a network in which every refusal can be bought off
// for a cost of one, cheapest first, and so finds the path nearest to working with every blocker on it.
package solver
