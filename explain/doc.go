// Package explain turns a [solver.Result] into words for a person ([Text]) and into an object for a program ([JSON]).
//
// It decides nothing: which packets get through, by which hops and what refuses them are the solver's facts. What
// stands here is how AWS and its users call them, what each explanation code means (docs/codes.md), and the smallest
// change that would open a blocker ([Fix]).
//
// Everything that an owner of a resource chose (Name tags, descriptions, group names) and everything that comes
// from a file is hostile text: it reaches an output only through [Printable], or, in JSON, with every character
// that a terminal could act on escaped.
//
// Same result, same bytes (P6): no clock, no map order, no environment.
package explain
