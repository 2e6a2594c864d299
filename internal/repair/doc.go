// Package repair makes the changes that answers propose, for tests: raw AWS answers in, the answers that AWS would give after the
// change out.
//
// It exists to prove fixes. It reads them as any program would, from the JSON of an answer (docs/path.schema.json), knows how AWS's
// calls change what its describe calls tell, and shares no code with the reader, the model or package explain. What AWS would
// choose itself (a public address, an id) is invented: an address that stands nowhere in the answers.
package repair
