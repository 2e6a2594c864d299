// Package collect takes snapshots: it asks AWS what the rules need and writes the answers as they come, in the form that package
// snapshot reads. It is the only package that opens connections, and it only reads.
//
// What is asked stands in a table (table.go and the files beside it): a row per call, with its page size, what its answers are
// needed for, and whose objects it is made for. The engine knows no call: it goes through accounts, Regions and rows side by side,
// as fast as a rate per account, Region and API allows, and follows pages. Whatever does not succeed becomes an entry of the
// manifest with its error; nothing is recorded as empty that was not seen empty.
package collect
