package snapshot

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// secretMembers are the members that never reach a file of our own form (SNAP-6), lower-case: AWS spells them
// differently from service to service. They are dropped wherever they stand, whatever they hold.
var secretMembers = []string{
	"customergatewayconfiguration", // VPN: the pre-shared keys in XML
	"presharedkey",                 // VPN: Options.TunnelOptions[]
	"authkey",                      // Direct Connect: BGP key
	"customerrouterconfig",         // Direct Connect: the same in a router's language
	"environment",                  // Lambda, ECS
	"overrides",                    // ECS tasks
	"clientsecret",                 // load balancers: OpenID Connect
}

func isSecret(member string) bool {
	return slices.Contains(secretMembers, strings.ToLower(member))
}

// copyValue copies one JSON value token by token, without secrets.
func copyValue(enc *jsontext.Encoder, dec *jsontext.Decoder) error {
	base := dec.StackDepth()
	for {
		kind, n := dec.StackIndex(dec.StackDepth())
		isName := dec.StackDepth() > base && kind == '{' && n%2 == 0
		token, err := dec.ReadToken()
		if err != nil {
			return orUnexpected(err)
		}
		if isName && token.Kind() == '"' && isSecret(token.String()) {
			if err := dec.SkipValue(); err != nil {
				return orUnexpected(err)
			}
			continue
		}
		if err := enc.WriteToken(token); err != nil {
			return err
		}
		if dec.StackDepth() <= base {
			return nil
		}
	}
}

// answerCopier writes the pages of one answer as one JSON object: the list that the answer is about streams
// through, however long it is; the few other members are kept until the end.
type answerCopier struct {
	enc  *jsontext.Encoder
	key  string // the list; chosen as the first one of the first page where the call is not known
	keep func(member string) bool

	redact *redactor // nil: values are copied as they are

	each func(element jsontext.Value) error // takes the elements of the list; nil: they are written

	opened bool
	items  int
	rest   []member
	token  *member // the paging token of the last page, nil where it had none
}

// member is a top-level member beside the list, with its value on every page that has it.
type member struct {
	name   string
	values []jsontext.Value
}

// page copies one JSON object.
func (c *answerCopier) page(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	c.token = nil
	c.rest = slices.DeleteFunc(c.rest, func(m member) bool { return m.name == keyMoreRoutes }) // the last page's counts, as of tokens
	for dec.PeekKind() == '"' {
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if err := c.member(dec, token.String()); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return orNil(err)
}

// member copies one top-level member, or sets it aside.
func (c *answerCopier) member(dec *jsontext.Decoder, name string) error {
	if isSecret(name) || c.keep != nil && !c.keep(name) {
		return dec.SkipValue()
	}
	isList := dec.PeekKind() == '['
	if c.key == "" && isList {
		c.key = name
	}
	if name == c.key && isList {
		return c.list(dec)
	}
	u, known := ruleOf("", name)
	if name == c.key {
		u, known = rule{}, true
	}
	_, token := isPagingKey(name)
	if c.redact != nil && !token && (!known || !u.takes(dec.PeekKind())) {
		return dec.SkipValue()
	}
	var b strings.Builder
	if err := c.copy(jsontext.NewEncoder(&b), dec, name, u); err != nil {
		return err
	}
	value := jsontext.Value(strings.TrimSpace(b.String()))
	if token {
		if value.Kind() == '"' && string(value) != `""` {
			c.token = &member{name, []jsontext.Value{value}}
		}
		return nil
	}
	i := slices.IndexFunc(c.rest, func(m member) bool { return m.name == name })
	if i < 0 {
		i = len(c.rest)
		c.rest = append(c.rest, member{name: name})
	}
	c.rest[i].values = append(c.rest[i].values, value)
	return nil
}

// copy copies one value, redacted where that is asked for.
func (c *answerCopier) copy(enc *jsontext.Encoder, dec *jsontext.Decoder, member string, u rule) error {
	if _, token := isPagingKey(member); c.redact == nil || token && dec.PeekKind() != '"' {
		return copyValue(enc, dec)
	} else if token { // it may hold anything; that there is one says that pages are missing
		if text, err := dec.ReadToken(); err != nil || text.String() == "" {
			return errors.Join(err, enc.WriteToken(jsontext.String("")))
		}
		return enc.WriteToken(jsontext.String("redacted"))
	}
	return c.redact.value(enc, dec, member, u)
}

// list streams the elements of the answer's list on one page.
func (c *answerCopier) list(dec *jsontext.Decoder) error {
	if !c.opened && c.each == nil {
		c.opened = true
		for _, t := range []jsontext.Token{jsontext.BeginObject, jsontext.String(c.key), jsontext.BeginArray} {
			if err := c.enc.WriteToken(t); err != nil {
				return err
			}
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		if err := c.element(dec); err != nil {
			return err
		}
		c.items++
	}
	_, err := dec.ReadToken()
	return orNil(err)
}

// element copies one element of the list, or hands it over.
func (c *answerCopier) element(dec *jsontext.Decoder) error {
	if c.each == nil {
		return c.copy(c.enc, dec, c.key, rule{})
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return orUnexpected(err)
	}
	return c.each(raw)
}

// close writes what was set aside.
func (c *answerCopier) close() error {
	first := jsontext.EndArray
	if !c.opened {
		first = jsontext.BeginObject
		c.items = 1 // an answer that is one object
	}
	if err := c.enc.WriteToken(first); err != nil {
		return err
	}
	if c.token != nil {
		c.rest = append(c.rest, *c.token)
	}
	for _, m := range c.rest {
		if err := c.enc.WriteToken(jsontext.String(m.name)); err != nil {
			return err
		}
		if err := m.write(c.enc); err != nil {
			return err
		}
	}
	return c.enc.WriteToken(jsontext.EndObject)
}

// write joins lists of several pages; of anything else the first page counts. Answers of one record that disagree stay apart, as a list.
func (m *member) write(enc *jsontext.Encoder) error {
	if spec := answersByKey[m.name]; spec != nil && spec.single && len(m.values) > 1 &&
		!slices.ContainsFunc(m.values, func(v jsontext.Value) bool { return v.Kind() != '{' }) {
		return enc.WriteValue(jsontext.Value("[" + joinValues(m.values) + "]"))
	}
	for _, v := range m.values {
		if len(m.values) == 1 || v.Kind() != '[' {
			return enc.WriteValue(m.values[0])
		}
	}
	if err := enc.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for _, v := range m.values {
		dec := jsontext.NewDecoder(strings.NewReader(string(v)))
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		for dec.PeekKind() != ']' {
			if err := copyValue(enc, dec); err != nil {
				return err
			}
		}
	}
	return enc.WriteToken(jsontext.EndArray)
}

// pages feeds every JSON value of r to use, which must consume it.
func pages(r io.Reader, use func(n int, dec *jsontext.Decoder) error) error {
	guard := &tokenGuard{r: newTextReader(r)}
	dec := jsontext.NewDecoder(guard)
	guard.dec = dec
	for n := 0; ; n++ {
		switch kind := dec.PeekKind(); kind {
		case jsontext.KindInvalid:
			if _, err := dec.ReadToken(); err != io.EOF {
				return orUnexpected(err)
			}
			return nil
		case '{':
			if err := use(n, dec); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s where an object was expected", kindName(kind))
		}
	}
}

// joinValues is the elements of a list in JSON.
func joinValues(values []jsontext.Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ",")
}
