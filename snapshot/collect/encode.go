package collect

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// errNoAnswer is what an answer without the list that was asked for leads to: an empty body reads like one without anything in
// it, and nothing may count as empty that was not seen empty (D-272).
var errNoAnswer = errors.New("the answer does not hold what was asked for")

// encode writes an output of the SDK as the AWS CLI prints it. Members that AWS did not send are left out.
func (c *Call) encode(out any) ([]byte, error) {
	var b bytes.Buffer
	enc := jsontext.NewEncoder(&b)
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return nil, err
	}
	v := reflect.ValueOf(out).Elem()
	for f := range fields(v.Type()) {
		value := v.FieldByIndex(f.Index)
		if value.IsZero() || slices.Contains(tokensOut, f.Name) && f.Name != tokenMember(v.Type()) {
			continue
		}
		if err := c.member(enc, f.Name, value.Interface()); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	err := enc.WriteToken(jsontext.EndObject)
	return b.Bytes(), err
}

// member writes one member of an answer.
func (c *Call) member(enc *jsontext.Encoder, name string, value any) error {
	if !c.lower {
		if err := enc.WriteToken(jsontext.String(name)); err != nil {
			return err
		}
		return json.MarshalEncode(enc, value, json.OmitZeroStructFields(true), json.Deterministic(true))
	}
	if err := enc.WriteToken(jsontext.String(lowerFirst(name))); err != nil {
		return err
	}
	raw, err := json.Marshal(value, json.OmitZeroStructFields(true), json.Deterministic(true))
	if err != nil {
		return err
	}
	return copyLower(enc, raw)
}

// copyLower writes a value with the names of all members beginning in lower case, as some services spell them: the SDK has made
// exported names of them.
func copyLower(enc *jsontext.Encoder, raw []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(raw))
	for dec.PeekKind() != jsontext.KindInvalid {
		kind, n := dec.StackIndex(dec.StackDepth())
		t, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if isName := kind == '{' && n%2 == 0 && t.Kind() == '"'; isName {
			t = jsontext.String(lowerFirst(t.String()))
		}
		if err := enc.WriteToken(t); err != nil {
			return err
		}
	}
	return nil
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
