// Package mutation breaks the rule code on purpose, one small place at a time, and asks whether the tests notice: a
// breakage that no test sees is a rule that no test holds. Only its command uses it (internal/mutation/cmd/mutate).
//
// # How
//
// The module is copied to a temporary folder, and a seeded sample of the places where the code can be broken is rewritten there so
// that each is intact or broken as one number says: `a < b` becomes `mutant.Less(17, a, b)`, which is `a <= b` when mutant 17
// is on. So the tests are compiled once, and run once for every mutant. The usual tool (gremlins) compiles for every mutant,
// cannot sample and cannot be told which tests may judge: with goldens, a change of words counts as a rule that is held.
//
// # What counts as a mutant
//
// Comparisons turned round or moved by one, && for || and back, a negation dropped, a condition that never or always holds, true
// for false, an assignment or a call left out. Conditions of loops are left alone: broken, they mostly only run for ever.
package mutation
